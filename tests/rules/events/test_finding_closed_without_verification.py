"""A finding closes when somebody independent has seen that it is mended."""

from __future__ import annotations

from datetime import date

import pytest

from tests.laws import TODAY, findings_in

RULE = "finding-closed-without-verification"
HEAD = """\
id: AUD-2026-001
title: Pages without a second signature
opened: 2026-03-02
owner: p-0007
people: [p-0042]
actions:
  - {id: 1, kind: other, owner: p-0011, due: 2026-05-01, done: 2026-04-30}
  - {id: 2, kind: other, owner: p-0011, due: 2026-05-01, done: 2026-04-30}
  - {id: 3, kind: other, owner: p-0007, due: 2026-05-01, done: 2026-04-30}
"""
VERIFIED = "verified: 2026-05-04\nverified-by: p-0005\n"
CLOSED = "closed: 2026-05-04\nclosed-by: p-0003\n"
MAJOR = "classification: major\n"


def said(more: str, day: date = TODAY) -> list[str]:
    found = findings_in({"quality-events/AUD-2026-001.yaml": HEAD + more}, day)
    assert not [f for f in found if f.rule == "unreadable"], found
    return [f.message for f in found if f.rule == RULE]


@pytest.mark.parametrize(
    "more",
    [
        pytest.param("", id="open"),
        pytest.param(MAJOR, id="major and open"),
        pytest.param(VERIFIED, id="verified"),
        pytest.param(VERIFIED + CLOSED, id="closed on the day of verification"),
        pytest.param(VERIFIED + CLOSED.replace("05-04", "05-05"), id="closed the day after"),
        pytest.param(VERIFIED + CLOSED.replace("p-0003", "p-0007"), id="closed by its owner"),
        pytest.param(MAJOR + VERIFIED + "capa: CAPA-2026-002\n", id="major, with a CAPA"),
        pytest.param(MAJOR + VERIFIED + "no-capa: Isolated.\n", id="major, with a reason for none"),
        pytest.param(VERIFIED + "classification: minor\n", id="minor"),
        pytest.param(VERIFIED + "classification: observation\n", id="an observation"),
        pytest.param(MAJOR + "withdrawn: {on: 2026-05-04, by: p-0003, reason: r}\n", id="withdrawn"),
    ],
)
def test_nothing_is_said(more: str):
    assert said(more) == []


def test_other_kinds_are_not_asked():
    capa = "{id: CAPA-2026-002, title: T, opened: 2026-03-02, owner: p-0003, closed: 2026-05-04, closed-by: p-0003}\n"

    assert [f for f in findings_in({"quality-events/CAPA-2026-002.yaml": capa}) if f.rule == RULE] == []


NO_CAPA = "closed on 2026-05-04 and major, and it names no CAPA"


@pytest.mark.parametrize(
    ("more", "messages"),
    [
        pytest.param(CLOSED, ["closed on 2026-05-04, and nobody has verified it"], id="not verified"),
        pytest.param(
            CLOSED + "verified: 2026-05-04\n",
            ["verified on 2026-05-04, and 'verified-by' does not say by whom"],
            id="by whom",
        ),
        pytest.param(
            CLOSED + "verified-by: p-0005\n",
            ["verified by p-0005, and 'verified' does not say when"],
            id="when, and closed",
        ),
        pytest.param(
            "verified-by: p-0005\n", ["verified by p-0005, and 'verified' does not say when"], id="when, open"
        ),
        pytest.param(
            VERIFIED.replace("05-04", "05-05") + CLOSED,
            ["verified on 2026-05-05, after it was closed on 2026-05-04"],
            id="the day after",
        ),
        pytest.param(
            VERIFIED.replace("p-0005", "p-0007"),
            ["verified by p-0007, who owns the finding and action 3"],
            id="the owner",
        ),
        pytest.param(
            VERIFIED.replace("p-0005", "p-0011"),
            ["verified by p-0011, who owns action 1 and action 2"],
            id="of actions",
        ),
        pytest.param(
            VERIFIED.replace("p-0005", "p-0042"),
            ["verified by p-0042, who is among its people"],
            id="somebody involved",
        ),
        pytest.param(MAJOR + VERIFIED + CLOSED, [NO_CAPA], id="major"),
        pytest.param(
            MAJOR.replace("major", "critical") + VERIFIED,
            ["verified on 2026-05-04 and critical, and it names no CAPA"],
            id="critical, closed with its verification",
        ),
        pytest.param(MAJOR + CLOSED, [NO_CAPA, "closed on 2026-05-04, and nobody has verified it"], id="two faults"),
    ],
)
@pytest.mark.parametrize("day", [TODAY, date(2031, 1, 1)])
def test_each_fault_is_said_once(more: str, messages: list[str], day: date):
    assert sorted(said(more, day)) == messages


def test_both_reasons_are_named():
    """Somebody may own it and be involved."""
    head = HEAD.replace("[p-0042]", "[p-0007]").replace("{id: 3, kind: other, owner: p-0007", "{id: 3, kind: other")
    found = findings_in({"quality-events/AUD-2026-001.yaml": head + VERIFIED.replace("p-0005", "p-0007")})

    assert [f.message for f in found if f.rule == RULE] == [
        "verified by p-0007, who owns the finding and is among its people"
    ]
