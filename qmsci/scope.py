"""Which part of a tree a change can touch. Where `main` was clean, only that needs a look."""

from __future__ import annotations

from dataclasses import dataclass, field

from qmsci.change import Change
from qmsci.matrix import documents_for, roles_for
from qmsci.records.base import RevisionId
from qmsci.records.document import Document
from qmsci.records.event import AuditFinding, Deviation, Escalating, Event, TrainingGap, Validation
from qmsci.records.layout import Kind, filed
from qmsci.records.person import Person, Revocation
from qmsci.records.role import Activities, Role
from qmsci.snapshot import Snapshot


@dataclass
class Scope:
    """The files, and the ids of the subjects, that the tree rules look at; `everything` is the whole tree."""

    everything: bool = False
    paths: set[str] = field(default_factory=set)
    documents: set[str] = field(default_factory=set)
    roles: set[str] = field(default_factory=set)
    #: Whose training is compared with what they owe: of these documents, of these roles, of these people.
    owed_documents: set[str] = field(default_factory=set)
    owed_roles: set[str] = field(default_factory=set)
    owed_people: set[str] = field(default_factory=set)
    events: set[str] = field(default_factory=set)
    #: Whether the keys of all people are compared, for somebody has gained one.
    keys: bool = False


def scope_of(change: Change) -> Scope:
    """
    The scope of a change.

    What a change adds or alters is followed to everything that a tree rule judges by it. What a change takes away (a
    document, a revision, a role, a person, an activity, an event, an assignment) may have been named anywhere, so then
    the scope is everything; and so it is when the policy changes, or the revocation of a key.
    """
    scope = Scope(paths=set(change.files))
    if _takes_away(change):
        return Scope(everything=True)
    _follow_documents(change, scope)
    _follow_roles(change, scope)
    _follow_people(change, scope)
    _follow_training(change, scope)
    _follow_events(change, scope)
    _follow_verdicts(change, scope)
    return scope


def _takes_away(change: Change) -> bool:
    for path, held in change.files.items():
        found = filed(path)
        if found is None:
            continue
        if found.kind is Kind.POLICY:
            return True
        was, now = (snapshot.source.records([path])[0] for snapshot in (change.base, change.head))
        if was is not None and now is None and found.kind is not Kind.APPROVAL:
            return True
        if was is None and held.before is not None:  # what could not be read before may have been named anywhere
            return True
        match was, now:
            case Document(), Document() if was.id != now.id or _labels(was) - _labels(now):
                return True
            case Activities(), Activities() if set(was.entries) - set(now.entries):
                return True
            case Person(), Person() if _revocations(was) != _revocations(now):  # what the key signed may be anywhere
                return True
    return False


def _revocations(person: Person) -> list[tuple[str, Revocation]]:
    return [(key.key, key.revoked) for key in person.keys if key.revoked]


def _labels(document: Document) -> set[str]:
    return {entry.revision for entry in document.revisions}


def _follow_documents(change: Change, scope: Scope) -> None:
    for edit in change.edits(Kind.DOCUMENT, Document):
        document = edit.after
        if document is None:
            continue
        scope.documents.add(document.id)
        scope.owed_documents.add(document.id)
        scope.events |= _events_about(change.head, document)
        if edit.before:  # what it no longer governs is left to others, and roles may be left without any document
            scope.events |= _events_about(change.base, edit.before)
            reached = {role.id for role in roles_for(change.head, document)}
            scope.roles |= {role.id for role in roles_for(change.base, edit.before)} - reached
        else:  # a prerequisite that was not there before is now held against the curriculum
            scope.roles |= {role.id for role in change.head.roles if document.id in _prerequisites_of(role)}
    for path in change.files:
        found = filed(path)
        if found and found.kind is Kind.APPROVAL:
            name = found.names[0].split("@")[0]
            scope.documents.add(name)
            document = change.head.documents.get(name)
            scope.events |= _events_about(change.head, document) if document else set()


def _prerequisites_of(role: Role) -> set[str]:
    return {name for document, earlier in role.prerequisites.items() for name in (document, *earlier)}


def _follow_roles(change: Change, scope: Scope) -> None:
    for edit in change.edits(Kind.ROLE, Role):
        for snapshot, role in ((change.base, edit.before), (change.head, edit.after)):
            if role:
                scope.roles.add(role.id)
                scope.owed_roles.add(role.id)
                required = {document.id for document in documents_for(snapshot, role)}
                scope.documents |= required
                scope.events |= _staffed_by(snapshot, {role.id})
                scope.events |= {event.id for event in change.head.events if _gap_of(event) & required}
    for activities in change.edits(Kind.ACTIVITIES, Activities):
        known, now = (side.entries if side else {} for side in (activities.before, activities.after))
        altered = {name for name in now if known.get(name) != now[name]}
        scope.events |= {event.id for event in change.head.events if altered.intersection(_activities_of(event))}


def _follow_people(change: Change, scope: Scope) -> None:
    for edit in change.edits(Kind.PERSON, Person):
        if edit.after is None:
            continue
        scope.owed_people.add(edit.after.id)
        known = {key.key for key in edit.before.keys} if edit.before else set()
        scope.keys = scope.keys or any(key.key not in known for key in edit.after.keys)
        roles = {held.role for person in (edit.before, edit.after) if person for held in person.roles}
        scope.events |= _staffed_by(change.head, roles)
        for event in change.head.events:
            for action in event.actions:
                if edit.after.id in action.people or roles.intersection(action.roles):
                    scope.events.add(event.id)


def _follow_training(change: Change, scope: Scope) -> None:
    for path in change.files:
        found = filed(path)
        if found is None:
            continue
        if found.kind in (Kind.COMPLETIONS, Kind.WAIVERS):
            person, document = found.names
            scope.owed_people.add(person)
            scope.events |= _events_about(change.head, change.head.documents.get(document) or document)
        if found.kind is Kind.ASSIGNMENT:
            folder, *rest = found.names[0].split("/")
            if folder == "people":
                scope.owed_people.add(rest[0])
            elif "@" in folder:
                scope.owed_documents.add(folder.split("@")[0])
            elif folder != "refresher":
                scope.events.add(folder)


def _follow_events(change: Change, scope: Scope) -> None:
    for edit in change.edits(Kind.EVENT, Event):
        if edit.after:
            scope.events.add(edit.after.id)
    handed_over = (event for event in change.head.events if isinstance(event, Escalating | AuditFinding))
    scope.events |= {event.id for event in handed_over if event.capa in scope.events}


def _follow_verdicts(change: Change, scope: Scope) -> None:
    """What events say of the past of people whose training, or whose suspension, a change touches."""
    people = set(scope.owed_people)
    for edit in change.edits(Kind.EVENT, Event):
        behind = [event for event in change.head.events if edit.after and edit.after.id in event.sources]
        people |= {person for one in (edit.before, *behind) if one for person in _suspended(change.head, one)}
    for event in filter(None, map(change.head.events.get, scope.events)):
        people |= _suspended(change.head, event)
    if people:
        scope.events |= {event.id for event in change.head.events if people.intersection(_involved(event))}
        held = {held.role for person in map(change.head.people.get, people) if person for held in person.roles}
        scope.events |= _staffed_by(change.head, held)


def _involved(event: Event) -> set[str]:
    assessed = event.training_assessment if isinstance(event, Deviation) else ()
    gap = {event.person} if isinstance(event, TrainingGap) else set()
    return {*event.people, *(entry.person for entry in assessed)} | gap


def _suspended(snapshot: Snapshot, event: Event) -> set[str]:
    """The people whom an event keeps, or kept, from their work: what is said of their past depends on it."""
    training = [action for action in event.actions if action.kind == "training"]
    roles = {role for action in training if action.suspend for role in action.roles}
    holders = {person.id for role in roles for person in snapshot.holders.get(role, ())}
    return holders | {person for action in training for person in action.people}


def _events_about(snapshot: Snapshot, document: Document | str) -> set[str]:
    name = document if isinstance(document, str) else document.id
    found = {event.id for event in snapshot.events if name in _documents_of(event)}
    if isinstance(document, Document):
        governed = set(document.governs)
        found |= {event.id for event in snapshot.events if event.activity in governed and not event.documents}
        found |= _staffed_by(snapshot, {role.id for role in roles_for(snapshot, document)})
    return found


def _staffed_by(snapshot: Snapshot, roles: set[str]) -> set[str]:
    """The validations whose activities are performed by some roles."""
    return {
        event.id
        for event in snapshot.events
        if any(role.id in roles for activity in _activities_of(event) for role in snapshot.performers.get(activity, ()))
    }


def _activities_of(event: Event) -> tuple[str, ...]:
    return event.activities if isinstance(event, Validation) else ()


def _gap_of(event: Event) -> set[str]:
    return {event.document} if isinstance(event, TrainingGap) else set()


def _documents_of(event: Event) -> set[str]:
    named = {name for action in event.actions for name in (*action.documents, action.document) if name}
    assessed = event.training_assessment if isinstance(event, Deviation) else ()
    named |= {entry.document for entry in assessed} | _gap_of(event)
    return set(event.documents) | {name.document if isinstance(name, RevisionId) else name for name in named}
