"""How the window is counted, and what lifts it."""

from __future__ import annotations

import pytest

from tests.laws import POLICY, findings_of_change

DOCUMENT = """\
---
id: SOP-014
title: Gowning
owner: operator
revisions:
{}
---
Gown.
"""
CAPA = "id: CAPA-2026-003\ntitle: Gloves\nopened: 2026-11-20\nowner: p-0003\n"
FOUNDED = POLICY + "founded: 2024-01-15\n"
EMERGENCY = "emergency: true, reason: CAPA-2026-003"


def entry(effective: str, impact: str = "retrain", more: str = "") -> str:
    """A first revision in one line."""
    less = "" if impact == "retrain" else ", rationale: Small"
    extra = f", {more}" if more else ""
    return f"- {{revision: 1, effective: {effective}, summary: S, impact: {impact}, authors: [p-0007]{less}{extra}}}"


@pytest.mark.parametrize(
    ("revision", "events", "policy", "said"),
    [
        pytest.param(entry("2026-12-06"), {}, POLICY, [], id="the last day of the window is enough"),
        pytest.param(entry("2026-11-22", "none"), {}, POLICY, ["ends on 2026-12-06"], id="a first one is trained on"),
        pytest.param(
            entry("2026-11-22"), {}, FOUNDED.replace("2024-01-15", "2026-11-22"), [], id="on the founding day"
        ),
        pytest.param(entry("2020-01-01", more="withdrawn: 2026-11-22"), {}, POLICY, [], id="withdrawn as it comes"),
        pytest.param(entry("2026-11-22", more=EMERGENCY), {"CAPA-2026-003": CAPA}, POLICY, [], id="emergency"),
        pytest.param(
            entry("2026-11-22", more=EMERGENCY), {"CAPA-2026-003": "x: ["}, POLICY, [], id="unreadable reason"
        ),
        pytest.param(
            entry("2024-01-15"), {}, FOUNDED, ["before the day of the change"], id="dated on the founding, years later"
        ),
        pytest.param(
            entry("2026-11-25"),
            {},
            FOUNDED.replace("2024-01-15", "2026-11-25"),
            ["the window of 14 days"],
            id="dated on a founding that is said to come",
        ),
        pytest.param(
            entry("2026-12-05"), {}, POLICY, ["the window of 14 days ends on 2026-12-06"], id="a day too early"
        ),
        pytest.param(entry("2026-12-05", "read"), {}, POLICY, ["the window of 14 days"], id="a reading is training"),
        pytest.param(entry("2026-11-21", "none"), {}, POLICY, ["before the day of the change"], id="yesterday"),
        pytest.param(
            entry("2026-11-21", more=EMERGENCY),
            {"CAPA-2026-003": CAPA},
            POLICY,
            ["before the day of the change"],
            id="no emergency reaches back",
        ),
        pytest.param(entry("2026-11-22", more=EMERGENCY), {}, POLICY, ["CAPA-2026-003 is none"], id="no such event"),
        pytest.param(
            entry("2026-11-22", more=EMERGENCY),
            {"CAPA-2026-003": CAPA + "closed: 2026-11-21\nclosed-by: p-0003\n"},
            POLICY,
            ["CAPA-2026-003 is none"],
            id="a closed event",
        ),
    ],
)
def test_a_revision_waits_for_the_training(revision: str, events: dict[str, str], policy: str, said: list[str]):
    """A new revision lies at least the window of its type ahead."""
    base = {"qmsci.yaml": policy, **{f"quality-events/{name}.yaml": text for name, text in events.items()}}
    head = {**base, "controlled-docs/sop/SOP-014.md": DOCUMENT.format(revision)}

    found = [f.message for f in findings_of_change(base, head) if f.rule == "effective-too-soon"]

    assert len(found) == len(said)
    assert all(words in message for words, message in zip(said, found, strict=True))


def test_a_founding_import_brings_its_past_along():
    """What arrives with the first policy took effect when it did."""
    head = {"controlled-docs/sop/SOP-014.md": DOCUMENT.format(entry("2019-05-01"))}

    assert [f for f in findings_of_change({}, head) if f.rule == "effective-too-soon"] == []


def test_the_window_is_the_one_of_the_base():
    """A change cannot shorten the window that it is judged by."""
    base = {"qmsci.yaml": POLICY}
    head = {
        "qmsci.yaml": POLICY.replace("14 days", "0 days"),
        "controlled-docs/sop/SOP-014.md": DOCUMENT.format(entry("2026-11-23")),
    }

    assert [f.rule for f in findings_of_change(base, head) if f.rule == "effective-too-soon"] == ["effective-too-soon"]


SETTLED = {"controlled-docs/sop/SOP-014.md": DOCUMENT.format(entry("2024-01-15"))}


def retired(on: str) -> dict[str, str]:
    """The document, retired on a day, where one is given."""
    path, text = next(iter(SETTLED.items()))
    return {path: text.replace("revisions:", f"retired: {on}\nrevisions:") if on else text}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        pytest.param(retired(""), retired("2026-11-22"), [], id="today"),
        pytest.param(retired(""), retired("2027-01-01"), [], id="some day"),
        pytest.param(retired("2026-11-01"), retired("2026-11-01"), [], id="was retired before"),
        pytest.param(retired("2026-11-01"), retired(""), [], id="not any more"),
        pytest.param({}, retired("2026-11-01"), [], id="with the first policy"),
        pytest.param(retired(""), retired("2026-11-21"), ["SOP-014 retires on 2026-11-21, before"], id="yesterday"),
        pytest.param(retired("2027-01-01"), retired("2026-11-21"), ["2026-11-21"], id="moved into the past"),
        pytest.param(retired("2026-11-01"), retired("2026-10-01"), ["2026-10-01"], id="further into the past"),
    ],
)
def test_a_document_does_not_retire_in_the_past(before: dict[str, str], after: dict[str, str], said: list[str]):
    """It was in force until now, whatever its file says from now on."""
    if before:
        after = {**after, "README.md": "x"}
    found = [f for f in findings_of_change(before, after) if f.rule == "effective-too-soon"]

    assert len(found) == len(said), found
    assert all(words in f.message for words, f in zip(said, found, strict=True))
    assert all(f.fix == "retire it today, or later" for f in found)
