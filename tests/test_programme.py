"""The programme of a role: its order, how far somebody is with it, and what they may do meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsci.assign import Plan, whole_gap
from qmsci.authorisation import authorised, roles_on
from qmsci.completion import on_record
from qmsci.obligations import days_owed
from qmsci.programme import (
    Independence,
    Progress,
    Qualification,
    circles,
    curriculum,
    next_step,
    open_items,
    progress,
    sorted_by_need,
    unmet,
    work,
)
from qmsci.qualification import qualified, trained
from qmsci.render.assignment import written
from qmsci.snapshot import Snapshot, When
from qmsci.timeline import is_employed, is_on_leave, reach
from tests.laws import TODAY, snapshot_of
from tests.strategies import BODY, DAYS, DOCUMENTS, Draw, System, systems, texts
from tests.test_assign import TEXT, assigned, capa, document, person
from tests.test_qualification import entry, history, rejection, waiver

Files = Mapping[str, str]
WORK = {"evaluator": "p-9", "outcome": "competent"}
SCORED = {"score": 92, "pass-mark": 80, "attempt": 1}


def role(*lines: str, name: str = "operator") -> dict[str, str]:
    """A role with some more lines."""
    text = "\n".join([f"id: {name}", "title: Operator", "purpose: Fills vials.", *lines])
    return {f"roles/{name}.yaml": f"{text}\n"}


def doc(name: str, more: str = "", effective: str = "2026-01-01", training: str = "{}") -> dict[str, str]:
    """A document of one revision that governs nothing."""
    ((path, text),) = document(f"1 {effective}", name=name, training=training).items()
    return {path: text.replace("governs: [gowning]\n", f"{more}\n" if more else "")}


def tasks(*days: str, by: str = "p-9") -> list[dict[str, str]]:
    """Work under supervision, on some days."""
    return [{"on": day, "by": by, "task": "Gowned for Grade A"} for day in days]


def asked(revision: str, *people: str, method: str = "read", more: str = "", due: str = "2026-12-31") -> dict[str, str]:
    """An assignment of the operators."""
    name = f"{revision}/operator"
    return {
        f"training-records/assignments/{name}.yaml": f"assignment: {name}\ncause: revision\nrole: operator\n"
        f'assigned: 2026-01-10\nitems:\n  - {{document: {revision}, text: "{TEXT}", method: [{method}], {more}'
        f"due: {due}, people: [{', '.join(people)}]}}\n"
    }


# --- the order ------------------------------------------------------------------------------------------------------


def order(files: Files, day: date = TODAY) -> list[str]:
    """The documents of the operators' curriculum, in order."""
    snapshot = snapshot_of(files, day)
    found = snapshot.roles.get("operator")
    assert found
    return [str(step.revision) for step in curriculum(snapshot, found, day)]


GOWNING = document("1 2026-01-01")
THREE = {**GOWNING, **doc("TRN-002"), **doc("SOP-020")}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(role(), [], id="requires-nothing"),
        pytest.param(
            {**role("performs: [gowning]"), **document("1 2025-01-01"), **doc("SOP-001")},
            ["SOP-014@1"],
            id="only-what-it-requires",
        ),
        pytest.param(
            role("performs: [gowning]")
            | {p: t.replace("revisions:", "retired: 2026-11-22\nrevisions:") for p, t in GOWNING.items()},
            [],
            id="not-what-is-retired",
        ),
        pytest.param(
            {**role("performs: [gowning]"), **document("2 2026-12-15", "1 2026-01-01")},
            ["SOP-014@1"],
            id="the-revision-in-force",
        ),
        pytest.param(
            {**role("performs: [gowning]"), **document("2 2027-12-15", "1 2027-01-01")},
            ["SOP-014@1"],
            id="or-the-first-that-comes",
        ),
        pytest.param(
            {**role("performs: [gowning]", "requires: [WI-050, TRN-002]"), **THREE, **doc("WI-050")},
            ["TRN-002@1", "WI-050@1", "SOP-014@1"],
            id="what-it-requires-outright-before-what-governs-its-work",
        ),
        pytest.param(
            {**role("performs: [gowning]", "requires: [TRN-002, SOP-020]"), **THREE}
            | doc("TRN-002", "purpose: awareness"),
            ["TRN-002@1", "SOP-020@1", "SOP-014@1"],
            id="awareness-before-qualification",
        ),
        pytest.param(
            {
                **role("performs: [gowning]", "requires: [TRN-002, SOP-020]", "prerequisites: {SOP-020: [SOP-014]}"),
                **THREE,
            },
            ["TRN-002@1", "SOP-014@1", "SOP-020@1"],
            id="a-prerequisite-before-all-else",
        ),
        pytest.param(
            {**role("requires: [TRN-002, SOP-020]", "prerequisites: {TRN-002: [SOP-020]}"), **THREE}
            | doc("TRN-002", "purpose: awareness"),
            ["SOP-020@1", "TRN-002@1"],
            id="even-before-awareness",
        ),
        pytest.param(
            {**role("requires: [TRN-002, SOP-020]", "prerequisites: {SOP-020: [SOP-014, SOP-404]}"), **THREE},
            ["SOP-020@1", "TRN-002@1"],
            id="a-prerequisite-that-it-does-not-require-holds-nothing-up",
        ),
        pytest.param(
            {
                **role("requires: [TRN-002, SOP-020]", "prerequisites: {SOP-020: [TRN-002], TRN-002: [SOP-020]}"),
                **THREE,
            },
            ["SOP-020@1", "TRN-002@1"],
            id="a-circle-is-broken-by-id",
        ),
        pytest.param(
            {
                **role(
                    "requires: [SOP-001, TRN-002, SOP-020]",
                    "prerequisites: {SOP-001: [TRN-002], SOP-020: [TRN-002], TRN-002: [SOP-020]}",
                ),
                **THREE,
                **doc("SOP-001"),
            },
            ["SOP-020@1", "TRN-002@1", "SOP-001@1"],
            id="what-follows-a-circle-follows-it",
        ),
        pytest.param(
            {**role("requires: [SOP-020]", "prerequisites: {SOP-020: [SOP-020]}"), **THREE},
            ["SOP-020@1"],
            id="what-needs-itself",
        ),
    ],
)
def test_the_order_of_a_curriculum(files: Files, expected: list[str]):
    """What makes aware, what is required outright, what governs the work; and prerequisites before all else."""
    assert expected == order(files)


def test_a_step_says_what_it_is():
    """Why the role requires it, what comes before it, and what it takes of somebody who is new to it."""
    files = document("1 2026-01-01", training="{method: [practical, read], supervised: 3}")
    files |= role("performs: [gowning]", "requires: [SOP-014, TRN-002]", "prerequisites: {SOP-014: [TRN-002]}")
    snapshot = snapshot_of({**files, **doc("TRN-002", training="{method: [read], supervised: 2}")})
    operator = snapshot.roles.get("operator")
    assert operator

    first, second = curriculum(snapshot, operator, TODAY)

    assert (first.method, first.supervised) == (("read",), 0)  # nothing of it is practical
    assert second.reasons == ("performs gowning", "requires SOP-014")
    assert (second.prerequisites, second.method, second.supervised) == (("TRN-002",), ("read", "practical"), 3)


needs_of = st.dictionaries(
    st.sampled_from("abcdefgh"), st.lists(st.sampled_from("abcdefghx"), max_size=3, unique=True), max_size=8
)


@given(needs_of)
def test_each_comes_once_and_after_what_it_needs(needs: dict[str, list[str]]):
    """Unless they need one another: then no order is right, and there is one all the same."""
    found = list(sorted_by_need(needs, lambda name: (name,)))
    together = {name: set(circle) for circle in circles(needs) for name in circle}

    assert sorted(found) == sorted(needs)
    for name, before in needs.items():
        for needed in set(before) & set(needs) - together.get(name, set()):
            assert found.index(needed) < found.index(name)
    assert found == list(sorted_by_need(dict(reversed(needs.items())), lambda name: (name,)))


@given(needs_of)
def test_a_circle_is_a_circle(needs: dict[str, list[str]]):
    """Each of its names is reached from each other; who is in none of them never comes back to itself."""

    def reached(name: str) -> set[str]:
        seen: set[str] = set()
        more = [name]
        while more:
            more += (new := {n for n in needs.get(more.pop(), ()) if n in needs} - seen)
            seen |= new
        return seen

    found = circles(needs)

    assert all(set(circle) <= reached(name) for circle in found for name in circle)
    assert {name for circle in found for name in circle} == {name for name in needs if name in reached(name)}


# --- how far somebody is --------------------------------------------------------------------------------------------


def steps_of(files: Files, day: str = "2026-11-22", who: str = "p-1", name: str = "operator") -> list[Progress]:
    """How far somebody is with a role's programme at the end of a day."""
    snapshot = snapshot_of(files, date.fromisoformat(day))
    found, held = snapshot.people.get(who), snapshot.roles.get(name)
    assert found
    assert held
    return progress(snapshot, found, held, snapshot.end_of(date.fromisoformat(day)))


OPERATOR = {**role("performs: [gowning]"), **person("p-1", "operator")}
ONE = {**OPERATOR, **GOWNING}
DONE = {**ONE, **history("p-1", "SOP-014", entry("SOP-014@1", "2026-01-20"))}
PARTS = {**OPERATOR, **document("1 2026-01-01", training="{method: [read, practical], supervised: 3}")}
ALL = asked("SOP-014@1", "p-1", method="read, practical", more="supervised: 3, ")
READ = entry("SOP-014@1", "2026-01-20", assignments=["SOP-014@1/operator"])
YEARLY = {**OPERATOR, **document("1 2025-01-01", training="{method: [read], every: 12 months}")}
LAST = history("p-1", "SOP-014", entry("SOP-014@1", "2025-12-22"))
REFRESHER = "refresher/SOP-014@1/2026-11-01/operator"
STATES = [
    pytest.param(DONE, "2026-11-22", "qualified", "", None, None, id="qualified"),
    pytest.param(ONE, "2026-11-22", "not-qualified", "read", None, None, id="nothing-done-nothing-assigned"),
    pytest.param(
        {**ONE, **asked("SOP-014@1", "p-2")},
        "2026-11-22",
        "not-qualified",
        "read",
        None,
        None,
        id="assigned-to-another",
    ),
    pytest.param(
        {**ONE, **asked("SOP-014@1", "p-1")}, "2026-01-09", "not-qualified", "read", None, None, id="not-assigned-yet"
    ),
    pytest.param(
        {**ONE, **asked("SOP-014@1", "p-1")}, "2026-01-10", "in-training", "read", "2026-12-31", None, id="assigned"
    ),
    pytest.param(
        {**PARTS, **ALL},
        "2026-11-22",
        "in-training",
        "read, practical; 0 of 3 supervised tasks",
        "2026-12-31",
        None,
        id="all-of-it",
    ),
    pytest.param(
        {**PARTS, **history("p-1", "SOP-014", READ | {"assignments": []})},
        "2026-11-22",
        "in-training",
        "practical; 0 of 3 supervised tasks",
        None,
        None,
        id="a-part-is-done",
    ),
    pytest.param(
        {**PARTS, **ALL}
        | history(
            "p-1",
            "SOP-014",
            READ,
            entry(
                "SOP-014@1",
                "2026-02-01",
                "practical",
                practical=WORK | {"outcome": "not-competent", "supervised": tasks("2026-01-30")},
            ),
        ),
        "2026-11-22",
        "in-training",
        "practical; 1 of 3 supervised tasks",
        "2026-12-31",
        None,
        id="supervised-work-has-begun",
    ),
    pytest.param(
        {**PARTS, **ALL}
        | history(
            "p-1",
            "SOP-014",
            READ,
            entry(
                "SOP-014@1",
                "2026-02-01",
                "practical",
                practical=WORK
                | {"outcome": "not-competent", "supervised": tasks("2026-01-28", "2026-01-29", "2026-01-30")},
            ),
        ),
        "2026-11-22",
        "in-training",
        "practical",
        "2026-12-31",
        None,
        id="the-demonstration-failed",
    ),
    pytest.param(
        {**ONE} | history("p-1", "SOP-014", found := entry("SOP-014@1", "2026-01-20"), rejection(found, "2026-02-01")),
        "2026-11-22",
        "not-qualified",
        "read",
        None,
        None,
        id="rejected-is-as-if-nothing-was-done",
    ),
    pytest.param(
        {**ONE, **waiver("p-1", "SOP-014@1", "2026-01-01", "2026-12-01")},
        "2026-11-22",
        "waived",
        "",
        None,
        "2026-12-01",
        id="waived",
    ),
    pytest.param(
        {**YEARLY, **LAST}, "2026-11-21", "qualified", "", None, "2026-12-22", id="before-the-refresher-window"
    ),
    pytest.param({**YEARLY, **LAST}, "2026-11-22", "expiring", "", None, "2026-12-22", id="in-the-refresher-window"),
    pytest.param(
        {**YEARLY, **LAST}
        | {
            path: text.replace("cause: revision", "cause: refresher").replace("2026-02-01", "2026-12-22")
            for path, text in assigned(REFRESHER, "SOP-014@1", "p-1", day="2026-11-01").items()
        },
        "2026-11-22",
        "expiring",
        "",
        "2026-12-22",
        "2026-12-22",
        id="its-refresher-is-assigned",
    ),
    pytest.param({**YEARLY, **LAST}, "2026-12-23", "lapsed", "read", None, "2026-12-22", id="lapsed"),
    pytest.param(
        {**YEARLY, **LAST, **waiver("p-1", "SOP-014@1", "2026-12-01", "2027-01-31")},
        "2026-12-23",
        "waived",
        "",
        None,
        "2027-01-31",
        id="lapsed-and-waived",
    ),
    pytest.param(
        {**DONE, **capa("documents: [SOP-014@1], people: [p-1]")},
        "2026-11-22",
        "suspended",
        "read",
        None,
        None,
        id="suspended",
    ),
    pytest.param(
        {**ONE, **capa("documents: [SOP-014@1], people: [p-1]")},
        "2026-11-22",
        "suspended",
        "read",
        None,
        None,
        id="suspended-before-all-else",
    ),
    pytest.param(
        {**DONE, **capa("documents: [SOP-014@1], roles: [operator]")}
        | {
            path: text.replace("role: operator\n", "").replace("cause: revision", "cause: capa")
            for path, text in assigned("CAPA-2026-003/1", "SOP-014@1", "p-1").items()
        },
        "2026-11-22",
        "qualified",
        "",
        None,
        None,
        id="what-an-event-asks-beside-it-is-no-part-of-it",
    ),
]


@pytest.mark.parametrize(("files", "day", "state", "missing", "due", "through"), STATES)
def test_how_far_somebody_is(files: Files, day: str, state: str, missing: str, due: str | None, through: str | None):
    """The state, what is missing, the day by which it is due, and the day through which it is valid."""
    (found,) = steps_of(files, day)
    now = found.standing

    assert (now.state, str(now.missing or ""), now.due and str(now.due)) == (state, missing, due)
    assert (now.valid_through and str(now.valid_through)) == through


def test_overdue_is_what_was_due_before():
    """Not on the day itself, nor during a leave, nor on the first day after it."""
    files = {**ONE, **asked("SOP-014@1", "p-1", due="2026-11-21")}
    away = {**files, **person("p-1", "operator", leave="{from: 2026-11-20, to: 2026-11-24}")}

    assert [steps_of(files, day)[0].standing.late for day in ("2026-11-21", "2026-11-22")] == [False, True]
    assert [steps_of(away, day)[0].standing.late for day in ("2026-11-22", "2026-11-25", "2026-11-26")] == [
        False,
        False,
        True,
    ]


def test_what_is_asked_for_a_role_to_come_is_open_already():
    """A declared future start owes its programme, and it is shown when it is due."""
    files = {**ONE, **person("p-1", "operator 2026-12-01"), **asked("SOP-014@1", "p-1")}
    trained_ = {**files, **history("p-1", "SOP-014", entry("SOP-014@1", "2026-11-20"))}
    gone = {**files, **person("p-1", "operator 2026-01-01 2026-11-01")}

    (found,) = steps_of(files)

    assert (found.standing.state, str(found.standing.due)) == (Qualification.IN_TRAINING, "2026-12-31")
    for others in (trained_, gone):
        snapshot = snapshot_of(others)
        who = snapshot.people.get("p-1")
        assert who
        assert open_items(snapshot, who, snapshot.end_of(TODAY)) == []


ORDERED = {
    **role("requires: [SOP-020, SOP-030, TRN-002]", "prerequisites: {SOP-020: [TRN-002], SOP-030: [SOP-020]}"),
    **THREE,
    **doc("SOP-030", training="{method: [read], every: 12 months}"),
    **person("p-1", "operator"),
}
COURSE = history("p-1", "TRN-002", entry("TRN-002@1", "2026-02-01", "read", "assessment", assessment=SCORED))
HYGIENE = history("p-1", "SOP-020", entry("SOP-020@1", "2026-02-02"))
LONG_AGO = history("p-1", "SOP-030", entry("SOP-030@1", "2025-12-01"))


@pytest.mark.parametrize(
    ("files", "blocked", "following"),
    [
        pytest.param(ORDERED, {"SOP-020": ("TRN-002",), "SOP-030": ("SOP-020",)}, "TRN-002", id="the-first"),
        pytest.param({**ORDERED, **COURSE}, {"SOP-030": ("SOP-020",)}, "SOP-020", id="the-second"),
        pytest.param(
            {**ORDERED, **waiver("p-1", "TRN-002@1", "2026-01-01", "2027-01-01")},
            {"SOP-030": ("SOP-020",)},
            "SOP-020",
            id="a-waiver-is-good-enough",
        ),
        pytest.param({**ORDERED, **COURSE, **HYGIENE}, {}, "SOP-030", id="the-last"),
        pytest.param({**ORDERED, **COURSE, **HYGIENE, **LONG_AGO}, {}, "SOP-030", id="the-refresher-that-lapses"),
        pytest.param(
            {**ORDERED, **COURSE, **HYGIENE, **history("p-1", "SOP-030", entry("SOP-030@1", "2026-10-01"))},
            {},
            None,
            id="nothing",
        ),
        pytest.param({**ORDERED, **HYGIENE}, {}, "TRN-002", id="what-is-done-is-not-held-up"),
        pytest.param(
            {
                **ORDERED,
                **role("requires: [SOP-020, TRN-002]", "prerequisites: {SOP-020: [TRN-002], TRN-002: [SOP-020]}"),
            },
            {"SOP-020": ("TRN-002",), "TRN-002": ("SOP-020",)},
            "SOP-020",
            id="in-a-circle-the-first",
        ),
    ],
)
def test_what_is_next(files: Files, blocked: dict[str, tuple[str, ...]], following: str | None):
    """The first step that is open and not held up; when all is done, the refresher that lapses first."""
    steps = steps_of(files)
    found = next_step(steps)

    assert {one.step.document.id: one.blocked_by for one in steps if one.blocked_by} == blocked
    assert (found.step.document.id if found else None) == following


@pytest.mark.parametrize(
    ("files", "missing"),
    [
        pytest.param({**ORDERED, **COURSE}, [], id="trained"),
        pytest.param({**ORDERED, **doc("TRN-002", effective="2026-12-01")}, [], id="not-in-force-yet"),
        pytest.param({**ORDERED, "controlled-docs/trn/TRN-002.md": "---\nid: [\n"}, [], id="unreadable-document"),
        pytest.param(
            {**ORDERED, "training-records/completions/p-1/TRN-002.yaml": "- {\n"}, [], id="unreadable-history"
        ),
        pytest.param({**ORDERED, **role("prerequisites: {SOP-020: [SOP-020]}")}, [], id="itself"),
        pytest.param({**ORDERED, **role("prerequisites: {SOP-020: [SOP-404]}")}, [], id="not-there"),
        pytest.param(
            {**ORDERED, **document("2 2026-12-01", "1 2026-01-01", name="TRN-002")}
            | history("p-1", "TRN-002", entry("TRN-002@2", "2026-02-01", "read", "assessment", assessment=SCORED)),
            [],
            id="trained-on-the-coming-revision",
        ),
        pytest.param(
            {**ORDERED, **document("2 2026-11-01", "1 2026-01-01", name="TRN-002"), **COURSE},
            ["not trained on TRN-002@2, the last training was on revision 1"],
            id="trained-on-the-one-before",
        ),
        pytest.param(
            {**ORDERED, **role("prerequisites: {SOP-020: [TRN-002, TRN-002]}")},
            ["not trained on TRN-002@1, no training on record"],
            id="named-twice-missing-once",
        ),
    ],
)
def test_what_is_to_come_before(files: Files, missing: list[str]):
    """What is not in force, or cannot be read, holds nobody up."""
    snapshot = snapshot_of(files)
    operator = snapshot.roles.get("operator")
    assert operator

    found = unmet(snapshot, operator, "SOP-020", "p-1", snapshot.end_of(TODAY))

    assert [verdict.reason for _, verdict in found] == missing


# --- what somebody may do -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "day", "how"),
    [
        pytest.param(DONE, "2026-11-22", "independent", id="qualified"),
        pytest.param(ONE, "2026-11-22", "supervised", id="new"),
        pytest.param({**YEARLY, **LAST}, "2026-12-23", "supervised", id="lapsed"),
        pytest.param({**ONE, **person("p-1", "operator 2026-11-23")}, "2026-11-22", "no", id="holds-the-role-tomorrow"),
        pytest.param(
            {**ONE, **person("p-1", "operator", employed="2026-11-23")}, "2026-11-22", "no", id="starts-tomorrow"
        ),
        pytest.param(
            {**ONE, **person("p-1", "operator", leave="{from: 2026-11-22}")}, "2026-11-22", "no", id="on-leave"
        ),
        pytest.param(ONE, "2025-12-31", "no", id="nothing-in-force-says-how"),
        pytest.param(
            {**DONE, **capa("documents: [SOP-014@1], people: [p-1]")},
            "2026-11-22",
            "no",
            id="suspended-on-its-document",
        ),
        pytest.param(
            {**ONE, **doc("SOP-020"), **capa("documents: [SOP-020], people: [p-1]")}
            | role("performs: [gowning]", "requires: [SOP-020]"),
            "2026-11-22",
            "no",
            id="suspended-on-what-the-role-requires",
        ),
        pytest.param(
            {**ONE, **doc("SOP-020", "purpose: awareness"), **capa("documents: [SOP-020], people: [p-1]")}
            | role("performs: [gowning]", "requires: [SOP-020]"),
            "2026-11-22",
            "supervised",
            id="awareness-does-not-keep-from-work",
        ),
        pytest.param(
            {**ONE, **doc("SOP-020"), **capa("documents: [SOP-020], people: [p-1]", "activity: gowning\n")},
            "2026-11-22",
            "no",
            id="suspended-from-the-activity",
        ),
    ],
)
def test_how_the_work_may_be_done(files: Files, day: str, how: str):
    """Alone when authorised; under supervision as long as only training is open; suspended not at all."""
    snapshot = snapshot_of(files, date.fromisoformat(day))
    when = snapshot.end_of(date.fromisoformat(day))
    who, operator = snapshot.people.get("p-1"), snapshot.roles.get("operator")
    assert who
    assert operator

    (found,) = work(snapshot, who, operator, when, progress(snapshot, who, operator, when))

    assert (found.activity, found.how) == ("gowning", how)
    assert found.verdict.yes is (how == "independent")


# --- one computation ------------------------------------------------------------------------------------------------


@st.composite
def programmes(draw: Draw) -> System:
    """A quality system whose documents ask for supervised work, and whose roles have prerequisites."""
    found: System = draw(systems())
    for path, value in found.items():
        if isinstance(value, dict) and BODY in value and draw(st.booleans()):
            value["training"] = {**value.get("training", {}), "supervised": draw(st.integers(1, 2))}
        if path.startswith("roles/") and isinstance(value, dict) and "purpose" in value:
            lists = st.lists(st.sampled_from(DOCUMENTS), max_size=2)
            value["prerequisites"] = draw(st.dictionaries(st.sampled_from(DOCUMENTS), lists, max_size=3))
    for value in [value for path, value in found.items() if "/completions/" in path]:
        for done in value:
            if "practical" in done.get("method", ()):
                days = draw(st.lists(st.sampled_from([day.isoformat() for day in DAYS[:3]]), max_size=2))
                outcome = draw(st.sampled_from(["competent", "competent", "not-competent"]))
                done["practical"] = {"evaluator": "p-1", "outcome": outcome, "supervised": tasks(*days, by="p-1")}
    return found


def everybody(snapshot: Snapshot, when: When) -> Iterable[tuple[Any, Any, list[Progress]]]:
    """Everybody with each of their roles, and how far they are with it."""
    for who in snapshot.people:
        for name in sorted({held.role for held in who.roles}):
            held = snapshot.roles.get(name)
            if held:
                yield who, held, progress(snapshot, who, held, when)


@given(programmes(), st.sampled_from(DAYS))
def test_a_programme_and_the_verdicts_are_one(system: System, day: date):
    """What is shown as done is what `qualified` says; what may be done alone is what `authorised` says."""
    snapshot = snapshot_of(texts(system), day)
    when = snapshot.end_of(day)
    for who, held, steps in everybody(snapshot, when):
        for one in steps:
            document, now = one.step.document, one.standing
            assert now.verdict == qualified(snapshot, who.id, document, when, one.step.entry)
            good = now.state in (Qualification.QUALIFIED, Qualification.EXPIRING, Qualification.WAIVED)
            assert good is now.verdict.yes
            assert bool(now.missing and now.missing.parts) is not good
            assert set(one.blocked_by) <= set(held.prerequisites.get(document.id, ()))
            if now.state is Qualification.LAPSED:
                assert trained(snapshot, who.id, document, one.step.entry, when)
        found = next_step(steps)
        assert (found is None) is not any(
            not one.standing.verdict or one.standing.state is Qualification.EXPIRING for one in steps
        )
        for done in work(snapshot, who, held, when, steps):
            assert done.verdict == authorised(snapshot, who, done.activity, when)
            assert (done.how is Independence.INDEPENDENT) is done.verdict.yes
            if done.how is Independence.SUPERVISED:
                assert held.id in roles_on(who, day)
                assert is_employed(who, day)
                assert not is_on_leave(who, day)
                assert any(not one.standing.verdict and one.step.entry.effective <= day for one in steps)


@given(programmes(), st.sampled_from(DAYS))
def test_nobody_is_shown_what_comes_later_before_what_it_needs(system: System, day: date):
    """The order of a curriculum keeps to the prerequisites, as far as they go round in no circle."""
    snapshot = snapshot_of(texts(system), day)
    for held in snapshot.roles:
        steps = curriculum(snapshot, held, day)
        names = [step.document.id for step in steps]
        together = {name: circle for circle in circles(held.prerequisites) for name in circle}
        for step in steps:
            for needed in step.prerequisites:
                if needed in names and needed not in together.get(step.document.id, ()):
                    assert names.index(needed) < names.index(step.document.id)
        for first, second in pairwise(steps):
            if first.document.purpose != "awareness" and second.document.purpose == "awareness":
                assert second.prerequisites


@given(programmes())
def test_what_is_missing_is_due_once_it_is_assigned(system: System):
    """After `assign` every open step of a role that is held, or will be, has the day by which it is due."""
    files = texts(system)
    now = snapshot_of(files)
    made = {found.path: written(found) for found in Plan(now).close(whole_gap(now))}
    snapshot = snapshot_of({**files, **made})
    when = snapshot.end_of(TODAY)
    for who, held, steps in everybody(snapshot, when):
        for one in steps:
            document, entry_ = one.step.document, one.step.entry
            missing = one.standing.state in (Qualification.NOT_QUALIFIED, Qualification.IN_TRAINING)
            later = on_record(snapshot, who.id, document, entry_, None)
            if missing and not later and reach(days_owed(who, held.id, document, entry_), TODAY):
                assert one.standing.due
                assert one.standing.state is Qualification.IN_TRAINING
