"""How far a person, a role, a document or a quality event is at a moment, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from qmsci.authorisation import roles_on
from qmsci.bereft import Bereft, bereft_revision
from qmsci.check import in_the_way, objections
from qmsci.circuit import (
    Lack,
    State,
    asked_until,
    days_open,
    deciding_check,
    done_on,
    implemented,
    is_open,
    lacks,
    period_begins,
    period_ends,
    state,
)
from qmsci.completion import history_is_unreadable
from qmsci.finding import Finding
from qmsci.library import Library
from qmsci.matrix import reasons, roles_for
from qmsci.obligations import at_work
from qmsci.past import then
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
from qmsci.qualification import is_qualified, suspending
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
    days_in_force,
    days_of,
    first_day,
    in_both,
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
    `events` and `actions` are open and theirs to bring to an end.
    """

    person: Person
    when: When
    employed: bool
    leave: Span | None
    roles: tuple[RoleHeld, ...]
    assignments: tuple[OpenItem, ...]
    retraining: tuple[tuple[Event, Action], ...]
    events: tuple[OpenEvent, ...]
    actions: tuple[OpenAction, ...]


def status_of_person(snapshot: Snapshot, person: Person, when: When, matrix: Snapshot | None = None) -> PersonStatus:
    """How far a person is; `matrix` has the roles, activities and documents of that time where they differ."""
    open_ = open_items(snapshot, person, when)
    names = sorted(
        {holding.role for holding in person.roles},
        key=lambda name: (name not in roles_on(person, when.day), not reach(days_held(person, name), when.day), name),
    )
    roles = tuple(_held(snapshot, person, name, open_, when, matrix or snapshot) for name in names)
    shown = {id(item) for role in roles for step in role.steps for item in step.standing.asked}
    events = open_events(snapshot, when)
    return PersonStatus(
        person=person,
        when=when,
        employed=is_employed(person, when.day),
        leave=next((span for span in days_of(person.leave) if include([span], when.day)), None),
        roles=roles,
        assignments=tuple(item for item in open_ if id(item) not in shown),
        retraining=tuple(suspending(snapshot, person.id, when)),
        events=tuple(one for one in events if one.event.owner == person.id),
        actions=tuple(action for one in events for action in one.actions if action.action.owner == person.id),
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

    `affected` is how many those are; before the effective date it is counted as far as is known. `bereft` says that
    it rests on no approval that counts.
    """

    entry: RevisionEntry
    state: RevisionState
    qualified: int
    affected: int
    bereft: Bereft | None = None


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
        yes
        for person, _ in at_work(snapshot, document, entry.effective)
        if (yes := is_qualified(snapshot, person.id, document, entry, by))
        or not history_is_unreadable(snapshot, person.id, document.id)
    ]
    lost = bereft_revision(snapshot, document, entry, when.instant)
    return RevisionStatus(entry, revision_state(document, entry, when.day), sum(verdicts), len(verdicts), lost)


def _trainees(snapshot: Snapshot, document: Document, entry: RevisionEntry, when: When) -> Iterator[Trainee]:
    found: dict[str, tuple[Person, list[str]]] = {}
    days = days_in_force(document, entry)
    for role in roles_for(snapshot, document):
        for person, held in snapshot.once(_held_by_all, role.id):
            if reach(in_both(held, days), when.day):
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


def _held_by_all(snapshot: Snapshot, role: str) -> Sequence[tuple[Person, Days]]:
    """Everybody who ever holds a role, with the days on which they do."""
    return [(person, days_held(person, role)) for person in snapshot.holders.get(role, ())]


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
    """
    An effectiveness plan: since when its period runs, and when it has run; the day from which a check is to be made.

    As long as an action is not done, nobody knows when the period ends.
    """

    plan: Effectiveness
    period_begins: date | None
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
    `objections` are what the law says against how it has ended. The state is `not-begun` before the beginning, of an
    event that is linked and is not there it is None.
    """

    event: Event
    when: When
    state: str
    actions: tuple[ActionStatus, ...]
    plan: PlanStatus | None
    in_the_way: tuple[Finding, ...] | None
    objections: tuple[Finding, ...]
    linked: tuple[tuple[str, Linked, str | None], ...]


def status_of_event(library: Library, snapshot: Snapshot, event: Event, when: When) -> EventStatus:
    """
    How far an event is; what stands in the way is what the law would say if it were closed on that day.

    Once it has ended, its actions are shown as they were then: nothing is asked of who came later.
    """
    ended = event.ended and event.ended <= when.day
    last = asked_until(snapshot, event, when)
    way = in_the_way(library, _that_day(library, snapshot, when), event) if is_open(event, when.day) else None
    return EventStatus(
        event=event,
        when=when,
        state=stands(snapshot, event, when),
        actions=tuple(_action(snapshot, event, action, last) for action in event.actions),
        plan=_plan(snapshot, event, last) if isinstance(event, Capa) else None,
        in_the_way=None if way is None else tuple(way),
        objections=tuple(objections(library, _not_before(library, snapshot, when), event)) if ended else (),
        linked=tuple(_linked(snapshot, event, when)),
    )


#: What is said in the place of a state before an event has begun.
NOT_BEGUN = "not-begun"


def stands(snapshot: Snapshot, event: Event, when: When) -> str:
    """The state of an event at a moment; `not-begun` before its beginning."""
    return NOT_BEGUN if event.begun and when.day < event.begun else state(snapshot, event, when).value


def _that_day(library: Library, snapshot: Snapshot, when: When) -> Snapshot:
    """The records as of the day that is asked about."""
    return snapshot if snapshot.as_of == when.day else Snapshot(library, when.day, hindsight=snapshot.hindsight)


def _not_before(library: Library, snapshot: Snapshot, when: When) -> Snapshot:
    """The records as of now or, where the question is about a later day, as of that one: nothing by then lies ahead."""
    return _that_day(library, snapshot, when) if when.day > snapshot.as_of else snapshot


def _action(snapshot: Snapshot, event: Event, action: Action, when: When) -> ActionStatus:
    done = done_on(snapshot, event, action, when)
    missing = lacks(snapshot, event, action, when) if action.kind == "training" else ()
    late = done is None and action.deadline < when.day and is_open(event, when.day)
    return ActionStatus(action, done, tuple(missing), late)


def _plan(snapshot: Snapshot, capa: Capa, when: When) -> PlanStatus | None:
    if capa.effectiveness is None:
        return None
    ends = period_ends(snapshot, capa, when) if implemented(snapshot, capa, when) else None
    latest = deciding_check(capa, when.day)
    decided = latest and ends and latest[1].on >= ends and latest[1].outcome != "inconclusive"
    following = None if decided or not is_open(capa, when.day) else ends
    return PlanStatus(capa.effectiveness, period_begins(snapshot, capa, when), ends, following)


def _linked(snapshot: Snapshot, event: Event, when: When) -> Iterator[tuple[str, Linked, str | None]]:
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
        yield name, how, stands(snapshot, found, when) if found else None


#: The dated facts of an event that are shown, by the names of their fields, in the order in which they happen.
_DATED = (
    *("occurred", "discovered", "received", "from_", "to", "reported", "opened", "held", "accepted"),
    *("pq_completed", "verified", "released", "closed"),
)


def dates_of(event: Event) -> dict[str, date | datetime]:
    """The dated facts of an event, by their keys; `due` is the day by which it is to be closed, as extended."""
    found = {key_of(name): value for name in _DATED if (value := getattr(event, name, None))}
    if due := _due(event):
        found["due"] = due
    if event.ending:
        found[event.ending_key] = event.ending.on
    return found


def _due(event: Event) -> date | None:
    return event.extensions[-1].to if event.due and event.extensions else event.due


# --- all that is open -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenAction:
    """An action of an open event that is not done; whether its deadline has passed."""

    event: Event
    action: Action
    late: bool


@dataclass(frozen=True, slots=True)
class OpenEvent:
    """
    An event that is open, since it was opened or reopened last (None where nobody says); with its open actions.

    Its deadline is its own; where it has none, the earliest of its open actions.
    """

    event: Event
    state: State
    since: date | None
    deadline: date | None
    late: bool
    actions: tuple[OpenAction, ...]


def open_events(snapshot: Snapshot, when: When) -> list[OpenEvent]:
    """The events that are open at a moment, by kind and id; actions and deadlines are those of that day."""
    return list(snapshot.once(_open_events, when, snapshot.as_of))


def _open_events(snapshot: Snapshot, when: When, _as_of: date) -> tuple[OpenEvent, ...]:
    """The events that are open at a moment; which lacks of their actions count rests on the snapshot's day as well."""
    found = (_opened(snapshot, event, when) for event in snapshot.events if is_open(event, when.day))
    return tuple(sorted(found, key=lambda one: (one.event.id.split("-", 1)[0], one.event.id)))


def _opened(snapshot: Snapshot, event: Event, when: When) -> OpenEvent:
    past, since = then(event, when.day), _since(days_open(event), when.day)
    actions = tuple(
        OpenAction(event, action, action.deadline < when.day)
        for action in past.actions
        if done_on(snapshot, past, action, when) is None
    )
    deadline = _due(past) or min((one.action.deadline for one in actions), default=None)
    return OpenEvent(
        event=event,
        state=state(snapshot, event, when),
        since=None if since == date.min else since,
        deadline=deadline,
        late=deadline is not None and deadline < when.day,
        actions=actions,
    )


@dataclass(frozen=True, slots=True)
class Overview:
    """All events that are open at a moment, each with what is next, in words."""

    when: When
    events: tuple[tuple[OpenEvent, str], ...]

    @property
    def late_actions(self) -> list[OpenAction]:
        """The open actions whose deadline has passed."""
        return [action for one, _ in self.events for action in one.actions if action.late]


def overview(library: Library, snapshot: Snapshot, when: When) -> Overview:
    """All events that are open at a moment, each with what is next."""
    that_day = _that_day(library, snapshot, when)
    return Overview(when, tuple((one, _next(library, that_day, one, when)) for one in open_events(snapshot, when)))


def _next(library: Library, snapshot: Snapshot, one: OpenEvent, when: When) -> str:
    """The first action that is not done, the effectiveness check, or the rules that stand in the way of closing it."""
    if one.actions:
        action = one.actions[0].action
        said = action.title or action.summary
        return f"action {action.id}: {said}" if said else f"{action.kind} action {action.id}"
    plan = _plan(snapshot, one.event, when) if isinstance(one.event, Capa) else None
    if plan and plan.next_check:
        return f"effectiveness check from {plan.next_check}"
    rules = dict.fromkeys(finding.rule for finding in in_the_way(library, snapshot, one.event))
    return f"in the way: {', '.join(rules)}" if rules else "nothing in the way"


Status = PersonStatus | RoleStatus | DocumentStatus | EventStatus | Overview
