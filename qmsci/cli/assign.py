"""`qmsci assign`."""

from __future__ import annotations

import click

from qmsci.assign import assignments
from qmsci.cli import asked
from qmsci.cli.judged import unmerged
from qmsci.disk import rewrite, write_new
from qmsci.matrix import roles_for
from qmsci.records.training import Assignment
from qmsci.render.assignment import written
from qmsci.render.words import counted, visible
from qmsci.snapshot import Snapshot
from qmsci.timeline import owed_revisions


@click.command("assign")
@click.option("--as-of", "as_of", metavar="DATE", help="Also write the refreshers that fall due by then (or `today`).")
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit with 1 where something is missing.")
@click.pass_context
def command(ctx: click.Context, as_of: str | None, only_check: bool) -> None:
    """
    Write the training that is owed and not assigned, one file for each cause.

    Files that are merged never change. Those that your change brings are brought up to date with it. Running it
    twice writes nothing the second time.
    """
    what = unmerged()
    today, policy = what.day, what.snapshot.policy
    by = asked.as_of(as_of, today) if as_of is not None and policy else None
    horizon = policy.training.refresher_window.after(by) if by and policy else None
    added = what.change.added_assignments
    if what.change.founding:  # an import is taken as it comes, but for what asks for a text that was edited since
        added = [found for found in added if _asks_for_another_text(what.snapshot, found)]
    mine = [found for found in added if horizon or found.cause != "refresher"]
    wanted = assignments(what.library, today, mine, horizon)
    files = what.tree.read([found.path for found in mine])
    present = {found.path: file.data for found, file in zip(mine, files, strict=True) if file}
    due = [found for found in wanted if present.get(found.path) != written(found).encode()]
    for found in due:
        if what.change.base.source.records([found.path])[0] is not None:
            click.echo(
                f"missing {visible(found.path)}: it was merged and is gone; restore it: git restore it from HEAD"
            )
            continue
        if not only_check:
            put = rewrite if found.path in present else write_new
            put(what.repository.root, found.path, written(found))
        verb = "missing" if only_check else "rewrote" if found.path in present else "wrote"
        click.echo(f"{verb} {visible(found.path)}: {_about(found)}")
    for path in sorted(set(present) - {found.path for found in wanted}) if not what.library.faults else ():
        click.echo(f"nothing owes {visible(path)} any more, and it is not merged: delete it")
    if not due:
        click.echo(_why_nothing(what.snapshot, refreshers=horizon is not None))
    faults = len(what.library.faults)
    if faults:
        click.echo(f"{counted(faults, 'file')} could not be read and may owe more: qmsci check --all", err=True)
    ctx.exit(int(only_check and bool(due or faults)))


def _asks_for_another_text(snapshot: Snapshot, assignment: Assignment) -> bool:
    """Whether an item names the newest revision of a document, and another text than stands in the document."""
    documents = ((snapshot.documents.get(item.document.document), item) for item in assignment.items)
    return any(
        document and item.document.label == document.newest.revision and item.text != document.text
        for document, item in documents
    )


def _about(assignment: Assignment) -> str:
    people = {person for item in assignment.items for person in item.people}
    dues = sorted({item.due for item in assignment.items})
    until = f"due {dues[0]}" if len(dues) == 1 else f"due {dues[0]} to {dues[-1]}"
    return f"{assignment.cause}, {counted(len(people), 'person') if people else 'nobody yet'}, {until}"


def _why_nothing(snapshot: Snapshot, *, refreshers: bool) -> str:
    owed = [document for document in snapshot.documents if owed_revisions(document, snapshot.as_of)]
    reached = {role.id for document in owed for role in roles_for(snapshot, document)}
    if not owed:
        return "nothing to assign: no document is in force or coming"
    if not reached:
        return f"nothing to assign: no role requires any of the {counted(len(owed), 'document')} in force or coming"
    asked = ", and no refresher falls due in the policy's window" if refreshers else ""
    return (
        f"nothing to assign: {counted(len(owed), 'document')} in force or coming, {counted(len(reached), 'role')} that "
        f"{'require' if len(reached) > 1 else 'requires'} them, and everybody who holds one is covered{asked}"
    )
