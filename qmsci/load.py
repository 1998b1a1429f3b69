"""From the bytes of a file to a record, or to plain sentences about what keeps it from being one."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any, NamedTuple

from pydantic import ValidationError

from qmsci.finding import At, Place
from qmsci.markdown import headings_of
from qmsci.read import Places, Plain, front_matter, places, plain, text_digest
from qmsci.records.base import FileRecord
from qmsci.records.document import Document
from qmsci.records.event import KINDS, Event
from qmsci.records.layout import EVENTS, Kind, assignment_name, filed
from qmsci.records.person import Person
from qmsci.records.policy import Policy
from qmsci.records.questions import Questions
from qmsci.records.role import Activities, Role
from qmsci.records.training import Approval, Assignment, Completions, FileApproval, Rejection, Waivers
from qmsci.schema_words import Fault, faults_of
from qmsci.unreadable import Unreadable
from qmsci.unsafe import is_doubtful

MODELS: dict[Kind, type[FileRecord]] = {
    Kind.POLICY: Policy,
    Kind.DOCUMENT: Document,
    Kind.QUESTIONS: Questions,
    Kind.APPROVAL: Approval,
    Kind.FILE_APPROVAL: FileApproval,
    Kind.ROLE: Role,
    Kind.ACTIVITIES: Activities,
    Kind.PERSON: Person,
    Kind.ASSIGNMENT: Assignment,
    Kind.COMPLETIONS: Completions,
    Kind.WAIVERS: Waivers,
}
#: Files whose whole content is one list or mapping, which the record has under this key.
_WRAPPED = {Kind.ACTIVITIES, Kind.COMPLETIONS, Kind.WAIVERS}


class Loaded(NamedTuple):
    """What a file turned out to be: a record, or faults."""

    record: FileRecord | None
    faults: tuple[Fault, ...] = ()


class Content(NamedTuple):
    """
    A file as it is written: its plain values and, for a document, the digest and the headings of its text.

    `doubtful`: whether something in it may be unsafe, and needs a closer look.
    """

    values: Plain
    text: str = ""
    headings: tuple[str, ...] = ()
    doubtful: bool = False

    def encoded(self) -> bytes:
        """The content as bytes for a cache; `decoded` and `record_of` read them back."""
        about = json.dumps([self.text, self.headings, self.doubtful], ensure_ascii=False)
        return f"{about}\n{json.dumps(self.values, ensure_ascii=False)}".encode()


_CONFLICT = re.compile(rb"^(?:<{7}|>{7}) ", re.MULTILINE)


def content_of(path: str, data: bytes) -> Content:
    """Read a file without asking what its keys mean. Raises `Unreadable`."""
    conflict = _CONFLICT.search(data) if b"<<<<<<< " in data or b">>>>>>> " in data else None
    if conflict:
        line = data.count(b"\n", 0, conflict.start()) + 1
        fix = "settle what both sides say; of an assignment that is not merged: delete the file, and qmsci assign"
        raise Unreadable("a merge conflict is not settled here", line, 1, fix)
    kind = kind_of(path)
    if kind is Kind.DOCUMENT:
        parts = front_matter(data)
        front, doubtful = _front(parts.yaml, parts.line), is_doubtful(data, markdown=True)
        return Content(front, text_digest(parts.body), headings_of(parts.body), doubtful)
    values = plain(data)
    return Content({"entries": values} if kind in _WRAPPED else values, doubtful=is_doubtful(data, markdown=False))


def is_doubted(content: Content | bytes) -> bool:
    """Whether some content, or its encoded form, has something that may be unsafe."""
    if isinstance(content, Content):
        return content.doubtful
    return content[: content.index(b"\n")].endswith(b"true]")


def _front(yaml: bytes, line: int) -> Plain:
    try:
        return plain(yaml)
    except Unreadable as fault:
        raise Unreadable(fault.message, fault.line + line - 1, fault.column, fault.fix) from None


def kind_of(path: str) -> Kind:
    """The kind of file that a path is for; the path must be one that a record has."""
    found = filed(path)
    assert found, path
    return found.kind


def _names(path: str) -> tuple[str, ...]:
    found = filed(path)
    assert found, path
    return found.names


def model_of(path: str) -> type[FileRecord] | None:
    """The class of the record at a path; None for an event of a kind that there is none of."""
    kind = kind_of(path)
    return KINDS.get(_names(path)[0].split("-", 1)[0]) if kind is Kind.EVENT else MODELS[kind]


def load(path: str, data: bytes) -> Loaded:
    """Read one file of a quality system."""
    try:
        content = content_of(path, data)
    except Unreadable as fault:
        return Loaded(None, (Fault(Place(path, fault.line, fault.column), fault.message, fault.fix),))
    return record_of(path, content)


def record_of(path: str, content: Content | bytes) -> Loaded:
    """The record that some content, or its encoded form, is."""
    model = model_of(path)
    if model is None:
        known = ", ".join(KINDS)
        return Loaded(None, (Fault(At(path), f"the name begins with no kind of quality event ({known})"),))
    try:
        record = _validated(model, content)
    except ValidationError as error:
        values = content.values if isinstance(content, Content) else json.loads(content.split(b"\n", 1)[1])
        return Loaded(None, tuple(faults_of(path, model, values, error, wrapped=kind_of(path) in _WRAPPED)))
    record.noting(path=path)
    astray = tuple(_astray(path, record))
    return Loaded(None if astray else record, astray)


def _validated(model: type[FileRecord], content: Content | bytes) -> FileRecord:
    values: Any
    if isinstance(content, bytes):
        about, values = content.split(b"\n", 1)
        record = model.model_validate_json(values, by_name=False, by_alias=True)
        if isinstance(record, Document):
            text, headings, _ = json.loads(about)
            record.noting(text=text, headings=tuple(headings))
    else:
        values = content.values
        record = model.model_validate(values, by_name=False, by_alias=True)
        if isinstance(record, Document):
            record.noting(text=content.text, headings=content.headings)
    if isinstance(record, Completions) and record.rejections:
        record.link_rejections((json.loads(values) if isinstance(values, bytes) else values)["entries"])
    return record


def _astray(path: str, record: FileRecord) -> list[Fault]:
    """Where a record and its path disagree about whose record it is."""
    names = _names(path)
    match record:
        case Document(id=name):
            stem = names[1]
            if stem != name and not stem.startswith(f"{name}-"):
                return [
                    Fault(
                        At(path, ("id",)),
                        f"the id is {name}, the file is named {stem}.md",
                        f"name it {name}-….md",
                    )
                ]
        case Assignment(assignment=name) if name != assignment_name(path):
            return [
                Fault(
                    At(path, ("assignment",)),
                    f"the assignment is {name}, the file is named {assignment_name(path)}",
                )
            ]
        case Completions() | Waivers():
            return [
                Fault(At(path, (index, "document")), f"{entry.document} stands in a file for {names[1]}")
                for index, entry in enumerate(record.entries)
                if not isinstance(entry, Rejection) and entry.document.document != names[1]
            ]
        case Approval(document=revision, by=person) if str(revision) != names[0] or not _is_by(person, names[1]):
            return [Fault(At(path), f"the approval is of {revision} by {person}, the path says {'/'.join(names)}")]
        case Questions():
            return _questions_astray(path, record, names[1])
        case FileApproval():
            return _file_approval_astray(path, record, *names)
        case Role(id=name) | Person(id=name) | Event(id=name) if name != names[0]:
            return [Fault(At(path, ("id",)), f"the id is {name}, the file is named {names[0]}.yaml")]
    return []


def _questions_astray(path: str, record: Questions, stem: str) -> list[Fault]:
    """Where questions are of another document than their name says, or their answers were sealed for other ones."""
    name, sealed = record.document, record.answers
    if stem != name and not stem.startswith(f"{name}-"):
        at = At(path, ("document",))
        return [
            Fault(at, f"these are questions on {name}, the file is named {stem}", f"name it {name}-….questions.yaml")
        ]
    if sealed and sealed.questions != record.digest:
        at = At(path, ("answers", "questions"))
        return [Fault(at, "the questions were changed after their answers were sealed", "qmsci questions seal")]
    return []


def _file_approval_astray(path: str, record: FileApproval, subject: str, person: str) -> list[Fault]:
    """Where an approval of a whole file says something else than the path that it is found by."""
    name, _, mark = subject.rpartition("@")
    file = f"{EVENTS}{name}.yaml" if mark.startswith("closed-") else name
    faults = []
    if record.file != file:
        faults.append(Fault(At(path, ("file",)), f"it approves {record.file}, the path says {file}"))
    if not mark.startswith("closed-") and record.digest != f"sha256:{mark}{record.digest[23:]}":
        faults.append(Fault(At(path, ("digest",)), f"the digest begins otherwise than the path says: {mark}"))
    if not _is_by(record.by, person):
        faults.append(Fault(At(path, ("by",)), f"it is by {record.by}, the file is named {person}.yaml"))
    return faults


def _is_by(person: str, stem: str) -> bool:
    """Whether the file of an approval is named after a person: `p-0003`, or `p-0003-2` where that one is taken."""
    return stem == person or re.fullmatch(rf"{re.escape(person)}-[1-9]\d{{0,3}}", stem) is not None


def placed(at: At | Place, data: bytes) -> Place:
    """The line and column of a key, or of the nearest key around it that is there."""
    if isinstance(at, Place):
        return at
    keys = at.keys
    found, shift = _places(data, front=at.path.endswith(".md"))
    while keys and keys not in found:
        keys = keys[:-1]
    line, column = found.get(keys, (1, 1))
    return Place(at.path, line + shift, column)


@lru_cache(maxsize=4)
def _places(data: bytes, *, front: bool) -> tuple[Places, int]:
    """The places of all keys in a file, which is read once for all that is found in it; and the lines above them."""
    if not front:
        return places(data), 0
    try:
        parts = front_matter(data)
    except Unreadable:
        return {}, 0
    return places(parts.yaml), parts.line - 1


# --- what pydantic found, in the words of somebody who edits YAML ---------------------------------------------------
