"""How far long work is, where somebody else takes the steps."""

from __future__ import annotations

import pytest

from qmsci.cli import progress
from qmsci.cli.progress import meter


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that the test moves."""
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_what_is_over_at_once_says_nothing(clock: list[float], capsys: pytest.CaptureFixture[str]):
    with meter("building") as tell:
        clock[0] = 0.5
        tell(1, 2)

    assert capsys.readouterr() == ("", "")


def test_a_log_gets_a_plain_line_now_and_then(clock: list[float], capsys: pytest.CaptureFixture[str]):
    """Every few seconds, however often it is told."""
    with meter("building") as tell:
        for second in range(13):
            clock[0] = float(second)
            tell(second, 12)

    assert capsys.readouterr() == ("", "building: 50 %\nbuilding: 100 %\n")


def test_nothing_of_nothing(clock: list[float], capsys: pytest.CaptureFixture[str]):
    with meter("building") as tell:
        clock[0] = 6.0
        tell(0, 0)

    assert capsys.readouterr().err == "building: 0 %\n"


def test_a_terminal_gets_one_line_that_moves(
    clock: list[float], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    """Written over itself, and ended with the work."""
    monkeypatch.setattr(progress.sys.stderr, "isatty", lambda: True, raising=False)
    with meter("building") as tell:
        for second in (0.5, 2.0, 3.0):
            clock[0] = second
            tell(int(second), 3)

    assert capsys.readouterr().err == "\rbuilding  2 of 3\x1b[K\rbuilding  3 of 3\x1b[K\n"
