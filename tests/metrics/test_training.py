"""The metrics of training, from the records that a user would have."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmsci.gaps import gaps
from qmsci.metrics import METRICS, training
from qmsci.metrics.measured import Metric, Period, Reading, length
from qmsci.metrics.training import overdue_on
from qmsci.rule import When
from qmsci.snapshot import Snapshot
from qmsci.timeline import Span
from tests.halden import (
    FILES,
    assignment,
    document,
    done,
    event,
    history,
    item,
    joined,
    person,
    quiz,
    revision,
)
from tests.laws import POLICY, findings_in, snapshot_of

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
SIGNED = POLICY.replace("approvals: forge", "approvals: signed")


def period(files: dict[str, str], first: date = FIRST, last: date = LAST) -> Period:
    return Period(snapshot_of(files, last), Span(first, last))


def read(metric: Metric, files: dict[str, str], first: date = FIRST, last: date = LAST) -> Reading:
    return metric.read(period(files, first, last))


def parts(reading: Reading) -> dict[str, str]:
    return {part.label: str(part.figure) for part in reading.parts}


def names(reading: Reading, counted: bool = True) -> list[str]:
    return [one.name for one in reading.items if one.counted is counted]


def why(reading: Reading) -> list[str]:
    return [one.says for one in reading.items if one.counted]


# --- current --------------------------------------------------------------------------------------------------------


def test_currency_names_what_is_not_met_and_why():
    found = read(training.training_currency, FILES)

    assert str(found.figure) == "85.7 % (6 of 7)"
    assert [(one.name, one.at.path, one.says) for one in found.items if not one.counted] == [
        (
            "p-0044 on TRN-001@1",
            "training-records/completions/p-0044/TRN-001.yaml",
            "training on TRN-001@1 was not passed (1 attempt)",
        )
    ]
    assert parts(found) == {"operator": "83.3 % (5 of 6)", "quality-assurance": "100.0 % (1 of 1)"}


def test_who_is_on_leave_is_asked_for_nothing():
    away = person("p-0044", "operator", "2026-05-04", "leave: [{from: 2026-06-30, to: 2026-07-31}]\n")

    assert str(read(training.training_currency, joined(FILES, away)).figure) == "100.0 % (5 of 5)"


def test_before_a_revision_took_effect_is_by_the_end_of_its_day():
    """Who was trained a day late stays counted as such; a new revision of the 12 months before counts in them."""
    found = read(training.trained_before_effective, FILES)
    later = read(training.trained_before_effective, FILES, date(2026, 7, 1), date(2026, 12, 31))

    assert str(found.figure) == "50.0 % (1 of 2)"
    assert names(found, counted=False) == ["p-0043 on SOP-014@2"]
    assert parts(found) == {"12 months to the last day": "50.0 % (1 of 2)", "SOP-014@2": "50.0 % (1 of 2)"}
    assert str(later.figure) == "nothing to count"
    assert parts(later) == {"12 months to the last day": "50.0 % (1 of 2)"}


def test_trained_on_the_day_itself_is_in_time():
    path = "training-records/completions/p-0043/SOP-014.yaml"
    files = {**FILES, path: FILES[path].replace("2026-04-02T", "2026-04-01T")}

    assert str(read(training.trained_before_effective, files).figure) == "100.0 % (2 of 2)"


def test_a_revision_that_was_withdrawn_took_no_effect():
    files = joined(FILES, document("SOP-014", revision("2", "2026-04-01", more=", withdrawn: 2026-03-30")))

    assert str(read(training.trained_before_effective, files).figure) == "nothing to count"


# --- coverage -------------------------------------------------------------------------------------------------------


def test_coverage_counts_activities_and_the_days_below():
    """Two are needed: both were suspended on 16 March, p-0043 until 2 April; p-0044 joined in May, and was not passed."""
    found = read(training.coverage, FILES)

    assert str(found.figure) == "0 of 1"
    assert parts(found) == {"gowning: below its minimum": "17 days"}
    assert names(found, counted=False) == ["gowning"]


def test_an_activity_below_its_minimum_is_counted_by_the_rule():
    found = read(training.coverage, FILES, FIRST, date(2026, 3, 20))
    (one,) = found.items

    assert str(found.figure) == "1 of 1"
    assert (one.name, one.rule, one.counted) == ("gowning", "too-few-qualified", True)
    assert one.says.startswith("nobody is authorised for gowning, 2 are required")


def test_days_below_are_those_on_which_too_few_were_authorised():
    """Day by day the same as from one turn to the next."""
    below = sum(
        str(read(training.coverage, FILES, day, day).figure) == "1 of 1"
        for day in (date.fromordinal(n) for n in range(date(2026, 3, 1).toordinal(), date(2026, 4, 30).toordinal() + 1))
    )

    assert parts(read(training.coverage, FILES, date(2026, 3, 1), date(2026, 4, 30))) == {
        "gowning: below its minimum": f"{below} days"
    }


def test_a_departure_and_a_retirement_are_turns_too():
    """p-0044 has not passed TRN-001, so that nobody is left to take the place of somebody who goes."""
    path = "roles/people/p-0043.yaml"
    gone = {path: FILES[path].replace("employed: {from: 2025-01-01}", "employed: {from: 2025-01-01, to: 2026-06-20}")}
    governs = document("SOP-090", revision("1", "2025-01-10"), retired="2026-06-11", training="{method: [practical]}")
    june = date(2026, 6, 1)

    assert parts(read(training.coverage, FILES, june)) == {}
    assert parts(read(training.coverage, joined(FILES, gone), june)) == {"gowning: below its minimum": "10 days"}
    assert parts(read(training.coverage, joined(FILES, governs), june)) == {"gowning: below its minimum": "10 days"}


# --- gaps -----------------------------------------------------------------------------------------------------------


def test_gaps_are_those_of_qmsci_gaps_within_the_period():
    found, days = read(training.gap_frequency, FILES), read(training.gap_days, FILES)
    expected = [gap for gap in gaps(snapshot_of(FILES, LAST)) if gap.is_finding and (gap.last or LAST) >= FIRST]

    assert found.figure.value == len(expected) == 2
    assert names(found) == ["p-0043 on SOP-014@2", "p-0044 on TRN-001@1"]
    assert str(days.figure) == "28 days"
    assert parts(days) == {"longest": "27 days", "role operator": "28 days"}


def test_initial_training_and_suspension_are_counted_apart():
    found = parts(read(training.gap_frequency, FILES))

    assert found["apart: in initial training"] == "2"
    assert found["apart: suspended"] == "2"
    assert found["began in the period"] == "2"
    assert found["with work done in them, by an event"] == "0"


def test_a_gap_is_cut_to_the_period():
    found = read(training.gap_days, FILES, date(2026, 6, 10), date(2026, 6, 19))

    assert str(found.figure) == "10 days"
    assert (
        parts(read(training.gap_frequency, FILES, date(2026, 6, 10), date(2026, 6, 19)))["began in the period"] == "0"
    )


def test_an_event_shows_that_work_was_done_in_a_gap():
    worked = event(
        "DEV-2026-003",
        "occurred: 2026-06-20T10:00:00+02:00\nreported: 2026-06-20\npeople: [p-0044]\ndocuments: [TRN-001]\n",
    )

    assert parts(read(training.gap_frequency, joined(FILES, worked)))["with work done in them, by an event"] == "1"


# --- assignments ----------------------------------------------------------------------------------------------------


def test_lag_is_zero_where_the_revision_brings_its_training():
    found = read(training.assignment_lag, FILES)

    assert str(found.figure) == "0 days"
    assert names(found, counted=False) == ["SOP-014@2/operator"]


def test_lag_runs_from_the_approval_to_each_roles_assignment():
    late = assignment(
        "SOP-014@2/quality-assurance", "revision", "2026-03-20",
        [item("SOP-014@2", "2026-04-01", ["p-0001"], ["read"])], "quality-assurance",
    )  # fmt: skip
    found = read(training.assignment_lag, joined(FILES, late))

    assert str(found.figure) == "4 days"
    assert why(found) == ["approved 2026-03-16, assigned 2026-03-20: 4 days"]
    assert parts(found) == {"assigned late": "1 of 2", "median": "2 days"}


def test_lag_runs_from_the_last_signed_approval():
    approval = (
        "document: SOP-014@2\ntext: 'sha256:" + 64 * "0" + "'\neffective: 2026-04-01\nimpact: retrain\nby: p-0003\n"
        "name: P\nmeaning: quality-approval\nat: 2026-03-14T10:00:00+01:00\n"
    )
    files = joined(
        FILES,
        {"qmsci.yaml": SIGNED, "controlled-docs/approvals/SOP-014@2/p-0003.yaml": approval},
        person("p-0003", "quality-assurance"),
    )

    assert why(read(training.assignment_lag, files)) == ["approved 2026-03-14, assigned 2026-03-16: 2 days"]


def test_what_a_role_came_to_require_later_is_no_lag():
    later = assignment(
        "SOP-014@2/quality-assurance", "matrix-change", "2026-05-20",
        [item("SOP-014@2", "2026-06-20", ["p-0001"], ["read"])], "quality-assurance",
    )  # fmt: skip

    assert str(read(training.assignment_lag, joined(FILES, later)).figure) == "0 days"


def test_time_runs_from_assignment_to_completion():
    found = read(training.time_to_complete, FILES)

    assert str(found.figure) == "16 days"
    assert sorted(why(found)) == [
        "assigned 2026-03-16, completed 2026-03-23: 7 days",
        "assigned 2026-03-16, completed 2026-03-23: 7 days",
        "assigned 2026-03-16, completed 2026-04-02: 17 days",
        "assigned 2026-03-16, completed 2026-04-02: 17 days",
        "assigned 2026-05-04, completed 2026-05-20: 16 days",
    ]
    assert parts(found) == {
        "90th percentile": "17 days",
        "method read + practical: median": "16 days",
        "method read + practical: 90th percentile": "17 days",
        "cause revision: median": "12 days",
        "cause revision: 90th percentile": "17 days",
        "cause hire: median": "16 days",
        "cause hire: 90th percentile": "16 days",
        "cause capa: median": "12 days",
        "cause capa: 90th percentile": "17 days",
    }


def test_overdue_says_since_when_and_for_whom():
    found = read(training.overdue, FILES)
    (one,) = found.items

    assert str(found.figure) == "1"
    assert one.name == "p-0044 on TRN-001@1 (people/p-0044/operator-2026-05-04)"
    assert (one.says, one.rule) == ("due 2026-06-03, 27 days ago", "training-overdue")
    assert one.at == ("training-records/assignments/people/p-0044/operator-2026-05-04.yaml", ("items", 1))
    assert parts(found) == {"oldest": "27 days", "operator": "1"}


def test_a_persons_own_training_is_overdue_by_the_event():
    files = {path: text for path, text in FILES.items() if path != "training-records/completions/p-0043/SOP-014.yaml"}
    found = read(training.overdue, files)

    assert parts(found)["named by an event"] == "1"


def test_before_it_was_assigned_nothing_is_overdue():
    assert not list(overdue_on(period(FILES), date(2026, 5, 1)))


def test_an_unreadable_history_is_not_overdue():
    path = "training-records/completions/p-0044/TRN-001.yaml"

    assert str(read(training.overdue, {**FILES, path: "- {"}).figure) == "0"
    assert str(read(training.training_currency, {**FILES, path: "- {"}).figure) == "100.0 % (6 of 6)"


def test_retraining_is_in_time_by_its_due_day():
    found = read(training.capa_retraining_closure, FILES)

    assert str(found.figure) == "100.0 % (1 of 1)"
    assert why(found) == ["due 2026-04-10, done 2026-04-02"]
    assert parts(found) == {"open at the end": "0", "median age of these": "nothing to count"}


def capa_due(day: str, more: str = "") -> dict[str, str]:
    """The CAPA with its second training due on another day."""
    path = "quality-events/CAPA-2025-001.yaml"
    return {**FILES, path: FILES[path].replace("due: 2026-04-10", f"due: {day}{more}")}


@pytest.mark.parametrize(
    ("files", "last", "figure", "open_"),
    [
        pytest.param(capa_due("2026-04-02"), LAST, "100.0 % (1 of 1)", "0", id="on-the-day"),
        pytest.param(capa_due("2026-04-01"), LAST, "0.0 % (0 of 1)", "0", id="a-day-late-though-done-since"),
        pytest.param(
            capa_due("2026-03-20", ", extensions: [{to: 2026-04-10, on: 2026-03-18, by: p-0001, reason: Leave.}]"),
            LAST, "100.0 % (1 of 1)", "0", id="extended",
        ),
        pytest.param(capa_due("2026-07-10"), LAST, "nothing to count", "0", id="not-due-in-the-period"),
        pytest.param(FILES, date(2026, 3, 31), "nothing to count", "1", id="open-at-the-end"),
    ],
)  # fmt: skip
def test_retraining_and_its_due_day(files: dict[str, str], last: date, figure: str, open_: str):
    found = read(training.capa_retraining_closure, files, FIRST, last)

    assert (str(found.figure), parts(found)["open at the end"]) == (figure, open_)


def test_the_age_of_open_retraining_runs_from_the_opening_of_the_action():
    found = read(training.capa_retraining_closure, FILES, FIRST, date(2026, 3, 31))

    assert parts(found)["median age of these"] == "15 days"


def test_a_cancelled_capa_and_one_that_was_not_opened_ask_for_nothing():
    path = "quality-events/CAPA-2025-001.yaml"
    dropped = {**FILES, path: FILES[path] + "cancelled: {on: 2026-03-20, by: p-0001, reason: R.}\n"}

    assert str(read(training.capa_retraining_closure, dropped).figure) == "nothing to count"
    assert read(training.capa_retraining_closure, FILES, date(2025, 1, 1), date(2025, 6, 30)).items == ()


# --- results --------------------------------------------------------------------------------------------------------


def test_only_first_attempts_are_first_attempts():
    second = history(
        "p-0044", "TRN-001", done("TRN-001@1", "2026-05-28", **quiz(60)), done("TRN-001@1", "2026-06-01", **quiz(95, 2))
    )
    found = read(training.first_attempt_pass_rate, joined(FILES, second))

    assert str(found.figure) == "0.0 % (0 of 1)"
    assert [one.says for one in found.items] == ["2026-05-28: 60 %, the pass mark is 80 %"]
    assert parts(found) == {"TRN-001": "0.0 % (0 of 1)"}


def test_a_refresher_has_lapsed_after_its_last_day():
    """p-0042's runs from 23 March 2026, the full training on the second revision."""
    in_time = read(training.refresher_lapse_rate, FILES, LAST, date(2027, 3, 23))
    late = read(training.refresher_lapse_rate, FILES, LAST, date(2027, 3, 24))

    assert str(in_time.figure) == "0.0 % (0 of 3)"
    assert str(late.figure) == "33.3 % (1 of 3)"
    assert why(late) == ["lapsed after 2027-03-23"]
    assert {one.rule for one in late.items if one.counted} == {"refresher-lapsed"}


WAIVER = """\
- {document: SOP-014@2, reason: Holds a certificate, evidence: 4711, from: 2026-06-01, until: 2027-12-31, by: p-0001}
"""


def test_a_waiver_is_a_load_and_no_refresher_runs_under_it():
    files = joined(FILES, {"training-records/waivers/p-0042/SOP-014.yaml": WAIVER})
    found = read(training.waiver_load, files)

    assert str(found.figure) == "14.3 % (1 of 7)"
    assert why(found) == ["waived by p-0001 until 2027-12-31: Holds a certificate"]
    assert parts(found) == {"began in the period": "1"}
    assert str(read(training.refresher_lapse_rate, files).figure) == "0.0 % (0 of 2)"


# --- one answer -----------------------------------------------------------------------------------------------------


def named_by(rule: str, day: date) -> int:
    """How many people (or things) the findings of a rule name on a day."""
    found = [one.message for one in findings_in(FILES, day, When.CALENDAR) if one.rule == rule]
    return sum(message.count("p-00") or 1 for message in found)


@settings(max_examples=25)
@given(st.dates(date(2025, 1, 10), date(2027, 12, 31)))
def test_metrics_and_audit_say_the_same(day: date):
    """What is overdue, lapsed or too few is so by the same computation."""
    late = read(training.overdue, FILES, day, day)
    lapsed = read(training.refresher_lapse_rate, FILES, day, day)
    few = read(training.coverage, FILES, day, day)

    assert late.figure.value == named_by("training-overdue", day)
    assert (lapsed.figure.numerator or 0) == named_by("refresher-lapsed", day)
    assert bool(few.figure.value) == bool(named_by("too-few-qualified", day))


@settings(max_examples=15)
@given(st.dates(date(2025, 1, 10), date(2026, 12, 31)), st.integers(0, 200))
def test_what_is_counted_is_among_the_items(first: date, days: int):
    """Every share is the share of its items, and gap-days add up to the days of the gaps."""
    last = date.fromordinal(first.toordinal() + days)
    view = period(FILES, first, last)
    for metric in METRICS:
        reading = metric.read(view)
        counted = sum(one.counted for one in reading.items)
        if reading.figure.unit == "percent" and metric.name != "waiver-load":
            assert (reading.figure.numerator, reading.figure.denominator) == (counted, len(reading.items))
        if reading.figure.unit == "count":
            assert (reading.figure.value or 0) == counted
    assert training.gap_days.read(view).figure.value == sum(length(span) for gap, span in view.gaps if gap.is_finding)


def test_a_period_of_a_later_tree_is_seen_from_its_own_end():
    source = snapshot_of(FILES).source
    early, late = (Snapshot(source, day) for day in (LAST, date(2026, 11, 22)))
    days = Span(FIRST, LAST)

    assert [one.read(Period(Snapshot(early.source, LAST), days)).figure for one in METRICS] == [
        one.read(Period(Snapshot(late.source, LAST), days)).figure for one in METRICS
    ]
