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


RETIRED = {**BASE, DOC: BASE[DOC].replace("revisions:", "retired: 2026-12-15\nrevisions:")}


def test_a_retirement_leaves_an_activity_without_a_document():
    """The day from which nobody is authorised is said; of a document that comes in its place, nothing."""
    found = impact(BASE, RETIRED)
    assert found.nobody == "SOP-014: it is retired on 2026-12-15"
    assert [(one.on, one.activity) for one in found.ungoverned] == [(date(2026, 12, 15), "gowning")]

    other = SOP.format(revisions=SECOND.replace("revision: 2", "revision: 1")).replace("SOP-014", "SOP-015")
    assert impact(BASE, {**RETIRED, "controlled-docs/sop/SOP-015.md": other}).ungoverned == ()
    assert impact(RETIRED, {**RETIRED, "README.md": "Hello"}).ungoverned == ()


@pytest.mark.parametrize(
    ("after", "ungoverned"),
    [
        pytest.param(REVISED, [], id="revised"),
        pytest.param({**BASE, DOC: BASE[DOC].replace("[gowning]", "[]")}, ["2026-11-22"], id="governs no more"),
        pytest.param({path: text for path, text in BASE.items() if path != DOC}, ["2026-11-22"], id="removed"),
        pytest.param(
            {**RETIRED, "roles/operator.yaml": ROLES["roles/operator.yaml"].replace("[gowning]", "[]")},
            [],
            id="and nobody performs it",
        ),
    ],
)
def test_what_a_change_leaves_ungoverned(after: dict[str, str], ungoverned: list[str]):
    assert [str(one.on) for one in impact(BASE, after).ungoverned] == ungoverned


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


# --- quality events -------------------------------------------------------------------------------------------------

CAPA = "quality-events/CAPA-2026-003.yaml"
ASKED = {**BASE, CAPA: EVENT.replace("DOCUMENT", "SOP-014@1")}
BUSY = assigned(ASKED)
DONE = {
    "training-records/completions/p-0042/SOP-014.yaml": BASE["training-records/completions/p-0042/SOP-014.yaml"]
    + "- {document: SOP-014@1, completed: 2026-11-21T09:30:00+01:00, method: [read], assignments: [CAPA-2026-003/1]}\n"
}
CHECKED = """\
effectiveness:
  criterion: No other glove in 1 day
  period: 1 days
  assessor: p-0005
  checks: [{on: 2026-11-22, outcome: effective, summary: None was seen.}]
"""
UNTRAINED = EVENT[: EVENT.index("actions")]
CLOSED = "closed: 2026-11-22\nclosed-by: p-0003\n"
ENDED = "{on: 2026-11-22, by: p-0003, reason: Not needed.}"
AUD = "id: AUD-2026-001\ntitle: T\nopened: 2026-09-12\n"
VAL = "id: VAL-2026-001\ntitle: T\nopened: 2026-09-12\nactivities: [gowning]\nprotocol: VP-1\n"
DEV = "id: DEV-2026-001\ntitle: T\noccurred: 2026-09-12T09:40:00+02:00\nreported: 2026-09-12\n"


def suspended(found: Impact) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """The suspensions of an impact in short."""
    return [(one.person, one.activities, one.actions) for one in found.suspended]


def event(name: str, text: str) -> dict[str, str]:
    """The file of an event."""
    return {f"quality-events/{name}.yaml": text}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(BUSY, {**BUSY, "README.md": "Hello"}, id="the event is not touched"),
        pytest.param(BUSY, {**BUSY, CAPA: BUSY[CAPA] + "scope: Both rooms.\n"}, id="another key of it"),
        pytest.param(BASE, {**BUSY, **DONE}, id="the training is completed in the change that asks for it"),
        pytest.param(
            BASE,
            {**BASE, CAPA: ASKED[CAPA].replace("people: [p-0042]", "roles: [operator]")},
            id="the holders of a role are suspended only where the action says so",
        ),
        pytest.param(
            {**BASE, **person("p-0042", extra="")},
            {
                **ASKED,
                "roles/people/p-0042.yaml": BASE["roles/people/p-0042.yaml"].replace(
                    "employed: {", "employed: {to: 2026-11-01, "
                ),
            },
            id="who is named has left",
        ),
        pytest.param({**BUSY, CAPA: "{"}, BUSY, id="what the event asked for before cannot be read"),
        pytest.param(BUSY, {**BUSY, CAPA: "{"}, id="what the event asks for cannot be read"),
        pytest.param(
            BASE,
            {**ASKED, "training-records/assignments/CAPA-2026-003/1.yaml": "{"},
            id="its assignment cannot be read",
        ),
    ],
)
def test_nobody_is_suspended_by(before: dict[str, str], after: dict[str, str]):
    found = impact(before, after)

    assert (found.suspended, found.remaining) == ((), ())
    assert not any("lifts" in said for one in found.events for said in one.changes)


def test_a_training_action_suspends_those_whom_it_names_and_says_how_many_remain():
    found = impact(BASE, ASKED)

    assert suspended(found) == [("p-0042", ("gowning",), ("CAPA-2026-003/1",))]
    assert [(one.on, one.activity, one.authorised, one.required, one.holders) for one in found.remaining] == [
        (TODAY, "gowning", 1, 2, 2)
    ]


def test_an_activity_that_is_not_critical_and_asks_for_no_number_is_not_counted():
    plain = {"roles/activities.yaml": "gowning: {title: Gown}\n"}
    found = impact({**BASE, **plain}, {**ASKED, **plain})

    assert suspended(found) == [("p-0042", ("gowning",), ("CAPA-2026-003/1",))]
    assert found.remaining == ()


def test_a_widened_action_suspends_those_who_are_new_in_it():
    more = ASKED[CAPA].replace("people: [p-0042]", "people: [p-0042], roles: [operator], suspend: true")

    assert suspended(impact(ASKED, {**ASKED, CAPA: more})) == [("p-0057", ("gowning",), ("CAPA-2026-003/1",))]


def test_a_document_more_suspends_from_what_it_governs():
    other = {
        DOC.replace("014", "015"): SOP.replace("SOP-014", "SOP-015")
        .replace("[gowning]", "[filling]")
        .format(revisions=FIRST),
        "roles/operator.yaml": ROLES["roles/operator.yaml"].replace("[gowning]", "[gowning, filling]"),
    }
    more = ASKED[CAPA].replace("[SOP-014@1]", "[SOP-014@1, SOP-015@1]")
    found = impact({**ASKED, **other}, {**ASKED, **other, CAPA: more})

    assert suspended(found) == [("p-0042", ("filling",), ("CAPA-2026-003/1",))]


def test_who_is_suspended_from_all_of_it_before_is_named_once_more():
    second = ASKED[CAPA].replace("CAPA-2026-003", "CAPA-2026-004")

    assert suspended(impact(ASKED, {**ASKED, **event("CAPA-2026-004", second)})) == [
        ("p-0042", (), ("CAPA-2026-004/1",))
    ]


def test_a_required_document_suspends_from_what_its_role_alone_performs():
    """Another role that does not need the document still lets its holder do the work."""
    files = {
        **BASE,
        DOC.replace("014", "016"): SOP.replace("SOP-014", "SOP-016").replace("[gowning]", "[]").format(revisions=FIRST),
        "roles/filler.yaml": "{id: filler, title: F, purpose: Fills., performs: [gowning, filling], requires: [SOP-016]}\n",
    }
    files["roles/people/p-0042.yaml"] = files["roles/people/p-0042.yaml"].replace(
        "[{", "[{role: filler, from: 2024-03-01}, {"
    )
    found = impact(files, {**files, CAPA: EVENT.replace("DOCUMENT", "SOP-016@1")})

    assert suspended(found) == [("p-0042", ("filling",), ("CAPA-2026-003/1",))]


def test_a_hire_who_is_named_at_once_is_suspended():
    both = {**BASE, **person("p-0060", since="2026-11-22"), CAPA: ASKED[CAPA].replace("p-0042", "p-0060")}

    assert suspended(impact(BASE, both)) == [("p-0060", ("gowning",), ("CAPA-2026-003/1",))]


def test_closing_says_on_what_it_rests_and_what_it_lifts():
    after = {**BUSY, **DONE, CAPA: BUSY[CAPA] + CHECKED + CLOSED}
    found = impact(BUSY, after)
    rests = "1 action done, training completed by 1 person, checked effective on 2026-11-22 by p-0005"

    assert found.events[0].changes == (
        "effectiveness check of CAPA-2026-003 on 2026-11-22 by p-0005: effective, None was seen.",
        f"closes CAPA-2026-003: {rests}, closed on 2026-11-22 by p-0003",
        "lifts the suspension of p-0042",
    )
    assert found.nobody == "CAPA-2026-003: it is closed"


def test_closing_too_early_does_not_hide_it():
    other = "  - {id: 2, kind: other, due: 2026-12-20, done: 2026-11-21}\n"
    before = {**BUSY, CAPA: BUSY[CAPA] + other}
    (event,) = impact(before, {**before, CAPA: before[CAPA] + CLOSED}).events

    assert event.changes == (
        "closes CAPA-2026-003: 1 of 2 actions done, training completed by nobody, closed on 2026-11-22 by p-0003",
    )


def test_what_cannot_be_read_of_its_training_is_not_said():
    before = {**BUSY, "training-records/assignments/CAPA-2026-003/1.yaml": "{"}
    (event,) = impact(before, {**before, CAPA: before[CAPA] + CLOSED}).events

    assert event.changes == ("closes CAPA-2026-003: closed on 2026-11-22 by p-0003",)


@pytest.mark.parametrize(
    ("name", "text", "more", "expected", "why"),
    [
        pytest.param(
            "CAPA-2026-003",
            ASKED[CAPA] + CLOSED,
            None,
            (
                "reopens CAPA-2026-003: closed on 2026-11-20 by p-0003, reopened on 2026-11-22 by p-0003: It came again.",
            ),
            "nobody whom its training concerns is here, or all were assigned it before",
            id="reopened",
        ),
        pytest.param(
            "CAPA-2026-003",
            UNTRAINED,
            f"cancelled: {ENDED}\n",
            ("cancels CAPA-2026-003 on 2026-11-22 by p-0003: Not needed.",),
            "it is cancelled",
            id="cancelled",
        ),
        pytest.param(
            "DEV-2026-001",
            DEV,
            f"voided: {ENDED}\n",
            ("voids DEV-2026-001 on 2026-11-22 by p-0003: Not needed.",),
            "it is voided",
            id="voided",
        ),
        pytest.param(
            "AUD-2026-001",
            AUD,
            f"withdrawn: {ENDED}\n",
            ("withdraws AUD-2026-001 on 2026-11-22 by p-0003: Not needed.",),
            "it is withdrawn",
            id="withdrawn",
        ),
        pytest.param(
            "AUD-2026-001",
            AUD,
            "verified: 2026-11-21\nverified-by: p-0005\n",
            ("verifies AUD-2026-001: verified on 2026-11-21 by p-0005",),
            "it is verified",
            id="verified",
        ),
        pytest.param(
            "AUD-2026-001",
            AUD + "verified: 2026-11-21\nverified-by: p-0005\n",
            CLOSED,
            ("closes AUD-2026-001: verified on 2026-11-21 by p-0005, closed on 2026-11-22 by p-0003",),
            "it is closed",
            id="closed after its verification",
        ),
        pytest.param(
            "VAL-2026-001",
            VAL,
            "pq-completed: 2026-11-20\nreleased: 2026-11-22\n",
            ("releases VAL-2026-001: performance qualification completed on 2026-11-20, released on 2026-11-22",),
            "it is released",
            id="released",
        ),
        pytest.param(
            "CAPA-2026-003",
            UNTRAINED,
            CHECKED.replace("effective,", "inconclusive,"),
            ("effectiveness check of CAPA-2026-003 on 2026-11-22 by p-0005: inconclusive, None was seen.",),
            "it asks for no training",
            id="checked",
        ),
    ],
)
def test_what_is_decided_of_an_event(name: str, text: str, more: str | None, expected: tuple[str, ...], why: str):
    if more is None:  # the entry takes the two keys over
        text = text.replace("closed: 2026-11-22", "closed: 2026-11-20")
        again = "{on: 2026-11-22, by: p-0003, summary: It came again., closed: 2026-11-20, closed-by: p-0003}"
        after = text[: text.index("closed: ")] + f"reopened: [{again}]\n"
    else:
        after = text + more
    before = {**BUSY, **event(name, text)}
    found = impact(before, {**before, **event(name, after)})
    (one,) = found.events

    assert (one.changes, one.nobody) == (expected, why)
    assert found.suspended == ()


def test_cancelling_lifts_the_suspension():
    (one,) = impact(BUSY, {**BUSY, CAPA: BUSY[CAPA] + f"cancelled: {ENDED}\n"}).events

    assert one.changes[-1] == "lifts the suspension of p-0042"


def test_an_event_that_is_removed_is_not_passed_over():
    (one,) = impact(ASKED, BASE).events

    assert (one.title, one.changes, one.nobody) == (
        "Glove change is not practised",
        ("removed", "lifts the suspension of p-0042"),
        "it is removed",
    )
