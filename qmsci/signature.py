"""
The signatures on records, and the bytes that each one signs.

A signature signs the canonical JSON (RFC 8785) of its record without the record's signature fields, joined with what
the signature says of itself (`by`, `name`, `meaning`, `at`) and, for completions and waivers, with the `person` that
the path names. So it cannot be moved to another record, text, meaning, person or time, and its file may be laid out
anew around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from operator import eq
from typing import Any, NamedTuple

from qmsci.finding import CannotRun, KeyPath
from qmsci.load import Content
from qmsci.records.base import FileRecord
from qmsci.records.canonical import canonical_json, digest_of
from qmsci.records.layout import Kind, filed
from qmsci.records.training import Approval, Completions, FileApproval, Waivers

#: The kinds of file whose records are signed.
SIGNED_KINDS = (Kind.APPROVAL, Kind.FILE_APPROVAL, Kind.COMPLETIONS, Kind.WAIVERS)
#: Those whose file is a list of records of the person that the path names.
_LISTS = (Kind.COMPLETIONS, Kind.WAIVERS)
#: What a signature says of itself, and signs.
SAYS = ("by", "name", "meaning", "at")
#: What a signature must have to be verified.
WHOLE = (*SAYS, "key", "signature")
#: What a record has and no signature signs: the signatures; and why it is late, which may be added while it waits.
_UNSIGNED = {"signatures", "key", "signature", "late"}


class Signed(NamedTuple):
    """
    One signature on a record.

    `entry` and `number` are the positions of the record in its file and of the signature on the record, from 1. `keys`
    is where the signature stands in the file, `record` and `fields` are what the two say, as it is written.
    """

    path: str
    entry: int
    number: int
    keys: KeyPath
    record: Mapping[str, Any]
    fields: Mapping[str, Any]

    @property
    def payload(self) -> bytes:
        """The bytes that it signs."""
        return payload_of(self.path, self.record, self.fields)

    @property
    def is_given(self) -> bool:
        """Whether there is a signature, rather than only the words of one."""
        return _given(self.fields)

    @property
    def is_whole(self) -> bool:
        """Whether it has all that a signature must have to be verified."""
        return all(self.fields.get(key) for key in WHOLE)

    @property
    def name(self) -> str:
        """How `qmsci verify` names it: the path, and which entry and signature where there can be several."""
        return self.path if not self.keys else f"{self.path}#{self.entry}.{self.number}"


def payload_of(path: str, record: Mapping[str, Any], fields: Mapping[str, Any]) -> bytes:
    """The bytes that a signature with some fields signs for a record, as it is written in the file of a path."""
    found = _unsigned(record)
    found |= {key: fields[key] for key in SAYS if key in fields}
    about = filed(path)
    if about and about.kind in _LISTS:
        found["person"] = about.names[0]
    return canonical_json(_present(found))


def disagreement(signed: Signed) -> str | None:
    """
    Where a record and its signature say different things of who or when; only one of the two would be signed.

    A waiver says who grants it, the rejection of an entry who rejects it and when.
    """
    for key in SAYS:
        record, own = signed.record.get(key), signed.fields.get(key)
        if record is not None and own is not None and record != own:
            return f"the record says {key}: {record}, and its signature {key}: {own}"
    return None


def signatures_in(path: str, content: Content) -> Iterator[Signed]:
    """The signatures that a file has, in their order. The content must be one that a record has been read from."""
    values: Any = content.values
    about = filed(path)
    if about is None or about.kind not in SIGNED_KINDS:
        return
    if about.kind not in _LISTS:
        yield Signed(path, 1, 1, (), values, values)
        return
    for index, record in enumerate(values["entries"]):
        for number, fields in enumerate(record.get("signatures") or ()):
            yield Signed(path, index + 1, number + 1, (index, "signatures", number), record, fields)


def is_signed(record: FileRecord) -> bool:
    """Whether a record has signatures, or only the words of one; an approval in words is a record like any other."""
    match record:
        case Completions() | Waivers():
            return any(entry.signatures for entry in record.entries)
        case Approval() | FileApproval():
            return bool(record.key or record.signature)
    return False


def entries_in(content: Content) -> Sequence[Any]:
    """The records that a signed file has, as they are written."""
    values: Any = content.values
    found: Sequence[Any] = values.get("entries", [values])
    return found


def kept(before: Sequence[Any], after: Sequence[Any]) -> dict[int, int]:
    """
    The entries of a file that were there before, as they are written: the position now, and the one then.

    An entry may have gained signatures. One that was rejected may not: it would no longer be the one that is rejected.
    """
    rejected = {entry["rejects"] for entry in before if "rejects" in entry}

    def may_be(was: Any, now: Any) -> bool:
        return has_grown(was, now) and digest_of(was) not in rejected

    found: dict[int, int] = {}
    free = list(range(len(before)))
    for is_same in (eq, may_be):
        for index in (index for index in range(len(after)) if index not in found):
            then = next((then for then in free if is_same(before[then], after[index])), None)
            if then is not None:
                free.remove(then)
                found[index] = then
    return found


def has_grown(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """
    Whether a record says all that it said, and has gained signatures; with them it may say why they are late.

    A signature that had no key may gain one. An approval is its own signature.
    """
    if _unsigned(before) != _unsigned(after) or before.get("late", after.get("late")) != after.get("late"):
        return False
    then, now = before.get("signatures") or [], after.get("signatures") or []
    if not then and not now:
        return _is_signing(before, after)
    old = zip(then, now, strict=False)
    return len(now) >= len(then) and now != then and all(was == one or _is_signing(was, one) for was, one in old)


def _is_signing(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether what was signed in words has gained the key and the signature."""
    words = {key: before.get(key) for key in SAYS} == {key: after.get(key) for key in SAYS}
    return words and not _given(before) and _given(after)


def _given(fields: Mapping[str, Any]) -> bool:
    return bool(fields.get("signature") or fields.get("key"))


def _unsigned(record: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key not in _UNSIGNED}


_REFERENCE = re.compile(r"(.+?)(?:#([1-9]\d{0,5})(?:\.([1-9]\d{0,5}))?)?", re.DOTALL | re.ASCII)


def reference(text: str) -> tuple[str, int | None, int | None]:
    """
    The path, entry and signature that `PATH[#ENTRY[.SIGNATURE]]` names.

    >>> reference("training-records/completions/p-0042/SOP-014.yaml#3.2")
    ('training-records/completions/p-0042/SOP-014.yaml', 3, 2)
    """
    found = _REFERENCE.fullmatch(text)
    if found is None or "#" in found[1]:
        raise CannotRun(f"{text!r} does not name a signature, as in PATH, PATH#3 or PATH#3.2")
    return found[1], int(found[2]) if found[2] else None, int(found[3]) if found[3] else None


def chosen(path: str, content: Content, entry: int | None, number: int | None) -> Signed:
    """One signature of a file: of the last entry, and the last on it, where none is named. Raises `CannotRun`."""
    last = len(entries_in(content))
    wanted = entry or last
    if wanted > last:
        raise CannotRun(f"{path} has {last} {'entry' if last == 1 else 'entries'}, and no entry {wanted}")
    on = [signed for signed in signatures_in(path, content) if signed.entry == wanted]
    if not on:
        raise CannotRun(f"entry {wanted} of {path} has no signature")
    if number and number > len(on):
        raise CannotRun(
            f"entry {wanted} of {path} has {len(on)} signature{'s' * (len(on) > 1)}, and no signature {number}"
        )
    return on[number - 1 if number else -1]


def _present(value: Any) -> Any:
    """A value without the keys that have none, which says the same as leaving them out."""
    if isinstance(value, dict):
        return {key: _present(inner) for key, inner in value.items() if inner is not None}
    return [_present(inner) for inner in value] if isinstance(value, list) else value
