"""What was passed and what was not are told apart; and what a revision is to whoever is about to read it."""

from __future__ import annotations

from typing import Any

import pytest

from qmsci.recording import split, standing_of
from qmsci.records.document import Document
from qmsci.snapshot import When
from tests.laws import TODAY, snapshot_of

PASSED = {"score": 80, "pass-mark": 80, "attempt": 1}
FAILED = {"score": 79, "pass-mark": 80, "attempt": 1}
COMPETENT = {"evaluator": "p-1", "outcome": "competent"}
NOT_COMPETENT = {"evaluator": "p-1", "outcome": "not-competent"}


@pytest.mark.parametrize(
    ("values", "methods"),
    [
        pytest.param({"method": ["read"]}, [["read"]], id="a reading"),
        pytest.param({"method": ["read", "assessment"], "assessment": PASSED}, [["read", "assessment"]], id="passed"),
        pytest.param({"method": ["read", "assessment"], "assessment": FAILED}, [["read"], ["assessment"]], id="failed"),
        pytest.param({"method": ["assessment"], "assessment": FAILED}, [["assessment"]], id="failed alone"),
        pytest.param(
            {"method": ["read", "assessment", "practical"], "assessment": FAILED, "practical": NOT_COMPETENT},
            [["read"], ["assessment"], ["practical"]],
            id="both failed",
        ),
        pytest.param(
            {"method": ["assessment", "practical"], "assessment": FAILED, "practical": COMPETENT},
            [["practical"], ["assessment"]],
            id="one failed",
        ),
    ],
)
def test_what_failed_stands_alone(values: dict[str, Any], methods: list[list[str]]):
    """Each entry has the parts that it speaks of, and nothing of the others."""
    found = split(values)
    assert [one["method"] for one in found] == methods
    for one in found:
        for part in ("assessment", "practical"):
            assert (part in one) == (part in one["method"])


DOCUMENT = """\
---
id: SOP-014
title: T
owner: o
revisions:
  - {revision: 5, effective: 2026-12-15, summary: S, impact: retrain, authors: [p-1]}
  - {revision: 4, effective: 2026-12-01, withdrawn: 2026-11-01, summary: S, impact: retrain, authors: [p-1]}
  - {revision: 3, effective: 2026-01-15, summary: S, impact: retrain, authors: [p-1]}
  - {revision: 2, effective: 2025-01-15, summary: S, impact: retrain, authors: [p-1]}
---
Text.
"""


@pytest.mark.parametrize(
    ("label", "more", "said"),
    [
        ("3", "", "in force since 2026-01-15"),
        ("5", "", "effective 2026-12-15: not in force yet"),
        ("4", "", "withdrawn on 2026-11-01"),
        ("2", "", "superseded"),
        ("3", "retired: 2026-11-01\n", "retired"),
    ],
)
def test_what_is_said_of_a_revision(label: str, more: str, said: str):
    snapshot = snapshot_of({"controlled-docs/sop/SOP-014.md": DOCUMENT.replace("owner", f"{more}owner")})
    document = snapshot.documents.get("SOP-014")
    assert isinstance(document, Document)
    entry = document.entry(label)
    assert entry
    assert standing_of(document, entry, When(snapshot.end_of(TODAY).instant, TODAY)) == said
