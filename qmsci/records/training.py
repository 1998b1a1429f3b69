"""Training records: assignments (generated), completions and waivers; and the signed approvals of revisions."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, PrivateAttr, Tag

from qmsci.records.base import (
    ActivityId,
    Day,
    FileRecord,
    Impact,
    Methods,
    Moment,
    Number,
    PersonId,
    Purpose,
    Record,
    Revision,
    RoleId,
    Signature,
    Text,
    TextDigest,
    Truth,
    exactly,
)
from qmsci.records.canonical import digest_of
from qmsci.records.document import TrainingNeed
from qmsci.records.policy import Percent

Cause = Literal["revision", "new-document", "matrix-change", "hire", "role-change", "refresher", "capa", "deviation"]
#: The path of an assignment file below `training-records/assignments/`, without its ending.
AssignmentName = Annotated[str, exactly(r"^[A-Za-z0-9][A-Za-z0-9@._/-]*$", "SOP-014@3/aseptic-operator", 250)]


class AssignmentItem(Record):
    """What some people owe: a revision with its text, by a method, by a day. Frozen once it is merged."""

    document: Revision
    text: TextDigest
    method: Methods = Field(min_length=1)
    pass_mark: Percent | None = None
    supervised: Annotated[Number, Field(ge=1)] | None = None
    due: Day
    people: tuple[PersonId, ...]


class Assignment(FileRecord):
    """A generated file that assigns training for one cause; `role` is absent where people are named by an event."""

    assignment: AssignmentName
    cause: Cause
    role: RoleId | None = None
    assigned: Day
    items: tuple[AssignmentItem, ...]


class Assessment(Record):
    """One attempt at an assessment, in percent; a failed attempt is an honest record."""

    score: Percent
    pass_mark: Percent
    attempt: Annotated[Number, Field(ge=1)]


class SupervisedTask(Record):
    """One time that the trainee did the work, on a day, under the eyes of somebody who may do it alone."""

    on: Day
    by: PersonId
    task: Text


class Practical(Record):
    """A practical demonstration, judged by an evaluator; `supervised` is the work under supervision before it."""

    evaluator: PersonId
    outcome: Literal["competent", "not-competent"]
    supervised: tuple[SupervisedTask, ...] = ()


class Origin(Record):
    """Where a migrated record comes from, and who compared it with its source."""

    system: Text
    reference: Text
    verified_by: PersonId | None = None


class Session(Record):
    """A session that an instructor led for several people; `reference` is where its attendance list is kept."""

    facilitator: PersonId
    reference: Text


class Completion(Record):
    """Evidence that a person was trained on one revision, or tried to be."""

    document: Revision
    text: TextDigest | None = None
    completed: Moment
    method: Methods = Field(min_length=1)
    assignments: tuple[AssignmentName, ...] = ()
    assessment: Assessment | None = None
    practical: Practical | None = None
    session: Session | None = None
    late: Text | None = None
    origin: Origin | None = None
    signatures: tuple[Signature, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether nothing that was tried in it failed."""
        if self.assessment and self.assessment.score < self.assessment.pass_mark:
            return False
        return self.practical is None or self.practical.outcome == "competent"


class Rejection(Record):
    """The quality unit's decision that an entry of the same file counts for nothing from a moment on."""

    rejects: TextDigest
    reason: Text
    by: PersonId
    at: Moment
    signatures: tuple[Signature, ...] = ()

    _entries: frozenset[int] = PrivateAttr(default=frozenset())

    @property
    def entries(self) -> frozenset[int]:
        """The positions, in its file, of the entries that it rejects."""
        return self._entries

    def found_in(self, digests: list[str]) -> None:
        """Note which entries of its file it rejects, by the digests of them all."""
        self._entries = frozenset(index for index, digest in enumerate(digests) if digest == self.rejects)


def _entry_kind(value: Any) -> str:
    keys = value if isinstance(value, dict) else getattr(value, "__dict__", {})
    return "rejection" if "rejects" in keys else "completion"


CompletionEntry = Annotated[
    Annotated[Completion, Tag("completion")] | Annotated[Rejection, Tag("rejection")],
    Discriminator(_entry_kind),
]


class Completions(FileRecord):
    """One person's history on one document, oldest first; entries are only ever added."""

    entries: tuple[CompletionEntry, ...] = Field(min_length=1)

    @property
    def rejections(self) -> list[Rejection]:
        """The entries that reject another one."""
        return [entry for entry in self.entries if isinstance(entry, Rejection)]

    def link_rejections(self, written: list[Any]) -> None:
        """Let each rejection know the entries that it rejects; their digests are of the values as they are written."""
        digests = [digest_of(values) for values in written]
        for rejection in self.rejections:
            rejection.found_in(digests)


class Waiver(Record):
    """A release from training on one revision, with a reason, evidence, an end, and somebody else who grants it."""

    document: Revision
    reason: Text | None = None
    evidence: Text | None = None
    from_: Day
    until: Day | None = None
    by: PersonId | None = None
    signatures: tuple[Signature, ...] = ()


class Waivers(FileRecord):
    """One person's waivers on one document."""

    entries: tuple[Waiver, ...] = Field(min_length=1)


class Address(Record):
    """Where an approval was given that is not signed here, such as the address of a pull request's review."""

    system: Text
    reference: Text


class Approval(FileRecord):
    """One person's signed agreement to one exact text, its effective date, impact and what it governs."""

    document: Revision
    text: TextDigest
    effective: Day
    impact: Impact
    governs: tuple[ActivityId, ...] = ()
    purpose: Purpose | None = None
    training: TrainingNeed | None = None
    emergency: Truth | None = None
    by: PersonId
    name: Text
    meaning: Literal["authored", "reviewed", "approved", "quality-approval"]
    at: Moment
    key: Text | None = None
    signature: Text | None = None
    origin: Address | None = None

    @property
    def evidence(self) -> str:
        """What it rests on: `signed` (whether it verifies or not), `imported` from elsewhere, or `unsigned`."""
        return "imported" if self.origin else "signed" if self.signature else "unsigned"


class FileApproval(FileRecord):
    """
    One person's signed agreement to a whole file as it is to be merged: a protected file, or an event as it is closed.

    `digest` is over the bytes of the file; that of no bytes agrees to the removal of the file.
    """

    file: Text
    digest: TextDigest
    by: PersonId
    name: Text
    meaning: Literal["reviewed", "approved", "quality-approval"]
    at: Moment
    key: Text | None = None
    signature: Text | None = None

    @property
    def evidence(self) -> str:
        """What it rests on: `signed` (whether it verifies or not), or `unsigned`."""
        return "signed" if self.signature else "unsigned"
