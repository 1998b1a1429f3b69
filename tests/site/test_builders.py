"""One project for every builder: MkDocs by itself, and Zensical, make the pages that `qmsci site build` makes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from qmsci.builder import MARK, SUMS
from tests.site.conftest import DAY, qmsci


@pytest.fixture(scope="module")
def project(reference: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources of the reference system's site."""
    folder = tmp_path_factory.mktemp("sources") / "project"
    said = qmsci(reference, "site", "build", "--as-of", str(DAY), "--sources", str(folder))
    assert "mkdocs build, or zensical build" in said
    return folder


def run(folder: Path, *command: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "NO_COLOR": "1"},
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


def pages(folder: Path) -> dict[str, Path]:
    return {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*.html")) if path.name != "404.html"}


def test_mkdocs_alone_builds_the_same_site(project: Path, built: Path, tmp_path: Path):
    """Strictly, without a warning; and page by page to the letter, though the site was built in parts."""
    said = run(project, "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site"))
    ours, theirs = pages(built), pages(tmp_path / "site")

    assert "WARNING" not in said
    assert "ERROR" not in said
    assert ours.keys() == theirs.keys()
    assert [name for name in ours if ours[name].read_bytes() != theirs[name].read_bytes()] == []
    for path in (path for path in built.rglob("*") if path.is_file() and path.name not in (SUMS, MARK)):
        assert path.read_bytes() == (tmp_path / "site" / path.relative_to(built)).read_bytes()


class Content(HTMLParser):
    """What a reader of a page gets: its title, the words of its article, and where these lead to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.depth = 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "article" or self.depth:
            self.depth += tag not in {"input", "img", "br", "hr", "path", "rect", "use", "meta", "link"}
            self.links += [value for name, value in attrs if name == "href" and value]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.depth:
            self.links += [value for name, value in attrs if name == "href" and value]

    def handle_endtag(self, tag: str) -> None:
        if self.depth and tag not in {"input", "img", "br", "hr", "path", "rect", "use", "meta", "link"}:
            self.depth -= 1

    def handle_data(self, data: str) -> None:
        if self.depth:
            self.words += data.split()


def test_zensical_builds_the_same_pages(project: Path, built: Path, tmp_path: Path):
    """From the same files, with the same templates: the same pages, words and links; its chrome may differ."""
    said = run(project, "zensical", "build", "--config-file", str(project / "mkdocs.yml"))
    ours, theirs = pages(built), pages(project / "site")

    assert "Error" not in said
    assert ours.keys() == theirs.keys()
    for name in ours:
        one, other = (Content(path.read_text()) for path in (ours[name], theirs[name]))
        assert one.words == other.words, name
        assert one.links == other.links, name
        assert len(one.words) > 10
    policy = re.compile(r'http-equiv="?Content-Security-Policy"? content="([^"]+)"')
    assert {policy.findall(path.read_text())[0] for path in theirs.values()} == {
        policy.findall(path.read_text())[0] for path in ours.values()
    }
