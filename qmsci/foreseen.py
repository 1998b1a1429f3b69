"""What the law would say of entries of training that are not written yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from qmsci.change import Change
from qmsci.check import check_change
from qmsci.finding import At, CannotRun, Finding
from qmsci.library import Library
from qmsci.snapshot import Snapshot
from qmsci.tree import File, FilesTree, Inside, Tree


class _LaidOver:
    """Some files over a tree."""

    def __init__(self, tree: Tree, files: Mapping[str, bytes]) -> None:
        self._tree, self._files = tree, files
        self._over = FilesTree(files)

    def paths(self, folder: str) -> Sequence[str]:
        return sorted({*self._tree.paths(folder), *self._over.paths(folder)})

    def blobs(self, paths: Iterable[str]) -> Sequence[str | None]:
        paths = list(paths)
        known = zip(paths, self._tree.blobs(paths), strict=True)
        return [None if path in self._files else blob for path, blob in known]

    def read(self, paths: Iterable[str]) -> Sequence[File | None]:
        paths = list(paths)
        over = zip(self._over.read(paths), self._tree.read(paths), strict=True)
        return [mine or file for mine, file in over]

    def earlier_versions(self, path: str) -> Iterable[bytes]:
        return self._tree.earlier_versions(path)

    def inside(self, folder: str) -> Inside:
        return FilesTree(dict.fromkeys(self.paths(folder), b"")).inside(folder)


class _Held(NamedTuple):
    before: bytes | None
    after: bytes | None


class Foreseen:
    """A tree as it would be with some files of completions, and what the law says then of entries in them."""

    def __init__(self, change: Change, library: Library, files: Mapping[str, str]) -> None:
        """Lay the files over the head of a change, whose records the library has."""
        over = {path: text.encode() for path, text in files.items()}
        self.library = library.following(_LaidOver(library.tree, over), over, library.recorded)
        self.snapshot = Snapshot(self.library, change.head.as_of)
        known = zip(over, library.tree.read(list(over)), strict=True)
        before = {path: file.data if file else None for path, file in known}
        before |= {path: change.files[path].before for path in over if path in change.files}
        held = {path: _Held(before[path], over[path]) for path in over}
        self._change = Change(change.base, self.snapshot, held)

    def findings(self, path: str, indexes: Iterable[int]) -> Iterator[Finding]:
        """What the law says of the entries of a file at some positions."""
        entries = self.snapshot.source.records([path])[0]
        if entries is None:
            fault = self.library.faults[path][0]
            raise CannotRun(f"{path} could not be read then: {fault.message}")
        lines = self._lines(path, indexes)
        for finding in self._all:
            if finding.place.path == path and finding.place.line in lines:
                yield finding

    @cached_property
    def _all(self) -> list[Finding]:
        return check_change(self.library, self._change).findings

    def _lines(self, path: str, indexes: Iterable[int]) -> set[int]:
        found: set[int] = set()
        for index in indexes:
            first = self.library.placed(At(path, (index,))).line
            after = self.library.placed(At(path, (index + 1,))).line
            found |= set(range(first, after if after > first else first + 10_000))
        return found
