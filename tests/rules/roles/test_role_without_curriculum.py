"""What a role without a curriculum is told to do."""

from __future__ import annotations

import pytest

from tests.laws import findings_in

ROLE = "{id: operator, title: Operator, purpose: Fills vials., performs: [%s]}\n"


@pytest.mark.parametrize(
    ("performs", "fix"),
    [
        pytest.param(
            "vial-filling",
            "add a document that governs vial-filling in this change, or list one under `requires`",
            id="nothing governs it",
        ),
        pytest.param(
            "", "say what the role performs, or list under `requires` what its holders must be trained on", id="nothing"
        ),
    ],
)
def test_the_way_out(performs: str, fix: str):
    found = findings_in({"roles/operator.yaml": ROLE % performs})

    assert [one.fix for one in found if one.rule == "role-without-curriculum"] == [fix]
