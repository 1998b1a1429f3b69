"""`qmsci check`."""

from __future__ import annotations

import click

from qmsci.check import Report, check_change, check_tree
from qmsci.cli.judged import Judged, judged, lines_of
from qmsci.cli.progress import watched
from qmsci.finding import Severity
from qmsci.render.findings import as_github, as_json, as_text, summary
from qmsci.scope import Scope, scope_of

FORMATS = click.Choice(["text", "json", "github"])


@click.command("check")
@click.option("--base", metavar="REV", help="Judge what has changed since REV (default: since main was left).")
@click.option("--head", metavar="REV", help="Judge this commit instead of the working tree.")
@click.option("--all", "whole", is_flag=True, help="Judge the whole tree; with --base, what has changed as well.")
@click.option("--format", "form", type=FORMATS, default="text", show_default=True)
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings too.")
@click.pass_context
def command(ctx: click.Context, base: str | None, head: str | None, whole: bool, form: str, strict: bool) -> None:
    """
    The gate: judge a change before it is merged.

    Exits with 0 when clean, 1 with findings, 2 when it cannot run. It never writes to the quality system.
    """
    compare = not whole or base is not None
    what = judged(base, head, compare=compare)
    scope = Scope(everything=True) if whole else scope_of(what.change)
    report = check_tree(what.library, what.snapshot, scope, watch=watched)
    if compare:
        report.findings = sorted({*report.findings, *check_change(what.library, what.change).findings})
    show(what, report, form, compare=compare)
    ctx.exit(exit_code(report, strict=strict))


def show(what: Judged, report: Report, form: str, *, compare: bool, known: str | None = None) -> None:
    """Print a report in a format."""
    base, head = what.base.id if what.base else None, what.head.id if what.head else None
    if form == "json":
        click.echo(as_json(report.findings, report.checked, base, head, what.snapshot.as_of, known), nl=False)
    elif form == "github":
        click.echo(as_github(report.findings), nl=False)
    else:
        paths = sorted({finding.place.path for finding in report.findings})
        click.echo(as_text(report.findings, lines_of(what.library, paths)), nl=False)
        click.echo(summary(report.findings, report.checked, base if compare else None), nl=False)


def exit_code(report: Report, *, strict: bool) -> int:
    """1 with errors (with `strict`: with any finding), else 0."""
    return int(any(strict or finding.severity is Severity.ERROR for finding in report.findings))
