"""What can have happened in the order in which it is recorded, kind by kind, and what lies ahead."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsci.finding import Finding
from tests.laws import TODAY, findings_in

RULE = "dates-out-of-order"
HEADS = {
    "DEV": "occurred: 2026-09-12T23:40:00+02:00\ndiscovered: 2026-09-13T08:00:00+02:00\nreported: 2026-09-14\n",
    "NCR": "occurred: 2026-09-12T09:40:00+02:00\nreported: 2026-09-14\n",
    "CMP": "received: 2026-09-13\nopened: 2026-09-14\n",
    "GAP": "opened: 2026-09-14\nperson: p-0042\ndocument: SOP-014\nfrom: 2026-09-01\nto: 2026-09-10\n",
    "AUD": "opened: 2026-09-14\naccepted: 2026-09-20\n",
    "CAPA": "opened: 2026-09-14\nowner: p-0003\n",
    "VAL": "opened: 2026-09-14\nactivities: [filling]\nprotocol: VP-1\npq-completed: 2026-10-01\n",
    "MR": "held: 2026-09-14\nperiod: {from: 2025-09-01, to: 2026-08-31}\n",
}
CLOSED = "closed: 2026-11-20\nclosed-by: p-0003\n"
DISPOSED = "disposition: {decision: scrap, on: 2026-09-14, by: p-0003, rationale: r}\n"
AGAIN = "  - {on: %s, by: p-0003, summary: s, closed: %s, closed-by: p-0003}\n"


def reopened(*days: tuple[str, str]) -> str:
    return "reopened:\n" + "".join(AGAIN % (on, closed) for closed, on in days)


def extended(*days: tuple[str, str], indent: str = "") -> str:
    entries = "".join(f"{indent}  - {{on: {on}, to: {to}, by: p-0003, reason: r}}\n" for on, to in days)
    return f"{indent}due: 2026-10-14\n{indent}extensions:\n{entries}"


def action(*keys: str, kind: str = "other") -> str:
    return "actions:\n  - {" + ", ".join(("id: 7", f"kind: {kind}", "due: 2026-10-14", *keys)) + "}\n"


def plan(*days: str) -> str:
    checks = ", ".join(f"{{on: {day}, outcome: effective, summary: s}}" for day in days)
    return f"effectiveness: {{criterion: c, period: 90 days, assessor: p-0005, checks: [{checks}]}}\n"


def found(kind: str, more: str, head: str | None = None, day: date = TODAY) -> list[Finding]:
    text = f"id: {kind}-2026-017\ntitle: T\n{HEADS[kind] if head is None else head}{more}"
    findings = findings_in({f"quality-events/{kind}-2026-017.yaml": text}, day)
    assert not [f for f in findings if f.rule == "unreadable"], findings
    return [f for f in findings if f.rule == RULE]


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        *(pytest.param(kind, "", id=f"{kind} open") for kind in HEADS),
        *(pytest.param(kind, CLOSED, id=f"{kind} closed") for kind in HEADS),
        *(pytest.param(kind, CLOSED.replace("11-20", "11-22"), id=f"{kind} closed today") for kind in HEADS),
        pytest.param("DEV", CLOSED.replace("11-20", "09-14"), id="closed on the day of the report"),
        pytest.param("DEV", "voided: {on: 2026-09-14, by: p-0003, reason: r}\n", id="voided on it"),
        pytest.param("NCR", DISPOSED + CLOSED, id="a disposition"),
        pytest.param("AUD", "verified: 2026-09-20\nverified-by: p-0005\n" + CLOSED, id="verified when accepted"),
        pytest.param(
            "AUD", "verified: 2026-11-21\nverified-by: p-0005\n" + CLOSED, id="verified too late is another rule's"
        ),
        pytest.param("VAL", "released: 2026-10-01\nreleased-by: p-0003\n", id="released on the last day of the PQ"),
        pytest.param("CAPA", plan("2026-11-18", "2026-11-18", "2026-11-20") + CLOSED, id="checks"),
        pytest.param("CAPA", action("opened: 2026-09-14", "done: 2026-11-20") + CLOSED, id="an action"),
        pytest.param("CAPA", action("opened: 2027-02-01"), id="an action that opens later"),
        pytest.param(
            "CAPA", action("opened: 2026-11-21") + CLOSED, id="an open action of a closed event is another rule's"
        ),
        pytest.param("DEV", action("done: 2026-09-12") + CLOSED, id="mended before it was reported"),
        pytest.param("CMP", action("done: 2026-09-13") + CLOSED, id="mended on receipt"),
        pytest.param(
            "CAPA", action("done: 2026-11-21", kind="training") + CLOSED, id="training is done by completions"
        ),
        pytest.param(
            "CAPA", extended(("2026-10-14", "2026-10-15"), ("2026-10-15", "2027-10-14")), id="extended on the last day"
        ),
        pytest.param("CAPA", "due: 2020-01-01\n", id="due before it began is no fact"),
        pytest.param("CAPA", extended(("2026-10-20", "2026-10-15")).replace("due: 2026-10-14\n", ""), id="nothing due"),
        pytest.param(
            "CAPA", reopened(("2026-09-14", "2026-09-14"), ("2026-10-01", "2026-11-20")) + CLOSED, id="reopened twice"
        ),
        pytest.param(
            "CAPA",
            reopened(("2026-10-01", "2026-11-01")) + "cancelled: {on: 2026-11-01, by: p-0003, reason: r}\n",
            id="reopened and cancelled",
        ),
    ],
)
def test_nothing_is_said(kind: str, more: str):
    assert found(kind, more) == []


def test_what_is_not_there_is_passed_over():
    assert found("VAL", action("done: 2020-01-01"), "activities: [filling]\nprotocol: VP-1\n") == []
    assert found("GAP", "", "opened: 2026-09-14\nperson: p-0042\ndocument: SOP-014\nto: 2026-09-10\n") == []


def test_days_are_those_of_the_policy():
    """At 23:30 in UTC it is the next day in Oslo."""
    late = "occurred: 2026-09-12T23:30:00Z\nreported: 2026-09-%d\n"

    assert found("DEV", "", late % 13) == []
    (finding,) = found("DEV", "", late % 12)
    assert finding.message == "reported on 2026-09-12, before it occurred on 2026-09-13"


CASES = [
    ("DEV", "", "discovered: 2026-09-13T08:00:00+02:00", "discovered: 2026-09-12T21:39:59Z",
     "discovered at 2026-09-12T21:39:59+00:00, before it occurred at 2026-09-12T23:40:00+02:00"),
    ("DEV", "", "reported: 2026-09-14", "reported: 2026-09-12",
     "reported on 2026-09-12, before it was discovered on 2026-09-13"),
    ("NCR", "", "reported: 2026-09-14", "reported: 2026-09-11", "reported on 2026-09-11, before it occurred on 2026-09-12"),
    ("NCR", DISPOSED, "on: 2026-09-14", "on: 2026-09-13",
     "the disposition was decided on 2026-09-13, before it was reported on 2026-09-14"),
    ("NCR", DISPOSED + CLOSED, "on: 2026-09-14", "on: 2026-11-21",
     "closed on 2026-11-20, before the disposition was decided on 2026-11-21"),
    ("CMP", "", "received: 2026-09-13", "received: 2026-09-15", "opened on 2026-09-14, before it was received on 2026-09-15"),
    ("GAP", "", "to: 2026-09-10", "to: 2026-08-31", "the gap ended on 2026-08-31, before the gap began on 2026-09-01"),
    ("AUD", "", "accepted: 2026-09-20", "accepted: 2026-09-13",
     "the response was accepted on 2026-09-13, before it was opened on 2026-09-14"),
    ("AUD", "verified: 2026-09-20\n", "accepted: 2026-09-20", "accepted: 2026-09-21",
     "verified on 2026-09-20, before the response was accepted on 2026-09-21"),
    ("AUD", CLOSED, "accepted: 2026-09-20", "accepted: 2026-11-21",
     "closed on 2026-11-20, before the response was accepted on 2026-11-21"),
    ("AUD", "verified: 2026-09-20\n" + action("done: 2026-09-20"), "done: 2026-09-20", "done: 2026-09-21",
     "verified on 2026-09-20, before action 7 was done on 2026-09-21"),
    ("VAL", "", "pq-completed: 2026-10-01", "pq-completed: 2026-09-13",
     "the performance qualification was completed on 2026-09-13, before it was opened on 2026-09-14"),
    ("VAL", "released: 2026-10-01\n", "released: 2026-10-01", "released: 2026-09-30",
     "released on 2026-09-30, before the performance qualification was completed on 2026-10-01"),
    ("MR", "", "to: 2026-08-31", "to: 2025-08-31", "its period ended on 2025-08-31, before its period began on 2025-09-01"),
    ("MR", "", "held: 2026-09-14", "held: 2026-08-30", "held on 2026-08-30, before its period ended on 2026-08-31"),
    ("CAPA", plan("2026-10-01"), "on: 2026-10-01", "on: 2026-09-13",
     "effectiveness check 1 was made on 2026-09-13, before it was opened on 2026-09-14"),
    ("CAPA", plan("2026-10-01", "2026-10-02"), "on: 2026-10-02", "on: 2026-09-30",
     "effectiveness check 2 was made on 2026-09-30, before effectiveness check 1 was made on 2026-10-01"),
    ("CAPA", plan("2026-10-01") + CLOSED, "on: 2026-10-01", "on: 2026-11-21",
     "closed on 2026-11-20, before effectiveness check 1 was made on 2026-11-21"),
    ("CAPA", action("opened: 2026-09-14"), "{id: 7, kind: other, due: 2026-10-14, opened: 2026-09-14",
     "{id: 7, kind: other, due: 2026-10-14, opened: 2026-09-13",
     "action 7 was opened on 2026-09-13, before it was opened on 2026-09-14"),
    ("CAPA", action("done: 2026-09-14"), "done: 2026-09-14", "done: 2026-09-13",
     "action 7 was done on 2026-09-13, before it was opened on 2026-09-14"),
    ("CAPA", action("opened: 2026-10-01", "done: 2026-10-01"), "done: 2026-10-01", "done: 2026-09-30",
     "action 7 was done on 2026-09-30, before action 7 was opened on 2026-10-01"),
    ("CAPA", action("done: 2026-11-20") + CLOSED, "done: 2026-11-20", "done: 2026-11-21",
     "closed on 2026-11-20, before action 7 was done on 2026-11-21"),
    ("DEV", action("done: 2026-09-12"), "done: 2026-09-12", "done: 2026-09-11",
     "action 7 was done on 2026-09-11, before it occurred on 2026-09-12"),
    ("VAL", action("done: 2026-10-01") + "released: 2026-10-01\n", "done: 2026-10-01", "done: 2026-10-02",
     "released on 2026-10-01, before action 7 was done on 2026-10-02"),
    ("CAPA", extended(("2026-09-14", "2026-10-15")), "on: 2026-09-14", "on: 2026-09-13",
     "extension 1 was decided on 2026-09-13, before it was opened on 2026-09-14"),
    ("CAPA", extended(("2026-10-14", "2026-10-15"), ("2026-10-15", "2026-10-16")), "on: 2026-10-15", "on: 2026-10-13",
     "extension 2 was decided on 2026-10-13, before extension 1 was decided on 2026-10-14"),
    ("CAPA", extended(("2026-10-14", "2026-10-15")), "on: 2026-10-14", "on: 2026-10-15",
     "extended on 2026-10-15, after the deadline of 2026-10-14 had passed"),
    ("CAPA", extended(("2026-10-14", "2026-10-15"), ("2026-10-14", "2026-10-17")), "on: 2026-10-14, to: 2026-10-17",
     "on: 2026-10-16, to: 2026-10-17", "extended on 2026-10-16, after the deadline of 2026-10-15 had passed"),
    ("CAPA", extended(("2026-10-14", "2026-10-15")), "to: 2026-10-15", "to: 2026-10-14",
     "extended to 2026-10-14, which is no later than the deadline of 2026-10-14"),
    ("MR", action("extensions: [{on: 2026-10-14, to: 2026-11-01, by: p-0003, reason: r}]"), "on: 2026-10-14",
     "on: 2026-09-13", "extension 1 of action 7 was decided on 2026-09-13, before it was held on 2026-09-14"),
    ("MR", action("extensions: [{on: 2026-10-14, to: 2026-11-01, by: p-0003, reason: r}]"), "on: 2026-10-14",
     "on: 2026-10-15", "extended on 2026-10-15, after the deadline of 2026-10-14 had passed"),
    ("DEV", CLOSED, "closed: 2026-11-20", "closed: 2026-09-13", "closed on 2026-09-13, before it was reported on 2026-09-14"),
    ("DEV", "voided: {on: 2026-09-14, by: p-0003, reason: r}\n", "on: 2026-09-14", "on: 2026-09-13",
     "voided on 2026-09-13, before it was reported on 2026-09-14"),
    ("AUD", "withdrawn: {on: 2026-09-14, by: p-0003, reason: r}\n", "on: 2026-09-14", "on: 2026-09-13",
     "withdrawn on 2026-09-13, before it was opened on 2026-09-14"),
    ("VAL", "cancelled: {on: 2026-09-14, by: p-0003, reason: r}\n", "on: 2026-09-14", "on: 2026-09-13",
     "cancelled on 2026-09-13, before it was opened on 2026-09-14"),
    ("CAPA", reopened(("2026-10-01", "2026-10-02")), "closed: 2026-10-01", "closed: 2026-09-13",
     "closed on 2026-09-13, before it was opened on 2026-09-14"),
    ("CAPA", reopened(("2026-10-01", "2026-10-02")), "on: 2026-10-02", "on: 2026-09-30",
     "reopened on 2026-09-30, before it was closed on 2026-10-01"),
    ("CAPA", reopened(("2026-10-01", "2026-10-02"), ("2026-10-03", "2026-10-04")), "on: 2026-10-02", "on: 2026-10-04",
     "closed on 2026-10-03, before it was reopened on 2026-10-04"),
    ("CAPA", reopened(("2026-10-01", "2026-10-02")) + CLOSED, "on: 2026-10-02", "on: 2026-11-21",
     "closed on 2026-11-20, before it was reopened on 2026-11-21"),
    ("AUD", reopened(("2026-10-01", "2026-10-02")) + "verified: 2026-10-02\n", "verified: 2026-10-02",
     "verified: 2026-10-01", "verified on 2026-10-01, before it was reopened on 2026-10-02"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "more", "right", "wrong", "message"), [pytest.param(*c, id=c[-1]) for c in CASES])
def test_the_boundary_day_is_in_order_and_the_next_is_not(kind: str, more: str, right: str, wrong: str, message: str):
    """Each fault is said once, on every later day as well."""
    text = HEADS[kind] + more
    assert text.count(right) >= 1

    assert found(kind, "", text) == []
    for day in (TODAY, date(2031, 1, 1)):
        (finding,) = found(kind, "", text.replace(right, wrong, 1), day)
        assert finding.message == message
        assert len(finding.also) == 1


def test_a_day_that_contradicts_many_is_said_once():
    """It names the latest of them, and shows them all."""
    more = action("done: 2026-10-01") + plan("2026-10-02") + CLOSED.replace("2026-11", "2026-08")
    (finding,) = found("CAPA", more)

    assert finding.message == "closed on 2026-08-20, before effectiveness check 1 was made on 2026-10-02"
    assert [place.line for place in finding.also] == [7, 6, 3]


AHEAD = [
    ("DEV", "", "occurred", "occurred: 2026-11-23T00:00:00+01:00\nreported: 2026-11-23\n"),
    ("DEV", "", "discovered", "occurred: 2026-09-12T09:40:00Z\ndiscovered: 2026-11-23T09:40:00Z\nreported: 2026-11-23\n"),
    ("CMP", "", "received", "received: 2026-11-23\nopened: 2026-11-23\n"),
    ("CAPA", "", "opened", "opened: 2026-11-23\nowner: p-0003\n"),
    ("MR", "", "held", "held: 2026-11-23\nperiod: {from: 2025-09-01, to: 2026-08-31}\n"),
    ("CAPA", "closed: 2026-11-23\n", "closed", None),
    ("AUD", "verified: 2026-11-23\n", "verified", None),
    ("AUD", "", "the response was accepted", "opened: 2026-09-14\naccepted: 2026-11-23\n"),
    ("VAL", "released: 2026-11-23\n", "released", None),
    ("VAL", "", "the performance qualification was completed", HEADS["VAL"].replace("2026-10-01", "2026-11-23")),
    ("NCR", DISPOSED.replace("2026-09-14", "2026-11-23"), "the disposition was decided", None),
    ("CAPA", plan("2026-11-23"), "effectiveness check 1 was made", None),
    ("CAPA", action("done: 2026-11-23"), "action 7 was done", None),
    ("CAPA", action("done: 2026-11-23", kind="training"), "action 7 was done", None),
    ("CAPA", extended(("2026-11-23", "2027-01-01")).replace("10-14", "11-30"), "extension 1 was decided", None),
    ("CAPA", action("extensions: [{on: 2026-11-23, to: 2027-02-01, by: p, reason: r}]").replace("10-14", "12-14"),
     "extension 1 of action 7 was decided", None),
    ("CAPA", reopened(("2026-10-01", "2026-11-23")), "reopened", None),
    ("CAPA", "cancelled: {on: 2026-11-23, by: p-0003, reason: r}\n", "cancelled", None),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "more", "says", "head"), [pytest.param(*c, id=f"{c[0]} {c[2]}") for c in AHEAD])
def test_what_has_not_happened_yet_is_not_written_down(kind: str, more: str, says: str, head: str | None):
    """It is flagged until its day has come; time alone takes the finding away."""
    messages = [f.message for f in found(kind, more, head)]

    assert f"{says} on 2026-11-23, which lies ahead of 2026-11-22" in messages
    assert all("2026-11-23, which lies ahead of" in message for message in messages)
    assert found(kind, more, head, date(2026, 11, 23)) == []


@pytest.mark.parametrize(
    ("kind", "more", "head"),
    [
        ("GAP", "", HEADS["GAP"].replace("2026-09-10", "2027-09-10")),
        ("CAPA", action("opened: 2027-09-10"), None),
        ("CAPA", "due: 2027-09-10\n", None),
        ("CAPA", extended(("2026-10-14", "2027-09-10")), None),
    ],
)
def test_what_may_lie_ahead(kind: str, more: str, head: str | None):
    assert found(kind, more, head) == []


# --- laws -----------------------------------------------------------------------------------------------------------

NAMES = ("occurred", "reported", "disposition", "closed", "reopened")
DAYS = st.lists(st.integers(0, 6).map(lambda n: date(2026, 11, 19) + timedelta(n)), min_size=5, max_size=5)


def nonconformance(days: list[date]) -> str:
    occurred, reported, closed, on, again = days
    return (
        f"occurred: {occurred}T12:00:00+01:00\nreported: {reported}\n{reopened((str(closed), str(on)))}"
        f"closed: {again}\nclosed-by: p-0003\n"
    )


@given(DAYS)
def test_a_course_is_accepted_exactly_when_it_is_in_order_and_past(days: list[date]):
    course = nonconformance(days)
    in_order = all(earlier <= later for earlier, later in pairwise(days))

    assert (found("NCR", "", course) == []) is (in_order and max(days) <= TODAY)


@given(DAYS, st.integers(0, 5), st.integers(0, 5))
def test_a_later_day_finds_nothing_new(days: list[date], first: int, more: int):
    course, day = nonconformance(days), date(2026, 11, 20) + timedelta(first)

    def faults(found_then: list[Finding]) -> set[tuple[object, ...]]:
        return {(f.place, f.message.split(", which lies ahead")[0]) for f in found_then}

    assert faults(found("NCR", "", course, day + timedelta(more))) <= faults(found("NCR", "", course, day))
