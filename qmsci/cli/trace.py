"""`qmsci trace`."""

from __future__ import annotations

import locale
from dataclasses import replace

import click

from qmsci.chain.trace import chain
from qmsci.cli.judged import asking, moment, sources
from qmsci.cli.late import dated
from qmsci.render.chain import as_json, as_mermaid, as_text, shown


@click.command("trace")
@click.argument("name", metavar="ID")
@click.option("--on", metavar="DATE", help="A date (its end) or a time with an offset; today where left out.")
@click.option("--known-at", "known", metavar="DATE", help="Answer by what main said at that date or time, not by now.")
@click.option("--format", "form", type=click.Choice(["text", "json", "mermaid"]), default="text", show_default=True)
@click.option("--all", "everybody", is_flag=True, help="Name everybody in the text, instead of saying how many.")
def command(name: str, on: str | None, known: str | None, form: str, everybody: bool) -> None:
    """
    The whole chain behind ID: what led to it, what came of it, when, where and by which commit.

    ID is an event (DEV-2026-017), a revision (SOP-014@3), a document (SOP-014), a person (p-0042), an assignment
    (SOP-014@3/aseptic-operator), or the path of one. Facts that are dated later than DATE are left out; with
    --known-at, those that were not on main then. Exits with 2 where nothing has the ID.
    """
    what = asking(known=known)
    when = moment(what.snapshot, on or known or what.day.isoformat())
    what = replace(what, as_of=max(what.day, when.day))
    found = chain(what.snapshot, name, when)
    if form == "mermaid":
        click.echo(as_mermaid(found), nl=False)
    elif form == "json":
        where = sources(what, (fact.at for fact in found.facts.values()))
        click.echo(as_json(dated(what.snapshot, found, where), where, known), nl=False)
    else:
        seen = shown(found, everybody=everybody)
        where = sources(what, (fact.at for fact in seen.facts.values()))
        click.echo(as_text(dated(what.snapshot, seen, where), where, plain=not _draws()), nl=False)


def _draws() -> bool:
    """Whether the terminal has the signs that a tree is drawn with."""
    try:
        "├└│─".encode(locale.getencoding())
    except (UnicodeEncodeError, LookupError):
        return False
    return True
