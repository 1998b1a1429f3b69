"""Days: which revision is in force when, and who holds which role when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from qmsci.records.base import Interval
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.person import Person

ONE_DAY = timedelta(days=1)


class Span(NamedTuple):
    """The days from the first to the last, both included; `date.max` where there is no end."""

    first: date
    last: date


Days = Sequence[Span]


def days_of(intervals: Iterable[Interval]) -> Days:
    """The days that some intervals cover."""
    return [Span(interval.from_, interval.to or date.max) for interval in intervals]


def in_both(some: Days, others: Days) -> Days:
    """The days that two sets of days share."""
    return [
        Span(first, last)
        for a in some
        for b in others
        if (first := max(a.first, b.first)) <= (last := min(a.last, b.last))
    ]


def include(days: Days, day: date) -> bool:
    """Whether a day is among some days."""
    return any(span.first <= day <= span.last for span in days)


def reach(days: Days, day: date) -> bool:
    """Whether some days have any that is not before a day."""
    return any(span.last >= day for span in days)


def days_in_force(document: Document, entry: RevisionEntry) -> Days:
    """The days on which a revision is in force: none where it is withdrawn, or a newer one takes effect no later."""
    if entry.withdrawn:
        return []
    last = document.retired - ONE_DAY if document.retired else date.max
    for newer in document.revisions:
        if newer is entry:
            break
        if not newer.withdrawn:
            if newer.effective <= entry.effective:
                return []
            last = min(last, newer.effective - ONE_DAY)
    return [Span(entry.effective, last)] if entry.effective <= last else []


def in_force(document: Document, day: date) -> RevisionEntry | None:
    """The revision in force on a day."""
    if document.retired and document.retired <= day:
        return None
    for entry in document.revisions:
        if entry.effective <= day and not entry.withdrawn:
            return entry
    return None


def owed_revisions(document: Document, day: date) -> list[RevisionEntry]:
    """The revisions that are in force on a day or will be, newest first."""
    return [entry for entry in document.revisions if reach(days_in_force(document, entry), day)]


def previous(document: Document, entry: RevisionEntry) -> RevisionEntry | None:
    """The revision before one, withdrawn ones left out."""
    position = document.revisions.index(entry)
    return next((older for older in document.revisions[position + 1 :] if not older.withdrawn), None)


def days_held(person: Person, role: str) -> Days:
    """The days on which a person holds a role and is employed."""
    holdings = days_of(holding for holding in person.roles if holding.role == role)
    return in_both(days_of(person.employed), holdings)


def is_employed(person: Person, day: date) -> bool:
    """Whether a person works here on a day."""
    return any(one.from_ <= day <= (one.to or date.max) for one in person.employed)


def is_on_leave(person: Person, day: date) -> bool:
    """Whether a person is on leave on a day."""
    return any(one.from_ <= day <= (one.to or date.max) for one in person.leave)


def back_from_leave(person: Person, day: date) -> date:
    """A day, or the first one after it that is not on leave; the day itself where the leave has no end."""
    for span in sorted(days_of(person.leave)):
        if span.first <= day <= span.last < date.max:
            day = span.last + ONE_DAY
    return day


def first_day(days: Days, day: date) -> date | None:
    """The first of some days that is not before a day."""
    return min((max(span.first, day) for span in days if span.last >= day), default=None)
