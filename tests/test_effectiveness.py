"""Whether training worked: at once, in the events that follow, and over roles and quarters."""

from __future__ import annotations

import itertools
import subprocess
import sys
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom, nchypergeom_fisher, poisson

from qmsci.effectiveness import (
    Association,
    Quarter,
    alike,
    association,
    by_document,
    immediate,
    long_term,
    poisson_interval,
    quarters,
    recorded,
    requirements,
    rounds,
)
from qmsci.qualification import qualified
from qmsci.read import plain
from qmsci.records.canonical import digest_of
from qmsci.snapshot import Snapshot
from qmsci.timeline import Span
from tests.halden import (
    ASSIGNMENTS,
    CAUSE,
    COMPLETIONS,
    DOCUMENTS,
    FILES,
    PEOPLE,
    ROLES,
    assignment,
    deviation,
    done,
    event,
    history,
    item,
    joined,
    person,
    quiz,
    shown,
)
from tests.laws import snapshot_of

HALF = Span(date(2026, 1, 1), date(2026, 6, 30))
BASE = joined(ROLES, PEOPLE, DOCUMENTS, ASSIGNMENTS, COMPLETIONS)
PLAN = "effectiveness: {criterion: None in 90 days, period: 90 days, assessor: p-0044, checks: [CHECKS]}\n"
TRAINING = "actions: [{id: 1, kind: training, documents: [SOP-014@1], people: [p-0042, p-0043], due: 2025-12-15}]\n"


def capa(checks: str = "", *more: str, plan: str = PLAN) -> dict[str, str]:
    """A CAPA for DEV-2025-001, everybody trained for it by 2025-12-10, with some checks of what came of it."""
    text = f"opened: 2025-11-03\nowner: p-0001\nsources: [DEV-2025-001]\n{TRAINING}{plan.replace('CHECKS', checks)}"
    return event("CAPA-2025-001", text + "".join(more))


def check(day: str, outcome: str) -> str:
    return f"{{on: {day}, outcome: {outcome}, summary: S.}}"


SOURCE = deviation("DEV-2025-001", "2025-10-20", CAUSE)


def rounds_of(files: dict[str, str], day: date = date(2026, 6, 30)) -> list[tuple[object, ...]]:
    """The rounds of CAPA-2025-001: window, whether it is over, what came back, and whether the check is borne out."""
    return [
        (
            one.number,
            str(one.window.first) if one.window else None,
            str(one.window.last) if one.window else None,
            one.over,
            [again.event.id for again in one.recurrences],
            one.agrees,
        )
        for one in rounds(snapshot_of(joined(BASE, files), day), day)
        if one.event.id == "CAPA-2025-001"
    ]


WINDOW = "2025-12-11", "2026-03-10"


# --- immediate ------------------------------------------------------------------------------------------------------


def test_where_nobody_was_trained_there_is_nothing():
    found = immediate(recorded(snapshot_of(BASE), Span(date(2024, 1, 1), date(2024, 12, 31))))

    assert found.entries == found.assessments == found.practicals == found.supervised == 0
    assert found.mean_score is None


def test_what_training_showed_at_once_is_counted():
    found = immediate(recorded(snapshot_of(BASE), HALF))

    assert (found.entries, found.supervised) == (5, 1)
    assert (found.assessments, found.passed, found.first_attempts, found.first_passed) == (1, 0, 1, 0)
    assert found.mean_score == 60
    assert (found.practicals, found.competent) == (4, 3)


def test_a_second_attempt_is_no_first_one():
    entries = [done("TRN-001@1", "2026-05-28", **quiz(60)), done("TRN-001@1", "2026-06-02", **quiz(90, 2))]
    found = immediate(recorded(snapshot_of(joined(BASE, history("p-0044", "TRN-001", *entries))), HALF))

    assert (found.assessments, found.passed, found.first_attempts, found.first_passed) == (2, 1, 1, 0)
    assert found.mean_score == 75


def test_a_rejected_entry_counts_for_nothing_from_its_rejection():
    """Seen from before the rejection it still counts, as it did then."""
    ((path, text),) = history("p-0044", "TRN-001", done("TRN-001@1", "2026-05-28", **quiz(90))).items()
    digest = digest_of(plain(text.encode())[0])  # type: ignore[index]
    rejection = f'{{rejects: "{digest}", reason: Not hers, by: p-0001, at: 2026-06-10T09:00:00+02:00}}'
    snapshot = snapshot_of(joined(BASE, {path: f"{text}- {rejection}\n"}))

    assert immediate(recorded(snapshot, HALF)).assessments == 0
    assert immediate(recorded(snapshot, Span(HALF.first, date(2026, 6, 1)))).assessments == 1


def test_the_documents_that_were_tested_or_shown_are_told_apart():
    found = by_document(recorded(snapshot_of(BASE), HALF))

    assert {name: (one.assessments, one.practicals) for name, one in found.items()} == {
        "SOP-014": (0, 4),
        "TRN-001": (1, 0),
    }


# --- intermediate ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({}, [], id="no-event"),
        pytest.param(capa(), [(1, *WINDOW, True, [], None)], id="nothing-came-back-and-nobody-has-looked"),
        pytest.param(capa(check("2026-03-20", "effective")), [(1, *WINDOW, True, [], True)], id="effective"),
        pytest.param(
            joined(capa(check("2026-03-20", "effective")), deviation("DEV-2025-009", "2025-12-10")),
            [(1, *WINDOW, True, [], True)],
            id="on-the-day-of-the-training-is-not-after-it",
        ),
        pytest.param(
            joined(capa(check("2026-03-20", "effective")), deviation("DEV-2026-009", "2026-03-11")),
            [(1, *WINDOW, True, [], True)],
            id="the-day-after-the-period",
        ),
        pytest.param(
            joined(
                capa(check("2026-03-20", "effective")),
                deviation("DEV-2026-009", "2026-02-20", "root-cause: {category: equipment, summary: S.}\n"),
            ),
            [(1, *WINDOW, True, [], True)],
            id="another-cause",
        ),
        pytest.param(
            joined(
                capa(),
                deviation("DEV-2026-009", "2026-02-20", "voided: {on: 2026-03-01, by: p-0001, reason: A draught.}\n"),
            ),
            [(1, *WINDOW, True, [], None)],
            id="voided",
        ),
        pytest.param(
            joined(capa(), event("AUD-2026-009", "opened: 2026-02-20\nactivity: gowning\n")),
            [(1, *WINDOW, True, [], None)],
            id="an-audit-finding-is-no-recurrence",
        ),
        pytest.param(
            event("CAPA-2025-001", "opened: 2025-11-03\nowner: p-0001\n"),
            [(1, None, None, False, [], None)],
            id="nothing-was-trained",
        ),
        pytest.param(capa(plan=""), [(1, None, None, False, [], None)], id="no-plan-says-how-long"),
        pytest.param(
            capa("", "cancelled: {on: 2026-01-10, by: p-0001, reason: R.}\n"),
            [],
            id="cancelled",
        ),
        pytest.param(
            joined(capa(check("2026-03-20", "effective")), deviation("DEV-2026-009", "2025-12-11")),
            [(1, *WINDOW, True, ["DEV-2026-009"], False)],
            id="the-first-day-of-the-period",
        ),
        pytest.param(
            joined(capa(check("2026-03-20", "effective")), deviation("DEV-2026-009", "2026-03-10")),
            [(1, *WINDOW, True, ["DEV-2026-009"], False)],
            id="the-last-day-of-the-period",
        ),
        pytest.param(
            joined(capa(check("2026-03-20", "not-effective")), deviation("DEV-2026-009", "2026-02-20")),
            [(1, *WINDOW, True, ["DEV-2026-009"], True)],
            id="a-failed-check-that-the-events-bear-out",
        ),
        pytest.param(
            capa(check("2026-03-20", "not-effective")),
            [(1, *WINDOW, True, [], False)],
            id="a-failed-check-though-nothing-came-back",
        ),
        pytest.param(
            joined(capa(check("2026-03-20", "inconclusive")), deviation("DEV-2026-009", "2026-02-20")),
            [(1, *WINDOW, True, ["DEV-2026-009"], None)],
            id="an-inconclusive-check-decides-nothing",
        ),
        pytest.param(
            joined(capa(), event("CMP-2026-009", "opened: 2026-02-20\nactivity: gowning\n")),
            [(1, *WINDOW, True, ["CMP-2026-009"], None)],
            id="a-complaint",
        ),
        pytest.param(
            joined(capa(), event("CMP-2026-009", "opened: 2026-04-20\nreceived: 2026-02-20\ndocuments: [SOP-014]\n")),
            [(1, *WINDOW, True, ["CMP-2026-009"], None)],
            id="by-a-document-in-common-where-one-names-no-activity",
        ),
        pytest.param(
            joined(capa(), event("CMP-2026-009", "opened: 2026-02-20\nactivity: review\ndocuments: [SOP-014]\n")),
            [(1, *WINDOW, True, [], None)],
            id="another-activity-under-the-same-document",
        ),
    ],
)
def test_what_was_trained_for_comes_back_or_not(files: dict[str, str], expected: list[object]):
    """The period is the plan's, from the day after the last training; the kind is the activity, or else a document."""
    assert rounds_of(joined(SOURCE, files)) == expected


def test_an_event_that_names_the_capa_is_a_source_of_it_too():
    """Whichever end of the link was written."""
    unnamed = {path: text.replace("sources: [DEV-2025-001]\n", "") for path, text in capa().items()}
    source = deviation("DEV-2025-001", "2025-10-20", f"{CAUSE}capa: CAPA-2025-001\n")
    again = deviation("DEV-2026-009", "2026-02-20")

    assert rounds_of(joined(source, unnamed, again)) == [(1, *WINDOW, True, ["DEV-2026-009"], None)]
    assert rounds_of(joined(SOURCE, unnamed, again)) == [(1, *WINDOW, True, [], None)]


def test_a_preventive_capa_is_watched_by_its_own_activity():
    text = f"opened: 2025-11-03\nowner: p-0001\nactivity: gowning\n{TRAINING}{PLAN.replace('CHECKS', '')}"
    files = joined(event("CAPA-2025-001", text), deviation("DEV-2026-009", "2026-02-20"))

    assert rounds_of(files) == [(1, *WINDOW, True, ["DEV-2026-009"], None)]


def test_a_gap_that_was_trained_for_comes_back_by_its_document():
    gap = event("GAP-P-0042-SOP-014-20251020", "opened: 2025-10-20\nperson: p-0042\ndocument: SOP-014\n")
    text = {path: text.replace("DEV-2025-001", "GAP-P-0042-SOP-014-20251020") for path, text in capa().items()}

    assert rounds_of(joined(gap, text, deviation("DEV-2026-009", "2026-02-20"))) == [
        (1, *WINDOW, True, ["DEV-2026-009"], None)
    ]


def test_it_is_seen_from_the_day():
    """Before the period has run it runs, and what nobody has reported yet did not come back."""
    files = joined(SOURCE, capa(check("2026-03-20", "effective")), deviation("DEV-2026-009", "2026-02-20"))

    assert rounds_of(files, date(2025, 11, 2)) == []
    assert rounds_of(files, date(2025, 11, 30)) == [(1, None, None, False, [], None)]
    assert rounds_of(files, date(2026, 2, 19)) == [(1, *WINDOW, False, [], None)]
    assert rounds_of(files, date(2026, 3, 10)) == [(1, *WINDOW, False, ["DEV-2026-009"], None)]
    assert rounds_of(files, date(2026, 3, 11)) == [(1, *WINDOW, True, ["DEV-2026-009"], None)]


def test_a_capa_that_failed_and_trained_again_has_a_second_round():
    """The first round is not forgotten, and the second is not blamed for what happened before it."""
    files = {path: text for path, text in FILES.items() if path.startswith("quality-events/")}

    assert rounds_of(files) == [
        (1, "2025-12-11", "2026-03-10", True, ["DEV-2026-001"], True),
        (2, "2026-04-03", "2026-07-01", False, ["DEV-2026-002"], None),
    ]


def test_a_closed_and_reopened_capa_has_a_second_round():
    again = "reopened: [{on: 2026-03-25, by: p-0001, summary: S., closed: 2026-03-21, closed-by: p-0001}]\n"
    second = TRAINING.replace(
        "due: 2025-12-15}]",
        "due: 2025-12-15}, {id: 3, kind: training, documents: [SOP-014@2], people: [p-0042], due: 2026-04-10}]",
    )
    files = {
        path: text.replace(TRAINING, second) for path, text in capa(check("2026-03-20", "effective"), again).items()
    }

    assert rounds_of(joined(SOURCE, files)) == [
        (1, *WINDOW, True, [], True),
        (2, "2026-04-03", "2026-07-01", False, [], None),
    ]


def test_before_it_was_reopened_nobody_knows_of_the_actions_that_came_of_it():
    """Seen from the day on which it was closed, everybody was trained."""
    again = "reopened: [{on: 2026-03-25, by: p-0001, summary: S., closed: 2026-03-21, closed-by: p-0001}]\n"
    later = "{id: 3, kind: training, documents: [SOP-014@2], people: [p-0043], opened: 2026-03-26, due: 2026-08-10}"
    files = {
        path: text.replace("due: 2025-12-15}]", f"due: 2025-12-15}}, {later}]")
        for path, text in capa(check("2026-03-20", "effective"), again).items()
    }
    known = [
        [(one.number, one.complete) for one in rounds(snapshot_of(joined(BASE, SOURCE, files), day), day)]
        for day in (date(2026, 3, 24), date(2026, 3, 27))
    ]

    assert known == [[(1, True)], [(1, False)]]


def test_a_capa_without_training_is_watched_from_its_last_action_and_keeps_its_first_round():
    """Also where other actions were added when it was reopened."""
    again = "reopened: [{on: 2026-04-25, by: p-0001, summary: S., closed: 2026-04-21, closed-by: p-0001}]\n"
    actions = (
        "actions:\n  - {id: 1, kind: other, due: 2026-01-15, done: 2026-01-10}\n"
        "  - {id: 2, kind: other, opened: 2026-04-26, due: 2026-09-15, done: 2026-05-10}\n"
    )
    files = {path: text.replace(TRAINING, actions) for path, text in capa("", again).items()}

    assert rounds_of(joined(SOURCE, files), date(2026, 4, 24)) == [(1, "2026-01-11", "2026-04-10", True, [], None)]
    assert rounds_of(joined(SOURCE, files), date(2026, 5, 1)) == [(1, "2026-01-11", "2026-04-10", True, [], None)]
    assert rounds_of(joined(SOURCE, files), date(2026, 5, 10)) == [
        (1, "2026-01-11", "2026-04-10", True, [], None),
        (2, "2026-05-11", "2026-08-08", False, [], None),
    ]


def test_a_closed_capa_keeps_the_round_that_it_was_closed_on():
    """Who joins the role later, and is trained for the action then, does not begin its period anew."""
    name = "CAPA-2025-001/1-2"
    more = assignment(name, "capa", "2026-05-05", [item("SOP-014@1", "2026-06-01", ["p-0044"], ["read"])])
    late = history("p-0044", "SOP-014", done("SOP-014@1", "2026-05-20", name, **shown()))
    closed = capa(check("2026-03-20", "effective"), "closed: 2026-03-21\nclosed-by: p-0001\n")

    assert rounds_of(joined(SOURCE, closed, more, late)) == [(1, *WINDOW, True, [], True)]
    assert rounds_of(joined(SOURCE, capa(), more, late))[0][1] == "2026-05-21"


def test_training_of_a_deviation_without_a_capa_is_watched_for_ninety_days():
    own = {
        path.replace("CAPA", "DEV"): text.replace("CAPA", "DEV")
        for path, text in BASE.items()
        if "CAPA-2025-001" in text
    }
    files = joined(
        BASE,
        own,
        deviation("DEV-2025-001", "2025-10-20", f"{CAUSE}{TRAINING}"),
        deviation("DEV-2026-009", "2026-02-20"),
    )
    day = date(2026, 6, 30)
    (found,) = rounds(snapshot_of(files, day), day)

    assert (found.event.id, found.window) == ("DEV-2025-001", Span(date(2025, 12, 11), date(2026, 3, 10)))
    assert [again.event.id for again in found.recurrences] == ["DEV-2026-009"]
    assert found.complete


def test_as_long_as_somebody_is_not_trained_the_period_is_not_the_last_word():
    files = joined(BASE, SOURCE, capa())
    day = date(2025, 12, 5)
    (found,) = rounds(snapshot_of(files, day), day)

    assert found.trained == date(2025, 12, 1)
    assert not found.complete


def test_alike_is_the_same_both_ways():
    """But for the cause, which is the event's where its source names none."""
    found = snapshot_of(
        joined(SOURCE, deviation("DEV-2026-009", "2026-02-20"), event("CMP-2026-009", "opened: 2026-02-20\n"))
    )
    one, other, third = (found.events.get(name) for name in ("DEV-2025-001", "DEV-2026-009", "CMP-2026-009"))
    assert one
    assert other
    assert third

    assert alike(one, other, one.root_cause)
    assert alike(other, one, other.root_cause)
    assert not alike(one, third, None)
    assert not alike(third, one, None)


# --- long-term ------------------------------------------------------------------------------------------------------


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 1200))
def test_quarters_are_all_the_days_and_no_day_twice(first: date, length: int):
    days = Span(first, first + timedelta(days=length))
    found = quarters(days)
    spans = [span for _, span in found]

    assert (spans[0].first, spans[-1].last) == days
    assert all(later.first - earlier.last == timedelta(days=1) for earlier, later in itertools.pairwise(spans))
    assert all(name == f"{span.first.year}-Q{(span.first.month + 2) // 3}" for name, span in found)
    assert all(
        (span.first.year, (span.first.month + 2) // 3) == (span.last.year, (span.last.month + 2) // 3) for span in spans
    )


@pytest.mark.parametrize(
    ("events", "low", "high"),
    [(0, 0, 3.6889), (1, 0.0253, 5.5716), (10, 4.7954, 18.3904)],
    ids=str,
)
def test_the_interval_of_a_count_is_the_exact_one(events: int, low: float, high: float):
    """The values of the published tables."""
    assert poisson_interval(events) == pytest.approx((low, high), abs=1e-4)


@given(st.integers(0, 500))
def test_the_ends_of_an_interval_are_the_rates_that_a_count_is_just_not_unlikely_at(events: int):
    low, high = poisson_interval(events)

    assert low <= events < high
    assert poisson.cdf(events, high) == pytest.approx(0.025)
    if events:
        assert poisson.sf(events - 1, low) == pytest.approx(0.025)


def test_each_role_has_its_quarters():
    roles, whole = long_term(snapshot_of(FILES, date(2026, 6, 30)), HALF)
    shown = [(one.role, one.name, one.qualified, one.required, one.person_days, one.events) for one in (*roles, *whole)]

    assert shown == [
        ("operator", "2026-Q1", 3, 4, 180, ("DEV-2026-001",)),
        ("operator", "2026-Q2", 5, 6, 240, ("DEV-2026-002",)),
        ("quality-assurance", "2026-Q1", 1, 1, 90, ()),
        ("quality-assurance", "2026-Q2", 1, 1, 91, ()),
        (None, "2026-Q1", 4, 5, 270, ("DEV-2026-001",)),
        (None, "2026-Q2", 6, 7, 331, ("DEV-2026-002",)),
    ]
    assert roles[0].currency == 75
    assert roles[0].rate == pytest.approx(1000 / 180)
    assert roles[0].interval == pytest.approx((1000 * 0.025318 / 180, 1000 * 5.571643 / 180), abs=1e-4)


def test_leave_is_no_exposure_and_asks_for_nothing():
    away = person("p-0043", "operator", more="leave: [{from: 2026-01-01, to: 2026-03-31}]\n")
    roles, _ = long_term(snapshot_of(joined(FILES, away), date(2026, 6, 30)), Span(HALF.first, date(2026, 3, 31)))

    assert (roles[0].role, roles[0].person_days, roles[0].required) == ("operator", 90, 2)


def test_an_event_is_a_roles_by_its_people_too():
    """What somebody does who holds two roles stands with both; what nobody of it did at another's activity, with one."""
    other = deviation("DEV-2026-001", "2026-02-20").copy()
    other = {path: text.replace("[p-0042]", "[p-0001]") for path, text in other.items()}
    roles, whole = long_term(snapshot_of(joined(BASE, other), date(2026, 3, 31)), Span(HALF.first, date(2026, 3, 31)))

    assert {one.role: one.events for one in roles} == {
        "operator": ("DEV-2026-001",),
        "quality-assurance": ("DEV-2026-001",),
    }
    assert whole[0].events == ("DEV-2026-001",)


def test_a_voided_event_or_one_that_nobody_reported_yet_is_no_event():
    late = {
        path: text.replace("reported: 2026-02-20", "reported: 2026-04-02")
        for path, text in deviation("DEV-2026-001", "2026-02-20").items()
    }
    voided = deviation("DEV-2026-002", "2026-02-21", "voided: {on: 2026-02-25, by: p-0001, reason: A draught.}\n")
    _, whole = long_term(
        snapshot_of(joined(BASE, late, voided), date(2026, 3, 31)), Span(HALF.first, date(2026, 3, 31))
    )

    assert whole[0].events == ()


def test_a_role_that_nobody_held_has_no_quarter_and_no_rate():
    empty = {"roles/cleaner.yaml": "id: cleaner\ntitle: Cleaner\npurpose: Cleans.\n"}
    roles, whole = long_term(snapshot_of(joined(ROLES, empty)), HALF)

    assert roles == ()
    assert [(one.currency, one.rate, one.interval) for one in whole] == [(None, None, None)] * 2


def test_requirements_are_answered_as_everywhere():
    """The same verdict as `qmsci qualified` gives, for everybody at work and every document of their roles."""
    snapshot = snapshot_of(FILES, date(2026, 6, 30))
    when = snapshot.end_of(date(2026, 6, 30))
    found = requirements(snapshot, date(2026, 6, 30))

    assert len(found) == 7
    verdicts = [qualified(snapshot, one.person.id, one.document, when) for one in found]
    assert [(one.met, one.reason) for one in found] == [(verdict.yes, verdict.reason) for verdict in verdicts]


def test_what_nobody_can_read_is_not_missed():
    """A history that cannot be read is reported alone."""
    path = "training-records/completions/p-0044/TRN-001.yaml"
    found = requirements(snapshot_of({**FILES, path: "- {"}), date(2026, 6, 30))

    assert len(found) == 6
    assert all(one.met for one in found)


def quarter(currency: int, events: int, role: str = "operator") -> Quarter:
    return Quarter(role, "2026-Q1", HALF, currency, 100, 90, ("DEV-1",) * events)


def test_with_nothing_to_compare_there_is_no_association():
    found = association([])

    assert (found.median, found.quarters, found.odds_ratio, found.probability) == (None, 0, None, None)


def test_where_everybody_is_current_nothing_can_be_compared():
    found = association([quarter(100, 0), quarter(100, 1)])

    assert (found.median, found.below, found.rest) == (100, (0, 0), (1, 1))
    assert not found.comparable
    assert found.odds_ratio is None
    assert found.probability is None
    assert found.small


def test_the_association_is_exact_and_says_how_much_it_rests_on():
    """The odds ratio is the conditional one, its interval and the p-value are exact."""
    few = [*[quarter(80, 1)] * 6, *[quarter(80, 0)] * 5, *[quarter(95, 1)] * 5, *[quarter(95, 0)] * 14]
    found = association(few)

    assert (found.below, found.rest, found.median) == ((6, 5), (5, 14), 95)
    chances = hypergeom(30, 11, 11)  # how many of the 11 quarters with events lie below, were it chance
    assert found.probability == pytest.approx(sum(p for n in range(12) if (p := chances.pmf(n)) <= chances.pmf(6)))
    assert found.odds_ratio
    ratio, low, high = found.odds_ratio
    assert nchypergeom_fisher(30, 11, 11, ratio).mean() == pytest.approx(6)
    assert nchypergeom_fisher(30, 11, 11, low).sf(5) == pytest.approx(0.025)
    assert nchypergeom_fisher(30, 11, 11, high).cdf(6) == pytest.approx(0.025)
    assert not found.small


@pytest.mark.parametrize(
    ("below", "rest", "small"),
    [
        pytest.param((5, 5), (5, 5), False, id="twenty-quarters-and-five-everywhere"),
        pytest.param((4, 9), (9, 9), True, id="four-in-a-cell"),
        pytest.param((5, 5), (5, 4), True, id="nineteen-quarters"),
    ],
)
def test_small_numbers_are_said_to_be_small(below: tuple[int, int], rest: tuple[int, int], small: bool):
    assert Association(90.0, below, rest).small is small


def test_quarters_without_people_are_left_out():
    assert (
        association(
            [Quarter("operator", "2026-Q1", HALF, 0, 0, 90, ()), Quarter("x", "2026-Q1", HALF, 1, 1, 0, ())]
        ).quarters
        == 0
    )


def test_only_the_intervals_need_a_statistics_library():
    """Everything else is there for whoever has not installed the extra."""
    said = "import sys, qmsci.metrics.review; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True).stdout.split()

    assert not {"scipy", "matplotlib", "jinja2", "numpy"} & set(loaded)


def test_the_past_is_seen_from_its_own_end():
    """Two snapshots of the same tree, on different days, say the same of days that are over for both."""
    days = Span(date(2025, 10, 1), date(2026, 3, 31))
    source = snapshot_of(FILES).source

    assert long_term(Snapshot(source, date(2026, 3, 31)), days) == long_term(Snapshot(source, date(2026, 11, 22)), days)
