"""The figures of the first page: what each counts, as a list, so that a number and the list behind it are one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from qmsci.changes import Merged
from qmsci.metrics.events import capas_open
from qmsci.metrics.measured import Figure, Period, share
from qmsci.programme import Independence
from qmsci.records.base import RevisionId
from qmsci.records.event import Capa
from qmsci.render.site.links import to_document, to_event, to_person, to_revision, to_role
from qmsci.render.site.page import Link, Said
from qmsci.render.site.person import called
from qmsci.render.site.summary import DocumentSummary, LateRow, Open, PersonSummary, Rolled, Stand, Summaries
from qmsci.render.site.survey import Survey
from qmsci.status import OpenEvent, open_events
from qmsci.timeline import Span


class Required(NamedTuple):
    """Somebody at work, and where they stand with a revision in force that a role of theirs requires."""

    person: PersonSummary
    stand: Stand

    @property
    def roles(self) -> Sequence[str]:
        """The roles that require it, of those that they hold on the day."""
        return [role for role in self.stand.roles if role in self.person.roles]

    @property
    def in_time(self) -> bool:
        """Whether they are a newcomer who is not trained yet, within the time that the programme gives."""
        mine = (gap for gap in self.person.gaps if gap.document == self.stand.document and gap.last is None)
        return any(gap.in_training_until for gap in mine)


class Late(NamedTuple):
    """Something that is overdue: its kind, what it is, whose it is, since when, and the event or gap raised for it."""

    kind: str
    what: Said
    who: Said
    due: date
    raised: Said = ""


@dataclass(frozen=True)
class Figures:
    """The system on the day: lists of what its figures count, each made once."""

    survey: Survey
    summaries: Summaries

    @property
    def day(self) -> date:
        """The day of the site."""
        return self.survey.when.day

    @cached_property
    def required(self) -> Sequence[Required]:
        """What is required of everybody at work, of documents in force, by the roles and documents of the commit."""
        people = self.summaries.people.values()
        return [Required(one, stand) for one in people for stand in one.by_commit if stand.current and stand.owed]

    @cached_property
    def untrained(self) -> Sequence[Required]:
        """What of it is not met."""
        return [one for one in self.required if not one.stand.trained]

    @cached_property
    def newcomers(self) -> Collection[str]:
        """Documents that are not met by newcomers alone, all of them within the time that their programme gives."""
        new = {one.stand.document for one in self.untrained if one.in_time}
        return new - {one.stand.document for one in self.untrained if not one.in_time}

    @cached_property
    def by_role(self) -> Mapping[str, Figure]:
        """The share that is met for each role that requires anything of somebody, the lowest first."""
        met: dict[str, list[bool]] = defaultdict(list)
        for one in self.required:
            for role in one.roles:
                met[role].append(one.stand.trained)
        shares = {role: share(sum(found), len(found)) for role, found in met.items()}
        return dict(sorted(shares.items(), key=lambda pair: (pair[1].value or 0.0, pair[0])))

    @cached_property
    def capas(self) -> Sequence[tuple[Capa, int]]:
        """The CAPAs that are open, with their ages in days, the oldest first."""
        found = capas_open(Period(self.survey.snapshot, Span(self.day, self.day)))
        return sorted(found, key=lambda pair: (-pair[1], pair[0].id))

    @cached_property
    def below_minimum(self) -> Sequence[str]:
        """The activities that fewer people may perform alone than they need."""
        able: dict[str, set[str]] = defaultdict(set)
        for person in self.summaries.people.values():
            for one in person.able:
                if one.how == Independence.INDEPENDENT:
                    able[one.activity].add(person.person)
        activities = self.survey.matrix(self.survey.when).activities
        return [
            name
            for name, activity in activities.items()
            if len(able[name]) < (activity.minimum_qualified or int(activity.critical))
        ]

    @cached_property
    def gaps(self) -> int:
        """How many training gaps go on that are findings: no programme gives time, no quality event suspends."""
        rows = (row for person in self.summaries.people.values() for row in person.gaps)
        return sum(row.last is None and row.in_training_until is None and row.suspended_by is None for row in rows)

    @cached_property
    def coming(self) -> Sequence[tuple[DocumentSummary, Rolled]]:
        """The revisions that are not effective yet, the next one first."""
        found = [(document, one) for document in self.summaries.documents.values() for one in document.coming]
        return sorted(found, key=lambda pair: (pair[1].effective, pair[0].document))

    @cached_property
    def trainees(self) -> Mapping[RevisionId, Sequence[tuple[str, bool]]]:
        """Who must be trained on each revision that is coming, by the commit, and whether they are."""
        found: dict[RevisionId, list[tuple[str, bool]]] = defaultdict(list)
        for person in self.summaries.people.values():
            for stand in person.by_commit:
                if not stand.current:
                    found[RevisionId(stand.document, stand.revision)].append((person.person, stand.trained))
        return found

    @cached_property
    def reviews_overdue(self) -> Sequence[tuple[DocumentSummary, date]]:
        """The documents in force whose periodic review was due before the day, and when."""
        reviews = ((one, one.next_review) for one in self.summaries.documents.values() if one.current)
        return [(one, due) for one, due in reviews if due and due < self.day]

    @cached_property
    def late(self) -> Sequence[Late]:
        """All that is overdue, what was due first on top."""
        return sorted((*self._late_training(), *self._late_reviews(), *self._late_events()), key=lambda one: one.due)

    def _late_training(self) -> Iterator[Late]:
        for person in self.summaries.people.values():
            for one in person.owes:
                if one.late:
                    document, _, label = one.revision.partition("@")
                    what = to_revision(self.survey, RevisionId(document, label))
                    raised = next((row for row in person.late if _is_of(row, one)), None)
                    became = to_raised(self.survey, person, raised) if raised else ""
                    yield Late("training", what, to_somebody(self.survey, person), one.due, became)

    def _late_reviews(self) -> Iterator[Late]:
        for one, due in self.reviews_overdue:
            what = to_document(self.survey, one.document, f"{one.document} {one.title}")
            yield Late("review of a document", what, to_role(self.survey, one.owner), due)

    def _late_events(self) -> Iterator[Late]:
        for one in self.open_events:
            event = to_event(self.survey, one.event.id)
            for action in (found.action for found in one.actions if found.late):
                what = to_event(self.survey, one.event.id, f"{one.event.id} action {action.id}")
                yield Late(
                    "action", what, to_owner(self.survey, action.owner or one.event.owner), action.deadline, event
                )
            late = {found.action.deadline for found in one.actions if found.late}
            if one.late and one.deadline and one.deadline not in late:  # a deadline of its own
                what = to_event(self.survey, one.event.id, f"{one.event.id} {one.event.title}")
                yield Late("quality event", what, to_owner(self.survey, one.event.owner), one.deadline, event)

    @cached_property
    def open_events(self) -> Sequence[OpenEvent]:
        """The quality events that are open."""
        return open_events(self.survey.snapshot, self.survey.when)

    @cached_property
    def changed(self) -> Sequence[Merged]:
        """What came to main in the month of the day, up to the day, newest first."""
        first = self.day.replace(day=1)
        return [one for one in self.survey.changes() if first <= one.day <= self.day]

    @cached_property
    def changed_later(self) -> int:
        """How many changes came to main after the day."""
        return sum(one.day > self.day for one in self.survey.changes())


def _is_of(row: LateRow, item: Open) -> bool:
    return (row.assignment, row.revision, row.due) == (item.assignment, item.revision, item.due)


def to_raised(survey: Survey, person: PersonSummary, row: LateRow) -> Said:
    """The event by which overdue training was raised; else the training gap that it left, if any."""
    if row.raised:
        return to_event(survey, row.raised)
    if row.gap:
        return Link(f"gap from {row.gap}", f"people/{person.person}.html#gaps"), ", not raised"
    return "no training gap"


def to_somebody(survey: Survey, person: PersonSummary) -> Said:
    """A link to somebody, by id and name."""
    return to_person(survey, person.person, called(person.person, person.name))


def to_owner(survey: Survey, name: str | None) -> Said:
    """A link to whoever owns something, if anybody does."""
    found = survey.snapshot.people.get(name) if name else None
    return to_person(survey, found.id, called(found.id, found.name)) if found else name or "nobody"
