"""`qmsci audit`: the whole tree on a day."""

from __future__ import annotations

import pytest

from tests.cli.commands import FINDINGS, Desk, valid
from tests.cli.test_check import PATH, REVISED


def test_a_day_on_which_all_is_well(desk: Desk):
    """Before anything is due."""
    answer = valid(FINDINGS, desk.answer("audit", "--as-of", "2026-01-06"))

    assert answer["findings"] == []
    assert answer["as_of"] == "2026-01-06"
    assert answer["base"] is None


def test_what_time_has_made_of_it(desk: Desk):
    """An untrained operator, once the document is in force; check has nothing against it."""
    answer = valid(FINDINGS, desk.answer("audit", "--as-of", "2026-06-01", exits=1))

    assert "training-overdue" in {finding["rule"] for finding in answer["findings"]}
    desk.run("check", "--all")


def test_it_judges_the_tree_too(desk: Desk):
    """What check would refuse is in it."""
    desk.write({PATH: REVISED})
    answer = desk.answer("audit", "--as-of", "2026-01-06", exits=1)

    assert "revision-without-assignment" in {finding["rule"] for finding in answer["findings"]}


@pytest.mark.parametrize("arguments", [[], ["--as-of", "tomorrow"], ["--as-of", "2026-02-30"], ["--as-of", "20260101"]])
def test_a_day_is_needed(desk: Desk, arguments: list[str]):
    """Exit code 2."""
    assert "--as-of" in desk.run("audit", *arguments, exits=2).stderr


def test_today_is_a_day(desk: Desk):
    """Of the policy's time zone."""
    desk.run("audit", "--as-of", "today", exits=1)
