"""The records of one tree: read when they are asked for, kept, and remembered by blob from one run to the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from qmsci.finding import At, Place
from qmsci.load import Fault, Loaded, content_of, placed, record_of
from qmsci.read import Unreadable
from qmsci.records.base import FileRecord
from qmsci.records.document import Document
from qmsci.records.layout import filed
from qmsci.tree import File, FilesTree, Tree


class Memory(Protocol):
    """What was read before, by the kind of file and the id of the blob; it may forget anything at any time."""

    def recall(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        """The contents that are remembered of some."""

    def remember(self, contents: Mapping[str, bytes]) -> None:
        """Keep some contents."""


class Library:
    """The records of a tree. `faults` has the files that were asked for and could not be read."""

    def __init__(self, tree: Tree, memory: Memory | None = None) -> None:
        """Open a tree, with a memory of what was read before."""
        self.tree = tree
        self.faults: dict[str, tuple[Fault, ...]] = {}
        self._memory = memory
        self._read: dict[str, FileRecord | None] = {}

    def paths(self, folder: str) -> Sequence[str]:
        """All files below a folder, sorted."""
        return self.tree.paths(folder)

    def records(self, paths: Iterable[str]) -> Sequence[FileRecord | None]:
        """The records at some paths, in one go; None where there is no readable record."""
        paths = list(paths)
        new = [path for path in dict.fromkeys(paths) if path not in self._read]
        if new:
            self._load([path for path in new if filed(path)])
        return [self._read.setdefault(path, None) for path in paths]

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

    def placed(self, at: At | Place) -> Place:
        """The line and column of a place."""
        if isinstance(at, Place):
            return at
        file = self.tree.read([at.path])[0]
        return placed(at, file.data) if file else Place(at.path)

    def _load(self, paths: Sequence[str]) -> None:
        blobs = self.tree.blobs(paths) if self._memory else [None] * len(paths)
        keys = {path: _key(path, blob) for path, blob in zip(paths, blobs, strict=True) if blob}
        known = self._memory.recall(list(keys.values())) if self._memory and keys else {}
        unknown = [path for path in paths if keys.get(path) not in known]
        for path in paths:
            if keys.get(path) in known:
                self._take(path, record_of(path, known[keys[path]]))
        learnt: dict[str, bytes] = {}
        for path, file in zip(unknown, self.tree.read(unknown), strict=True):
            content = self._take_file(path, file)
            if content is not None and path in keys:
                learnt[keys[path]] = content
        if learnt and self._memory:
            self._memory.remember(learnt)

    def _take_file(self, path: str, file: File | None) -> bytes | None:
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
        self._take(path, record_of(path, content))
        return content.encoded() if self._memory else None

    def _take(self, path: str, loaded: Loaded) -> None:
        self._read[path] = loaded.record
        if loaded.faults:
            self.faults[path] = loaded.faults


def _key(path: str, blob: str) -> str:
    found = filed(path)
    return f"{found.kind if found else ''}:{blob}"


def library_of(files: Mapping[str, str | bytes]) -> Library:
    """The records of some files, as a test or an example has them."""
    return Library(FilesTree(files))
