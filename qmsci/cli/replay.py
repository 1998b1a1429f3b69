"""Every change that main ever took, judged again as the gate judged it; and whether main is still what it was."""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise

import click

from qmsci.change import Change
from qmsci.check import check_change, check_tree
from qmsci.cli import asked
from qmsci.cli.judged import Judged, library_in, lines_of, main_of
from qmsci.cli.progress import watched
from qmsci.cli.recorded import Recordings
from qmsci.commits import APART, grouped
from qmsci.disk import content, rewrite
from qmsci.finding import CannotRun, Finding, Severity
from qmsci.gitlog import commits
from qmsci.gitrepo import Commit
from qmsci.gittree import CommitTree, Held
from qmsci.library import Library
from qmsci.records import layout
from qmsci.render.findings import as_text
from qmsci.scope import scope_of
from qmsci.snapshot import Snapshot

#: Where it is noted which commit was verified last, by the branch.
_NOTES = "verified.json"
_ID = re.compile(r"[0-9a-f]{10,64}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
#: Changes after which what was learnt is kept, and what is no longer needed is let go.
_AT_ONCE = 100


@dataclass(frozen=True)
class Judgement:
    """What is wrong with a change: with the commit itself, and with what it brought; `text` shows the findings."""

    commit: Commit
    faults: Sequence[str] = ()
    findings: Sequence[Finding] = ()
    text: str = ""


class Replay:
    """
    The line of first parents that main is, change by change. What was found clean before is not judged again.

    A change is a commit; or several, which came to main by one pull request that the forge rebased.
    """

    def __init__(self, what: Judged, start: str | None = None, includes: Sequence[str] = ()) -> None:
        """Take a tree to say which branch is main, where to begin, and commits that must be on it."""
        self.what = what
        self.changes: list[Judgement] = []
        self.rewritten: list[str] = []
        self._start = start
        self._includes = [_id(name) for name in includes]
        self._position = 0  # of the change that is judged, on the line
        self._memory = what.memory
        self._recordings = Recordings(what.repository, lambda: self.tip)

    @cached_property
    def tip(self) -> Commit:
        """Where the line ends. Raises `CannotRun` where there is no main branch."""
        found = self.what.head or main_of(self.what)
        if found is None:
            raise CannotRun("there is no main branch here: git fetch origin main, or name a commit: --head REV")
        return found

    @cached_property
    def line(self) -> Sequence[Commit]:
        """The commits of the line, oldest first."""
        return self.what.repository.whole_line(self.tip)[::-1]

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {commit.id: position for position, commit in enumerate(self.line)}

    @property
    def before(self) -> int:
        """How many commits there were before there was a policy."""
        return self._founding

    @cached_property
    def _founding(self) -> int:
        """The position of the first commit that has a policy."""
        found = (at for at, one in enumerate(self.line) if self._has_policy(one))
        return next(found, len(self.line))

    @cached_property
    def _first(self) -> int:
        """The position of the first commit that is judged."""
        first = self._founding
        if self._start:
            first = max(first, self._start_of(self._start))
        if first < len(self.line) and self.line[first].parents and first == 0:
            raise CannotRun("this clone does not have all of main: git fetch --unshallow, or begin later with --from")
        return first

    def _start_of(self, start: str) -> int:
        if _DAY.fullmatch(start):
            day = asked.day(start, "--from")
            # Where dates go back, they no longer say what came later.
            found = (at for at in range(len(self.line)) if self._dated(at) >= day or any(self._out_of_order(at)))
            return next(found, len(self.line))
        commit = self.what.repository.named(start)
        if commit.id not in self._positions:
            raise CannotRun(f"{start} is not on main's line of first parents")
        return self._positions[commit.id] + 1

    @property
    def judged(self) -> int:
        """How many changes were judged."""
        return len(self._changes)

    @cached_property
    def _changes(self) -> Sequence[range]:
        """The changes that are judged, oldest first: of each the positions of its commits on the line."""
        line = self.line[self._first :]
        found: list[range] = []
        # Whoever likes can name the same pull request on another day; what did not come at once is another change.
        ends = {one.id for one, later in pairwise(line) if abs(later.committed - one.committed) > APART}
        groups = [*grouped(commits(self.what.repository, [commit.id for commit in reversed(line)]), ends)]
        for group in reversed(groups):
            first = found[-1].stop if found else self._first
            found.append(range(first, first + len(group)))
        return found

    @property
    def first(self) -> str | None:
        """The day of the first change that was judged."""
        return self._day(self.line[self._first]).isoformat() if self.judged else None

    @property
    def last(self) -> str | None:
        """The day of the last one."""
        return self._day(self.tip).isoformat() if self.judged else None

    @property
    def faults(self) -> int:
        """How much is wrong, but for the warnings."""
        said = sum(len(one.faults) + len(one.findings) for one in self.changes)
        return len(self.rewritten) + said - self.warnings

    @property
    def warnings(self) -> int:
        """How many of the findings are warnings."""
        return sum(found.severity is Severity.WARNING for one in self.changes for found in one.findings)

    def run(self) -> None:
        """Judge every change."""
        self.rewritten += self._lost()
        clean = self._clean(self._changes)
        unknown = [change for change in self._changes if self._pair(change) not in clean]
        altered = self._altered(unknown)
        learnt: dict[str, bytes] = {}
        library: tuple[int, Library] | None = None
        for number, change in enumerate(watched(unknown, "judging"), 1):
            before = change[0] - 1
            base = library[1] if library and library[0] == before else self._library(before)
            paths = {path: None for at in change for path in altered.get(self.line[at].id, ())}
            found, head = self._judged(change, base, list(paths))
            library = change[-1], head
            if found.faults or found.findings:
                self.changes.append(found)
            else:
                learnt[self._pair(change)] = b"clean"
            if number % _AT_ONCE == 0:
                self._memory.remember(learnt)
                learnt = {}
                gc.collect()  # snapshots and their registers know one another
        self._memory.remember(learnt)
        if not self.rewritten:
            self._note()

    # --- one change -------------------------------------------------------------------------------------------------

    def _judged(self, step: range, base: Library, paths: Sequence[str]) -> tuple[Judgement, Library]:
        """A change, and the records that it left; those that it did not alter are not read again."""
        commit = self.line[step[-1]]
        self._position = step[0]
        tree = self.what.repository.tree(commit)
        library = base.following(tree, paths, self._recorded)
        faults = [fault for at in step for fault in self._out_of_order(at)]
        if not self._has_policy(commit):
            faults.append("it has no qmsci.yaml: from here on nothing judged what came to main")
            return Judgement(commit, faults), library
        day = self._day(commit, library)
        head, old = Snapshot(library, day), self._tree(step[0] - 1)
        files = {path: Held(path, old, tree) for path in paths}
        if len(step) > 1:  # one commit may have undone what another did
            files = {path: held for path, held in files.items() if held.before != held.after}
        change = Change(Snapshot(base, day), head, files)
        found = {*check_tree(library, head, scope_of(change)).findings, *check_change(library, change).findings}
        findings = sorted(found)
        lines = lines_of(library, sorted({finding.place.path for finding in findings}))
        return Judgement(commit, faults, findings, as_text(findings, lines)), library

    def _recorded(self, path: str, text: str) -> date | None:
        """When something came to main, as the gate saw it: before the change that is judged."""
        commit = self._recordings.commit(path, text)
        known = commit is not None and self._positions[commit.id] < self._position
        return self.what.snapshot.day_of(commit.committed) if commit and known else None

    def _dated(self, at: int) -> date:
        return self.what.snapshot.day_of(self.line[at].committed)

    def _out_of_order(self, at: int) -> Iterator[str]:
        if at > self._founding:
            commit, before = self.line[at], self.line[at - 1]
            if commit.committed < before.committed:
                yield f"it is dated {_time(commit)}, before {before.id[:10]} ({_time(before)}), which it follows"

    def _tree(self, at: int) -> CommitTree:
        return self.what.repository.tree(self.line[at] if at >= 0 else None)

    def _library(self, at: int) -> Library:
        return library_in(self._tree(at), self._memory, self._recorded)

    def _day(self, commit: Commit, library: Library | None = None) -> date:
        """The day of a commit, by its own policy."""
        known = library or library_in(self.what.repository.tree(commit), self._memory)
        return Snapshot(known, commit.committed.date()).day_of(commit.committed)

    def _has_policy(self, commit: Commit) -> bool:
        return layout.POLICY in self.what.repository.tree(commit).inside("").files

    def _altered(self, unknown: Sequence[range]) -> dict[str, list[str]]:
        if not unknown:
            return {}
        oldest = unknown[0][0]
        return self.what.repository.altered(self.tip, self.line[oldest - 1] if oldest else None)

    # --- what was found before --------------------------------------------------------------------------------------

    def _pair(self, change: range) -> str:
        """The name of a change: by its commits, which name all before them, and by whether this clone has that."""
        several = f"{self.line[change[0]].id}-" if len(change) > 1 else ""
        return f"judged:{several}{self.line[change[-1]].id}{':shallow' if self.what.repository.is_shallow else ''}"

    def _clean(self, changes: Sequence[range]) -> set[str]:
        return set(self._memory.recall([self._pair(change) for change in changes]))

    # --- whether main is what it was --------------------------------------------------------------------------------

    def _lost(self) -> Iterator[str]:
        """The commits that were on main and are not any more."""
        for name in self._includes:
            if not any(commit.id.startswith(name) for commit in self.line):
                self._refuse_to_guess()
                yield f"{name} is not on main's line of first parents"
        last = self._noted.get(self._branch) if self._branch else None
        if isinstance(last, str) and last not in self._positions:
            self._refuse_to_guess()
            yield (
                f"{last}, which was verified here as the tip of main, is not on main's line of first parents any more; "
                f"once that is explained: rm {self.what.repository.memory_folder / _NOTES}"
            )

    def _refuse_to_guess(self) -> None:
        if self.line[0].parents:
            raise CannotRun("this clone does not have all of main, on which it may be: git fetch --unshallow")

    @cached_property
    def _branch(self) -> str | None:
        """The branch that is looked at as it is now; None where an earlier main, or another commit, is asked about."""
        policy = self.what.snapshot.policy
        if self.what.head or policy is None:
            return None
        refs = (f"refs/remotes/origin/{policy.main}", f"refs/heads/{policy.main}")
        return next((ref for ref in refs if self.what.repository.commit(ref)), None)

    @cached_property
    def _noted(self) -> dict[str, object]:
        data = content(self.what.repository.memory_folder, _NOTES)
        try:
            found = json.loads(data or b"{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def _note(self) -> None:
        """Remember the tip for the next time, where something can be written."""
        if self._branch:
            text = json.dumps({**self._noted, self._branch: self.tip.id}, sort_keys=True)
            with suppress(CannotRun):
                rewrite(self.what.repository.memory_folder, _NOTES, f"{text}\n")


def _id(name: str) -> str:
    if not _ID.fullmatch(name):
        said = f"{name!r} is no id of a commit, of 10 hexadecimal digits or more"
        raise click.BadParameter(said, param_hint="--includes")
    return name


def _time(commit: Commit) -> str:
    return f"{commit.committed:%Y-%m-%d %H:%M:%S} UTC"
