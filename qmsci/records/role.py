"""Job functions, and the activities that they perform."""

from typing import Annotated, Literal

from pydantic import Field

from qmsci.records.base import ActivityId, DocumentId, FileRecord, Number, Record, RoleId, Text, Truth


class Role(FileRecord):
    """
    A job function: what it performs and operates decides what its holders must be trained on.

    `prerequisites` says, for a document of its curriculum, which others come before it.
    """

    id: RoleId
    title: Text
    purpose: Text
    performs: tuple[ActivityId, ...] = ()
    operates: tuple[ActivityId, ...] = ()
    requires: tuple[DocumentId, ...] = ()
    prerequisites: dict[DocumentId, tuple[DocumentId, ...]] = Field(default_factory=dict)

    @property
    def activities(self) -> tuple[ActivityId, ...]:
        """What it performs, then what it operates."""
        return self.performs + self.operates


class Activity(Record):
    """A regulated activity, the unit of authorisation; equipment is an activity of its own kind."""

    title: Text
    critical: Truth = False
    minimum_qualified: Annotated[Number, Field(ge=1)] | None = None
    kind: Literal["activity", "equipment"] = "activity"


class Activities(FileRecord):
    """The one file that lists all activities: `roles/activities.yaml`."""

    entries: dict[ActivityId, Activity]
