"""Training on what was founded with the quality system."""

from __future__ import annotations

from datetime import date

import pytest

from tests.laws import POLICY, findings_of_change

DOC = """\
---
id: SOP-014
title: T
owner: operator
governs: [gowning]
revisions:
  - {revision: 1, effective: 2026-11-10, summary: S., impact: retrain, authors: [p-1]}
---
Gown.
"""
SYSTEM = {
    "qmsci.yaml": POLICY + "founded: 2026-11-10\n",
    "controlled-docs/sop/SOP-014.md": DOC,
    "roles/people/p-1.yaml": "id: p-1\nname: N\nkind: employee\nemployed: {from: 2024-01-01}\n",
}


def completed(on: str, more: str = "") -> dict[str, str]:
    """The training of p-1."""
    text = f"- {{document: SOP-014@1, completed: {on}T09:30:00+01:00, method: [read]{more}}}\n"
    return {"training-records/completions/p-1/SOP-014.yaml": text}


SIGNED = ", signatures: [{by: p-1, name: N, meaning: read-and-understood, at: 2026-11-10T10:00:00+01:00, signature: A}]"


@pytest.mark.parametrize(
    ("completion", "on", "said"),
    [
        pytest.param(completed("2026-11-10"), "2026-11-20", [], id="on the day"),
        pytest.param(completed("2026-11-20"), "2026-11-20", [], id="later"),
        pytest.param(completed("2026-11-09"), "2026-11-10", [], id="before it, merged on the day"),
        pytest.param(completed("2026-11-09", SIGNED), "2026-11-12", [], id="before it, signed on the day"),
        pytest.param(
            completed("2026-11-09"),
            "2028-11-12",
            ["completed on 2026-11-09, SOP-014@1 was founded on 2026-11-10"],
            id="before it, claimed years later",
        ),
    ],
)
def test_what_was_founded_is_trained_from_then_on(completion: dict[str, str], on: str, said: list[str]):
    """Nobody asks when it was approved; and nobody claims later what was before."""
    found = findings_of_change(SYSTEM, {**SYSTEM, **completion}, date.fromisoformat(on))
    assert [one.message for one in found if one.rule == "completion-before-approval"] == said


def test_training_comes_with_the_founding():
    """What was read before is an import."""
    found = findings_of_change({}, {**SYSTEM, **completed("2026-11-09")}, date(2026, 11, 12))
    assert "completion-before-approval" not in [one.rule for one in found]
