"""A closed deviation, nonconformance or gap has its cause."""

from __future__ import annotations

from datetime import date

import pytest

from tests.laws import HEADS, TODAY, findings_on

RULE = "event-closed-without-cause"
CLOSED = "closed: 2026-11-20\nclosed-by: p-0003\n"
VOIDED = "voided: {on: 2026-11-20, by: p-0003, reason: r}\n"
CAUSE = "root-cause: {category: procedure, summary: s}\n"
AGAIN = "reopened: [{on: 2026-11-21, by: p-0003, summary: s, closed: 2026-11-20, closed-by: p-0003}]\n"


def said(kind: str, more: str, day: date = TODAY) -> list[str]:
    return [found.message for found in findings_on(kind, more, day) if found.rule == RULE]


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        *((kind, "") for kind in HEADS),
        *((kind, CAUSE + CLOSED) for kind in HEADS),
        *((kind, CLOSED) for kind in ("CMP", "AUD", "CAPA", "VAL", "MR")),
        *((kind, VOIDED) for kind in ("DEV", "NCR", "GAP")),
        ("DEV", AGAIN),
    ],
)
def test_a_cause_is_there_or_not_needed(kind: str, more: str):
    assert said(kind, more) == []


@pytest.mark.parametrize("kind", ["DEV", "NCR", "GAP"])
@pytest.mark.parametrize("words", ["n/a", "TBD", "-"])
def test_closed_with_a_cause_that_says_nothing(kind: str, words: str):
    cause = CAUSE.replace("summary: s", f"summary: '{words}'")

    assert said(kind, cause) == []
    assert said(kind, cause + CLOSED) == [
        f"closed on 2026-11-20, and the summary of its root cause, '{words}', says nothing"
    ]


@pytest.mark.parametrize("kind", ["DEV", "NCR", "GAP"])
@pytest.mark.parametrize("day", [TODAY, date(2031, 1, 1)])
def test_closed_without_a_cause(kind: str, day: date):
    assert said(kind, CLOSED, day) == ["closed on 2026-11-20 without a root cause"]
