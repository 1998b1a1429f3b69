"""Who works here, in which roles, since when, with which keys."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from qmsci.records.base import Correction, Day, FileRecord, Interval, PersonId, Record, RoleId, Text, noted


def _listed(value: object) -> object:
    return [value] if isinstance(value, dict | Interval) else value


class Holding(Interval):
    """One role held by one person over an interval."""

    role: RoleId


class Revocation(Record):
    """The end of a key by loss or theft; signatures from `compromised-since` on count for nothing."""

    on: Day
    compromised_since: Day | None = None
    reason: Text | None = None


class Key(Record):
    """A public key that signs for a person, with the proof of identity and the second person (21 CFR 11.100)."""

    key: Text
    from_: Day
    to: Day | None = None
    proof: Text
    by: PersonId
    revoked: Revocation | None = None
    corrected: Correction | None = None


class Person(FileRecord):
    """
    An employee or contractor; dated intervals say what they were entitled to, and when.

    The file may leave the name out. Then they are shown by the name that a register outside the repository has, which
    the reader notes as `known_as`; and recorded, in signatures too, by their id.
    """

    id: PersonId
    written_name: Text | None = Field(default=None, alias="name")
    kind: Literal["employee", "contractor"]
    employed: Annotated[tuple[Interval, ...], BeforeValidator(_listed)]
    roles: tuple[Holding, ...] = ()
    leave: tuple[Interval, ...] = ()
    accounts: dict[Text, Text] = Field(default_factory=dict)
    keys: tuple[Key, ...] = ()
    known_as: str = noted("known as")

    @property
    def name(self) -> str:
        """The name to show: of their file, else of the register outside the repository, else their id."""
        return self.written_name or self.known_as or self.id

    @property
    def signing_name(self) -> str:
        """The name that a signature of theirs gives: only ever one that the repository has."""
        return self.written_name or self.id
