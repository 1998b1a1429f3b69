"""Training gaps and overdue training, from what is known of each person."""

from __future__ import annotations

from datetime import date

import pytest

from qmsci.render.site import gaps
from qmsci.render.site.gaps import kind_of
from qmsci.render.site.page import Page, Text
from qmsci.render.site.summary import GapRow, Open, PersonSummary, Summaries
from qmsci.render.site.written import plain, written
from tests.chain.story import FILES, TODAY
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
