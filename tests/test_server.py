"""A web server for one machine."""

from __future__ import annotations

import threading
import urllib.request
from pathlib import Path
from urllib.error import HTTPError

import pytest

from qmsci.finding import CannotRun
from qmsci.server import serving


def test_it_shows_a_folder_to_this_machine_only(tmp_path: Path):
    """What lies in the folder is served as it is, and nothing beside it."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site/data").mkdir()
    (tmp_path / "site/index.html").write_text("<p>here</p>")
    (tmp_path / "secret").write_text("no")

    with serving(tmp_path / "site", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        host, port = server.server_address[:2]
        with urllib.request.urlopen(f"http://{host}:{port}/") as answer:
            assert answer.read() == b"<p>here</p>"
        with pytest.raises(HTTPError, match="404"):
            urllib.request.urlopen(f"http://{host}:{port}/../secret")
        for path, name, refused in (
            ("/", "evil.example", "421"),
            ("/", f"evil.example:{port}", "421"),
            ("/data/", "", "404"),
        ):
            asked = urllib.request.Request(f"http://{host}:{port}{path}", headers={"Host": name} if name else {})
            with pytest.raises(HTTPError, match=refused):
                urllib.request.urlopen(asked)
        with urllib.request.urlopen(f"http://localhost:{port}/index.html") as answer:
            assert answer.status == 200
        server.shutdown()
        thread.join()

    assert host == "127.0.0.1"


def test_a_port_that_is_taken_is_refused(tmp_path: Path):
    """The next one who wants it is told so."""
    with serving(tmp_path, 0) as server:
        port = int(server.server_address[1])
        with pytest.raises(CannotRun, match=f"port {port} cannot be used"), serving(tmp_path, port):
            pass
