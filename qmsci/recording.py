"""Recording training: what somebody has to do still, the entries that say it is done, and who has to sign them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from yaml import SequenceNode, compose

from qmsci.change import Change
from qmsci.check import check_change
from qmsci.completion import counting, full_method, in_order, is_enough, lacking, lapses, on_record
from qmsci.entries import line_of
from qmsci.finding import At, CannotRun, Finding
from qmsci.library import Library
from qmsci.load import load
from qmsci.meanings import Asked, asked_of, needed_on
from qmsci.programme import OpenItem, open_items
from qmsci.read import Plain, front_matter, plain
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.person import Person
from qmsci.records.policy import DocumentType
from qmsci.records.training import Completion
from qmsci.snapshot import Snapshot, When
from qmsci.timeline import days_in_force, in_force, owed_revisions, reach
from qmsci.tree import File, FilesTree, Inside, Tree
from qmsci.verification import revision_in

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML without libyaml: the same nodes, slower
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

Values = Mapping[str, Any]

# --- which revision, and its text -----------------------------------------------------------------------------------


def revision_meant(snapshot: Snapshot, person: Person, document: Document, when: When) -> RevisionEntry:
    """
    The revision that somebody means who names a document only. Raises `CannotRun` where none is in force or coming.

    It is the one in force, unless only a coming one is owed.
    """
    owed = owed_revisions(document, when.day)
    if not owed:
        raise CannotRun(f"no revision of {document.id} is in force or coming on {when.day}")
    now = in_force(document, when.day)
    first = owed[-1]
    if now is None or open_parts(snapshot, person, document, now, when):
        return first
    asked = {one.item.document for one in open_items(snapshot, person, when, [document])}
    coming = (entry for entry in reversed(owed) if entry is not now and document.named(entry) in asked)
    return next(coming, now)


def text_shown(tree: Tree, snapshot: Snapshot, document: Document, entry: RevisionEntry) -> bytes:
    """
    The text of a revision: of the file or, where that has a newer one, of its history.

    Raises `CannotRun` where it is not in the history that is here.
    """
    if entry is document.newest:
        file = tree.read([document.path])[0]
        assert file
        return front_matter(file.data).body
    named, wanted = document.named(entry), snapshot.text_of(document, entry)
    for data in tree.earlier_versions(document.path):
        found = revision_in(document.path, data)
        if found and found[0] == named and wanted in (None, found[1]):
            return front_matter(data).body
    raise CannotRun(f"the text of {named} is not in the history that is here: git fetch --unshallow")


def standing_of(document: Document, entry: RevisionEntry, when: When) -> str:
    """What there is to say of a revision that somebody is about to read."""
    if entry.withdrawn:
        return f"withdrawn on {entry.withdrawn}"
    if not reach(days_in_force(document, entry), when.day):
        return "retired" if document.retired and document.retired <= when.day else "superseded"
    if entry.effective > when.day:
        return f"effective {entry.effective}: not in force yet"
    return f"in force since {entry.effective}"


# --- what is open ---------------------------------------------------------------------------------------------------


def open_for(
    snapshot: Snapshot, person: Person, document: Document, entry: RevisionEntry, when: When
) -> list[OpenItem]:
    """The items of assignments that ask a person for a revision, and are open."""
    found = open_items(snapshot, person, when, [document])
    return [one for one in found if one.item.document == document.named(entry)]


def open_parts(
    snapshot: Snapshot, person: Person, document: Document, entry: RevisionEntry, when: When
) -> tuple[str, ...]:
    """The parts of the method that a person still has to do for a revision, also where nobody has asked for it."""
    items = open_for(snapshot, person, document, entry, when)
    parts: set[str] = set()
    if not on_record(snapshot, person.id, document, entry, when):
        of_roles = (one.item for one in items if one.assignment.role)
        parts |= {*lacking(snapshot, person.id, document, entry, when, of_roles).parts}
    elif entry is in_force(document, when.day) and _lapses_soon(snapshot, person.id, document, when) and not items:
        parts |= full_method(snapshot, document)
    for one in items:
        if one.assignment.role is None or one.assignment.cause == "refresher":
            done = _done_for(snapshot, person.id, one)
            parts |= {part for part in one.item.method if part not in done}
    return in_order(parts)


def _done_for(snapshot: Snapshot, person: str, one: OpenItem) -> set[str]:
    """The parts that entries have done which name an assignment."""
    return {
        part
        for _, entry in counting(snapshot, person, one.item.document.document, None)
        if entry.document == one.item.document and one.assignment.assignment in entry.assignments
        if is_enough(entry, one.item.pass_mark or 0, one.item.supervised or 0)
        for part in entry.method
    }


def _lapses_soon(snapshot: Snapshot, person: str, document: Document, when: When) -> bool:
    last = lapses(snapshot, person, document, when)
    return bool(last and snapshot.policy and last <= snapshot.policy.training.refresher_window.after(when.day))


# --- entries --------------------------------------------------------------------------------------------------------


def split(values: Values) -> list[dict[str, Any]]:
    """
    The entries that record what was done: one for all that was passed, and one for each part that was not.

    So a reading is not lost with the assessment that failed after it.
    """
    failed = []
    if values.get("assessment") and values["assessment"]["score"] < values["assessment"]["pass-mark"]:
        failed.append("assessment")
    if values.get("practical") and values["practical"]["outcome"] != "competent":
        failed.append("practical")
    passed = [part for part in values["method"] if part not in failed]
    return [_only(values, parts) for parts in ([passed] if passed else []) + [[part] for part in failed]]


def _only(values: Values, parts: Sequence[str]) -> dict[str, Any]:
    kept = {key: value for key, value in values.items() if key not in ("assessment", "practical") or key in parts}
    return {**kept, "method": list(parts)}


def wanted_signatures(person: str, entry: Completion, kind: DocumentType | None) -> list[tuple[Asked, ...]]:
    """The signatures that an entry needs still; of each group, one. `kind` is the type of its document."""
    given = given_signatures(entry)
    return [group for group in needed_on(entry, person, kind) if not given.intersection(group)]


def given_signatures(entry: Completion) -> set[Asked]:
    """Who has signed an entry with a key, and as what."""
    return {Asked(one.by, one.meaning or "") for one in entry.signatures if one.signature}


def may_sign(person: str, entry: Completion, signer: str, kind: DocumentType | None) -> list[Asked]:
    """What the signature of somebody on an entry can mean, and does not mean there yet."""
    given = given_signatures(entry)
    return [one for one in asked_of(entry, person, kind) if one.by == signer and one not in given]


def with_signature(path: str, before: bytes, index: int, signature: Values) -> str:
    """
    The text of a file of completions in which one entry, by its position, has one more signature.

    The entry comes on one line; every other byte stays. Raises `CannotRun` where the file cannot be read or edited.
    """
    for fault in load(path, before).faults:
        raise CannotRun(f"{path} cannot be read ({fault.message}): qmsci check --all")
    text = before.decode()
    mark, body = ("\ufeff", text[1:]) if text.startswith("\ufeff") else ("", text)
    known = plain(before)
    assert isinstance(known, list)
    signed = _numbered(known[index])
    signed["signatures"] = [*(signed.get("signatures") or ()), dict(signature)]
    root = compose(body, Loader=_Loader)
    if not isinstance(root, SequenceNode) or root.flow_style:
        raise CannotRun(f"{path} is one list in brackets, in which nothing is signed: write each entry after a dash")
    lines = body.splitlines(keepends=True)
    node = root.value[index]
    first, last = node.start_mark.line, _last_line(node)
    end = "\r\n" if lines[first].endswith("\r\n") else "\n"
    ended = lines[last].endswith("\n")
    lines[first : last + 1] = [f"{' ' * root.start_mark.column}- {line_of(signed)}{end if ended else ''}"]
    after = mark + "".join(lines)
    wanted: list[Plain] = [*known[:index], _as_text(signed), *known[index + 1 :]]
    if plain(after.encode()) != wanted:
        raise CannotRun(f"entry {index + 1} of {path} cannot be signed safely as it is laid out; put it on one line")
    return after


def _last_line(node: Any) -> int:
    """The line on which the text of a node ends; of a block the parser says only where the next thing begins."""
    if isinstance(node.value, list) and not node.flow_style and node.value:
        last = node.value[-1]
        return max(map(_last_line, last)) if isinstance(last, tuple) else _last_line(last)
    line: int = node.end_mark.line
    return line - 1 if node.end_mark.column == 0 and line > node.start_mark.line else line


_NUMBERS = {"score", "pass-mark", "attempt"}


def _numbered(value: Any, key: str | None = None) -> Any:
    """An entry as it was read, with its numbers as numbers."""
    if isinstance(value, dict):
        return {name: _numbered(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_numbered(inner) for inner in value]
    return int(value) if key in _NUMBERS else value


def _as_text(value: Any) -> Plain:
    """The same with every scalar as the text that a file has."""
    plainly: Plain = plain(json.dumps(value, ensure_ascii=False).encode())
    return plainly


# --- what the law would say -----------------------------------------------------------------------------------------


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

    def __init__(self, base: Snapshot, library: Library, snapshot: Snapshot, files: Mapping[str, str]) -> None:
        """Lay the files over the tree of a snapshot; `base` is what the change is judged against."""
        over = {path: text.encode() for path, text in files.items()}
        self.library = library.following(_LaidOver(library.tree, over), over, library.recorded)
        self.snapshot = Snapshot(self.library, snapshot.as_of)
        self._base = base
        known = library_of_base(base).tree.read(list(over))
        held = {path: _Held(was.data if was else None, over[path]) for path, was in zip(over, known, strict=True)}
        self._change = Change(base, self.snapshot, held)

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


def library_of_base(base: Snapshot) -> Library:
    """The library behind a snapshot of the base."""
    assert isinstance(base.source, Library)
    return base.source


def assignments_of(items: Iterable[OpenItem], day: date) -> list[str]:
    """The names of the assignments that an entry of a day is for; what an event asked for later, it cannot be for."""
    return sorted({one.assignment.assignment for one in items if one.assignment.role or one.assignment.assigned <= day})
