"""`qmsci impact`."""

from __future__ import annotations

import click

from qmsci.cli.judged import judged
from qmsci.impact import impact_of
from qmsci.render.impact import as_json, as_markdown, as_text


@click.command("impact")
@click.option("--base", metavar="REV", help="What has changed since REV (default: since main was left).")
@click.option("--head", metavar="REV", help="Look at this commit instead of the working tree.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="markdown is for a pull request or a job summary.",
)
def command(base: str | None, head: str | None, form: str) -> None:
    """
    What a change does: roles, people, training, and activities at risk on the effective date.

    For those who review it. Training that the change assigns and training that is still missing are told apart. It
    judges nothing (`qmsci check` does) and writes nothing.

    A training action of a quality event suspends people from the merge on: who, from what, and how many can still do
    it. A change that closes, reopens or drops an event, or checks whether it worked, says so with what it rests on.
    """
    what = judged(base, head)
    impact = impact_of(what.change)
    if form == "json":
        ids = (commit.id if commit else None for commit in (what.base, what.head))
        click.echo(as_json(impact, *ids), nl=False)
    elif form == "markdown":
        click.echo(as_markdown(impact), nl=False)
    else:
        click.echo(as_text(impact), nl=False)
