"""The metrics of quality events."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmsci.circuit import is_open
from qmsci.metrics import events
from qmsci.metrics.measured import Metric, Period, Reading
from qmsci.records.event import ManagementReview
from qmsci.rule import When
from qmsci.timeline import Span
from tests.halden import CAUSE, FILES, deviation, event, joined
from tests.laws import findings_in, snapshot_of

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)


def period(files: dict[str, str], first: date = FIRST, last: date = LAST) -> Period:
    return Period(snapshot_of(files, last), Span(first, last))


def read(metric: Metric, files: dict[str, str], first: date = FIRST, last: date = LAST) -> Reading:
    return metric.read(period(files, first, last))


def parts(reading: Reading) -> dict[str, str]:
    return {part.label: str(part.figure) for part in reading.parts}


def names(reading: Reading, counted: bool = True) -> list[str]:
    return [one.name for one in reading.items if one.counted is counted]


# --- come and go ----------------------------------------------------------------------------------------------------


def test_events_begin_in_the_period_by_kind_and_classification():
    found = read(events.events_opened, FILES)

    assert names(found) == ["AUD-2026-001", "CMP-2026-001", "DEV-2026-001", "DEV-2026-002"]
    assert parts(found) == {"AUD, minor": "1", "CMP, minor": "1", "DEV, major": "2"}


def test_a_capa_is_grouped_by_its_risk_and_a_review_is_no_event_of_this_kind():
    risky = event("CAPA-2026-001", "opened: 2026-02-02\nowner: p-0001\nrisk: high\n")
    plain = event("CAPA-2026-002", "opened: 2026-02-02\nowner: p-0001\n")
    validation = event("VAL-2026-001", "activities: [gowning]\nprotocol: P-1\n")  # nobody says when it was opened

    assert parts(read(events.events_opened, joined(risky, plain, validation))) == {
        "CAPA, high risk": "1",
        "CAPA, not classified": "1",
    }
    assert "MR-2026-001" not in names(read(events.events_opened, FILES))


def test_a_closing_counts_also_where_it_was_undone():
    again = "reopened: [{on: 2026-05-02, by: p-0001, summary: S., closed: 2026-04-01, closed-by: p-0001}]\n"
    twice = deviation("DEV-2026-003", "2026-03-20", f"{again}closed: 2026-06-30\nclosed-by: p-0001\n")
    dropped = deviation("DEV-2026-004", "2026-03-20", "voided: {on: 2026-04-02, by: p-0001, reason: A draught.}\n")
    found = read(events.events_closed, joined(twice, dropped))

    assert [(one.name, one.says) for one in found.items] == [
        ("DEV-2026-003", "closed 2026-04-01, reopened 2026-05-02"),
        ("DEV-2026-003", "closed 2026-06-30"),
    ]
    assert parts(found) == {"DEV, major": "2", "voided, cancelled or withdrawn": "1"}


def test_a_finding_closes_on_its_verification():
    verified = event("AUD-2026-009", "opened: 2026-02-01\nverified: 2026-05-05\nverified-by: p-0001\n")

    assert [one.says for one in read(events.events_closed, verified).items] == ["verified 2026-05-05"]


def test_what_is_open_is_said_with_its_state():
    found = read(events.events_open, FILES)

    assert [(one.name, one.says) for one in found.items] == [
        ("AUD-2026-001", "response-proposed, open since 2026-04-20"),
        ("CAPA-2025-001", "effectiveness-check, open since 2025-11-03"),
        ("DEV-2026-002", "triaged, open since 2026-06-18"),
    ]
    assert parts(found)["DEV and NCR open for more than 30 days"] == "0 of 1"
    assert parts(read(events.events_open, FILES, FIRST, date(2026, 7, 19)))[
        "DEV and NCR open for more than 30 days"
    ] == "1 of 1"  # fmt: skip


def test_the_age_of_a_capa_runs_from_its_last_opening():
    again = "reopened: [{on: 2026-05-02, by: p-0001, summary: S., closed: 2026-04-01, closed-by: p-0001}]\n"
    capa = event("CAPA-2026-001", f"opened: 2024-02-02\nowner: p-0001\n{again}")
    found = parts(read(events.open_capas, joined(FILES, capa)))

    assert found == {
        "up to 30 days": "0",
        "31 to 90 days": "1",
        "91 to 180 days": "0",
        "181 to 365 days": "1",
        "more than 365 days": "0",
        "median age": "149 days",
        "oldest": "239 days",
    }


@settings(max_examples=40)
@given(st.dates(date(2025, 1, 1), date(2026, 12, 31)), st.integers(0, 300))
def test_what_comes_and_does_not_go_is_open(first: date, days: int):
    """Open at the end is open at the beginning, more what was opened, less what ended."""
    last = date.fromordinal(first.toordinal() + days)
    eve = date.fromordinal(first.toordinal() - 1)
    now, earlier = (read(events.events_open, FILES, first, day).figure.value for day in (last, eve))
    opened, closed = (read(one, FILES, first, last) for one in (events.events_opened, events.events_closed))

    assert now == (earlier or 0) + len(opened.items) - len(closed.items) - int(
        parts(closed)["voided, cancelled or withdrawn"]
    )
    snapshot = snapshot_of(FILES, last)
    lasting = (one for one in snapshot.events if not isinstance(one, ManagementReview))
    assert now == sum(is_open(one, last) for one in lasting)


# --- what they lead to ----------------------------------------------------------------------------------------------


def test_actions_are_overdue_by_the_rule():
    found = read(events.actions_overdue, FILES)

    assert str(found.figure) == "2 of 2"
    assert [(one.name, one.says, one.rule) for one in found.items] == [
        ("AUD-2026-001 action 1", "action 1 was due by 2026-06-15, and it is not done", "action-overdue"),
        ("MR-2026-001 action 2", "action 2 was due by 2026-05-31, and it is not done", "action-overdue"),
    ]


def test_an_action_in_time_is_open_and_an_extension_is_counted():
    path = "quality-events/AUD-2026-001.yaml"
    extended = ", extensions: [{to: 2026-07-31, on: 2026-06-01, by: p-0001, reason: Not delivered.}]}"
    found = read(events.actions_overdue, {**FILES, path: FILES[path].replace("}", extended)})

    assert str(found.figure) == "1 of 2"
    assert parts(found) == {"extensions decided": "1"}
    assert [one.says for one in found.items if not one.counted] == ["due 2026-07-31"]


def test_an_open_training_action_says_what_it_lacks():
    (found,) = [
        one for one in events.open_actions(period(FILES, FIRST, date(2026, 3, 31))) if one.action.kind == "training"
    ]

    assert found.missing == "SOP-014@2 was not completed by p-0043"
    assert found.overdue is None


def test_an_action_that_was_opened_later_is_not_open_yet():
    path = "quality-events/AUD-2026-001.yaml"
    opened = {**FILES, path: FILES[path].replace("kind: other,", "kind: other, opened: 2026-06-10,")}

    assert [one.event.id for one in events.open_actions(period(opened, FIRST, date(2026, 6, 9)))] == ["MR-2026-001"]
    assert "AUD-2026-001" in [one.event.id for one in events.open_actions(period(opened, FIRST, date(2026, 6, 10)))]


@settings(max_examples=25)
@given(st.dates(date(2025, 10, 1), date(2026, 12, 31)))
def test_metrics_and_audit_say_the_same_of_actions(day: date):
    found = [one.message for one in findings_in(FILES, day, When.CALENDAR) if one.rule == "action-overdue"]

    assert sorted(one.says for one in read(events.actions_overdue, FILES, day, day).items if one.counted) == sorted(
        found
    )


def test_checks_pass_or_not_and_the_first_ones_are_told_apart():
    path = "quality-events/CAPA-2025-001.yaml"
    twice = FILES[path].rstrip() + "\n    - {on: 2026-06-30, outcome: effective, summary: Nothing came back.}\n"
    found = read(events.effectiveness_pass_rate, {**FILES, path: twice})

    assert str(found.figure) == "50.0 % (1 of 2)"
    assert parts(found) == {"first checks": "0.0 % (0 of 1)"}
    assert str(read(events.effectiveness_pass_rate, FILES, date(2026, 4, 1)).figure) == "nothing to count"


def test_events_repeat_what_was_trained_for():
    found = read(events.repeat_events_after_retraining, FILES)

    assert str(found.figure) == "66.7 % (2 of 3)"
    assert [one.says for one in found.items] == [
        "2026-05-11: repeats nothing that was trained",
        "2026-02-20: 72 days after training for CAPA-2025-001",
        "2026-06-18: 77 days after training for CAPA-2025-001",
    ]


@pytest.mark.parametrize(
    ("files", "figure", "unknown"),
    [
        pytest.param({}, "nothing to count", "0", id="no-deviation"),
        pytest.param(deviation("DEV-2026-003", "2026-03-20"), "nothing to count", "1", id="cause-not-known"),
        pytest.param(
            deviation("DEV-2026-003", "2026-03-20", f"{CAUSE}voided: {{on: 2026-04-02, by: p-0001, reason: R.}}\n"),
            "nothing to count", "0", id="voided",
        ),
        pytest.param(
            deviation("DEV-2026-003", "2026-03-20", "root-cause: {category: equipment, summary: S.}\n"),
            "0.0 % (0 of 1)", "0", id="another-cause",
        ),
        pytest.param(deviation("DEV-2026-003", "2026-03-20", CAUSE), "100.0 % (1 of 1)", "0", id="training"),
        pytest.param(
            deviation("DEV-2026-003", "2026-03-20", CAUSE.replace("training,", "insufficient training,")),
            "100.0 % (1 of 1)", "0", id="insufficient-training",
        ),
        pytest.param(
            deviation(
                "DEV-2026-003", "2026-03-20",
                "training-assessment: [{person: p-0042, document: SOP-014@1, verdict: qualified, contributed: true}]\n",
            ),
            "100.0 % (1 of 1)", "0", id="training-contributed",
        ),
        pytest.param(
            event("CMP-2026-009", f"opened: 2026-02-20\n{CAUSE}"), "nothing to count", "0", id="a-complaint-is-none",
        ),
    ],
)  # fmt: skip
def test_training_is_a_cause_where_the_record_says_so(files: dict[str, str], figure: str, unknown: str):
    found = read(events.deviations_with_training_cause, files)

    assert (str(found.figure), parts(found)["cause not known yet"]) == (figure, unknown)
