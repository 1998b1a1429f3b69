"""`qmsci qualified`: yes or no, why, and what proves it."""

from __future__ import annotations

import pytest

from tests.cli.commands import QUALIFIED, Desk, valid

HISTORY = "training-records/completions/p-1/SOP-001.yaml"


def test_yes_with_its_evidence(desk: Desk):
    """Exit code 0; the line, the commit that brought it, and what it says."""
    answer = valid(QUALIFIED, desk.answer("qualified", "p-1", "SOP-001", "--on", "2026-02-01"))

    assert answer["qualified"]
    assert answer["revision"] == "SOP-001@1"
    assert answer["on"] == "2026-02-01"
    assert [(proof["path"], proof["line"]) for proof in answer["evidence"]] == [(HISTORY, 1)]
    assert answer["evidence"][0]["commit"] == desk.checkout.git("rev-parse", "HEAD")
    assert answer["evidence"][0]["recorded"].startswith("2026-01-06")
    said = desk.run("qualified", "p-1", "SOP-001", "--on", "2026-02-01").stdout
    assert said.startswith("yes: p-1 (Ingrid Solberg), SOP-001@1, 2026-02-01: ")
    assert f"  {HISTORY}:1: " in said


def test_no_with_its_reason(desk: Desk):
    """Exit code 1."""
    answer = valid(QUALIFIED, desk.answer("qualified", "p-2", "SOP-001", "--on", "2026-02-01", exits=1))

    assert not answer["qualified"]
    assert "not trained on SOP-001@1" in answer["reason"]
    assert desk.run("qualified", "p-2", "SOP-001", "--on", "2026-02-01", exits=1).stdout.startswith("no: p-2")


def test_before_anything_was_in_force(desk: Desk):
    """No revision, so no."""
    answer = valid(QUALIFIED, desk.answer("qualified", "p-1", "SOP-001", "--on", "2025-06-01", exits=1))

    assert answer["revision"] is None
    assert "in force" in answer["reason"]


@pytest.mark.parametrize(
    ("on", "exits"),
    [
        ("2026-01-09", 1),
        ("2026-01-10", 0),
        ("2026-01-10T00:30:00+01:00", 0),
        ("2026-01-09T23:30:00+00:00", 0),
        ("2026-01-09T22:30:00+00:00", 1),
    ],
)
def test_a_day_begins_in_the_policys_time_zone(desk: Desk, on: str, exits: int):
    """In force from the first moment of its day in Oslo."""
    desk.run("qualified", "p-1", "SOP-001", "--on", on, exits=exits)


def test_a_revision_may_be_named(desk: Desk):
    """Also before it is in force."""
    answer = desk.answer("qualified", "p-1", "SOP-001@1", "--on", "2026-01-06")

    assert answer["revision"] == "SOP-001@1"
    assert answer["qualified"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["p-11", "SOP-001"], "no person 'p-11' in roles/people/; did you mean 'p-1'?"),
        (["p-1", "SOP-0001"], "no document 'SOP-0001' in controlled-docs/; did you mean 'SOP-001'?"),
        (["p-1", "SOP-001@9"], "no revision 'SOP-001@9' in controlled-docs/sop/SOP-001.md"),
        (["nobody-at-all", "SOP-001"], "no person 'nobody-at-all' in roles/people/\n"),
        (["p-1", "SOP-001", "--on", "yesterday"], "is not a date"),
        (["p-1", "SOP-001", "--on", "2026-01-10T10:00:00"], "is not a time with an offset"),
        (["\x1b[31mp", "SOP-001"], r"\x1b[31mp"),
        (["../p-1", "SOP-001"], "no person '../p-1'"),
        (["p-1"], "Missing argument"),
    ],
)
def test_what_is_not_known_is_no_answer(desk: Desk, arguments: list[str], said: str):
    """Exit code 2, never 1."""
    result = desk.run("qualified", *arguments, exits=2)

    assert said in result.stderr
    assert "\x1b" not in result.stderr
    assert result.stdout == ""


def test_what_is_not_committed_is_shown_as_such(desk: Desk):
    """Evidence of a working tree has no commit."""
    path = "training-records/completions/p-2/SOP-001.yaml"
    text = (desk.checkout.folder / HISTORY).read_text()
    desk.write({path: text})
    answer = valid(QUALIFIED, desk.answer("qualified", "p-2", "SOP-001", "--on", "2026-02-01"))

    assert answer["evidence"][0]["commit"] is None
    assert answer["evidence"][0]["recorded"] is None
    assert "(not committed)" in desk.run("qualified", "p-2", "SOP-001", "--on", "2026-02-01").stdout


def test_what_came_before_a_shallow_clone_begins(desk: Desk, tmp_path_factory: pytest.TempPathFactory):
    """It is committed, and nobody here knows when: it says so, and which fetch helps."""
    desk.checkout.commit({"README.md": "x\n"})
    desk.clone_shallowly(tmp_path_factory.mktemp("clones") / "shallow")
    said = desk.run("qualified", "p-1", "SOP-001", "--on", "2026-02-01").stdout

    assert "(recorded before this clone begins: git fetch --unshallow)" in said
    assert "not committed" not in said
    answer = valid(QUALIFIED, desk.answer("qualified", "p-1", "SOP-001", "--on", "2026-02-01"))
    assert answer["evidence"][0]["commit"] is None


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("roles/people/p-1.yaml", "roles/people/p-1.yaml cannot be read: qmsci check --all"),
        ("controlled-docs/sop/SOP-001.md", "the file of SOP-001 cannot be read: qmsci check --all"),
    ],
)
def test_what_cannot_be_read_is_not_called_unknown(desk: Desk, path: str, said: str):
    """Exit code 2, and what to do."""
    desk.write({path: "id: [\n"})

    assert said in desk.run("qualified", "p-1", "SOP-001", exits=2).stderr


# --- what was known then --------------------------------------------------------------------------------------------


def test_what_was_recorded_later_was_not_known_then(desk: Desk):
    """Trained on 2026-01-05, which came to main on 2026-01-20: on the day before, nobody could know of it."""
    other = {"training-records/completions/p-2/SOP-001.yaml": (desk.checkout.folder / HISTORY).read_text()}
    commit = desk.checkout.commit(other, at="2026-01-20T12:00:00+01:00")
    asked = ("qualified", "p-2", "SOP-001", "--on", "2026-01-15")
    before = valid(QUALIFIED, desk.answer(*asked, "--known-at", "2026-01-19", exits=1))
    after = valid(QUALIFIED, desk.answer(*asked, "--known-at", "2026-01-20"))

    assert (before["known_at"], before["on"], before["qualified"]) == ("2026-01-19", "2026-01-15", False)
    assert (after["known_at"], after["evidence"][0]["commit"]) == ("2026-01-20", commit)
    assert desk.answer("qualified", "p-2", "SOP-001", "--known-at", "2026-01-20")["on"] == "2026-01-20"


def test_what_is_not_merged_is_not_known(desk: Desk):
    """Neither is a working tree."""
    desk.write({"training-records/completions/p-2/SOP-001.yaml": (desk.checkout.folder / HISTORY).read_text()})

    desk.run("qualified", "p-2", "SOP-001", "--on", "2026-02-01")
    desk.run("qualified", "p-2", "SOP-001", "--on", "2026-02-01", "--known-at", "2026-02-01", exits=1)


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ("2020-01-01", "main had no commit by 2020-01-01: nothing was known then"),
        ("then", "--known-at"),
    ],
)
def test_a_time_of_which_nobody_knows(desk: Desk, known: str, said: str):
    """Exit code 2."""
    assert said in desk.run("qualified", "p-1", "SOP-001", "--known-at", known, exits=2).stderr
