"""Changes that decide what later changes are held to: the policy, the quality unit, the workflows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.company import (
    AUTHOR,
    GONE,
    INSIDER,
    OPERATOR,
    OTHER,
    POLICY,
    SECOND,
    SOP,
    SOP_NOW,
    UNIT,
    WORKFLOW,
    Scene,
)
from tests.red_team.deeds import LATE, add, approve_revision, history, reading, reads
from tests.red_team.raids import Do, Ground, attack, do

WEAK = "on: push\njobs: {}\n"


def changed(old: str, new: str) -> str:
    """The policy's next version, in which one thing is another."""
    assert old in POLICY
    return POLICY.replace("revision: 1", "revision: 2").replace(old, new)


def policy(scene: Scene, old: str, new: str, by: str = "", then: Do | None = None) -> None:
    """The policy is changed, perhaps approved, and the change profits at once."""
    scene.write({"qmsci.yaml": changed(old, new)})
    if by:
        scene.approves("qmsci.yaml", by)
    if then:
        then(scene)


def unsigned(scene: Scene) -> None:
    """Somebody writes down that they have read it."""
    add(scene, history(INSIDER), reading())


def unapproved(scene: Scene, effective: str = "2026-12-20") -> None:
    """A new text comes without an approval."""
    scene.write({SOP: revised(effective)})
    scene.desk.run("assign")


def revised(effective: str = "2026-12-20", text: str = "Gown as you like.\n") -> str:
    """The third revision of the procedure."""
    entry = f"  - {{revision: 3, effective: {effective}, summary: New., impact: retrain, authors: [{AUTHOR}]}}\n"
    return SOP_NOW.replace("revisions:\n", f"revisions:\n{entry}").replace(SECOND, text)


def appoints(scene: Scene, who: str = INSIDER, by: str = "", also: Do | None = None) -> None:
    """Somebody comes into the quality unit."""
    path = f"roles/people/{who}.yaml"
    scene.edit(path, "roles:\n", "roles:\n  - {role: quality-assurance, from: 2026-11-20}\n")
    scene.desk.run("assign")
    if by:
        scene.approves(path, by)
    if also:
        also(scene)


def approved(scene: Scene, by: str, at: str = "2026-11-22T10:00:00+01:00") -> None:
    """The third revision comes with somebody's quality-approval."""
    unapproved(scene)
    approve_revision(scene, by, at=at)


def appointed_first(scene: Scene, by: str) -> None:
    """An insider is of the quality unit by an earlier change, and approves by the next."""
    appoints(scene, by=UNIT)
    scene.land()
    approved(scene, by)


def comes_back(scene: Scene, by: str = "") -> None:
    """Somebody who has left is employed again, in the role that nobody ended."""
    path = f"roles/people/{GONE}.yaml"
    scene.edit(path, "to: 2026-09-16}\n", "to: 2026-09-16}\n  - {from: 2026-11-22}\n")
    if by:
        scene.approves(path, by)


def writes(scene: Scene, path: str, text: str | None, by: str = "", **how: Any) -> None:
    """A file is written (or removed), and perhaps approved."""
    scene.write({path: text})
    if by:
        scene.approves(path, by, **how)


def approves_before(scene: Scene, path: str, text: str) -> None:
    """A file is approved, and is another one when it is merged."""
    scene.write({path: text})
    scene.approves(path)
    scene.write({path: f"{text}# one more line\n"})


def digs_out(scene: Scene, again: bool) -> None:
    """What was approved once, and left since, comes back; with a new approval, or on the old one."""
    was = scene.read(WORKFLOW)
    for number, text in enumerate((WEAK, was)):
        writes(scene, WORKFLOW, text, UNIT)
        scene.land(f"2026-11-22T11:{number}0:00+01:00")
    scene.write({WORKFLOW: WEAK})
    if again:
        scene.approves(WORKFLOW, OTHER)


def words_only(scene: Scene) -> None:
    """Somebody writes the quality unit's approval down."""
    scene.write({WORKFLOW: WEAK})
    path = scene.approves(WORKFLOW)
    scene.write(
        {path: "".join(line for line in scene.read(path).splitlines(True) if not line.startswith(("key", "sig")))}
    )


def approves_another(scene: Scene, path: str) -> None:
    """An approval of these bytes is there, for a file with another name."""
    scene.write({"CODEOWNERS": WEAK, WORKFLOW: WEAK})
    found = scene.approves("CODEOWNERS")
    digest = found.split("@")[1].split("/")[0]
    folder = f"controlled-docs/approvals/{WORKFLOW}@{digest}"
    scene.write({f"{folder}/{UNIT}.yaml": scene.read(found).replace('file: "CODEOWNERS"', f'file: "{path}"')})


TWIN = do(writes, path=WORKFLOW, text=WEAK, by=UNIT)
APPROVED = do(policy, old="pass-mark: 80", new="pass-mark: 90", by=UNIT)


@pytest.mark.parametrize(
    ("refused", "does", "twin"),
    [
        *(
            attack(f"{name}, and nobody approves it", "policy-weakened", do(policy, old=old, new=new), APPROVED)
            for name, old, new in (
                ("a lower pass mark", "pass-mark: 80", "pass-mark: 10"),
                ("more attempts", "attempts: 3", "attempts: 99"),
                ("a longer time to record", "late-entry: 3 days", "late-entry: 900 days"),
                ("no window", "window: 14 days", "window: 0 days"),
                ("a weaker method", "method: [read, practical]", "method: [read]"),
                ("no approval by the owner", ", approvers: [owner]", ""),
                ("no signatures", "signatures: required", "signatures: optional"),
                ("approvals elsewhere", "approvals: signed", "approvals: forge"),
                ("a quality unit of friends", "quality-unit: [quality-assurance]", "quality-unit: [operator]"),
                ("another main branch", "main: main", "main: mine"),
                ("a later founding", "founded: 2026-01-05", "founded: 2026-11-22"),
                ("no founding", "founded: 2026-01-05\n", ""),
                ("another time zone", "Europe/Oslo", "Pacific/Kiritimati"),
            )
        ),
        attack(
            "lowered on the approval of an operator",
            "policy-weakened",
            do(policy, old="pass-mark: 80", new="pass-mark: 10", by=INSIDER),
            APPROVED,
        ),
        attack(
            "no signatures from now on, and none here",
            "signature-missing",
            do(policy, old="signatures: required", new="signatures: optional", by=UNIT, then=do(unsigned)),
            do(policy, old="signatures: required", new="signatures: optional", by=UNIT, then=do(reads)),
        ),
        attack(
            "no approvals from now on, and none here",
            "approval-missing",
            do(policy, old="approvals: signed", new="approvals: forge", by=UNIT, then=do(unapproved)),
            do(policy, old="approvals: signed", new="approvals: forge", by=UNIT),
        ),
        attack(
            "late from now on, and late here",
            "late-entry-undeclared",
            do(
                policy,
                old="late-entry: 3 days",
                new="late-entry: 900 days",
                by=UNIT,
                then=do(reads, completed="2026-08-03T09:30:00+02:00"),
            ),
            do(
                policy,
                old="late-entry: 3 days",
                new="late-entry: 900 days",
                by=UNIT,
                then=do(reads, completed="2026-08-03T09:30:00+02:00", late=LATE),
            ),
        ),
        attack(
            "founded today, and a text that the founding needs no approval for",
            "approval-missing",
            do(
                policy,
                old="founded: 2026-01-05",
                new="founded: 2026-11-22",
                by=UNIT,
                then=do(unapproved, effective="2026-11-22"),
            ),
            do(policy, old="founded: 2026-01-05", new="founded: 2026-11-22", by=UNIT),
        ),
        attack("appoints himself", "policy-weakened", do(appoints), do(appoints, by=UNIT)),
        attack(
            "appoints himself, on his own approval", "policy-weakened", do(appoints, by=INSIDER), do(appoints, by=UNIT)
        ),
        attack(
            "appoints a friend, on the approval of a friend",
            "policy-weakened",
            do(appoints, by=OPERATOR),
            do(appoints, by=UNIT),
        ),
        attack(
            "appointed, and approves in the same change",
            "approval-missing",
            do(appoints, by=UNIT, also=do(approved, by=INSIDER)),
            do(appointed_first, by=INSIDER),
        ),
        attack("one who has left comes back", "policy-weakened", do(comes_back), do(comes_back, by=UNIT)),
        attack("the gate is switched off", "policy-weakened", do(writes, path=WORKFLOW, text=WEAK), TWIN),
        attack(
            "the gate is removed",
            "policy-weakened",
            do(writes, path=WORKFLOW, text=None),
            do(writes, path=WORKFLOW, text=None, by=UNIT),
        ),
        attack(
            "another workflow beside it",
            "policy-weakened",
            do(writes, path=".github/workflows/x.yaml", text=WEAK),
            TWIN,
        ),
        attack(
            "a reusable one, deeper down",
            "policy-weakened",
            do(writes, path=".github/workflows/a/b.yml", text=WEAK),
            TWIN,
        ),
        attack("other owners", "policy-weakened", do(writes, path="CODEOWNERS", text=""), TWIN),
        attack(
            "other owners, where the forge looks first",
            "policy-weakened",
            do(writes, path=".github/CODEOWNERS", text="* @insider\n"),
            TWIN,
        ),
        attack("approved by who has left", "policy-weakened", do(writes, path=WORKFLOW, text=WEAK, by=GONE), TWIN),
        attack("approved by a lead", "policy-weakened", do(writes, path=WORKFLOW, text=WEAK, by=AUTHOR), TWIN),
        attack(
            "reviewed only", "policy-weakened", do(writes, path=WORKFLOW, text=WEAK, by=UNIT, meaning="reviewed"), TWIN
        ),
        attack(
            "approved in the name of the unit",
            "key-not-valid",
            do(writes, path=WORKFLOW, text=WEAK, by=UNIT, key=INSIDER),
            TWIN,
        ),
        attack("approved in words only", "signature-missing", do(words_only), TWIN),
        attack("approved, and one more line", "policy-weakened", do(approves_before, path=WORKFLOW, text=WEAK), TWIN),
        attack("approved for another file", "signature-invalid", do(approves_another, path=WORKFLOW), TWIN),
        attack("approved once, and left since", "policy-weakened", do(digs_out, again=False), do(digs_out, again=True)),
    ],
)
def test_nobody_makes_the_law_alone(ground: Ground, refused: str, does: Do, twin: Do):
    """It takes the quality unit of the base, its keys, and the bytes that it saw."""
    ground.refuses(refused, does, twin)


def test_a_change_of_the_policy_does_not_choose_what_it_is_compared_with(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
):
    """A branch of the insider's, called main by the policy on it, is not where the change is said to begin."""
    scene = ground.scene(monkeypatch)
    scene.checkout.git("branch", "mine")
    policy(scene, "main: main", "main: mine", then=do(unsigned))
    scene.commit()
    scene.checkout.git("branch", "--force", "mine")

    found = {one["rule"] for one in scene.desk.answer("check", exits=1)["findings"]}

    assert {"policy-weakened", "signature-missing"} <= found
