"""`make demo`, as a reader runs it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.console import ROOT


def demo(tmp_path: Path, *words: str, root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(root / "demo" / "run"), *words],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_the_demo_goes_as_told_and_leaves_nothing(tmp_path: Path):
    """Each step refuses or accepts as its sentence says, without anybody's settings, from any folder."""
    done = demo(tmp_path)
    said = done.stdout

    assert done.returncode == 0, said + done.stderr
    assert list(tmp_path.iterdir()) == []
    assert "\033[" not in said
    assert re.search(r"error\[revision-without-assignment\] SOP-016@\d+ reaches visual-inspector", said)
    assert "error[person-without-assignment] p-0062" in said
    assert re.findall(r"^(yes|no): p-0042", said, re.MULTILINE) == ["no", "yes", "no"]
    assert re.search(r"error\[capa-closed-without-training\] .* not completed by p-0028, p-0031", said)
    assert re.search(
        r"error\[capa-closed-without-effectiveness\] .*; the last training was on .*, 90 days later is", said
    )
    assert re.search(r"is taken up in (CAPA-\S+): .*\n(.*\n)*.*assigns \1/1: .*\n.*was completed by p-0028", said)
    assert re.search(r"^It was closed on \S+ by p-0004", said, re.MULTILINE)


@pytest.mark.slow
def test_the_demo_works_in_a_shallow_clone(tmp_path: Path):
    """One commit of history is enough; `--keep` leaves the scratch clone behind."""
    (tmp_path / "scratch").mkdir()
    target = tmp_path / "shallow"
    subprocess.run(["git", "clone", "--quiet", "--depth=1", f"file://{ROOT}", str(target)], check=True)
    done = demo(tmp_path / "scratch", "--keep", root=target)

    assert done.returncode == 0, done.stdout + done.stderr
    assert len(list((tmp_path / "scratch").glob("qmsci-demo-*"))) == 1
