"""
The signatures on records, and the bytes that each one signs.

A signature signs the canonical JSON (RFC 8785) of its record without the record's signature fields, joined with what
the signature says of itself (`by`, `name`, `meaning`, `at`) and, for completions and waivers, with the `person` that
the path names. So it cannot be moved to another record, text, meaning, person or time, and its file may be laid out
anew around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from qmsci.finding import CannotRun, KeyPath
from qmsci.load import Content
from qmsci.records.canonical import canonical_json
from qmsci.records.layout import Kind, filed

#: The kinds of file whose records are signed.
SIGNED_KINDS = (Kind.APPROVAL, Kind.FILE_APPROVAL, Kind.COMPLETIONS, Kind.WAIVERS)
#: Those whose file is a list of records of the person that the path names.
_LISTS = (Kind.COMPLETIONS, Kind.WAIVERS)
#: What a signature says of itself, and signs.
SAYS = ("by", "name", "meaning", "at")
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
        return bool(self.fields.get("signature") or self.fields.get("key"))

    @property
    def name(self) -> str:
        """How `qmsci verify` names it: the path, and which entry and signature where there can be several."""
        return self.path if not self.keys else f"{self.path}#{self.entry}.{self.number}"


def payload_of(path: str, record: Mapping[str, Any], fields: Mapping[str, Any]) -> bytes:
    """The bytes that a signature with some fields signs for a record, as it is written in the file of a path."""
    found = {key: value for key, value in record.items() if key not in _UNSIGNED}
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
    values: Any = content.values
    last = len(values["entries"]) if "entries" in values else 1
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
