"""Signatures on pages: who signed, when, as what; and of each whether it verifies, by a key that counted then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from qmsci.key_register import KeyRegister
from qmsci.render.site import signatures
from qmsci.render.site.page import Mark, Page, Said, Tone
from qmsci.render.site.signatures import claims_in
from tests.render.site.shown import column, person_page, reference_people, rows_of, surveyed, table_of, text_of
from tests.signatories import (
    COMPLETIONS,
    DOCUMENT,
    EVALUATOR,
    PENS,
    TRAINEE,
    WAIVERS,
    history,
    keys_of,
    on,
    people,
    practical,
    waiver,
    words,
)

HEAD = "Signed by, as, at (21 CFR 11.50), and whether it verifies"
GOOD = on(COMPLETIONS, practical(), TRAINEE, EVALUATOR)


def page_of(files: dict[str, str], **keys: str) -> Page:
    """The page of p-1."""
    return person_page(surveyed({**people(**keys), **DOCUMENT, **files}), "p-1")[0]


def marks(said: Said) -> Iterator[Mark]:
    """The words of a cell that say a state."""
    if isinstance(said, Mark):
        yield said
    elif isinstance(said, tuple):
        for one in said:
            yield from marks(one)


def verdicts(page: Page, name: str = "history", head: str = HEAD) -> list[tuple[str, Tone]]:
    """What is said of each signature in a table."""
    table = table_of(page, name)
    position = table.heads.index(head)
    return [(mark.text, mark.tone) for row in table.rows for mark in marks(row[position])]


def test_nothing_is_signed():
    """No file, or one without signatures, has no claims."""
    survey = surveyed({**DOCUMENT, **history(practical())})

    assert claims_in(survey, []) == {}
    assert claims_in(survey, [COMPLETIONS, "training-records/completions/p-9/SOP-001.yaml"]) == {}
    assert column(page_of(history(practical())), "history", HEAD) == ["not signed"]


def test_each_signature_of_an_entry_has_its_verdict_and_its_key():
    """With the fingerprint in full at hand, and a link to the register of keys."""
    page = page_of(history(GOOD))
    key = PENS["p-1"].signer.key.fingerprint

    assert verdicts(page) == [("verifies, key valid then", Tone.GOOD)] * 2
    (said,) = column(page, "history", HEAD)
    assert said.startswith(f"Person p-1 (p-1), performed, 2026-11-22 10:00:00 +01:00, key {key}: verifies, key valid ")
    assert said.count("Person p-7 (p-7), evaluated, ") == 1
    assert f'<a href="../verification/index.html#keys"><code title="{key}">{key[:15]}…</code></a>' in text_of(page)


def altered(record: dict[str, Any]) -> dict[str, Any]:
    return {**record, "completed": "2026-11-21T09:30:00+01:00"}


def swapped(record: dict[str, Any]) -> dict[str, Any]:
    return {**record, "signatures": record["signatures"][::-1]}


def in_words(record: dict[str, Any]) -> dict[str, Any]:
    return {**record, "signatures": [words(*TRAINEE), *record["signatures"][1:]]}


def half(record: dict[str, Any]) -> dict[str, Any]:
    return {**record, "signatures": [{**words(*TRAINEE), "signature": "U1NI"}, *record["signatures"][1:]]}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(altered, ["does not verify: the signature of p-1", "does not verify: the s"], id="altered"),
        pytest.param(swapped, ["verifies, key valid then"] * 2, id="in-another-order"),
        pytest.param(in_words, ["verifies, key valid then"], id="one-in-words"),
        pytest.param(half, ["does not verify: the signature lacks key", "verifies, key valid then"], id="half"),
    ],
)
def test_what_is_wrong_with_a_signature_is_said(change: Callable[[dict[str, Any]], dict[str, Any]], says: list[str]):
    page = page_of(history(change(GOOD)))
    found = verdicts(page)

    assert [said[: len(start)] for (said, _), start in zip(found, says, strict=True)] == says
    assert all((tone is Tone.GOOD) is said.startswith("verifies") for said, tone in found)
    assert ("not signed" in column(page, "history", HEAD)[0]) is (change is in_words)


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        pytest.param("", "does not count: the key SHA256:", id="not-registered"),
        pytest.param(keys_of(PENS["p-1"], ", to: 2026-11-01"), "does not count: signed on 2026-11-22", id="ended"),
        pytest.param(
            keys_of(PENS["p-1"], ", revoked: {on: 2026-11-22}"), "does not count: the key SHA256:", id="revoked"
        ),
        pytest.param(keys_of(PENS["p-1"], ", to: 2026-11-22"), "verifies, key valid then", id="on-its-last-day"),
    ],
)
def test_a_key_must_have_counted_at_the_time_of_signing(keys: str, says: str):
    found = verdicts(page_of(history(GOOD), p_1=keys))

    assert found[0][0].startswith(says)
    assert found[1] == ("verifies, key valid then", Tone.GOOD)


def test_waivers_have_verdicts_as_well():
    """And so has each of several records in one file, that of its own."""
    good = on(WAIVERS, waiver(), ("p-3", "approved"))
    page = page_of(history(good, {**good, "until": "2027-12-01"}, path=WAIVERS))

    assert [said.partition(":")[0] for said, _ in verdicts(page, "waivers", "Signed by, as, at")] == [
        "does not verify",
        "verifies, key valid then",
    ]


def test_the_keys_of_a_signer_are_read_once(monkeypatch: pytest.MonkeyPatch):
    """Not for each signature, nor for each person."""
    made: list[str | None] = []

    class Counted(KeyRegister):
        def __init__(self, snapshot: Any, only: str | None = None) -> None:
            made.append(only)
            super().__init__(snapshot, only)

    monkeypatch.setattr(signatures, "KeyRegister", Counted)
    survey = surveyed({**people(), **DOCUMENT, **history(GOOD, GOOD)})
    for name in ("p-1", "p-1", "p-2"):
        person_page(survey, name)

    assert sorted(map(str, made)) == ["p-1", "p-7"]


def test_every_signature_of_the_reference_system_verifies():
    """The one entry that nobody signed was rejected."""
    pages = [page for page, _ in reference_people().values()]
    found = [one for page in pages for one in verdicts(page)]
    bare = [row for page in pages for row in rows_of(page, "history") if "key SHA256:" not in row[HEAD]]

    assert len(found) > 400
    assert set(found) == {("verifies, key valid then", Tone.GOOD)}
    assert all(row["Outcome"].startswith("counts for nothing: rejected by p-0003") for row in bare)
