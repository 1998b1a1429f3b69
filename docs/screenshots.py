"""
The pictures of the site in the README: the main pages of the reference system, light and dark.

    python docs/screenshots.py FOLDER-OF-A-BUILT-SITE

Writes `docs/pictures/<page>-<scheme>.png`, 1,280 × 800 pixels each. Needs Chromium.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

PICTURES = Path(__file__).parent / "pictures"
#: The pages, each with its address and what stands at the top of the picture, where that is not the page's own top.
PAGES = {
    "home": ("index.html", None),
    "document": ("documents/SOP-014.html", None),
    "matrix": ("matrix/people.html", ".q-matrix-scroll"),
    "ask": ("ask.html?person=p-0042&document=SOP-014&on=2026-04-15", None),
    "event": ("events/CAPA-2026-002.html", "#chain"),
    "review": ("review/index.html", "#charts"),
}
#: How a browser shows colours, by the name of a scheme in the names of the pictures.
SCHEMES = ("light", "dark")
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def take(site: Path, pictures: Path) -> None:
    """Take all pictures of a built site. Raises `SystemExit` where there is no Chromium."""
    chromium = next(filter(None, map(shutil.which, _NAMES)), None)
    if chromium is None:
        raise SystemExit("there is no Chromium here: make browser")
    pictures.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for scheme in SCHEMES:
            context = browser.new_context(
                viewport={"width": 1280, "height": 800}, color_scheme="dark" if scheme == "dark" else "light"
            )
            for name, (address, top) in PAGES.items():
                page = context.new_page()
                page.goto(f"{site.resolve().as_uri()}/{address}")
                page.wait_for_load_state("networkidle")
                if top:
                    page.locator(top).first.evaluate("element => element.scrollIntoView()")
                page.screenshot(path=pictures / f"{name}-{scheme}.png")
                page.close()
            context.close()
        browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", type=Path)
    take(parser.parse_args().site, PICTURES)
