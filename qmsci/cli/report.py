"""`qmsci report`."""

from __future__ import annotations

import os
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import click

from qmsci.cli import asked
from qmsci.cli.judged import Judged, asking
from qmsci.disk import rewrite, write_new
from qmsci.finding import CannotRun
from qmsci.records import layout
from qmsci.records.event import ManagementReview
from qmsci.render.words import visible
from qmsci.snapshot import Snapshot
from qmsci.timeline import Span

#: What the extra `report` installs.
NEEDED = ("jinja2", "matplotlib", "scipy")
#: Before this day there is nothing to report.
_FIRST = date(1900, 1, 1)


@click.group("report")
def command() -> None:
    """Reports for people, computed from the records; they need the extra: pip install 'qmsci[report]'."""


@command.command("management-review")
@click.option("--from", "first", metavar="DATE", help="The first day of the period.")
@click.option("--to", "last", metavar="DATE", help="The last day of the period; figures are of its end.")
@click.option("--review", "name", metavar="MR-ID", help="The period of this review, instead of --from and --to.")
@click.option("--head", metavar="REV", help="Look at this commit instead of the working tree.")
@click.option("--known-at", "known", metavar="DATE", help="Answer by what main said at that date or time, not by now.")
@click.option("--format", "form", type=click.Choice(["md", "html", "json"]), default="md", show_default=True)
@click.option("--output", metavar="FILE", default="-", show_default=True, help="Where to write it; - is the terminal.")
@click.option("--overwrite", is_flag=True, help="Write it in place of what the file holds.")
@click.pass_context
def management_review(
    ctx: click.Context,
    *,
    first: str | None,
    last: str | None,
    name: str | None,
    head: str | None,
    known: str | None,
    form: str,
    output: str,
    overwrite: bool,
) -> None:
    """
    The figures for a management review: metrics, trends, effectiveness of training, open actions.

    Every figure comes with its definition, its counts and the records behind it, against the period before. Where a
    review of these days is on record, what it says was `presented` is held against the figures. Markdown and HTML stand
    alone: charts are part of them, and nothing is fetched.

    Exits with 0, or with 1 where a record presents something else than the records give (or a metric that there is
    none of).
    """
    missing = [module for module in NEEDED if find_spec(module) is None]
    if missing:
        raise CannotRun(
            f"{', '.join(missing)} is not here: a report needs the report extra: pip install 'qmsci[report]'"
        )
    what = asking(head, known)
    days = _days(what.snapshot, first, last, name)
    path = None if output == "-" else Path(output)
    if path and os.path.lexists(path) and not overwrite:
        raise CannotRun(f"{output} is there already; --overwrite writes the report in place of it")
    text, differing = _written(what, days, form)
    if path is None:
        click.echo(text, nl=False)
    else:
        (rewrite if overwrite else write_new)(path.parent, path.name, text)
        click.echo(f"wrote {visible(output)}")
    for event, names in differing.items():
        click.echo(f"differs from what {event} was shown: {visible(', '.join(names))}", err=True)
    ctx.exit(int(bool(differing)))


def _days(snapshot: Snapshot, first: str | None, last: str | None, name: str | None) -> Span:
    """The days that are asked for."""
    if name:
        if first or last:
            raise click.UsageError("name a review, or the days --from and --to")
        return _period_of(snapshot, name)
    if not first or not last:
        raise click.UsageError("name the days --from and --to, or the review whose period it is: --review MR-ID")
    days = Span(asked.day(first, "--from"), asked.day(last, "--to"))
    if days.last < days.first:
        raise click.UsageError(f"the period ends on {days.last}, before it begins on {days.first}")
    if days.first < _FIRST:
        raise click.BadParameter(f"there is nothing to report before {_FIRST}", param_hint="--from")
    if days.first > snapshot.as_of:
        raise click.BadParameter(f"{days.first} has not come yet, it is {snapshot.as_of}", param_hint="--from")
    return days


def _period_of(snapshot: Snapshot, name: str) -> Span:
    found = snapshot.events.get(name)
    if isinstance(found, ManagementReview):
        return Span(found.period.from_, found.period.to)
    if found is None and snapshot.unreadable_below(f"{layout.EVENTS}{name}.yaml"):
        raise CannotRun(f"{layout.EVENTS}{name}.yaml cannot be read: qmsci check --all")
    known = (event.id for event in snapshot.events if isinstance(event, ManagementReview))
    raise asked.unknown("management review", name, known, layout.EVENTS)


def _written(what: Judged, days: Span, form: str) -> tuple[str, dict[str, list[str]]]:
    """The report; and, by the review that was shown something else, the metrics that it is about."""
    from qmsci.metrics.review import review
    from qmsci.render.page import as_html, as_markdown
    from qmsci.render.review import Source, as_json, page_of

    found = review(what.snapshot, days)
    differing = {one.review.id: [wrong.name for wrong in one.wrong] for one in found.comparisons if not one.agrees}
    commit = what.head or what.repository.commit("HEAD")
    source = Source(commit.id if commit else None, _is_changed(what), tuple(sorted(what.library.faults)), what.known)
    if form == "json":
        return as_json(found, source), differing
    from qmsci.render.charts import charts

    page = page_of(found, source, charts(found))
    return (as_html if form == "html" else as_markdown)(page), differing


def _is_changed(what: Judged) -> bool:
    """Whether the quality system in the tree differs from the commit that it is at."""
    dirty = what.repository.work_tree().dirty if what.head is None else ()
    return any(path == layout.POLICY or path.startswith(layout.ROOTS) for path in dirty)
