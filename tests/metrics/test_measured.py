"""What a figure says, and which days a period has."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmsci.metrics import METRICS, Measured, Metric, Trend
from qmsci.metrics.measured import (
    Better,
    Figure,
    Part,
    Period,
    Reading,
    before,
    by_group,
    count,
    in_days,
    length,
    middle,
    ninetieth,
    share,
    with_the_one_before,
)
from qmsci.metrics.review import says
from qmsci.timeline import Span
from tests.halden import FILES, document, joined, revision
from tests.laws import snapshot_of

NOTHING = "nothing to count"


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        pytest.param(share(0, 0), NOTHING, id="a-share-of-nothing-is-no-0-percent"),
        pytest.param(count(0, 0), NOTHING, id="none-of-nothing"),
        pytest.param(in_days(None), NOTHING, id="no-length"),
        pytest.param(middle([]), NOTHING, id="no-median"),
        pytest.param(ninetieth([]), NOTHING, id="no-percentile"),
        pytest.param(share(0, 7), "0.0 % (0 of 7)", id="a-share-of-none"),
        pytest.param(share(412, 441), "93.4 % (412 of 441)", id="a-share"),
        pytest.param(count(0), "0", id="no-things"),
        pytest.param(count(3, 40), "3 of 40", id="so-many-of"),
        pytest.param(in_days(0), "0 days", id="no-day"),
        pytest.param(in_days(1), "1 day", id="one-day"),
        pytest.param(middle([1, 2]), "1.5 days", id="between-two-days"),
        pytest.param(middle([3, 1, 2]), "2 days", id="median"),
        pytest.param(count(1_234_567), "1234567", id="a-large-number"),
    ],
)
def test_a_figure_says_what_it_is_made_of(figure: Figure, text: str):
    assert str(figure) == text


@given(st.lists(st.integers(0, 400), min_size=1))
def test_nine_of_ten_do_not_exceed_the_ninetieth_percentile(lengths: list[int]):
    """And it is one of them, the shortest such."""
    found = ninetieth(lengths).value

    assert found in lengths
    assert 10 * sum(one <= found for one in lengths) >= 9 * len(lengths)
    assert 10 * sum(one < found for one in lengths) < 9 * len(lengths)


def test_groups_are_told_apart_by_name():
    assert by_group([("b", True), ("a", False), ("b", False)]) == (Part("a", share(0, 1)), Part("b", share(1, 2)))


# --- days -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "earlier"),
    [
        pytest.param(("2026-01-01", "2026-12-31"), ("2025-01-01", "2025-12-31"), id="a-year"),
        pytest.param(("2024-01-01", "2024-12-31"), ("2023-01-01", "2023-12-31"), id="a-year-of-366-days"),
        pytest.param(("2026-03-01", "2026-03-31"), ("2026-02-01", "2026-02-28"), id="a-month"),
        pytest.param(("2025-11-23", "2026-11-22"), ("2024-11-23", "2025-11-22"), id="twelve-months-from-any-day"),
        pytest.param(("2026-03-01", "2026-03-10"), ("2026-02-19", "2026-02-28"), id="ten-days"),
        pytest.param(("2026-03-01", "2026-03-01"), ("2026-02-28", "2026-02-28"), id="one-day"),
    ],
)
def test_the_period_before_is_as_long(days: tuple[str, str], earlier: tuple[str, str]):
    found = before(Span(*map(date.fromisoformat, days)))

    assert (str(found.first), str(found.last)) == earlier


@given(st.dates(date(1950, 1, 1), date(2090, 1, 1)), st.integers(0, 2000))
def test_the_period_before_ends_where_the_period_begins(first: date, more: int):
    days = Span(first, first + timedelta(days=more))
    earlier = before(days)

    assert earlier.last + timedelta(days=1) == days.first
    assert abs(length(earlier) - length(days)) <= 3  # months differ by as much


def test_a_period_has_its_first_and_its_last_day():
    period = Period(snapshot_of({}), Span(date(2026, 1, 1), date(2026, 1, 2)))
    around = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 3)]

    assert [period.has(day) for day in around] == [False, True, True, False]
    assert not period.has(None)


# --- trends ---------------------------------------------------------------------------------------------------------


def moved(now: Figure, earlier: Figure, better: Better | None = Better.MORE) -> Measured:
    metric = Metric("a-metric", "A metric", "What it is.", better, lambda _: Reading(now))
    return Measured(metric, Reading(now), Reading(earlier))


@pytest.mark.parametrize(
    ("measured", "trend", "better", "few"),
    [
        pytest.param(moved(share(0, 0), share(1, 2)), Trend.UNKNOWN, None, True, id="nothing-now"),
        pytest.param(moved(share(1, 2), share(0, 0)), Trend.UNKNOWN, None, True, id="nothing-before"),
        pytest.param(moved(count(20), count(20)), Trend.SAME, None, False, id="the-same"),
        pytest.param(moved(share(93_412, 100_000), share(93_441, 100_000)), Trend.SAME, None, False, id="as-shown"),
        pytest.param(moved(share(60, 100), share(50, 100)), Trend.UP, True, False, id="more-is-better"),
        pytest.param(moved(share(50, 100), share(60, 100)), Trend.DOWN, False, False, id="less-is-worse"),
        pytest.param(moved(count(12), count(3), Better.LESS), Trend.UP, False, False, id="more-is-worse"),
        pytest.param(moved(count(3), count(12), Better.LESS), Trend.DOWN, True, False, id="less-is-better"),
        pytest.param(moved(count(12), count(3), None), Trend.UP, None, False, id="neither"),
        pytest.param(moved(count(5), count(4)), Trend.UP, True, True, id="nine-things"),
        pytest.param(moved(count(6), count(4)), Trend.UP, True, False, id="ten-things"),
        pytest.param(moved(share(195, 200), share(196, 200)), Trend.DOWN, False, True, id="nine-of-the-rarer-side"),
        pytest.param(moved(share(195, 200), share(195, 200)), Trend.SAME, None, False, id="ten-of-the-rarer-side"),
        pytest.param(moved(middle([1] * 4), middle([2] * 5)), Trend.DOWN, False, True, id="nine-lengths"),
    ],
)
def test_how_a_figure_moved(measured: Measured, trend: Trend, better: bool | None, few: bool):
    assert (measured.trend, measured.better, measured.few) == (trend, better, few)


# --- the metrics ----------------------------------------------------------------------------------------------------


def test_names_are_public_and_stable():
    """Other people's records name them."""
    assert [metric.name for metric in METRICS] == [
        "training-currency",
        "trained-before-effective",
        "assignment-lag",
        "time-to-complete",
        "overdue",
        "gap-frequency",
        "gap-days",
        "first-attempt-pass-rate",
        "refresher-lapse-rate",
        "waiver-load",
        "coverage",
        "capa-retraining-closure",
        "effectiveness-pass-rate",
        "repeat-events-after-retraining",
        "deviations-with-training-cause",
        "events-opened",
        "events-closed",
        "events-open",
        "open-capas",
        "actions-overdue",
        "revisions-effective",
        "reviews-overdue",
        "late-entries",
        "rejected-entries",
    ]


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_every_metric_is_defined_in_sentences(metric: Metric):
    assert metric.title
    assert not metric.title.endswith(".")
    assert metric.definition.endswith(".")
    assert "`" not in metric.definition


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_where_there_is_nothing_every_metric_says_so(metric: Metric):
    """No share of nothing is 0 %, or 100 %."""
    reading = metric.read(Period(snapshot_of({}), Span(date(2026, 1, 1), date(2026, 6, 30))))

    assert reading.items == ()
    assert not reading.figure.value
    if reading.figure.denominator is not None:
        assert str(reading.figure) in (NOTHING, "0 days")


# --- what was presented ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "agrees"),
    [
        pytest.param("93.4 % (412 of 441)", True, id="as-shown"),
        pytest.param("93.4 %", True, id="percent"),
        pytest.param("93,4%", True, id="decimal-comma"),
        pytest.param("93.42 %", True, id="more-decimals"),
        pytest.param("93 %", True, id="rounded"),
        pytest.param("93.4", True, id="without-a-unit"),
        pytest.param("412 of 441", True, id="counts"),
        pytest.param("412/441", True, id="a-fraction"),
        pytest.param("412 of 441 (93.4 %)", True, id="the-other-way-round"),
        pytest.param("94 %", False, id="another-percent"),
        pytest.param("93.5 %", False, id="wrongly-rounded"),
        pytest.param("93.4 days", False, id="another-unit"),
        pytest.param("412 of 442", False, id="another-count"),
        pytest.param("93.4 % (411 of 441)", False, id="half-of-it-is-wrong"),
        pytest.param("93.4 % of 441", False, id="two-numbers-that-are-no-pair"),
        pytest.param("fine", False, id="no-number"),
        pytest.param(NOTHING, False, id="nothing"),
    ],
)
def test_a_text_names_a_figure_as_precisely_as_it_is_written(text: str, agrees: bool):
    assert says(text, share(412, 441)) is agrees


def test_nothing_to_count_is_presented_in_words():
    assert says("Nothing to count", share(0, 0))
    assert not says("0 %", share(0, 0))
    assert not says("100 %", share(0, 0))


@given(
    st.one_of(
        st.builds(share, st.integers(0, 50), st.integers(50, 90)),
        st.builds(count, st.integers(0, 10_000)),
        st.builds(count, st.integers(0, 50), st.integers(50, 90)),
        st.builds(in_days, st.integers(0, 1000).map(lambda halves: halves / 2)),
        st.just(share(0, 0)),
    )
)
def test_every_figure_agrees_with_what_it_says(figure: Figure):
    assert says(str(figure), figure)


# --- two periods ----------------------------------------------------------------------------------------------------

#: One whose gap goes on while they take on another role that asks for the same, and a document that nobody assigned.
TWO_ROLES = joined(
    FILES,
    {
        "roles/lead.yaml": "id: lead\ntitle: Lead\npurpose: Leads.\nperforms: [gowning]\n",
        "roles/people/p-0077.yaml": (
            "id: p-0077\nname: Nils Berg\nkind: employee\nemployed: {from: 2025-01-01}\n"
            "roles: [{role: operator, from: 2025-01-01, to: 2026-08-31}, {role: lead, from: 2026-02-10}]\n"
        ),
    },
    document("SOP-077", revision("1", "2025-01-01"), retired="2026-03-15"),
)


def told(period: Period) -> list[tuple[object, ...]]:
    """The gaps of a period, but for the records that they are about."""
    return [
        (gap.person.id, str(gap.revision), gap.roles, gap.first, gap.last, gap.reason, gap.is_finding, days)
        for gap, days in period.gaps
    ]


@settings(max_examples=60, deadline=None)
@given(st.dates(date(2025, 1, 1), date(2026, 11, 1)), st.integers(0, 400))
def test_a_period_and_the_one_before_say_what_each_says_alone(first: date, days: int):
    """What they share is cut to each of them: the gaps as they were by its end, and what was assigned by then."""
    snapshot = snapshot_of(TWO_ROLES, date(2026, 11, 22))
    together = with_the_one_before(snapshot, Span(first, first + timedelta(days=days)))
    alone = [Period(snapshot.on(period.days.last), period.days) for period in together]

    assert [told(period) for period in together] == [told(period) for period in alone]
    assert [period.courses for period in together] == [period.courses for period in alone]
    assert [period.gaps for period in together] == [period.gaps for period in alone]


def test_a_gap_that_goes_on_is_of_the_roles_of_its_days():
    """By the end of January nobody knew of the second role."""
    found = with_the_one_before(snapshot_of(TWO_ROLES, date(2026, 2, 28)), Span(date(2026, 2, 1), date(2026, 2, 28)))
    now, then = ({gap.roles for gap, _ in period.gaps if gap.person.id == "p-0077"} for period in found)

    assert ("lead", "operator") in now
    assert then == {("operator",)}
