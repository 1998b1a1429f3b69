"""What a change does: whom it reaches, by what cause, and what is at risk on the day it takes effect."""

from __future__ import annotations

from datetime import date

import pytest

from qmsci.assign import Plan, whole_gap
from qmsci.impact import Impact, impact_of
from qmsci.render.assignment import written
from tests.laws import TODAY, change_of, snapshot_of

SOP = """\
---
id: SOP-014
title: Aseptic gowning
owner: operator
governs: [gowning]
revisions:
{revisions}---
Gown in the order shown.
"""
FIRST = "  - {revision: 1, effective: 2025-01-10, summary: First issue., impact: retrain, authors: [p-0007]}\n"
SECOND = "  - {revision: 2, effective: 2026-12-15, summary: Second glove., impact: retrain, authors: [p-0007]}\n"
DOC = "controlled-docs/sop/SOP-014-aseptic-gowning.md"
ROLES = {
    "roles/activities.yaml": "gowning: {title: Gown, critical: true, minimum-qualified: 2}\n",
    "roles/operator.yaml": "{id: operator, title: Operator, purpose: Fills vials., performs: [gowning]}\n",
}
EVENT = """\
id: CAPA-2026-003
title: Glove change is not practised
opened: 2026-11-20
owner: p-0003
actions:
  - {id: 1, kind: training, documents: [DOCUMENT], people: [p-0042], due: 2026-12-20}
"""


def person(name: str, *, role: str = "operator", since: str = "2024-03-01", extra: str = "") -> dict[str, str]:
    """The file of somebody who holds a role."""
    text = f"""\
id: {name}
name: Person {name}
kind: employee
employed: {{from: {since}}}
roles: [{{role: {role}, from: {since}}}]
{extra}"""
    return {f"roles/people/{name}.yaml": text}


def trained(name: str, revision: str = "SOP-014@1", on: str = "2025-01-05") -> dict[str, str]:
    """The completion of a revision, and no assignment that asked for it."""
    entry = f"- {{document: {revision}, completed: {on}T09:30:00+01:00, method: [read]}}\n"
    return {f"training-records/completions/{name}/SOP-014.yaml": entry}


BASE = {
    DOC: SOP.format(revisions=FIRST),
    **ROLES,
    **person("p-0042"),
    **person("p-0057", extra="leave: [{from: 2026-12-01}]\n"),
    **trained("p-0042"),
    **trained("p-0057"),
    "training-records/assignments/SOP-014@1/operator.yaml": """\
assignment: SOP-014@1/operator
cause: new-document
role: operator
assigned: 2024-12-20
items:
  - document: SOP-014@1
    due: 2025-01-10
    method: [read]
    people: [p-0042, p-0057]
    text: "sha256:0000000000000000000000000000000000000000000000000000000000000000"
""",
}
REVISED = {**BASE, DOC: SOP.format(revisions=SECOND + FIRST)}


def assigned(files: dict[str, str], day: date = TODAY) -> dict[str, str]:
    """Some files with the assignments that `assign` writes for them."""
    snapshot = snapshot_of(files, day)
    plan = Plan(snapshot).close(whole_gap(snapshot))
    return {**files, **{assignment.path: written(assignment) for assignment in plan}}


def impact(before: dict[str, str], after: dict[str, str]) -> Impact:
    return impact_of(change_of(before, after))


def said(found: Impact) -> list[tuple[str, str, tuple[str, ...], bool]]:
    """The training of an impact in short."""
    return [(one.cause, str(one.document), one.people, one.assigned) for one in found.training]


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        pytest.param(BASE, {**BASE, "README.md": "Hello"}, "no revision, role, holding", id="no record is touched"),
        pytest.param(BASE, {**BASE, **trained("p-0042", on="2025-01-06")}, "no revision", id="only a completion"),
        pytest.param(
            BASE,
            {**BASE, DOC: SOP.format(revisions=SECOND.replace("impact: retrain", "impact: none") + FIRST)}
            | {
                "training-records/assignments/SOP-014@2/operator.yaml": BASE[
                    "training-records/assignments/SOP-014@1/operator.yaml"
                ]
                .replace("SOP-014@1", "SOP-014@2")
                .replace("[p-0042, p-0057]", "[]")
            },
            "SOP-014: the impact of revision 2 is none, so training on the one before carries over",
            id="a revision of the impact none",
        ),
        pytest.param(
            {},
            {DOC: SOP.format(revisions=SECOND)},
            "SOP-014: no role requires it",
            id="a document that no role requires",
        ),
        pytest.param(
            ROLES, {**ROLES, DOC: SOP.format(revisions=SECOND)}, "nobody holds operator", id="a role without holders"
        ),
        pytest.param(
            BASE,
            {**BASE, DOC: BASE[DOC].replace("revisions:", "retired: 2026-11-22\nrevisions:")},
            "SOP-014: it is retired since 2026-11-22",
            id="a document that is retired",
        ),
        pytest.param(
            BASE,
            {**BASE, "quality-events/CAPA-2026-003.yaml": EVENT.replace("DOCUMENT", "SOP-014@9")},
            "CAPA-2026-003: its training is assigned when SOP-014@9 comes",
            id="an action on a revision that is still to come",
        ),
    ],
)
def test_a_change_that_reaches_nobody_says_why(before: dict[str, str], after: dict[str, str], why: str):
    found = impact(before, after)

    assert found.reached == frozenset()
    assert why in (found.nobody or "")


def test_what_is_assigned_in_the_change_is_told_from_what_is_missing():
    missing, done = impact(BASE, REVISED), impact(BASE, assigned(REVISED))

    assert said(missing) == [("revision", "SOP-014@2", ("p-0042", "p-0057"), False)]
    assert said(done) == [("revision", "SOP-014@2", ("p-0042", "p-0057"), True)]
    assert done.documents[0].changes == ("revision 2, effective 2026-12-15, retrain: Second glove.",)
    assert not done.missing


def test_a_leave_on_the_due_date_is_counted():
    (training,) = impact(BASE, assigned(REVISED)).training

    assert (training.due, training.on_leave) == (date(2026, 12, 15), ("p-0057",))


def test_a_hire_is_reached_by_a_file_of_their_own():
    found = impact(BASE, assigned({**BASE, **person("p-0060", since="2026-12-01")}))

    assert said(found) == [("hire", "SOP-014@1", ("p-0060",), True)]
    assert [one.id for one in found.people] == ["p-0060"]
    assert found.people[0].changes == ("employed from 2026-12-01", "holds operator from 2026-12-01")


def test_a_role_that_needs_more_reaches_its_holders():
    packer = {"roles/packer.yaml": "{id: packer, title: Packer, purpose: Packs., performs: []}\n"}
    before = {**BASE, **packer, **person("p-0070", role="packer")}
    more = {"roles/packer.yaml": packer["roles/packer.yaml"].replace("performs: []", "performs: [gowning]")}
    found = impact(before, assigned({**before, **more}))

    assert said(found) == [("matrix-change", "SOP-014@1", ("p-0070",), True)]
    assert found.documents == ()
    assert found.roles[0].changes == ("now performs gowning", "now needs SOP-014 (performs gowning)")


def test_a_training_action_reaches_those_whom_it_concerns():
    event = {"quality-events/CAPA-2026-003.yaml": EVENT.replace("DOCUMENT", "SOP-014@1")}
    found = impact(BASE, {**BASE, **event})

    assert said(found) == [("capa", "SOP-014@1", ("p-0042",), False)]
    assert found.events[0].changes == ("action 1: training on SOP-014@1 for p-0042, due 2026-12-20",)


def test_one_person_on_one_revision_is_one_training_however_many_roles_ask():
    lead = {"roles/lead.yaml": "{id: lead, title: Lead, purpose: Leads., performs: [gowning]}\n"}
    both = person("p-0042")["roles/people/p-0042.yaml"].replace("[{", "[{role: lead, from: 2024-03-01}, {")
    before = {**BASE, **lead, "roles/people/p-0042.yaml": both}
    before |= {"training-records/assignments/SOP-014@1/lead.yaml": "x"}  # unreadable: said elsewhere
    found = impact(before, assigned({**before, DOC: REVISED[DOC]}))

    assert len(found.training) == 2
    assert (len(found.reached), found.trainings, found.by_method) == (2, 2, {"read": 2})


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(trained("p-0042", "SOP-014@2", "2026-11-21"), (1, 2, True), id="one of them is trained in time"),
        pytest.param({}, (0, 2, True), id="nobody is"),
        pytest.param(
            {"roles/activities.yaml": "gowning: {title: Gown}\n", **trained("p-0042", "SOP-014@2", "2026-11-21")},
            (1, 2, False),
            id="no number is required, and one is enough",
        ),
        pytest.param({"roles/people/p-0057.yaml": "{"}, (0, 1, True), id="only those who can be read are counted"),
    ],
)
def test_activities_at_risk_are_judged_on_the_effective_date(files: dict[str, str], expected: tuple[int, int, bool]):
    (risk,) = impact(BASE, {**REVISED, **files}).at_risk

    assert (risk.on, risk.activity, risk.documents) == (date(2026, 12, 15), "gowning", ("SOP-014",))
    assert (risk.authorised, risk.holders, risk.short) == expected


def test_a_date_that_has_passed_is_no_coming_risk():
    old = {**BASE, DOC: SOP.format(revisions=SECOND.replace("2026-12-15", "2026-11-21") + FIRST)}

    assert impact(BASE, old).at_risk == ()
    assert [risk.on for risk in impact(BASE, {**old, DOC: old[DOC].replace("2026-11-21", "2026-11-22")}).at_risk] == [
        TODAY
    ]
