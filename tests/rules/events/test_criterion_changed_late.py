"""When implementation has begun, and what of the plan is fixed from then on."""

from __future__ import annotations

import pytest

from tests.laws import Files, findings_of_change
from tests.rules.events.test_capa_closed_without_training import BASE, DONE, FILE, ITEMS, done

RULE = "criterion-changed-late"
HEAD = "id: CAPA-2026-003\ntitle: Gloves\nopened: 2026-06-01\nowner: p-0003\n"
PLAN = "effectiveness: {criterion: None torn, period: 90 days, assessor: p-0005}\n"
CHECKED = PLAN.replace("p-0005", "p-0005, checks: [{on: 2026-11-20, outcome: effective, summary: None seen.}]")
TRAINING = "{id: 1, kind: training, documents: [SOP-014@3], people: [p-0042], due: 2026-10-15}"
OPEN = "{id: 2, kind: other, title: Shield, due: 2026-10-15}"
DUTY = OPEN.replace("}", ", done: 2026-10-01}")
TOOK = "closed: 2026-10-02, closed-by: p-0003}"
REOPENED = f"reopened: [{{on: 2026-10-03, by: p-0003, summary: Again., {TOOK}]\n"
CLOSED = "closed: 2026-10-02\nclosed-by: p-0003\n"
SHORTER = PLAN.replace("90", "30")
THEN = "when action 2 was done on 2026-10-01"


def capa(action: str = DUTY, plan: str = PLAN, more: str = "") -> str:
    """A CAPA with an action and a plan."""
    return f"{HEAD}actions: [{action}]\n{plan}{more}"


def said(before: str, after: str, files: Files = BASE) -> list[str]:
    """What the rule says of a CAPA that is altered among some files."""
    found = findings_of_change({**files, FILE: before}, {**files, FILE: after})
    return [finding.message for finding in found if finding.rule == RULE]


TRAINED = {**BASE, **done("2026-10-11T09:30:00+01:00")}


@pytest.mark.parametrize(
    ("before", "after", "messages"),
    [
        pytest.param(capa(OPEN), capa(OPEN, SHORTER), [], id="nothing is done"),
        pytest.param(
            capa(OPEN), capa(DUTY.replace("10-01", "11-23"), SHORTER), [], id="the same change says done tomorrow"
        ),
        pytest.param(capa(OPEN, ""), capa(OPEN), [], id="a plan is added before anything is done"),
        pytest.param(capa(), capa(plan=CHECKED), [], id="a check is added"),
        pytest.param(capa(), capa(plan=PLAN.replace("90 days", '"90 days"')), [], id="another layout"),
        pytest.param(capa(), capa(more="conclusion: Done.\n"), [], id="another key"),
        pytest.param(capa(), "{", [], id="unreadable"),
        pytest.param("{", capa(), [], id="it was unreadable"),
        pytest.param(capa(more=CLOSED), capa(plan=SHORTER, more=REOPENED), [], id="in the change that reopens it"),
        pytest.param(capa(more=REOPENED), capa(plan=SHORTER, more=REOPENED), [], id="all was done before a reopening"),
        pytest.param(capa(more=CLOSED), capa(plan=SHORTER, more=CLOSED), [], id="closed: said by another rule"),
        pytest.param(
            capa(DUTY.replace("10-01", "11-23")), capa(DUTY.replace("10-01", "11-23"), SHORTER), [], id="done tomorrow"
        ),
        pytest.param(capa(OPEN), capa(DUTY), [], id="done by a change that leaves the plan alone"),
        pytest.param(capa(OPEN), capa(DUTY, SHORTER), [f"'period' was 90 days {THEN}"], id="done by the same change"),
        pytest.param(
            capa(OPEN, ""), capa(DUTY), [f"there was no effectiveness plan {THEN}"], id="a plan with what was done"
        ),
        pytest.param(
            capa(OPEN),
            capa(DUTY, ""),
            [f"the effectiveness plan is gone, and it was there {THEN}: None torn"],
            id="no plan once it is done",
        ),
        pytest.param(capa(), capa(plan=SHORTER), [f"'period' was 90 days {THEN}"], id="a shorter period"),
        pytest.param(
            capa(),
            capa(plan=PLAN.replace("None torn", "Few torn").replace("0005", "0006")),
            [f"'criterion' was None torn {THEN}", f"'assessor' was p-0005 {THEN}"],
            id="another criterion and assessor",
        ),
        pytest.param(
            capa(), capa(plan=""), [f"the effectiveness plan is gone, and it was there {THEN}: None torn"], id="no plan"
        ),
        pytest.param(capa(plan=""), capa(), [f"there was no effectiveness plan {THEN}"], id="a plan comes late"),
        pytest.param(
            capa(),
            capa(plan=SHORTER, more=REOPENED),
            [f"'period' was 90 days {THEN}"],
            id="reopened though it was open",
        ),
        pytest.param(
            capa(DUTY.replace("10-01", "10-03"), more=REOPENED),
            capa(DUTY.replace("10-01", "10-03"), SHORTER, REOPENED),
            ["'period' was 90 days when action 2 was done on 2026-10-03"],
            id="done on the day of the reopening",
        ),
        pytest.param(
            capa(f"{DUTY.replace('10-01', '10-02')}, {DUTY.replace('id: 2', 'id: 3')}"),
            capa(f"{DUTY.replace('10-01', '10-02')}, {DUTY.replace('id: 2', 'id: 3')}", SHORTER),
            ["'period' was 90 days when action 3 was done on 2026-10-01"],
            id="the first of what was done is named",
        ),
    ],
)
def test_a_plan_is_fixed_before_anything_is_done(before: str, after: str, messages: list[str]):
    assert sorted(said(before, after)) == sorted(messages)


@pytest.mark.parametrize(
    ("files", "number"),
    [
        pytest.param(BASE, 0, id="assigned, not completed"),
        pytest.param({**BASE, **done("2026-10-11T09:30:00+01:00", "")}, 0, id="trained for something else"),
        pytest.param({**BASE, DONE: "- {"}, 0, id="a history that cannot be read"),
        pytest.param({**TRAINED, ITEMS: "{"}, 0, id="an assignment that cannot be read"),
        pytest.param(TRAINED, 1, id="one person was trained"),
    ],
)
def test_training_begins_the_implementation(files: Files, number: int):
    """The first completion that names an assignment of the CAPA."""
    found = said(capa(TRAINING), capa(TRAINING, SHORTER), files)

    assert found == ["'period' was 90 days when training for action 1 was completed on 2026-10-11"][:number]


@pytest.mark.parametrize(
    ("after", "number"), [pytest.param(PLAN, 0, id="the same plan"), pytest.param(SHORTER, 1, id="a shorter period")]
)
def test_the_first_training_may_come_with_the_change(after: str, number: int):
    found = findings_of_change({**BASE, FILE: capa(TRAINING)}, {**TRAINED, FILE: capa(TRAINING, after)})

    assert [finding.rule for finding in found].count(RULE) == number


def test_a_new_event_may_bring_its_plan_with_what_was_done():
    base = {path: text for path, text in BASE.items() if path != FILE}

    assert RULE not in {finding.rule for finding in findings_of_change(base, {**base, FILE: capa()})}


def test_a_founding_import_is_not_asked():
    files = {"quality-events/CAPA-2026-003.yaml": capa()}
    change = findings_of_change({}, {**files, FILE: capa(plan=SHORTER)})

    assert RULE not in {finding.rule for finding in change}
