"""Who and what a training action has to name."""

from __future__ import annotations

import pytest

from tests.laws import findings_in

HEAD = "id: CAPA-1\ntitle: T\nopened: 2026-09-14\nowner: p-0003\n"


@pytest.mark.parametrize(
    ("action", "more", "messages"),
    [
        pytest.param("documents: [SOP-014], people: [p-1]", "", [], id="complete"),
        pytest.param("documents: [SOP-014@9], roles: [operator]", "", [], id="a revision that is still to come"),
        pytest.param("", "cancelled: {on: 2026-09-15, by: p-0003, reason: Twice.}\n", [], id="cancelled"),
        pytest.param(
            "",
            "closed: 2026-11-01\nclosed-by: p-0003\n",
            ["training action 1 names neither people nor roles", "training action 1 names no document"],
            id="nothing, and closed",
        ),
    ],
)
def test_a_training_action_asks_somebody_for_something(action: str, more: str, messages: list[str]):
    text = f"{HEAD}actions:\n  - {{id: 1, kind: training, due: 2026-10-15, {action}}}\n{more}"
    found = findings_in({"quality-events/CAPA-1.yaml": text})

    assert sorted(f.message for f in found if f.rule == "training-action-incomplete") == sorted(messages)
