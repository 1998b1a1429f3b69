"""Each key of the policy that changes is named; its revision is counted."""

from __future__ import annotations

import pytest

from tests.laws import POLICY, findings_of_change

SECOND = POLICY.replace("revision: 1", "revision: 2")


def messages(rule: str, before: str, after: str) -> list[str]:
    """What a rule says of a change of the policy."""
    found = findings_of_change({"qmsci.yaml": before}, {"qmsci.yaml": after})
    return [finding.message for finding in found if finding.rule == rule]


@pytest.mark.parametrize(
    ("before", "after", "keys"),
    [
        pytest.param(POLICY, SECOND, [], id="its revision alone"),
        pytest.param(POLICY, SECOND + "# a note\n", [], id="a comment"),
        pytest.param(POLICY, "x: [", [], id="unreadable"),
        pytest.param(POLICY.replace("forge", "signed"), SECOND.replace("forge", "signed"), [], id="signed"),
        pytest.param(
            POLICY.replace("forge", "signed"),
            SECOND.replace("forge", "signed").replace("14 days", "0 days"),
            [],
            id="signed, where the approval is among the files",
        ),
        pytest.param(POLICY, SECOND + "training: {pass-mark: 10}\n", ["training"], id="a pass mark"),
        pytest.param(POLICY, SECOND.replace("14 days", "0 days"), ["documents"], id="a window"),
        pytest.param(POLICY, SECOND + "founded: 2026-11-22\n", ["founded"], id="the founding"),
        pytest.param(POLICY, SECOND + "main: mine\n", ["main"], id="the branch"),
        pytest.param(POLICY, SECOND.replace("[quality-assurance]", "[me]"), ["quality-unit"], id="the quality unit"),
        pytest.param(POLICY, SECOND.replace("forge", "signed"), ["approvals"], id="signed from now on"),
        pytest.param(
            POLICY, SECOND.replace("Oslo", "Berlin") + "founded: 2026-11-22\n", ["founded", "timezone"], id="two"
        ),
    ],
)
def test_each_key_that_changes_is_a_warning(before: str, after: str, keys: list[str]):
    """Under `forge`, where nothing else among the files would show that somebody agreed."""
    found = sorted(message.split()[0].strip("'") for message in messages("policy-weakened", before, after))

    assert found == keys


def test_the_first_policy_weakens_none():
    """There was nothing to hold a change to."""
    assert [f for f in findings_of_change({}, {"qmsci.yaml": POLICY}) if f.rule == "policy-weakened"] == []
