"""`qmsci waive`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import click

from qmsci.cli import asked
from qmsci.cli.judged import Judged, unmerged
from qmsci.cli.signer import (
    Pen,
    approving,
    now_of,
    pen_of,
    refuse_outsiders,
    refuse_unless_agreed,
    signing_options,
    tell,
)
from qmsci.disk import content, replace_unchanged
from qmsci.entries import with_entry
from qmsci.finding import CannotRun
from qmsci.recording import coming_or_in_force
from qmsci.records import layout
from qmsci.records.base import RevisionId, as_day
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.person import Person
from qmsci.render.words import visible
from qmsci.snapshot import When
from qmsci.timeline import days_in_force, in_force, reach


@click.command("waive")
@click.argument("words", metavar="[PERSON] DOC[@REVISION]", nargs=-1)
@click.option("--person", metavar="PERSON", help="Who is released, in place of the argument.")
@click.option("--reason", required=True, metavar="TEXT", help="Why they need not be trained on it.")
@click.option("--evidence", required=True, metavar="TEXT", help="What shows it: a certificate, a record, an address.")
@click.option("--until", required=True, metavar="DATE", help="Its last day.")
@click.option("--from", "first", metavar="DATE", help="Its first day (default: today).")
@approving
@signing_options
def command(
    words: Sequence[str],
    *,
    person: str | None,
    reason: str,
    evidence: str,
    until: str,
    first: str | None,
    by: str | None,
    key: Path | None,
    yes: bool,
) -> None:
    """
    Release PERSON from training on a revision until a day; signed by the quality unit.

    A waiver stands in place of training: as long as it lasts, they count as qualified on the revision. So it has a
    reason, evidence and an end, and is granted by somebody else. It is added to the waivers of PERSON on the document.

    Without a revision: the coming one that they owe, else the one in force.
    """
    person, wanted = asked.person_and_document(words, person)
    what = unmerged()
    who = asked.person(what.snapshot, person)
    document, named_entry = asked.document(what.snapshot, wanted)
    entry = named_entry or _meant(what, who, document)
    named = document.named(entry)
    begins, ends = asked.day(first, "--from") or what.day, asked.day(until, "--until")
    for option, text in (("--reason", reason), ("--evidence", evidence)):
        if not text.strip():
            raise CannotRun(f"{option} is empty: write what it is to say")
    if ends < begins:
        raise CannotRun(f"the waiver would end on {ends}, before it begins on {begins}")
    if ends < what.day:
        raise CannotRun(f"--until {ends} has passed: a waiver releases from what is still to come")
    _refuse_doubled(what, who, named, begins, ends)
    pen = _pen_of(what, who, by, key)
    record = {
        "document": str(named),
        "reason": reason.strip(),
        "evidence": evidence.strip(),
        "from": begins.isoformat(),
        "until": ends.isoformat(),
        "by": pen.person.id,
    }
    if named_entry is None:
        stands = "in force" if entry is in_force(document, what.day) else "coming"
        click.echo(f"{named} is meant, which is {stands}")
    _show(what, who, document, entry, record)
    refuse_unless_agreed(pen.person.id, "approved", yes=yes)
    path = layout.waivers(who.id, document.id)
    root = what.repository.root
    before = content(root, path)
    with_entry(path, before, record)  # what cannot be written is not signed
    signed = {**record, "signatures": [pen.sign(path, record, "approved", now_of(what))]}
    replace_unchanged(root, path, before, with_entry(path, before, signed))
    tell(f"wrote {path}: {who.id} is released from {named}, {begins} to {ends}, by {pen.person.id}")


def _meant(what: Judged, who: Person, document: Document) -> RevisionEntry:
    """The revision that is meant where none is named. Raises `CannotRun` where none is in force or coming."""
    found = coming_or_in_force(what.snapshot, who, document, When(what.moment, what.day))
    if found is None:
        newest = document.named(document.newest)
        raise CannotRun(f"name the revision that is waived: its newest is {newest} ({document.path})")
    return found


def _refuse_doubled(what: Judged, who: Person, named: RevisionId, begins: date, ends: date) -> None:
    """Refuse a waiver of days that another one covers, and where the other ones cannot be read."""
    path = layout.waivers(who.id, named.document)
    there = what.snapshot.waivers(who.id, named.document)
    if what.snapshot.unreadable_below(path):
        raise CannotRun(f"{path} cannot be read, so nothing can be added to it: qmsci check --all")
    for waiver in there:
        if waiver.document == named and waiver.until and waiver.from_ <= begins and ends <= waiver.until:
            raise CannotRun(f"{who.id} is released from {named} from {waiver.from_} to {waiver.until} already ({path})")


def _pen_of(what: Judged, who: Person, by: str | None, key: Path | None) -> Pen:
    """The pen of somebody of the quality unit who is not the beneficiary. Raises `CannotRun`."""
    if by:
        refuse_outsiders(what, asked.person(what.snapshot, by).id, who)
    pen = pen_of(what, by, key)
    refuse_outsiders(what, pen.person.id, who)
    return pen


def _show(what: Judged, who: Person, document: Document, entry: RevisionEntry, record: dict[str, str]) -> None:
    """What is signed, line by line, and what somebody might not expect of it."""
    said = who.id if who.name == who.id else f"{who.id} ({who.name})"
    lines = [f"{said} is released from training on {record['document']}, {document.title}"]
    lines += [f"  {name + ':':<10}{record[name]}" for name in ("reason", "evidence", "from", "until", "by")]
    lines += [f"note: {note}" for note in _notes(what, document, entry, as_day(record["from"]))]
    click.echo("\n".join(map(visible, lines)))


def _notes(what: Judged, document: Document, entry: RevisionEntry, begins: date) -> Iterator[str]:
    if begins < what.day:
        yield f"it begins before today, {what.day}; its signature says when it was granted"
    if not reach(days_in_force(document, entry), what.day):
        yield f"{document.named(entry)} is neither in force nor coming: there is nothing to be released from"
