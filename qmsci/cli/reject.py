"""`qmsci reject`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from qmsci.cli import asked
from qmsci.cli.judged import Judged, unmerged
from qmsci.cli.signer import (
    Pen,
    approving,
    now_of,
    pen_or_why,
    refuse_outsiders,
    refuse_unless_agreed,
    signing_options,
    tell,
)
from qmsci.completion import says_of
from qmsci.disk import content, replace_unchanged
from qmsci.entries import with_entry
from qmsci.finding import CannotRun, Severity
from qmsci.foreseen import Foreseen
from qmsci.load import content_of, load
from qmsci.records import layout
from qmsci.records.canonical import digest_of
from qmsci.records.person import Person
from qmsci.records.training import Completion, Completions, Rejection
from qmsci.render.words import counted, visible
from qmsci.signature import entries_in

#: What the law says of a rejection that more than the rejection has to answer: an event that is to be reopened.
_ELSEWHERE = {"rejection-without-reopening"}


@click.command("reject")
@click.argument("words", metavar="[PERSON] DOCUMENT", nargs=-1)
@click.option("--person", metavar="PERSON", help="Whose entry it is, in place of the argument.")
@click.option(
    "--entry", type=click.IntRange(1), required=True, help="The entry of their history on it, counted from 1."
)
@click.option("--reason", required=True, metavar="TEXT", help="Why it counts for nothing.")
@approving
@signing_options
def command(
    words: Sequence[str],
    *,
    person: str | None,
    entry: int,
    reason: str,
    by: str | None,
    key: Path | None,
    yes: bool,
) -> None:
    """
    Reject a false or mistaken entry of PERSON's training on DOCUMENT, signed by the quality unit.

    Nothing is removed: an entry is added that rejects the other one, which counts for nothing from that moment on. What
    it had completed is owed again.
    """
    person, document = asked.person_and_document(words, person)
    what = unmerged()
    who = asked.person(what.snapshot, person)
    found, revision = asked.document(what.snapshot, document)
    if not reason.strip():
        raise CannotRun("--reason is empty: write why the entry counts for nothing")
    path, root = layout.completions(who.id, found.id), what.repository.root
    before = content(root, path)
    rejected, digest = _rejected(path, before, entry)
    if revision and rejected.document != found.named(revision):
        raise CannotRun(f"entry {entry} is of {rejected.document} ({path}), and not of {document}")
    pen, signer, unsigned = _pen(what, who, by, key)
    at = now_of(what)
    record: dict[str, Any] = {"rejects": digest, "reason": reason.strip(), "by": signer, "at": at}
    with_entry(path, before, record)  # what cannot be written is not signed
    click.echo(f"entry {entry} of {visible(path)}: {visible(says_of(rejected))}")
    click.echo(f"rejected by {signer}: {visible(reason.strip())}")
    refuse_unless_agreed(signer, "approved", yes=yes)
    if pen:
        record["signatures"] = [pen.sign(path, record, "approved", at)]
    after = with_entry(path, before, record)
    notes = _judged(what, path, after)
    replace_unchanged(root, path, before, after)
    tell(f"wrote {visible(path)}: entry {entry} counts for nothing from {at}")
    if unsigned:
        tell(f"not signed, and the policy asks for no signature: {visible(unsigned)}")
    for note in notes:
        tell(f"next: {visible(note)}")
    tell("next: qmsci assign, and qmsci check")


def _rejected(path: str, before: bytes | None, number: int) -> tuple[Completion, str]:
    """The entry of a number, and the digest by which it is rejected. Raises `CannotRun` where that cannot be."""
    loaded = load(path, before) if before is not None else None
    if loaded and loaded.faults:
        raise CannotRun(f"{path} cannot be read ({loaded.faults[0].message}): qmsci check --all")
    history = loaded.record.entries if loaded and isinstance(loaded.record, Completions) else ()
    if number > len(history):
        raise CannotRun(f"{path} has {counted(len(history), 'entry')}, and no entry {number}")
    entry = history[number - 1]
    if isinstance(entry, Rejection):
        raise CannotRun(f"entry {number} of {path} is itself a rejection, and stands")
    if any(number - 1 in one.entries for one in history if isinstance(one, Rejection)):
        raise CannotRun(f"entry {number} of {path} is rejected already")
    assert before is not None
    return entry, digest_of(entries_in(content_of(path, before))[number - 1])


def _pen(what: Judged, who: Person, by: str | None, key: Path | None) -> tuple[Pen | None, str, str]:
    """Who rejects, with their pen or, where the policy asks for no signatures, without one and why."""
    pen, unsigned = pen_or_why(what, by, key)
    signer = pen.person.id if pen else asked.person(what.snapshot, by or "").id
    refuse_outsiders(what, signer, who)
    return pen, signer, unsigned


def _judged(what: Judged, path: str, after: str) -> list[str]:
    """What is to be done elsewhere as well. Raises `CannotRun` where the law refuses the rejection itself."""
    foreseen = Foreseen(what.change, what.library, {path: after})
    loaded = load(path, after.encode()).record
    assert isinstance(loaded, Completions)
    found = list(foreseen.findings(path, [len(loaded.entries) - 1]))
    wrong = [one.message for one in found if one.severity is Severity.ERROR and one.rule not in _NOT_REFUSED]
    if wrong:
        raise CannotRun("; ".join(wrong))
    return [one.message for one in found if one.rule in _ELSEWHERE]


_NOT_REFUSED = _ELSEWHERE | {"signature-missing"}
