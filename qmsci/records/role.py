"""Job functions, and the activities that they perform."""

from typing import Annotated, Literal

from pydantic import Field

from qmsci.records.base import ActivityId, DocumentId, FileRecord, Number, Record, RoleId, Text, Truth


class Role(FileRecord):
    """
    A job function: what it performs and operates decides what its holders must be trained on.

    `prerequisites` says, for a document of its curriculum, which others come before it.
    """

    #: The file's name.
    id: RoleId
    #: What people call it.
    title: Text
    #: Where the role belongs, by what people call it; the training matrix filters by it.
    department: Text | None = None
    #: What its holders are there for.
    purpose: Text
    #: The activities that its holders do; they are trained on whatever governs these.
    performs: tuple[ActivityId, ...] = ()
    #: The equipment that its holders operate, likewise.
    operates: tuple[ActivityId, ...] = ()
    #: Documents that its holders are trained on whatever they govern.
    requires: tuple[DocumentId, ...] = ()
    #: By a document, those on which its holders are to be trained before it.
    prerequisites: dict[DocumentId, tuple[DocumentId, ...]] = Field(default_factory=dict)

    @property
    def activities(self) -> tuple[ActivityId, ...]:
        """What it performs, then what it operates."""
        return self.performs + self.operates


class Activity(Record):
    """A regulated activity, the unit of authorisation; equipment is an activity of its own kind."""

    #: What people call it.
    title: Text
    #: Whether harm follows where it is done wrong; then one authorised person is the least, unless a number is given.
    critical: Truth = False
    #: How many people must be authorised for it at any time.
    minimum_qualified: Annotated[Number, Field(ge=1)] | None = None
    #: Equipment is operated, other activities are performed.
    kind: Literal["activity", "equipment"] = "activity"


class Activities(FileRecord):
    """The one file that lists all activities."""

    #: Each activity, by its id.
    entries: dict[ActivityId, Activity]
