"""Golden files, figures, and how long Hypothesis looks: the same cases, or others with HYPOTHESIS_PROFILE=deep."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests import figures

settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    max_examples=150,
    suppress_health_check=list(HealthCheck),
)
settings.register_profile(
    "deep",
    settings.get_profile("ci"),
    derandomize=False,
    max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "2000")),
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare a text with the file of a name in tests/golden; with `QMSCI_GOLDEN=write` write the file instead."""

    def compared(name: str, text: str) -> None:
        path = Path(__file__).parent / "golden" / name
        if os.environ.get("QMSCI_GOLDEN") == "write":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        assert path.exists(), f"no tests/golden/{name}; QMSCI_GOLDEN=write writes it"
        assert text == path.read_bytes().decode()

    return compared


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand the figures of a worker over to whoever started it."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["figures"] = dict(figures.COUNTED)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take the figures of a worker over."""
    for name, number in getattr(node, "workeroutput", {}).get("figures", {}).items():
        figures.add(name, number)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures of all tests."""
    if figures.COUNTED:
        terminalreporter.section("figures")
        for line in figures.lines():
            terminalreporter.line(f"figures: {line}")
