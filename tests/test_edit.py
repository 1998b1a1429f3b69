"""Editing what a person wrote: a list comes or changes, and no other byte does."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsci.edit import with_entries
from qmsci.finding import CannotRun
from qmsci.read import plain
from qmsci.render.event import entry, item

KEY = "training-assessment"
ONE: dict[str, object] = {"person": "p-1", "document": "SOP-001@1", "verdict": "qualified"}
TWO: dict[str, object] = {"person": "p-2", "document": "SOP-001@1", "verdict": "not-qualified"}
OTHER = {**ONE, "verdict": "not-qualified"}
LONG = {**TWO, "reason": "not trained on SOP-001@1, no training on record", "evidence": ["a: b, " + "c " * 50 + "d"]}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("id: DEV-1\n", id="no key, no entries"),
        pytest.param("id: DEV-1\ntraining-assessment:\n", id="no value"),
        pytest.param("{id: DEV-1}", id="in braces"),
    ],
)
def test_nothing_to_write_changes_nothing(text: str):
    """However it is written."""
    assert with_entries(text, KEY, []) == text


@pytest.mark.parametrize(
    "text",
    [
        "training-assessment:\n  - {person: p-1, document: SOP-001@1, verdict: qualified}\n",
        "training-assessment: [{person: p-1, document: SOP-001@1, verdict: qualified}]",
        '{"training-assessment": [{"document": "SOP-001@1", "person": "p-1", "verdict": "qualified"}]}\r\n',
        "training-assessment:\n- verdict: 'qualified' # sure\n\n  person: p-1\n  document: >-\n   SOP-001@1\n",
    ],
)
def test_what_is_there_already_stays_as_it_is(text: str):
    """In any style, to the byte."""
    assert with_entries(text, KEY, [ONE]) == text


BEFORE = "id: DEV-1\npeople: [p-1]   # all who were there\n\n# To do.\nclosed: 2026-10-01\n"
CASES = [
    pytest.param(
        "id: DEV-1\n",
        [ONE, LONG],
        (),
        """\
id: DEV-1
training-assessment:
  - {person: p-1, document: SOP-001@1, verdict: qualified}
  - person: p-2
    document: SOP-001@1
    verdict: not-qualified
    reason: REASON
    evidence:
      - "a: b, c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c d"
""".replace("REASON", '"not trained on SOP-001@1, no training on record"'),
        id="a new key at the end",
    ),
    pytest.param(
        BEFORE,
        [ONE],
        ("occurred", "people", "id"),
        BEFORE.replace(
            "there\n", "there\ntraining-assessment:\n  - " + "{person: p-1, document: SOP-001@1, verdict: qualified}\n"
        ),
        id="a new key below another",
    ),
    pytest.param(
        BEFORE.replace("\n", "\r\n"),
        [ONE],
        (),
        BEFORE.replace("\n", "\r\n")
        + "training-assessment:\r\n  - {person: p-1, document: SOP-001@1, verdict: qualified}\r\n",
        id="line ends of Windows",
    ),
    pytest.param(
        "\ufeff---\n  id: DEV-1\n  title: >-\n    Glove\n    tear",
        [ONE],
        (),
        "\ufeff---\n  id: DEV-1\n  title: >-\n    Glove\n    tear\n  training-assessment:\n"
        "    - {person: p-1, document: SOP-001@1, verdict: qualified}",
        id="a byte order mark, indented keys, no line end at the end",
    ),
    pytest.param(
        "id: DEV-1\n\n# closed:\n\n\n",
        [ONE],
        (),
        "id: DEV-1\n\n# closed:\ntraining-assessment:\n  - {person: p-1, document: SOP-001@1, verdict: qualified}\n\n\n",
        id="blank lines at the end stay there",
    ),
    pytest.param(
        "training-assessment:  # later\ntitle: x\n",
        [ONE],
        (),
        "training-assessment:  # later\n  - {person: p-1, document: SOP-001@1, verdict: qualified}\ntitle: x\n",
        id="a key without a value",
    ),
    pytest.param(
        "training-assessment: []  # later\ntitle: x\n",
        [ONE],
        (),
        "training-assessment:  # later\n  - {person: p-1, document: SOP-001@1, verdict: qualified}\ntitle: x\n",
        id="an empty list",
    ),
    pytest.param(
        "training-assessment: [\n  {person:  p-1, document: SOP-001@1, verdict: qualified}, # first\n"
        "  {person: p-3}, # third\n  ] # all\ntitle: x\n",
        [ONE, TWO],
        (),
        "training-assessment:  # all\n  # first\n  # third\n  - {person:  p-1, document: SOP-001@1, verdict: qualified}\n"
        "  - {person: p-2, document: SOP-001@1, verdict: not-qualified}\ntitle: x\n",
        id="a list in brackets",
    ),
    pytest.param(
        "training-assessment: [person: p-1, {person:\n  p-2}]\n",
        [{"person": "p-1"}, {"person": "p-2"}, {"person": "p-3"}],
        (),
        "training-assessment:\n  - {person: p-1}\n  - {person: p-2}\n  - {person: p-3}\n",
        id="pairs in brackets, and braces on two lines",
    ),
    pytest.param(
        """\
training-assessment:
# Of the first shift.
- person:   p-1   # Ingrid
  document: SOP-001@1
  verdict: "qualified"

# Of the second.
- {person: p-2, verdict: 'x # y', document: SOP-001@1} # to be asked
# Of nobody.
title: x
""",
        [ONE, TWO, {"person": "p-3"}],
        (),
        """\
training-assessment:
# Of the first shift.
- person:   p-1   # Ingrid
  document: SOP-001@1
  verdict: "qualified"

# Of the second.
# to be asked
- {person: p-2, document: SOP-001@1, verdict: not-qualified}
- {person: p-3}
# Of nobody.
title: x
""",
        id="an entry that changes, and one that comes",
    ),
    pytest.param(
        "training-assessment:\n  -\n    person: p-1\n  -\n    # second\n    person: p-2\n\n  - person: p-3\n",
        [{"person": "p-1"}, {"person": "p-3"}],
        (),
        "training-assessment:\n  -\n    person: p-1\n  # second\n\n  - person: p-3\n",
        id="an entry that goes, a dash on a line of its own",
    ),
    pytest.param(
        "training-assessment: # here\n  # first\n  - person: p-1 # p\ntitle: x\n",
        [],
        (),
        "training-assessment: [] # here\n  # first\n  # p\ntitle: x\n",
        id="the last entry goes",
    ),
    pytest.param(
        "'training-assessment': [person: p-1] # p\n",
        [],
        (),
        "'training-assessment': []  # p\n",
        id="the last entry in brackets goes",
    ),
]


@pytest.mark.parametrize(("text", "entries", "after", "expected"), CASES)
def test_only_the_list_changes(text: str, entries: list[dict[str, object]], after: tuple[str, ...], expected: str):
    """And a second time nothing does."""
    assert with_entries(text, KEY, entries, after) == expected
    assert with_entries(expected, KEY, entries, after) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("{id: DEV-1}", "in one pair of braces", id="braces"),
        pytest.param("training-assessment: none\n", "no list", id="a text"),
        pytest.param("training-assessment: ''\n", "no list", id="an empty text"),
        pytest.param("training-assessment: {a: b}\n", "no list", id="a mapping"),
        pytest.param("training-assessment:\n  [{a: b}]\n", "no list", id="a list below its key"),
        pytest.param("? training-assessment\n: - {a: b}\n", "key is written in an odd way", id="an odd key"),
        pytest.param("id: DEV-1\n...\n", "read otherwise|holds|more text", id="the end of a document"),
        pytest.param("training-assessment:\n- a: |+\n    x\n\n", "read otherwise", id="blank lines that count"),
    ],
)
def test_what_cannot_be_edited_is_left_to_a_person(text: str, said: str):
    """With what to write."""
    with pytest.raises(CannotRun, match=said):
        with_entries(text, KEY, [{"a": "x\n\n"}, ONE])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id: &a DEV-1\n", "an anchor '&a', line 1"),
        ("id:\n\t- x\n", "tab"),
        ("- id: DEV-1\n", "holds no keys"),
        ("", "empty"),
    ],
)
def test_what_cannot_be_read_is_not_edited(text: str, said: str):
    """Nor what is no mapping."""
    with pytest.raises(CannotRun, match=said):
        with_entries(text, KEY, [ONE])


def test_the_sentence_says_what_to_write():
    """As YAML on one line."""
    with pytest.raises(CannotRun) as refused:
        with_entries("{id: DEV-1}", KEY, [ONE])
    line = str(refused.value).split("write it by hand, ")[1]

    assert plain(line.encode()) == {KEY: [ONE]}


# --- any file -------------------------------------------------------------------------------------------------------

TEXTS = st.sampled_from(
    ["x", "a # b", "a: b", "- c", "line\n\n  # inside", "'", "é" * 130, "word " * 40 + "end", "", "["]
)
ENTRIES = st.fixed_dictionaries({"person": st.sampled_from(["p-1", "p-2", "p-3"])}, optional={"reason": TEXTS})
LISTS = st.lists(ENTRIES, max_size=4)


@st.composite
def files(draw: Any) -> tuple[str, list[Any]]:
    """A file as a person may have written it, with the entries of its list."""
    entries = draw(LISTS)
    pad = draw(st.sampled_from([0, 2]))
    lines: list[str] = []
    for key in draw(st.permutations(["id", "title", KEY, "actions"])):
        lines += draw(st.sampled_from([[], [f"# {key}, then"], [""], ["", "# a: b", ""]]))
        if key == KEY:
            lines += _list(draw, entries)
        elif key == "actions":
            lines += entry(key, draw(LISTS) or None)
        else:
            lines += entry(key, draw(TEXTS))
    lines += draw(st.sampled_from([[], ["# the end"], ["", ""]]))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    text = end.join(" " * pad + line if line else "" for line in lines)
    return text + draw(st.sampled_from(["", end])), entries


def _list(draw: Any, entries: list[Any]) -> list[str]:
    style = draw(st.sampled_from(["block", "flush", "json", "none"]))
    if style == "none" or not entries:
        return []
    if style == "json":
        return [f"{KEY}: {json.dumps(entries)}  # as JSON"]
    lines = [f"{KEY}:"]
    for one in entries:
        lines += draw(st.sampled_from([[], ["# of the next"], [""]]))
        lines += item(one, 2 if style == "block" else 0)
    return lines


@given(files(), st.data())
def test_any_list_can_be_put_into_any_file(file: tuple[str, list[Any]], data: Any):
    """Read back, it says what was asked for; no other line is lost or altered, nor any comment."""
    text, entries = file
    before = plain(text.encode())
    assert isinstance(before, dict)
    new = data.draw(LISTS)
    new = [*data.draw(st.permutations(entries))[: data.draw(st.integers(0, 4))], *new]
    edited = with_entries(text, KEY, new, data.draw(st.sampled_from([(), ("id", "actions")])))

    read = plain(edited.encode())
    assert isinstance(read, dict)
    assert {**before, KEY: read.get(KEY)} == {**read, KEY: read.get(KEY)}
    assert (read.get(KEY) or []) == new
    assert with_entries(edited, KEY, new) == edited
    assert ("\r\n" in edited) <= ("\r\n" in text)
    assert text.endswith("\n") <= edited.endswith("\n")
    assert [line for line in _others(text) if line.strip()] == [line for line in _others(edited) if line.strip()]
    comments = re.findall(r"# (?!inside|b).*?$|# as JSON", text, re.MULTILINE)
    assert [comment for comment in comments if comment.strip() not in edited] == []


def _others(text: str) -> list[str]:
    """The lines of the keys that are not the list's, without comments."""
    found, mine = [], False
    for line in text.replace("\r\n", "\n").splitlines():
        if re.match(r" {0,2}[a-z-]+:", line) and not line.lstrip().startswith(("person", "reason")):
            mine = KEY in line
        if not mine and not line.lstrip().startswith("# "):
            found.append(line)
    return found
