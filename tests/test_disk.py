"""What is written is written whole or not at all, inside the repository, and never over somebody else's file."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qmsci.disk import rewrite, write_new
from qmsci.finding import CannotRun
from qmsci.records.layout import is_stray

ROOT = Path(__file__).parent.parent
PATH = "training-records/assignments/SOP-001@1/operator.yaml"


def everything(folder: Path) -> dict[str, str]:
    """All files below a folder."""
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_file_is_written_with_its_folders(tmp_path: Path):
    """And nothing but it; others may read it."""
    write_new(tmp_path, PATH, "blå\n")

    assert everything(tmp_path) == {PATH: "blå\n"}
    assert (tmp_path / PATH).stat().st_mode & 0o777 == 0o644


def test_an_existing_file_is_never_overwritten(tmp_path: Path):
    """Somebody wrote it; the draft goes away again."""
    write_new(tmp_path, PATH, "first\n")

    with pytest.raises(CannotRun, match="is there already"):
        write_new(tmp_path, PATH, "second\n")
    assert everything(tmp_path) == {PATH: "first\n"}


@pytest.mark.parametrize("write", [write_new, rewrite])
def test_a_folder_in_the_place_of_the_file(tmp_path: Path, write):
    """It is not written into."""
    (tmp_path / PATH).mkdir(parents=True)

    with pytest.raises(CannotRun):
        write(tmp_path, PATH, "text\n")
    assert everything(tmp_path) == {}


def test_a_dangling_link_is_not_written_through(tmp_path: Path):
    """Where it leads to is not the repository's."""
    (tmp_path / "it" / PATH).parent.mkdir(parents=True)
    (tmp_path / "it" / PATH).symlink_to(tmp_path / "outside")

    with pytest.raises(CannotRun, match="is there already"):
        write_new(tmp_path / "it", PATH, "text\n")
    assert not (tmp_path / "outside").exists()


def test_rewriting_replaces_a_link_rather_than_what_it_leads_to(tmp_path: Path):
    """The file outside stays as it is."""
    (tmp_path / "outside").write_text("theirs\n")
    (tmp_path / "it" / PATH).parent.mkdir(parents=True)
    (tmp_path / "it" / PATH).symlink_to(tmp_path / "outside")
    rewrite(tmp_path / "it", PATH, "mine\n")

    assert (tmp_path / "outside").read_text() == "theirs\n"
    assert everything(tmp_path / "it") == {PATH: "mine\n"}


@pytest.mark.parametrize(
    "at", ["training-records", "training-records/assignments", "training-records/assignments/SOP-001@1"]
)
@pytest.mark.parametrize("write", [write_new, rewrite])
def test_a_folder_that_leads_out_of_the_repository_is_refused(tmp_path: Path, at: str, write):
    """A link anywhere above the file."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "it" / at).parent.mkdir(parents=True)
    (tmp_path / "it" / at).symlink_to(tmp_path / "outside")

    with pytest.raises(CannotRun, match="lies outside the repository"):
        write(tmp_path / "it", PATH, "text\n")
    assert everything(tmp_path / "outside") == {}


@pytest.mark.parametrize("path", ["../out.yaml", "roles/../../out.yaml"])
def test_a_path_that_leads_out_of_the_repository_is_refused(tmp_path: Path, path: str):
    """Whoever made it up."""
    (tmp_path / "it/roles").mkdir(parents=True)

    with pytest.raises(CannotRun, match="lies outside the repository"):
        write_new(tmp_path / "it", path, "text\n")
    assert everything(tmp_path) == {}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_not_for_writing(tmp_path: Path):
    """The system's own words say why."""
    tmp_path.chmod(0o555)
    with pytest.raises(CannotRun, match="cannot be written: Permission denied"):
        write_new(tmp_path, PATH, "text\n")
    tmp_path.chmod(0o755)


@pytest.mark.parametrize("write", [write_new, rewrite])
def test_a_full_disc_leaves_nothing_half_written(tmp_path: Path, write):
    """Neither the file nor its draft; a file that was there is as it was."""
    if write is rewrite:
        write_new(tmp_path, PATH, "before\n")
    before = everything(tmp_path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(CannotRun, match="cannot be written: File too large"):
            write(tmp_path, PATH, "x" * 5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)

    assert everything(tmp_path) == before


def test_whoever_is_killed_leaves_nothing_half_written(tmp_path: Path):
    """Every file that bears a record's name is whole; drafts have names that no record has."""
    run = """
import sys
from itertools import count
from pathlib import Path
from qmsci.disk import write_new
for n in count():
    write_new(Path(sys.argv[1]), f"training-records/assignments/SOP-001@1/r{sys.argv[2]}-{n}.yaml", "line\\n" * 20_000)
"""
    folder = tmp_path / PATH
    for number in range(12):
        process = subprocess.Popen(
            [sys.executable, "-c", run, str(tmp_path), str(number)], env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
        while not list(folder.parent.glob(f"r{number}-*")):
            time.sleep(0.001)
        time.sleep(0.003 * number)
        process.kill()
        process.wait()

    records = sorted(folder.parent.glob("*.yaml"))
    assert len(records) >= 12
    assert {record.stat().st_size for record in records} == {100_000}
    for draft in set(folder.parent.iterdir()) - set(records):
        assert not is_stray(str(draft.relative_to(tmp_path)))


def test_two_writers_of_one_file(tmp_path: Path):
    """One of them has written it, whole; the other is told."""
    run = """
import sys
from pathlib import Path
from qmsci.disk import write_new
from qmsci.finding import CannotRun
wrote = 0
for n in range(100):
    try:
        write_new(Path(sys.argv[1]), f"roles/r{n}.yaml", sys.argv[2] * 10_000)
        wrote += 1
    except CannotRun:
        pass
print(wrote)
"""
    command = [sys.executable, "-c", run, str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    both = [
        subprocess.Popen([*command, name], env=environment, stdout=subprocess.PIPE, text=True) for name in ("a", "b")
    ]

    assert sum(int(process.communicate()[0]) for process in both) == 100
    found = everything(tmp_path)
    assert len(found) == 100
    assert set(found.values()) <= {"a" * 10_000, "b" * 10_000}
