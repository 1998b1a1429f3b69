"""The training matrix: which documents a role requires, and which roles a document reaches. Derived, never written."""

from __future__ import annotations

from datetime import date

from qmsci.records import layout
from qmsci.records.document import Document
from qmsci.records.role import Role
from qmsci.snapshot import Snapshot


def documents_for(snapshot: Snapshot, role: Role) -> list[Document]:
    """The documents that a role requires: those that govern what it performs or operates, and those that it lists."""
    found = {document.id: document for activity in role.activities for document in snapshot.governing.get(activity, ())}
    for name in role.requires:
        document = snapshot.documents.get(name)
        if document:
            found[name] = document
    return [found[name] for name in sorted(found)]


def roles_for(snapshot: Snapshot, document: Document) -> list[Role]:
    """The roles that a document reaches."""
    found = {role.id: role for activity in document.governs for role in snapshot.performers.get(activity, ())}
    found |= {role.id: role for role in snapshot.listed_by.get(document.id, ())}
    return [found[name] for name in sorted(found)]


def reasons(role: Role, document: Document) -> list[str]:
    """Why a role requires a document, in the words of the role's file."""
    because = [f"performs {activity}" for activity in role.performs if activity in document.governs]
    because += [f"operates {activity}" for activity in role.operates if activity in document.governs]
    return because + ([f"requires {document.id}"] if document.id in role.requires else [])


def asked_since(snapshot: Snapshot, role: Role, document: Document) -> date | None:
    """
    The day on which training on a document was first assigned to a role: since then it belongs to its programme.

    None where it never was; any day where a file cannot be read. What the matrix says today was not so at all times.
    """
    days = []
    for name in (document.named(entry) for entry in document.revisions):
        assignment = snapshot.assignment(f"{name}/{role.id}")
        if assignment:
            days.append(assignment.assigned)
        elif snapshot.unreadable_below(layout.role_assignment(name, role.id)):
            days.append(date.min)
    return min(days, default=None)


def was_asked(snapshot: Snapshot, role: Role, document: Document, day: date) -> bool:
    """Whether a document belonged to the programme of a role by a day."""
    first = asked_since(snapshot, role, document)
    return first is not None and first <= day
