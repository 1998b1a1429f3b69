"""From when the time for a review runs, and when it has run out."""

from __future__ import annotations

from datetime import date

import pytest

from qmsci.rule import When
from tests.laws import findings_in

REVISION = "  - {revision: 1, effective: 2024-11-21, summary: First., impact: retrain, authors: [p-0007]}\n"
COMING = "  - {revision: 2, effective: 2027-01-01, summary: Second., impact: retrain, authors: [p-0007]}\n"


def found(extra: str = "", revisions: str = REVISION, day: str = "2026-11-22") -> list[str]:
    text = f"---\nid: SOP-014\ntitle: Gowning\nowner: operator\n{extra}revisions:\n{revisions}---\nGown.\n"
    findings = findings_in({"controlled-docs/sop/SOP-014.md": text}, date.fromisoformat(day), When.CALENDAR)
    return [f.message for f in findings if f.rule == "review-overdue"]


@pytest.mark.parametrize(
    ("extra", "revisions", "day"),
    [
        pytest.param("", REVISION, "2026-11-21", id="the last day"),
        pytest.param("", COMING, "2026-11-22", id="not in force yet"),
        pytest.param("retired: 2026-11-22\n", REVISION, "2026-11-22", id="retired"),
        pytest.param(
            "", REVISION.replace("2024", "2020").replace("}", ", withdrawn: 2020-01-01}"), "2026-11-22", id="withdrawn"
        ),
        pytest.param(
            "reviewed: [{on: 2026-11-22, by: p-0003, outcome: revise}]\n", REVISION, "2026-11-22", id="any outcome"
        ),
        pytest.param(
            "", COMING.replace("2027-01-01", "2026-11-22") + REVISION, "2026-11-22", id="a revision that came in time"
        ),
    ],
)
def test_nothing_is_said(extra: str, revisions: str, day: str):
    assert found(extra, revisions, day) == []


@pytest.mark.parametrize(
    ("extra", "revisions"),
    [
        pytest.param("", REVISION, id="the day after"),
        pytest.param("retired: 2026-11-23\n", REVISION, id="retired only tomorrow"),
        pytest.param("", COMING + REVISION, id="a coming revision is no review"),
        pytest.param("reviewed: [{on: 2026-11-23, by: p-0003, outcome: confirmed}]\n", REVISION, id="a review to come"),
        pytest.param(
            "reviewed: [{on: 2024-11-20, by: p-0003, outcome: confirmed}]\n", REVISION, id="of the one before"
        ),
    ],
)
def test_what_is_late_is_said(extra: str, revisions: str):
    assert found(extra, revisions) == [
        "the review was due by 2026-11-21, 24 months after SOP-014@1 took effect on 2024-11-21"
    ]
