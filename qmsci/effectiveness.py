"""
Whether training worked, at three levels.

Immediate: what the training showed at once. Intermediate: whether what it answered came back. Long-term: how often
things go wrong where training is current, and where it is less so. All of it reports; nothing of it decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from qmsci.circuit import days_open, lacks, last_training, period_begins
from qmsci.completion import history_is_unreadable, on_record, void_entries
from qmsci.obligations import at_work
from qmsci.qualification import is_qualified, qualified_on
from qmsci.records import layout
from qmsci.records.action import EffectivenessCheck, RootCause
from qmsci.records.base import Duration
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.event import Capa, Complaint, Deviation, Event, TrainingGap
from qmsci.records.person import Person
from qmsci.records.role import Role
from qmsci.records.training import Completion, Completions
from qmsci.snapshot import Snapshot, When
from qmsci.timeline import ONE_DAY, Days, Span, days_held, days_of, in_both, in_force, include

# --- immediate: what the training of some days showed at once -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recorded:
    """One entry of a person's history on a document, with its position in the file; `void` ones count for nothing."""

    person: str
    document: str
    index: int
    entry: Completion
    void: bool

    @property
    def path(self) -> str:
        """The file that it stands in."""
        return layout.completions(self.person, self.document)


def recorded(snapshot: Snapshot, days: Span) -> tuple[Recorded, ...]:
    """The completions of some days in the policy's time zone, failed and void ones too; by file and position."""
    paths = snapshot.source.paths(layout.COMPLETIONS)
    end = snapshot.end_of(days.last).instant
    found = []
    for path, history in zip(paths, snapshot.source.records(paths), strict=True):
        if isinstance(history, Completions):
            mine = [
                (index, entry)
                for index, entry in enumerate(history.entries)
                if isinstance(entry, Completion) and days.first <= snapshot.day_of(entry.completed) <= days.last
            ]
            if mine:
                person, document = path.removeprefix(layout.COMPLETIONS).removesuffix(".yaml").split("/")
                void = void_entries(snapshot, person, document, end)
                found += [Recorded(person, document, index, entry, index in void) for index, entry in mine]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Immediate:
    """What some training showed at once; `mean_score` is in percent, None without an assessment."""

    entries: int
    assessments: int
    passed: int
    first_attempts: int
    first_passed: int
    mean_score: float | None
    practicals: int
    competent: int
    supervised: int  # tasks that were done under supervision


def immediate(entries: Iterable[Recorded]) -> Immediate:
    """What some entries showed at once; void ones count for nothing."""
    counted = [found.entry for found in entries if not found.void]
    tests = [entry.assessment for entry in counted if entry.assessment]
    judged = [entry.practical for entry in counted if entry.practical]
    first = [test for test in tests if test.attempt == 1]
    return Immediate(
        entries=len(counted),
        assessments=len(tests),
        passed=sum(test.score >= test.pass_mark for test in tests),
        first_attempts=len(first),
        first_passed=sum(test.score >= test.pass_mark for test in first),
        mean_score=sum(test.score for test in tests) / len(tests) if tests else None,
        practicals=len(judged),
        competent=sum(practical.outcome == "competent" for practical in judged),
        supervised=sum(len(practical.supervised) for practical in judged),
    )


def by_document(entries: Iterable[Recorded]) -> dict[str, Immediate]:
    """What some entries showed at once, for each document on which anybody was tested, judged or supervised."""
    groups: dict[str, list[Recorded]] = defaultdict(list)
    for found in entries:
        if found.entry.assessment or found.entry.practical:
            groups[found.document].append(found)
    return {name: immediate(groups[name]) for name in sorted(groups)}


# --- intermediate: whether what it answered came back ---------------------------------------------------------------

#: How long it is watched after training that a deviation asked for by itself, without a CAPA that plans it.
UNPLANNED = Duration(90, 0)


@dataclass(frozen=True, slots=True)
class Recurrence:
    """An event of the kind that an earlier one was, and the day on which it happened."""

    event: Event
    day: date


@dataclass(frozen=True, slots=True)
class Round:
    """
    The days in which an event might come back after its training, and whether it did.

    A CAPA whose training did not work, and that trained again, has one round for each time. `window` is None as long
    as nothing was trained, or where no plan says how long to watch. `over` says whether it has run; `complete` whether
    everybody was trained: as long as somebody is not, the days begin anew with each completion. `check` is the latest
    one of the round, and `agrees` says whether the events bear it out; None where it decides nothing, or there is none.
    """

    event: Event
    number: int
    trained: date | None
    window: Span | None
    over: bool
    complete: bool
    recurrences: tuple[Recurrence, ...]
    check: EffectivenessCheck | None
    agrees: bool | None


def rounds(snapshot: Snapshot, day: date) -> tuple[Round, ...]:
    """The rounds, as of a day, of every CAPA and of every other event with a training action of its own; by event."""
    return tuple(
        found
        for event in snapshot.events
        if isinstance(event, Capa) or any(action.kind == "training" for action in event.actions)
        for found in rounds_of(snapshot, event, day)
    )


def rounds_of(snapshot: Snapshot, event: Event, day: date) -> list[Round]:
    """The rounds of one event as of a day, oldest first; none before it began, nor once it was dropped."""
    if (event.begun or date.max) > day or (event.ending and event.ending.on <= day):
        return []
    plan = event.effectiveness if isinstance(event, Capa) else None
    checks = [check for check in (plan.checks if plan else ()) if check.on <= day]
    seen = _seen_from(event, checks, day)
    starts = sorted({start for at in seen if (start := _begins(snapshot, event, at))})
    if not starts:
        return [Round(event, 1, None, None, over=False, complete=False, recurrences=(), check=None, agrees=None)]
    period = plan.period if plan else (None if isinstance(event, Capa) else UNPLANNED)
    found = []
    for number, start in enumerate(starts, 1):
        following = starts[number] if number < len(starts) else date.max
        window = Span(start + ONE_DAY, min(period.after(start), following)) if period else None
        again = tuple(recurrences(snapshot, event, window, day)) if window else ()
        mine = [check for check in checks if start <= check.on < following]
        check = max(mine, key=lambda check: check.on, default=None)
        found.append(
            Round(
                event=event,
                number=number,
                trained=start,
                window=window,
                over=bool(window and window.last < day),
                complete=following < date.max or _is_trained(snapshot, event, seen[-1]),
                recurrences=again,
                check=check,
                agrees=_agrees(check, again) if window else None,
            )
        )
    return found


def _seen_from(event: Event, checks: Sequence[EffectivenessCheck], day: date) -> list[date]:
    """The days from which it is seen whether an event's training worked: failed checks, closings, the day itself."""
    seen = {check.on for check in checks if check.outcome == "not-effective"}
    seen |= {min(span.last + ONE_DAY, day) for span in days_open(event) if span.first <= day and span.last < date.max}
    return sorted(seen | {day} if include(days_open(event), day) else seen)


def _then(event: Event, day: date) -> Event:
    """An event as it was on a day: without the actions that were opened later, and the reopenings."""
    actions = tuple(action for action in event.actions if (action.opened or event.begun or day) <= day)
    reopened = tuple(again for again in event.reopened if again.on <= day)
    return event.model_copy(update={"actions": actions, "reopened": reopened})


def _begins(snapshot: Snapshot, event: Event, day: date) -> date | None:
    """The day from which it was watched, seen from a day."""
    then, when = _then(event, day), snapshot.end_of(day)
    return period_begins(snapshot, then, when) if isinstance(then, Capa) else last_training(snapshot, then, when)


def _is_trained(snapshot: Snapshot, event: Event, day: date) -> bool:
    """Whether nobody was left to be trained, seen from a day."""
    training = (action for action in _then(event, day).actions if action.kind == "training")
    return not any(lacks(snapshot, event, action, snapshot.end_of(day)) for action in training)


def _agrees(check: EffectivenessCheck | None, again: Sequence[Recurrence]) -> bool | None:
    if check is None or check.outcome == "inconclusive":
        return None
    return (check.outcome == "effective") is not bool(again)


def recurrences(snapshot: Snapshot, event: Event, days: Span, known: date) -> Iterator[Recurrence]:
    """The events of some days, reported by a day, that are of the kind that brought an event about; by id."""
    behind = triggers(snapshot, event)
    for found in snapshot.events:
        day = happened(snapshot, found)
        if found.id == event.id or day is None or not include([days], day) or (found.begun or day) > known:
            continue
        if found.ending and found.ending.on <= known:
            continue
        if any(_same_kind(event, source, found) for source in behind):
            yield Recurrence(found, day)


def happened(snapshot: Snapshot, event: Event) -> date | None:
    """The day on which a deviation or nonconformance occurred, or a complaint came in; None of other kinds."""
    if isinstance(event, Deviation):
        return snapshot.day_of(event.occurred)
    return event.received or event.opened if isinstance(event, Complaint) else None


def triggers(snapshot: Snapshot, event: Event) -> list[Event]:
    """What brought an event about: itself, its sources, and the events that name it as their CAPA; by id."""
    found = {source.id: source for source in map(snapshot.events.get, event.sources) if source}
    found |= {other.id: other for other in snapshot.events if getattr(other, "capa", None) == event.id}
    found[event.id] = event
    return [found[name] for name in sorted(found)]


def _same_kind(event: Event, source: Event, found: Event) -> bool:
    """Whether an event is of the kind of a source, whose cause is the event's where it names none itself."""
    return alike(source, found, source.root_cause or event.root_cause)


def alike(one: Event, other: Event, cause: RootCause | None) -> bool:
    """
    Whether two events are of one kind: the same activity, and the same category of cause where both are known.

    Where one of them names no activity, a document that both name makes them so.
    """
    if one.activity and other.activity:
        if one.activity != other.activity:
            return False
    elif not _named(one) & _named(other):
        return False
    return not cause or not other.root_cause or cause.category.casefold() == other.root_cause.category.casefold()


def _named(event: Event) -> set[str]:
    return {*event.documents, *([event.document] if isinstance(event, TrainingGap) else [])}


# --- long-term: currency of training against frequency of events ----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Requirement:
    """A document in force that somebody at work is to be qualified on, by which roles; whether they are, and why."""

    person: Person
    document: Document
    entry: RevisionEntry
    roles: tuple[str, ...]
    met: bool
    reason: str


def requirements(snapshot: Snapshot, day: date) -> tuple[Requirement, ...]:
    """
    What is required of everybody at work at the end of a day, by document and person; leave asks for nothing.

    A requirement that nobody can judge, because the history on it cannot be read, is left out.
    """
    when, found = snapshot.end_of(day), []
    for document, entry, person, roles in _required(snapshot, day):
        met = is_qualified(snapshot, person.id, document, entry, when)
        if met or not history_is_unreadable(snapshot, person.id, document.id):
            reason = why(snapshot, person.id, document, entry, when, met)
            found.append(Requirement(person, document, entry, tuple(roles), met, reason))
    return tuple(found)


def why(snapshot: Snapshot, person: str, document: Document, entry: RevisionEntry, when: When, met: bool) -> str:
    """The reason that `qualified_on` gives; of the many who are trained, no evidence is made that nobody reads."""
    if met and on_record(snapshot, person, document, entry, when):
        return f"trained on {document.named(entry)}"
    return qualified_on(snapshot, person, document, entry, when).reason


def _required(snapshot: Snapshot, day: date) -> Iterator[tuple[Document, RevisionEntry, Person, list[str]]]:
    """The documents in force on a day with everybody at work who is to be qualified on them, by which roles."""
    for document in snapshot.documents:
        entry = in_force(document, day)
        if entry:
            yield from ((document, entry, person, roles) for person, roles in at_work(snapshot, document, day))


#: The confidence of every interval here, and fewer counts, or groups, than this are called small.
CONFIDENCE, FEW, FEW_GROUPS = 0.95, 5, 20


@lru_cache(maxsize=1024)
def poisson_interval(events: int) -> tuple[float, float]:
    """The exact (Garwood) 95 % interval of the mean of a Poisson count. Needs scipy."""
    from scipy.stats import chi2  # noqa: PLC0415  (an extra: whoever asks for no interval does without it)

    tail = (1 - CONFIDENCE) / 2
    low = float(chi2.ppf(tail, 2 * events)) / 2 if events else 0.0
    return low, float(chi2.ppf(1 - tail, 2 * events + 2)) / 2


@dataclass(frozen=True)
class Quarter:
    """
    A calendar quarter (or what is looked at of it) of a role; of everybody together where `role` is None.

    `qualified` of `required` is the currency at the end of its last day. `person_days` are days on which somebody held
    the role and was not on leave. `events` are the deviations and nonconformances of these days that involve one of
    them, or an activity of the role; one that involves two roles stands with both.
    """

    role: str | None
    name: str
    days: Span
    qualified: int
    required: int
    person_days: int
    events: tuple[str, ...]

    @property
    def currency(self) -> float | None:
        """The share of requirements that were met, in percent; None where nothing was required."""
        return 100 * self.qualified / self.required if self.required else None

    @property
    def rate(self) -> float | None:
        """Events per 1,000 person-days; None where nobody was there."""
        return 1000 * len(self.events) / self.person_days if self.person_days else None

    @cached_property
    def interval(self) -> tuple[float, float] | None:
        """The exact 95 % interval of the rate; None where nobody was there. Needs scipy."""
        if not self.person_days:
            return None
        low, high = poisson_interval(len(self.events))
        return 1000 * low / self.person_days, 1000 * high / self.person_days


def quarters(days: Span) -> list[tuple[str, Span]]:
    """The calendar quarters that some days touch, as far as they do; `2026-Q1` is the first of 2026."""
    found, first = [], days.first
    while first <= days.last:
        number = (first.month - 1) // 3
        begins = date(first.year, 3 * number + 1, 1)
        last = min(Duration(0, 3).after(begins) - ONE_DAY, days.last)
        found.append((f"{first.year}-Q{number + 1}", Span(first, last)))
        first = last + ONE_DAY
    return found


@dataclass(frozen=True, slots=True)
class _Currency:
    """How many requirements are met, of how many."""

    qualified: int = 0
    required: int = 0

    def with_one(self, met: bool) -> _Currency:
        """With one more of them."""
        return _Currency(self.qualified + met, self.required + 1)


def long_term(snapshot: Snapshot, days: Span) -> tuple[tuple[Quarter, ...], tuple[Quarter, ...]]:
    """Currency and events of each role in each quarter of some days, by role; and of everybody in each quarter."""
    roles, whole = [], []
    for name, span in quarters(days):
        current = _currency(snapshot, span.last)
        happenings = [
            (event, day)
            for event in snapshot.events
            if isinstance(event, Deviation)
            and include([span], day := snapshot.day_of(event.occurred))
            and event.reported <= days.last
            and not (event.ending and event.ending.on <= days.last)
        ]
        roles += [
            _quarter(snapshot, role, name, span, current.get(role.id, _Currency()), happenings)
            for role in snapshot.roles
        ]
        everybody = current.get(None, _Currency())
        whole.append(
            Quarter(
                role=None,
                name=name,
                days=span,
                qualified=everybody.qualified,
                required=everybody.required,
                person_days=sum(
                    _days_in_roles(person, {held.role for held in person.roles}, span) for person in snapshot.people
                ),
                events=tuple(event.id for event, _ in happenings),
            )
        )
    there = (quarter for quarter in roles if quarter.person_days or quarter.events)
    return tuple(sorted(there, key=lambda quarter: (quarter.role or "", quarter.name))), tuple(whole)


def _currency(snapshot: Snapshot, day: date) -> dict[str | None, _Currency]:
    """How many requirements are met at the end of a day: of each role, and of everybody (None) together."""
    when, found = snapshot.end_of(day), defaultdict[str | None, _Currency](_Currency)
    for document, entry, person, roles in _required(snapshot, day):
        met = is_qualified(snapshot, person.id, document, entry, when)
        if met or not history_is_unreadable(snapshot, person.id, document.id):
            for role in (None, *roles):
                found[role] = found[role].with_one(met)
    return found


def _quarter(
    snapshot: Snapshot,
    role: Role,
    name: str,
    span: Span,
    current: _Currency,
    happenings: Iterable[tuple[Deviation, date]],
) -> Quarter:
    holders = {person.id: person for person in snapshot.holders.get(role.id, ())}
    events = [
        event.id
        for event, day in happenings
        if event.activity in role.activities
        or any(include(days_held(holders[name], role.id), day) for name in event.people if name in holders)
    ]
    return Quarter(
        role=role.id,
        name=name,
        days=span,
        qualified=current.qualified,
        required=current.required,
        person_days=sum(_days_in_roles(person, {role.id}, span) for person in holders.values()),
        events=tuple(events),
    )


def _days_in_roles(person: Person, roles: set[str], span: Span) -> int:
    """How many of some days a person held any of some roles and was not on leave."""
    held = [days for role in roles for days in days_held(person, role)]
    return len(_each(in_both(held, [span])) - _each(in_both(days_of(person.leave), [span])))


def _each(days: Days) -> set[int]:
    """Each of some days, by its number."""
    return {number for span in days for number in range(span.first.toordinal(), span.last.toordinal() + 1)}


@dataclass(frozen=True)
class Association:
    """
    Whether quarters of roles whose training was less current are those with events: counts, and an exact odds ratio.

    `below` and `rest` are the numbers (with events, without) of quarters of a role whose currency lies below the median
    of them all, and of the others. An odds ratio above 1 says that events were more often where currency was low.
    Correlation proves no cause: roles differ in their work, one event stands with every role that it involves, and who
    has had a deviation is trained more. Quarters in which a role asked for nothing, or had nobody, are left out.
    """

    median: float | None  # percent
    below: tuple[int, int]
    rest: tuple[int, int]

    @property
    def quarters(self) -> int:
        """How many quarters of roles were compared."""
        return sum(self.below) + sum(self.rest)

    @property
    def comparable(self) -> bool:
        """Whether there is anything to compare: quarters on both sides of the median, with events and without."""
        table = (self.below, self.rest)
        return all(map(sum, table)) and all(map(sum, zip(*table, strict=True)))

    @property
    def small(self) -> bool:
        """Whether the numbers are small: a count below 5, or fewer than 20 quarters of roles."""
        return min(*self.below, *self.rest) < FEW or self.quarters < FEW_GROUPS

    @cached_property
    def odds_ratio(self) -> tuple[float, float, float] | None:
        """The conditional odds ratio with its exact 95 % interval; None where nothing can be compared. Needs scipy."""
        if not self.comparable:
            return None
        from scipy.stats.contingency import odds_ratio  # noqa: PLC0415  (an extra, see above)

        found = odds_ratio([list(self.below), list(self.rest)])
        low, high = found.confidence_interval(CONFIDENCE)
        return float(found.statistic), float(low), float(high)

    @cached_property
    def probability(self) -> float | None:
        """Fisher's exact p-value, two-sided; None where nothing can be compared. Needs scipy."""
        if not self.comparable:
            return None
        from scipy.stats import fisher_exact  # noqa: PLC0415  (an extra, see above)

        return float(fisher_exact([list(self.below), list(self.rest)]).pvalue)


def association(found: Iterable[Quarter]) -> Association:
    """Currency against events over quarters of roles."""
    known = [(quarter.currency, bool(quarter.events)) for quarter in found if quarter.person_days]
    compared = [(currency, events) for currency, events in known if currency is not None]
    ordered = sorted(currency for currency, _ in compared)
    half = len(ordered) // 2
    middle = (ordered[half] + ordered[~half]) / 2 if ordered else None
    table = [[0, 0], [0, 0]]
    for currency, events in compared:
        assert middle is not None
        table[currency >= middle][not events] += 1
    (a, b), (c, d) = table
    return Association(middle, (a, b), (c, d))
