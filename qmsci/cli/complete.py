"""`qmsci complete`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any, get_args

import click

from qmsci.cli import asked
from qmsci.cli.completing import Recording
from qmsci.cli.drafting import Draft, Order
from qmsci.cli.judged import Judged, unmerged
from qmsci.cli.signer import Pen, pen_of, pen_or_why, signing_options
from qmsci.finding import CannotRun
from qmsci.records.base import Method

_MEANINGS = ("read-and-understood", "performed", "evaluated", "facilitated")


class _Parts(click.Choice[str]):
    """Parts of a method: one, or several as `read,practical`."""

    def __init__(self) -> None:
        super().__init__(get_args(Method))

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The parts that a text names."""
        return tuple(super(_Parts, self).convert(part.strip(), param, ctx) for part in value.split(","))


def _flat(_ctx: click.Context, _param: click.Parameter, given: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(given)))


@click.command("complete")
@click.argument("document")
@click.option("--person", "people", metavar="PERSON", multiple=True, help="Who was trained (default: who signs).")
@click.option("--method", type=_Parts(), multiple=True, callback=_flat, help="The part (default: what is open).")
@signing_options
@click.option("--meaning", type=click.Choice(_MEANINGS), help="What the signature means (default: what it can mean).")
@click.option("--completed", metavar="TIME", help="When it was, as 2026-11-22T09:30:00+01:00 (default: now).")
@click.option("--late", metavar="REASON", help="Why it is recorded later than the policy allows.")
@click.option("--answers", metavar="A,B,…", help="The answers to the questions in their order, as a,c,bd.")
@click.option(
    "--passphrase-file",
    "passphrase",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="The trainer's passphrase, which opens the correct answers (default: it is asked for).",
)
@click.option("--score", type=click.IntRange(0, 100), help="The score in percent of an assessment taken elsewhere.")
@click.option("--evaluator", metavar="PERSON", help="Who has judged the practical demonstration.")
@click.option("--evaluator-key", metavar="PATH", type=click.Path(path_type=Path), help="Their key, to sign at once.")
@click.option("--outcome", type=click.Choice(["competent", "not-competent"]), help="How the evaluator has judged it.")
@click.option("--supervised", metavar='"DAY PERSON TASK"', multiple=True, help="Work done under supervision before.")
@click.option("--session", metavar="REFERENCE", help="The attendance list of a session that an instructor led.")
@click.option("--facilitator", metavar="PERSON", help="Who led the session (default: who signs).")
@click.option("--entry", type=click.IntRange(1), help="Sign this entry of their history, counted from 1.")
@click.option("--again", is_flag=True, help="Also where nothing is open.")
@click.pass_context
def command(ctx: click.Context, /, **given: Any) -> None:
    """
    Record training on DOCUMENT, signed: a reading, an assessment, a practical demonstration, a session.

    The text shown is the one in force, or the coming one where DOCUMENT names it (SOP-014@3) or only that is owed. The
    entry names all open assignments of the person for the revision. Whoever is trained signs it, and the evaluator of
    a practical demonstration; each with a run of their own, in any order, or with --evaluator-key both at once.

    Exits with 1 where what was recorded was not passed, or nothing was recorded because the statement was not made.
    """
    document, by, key, evaluator_key = (given.pop(name) for name in ("document", "by", "key", "evaluator_key"))
    order = Order(**given)
    if not order.yes and not at_terminal():
        raise CannotRun("nobody is at a terminal to answer: name with options what is to be recorded, and --yes")
    what = unmerged()
    found, named = asked.document(what.snapshot, document)
    for name in (*order.people, by, order.evaluator, order.facilitator):
        if name is not None:
            asked.person(what.snapshot, name)
    pen, unsigned = _pen(what, by, key, order)
    second = pen_of(what, order.evaluator, evaluator_key) if evaluator_key else None
    if second:
        order = replace(order, evaluator=second.person.id)
    signer = pen.person.id if pen else by or next(iter(order.people), "")
    if order.meaning == "evaluated":
        order = _evaluated(order, signer)
    draft = Draft(what, found, named, order, signer)
    ctx.exit(Recording(draft, [one for one in (pen, second) if one]).run(unsigned))


def _evaluated(order: Order, signer: str) -> Order:
    """What an evaluator records who signs as one. Raises `CannotRun` where it is not somebody else's training."""
    if order.evaluator not in (None, signer):
        raise CannotRun(
            f"--meaning evaluated is signed by the evaluator: {signer} signs, and --evaluator names another"
        )
    if not order.people:
        raise CannotRun("whose demonstration was judged? --person PERSON")
    return replace(order, evaluator=signer)


def at_terminal() -> bool:
    """Whether somebody is there to read, and to answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _pen(what: Judged, by: str | None, key: Path | None, order: Order) -> tuple[Pen | None, str]:
    """Who signs; or nobody, and why, where the policy asks for no signatures and there is no key."""
    alone = order.people[0] if len(order.people) == 1 and key is None else None
    return pen_or_why(what, by or alone, key)
