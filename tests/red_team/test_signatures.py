"""Signatures on records that the signer never signed, or that somebody else should have."""

from __future__ import annotations

from typing import Any

import pytest

from qmsci.read import text_digest
from tests.company import AUTHOR, EVALUATOR, INSIDER, OPERATOR, ROTATED, UNIT, UNKNOWN, Scene
from tests.red_team.deeds import add, history, performs, practice, reading, reads, signed
from tests.red_team.raids import Do, Ground, attack, do


def unsigned(scene: Scene, words: bool = False) -> None:
    """Somebody writes down that a colleague has read it."""
    path, record = history(OPERATOR), reading()
    hers = scene.signs(path, record, OPERATOR, "read-and-understood", key=ROTATED)
    said = {key: hers[key] for key in ("by", "name", "meaning", "at")}
    add(scene, path, {**record, "signatures": [said]} if words else record)


def signs_for(scene: Scene, by: str = OPERATOR, key: str = INSIDER, claim: str = "") -> None:
    """An insider signs for a colleague: with a key, and perhaps with the name of another one."""
    path, record = history(OPERATOR), reading()
    entry = signed(scene, path, record, (by, "read-and-understood"), keys={by: key})
    if claim:
        entry["signatures"][0]["key"] = scene.pen(OPERATOR, claim).signer.key.fingerprint
    add(scene, path, entry)


def takes(scene: Scene, **changes: Any) -> None:
    """An insider takes the honest entry of a colleague, and changes what it says."""
    reads(scene)
    path = history(OPERATOR)
    *known, last = scene.entries(path)
    document = changes.pop("in_document", "SOP-001")
    for key, value in changes.items():
        if key in last:
            last[key] = value
        else:
            last["signatures"][0][key] = value
    scene.keep(path, known)
    add(scene, history(OPERATOR, document), last)


def gives(scene: Scene, to: str = OPERATOR, rename: bool = False) -> None:
    """An insider puts an entry of their own into the history of a colleague."""
    path, record = history(INSIDER), reading()
    entry = signed(scene, path, record, (INSIDER, "read-and-understood"))
    if rename:
        entry["signatures"][0] |= {"by": to, "name": f"Name of {to}"}
    add(scene, history(to), entry)


def borrows_evaluation(scene: Scene) -> None:
    """An insider takes the evaluator's signature under somebody else's demonstration for one of their own."""
    performs(scene)
    *known, last = scene.entries(history(OPERATOR, "WI-031"))
    scene.keep(history(OPERATOR, "WI-031"), known)
    path, record = history(INSIDER, "WI-031"), practice()
    mine = scene.signs(path, record, INSIDER, "performed")
    add(scene, path, {**record, "signatures": [mine, last["signatures"][1]]})


def flips(scene: Scene) -> None:
    """A demonstration that failed becomes one that did not."""
    path, record = history(OPERATOR, "WI-031"), practice()
    failed = {**record, "practical": {"evaluator": EVALUATOR, "outcome": "not-competent"}}
    entry = signed(scene, path, failed, (OPERATOR, "performed"), (EVALUATOR, "evaluated"))
    add(scene, path, {**entry, **record})


def in_session(scene: Scene) -> None:
    """An insider calls it a session that they led."""
    path, record = history(OPERATOR), reading(session={"facilitator": INSIDER, "reference": "attendance list"})
    add(scene, path, signed(scene, path, record, (INSIDER, "facilitated")))


def imported(scene: Scene, verified_by: str = UNIT, by: str = INSIDER) -> None:
    """Somebody calls it a record of the system before, which was compared with its source."""
    origin = {"system": "moodle", "reference": "4711", "verified-by": verified_by}
    path, record = history(OPERATOR), reading(origin=origin, completed="2026-01-04T09:30:00+01:00")
    add(scene, path, signed(scene, path, record, (by, "verified")))


def elsewhere(scene: Scene) -> None:
    """A signature that a colleague gave elsewhere, for something else."""
    path, record = history(OPERATOR), reading()
    entry = signed(scene, path, record, (OPERATOR, "read-and-understood"))
    entry["signatures"][0]["signature"] = scene.pen(OPERATOR, ROTATED).signer.sign(b"something else")
    add(scene, path, entry)


@pytest.mark.parametrize(
    ("refused", "does", "twin"),
    [
        attack("for somebody else, unsigned", "signature-missing", do(unsigned), do(reads)),
        attack("for somebody else, in words", "signature-missing", do(unsigned, words=True), do(reads)),
        attack("for somebody else, signed as oneself", "signer-not-entitled", do(signs_for, by=INSIDER), do(reads)),
        attack("for somebody else, in their name", "key-not-valid", do(signs_for), do(reads)),
        attack("with a key that nobody registered", "key-not-valid", do(signs_for, key=UNKNOWN), do(reads)),
        attack("with the name of the right key", "signature-invalid", do(signs_for, claim=ROTATED), do(reads)),
        attack("a signature on something else", "signature-invalid", do(elsewhere), do(reads)),
        attack("moved to another person", "signer-not-entitled", do(gives), do(reads)),
        attack("moved to another person and renamed", "signature-invalid", do(gives, rename=True), do(reads)),
        attack(
            "moved to another document",
            "signature-invalid",
            do(takes, in_document="WI-031", document="WI-031@1", text=text_digest(b"Fill.\n")),
            do(reads),
        ),
        attack(
            "moved to another revision",
            "signature-invalid",
            do(takes, document="SOP-001@1", text=text_digest(b"Gown.\n")),
            do(reads),
        ),
        attack("moved to another text", "signature-invalid", do(takes, text=text_digest(b"Other.\n")), do(reads)),
        attack("moved to another meaning", "signature-invalid", do(takes, meaning="performed"), do(reads)),
        attack("moved to another time", "signature-invalid", do(takes, at="2026-11-22T09:59:59+01:00"), do(reads)),
        attack(
            "moved to the same moment, written otherwise",
            "signature-invalid",
            do(takes, at="2026-11-22T09:00:00Z"),
            do(reads),
        ),
        attack(
            "moved to an earlier training",
            "signature-invalid",
            do(takes, completed="2026-11-21T09:30:00+01:00"),
            do(reads),
        ),
        attack("moved to another name", "signature-invalid", do(takes, name="Name of p-2"), do(reads)),
        attack("moved to a stronger method", "signature-invalid", do(takes, method=("read", "practical")), do(reads)),
        attack(
            "moved to an assignment",
            "signature-invalid",
            do(takes, assignments=("SOP-001@2/operator",)),
            do(reads),
        ),
        attack("without the evaluator", "signature-missing", do(performs, without=EVALUATOR), do(performs)),
        attack("without the trainee", "signature-missing", do(performs, without=OPERATOR), do(performs)),
        attack("evaluated by oneself", "evaluated-by-self", do(performs, evaluator=OPERATOR), do(performs)),
        attack("by no evaluator", "evaluator-not-qualified", do(performs, evaluator=AUTHOR), do(performs)),
        attack("an evaluation borrowed", "signature-invalid", do(borrows_evaluation), do(performs)),
        attack("a failure flipped", "signature-invalid", do(flips), do(performs)),
        attack("a session of one's own", "signature-missing", do(in_session), do(reads)),
        attack("as if it were migrated", "signature-missing", do(imported), do(imported, by=UNIT)),
        attack(
            "migrated, compared by oneself",
            "signer-not-entitled",
            do(imported, verified_by=INSIDER),
            do(imported, by=UNIT),
        ),
    ],
)
def test_what_was_not_signed_is_not_believed(ground: Ground, refused: str, does: Do, twin: Do):
    """Whoever writes it down; and what was, is."""
    ground.refuses(refused, does, twin)
