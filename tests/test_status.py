"""How far things are: people, roles, documents and events of one small system, and each state at its boundary."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsci.authorisation import authorised
from qmsci.check import in_the_way
from qmsci.circuit import State, done_on, is_open, state
from qmsci.finding import Severity
from qmsci.library import library_of
from qmsci.matrix import roles_for
from qmsci.obligations import days_owed
from qmsci.programme import Independence
from qmsci.qualification import qualified
from qmsci.snapshot import Snapshot
from qmsci.status import (
    DocumentStatus,
    EventStatus,
    Linked,
    Overview,
    PersonStatus,
    RoleStatus,
    Status,
    dates_of,
    overview,
    revision_state,
    status_of_document,
    status_of_event,
    status_of_person,
    status_of_role,
)
from qmsci.timeline import in_force, owed_revisions, reach
from tests.laws import POLICY, TODAY, Files, findings_in, snapshot_of
from tests.strategies import DAYS, System, texts
from tests.test_assign import TEXT, document
from tests.test_programme import SCORED, programmes, tasks
from tests.test_qualification import entry, history, waiver

# --- a small system -------------------------------------------------------------------------------------------------


def written_document(name: str, title: str, more: str, *revisions: str) -> dict[str, str]:
    """A document with some lines more, and with revisions: label, effective date, impact, summary."""
    lines = [f"id: {name}", f"title: {title}", "owner: fill-finish-lead", *more.split("\n"), "revisions:"]
    for revision in revisions:
        label, day, impact, summary = revision.split(" ", 3)
        lines.append(
            f"  - {{revision: {label}, effective: {day}, summary: {summary}, impact: {impact}, authors: [p-0007]}}"
        )
    folder, front = name.split("-", maxsplit=1)[0].lower(), "\n".join(lines)
    return {f"controlled-docs/{folder}/{name}.md": f"---\n{front}\n---\nIn the order shown.\n"}


def employee(name: str, called: str, since: str, *held: str, more: str = "") -> dict[str, str]:
    """An employee with roles, each written `operator 2024-01-01`."""
    roles = "".join(f"  - {{role: {one.split()[0]}, from: {one.split()[1]}}}\n" for one in held)
    text = f"id: {name}\nname: {called}\nkind: employee\nemployed: {{from: {since}}}\n"
    text += f"roles:\n{roles}{more}" if roles else more
    return {f"roles/people/{name}.yaml": text}


def assignment(name: str, role: str, cause: str, day: str, *items: dict[str, object]) -> dict[str, str]:
    """A merged assignment; of no role where none is named."""
    values: dict[str, object] = {"assignment": name, "cause": cause, "assigned": day}
    values |= {"role": role} if role else {}
    return {f"training-records/assignments/{name}.yaml": json.dumps({**values, "items": list(items)})}


def item(revision: str, due: str, *people: str, method: str = "read practical", **more: object) -> dict[str, object]:
    """An item of an assignment."""
    return {"document": revision, "text": TEXT, "method": method.split(), "due": due, "people": list(people), **more}


def practised(
    revision: str, day: str, *supervised: str, outcome: str = "competent", **more: object
) -> dict[str, object]:
    """A reading and a demonstration, after some days of work under supervision."""
    practical = {"evaluator": "p-0007", "outcome": outcome, "supervised": tasks(*supervised, by="p-0007")}
    return entry(revision, day, "read", "practical", practical=practical, **more)


OPERATOR, GOWNING = "aseptic-operator", "{method: [read, practical], every: 12 months, supervised: 3}"
HIRE, THREE = "people/p-0042/aseptic-operator-2026-11-02", ("2026-01-12", "2026-01-13", "2026-01-14")
SYSTEM: dict[str, str] = {
    "qmsci.yaml": POLICY,
    "roles/activities.yaml": "aseptic-gowning: {title: Gown for Grade A}\naseptic-filling: {title: Fill vials}\n"
    "filler-2: {title: Filling line 2, kind: equipment}\n",
    f"roles/{OPERATOR}.yaml": f"""\
id: {OPERATOR}
title: Aseptic fill operator
purpose: Sets up filling line 2, and fills and stoppers vials under Grade A without compromising their sterility.
performs: [aseptic-gowning, aseptic-filling]
operates: [filler-2]
requires: [TRN-001, SOP-008]
prerequisites:
  SOP-014: [TRN-001]
  SOP-015: [SOP-014]
""",
    "roles/fill-finish-lead.yaml": "id: fill-finish-lead\ntitle: Fill and finish lead\npurpose: Leads the shift.\n"
    "performs: [aseptic-gowning]\n",
    "roles/quality-assurance.yaml": "id: quality-assurance\ntitle: Quality assurance\npurpose: Keeps the system.\n"
    "requires: [SOP-008]\n",
    **written_document(
        "TRN-001", "GMP foundations", "training: {every: 24 months}", "1 2025-01-10 retrain First issue."
    ),
    **written_document("SOP-008", "Data integrity", "purpose: awareness", "1 2025-01-10 retrain First issue."),
    **written_document(
        "SOP-014",
        "Aseptic gowning",
        f"governs: [aseptic-gowning]\ntraining: {GOWNING}",
        "3 2026-12-15 retrain Second glove change at step 6.",
        "2 2026-01-20 retrain Goggles are sterilised.",
        "1 2025-01-10 retrain First issue.",
    ),
    **written_document(
        "SOP-015",
        "Aseptic filling",
        "governs: [aseptic-filling]\ntraining: {method: [read, practical]}",
        "1 2025-01-10 retrain First issue.",
    ),
    **written_document("WI-032", "Filling line 2", "governs: [filler-2]", "1 2025-01-10 retrain First issue."),
    **employee("p-0003", "Astrid Moen", "2024-01-15", "quality-assurance 2024-01-15"),
    **employee("p-0007", "Johan Lindqvist", "2024-01-15"),
    **employee("p-0011", "Marit Aune", "2024-01-15", "fill-finish-lead 2024-01-15"),
    **employee("p-0031", "Silje Hagen", "2024-01-15", f"{OPERATOR} 2024-01-15"),
    **employee("p-0042", "Ingrid Solberg", "2026-11-02", f"{OPERATOR} 2026-11-02"),
    **employee(
        "p-0058",
        "Sofia Papadakis",
        "2024-01-15",
        f"{OPERATOR} 2024-01-15",
        more="leave: [{from: 2026-11-01, to: 2027-01-31}]\n",
    ),
    **employee("p-0060", "Amund Brekke", "2026-12-01", f"{OPERATOR} 2026-12-01"),
    **assignment(
        "SOP-014@3/aseptic-operator",
        OPERATOR,
        "revision",
        "2026-11-20",
        item("SOP-014@3", "2026-12-15", "p-0031"),
        item("SOP-014@3", "2026-12-15", "p-0042", supervised=3),
        item("SOP-014@3", "2026-12-31", "p-0060", supervised=3),
        item("SOP-014@3", "2027-02-01", "p-0058"),
    ),
    **assignment(
        "SOP-014@3/fill-finish-lead",
        "fill-finish-lead",
        "revision",
        "2026-11-20",
        item("SOP-014@3", "2026-12-15", "p-0011"),
    ),
    **assignment(
        "refresher/SOP-014@2/2026-11-10/fill-finish-lead",
        "fill-finish-lead",
        "refresher",
        "2026-11-10",
        item("SOP-014@2", "2026-12-04", "p-0011"),
    ),
    **assignment(
        HIRE,
        OPERATOR,
        "hire",
        "2026-11-02",
        item("SOP-008@1", "2026-11-20", "p-0042", method="read"),
        item("SOP-014@2", "2026-12-02", "p-0042", supervised=3),
        item("SOP-015@1", "2026-12-02", "p-0042"),
        item("TRN-001@1", "2026-12-02", "p-0042", method="read assessment", **{"pass-mark": 80}),
        item("WI-032@1", "2026-12-02", "p-0042"),
    ),
    **assignment("CAPA-2026-003/1", "", "capa", "2026-11-03", item("SOP-014@2", "2026-11-30", "p-0031")),
    **history(
        "p-0042",
        "TRN-001",
        entry("TRN-001@1", "2026-11-05", "read", "assessment", assessment=SCORED, assignments=[HIRE]),
    ),
    **history(
        "p-0042",
        "SOP-014",
        entry("SOP-014@2", "2026-11-06", assignments=[HIRE]),
        practised("SOP-014@2", "2026-11-12", "2026-11-11", outcome="not-competent", assignments=[HIRE]),
    ),
    **history("p-0011", "SOP-014", practised("SOP-014@2", "2025-12-04", "2025-12-01", "2025-12-02", "2025-12-03")),
    **history("p-0031", "TRN-001", entry("TRN-001@1", "2025-03-03", "read", "assessment", assessment=SCORED)),
    **history("p-0031", "SOP-008", entry("SOP-008@1", "2025-03-03")),
    **history("p-0031", "SOP-014", practised("SOP-014@2", "2026-01-15", *THREE)),
    **history("p-0031", "SOP-015", practised("SOP-015@1", "2025-03-04")),
    **history("p-0031", "WI-032", practised("WI-032@1", "2025-03-05")),
    **history("p-0058", "TRN-001", entry("TRN-001@1", "2024-11-01", "read", "assessment", assessment=SCORED)),
    **waiver("p-0058", "SOP-015@1", "2026-06-01", "2027-05-31", by="p-0003"),
    **history("p-0003", "SOP-008", entry("SOP-008@1", "2025-01-12")),
    "quality-events/DEV-2026-017.yaml": """\
id: DEV-2026-017
title: Glove torn during set-up
occurred: 2026-09-12T09:40:00+02:00
reported: 2026-09-12
owner: p-0003
classification: major
activity: aseptic-gowning
documents: [SOP-014]
people: [p-0031]
root-cause: {category: procedure, summary: Gloves are changed once.}
capa: CAPA-2026-003
closed: 2026-10-01
closed-by: p-0003
""",
    "quality-events/CAPA-2026-003.yaml": """\
id: CAPA-2026-003
title: Gloves intact and clean under the outer gloves
opened: 2026-09-14
owner: p-0003
due: 2027-03-31
sources: [DEV-2026-017]
root-cause: {category: procedure, summary: Gloves are changed once.}
actions:
  - {id: 1, kind: training, title: Retrain who was there, documents: [SOP-014@2], people: [p-0031],
     owner: p-0011, opened: 2026-11-03, due: 2026-11-30}
  - {id: 2, kind: document, document: SOP-014@3, owner: p-0007, due: 2026-11-30, done: 2026-11-20}
  - {id: 3, kind: other, summary: Mount a mirror with side light at the bench of step 6 so that new gloves are seen,
     due: 2026-11-21}
effectiveness:
  criterion: No glove tear and no other gowning deviation in 90 days after training
  period: 90 days
  assessor: p-0003
""",
    "quality-events/AUD-2026-002.yaml": """\
id: AUD-2026-002
title: Gowning photographs out of date
opened: 2026-11-10
sources: [CAPA-2026-003]
withdrawn: {on: 2026-11-15, by: p-0003, reason: They show the revision in force.}
""",
}


def status_of(name: str, files: Files = SYSTEM, day: date = TODAY) -> Status:
    """The status of what has a name (without one: of all that is open), at the end of a day."""
    library = library_of({"qmsci.yaml": POLICY, **files})
    snapshot = Snapshot(library, day)
    when = snapshot.end_of(day)
    if not name:
        return overview(library, snapshot, when)
    plain, _, label = name.partition("@")
    if person := snapshot.people.get(name):
        return status_of_person(snapshot, person, when)
    if role := snapshot.roles.get(name):
        return status_of_role(snapshot, role, when)
    if found := snapshot.documents.get(plain):
        return status_of_document(snapshot, found, when, found.entry(label) if label else None)
    event = snapshot.events.get(name)
    assert event
    return status_of_event(library, snapshot, event, when)


def of_person(name: str, files: Files = SYSTEM, day: date = TODAY) -> PersonStatus:
    """The status of a person."""
    found = status_of(name, files, day)
    assert isinstance(found, PersonStatus)
    return found


def of_event(name: str, files: Files = SYSTEM, day: date = TODAY) -> EventStatus:
    """The status of an event."""
    found = status_of(name, files, day)
    assert isinstance(found, EventStatus)
    return found


# --- people and roles -----------------------------------------------------------------------------------------------


def test_a_newcomer_is_shown_step_by_step():
    """What is done, what is missing and by when, what comes first; and that work is under supervision."""
    (role,) = of_person("p-0042").roles
    steps = {one.step.document.id: one for one in role.steps}

    assert list(steps) == ["SOP-008", "TRN-001", "SOP-014", "SOP-015", "WI-032"]
    assert [one.standing.verdict.yes for one in role.steps] == [False, True, False, False, False]
    assert str(steps["SOP-014"].standing.missing) == "practical; 1 of 3 supervised tasks"
    assert str(steps["SOP-014"].standing.due) == "2026-12-02"
    assert steps["SOP-008"].standing.late
    assert steps["SOP-015"].blocked_by == ("SOP-014",)
    assert {one.how for one in role.work} == {Independence.SUPERVISED}


def test_what_is_open_beside_the_programme():
    """A coming revision is no part of what one needs today, and is asked for all the same."""
    found = of_person("p-0042")

    assert [(str(one.item.document), one.assignment.assignment) for one in found.assignments] == [
        ("SOP-014@3", "SOP-014@3/aseptic-operator")
    ]


def test_who_is_suspended_sees_by_what():
    """The action, until it is completed; its assignment is due for the step that it holds up."""
    found = of_person("p-0031")
    (role,) = found.roles
    how = {one.activity: one.how for one in role.work}

    assert [(event.id, action.id) for event, action in found.retraining] == [("CAPA-2026-003", 1)]
    assert [one.standing.state for one in role.steps].count("suspended") == 1
    assert how == {"aseptic-gowning": "no", "aseptic-filling": "independent", "filler-2": "independent"}
    assert [str(one.item.document) for one in found.assignments] == ["SOP-014@3"]


def test_who_is_away_and_who_has_gone():
    """Leave and the end of employment are said, and an ended role has no programme any more."""
    left = {**SYSTEM, **employee("p-0058", "Sofia Papadakis", "2024-01-15", f"{OPERATOR} 2024-01-15")}
    path = "roles/people/p-0058.yaml"
    left[path] = left[path].replace("{from: 2024-01-15}\nroles", "{from: 2024-01-15, to: 2026-10-31}\nroles")
    away, gone = of_person("p-0058"), of_person("p-0058", left)

    assert away.leave
    assert str(away.leave.last) == "2027-01-31"
    assert {one.how for one in away.roles[0].work} == {Independence.NO}
    assert (gone.employed, gone.roles[0].steps, gone.roles[0].held) == (False, (), False)


def test_what_is_theirs_to_bring_to_an_end():
    """The open events and the open actions that somebody owns, as of that day; nothing of what has ended."""
    lead, quality, after = of_person("p-0011"), of_person("p-0003"), of_person("p-0007")
    before = of_person("p-0007", day=date(2026, 11, 19))

    assert ([one.event.id for one in quality.events], quality.actions) == (["CAPA-2026-003"], ())
    assert (lead.events, [one.action.id for one in lead.actions]) == ((), [1])
    assert (after.actions, [one.action.id for one in before.actions]) == ((), [2])


def test_roles_are_shown_those_held_first():
    """Then those to come, then those that have ended; also one that is not defined."""
    held = ("aseptic-operator 2026-12-01", "nobody 2026-01-01", "fill-finish-lead 2026-01-01")
    files = {**SYSTEM, **employee("p-0007", "Johan Lindqvist", "2024-01-15", *held)}
    files["roles/people/p-0007.yaml"] = files["roles/people/p-0007.yaml"].replace(
        "role: nobody, from: 2026-01-01", "role: nobody, from: 2026-01-01, to: 2026-06-01"
    )
    found = of_person("p-0007", files)

    assert [(role.name, role.title, role.held) for role in found.roles] == [
        ("fill-finish-lead", "Fill and finish lead", True),
        ("aseptic-operator", "Aseptic fill operator", False),
        ("nobody", None, False),
    ]


def test_a_role_shows_who_holds_it_and_who_will():
    """With how far each is; whoever left it is not shown."""
    found = status_of(OPERATOR)
    assert isinstance(found, RoleStatus)
    done = {one.person.id: sum(step.standing.verdict.yes for step in one.steps) for one in found.holders}

    assert done == {"p-0031": 4, "p-0042": 1, "p-0058": 1, "p-0060": 0}
    assert {one.person.id: str(one.since) for one in found.holders}["p-0060"] == "2026-12-01"
    assert [one.person.id for one in found.holders if one.on_leave] == ["p-0058"]


# --- documents ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("revisions", "day", "expected"),
    [
        pytest.param(["1 2026-11-22"], "2026-11-21", "approved", id="the-day-before-it-takes-effect"),
        pytest.param(["1 2026-11-22"], "2026-11-22", "in-force", id="on-the-day"),
        pytest.param(["2 2026-11-22", "1 2026-01-01"], "2026-11-22", "in-force superseded", id="a-newer-one"),
        pytest.param(["2 2026-11-23", "1 2026-01-01"], "2026-11-22", "approved in-force", id="a-newer-one-tomorrow"),
        pytest.param(
            ["2 2026-12-01", "1 2026-12-01"], "2026-11-22", "approved superseded", id="overtaken-before-its-day"
        ),
        pytest.param(["1 2026-12-01, withdrawn: 2026-11-22"], "2026-11-22", "withdrawn", id="withdrawn"),
        pytest.param(["1 2026-12-01, withdrawn: 2026-11-23"], "2026-11-22", "approved", id="withdrawn-tomorrow"),
        pytest.param(
            ["2 2026-11-01, withdrawn: 2026-10-01", "1 2026-01-01"],
            "2026-11-22",
            "withdrawn in-force",
            id="a-withdrawn-one-supersedes-nothing",
        ),
        pytest.param(
            ["2 2026-02-01", "1 2026-01-01", "retired 2026-11-22"], "2026-11-22", "retired superseded", id="retired"
        ),
        pytest.param(["1 2026-01-01", "retired 2026-11-23"], "2026-11-22", "in-force", id="retired-tomorrow"),
    ],
)
def test_where_a_revision_stands(revisions: list[str], day: str, expected: str):
    """By dates alone."""
    ends = [one.split()[1] for one in revisions if one.startswith("retired")]
    ((path, text),) = document(*(one.split(",")[0] for one in revisions if not one.startswith("retired"))).items()
    for one in revisions:
        label, _, more = one.partition(",")
        text = text.replace(
            f"effective: {label.split()[1]},", f"effective: {label.split()[1]},{more}{',' * bool(more)}", 1
        )
    text = text.replace("revisions:", f"retired: {ends[0]}\nrevisions:") if ends else text
    found = snapshot_of({path: text}).documents.get("SOP-014")
    assert found

    states = [revision_state(found, one, date.fromisoformat(day)) for one in found.revisions]

    assert expected == " ".join(states)


def test_a_document_shows_who_must_be_trained():
    """On what is in force, and on what is coming; who is trained in time is counted among those at work that day."""
    found = status_of("SOP-014")
    assert isinstance(found, DocumentStatus)
    training = {entry.revision: people for entry, people in found.training}

    assert [(one.state, one.qualified, one.affected) for one in found.revisions] == [
        ("approved", 0, 4),
        ("in-force", 2, 3),
        ("superseded", 0, 3),
    ]
    assert {role.id for role, _ in found.roles} == {OPERATOR, "fill-finish-lead"}
    assert {one.person.id: one.standing.state for one in training["2"]} == {
        "p-0011": "expiring",
        "p-0031": "suspended",
        "p-0042": "in-training",
        "p-0058": "not-qualified",
        "p-0060": "not-qualified",
    }
    assert {one.person.id: str(one.standing.due) for one in training["3"]}["p-0058"] == "2027-02-01"


def test_of_a_revision_only_that_is_shown():
    """Whom it asked and how far they are; nobody owes one that is superseded."""
    coming, old = status_of("SOP-014@3"), status_of("SOP-014@1")
    assert isinstance(coming, DocumentStatus)
    assert isinstance(old, DocumentStatus)

    assert [(one.entry.revision, one.state) for one in coming.revisions] == [("3", "approved")]
    assert [entry.revision for entry, _ in coming.training] == ["3"]
    assert [(one.entry.revision, one.state) for one in old.revisions] == [("1", "superseded")]
    assert old.training == ()


def test_an_unreadable_history_is_no_absence():
    """Who may be trained is not counted among those who were not."""
    found = status_of("SOP-014@2", {**SYSTEM, "training-records/completions/p-0058/SOP-014.yaml": "- {\n"})
    assert isinstance(found, DocumentStatus)

    assert [(one.qualified, one.affected) for one in found.revisions] == [(2, 2)]


# --- quality events -------------------------------------------------------------------------------------------------


def test_an_open_event_shows_what_is_missing():
    """Each action with its day or with whom it lacks; and what the law would say if it were closed today."""
    found = of_event("CAPA-2026-003")

    assert found.state == "implementing"
    assert [(one.action.id, str(one.done), one.late, [str(lack) for lack in one.lacks]) for one in found.actions] == [
        (1, "None", False, ["SOP-014@2 was not completed by p-0031"]),
        (2, "2026-11-20", False, []),
        (3, "None", True, []),
    ]
    assert found.in_the_way
    assert "capa-closed-without-training" in {finding.rule for finding in found.in_the_way}
    assert found.plan
    assert (found.plan.period_ends, found.plan.next_check) == (None, None)
    assert [(name, how) for name, how, _ in found.linked] == [
        ("DEV-2026-017", Linked.SOURCE),
        ("AUD-2026-002", Linked.FOLLOW_UP),
    ]


def test_what_has_ended_asks_nothing():
    """It says so instead; and what was done by then is shown, whoever came later."""
    closed, withdrawn = of_event("DEV-2026-017"), of_event("AUD-2026-002")
    before = of_event("DEV-2026-017", day=date(2026, 9, 30))

    assert (closed.state, closed.in_the_way) == ("closed", None)
    assert (withdrawn.state, withdrawn.in_the_way) == ("withdrawn", None)
    assert before.in_the_way is not None
    assert [(name, how, state_) for name, how, state_ in closed.linked] == [
        ("CAPA-2026-003", Linked.CAPA, "implementing")
    ]


def test_a_warning_is_not_in_the_way():
    """What only gives something to think about keeps no event from being closed."""
    action = "{id: 1, kind: training, documents: [SOP-014], people: [p-0042], due: 2026-10-15}"
    text = f"id: CAPA-2026-009\ntitle: T\nopened: 2026-09-14\nowner: p-0003\nactions: [{action}]\n"
    files = {**SYSTEM, "quality-events/CAPA-2026-009.yaml": text}

    assert "retraining-as-only-action" in {finding.rule for finding in findings_in(files)}
    found = of_event("CAPA-2026-009", files)
    assert found.in_the_way
    assert {finding.severity for finding in found.in_the_way} == {Severity.ERROR}


def test_before_it_began_nothing_is_in_the_way():
    """Nobody closes what is not open yet; it has no state, also where another event is linked to it."""
    before, from_then = (of_event("CAPA-2026-003", day=date(2026, 9, day)) for day in (13, 14))

    assert (before.state, before.in_the_way, before.objections) == ("not-begun", None, ())
    assert from_then.state != "not-begun"
    assert from_then.in_the_way is not None
    assert ("AUD-2026-002", Linked.FOLLOW_UP, "not-begun") in from_then.linked


def test_an_ending_that_the_law_refuses():
    """What the gate says of the event as it stands; on a day before it ended it is open, and nothing is to be refused."""
    path = "quality-events/CAPA-2026-003.yaml"
    files = {**SYSTEM, path: SYSTEM[path] + "closed: 2026-11-20\nclosed-by: p-0003\n"}
    closed, before = of_event("CAPA-2026-003", files), of_event("CAPA-2026-003", files, date(2026, 11, 19))
    said = {finding.rule for finding in closed.objections}

    assert {"capa-closed-without-training", "closed-with-open-actions"} <= said
    assert said <= {finding.rule for finding in findings_in(files)}
    assert (closed.state, closed.in_the_way, before.objections) == ("closed", None, ())


def test_what_lies_ahead_today_does_not_on_a_later_day():
    """A day that is asked about is the day on which the ending is judged."""
    path = "quality-events/AUD-2026-002.yaml"
    files = {**SYSTEM, path: SYSTEM[path].replace("on: 2026-11-15", "on: 2026-12-15")}
    assert any("lies ahead" in finding.message for finding in findings_in(files))
    library = library_of({"qmsci.yaml": POLICY, **files})
    snapshot = Snapshot(library, TODAY)
    event = snapshot.events.get("AUD-2026-002")
    assert event

    found = status_of_event(library, snapshot, event, snapshot.end_of(date(2026, 12, 16)))
    assert (found.state, found.objections) == ("withdrawn", ())


def test_an_ending_that_the_law_accepts():
    """Nothing is said against it, whatever came later."""
    assert of_event("AUD-2026-002").objections == ()


def checked(*checks: str, more: str = "") -> dict[str, str]:
    """The system when everybody is retrained and every action done on 10 November; with effectiveness checks."""
    path = "quality-events/CAPA-2026-003.yaml"
    made = "".join(f"    - {{on: {one.split()[0]}, outcome: {one.split()[1]}, summary: S}}\n" for one in checks)
    text = SYSTEM[path].replace("due: 2026-11-21}", "due: 2026-11-21, done: 2026-11-09}")
    text = text.replace("period: 90 days", "period: 10 days") + (f"  checks:\n{made}" if made else "") + more
    again = practised("SOP-014@2", "2026-11-10", assignments=["CAPA-2026-003/1"])
    done = history("p-0031", "SOP-014", practised("SOP-014@2", "2026-01-15", *THREE), again)
    return {**SYSTEM, path: text, **done}


def undone() -> dict[str, str]:
    """The same when everybody is retrained and an action is open."""
    path = "quality-events/CAPA-2026-003.yaml"
    files = checked()
    return {**files, path: files[path].replace(", done: 2026-11-09}", "}")}


@pytest.mark.parametrize(
    ("files", "ends", "following"),
    [
        pytest.param(checked(), "2026-11-20", "2026-11-20", id="no-check"),
        pytest.param(checked("2026-11-19 effective"), "2026-11-20", "2026-11-20", id="a-check-too-early"),
        pytest.param(checked("2026-11-20 inconclusive"), "2026-11-20", "2026-11-20", id="no-conclusion"),
        pytest.param(checked("2026-11-23 effective"), "2026-11-20", "2026-11-20", id="a-check-to-come"),
        pytest.param(undone(), "None", "None", id="an-action-is-open"),
        pytest.param(checked("2026-11-20 effective"), "2026-11-20", "None", id="effective"),
        pytest.param(checked("2026-11-20 not-effective"), "2026-11-20", "None", id="not-effective"),
        pytest.param(
            checked("2026-11-20 effective", more="closed: 2026-11-21\nclosed-by: p-0003\n"),
            "2026-11-20",
            "None",
            id="closed",
        ),
    ],
)
def test_when_a_check_is_due(files: Files, ends: str, following: str):
    """On the day on which the period has run, until one from then on decides."""
    found = of_event("CAPA-2026-003", files)
    assert found.plan

    assert (str(found.plan.period_ends), str(found.plan.next_check)) == (ends, following)


def test_the_period_runs_from_the_training_and_ends_when_all_is_done():
    """As long as an action is open nobody is asked for a check."""
    running, ended = of_event("CAPA-2026-003", undone()).plan, of_event("CAPA-2026-003", checked()).plan

    assert running
    assert ended
    assert str(running.period_begins) == str(ended.period_begins) == "2026-11-10"


def test_without_a_plan_there_is_none():
    """Nor of an event that is no CAPA."""
    path = "quality-events/CAPA-2026-003.yaml"
    without = {**SYSTEM, path: SYSTEM[path].partition("effectiveness:")[0]}

    assert of_event("CAPA-2026-003", without).plan is None
    assert of_event("DEV-2026-017").plan is None


def test_who_came_after_the_closure_lacks_nothing():
    """The holders of the role on the day of the closure were trained; one came the day after."""
    path = "quality-events/CAPA-2026-003.yaml"
    text = SYSTEM[path].replace("people: [p-0031]", "roles: [fill-finish-lead]").replace("opened: 2026-11-03, ", "")
    files = {**SYSTEM, path: text + "closed: 2026-11-01\nclosed-by: p-0003\n"}
    files |= assignment("CAPA-2026-003/1", "", "capa", "2026-09-15", item("SOP-014@2", "2026-11-30", "p-0011"))
    files |= history("p-0011", "SOP-014", practised("SOP-014@2", "2026-10-01", assignments=["CAPA-2026-003/1"]))
    files |= employee("p-0012", "Lars Vik", "2024-01-15", "fill-finish-lead 2026-11-02")

    still = {**files, path: text}

    closed, open_ = (of_event("CAPA-2026-003", found).actions[0] for found in (files, still))

    assert (str(closed.done), closed.lacks) == ("2026-10-01", ())
    assert [str(lack) for lack in open_.lacks] == ["SOP-014@2 was not assigned to p-0012"]


def test_links_of_an_event_that_is_not_there():
    """A dangling source is shown as such; `unknown-reference` says the rest."""
    path = "quality-events/CAPA-2026-003.yaml"
    files = {**SYSTEM, path: SYSTEM[path].replace("[DEV-2026-017]", "[DEV-2026-404]")}

    assert of_event("CAPA-2026-003", files).linked[:2] == (
        ("DEV-2026-404", Linked.SOURCE, None),
        ("AUD-2026-002", Linked.FOLLOW_UP, "withdrawn"),
    )
    assert ("DEV-2026-017", Linked.SOURCE, "closed") in of_event("CAPA-2026-003", files).linked


def test_the_dates_of_an_event():
    """By their keys; the due date as extended."""
    path = "quality-events/CAPA-2026-003.yaml"
    more = "extensions: [{to: 2027-06-30, on: 2026-11-20, by: p-0003, reason: R}]\n"

    assert {
        key: str(day)
        for key, day in dates_of(of_event("CAPA-2026-003", {**SYSTEM, path: SYSTEM[path] + more}).event).items()
    } == {
        "opened": "2026-09-14",
        "due": "2027-06-30",
    }
    assert list(dates_of(of_event("DEV-2026-017").event)) == ["occurred", "reported", "closed"]
    assert list(dates_of(of_event("AUD-2026-002").event)) == ["opened", "withdrawn"]
    assert str(dates_of(of_event("CAPA-2026-003").event)["due"]) == "2027-03-31"


# --- all that is open -----------------------------------------------------------------------------------------------


def of_all(files: Files = SYSTEM, day: date = TODAY) -> Overview:
    """All that is open on a day."""
    found = status_of("", files, day)
    assert isinstance(found, Overview)
    return found


def test_nothing_is_open():
    """Before the first event, and after the last."""
    assert of_all(day=date(2026, 9, 11)).events == ()
    assert of_all({path: text for path, text in SYSTEM.items() if "CAPA-2026-003.yaml" not in path}).events == ()


def test_what_is_open_is_shown_by_kind_and_id():
    """As of that day, with the days since it was opened and what is next."""
    first, second = (of_all(day=day).events for day in (date(2026, 9, 20), date(2026, 11, 14)))

    assert [one.event.id for one, _ in first] == ["CAPA-2026-003", "DEV-2026-017"]
    assert [one.event.id for one, _ in second] == ["AUD-2026-002", "CAPA-2026-003"]
    assert [str(one.since) for one, _ in second] == ["2026-11-10", "2026-09-14"]


CAPA = "quality-events/CAPA-2026-003.yaml"
AGAIN = "reopened: [{on: 2026-11-21, by: p-0003, summary: S, closed: 2026-11-20, closed-by: p-0003}]\n"
MOVED = "extensions: [{to: 2027-06-30, on: 2026-11-22, by: p-0003, reason: R}]\n"
REVIEW = "id: MR-2026-001\ntitle: T\nheld: 2026-11-10\nperiod: {from: 2026-01-01, to: 2026-10-31}\n"
VALIDATION = "id: VAL-2026-001\ntitle: T\nactivities: [aseptic-filling]\nprotocol: P\n"


@pytest.mark.parametrize(
    ("files", "name", "since", "deadline", "late", "following"),
    [
        pytest.param(
            SYSTEM,
            "CAPA-2026-003",
            "2026-09-14",
            "2027-03-31",
            False,
            "action 1: Retrain who was there",
            id="its-own-due",
        ),
        pytest.param(
            {**SYSTEM, CAPA: SYSTEM[CAPA] + MOVED},
            "CAPA-2026-003",
            "2026-09-14",
            "2027-06-30",
            False,
            "action 1: Retrain who was there",
            id="extended",
        ),
        pytest.param(
            {**SYSTEM, CAPA: SYSTEM[CAPA].replace("2027-03-31", "2026-11-21")},
            "CAPA-2026-003",
            "2026-09-14",
            "2026-11-21",
            True,
            "action 1: Retrain who was there",
            id="overdue",
        ),
        pytest.param(
            {**SYSTEM, CAPA: SYSTEM[CAPA].replace("2027-03-31", "2026-11-22")},
            "CAPA-2026-003",
            "2026-09-14",
            "2026-11-22",
            False,
            "action 1: Retrain who was there",
            id="due-today",
        ),
        pytest.param(
            {**SYSTEM, CAPA: SYSTEM[CAPA].replace("due: 2027-03-31\n", "")},
            "CAPA-2026-003",
            "2026-09-14",
            "2026-11-21",
            True,
            "action 1: Retrain who was there",
            id="its-earliest-open-action",
        ),
        pytest.param(
            {**SYSTEM, CAPA: SYSTEM[CAPA].replace("title: Retrain who was there, ", "")},
            "CAPA-2026-003",
            "2026-09-14",
            "2027-03-31",
            False,
            "training action 1",
            id="an-action-without-a-title",
        ),
        pytest.param(
            checked(),
            "CAPA-2026-003",
            "2026-09-14",
            "2027-03-31",
            False,
            "effectiveness check from 2026-11-20",
            id="a-check",
        ),
        pytest.param(
            checked("2026-11-20 not-effective"),
            "CAPA-2026-003",
            "2026-09-14",
            "2027-03-31",
            False,
            "in the way: capa-closed-though-ineffective",
            id="not-effective",
        ),
        pytest.param(
            checked("2026-11-20 effective", more=AGAIN),
            "CAPA-2026-003",
            "2026-11-21",
            "2027-03-31",
            False,
            "effectiveness check from 2026-11-30",
            id="reopened",
        ),
        pytest.param(
            {**SYSTEM, "quality-events/MR-2026-001.yaml": REVIEW},
            "MR-2026-001",
            "2026-11-10",
            "None",
            False,
            "nothing in the way",
            id="nothing-in-the-way",
        ),
        pytest.param(
            {**SYSTEM, "quality-events/VAL-2026-001.yaml": VALIDATION},
            "VAL-2026-001",
            "None",
            "None",
            False,
            None,
            id="never-opened",
        ),
    ],
)
def test_an_open_event_in_the_overview(
    files: Files, name: str, since: str, deadline: str, late: bool, following: str | None
):
    """Since when, by when, and what is next."""
    ((one, said),) = [found for found in of_all(files).events if found[0].event.id == name]

    assert (str(one.since), str(one.deadline), one.late) == (since, deadline, late)
    assert following in (None, said)


def test_an_extension_counts_from_its_day():
    """On the day before it was decided the old date stands."""
    ((one, _),) = of_all({**SYSTEM, CAPA: SYSTEM[CAPA] + MOVED}, date(2026, 11, 21)).events

    assert str(one.deadline) == "2027-03-31"


def test_actions_past_their_deadline():
    """From the day after it; nothing of an event that has ended."""
    late = {day: [one.action.id for one in of_all(day=date(2026, *day)).late_actions] for day in ((11, 21), (11, 22))}
    closed = {**SYSTEM, CAPA: SYSTEM[CAPA] + "closed: 2026-11-22\nclosed-by: p-0003\n"}

    assert late == {(11, 21): [], (11, 22): [3]}
    assert of_all(closed).late_actions == []


# --- one computation ------------------------------------------------------------------------------------------------


@given(programmes(), st.sampled_from(DAYS))
def test_people_and_roles_agree_with_the_verdicts(system: System, day: date):
    """What status says of a person is what `qualified` and `authorised` say, and what it says of a role's holder."""
    snapshot = snapshot_of(texts(system), day)
    when = snapshot.end_of(day)
    steps = {}
    for person in snapshot.people:
        for held in status_of_person(snapshot, person, when).roles:
            steps[person.id, held.name] = held.steps
            for one in held.steps:
                assert one.standing.verdict == qualified(snapshot, person.id, one.step.document, when, one.step.entry)
            for done in held.work:
                assert done.verdict == authorised(snapshot, person, done.activity, when)
                assert (done.how is Independence.INDEPENDENT) is done.verdict.yes
    for role in snapshot.roles:
        found = status_of_role(snapshot, role, when)
        for holder in found.holders:
            assert holder.steps == steps[holder.person.id, role.id]
            assert [one.step for one in holder.steps] == list(found.steps)


@given(programmes(), st.sampled_from(DAYS))
def test_documents_agree_with_the_verdicts(system: System, day: date):
    """Shown are those who owe a revision, each with the answer of `qualified`."""
    snapshot = snapshot_of(texts(system), day)
    when = snapshot.end_of(day)
    for found in snapshot.documents:
        shown = status_of_document(snapshot, found, when)
        states = {one.entry.revision: one.state for one in shown.revisions}
        current = in_force(found, day)
        assert [label for label in states if states[label] == "in-force"] == ([current.revision] if current else [])
        assert [one for one, _ in shown.training] == owed_revisions(found, day)
        assert {states[one.revision] for one, _ in shown.training} <= {"in-force", "approved"}
        for revision, people in shown.training:
            assert {one.person.id for one in people} == {
                person.id
                for role in roles_for(snapshot, found)
                for person in snapshot.holders.get(role.id, ())
                if reach(days_owed(person, role.id, found, revision), day)
            }
            for one in people:
                assert one.standing.verdict == qualified(snapshot, one.person.id, found, when, revision)


@given(programmes(), st.sampled_from(DAYS), st.integers(-1, 1))
def test_events_agree_with_the_law(system: System, day: date, later: int):
    """The state is the circuit's, and what stands in the way is what the rules say on the day that is asked about."""
    library = library_of(texts(system))
    snapshot, then = Snapshot(library, day), Snapshot(library, day + timedelta(days=later))
    when = snapshot.end_of(then.as_of)
    for event in snapshot.events:
        found = status_of_event(library, snapshot, event, when)
        begun = event.begun is None or event.begun <= when.day
        assert found.state == (state(snapshot, event, when) if begun else "not-begun")
        assert found.in_the_way == (tuple(in_the_way(library, then, event)) if is_open(event, when.day) else None)


@given(programmes(), st.sampled_from(DAYS), st.integers(-1, 1))
def test_the_overview_agrees_with_the_events(system: System, day: date, later: int):
    """It shows what is open, in its state, with the actions that are not done; nobody owns what it does not show."""
    library = library_of(texts(system))
    snapshot = Snapshot(library, day)
    when = snapshot.end_of(day + timedelta(days=later))
    found = overview(library, snapshot, when)
    shown = {one.event.id: one for one, _ in found.events}

    assert list(shown) == sorted(event.id for event in snapshot.events if is_open(event, when.day))
    for one, following in found.events:
        whole = status_of_event(library, snapshot, one.event, when)
        assert one.state == whole.state
        assert one.state in set(State)
        assert {action.action.id for action in one.actions} <= {
            action.id for action in one.event.actions if done_on(snapshot, one.event, action, when) is None
        }
        assert (following == "nothing in the way") <= (whole.in_the_way == ())
    for person in snapshot.people:
        owned = status_of_person(snapshot, person, when).events
        assert [one.event.id for one in owned] == [name for name in shown if shown[name].event.owner == person.id]
