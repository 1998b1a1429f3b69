"""Who is at work, untrained, on the day on which their gap is closed."""

from __future__ import annotations

from datetime import date

import pytest

from tests.laws import TODAY, Files, findings_in, findings_in_scope

RULE = "gap-closed-untrained"
FILE = "quality-events/GAP-2026-001.yaml"
DOC = "controlled-docs/sop/SOP-014.md"
ROLE = "roles/operator.yaml"
WHO = "roles/people/p-1.yaml"
DONE = "training-records/completions/p-1/SOP-014.yaml"
CAPA = "quality-events/CAPA-2026-003.yaml"
EVENT = """\
id: GAP-2026-001
title: Gap
opened: 2026-10-20
person: p-1
document: SOP-014
from: 2026-10-15
closed: 2026-11-02
closed-by: p-9
"""
SOP = """\
---
id: SOP-014
title: Gowning
owner: operator
governs: [gowning]
revisions:
  - {revision: 2, effective: 2025-01-10, summary: S., impact: retrain, authors: [p-9]}
---
Gown.
"""
PERSON = """\
id: p-1
name: N
kind: employee
employed: {from: 2024-03-01}
roles: [{role: operator, from: 2024-03-01}]
"""
BASE = {
    FILE: EVENT,
    DOC: SOP,
    ROLE: "{id: operator, title: R, purpose: Works., performs: [gowning]}\n",
    WHO: PERSON,
}
NEXT = "revisions:\n  - {revision: 3, effective: 2026-11-15, summary: S., impact: retrain, authors: [p-9]}\n"
YEARLY = SOP.replace("governs:", "training: {every: 12 months}\ngoverns:")
PLAN = "id: CAPA-2026-003\ntitle: T\nopened: 2026-10-21\nowner: p-9\n"
CLOSED = "closed: 2026-11-01\nclosed-by: p-9\n"
TRAINS = "actions: [{id: 1, kind: training, documents: [SOP-014@2], roles: [operator], due: 2026-12-01}]\n"
HANDED = EVENT.replace("from:", "capa: CAPA-2026-003\nfrom:")
OTHER = "actions: [{id: 1, kind: training, documents: [SOP-014@2], people: [p-1], due: 2026-12-01}]\n"
MESSAGE = "closed on 2026-11-02, and p-1 was still not qualified: not trained on SOP-014@2, no training on record"


def event(old: str, new: str) -> dict[str, str]:
    assert old in EVENT
    return {FILE: EVENT.replace(old, new)}


def person(old: str, new: str) -> dict[str, str]:
    assert old in PERSON
    return {WHO: PERSON.replace(old, new)}


def done(at: str) -> dict[str, str]:
    return {DONE: f"- {{document: SOP-014@2, completed: {at}, method: [read]}}\n"}


def said(files: Files, day: date = TODAY) -> list[str]:
    return [found.message for found in findings_in({**BASE, **files}, day) if found.rule == RULE]


SILENT = [
    pytest.param(done("2026-11-02T23:59:59+01:00"), id="trained in the day's last second"),
    pytest.param(event("closed: 2026-11-02\nclosed-by: p-9\n", ""), id="open"),
    pytest.param(
        event("closed: 2026-11-02\nclosed-by: p-9", "voided: {on: 2026-11-02, by: p-9, reason: r}"), id="voided"
    ),
    pytest.param(event("from: 2026-10-15", "from: 2026-10-15\nto: 2026-10-18"), id="it had an end"),
    pytest.param(person("employed: {from: 2024-03-01", "employed: {from: 2024-03-01, to: 2026-11-01"), id="has left"),
    pytest.param(person("operator, from: 2024-03-01", "operator, from: 2024-03-01, to: 2026-11-01"), id="another role"),
    pytest.param({WHO: PERSON + "leave: [{from: 2026-11-02, to: 2026-11-30}]\n"}, id="on leave"),
    pytest.param({ROLE: BASE[ROLE].replace("[gowning]", "[]")}, id="the role does not require it"),
    pytest.param({DOC: SOP.replace("revisions:", "retired: 2026-11-02\nrevisions:")}, id="retired"),
    pytest.param({DOC: SOP.replace("2025-01-10", "2026-11-03")}, id="not in force yet"),
    pytest.param({FILE: HANDED, CAPA: PLAN}, id="handed over to an open CAPA"),
    pytest.param({FILE: HANDED, CAPA: PLAN + CLOSED.replace("11-01", "11-03")}, id="open on that day"),
    pytest.param({FILE: HANDED, CAPA: PLAN + TRAINS + CLOSED}, id="which has the role trained"),
    pytest.param({FILE: HANDED, CAPA: PLAN + OTHER + CLOSED}, id="or the person"),
    pytest.param({CAPA: PLAN + OTHER}, id="suspended: kept from the work by another event"),
    pytest.param(
        {DOC: YEARLY.replace("revisions:\n", NEXT), **done("2025-01-09T09:00:00+01:00")},
        id="a refresher that may be new",
    ),
    pytest.param({DONE: "- {"}, id="a history that cannot be read"),
    pytest.param({DOC: "---\n{"}, id="nor a document"),
    pytest.param({WHO: "{"}, id="nor a person"),
    pytest.param({ROLE: "{"}, id="nor a role"),
    pytest.param({FILE: "{"}, id="nor the gap"),
    pytest.param({FILE: HANDED, CAPA: "{"}, id="nor the CAPA"),
]


@pytest.mark.parametrize("files", SILENT)
@pytest.mark.parametrize("day", [pytest.param(TODAY, id="today"), pytest.param(date(2031, 1, 1), id="years later")])
def test_nothing_is_said(files: Files, day: date):
    assert said(files, day) == []


FLAGGED = [
    pytest.param({}, MESSAGE, id="untrained"),
    pytest.param(done("2026-11-03T00:00:00+01:00"), MESSAGE, id="trained on the next day"),
    pytest.param({ROLE: BASE[ROLE].replace("performs: [gowning]", "requires: [SOP-014]")}, MESSAGE, id="listed"),
    pytest.param({FILE: HANDED}, MESSAGE, id="handed over to nothing"),
    pytest.param({FILE: HANDED.replace("CAPA-2026-003", "DEV-2026-003")}, MESSAGE, id="handed over to no CAPA"),
    pytest.param({FILE: HANDED, CAPA: PLAN + CLOSED}, MESSAGE, id="to a CAPA that was closed and trains nobody"),
    pytest.param(
        {FILE: HANDED, CAPA: PLAN + TRAINS.replace("operator", "lead") + CLOSED}, MESSAGE, id="or trains others"
    ),
    pytest.param({FILE: HANDED, CAPA: PLAN.replace("10-21", "11-03")}, MESSAGE, id="to a CAPA that was opened later"),
    pytest.param(
        {DOC: YEARLY, **done("2025-11-01T09:00:00+01:00")},
        "closed on 2026-11-02, and p-1 was still not qualified: the refresher of SOP-014 lapsed after 2026-11-01",
        id="a refresher has lapsed",
    ),
]


@pytest.mark.parametrize(("files", "message"), FLAGGED)
@pytest.mark.parametrize("day", [pytest.param(TODAY, id="today"), pytest.param(date(2031, 1, 1), id="years later")])
def test_the_gap_goes_on(files: Files, message: str, day: date):
    assert said(files, day) == [message]


TRAINED = done("2026-10-30T09:00:00+01:00")
ELSEWHERE = {ROLE: BASE[ROLE].replace("[gowning]", "[]")}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param({FILE: EVENT[: EVENT.index("closed:")]}, {}, id="it is closed"),
        pytest.param(TRAINED, done("2026-11-03T09:00:00+01:00"), id="a completion"),
        pytest.param(ELSEWHERE, {}, id="a role requires it"),
        pytest.param({DOC: SOP.replace("[gowning]", "[]")}, {}, id="the document governs it"),
        pytest.param(person("operator, from: 2024-03-01", "operator, from: 2026-11-03"), {}, id="the days of a role"),
        pytest.param(
            {FILE: HANDED, CAPA: PLAN}, {FILE: HANDED, CAPA: PLAN + CLOSED}, id="the CAPA that takes it over is closed"
        ),
    ],
)
def test_a_change_that_undoes_it_is_seen_in_its_scope(before: Files, after: Files):
    old, new = {**BASE, **before}, {**BASE, **after}

    assert said(old) == []
    assert [found.message for found in findings_in_scope(old, new) if found.rule == RULE] == said(new) != []
