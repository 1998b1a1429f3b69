"""Which failed checks are answered, and by what."""

from __future__ import annotations

from datetime import date

import pytest

from tests.laws import TODAY, Files, findings_in
from tests.rules.events.test_capa_closed_without_effectiveness import GOOD, SHIELD, TRAINING, capa
from tests.rules.events.test_capa_closed_without_training import DONE, FILE, ITEMS, done

RULE = "capa-closed-though-ineffective"
FAILED = "{on: 2026-10-01, outcome: not-effective, summary: Two tore.}"
VAGUE = "{on: 2026-10-20, outcome: inconclusive, summary: Too few runs.}"
DROPPED = "dropped: {on: 2026-10-02, by: p-0003, reason: Not needed.}"
REOPENED = "reopened: [{on: 2026-10-01, by: p-0003, summary: Again., closed: 2026-09-01, closed-by: p-0003}]\n"
OLD = SHIELD  # done on 2026-08-02
MORE = f"{OLD}, {{id: 3, kind: other, title: Lamp, due: 2026-11-01, done: 2026-10-02}}"
NOTHING = (
    "closed on 2026-11-20; the check of 2026-10-01 says not-effective, "
    "and nothing was done before that of 2026-11-10, which says effective"
)
LATEST = "closed on 2026-11-20, and the latest effectiveness check, of 2026-10-01, says not-effective"


def opened(day: str) -> str:
    """An action that was opened on a day and is not done."""
    return f"{OLD}, {{id: 3, kind: other, title: Lamp, opened: {day}, due: 2026-12-01}}"


@pytest.mark.parametrize(
    ("files", "messages"),
    [
        pytest.param(capa(GOOD, actions=OLD), [], id="it worked"),
        pytest.param(capa(FAILED, actions=OLD, closed=""), [], id="open"),
        pytest.param(capa(actions=OLD), [], id="never checked"),
        pytest.param(capa(FAILED, GOOD, actions=MORE), [], id="an action was done the day after"),
        pytest.param(capa(FAILED, GOOD, actions=MORE.replace("10-02", "11-10")), [], id="done on the day of the check"),
        pytest.param(capa(FAILED, GOOD, actions=TRAINING), [], id="training was completed in between"),
        pytest.param({**capa(FAILED, GOOD, actions=TRAINING), DONE: "- {"}, [], id="an unreadable history"),
        pytest.param({**capa(FAILED, GOOD, actions=TRAINING), ITEMS: "{"}, [], id="an unreadable assignment"),
        pytest.param({**capa(FAILED, GOOD, actions=OLD), FILE: "{"}, [], id="unreadable"),
        pytest.param(
            capa(GOOD.replace("11-10", "10-15"), FAILED, GOOD, actions=MORE.replace("10-02", "10-20")),
            [],
            id="done after a second look, and looked at once more",
        ),
        pytest.param(
            capa(FAILED, actions=OLD, more=REOPENED.replace("10-01", "10-02")), [], id="reopened, and not checked since"
        ),
        pytest.param(capa(FAILED, VAGUE, actions=OLD), [], id="the latest is inconclusive, said by another rule"),
        pytest.param(capa(GOOD, FAILED, actions=OLD), [NOTHING], id="in the order of their days, not of the list"),
        pytest.param(capa(FAILED, actions=OLD), [LATEST], id="it failed"),
        pytest.param(capa(FAILED, actions=OLD, more=REOPENED), [LATEST], id="it failed, was reopened, closed again"),
        pytest.param(
            capa(FAILED, actions=OLD, closed="2026-10-01"),
            [LATEST.replace("11-20", "10-01")],
            id="it failed on the closing day",
        ),
        pytest.param(capa(FAILED, GOOD, actions=OLD), [NOTHING], id="nothing was done"),
        pytest.param(capa(FAILED, VAGUE, GOOD, actions=OLD), [NOTHING], id="with a look in between"),
        pytest.param(
            capa(FAILED, GOOD, actions=MORE.replace("10-02", "10-01")), [NOTHING], id="done on the day it failed"
        ),
        pytest.param(
            capa(FAILED, GOOD, actions=MORE.replace("10-02", "11-11")), [NOTHING], id="done after the second look"
        ),
        pytest.param(capa(FAILED, GOOD, actions=opened("2026-10-02")), [NOTHING], id="an action was only opened"),
        pytest.param(
            capa(FAILED, GOOD, actions=f"{OLD}, {{id: 3, kind: other, due: 2026-12-01, {DROPPED}}}"),
            [NOTHING],
            id="an action was dropped",
        ),
        pytest.param(capa(FAILED, GOOD, actions=OLD, more=REOPENED), [NOTHING], id="it was only reopened"),
        pytest.param(
            capa(FAILED, GOOD, actions=OLD, more=REOPENED.replace("2026-10-01", "2026-10-05")),
            [NOTHING],
            id="reopened after the check, and nothing done",
        ),
        pytest.param(
            {**capa(FAILED, GOOD, actions=TRAINING), **done("2026-10-01T23:00:00+02:00")},
            [NOTHING],
            id="training completed on that day",
        ),
        pytest.param(
            {**capa(FAILED, GOOD, actions=TRAINING), **done("2026-10-11T09:30:00+02:00", "")},
            [NOTHING],
            id="training that names no assignment",
        ),
        pytest.param(
            capa(FAILED, GOOD, actions=OLD, more=REOPENED.replace("10-01", "09-30")), [NOTHING], id="reopened before"
        ),
        pytest.param(
            capa(FAILED, FAILED.replace("10-01", "10-15"), GOOD, actions=OLD),
            [NOTHING, NOTHING.replace("10-01", "10-15")],
            id="two failed checks, each once",
        ),
        pytest.param(
            capa(FAILED, FAILED.replace("10-01", "11-12"), actions=OLD),
            [LATEST.replace("10-01", "11-12")],
            id="failed twice: the latest",
        ),
        pytest.param(
            capa(FAILED.replace("10-01", "11-21"), GOOD, actions=OLD),
            ["closed on 2026-11-20; the check of 2026-11-21 says not-effective, and it was not reopened"],
            id="it failed after it was closed",
        ),
    ],
)
@pytest.mark.parametrize("day", [pytest.param(TODAY, id="today"), pytest.param(date(2031, 1, 1), id="years later")])
def test_what_answers_a_failed_check(files: Files, messages: list[str], day: date):
    found = [finding.message for finding in findings_in(files, day) if finding.rule == RULE]

    assert sorted(found) == sorted(messages)
