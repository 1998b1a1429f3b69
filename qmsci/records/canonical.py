"""The canonical JSON of an entry (RFC 8785), by which it is signed and rejected, however its file is laid out."""

import hashlib
import json
from typing import Any

#: The keys whose values are numbers; all other scalars are the text that was written.
_NUMBERS = {"score", "pass-mark", "attempt", "supervised"}


def canonical(value: Any, key: str | None = None) -> Any:
    """An entry with its numbers as numbers, and its keys in the order that RFC 8785 gives them."""
    if isinstance(value, dict):
        return {name: canonical(value[name], name) for name in sorted(value, key=_utf_16)}
    if isinstance(value, list):
        return [canonical(inner) for inner in value]
    is_number = key in _NUMBERS and isinstance(value, str) and value.isascii() and value.isdigit()
    return int(value) if is_number else value


def canonical_json(entry: Any) -> bytes:
    """The canonical JSON of an entry in UTF-8: no white space, sorted keys, numbers as numbers."""
    return json.dumps(canonical(entry), separators=(",", ":"), ensure_ascii=False).encode()


def digest_of(entry: Any) -> str:
    """The digest of an entry's canonical JSON: `sha256:` and 64 hexadecimal digits."""
    return "sha256:" + hashlib.sha256(canonical_json(entry)).hexdigest()


def _utf_16(name: str) -> bytes:
    """RFC 8785 compares keys by their UTF-16 units, which differs from Python's order beyond the basic plane."""
    return name.encode("utf-16-be", "surrogatepass")
