"""All that is true of one tree on one day; records are read when they are first asked for."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from copy import copy
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, Generic, NamedTuple, Protocol, TypeVar, TypeVarTuple
from zoneinfo import ZoneInfo

from qmsci.finding import At
from qmsci.near_miss import near_miss
from qmsci.records import layout
from qmsci.records.base import FileRecord, RevisionId
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.event import Event
from qmsci.records.person import Person
from qmsci.records.policy import Policy
from qmsci.records.role import Activities, Activity, Role
from qmsci.records.training import (
    Approval,
    Assignment,
    CompletionEntry,
    Completions,
    FileApproval,
    Waiver,
    Waivers,
)

R = TypeVar("R", bound=FileRecord)
T = TypeVar("T")
Names = TypeVarTuple("Names")


class Records(Protocol):
    """Where a snapshot gets its records: every file of one tree, by path."""

    def paths(self, folder: str) -> Sequence[str]:
        """All files below a folder (its name ends with a slash), sorted."""

    def records(self, paths: Iterable[str]) -> Sequence[FileRecord | None]:
        """The records at some paths, in one go; None where there is no readable record."""

    def earlier_text(self, path: str, label: str) -> str | None:
        """The digest of the text that a document had when a revision was its newest; None where nobody knows."""

    def digest(self, path: str) -> str | None:
        """The digest (`sha256:…`) of a file's bytes, as approvals of it quote it; None where there is no file."""

    def recorded(self, path: str, text: str) -> date | None:
        """The day, in the policy's time zone, on which main first had a text in a file; None: it has not yet."""

    def unreadable_below(self, start: str) -> bool:
        """Whether any file that was asked for, and whose path begins so, could not be read."""


class When(NamedTuple):
    """A moment, and the day of the policy's time zone in which it lies."""

    instant: datetime
    day: date


#: A tree with more wrong names in it than this has another trouble than spelling; and each guess costs a while.
_MOST_GUESSES = 20
#: So much of what follows from it does a snapshot keep; then it begins anew: memory does not grow with the records.
_MOST_KEPT = 250_000


class Register(Generic[R]):
    """The records of one kind by id: iterates over all of them, sorted; looks one up without reading the others."""

    def __init__(self, everything: Callable[[], dict[str, R]], one: Callable[[str], R | None]) -> None:
        """Take the two ways to read: all at once, or one by its id."""
        self._everything = everything
        self._one = one
        self._known: dict[str, R | None] = {}
        self._meant: dict[str, str | None] = {}

    @cached_property
    def by_id(self) -> dict[str, R]:
        """All of them."""
        return self._everything()

    def get(self, name: str) -> R | None:
        """The record with an id, or None."""
        if "by_id" in self.__dict__:
            return self.by_id.get(name)
        if name not in self._known:
            self._known[name] = self._one(name)
        return self._known[name]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def __iter__(self) -> Iterator[R]:
        return iter(self.by_id.values())

    def __len__(self) -> int:
        return len(self.by_id)

    def nearest(self, name: str) -> str | None:
        """The id that was meant by one that nobody has, if there is a likely one."""
        if name not in self._meant and len(self._meant) < _MOST_GUESSES:
            self._meant[name] = near_miss(name, self.by_id)
        return self._meant.get(name)


class Snapshot:
    """
    One tree on one day (`as_of`, in the policy's time zone). What it has read it keeps; it never changes.

    With `hindsight`, a key that is known to be compromised now proved nothing before that was known either: so are
    questions about the past answered. The law does without: what was closed on good evidence was closed rightly.
    """

    def __init__(self, records: Records, as_of: date, *, hindsight: bool = False) -> None:
        """Look at a tree as of a day."""
        self.source = records
        self.as_of = as_of
        self.hindsight = hindsight
        self.resolved: set[tuple[str, RevisionId | str]] = set()  # the kinds and names that are known to be there
        self._kept: dict[Hashable, Any] = {}
        self._ends: dict[date, When] = {}
        self.documents = Register(self._all_documents, self._document)
        self.roles = Register(
            lambda: self._all(layout.ROLES, Role), lambda name: self._at(f"{layout.ROLES}{name}.yaml", Role)
        )
        self.people = Register(
            lambda: self._all(layout.PEOPLE, Person),
            lambda name: self._at(layout.person(name), Person),
        )
        self.events = Register(
            lambda: self._all(layout.EVENTS, Event),
            lambda name: self._at(f"{layout.EVENTS}{name}.yaml", Event),
        )

    def on(self, day: date) -> Snapshot:
        """The same tree, seen on another day; the two share what they have read."""
        found = copy(self)
        found.as_of = day
        return found

    def once(self, follows: Callable[[Snapshot, *Names], T], *names: *Names) -> T:
        """
        What follows from the tree for some names: worked out when it is first asked for, and kept for a while.

        It must not rest on the day on which the snapshot looks at the tree, which `on` changes.
        """
        key = (follows, *names)
        found: T
        try:
            found = self._kept[key]
        except KeyError:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            found = self._kept[key] = follows(self, *names)
        return found

    # --- the registers ----------------------------------------------------------------------------------------------

    @cached_property
    def policy(self) -> Policy | None:
        """The policy; None where there is none that can be read."""
        return self._at(layout.POLICY, Policy)

    @cached_property
    def _zone(self) -> ZoneInfo | None:
        return self.policy.zone if self.policy else None

    @cached_property
    def activities(self) -> dict[str, Activity]:
        """The activities by id."""
        found = self._at(layout.ACTIVITIES, Activities)
        return found.entries if found else {}

    @cached_property
    def document_paths(self) -> tuple[str, ...]:
        """The paths of all documents, and of what looks like one; what is none has no record."""
        return tuple(path for path in self.source.paths(layout.DOCUMENTS) if path.endswith(".md"))

    @cached_property
    def _stems(self) -> list[tuple[str, str]]:
        """The name of each document's file without its ending, and its path; sorted, for looking one up."""
        return sorted((path.rsplit("/", 1)[-1].removesuffix(".md"), path) for path in self.document_paths)

    def document_files(self, name: str) -> list[str]:
        """The files that may have a document with an id, by their names."""
        stems = self._stems
        first = bisect_left(stems, (name,))
        last = bisect_left(stems, (f"{name}.",))  # '.' follows '-'
        return sorted(path for stem, path in stems[first:last] if stem == name or stem.startswith(f"{name}-"))

    def documents_named(self, name: str) -> list[Document]:
        """The documents with an id: one, unless two files claim it."""
        found = self.source.records(self.document_files(name))
        return [record for record in found if isinstance(record, Document) and record.id == name]

    @cached_property
    def performers(self) -> dict[str, list[Role]]:
        """The roles that perform or operate each activity."""
        found: dict[str, list[Role]] = defaultdict(list)
        for role in self.roles:
            for activity in dict.fromkeys(role.activities):
                found[activity].append(role)
        return dict(found)

    @cached_property
    def listed_by(self) -> dict[str, list[Role]]:
        """The roles that require each document outright, beyond what they perform."""
        found: dict[str, list[Role]] = defaultdict(list)
        for role in self.roles:
            for document in dict.fromkeys(role.requires):
                found[document].append(role)
        return dict(found)

    @cached_property
    def governing(self) -> dict[str, list[Document]]:
        """The documents that govern each activity."""
        found: dict[str, list[Document]] = defaultdict(list)
        for document in self.documents:
            for activity in dict.fromkeys(document.governs):
                found[activity].append(document)
        return dict(found)

    @cached_property
    def holders(self) -> dict[str, list[Person]]:
        """The people who hold, held or will hold each role."""
        found: dict[str, list[Person]] = defaultdict(list)
        for person in self.people:
            for role in dict.fromkeys(holding.role for holding in person.roles):
                found[role].append(person)
        return dict(found)

    @cached_property
    def retraining(self) -> tuple[tuple[Event, int], ...]:
        """The training actions of all events: each event with the position of the action in it."""
        return tuple(
            (event, index)
            for event in self.events
            for index, action in enumerate(event.actions)
            if action.kind == "training"
        )

    # --- records found by the names in the question -----------------------------------------------------------------

    def assignment(self, name: str) -> Assignment | None:
        """The assignment of a name, as completions link it."""
        return self._at(layout.assignment_path(name), Assignment)

    def assignments(self, folder: str) -> tuple[Assignment, ...]:
        """All assignments in a folder below `training-records/assignments/`, such as `SOP-014@3` or `people/p-0042`."""
        return self.once(_assignments, folder)

    def completions(self, person: str, document: str) -> tuple[CompletionEntry, ...]:
        """A person's history on a document, oldest first."""
        found = self._at(layout.completions(person, document), Completions)
        return found.entries if found else ()

    def waivers(self, person: str, document: str) -> tuple[Waiver, ...]:
        """A person's waivers on a document."""
        found = self._at(layout.waivers(person, document), Waivers)
        return found.entries if found else ()

    def read_histories(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Read what there is of some people (by pairs of a person and a document) in one go, which is faster."""
        ways = layout.completions, layout.waivers
        self.source.records([way(person, document) for person, document in pairs for way in ways])

    def approvals(self, revision: RevisionId) -> tuple[Approval, ...]:
        """The approvals of a revision."""
        paths = self.source.paths(f"{layout.APPROVALS}{revision}/")
        return tuple(found for found in self.source.records(paths) if isinstance(found, Approval))

    def file_approvals(self, folder: str) -> tuple[FileApproval, ...]:
        """The approvals of a whole file in a folder that `layout` names: of a closing, or of a file with a digest."""
        found = self.source.records(self.source.paths(folder))
        return tuple(one for one in found if isinstance(one, FileApproval))

    def text_of(self, document: Document, entry: RevisionEntry) -> str | None:
        """The text digest of a revision: of the file, of a record that names it, or of the history."""
        if entry is document.newest:
            return document.text
        named = document.named(entry)
        for assignment in self.assignments(str(named)):
            for item in assignment.items:
                if item.document == named:
                    return item.text
        for approval in self.approvals(named):
            return approval.text
        return self.source.earlier_text(document.path, entry.revision)

    def unreadable_below(self, start: str) -> bool:
        """Whether a file is there, its path beginning so, that was asked for and could not be read."""
        return self.source.unreadable_below(start)

    def is_unreadable(self, document: str) -> bool:
        """Whether a file that may be the one of a document is there and could not be read."""
        self.documents_named(document)
        return any(self.unreadable_below(path) for path in self.document_files(document))

    # --- places and times -------------------------------------------------------------------------------------------

    def at(self, record: FileRecord, *keys: str | int) -> At:
        """The place of a key of a record."""
        return At(record.path, keys)

    def end_of(self, day: date) -> When:
        """The last moment of a day in the policy's time zone (of UTC where there is no policy)."""
        if day not in self._ends:
            midnight = datetime.combine(min(day, date.max - timedelta(days=1)) + timedelta(days=1), time(), self._zone)
            self._ends[day] = When((midnight if self._zone else midnight.astimezone()) - timedelta(microseconds=1), day)
        return self._ends[day]

    def day_of(self, moment: datetime) -> date:
        """The day of the policy's time zone in which a moment lies."""
        return moment.astimezone(self._zone).date() if self._zone else moment.date()

    # --- reading ----------------------------------------------------------------------------------------------------

    def _at(self, path: str, kind: type[R]) -> R | None:
        found = self.source.records([path])[0]
        return found if isinstance(found, kind) else None

    def _all(self, folder: str, kind: type[R]) -> dict[str, R]:
        paths = [path for path in self.source.paths(folder) if "/" not in path.removeprefix(folder)]
        found = [record for record in self.source.records(paths) if isinstance(record, kind)]
        return {record.path.rsplit("/", 1)[-1].removesuffix(".yaml"): record for record in found}

    def _all_documents(self) -> dict[str, Document]:
        found: dict[str, Document] = {}
        for record in self.source.records(self.document_paths):
            if isinstance(record, Document):
                found.setdefault(record.id, record)
        return dict(sorted(found.items()))

    def _document(self, name: str) -> Document | None:
        return next(iter(self.documents_named(name)), None)


def _assignments(snapshot: Snapshot, folder: str) -> tuple[Assignment, ...]:
    paths = snapshot.source.paths(f"{layout.ASSIGNMENTS}{folder}/")
    return tuple(found for found in snapshot.source.records(paths) if isinstance(found, Assignment))
