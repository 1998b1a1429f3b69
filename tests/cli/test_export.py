"""CODEOWNERS is written, compared, and never put in place of what somebody else wrote."""

from __future__ import annotations

import pytest

from qmsci.render.codeowners import HEADING, PLACES
from tests.cli.commands import FILES, Desk

P_3 = """\
id: p-3
kind: employee
employed: {from: 2024-03-01}
roles:
  - {role: quality-assurance, from: 2024-03-01}
accounts: {github: ahalvorsen}
"""


@pytest.fixture
def unit(desk: Desk) -> Desk:
    """A quality unit with an account."""
    desk.write({"roles/people/p-3.yaml": P_3})
    return desk


def test_it_is_shown_written_and_current(unit: Desk):
    """And written again without a question, for qmsci wrote it."""
    text = unit.run("export", "codeowners").stdout
    assert "/controlled-docs/sop/SOP-001.* @ahalvorsen\n" in text
    assert "#   p-1 (operator)\n#   p-2 (operator)\n" in text

    assert unit.run("export", "codeowners", "--check", exits=1).stdout == (
        ".github/CODEOWNERS is not there: qmsci export codeowners --output .github/CODEOWNERS\n"
    )
    assert unit.run("export", "codeowners", "--output", ".github/CODEOWNERS").stdout == "wrote .github/CODEOWNERS\n"
    assert (unit.checkout.folder / ".github/CODEOWNERS").read_text() == text
    assert unit.run("export", "codeowners", "--check").stdout == ".github/CODEOWNERS is current\n"

    unit.write({"roles/people/p-1.yaml": FILES["roles/people/p-1.yaml"] + "accounts: {github: isolberg}\n"})
    assert "says otherwise" in unit.run("export", "codeowners", "--check", exits=1).stdout
    unit.run("export", "codeowners", "--output", ".github/CODEOWNERS")
    unit.run("export", "codeowners", "--output", ".github/CODEOWNERS", "--check")
    assert "SOP-001.* @ahalvorsen @isolberg\n" in (unit.checkout.folder / ".github/CODEOWNERS").read_text()


def test_the_file_that_the_forge_reads_is_compared(unit: Desk):
    """The first that is there, in the forge's order."""
    for place in reversed(PLACES):
        unit.write({place: "* @nobody\n"})
        assert unit.run("export", "codeowners", "--check", exits=1).stdout.startswith(f"{place} says otherwise")


def test_what_somebody_else_wrote_stays(unit: Desk):
    """Unless they say that it may go."""
    unit.write({"CODEOWNERS": "* @nobody\n"})

    said = unit.run("export", "codeowners", "--output", "CODEOWNERS", exits=2).stderr
    assert "CODEOWNERS was written by somebody else" in said
    assert (unit.checkout.folder / "CODEOWNERS").read_text() == "* @nobody\n"
    unit.run("export", "codeowners", "--output", "CODEOWNERS", "--overwrite")
    assert (unit.checkout.folder / "CODEOWNERS").read_text().startswith(HEADING)


def test_without_an_account_nothing_is_written(desk: Desk):
    """It would protect nothing."""
    assert "nobody of the quality unit" in desk.run("export", "codeowners", exits=2).stderr


@pytest.mark.parametrize("path", ["roles/people/p-2.yaml", "controlled-docs/sop/SOP-001.md", "qmsci.yaml"])
def test_what_cannot_be_read_may_decide_it(unit: Desk, path: str):
    """So nobody is left out, or let in, by a slip of the pen."""
    unit.write({path: "id: [\n"})

    assert f"{path} cannot be read" in unit.run("export", "codeowners", exits=2).stderr


def test_no_more_than_a_forge_reads(unit: Desk, monkeypatch: pytest.MonkeyPatch):
    """It would take a larger file for none."""
    monkeypatch.setattr("qmsci.cli.export.LARGEST", 100)

    assert "a forge reads 100 at most" in unit.run("export", "codeowners", exits=2).stderr
