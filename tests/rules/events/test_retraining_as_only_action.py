"""When training alone is warned of."""

from __future__ import annotations

import pytest

from qmsci.finding import Severity
from tests.laws import findings_in

HEAD = "id: CAPA-2026-003\ntitle: Gloves\nopened: 2026-06-01\nowner: p-0003\n"
ONE = "{id: 1, kind: training, documents: [SOP-014], people: [p-0042], due: 2026-12-01}"
TWO = ONE.replace("id: 1", "id: 2")
OTHER = "{id: 2, kind: other, title: Lamp, due: 2026-12-01}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(HEAD, None, id="no action"),
        pytest.param(f"{HEAD}actions: [{ONE}, {OTHER}]\n", None, id="another action as well"),
        pytest.param(
            f"{HEAD}actions: [{ONE}]\ncancelled: {{on: 2026-11-01, by: p-0003, reason: r}}\n", None, id="cancelled"
        ),
        pytest.param(f"{HEAD}actions: [{ONE}", None, id="unreadable"),
        pytest.param(f"{HEAD}actions: [{ONE}]\n", "training is the only action of CAPA-2026-003", id="training"),
        pytest.param(
            f"{HEAD}actions: [{ONE}, {TWO}]\nclosed: 2026-11-20\n",
            "all 2 actions of CAPA-2026-003 are training",
            id="twice, and closed",
        ),
    ],
)
def test_training_alone_is_warned_of(text: str, message: str | None):
    found = [
        finding
        for finding in findings_in({"quality-events/CAPA-2026-003.yaml": text})
        if finding.rule == "retraining-as-only-action"
    ]

    assert [finding.message for finding in found] == ([message] if message else [])
    assert all(finding.severity is Severity.WARNING for finding in found)


def test_a_deviation_may_be_answered_by_training():
    """Retraining after a deviation is its own answer; what it means for the system is a CAPA's question."""
    text = HEAD.replace("CAPA", "CMP") + f"actions: [{ONE}]\n"
    found = findings_in({"quality-events/CMP-2026-003.yaml": text})

    assert "retraining-as-only-action" not in {finding.rule for finding in found}
