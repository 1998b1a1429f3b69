"""`qmsci changes`: change control from the history of real repositories."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from qmsci.cli.changes import of_main
from qmsci.cli.judged import judged
from qmsci.finding import CannotRun
from qmsci.read import text_digest
from tests.cli.commands import (
    COMMIT_OR_NOTHING,
    DAY,
    FORMAT,
    SOP,
    TEXT,
    TEXT_OR_NOTHING,
    TRUTH,
    Desk,
    closed,
    listed,
    valid,
)
from tests.repositories import Checkout, begun

NUMBER = {"type": "integer"}
NUMBER_OR_NOTHING = {"type": ["integer", "null"]}
ANYTHING = {"type": "string"}
COMMIT = closed(commit=COMMIT_OR_NOTHING, recorded=TEXT)
TOLD = listed(closed(name=TEXT, path=TEXT, says=TEXT))
CHANGES = closed(
    **{"from": TEXT_OR_NOTHING},
    format=FORMAT,
    to=TEXT_OR_NOTHING,
    document=TEXT_OR_NOTHING,
    event=TEXT_OR_NOTHING,
    known_at=TEXT_OR_NOTHING,
    left_out=NUMBER,
    begins={"anyOf": [COMMIT, {"type": "null"}]},
    changes=listed(
        closed(
            day=DAY,
            recorded=TEXT,
            commit=COMMIT_OR_NOTHING,
            pull_request=NUMBER_OR_NOTHING,
            title=ANYTHING,
            commits=listed(closed(commit=COMMIT_OR_NOTHING, recorded=TEXT, title=ANYTHING)),
            authors=listed(closed(person=TEXT_OR_NOTHING, name=ANYTHING, email=ANYTHING)),
            approvals=listed(
                closed(
                    of=TEXT,
                    person=TEXT,
                    name=TEXT,
                    meaning=TEXT,
                    at=TEXT,
                    evidence={"enum": ["signed", "unsigned", "imported"]},
                    reference=TEXT_OR_NOTHING,
                    path=TEXT,
                    later=TRUTH,
                )
            ),
            revisions=listed(
                closed(
                    revision=TEXT,
                    title=TEXT,
                    summary=TEXT,
                    impact={"enum": ["retrain", "read", "none"]},
                    rationale=TEXT_OR_NOTHING,
                    effective=DAY,
                    emergency=TRUTH,
                    reason=TEXT_OR_NOTHING,
                    authors=listed(TEXT),
                    days_to_effective=NUMBER,
                    assignment_lag=NUMBER_OR_NOTHING,
                )
            ),
            documents=TOLD,
            people=TOLD,
            roles=TOLD,
            policy=TOLD,
            events=TOLD,
            assignments=listed(
                closed(assignment=TEXT, cause=TEXT, role=TEXT_OR_NOTHING, documents=listed(TEXT), people=listed(TEXT))
            ),
            other=TOLD,
            training_histories=NUMBER,
            trained=listed(TEXT),
            unreadable=listed(TEXT),
        )
    ),
)
PATH = "controlled-docs/sop/SOP-001.md"
REVISED = SOP.replace(
    "revisions:\n",
    "revisions:\n  - {revision: 2, effective: 2026-12-15, summary: Twice., impact: retrain, authors: [p-1],"
    " reason: DEV-2026-017}\n",
).replace("Gown.\n", "Gown twice.\n")
APPROVAL_PATH = "controlled-docs/approvals/SOP-001@2/p-2.yaml"
APPROVAL = f"""\
document: SOP-001@2
text: {text_digest(b"Gown twice." + bytes([10]))}
effective: 2026-12-15
impact: retrain
governs: [gowning]
by: p-2
name: Marte Lie
meaning: approved
at: 2026-11-22T10:00:00+01:00
"""
EVENT = """\
id: DEV-2026-017
title: Torn glove
occurred: 2026-11-20T09:00:00+01:00
reported: 2026-11-20
"""
LATER = "2026-11-23T12:00:00+01:00"


def changes(desk: Desk, *options: str) -> list[dict[str, Any]]:
    """All that was merged."""
    found: list[dict[str, Any]] = valid(CHANGES, desk.answer("changes", "--all", *options))["changes"]
    return found


def revised(desk: Desk, *, commits: int = 1, at: str = "2026-11-22T12:00:00+01:00") -> Checkout:
    """A branch that revises the SOP with its assignment and an approval, in some commits."""
    checkout = desk.checkout
    checkout.git("switch", "--quiet", "--create", "gowning")
    desk.write({PATH: REVISED, "quality-events/DEV-2026-017.yaml": EVENT})
    desk.run("assign")
    if commits > 1:
        checkout.commit(message="Revise the text", at=at)
    desk.write({APPROVAL_PATH: APPROVAL})
    checkout.commit(message="Approve it\n\nCo-authored-by: Marte Lie <marte@example.org>", at=at)
    checkout.git("switch", "--quiet", "main")
    return checkout


def test_of_a_quality_system_with_one_commit(desk: Desk):
    """The founding import is a change like any other."""
    found = changes(desk)

    assert [(one["day"], one["title"], one["pull_request"]) for one in found] == [("2026-01-06", "Change", None)]
    assert [(one["revision"], one["days_to_effective"], one["assignment_lag"]) for one in found[0]["revisions"]] == [
        ("SOP-001@1", 4, 0)
    ]
    assert {one["says"] for one in found[0]["people"]} == {"new", "operator from 2024-03-01"}
    assert [one["says"] for one in found[0]["policy"]] == ["new, revision 1"]
    assert found[0]["training_histories"] == 1
    assert found[0]["documents"] == found[0]["events"] == found[0]["unreadable"] == []


def expected_of(found: dict[str, Any]) -> None:
    """What the revision brought, however it was merged."""
    assert [(one["revision"], one["impact"], one["effective"], one["reason"]) for one in found["revisions"]] == [
        ("SOP-001@2", "retrain", "2026-12-15", "DEV-2026-017")
    ]
    assert [one["days_to_effective"] for one in found["revisions"]] == [22]
    assert [one["assignment_lag"] for one in found["revisions"]] == [0]
    assert [(one["of"], one["person"], one["meaning"], one["evidence"]) for one in found["approvals"]] == [
        ("SOP-001@2", "p-2", "approved", "unsigned")
    ]
    assert [(one["assignment"], one["people"]) for one in found["assignments"]] == [
        ("SOP-001@2/operator", ["p-1", "p-2"])
    ] or [(one["assignment"], one["people"]) for one in found["assignments"]] == [
        ("SOP-001@2/operator", ["p-1", "p-2"]),
        ("SOP-001@2/quality-assurance", []),
    ]
    assert [(one["name"], one["says"]) for one in found["events"]] == [("DEV-2026-017", "opened on 2026-11-20")]


def test_a_merge(desk: Desk):
    """The authors are those of the branch, not who merged."""
    checkout = revised(desk, commits=2)
    message = "Merge pull request #12 from isolberg/gowning\n\nGown twice"
    checkout.git("merge", "--quiet", "--no-ff", "--message", message, "gowning", at=LATER)
    found = changes(desk)

    assert [(one["pull_request"], one["title"], one["day"]) for one in found] == [
        (12, "Gown twice", "2026-11-23"),
        (None, "Change", "2026-01-06"),
    ]
    expected_of(found[0])
    assert found[0]["commit"] == checkout.git("rev-parse", "main")
    assert [(one["person"], one["name"]) for one in found[0]["authors"]] == [
        ("p-1", "Ingrid Solberg"),
        ("p-2", "Marte Lie"),
    ]
    assert len(found[0]["commits"]) == 1


def test_a_squash(desk: Desk):
    checkout = revised(desk, commits=2)
    checkout.git("merge", "--quiet", "--squash", "gowning")
    checkout.commit(message="Gown twice (#12)", at=LATER)
    found = changes(desk)

    assert [(one["pull_request"], one["title"]) for one in found] == [(12, "Gown twice"), (None, "Change")]
    expected_of(found[0])
    assert [one["person"] for one in found[0]["authors"]] == ["p-1"]


def test_a_rebase(desk: Desk):
    """The commits of a pull request that a forge committed anew are one change."""
    checkout = revised(desk, commits=2)
    checkout.commit({"README.md": "Meanwhile.\n"}, "Meanwhile", at="2026-11-22T13:00:00+01:00")
    checkout.git("switch", "--quiet", "gowning")
    checkout.git("rebase", "--quiet", "main", at=LATER)
    checkout.git("switch", "--quiet", "main")
    checkout.git("merge", "--quiet", "--ff-only", "gowning")
    found = changes(desk)

    assert [one["title"] for one in found] == ["Revise the text (and 1 more commit)", "Meanwhile", "Change"]
    expected_of(found[0])
    assert [one["title"] for one in found[0]["commits"]] == ["Approve it", "Revise the text"]
    assert found[0]["commit"] == checkout.git("rev-parse", "main")
    assert [one["title"] for one in changes(desk, "--from", "2026-11-23", "--to", "2026-11-23")] == [found[0]["title"]]


def test_an_octopus(desk: Desk):
    """A merge of several branches has the authors of all of them."""
    checkout = desk.checkout
    for name in ("one", "two"):
        checkout.git("switch", "--quiet", "--create", name, "main")
        checkout.write({f"{name}.md": "x\n"})
        checkout.git("add", ".")
        checkout.git("commit", "--quiet", "--author", f"{name} <{name}@example.org>", "--message", name)
    checkout.git("switch", "--quiet", "main")
    checkout.git("merge", "--quiet", "--no-ff", "--message", "Both", "one", "two")
    found = changes(desk)

    assert {one["name"] for one in found[0]["authors"]} == {"one", "two"}
    assert found[0]["revisions"] == []


def test_a_branch_that_took_main_in_between(desk: Desk):
    """What came by main is not of the branch, nor is the merge that took it."""
    checkout = revised(desk)
    checkout.write({"README.md": "x\n"})
    checkout.git("add", ".")
    checkout.git("commit", "--quiet", "--author", "Somebody Else <else@example.org>", "--message", "Meanwhile")
    checkout.git("switch", "--quiet", "gowning")
    checkout.git("merge", "--quiet", "--message", "Catch up", "main")
    checkout.git("switch", "--quiet", "main")
    checkout.git("merge", "--quiet", "--no-ff", "--message", "Merge branch 'gowning'", "gowning", at=LATER)
    found = changes(desk)

    assert [one["title"] for one in found] == ["Merge branch 'gowning'", "Meanwhile", "Change"]
    assert [one["name"] for one in found[0]["authors"]] == ["Ingrid Solberg", "Marte Lie"]


def test_what_somebody_asks_for(desk: Desk):
    checkout = revised(desk)
    checkout.git("merge", "--quiet", "--no-ff", "--message", "Revised", "gowning", at=LATER)
    checkout.commit({"README.md": "x\n"}, "Nothing of it", at="2026-11-24T12:00:00+01:00")
    desk.now = desk.now.replace(day=25)

    def titles(*options: str) -> list[str]:
        return [one["title"] for one in changes(desk, *options)]

    assert titles() == ["Nothing of it", "Revised", "Change"]
    assert titles("--from", "2026-11-24") == ["Nothing of it"]
    assert titles("--to", "2026-11-23", "--from", "2026-11-23") == ["Revised"]
    assert titles("--to", "2020-01-01") == []
    assert titles("--document", "SOP-001") == ["Revised", "Change"]
    assert titles("--document", "SOP-001@2") == ["Revised"]
    assert titles("--document", "SOP-001@1") == ["Change"]
    assert titles("--event", "DEV-2026-017") == ["Revised"]
    assert titles("--known-at", "2026-11-22") == ["Change"]
    assert desk.run("changes", "--to", "2020-01-01").stdout == "nothing of that kind was merged\n"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        pytest.param(["--from", "yesterday"], "'yesterday' is not a date", id="date"),
        pytest.param(["--document", "SOP-002"], "no document 'SOP-002'", id="document"),
        pytest.param(["--document", "SOP-001@9"], "no revision 'SOP-001@9'", id="revision"),
        pytest.param(["--event", "DEV-1"], "no event 'DEV-1'", id="event"),
        pytest.param(["--known-at", "2020-01-01"], "main had no commit by 2020-01-01", id="too-early"),
    ],
)
def test_what_cannot_be_answered(desk: Desk, options: list[str], says: str):
    assert says in desk.run("changes", *options, exits=2).stderr


def test_empty_commits_and_renames(desk: Desk):
    """Nothing came by the one; a document that moves is no new one."""
    checkout = desk.checkout
    checkout.commit(message="Nothing")
    checkout.git("mv", PATH, "controlled-docs/sop/SOP-001-gowning.md")
    checkout.commit(message="Move")
    found = changes(desk)

    assert found[0]["revisions"] == found[1]["documents"] == []
    assert [one["says"] for one in found[0]["documents"]] == [f"moved from {PATH}"]


def test_what_cannot_be_read(desk: Desk):
    """It is said, and nothing is made up of what follows it."""
    desk.checkout.commit({PATH: "---\nid: [\n---\n"}, "Break")
    desk.checkout.commit({PATH: SOP}, "Mend")
    found = changes(desk)

    assert (found[1]["unreadable"], found[1]["documents"]) == ([PATH], [])
    assert [one["says"] for one in found[0]["documents"]] == ["can be read again; what changed in it is not known"]
    assert found[0]["revisions"] == []
    assert f"left unreadable: {PATH}" in desk.run("changes").stdout


def test_a_link_in_the_place_of_a_record_is_none(desk: Desk):
    (desk.checkout.folder / "roles/people/p-1.yaml").unlink()
    (desk.checkout.folder / "roles/people/p-1.yaml").symlink_to("p-2.yaml")
    desk.checkout.commit(message="Link")

    assert changes(desk)[0]["unreadable"] == ["roles/people/p-1.yaml"]


HOSTILE = "\x1b]0;owned\x07 \x1b[31m\u202e ::error::x"


def test_hostile_titles_are_only_read(desk: Desk):
    """No control character of a title, a name or a summary reaches the terminal."""
    checkout = desk.checkout
    checkout.write({PATH: REVISED.replace("Twice.", '"\\x1b]0;owned\\x07"')})
    checkout.git("add", ".")
    author = "Ann\x1b[31m\u202e <a\x1b@x.org>"
    checkout.git("commit", "--quiet", "--author", author, "--message", f"Revise {HOSTILE} (#3)")
    said = desk.run("changes").stdout

    assert not {"\x1b", "\x07", "\u202e"} & set(said)
    assert "#3 Revise \\x1b]0;owned\\x07" in said


def test_no_formula_comes_into_a_spreadsheet(desk: Desk):
    checkout = desk.checkout
    for title in ("=HYPERLINK(0)", "+1", "-1+1", "@SUM(1)", "  =1", "fine", "-14"):
        checkout.git("commit", "--quiet", "--allow-empty", "--cleanup=verbatim", "--message", title)
    rows = list(csv.DictReader(io.StringIO(desk.run("changes", "--all", "--format", "csv").stdout)))

    assert [row["title"] for row in rows] == [
        "-14",
        "fine",
        "'  =1",
        "'@SUM(1)",
        "'-1+1",
        "'+1",
        "'=HYPERLINK(0)",
        "Change",
    ]
    assert rows[-1]["revisions"] == "SOP-001@1"
    assert rows[-1]["assignment lag"] == "0"


def test_a_shallow_clone_says_where_it_begins(desk: Desk, tmp_path_factory: pytest.TempPathFactory):
    checkout = revised(desk)
    checkout.git("merge", "--quiet", "--no-ff", "--message", "Revised", "gowning", at=LATER)
    last = checkout.commit({"README.md": "x\n"}, "Last", at=LATER)
    desk.clone_shallowly(tmp_path_factory.mktemp("clones") / "shallow")
    found = valid(CHANGES, desk.answer("changes"))

    assert found["changes"] == []
    assert found["begins"]["commit"] == last
    assert f"the history here begins on 2026-11-23 with {last[:10]}" in desk.run("changes").stdout
    desk.checkout.git("fetch", "--quiet", "--deepen", "1")
    assert [one["title"] for one in changes(desk)] == ["Last"]
    desk.checkout.git("fetch", "--quiet", "--unshallow")
    assert [one["title"] for one in changes(desk)] == ["Last", "Revised", "Change"]


def test_an_approval_that_came_later_is_shown_with_what_it_is_of(desk: Desk):
    """And one that came to be signed later, where it did."""
    desk.checkout.commit({PATH: REVISED}, "Revise")
    desk.checkout.commit({APPROVAL_PATH: APPROVAL}, "Approve")
    desk.checkout.commit({APPROVAL_PATH: f"{APPROVAL}key: 'SHA256:x'\nsignature: eA==\n"}, "Sign")
    signed, approved, first, _ = changes(desk)

    assert [(one["later"], one["evidence"]) for one in first["approvals"]] == [(True, "signed")]
    assert [(one["later"], one["evidence"]) for one in approved["approvals"]] == [(False, "unsigned")]
    assert [(one["later"], one["evidence"]) for one in signed["approvals"]] == [(False, "signed")]
    assert signed["other"] == []
    assert "recorded by another change" in desk.run("changes").stdout


def test_as_text(desk: Desk):
    checkout = revised(desk, commits=2)
    message = "Merge pull request #12 from isolberg/gowning\n\nGown twice"
    checkout.git("merge", "--quiet", "--no-ff", "--message", message, "gowning", at=LATER)
    said = desk.run("changes", "--from", "2026-11-23").stdout.splitlines()

    assert said[0] == f"2026-11-23  {checkout.git('rev-parse', 'main')[:10]}  #12 Gown twice"
    assert said[1:4] == [
        "            by Ingrid Solberg (p-1), Marte Lie (p-2)",
        "            SOP-001@2 approved by p-2 Marte Lie (approved, 2026-11-22T10:00:00+01:00, unsigned)",
        (
            "            SOP-001@2: retrain, effective 2026-12-15, 22 days after the merge, because of DEV-2026-017,"
            " assigned 0 days after the approval: Twice."
        ),
    ]


def test_what_touches_nothing_of_the_quality_system_is_left_out(desk: Desk):
    """It is counted, and --all shows it; a protected file is not nothing."""
    checkout = desk.checkout
    checkout.commit({"README.md": "Hello\n"}, "Say hello")
    checkout.commit({".github/workflows/gate.yml": "on: push\n"}, "Gate")
    said = desk.run("changes").stdout

    assert "Say hello" not in said
    assert "            protected file .github/workflows/gate.yml: new\n" in said
    assert said.endswith("1 change left out that touched nothing of the quality system: --all lists them too\n")
    assert "Say hello" in desk.run("changes", "--all").stdout
    assert "left out" not in desk.run("changes", "--all").stdout
    assert desk.answer("changes")["left_out"] == 1
    assert "left out" not in desk.run("changes", "--document", "SOP-001").stdout


def test_whose_training_changed_is_said(desk: Desk):
    done = "- {{document: SOP-001@1, completed: 2026-01-0{}T09:30:00+01:00, method: [read]}}\n"
    files = {f"training-records/completions/p-{n}/SOP-001.yaml": done.format(n) for n in range(2, 10)}
    desk.checkout.commit(files, "Trained")

    assert "            8 histories of training changed: p-2, p-3, p-4, p-5, p-6, p-7, and 2 more people\n" in (
        desk.run("changes").stdout
    )
    assert '"8 histories of training: p-2, p-3, ' in desk.run("changes", "--format", "csv").stdout


def test_long_lists_are_cut_in_the_text_only(desk: Desk):
    role = "id: r{0}\ntitle: R\npurpose: Works.\n"
    desk.checkout.commit({f"roles/r{n:02}.yaml": role.format(f"{n:02}") for n in range(14)}, "Roles")

    assert len(changes(desk)[0]["roles"]) == 14
    assert "            and 2 more altered records\n" in desk.run("changes").stdout


def test_without_a_commit_there_is_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """In a repository without a commit; and without a main branch, HEAD is what there is."""
    checkout = begun(tmp_path / "it")
    monkeypatch.chdir(checkout.folder)
    checkout.git("branch", "--move", "other")
    assert of_main(judged(None, None, compare=False)).head

    checkout.git("switch", "--quiet", "--orphan", "new")
    checkout.git("branch", "--delete", "--force", "other")
    checkout.write({"qmsci.yaml": "revision: 1\n"})
    with pytest.raises(CannotRun, match="nothing is committed here yet"):
        of_main(judged(None, None, compare=False))
