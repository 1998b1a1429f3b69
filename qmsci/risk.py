"""Which activities a change puts at risk: who could still perform them on a coming date, if nobody trained."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from qmsci.authorisation import authorised
from qmsci.change import Change
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.layout import Kind
from qmsci.snapshot import Snapshot
from qmsci.timeline import days_held, include


@dataclass(frozen=True, slots=True)
class Risk:
    """Who could do an activity on the day on which documents change, if nobody trained in between."""

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
