"""Who signs, and with which key: the options that commands share, and the signature on a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

from qmsci import signing
from qmsci.cli import asked
from qmsci.cli.judged import Judged
from qmsci.finding import CannotRun
from qmsci.key_register import KeyRegister
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
    register = KeyRegister(what.snapshot)
    if by is None and key is None:
        raise CannotRun("who signs? name them with --by PERSON, or their key with --key PATH")
    if key is None:
        who = asked.person(what.snapshot, by or "")
        mine = [one.public.fingerprint for one in register if one.person.id == who.id]
        if not mine:
            raise CannotRun(f"no key is registered to {who.id} ({who.path}): qmsci key add {who.id}")
        signer = signing.agent_signer(mine)
    else:
        signer = signing.signer_of(key, _passphrase)
        owners = sorted({one.person.id for one in register if one.public.fingerprint == signer.key.fingerprint})
        if by is None and len(owners) != 1:
            said = f"registered to {', '.join(owners)}" if owners else "registered to nobody"
            raise CannotRun(f"the key {signer.key.fingerprint} is {said}; name who signs with --by PERSON")
        who = asked.person(what.snapshot, by or owners[0])
    refusal = register.refusal(signer.key.fingerprint, who.id, what.day, lambda: None)
    if refusal:
        raise CannotRun(refusal)
    return Pen(who, signer)


def now_of(what: Judged) -> str:
    """The moment of signing, to the second, in the policy's time zone."""
    moment: datetime = what.moment.astimezone(what.snapshot.policy.zone if what.snapshot.policy else None)
    return moment.replace(microsecond=0).isoformat()


def _passphrase() -> str:
    answer: str = click.prompt("passphrase of the key", hide_input=True, err=True)
    return answer
