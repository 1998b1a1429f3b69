"""Texts that nobody approved, and approvals of something else."""

from __future__ import annotations

from typing import Any

import pytest

from qmsci.read import text_digest
from tests.company import AUTHOR, EVALUATOR, GONE, INSIDER, OPERATOR, OTHER, SECOND, SOP, SOP_NOW, UNIT, WI, Scene
from tests.red_team.deeds import approve_revision
from tests.red_team.raids import Do, Ground, attack, do

TEXT = "Gown. Change both gloves twice.\n"
ENTRY = "  - {{revision: {label}, effective: 2026-12-20, summary: New., impact: retrain, authors: [{authors}]}}\n"


def revises(scene: Scene, text: str = TEXT, authors: str = AUTHOR, assigned: bool = True) -> None:
    """The procedure gets a new revision, and its training is assigned."""
    entry = ENTRY.format(label="3", authors=authors)
    scene.write({SOP: SOP_NOW.replace("revisions:\n", f"revisions:\n{entry}").replace(SECOND, text)})
    if assigned:
        scene.desk.run("assign")


def comes(
    scene: Scene, by: str = UNIT, meaning: str = "quality-approval", key: str = "", at: str = "", **says: Any
) -> None:
    """A new revision comes with an approval: of whom, with which meaning and key, and of what."""
    revises(scene)
    if by:
        approve_revision(scene, by, meaning, key=key, at=at or "2026-11-22T10:00:00+01:00", **says)


def of_own_text(scene: Scene, by: str, authors: str) -> None:
    """A new revision whose authors are said to be some, approved by somebody."""
    revises(scene, authors=authors)
    approve_revision(scene, by)


def edits_after(scene: Scene, old: str, new: str) -> None:
    """It was approved, and is another one when it is merged; assigned again, so that nothing else is amiss."""
    revises(scene, assigned=False)
    approve_revision(scene)
    scene.edit(SOP, old, new)
    scene.desk.run("assign")


def reuses(scene: Scene) -> None:
    """The approval of the revision before, under the name of the new one."""
    revises(scene)
    was = scene.read(f"controlled-docs/approvals/SOP-001@2/{UNIT}.yaml")
    text = was.replace("SOP-001@2", "SOP-001@3").replace("2026-04-01", "2026-12-20")
    text = text.replace(text_digest(SECOND.encode()), text_digest(TEXT.encode()))
    scene.write({f"controlled-docs/approvals/SOP-001@3/{UNIT}.yaml": text})


def in_words(scene: Scene) -> None:
    """Somebody writes the approval down."""
    revises(scene)
    path = approve_revision(scene)
    scene.write({path: "".join(one for one in scene.read(path).splitlines(True) if not one.startswith(("key", "sig")))})


def from_the_forge(scene: Scene) -> None:
    """An approval that was given in a pull request, as its import writes it."""
    revises(scene)
    path = approve_revision(scene, origin={"system": "forge", "reference": "https://example.org/pull/7#r1"})
    scene.write({path: "".join(one for one in scene.read(path).splitlines(True) if not one.startswith(("key", "sig")))})


def under_another_name(scene: Scene) -> None:
    """An approval by one of the unit, in a file that is named after another."""
    revises(scene)
    path = approve_revision(scene)
    scene.write({path: None, path.replace(UNIT, OTHER): scene.read(path)})


def twice_is_not_two(scene: Scene) -> None:
    """The owner's approval is missing: the unit's stands there twice."""
    instructs(scene, owner="")
    approve_revision(scene, OTHER, "approved", name="WI-031@2")


def instructs(scene: Scene, owner: str = AUTHOR, owns: str = "lead") -> None:
    """A work instruction, whose type wants its owner's approval beside the unit's, is revised by an evaluator."""
    entry = ENTRY.format(label="2", authors=EVALUATOR)
    scene.edit(WI, "revisions:\n", f"revisions:\n{entry}")
    scene.edit(WI, "Fill.\n", "Fill slowly.\n")
    if owns != "lead":
        scene.edit(WI, "owner: lead", f"owner: {owns}")
    scene.desk.run("assign")
    approve_revision(scene, UNIT, name="WI-031@2")
    if owner:
        approve_revision(scene, owner, "approved", name="WI-031@2")


def changes_owner(scene: Scene) -> None:
    """After the unit has approved it, it is owned by those whose approval is at hand."""
    instructs(scene, owner=INSIDER, owns="operator")


def merged(scene: Scene) -> None:
    """A new revision, approved, was merged before."""
    comes(scene)
    scene.land()


def then_edits(scene: Scene, old: str, new: str, approved: bool = False) -> None:
    """A merged revision is edited, and perhaps the whole file approved."""
    merged(scene)
    scene.edit(SOP, old, new)
    if approved:
        scene.desk.run("assign")
        scene.approves(SOP)


def with_whole(scene: Scene, old: str, new: str, approved: bool) -> None:
    """Something beside the text changes without a new revision, and perhaps the whole file is approved."""
    scene.edit(SOP, old, new)
    scene.desk.run("assign")
    if approved:
        scene.approves(SOP)


def hides(scene: Scene, text: str) -> None:
    """A text that shows its readers less than it holds."""
    revises(scene, text=text)
    approve_revision(scene)


def rewrites_approval(scene: Scene) -> None:
    """A merged approval is made another, by who gave it."""
    approve_revision(scene, name="SOP-001@2", at="2026-03-02T10:00:00+01:00", effective="2026-04-01")


def adds_approval(scene: Scene) -> None:
    """One more approval of what is merged."""
    approve_revision(scene, OTHER, name="SOP-001@2", effective="2026-04-01")


def removes_approval(scene: Scene) -> None:
    """A merged approval is taken away."""
    scene.write({f"controlled-docs/approvals/SOP-001@2/{UNIT}.yaml": None})


TWIN = do(comes)


@pytest.mark.parametrize(
    ("refused", "does", "twin"),
    [
        attack("without one", "approval-missing", do(comes, by=""), TWIN),
        attack("by its author", "approval-missing", do(comes, by=AUTHOR), TWIN),
        attack(
            "by its author, who is of the unit",
            "author-approves-own-work",
            do(of_own_text, by=UNIT, authors=UNIT),
            do(of_own_text, by=OTHER, authors=UNIT),
        ),
        attack(
            "by one of two authors",
            "approval-missing",
            do(of_own_text, by=UNIT, authors=f"{AUTHOR}, {UNIT}"),
            do(of_own_text, by=OTHER, authors=f"{AUTHOR}, {UNIT}"),
        ),
        attack("reviewed only", "approval-missing", do(comes, meaning="reviewed"), TWIN),
        attack("approved, but not for quality", "approval-missing", do(comes, meaning="approved"), TWIN),
        attack("by an operator", "signer-not-entitled", do(comes, by=INSIDER), TWIN),
        attack("by who has left", "approval-missing", do(comes, by=GONE), TWIN),
        attack(
            "by who has left, dated before",
            "approval-missing",
            do(comes, by=GONE, at="2026-09-10T10:00:00+02:00"),
            TWIN,
        ),
        attack("in the name of the unit", "key-not-valid", do(comes, key=INSIDER), TWIN),
        attack("in words only", "signature-missing", do(in_words), TWIN),
        attack("given in a pull request", "approval-missing", do(from_the_forge), TWIN),
        attack("the one of the revision before", "signature-invalid", do(reuses), TWIN),
        attack("filed under another's name", "unreadable", do(under_another_name), TWIN),
        attack("for another text", "approval-of-other-text", do(comes, text=text_digest(b"Other.\n")), TWIN),
        attack("for another day", "approval-of-other-text", do(comes, effective="2027-12-20"), TWIN),
        attack("for another impact", "approval-of-other-text", do(comes, impact="none"), TWIN),
        attack("for other activities", "approval-of-other-text", do(comes, governs=["filling"]), TWIN),
        attack("for an emergency", "approval-of-other-text", do(comes, emergency="true"), TWIN),
        attack("for another purpose", "approval-of-other-text", do(comes, purpose="awareness"), TWIN),
        attack("for other training", "approval-of-other-text", do(comes, training={"method": ["assessment"]}), TWIN),
        attack("of a text edited since", "approval-of-other-text", do(edits_after, old="twice", new="once"), TWIN),
        attack("of a space less", "approval-of-other-text", do(edits_after, old="twice.\n", new="twice."), TWIN),
        attack(
            "of a day brought forward",
            "approval-of-other-text",
            do(edits_after, old="2026-12-20", new="2026-12-10"),
            TWIN,
        ),
        attack(
            "of more training",
            "approval-of-other-text",
            do(
                edits_after,
                old="effective: 2026-12-20, summary: New., impact: retrain",
                new="effective: 2026-12-20, summary: New., rationale: R., impact: none",
            ),
            TWIN,
        ),
        attack(
            "of what it governs",
            "approval-of-other-text",
            do(edits_after, old="governs: [gowning]", new="governs: []"),
            TWIN,
        ),
        attack("without the owner's", "approval-missing", do(instructs, owner=""), do(instructs)),
        attack("the unit's in place of the owner's", "approval-missing", do(twice_is_not_two), do(instructs)),
        attack("the only author's as the owner's", "approval-missing", do(instructs, owner=EVALUATOR), do(instructs)),
        attack("the owner's, by who is made the owner", "approval-missing", do(changes_owner), do(instructs)),
        attack(
            "merged, and the text edited",
            "text-changed-without-revision",
            do(then_edits, old="twice", new="once"),
            do(merged),
        ),
        attack(
            "merged, and the text edited with the unit's approval of the file",
            "text-changed-without-revision",
            do(then_edits, old="twice", new="once", approved=True),
            do(merged),
        ),
        attack(
            "merged, and brought forward",
            "revision-history-rewritten",
            do(then_edits, old="2026-12-20", new="2026-12-10", approved=True),
            do(merged),
        ),
        attack(
            "merged, and written by others",
            "revision-history-rewritten",
            do(
                then_edits,
                old=f"impact: retrain, authors: [{AUTHOR}]",
                new=f"impact: retrain, authors: [{OPERATOR}]",
                approved=True,
            ),
            do(merged),
        ),
        attack(
            "merged, and withdrawn",
            "approval-missing",
            do(
                then_edits,
                old=f"summary: New., impact: retrain, authors: [{AUTHOR}]",
                new=f"summary: New., impact: retrain, authors: [{AUTHOR}], withdrawn: 2026-11-22",
            ),
            do(
                then_edits,
                old=f"summary: New., impact: retrain, authors: [{AUTHOR}]",
                new=f"summary: New., impact: retrain, authors: [{AUTHOR}], withdrawn: 2026-11-22",
                approved=True,
            ),
        ),
        *(
            attack(
                f"none for {name}",
                "approval-missing",
                do(with_whole, old=old, new=new, approved=False),
                do(with_whole, old=old, new=new, approved=True),
            )
            for name, old, new in (
                ("what it governs", "governs: [gowning]", "governs: [gowning, filling]"),
                ("its purpose", "governs:", "purpose: awareness\ngoverns:"),
                ("its training", "governs:", "training: {every: 12 months}\ngoverns:"),
                ("its owner", "owner: lead", "owner: quality-assurance"),
                ("its title", "title: Gowning", "title: Dressing"),
                (
                    "a periodic review",
                    "governs:",
                    "reviewed: [{on: 2026-11-22, by: p-3, outcome: confirmed}]\ngoverns:",
                ),
            )
        ),
        attack("merged, and made another", "record-altered", do(rewrites_approval), do(adds_approval)),
        attack("merged, and taken away", "record-removed", do(removes_approval), do(adds_approval)),
        attack(
            "of a text that hides something",
            "unsafe-content",
            do(hides, text="Gown.\u202egloves on \u202c\n"),
            do(hides, text="Gown on.\n"),
        ),
        attack(
            "of a text in a comment",
            "text-changed-without-revision",
            do(with_whole, old=SECOND, new=f"{SECOND}<!-- not for gowns -->\n", approved=True),
            TWIN,
        ),
    ],
)
def test_an_approval_is_of_one_text_by_one_who_may(ground: Ground, refused: str, does: Do, twin: Do):
    """And whatever else it covers."""
    ground.refuses(refused, does, twin)
