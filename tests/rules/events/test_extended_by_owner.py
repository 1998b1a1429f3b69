"""Who may move whose deadline."""

from __future__ import annotations

import pytest

from tests.laws import POLICY, findings_of_change

PATH = "quality-events/CMP-2026-003.yaml"
HEAD = "id: CMP-2026-003\ntitle: Gloves\nopened: 2026-06-01\n"
OWNED = "owner: p-0003\n"


def extended(*by: str) -> str:
    """Extensions by some people."""
    entries = (f"{{on: 2026-08-20, to: 2026-12-01, by: {who}, reason: Late}}" for who in by)
    return f"extensions: [{', '.join(entries)}]"


def action(owner: str, *by: str) -> str:
    """An action of an owner, extended by some people."""
    return f"actions: [{{id: 1, kind: other, title: Lamp, {owner}due: 2026-09-01, {extended(*by)}}}]\n"


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        pytest.param(OWNED + action("owner: p-0011, ", "p-0003"), [], id="by the owner of the event"),
        pytest.param(OWNED + action("", "p-0003"), [], id="of an action without an owner"),
        pytest.param("due: 2026-08-30\n" + extended("p-0003") + "\n", [], id="of an event without an owner"),
        pytest.param(OWNED + "due: 2026-08-30\n" + extended("p-0005") + "\n", [], id="of an event, by another"),
        pytest.param("{", [], id="unreadable"),
        pytest.param(
            OWNED + action("owner: p-0011, ", "p-0003", "p-0011"),
            ["p-0011 owns action 1 and moved its deadline to 2026-12-01"],
            id="the second one by the owner",
        ),
        pytest.param(
            OWNED + "due: 2026-08-30\n" + extended("p-0003") + "\n",
            ["p-0003 owns CMP-2026-003 and moved its deadline to 2026-12-01"],
            id="of an event by its owner",
        ),
    ],
)
def test_nobody_moves_their_own_deadline(text: str, messages: list[str]):
    found = findings_of_change({"qmsci.yaml": POLICY}, {PATH: HEAD + text})

    assert [finding.message for finding in found if finding.rule == "extended-by-owner"] == messages


@pytest.mark.parametrize(
    ("before", "after", "flagged"),
    [
        pytest.param(
            action("owner: p-0011, ", "p-0003"), action("owner: p-0003, ", "p-0003"), False, id="taken over afterwards"
        ),
        pytest.param(action("owner: p-0011, "), action("owner: p-0012, ", "p-0011"), True, id="handed on to extend it"),
        pytest.param(action("owner: p-0011, "), action("owner: p-0011, ", "p-0003"), False, id="by another"),
    ],
)
def test_who_owned_it_before_the_change_counts_too(before: str, after: str, flagged: bool):
    found = findings_of_change({PATH: HEAD + before}, {PATH: HEAD + after})

    assert ("extended-by-owner" in {finding.rule for finding in found}) is flagged
