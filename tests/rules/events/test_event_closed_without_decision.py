"""A closed event says what follows from it."""

from __future__ import annotations

from datetime import date

import pytest

from tests.laws import HEADS, TODAY, findings_on

RULE = "event-closed-without-decision"
CLOSED = "closed: 2026-11-20\nclosed-by: p-0003\n"
VOIDED = "voided: {on: 2026-11-20, by: p-0003, reason: r}\n"
ACTION = "actions: [{id: 1, kind: other, due: 2026-10-15, done: 2026-10-01}]\n"
DISPOSED = "disposition: {decision: scrap, on: 2026-09-13, by: p-0003, rationale: r}\n"
AGAIN = "reopened: [{on: 2026-11-21, by: p-0003, summary: s, closed: 2026-11-20, closed-by: p-0003}]\n"


def said(kind: str, more: str, day: date = TODAY) -> list[str]:
    return [found.message for found in findings_on(kind, more, day) if found.rule == RULE]


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        *((kind, "") for kind in HEADS),
        *((kind, CLOSED) for kind in ("AUD", "CAPA", "VAL", "MR")),
        *((kind, VOIDED) for kind in ("DEV", "NCR", "CMP", "GAP")),
        *(
            (kind, CLOSED + one)
            for kind in ("DEV", "CMP", "GAP")
            for one in (ACTION, "capa: CAPA-1-1\n", "no-capa: r\n")
        ),
        ("NCR", CLOSED + DISPOSED + "no-capa: r\n"),
        ("DEV", AGAIN),
    ],
)
def test_a_decision_is_there_or_not_needed(kind: str, more: str):
    assert said(kind, more) == []


@pytest.mark.parametrize(
    ("kind", "more", "missing"),
    [
        *((kind, "", "no action, no 'capa', no 'no-capa'") for kind in ("DEV", "CMP", "GAP")),
        ("NCR", "", "no action, no 'capa', no 'no-capa', no 'disposition'"),
        ("NCR", DISPOSED, "no action, no 'capa', no 'no-capa'"),
        ("NCR", ACTION, "no 'disposition'"),
        ("DEV", "no-capa: n/a\n", "no action, no 'capa', the 'no-capa' 'n/a' says nothing"),
        ("DEV", "capa: DEV-2026-001\n", "no action, DEV-2026-001 is no CAPA, no 'no-capa'"),
    ],
)
@pytest.mark.parametrize("day", [TODAY, date(2031, 1, 1)])
def test_closed_without_a_decision(kind: str, more: str, missing: str, day: date):
    found = said(kind, CLOSED + more, day)

    assert found == [f"closed on 2026-11-20 without a decision: {missing}"]
