"""The metrics of quality events: how many come and go, what they lead to, and whether it is done and works."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from statistics import median

from qmsci.circuit import days_open, done_on, is_open, lacks, state
from qmsci.effectiveness import happened
from qmsci.finding import At
from qmsci.metrics.measured import Better, Item, Part, Period, Reading, by_group, count, in_days, metric, share
from qmsci.records.action import Action
from qmsci.records.event import KINDS, Capa, Deviation, Event, ManagementReview
from qmsci.rules.events.action_overdue import action_overdue

# --- how many come and go -------------------------------------------------------------------------------------------


def kind_of(event: Event) -> str:
    """The prefix that says of which kind an event is."""
    return next(prefix for prefix, kind in KINDS.items() if type(event) is kind)


def _lasting(period: Period) -> Iterator[Event]:
    """The events that are open until something ends them, and that had begun by the last day."""
    for event in period.snapshot.events:
        if not isinstance(event, ManagementReview) and event.begun and event.begun <= period.days.last:
            yield event


def _group(event: Event) -> str:
    if isinstance(event, Capa) and not event.classification and event.risk:
        return f"CAPA, {event.risk} risk"
    return f"{kind_of(event)}, {getattr(event, 'classification', None) or 'not classified'}"


def _numbers(events: list[Event]) -> tuple[Part, ...]:
    """How many of some events there are, by kind and classification."""
    return by_group([(_group(event), True) for event in events], lambda number, _: count(number))


@metric(None)
def events_opened(period: Period) -> Reading:
    """
    Events opened.

    Deviations, nonconformances, complaints, audit findings, training gaps, CAPAs and validations that were reported or
    opened in the period, whatever became of them; by kind and classification.
    """
    found = [event for event in _lasting(period) if period.has(event.begun)]
    items = tuple(Item(event.id, At(event.path), f"begun {event.begun}: {event.title}") for event in found)
    return Reading(count(len(found)), _numbers(found), items)


@metric(None)
def events_closed(period: Period) -> Reading:
    """
    Events closed.

    Closings in the period: events closed, verified or released, also where they were reopened since; by kind and
    classification. Those that the quality unit voided, cancelled or withdrew are counted apart.
    """
    found, items, dropped = [], [], 0
    for event in _lasting(period):
        for again in event.reopened:
            if period.has(again.closed):
                found.append(event)
                items.append(Item(event.id, At(event.path), f"closed {again.closed}, reopened {again.on}"))
        if event.ending:
            dropped += period.has(event.ending.on)
        elif period.has(event.settled):
            found.append(event)
            place = period.snapshot.at(event, event.settling_key)
            items.append(Item(event.id, place, f"{event.settling_key} {event.settled}"))
    parts = (*_numbers(found), Part("voided, cancelled or withdrawn", count(dropped)))
    return Reading(count(len(found)), parts, tuple(items))


@metric(Better.LESS)
def events_open(period: Period) -> Reading:
    """
    Events open.

    Events that are open at the end of the last day, by kind and classification; and how many of the deviations and
    nonconformances among them are open for more than 30 days.
    """
    found = [event for event in _lasting(period) if is_open(event, period.days.last)]
    old = [event for event in found if isinstance(event, Deviation) and _age(event, period.days.last) > 30]
    deviations = sum(isinstance(event, Deviation) for event in found)
    items = tuple(
        Item(event.id, At(event.path), f"{_stands(period, event)} since {_since(event, period.days.last)}")
        for event in found
    )
    parts = (*_numbers(found), Part("DEV and NCR open for more than 30 days", count(len(old), deviations)))
    return Reading(count(len(found)), parts, items)


def _stands(period: Period, event: Event) -> str:
    return f"{state(period.snapshot, event, period.end)}, open"


def _since(event: Event, day: date) -> date:
    """The day from which an event that is open on a day has been so."""
    return next(span.first for span in days_open(event) if span.first <= day <= span.last)


def _age(event: Event, day: date) -> int:
    return (day - _since(event, day)).days


#: The ages by which open CAPAs are told apart: the last day of each, and its name.
AGES = ((30, "up to 30 days"), (90, "31 to 90 days"), (180, "91 to 180 days"), (365, "181 to 365 days"))


@metric(Better.LESS)
def open_capas(period: Period) -> Reading:
    """
    Open CAPAs.

    CAPAs that are open at the end of the last day, by age: the days since they were opened, or reopened last.
    """
    found = capas_open(period)
    items = tuple(
        Item(capa.id, At(capa.path), f"{_stands(period, capa)} for {in_days(age)}: {capa.title}") for capa, age in found
    )
    ages = [age for _, age in found]
    return Reading(count(len(found)), (*_by_age(ages), *_old(ages)), items)


def capas_open(period: Period) -> tuple[tuple[Capa, int], ...]:
    """The CAPAs that are open at the end of the last day, with their ages in days; by id."""
    day = period.days.last
    return tuple(
        (event, _age(event, day)) for event in _lasting(period) if isinstance(event, Capa) and is_open(event, day)
    )


def _by_age(ages: list[int]) -> Iterator[Part]:
    low = -1
    for high, name in AGES:
        yield Part(name, count(sum(low < age <= high for age in ages)))
        low = high
    yield Part("more than 365 days", count(sum(age > low for age in ages)))


def _old(ages: list[int]) -> tuple[Part, Part]:
    return Part("median age", in_days(median(ages) if ages else None)), Part("oldest", in_days(max(ages, default=None)))


# --- what they lead to ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenAction:
    """
    An action of an open event that is not done: `missing` says what a training action lacks.

    `overdue` is what the rule `action-overdue` says of it; None where it is in time.
    """

    event: Event
    index: int
    action: Action
    missing: str
    overdue: str | None


def open_actions(period: Period) -> tuple[OpenAction, ...]:
    """The actions that are not done at the end of the last day, of all events that are open then; by event."""
    return tuple(_open_actions(period))


def _open_actions(period: Period) -> Iterator[OpenAction]:
    snapshot, day = period.snapshot, period.days.last
    for event in snapshot.events:
        if not is_open(event, day):
            continue
        places = ((problem.at, problem.message) for problem in action_overdue(event, snapshot))
        late = {at.keys[1]: message for at, message in places if isinstance(at, At)}
        for index, action in enumerate(event.actions):
            if (action.opened or day) <= day and not done_on(snapshot, event, action, period.end):
                missing = lacks(snapshot, event, action, period.end) if action.kind == "training" else ()
                yield OpenAction(event, index, action, "; ".join(map(str, missing)), late.get(index))


@metric(Better.LESS)
def actions_overdue(period: Period) -> Reading:
    """
    Actions overdue.

    Actions of open events that were due before the last day and are not done at its end ÷ actions of open events that
    are not done; where an action was extended, the last extension counts. And the extensions that were decided in the
    period.
    """
    found = open_actions(period)
    items = tuple(
        Item(
            f"{one.event.id} action {one.action.id}",
            period.snapshot.at(one.event, "actions", one.index),
            one.overdue or f"due {one.action.deadline}",
            one.overdue is not None,
            "action-overdue" if one.overdue else None,
        )
        for one in found
    )
    extended = sum(
        period.has(extension.on)
        for event in period.snapshot.events
        for action in event.actions
        for extension in action.extensions
    )
    figure = count(sum(item.counted for item in items), len(items))
    return Reading(figure, (Part("extensions decided", count(extended)),), items)


@metric(Better.MORE)
def effectiveness_pass_rate(period: Period) -> Reading:
    """
    Effectiveness checks passed.

    Effectiveness checks of the period with the outcome effective ÷ effectiveness checks of the period; and over those
    that were the first of their CAPA.
    """
    items, first = [], []
    for event in period.snapshot.events:
        checks = event.effectiveness.checks if isinstance(event, Capa) and event.effectiveness else ()
        for index, check in enumerate(checks):
            if period.has(check.on):
                passed = check.outcome == "effective"
                place = period.snapshot.at(event, "effectiveness", "checks", index)
                items.append(Item(event.id, place, f"{check.on}: {check.outcome}", passed))
                if check.on == min(one.on for one in checks):
                    first.append(passed)
    parts = (Part("first checks", share(sum(first), len(first))),)
    return Reading(share(sum(item.counted for item in items), len(items)), parts, tuple(items))


@metric(Better.LESS)
def repeat_events_after_retraining(period: Period) -> Reading:
    """
    Repeat events after retraining.

    Deviations, nonconformances and complaints of the period that are of the kind that somebody was retrained for,
    within the period of that CAPA after its last training ÷ all of the period. Of one kind are events at the same
    activity (or, where one names none, with a governing document in common) whose categories of cause do not differ.
    Voided ones are not counted.
    """
    again = {
        repeat.event.id: f"{repeat.day}: {(repeat.day - one.trained).days} days after training for {one.event.id}"
        for one in period.rounds
        for repeat in one.recurrences
        if one.trained
    }
    items = tuple(
        Item(
            event.id, At(event.path), again.get(event.id, f"{day}: repeats nothing that was trained"), event.id in again
        )
        for event, day in _happenings(period)
    )
    return Reading(share(sum(item.counted for item in items), len(items)), (), items)


def _happenings(period: Period) -> list[tuple[Event, date]]:
    """The deviations, nonconformances and complaints of the period that are reported and not voided."""
    return [
        (event, day)
        for event in _lasting(period)
        if (day := happened(period.snapshot, event)) and period.has(day)
        if not (event.ending and event.ending.on <= period.days.last)
    ]


@metric(Better.LESS)
def deviations_with_training_cause(period: Period) -> Reading:
    """
    Deviations with training as a cause.

    Deviations and nonconformances reported in the period whose root cause is training, or in which somebody's training
    contributed ÷ those of them whose cause is known; voided ones are not counted. What the cause is carries no date:
    it is taken as the record says now.
    """
    items, unknown = [], 0
    for event in _lasting(period):
        dropped = event.ending and event.ending.on <= period.days.last
        if not isinstance(event, Deviation) or not period.has(event.reported) or dropped:
            continue
        contributed = [one.person for one in event.training_assessment if one.contributed]
        if not event.root_cause and not contributed:
            unknown += 1
            continue
        category = event.root_cause.category if event.root_cause else "not known"
        says = f"reported {event.reported}, cause: {category}"
        says += f"; training contributed: {', '.join(sorted(set(contributed)))}" if contributed else ""
        trained = bool(contributed) or bool(event.root_cause and event.root_cause.is_training)
        items.append(Item(event.id, At(event.path), says, trained))
    parts = (Part("cause not known yet", count(unknown)),)
    return Reading(share(sum(item.counted for item in items), len(items)), parts, tuple(items))
