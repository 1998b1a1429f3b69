"""What a change adds or alters: two snapshots, the paths that differ, and the edits that rules are asked about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar

from qmsci.assign import regenerated
from qmsci.authorisation import may_be_of_quality_unit
from qmsci.finding import At
from qmsci.key_register import KeyRegister
from qmsci.load import content_of
from qmsci.records.base import Correction, FileRecord, Record, as_moment
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.event import Event
from qmsci.records.layout import POLICY, Kind, filed
from qmsci.records.policy import Policy
from qmsci.records.training import (
    Approval,
    Assignment,
    AssignmentItem,
    Completion,
    Completions,
    FileApproval,
    Rejection,
    Waiver,
    Waivers,
)
from qmsci.signature import SIGNED_KINDS, Signed, entries_in, is_signed, kept, signatures_in
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
        self._kept: dict[str, dict[int, int]] = {}

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
    def has_keys(self) -> bool:
        """Whether anybody in the base has a key. This looks at everybody: it is asked where nothing else decides."""
        return any(person.keys for person in self.base.people)

    def keys_of(self, person: str) -> KeyRegister:
        """The keys by which a person signs: the base's; the head's only as long as nobody in the base has any."""
        found = KeyRegister(self.law, person)
        return found if len(found) or self.has_keys else KeyRegister(self.head, person)

    def is_unreadable(self, path: str) -> bool:
        """Whether a file that was asked for cannot be read in the base or in the head: what it says, nobody knows."""
        return any(side.unreadable_below(path) for side in (self.base, self.head))

    def kept(self, path: str) -> Mapping[int, int]:
        """The entries of a signed file that the base has too, perhaps with fewer signatures: positions now and then."""
        if path not in self._kept:
            before, after = self.files[path].before, self.files[path].after
            self._kept[path] = {}
            if before is not None and after is not None and self.base.source.records([path])[0] is not None:
                self._kept[path] = kept(*(entries_in(content_of(path, data)) for data in (before, after)))
        return self._kept[path]

    @cached_property
    def added_assignments(self) -> list[Assignment]:
        """The assignment files that it adds."""
        paths = [path for path, held in self.files.items() if held.before is None and _is(path, Kind.ASSIGNMENT)]
        return [found for found in self.head.source.records(paths) if isinstance(found, Assignment)]

    @cached_property
    def added_file_approvals(self) -> Mapping[str, Sequence[FileApproval]]:
        """The approvals of whole files that it adds, by the file."""
        paths = [path for path, held in self.files.items() if _is(path, Kind.FILE_APPROVAL) and held.before is None]
        found: dict[str, list[FileApproval]] = defaultdict(list)
        for record in self.head.source.records(paths):
            if isinstance(record, FileApproval):
                found[record.file].append(record)
        return dict(found)

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
class AddedSignature:
    """A signature, or the words of one, that a change brings: on a record that is new, or on one that was there."""

    change: Change
    signed: Signed
    record: Completion | Rejection | Waiver | Approval | FileApproval
    is_new: bool

    def at(self, key: str) -> At:
        """The place of what it says of itself."""
        return At(self.signed.path, (*self.signed.keys, key))

    @property
    def day(self) -> date | None:
        """The day on which it says it was given; None where it does not say."""
        said = self.signed.fields.get("at")
        return self.change.law.day_of(as_moment(said)) if said else None


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
    return may_be_of_quality_unit(change.law, person, change.day)


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


def is_of_founding_day(added: Added[Completion]) -> bool:
    """Whether a completion comes with the founding change, or on its day, or was signed on that day by all who sign."""
    change, founded = added.change, added.change.policy.founded if added.change.policy else None
    signed = [one.at for one in added.entry.signatures if one.signature]
    if change.founding or change.day == founded:
        return True
    return bool(signed) and all(at is not None and change.law.day_of(at) == founded for at in signed)


def added_entries(change: Change) -> Iterator[Added[Any]]:
    """The entries that a change adds to completion and waiver files: those that the base does not have."""
    edits: list[Edited[Completions] | Edited[Waivers]] = [
        *change.edits(Kind.COMPLETIONS, Completions),
        *change.edits(Kind.WAIVERS, Waivers),
    ]
    for edit in edits:
        # By their values alone: the digest that an entry has beside a rejection would make it another.
        before = [vars(entry) for entry in edit.before.entries] if edit.before else []
        found, new = filed(edit.path), []
        for index, entry in enumerate(edit.after.entries if edit.after else ()):
            if vars(entry) in before:
                before.remove(vars(entry))
            elif found:
                new.append(Added(change, edit.path, index, found.names[0], entry))
        signed = change.kept(edit.path) if new and before else {}
        yield from (added for added in new if added.index not in signed)


def added_signatures(change: Change) -> Iterator[AddedSignature]:
    """The signatures that a change brings, those in words as well: on new records, and on those that were there."""
    for path, held in change.files.items():
        found = filed(path)
        if found is None or found.kind not in SIGNED_KINDS or held.after is None:
            continue
        record = change.head.source.records([path])[0]
        if record is None or not _has_words(record):
            continue
        entries = record.entries if isinstance(record, Completions | Waivers) else (record,)
        known = change.kept(path)
        before = entries_in(content_of(path, held.before)) if known and held.before is not None else ()
        for signed in signatures_in(path, content_of(path, held.after)):
            index = signed.entry - 1
            if index not in known or signed.fields not in _signatures_of(before[known[index]], signed):
                entry: Any = entries[index]
                yield AddedSignature(change, signed, entry, index not in known)


def _has_words(record: FileRecord) -> bool:
    return isinstance(record, Approval | FileApproval) or is_signed(record)


def _signatures_of(record: Any, like: Signed) -> Sequence[Any]:
    """The signatures that a record had, as they are written; an approval is its own."""
    return (record.get("signatures") or ()) if like.keys else (record,)
