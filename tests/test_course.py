"""What holds of somebody over time is, on every day, what the questions of that day are answered with."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsci.authorisation import authorised, role_for
from qmsci.course import NOBODY, Courses, Eras, Step
from qmsci.finding import CannotRun
from qmsci.qualification import qualified
from qmsci.snapshot import Snapshot, When
from qmsci.timeline import in_force
from tests.laws import TODAY, snapshot_of
from tests.strategies import DAYS, edited, systems, texts
from tests.test_assign import LEAD, OPERATOR, completed, document, person
from tests.test_gaps import AGAIN, ANSWER, IN_TIME, NEAR, NEW, ONE, READ, RETIRED, RETRAIN, TWO, YEARLY, lives
from tests.test_qualification import history, rejection, waiver

Files = Mapping[str, str]
Matrix = Callable[[When], Snapshot]
EVER = "0001-01-01"
ACTIVITIES = "roles/activities.yaml"
GOWNING = {ACTIVITIES: "gowning: {title: Gown}\n"}


def step_on(steps: Sequence[Step], day: date) -> Step:
    """The step that holds on a day, of a course that reaches back to it."""
    return steps[bisect_right(steps, day, key=lambda step: step.first) - 1]


def lines(steps: Iterable[Step]) -> list[str]:
    """Steps in a line each."""
    return [f"{one.first} {'yes' if one.yes else 'no'} {one.of or '-'}: {one.reason}" for one in steps]


def eras_of(snapshot: Snapshot) -> Eras:
    """What main said, where it always said the same."""
    return Eras(snapshot, lambda _: snapshot, [])


def told(files: Files, name: str = "SOP-014") -> list[str]:
    """The course of p-1 on a document."""
    snapshot = snapshot_of(files)
    who, about = snapshot.people.get("p-1"), snapshot.documents.get(name)
    assert who
    assert about
    return lines(Courses(snapshot, who).on(about))


UNTRAINED = "2026-01-01 no SOP-014@1: not trained on SOP-014@1, no training on record"
BEFORE = f"{EVER} no -: no revision of SOP-014 is in force on "


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(ONE, [BEFORE, UNTRAINED], id="a-stranger"),
        pytest.param(
            RETIRED, [BEFORE, UNTRAINED, "2026-06-01 no -: no revision of SOP-014 is in force on "], id="retired"
        ),
        pytest.param(
            {**ONE, **history("p-1", "SOP-014", READ)},
            [BEFORE, UNTRAINED, "2026-01-20 yes SOP-014@1: trained on SOP-014@1"],
            id="trained",
        ),
        pytest.param(
            {**ONE, **history("p-1", "SOP-014", READ, rejection(READ, "2026-03-01"))},
            [
                BEFORE,
                UNTRAINED,
                "2026-01-20 yes SOP-014@1: trained on SOP-014@1",
                UNTRAINED.replace("2026-01-01", "2026-03-01"),
            ],
            id="rejected",
        ),
        pytest.param(
            {**TWO, **IN_TIME},
            [
                BEFORE,
                "2026-01-01 yes SOP-014@1: trained on SOP-014@1",
                "2026-05-01 no SOP-014@2: not trained on SOP-014@2, the last training was on revision 1",
            ],
            id="a-new-text",
        ),
        pytest.param(
            {**YEARLY, **IN_TIME},
            [
                BEFORE,
                "2026-01-01 yes SOP-014@1: trained on SOP-014@1",
                "2026-03-21 no SOP-014@1: the refresher of SOP-014 lapsed after 2026-03-20",
            ],
            id="a-refresher-that-lapses",
        ),
        pytest.param(
            {**ONE, **waiver("p-1", "SOP-014@1", "2026-02-01", "2026-02-09")},
            [
                BEFORE,
                UNTRAINED,
                "2026-02-01 yes SOP-014@1: training on SOP-014@1 is waived",
                UNTRAINED.replace("2026-01-01", "2026-02-10"),
            ],
            id="a-waiver",
        ),
        pytest.param(
            {**ONE, **RETRAIN, **AGAIN, **history("p-1", "SOP-014", READ, ANSWER)},
            [
                BEFORE,
                UNTRAINED,
                "2026-01-20 yes SOP-014@1: trained on SOP-014@1",
                "2026-11-02 no SOP-014@1: suspended: CAPA-2026-003 action 1 asks for retraining since 2026-11-02",
                "2026-11-10 yes SOP-014@1: trained on SOP-014@1",
            ],
            id="suspended-until-trained-again",
        ),
    ],
)
def test_the_days_on_which_it_changes_whether_somebody_is_qualified(files: Files, expected: list[str]):
    """The first step is from ever; each other begins on the first day of something new."""
    assert told(files) == expected


def test_a_reason_names_the_day_that_is_asked_about():
    """Where it ends with that day; another day in a reason is the one that it speaks of."""
    snapshot = snapshot_of({**YEARLY, **IN_TIME})
    who, about = snapshot.people.by_id["p-1"], snapshot.documents.by_id["SOP-014"]
    steps = Courses(snapshot, who).on(about)

    assert steps[0].verdict(date(2025, 5, 1)).reason == "no revision of SOP-014 is in force on 2025-05-01"
    assert steps[-1].verdict(date(2027, 5, 1)).reason == "the refresher of SOP-014 lapsed after 2026-03-20"
    assert step_on(steps, date(2026, 3, 20)) is steps[1]
    assert step_on(steps, date(2026, 3, 21)) is steps[2]
    assert step_on(steps, date.min) is steps[0]
    assert step_on(steps, date.max) is steps[2]


# --- activities -----------------------------------------------------------------------------------------------------


def able(files: Files, activity: str = "gowning") -> list[str]:
    """The course of p-1 on an activity."""
    snapshot = snapshot_of(files)
    return lines(Courses(snapshot, snapshot.people.by_id["p-1"]).of(activity, eras_of(snapshot).of(activity)))


TRAINED = {**NEW, **completed("p-1", "SOP-014@1", "2026-03-10")}


def test_nothing_is_known_of_what_main_never_spoke_of():
    """No era, no course."""
    snapshot = snapshot_of(ONE)

    assert eras_of(snapshot).of("brewing") == ()
    assert able(ONE, "brewing") == []
    assert eras_of(snapshot_of({})).activities == []
    assert eras_of(snapshot_of({})).performed_by(["operator"]) == []


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            {**TRAINED, **person("p-1", "cleaner 2026-03-01", employed="2026-03-01")},
            [f"{EVER} no -: not employed on ", "2026-03-01 no -: holds no role that performs gowning"],
            id="holds-no-such-role",
        ),
        pytest.param(
            {**TRAINED, **document("1 2026-04-01")},
            [
                f"{EVER} no -: not employed on ",
                "2026-03-01 no operator: nothing in force governs gowning",
                "2026-04-01 yes operator: holds operator and is qualified on SOP-014",
            ],
            id="not-yet-governed",
        ),
        pytest.param(
            {**TRAINED, **person("p-1", "operator 2026-03-01", employed="2026-03-01", leave="{from: 2026-05-01}")},
            [
                f"{EVER} no -: not employed on ",
                "2026-03-01 no operator: not trained on SOP-014@1, no training on record",
                "2026-03-10 yes operator: holds operator and is qualified on SOP-014",
                "2026-05-01 no operator: on leave on ",
            ],
            id="trained-and-then-on-leave",
        ),
    ],
)
def test_the_days_on_which_it_changes_whether_somebody_is_authorised(files: Files, expected: list[str]):
    """By employment, leave, roles, what is in force, and training."""
    assert able({**files, **GOWNING}) == expected


def said(files: Sequence[tuple[date, Files]]) -> tuple[Matrix, list[date]]:
    """What main said at each moment, where it said one thing after the other; and the days of change."""
    line = [(day, snapshot_of(texts_) if texts_ else snapshot_of({})) for day, texts_ in files]

    def matrix(when: When) -> Snapshot:
        return next((found for day, found in reversed(line) if day <= when.day), line[0][1])

    return matrix, [day for day, _ in line[1:]]


CLEANING = {**OPERATOR, "roles/operator.yaml": OPERATOR["roles/operator.yaml"].replace("gowning", "cleaning")}


def test_what_main_said_then_decides():
    """A role that no longer performs an activity performed it then; a document asked for less then."""
    snapshot = snapshot_of({**TRAINED, **CLEANING})
    strict = document("1 2026-01-01", training="{method: [read, practical]}")
    told_main = said(
        [
            (date(2026, 1, 1), {**TRAINED, **GOWNING}),
            (date(2026, 5, 1), {**TRAINED, **GOWNING}),
            (date(2026, 6, 1), {**TRAINED, **GOWNING, **strict}),
            (date(2026, 7, 1), {**TRAINED, **CLEANING}),
        ]
    )
    eras = Eras(snapshot, *told_main)
    steps = Courses(snapshot, snapshot.people.by_id["p-1"]).of("gowning", eras.of("gowning"))

    assert [(era.first, era.known) for era in eras.of("gowning")] == [
        (date.min, True),
        (date(2026, 6, 1), True),
        (date(2026, 7, 1), False),
    ]
    assert lines(steps)[2:] == [
        "2026-03-10 yes operator: holds operator and is qualified on SOP-014",
        "2026-06-01 no operator: training on SOP-014@1 is not complete: practical is missing",
        "2026-07-01 no -: holds no role that performs gowning",
    ]
    assert eras.activities == ["gowning"]
    assert eras.performed_by(["operator", "lead"]) == ["cleaning", "gowning"]


def test_a_shallow_clone_does_not_say_what_main_said_before_it():
    """The eras begin where it begins; where it reaches back to no day that is asked for, there is none."""
    files = {**TRAINED, **GOWNING}
    snapshot = snapshot_of(files)

    def matrix(when: When) -> Snapshot:
        if when.day < date(2026, 5, 1):
            raise CannotRun("this clone does not reach back")
        return snapshot

    shallow = Eras(snapshot, matrix, [date(2026, 4, 1), date(2026, 6, 1)])
    steps = Courses(snapshot, snapshot.people.by_id["p-1"]).of("gowning", shallow.of("gowning"))

    assert lines(steps) == ["2026-06-01 yes operator: holds operator and is qualified on SOP-014"]
    assert [era.first for era in Eras(snapshot, matrix, []).of("gowning")] == [TODAY]
    assert Eras(snapshot_of(files, date(2026, 1, 1)), matrix, []).of("gowning") == ()


def test_whether_somebody_is_at_work():
    """What comes before anything else that is asked of an activity, in the same words."""
    files = {**LEAD, **person("p-1", "lead", employed="2026-03-01", leave="{from: 2026-05-01, to: 2026-05-31}")}
    snapshot = snapshot_of(files)

    assert lines(Courses(snapshot, snapshot.people.by_id["p-1"]).presence) == [
        f"{EVER} no -: not employed on ",
        "2026-03-01 yes -: ",
        "2026-05-01 no -: on leave on ",
        "2026-06-01 yes -: ",
    ]
    assert lines(Courses(snapshot, NOBODY).presence) == [f"{EVER} yes -: "]


# --- the same answers as those of the day ---------------------------------------------------------------------------


def asked_on(steps: Sequence[Step], days: Iterable[date]) -> set[date]:
    """Some days, and those around each change."""
    around = {step.first + timedelta(days=n) for step in steps[1:] for n in (-1, 0, 1)}
    return {*days, *around, date(2000, 1, 1), date(2100, 1, 1)}


def holds_of_documents(snapshot: Snapshot, days: Sequence[date]) -> int:
    """That the course of everybody on everything says what is answered directly; how many answers were compared."""
    compared = 0
    for who in snapshot.people:
        courses = Courses(snapshot, who)
        for about in snapshot.documents:
            steps = courses.on(about)
            for day in asked_on(steps, days):
                step, entry = step_on(steps, day), in_force(about, day)
                assert step.verdict(day) == qualified(snapshot, who.id, about, snapshot.end_of(day))
                assert step.of == (str(about.named(entry)) if entry else None)
                compared += 1
            if not snapshot.completions(who.id, about.id) and not snapshot.waivers(who.id, about.id):
                assert steps == Courses(snapshot, NOBODY).on(about)
    return compared


def holds_of_activities(snapshot: Snapshot, matrix: Matrix, turns: Sequence[date], days: Sequence[date]) -> int:
    """The same of activities, with what main said of them on that day."""
    eras, compared = Eras(snapshot, matrix, turns), 0
    for who in snapshot.people:
        courses = Courses(snapshot, who)
        held = eras.performed_by({held.role for held in who.roles})
        for activity in ("gown", "fill", "clean", "gowning"):
            steps = courses.of(activity, eras.of(activity))
            strange = Courses(snapshot, NOBODY).of(activity, eras.of(activity))
            for day in asked_on(steps, [*days, *turns]) if steps else ():
                when = snapshot.end_of(day)
                law = matrix(when)
                direct = authorised(snapshot, who, activity, when, law)
                assert step_on(steps, day).verdict(day) == direct
                assert step_on(steps, day).of == role_for(snapshot, who, activity, day, law)
                eras_then = [era for era in eras.of(activity) if era.first <= day]
                assert eras_then[-1].known == (activity in law.activities)
                if activity not in held:
                    away = step_on(courses.presence, day)
                    composed = step_on(strange, day) if away.yes else away
                    assert composed.verdict(day) == direct
                compared += 1
            assert steps or all(activity not in matrix(snapshot.end_of(day)).activities for day in days)
    return compared


@given(lives(), st.lists(NEAR, min_size=1, max_size=5))
def test_of_a_life_every_day_has_its_own_answer(files: Files, days: list[date]):
    """Trained, lapsed, waived, rejected, suspended, hired, on leave, and whatever else happens to somebody."""
    snapshot = snapshot_of(files)

    assert holds_of_documents(snapshot, days)
    assert holds_of_activities(snapshot, lambda _: snapshot, [], days)


@given(st.data())
def test_of_a_system_that_changes_every_day_has_its_own_answer(data: st.DataObject):
    """Main said one thing after another of roles, activities and documents; people and training are those of now."""
    line = [data.draw(systems())]
    for _ in range(data.draw(st.integers(0, 3))):
        line.append(data.draw(edited(line[-1], most=2)))
    turns = sorted(data.draw(st.lists(st.sampled_from(DAYS), min_size=len(line), max_size=len(line), unique=True)))
    matrix, later = said([(day, texts(system)) for day, system in zip(turns, line, strict=True)])
    snapshot = snapshot_of(texts(line[-1]))
    days = data.draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=4))

    holds_of_documents(snapshot, days)
    holds_of_activities(snapshot, matrix, later, days)
