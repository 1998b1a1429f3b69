"""The pages that list the keys of every kind of file: complete, and their examples can be read."""

from __future__ import annotations

import re

import fields
import pytest
from examples import EXAMPLES

from qmsci.load import MODELS, kind_of, load, model_of
from qmsci.records.event import KINDS, Event
from qmsci.records.layout import Kind
from qmsci.records.person import Holding
from qmsci.records.policy import Policy

SHOWN = re.findall(r'```\w+ title="([^"]+)"\n(.*?)```', fields.records(), re.DOTALL)


@pytest.mark.parametrize(("path", "text"), [pytest.param(*shown, id=kind_of(shown[0])) for shown in SHOWN])
def test_every_example_can_be_read(path: str, text: str):
    """As it stands on the page."""
    loaded = load(path, text.encode())

    assert loaded.faults == ()
    assert isinstance(loaded.record, model_of(path) or ())


def test_every_kind_of_file_is_shown():
    """All but the events, which have a page of their own."""
    assert sorted(kind_of(path) for path in EXAMPLES) == sorted(MODELS)
    assert set(MODELS) == set(Kind) - {Kind.EVENT}
    assert [path for path, _ in SHOWN] == list(EXAMPLES)


@pytest.mark.parametrize("page", [fields.records, fields.events], ids=["records", "events"])
def test_every_key_is_described(page):
    """What it is, and which values it has."""
    rows = re.findall(r"^\| `([^`]+)` \|(.*)\|$", page(), re.MULTILINE)

    assert len(rows) > 80
    assert [key for key, cells in rows if not all(cell.strip() for cell in re.split(r"(?<!\\)\|", cells)[:2])] == []
    assert not re.search(r"<class|typing\.|Annotated", page())


@pytest.mark.parametrize("page", [fields.records, fields.events], ids=["records", "events"])
def test_every_link_leads_to_a_heading(page):
    """Within the page; and no heading stands there twice."""
    headings = [title.lower().replace(" ", "-") for title in re.findall(r"^#+ (.+)$", page(), re.MULTILINE)]
    shown = [title for title in headings if title not in {"purpose", "scope", "procedure"}]

    assert set(re.findall(r"\]\(#([^)]+)\)", page())) <= set(headings)
    assert len(shown) == len(set(shown))


def test_words_are_taken_from_the_comments_above():
    """Those of the record that it builds on, too."""
    assert list(fields.words_on(Holding)) == ["from_", "to", "corrected", "role"]
    assert fields.words_on(Policy)["revision"] == "Raised by every change to this file."
    assert all(set(fields.words_on(kind)) >= set(fields.words_on(Event)) for kind in KINDS.values())


def test_a_default_is_said():
    """Where it is one that somebody may want to know."""
    page = fields.records()

    assert "| `approvals` | Whether approvals are signed files" in page
    assert "`signed` \\| `forge` | else `signed` |" in page
    assert "| true or false |  |" in page
    assert "| duration | else `12 months` |" in page
