"""What is owed: person × role × revision, less what covers it. `obligations − coverage = gap`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from qmsci.completion import lapses, last_full, on_record
from qmsci.matrix import documents_for, roles_for, was_asked
from qmsci.qualification import action_behind, action_items, is_trained, item_done, waived_on
from qmsci.records import layout
from qmsci.records.action import Action
from qmsci.records.base import RevisionId
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.event import Event
from qmsci.records.person import Person
from qmsci.records.role import Role
from qmsci.records.training import Assignment, AssignmentItem
from qmsci.snapshot import Snapshot, When
from qmsci.timeline import (
    Days,
    days_held,
    days_in_force,
    days_of,
    in_both,
    in_force,
    include,
    is_employed,
    is_on_leave,
    owed_revisions,
    reach,
)


@dataclass(frozen=True, slots=True)
class RoleGap:
    """A revision that reaches a role, and the holders of the role whom nothing covers."""

    document: Document
    entry: RevisionEntry
    role: Role
    assigned: bool  # whether the role's file for this revision exists
    people: tuple[Person, ...]

    @property
    def revision(self) -> RevisionId:
        """The revision that is owed."""
        return self.document.named(self.entry)


@dataclass(frozen=True, slots=True)
class ActionGap:
    """A training action of an open event, a revision that it asks for, and the people whom no item of it names."""

    event: Event
    action: Action
    document: Document
    entry: RevisionEntry
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class RefresherGap:
    """A refresher that falls due for the holders of a role; `due` is each person's last day before it lapses."""

    document: Document
    entry: RevisionEntry
    role: Role
    people: tuple[tuple[Person, date], ...]


# --- who owes a revision --------------------------------------------------------------------------------------------


def days_owed(person: Person, role: str, document: Document, entry: RevisionEntry) -> Days:
    """The days on which a person holds a role while a revision is in force."""
    return in_both(days_held(person, role), days_in_force(document, entry))


def at_work(snapshot: Snapshot, document: Document, day: date) -> list[tuple[Person, list[str]]]:
    """Those who hold a role that requires a document on a day, and are not on leave; each with these roles."""
    found: dict[str, tuple[Person, list[str]]] = {}
    for role in roles_for(snapshot, document):
        for person in snapshot.once(_at_work_in, role.id, day):
            found.setdefault(person.id, (person, []))[1].append(role.id)
    return [found[name] for name in sorted(found)]


def _at_work_in(snapshot: Snapshot, role: str, day: date) -> tuple[Person, ...]:
    """Those who hold a role on a day, and are not on leave."""
    return tuple(
        person
        for person in snapshot.holders.get(role, ())
        if include(days_held(person, role), day) and not is_on_leave(person, day)
    )


def named_by(assignment: Assignment, revision: RevisionId) -> set[str]:
    """The people whom an assignment asks for a revision."""
    return {person for item in assignment.items if item.document == revision for person in item.people}


def covered(snapshot: Snapshot, person: Person, role: Role, document: Document, entry: RevisionEntry) -> bool:
    """
    Whether somebody whom the role's file does not name is covered: by a file of their own, or by training on record.

    A file that cannot be read is reported alone: what it may hold is not missed.
    """
    revision = document.named(entry)
    for assignment in snapshot.assignments(f"people/{person.id}"):
        if assignment.role == role.id and person.id in named_by(assignment, revision):
            return True
    if on_record(snapshot, person.id, document, entry, None):
        return True
    own = layout.completions(person.id, document.id), f"{layout.ASSIGNMENTS}people/{person.id}/"
    return any(map(snapshot.unreadable_below, own))


def role_gap(snapshot: Snapshot, document: Document, entry: RevisionEntry, role: Role) -> RoleGap | None:
    """What is missing for one revision and one role; None where nothing is, or the role's file cannot be read."""
    revision = document.named(entry)
    assignment = snapshot.assignment(f"{revision}/{role.id}")
    if assignment is None and snapshot.unreadable_below(layout.role_assignment(revision, role.id)):
        return None
    named = named_by(assignment, revision) if assignment else set()
    people = tuple(
        person
        for person in snapshot.holders.get(role.id, ())
        if person.id not in named
        and reach(days_owed(person, role.id, document, entry), snapshot.as_of)
        and not covered(snapshot, person, role, document, entry)
    )
    if assignment and not people:
        return None
    return RoleGap(document, entry, role, assignment is not None, people)


def role_gaps(snapshot: Snapshot, pairs: Iterable[tuple[Document, Role]]) -> Iterator[RoleGap]:
    """What is missing for some documents and the roles that they reach, for every revision in force or coming."""
    for document, role in pairs:
        for entry in owed_revisions(document, snapshot.as_of):
            gap = role_gap(snapshot, document, entry, role)
            if gap:
                yield gap


def reached_by(snapshot: Snapshot, documents: Iterable[Document]) -> Iterator[tuple[Document, Role]]:
    """Some documents with each of the roles that they reach."""
    return ((document, role) for document in documents for role in roles_for(snapshot, document))


def required_by(snapshot: Snapshot, roles: Iterable[Role]) -> Iterator[tuple[Document, Role]]:
    """Some roles with each of the documents that they require."""
    return ((document, role) for role in roles for document in documents_for(snapshot, role))


# --- training actions -----------------------------------------------------------------------------------------------


def in_scope(snapshot: Snapshot, action: Action, day: date) -> list[Person]:
    """The people whom a training action concerns on a day or later: those it names, and holders of its roles."""
    found = {}
    for name in action.people:
        person = snapshot.people.get(name)
        if person and reach(days_of(person.employed), day):
            found[name] = person
    for role in action.roles:
        for person in snapshot.holders.get(role, ()):
            if reach(days_held(person, role), day):
                found[person.id] = person
    return [found[name] for name in sorted(found)]


def concerned(snapshot: Snapshot, event: Event, action: Action, day: date) -> list[Person]:
    """The people whom a training action concerns on a day, whether or not they are on leave."""
    found = {person.id: person for person in in_scope(snapshot, action, day)}
    asked = {name for _, item in action_items(snapshot, event, action) for name in item.people}
    found |= {name: person for name in asked if (person := snapshot.people.get(name))}
    return [found[name] for name in sorted(found) if concerns(snapshot, event, action, found[name], day)]


def concerns(snapshot: Snapshot, event: Event, action: Action, person: Person, day: date) -> bool:
    """
    Whether a training action concerns somebody on a day: named and employed, or a holder of one of its roles.

    Whoever was asked as a holder and has another role by now is excused only if that did not ask for it either.
    """
    if person.id in action.people and is_employed(person, day):
        return True
    if any(include(days_held(person, role), day) for role in action.roles):
        return True
    asked = {item.document.document for _, item in action_items(snapshot, event, action) if person.id in item.people}
    return any(
        include(days_held(person, role.id), day) and was_asked(snapshot, role, document, day)
        for document in filter(None, map(snapshot.documents.get, asked))
        for role in roles_for(snapshot, document)
    )


def asked_revision(snapshot: Snapshot, named: RevisionId | str) -> tuple[Document, RevisionEntry] | None:
    """The revision that a training action asks for, as soon as it exists: the one named, else the first still owed."""
    document = snapshot.documents.get(named.document if isinstance(named, RevisionId) else named)
    if document is None:
        return None
    if isinstance(named, RevisionId):
        entry = document.entry(named.label)
        return (document, entry) if entry and not entry.withdrawn else None
    owed = owed_revisions(document, snapshot.as_of)
    return (document, owed[-1]) if owed else None


def action_gaps(snapshot: Snapshot, events: Iterable[Event], *, closed: bool = False) -> Iterator[ActionGap]:
    """What is missing for the training actions of some events, as long as they are open (or `closed` ones as well)."""
    for event in events:
        if event.ending or (event.ended and not closed):
            continue
        for action in event.actions:
            if action.kind == "training":
                yield from _gaps_of(snapshot, event, action)


def _gaps_of(snapshot: Snapshot, event: Event, action: Action) -> Iterator[ActionGap]:
    items = action_items(snapshot, event, action)
    if snapshot.unreadable_below(f"{layout.ASSIGNMENTS}{event.id}/"):
        return
    people = in_scope(snapshot, action, snapshot.as_of)
    for named in action.documents:
        found = asked_revision(snapshot, named)
        asked = {
            person for _, item in items if named in (item.document, item.document.document) for person in item.people
        }
        missing = tuple(person for person in people if person.id not in asked)
        if found and missing:
            yield ActionGap(event, action, *found, missing)


# --- refreshers -----------------------------------------------------------------------------------------------------


def refresher_gaps(snapshot: Snapshot, documents: Iterable[Document], horizon: date) -> Iterator[RefresherGap]:
    """The refreshers that lapse by a horizon, or have lapsed, and were not asked for."""
    when = snapshot.end_of(snapshot.as_of)
    for document in documents:
        entry = in_force(document, snapshot.as_of) if document.training.every else None
        if not entry:
            continue
        asked = _refreshers_asked(snapshot, document)
        for role in roles_for(snapshot, document):
            due = [
                (person, last)
                for person in snapshot.holders.get(role.id, ())
                if include(days_held(person, role.id), snapshot.as_of)
                and (last := lapses(snapshot, person.id, document, when))
                and last <= horizon
                and asked.get((person.id, role.id), date.min) < last
            ]
            if due:
                yield RefresherGap(document, entry, role, tuple(due))


def _refreshers_asked(snapshot: Snapshot, document: Document) -> dict[tuple[str, str], date]:
    """The latest day by which each person, in each role, was asked for a refresher of a document."""
    found: dict[tuple[str, str], date] = {}
    for entry in document.revisions:
        for assignment in snapshot.assignments(f"refresher/{document.named(entry)}"):
            for item in assignment.items:
                for person in item.people:
                    key = (person, assignment.role or "")
                    found[key] = max(found.get(key, date.min), item.due)
    return found


# --- what is still open ---------------------------------------------------------------------------------------------


def still_owes(snapshot: Snapshot, assignment: Assignment, item: AssignmentItem, person: Person, when: When) -> bool:
    """
    Whether somebody whom an item names still owes it at a moment.

    Not a revision that is superseded, withdrawn or retired; not where the role, the action or the person is gone; not
    once it is done. What an action asks for is done only by completions that name it, a refresher by any full training
    since it was assigned, everything else by being trained.
    """
    document = snapshot.documents.get(item.document.document)
    entry = document.entry(item.document.label) if document else None
    if not document or not entry or not reach(days_in_force(document, entry), when.day):
        return False
    if not _is_asked(snapshot, assignment, person, when.day):
        return False
    refreshes, asks_role = assignment.cause == "refresher", assignment.role is not None
    if asks_role and not refreshes and is_trained(snapshot, person.id, document, entry, when):
        return False  # asked first: it is known by now of nearly everybody
    if item_done(snapshot, assignment, item, person.id, when):
        return False
    if asks_role and refreshes:
        full = last_full(snapshot, person.id, document, when)
        refreshed = full and snapshot.day_of(full.completed) >= assignment.assigned
        return not refreshed and not waived_on(snapshot, person.id, item.document, when.day)
    return True


def _is_asked(snapshot: Snapshot, assignment: Assignment, person: Person, day: date) -> bool:
    if assignment.role:
        return include(days_held(person, assignment.role), day)
    event, action = action_behind(snapshot, assignment)
    if event is None or action is None or (event.ended and event.ended <= day):
        return False
    return concerns(snapshot, event, action, person, day)


def deadline(snapshot: Snapshot, assignment: Assignment, item: AssignmentItem) -> date:
    """The day by which an item is due: its own, or a later one to which the action behind it was extended."""
    _, action = action_behind(snapshot, assignment)
    return max(item.due, action.deadline) if action else item.due
