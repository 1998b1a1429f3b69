"""`qmsci assess`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import click

from qmsci.circuit import Adequacy, adequacy, governing_then
from qmsci.cli import asked
from qmsci.cli.judged import Judged, unmerged
from qmsci.disk import rewrite
from qmsci.edit import with_entries
from qmsci.evidence import Evidence
from qmsci.finding import CannotRun
from qmsci.library import Library
from qmsci.read import plain
from qmsci.records import layout
from qmsci.records.event import Deviation, TrainingAssessment
from qmsci.render.words import in_json, visible
from qmsci.snapshot import Snapshot
from qmsci.timeline import in_force, is_employed

#: Below which keys the assessment comes where there is none yet: the last of those that are there.
_AFTER = ("occurred", "reported", "activity", "documents", "people")


class Standing(StrEnum):
    """How what an event says of a person and a document stands to the records."""

    AGREES = "agrees"
    MISSING = "missing"
    CONTRADICTS = "contradicts"
    SAID_TWICE = "said-twice"  # and this entry is not the right one
    NOTHING_IN_FORCE = "nothing-in-force"


@dataclass(frozen=True, slots=True)
class Assessed:
    """What the records say of a person and a document at the moment of an event, and the entry that speaks of it."""

    person: str
    document: str
    standing: Standing
    known: Adequacy | None  # None where no revision was in force, and of what nobody has
    entry: int | None = None  # the position in the event's list
    said: TrainingAssessment | None = None

    @property
    def changes(self) -> bool:
        """Whether the event is to say something else."""
        if self.standing is Standing.NOTHING_IN_FORCE:
            return self.said is not None
        return self.standing is not Standing.AGREES

    @property
    def stays(self) -> bool:
        """Whether the event is to speak of it."""
        return self.standing not in (Standing.SAID_TWICE, Standing.NOTHING_IN_FORCE)


def assessed(library: Library, snapshot: Snapshot, event: Deviation) -> list[Assessed]:
    """
    Each entry of a deviation's assessment, in its order; then each person × governing document that has none.

    Raises `CannotRun` where a file that may decide a verdict cannot be read, or the event names what nothing has.
    """
    wanted = _asked(library, snapshot, event)
    there = [(entry.person, entry.document.document) for entry in event.training_assessment]
    known = {pair: _known(library, snapshot, event, *pair) for pair in (*there, *wanted)}
    pairs = list(zip(there, event.training_assessment, strict=True))
    right = {pair for pair, entry in pairs if (found := known[pair]) and _agrees(entry, found)}
    rows: list[Assessed] = []
    for index, (pair, entry) in enumerate(pairs):
        found = known[pair]
        if pair[0] not in snapshot.people or pair[1] not in snapshot.documents or (found and _agrees(entry, found)):
            standing = Standing.AGREES  # or speaks of what nothing has, which is for another to say
        elif found is None:
            standing = Standing.NOTHING_IN_FORCE
        else:
            standing = Standing.SAID_TWICE if pair in right else Standing.CONTRADICTS
            right.add(pair)
        rows.append(Assessed(*pair, standing, found, index, entry))
    for pair in wanted:
        if pair not in there:
            found = known[pair]
            rows.append(Assessed(*pair, Standing.MISSING if found else Standing.NOTHING_IN_FORCE, found))
    return rows


def _asked(library: Library, snapshot: Snapshot, event: Deviation) -> list[tuple[str, str]]:
    """The people and governing documents that are to be assessed."""
    people = [asked.person(snapshot, name).id for name in dict.fromkeys(event.people)]
    for name in event.documents:
        asked.document(snapshot, name)
    documents = governing_then(snapshot, event)
    lost = next((path for path in sorted(library.faults) if path.startswith(layout.DOCUMENTS)), None)
    if lost and people and event.activity and not event.documents:
        raise CannotRun(f"{lost} cannot be read, and may govern {event.activity}: qmsci check --all")
    return [(person, document.id) for person in people for document in documents]


def _known(library: Library, snapshot: Snapshot, event: Deviation, person: str, name: str) -> Adequacy | None:
    """What the records say; None where no revision was in force, and of what nobody has."""
    document = snapshot.documents.get(name)
    found = adequacy(snapshot, event, person, document) if document else None
    if document and not found and person in snapshot.people and in_force(document, snapshot.day_of(event.occurred)):
        own = layout.completions(person, name), layout.waivers(person, name)
        lost = next(path for path in (*own, *sorted(library.faults)) if path in library.faults)
        raise CannotRun(f"{lost} cannot be read, and may say how {person} was trained on {name}: qmsci check --all")
    return found


def _agrees(entry: TrainingAssessment, known: Adequacy) -> bool:
    return (entry.document, entry.verdict) == (known.revision, known.verdict)


# --- the command ----------------------------------------------------------------------------------------------------


@click.command("assess")
@click.argument("event")
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit with 1 where something is missing.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def command(ctx: click.Context, event: str, only_check: bool, form: str) -> None:
    """
    Write what the records say of the training of the people in EVENT, a deviation or nonconformance.

    For each of them and each governing document: the revision in force at the moment of the event, whether they were
    qualified on it, why, and the evidence. Whether training contributed is left to a person. What the records
    contradict is corrected, and then to be answered anew. Running it twice writes nothing the second time.
    """
    what = unmerged()
    library, snapshot = what.library, what.snapshot
    found = asked.event(snapshot, event)
    if not isinstance(found, Deviation):
        raise CannotRun(f"{found.id} is neither a deviation nor a nonconformance: nobody's training is assessed for it")
    rows = [] if found.ending else assessed(library, snapshot, found)
    changes = [row for row in rows if row.changes]
    merged = _settled_there(what, found)
    if changes and merged and not only_check:
        raise CannotRun(
            f"{found.id} was closed on {merged} and merged; "
            "reopen it (`reopened:` takes over `closed` and `closed-by`), then assess"
        )
    if changes and not only_check:
        _write(what.repository.root, library, found, rows)
    if form == "json":
        answer = {
            "format": 1,
            "event": found.id,
            "occurred": found.occurred.isoformat(),
            "assessment": [_row(library, row) for row in rows],
            "wrote": found.path if changes and not only_check else None,
        }
        click.echo(in_json(answer))
    else:
        _show(snapshot, found, rows, wrote=not only_check, merged=merged is not None)
    ctx.exit(int(only_check and bool(changes)))


def _settled_there(what: Judged, event: Deviation) -> date | None:
    """The day on which an event that is closed here was closed in what is merged; None where it still may change."""
    if event.settled is None or what.base is None:
        return None
    before = Snapshot(Library(what.repository.tree(what.base), what.memory), what.day).events.get(event.id)
    return before.settled if before else None


def _write(root: Path, library: Library, event: Deviation, rows: Sequence[Assessed]) -> None:
    file = library.tree.read([event.path])[0]
    assert file
    values: Any = plain(file.data)
    there = values.get("training-assessment") or []
    entries = [
        there[row.entry] if row.entry is not None and not row.changes else _entry(library, row)
        for row in rows
        if row.stays
    ]
    rewrite(root, event.path, with_entries(file.data.decode(), "training-assessment", entries, _AFTER))


def _entry(library: Library, row: Assessed) -> dict[str, object]:
    assert row.known
    proofs = [f"{proof['path']}:{proof['line']} {proof['says']}" for proof in _proofs(library, row.known.evidence)]
    return {
        "person": row.person,
        "document": row.known.revision,
        "verdict": row.known.verdict,
        "reason": row.known.reason,
        **({"evidence": proofs} if proofs else {}),
    }


def _proofs(library: Library, evidence: Sequence[Evidence]) -> list[dict[str, object]]:
    places = [(library.placed(proof.at), proof.says) for proof in evidence]
    return [{"path": place.path, "line": place.line, "says": says} for place, says in places]


# --- shown ----------------------------------------------------------------------------------------------------------


def _row(library: Library, row: Assessed) -> dict[str, object]:
    known = row.known
    return {
        "person": row.person,
        "document": row.document,
        "revision": str(known.revision) if known else None,
        "verdict": known.verdict if known else None,
        "reason": known.reason if known else None,
        "evidence": _proofs(library, known.evidence) if known else [],
        "standing": row.standing.value,
        "contributed": row.said.contributed if row.said and not row.changes else None,
    }


def _show(snapshot: Snapshot, event: Deviation, rows: Sequence[Assessed], *, wrote: bool, merged: bool) -> None:
    for row in rows:
        colour, said = {"qualified": ("green", "yes"), "not-qualified": ("red", "no ")}.get(
            row.known.verdict if row.known else "", ("yellow", "-  ")
        )
        person = snapshot.people.get(row.person)
        who = f"{row.person} ({person.name if person else 'nobody'})"
        named = str(row.known.revision) if row.known else row.document
        words = _in_words(row, snapshot, event)
        click.echo(f"{click.style(said, fg=colour, bold=True)}  {visible(who):<32} {named:<14} {visible(words)}")
    click.echo(_summary(snapshot, event, rows, wrote=wrote, merged=merged))


def _in_words(row: Assessed, snapshot: Snapshot, event: Deviation) -> str:
    """What the records say, whether the person belongs here, and what becomes of an entry that says otherwise."""
    day, person = snapshot.day_of(event.occurred), snapshot.people.get(row.person)
    absent = f"was not employed on {day}; " if person and not is_employed(person, day) else ""
    unnamed = f"; {event.id} does not name them under people" if row.said and row.person not in event.people else ""
    return f"{absent}{_verdict(row, day)}{unnamed}"


def _verdict(row: Assessed, day: date) -> str:
    """What the records say of a person and a document, and what becomes of the entry that says otherwise."""
    said = f"the event says {row.said.verdict} on {row.said.document}" if row.said else ""
    reason = row.known.reason if row.known else f"no revision of {row.document} was in force on {day}"
    match row.standing:
        case Standing.SAID_TWICE:
            return f"{said}, and another of its entries agrees with the records: this one goes"
        case Standing.NOTHING_IN_FORCE:
            return f"{reason}: {f'{said}, and this entry goes' if said else 'there is nothing to assess'}"
        case Standing.CONTRADICTS:
            return f"{reason}; {said}; contributed: to be answered anew"
        case Standing.AGREES if row.known is None:
            return f"{said}, and the records know nothing of it"
    answer = row.said.contributed if row.said else None
    return f"{reason}; contributed: {'not answered yet' if answer is None else 'yes' if answer else 'no'}"


def _summary(snapshot: Snapshot, event: Deviation, rows: Sequence[Assessed], *, wrote: bool, merged: bool) -> str:
    changes = sum(row.changes for row in rows)
    if changes:
        entries = "1 entry" if changes == 1 else f"{changes} entries"
        if wrote:
            new = all(row.standing is Standing.MISSING for row in rows if row.changes)
            did = f"wrote {entries} to {event.path}" if new else f"put {entries} of {event.path} right"
            return f"{did}; whether training contributed is for a person to answer there"
        return f"{entries} missing or wrong: {'reopen it, then ' if merged else ''}qmsci assess {event.id}"
    why = _nothing_asked(snapshot, event)
    return f"nothing to assess: {why}" if why else f"nothing to write: {event.id} says what the records say"


def _nothing_asked(snapshot: Snapshot, event: Deviation) -> str | None:
    """Why nobody is to be assessed; None where somebody is."""
    if event.ending:
        return f"{event.id} was {event.ending_key} on {event.ending.on}"
    if not event.people:
        return f"{event.id} names nobody under people"
    if not event.documents and not event.activity:
        return f"{event.id} names neither documents nor an activity"
    if not governing_then(snapshot, event):
        return f"nothing that was in force on {snapshot.day_of(event.occurred)} governs {event.activity}"
    return None
