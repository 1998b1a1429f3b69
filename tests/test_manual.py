"""The manual says what is: its examples run, and what is generated is current."""

from __future__ import annotations

import re
from pathlib import Path

import generate
import pytest

from tests.console import ROOT, agree, differences, steps

MANUAL = ROOT / "docs" / "manual"
GENERATED = [
    *(MANUAL / name for name in ("commands.md", "event-fields.md", "record-fields.md")),
    *sorted((MANUAL / "rules").glob("*.md")),
]
WRITTEN = [pytest.param(path, id=path.stem) for path in sorted(MANUAL.glob("*.md")) if path not in GENERATED]


@pytest.mark.parametrize("page", WRITTEN)
def test_every_console_example_is_what_a_reader_sees(page: Path, tmp_path: Path):
    """The commands run in a scratch clone and print what the page shows."""
    assert differences(page, tmp_path) == []


@pytest.mark.parametrize("page", WRITTEN)
def test_every_page_shows_what_it_speaks_of(page: Path):
    """A page has examples, and its links lead somewhere."""
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text)

    assert [step for step in steps(text) if step.shown is not None]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_generated_pages_are_current():
    """`make docs` writes them; a rule or option that changes changes its page in the same commit."""
    wanted = generate.pages()
    found = {path.relative_to(MANUAL).as_posix(): path.read_text(encoding="utf-8") for path in GENERATED}

    assert found.keys() == wanted.keys(), "run: make docs"
    assert [name for name in wanted if found[name] != wanted[name]] == [], "run: make docs"


@pytest.mark.parametrize(
    ("shown", "said", "same"),
    [
        pytest.param(["clean"], ["clean"], True, id="the same"),
        pytest.param(["clean"], ["dirty"], False, id="another word"),
        pytest.param([], ["one line more"], False, id="a line too many"),
        pytest.param(["a", "…", "z"], ["a", "b", "c", "z"], True, id="some lines left out"),
        pytest.param(["since 1a2b3c4d5e"], ["since f0e1d2c3b4"], True, id="another commit"),
        pytest.param(["3 errors"], ["4 errors"], False, id="another number"),
        pytest.param(["on 2001-02-03"], ["on 2001-02-03"], True, id="the same date"),
        pytest.param(["on 2001-02-03"], ["on 2001-02-04"], False, id="another date"),
    ],
)
def test_what_agrees_with_a_page(shown: list[str], said: list[str], same: bool):
    """Commits are not compared, words and numbers are."""
    assert agree(shown, said) is same
