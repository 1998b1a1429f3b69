"""Who works here, in which roles, since when, with which keys."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from qmsci.records.base import Correction, Day, FileRecord, Interval, PersonId, Record, RoleId, Text, noted


def _listed(value: object) -> object:
    return [value] if isinstance(value, dict | Interval) else value


class Holding(Interval):
    """One role held by one person over an interval."""

    #: The role that is held.
    role: RoleId


class Revocation(Record):
    """The end of a key by loss or theft; signatures from `compromised-since` on count for nothing."""

    #: When it was revoked.
    on: Day
    #: The first day from which it is not known who signed with it; `on`, where absent.
    compromised_since: Day | None = None
    #: Why it was revoked: lost, stolen, replaced.
    reason: Text | None = None
    #: Who reported it: its owner, or somebody else.
    by: PersonId | None = None


class Key(Record):
    """A public key that signs for a person, with the proof of identity and the second person (21 CFR 11.100)."""

    #: The public key, `ssh-ed25519 AAAA…`.
    key: Text
    #: The first day on which it signs.
    from_: Day
    #: The last day on which it signs, included.
    to: Day | None = None
    #: How it was known whose key it is, such as a badge that was seen.
    proof: Text
    #: Who made sure of it: a second person.
    by: PersonId
    #: The end of the key before its time.
    revoked: Revocation | None = None
    #: Why this entry, once merged, was altered in the past.
    corrected: Correction | None = None


class Person(FileRecord):
    """
    An employee or contractor; dated intervals say what they were entitled to, and when.

    The file may leave the name out. Then they are shown by the name that a register outside the repository has; and
    recorded, in signatures too, by their id.
    """

    #: The file's name; it needs to say nothing about the person.
    id: PersonId
    #: The name to show and to print in signatures; it may live in a register elsewhere.
    written_name: Text | None = Field(default=None, alias="name")
    #: Contractors are trained as employees are.
    kind: Literal["employee", "contractor"]
    #: The days of employment; one interval may stand without the list.
    employed: Annotated[tuple[Interval, ...], BeforeValidator(_listed)]
    #: Which roles are held, over which days.
    roles: tuple[Holding, ...] = ()
    #: Days away; what falls due on one of them is due on the day after.
    leave: tuple[Interval, ...] = ()
    #: Accounts by system, as in `github: isolberg`, for reviews, commits and CODEOWNERS.
    accounts: dict[Text, Text] = Field(default_factory=dict)
    #: The keys that sign for the person, and until when.
    keys: tuple[Key, ...] = ()
    #: The name that a register outside the repository has, which the reader notes.
    known_as: str = noted("known as")

    @property
    def name(self) -> str:
        """The name to show: of their file, else of the register outside the repository, else their id."""
        return self.written_name or self.known_as or self.id

    @property
    def signing_name(self) -> str:
        """The name that a signature of theirs gives: only ever one that the repository has."""
        return self.written_name or self.id
