"""Signed records for tests, laid out as qmsci writes them or as people do."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from qmsci import sshsig
from qmsci.signature import payload_of

Values = Mapping[str, Any]


class Signer(Protocol):
    """Whoever signs."""

    @property
    def key(self) -> sshsig.Key:
        """The public half of their key."""

    def sign(self, payload: bytes) -> str:
        """Their signature."""


@dataclass(frozen=True)
class Pen:
    """Somebody who signs, with their key."""

    by: str
    name: str
    signer: Signer

    def on(self, path: str, record: Values, meaning: str, at: str) -> dict[str, Any]:
        """Their signature on a record in the file of a path."""
        fields = {"by": self.by, "name": self.name, "meaning": meaning, "at": at}
        signature = self.signer.sign(payload_of(path, _written(record), fields))
        return {**fields, "key": self.signer.key.fingerprint, "signature": signature}


def _written(value: Any) -> Any:
    """The scalars as the texts that a file has."""
    if isinstance(value, dict):
        return {key: _written(inner) for key, inner in value.items()}
    return [_written(inner) for inner in value] if isinstance(value, list) else str(value)


def lines(records: Sequence[Values]) -> str:
    """A file of records, one on a line."""
    return "".join(f"- {json.dumps(record, sort_keys=True, ensure_ascii=False)}\n" for record in records)


def spread(record: Values) -> str:
    """A file of one record, a key on each line."""
    return "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in record.items())
