"""A log of work on disc, and what main said of roles and documents at the time of each of its rows."""

from __future__ import annotations

import codecs
import csv
from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cached_property
from itertools import accumulate
from pathlib import Path

import click

from qmsci.cli.judged import Judged, library_in, main_of
from qmsci.finding import CannotRun
from qmsci.gitrepo import Commit
from qmsci.gittree import CommitTree
from qmsci.library import Library
from qmsci.records import layout
from qmsci.snapshot import Snapshot, When
from qmsci.work_log import COLUMNS


def lines_of(path: Path) -> Iterator[str]:
    """The lines of a file in UTF-8, one after the other. Raises `CannotRun` at one in another encoding."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            data = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
            try:
                yield data.decode("utf-8")
            except UnicodeDecodeError as error:
                byte = f"byte {error.start + 1}, 0x{data[error.start]:02x}"
                raise CannotRun(f"{path} is not in UTF-8: line {number}, {byte}; save it as CSV in UTF-8") from None


def columns_of(given: tuple[str, ...]) -> dict[str, str]:
    """What `--columns person=Operator,time=When` says; a name with a comma stands in double quotes."""
    found = {}
    for text in given:
        for pair in next(csv.reader([text], skipinitialspace=True), []):
            column, equals, name = pair.partition("=")
            if not equals or not name.strip() or column.strip() not in COLUMNS:
                said = f"{pair!r} is not of the form person=NAME; the columns are {', '.join(COLUMNS)}"
                raise click.BadParameter(said, param_hint="--columns")
            found[column.strip()] = name.strip()
    return found


class Matrices:
    """What main said of roles, activities and documents at any time; the same snapshot as long as it says the same."""

    def __init__(self, what: Judged) -> None:
        """Look at the main branch of a repository."""
        self._what = what
        self._known: dict[object, Snapshot] = {}
        self._commits: dict[int, Snapshot] = {}
        self._last: tuple[Commit, Library] | None = None

    def __call__(self, when: When) -> Snapshot:
        """What main said at a moment; before its first commit, what that commit says."""
        if not self._line:
            return self._what.snapshot
        position = bisect_left(self._line, True, key=lambda commit: commit[0] <= when.instant.timestamp())
        if position not in self._commits:
            self._commits[position] = self._at(position, when)
        return self._commits[position]

    def turns(self) -> list[date]:
        """The days on which what main says may have changed, sorted: those of its commits, but for the first."""
        return sorted({self._what.snapshot.day_of(datetime.fromtimestamp(at, UTC)) for at, _ in self._line[:-1]})

    @cached_property
    def _line(self) -> list[tuple[int, str]]:
        """The commits of main by first parents, newest first, with their times; none is later than the one before."""
        main = main_of(self._what)
        if main is None:
            return []
        listed = self._what.repository.output("rev-list", "--first-parent", "--timestamp", main.id).decode().split()
        times = accumulate(map(int, listed[::2]), min)
        return list(zip(times, listed[1::2], strict=True))

    def _at(self, position: int, when: When) -> Snapshot:
        repository = self._what.repository
        if position == len(self._line) and repository.is_shallow:
            raise CannotRun(f"this clone does not reach back to {when.day}: git fetch --unshallow")
        commit = repository.named(self._line[min(position, len(self._line) - 1)][1])
        key = self._said_in(repository.tree(commit))
        if key not in self._known:
            found = Snapshot(self._library(commit), when.day)
            self._known[key] = found if found.policy else self._what.snapshot
        return self._known[key]

    def _said_in(self, tree: CommitTree) -> object:
        """Stands for what a tree says of roles, activities and documents: whom it approves or employs is left out."""
        documents, roles = tree.inside(layout.DOCUMENTS), tree.inside(layout.ROLES)
        folders = tuple(sorted(pair for pair in documents.folders.items() if pair[0] != layout.APPROVALS))
        return (
            folders,
            tuple(zip(roles.files, tree.blobs(roles.files), strict=True)),
            bool(tree.read([layout.POLICY])[0]),
        )

    def _library(self, commit: Commit) -> Library:
        """The records of a commit, with those that were read of the one before and are the same."""
        tree = self._what.repository.tree(commit)
        if self._last is None:
            found = library_in(tree, self._what.memory)
        else:
            before, read = self._last
            found = read.following(tree, self._what.repository.differing(before, commit))
        self._last = commit, found
        return found
