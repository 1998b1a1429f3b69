"""Keys that were not theirs, or not yet, or no longer."""

from __future__ import annotations

import pytest

from tests.company import (
    AUTHOR,
    EVALUATOR,
    GONE,
    INSIDER,
    OPERATOR,
    OTHER,
    POLICY,
    ROTATED,
    UNIT,
    UNKNOWN,
    Scene,
    signer,
)
from tests.keys import public
from tests.red_team.deeds import LATE, add, performs, reads, signed
from tests.red_team.raids import Do, Ground, attack, do


def file_of(who: str) -> str:
    """The path of somebody's file."""
    return f"roles/people/{who}.yaml"


def line(scene: Scene, key: str, since: str = "2026-11-20", by: str = UNIT) -> str:
    """A key as it stands in a person's file."""
    return f"  - {{key: {public(scene.keys[key])}, from: {since}, proof: badge check, by: {by}}}\n"


def adds(
    scene: Scene,
    key: str = UNKNOWN,
    who: str = OPERATOR,
    approved_by: str = OTHER,
    then: str = "",
    by: str = UNIT,
    since: str = "2026-11-20",
) -> None:
    """A key is registered to somebody, approved by one of the quality unit (or nobody), and used."""
    path = file_of(who)
    scene.write({path: scene.read(path) + line(scene, key, since, by)})
    if approved_by:
        scene.approves(path, approved_by)
    if then == "in the next change":
        scene.land()
    if then:
        reads(scene, key=key)


def swaps(scene: Scene, approved_by: str = UNIT) -> None:
    """Another key stands where somebody's own stood."""
    mine, another = (signer(scene.keys[name]).key.line for name in (ROTATED, UNKNOWN))
    scene.edit(file_of(OPERATOR), mine, another)
    if approved_by:
        scene.approves(file_of(OPERATOR), approved_by)


def ends(scene: Scene, to: str, approved_by: str = UNIT, comment: str = "") -> None:
    """A key ends on some day."""
    path = file_of(INSIDER)
    scene.edit(path, "from: 2026-01-05, proof", f"from: 2026-01-05, to: {to}, proof")
    scene.write({path: scene.read(path) + comment})
    if approved_by:
        scene.approves(path, approved_by)


def edits_revocation(scene: Scene, old: str, new: str) -> None:
    """What is said of a stolen key changes, and the quality unit is talked into it."""
    scene.edit(file_of(EVALUATOR), old, new)
    scene.approves(file_of(EVALUATOR), UNIT)


def leaves(scene: Scene, who: str) -> None:
    """Somebody leaves; their role and their key stay as they are."""
    scene.edit(file_of(who), "employed:\n  - {from: 2026-01-05", "employed:\n  - {from: 2026-01-05, to: 2026-11-20")
    if who in (UNIT, OTHER):
        scene.approves(file_of(who), OTHER if who == UNIT else UNIT)


def after(scene: Scene, left: str, then: Do) -> None:
    """Something is done on the day after somebody has left."""
    leaves(scene, left)
    scene.land()
    then(scene)


def waives(scene: Scene, by: str) -> None:
    """A waiver, granted by somebody."""
    path = f"training-records/waivers/{INSIDER}/WI-031.yaml"
    facts = {"reason": "Holds the supplier's certificate", "evidence": "certificate 4711", "by": by}
    record = {"document": "WI-031@1", "from": "2026-11-22", "until": "2027-11-20", **facts}
    add(scene, path, signed(scene, path, record, (by, "approved")))


def approves_policy(scene: Scene, by: str, key: str = "", at: str = "2026-11-22T10:00:00+01:00") -> None:
    """The policy is changed, and approved."""
    scene.write({"qmsci.yaml": POLICY.replace("revision: 1", "revision: 2").replace("pass-mark: 80", "pass-mark: 90")})
    scene.approves("qmsci.yaml", by, key=key, at=at)


def revoked_in(scene: Scene, revoke: bool) -> None:
    """A change signs with the key that it revokes."""
    fingerprint = signer(scene.keys[ROTATED]).key.fingerprint
    reads(scene)
    if revoke:
        scene.desk.run("key", "revoke", OPERATOR, fingerprint, "--compromised-since", "2026-11-10")
        scene.approves(file_of(OPERATOR))


OLD = {"completed": "2026-08-03T09:30:00+02:00", "at": "2026-08-03T10:00:00+02:00", "late": LATE}


@pytest.mark.parametrize(
    ("refused", "does", "twin"),
    [
        attack(
            "added by the change that uses it",
            "key-not-valid",
            do(adds, then="in the same change"),
            do(adds, then="in the next change"),
        ),
        attack("added without an approval", "policy-weakened", do(adds, approved_by=""), do(adds)),
        attack("added on the approval of no quality unit", "policy-weakened", do(adds, approved_by=INSIDER), do(adds)),
        attack(
            "added on one's own approval",
            "policy-weakened",
            do(adds, who=UNIT, by=OTHER, approved_by=UNIT),
            do(adds, who=UNIT, by=OTHER, approved_by=OTHER),
        ),
        attack("added on one's own word", "key-unproven", do(adds, by=OPERATOR), do(adds)),
        attack("added on the word of who has left", "key-unproven", do(adds, by=GONE), do(adds)),
        attack("the key of somebody else as well", "key-shared", do(adds, key=INSIDER), do(adds)),
        attack("the stolen key again, for somebody else", "key-shared", do(adds, key=EVALUATOR), do(adds)),
        attack("swapped where it stands", "record-altered", do(swaps), do(adds)),
        attack("swapped without an approval", "policy-weakened", do(swaps, approved_by=""), do(adds)),
        attack("ended long ago", "record-altered", do(ends, to="2026-11-01"), do(ends, to="2026-11-22")),
        attack(
            "ended without an approval",
            "policy-weakened",
            do(ends, to="2026-11-22", approved_by=""),
            do(ends, to="2026-11-22"),
        ),
        attack(
            "the theft is said to be later",
            "record-altered",
            do(edits_revocation, old="compromised-since: 2026-09-01", new="compromised-since: 2026-09-15"),
            do(adds),
        ),
        attack(
            "stolen, and used for today",
            "key-not-valid",
            do(performs, keys=((EVALUATOR, EVALUATOR),)),
            do(performs),
        ),
        attack(
            "stolen, and used for a day before",
            "key-not-valid",
            do(performs, keys=((EVALUATOR, EVALUATOR),), **OLD),
            do(performs, keys=((OPERATOR, ROTATED),)),
        ),
        attack(
            "revoked by the change that it signs",
            "key-not-valid",
            do(revoked_in, revoke=True),
            do(revoked_in, revoke=False),
        ),
        attack(
            "the evaluator has left",
            "evaluator-not-qualified",
            do(after, left=EVALUATOR, then=do(performs)),
            do(after, left=AUTHOR, then=do(performs)),
        ),
        attack(
            "of the quality unit, and gone",
            "policy-weakened",
            do(approves_policy, by=GONE),
            do(approves_policy, by=UNIT),
        ),
        attack(
            "the trainee has left",
            "signer-not-entitled",
            do(after, left=OPERATOR, then=do(reads)),
            do(after, left=AUTHOR, then=do(reads)),
        ),
        attack(
            "the key of who has left, on a waiver",
            "signer-not-entitled",
            do(waives, by=GONE),
            do(waives, by=UNIT),
        ),
        attack("a waiver by a friend", "signer-not-entitled", do(waives, by=OPERATOR), do(waives, by=UNIT)),
        attack("a waiver by oneself", "waiver-incomplete", do(waives, by=INSIDER), do(waives, by=UNIT)),
        attack(
            "of the quality unit, gone, and dated before",
            "policy-weakened",
            do(approves_policy, by=GONE, at="2026-09-10T10:00:00+02:00"),
            do(approves_policy, by=UNIT),
        ),
        attack(
            "an approval in the name of another",
            "key-not-valid",
            do(approves_policy, by=UNIT, key=INSIDER),
            do(approves_policy, by=UNIT),
        ),
    ],
)
def test_a_key_signs_for_its_owner_in_its_time(ground: Ground, refused: str, does: Do, twin: Do):
    """And nobody changes whose it is alone."""
    ground.refuses(refused, does, twin)
