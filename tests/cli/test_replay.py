"""`qmsci verify --history`: every change is judged as it was, and nothing that was on main is gone."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qmsci.cli.judged import Judged, opened
from qmsci.cli.replay import Replay
from tests.cli.commands import (
    COMMIT_OR_NOTHING,
    FINDINGS,
    FORMAT,
    SOP,
    TEXT,
    TEXT_OR_NOTHING,
    TRAINED,
    Desk,
    closed,
    listed,
    valid,
)
from tests.laws import POLICY
from tests.repositories import Checkout, begun

WHOLE = {"type": "integer", "minimum": 0}
HISTORY = closed(
    format=FORMAT,
    known_at=TEXT_OR_NOTHING,
    commit=COMMIT_OR_NOTHING,
    tree=COMMIT_OR_NOTHING,
    main=TEXT_OR_NOTHING,
    judged=WHOLE,
    before_policy=WHOLE,
    **{"from": TEXT_OR_NOTHING, "to": TEXT_OR_NOTHING},
    rewritten=listed(TEXT),
    changes=listed(
        closed(
            commit=COMMIT_OR_NOTHING, committed=TEXT, faults=listed(TEXT), findings=FINDINGS["properties"]["findings"]
        )
    ),
)
COMPLETIONS = "training-records/completions/p-1/SOP-001.yaml"
SECOND = TRAINED.replace("01-05T09:30:00+01:00", "02-05T09:30:00+01:00").replace('["SOP-001@1/operator"]', "[]")
TEXT_CHANGED = SOP.replace("Gown.", "Gown twice.")


def day(number: int) -> str:
    """Noon of a day of February."""
    return f"2026-02-{number:02}T12:00:00+01:00"


def wrong(desk: Desk, *arguments: str) -> dict[str, list[str]]:
    """What is wrong with the changes, by their commits: the faults, and the rules of the findings."""
    answer = valid(HISTORY, desk.answer("verify", "--history", *arguments, exits=None))
    return {
        change["commit"]: [*change["faults"], *(found["rule"] for found in change["findings"])]
        for change in answer["changes"]
    }


# --- each change ----------------------------------------------------------------------------------------------------


def test_a_clean_history(desk: Desk):
    """The commit at the end stands for all before it."""
    desk.checkout.commit({COMPLETIONS: TRAINED + SECOND}, at=day(6))
    commit, tree = desk.checkout.git("log", "-1", "--format=%H %T").split()

    assert valid(HISTORY, desk.answer("verify", "--history")) == {
        "format": 1,
        "known_at": None,
        "commit": commit,
        "tree": tree,
        "main": "main",
        "judged": 2,
        "before_policy": 0,
        "from": "2026-01-06",
        "to": "2026-02-06",
        "rewritten": [],
        "changes": [],
    }
    for _ in range(2):
        assert desk.run("verify", "--history").stdout == (
            "2 changes on main, from 2026-01-06 to 2026-02-06\n"
            f"this is commit {commit}, tree {tree}\n"
            f"the next time: qmsci verify --history --includes {commit}\n"
            "nothing is wrong\n"
        )


def test_what_was_found_clean_is_kept_from_time_to_time(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    """Whoever interrupts a long run does not begin from the beginning."""
    monkeypatch.setattr("qmsci.cli.replay._AT_ONCE", 2)
    for number in range(1, 5):
        desk.checkout.commit({f"docs/{number}.md": "T\n"}, at=day(number))
    assert [desk.answer("verify", "--history")["judged"] for _ in range(2)] == [5, 5]


def test_a_change_that_went_past_the_gate(desk: Desk):
    """What was put right since was wrong all the same; each change is found by its commit."""
    bad = desk.checkout.commit({"controlled-docs/sop/SOP-001.md": TEXT_CHANGED}, at=day(1))
    again = desk.checkout.commit({"controlled-docs/sop/SOP-001.md": SOP}, at=day(2))
    desk.run("check", "--all")
    found = wrong(desk)

    assert "text-changed-without-revision" in found[bad]
    assert set(found) == {bad, again}  # the text was changed back, and that without a revision as well
    said = desk.run("verify", "--history", exits=1).stdout
    assert f"commit {bad}, 2026-02-01 11:00 UTC" in said
    assert "error[text-changed-without-revision]" in said
    assert "nothing is wrong" not in said


def test_a_change_is_judged_by_its_base_and_its_own_date(desk: Desk):
    """A stricter policy that came later does not turn it red; nor does the day on which somebody looks."""
    stricter = POLICY.replace("window: 14 days", "window: 400 days")
    revised = SOP.replace(
        "revisions:\n",
        "revisions:\n  - {revision: 2, effective: 2026-03-10, summary: S., impact: retrain, authors: [p-1]}\n",
    ).replace("Gown.", "Gown twice.")
    desk.now = desk.now.replace(month=2, day=1)
    desk.write({"controlled-docs/sop/SOP-001.md": revised})
    desk.run("assign")
    desk.checkout.commit(at=day(1))
    policy = desk.checkout.commit({"qmsci.yaml": stricter.replace("revision: 1", "revision: 2", 1)}, at=day(2))
    desk.now = desk.now.replace(year=2027)

    assert wrong(desk) == {policy: ["policy-weakened"]}
    assert desk.run("verify", "--history").stdout.endswith("\n1 warning\nnothing is wrong\n")


def test_a_merge_is_judged_against_its_first_parent(desk: Desk):
    """What lies on a branch never was on main."""
    desk.checkout.git("switch", "--quiet", "--create", "branch")
    desk.checkout.commit({"controlled-docs/sop/SOP-001.md": TEXT_CHANGED}, at=day(1))
    desk.checkout.commit({"controlled-docs/sop/SOP-001.md": SOP, COMPLETIONS: TRAINED + SECOND}, at=day(2))
    desk.checkout.git("switch", "--quiet", "main")
    desk.checkout.git("merge", "--quiet", "--no-ff", "--message", "Merge", "branch", at=day(6))
    answer = desk.answer("verify", "--history")

    assert (answer["judged"], answer["changes"]) == (2, [])


def test_what_came_before_there_was_a_policy(tmp_path: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch):
    """A repository that was there before qmsci was begins with its policy."""
    folder = tmp_path / "older"
    folder.mkdir()
    checkout = Checkout(folder)
    checkout.git("init", "--quiet")
    for number in (3, 2, 1):  # with dates that go back, too
        checkout.commit({"README.md": f"{number}\n"}, at=day(number))
    checkout.commit(
        {"qmsci.yaml": POLICY, "roles/quality-assurance.yaml": "id: quality-assurance\ntitle: Q\n"}, at=day(2)
    )
    monkeypatch.chdir(folder)
    answer = desk.answer("verify", "--history", exits=None)

    assert (answer["before_policy"], answer["judged"], answer["from"]) == (3, 1, "2026-02-02")
    assert "; 3 commits before there was a policy" in desk.run("verify", "--history", exits=None).stdout


def test_a_policy_that_was_gone_for_a_while(desk: Desk):
    """Whoever takes it away, and brings it back, founds a system whose rules do not ask for what came meanwhile."""
    gone = desk.checkout.commit({"qmsci.yaml": None}, at=day(1))
    desk.checkout.commit({"qmsci.yaml": POLICY}, at=day(2))

    assert wrong(desk)[gone] == ["it has no qmsci.yaml: from here on nothing judged what came to main"]


def test_dates_that_go_back(desk: Desk):
    """An earlier date would make what came look as if it had been there in time."""
    before = desk.checkout.git("rev-parse", "HEAD")
    late = desk.checkout.commit({COMPLETIONS: TRAINED + SECOND}, at="2026-01-05T12:00:00+01:00")
    said = f"it is dated 2026-01-05 11:00:00 UTC, before {before[:10]} (2026-01-06 11:00:00 UTC), which it follows"

    assert said in wrong(desk)[late]
    assert said in desk.run("verify", "--history", exits=1).stdout


@pytest.mark.parametrize(
    ("start", "judged"),
    [
        pytest.param("{first}", 3, id="after-a-commit"),
        pytest.param("2026-02-02", 2, id="from-a-day-on"),
        pytest.param("2026-01-01", 4, id="from-the-beginning"),
        pytest.param("{last}", 0, id="after-the-last"),
        pytest.param("2026-03-01", 0, id="later-than-all"),
    ],
)
def test_only_what_came_later(desk: Desk, start: str, judged: int):
    first = desk.checkout.git("rev-parse", "HEAD")
    for number in (1, 2, 3):
        desk.checkout.commit({f"docs/{number}.md": "T\n"}, at=day(number))
    last = desk.checkout.git("rev-parse", "HEAD")
    answer = desk.answer("verify", "--history", "--from", start.format(first=first, last=last))

    assert answer["judged"] == judged
    assert (answer["from"] is None) == (judged == 0)


def test_a_day_says_nothing_where_dates_go_back(desk: Desk):
    """What is dated before the day that somebody asks from, and came after it, is judged all the same."""
    desk.checkout.commit({"docs/1.md": "T\n"}, at=day(3))
    back = desk.checkout.commit({"docs/2.md": "T\n"}, at=day(1))
    desk.checkout.commit({"docs/3.md": "T\n"}, at=day(4))

    assert list(wrong(desk, "--from", "2026-02-04")) == [back]


def test_what_is_asked_for_must_be_there(desk: Desk):
    desk.checkout.git("switch", "--quiet", "--create", "branch")
    branch = desk.checkout.commit({"docs/1.md": "T\n"}, at=day(1))
    desk.checkout.git("switch", "--quiet", "main")
    run = lambda *arguments: desk.run("verify", *arguments, exits=2).stderr  # noqa: E731

    assert "is not on main's line of first parents" in run("--history", "--from", branch)
    assert "there is no revision 'nowhere'" in run("--history", "--from", "nowhere")
    assert "'2026-02-30'" in run("--history", "--from", "2026-02-30")
    assert "--from and --includes are about the --history" in run("--from", "2026-01-01")
    assert "is no id of a commit" in run("--history", "--includes", "main")
    assert "name a commit or a date" in run("--history", "--head", "main", "--known-at", "2026-02-01")
    desk.checkout.git("switch", "--quiet", "branch")
    desk.checkout.git("branch", "--delete", "--force", "main")
    assert "there is no main branch here" in run("--history")


def test_a_shallow_clone_is_judged_as_far_as_it_reaches(desk: Desk, tmp_path_factory: pytest.TempPathFactory):
    desk.checkout.commit({COMPLETIONS: TRAINED + SECOND}, at=day(6))
    folder = tmp_path_factory.mktemp("shallow") / "clone"
    desk.clone_shallowly(folder)

    assert "git fetch --unshallow" in desk.run("verify", "--history", exits=2).stderr
    assert "git fetch --unshallow" in desk.run("verify", "--history", "--includes", "1" * 40, exits=2).stderr
    assert desk.answer("verify", "--history", "--from", "HEAD")["judged"] == 0


def test_earlier_mains_and_other_commits(desk: Desk):
    """As main was at a date; or whatever commit one names."""
    desk.checkout.commit({COMPLETIONS: TRAINED + SECOND}, at=day(6))
    bad = desk.checkout.commit({"controlled-docs/sop/SOP-001.md": TEXT_CHANGED}, at=day(7))

    assert wrong(desk, "--known-at", "2026-02-06") == {}
    assert wrong(desk, "--head", "HEAD~1") == {}
    assert list(wrong(desk, "--head", bad)) == [bad]


# --- what was on main is still there --------------------------------------------------------------------------------


def test_a_tip_that_is_gone(desk: Desk):
    """A force push that took back what was verified here, though what is left is clean."""
    desk.checkout.commit({COMPLETIONS: TRAINED + SECOND}, at=day(6))
    desk.run("verify", "--history")
    taken = desk.checkout.git("rev-parse", "HEAD")
    desk.checkout.git("reset", "--quiet", "--hard", "HEAD~1")
    answer = valid(HISTORY, desk.answer("verify", "--history", exits=1))

    assert answer["changes"] == []
    assert [said.split(",")[0] for said in answer["rewritten"]] == [taken]
    said = desk.run("verify", "--history", exits=1).stdout  # it is not forgotten by being said
    assert f"history was rewritten: {taken}, which was verified here as the tip of main" in said
    Path(said.split("rm ")[1].split("\n")[0]).unlink()
    desk.run("verify", "--history")
    desk.checkout.commit({"docs/1.md": "T\n"}, at=day(8))
    desk.run("verify", "--history")


def test_a_commit_that_an_auditor_wrote_down(desk: Desk):
    first = desk.checkout.git("rev-parse", "HEAD")
    desk.checkout.git("commit", "--quiet", "--amend", "--message", "Rewritten", at=day(1))
    now = desk.checkout.git("rev-parse", "HEAD")
    answer = valid(HISTORY, desk.answer("verify", "--history", "--includes", now[:10], "--includes", first, exits=1))

    assert answer["rewritten"] == [f"{first} is not on main's line of first parents"]


def test_another_branch_is_another_main(desk: Desk):
    """What was verified of a local branch says nothing of the one on the server."""
    desk.checkout.commit({COMPLETIONS: TRAINED + SECOND}, at=day(6))
    desk.run("verify", "--history")
    desk.checkout.git("update-ref", "refs/remotes/origin/main", "HEAD~1")

    assert desk.answer("verify", "--history")["rewritten"] == []


@pytest.mark.parametrize("text", ["", "[]", "{", '{"refs/heads/main": 3}', "\ufeff"])
def test_a_note_that_makes_no_sense_is_none(desk: Desk, text: str):
    desk.run("verify", "--history")
    note = desk.checkout.folder / ".git/qmsci/verified.json"
    note.write_text(text)

    assert desk.answer("verify", "--history")["rewritten"] == []
    assert json.loads(note.read_text())


# --- when something was recorded ------------------------------------------------------------------------------------


def test_a_change_is_judged_by_what_main_had_then(desk: Desk):
    """The gate saw what a change brings before main had it; a replay sees the same."""
    repository, memory = opened()
    first = repository.named("HEAD")
    signed = TRAINED + SECOND.replace('"method"', '"late": "U1NI", "method"')
    desk.checkout.commit({COMPLETIONS: signed}, at=day(6))
    desk.checkout.commit({"docs/1.md": "T\n"}, at=day(7))
    replay = Replay(Judged(repository, memory, None, None))
    known = []
    for position in range(len(replay.line)):
        replay._position = position
        known.append([replay._recorded(COMPLETIONS, text) for text in ("U1NI", "SOP-001@1", "never")])

    assert replay.line[0] == first
    assert [[str(found) for found in row] for row in known] == [
        ["None", "None", "None"],
        ["None", "2026-01-06", "None"],
        ["2026-02-06", "2026-01-06", "None"],
    ]


# --- the same as the gate -------------------------------------------------------------------------------------------

EDITS: list[dict[str, str | None]] = [
    {"controlled-docs/sop/SOP-001.md": TEXT_CHANGED},
    {"controlled-docs/sop/SOP-001.md": SOP},
    {COMPLETIONS: TRAINED + SECOND},
    {COMPLETIONS: TRAINED},
    {"roles/people/p-3.yaml": "id: p-3\nname: N\nkind: employee\nemployed: {from: 2026-01-01}\n"
     "roles: [{role: operator, from: 2026-01-01}]\n"},
    {"roles/people/p-3.yaml": "id: p-3\nname: N\nkind: nonsense\n"},
    {"roles/operator.yaml": "id: operator\ntitle: O\npurpose: P.\nperforms: [gowning, unknown]\n"},
    {"qmsci.yaml": POLICY.replace("14 days", "7 days")},
    {"qmsci.yaml": POLICY},
    {"training-records/astray.yaml": "- 1\n"},
    {"docs/1.md": "T\n"},
]  # fmt: skip


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.lists(st.sampled_from(EDITS), min_size=4, max_size=8))
def test_a_replay_says_what_the_gate_says(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, edits: list[dict[str, Any]]
):
    """Though it reads each file once only; and the second time it says the same."""
    with monkeypatch.context() as patch:
        checkout = begun(tmp_path_factory.mktemp("history") / "repository", {"controlled-docs/sop/SOP-001.md": SOP})
        desk = Desk(checkout, patch)
        for number, edit in enumerate(edits, 23):
            checkout.commit(edit, at=f"2026-11-{number}T12:00:00+01:00")
        commits = checkout.git("rev-list", "--reverse", "HEAD").split()
        expected = {}
        for base, head in pairwise(commits):
            found = desk.answer("check", "--base", base, "--head", head, exits=None)["findings"]
            if found:
                expected[head] = found
        for _ in range(2):
            answer = desk.answer("verify", "--history", "--from", commits[0], exits=None)
            assert {change["commit"]: change["findings"] for change in answer["changes"]} == expected


# --- what came at once ----------------------------------------------------------------------------------------------


def brought(desk: Desk, *second: tuple[str, str]) -> tuple[str, str]:
    """Two commits, of which the second puts right what the first does wrong, by their messages and times."""
    made = []
    for (message, at), text in zip(second, (TEXT_CHANGED, SOP), strict=True):
        desk.write({"controlled-docs/sop/SOP-001.md": text, COMPLETIONS: TRAINED + SECOND})
        desk.checkout.git("add", "--all")
        desk.checkout.git("commit", "--quiet", "--message", message, at=at)
        made.append(desk.checkout.git("rev-parse", "HEAD"))
    return made[0], made[1]


def test_what_a_forge_rebased_is_one_change(desk: Desk):
    """The commits of a pull request that came at once are judged as a merge of them would be, from then on as well."""
    brought(desk, ("Gown (#12)", "2026-02-06T12:00:00+01:00"), ("Put right (#12)", "2026-02-06T12:00:03+01:00"))

    for _ in range(2):
        answer = desk.answer("verify", "--history")
        assert (answer["judged"], answer["changes"]) == (2, [])


def test_its_last_commit_says_when_and_which(desk: Desk):
    """What is wrong with all of it is said once."""
    desk.checkout.commit({"docs/x.md": "X\n"}, at=day(5))
    desk.write({"docs/a.md": "A\n"})
    desk.checkout.git("add", "--all")
    desk.checkout.git("commit", "--quiet", "--message", "A (#12)", at="2026-02-06T12:00:00+01:00")
    desk.write({"controlled-docs/sop/SOP-001.md": TEXT_CHANGED})
    desk.checkout.git("add", "--all")
    desk.checkout.git("commit", "--quiet", "--message", "B (#12)", at="2026-02-06T12:00:03+01:00")
    last = desk.checkout.git("rev-parse", "HEAD")
    found = wrong(desk)

    assert list(found) == [last]
    assert "text-changed-without-revision" in found[last]
    assert desk.answer("verify", "--history", exits=1)["judged"] == 3


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(("A (#12)", day(6)), ("B (#13)", "2026-02-06T12:00:03+01:00"), id="two pull requests"),
        pytest.param(("A (#12)", day(6)), ("B", "2026-02-06T12:00:03+01:00"), id="one that names none"),
        pytest.param(("A", day(6)), ("B", "2026-02-06T12:00:03+01:00"), id="written as they were committed"),
        pytest.param(("A (#12)", day(6)), ("B (#12)", "2026-02-06T12:00:11+01:00"), id="one a little later"),
        pytest.param(("A (#12)", day(6)), ("B (#12)", day(8)), id="one that names it days later"),
    ],
)
def test_what_did_not_come_at_once_is_judged_by_itself(desk: Desk, one: tuple[str, str], other: tuple[str, str]):
    """However it is called."""
    first, second = brought(desk, one, other)
    found = wrong(desk)

    assert "text-changed-without-revision" in found[first]
    assert "text-changed-without-revision" in found[second]
    assert desk.answer("verify", "--history", exits=1)["judged"] == 3
