"""Who may void, cancel or withdraw an event, and until when."""

from __future__ import annotations

import pytest

from tests.laws import HEADS, POLICY, Files, findings_of_change

RULE = "ending-not-entitled"
KEYS = {"AUD": "withdrawn", "CAPA": "cancelled", "VAL": "cancelled"}
DOES = {"voided": "voids", "cancelled": "cancels", "withdrawn": "withdraws"}
QUALITY = """\
id: p-0003
name: Astrid
kind: employee
employed: {from: 2024-03-01}
roles: [{role: quality-assurance, from: 2024-03-01%s}]
"""
WHO = "roles/people/p-0003.yaml"
PEOPLE = {
    WHO: QUALITY % "",
    "roles/people/p-0042.yaml": "{id: p-0042, name: Ingrid, kind: employee, employed: {from: 2024-03-01}}\n",
}
DONE = "actions: [{id: 1, kind: other, due: 2026-10-15, done: 2026-10-01}]\n"
UNDONE = DONE.replace(", done: 2026-10-01", "")


def path(kind: str) -> str:
    return f"quality-events/{kind}-2026-017.yaml"


def event(kind: str, more: str = "") -> dict[str, str]:
    return {path(kind): f"id: {kind}-2026-017\ntitle: T\n{HEADS[kind]}{more}"}


def ending(kind: str, by: str = "p-0003", on: str = "2026-11-20") -> str:
    return f"{KEYS.get(kind, 'voided')}: {{on: {on}, by: {by}, reason: r}}\n"


def said(before: Files, after: Files) -> list[str]:
    found = findings_of_change(before, after)
    assert not [f for f in found if f.rule == "unreadable"], found
    return [f.message for f in found if f.rule == RULE]


@pytest.mark.parametrize("kind", [kind for kind in HEADS if kind != "MR"])
def test_the_quality_unit_ends_an_event(kind: str):
    assert said({**PEOPLE, **event(kind)}, {**PEOPLE, **event(kind, ending(kind))}) == []


@pytest.mark.parametrize("kind", [kind for kind in HEADS if kind != "MR"])
def test_nobody_else_does(kind: str):
    """Whether the event was there before or comes with the change."""
    ended = {**PEOPLE, **event(kind, ending(kind, "p-0042"))}
    message = f"p-0042 is not of the quality unit on 2026-11-22, and {DOES[KEYS.get(kind, 'voided')]} {kind}-2026-017"

    assert said({**PEOPLE, **event(kind)}, ended) == [message]
    assert said(PEOPLE, ended) == [message]


BY_HER = event("DEV", ending("DEV", "p-0042"))
BY_QUALITY = event("DEV", ending("DEV"))


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        pytest.param({**PEOPLE, **BY_HER}, {**PEOPLE, **BY_HER}, None, id="as it was"),
        pytest.param(
            {**PEOPLE, **BY_HER},
            {**PEOPLE, **event("DEV", ending("DEV", "p-0042") + "scope: s\n")},
            None,
            id="another key",
        ),
        pytest.param({**PEOPLE, **BY_QUALITY}, {**PEOPLE, **event("DEV")}, None, id="taken back is no ending"),
        pytest.param({**PEOPLE, **BY_HER}, PEOPLE, None, id="removed"),
        pytest.param({**PEOPLE, WHO: "{", **event("DEV")}, {**PEOPLE, WHO: "{", **BY_QUALITY}, None, id="unreadable"),
        pytest.param(
            {**PEOPLE, WHO: QUALITY % ", to: 2026-11-22", **event("DEV")},
            {**PEOPLE, WHO: QUALITY % ", to: 2026-11-22", **BY_QUALITY},
            None,
            id="on her last day in the role",
        ),
        pytest.param(
            {**PEOPLE, WHO: QUALITY % ", to: 2026-11-21", **event("DEV")},
            {**PEOPLE, WHO: QUALITY % ", to: 2026-11-21", **BY_QUALITY},
            "p-0003 is not of the quality unit",
            id="no longer in the role",
        ),
        pytest.param(
            {**PEOPLE, WHO: QUALITY.replace("quality-assurance", "lead") % "", **event("DEV")},
            {**PEOPLE, **BY_QUALITY},
            "p-0003 is not of the quality unit",
            id="in the role since this change",
        ),
        pytest.param({**PEOPLE, **BY_HER}, {**PEOPLE, **BY_QUALITY}, None, id="put right"),
        pytest.param({**PEOPLE, **BY_QUALITY}, {**PEOPLE, **BY_HER}, "p-0042 is not of", id="altered"),
        pytest.param(
            {**PEOPLE, **event("DEV")},
            {**PEOPLE, **event("DEV", ending("DEV", "p-0099"))},
            "p-0099 is not of",
            id="unknown",
        ),
        pytest.param(
            {},
            {**PEOPLE, WHO: QUALITY % ", to: 2026-11-20", **BY_QUALITY},
            None,
            id="in the founding import, on the day of the decision",
        ),
        pytest.param(
            {},
            {**PEOPLE, WHO: QUALITY % ", to: 2026-11-19", **BY_QUALITY},
            "p-0003 is not of the quality unit on 2026-11-20",
            id="and not on that day either",
        ),
    ],
)
def test_it_is_judged_by_the_base_on_the_day_of_the_change(before: Files, after: Files, message: str | None):
    found = said(before, after)

    assert bool(found) is bool(message)
    assert all(message and message in one for one in found)


# --- a CAPA whose actions are done ------------------------------------------------------------------------------------

SOP = {
    "controlled-docs/sop/SOP-014.md": "---\nid: SOP-014\ntitle: T\nowner: o\nrevisions:\n  - {revision: 1, effective: "
    "2026-09-01, summary: s, impact: retrain, authors: [p-0007]}\n---\nText.\n"
}
TRAINING = "actions: [{id: 1, kind: training, documents: [SOP-014@1], people: [p-0042], due: 2026-10-15}]\n"
ITEMS = {
    "training-records/assignments/CAPA-2026-017/1.yaml": "assignment: CAPA-2026-017/1\ncause: capa\nassigned: 2026-09-12\n"
    "items:\n  - {document: SOP-014@1, due: 2026-10-15, method: [read], people: [p-0042], "
    f'text: "sha256:{64 * "0"}"}}\n'
}
COMPLETIONS = "training-records/completions/p-0042/SOP-014.yaml"
COMPLETED = "- {document: SOP-014@1, completed: 2026-10-01T09:00:00Z, method: [read], assignments: [CAPA-2026-017/1]}\n"
TRAINED = {**SOP, **ITEMS, COMPLETIONS: COMPLETED}
TOO_LATE = "cancelled on 2026-11-20, and the last of its actions was done on 2026-10-01"


@pytest.mark.parametrize(
    ("before", "after", "messages"),
    [
        pytest.param(event("CAPA"), event("CAPA", ending("CAPA")), [], id="no action"),
        pytest.param(event("CAPA", UNDONE), event("CAPA", UNDONE + ending("CAPA")), [], id="an open action"),
        pytest.param({}, event("CAPA", UNDONE + ending("CAPA")), [], id="a new event with an open one"),
        pytest.param(
            event("CAPA", UNDONE),
            event("CAPA", DONE.replace("2026-10-01", "2026-11-21") + ending("CAPA")),
            [],
            id="done after the decision",
        ),
        pytest.param(
            {**SOP, **ITEMS, **event("CAPA", TRAINING)},
            {**SOP, **ITEMS, **event("CAPA", TRAINING + ending("CAPA"))},
            [],
            id="training that is not done",
        ),
        pytest.param(
            {**TRAINED, COMPLETIONS: "- {", **event("CAPA", TRAINING)},
            {**TRAINED, COMPLETIONS: "- {", **event("CAPA", TRAINING + ending("CAPA"))},
            [],
            id="or that cannot be read",
        ),
        pytest.param(event("VAL", DONE), event("VAL", DONE + ending("VAL")), [], id="a validation"),
        pytest.param(event("CAPA", DONE), event("CAPA", DONE + ending("CAPA")), [TOO_LATE], id="all done"),
        pytest.param({}, event("CAPA", DONE + ending("CAPA")), [TOO_LATE], id="all done in a new event"),
        pytest.param(
            event("CAPA", UNDONE), event("CAPA", DONE + ending("CAPA")), [TOO_LATE], id="done in the same change"
        ),
        pytest.param(event("CAPA", DONE), event("CAPA", ending("CAPA")), [TOO_LATE], id="and the actions taken out"),
        pytest.param(
            {**TRAINED, **event("CAPA", TRAINING)},
            {**TRAINED, **event("CAPA", TRAINING + ending("CAPA"))},
            [TOO_LATE],
            id="everybody trained",
        ),
    ],
)
def test_a_capa_is_cancelled_only_while_something_is_left_to_do(before: Files, after: Files, messages: list[str]):
    base = {"qmsci.yaml": POLICY, **PEOPLE}

    assert said({**base, **before}, {**base, **after}) == messages


def test_each_fault_has_its_place():
    found = findings_of_change(
        {**PEOPLE, **event("CAPA", DONE)}, {**PEOPLE, **event("CAPA", DONE + ending("CAPA", "p-0042"))}
    )

    assert [(f.place.line, f.place.column) for f in found if f.rule == RULE] == [(6, 1), (6, 29)]
