"""The site of the reference system, built once for all tests, served and from disc, and a browser that looks at it."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from qmsci.server import serving
from tests.repositories import ENVIRONMENT

ROOT = Path(__file__).parent.parent.parent
NODE = ROOT / "tools/node_modules"
#: The day of the site; the reference system's own dates lie around it.
DAY = date(2026, 11, 22)
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
#: A browser that asks nobody for anything of its own.
_OPTIONS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync", "--disable-dev-shm-usage"),
    *("--disable-background-networking", "--disable-component-update"),
]


def missing(what: str) -> None:
    """Skip what needs something that is not here; in CI nothing is skipped."""
    said = f"{what} is not here: make test installs it where it can"
    if os.environ.get("CI") == "true":
        pytest.fail(said)
    pytest.skip(said)


@contextmanager
def once(folder: Path) -> Iterator[bool]:
    """Whether this worker is the first that needs a folder to be made; the others wait for it."""
    with (folder.parent / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield not (folder / "made").exists()
        (folder / "made").touch()


def cloned(folder: Path) -> Path:
    """HEAD of this checkout, as the main branch of a clone."""
    settings = {**os.environ, **ENVIRONMENT}
    subprocess.run(
        ["git", "clone", "-q", "--no-hardlinks", f"file://{ROOT}", folder],
        check=True,
        env=settings,
        capture_output=True,
    )
    subprocess.run(["git", "checkout", "-q", "-B", "main", "HEAD"], cwd=folder, check=True, env=settings)
    subprocess.run(["git", "remote", "remove", "origin"], cwd=folder, check=True, env=settings)
    return folder


def qmsci(folder: Path, *arguments: str, expect: int = 0) -> str:
    """What a command of qmsci prints in a folder."""
    ran = subprocess.run(
        [sys.executable, "-P", "-m", "qmsci", *arguments],
        cwd=folder,
        env={**os.environ, **ENVIRONMENT, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == expect, ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr
    return ran.stdout


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of the reference system, and in `site/` beside it its site as of `DAY`; nobody alters them."""
    root = tmp_path_factory.getbasetemp()
    folder = (root.parent if os.environ.get("PYTEST_XDIST_WORKER") else root) / "reference"
    folder.mkdir(exist_ok=True)
    with once(folder) as first:
        if first:
            cloned(folder / "halden")
            qmsci(folder / "halden", "site", "build", "--as-of", str(DAY), "--output", str(folder / "site"))
    return folder / "halden"


@pytest.fixture(scope="session")
def built(reference: Path) -> Path:
    """The built site of the reference system."""
    return reference.parent / "site"


@pytest.fixture(scope="session")
def server(built: Path) -> Iterator[str]:
    """The address of a web server that shows the built site."""
    with serving(built, 0) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


@pytest.fixture(params=["server", "disc"])
def address(request: pytest.FixtureRequest, built: Path) -> str:
    """Where the site is: on a web server, and on disc."""
    return str(request.getfixturevalue("server")) if request.param == "server" else built.as_uri()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        missing("Chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=_OPTIONS)
        yield running
        running.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of somebody who was never here before, in a window of usual width."""
    opened = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    yield opened
    opened.close()


def axe() -> str:
    """The source of axe, which finds what keeps people out."""
    path = NODE / "axe-core/axe.min.js"
    if not path.exists():
        missing("axe")
    return path.read_text(encoding="utf-8")
