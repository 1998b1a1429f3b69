"""The register of public keys: whose each one is, from when to when, and what it may still prove when it is revoked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from qmsci import sshsig
from qmsci.finding import At
from qmsci.records import layout
from qmsci.records.person import Key, Person
from qmsci.schema_words import Fault
from qmsci.snapshot import Snapshot

#: Asks on which day a signature came to the main line, in the policy's time zone; None as long as it has not.
Recorded = Callable[[], date | None]


class Registered(NamedTuple):
    """One key of one person, at its position in their file."""

    person: Person
    position: int
    entry: Key
    public: sshsig.Key


class SharedKey(NamedTuple):
    """An entry whose key somebody else has as well, and the first entry of the first of them."""

    one: Registered
    first: Registered


class KeyRegister:
    """The keys of a tree by fingerprint. `faults` has the entries that are no public keys."""

    def __init__(self, snapshot: Snapshot, only: str | None = None) -> None:
        """Read the keys of everybody in a tree, or of one person without looking at the others."""
        self._keys: dict[str, list[Registered]] = defaultdict(list)
        self.faults: list[Fault] = []
        people = snapshot.people if only is None else filter(None, [snapshot.people.get(only)])
        for person in people:
            for index, entry in enumerate(person.keys):
                try:
                    public = sshsig.key_of(entry.key)
                except sshsig.BadSignature as error:
                    self.faults.append(Fault(At(person.path, ("keys", index, "key")), f"not a public key: {error}"))
                    continue
                self._keys[public.fingerprint].append(Registered(person, index, entry, public))

    def __iter__(self) -> Iterator[Registered]:
        every = (one for keys in self._keys.values() for one in keys)
        return iter(sorted(every, key=_place))

    def __len__(self) -> int:
        return sum(map(len, self._keys.values()))

    def __contains__(self, fingerprint: object) -> bool:
        return fingerprint in self._keys

    def ended(self, fingerprint: str) -> date | None:
        """The last day of a key that has one, whoever has it; None for a key that goes on."""
        ends = [one.entry.to for one in self._keys.get(fingerprint, ())]
        return max(filter(None, ends), default=None) if all(ends) else None

    def shared(self) -> Iterator[SharedKey]:
        """The keys that several people have."""
        for first, *others in (sorted(keys, key=_place) for keys in self._keys.values()):
            for one in others:
                if one.person.id != first.person.id:
                    yield SharedKey(one, first)

    def refusal(self, fingerprint: str, by: str, day: date, recorded: Recorded) -> str | None:
        """
        Why a key does not sign for a person on a day; None where it does.

        `recorded` is asked for revoked keys only: what such a key signed counts if it was recorded before the key was
        compromised, whatever date the signature gives itself.
        """
        mine = [one for one in self._keys.get(fingerprint, ()) if one.person.id == by]
        if not mine:
            others = sorted({one.person.id for one in self._keys.get(fingerprint, ())})
            whose = f"; it is a key of {', '.join(others)}" if others else ""
            return f"the key {fingerprint} is not registered to {by}{whose} ({layout.person(by)})"
        refusals = [_refusal(one.entry, fingerprint, day, recorded) for one in mine]
        return None if None in refusals else refusals[-1]


def _place(one: Registered) -> tuple[str, int]:
    return one.person.id, one.position


def _refusal(entry: Key, fingerprint: str, day: date, recorded: Recorded) -> str | None:
    if day < entry.from_:
        return f"signed on {day}, and the key {fingerprint} is valid from {entry.from_}"
    if entry.to and day > entry.to:
        return f"signed on {day}, and the key {fingerprint} was valid to {entry.to}"
    if entry.revoked is None:
        return None
    since = entry.revoked.compromised_since or entry.revoked.on
    came = recorded()
    if came is None:
        return f"the key {fingerprint} was revoked on {entry.revoked.on}, and this is not recorded on main yet"
    if came < since:
        return None
    word = "compromised since" if entry.revoked.compromised_since else "revoked on"
    return f"recorded on {came}, and the key {fingerprint} is {word} {since}"


def allowed_signers(snapshot: Snapshot, register: KeyRegister) -> str:
    """
    The register as an allowed_signers file of OpenSSH, for `ssh-keygen -Y verify`; ends with a line break.

    Days become moments in UTC, which OpenSSH reads from 9.1 on.
    """
    lines = [_HEAD]
    for one in register:
        lines += _allowed(snapshot, one)
    lines += [f"# {fault.at.path}: a key is left out, for it is no public key" for fault in register.faults]
    return "\n".join(lines) + "\n"


_HEAD = """\
# The key register of this quality system. A key that is valid no more verifies what it signed when it was:
# ssh-keygen -Y verify -n qmsci -I PERSON -f THIS_FILE -s SIGNATURE -O verify-time=YYYYMMDDHHMMSSZ < PAYLOAD"""


def _allowed(snapshot: Snapshot, one: Registered) -> Iterator[str]:
    entry, who = one.entry, one.person.id
    last = entry.to
    if entry.revoked:
        since = entry.revoked.compromised_since or entry.revoked.on
        last = min(filter(None, (entry.to, _day_before(since))))
        yield f"# {who}: the next key was revoked on {entry.revoked.on}. What it signed counts only where main had it"
        yield f"# before {since}, whatever time a signature names; this format cannot say so, and qmsci verify can."
    if last and last < entry.from_:
        yield f"# {who}: never valid: {one.public.line}"
        return
    limits = [f'namespaces="{sshsig.NAMESPACE.decode()}"', f'valid-after="{_begin(snapshot, entry.from_)}"']
    if last:
        limits.append(f'valid-before="{_utc(snapshot.end_of(last).instant)}"')
    yield f"{who} {','.join(limits)} {one.public.line}"


def _begin(snapshot: Snapshot, day: date) -> str:
    """The first second of a day of the policy's time zone."""
    return _utc(snapshot.end_of(_day_before(day)).instant + timedelta(microseconds=1))


def _day_before(day: date) -> date:
    return date.fromordinal(max(day.toordinal() - 1, 2))  # whose midnight every time zone has


def _utc(moment: datetime) -> str:
    """A moment in the words of OpenSSH, which knows none before 1970."""
    return max(moment, datetime(1970, 1, 2, tzinfo=UTC)).astimezone(UTC).strftime("%Y%m%d%H%M%SZ")
