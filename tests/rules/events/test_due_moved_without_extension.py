"""What may happen to a due date that was merged."""

from __future__ import annotations

import pytest

from tests.laws import findings_of_change

RULE = "due-moved-without-extension"
HEAD = "id: CMP-2026-003\ntitle: Gloves\nopened: 2026-06-01\n"
FILE = "quality-events/CMP-2026-003.yaml"
CLOSED = "closed: 2026-11-20\nclosed-by: p-0003\n"
REOPENED = "reopened: [{on: 2026-11-22, by: p-0003, summary: Again, closed: 2026-11-20, closed-by: p-0003}]\n"
LONGER = "extensions: [{on: 2026-08-20, to: 2026-12-01, by: p-0003, reason: Late}]"


def action(due: str = "2026-09-01", more: str = "", kind: str = "other", number: int = 1) -> str:
    """An action that is due on a day."""
    return f"{HEAD}actions: [{{id: {number}, kind: {kind}, title: Lamp, due: {due}{more}}}]\n"


@pytest.mark.parametrize(
    ("before", "after", "messages"),
    [
        pytest.param(action(), action(more=f", {LONGER}"), [], id="extended"),
        pytest.param(action(), action(number=2, due="2026-10-01"), [], id="another action"),
        pytest.param(HEAD, f"{HEAD}due: 2026-09-01\n", [], id="an event gets a due date"),
        pytest.param(f"{HEAD}due: 2026-09-01\n", f"{HEAD}due: 2026-09-01\n{LONGER}\n", [], id="an event is extended"),
        pytest.param(action() + CLOSED, action("2026-10-01") + CLOSED, [], id="closed: said by another rule"),
        pytest.param(action() + CLOSED, action("2026-12-01") + REOPENED, [], id="as it is reopened"),
        pytest.param(action(), "{", [], id="unreadable"),
        pytest.param("{", action(), [], id="it was unreadable"),
        pytest.param(
            action(),
            action("2026-10-01"),
            ["action 1 was due on 2026-09-01, and on 2026-10-01 now, without an extension"],
            id="later",
        ),
        pytest.param(
            action(kind="training"),
            action("2026-08-01", kind="training"),
            ["action 1 was due on 2026-09-01, and on 2026-08-01 now, without an extension"],
            id="sooner",
        ),
        pytest.param(
            action(),
            action("2026-12-01", f", {LONGER}"),
            ["action 1 was due on 2026-09-01, and on 2026-12-01 now: the extension moves the deadline"],
            id="extended, and moved as well",
        ),
        pytest.param(
            action(more=f", {LONGER}"),
            action("2026-12-01", f", {LONGER}"),
            ["action 1 was due on 2026-09-01, and on 2026-12-01 now, without an extension"],
            id="extended once, moved later",
        ),
        pytest.param(
            f"{HEAD}due: 2026-09-01\n",
            HEAD,
            ["CMP-2026-003 was due on 2026-09-01, and is due on no day now, without an extension"],
            id="an event is no longer due",
        ),
        pytest.param(
            f"{HEAD}due: 2026-09-01\n",
            f"{HEAD}due: 2026-10-01\n{CLOSED}",
            ["CMP-2026-003 was due on 2026-09-01, and on 2026-10-01 now, without an extension"],
            id="moved as it is closed",
        ),
    ],
)
def test_a_due_date_stays(before: str, after: str, messages: list[str]):
    found = findings_of_change({FILE: before}, {FILE: after})

    assert [finding.message for finding in found if finding.rule == RULE] == messages


QUALITY = """\
id: p-0003
name: A
kind: employee
employed: {from: 2024-01-15}
roles: [{role: quality-assurance, from: 2024-01-15}]
"""
PUT_RIGHT = "corrected: [{on: 2026-11-22, by: p-0003, reason: Mistyped}]\n"


@pytest.mark.parametrize(
    ("before", "after", "number"),
    [
        pytest.param(action(), action("2026-10-01") + PUT_RIGHT, 0, id="an action's"),
        pytest.param(f"{HEAD}due: 2026-09-01\n", f"{HEAD}due: 2026-10-01\n{PUT_RIGHT}", 0, id="the event's"),
        pytest.param(action(), action("2026-10-01") + PUT_RIGHT.replace("0003", "0042"), 1, id="by somebody else"),
        pytest.param(action() + PUT_RIGHT, action("2026-10-01") + PUT_RIGHT, 1, id="an earlier correction"),
    ],
)
def test_the_quality_unit_puts_a_mistyped_day_right(before: str, after: str, number: int):
    person = {"roles/people/p-0003.yaml": QUALITY}
    found = findings_of_change({**person, FILE: before}, {**person, FILE: after})

    assert [finding.rule for finding in found].count(RULE) == number
