"""Who signs an entry of somebody's training, and what the signature means: what may stand there, and what must."""

from __future__ import annotations

from typing import NamedTuple

from qmsci.records.base import PersonId
from qmsci.records.policy import DocumentType
from qmsci.records.training import Completion, Rejection, Waiver

Entry = Completion | Rejection | Waiver


class Asked(NamedTuple):
    """A signature that an entry asks for: whose (None where the entry does not say), and with which meaning."""

    by: PersonId | None
    meaning: str


def trainee_meaning(entry: Completion) -> str:
    """What trainees sign: that they have read and understood; where nothing was read, that they have performed."""
    return "read-and-understood" if "read" in entry.method else "performed"


def asked_of(entry: Entry, person: PersonId, kind: DocumentType | None) -> list[Asked]:
    """All signatures that may stand on an entry of a person's file; `kind` is the type of its document."""
    if not isinstance(entry, Completion):
        return [Asked(entry.by, "approved")]
    found = [Asked(person, trainee_meaning(entry))]
    if entry.session and kind and kind.facilitated:
        found.append(Asked(entry.session.facilitator, "facilitated"))
    if entry.practical:
        found.append(Asked(entry.practical.evaluator, "evaluated"))
    if entry.origin:
        found.append(Asked(entry.origin.verified_by, "verified"))
    return found


def needed_on(entry: Entry, person: PersonId, kind: DocumentType | None) -> list[tuple[Asked, ...]]:
    """
    The signatures without which an entry is not signed; of each group, one.

    In a session whose document's type is `facilitated`, the facilitator's stands for those of the trainees, and for
    that of an evaluator who is the same. Of a migrated record, it is that of whoever compared it with its source.
    """
    asked = {one.meaning: one for one in asked_of(entry, person, kind)}
    if not isinstance(entry, Completion):
        return [(asked["approved"],)]
    if entry.origin:
        return [(asked["verified"],)]
    facilitated = tuple(one for one in asked.values() if one.meaning == "facilitated")
    found = [(asked[trainee_meaning(entry)], *facilitated)]
    if entry.practical:
        evaluated = asked["evaluated"]
        found.append((evaluated, *(one for one in facilitated if one.by == evaluated.by)))
    return found


def given_on(entry: Entry) -> set[Asked]:
    """Who has signed an entry with a key, and as what."""
    return {Asked(one.by, one.meaning or "") for one in entry.signatures if one.key or one.signature}


def lacking_on(entry: Entry, person: PersonId, kind: DocumentType | None) -> list[tuple[Asked, ...]]:
    """The signatures that an entry needs still; of each group, one."""
    given = given_on(entry)
    return [group for group in needed_on(entry, person, kind) if not given.intersection(group)]


def may_sign(entry: Entry, person: PersonId, kind: DocumentType | None, signer: PersonId) -> list[Asked]:
    """What the signature of somebody on an entry can mean, and does not mean there yet."""
    given = given_on(entry)
    return [one for one in asked_of(entry, person, kind) if one.by == signer and one not in given]
