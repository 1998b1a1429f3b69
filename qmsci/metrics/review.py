"""What a management review looks at: every metric, whether training worked, what is open, and what was presented."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from qmsci.circuit import done_on
from qmsci.effectiveness import Association, Immediate, Quarter, Round, association, by_document, immediate, long_term
from qmsci.metrics import Measured, measure
from qmsci.metrics.events import OpenAction, capas_open, kind_of, open_actions
from qmsci.metrics.measured import Figure, Period, Unit, length, with_the_one_before
from qmsci.metrics.training import overdue_on
from qmsci.near_miss import near_miss
from qmsci.records import layout
from qmsci.records.action import Action
from qmsci.records.base import Duration
from qmsci.records.event import Capa, ManagementReview
from qmsci.snapshot import Snapshot
from qmsci.timeline import ONE_DAY, Span, in_both, include

# --- months ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Month:
    """A month, as far as the period has it: events begun by kind, days in training gaps, what is overdue at its end."""

    name: str
    events: Mapping[str, int]
    gap_days: int
    overdue: int


def months(period: Period) -> Iterator[Month]:
    """The calendar months of a period."""
    first, gaps = period.days.first, [days for gap, days in period.gaps if gap.is_finding]
    while first <= period.days.last:
        end = Duration(0, 1).after(first.replace(day=1)) - ONE_DAY
        days = Span(first, min(end, period.days.last))
        begun = Counter(
            kind_of(event)
            for event in period.snapshot.events
            if event.begun and include([days], event.begun) and not isinstance(event, ManagementReview)
        )
        yield Month(
            name=f"{first:%Y-%m}",
            events=dict(sorted(begun.items())),
            gap_days=sum(length(one) for one in in_both(gaps, [days])),
            overdue=sum(1 for _ in overdue_on(period, days.last)),
        )
        first = end + ONE_DAY


# --- what earlier reviews decided -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Decided:
    """An action that a review decided: the day on which it was done (or dropped), if it is, and whether it is late."""

    action: Action
    done: date | None
    overdue: bool

    @property
    def dropped(self) -> bool:
        """Whether it was not done, but dropped."""
        return self.done is not None and self.action.done is None and self.action.dropped is not None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """An earlier review, and what has become of its decisions by the end of the period."""

    review: ManagementReview
    actions: tuple[Decided, ...]


def follow_up(period: Period, about: Span) -> Iterator[FollowUp]:
    """The latest review held by the end of a period that is about other days, and earlier ones with open actions."""
    reviews = [
        event
        for event in period.snapshot.events
        if isinstance(event, ManagementReview) and event.held <= period.days.last and _about(event) != about
    ]
    for position, review in enumerate(sorted(reviews, key=lambda review: (review.held, review.id), reverse=True)):
        found = tuple(_decided(period, review, action) for action in review.actions)
        if position == 0 or not all(one.done for one in found):
            yield FollowUp(review, found)


def _about(review: ManagementReview) -> Span:
    return Span(review.period.from_, review.period.to)


def _decided(period: Period, review: ManagementReview, action: Action) -> Decided:
    done = done_on(period.snapshot, review, action, period.end)
    return Decided(action, done, done is None and action.deadline < period.days.last)


# --- what was presented ---------------------------------------------------------------------------------------------


class Agreement(StrEnum):
    """Whether the figure that a review was shown is the one that the records give."""

    EQUAL = "equal"
    DIFFERS = "differs"
    NOT_PRESENTED = "not presented"
    UNKNOWN = "unknown metric"


@dataclass(frozen=True, slots=True)
class Compared:
    """
    One metric in the record of a review: what was presented, what the records give, and whether they agree.

    `meant` is the metric that a name was probably meant to be, where there is none of it.
    """

    name: str
    presented: str | None
    figure: Figure | None
    agreement: Agreement
    meant: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the record of a review of the same days says was presented."""

    review: ManagementReview
    metrics: tuple[Compared, ...]

    @property
    def wrong(self) -> list[Compared]:
        """What was presented and is not what the records give; also under a name that no metric has."""
        return [one for one in self.metrics if one.agreement in (Agreement.DIFFERS, Agreement.UNKNOWN)]

    @property
    def agrees(self) -> bool:
        """Whether everything that was presented is what the records give."""
        return not self.wrong


def compare(review: ManagementReview, found: tuple[Measured, ...]) -> Comparison:
    """Hold what a review was shown against the figures; all metrics in their order, then names that are none."""
    names = [one.metric.name for one in found]
    compared = []
    for one in found:
        said, figure = review.presented.get(one.metric.name), one.now.figure
        if said is None:
            agreement = Agreement.NOT_PRESENTED
        else:
            agreement = Agreement.EQUAL if says(said, figure) else Agreement.DIFFERS
        compared.append(Compared(one.metric.name, said, figure, agreement))
    for name in sorted(review.presented.keys() - set(names)):
        said = review.presented[name]
        compared.append(Compared(name, said, None, Agreement.UNKNOWN, near_miss(name, names)))
    return Comparison(review, tuple(compared))


_PAIR = re.compile(r"(\d+)\s*(?:of|/)\s*(\d+)", re.ASCII)
_NUMBER = re.compile(r"(\d+)(?:[.,](\d+))?\s*(%|days?\b)?", re.ASCII)
_UNITS = {"%": Unit.PERCENT, "day": Unit.DAYS, "days": Unit.DAYS}


def says(text: str, figure: Figure) -> bool:
    """
    Whether a text names a figure: its value, rounded as the text has it; its numerator and denominator; or both.

    >>> figure = Figure(Unit.PERCENT, 93.424, 412, 441)
    >>> [says(text, figure) for text in ("93.4 %", "93 %", "412 of 441", "412/441 (93,42 %)", "94 %", "about 90")]
    [True, True, True, True, False, False]
    """
    if figure.value is None or text.strip().casefold() == str(figure).casefold():
        return text.strip().casefold() == str(figure).casefold()
    pair = _PAIR.search(text)
    numbers = list(_NUMBER.finditer(_PAIR.sub(" ", text)))
    if (not pair and not numbers) or len(numbers) > 1:
        return False
    if pair and (int(pair[1]), int(pair[2])) != (figure.numerator, figure.denominator):
        return False
    for number in numbers:
        if number[3] and _UNITS[number[3]] is not figure.unit:
            return False
        decimals = len(number[2] or "")
        if abs(float(f"{number[1]}.{number[2] or 0}") - figure.value) > 0.5 * 10**-decimals + 1e-9:
            return False
    return True


# --- all of it ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Review:
    """
    What the records say of some days, for those who review them.

    `asked` are the days that were asked for; `period` has those that are over, seen from the last of them, and
    `earlier` as many directly before.
    """

    organization: str
    asked: Span
    period: Period
    earlier: Period
    metrics: tuple[Measured, ...]
    immediate: Immediate
    by_document: Mapping[str, Immediate]
    rounds: tuple[Round, ...]
    roles: tuple[Quarter, ...]
    quarters: tuple[Quarter, ...]
    association: Association
    months: tuple[Month, ...]
    open_capas: tuple[tuple[Capa, int], ...]  # with their ages in days
    open_actions: tuple[OpenAction, ...]
    follow_up: tuple[FollowUp, ...]
    comparisons: tuple[Comparison, ...]

    def metric(self, name: str) -> Measured:
        """One of the metrics, by its name."""
        return next(one for one in self.metrics if one.metric.name == name)

    @property
    def agrees(self) -> bool:
        """Whether every record of a review of these days presents what the records give."""
        return all(one.agrees for one in self.comparisons)


def review(snapshot: Snapshot, asked: Span) -> Review:
    """What the records say of some days, as far as they are over on the snapshot's day; the first must be."""
    days = Span(asked.first, min(asked.last, snapshot.as_of))
    snapshot.source.records(snapshot.source.paths(layout.TRAINING))  # in one go, which is several times faster
    period, earlier = with_the_one_before(snapshot, days)
    found = measure(period, earlier)
    roles, quarters = long_term(period.snapshot, days)
    reviews = [one for one in period.snapshot.events if isinstance(one, ManagementReview) and _about(one) == asked]
    return Review(
        organization=snapshot.policy.organization if snapshot.policy else "",
        asked=asked,
        period=period,
        earlier=earlier,
        metrics=found,
        immediate=immediate(period.recorded),
        by_document=by_document(period.recorded),
        rounds=period.rounds,
        roles=roles,
        quarters=quarters,
        association=association(roles),
        months=tuple(months(period)),
        open_capas=capas_open(period),
        open_actions=open_actions(period),
        follow_up=tuple(follow_up(period, asked)),
        comparisons=tuple(compare(one, found) for one in reviews),
    )
