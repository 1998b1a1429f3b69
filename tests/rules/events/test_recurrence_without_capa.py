"""What counts as happening again after retraining, and what answers it."""

from __future__ import annotations

from datetime import date

import pytest

from qmsci.rule import When
from tests.laws import findings_in

TEXT = 'text: "sha256:%s"' % (64 * "0")
SOP = {
    "controlled-docs/sop/SOP-014.md": """\
---
id: SOP-014
title: Gowning
owner: operator
governs: [gowning]
revisions:
  - {revision: 1, effective: 2025-01-15, summary: First., impact: retrain, authors: [p-9]}
---
Gown.
""",
    "roles/people/p-1.yaml": "id: p-1\nname: N\nkind: employee\nemployed: {from: 2024-03-01}\n",
}
TRAINING = "actions: [{id: 1, kind: training, documents: [SOP-014@1], people: [p-1], due: 2026-05-01}]\n"
WHAT = "activity: filling\n"


def event(name: str, day: str, more: str) -> dict[str, str]:
    """An event of a kind that happens, at noon; a complaint that comes in on that day."""
    when = f"occurred: {day}T12:00:00+01:00\nreported: {day}\n"
    if name.startswith("CMP"):
        when = f"opened: {day}\n"
    return {f"quality-events/{name}.yaml": f"id: {name}\ntitle: T\n{when}{more}"}


def capa(day: str, sources: str, more: str = "") -> dict[str, str]:
    return {
        "quality-events/CAPA-1.yaml": f"id: CAPA-1\ntitle: T\nopened: {day}\nowner: p-9\nsources: [{sources}]\n{more}"
    }


def trained(at: str = "2026-04-02T09:30:00+02:00", by: str = "DEV-1") -> dict[str, str]:
    """p-1 completes what an action asked for."""
    item = f"{{document: SOP-014@1, due: 2026-05-01, method: [read], people: [p-1], {TEXT}}}"
    return {
        f"training-records/assignments/{by}/1.yaml": f"assignment: {by}/1\ncause: deviation\nassigned: 2026-03-20\nitems: [{item}]\n",
        "training-records/completions/p-1/SOP-014.yaml": f"- {{document: SOP-014@1, completed: {at}, method: [read], assignments: [{by}/1]}}\n",
    }


A, B = event("DEV-1", "2026-03-12", WHAT + TRAINING), event("DEV-2", "2026-11-02", WHAT)
BASE = {**SOP, **A, **B, **trained()}
ONCE = "DEV-2 repeats DEV-1 of 2026-03-12, which was answered with retraining by 2026-04-02 (DEV-1 action 1)"
BY_CAPA = {
    **SOP,
    **B,
    **event("DEV-1", "2026-03-12", WHAT + "capa: CAPA-1\n"),
    **capa("2026-03-14", "", TRAINING),
    **trained(by="CAPA-1"),
}
CAUSE = "root-cause: {category: %s, summary: s}\n"


def said(files: dict[str, str], day: str = "2026-11-22") -> list[str]:
    found = findings_in(files, date.fromisoformat(day), When.CALENDAR)
    return [f.message for f in found if f.rule == "recurrence-without-capa"]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({**SOP, **A, **trained()}, id="nothing happened again"),
        pytest.param({**BASE, **event("DEV-2", "2027-03-13", WHAT)}, id="more than a year later"),
        pytest.param({**BASE, **event("DEV-2", "2026-11-02", "activity: gowning\n")}, id="another activity"),
        pytest.param(
            {**BASE, **event("DEV-2", "2026-11-02", "documents: [SOP-014]\n")},
            id="no activity, and no document in common",
        ),
        pytest.param(
            {
                **BASE,
                **event("DEV-1", "2026-03-12", WHAT + TRAINING + CAUSE % "training"),
                **event("DEV-2", "2026-11-02", WHAT + CAUSE % "equipment"),
            },
            id="another cause",
        ),
        pytest.param({**SOP, **A, **B}, id="the retraining was never done"),
        pytest.param({**BASE, **trained("2026-11-02T12:00:01+01:00")}, id="retrained only after it"),
        pytest.param({**BASE, **trained("2026-03-11T09:30:00+01:00")}, id="trained only before what it was to answer"),
        pytest.param({**BASE, **event("DEV-1", "2026-03-12", WHAT)}, id="answered otherwise"),
        pytest.param(
            {**BASE, **event("DEV-1", "2026-03-12", WHAT + TRAINING + "voided: {on: 2026-03-13, by: p, reason: r}\n")},
            id="a voided event is not repeated",
        ),
        pytest.param(
            {**BASE, **event("DEV-2", "2026-11-02", WHAT + "voided: {on: 2026-11-03, by: p, reason: r}\n")},
            id="and repeats nothing",
        ),
        pytest.param({**BASE, **event("DEV-2", "2026-11-02", WHAT + "capa: CAPA-7\n")}, id="a CAPA"),
        pytest.param(
            {**BASE, **event("DEV-2", "2026-11-02", WHAT + "no-capa: Another glove.\n")}, id="a reason for none"
        ),
        pytest.param({**BASE, **capa("2026-11-02", "DEV-2")}, id="a CAPA that names it, opened on the day"),
        pytest.param(
            {
                **BASE,
                **capa(
                    "2026-03-14",
                    "DEV-1, DEV-2",
                    "reopened: [{on: 2026-11-02, by: p, summary: s, closed: 2026-09-01, closed-by: p}]\n",
                ),
            },
            id="a CAPA that names it, reopened since",
        ),
        pytest.param({**BASE, "training-records/completions/p-1/SOP-014.yaml": "- {"}, id="an unreadable history"),
        pytest.param({**BASE, "training-records/assignments/DEV-1/1.yaml": "{"}, id="an unreadable assignment"),
        pytest.param({**BASE, "quality-events/DEV-1.yaml": "{"}, id="an unreadable event"),
        pytest.param(
            {
                **BASE,
                **event("GAP-1", "2026-11-02", ""),
                "quality-events/DEV-2.yaml": "{",
                "quality-events/AUD-1.yaml": f"id: AUD-1\ntitle: T\nopened: 2026-11-02\n{WHAT}",
            },
            id="a finding of an audit repeats nothing",
        ),
    ],
)
def test_nothing_is_said(files: dict[str, str]):
    assert said(files, "2027-06-01") == []


@pytest.mark.parametrize(
    ("files", "messages"),
    [
        pytest.param(BASE, [ONCE], id="the same activity"),
        pytest.param(
            {**BASE, **event("DEV-2", "2027-03-12", WHAT)}, [ONCE], id="a year later to the day"
        ),
        pytest.param(
            {
                **BASE,
                **event("DEV-1", "2026-03-12", TRAINING + "documents: [SOP-014]\n"),
                **event("DEV-2", "2026-11-02", WHAT + "documents: [SOP-014, SOP-002]\n"),
            },
            [ONCE],
            id="a document in common",
        ),
        pytest.param(
            {**BASE, **event("DEV-2", "2026-11-02", WHAT + CAUSE % "training")}, [ONCE], id="one of them without a cause"
        ),
        pytest.param(
            {
                **BASE,
                **event("DEV-1", "2026-03-12", WHAT + TRAINING + CAUSE % "training"),
                **event("DEV-2", "2026-11-02", WHAT + CAUSE % "training"),
            },
            [ONCE],
            id="the same cause",
        ),
        pytest.param({**BASE, **trained("2026-11-02T12:00:00+01:00")}, [ONCE.replace("04-02", "11-02")], id="retrained that moment"),
        pytest.param(BY_CAPA, [ONCE.replace("DEV-1 action", "CAPA-1 action")], id="retrained by its CAPA"),
        pytest.param(
            {**BY_CAPA, **event("DEV-1", "2026-03-12", WHAT), **capa("2026-03-14", "DEV-1", TRAINING)},
            [ONCE.replace("DEV-1 action", "CAPA-1 action")],
            id="by a CAPA that names it",
        ),
        pytest.param({**BASE, **capa("2026-11-01", "DEV-2")}, [ONCE], id="a CAPA of before is no answer"),
        pytest.param(
            {**BASE, **event("DEV-2", "2026-11-02", WHAT + "closed: 2026-11-20\nclosed-by: p\n")}, [ONCE], id="closed all the same"
        ),
        pytest.param(
            {**BASE, **event("DEV-3", "2026-11-04", WHAT)}, [ONCE, ONCE.replace("DEV-2", "DEV-3")], id="each of them once"
        ),
        pytest.param(
            {**BASE, **event("NCR-3", "2026-03-13", WHAT + TRAINING.replace("id: 1", "id: 2"))}, [ONCE], id="what was answered is named"
        ),
    ],
)  # fmt: skip
def test_it_happened_again_after_retraining(files: dict[str, str], messages: list[str]):
    assert said(files, "2027-06-01") == messages


def test_the_latest_one_is_named():
    """Of two that were answered with retraining."""
    later = event("NCR-1", "2026-06-12", WHAT + TRAINING)
    done = {
        **trained(by="NCR-1"),
        **{path: text for path, text in trained().items() if "assignments/" in path},
        "training-records/completions/p-1/SOP-014.yaml": "".join(
            f"- {{document: SOP-014@1, completed: {at}T09:30:00Z, method: [read], assignments: [{by}/1]}}\n"
            for at, by in (("2026-04-02", "DEV-1"), ("2026-07-02", "NCR-1"))
        ),
    }
    other = "DEV-2 repeats NCR-1 of 2026-06-12, which was answered with retraining by 2026-07-02 (NCR-1 action 1)"

    assert said({**SOP, **A, **B, **later, **done}) == [
        other,
        "NCR-1 repeats DEV-1 of 2026-03-12, which was answered with retraining by 2026-04-02 (DEV-1 action 1)",
    ]


@pytest.mark.parametrize(
    ("day", "at", "known"),
    [
        pytest.param("2026-11-02", "2026-11-01T23:59:59+01:00", True, id="retrained the day before"),
        pytest.param("2026-11-02", "2026-11-02T00:00:00+01:00", False, id="retrained on the day that it came in"),
    ],
)
def test_a_complaint_happens_on_its_day(day: str, at: str, known: bool):
    """Nobody knows at what time the fault was made."""
    files = {**SOP, **A, **event("CMP-2", day, WHAT), **trained(at)}

    assert bool(said(files)) is known


@pytest.mark.parametrize(("day", "known"), [("2026-11-01", False), ("2026-11-02", True)])
def test_it_is_known_from_the_day_on_which_it_was_reported(day: str, known: bool):
    assert bool(said(BASE, day)) is known


def test_it_stands_where_it_says_what_was_done():
    """At the activity, or else at the documents, with the earlier one beside it; and it is a warning."""
    found = [f for f in findings_in(BASE, date(2026, 11, 22), When.CALENDAR) if f.rule == "recurrence-without-capa"]

    assert [(f.place.path, f.place.line, f.severity) for f in found] == [("quality-events/DEV-2.yaml", 5, "warning")]
    assert [place.path for place in found[0].also] == ["quality-events/DEV-1.yaml"]
