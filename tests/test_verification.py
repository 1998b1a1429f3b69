"""What is held against what; the command's tests do the rest in real repositories."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsci.read import text_digest
from qmsci.records.base import RevisionId
from qmsci.verification import Texts, revision_in
from tests.laws import snapshot_of

PATH = "controlled-docs/sop/SOP-001.md"
DOCUMENT = """\
---
id: SOP-001
title: Gowning
owner: operator
revisions:
  - {revision: 3, effective: 2026-12-15, summary: S., impact: retrain, authors: [p-1]}
  - {revision: 2, effective: 2026-01-15, summary: S., impact: retrain, authors: [p-1]}
---
Gown.
"""
OLDER = "sha256:" + "2" * 64


def test_a_newest_text_is_in_the_file_and_older_ones_are_asked_for():
    asked = []

    def earlier() -> Mapping[RevisionId, str]:
        asked.append(1)
        return {RevisionId("SOP-001", "2"): OLDER, RevisionId("SOP-001", "1"): "never in the list"}

    texts = Texts(snapshot_of({PATH: DOCUMENT}), earlier)

    assert texts.of(RevisionId("SOP-001", "3")) == text_digest(b"Gown.\n")
    assert asked == []
    assert [texts.of(RevisionId("SOP-001", "2")) for _ in range(3)] == [OLDER] * 3
    assert asked == [1]
    assert texts.of(RevisionId("SOP-001", "1")) is None
    assert texts.of(RevisionId("SOP-002", "1")) is None


def test_the_revision_in_a_version_of_a_file():
    assert revision_in(PATH, DOCUMENT.encode()) == (RevisionId("SOP-001", "3"), text_digest(b"Gown.\n"))


def test_a_version_of_an_older_schema_still_has_a_revision():
    """It was a document once; what the schema says today of its other keys is no matter."""
    text = DOCUMENT.replace("title: Gowning", "heading: Gowning")

    assert revision_in(PATH, text.encode()) == (RevisionId("SOP-001", "3"), text_digest(b"Gown.\n"))


@pytest.mark.parametrize(
    "front",
    [
        "",
        "- a",
        "id: SOP-001",
        "id: SOP-001\nrevisions: []",
        "id: SOP-001\nrevisions: [1]",
        "revisions: [{revision: 1}]",
    ],
)
def test_a_version_without_a_revision(front: str):
    assert revision_in(PATH, f"---\n{front}\n---\nGown.\n".encode()) is None


@given(st.binary(max_size=200))
def test_whatever_a_version_holds(data: bytes):
    assert revision_in(PATH, data) is None
