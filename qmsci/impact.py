"""What a change does: whom it reaches, by what training, and which work nobody could do on the day it takes effect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from qmsci.assign import Plan, Without, whole_gap
from qmsci.change import Change
from qmsci.circuit import deciding_check, done_on, training_is_unreadable
from qmsci.matrix import documents_for, reasons, roles_for
from qmsci.qualification import action_completed, action_items
from qmsci.records.action import Action
from qmsci.records.base import RevisionId
from qmsci.records.document import Document
from qmsci.records.event import AuditFinding, Capa, Event, Validation
from qmsci.records.layout import Kind
from qmsci.records.person import Person
from qmsci.records.role import Role
from qmsci.records.training import Assignment, AssignmentItem, Cause
from qmsci.risk import (
    Risk,
    Suspension,
    Ungoverned,
    at_risk,
    new_entries,
    remaining,
    suspended_by,
    suspensions,
    ungoverned,
)
from qmsci.snapshot import Snapshot
from qmsci.timeline import days_held, is_on_leave, reach


@dataclass(frozen=True, slots=True)
class Training:
    """A revision that some people are to be trained on by a day: assigned in the change, or still missing there."""

    cause: Cause
    document: RevisionId
    role: str | None
    method: tuple[str, ...]
    due: date
    people: tuple[str, ...]
    on_leave: tuple[str, ...]  # those of them who are on leave on the due date
    assignment: str
    assigned: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """What a change does to one document, role, person or event, and the training that comes of it, or why none."""

    id: str
    title: str
    changes: tuple[str, ...]
    training: tuple[Training, ...]
    nobody: str | None = None


@dataclass(frozen=True, slots=True)
class Impact:
    """What a change does, for those who review it; `remaining` is who can do what others are suspended from."""

    as_of: date
    documents: tuple[Reach, ...]
    roles: tuple[Reach, ...]
    people: tuple[Reach, ...]
    events: tuple[Reach, ...]
    at_risk: tuple[Risk, ...]
    suspended: tuple[Suspension, ...]
    remaining: tuple[Risk, ...]
    ungoverned: tuple[Ungoverned, ...] = ()

    @property
    def training(self) -> tuple[Training, ...]:
        """All training that comes of the change."""
        groups = (self.documents, self.roles, self.people, self.events)
        return tuple(training for group in groups for one in group for training in one.training)

    @property
    def reached(self) -> frozenset[str]:
        """The people who are to be trained."""
        return frozenset(person for training in self.training for person in training.people)

    @property
    def missing(self) -> tuple[Training, ...]:
        """The training that the change asks for and does not assign."""
        return tuple(training for training in self.training if not training.assigned)

    @property
    def by_method(self) -> dict[str, int]:
        """How many trainings contain each method; one of a person on a revision counts once, however many roles ask."""
        asked = {
            (person, training.document, method)
            for training in self.training
            for person in training.people
            for method in training.method
        }
        return dict(sorted(Counter(method for _, _, method in asked).items()))

    @property
    def trainings(self) -> int:
        """How many times somebody is to be trained on a revision."""
        return len({(person, training.document) for training in self.training for person in training.people})

    @property
    def nobody(self) -> str | None:
        """Why the change reaches nobody, where it does not."""
        if self.reached:
            return None
        groups = (self.documents, self.roles, self.people, self.events)
        why = [f"{one.id}: {one.nobody}" for group in groups for one in group if one.nobody]
        return "; ".join(why) or "it changes no revision, role, holding or training action"


def impact_of(change: Change) -> Impact:
    """What a change does: the assignments that it adds, what is still missing in its head, and what is at risk."""
    found: dict[Kind, dict[str, list[Training]]] = {kind: {} for kind in _KINDS}
    for training, kind, name in _trainings(change):
        found[kind].setdefault(name, []).append(training)
    events = list(suspended_by(change))
    suspended = tuple(suspensions(change, events))
    return Impact(
        as_of=change.day,
        documents=_documents(change, found[Kind.DOCUMENT]),
        roles=_roles(change, found[Kind.ROLE]),
        people=_people(change, found[Kind.PERSON]),
        events=_events(change, found[Kind.EVENT], {one.event: one.lifted for one in events}),
        at_risk=tuple(at_risk(change)),
        suspended=suspended,
        remaining=tuple(remaining(change, suspended)),
        ungoverned=tuple(ungoverned(change)),
    )


_KINDS = (Kind.DOCUMENT, Kind.ROLE, Kind.PERSON, Kind.EVENT)


# --- training -------------------------------------------------------------------------------------------------------


def _trainings(change: Change) -> Iterator[tuple[Training, Kind, str]]:
    """Each training with the kind and the name of what it comes of."""
    documents = {edit.after.id for edit in change.edits(Kind.DOCUMENT, Document) if edit.after}
    roles = {edit.after.id for edit in change.edits(Kind.ROLE, Role) if edit.after}
    head = Snapshot(_AnyText(change.head.source, ()), change.day)
    missing = Plan(head).close(whole_gap(head))
    for assigned, assignments in ((True, change.added_assignments), (False, missing)):
        for assignment in assignments:
            folder, _, rest = assignment.assignment.partition("/")
            for item in assignment.items:
                name = item.document.document
                training = _training(change.head, assignment, item, assigned=assigned)
                if folder == "people":
                    yield training, Kind.PERSON, rest.split("/")[0]
                elif folder != "refresher" and "@" not in folder:
                    yield training, Kind.EVENT, folder
                elif assignment.role in roles and name not in documents:
                    yield training, Kind.ROLE, assignment.role or ""
                else:
                    yield training, Kind.DOCUMENT, name


class _AnyText(Without):
    """The records of a tree; earlier texts, which an impact does not show, are not looked for in its history."""

    def earlier_text(self, path: str, label: str) -> str | None:
        """No text in particular."""
        return f"sha256:{64 * '0'}"


def _training(head: Snapshot, assignment: Assignment, item: AssignmentItem, *, assigned: bool) -> Training:
    people = [person for person in map(head.people.get, item.people) if person]
    return Training(
        cause=assignment.cause,
        document=item.document,
        role=assignment.role,
        method=tuple(item.method),
        due=item.due,
        people=item.people,
        on_leave=tuple(person.id for person in people if is_on_leave(person, item.due)),
        assignment=assignment.assignment,
        assigned=assigned,
    )


def _reach(
    name: str,
    title: str,
    changes: Iterable[str],
    training: Iterable[Training],
    nobody: str,
) -> Reach:
    ordered = tuple(sorted(training, key=lambda one: (not one.assigned, one.assignment, one.document, one.due)))
    reached = any(one.people for one in ordered)
    return Reach(name, title, tuple(changes), ordered, None if reached else nobody)


# --- documents ------------------------------------------------------------------------------------------------------


def _documents(change: Change, training: dict[str, list[Training]]) -> tuple[Reach, ...]:
    changes = {
        edit.after.id: list(_document_changes(edit.before, edit.after))
        for edit in change.edits(Kind.DOCUMENT, Document)
        if edit.after
    }
    found = []
    for name in sorted({*training, *(name for name, said in changes.items() if said)}):
        document = change.head.documents.get(name)
        if document:
            why = _reaches_nobody(change, document)
            found.append(_reach(name, document.title, changes.get(name, ()), training.get(name, ()), why))
    return tuple(found)


def _document_changes(before: Document | None, after: Document) -> Iterator[str]:
    for entry in new_entries(before, after):
        what = "new document, revision" if before is None and entry is after.revisions[-1] else "revision"
        yield f"{what} {entry.revision}, effective {entry.effective}, {entry.impact}: {entry.summary}"
    for entry in after.revisions:
        was = before.entry(entry.revision) if before else None
        if was and entry.withdrawn and not was.withdrawn:
            yield f"revision {entry.revision} is withdrawn on {entry.withdrawn}"
    if before and after.retired and after.retired != before.retired:
        yield f"retired on {after.retired}"
    yield from _gained_and_lost("governs", before.governs if before else after.governs, after.governs)


def _gained_and_lost(verb: str, before: Iterable[str], after: Iterable[str]) -> Iterator[str]:
    """What a list gained and lost, in words."""
    yield from (f"now {verb} {name}" for name in sorted({*after} - {*before}))
    yield from (f"no longer {verb} {name}" for name in sorted({*before} - {*after}))


def _reaches_nobody(change: Change, document: Document) -> str:
    roles = roles_for(change.head, document)
    if document.retired and document.retired <= change.day:
        return f"it is retired since {document.retired} and asks for nothing"
    if not roles:
        return "no role requires it"
    if document.newest.withdrawn:
        return f"revision {document.newest.revision} is withdrawn and owed by nobody"
    if not any(_is_held(change, role.id) for role in roles):
        return f"nobody holds {_words(role.id for role in roles)}"
    before = change.base.documents.get(document.id)
    if document.retired and (before is None or before.retired != document.retired):
        return f"it is retired on {document.retired}"
    if document.newest.impact == "none":
        return f"the impact of revision {document.newest.revision} is none, so training on the one before carries over"
    return "everybody who needs it is trained on it or was assigned it before"


def _is_held(change: Change, role: str) -> bool:
    """Whether anybody holds a role, on the day of the change or later."""
    return any(reach(days_held(person, role), change.day) for person in change.head.holders.get(role, ()))


def _words(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last


# --- roles and people -----------------------------------------------------------------------------------------------


def _roles(change: Change, training: dict[str, list[Training]]) -> tuple[Reach, ...]:
    found = []
    for edit in change.edits(Kind.ROLE, Role):
        role = edit.after or edit.before
        changes = list(_role_changes(change, edit.before, edit.after))
        if role and (changes or role.id in training):
            if edit.after is None:
                why = "a role that is removed asks for nothing"
            elif not _is_held(change, role.id):
                why = f"nobody holds {role.id}"
            else:
                why = "everybody who holds it is trained on what it requires or was assigned it before"
            found.append(_reach(role.id, role.title, changes, training.get(role.id, ()), why))
    return tuple(found)


def _role_changes(change: Change, before: Role | None, after: Role | None) -> Iterator[str]:
    if before is None or after is None:
        yield "new role" if after else "removed"
    yield from _gained_and_lost("performs", before.performs if before else (), after.performs if after else ())
    yield from _gained_and_lost("operates", before.operates if before else (), after.operates if after else ())
    old = {document.id for document in documents_for(change.base, before)} if before else set()
    new = {document.id: document for document in documents_for(change.head, after)} if after else {}
    for name in sorted({*new} - old):
        because = reasons(after, new[name]) if after else []
        yield f"now needs {name} ({', '.join(because)})"
    yield from (f"no longer needs {name}" for name in sorted(old - {*new}))


def _people(change: Change, training: dict[str, list[Training]]) -> tuple[Reach, ...]:
    edits = {
        edit.after.id: list(_person_changes(edit.before, edit.after))
        for edit in change.edits(Kind.PERSON, Person)
        if edit.after
    }
    found = []
    for name in sorted({*training, *(name for name, said in edits.items() if said)}):
        person = change.head.people.get(name)
        if person:
            why = "this asks for no training that is not on record or assigned by role"
            found.append(_reach(name, person.name, edits.get(name, ()), training.get(name, ()), why))
    return tuple(found)


def _person_changes(before: Person | None, after: Person) -> Iterator[str]:
    """Hires, departures, roles and leaves that are new, in words."""
    employed = before.employed if before else ()
    yield from (f"employed {_from_to(new.from_, new.to)}" for new in after.employed if new not in employed)
    held = before.roles if before else ()
    for holding in after.roles:
        if holding not in held:
            yield f"holds {holding.role} {_from_to(holding.from_, holding.to)}"
    yield from (
        f"does not hold {old.role} from {old.from_} any more"
        for old in held
        if not any((new.role, new.from_) == (old.role, old.from_) for new in after.roles)
    )
    leave = before.leave if before else ()
    yield from (f"on leave {_from_to(new.from_, new.to)}" for new in after.leave if new not in leave)


def _from_to(first: date, last: date | None) -> str:
    return f"from {first} to {last}" if last else f"from {first}"


# --- quality events -------------------------------------------------------------------------------------------------

#: What a change does to an event by the key that it sets.
_VERBS = {
    "closed": "closes",
    "verified": "verifies",
    "released": "releases",
    "voided": "voids",
    "cancelled": "cancels",
    "withdrawn": "withdraws",
}


def _events(change: Change, training: dict[str, list[Training]], lifted: dict[str, list[str]]) -> tuple[Reach, ...]:
    changes: dict[str, list[str]] = {}
    titles: dict[str, str] = {}
    for edit in change.edits(Kind.EVENT, Event):
        event = edit.after or edit.before
        if event and (edit.after or not change.head.unreadable_below(edit.path)):
            said = changes[event.id] = list(_event_changes(change.head, edit.before, edit.after))
            titles[event.id] = event.title
            if lifted.get(event.id):
                said.append(f"lifts the suspension of {', '.join(lifted[event.id])}")
    found = []
    for name in sorted({*training, *(name for name, said in changes.items() if said)}):
        event = change.head.events.get(name)
        if event or name in titles:
            why = _event_reaches_nobody(change.head, event) if event else "it is removed"
            title = event.title if event else titles[name]
            found.append(_reach(name, title, changes.get(name, ()), training.get(name, ()), why))
    return tuple(found)


def _event_changes(head: Snapshot, before: Event | None, after: Event | None) -> Iterator[str]:
    """The training actions of an event that are new or other, and the decisions on it, in words."""
    if after is None:
        yield "removed"
        return
    old = before.actions if before else ()
    yield from (_action(action) for action in after.actions if action.kind == "training" and action not in old)
    yield from _checks(before, after)
    for again in after.reopened:
        if before is None or again not in before.reopened:
            yield (
                f"reopens {after.id}: closed on {again.closed} by {again.closed_by}, reopened on {again.on} "
                f"by {again.by}: {again.summary}"
            )
    ending = after.ending
    if ending and (before is None or ending != before.ending):
        yield f"{_VERBS[after.ending_key]} {after.id} on {ending.on} by {ending.by}: {ending.reason}"
    was = (before.settling_key, before.settled) if before else None
    if after.settled and was != (after.settling_key, after.settled):
        yield f"{_VERBS[after.settling_key]} {after.id}: {', '.join(_grounds(head, after, after.settled))}"


def _action(action: Action) -> str:
    documents = ", ".join(map(str, action.documents)) or "nothing"
    who = ", ".join((*action.roles, *action.people)) or "nobody"
    return f"action {action.id}: training on {documents} for {who}, due {action.due}"


def _checks(before: Event | None, after: Event) -> Iterator[str]:
    plan = after.effectiveness if isinstance(after, Capa) else None
    was = before.effectiveness if isinstance(before, Capa) else None
    for check in plan.checks if plan else ():
        if was is None or check not in was.checks:
            by = plan.assessor_of(check) if plan else None
            yield f"effectiveness check of {after.id} on {check.on} by {by}: {check.outcome}, {check.summary}"


def _grounds(head: Snapshot, event: Event, day: date) -> Iterator[str]:
    """On what an event was answered by a day, and by whom: what the records say, whether or not it is enough."""
    when = head.end_of(day)
    if not training_is_unreadable(head, event):
        needed = [action for action in event.actions if not action.dropped]
        done = sum(bool(done_on(head, event, action, when)) for action in needed)
        if needed:
            of_all = f" of {len(needed)}" if done < len(needed) else ""
            yield f"{done}{of_all} action{'s' * (len(needed) > 1)} done"
        training = [action for action in needed if action.kind == "training"]
        people = {
            person
            for action in training
            for _, item in action_items(head, event, action)
            for person in item.people
            if action_completed(head, event, action, person, when)
        }
        if training:
            number = f"{len(people)} {'person' if len(people) == 1 else 'people'}" if people else "nobody"
            yield f"training completed by {number}"
    if isinstance(event, Capa) and event.effectiveness and (found := deciding_check(event, day)):
        check = found[1]
        yield f"checked {check.outcome} on {check.on} by {event.effectiveness.assessor_of(check)}"
    if isinstance(event, Validation) and event.pq_completed:
        yield f"performance qualification completed on {event.pq_completed}"
    if isinstance(event, AuditFinding) and event.verified and event.closed:
        yield _decided("verified", event.verified, event.verified_by)
    yield _decided(event.settling_key, day, getattr(event, f"{event.settling_key}_by"))


def _decided(what: str, day: date, by: str | None) -> str:
    return f"{what} on {day} by {by}" if by else f"{what} on {day}"


def _event_reaches_nobody(head: Snapshot, event: Event) -> str:
    if event.ended:
        return f"it is {event.ending_key if event.ending else event.settling_key}"
    if not any(action.kind == "training" for action in event.actions):
        return "it asks for no training"
    asked = [named for action in event.actions for named in action.revisions]
    coming = [
        str(named)
        for named in asked
        if not (document := head.documents.get(named.document)) or not document.entry(named.label)
    ]
    if coming:
        return f"its training is assigned when {', '.join(coming)} comes"
    return "nobody whom its training concerns is here, or all were assigned it before"
