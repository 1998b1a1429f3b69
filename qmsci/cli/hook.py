"""`qmsci hook`: the gate at the door of a git server of your own."""

from __future__ import annotations

import sys

import click

#: What a server runs; by the interpreter that has qmsci, because a server's PATH seldom does.
_SCRIPT = """\
#!/bin/sh
# Refuses what would leave main wrong. Written by: qmsci hook install
exec {python} -P -m qmsci hook pre-receive
"""


@click.group("hook")
def command() -> None:
    """Judge what is pushed to a git server of your own, before it lands."""


@command.command("pre-receive")
@click.pass_context
def pre_receive(ctx: click.Context) -> None:
    """
    Judge a push, as a server's pre-receive hook: `OLD NEW REF` a line on standard input.

    What would land on main is judged like qmsci check --base OLD --head NEW; and so is each commit that comes to main's
    own line on the way, for main was in that state too: merge a branch with --no-ff, or squash it, and it is one. Exits
    with 0 where it may land, and with 1 where it may not; the pusher reads why. Other branches and tags pass.
    """
    try:
        from qmsci.cli.pushed import judge, updates_in

        verdict = judge(updates_in(sys.stdin.buffer.read()))
    except Exception as reason:  # noqa: BLE001 - whatever went wrong, nothing lands that was not judged
        from qmsci.finding import CannotRun
        from qmsci.render.words import visible

        why = str(reason) if isinstance(reason, CannotRun) else f"{type(reason).__name__}: {reason}"
        click.echo(f"qmsci: the gate could not judge this push, so it is refused: {visible(why)[:1000]}", err=True)
        ctx.exit(1)
    click.echo(verdict.text, nl=False, err=True)
    ctx.exit(int(verdict.refused))


@command.command("install")
def install() -> None:
    """
    Install the gate in the repository here: write its hooks/pre-receive.

    A hook that is there is not overwritten.
    """
    import shlex
    from pathlib import Path

    from qmsci.disk import write_new
    from qmsci.finding import CannotRun
    from qmsci.gitrepo import Repository
    from qmsci.render.words import visible

    repository = Repository(Path.cwd())
    folder = repository.hooks
    try:
        write_new(folder, "pre-receive", _SCRIPT.format(python=shlex.quote(sys.executable)), executable=True)
    except CannotRun as reason:
        named = repository.output("config", "--default", "", "--get", "core.hooksPath").strip()
        where = f"{folder}, which core.hooksPath names" if named else str(folder)
        is_folder = folder.is_dir() or not folder.exists()
        raise CannotRun(f"{where}: {reason}" if is_folder else f"{where}, is no folder") from None
    head = repository.symbolic("HEAD")
    click.echo(f"wrote {visible(str(folder / 'pre-receive'))}")
    if head is None or repository.commit(head) is None:
        click.echo(_of_head(visible(head or "no branch"), right=head == "refs/heads/main"))


def _of_head(head: str, *, right: bool) -> str:
    """What is to be said of a HEAD without a commit: nothing is wrong with it where it names main."""
    if right:
        return f"HEAD names {head}, which is empty still: the first push to it founds the quality system"
    return (
        f"HEAD names {head}, which has no commit; where main is another branch: git symbolic-ref HEAD refs/heads/main"
    )
