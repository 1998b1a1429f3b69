"""Marks, attempts, and answers that open for one passphrase and one set of questions."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsci.assessment import NONCE_BYTES, SALT_BYTES, chosen, marked, next_attempt, pass_mark, sealed, unsealed
from qmsci.finding import CannotRun
from qmsci.load import load
from qmsci.records.base import RevisionId
from qmsci.records.questions import Questions, Sealed
from qmsci.records.training import AssignmentItem
from tests.laws import snapshot_of

PATH = "controlled-docs/trn/TRN-001.questions.yaml"
TEXT = """\
document: TRN-001
questions:
  - {id: q1, text: One?, options: {a: A, b: B, c: C}}
  - {id: q2, text: Two?, options: {a: A, b: B, c: C}, multiple: true}
  - {id: q3, text: Three?, options: {a: A, b: B}}
"""
PASSPHRASE = "the trainers know it"
CORRECT = {"q1": frozenset("b"), "q2": frozenset("ac"), "q3": frozenset("a")}
SALT, NONCE = bytes(SALT_BYTES), bytes(NONCE_BYTES)


def questions(text: str = TEXT, answers: dict[str, str] | None = None) -> Questions:
    """The questions of a file, with sealed answers where there are some."""
    more = f"answers: {json.dumps(answers)}\n" if answers else ""
    loaded = load(PATH, (text + more).encode())
    assert isinstance(loaded.record, Questions), loaded.faults
    return loaded.record


SEALS = sealed(questions(), CORRECT, PASSPHRASE, SALT, NONCE)


@pytest.mark.parametrize(
    ("given", "score", "wrong"),
    [
        pytest.param(CORRECT, 100, (), id="all"),
        pytest.param(CORRECT | {"q2": frozenset("a")}, 66, ("q2",), id="half of one is none of it"),
        pytest.param(CORRECT | {"q2": frozenset("abc")}, 66, ("q2",), id="too much"),
        pytest.param({}, 0, ("q1", "q2", "q3"), id="nothing"),
    ],
)
def test_marks(given: dict[str, frozenset[str]], score: int, wrong: tuple[str, ...]):
    """In percent, rounded down: 66.7 does not reach 67."""
    assert marked(questions(), given, CORRECT) == (score, wrong)


@given(st.fixed_dictionaries({name: st.frozensets(st.sampled_from("abc")) for name in CORRECT}))
def test_only_all_is_a_hundred(said: dict[str, frozenset[str]]):
    """And a score says how many are wrong."""
    found = marked(questions(), said, CORRECT)
    assert (found.score == 100) == (said == CORRECT)
    assert found.score == 100 * (3 - len(found.wrong)) // 3


def test_an_option_that_there_is_not():
    with pytest.raises(CannotRun, match="question q1 is answered by nothing"):
        chosen(questions().questions[0], [])


# --- attempts -------------------------------------------------------------------------------------------------------

HISTORY = "training-records/completions/p-1/TRN-001.yaml"
REVISION = RevisionId("TRN-001", "1")


def attempt(number: int, assignments: str = "[]", revision: int = 1) -> str:
    """An attempt that failed."""
    return (
        f"- document: TRN-001@{revision}\n  completed: 2026-11-20T10:0{number}:00+01:00\n  method: [assessment]\n"
        f"  assignments: {assignments}\n  assessment: {{score: 10, pass-mark: 80, attempt: {number}}}\n"
    )


@pytest.mark.parametrize(
    ("history", "assignments", "number"),
    [
        pytest.param("", [], 1, id="the first"),
        pytest.param(attempt(1) + attempt(2), [], 3, id="the third"),
        pytest.param(attempt(1), ["people/p-1/x"], 1, id="another purpose"),
        pytest.param(attempt(1, "[people/p-1/x]"), ["people/p-1/x", "people/p-1/y"], 2, id="one of two purposes"),
        pytest.param(attempt(1, revision=2), [], 1, id="another revision"),
        pytest.param(attempt(3), [], 2, id="one that was never recorded may be"),
        pytest.param(attempt(2), [], 3, id="a number is given once"),
    ],
)
def test_the_number_of_the_next_attempt(history: str, assignments: list[str], number: int):
    snapshot = snapshot_of({HISTORY: history} if history else {})
    assert next_attempt(snapshot, "p-1", REVISION, assignments) == number


def test_the_pass_mark_is_the_one_that_was_asked_for():
    """Of several the highest; of nobody's asking, that of the policy."""
    items = [
        AssignmentItem.model_validate(
            {"document": "TRN-001@1", "text": "sha256:" + 64 * "0", "method": ["assessment"], "due": "2026-12-01"}
            | {"people": ("p-1",), "pass-mark": mark}
        )
        for mark in ("70", "90")
    ]
    assert pass_mark(snapshot_of({}), items) == 90
    assert pass_mark(snapshot_of({}), []) == 80


# --- sealed answers -------------------------------------------------------------------------------------------------


def test_sealed_answers_open():
    assert unsealed(questions(answers=SEALS), PASSPHRASE) == CORRECT


def test_the_length_tells_nothing():
    """Of how many options are right."""
    other = sealed(questions(), CORRECT | {"q2": frozenset("a")}, PASSPHRASE, SALT, NONCE)
    assert len(SEALS["sealed"]) == len(other["sealed"])


@pytest.mark.parametrize(
    ("answers", "passphrase"),
    [
        pytest.param(SEALS, PASSPHRASE + " ", id="another passphrase"),
        pytest.param(SEALS | {"salt": base64.b64encode(b"1" * 16).decode()}, PASSPHRASE, id="another salt"),
        pytest.param(SEALS | {"nonce": base64.b64encode(b"1" * 12).decode()}, PASSPHRASE, id="another nonce"),
        pytest.param(SEALS | {"nonce": "AAAA"}, PASSPHRASE, id="a nonce that is none"),
        pytest.param(SEALS | {"sealed": SEALS["sealed"][4:]}, PASSPHRASE, id="cut"),
        pytest.param(SEALS | {"sealed": "A"}, PASSPHRASE, id="no base64"),
    ],
)
def test_what_does_not_open(answers: dict[str, str], passphrase: str):
    with pytest.raises(CannotRun, match="do not open"):
        unsealed(questions(answers=answers), passphrase)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(TEXT.replace("One?", "Won?"), id="a question"),
        pytest.param(TEXT.replace("b: B, c: C}}", "b: C, c: B}}"), id="options changed over"),
        pytest.param(TEXT.replace(", multiple: true", ""), id="how many are right"),
    ],
)
def test_they_are_bound_to_the_questions(text: str):
    """Also where somebody writes the digest of the new questions beside them."""
    other = questions(text)
    seal = Sealed.model_validate(SEALS | {"questions": other.digest})

    with pytest.raises(CannotRun, match="do not open"):
        unsealed(other.model_copy(update={"answers": seal}), PASSPHRASE)


def test_without_answers_nothing_opens():
    with pytest.raises(CannotRun, match="has no answers: qmsci questions seal"):
        unsealed(questions(), PASSPHRASE)
