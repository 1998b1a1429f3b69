"""What a metric is: a number with all that made it, defined once, over the days of a period."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from statistics import median
from typing import NamedTuple

from qmsci.effectiveness import Recorded, Requirement, Round, recorded, requirements, rounds
from qmsci.finding import At
from qmsci.gaps import Gap, TimeGiven, gaps_of, time_given
from qmsci.obligations import deadline
from qmsci.qualification import done_for_good
from qmsci.records import layout
from qmsci.records.base import Duration
from qmsci.records.person import Person
from qmsci.records.training import Assignment, AssignmentItem
from qmsci.snapshot import Snapshot, When
from qmsci.timeline import ONE_DAY, Span, back_from_leave, in_both, include

# --- a number and what made it --------------------------------------------------------------------------------------


class Unit(StrEnum):
    """What a figure counts in."""

    PERCENT = "percent"
    DAYS = "days"
    COUNT = "count"


class Better(StrEnum):
    """Which way a figure had better move."""

    MORE = "more"
    LESS = "less"


@dataclass(frozen=True, slots=True)
class Figure:
    """
    A number, and for a share its numerator and denominator; the value is None where there is nothing to count.

    >>> str(share(412, 441)), str(count(3, 40)), str(in_days(1)), str(share(0, 0))
    ('93.4 % (412 of 441)', '3 of 40', '1 day', 'nothing to count')
    """

    unit: Unit
    value: float | None
    numerator: int | None = None
    denominator: int | None = None

    def __str__(self) -> str:
        if self.value is None:
            return "nothing to count"
        of = f"{self.numerator} of {self.denominator}"
        if self.unit is Unit.PERCENT:
            return f"{self.value:.1f} % ({of})"
        number = f"{self.value:.10g}"
        if self.unit is Unit.DAYS:
            return f"{number} day{'' if self.value == 1 else 's'}"
        return number if self.denominator is None else of


def share(numerator: int, denominator: int) -> Figure:
    """A share in percent."""
    value = 100 * numerator / denominator if denominator else None
    return Figure(Unit.PERCENT, value, numerator, denominator)


def count(number: int, of: int | None = None) -> Figure:
    """A number of things, out of so many where that can be said; nothing to count where these are none."""
    return Figure(Unit.COUNT, None if of == 0 else number, number, of)


def in_days(length: float | None, numerator: int | None = None, denominator: int | None = None) -> Figure:
    """A length in days, of so many things; None where there are none."""
    return Figure(Unit.DAYS, length, numerator, denominator)


def middle(lengths: Sequence[int]) -> Figure:
    """The median of some lengths in days."""
    return in_days(median(lengths) if lengths else None, len(lengths), len(lengths))


def ninetieth(lengths: Sequence[int]) -> Figure:
    """The 90th percentile of some lengths in days, by nearest rank: the shortest that nine of ten do not exceed."""
    rank = -(-9 * len(lengths) // 10)
    return in_days(sorted(lengths)[rank - 1] if lengths else None, len(lengths), len(lengths))


@dataclass(frozen=True, slots=True)
class Item:
    """
    One thing that was looked at: its name, its place, whether it was counted, and the sentence that says why.

    `rule` is the rule of `qmsci rules` that counted it, where one did; else it is the metric's own definition.
    """

    name: str
    at: At
    says: str
    counted: bool = True
    rule: str | None = None


class Part(NamedTuple):
    """
    A figure for a part of what a metric counts, or from another side: by role, the oldest.

    `alone` says that it is about this period only, as a revision that took effect in it.
    """

    label: str
    figure: Figure
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What a metric is in a period: its figure, the parts of it, and all that was looked at."""

    figure: Figure
    parts: tuple[Part, ...] = ()
    items: tuple[Item, ...] = ()


def by_group(
    items: Iterable[tuple[str, bool]], figure: Callable[[int, int], Figure] = share, *, alone: bool = False
) -> tuple[Part, ...]:
    """A figure for each group of some things that were counted or not, by name."""
    groups: dict[str, list[bool]] = {}
    for name, counted in items:
        groups.setdefault(name, []).append(counted)
    return tuple(Part(name, figure(sum(found), len(found)), alone) for name, found in sorted(groups.items()))


# --- a metric ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric: its public name, its title, the sentences that define it, and which way it had better move."""

    name: str
    title: str
    definition: str
    better: Better | None
    read: Callable[[Period], Reading]


def metric(better: Better | None) -> Callable[[Callable[[Period], Reading]], Metric]:
    """Make a function a metric: its name is the metric's, its docstring the title and, below, the definition."""

    def defined(read: Callable[[Period], Reading]) -> Metric:
        title, _, definition = inspect.cleandoc(read.__doc__ or "").partition("\n\n")
        return Metric(read.__name__.replace("_", "-"), title.rstrip("."), " ".join(definition.split()), better, read)

    return defined


# --- the days that it looks at --------------------------------------------------------------------------------------


class Assigned(NamedTuple):
    """One person in one item of an assignment."""

    assignment: Assignment
    item: AssignmentItem
    person: Person


class Course(NamedTuple):
    """
    What somebody was assigned: the day on which it is due, and the first at work from then on.

    `done` is the day from the end of which it is done for good; None where it is not, or may come to count for nothing.
    """

    about: Assigned
    due: date
    back: date
    done: date | None


@dataclass(frozen=True)
class Period:
    """
    Some days of a tree, seen from the end of the last one.

    Every value comes from dated facts in the tree as it is now: what was recorded later about these days is known, and
    what was known then and has been corrected since is not.
    """

    snapshot: Snapshot  # as of the last day
    days: Span
    following: Period | None = None  # the one after these days: what the two have in common is worked out once there
    since: date | None = None  # the first day of the one before these, where there is one that follows from this

    def has(self, day: date | None) -> bool:
        """Whether a day is among them."""
        return day is not None and include([self.days], day)

    @cached_property
    def end(self) -> When:
        """Their last moment."""
        return self.snapshot.end_of(self.days.last)

    @cached_property
    def requirements(self) -> tuple[Requirement, ...]:
        """What is required of everybody at work on the last day."""
        return requirements(self.snapshot, self.days.last)

    @cached_property
    def recorded(self) -> tuple[Recorded, ...]:
        """The completions of these days."""
        return recorded(self.snapshot, self.days)

    @cached_property
    def rounds(self) -> tuple[Round, ...]:
        """The rounds of retraining, as of the last day."""
        return rounds(self.snapshot, self.days.last)

    @cached_property
    def gaps(self) -> tuple[tuple[Gap, Span], ...]:
        """The training gaps of these days, each with those of its days that are among them."""
        known = (gap for mine in self._gaps.values() for gap in mine)
        found = ((gap, Span(gap.first, gap.last or self.days.last)) for gap in known)
        return tuple((gap, days) for gap, span in found for days in in_both([span], [self.days]))

    @cached_property
    def _gaps(self) -> Mapping[str, Sequence[Gap]]:
        """The gaps of everybody, by person, those of these days among them."""
        since = self.since or self.days.first
        known = {} if self.following is None else self.following.gaps_by(self)
        return {
            person.id: known[person.id] if person.id in known else gaps_of(self.snapshot, person, self._given, since)
            for person in self.snapshot.people
        }

    def gaps_by(self, earlier: Period) -> Mapping[str, Sequence[Gap]]:
        """
        The gaps as they were by the end of an earlier period, of days that these ones ask about as well.

        Not of those of whom more has to be asked: which time they were given, or in which of several roles they were
        by then.
        """
        last, one, other = earlier.days.last, self._given, earlier._given
        asked = {key[0] for key in one.keys() | other.keys() if one.get(key) != other.get(key)}
        for person, found in self._gaps.items():
            if any(len(gap.roles) > 1 and _goes_on(gap, last) for gap in found):
                asked.add(person)
        return {
            person: [replace(gap, last=None) if _goes_on(gap, last) else gap for gap in found]
            for person, found in self._gaps.items()
            if person not in asked
        }

    @cached_property
    def _given(self) -> TimeGiven:
        return time_given(self.snapshot)

    @cached_property
    def assigned(self) -> tuple[Assigned, ...]:
        """Everybody whom an assignment names that was written by the last day."""
        paths = self.snapshot.source.paths(layout.ASSIGNMENTS)
        found = self.snapshot.source.records(paths)
        return tuple(
            Assigned(assignment, item, person)
            for assignment in found
            if isinstance(assignment, Assignment) and assignment.assigned <= self.days.last
            for item in assignment.items
            for person in map(self.snapshot.people.get, item.people)
            if person
        )

    @cached_property
    def courses(self) -> tuple[Course, ...]:
        """How it goes with what everybody was assigned, as far as no day changes it; in the same order."""
        if self.following:
            return tuple(one for one in self.following.courses if one.about.assignment.assigned <= self.days.last)
        return tuple(self._course(one) for one in self.assigned)

    def _course(self, one: Assigned) -> Course:
        due = deadline(self.snapshot, one.assignment, one.item)
        done = done_for_good(self.snapshot, one.assignment, one.item, one.person.id)
        return Course(one, due, back_from_leave(one.person, due), done)


def _goes_on(gap: Gap, day: date) -> bool:
    """Whether a gap was there on a day, and its end was to come."""
    return gap.first <= day <= (gap.last or date.max)


def length(days: Span) -> int:
    """How many days there are."""
    return (days.last - days.first).days + 1


def before(days: Span) -> Span:
    """
    The days directly before some, just as many of them; as many months where they are whole months.

    >>> before(Span(date(2026, 3, 1), date(2026, 3, 31)))
    Span(first=datetime.date(2026, 2, 1), last=datetime.date(2026, 2, 28))
    """
    end = days.last + ONE_DAY
    months = (end.year - days.first.year) * 12 + end.month - days.first.month
    whole = end.day == days.first.day and months > 0
    first = Duration(0, -months).after(days.first) if whole else days.first - (end - days.first)
    return Span(first, days.first - ONE_DAY)


def with_the_one_before(snapshot: Snapshot, days: Span) -> tuple[Period, Period]:
    """Some days of a tree and those directly before, which share what they have in common."""
    past = before(days)
    period = Period(snapshot.on(days.last), days, since=past.first)
    return period, Period(snapshot.on(past.last), past, following=period)
