"""What is remembered is exact or not believed: no state of the cache file ever changes a verdict."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from qmsci.memory import BlobMemory
from tests.repositories import ENVIRONMENT, Checkout, begun

ROOT = Path(__file__).parent.parent
DOCUMENT = """\
---
id: SOP-001
title: Gowning
owner: operator
governs: [gowning]
revisions:
  - {revision: 1, effective: 2026-12-15, summary: First issue., impact: retrain, authors: [p-1]}
---
Gown.
"""
FILES = {
    "controlled-docs/sop/SOP-001.md": DOCUMENT,
    "roles/activities.yaml": "gowning: {title: Gowning}\n",
    "roles/operator.yaml": "id: operator\ntitle: Operator\npurpose: Fills vials.\nperforms: [gowning]\n",
    "roles/people/p-1.yaml": "id: p-1\nname: N\nkind: employee\nemployed: {from: 2024-01-01}\n",
}
CONTENTS = {f"document:{n:040x}": b'["", []]\n{"n": %d}' % n for n in range(1200)}


def remembered(folder: Path, keys: list[str] | None = None) -> dict[str, bytes]:
    """What a new memory of a folder recalls."""
    return dict(BlobMemory(folder).recall(list(CONTENTS) if keys is None else keys))


@pytest.fixture
def full(tmp_path: Path) -> Path:
    """A folder whose memory holds something."""
    BlobMemory(tmp_path).remember(CONTENTS)
    return tmp_path


def file_of(folder: Path) -> Path:
    """The one file of a memory."""
    return next(path for path in sorted(folder.iterdir()) if path.suffix == ".sqlite")


# --- what is remembered ---------------------------------------------------------------------------------------------


def test_what_was_remembered_is_recalled(full: Path):
    """From one run to the next; of what nobody remembered there is nothing."""
    assert remembered(full) == CONTENTS
    assert remembered(full, ["document:unknown"]) == remembered(full, []) == {}


def test_another_version_has_a_memory_of_its_own(full: Path, monkeypatch: pytest.MonkeyPatch):
    """What another version made of the same bytes may be something else."""
    monkeypatch.setattr("qmsci.__version__", "9.9.9")

    assert remembered(full) == {}


def _row(change: str) -> Callable[[Path], None]:
    def damage(file: Path) -> None:
        with closing(sqlite3.connect(file)) as database, database:
            database.execute(change)

    return damage


def _bytes(start: int, text: bytes) -> Callable[[Path], None]:
    def damage(file: Path) -> None:
        data = bytearray(file.read_bytes())
        data[start : start + len(text)] = text
        file.write_bytes(data)

    return damage


def _cut(size: int) -> Callable[[Path], None]:
    return lambda file: os.truncate(file, size)


def _folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


DAMAGES = [
    pytest.param(_row("UPDATE content SET content = replace(content, 'n', 'm')"), id="contents altered"),
    pytest.param(_row("UPDATE content SET content = 42"), id="contents are numbers"),
    pytest.param(_row("UPDATE content SET content = NULL, seal = NULL"), id="contents are gone"),
    pytest.param(_row("UPDATE content SET content = CAST(content AS TEXT)"), id="contents are texts"),
    pytest.param(_row("UPDATE content SET key = 'document:' || substr(key, -1) || substr(key, 10)"), id="keys altered"),
    pytest.param(_row("DROP TABLE content"), id="no table"),
    pytest.param(_row("ALTER TABLE content RENAME COLUMN seal TO lock"), id="another table"),
    pytest.param(lambda file: file.write_bytes(b""), id="empty"),
    pytest.param(lambda file: file.write_bytes(b"no database\n" * 1000), id="no database"),
    pytest.param(_cut(100), id="cut in its heading"),
    pytest.param(_cut(5000), id="cut in a page"),
    pytest.param(_cut(4096 * 3), id="cut between pages"),
    pytest.param(_bytes(0, b"SQLite format 9\0"), id="another format"),
    pytest.param(_bytes(4096, b"\xff" * 4096), id="a page of noise"),
    pytest.param(_bytes(20000, b"\0" * 300), id="a hole"),
    pytest.param(_folder, id="a folder"),
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_memory_recalls_nothing_wrong(full: Path, damage: Callable[[Path], None]):
    """Less, perhaps nothing; never something else. And it can be written to as if nothing had been."""
    damage(file_of(full))
    found = remembered(full)

    assert found.items() <= CONTENTS.items()
    memory = BlobMemory(full)
    memory.remember({"document:new": b"new"})
    assert memory.recall(["document:new"]) in ({}, {"document:new": b"new"})


def test_a_damaged_memory_heals(full: Path):
    """Whoever pulls the plug is not slow for ever after."""
    file_of(full).write_bytes(b"no database\n" * 1000)
    remembered(full)
    BlobMemory(full).remember(CONTENTS)

    assert remembered(full) == CONTENTS


def test_a_memory_that_grew_too_large_begins_anew(full: Path, monkeypatch: pytest.MonkeyPatch):
    """It never fills a disc."""
    monkeypatch.setattr("qmsci.memory._TOO_LARGE", 10)

    assert remembered(full) == {}


def test_a_folder_that_cannot_be_made_is_done_without(tmp_path: Path):
    """Nothing is remembered, and nothing fails."""
    (tmp_path / "file").write_text("")
    memory = BlobMemory(tmp_path / "file" / "folder")
    memory.remember(CONTENTS)

    assert memory.recall(list(CONTENTS)) == {}


def test_a_locked_memory_is_done_without(full: Path):
    """Another process that writes for long is not waited for."""
    with closing(sqlite3.connect(file_of(full))) as other:
        other.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        memory = BlobMemory(full)
        found = memory.recall(list(CONTENTS))
        memory.remember({"document:new": b"new"})

        assert found == {}
        assert time.monotonic() - began < 3
    assert remembered(full) == CONTENTS


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_memory_that_may_only_be_read(full: Path):
    """As on a mounted cache: it is read, and not written."""
    file_of(full).chmod(0o444)
    full.chmod(0o555)
    try:
        BlobMemory(full).remember({"document:new": b"new"})
        assert remembered(full).items() <= CONTENTS.items()
    finally:
        full.chmod(0o755)


def test_two_processes_at_once(tmp_path: Path):
    """Both write, both read, and both get what was written."""
    run = """
import sys
from pathlib import Path
from qmsci.memory import BlobMemory
folder, start = Path(sys.argv[1]), int(sys.argv[2])
for n in range(60):
    contents = {f"document:{start + n}-{m}": f"{start + n} {m}".encode() for m in range(50)}
    memory = BlobMemory(folder)
    memory.remember(contents)
    found = BlobMemory(folder).recall(list(contents))
    assert found.items() <= contents.items(), found
"""
    command = [sys.executable, "-W", "ignore", "-c", run, str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    both = [subprocess.Popen([*command, str(start)], env=environment) for start in (0, 30)]

    assert [process.wait(60) for process in both] == [0, 0]


# --- what the command says ------------------------------------------------------------------------------------------


def said(checkout: Checkout) -> tuple[int, str]:
    """What `qmsci check --all` says, in a process of its own."""
    command = [sys.executable, "-m", "qmsci", "check", "--all", "--head", "HEAD", "--format", "json"]
    environment = {**os.environ, **ENVIRONMENT, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, cwd=checkout.folder, env=environment, capture_output=True, text=True, check=False)
    assert ran.stderr == ""
    return ran.returncode, ran.stdout


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Checkout, tuple[int, str]]:
    """A repository with a finding, and what is said of it when nothing is remembered."""
    checkout = begun(tmp_path_factory.mktemp("judged"), FILES)
    verdict = said(checkout)
    assert verdict[0] == 1
    assert "revision-without-assignment" in verdict[1]
    return checkout, verdict


def test_the_verdict_is_the_same_with_a_memory(judged: tuple[Checkout, tuple[int, str]]):
    """The second time nothing is read anew, and the same is said."""
    checkout, verdict = judged
    with closing(sqlite3.connect(file_of(checkout.folder / ".git/qmsci"))) as database:
        assert database.execute("SELECT count(*) FROM content").fetchone()[0] >= len(FILES)

    assert said(checkout) == verdict


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_memory_does_not_change_the_verdict(
    judged: tuple[Checkout, tuple[int, str]], damage: Callable[[Path], None]
):
    """Whatever was done to its file."""
    checkout, verdict = judged
    said(checkout)
    damage(file_of(checkout.folder / ".git/qmsci"))

    assert said(checkout) == verdict
    shutil.rmtree(checkout.folder / ".git/qmsci")
