"""Which revision is in force when, and on which days somebody holds a role."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsci.records.document import Document
from qmsci.records.person import Person
from qmsci.timeline import (
    back_from_leave,
    days_held,
    days_in_force,
    first_day,
    in_force,
    include,
    owed_revisions,
    previous,
)


def document(*revisions: str, retired: str | None = None) -> Document:
    """A document with revisions, newest first: label, effective date and, after a third word, that it is withdrawn."""
    entries = []
    for revision in revisions:
        label, effective, *withdrawn = revision.split()
        entry = {"revision": label, "effective": effective, "summary": "…", "impact": "retrain", "authors": ["p-1"]}
        entries.append(entry | ({"withdrawn": withdrawn[0]} if withdrawn else {}))
    return Document.model_validate(
        {"id": "SOP-014", "title": "Gowning", "owner": "lead", "revisions": entries, "retired": retired}
    )


def person(employed: str, roles: str = "", leave: str = "") -> Person:
    """A person whose intervals are written `2024-01-01..2024-06-30`, open where nothing follows the dots."""

    def intervals(text: str) -> list[dict[str, str]]:
        pairs = (part.split("..") for part in text.split())
        return [{"from": first} | ({"to": last} if last else {}) for first, last in pairs]

    return Person.model_validate(
        {
            "id": "p-1",
            "name": "Ingrid Solberg",
            "kind": "contractor",
            "employed": intervals(employed),
            "roles": [{"role": "operator"} | interval for interval in intervals(roles)],
            "leave": intervals(leave),
        }
    )


FIRST, SECOND = "1 2025-01-10", "2 2026-06-01"
IN_FORCE = [
    pytest.param(document(FIRST), "2025-01-09", None, id="not-yet-effective"),
    pytest.param(document(FIRST, retired="2027-05-01"), "2027-05-01", None, id="retired-from-that-day"),
    pytest.param(document("1 2025-01-10 2025-01-02"), "2025-02-01", None, id="withdrawn"),
    pytest.param(document(FIRST), "2025-01-10", "1", id="on-its-day"),
    pytest.param(document(FIRST, retired="2027-05-01"), "2027-04-30", "1", id="the-day-before-it-is-retired"),
    pytest.param(document(SECOND, FIRST), "2026-05-31", "1", id="a-newer-one-is-coming"),
    pytest.param(document(SECOND, FIRST), "2026-06-01", "2", id="superseded-on-the-day"),
    pytest.param(document("2 2026-06-01 2026-05-20", FIRST), "2026-07-01", "1", id="the-newer-one-is-withdrawn"),
    pytest.param(document("3 2026-03-01", SECOND, FIRST), "2026-02-28", "1", id="before-the-overtaking-one"),
    pytest.param(document("3 2026-03-01", SECOND, FIRST), "2026-07-01", "3", id="overtaken-before-its-day"),
]


@pytest.mark.parametrize(("found", "day", "label"), IN_FORCE)
def test_in_force_is_the_first_entry_that_is_not_withdrawn_and_has_come(found: Document, day: str, label: str | None):
    """The list is newest first, and the first that has come rules, whatever the dates of those below it."""
    entry = in_force(found, date.fromisoformat(day))

    assert label == (entry.revision if entry else None)


OWED = [
    pytest.param(document("1 2025-01-10 2025-01-02"), "2025-01-05", [], id="withdrawn"),
    pytest.param(document(FIRST, retired="2026-01-01"), "2026-01-01", [], id="retired"),
    pytest.param(document("1 2026-02-01", retired="2026-02-01"), "2026-01-01", [], id="retired-before-it-takes-effect"),
    pytest.param(document(FIRST), "2024-01-01", ["1"], id="coming"),
    pytest.param(document(FIRST, retired="2026-01-01"), "2025-12-31", ["1"], id="its-last-day"),
    pytest.param(document(SECOND, FIRST), "2026-05-31", ["2", "1"], id="in-force-and-coming"),
    pytest.param(document(SECOND, FIRST), "2026-06-01", ["2"], id="superseded"),
    pytest.param(document("3 2026-03-01", SECOND, FIRST), "2026-01-01", ["3", "1"], id="one-never-takes-effect"),
    pytest.param(document("3 2026-06-01", SECOND, FIRST), "2026-01-01", ["3", "1"], id="two-on-the-same-day"),
]


@pytest.mark.parametrize(("found", "day", "labels"), OWED)
def test_owed_are_the_revisions_in_force_or_coming(found: Document, day: str, labels: list[str]):
    """One that is superseded before it takes effect is owed by nobody."""
    assert labels == [entry.revision for entry in owed_revisions(found, date.fromisoformat(day))]


DAYS = st.dates(date(2025, 1, 1), date(2025, 3, 1))


@given(st.lists(st.tuples(DAYS, st.booleans()), min_size=1, max_size=5), st.none() | DAYS, DAYS)
def test_the_days_in_force_agree_with_the_revision_in_force(
    entries: list[tuple[date, bool]], retired: date | None, day: date
):
    """On each day at most one revision is in force, and both ways of asking name the same."""
    lines = [f"{n} {effective}" + " 2025-01-01" * gone for n, (effective, gone) in enumerate(entries, 1)][::-1]
    found = document(*lines, retired=str(retired) if retired else None)

    expected = in_force(found, day)

    assert [entry for entry in found.revisions if include(days_in_force(found, entry), day)] == [
        entry for entry in (expected,) if entry
    ]


@given(st.lists(st.tuples(DAYS, st.booleans()), min_size=1, max_size=5), DAYS, st.integers(0, 60))
def test_what_is_owed_only_shrinks_with_time(entries: list[tuple[date, bool]], day: date, later: int):
    """A tree that is clean on a day is clean on every later day."""
    lines = [f"{n} {effective}" + " 2025-01-01" * gone for n, (effective, gone) in enumerate(entries, 1)][::-1]
    found = document(*lines)
    now = {entry.revision for entry in owed_revisions(found, day)}

    assert {entry.revision for entry in owed_revisions(found, day + timedelta(days=later))} <= now


@pytest.mark.parametrize(
    ("found", "label"),
    [
        pytest.param(document(FIRST), None, id="the-first"),
        pytest.param(document("2 2026-06-01", "1 2025-01-10 2025-01-02"), None, id="all-before-are-withdrawn"),
        pytest.param(document(SECOND, FIRST), "1", id="the-one-below"),
        pytest.param(document("3 2026-07-01", "2 2026-06-01 2026-05-01", FIRST), "1", id="withdrawn-ones-left-out"),
    ],
)
def test_the_revision_before(found: Document, label: str | None):
    """Carry-over and reading look back to the last revision that was not withdrawn."""
    before = previous(found, found.newest)

    assert label == (before.revision if before else None)


HELD = [
    pytest.param(person("2024-03-01.."), "2024-04-01", False, id="no-role"),
    pytest.param(person("2024-03-01..2024-05-31", "2024-03-01.."), "2024-06-01", False, id="has-left"),
    pytest.param(person("2024-03-01..", "2024-02-01.."), "2024-02-15", False, id="before-employment"),
    pytest.param(person("2024-01-01..2024-02-29 2025-01-01..", "2024-01-01.."), "2024-07-01", False, id="in-between"),
    pytest.param(person("2024-03-01..", "2024-03-01..2024-05-31"), "2024-05-31", True, id="to-is-inclusive"),
    pytest.param(person("2024-01-01..2024-02-29 2025-01-01..", "2024-01-01.."), "2025-01-01", True, id="re-employed"),
]


@pytest.mark.parametrize(("who", "day", "holds"), HELD)
def test_a_role_is_held_only_while_employed(who: Person, day: str, holds: bool):
    """The days of the role and the days of employment, both, their last days included."""
    assert holds is include(days_held(who, "operator"), date.fromisoformat(day))


@pytest.mark.parametrize(
    ("leave", "back"),
    [
        pytest.param("", "2026-05-10", id="no-leave"),
        pytest.param("2026-05-11..2026-05-31", "2026-05-10", id="leave-begins-after-it"),
        pytest.param("2026-05-01..", "2026-05-10", id="leave-without-end"),
        pytest.param("2026-05-01..2026-05-10", "2026-05-11", id="the-last-day-of-leave"),
        pytest.param("2026-05-01..2026-05-20 2026-05-21..2026-06-30", "2026-07-01", id="one-leave-after-the-other"),
        pytest.param("2026-05-21..2026-06-30 2026-05-01..2026-05-20", "2026-07-01", id="in-whatever-order"),
    ],
)
def test_back_from_leave_is_the_day_after_the_return(leave: str, back: str):
    """What falls due in somebody's leave is due on their first day back."""
    who = person("2024-01-01..", leave=leave)

    assert date.fromisoformat(back) == back_from_leave(who, date(2026, 5, 10))


def test_the_first_day_is_none_when_all_days_are_over():
    """A role that has ended does not begin again."""
    who = person("2024-01-01..", "2024-01-01..2024-02-01 2024-05-01..2024-06-01")

    assert [first_day(days_held(who, "operator"), date(2024, month, 1)) for month in (1, 3, 7)] == [
        date(2024, 1, 1),
        date(2024, 5, 1),
        None,
    ]
