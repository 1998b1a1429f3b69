"""What `qmsci verify` holds against what: signatures against keys, digests against texts, links against files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from qmsci.finding import At
from qmsci.key_register import KeyRegister, Recorded
from qmsci.load import Content, content_of
from qmsci.read import Plain
from qmsci.records.base import FileRecord, RevisionId, as_moment
from qmsci.records.layout import assignment_path
from qmsci.records.training import Approval, Assignment, Completion, Completions, Rejection
from qmsci.signature import SAYS, Signed, disagreement
from qmsci.snapshot import Snapshot
from qmsci.sshsig import Verified
from qmsci.unreadable import Unreadable

#: What a signature must have to be verified.
_WHOLE = (*SAYS, "key", "signature")

Earlier = Callable[[], Mapping[RevisionId, str]]


class Quoted(NamedTuple):
    """A text digest that a record quotes, and the revision that it says it is of."""

    at: At
    revision: RevisionId
    text: str


class Link(NamedTuple):
    """An assignment that a record names."""

    at: At
    assignment: str


def quoted_in(record: FileRecord) -> Iterator[Quoted]:
    """The text digests in a record."""
    match record:
        case Approval():
            yield Quoted(At(record.path, ("text",)), record.document, record.text)
        case Assignment():
            for index, item in enumerate(record.items):
                yield Quoted(At(record.path, ("items", index, "text")), item.document, item.text)
        case Completions():
            for index, entry in enumerate(record.entries):
                if isinstance(entry, Completion) and entry.text:
                    yield Quoted(At(record.path, (index, "text")), entry.document, entry.text)


def links_in(record: FileRecord) -> Iterator[Link]:
    """The assignments that a record names."""
    for index, entry in enumerate(record.entries if isinstance(record, Completions) else ()):
        for number, name in enumerate(entry.assignments if isinstance(entry, Completion) else ()):
            yield Link(At(record.path, (index, "assignments", number)), name)


def lost_rejections(record: FileRecord) -> Iterator[At]:
    """The rejections in a record that reject nothing, for no entry of their file has that digest."""
    for index, entry in enumerate(record.entries if isinstance(record, Completions) else ()):
        if isinstance(entry, Rejection) and not entry.entries:
            yield At(record.path, (index, "rejects"))


class Texts:
    """The text of each revision, as far as it can be known: of the files as they are, and as they were."""

    def __init__(self, snapshot: Snapshot, earlier: Earlier) -> None:
        """Look at the documents of a tree; their history is asked for once, when the first older text is quoted."""
        self._snapshot = snapshot
        self._earlier = earlier
        self._known: dict[RevisionId, str | None] = {}

    def of(self, revision: RevisionId) -> str | None:
        """The text digest of a revision; None where nobody knows, or two files claim to be its document."""
        if revision not in self._known:
            self._known[revision] = self._found(revision)
        return self._known[revision]

    def _found(self, revision: RevisionId) -> str | None:
        documents = self._snapshot.documents_named(revision.document)
        if len(documents) != 1 or documents[0].entry(revision.label) is None:
            return None
        if documents[0].newest.revision == revision.label:
            return documents[0].text
        return self._earlier().get(revision)


def wrong_text(quoted: Quoted, known: str) -> str | None:
    """What is wrong with a quoted digest; None where it is that of the text."""
    if quoted.text == known:
        return None
    return f"this is not the text of {quoted.revision}, which is {known}"


def wrong_link(link: Link, there: Callable[[str], bool]) -> str | None:
    """What is wrong with a link; None where there is a file at the path that it stands for."""
    path = assignment_path(link.assignment)
    return None if there(path) else f"there is no assignment {link.assignment} ({path})"


def revision_in(path: str, data: bytes) -> tuple[RevisionId, str] | None:
    """The newest revision in some version of a document's file, and its text digest; None where it cannot be read."""
    try:
        content = content_of(path, data)
    except Unreadable:
        return None
    name = _named(content)
    return (name, content.text) if name else None


def _named(content: Content) -> RevisionId | None:
    """The revision that the front matter names first, of whatever version of the schema it is."""
    values: Plain = content.values
    revisions = values.get("revisions") if isinstance(values, dict) else None
    newest = revisions[0] if isinstance(revisions, list) and revisions else None
    name = values.get("id") if isinstance(values, dict) else None
    label = newest.get("revision") if isinstance(newest, dict) else None
    return RevisionId(name, label) if isinstance(name, str) and isinstance(label, str) else None


def lacks(signed: Signed) -> str | None:
    """What a signature lacks to be one; None where it is whole."""
    missing = [key for key in _WHOLE if signed.fields.get(key) is None]
    return f"the signature lacks {', '.join(missing)}" if missing else None


def wrong_signature(
    signed: Signed, verdict: Verified | str, register: KeyRegister, snapshot: Snapshot, recorded: Recorded
) -> str | None:
    """What is wrong with a whole signature of which is known whether it verifies; None where it counts."""
    said = disagreement(signed)
    if said:
        return said
    if isinstance(verdict, str):
        return f"the signature of {signed.fields['by']} does not verify: {verdict}"
    if verdict.fingerprint != signed.fields["key"]:
        return f"it names the key {signed.fields['key']}, and was made with {verdict.fingerprint}"
    day = snapshot.day_of(as_moment(signed.fields["at"]))
    return register.refusal(verdict.fingerprint, signed.fields["by"], day, recorded)
