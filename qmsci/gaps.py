"""
Training gaps: the days on which somebody held a role without being qualified on what it requires.

What a role requires, and since when a revision is in force, is read from the tree as it is now; of the past, only days
decide. A document that a role gained last year is missed before that too, in training as long as what was assigned for
it was not due.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import NamedTuple

from qmsci.authorisation import Judged
from qmsci.completion import history_is_unreadable
from qmsci.matrix import documents_for
from qmsci.qualification import action_items, is_qualified, is_trained, qualified, suspended
from qmsci.records import layout
from qmsci.records.action import Action
from qmsci.records.base import RevisionId
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.event import Deviation, Event, TrainingGap
from qmsci.records.person import Person
from qmsci.records.training import Assignment, AssignmentItem, Completion
from qmsci.snapshot import Snapshot, When
from qmsci.timeline import ONE_DAY, Days, Span, days_held, days_of, in_force, include, is_on_leave, owed_revisions


@dataclass(frozen=True, slots=True)
class Gap:
    """
    Days on which somebody was at work in a role, and not qualified on a document that it requires; both included.

    `last` is None where it goes on. Revision and reason are those of the first day. It is no finding as long as the
    initial programme gives time (`in_training_until`, the last day of it), and none of its own while a quality event
    keeps the person from the work until they are trained again (`suspended_by`).
    """

    person: Person
    document: Document
    roles: tuple[str, ...]
    revision: RevisionId
    first: date
    last: date | None
    reason: str
    in_training_until: date | None = None
    suspended_by: str | None = None

    @property
    def in_training(self) -> bool:
        """Whether these days lie within the time that the initial programme gives."""
        return self.in_training_until is not None

    @property
    def withholds(self) -> bool:
        """Whether it keeps from being authorised; what only makes aware is owed, and does not."""
        return self.document.purpose == "qualification"

    @property
    def is_finding(self) -> bool:
        """Whether it is to be raised as a quality event."""
        return not self.in_training and self.suspended_by is None


def gaps(snapshot: Snapshot, since: date = date.min) -> list[Gap]:
    """
    All gaps up to the snapshot's day, by person, document and first day; ended ones too.

    With `since`, those alone that have days from then on. Days before the quality system was founded are not asked
    about. Where a history, or what was assigned, cannot be read, nobody says that training lacks.
    """
    given = time_given(snapshot)
    return [gap for person in snapshot.people for gap in gaps_of(snapshot, person, given, since)]


@dataclass(frozen=True, slots=True)
class Programme:
    """Time that somebody new to a role is given for a document: from a day, until they are trained or it is due."""

    role: str
    entry: RevisionEntry
    first: date
    due: date


#: The time that is given to newcomers, by person and document.
TimeGiven = Mapping[tuple[str, str], Sequence[Programme]]


def gaps_of(
    snapshot: Snapshot, person: Person, given: TimeGiven, since: date = date.min, judged: Judged | None = None
) -> list[Gap]:
    """
    The gaps of one person, as `gaps` has them; `given` is what `time_given` says, once for everybody.

    `judged` says who is qualified, where somebody knows it already.
    """
    subjects = _subjects(snapshot, person, given, judged)
    return [gap for subject in subjects for gap in _gaps_on(snapshot, subject, since)]


@dataclass(frozen=True, slots=True)
class _Subject:
    """
    A person and a document that roles of theirs require; and the days, sorted, on which an answer may change.

    `held` has the days on which the person holds each of these roles. `judged` is how it is answered whether they are
    qualified on it, where somebody knows it already.
    """

    person: Person
    document: Document
    held: Mapping[str, Days]
    programmes: Sequence[Programme]
    turns: Sequence[date]
    judged: Judged | None = None

    def is_qualified(self, snapshot: Snapshot, entry: RevisionEntry, when: When) -> bool:
        """Whether the person is qualified on the revision in force."""
        if self.judged:
            return bool(self.judged(snapshot, self.person.id, self.document, when))
        return is_qualified(snapshot, self.person.id, self.document, entry, when)

    def why_not(self, snapshot: Snapshot, when: When) -> str:
        """Why the person is not qualified on the revision in force."""
        return (self.judged or qualified)(snapshot, self.person.id, self.document, when).reason


def _subjects(snapshot: Snapshot, person: Person, given: TimeGiven, judged: Judged | None = None) -> Iterator[_Subject]:
    if snapshot.unreadable_below(f"{layout.ASSIGNMENTS}people/{person.id}/"):
        return
    held = {name: days_held(person, name) for name in sorted({holding.role for holding in person.roles})}
    roles: dict[str, list[str]] = defaultdict(list)
    for name in held:
        for document in snapshot.once(_required_by, name):
            roles[document.id].append(name)
    snapshot.read_histories((person.id, document) for document in roles)
    own = turns_of(snapshot, person)
    for document in filter(None, map(snapshot.documents.get, sorted(roles))):
        if not _is_unreadable(snapshot, person, document):
            programmes = given.get((person.id, document.id), ())
            turns = own | turns_on(snapshot, person.id, document) | _programme_turns(programmes)
            here = {name: held[name] for name in roles[document.id]}
            yield _Subject(person, document, here, programmes, sorted(turns), judged)


def _required_by(snapshot: Snapshot, name: str) -> Sequence[Document]:
    """The documents that the role of a name requires; none where there is no such role."""
    role = snapshot.roles.get(name)
    return documents_for(snapshot, role) if role else ()


def _is_unreadable(snapshot: Snapshot, person: Person, document: Document) -> bool:
    """Whether training, or the time that was given for it, may stand in a file that cannot be read."""
    assigned = f"{layout.ASSIGNMENTS}{document.id}@"
    return history_is_unreadable(snapshot, person.id, document.id) or snapshot.unreadable_below(assigned)


def _gaps_on(snapshot: Snapshot, subject: _Subject, since: date) -> Iterator[Gap]:
    """The gaps of a person on a document: what is true on a turn is true until the day before the next one."""
    founded = snapshot.policy.founded if snapshot.policy else None
    turns = [turn for turn in subject.turns if (founded or date.min) <= turn <= snapshot.as_of]
    if founded and founded <= snapshot.as_of:
        turns = sorted({founded, *turns})
    first, going_on = date.min, None
    for turn in turns[_start(snapshot, subject, turns, since) :]:
        lack = _lack_on(snapshot, subject, turn)
        if lack and going_on and lack.excuse == going_on.excuse:
            going_on = _Lack(going_on.entry, going_on.roles | lack.roles, going_on.excuse)
            continue
        if going_on:
            yield _gap(snapshot, subject, Span(first, turn - ONE_DAY), going_on)
        first, going_on = turn, lack
    if going_on:
        yield _gap(snapshot, subject, Span(first, date.max), going_on)


def _start(snapshot: Snapshot, subject: _Subject, turns: Sequence[date], since: date) -> int:
    """The turn on which the gap that has a day begins; the last one before that day, where none has it."""
    start = max(bisect_right(turns, since) - 1, 0)
    lack = _lack_on(snapshot, subject, turns[start]) if start else None
    while start and lack:
        earlier = _lack_on(snapshot, subject, turns[start - 1])
        if not earlier or earlier.excuse != lack.excuse:
            break
        start, lack = start - 1, earlier
    return start


class _Excuse(NamedTuple):
    """Why some days without training are no finding: until when the initial programme gives time; which event asks."""

    in_training_until: date | None
    suspended_by: str | None


class _Lack(NamedTuple):
    """That somebody is not qualified on a day, on which revision, in which roles; and what excuses it."""

    entry: RevisionEntry
    roles: frozenset[str]
    excuse: _Excuse


def _lack_on(snapshot: Snapshot, subject: _Subject, day: date) -> _Lack | None:
    """What lacks on a day; None where nothing does."""
    person, document = subject.person, subject.document
    entry = in_force(document, day)
    roles = frozenset([role for role, held in subject.held.items() for span in held if span.first <= day <= span.last])
    if entry is None or not roles or (person.leave and is_on_leave(person, day)):
        return None
    when = snapshot.end_of(day)
    if subject.is_qualified(snapshot, entry, when):
        return None
    event = _suspended_by(snapshot, person, document, entry, when)
    until = None if event else _in_training_until(snapshot, subject, roles, when)
    return _Lack(entry, roles, _Excuse(until, event))


def _suspended_by(
    snapshot: Snapshot, person: Person, document: Document, entry: RevisionEntry, when: When
) -> str | None:
    """The event that keeps somebody, who is not qualified, from what a document governs; None where training lacks."""
    held = suspended(snapshot, person.id, document.governs, document.id, when)
    if held is None or held != qualified(snapshot, person.id, document, when, entry):
        return None
    return held.evidence[0].at.path.removeprefix(layout.EVENTS).removesuffix(".yaml")


def _gap(snapshot: Snapshot, subject: _Subject, days: Span, lack: _Lack) -> Gap:
    """The gap of some days; one without an end goes on."""
    person, document = subject.person, subject.document
    return Gap(
        person=person,
        document=document,
        roles=tuple(sorted(lack.roles)),
        revision=document.named(lack.entry),
        first=days.first,
        last=None if days.last == date.max else days.last,
        reason=subject.why_not(snapshot, snapshot.end_of(days.first)),
        in_training_until=lack.excuse.in_training_until,
        suspended_by=lack.excuse.suspended_by,
    )


# --- in training ----------------------------------------------------------------------------------------------------


def time_given(snapshot: Snapshot) -> TimeGiven:
    """The time that is given to newcomers, by person and document."""
    found: dict[tuple[str, str], list[Programme]] = defaultdict(list)
    first_assigned: dict[tuple[str, str], date] = {}
    for assignment, item in _initial_items(snapshot):
        document = snapshot.documents.get(item.document.document)
        entry = document.entry(item.document.label) if document else None
        if document is None or entry is None or assignment.role is None:
            continue
        key = assignment.role, document.id
        first_assigned[key] = min(assignment.assigned, first_assigned.get(key, date.max))
        for person in filter(None, map(snapshot.people.get, item.people)):
            first = _given_from(assignment, assignment.role, item, entry, person)
            if first:
                found[person.id, document.id].append(Programme(assignment.role, entry, first, item.due))
    for role in snapshot.roles:
        for document in snapshot.once(_required_by, role.id):
            since = first_assigned.get((role.id, document.id))
            if since or not owed_revisions(document, snapshot.as_of):  # else it was to be assigned, and was not
                for name, given in _given_before(snapshot, role.id, document, since or date.max):
                    found[name, document.id].append(given)
    return found


#: The causes of assignments that ask a role's holders for something for the first time.
_INITIAL = {"hire", "role-change", "matrix-change", "new-document", "revision"}


def _initial_items(snapshot: Snapshot) -> Iterator[tuple[Assignment, AssignmentItem]]:
    """The items by which a role's holders were asked for a revision for the first time."""
    for assignment in snapshot.source.records(snapshot.source.paths(layout.ASSIGNMENTS)):
        if isinstance(assignment, Assignment) and assignment.role and assignment.cause in _INITIAL:
            yield from ((assignment, item) for item in assignment.items)


def _given_before(snapshot: Snapshot, role: str, document: Document, since: date) -> Iterator[tuple[str, Programme]]:
    """
    The time for those who came before a document was ever assigned to a role, in records that were brought along.

    What they were given then is not on record; the policy says how long it is.
    """
    for person in snapshot.holders.get(role, ()) if snapshot.policy else ():
        held = days_held(person, role)
        for span in held:
            is_new = date.min < span.first < since and not include(held, span.first - ONE_DAY)
            entry = in_force(document, span.first) if is_new else None
            if entry and snapshot.policy:
                due = snapshot.policy.training.onboarding.after(span.first)
                yield person.id, Programme(role, entry, span.first, due)


def _given_from(
    assignment: Assignment, role: str, item: AssignmentItem, entry: RevisionEntry, person: Person
) -> date | None:
    """
    The day from which an item gives somebody time; None where it gives none.

    A hire, or a new role: from the first day in the role. A document that the role gained: from ever, for before that
    it was not asked for. A new text gives time only to those whose due day is later than the day on which it takes
    effect: whoever comes later, or comes back.
    """
    if assignment.cause == "matrix-change":
        return date.min
    if assignment.cause in ("revision", "new-document"):
        return assignment.assigned if item.due > entry.effective else None
    held = sorted(days_held(person, role))
    return next((span.first for span in held if span.last >= assignment.assigned), assignment.assigned)


def _in_training_until(snapshot: Snapshot, subject: _Subject, roles: Iterable[str], when: When) -> date | None:
    """The last day of the time that every one of some roles gives at a moment; None where one gives none."""
    running: dict[str, date] = {}
    for given in subject.programmes:
        now = given.first <= when.day <= given.due
        if now and not is_trained(snapshot, subject.person.id, subject.document, given.entry, when):
            running[given.role] = max(given.due, running.get(given.role, date.min))
    return min(running[role] for role in roles) if running.keys() >= set(roles) else None


# --- turns: the days on which an answer may change ------------------------------------------------------------------


def turns_of(snapshot: Snapshot, person: Person) -> set[date]:
    """
    The days on which what a person may do can change by roles, employment, leave and suspensions.

    On all other days it is, from the first moment to the last, what it was at the end of the day before.
    """
    found: set[date] = set()
    for span in days_of((*person.employed, *person.roles, *person.leave)):
        found |= {span.first, *_after(span.last)}
    for event, index in snapshot.retraining:
        action = event.actions[index]
        if person.id in action.people or (action.suspend and _ever_held(person, action)):
            found |= _suspension_turns(snapshot, event, action, person)
    return found


def turns_on(snapshot: Snapshot, person: str, document: Document) -> set[date]:
    """The days on which it can change whether somebody is trained on what is in force of a document."""
    trained_on = _history_turns(snapshot, person, document.id)
    found = trained_on | {entry.effective for entry in document.revisions}
    if document.retired:
        found.add(document.retired)
    if document.training.every:
        for day in trained_on:
            found |= _after(document.training.every.after(day))
    for waiver in snapshot.waivers(person, document.id):
        found |= {waiver.from_, *(_after(waiver.until) if waiver.until else ())}
    return found


def _programme_turns(programmes: Iterable[Programme]) -> set[date]:
    return {day for given in programmes for day in (max(given.first, date.min + ONE_DAY), *_after(given.due))}


def _after(day: date) -> set[date]:
    return {day + ONE_DAY} if day < date.max else set()


def _ever_held(person: Person, action: Action) -> bool:
    return any(held.role in action.roles for held in person.roles)


def _suspension_turns(snapshot: Snapshot, event: Event, action: Action, person: Person) -> set[date]:
    """A suspension begins when it is opened and what it answers has happened; it ends with a completion, or dropped."""
    found = {day for day in (action.opened, event.begun, event.ending.on if event.ending else None) if day}
    for behind in (event, *filter(None, map(snapshot.events.get, event.sources))):
        if isinstance(behind, Deviation):
            happened = snapshot.day_of(behind.occurred)
            found |= {happened, *_after(happened)}
    for _, item in action_items(snapshot, event, action):
        if person.id in item.people:
            found |= _history_turns(snapshot, person.id, item.document.document)
    return found


def _history_turns(snapshot: Snapshot, person: str, document: str) -> set[date]:
    """The days of completions and of their rejections."""
    history = snapshot.completions(person, document)
    return {snapshot.day_of(entry.completed if isinstance(entry, Completion) else entry.at) for entry in history}


# --- raised ---------------------------------------------------------------------------------------------------------


def raised_by(snapshot: Snapshot) -> Mapping[tuple[str, str], Sequence[TrainingGap]]:
    """The quality events that are about gaps, by person and document; in the order of the days that they speak of."""
    found: dict[tuple[str, str], list[TrainingGap]] = defaultdict(list)
    for event in snapshot.events:
        if isinstance(event, TrainingGap):
            found[event.person, event.document].append(event)
    return {about: sorted(events, key=lambda event: event.from_ or date.min) for about, events in found.items()}


def raised(events: Mapping[tuple[str, str], Sequence[TrainingGap]], gap: Gap) -> TrainingGap | None:
    """
    The event by which a gap is raised already: of its person and document, on a day that they share.

    An event without `from` speaks of all days before it ends; one without `to` of all until it was closed or voided:
    `raising` takes what comes after that for a gap of its own.
    """
    name = gap_id(gap.person.id, gap.document.id, gap.first)
    for event in events.get((gap.person.id, gap.document.id), ()):
        first, last = event.from_ or date.min, event.to or event.ended or date.max
        if event.id == name or (first <= (gap.last or date.max) and gap.first <= last):
            return event
    return None


_LONGEST = 64
_DIGITS = 8


def gap_id(person: str, document: str, day: date, *, exact: bool = False) -> str:
    """
    The id of the event for a gap, from the person, the document and the first day.

    Where the id alone would not say who it is, or with `exact`, it ends with digits that do; where it would be too
    long, it is cut besides.

    >>> gap_id("p-0042", "SOP-014", date(2026, 12, 15))
    'GAP-P-0042-SOP-014-20261215'
    >>> gap_id("Ola.Lie", "SOP-014", date(2026, 12, 15))
    'GAP-OLA-LIE-SOP-014-20261215-6596DF14'
    """
    who = re.sub(r"[^A-Z0-9]+", "-", person.upper())
    stamp = day.isoformat().replace("-", "")
    name = f"GAP-{who}-{document}-{stamp}"
    if who.lower() == person and len(name) <= _LONGEST and not exact:
        return name
    room = _LONGEST - len(f"GAP--{stamp}-") - _DIGITS
    cut = f"{who}-{document}"
    whole = person if len(cut) <= room and not exact else f"{person}/{document}"
    digits = sha256(whole.encode()).hexdigest()[:_DIGITS].upper()
    return f"GAP-{cut[:room].rstrip('-')}-{stamp}-{digits}"


@dataclass(frozen=True, slots=True)
class Raising:
    """A gap with the event by which it is raised already; or else, where it is a finding, the id of one to come."""

    gap: Gap
    event: str | None
    name: str | None


def _parts(
    events: Mapping[tuple[str, str], Sequence[TrainingGap]], gap: Gap, as_of: date
) -> Iterator[tuple[Gap, TrainingGap | None]]:
    """A gap as far as an event speaks of it, with that event; then what comes after it ended."""
    event = raised(events, gap)
    ended = event.ended if event and not event.to else None
    if ended and gap.first <= ended < (gap.last or as_of):
        yield replace(gap, last=ended), event
        yield from _parts(events, replace(gap, first=ended + ONE_DAY), as_of)
    else:
        yield gap, event


def raising(snapshot: Snapshot, found: Iterable[Gap]) -> list[Raising]:
    """
    Some gaps, each with its event or the id of the one to come; no two of these, and no event, share an id.

    Where an event without `to` ended while a gap went on, the days after that are a gap of their own.
    """
    events = raised_by(snapshot)
    taken = {event.id for event in snapshot.events}
    told = []
    for gap, event in (part for whole in found for part in _parts(events, whole, snapshot.as_of)):
        name = None
        if event is None and gap.is_finding:
            name = gap_id(gap.person.id, gap.document.id, gap.first)
            if name in taken:
                name = gap_id(gap.person.id, gap.document.id, gap.first, exact=True)
            taken.add(name)
        told.append(Raising(gap, event.id if event else None, name))
    return told
