"""The policy of the quality system: `qmsci.yaml`."""

from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, field_validator

from qmsci.records.base import (
    Day,
    Duration,
    FileRecord,
    Methods,
    Number,
    Period,
    Record,
    RoleId,
    Text,
    Truth,
    exactly,
)

EVENT_PREFIXES = ("DEV", "NCR", "CMP", "AUD", "GAP", "CAPA", "VAL", "MR")

Prefix = Annotated[str, exactly(r"^[A-Z][A-Z0-9]*$", "SOP", 16)]
Folder = Annotated[str, exactly(r"^[a-z0-9][a-z0-9-]*$", "sop", 32)]
Percent = Annotated[Number, Field(ge=0, le=100)]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{name!r} is not a time zone, as in Europe/Oslo") from None
    return name


class DocumentType(Record):
    """One class of documents, named by the prefix of its ids."""

    #: The folder below `controlled-docs/`.
    folder: Folder
    #: The headings that a text of this type must have.
    sections: tuple[Text, ...] = ()
    #: How long a document may stand without a review.
    review: Period
    #: The least time from a change to the effective date of a revision that needs training.
    window: Period
    #: What training consists of, unless the document says otherwise.
    method: Methods = Field(min_length=1)
    #: Whose approval is needed beside the quality unit's: roles, or `owner`, the document's.
    approvers: tuple[RoleId | Literal["owner"], ...] = ()
    #: Whether one signature, of who led a session, stands for those of the trainees in it.
    facilitated: Truth = False


class TrainingPolicy(Record):
    """The numbers that hold for all training."""

    #: How long people have from a hire, a new role or a change of what a role needs.
    onboarding: Period = Duration(30, 0)
    #: How long before it falls due a refresher is assigned.
    refresher_window: Period = Duration(30, 0)
    #: How long after the training it may be recorded without being declared `late`.
    late_entry: Period = Duration(3, 0)
    #: How often an assessment may be tried on one assignment.
    attempts: Annotated[Number, Field(ge=1)] = 3
    #: The score that passes an assessment, in percent.
    pass_mark: Percent = 80


class Policy(FileRecord):
    """What the organisation has decided; itself under change control."""

    #: Raised by every change to this file.
    revision: Annotated[Number, Field(ge=1)]
    #: Whose quality system it is.
    organization: Text
    #: Where days begin and end, by its IANA name, as in `Europe/Oslo`.
    timezone: Annotated[str, AfterValidator(_known_zone)]
    #: The branch that is the quality system.
    main: Text = "main"
    #: The roles whose holders are the quality unit; every approval needs one of them.
    quality_unit: tuple[RoleId, ...] = Field(min_length=1)
    #: Whether approvals are signed files, or lie in the forge's reviews only.
    approvals: Literal["signed", "forge"] = "signed"
    #: Whether completions, waivers and rejections must be signed.
    signatures: Literal["required", "optional"] = "required"
    #: The document types, by the prefix of their ids.
    documents: dict[Prefix, DocumentType] = Field(min_length=1)
    #: The numbers that hold for all training.
    training: TrainingPolicy = TrainingPolicy()
    #: The longest time from one management review to the next.
    management_review: Period = Duration(0, 12)
    #: The day on which people and documents are accepted on the approval of the policy alone.
    founded: Day | None = None

    @field_validator("documents")
    @classmethod
    def _prefixes_are_free(cls, documents: dict[str, Any]) -> dict[str, Any]:
        taken = sorted(set(documents) & set(EVENT_PREFIXES))
        if taken:
            raise ValueError(f"{taken[0]} is the prefix of quality events, no document type can have it")
        folders = [kind.folder for kind in documents.values()]
        twice = sorted({folder for folder in folders if folders.count(folder) > 1})
        if twice:
            raise ValueError(f"two document types have the folder {twice[0]!r}")
        return documents

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which days begin and end."""
        return ZoneInfo(self.timezone)

    def type_of(self, document: str) -> DocumentType | None:
        """The type of a document, by the prefix of its id."""
        return self.documents.get(document.split("-", 1)[0])
