"""What `gh` prints of pull requests: read strictly, refused plainly."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsci.finding import CannotRun
from qmsci.reviews import Review, pull_requests_in

REVIEW = {
    "id": "PRR_1",
    "author": {"login": "mlie"},
    "authorAssociation": "MEMBER",
    "body": "\u001b[31mfine",
    "submittedAt": "2026-11-21T10:00:00Z",
    "state": "APPROVED",
    "commit": {"oid": "a" * 40},
}
REQUEST: dict[str, Any] = {
    "number": 12,
    "url": "https://github.com/halden/quality/pull/12",
    "title": "Gown twice",
    "author": {"id": "x", "is_bot": False, "login": "isolberg", "name": "Ingrid"},
    "mergeCommit": {"oid": "b" * 40},
    "mergedAt": "2026-11-22T11:00:00Z",
    "reviews": [REVIEW],
}


def with_(path: str, value: object) -> dict[str, Any]:
    """The pull request with another value at a path; `...` takes the key away."""
    found = json.loads(json.dumps(REQUEST))
    at = found
    *above, last = path.split(".")
    for key in above:
        at = at[int(key) if key.isdigit() else key]
    if value is ...:
        del at[last]
    else:
        at[int(last) if last.isdigit() else last] = value
    return found


def test_nothing_was_merged():
    assert pull_requests_in("[]") == []


@pytest.mark.parametrize("text", [json.dumps(REQUEST), json.dumps([REQUEST])], ids=["view", "list"])
def test_a_pull_request(text: str):
    """What else gh prints is not looked at."""
    (found,) = pull_requests_in(text)

    assert (found.number, found.login, found.commit, found.merged.isoformat()) == (
        12,
        "isolberg",
        "b" * 40,
        "2026-11-22T11:00:00+00:00",
    )
    assert [(one.login, one.state, one.commit, one.address) for one in found.reviews] == [
        ("mlie", "APPROVED", "a" * 40, None)
    ]


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        pytest.param("reviews.0.author", None, (None, "APPROVED", "a" * 40, None), id="account-gone"),
        pytest.param("reviews.0.author.login", "", (None, "APPROVED", "a" * 40, None), id="account-without-a-name"),
        pytest.param("reviews.0.commit", None, ("mlie", "APPROVED", None, None), id="no-commit"),
        pytest.param("reviews.0.commit", ..., ("mlie", "APPROVED", None, None), id="commit-not-asked-for"),
        pytest.param("reviews.0.url", "https://x.org/r1", ("mlie", "APPROVED", "a" * 40, "https://x.org/r1"), id="url"),
        pytest.param(
            "reviews.0.author.login", "dependabot[bot]", ("dependabot[bot]", "APPROVED", "a" * 40, None), id="b"
        ),
    ],
)
def test_what_may_be_missing(path: str, value: object, expected: tuple[object, ...]):
    (found,) = pull_requests_in(json.dumps(with_(path, value)))
    (review,) = found.reviews

    assert (review.login, review.state, review.commit, review.address) == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("", "it is no JSON", id="empty"),
        pytest.param("gh: not found", "it is no JSON", id="no-json"),
        pytest.param("[" * 100_000, "nested too deeply", id="deep"),
        pytest.param('{"number": 1, "number": 2}', "a key twice", id="twins"),
        pytest.param('{"number": NaN}', "NaN is no number", id="nan"),
        pytest.param("3", "it is no object: gh pr list", id="number"),
        pytest.param("[null]", "[0] is no object: gh pr list", id="null"),
        pytest.param(json.dumps([REQUEST, REQUEST]), "pull request #12 is in it twice", id="twice"),
    ],
)
def test_what_is_refused(text: str, says: str):
    with pytest.raises(CannotRun) as refused:
        pull_requests_in(text)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        pytest.param("number", "12", 'number is no number of a pull request: "12"', id="number"),
        pytest.param("number", True, "number is no number of a pull request: true", id="truth"),
        pytest.param("number", -1, "number is no number", id="negative"),
        pytest.param("url", ..., "url is missing: gh pr list --state merged --json number,url", id="url"),
        pytest.param("url", "javascript:alert(1)", "url is no address that begins with https://", id="script"),
        pytest.param("url", "https://x.org/a b", "url is no address", id="space"),
        pytest.param(
            "url", "https://x.org/\u001b[31m", 'url is no address that begins with https://: "https', id="escape"
        ),
        pytest.param("mergeCommit", None, "mergeCommit is missing", id="not-merged"),
        pytest.param("mergeCommit.oid", "--help", 'mergeCommit.oid is no id of a commit: "--help"', id="option"),
        pytest.param("mergedAt", "yesterday", 'mergedAt is no time with an offset: "yesterday"', id="time"),
        pytest.param("mergedAt", 3, "mergedAt is no time with an offset: 3", id="time-as-number"),
        pytest.param("reviews", {}, "reviews is no list: {}", id="reviews"),
        pytest.param("author", "isolberg", "author is no object", id="author"),
        pytest.param("author.login", "../x", 'author.login is no name of an account: "../x"', id="login"),
        pytest.param("author.login", 3, "author.login is no name of an account: 3", id="login-as-number"),
        pytest.param("reviews.0", 3, "reviews[0] is no object", id="review"),
        pytest.param("reviews.0.state", "FINE", "reviews[0].state is none of APPROVED", id="state"),
        pytest.param("reviews.0.state", [], "reviews[0].state is none of APPROVED", id="state-as-list"),
        pytest.param("reviews.0.submittedAt", None, "reviews[0].submittedAt is missing", id="never-submitted"),
        pytest.param("reviews.0.commit", 3, "reviews[0].commit is no object", id="commit"),
        pytest.param("reviews.0.url", "file:///etc/passwd", "reviews[0].url is no address", id="file"),
    ],
)
def test_values_that_gh_never_prints(path: str, value: object, says: str):
    """The message names the place, and spells out what stands there."""
    with pytest.raises(CannotRun) as refused:
        pull_requests_in(json.dumps([with_(path, value)]))
    assert says in str(refused.value)
    assert str(refused.value).startswith("[0].")
    assert str(refused.value).isprintable()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*REQUEST, *REVIEW, "login", "oid"]), inner),
)


@given(JSON)
def test_any_json_is_read_or_refused(value: object):
    """Nothing else comes of it."""
    with contextlib.suppress(CannotRun):
        assert all(isinstance(review, Review) for one in pull_requests_in(json.dumps(value)) for review in one.reviews)
