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

    method: Annotated[Methods, Field(min_length=1)] | None = None
    every: Period | None = None
    supervised: Annotated[Number, Field(ge=1)] | None = None


class RevisionEntry(Record):
    """One revision of a document, as its list of revisions has it."""

    revision: Label
    effective: Day
    summary: Text
    impact: Impact
    rationale: Text | None = None
    authors: tuple[PersonId, ...] = Field(min_length=1)
    reason: EventId | None = None
    emergency: Truth = False
    withdrawn: Day | None = None


class PeriodicReview(Record):
    """A periodic review that confirmed the document, or decided to revise or retire it."""

    on: Day
    by: PersonId
    outcome: Literal["confirmed", "revise", "retire"]


class Document(FileRecord):
    """A controlled document. `text` and `headings` are of the body that stands in the file, the newest revision's."""

    id: DocumentId
    title: Text
    owner: RoleId
    governs: tuple[ActivityId, ...] = ()
    purpose: Purpose = "qualification"
    training: TrainingNeed = TrainingNeed()
    references: tuple[DocumentId, ...] = ()
    revisions: tuple[RevisionEntry, ...] = Field(min_length=1)
    reviewed: tuple[PeriodicReview, ...] = ()
    retired: Day | None = None

    text: str = noted("text")
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
