"""Links lead to what is there; what is not there is named."""

from __future__ import annotations

from datetime import date

import pytest

from qmsci.records.base import RevisionId
from qmsci.render.site.links import (
    listed,
    to_activity,
    to_document,
    to_event,
    to_person,
    to_revision,
    to_role,
)
from qmsci.render.site.page import Link
from tests.render.site.shown import surveyed
from tests.test_status import SYSTEM

LINKS = [
    pytest.param(to_person, "p-0042", "people/p-0042.html", id="person"),
    pytest.param(to_role, "aseptic-operator", "roles/aseptic-operator.html", id="role"),
    pytest.param(to_activity, "filler-2", "activities/filler-2.html", id="activity"),
    pytest.param(to_document, "SOP-014", "documents/SOP-014.html", id="document"),
    pytest.param(to_event, "CAPA-2026-003", "events/CAPA-2026-003.html", id="event"),
]


@pytest.mark.parametrize(("to", "name", "path"), LINKS)
def test_what_is_there_is_linked_by_its_id_or_another_text(to, name: str, path: str):
    """And what is not there is named, with the same words."""
    survey = surveyed(SYSTEM)

    assert to(survey, name) == Link(name, path)
    assert to(survey, name, "This one") == Link("This one", path)
    assert to(survey, f"{name}9") == f"{name}9"
    assert to(survey, f"{name}9", "This one") == "This one"


@pytest.mark.parametrize(
    ("label", "day", "path"),
    [
        pytest.param("3", date(2026, 11, 22), "documents/SOP-014@3.html", id="coming"),
        pytest.param("3", date(2026, 12, 14), "documents/SOP-014@3.html", id="the-day-before"),
        pytest.param("3", date(2026, 12, 15), "documents/SOP-014.html", id="in-force"),
        pytest.param("2", date(2026, 12, 15), "documents/SOP-014.html", id="superseded"),
        pytest.param("9", date(2026, 12, 15), "documents/SOP-014.html", id="not-there"),
    ],
)
def test_a_revision_has_a_page_of_its_own_as_long_as_it_is_coming(label: str, day: date, path: str):
    """Else it is told on the page of its document."""
    assert to_revision(surveyed(SYSTEM, day), RevisionId("SOP-014", label)) == Link(f"SOP-014@{label}", path)


def test_a_revision_of_no_document_is_named():
    """A record may outlive a document that somebody removed."""
    assert to_revision(surveyed({}), RevisionId("SOP-014", "3")) == "SOP-014@3"


def test_several_things_stand_one_after_the_other():
    """With something between them."""
    assert listed([]) == ()
    assert listed(["a"]) == ("a",)
    assert listed(["a", Link("b", "c"), "d"], "; ") == ("a", "; ", Link("b", "c"), "; ", "d")
