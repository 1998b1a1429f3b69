"""What the records say of the moment of an event, now and when later records change the answer."""

from __future__ import annotations

import json
from datetime import date

import pytest

from qmsci.circuit import adequacy, governing_then
from qmsci.qualification import qualified
from qmsci.records.canonical import digest_of
from qmsci.records.event import Deviation
from qmsci.snapshot import When
from tests.laws import POLICY, TODAY, Files, findings_in, findings_in_scope, snapshot_of

RULE = "assessment-contradicts-records"
SOP = """\
---
id: SOP-014
title: Gowning
owner: operator
governs: [gowning]
revisions:
  - {revision: 2, effective: 2026-09-01, summary: Second., impact: retrain, authors: [p-0007]}
  - {revision: 1, effective: 2025-01-10, summary: First., impact: retrain, authors: [p-0007]}
---
Gown.
"""
PERSON = "{id: p-0042, name: Ingrid, kind: employee, employed: {from: 2024-03-01}}\n"
EVENT = """\
id: DEV-2026-017
title: Glove tear
occurred: 2026-09-12T09:40:00+02:00
reported: 2026-09-12
people: [p-0042]
documents: [SOP-014]
training-assessment:
  - {person: p-0042, document: SOP-014@2, verdict: qualified}
"""
FILE = "quality-events/DEV-2026-017.yaml"
DOC = "controlled-docs/sop/SOP-014.md"
WHO = "roles/people/p-0042.yaml"
DONE = "training-records/completions/p-0042/SOP-014.yaml"
WAIVED = "training-records/waivers/p-0042/SOP-014.yaml"
BASE = {DOC: SOP, WHO: PERSON, FILE: EVENT}


def entry(revision: int, at: str, **more: object) -> dict[str, object]:
    return {"document": f"SOP-014@{revision}", "completed": at, "method": ["read"], **more}


def history(*entries: dict[str, object]) -> dict[str, str]:
    return {DONE: "".join(f"- {json.dumps(one)}\n" for one in entries)}


def rejecting(one: dict[str, object], at: str) -> dict[str, object]:
    return {"rejects": digest_of(one), "reason": "Read by somebody else.", "by": "p-0003", "at": at}


def event(old: str, new: str) -> dict[str, str]:
    assert old in EVENT
    return {FILE: EVENT.replace(old, new)}


def said(files: Files, day: date = TODAY) -> list[str]:
    return [found.message for found in findings_in(files, day) if found.rule == RULE]


READ = entry(2, "2026-08-28T14:00:00+02:00")
TRAINED = history(READ)
NOT = event("verdict: qualified", "verdict: not-qualified")
WAIVER = "- {document: SOP-014@2, reason: r, evidence: e, from: 2026-09-01, until: %s, by: p-0003}\n"
#: A CAPA that keeps her from gowning since an earlier event.
SUSPENDED = {
    "quality-events/CAPA-2026-001.yaml": """\
id: CAPA-2026-001
title: Earlier
opened: 2026-09-02
owner: p-0003
actions:
  - {id: 1, kind: training, documents: [SOP-014@2], people: [p-0042], due: 2026-10-15}
"""
}
ITEMS = "training-records/assignments/CAPA-2026-001/1.yaml"
ITEM = """\
assignment: CAPA-2026-001/1
cause: capa
assigned: 2026-09-02
items:
  - {document: SOP-014@2, due: 2026-10-15, method: [read], people: [p-0042], text: "sha256:%s"}
""" % (64 * "0")
RETRAINED = entry(2, "2026-09-10T09:00:00+02:00", assignments=["CAPA-2026-001/1"])
#: The same, of another event, in which she trained on another procedure for the same activity.
ELSEWHERE = {
    "controlled-docs/sop/SOP-020.md": SOP.replace("SOP-014", "SOP-020"),
    "quality-events/CAPA-2026-001.yaml": SUSPENDED["quality-events/CAPA-2026-001.yaml"].replace("SOP-014", "SOP-020"),
    ITEMS: ITEM.replace("SOP-014", "SOP-020"),
}
RETRAINED_ELSEWHERE = {DONE.replace("SOP-014", "SOP-020"): f"- {json.dumps({**RETRAINED, 'document': 'SOP-020@2'})}\n"}

AGREES = [
    pytest.param(TRAINED, id="trained on the revision in force"),
    pytest.param(NOT, id="not trained, and it says so"),
    pytest.param({**NOT, **history(entry(1, "2025-01-08T14:00:00+01:00"))}, id="trained on the one before"),
    pytest.param(
        {**TRAINED, **event("  - {person: p-0042, document: SOP-014@2, verdict: qualified}\n", "  []\n")}, id="none"
    ),
    pytest.param(history(entry(2, "2026-09-12T09:40:00+02:00")), id="trained to the second"),
    pytest.param({WAIVED: WAIVER % "2026-09-12"}, id="waived through the day"),
    pytest.param({**NOT, WAIVED: WAIVER % "2026-09-11"}, id="waived until the day before"),
    pytest.param(
        {**TRAINED, **event("2026-09-12T09:40:00+02:00", "2026-08-31T22:00:00Z")},
        id="in the night of Oslo it is September",
    ),
    pytest.param({**TRAINED, **SUSPENDED, **NOT}, id="suspended by an earlier event"),
    pytest.param({**history(READ, RETRAINED), **SUSPENDED, ITEMS: ITEM}, id="and trained since"),
    pytest.param(
        history(READ, rejecting(READ, "2026-09-12T12:00:00+02:00")), id="rejected after the event: it counted then"
    ),
    pytest.param(
        {**NOT, **history(READ, rejecting(READ, "2026-09-12T09:00:00+02:00"))}, id="rejected before the event"
    ),
    pytest.param(
        event("training-assessment", "voided: {on: 2026-09-20, by: p-0003, reason: None.}\ntraining-assessment"),
        id="voided",
    ),
    pytest.param({DONE: "- {"}, id="a history that cannot be read is reported alone"),
    pytest.param({WAIVED: "- {"}, id="nor a waiver"),
    pytest.param({DOC: "---\n{"}, id="nor a document"),
    pytest.param({WHO: "{"}, id="nor a person"),
    pytest.param({**TRAINED, **NOT, "quality-events/CAPA-2026-001.yaml": "{"}, id="nor an event that may suspend"),
    pytest.param({**TRAINED, **SUSPENDED, ITEMS: "{"}, id="nor an assignment of one that does"),
    pytest.param(
        {**TRAINED, **ELSEWHERE, "controlled-docs/sop/SOP-020.md": "---\n{"}, id="nor a document that one asks for"
    ),
    pytest.param(
        {
            **NOT,
            **history({**READ, "assignments": ["SOP-014@2/operator"]}),
            "training-records/assignments/SOP-014@2/operator.yaml": "{",
        },
        id="nor an assignment that a completion names",
    ),
    pytest.param(event("person: p-0042", "person: p-0099"), id="nobody of that name"),
    pytest.param(event("SOP-014@2", "SOP-099@2"), id="no document of that name"),
]


@pytest.mark.parametrize("files", AGREES)
@pytest.mark.parametrize("day", [pytest.param(TODAY, id="today"), pytest.param(date(2031, 1, 1), id="years later")])
def test_an_entry_that_the_records_bear_out_is_accepted(files: Files, day: date):
    assert said({**BASE, **files}, day) == []


AT = "at 2026-09-12T09:40+02:00"
CONTRADICTS = [
    pytest.param(
        {}, f"not qualified on SOP-014@2 {AT}: not trained on SOP-014@2, no training on record", id="untrained"
    ),
    pytest.param(
        history(entry(1, "2025-01-08T14:00:00+01:00")), "the last training was on revision 1", id="on the one before"
    ),
    pytest.param(history(entry(2, "2026-09-12T09:40:01+02:00")), "was not qualified", id="a second too late"),
    pytest.param({**TRAINED, **NOT}, f"says not-qualified, and p-0042 was qualified on SOP-014@2 {AT}", id="she was"),
    pytest.param(
        {**TRAINED, **event("SOP-014@2", "SOP-014@1")},
        "says SOP-014@1, and SOP-014@2 was in force on that day: p-0042 was qualified on SOP-014@2",
        id="another revision",
    ),
    pytest.param({**TRAINED, **SUSPENDED}, "suspended: CAPA-2026-001 action 1", id="suspended"),
    pytest.param(
        history(READ, rejecting(READ, "2026-09-12T09:40:00+02:00")), "was not qualified", id="rejected in that second"
    ),
    pytest.param(event("09:40:00+02", "09:40:30+02"), "at 2026-09-12T09:40:30+02:00", id="seconds"),
    pytest.param(
        event("occurred: 2026-09-12T09:40:00+02:00", "occurred: 2024-09-12T09:40:00+02:00"),
        "says SOP-014@2, and no revision of SOP-014 was in force on 2024-09-12",
        id="nothing in force",
    ),
    pytest.param(
        {DOC: SOP.replace("revisions:", "retired: 2026-09-12\nrevisions:")}, "no revision of SOP-014", id="retired"
    ),
    pytest.param({**event("people:", "closed: 2026-10-01\npeople:")}, "was not qualified", id="closed"),
]


@pytest.mark.parametrize(("files", "words"), CONTRADICTS)
@pytest.mark.parametrize("day", [pytest.param(TODAY, id="today"), pytest.param(date(2031, 1, 1), id="years later")])
def test_an_entry_that_the_records_contradict_is_flagged(files: Files, words: str, day: date):
    (message,) = said({**BASE, **files}, day)

    assert words in message


def test_a_lapsed_refresher_counts_from_the_day_after():
    """The boundary is that of `qualified`: valid through the same day a year later."""
    yearly = {
        DOC: SOP.replace("governs:", "training: {every: 12 months}\ngoverns:").replace("2026-09-01", "2025-02-01")
    }

    assert said({**BASE, **yearly, **history(entry(2, "2025-09-12T09:00:00+02:00"))}) == []
    (message,) = said({**BASE, **yearly, **history(entry(2, "2025-09-11T09:00:00+02:00"))})
    assert message.endswith("the refresher of SOP-014 lapsed after 2026-09-11")


NEXT = "  - {revision: 3, effective: 2026-10-01, summary: Third., impact: retrain, authors: [p-0007]}\n"
OLD = SOP.replace("2026-09-01", "2025-02-01")
STRICT = OLD.replace("governs:", "training: {every: 6 months, method: [read, practical]}\ngoverns:")
LONG_AGO = entry(2, "2025-03-01T09:00:00+01:00")


def with_next(text: str) -> dict[str, str]:
    """The document with one revision more, which came after the event."""
    return {DOC: text.replace("revisions:\n", f"revisions:\n{NEXT}")}


YEARLY = {DOC: OLD.replace("governs:", "training: {every: 12 months}\ngoverns:")}


@pytest.mark.parametrize(
    ("files", "number"),
    [
        pytest.param({**YEARLY, **history(LONG_AGO)}, 1, id="the refresher of the revision in force"),
        pytest.param({**with_next(YEARLY[DOC]), **history(LONG_AGO)}, 0, id="a refresher that may be new"),
        pytest.param({DOC: STRICT, **history(LONG_AGO)}, 1, id="the method of the revision in force"),
        pytest.param({**with_next(STRICT), **history(LONG_AGO)}, 0, id="a method that may be new"),
        pytest.param({**with_next(STRICT)}, 1, id="untrained"),
        pytest.param(
            {**with_next(STRICT), **history(entry(1, "2025-01-08T14:00:00+01:00"))}, 1, id="on the one before"
        ),
        pytest.param(
            {**with_next(STRICT), **history(LONG_AGO, rejecting(LONG_AGO, "2026-09-10T09:00:00+02:00"))},
            1,
            id="rejected",
        ),
        pytest.param({**with_next(YEARLY[DOC]), **history(LONG_AGO), **SUSPENDED}, 1, id="suspended"),
        pytest.param({**with_next(STRICT), **history(LONG_AGO), **SUSPENDED}, 1, id="suspended, and the method"),
        pytest.param({**with_next(YEARLY[DOC]), **history(LONG_AGO), **event("@2", "@1")}, 1, id="of another revision"),
        pytest.param({**with_next(OLD), **history(LONG_AGO), **NOT}, 1, id="it says not-qualified, and she was"),
        pytest.param({**with_next(YEARLY[DOC]), **history(LONG_AGO), **NOT}, 0, id="or so the records say"),
    ],
)
def test_what_a_later_revision_may_have_brought_is_not_asked_of_the_past(files: Files, number: int):
    assert len(said({**BASE, **files})) == number


def test_a_refresher_that_comes_with_a_later_revision_leaves_a_closed_deviation_alone():
    closed = event("people:", "closed: 2026-09-20\nclosed-by: p-0003\npeople:")
    before = {**BASE, DOC: OLD, **closed, **history(LONG_AGO)}

    assert said(before) == []
    after = {**before, **with_next(YEARLY[DOC])}
    assert [found for found in findings_in_scope(before, after) if found.rule == RULE] == []


def test_it_shows_where_the_records_say_so():
    (found,) = [f for f in findings_in({**BASE, **TRAINED, **NOT}) if f.rule == RULE]

    assert (found.place.path, found.place.line) == (FILE, 8)
    assert [place.path for place in found.also] == [FILE, DONE]


@pytest.mark.parametrize("files", [*AGREES, *(pytest.param(case.values[0], id=case.id) for case in CONTRADICTS)])
def test_the_verdict_is_that_of_qualified(files: Files):
    """What is said of an assessment and what `qmsci qualified` answers is one computation."""
    snapshot = snapshot_of({**BASE, **files})
    event = snapshot.events.get("DEV-2026-017")
    assert isinstance(event, Deviation)

    for document in governing_then(snapshot, event):
        found = adequacy(snapshot, event, "p-0042", document)
        answer = qualified(snapshot, "p-0042", document, When(event.occurred, snapshot.day_of(event.occurred)))
        if found:
            assert (found.verdict == "qualified", found.reason, found.evidence) == tuple(
                getattr(answer, name) for name in ("yes", "reason", "evidence")
            )


# --- what governed --------------------------------------------------------------------------------------------------

APPROVAL = """\
document: SOP-014@%s
text: "sha256:%s"
effective: 2026-09-01
impact: retrain
governs: [%s]
by: p-0003
name: Astrid
meaning: quality-approval
at: 2026-08-20T10:00:00+02:00
"""
AFTER_ACTIVITY = event("documents: [SOP-014]", "activity: gowning")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({}, ["SOP-014"], id="named"),
        pytest.param(event("[SOP-014]", "[SOP-014, SOP-099, SOP-014]"), ["SOP-014"], id="and one that is not there"),
        pytest.param(event("documents: [SOP-014]\n", ""), [], id="neither documents nor an activity"),
        pytest.param(AFTER_ACTIVITY, ["SOP-014", "SOP-020"], id="by the activity"),
        pytest.param({**AFTER_ACTIVITY, DOC: SOP.replace("[gowning]", "[]")}, ["SOP-020"], id="governs something else"),
        pytest.param(
            {**AFTER_ACTIVITY, DOC: SOP.replace("2025-01-10", "2026-09-13").replace("2026-09-01", "2026-10-01")},
            ["SOP-020"],
            id="not in force yet",
        ),
        pytest.param(
            {**AFTER_ACTIVITY, "controlled-docs/approvals/SOP-014@2/p-0003.yaml": APPROVAL % (2, 64 * "0", "filling")},
            ["SOP-020"],
            id="governs it only since a later revision",
        ),
        pytest.param(
            {**AFTER_ACTIVITY, "controlled-docs/approvals/SOP-014@2/p-0003.yaml": APPROVAL % (2, 64 * "0", "gowning")},
            ["SOP-014", "SOP-020"],
            id="approved to govern it",
        ),
    ],
)
def test_what_governed_at_that_time(files: Files, expected: list[str]):
    snapshot = snapshot_of({**BASE, "controlled-docs/sop/SOP-020.md": SOP.replace("SOP-014", "SOP-020"), **files})
    event = snapshot.events.get("DEV-2026-017")
    assert isinstance(event, Deviation)

    assert [document.id for document in governing_then(snapshot, event)] == expected


# --- when later records change the answer -----------------------------------------------------------------------------

EARLIER = "quality-events/DEV-2026-001.yaml"
CAUSED = {
    **SUSPENDED,
    "quality-events/CAPA-2026-001.yaml": SUSPENDED["quality-events/CAPA-2026-001.yaml"].replace(
        "owner:", "sources: [DEV-2026-001]\nowner:"
    ),
    EARLIER: "id: DEV-2026-001\ntitle: Earlier\noccurred: 2026-09-13T08:00:00+02:00\nreported: 2026-09-13\n",
}
LEAD = PERSON.replace("}}", "}, roles: [{role: lead, from: 2024-03-01}]}")
OF_ROLE = SUSPENDED["quality-events/CAPA-2026-001.yaml"].replace("people: [p-0042]", "roles: [lead], suspend: true")
RETIRED = SOP.replace("revisions:", "retired: 2026-09-10\nrevisions:")
UNNAMED = event("documents: [SOP-014]\n", "")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(TRAINED, history(READ, rejecting(READ, "2026-09-10T09:00:00+02:00")), id="a rejection"),
        pytest.param(NOT, {**NOT, **TRAINED}, id="a completion that nobody had recorded"),
        pytest.param(
            {**UNNAMED, **TRAINED}, {**UNNAMED, **history(entry(1, "2025-01-08T09:00:00Z"))}, id="of no document"
        ),
        pytest.param(TRAINED, {}, id="a completion is gone"),
        pytest.param(NOT, {**NOT, WAIVED: WAIVER % "2026-12-31"}, id="a waiver"),
        pytest.param(
            TRAINED, {**TRAINED, DOC: SOP.replace("effective: 2026-09-01", "effective: 2026-10-01")}, id="a later date"
        ),
        pytest.param(TRAINED, {**TRAINED, DOC: RETIRED}, id="retired before"),
        pytest.param(TRAINED, {**TRAINED, **SUSPENDED}, id="an event that suspends"),
        pytest.param(
            {**TRAINED, **SUSPENDED, **NOT},
            {**TRAINED, **NOT, **{p: t.replace("2026-09-02", "2026-09-13") for p, t in SUSPENDED.items()}},
            id="and one that does so later",
        ),
        pytest.param(
            {**TRAINED, **SUSPENDED, **NOT},
            {**TRAINED, **NOT, **{p: t.replace("[p-0042]", "[p-0003]") for p, t in SUSPENDED.items()}},
            id="and one that no longer names her",
        ),
        pytest.param(
            {**TRAINED, **CAUSED},
            {**TRAINED, **CAUSED, EARLIER: CAUSED[EARLIER].replace("09-13T", "09-01T")},
            id="what caused the suspension came before",
        ),
        pytest.param(
            {**TRAINED, WHO: PERSON, "quality-events/CAPA-2026-001.yaml": OF_ROLE},
            {**TRAINED, WHO: LEAD, "quality-events/CAPA-2026-001.yaml": OF_ROLE},
            id="a role that is suspended",
        ),
        pytest.param(
            {**TRAINED, **ELSEWHERE, **NOT},
            {**TRAINED, **ELSEWHERE, **NOT, **RETRAINED_ELSEWHERE},
            id="trained elsewhere",
        ),
        pytest.param(
            {**TRAINED, **NOT, **ELSEWHERE, **RETRAINED_ELSEWHERE, ITEMS: ITEM.replace("[p-0042]", "[p-0043]")},
            {**TRAINED, **NOT, **ELSEWHERE, **RETRAINED_ELSEWHERE},
            id="an assignment of what suspends",
        ),
        pytest.param(
            {
                **TRAINED,
                **ELSEWHERE,
                "controlled-docs/sop/SOP-020.md": SOP.replace("SOP-014", "SOP-020").replace("[gowning]", "[]"),
            },
            {**TRAINED, **ELSEWHERE},
            id="what the other procedure governs",
        ),
    ],
)
@pytest.mark.parametrize("named", [pytest.param(True, id="named"), pytest.param(False, id="only assessed")])
def test_a_change_that_contradicts_an_assessment_is_seen_in_its_scope(before: Files, after: Files, named: bool):
    """The rules that judge what a change can touch say of it what they say of the whole tree."""
    old, new = {**BASE, **before}, {**BASE, **after}
    if not named:
        old, new = ({**files, FILE: files[FILE].replace("people: [p-0042]\n", "")} for files in (old, new))

    assert said(old) == []
    assert [f.message for f in findings_in_scope(old, new) if f.rule == RULE] == said(new) != []


def test_a_change_of_the_policy_is_seen_in_its_scope():
    """Which day it was depends on the time zone."""
    files = {**BASE, **TRAINED, **event("2026-09-12T09:40:00+02:00", "2026-08-31T22:00:00Z")}
    moved = {**files, "qmsci.yaml": POLICY.replace("Europe/Oslo", "America/New_York")}

    assert said(files) == []
    assert [f.message for f in findings_in_scope(files, moved) if f.rule == RULE] == said(moved) != []
