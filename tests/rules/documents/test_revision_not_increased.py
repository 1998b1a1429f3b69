"""The policy counts its own revisions."""

from __future__ import annotations

import pytest

from tests.laws import POLICY, findings_of_change

SECOND = POLICY.replace("revision: 1", "revision: 2")
WEAKER = "training: {pass-mark: 10}\n"


@pytest.mark.parametrize(
    ("before", "after", "fix"),
    [
        pytest.param(POLICY, SECOND + WEAKER, None, id="one more"),
        pytest.param(POLICY, POLICY.replace("revision: 1", "revision: 7") + WEAKER, None, id="six more"),
        pytest.param(POLICY, "x: [", None, id="unreadable"),
        pytest.param("x: [", POLICY, None, id="was unreadable"),
        pytest.param(POLICY, POLICY + WEAKER, "write revision: 2", id="stays"),
        pytest.param(SECOND, POLICY + WEAKER, "write revision: 3", id="goes back"),
    ],
)
@pytest.mark.parametrize("approvals", ["forge", "signed"])
def test_a_policy_that_changes_has_another_revision(before: str, after: str, fix: str | None, approvals: str):
    """Whoever quotes revision 1 of the policy quotes one text."""
    base, head = (
        {"qmsci.yaml": text.replace("approvals: forge", f"approvals: {approvals}")} for text in (before, after)
    )

    found = [finding for finding in findings_of_change(base, head) if finding.rule == "revision-not-increased"]

    assert [finding.fix for finding in found] == ([fix] if fix else [])
    assert all((finding.place.path, finding.place.line) == ("qmsci.yaml", 1) for finding in found)
