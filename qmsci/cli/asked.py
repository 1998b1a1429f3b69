"""What a question names: a person, a document, an activity, an event, a day. An unknown one is no answer (2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import overload

import click

from qmsci.finding import CannotRun
from qmsci.library import Library
from qmsci.near_miss import near_miss
from qmsci.records import layout
from qmsci.records.base import DOCUMENT_ID, as_day
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.event import Event
from qmsci.records.person import Person
from qmsci.snapshot import Snapshot


def person(snapshot: Snapshot, name: str) -> Person:
    """The person of an id."""
    found = snapshot.people.get(name)
    if found is None and snapshot.unreadable_below(layout.person(name)):
        raise CannotRun(f"{layout.person(name)} cannot be read: qmsci check --all")
    if found is None:
        raise unknown("person", name, (known.id for known in snapshot.people), layout.PEOPLE)
    return found


def document(snapshot: Snapshot, name: str) -> tuple[Document, RevisionEntry | None]:
    """The document of an id, and the revision where one is named (`SOP-014@2`)."""
    plain, _, label = name.partition("@")
    found = snapshot.documents.get(plain)
    if found is None and snapshot.is_unreadable(plain):
        raise CannotRun(f"the file of {plain} cannot be read: qmsci check --all")
    if found is None:
        raise unknown("document", plain, (known.id for known in snapshot.documents), layout.DOCUMENTS)
    entry = found.entry(label) if label else None
    if label and entry is None:
        raise unknown("revision", name, (f"{plain}@{known.revision}" for known in found.revisions), found.path)
    return found, entry


def person_and_document(words: Sequence[str], person: str | None) -> tuple[str, str]:
    """
    Whom and which document the words of a command name, in either order; `person` is an option in place of the one.

    A document is told by the form of its id (SOP-014, SOP-014@3).
    """
    needed = 1 if person is not None else 2
    if len(words) != needed:
        more = "too many words" if len(words) > needed else "name a person and a document"
        raise CannotRun(f"{more}: as in p-0042 SOP-014@3" if person is None else f"{more}: as in SOP-014@3")
    if person is not None:
        return person, words[0]
    first, second = words
    return (second, first) if _is_document(first) and not _is_document(second) else (first, second)


def _is_document(word: str) -> bool:
    return re.fullmatch(DOCUMENT_ID, word.partition("@")[0]) is not None


def activity(snapshot: Snapshot, name: str) -> str:
    """The id of an activity."""
    if name not in snapshot.activities:
        raise unknown("activity", name, snapshot.activities, layout.ACTIVITIES)
    return name


def event(snapshot: Snapshot, name: str) -> Event:
    """The quality event of an id."""
    found = snapshot.events.get(name)
    if found is None and snapshot.unreadable_below(f"quality-events/{name}.yaml"):
        raise CannotRun(f"quality-events/{name}.yaml cannot be read: qmsci check --all")
    if found is None:
        raise unknown("event", name, (known.id for known in snapshot.events), layout.EVENTS)
    return found


@overload
def day(text: str, option: str) -> date: ...
@overload
def day(text: str | None, option: str) -> date | None: ...
def day(text: str | None, option: str) -> date | None:
    """The day that an option names; None where it is left out."""
    try:
        found: date | None = as_day(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from None
    return found


def as_of(text: str, today: date) -> date:
    """The day that `--as-of` names, as a date or as `today`."""
    return today if text == "today" else day(text, "--as-of")


def known(library: Library) -> None:
    """Refuse an answer that rests on a file that cannot be read. Raises `CannotRun` naming what was asked for."""
    faults = sorted(library.faults)
    if faults:
        raise CannotRun(f"{', '.join(faults)} cannot be read, and may decide the answer: qmsci check --all")


def unknown(kind: str, name: str, known: Iterable[str], where: str) -> CannotRun:
    """What to say of a name that nothing has."""
    near = near_miss(name, known)
    return CannotRun(f"no {kind} {name!r} in {where}" + (f"; did you mean {near!r}?" if near else ""))
