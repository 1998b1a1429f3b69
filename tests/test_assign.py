"""The gap as assignment files: their names, causes, due dates and what they ask for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from qmsci.assign import Plan, assignments, regenerated, whole_gap
from qmsci.records.base import Duration
from qmsci.records.training import Assignment
from qmsci.render.assignment import written
from tests.laws import TODAY, snapshot_of

TEXT = "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
OPERATOR = {"roles/operator.yaml": "id: operator\ntitle: Operator\npurpose: Fills vials.\nperforms: [gowning]\n"}
LEAD = {"roles/lead.yaml": "id: lead\ntitle: Lead\npurpose: Leads.\nrequires: [SOP-014]\n"}
Files = Mapping[str, str]
#: The usual window of refreshers.
HORIZON = Duration(30, 0)


def document(*revisions: str, name: str = "SOP-014", training: str = "{}") -> dict[str, str]:
    """A document with revisions, newest first: label, effective date, impact (retrain where left out)."""
    lines = [
        f"id: {name}",
        "title: Gowning",
        "owner: lead",
        "governs: [gowning]",
        f"training: {training}",
        "revisions:",
    ]
    for revision in revisions:
        label, effective, impact = [*revision.split(), "retrain"][:3]
        lines.append(
            f"  - {{revision: {label}, effective: {effective}, summary: x, impact: {impact}, "
            "rationale: x, authors: [p-9]}"
        )
    folder = name.split("-", maxsplit=1)[0].lower()
    front = "\n".join(lines)
    return {f"controlled-docs/{folder}/{name}.md": f"---\n{front}\n---\nGown in the order shown.\n"}


def person(
    name: str, *roles: str, employed: str = "2024-01-01", leave: str = "", kind: str = "employee"
) -> dict[str, str]:
    """A person with roles, each written `operator 2024-01-01 2024-12-31`, the end where there is one."""
    held = []
    for role in roles:
        what, first, last = [*role.split(), "2024-01-01", ""][:3] if " " not in role else [*role.split(), ""][:3]
        held.append(f"  - {{role: {what}, from: {first}{f', to: {last}' if last else ''}}}")
    lines = [f"id: {name}", f"name: {name}", f"kind: {kind}", f"employed: {{from: {employed}}}"]
    lines += ["roles:", *held] if held else []
    lines += [f"leave: [{leave}]"] if leave else []
    return {f"roles/people/{name}.yaml": "\n".join(lines) + "\n"}


def assigned(name: str, revision: str, *people: str, role: str = "operator", day: str = "2026-01-10") -> dict[str, str]:
    """An assignment of reading that is merged."""
    return {
        f"training-records/assignments/{name}.yaml": f"assignment: {name}\ncause: revision\nrole: {role}\nassigned: {day}\n"
        f'items:\n  - {{document: {revision}, text: "{TEXT}", method: [read], due: 2026-02-01, people: [{", ".join(people)}]}}\n'
    }


def completed(who: str, revision: str, day: str, method: str = "read", asked: str = "") -> dict[str, str]:
    """A history of one completion."""
    return {
        f"training-records/completions/{who}/{revision.split('@', maxsplit=1)[0]}.yaml": f'- document: {revision}\n  text: "{TEXT}"\n'
        f"  completed: {day}T09:30:00+01:00\n  method: [{method}]\n  assignments: [{asked}]\n"
    }


def gap_of(files: Files, day: date = TODAY, refreshers: bool = False) -> list[Assignment]:
    """What `assign` writes."""
    snapshot = snapshot_of(files, day)
    return Plan(snapshot).close(whole_gap(snapshot, HORIZON.after(day) if refreshers else None))


def lines_of(files: Files, day: date = TODAY, refreshers: bool = False) -> list[str]:
    """What `assign` writes, an item a line: the file, its cause, revision, method, due date and people."""
    return [
        f"{found.assignment} {found.cause} {item.document} {'+'.join(item.method)} {item.due} {' '.join(item.people)}".strip()
        for found in gap_of(files, day, refreshers)
        for item in found.items
    ]


NEW = {**document("1 2026-12-15"), **OPERATOR}
OLD_IN_FORCE = {**document("1 2026-01-01"), **OPERATOR}
HIRED = {**OLD_IN_FORCE, **assigned("SOP-014@1/operator", "SOP-014@1", "p-1"), **person("p-1", "operator")}
CASES = [
    pytest.param(document("1 2026-12-15"), [], id="reaches-no-role"),
    pytest.param(HIRED, [], id="all-is-assigned"),
    pytest.param({**HIRED, **person("p-2", "operator 2024-01-01 2026-11-21")}, [], id="has-left-the-role"),
    pytest.param(
        {**HIRED, **person("p-2", "operator 2026-11-01"), **completed("p-2", "SOP-014@1", "2026-11-02")},
        [],
        id="is-trained",
    ),
    pytest.param(NEW, ["SOP-014@1/operator new-document SOP-014@1 read 2026-12-15"], id="nobody-holds-the-role"),
    pytest.param(
        {**NEW, **person("p-2", "operator", kind="contractor"), **person("p-1", "operator")},
        ["SOP-014@1/operator new-document SOP-014@1 read 2026-12-15 p-1 p-2"],
        id="a-contractor-too-and-sorted",
    ),
    pytest.param(
        {**NEW, **person("p-1", "operator 2027-02-01")},
        ["SOP-014@1/operator new-document SOP-014@1 read 2027-03-03 p-1"],
        id="who-starts-after-the-effective-date-has-the-onboarding",
    ),
    pytest.param(
        {**NEW, **person("p-1", "operator", leave="{from: 2026-12-01, to: 2026-12-15}")},
        ["SOP-014@1/operator new-document SOP-014@1 read 2026-12-16 p-1"],
        id="on-leave-on-the-due-date",
    ),
    pytest.param(
        {**NEW, **LEAD, **assigned("SOP-014@1/operator", "SOP-014@1"), **person("p-1", "lead")},
        ["SOP-014@1/lead matrix-change SOP-014@1 read 2026-12-22 p-1"],
        id="another-role's-file-is-there",
    ),
    pytest.param(
        {**document("2 2026-12-15", "1 2026-01-01"), **OPERATOR, **person("p-1", "operator")}
        | assigned("SOP-014@1/operator", "SOP-014@1", "p-1"),
        ["SOP-014@2/operator revision SOP-014@2 read 2026-12-15 p-1"],
        id="a-second-revision-is-a-revision",
    ),
    pytest.param(
        {**HIRED, **person("p-2", "operator 2026-11-20", employed="2026-11-20")},
        ["people/p-2/operator-2026-11-22 hire SOP-014@1 read 2026-12-22 p-2"],
        id="a-hire-after-the-file-was-merged",
    ),
    pytest.param(
        {**HIRED, **person("p-2", "operator 2027-01-10", employed="2027-01-10")},
        ["people/p-2/operator-2026-11-22 hire SOP-014@1 read 2027-02-09 p-2"],
        id="a-future-start-counts-from-the-start",
    ),
    pytest.param(
        {**HIRED, **person("p-2", "operator 2026-11-20")},
        ["people/p-2/operator-2026-11-22 role-change SOP-014@1 read 2026-12-22 p-2"],
        id="a-new-role",
    ),
    pytest.param(
        {**HIRED, **person("p-2", "operator 2026-11-20")}
        | assigned("people/p-2/operator-2026-11-22", "SOP-001@1", "p-2"),
        ["people/p-2/operator-2026-11-22-2 role-change SOP-014@1 read 2026-12-22 p-2"],
        id="a-taken-name-gets-a-number",
    ),
    pytest.param(
        {**HIRED, **person("p-2", "operator 2026-11-20")}
        | {"training-records/assignments/people/p-2/operator-2026-11-22.yaml": "no: assignment\n"},
        [],
        id="an-unreadable-file-is-left-alone",
    ),
    pytest.param(
        {**document("1 2026-12-15", name="WI-031"), **OPERATOR},
        ["WI-031@1/operator new-document WI-031@1 read+practical 2026-12-15"],
        id="the-method-of-the-type",
    ),
    pytest.param(
        {**document("2 2026-12-15 read", "1 2026-01-01", training="{method: [practical, read]}"), **OPERATOR}
        | {**person("p-1", "operator"), **person("p-2", "operator")}
        | assigned("SOP-014@1/operator", "SOP-014@1", "p-1", "p-2")
        | completed("p-1", "SOP-014@1", "2026-01-20", asked="SOP-014@1/operator"),
        [
            "SOP-014@2/operator revision SOP-014@2 practical+read 2026-12-15 p-2",
            "SOP-014@2/operator revision SOP-014@2 read 2026-12-15 p-1",
        ],
        id="a-reading-for-those-trained-on-the-one-before",
    ),
    pytest.param(
        {**document("2 2026-12-15 none", "1 2026-01-01"), **OPERATOR}
        | {**person("p-1", "operator"), **person("p-2", "operator")}
        | assigned("SOP-014@1/operator", "SOP-014@1", "p-1", "p-2")
        | completed("p-1", "SOP-014@1", "2026-01-20"),
        ["SOP-014@2/operator revision SOP-014@2 read 2026-12-15 p-2"],
        id="carry-over-for-those-trained-on-the-one-before",
    ),
    pytest.param(
        {**document("2 2026-12-15", "1 2026-01-01"), **OPERATOR, **LEAD, **person("p-1", "lead")}
        | assigned("SOP-014@1/operator", "SOP-014@1"),
        [
            "SOP-014@1/lead matrix-change SOP-014@1 read 2026-12-22 p-1",
            "SOP-014@2/lead revision SOP-014@2 read 2026-12-15 p-1",
            "SOP-014@2/operator revision SOP-014@2 read 2026-12-15",
        ],
        id="the-one-in-force-is-owed-until-the-coming-one-is",
    ),
]


@pytest.mark.parametrize(("files", "expected"), CASES)
def test_what_is_written(files: Files, expected: list[str]):
    """Names, causes, methods and due dates, as the cause has them."""
    assert expected == lines_of(files)


REFRESHED = {
    **document("1 2025-01-01", training="{method: [read], every: 12 months}"),
    **OPERATOR,
    **person("p-1", "operator"),
    **assigned("SOP-014@1/operator", "SOP-014@1", "p-1"),
    **completed("p-1", "SOP-014@1", "2025-12-22"),
}


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param("2026-11-21", [], id="before-the-window"),
        pytest.param(
            "2026-11-22",
            ["refresher/SOP-014@1/2026-11-22/operator refresher SOP-014@1 read 2026-12-22 p-1"],
            id="on-the-first-day-of-the-window",
        ),
        pytest.param(
            "2027-01-05",
            ["refresher/SOP-014@1/2027-01-05/operator refresher SOP-014@1 read 2026-12-22 p-1"],
            id="lapsed-already",
        ),
    ],
)
def test_a_refresher_is_due_on_the_day_it_lapses(day: str, expected: list[str]):
    """It is written when it lapses within the policy's window, and only once."""
    assert expected == lines_of(REFRESHED, date.fromisoformat(day), refreshers=True)
    assert lines_of(REFRESHED, date.fromisoformat(day)) == []


def capa(action: str, closed: str = "") -> dict[str, str]:
    """An open CAPA with one training action."""
    return {
        "quality-events/CAPA-2026-003.yaml": "id: CAPA-2026-003\ntitle: x\nopened: 2026-11-02\nowner: p-3\n"
        f"actions:\n  - {{id: 1, kind: training, due: 2026-12-31, {action}}}\n{closed}"
    }


TRAINED = {**HIRED, **completed("p-1", "SOP-014@1", "2026-01-20")}
ASKED = "CAPA-2026-003/1 capa SOP-014@1 read 2026-12-31 p-1"


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        pytest.param(capa("documents: [SOP-014@7], people: [p-1]"), [], id="a-revision-that-does-not-exist-yet"),
        pytest.param(capa("documents: [SOP-014@1], people: [p-1]", "closed: 2026-11-20\n"), [], id="closed"),
        pytest.param(capa("documents: [SOP-014@1], people: [p-1]"), [ASKED], id="training-on-record-does-not-help"),
        pytest.param(capa("documents: [SOP-014], roles: [operator]"), [ASKED], id="the-holders-and-the-one-in-force"),
        pytest.param(
            capa(
                "documents: [SOP-014@1], people: [p-1], "
                "extensions: [{to: 2027-01-31, on: 2026-11-10, by: p-3, reason: x}]"
            ),
            ["CAPA-2026-003/1 capa SOP-014@1 read 2027-01-31 p-1"],
            id="extended",
        ),
        pytest.param(
            capa("documents: [SOP-014@1], people: [p-1]")
            | {
                "training-records/assignments/CAPA-2026-003/1.yaml": "assignment: CAPA-2026-003/1\ncause: capa\n"
                f'assigned: 2026-11-03\nitems:\n  - {{document: SOP-014@1, text: "{TEXT}", method: [read], '
                "due: 2026-12-31, people: [p-7]}\n"
            },
            ["CAPA-2026-003/1-2 capa SOP-014@1 read 2026-12-31 p-1"],
            id="a-taken-name-gets-a-number",
        ),
    ],
)
def test_a_training_action_has_a_file_of_its_own(event: Files, expected: list[str]):
    """Due on its own day, in a file below its event."""
    assert expected == lines_of({**TRAINED, **event})


@pytest.mark.parametrize("files", [pytest.param(found.values[0], id=found.id) for found in CASES])
def test_the_second_run_writes_nothing(files: Files):
    """Same inputs, same bytes; and what is written closes the gap."""
    made = gap_of(files)
    after = {**files, **{found.path: written(found) for found in made}}

    assert [written(found) for found in made] == [written(found) for found in gap_of(files)]
    assert gap_of(after) == []


@pytest.mark.parametrize(
    "later", [pytest.param(0, id="the-same-day"), pytest.param(5, id="days-later-the-branch-still-waits")]
)
@pytest.mark.parametrize("files", [pytest.param(found.values[0], id=found.id) for found in CASES])
def test_a_branch_that_waits_is_expected_to_have_what_was_written(files: Files, later: int):
    """What `assign` wrote is what the gate compares with, on the day that the file names."""
    made = gap_of(files)
    head = snapshot_of({**files, **{found.path: written(found) for found in made}})

    found = regenerated(head.source, date.fromordinal(TODAY.toordinal() + later), made)

    assert {assignment.path: written(assignment) for assignment in made} == {
        path: written(assignment) for path, assignment in found.items()
    }


@pytest.mark.parametrize(
    ("assigned_on", "again"),
    [
        pytest.param("2026-11-22", "2026-11-22", id="today"),
        pytest.param("2026-10-22", "2026-10-22", id="31-days-ago"),
        pytest.param("2026-10-21", "2026-11-22", id="32-days-ago"),
        pytest.param("2026-11-23", "2026-11-22", id="tomorrow"),
    ],
)
def test_a_change_that_waited_too_long_is_assigned_anew(assigned_on: str, again: str):
    """Up to a month it keeps the day on which it was assigned, in the same file."""
    files = {**NEW, **person("p-1", "operator")}
    (made,) = gap_of(files)
    text = written(made).replace("assigned: 2026-11-22", f"assigned: {assigned_on}")
    head = snapshot_of({**files, made.path: text})
    waiting = head.assignment(made.assignment)
    assert waiting

    (found,) = assignments(head.source, TODAY, [waiting])

    assert (found.path, str(found.assigned)) == (made.path, again)
    assert found.items == made.items


def test_training_in_the_same_change_does_not_make_its_assignment_unfounded():
    """An assignment that is answered before it is merged was owed all the same."""
    files = {**NEW, **person("p-1", "operator")}
    (made,) = gap_of(files)
    head = {**files, made.path: written(made), **completed("p-1", "SOP-014@1", "2026-11-22", asked=made.assignment)}

    assert regenerated(snapshot_of(head).source, TODAY, [made]) == {made.path: made}


NEWCOMERS = {
    **document("2 2026-12-15", "1 2026-01-01", training="{method: [read, practical], supervised: 3}"),
    **OPERATOR,
    **person("p-1", "operator"),
    **person("p-2", "operator"),
    **assigned("SOP-014@1/operator", "SOP-014@1", "p-1", "p-2"),
    **completed("p-1", "SOP-014@1", "2026-01-20", asked="SOP-014@1/operator"),
}
READING_NOW = {
    **NEWCOMERS,
    **document("2 2026-12-15 read", "1 2026-01-01", training="{method: [read, practical], supervised: 3}"),
}
ONLY_READ = {**NEWCOMERS, **document("2 2026-12-15", "1 2026-01-01", training="{supervised: 3}")}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(ONLY_READ, ["None p-1 p-2"], id="not-where-nothing-is-practical"),
        pytest.param(
            {
                **NEWCOMERS,
                **capa("documents: [SOP-014@1], people: [p-2]"),
                **assigned("SOP-014@2/operator", "SOP-014@2", "p-1", "p-2"),
            },
            ["None p-2"],
            id="not-of-retraining",
        ),
        pytest.param(NEWCOMERS, ["None p-1", "3 p-2"], id="only-of-those-who-are-new-to-it"),
        pytest.param(READING_NOW, ["None p-1", "3 p-2"], id="not-of-those-who-only-read"),
        pytest.param(
            {path: text for path, text in NEWCOMERS.items() if "people" not in path}, ["3"], id="of-whoever-comes-later"
        ),
        pytest.param(
            {**NEWCOMERS, **assigned("SOP-014@2/operator", "SOP-014@2", "p-1"), **person("p-2", "operator 2026-11-20")},
            ["3 p-2"],
            id="of-a-hire",
        ),
    ],
)
def test_supervised_work_is_asked_of_newcomers(files: Files, expected: list[str]):
    """An item says how often the work is done under supervision; those trained on an earlier revision know it."""
    items = [item for found in gap_of(files) for item in found.items]

    assert expected == [" ".join([str(item.supervised), *item.people]) for item in items]


def test_a_refresher_asks_for_no_supervised_work():
    """Whoever refreshes what they do has done it alone for a year."""
    files = {
        **REFRESHED,
        **document("1 2025-01-01", training="{method: [read, practical], every: 12 months, supervised: 3}"),
    }
    shown = files["training-records/completions/p-1/SOP-014.yaml"].replace("[read]", "[read, practical]")
    (found,) = gap_of({**files, "training-records/completions/p-1/SOP-014.yaml": shown}, refreshers=True)

    assert [(item.method, item.supervised) for item in found.items] == [(("read", "practical"), None)]
    assert "supervised" not in written(found)


@pytest.mark.parametrize("files", [pytest.param(NEWCOMERS, id="newcomers"), pytest.param(READING_NOW, id="reading")])
def test_supervised_work_is_written_once(files: Files):
    """What is written closes the gap, and is what the gate expects."""
    made = gap_of(files)
    after = {**files, **{found.path: written(found) for found in made}}
    head = snapshot_of(after)

    assert gap_of(after) == []
    assert any('"supervised": 3' in written(found) for found in made)
    assert regenerated(head.source, TODAY, made) == {found.path: found for found in made}
