"""The management review of the days up to that of the site, and what earlier reviews on record were shown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from qmsci.metrics import METRICS, Measured
from qmsci.metrics.measured import Period
from qmsci.metrics.review import Comparison, compare, review
from qmsci.records.base import Duration
from qmsci.records.event import ManagementReview
from qmsci.render import page as report
from qmsci.render.review import Source, page_of
from qmsci.render.site.links import to_event
from qmsci.render.site.mentions import mentioned
from qmsci.render.site.page import (
    Block,
    Code,
    CodeBlock,
    Facts,
    Folded,
    Heading,
    Link,
    Mark,
    Notice,
    Page,
    Part,
    Said,
    Table,
    Text,
    Tone,
)
from qmsci.render.site.places import to_place
from qmsci.render.site.summary import Summaries
from qmsci.render.site.survey import Survey
from qmsci.timeline import ONE_DAY, Span

#: How far back a review looks where the policy does not say, and at most.
_YEAR, _LONGEST = Duration(0, 12), Duration(1826, 60)
#: Before this day there is nothing to report, as for `qmsci report`.
_FIRST = date(1900, 1, 1)
#: How many of the reviews on record, the latest ones, are compared: it takes as long as a review each time.
_COMPARED = 5
#: The page of the metrics.
BEHIND = "review/metrics.html"
#: A verdict of a few words is shown as a mark; a longer one is a sentence.
_FEW = 40


def part(survey: Survey, summaries: Summaries) -> Part:  # noqa: ARG001  (every kind of page is asked alike)
    """
    The page `review/index.html`, and `review/metrics.html` with every metric and the records behind it.

    Where charts cannot be drawn here, they are tables.
    """
    days = period_of(survey)
    before, metrics, after = _parted(tuple(_review(survey, days)))
    about = f"a management review of {days.first} to {days.last}"
    page = Page(
        path="review/index.html",
        title="Management review",
        blocks=(*before, *after, *_on_record(survey)),
        kind="Management review",
        keys=("management review",),
        words="metrics trends charts currency effectiveness",
        description=f"The figures for {about}, and the reviews on record.",
    )
    behind = Page(
        path=BEHIND,
        title="Metrics of the management review",
        blocks=(Text((f"Each metric of {about}. ", Link("Back to the review", page.path))), *metrics),
        kind="Management review",
        keys=("metrics",),
        description=f"The metrics for {about}, each with its definition, its counts and the records behind it.",
    )
    return Part((page, behind))


def _parted(blocks: Sequence[Block]) -> tuple[Sequence[Block], Sequence[Block], Sequence[Block]]:
    """What stands before the metrics, the metrics, and what stands after them."""
    heads = [place for place, block in enumerate(blocks) if isinstance(block, Heading) and block.level == 2]
    first = next((place for place in heads if blocks[place] == Heading("Metrics", "metrics")), len(blocks))
    last = next((place for place in heads if place > first), len(blocks))
    return blocks[:first], blocks[first:last], blocks[last:]


def period_of(survey: Survey) -> Span:
    """As many days up to that of the site as may lie between two reviews, five years at most; and a day at least."""
    policy, day = survey.snapshot.policy, survey.when.day
    asked = policy.management_review if policy else _YEAR
    back = Duration(-min(asked.days, _LONGEST.days), -min(asked.months, _LONGEST.months))
    first = back.after(day) + ONE_DAY if day > _FIRST else day
    return Span(min(first, day), day)


# --- the report -----------------------------------------------------------------------------------------------------


def _review(survey: Survey, days: Span) -> Iterator[Block]:
    from qmsci.render.charts import charts  # noqa: PLC0415  (matplotlib, which takes a second to load)

    if days.last <= _FIRST:
        yield Notice("Nothing to report", f"There is nothing to report on {days.last}.")
        return
    found = review(survey.snapshot, days)
    source = Source(survey.stamp.commit, changed=False, unreadable=tuple(sorted(survey.library.faults)))
    shown = page_of(found, source, charts(found))
    yield Text(
        "The figures that a management review held on this day would be shown: the days that may lie between two "
        "reviews by the policy, against as many before. Every figure stands with its definition, its counts and the "
        "records behind it."
    )
    yield CodeBlock(
        f"qmsci report management-review --head {survey.stamp.commit} --from {days.first} --to {days.last}",
        "The same as a file, with all that tables here leave out",
    )
    yield Facts(tuple((name, _text(survey, said)) for name, said in shown.facts))
    yield Text((Link("Reviews on record, and what they were shown", "#on-record"),))
    yield from _converted(survey, shown.blocks)


def _converted(survey: Survey, blocks: Iterable[report.Block]) -> Iterator[Block]:
    """The nouns of a report as nouns of the site, with links to what they name."""
    names: Counter[str] = Counter()
    for block in blocks:
        match block:
            case report.Section():
                yield Heading(block.title, block.name, block.level)
                if block.code:
                    yield Text(("Named ", Code(block.code), " in records and reports."), Tone.QUIET)
            case report.Sentence():
                yield Text(_text(survey, block.text), Tone(block.tone))
            case report.Chart():
                yield block
            case _:
                name = re.sub(r"[^a-z0-9]+", "-", block.label.lower()).strip("-")
                names[name] += 1
                table = _table(survey, block, name if names[name] == 1 else f"{name}-{names[name]}")
                yield Folded(block.folded, (table,)) if block.folded and not block.unfolded else table


def _table(survey: Survey, table: report.Table, name: str) -> Table:
    return Table(
        name=name,
        caption=table.label,
        heads=tuple(head or "Part" for head in table.heads),
        rows=tuple(tuple(_cell(survey, report.cell(one)) for one in row) for row in table.rows),
    )


def _cell(survey: Survey, cell: report.Cell) -> Said:
    """A cell, with links to where it leads on the page, to what it names, and to what shows its record."""
    text = f"{cell.arrow} {cell.text}" if cell.arrow else cell.text
    said: Said = _text(survey, text)
    if cell.target:
        said = Link(text, f"{BEHIND}#{cell.target}")
    elif cell.tone in {"good", "bad"} and len(text) <= _FEW:
        said = Mark(text, Tone(cell.tone))
    if not cell.code or cell.target:
        return said
    code = to_place(survey, cell.code)
    return (said, " " if text else "", code if isinstance(code, Link) else Code(cell.code))


def _text(survey: Survey, text: str) -> Said:
    return mentioned(survey, text)


# --- the reviews on record ------------------------------------------------------------------------------------------


def _on_record(survey: Survey) -> Iterator[Block]:
    day = survey.when.day
    reviews = (one for one in survey.snapshot.events if isinstance(one, ManagementReview) and one.held <= day)
    held = sorted(reviews, key=lambda one: (one.held, one.id), reverse=True)
    yield Heading("Management reviews on record", "on-record")
    yield Text(
        f"What each of the latest {_COMPARED} was shown is held against what the records give now of the same days, "
        "metric by metric; qmsci report management-review --review ID does so for any other. What was recorded or "
        "corrected later may be the reason why they differ."
    )
    yield Table(
        name="on-record",
        caption=f"Management reviews held by {day}, the latest first",
        heads=("Review", "Held", "About", "Figures shown", "Verdict"),
        rows=tuple(_reviewed(survey, one, latest=place < _COMPARED) for place, one in enumerate(held)),
        empty=f"No management review was held by {day}.",
    )


def _reviewed(survey: Survey, record: ManagementReview, *, latest: bool) -> tuple[Said, ...]:
    return (
        to_event(survey, record.id, f"{record.id} {record.title}"),
        str(record.held),
        f"{record.period.from_} to {record.period.to}",
        str(len(record.presented)),
        _verdict(survey, record, latest=latest),
    )


def _verdict(survey: Survey, record: ManagementReview, *, latest: bool) -> Said:
    if not record.presented:
        return Mark("no figure on record", Tone.QUIET)
    found = compared(survey, record) if latest else None
    if found is None:
        return Mark("not compared", Tone.QUIET)
    if found.agrees:
        return Mark("agrees", Tone.GOOD)
    return Mark("differs", Tone.BAD), f": {', '.join(one.name for one in found.wrong)}"


def compared(survey: Survey, record: ManagementReview) -> Comparison | None:
    """
    What a review was shown, held against what the records give of its days as far as they are over.

    Only the metrics that it was shown are computed. None where its days have not come, or nobody recorded anything.
    """
    days = Span(record.period.from_, min(record.period.to, survey.when.day))
    if not _FIRST <= days.first <= days.last:
        return None
    period = Period(survey.snapshot.on(days.last), days)
    shown = (metric for metric in METRICS if metric.name in record.presented)
    readings = ((metric, metric.read(period)) for metric in shown)
    return compare(record, tuple(Measured(metric, reading, reading) for metric, reading in readings))
