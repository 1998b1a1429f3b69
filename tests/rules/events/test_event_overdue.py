"""Which events are late on which day."""

from __future__ import annotations

from datetime import date

import pytest

from qmsci.rule import When
from tests.laws import findings_in

EVENT = """\
id: DEV-2026-017
title: Glove torn
occurred: 2026-09-12T09:40:00+02:00
reported: 2026-09-12
due: 2026-10-12
"""
EXTENDED = EVENT + "extensions: [{to: 2026-11-01, on: 2026-10-10, by: p, reason: r}, {to: 2026-11-21, on: 2026-10-30, by: p, reason: r}]\n"  # fmt: skip
CLOSED = "closed: 2026-10-20\nclosed-by: p\n"
AGAIN = "reopened: [{on: 2026-11-01, by: p, summary: s, closed: 2026-10-20, closed-by: p}]\n"
VAL = "id: VAL-2026-001\ntitle: Line\nactivities: [filling]\nprotocol: VP-1\ndue: 2026-10-12\n"


def said(text: str, day: str) -> list[str]:
    name = text.split("\n", maxsplit=1)[0].removeprefix("id: ")
    found = findings_in({f"quality-events/{name}.yaml": text}, date.fromisoformat(day), When.CALENDAR)
    return [f"{f.place.line}: {f.message}" for f in found if f.rule == "event-overdue"]


@pytest.mark.parametrize(
    ("text", "day", "message"),
    [
        pytest.param(EVENT, "2026-10-12", None, id="the due day is in time"),
        pytest.param(EVENT.replace("due: 2026-10-12\n", ""), "2031-01-01", None, id="no due day"),
        pytest.param(EXTENDED, "2026-11-21", None, id="extended"),
        pytest.param(EVENT + CLOSED, "2026-11-22", None, id="closed, late"),
        pytest.param(EVENT + CLOSED, "2026-10-20", None, id="on the day of closure"),
        pytest.param(EVENT + "voided: {on: 2026-10-12, by: p, reason: r}\n", "2026-11-22", None, id="voided"),
        pytest.param(EVENT.replace("reported: 2026-09-12", "reported: 2026-12-01"), "2026-11-22", None, id="to come"),
        pytest.param(EVENT + AGAIN, "2026-10-31", None, id="closed in between"),
        pytest.param(VAL + "released: 2026-10-13\n", "2026-10-13", None, id="released"),
        pytest.param(EVENT + "colour: red\n", "2026-11-22", None, id="unreadable"),
        pytest.param(EVENT, "2026-10-13", "5: DEV-2026-017 was due by 2026-10-12 and is open", id="the day after"),
        pytest.param(EXTENDED, "2026-11-22", "6: DEV-2026-017 was due by 2026-11-21 and is open", id="past extension"),
        pytest.param(
            EVENT + CLOSED,
            "2026-10-19",
            "5: DEV-2026-017 was due by 2026-10-12 and is open",
            id="the day before closure",
        ),
        pytest.param(EVENT + AGAIN, "2026-11-01", "5: DEV-2026-017 was due by 2026-10-12 and is open", id="reopened"),
        pytest.param(VAL, "2026-10-13", "5: VAL-2026-001 was due by 2026-10-12 and is open", id="a validation"),
    ],
)
def test_an_open_event_past_its_date(text: str, day: str, message: str | None):
    assert said(text, day) == ([message] if message else [])
