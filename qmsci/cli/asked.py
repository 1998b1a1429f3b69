"""What a question names: a person, a document, an activity, an event. An unknown one is no answer (exit code 2)."""

from __future__ import annotations

from collections.abc import Iterable

from qmsci.finding import CannotRun
from qmsci.library import Library
from qmsci.near_miss import near_miss
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.event import Event
from qmsci.records.person import Person
from qmsci.snapshot import Snapshot


def person(snapshot: Snapshot, name: str) -> Person:
    """The person of an id."""
    found = snapshot.people.get(name)
    if found is None and snapshot.unreadable_below(f"roles/people/{name}.yaml"):
        raise CannotRun(f"roles/people/{name}.yaml cannot be read: qmsci check --all")
    if found is None:
        raise unknown("person", name, (known.id for known in snapshot.people), "roles/people/")
    return found


def document(snapshot: Snapshot, name: str) -> tuple[Document, RevisionEntry | None]:
    """The document of an id, and the revision where one is named (`SOP-014@2`)."""
    plain, _, label = name.partition("@")
    found = snapshot.documents.get(plain)
    if found is None and snapshot.is_unreadable(plain):
        raise CannotRun(f"the file of {plain} cannot be read: qmsci check --all")
    if found is None:
        raise unknown("document", plain, (known.id for known in snapshot.documents), "controlled-docs/")
    entry = found.entry(label) if label else None
    if label and entry is None:
        raise unknown("revision", name, (f"{plain}@{known.revision}" for known in found.revisions), found.path)
    return found, entry


def activity(snapshot: Snapshot, name: str) -> str:
    """The id of an activity."""
    if name not in snapshot.activities:
        raise unknown("activity", name, snapshot.activities, "roles/activities.yaml")
    return name


def event(snapshot: Snapshot, name: str) -> Event:
    """The quality event of an id."""
    found = snapshot.events.get(name)
    if found is None and snapshot.unreadable_below(f"quality-events/{name}.yaml"):
        raise CannotRun(f"quality-events/{name}.yaml cannot be read: qmsci check --all")
    if found is None:
        raise unknown("event", name, (known.id for known in snapshot.events), "quality-events/")
    return found


def known(library: Library) -> None:
    """Refuse an answer that rests on a file that cannot be read. Raises `CannotRun` naming what was asked for."""
    faults = sorted(library.faults)
    if faults:
        raise CannotRun(f"{', '.join(faults)} cannot be read, and may decide the answer: qmsci check --all")


def unknown(kind: str, name: str, known: Iterable[str], where: str) -> CannotRun:
    """What to say of a name that nothing has."""
    near = near_miss(name, known)
    return CannotRun(f"no {kind} {name!r} in {where}" + (f"; did you mean {near!r}?" if near else ""))
