"""What may still be done to a closed event: nothing, but to reopen it."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws import findings_of_change

RULE = "closed-event-altered"
CAPA: dict[str, Any] = {
    "id": "CAPA-2026-003",
    "title": "Gloves",
    "opened": "2026-06-01",
    "owner": "p-0003",
    "actions": [
        {
            "id": "1",
            "kind": "other",
            "title": "Shield",
            "due": "2026-09-01",
            "done": "2026-10-01",
            "extensions": [{"on": "2026-08-20", "to": "2026-10-10", "by": "p-0003", "reason": "Delivered late"}],
        }
    ],
    "effectiveness": {
        "criterion": "None torn",
        "period": "30 days",
        "assessor": "p-0005",
        "checks": [{"on": "2026-11-10", "outcome": "effective", "summary": "None seen."}],
    },
    "closed": "2026-11-20",
    "closed-by": "p-0003",
}
ENTRY = {"on": "2026-11-22", "by": "p-0003", "summary": "Again", "closed": "2026-11-20", "closed-by": "p-0003"}
FIRST = {**ENTRY, "on": "2026-07-02", "closed": "2026-07-01"}


def reopened(event: dict[str, Any] = CAPA, *entries: dict[str, str], **more: Any) -> dict[str, Any]:
    """An event that was opened again, and altered otherwise."""
    kept = {key: value for key, value in event.items() if key not in ("closed", "closed-by")}
    return {**deepcopy(kept), "reopened": [*event.get("reopened", []), *(entries or (ENTRY,))], **more}


def said(before: dict[str, Any] | str, after: dict[str, Any] | str) -> list[str]:
    """What the rule says of an event that is altered."""
    name = before["id"] if isinstance(before, dict) else "CAPA-2026-003"
    path = f"quality-events/{name}.yaml"
    old, new = (event if isinstance(event, str) else json.dumps(event, indent=1) for event in (before, after))
    return [finding.message for finding in findings_of_change({path: old}, {path: new}) if finding.rule == RULE]


def without(*keys: str) -> dict[str, Any]:
    """The CAPA without some keys."""
    return {key: value for key, value in CAPA.items() if key not in keys}


def in_plan(**more: Any) -> dict[str, Any]:
    """The plan of the CAPA with other values."""
    return {"effectiveness": {**CAPA["effectiveness"], **more}}


OTHER_CHECK = [{**CAPA["effectiveness"]["checks"][0], "outcome": "not-effective"}]
MORE_CHECKS = [*CAPA["effectiveness"]["checks"], *OTHER_CHECK]
ONCE = {**CAPA, "reopened": [FIRST]}
UNEXTENDED = [{key: value for key, value in CAPA["actions"][0].items() if key != "extensions"}]
CLOSED = "closed on 2026-11-20, and"
OPENED = f"{CLOSED} open again without a new `reopened` entry"


@pytest.mark.parametrize(
    ("before", "after", "messages"),
    [
        pytest.param(without("closed", "closed-by"), {**CAPA, "title": "Gloves 2"}, [], id="it was open"),
        pytest.param(CAPA, "# as it was\n" + json.dumps(CAPA), [], id="another layout, and a comment"),
        pytest.param(CAPA, "{", [], id="unreadable"),
        pytest.param("{", CAPA, [], id="it was unreadable"),
        pytest.param(CAPA, reopened(), [], id="reopened"),
        pytest.param(CAPA, reopened(title="Gloves, again"), [], id="reopened with another title"),
        pytest.param(CAPA, reopened(**in_plan(checks=MORE_CHECKS)), [], id="reopened for a check that failed"),
        pytest.param(ONCE, reopened(ONCE), [], id="reopened for the second time"),
        pytest.param(
            {**CAPA, "actions": []}, reopened({**CAPA, "actions": []}, actions=UNEXTENDED), [], id="with an action more"
        ),
        pytest.param(without("closed-by"), reopened(), [], id="closed by nobody whom the base names"),
        pytest.param(CAPA, {**CAPA, "title": "Gloves 2"}, [f"{CLOSED} 'title' was Gloves then"], id="a title"),
        pytest.param(
            CAPA, {**CAPA, "conclusion": "Done"}, [f"{CLOSED} 'conclusion' was not there then"], id="a key more"
        ),
        pytest.param(CAPA, without("owner"), [], id="a key less that it needs: unreadable"),
        pytest.param(
            CAPA, without("effectiveness"), ['\'effectiveness\' was {"criterion": "None torn"'], id="the plan is gone"
        ),
        pytest.param(
            CAPA,
            {**CAPA, **in_plan(checks=OTHER_CHECK)},
            [f"{CLOSED} 'outcome' was effective then"],
            id="the outcome of a check",
        ),
        pytest.param(
            CAPA, {**CAPA, **in_plan(checks=MORE_CHECKS)}, [f"{CLOSED} 'checks' had 1 entry then"], id="a check more"
        ),
        pytest.param(
            CAPA, {**CAPA, **in_plan(checks=[])}, ['\'checks\' had the entry {"on": "2026-11-10"'], id="a check less"
        ),
        pytest.param(CAPA, {**CAPA, "actions": UNEXTENDED}, ["'extensions' had the entry"], id="an extension less"),
        pytest.param(CAPA, {**CAPA, "sources": ["DEV-2026-001"]}, ["'sources' was [] then"], id="a source more"),
        pytest.param(CAPA, {**CAPA, "closed": "2026-11-21"}, ["'closed' was 2026-11-20 then"], id="closed another day"),
        pytest.param(CAPA, without("closed", "closed-by"), [OPENED], id="open again, and no word of it"),
        pytest.param(
            CAPA,
            {**CAPA, "cancelled": {"on": "2026-11-22", "by": "p-0003", "reason": "r"}},
            [f"{CLOSED} 'cancelled' was not there then"],
            id="cancelled afterwards",
        ),
        pytest.param(
            CAPA,
            reopened(CAPA, {**ENTRY, "closed": "2026-11-19", "closed-by": "p-0005"}),
            [
                "closed on 2026-11-20 in the base, and the reopening says 2026-11-19",
                "closed by p-0003 in the base, and the reopening says p-0005",
            ],
            id="another closing is undone",
        ),
        pytest.param(
            CAPA,
            {**reopened(), "closed": "2026-11-22", "closed-by": "p-0003"},
            ["reopened and closed again in one change"],
            id="reopened and closed at once",
        ),
        pytest.param(
            CAPA,
            {**CAPA, "reopened": [ENTRY]},
            ["reopened, and `closed: 2026-11-20` is still there"],
            id="still closed",
        ),
        pytest.param(
            CAPA,
            {**reopened(), "closed-by": "p-0003"},
            ["reopened, and `closed-by: p-0003` is still there"],
            id="still closed by somebody",
        ),
        pytest.param(
            CAPA,
            reopened(cancelled={"on": "2026-11-22", "by": "p-0003", "reason": "r"}),
            ["reopened and cancelled in one change"],
            id="reopened and cancelled at once",
        ),
        pytest.param(
            CAPA, reopened(CAPA, ENTRY, ENTRY), ["reopened 2 times in one change, and it was closed once"], id="twice"
        ),
        pytest.param(
            ONCE,
            {**reopened(), "reopened": [{**FIRST, "summary": "s"}, ENTRY]},
            ["the reopening of 2026-07-02, of what was closed on 2026-07-01, is altered, moved or gone"],
            id="an earlier reopening is altered",
        ),
        pytest.param(ONCE, reopened(CAPA), [OPENED], id="one in place of an earlier one"),
        pytest.param(
            CAPA,
            reopened(**in_plan(checks=OTHER_CHECK)),
            ["the check of 2026-11-10, effective, is altered, moved or gone as the event is reopened"],
            id="a check is altered as it is reopened",
        ),
        pytest.param(
            CAPA, reopened(effectiveness=None), ["the check of 2026-11-10, effective, is altered"], id="no plan"
        ),
        pytest.param(
            CAPA,
            reopened(actions=[]),
            ["the extension of 2026-08-20 to 2026-10-10 of action 1, is altered"],
            id="an action with its extension is gone",
        ),
    ],
)
def test_a_closed_event_is_only_reopened(before: Any, after: Any, messages: list[str]):
    after = {key: value for key, value in after.items() if value is not None} if isinstance(after, dict) else after
    found = said(before, after)

    assert len(found) == len(messages), found
    assert all(any(message in one for one in found) for message in messages), found


AUD = {"id": "AUD-2026-002", "title": "Logbook", "opened": "2026-06-01"}
VERIFIED = {**AUD, "verified": "2026-11-18", "verified-by": "p-0005"}
BY = {"closed": "2026-11-18", "closed-by": "p-0005"}
VAL = {"id": "VAL-2026-001", "title": "Line 2", "activities": ["fill"], "protocol": "PQ-7"}
RELEASED = {**VAL, "released": "2026-11-18", "released-by": "p-0005"}
VOIDED = {**AUD, "id": "CMP-2026-001", "voided": {"on": "2026-11-18", "by": "p-0003", "reason": "A duplicate"}}


@pytest.mark.parametrize(
    ("before", "after", "messages"),
    [
        pytest.param(AUD, VERIFIED, [], id="a finding is verified"),
        pytest.param(VERIFIED, {**VERIFIED, **BY}, [], id="a verified finding is closed"),
        pytest.param(VERIFIED, reopened(AUD, {**ENTRY, **BY}), [], id="a verified finding is reopened"),
        pytest.param(RELEASED, reopened(VAL, {**ENTRY, **BY}), [], id="a released validation is reopened"),
        pytest.param(
            VERIFIED,
            {**VERIFIED, **BY, "title": "Logbooks"},
            ["verified on 2026-11-18, and 'title' was Logbook then"],
            id="closed, and altered",
        ),
        pytest.param(
            VERIFIED, {**VERIFIED, "closed-by": "p-1"}, ["'closed-by' was not there then"], id="closed by, but not when"
        ),
        pytest.param(
            {**VERIFIED, **BY},
            {**VERIFIED, **BY, "closed": "2026-11-19"},
            ["'closed' was 2026-11-18"],
            id="closed anew",
        ),
        pytest.param(
            VERIFIED,
            {**AUD, "verified": "2026-11-22", "reopened": [{**ENTRY, **BY}]},
            ["reopened and verified again in one change"],
            id="reopened and verified at once",
        ),
        pytest.param(
            {**VERIFIED, **BY},
            reopened(VERIFIED, {**ENTRY, **BY}),
            ["reopened, and `verified: 2026-11-18` is still there"],
            id="reopened, and still verified",
        ),
        pytest.param(
            VERIFIED,
            reopened(AUD),
            [
                "verified on 2026-11-18 in the base, and the reopening says 2026-11-20",
                "verified by p-0005 in the base, and the reopening says p-0003",
            ],
            id="another verification is undone",
        ),
        pytest.param(
            RELEASED,
            {**RELEASED, "report": "PQR-7"},
            ["released on 2026-11-18, and 'report' was not there then"],
            id="a released validation",
        ),
        pytest.param(
            VOIDED, {**VOIDED, "title": "L"}, ["voided on 2026-11-18, and 'title' was Logbook then"], id="voided"
        ),
        pytest.param(
            VOIDED,
            {**AUD, "id": VOIDED["id"], "reopened": [{**ENTRY, **BY}]},
            ["voided on 2026-11-18, and 'reopened' had no entry then"],
            id="voided, and reopened",
        ),
        pytest.param(
            VOIDED, {**AUD, "id": VOIDED["id"]}, ['\'voided\' was {"on": "2026-11-18"'], id="no longer voided"
        ),
        pytest.param(
            VOIDED, {**VOIDED, "closed": "2026-11-22"}, ["'closed' was not there then"], id="voided, and closed"
        ),
    ],
)
def test_each_kind_has_its_own_end(before: Any, after: Any, messages: list[str]):
    found = said(before, after)

    assert len(found) == len(messages), found
    assert all(any(message in one for one in found) for message in messages), found


@given(st.sampled_from(sorted(CAPA.keys() - {"id"})), st.booleans())
def test_whatever_is_altered_is_seen(key: str, gone: bool):
    """No key of a closed event can be altered or taken away, but that one finding says so, or it is unreadable."""
    other: dict[str, Any] = {
        "title": "T",
        "opened": "2026-06-02",
        "owner": "p-9",
        "actions": [],
        "effectiveness": {**CAPA["effectiveness"], "period": "1 day"},
        "closed": "2026-11-21",
        "closed-by": "p-9",
    }
    after = without(key) if gone else {**CAPA, key: other[key]}
    needed = gone and key in {"title", "opened", "owner"}

    assert len(said(CAPA, after)) == (not needed)


def test_a_mending_fits_the_fault():
    """Each fault says what to do about it."""
    path = "quality-events/CMP-2026-001.yaml"
    found = findings_of_change({path: json.dumps(VOIDED)}, {path: json.dumps({**VOIDED, "title": "L"})})

    assert [finding.fix for finding in found if finding.rule == RULE] == [
        "restore the record: an event that was voided is not altered"
    ]
