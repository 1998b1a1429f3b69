"""What is linked to an event: what of it is done on which day, what is missing, and the state that follows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsci.circuit import (
    State,
    days_open,
    done_on,
    implemented,
    is_open,
    lacks,
    last_training,
    latest_check,
    period_ends,
    state,
)
from qmsci.records.event import Capa, Event
from qmsci.snapshot import Snapshot
from qmsci.timeline import Span
from tests.laws import TODAY, snapshot_of
from tests.strategies import systems, texts

DAY = date.fromisoformat
DOC = """\
---
id: SOP-014
title: Gowning
owner: operator
governs: [gowning]
revisions:
  - {revision: 3, effective: 2026-10-15, summary: Third., impact: retrain, authors: [p-1]}
---
Gown.
"""
ASSIGNED = """\
assignment: CAPA-1/1
cause: capa
assigned: 2026-09-20
items:
  - {document: SOP-014@3, due: 2026-10-15, method: [read], people: [p-1, p-2], text: "sha256:TEXT"}
""".replace("TEXT", 64 * "0")


def person(name: str, employed: str = "{from: 2024-03-01}") -> str:
    """Somebody who fills vials."""
    roles = "[{role: operator, from: 2024-03-01}]"
    return f"id: {name}\nname: N\nkind: employee\nemployed: {employed}\nroles: {roles}\n"


def done(day: str) -> str:
    """A completion of what the CAPA asks for."""
    return f'- {{"assignments": ["CAPA-1/1"], "completed": "{day}T09:30:00+01:00", "document": "SOP-014@3", "method": ["read"]}}\n'


def circuit(capa: str, **more: str) -> Snapshot:
    """A CAPA and what is around it; `p_1="2026-10-01"` is the day on which p-1 completed its training."""
    completions = {
        f"training-records/completions/{name.replace('_', '-')}/SOP-014.yaml": done(day) for name, day in more.items()
    }
    return snapshot_of(
        {
            "controlled-docs/sop/SOP-014.md": DOC,
            "roles/operator.yaml": "id: operator\ntitle: O\npurpose: Fills.\nperforms: [gowning]\n",
            "roles/people/p-1.yaml": person("p-1"),
            "roles/people/p-2.yaml": person("p-2"),
            "quality-events/CAPA-1.yaml": f"id: CAPA-1\ntitle: Gloves\nopened: 2026-09-14\nowner: p-3\n{capa}",
            "training-records/assignments/CAPA-1/1.yaml": ASSIGNED,
            **completions,
        }
    )


def capa_of(snapshot: Snapshot) -> Capa:
    """The CAPA of a circuit."""
    found = snapshot.events.get("CAPA-1")
    assert isinstance(found, Capa)
    return found


TRAINING = "actions:\n  - {id: 1, kind: training, documents: [SOP-014@3], roles: [operator], due: 2026-10-15}\n"
OTHER = "  - {id: 2, kind: other, title: A mirror, due: 2026-10-15}\n"
MOUNTED = "  - {id: 2, kind: other, title: A mirror, due: 2026-10-15, done: 2026-10-20}\n"
CAUSE = "root-cause: {category: procedure, summary: Not described.}\n"
PLAN = "effectiveness: {criterion: No tear, period: 30 days, assessor: p-9}\n"

# --- open -----------------------------------------------------------------------------------------------------------

REOPENED = (
    "reopened:\n  - {on: 2026-11-05, by: p-3, summary: Again., closed: 2026-10-30, closed-by: p-3}\n"
    "closed: 2026-11-20\nclosed-by: p-3\n"
)


@pytest.mark.parametrize(
    ("keys", "spans"),
    [
        pytest.param("", [("2026-09-14", None)], id="open"),
        pytest.param("closed: 2026-11-20\nclosed-by: p-3\n", [("2026-09-14", "2026-11-19")], id="closed"),
        pytest.param(REOPENED, [("2026-09-14", "2026-10-29"), ("2026-11-05", "2026-11-19")], id="reopened"),
        pytest.param("cancelled: {on: 2026-09-14, by: p-3, reason: Twice.}\n", [], id="cancelled-at-once"),
    ],
)
def test_an_event_is_open_from_its_beginning_and_from_each_reopening(keys: str, spans: list[tuple[str, str | None]]):
    """The day on which it is closed is not one of them any more."""
    capa = capa_of(circuit(keys))

    assert days_open(capa) == [Span(DAY(a), DAY(b) if b else date.max) for a, b in spans]
    assert is_open(capa, DAY("2026-11-01")) == (keys == "" or keys.startswith("closed"))


# --- done -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("completed", "on", "missing", "day"),
    [
        pytest.param({"p_1": "2026-10-01", "p_2": "2026-10-09"}, TODAY, [], "2026-10-09", id="all-trained"),
        pytest.param({"p_1": "2026-10-01", "p_2": "2026-10-09"}, DAY("2026-10-09"), [], "2026-10-09", id="that-day"),
        pytest.param(
            {"p_1": "2026-10-01", "p_2": "2026-10-09"},
            DAY("2026-10-08"),
            ["SOP-014@3 was not completed by p-2"],
            None,
            id="the-day-before",
        ),
        pytest.param({}, TODAY, ["SOP-014@3 was not completed by p-1, p-2"], None, id="nobody"),
    ],
)
def test_a_training_action_is_done_with_its_last_completion(
    completed: dict[str, str], on: date, missing: list[str], day: str | None
):
    """As long as somebody is missing, it says who."""
    snapshot = circuit(TRAINING, **completed)
    capa, when = capa_of(snapshot), snapshot.end_of(on)

    assert [str(lack) for lack in lacks(snapshot, capa, capa.actions[0], when)] == missing
    assert done_on(snapshot, capa, capa.actions[0], when) == (DAY(day) if day else None)


@pytest.mark.parametrize(
    ("actions", "completed", "day"),
    [
        pytest.param(TRAINING + MOUNTED, {"p_1": "2026-10-01", "p_2": "2026-10-09"}, "2026-10-20", id="all"),
        pytest.param(TRAINING + OTHER, {"p_1": "2026-10-01", "p_2": "2026-10-09"}, None, id="not-the-other"),
        pytest.param(TRAINING + MOUNTED, {"p_1": "2026-10-01"}, None, id="not-the-training"),
        pytest.param("", {}, None, id="no-action"),
    ],
)
def test_a_capa_is_implemented_with_its_last_action(actions: str, completed: dict[str, str], day: str | None):
    """One that has none is not."""
    snapshot = circuit(actions, **completed)

    assert implemented(snapshot, capa_of(snapshot), snapshot.end_of(TODAY)) == (DAY(day) if day else None)


@pytest.mark.parametrize(
    ("capa", "completed", "day"),
    [
        pytest.param(
            PLAN + TRAINING + MOUNTED,
            {"p_1": "2026-10-01", "p_2": "2026-10-09"},
            "2026-11-08",
            id="from-the-last-training",
        ),
        pytest.param(PLAN + TRAINING + MOUNTED, {"p_1": "2026-10-01"}, None, id="somebody-is-not-trained"),
        pytest.param(PLAN + TRAINING + MOUNTED, {}, None, id="nobody-is-trained"),
        pytest.param(PLAN + "actions:\n" + MOUNTED, {}, "2026-11-19", id="without-training-from-the-last-action"),
        pytest.param(PLAN + "actions:\n" + OTHER, {}, None, id="nothing-is-done"),
        pytest.param(TRAINING, {"p_1": "2026-10-01"}, None, id="no-plan"),
    ],
)
def test_the_period_runs_from_the_last_training(capa: str, completed: dict[str, str], day: str | None):
    """It is counted in the plan's own words."""
    snapshot = circuit(capa, **completed)

    assert period_ends(snapshot, capa_of(snapshot), snapshot.end_of(TODAY)) == (DAY(day) if day else None)


def test_the_latest_check_is_the_one_of_the_latest_day():
    """What comes after the day that is asked about is not known yet."""
    checks = "[{on: 2026-11-01, outcome: not-effective, summary: Two.}, {on: 2026-11-10, outcome: effective, summary: None.}]"
    capa = capa_of(circuit(PLAN.replace("p-9}", f"p-9, checks: {checks}}}")))

    found = [latest_check(capa, DAY(day)) for day in ("2026-10-31", "2026-11-09", "2026-11-10")]

    assert [one and (one[0], one[1].outcome) for one in found] == [None, (0, "not-effective"), (1, "effective")]
    assert latest_check(capa_of(circuit("")), TODAY) is None


# --- the state ------------------------------------------------------------------------------------------------------

CLOSED = "closed: 2026-11-20\nclosed-by: p-3\n"
AGAIN = "reopened:\n  - {on: 2026-11-15, by: p-3, summary: Again., closed: 2026-11-12, closed-by: p-3}\n"
BOTH: dict[str, str] = {"p_1": "2026-10-01", "p_2": "2026-10-09"}


@pytest.mark.parametrize(
    ("capa", "completed", "said"),
    [
        pytest.param("", {}, State.INITIATED, id="initiated"),
        pytest.param("investigation: Of gloves.\n", {}, State.INVESTIGATING, id="investigating"),
        pytest.param(CAUSE + TRAINING, {}, State.INVESTIGATING, id="no-plan-yet"),
        pytest.param(CAUSE + PLAN + TRAINING, {}, State.PLANNED, id="planned"),
        pytest.param(CAUSE + PLAN + TRAINING, {"p_1": "2026-10-01"}, State.IMPLEMENTING, id="one-is-trained"),
        pytest.param(CAUSE + PLAN + TRAINING + OTHER, BOTH, State.IMPLEMENTING, id="one-action-is-open"),
        pytest.param(CAUSE + PLAN + TRAINING, BOTH, State.EFFECTIVENESS_CHECK, id="effectiveness-check"),
        pytest.param(CAUSE + TRAINING, BOTH, State.IMPLEMENTED, id="implemented-without-plan"),
        pytest.param(CAUSE + PLAN + TRAINING + CLOSED, BOTH, State.CLOSED, id="closed"),
        pytest.param(CAUSE + PLAN + TRAINING + AGAIN, BOTH, State.INVESTIGATING, id="reopened"),
        pytest.param("cancelled: {on: 2026-11-01, by: p-3, reason: Twice.}\n", {}, State.CANCELLED, id="cancelled"),
    ],
)
def test_the_state_of_a_capa_follows_from_its_facts(capa: str, completed: dict[str, str], said: State):
    """Nobody types it."""
    snapshot = circuit(capa, **completed)

    assert state(snapshot, capa_of(snapshot), snapshot.end_of(TODAY)) == said


@pytest.mark.parametrize(
    ("day", "said"),
    [
        pytest.param("2026-11-11", State.EFFECTIVENESS_CHECK, id="before-it-was-closed"),
        pytest.param("2026-11-12", State.CLOSED, id="closed-for-the-first-time"),
        pytest.param("2026-11-14", State.CLOSED, id="the-day-before-it-was-reopened"),
        pytest.param("2026-11-15", State.INVESTIGATING, id="reopened"),
        pytest.param("2026-11-20", State.CLOSED, id="closed-again"),
    ],
)
def test_a_state_of_the_past_knows_nothing_of_what_came_later(day: str, said: State):
    """A closing that was undone later held until then."""
    snapshot = circuit(CAUSE + PLAN + TRAINING + AGAIN + CLOSED, **BOTH)

    assert state(snapshot, capa_of(snapshot), snapshot.end_of(DAY(day))) == said


HAPPENED = "occurred: 2026-11-01T09:40:00+01:00\nreported: 2026-11-01\n"
OPENED = "opened: 2026-11-01\n"
RELEASED = "released: 2026-11-20\nreleased-by: p-3\n"
PROTOCOL = "activities: [gowning]\nprotocol: VP-1\n"


@pytest.mark.parametrize(
    ("name", "keys", "said"),
    [
        pytest.param("DEV-1", HAPPENED, State.REPORTED, id="reported"),
        pytest.param("DEV-1", HAPPENED + "classification: minor\n", State.TRIAGED, id="triaged"),
        pytest.param("NCR-1", HAPPENED + "investigation: Of gloves.\n", State.INVESTIGATING, id="investigating"),
        pytest.param("DEV-1", HAPPENED + CAUSE + "no-capa: Once.\n", State.CONCLUDED, id="concluded"),
        pytest.param("DEV-1", HAPPENED + CLOSED, State.CLOSED, id="closed"),
        pytest.param("DEV-1", HAPPENED + CLOSED.replace("20", "23"), State.REPORTED, id="closed-on-a-later-day"),
        pytest.param("CMP-1", OPENED + "voided: {on: 2026-11-02, by: p-3, reason: Not ours.}\n", State.VOIDED, id="voided"),
        pytest.param("GAP-1", OPENED + "person: p-1\ndocument: SOP-014\n" + CAUSE, State.INVESTIGATING, id="gap"),
        pytest.param("AUD-1", OPENED, State.ISSUED, id="issued"),
        pytest.param("AUD-1", OPENED + "response: Yes.\n", State.RESPONSE_PROPOSED, id="response-proposed"),
        pytest.param("AUD-1", OPENED + "response: Yes.\naccepted: 2026-11-03\n", State.RESPONSE_ACCEPTED, id="accepted"),
        pytest.param("AUD-1", OPENED + "actions:\n" + MOUNTED + OTHER.replace("2", "3", 1), State.IN_PROGRESS, id="in-progress"),
        pytest.param("AUD-1", OPENED + "actions:\n" + MOUNTED, State.READY_FOR_VERIFICATION, id="ready"),
        pytest.param("AUD-1", OPENED + "verified: 2026-11-20\nverified-by: p-3\n", State.CLOSED, id="verified"),
        pytest.param("AUD-1", OPENED + "withdrawn: {on: 2026-11-02, by: p-3, reason: No.}\n", State.WITHDRAWN, id="withdrawn"),
        pytest.param("VAL-1", PROTOCOL, State.QUALIFYING, id="qualifying"),
        pytest.param("VAL-1", PROTOCOL + "pq-completed: 2026-11-02\n", State.QUALIFIED, id="qualified"),
        pytest.param("VAL-1", PROTOCOL + RELEASED, State.RELEASED, id="released"),
        pytest.param("MR-1", "held: 2026-11-02\nperiod: {from: 2025-11-01, to: 2026-10-31}\n", State.HELD, id="held"),
    ],
)  # fmt: skip
def test_the_state_of_each_kind_follows_from_its_facts(name: str, keys: str, said: State):
    """Each kind has its own life cycle."""
    snapshot = snapshot_of({f"quality-events/{name}.yaml": f"id: {name}\ntitle: T\n{keys}"})
    event = snapshot.events.get(name)
    assert isinstance(event, Event)

    assert state(snapshot, event, snapshot.end_of(TODAY)) == said


@given(systems())
def test_done_and_lacking_exclude_each_other(system: dict[str, Any]):
    """An action is done on a day exactly where nothing lacks, and never later than it is looked at."""
    snapshot = snapshot_of(texts(system))
    when = snapshot.end_of(TODAY)
    for event, index in snapshot.retraining:
        action = event.actions[index]
        day = done_on(snapshot, event, action, when)

        if day:
            assert lacks(snapshot, event, action, when) == []
            assert day <= max(TODAY, event.begun or TODAY)
        last = last_training(snapshot, event, when)
        assert last is None or last <= TODAY


@given(st.lists(st.dates(date(2024, 1, 1), date(2026, 12, 31)), max_size=4, unique=True), st.dates(date(2023, 1, 1)))
def test_an_event_is_open_between_a_reopening_and_the_next_closing(days: list[date], asked: date):
    """Closed and reopened any number of times, open and not open take turns."""
    days = sorted(days)
    pairs = list(zip(days[::2], days[1::2], strict=False))
    entries = "".join(
        f"  - {{on: {again}, by: p-3, summary: A., closed: {closed}, closed-by: p-3}}\n" for closed, again in pairs
    )
    capa = capa_of(circuit(f"reopened:\n{entries}" if pairs else ""))
    capa = capa.model_copy(update={"opened": date(2023, 6, 1)})

    closed_now = any(closed <= asked < again for closed, again in pairs)
    assert is_open(capa, asked) == (asked >= date(2023, 6, 1) and not closed_now)
