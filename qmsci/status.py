"""How far a person, a role, a document or a quality event is at a moment, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from qmsci.authorisation import roles_on
from qmsci.check import in_the_way
from qmsci.circuit import Lack, State, deciding_check, done_on, is_open, lacks, period_ends, state
from qmsci.completion import history_is_unreadable
from qmsci.finding import Finding
from qmsci.library import Library
from qmsci.matrix import reasons, roles_for
from qmsci.obligations import at_work, days_owed
from qmsci.programme import (
    OpenItem,
    Progress,
    Standing,
    Step,
    Work,
    curriculum,
    open_items,
    progress,
    standing,
    work,
)
from qmsci.qualification import qualified, suspending
from qmsci.records.action import Action, Effectiveness
from qmsci.records.base import key_of
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.event import Capa, Event
from qmsci.records.person import Person
from qmsci.records.role import Role
from qmsci.snapshot import Snapshot, When
from qmsci.timeline import (
    Days,
    Span,
    days_held,
    days_of,
    first_day,
    in_force,
    include,
    is_employed,
    is_on_leave,
    owed_revisions,
    reach,
)

# --- a person -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RoleHeld:
    """
    A role that somebody holds, held or will hold, and on which days.

    With how far they are with its programme and how they may do its work; both are empty once the role has ended.
    """

    name: str
    title: str | None
    days: Days
    held: bool
    steps: tuple[Progress, ...]
    work: tuple[Work, ...]


@dataclass(frozen=True, slots=True)
class PersonStatus:
    """
    How far somebody is with the programme of each of their roles.

    `assignments` are open beside those that the programmes show, `retraining` keeps from work until it is completed.
    """

    person: Person
    when: When
    employed: bool
    leave: Span | None
    roles: tuple[RoleHeld, ...]
    assignments: tuple[OpenItem, ...]
    retraining: tuple[tuple[Event, Action], ...]


def status_of_person(snapshot: Snapshot, person: Person, when: When, matrix: Snapshot | None = None) -> PersonStatus:
    """How far a person is; `matrix` has the roles, activities and documents of that time where they differ."""
    open_ = open_items(snapshot, person, when)
    names = sorted(
        {holding.role for holding in person.roles},
        key=lambda name: (name not in roles_on(person, when.day), not reach(days_held(person, name), when.day), name),
    )
    roles = tuple(_held(snapshot, person, name, open_, when, matrix or snapshot) for name in names)
    shown = {id(item) for role in roles for step in role.steps for item in step.standing.asked}
    return PersonStatus(
        person=person,
        when=when,
        employed=is_employed(person, when.day),
        leave=next((span for span in days_of(person.leave) if include([span], when.day)), None),
        roles=roles,
        assignments=tuple(item for item in open_ if id(item) not in shown),
        retraining=tuple(suspending(snapshot, person.id, when)),
    )


def _held(
    snapshot: Snapshot, person: Person, name: str, open_: list[OpenItem], when: When, matrix: Snapshot
) -> RoleHeld:
    days = days_of(holding for holding in person.roles if holding.role == name)
    role = matrix.roles.get(name) or snapshot.roles.get(name)
    steps: list[Progress] = []
    done: list[Work] = []
    if role and reach(days_held(person, name), when.day):
        steps = progress(snapshot, person, role, when, open_, matrix)
        done = work(snapshot, person, role, when, steps, matrix)
    held = name in roles_on(person, when.day)
    return RoleHeld(name, role.title if role else None, sorted(days), held, tuple(steps), tuple(done))


# --- a role ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds a role, or will, from which day, and how far they are with its programme."""

    person: Person
    since: date
    on_leave: bool
    steps: tuple[Progress, ...]


@dataclass(frozen=True, slots=True)
class RoleStatus:
    """A role's curriculum in order, and how far its holders are."""

    role: Role
    when: When
    steps: tuple[Step, ...]
    holders: tuple[Holder, ...]


def status_of_role(snapshot: Snapshot, role: Role, when: When, matrix: Snapshot | None = None) -> RoleStatus:
    """How far a role's holders are; `matrix` has the documents of that time where they differ."""
    holders = [
        Holder(
            person,
            _since(days_held(person, role.id), when.day),
            is_on_leave(person, when.day),
            tuple(progress(snapshot, person, role, when, matrix=matrix)),
        )
        for person in snapshot.holders.get(role.id, ())
        if reach(days_held(person, role.id), when.day)
    ]
    return RoleStatus(role, when, tuple(curriculum(matrix or snapshot, role, when.day)), tuple(holders))


def _since(days: Days, day: date) -> date:
    """The first day of the interval in which a day lies, or of the next one."""
    first = first_day(days, day)
    return next(span.first for span in sorted(days) if first and include([span], first))


# --- a document -----------------------------------------------------------------------------------------------------


class RevisionState(StrEnum):
    """Where a revision stands on a day. Derived from dates, never written."""

    APPROVED = "approved"
    IN_FORCE = "in-force"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    RETIRED = "retired"


def revision_state(document: Document, entry: RevisionEntry, day: date) -> RevisionState:
    """Where a revision on main stands on a day; approved means coming. One overtaken before its day is superseded."""
    if entry.withdrawn and entry.withdrawn <= day:
        return RevisionState.WITHDRAWN
    if in_force(document, day) is entry:
        return RevisionState.IN_FORCE
    newer = document.revisions[: document.revisions.index(entry)]
    if any(not one.withdrawn and one.effective <= max(day, entry.effective) for one in newer):
        return RevisionState.SUPERSEDED
    return RevisionState.RETIRED if document.retired and document.retired <= day else RevisionState.APPROVED


@dataclass(frozen=True, slots=True)
class RevisionStatus:
    """
    A revision on a day: its state, and how many of those at work on its effective date were qualified on it by then.

    `affected` is how many those are; before the effective date it is counted as far as is known.
    """

    entry: RevisionEntry
    state: RevisionState
    qualified: int
    affected: int


@dataclass(frozen=True, slots=True)
class Trainee:
    """Somebody who must be trained on a revision, for which roles, from which day; and how far they are."""

    person: Person
    roles: tuple[str, ...]
    since: date
    on_leave: bool
    standing: Standing


@dataclass(frozen=True, slots=True)
class DocumentStatus:
    """
    A document's revisions, whom it reaches and why, and who must be trained on what is in force or coming.

    With a revision that was asked for, no other is shown.
    """

    document: Document
    asked: RevisionEntry | None
    when: When
    revisions: tuple[RevisionStatus, ...]
    roles: tuple[tuple[Role, tuple[str, ...]], ...]
    training: tuple[tuple[RevisionEntry, tuple[Trainee, ...]], ...]


def status_of_document(
    snapshot: Snapshot, document: Document, when: When, asked: RevisionEntry | None = None
) -> DocumentStatus:
    """How far training on a document is, or on the one revision that is asked for."""
    entries = [asked] if asked else document.revisions
    owed = [entry for entry in owed_revisions(document, when.day) if entry in entries]
    return DocumentStatus(
        document=document,
        asked=asked,
        when=when,
        revisions=tuple(revision_status(snapshot, document, entry, when) for entry in entries),
        roles=tuple((role, tuple(reasons(role, document))) for role in roles_for(snapshot, document)),
        training=tuple((entry, tuple(_trainees(snapshot, document, entry, when))) for entry in owed),
    )


def revision_status(snapshot: Snapshot, document: Document, entry: RevisionEntry, when: When) -> RevisionStatus:
    """A revision with how many were qualified in time; whose history cannot be read counts only where they were."""
    by = min(when, snapshot.end_of(entry.effective))
    verdicts = [
        verdict.yes
        for person, _ in at_work(snapshot, document, entry.effective)
        if (verdict := qualified(snapshot, person.id, document, by, entry))
        or not history_is_unreadable(snapshot, person.id, document.id)
    ]
    return RevisionStatus(entry, revision_state(document, entry, when.day), sum(verdicts), len(verdicts))


def _trainees(snapshot: Snapshot, document: Document, entry: RevisionEntry, when: When) -> Iterator[Trainee]:
    found: dict[str, tuple[Person, list[str]]] = {}
    for role in roles_for(snapshot, document):
        for person in snapshot.holders.get(role.id, ()):
            if reach(days_owed(person, role.id, document, entry), when.day):
                found.setdefault(person.id, (person, []))[1].append(role.id)
    for name in sorted(found):
        person, roles = found[name]
        since = min(_since(days_held(person, role), when.day) for role in roles)
        open_ = open_items(snapshot, person, when, [document])
        yield Trainee(
            person,
            tuple(roles),
            since,
            is_on_leave(person, when.day),
            standing(snapshot, person.id, document, entry, open_, when),
        )


# --- a quality event ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ActionStatus:
    """An action of an event: the day on which it was done, or what a training action lacks; whether it is overdue."""

    action: Action
    done: date | None
    lacks: tuple[Lack, ...]
    late: bool


@dataclass(frozen=True, slots=True)
class PlanStatus:
    """An effectiveness plan: when its period has run, and the day on which a check is still to be made."""

    plan: Effectiveness
    period_ends: date | None
    next_check: date | None


class Linked(StrEnum):
    """How another event belongs to one: it led to it, it is the CAPA that answers it, or it follows from it."""

    SOURCE = "source"
    CAPA = "capa"
    FOLLOW_UP = "follow-up"


@dataclass(frozen=True, slots=True)
class EventStatus:
    """
    Where an event stands, what of its actions is done, and what stands in the way of closing it.

    `in_the_way` is None on a day on which the event is not open: before its beginning, and once it has ended.
    """

    event: Event
    when: When
    state: State
    actions: tuple[ActionStatus, ...]
    plan: PlanStatus | None
    in_the_way: tuple[Finding, ...] | None
    linked: tuple[tuple[str, Linked, State | None], ...]


def status_of_event(library: Library, snapshot: Snapshot, event: Event, when: When) -> EventStatus:
    """
    How far an event is; what stands in the way is what the law would say if it were closed on that day.

    Once it has ended, its actions are shown as they were then: nothing is asked of who came later.
    """
    then = snapshot if snapshot.as_of == when.day else Snapshot(library, when.day)
    last = snapshot.end_of(event.ended) if event.ended and event.ended <= when.day else when
    return EventStatus(
        event=event,
        when=when,
        state=state(snapshot, event, when),
        actions=tuple(_action(snapshot, event, action, last) for action in event.actions),
        plan=_plan(snapshot, event, last) if isinstance(event, Capa) else None,
        in_the_way=tuple(in_the_way(library, then, event)) if is_open(event, when.day) else None,
        linked=tuple(_linked(snapshot, event, when)),
    )


def _action(snapshot: Snapshot, event: Event, action: Action, when: When) -> ActionStatus:
    done = done_on(snapshot, event, action, when)
    missing = lacks(snapshot, event, action, when) if action.kind == "training" else ()
    late = done is None and action.deadline < when.day and is_open(event, when.day)
    return ActionStatus(action, done, tuple(missing), late)


def _plan(snapshot: Snapshot, capa: Capa, when: When) -> PlanStatus | None:
    if capa.effectiveness is None:
        return None
    ends, latest = period_ends(snapshot, capa, when), deciding_check(capa, when.day)
    decided = latest and ends and latest[1].on >= ends and latest[1].outcome != "inconclusive"
    return PlanStatus(capa.effectiveness, ends, None if decided or not is_open(capa, when.day) else ends)


def _linked(snapshot: Snapshot, event: Event, when: When) -> Iterator[tuple[str, Linked, State | None]]:
    names: dict[str, Linked] = dict.fromkeys(event.sources, Linked.SOURCE)
    if answer := getattr(event, "capa", None):
        names.setdefault(answer, Linked.CAPA)
    for other in snapshot.events:
        if getattr(other, "capa", None) == event.id:
            names.setdefault(other.id, Linked.SOURCE)
        elif event.id in other.sources:
            names.setdefault(other.id, Linked.FOLLOW_UP)
    for name, how in names.items():
        found = snapshot.events.get(name)
        yield name, how, state(snapshot, found, when) if found else None


#: The dated facts of an event that are shown, by the names of their fields, in the order in which they happen.
_DATED = (
    *("occurred", "discovered", "received", "from_", "to", "reported", "opened", "held", "accepted"),
    *("pq_completed", "verified", "released", "closed"),
)


def dates_of(event: Event) -> dict[str, date | datetime]:
    """The dated facts of an event, by their keys; `due` is the day by which it is to be closed, as extended."""
    found = {key_of(name): value for name in _DATED if (value := getattr(event, name, None))}
    if event.due:
        found["due"] = event.extensions[-1].to if event.extensions else event.due
    if event.ending:
        found[event.ending_key] = event.ending.on
    return found


Status = PersonStatus | RoleStatus | DocumentStatus | EventStatus
