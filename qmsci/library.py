"""The records of one tree: read when they are asked for, kept, and remembered by blob from one run to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Protocol

from qmsci.finding import At, Place
from qmsci.load import Content, Loaded, content_of, is_doubted, kind_of, placed, record_of
from qmsci.records.base import FileRecord
from qmsci.records.document import Document
from qmsci.records.layout import Kind, filed
from qmsci.records.person import Person
from qmsci.records.training import Completions, Waivers
from qmsci.schema_words import Fault
from qmsci.tree import File, FilesTree, Tree
from qmsci.unreadable import Unreadable


class Memory(Protocol):
    """What was read before, by the kind of file and the id of the blob; it may forget anything at any time."""

    def recall(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        """The contents that are remembered of some."""

    def remember(self, contents: Mapping[str, bytes]) -> None:
        """Keep some contents."""


#: Asks on which day main first had a text in the file of a path; None as long as it has not.
Recorded = Callable[[str, str], date | None]

#: Files that are read at a time.
_AT_ONCE = 2_000
#: What qmsci writes is read faster than it is remembered.
_QUICK = {Kind.COMPLETIONS, Kind.WAIVERS}


class Library:
    """
    The records of a tree.

    `faults` has the files that were asked for and could not be read, `doubted` those in which something may be unsafe.
    `asked_history` says whether an answer rests on when something was recorded, which the tree alone does not know.
    """

    def __init__(
        self,
        tree: Tree,
        memory: Memory | None = None,
        names: Mapping[str, str] = {},
        recorded: Recorded | None = None,
    ) -> None:
        """
        Open a tree, with a memory of what was read before.

        `names` is a register from outside the repository: the names, by id, of people whose files have none.
        `recorded` knows when something came to main; where it is left out, nothing has.
        """
        self.tree = tree
        self.names = names
        self.asked_history = False
        self._recorded = recorded
        self.faults: dict[str, tuple[Fault, ...]] = {}
        self.doubted: set[str] = set()
        self.memory = memory
        self._read: dict[str, FileRecord | None] = {}
        self._one_a_line: dict[str, int] = {}  # how many entries a history has whose entries are lines of their own

    def paths(self, folder: str) -> Sequence[str]:
        """All files below a folder, sorted."""
        return self.tree.paths(folder)

    def records(self, paths: Iterable[str]) -> Sequence[FileRecord | None]:
        """The records at some paths, in one go; None where there is no readable record."""
        paths = list(paths)
        try:
            return [self._read[path] for path in paths]
        except KeyError:  # not all of them were read before
            new = [path for path in dict.fromkeys(paths) if path not in self._read]
        for start in range(0, len(new), _AT_ONCE):
            self._load([path for path in new[start : start + _AT_ONCE] if filed(path)])
        return [self._read.setdefault(path, None) for path in paths]

    def forget(self, paths: Iterable[str]) -> None:
        """Let go of some records, to be read again by whoever asks again. What could not be read stays known."""
        for path in paths:
            self._read.pop(path, None)

    def unreadable_below(self, start: str) -> bool:
        """Whether any file that was asked for, and whose path begins so, could not be read."""
        return any(path.startswith(start) for path in self.faults)

    def earlier_text(self, path: str, label: str) -> str | None:
        """The text digest that a document had when a revision was its newest, from the history."""
        for data in self.tree.earlier_versions(path):
            try:
                found = record_of(path, content_of(path, data)).record
            except Unreadable:
                continue
            if isinstance(found, Document) and found.newest.revision == label:
                return found.text
        return None

    def digest(self, path: str) -> str | None:
        """The digest (`sha256:…`) of a file's bytes; None where there is no file."""
        file = self.tree.read([path])[0]
        return f"sha256:{sha256(file.data).hexdigest()}" if file else None

    def recorded(self, path: str, text: str) -> date | None:
        """The day on which main first had a text in a file; None: it has not yet."""
        self.asked_history = True
        return self._recorded(path, text) if self._recorded else None

    def following(self, tree: Tree, altered: Iterable[str], recorded: Recorded | None = None) -> Library:
        """The records of another tree: those that were read of this one, but for the files in which the two differ."""
        found, gone = Library(tree, self.memory, self.names, recorded), frozenset(altered)
        found._read = {path: record for path, record in self._read.items() if path not in gone}
        found.faults = {path: faults for path, faults in self.faults.items() if path not in gone}
        found.doubted = self.doubted - gone
        found._one_a_line = {path: number for path, number in self._one_a_line.items() if path not in gone}
        return found

    def placed(self, at: At | Place) -> Place:
        """The line and column of a place."""
        if isinstance(at, Place):
            return at
        entries = self._one_a_line.get(at.path, 0)
        if len(at.keys) == 1 and isinstance(index := at.keys[0], int) and index < entries:
            return Place(at.path, index + 1, len("- {"))
        file = self.tree.read([at.path])[0]
        return placed(at, file.data) if file else Place(at.path)

    def _load(self, paths: Sequence[str]) -> None:
        worth = [path for path in paths if kind_of(path) not in _QUICK] if self.memory else []
        keys = {path: memory_key(path, blob) for path, blob in zip(worth, self.tree.blobs(worth), strict=True) if blob}
        known = self.memory.recall(list(keys.values())) if self.memory and keys else {}
        unknown = [path for path in paths if keys.get(path) not in known]
        for path in paths:
            if keys.get(path) in known:
                self._take(path, record_of(path, known[keys[path]]), doubted=is_doubted(known[keys[path]]))
        learnt: dict[str, bytes] = {}
        for path, file in zip(unknown, self.tree.read(unknown), strict=True):
            content = self._take_file(path, file)
            if content is not None and path in keys:
                learnt[keys[path]] = content.encoded()
        if learnt and self.memory:
            self.memory.remember(learnt)

    def _take_file(self, path: str, file: File | None) -> Content | None:
        if file is None:
            return None
        if file.odd:
            self._take(path, Loaded(None, (Fault(Place(path), file.odd),)))
            return None
        try:
            content = content_of(path, file.data)
        except Unreadable as fault:
            place = Place(path, fault.line, fault.column)
            self._take(path, Loaded(None, (Fault(place, fault.message, fault.fix),)))
            return None
        loaded = record_of(path, content)
        if isinstance(loaded.record, Completions | Waivers) and _is_one_a_line(file.data, len(loaded.record.entries)):
            self._one_a_line[path] = len(loaded.record.entries)
        self._take(path, loaded, doubted=content.doubtful)
        return content

    def _take(self, path: str, loaded: Loaded, *, doubted: bool = False) -> None:
        if doubted:
            self.doubted.add(path)
        if self.names and isinstance(loaded.record, Person):
            loaded.record.noting(known_as=self.names.get(loaded.record.id, ""))
        self._read[path] = loaded.record
        if loaded.faults:
            self.faults[path] = loaded.faults


def _is_one_a_line(data: bytes, entries: int) -> bool:
    """Whether each of so many entries of a list has a line of its own: there are as many lines, and each begins one."""
    lines = data.removesuffix(b"\n").split(b"\n")
    return len(lines) == entries and all(line.startswith(b"- {") for line in lines)


def memory_key(path: str, blob: str) -> str:
    """The key under which the content of a blob, in a file of a kind, is remembered."""
    return f"{kind_of(path)}:{blob}"


def library_of(files: Mapping[str, str | bytes]) -> Library:
    """The records of some files, as a test or an example has them."""
    return Library(FilesTree(files))
