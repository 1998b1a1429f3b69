"""What is closed has nothing left to do."""

from __future__ import annotations

from datetime import date

import pytest

from tests.laws import TODAY, Files, findings_in, findings_in_scope

RULE = "closed-with-open-actions"
SOP = """\
---
id: SOP-014
title: Gowning
owner: operator
revisions:
  - {revision: 2, effective: 2026-10-01, summary: s, impact: retrain, authors: [p-0007]}
  - {revision: 1, effective: 2025-01-10, summary: s, impact: retrain, authors: [p-0007]}
---
Gown.
"""
DOC = "controlled-docs/sop/SOP-014.md"
FILE = "quality-events/CAPA-2026-003.yaml"
EVENT = """\
id: CAPA-2026-003
title: Gloves
opened: 2026-09-14
owner: p-0003
actions:
  - {id: 1, kind: document, document: SOP-014@2, due: 2026-10-01, done: 2026-09-30}
  - {id: 2, kind: other, due: 2026-10-01, done: 2026-09-30}
closed: 2026-11-20
closed-by: p-0003
"""
ENDING = "cancelled: {on: 2026-11-20, by: p-0003, reason: r}\n"
TRAINING = "  - {id: 3, kind: training, documents: [SOP-014@2], people: [p-0042], due: 2026-10-15}\nclosed:"


def event(*changes: tuple[str, str]) -> dict[str, str]:
    text = EVENT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return {FILE: text}


def said(files: Files, day: date = TODAY) -> list[str]:
    return [f.message for f in findings_in({DOC: SOP, FILE: EVENT, **files}, day) if f.rule == RULE]


UNDONE = (", done: 2026-09-30", "")
CLOSED = ("closed: 2026-11-20\nclosed-by: p-0003\n", "")


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({}, id="all done"),
        pytest.param(event(UNDONE, CLOSED), id="open"),
        pytest.param(event(UNDONE, (CLOSED[0], ENDING)), id="cancelled"),
        pytest.param(event(("closed:", TRAINING)), id="training is asked about elsewhere"),
        pytest.param(event(("document: SOP-014@2, ", "")), id="a document action that names none"),
        pytest.param({DOC: "---\n{"}, id="a document that cannot be read"),
        pytest.param({**event(("kind: document", "kind: other"), ("SOP-014@2", "SOP-014@9"))}, id="of another kind"),
        pytest.param(event(("done: 2026-09-30", "done: 2026-12-30")), id="done later is a matter of dates"),
    ],
)
def test_nothing_is_said(files: Files):
    assert said(files) == []


@pytest.mark.parametrize(
    ("files", "messages"),
    [
        pytest.param(event(UNDONE), [f"closed on 2026-11-20, and action {n} is not done" for n in (1, 2)], id="both"),
        pytest.param(
            event(("SOP-014@2", "SOP-014@3")),
            ["closed on 2026-11-20, and action 1 counts as done although SOP-014@3 is not there"],
            id="no such revision",
        ),
        pytest.param(
            event(("SOP-014@2", "SOP-099@1")),
            ["closed on 2026-11-20, and action 1 counts as done although SOP-099@1 is not there"],
            id="no such document",
        ),
    ],
)
@pytest.mark.parametrize("day", [TODAY, date(2031, 1, 1)])
def test_each_action_is_said_once(files: Files, messages: list[str], day: date):
    assert said(files, day) == messages


@pytest.mark.parametrize(
    ("kind", "head", "end"),
    [
        pytest.param("AUD", "opened: 2026-09-14", "verified", id="a verified finding"),
        pytest.param("VAL", "activities: [filling]\nprotocol: VP-1", "released", id="a released validation"),
        pytest.param(
            "MR", "held: 2026-09-14\nperiod: {from: 2025-09-01, to: 2026-08-31}", "closed", id="a closed review"
        ),
    ],
)
def test_every_kind_is_asked(kind: str, head: str, end: str):
    text = f"id: {kind}-2026-003\ntitle: T\n{head}\nactions: [{{id: 7, kind: other, due: 2026-10-01}}]\n"
    path = f"quality-events/{kind}-2026-003.yaml"

    assert said({path: text}) == []
    assert said({path: f"{text}{end}: 2026-11-20\n{end}-by: p-0003\n"}) == [
        f"{end} on 2026-11-20, and action 7 is not done"
    ]


def test_a_revision_that_is_taken_away_is_seen_in_its_scope():
    before = {DOC: SOP, FILE: EVENT}
    after = {**before, DOC: "".join(line for line in SOP.splitlines(keepends=True) if "revision: 2" not in line)}

    assert said(before) == []
    assert [f.message for f in findings_in_scope(before, after) if f.rule == RULE] == said(after) != []
