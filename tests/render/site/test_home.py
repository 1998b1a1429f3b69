"""The first page: of an empty system, of what people write, and of systems whose figures are known otherwise."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmsci.changes import Author, Merged, Revised
from qmsci.commits import Identity, Made, Request, Step
from qmsci.finding import Finding, Place, Severity
from qmsci.metrics import events as event_metrics
from qmsci.metrics import records as record_metrics
from qmsci.metrics import training as training_metrics
from qmsci.metrics.measured import Metric, Period
from qmsci.records.base import RevisionId
from qmsci.records.document import Document
from qmsci.render.page import Chart
from qmsci.render.site import document, home
from qmsci.render.site.figures import Figures
from qmsci.render.site.page import Code, Page, Tile, Tiles, Tone
from qmsci.render.site.summary import DocumentSummary, GapRow, LateRow, Open, PersonSummary, Rolled, Stand, Summaries
from qmsci.render.site.survey import Checked, Survey
from qmsci.status import DocumentStatus, status_of_document
from qmsci.timeline import Span
from tests.halden import FILES, event, joined, revision
from tests.halden import document as written_document
from tests.halden import person as written_person
from tests.render.site.shown import (
    body_of,
    column,
    links_in,
    notices_of,
    reference,
    reference_summaries,
    rows_of,
    surveyed,
    table_of,
    text_of,
)
from tests.render.site.shown import summaries_of as people_of
from tests.render.site.surveys import survey_of
from tests.strategies import System, systems, texts

DAY = date(2026, 6, 30)
TABLES = ("roles-table", "capas-table", "coming-table", "untrained-table", "changed-table", "overdue-table")


def summaries_of(survey: Survey) -> Summaries:
    """What the lists know of everybody and every document."""
    people = reference_summaries() if survey is reference() else people_of(survey)
    documents = {one.id: document.part(survey, one)[1] for one in survey.snapshot.documents}
    return Summaries(people.people, documents)


def home_of(survey: Survey, summaries: Summaries | None = None) -> Page:
    """The page without its charts, which take a while to draw."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("qmsci.render.charts.bars", lambda name, title, said, *_: Chart(name, title, said, (), (), None))
        return drawn(survey, summaries or summaries_of(survey))


def drawn(survey: Survey, summaries: Summaries) -> Page:
    """The page as it is."""
    (page,) = home.part(survey, summaries).pages
    return page


def tiles_of(page: Page) -> dict[str, Tile]:
    """The tiles, by what they count: the label without what follows a comma or a colon."""
    (tiles,) = (block for block in page.blocks if isinstance(block, Tiles))
    return {re.split("[,:]", tile.label)[0]: tile for tile in tiles.tiles}


def charts_of(page: Page) -> list[Chart]:
    return [block for block in page.blocks if isinstance(block, Chart)]


def figure(survey: Survey, metric: Metric) -> tuple[int | None, int | None]:
    """What a metric of the management review says of the day."""
    day = survey.when.day
    found = metric.read(Period(survey.snapshot, Span(day, day))).figure
    return found.numerator, found.denominator


# --- where nothing is there -----------------------------------------------------------------------------------------


def test_without_a_policy_it_says_so_and_counts_nothing():
    page = home_of(survey_of({}, DAY))

    assert page.title == "Quality system"
    assert notices_of(page).keys() == {"No policy", "Nothing is on record yet", "Ask the records"}
    assert "nobody works here and no document is controlled" in notices_of(page)["Nothing is on record yet"]


def test_an_empty_system_has_every_section_and_no_figure_that_alarms():
    page = home_of(surveyed({}))

    assert page.title == "Quality system of Halden Biologics"
    assert "No policy" not in notices_of(page)
    assert [rows_of(page, name) for name in TABLES] == [[]] * 6
    assert charts_of(page) == []
    assert {tile.tone for tile in tiles_of(page).values()} == {Tone.PLAIN, Tone.GOOD}
    assert [tile.figure for tile in tiles_of(page).values()] == ["–", "0", "0", "0", "0", "0", "0", "0"]
    for sentence in ("Nothing is overdue.", "No CAPA is open.", "Nothing came to main in this month."):
        assert sentence in text_of(page)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        pytest.param(written_person("p-0001", "guard"), "no document is controlled", id="no-document"),
        pytest.param(written_document("SOP-001", revision("1", "2025-01-10")), "nobody works here", id="nobody"),
    ],
)
def test_what_is_missing_is_named(files: dict[str, str], said: str):
    found = notices_of(home_of(surveyed(files)))["Nothing is on record yet"]

    assert said in found
    assert " and no document" not in found


# --- what people write ----------------------------------------------------------------------------------------------

BAD = '<script>alert(1)</script> "x" | *a* \u202e'


def test_what_people_write_can_do_nothing_but_be_read():
    """The organisation, names, titles; what git says of a change."""
    policy = {"organization": BAD, "timezone": "Europe/Oslo", "quality-unit": ["qa"], "revision": 1}
    policy["documents"] = {"SOP": {"folder": "sop", "review": "2 years", "window": "0 days", "method": "read"}}
    files = joined(
        {"qmsci.yaml": json.dumps(policy)},
        written_person("p-0042", "operator"),
        {"roles/operator.yaml": "id: operator\ntitle: O\npurpose: P.\nrequires: [SOP-014, SOP-015]\n"},
        written_document("SOP-014", revision("1", "2025-01-10"), governs="[]"),
        written_document("SOP-015", revision("1", "2027-01-10"), governs="[]"),
        {"quality-events/CAPA-1.yaml": f"id: CAPA-1\ntitle: {json.dumps(BAD)}\nopened: 2026-06-01\nowner: p-0042\n"},
    )
    files = {path: text.replace("Person p-0042", json.dumps(BAD)) for path, text in files.items()}
    files = {path: text.replace("title: SOP-01", f"title: {json.dumps(BAD)} # SOP-01") for path, text in files.items()}
    survey = replace(survey_of(files, DAY), changes=lambda: [merged("c" * 40, DAY, BAD, Identity(BAD, ""))])
    page = home_of(survey)

    assert "<script" not in body_of(page)
    assert "\u202e" not in text_of(page)
    assert "<script" in page.title
    assert column(page, "capas-table", "Owner") == [f"p-0042 {BAD}"]
    assert column(page, "coming-table", "Title") == [BAD]
    assert column(page, "changed-table", "Who wrote it") == [BAD]


# --- figures and their lists ----------------------------------------------------------------------------------------


def holds_together(survey: Survey) -> None:
    """Its figures are those of the management review of that day, and the lists are as long as the figures say."""
    found = Figures(survey, summaries_of(survey))
    required, untrained = len(found.required), len(found.untrained)
    page = home_of(survey, found.summaries)
    tiles = tiles_of(page)

    assert (required - untrained, required) == (figure(survey, training_metrics.training_currency))
    assert len(rows_of(page, "untrained-table")) == untrained
    late = [row for row in rows_of(page, "overdue-table") if row["Kind"] == "training"]
    assert (len(late), None) == figure(survey, training_metrics.overdue)
    assert len(found.below_minimum) == figure(survey, training_metrics.coverage)[0]
    assert len(found.reviews_overdue) == figure(survey, record_metrics.reviews_overdue)[0]
    assert len(rows_of(page, "capas-table")) == len(found.capas) == figure(survey, event_metrics.open_capas)[0]
    assert found.gaps == sum(
        gap.is_finding and gap.last is None for gap, _ in Period(survey.snapshot, Span(found.day, found.day)).gaps
    )
    by_role = training_metrics.training_currency.read(Period(survey.snapshot, Span(found.day, found.day))).parts
    assert dict(found.by_role) == {part.label: part.figure for part in by_role}
    assert int(tiles["open CAPA" if len(found.capas) == 1 else "open CAPAs"].figure) == len(found.capas)


@settings(max_examples=8, deadline=None)
@given(st.dates(date(2025, 1, 1), date(2027, 3, 1)))
def test_every_figure_is_that_of_the_management_review_on_any_day(day: date):
    holds_together(surveyed(FILES, day))


@settings(max_examples=12, deadline=None)
@given(systems())
def test_every_figure_is_that_of_the_management_review_in_any_system(system: System):
    holds_together(surveyed(texts(system)))


def test_every_figure_is_that_of_the_management_review_of_the_reference_system():
    holds_together(reference())


def test_each_figure_has_its_words():
    """Of a system that has lived for a year."""
    page = home_of(surveyed(FILES, DAY))
    tiles = tiles_of(page)

    assert [(tile.figure, tile.label) for tile in tiles.values()] == [
        ("85.7 %", "qualified: 6 of 7 requirements are met"),
        ("1", "overdue assignment"),
        ("1", "document effective while untrained"),
        ("1", "open CAPA, the oldest CAPA-2025-001 for 239 days"),
        ("1", "open training gap"),
        ("0", "signatures checked: 0 good, 0 wrong"),
        ("0", "activities below the minimum"),
        ("0", "documents with an overdue review"),
    ]
    assert all(tile.how for tile in tiles.values())
    assert rows_of(page, "roles-table") == [
        {
            "Role": "operator",
            "Share": "83.3 %",
            "Requirements met": "5",
            "Requirements": "6",
            "People who lack something": "1",
        },
        {
            "Role": "quality-assurance",
            "Share": "100.0 %",
            "Requirements met": "1",
            "Requirements": "1",
            "People who lack something": "0",
        },
    ]
    assert rows_of(page, "untrained-table") == [
        {
            "Person": "p-0044 Person p-0044",
            "Revision": "TRN-001@1",
            "State": "in training",
            "Reason": rows_of(page, "untrained-table")[0]["Reason"],
            "Evidence": "Ask about TRN-001",
        }
    ]
    assert 'href="ask.html?person=p-0044&amp;document=TRN-001&amp;on=2026-06-30"' in text_of(page)
    assert [
        (row["Kind"], row["What"], row["Whose it is"], row["Days overdue"]) for row in rows_of(page, "overdue-table")
    ] == [
        ("action", "MR-2026-001 action 2", "p-0043 Person p-0043", "30"),
        ("training", "TRN-001@1", "p-0044 Person p-0044", "27"),
        ("action", "AUD-2026-001 action 1", "p-0043 Person p-0043", "15"),
    ]


def test_charts_draw_what_their_tables_say():
    """Named, described, and in the colours of the page."""
    survey = surveyed(FILES, DAY)
    roles, capas = charts_of(drawn(survey, summaries_of(survey)))

    assert roles.summary == "2 roles; the lowest share is that of operator, 83.3 %. The table below has them all."
    assert capas.summary == "1 open CAPA; the oldest is CAPA-2025-001, 239 days. The table below has them all."
    for chart in (roles, capas):
        assert chart.svg
        assert f'<title id="{chart.name}-title">{chart.title}</title>' in chart.svg.replace("ns0:", "")
        assert "var(--chart-1)" in chart.svg
        assert "style=" not in chart.svg


def test_a_document_whose_review_is_overdue_is_its_owners():
    survey = surveyed(FILES, date(2027, 2, 1))
    found = [row for row in rows_of(home_of(survey), "overdue-table") if row["Kind"] == "review of a document"]

    assert found == [
        {
            "What": "SOP-001 SOP-001",
            "Kind": "review of a document",
            "Whose it is": "quality-assurance",
            "Due": "2027-01-10",
            "Days overdue": "22",
            "Raised as": "",
        }
    ]


def test_an_event_is_overdue_by_a_deadline_of_its_own():
    """Where an action of it is late on the same day, the action says it; an owner whom nobody knows is shown."""
    files = joined(
        event("DEV-1", "occurred: 2026-06-01T10:00:00+02:00\nreported: 2026-06-01\ndue: 2026-06-20\nowner: p-9999\n"),
        event(
            "CAPA-1",
            "opened: 2026-06-01\nowner: p-0001\ndue: 2026-06-25\n"
            "actions: [{id: 1, kind: other, title: T, due: 2026-06-10}, {id: 2, kind: other, title: T, due: 2026-07-10}]\n",
        ),
        event("AUD-1", "opened: 2026-06-01\nactions: [{id: 1, kind: other, title: T, due: 2026-06-11}]\n"),
    )
    rows = rows_of(home_of(surveyed(joined(written_person("p-0001", "guard"), files), DAY)), "overdue-table")

    assert [(row["What"], row["Whose it is"], row["Due"]) for row in rows] == [
        ("CAPA-1 action 1", "p-0001 Person p-0001", "2026-06-10"),
        ("AUD-1 action 1", "nobody", "2026-06-11"),
        ("DEV-1 Title of DEV-1", "p-9999", "2026-06-20"),
        ("CAPA-1 Title of CAPA-1", "p-0001 Person p-0001", "2026-06-25"),
    ]


# --- what is coming -------------------------------------------------------------------------------------------------


def trainees(number: int, trained: int) -> Summaries:
    """So many people who need SOP-014@2, of whom some are trained."""
    people = {}
    for position in range(number):
        name, state = f"p-{position:04}", "qualified" if position < trained else "not-qualified"
        later = (Open("SOP-014@2", "SOP-014@2/operator", "revision", DAY, late=False),)
        stand = Stand("SOP-014", "2", state, False, True, ("operator",), "R", "qualification")
        people[name] = PersonSummary(name, name, "employee", True, False, ("operator",), (), (stand,), (), later)
    coming = Rolled("2", "approved", DAY + timedelta(days=9), "retrain", 0, 0, 1)
    return Summaries(
        people, {"SOP-014": DocumentSummary("SOP-014", "T", "SOP", "operator", "", None, None, None, (), (coming,))}
    )


@pytest.mark.parametrize(
    ("number", "trained", "done", "lacks"),
    [
        pytest.param(0, 0, "nobody needs it", "nobody", id="nobody"),
        pytest.param(3, 3, "3 of 3", "nobody", id="all"),
        pytest.param(3, 1, "1 of 3", "p-0001, p-0002", id="some"),
        pytest.param(
            14, 3, "3 of 14", "p-0003, p-0004, p-0005, p-0006, p-0007, p-0008, p-0009, p-0010, and 3 more", id="many"
        ),
    ],
)
def test_a_coming_revision_says_who_is_not_trained_yet(number: int, trained: int, done: str, lacks: str):
    (row,) = rows_of(home_of(surveyed({}, DAY), trainees(number, trained)), "coming-table")

    assert row == {
        "Revision": "SOP-014@2",
        "Title": "T",
        "Effective": "2026-07-09",
        "Days left": "9",
        "Trained so far": done,
        "Of those at work then": "0 of 0",
        "Who lacks it": lacks,
    }


def says_what_documents_say(survey: Survey) -> int:
    """How many revisions are current or coming; of each the first page says what the page of the document says."""
    found = Figures(survey, summaries_of(survey))
    told = {row["Revision"]: row for row in rows_of(home_of(survey, found.summaries), "coming-table")}
    untrained = Counter(one.stand.document for one in found.untrained)
    number = 0
    for one in survey.snapshot.documents:
        part, summary = document.part(survey, one)
        assert untrained[one.id] == summary.owed - summary.qualified
        number += bool(summary.current)
        for coming in summary.coming:
            named = RevisionId(one.id, coming.revision)
            (page,) = (page for page in part.pages if page.path == f"documents/{named}.html")
            (status,) = (people for entry, people in _status(survey, one).training if entry.revision == named.label)
            trained = {who.person.id: bool(who.standing.verdict) for who in status}
            assert dict(found.trainees.get(named, ())) == trained
            done = f"{sum(trained.values())} of {len(trained)}" if trained else "nobody needs it"
            assert told[str(named)]["Trained so far"] == done
            assert len(rows_of(page, "people")) == len(trained)
            assert told[str(named)]["Of those at work then"] == f"{coming.qualified} of {coming.affected}"
            number += 1
    return number


def _status(survey: Survey, about: Document) -> DocumentStatus:
    return status_of_document(survey.snapshot, about, survey.when)


@settings(max_examples=8, deadline=None)
@given(st.dates(date(2025, 1, 1), date(2027, 3, 1)))
def test_it_says_what_the_pages_of_documents_say_on_any_day(day: date):
    says_what_documents_say(surveyed(joined(FILES, COMING), day))


def test_it_says_what_the_pages_of_documents_say_of_the_reference_system():
    assert says_what_documents_say(reference()) > 20


COMING = {
    **written_document("SOP-076", revision("1", "2026-02-01"), governs="[gowning]"),
    **written_document("SOP-077", revision("1", "2026-08-01"), governs="[gowning]"),
}


def test_a_day_before_the_last_merge_is_told_by_the_commit_as_documents_are():
    """Main had no SOP-076 and no SOP-077 on the day; a later commit, which the site is built from, has them."""
    survey = surveyed(joined(FILES, COMING), DAY)
    before = replace(survey, matrix=lambda _: surveyed(FILES, DAY).snapshot)
    found = Figures(before, summaries_of(before))
    page = home_of(before, found.summaries)

    assert says_what_documents_say(before) == says_what_documents_say(survey) > 0
    assert column(page, "coming-table", "Trained so far") == ["0 of 3"]
    assert column(page, "coming-table", "Who lacks it") == ["p-0042, p-0043, p-0044"]
    assert {one.stand.document for one in found.untrained} >= {"SOP-076"}
    assert all("SOP-077" not in {one.document for one in who.stands} for who in found.summaries.people.values())


def test_what_the_commit_says_too_is_kept_once():
    """On a day on which main said what the commit says."""
    people = people_of(surveyed(joined(FILES, COMING), DAY)).people.values()

    assert [who.required for who in people] == [None] * len(people)
    assert all(who.by_commit is who.stands for who in people)


# --- who is new, what was raised ------------------------------------------------------------------------------------


def lacking(name: str, document: str, **gap: object) -> PersonSummary:
    """Somebody at work who is not qualified on a document in force, with a training gap."""
    stand = Stand(document, "1", "in-training", True, True, ("r",), "R", "qualification")
    row = replace(GapRow(document, f"{document}@1", ("r",), DAY, None, "R", True, None, None, None), **gap)
    return PersonSummary(name, name, "employee", True, False, ("r",), (), (stand,), gaps=(row,))


@pytest.mark.parametrize(
    ("people", "figure", "label", "tone"),
    [
        pytest.param([], "0", "documents effective while untrained", Tone.GOOD, id="nobody"),
        pytest.param(
            [lacking("p-1", "SOP-014", in_training_until=DAY)],
            "1",
            "document effective while untrained, 1 of them by newcomers alone",
            Tone.WARN,
            id="newcomer",
        ),
        pytest.param(
            [lacking("p-1", "SOP-014", in_training_until=DAY), lacking("p-2", "SOP-014")],
            "1",
            "document effective while untrained",
            Tone.BAD,
            id="newcomer-and-another",
        ),
        pytest.param(
            [lacking("p-1", "SOP-014", in_training_until=DAY), lacking("p-2", "SOP-015")],
            "2",
            "documents effective while untrained, 1 of them by newcomers alone",
            Tone.BAD,
            id="one-each",
        ),
        pytest.param(
            [lacking("p-1", "SOP-014", in_training_until=DAY, last=DAY)],
            "1",
            "document effective while untrained",
            Tone.BAD,
            id="the-time-is-over",
        ),
    ],
)
def test_newcomers_within_their_time_do_not_alarm(people: list[PersonSummary], figure: str, label: str, tone: Tone):
    summaries = Summaries({one.person: one for one in people}, {})
    tiles = tiles_of(home_of(surveyed({}, DAY), summaries))
    (tile,) = (tile for name, tile in tiles.items() if "effective while untrained" in name)

    assert (tile.figure, tile.label, tile.tone) == (figure, label, tone)


def test_the_tile_of_reviews_leads_to_the_documents_whose_review_is_overdue():
    tile = tiles_of(home_of(surveyed(FILES, date(2027, 2, 1))))["document with an overdue review"]

    assert tile.to == "documents/index.html?documents=overdue"


def test_what_is_overdue_leads_to_what_was_raised():
    """Training by the event of its gap, or the gap; an action by its event; other things by nothing."""
    owed = [
        Open("SOP-014@3", "SOP-014@3/operator", "revision", DAY - timedelta(days=days), late=True) for days in (3, 2, 1)
    ]
    rows = [
        LateRow(one.revision, one.assignment, one.cause, one.due, None, True, 1, gap, raised)
        for one, gap, raised in zip(owed, (DAY, DAY, None), ("AUD-2026-001", None, None), strict=True)
    ]
    who = PersonSummary("p-0042", "N", "employee", True, False, ("r",), (), owes=tuple(owed), late=tuple(rows))
    survey = surveyed(FILES, DAY)
    page = home_of(survey, Summaries({"p-0042": who}, summaries_of(survey).documents))
    told = [(row["Kind"], row["Raised as"]) for row in rows_of(page, "overdue-table")]

    assert [raised for kind, raised in told if kind == "training"] == [
        "AUD-2026-001",
        f"gap from {DAY}, not raised",
        "no training gap",
    ]
    assert [raised for kind, raised in told if kind == "action"] == ["MR-2026-001", "AUD-2026-001"]
    assert "events/AUD-2026-001.html" in links_in(page)
    assert 'href="people/p-0042.html#gaps"' in text_of(page)


def test_what_is_coming_leads_to_its_own_page():
    files = joined(FILES, written_document("SOP-077", revision("1", "2026-08-01"), governs="[gowning]"))
    page = home_of(surveyed(files, DAY))

    assert column(page, "coming-table", "Trained so far") == ["0 of 3"]
    assert {"documents/SOP-077@1.html", "people/p-0042.html", "ask.html"} <= links_in(page)


# --- what changed, what was checked ---------------------------------------------------------------------------------


def merged(commit: str, day: date, title: str, *authors: Identity, request: Request | None = None) -> Merged:
    who = Identity("N", "n@example.org")
    at = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
    made = Made(commit, (), who, at, who, at, title)
    people = tuple(Author(one, "p-0042" if one.name == "Ingrid" else None) for one in authors)
    return Merged(Step((made,), ()), day, title, request, people, (), (), (), (), 0, (), ())


def test_changes_are_those_of_the_month_up_to_the_day():
    """Names as git has them; of people, links."""
    found = [
        merged("e" * 40, date(2026, 7, 1), "Later", Identity("N", "")),
        merged("d" * 40, DAY, "Second", Identity("Ingrid", "i@example.org"), request=Request("#", 12)),
        merged("c" * 40, date(2026, 6, 1), "First", Identity("", "n@example.org"), Identity("N", "")),
        merged("b" * 40, date(2026, 5, 31), "Earlier", Identity("N", "")),
    ]
    page = home_of(replace(surveyed(FILES, DAY), changes=lambda: found))

    assert rows_of(page, "changed-table") == [
        {"Date": "2026-06-30", "Change": "Second (#12)", "Revisions": "", "Who wrote it": "p-0042", "Commit": "d" * 40},
        {
            "Date": "2026-06-01",
            "Change": "First",
            "Revisions": "",
            "Who wrote it": "n@example.org, N",
            "Commit": "c" * 40,
        },
    ]
    assert table_of(page, "changed-table").rows[0][-1] == Code("d" * 40, 10)
    assert "1 change came to main after this day and is not listed." in text_of(page)
    assert "after this day" not in text_of(home_of(replace(surveyed(FILES, DAY), changes=lambda: found[1:])))


def test_a_change_of_many_revisions_names_some_of_them():
    """As a founding is."""
    survey = surveyed(joined(*(written_document(f"SOP-{n:03}", revision("1", "2025-01-10")) for n in range(11))), DAY)
    revised = [Revised(one, one.newest, 9, 0) for one in survey.snapshot.documents]
    found = merged("c" * 40, DAY, "Found it")
    changed = [replace(found, revisions=tuple(revised)), replace(found, revisions=tuple(revised[:8]))]
    many, few = column(home_of(replace(survey, changes=lambda: changed)), "changed-table", "Revisions")

    assert many == f"{few}, and 3 more"
    assert few == ", ".join(f"SOP-{n:03}@1" for n in range(8))


def test_signatures_are_counted_by_what_became_of_them():
    """Good ones are neither wrong nor void; findings and faults stand beside them."""
    faults = [Finding(Place("qmsci.yaml"), "duplicate-id", "M", severity) for severity in Severity]
    checked = Checked({"approval": 1000, "completion": 200}, {}, {}, [("a:1", "W")], [("b:1", "V")], faults, refused=2)
    page = home_of(replace(surveyed({}), checked=lambda: checked))
    tile = tiles_of(page)["signatures checked"]

    assert (tile.figure, tile.tone) == ("1,200", Tone.BAD)
    assert tile.label == "signatures checked: 1,197 good, 2 wrong, 1 for nothing"
    assert "1 error and 1 warning by the rules on this day; 1 fault in signatures, digests and links." in text_of(page)


@pytest.mark.parametrize(
    ("gap", "number"),
    [
        pytest.param({}, 1, id="goes-on"),
        pytest.param({"last": DAY}, 0, id="ended"),
        pytest.param({"in_training_until": DAY}, 0, id="in-training"),
        pytest.param({"suspended_by": "CAPA-1"}, 0, id="suspended"),
    ],
)
def test_only_gaps_that_go_on_and_are_findings_are_counted(gap: dict[str, object], number: int):
    row = replace(GapRow("SOP-014", "SOP-014@1", ("r",), DAY, None, "R", True, None, None, None), **gap)
    person = PersonSummary("p-1", "N", "employee", True, False, (), (), gaps=(row,))

    assert Figures(surveyed({}), Summaries({"p-1": person}, {})).gaps == number
