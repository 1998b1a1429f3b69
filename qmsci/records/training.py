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

    #: The revision to be trained on.
    document: Revision
    #: The digest of its text.
    text: TextDigest
    #: What the training consists of.
    method: Methods = Field(min_length=1)
    #: The score that passes, in percent, where there is an assessment.
    pass_mark: Percent | None = None
    #: How often the work is done under supervision first.
    supervised: Annotated[Number, Field(ge=1)] | None = None
    #: The last day.
    due: Day
    #: Who owes it; nobody, where no one holds the role today.
    people: tuple[PersonId, ...]


class Assignment(FileRecord):
    """A generated file that assigns training for one cause; `role` is absent where people are named by an event."""

    #: The path below `training-records/assignments/`, without `.yaml`.
    assignment: AssignmentName
    #: Why it is owed.
    cause: Cause
    #: The role that needs it; absent where an event names people.
    role: RoleId | None = None
    #: The date of the change that assigns it.
    assigned: Day
    #: What is owed, one on a line.
    items: tuple[AssignmentItem, ...]


class Assessment(Record):
    """One attempt at an assessment, in percent; a failed attempt is an honest record."""

    #: What was reached, in percent.
    score: Percent
    #: What was needed, in percent.
    pass_mark: Percent
    #: Which attempt it was, counted from 1 for each assignment.
    attempt: Annotated[Number, Field(ge=1)]


class SupervisedTask(Record):
    """One time that the trainee did the work, on a day, under the eyes of somebody who may do it alone."""

    #: When it was done.
    on: Day
    #: Who watched: somebody who may do it alone.
    by: PersonId
    #: What was done.
    task: Text


class Practical(Record):
    """A practical demonstration, judged by an evaluator; `supervised` is the work under supervision before it."""

    #: Who judged it; never the trainee.
    evaluator: PersonId
    #: What they found.
    outcome: Literal["competent", "not-competent"]
    #: The work under supervision that came before.
    supervised: tuple[SupervisedTask, ...] = ()


class Origin(Record):
    """Where a migrated record comes from, and who compared it with its source."""

    #: Where the record was kept.
    system: Text
    #: How it is found there.
    reference: Text
    #: Who of the quality unit compared it with its source.
    verified_by: PersonId | None = None


class Session(Record):
    """A session that an instructor led for several people; `reference` is where its attendance list is kept."""

    #: Who led it.
    facilitator: PersonId
    #: Where its attendance list is kept.
    reference: Text


class Completion(Record):
    """Evidence that a person was trained on one revision, or tried to be."""

    #: The revision that they were trained on.
    document: Revision
    #: The digest of the text that they were trained on; only a migrated record may leave it out.
    text: TextDigest | None = None
    #: When it happened.
    completed: Moment
    #: What was done; passing entries for one revision add up.
    method: Methods = Field(min_length=1)
    #: The assignments that it answers; none, where nobody had asked for it.
    assignments: tuple[AssignmentName, ...] = ()
    #: The result, where there was an assessment.
    assessment: Assessment | None = None
    #: The result, where there was a practical demonstration.
    practical: Practical | None = None
    #: The session, where an instructor led one.
    session: Session | None = None
    #: Why it was recorded later than the policy's `late-entry`.
    late: Text | None = None
    #: Where it was kept before it was brought here.
    origin: Origin | None = None
    #: Of the trainee, of the evaluator, and of whoever else stands for it.
    signatures: tuple[Signature, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether nothing that was tried in it failed."""
        if self.assessment and self.assessment.score < self.assessment.pass_mark:
            return False
        return self.practical is None or self.practical.outcome == "competent"


class Rejection(Record):
    """The quality unit's decision that an entry of the same file counts for nothing from a moment on."""

    #: The digest of the entry's canonical JSON (RFC 8785).
    rejects: TextDigest
    #: Why the entry counts for nothing.
    reason: Text
    #: Who decided it: somebody of the quality unit.
    by: PersonId
    #: From when the entry counts for nothing.
    at: Moment
    #: Of who decided it, with the meaning `approved`.
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

    #: Oldest first; entries are only ever added.
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

    #: The revision; a waiver never outlives it.
    document: Revision
    #: Why training is not needed; a waiver without it is flagged.
    reason: Text | None = None
    #: What shows it; a waiver without it is flagged.
    evidence: Text | None = None
    #: The first day.
    from_: Day
    #: The last day, included; a waiver without it is flagged.
    until: Day | None = None
    #: Who grants it: somebody of the quality unit, never the one who is released.
    by: PersonId | None = None
    #: Of who grants it, with the meaning `approved`.
    signatures: tuple[Signature, ...] = ()


class Waivers(FileRecord):
    """One person's waivers on one document."""

    #: Each waiver, for one revision.
    entries: tuple[Waiver, ...] = Field(min_length=1)


class Address(Record):
    """Where an approval was given that is not signed here, such as the address of a pull request's review."""

    #: The forge.
    system: Text
    #: The address of the review.
    reference: Text


class Approval(FileRecord):
    """One person's signed agreement to one exact text, its effective date, impact and what it governs."""

    #: The revision that is approved.
    document: Revision
    #: The digest of its text.
    text: TextDigest
    #: Its effective date, as it is approved.
    effective: Day
    #: Its impact, as it is approved.
    impact: Impact
    #: What the document governs, as it is approved.
    governs: tuple[ActivityId, ...] = ()
    #: The document's purpose, where it was approved.
    purpose: Purpose | None = None
    #: Where the document's training differs from its type's, as it was approved.
    training: TrainingNeed | None = None
    #: Whether it was approved as an emergency.
    emergency: Truth | None = None
    #: The digest of what else readers are told: title, owner, summary, rationale, authors, reason.
    about: TextDigest | None = None
    #: Who approves.
    by: PersonId
    #: Their name, as it is printed; their id, where their file has no name.
    name: Text
    #: As what they approve; the quality unit's is `quality-approval`.
    meaning: Literal["authored", "reviewed", "approved", "quality-approval"]
    #: When they approved.
    at: Moment
    #: The fingerprint of the key, `SHA256:…`.
    key: Text | None = None
    #: The SSH signature (SSHSIG, namespace `qmsci`) in base64, without armour.
    signature: Text | None = None
    #: The review that it was imported from; then it is not signed.
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

    #: The path of the file.
    file: Text
    #: `sha256:` over all bytes of the file.
    digest: TextDigest
    #: Who approves.
    by: PersonId
    #: Their name, as it is printed; their id, where their file has no name.
    name: Text
    #: As what they approve; the quality unit's is `quality-approval`.
    meaning: Literal["reviewed", "approved", "quality-approval"]
    #: When they approved.
    at: Moment
    #: The fingerprint of the key, `SHA256:…`.
    key: Text | None = None
    #: The SSH signature (SSHSIG, namespace `qmsci`) in base64, without armour.
    signature: Text | None = None

    @property
    def evidence(self) -> str:
        """What it rests on: `signed` (whether it verifies or not), or `unsigned`."""
        return "signed" if self.signature else "unsigned"
