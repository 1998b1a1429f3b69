"""A cause of training is answered by training, a CAPA, or the reason why there is none."""

from __future__ import annotations

from datetime import date

import pytest

from tests.laws import HEADS, TODAY, findings_in, findings_in_scope, findings_on

RULE = "training-cause-without-action"
ESCALATING = ["DEV", "NCR", "CMP", "GAP", "AUD"]
OTHERS = ["CAPA", "VAL", "MR"]
TRAINS = "actions: [{id: 1, kind: training, documents: [SOP-014], people: [p-0042], due: 2026-10-15}]\n"
DOES = "actions: [{id: 1, kind: other, due: 2026-10-15}]\n"


def said(kind: str, more: str, category: str = "training", day: date = TODAY) -> list[str]:
    cause = f"root-cause: {{category: {category}, summary: s}}\n"
    return [found.message for found in findings_on(kind, cause + more, day) if found.rule == RULE]


@pytest.mark.parametrize("kind", HEADS)
def test_training_is_an_answer_everywhere(kind: str):
    assert said(kind, TRAINS) == []


@pytest.mark.parametrize("kind", ESCALATING)
@pytest.mark.parametrize("more", ["capa: CAPA-2026-002\n", "no-capa: Trained since.\n"])
def test_so_is_a_capa_or_a_reason_where_the_kind_has_one(kind: str, more: str):
    assert said(kind, more) == []


@pytest.mark.parametrize(
    ("kind", "key"),
    [("DEV", "voided"), ("GAP", "voided"), ("AUD", "withdrawn"), ("CAPA", "cancelled"), ("VAL", "cancelled")],
)
def test_nothing_is_asked_of_an_event_that_ended_otherwise(kind: str, key: str):
    assert said(kind, f"{key}: {{on: 2026-10-01, by: p-0003, reason: r}}\n") == []


@pytest.mark.parametrize(
    "category", ["procedure", "human-error", "trainings-plan", "trainer", "training_records", "equipment"]
)
def test_other_causes_are_other_causes(category: str):
    assert said("DEV", "", category) == []


@pytest.mark.parametrize(
    "category", ["training", "TRAINING", "Training-content", "training content", "no training", "Retraining"]
)
def test_a_cause_of_training_in_other_words(category: str):
    assert said("DEV", DOES, category) == [
        "the cause is training, and there is no training action, no 'capa' and no 'no-capa'"
    ]


@pytest.mark.parametrize("kind", ESCALATING)
@pytest.mark.parametrize("more", ["", DOES, "closed: 2026-10-01\nclosed-by: p-0003\n"])
@pytest.mark.parametrize("day", [TODAY, date(2031, 1, 1)])
def test_open_or_closed_it_is_asked_once(kind: str, more: str, day: date):
    assert len(said(kind, more, day=day)) == 1


@pytest.mark.parametrize("kind", OTHERS)
def test_a_kind_that_is_the_answer_of_others_trains_by_itself(kind: str):
    assert said(kind, DOES) == [f"the cause is training, and no action of {kind}-2026-017 is training"]


@pytest.mark.parametrize("kind", ESCALATING)
@pytest.mark.parametrize(
    ("more", "words"),
    [
        pytest.param("capa: DEV-2026-001\n", "DEV-2026-001 is no CAPA", id="an event of another kind"),
        pytest.param("no-capa: n/a\n", "the 'no-capa' 'n/a' says nothing", id="no reason"),
    ],
)
def test_what_answers_nothing(kind: str, more: str, words: str):
    assert said(kind, more) == [f"the cause is training, there is no training action, and {words}"]


CAPA = "id: CAPA-2026-002\ntitle: T\nopened: 2026-09-14\nowner: p-0003\n"
CANCELLED = f"{CAPA}cancelled: {{on: 2026-10-02, by: p-0003, reason: r}}\n"
EVENT = f"""\
id: DEV-2026-017
title: T
{HEADS["DEV"]}root-cause: {{category: training, summary: s}}
capa: CAPA-2026-002
"""


def linked(capa: str, event: str = EVENT) -> dict[str, str]:
    return {"quality-events/CAPA-2026-002.yaml": capa, "quality-events/DEV-2026-017.yaml": event}


@pytest.mark.parametrize(
    ("files", "number"),
    [
        pytest.param(linked(CAPA), 0, id="open"),
        pytest.param(linked(f"{CAPA}closed: 2026-10-02\nclosed-by: p-0003\n"), 0, id="closed"),
        pytest.param(linked("{"), 0, id="unreadable"),
        pytest.param(linked(CANCELLED, f"{EVENT}closed: 2026-10-01\nclosed-by: p-0003\n"), 0, id="cancelled later"),
        pytest.param(linked(CANCELLED, f"{EVENT}no-capa: Trained since.\n"), 0, id="and there is a reason"),
        pytest.param(linked(CANCELLED, f"{EVENT}closed: 2026-10-02\nclosed-by: p-0003\n"), 1, id="on the closing day"),
        pytest.param(linked(CANCELLED), 1, id="the event is open"),
        pytest.param(linked(CANCELLED, f"{EVENT}no-capa: tbd\n"), 1, id="and no reason"),
    ],
)
@pytest.mark.parametrize("day", [TODAY, date(2031, 1, 1)])
def test_a_capa_that_was_cancelled_is_no_answer(files: dict[str, str], number: int, day: date):
    found = [one.message for one in findings_in(files, day) if one.rule == RULE]

    assert found == number * [
        "the cause is training, there is no training action, and CAPA-2026-002 was cancelled on 2026-10-02"
    ]


def test_cancelling_the_capa_is_seen_at_the_event():
    found = findings_in_scope(linked(CAPA), linked(CANCELLED))

    assert [one.place.path for one in found if one.rule == RULE] == ["quality-events/DEV-2026-017.yaml"]
