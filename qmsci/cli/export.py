"""`qmsci export`."""

from __future__ import annotations

from pathlib import Path

import click

from qmsci.cli import asked
from qmsci.cli.judged import judged
from qmsci.disk import content, replace_unchanged
from qmsci.finding import CannotRun
from qmsci.render.codeowners import HEADING, LARGEST, PLACES, codeowners
from qmsci.render.words import visible


@click.group("export")
def command() -> None:
    """What other programs read."""


@command.command("codeowners")
@click.option("--output", metavar="FILE", help="Where to write it (default: the terminal).")
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit with 1 where the file says otherwise.")
@click.option("--overwrite", is_flag=True, help="Write it in place of a file that somebody else wrote.")
@click.pass_context
def codeowners_(ctx: click.Context, output: str | None, only_check: bool, overwrite: bool) -> None:
    """
    The CODEOWNERS file: whom the forge asks to review which files.

    Documents are reviewed by those who hold the role of their owner today, or by the quality unit; policy, roles,
    people, approvals, events, waivers, workflows and the file itself by the quality unit. Accounts are those that
    people's files have under `accounts: {github: …}`; who has none is named in a comment.

    --check compares it with FILE, or with the one that the forge reads: in .github/, at the root, or in docs/.
    """
    what = judged(None, None, compare=False)
    _ = what.snapshot.policy, what.snapshot.documents.by_id, what.snapshot.people.by_id
    asked.known(what.library)
    text = codeowners(what.snapshot)
    if len(text.encode()) > LARGEST:
        raise CannotRun(f"it would have {len(text.encode()):,} bytes, and a forge reads {LARGEST:,} at most")
    if output is None and not only_check:
        click.echo(text, nl=False)
        return
    root, path = what.repository.root, output
    if path is None:
        path = next((place for place in PLACES if (root / place).exists()), PLACES[0])
        where = root / path
    else:
        where = Path(path)
    before = content(where.parent, where.name)
    if before == text.encode():
        click.echo(f"{visible(path)} is current")
    elif only_check:
        says = "is not there" if before is None else "says otherwise"
        click.echo(f"{visible(path)} {says}: qmsci export codeowners --output {visible(path)}")
        ctx.exit(1)
    elif before is not None and not before.startswith(HEADING.encode()) and not overwrite:
        raise CannotRun(f"{path} was written by somebody else; --overwrite writes in place of it")
    else:
        replace_unchanged(where.parent, where.name, before, text)
        click.echo(f"wrote {visible(path)}")
