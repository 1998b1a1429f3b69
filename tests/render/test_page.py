"""Pages as Markdown and HTML: whatever people wrote is read as text, and nothing is fetched."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from hashlib import sha256
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from qmsci.render.page import Block, Cell, Chart, Page, Section, Sentence, Table, as_html, as_markdown

HOSTILE = (
    "x | <img src=a onerror=b> @everyone #12 [y](https://evil.example) `code` \u202e\n| a | b | {{ 7*7 }} \x1b[31m"
)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" fill="currentColor"><path stroke="var(--chart-1)" d="M 0 0"/></svg>'


def page(*blocks: Block) -> Page:
    return Page("A page", (("Fact", "said"),), blocks)


def chart(text: str, svg: str | None = SVG) -> Chart:
    return Chart("a-chart", text, text, (text,), ((text,),), svg)


class Elements(HTMLParser):
    """The elements of a page, the text of it, and whether every one that is opened is closed."""

    VOID = frozenset({"meta", "link", "br", "img", "rect", "path"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


EVERYTHING = (
    Section(2, HOSTILE, "a-section"),
    Sentence(HOSTILE, "bad"),
    Table((HOSTILE,), ((Cell(HOSTILE, "good", "↑"),), (HOSTILE,)), HOSTILE),
    Table((HOSTILE,), ((HOSTILE,),), HOSTILE, folded=HOSTILE),
    chart(HOSTILE),
    chart(HOSTILE, None),
)


def hostile() -> Page:
    return Page(HOSTILE, ((HOSTILE, HOSTILE),), EVERYTHING)


def test_nothing_gets_out_of_its_place_in_markdown():
    shown = as_markdown(hostile())
    outside = re.sub(r'<img src="data:image/svg\+xml;base64,[\w+/=]+" alt="[^"]*" width="720">', "", shown)

    for harm in ("<img", "@everyone", " #12", "[y](", "://", " `code", "\u202e", "\x1b", "\n| a "):
        assert harm not in outside, harm
    assert "<img src=a" not in shown


def test_a_name_in_code_stays_in_it():
    shown = as_markdown(page(Section(2, "T", "t", "a` <b> | c"), Table(("H",), ((Cell("", code="a` | <b>\n"),),), "T")))

    assert "## T `a' <b> \\| c`" in shown
    assert "| `a' \\| <b>\\x0a` |" in shown


def test_nothing_gets_out_of_its_place_in_html():
    shown = as_html(hostile())
    found = Elements(shown)

    assert found.open == []
    assert not {"img", "script", "iframe", "link", "object"} & {tag for tag, _ in found.elements}
    assert "\u202e" not in shown
    assert "\x1b" not in shown
    assert "{{ 7*7 }}" in found.text
    assert "<img src=a onerror=b>" in found.text
    assert not any(key.startswith("on") for _, attributes in found.elements for key in attributes)


def test_the_page_keeps_to_its_own_policy():
    """Its style is allowed by digest; nothing is styled in place, and nothing is fetched."""
    shown = as_html(page(*EVERYTHING))
    found = Elements(shown)
    (policy,) = [str(a["content"]) for _, a in found.elements if a.get("http-equiv") == "Content-Security-Policy"]
    style = re.search(r"<style>(.*?)</style>", shown, re.DOTALL)
    assert style

    digest = b64encode(sha256(style[1].encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert not any("style" in attributes or "src" in attributes for _, attributes in found.elements)
    assert "url(" not in style[1]
    assert "@import" not in style[1]


def test_addresses_lead_within_the_page():
    shown = as_html(page(Section(2, "A section", "there"), Table(("H",), ((Cell("to it", target="there"),),), "T")))
    found = Elements(shown)
    targets = {str(attributes["href"]) for tag, attributes in found.elements if tag == "a"}

    assert targets == {"#content", "#there"}
    assert targets <= {f"#{attributes.get('id')}" for _, attributes in found.elements}


def test_a_screen_reader_is_told_what_is_where():
    shown = as_html(page(Section(2, "A section", "there"), Table(("H",), (("v",),), "Its label"), chart("Its title")))

    assert '<html lang="en">' in shown
    assert 'role="region" aria-label="Its label" tabindex="0"' in shown
    assert '<th scope="col">H</th>' in shown
    assert "<figcaption>Its title</figcaption>" in shown
    assert shown.count("<h1>") == 1


def test_arrows_only_repeat_what_the_words_say():
    shown = as_html(page(Table(("H",), ((Cell("up, better", "good", "↑"),),), "T")))

    assert '<td class="good short"><span aria-hidden="true">↑</span> up, better</td>' in shown


@pytest.mark.parametrize(
    ("table", "markdown", "html"),
    [
        pytest.param(Table(("H",), (("v",),), "T"), "| H |", '<table class="slim">', id="in-the-open"),
        pytest.param(Table(("H",), (("v",),), "T", "Two"), "<details><summary>Two</summary>", "<details>", id="folded"),
        pytest.param(
            Table(("H",), (("v",),), "T", "Two", unfolded=True),
            "<details open><summary>Two</summary>",
            "<details open>",
            id="unfolded",
        ),
    ],
)
def test_tables_are_folded_where_they_are_long(table: Table, markdown: str, html: str):
    assert markdown in as_markdown(page(table))
    assert html in as_html(page(table))


def test_a_chart_is_part_of_the_markdown_and_stands_alone_there():
    """In print colours on white, for there is no page around it that would have properties."""
    shown = as_markdown(page(chart("Its title")))
    source = re.search(r"base64,([\w+/=]+)", shown)
    assert source
    drawing = b64decode(source[1]).decode()

    assert ET.fromstring(drawing).tag == "{http://www.w3.org/2000/svg}svg"
    assert "var(" not in drawing
    assert "currentColor" not in drawing
    assert '<rect width="100%" height="100%" fill="#ffffff"' in drawing
    assert "| Its title |" in shown


def test_where_there_is_nothing_to_draw_words_say_it():
    for shown in (as_markdown(page(chart("Nothing came.", None))), as_html(page(chart("Nothing came.", None)))):
        assert "Nothing came." in shown
        assert "<svg" not in shown
        assert "<img" not in shown


def test_the_same_page_is_the_same_bytes():
    assert as_html(hostile()) == as_html(hostile())
    assert as_markdown(hostile()) == as_markdown(hostile())
