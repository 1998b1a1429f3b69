"""Canonical JSON: the same bytes however a record is laid out, and those that RFC 8785 asks for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qmsci.read import plain
from qmsci.records.canonical import canonical_json, digest_of

BLOCK = b"""\
document: SOP-014@3
text: "a \\"quoted\\" text"
completed: 2026-12-01T09:30:00+01:00
method: [read, practical]
assessment:
  score: 92
  pass-mark: 80
  attempt: 1
"""
ONE_LINE = (
    b'- {"assessment": {"attempt": 1, "pass-mark": 80, "score": 92}, "completed": "2026-12-01T09:30:00+01:00",'
    b' "document": "SOP-014@3", "method": ["read", "practical"], "text": "a \\"quoted\\" text"}\n'
)


def test_block_style_and_one_line_have_the_same_bytes():
    assert canonical_json(plain(BLOCK)) == canonical_json(plain(ONE_LINE)[0])
    assert canonical_json(plain(BLOCK)) == (
        b'{"assessment":{"attempt":1,"pass-mark":80,"score":92},"completed":"2026-12-01T09:30:00+01:00",'
        b'"document":"SOP-014@3","method":["read","practical"],"text":"a \\"quoted\\" text"}'
    )


def test_only_numbers_become_numbers():
    """A label, a day and an id are the text that was written, and so is what only looks like a number."""
    entry = {"revision": "3", "score": "92", "supervised": "3", "attempt": "²", "pass-mark": ["80"], "name": "80"}

    assert canonical_json(entry) == (
        '{"attempt":"²","name":"80","pass-mark":["80"],"revision":"3","score":92,"supervised":3}'.encode()
    )


def test_keys_are_in_the_order_of_utf_16():
    assert list(map(ord, canonical_json({"\ufb33": "", "\U0001f600": ""}).decode()[2])) == [0x1F600]


def test_a_digest_stays_what_it_was():
    """Rejections that are on record name entries by it."""
    assert digest_of({"document": "SOP-014@3", "assessment": {"score": "92"}, "name": "Åse"}) == (
        "sha256:06719616ef8ec764dfdcbd71edefeb2421cacd59c4b3b9b583fd38b525dd9bf7"
    )


@given(st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=4))
def test_the_order_of_the_keys_means_nothing(entry: dict[str, str]):
    assert canonical_json(entry) == canonical_json(dict(reversed(entry.items())))
