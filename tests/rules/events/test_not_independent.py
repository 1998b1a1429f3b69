"""Who judges has no part in what is judged, and works here on that day."""

from __future__ import annotations

import pytest

from tests.laws import findings_of_change

RULE = "not-independent"
FILE, FINDING = "quality-events/CAPA-2026-003.yaml", "quality-events/AUD-2026-001.yaml"
WHO = "roles/people/p-0005.yaml"
HERE = "{id: p-0005, name: A, kind: employee, employed: {from: 2024-01-15}}\n"
LEFT = HERE.replace("01-15}", "01-15, to: 2026-10-31}")
PLAN = "{criterion: None torn, period: 30 days, assessor: p-0005"
CHECK = "{on: 2026-11-20, outcome: effective, summary: None seen.}"
EARLIER = CHECK.replace("11-20", "11-10")
CLOSED = "closed: 2026-11-21\nclosed-by: p-0003\n"


def capa(*owners: str, owner: str = "p-0003", checks: str = "", more: str = "") -> str:
    """A CAPA whose actions have some owners ('-': none), with some checks."""
    actions = ", ".join(
        f"{{id: {n}, kind: other, due: 2026-09-01, done: 2026-08-20{f', owner: {who}' if who != '-' else ''}}}"
        for n, who in enumerate(owners, 1)
    )
    return (
        f"id: CAPA-2026-003\ntitle: T\nopened: 2026-06-01\nowner: {owner}\nactions: [{actions}]\n"
        f"effectiveness: {PLAN}, checks: [{checks}]}}\n{more}"
    )


def said(before: str | None, after: str, path: str = FILE, people: tuple[str, str] = (HERE, HERE)) -> list[str]:
    """What the rule says of an event that is altered."""
    old = {path: before} if before else {}
    found = findings_of_change({WHO: people[0], **old}, {WHO: people[1], path: after})
    return [finding.message for finding in found if finding.rule == RULE]


MADE = "the check of 2026-11-20 was made by p-0005, who"


@pytest.mark.parametrize(
    ("before", "after", "parts"),
    [
        pytest.param(capa("p-0011"), capa("p-0011", checks=CHECK), [], id="by somebody else"),
        pytest.param(capa("p-0011", owner="p-0005"), capa("p-0011", owner="p-0005", checks=CHECK), [], id="the CAPA's"),
        pytest.param(capa("-"), capa("-", checks=CHECK), [], id="no owner, and the CAPA is somebody else's"),
        pytest.param(capa("p-0005", checks=CHECK), capa("p-0005", "-", checks=CHECK), [], id="no new check"),
        pytest.param(
            capa("p-0005"),
            capa("p-0005", checks=CHECK, more=CLOSED),
            [],
            id="closed by it: capa-closed-without-effectiveness says it",
        ),
        pytest.param("{", "{", [], id="unreadable"),
        pytest.param(capa("p-0005"), capa("p-0005", checks=CHECK), ["owns action 1"], id="owns an action"),
        pytest.param(None, capa("p-0005", "p-0005", checks=CHECK), ["owns actions 1 and 2"], id="new"),
        pytest.param(
            capa("p-0005"), capa("p-0011", checks=CHECK), ["owned action 1 before the change"], id="handed over"
        ),
        pytest.param(
            capa("p-0005"),
            capa("p-0011", checks=CHECK, more=CLOSED),
            ["owned action 1 before the change"],
            id="handed over and closed",
        ),
        pytest.param(
            capa("p-0011", owner="p-0005"),
            capa("p-0011", "-", owner="p-0005", checks=CHECK),
            ["owns CAPA-2026-003, and so action 2, without an owner"],
            id="an action without owner",
        ),
        pytest.param(
            capa("-", owner="p-0005"),
            capa("-", checks=CHECK),
            ["owned action 1 before the change"],
            id="CAPA handed over",
        ),
        pytest.param(
            capa("-", owner="p-0005", checks=CHECK),
            capa("-", owner="p-0005", checks=CHECK, more=CLOSED),
            ["owns CAPA-2026-003, and so action 1, without an owner"],
            id="the check by which it closes was there",
        ),
        pytest.param(
            capa("p-0005", checks=EARLIER),
            capa("p-0011", checks=f"{EARLIER}, {CHECK}", more=CLOSED),
            ["owned action 1 before the change"],
            id="an earlier check is not judged again",
        ),
        pytest.param(
            capa("p-0005", "-", owner="p-0005"),
            capa("p-0005", "p-0011", checks=CHECK),
            ["owns action 1 and owned action 2 before the change"],
            id="one kept, one handed over",
        ),
    ],
)
def test_who_assesses_owns_no_action(before: str | None, after: str, parts: list[str]):
    assert said(before, after) == [f"{MADE} {part}" for part in parts]


def test_a_check_by_somebody_else_is_flagged_at_their_name():
    by = CHECK.replace("}", ", by: p-0011}")
    found = findings_of_change({FILE: capa("p-0011")}, {FILE: capa("p-0011", checks=f"\n  {by}")})

    assert [(f.place.line, f.message) for f in found if f.rule == RULE] == [
        (7, "the check of 2026-11-20 was made by p-0011, who owns action 1")
    ]


def test_a_capa_without_a_plan_has_no_assessor():
    bare = "id: CAPA-2026-003\ntitle: T\nopened: 2026-06-01\nowner: p-0003\n"

    assert said(bare, bare + CLOSED) == []


def test_the_founding_import_is_not_asked():
    found = findings_of_change({}, {WHO: LEFT, FILE: capa("p-0005", checks=CHECK)})

    assert RULE not in {finding.rule for finding in found}


# --- audit findings -------------------------------------------------------------------------------------------------

AUD = "id: AUD-2026-001\ntitle: T\nopened: 2026-06-01\nowner: p-0007\n"
MINE = AUD.replace("p-0007", "p-0005")
ACTION = "actions: [{id: 1, kind: other, due: 2026-09-01, done: 2026-08-20, owner: p-0005}]\n"
VERIFIED = "verified: 2026-11-20\nverified-by: p-0005\n"


@pytest.mark.parametrize(
    ("before", "after", "parts"),
    [
        pytest.param(AUD, AUD + VERIFIED, [], id="by somebody else"),
        pytest.param(None, MINE + VERIFIED, [], id="new: the tree shows it"),
        pytest.param(MINE + ACTION, MINE + ACTION + VERIFIED, [], id="finding-closed-without-verification says it"),
        pytest.param(AUD + VERIFIED, AUD + VERIFIED + CLOSED, [], id="verified before"),
        pytest.param(MINE, AUD + VERIFIED, ["owned the finding before the change"], id="handed over"),
        pytest.param(
            AUD + ACTION,
            AUD + ACTION.replace("0005", "0011") + VERIFIED,
            ["owned action 1 before the change"],
            id="an action handed over",
        ),
        pytest.param(
            f"{MINE}people: [p-0005]\n",
            AUD + VERIFIED,
            ["owned the finding before the change and was among its people before the change"],
            id="not among its people any more",
        ),
    ],
)
def test_who_verifies_had_no_part_in_it(before: str | None, after: str, parts: list[str]):
    assert said(before, after, FINDING) == [f"verified by p-0005, who {part}" for part in parts]


# --- employed -------------------------------------------------------------------------------------------------------

NOT_EMPLOYED = "who is not employed on"
VAL = "id: VAL-2026-001\ntitle: T\nactivities: [a]\nprotocol: P\n"
RELEASED = "released: 2026-11-20\nreleased-by: p-0005\n"
BY_THEM = CLOSED.replace("0003", "0005")


@pytest.mark.parametrize(
    ("path", "before", "more", "message"),
    [
        pytest.param(FINDING, AUD, VERIFIED, f"verified by p-0005, {NOT_EMPLOYED} 2026-11-20", id="verifies"),
        pytest.param(FILE, capa(), BY_THEM, f"closed by p-0005, {NOT_EMPLOYED} 2026-11-21", id="closes"),
        pytest.param(
            "quality-events/VAL-2026-001.yaml",
            VAL,
            RELEASED,
            f"released by p-0005, {NOT_EMPLOYED} 2026-11-20",
            id="releases",
        ),
    ],
)
def test_who_signs_works_here(path: str, before: str, more: str, message: str):
    assert said(before, before + more, path) == []
    assert said(before + more, before + more + "scope: S\n", path, (LEFT, LEFT)) == []
    assert said(before, before + more, path, (LEFT, LEFT)) == [message]


@pytest.mark.parametrize(
    ("people", "number"),
    [
        pytest.param((HERE, HERE), 0, id="employed"),
        pytest.param((LEFT.replace("10-31", "11-20"),) * 2, 0, id="on their last day"),
        pytest.param(("{", "{"), 0, id="unreadable"),
        pytest.param(("id: p-0006", HERE), 0, id="not there before"),
        pytest.param((HERE, LEFT), 1, id="their leaving is written down with it"),
        pytest.param((LEFT, HERE), 1, id="taken on again with it"),
        pytest.param((LEFT, LEFT), 1, id="not any more"),
    ],
)
def test_who_assesses_works_here(people: tuple[str, str], number: int):
    found = said(capa("p-0011"), capa("p-0011", checks=CHECK), people=people)

    assert found == [f"{MADE} is not employed on 2026-11-20"] * number
