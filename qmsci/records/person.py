"""Who works here, in which roles, since when, with which keys."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from qmsci.records.base import Correction, Day, FileRecord, Interval, PersonId, Record, RoleId, Text


def _listed(value: object) -> object:
    return [value] if isinstance(value, dict | Interval) else value


class Holding(Interval):
    """One role held by one person over an interval."""

    role: RoleId


class Revocation(Record):
    """The end of a key by loss or theft; signatures from `compromised-since` on count for nothing."""

    on: Day
    compromised_since: Day | None = None


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
    """An employee or contractor; dated intervals say what they were entitled to, and when."""

    id: PersonId
    name: Text
    kind: Literal["employee", "contractor"]
    employed: Annotated[tuple[Interval, ...], BeforeValidator(_listed)]
    roles: tuple[Holding, ...] = ()
    leave: tuple[Interval, ...] = ()
    accounts: dict[Text, Text] = Field(default_factory=dict)
    keys: tuple[Key, ...] = ()
