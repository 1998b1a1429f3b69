"""Who is in scope on the day of closure, what counts as done by then; the day of the question does not matter."""

from __future__ import annotations

from datetime import date

import pytest

from tests.laws import TODAY, findings_in, findings_in_scope

DOC = """\
---
id: SOP-014
title: Gowning
owner: operator
governs: [gowning]
revisions:
  - {revision: 3, effective: 2026-10-15, summary: Third., impact: retrain, authors: [p-0007]}
---
Gown.
"""
PERSON = """\
id: p-0042
name: Ingrid
kind: employee
employed: {from: 2024-03-01}
roles: [{role: operator, from: 2024-03-01}]
"""
EVENT = """\
id: CAPA-2026-003
title: Gloves
opened: 2026-09-14
owner: p-0003
actions:
  - {id: 1, kind: training, documents: [SOP-014@3], roles: [operator], due: 2026-10-15}
closed: 2026-11-20
closed-by: p-0003
"""
FILE = "quality-events/CAPA-2026-003.yaml"
WHO = "roles/people/p-0042.yaml"
DONE = "training-records/completions/p-0042/SOP-014.yaml"
ITEMS = "training-records/assignments/CAPA-2026-003/1.yaml"
ITEM = """\
assignment: CAPA-2026-003/1
cause: capa
assigned: 2026-09-20
items:
  - {document: SOP-014@3, due: 2026-10-15, method: [read], people: [p-0042], text: "sha256:%s"}
""" % (64 * "0")
BASE = {
    "controlled-docs/sop/SOP-014.md": DOC,
    "roles/operator.yaml": "{id: operator, title: Operator, purpose: Fills., performs: [gowning]}\n",
    WHO: PERSON,
    ITEMS: ITEM,
    FILE: EVENT,
}


def done(at: str, assignment: str = "CAPA-2026-003/1", extra: str = "") -> dict[str, str]:
    return {DONE: f"- {{document: SOP-014@3, completed: {at}, method: [read], assignments: [{assignment}]{extra}}}\n"}


def ending(employed: str = "2027-01-01", held: str = "2027-01-01") -> dict[str, str]:
    text = PERSON.replace("employed: {from: 2024-03-01", f"employed: {{from: 2024-03-01, to: {employed}")
    return {WHO: text.replace("operator, from: 2024-03-01", f"operator, from: 2024-03-01, to: {held}")}


def event(old: str, new: str) -> dict[str, str]:
    assert old in EVENT
    return {FILE: EVENT.replace(old, new)}


IN_TIME = done("2026-11-20T23:59:59+01:00")
NAMED = event("roles: [operator]", "people: [p-0042]")
ACTION = EVENT[EVENT.index("actions:") : EVENT.index("closed:")]
LATER = "{role: lead, from: 2024-03-01}, {role: operator, from: 2026-11-20}"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        pytest.param(IN_TIME, None, id="done in the last minute of the day"),
        pytest.param({**event("closed: 2026-11-20\nclosed-by: p-0003\n", "")}, None, id="not closed"),
        pytest.param(ending(employed="2026-11-19"), None, id="left the day before"),
        pytest.param(ending(held="2026-11-19"), None, id="left the role the day before"),
        pytest.param({**ending(held="2026-11-19"), ITEMS: ITEM.replace("[p-0042]", "[]")}, None, id="and never asked"),
        pytest.param({DONE: "- {"}, None, id="a history that cannot be read is reported alone"),
        pytest.param({ITEMS: "{"}, None, id="nor an assignment"),
        pytest.param({"controlled-docs/sop/SOP-014.md": "---\n{"}, None, id="nor a document"),
        pytest.param({**IN_TIME, **event("[SOP-014@3]", "[SOP-014]")}, None, id="a document without a revision"),
        pytest.param(
            {**IN_TIME, ITEMS.replace("/1.", "/1-2."): ITEM.replace("003/1", "003/1-2")}, None, id="a second file"
        ),
        pytest.param(
            {**event(ACTION, "actions:\n  - {id: 1, kind: other, due: 2026-10-15}\n"), ITEMS: "{"},
            None,
            id="another kind, and what was assigned cannot be read",
        ),
        pytest.param({}, "SOP-014@3 was not completed by p-0042", id="not done"),
        pytest.param(done("2026-11-21T00:00:00+01:00"), "was not completed by p-0042", id="done the day after"),
        pytest.param(
            done("2026-11-20T09:30:00+01:00", ""), "was not completed by p-0042", id="done, for something else"
        ),
        pytest.param(
            done("2026-11-20T09:30:00+01:00", extra=", assessment: {score: 50, pass-mark: 80, attempt: 1}"),
            "was not completed by p-0042",
            id="tried and failed",
        ),
        pytest.param(
            {
                "training-records/waivers/p-0042/SOP-014.yaml": "- {document: SOP-014@3, reason: r, evidence: e, "
                "from: 2026-10-01, until: 2027-10-01, by: p-0003}\n"
            },
            "was not completed by p-0042",
            id="waived",
        ),
        pytest.param({WHO: PERSON + "leave: [{from: 2026-09-01}]\n"}, "was not completed by p-0042", id="on leave"),
        pytest.param(ending(employed="2026-11-20"), "was not completed by p-0042", id="left on the day"),
        pytest.param(
            {**NAMED, **ending(held="2026-01-01")}, "was not completed by p-0042", id="named, whatever the role"
        ),
        pytest.param({**NAMED, **ending(employed="2026-11-19")}, None, id="named and departed"),
        pytest.param(
            {ITEMS: ITEM.replace("[p-0042]", "[p-0043]"), **IN_TIME},
            "SOP-014@3 was not assigned to p-0042",
            id="no item",
        ),
        pytest.param(
            {WHO: PERSON.replace("{role: operator, from: 2024-03-01}", LATER), ITEMS: ITEM.replace("[p-0042]", "[]")},
            "SOP-014@3 was not assigned to p-0042",
            id="in the role since that day",
        ),
        pytest.param({**IN_TIME, **event("SOP-014@3", "SOP-014@9")}, "there is no SOP-014@9", id="no such revision"),
        pytest.param({**IN_TIME, **event("SOP-014@3", "SOP-099@1")}, "there is no SOP-099@1", id="no such document"),
        pytest.param(event("documents: [SOP-014@3], ", ""), "its training action names no document", id="no document"),
        pytest.param(event("roles: [operator], ", ""), "its training action names nobody", id="nobody"),
        pytest.param(
            {**IN_TIME, **event(ACTION, "")}, "the training action behind CAPA-2026-003/1 is gone", id="action removed"
        ),
        pytest.param(
            event(ACTION, "actions:\n  - {id: 1, kind: other, due: 2026-10-15}\n"),
            "the training action behind CAPA-2026-003/1 is gone",
            id="action made another kind",
        ),
        pytest.param(
            {**event("opened: 2026-09-14", "opened: 2026-11-22"), WHO: PERSON.replace("2024-03-01", "2026-11-21")},
            "was not completed by p-0042",
            id="closed before it was opened",
        ),
    ],
)
@pytest.mark.parametrize("day", [pytest.param(TODAY, id="today"), pytest.param(date(2031, 1, 1), id="years later")])
def test_what_was_done_by_the_day_of_closure(files: dict[str, str], message: str | None, day: date):
    found = [f for f in findings_in({**BASE, **files}, day) if f.rule == "capa-closed-without-training"]

    assert bool(found) is bool(message)
    assert all(message and f.message.startswith("closed on 2026-11-20, and ") and message in f.message for f in found)


def test_one_finding_for_each_action():
    """It lists who lacks what, and stands at the action."""
    second = "  - {id: 2, kind: training, documents: [SOP-014@9], people: [p-0042], due: 2026-10-15}\nclosed:"
    found = findings_in({**BASE, **event("closed:", second)})

    assert [f.place.line for f in found if f.rule == "capa-closed-without-training"] == [6, 7]


@pytest.mark.parametrize("to", ["", "actions:\n  - {id: 1, kind: other, due: 2026-10-15}\n"], ids=["gone", "other"])
def test_an_action_that_is_gone_is_to_be_restored(to: str):
    """It stands at the closure, with the assignment; while the event is open, nothing is said."""
    closed = {**BASE, **event(ACTION, to)}
    (found,) = [f for f in findings_in(closed) if f.rule == "capa-closed-without-training"]
    opened = {**closed, FILE: closed[FILE].replace("closed: 2026-11-20\nclosed-by: p-0003\n", "")}

    assert found.fix
    assert found.fix.startswith("restore the training action")
    assert [place.path for place in found.also] == [ITEMS]
    assert [f for f in findings_in(opened) if f.rule == "capa-closed-without-training"] == []


def test_a_deviation_is_asked_as_well():
    deviation = EVENT.replace("CAPA-2026-003", "DEV-2026-003").replace(
        "opened: 2026-09-14", "occurred: 2026-09-12T09:40:00+02:00\nreported: 2026-09-14"
    )
    files = {**BASE, "quality-events/DEV-2026-003.yaml": deviation}
    del files[FILE]

    assert "capa-closed-without-training" in {f.rule for f in findings_in(files)}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param({**BASE, **event("closed: 2026-11-20\nclosed-by: p-0003\n", "")}, BASE, id="closing it"),
        pytest.param({**BASE, **IN_TIME}, BASE, id="taking the completion away"),
        pytest.param({**BASE, **ending(held="2026-11-19")}, BASE, id="a longer role"),
        pytest.param(
            {**BASE, **IN_TIME}, {**BASE, **IN_TIME, ITEMS: ITEM.replace("[p-0042]", "[]")}, id="an item less"
        ),
    ],
)
def test_a_change_that_undoes_it_is_seen_in_its_scope(before: dict[str, str], after: dict[str, str]):
    def said(findings: list) -> list:
        return [f for f in findings if f.rule == "capa-closed-without-training"]

    assert said(findings_in(before)) == []
    assert said(findings_in_scope(before, after)) == said(findings_in(after)) != []


MOVED = """\
id: p-0042
name: Ingrid
kind: employee
employed: {from: 2024-03-01}
roles: [{role: operator, from: 2024-03-01, to: 2026-11-01}, {role: lead, from: 2026-11-02}]
"""
LEAD = "{id: lead, title: L, purpose: Leads., requires: [SOP-014]}\n"
ASKED = """\
assignment: NAME
cause: CAUSE
ROLEassigned: DAY
items:
  - {document: SOP-014@3, due: 2026-10-15, method: [read], people: [p-0042], text: "sha256:TEXT"}
""".replace("TEXT", 64 * "0")


@pytest.mark.parametrize(
    ("day", "flagged"),
    [
        pytest.param("2026-10-01", True, id="the new role asked for it then"),
        pytest.param("2026-11-21", False, id="it asks for it only since"),
    ],
)
def test_another_role_excuses_only_where_it_did_not_ask_for_it_either(day: str, flagged: bool):
    """Who was asked, moves to a role that needs the same, and is untrained, is not forgotten; later needs look not back."""
    files = {
        FILE: EVENT,
        WHO: MOVED,
        "controlled-docs/sop/SOP-014.md": DOC,
        "roles/operator.yaml": "{id: operator, title: O, purpose: Fills., performs: [gowning]}\n",
        "roles/lead.yaml": LEAD,
        "training-records/assignments/CAPA-2026-003/1.yaml": ASKED.replace("NAME", "CAPA-2026-003/1")
        .replace("CAUSE", "capa")
        .replace("ROLE", "")
        .replace("DAY", "2026-09-20"),
        "training-records/assignments/SOP-014@3/lead.yaml": ASKED.replace("NAME", "SOP-014@3/lead")
        .replace("CAUSE", "matrix-change")
        .replace("ROLE", "role: lead\n")
        .replace("DAY", day),
    }

    assert ("capa-closed-without-training" in {finding.rule for finding in findings_in(files)}) is flagged
