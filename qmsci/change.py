"""What a change adds or alters: two snapshots, the paths that differ, and the edits that rules are asked about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar

from qmsci.assign import regenerated
from qmsci.authorisation import in_quality_unit
from qmsci.records import layout
from qmsci.records.base import Correction, FileRecord, Record
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.event import Event
from qmsci.records.layout import POLICY, Kind, filed
from qmsci.records.policy import Policy
from qmsci.records.training import (
    Assignment,
    AssignmentItem,
    Completions,
    Waivers,
)
from qmsci.snapshot import Snapshot

R = TypeVar("R", bound=FileRecord)
E = TypeVar("E", bound=Record)


class Held(Protocol):
    """What one path holds in the base and in the head; None where there is no file."""

    @property
    def before(self) -> bytes | None:
        """The bytes in the base."""

    @property
    def after(self) -> bytes | None:
        """The bytes in the head."""


class Change:
    """
    A change from a base to a head. `day` is its date: the head's committer date, or today for a working tree.

    The policy that judges it, and who is entitled to what, are the base's; those of the head only where the base has
    no quality system yet.
    """

    def __init__(self, base: Snapshot, head: Snapshot, files: Mapping[str, Held]) -> None:
        """Take two snapshots and the files in which they differ."""
        self.base = base
        self.head = head
        self.files = dict(sorted(files.items()))
        self.day: date = head.as_of

    @property
    def founding(self) -> bool:
        """Whether it brings the first policy. Its records are an import: when they came is not held against them."""
        return self.base.policy is None and not self.base.unreadable_below(POLICY)

    @property
    def policy(self) -> Policy | None:
        """The policy that judges the change."""
        return self.base.policy or self.head.policy

    @property
    def law(self) -> Snapshot:
        """The snapshot whose roles, people and documents say who is entitled to what."""
        return self.head if self.founding else self.base

    @cached_property
    def added_assignments(self) -> list[Assignment]:
        """The assignment files that it adds."""
        paths = [path for path, held in self.files.items() if held.before is None and _is(path, Kind.ASSIGNMENT)]
        return [found for found in self.head.source.records(paths) if isinstance(found, Assignment)]

    @cached_property
    def expected_assignments(self) -> Mapping[str, Assignment]:
        """What `assign` would write in place of the files that it adds, by path."""
        return regenerated(self.head.source, self.day, self.added_assignments)

    def edits(self, kind: Kind, model: type[R]) -> Iterator[Edited[R]]:
        """The records of a kind that it adds, alters or removes and that can be read."""
        paths = [path for path in self.files if _is(path, kind)]
        pairs = zip(self.base.source.records(paths), self.head.source.records(paths), strict=True)
        for path, (before, after) in zip(paths, pairs, strict=True):
            known = before if isinstance(before, model) else None
            now = after if isinstance(after, model) else None
            if known or now:
                yield Edited(self, path, known, now)


def _is(path: str, kind: Kind) -> bool:
    found = filed(path)
    return found is not None and found.kind is kind


@dataclass(frozen=True)
class Edited(Generic[R]):
    """A record before and after a change; None where it was not there (or could not be read)."""

    change: Change
    path: str
    before: R | None
    after: R | None


@dataclass(frozen=True)
class Added(Generic[E]):
    """An entry that a change adds to a person's history on a document, or to their waivers."""

    change: Change
    path: str
    index: int
    person: str
    entry: E

    @property
    def document(self) -> str:
        """The id of the document."""
        return self.path.rsplit("/", 1)[-1].removesuffix(".yaml")


@dataclass(frozen=True)
class AddedAssignment:
    """An assignment file that a change adds, and what `assign` would write in its place (None: nothing)."""

    change: Change
    assignment: Assignment
    expected: Assignment | None

    def expected_item(self, item: AssignmentItem, person: str | None = None) -> AssignmentItem | None:
        """The expected item for the same revision (and for one of its people)."""
        of_revision = [
            found for found in (self.expected.items if self.expected else ()) if found.document == item.document
        ]
        return next((found for found in of_revision if person is None or person in found.people), None)

    def pairs(self) -> Iterator[tuple[int, AssignmentItem, AssignmentItem]]:
        """Each item that somebody owes, by its index, with each item that `assign` would write in its place."""
        for index, item in enumerate(self.assignment.items):
            founds = [self.expected_item(item, person) for person in item.people or (None,)]
            for found in dict.fromkeys(filter(None, founds)):
                yield index, item, found


@dataclass(frozen=True)
class AlteredFile:
    """The bytes of a file that a change alters or removes."""

    change: Change
    path: str
    before: bytes
    after: bytes | None


def document_before(edit: Edited[Document]) -> Document | None:
    """The document as the base's quality system has it, wherever its file lay; None where it is new, or all is."""
    change = edit.change
    return change.base.documents.get(edit.after.id) if edit.after and not change.founding else None


def added_corrections(before: Event, after: Event) -> list[tuple[int, Correction]]:
    """The corrections that an event gains at the end of its list, each with its position; none where one was lost."""
    known = len(before.corrected)
    return list(enumerate(after.corrected))[known:] if after.corrected[:known] == before.corrected else []


def may_correct(change: Change, person: str) -> bool:
    """Whether a person is of the quality unit on the day of a change; or nobody can say, their file is unreadable."""
    return in_quality_unit(change.law, person, change.day) or change.law.unreadable_below(
        f"{layout.PEOPLE}{person}.yaml"
    )


def corrects(change: Change, before: Event, after: Event) -> bool:
    """Whether a change adds to an event a correction by the quality unit, which excuses what it puts right."""
    added = (correction for _, correction in added_corrections(before, after))
    return any(one.on <= change.day and may_correct(change, one.by) for one in added)


def new_revisions(edit: Edited[Document]) -> list[tuple[int, RevisionEntry]]:
    """The revisions that a change adds to a document, each with its position."""
    before = document_before(edit)
    known = {entry.revision for entry in before.revisions} if before else set()
    entries = enumerate(edit.after.revisions if edit.after else ())
    return [(position, entry) for position, entry in entries if entry.revision not in known]


def added_entries(change: Change) -> Iterator[Added[Any]]:
    """The entries that a change adds to completion and waiver files: those that the base does not have."""
    edits: list[Edited[Completions] | Edited[Waivers]] = [
        *change.edits(Kind.COMPLETIONS, Completions),
        *change.edits(Kind.WAIVERS, Waivers),
    ]
    for edit in edits:
        # By their values alone: the digest that an entry has beside a rejection would make it another.
        before = [vars(entry) for entry in edit.before.entries] if edit.before else []
        found = filed(edit.path)
        for index, entry in enumerate(edit.after.entries if edit.after else ()):
            if vars(entry) in before:
                before.remove(vars(entry))
            elif found:
                yield Added(change, edit.path, index, found.names[0], entry)
