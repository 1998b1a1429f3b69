"""The files of one tree, wherever they come from: a commit, a working tree, or a dictionary in a test."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol


class File(NamedTuple):
    """The bytes of a file and, where git knows it, the id of the blob; `odd` says why it cannot be a record."""

    data: bytes
    blob: str | None = None
    odd: str | None = None


class Inside(NamedTuple):
    """
    The files and folders that lie directly in a folder, by their paths.

    A folder has the id by which git knows it, if it does: as long as the id is the same, so is all that is in it.
    """

    files: Sequence[str]
    folders: Mapping[str, str | None]


class Tree(Protocol):
    """A tree of files. Paths are relative to the root of the repository, with slashes."""

    def paths(self, folder: str) -> Sequence[str]:
        """All files below a folder (its name ends with a slash; empty: the root), sorted."""

    def blobs(self, paths: Iterable[str]) -> Sequence[str | None]:
        """The ids of the files' contents as git has them; None where there is no file or git does not know it."""

    def read(self, paths: Iterable[str]) -> Sequence[File | None]:
        """The files at some paths, in one go; None where there is none."""

    def earlier_versions(self, path: str) -> Iterable[bytes]:
        """What a file contained before, newest first, as far as the history is here."""

    def inside(self, folder: str) -> Inside:
        """What lies directly in a folder."""


class FilesTree:
    """A tree out of a mapping from path to text or bytes."""

    def __init__(self, files: Mapping[str, str | bytes]) -> None:
        """Take the files; texts are UTF-8."""
        self._files = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
        self._paths = sorted(self._files)

    def paths(self, folder: str) -> Sequence[str]:
        """All files below a folder, sorted."""
        first = bisect_left(self._paths, folder)
        last = bisect_left(self._paths, folder[:-1] + "0") if folder else len(self._paths)  # '0' follows '/'
        return self._paths[first:last]

    def blobs(self, paths: Iterable[str]) -> Sequence[str | None]:
        """Nothing: these files are in no repository."""
        return [None for _ in paths]

    def read(self, paths: Iterable[str]) -> Sequence[File | None]:
        """The files at some paths."""
        return [File(self._files[path]) if path in self._files else None for path in paths]

    def earlier_versions(self, path: str) -> Iterable[bytes]:
        """Nothing: these files have no history."""
        return ()

    def inside(self, folder: str) -> Inside:
        """What lies directly in a folder."""
        names = [path.removeprefix(folder) for path in self.paths(folder)]
        files = [folder + name for name in names if "/" not in name]
        return Inside(files, {f"{folder}{name.split('/')[0]}/": None for name in names if "/" in name})
