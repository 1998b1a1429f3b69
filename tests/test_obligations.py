"""Who owes which revision, and what covers it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsci.obligations import action_gaps, reached_by, role_gaps
from tests.laws import TODAY, snapshot_of
from tests.test_assign import HIRED, LEAD, OPERATOR, TRAINED, assigned, capa, completed, document, person

Files = Mapping[str, str]
OPEN = {**document("1 2026-01-01"), **OPERATOR, **assigned("SOP-014@1/operator", "SOP-014@1", "p-1")}


def owed(files: Files, day: date = TODAY) -> set[str]:
    """What is owed and not covered, as `p-1 owes SOP-014@1 as operator`, or `nobody …` where the role's file is missing."""
    snapshot = snapshot_of(files, day)
    found = set()
    for gap in role_gaps(snapshot, reached_by(snapshot, snapshot.documents)):
        names = [who.id for who in gap.people] + ["nobody"] * (not gap.assigned)
        found |= {f"{name} owes {gap.revision} as {gap.role.id}" for name in names}
    return found


LATE = {"p-2 owes SOP-014@1 as operator"}
CASES = [
    pytest.param({**OPEN, **person("p-1", "operator")}, set(), id="named-by-the-role's-file"),
    pytest.param({**OPEN, **person("p-2", "cleaner")}, set(), id="another-role"),
    pytest.param({**OPEN, **person("p-2", "operator 2024-01-01 2026-11-21")}, set(), id="held-it-until-yesterday"),
    pytest.param(
        {**OPEN, **person("p-2", "operator")} | assigned("people/p-2/operator-2026-02-01", "SOP-014@1", "p-2"),
        set(),
        id="named-by-a-file-of-their-own",
    ),
    pytest.param(
        {**OPEN, **person("p-2", "operator"), **completed("p-2", "SOP-014@1", "2026-02-02")}, set(), id="trained-before"
    ),
    pytest.param(
        {**OPEN, **person("p-2", "operator"), "training-records/assignments/SOP-014@1/operator.yaml": "no: file\n"},
        set(),
        id="the-role's-file-is-unreadable",
    ),
    pytest.param(
        {**OPEN, **person("p-2", "operator"), "training-records/completions/p-2/SOP-014.yaml": "no: file\n"},
        set(),
        id="the-history-is-unreadable",
    ),
    pytest.param({**OPEN, **person("p-2", "operator")}, LATE, id="holds-the-role"),
    pytest.param(
        {**OPEN, **person("p-2", "operator 2024-01-01 2026-11-22")}, LATE, id="holds-it-today-for-the-last-time"
    ),
    pytest.param({**OPEN, **person("p-2", "operator 2027-06-01")}, LATE, id="a-declared-future-start"),
    pytest.param({**OPEN, **person("p-2", "operator", kind="contractor")}, LATE, id="a-contractor"),
    pytest.param(
        {**OPEN, **person("p-2", "operator", leave="{from: 2026-01-01, to: 2027-12-31}")}, LATE, id="on-leave"
    ),
    pytest.param(
        {**OPEN, **person("p-2", "operator")} | assigned("people/p-2/lead-2026-02-01", "SOP-014@1", "p-2", role="lead"),
        LATE,
        id="asked-for-another-role-of-theirs",
    ),
    pytest.param(
        {**OPEN, **person("p-2", "operator")}
        | {
            "training-records/waivers/p-2/SOP-014.yaml": "- {document: SOP-014@1, reason: x, evidence: x, "
            "from: 2026-01-01, until: 2027-01-01, by: p-3}\n"
        },
        LATE,
        id="a-waiver-ends-so-it-covers-nothing",
    ),
    pytest.param(
        {**OPEN, **LEAD, **person("p-2", "operator", "lead")},
        {*LATE, "p-2 owes SOP-014@1 as lead", "nobody owes SOP-014@1 as lead"},
        id="two-roles-are-two-obligations",
    ),
    pytest.param(
        {**document("2 2026-12-15 none", "1 2026-01-01"), **OPERATOR, **person("p-2", "operator")}
        | {**assigned("SOP-014@1/operator", "SOP-014@1", "p-2"), **assigned("SOP-014@2/operator", "SOP-014@2")},
        {"p-2 owes SOP-014@2 as operator"},
        id="no-carry-over-without-training",
    ),
    pytest.param(
        {**document("2 2026-12-15", "1 2026-01-01"), **OPERATOR, **person("p-2", "operator 2026-12-15")}
        | {**assigned("SOP-014@1/operator", "SOP-014@1"), **assigned("SOP-014@2/operator", "SOP-014@2")},
        {"p-2 owes SOP-014@2 as operator"},
        id="starts-on-the-day-the-coming-one-takes-effect",
    ),
    pytest.param(
        {**document("2 2026-12-15", "1 2026-01-01"), **OPERATOR, **person("p-2", "operator 2026-12-14")}
        | {**assigned("SOP-014@1/operator", "SOP-014@1"), **assigned("SOP-014@2/operator", "SOP-014@2")},
        {"p-2 owes SOP-014@1 as operator", "p-2 owes SOP-014@2 as operator"},
        id="starts-the-day-before-the-coming-one-takes-effect",
    ),
]


@pytest.mark.parametrize(("files", "expected"), CASES)
def test_what_is_owed_and_not_covered(files: Files, expected: set[str]):
    """Person × role × revision, for every revision that is in force or coming, less what covers it."""
    assert expected == owed(files)


@given(st.sampled_from([found.values[0] for found in CASES]), st.integers(0, 800), st.integers(0, 800))
def test_time_alone_never_adds_an_obligation(files: Files, first: int, later: int):
    """What is clean today is clean on every later day."""
    day = TODAY + timedelta(days=first)

    assert owed(files, day + timedelta(days=later)) <= owed(files, day)


TWO = {**TRAINED, **person("p-2", "operator", employed="2026-11-20")}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({**TWO, **capa("documents: [SOP-014@1], people: [p-9]")}, [], id="somebody-unknown"),
        pytest.param({**TWO, **capa("documents: [SOP-099], people: [p-1]")}, [], id="an-unknown-document"),
        pytest.param(
            {**TWO, **capa("documents: [SOP-014@1], people: [p-1]")}
            | {"training-records/assignments/CAPA-2026-003/1.yaml": "no: file\n"},
            [],
            id="the-action's-file-is-unreadable",
        ),
        pytest.param(
            {**TWO, **capa("documents: [SOP-014@1], people: [p-1]")} | assigned("CAPA-2026-003/1", "SOP-014@1", "p-1"),
            [],
            id="named-by-the-action's-file",
        ),
        pytest.param({**TWO, **capa("documents: [SOP-014@1], people: [p-1]")}, ["p-1"], id="the-people-it-names"),
        pytest.param(
            {**TWO, **capa("documents: [SOP-014@1], roles: [operator]")}, ["p-1 p-2"], id="holders-of-its-roles"
        ),
        pytest.param(
            {**TWO, **capa("documents: [SOP-014@1], people: [p-1]")} | assigned("CAPA-2026-003/10", "SOP-014@1", "p-1"),
            ["p-1"],
            id="another-action's-file",
        ),
    ],
)
def test_an_action_asks_whom_it_concerns(files: Files, expected: list[str]):
    """An item of the action's own assignments, or it is missing; training on record does not help."""
    snapshot = snapshot_of(files)

    assert expected == [" ".join(who.id for who in gap.people) for gap in action_gaps(snapshot, snapshot.events)]


def test_the_hired_are_the_ones_the_role_file_does_not_name():
    """The two test tables speak about the same tree."""
    assert owed(HIRED) == set()
