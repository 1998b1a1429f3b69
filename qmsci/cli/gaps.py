"""`qmsci gaps`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import click

from qmsci.cli import asked
from qmsci.cli.judged import asking
from qmsci.cli.kinds import STARTED
from qmsci.disk import write_new
from qmsci.finding import CannotRun
from qmsci.gaps import Gap, Raising, gaps, raising
from qmsci.records import layout
from qmsci.render.event import written
from qmsci.render.words import counted, in_json, visible


@click.command("gaps")
@click.option("--as-of", "as_of", metavar="DATE", help="The day, or `today`, which it is where left out.")
@click.option("--known-at", "known", metavar="DATE", help="Answer by what main said at that date or time, not by now.")
@click.option("--raise", "raise_", is_flag=True, help="Write a quality event for each gap that has none yet.")
@click.option("--all", "everything", is_flag=True, help="Show the past days too on which newcomers were in training.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def command(
    ctx: click.Context, as_of: str | None, known: str | None, raise_: bool, everything: bool, form: str
) -> None:
    """
    The training gaps: days on which somebody held a role, and was not qualified on what it requires.

    Open ones and past ones. Days within the time that a newcomer's programme gives are shown as in training (as long
    as they last), those on which a quality event keeps somebody from the work as suspended; neither is a gap to be
    raised. Roles and documents are those of the tree as it is. Exits with 1 where a gap is not raised as an event.
    """
    if raise_ and known:
        raise click.UsageError("a gap is raised by what is known now: leave --known-at out")
    what = asking(known=known)
    what = replace(what, as_of=asked.as_of(as_of or "today", what.as_of or what.day))
    snapshot = what.snapshot
    if raise_ and snapshot.as_of > what.day:
        raise CannotRun(f"{snapshot.as_of} lies ahead: a gap is raised when it is there; leave --as-of out")
    found = raising(snapshot, gaps(snapshot))
    if raise_ and snapshot.unreadable_below(f"{layout.EVENTS}GAP-"):
        raise CannotRun(
            "a training gap among the quality events cannot be read; what it raised nobody knows: qmsci check"
        )
    new = [(one.name, one.gap) for one in found if one.name]
    for name, gap in new if raise_ else ():
        write_new(what.repository.root, f"{layout.EVENTS}{name}.yaml", _file(name, gap, snapshot.as_of))
    if form == "json":
        wrote = [f"{layout.EVENTS}{name}.yaml" for name, _ in new] if raise_ else []
        rows = [_row(one, raised=raise_) for one in found]
        said = {"format": 1, "as_of": snapshot.as_of.isoformat(), "known_at": known, "gaps": rows, "wrote": wrote}
        click.echo(in_json(said))
    else:
        _show([one for one in found if everything or one.gap.last is None or not one.gap.in_training], raised=raise_)
        for name, gap in new if raise_ else ():
            click.echo(f"wrote {layout.EVENTS}{name}.yaml: {gap.person.id}, {gap.revision}, from {gap.first}")
        click.echo(_summary(found, snapshot.as_of, raised=raise_))
    faults = len(what.library.faults)
    if faults:
        click.echo(f"{counted(faults, 'file')} could not be read and may hide more: qmsci check --all", err=True)
    ctx.exit(int(bool(faults or (new and not raise_))))


def _file(name: str, gap: Gap, opened: date) -> str:
    """The text of the event by which a gap is raised."""
    left = "\n".join(["To be added, as far as it applies; then it is closed:", *STARTED["GAP"].left])
    return written(event_of(name, gap, opened), {"left": left})


def event_of(name: str, gap: Gap, opened: date) -> dict[str, object]:
    """What the event by which a gap is raised says of it."""
    who, until = gap.person.id, f"to {gap.last}" if gap.last else "on"
    values: dict[str, object] = {
        "id": name,
        "title": f"{who} was not qualified on {gap.revision}",
        "opened": opened,
        "person": who,
        "document": gap.document.id,
        "role": gap.roles[0],
        "from": gap.first,
        "to": gap.last,
        "description": f"{who} held {' and '.join(gap.roles)} from {gap.first} {until}: {gap.reason}.",
    }
    return {key: value for key, value in values.items() if value is not None}


def _row(one: Raising, *, raised: bool) -> dict[str, object]:
    gap = one.gap
    return {
        "person": gap.person.id,
        "name": gap.person.name,
        "roles": list(gap.roles),
        "document": gap.document.id,
        "purpose": gap.document.purpose,
        "revision": str(gap.revision),
        "from": gap.first.isoformat(),
        "to": gap.last.isoformat() if gap.last else None,
        "reason": gap.reason,
        "in_training": gap.in_training,
        "in_training_until": gap.in_training_until.isoformat() if gap.in_training_until else None,
        "suspended_by": gap.suspended_by,
        "raised": one.event or (one.name if raised else None),
    }


def _show(found: list[Raising], *, raised: bool) -> None:
    """A table: the days, who, on what, what is known of it, and why."""
    cells = [
        (
            f"{one.gap.first} to {one.gap.last or 'now'}",
            one.gap.person.id,
            str(one.gap.revision),
            _standing(one, raised=raised),
        )
        for one in found
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for one, line in zip(found, cells, strict=True):
        said = "  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True))
        click.echo(visible(f"{said}  {', '.join(one.gap.roles)}: {one.gap.reason}"))


def _standing(one: Raising, *, raised: bool) -> str:
    gap = one.gap
    if gap.in_training:
        said = f"in training until {gap.in_training_until}"
    elif gap.suspended_by:
        said = f"suspended, {gap.suspended_by}"
    else:
        said = one.event or (one.name if raised and one.name else "not raised")
    return said if gap.withholds else f"{said} (awareness)"


def _summary(found: list[Raising], as_of: date, *, raised: bool) -> str:
    """How many there are of each kind; where nothing is raised, why."""
    findings = [one for one in found if one.gap.is_finding]
    new = sum(one.name is not None for one in found)
    number = {
        "not raised: qmsci gaps --raise": 0 if raised else new,
        "raised": len(findings) - (0 if raised else new),
        "in training": sum(one.gap.in_training and one.gap.last is None for one in found),
        "in training in the past: qmsci gaps --all": sum(
            one.gap.in_training and one.gap.last is not None for one in found
        ),
        "suspended": sum(one.gap.suspended_by is not None for one in found),
    }
    parts = [f"{counted} {what}" for what, counted in number.items() if counted]
    said = f"{', '.join(parts)}, by {as_of}" if parts else f"no training gaps by {as_of}"
    if raised and not new:
        why = "each gap has its quality event" if findings else "nobody is untrained who is not given the time for it"
        said += f"; nothing to raise: {why}"
    return said
