"""A push to a git server: which of its updates reach main, and what is wrong with what would land."""

from __future__ import annotations

import os
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import chain, pairwise
from pathlib import Path
from typing import NamedTuple

from qmsci.check import Report, check_change, check_tree
from qmsci.cli.judged import Judged, lines_of
from qmsci.finding import CannotRun, Severity
from qmsci.gitrepo import Commit, Repository
from qmsci.library import Library
from qmsci.memory import BlobMemory
from qmsci.records import layout
from qmsci.records.policy import Policy
from qmsci.render.findings import as_text, summary
from qmsci.render.words import counted, visible
from qmsci.scope import Scope, scope_of

#: How far the clock of who commits may be ahead of the server's, and how old a commit may be when it is pushed.
AHEAD, OLD = timedelta(minutes=5), timedelta(hours=24)
#: Findings, and refused commits, that a pusher is shown; the rest is counted.
_SHOWN, _FEW = 40, 4
_BRANCHES = "refs/heads/"


class Update(NamedTuple):
    """A ref that is to move; `old` or `new` is None where it is made or taken away."""

    old: str | None
    new: str | None
    ref: str

    @property
    def name(self) -> str:
        """The ref as people say it."""
        return visible(self.ref.removeprefix(_BRANCHES))


class Verdict(NamedTuple):
    """What a push is told."""

    refused: bool
    text: str


def updates_in(data: bytes) -> list[Update]:
    """What a server hands to a hook: `OLD NEW REF` a line. Raises `CannotRun` for anything else."""
    found = []
    for line in data.decode("utf-8", "surrogateescape").removesuffix("\n").split("\n") if data else ():
        fields = line.split(" ", 2)
        if len(fields) != 3 or not all(_is_id(name) for name in fields[:2]) or not fields[2].startswith("refs/"):
            raise CannotRun(f"a pre-receive hook is given 'OLD NEW REF' a line, not {line!r}")
        old, new = (name if set(name) != {"0"} else None for name in fields[:2])
        found.append(Update(old, new, fields[2]))
    return found


def _is_id(name: str) -> bool:
    return len(name) in (40, 64) and set(name) <= set("0123456789abcdef")


def judge(updates: Sequence[Update]) -> Verdict:
    """Judge a push to the repository that git names, or to the one here. All of it is refused, or none."""
    _know_where()
    repository = Repository(Path(os.environ.get("GIT_DIR") or "."))
    return _Push(repository, BlobMemory(repository.memory_folder), updates).verdict()


def _know_where() -> None:
    """Have the places that git names in the environment hold in every folder; what was pushed lies in quarantine."""
    for name in ("GIT_DIR", "GIT_OBJECT_DIRECTORY"):
        if os.environ.get(name):
            os.environ[name] = str(Path(os.environ[name]).resolve())


@dataclass(frozen=True)
class _Push:
    repository: Repository
    memory: BlobMemory
    updates: Sequence[Update]

    def verdict(self) -> Verdict:
        parts, refused = [], False
        for update in self.updates:
            aim = self.repository.symbolic(update.ref) or update.ref
            complaints = [*self._taken_names(update)]
            report = ""
            if aim in self.mains:
                found = _Landing(self, Update(update.old, update.new, aim))
                complaints += found.complaints()
                if not complaints:
                    complaints, report = found.judged()
            if complaints or report:
                parts += [report, *([f"qmsci: {update.name} is not updated.\n"] if complaints else [])]
                parts += [f"{_wrapped(line)}\n" for line in "\n".join(complaints).split("\n") if complaints]
            refused = refused or bool(complaints)
        return Verdict(refused, "".join(parts))

    @cached_property
    def now(self) -> datetime:
        """The server's clock."""
        return Judged(self.repository, self.memory, None, None).moment

    @cached_property
    def mains(self) -> frozenset[str]:
        """
        The branches that are the quality system: the one that HEAD names, and the one that the policy there names.

        Where there is no policy yet, every branch that is main by its own.
        """
        head = self.repository.symbolic("HEAD")
        tip = self.repository.commit(head) if head else None
        named = {head} if head else set()
        if tip and self.has_system(tip):
            policy = self.policy(tip)
            return frozenset(named | ({_BRANCHES + policy.main} if policy else set()))
        for update in self.updates:
            ref = self.repository.symbolic(update.ref) or update.ref
            tips = (self.repository.commit(name) for name in (update.old, update.new) if name)
            if any(self._own_main(commit) == ref for commit in tips if commit):
                named.add(ref)
        return frozenset(named)

    def _own_main(self, commit: Commit) -> str | None:
        """The branch that a commit itself calls main; where its policy cannot be read, the usual one."""
        policy = self.policy(commit)
        name = policy.main if policy else "main"
        return _BRANCHES + name if self.has_system(commit) else None

    def has_system(self, commit: Commit) -> bool:
        """Whether a commit holds a policy, readable or not."""
        return self.repository.tree(commit).read([layout.POLICY])[0] is not None

    def policy(self, commit: Commit) -> Policy | None:
        """The policy of a commit; None where it has none that can be read."""
        found = Library(self.repository.tree(commit), self.memory).records([layout.POLICY])[0]
        return found if isinstance(found, Policy) else None

    def after(self, ref: str) -> Commit | None:
        """What a ref stands for once the push has landed."""
        moved = {update.ref: update.new for update in self.updates}
        return self.repository.commit(moved.get(ref, ref) or "")

    def _taken_names(self, update: Update) -> Iterator[str]:
        """What a ref would be taken for that it is not; taking such a ref away is welcome."""
        if update.new is None or update.ref in self.mains:
            return
        ref = _folded(update.ref)
        if ref.startswith("refs/replace/"):
            yield "It would have git show other objects than those that are there."
        for main in sorted(self.mains):
            name = _folded(main.removeprefix(_BRANCHES))
            places = ("", "heads/", "tags/", "tags/origin/", "tags/heads/", "remotes/origin/")
            if ref in {f"refs/{place}{name}" for place in places} or ref.startswith(f"{_BRANCHES}{name}/"):
                said = visible(main.removeprefix(_BRANCHES))
                yield f"It could be taken for {said}, the quality system.\n  fix: push it under another name"


def _folded(name: str) -> str:
    """A name as a file system may see it that does not tell capitals apart, nor spellings of an accent."""
    return unicodedata.normalize("NFC", name).casefold()


@dataclass(frozen=True)
class _Landing:
    """An update of a main branch."""

    push: _Push
    update: Update

    @cached_property
    def base(self) -> Commit | None:
        """What it is judged against: what is there, or the quality system that the branch is to go on with."""
        repository = self.push.repository
        if self.update.old:
            return self._there(self.update.old)
        others = (repository.commit(ref) for ref in sorted(self.push.mains - {self.update.ref}))
        return next((commit for commit in others if commit and self.push.has_system(commit)), None)

    @cached_property
    def head(self) -> Commit:
        """What would land."""
        return self._there(self.update.new or "")

    @cached_property
    def founded(self) -> bool:
        """Whether there is a quality system already."""
        return self.base is not None and self.push.has_system(self.base)

    def complaints(self) -> list[str]:
        """What is wrong with the update itself, whatever it brings."""
        if self.update.new is None:
            return ["It is the quality system, and is not deleted."] if self.founded else []
        if not self.push.has_system(self.head):
            gone = "Its qmsci.yaml would be gone, and with it the quality system."
            return [f"{gone}\n  fix: git restore --source {_short(self.base)} qmsci.yaml"] if self.founded else []
        if self.founded and self._rewrites:
            return [self._rewrites]
        return [*self._dates(), *self._renaming()]

    def judged(self) -> tuple[list[str], str]:
        """What `check` says of what would land: why that is refused, if it is, and the findings."""
        if self.update.new is None or not self.push.has_system(self.head):
            return [], ""
        what, report = self._report(self.head, self.base)
        if any(finding.severity is Severity.ERROR for finding in report.findings):
            return [self._advice], _told(what, report)
        return self._on_the_way() or ([], _told(what, report) if report.findings else "")

    def _report(self, head: Commit, base: Commit | None) -> tuple[Judged, Report]:
        # What a first push brings is main's line from then on, and says itself when its records came.
        line = None if self.founded else head
        what = Judged(self.push.repository, self.push.memory, head, base, line=line)
        scope = scope_of(what.change) if self.founded else Scope(everything=True)
        report = check_tree(what.library, what.snapshot, scope)
        report.findings = sorted({*report.findings, *check_change(what.library, what.change).findings})
        return what, report

    def _on_the_way(self) -> tuple[list[str], str] | None:
        """
        The first commit of several on the line that is wrong by itself, though all of them together are not.

        Each would be what main was for a moment: somebody could prove with it what never was approved.
        """
        if not self.founded or len(self._line) == 1:
            return None
        for before, commit in pairwise([self.base, *reversed(self._line)]):
            assert commit
            if not self.push.has_system(commit):
                gone = f"{_short(commit)} has no qmsci.yaml, and comes to {self.update.name} on the way."
                return [f"{gone}\n{self._as_one}"], ""
            what, report = self._report(commit, before)
            if any(finding.severity is Severity.ERROR for finding in report.findings):
                wrong = (
                    f"{_short(commit)} is wrong by itself, as said above, and comes to {self.update.name} on the way."
                )
                return [f"{wrong}\n{self._as_one}"], _told(what, report)
        return None

    @property
    def _as_one(self) -> str:
        name = self.update.name
        return f"  fix: as one change: git switch {name}, git reset --hard origin/{name}, git merge --no-ff YOUR-BRANCH"

    @property
    def _advice(self) -> str:
        name = self.update.name
        same = f"git pull --rebase origin {name} && qmsci check" if self.founded else "qmsci check --all"
        return (
            f"What would land is wrong, as said above.\n  fix: put it right, amend, push again; in your clone: {same}"
        )

    @cached_property
    def _line(self) -> list[Commit]:
        """The commits that the line of first parents gains, newest first; of a first push, those with a policy."""
        line = self.push.repository.line(self.head, self.base)
        if self.founded:
            return line
        policies = {commit.id for commit in self.push.repository.changing(self.head, layout.POLICY)}
        first = max((at for at, commit in enumerate(line) if commit.id in policies), default=len(line) - 1)
        return line[: first + 1]

    @cached_property
    def _rewrites(self) -> str:
        """What becomes of the line of first parents, where it does not simply go on from the base."""
        assert self.base
        name = self.update.name
        if not self._line or self._line[-1].parents[:1] == (self.base.id,):
            return ""
        if self.push.repository.merge_base(self.base, self.head) == self.base:
            return (
                f"{name} was merged into your branch, whose commits would stand in the place of those of {name}, and "
                "what was recorded when would change.\n  fix: merge the other way round: "
                f"git switch {name}, git reset --hard origin/{name}, git merge --no-ff YOUR-BRANCH"
            )
        return (
            f"It would rewrite the history of {name}: commits that are there would be gone, and nothing is taken back "
            f"here.\n  fix: git fetch, git rebase origin/{name}, and push without force"
        )

    def _dates(self) -> Iterator[str]:
        """What the times of commits would claim that is not so."""
        now, before = self.push.now, self.base if self.founded else None
        wrong = []
        for commit in reversed(self._line):
            said = f"{_short(commit)} is dated {_time(commit)}"
            if commit.committed > now + AHEAD:
                wrong.append(f"{said}, but it is {now:%Y-%m-%d %H:%M:%S} UTC here.")
            elif before and commit.committed < before.committed:
                wrong.append(f"{said}, before {_short(before)} ({_time(before)}), which it follows.")
            elif self.founded and commit.committed < now - OLD:
                wrong.append(f"{said}, more than {OLD // timedelta(hours=1)} hours ago.")
            before = commit
        if wrong:
            more = [f"And so with {counted(len(wrong) - _FEW, 'more commit')}."] if len(wrong) > _FEW else []
            yield "\n".join([*wrong[:_FEW], *more, self._redate])

    @property
    def _redate(self) -> str:
        name = self.update.name
        if not self.founded:
            return "It would be recorded at a false time.\n  fix: with a right clock: git commit --amend --no-edit"
        return (
            "It would be recorded at a false time.\n"
            f"  fix: bring it in with git merge --no-ff, or with a right clock: git rebase --force-rebase origin/{name}"
        )

    def _renaming(self) -> Iterator[str]:
        """A policy that names another main branch does not put something else in the place of this one."""
        was = self.push.policy(self.base) if self.base else None
        now = self.push.policy(self.head)
        if not was or not now or was.main == now.main:
            return
        other = self.push.after(_BRANCHES + now.main)
        repository = self.push.repository
        if other and other.id != self.head.id and repository.merge_base(other, self.head) != other:
            name = visible(now.main)
            yield (
                f"Its qmsci.yaml makes {name} the main branch, and {name} is there and holds something else.\n"
                f"  fix: git push origin --delete {name}"
            )

    def _there(self, name: str) -> Commit:
        found = self.push.repository.commit(name)
        if found is None or found.id != name:
            raise CannotRun(f"{name} is no commit that this server has")
        return found


def _wrapped(line: str) -> str:
    """A line as it fits behind `remote: ` in a terminal; one that says what to do stays whole, to be copied."""
    if line.startswith(" "):
        return line
    return textwrap.fill(line, 100, break_long_words=False, break_on_hyphens=False)


def _short(commit: Commit | None) -> str:
    return commit.id[:10] if commit else "nothing"


def _time(commit: Commit) -> str:
    return f"{commit.committed:%Y-%m-%d %H:%M:%S} UTC"


def _told(what: Judged, report: Report) -> str:
    """The findings, errors first where there are too many to show, and how many there are."""
    worst = sorted(report.findings, key=lambda finding: finding.severity is not Severity.ERROR)
    shown = sorted(worst[:_SHOWN])
    lines = lines_of(what.library, sorted({finding.place.path for finding in shown}))
    more = len(report.findings) - len(shown)
    left = [f"… and {counted(more, 'more finding')}\n"] if more else []
    base = what.base.id if what.base else None
    return "".join(chain([as_text(shown, lines)], left, [summary(report.findings, report.checked, base)]))
