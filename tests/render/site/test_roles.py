"""The roles: none, one that nobody holds, what people write; and those of the reference system."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from qmsci.metrics.measured import share
from qmsci.render.site import activities, people, roles
from qmsci.render.site.home import percent
from qmsci.render.site.page import Page
from qmsci.render.site.summary import Summaries
from qmsci.render.site.survey import Survey
from qmsci.render.status import as_json
from qmsci.status import status_of_role
from tests.halden import document as a_document
from tests.halden import done as read
from tests.halden import history, revision
from tests.halden import person as holder
from tests.render.site.shown import (
    body_of,
    column,
    everybody,
    facts_of,
    links_in,
    reference,
    reference_summaries,
    rows_of,
    summaries_of,
    surveyed,
    table_of,
    text_of,
)
from tests.strategies import System, systems, texts
from tests.test_status import OPERATOR, SYSTEM


def pages(survey: Survey) -> dict[str, Page]:
    """The pages of the roles, by their paths."""
    found = reference_summaries() if survey is reference() else summaries_of(survey)
    return {page.path: page for page in roles.part(survey, found).pages}


def test_where_no_role_is_defined_it_says_so():
    """One page, with a sentence."""
    (page,) = pages(surveyed({})).values()

    assert page.path == "roles/index.html"
    assert "No role is defined." in text_of(page)


def test_a_role_of_nobody_that_asks_for_nothing_says_so():
    """Each section has its sentence."""
    found = pages(surveyed({"roles/guard.yaml": "id: guard\ntitle: Guard\npurpose: Guards.\n"}))
    page = found["roles/guard.html"]

    assert rows_of(found["roles/index.html"], "roles") == [
        {
            "Role": "guard",
            "Title": "Guard",
            "Department": "none named",
            "Holders": "0",
            "Documents": "0",
            "Qualified": "nothing required",
        }
    ]
    assert [table_of(page, name).rows for name in ("curriculum", "holders", "activities")] == [(), (), ()]
    assert facts_of(page)["Qualified"] == "nothing required"
    for sentence in ("It requires no document", "Nobody holds it.", "It performs and operates nothing."):
        assert sentence in text_of(page)


def test_what_people_write_can_do_nothing_but_be_read():
    """Title, purpose and department; and an activity that is not there has no link."""
    bad = "<img src=x onerror=alert(1)> *a* | \u202e"
    role = {"id": "guard", "title": bad, "purpose": bad, "department": bad, "performs": ["nothing-known"]}
    found = pages(surveyed({"roles/guard.yaml": json.dumps(role)}))
    body = body_of(found["roles/guard.html"])

    assert "<img" not in body
    assert "\u202e" not in body
    assert [row["Title"] for row in rows_of(found["roles/guard.html"], "activities")] == ["there is no such activity"]
    assert links_in(found["roles/guard.html"]) == set()


def test_the_curriculum_stands_in_order_with_why_and_how():
    """Reasons, prerequisites, method, supervised tasks; and how many holders at work are qualified."""
    page = pages(surveyed(SYSTEM))[f"roles/{OPERATOR}.html"]
    rows = rows_of(page, "curriculum")

    assert [(row["Number"], row["Revision"].split("@")[0]) for row in rows] == [
        ("1", "SOP-008"),
        ("2", "TRN-001"),
        ("3", "SOP-014"),
        ("4", "SOP-015"),
        ("5", "WI-032"),
    ]
    assert rows[2] == {
        "Number": "3",
        "Revision": "SOP-014@2",
        "Title": "Aseptic gowning",
        "Why": "performs aseptic-gowning",
        "After": "TRN-001",
        "Method": "read, practical",
        "Supervised tasks": "3",
        "Qualified holders": "0 of 2",
    }


def test_what_is_coming_is_no_requirement_yet():
    """A document that takes effect later is in the curriculum, with its day."""
    later = SYSTEM["controlled-docs/wi/WI-032.md"].replace("2025-01-10", "2026-12-24")
    page = pages(surveyed({**SYSTEM, "controlled-docs/wi/WI-032.md": later}))[f"roles/{OPERATOR}.html"]
    row = rows_of(page, "curriculum")[-1]

    assert row["Revision"] == "WI-032@1, effective 2026-12-24"
    assert row["Qualified holders"] == "not in force yet"
    assert "documents/WI-032@1.html" in links_in(page)


def test_holders_are_shown_with_how_far_they_are():
    """Those at work, on leave, and to come."""
    page = pages(surveyed(SYSTEM))[f"roles/{OPERATOR}.html"]

    assert [
        (row["Person"], row["At work"], row["Qualified on"], row["Coming"], row["Next"])
        for row in rows_of(page, "holders")
    ] == [
        ("p-0031", "at work", "4 of 5", "0 of 1", "SOP-014@2"),
        ("p-0042", "at work", "1 of 5", "0 of 1", "SOP-008@1"),
        ("p-0058", "on leave", "1 of 5", "0 of 1", "SOP-008@1"),
        ("p-0060", "from 2026-12-01", "0 of 5", "0 of 1", "SOP-008@1"),
    ]
    assert facts_of(page)["Holders"] == "3 on 2026-11-22"
    assert facts_of(page)["Qualified"] == "5 of 10 (50.0 %)"
    assert [(row["Activity"], row["How"]) for row in rows_of(page, "activities")] == [
        ("aseptic-gowning", "performs"),
        ("aseptic-filling", "performs"),
        ("filler-2", "operates"),
    ]


@pytest.mark.parametrize("done", [False, True])
def test_a_coming_revision_of_a_document_in_force_is_open_or_done(done: bool):
    """It is counted beside the curriculum, and is what is next for whoever is qualified on all of that."""
    files = {
        "roles/operator.yaml": "id: operator\ntitle: Operator\npurpose: P.\nrequires: [SOP-014]\n",
        **holder("p-0042", "operator"),
        **a_document("SOP-014", f"{revision('2', '2026-12-15')}, {revision('1', '2026-01-10')}"),
        **history("p-0042", "SOP-014", read("SOP-014@1", "2026-01-05"), *[read("SOP-014@2", "2026-11-05")] * done),
    }
    (row,) = rows_of(pages(surveyed(files))["roles/operator.html"], "holders")

    expected = ("1 of 1", "1 of 1", "nothing") if done else ("1 of 1", "0 of 1", "SOP-014@2")
    assert (row["Qualified on"], row["Coming"], row["Next"]) == expected


@pytest.mark.parametrize("name", sorted(role.id for role in reference().snapshot.roles))
def test_a_role_of_the_reference_system_says_what_qmsci_status_says(name: str):
    """Its curriculum in order with methods and reasons, its holders with how far each is and what is next."""
    survey = reference()
    role = survey.snapshot.roles.get(name)
    assert role
    page = pages(survey)[f"roles/{name}.html"]
    said = json.loads(as_json(status_of_role(survey.snapshot, role, survey.when), str(survey.when.day)))

    rows = rows_of(page, "curriculum")
    assert [(row["Revision"].partition(",")[0], row["Why"], row["Method"], row["After"]) for row in rows] == [
        (step["document"], ", ".join(step["why"]), ", ".join(step["method"]), ", ".join(step["prerequisites"]))
        for step in said["curriculum"]
    ]
    holders = {row["Person"]: row for row in rows_of(page, "holders")}
    assert len(holders) == len(said["holders"])
    for one in said["holders"]:
        row = holders[one["person"]]
        assert (row["Name"], row["Since"]) == (one["name"], one["from"])
        assert row["Qualified on"] == f"{one['qualified']} of {one['of']}"
        trained, _, coming = row["Coming"].replace("none", "0 of 0").partition(" of ")
        if one["next"] is None:
            assert (row["Next"] == "nothing") is (trained == coming)
        else:
            assert row["Next"] == one["next"]
    assert facts_of(page)["Department"] == role.department
    assert role.department


def test_the_list_of_the_reference_system_has_every_role_and_its_share():
    """The share of a role is that of its requirements, holder by holder."""
    survey = reference()
    found = reference_summaries()
    rows = rows_of(pages(survey)["roles/index.html"], "roles")

    assert [row["Role"] for row in rows] == [role.id for role in survey.snapshot.roles]
    for row in rows:
        stands = [
            one.trained
            for who in found.people.values()
            if row["Role"] in who.roles and who.employed and not who.on_leave
            for one in who.stands
            if one.current and row["Role"] in one.roles
        ]
        assert row["Qualified"] == f"{sum(stands)} of {len(stands)} ({percent(share(sum(stands), len(stands)))})"
    assert len(set(column(pages(survey)["roles/index.html"], "roles", "Department"))) == 6


@given(systems())
def test_no_link_leads_to_a_page_that_is_not_made(system: System):
    """Among people, roles and activities, whatever the records say."""
    survey = surveyed(texts(system))
    pages_of = everybody(survey)
    found = Summaries({name: summary for name, (_, summary) in pages_of.items()}, {})
    made = [page for kind in (people, roles, activities) for page in kind.part(survey, found).pages]
    made += [page for page, _ in pages_of.values()]
    paths = {page.path for page in made}
    folders = ("people/", "roles/", "activities/")

    assert {link for page in made for link in links_in(page) if link.startswith(folders)} <= paths
    assert len(paths) == len(made)
