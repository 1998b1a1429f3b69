"""What of a training action may change once it is merged: it only grows."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws import Files, findings_of_change

RULE = "training-action-narrowed"
ACTION: dict[str, Any] = {
    "id": "1",
    "kind": "training",
    "documents": ["SOP-014@3", "WI-031"],
    "people": ["p-0042", "p-0057"],
    "roles": ["operator"],
    "suspend": "true",
    "opened": "2026-06-10",
    "due": "2026-12-01",
}
PLAIN = {"id": "2", "kind": "training", "documents": ["SOP-014"], "people": ["p-0042"], "due": "2026-12-01"}
LAMP = {"id": "3", "kind": "other", "title": "Lamp", "due": "2026-12-01"}
CLOSED = {"closed": "2026-11-20", "closed-by": "p-0003"}
REOPENED = {"reopened": [{"on": "2026-11-22", "by": "p-0003", "summary": "Again", **CLOSED}]}
CANCELLED = {"cancelled": {"on": "2026-11-01", "by": "p-0003", "reason": "r"}}
SOP = """\
---
id: SOP-014
title: Gowning
owner: operator
revisions:
  - {revision: 4, effective: 2026-12-24, summary: Fourth., impact: retrain, authors: [p-0007]}
  - {revision: 3, effective: 2026-12-15, summary: Third., impact: retrain, authors: [p-0007]WITHDRAWN}
  - {revision: 2, effective: 2025-01-10, summary: Second., impact: retrain, authors: [p-0007]}
  - {revision: 1, effective: 2024-01-10, summary: First., impact: retrain, authors: [p-0007]}
---
Gown.
"""


def capa(*actions: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A CAPA with some actions."""
    return {
        "id": "CAPA-2026-003",
        "title": "Gloves",
        "opened": "2026-06-01",
        "owner": "p-0003",
        "actions": list(actions),
        **more,
    }


def with_(**more: Any) -> dict[str, Any]:
    """The action with other values; without those that are None."""
    return {key: value for key, value in {**ACTION, **more}.items() if value is not None}


def said(before: dict[str, Any] | str, after: dict[str, Any] | str, files: Files | None = None) -> list[str]:
    """What the rule says of an event that is altered."""
    name = next(event["id"] for event in (before, after) if isinstance(event, dict))
    path = f"quality-events/{name}.yaml"
    old, new = (event if isinstance(event, str) else json.dumps(event, indent=1) for event in (before, after))
    found = findings_of_change({**(files or {}), path: old}, {**(files or {}), path: new})
    return [finding.message for finding in found if finding.rule == RULE]


NO_LONGER = "training action 1 no longer asks"


@pytest.mark.parametrize(
    ("before", "after", "messages"),
    [
        pytest.param(capa(ACTION), capa(with_(title="Gown", owner="p-0011")), [], id="what it asks for is the same"),
        pytest.param(capa(ACTION), capa(LAMP, ACTION), [], id="in another place of the list"),
        pytest.param(
            capa(ACTION),
            capa(with_(documents=["WI-031@2", "SOP-014@3", "TRN-001"], people=["p-1", "p-0057", "p-0042"])),
            [],
            id="more documents and people, and a revision for what had none",
        ),
        pytest.param(
            capa(PLAIN), capa({**PLAIN, "suspend": "true", "opened": "2026-05-01"}), [], id="suspended sooner"
        ),
        pytest.param(capa(PLAIN), capa({**PLAIN, "opened": "2026-06-01"}), [], id="opened when the event was"),
        pytest.param(
            capa(ACTION),
            capa(with_(people=["p-0042"]), corrected=[{"on": "2026-11-22", "by": "p-0003", "reason": "Not there."}]),
            [f"{NO_LONGER} p-0057"],
            id="a correction does not excuse it",
        ),
        pytest.param(capa(PLAIN), capa({**PLAIN, "due": "2027-01-01"}), [], id="due later: said by another rule"),
        pytest.param(capa(LAMP), capa(), [], id="an action that is no training"),
        pytest.param(capa(ACTION, **CLOSED), capa(**CLOSED), [], id="closed: said by another rule"),
        pytest.param(capa(ACTION, **CANCELLED), capa(**CANCELLED), [], id="cancelled: said by another rule"),
        pytest.param(capa(ACTION), "{", [], id="unreadable"),
        pytest.param("{", capa(), [], id="it was unreadable"),
        pytest.param(
            capa(ACTION, PLAIN, PLAIN), capa(ACTION, PLAIN, {**PLAIN, "id": "4"}), [], id="the second of a number twice"
        ),
        pytest.param(
            capa(ACTION),
            capa(),
            ["training action 1 of CAPA-2026-003 is gone: it asked for SOP-014@3, WI-031"],
            id="gone",
        ),
        pytest.param(
            capa(ACTION),
            capa(with_(id="4")),
            ["training action 1 of CAPA-2026-003 has another number now, 4"],
            id="another number",
        ),
        pytest.param(
            capa(ACTION),
            capa(with_(id="4", people=None)),
            ["training action 1 of CAPA-2026-003 is gone"],
            id="another number and fewer people",
        ),
        pytest.param(
            capa(ACTION),
            capa(with_(kind="other", done="2026-11-22")),
            ["action 1 was a training action, and is of the kind 'other' now"],
            id="another kind",
        ),
        pytest.param(
            capa(ACTION), capa(with_(documents=["SOP-014@3"])), [f"{NO_LONGER} for WI-031"], id="a document less"
        ),
        pytest.param(
            capa(ACTION),
            capa(with_(documents=["SOP-014", "WI-031"])),
            [f"{NO_LONGER} for SOP-014@3"],
            id="no revision where there was one",
        ),
        pytest.param(
            capa(ACTION),
            capa(with_(documents=["SOP-014@4", "WI-031"])),
            [f"{NO_LONGER} for SOP-014@3"],
            id="another revision",
        ),
        pytest.param(
            capa(ACTION), capa(with_(roles=["lead"])), [f"{NO_LONGER} the holders of operator"], id="another role"
        ),
        pytest.param(capa(ACTION), capa(with_(people=None)), [f"{NO_LONGER} p-0042, p-0057"], id="nobody by name"),
        pytest.param(
            capa(ACTION),
            capa(with_(suspend=None)),
            ["training action 1 no longer suspends the holders of its roles"],
            id="not suspended",
        ),
        pytest.param(
            capa(ACTION),
            capa(with_(opened="2026-06-11")),
            ["training action 1 was open from 2026-06-10 on, and now only from 2026-06-11 on"],
            id="opened a day later",
        ),
        pytest.param(capa(ACTION), capa(with_(opened=None)), [], id="opened when the event was, sooner"),
        pytest.param(
            capa(PLAIN),
            capa({**PLAIN, "opened": "2026-06-02"}),
            ["training action 2 was open from 2026-06-01 on, and now only from 2026-06-02 on"],
            id="opened later than the event",
        ),
        pytest.param(
            capa(PLAIN),
            capa(PLAIN, opened="2026-06-02"),
            ["training action 2 was open from 2026-06-01 on, and now only from 2026-06-02 on"],
            id="the event opened later",
        ),
        pytest.param(
            capa(ACTION, **CLOSED),
            capa(with_(people=["p-0042"]), **REOPENED),
            [f"{NO_LONGER} p-0057"],
            id="as it is reopened",
        ),
        pytest.param(
            capa(ACTION),
            capa(with_(people=["p-0042"]), **CLOSED),
            [f"{NO_LONGER} p-0057"],
            id="as it is closed",
        ),
        pytest.param(
            capa(ACTION, PLAIN),
            capa(with_(documents=["WI-031"], roles=None, people=["p-0042"]), LAMP),
            [
                f"{NO_LONGER} for SOP-014@3",
                f"{NO_LONGER} the holders of operator",
                f"{NO_LONGER} p-0057",
                "training action 2 of CAPA-2026-003 is gone",
            ],
            id="each loss once",
        ),
    ],
)
def test_an_action_only_grows(before: Any, after: Any, messages: list[str]):
    found = said(before, after)

    assert len(found) == len(messages), found
    assert all(any(one.startswith(message) for one in found) for message in messages), found


@pytest.mark.parametrize(
    ("text", "documents", "number"),
    [
        pytest.param(SOP.replace("WITHDRAWN", ", withdrawn: 2026-11-20"), ["SOP-014@4", "WI-031"], 0, id="replaced"),
        pytest.param("---\n{", ["SOP-014@4", "WI-031"], 0, id="nobody knows, the document cannot be read"),
        pytest.param(
            SOP.replace("WITHDRAWN", ", withdrawn: 2026-11-20"), ["SOP-014", "WI-031"], 1, id="by no revision"
        ),
        pytest.param(SOP.replace("WITHDRAWN", ", withdrawn: 2026-11-20"), ["WI-031"], 1, id="by nothing"),
        pytest.param(SOP.replace("WITHDRAWN", ""), ["SOP-014@4", "WI-031"], 1, id="it is not withdrawn"),
        pytest.param(
            SOP.replace("WITHDRAWN", ", withdrawn: 2026-11-20"), ["SOP-014@2", "WI-031"], 1, id="by an older one"
        ),
        pytest.param(
            SOP.replace("WITHDRAWN", ", withdrawn: 2026-11-20"), ["SOP-014@5", "WI-031"], 1, id="by one not there yet"
        ),
        pytest.param(
            SOP.replace("WITHDRAWN", "").replace("12-15", "06-01").replace("12-24", "11-22"),
            ["SOP-014@4", "WI-031"],
            0,
            id="it is superseded since today",
        ),
        pytest.param(
            SOP.replace("WITHDRAWN", "").replace("12-15", "06-01").replace("12-24", "11-23"),
            ["SOP-014@4", "WI-031"],
            1,
            id="it is superseded from tomorrow on",
        ),
        pytest.param(
            SOP.replace("WITHDRAWN", "").replace("12-15", "06-01").replace("12-24", "11-22"),
            ["SOP-014@2", "WI-031"],
            1,
            id="superseded, by an older one",
        ),
    ],
)
def test_a_withdrawn_revision_is_replaced(text: str, documents: list[str], number: int):
    """Nobody can be trained on a revision that was withdrawn, so another one of its document takes its place."""
    files = {"controlled-docs/sop/SOP-014.md": text}

    assert len(said(capa(ACTION), capa(with_(documents=documents)), files)) == number


@pytest.mark.parametrize(
    ("label", "number"),
    [
        pytest.param("2", 0, id="in force"),
        pytest.param("4", 0, id="coming"),
        pytest.param("5", 0, id="not there yet"),
        pytest.param("1", 1, id="superseded"),
        pytest.param("3", 1, id="withdrawn"),
    ],
)
def test_a_document_is_narrowed_to_a_revision_that_is_or_will_be_in_force(label: str, number: int):
    """On an old revision everybody may have been trained already."""
    files = {"controlled-docs/sop/SOP-014.md": SOP.replace("WITHDRAWN", ", withdrawn: 2026-11-20")}
    found = said(capa(PLAIN), capa({**PLAIN, "documents": [f"SOP-014@{label}"]}), files)

    assert found == number * ["training action 2 no longer asks for SOP-014"]


def test_a_deviation_that_is_reported_later_suspends_later():
    """The place is the key of the day from which the event is open, whatever its kind calls it."""
    event = {"id": "DEV-2026-001", "title": "G", "occurred": "2026-06-01T09:40:00+02:00", "reported": "2026-06-01"}
    path = "quality-events/DEV-2026-001.yaml"
    before, after = ({**event, "reported": day, "actions": [PLAIN]} for day in ("2026-06-01", "2026-06-03"))
    change = findings_of_change({path: json.dumps(before, indent=1)}, {path: json.dumps(after, indent=1)})
    (found,) = [finding for finding in change if finding.rule == RULE]

    assert found.place.line == 5


@pytest.mark.parametrize(
    ("before", "after", "number"),
    [
        pytest.param(PLAIN, {**PLAIN, "opened": "2026-06-01"}, 0, id="it suspended nobody"),
        pytest.param({**PLAIN, "opened": "2026-06-01"}, PLAIN, 1, id="it suspends nobody any more"),
    ],
)
def test_a_validation_may_have_no_beginning(before: dict[str, Any], after: dict[str, Any], number: int):
    event = {"id": "VAL-2026-001", "title": "L", "activities": ["fill"], "protocol": "P"}

    assert len(said({**event, "actions": [before]}, {**event, "actions": [after]})) == number


NAMES = st.lists(st.sampled_from(["p-1", "p-2", "p-3", "p-4"]), min_size=1, unique=True)


@given(NAMES, NAMES)
def test_nobody_is_ever_let_off(named: list[str], then: list[str]):
    """Whatever the lists, it is silent exactly where all who were named still are."""
    found = said(capa({**PLAIN, "people": named}), capa({**PLAIN, "people": then}))

    assert bool(found) is bool(set(named) - set(then))
