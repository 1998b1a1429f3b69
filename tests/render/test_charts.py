"""Charts: drawn the same every time, named and described, and nothing in them but what is drawn."""

from __future__ import annotations

import re
from datetime import date
from xml.etree import ElementTree as ET

import matplotlib as mpl
import pytest

from qmsci.metrics.review import review
from qmsci.render.charts import Bar, bars, charts
from qmsci.render.page import Chart
from qmsci.timeline import Span
from tests.halden import FILES, event, joined, person
from tests.laws import TODAY, snapshot_of

DAYS = Span(date(2026, 1, 1), date(2026, 6, 30))
SVG = "{http://www.w3.org/2000/svg}"
NAMES = ["currency", "events", "lateness", "capas", "frequency"]


def drawn(files: dict[str, str], days: Span = DAYS) -> dict[str, Chart]:
    return {chart.name: chart for chart in charts(review(snapshot_of(files, TODAY), days))}


@pytest.fixture(scope="module")
def found() -> dict[str, Chart]:
    return drawn(FILES)


def root(chart: Chart) -> ET.Element:
    assert chart.svg
    return ET.fromstring(chart.svg)


def test_where_there_is_nothing_nothing_is_drawn():
    assert {name: chart.svg for name, chart in drawn({}).items()} == dict.fromkeys(NAMES)


def test_everything_is_drawn_that_there_is(found: dict[str, Chart]):
    assert list(found) == NAMES
    assert all(chart.svg for chart in found.values())


@pytest.mark.parametrize("name", NAMES)
def test_a_drawing_is_named_and_described(found: dict[str, Chart], name: str):
    """For those who do not see it; the table has what it draws."""
    chart, svg = found[name], root(found[name])
    title, desc = svg[0], svg[1]

    assert (title.tag, title.text) == (f"{SVG}title", chart.title)
    assert (desc.tag, desc.text) == (f"{SVG}desc", chart.summary)
    assert svg.attrib["role"] == "img"
    assert svg.attrib["aria-labelledby"] == title.attrib["id"]
    assert svg.attrib["aria-describedby"] == desc.attrib["id"]
    assert chart.rows
    assert all(len(row) == len(chart.heads) for row in chart.rows)


@pytest.mark.parametrize("name", NAMES)
def test_a_drawing_fetches_nothing_and_styles_nothing(found: dict[str, Chart], name: str):
    """No style, no script, no font, no address but within itself; words are text, which a reader can select."""
    svg = root(found[name])
    tags = {element.tag.removeprefix(SVG) for element in svg.iter()}
    keys = {key for element in svg.iter() for key in element.attrib}

    assert tags <= {"svg", "title", "desc", "g", "defs", "path", "use", "clipPath", "rect", "text"}
    assert "style" not in keys
    assert not any(key.startswith("on") or "xlink" in key for key in keys)
    assert all(
        value.startswith("#") for element in svg.iter() for key, value in element.attrib.items() if key == "href"
    )
    assert "width" not in svg.attrib
    assert "viewBox" in svg.attrib


@pytest.mark.parametrize("name", NAMES)
def test_colours_are_those_of_the_page(found: dict[str, Chart], name: str):
    """So that they follow light and dark."""
    colours = {
        element.attrib[key]
        for element in root(found[name]).iter()
        for key in ("fill", "stroke")
        if key in element.attrib
    }

    assert colours <= {"none", "currentColor", "var(--chart-1)", "var(--chart-2)", "var(--chart-rule)"}


def test_no_two_drawings_share_an_id(found: dict[str, Chart]):
    ids = [str(element.get("id")) for chart in found.values() for element in root(chart).iter() if element.get("id")]

    assert len(ids) == len(set(ids))
    for chart in found.values():
        svg = chart.svg or ""
        referred = {*re.findall(r'href="#([^"]+)"', svg), *re.findall(r"url\(#([^)]+)\)", svg)}
        assert referred <= set(re.findall(r' id="([^"]+)"', svg))


def test_no_role_is_the_lowest_where_all_are_equal(found: dict[str, Chart]):
    trained = {path: text for path, text in FILES.items() if not path.startswith("controlled-docs/")}

    assert "the lowest is operator with" in found["currency"].summary
    assert "the lowest" not in drawn(trained)["currency"].summary


def test_the_same_review_draws_the_same_bytes_whatever_somebody_has_set(found: dict[str, Chart]):
    with mpl.rc_context({"font.size": 30, "svg.fonttype": "none", "axes.facecolor": "red"}):
        assert drawn(FILES) == found


def test_tables_have_what_is_drawn(found: dict[str, Chart]):
    assert found["currency"].rows == (
        ("operator", "83.3 % (5 of 6)", "100.0 % (4 of 4)"),
        ("quality-assurance", "100.0 % (1 of 1)", "100.0 % (1 of 1)"),
    )
    assert found["events"].heads == ("Month", "AUD", "CMP", "DEV")
    assert found["lateness"].rows[-1] == ("2026-06", "1", "27")
    assert found["capas"].rows == (("CAPA-2025-001", "239", "Title of CAPA-2025-001"),)
    assert found["frequency"].rows[0] == ("2026-Q1", "80.0 %", "1", "270", "3.70", "0.09 to 20.64")


def test_many_bars_are_cut_and_the_table_has_them_all():
    many = [event(f"CAPA-2026-{n:03}", f"opened: 2026-05-{1 + n % 28:02}\nowner: p-0001\n") for n in range(40)]
    roles = [
        joined(
            {f"roles/r-{n:02}.yaml": f"id: r-{n:02}\ntitle: R\npurpose: R.\nrequires: [TRN-001]\n"},
            person(f"p-1{n:03}", f"r-{n:02}"),
        )
        for n in range(30)
    ]
    found = drawn(joined(FILES, *many, *roles))

    assert len(found["capas"].rows) == 41
    assert len(found["currency"].rows) == 32
    assert found["capas"].summary.startswith("Ages of 41 CAPAs open on 2026-06-30; the oldest is CAPA-2025-001")


def test_long_periods_are_drawn_too():
    """Years of months are not a number above every bar."""
    found = drawn(FILES, Span(date(2016, 1, 1), date(2026, 6, 30)))

    assert len(found["events"].rows) == 126
    assert all(chart.svg for chart in found.values())


def test_bars_of_ones_own_are_drawn_like_the_others():
    """Named and described, with what is said at the end of each; nothing where there are none."""
    found = bars("ages", "Ages", "Three.", [Bar("a", 3, "3 d"), Bar("b", 0, "0 d"), Bar("c", 1, "1 d")], "days")
    svg = root(found)

    assert (svg[0].text, svg[1].text, found.heads, found.rows) == ("Ages", "Three.", (), ())
    assert 'fill="var(--chart-1)"' in (found.svg or "")
    assert bars("ages", "Ages", "None.", [], "days").svg is None
    assert bars("ages", "Ages", "All.", [Bar("a", 0.0, "0")], "percent", 100).svg


def test_no_more_bars_are_drawn_than_can_be_read():
    """The first ones, in the order in which they are given."""
    many = [Bar(f"r-{n}", n, str(n)) for n in range(60)]

    assert bars("b", "B", "B.", many, "days").svg == bars("b", "B", "B.", many[:25], "days").svg
