"""Who signs, and with which key: the options that commands share, and the signature on a record."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

from qmsci import signing
from qmsci.authorisation import in_quality_unit
from qmsci.cli import asked, prompts
from qmsci.cli.judged import Judged
from qmsci.finding import CannotRun
from qmsci.key_register import KeyRegister
from qmsci.records import layout
from qmsci.records.person import Person
from qmsci.signature import payload_of

F = TypeVar("F", bound=Callable[..., Any])


def signing_options(command: F) -> F:
    """Give a command `--by`, `--key` and `--yes`."""
    by = click.option("--by", metavar="PERSON", help="Who signs (default: whose key it is).")
    key = click.option(
        "--key",
        "key",
        metavar="PATH",
        type=click.Path(path_type=Path),
        help="The file of the private key, or of the public half of one that ssh-agent has (default: ssh-agent).",
    )
    yes = click.option("--yes", is_flag=True, help="Ask no question: what is shown is what is signed.")
    return by(key(yes(command)))


def approving(command: F) -> F:
    """Give a command whose signature means `approved` the option `--meaning`, which may say so."""
    return click.option(
        "--meaning", type=click.Choice(["approved"]), expose_value=False, help="What the signature means."
    )(command)


class Pen(NamedTuple):
    """Somebody with a key that is registered to them and valid on the day."""

    person: Person
    signer: signing.Signer

    def sign(self, path: str, record: Mapping[str, Any], meaning: str, at: str) -> dict[str, str]:
        """
        Their signature on a record of the file at a path: `by`, `name`, `meaning`, `at`, `key` and `signature`.

        The scalars of the record are the texts that the file will have. Raises `CannotRun`.
        """
        fields = {"by": self.person.id, "name": self.person.signing_name, "meaning": meaning, "at": at}
        signature = self.signer.sign(payload_of(path, record, fields))
        return {**fields, "key": self.signer.key.fingerprint, "signature": signature}


def pen_of(what: Judged, by: str | None, key: Path | None) -> Pen:
    """The pen of a person, or of whom a key is registered to. Raises `CannotRun` where it does not sign today."""
    register = KeyRegister(what.snapshot, by)  # nobody else is looked at where they are named
    if by is None and key is None:
        raise CannotRun("who signs? name them with --by PERSON, or their key with --key PATH")
    if key is None:
        who = asked.person(what.snapshot, by or "")
        mine = [one.public.fingerprint for one in register]
        if not mine:
            raise CannotRun(f"no key is registered to {who.id} ({who.path}): qmsci key add {who.id}")
        signer = signing.agent_signer(mine)
    else:
        signer = signing.signer_of(key, lambda: _passphrase(key))
        owners = sorted({one.person.id for one in register if one.public.fingerprint == signer.key.fingerprint})
        if by is None and len(owners) != 1:
            said = f"registered to {', '.join(owners)}" if owners else "registered to nobody"
            raise CannotRun(f"the key {signer.key.fingerprint} is {said}; name who signs with --by PERSON")
        who = asked.person(what.snapshot, by or owners[0])
    if register.refusal(signer.key.fingerprint, who.id, what.day, lambda: None):
        everybody = KeyRegister(what.snapshot)  # who can say whose key it is
        raise CannotRun(everybody.refusal(signer.key.fingerprint, who.id, what.day, lambda: None))
    return Pen(who, signer)


def pen_or_why(what: Judged, by: str | None, key: Path | None) -> tuple[Pen | None, str]:
    """The pen of a person; none, and why, where they are named without a key and the policy asks for no signature."""
    try:
        return pen_of(what, by, key), ""
    except CannotRun as why:
        policy = what.change.policy
        if key is not None or by is None or policy is None or policy.signatures == "required":
            raise
        return None, str(why)


def refuse_outsiders(what: Judged, signer: str, who: Person) -> None:
    """Refuse who decides on somebody's training and is that person, or is not of the quality unit as main has it."""
    if signer == who.id:
        raise CannotRun(f"{who.id} does not decide on their own training: it takes somebody else of the quality unit")
    if not in_quality_unit(what.change.law, signer, what.day):
        unit = ", ".join(what.change.policy.quality_unit) if what.change.policy else ""
        raise CannotRun(
            f"{signer} is not of the quality unit on {what.day} ({unit}), as main has it ({layout.person(signer)})"
        )


def refuse_unless_agreed(signer: str, meaning: str, *, yes: bool) -> None:
    """Ask whether what was shown is signed, unless that is said already (`--yes`). Leaves with 1 where it is not."""
    question = f"Sign this as {meaning} by {signer}?"
    if not yes and not prompts.agreed(question, "nobody can be asked here whether this is signed: --yes says so"):
        click.echo("not signed", err=True)
        click.get_current_context().exit(1)


def tell(text: str) -> None:
    """Say what was done; that nobody reads it any more, as behind `| head`, undoes nothing and stops nothing."""
    try:
        click.echo(text)
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def now_of(what: Judged) -> str:
    """The moment of signing, to the second, in the policy's time zone."""
    moment: datetime = what.moment.astimezone(what.snapshot.policy.zone if what.snapshot.policy else None)
    return moment.replace(microsecond=0).isoformat()


def _passphrase(key: Path) -> str:
    otherwise = f"the key {key} has a passphrase and nobody can be asked here: load it into ssh-agent (ssh-add)"
    return prompts.answer("passphrase of the key", otherwise, hide_input=True, err=True)
