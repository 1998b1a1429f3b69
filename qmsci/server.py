"""A web server for one machine: it shows a folder, and nothing else."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO

from qmsci.finding import CannotRun

#: What this machine calls itself; another name is that of a page elsewhere, which wants to read along.
_NAMES = {"127.0.0.1", "localhost"}


class _Files(SimpleHTTPRequestHandler):
    """The files of a folder, to those who ask this machine for them; no lists, and not a word about it."""

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """Answer, unless it was asked of somebody else."""
        if self.headers.get("Host", "").rpartition(":")[0] not in _NAMES:
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            return None
        return super().send_head()

    def list_directory(self, path: str | os.PathLike[str]) -> None:
        """Refuse: what the site has, its pages say."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (as the class above calls it)
        """Keep it to itself."""


@contextmanager
def serving(folder: Path, port: int) -> Iterator[ThreadingHTTPServer]:
    """A server of a folder, reached from this machine only; port 0 is any that is free. Raises `CannotRun`."""
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Files, directory=str(folder)))
    except OSError as error:
        raise CannotRun(f"port {port} cannot be used: {error.strerror}; name another: --port") from None
    with server:
        yield server
