"""Commits and the working tree as trees of files: read from git's objects, and from disc where they differ."""

from __future__ import annotations

import os
import stat
import subprocess
import weakref
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import IO, NamedTuple, Protocol

from git import Repo

from qmsci.finding import CannotRun
from qmsci.read import MAX_BYTES
from qmsci.tree import File, Inside

#: Folders in a folder from which on git lists them all, instead of one after another being asked for.
_FEW = 8
#: What git shows is what its objects say: nothing that replaces objects or parents (refs/replace, grafts) is believed.
AS_IT_IS = {"GIT_NO_REPLACE_OBJECTS": "1", "GIT_GRAFT_FILE": f"{os.devnull}/none"}
_LINK = "it is a symbolic link; a record is a file of its own"
_MODULE = "it is a submodule; records live in the repository itself"
_LARGE = f"it is larger than {MAX_BYTES // 2**20} MiB, which no record is"
_SPECIAL = "it is no ordinary file"


class _Entry(NamedTuple):
    mode: str
    id: str


class Objects:
    """Git objects by their names, through one process for all of them."""

    def __init__(self, repo: Repo) -> None:
        """Start nothing until the first object is asked for."""
        self._repo = repo
        self._trees: dict[str, dict[str, _Entry]] = {}

    @cached_property
    def _process(self) -> subprocess.Popen[bytes]:
        command = ["git", "cat-file", "--batch"]
        process = subprocess.Popen(
            command,
            cwd=self._repo.git_dir,
            env={**os.environ, **AS_IT_IS},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        weakref.finalize(self, process.communicate)
        return process

    def read(self, names: Sequence[str]) -> Iterator[tuple[str, str, bytes] | None]:
        """The id, type and content of some objects, in their order; None where there is none. Large ones come cut."""
        for start in range(0, len(names), 256):
            chunk = names[start : start + 256]
            sending, receiving = self._process.stdin, self._process.stdout
            assert sending
            assert receiving
            sending.write("".join(f"{name}\n" for name in chunk).encode("utf-8", "surrogateescape"))
            sending.flush()
            for _ in chunk:
                yield _next_object(receiving)

    def contents(self, names: Sequence[str]) -> Iterator[bytes]:
        """The contents of some objects, in their order; large ones come cut. Raises `CannotRun` for a lost one."""
        for name, found in zip(names, self.read(names), strict=True):
            if found is None:
                raise CannotRun(f"the object {name} is not in this clone: git fetch --refetch")
            yield found[2]

    def tree(self, name: str) -> dict[str, _Entry]:
        """The entries of a tree object; two commits share most of theirs, and each is read once."""
        if name not in self._trees:
            self._trees[name] = _parsed(next(self.contents([name])), len(name) // 2)
        return self._trees[name]

    def close(self) -> None:
        """End the process, if it was ever started."""
        if "_process" in self.__dict__:
            self._process.communicate()
            del self.__dict__["_process"]


def _next_object(stream: IO[bytes]) -> tuple[str, str, bytes] | None:
    heading = stream.readline().decode("utf-8", "surrogateescape").rstrip("\n").rsplit(" ", 2)
    if len(heading) != 3 or not heading[2].isdigit():
        return None
    name, kind, size = heading[0], heading[1], int(heading[2])
    content = stream.read(size if kind != "blob" else min(size, MAX_BYTES + 1))
    left = size - len(content)
    while left > 0:
        left -= len(stream.read(min(left, 2**16)))
    stream.read(1)
    return name, kind, content


class Store(Protocol):
    """A repository, as far as its trees need it."""

    objects: Objects

    @property
    def root(self) -> Path:
        """The folder of the working tree."""

    def output(self, *command: str) -> bytes:
        """What a git command prints."""

    def versions(self, commit: str, path: str) -> Iterator[bytes]:
        """The contents that a path had along the first parents of a commit, newest first."""


class CommitTree:
    """The files of a commit. Folders are read when they are asked for, so that a question costs what it touches."""

    def __init__(self, repository: Store, tree: str | None, commit: str | None) -> None:
        """Look at a tree object (None: the empty tree) of a commit."""
        self._repository = repository
        self._folders: dict[str, dict[str, _Entry]] = {} if tree else {"": {}}
        self._below: dict[str, Sequence[str]] = {}
        self._root = tree
        self._commit = commit

    def paths(self, folder: str) -> Sequence[str]:
        """All files below a folder, sorted."""
        if folder not in self._below:
            entries = self._entries(folder).items()
            folders = [f"{folder}{name}/" for name, entry in entries if entry.mode == "40000"]
            if len(folders) > _FEW:
                self._below[folder] = sorted(self._read_below(folder))
            else:
                files = [folder + name for name, entry in entries if entry.mode != "40000"]
                self._below[folder] = sorted([*files, *(path for inner in folders for path in self.paths(inner))])
        return self._below[folder]

    def blobs(self, paths: Iterable[str]) -> Sequence[str | None]:
        """The ids of the contents; None where there is no ordinary file."""
        entries = [self._entry(path) for path in paths]
        return [entry.id if entry and entry.mode.startswith("100") else None for entry in entries]

    def read(self, paths: Iterable[str]) -> Sequence[File | None]:
        """The files at some paths."""
        entries = [self._entry(path) for path in paths]
        ordinary = [entry.id for entry in entries if entry and entry.mode.startswith("100")]
        contents = self._repository.objects.contents(ordinary)
        return [self._file(entry, contents) if entry else None for entry in entries]

    def earlier_versions(self, path: str) -> Iterable[bytes]:
        """What a file contained before, newest first, along the first parents."""
        return self._repository.versions(self._commit, path) if self._commit else ()

    def inside(self, folder: str) -> Inside:
        """What lies directly in a folder."""
        entries = self._entries(folder).items()
        folders = {f"{folder}{name}/": entry.id for name, entry in entries if entry.mode == "40000"}
        return Inside([folder + name for name, entry in entries if entry.mode != "40000"], folders)

    def _file(self, entry: _Entry, contents: Iterator[bytes]) -> File | None:
        if entry.mode == "40000":
            return None
        if not entry.mode.startswith("100"):
            return File(b"", odd=_LINK if entry.mode == "120000" else _MODULE)
        data = next(contents)
        return File(data, entry.id, _LARGE if len(data) > MAX_BYTES else None)

    def _entry(self, path: str) -> _Entry | None:
        folder, _, name = path.rpartition("/")
        return self._entries(f"{folder}/" if folder else "").get(name)

    def _entries(self, folder: str) -> dict[str, _Entry]:
        known = self._folders.get(folder)
        if known is not None:
            return known
        tree = self._root if not folder else self._folder_id(folder)
        return self._folders.setdefault(folder, self._repository.objects.tree(tree) if tree else {})

    def _folder_id(self, folder: str) -> str | None:
        entry = self._entry(folder[:-1])
        return entry.id if entry and entry.mode == "40000" else None

    def _read_below(self, folder: str) -> Iterator[str]:
        """The files below a folder with many folders, all trees in one go."""
        tree = self._folder_id(folder) if folder else self._root
        found: dict[str, dict[str, _Entry]] = defaultdict(dict)
        listed = self._repository.output("ls-tree", "-r", "-t", "-z", str(tree)).decode("utf-8", "surrogateescape")
        for line in listed.split("\0")[:-1]:
            about, _, path = line.partition("\t")
            mode, _, name = about.split(" ")
            parent, slash, last = path.rpartition("/")
            found[parent + slash][last] = _Entry("40000" if mode == "040000" else mode, name)
            if mode != "040000":
                yield folder + path
        self._folders |= {folder + inner: entries for inner, entries in found.items()}


def _parsed(content: bytes, width: int) -> dict[str, _Entry]:
    """The entries of a tree object: mode, name and an id of so many bytes (20, or 32 with SHA-256) each."""
    found, at = {}, 0
    while at < len(content):
        end = content.index(b"\0", at)
        mode, _, name = content[at:end].partition(b" ")
        found[name.decode("utf-8", "surrogateescape")] = _Entry(mode.decode(), content[end + 1 : end + 1 + width].hex())
        at = end + 1 + width
    return found


class WorkTree:
    """The working tree: the files of HEAD, with those that differ on disc (ignored ones left out)."""

    def __init__(self, repository: Store, head: CommitTree, dirty: Iterable[str]) -> None:
        """Lay the files that differ over the tree of HEAD."""
        self._root = repository.root
        self._head = head
        self.dirty = frozenset(dirty)
        self._present = sorted(path for path in self.dirty if self._is_there(path))

    def paths(self, folder: str) -> Sequence[str]:
        """All files below a folder, sorted."""
        found = [path for path in self._head.paths(folder) if path not in self.dirty]
        for path in self._present[bisect_left(self._present, folder) :]:
            if not path.startswith(folder):
                break
            insort(found, path)
        return found

    def blobs(self, paths: Iterable[str]) -> Sequence[str | None]:
        """The ids of the contents that git has; None where a file differs on disc."""
        paths = list(paths)
        return [None if path in self.dirty else blob for path, blob in zip(paths, self._head.blobs(paths), strict=True)]

    def read(self, paths: Iterable[str]) -> Sequence[File | None]:
        """The files at some paths."""
        paths = list(paths)
        known = iter(self._head.read([path for path in paths if path not in self.dirty]))
        return [self._on_disc(path) if path in self.dirty else next(known) for path in paths]

    def earlier_versions(self, path: str) -> Iterable[bytes]:
        """What a file contained before: in HEAD, and before that."""
        return self._head.earlier_versions(path)

    def inside(self, folder: str) -> Inside:
        """What lies directly in a folder; a folder in which something differs on disc has no id."""
        files, folders = self._head.inside(folder)
        mine = [path for path in self.dirty if path.startswith(folder)]
        touched = {f"{folder}{path.removeprefix(folder).split('/')[0]}/" for path in mine}
        here = [path for path in self._present if path in mine and "/" not in path.removeprefix(folder)]
        known = {path: None if path in touched else name for path, name in folders.items()}
        new = {path: None for path in sorted(touched) if path not in known and self.paths(path)}
        return Inside(sorted({*files, *here} - (set(mine) - set(here))), {**known, **new})

    def _is_there(self, path: str) -> bool:
        """Whether a path is a file here: no folder in its place, and no link in the place of its folder."""
        place = self._root / path
        if any(above in self.dirty and (self._root / above).is_symlink() for above in _folders_of(path)):
            return False
        return place.is_symlink() or (place.exists() and (not place.is_dir() or (place / ".git").exists()))

    def _on_disc(self, path: str) -> File | None:
        place = self._root / path
        if not self._is_there(path):
            return None
        try:
            mode = place.lstat().st_mode
            if stat.S_ISLNK(mode):
                return File(b"", odd=_LINK)
            if stat.S_ISDIR(mode):
                return File(b"", odd=_MODULE) if (place / ".git").exists() else None
            if not stat.S_ISREG(mode):
                return File(b"", odd=_SPECIAL)
            with place.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            return File(b"", odd=f"it cannot be read from disc: {error.strerror}")
        return File(data, odd=_LARGE if len(data) > MAX_BYTES else None)


def _folders_of(path: str) -> Iterator[str]:
    """The folders above a path, as git would name a file in the place of one."""
    return (path[:at] for at, character in enumerate(path) if character == "/" and at < len(path) - 1)


AnyTree = CommitTree | WorkTree


class Held:
    """What one path held in two trees, read when it is asked for."""

    def __init__(self, path: str, base: AnyTree, head: AnyTree) -> None:
        """Compare a path in two trees."""
        self._path, self._base, self._head = path, base, head

    @cached_property
    def before(self) -> bytes | None:
        """The bytes in the base."""
        return self._bytes(self._base)

    @cached_property
    def after(self) -> bytes | None:
        """The bytes in the head."""
        return self._bytes(self._head)

    def _bytes(self, tree: AnyTree) -> bytes | None:
        file = tree.read([self._path])[0]
        return file.data if file else None
