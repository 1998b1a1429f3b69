"""Training gaps and overdue training, from what is known of each person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from qmsci.metrics.measured import Period
from qmsci.metrics.training import overdue_on
from qmsci.render.site import gaps
from qmsci.render.site.gaps import kind_of
from qmsci.render.site.page import Page, Text
from qmsci.render.site.summary import GapRow, LateRow, Open, PersonSummary, Summaries
from qmsci.render.site.written import plain, written
from qmsci.timeline import Span
from tests.chain.story import FILES, TODAY
from tests.halden import assignment, document, done, event, history, item, joined, revision
from tests.halden import person as written_person
from tests.render.site.shown import (
    body_of,
    links_in,
    reference,
    reference_summaries,
    rows_of,
    summaries_of,
    surveyed,
    table_of,
)

HOSTILE = "<script>alert(1)</script> | \"quoted\" 'x' *b* \u202e\x07"


def gap(first: date = date(2026, 12, 15), last: date | None = None, **more: object) -> GapRow:
    found: dict[str, object] = {
        "document": "SOP-014",
        "revision": "SOP-014@3",
        "roles": ("operator",),
        "first": first,
        "last": last,
        "reason": "not trained on SOP-014@3",
        "withholds": True,
        "in_training_until": None,
        "suspended_by": None,
        "raised": None,
        **more,
    }
    return GapRow(**found)  # type: ignore[arg-type]


def somebody(name: str = "p-1", called: str = "Ingrid Solberg", **more: object) -> PersonSummary:
    return PersonSummary(name, called, "employee", True, False, ("operator",), (), **more)  # type: ignore[arg-type]


def page_of(*people: PersonSummary) -> Page:
    (page,) = gaps.part(surveyed(FILES, TODAY), Summaries({who.person: who for who in people}, {})).pages
    return page


def sentences(page: Page) -> str:
    return " ".join(plain(block.said) for block in page.blocks if isinstance(block, Text))


def test_nobody():
    """A system without people has no gaps, and says so."""
    page = page_of()

    assert page.path == "gaps/index.html"
    assert "0 training gaps up to 2027-05-20: 0 open, 0 past, 0 suspended, 0 in training, 0 awareness." in sentences(
        page
    )
    assert "0 assigned trainings are open on 2027-05-20; 0 overdue." in sentences(page)
    assert "Nobody has or had a training gap." in body_of(page)
    assert "No training is open." in body_of(page)


@pytest.mark.parametrize(
    ("row", "kind", "reason"),
    [
        (gap(), "open", "not trained on SOP-014@3"),
        (gap(last=date(2026, 12, 20)), "past", "not trained on SOP-014@3"),
        (gap(withholds=False), "awareness", "not trained on SOP-014@3"),
        (
            gap(in_training_until=date(2027, 6, 1)),
            "in training",
            "not trained on SOP-014@3; in training until 2027-06-01",
        ),
        (gap(suspended_by="CAPA-2026-003"), "suspended", "not trained on SOP-014@3"),
    ],
)
def test_kinds_of_gap(row: GapRow, kind: str, reason: str):
    """Why a gap is none to be raised stands beside its reason."""
    assert kind_of(row) == kind
    (found,) = rows_of(page_of(somebody(gaps=(row,))), "gaps")
    assert (found["Kind"], found["Reason"]) == (kind, reason)


def test_a_gap_says_who_what_and_how_long():
    """With the first and the last day; one that goes on is counted up to today."""
    page = page_of(
        somebody(gaps=(gap(date(2026, 12, 15), date(2026, 12, 17), raised="DEV-2027-008"), gap(date(2027, 5, 20))))
    )
    going_on, past = rows_of(page, "gaps")

    assert past == {
        "Person": "p-1",
        "Name": "Ingrid Solberg",
        "Roles": "operator",
        "Document": "SOP-014@3",
        "Kind": "past",
        "From": "2026-12-15",
        "To": "2026-12-17",
        "Days": "3",
        "Reason": "not trained on SOP-014@3",
        "Raised as": "DEV-2027-008",
    }
    assert (going_on["To"], going_on["Days"], going_on["Raised as"]) == ("goes on", "1", "not raised")
    assert "2 training gaps up to 2027-05-20: 1 open, 1 past" in sentences(page)
    assert "1 raised as a quality event" in sentences(page)
    assert {"people/p-1.html", "roles/operator.html", "documents/SOP-014.html", "events/DEV-2027-008.html"} <= links_in(
        page
    )


def test_what_is_overdue_stands_first():
    """Then by due date; with how many days, the cause, and the event that asked for it."""
    late = Open("SOP-014@3", "CAPA-2026-003/1", "capa", date(2027, 5, 10), late=True)
    soon = Open("SOP-014@3", "SOP-014@3/operator", "revision", date(2027, 5, 1), late=False)
    page = page_of(somebody(owes=(soon, late)), somebody("p-2", "Marte Lie", owes=(late,)))
    rows = rows_of(page, "overdue")

    assert [(row["Person"], row["Overdue"], row["Days overdue"]) for row in rows] == [
        ("p-1", "overdue", "10"),
        ("p-2", "overdue", "10"),
        ("p-1", "no", ""),
    ]
    assert rows[0]["Assignment"] == "CAPA-2026-003/1"
    assert rows[2]["Cause"] == "revision"
    assert "events/CAPA-2026-003.html" in links_in(page)
    assert "3 assigned trainings are open on 2027-05-20; 2 overdue." in sentences(page)
    assert "1 assigned training is open" in sentences(page_of(somebody(owes=(late,))))


def test_filters_and_files():
    page = page_of(somebody(gaps=(gap(),), owes=()))
    table = table_of(page, "gaps")

    assert [table.heads[column] for column in table.filters] == ["Roles", "Kind"]
    assert [table_of(page, "overdue").heads[n] for n in table_of(page, "overdue").filters] == ["Overdue", "Cause"]
    assert written(page)["data/gaps/index-gaps.csv"].count("\n") == 2


def test_names_do_nothing():
    text = body_of(page_of(somebody(called=HOSTILE, gaps=(gap(reason=HOSTILE),))))

    assert text.count("&lt;script&gt;") == 2
    assert "<script" not in text
    assert not {"\u202e", "\x07"} & set(text)


def test_the_story_has_what_is_known_of_its_people():
    survey = surveyed(FILES, TODAY)
    (page,) = gaps.part(survey, summaries_of(survey)).pages

    assert [row for row in rows_of(page, "gaps") if row["Person"] == "p-2" and row["To"] == "2026-12-16"]
    assert [row["Person"] for row in rows_of(page, "overdue") if row["Overdue"] == "overdue"] == ["p-6"]


def test_the_reference_system():
    """Every gap and every open assignment is listed; what is raised is linked."""
    known = reference_summaries()
    (page,) = gaps.part(reference(), known).pages
    everybody = known.people.values()

    assert len(rows_of(page, "gaps")) == sum(len(who.gaps) for who in everybody) > 0
    assert len(rows_of(page, "overdue")) == sum(len(who.owes) for who in everybody) > 0
    raised = {row["Raised as"] for row in rows_of(page, "gaps")} - {"not raised"}
    assert raised
    assert {f"events/{name}.html" for name in raised} <= links_in(page)


# --- what was ever overdue ------------------------------------------------------------------------------------------


def late_row(**more: object) -> LateRow:
    found: dict[str, object] = {
        "revision": "SOP-014@3",
        "assignment": "SOP-014@3/operator",
        "cause": "revision",
        "due": date(2026, 12, 15),
        "done": None,
        "open": False,
        "days": None,
        "gap": None,
        "raised": None,
        **more,
    }
    return LateRow(**found)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("row", "done", "outcome", "days", "raised"),
    [
        (
            late_row(done=date(2026, 12, 17), days=2, raised="DEV-2027-008", gap=date(2026, 12, 15)),
            "2026-12-17",
            "done late",
            "2",
            "DEV-2027-008",
        ),
        (
            late_row(open=True, days=156, gap=date(2026, 12, 16)),
            "open",
            "open",
            "156",
            "gap from 2026-12-16, not raised",
        ),
        (late_row(), "", "no longer owed", "", "no training gap"),
    ],
)
def test_what_became_of_what_was_overdue(row: LateRow, done: str, outcome: str, days: str, raised: str):
    page = page_of(somebody(late=(row,)))

    assert rows_of(page, "late") == [
        {
            "Person": "p-1",
            "Name": "Ingrid Solberg",
            "Document": "SOP-014@3",
            "Assignment": "SOP-014@3/operator",
            "Cause": "revision",
            "Month due": "2026-12",
            "Due": "2026-12-15",
            "Done": done,
            "Outcome": outcome,
            "Days late": days,
            "Raised as": raised,
        }
    ]
    assert f"1 {outcome}" in sentences(page)
    assert [table_of(page, "late").heads[n] for n in table_of(page, "late").filters] == [
        "Cause",
        "Month due",
        "Outcome",
    ]
    assert written(page)["data/gaps/index-late.csv"].count("\n") == 2


def test_what_was_due_last_stands_on_top():
    rows = (late_row(due=date(2026, 1, 1)), late_row(due=date(2026, 2, 1)))
    page = page_of(somebody(late=rows), somebody("p-2", HOSTILE, late=rows))

    assert [(row["Due"][:7], row["Person"]) for row in rows_of(page, "late")] == [
        ("2026-02", "p-2"),
        ("2026-02", "p-1"),
        ("2026-01", "p-2"),
        ("2026-01", "p-1"),
    ]
    assert "4 assigned trainings were overdue on some day" in sentences(page)
    assert "<script" not in body_of(page)
    assert "1 assigned training was overdue on some day" in sentences(page_of(somebody(late=(late_row(),))))
    assert "No assigned training was ever overdue." in body_of(page_of())


NAME = "SOP-090@1/guard"
NEW = revision("1", "2026-06-15")


def lates(
    *completions: dict[str, object],
    revisions: str = NEW,
    person: str = "",
    day: date = date(2026, 7, 10),
    files: dict[str, str] | None = None,
) -> tuple[LateRow, ...]:
    """What was overdue for somebody who was asked to be trained on SOP-090@1 by 2026-06-20."""
    items = [item("SOP-090@1", "2026-06-20", ["p-0090"], ["read"])]
    found = joined(
        {"roles/guard.yaml": "id: guard\ntitle: G\npurpose: P.\nrequires: [SOP-090]\n"},
        written_person("p-0090", "guard", more=person),
        document("SOP-090", revisions, governs="[]"),
        assignment(NAME, "new-document", "2026-06-01", items, "guard"),
        history("p-0090", "SOP-090", *completions) if completions else {},
        files or {},
    )
    return summaries_of(surveyed(found, day)).people["p-0090"].late


def brief(rows: tuple[LateRow, ...]) -> list[tuple[str | None, bool, int | None]]:
    return [(row.done.isoformat() if row.done else None, row.open, row.days) for row in rows]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        pytest.param(lambda: lates(done("SOP-090@1", "2026-06-20", NAME)), [], id="on-the-due-day"),
        pytest.param(lambda: lates(done("SOP-090@1", "2026-06-21", NAME)), [("2026-06-21", False, 1)], id="a-day-late"),
        pytest.param(lambda: lates(done("SOP-090@1", "2026-06-30", NAME)), [("2026-06-30", False, 10)], id="late"),
        pytest.param(lates, [(None, True, 20)], id="open"),
        pytest.param(
            lambda: lates(done("SOP-090@1", "2026-07-11", NAME)),
            [(None, True, 20)],
            id="done-after-the-day-of-the-site",
        ),
        pytest.param(lambda: lates(day=date(2026, 6, 20)), [], id="due-today"),
        pytest.param(lambda: lates(day=date(2026, 6, 21)), [(None, True, 1)], id="due-yesterday"),
        pytest.param(lambda: lates(day=date(2026, 5, 31)), [], id="not-assigned-yet"),
        pytest.param(lambda: lates(done("SOP-090@1", "2026-06-10")), [], id="trained-without-naming-it"),
        pytest.param(
            lambda: lates(done("SOP-090@1", "2026-06-25")), [(None, False, None)], id="trained-late-without-naming-it"
        ),
        pytest.param(
            lambda: lates(revisions=f"{revision('2', '2026-07-01')}, {NEW}"),
            [(None, False, None)],
            id="superseded-overdue",
        ),
        pytest.param(lambda: lates(revisions=f"{revision('2', '2026-06-18')}, {NEW}"), [], id="superseded-before"),
        pytest.param(
            lambda: lates(
                done("SOP-090@1", "2026-06-27", NAME), person="leave: [{from: 2026-06-18, to: 2026-06-26}]\n"
            ),
            [],
            id="on-the-day-of-the-return",
        ),
        pytest.param(
            lambda: lates(
                done("SOP-090@1", "2026-06-28", NAME), person="leave: [{from: 2026-06-18, to: 2026-06-26}]\n"
            ),
            [("2026-06-28", False, 8)],
            id="after-the-return",
        ),
        pytest.param(
            lambda: lates(files={"training-records/completions/p-0090/SOP-090.yaml": "- {"}), [], id="cannot-be-read"
        ),
    ],
)
def test_what_was_overdue(rows: Callable[[], tuple[LateRow, ...]], told: list[tuple[str | None, bool, int | None]]):
    assert brief(rows()) == told


def test_an_assignment_that_cannot_be_read_asks_nothing():
    assert brief(lates(files={"training-records/assignments/SOP-090@1/lead.yaml": "items: {"})) == [(None, True, 20)]


def test_the_gap_that_overdue_training_left_and_its_event():
    """The days without training begin with the effective date; they are raised by an event, or they are not."""
    raised = "person: p-0090\ndocument: SOP-090\nfrom: 2026-06-21\nopened: 2026-06-22\n"
    (row,) = lates(done("SOP-090@1", "2026-06-30", NAME))
    (known,) = lates(done("SOP-090@1", "2026-06-30", NAME), files=event("GAP-P-0090-SOP-090-20260621", raised))

    assert row.gap == date(2026, 6, 21)
    assert row.raised is None
    assert (known.gap, known.raised) == (row.gap, "GAP-P-0090-SOP-090-20260621")


def test_what_was_overdue_in_the_story():
    """The second attempt came two days late; what an event asked for counts apart."""
    survey = surveyed(FILES, TODAY)
    late = {name: one.late for name, one in summaries_of(survey).people.items() if one.late}

    assert {name: [(row.assignment, row.done, row.days) for row in rows] for name, rows in late.items()} == {
        "p-2": [
            ("CAPA-2026-003/1", date(2026, 12, 17), 2),
            ("SOP-014@3/operator", date(2026, 12, 17), 2),
        ],
        "p-6": [("people/p-6/operator-2027-03-15", None, 19)],
    }


def test_what_is_overdue_on_the_day_is_what_the_management_review_says():
    """In the reference system nobody who owes anything is on leave."""
    survey, day = reference(), reference().when.day
    known = reference_summaries().people.values()
    listed = {(who.person, row.assignment, row.revision) for who in known for row in who.late if row.open}
    period = Period(survey.snapshot, Span(day, day))

    assert listed >= {
        (one.person.id, one.assignment.assignment, str(one.item.document)) for one, _ in overdue_on(period, day)
    }
    assert {(who.person, one.assignment, one.revision) for who in known for one in who.owes if one.late} <= listed
    assert sum(row.done is not None for who in known for row in who.late) > 0
