"""`qmsci trace`: the whole chain, in a real repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from qmsci.chain.graph import Kind
from tests.chain.story import CAPA, DEVIATION
from tests.cli.commands import (
    COMMIT_OR_NOTHING,
    COUNT,
    DAY,
    FORMAT,
    TEXT,
    TEXT_OR_NOTHING,
    Desk,
    closed,
    listed,
    valid,
)

TRACE = closed(
    format=FORMAT,
    id=TEXT,
    kind={"enum": [*Kind, None]},
    on=DAY,
    known_at=TEXT_OR_NOTHING,
    nodes=listed(
        closed(
            id=TEXT,
            kind={"enum": list(Kind)},
            title={"type": "string"},
            day={"type": ["string", "null"], "pattern": DAY["pattern"]},
            state=TEXT_OR_NOTHING,
            path=TEXT,
            line=COUNT,
            commit=COMMIT_OR_NOTHING,
            recorded=TEXT_OR_NOTHING,
            notes=listed(TEXT),
            faults=listed(TEXT),
        )
    ),
    edges=listed(closed(**{"from": TEXT, "to": TEXT, "says": TEXT})),
)
HISTORY = "training-records/completions/p-1/SOP-001.yaml"
EVENT = DEVIATION.replace("SOP-014@2", "SOP-001@1").replace("SOP-014", "SOP-001").replace("p-3", "p-2")
LATER = CAPA.replace("SOP-014", "SOP-001").replace("p-3", "p-2").replace("p-4", "p-2").replace("p-5", "p-2")


def nodes(answer: dict[str, list[dict[str, object]]]) -> dict[object, dict[str, object]]:
    """The nodes of an answer by their ids."""
    return {node["id"]: node for node in answer["nodes"]}


def test_a_chain_with_its_commits(desk: Desk):
    """Each record with the commit that brought it to main."""
    first = desk.checkout.git("rev-parse", "HEAD")
    second = desk.checkout.commit({"quality-events/DEV-2026-017.yaml": EVENT})
    found = valid(TRACE, desk.answer("trace", "DEV-2026-017"))

    assert (found["id"], found["kind"], found["on"]) == ("DEV-2026-017", "event", "2026-11-22")
    commits = {name: node["commit"] for name, node in nodes(found).items()}
    assert commits["DEV-2026-017"] == commits["DEV-2026-017 closed"] == second
    assert commits["p-1"] == first
    assert nodes(found)["DEV-2026-017"]["recorded"] == "2026-11-22T11:00:00+00:00"
    assert {"from": "DEV-2026-017", "to": "p-1", "says": "involves"} in found["edges"]
    said = desk.run("trace", "DEV-2026-017").stdout
    assert said.startswith("2026-09-12  DEV-2026-017: Glove tear found during filling (closed")
    assert f"  (quality-events/DEV-2026-017.yaml:1, recorded 2026-11-22 in {second[:10]})\n" in said


@pytest.mark.parametrize("way", ["--no-ff", "--squash"])
def test_the_commit_is_the_one_that_merged_it(desk: Desk, way: str):
    """Before it is merged, it is on nobody's record."""
    checkout = desk.checkout
    checkout.git("switch", "--quiet", "--create", "mine")
    checkout.commit({"quality-events/DEV-2026-017.yaml": EVENT.replace("closed: 2026-10-01\nclosed-by: p-2\n", "")})
    checkout.commit({"quality-events/DEV-2026-017.yaml": EVENT})
    assert nodes(desk.answer("trace", "DEV-2026-017"))["DEV-2026-017"]["commit"] is None
    assert "(quality-events/DEV-2026-017.yaml:1, committed, and not merged)" in desk.run("trace", "DEV-2026-017").stdout

    checkout.git("switch", "--quiet", "main")
    checkout.commit({"README.md": "Meanwhile.\n"})
    checkout.git("merge", "--quiet", way, *(["--message", "Merge"] if way == "--no-ff" else []), "mine")
    merged = checkout.commit(at="2026-11-23T12:00:00+01:00") if way == "--squash" else checkout.git("rev-parse", "HEAD")
    commits = {name: node["commit"] for name, node in nodes(desk.answer("trace", "DEV-2026-017")).items()}
    assert commits["DEV-2026-017"] == commits["DEV-2026-017 closed"] == merged


def test_what_is_not_committed_is_shown_as_such(desk: Desk):
    desk.write({HISTORY: (desk.checkout.folder / HISTORY).read_text() * 2})
    found = nodes(desk.answer("trace", "p-1"))

    assert found["p-1/SOP-001#1"]["commit"]
    assert found["p-1/SOP-001#2"]["commit"] is None
    assert f"({HISTORY}:2, not committed)" in desk.run("trace", "p-1").stdout


def test_what_came_before_a_shallow_clone_begins(desk: Desk, tmp_path_factory: pytest.TempPathFactory):
    """No commit is named, and which fetch helps is."""
    desk.checkout.commit({"README.md": "x\n"})
    desk.clone_shallowly(tmp_path_factory.mktemp("clones") / "shallow")

    assert {node["commit"] for node in nodes(valid(TRACE, desk.answer("trace", "SOP-001@1"))).values()} == {None}
    assert "recorded before this clone begins: git fetch --unshallow)" in desk.run("trace", "SOP-001@1").stdout


def test_as_of_a_day(desk: Desk):
    """A date, or a time; what came later is not in it, and before all of it there is nothing."""
    found = nodes(desk.answer("trace", "SOP-001@1", "--on", "2026-01-05T09:00:00+01:00"))
    assert "p-1/SOP-001#1" not in found
    assert "SOP-001@1/operator, SOP-001@1, p-1: open" in found
    assert "p-1/SOP-001#1" in nodes(desk.answer("trace", "SOP-001@1", "--on", "2026-01-05"))

    empty = valid(TRACE, desk.answer("trace", "p-1", "--on", "2020-01-01"))
    assert (empty["kind"], empty["nodes"], empty["edges"]) == (None, [], [])
    assert desk.run("trace", "p-1", "--on", "2020-01-01").stdout == "on 2020-01-01 there was nothing of p-1 yet\n"


def test_a_flowchart(desk: Desk):
    said = desk.run("trace", "SOP-001", "--format", "mermaid").stdout

    assert said.startswith('flowchart TD\n    n1["SOP-001<br/>Gowning<br/>in force"]:::document\n')


def test_many_people(desk: Desk):
    """By how many in the text, unless everybody is asked for."""
    path = desk.checkout.folder / "training-records/assignments/SOP-001@1/operator.yaml"
    more = ", ".join(f'"x-{number}"' for number in range(20))
    desk.write(
        {"training-records/assignments/SOP-001@1/operator.yaml": path.read_text().replace('"p-1"', f'"p-1", {more}')}
    )

    assert "is asked no more of 20 people: x-0, " in desk.run("trace", "SOP-001@1").stdout
    assert desk.run("trace", "SOP-001@1", "--all").stdout.count("nobody has this id") == 20


def test_a_terminal_that_cannot_draw(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    """Lines are drawn with what it has."""
    for encoding, branch in (("utf-8", "└─ "), ("ascii", "`- "), ("nonsense", "`- ")):
        monkeypatch.setattr("locale.getencoding", lambda encoding=encoding: encoding)
        assert f"            {branch}requires SOP-001" in desk.run("trace", "p-1").stdout.replace("|  ", "   ").replace(
            "│  ", "   "
        )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["SOP-0001"], "no event, document, revision, assignment or person 'SOP-0001' here; did you mean 'SOP-001'?"),
        (["nobody-at-all"], "no event, document, revision, assignment or person 'nobody-at-all' here\n"),
        (["\x1b[31mp"], r"\x1b[31mp"),
        (["p-1", "--on", "yesterday"], "is not a date"),
        ([], "Missing argument"),
    ],
)
def test_what_is_not_known_is_no_answer(desk: Desk, arguments: list[str], said: str):
    """Exit code 2."""
    result = desk.run("trace", *arguments, exits=2)

    assert said in result.stderr
    assert "\x1b" not in result.stderr
    assert result.stdout == ""


def test_git_is_asked_once_however_much_is_shown(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    """Not once for each of the records."""
    desk.checkout.commit({"quality-events/DEV-2026-017.yaml": EVENT, "quality-events/CAPA-2026-003.yaml": LATER})
    log = desk.checkout.folder.parent / "asked.json"
    monkeypatch.setenv("GIT_TRACE2_EVENT", str(log))
    desk.run("trace", "CAPA-2026-003")
    few = _commands(log)
    log.unlink()
    desk.run("trace", "p-1")

    assert 0 < len(_commands(log)) <= len(few) <= 8


def _commands(log: Path) -> list[str]:
    return [line for line in log.read_text().splitlines() if '"event":"start"' in line]


def test_a_branch_of_another_name(desk: Desk):
    """Where no branch is the main one, what is committed is what there is."""
    desk.checkout.git("branch", "--move", "main", "trunk")

    assert nodes(desk.answer("trace", "p-1"))["p-1"]["commit"] == desk.checkout.git("rev-parse", "HEAD")
