"""What `qmsci verify` holds against what: signatures against keys, digests against texts, links against files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from qmsci.finding import At
from qmsci.key_register import KeyRegister, Recorded
from qmsci.load import Content, content_of
from qmsci.read import Plain
from qmsci.records.base import FileRecord, RevisionId, as_moment
from qmsci.records.layout import Kind, assignment_path, filed
from qmsci.records.training import Approval, Assignment, Completion, Completions, FileApproval, Rejection
from qmsci.signature import SAYS, WHOLE, Signed, disagreement
from qmsci.snapshot import Snapshot
from qmsci.unreadable import Unreadable
from qmsci.verdicts import Claim

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


class Version(NamedTuple):
    """What a file held at some time: the digest of its bytes, and its event's facts where it has an event."""

    digest: str
    closing: int | None = None  # which closing of the event it shows; None where it is open, or no event
    corrections: int = 0


def version_of(path: str, data: bytes | None, digest: str) -> Version:
    """What some bytes of a file (None: there was none) show of its closing."""
    about = filed(path)
    if data is None or about is None or about.kind is not Kind.EVENT:
        return Version(digest)
    try:
        values: Plain = content_of(path, data).values
    except Unreadable:
        return Version(digest)
    if not isinstance(values, dict) or not any(values.get(key) for key in _ENDS):
        return Version(digest)
    reopened, corrected = (len(found) if isinstance(found, list) else 0 for found in map(values.get, _LISTS))
    return Version(digest, reopened + 1, corrected)


#: The keys of which an event has one when it is closed, for good or for now.
_ENDS = ("closed", "verified", "released", "voided", "cancelled", "withdrawn")
_LISTS = ("reopened", "corrected")


def wrong_file(approval: FileApproval, now: Version, earlier: Callable[[], Sequence[Version]]) -> str | None:
    """
    What is wrong with an approval of a whole file; None where the file is, or once was, what it approves.

    As long as an event is closed, the approval of that closing is of the file as it is, corrections apart.
    """
    about = filed(approval.path)
    mark = about.names[0].rpartition("@closed-")[2] if about else ""
    number = int(mark) if mark.isdigit() else None
    if approval.digest == now.digest and number in (None, now.closing):
        return None
    found = [one for one in earlier() if one.digest == approval.digest and number in (None, one.closing)]
    if not found:
        closing = f" at its closing {number}" if number else ""
        return f"{approval.file} never was what this approves{closing}: {approval.digest}"
    if number and number == now.closing and all(one.corrections == now.corrections for one in found):
        return f"{approval.file} is not what this approves; it was altered after it was closed"
    return None


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
    """What a signature lacks to be one, or the words of one to be that; None where all is there."""
    missing = [key for key in (WHOLE if signed.is_given else SAYS) if signed.fields.get(key) is None]
    return f"the signature lacks {', '.join(missing)}" if missing else None


def wrong_words(claim: Claim) -> str | None:
    """What is wrong with a whole signature by itself; None where it is one of what its record says."""
    signed, verdict = claim
    said = disagreement(signed)
    if said:
        return said
    if isinstance(verdict, str):
        return f"the signature of {signed.fields['by']} does not verify: {verdict}"
    if verdict and verdict.fingerprint != signed.fields["key"]:
        return f"it names the key {signed.fields['key']}, and was made with {verdict.fingerprint}"
    return None


def wrong_signature(claim: Claim, register: KeyRegister, snapshot: Snapshot, recorded: Recorded) -> str | None:
    """What is wrong with a whole signature; None where it counts."""
    fields = claim.signed.fields
    day = snapshot.day_of(as_moment(fields["at"]))
    return wrong_words(claim) or register.refusal(fields["key"], fields["by"], day, recorded)
