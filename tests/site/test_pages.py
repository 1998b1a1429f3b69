"""Every kind of page, in a browser: from a server and from disc, wide and narrow, light and dark, and on paper."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request
from pypdf import PdfReader

from qmsci.builder import MARK, SUMS
from tests.site.conftest import NODE, axe, missing

#: A page of each kind.
KINDS = [
    *("index", "ask", "search", "about", "documents/index", "documents/SOP-014", "documents/SOP-014@3"),
    *("documents/compare", "review/metrics", "events/MR-2026-001", "events/GAP-P-0047-SOP-014-20260112"),
    *("matrix/index", "matrix/people", "people/index", "people/p-0042", "roles/index", "roles/aseptic-operator"),
    *("activities/index", "activities/aseptic-filling", "events/index", "events/CAPA-2026-002", "events/DEV-2026-011"),
    *("changes/index", "gaps/index", "review/index", "rules/index", "rules/training-overdue", "verification/index"),
]
#: The most bytes that a page may need before somebody asks for data.
MOST = 300_000


class Watched:
    """A page that remembers what it said and what it asked for."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.said: list[str] = []
        self.asked: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        page.on("request", self._note)

    def _hear(self, message: ConsoleMessage) -> None:
        self.said.append(f"{message.type}: {message.text}")

    def _note(self, request: Request) -> None:
        self.asked.append(request.url)

    def open(self, name: str) -> Page:
        self.page.goto(f"{self.address}/{name}")
        self.page.wait_for_load_state("networkidle")
        return self.page

    @property
    def elsewhere(self) -> list[str]:
        return [url for url in self.asked if not url.startswith((self.address, "data:"))]


@pytest.fixture
def watched(context: BrowserContext, address: str) -> Watched:
    return Watched(context.new_page(), address)


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_quiet_and_fetches_nothing_from_elsewhere(watched: Watched, kind: str):
    """No message in the console, which is where a browser says that the security policy forbade something."""
    page = watched.open(f"{kind}.html")

    assert page.locator("h1").count() == 1
    assert page.locator("main").inner_text().strip()
    assert watched.said == []
    assert watched.elsewhere == []
    assert len(watched.asked) > 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_small_before_data_is_asked_for(built: Path, kind: str):
    """The page, and the styles and scripts that it names; the budget is for what is sent uncompressed."""
    page = built / f"{kind}.html"
    text = page.read_text()
    named = set(re.findall(r'<(?:script[^>]* src|link rel="stylesheet" href)="([^"]+)"', text))
    sizes = {name: (page.parent / name).stat().st_size for name in named}

    assert len(sizes) >= 3
    assert len(text.encode()) + sum(sizes.values()) <= MOST, sizes


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_nobody_is_kept_out(browser: Browser, built: Path, scheme: str, width: int):
    """WCAG 2.2, levels A and AA, as far as axe can tell; and no page is wider than a narrow window."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light", bypass_csp=True
    )
    source = axe()
    wrong = {}
    for kind in KINDS:
        page = context.new_page()
        page.goto(f"{built.as_uri()}/{kind}.html")
        page.wait_for_load_state("networkidle")
        page.evaluate(source)
        options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
        found = page.evaluate("options => axe.run(document, options)", options)
        faults = [
            f"{fault['id']}: {fault['nodes'][0]['target']} {fault['nodes'][0]['failureSummary']}"
            for fault in found["violations"]
        ]
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            faults.append("wider than the window")
        if faults:
            wrong[kind] = faults
        page.close()
    context.close()

    assert wrong == {}


# --- on paper -------------------------------------------------------------------------------------------------------


def test_every_sheet_of_a_document_says_what_it_is(browser: Browser, built: Path, tmp_path: Path):
    """Id, revision, digest, and that paper is uncontrolled: on each sheet, however many there are."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{built.as_uri()}/documents/SOP-014.html")
    page.wait_for_load_state("networkidle")
    page.pdf(path=tmp_path / "printed.pdf", format="A4")
    context.close()
    sheets = [sheet.extract_text() for sheet in PdfReader(tmp_path / "printed.pdf").pages]

    assert len(sheets) >= 2
    for sheet in sheets:
        assert "ncontrolled if printed" in sheet
        assert re.search(r"SOP-014 revision \w+", sheet)
        assert "sha256:" in sheet


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_prints(browser: Browser, built: Path, kind: str):
    """Onto paper it comes without its navigation, black on white even for those who read light on dark."""
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(f"{built.as_uri()}/{kind}.html")
    page.emulate_media(media="print", color_scheme="dark")

    assert page.pdf(format="A4").startswith(b"%PDF")
    assert not any(one.is_visible() for one in page.locator("nav").all())
    colour = page.evaluate("getComputedStyle(document.querySelector('main h1')).color")
    assert all(int(part) < 80 for part in re.findall(r"\d+", colour)[:3]), colour
    context.close()


# --- all pages ------------------------------------------------------------------------------------------------------


class Anchors(HTMLParser):
    """The links of a page, and the places that others may link to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                assert value not in self.places, f"two elements have the id {value}"
                self.places.add(value)
            if name in ("href", "src") and value:
                self.links.append(value)
            assert name != "style", f"a style attribute on <{tag}>, which the security policy forbids"
            assert not name.startswith("on"), f"a handler on <{tag}>, which the security policy forbids"


@pytest.fixture(scope="session")
def anchors(built: Path) -> dict[Path, Anchors]:
    return {page: Anchors(page.read_text()) for page in sorted(built.rglob("*.html"))}


def test_every_link_inside_the_site_resolves(anchors: dict[Path, Anchors]):
    """To the file, and to the place in it."""
    broken = []
    for page, found in anchors.items():
        for link in found.links:
            if re.match(r"[a-z]+:", link):
                continue
            address, place = urldefrag(link)
            target = (page.parent / unquote(address.partition("?")[0])).resolve() if address else page
            if not target.is_file() or (place and target in anchors and unquote(place) not in anchors[target].places):
                broken.append(f"{page.name}: {link}")

    assert broken == []
    assert sum(len(found.links) for found in anchors.values()) > 1_000


def test_every_record_has_its_page(built: Path, reference: Path):
    """Documents, people, roles and events: each has one, and nothing else does."""
    for folder, pattern, pages in (
        (reference / "roles/people", "*.yaml", "people"),
        (reference / "roles", "*.yaml", "roles"),
        (reference / "quality-events", "*.yaml", "events"),
    ):
        names = {path.stem for path in folder.glob(pattern)} - {"activities"}
        assert {page.stem for page in (built / pages).glob("*.html")} == names | {"index"}


def test_the_markup_is_valid(built: Path):
    """Each page, by a validator of HTML."""
    validator = NODE / ".bin/html-validate"
    if not validator.exists():
        missing("html-validate")
    config = NODE.parent / "htmlvalidate.json"
    ran = subprocess.run(
        [validator, "--config", config, "--formatter", "json", *sorted(built.rglob("*.html"))],
        capture_output=True,
        text=True,
        check=False,
    )
    said = [
        f"{Path(page['filePath']).relative_to(built)}:{one['line']}: {one['ruleId']}: {one['message']}"
        for page in json.loads(ran.stdout or "[]")
        for one in page["messages"]
    ]

    assert said[:20] == [], ran.stderr
    assert ran.returncode == 0


def test_what_was_built_is_listed_with_its_digests(built: Path):
    """Anybody may check a copy of the site, with a tool that every machine has."""
    ran = subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=built, capture_output=True, check=False
    )
    listed = {line[66:] for line in (built / "SHA256SUMS").read_text().splitlines()}

    assert (ran.returncode, ran.stdout) == (0, b"")
    assert listed == {str(path.relative_to(built)) for path in files(built)} - {SUMS, MARK}


def files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())
