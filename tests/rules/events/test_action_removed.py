"""What was promised stays, until it is done or the quality unit drops it."""

from __future__ import annotations

import pytest

from tests.laws import findings_in, findings_of_change

PATH = "quality-events/CAPA-1.yaml"
HEAD = "id: CAPA-1\ntitle: T\nopened: 2026-09-14\nowner: p-0003\n"
MIRROR = "{id: 1, kind: other, title: A mirror, due: 2026-12-11}"
REVISE = "{id: 2, kind: document, document: SOP-014@3, due: 2026-12-11}"
DROPPED = "{id: 1, kind: other, title: A mirror, due: 2026-12-11, dropped: {on: 2026-11-20, by: BY, reason: Built in.}}"
QUALITY = """\
id: p-0003
name: A
kind: employee
employed: {from: 2024-01-15}
roles: [{role: quality-assurance, from: 2024-01-15}]
"""
CLOSED = "closed: 2026-11-20\nclosed-by: p-0003\n"
AGAIN = "reopened: [{on: 2026-11-22, by: p-0003, summary: S, closed: 2026-11-20, closed-by: p-0003}]\n"


def capa(*actions: str, more: str = "") -> str:
    """A CAPA with some actions."""
    return f"{HEAD}actions: [{', '.join(actions)}]\n{more}"


@pytest.mark.parametrize(
    ("before", "after", "messages"),
    [
        pytest.param(capa(MIRROR), capa(MIRROR, REVISE), [], id="one more"),
        pytest.param(capa(MIRROR, REVISE), capa(REVISE, MIRROR), [], id="in another order"),
        pytest.param(capa(MIRROR), capa(MIRROR.replace("A mirror", "Two mirrors")), [], id="said better"),
        pytest.param(capa(REVISE), capa(REVISE.replace("@3", "@4")), [], id="another revision of the document"),
        pytest.param(capa(MIRROR), capa(DROPPED.replace("BY", "p-0003")), [], id="dropped"),
        pytest.param("{", capa(), [], id="it could not be read before"),
        pytest.param(capa(MIRROR), "{", [], id="it cannot be read now"),
        pytest.param(capa(MIRROR), capa(), ["action 1 of CAPA-1 is gone: A mirror"], id="gone"),
        pytest.param(capa(REVISE), capa(), ["action 2 of CAPA-1 is gone: SOP-014@3"], id="a document action"),
        pytest.param(
            capa(MIRROR),
            capa(MIRROR.replace("id: 1", "id: 7")),
            ["action 1 of CAPA-1 is gone: A mirror"],
            id="renumbered",
        ),
        pytest.param(
            capa(REVISE),
            capa("{id: 2, kind: document, due: 2026-12-11}"),
            ["action 2 was to revise SOP-014, and names no document now"],
            id="no document",
        ),
        pytest.param(
            capa(MIRROR),
            capa(MIRROR.replace("other", "document")),
            ["action 1 was of the kind 'other', and is of the kind 'document' now"],
            id="another kind",
        ),
        pytest.param(
            capa(DROPPED.replace("BY", "p-0003")),
            capa(MIRROR),
            ["action 1 was dropped on 2026-11-20 when it was merged"],
            id="no longer dropped",
        ),
        pytest.param(
            capa(MIRROR, more=CLOSED), capa(more=AGAIN), ["action 1 of CAPA-1 is gone: A mirror"], id="in the reopening"
        ),
        pytest.param(capa(MIRROR, more=CLOSED), capa(more=CLOSED), [], id="closed: closed-event-altered says it"),
    ],
)
def test_a_promise_stays(before: str, after: str, messages: list[str]):
    found = findings_of_change({PATH: before}, {PATH: after})

    assert [finding.message for finding in found if finding.rule == "action-removed"] == messages


@pytest.mark.parametrize(
    ("by", "flagged"), [pytest.param("p-0003", False, id="quality"), pytest.param("p-0042", True, id="production")]
)
def test_only_the_quality_unit_drops(by: str, flagged: bool):
    person = {"roles/people/p-0003.yaml": QUALITY}
    found = findings_of_change({**person, PATH: capa(MIRROR)}, {**person, PATH: capa(DROPPED.replace("BY", by))})

    assert ("ending-not-entitled" in {finding.rule for finding in found}) is flagged


@pytest.mark.parametrize(
    ("action", "rule", "flagged"),
    [
        pytest.param(DROPPED.replace("BY", "p-0003"), "closed-with-open-actions", False, id="dropped"),
        pytest.param(MIRROR, "closed-with-open-actions", True, id="open"),
        pytest.param(DROPPED.replace("2026-11-20", "2026-11-21"), "dates-out-of-order", True, id="after the closing"),
        pytest.param(
            DROPPED.replace("2026-11-20", "2026-09-13"), "dates-out-of-order", True, id="before it was opened"
        ),
    ],
)
def test_a_dropped_action_is_done_with(action: str, rule: str, flagged: bool):
    found = findings_in({PATH: capa(action, more=CLOSED)})

    assert (rule in {finding.rule for finding in found}) is flagged


def test_a_training_action_is_never_dropped():
    training = "{id: 1, kind: training, documents: [SOP-014], people: [p-0042], due: 2026-12-11"
    dropped = training + ", dropped: {on: 2026-11-20, by: p-0003, reason: Busy.}}"
    found = findings_of_change({PATH: capa(training + "}")}, {PATH: capa(dropped)})

    assert "training action 1 is dropped, and only training ends it" in {finding.message for finding in found}
