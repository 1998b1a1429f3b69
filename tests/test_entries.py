"""One entry more, or one signature, and every byte that was there stays there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsci.entries import line_of, with_entry, with_signature
from qmsci.finding import CannotRun
from qmsci.load import load
from qmsci.read import plain

PATH = "training-records/waivers/p-0042/SOP-014.yaml"
HISTORY = "training-records/completions/p-0042/SOP-014.yaml"
ENTRY = {"document": "SOP-014@3", "from": "2026-11-22", "until": "2027-11-22", "reason": 'The "old" glove: ist æ'}
LINE = (
    '- {"document": "SOP-014@3", "from": "2026-11-22", "reason": "The \\"old\\" glove: ist æ", "until": "2027-11-22"}'
)
FIRST = "- document: SOP-014@2\n  from: 2025-01-10\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(None, f"{LINE}\n", id="the first one"),
        pytest.param(f"{LINE}\n", f"{LINE}\n{LINE}\n", id="as qmsci writes it"),
        pytest.param(LINE, f"{LINE}\n{LINE}\n", id="without an end of the line"),
        pytest.param(FIRST, f"{FIRST}{LINE}\n", id="as people write it"),
        pytest.param(
            "# by hand\n  - document: SOP-014@2  # two\n    from: 2025-01-10\n",
            f"# by hand\n  - document: SOP-014@2  # two\n    from: 2025-01-10\n  {LINE}\n",
            id="indented",
        ),
        pytest.param(f"{FIRST}\n# the end\n\n", f"{FIRST}\n# the end\n\n{LINE}\n", id="after comments"),
        pytest.param(FIRST.replace("\n", "\r\n"), f"{FIRST}{LINE}\n".replace("\n", "\r\n"), id="CRLF"),
        pytest.param(f"\ufeff{FIRST}", f"\ufeff{FIRST}{LINE}\n", id="with a byte order mark"),
        pytest.param(
            f"{FIRST}  reason: |\n    Long.\n\n",
            f"{FIRST}  reason: |\n    Long.\n\n{LINE}\n",
            id="after a text of lines",
        ),
        pytest.param(
            "- {document: SOP-014@2,\n   from: 2025-01-10}\n",
            f"- {{document: SOP-014@2,\n   from: 2025-01-10}}\n{LINE}\n",
            id="in braces over two lines",
        ),
    ],
)
def test_an_entry_is_added_at_the_end(before: str | None, after: str):
    """And what stood there is still there, to the byte."""
    assert with_entry(PATH, before.encode() if before is not None else None, ENTRY) == after
    assert load(PATH, after.encode()).record


@pytest.mark.parametrize(
    ("before", "why"),
    [
        ("[{document: SOP-014@2, from: 2025-01-10}]\n", "one list in brackets"),
        ("- {document: SOP-014@2\n", "cannot be read"),
        ("- document: SOP-015@2\n  from: 2025-01-10\n", "stands in a file for SOP-014"),
        ("document: SOP-014@2\nfrom: 2025-01-10\n", "cannot be read"),
        ("", "empty"),
        (f"{FIRST}<<<<<<< HEAD\n", "merge conflict"),
        (f"{FIRST}...\n", "could not be read with this entry"),
        (f"{FIRST}  reason: |+\n    Long.\n      ", "by hand"),
    ],
)
def test_what_cannot_be_added_to_safely_is_refused(before: str, why: str):
    """With the reason; nobody loses what they wrote."""
    with pytest.raises(CannotRun, match=why):
        with_entry(PATH, before.encode(), ENTRY)


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({**ENTRY, "document": "SOP-015@3"}, "stands in a file for SOP-014"),
        ({**ENTRY, "until": "tomorrow"}, "not a date"),
        ({**ENTRY, "reason": "a \x1b[31m b"}, "control character"),
        ({**ENTRY, "reason": "a \u2028 b"}, "line break"),
        ({**ENTRY, "reason": "a \ud800 b"}, "characters that are none"),
        ({**ENTRY, "sign": "me"}, "could not be read with this entry"),
    ],
)
@pytest.mark.parametrize("before", [None, FIRST])
def test_an_entry_that_could_not_be_read_is_never_written(before: str | None, entry: dict[str, Any], why: str):
    """Whoever writes it hears of it at once."""
    with pytest.raises(CannotRun, match=why):
        with_entry(PATH, before.encode() if before else None, entry)


def test_numbers_are_written_as_numbers_and_read_as_texts():
    """As every scalar of a record is."""
    entry = {
        "document": "SOP-014@3",
        "completed": "2026-11-22T09:30:00+01:00",
        "method": ["assessment"],
        "assessment": {"score": 92, "pass-mark": 80, "attempt": 1},
    }

    assert '"score": 92' in with_entry(HISTORY, None, entry)


@given(
    entries=st.lists(
        st.fixed_dictionaries(
            {"reason": st.text(min_size=1, max_size=40).filter(lambda text: text.strip())},
            optional={"evidence": st.text(min_size=1, max_size=10).filter(lambda text: text.strip())},
        ),
        min_size=1,
        max_size=4,
    ),
    style=st.sampled_from([FIRST, f"  {FIRST.replace(chr(10), chr(10) + '  ').rstrip()}\n", FIRST.rstrip("\n"), None]),
)
def test_adding_is_adding(entries: list[dict[str, str]], style: str | None):
    """However a file begins, it has after each step what it had, and the entry; or nothing is written at all."""
    text = style
    for said in entries:
        entry = {"document": "SOP-014@3", "from": "2026-11-22", **said}
        before = text
        data = before.encode() if before is not None else None
        try:
            text = with_entry(PATH, data, entry)
        except CannotRun:
            assert any(not char.isprintable() for char in line_of(said) + "".join(said.values()))
            continue
        assert text.startswith(before or "")
        assert plain(text.encode()) == [*(plain(data) if data else []), entry]  # type: ignore[misc]


# --- a signature ----------------------------------------------------------------------------------------------------

SIGNATURE = {"by": "p-2", "name": "Marte Lie", "meaning": "read-and-understood", "at": "2026-11-22T12:00:00+01:00"}
TRAINING: dict[str, Any] = {
    "assessment": {"attempt": 1, "pass-mark": 80, "score": 92},
    "completed": "2026-11-22T12:00:00+01:00",
    "document": "SOP-014@1",
    "method": ["read", "assessment"],
}
TRAINED = f"- {json.dumps(TRAINING)}\n"
SIGNED = f"- {json.dumps({**TRAINING, 'signatures': [SIGNATURE]}, sort_keys=True)}\n"
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
        pytest.param(TRAINED, 0, SIGNED, id="alone"),
        pytest.param(TRAINED + TRAINED, 1, TRAINED + SIGNED, id="the last"),
        pytest.param(TRAINED + TRAINED, 0, SIGNED + TRAINED, id="the first"),
        pytest.param(TRAINED.rstrip("\n"), 0, SIGNED.rstrip("\n"), id="without an end of the line"),
        pytest.param(BLOCK + TRAINED, 1, BLOCK + SIGNED, id="below what a person wrote"),
        pytest.param(f"# one\n{BLOCK}\n# two\n{TRAINED}", 0, f"# one\n{SIGNED}\n# two\n{TRAINED}", id="in block style"),
        pytest.param(f"  {TRAINED}", 0, f"  {SIGNED}", id="indented"),
        pytest.param((TRAINED + TRAINED).replace("\n", "\r\n"), 1, (TRAINED + SIGNED).replace("\n", "\r\n"), id="CRLF"),
        pytest.param(f"\ufeff{TRAINED}", 0, f"\ufeff{SIGNED}", id="with a byte order mark"),
        pytest.param(f"{BLOCK}  late:\n", 0, SIGNED, id="a key without a value says nothing"),
    ],
)
def test_an_entry_gains_a_signature(before: str, index: int, after: str):
    """On its line; the others keep theirs."""
    assert with_signature(HISTORY, before.encode(), index, SIGNATURE) == after


@pytest.mark.parametrize(
    ("before", "why"),
    [
        pytest.param(f"[{json.dumps(TRAINING)}]\n", "one list in brackets", id="in brackets"),
        pytest.param("- {document: SOP-014@1\n", "cannot be read", id="unreadable"),
        pytest.param(f"-\n{TRAINED.replace('- ', '  ')}", "cannot be signed safely", id="the dash above"),
    ],
)
def test_what_cannot_be_signed_safely_is_refused(before: str, why: str):
    """With the reason, and what to do."""
    with pytest.raises(CannotRun, match=why):
        with_signature(HISTORY, before.encode(), 0, SIGNATURE)


@given(
    st.lists(st.sampled_from([TRAINED, BLOCK, f"# a note\n{TRAINED}", f"{BLOCK}\n"]), min_size=1, max_size=6), st.data()
)
def test_all_others_stay_as_they_were(parts: list[str], data: st.DataObject):
    """In whatever style they are written."""
    index = data.draw(st.integers(0, len(parts) - 1))
    before = "".join(parts).encode()
    after = with_signature(HISTORY, before, index, SIGNATURE)

    then, now = plain(before), plain(after.encode())
    assert isinstance(then, list)
    assert isinstance(now, list)
    assert [*now[:index], *now[index + 1 :]] == [*then[:index], *then[index + 1 :]]
    assert now[index] == {**then[index], "signatures": [SIGNATURE]}
    assert all(part in after for at, part in enumerate(parts) if at != index)
