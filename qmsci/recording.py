"""Recording training: which revision is meant, what somebody has to do for it still, and as what it is recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from qmsci.completion import counting, full_method, in_order, is_enough, lacking, lapses, on_record
from qmsci.finding import CannotRun
from qmsci.programme import OpenItem, open_items
from qmsci.read import front_matter
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.person import Person
from qmsci.snapshot import Snapshot, When
from qmsci.timeline import days_in_force, in_force, owed_revisions, reach
from qmsci.tree import Tree
from qmsci.verification import revision_in

Values = Mapping[str, Any]

# --- which revision, and its text -----------------------------------------------------------------------------------


def revision_meant(snapshot: Snapshot, person: Person, document: Document, when: When) -> RevisionEntry:
    """
    The revision that somebody means who names a document only. Raises `CannotRun` where none is in force or coming.

    It is the one in force, unless only a coming one is owed.
    """
    owed = owed_revisions(document, when.day)
    if not owed:
        raise CannotRun(f"no revision of {document.id} is in force or coming on {when.day}")
    now = in_force(document, when.day)
    first = owed[-1]
    if now is None or open_parts(snapshot, person, document, now, when):
        return first
    return coming_or_in_force(snapshot, person, document, when) or now


def coming_or_in_force(snapshot: Snapshot, person: Person, document: Document, when: When) -> RevisionEntry | None:
    """The revision to come that a person owes, else the one in force, else the next to come; None where none is."""
    owed = owed_revisions(document, when.day)
    now = in_force(document, when.day)
    asked = {one.item.document for one in open_items(snapshot, person, when, [document])}
    coming = (entry for entry in reversed(owed) if entry is not now and document.named(entry) in asked)
    return next(coming, now or (owed[-1] if owed else None))


def text_shown(tree: Tree, snapshot: Snapshot, document: Document, entry: RevisionEntry) -> bytes:
    """
    The text of a revision: of the file or, where that has a newer one, of its history.

    Raises `CannotRun` where it is not in the history that is here.
    """
    if entry is document.newest:
        file = tree.read([document.path])[0]
        assert file
        return front_matter(file.data).body
    named, wanted = document.named(entry), snapshot.text_of(document, entry)
    for data in tree.earlier_versions(document.path):
        found = revision_in(document.path, data)
        if found and found[0] == named and wanted in (None, found[1]):
            return front_matter(data).body
    raise CannotRun(f"the text of {named} is not in the history that is here: git fetch --unshallow")


def standing_of(document: Document, entry: RevisionEntry, when: When) -> str:
    """What there is to say of a revision that somebody is about to read."""
    if entry.withdrawn:
        return f"withdrawn on {entry.withdrawn}"
    if not reach(days_in_force(document, entry), when.day):
        return "retired" if document.retired and document.retired <= when.day else "superseded"
    if entry.effective > when.day:
        return f"effective {entry.effective}: not in force yet"
    return f"in force since {entry.effective}"


# --- what is open ---------------------------------------------------------------------------------------------------


def open_for(
    snapshot: Snapshot, person: Person, document: Document, entry: RevisionEntry, when: When
) -> list[OpenItem]:
    """The items of assignments that ask a person for a revision, and are open."""
    found = open_items(snapshot, person, when, [document])
    return [one for one in found if one.item.document == document.named(entry)]


def open_parts(
    snapshot: Snapshot, person: Person, document: Document, entry: RevisionEntry, when: When
) -> tuple[str, ...]:
    """The parts of the method that a person still has to do for a revision, also where nobody has asked for it."""
    items = open_for(snapshot, person, document, entry, when)
    parts: set[str] = set()
    if not on_record(snapshot, person.id, document, entry, when):
        of_roles = (one.item for one in items if one.assignment.role)
        parts |= {*lacking(snapshot, person.id, document, entry, when, of_roles).parts}
    elif entry is in_force(document, when.day) and _lapses_soon(snapshot, person.id, document, when) and not items:
        parts |= full_method(snapshot, document)
    for one in items:
        if one.assignment.role is None or one.assignment.cause == "refresher":
            done = _done_for(snapshot, person.id, one)
            parts |= {part for part in one.item.method if part not in done}
    return in_order(parts)


def _done_for(snapshot: Snapshot, person: str, one: OpenItem) -> set[str]:
    """The parts that entries have done which name an assignment."""
    return {
        part
        for _, entry in counting(snapshot, person, one.item.document.document, None)
        if entry.document == one.item.document and one.assignment.assignment in entry.assignments
        if is_enough(entry, one.item.pass_mark or 0, one.item.supervised or 0)
        for part in entry.method
    }


def _lapses_soon(snapshot: Snapshot, person: str, document: Document, when: When) -> bool:
    last = lapses(snapshot, person, document, when)
    return bool(last and snapshot.policy and last <= snapshot.policy.training.refresher_window.after(when.day))


# --- entries --------------------------------------------------------------------------------------------------------


def split(values: Values) -> list[dict[str, Any]]:
    """
    The entries that record what was done: one for all that was passed, and one for each part that was not.

    So a reading is not lost with the assessment that failed after it.
    """
    failed = []
    if values.get("assessment") and values["assessment"]["score"] < values["assessment"]["pass-mark"]:
        failed.append("assessment")
    if values.get("practical") and values["practical"]["outcome"] != "competent":
        failed.append("practical")
    passed = [part for part in values["method"] if part not in failed]
    return [_only(values, parts) for parts in ([passed] if passed else []) + [[part] for part in failed]]


def _only(values: Values, parts: Sequence[str]) -> dict[str, Any]:
    kept = {key: value for key, value in values.items() if key not in ("assessment", "practical") or key in parts}
    return {**kept, "method": list(parts)}


def assignments_of(items: Iterable[OpenItem], day: date) -> list[str]:
    """The names of the assignments that an entry of a day is for; what an event asked for later, it cannot be for."""
    return sorted({one.assignment.assignment for one in items if one.assignment.role or one.assignment.assigned <= day})
