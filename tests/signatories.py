"""People who sign, each with a key of their own, and records with their signatures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519

from qmsci.read import text_digest
from tests.keys import SecurityKey
from tests.laws import POLICY
from tests.signed import Pen, lines, spread

Values = Mapping[str, Any]

REQUIRED = POLICY.replace("signatures: optional", "signatures: required")
SIGNED = REQUIRED.replace("approvals: forge", "approvals: signed")


def pen(who: str, number: int) -> Pen:
    """Somebody with the security key of a number."""
    return Pen(who, f"Person {who}", SecurityKey(ed25519.Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)))


#: An operator, another one, the quality unit, a lead who writes and evaluates.
PENS = {who: pen(who, number) for number, who in enumerate(("p-1", "p-2", "p-3", "p-7"))}
ROLES = {"p-1": "operator", "p-2": "operator", "p-3": "quality-assurance", "p-7": "lead"}

TRAINEE, EVALUATOR = ("p-1", "performed"), ("p-7", "evaluated")
COMPLETIONS = "training-records/completions/p-1/WI-031.yaml"
WAIVERS = "training-records/waivers/p-1/WI-031.yaml"
APPROVAL = "controlled-docs/approvals/WI-031@1/p-3.yaml"
TEXT = text_digest(b"Gown in the order shown.\n")
CLOSING = "controlled-docs/approvals/CAPA-1@closed-1/p-3.yaml"


def keys_of(pen: Pen, more: str = "") -> str:
    """The keys in somebody's file: theirs, since they came."""
    entry = f"{{key: {pen.signer.key.line}, from: 2024-03-01, proof: badge check, by: p-3{more}}}"
    return f"keys:\n  - {entry}\n"


def person(who: str, keys: str | None = None, employed: str = "from: 2024-03-01") -> dict[str, str]:
    """Somebody's file, with their key or with what is named instead."""
    theirs = keys_of(PENS[who]) if keys is None else keys
    head = f"id: {who}\nname: Person {who}\nkind: employee\nemployed: {{{employed}}}\n"
    return {
        f"roles/people/{who}.yaml": f"{head}roles: [{{role: {ROLES[who]}, from: 2024-03-01}}]\n{theirs}",
    }


def people(**keys: str) -> dict[str, str]:
    """The files of everybody; each may have other keys."""
    return {path: text for who in PENS for path, text in person(who, keys.get(who.replace("-", "_"))).items()}


DOCUMENT = {
    "controlled-docs/wi/WI-031.md": """\
---
id: WI-031
title: Aseptic filling
owner: lead
governs: [filling]
revisions:
  - {revision: 1, effective: 2026-10-01, summary: First issue., impact: retrain, authors: [p-7]}
---
Gown in the order shown.
"""
}


def on(
    path: str, record: Values, *signatures: tuple[str, str], at: str = "2026-11-22T10:00:00+01:00"
) -> dict[str, Any]:
    """A record with signatures: of whom, and with which meaning."""
    return {**record, "signatures": [PENS[who].on(path, record, meaning, at) for who, meaning in signatures]}


def approval(
    path: str, record: Values, who: str, meaning: str, at: str = "2026-11-22T10:00:00+01:00"
) -> dict[str, str]:
    """A file of one record that is a signature itself."""
    return {path: spread({**record, **PENS[who].on(path, record, meaning, at)})}


def words(who: str, meaning: str, at: str = "2026-11-22T10:00:00+01:00", **more: str) -> dict[str, str]:
    """A signature in words only."""
    return {"by": who, "name": f"Person {who}", "meaning": meaning, "at": at, **more}


def history(*entries: Values, path: str = COMPLETIONS) -> dict[str, str]:
    """A file of some entries."""
    return {path: lines(entries)}


def practical(**more: Any) -> dict[str, Any]:
    """A completion of a practical demonstration."""
    return {
        "document": "WI-031@1",
        "text": TEXT,
        "completed": "2026-11-22T09:30:00+01:00",
        "method": ["practical"],
        "practical": {"evaluator": "p-7", "outcome": "competent"},
        **more,
    }


def waiver(**more: Any) -> dict[str, Any]:
    """A waiver by the quality unit."""
    evidence = {"reason": "Holds the supplier's certificate", "evidence": "certificate 4711"}
    return {"document": "WI-031@1", **evidence, "from": "2026-11-22", "until": "2027-11-20", "by": "p-3", **more}


def of_revision(**more: Any) -> dict[str, Any]:
    """What an approval of the revision says."""
    return {
        "document": "WI-031@1",
        "text": TEXT,
        "effective": "2026-10-01",
        "impact": "retrain",
        "governs": ["filling"],
        **more,
    }


def of_file(**more: Any) -> dict[str, Any]:
    """What an approval of a closing says."""
    return {"file": "quality-events/CAPA-1.yaml", "digest": "sha256:" + "0" * 64, **more}
