"""The metrics of training: who is current, who was trained in time, what is late, what was passed, what lapsed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from qmsci.authorisation import approved, authorised
from qmsci.circuit import done_on, is_open
from qmsci.completion import history_is_unreadable, lapses
from qmsci.effectiveness import why
from qmsci.evidence import Verdict
from qmsci.finding import At
from qmsci.gaps import Gap
from qmsci.metrics.measured import (
    Assigned,
    Better,
    Course,
    Item,
    Part,
    Period,
    Reading,
    by_group,
    count,
    in_days,
    length,
    metric,
    middle,
    ninetieth,
    share,
)
from qmsci.obligations import at_work, still_owes
from qmsci.qualification import is_qualified, item_done, waived_on
from qmsci.records import layout
from qmsci.records.base import Duration
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.event import Deviation, Event
from qmsci.records.person import Person
from qmsci.records.training import Assignment, Waivers
from qmsci.rules.roles.too_few_qualified import too_few_qualified
from qmsci.snapshot import Snapshot, When
from qmsci.timeline import ONE_DAY, Span, days_in_force, days_of, in_force, include, is_on_leave

# --- who is current -------------------------------------------------------------------------------------------------


@metric(Better.MORE)
def training_currency(period: Period) -> Reading:
    """
    Training currency.

    Requirements that are met ÷ requirements, at the end of the last day. A requirement is a person at work, not on
    leave, and a document in force that a role of theirs requires; it is met when the person is qualified on it:
    trained on the revision in force, no refresher lapsed, not suspended. By role, one that two roles ask for counts
    with both.
    """
    asked = period.requirements
    items = tuple(
        Item(
            f"{one.person.id} on {one.document.named(one.entry)}",
            At(layout.completions(one.person.id, one.document.id)),
            one.reason,
            one.met,
        )
        for one in asked
    )
    parts = by_group((role, one.met) for one in asked for role in one.roles)
    return Reading(share(sum(one.met for one in asked), len(asked)), parts, items)


@metric(Better.MORE)
def trained_before_effective(period: Period) -> Reading:
    """
    Trained before effective.

    People qualified on a revision at the end of the day on which it took effect ÷ people at work on that day whose
    roles require it, over the revisions that took effect in the period; and over those of the 12 months that end with
    it.
    """
    items = [_effective_item(period.snapshot, *one) for one in _at_effect(period.snapshot, period.days)]
    year = Span(Duration(0, -12).after(period.days.last) + ONE_DAY, period.days.last)
    rolling = [met for *_, met in _at_effect(period.snapshot, year)]
    parts = (
        Part("12 months to the last day", share(sum(rolling), len(rolling))),
        *by_group(((item.name.split(" on ")[1], item.counted) for item in items), alone=True),
    )
    return Reading(share(sum(item.counted for item in items), len(items)), parts, tuple(items))


def _at_effect(snapshot: Snapshot, days: Span) -> Iterator[tuple[Document, RevisionEntry, Person, bool]]:
    """The revisions that took effect on some days, with everybody at work then, and whether they were qualified."""
    for document in snapshot.documents:
        for entry in reversed(document.revisions):
            if not include([days], entry.effective) or not days_in_force(document, entry):
                continue
            when = snapshot.end_of(entry.effective)
            for person, _ in at_work(snapshot, document, entry.effective):
                met = is_qualified(snapshot, person.id, document, entry, when)
                if met or not history_is_unreadable(snapshot, person.id, document.id):
                    yield document, entry, person, met


def _effective_item(snapshot: Snapshot, document: Document, entry: RevisionEntry, person: Person, met: bool) -> Item:
    reason = why(snapshot, person.id, document, entry, snapshot.end_of(entry.effective), met)
    path, named = layout.completions(person.id, document.id), f"{person.id} on {document.named(entry)}"
    return Item(named, At(path), f"effective {entry.effective}: {reason}", met)


@metric(Better.LESS)
def coverage(period: Period) -> Reading:
    """
    Activities below their minimum.

    Activities for which fewer people are authorised at the end of the last day than their minimum-qualified asks for
    (one, where an activity is critical and names no number) ÷ activities that ask for any. And on how many days of the
    period an activity was below its minimum.
    """
    snapshot = period.snapshot
    needing = [name for name, one in snapshot.activities.items() if one.minimum_qualified or one.critical]
    found = {
        str(problem.at.keys[0]): Item(str(problem.at.keys[0]), problem.at, problem.message, rule="too-few-qualified")
        for problem in too_few_qualified(snapshot, snapshot)
        if isinstance(problem.at, At)
    }
    items = [
        found.get(name, Item(name, At(layout.ACTIVITIES, (name,)), "enough people are authorised", counted=False))
        for name in needing
    ]
    below = [Part(f"{name}: below its minimum", in_days(_days_below(period, name))) for name in needing]
    parts = tuple(part for part in below if part.figure.value)
    return Reading(count(len(found), len(needing)), parts, tuple(items))


def _days_below(period: Period, activity: str) -> int:
    """On how many of the days fewer people were authorised for an activity than it needs."""
    snapshot, days = period.snapshot, period.days
    needs = snapshot.activities[activity]
    required = needs.minimum_qualified or 1
    people = {
        person.id: person
        for role in snapshot.performers.get(activity, ())
        for person in snapshot.holders.get(role.id, ())
    }
    turns = sorted({days.first, *(turn for turn in _turns(period, activity, people) if period.has(turn))})
    short = 0
    for turn, following in zip(turns, [*turns[1:], days.last + ONE_DAY], strict=True):
        when = snapshot.end_of(turn)
        found = (authorised(snapshot, person, activity, when, judged=_whether) for person in people.values())
        if sum(map(bool, found)) < required:
            short += (following - turn).days
    return short


def _whether(snapshot: Snapshot, person: str, document: Document, when: When) -> Verdict:
    """What `qualified` says of a document in force, without the reason and the evidence that nobody reads here."""
    entry = in_force(document, when.day)
    return Verdict(entry is not None and is_qualified(snapshot, person, document, entry, when), "")


def _turns(period: Period, activity: str, people: Mapping[str, Person]) -> Iterator[date]:
    """The days on which it may change who is authorised for an activity."""
    for gap, span in period.gaps:
        if gap.person.id in people:
            yield from (span.first, span.last + ONE_DAY)
    for person in people.values():
        for one in days_of((*person.employed, *person.roles, *person.leave)):
            yield from (one.first, one.last + ONE_DAY if one.last < date.max else date.max)
    for document in period.snapshot.governing.get(activity, ()):
        yield from (entry.effective for entry in document.revisions)
        if document.retired:
            yield document.retired


# --- gaps -----------------------------------------------------------------------------------------------------------


@metric(Better.LESS)
def gap_frequency(period: Period) -> Reading:
    """
    Training gaps.

    Gaps with days in the period: somebody at work in a role was not qualified on a document that it requires. What lies
    within the time that the initial programme gives is no gap of this kind, nor is a suspension until retraining; both
    are counted apart. So are the gaps in which a deviation or nonconformance, under the document or at an activity that
    it governs, names the person: work was done in them.
    """
    items = tuple(_gap_item(gap, days) for gap, days in period.gaps)
    found = [(gap, days) for gap, days in period.gaps if gap.is_finding]
    deviations = [event for event in period.snapshot.events if isinstance(event, Deviation)]
    worked = sum(_worked_in(period.snapshot, deviations, gap, days) for gap, days in found)
    parts = (
        Part("began in the period", count(sum(period.has(gap.first) for gap, _ in found))),
        Part("with work done in them, by an event", count(worked)),
        Part("withhold authorisation", count(sum(gap.withholds for gap, _ in found))),
        Part("apart: in initial training", count(sum(gap.in_training for gap, _ in period.gaps))),
        Part("apart: suspended", count(sum(gap.suspended_by is not None for gap, _ in period.gaps))),
        *by_group([(f"role {role}", True) for gap, _ in found for role in gap.roles], lambda number, _: count(number)),
    )
    return Reading(count(len(found)), parts, items)


@metric(Better.LESS)
def gap_days(period: Period) -> Reading:
    """
    Days in training gaps.

    The days of the period that the gaps counted above last, added up: one for each person and document.
    """
    found = [(gap, length(days)) for gap, days in period.gaps if gap.is_finding]
    roles: dict[str, int] = {}
    for gap, number in found:
        for role in gap.roles:
            roles[role] = roles.get(role, 0) + number
    parts = (
        Part("longest", in_days(max((number for _, number in found), default=None))),
        *(Part(f"role {role}", in_days(number)) for role, number in sorted(roles.items())),
    )
    items = tuple(_gap_item(gap, days) for gap, days in period.gaps if gap.is_finding)
    return Reading(in_days(sum(number for _, number in found), len(found), len(found)), parts, items)


def _gap_item(gap: Gap, days: Span) -> Item:
    until = f"to {gap.last}" if gap.last else "and goes on"
    says = f"from {gap.first} {until}, {in_days(length(days))} of the period: {gap.reason}"
    if gap.in_training_until:
        says += f"; in initial training until {gap.in_training_until}"
    path = layout.completions(gap.person.id, gap.document.id)
    return Item(f"{gap.person.id} on {gap.revision}", At(path), says, gap.is_finding)


def _worked_in(snapshot: Snapshot, deviations: Iterable[Deviation], gap: Gap, days: Span) -> bool:
    """Whether a deviation or nonconformance shows that the person worked in a gap."""
    return any(
        gap.person.id in event.people
        and include([days], snapshot.day_of(event.occurred))
        and (gap.document.id in event.documents or event.activity in gap.document.governs)
        for event in deviations
    )


# --- assignments ----------------------------------------------------------------------------------------------------


class Lag(NamedTuple):
    """How many days lie between the day on which a revision was approved and the assignment of its training."""

    assignment: Assignment
    approved: date
    days: int


def assignment_lags(snapshot: Snapshot, document: Document, entry: RevisionEntry) -> Iterator[Lag]:
    """How long each role that a revision reached waited for the assignment; nothing as long as it is not approved."""
    at = approved(snapshot, snapshot, document, entry)
    if at is None:
        return
    day = snapshot.day_of(at)
    for assignment in snapshot.assignments(str(document.named(entry))):
        if assignment.cause in {"revision", "new-document"}:
            yield Lag(assignment, day, max(0, (assignment.assigned - day).days))


@metric(Better.LESS)
def assignment_lag(period: Period) -> Reading:
    """
    Assignment lag.

    The longest time from the approval of a revision to the assignment of its training to a role, over the revisions
    approved in the period; it must be 0 days. What a role came to require later is assigned then, and not counted.
    """
    snapshot, items, lags = period.snapshot, [], list[int]()
    for document in snapshot.documents:
        for entry in reversed(document.revisions):
            for one in assignment_lags(snapshot, document, entry):
                if period.has(one.approved):
                    says = f"approved {one.approved}, assigned {one.assignment.assigned}: {in_days(one.days)}"
                    items.append(Item(one.assignment.assignment, At(one.assignment.path), says, one.days > 0))
                    lags.append(one.days)
    longest = in_days(max(lags, default=None), sum(map(bool, lags)), len(lags))
    parts = (Part("assigned late", count(sum(map(bool, lags)), len(lags))), Part("median", middle(lags)))
    return Reading(longest, parts, tuple(items))


@metric(Better.LESS)
def time_to_complete(period: Period) -> Reading:
    """
    Time to complete.

    The median of the days from assignment to completion, over the items that somebody completed in the period by
    completions that name the assignment; and the 90th percentile, by nearest rank. By method and by cause.
    """
    items, groups, lengths = [], dict[str, list[int]](), []
    for course in period.courses:
        one, day = course.about, _done_by(period, course)
        if day is None or not period.has(day):
            continue
        took = max(0, (day - one.assignment.assigned).days)
        lengths.append(took)
        for group in (f"method {' + '.join(one.item.method)}", f"cause {one.assignment.cause}"):
            groups.setdefault(group, []).append(took)
        says = f"assigned {one.assignment.assigned}, completed {day}: {in_days(took)}"
        items.append(Item(_named(one), At(layout.completions(one.person.id, one.item.document.document)), says))
    parts = [Part("90th percentile", ninetieth(lengths))]
    for group, found in sorted(groups.items(), reverse=True):
        parts += [Part(f"{group}: median", middle(found)), Part(f"{group}: 90th percentile", ninetieth(found))]
    return Reading(middle(lengths), tuple(parts), tuple(items))


def _done_by(period: Period, course: Course) -> date | None:
    """The day on which what was assigned was done, if it is by the end of the period."""
    if course.done and course.done <= period.days.last:
        return course.done
    done = item_done(period.snapshot, course.about.assignment, course.about.item, course.about.person.id, period.end)
    return period.snapshot.day_of(done.completed) if done else None


def _named(one: Assigned) -> str:
    return f"{one.person.id} on {one.item.document} ({one.assignment.assignment})"


@metric(Better.LESS)
def overdue(period: Period) -> Reading:
    """
    Overdue training.

    Items of assignments, one for each person, that were due before the last day and are still owed at its end; what
    fell due during a leave is due on the first day back. The age runs from the due day.
    """
    items, ages, groups = [], [], []
    for one, due in overdue_on(period, period.days.last):
        age = (period.days.last - due).days
        ages.append(age)
        groups.append((one.assignment.role or "named by an event", True))
        place = At(one.assignment.path, ("items", one.assignment.items.index(one.item)))
        items.append(Item(_named(one), place, f"due {due}, {in_days(age)} ago", rule="training-overdue"))
    parts = (Part("oldest", in_days(max(ages, default=None))), *by_group(groups, lambda number, _: count(number)))
    return Reading(count(len(items)), parts, tuple(items))


def overdue_on(period: Period, day: date) -> Iterator[tuple[Assigned, date]]:
    """What is overdue at the end of a day, of what was assigned by then; with the day on which it was due."""
    when = period.snapshot.end_of(day)
    for course in period.courses:
        if course.done and course.done <= day:
            continue
        assignment, item, person = course.about
        if assignment.assigned > day or course.back >= day or is_on_leave(person, day):
            continue
        owed = still_owes(period.snapshot, assignment, item, person, when)
        if owed and not history_is_unreadable(period.snapshot, person.id, item.document.document):
            yield course.about, course.due


@metric(Better.MORE)
def capa_retraining_closure(period: Period) -> Reading:
    """
    Retraining done in time.

    Training actions of quality events that everybody concerned had completed by the due day ÷ training actions that
    were due in the period; an extension moves the due day. And the median age, from the opening of the action, of those
    that are open at the end of the last day.
    """
    snapshot, items, ages = period.snapshot, [], []
    for event, index in snapshot.retraining:
        action = event.actions[index]
        place, name = snapshot.at(event, "actions", index), f"{event.id} action {action.id}"
        if (action.opened or event.begun or date.max) > period.days.last:
            continue
        if is_open(event, period.days.last) and not done_on(snapshot, event, action, period.end):
            ages.append((period.days.last - (action.opened or event.begun or period.days.last)).days)
        if not period.has(action.deadline) or _ended(event, action.deadline):
            continue
        done = done_on(snapshot, event, action, snapshot.end_of(action.deadline))
        says = f"due {action.deadline}, " + (f"done {done}" if done else "not done by then")
        items.append(Item(name, place, says, done is not None))
    figure = share(sum(item.counted for item in items), len(items))
    parts = (Part("open at the end", count(len(ages))), Part("median age of these", middle(ages)))
    return Reading(figure, parts, tuple(items))


def _ended(event: Event, day: date) -> bool:
    """Whether an event was dropped by a day."""
    return bool(event.ending and event.ending.on <= day)


# --- results and refreshers -----------------------------------------------------------------------------------------


@metric(Better.MORE)
def first_attempt_pass_rate(period: Period) -> Reading:
    """
    First attempts passed.

    First attempts at an assessment that reached the pass mark ÷ first attempts, of the completions of the period that
    were not rejected.
    """
    items, groups = [], []
    for found in period.recorded:
        test = found.entry.assessment
        if test and test.attempt == 1 and not found.void:
            passed = test.score >= test.pass_mark
            says = (
                f"{period.snapshot.day_of(found.entry.completed)}: {test.score} %, the pass mark is {test.pass_mark} %"
            )
            items.append(
                Item(f"{found.person} on {found.entry.document}", At(found.path, (found.index,)), says, passed)
            )
            groups.append((found.document, passed))
    return Reading(share(sum(item.counted for item in items), len(items)), by_group(groups), tuple(items))


@metric(Better.LESS)
def refresher_lapse_rate(period: Period) -> Reading:
    """
    Refreshers lapsed.

    Refreshers that have lapsed by the last day ÷ refreshers that run: of people at work, on documents in force that ask
    for one, after a first full training and without a waiver.
    """
    snapshot, items = period.snapshot, []
    for one in period.requirements:
        last = lapses(snapshot, one.person.id, one.document, period.end)
        if last is None or waived_on(snapshot, one.person.id, one.document.named(one.entry), period.days.last):
            continue
        lapsed = last < period.days.last
        says = f"lapsed after {last}" if lapsed else f"valid through {last}"
        place = At(layout.completions(one.person.id, one.document.id))
        rule = "refresher-lapsed" if lapsed else None
        items.append(Item(f"{one.person.id} on {one.document.id}", place, says, lapsed, rule))
    figure = share(sum(item.counted for item in items), len(items))
    return Reading(figure, by_group((item.name.split(" on ")[1], item.counted) for item in items), tuple(items))


@metric(Better.LESS)
def waiver_load(period: Period) -> Reading:
    """
    Waivers.

    Requirements for which a waiver is valid on the last day ÷ requirements, counted as for training currency; and the
    waivers that began in the period.
    """
    snapshot, items = period.snapshot, []
    for one in period.requirements:
        waived = waived_on(snapshot, one.person.id, one.document.named(one.entry), period.days.last)
        if waived:
            items.append(Item(f"{one.person.id} on {one.document.named(one.entry)}", waived.at, waived.says))
    files = snapshot.source.records(snapshot.source.paths(layout.WAIVERS))
    begun = sum(period.has(one.from_) for file in files if isinstance(file, Waivers) for one in file.entries)
    parts = (Part("began in the period", count(begun)),)
    return Reading(share(len(items), len(period.requirements)), parts, tuple(items))
