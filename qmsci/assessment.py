"""Assessments: the questions of a document answered and marked, and their correct answers sealed by a passphrase."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from qmsci.completion import rejected_entries
from qmsci.finding import CannotRun
from qmsci.records.base import RevisionId
from qmsci.records.canonical import canonical_json
from qmsci.records.questions import Question, Questions
from qmsci.records.training import AssignmentItem, Completion
from qmsci.render.words import counted
from qmsci.snapshot import Snapshot

#: The options chosen for each question, by its id.
Answers = Mapping[str, frozenset[str]]

CIPHER = "scrypt-aes-256-gcm"
#: What it costs to try one passphrase: 64 MiB and a good part of a second.
_COST = 2**16
#: Sealed answers come in steps of so many bytes, so that their length tells little.
_STEP = 1_024
SALT_BYTES, NONCE_BYTES = 16, 12
SHORTEST_PASSPHRASE = 12


class Marked(NamedTuple):
    """What somebody scored, in percent rounded down, and the ids of the questions that they answered wrongly."""

    score: int
    wrong: tuple[str, ...]


def marked(questions: Questions, given: Answers, correct: Answers) -> Marked:
    """Mark an assessment: a question counts when exactly the correct options were chosen."""
    wrong = tuple(one.id for one in questions.questions if given.get(one.id) != correct[one.id])
    number = len(questions.questions)
    return Marked(100 * (number - len(wrong)) // number, wrong)


def answers_in(questions: Questions, said: Sequence[str]) -> Answers:
    """The answers to all questions in their order, each as the letters of its options. Raises `CannotRun`."""
    if len(said) != len(questions.questions):
        raise CannotRun(f"{counted(len(said), 'answer')} to {counted(len(questions.questions), 'question')}")
    return {one.id: chosen(one, list(letters)) for one, letters in zip(questions.questions, said, strict=True)}


def chosen(question: Question, options: Sequence[str]) -> frozenset[str]:
    """The options that answer a question. Raises `CannotRun` where it does not have them, or takes only one."""
    known = ", ".join(question.options)
    if not options or not question.options.keys() >= set(options):
        raise CannotRun(f"question {question.id} is answered by {''.join(options) or 'nothing'}; its options: {known}")
    if len(set(options)) > 1 and not question.multiple:
        raise CannotRun(f"question {question.id} takes one answer, not {', '.join(options)}")
    return frozenset(options)


# --- attempts and marks ---------------------------------------------------------------------------------------------


def pass_mark(snapshot: Snapshot, items: Sequence[AssignmentItem]) -> int:
    """The pass mark in percent that some items ask for, or else the policy."""
    if items:
        return max(item.pass_mark or 0 for item in items)
    return snapshot.policy.training.pass_mark if snapshot.policy else 0


def next_attempt(snapshot: Snapshot, person: str, revision: RevisionId, assignments: Sequence[str]) -> int:
    """
    The number of the next attempt at an assessment: attempts count for each assignment, or where there is none.

    The number of a rejected attempt may be taken anew.
    """
    history = snapshot.completions(person, revision.document)
    rejected = rejected_entries(snapshot, person, revision.document, None)
    counted = [
        entry
        for index, entry in enumerate(history)
        if isinstance(entry, Completion) and entry.assessment and entry.document == revision and index not in rejected
    ]
    tries = [
        {entry.assessment.attempt for entry in counted if entry.assessment and _is_for(entry, purpose)}
        for purpose in assignments or (None,)
    ]
    number = 1 + max(map(len, tries))
    while any(number in tried for tried in tries):
        number += 1
    return number


def _is_for(entry: Completion, assignment: str | None) -> bool:
    return assignment in entry.assignments if assignment else not entry.assignments


# --- sealed answers -------------------------------------------------------------------------------------------------


def sealed(questions: Questions, correct: Answers, passphrase: str, salt: bytes, nonce: bytes) -> dict[str, str]:
    """
    The correct answers as the file of the questions has them, sealed for these questions and no other.

    Salt and nonce are fresh chance. Raises `CannotRun` for a passphrase that is too short to be one.
    """
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise CannotRun(f"a passphrase of {len(passphrase)} characters is guessed; {SHORTEST_PASSPHRASE} or more")
    plain = json.dumps({name: sorted(options) for name, options in correct.items()}).encode()
    padded = plain + b" " * (-len(plain) % _STEP)
    secret = _cipher(passphrase, salt).encrypt(nonce, padded, _bound_to(questions))
    return {
        "cipher": CIPHER,
        "nonce": base64.b64encode(nonce).decode(),
        "questions": questions.digest,
        "salt": base64.b64encode(salt).decode(),
        "sealed": base64.b64encode(secret).decode(),
    }


def unsealed(questions: Questions, passphrase: str) -> Answers:
    """The correct answers of some questions. Raises `CannotRun` where the passphrase does not open them."""
    seal = questions.answers
    if seal is None:
        raise CannotRun(f"{questions.path} has no answers: qmsci questions seal")
    try:
        salt, nonce, secret = (base64.b64decode(text, validate=True) for text in (seal.salt, seal.nonce, seal.sealed))
        opened = json.loads(_cipher(passphrase, salt).decrypt(nonce, secret, _bound_to(questions)))
        return {one.id: frozenset(opened[one.id]) for one in questions.questions}
    except (InvalidTag, ValueError):
        raise CannotRun(
            f"the answers in {questions.path} do not open: the passphrase is another, or they were changed"
        ) from None


def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt=salt, length=32, n=_COST, r=8, p=1).derive(passphrase.encode()))


def _bound_to(questions: Questions) -> bytes:
    """What the seal is bound to: it does not open in the file of another document, or for other questions."""
    return canonical_json({"document": questions.document, "questions": questions.digest})
