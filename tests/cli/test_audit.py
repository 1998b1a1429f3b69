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


def test_the_past_owes_nothing_any_more(desk: Desk):
    """Who had left before the first assignment was written is no fault of the tree, on whatever day it is looked at."""
    left = (desk.checkout.folder / "roles/people/p-2.yaml").read_text().replace("p-2", "p-3")
    desk.checkout.commit({"roles/people/p-3.yaml": left.replace("2024-03-01", "2024-03-01, to: 2026-02-28")})
    desk.run("check", "--all")

    for day in ("2024-01-01", "2025-12-01", "2026-01-05", "2026-02-01"):
        found = [finding["rule"] for finding in desk.answer("audit", "--as-of", day, exits=None)["findings"]]
        assert not {"revision-without-assignment", "person-without-assignment", "unreadable"} & set(found), day


def test_what_the_future_will_owe_is_said_of_it(desk: Desk):
    """Somebody who is hired later is owed training then, as they are now."""
    hired = (desk.checkout.folder / "roles/people/p-2.yaml").read_text().replace("p-2", "p-3")
    desk.checkout.commit({"roles/people/p-3.yaml": hired})

    for day in ("2026-01-06", "2027-06-01"):
        found = {finding["rule"] for finding in desk.answer("audit", "--as-of", day, exits=1)["findings"]}
        assert "person-without-assignment" in found, day


@pytest.mark.parametrize("arguments", [[], ["--as-of", "tomorrow"], ["--as-of", "2026-02-30"], ["--as-of", "20260101"]])
def test_a_day_is_needed(desk: Desk, arguments: list[str]):
    """Exit code 2."""
    assert "--as-of" in desk.run("audit", *arguments, exits=2).stderr


def test_today_is_a_day(desk: Desk):
    """Of the policy's time zone."""
    desk.run("audit", "--as-of", "today", exits=1)
