"""The history of main by its first parents: what came at once, what it did to each path, and the contents of then."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter

from qmsci.commits import Made, Move, Step, commit_of, grouped, in_sum, together
from qmsci.gitrepo import Altered, Commit, Repository
from qmsci.library import Memory, memory_key
from qmsci.load import Content, content_of, record_of
from qmsci.read import MAX_BYTES
from qmsci.records.base import FileRecord
from qmsci.unreadable import Unreadable

#: The content of what is no ordinary file: a link, or another repository.
_ODD = "-"


class MainLine:
    """
    The commits by which main went on, newest first; they are read as far as they are asked for.

    `begins` is the commit at which a shallow clone begins: what it did, and what came before it, is not here.
    """

    def __init__(self, repository: Repository, tip: Commit) -> None:
        """Look at the line of first parents that ends in a tip."""
        self._repository = repository
        listed = repository.output("rev-list", "--first-parent", "--timestamp", tip.id).decode().split()
        self._times = [int(word) for word in listed[::2]]
        self._names = listed[1::2]
        self._known: dict[int, Made] = {}
        first = self._made(len(self._names) - 1)
        self.begins = first if first.parents else None

    def steps(self, meant: Callable[[datetime], bool], ends: Collection[str] = ()) -> list[Step]:
        """
        What came to main, newest first, by changes whose last commit was committed at a time that is meant.

        `ends` are commits of which is known that they completed a change.
        """
        last = len(self._names) - (2 if self.begins else 1)
        within = [n for n, at in enumerate(self._times[: last + 1]) if meant(_moment(at))]
        if not within:
            return []
        newest, oldest = within[0], within[-1]
        self._read(newest, oldest)
        while newest > 0 and together(self._made(newest - 1), self._made(newest)):
            newest -= 1
        while oldest < last and together(self._made(oldest), self._made(oldest + 1)):
            oldest += 1
        line = [self._made(n) for n in range(newest, oldest + 1)]
        moves = dict(moves_of(self._repository, line[0].id, count=len(line)))
        branches = self._branches(line)
        return [
            Step(group, in_sum([moves.get(one.id, ()) for one in group]), branches.get(group[0].id, ()))
            for group in grouped(line, ends)
            if meant(group[0].committed)
        ]

    def _made(self, position: int) -> Made:
        if position not in self._known:
            self._read(position, position)
        return self._known[position]

    def _read(self, newest: int, oldest: int) -> None:
        found = commits(self._repository, self._names[newest : oldest + 1])
        self._known |= dict(enumerate(found, newest))

    def _branches(self, line: Sequence[Made]) -> Mapping[str, tuple[Made, ...]]:
        """The commits that each merge on a part of the line brought, newest first, as far as they are here."""
        if not any(one.is_merge for one in line):
            return {}
        before = [f"^{name}" for name in line[-1].parents[:1]]
        listed = self._repository.output("rev-list", "--parents", line[0].id, *before).decode().splitlines()
        order = {words[0]: (number, words[1:]) for number, words in enumerate(map(str.split, listed))}
        claimed = {one.id for one in line}
        brought: dict[str, list[str]] = {}
        for one in reversed(line):
            front, mine = list(one.parents[1:]), []
            while front:
                name = front.pop()
                if name in order and name not in claimed:
                    claimed.add(name)
                    mine.append(name)
                    front += order[name][1]
            brought[one.id] = sorted(mine, key=lambda name: order[name][0])
        known = {one.id: one for one in commits(self._repository, [name for mine in brought.values() for name in mine])}
        return {name: tuple(known[one] for one in mine) for name, mine in brought.items()}


def _moment(at: int) -> datetime:
    try:
        return datetime.fromtimestamp(at, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


def commits(repository: Repository, names: Sequence[str]) -> list[Made]:
    """Some commits by their ids, in their order. Raises `CannotRun` for one that is not here."""
    return [commit_of(name, data) for name, data in zip(names, repository.objects.contents(names), strict=True)]


def moves_of(
    repository: Repository, tip: str, *specs: str, count: int | None = None
) -> Iterator[tuple[str, tuple[Move, ...]]]:
    """
    What each commit that did something to a path did, on the line of first parents of a tip, newest first.

    With pathspecs, only of the commits that touched what they name, and of nothing else.
    """
    most = [f"--max-count={count}"] if count is not None else []
    steps = repository.alterations(tip, *most, specs=specs)
    for commit, some in groupby(steps, attrgetter("commit")):
        yield commit, tuple(map(_move, some))


def _move(step: Altered) -> Move:
    before, after = (
        _ODD if blob and not mode.startswith("100") else blob
        for blob, mode in zip((step.before, step.after), step.modes, strict=True)
    )
    return Move(step.path, before, after)


#: Contents that are read at a time.
_AT_ONCE = 2_000


def records(
    repository: Repository, memory: Memory, wanted: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], FileRecord | None]:
    """The records that some contents were, by path and blob, through the memory; None for what was none."""
    found: dict[tuple[str, str], FileRecord | None] = {}
    every = list(dict.fromkeys(wanted))
    for start in range(0, len(every), _AT_ONCE):
        pairs = every[start : start + _AT_ONCE]
        keys = {pair: memory_key(*pair) for pair in pairs if pair[1] != _ODD}
        known = memory.recall(list(keys.values()))
        unknown = [pair for pair in keys if keys[pair] not in known]
        learnt: dict[str, bytes] = {}
        found |= dict.fromkeys(pairs)
        found |= {pair: record_of(pair[0], known[key]).record for pair, key in keys.items() if key in known}
        for pair, content in zip(unknown, contents(repository, unknown), strict=True):
            if content is not None:
                found[pair] = record_of(pair[0], content).record
                learnt[keys[pair]] = content.encoded()
        memory.remember(learnt)
    return found


def contents(repository: Repository, pairs: Sequence[tuple[str, str]]) -> Iterator[Content | None]:
    """What some blobs said in the files of some paths; None where that could not be read."""
    for (path, _), data in zip(pairs, repository.objects.contents([blob for _, blob in pairs]), strict=True):
        try:
            yield content_of(path, data) if len(data) <= MAX_BYTES else None
        except Unreadable:
            yield None
