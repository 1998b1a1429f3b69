"""What a management review looks at."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmsci.metrics import METRICS, events, training
from qmsci.metrics.measured import Period
from qmsci.metrics.review import Agreement, Comparison, Review, months, review
from qmsci.timeline import Span
from tests.halden import FILES, event, joined
from tests.laws import TODAY, snapshot_of

HALF = Span(date(2026, 1, 1), date(2026, 6, 30))


def reviewed(files: dict[str, str], days: Span = HALF, today: date = TODAY) -> Review:
    return review(snapshot_of(files, today), days)


# --- days -----------------------------------------------------------------------------------------------------------


def test_figures_are_those_of_the_end_of_the_period_whatever_day_it_is():
    found = reviewed(FILES)

    assert found.period.days == HALF
    assert found.earlier.days == Span(date(2025, 7, 1), date(2025, 12, 31))
    assert [one.metric.name for one in found.metrics] == [one.name for one in METRICS]
    assert found.metric("overdue").now.figure.value == 1
    assert found.organization == "Halden Biologics"


def test_a_period_that_is_not_over_is_seen_from_today():
    found = reviewed(FILES, Span(date(2026, 1, 1), date(2026, 12, 31)))

    assert found.asked.last == date(2026, 12, 31)
    assert found.period.days == Span(date(2026, 1, 1), TODAY)
    assert found.months[-1].name == "2026-11"


# --- months ---------------------------------------------------------------------------------------------------------


def test_months_have_what_began_and_what_was_late():
    found = reviewed(FILES).months

    assert [(one.name, dict(one.events), one.gap_days, one.overdue) for one in found] == [
        ("2026-01", {}, 0, 0),
        ("2026-02", {"DEV": 1}, 0, 0),
        ("2026-03", {}, 0, 0),
        ("2026-04", {"AUD": 1}, 1, 0),
        ("2026-05", {"CMP": 1}, 0, 0),
        ("2026-06", {"DEV": 1}, 27, 1),
    ]


@settings(max_examples=30)
@given(st.dates(date(2025, 1, 1), date(2026, 11, 1)), st.integers(0, 400))
def test_months_add_up(first: date, days: int):
    """To the events that began, and the days in gaps; and the last one ends with what is overdue then."""
    last = date.fromordinal(first.toordinal() + days)
    view = Period(snapshot_of(FILES, last), Span(first, last))
    found = list(months(view))

    assert sum(sum(one.events.values()) for one in found) == events.events_opened.read(view).figure.value
    assert sum(one.gap_days for one in found) == training.gap_days.read(view).figure.value
    assert found[-1].overdue == training.overdue.read(view).figure.value


# --- follow-up ------------------------------------------------------------------------------------------------------


def test_where_no_review_was_held_nothing_is_followed_up():
    assert reviewed({path: text for path, text in FILES.items() if "MR-" not in path}).follow_up == ()


def test_the_last_review_is_followed_up_to_the_end_of_the_period():
    (found,) = reviewed(FILES).follow_up

    assert found.review.id == "MR-2026-001"
    assert [(one.action.id, one.done, one.overdue) for one in found.actions] == [
        (1, date(2026, 3, 2), False),
        (2, None, True),
    ]


def test_older_reviews_are_followed_up_as_long_as_something_is_open():
    done = "actions: [{id: 1, kind: other, due: 2025-03-01, done: 2025-02-01}]\n"
    older = event("MR-2025-001", f"held: 2025-01-20\nperiod: {{from: 2024-07-01, to: 2024-12-31}}\n{done}")
    open_ = event(
        "MR-2025-002",
        f"held: 2025-07-20\nperiod: {{from: 2025-01-01, to: 2025-06-30}}\n{done.replace(', done: 2025-02-01', '')}",
    )
    found = reviewed(joined(FILES, older, open_)).follow_up

    assert [one.review.id for one in found] == ["MR-2026-001", "MR-2025-002"]


def test_the_review_of_these_days_is_not_its_own_follow_up():
    """Even where it was held within them."""
    path = "quality-events/MR-2026-002.yaml"
    found = reviewed({**FILES, path: FILES[path].replace("held: 2026-07-14", "held: 2026-06-30")})

    assert [one.review.id for one in found.follow_up] == ["MR-2026-001"]
    assert [one.review.id for one in found.comparisons] == ["MR-2026-002"]


# --- what was presented ---------------------------------------------------------------------------------------------


def compared(presented: str) -> Comparison:
    path = "quality-events/MR-2026-002.yaml"
    (found,) = reviewed({**FILES, path: FILES[path].split("presented:")[0] + presented}).comparisons
    return found


@pytest.mark.parametrize(
    ("presented", "agrees", "verdicts"),
    [
        pytest.param("", True, {}, id="nothing-was-presented"),
        pytest.param("presented: {overdue: '1'}\n", True, {"overdue": Agreement.EQUAL}, id="equal"),
        pytest.param("presented: {overdue: '2'}\n", False, {"overdue": Agreement.DIFFERS}, id="differs"),
        pytest.param("presented: {overdu: '1'}\n", False, {"overdu": Agreement.UNKNOWN}, id="unknown"),
    ],
)
def test_what_was_presented_is_held_against_the_records(presented: str, agrees: bool, verdicts: dict[str, Agreement]):
    found = compared(presented)

    assert found.agrees is agrees
    said = {one.name: one.agreement for one in found.metrics if one.agreement is not Agreement.NOT_PRESENTED}
    assert said == verdicts
    assert len(found.metrics) == len(METRICS) + sum(one is Agreement.UNKNOWN for one in verdicts.values())


def test_a_name_that_was_probably_meant_is_named():
    (unknown,) = [one for one in compared("presented: {overdu: '1'}\n").metrics if one.agreement is Agreement.UNKNOWN]

    assert (unknown.name, unknown.meant, unknown.figure) == ("overdu", "overdue", None)


def test_only_reviews_of_the_same_days_are_compared():
    assert reviewed(FILES, Span(HALF.first, date(2026, 6, 29))).comparisons == ()
    assert reviewed(FILES, Span(HALF.first, date(2026, 6, 29))).agrees
    assert not reviewed(FILES).agrees
