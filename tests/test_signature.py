"""What a signature signs: all of its record, in its place, and nothing but its layout may change."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsci.finding import CannotRun
from qmsci.load import Content, content_of, record_of
from qmsci.signature import SAYS, chosen, disagreement, payload_of, reference, signatures_in

COMPLETIONS = "training-records/completions/p-0042/SOP-014.yaml"
WAIVERS = "training-records/waivers/p-0042/SOP-014.yaml"
APPROVAL = "controlled-docs/approvals/SOP-014@3/p-0003.yaml"
TEXT = "sha256:" + "a" * 64
FIELDS = {"by": "p-0042", "name": "Ingrid", "meaning": "read-and-understood", "at": "2026-12-01T09:30:00+01:00"}

BLOCK = f"""\
- document: SOP-014@3
  text: {TEXT}
  completed: 2026-12-01T09:30:00+01:00
  method: [read, practical]
  assessment: {{score: 92, pass-mark: 80, attempt: 1}}
  practical: {{evaluator: p-0011, outcome: competent}}
  late: reader offline
  signatures:
    - {{by: p-0042, name: Ingrid, meaning: read-and-understood, at: 2026-12-01T09:30:00+01:00, key: "SHA256:x", signature: U1NI}}
    - by: p-0011
      name: Bo
      meaning: evaluated
      at: 2026-12-01T10:00:00+01:00
      key: "SHA256:y"
      signature: U1NJ
- {{rejects: {TEXT}, reason: Wrong person, by: p-0003, at: 2026-12-02T09:30:00+01:00}}
"""
SIGNED = (
    '{"assessment":{"attempt":1,"pass-mark":80,"score":92},"at":"2026-12-01T09:30:00+01:00","by":"p-0042",'
    '"completed":"2026-12-01T09:30:00+01:00","document":"SOP-014@3","meaning":"read-and-understood",'
    '"method":["read","practical"],"name":"Ingrid","person":"p-0042",'
    f'"practical":{{"evaluator":"p-0011","outcome":"competent"}},"text":"{TEXT}"}}'
)


def content(path: str, text: str) -> Content:
    """A file as it is written; it is one that a record can be read from."""
    found = content_of(path, text.encode())
    assert record_of(path, found).record, record_of(path, found).faults
    return found


def one_line(found: Content) -> str:
    """The file as qmsci writes it: each entry on one line, keys sorted."""
    return "".join(f"- {json.dumps(entry, sort_keys=True)}\n" for entry in found.values["entries"])


def test_each_signature_signs_its_record_and_what_it_says_of_itself():
    first, second = signatures_in(COMPLETIONS, content(COMPLETIONS, BLOCK))

    assert first.payload.decode() == SIGNED
    assert second.payload.decode() == SIGNED.replace(
        "2026-12-01T09:30:00+01:00", "2026-12-01T10:00:00+01:00", 1
    ).replace("p-0042", "p-0011", 1).replace("read-and-understood", "evaluated").replace("Ingrid", "Bo")
    assert [(one.name, one.keys, one.is_given) for one in (first, second)] == [
        (f"{COMPLETIONS}#1.1", (0, "signatures", 0), True),
        (f"{COMPLETIONS}#1.2", (0, "signatures", 1), True),
    ]


def test_block_style_and_one_line_sign_the_same_bytes():
    block = content(COMPLETIONS, BLOCK)
    line = content(COMPLETIONS, one_line(block))

    assert [one.payload for one in signatures_in(COMPLETIONS, block)] == [
        one.payload for one in signatures_in(COMPLETIONS, line)
    ]


@pytest.mark.parametrize(
    ("was", "now"),
    [
        pytest.param("  late: reader offline\n", "", id="late is not signed"),
        pytest.param("U1NI", "U1NX", id="nor the signature itself"),
        pytest.param("  late", "  origin:\n  late", id="a key without a value is none"),
        pytest.param("score: 92", 'score: "92"', id="quotes"),
        pytest.param("\n", "\r\n", id="line ends"),
    ],
)
def test_what_may_change(was: str, now: str):
    found = next(signatures_in(COMPLETIONS, content(COMPLETIONS, BLOCK.replace(was, now))))

    assert found.payload.decode() == SIGNED


@pytest.mark.parametrize(
    ("path", "was", "now"),
    [
        pytest.param(COMPLETIONS.replace("p-0042", "p-0043"), "", "", id="person"),
        pytest.param(COMPLETIONS, "SOP-014@3", "SOP-014@2", id="document"),
        pytest.param(COMPLETIONS, "sha256:a", "sha256:b", id="text"),
        pytest.param(COMPLETIONS, "completed: 2026-12-01", "completed: 2026-11-01", id="completed"),
        pytest.param(COMPLETIONS, "[read, practical]", "[read]", id="method"),
        pytest.param(COMPLETIONS, "score: 92", "score: 93", id="score"),
        pytest.param(COMPLETIONS, "pass-mark: 80", "pass-mark: 79", id="pass mark"),
        pytest.param(COMPLETIONS, "attempt: 1", "attempt: 2", id="attempt"),
        pytest.param(COMPLETIONS, "evaluator: p-0011", "evaluator: p-0012", id="evaluator"),
        pytest.param(COMPLETIONS, "outcome: competent", "outcome: not-competent", id="outcome"),
        pytest.param(COMPLETIONS, "by: p-0042", "by: p-0043", id="by"),
        pytest.param(COMPLETIONS, "name: Ingrid", "name: Ingri", id="name"),
        pytest.param(COMPLETIONS, "meaning: read-and", "meaning: evaluated-and", id="meaning"),
        pytest.param(COMPLETIONS, "at: 2026-12-01T09:30:00+01:00,", "at: 2026-12-01T08:30:00Z,", id="at, as written"),
        pytest.param(COMPLETIONS, "  late", "  assignments: [SOP-014@3/operator]\n  late", id="added"),
        pytest.param(COMPLETIONS, "  late", "  origin: {system: x, reference: y}\n  late", id="added origin"),
    ],
)
def test_what_may_not_change(path: str, was: str, now: str):
    found = next(signatures_in(path, content(path, BLOCK.replace(was, now, 1))))

    assert found.payload.decode() != SIGNED


def test_a_waiver_is_signed_with_the_person_who_benefits():
    text = """\
- document: SOP-014@3
  reason: Certificate
  from: 2026-11-20
  until: 2027-11-20
  by: p-0003
  signatures: [{by: p-0003, name: Marte, meaning: approved, at: 2026-11-20T09:00:00+01:00, key: K, signature: S}]
"""
    (found,) = signatures_in(WAIVERS, content(WAIVERS, text))

    assert json.loads(found.payload) == {
        "at": "2026-11-20T09:00:00+01:00",
        "by": "p-0003",
        "document": "SOP-014@3",
        "from": "2026-11-20",
        "meaning": "approved",
        "name": "Marte",
        "person": "p-0042",
        "reason": "Certificate",
        "until": "2027-11-20",
    }


APPROVED = f"""\
document: SOP-014@3
text: {TEXT}
effective: 2026-12-15
impact: retrain
governs: [aseptic-gowning]
training: {{method: [read], supervised: 3}}
by: p-0003
name: Marte
meaning: quality-approval
at: 2026-11-22T10:00:00+01:00
"""


def test_an_approval_is_signed_whole():
    (found,) = signatures_in(APPROVAL, content(APPROVAL, APPROVED + "key: K\nsignature: S\n"))

    assert (found.name, found.is_given) == (APPROVAL, True)
    assert json.loads(found.payload) == {
        "at": "2026-11-22T10:00:00+01:00",
        "by": "p-0003",
        "document": "SOP-014@3",
        "effective": "2026-12-15",
        "governs": ["aseptic-gowning"],
        "impact": "retrain",
        "meaning": "quality-approval",
        "name": "Marte",
        "text": TEXT,
        "training": {"method": ["read"], "supervised": 3},
    }


def test_an_approval_without_a_key_is_one_in_words():
    (found,) = signatures_in(APPROVAL, content(APPROVAL, APPROVED))

    assert not found.is_given


def test_other_files_have_no_signatures():
    assert list(signatures_in("roles/people/p-0042.yaml", Content({"signatures": []}))) == []
    assert list(signatures_in("README.md", Content({"signatures": []}))) == []


_values = st.recursive(
    st.text(max_size=6) | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
)
_records = st.dictionaries(
    st.text(max_size=5).filter(lambda key: key not in ("late", "person", *SAYS)), _values, max_size=5
)


def present(value: Any) -> Any:
    """A value without its absent keys."""
    if isinstance(value, dict):
        return {key: present(inner) for key, inner in value.items() if inner is not None}
    return [present(inner) for inner in value] if isinstance(value, list) else value


@given(_records, _records)
def test_two_records_that_differ_have_two_payloads(one: dict[str, Any], other: dict[str, Any]):
    one, other = ({key: value for key, value in each.items() if key not in _UNSIGNED} for each in (one, other))
    same = present(one) == present(other)

    assert (payload_of(APPROVAL, one, FIELDS) == payload_of(APPROVAL, other, FIELDS)) == same


_UNSIGNED = {"signatures", "key", "signature"}


# --- where a record and its signature disagree ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "at", "said"),
    [
        pytest.param("p-0003", "2026-12-02T09:30:00+01:00", None, id="they agree"),
        pytest.param(
            "p-0004", "2026-12-02T09:30:00+01:00", "the record says by: p-0003, and its signature by: p-0004", id="by"
        ),
        pytest.param(
            "p-0003",
            "2026-12-02T08:30:00Z",
            "the record says at: 2026-12-02T09:30:00+01:00, and its signature at: 2026-12-02T08:30:00Z",
            id="at",
        ),
    ],
)
def test_a_rejection_is_signed_by_who_rejects_when_it_is_rejected(by: str, at: str, said: str | None):
    text = f"""\
- {{rejects: {TEXT}, reason: R, by: p-0003, at: 2026-12-02T09:30:00+01:00, signatures: [{{by: {by}, at: "{at}"}}]}}
"""
    (found,) = signatures_in(COMPLETIONS, content(COMPLETIONS, text))

    assert disagreement(found) == said


# --- one of them by its name ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("a/b.yaml", ("a/b.yaml", None, None)),
        ("a/b.yaml#3", ("a/b.yaml", 3, None)),
        ("a/b.yaml#3.12", ("a/b.yaml", 3, 12)),
    ],
)
def test_a_signature_is_named(text: str, named: tuple[str, int | None, int | None]):
    assert reference(text) == named


@pytest.mark.parametrize("text", ["", "#", "a#0", "a#1.0", "a#1.", "a#x", "a##1", "a#1.2.3", "a#-1", "a#²"])
def test_what_names_no_signature(text: str):
    with pytest.raises(CannotRun, match="does not name a signature, as in PATH, PATH#3 or"):
        reference(text)


@pytest.mark.parametrize(
    ("entry", "number", "name"),
    [(1, None, "#1.2"), (1, 1, "#1.1"), (1, 2, "#1.2")],
)
def test_the_last_signature_is_meant_where_none_is_named(entry: int | None, number: int | None, name: str):
    assert chosen(COMPLETIONS, content(COMPLETIONS, BLOCK), entry, number).name == COMPLETIONS + name


def test_the_last_entry_is_meant_where_none_is_named():
    found = content(COMPLETIONS, BLOCK[: BLOCK.index("- {rejects")])

    assert chosen(COMPLETIONS, found, None, None).name == COMPLETIONS + "#1.2"
    assert chosen(APPROVAL, content(APPROVAL, APPROVED), None, None).name == APPROVAL


@pytest.mark.parametrize(
    ("entry", "number", "words"),
    [
        (3, None, "has 2 entries, and no entry 3"),
        (None, None, "entry 2 of .* has no signature"),
        (1, 3, "entry 1 of .* has 2 signatures, and no signature 3"),
    ],
)
def test_a_signature_that_is_not_there(entry: int | None, number: int | None, words: str):
    with pytest.raises(CannotRun, match=words):
        chosen(COMPLETIONS, content(COMPLETIONS, BLOCK), entry, number)
