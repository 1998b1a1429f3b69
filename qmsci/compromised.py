"""What a stolen or lost key takes with it: records that were signed with it, and that main did not have in time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple, Protocol

from qmsci import sshsig
from qmsci.records.person import Key
from qmsci.records.training import Approval, Completion, CompletionEntry, FileApproval, Waiver
from qmsci.snapshot import Snapshot


class Given(Protocol):
    """A signature, as far as it is looked at here; an approval is its own."""

    @property
    def by(self) -> str:
        """Whose it is."""

    @property
    def key(self) -> str | None:
        """The fingerprint of the key."""

    @property
    def signature(self) -> str | None:
        """The signature itself."""


class Lost(NamedTuple):
    """Why a record counts for nothing: whose key signed it, since when that proves nothing, when the record came."""

    by: str
    key: Key
    recorded: date | None  # on main, in the policy's time zone; None as long as it is not there

    @property
    def since(self) -> date:
        """The first day on which main no longer takes the key's word."""
        return _since(self.key)

    def __str__(self) -> str:
        word = "is compromised since" if self.key.revoked and self.key.revoked.compromised_since else "was revoked on"
        came = f"recorded on {self.recorded}" if self.recorded else "not recorded on main yet"
        return f"signed by {self.by} with a key that {word} {self.since} and {came}"


def lost(
    snapshot: Snapshot, path: str, signers: Iterable[str], signatures: Iterable[Given], when: datetime | None
) -> Lost | None:
    """
    Why a record in the file of a path counts for nothing by a moment (None: whenever); None where it is not lost.

    Of each of its signers it is enough that one signature holds: a record is saved by being signed anew. Files of
    people are read for the signers that signed, and history is asked only where one of them has a revoked key.
    """
    given = [one for one in signatures if one.key and one.signature]
    for signer in dict.fromkeys(signers) if given else ():
        own = [one for one in given if one.by == signer]
        found = [_lost(snapshot, path, one, when) for one in own]
        if found and all(found):
            return found[0]
    return None


def lost_entry(
    snapshot: Snapshot, path: str, person: str, entry: CompletionEntry, when: datetime | None
) -> Lost | None:
    """Why an entry of a person's history counts for nothing by a moment, as far as its keys are concerned."""
    if not entry.signatures:
        return None
    return lost(snapshot, path, _signers(person, entry), entry.signatures, when)


def lost_waiver(snapshot: Snapshot, path: str, waiver: Waiver, day: date) -> Lost | None:
    """Why a waiver counts for nothing on a day, as far as its key is concerned."""
    if not waiver.signatures or waiver.by is None:
        return None
    return lost(snapshot, path, (waiver.by,), waiver.signatures, snapshot.end_of(day).instant)


def lost_approval(snapshot: Snapshot, approval: Approval | FileApproval, when: datetime | None = None) -> Lost | None:
    """Why an approval counts for nothing by a moment (None: whenever), as far as its key is concerned."""
    return lost(snapshot, approval.path, (approval.by,), (approval,), when)


def _signers(person: str, entry: CompletionEntry) -> Iterator[str]:
    """Those whose signatures an entry rests on."""
    if not isinstance(entry, Completion):
        yield entry.by
        return
    if entry.origin and entry.origin.verified_by:
        yield entry.origin.verified_by
    yield person
    if entry.practical:
        yield entry.practical.evaluator
    if entry.session:
        yield entry.session.facilitator


def _lost(snapshot: Snapshot, path: str, signature: Given, when: datetime | None) -> Lost | None:
    who = snapshot.people.get(signature.by)
    if who is None or not any(key.revoked for key in who.keys):
        return None
    mine = [key for key in who.keys if _fingerprint(key.key) == signature.key]
    if not mine or not all(_holds(snapshot, key, when) for key in mine):
        return None
    came = snapshot.source.recorded(path, signature.signature or "")
    late = [key for key in mine if came is None or came >= _since(key)]
    return Lost(signature.by, late[0], came) if len(late) == len(mine) else None


def _holds(snapshot: Snapshot, key: Key, when: datetime | None) -> bool:
    """Whether the revocation of a key is held against what is said of a moment."""
    if key.revoked is None:
        return False
    return snapshot.hindsight or when is None or key.revoked.on <= snapshot.day_of(when)


def _since(key: Key) -> date:
    assert key.revoked
    return key.revoked.compromised_since or key.revoked.on


@lru_cache(maxsize=1024)
def _fingerprint(text: str) -> str | None:
    try:
        return sshsig.key_of(text).fingerprint
    except sshsig.BadSignature:
        return None
