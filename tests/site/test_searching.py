"""Search in a browser, from disc: it finds what the index has, as the reader in Python does."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect
from playwright.sync_api import Page as Tab

from qmsci.render.site.page import Page, Widget
from qmsci.render.site.search import Found, files, terms
from tests.render.site.test_search import LIBRARY, Index
from tests.site.alone import alone

SEARCH = Page("search.html", "Search", (Widget("search"),), scripts=("search",))
_WORDS = [
    f"{start}{end}" for start in ("glove", "gown", "mask", "Été", "straße", "無菌") for end in ("", "s", "ing", " 12")
]


def opened(context: BrowserContext, folder: Path, pages: list[Found], query: str = "") -> Tab:
    tab = context.new_page()
    tab.on("console", lambda message: pytest.fail(message.text))
    tab.on("pageerror", lambda error: pytest.fail(str(error)))
    tab.goto(alone(folder, SEARCH, files(pages)) + query)
    return tab


def test_a_site_without_pages_is_searched(context: BrowserContext, tmp_path: Path):
    tab = opened(context, tmp_path, [], "?q=anything")

    expect(tab.get_by_role("status")).to_have_text("No pages have all of these words: anything.")


def test_nothing_asked_is_nothing_found(context: BrowserContext, tmp_path: Path):
    tab = opened(context, tmp_path, LIBRARY)

    expect(tab.get_by_role("status")).to_contain_text("Write an id, a name or words")
    assert tab.locator(".q-results li").count() == 0


def test_pages_are_found_as_one_writes(context: BrowserContext, tmp_path: Path):
    """Each with its title, kind and address, and the query in the address of the page."""
    tab = opened(context, tmp_path, LIBRARY, "?q=wi-031")
    results = tab.locator(".q-results li")
    expect(tab.get_by_role("status")).to_have_text("3 pages have all of these words: wi-031.")
    assert results.first.inner_text().split("\n") == ["WI-031 Gloves", "Document · documents/WI-031.html"]

    tab.get_by_label("Search").fill("ingrid sol")
    expect(tab.get_by_role("status")).to_have_text("1 page has all of these words: ingrid sol.")
    assert tab.url.endswith("?q=ingrid+sol")
    assert results.first.get_by_role("link").get_attribute("href") == "./people/p-0042.html"
    tab.get_by_label("Search").fill("SOP-014@3")
    tab.get_by_label("Search").press("Enter")
    expect(results.first.get_by_role("link")).to_have_attribute("href", "./documents/SOP-014%403.html")


def test_many_results_come_twenty_at_a_time(context: BrowserContext, tmp_path: Path):
    """And the focus goes on to the first of those that are new."""
    many = [Found(f"documents/{number:03}.html", "Document", f"Number {number}", (), "all") for number in range(50)]
    tab = opened(context, tmp_path, many, "?q=all")
    expect(tab.get_by_role("status")).to_have_text("50 pages have all of these words: all.")
    more = tab.get_by_role("button", name="More results")

    assert tab.locator(".q-results li").count() == 20
    more.click()
    expect(tab.get_by_role("link", name="Number 20")).to_be_focused()
    more.click()
    expect(tab.locator(".q-results li")).to_have_count(50)
    expect(more).to_be_hidden()


def test_what_people_wrote_stays_text(context: BrowserContext, tmp_path: Path):
    evil = '<img src=x onerror="document.title=1">'
    tab = opened(context, tmp_path, [Found("a.html", evil, evil, (), "")], "?q=<img+src=x")

    expect(tab.locator(".q-results a")).to_have_text(evil)
    expect(tab.get_by_role("status")).to_have_text("1 page has all of these words: <img src=x.")
    assert tab.locator("img").count() == 0


def test_an_index_that_is_not_there_is_missed(context: BrowserContext, tmp_path: Path):
    tab = context.new_page()
    tab.goto(alone(tmp_path, SEARCH) + "?q=gowning")

    expect(tab.get_by_role("status")).to_have_text("The index of the search could not be loaded.")


def test_the_beginning_of_very_many_words_is_said_to_be_one(context: BrowserContext, tmp_path: Path):
    many = [
        Found(f"p{number:03}.html", "Page", "", (), " ".join(f"w{number}x{other}" for other in range(60)))
        for number in range(300)
    ]
    tab = opened(context, tmp_path, many, "?q=w")

    expect(tab.get_by_role("status")).to_contain_text("only whole words were looked for")


def test_the_browser_finds_what_the_reader_finds(context: BrowserContext, tmp_path: Path):
    """The same pages in the same order, for queries that chance makes of the words that are there and of others."""
    chance = random.Random(7)
    pages = [
        Found(
            f"documents/{number}.html",
            "Document",
            " ".join(chance.choices(_WORDS, k=3)),
            (f"SOP-{number % 70:03}",),
            " ".join(chance.choices(_WORDS, k=12)) + f" p-{number % 13:04} w{number:x}",
        )
        for number in range(400)
    ]
    tab = opened(context, tmp_path, [*LIBRARY, *pages])
    index = Index(files([*LIBRARY, *pages]))
    queries = [
        *(
            " ".join(chance.choices([*_WORDS, "SOP-01", "SOP-0", "sop069", "p-00", "w1", "nowhere"], k=number % 3 + 1))
            for number in range(150)
        ),
        *("constructor", "__proto__", "toString", "SØLBERG", "ΟΔΟΣ", "-", "İstanbul"),
    ]
    found = tab.evaluate(
        """queries => Promise.all(queries.map(async query => {
            const pages = await qmsci.look(query);
            return Promise.all(pages.map(async page => (await qmsci.load(`search/pages-${page >> 6}`))[page % 64][0]));
        }))""",
        queries,
    )

    assert dict(zip(queries, found, strict=True)) == {query: index.look(query) for query in queries}
    assert sum(map(bool, found)) > 50


def test_browser_and_python_fold_texts_alike(context: BrowserContext, tmp_path: Path):
    """Every letter that both know: without accent and capitals, the same terms."""
    tab = opened(context, tmp_path, [])
    signs = [chr(code) for code in range(1, 0x30000) if not 0xD800 <= code < 0xE000]
    differing = tab.evaluate(
        """pairs => {
            const letters = /^[\\p{L}\\p{N}\\p{M}]+$/u;
            return pairs.filter(([sign, ours]) => letters.test(sign) && JSON.stringify(qmsci.terms(sign)) !== ours);
        }""",
        [[sign, json.dumps(terms(sign), ensure_ascii=False, separators=(",", ":"))] for sign in signs],
    )
    newer = [sign for sign, ours in differing if ours == "[]"]  # letters that this Python's Unicode does not know yet

    assert [(hex(ord(sign)), ours) for sign, ours in differing if sign not in newer] == []
    assert len(newer) < 12_000
