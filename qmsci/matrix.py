"""The training matrix: which documents a role requires, and which roles a document reaches. Derived, never written."""

from __future__ import annotations

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
