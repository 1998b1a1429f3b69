"""The list of everybody: nobody, people whom a page must not trust, each status, and the reference system."""

from __future__ import annotations

import json
from datetime import date

import pytest

from qmsci.matrix import documents_for
from qmsci.qualification import qualified as is_qualified
from qmsci.render.site import people
from qmsci.render.site.page import Mark, Page, Tone
from qmsci.render.site.summary import Able, GapRow, Open, PersonSummary, Stand, Summaries
from qmsci.render.site.survey import Survey
from qmsci.timeline import days_held, in_force, include
from tests.render.site.shown import (
    body_of,
    column,
    links_in,
    reference,
    reference_summaries,
    rows_of,
    summaries_of,
    surveyed,
    text_of,
)
from tests.test_status import SYSTEM

DAY = date(2026, 11, 22)


def listed(survey: Survey, summaries: Summaries | None = None) -> Page:
    """The list of everybody in a system."""
    (page,) = people.part(survey, summaries or summaries_of(survey)).pages
    return page


def summary(**more: object) -> PersonSummary:
    """Somebody at work, of whom nothing else is known."""
    values = {"kind": "employee", "employed": True, "on_leave": False, "roles": (), "departments": ()}
    return PersonSummary(person="p-1", name="P", **{**values, **more})  # type: ignore[arg-type]


def stand(state: str, *, current: bool = True, owed: bool = True) -> Stand:
    """Where somebody stands with SOP-014."""
    return Stand("SOP-014", "1", state, current, owed, ("operator",), "", "qualification")


def gap(last: date | None = None, until: date | None = None) -> GapRow:
    """A training gap."""
    return GapRow("SOP-014", "SOP-014@1", ("operator",), DAY, last, "", True, until, None, None)


def test_where_nobody_is_there_it_says_so():
    """An empty quality system has a list as well."""
    page = listed(surveyed({}))

    assert page.path == "people/index.html"
    assert rows_of(page, "people") == []
    assert "Nobody is on record." in text_of(page)
    assert "0 people on record, 0 of them at work on 2026-11-22." in text_of(page)


def test_a_name_can_do_nothing_but_be_read():
    """In the page as in the file for spreadsheets."""
    who = {"id": "p-1", "name": "=<script>|\u202e", "kind": "employee", "employed": {"from": "2024-01-01"}}
    page = listed(surveyed({"roles/people/p-1.yaml": json.dumps(who)}))

    assert "<script" not in body_of(page)
    assert "'=<script>|\\u202e" in text_of(page)
    assert "\u202e" not in text_of(page)


LATE = Open("SOP-014@1", "SOP-014@1/operator", "revision", DAY, late=True)
NO = Able("gowning", "operator", "no", "suspended: CAPA-1 action 1 asks for retraining since 2026-01-01")


@pytest.mark.parametrize(
    ("one", "says"),
    [
        pytest.param(summary(), Mark("nothing required", Tone.QUIET), id="nothing"),
        pytest.param(summary(stands=(stand("qualified"),)), Mark("all qualified", Tone.GOOD), id="all"),
        pytest.param(
            summary(stands=(stand("waived"), stand("expiring"))), Mark("all qualified", Tone.GOOD), id="waived"
        ),
        pytest.param(
            summary(stands=(stand("qualified"), stand("in-training", current=False))),
            Mark("all qualified", Tone.GOOD),
            id="what-is-coming-is-no-lack",
        ),
        pytest.param(
            summary(stands=(stand("lapsed", owed=False),)), Mark("nothing required", Tone.QUIET), id="not-owed"
        ),
        pytest.param(summary(stands=(stand("in-training"),)), Mark("in training", Tone.WARN), id="in-training"),
        pytest.param(
            summary(stands=(stand("in-training"), stand("not-qualified"))),
            Mark("not qualified", Tone.BAD),
            id="not-qualified",
        ),
        pytest.param(summary(stands=(stand("lapsed"), stand("not-qualified"))), Mark("lapsed", Tone.BAD), id="lapsed"),
        pytest.param(summary(owes=(LATE,), stands=(stand("lapsed"),)), Mark("overdue", Tone.BAD), id="overdue"),
        pytest.param(
            summary(owes=(LATE,), stands=(stand("suspended"),)), Mark("suspended", Tone.BAD), id="suspended-on-a-text"
        ),
        pytest.param(summary(able=(NO,)), Mark("suspended", Tone.BAD), id="suspended-from-an-activity"),
        pytest.param(
            summary(suspended_by=("CAPA-1",), stands=(stand("qualified"),)),
            Mark("all qualified", Tone.GOOD),
            id="suspended-from-no-work-of-theirs",
        ),
        pytest.param(summary(on_leave=True, able=(NO,)), Mark("not at work", Tone.QUIET), id="on-leave"),
        pytest.param(summary(employed=False, owes=(LATE,)), Mark("not at work", Tone.QUIET), id="not-employed"),
    ],
)
def test_the_gravest_of_what_is_so_is_the_status(one: PersonSummary, says: Mark):
    """One word for each."""
    assert people.status(one) == says


def test_gaps_count_while_they_go_on():
    """Past ones do not, nor the days of a newcomer's programme."""
    one = summary(gaps=(gap(), gap(last=DAY), gap(until=DAY)), owes=(LATE, Open("X", "X", "hire", DAY, late=False)))
    (row,) = rows_of(listed(surveyed({}), Summaries({"p-1": one}, {})), "people")

    assert (row["Open gaps"], row["Overdue"], row["Department"]) == ("1", "1", "none named")


def test_everybody_is_listed_with_what_they_are():
    """The small system: at work, on leave, to come, suspended."""
    department = SYSTEM["roles/aseptic-operator.yaml"].replace("purpose:", "department: Manufacturing\npurpose:")
    page = listed(surveyed({**SYSTEM, "roles/aseptic-operator.yaml": department}))
    rows = {row["Id"]: row for row in rows_of(page, "people")}

    assert [row["At work"] for row in rows.values()] == [
        "at work",
        "at work",
        "at work",
        "at work",
        "at work",
        "on leave",
        "not employed",
    ]
    assert (rows["p-0031"]["Status"], rows["p-0031"]["Suspended by"]) == ("suspended", "CAPA-2026-003")
    assert (rows["p-0042"]["Status"], rows["p-0042"]["Qualified"]) == ("overdue", "1 of 5")
    assert (rows["p-0042"]["Department"], rows["p-0003"]["Department"]) == ("Manufacturing", "none named")
    assert (rows["p-0058"]["Status"], rows["p-0058"]["Qualified"]) == ("not at work", "nothing required")
    assert {"people/p-0031.html", "roles/aseptic-operator.html", "events/CAPA-2026-003.html"} <= links_in(page)


def test_the_figures_of_the_reference_system_are_those_of_its_records():
    """Qualified on so many of so many, counted anew from the records."""
    survey = reference()
    snapshot, day = survey.snapshot, survey.when.day
    page = listed(survey, reference_summaries())
    rows = {row["Id"]: row for row in rows_of(page, "people")}

    assert list(rows) == [who.id for who in snapshot.people]
    for who in snapshot.people:
        held = [role for role in snapshot.roles if include(days_held(who, role.id), day)]
        needed = {document.id: document for role in held for document in documents_for(snapshot, role)}
        current = [document for document in needed.values() if in_force(document, day)]
        met = sum(bool(is_qualified(snapshot, who.id, document, survey.when)) for document in current)
        away = any(one.from_ <= day <= (one.to or date.max) for one in who.leave)
        expected = f"{met} of {len(current)}" if current and not away else "nothing required"
        assert rows[who.id]["Qualified"] == expected, who.id
    assert set(column(page, "people", "Department")) >= {"Manufacturing", "Quality assurance"}
