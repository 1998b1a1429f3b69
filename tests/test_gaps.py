"""Which days are a gap, which are in training, what is raised already; and that day by day nothing else comes out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsci.course import Courses
from qmsci.effectiveness import requirements
from qmsci.gaps import Gap, _gaps_on, _subjects, gap_id, gaps, gaps_of, raised, raised_by, raising, time_given
from qmsci.matrix import documents_for
from qmsci.qualification import qualified, suspended
from qmsci.records.base import DOCUMENT_ID, NAME
from qmsci.timeline import days_held, in_force, include, is_on_leave
from tests.laws import POLICY, TODAY, snapshot_of
from tests.strategies import systems, texts
from tests.test_assign import LEAD, OPERATOR, assigned, capa, completed, document, person
from tests.test_qualification import entry, history, rejection, waiver

Files = Mapping[str, str]
ONE = {**document("1 2026-01-01"), **OPERATOR, **person("p-1", "operator")}
TWO = {**document("2 2026-05-01", "1 2026-01-01"), **OPERATOR, **person("p-1", "operator")}
YEARLY = {**document("1 2026-01-01", training="{every: 3 months}"), **OPERATOR, **person("p-1", "operator")}
NEW = {**document("1 2026-01-01"), **OPERATOR, **person("p-1", "operator 2026-03-01", employed="2026-03-01")}
READ = entry("SOP-014@1", "2026-01-20")


def item(revision: str, due: str, cause: str, role: str = "operator", on: str = "2026-02-20") -> dict[str, str]:
    """An assignment of p-1's own, with another cause and due day."""
    name = f"refresher/{revision}/{on}/{role}" if cause == "refresher" else f"people/p-1/{role}-{on}"
    (path, text), *_ = assigned(name, revision, "p-1", role=role, day=on).items()
    return {path: text.replace("cause: revision", f"cause: {cause}").replace("due: 2026-02-01", f"due: {due}")}


def told(files: Files, day: date = TODAY) -> list[str]:
    """The gaps in a few words: the days, the revision, and what they are where they are no finding."""
    return [_told(gap) for gap in gaps(snapshot_of(files, day))]


def _told(gap: Gap) -> str:
    what = f" training {gap.in_training_until}" if gap.in_training else ""
    what += f" suspended {gap.suspended_by}" if gap.suspended_by else ""
    return f"{gap.first} {gap.last or 'open'} {gap.revision} {'+'.join(gap.roles)}{what}"


def founded(day: str) -> dict[str, str]:
    return {"qmsci.yaml": f"{POLICY}founded: {day}\n"}


AWARE = {path: text.replace("owner: lead", "owner: lead\npurpose: awareness") for path, text in ONE.items()}
RETIRED = {path: text.replace("owner: lead", "owner: lead\nretired: 2026-06-01") for path, text in ONE.items()}
DONE = history("p-1", "SOP-014", READ)
IN_TIME = completed("p-1", "SOP-014@1", "2025-12-20")
RETRAIN = capa("documents: [SOP-014@1], people: [p-1]")
ANSWER = entry("SOP-014@1", "2026-11-10", assignments=["CAPA-2026-003/1"])
AGAIN = {
    path: text.replace("cause: revision\nrole: operator", "cause: capa")
    for path, text in assigned("CAPA-2026-003/1", "SOP-014@1", "p-1").items()
}
HIRED = {**NEW, **item("SOP-014@1", "2026-03-31", "hire")}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({**ONE, **completed("p-1", "SOP-014@1", "2026-01-01")}, [], id="trained-on-the-first-day"),
        pytest.param({**ONE, **waiver("p-1", "SOP-014@1", "2026-01-01", "2026-11-22")}, [], id="waived-until-today"),
        pytest.param({**ONE, **person("p-1", "operator 2024-01-01 2025-12-31")}, [], id="left-the-role-before"),
        pytest.param({**ONE, **person("p-1", "operator", employed="2026-11-23")}, [], id="not-yet-here"),
        pytest.param({**ONE, **person("p-1", "operator", leave="{from: 2026-01-01}")}, [], id="on-leave"),
        pytest.param({**ONE, **person("p-1", "cleaner")}, [], id="a-role-that-does-not-need-it"),
        pytest.param({**ONE, **document("1 2026-11-23")}, [], id="not-yet-in-force"),
        pytest.param({**ONE, **founded("2026-11-23")}, [], id="not-yet-founded"),
        pytest.param({**ONE, "training-records/completions/p-1/SOP-014.yaml": "- {"}, [], id="an-unreadable-history"),
        pytest.param({**ONE, "training-records/waivers/p-1/SOP-014.yaml": "- {"}, [], id="unreadable-waivers"),
        pytest.param({**ONE, "training-records/assignments/SOP-014@1/operator.yaml": "{"}, [], id="unreadable-file"),
        pytest.param({**ONE, "training-records/assignments/people/p-1/x-2026-01-01.yaml": "{"}, [], id="of-their-own"),
        pytest.param(
            {**TWO, **document("2 2026-05-01 none", "1 2026-01-01"), **IN_TIME}, [], id="training-that-carries-over"
        ),
        pytest.param(ONE, ["2026-01-01 open SOP-014@1 operator"], id="never-trained"),
        pytest.param({**ONE, **DONE}, ["2026-01-01 2026-01-19 SOP-014@1 operator"], id="trained-late"),
        pytest.param(
            {**TWO, **IN_TIME}, ["2026-05-01 open SOP-014@2 operator"], id="a-revision-from-the-effective-date-on"
        ),
        pytest.param(TWO, ["2026-01-01 open SOP-014@1 operator"], id="two-revisions-one-gap"),
        pytest.param(
            {**ONE, **person("p-1", "operator", leave="{from: 2026-02-01, to: 2026-02-10}")},
            ["2026-01-01 2026-01-31 SOP-014@1 operator", "2026-02-11 open SOP-014@1 operator"],
            id="leave-in-between",
        ),
        pytest.param(
            {**ONE, **person("p-1", "operator 2024-01-01 2026-03-31")},
            ["2026-01-01 2026-03-31 SOP-014@1 operator"],
            id="left-the-role",
        ),
        pytest.param(
            {**ONE, **person("p-1", "operator 2024-01-01 2026-11-22")},
            ["2026-01-01 open SOP-014@1 operator"],
            id="leaves-the-role-today",
        ),
        pytest.param(RETIRED, ["2026-01-01 2026-05-31 SOP-014@1 operator"], id="retired"),
        pytest.param({**ONE, **founded("2026-02-01")}, ["2026-02-01 open SOP-014@1 operator"], id="founded-since"),
        pytest.param(
            {**ONE, **history("p-1", "SOP-014", READ, rejection(READ, "2026-03-01"))},
            ["2026-01-01 2026-01-19 SOP-014@1 operator", "2026-03-01 open SOP-014@1 operator"],
            id="rejected",
        ),
        pytest.param({**YEARLY, **IN_TIME}, ["2026-03-21 open SOP-014@1 operator"], id="a-lapsed-refresher"),
        pytest.param(
            {**ONE, **waiver("p-1", "SOP-014@1", "2026-01-02", "2026-02-01")},
            ["2026-01-01 2026-01-01 SOP-014@1 operator", "2026-02-02 open SOP-014@1 operator"],
            id="before-and-after-a-waiver",
        ),
        pytest.param(
            {**ONE, **LEAD, **person("p-1", "operator", "lead 2026-02-01 2026-03-01")},
            ["2026-01-01 open SOP-014@1 lead+operator"],
            id="two-roles-are-one-gap",
        ),
        pytest.param(AWARE, ["2026-01-01 open SOP-014@1 operator"], id="what-makes-aware-too"),
        pytest.param(
            {**ONE, **IN_TIME, **RETRAIN},
            ["2026-11-02 open SOP-014@1 operator suspended CAPA-2026-003"],
            id="suspended-for-retraining",
        ),
        pytest.param(
            {**ONE, **RETRAIN} | AGAIN | history("p-1", "SOP-014", READ, ANSWER),
            [
                "2026-01-01 2026-01-19 SOP-014@1 operator",
                "2026-11-02 2026-11-09 SOP-014@1 operator suspended CAPA-2026-003",
            ],
            id="suspended-until-retrained",
        ),
        pytest.param({**ONE, **RETRAIN}, ["2026-01-01 open SOP-014@1 operator"], id="untrained-comes-before-suspended"),
    ],
)
def test_days_without_qualification(files: Files, expected: list[str]):
    """From the first day to the last, both included; days that follow one another are one gap."""
    assert told(files) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            {**HIRED, **completed("p-1", "SOP-014@1", "2026-03-10")},
            ["2026-03-01 2026-03-09 SOP-014@1 operator training 2026-03-31"],
            id="hired-and-trained-in-time",
        ),
        pytest.param(
            HIRED,
            ["2026-03-01 2026-03-31 SOP-014@1 operator training 2026-03-31", "2026-04-01 open SOP-014@1 operator"],
            id="hired-and-not-trained-in-time",
        ),
        pytest.param(
            {**NEW, **item("SOP-014@1", "2026-12-31", "role-change")},
            ["2026-03-01 open SOP-014@1 operator training 2026-12-31"],
            id="still-in-training",
        ),
        pytest.param(
            {**NEW, **item("SOP-014@1", "2026-04-04", "hire", on="2026-03-05")},
            ["2026-03-01 2026-04-04 SOP-014@1 operator training 2026-04-04", "2026-04-05 open SOP-014@1 operator"],
            id="assigned-some-days-after-the-start",
        ),
        pytest.param(
            {**HIRED, **person("p-1", "operator 2024-02-01 2025-02-28", "operator 2026-03-01")}
            | document("1 2024-03-01"),
            [
                "2024-03-01 2025-02-28 SOP-014@1 operator",
                "2026-03-01 2026-03-31 SOP-014@1 operator training 2026-03-31",
                "2026-04-01 open SOP-014@1 operator",
            ],
            id="an-earlier-time-in-the-role-is-given-nothing",
        ),
        pytest.param(
            {**ONE, **item("SOP-014@1", "2026-06-30", "matrix-change")},
            ["2026-01-01 2026-06-30 SOP-014@1 operator training 2026-06-30", "2026-07-01 open SOP-014@1 operator"],
            id="the-role-gained-the-document",
        ),
        pytest.param(
            {**NEW, **item("SOP-014@1", "2026-03-31", "new-document")},
            ["2026-03-01 2026-03-31 SOP-014@1 operator training 2026-03-31", "2026-04-01 open SOP-014@1 operator"],
            id="a-start-that-was-declared-before",
        ),
        pytest.param(
            {**TWO, **IN_TIME, **item("SOP-014@2", "2026-05-01", "revision")},
            ["2026-05-01 open SOP-014@2 operator"],
            id="a-revision-gives-no-time-after-its-effective-date",
        ),
        pytest.param(
            {**ONE, **item("SOP-014@1", "2026-12-31", "refresher")},
            ["2026-01-01 open SOP-014@1 operator"],
            id="nor-does-a-refresher",
        ),
        pytest.param(
            {**HIRED, **document("2 2026-03-15", "1 2026-01-01"), **completed("p-1", "SOP-014@1", "2026-03-10")},
            ["2026-03-01 2026-03-09 SOP-014@1 operator training 2026-03-31", "2026-03-15 open SOP-014@2 operator"],
            id="once-trained-a-revision-is-like-everybody's",
        ),
        pytest.param(
            {**HIRED, **document("2 2026-03-15", "1 2026-01-01")},
            ["2026-03-01 2026-03-31 SOP-014@1 operator training 2026-03-31", "2026-04-01 open SOP-014@2 operator"],
            id="a-revision-during-the-programme",
        ),
        pytest.param(
            {**HIRED, **LEAD, **person("p-1", "operator 2026-03-01", "lead 2026-03-15")},
            [
                "2026-03-01 2026-03-14 SOP-014@1 operator training 2026-03-31",
                "2026-03-15 open SOP-014@1 lead+operator",
            ],
            id="another-role-that-gives-no-time",
        ),
        pytest.param(
            {
                **HIRED,
                **LEAD,
                **person("p-1", "operator 2026-03-01", "lead 2026-03-01"),
                **item("SOP-014@1", "2026-03-20", "hire", "lead"),
            },
            [
                "2026-03-01 2026-03-20 SOP-014@1 lead+operator training 2026-03-20",
                "2026-03-21 open SOP-014@1 lead+operator",
            ],
            id="the-role-that-gives-less-decides",
        ),
        pytest.param(
            {**NEW, **assigned("SOP-014@1/operator", "SOP-014@1", day="2026-06-01")},
            ["2026-03-01 2026-03-31 SOP-014@1 operator training 2026-03-31", "2026-04-01 open SOP-014@1 operator"],
            id="who-came-before-anything-was-assigned-has-the-policy's-time",
        ),
        pytest.param(
            {**NEW, **assigned("SOP-014@1/operator", "SOP-014@1", day="2026-03-01")},
            ["2026-03-01 open SOP-014@1 operator"],
            id="who-came-since-needs-an-assignment",
        ),
        pytest.param(
            {**RETIRED, **person("p-1", "operator 2026-03-01")},
            [
                "2026-03-01 2026-03-31 SOP-014@1 operator training 2026-03-31",
                "2026-04-01 2026-05-31 SOP-014@1 operator",
            ],
            id="a-retired-document-that-was-never-assigned",
        ),
        pytest.param(
            {**RETIRED, **person("p-1", "operator 2024-01-01 2026-02-28", "operator 2026-03-01")},
            ["2026-01-01 2026-05-31 SOP-014@1 operator"],
            id="who-goes-on-in-the-role-is-no-newcomer",
        ),
        pytest.param(
            {**HIRED, "roles/operator.yaml": OPERATOR["roles/operator.yaml"].replace("gowning", "cleaning")},
            [],
            id="assigned-and-no-longer-required",
        ),
        pytest.param(
            {
                **NEW,
                **item("SOP-014@7", "2026-03-31", "hire"),
                **item("SOP-099@1", "2026-03-31", "hire", on="2026-02-21"),
            },
            ["2026-03-01 open SOP-014@1 operator"],
            id="assigned-what-is-not-there",
        ),
    ],
)
def test_the_initial_programme_gives_time(files: Files, expected: list[str]):
    """Until it is done or due; the interval is split at the due day."""
    assert told(files) == expected


def test_the_reason_is_that_of_the_first_day():
    """As `qualified` says it."""
    (gap,) = gaps(snapshot_of({**TWO, **IN_TIME}))

    assert gap.reason == "not trained on SOP-014@2, the last training was on revision 1"
    assert gap.withholds
    assert [one.withholds for one in gaps(snapshot_of(AWARE))] == [False]


# --- the same answer, day by day ------------------------------------------------------------------------------------


NEAR = st.integers(-100, 5).map(lambda number: TODAY + timedelta(days=number))
REVISIONS = [f"{name}@{label}" for name in ("SOP-001", "SOP-002") for label in (1, 2, 3)]


@st.composite
def spans(draw: st.DrawFn) -> str:
    """A first day and perhaps a last one, as a person's file has them."""
    first, length = draw(NEAR), draw(st.none() | st.integers(0, 60))
    return f"{first}" if length is None else f"{first}, to: {first + timedelta(days=length)}"


@st.composite
def lives(draw: st.DrawFn) -> dict[str, str]:
    """The last hundred days of somebody to whom everything happens that can make them qualified or not."""
    files = {**OPERATOR, **LEAD, "roles/lead.yaml": LEAD["roles/lead.yaml"].replace("SOP-014", "SOP-001")}
    for name in ("SOP-001", "SOP-002"):
        impacts = draw(st.lists(st.sampled_from(["retrain", "none", "read"]), min_size=1, max_size=3))
        entries = [f"{label} {draw(NEAR)} {impact}" for label, impact in enumerate(impacts, 1)]
        training = draw(st.sampled_from(["{}", "{every: 20 days}", "{method: [read, practical], every: 1 month}"]))
        files |= document(*reversed(entries), name=name, training=training)
        done = draw(st.lists(st.builds(_done, st.just(name), NEAR, st.integers(0, 15)), max_size=4))
        undone = [rejection(one, str(draw(NEAR))) for one in done if draw(st.integers(0, 3)) == 0]
        if done:
            files |= history("p-1", name, *done, *undone)
        if draw(st.booleans()):
            files |= waiver("p-1", f"{name}@1", str(first := draw(NEAR)), str(first + timedelta(days=9)))
    held = draw(st.lists(st.tuples(st.sampled_from(["operator", "lead"]), spans()), min_size=1, max_size=3))
    person_file = {
        "id": "p-1",
        "name": "Ingrid",
        "kind": "employee",
        "employed": draw(st.sampled_from(["{from: 2020-01-01}", f"{{from: {draw(spans())}}}"])),
        "roles": f"[{', '.join(f'{{role: {role}, from: {span}}}' for role, span in held)}]",
        "leave": f"[{', '.join(f'{{from: {span}}}' for span in draw(st.lists(spans(), max_size=1)))}]",
    }
    files["roles/people/p-1.yaml"] = "".join(f"{key}: {value}\n" for key, value in person_file.items())
    files |= draw(_retraining())
    for role in draw(st.lists(st.sampled_from(["operator", "lead"]), max_size=2, unique=True)):
        cause = draw(st.sampled_from(["hire", "role-change", "matrix-change", "revision", "refresher"]))
        due, revision = str(draw(NEAR)), draw(st.sampled_from(REVISIONS))
        files |= item(revision, due, cause, role, on=str(draw(NEAR)))
    return files


def _done(name: str, day: date, kind: int) -> dict[str, object]:
    method = ["read"] if kind % 2 else ["read", "practical"]
    asked = [["CAPA-1/1"], ["DEV-1/1"], [], []][kind // 4]
    return entry(f"{name}@{1 + kind % 3}", str(day), *method, assignments=asked)


@st.composite
def _retraining(draw: st.DrawFn) -> dict[str, str]:
    """A deviation and the CAPA behind it, each with training, opened and dropped on some days."""
    files: dict[str, str] = {}
    for name in draw(st.sampled_from([(), ("DEV-1",), ("CAPA-1",), ("DEV-1", "CAPA-1")])):
        who = draw(st.sampled_from(["people: [p-1]", "roles: [operator], suspend: true", "roles: [operator]"]))
        asked = draw(st.sampled_from([*REVISIONS, "SOP-001", "SOP-002"]))
        opened = f", opened: {draw(NEAR)}" if draw(st.booleans()) else ""
        text = f"id: {name}\ntitle: T\nactions: [{{id: 1, kind: training, documents: [{asked}], {who}, due: {TODAY}{opened}}}]\n"
        if name == "DEV-1":
            text += f"occurred: {draw(NEAR)}T{draw(st.sampled_from(['09:00:00', '23:59:59.999999']))}+01:00\nreported: {draw(NEAR)}\n"
        else:
            text += f"opened: {draw(NEAR)}\nowner: p-9\nsources: [DEV-1, CAPA-9]\n"
        if draw(st.integers(0, 3)) == 0:
            ending = "voided" if name == "DEV-1" else "cancelled"
            text += f"{ending}: {{on: {draw(NEAR)}, by: p-9, reason: None.}}\n"
        files[f"quality-events/{name}.yaml"] = text
        revision = asked if "@" in asked else f"{asked}@1"
        for path, assignment in assigned(f"{name}/1", revision, "p-1").items():
            files[path] = assignment.replace("cause: revision\nrole: operator", "cause: capa")
    return files


EVERY_DAY = [TODAY + timedelta(days=n) for n in range(-110, 90)]


@given(lives(), st.sampled_from([0, 60]))
def test_looking_at_every_day_finds_the_same(life: Files, later: int):
    """A gap begins and ends on the days on which something changes, and on no other."""
    snapshot = snapshot_of(life, TODAY + timedelta(days=later))

    given_time = time_given(snapshot)
    for subject in (subject for who in snapshot.people for subject in _subjects(snapshot, who, given_time)):
        whole = replace(subject, turns=[day for day in EVERY_DAY if day <= snapshot.as_of])
        assert list(_gaps_on(snapshot, subject, date.min)) == list(_gaps_on(snapshot, whole, date.min))


@given(lives() | systems().map(texts), st.sampled_from(EVERY_DAY))
def test_gaps_since_a_day_are_those_with_days_from_then_on(files: Files, since: date):
    """Who asks about a period is told of a gap that began before it, from its first day on."""
    snapshot = snapshot_of(files)

    assert gaps(snapshot, since) == [gap for gap in gaps(snapshot) if gap.last is None or gap.last >= since]


@given(lives() | systems().map(texts))
def test_the_gaps_of_everybody_are_those_of_each(files: Files):
    """Whoever asks person by person, in whatever order, is told the same."""
    snapshot = snapshot_of(files)
    given_time = time_given(snapshot)
    found = {who.id: gaps_of(snapshot, who, given_time) for who in reversed([*snapshot.people])}

    assert gaps(snapshot) == [gap for who in snapshot.people for gap in found[who.id]]


@given(lives() | systems().map(texts))
def test_gaps_are_the_same_to_whom_who_is_qualified_was_known(files: Files):
    """Courses judge each document once from one day of change to the next; that is as good as asking of each day."""
    snapshot = snapshot_of(files)
    given_time = time_given(snapshot)
    for who in snapshot.people:
        known = Courses(snapshot, who).judged
        assert gaps_of(snapshot, who, given_time, judged=known) == gaps_of(snapshot, who, given_time)


@given(lives() | systems().map(texts))
def test_a_day_lies_in_a_gap_exactly_if_somebody_was_not_qualified(files: Files):
    """Held a role, not on leave, the document in force: `qualified` says no if and only if a gap says so."""
    snapshot = snapshot_of(files)
    found = gaps(snapshot)
    for who in snapshot.people:
        for known in snapshot.documents:
            needing = [role.id for role in snapshot.roles if known in documents_for(snapshot, role)]
            mine = [gap for gap in found if (gap.person.id, gap.document.id) == (who.id, known.id)]
            for day in EVERY_DAY[:120:3]:
                held = [role for role in needing if include(days_held(who, role), day)]
                asked = held and in_force(known, day) and not is_on_leave(who, day) and day <= TODAY
                when = snapshot.end_of(day)
                verdict = qualified(snapshot, who.id, known, when)
                here = [gap for gap in mine if gap.first <= day <= (gap.last or TODAY)]
                assert [bool(asked and not verdict)] * len(here) == [True] * bool(asked and not verdict)
                for gap in here:
                    assert set(held) <= set(gap.roles)
                    kept = suspended(snapshot, who.id, known.governs, known.id, when)
                    assert bool(gap.suspended_by) is (kept is not None and kept == verdict)


@given(lives() | systems().map(texts))
def test_what_is_open_today_is_what_is_required_and_not_met(files: Files):
    """The gap list and the currency of training are one computation."""
    snapshot = snapshot_of(files)
    unmet = {(one.person.id, one.document.id) for one in requirements(snapshot, TODAY) if not one.met}

    assert {(gap.person.id, gap.document.id) for gap in gaps(snapshot) if gap.last is None} == unmet


@given(lives(), st.integers(0, 90))
def test_what_is_known_of_a_day_does_not_change_as_days_go_by(life: Files, later: int):
    """A later look sees the same days; an open gap goes on or ends."""
    now, then = (gaps(snapshot_of(life, TODAY + timedelta(days=n))) for n in (0, later))

    def days(found: list[Gap]) -> set[tuple[str, str, date]]:
        spans = ((gap, (gap.last or TODAY) - gap.first) for gap in found if gap.first <= TODAY)
        every = ((gap, gap.first + timedelta(days=n)) for gap, length in spans for n in range(length.days + 1))
        return {(gap.person.id, gap.document.id, day) for gap, day in every if day <= TODAY}

    assert days(now) == days(then)


# --- raised ---------------------------------------------------------------------------------------------------------


def event(name: str = "GAP-2026-001", **keys: str) -> dict[str, str]:
    """A quality event about a gap."""
    values = {"id": name, "title": "Gap", "opened": "2026-02-01", "person": "p-1", "document": "SOP-014"} | keys
    return {f"quality-events/{name}.yaml": "".join(f"{key.strip('_')}: {value}\n" for key, value in values.items())}


ENDED = {**ONE, **DONE}  # a gap from 2026-01-01 to 2026-01-19
VOIDED = "{on: 2026-02-02, by: p-9, reason: She was not there.}"


@pytest.mark.parametrize(
    ("files", "known"),
    [
        pytest.param(event(from_="2026-01-19", to="2026-03-01"), True, id="one-day-in-common"),
        pytest.param(event(from_="2025-01-01", to="2026-01-01"), True, id="the-first-day"),
        pytest.param(event(from_="2025-01-01"), True, id="open-and-without-end"),
        pytest.param(event(), True, id="without-days"),
        pytest.param(event(from_="2025-01-01", closed="2026-01-19"), True, id="closed-on-the-last-day"),
        pytest.param(event(from_="2026-01-01", to="2026-01-19", closed="2026-09-01"), True, id="closed"),
        pytest.param(event(from_="2026-01-01", voided=VOIDED), True, id="voided"),
        pytest.param(
            event("GAP-P-1-SOP-014-20260101", from_="2020-01-01", to="2020-01-02"), True, id="by-its-id-alone"
        ),
        pytest.param(event(from_="2026-01-20"), False, id="the-day-after"),
        pytest.param(event(from_="2025-01-01", to="2025-12-31"), False, id="the-day-before"),
        pytest.param(event(from_="2025-01-01", closed="2025-12-31"), False, id="closed-the-day-before"),
        pytest.param(event(person="p-2"), False, id="somebody-else"),
        pytest.param(event(document="SOP-015"), False, id="another-document"),
        pytest.param(
            event("DEV-1", occurred="2026-01-01T09:00:00Z", reported="2026-01-01"), False, id="another-kind-of-event"
        ),
    ],
)
def test_a_gap_is_raised_once(files: Files, known: bool):
    """By an event of the person and the document, on a day that they share."""
    snapshot = snapshot_of({**ENDED, **files})
    (gap,) = gaps(snapshot)
    (one,) = raising(snapshot, [gap])

    assert (raised(raised_by(snapshot), gap) is not None) is known
    assert one.event == (next(iter(files)).split("/")[1][:-5] if known else None)
    assert one.name == (None if known else "GAP-P-1-SOP-014-20260101")


def parts(files: Files, day: date = TODAY) -> list[tuple[str, str | None, str | None, str | None]]:
    """What is raised: the days, the event, the id of one to come."""
    snapshot = snapshot_of({**files}, day)
    found = raising(snapshot, gaps(snapshot))
    return [(f"{one.gap.first}", one.gap.last and f"{one.gap.last}", one.event, one.name) for one in found]


@pytest.mark.parametrize("end", [{"closed": "2026-02-10"}, {"voided": VOIDED.replace("02-02", "02-10")}])
def test_what_comes_after_an_event_that_ended_is_raised_again(end: dict[str, str]):
    """An event that says no last day speaks of none after it was closed or voided."""
    first = event(from_="2026-01-01", **end)
    mine = ("2026-01-01", "2026-02-10", "GAP-2026-001", None)
    second = event("GAP-P-1-SOP-014-20260211", from_="2026-02-11")

    assert parts({**ONE, **first}, date(2026, 2, 10)) == [("2026-01-01", None, "GAP-2026-001", None)]
    assert parts({**ONE, **first}) == [mine, ("2026-02-11", None, None, "GAP-P-1-SOP-014-20260211")]
    assert parts({**ONE, **first, **second}) == [mine, ("2026-02-11", None, "GAP-P-1-SOP-014-20260211", None)]


def test_and_again_as_often_as_it_is_closed():
    """Each part of a gap that goes on is that of its own event, whatever their order."""
    events = {
        **event("GAP-2026-009", from_="2026-01-01", closed="2026-02-10"),
        **event("GAP-2026-001", from_="2026-02-11", closed="2026-03-10"),
    }

    assert parts({**ONE, **events}) == [
        ("2026-01-01", "2026-02-10", "GAP-2026-009", None),
        ("2026-02-11", "2026-03-10", "GAP-2026-001", None),
        ("2026-03-11", None, None, "GAP-P-1-SOP-014-20260311"),
    ]


def test_an_ended_gap_is_raised_for_the_days_after_the_event():
    assert parts({**ENDED, **event(from_="2026-01-01", closed="2026-01-05")}) == [
        ("2026-01-01", "2026-01-05", "GAP-2026-001", None),
        ("2026-01-06", "2026-01-19", None, "GAP-P-1-SOP-014-20260106"),
    ]


@pytest.mark.parametrize("files", [HIRED, {**ONE, **IN_TIME, **RETRAIN}], ids=["in-training", "suspended"])
def test_what_is_no_finding_is_not_raised(files: Files):
    """There is time for it, or another event that answers it."""
    snapshot = snapshot_of(files, date(2026, 3, 20) if files is HIRED else TODAY)

    assert [(one.event, one.name) for one in raising(snapshot, gaps(snapshot))] == [(None, None)]


@pytest.mark.parametrize(
    ("who", "what", "name"),
    [
        pytest.param("p-0042", "SOP-014", "GAP-P-0042-SOP-014-20261215", id="plain"),
        pytest.param("ingrid", "WI-1", "GAP-INGRID-WI-1-20261215", id="one word"),
        pytest.param("P-0042", "SOP-014", "GAP-P-0042-SOP-014-20261215-", id="upper case"),
        pytest.param("p.0042", "SOP-014", "GAP-P-0042-SOP-014-20261215-", id="another separator"),
        pytest.param("p-" + 60 * "9", "SOP-014", f"GAP-P-{40 * '9'}-20261215-", id="too long"),
    ],
)
def test_the_id_comes_from_person_document_and_day(who: str, what: str, name: str):
    """Eight digits more where it would not say who it is."""
    found = gap_id(who, what, date(2026, 12, 15))

    assert re.fullmatch(re.escape(name) + ("[0-9A-F]{8}" if name.endswith("-") else ""), found)


NAMES = st.one_of(st.from_regex(NAME, fullmatch=True), st.sampled_from(["p-1", "P-1", "p.1", "p_1", "p-1-sop", "p"]))
IDS = st.one_of(st.from_regex(DOCUMENT_ID, fullmatch=True), st.sampled_from(["SOP-014", "SOP-SOP-014"]))


@given(*[st.tuples(NAMES.map(lambda name: name[:64]), IDS.map(lambda name: name[:64]), st.dates())] * 2)
def test_the_id_is_one_that_a_file_can_have_and_names_one_gap(one: tuple, other: tuple):
    """However long or odd the names are; in its exact form always, and else wherever ids end where they seem to."""
    if not all(re.fullmatch(NAME, who) and re.fullmatch(DOCUMENT_ID, what) for who, what, _ in (one, other)):
        return
    names = [gap_id(*one, exact=exact) for exact in (False, True)]

    assert all(len(name) <= 64 and re.fullmatch(DOCUMENT_ID, name) for name in names)
    if one != other:
        assert names[1] != gap_id(*other, exact=True)


def test_two_gaps_never_share_an_id():
    """Where person and document run together, the digits tell them apart."""
    split = {
        **document("1 2026-01-01"),
        **document("1 2026-01-01", name="SOP-SOP-014"),
        **OPERATOR,
        **person("p-1", "operator"),
        **person("p-1-sop", "operator"),
        **completed("p-1", "SOP-014@1", "2025-12-20"),
        **completed("p-1-sop", "SOP-SOP-014@1", "2025-12-20"),
    }
    snapshot = snapshot_of(split)
    names = [one.name for one in raising(snapshot, gaps(snapshot))]

    assert names[0] == "GAP-P-1-SOP-SOP-014-20260101"
    assert re.fullmatch("GAP-P-1-SOP-SOP-014-20260101-[0-9A-F]{8}", names[1] or "")


def test_an_id_that_another_event_has_is_left_to_it():
    """Whatever that event is about."""
    snapshot = snapshot_of(ENDED | event("GAP-P-1-SOP-014-20260101", person="p-2"))
    (one,) = raising(snapshot, gaps(snapshot))

    assert re.fullmatch("GAP-P-1-SOP-014-20260101-[0-9A-F]{8}", one.name or "")
