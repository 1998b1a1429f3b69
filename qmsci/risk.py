"""Which activities a change puts at risk: whom it keeps from them, and who can still do them if nobody trains."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from qmsci.authorisation import authorised, roles_on
from qmsci.change import Change, Edited
from qmsci.circuit import training_is_unreadable
from qmsci.qualification import suspended, suspending
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.event import Event
from qmsci.records.layout import Kind
from qmsci.records.person import Person
from qmsci.records.role import Role
from qmsci.snapshot import Snapshot, When
from qmsci.timeline import days_held, in_force, include, is_employed


@dataclass(frozen=True, slots=True)
class Risk:
    """
    Who could do an activity on a day, if nobody trained in between.

    The day is one on which documents change, or that of a change that suspends people (then `documents` is empty).
    """

    on: date
    activity: str
    documents: tuple[str, ...]
    authorised: int
    holders: int
    required: int | None

    @property
    def short(self) -> bool:
        """Whether that is too few: fewer than required, or nobody."""
        return self.authorised < (self.required or 1)


def at_risk(change: Change) -> Iterator[Risk]:
    """The activities that the documents of a change govern, on each day on which a text takes effect or retires."""
    affected: dict[tuple[date, str], set[str]] = {}
    for edit in change.edits(Kind.DOCUMENT, Document):
        if edit.after:
            activities = {*edit.after.governs, *(edit.before.governs if edit.before else ())}
            for day in _turning_days(edit.before, edit.after):
                if day >= change.day:
                    for activity in activities:
                        affected.setdefault((day, activity), set()).add(edit.after.id)
    for (day, activity), documents in sorted(affected.items()):
        yield _risk(change.head, day, activity, tuple(sorted(documents)))


def _turning_days(before: Document | None, after: Document) -> Iterator[date]:
    """The days on which a change to a document changes what people may do: a revision takes effect, or nothing does."""
    yield from (entry.effective for entry in new_entries(before, after) if not entry.withdrawn)
    if after.retired and (before is None or after.retired != before.retired):
        yield after.retired


@dataclass(frozen=True, slots=True)
class Ungoverned:
    """An activity that nothing governs any more from a day on: nobody is authorised for it then."""

    on: date
    activity: str


def ungoverned(change: Change) -> Iterator[Ungoverned]:
    """The activities of roles that a change leaves without a document in force, each from the first such day on."""
    found: dict[str, date] = {}
    for edit in change.edits(Kind.DOCUMENT, Document):
        before, after = edit.before, edit.after
        if before is None or change.head.unreadable_below(edit.path):
            continue
        retired = [after.retired] if after and after.retired else []
        for day in sorted({change.day, *retired, *(entry.effective for entry in before.revisions)}):
            for activity in before.governs if day >= change.day else ():
                known = activity not in found and activity in change.head.performers
                if known and _is_governed(change.base, activity, day) and not _is_governed(change.head, activity, day):
                    found[activity] = day
    yield from (Ungoverned(day, activity) for activity, day in sorted(found.items(), key=lambda one: one[::-1]))


def _is_governed(snapshot: Snapshot, activity: str, day: date) -> bool:
    return any(in_force(document, day) for document in snapshot.governing.get(activity, ()))


def _risk(head: Snapshot, day: date, activity: str, documents: tuple[str, ...]) -> Risk:
    holders = {
        person.id: person
        for role in head.performers.get(activity, ())
        for person in head.holders.get(role.id, ())
        if include(days_held(person, role.id), day)
    }
    when = head.end_of(day)
    able = sum(bool(authorised(head, person, activity, when)) for person in holders.values())
    known = head.activities.get(activity)
    required = known.minimum_qualified or (1 if known.critical else None) if known else None
    return Risk(day, activity, documents, able, len(holders), required)


def new_entries(before: Document | None, after: Document) -> list[RevisionEntry]:
    """The revisions of a document that it did not have before."""
    known = {entry.revision for entry in before.revisions} if before else set()
    return [entry for entry in after.revisions if entry.revision not in known]


# --- suspensions ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Suspension:
    """Somebody whom a change suspends: by which training actions, from which activities that they could do before."""

    person: str
    name: str
    actions: tuple[str, ...]
    activities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suspended:
    """Who is suspended by which training action of one event, in the base and in the head; pairs of their ids."""

    event: str
    before: frozenset[tuple[str, int]]
    after: frozenset[tuple[str, int]]

    @property
    def lifted(self) -> list[str]:
        """The people whom the event suspends no more."""
        return sorted({person for person, _ in self.before} - {person for person, _ in self.after})


def suspended_by(change: Change) -> Iterator[Suspended]:
    """Whom each event that a change touches suspends on its day; not where a file that decides it cannot be read."""
    for edit in change.edits(Kind.EVENT, Event):
        sides = [(change.base, edit.before), (change.head, edit.after)]
        if not any(_is_unknown(edit, snapshot, event) for snapshot, event in sides):
            event = edit.after or edit.before
            before, after = (_pairs(change, snapshot, event) if event else frozenset() for snapshot, event in sides)
            yield Suspended(event.id if event else "", before, after)


def _is_unknown(edit: Edited[Event], snapshot: Snapshot, event: Event | None) -> bool:
    return training_is_unreadable(snapshot, event) if event else snapshot.unreadable_below(edit.path)


def _pairs(change: Change, snapshot: Snapshot, event: Event) -> frozenset[tuple[str, int]]:
    """The people whom a side of a change suspends for an event, and who still work here, each with the action."""
    named = {person for action in event.actions for person in action.people}
    roles = [role for action in event.actions if action.suspend for role in action.roles]
    named |= {person.id for role in roles for person in snapshot.holders.get(role, ())}
    here = [name for name in named if (who := change.head.people.get(name)) and is_employed(who, change.day)]
    when = snapshot.end_of(change.day)
    return frozenset(
        (name, action.id) for name in here for found, action in suspending(snapshot, name, when) if found.id == event.id
    )


def suspensions(change: Change, events: Iterable[Suspended]) -> Iterator[Suspension]:
    """Whom a change suspends from its merge on: by an action that did not, or from an activity more than before."""
    new: dict[str, list[str]] = {}
    held: dict[str, list[str]] = {}
    for found in events:
        for name, action in sorted(found.after):
            held.setdefault(name, []).append(f"{found.event}/{action}")
            if (name, action) not in found.before:
                new.setdefault(name, []).append(f"{found.event}/{action}")
    for name in sorted(held):
        more = _kept_from(change.head, name, change.day) - _kept_from(change.base, name, change.day)
        person = change.head.people.get(name)
        if person and (name in new or more):
            yield Suspension(name, person.name, tuple(new.get(name, held[name])), tuple(sorted(more)))


def _kept_from(snapshot: Snapshot, name: str, day: date) -> set[str]:
    """The activities of somebody's roles from which they are suspended, or for which they lack what is suspended."""
    person = snapshot.people.get(name)
    if person is None:
        return set()
    when = snapshot.end_of(day)
    roles = [role for role in map(snapshot.roles.get, roles_on(person, day)) if role]
    lacking = {role.id for role in roles if _is_suspended_from(snapshot, person, role, when)}
    return {
        activity
        for activity in {activity for role in roles for activity in role.activities}
        if {role.id for role in roles if activity in role.activities} <= lacking
        or suspended(snapshot, name, [activity], None, when) is not None
    }


def _is_suspended_from(snapshot: Snapshot, person: Person, role: Role, when: When) -> bool:
    """Whether somebody is suspended on a document that a role requires for whatever it performs."""
    required = (found for found in map(snapshot.documents.get, role.requires) if found and in_force(found, when.day))
    needed = (document for document in required if document.purpose == "qualification")
    return any(suspended(snapshot, person.id, (), document.id, when) is not None for document in needed)


def remaining(change: Change, suspensions: Iterable[Suspension]) -> Iterator[Risk]:
    """Who can still do the activities from which a change suspends people, on its day: critical, or with a minimum."""
    for activity in sorted({activity for one in suspensions for activity in one.activities}):
        risk = _risk(change.head, change.day, activity, ())
        if risk.required:
            yield risk
