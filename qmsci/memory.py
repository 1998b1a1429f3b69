"""What was read before, in one file inside the git directory: exact, safe to delete, never believed when damaged."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import qmsci

_RECALL = "SELECT key, seal, content FROM content WHERE key IN (SELECT value FROM json_each(?))"
_TOO_LARGE = 512 * 2**20


class BlobMemory:
    """Contents by kind and blob id. Where the file cannot be opened, read or written, it remembers nothing."""

    def __init__(self, folder: Path) -> None:
        """Open the memory of this version of qmsci in a folder, or go without."""
        self._path = folder / f"read-{_version()}.sqlite"
        self._database: sqlite3.Connection | None = None
        self._database = self._opened()

    def open_anew(self) -> None:
        """Open the file anew, in a process that began as a copy of the one that had opened it."""
        self._database = self._opened()

    def recall(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        """The contents that are remembered of some; none that is not exactly what was written."""
        if self._database is None:
            return {}
        try:
            rows = self._database.execute(_RECALL, (json.dumps(keys),))
            found = {key: content for key, seal, content in rows if seal == _seal(key, content)}
        except (sqlite3.Error, TypeError):
            self._forget()
            return {}
        return found

    def remember(self, contents: Mapping[str, bytes]) -> None:
        """Keep some contents."""
        if self._database is None:
            return
        rows = [(key, _seal(key, content), content) for key, content in contents.items()]
        with suppress(sqlite3.Error), self._database:
            self._database.executemany("INSERT OR REPLACE INTO content VALUES (?, ?, ?)", rows)

    def _opened(self) -> sqlite3.Connection | None:
        try:
            self._path.parent.mkdir(exist_ok=True)
            if self._path.exists() and self._path.stat().st_size > _TOO_LARGE:
                self._path.unlink()
            return self._connected()
        except sqlite3.OperationalError:  # locked, or not for writing: the file may be good
            return None
        except sqlite3.DatabaseError:
            self._forget()
        except OSError:
            pass
        return None

    def _connected(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=0.2)
        database.execute("PRAGMA synchronous = OFF")
        database.execute(
            "CREATE TABLE IF NOT EXISTS content (key TEXT PRIMARY KEY, seal BLOB, content BLOB) WITHOUT ROWID"
        )
        return database

    def _forget(self) -> None:
        if self._database:
            self._database.close()
        self._database = None
        with suppress(OSError):
            self._path.unlink()


def _seal(key: str, content: bytes) -> bytes:
    return hashlib.blake2b(key.encode() + b"\0" + content, digest_size=8).digest()


def _version() -> str:
    """This version of qmsci, to the letter: what another one remembers is not believed."""
    seal = hashlib.blake2b(qmsci.__version__.encode(), digest_size=6)
    for source in sorted(Path(qmsci.__file__).parent.rglob("*.py")):
        seal.update(source.read_bytes())
    return seal.hexdigest()
