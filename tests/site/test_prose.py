"""What authors wrote, in a browser without any policy around it: nothing runs, nothing is fetched."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from qmsci.render.site.prose import prose
from tests.render.site.test_prose import ATTACKS, to_figure, to_page


@pytest.mark.slow
def test_no_attack_runs(context: BrowserContext, tmp_path: Path):
    """Each attack by itself, after it was shown, pointed at, and clicked."""
    page, asked, dialogs = context.new_page(), list[str](), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    parts = [f"<article>{prose(attack, 'documents/SOP-001.html', to_page, to_figure)}</article>" for attack in ATTACKS]
    file = tmp_path / "documents/SOP-001.html"
    file.parent.mkdir()
    file.write_text(f"<!doctype html><meta charset=utf-8><title>T</title>{''.join(parts)}", encoding="utf-8")
    page.goto(file.as_uri())

    assert page.locator("article").count() == len(ATTACKS)
    assert page.locator("script, iframe, svg, style, object, embed, form, input").count() == 0
    page.evaluate(
        """() => document.querySelectorAll("*").forEach((one) => {
            for (const kind of ["mouseover", "focus", "toggle", "load", "error"]) one.dispatchEvent(new Event(kind));
        })"""
    )
    page.evaluate("() => document.addEventListener('click', (event) => event.preventDefault())")
    for link in page.locator("article a").all():
        link.click()
    assert page.evaluate("() => window.hit") is None
    assert dialogs == []
    figures = (tmp_path / "figures/one.png").as_uri()
    assert set(asked) == {file.as_uri(), figures}
    schemes = page.evaluate("() => [...new Set([...document.links].map((link) => link.protocol))].sort()")
    assert schemes == ["file:", "http:"]
