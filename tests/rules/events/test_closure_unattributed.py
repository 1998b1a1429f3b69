"""Who closed it, and when."""

from __future__ import annotations

from datetime import date

import pytest

from tests.laws import HEADS, TODAY, findings_on

RULE = "closure-unattributed"
CLOSED = "closed: 2026-11-20\nclosed-by: p-0003\n"
AGAIN = "reopened: [{on: 2026-11-21, by: p-0003, summary: s, closed: 2026-11-20, closed-by: p-0003}]\n"


def said(kind: str, more: str, day: date = TODAY) -> list[str]:
    return [found.message for found in findings_on(kind, more, day) if found.rule == RULE]


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        *((kind, "") for kind in HEADS),
        *((kind, CLOSED) for kind in HEADS),
        ("VAL", "released: 2026-11-20\nreleased-by: p-0003\n"),
        ("AUD", "verified: 2026-11-20\n"),
        ("DEV", AGAIN),
    ],
)
def test_both_keys_or_none(kind: str, more: str):
    assert said(kind, more) == []


WHO = "{} on 2026-11-20, and '{}-by' does not say by whom"
WHEN = "{} by p-0003, and '{}' does not say when"


@pytest.mark.parametrize(("kind", "key"), [*((kind, "closed") for kind in HEADS), ("VAL", "released")])
@pytest.mark.parametrize("day", [TODAY, date(2031, 1, 1)])
def test_one_key_without_the_other(kind: str, key: str, day: date):
    assert said(kind, f"{key}: 2026-11-20\n", day) == [WHO.format(key, key)]
    assert said(kind, f"{key}-by: p-0003\n", day) == [WHEN.format(key, key)]
