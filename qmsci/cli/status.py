"""`qmsci status`."""

from __future__ import annotations

from collections.abc import Callable

import click

from qmsci.cli import asked
from qmsci.cli.judged import Judged, asking, matrix_of, moment
from qmsci.finding import CannotRun
from qmsci.near_miss import near_miss
from qmsci.records import layout
from qmsci.render.status import as_json, as_text
from qmsci.render.words import counted, visible
from qmsci.snapshot import Snapshot, When
from qmsci.status import Status, overview, status_of_document, status_of_event, status_of_person, status_of_role


@click.command("status")
@click.argument("name", required=False)
@click.option("--on", metavar="DATE", help="A date (its end) or a time with an offset; today where left out.")
@click.option("--known-at", "known", metavar="DATE", help="Answer by what main said at that date or time, not by now.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(name: str | None, on: str | None, known: str | None, form: str) -> None:
    """
    How far NAME is, and what is missing: a person, a role, a document or one of its revisions, a quality event.

    A person: how far they are with the programme of each role, which work they may do alone or under supervision, and
    which open events and actions are theirs. A role: its curriculum in order, and how far its holders are. A document:
    its revisions, and who must be trained. An event: what of its actions is done, and what stands in the way of closing
    it. Without a NAME: all quality events that are open, with what is next, and the actions past their deadline.

    Roles, activities and documents of a person's or a role's programme are those of main on that date, everything else
    that of now; with --known-at, all is what was on main then. Exits with 0, or with 2 where nothing has that name.
    """
    what = asking(known=known)
    on = on or known or what.snapshot.as_of.isoformat()
    when = moment(what.snapshot, on)
    status = _named(what, name)(when) if name is not None else overview(what.library, what.snapshot, when)
    unreadable = sorted(what.library.faults)
    if form == "json":
        click.echo(as_json(status, on, unreadable, known), nl=False)
        return
    click.echo(as_text(status), nl=False)
    if unreadable:
        verb = "is" if len(unreadable) == 1 else "are"
        said = f"{counted(len(unreadable), 'file')} cannot be read and {verb} left out: {', '.join(unreadable)}"
        click.echo(f"qmsci: {visible(said)}", err=True)


def _named(what: Judged, name: str) -> Callable[[When], Status]:
    """What a name names, as the question about it; a person before a role, a document, an event."""
    snapshot = what.snapshot
    if person := snapshot.people.get(name):
        return lambda when: status_of_person(snapshot, person, when, matrix_of(what, when))
    if role := snapshot.roles.get(name):
        return lambda when: status_of_role(snapshot, role, when, matrix_of(what, when))
    if name.partition("@")[0] in snapshot.documents:
        document, entry = asked.document(snapshot, name)
        return lambda when: status_of_document(snapshot, document, when, entry)
    if event := snapshot.events.get(name):
        return lambda when: status_of_event(what.library, snapshot, event, when)
    raise _unknown(snapshot, name)


def _unknown(snapshot: Snapshot, name: str) -> CannotRun:
    for path in (f"{folder}{name}.yaml" for folder in (layout.PEOPLE, layout.ROLES, layout.EVENTS)):
        if snapshot.unreadable_below(path):
            return CannotRun(f"{path} cannot be read: qmsci check --all")
    document = name.partition("@")[0]
    if snapshot.is_unreadable(document):
        return CannotRun(f"the file of {document} cannot be read: qmsci check --all")
    if name in snapshot.activities:
        return CannotRun(f"{name!r} is an activity: qmsci authorised {name}")
    registers = (snapshot.people, snapshot.roles, snapshot.documents, snapshot.events)
    near = near_miss(document, (known for register in registers for known in register.by_id))
    return CannotRun(f"no person, role, document or event {name!r}" + (f"; did you mean {near!r}?" if near else ""))
