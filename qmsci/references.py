"""What the records name: every reference from one record to another, with the key at which it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

from qmsci.finding import KeyPath
from qmsci.near_miss import near_miss
from qmsci.records import layout
from qmsci.records.action import Action, Extension
from qmsci.records.base import FileRecord, RevisionId, Signature
from qmsci.records.document import Document
from qmsci.records.event import AuditFinding, Capa, Deviation, Event, Nonconformance, TrainingGap, Validation
from qmsci.records.layout import filed
from qmsci.records.person import Person
from qmsci.records.policy import Policy
from qmsci.records.questions import Questions
from qmsci.records.role import Role
from qmsci.records.training import Approval, Assignment, Completion, Completions, Waivers
from qmsci.snapshot import Register, Snapshot


class Named(StrEnum):
    """What a reference is to. A planned revision is one that an event asks for and that may come yet."""

    DOCUMENT = "document"
    REVISION = "revision"
    PLANNED = "planned"
    ROLE = "role"
    ACTIVITY = "activity"
    PERSON = "person"
    EVENT = "event"
    ASSIGNMENT = "assignment"
    BESIDE = "beside"  # the document in whose folder, and under whose name, it lies


class Reference(NamedTuple):
    """One name in a record, and the key where it stands."""

    keys: KeyPath
    kind: Named
    id: RevisionId | str


class Dangling(NamedTuple):
    """A reference, in the record at a path, to what is not there; with the sentence that says so."""

    path: str
    keys: KeyPath
    missing: str


References = Iterator[Reference]


def references(record: FileRecord) -> References:
    """
    Every reference of a record. What it merely quotes is none: an approval's `governs` is what stood there that day.

    It needs nothing but the record, so that it can be kept with it.
    """
    for names in _namers(type(record)):
        yield from names(record)


@cache
def _namers(kind: type[FileRecord]) -> list[Callable[[Any], References]]:
    return [names for known, names in _NAMES.items() if issubclass(kind, known)]


def _each(kind: Named, ids: Iterable[RevisionId | str], *keys: str | int) -> References:
    return (Reference((*keys, index), kind, name) for index, name in enumerate(ids))


def _one(kind: Named, name: RevisionId | str | None, *keys: str | int) -> References:
    if name:
        yield Reference(keys, kind, name)


def _signers(signatures: Iterable[Signature], *keys: str | int) -> References:
    return (Reference((*keys, "signatures", i, "by"), Named.PERSON, one.by) for i, one in enumerate(signatures))


# --- the policy, documents, roles and people ------------------------------------------------------------------------


def _of_policy(policy: Policy) -> References:
    yield from _each(Named.ROLE, policy.quality_unit, "quality-unit")
    for prefix, kind in policy.documents.items():
        for index, role in enumerate(kind.approvers):
            if role != "owner":
                yield Reference(("documents", prefix, "approvers", index), Named.ROLE, role)


def _of_document(document: Document) -> References:
    yield Reference(("owner",), Named.ROLE, document.owner)
    yield from _each(Named.ACTIVITY, document.governs, "governs")
    yield from _each(Named.DOCUMENT, document.references, "references")
    for index, entry in enumerate(document.revisions):
        yield from _each(Named.PERSON, entry.authors, "revisions", index, "authors")
        yield from _one(Named.EVENT, entry.reason, "revisions", index, "reason")
    for index, review in enumerate(document.reviewed):
        yield Reference(("reviewed", index, "by"), Named.PERSON, review.by)


def _of_questions(questions: Questions) -> References:
    yield Reference(("document",), Named.DOCUMENT, questions.document)
    yield Reference(("document",), Named.BESIDE, layout.asking_about(questions.path))


def _of_approval(approval: Approval) -> References:
    yield Reference(("document",), Named.REVISION, approval.document)
    yield Reference(("by",), Named.PERSON, approval.by)


def _of_role(role: Role) -> References:
    yield from _each(Named.ACTIVITY, role.performs, "performs")
    yield from _each(Named.ACTIVITY, role.operates, "operates")
    yield from _each(Named.DOCUMENT, role.requires, "requires")
    for document, earlier in role.prerequisites.items():
        yield Reference(("prerequisites", document), Named.DOCUMENT, document)
        yield from _each(Named.DOCUMENT, earlier, "prerequisites", document)


def _of_person(person: Person) -> References:
    yield from ((Reference(("roles", i, "role"), Named.ROLE, held.role)) for i, held in enumerate(person.roles))
    for index, key in enumerate(person.keys):
        yield Reference(("keys", index, "by"), Named.PERSON, key.by)
        yield from _one(Named.PERSON, key.revoked.by if key.revoked else None, "keys", index, "revoked", "by")
    for name in ("employed", "roles", "leave", "keys"):
        for index, interval in enumerate(getattr(person, name)):
            if interval.corrected:
                yield Reference((name, index, "corrected", "by"), Named.PERSON, interval.corrected.by)


# --- training records -----------------------------------------------------------------------------------------------


def _of_assignment(assignment: Assignment) -> References:
    yield from _one(Named.ROLE, assignment.role, "role")
    for index, item in enumerate(assignment.items):
        yield Reference(("items", index, "document"), Named.REVISION, item.document)
        yield from _each(Named.PERSON, item.people, "items", index, "people")


def _whose(record: FileRecord) -> References:
    """The person whom the path names; the document that it names is that of every entry."""
    found = filed(record.path)
    return _one(Named.PERSON, found.names[0] if found else None)


def _of_completions(history: Completions) -> References:
    yield from _whose(history)
    for index, entry in enumerate(history.entries):
        if isinstance(entry, Completion):
            yield Reference((index, "document"), Named.REVISION, entry.document)
            for position, name in enumerate(entry.assignments):
                yield Reference((index, "assignments", position), Named.ASSIGNMENT, name)
            if entry.practical:
                yield Reference((index, "practical", "evaluator"), Named.PERSON, entry.practical.evaluator)
                for position, task in enumerate(entry.practical.supervised):
                    yield Reference((index, "practical", "supervised", position, "by"), Named.PERSON, task.by)
            if entry.origin:
                yield from _one(Named.PERSON, entry.origin.verified_by, index, "origin", "verified-by")
        else:
            yield Reference((index, "by"), Named.PERSON, entry.by)
        if entry.signatures:
            yield from _signers(entry.signatures, index)


def _of_waivers(waivers: Waivers) -> References:
    yield from _whose(waivers)
    for index, entry in enumerate(waivers.entries):
        yield Reference((index, "document"), Named.REVISION, entry.document)
        yield from _one(Named.PERSON, entry.by, index, "by")
        yield from _signers(entry.signatures, index)


# --- quality events -------------------------------------------------------------------------------------------------


def _of_event(event: Event) -> References:
    yield from _one(Named.PERSON, event.owner, "owner")
    yield from _each(Named.EVENT, event.sources, "sources")
    yield from _each(Named.DOCUMENT, event.documents, "documents")
    yield from _each(Named.PERSON, event.people, "people")
    yield from _one(Named.ACTIVITY, event.activity, "activity")
    yield from _one(Named.EVENT, getattr(event, "capa", None), "capa")
    for index, action in enumerate(event.actions):
        yield from _of_action(action, "actions", index)
    yield from _extended(event.extensions)
    yield from (Reference(("corrected", i, "by"), Named.PERSON, one.by) for i, one in enumerate(event.corrected))
    if event.ending:
        yield Reference((event.ending_key, "by"), Named.PERSON, event.ending.by)
    for index, again in enumerate(event.reopened):
        yield Reference(("reopened", index, "by"), Named.PERSON, again.by)
        yield Reference(("reopened", index, "closed-by"), Named.PERSON, again.closed_by)
    for key in ("closed-by", "verified-by", "released-by"):
        yield from _one(Named.PERSON, getattr(event, key.replace("-", "_"), None), key)


def _of_action(action: Action, *keys: str | int) -> References:
    yield from _one(Named.PERSON, action.owner, *keys, "owner")
    for index, named in enumerate(action.documents):
        kind = Named.PLANNED if isinstance(named, RevisionId) else Named.DOCUMENT
        yield Reference((*keys, "documents", index), kind, named)
    yield from _one(Named.REVISION if action.done else Named.PLANNED, action.document, *keys, "document")
    yield from _each(Named.ROLE, action.roles, *keys, "roles")
    yield from _each(Named.PERSON, action.people, *keys, "people")
    yield from _extended(action.extensions, *keys)
    yield from _one(Named.PERSON, action.dropped.by if action.dropped else None, *keys, "dropped", "by")


def _extended(extensions: Iterable[Extension], *keys: str | int) -> References:
    return (Reference((*keys, "extensions", i, "by"), Named.PERSON, one.by) for i, one in enumerate(extensions))


def _of_deviation(deviation: Deviation) -> References:
    for index, assessment in enumerate(deviation.training_assessment):
        yield Reference(("training-assessment", index, "person"), Named.PERSON, assessment.person)
        yield Reference(("training-assessment", index, "document"), Named.REVISION, assessment.document)


def _of_nonconformance(event: Nonconformance) -> References:
    yield from _one(Named.PERSON, event.disposition.by if event.disposition else None, "disposition", "by")


def _of_finding(finding: AuditFinding) -> References:
    yield from _one(Named.PERSON, finding.auditor, "auditor")
    yield from _one(Named.PERSON, finding.accepted_by, "accepted-by")


def _of_gap(gap: TrainingGap) -> References:
    yield Reference(("person",), Named.PERSON, gap.person)
    yield from _one(Named.ROLE, gap.role, "role")
    yield Reference(("document",), Named.DOCUMENT, gap.document)


def _of_capa(capa: Capa) -> References:
    if capa.effectiveness:
        yield Reference(("effectiveness", "assessor"), Named.PERSON, capa.effectiveness.assessor)
        for index, check in enumerate(capa.effectiveness.checks):
            yield from _one(Named.PERSON, check.by, "effectiveness", "checks", index, "by")


def _of_validation(validation: Validation) -> References:
    return _each(Named.ACTIVITY, validation.activities, "activities")


_NAMES: dict[type[FileRecord], Callable[[Any], References]] = {
    Completions: _of_completions,
    Waivers: _of_waivers,
    Assignment: _of_assignment,
    Approval: _of_approval,
    Policy: _of_policy,
    Document: _of_document,
    Questions: _of_questions,
    Role: _of_role,
    Person: _of_person,
    Event: _of_event,
    Deviation: _of_deviation,
    Nonconformance: _of_nonconformance,
    AuditFinding: _of_finding,
    TrainingGap: _of_gap,
    Capa: _of_capa,
    Validation: _of_validation,
}


# --- whether what they name is there --------------------------------------------------------------------------------

#: Where the records of a kind lie.
_FOLDERS = {Named.ROLE: layout.ROLES, Named.PERSON: layout.PEOPLE, Named.EVENT: layout.EVENTS}


def unresolved(snapshot: Snapshot, kind: Named, name: RevisionId | str) -> str | None:
    """What is not there of what a reference names, in a sentence; None where it is there (or there and unreadable)."""
    if (kind, name) in snapshot.resolved:  # much is named over and over
        return None
    missing = _missing(snapshot, kind, name)
    if missing is None:
        snapshot.resolved.add((kind, name))
    return missing


def _missing(snapshot: Snapshot, kind: Named, name: RevisionId | str) -> str | None:
    match kind:
        case Named.PLANNED:
            return _no_type(snapshot, name)
        case Named.DOCUMENT | Named.REVISION:
            return _no_document(snapshot, name)
        case Named.BESIDE:
            there = snapshot.source.records([str(name)])[0] or snapshot.unreadable_below(str(name))
            return None if there else f"no document lies beside these questions, at {name}"
        case Named.ACTIVITY:
            if name in snapshot.activities or snapshot.unreadable_below(layout.ACTIVITIES):
                return None
            return _said("activity", str(name), layout.ACTIVITIES, near_miss(str(name), snapshot.activities))
        case Named.ASSIGNMENT:
            path = layout.assignment_path(str(name))
            if snapshot.assignment(str(name)) or snapshot.unreadable_below(path):
                return None
            others = snapshot.source.paths(path.rsplit("/", 1)[0] + "/")
            meant = near_miss(str(name), map(layout.assignment_name, others))
            return _said("assignment", str(name), layout.ASSIGNMENTS, meant)
    register: Register[FileRecord] = getattr(snapshot, "people" if kind is Named.PERSON else f"{kind}s")
    if name in register or snapshot.unreadable_below(f"{_FOLDERS[kind]}{name}.yaml"):
        return None
    return _said(kind, str(name), _FOLDERS[kind], register.nearest(str(name)))


def _no_document(snapshot: Snapshot, name: RevisionId | str) -> str | None:
    wanted = name.document if isinstance(name, RevisionId) else name
    document = snapshot.documents.get(wanted)
    if isinstance(name, RevisionId) and document:
        if document.entry(name.label):
            return None
        return f"{wanted} has no revision {name.label} ({', '.join(entry.revision for entry in document.revisions)})"
    if document or snapshot.is_unreadable(wanted):
        return None
    return _said("document", wanted, layout.DOCUMENTS, snapshot.documents.nearest(wanted))


def _no_type(snapshot: Snapshot, name: RevisionId | str) -> str | None:
    wanted = name.document if isinstance(name, RevisionId) else name
    if snapshot.policy is None or snapshot.policy.type_of(wanted):
        return None
    prefix = wanted.split("-", 1)[0]
    meant = near_miss(prefix, snapshot.policy.documents)
    return f"{prefix} is no document type of qmsci.yaml" + (f", did you mean {meant}?" if meant else "")


def _said(kind: str, name: str, folder: str, meant: str | None) -> str:
    return f"no {kind} '{name}' in {folder}" + (f", did you mean '{meant}'?" if meant else "")
