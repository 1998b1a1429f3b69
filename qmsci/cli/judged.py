"""What a command looks at: the repository around the current folder, a head, a base, the date of the change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property
from itertools import chain
from pathlib import Path

import click

from qmsci.change import Change
from qmsci.cli.recorded import Recordings
from qmsci.evidence import Source, Sources
from qmsci.finding import At, CannotRun
from qmsci.gitrepo import Commit, Repository, Unrecorded
from qmsci.gittree import AnyTree, Held, WorkTree
from qmsci.library import Library, Recorded
from qmsci.memory import BlobMemory
from qmsci.records import layout
from qmsci.records.base import as_day, as_moment
from qmsci.snapshot import Snapshot, When


@dataclass(frozen=True)
class Judged:
    """A head and, where there is one, the commit before it; `head` is None for the working tree."""

    repository: Repository
    memory: BlobMemory
    head: Commit | None
    base: Commit | None
    as_of: date | None = None  # the day to look at it, where that is not its own date
    known: str | None = None  # the head is main as it was then
    line: Commit | None = None  # where main's line ends, where there is no main yet that says so
    hindsight: bool = False  # questions about the past are answered with what is known now

    @cached_property
    def tree(self) -> AnyTree:
        """The files of the head."""
        return self.repository.tree(self.head) if self.head else self.repository.work_tree()

    @cached_property
    def library(self) -> Library:
        """The records of the head. Raises `CannotRun` where it holds no quality system."""
        library = library_in(self.tree, self.memory, self.recorded)
        if self.tree.read([layout.POLICY])[0] is None:
            raise CannotRun(
                "there is no qmsci.yaml at the root of this tree: it holds no quality system; qmsci init starts one"
            )
        return library

    @cached_property
    def day(self) -> date:
        """The date of the head in the policy's time zone: its committer date, or today for a working tree."""
        return Snapshot(self.library, self.moment.date()).day_of(self.moment)

    @cached_property
    def moment(self) -> datetime:
        """The moment of the head: when it was committed, or now for a working tree."""
        return self.head.committed if self.head else datetime.now(UTC)

    @cached_property
    def snapshot(self) -> Snapshot:
        """The head, on its date or on the day that was asked for."""
        return Snapshot(self.library, self.as_of or self.day, hindsight=self.hindsight)

    @cached_property
    def _recordings(self) -> Recordings:
        return Recordings(self.repository, lambda: self.line or main_of(self) or self.base)

    def recorded(self, path: str, text: str) -> date | None:
        """The day on which main first had a text in a file; None: it has not yet. Raises `CannotRun`."""
        if self.head is None and self.repository.commit("HEAD") is None:
            return None  # nothing is, before the first commit
        commit = self._recordings.commit(path, text)
        return Snapshot(self.library, date.min).day_of(commit.committed) if commit else None

    @cached_property
    def change(self) -> Change:
        """What the head changes against the base."""
        tree = self.repository.tree(self.base)
        base = Snapshot(library_in(tree, self.memory, self.recorded), self.day)
        return Change(base, self.snapshot, {path: Held(path, tree, self.tree) for path in self._paths(tree)})

    def _paths(self, base: AnyTree) -> list[str]:
        if self.head:
            return self.repository.differing(self.base, self.head)
        assert isinstance(self.tree, WorkTree)
        dirty = sorted(self.tree.dirty)
        committed = self.repository.differing(self.base, self.repository.commit("HEAD"))
        changed = [
            path
            for path, was, now in zip(dirty, base.read(dirty), self.tree.read(dirty), strict=True)
            if (was and was.data) != (now and now.data)
        ]
        return sorted({*committed, *changed} - ({*dirty} - {*changed}))


def library_in(tree: AnyTree, memory: BlobMemory, recorded: Recorded | None = None) -> Library:
    """The records of a tree, in which people without a name have that of the register that `--names` names."""
    context = click.get_current_context(silent=True)
    return Library(tree, memory, (context.find_root().obj if context else None) or {}, recorded)


def opened() -> tuple[Repository, BlobMemory]:
    """The repository around the current folder, and the memory of what was read from it before."""
    repository = Repository(Path.cwd())
    return repository, BlobMemory(repository.memory_folder)


def judged(base: str | None, head: str | None, *, compare: bool = True) -> Judged:
    """
    What `--base` and `--head` name.

    The head is the working tree where none is named. The base is where the head left the main branch; on a clean
    main it is the first parent, and nothing for a first commit.
    """
    repository, memory = opened()
    tip = repository.named(head) if head is not None else None
    alone = Judged(repository, memory, tip, None)
    if not compare:
        return alone
    at = tip or repository.commit("HEAD")
    if base is not None:
        named = repository.named(base)
        return Judged(repository, memory, tip, (repository.merge_base(named, at) or named) if at else named)
    return Judged(repository, memory, tip, _default_base(alone, at))


def unmerged() -> Judged:
    """The working tree, and what it changes against what is merged: where it left main, or the tip of main itself."""
    repository, memory = opened()
    alone = Judged(repository, memory, None, None)
    at = repository.commit("HEAD")
    return Judged(repository, memory, None, (_parting(alone, at) if at else None) or at)


def main_of(what: Judged) -> Commit | None:
    """The tip of the branch that is the quality system, as the policy names it; main as it was, where that is asked."""
    if what.known:
        return what.head
    return what.repository.main(_main_named(what.library))


def matrix_of(what: Judged, when: When) -> Snapshot:
    """What main said of roles, activities and documents then; before its first commit, what that commit says."""
    main = main_of(what)
    if main is None:
        return what.snapshot
    then = what.repository.on_line(main, when.instant)
    found = Snapshot(library_in(what.repository.tree(then), what.memory, what.recorded), when.day)
    return found if found.policy else what.snapshot


def _main_named(library: Library, otherwise: str = "main") -> str:
    policy = Snapshot(library, date.min).policy
    return policy.main if policy else otherwise


def _parting(alone: Judged, at: Commit) -> Commit | None:
    """
    Where a commit left the main branch; None where it never was on it.

    Which branch that is, is for the policy there to say: a change that names another one does not choose its own base.
    So each branch that the policy named before, and that is still there, is asked as well; the earliest parting counts.
    """
    repository, names = alone.repository, [_main_named(alone.library)]
    main = repository.main(names[0])
    base = repository.merge_base(main, at) if main else None
    while base:
        before = next(_earlier_partings(alone, base, at, names), None)
        if before is None:
            break
        base = before
    return base


def _earlier_partings(alone: Judged, base: Commit, at: Commit, names: list[str]) -> Iterator[Commit]:
    """Where a commit left each branch, not asked yet, that the policy named main up to a base; of those before it."""
    repository = alone.repository
    changes = repository.changing(base, layout.POLICY)
    parents = (repository.commit(change.parents[0]) for change in changes if change.parents)
    for commit in chain([base], filter(None, parents)):
        name = _main_named(Library(repository.tree(commit), alone.memory), names[0])
        if name in names:
            continue
        names.append(name)
        main = repository.main(name)
        parted = repository.merge_base(main, at) if main else None
        if parted and parted.id != base.id and repository.merge_base(parted, base) == parted:
            yield parted


def _default_base(alone: Judged, at: Commit | None) -> Commit | None:
    if at is None:
        return None
    repository = alone.repository
    base = _parting(alone, at)
    if base is None:
        branch = _main_named(alone.library)
        if repository.main(branch) is None:
            raise CannotRun(f"there is no branch {branch!r} here, nor on origin; name what to compare with: --base REV")
        raise CannotRun(f"HEAD and {branch!r} have no commit in common; name what to compare with: --base REV")
    clean = alone.head is not None or not alone.repository.work_tree().dirty
    return repository.parent(at) if base.id == at.id and clean else base


def moment(snapshot: Snapshot, text: str, option: str = "--on") -> When:
    """A date (its last moment in the policy's time zone) or a time with an offset, as `--on` takes them."""
    try:
        if "T" not in text:
            return snapshot.end_of(as_day(text))
        exact = as_moment(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from None
    return When(exact, snapshot.day_of(exact))


def known_at(what: Judged, text: str) -> Judged:
    """The main branch as it was at a date (its end) or a time. Raises `CannotRun` where it had no commit by then."""
    when, main = moment(what.snapshot, text, "--known-at"), main_of(what)
    if when.day > what.snapshot.day_of(replace(what, head=None).moment):
        raise CannotRun(f"--known-at {text} lies ahead: what will be known then nobody knows")
    commit = what.repository.on_line(main, when.instant) if main else None
    if commit is None or commit.committed > when.instant:
        raise CannotRun(f"main had no commit by {text}: nothing was known then")
    return replace(what, head=commit, known=text, as_of=when.day)


def of_main(what: Judged, known: str | None = None) -> Judged:
    """
    The tip of the main branch, as it is or was known at a date; the last commit where there is no main branch.

    No working tree is looked at, so that a bare clone answers as well. Raises `CannotRun`.
    """
    head = what.repository.commit("HEAD")
    if head is None:
        raise CannotRun("nothing is committed here yet")
    committed = replace(what, head=head)
    return known_at(committed, known) if known else replace(what, head=main_of(committed) or head)


def asking(head: str | None = None, known: str | None = None) -> Judged:
    """
    What a question is about: the working tree, the commit of `--head`, or main as it was, `--known-at`.

    Of the past it is asked with what is known now (or was then).
    """
    if head and known:
        raise click.UsageError("name a commit or a date: --head or --known-at")
    what = replace(judged(None, head, compare=False), hindsight=True)
    return known_at(what, known) if known else what


def sources(what: Judged, wanted: Iterable[At | None]) -> Sources:
    """Where some keys of records stand, and the commits that brought them; git is asked once for all of them."""
    places = {at: what.library.placed(at) for at in wanted if at}
    lines: dict[str, set[int]] = defaultdict(set)
    for place in places.values():
        lines[place.path].add(place.line)
    tip = what.head or main_of(what) or what.repository.commit("HEAD")
    origins = what.repository.origins(what.tree, tip, lines)
    commits = {origin for origin in origins.values() if not isinstance(origin, Unrecorded)}
    founding = _founding(what, commits)
    days = {commit: what.snapshot.day_of(commit.committed) for commit in commits}
    found = {}
    for at, place in places.items():
        origin = origins[place.path, place.line]
        if isinstance(origin, Unrecorded):
            found[at] = Source(place.path, place.line, unknown=origin.value)
        else:
            recorded, day = origin.committed.isoformat(), days[origin]
            found[at] = Source(place.path, place.line, origin.id, recorded, day, founding=origin in founding)
    return found


def _founding(what: Judged, commits: Collection[Commit]) -> set[Commit]:
    """Those of some commits that brought the first policy."""
    trees = {commit: what.repository.tree(what.repository.parent(commit)) for commit in commits}
    return {commit for commit, before in trees.items() if before.read([layout.POLICY])[0] is None}


def lines_of(library: Library, paths: Sequence[str]) -> dict[str, list[str]]:
    """The lines of some files, for showing what findings are about."""
    files = zip(paths, library.tree.read(paths), strict=True)
    return {
        path: file.data.decode("utf-8", "replace").removeprefix("\ufeff").splitlines() for path, file in files if file
    }
