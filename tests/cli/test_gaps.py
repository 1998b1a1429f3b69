"""`qmsci gaps`: the table, what is raised, and that a second run has nothing to raise."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.cli.commands import DAY, FORMAT, TEXT, TEXT_OR_NOTHING, TRAINED, TRUTH, Desk, closed, listed, valid

DAY_OR_NOTHING = {"type": ["string", "null"], "pattern": DAY["pattern"]}
GAPS = closed(
    format=FORMAT,
    as_of=DAY,
    known_at=TEXT_OR_NOTHING,
    gaps=listed(
        closed(
            person=TEXT,
            name=TEXT,
            roles=listed(TEXT),
            document=TEXT,
            purpose={"enum": ["qualification", "awareness"]},
            revision=TEXT,
            **{"from": DAY, "to": DAY_OR_NOTHING},
            reason=TEXT,
            in_training=TRUTH,
            in_training_until=DAY_OR_NOTHING,
            suspended_by=TEXT_OR_NOTHING,
            raised=TEXT_OR_NOTHING,
        )
    ),
    wrote=listed(TEXT),
)
P3 = "roles/people/p-3.yaml"
EVENT = "quality-events/GAP-P-2-SOP-001-20260110.yaml"
UNTRAINED = "operator: not trained on SOP-001@1, no training on record"
LINE = f"2026-01-10 to now  p-2  SOP-001@1  {{}}  {UNTRAINED}\n"
TRAINED_TOO = {"training-records/completions/p-2/SOP-001.yaml": TRAINED}
HIRED = """\
id: p-3
name: Jonas Berg
kind: employee
employed: {from: 2026-11-20}
roles: [{role: operator, from: 2026-11-20}]
"""
CAPA = """\
id: CAPA-2026-001
title: Gowning is not practised
opened: 2026-11-21
owner: p-1
actions: [{id: 1, kind: training, documents: [SOP-001], people: [p-1], due: 2026-12-20}]
"""


def test_no_gap(desk: Desk):
    """Exit code 0, and it says so."""
    desk.checkout.commit(TRAINED_TOO)

    assert desk.run("gaps").stdout == "no training gaps by 2026-11-22\n"
    said = "no training gaps by 2026-11-22; nothing to raise: nobody is untrained who is not given the time for it\n"
    assert desk.run("gaps", "--raise").stdout == said
    assert valid(GAPS, desk.answer("gaps"))["gaps"] == []


def test_who_is_in_training_or_suspended_is_no_gap_to_be_raised(desk: Desk):
    """A newcomer has the programme's time, and a suspension is the answer of another event."""
    desk.checkout.commit({**TRAINED_TOO, P3: HIRED, "quality-events/CAPA-2026-001.yaml": CAPA})
    desk.assign()

    assert desk.run("gaps").stdout == (
        "2026-11-21 to now  p-1  SOP-001@1  suspended, CAPA-2026-001      operator: suspended: CAPA-2026-001 action 1 asks for "
        "retraining since 2026-11-21\n"
        f"2026-11-20 to now  p-3  SOP-001@1  in training until 2026-12-22  {UNTRAINED}\n"
        "1 in training, 1 suspended, by 2026-11-22\n"
    )
    assert desk.run("gaps", "--raise").stdout.endswith(
        "nothing to raise: nobody is untrained who is not given the time for it\n"
    )
    assert desk.checkout.git("status", "--short") == ""
    assert "2026-12-22" not in desk.run("gaps", "--as-of", "2026-12-23", exits=1).stdout
    after = desk.run("gaps", "--all", "--as-of", "2026-12-23", exits=1).stdout
    assert f"2026-12-23 to now         p-3  SOP-001@1  not raised                    {UNTRAINED}\n" in after


def test_a_gap_is_raised_once(desk: Desk):
    """Exit code 1 until it is; the event passes the gate, and a second run has nothing to raise."""
    assert (
        desk.run("gaps", exits=1).stdout
        == LINE.format("not raised") + "1 not raised: qmsci gaps --raise, by 2026-11-22\n"
    )
    name = EVENT.split("/")[1].removesuffix(".yaml")
    line = LINE.format(name)

    assert desk.run("gaps", "--raise").stdout == (
        f"{line}wrote {EVENT}: p-2, SOP-001@1, from 2026-01-10\n1 raised, by 2026-11-22\n"
    )
    text = (desk.checkout.folder / EVENT).read_text()
    assert text.startswith(f"""\
id: {name}
title: p-2 was not qualified on SOP-001@1
opened: 2026-11-22
person: p-2
document: SOP-001
role: operator
from: 2026-01-10
description: "p-2 held operator from 2026-01-10 on: not trained on SOP-001@1, no training on record."
#""")
    for key in ("root-cause", "actions", "capa", "no-capa", "closed", "closed-by"):
        assert f"{key}: " in text.partition("#")[2]
    desk.run("check")
    desk.checkout.commit()
    desk.run("check", "--all")

    nothing = "1 raised, by 2026-11-22; nothing to raise: each gap has its quality event\n"
    for _ in range(2):
        assert desk.run("gaps", "--raise").stdout == line + nothing
    assert desk.run("gaps").stdout == f"{line}1 raised, by 2026-11-22\n"
    assert desk.checkout.git("status", "--short") == ""


def test_a_gap_that_ended_has_its_last_day(desk: Desk):
    """And what is raised says how long it was; training since does not undo it."""
    desk.checkout.commit({path: text.replace("2026-01-05T", "2026-02-05T") for path, text in TRAINED_TOO.items()})

    answer = valid(GAPS, desk.answer("gaps", "--raise"))
    assert answer["wrote"] == [EVENT]
    assert [(gap["from"], gap["to"], gap["raised"]) for gap in answer["gaps"]] == [
        ("2026-01-10", "2026-02-04", "GAP-P-2-SOP-001-20260110")
    ]
    text = (desk.checkout.folder / EVENT).read_text()
    assert "\nto: 2026-02-04\n" in text
    assert "from 2026-01-10 to 2026-02-04: " in text
    answer = valid(GAPS, desk.answer("gaps", "--raise"))
    assert answer["wrote"] == []
    assert answer["gaps"][0]["raised"] == "GAP-P-2-SOP-001-20260110"


def test_the_answer_as_json(desk: Desk):
    """Without --raise, nothing is written."""
    answer = valid(GAPS, desk.answer("gaps", "--as-of", "2026-03-01", exits=1))

    assert answer["as_of"] == "2026-03-01"
    assert answer["gaps"] == [
        {
            "person": "p-2",
            "name": "Marte Lie",
            "roles": ["operator"],
            "document": "SOP-001",
            "purpose": "qualification",
            "revision": "SOP-001@1",
            "from": "2026-01-10",
            "to": None,
            "reason": "not trained on SOP-001@1, no training on record",
            "in_training": False,
            "in_training_until": None,
            "suspended_by": None,
            "raised": None,
        }
    ]
    assert desk.checkout.git("status", "--short") == ""


def test_what_only_makes_aware_is_marked(desk: Desk):
    """It is owed, and withholds nothing."""
    path = "controlled-docs/sop/SOP-001.md"
    text = (desk.checkout.folder / path).read_text()
    desk.write({path: text.replace("governs:", "purpose: awareness\ngoverns:")})

    assert "SOP-001@1  not raised (awareness)  operator" in desk.run("gaps", exits=1).stdout


def test_the_gap_list_and_qualified_agree(desk: Desk):
    """On the days before, in and after a gap."""
    desk.checkout.commit({path: text.replace("2026-01-05T", "2026-02-05T") for path, text in TRAINED_TOO.items()})
    (gap,) = desk.answer("gaps", exits=1)["gaps"]
    first, last = date.fromisoformat(gap["from"]), date.fromisoformat(gap["to"])

    for day, code in [(first, 1), (last, 1), (last + timedelta(days=1), 0)]:
        desk.run("qualified", "p-2", "SOP-001", "--on", str(day), exits=code)
    assert desk.answer("qualified", "p-2", "SOP-001", "--on", str(first), exits=1)["reason"] == gap["reason"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--raise", "--as-of", "2026-11-23"], "2026-11-23 lies ahead: a gap is raised when it is there"),
        (["--as-of", "soon"], "--as-of"),
    ],
)
def test_what_it_cannot_do(desk: Desk, options: list[str], said: str):
    """Nobody raises what has not happened."""
    assert said in desk.run("gaps", *options, exits=2).stderr
    assert desk.checkout.git("status", "--short") == ""


def test_what_cannot_be_read_may_hide_a_gap(desk: Desk):
    """It is no gap, and no clean answer either."""
    desk.write({"training-records/completions/p-2/SOP-001.yaml": "- {"})
    result = desk.run("gaps", exits=1)

    assert result.stdout == "no training gaps by 2026-11-22\n"
    assert result.stderr == "1 file could not be read and may hide more: qmsci check --all\n"


def test_an_event_that_cannot_be_read_may_have_raised_it(desk: Desk):
    """Nobody writes a second one beside it."""
    desk.write({EVENT.replace("P-2-SOP-001", "2026"): "{"})

    assert "what it raised nobody knows" in desk.run("gaps", "--raise", exits=2).stderr
    assert "1 not raised" in desk.run("gaps", exits=1).stdout


def test_an_event_with_the_same_name_is_not_overwritten(desk: Desk):
    """Whatever it is about; the gap takes another id."""
    other = "id: GAP-P-2-SOP-001-20260110\ntitle: T\nopened: 2026-01-10\nperson: p-1\ndocument: SOP-001\n"
    desk.write({EVENT: other})
    said = desk.run("gaps", "--raise").stdout

    assert (desk.checkout.folder / EVENT).read_text() == other
    assert f"wrote {EVENT.removesuffix('.yaml')}-" in said
