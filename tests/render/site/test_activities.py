"""The activities: none, one that nobody does; who may do each, who not and why; and those of the reference system."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given

from qmsci.authorisation import authorised, roles_on
from qmsci.render.site import activities
from qmsci.render.site.page import Page
from qmsci.render.site.survey import Survey
from qmsci.rules.roles.too_few_qualified import too_few_qualified
from tests.laws import TODAY
from tests.render.site.shown import (
    body_of,
    facts_of,
    links_in,
    notices_of,
    reference,
    reference_summaries,
    rows_of,
    summaries_of,
    surveyed,
    table_of,
    text_of,
)
from tests.strategies import System, systems, texts
from tests.test_assign import OPERATOR, document, person
from tests.test_qualification import entry, history
from tests.test_status import SYSTEM

GOWNING = {"roles/activities.yaml": "gowning: {title: Gown, critical: true}\n"}


def pages(survey: Survey) -> dict[str, Page]:
    """The pages of the activities, by their paths."""
    found = reference_summaries() if survey is reference() else summaries_of(survey)
    return {page.path: page for page in activities.part(survey, found).pages}


def test_where_no_activity_is_defined_it_says_so():
    """One page, with a sentence."""
    (page,) = pages(surveyed({})).values()

    assert page.path == "activities/index.html"
    assert "No activity is defined." in text_of(page)


def test_an_activity_that_nobody_does_says_so():
    """Nothing governs it, no role performs it, and a critical one is below its minimum of one."""
    found = pages(surveyed(GOWNING))
    page = found["activities/gowning.html"]

    assert [table_of(page, name).rows for name in ("may", "may-not", "documents", "roles")] == [()] * 4
    for sentence in (
        f"Nobody is authorised for it on {TODAY}.",
        "Nobody holds a role for it.",
        "No document governs it: nobody can be authorised for it.",
        "No role performs or operates it.",
    ):
        assert sentence in text_of(page)
    assert facts_of(page)["Coverage"] == "below the minimum"
    assert notices_of(page) == {
        "Too few are authorised": f"0 people authorised on {TODAY}, and 1 person at any time asked for."
    }
    assert links_in(page) == {"ask.html"}


def test_a_title_can_do_nothing_but_be_read():
    """In the list and on its page."""
    survey = surveyed({"roles/activities.yaml": 'gowning: {title: "<b onclick=x>|*_\\u202e"}\n'})

    for page in pages(survey).values():
        assert "<b onclick" not in body_of(page)
        assert "\u202e" not in body_of(page)


@pytest.mark.parametrize(
    ("needs", "minimum", "coverage"),
    [
        pytest.param("", "none", "no minimum", id="none"),
        pytest.param(", critical: true", "1", "enough", id="critical"),
        pytest.param(", minimum-qualified: 1", "1", "enough", id="just-enough"),
        pytest.param(", minimum-qualified: 2", "2", "below the minimum", id="one-too-few"),
        pytest.param(", critical: true, minimum-qualified: 2", "2", "below the minimum", id="a-number-comes-first"),
    ],
)
def test_enough_is_what_the_activity_asks_for(needs: str, minimum: str, coverage: str):
    """One qualified person of two; and the law says the same."""
    files = {
        **document("1 2026-01-01"),
        **OPERATOR,
        **person("p-1", "operator"),
        **person("p-2", "operator"),
        **history("p-1", "SOP-014", entry("SOP-014@1", "2026-01-20")),
        "roles/activities.yaml": f"gowning: {{title: Gown{needs}}}\n",
    }
    survey = surveyed(files)
    found = pages(survey)
    (row,) = rows_of(found["activities/index.html"], "activities")

    assert (row["Minimum"], row["Authorised"], row["Coverage"]) == (minimum, "1", coverage)
    assert bool(notices_of(found["activities/gowning.html"])) == (coverage == "below the minimum")
    assert bool(list(too_few_qualified(survey.snapshot, survey.snapshot))) == (coverage == "below the minimum")
    assert [row["Person"] for row in rows_of(found["activities/gowning.html"], "may")] == ["p-1"]
    assert [row["The first condition that fails"] for row in rows_of(found["activities/gowning.html"], "may-not")] == [
        "not trained on SOP-014@1, no training on record"
    ]


def test_an_activity_says_what_governs_it_and_what_is_coming():
    """With the revision in force, and the one that comes with its day."""
    page = pages(surveyed(SYSTEM))["activities/aseptic-gowning.html"]

    assert rows_of(page, "documents") == [
        {
            "Document": "SOP-014",
            "Title": "Aseptic gowning",
            "In force": "SOP-014@2",
            "Coming": "SOP-014@3 on 2026-12-15",
            "Purpose": "qualification",
        }
    ]
    assert [(row["Role"], row["How"], row["Required of them besides"]) for row in rows_of(page, "roles")] == [
        ("aseptic-operator", "performs", "TRN-001, SOP-008"),
        ("fill-finish-lead", "performs", ""),
    ]
    assert "documents/SOP-014@3.html" in links_in(page)
    assert page.kind == "Activity"
    assert pages(surveyed(SYSTEM))["activities/filler-2.html"].kind == "Equipment"


def test_before_a_document_takes_effect_nothing_governs():
    """What only makes aware is marked; what is not in force yet is shown as coming."""
    found = {**document("1 2026-12-15"), **OPERATOR, **GOWNING}
    aware = {path: text.replace("owner: lead", "owner: lead\npurpose: awareness") for path, text in found.items()}
    (row,) = rows_of(pages(surveyed(aware))["activities/gowning.html"], "documents")

    assert (row["In force"], row["Coming"]) == ("nothing", "SOP-014@1 on 2026-12-15")
    assert row["Purpose"] == "awareness: it withholds no work"


def test_a_retired_document_governs_no_more():
    """It is still named, with the day."""
    found = {**document("1 2026-01-01"), **OPERATOR, **GOWNING}
    gone = {path: text.replace("owner: lead", "owner: lead\nretired: 2026-11-22") for path, text in found.items()}
    (row,) = rows_of(pages(surveyed(gone))["activities/gowning.html"], "documents")

    assert (row["In force"], row["Coming"]) == ("retired on 2026-11-22", "")


def test_who_may_not_is_told_the_first_reason_and_whether_they_may_learn():
    """Newcomers work under supervision, who is suspended or away does not work; holders of two roles stand once."""
    page = pages(surveyed(SYSTEM))["activities/aseptic-gowning.html"]
    rows = {row["Person"]: row for row in rows_of(page, "may-not")}

    assert [row["Person"] for row in rows_of(page, "may")] == ["p-0011"]
    assert list(rows) == ["p-0031", "p-0042", "p-0058"]
    assert [row["Under supervision"] for row in rows.values()] == ["no", "may learn it", "no"]
    assert rows["p-0031"]["The first condition that fails"].startswith("suspended: CAPA-2026-003")
    assert rows["p-0058"]["The first condition that fails"] == "on leave on 2026-11-22"


def test_a_holder_of_two_roles_stands_once_with_both():
    """By the best of what either lets them do."""
    lead = {"roles/lead.yaml": "id: lead\ntitle: Lead\npurpose: Leads.\nperforms: [gowning]\n"}
    files = {**document("1 2026-01-01"), **OPERATOR, **lead, **GOWNING, **person("p-1", "operator", "lead")}
    page = pages(surveyed(files))["activities/gowning.html"]

    assert [(row["Person"], row["Roles"]) for row in rows_of(page, "may-not")] == [("p-1", "lead, operator")]


def _agrees(survey: Survey) -> None:
    """Whether each page names those whom `qmsci authorised` names, with the same answers and reasons."""
    snapshot, when = survey.snapshot, survey.when
    found = pages(survey)
    assert set(found) == {f"activities/{name}.html" for name in ("index", *snapshot.activities)}
    short = {str(problem[0].keys[0]) for problem in too_few_qualified(snapshot, snapshot)}
    for name in snapshot.activities:
        roles = {role.id for role in snapshot.performers.get(name, ())}
        holders = [who for who in snapshot.people if roles.intersection(roles_on(who, when.day))]
        verdicts = {who.id: authorised(snapshot, who, name, when) for who in holders}
        page = found[f"activities/{name}.html"]
        may = {row["Person"]: row["Why"] for row in rows_of(page, "may")}
        may_not = {row["Person"]: row["The first condition that fails"] for row in rows_of(page, "may-not")}
        assert may == {who: verdict.reason for who, verdict in verdicts.items() if verdict}
        assert may_not == {who: verdict.reason for who, verdict in verdicts.items() if not verdict}
        assert (facts_of(page)["Coverage"] == "below the minimum") == (name in short)


def test_the_reference_system_agrees_with_qmsci_authorised():
    """All activities, everybody, each reason."""
    _agrees(reference())


@given(systems())
def test_any_system_agrees_with_qmsci_authorised(system: System):
    """Whatever the records say."""
    _agrees(surveyed(texts(system), date(2026, 11, 22)))
