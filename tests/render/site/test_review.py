"""The management review of the site: the report's own words, with links; and what earlier reviews were shown."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pytest

from qmsci.metrics import METRICS
from qmsci.metrics.review import compare
from qmsci.metrics.review import review as computed
from qmsci.records.event import ManagementReview
from qmsci.render.page import Cell, Chart, Section, Sentence
from qmsci.render.page import Table as ReportTable
from qmsci.render.review import Source, page_of
from qmsci.render.site import review
from qmsci.render.site.page import Block, Code, Folded, Heading, Link, Mark, Page, Table, Text, Tone
from qmsci.render.site.summary import Summaries
from qmsci.render.site.survey import Survey
from qmsci.render.site.written import plain
from qmsci.timeline import Span
from tests.halden import FILES, event, joined
from tests.laws import POLICY
from tests.render.site.shown import (
    body_of,
    column,
    facts_of,
    links_in,
    notices_of,
    reference,
    rows_of,
    surveyed,
    text_of,
)
from tests.render.site.surveys import survey_of

DAY = date(2026, 8, 1)
MONTHS = "management-review: {}\n"


def review_of(survey: Survey) -> Page:
    """The page without its charts, which take a while to draw."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("qmsci.render.charts.charts", lambda _: ())
        return drawn(survey)


def drawn(survey: Survey) -> Page:
    """The page, and in it the metrics, which have a page of their own."""
    page, behind = review.part(survey, Summaries({}, {})).pages
    names = [block.name if isinstance(block, Heading) else "" for block in page.blocks]
    at = names.index("effectiveness") if "effectiveness" in names else len(names)
    return replace(page, blocks=(*page.blocks[:at], *behind.blocks[1:], *page.blocks[at:]))


@pytest.fixture(scope="module")
def halden() -> Page:
    return drawn(surveyed(FILES, DAY))


# --- the days -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "first"),
    [
        pytest.param(None, "2025-08-02", id="not-said"),
        pytest.param("12 months", "2025-08-02", id="a-year"),
        pytest.param("6 months", "2026-02-02", id="half-a-year"),
        pytest.param("90 days", "2026-05-04", id="days"),
        pytest.param("1 day", "2026-08-01", id="a-day"),
        pytest.param("0 days", "2026-08-01", id="none"),
        pytest.param("100 years", "2021-08-02", id="too-long"),
        pytest.param("99999 days", "2021-08-02", id="too-many-days"),
    ],
)
def test_it_looks_back_as_far_as_the_policy_says(period: str | None, first: str):
    policy = POLICY + (MONTHS.format(period) if period else "")

    assert review.period_of(survey_of({"qmsci.yaml": policy}, DAY)) == Span(date.fromisoformat(first), DAY)


def test_without_a_policy_it_looks_back_a_year():
    page = review_of(survey_of({}, DAY))

    assert facts_of(page)["Period"] == "2025-08-02 to 2026-08-01"
    assert rows_of(page, "on-record") == []
    assert "No management review was held by 2026-08-01." in text_of(page)


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1899, 12, 31), date(1900, 1, 1)])
def test_before_there_was_anything_there_is_nothing_to_report(day: date):
    page = review_of(surveyed({}, day))

    assert notices_of(page) == {"Nothing to report": f"There is nothing to report on {day}."}
    assert not [block for block in page.blocks if isinstance(block, Chart)]


# --- the report -----------------------------------------------------------------------------------------------------


def flat(blocks: Iterable[Block]) -> list[Block]:
    return [one for block in blocks for one in (block.blocks if isinstance(block, Folded) else (block,))]


def test_every_word_of_the_report_is_there(halden: Page):
    """Each section, sentence, table and chart, in its order; every cell says what it says there."""
    survey = surveyed(FILES, DAY)
    days = review.period_of(survey)
    found = computed(survey.snapshot, days)
    report = page_of(found, Source(survey.stamp.commit, changed=False), ())
    shown = flat(halden.blocks)
    start = next(
        position for position, block in enumerate(shown) if isinstance(block, Heading) and block.name == "summary"
    )
    rest = iter(block for block in shown[start:] if not isinstance(block, Chart))

    assert dict(report.facts) == facts_of(halden)
    for block in report.blocks:
        other = next(rest)
        match block:
            case Section():
                assert isinstance(other, Heading)
                assert (other.text, other.name, other.level) == (block.title, block.name, block.level)
                if block.code:
                    named = next(rest)
                    assert isinstance(named, Text)
                    assert plain(named.said) == f"Named {block.code} in records and reports."
            case Sentence():
                assert isinstance(other, Text)
                assert (plain(other.said), other.tone) == (block.text, block.tone)
            case ReportTable():
                assert isinstance(other, Table)
                assert [[plain(cell) for cell in row] for row in other.rows] == [
                    [_words(cell) for cell in row] for row in block.rows
                ]
            case Chart():
                pytest.fail("it was drawn without charts")
    following = next(rest)
    assert isinstance(following, Heading)
    assert following.name == "on-record"


def _words(cell: Cell | str) -> str:
    if isinstance(cell, str):
        return cell
    parts = (cell.arrow, cell.text, "" if cell.target else cell.code)
    return " ".join(filter(None, parts))


def test_charts_stand_with_their_tables(halden: Page):
    charts = [block for block in halden.blocks if isinstance(block, Chart)]

    assert [chart.name for chart in charts] == ["currency", "events", "lateness", "capas", "frequency"]
    assert all(chart.svg and chart.rows for chart in charts)
    assert "style=" not in "".join(chart.svg or "" for chart in charts)


def test_no_two_things_on_the_page_have_one_name(halden: Page):
    """Long tables are files of their own, and links find headings."""
    tables = [block.name for block in flat(halden.blocks) if isinstance(block, Table)]
    headings = [block.name for block in halden.blocks if isinstance(block, Heading)]

    assert len(set(tables)) == len(tables) > 20
    assert len(set(headings)) == len(headings)
    assert {block.to for row in _summary(halden).rows for block in row if isinstance(block, Link)} == {
        f"review/metrics.html#{metric.name}" for metric in METRICS
    }
    assert {metric.name for metric in METRICS} <= set(headings)


def _summary(page: Page) -> Table:
    return next(block for block in page.blocks if isinstance(block, Table))


def test_what_is_named_is_linked(halden: Page):
    """People, documents and events in sentences; the record behind each item."""
    assert {
        "people/p-0042.html",
        "documents/SOP-014.html",
        "events/CAPA-2025-001.html",
        "activities/index.html",
    } <= links_in(halden)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        pytest.param(Cell("T"), ("T",), id="text"),
        pytest.param(
            Cell("T", target="overdue", code="overdue"),
            Link("T", "review/metrics.html#overdue"),
            id="a-place-on-the-page",
        ),
        pytest.param(Cell("worse", "bad", "↑"), Mark("↑ worse", Tone.BAD), id="a-verdict"),
        pytest.param(Cell("x" * 41, "bad"), ("x" * 41,), id="a-long-verdict"),
        pytest.param(Cell("–", "quiet"), ("–",), id="nothing"),
        pytest.param(Cell("", code="qmsci.yaml"), ((), "", Code("qmsci.yaml")), id="a-path"),
        pytest.param(
            Cell("in", code="roles/operator.yaml"),
            (("in",), " ", Link("roles/operator.yaml", "roles/operator.html")),
            id="a-path-with-a-page",
        ),
    ],
)
def test_a_cell_of_the_report_becomes_one_of_the_page(cell: Cell, said: object):
    assert review._cell(surveyed(FILES), cell) == said


def test_what_people_write_can_do_nothing_but_be_read():
    bad = "<script>alert(1)</script> *a* | \u202e"
    capa = f"id: CAPA-9\ntitle: {json.dumps(bad)}\nopened: 2026-07-01\nowner: p-0001\n"
    record = f"id: MR-9\ntitle: {json.dumps(bad)}\nheld: 2026-07-01\nperiod: {{from: 2026-01-01, to: 2026-06-30}}\n"
    more = f"decisions: [{json.dumps(bad)}]\npresented: {{{json.dumps(bad)}: {json.dumps(bad)}}}\n"
    files = joined(FILES, {"quality-events/CAPA-9.yaml": capa, "quality-events/MR-9.yaml": record + more})
    page = review_of(surveyed(files, DAY))

    assert "<script" not in body_of(page)
    assert "\u202e" not in text_of(page)
    assert column(page, "on-record", "Verdict")[1] == f"differs: {bad}"


# --- the reviews on record ------------------------------------------------------------------------------------------


def held(name: str, first: str, last: str, more: str = "") -> dict[str, str]:
    return event(name, f"held: 2026-07-10\nperiod: {{from: {first}, to: {last}}}\n{more}")


def test_each_review_is_held_against_the_records():
    files = joined(
        FILES,
        held("MR-2026-003", "2026-01-01", "2026-06-30", "presented: {overdue: '1', training-currency: 85.7 %}\n"),
        held("MR-2026-004", "2026-08-02", "2026-12-31", "presented: {overdue: '1'}\n"),
        held("MR-2026-005", "1890-01-01", "1899-12-31", "presented: {overdue: '1'}\n"),
        event("MR-2026-006", "held: 2026-08-02\nperiod: {from: 2026-01-01, to: 2026-06-30}\n"),
    )
    page = review_of(surveyed(files, DAY))

    assert [tuple(row.values()) for row in rows_of(page, "on-record")] == [
        (
            "MR-2026-002 Title of MR-2026-002",
            "2026-07-14",
            "2026-01-01 to 2026-06-30",
            "4",
            "differs: events-opened, traning-currency",
        ),
        ("MR-2026-005 Title of MR-2026-005", "2026-07-10", "1890-01-01 to 1899-12-31", "1", "not compared"),
        ("MR-2026-004 Title of MR-2026-004", "2026-07-10", "2026-08-02 to 2026-12-31", "1", "not compared"),
        ("MR-2026-003 Title of MR-2026-003", "2026-07-10", "2026-01-01 to 2026-06-30", "2", "agrees"),
        ("MR-2026-001 Title of MR-2026-001", "2026-01-20", "2025-07-01 to 2025-12-31", "0", "no figure on record"),
    ]
    assert "events/MR-2026-003.html" in links_in(page)


def reviews_in(survey: Survey) -> list[ManagementReview]:
    return [one for one in survey.snapshot.events if isinstance(one, ManagementReview) and one.presented]


@pytest.mark.parametrize("survey", [surveyed(FILES, DAY), reference()], ids=["halden", "reference"])
def test_a_review_is_compared_as_qmsci_report_compares_it(survey: Survey):
    """The verdict on every figure that it was shown, though the others are not computed."""
    assert reviews_in(survey)
    for record in reviews_in(survey):
        whole = compare(record, computed(survey.snapshot, Span(record.period.from_, record.period.to)).metrics)
        found = review.compared(survey, record)
        assert found
        assert {one.name: (one.presented, one.figure, one.agreement) for one in found.metrics} == {
            one.name: (one.presented, one.figure, one.agreement) for one in whole.metrics if one.presented
        }


def test_files_that_nobody_can_read_are_named():
    """They are left out of every figure."""
    survey = surveyed(joined(FILES, {"quality-events/CAPA-8.yaml": "id: CAPA-8\nopend: 2026-01-01\n"}), DAY)
    list(survey.snapshot.events)
    page = review_of(survey)

    assert "quality-events/CAPA-8.yaml" in facts_of(page)["Left out"]


def test_only_the_latest_reviews_are_compared():
    """Each takes as long as a review; the page says how the others are."""
    records = [
        event(
            f"MR-{n}",
            f"held: 2026-07-{10 + n}\nperiod: {{from: 2026-01-01, to: 2026-06-30}}\npresented: {{overdue: '1'}}\n",
        )
        for n in range(7)
    ]
    page = review_of(
        surveyed(joined({path: text for path, text in FILES.items() if "/MR-" not in path}, *records), DAY)
    )

    assert column(page, "on-record", "Verdict") == ["agrees"] * 5 + ["not compared"] * 2
    assert "qmsci report management-review --review ID" in text_of(page)
