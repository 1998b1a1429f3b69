"""The list of all documents: none, hostile ones, each state, what stands alone, and the reference system."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO

import pytest

from qmsci.render.site import documents
from qmsci.render.site.document import part as document_part
from qmsci.render.site.page import Mark, Page, Text, Tone
from qmsci.render.site.summary import DocumentSummary, Rolled, Summaries
from qmsci.render.site.survey import Survey
from qmsci.render.site.written import plain, written
from tests.halden import FILES, document, joined, person, revision
from tests.render.site.shown import body_of, links_in, reference, rows_of, surveyed, table_of, text_of

DAY = date(2026, 11, 22)
ROLE = "id: {0}\ntitle: {0}\npurpose: P.\n"


def listed(survey: Survey, *summaries: DocumentSummary) -> Page:
    """The list of all documents."""
    known = summaries or [document_part(survey, one)[1] for one in survey.snapshot.documents]
    (page,) = documents.part(survey, Summaries({}, {one.document: one for one in known})).pages
    return page


def summary(*revisions: Rolled, **more: object) -> DocumentSummary:
    """A document of which little is known."""
    values = {
        "title": "T",
        "type": "SOP",
        "owner": "o",
        "purpose": "qualification",
        "next_review": None,
        "retired": None,
        "digest": None,
    }
    return DocumentSummary(document="SOP-1", revisions=revisions, **{**values, **more})  # type: ignore[arg-type]


def rolled(label: str, state: str, day: date = DAY) -> Rolled:
    """A revision."""
    return Rolled(label, state, day, "retrain", 0, 0, 0)


def alone(page: Page) -> list[tuple[str, Tone]]:
    """What is said of what stands alone."""
    return [(plain(block.said), block.tone) for block in page.blocks if isinstance(block, Text)][-2:]


def test_where_there_is_no_document():
    page = listed(surveyed({}))

    assert (page.path, page.title) == ("documents/index.html", "Documents")
    assert rows_of(page, "documents") == []
    assert "There is no document." in text_of(page)
    assert "0 documents on 2026-11-22." in text_of(page)
    assert alone(page) == [
        ("Every document that is in force or coming is required by a role.", Tone.GOOD),
        ("Every role requires a document.", Tone.GOOD),
    ]


def test_a_title_can_do_nothing_but_be_read():
    page = listed(surveyed({}), summary(rolled("1", "in-force"), title="=<script>|\u202e", owner="<b>"))

    assert "<script" not in body_of(page)
    assert "\u202e" not in text_of(page)
    rows = list(csv.reader(StringIO(written(page)["data/documents/index-documents.csv"])))
    assert rows[1][1] == "'=<script>|\\u202e"


@pytest.mark.parametrize(
    ("one", "says"),
    [
        pytest.param(summary(rolled("2", "in-force")), {"State": "in force", "Revision": "2", "Effective": "2026-11-22", "Qualified": "0 of 0", "Coming": ""}, id="in-force"),
        pytest.param(summary(rolled("2", "approved")), {"State": "approved", "Revision": "", "Effective": "", "Qualified": "", "Coming": "SOP-1@2 from 2026-11-22"}, id="first-to-come"),
        pytest.param(
            summary(rolled("3", "approved", date(2027, 2, 1)), rolled("2", "approved", date(2027, 1, 1)), rolled("1", "in-force")),
            {"State": "in force", "Revision": "1", "Coming": "SOP-1@2 from 2027-01-01, SOP-1@3 from 2027-02-01"}, id="two-to-come",
        ),
        pytest.param(summary(rolled("1", "withdrawn")), {"State": "withdrawn", "Next review": ""}, id="withdrawn"),
        pytest.param(summary(rolled("1", "retired"), retired=DAY), {"State": "retired"}, id="retired"),
        pytest.param(summary(rolled("1", "in-force"), qualified=12, owed=14, roles=("a", "b")), {"Qualified": "12 of 14", "Roles": "a, b"}, id="untrained"),
        pytest.param(summary(rolled("1", "in-force"), next_review=DAY), {"Next review": "2026-11-22"}, id="review-today"),
        pytest.param(summary(rolled("1", "in-force"), next_review=date(2026, 11, 21)), {"Next review": "2026-11-21, overdue"}, id="review-overdue"),
    ],
)  # fmt: skip
def test_what_is_said_of_a_document(one: DocumentSummary, says: dict[str, str]):
    (row,) = rows_of(listed(surveyed({}), one), "documents")
    assert says.items() <= row.items()


def test_what_is_missing_is_marked():
    page = listed(surveyed({}), summary(rolled("1", "in-force"), owed=1, next_review=date(2026, 1, 1)))
    marks = [cell for row in table_of(page, "documents").rows for cell in row if isinstance(cell, Mark)]

    assert [(mark.text, mark.tone) for mark in marks] == [
        ("in force", Tone.GOOD),
        ("2026-01-01, overdue", Tone.BAD),
        ("0 of 1", Tone.WARN),
    ]


def test_what_stands_alone_is_named():
    """A document that no role requires, a role that requires none; one that is retired is asked by nobody."""
    survey = surveyed(
        joined(
            document("SOP-001", revision("1", "2026-01-10"), governs="[]"),
            document("SOP-002", revision("1", "2026-01-10"), governs="[]", retired="2026-06-01"),
            document("SOP-003", revision("1", "2027-01-10"), governs="[]"),
            {"roles/idle.yaml": ROLE.format("idle"), "roles/busy.yaml": ROLE.format("busy") + "requires: [SOP-002]\n"},
        )
    )
    page = listed(survey)

    assert alone(page) == [
        ("2 documents in force or coming that no role requires: SOP-001, SOP-003.", Tone.BAD),
        ("1 role that no document belongs to: idle.", Tone.BAD),
    ]
    assert {"roles/idle.html", "documents/SOP-003.html"} <= links_in(page)


def test_a_small_system():
    """Qualified are those of whom the page of the document says so."""
    page = listed(surveyed(joined(FILES, person("p-0046", "operator")), date(2026, 6, 30)))
    rows = {row["Document"]: row for row in rows_of(page, "documents")}

    assert rows["SOP-014"]["Qualified"] == "3 of 4"
    assert rows["SOP-014"]["Next review"] == "2028-04-01"
    assert table_of(page, "documents").filters == (2, 3, 6)
    assert table_of(page, "documents").csv
    assert "documents/compare.html" in links_in(page)


def test_the_reference_system_has_nothing_that_stands_alone():
    """D7: no document without a role, no role without a document."""
    page = listed(reference())

    assert [tone for _, tone in alone(page)] == [Tone.GOOD, Tone.GOOD]
    assert len(rows_of(page, "documents")) == len(reference().snapshot.documents)
