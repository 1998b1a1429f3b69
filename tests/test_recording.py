"""Signatures are added to one entry, and every other byte stays; what was passed and what was not are told apart."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsci.finding import CannotRun
from qmsci.read import plain
from qmsci.recording import split, standing_of, with_signature
from qmsci.records.document import Document
from qmsci.snapshot import When
from tests.laws import TODAY, snapshot_of

PATH = "training-records/completions/p-2/SOP-014.yaml"
SIGNATURE = {"by": "p-2", "name": "Marte Lie", "meaning": "read-and-understood", "at": "2026-11-22T12:00:00+01:00"}
ENTRY: dict[str, Any] = {
    "assessment": {"attempt": 1, "pass-mark": 80, "score": 92},
    "completed": "2026-11-22T12:00:00+01:00",
    "document": "SOP-014@1",
    "method": ["read", "assessment"],
}
LINE = f"- {json.dumps(ENTRY)}\n"
SIGNED = f"- {json.dumps({**ENTRY, 'signatures': [SIGNATURE]}, sort_keys=True)}\n"
BLOCK = """\
- document: SOP-014@1
  completed: 2026-11-22T12:00:00+01:00
  method:
    - read
    - assessment
  assessment: {score: 92, pass-mark: 80, attempt: 1}
"""


@pytest.mark.parametrize(
    ("before", "index", "after"),
    [
        pytest.param(LINE, 0, SIGNED, id="alone"),
        pytest.param(LINE + LINE, 1, LINE + SIGNED, id="the last"),
        pytest.param(LINE + LINE, 0, SIGNED + LINE, id="the first"),
        pytest.param(LINE.rstrip("\n"), 0, SIGNED.rstrip("\n"), id="without an end of the line"),
        pytest.param(BLOCK + LINE, 1, BLOCK + SIGNED, id="below what a person wrote"),
        pytest.param(f"# one\n{BLOCK}\n# two\n{LINE}", 0, f"# one\n{SIGNED}\n# two\n{LINE}", id="in block style"),
        pytest.param(f"  {LINE}", 0, f"  {SIGNED}", id="indented"),
        pytest.param((LINE + LINE).replace("\n", "\r\n"), 1, (LINE + SIGNED).replace("\n", "\r\n"), id="CRLF"),
        pytest.param(f"\ufeff{LINE}", 0, f"\ufeff{SIGNED}", id="with a byte order mark"),
    ],
)
def test_an_entry_gains_a_signature(before: str, index: int, after: str):
    """On its line; the others keep theirs."""
    assert with_signature(PATH, before.encode(), index, SIGNATURE) == after


@pytest.mark.parametrize(
    ("before", "why"),
    [
        pytest.param(f"[{json.dumps(ENTRY)}]\n", "one list in brackets", id="in brackets"),
        pytest.param("- {document: SOP-014@1\n", "cannot be read", id="unreadable"),
        pytest.param(f"-\n{LINE.replace('- ', '  ')}", "cannot be signed safely", id="the dash above"),
    ],
)
def test_what_is_not_edited(before: str, why: str):
    with pytest.raises(CannotRun, match=why):
        with_signature(PATH, before.encode(), 0, SIGNATURE)


@given(st.lists(st.sampled_from([LINE, BLOCK, f"# a note\n{LINE}", f"{BLOCK}\n"]), min_size=1, max_size=6), st.data())
def test_all_others_stay_as_they_were(parts: list[str], data: st.DataObject):
    """In whatever style they are written."""
    index = data.draw(st.integers(0, len(parts) - 1))
    before = "".join(parts).encode()
    after = with_signature(PATH, before, index, SIGNATURE)

    then, now = plain(before), plain(after.encode())
    assert isinstance(then, list)
    assert isinstance(now, list)
    assert [*now[:index], *now[index + 1 :]] == [*then[:index], *then[index + 1 :]]
    assert now[index] == {**then[index], "signatures": [SIGNATURE]}
    assert all(part in after for at, part in enumerate(parts) if at != index)


PASSED = {"score": 80, "pass-mark": 80, "attempt": 1}
FAILED = {"score": 79, "pass-mark": 80, "attempt": 1}
COMPETENT = {"evaluator": "p-1", "outcome": "competent"}
NOT_COMPETENT = {"evaluator": "p-1", "outcome": "not-competent"}


@pytest.mark.parametrize(
    ("values", "methods"),
    [
        pytest.param({"method": ["read"]}, [["read"]], id="a reading"),
        pytest.param({"method": ["read", "assessment"], "assessment": PASSED}, [["read", "assessment"]], id="passed"),
        pytest.param({"method": ["read", "assessment"], "assessment": FAILED}, [["read"], ["assessment"]], id="failed"),
        pytest.param({"method": ["assessment"], "assessment": FAILED}, [["assessment"]], id="failed alone"),
        pytest.param(
            {"method": ["read", "assessment", "practical"], "assessment": FAILED, "practical": NOT_COMPETENT},
            [["read"], ["assessment"], ["practical"]],
            id="both failed",
        ),
        pytest.param(
            {"method": ["assessment", "practical"], "assessment": FAILED, "practical": COMPETENT},
            [["practical"], ["assessment"]],
            id="one failed",
        ),
    ],
)
def test_what_failed_stands_alone(values: dict[str, Any], methods: list[list[str]]):
    """Each entry has the parts that it speaks of, and nothing of the others."""
    found = split(values)
    assert [one["method"] for one in found] == methods
    for one in found:
        for part in ("assessment", "practical"):
            assert (part in one) == (part in one["method"])


DOCUMENT = """\
---
id: SOP-014
title: T
owner: o
revisions:
  - {revision: 5, effective: 2026-12-15, summary: S, impact: retrain, authors: [p-1]}
  - {revision: 4, effective: 2026-12-01, withdrawn: 2026-11-01, summary: S, impact: retrain, authors: [p-1]}
  - {revision: 3, effective: 2026-01-15, summary: S, impact: retrain, authors: [p-1]}
  - {revision: 2, effective: 2025-01-15, summary: S, impact: retrain, authors: [p-1]}
---
Text.
"""


@pytest.mark.parametrize(
    ("label", "more", "said"),
    [
        ("3", "", "in force since 2026-01-15"),
        ("5", "", "effective 2026-12-15: not in force yet"),
        ("4", "", "withdrawn on 2026-11-01"),
        ("2", "", "superseded"),
        ("3", "retired: 2026-11-01\n", "retired"),
    ],
)
def test_what_is_said_of_a_revision(label: str, more: str, said: str):
    snapshot = snapshot_of({"controlled-docs/sop/SOP-014.md": DOCUMENT.replace("owner", f"{more}owner")})
    document = snapshot.documents.get("SOP-014")
    assert isinstance(document, Document)
    entry = document.entry(label)
    assert entry
    assert standing_of(document, entry, When(snapshot.end_of(TODAY).instant, TODAY)) == said
