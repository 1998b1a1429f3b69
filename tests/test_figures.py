"""The suite's figures are those of all its tests, whichever process they ran in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
COUNTING = """
from tests import figures

def test_one():
    figures.add("faults injected", 1200)
    figures.add("records lost", 0)

def test_two():
    figures.add("faults injected", 34)
"""


@pytest.mark.parametrize("workers", [pytest.param([], id="alone"), pytest.param(["-n", "2"], id="two workers")])
def test_the_figures_of_all_tests_are_printed(tmp_path: Path, workers: list[str]):
    """Added up, sorted, 0 too."""
    (tmp_path / "test_counting.py").write_text(COUNTING)
    (tmp_path / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text())
    command = [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", str(tmp_path), *workers]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    found = [line for line in ran.stdout.splitlines() if line.startswith("figures: ")]
    assert found == ["figures: faults injected: 1,234", "figures: records lost: 0"]
