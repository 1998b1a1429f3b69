"""The canonical JSON of an entry (RFC 8785), by which it is signed and rejected, however its file is laid out."""

import hashlib
import json
from typing import Any

#: The keys whose values are numbers; all other scalars are the text that was written.
_NUMBERS = {"score", "pass-mark", "attempt"}


def canonical(value: Any, key: str | None = None) -> Any:
    """An entry with its numbers as numbers."""
    if isinstance(value, dict):
        return {name: canonical(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [canonical(inner) for inner in value]
    return int(value) if key in _NUMBERS and isinstance(value, str) and value.isdigit() else value


def digest_of(entry: Any) -> str:
    """The digest of an entry's canonical JSON: `sha256:` and 64 hexadecimal digits."""
    text = json.dumps(canonical(entry), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
