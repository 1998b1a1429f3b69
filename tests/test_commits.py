"""Commits: who made them, the pull request that a message names, and which came to main together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsci.commits import (
    Accounts,
    Identity,
    Made,
    Move,
    Request,
    Step,
    authors_of,
    co_authors,
    commit_of,
    grouped,
    in_sum,
    titled,
)
from qmsci.load import load
from qmsci.records.person import Person

NOON = datetime(2026, 11, 22, 11, tzinfo=UTC)
INGRID = Identity("Ingrid Solberg", "ingrid@example.org")
FORGE = Identity("GitHub", "noreply@github.com")


def made(
    name: str,
    message: str = "Change",
    *,
    parents: tuple[str, ...] = ("0",),
    author: Identity = INGRID,
    committer: Identity = INGRID,
    before: int = 0,
    after: int = 0,
) -> Made:
    """A commit that was written some seconds before it was committed, which was some seconds after noon."""
    at = NOON + timedelta(seconds=after)
    return Made(name, parents, author, at - timedelta(seconds=before), committer, at, message)


# --- the message ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "title", "request_"),
    [
        pytest.param("", "", None, id="nothing"),
        pytest.param("\n\n", "", None, id="blank"),
        pytest.param("Revise gowning", "Revise gowning", None, id="plain"),
        pytest.param("See #12\n\nfor more", "See #12", None, id="mentioned"),
        pytest.param('Revert "Revise gowning (#12)"', 'Revert "Revise gowning (#12)"', None, id="reverted"),
        pytest.param("(#12)", "(#12)", None, id="number-alone"),
        pytest.param("Revise (#12) gowning", "Revise (#12) gowning", None, id="number-inside"),
        pytest.param("Revise (#99999999999)", "Revise (#99999999999)", None, id="no-such-number"),
        pytest.param("Merge branch 'gowning'", "Merge branch 'gowning'", None, id="local-merge"),
        pytest.param("Merge branch 'gowning'\n\nRevise", "Revise", None, id="local-merge-with-a-body"),
        pytest.param("Revise gowning (#12)", "Revise gowning", "#12", id="squash"),
        pytest.param('Revert "Revise (#12)" (#15)', 'Revert "Revise (#12)"', "#15", id="squash-of-a-revert"),
        pytest.param("Merge pull request #12 from p-7/x\n\nRevise gowning\n", "Revise gowning", "#12", id="merge"),
        pytest.param("Merge pull request #12 from p-7/x", "Merge pull request #12 from p-7/x", "#12", id="merge-alone"),
        pytest.param("Merge pull request 'Revise' (#12) from x into main", "Revise", "#12", id="gitea"),
        pytest.param("Merged in x (pull request #12)\n\nRevise", "Revise", "#12", id="bitbucket"),
        pytest.param("Merged PR 12: Revise", "Revise", "#12", id="azure"),
        pytest.param(
            "Merge branch 'x' into 'main'\n\nRevise\n\nSee merge request a/b!12", "Revise", "!12", id="gitlab"
        ),
        pytest.param("Revise\n\nSee merge request a/b!12\n", "Revise", "!12", id="gitlab-squash"),
        pytest.param("Revise\n\nSee merge request a/b!12x", "Revise", None, id="no-gitlab"),
        pytest.param("Revise\n\nPull-Request: #12", "Revise", "#12", id="trailer"),
        pytest.param("Revise\n\nPR-URL: https://x.org/a/b/pull/12", "Revise", "#12", id="address"),
        pytest.param("Revise\n\nReviewed-on: https://x.org/a/b/pulls/12/", "Revise", "#12", id="gitea-rebase"),
        pytest.param(
            "Revise\n\nMerge-request: https://x.org/a/-/merge_requests/12", "Revise", "!12", id="gitlab-trailer"
        ),
        pytest.param("Revise\n\nPull-request: #1\nPull-request: #12", "Revise", "#12", id="last-trailer"),
    ],
)
def test_what_a_message_calls_the_change(message: str, title: str, request_: str | None):
    found = titled(message)

    assert (found[0], str(found[1]) if found[1] else None) == (title, request_)


@given(st.text())
def test_any_message_has_a_title(message: str):
    """However odd it is."""
    title, request = titled(message)

    assert "\n" not in title
    assert request is None or request.number < 10**9
    co_authors(message)


def test_a_long_message_is_read_at_once():
    for hostile in (
        "a" * 10**6,
        " " * 10**6,
        "(#" * 10**5,
        "x\n\nSee merge request " + "a" * 10**6,
        "x\n\npr-url: " + "/pull/1" * 10**5,
        "Merge pull request '" + "' (#1" * 10**5,
        "Merged in " + " (pull request #" * 10**5,
        "x\n\nco-authored-by: " + " " * 10**6,
    ):
        assert titled(hostile)
        assert co_authors(hostile) == []


def test_co_authors():
    said = (
        "Revise\n\nCo-authored-by: Marte Lie <marte@example.org>\r\nco-authored-by:Odd <>\nCo-authored-by: no address"
    )

    assert co_authors(said) == [("Marte Lie", "marte@example.org"), ("Odd", "")]


# --- the object -----------------------------------------------------------------------------------------------------

OBJECT = b"""\
tree 1
parent aa
parent bb
author Ingrid Solberg <ingrid@example.org> 1795345200 +0100
committer GitHub <noreply@github.com> 1795345260 +0000
gpgsig -----BEGIN
 author Somebody Else <else@example.org> 1 +0000

Revise

author not a header
"""


def test_a_commit():
    found = commit_of("cc", OBJECT)

    assert found == Made(
        "cc",
        ("aa", "bb"),
        INGRID,
        datetime(2026, 11, 22, 11, tzinfo=UTC),
        FORGE,
        datetime(2026, 11, 22, 11, 1, tzinfo=UTC),
        "Revise\n\nauthor not a header\n",
    )
    assert found.is_merge


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        pytest.param(b"ISO-8859-1", "Bjørn", id="latin"),
        pytest.param(b"no-such", "Bj\ufffdrn", id="unknown"),
        pytest.param(b"base64", "Bj\ufffdrn", id="no-encoding-of-text"),
        pytest.param(b"idna", "Bj\ufffdrn", id="one-that-fails"),
    ],
)
def test_a_commit_in_another_encoding(encoding: bytes, name: str):
    data = b"author Bj\xf8rn <b@x.org> 1 +0000\nencoding " + encoding + b"\n\nBj\xf8rn"
    found = commit_of("cc", data)

    assert (found.author.name, found.message) == (name, name)


@given(st.binary())
def test_any_object_is_a_commit(data: bytes):
    """A damaged one has empty names and the first moment of all."""
    assert commit_of("cc", data).committed <= datetime.max.replace(tzinfo=UTC)


def test_a_time_that_no_calendar_has():
    found = commit_of("cc", b"author A <a> 999999999999999 +0000\ncommitter B <b> x +0000\n\n")

    assert (found.author.name, found.authored.year, found.committer.name) == ("A", 1970, "")


# --- what came at once ----------------------------------------------------------------------------------------------


def names(*line: Made, ends: tuple[str, ...] = ()) -> list[str]:
    """The commits of each group, by their ids."""
    return ["".join(one.id for one in group) for group in grouped(line, ends)]


@pytest.mark.parametrize(
    ("line", "groups"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([made("b"), made("a")], ["b", "a"], id="committed-directly-in-one-second"),
        pytest.param([made("b", "x (#2)"), made("a", "x (#1)")], ["b", "a"], id="two-squashes"),
        pytest.param([made("b", before=5), made("a")], ["b", "a"], id="one-was-rebased"),
        pytest.param([made("b", before=5, after=11), made("a", before=5)], ["b", "a"], id="too-far-apart"),
        pytest.param([made("b", before=5, committer=FORGE), made("a", before=5)], ["b", "a"], id="two-committers"),
        pytest.param([made("b", "x (#1)", before=5), made("a", before=5)], ["b", "a"], id="one-has-a-number"),
        pytest.param([made("b", "x (#1)", parents=("0", "1")), made("a", "x (#1)")], ["b", "a"], id="merge"),
        pytest.param([made("b", before=5), made("a", before=5, parents=())], ["b", "a"], id="first-commit"),
        pytest.param([made("b", before=5, after=10), made("a", before=5)], ["ba"], id="rebased"),
        pytest.param(
            [made("c", before=5, after=16), made("b", before=5, after=8), made("a", before=5)], ["cba"], id="three"
        ),
        pytest.param([made("b", "x (#1)", after=10**6), made("a", "y (#1)")], ["ba"], id="same-number"),
        pytest.param([made("b", "x (#1)"), made("a", "y (!1)")], ["b", "a"], id="other-forge"),
    ],
)
def test_what_came_together(line: list[Made], groups: list[str]):
    assert names(*line) == groups


def test_what_is_known_to_have_ended_a_change():
    line = [made("c", before=5), made("b", before=5), made("a", before=5)]

    assert names(*line, ends=("b",)) == ["c", "ba"]


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 30), st.sampled_from(["x", "x (#1)", "x (#2)"]))))
def test_groups_leave_nothing_out(line: list[tuple[int, int, str]]):
    """Every commit is in one group, in its order."""
    commits = [made(str(n), said, before=before, after=after) for n, (before, after, said) in enumerate(line)]

    assert [one for group in grouped(commits) for one in group] == commits


def test_what_several_commits_did_in_sum():
    newest = (Move("a", "1", "2"), Move("b", "1", None), Move("c", None, "9"))
    oldest = (Move("a", "0", "1"), Move("b", None, "1"), Move("d", "1", "2"))

    assert in_sum([newest, oldest]) == (Move("a", "0", "2"), Move("c", None, "9"), Move("d", "1", "2"))
    assert in_sum([]) == ()


# --- people ---------------------------------------------------------------------------------------------------------


def test_authors():
    """Of a merge, those of its branch; each once; who only merged wrote nothing."""
    marte = Identity("Marte Lie", "marte@example.org")
    merge = made("m", "Merge\n\nCo-authored-by: Odd <odd@x.org>", parents=("0", "1"), author=FORGE)
    branch = (made("2", author=marte), made("1"), made("0", author=Identity("I. Solberg", "INGRID@example.org")))

    assert authors_of(Step((merge,), (), branch)) == [("I. Solberg", "INGRID@example.org"), marte, ("Odd", "odd@x.org")]
    assert authors_of(Step((merge,), ())) == [FORGE, ("Odd", "odd@x.org")]
    squash = made("s", "x (#1)\n\nCo-authored-by: Marte Lie <marte@example.org>")
    assert authors_of(Step((squash,), ())) == [INGRID, marte]


def person(name: str, called: str, accounts: str = "{}") -> Person:
    """Somebody with accounts."""
    text = f"id: {name}\nname: {called}\nkind: employee\nemployed: {{from: 2024-01-01}}\naccounts: {accounts}\n"
    found = load(f"roles/people/{name}.yaml", text.encode()).record
    assert isinstance(found, Person)
    return found


ACCOUNTS = Accounts(
    [
        person("p-1", "Ingrid Solberg", "{github: isolberg, mail: ingrid@example.org}"),
        person("p-2", "Marte Lie", "{gitlab: marte-lie}"),
        person("p-3", "Marte Lie", "{github: shared}"),
        person("p-4", "Odd", "{github: Shared}"),
    ]
)


@pytest.mark.parametrize(
    ("name", "email", "expected"),
    [
        pytest.param("Nobody", "nobody@example.org", None, id="nobody"),
        pytest.param("Marte Lie", "x@example.org", None, id="two-of-the-name"),
        pytest.param("x", "1+shared@users.noreply.github.com", None, id="two-of-the-account"),
        pytest.param("x", "1+isolberg@users.noreply.gitlab.com", None, id="account-elsewhere"),
        pytest.param("", "", None, id="empty"),
        pytest.param("ingrid solberg", "x@example.org", "p-1", id="name"),
        pytest.param("x", "Ingrid@Example.org", "p-1", id="address"),
        pytest.param("x", "4711+ISolberg@users.noreply.github.com", "p-1", id="github"),
        pytest.param("x", "isolberg@users.noreply.github.com", "p-1", id="github-of-old"),
        pytest.param("x", "4711-marte-lie@users.noreply.gitlab.com", "p-2", id="gitlab"),
    ],
)
def test_whose_identity(name: str, email: str, expected: str | None):
    assert ACCOUNTS.person(Identity(name, email)) == expected


def test_whose_account():
    assert ACCOUNTS.holder("github", "ISOLBERG") == "p-1"
    assert ACCOUNTS.holder("github", "shared") is None
    assert str(INGRID) == "Ingrid Solberg <ingrid@example.org>"
    assert str(Identity("Odd", "")) == "Odd"
    assert Request("!", 3) != Request("#", 3)
