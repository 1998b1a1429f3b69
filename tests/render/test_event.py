"""Event files: as a person would write them, and read back exactly."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qmsci.finding import CannotRun
from qmsci.read import plain
from qmsci.records.base import Duration, RevisionId
from qmsci.render.event import WIDTH, written

LONG = (
    "The operator opened the outer bag in the corridor, since the airlock was occupied, and changed gloves only after"
)


def test_a_file_reads_like_one_that_a_person_wrote():
    """Block style, ids in one line, long texts folded, comments where they help."""
    values = {
        "id": "CAPA-2026-003",
        "title": "Second glove change: too late",
        "opened": date(2026, 9, 14),
        "occurred": datetime(2026, 9, 12, 9, 40, tzinfo=UTC),
        "people": ["p-0042", "p-0057"],
        "sources": [],
        "inputs": ["audit results", "complaints"],
        "root-cause": {"category": "training", "summary": "No trainer."},
        "description": f"{LONG} the line had been cleared.",
        "scope": "first\n  second\n\nlast",
        "actions": [
            {"id": 1, "kind": "training", "documents": [RevisionId("SOP-014", "3")], "suspend": True},
            {"id": 2, "kind": "other", "summary": f"{LONG} it was too late."},
        ],
        "effectiveness": {"period": Duration(90, 0), "checks": [{"on": "2027-03-20"}]},
    }
    comments = {"people": "Who was there.", "closed": "closed: 2026-12-01\nclosed-by: p-0003"}

    assert written(values, comments, "Started by hand.") == (
        """\
# Started by hand.
id: CAPA-2026-003
title: "Second glove change: too late"
opened: 2026-09-14
occurred: 2026-09-12T09:40:00+00:00
# Who was there.
people: [p-0042, p-0057]
sources: []
inputs:
  - audit results
  - complaints
root-cause: {category: training, summary: No trainer.}
description: >-
  The operator opened the outer bag in the corridor, since the airlock was occupied, and changed gloves only after the
  line had been cleared.
scope: |-
  first
    second

  last
actions:
  - {id: 1, kind: training, documents: [SOP-014@3], suspend: true}
  - id: 2
    kind: other
    summary: >-
      The operator opened the outer bag in the corridor, since the airlock was occupied, and changed gloves only after
      it was too late.
effectiveness:
  period: 90 days
  checks:
    - {on: 2027-03-20}
# closed: 2026-12-01
# closed-by: p-0003
"""
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SOP-014@2", "SOP-014@2"),
        ("3.10", "3.10"),
        ("5 whys (on the line)", "5 whys (on the line)"),
        ("12:30", "12:30"),
        ("a#b", "a#b"),
        ("null", '"null"'),
        ("Yes", '"Yes"'),
        ("", '""'),
        (" x", '" x"'),
        ("x:", '"x:"'),
        ("a: b", '"a: b"'),
        ("a #b", '"a #b"'),
        ("- x", '"- x"'),
        ("a, b", '"a, b"'),
        ('say "no"', 'say "no"'),
        ('"it\'s": a \\', "'\"it''s\": a \\'"),
        ("a\tb", '"a\\tb"'),
        ("\u202eabc", '"\\u202eabc"'),
        ("\U000e0041", '"\\U000e0041"'),
        ("---", '"---"'),
        ("%TAG", '"%TAG"'),
    ],
)
def test_quotes_stand_where_they_are_needed(text: str, said: str):
    """And what is invisible is spelled out."""
    assert written({"title": text}) == f"title: {said}\n"
    assert plain(written({"title": text}).encode()) == {"title": text}


def test_what_cannot_be_broken_stands_on_one_line():
    """A number behind a long key, a word that is wider than a line."""
    assert written({"k" * WIDTH: 3}) == f"{'k' * WIDTH}: 3\n"
    assert written({"title": "w" * WIDTH}) == f"title: {'w' * WIDTH}\n"


def test_a_long_comment_takes_several_lines():
    """Each of them a comment, further in than the first."""
    said = written({"id": "x"}, {"y": f"To consider:\n  DEV-1: {LONG} it was too late."})

    assert said == f"id: x\n# To consider:\n#   DEV-1: {LONG.rsplit(' ', 1)[0]}\n#     after it was too late.\n"


@pytest.mark.parametrize("unfit", ["\0", "\x1b[31m", "\x7f", "\ud800", "\uffff"])
def test_what_no_file_can_hold_is_refused(unfit: str):
    """As a value and as a key, with the character named; in a comment it is spelled out."""
    for values in {"title": unfit}, {unfit: "x"}:
        with pytest.raises(CannotRun, match=r"control character U\+"):
            written(values)
    assert unfit not in written({"id": "x"}, {"y": unfit})


def test_what_is_no_value_of_a_file_is_a_mistake_of_the_program():
    """A set has no order."""
    with pytest.raises(TypeError, match="set has no place"):
        written({"people": {"p-1"}})


ALPHABET = st.characters(blacklist_categories=["Cs"], blacklist_characters="\ufffe\uffff").filter(
    lambda c: (not (ord(c) < 32 and c not in "\t\n\r") and not 0x7F <= ord(c) <= 0x9F) or c == "\x85"
)
NASTY = st.sampled_from(
    [
        *[": ", " #", "- ", "'", '"', "\\", "  ", "\n", "\r\n", "\t", "{", "}", "[", "]", ",", "&a", "*a", "!t", "|"],
        *[">", "@", "`", "? ", "<<", "---", "...", "%", "null", "yes", "3.10", "<<<<<<< HEAD", "a word and another "],
        *["\u2028", "\ufeff", "\x85", "\xa0", "å", LONG],
    ]
)
TEXTS = st.one_of(
    st.text(ALPHABET), st.lists(st.one_of(NASTY, st.text(ALPHABET, max_size=3)), max_size=12).map("".join)
)
KEYS = st.one_of(st.sampled_from(["id", "root-cause", "no-capa"]), TEXTS.map(lambda text: text[:60]))
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(TEXTS, TEXTS, st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=8,
)


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=5), st.dictionaries(KEYS, TEXTS, max_size=2), TEXTS)
@example({"a": [[]]}, {}, "")
@example({"a": [None, [None], {"b": None}]}, {}, "")
@example({"a": f"  {LONG} {LONG}"}, {}, "")
@example({"a": f"{LONG}  {LONG} \t"}, {"b": "x\ny"}, "z\n\n")
def test_whatever_is_written_is_read_back(values: dict[str, Any], comments: dict[str, str], ahead: str):
    """No text means anything else in a file than it does outside of it."""
    text = written(values, comments, ahead)

    assert plain(text.encode()) == values
    assert text.endswith("\n")


@given(st.lists(st.text("ab:#-", min_size=1, max_size=12), min_size=1, max_size=60).map(" ".join))
def test_no_line_is_wider_than_it_must_be(text: str):
    """Lines of words end before the margin."""
    assert max(map(len, written({"description": text}).splitlines())) <= WIDTH
