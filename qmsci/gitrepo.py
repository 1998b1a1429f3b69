"""The repository: commits as trees, the working tree as a tree, what differs between two, and when records came."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from git import InvalidGitRepositoryError, NoSuchPathError, Repo
from git.exc import GitCommandError

from qmsci.finding import CannotRun
from qmsci.gittree import AS_IT_IS, AnyTree, CommitTree, Objects, WorkTree

#: Paths that git is asked about one by one; it compares each with each entry of a tree, so more are asked by folder.
_FEW_PATHS = 32


class Commit(NamedTuple):
    """A commit: its ids, its parents, and the committer's time (with the committer's offset)."""

    id: str
    tree: str
    parents: tuple[str, ...]
    committed: datetime


class Unrecorded(StrEnum):
    """Why no commit can be named that brought a line to the main line."""

    UNCOMMITTED = "not committed"
    UNMERGED = "committed, and not merged"
    TOO_EARLY = "recorded before this clone begins: git fetch --unshallow"


class Version(NamedTuple):
    """What a path had from a commit on: a blob, or nothing."""

    commit: str
    blob: str | None


class Altered(NamedTuple):
    """A path that a commit altered, and the blobs that it had before and has since; `modes` are theirs, as git says."""

    commit: str
    path: str
    before: str | None
    after: str | None
    modes: tuple[str, str]


#: By what a text without spaces may be interrupted in a file.
_FOLDS = b" \t\r\n\\"
#: A commit of the main line and the blob that a path had before it; None where it had none.
_Step = tuple[str, str | None]


#: What no setting of a clone, and no .gitmodules in the change itself, may hide from the gate.
_ALL_OF_IT = ("--no-renames", "--no-ext-diff", "--ignore-submodules=none")


class Repository:
    """A git repository whose root is the quality system's."""

    def __init__(self, start: Path) -> None:
        """Open the repository around a folder. Raises `CannotRun` where there is none."""
        try:
            self._repo = Repo(start, search_parent_directories=True)
        except (InvalidGitRepositoryError, NoSuchPathError, ValueError):
            raise CannotRun(f"{start} is in no git repository; qmsci init makes one") from None
        except OSError as error:
            raise CannotRun(f"the repository around {start} cannot be opened: {error}") from None
        self._repo.git.update_environment(**AS_IT_IS)
        self.objects = Objects(self._repo)
        self._histories: dict[str, Mapping[str, Sequence[_Step]]] = {}

    @property
    def root(self) -> Path:
        """The folder of the working tree (of the git directory, where there is none)."""
        return Path(self._repo.working_tree_dir or self._repo.git_dir)

    @property
    def memory_folder(self) -> Path:
        """Where qmsci may keep what it has read before."""
        return Path(self._repo.common_dir) / "qmsci"

    @property
    def hooks(self) -> Path:
        """The folder in which git looks for this repository's hooks."""
        named = self.output("rev-parse", "--git-path", "hooks").removesuffix(b"\n").decode("utf-8", "surrogateescape")
        return Path(self._repo.working_dir) / named

    def output(self, *command: str) -> bytes:
        """What a git command prints. Raises `CannotRun` with git's own sentence where it fails."""
        try:
            found = self._repo.git.execute(["git", *command], stdout_as_string=False, strip_newline_in_stdout=False)
        except GitCommandError as error:
            said = str(error.stderr).strip().removeprefix("stderr: ").strip("'\n ")
            raise CannotRun(f"git {command[0]}: {said}") from None
        assert isinstance(found, bytes)
        return found

    # --- commits ----------------------------------------------------------------------------------------------------

    def commit(self, revision: str) -> Commit | None:
        """The commit that a name stands for; None where it stands for none."""
        if not revision or revision.startswith("-") or any(mark in revision for mark in "\n\0"):
            return None
        found = next(self.objects.read([f"{revision}^{{commit}}"]))
        if found is None or found[1] != "commit":
            return None
        return _commit(found[0], found[2])

    def named(self, revision: str) -> Commit:
        """The commit that a name stands for. Raises `CannotRun` where it stands for none."""
        found = self.commit(revision)
        if found is None:
            hint = ""
            if re.fullmatch(r"\w[\w./-]*", revision):
                hint = f"; if it is on the server: git fetch origin {revision}"
            elif self.is_shallow:
                hint = "; this clone is shallow: git fetch --unshallow"
            raise CannotRun(f"there is no revision {revision!r} here{hint}")
        return found

    def main(self, branch: str) -> Commit | None:
        """The tip of the main branch: of its origin counterpart first."""
        return self.commit(f"refs/remotes/origin/{branch}") or self.commit(f"refs/heads/{branch}")

    def symbolic(self, name: str) -> str | None:
        """The ref that a symbolic one (HEAD, or an alias of a branch) stands for; None where it is none."""
        status, said, why = self._repo.git.execute(
            ["git", "symbolic-ref", "--quiet", name], with_extended_output=True, with_exceptions=False
        )
        if status not in (0, 1):
            raise CannotRun(f"git symbolic-ref: {why}")
        return str(said) if status == 0 else None

    def merge_base(self, one: Commit, other: Commit) -> Commit | None:
        """The commit at which two lines parted, if they ever met. Raises `CannotRun` in too shallow a clone."""
        if one.id == other.id or one.id in other.parents:
            return one
        try:
            found = self.output("merge-base", one.id, other.id).decode().strip()
        except CannotRun:
            if self.is_shallow:
                raise CannotRun(
                    f"this clone is too shallow to tell where {one.id[:10]} and {other.id[:10]} parted: "
                    "git fetch --unshallow"
                ) from None
            return None
        return self.commit(found)

    @property
    def is_shallow(self) -> bool:
        """Whether the history here is cut short."""
        return (Path(self._repo.common_dir) / "shallow").exists()

    def parent(self, commit: Commit) -> Commit | None:
        """The first parent; None for a first commit. Raises `CannotRun` where the clone does not have it."""
        if not commit.parents:
            return None
        found = self.commit(commit.parents[0])
        if found is None:
            raise CannotRun(f"the parent of {commit.id[:10]} is not in this clone: git fetch --deepen 1")
        return found

    def line(self, tip: Commit, base: Commit | None) -> list[Commit]:
        """The commits on the line of first parents of a tip, newest first: down to a base, else down to the first."""
        found: list[Commit] = []
        at: Commit | None = tip
        while at and (base is None or at.id != base.id):
            found.append(at)
            at = self.parent(at)
        return found

    def whole_line(self, tip: Commit) -> list[Commit]:
        """The commits on the line of first parents of a tip, newest first, as far back as this clone reaches."""
        names = self.output("rev-list", "--first-parent", tip.id).decode().split()
        return [_commit(found[0], found[2]) for found in self.objects.read(names) if found]

    def on_line(self, tip: Commit, until: datetime) -> Commit:
        """The last commit on a line of first parents that is no later than a moment; its first where all are later."""
        options = ("--first-parent", "--max-count=1")
        found = self.output("rev-list", *options, f"--until={int(until.timestamp())}", tip.id).decode().split()
        if not found and self.is_shallow:
            raise CannotRun(f"this clone does not reach back to {until.date()}: git fetch --unshallow")
        if not found:
            found = self.output("rev-list", "--first-parent", tip.id).decode().split()[-1:]
        return self.named(found[0])

    # --- trees ------------------------------------------------------------------------------------------------------

    def tree(self, commit: Commit | None) -> CommitTree:
        """The files of a commit; no files for None."""
        return CommitTree(self, commit.tree if commit else None, commit.id if commit else None)

    def work_tree(self) -> WorkTree:
        """The files of the working tree, tracked and untracked, not ignored."""
        if self._repo.bare:
            raise CannotRun("a bare repository has no working tree; name a commit with --head")
        found = self.output(
            "status", "--porcelain", "-z", "--untracked-files=all", "--no-renames", "--ignore-submodules=dirty"
        )
        names = [entry[3:].decode("utf-8", "surrogateescape") for entry in found.split(b"\0")[:-1]]
        head = self.commit("HEAD")
        return WorkTree(self, self.tree(head), names)

    def differing(self, base: Commit | None, head: Commit | None) -> list[str]:
        """The paths in which two commits differ."""
        if base and head and base.tree == head.tree:
            return []
        if base is None or head is None:
            only = base or head
            listed = self.output("ls-tree", "-r", "-z", "--name-only", only.tree) if only else b""
            names = listed.split(b"\0")[:-1]
        else:
            names = self.output("diff", "--name-only", "-z", *_ALL_OF_IT, base.tree, head.tree).split(b"\0")[:-1]
        return [name.decode("utf-8", "surrogateescape") for name in names]

    # --- history ----------------------------------------------------------------------------------------------------

    def versions(self, commit: str, path: str) -> Iterator[bytes]:
        """The contents that a path had along the first parents of a commit, newest first."""
        for step in self.alterations(commit, specs=[literal(path)]):
            found = next(self.objects.read([step.after])) if step.after else None
            if found:
                yield found[2]

    def blobs_below(self, tip: Commit, *places: str) -> dict[str, list[str]]:
        """The blobs that each path in some places had along the first parents of a commit, newest first: one pass."""
        return {
            path: blobs
            for path, steps in self.versions_below(tip, *places).items()
            if (blobs := [blob for _, blob in steps if blob])
        }

    def versions_below(self, tip: Commit, *places: str) -> dict[str, list[Version]]:
        """What each path in some folders (or files) had along the first parents of a commit, newest first: one pass."""
        found: dict[str, list[Version]] = {}
        for step in self.alterations(tip.id, specs=map(literal, places)):
            found.setdefault(step.path, []).append(Version(step.commit, step.after))
        return found

    def altered(self, tip: Commit, after: Commit | None) -> dict[str, list[str]]:
        """The paths that each commit on a line altered against its first parent, of those after another: one pass."""
        found: dict[str, list[str]] = {}
        for step in self.alterations(tip.id, *([f"^{after.id}"] if after else [])):
            found.setdefault(step.commit, []).append(step.path)
        return found

    def first_with(self, versions: Sequence[Version], text: str) -> Commit | Unrecorded:
        """The commit of the first of some versions (newest first) that had a text, as long as this clone has it."""
        wanted = text.encode()
        for version in reversed(versions):
            content = self._content(version.blob)
            if content and (wanted in content or wanted in content.translate(None, _FOLDS)):
                early = version.commit in self._cut_off
                return Unrecorded.TOO_EARLY if early else self.named(version.commit)
        return Unrecorded.UNMERGED

    def changing(self, commit: Commit, path: str) -> Iterator[Commit]:
        """The commits along the first parents of one that altered a path, newest first."""
        for name in self.output("rev-list", "--first-parent", commit.id, "--", literal(path)).decode().split():
            yield self.named(name)

    def origins(
        self, tree: AnyTree, tip: Commit | None, lines: Mapping[str, Collection[int]]
    ) -> dict[tuple[str, int], Commit | Unrecorded]:
        """
        The commits that brought some lines of a tree (by path, counted from 1) to the main line that ends in a tip.

        One pass over the history answers for all of them, however many files they are in. A file that one commit added,
        and none has altered since, is as that commit brought it: it needs no look inside.
        """
        steps = self._steps(tip, list(lines)) if tip and lines else {}
        whole = self._added_whole(tree, tip, steps)
        named = {name: self._origin(name) for name in dict.fromkeys(whole.values())}
        found = {(path, number): named[name] for path, name in whole.items() for number in lines[path]}
        return found | self._looked_for(tree, tip, {path: lines[path] for path in lines if path not in whole}, steps)

    def _added_whole(self, tree: AnyTree, tip: Commit | None, steps: Mapping[str, Sequence[_Step]]) -> dict[str, str]:
        """The commit that added each file of a tree that is as one commit of the main line added it."""
        paths = [path for path, known in steps.items() if len(known) == 1 and known[0][1] is None]
        pairs = zip(paths, tree.blobs(paths), self.tree(tip).blobs(paths), strict=True)
        return {path: steps[path][0][0] for path, ours, merged in pairs if ours is not None and ours == merged}

    def _origin(self, name: str | None) -> Commit | Unrecorded:
        """The commit that brought a line; where it has no name, or this clone begins with it, nobody knows."""
        return Unrecorded.TOO_EARLY if name is None or name in self._cut_off else self.named(name)

    def _looked_for(
        self,
        tree: AnyTree,
        tip: Commit | None,
        lines: Mapping[str, Collection[int]],
        steps: Mapping[str, Sequence[_Step]],
    ) -> dict[tuple[str, int], Commit | Unrecorded]:
        """The commits that brought some lines, as `origins` has them, by what the files contained."""
        paths = list(lines)
        trees = (tree.read(paths), self.tree(tip).read(paths), self.tree(self.commit("HEAD")).read(paths))
        found: dict[tuple[str, int], Commit | Unrecorded] = {}
        for path, ours, merged, committed in zip(paths, *trees, strict=True):
            text, last, head = (_lines(file.data if file else None) for file in (ours, merged, committed))
            wanted = {number: min(number, len(text)) - 1 for number in lines[path] if text}
            unmerged = _kept(wanted, text, head)
            for number in lines[path]:
                found[path, number] = Unrecorded.UNMERGED if number in unmerged else Unrecorded.UNCOMMITTED
            for number, name in self._traced(_kept(wanted, text, last), last, steps.get(path, ())):
                found[path, number] = self._origin(name)
        return found

    def history(self, tip: Commit) -> Mapping[str, Sequence[_Step]]:
        """
        The commits on a line of first parents that altered each path, newest first, each with the blob before it.

        It is read once, and answers from then on for all that is asked of `origins`, file by file.
        """
        if tip.id not in self._histories:
            found: dict[str, list[_Step]] = {}
            for step in self.alterations(tip.id):
                found.setdefault(step.path, []).append((step.commit, step.before))
            self._histories[tip.id] = found
        return self._histories[tip.id]

    def _steps(self, tip: Commit, paths: Sequence[str]) -> Mapping[str, Sequence[_Step]]:
        """The commits of a main line that altered some paths, newest first."""
        if tip.id in self._histories:
            return {path: self._histories[tip.id].get(path, ()) for path in paths}
        asked = set(paths) if len(paths) <= _FEW_PATHS else {_folder(path) for path in paths}
        found: dict[str, list[_Step]] = {path: [] for path in paths}
        for step in self.alterations(tip.id, specs=map(literal, sorted(asked))):
            if step.path in found:
                found[step.path].append((step.commit, step.before))
        return found

    def alterations(self, tip: str, *selection: str, specs: Iterable[str] = ()) -> Iterator[Altered]:
        """
        What each commit on the line of first parents of a tip altered, newest first: one pass.

        `selection` are options of `git log` that say which commits; with pathspecs, only what they name.
        """
        options = ("--first-parent", "--diff-merges=first-parent", "--root", "--raw", "--no-abbrev")
        plain = ("-z", "--format=%H", "--no-follow", "--no-show-signature", *_ALL_OF_IT)
        listed = self.output("log", *options, *plain, *selection, tip, "--", *specs)
        fields = iter(listed.decode("utf-8", "surrogateescape").split("\0"))
        commit = ""
        for field in fields:
            if not field.lstrip("\n").startswith(":"):
                commit = field
                continue
            was, now, *blobs, _ = field.lstrip("\n:").split(" ")
            before, after = (blob if set(blob) != {"0"} else None for blob in blobs)
            yield Altered(commit, next(fields), before, after, (was, now))

    def _traced(
        self, places: dict[int, int], text: list[bytes], steps: Sequence[_Step]
    ) -> Iterator[tuple[int, str | None]]:
        """Follow some lines of a text back: each with the commit that it came with, None where nobody knows."""
        for commit, blob in steps:
            if not places or commit in self._cut_off:
                break
            before = _lines(self._content(blob))
            kept = _kept(places, text, before)
            yield from ((number, commit) for number in places if number not in kept)
            places, text = kept, before
        yield from ((number, None) for number in places)

    def _content(self, blob: str | None) -> bytes | None:
        if blob is None:
            return None
        return next(self.objects.contents([blob]))

    @cached_property
    def _cut_off(self) -> frozenset[str]:
        """The commits whose parents a shallow clone does not have."""
        file = Path(self._repo.common_dir) / "shallow"
        return frozenset(file.read_text().split()) if file.exists() else frozenset()


def literal(path: str) -> str:
    """The pathspec that names a file or folder, and nothing else, whatever signs are in its name."""
    return f":(literal){path}"


def _folder(path: str) -> str:
    """The folder of a kind of record, at most two deep; the path itself at the root."""
    return "/".join(path.split("/")[:-1][:2]) or path


def _lines(content: bytes | None) -> list[bytes]:
    return [] if content is None else [line.rstrip(b"\r") for line in content.split(b"\n")]


def _kept(places: Mapping[int, int], text: list[bytes], other: list[bytes]) -> dict[int, int]:
    """Where some lines of a text (by whatever names them) are in another one; those that are not there are left out."""
    shorter = min(len(text), len(other))
    first = next((at for at in range(shorter) if text[at] != other[at]), shorter)
    most = shorter - first
    last = next((n for n in range(most) if text[-1 - n] != other[-1 - n]), most)
    ahead = len(other) - len(text)
    kept = {
        name: at if at < first else at + ahead for name, at in places.items() if at < first or at >= len(text) - last
    }
    middle = {name: at for name, at in places.items() if first <= at < len(text) - last}
    if middle:
        matcher = SequenceMatcher(
            None, text[first : len(text) - last], other[first : len(other) - last], autojunk=False
        )
        moved = {
            first + block.a + n: first + block.b + n
            for block in matcher.get_matching_blocks()
            for n in range(block.size)
        }
        kept |= {name: moved[at] for name, at in middle.items() if at in moved}
        kept |= _grown(
            {name: at for name, at in middle.items() if at not in moved}, text, other[first : len(other) - last], first
        )
    return kept


#: What an entry may gain after it was recorded.
_GAINED = {"signatures", "late"}


def _grown(places: Mapping[int, int], text: list[bytes], other: list[bytes], start: int) -> dict[int, int]:
    """Where some entries on lines of their own were before they gained a signature, or a word on why they are late."""
    entries = {name: found for name, at in places.items() if (found := _entry(text[at]))}
    before = {found: start + at for at, line in enumerate(other) if entries and (found := _entry(line))}
    return {name: before[found] for name, found in entries.items() if found in before}


def _entry(line: bytes) -> str | None:
    """An entry as qmsci writes it, on one line, without what it may gain; None for any other line."""
    if not line.startswith(b"- {"):
        return None
    try:
        found = json.loads(line[2:])
    except (ValueError, RecursionError):
        return None
    return json.dumps({key: value for key, value in found.items() if key not in _GAINED}, sort_keys=True)


#: How git writes a commit, up to the committer. Git does not look at what comes later, or twice; nor does this.
_COMMIT = re.compile(
    rb"tree ([0-9a-f]+)\n((?:parent [0-9a-f]+\n)*)author [^\n]*\ncommitter [^\n]*> (\d{1,11}) [+-]\d+(?:\n|\Z)"
)


def _commit(name: str, content: bytes) -> Commit:
    found = _COMMIT.match(content)
    if found is None:
        raise CannotRun(f"the commit {name} is none that git would write: no tree, or no time of its committer")
    parents = tuple(word.decode() for word in found[2].split() if word != b"parent")
    return Commit(name, found[1].decode(), parents, datetime.fromtimestamp(int(found[3]), UTC))
