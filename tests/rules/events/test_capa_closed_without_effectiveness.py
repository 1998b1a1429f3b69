"""Which checks count, when the period has run, who may judge; on the day of closure, whenever it is asked."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws import TODAY, Files, findings_in, findings_in_scope
from tests.rules.events.test_capa_closed_without_training import BASE, DONE, FILE, ITEMS, WHO, done

RULE = "capa-closed-without-effectiveness"
TRAINING = "{id: 1, kind: training, documents: [SOP-014@3], people: [p-0042], owner: p-0011, due: 2026-10-15}"
SHIELD = "{id: 2, kind: other, title: Shield, owner: p-0012, due: 2026-10-15, done: 2026-08-02}"
GOOD = "{on: 2026-11-10, outcome: effective, summary: None seen.}"
REOPENED = "reopened: [{on: 2026-10-12, by: p-0003, summary: Again., closed: 2026-10-01, closed-by: p-0003}]\n"


def capa(
    *checks: str, actions: str = TRAINING, closed: str = "2026-11-20", plan: str = "No torn glove", more: str = ""
) -> Files:
    """A CAPA with actions and checks, and training that was completed on 2026-10-11: 30 days later is 2026-11-10."""
    listed = f"  checks: [{', '.join(checks)}]\n" if checks else ""
    text = (
        f"id: CAPA-2026-003\ntitle: Gloves\nopened: 2026-06-01\nowner: p-0003\nactions: [{actions}]\n"
        f"effectiveness:\n  criterion: {plan}\n  period: 30 days\n  assessor: p-0005\n{listed}{more}"
    )
    return {**BASE, **done("2026-10-11T09:30:00+01:00"), FILE: text + (f"closed: {closed}\n" if closed else "")}


def said(files: Files, day: date = TODAY) -> list[str]:
    """What the rule says of some files."""
    return [finding.message for finding in findings_in(files, day) if finding.rule == RULE]


UNREAD = {**capa(GOOD), DONE: "- {"}
BOTH = f"{TRAINING}, {SHIELD}"
LATE = SHIELD.replace("08-02", "11-12")
AGAIN = f"{TRAINING}, {SHIELD.replace('08-02', '10-20')}"
NOBODY = TRAINING.replace("people: [p-0042]", "roles: [lead]").replace("id: 1", "id: 7")
DROPPED = "{id: 3, kind: other, due: 2026-12-01, dropped: {on: 2026-10-02, by: p-0003, reason: Not needed.}}"
NOTHING = "closed on 2026-11-20, and nothing was done"
EARLY = "the last training was on 2026-10-11, 30 days later is 2026-11-10, and the check was on 2026-11-09"
CHECK = "the check of 2026-11-10"


@pytest.mark.parametrize(
    ("files", "messages"),
    [
        pytest.param(capa(GOOD), [], id="on the day on which the period ends"),
        pytest.param(capa(closed=""), [], id="open"),
        pytest.param(capa(more="cancelled: {on: 2026-11-01, by: p-0003, reason: r}\n", closed=""), [], id="cancelled"),
        pytest.param({**capa(GOOD), FILE: "{"}, [], id="unreadable"),
        pytest.param(UNREAD, [], id="a history that cannot be read is reported alone"),
        pytest.param({**capa(GOOD), ITEMS: "{"}, [], id="nor an assignment"),
        pytest.param({**capa(GOOD), WHO: "{"}, [], id="nor a person"),
        pytest.param(
            {path: text for path, text in capa(GOOD).items() if path != DONE},
            [],
            id="that training lacks is said by another rule",
        ),
        pytest.param(capa(GOOD, actions=BOTH), [], id="an action done before the training"),
        pytest.param(capa(GOOD, actions=SHIELD.replace("08-02", "10-11")), [], id="no training, done 30 days before"),
        pytest.param(capa(GOOD, actions=SHIELD.replace(", done: 2026-08-02", "")), [], id="no training, nothing done"),
        pytest.param(capa(GOOD, actions=TRAINING.replace(", owner: p-0011", "")), [], id="an action without an owner"),
        pytest.param(
            capa(GOOD.replace("summary", "by: p-0003, summary")), [], id="judged by who owns the CAPA and no action"
        ),
        pytest.param(
            capa("{on: 2026-11-01, outcome: inconclusive, summary: Too few runs.}", GOOD),
            [],
            id="inconclusive at first",
        ),
        pytest.param(
            capa(GOOD, "{on: 2026-11-21, outcome: inconclusive, summary: Later.}"),
            [],
            id="a check after the closing day",
        ),
        pytest.param(capa(GOOD.replace("effective", "not-effective")), [], id="that it failed is said by another rule"),
        pytest.param(
            capa(GOOD.replace("11-10", "11-20"), actions=AGAIN, more=REOPENED), [], id="checked since it was reopened"
        ),
        pytest.param(
            capa(GOOD.replace("11-10", "11-11"), actions=AGAIN.replace("10-20", "10-12"), more=REOPENED),
            [],
            id="done on the day of the reopening",
        ),
        pytest.param(
            capa(GOOD, actions=TRAINING, more=REOPENED.replace("10-12", "10-11")),
            [],
            id="trained on the day of the reopening",
        ),
        pytest.param(capa(GOOD, actions=f"{SHIELD}, {NOBODY}"), [], id="training that concerned nobody, and more"),
        pytest.param(
            capa(GOOD, actions=NOBODY),
            [f"{NOTHING} by then that could have worked"],
            id="training that concerned nobody",
        ),
        pytest.param(
            capa(GOOD, actions=f"{NOBODY}, {DROPPED}"), [f"{NOTHING} by then that could have worked"], id="all dropped"
        ),
        pytest.param(capa(GOOD, actions=""), [f"{NOTHING} by then that could have worked"], id="no action"),
        pytest.param(
            capa(GOOD, actions=BOTH, more=REOPENED),
            [f"{NOTHING} since it was reopened on 2026-10-12 that could have worked"],
            id="nothing since it was reopened",
        ),
        pytest.param(
            {**BASE, FILE: "id: CAPA-2026-003\ntitle: G\nopened: 2026-06-01\nowner: p-0003\nclosed: 2026-11-20\n"},
            [f"{NOTHING} by then", "closed on 2026-11-20 without an effectiveness plan"],
            id="no plan",
        ),
        *(
            pytest.param(
                capa(GOOD, plan=f"'{word}'"),
                [f"closed on 2026-11-20, and the criterion '{word}' says nothing"],
                id=f"the criterion is {word}",
            )
            for word in ("n/a", "N.A.", "None", "tbd", "-", "…", "Not applicable.")
        ),
        pytest.param(capa(), ["no effectiveness check was made by then"], id="no check"),
        pytest.param(
            capa(GOOD, closed="2026-11-09"),
            ["no effectiveness check was made by then; the check of 2026-11-10 came after"],
            id="checked only after it was closed",
        ),
        pytest.param(
            capa(GOOD.replace("11-10", "10-11"), actions=AGAIN, more=REOPENED),
            ["no effectiveness check was made since it was reopened on 2026-10-12"],
            id="not checked since it was reopened",
        ),
        pytest.param(
            capa(GOOD, GOOD.replace("effective", "inconclusive")),
            ["the latest effectiveness check, of 2026-11-10, is inconclusive"],
            id="inconclusive",
        ),
        pytest.param(
            capa(GOOD.replace("None seen.", "n/a")), [f"the summary 'n/a' of {CHECK} says nothing"], id="n/a as summary"
        ),
        pytest.param(
            capa(GOOD.replace("11-10", "11-09")),
            [
                "closed on 2026-11-20; " + EARLY,
            ],
            id="a day before the period ends",
        ),
        pytest.param(
            capa(GOOD, actions=LATE),
            ["the last action was done on 2026-11-12, 30 days later is 2026-12-12, and the check was on 2026-11-10"],
            id="no training, done after the check: said once",
        ),
        pytest.param(
            capa(GOOD, actions=f"{TRAINING}, {LATE}"),
            [f"action 2 was done on 2026-11-12, after {CHECK}"],
            id="trained in time, another action done after the check",
        ),
        pytest.param(
            capa(GOOD, actions=f"{SHIELD.replace('08-02', '10-20')}, {TRAINING}", more=REOPENED),
            ["the last action was done on 2026-10-20, 30 days later is 2026-11-19"],
            id="after a reopening without training the period runs from the new action",
        ),
        pytest.param(
            capa(GOOD.replace("summary", "by: p-0012, summary"), actions=BOTH),
            [f"{CHECK} was made by p-0012, who owns action 2"],
            id="judged by an owner",
        ),
        pytest.param(
            capa(GOOD, actions=BOTH.replace("p-0011", "p-0005").replace("p-0012", "p-0005")),
            [f"{CHECK} was made by p-0005, who owns actions 1 and 2"],
            id="the plan's assessor owns them all",
        ),
        pytest.param(
            capa(GOOD.replace("11-10", "11-09"), actions=TRAINING.replace("p-0011", "p-0005"), plan="tbd"),
            ["the criterion 'tbd' says nothing", "the last training was on 2026-10-11", "who owns action 1"],
            id="three faults",
        ),
    ],
)
@pytest.mark.parametrize("day", [pytest.param(TODAY, id="today"), pytest.param(date(2031, 1, 1), id="years later")])
def test_what_shows_that_it_worked(files: Files, messages: list[str], day: date):
    found = said(files, day)

    assert len(found) == len(messages), found
    assert all(any(message in one for one in found) for message in messages), found


def test_a_retraining_of_the_last_person_starts_the_period():
    """The period runs from the completion of whoever was trained last, on the day in the policy's time zone."""
    late = done("2026-10-11T23:30:00Z")  # the day after in Oslo

    assert "the last training was on 2026-10-12" in said({**capa(GOOD), **late})[0]


def test_it_stands_where_the_fault_is():
    """At the check's day, with the action that was done last; at the assessor who is not independent."""
    early = capa(GOOD.replace("11-10", "11-09"), actions=TRAINING.replace("p-0011", "p-0005"))
    found = [finding for finding in findings_in(early) if finding.rule == RULE]

    assert [(f.place.line, [place.line for place in f.also]) for f in found] == [(9, [5]), (10, [5])]


@given(st.integers(-40, 40), st.integers(1, 60))
def test_a_period_has_run_or_it_has_not(shift: int, period: int):
    """A check counts from the day on that lies the period after the last action, and is too early on any before."""
    on = date(2026, 10, 1) + timedelta(days=shift)
    action = "{id: 1, kind: other, title: Shield, due: 2026-10-15, done: 2026-10-01}"
    check = f"{{on: {on}, outcome: effective, summary: None seen.}}"
    files = capa(check, actions=action)
    files = {**files, FILE: files[FILE].replace("30 days", f"{period} days")}

    assert bool(said(files)) is (shift < period)


def test_training_that_is_recorded_later_is_seen_in_the_scope_of_its_change():
    """A completion that turns out to lie after the check undoes the closing; the CAPA is reopened with it."""
    before = capa(GOOD)
    after = {**before, **done("2026-11-01T09:30:00+01:00")}
    found = [finding.message for finding in findings_in_scope(before, after) if finding.rule == RULE]

    assert found == said(after)
    assert "the last training was on 2026-11-01" in found[0]
