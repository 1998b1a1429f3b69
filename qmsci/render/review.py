"""The management review: what its pages say, and the same for programs."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass

from qmsci.effectiveness import Immediate, Quarter, Round
from qmsci.metrics import Measured, Trend
from qmsci.metrics.events import OpenAction
from qmsci.metrics.measured import Better, Figure, Item, Part, share
from qmsci.metrics.review import Agreement, Compared, Comparison, FollowUp, Review
from qmsci.records.action import Action
from qmsci.render.page import Block, Cell, Chart, Page, Section, Sentence, Table
from qmsci.render.words import counted, in_json
from qmsci.timeline import Span

#: The most items that a table of a page has (JSON has them all), and how many are shown without being asked for.
MOST, UNFOLDED = 200, 12


@dataclass(frozen=True, slots=True)
class Source:
    """What a review was computed from: a commit, whether the tree differs from it, and files that nobody can read."""

    commit: str | None
    changed: bool
    unreadable: tuple[str, ...] = ()
    known_at: str | None = None  # the date or time of which main was asked

    def __str__(self) -> str:
        if self.commit is None:
            return "a tree without a commit"
        return f"commit {self.commit}, {'with uncommitted changes' if self.changed else 'clean'}"


# --- the page -------------------------------------------------------------------------------------------------------


def page_of(review: Review, source: Source, charts: Sequence[Chart]) -> Page:
    """A management review as a page."""
    running = review.asked.last > review.period.days.last
    facts = [
        ("Period", _days(review.asked)),
        ("Figures as of", f"the end of {review.period.days.last}" + (", the period is not over" if running else "")),
        ("Period before", _days(review.earlier.days)),
        ("Computed from", str(source)),
        ("Review on record", ", ".join(one.review.id for one in review.comparisons) or "none about these days"),
    ]
    if source.unreadable:
        facts.append(("Left out", f"files that cannot be read (qmsci check --all): {', '.join(source.unreadable)}"))
    blocks = [
        *_summary(review),
        *_presented(review.comparisons),
        Section(2, "Charts", "charts"),
        *charts,
        *_metrics(review),
        *_effectiveness(review),
        *_open_actions(review),
        *_follow_up(review),
        *_computed(),
    ]
    return Page(f"Management review: {review.organization}", tuple(facts), tuple(blocks))


def _days(days: Span) -> str:
    return f"{days.first} to {days.last}"


def _summary(review: Review) -> Iterator[Block]:
    yield Section(2, "Summary", "summary")
    rows = [
        (
            Cell(one.metric.title, target=one.metric.name, code=one.metric.name),
            str(one.now.figure),
            str(one.before.figure),
            _trend(one),
        )
        for one in review.metrics
    ]
    yield Table(("Metric", "This period", "Period before", "Trend"), tuple(rows), "Summary of all metrics")
    yield Sentence(
        "“Few” says that both periods together have fewer than ten of what is counted (of a share, of its rarer side): "
        "no conclusion is drawn from such a trend. “Nothing to count” is no 0 %.",
        "quiet",
    )


_ARROWS = {Trend.UP: "↑", Trend.DOWN: "↓", Trend.SAME: "→", Trend.UNKNOWN: ""}


def _trend(one: Measured) -> Cell:
    if one.trend is Trend.UNKNOWN:
        return Cell("nothing to compare", "quiet")
    judged = {True: ", better", False: ", worse", None: ""}[one.better]
    few = " (few)" if one.few and one.trend is not Trend.SAME else ""
    tone = "" if one.few else {True: "good", False: "bad", None: ""}[one.better]
    return Cell(f"{one.trend}{judged}{few}", tone, _ARROWS[one.trend])


def _presented(comparisons: Iterable[Comparison]) -> Iterator[Block]:
    yield Section(2, "What was presented", "presented")
    if not comparisons:
        yield Sentence("No management review on record is about these days, so there is nothing to compare.")
    for one in comparisons:
        yield Section(3, f"{one.review.id}: {one.review.title}", f"presented-{one.review.id}")
        if not one.review.presented:
            yield Sentence(f"Held on {one.review.held}. Its record names no figure that was presented.")
            continue
        verdict = "agrees with the records" if one.agrees else "does not agree with the records"
        yield Sentence(f"Held on {one.review.held}. What it was shown {verdict}.", "" if one.agrees else "bad")
        rows = tuple(_compared(compared) for compared in one.metrics)
        yield Table(
            ("Metric", "The review was shown", "The records give now", "Verdict"),
            rows,
            f"What {one.review.id} was shown",
        )


def _compared(one: Compared) -> tuple[Cell | str, ...]:
    verdict: Cell | str = one.agreement
    if one.agreement is Agreement.NOT_PRESENTED:
        verdict = Cell(one.agreement, "quiet")
    elif one.agreement is Agreement.UNKNOWN:
        verdict = Cell("unknown metric" + (f", did you mean {one.meant}?" if one.meant else ""), "bad")
    elif one.agreement is Agreement.DIFFERS:
        verdict = Cell(f"differs: it was shown {one.presented}, the records give {one.figure}", "bad")
    return one.name, one.presented or "–", str(one.figure) if one.figure else "–", verdict


# --- metrics --------------------------------------------------------------------------------------------------------


def _metrics(review: Review) -> Iterator[Block]:
    yield Section(2, "Metrics", "metrics")
    for one in review.metrics:
        metric = one.metric
        yield Section(3, metric.title, metric.name, metric.name)
        yield Sentence(metric.definition)
        rows = [(Cell("All"), str(one.now.figure), str(one.before.figure))]
        rows += [(Cell(label), now, earlier) for label, now, earlier in _parts(one.now.parts, one.before.parts)]
        yield Table(("", "This period", "Period before"), tuple(rows), metric.title)
        wanted = metric.better is not Better.MORE
        for counts in (wanted, not wanted):
            items = [item for item in one.now.items if item.counted is counts]
            if items:
                said = f"{'Counted' if counts else 'Not counted'}: {len(items)}"
                unfolded = counts is wanted and len(items) <= UNFOLDED
                yield _items(items, f"{metric.title}, {said}", said, unfolded=unfolded)


def _parts(current: Iterable[Part], earlier: Iterable[Part]) -> Iterator[tuple[str, str, str]]:
    """The parts of both periods side by side, in the order of the one that has more to say first."""
    known = {part.label: part.figure for part in current}
    old = {part.label: part.figure for part in earlier if not part.alone}
    for label in [*known, *(label for label in old if label not in known)]:
        now, before = (str(found[label]) if label in found else "–" for found in (known, old))
        yield label, now, before


def _items(items: Sequence[Item], label: str, said: str, *, unfolded: bool) -> Table:
    rows: list[tuple[Cell | str, ...]] = [
        (item.name, f"{item.says} [{item.rule}]" if item.rule else item.says, Cell("", code=item.at.path))
        for item in items[:MOST]
    ]
    if len(items) > MOST:
        rows.append((f"and {len(items) - MOST} more", "--format json has them all", ""))
    return Table(("What", "Why [rule]", "Record"), tuple(rows), label, said, unfolded)


# --- effectiveness of training --------------------------------------------------------------------------------------


def _effectiveness(review: Review) -> Iterator[Block]:
    yield Section(2, "Effectiveness of training", "effectiveness")
    yield from _immediate(review)
    yield from _intermediate(review.rounds)
    yield from _long_term(review)


def _immediate(review: Review) -> Iterator[Block]:
    yield Section(3, "Immediate: what training showed at once", "immediate")
    yield Sentence(
        "Completions of the period that were not rejected: assessments, practical demonstrations, tasks done under "
        "supervision."
    )
    rows = [("All", *_shown_at_once(review.immediate))]
    rows += [(name, *_shown_at_once(found)) for name, found in review.by_document.items()]
    heads = (
        "Document",
        "Entries",
        "First attempts passed",
        "Assessments passed",
        "Mean score",
        "Competent",
        "Supervised",
    )
    yield Table(heads, tuple(rows), "Immediate effectiveness by document")


def _shown_at_once(found: Immediate) -> tuple[str, ...]:
    return (
        str(found.entries),
        _share(found.first_passed, found.first_attempts),
        _share(found.passed, found.assessments),
        "–" if found.mean_score is None else f"{found.mean_score:.1f} %",
        _share(found.competent, found.practicals),
        str(found.supervised),
    )


def _share(numerator: int, denominator: int) -> str:
    return str(share(numerator, denominator)) if denominator else "–"


def _intermediate(rounds: Sequence[Round]) -> Iterator[Block]:
    yield Section(3, "Intermediate: whether it came back", "intermediate")
    yield Sentence(
        "For each CAPA, and each other event with training of its own: whether an event of the kind that brought it "
        "about happened again within its period after the last training, and whether that bears out its check. "
        "Events that were trained for without a CAPA are watched for 90 days."
    )
    if not rounds:
        yield Sentence("There is no CAPA, and no event asked for training.")
        return
    rows = tuple(_round(one) for one in rounds)
    heads = ("Event", "Trained", "Watched", "Came back", "Check", "Do both agree?")
    yield Table(heads, rows, "Recurrence after training")


def _round(one: Round) -> tuple[Cell | str, ...]:
    name = one.event.id if one.number == 1 else f"{one.event.id}, round {one.number}"
    again = ", ".join(f"{found.event.id} on {found.day}" for found in one.recurrences)
    return (
        name,
        str(one.trained) + ("" if one.complete else ", not everybody yet") if one.trained else "nobody yet",
        _watched(one),
        Cell(again, "bad") if again else ("nothing" if one.window else "–"),
        f"{one.check.on}: {one.check.outcome}" if one.check else "none yet",
        _agreement(one),
    )


def _watched(one: Round) -> str:
    if one.window is None:
        return "no plan says how long" if one.trained else "–"
    return f"{_days(one.window)}, {'over' if one.over else 'running'}"


def _agreement(one: Round) -> Cell:
    if one.agrees is None or one.check is None:
        return Cell("–", "quiet")
    if one.agrees:
        return Cell("yes", "good")
    came = "it came back within the period" if one.recurrences else "nothing came back within the period"
    return Cell(f"no: the check says {one.check.outcome}, and {came}", "bad")


def _long_term(review: Review) -> Iterator[Block]:
    yield Section(3, "Long-term: currency against frequency of events", "long-term")
    yield Sentence(
        "For each role and calendar quarter: currency at the end of its last day, person-days of its holders, and "
        "deviations and nonconformances that involve one of them or an activity of the role. The rate is per 1,000 "
        "person-days, with an exact (Garwood) 95 % interval. A report, never a gate."
    )
    yield from _associated(review)
    heads = ("Role", "Quarter", "Currency", "Person-days", "Events", "Per 1,000 person-days", "95 % interval")
    rows = tuple(_quarter(quarter) for quarter in review.roles)
    if rows:
        said = f"{counted(len(rows), 'quarter')} of roles"
        yield Table(heads, rows, "Currency and events by role and quarter", said)


def _quarter(quarter: Quarter) -> tuple[str, ...]:
    interval = quarter.interval
    return (
        quarter.role or "all",
        quarter.name,
        _share(quarter.qualified, quarter.required),
        str(quarter.person_days),
        f"{len(quarter.events)}" + (f": {', '.join(quarter.events)}" if quarter.events else ""),
        "–" if quarter.rate is None else f"{quarter.rate:.2f}",
        f"{interval[0]:.2f} to {interval[1]:.2f}" if interval else "–",
    )


def _associated(review: Review) -> Iterator[Block]:
    found = review.association
    if found.median is None:
        yield Sentence("There is no quarter of a role to compare.")
        return
    rows = (
        (f"currency below the median of {found.median:.1f} %", *map(str, found.below)),
        ("currency at the median or above", *map(str, found.rest)),
    )
    yield Table(("Quarters of roles", "with events", "without events"), rows, "Currency against events")
    if found.odds_ratio is None or found.probability is None:
        yield Sentence("No odds ratio can be given: one side of this table is empty.")
    else:
        ratio, low, high = map(_number, found.odds_ratio)
        yield Sentence(
            f"Odds ratio {ratio}, exact 95 % interval {low} to {high}; Fisher’s exact test: p = "
            f"{found.probability:.3f}. Above 1, events were more often where currency was low."
        )
    if found.small:
        yield Sentence(
            f"Small numbers: {counted(found.quarters, 'quarter')} of roles, the smallest count is "
            f"{min(*found.below, *found.rest)}. No conclusion can be drawn.",
            "bad",
        )
    yield Sentence(
        "Correlation proves no cause. Roles differ in their work, one event stands with every role that it involves, "
        "and who was in a deviation is trained more."
    )


def _number(value: float) -> str:
    return "infinite" if math.isinf(value) else f"{value:.2f}"


# --- what is open, what was decided ---------------------------------------------------------------------------------


def _open_actions(review: Review) -> Iterator[Block]:
    yield Section(2, "Open actions", "open-actions")
    if not review.open_actions:
        yield Sentence(f"No action of an open event is open on {review.period.days.last}.")
        return
    rows = tuple(_open_action(review, one) for one in review.open_actions)
    yield Table(("Event", "Action", "Owner", "Due", "State"), rows, "Open actions")


def _open_action(review: Review, one: OpenAction) -> tuple[Cell | str, ...]:
    due = review.period.days.last
    late = (due - one.action.deadline).days
    state: Cell | str = one.missing or "open"
    if one.overdue:
        state = Cell(f"overdue by {counted(late, 'day')}: {one.missing or 'it is not done'}", "bad")
    extended = f", extended {counted(len(one.action.extensions), 'time')}" if one.action.extensions else ""
    owner = one.action.owner or one.event.owner
    return one.event.id, _said(one.action), _who(review, owner), f"{one.action.deadline}{extended}", state


def _said(action: Action) -> str:
    what = action.title or action.summary
    if what is None:
        named = (*map(str, action.documents), str(action.document or ""))
        what = f"{action.kind} {', '.join(filter(None, named))}".strip()
    return f"{action.id}. {what}"


def _who(review: Review, person: str | None) -> str:
    found = review.period.snapshot.people.get(person) if person else None
    return f"{found.name} ({found.id})" if found else person or "nobody"


def _follow_up(review: Review) -> Iterator[Block]:
    yield Section(2, "Decisions of earlier reviews", "follow-up")
    if not review.follow_up:
        yield Sentence(f"No earlier review was held by {review.period.days.last}.")
    for one in review.follow_up:
        yield Section(3, f"{one.review.id}: {one.review.title}", f"follow-up-{one.review.id}")
        yield Sentence(f"Held on {one.review.held}, about {one.review.period.from_} to {one.review.period.to}.")
        rows = tuple(_decisions(review, one))
        if rows:
            yield Table(("Decision", "Owner", "Due", "State"), rows, f"Decisions of {one.review.id}")
        else:
            yield Sentence("Its record names no decision.")


#: How a decision cites an action of its own review.
_ACTION = re.compile(r"\(action (\d+)\)", re.ASCII)


def _decisions(review: Review, one: FollowUp) -> Iterator[tuple[Cell | str, ...]]:
    for decided in one.actions:
        action = decided.action
        state = Cell(f"done {decided.done}", "good") if decided.done else Cell("open")
        if decided.overdue:
            state = Cell("overdue", "bad")
        if decided.dropped and action.dropped:
            state = Cell(f"dropped {decided.done}: {action.dropped.reason}")
        owner = _who(review, action.owner or one.review.owner)
        yield _said(action), owner, str(action.deadline), state
    for text in one.review.decisions:
        cited = _ACTION.search(text)
        known = cited and any(int(cited[1]) == decided.action.id for decided in one.actions)
        said = f"decided, see {cited[0][1:-1]}" if cited and known else "decided, without an action on record"
        yield text, "–", "–", Cell(said, "quiet")


def _computed() -> Iterator[Block]:
    yield Section(2, "How it was computed", "computed")
    yield Sentence(
        "Every figure comes from dated facts in these files, seen from the end of the last day. Roles, activities and "
        "what governs them are those of the files as they are now, also for the period before. What was recorded later "
        "about these days is known here, and what was corrected since is as it was corrected: the same period, "
        "computed from a later commit, may differ. The same files give the same report, to the byte."
    )
    yield Sentence(
        "Whether somebody was qualified is answered as qmsci qualified answers it, and what is overdue as qmsci audit "
        "does. The name of the rule stands behind the sentence, and qmsci rules NAME explains it."
    )


# --- JSON -----------------------------------------------------------------------------------------------------------


def as_json(review: Review, source: Source) -> str:
    """
    A management review as one JSON object, format 1.

    - `format`: 1. `organization`. `period`, `earlier`: `{"from", "to"}`; `as_of`: the day that figures are of.
    - `commit`: the commit that it was computed from, or null; `changed`: whether the tree differs from it;
      `known_at`: the date or time of which main was asked, or null;
      `unreadable`: the files that were left out.
    - `metrics`: a list of `{"name", "title", "definition", "better", "trend", "trend_is_better", "few", "now",
      "before"}`; `better` is more, less or null; `trend` is up, down, same or unknown.
    - `now`, `before`: `{"text", "unit", "value", "numerator", "denominator", "parts", "items"}`; `unit` is percent,
      days or count, `value` null where there is nothing to count. `parts`: the same, with a `label`, without parts and
      items. `items`: `{"name", "path", "keys", "says", "counted", "rule"}`; of the period before, there are none.
    - `immediate`: the counts for `all` and, under `documents`, for each document.
    - `intermediate`: a list of `{"event", "round", "trained", "complete", "from", "to", "over", "recurrences", "check",
      "agrees"}`.
    - `long_term`: `quarters` (of everybody together) and `roles`, lists of `{"role", "quarter", "from", "to",
      "qualified", "required", "currency", "person_days", "events", "rate", "low", "high"}`; and `association`:
      `{"median", "below", "rest", "odds_ratio", "low", "high", "p", "small"}`; `high` is null where it is infinite.
    - `months`: a list of `{"month", "events", "overdue", "gap_days"}`.
    - `open_actions`, `follow_up`: as the pages have them; `dropped` says that `done` is the day of that decision.
    - `presented`: for each record of a review of these days, what it was shown, `{"review", "agrees", "metrics":
      [{"name", "presented", "computed", "agreement", "meant"}]}`.
    """
    found = {
        "format": 1,
        "organization": review.organization,
        "period": _span(review.asked),
        "earlier": _span(review.earlier.days),
        "as_of": review.period.days.last.isoformat(),
        "commit": source.commit,
        "changed": source.changed,
        "known_at": source.known_at,
        "unreadable": list(source.unreadable),
        "metrics": [_measured(one) for one in review.metrics],
        "immediate": {
            "all": asdict(review.immediate),
            "documents": {name: asdict(one) for name, one in review.by_document.items()},
        },
        "intermediate": [_plain_round(one) for one in review.rounds],
        "long_term": {
            "quarters": [_plain_quarter(one) for one in review.quarters],
            "roles": [_plain_quarter(one) for one in review.roles],
            "association": _plain_association(review),
        },
        "months": [
            {"month": one.name, "events": one.events, "overdue": one.overdue, "gap_days": one.gap_days}
            for one in review.months
        ],
        "open_actions": [_plain_action(one) for one in review.open_actions],
        "follow_up": [_plain_follow_up(one) for one in review.follow_up],
        "presented": [_plain_comparison(one) for one in review.comparisons],
    }
    return in_json(found) + "\n"


def _span(days: Span) -> dict[str, str]:
    return {"from": days.first.isoformat(), "to": days.last.isoformat()}


def _figure(figure: Figure) -> dict[str, object]:
    value = figure.value if figure.value is None else round(figure.value, 4)
    return {
        "text": str(figure),
        "unit": figure.unit,
        "value": value,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
    }


def _measured(one: Measured) -> dict[str, object]:
    items = [
        {
            "name": item.name,
            "path": item.at.path,
            "keys": list(item.at.keys),
            "says": item.says,
            "counted": item.counted,
            "rule": item.rule,
        }
        for item in one.now.items
    ]
    now, earlier = (
        {**_figure(reading.figure), "parts": [{"label": part.label, **_figure(part.figure)} for part in reading.parts]}
        for reading in (one.now, one.before)
    )
    return {
        "name": one.metric.name,
        "title": one.metric.title,
        "definition": one.metric.definition,
        "better": one.metric.better,
        "trend": one.trend,
        "trend_is_better": one.better,
        "few": one.few,
        "now": {**now, "items": items},
        "before": {**earlier, "items": []},
    }


def _plain_round(one: Round) -> dict[str, object]:
    return {
        "event": one.event.id,
        "round": one.number,
        "trained": one.trained.isoformat() if one.trained else None,
        "complete": one.complete,
        "from": one.window.first.isoformat() if one.window else None,
        "to": one.window.last.isoformat() if one.window else None,
        "over": one.over,
        "recurrences": [{"event": found.event.id, "day": found.day.isoformat()} for found in one.recurrences],
        "check": {"on": one.check.on.isoformat(), "outcome": one.check.outcome} if one.check else None,
        "agrees": one.agrees,
    }


def _plain_quarter(quarter: Quarter) -> dict[str, object]:
    low, high = quarter.interval or (None, None)
    return {
        "role": quarter.role,
        "quarter": quarter.name,
        **_span(quarter.days),
        "qualified": quarter.qualified,
        "required": quarter.required,
        "currency": _rounded(quarter.currency),
        "person_days": quarter.person_days,
        "events": list(quarter.events),
        "rate": _rounded(quarter.rate),
        "low": _rounded(low),
        "high": _rounded(high),
    }


def _plain_association(review: Review) -> dict[str, object]:
    found = review.association
    ratio, low, high = found.odds_ratio or (None, None, None)
    return {
        "median": _rounded(found.median),
        "below": list(found.below),
        "rest": list(found.rest),
        "odds_ratio": _rounded(ratio),
        "low": _rounded(low),
        "high": _rounded(high),
        "p": _rounded(found.probability),
        "small": found.small,
    }


def _rounded(value: float | None) -> float | None:
    """A computed number without the digits in which machines differ; None where it is infinite."""
    return None if value is None or math.isinf(value) else round(value, 4)


def _plain_action(one: OpenAction) -> dict[str, object]:
    return {
        "event": one.event.id,
        "action": one.action.id,
        "kind": one.action.kind,
        "title": one.action.title or one.action.summary,
        "owner": one.action.owner or one.event.owner,
        "due": one.action.deadline.isoformat(),
        "extensions": len(one.action.extensions),
        "missing": one.missing or None,
        "overdue": one.overdue,
    }


def _plain_follow_up(one: FollowUp) -> dict[str, object]:
    actions = [
        {
            "action": decided.action.id,
            "title": decided.action.title or decided.action.summary,
            "owner": decided.action.owner or one.review.owner,
            "due": decided.action.deadline.isoformat(),
            "done": decided.done.isoformat() if decided.done else None,
            "dropped": decided.dropped,
            "overdue": decided.overdue,
        }
        for decided in one.actions
    ]
    return {"review": one.review.id, "actions": actions, "decisions": list(one.review.decisions)}


def _plain_comparison(one: Comparison) -> dict[str, object]:
    metrics = [
        {
            "name": compared.name,
            "presented": compared.presented,
            "computed": str(compared.figure) if compared.figure else None,
            "agreement": compared.agreement,
            "meant": compared.meant,
        }
        for compared in one.metrics
    ]
    return {"review": one.review.id, "agrees": one.agrees, "metrics": metrics}
