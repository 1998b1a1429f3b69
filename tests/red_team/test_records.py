"""Records that were merged: of training, of what it was assigned for, of quality events."""

from __future__ import annotations

from typing import Any

import pytest

from qmsci.read import text_digest
from qmsci.records.canonical import digest_of
from tests.company import (
    AUTHOR,
    DONE,
    EVALUATOR,
    GONE,
    INSIDER,
    OPEN,
    OPERATOR,
    OTHER,
    UNIT,
    Scene,
)
from tests.red_team.deeds import LATE, add, history, performs, reading, reads, signed
from tests.red_team.raids import Do, Ground, attack, do

MINE, HERS = history(INSIDER), history(OPERATOR)
ASSIGNED = "training-records/assignments/SOP-001@2/operator.yaml"
WAIVED = f"training-records/waivers/{OTHER}/SOP-001.yaml"


def touch(scene: Scene, path: str, old: str, new: str) -> None:
    """Something in a merged file becomes something else."""
    scene.edit(path, old, new)


def remove(scene: Scene, path: str) -> None:
    """A file is removed."""
    scene.write({path: None})


def rename(scene: Scene, path: str, to: str) -> None:
    """A file takes another name."""
    scene.write({to: scene.read(path), path: None})


def keep(scene: Scene, path: str, order: tuple[int, ...]) -> None:
    """Of a history, these entries are kept, in this order."""
    entries = scene.entries(path)
    scene.keep(path, [entries[index] for index in order])


def strip(scene: Scene, path: str, index: int, number: int | None = None) -> None:
    """An entry loses its signatures, or one of them."""
    entries = scene.entries(path)
    kept = [one for position, one in enumerate(entries[index]["signatures"]) if number not in (None, position)]
    entries[index] |= {"signatures": kept}
    if not kept:
        del entries[index]["signatures"]
    scene.keep(path, entries)


def rejects(scene: Scene, by: str = UNIT, hand: str = "", index: int = 0, digest: str = "") -> None:
    """An entry of an operator's history is rejected: by whom, signed by whose hand."""
    entry = scene.entries(HERS)[index]
    facts = {"reason": "Was elsewhere", "by": by, "at": "2026-11-22T10:00:00+01:00"}
    record = {"rejects": digest or digest_of(texts(entry)), **facts}
    add(scene, HERS, signed(scene, HERS, record, (by, "approved"), keys={by: hand}))


def texts(value: Any) -> Any:
    """The values as a file has them, whose scalars are all texts."""
    if isinstance(value, dict):
        return {key: texts(inner) for key, inner in value.items()}
    return [texts(inner) for inner in value] if isinstance(value, list) else str(value)


def replays(scene: Scene, path: str, index: int, **more: Any) -> None:
    """An entry of a history is there once more, as it was signed, perhaps with a word that no signature covers."""
    add(scene, path, {**scene.entries(path)[index], **more})


def replays_elsewhere(scene: Scene, **more: Any) -> None:
    """An entry of the history on one document is there once more, in the history on another."""
    [entry] = scene.entries(history(INSIDER, "TRN-001"))
    add(scene, MINE, {**entry, **more})


def adds_signature(scene: Scene, index: int, late: str = "") -> None:
    """An entry that was rejected gains a signature, so that its digest is another."""
    entries = scene.entries(MINE)
    record = {key: value for key, value in entries[index].items() if key != "signatures"}
    given = entries[index]["signatures"]
    again = signed(scene, MINE, record, (INSIDER, "read-and-understood"))["signatures"]
    entries[index] = record | {"signatures": given + again} | ({"late": late} if late else {})
    scene.keep(MINE, entries)


def reads_anew(scene: Scene) -> None:
    """Whose entry was rejected reads it again."""
    add(scene, MINE, signed(scene, MINE, reading(), (INSIDER, "read-and-understood")))


def fails(scene: Scene, attempt: int, score: int = 40, mark: int = 80, times: int = 1) -> None:
    """An attempt at the assessment that fails, there once or more often."""
    path = history(OPERATOR, "TRN-001")
    tried = {"score": score, "pass-mark": mark, "attempt": attempt}
    facts = {"document": "TRN-001@1", "text": text_digest(b"Write it down.\n"), "method": ["assessment"]}
    entry = signed(scene, path, reading(assessment=tried, **facts), (OPERATOR, "performed"))
    add(scene, path, *[entry] * times)


def hires(scene: Scene, drop: bool = False, due: str = "") -> None:
    """Somebody is hired, and what they owe is assigned, unless somebody edits it."""
    scene.write(
        {
            "roles/people/p-9.yaml": "id: p-9\nname: N\nkind: employee\nemployed: {from: 2026-11-22}\n"
            "roles: [{role: operator, from: 2026-11-22}]\n"
        }
    )
    scene.desk.run("assign")
    path = "training-records/assignments/people/p-9/operator-2026-11-22.yaml"
    if drop:
        scene.write({path: "".join(one for one in scene.read(path).splitlines(True) if "WI-031" not in one)})
    if due:
        scene.edit(path, "2026-12-22", due)


def closing(by: str = OTHER, more: str = "") -> str:
    """The open complaint as it is closed."""
    head = f"id: {OPEN}\ntitle: Scratch\nopened: 2026-10-04\nno-capa: Once.\n"
    return f"{head}{more}closed: 2026-11-22\nclosed-by: {by}\n"


EVENT = f"quality-events/{OPEN}.yaml"
FOLDER = f"controlled-docs/approvals/{OPEN}@closed-1"


def closes(
    scene: Scene, by: str = UNIT, meaning: str = "quality-approval", key: str = "", then: str = "", folder: str = FOLDER
) -> None:
    """The complaint is closed, approved by somebody; and perhaps another one afterwards."""
    scene.write({EVENT: closing()})
    if by:
        scene.approves(EVENT, by, meaning, key=key, folder=folder)
    if then:
        scene.write({EVENT: closing(more=then)})


def voids(scene: Scene, approved: bool) -> None:
    """The complaint is voided instead."""
    scene.write({EVENT: scene.read(EVENT) + f"voided: {{on: 2026-11-22, by: {UNIT}, reason: Twice recorded}}\n"})
    if approved:
        scene.approves(EVENT, folder=FOLDER)


def takes_approval(scene: Scene) -> None:
    """It is closed on the approval of another event's closing, in whose place it is put."""
    scene.write({EVENT: closing()})
    scene.write({f"{FOLDER}/{UNIT}.yaml": scene.read(f"controlled-docs/approvals/{DONE}@closed-1/{UNIT}.yaml")})


def edits_closed(scene: Scene, old: str, new: str) -> None:
    """A closed event is made another."""
    scene.edit(f"quality-events/{DONE}.yaml", old, new)


REOPENED = (
    f"reopened:\n  - {{on: 2026-11-22, by: {UNIT}, summary: Once more, closed: 2026-10-05, closed-by: {OTHER}}}\n"
)


def reopens(scene: Scene, closed_again: str = "", approval: str = "", by: str = UNIT) -> None:
    """A closed event is reopened; and perhaps closed again, approved or on the approval of the first closing."""
    path = f"quality-events/{DONE}.yaml"
    scene.edit(path, f"closed: 2026-10-05\nclosed-by: {OTHER}\n", REOPENED)
    if closed_again == NEXT:
        scene.land()
    if closed_again:
        scene.write({path: f"{scene.read(path)}closed: 2026-11-22\nclosed-by: {OTHER}\n"})
    first, second = (f"controlled-docs/approvals/{DONE}@closed-{number}" for number in (1, 2))
    if approval == "new":
        scene.approves(path, by, folder=second)
    elif approval == "old":
        scene.write({f"{second}/{UNIT}.yaml": scene.read(f"{first}/{UNIT}.yaml")})


def sneaks(scene: Scene) -> None:
    """A closed event is open again, and says nothing of it."""
    edits_closed(scene, f"closed: 2026-10-05\nclosed-by: {OTHER}\n", "")


TWIN = do(reads)
NEXT = "in the next change"
CLOSED = do(closes)


@pytest.mark.parametrize(
    ("refused", "does", "twin"),
    [
        attack("a day is another", "record-altered", do(touch, path=MINE, old="2026-03-24", new="2026-03-20"), TWIN),
        attack(
            "a score is better",
            "record-altered",
            do(touch, path=history(OPERATOR, "TRN-001"), old='"score": 92', new='"score": 100'),
            TWIN,
        ),
        attack(
            "an evaluator is another",
            "record-altered",
            do(touch, path=history(OPERATOR, "WI-031"), old=EVALUATOR, new=AUTHOR),
            do(performs),
        ),
        attack("a history is removed", "record-removed", do(remove, path=MINE), TWIN),
        attack("a history is another's", "record-removed", do(rename, path=MINE, to=history("p-9")), TWIN),
        attack("an entry is gone", "record-altered", do(keep, path=MINE, order=(0, 1, 2)), TWIN),
        attack("the rejection is gone", "record-altered", do(keep, path=MINE, order=(0, 1, 3)), TWIN),
        attack(
            "a rejected entry is gone, and so is the rejection",
            "record-altered",
            do(keep, path=MINE, order=(0, 3)),
            TWIN,
        ),
        attack("reordered", "record-altered", do(keep, path=MINE, order=(1, 0, 2, 3)), TWIN),
        attack("an entry without its signatures", "record-altered", do(strip, path=MINE, index=0), TWIN),
        attack(
            "an entry without its evaluator's",
            "record-altered",
            do(strip, path=history(OPERATOR, "WI-031"), index=0, number=0),
            do(performs),
        ),
        attack(
            "a waiver lasts longer", "record-altered", do(touch, path=WAIVED, old="2027-03-20", new="2037-03-20"), TWIN
        ),
        attack("a waiver is gone", "record-removed", do(remove, path=WAIVED), TWIN),
        attack("rejected by an operator", "signer-not-entitled", do(rejects, by=INSIDER), do(rejects)),
        attack("rejected by a lead", "signer-not-entitled", do(rejects, by=AUTHOR), do(rejects)),
        attack("rejected by who has left", "signer-not-entitled", do(rejects, by=GONE), do(rejects)),
        attack("rejected in the name of the unit", "key-not-valid", do(rejects, hand=INSIDER), do(rejects)),
        attack("nothing is rejected", "signer-not-entitled", do(rejects, digest=f"sha256:{64 * '0'}"), do(rejects)),
        attack(
            "not rejected any more, for it has one more signature",
            "record-altered",
            do(adds_signature, index=1),
            do(reads_anew),
        ),
        attack(
            "not rejected any more, for it is late",
            "record-altered",
            do(adds_signature, index=1, late=LATE),
            do(reads_anew),
        ),
        attack("the rejected entry once more", "signature-reused", do(replays, path=MINE, index=1), do(reads_anew)),
        attack(
            "the rejected entry once more, and late",
            "signature-reused",
            do(replays, path=MINE, index=1, late=LATE),
            do(reads_anew),
        ),
        attack("an entry once more", "signature-reused", do(replays, path=HERS, index=1, late=LATE), do(reads)),
        attack(
            "a signature for another document",
            "signature-invalid",
            do(replays_elsewhere, document="SOP-001@2"),
            do(reads),
        ),
        attack("a failure counted twice", "signature-reused", do(fails, attempt=1, times=2), do(fails, attempt=1)),
        attack("a failure counted on", "attempts-exceeded", do(fails, attempt=4), do(fails, attempt=1)),
        attack(
            "a failed assessment that completes",
            "assessment-failed",
            do(fails, attempt=1, score=50, mark=40),
            do(fails, attempt=1, score=90),
        ),
        attack(
            "an assignment drops somebody",
            "assignment-edited",
            do(touch, path=ASSIGNED, old=f'"{INSIDER}"', new='"p-7"'),
            TWIN,
        ),
        attack(
            "an assignment is due later",
            "assignment-edited",
            do(touch, path=ASSIGNED, old="2026-04-01", new="2036-04-01"),
            TWIN,
        ),
        attack("an assignment is gone", "record-removed", do(remove, path=ASSIGNED), TWIN),
        attack("an assignment asks for less", "person-without-assignment", do(hires, drop=True), do(hires)),
        attack("an assignment gives more time", "assignment-edited", do(hires, due="2027-12-22"), do(hires)),
        attack("closed without an approval", "approval-missing", do(closes, by=""), CLOSED),
        attack("closed on the approval of an operator", "approval-missing", do(closes, by=INSIDER), CLOSED),
        attack("closed on the approval of who has left", "approval-missing", do(closes, by=GONE), CLOSED),
        attack("closed on a review", "approval-missing", do(closes, meaning="reviewed"), CLOSED),
        attack("closed in the name of the unit", "key-not-valid", do(closes, key=INSIDER), CLOSED),
        attack("approved, and closed otherwise", "approval-missing", do(closes, then="conclusion: Nothing.\n"), CLOSED),
        attack("closed on another event's approval", "unreadable", do(takes_approval), CLOSED),
        attack(
            "approved under the name of a later closing",
            "approval-missing",
            do(closes, folder=f"controlled-docs/approvals/{OPEN}@closed-2"),
            CLOSED,
        ),
        attack("voided without an approval", "approval-missing", do(voids, approved=False), do(voids, approved=True)),
        attack(
            "closed, and made another",
            "closed-event-altered",
            do(edits_closed, old="It fell.", new="It was nothing."),
            do(reopens),
        ),
        attack(
            "closed, and dated before",
            "closed-event-altered",
            do(edits_closed, old="closed: 2026-10-05", new="closed: 2026-09-05"),
            do(reopens),
        ),
        attack("closed, and silently open", "closed-event-altered", do(sneaks), do(reopens)),
        attack("closed, and gone", "record-removed", do(remove, path=f"quality-events/{DONE}.yaml"), do(reopens)),
        attack(
            "closed again without an approval",
            "approval-missing",
            do(reopens, closed_again=NEXT),
            do(reopens, closed_again=NEXT, approval="new"),
        ),
        attack(
            "closed again at once",
            "closed-event-altered",
            do(reopens, closed_again="at once", approval="new"),
            do(reopens, closed_again=NEXT, approval="new"),
        ),
        attack(
            "closed again on the first approval",
            "approval-missing",
            do(reopens, closed_again=NEXT, approval="old"),
            do(reopens, closed_again=NEXT, approval="new"),
        ),
    ],
)
def test_what_was_merged_stays(ground: Ground, refused: str, does: Do, twin: Do):
    """What was wrong in it is said in addition."""
    ground.refuses(refused, does, twin)
