"""What people at the company do, honestly or not: the steps that several attacks are made of."""

from __future__ import annotations

import re
from typing import Any

from qmsci.read import text_digest
from tests.company import EVALUATOR, OPERATOR, REPLACED, ROTATED, SECOND, SOP, TRN, UNIT, WI, Scene
from tests.signed import spread

#: Whose hand is whose today.
HANDS = {OPERATOR: ROTATED, EVALUATOR: REPLACED}
LATE = "reader offline"
DOCUMENTS = {"SOP-001": SOP, "WI-031": WI, "TRN-001": TRN}


def history(who: str, document: str = "SOP-001") -> str:
    """The path of somebody's history on a document."""
    return f"training-records/completions/{who}/{document}.yaml"


def reading(**more: Any) -> dict[str, Any]:
    """A reading of the text in force, this morning."""
    found: dict[str, Any] = {
        "assignments": [],
        "completed": "2026-11-22T09:30:00+01:00",
        "document": "SOP-001@2",
        "method": ["read"],
        "text": text_digest(SECOND.encode()),
    }
    return found | more


def practice(evaluator: str = EVALUATOR, **more: Any) -> dict[str, Any]:
    """A practical demonstration, this morning."""
    practical = {"evaluator": evaluator, "outcome": "competent"}
    found = reading(document="WI-031@1", method=["practical"], practical=practical, text=text_digest(b"Fill.\n"))
    return found | more


def add(scene: Scene, path: str, *records: dict[str, Any]) -> None:
    """Add entries to a history."""
    scene.keep(path, [*scene.entries(path), *records])


def signed(
    scene: Scene, path: str, record: dict[str, Any], *hands: tuple[str, str], keys: Any = (), **more: Any
) -> dict[str, Any]:
    """A record with signatures: of whom, and with which meaning; each with the key of today, or with a named one."""
    hand = HANDS | dict(keys)
    return {
        **record,
        "signatures": [scene.signs(path, record, *one, key=hand.get(one[0], ""), **more) for one in hands],
    }


def reads(scene: Scene, at: str = "2026-11-22T10:00:00+01:00", key: str = ROTATED, late: str = "", **more: Any) -> None:
    """An operator reads the text again, and signs it."""
    path, record = history(OPERATOR), reading(**more)
    entry = signed(scene, path, record, (OPERATOR, "read-and-understood"), at=at, keys={OPERATOR: key})
    add(scene, path, entry | ({"late": late} if late else {}))


def performs(
    scene: Scene,
    evaluator: str = EVALUATOR,
    without: str = "",
    at: str = "2026-11-22T10:00:00+01:00",
    late: str = "",
    keys: Any = (),
    **more: Any,
) -> None:
    """An operator shows what they can do, and both sign."""
    path, record = history(OPERATOR, "WI-031"), practice(evaluator, **more)
    hands = [hand for hand in ((OPERATOR, "performed"), (evaluator, "evaluated")) if hand[0] != without]
    entry = signed(scene, path, record, *hands, at=at, keys=keys)
    add(scene, path, entry | ({"late": late} if late else {}))


def approve_revision(
    scene: Scene,
    by: str = UNIT,
    meaning: str = "quality-approval",
    *,
    name: str = "SOP-001@3",
    at: str = "2026-11-22T10:00:00+01:00",
    key: str = "",
    **says: Any,
) -> str:
    """Sign the approval of a revision without asking the command, or of what somebody says that it is; the path."""
    text = scene.read(DOCUMENTS[name.split("@", maxsplit=1)[0]])
    body = text.split("\n---\n", 1)[1]
    record = {
        "document": name,
        "text": text_digest(body.encode()),
        "effective": "2026-12-20",
        "impact": "retrain",
        "governs": re.findall(r"^governs: \[(.*)\]$", text, re.MULTILINE),
    }
    record |= says
    path = f"controlled-docs/approvals/{name}/{by}.yaml"
    origin = {"origin": record.pop("origin")} if "origin" in record else {}
    hand = scene.signs(path, record | origin, by, meaning, at=at, key=key or HANDS.get(by, ""))
    scene.write({path: spread({**record, **origin, **hand})})
    return path
