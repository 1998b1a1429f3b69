"""The rules that break as days go by, side by side: one person, one document, on the last good day and the next."""

from __future__ import annotations

from datetime import date

import pytest

from qmsci.rule import When
from tests.laws import findings_in

RULES = {"training-overdue", "effective-while-untrained", "refresher-lapsed", "waiver-expired"}
DOC = """\
---
id: SOP-014
title: Gowning
owner: operator
governs: [gowning]
training: {every: 12 months}
revisions:
  - {revision: 2, effective: 2026-11-15, summary: Second., impact: retrain, authors: [p-0007]}
  - {revision: 1, effective: 2025-01-10, summary: First., impact: retrain, authors: [p-0007]}
---
Gown.
"""
ROLE = "{id: operator, title: Operator, purpose: Fills., performs: [gowning]}\n"
PERSON = """\
id: p-0042
name: Ingrid
kind: employee
employed: {from: 2024-03-01}
roles: [{role: operator, from: 2024-03-01}]
"""
ASSIGNED = """\
assignment: NAME
cause: CAUSE
role: operator
assigned: 2026-11-01
items:
  - {document: SOP-014@2, due: 2026-11-20, method: [read], people: [p-0042], text: "sha256:%s"}
""" % (64 * "0")
DOCUMENT = "controlled-docs/sop/SOP-014.md"
WHO = "roles/people/p-0042.yaml"
FILE = "training-records/assignments/SOP-014@2/operator.yaml"
DONE = "training-records/completions/p-0042/SOP-014.yaml"
WAIVER = "training-records/waivers/p-0042/SOP-014.yaml"
BASE = {DOCUMENT: DOC, "roles/operator.yaml": ROLE, WHO: PERSON}
OWED = {**BASE, FILE: ASSIGNED.replace("NAME", "SOP-014@2/operator").replace("CAUSE", "revision")}


def done(on: str, revision: str = "SOP-014@2", assignment: str = "") -> dict[str, str]:
    entry = f"completed: {on}T09:30:00+01:00, method: [read], assignments: [{assignment}]"
    return {DONE: f"- {{document: {revision}, {entry}}}\n"}


def waived(until: str) -> dict[str, str]:
    return {
        WAIVER: f"- {{document: SOP-014@2, reason: r, evidence: e, from: 2026-11-15, until: {until}, by: p-0003}}\n"
    }


def person(extra: str = "", **changed: str) -> dict[str, str]:
    text = PERSON + extra
    for key, value in changed.items():
        text = "".join(f"{key}: {value}\n" if line.startswith(f"{key}:") else f"{line}\n" for line in text.splitlines())
    return {WHO: text}


def found(files: dict[str, str], day: str = "2026-11-22") -> set[str]:
    return {f.rule for f in findings_in(files, date.fromisoformat(day), When.CALENDAR)} & RULES


BOTH = {"training-overdue", "effective-while-untrained"}
GONE = DOC.replace("revisions:", "retired: 2026-11-22\nrevisions:")
NEWER = DOC.replace("revisions:\n", "revisions:\n" + DOC.splitlines()[7].replace("2,", "3,") + "\n")


@pytest.mark.parametrize(
    ("files", "day", "expected"),
    [
        pytest.param({**OWED, **done("2026-11-12")}, "2026-11-22", set(), id="done, without a name"),
        pytest.param({**OWED, **waived("2026-11-22")}, "2026-11-22", set(), id="waived to the day"),
        pytest.param({**OWED, DOCUMENT: GONE}, "2026-11-22", set(), id="retired"),
        pytest.param({**OWED, **person("leave: [{from: 2026-11-22}]\n")}, "2026-11-22", set(), id="on leave"),
        pytest.param(
            {**OWED, **person(roles="[{role: operator, from: 2024-03-01, to: 2026-11-21}]")},
            "2026-11-22",
            set(),
            id="role left",
        ),
        pytest.param(
            {**OWED, **person(employed="{from: 2024-03-01, to: 2026-11-21}")}, "2026-11-22", set(), id="departed"
        ),
        pytest.param({**OWED, DONE: "- {"}, "2026-11-22", set(), id="a history that cannot be read is reported alone"),
        pytest.param(OWED, "2026-11-20", {"effective-while-untrained"}, id="the due day is in time"),
        pytest.param(OWED, "2026-11-21", BOTH, id="the day after"),
        pytest.param(BASE, "2026-11-22", {"effective-while-untrained"}, id="nobody assigned it"),
        pytest.param(
            {**OWED, **person("leave: [{from: 2026-11-18, to: 2026-11-21}]\n")},
            "2026-11-22",
            {"effective-while-untrained"},
            id="due on the first day back",
        ),
        pytest.param(
            {**OWED, **person("leave: [{from: 2026-11-18, to: 2026-11-20}]\n")},
            "2026-11-22",
            BOTH,
            id="and then it is late",
        ),
        pytest.param(
            {**OWED, DOCUMENT: NEWER}, "2026-11-22", {"effective-while-untrained"}, id="superseded: only the newer one"
        ),
        pytest.param({**OWED, **done("2026-11-12", "SOP-014@1")}, "2026-11-22", BOTH, id="trained on the one before"),
        pytest.param({**OWED, **done("2026-11-23")}, "2026-11-22", BOTH, id="trained tomorrow"),
        pytest.param({**OWED, **done("2026-11-12")}, "2027-11-12", set(), id="the refresher's last day"),
        pytest.param({**OWED, **done("2026-11-12")}, "2027-11-13", {"refresher-lapsed"}, id="lapsed"),
        pytest.param(
            {**OWED, **done("2026-11-12"), **waived("2027-11-13")}, "2027-11-13", set(), id="lapsed and waived"
        ),
        pytest.param(
            {**OWED, **waived("2026-11-21")}, "2026-11-22", {*BOTH, "waiver-expired"}, id="waiver ended yesterday"
        ),
        pytest.param(
            {**OWED, **waived("2026-11-21"), **done("2026-11-22")}, "2026-11-22", set(), id="and trained since"
        ),
    ],
)
def test_each_rule_on_its_day(files: dict[str, str], day: str, expected: set[str]):
    assert found(files, day) == expected


REFRESHER = ASSIGNED.replace("NAME", "refresher/SOP-014@2/2026-11-01/operator").replace("CAUSE", "refresher")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(done("2026-11-01"), False, id="full training on the day it was assigned"),
        pytest.param({**done("2026-10-31"), **waived("2026-11-22")}, False, id="waived"),
        pytest.param(done("2026-10-31"), True, id="full training before it was assigned"),
    ],
)
def test_a_refresher_is_done_by_full_training_since(files: dict[str, str], expected: bool):
    path = "training-records/assignments/refresher/SOP-014@2/2026-11-01/operator.yaml"

    assert ("training-overdue" in found({**BASE, path: REFRESHER, **files})) is expected


EVENT = """\
id: CAPA-2026-003
title: Gloves
opened: 2026-10-01
owner: p-0003
actions:
  - {id: 1, kind: training, documents: [SOP-014@2], roles: [operator], due: 2026-11-20}
"""
EXTENDED = EVENT.replace(
    "due: 2026-11-20}",
    "due: 2026-11-20, extensions: [{to: DAY, on: 2026-11-10, by: p-0003, reason: A room was closed.}]}",
)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            {"quality-events/CAPA-2026-003.yaml": EXTENDED.replace("DAY", "2026-11-22")},
            False,
            id="extended to the day",
        ),
        pytest.param(
            {"quality-events/CAPA-2026-003.yaml": EXTENDED.replace("DAY", "2026-11-21")}, True, id="extended too little"
        ),
        pytest.param(done("2026-11-12", assignment="CAPA-2026-003/1"), False, id="a completion that names it"),
        pytest.param({"quality-events/CAPA-2026-003.yaml": EVENT + "closed: 2026-11-22\n"}, False, id="closed"),
        pytest.param(person(roles="[]"), False, id="no longer in the role"),
        pytest.param(done("2026-11-12"), True, id="a completion that does not"),
        pytest.param(waived("2026-11-22"), True, id="a waiver excuses from no action"),
    ],
)
def test_an_action_is_done_by_completions_that_name_it(files: dict[str, str], expected: bool):
    item = ASSIGNED.replace("NAME", "CAPA-2026-003/1").replace("CAUSE", "capa").replace("role: operator\n", "")
    event = {"quality-events/CAPA-2026-003.yaml": EVENT, "training-records/assignments/CAPA-2026-003/1.yaml": item}

    assert ("training-overdue" in found({**BASE, **event, **files})) is expected


def test_the_fix_records_the_training_by_a_command():
    """Rather than by somebody who edits a history."""
    fixes = {f.rule: f.fix for f in findings_in(OWED, date(2026, 11, 22), When.CALENDAR)}

    assert fixes["training-overdue"] == (
        "train them, and have each of them record it: qmsci complete SOP-014@2 --by p-0042"
    )
    assert "qmsci complete SOP-014 --by p-0042," in fixes["effective-while-untrained"]
