"""Comparing two texts in a browser: by the address, by hand, by keys, in print; from disc, under the site's policy."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import markdown
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from qmsci.render.site.compare import part
from qmsci.render.site.summary import DocumentSummary, Summaries
from qmsci.render.site.written import data, written
from tests.render.site.shown import surveyed

ASSETS = Path(__file__).parents[2] / "site/assets"
POLICY = "default-src 'none'; script-src 'self' file:; style-src 'self' file:; img-src 'self' data:; base-uri 'none'"
FRAME = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>T</title>
<meta http-equiv="Content-Security-Policy" content="{policy}">
<link rel="stylesheet" href="../assets/qmsci.css"></head>
<body class="md-typeset"><div id="q-site" data-root="../"><button id="q-scheme"></button><button id="q-menu"></button>
<nav id="q-side"></nav><main>{html}</main></div>
<script src="../assets/qmsci.js"></script><script src="../assets/compare.js" defer></script></body></html>
"""


def text(label: str, body: str, *, meant: bool = True, digit: str = "a", title: str = "Gowning") -> dict[str, object]:
    """A text, as the data of a document has it."""
    digest = f"sha256:{64 * digit}"
    recorded = "2026-01-01T08:00:00+00:00" if meant else None
    commit = 40 * "c" if meant else None
    return {
        "revision": label,
        "digest": digest,
        "title": title,
        "commit": commit,
        "recorded": recorded,
        "meant": meant,
        "body": body,
    }


TEXTS = [
    text("3", "# Gowning\n\nOne.\n\nTwo.\n\nThree.\n\nWash both hands and dry them.\n\nSign.\n", digit="3"),
    text("2", "# Gowning\n\nOne.\n\nTwo.\n\nThree.\n\nWash your hands and dry them.\n", digit="2", title="<b>\u202e"),
    text("2", "# Gowning <img src=x onerror=alert(1)>\n", meant=False, digit="b"),
]
REVISIONS = [
    {"revision": "3", "state": "approved", "effective": "2026-12-15"},
    {"revision": "2", "state": "in-force", "effective": "2026-02-01"},
    {"revision": "1", "state": "superseded", "effective": "2025-02-01"},
]


@pytest.fixture(scope="module")
def page_on_disc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page, and the texts of two documents."""
    root = tmp_path_factory.mktemp("compare")
    one = DocumentSummary("SOP-014", "Gowning", "SOP", "o", "qualification", None, None, None)
    found = part(surveyed({}), Summaries({}, {"SOP-014": one}))
    html = markdown.markdown(written(found.pages[0])["documents/compare.md"].split("\n---\n", 1)[1])
    content = {"document": "SOP-014", "title": "Gowning", "revisions": REVISIONS, "texts": TEXTS}
    empty = {"document": "SOP-1", "title": "T", "revisions": REVISIONS[2:], "texts": []}
    files = {
        "documents/compare.html": FRAME.format(policy=POLICY, html=html),
        "data/texts/SOP-014.js": data("texts/SOP-014", content),
        "data/texts/SOP-1.js": data("texts/SOP-1", empty),
        **found.data,
    }
    shutil.copytree(ASSETS, root / "assets")
    for path, content_of in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content_of, encoding="utf-8")
    return root / "documents/compare.html"


@pytest.fixture
def shown(context: BrowserContext, page_on_disc: Path) -> Iterator[tuple[Page, str]]:
    """A window, and the address of the page; whatever goes wrong on it is an error."""
    page, wrong = context.new_page(), list[str]()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    yield page, page_on_disc.as_uri()
    assert [one for one in wrong if "ERR_FILE_NOT_FOUND" not in one] == []


def status(page: Page) -> str:
    """What the page says came out."""
    expect(page.locator(".q-count")).to_have_text(re.compile(r"\.$"))
    expect(page.locator(".q-count")).not_to_have_text(re.compile("being loaded"))
    return page.locator(".q-count").inner_text()


def test_two_texts_by_the_address(shown: tuple[Page, str]):
    """What changed is marked, and said to those who do not see the marks; the rest is folded."""
    page, address = shown
    page.goto(f"{address}?document=SOP-014&from=2&to=3")

    assert status(page) == "1 passage changed, 1 added."
    assert page.locator(".q-passage-changed del").text_content() == " removed: your (end of removed) "
    assert page.locator(".q-passage-changed ins").text_content() == " added: both (end of added) "
    assert page.locator(".q-passage-added").text_content() == "Added added: Sign. (end of added) "
    assert page.locator(".q-passages summary").inner_text() == "3 passages that did not change"
    assert page.locator(".q-passages details").get_attribute("open") is None
    rows = page.locator(".q-compared tbody tr")
    assert rows.nth(0).inner_text().split("\t") == ["Revision", "SOP-014@2", "SOP-014@3"]
    assert rows.nth(1).inner_text().split("\t") == ["State", "in force", "approved, not yet effective"]
    assert rows.nth(3).inner_text().split("\t") == ["Title", "<b>\\u202e", "Gowning"]
    assert rows.nth(4).inner_text().split("\t")[1] == f"sha256:{64 * '2'}"


def test_without_an_address_a_document_is_chosen_by_keys(shown: tuple[Page, str]):
    """The one in force and the one before it are compared at first; the address follows, and can be sent to somebody."""
    page, address = shown
    page.goto(address)
    assert status(page) == "Choose a document."
    page.keyboard.press("Tab")
    while page.evaluate("() => document.activeElement.tagName") != "INPUT":
        page.keyboard.press("Tab")
    page.keyboard.type("SOP-014")
    page.keyboard.press("Enter")

    assert page.locator("label", has_text="To").locator("option:checked").inner_text() == "2, in force"
    page.get_by_label("From").select_option("3")
    assert status(page) == "1 passage changed, 1 removed."
    assert page.url.endswith("?document=SOP-014&from=3&to=2")
    page.get_by_role("button", name="Swap").click()
    assert status(page) == "1 passage changed, 1 added."
    assert page.locator("datalist option").get_attribute("value") == "SOP-014"


def test_the_same_text_is_shown_whole(shown: tuple[Page, str]):
    page, address = shown
    page.goto(f"{address}?document=SOP-014&from=3&to=3")

    assert status(page) == "Both texts are the same."
    assert page.locator(".q-passages details").count() == 0
    assert page.locator(".q-passage").count() == 6
    assert page.locator(".q-passage-heading").inner_text() == "# Gowning"


def test_a_text_that_was_altered_in_place_is_named_by_its_digest(shown: tuple[Page, str]):
    """And what stands in it is words."""
    page, address = shown
    page.goto(f"{address}?document=SOP-014&from=sha256:{64 * 'b'}&to=2")

    assert (
        page.locator("label", has_text="From").locator("option:checked").inner_text()
        == f"2, in force, another text sha256:{12 * 'b'}"
    )
    assert status(page) == "5 passages added, 1 removed."
    assert "<img src=x onerror=alert(1)>" in (page.locator(".q-passage-removed del").text_content() or "")
    assert page.locator(".q-passages img").count() == 0


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        pytest.param(
            "document=SOP-014&from=1&to=3",
            "The text of SOP-014@1 is not in the history that this site was built from.",
            id="one",
        ),
        pytest.param(
            "document=SOP-1", "The text of SOP-1@1 is not in the history that this site was built from.", id="all"
        ),
        pytest.param("document=SOP-404", "There are no texts of a document SOP-404.", id="document"),
        pytest.param("document=../../x", "There are no texts of a document ../../x.", id="path"),
        pytest.param(
            "document=SOP-014&from=9&to=<b>",
            "The text of SOP-014@1 is not in the history that this site was built from.",
            id="unknown-labels",
        ),
    ],
)
def test_what_is_not_there_is_said(shown: tuple[Page, str], asked: str, says: str):
    page, address = shown
    page.goto(f"{address}?{asked}")

    assert status(page) == says
    assert page.locator(".q-passages").count() == 0


def test_in_print_nothing_is_folded(shown: tuple[Page, str]):
    page, address = shown
    page.goto(f"{address}?document=SOP-014&from=2&to=3")
    status(page)
    page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")

    assert page.locator(".q-passages details[open]").count() == 1
    page.emulate_media(media="print")
    assert page.get_by_text("Two.", exact=True).is_visible()
