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

from qmsci.disk import replace_unchanged, rewrite, write_new
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


# --- replacing what is as it was read -------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [None, b"", b"first\n"])
def test_a_file_that_is_as_it_was_read_is_replaced(tmp_path: Path, before: bytes | None):
    """Or written, where there was none."""
    if before is not None:
        rewrite(tmp_path, PATH, before.decode())
    replace_unchanged(tmp_path, PATH, before, "after\r\n")

    assert (tmp_path / PATH).read_bytes() == b"after\r\n"
    assert len(everything(tmp_path)) == 1


@pytest.mark.parametrize(
    ("before", "now", "why"),
    [
        (b"first\n", "second\n", "changed by somebody else"),
        (b"first\n", None, "changed by somebody else"),
        (None, "second\n", "is there already"),
    ],
)
def test_a_file_that_somebody_has_changed_meanwhile_is_left_alone(
    tmp_path: Path, before: bytes | None, now: str | None, why: str
):
    """What they wrote is what is there."""
    (tmp_path / PATH).parent.mkdir(parents=True)
    if now is not None:
        rewrite(tmp_path, PATH, now)

    with pytest.raises(CannotRun, match=why):
        replace_unchanged(tmp_path, PATH, before, "mine\n")
    assert everything(tmp_path) == ({PATH: now} if now else {})


def test_a_link_is_no_file_that_was_read(tmp_path: Path):
    """Neither it nor what it leads to is replaced."""
    (tmp_path / "outside").write_text("theirs\n")
    (tmp_path / "it" / PATH).parent.mkdir(parents=True)
    (tmp_path / "it" / PATH).symlink_to(tmp_path / "outside")

    with pytest.raises(CannotRun, match="cannot be read"):
        replace_unchanged(tmp_path / "it", PATH, b"theirs\n", "mine\n")
    assert (tmp_path / "it" / PATH).is_symlink()
    assert (tmp_path / "outside").read_text() == "theirs\n"


def test_a_folder_that_is_gone_is_said_plainly(tmp_path: Path):
    """It is not made anew around a file that somebody removed."""
    with pytest.raises(CannotRun, match="cannot be written to"):
        replace_unchanged(tmp_path, PATH, b"first\n", "mine\n")


ADDING = """
import sys
from pathlib import Path
from qmsci.disk import replace_unchanged
from qmsci.finding import CannotRun

root, path, who = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
written = 0
while written < 20:
    before = (root / path).read_bytes()
    try:
        replace_unchanged(root, path, before, before.decode() + f"{who} {written}\\n")
    except CannotRun:
        continue
    written += 1
"""


def test_of_what_several_write_at_once_nothing_is_lost(tmp_path: Path):
    """Whoever comes second is refused, reads again, and adds to what the first one wrote."""
    rewrite(tmp_path, PATH, "")
    several = [subprocess.Popen([sys.executable, "-c", ADDING, tmp_path, PATH, who], cwd=ROOT) for who in "abc"]
    assert [one.wait(60) for one in several] == [0, 0, 0]

    lines = (tmp_path / PATH).read_text().splitlines()
    assert sorted(lines) == sorted(f"{who} {n}" for who in "abc" for n in range(20))
    assert [line for line in lines if line.startswith("a")] == [f"a {n}" for n in range(20)]


# --- what others left behind, and what the disc does not promise ------------------------------------------------------


def test_drafts_that_nobody_writes_any_more_are_taken_away(tmp_path: Path):
    """Of whoever was killed; one that was touched within the hour may have a writer still, and other files are not ours."""
    write_new(tmp_path, PATH, "first\n")
    folder = (tmp_path / PATH).parent
    for name, age in ((".qmsci-old.draft", 3700), (".qmsci-new.draft", 3500), (".other.draft", 3700)):
        (folder / name).write_text("half")
        os.utime(folder / name, (time.time() - age,) * 2)
    (folder / ".qmsci-folder.draft").mkdir()
    os.utime(folder / ".qmsci-folder.draft", (0, 0))
    rewrite(tmp_path, PATH, "second\n")

    assert sorted(path.name for path in folder.iterdir()) == [
        ".other.draft",
        ".qmsci-folder.draft",
        ".qmsci-new.draft",
        "operator.yaml",
    ]


def test_a_file_that_is_to_be_run(tmp_path: Path):
    """It is so from the first moment that it is there."""
    write_new(tmp_path, "pre-receive", "#!/bin/sh\n", executable=True)

    assert (tmp_path / "pre-receive").stat().st_mode & 0o777 == 0o755


def test_a_text_that_is_none(tmp_path: Path):
    """What came from a terminal need not be Unicode; nothing is left of it."""
    with pytest.raises(CannotRun, match="its text is no valid Unicode"):
        write_new(tmp_path, PATH, "\udcff")
    assert everything(tmp_path) == {}


def test_a_file_in_the_place_of_the_folder(tmp_path: Path):
    """It is not the record that is there already."""
    (tmp_path / "training-records").write_text("a file\n")

    with pytest.raises(CannotRun, match=r"operator.yaml cannot be written: (File exists|Not a directory)"):
        write_new(tmp_path, PATH, "text\n")


def test_a_folder_that_leads_in_circles(tmp_path: Path):
    """A link to itself leads nowhere."""
    (tmp_path / "training-records").symlink_to("training-records")

    with pytest.raises(CannotRun):
        write_new(tmp_path, PATH, "text\n")


def test_a_disc_that_does_not_say_that_it_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The file is there, whole, and the writer says what is not certain."""
    (tmp_path / PATH).parent.mkdir(parents=True)
    fsync = os.fsync

    def refusing(handle: int) -> None:
        if os.path.isdir(f"/dev/fd/{handle}"):  # noqa: PTH112
            raise OSError(5, "Input/output error")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", refusing)
    with pytest.raises(CannotRun, match="is written, but may not outlast a power failure: Input/output error"):
        write_new(tmp_path, PATH, "text\n")
    assert everything(tmp_path) == {PATH: "text\n"}


def test_a_writer_who_is_interrupted_leaves_no_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Whoever presses Ctrl-C has not wished for half a file."""

    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    (tmp_path / PATH).parent.mkdir(parents=True)
    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_new(tmp_path, PATH, "text\n")
    assert everything(tmp_path) == {}
