"""What is no cause, and from when on there has to be one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsci.circuit import says_nothing
from tests.laws import findings_in

RULE = "capa-without-root-cause"
FILE = "quality-events/CAPA-2026-003.yaml"
HEAD = "id: CAPA-2026-003\ntitle: Gloves\nopened: 2026-06-01\nowner: p-0003\n"
CLOSED = "closed: 2026-11-20\n"
CHECKED = (
    "effectiveness: {criterion: None torn, period: 90 days, assessor: p-5, "
    "checks: [{on: 2026-11-10, outcome: inconclusive, summary: Few runs.}]}\n"
)
SYMPTOM = "which is a symptom: what made the error possible?"
CANCELLED = "cancelled: {on: 2026-11-11, by: p-0003, reason: Merged with another}\n"


def cause(category: str = "procedure", summary: str = "The step was not described.") -> str:
    """A root cause."""
    return f"root-cause: {{category: '{category}', summary: '{summary}'}}\n"


def said(text: str) -> list[str]:
    """What the rule says of a CAPA."""
    return [finding.message for finding in findings_in({FILE: text}) if finding.rule == RULE]


@pytest.mark.parametrize(
    ("rest", "messages"),
    [
        pytest.param("", [], id="open, not checked, no cause yet"),
        pytest.param(cause("unknown", "tbd"), [], id="still sought"),
        pytest.param(cause() + CLOSED, [], id="closed"),
        pytest.param(cause("human error", "The labels look alike.") + CLOSED, [], id="human error as category"),
        pytest.param(
            cause("training", "Human error: the labels look alike.") + CLOSED, [], id="human error, and what made it so"
        ),
        pytest.param(cause("None of the known", "Nobody looked.") + CLOSED, [], id="a text that begins with none"),
        pytest.param(CHECKED + CANCELLED, [], id="cancelled"),
        pytest.param("{", [], id="unreadable"),
        pytest.param(CLOSED, ["closed on 2026-11-20, and it has no root cause"], id="closed without"),
        pytest.param(CHECKED, ["its effect was checked on 2026-11-10, and it has no root cause"], id="checked without"),
        pytest.param(CHECKED + CLOSED, ["closed on 2026-11-20, and it has no root cause"], id="both, said once"),
        pytest.param(
            cause(summary="tbd") + CHECKED,
            ["its effect was checked on 2026-11-10, and the summary of its root cause, 'tbd', says nothing"],
            id="checked, and still to be determined",
        ),
        pytest.param(
            cause("-", "n/a") + CLOSED,
            [
                "closed on 2026-11-20, and the category of its root cause, '-', says nothing",
                "closed on 2026-11-20, and the summary of its root cause, 'n/a', says nothing",
            ],
            id="nothing in both",
        ),
        *(
            pytest.param(
                cause("human error", symptom) + CLOSED,
                [f"closed on 2026-11-20, and its root cause is '{symptom}', {SYMPTOM}"],
                id=symptom,
            )
            for symptom in ("human error", "Human error.", "Operator-Error")
        ),
    ],
)
def test_a_cause_is_named_when_it_is_needed(rest: str, messages: list[str]):
    assert said(HEAD + rest) == messages


def test_other_events_are_asked_by_other_rules():
    text = HEAD.replace("CAPA", "CMP") + CLOSED
    found = findings_in({FILE.replace("CAPA", "CMP"): text})

    assert RULE not in {finding.rule for finding in found}


@pytest.mark.parametrize("word", ["n/a", "NA", "N. A.", "none", "None.", "nil", "unknown", "TBD", "-", "--", "?", "… "])
def test_a_word_that_only_fills_its_place_says_nothing(word: str):
    assert says_nothing(word)


@given(st.text())
def test_case_and_signs_do_not_make_a_word_say_something(text: str):
    """A text says as much as its letters and digits."""
    assert says_nothing(text) is says_nothing(f" ({text}) ")
    assert not says_nothing(f"{text} since the shield has a burr")
