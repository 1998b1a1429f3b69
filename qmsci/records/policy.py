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

    folder: Folder
    sections: tuple[Text, ...] = ()
    review: Period
    window: Period
    method: Methods = Field(min_length=1)
    approvers: tuple[RoleId | Literal["owner"], ...] = ()
    facilitated: Truth = False


class TrainingPolicy(Record):
    """The numbers that hold for all training."""

    onboarding: Period = Duration(30, 0)
    refresher_window: Period = Duration(30, 0)
    late_entry: Period = Duration(3, 0)
    attempts: Annotated[Number, Field(ge=1)] = 3
    pass_mark: Percent = 80


class Policy(FileRecord):
    """What the organisation has decided; itself under change control."""

    revision: Annotated[Number, Field(ge=1)]
    organization: Text
    timezone: Annotated[str, AfterValidator(_known_zone)]
    main: Text = "main"
    quality_unit: tuple[RoleId, ...] = Field(min_length=1)
    approvals: Literal["signed", "forge"] = "signed"
    signatures: Literal["required", "optional"] = "required"
    documents: dict[Prefix, DocumentType] = Field(min_length=1)
    training: TrainingPolicy = TrainingPolicy()
    management_review: Period = Duration(0, 12)
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
