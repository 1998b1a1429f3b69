"""Controlled documents: the front matter of a Markdown file, and what is known of its text."""

from typing import Annotated, Literal

from pydantic import Field

from qmsci.records.base import (
    ActivityId,
    Day,
    DocumentId,
    EventId,
    FileRecord,
    Impact,
    Label,
    Methods,
    Number,
    Period,
    PersonId,
    Purpose,
    Record,
    RevisionId,
    RoleId,
    Text,
    Truth,
    noted,
)


class TrainingNeed(Record):
    """
    What training on a document consists of, where it differs from its type's.

    `supervised` is how often somebody who is new to the document does the work under supervision, before their own
    practical demonstration counts.
    """

    #: What training consists of, in place of the type's.
    method: Annotated[Methods, Field(min_length=1)] | None = None
    #: How long training lasts until a refresher is due; for good, where absent.
    every: Period | None = None
    #: How often the work is done under supervision before the practical demonstration counts.
    supervised: Annotated[Number, Field(ge=1)] | None = None


class RevisionEntry(Record):
    """One revision of a document, as its list of revisions has it."""

    #: The label; with the document's id, as in `SOP-014@3`, it names the revision.
    revision: Label
    #: The first day on which the text is in force.
    effective: Day
    #: What changed.
    summary: Text
    #: What training it takes: the full method, a reading of those trained on the previous one, or nothing.
    impact: Impact
    #: Why it takes less than the full method; needed with `read` and `none`.
    rationale: Text | None = None
    #: Who wrote it; none of them approves it for the quality unit, each may train others on it.
    authors: tuple[PersonId, ...] = Field(min_length=1)
    #: The event that caused the change.
    reason: EventId | None = None
    #: Whether it takes effect without the window; then `reason` names an open event.
    emergency: Truth = False
    #: When it was decided, before it took effect, that it is not to come.
    withdrawn: Day | None = None


class PeriodicReview(Record):
    """A periodic review that confirmed the document, or decided to revise or retire it."""

    #: When it was reviewed.
    on: Day
    #: Who reviewed it.
    by: PersonId
    #: What was decided.
    outcome: Literal["confirmed", "revise", "retire"]


class Document(FileRecord):
    """A controlled document: its keys, and below them its text in Markdown, the newest revision's."""

    #: Its prefix is a document type of the policy; the file's name begins with it.
    id: DocumentId
    #: What people call it.
    title: Text
    #: The role that answers for it and reviews it.
    owner: RoleId
    #: The activities and equipment that it is about; who performs them is trained on it.
    governs: tuple[ActivityId, ...] = ()
    #: Whether training on it is needed to do the work, or is for awareness.
    purpose: Purpose = "qualification"
    #: Where its training differs from its type's.
    training: TrainingNeed = TrainingNeed()
    #: Other documents that it speaks of.
    references: tuple[DocumentId, ...] = ()
    #: Newest first; the newest is the text in the file. Entries are only ever added.
    revisions: tuple[RevisionEntry, ...] = Field(min_length=1)
    #: Periodic reviews that brought no new revision.
    reviewed: tuple[PeriodicReview, ...] = ()
    #: From this day it governs and requires nothing.
    retired: Day | None = None

    #: The digest of the body that stands in the file, the newest revision's.
    text: str = noted("text")
    #: The headings of that body.
    headings: tuple[str, ...] = noted("headings")

    @property
    def newest(self) -> RevisionEntry:
        """The entry whose text stands in the file."""
        return self.revisions[0]

    def named(self, entry: RevisionEntry) -> RevisionId:
        """The identity of one of this document's revisions."""
        return RevisionId(self.id, entry.revision)

    def entry(self, label: str) -> RevisionEntry | None:
        """The entry with a label."""
        return next((entry for entry in self.revisions if entry.revision == label), None)
