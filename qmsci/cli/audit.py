"""`qmsci audit`."""

from __future__ import annotations

from dataclasses import replace

import click

from qmsci.check import Report, check_tree
from qmsci.cli import asked
from qmsci.cli.check import FORMATS, exit_code, show
from qmsci.cli.judged import asking
from qmsci.cli.progress import watched
from qmsci.rule import When
from qmsci.scope import Scope
from qmsci.snapshot import Snapshot


@click.command("audit")
@click.option("--as-of", "as_of", metavar="DATE", help="The day, or `today`.", required=True)
@click.option("--head", metavar="REV", help="Look at this commit instead of the working tree.")
@click.option("--known-at", "known", metavar="DATE", help="Answer by what main said at that date or time, not by now.")
@click.option("--format", "form", type=FORMATS, default="text", show_default=True)
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings too.")
@click.pass_context
def command(ctx: click.Context, as_of: str, head: str | None, known: str | None, form: str, strict: bool) -> None:
    """
    The whole tree on a day: what is wrong in it, and what time has made of it.

    Overdue training, lapsed refreshers and waivers, revisions in force for people who are not trained on them,
    activities with too few people. Nothing of this blocks a merge; a nightly job runs it.
    """
    what = asking(head, known)
    what = replace(what, as_of=asked.as_of(as_of, what.as_of or what.day))
    report = check_tree(what.library, what.snapshot, Scope(everything=True), When.CALENDAR, watch=watched)
    # What a tree is, it is since it came, not before; and what was closed on good evidence was closed rightly.
    since = Snapshot(what.library, max(what.snapshot.as_of, what.day))
    found = check_tree(what.library, since, Scope(everything=True), watch=watched)
    report = Report(sorted({*report.findings, *found.findings}), found.checked)
    show(what, report, form, compare=False, known=known)
    ctx.exit(exit_code(report, strict=strict))
