"""A page with the site's scripts and styles and nothing else, from disc: for the tests of a script by itself."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from qmsci.render.site.page import Page
from qmsci.render.site.written import data, written

SITE = Path(__file__).parents[2] / "site"
STAMP = {"organisation": "Halden", "as_of": "2026-11-23", "commit": "0123456789abcdef" * 2, "committed": "2026-11-22"}
_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'"
_SHELL = """<!doctype html>
<html lang="en" class="no-js"><head><meta charset="utf-8"><title>Alone</title>
<meta http-equiv="Content-Security-Policy" content="{policy}">
<link rel="stylesheet" href="assets/qmsci.css"><script src="assets/qmsci.js"></script><script src="data/stamp.js"></script>
</head><body>
<header id="q-site" data-root="./"><button id="q-menu" aria-controls="q-side" aria-expanded="false" hidden>Menu</button>
<form role="search" action="search.html"><input id="q-query" name="q" type="search" aria-label="Search"></form>
<button id="q-scheme" hidden></button>
<p><span data-stamped hidden>As of <time data-stamp="as_of"></time>, <code data-stamp="commit" data-short></code></span>
<span data-unstamped>unknown</span></p></header>
<div class="q-side" id="q-side"><a href="#end">Home</a></div>
<main class="md-content"><article class="md-typeset">
{content}
<p id="end">The end</p></article></main>
{scripts}</body></html>
"""


def alone(folder: Path, page: Page, more: Mapping[str, str] | None = None) -> str:
    """Write a page without headings into a folder, with more files by their paths; its address."""
    name = page.path.removesuffix(".html")
    files = {**written(page), "data/stamp.js": data("stamp", STAMP), **(more or {})}
    content = files.pop(f"{name}.md").split("\n---\n", 1)[1].split("\n", 3)[3]
    scripts = "".join(f'<script src="assets/{script}.js" defer></script>\n' for script in page.scripts)
    files[page.path] = _SHELL.format(policy=_POLICY, content=content, scripts=scripts)
    shutil.copytree(SITE / "assets", folder / "assets", dirs_exist_ok=True)
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return (folder / page.path).as_uri()
