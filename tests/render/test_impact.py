"""An impact in each format; what people wrote is only ever read."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from click import unstyle

from qmsci.impact import impact_of
from qmsci.render.impact import as_json, as_markdown, as_text
from tests.laws import change_of
from tests.test_impact import (
    ASKED,
    BASE,
    CAPA,
    CHECKED,
    CLOSED,
    DOC,
    DONE,
    EVENT,
    RETIRED,
    REVISED,
    UNTRAINED,
    assigned,
    impact,
    person,
)
from tests.test_impact import BUSY as OPEN

Golden = Callable[[str, str], None]

HIRED = {**assigned(REVISED), **person("p-0060", since="2026-12-01")}
BUSY = {**HIRED, "quality-events/CAPA-2026-003.yaml": EVENT.replace("DOCUMENT", "SOP-014@2")}
HOSTILE = "x | <img src=a onerror=b> @everyone #12 [y](https://evil.example) `code` \\u202e\\n| a | b |"


def test_the_text_is_for_a_terminal(golden: Golden):
    golden("impact/change.txt", unstyle(as_text(impact(BASE, BUSY))))


def test_the_markdown_is_for_a_pull_request(golden: Golden):
    golden("impact/change.md", as_markdown(impact(BASE, BUSY)))


def test_the_json_is_for_programs(golden: Golden):
    golden("impact/change.json", as_json(impact(BASE, BUSY), "1" * 40, None))


def test_a_change_that_reaches_nobody(golden: Golden):
    found = impact(BASE, {**BASE, "README.md": "Hello"})

    golden("impact/nobody.txt", unstyle(as_text(found)))
    golden("impact/nobody.md", as_markdown(found))


def test_a_change_that_leaves_an_activity_ungoverned_says_so_first():
    found, said = impact(BASE, RETIRED), "From 2026-12-15 nothing governs gowning: nobody is authorised"

    assert unstyle(as_text(found)).splitlines()[1] == f"{said}."
    assert f"\n**{said}**\n" in as_markdown(found)
    assert json.loads(as_json(found, None, None))["ungoverned"] == [{"on": "2026-12-15", "activity": "gowning"}]


def test_a_change_that_closes_an_event(golden: Golden):
    found = impact(OPEN, {**OPEN, **DONE, CAPA: OPEN[CAPA] + CHECKED + CLOSED})

    golden("impact/closing.txt", unstyle(as_text(found)))
    golden("impact/closing.md", as_markdown(found))


def test_who_is_suspended_from_nothing_more_is_named_with_that():
    second = ASKED[CAPA].replace("CAPA-2026-003", "CAPA-2026-004")
    shown = as_text(impact(ASKED, {**ASKED, "quality-events/CAPA-2026-004.yaml": second}))

    assert "  p-0042  Person p-0042: from nothing else than before (CAPA-2026-004/1)\n" in unstyle(shown)
    assert "Authorised from the merge on" not in shown


def test_a_name_and_a_reason_cannot_do_anything():
    named = ASKED["roles/people/p-0042.yaml"].replace("Person p-0042", f'"{HOSTILE}"')
    base = {**BASE, "roles/people/p-0042.yaml": named}
    ending = f'cancelled: {{on: 2026-11-22, by: p-0003, reason: "{HOSTILE}"}}\n'
    more = {"quality-events/CAPA-2026-004.yaml": UNTRAINED.replace("-003", "-004") + ending}
    found = impact(base, {**base, CAPA: ASKED[CAPA], **more})

    for harm in ("<img", "@everyone", "#12", " [y]", "://", " `code", "\u202e", "\n| a "):
        assert harm not in as_markdown(found), harm
    assert "\u202e" not in as_text(found)


@pytest.mark.parametrize("key", ["title", "summary"])
def test_nothing_that_people_wrote_gets_out_of_its_cell(key: str):
    """Markup, HTML, mentions, references, links and new lines in a title are words in the comment."""
    wrote = f'"{HOSTILE}"'
    text = REVISED[DOC].replace({"title": "Aseptic gowning", "summary": "Second glove."}[key], wrote)
    found = impact_of(change_of(BASE, {**BASE, DOC: text}))
    shown = as_markdown(found)

    assert "x \\| &lt;img src=a onerror=b&gt; @<!-- -->everyone" in shown
    for harm in ("<img", "@everyone", "#12", " [y]", "://", " `code", "\u202e", "\n| a "):
        assert harm not in shown, harm
    assert "\u202e" not in as_text(found)
    assert json.loads(as_json(found, None, None))["documents"][0]["id"] == "SOP-014"


def test_a_comment_stays_within_what_the_forge_takes():
    """A change of hundreds of records is cut with a word about it, not refused by the forge."""
    people: dict[str, str] = {}
    for number in range(400):
        people |= person(f"p-1{number:03}", since="2026-12-01")
    shown = as_markdown(impact(BASE, {**BASE, **people}))

    assert len(shown) < 65_536
    assert "360 more" in shown
