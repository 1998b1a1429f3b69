"""The command line: one module for each command, imported when it is run."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from pathlib import Path
from typing import Any

import click

import qmsci
from qmsci.finding import CannotRun

#: The modules of commands whose name no module can have.
_MODULES = {"import": "imports"}
#: The commands, in the order in which `qmsci --help` lists them, each in a module of its name, and what each does.
COMMANDS = {
    "check": "The gate: judge a change before it is merged.",
    "assign": "Write the training that is owed and not assigned, one file for each cause.",
    "complete": "Record training: a reading, an assessment, a demonstration or a session, signed.",
    "reject": "Reject a false or mistaken training record, signed by the quality unit.",
    "impact": "What a change does: whom it reaches, and which activities it puts at risk.",
    "audit": "The whole tree on a day: what is wrong in it, and what time has made of it.",
    "qualified": "Whether a person is (or was) qualified on a document, why, and the evidence.",
    "authorised": "Who may perform an activity, and who may not and why.",
    "status": "How far a person, a role, a document or an event is, and what is missing.",
    "trace": "The whole chain behind a revision, an event, a person or an assignment.",
    "changes": "Change control, from history: what was merged, by whom, with whose approval, and what it brought.",
    "text": "The text in force on a date, from history, with its approvals.",
    "gaps": "The days on which somebody held a role, or worked, without qualification.",
    "verify": "Every signature, text digest and link of the whole tree, offline.",
    "key": "The register of public keys: list it, add to it, end and revoke keys.",
    "approve": "Sign an approval: of a revision, of an event that is closed, of a protected file.",
    "waive": "Release a person from training on a revision, signed by the quality unit.",
    "questions": "Seal the answers to the questions beside a document.",
    "new": "Start a quality event, with all filled in that the records know.",
    "assess": "Write what the records say of the training of the people in a deviation.",
    "report": "Reports for people: the management review.",
    "site": "The auditor's site: static pages that answer an inspection, from a server or from disc.",
    "import": "Bring in what other systems know: reviews of pull requests, as unsigned approvals.",
    "export": "What other programs read: CODEOWNERS.",
    "hook": "The gate on a git server of your own: judge a push before it lands.",
    "rules": "List the rules, or show one: what it says, why, its regulation and its examples.",
    "init": "Start a quality system in a repository.",
}


class Commands(click.Group):
    """A group that imports a command when it is asked for, and turns `CannotRun` into a sentence and exit code 2."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order of the manual."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One command, or None."""
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"qmsci.cli.{_MODULES.get(cmd_name, cmd_name)}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments name; of an unknown one, which was probably meant."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from qmsci.near_miss import near_miss

            near = near_miss(args[0], COMMANDS)
            ctx.fail(f"no such command {args[0]!r}" + (f"; did you mean {near!r}?" if near else ""))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # whoever read the output has had enough
            raise
        except (CannotRun, OSError) as reason:
            from qmsci.render.words import visible

            click.echo(f"qmsci: {visible(str(reason))}", err=True)
            ctx.exit(2)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(qmsci.__version__, prog_name="qmsci")
@click.option(
    "--names",
    metavar="FILE",
    type=click.Path(path_type=Path),
    envvar="QMSCI_NAMES",
    help="A register of names outside the repository (CSV: id,name), for people whose files have none.",
)
@click.pass_context
def main(ctx: click.Context, names: Path | None) -> None:
    """A quality system and its training records in one git repository, and the gate that keeps them true."""
    if os.environ.get("NO_COLOR"):
        ctx.color = False
    gc.disable()  # a command is over before a cycle is worth looking for
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    ctx.obj = _names_in(names) if names else {}


def _names_in(path: Path) -> dict[str, str]:
    """The private register, which nothing writes anywhere: it is only for showing."""
    from qmsci.names import names_in

    try:
        return names_in(path.read_bytes())
    except OSError as error:
        raise CannotRun(f"the register of names {path} cannot be read: {error.strerror}") from None
    except CannotRun as why:
        raise CannotRun(f"{path}: {why}") from None
