"""Training is done by completions, not by a date beside its action."""

from __future__ import annotations

from datetime import date

import pytest

from tests.laws import HEADS, TODAY, findings_on

RULE = "done-on-training-action"
TRAINS = "{id: 1, kind: training, documents: [SOP-014], people: [p-0042], due: 2026-10-15}"
DOES = "{id: 2, kind: other, due: 2026-10-15, done: 2026-10-01}"
DONE = TRAINS.replace("}", ", done: 2026-10-01}")


def said(kind: str, *actions: str, day: date = TODAY) -> list[str]:
    found = findings_on(kind, f"actions: [{', '.join(actions)}]\n", day)
    return [one.message for one in found if one.rule == RULE]


@pytest.mark.parametrize("kind", HEADS)
def test_other_actions_say_when_they_were_done(kind: str):
    assert said(kind, TRAINS, DOES) == []


@pytest.mark.parametrize("kind", HEADS)
@pytest.mark.parametrize("day", [TODAY, date(2031, 1, 1)])
def test_training_actions_do_not(kind: str, day: date):
    assert said(kind, DOES, DONE, DONE.replace("id: 1", "id: 3"), day=day) == [
        f"training action {number} says that it was done on 2026-10-01: completions say so" for number in (1, 3)
    ]
