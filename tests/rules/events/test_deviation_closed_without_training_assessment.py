"""Everybody involved, on everything that governed, is assessed before a deviation is closed."""

from __future__ import annotations

from datetime import date

import pytest

from tests.laws import TODAY, Files, findings_in, findings_in_scope

RULE = "deviation-closed-without-training-assessment"
SOP = """\
---
id: SOP-014
title: Gowning
owner: operator
governs: [gowning]
revisions:
  - {revision: 2, effective: 2026-09-12, summary: Second., impact: retrain, authors: [p-0007]}
---
Gown.
"""
PERSON = "{id: p-0042, name: Ingrid, kind: employee, employed: {from: 2024-03-01}}\n"
EVENT = """\
id: DEV-2026-017
title: Glove tear
occurred: 2026-09-12T09:40:00+02:00
reported: 2026-09-12
people: [p-0042, p-0043]
documents: [SOP-014]
training-assessment:
  - {person: p-0042, document: SOP-014@2, verdict: not-qualified, contributed: false}
  - {person: p-0043, document: SOP-014@2, verdict: not-qualified, contributed: true}
closed: 2026-10-01
closed-by: p-0003
"""
FIRST, SECOND = (f"  - {{person: p-004{n}," for n in (2, 3))
ENTRIES = "".join(line for line in EVENT.splitlines(keepends=True) if line.startswith("  - "))
FILE = "quality-events/DEV-2026-017.yaml"
DOC = "controlled-docs/sop/SOP-014.md"
OTHER = {"controlled-docs/sop/SOP-020.md": SOP.replace("SOP-014", "SOP-020")}
BASE = {
    DOC: SOP,
    "roles/people/p-0042.yaml": PERSON,
    "roles/people/p-0043.yaml": PERSON.replace("42", "43"),
    FILE: EVENT,
}
HISTORY = "training-records/completions/p-0043/SOP-014.yaml"
OPEN = EVENT[: EVENT.index("closed:")]
NONE = {FILE: EVENT.replace("training-assessment:\n" + ENTRIES, "")}


def event(old: str, new: str) -> dict[str, str]:
    assert old in EVENT
    return {FILE: EVENT.replace(old, new)}


def said(files: Files, day: date = TODAY) -> list[str]:
    return [found.message for found in findings_in(files, day) if found.rule == RULE]


LESS = event(ENTRIES.splitlines(keepends=True)[1], "")


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({}, id="both assessed"),
        pytest.param({FILE: OPEN.replace(", contributed: false", "")}, id="still open"),
        pytest.param(
            {
                FILE: NONE[FILE].replace(
                    "closed: 2026-10-01\nclosed-by: p-0003", "voided: {on: 2026-10-01, by: p, reason: r}"
                )
            },
            id="voided",
        ),
        pytest.param({FILE: NONE[FILE].replace("people: [p-0042, p-0043]\n", "")}, id="nobody involved"),
        pytest.param({FILE: NONE[FILE].replace("documents: [SOP-014]\n", "")}, id="nothing that governs"),
        pytest.param({**NONE, DOC: SOP.replace("2026-09-12", "2026-09-13")}, id="in force since the day after"),
        pytest.param(
            {**NONE, DOC: SOP.replace("revisions:", "retired: 2026-09-12\nrevisions:")}, id="retired that day"
        ),
        pytest.param({**NONE, DOC: "---\n{"}, id="a document that cannot be read"),
        pytest.param({**LESS, HISTORY: "- {"}, id="a history that cannot be read"),
        pytest.param({**LESS, "roles/people/p-0043.yaml": "{"}, id="a person who cannot be read"),
        pytest.param(event("[p-0042, p-0043]", "[p-0042, p-0043, p-0099]"), id="nobody of that name"),
        pytest.param(event("[SOP-014]", "[SOP-014, SOP-099]"), id="no document of that name"),
        pytest.param(event("p-0043, document: SOP-014@2", "p-0043, document: SOP-014@1"), id="on another revision"),
        pytest.param(
            {
                FILE.replace(
                    "DEV-2026", "CMP-2026"
                ): "{id: CMP-2026-017, title: T, opened: 2026-09-12, people: [p-0042], "
                "documents: [SOP-014], closed: 2026-10-01, closed-by: p-0003}\n"
            },
            id="a complaint",
        ),
    ],
)
@pytest.mark.parametrize("day", [pytest.param(TODAY, id="today"), pytest.param(date(2031, 1, 1), id="years later")])
def test_nothing_is_said(files: Files, day: date):
    assert said({**BASE, **files}, day) == []


NOBODY = "there is no training assessment of"


@pytest.mark.parametrize(
    ("files", "messages"),
    [
        pytest.param(LESS, [f"{NOBODY} p-0043 on SOP-014"], id="one person"),
        pytest.param(NONE, [f"{NOBODY} p-0042, p-0043 on SOP-014"], id="two people, one document"),
        pytest.param(
            event("[p-0042, p-0043]", "[p-0044, p-0044, p-0042]"), [f"{NOBODY} p-0044 on SOP-014"], id="named twice"
        ),
        pytest.param(
            {**event("[SOP-014]", "[SOP-020, SOP-014]"), **OTHER},
            [f"{NOBODY} p-0042, p-0043 on SOP-020"],
            id="a document",
        ),
        pytest.param(
            {**event("documents: [SOP-014]", "activity: gowning"), **OTHER},
            [f"{NOBODY} p-0042, p-0043 on SOP-020"],
            id="what governs the activity",
        ),
        pytest.param(
            {FILE: EVENT.replace(", contributed: false", "").replace(", contributed: true", "")},
            [f"the assessment of p-004{n} on SOP-014@2 does not say whether training contributed" for n in (2, 3)],
            id="unanswered",
        ),
        pytest.param(
            {FILE.replace("DEV", "NCR"): LESS[FILE].replace("DEV", "NCR").replace(", contributed: false", "")},
            [f"{NOBODY} p-0043 on SOP-014", "does not say whether"],
            id="a nonconformance, and both faults",
        ),
        pytest.param(
            {FILE: EVENT.replace("people: [p-0042, p-0043]\n", "").replace("contributed: true", "reason: r")},
            ["the assessment of p-0043 on SOP-014@2"],
            id="unanswered, of somebody who is not among its people",
        ),
    ],
)
@pytest.mark.parametrize("day", [pytest.param(TODAY, id="today"), pytest.param(date(2031, 1, 1), id="years later")])
def test_each_lack_is_said_once(files: Files, messages: list[str], day: date):
    all_files = {**BASE, "roles/people/p-0044.yaml": PERSON.replace("42", "44"), **files}
    found = sorted(said(all_files, day), key=lambda message: "contributed" in message)

    assert [words in message for words, message in zip(messages, found, strict=True)] == [True] * len(messages)
    assert all(message.startswith("closed on 2026-10-01, and ") for message in found)


def test_it_is_silent_again_when_the_event_is_reopened():
    again = "reopened:\n  - {on: 2026-11-20, by: p-0003, summary: s, closed: 2026-10-01, closed-by: p-0003}\n"

    assert said({**BASE, FILE: NONE[FILE][: NONE[FILE].index("closed:")] + again}) == []


def test_it_stands_at_the_closure():
    (found,) = [f for f in findings_in({**BASE, **NONE}) if f.rule == RULE]

    assert (found.place.path, found.place.line) == (FILE, 7)
    assert [place.line for place in found.also] == [5]


BY_ACTIVITY = event("documents: [SOP-014]", "activity: gowning")
APPROVAL = """\
document: SOP-020@2
text: "sha256:%s"
effective: 2026-09-12
impact: retrain
governs: [filling]
by: p-0003
name: Astrid
meaning: quality-approval
at: 2026-08-20T10:00:00+02:00
""" % (64 * "0")
APPROVED = {"controlled-docs/approvals/SOP-020@2/p-0003.yaml": APPROVAL}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param({FILE: LESS[FILE][: LESS[FILE].index("closed:")]}, LESS, id="closing it"),
        pytest.param(
            {
                **BY_ACTIVITY,
                "controlled-docs/sop/SOP-020.md": OTHER["controlled-docs/sop/SOP-020.md"].replace("gowning", "x"),
            },
            {**BY_ACTIVITY, **OTHER},
            id="another document comes to govern the activity",
        ),
        pytest.param({**BY_ACTIVITY, **OTHER, **APPROVED}, {**BY_ACTIVITY, **OTHER}, id="its approval is gone"),
        pytest.param(
            {**NONE, DOC: SOP.replace("2026-09-12", "2026-09-13")}, NONE, id="a document in force since earlier"
        ),
    ],
)
def test_a_change_that_leaves_it_wanting_is_seen_in_its_scope(before: Files, after: Files):
    old, new = {**BASE, **before}, {**BASE, **after}

    assert said(old) == []
    assert [f.message for f in findings_in_scope(old, new) if f.rule == RULE] == said(new) != []
