"""A web server for one machine: it shows a folder, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from qmsci.finding import CannotRun


class _Quiet(SimpleHTTPRequestHandler):
    """Says nothing of what is asked for."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (as the class above calls it)
        """Keep it to itself."""


@contextmanager
def serving(folder: Path, port: int) -> Iterator[ThreadingHTTPServer]:
    """A server of a folder, reached from this machine only; port 0 is any that is free. Raises `CannotRun`."""
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Quiet, directory=str(folder)))
    except OSError as error:
        raise CannotRun(f"port {port} cannot be used: {error.strerror}; name another: --port") from None
    with server:
        yield server
