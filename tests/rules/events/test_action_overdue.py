"""Which actions are late on which day, and what is said of whom they wait for."""

from __future__ import annotations

from datetime import date

import pytest

from qmsci.rule import When
from tests.laws import findings_in
from tests.rules.events.test_capa_closed_without_training import BASE, DONE, FILE, ITEMS, WHO, done, ending

EVENT = """\
id: CAPA-2026-003
title: Gloves
opened: 2026-09-14
owner: p-0003
actions:
  - {id: 1, kind: training, documents: [SOP-014@3], roles: [operator], due: 2026-10-15}
  - {id: 2, kind: other, title: Order gloves, due: 2026-10-20}
"""
ORDERED = EVENT.replace("due: 2026-10-20", "due: 2026-10-20, done: 2026-10-21")
OPEN = {**BASE, FILE: EVENT}
TRAINED = {**OPEN, FILE: ORDERED, **done("2026-10-15T09:30:00+02:00")}
ONE = "action 1 was due by 2026-10-15, and 1 person has not completed its training: p-0042"
TWO = "action 2 was due by 2026-10-20, and it is not done"


def said(files: dict[str, str], day: str = "2026-11-22") -> list[str]:
    found = findings_in(files, date.fromisoformat(day), When.CALENDAR)
    return [f.message for f in found if f.rule == "action-overdue"]


def other(old: str, new: str) -> dict[str, str]:
    assert old in EVENT
    return {**OPEN, FILE: EVENT.replace(old, new)}


@pytest.mark.parametrize(
    ("files", "day", "messages"),
    [
        pytest.param(TRAINED, "2026-11-22", [], id="all done, one of them late"),
        pytest.param(OPEN, "2026-10-15", [], id="the due day is in time"),
        pytest.param({**OPEN, FILE: EVENT + "closed: 2026-11-22\nclosed-by: p-0003\n"}, "2026-11-22", [], id="closed that day"),
        pytest.param(
            {**OPEN, FILE: EVENT + "cancelled: {on: 2026-10-01, by: p-0003, reason: Merged.}\n"}, "2026-11-22", [], id="cancelled"
        ),
        pytest.param(other("opened: 2026-09-14", "opened: 2026-11-23"), "2026-11-22", [], id="not yet open"),
        pytest.param({**OPEN, FILE: ORDERED, **ending(held="2026-10-15")}, "2026-11-22", [], id="nobody is left"),
        pytest.param({**OPEN, FILE: ORDERED, DONE: "- {"}, "2026-11-22", [], id="a history that cannot be read"),
        pytest.param({**OPEN, FILE: ORDERED, ITEMS: "{"}, "2026-11-22", [], id="an assignment that cannot be read"),
        pytest.param({**OPEN, FILE: EVENT + "colour: red\n"}, "2026-11-22", [], id="an event that cannot be read"),
        pytest.param(
            other("due: 2026-10-15}", "due: 2026-10-15, extensions: [{to: 2026-11-22, on: 2026-10-01, by: p, reason: r}]}"),
            "2026-10-20",
            [],
            id="extended",
        ),
        pytest.param(OPEN, "2026-10-16", [ONE], id="the day after"),
        pytest.param(OPEN, "2026-11-22", [ONE, TWO], id="each action by itself"),
        pytest.param(
            {**OPEN, FILE: EVENT + "closed: 2026-11-22\nclosed-by: p-0003\n"}, "2026-11-21", [ONE, TWO], id="closed the day after"
        ),
        pytest.param(
            {**TRAINED, FILE: EVENT}, "2026-11-22", [TWO], id="one of them"
        ),
        pytest.param(
            {**OPEN, FILE: ORDERED}, "2026-10-20", [ONE], id="the other"
        ),
        pytest.param(
            {**OPEN, FILE: EVENT.replace("due: 2026-10-20", "due: 2026-10-20, done: 2026-11-22")}, "2026-11-21", [ONE, TWO], id="done the day after"
        ),
        pytest.param(
            {**OPEN, FILE: ORDERED, "roles/people/p-0057.yaml": BASE[WHO].replace("p-0042", "p-0057")},
            "2026-11-22",
            ["action 1 was due by 2026-10-15, and 2 people have not completed its training: p-0042, p-0057"],
            id="who was never asked counts",
        ),
        pytest.param(
            {**OPEN, FILE: ORDERED.replace("SOP-014@3", "SOP-014@9")},
            "2026-11-22",
            ["action 1 was due by 2026-10-15, and there is no SOP-014@9"],
            id="a revision that never came",
        ),
        pytest.param(
            other(
                "due: 2026-10-20",
                "due: 2026-10-20, extensions: [{to: 2026-11-01, on: 2026-10-01, by: p, reason: r}, {to: 2026-11-21, on: 2026-10-30, by: p, reason: r}]",
            ),
            "2026-11-22",
            [ONE, "action 2 was due by 2026-11-21, and it is not done"],
            id="past the last extension",
        ),
        pytest.param(
            {
                **OPEN,
                FILE: EVENT + "reopened: [{on: 2026-11-20, by: p-0003, summary: s, closed: 2026-11-01, closed-by: p-0003}]\n",
            },
            "2026-11-22",
            [ONE, TWO],
            id="reopened",
        ),
        pytest.param(
            {
                **OPEN,
                FILE: EVENT + "reopened: [{on: 2026-11-20, by: p-0003, summary: s, closed: 2026-11-01, closed-by: p-0003}]\n",
            },
            "2026-11-19",
            [],
            id="closed in between",
        ),
    ],
)  # fmt: skip
def test_actions_past_their_date(files: dict[str, str], day: str, messages: list[str]):
    assert said(files, day) == messages


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("DEV-2026-001", "occurred: 2026-09-12T09:40:00+02:00\nreported: 2026-09-12\n"),
        ("AUD-2026-001", "opened: 2026-09-12\n"),
        ("VAL-2026-001", "activities: [gowning]\nprotocol: VP-1\n"),
        ("MR-2026-001", "held: 2026-09-12\nperiod: {from: 2026-01-01, to: 2026-06-30}\n"),
    ],
)
def test_the_actions_of_every_kind_of_event(name: str, head: str):
    """A review's decisions are promises too."""
    text = f"id: {name}\ntitle: T\n{head}actions: [{{id: 2, kind: other, title: Order gloves, due: 2026-10-20}}]\n"

    assert said({f"quality-events/{name}.yaml": text}) == [TWO]
