"""Every way in which a file can fail to be a record is said in the words of somebody who edits YAML."""

from __future__ import annotations

from typing import get_args

import pytest

from qmsci.library import library_of
from qmsci.load import load
from qmsci.records.layout import filed, is_stray
from qmsci.records.training import Cause

CAUSES = get_args(Cause)
ROLE = "roles/operator.yaml"
PERSON = "roles/people/p-1.yaml"
SOP = "controlled-docs/sop/SOP-001-gowning.md"
CAPA = "quality-events/CAPA-2026-003.yaml"
HISTORY = "training-records/completions/p-1/SOP-001.yaml"
WAIVERS = "training-records/waivers/p-1/SOP-001.yaml"
ASSIGNMENT = "training-records/assignments/SOP-001@1/operator.yaml"
APPROVAL = "controlled-docs/approvals/SOP-001@1/p-1.yaml"
POLICY = "qmsci.yaml"
ACTIVITIES = "roles/activities.yaml"

TEXTS = {
    ROLE: "id: operator\ntitle: Operator\npurpose: Fills vials.\nperforms: [gowning]\n",
    PERSON: """\
id: p-1
name: Ingrid Solberg
kind: employee
employed: {from: 2024-03-01}
roles:
  - {role: operator, from: 2024-03-01}
leave: [{from: 2026-05-01, to: 2026-08-31}]
keys:
  - {key: ssh-ed25519 AAAA, from: 2024-03-01, proof: badge check, by: p-3}
""",
    SOP: """\
---
id: SOP-001
title: Gowning
owner: operator
governs: [gowning]
training: {method: [read, practical], every: 12 months}
revisions:
  - {revision: 3.10, effective: 2026-12-15, summary: Glove change., impact: retrain, authors: [p-1]}
reviewed: [{on: 2026-01-04, by: p-3, outcome: confirmed}]
---
Gown.
""",
    CAPA: """\
id: CAPA-2026-003
title: Gowning
opened: 2026-09-14
owner: p-3
sources: [DEV-2026-017]
actions:
  - {id: 1, kind: training, documents: [SOP-001@3], roles: [operator], due: 2026-12-15}
effectiveness: {criterion: None in 90 days, period: 90 days, assessor: p-5}
""",
    HISTORY: """\
- document: SOP-001@1
  completed: 2026-12-01T09:30:00+01:00
  method: [read, assessment]
  assessment: {score: 92, pass-mark: 80, attempt: 1}
""",
    WAIVERS: "- {document: SOP-001@1, reason: Certified., from: 2026-11-20, until: 2027-11-20, by: p-3}\n",
    ASSIGNMENT: f"""\
assignment: SOP-001@1/operator
cause: new-document
role: operator
assigned: 2026-11-22
items:
  - {{document: SOP-001@1, text: "sha256:{64 * "0"}", method: [read], due: 2026-12-15, people: [p-1]}}
""",
    APPROVAL: f"""\
document: SOP-001@1
text: "sha256:{64 * "0"}"
effective: 2026-12-15
impact: retrain
by: p-1
name: Ingrid Solberg
meaning: quality-approval
at: 2026-11-22T10:00:00+01:00
""",
    POLICY: """\
revision: 1
organization: Halden Biologics
timezone: Europe/Oslo
quality-unit: [quality-assurance]
documents:
  SOP: {folder: sop, review: 24 months, window: 14 days, method: [read]}
training: {pass-mark: 80}
""",
    ACTIVITIES: """\
gowning: {title: Gowning, critical: true, minimum-qualified: 3}
filler: {title: Filler, kind: equipment}
""",
}

#: The path, what is altered in its text, and the place and the message of the one fault that follows.
FAULTS = [
    # keys
    (ROLE, "title: Operator", "titel: Operator", "2:1 unknown key 'titel', did you mean 'title'?"),
    (ROLE, "performs:", "colour:", "4:1 unknown key 'colour'"),
    (SOP, "effective:", "efective:", "8:22 unknown key 'efective', did you mean 'effective'?"),
    (SOP, "summary: Glove change.", "pass_mark: 1", "8:5 'summary' is missing|8:45 unknown key 'pass_mark'"),
    (SOP, "owner: operator\n", "", "2:1 'owner' is missing"),
    (SOP, "authors: [p-1]", "emergency: true", "8:5 'authors' is missing"),
    (HISTORY, "pass-mark: 80, ", "", "4:3 'pass-mark' is missing"),
    (HISTORY, "pass-mark", "pass_mark", "4:27 unknown key 'pass_mark', did you mean 'pass-mark'?"),
    (POLICY, "window: 14 days, ", "", "6:3 'window' is missing"),
    (POLICY, "training: {pass-mark", "training: {pas-mark", "7:12 unknown key 'pas-mark', did you mean 'pass-mark'?"),
    (ACTIVITIES, "critical", "critcal", "1:27 unknown key 'critcal', did you mean 'critical'?"),
    (CAPA, "period:", "perod:", "8:45 unknown key 'perod', did you mean 'period'?"),
    (CAPA, "90 days, assessor", "0 days, assessor", "8:45 'period': an effectiveness period of 0 days is none"),
    (CAPA, "90 days, assessor", "0 months, assessor", "8:45 'period': an effectiveness period of 0 days is none"),
    # shapes
    (ROLE, "performs: [gowning]", "performs: gowning", "4:1 'performs' is 'gowning' where a list is expected"),
    (ROLE, "title: Operator", "title: [Operator]", "2:1 'title' is a list where a text is expected"),
    (
        SOP,
        "training: {method: [read, practical], every: 12 months}",
        "training: read",
        "6:1 'training' is 'read' where a mapping is expected",
    ),
    (
        SOP,
        "reviewed: [{on: 2026-01-04, by: p-3, outcome: confirmed}]",
        "reviewed: [often]",
        "9:12 'reviewed' is 'often' where a mapping is expected",
    ),
    (
        PERSON,
        "employed: {from: 2024-03-01}",
        "employed: 2024-03-01",
        "4:1 'employed' is '2024-03-01' where a list is expected",
    ),
    (HISTORY, TEXTS[HISTORY], "document: SOP-001@1\n", "1:1 the file is a mapping where a list is expected"),
    (ROLE, TEXTS[ROLE], "- operator\n", "1:1 the file is a list where a mapping is expected"),
    (ROLE, TEXTS[ROLE], "operator\n", "1:1 the file is 'operator' where a mapping is expected"),
    (
        ACTIVITIES,
        "gowning: {title: Gowning, critical: true, minimum-qualified: 3}",
        "gowning: Gowning",
        "1:1 'gowning' is 'Gowning' where a mapping is expected",
    ),
    # nothing there
    (ROLE, "title: Operator", "title:", "2:1 'title' has no value"),
    (ROLE, "title: Operator", "title: ''", "2:1 'title' has no value"),
    (ROLE, "title: Operator", "title: '  '", "2:1 'title': '  ' is not of the form a text that says something"),
    (SOP, "retrain, authors: [p-1]", "retrain, authors: []", "8:86 'authors' is empty, it needs at least one entry"),
    (SOP, "effective: 2026-12-15", "effective: ", "8:22 'effective' has no value"),
    (SOP, "governs: [gowning]", "governs:", "5:1 'governs' has no value"),
    (
        POLICY,
        "quality-unit: [quality-assurance]",
        "quality-unit: []",
        "4:1 'quality-unit' is empty, it needs at least one entry",
    ),
    (CAPA, "due: 2026-12-15", "due: ~", "7:72 'due': '~' is not a date of the form 2026-11-22"),
    # dates and times
    (
        SOP,
        "effective: 2026-12-15",
        "effective: 15.12.2026",
        "8:22 'effective': '15.12.2026' is not a date of the form 2026-11-22",
    ),
    (
        SOP,
        "effective: 2026-12-15",
        "effective: 2026-02-30",
        "8:22 'effective': '2026-02-30' is not a day of the calendar",
    ),
    (
        SOP,
        "effective: 2026-12-15",
        "effective: 2026-12-15T10:00",
        "8:22 'effective': '2026-12-15T10:00' is not a date of the form 2026-11-22",
    ),
    (
        SOP,
        "effective: 2026-12-15",
        "effective: 20261215",
        "8:22 'effective': '20261215' is not a date of the form 2026-11-22",
    ),
    (
        SOP,
        "effective: 2026-12-15",
        "effective: \uff12026-12-15",
        "8:22 'effective': '\uff12026-12-15' is not a date of the form 2026-11-22",
    ),
    (
        SOP,
        "effective: 2026-12-15",
        "effective: 0000-01-01",
        "8:22 'effective': '0000-01-01' is not a day of the calendar",
    ),
    (
        HISTORY,
        "2026-12-01T09:30:00+01:00",
        "2026-12-01",
        "2:3 'completed': '2026-12-01' is not a time with an offset, of the form 2026-11-22T09:30:00+01:00",
    ),
    (
        HISTORY,
        "2026-12-01T09:30:00+01:00",
        "2026-12-01T09:30:00",
        "2:3 'completed': '2026-12-01T09:30:00' is not a time with an offset, of the form 2026-11-22T09:30:00+01:00",
    ),
    (
        HISTORY,
        "2026-12-01T09:30:00+01:00",
        "2026-12-01T25:30:00Z",
        "2:3 'completed': '2026-12-01T25:30:00Z' is not a time of the calendar",
    ),
    *(
        (HISTORY, "2026-12-01T09:30:00+01:00", far, f"2:3 'completed': '{far}' is not a time of the calendar")
        for far in ("9999-12-31T23:30:00Z", "0001-01-01T00:30:00+01:00")  # it has no day in some other time zone
    ),
    (PERSON, "to: 2026-08-31", "to: never", "7:28 'to': 'never' is not a date of the form 2026-11-22"),
    # durations
    (SOP, "every: 12 months", "every: 12", "6:39 'every': '12' is not a duration of the form '14 days' or '12 months'"),
    (
        SOP,
        "every: 12 months",
        "every: a year",
        "6:39 'every': 'a year' is not a duration of the form '14 days' or '12 months'",
    ),
    (
        POLICY,
        "window: 14 days",
        "window: -1 days",
        "6:41 'window': '-1 days' is not a duration of the form '14 days' or '12 months'",
    ),
    (POLICY, "window: 14 days", "window: [14 days]", "6:41 'window': a text is expected here"),
    (
        CAPA,
        "period: 90 days",
        "period: 90  days",
        "8:45 'period': '90  days' is not a duration of the form '14 days' or '12 months'",
    ),
    # intervals
    (
        PERSON,
        "employed: {from: 2024-03-01}",
        "employed: {from: 2024-03-01, to: 2024-02-29}",
        "4:1 'employed': it ends on 2024-02-29, before it begins on 2024-03-01",
    ),
    (
        PERSON,
        "{role: operator, from: 2024-03-01}",
        "{role: operator, from: 2024-03-01, to: 2024-02-29}",
        "6:5 'roles': it ends on 2024-02-29, before it begins on 2024-03-01",
    ),
    (
        PERSON,
        "to: 2026-08-31",
        "to: 2026-04-30",
        "7:9 'leave': it ends on 2026-04-30, before it begins on 2026-05-01",
    ),
    # numbers and truths
    (HISTORY, "score: 92", "score: 92.5", "4:16 'score': '92.5' is not a whole number"),
    (HISTORY, "score: 92", "score: 101", "4:16 'score' is 101, it must be at most 100"),
    (HISTORY, "attempt: 1", "attempt: 0", "4:42 'attempt' is 0, it must be at least 1"),
    (HISTORY, "score: 92", "score: 0x1f", "4:16 'score': '0x1f' is not a whole number"),
    (POLICY, "revision: 1", "revision: one", "1:1 'revision': 'one' is not a whole number"),
    (ACTIVITIES, "critical: true", "critical: yes", "1:27 'critical': 'yes' is neither true nor false"),
    (ACTIVITIES, "critical: true", "critical: True", "1:27 'critical': 'True' is neither true nor false"),
    # ids
    (SOP, "id: SOP-001", "id: sop-001", "2:1 'id': 'sop-001' is not of the form SOP-014 or CAPA-2026-003"),
    (
        SOP,
        "owner: operator",
        "owner: fill finish",
        "4:1 'owner': 'fill finish' is not of the form p-0042 or aseptic-operator",
    ),
    (
        SOP,
        "governs: [gowning]",
        "governs: [gowning, ../x]",
        "5:20 'governs': '../x' is not of the form p-0042 or aseptic-operator",
    ),
    (SOP, "revision: 3.10", "revision: 3..1", "8:6 'revision': '3..1' is not of the form 3 or 3.1"),
    (SOP, "revision: 3.10", "revision: " + 40 * "3", "8:6 'revision' is longer than 32 characters"),
    (
        HISTORY,
        "document: SOP-001@1",
        "document: SOP-001",
        "1:3 'document': 'SOP-001' does not name a revision of a document, as in SOP-014@3",
    ),
    (PERSON, "by: p-3", "by: p/3", "9:67 'by': 'p/3' is not of the form p-0042 or aseptic-operator"),
    (
        CAPA,
        "sources: [DEV-2026-017]",
        "sources: [deviation 17]",
        "5:11 'sources': 'deviation 17' is not of the form SOP-014 or CAPA-2026-003",
    ),
    (
        ASSIGNMENT,
        "sha256:" + 64 * "0",
        "md5:0",
        "6:27 'text': 'md5:0' is not of the form sha256: and 64 hexadecimal digits",
    ),
    # one of a few words
    (
        SOP,
        "impact: retrain",
        "impact: retrian",
        "8:69 'impact' is 'retrian', which is none of retrain, read, none; did you mean 'retrain'?",
    ),
    (SOP, "impact: retrain", "impact: big", "8:69 'impact' is 'big', which is none of retrain, read, none"),
    (
        SOP,
        "method: [read, practical]",
        "method: [read, practise]",
        "6:27 'method' is 'practise', which is none of read, assessment, practical; did you mean 'practical'?",
    ),
    (
        PERSON,
        "kind: employee",
        "kind: employe",
        "3:1 'kind' is 'employe', which is none of employee, contractor; did you mean 'employee'?",
    ),
    (
        CAPA,
        "kind: training",
        "kind: retraining",
        "7:13 'kind' is 'retraining', which is none of training, document, other; did you mean 'training'?",
    ),
    (
        ASSIGNMENT,
        "cause: new-document",
        "cause: hired",
        "2:1 'cause' is 'hired', which is none of " + ", ".join(CAUSES) + "; did you mean 'hire'?",
    ),
    # the policy
    (POLICY, "Europe/Oslo", "Europe/Olso", "3:1 'timezone': 'Europe/Olso' is not a time zone, as in Europe/Oslo"),
    (
        POLICY,
        "timezone: Europe/Oslo",
        "timezone: ../../etc/passwd",
        "3:1 'timezone': '../../etc/passwd' is not a time zone, as in Europe/Oslo",
    ),
    (
        POLICY,
        "  SOP: {folder",
        "  CAPA: {folder",
        "5:1 'documents': CAPA is the prefix of quality events, no document type can have it",
    ),
    (POLICY, "  SOP: {folder: sop,", "  sop: {folder: sop,", "6:3 'sop': 'sop' is not of the form SOP"),
    (POLICY, "folder: sop", "folder: ../sop", "6:9 'folder': '../sop' is not of the form sop"),
    # the path
    (ROLE, "id: operator", "id: lead", "1:1 the id is lead, the file is named operator.yaml"),
    (PERSON, "id: p-1", "id: p-2", "1:1 the id is p-2, the file is named p-1.yaml"),
    (
        CAPA,
        "id: CAPA-2026-003",
        "id: CAPA-2026-004",
        "1:1 the id is CAPA-2026-004, the file is named CAPA-2026-003.yaml",
    ),
    (SOP, "id: SOP-001", "id: SOP-00", "2:1 the id is SOP-00, the file is named SOP-001-gowning.md"),
    (HISTORY, "SOP-001@1", "SOP-002@1", "1:3 SOP-002@1 stands in a file for SOP-001"),
    (WAIVERS, "SOP-001@1", "SOP-002@1", "1:4 SOP-002@1 stands in a file for SOP-001"),
    (
        ASSIGNMENT,
        "assignment: SOP-001@1/operator",
        "assignment: SOP-001@1/lead",
        "1:1 the assignment is SOP-001@1/lead, the file is named SOP-001@1/operator",
    ),
    (APPROVAL, "by: p-1", "by: p-2", "1:1 the approval is of SOP-001@1 by p-2, the path says SOP-001@1/p-1"),
    # syntax
    (ROLE, "title: Operator", "\ttitle: Operator", "2:1 a tab is used as indentation"),
    (
        ROLE,
        "title: Operator",
        "title: Operator\ntitle: Lead",
        "3:1 key 'title' is written twice, first on the line above",
    ),
    (SOP, "title: Gowning", "title: Gowning\ntitle: Lead", "4:1 key 'title' is written twice, first on the line above"),
]


def said(path: str, text: str) -> list[str]:
    """The faults of a file, each with its line and column."""
    library = library_of({path: text})
    library.records([path])
    places = [(library.placed(fault.at), fault.message) for fault in library.faults.get(path, ())]
    return [f"{place.line}:{place.column} {message}" for place, message in places]


@pytest.mark.parametrize("path", TEXTS)
def test_what_is_right_is_read(path: str):
    """One of each kind."""
    assert said(path, TEXTS[path]) == []
    assert load(path, TEXTS[path].encode()).record


@pytest.mark.parametrize(
    ("path", "old", "new", "expected"),
    [pytest.param(*row, id=f"{row[0].split('/')[-1]}: {row[3][:60]}") for row in FAULTS],
)
def test_what_is_wrong_is_said_once_and_where(path: str, old: str, new: str, expected: str):
    """A place and a sentence for each fault, and no more."""
    assert TEXTS[path].count(old) == 1, "the case alters one thing"

    assert said(path, TEXTS[path].replace(old, new)) == expected.split("|")


@pytest.mark.parametrize(
    ("path", "old", "new", "fix"),
    [
        pytest.param(ROLE, "title: Operator", "title: [Operator]", None, id="known"),
        pytest.param(ROLE, "title: Operator\n", "", None, id="missing"),
        pytest.param(
            ROLE,
            "performs:",
            "colour:",
            "keys here: id, title, department, purpose, performs, operates, requires, prerequisites",
            id="unknown",
        ),
        pytest.param(
            SOP,
            "{on: 2026-01-04,",
            "{on: 2026-01-04, colour: green,",
            "keys here: on, by, outcome",
            id="in a list",
        ),
        pytest.param(
            ACTIVITIES,
            "critical: true",
            "colour: green",
            "keys here: title, critical, minimum-qualified, kind",
            id="in a mapping of ids",
        ),
        pytest.param(
            WAIVERS,
            "reason: Certified.",
            "reasn: Certified.",
            "keys here: document, reason, evidence, from, until, by, signatures",
            id="a near miss",
        ),
        pytest.param(
            CAPA,
            "title: Gowning",
            "title: Gowning\ncolour: green",
            "keys here: id, title, owner, description, sources, documents, people, activity, batches, immediate-actions, "
            "investigation, scope, conclusion, root-cause, actions, due and 12 more",
            id="many",
        ),
    ],
)
def test_which_keys_there_are_is_said_where_one_is_unknown(path: str, old: str, new: str, fix: str | None):
    """In the order of the record, and not all of the many that an event has."""
    assert TEXTS[path].count(old) == 1

    assert [fault.fix for fault in load(path, TEXTS[path].replace(old, new).encode()).faults] == [fix]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("employed: {from: 2024-03-01}", "employed: {from: 2024-03-01, to: 2024-03-01}", id="employed"),
        pytest.param("operator, from: 2024-03-01", "operator, from: 2024-03-01, to: 2024-03-01", id="roles"),
        pytest.param("to: 2026-08-31", "to: 2026-05-01", id="leave"),
    ],
)
def test_an_interval_may_last_for_one_day(old: str, new: str):
    """It ends on the day on which it begins, and no earlier."""
    assert said(PERSON, TEXTS[PERSON].replace(old, new)) == []


CONFLICT = "<<<<<<< HEAD\ntitle: Operator\n=======\ntitle: Lead\n>>>>>>> theirs\n"


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        pytest.param(SOP, TEXTS[SOP] + "=======\n\nA heading of old.\n", None, id="a line under a heading"),
        pytest.param(SOP, TEXTS[SOP] + "Write <<<<<<< HEAD into it.\n", None, id="within a line"),
        pytest.param(SOP, TEXTS[SOP] + "<<<<<<<< eight\n", None, id="eight of them"),
        pytest.param(ROLE, TEXTS[ROLE].replace("title: Operator\n", CONFLICT), 2, id="yaml"),
        pytest.param(ROLE, TEXTS[ROLE].replace("title: Operator\n", CONFLICT).replace("\n", "\r\n"), 2, id="crlf"),
        pytest.param(ASSIGNMENT, CONFLICT + TEXTS[ASSIGNMENT], 1, id="an assignment"),
        pytest.param(SOP, TEXTS[SOP].replace("title: Gowning\n", CONFLICT), 3, id="front matter"),
        pytest.param(SOP, TEXTS[SOP] + CONFLICT, 12, id="the body of a document"),
        pytest.param(SOP, TEXTS[SOP] + ">>>>>>> theirs\n", 12, id="half of it is settled"),
    ],
)
def test_a_conflict_is_called_one(path: str, text: str, line: int | None):
    """Also in a body, which would be trained on; of an assignment, the way out is to have it written anew."""
    library = library_of({path: text})
    library.records([path])
    found = [(library.placed(fault.at).line, fault.message, fault.fix) for fault in library.faults.get(path, ())]

    assert [(line, message) for line, message, _ in found] == (
        [(line, "a merge conflict is not settled here")] if line else []
    )
    assert all("settle what both sides say" in fix and "qmsci assign" in fix for *_, fix in found)


def test_all_faults_of_a_file_are_said_at_once():
    """Nobody mends one to be told of the next."""
    text = (
        TEXTS[SOP]
        .replace("2026-12-15", "soon")
        .replace("retrain", "big")
        .replace("title:", "titel:")
        .replace("[p-1]", "[]")
    )

    assert sorted(fault.split()[0] for fault in said(SOP, text)) == ["3:1", "8:22", "8:63", "8:76"]


@pytest.mark.parametrize(
    ("label", "kept"), [("3.10", "3.10"), ("1", "1"), ("1e3", "1e3"), ("0x1", "0x1"), ("no", "no"), ("010", "010")]
)
def test_a_label_is_the_text_that_was_written(label: str, kept: str):
    """3.10 is not 3.1."""
    record = load(SOP, TEXTS[SOP].replace("3.10", label).encode()).record

    assert record
    assert record.newest.revision == kept


def test_a_long_value_is_shortened_in_the_message():
    """Nobody reads a page in a message."""
    found = said(PERSON, TEXTS[PERSON].replace("kind: employee", f"kind: {'x' * 5000}"))

    assert len(found) == 1
    assert len(found[0]) < 200


@pytest.mark.parametrize(
    "path", ["quality-events/XYZ-2026-001.yaml", "quality-events/SOP-014.yaml", "quality-events/DEVX-1.yaml"]
)
def test_an_event_of_no_kind(path: str):
    """The prefix says what it is."""
    assert said(path, "id: X\n") == [
        "1:1 the name begins with no kind of quality event (DEV, NCR, CMP, AUD, GAP, CAPA, VAL, MR)"
    ]


STRAYS = [
    "roles/operator.yml",
    "roles/Operator Lead.yaml",
    "roles/people/p-1/notes.yaml",
    "roles/people/p-1.txt",
    "controlled-docs/SOP-001.md",
    "controlled-docs/sop/gowning.md",
    "controlled-docs/sop/sub/SOP-001.md",
    "controlled-docs/sop/SOP-001.MD",
    "controlled-docs/sop/SOP-001-gowning.markdown",
    "controlled-docs/sop/SOP-001.YML",
    "controlled-docs/sop/SOP-001",
    "controlled-docs/sop/SOP-001-gowning",
    "controlled-docs/sop/SOP-001.yaml",
    "controlled-docs/approvals/SOP-001/p-1.yaml",
    "quality-events/DEV 17.yaml",
    "quality-events/2026/DEV-17.yaml",
    "training-records/completions/p-1.yaml",
    "training-records/completions/p-1/SOP-001@1.yaml",
    "training-records/waivers/p-1/x.yaml",
    "training-records/assignments/loose.yaml",
    "training-records/notes.txt",
    "QMSCI.yaml",
    "Roles/operator.yaml",
    "Training-Records/completions/p-1/SOP-001.yaml",
    "Controlled-Docs",
    "controlled-doc\u017f/sop/SOP-001.md",
    "codeowners",
    "docs/CodeOwners",
    "Docs/CODEOWNERS",
    ".github/codeowners",
    ".GitHub/workflows/ci.yml",
    ".GITHUB",
    ".github/Workflows/ci.yml",
]
WELCOME = [
    "README.md",
    "src/roles/operator.yml",
    "roles/README.md",
    "roles/.gitkeep",
    "training-records/assignments/.qmsci-x1.draft",
    "controlled-docs/sop/figure.svg",
    "controlled-docs/sop/SOP-001-figure-1.svg",
    "controlled-docs/sop/Makefile",
    "controlled-docs/sop/SOP-001/scan.pdf",
    ".github/workflows/ci.yml",
    ".github/workflows/CI.yml",
    ".github/PULL_REQUEST_TEMPLATE.md",
    ".github",
    "CODEOWNERS",
    "docs/CODEOWNERS",
    "src/codeowners",
    "Docs/index.md",
]


@pytest.mark.parametrize("path", STRAYS)
def test_a_file_where_only_records_lie_is_stray(path: str):
    """It looks like a record and is read by nobody."""
    assert is_stray(path)
    assert filed(path) is None


@pytest.mark.parametrize("path", [*WELCOME, *TEXTS])
def test_a_record_and_what_is_welcome_beside_it_is_not(path: str):
    """Readmes and hidden files anywhere, figures among documents, everything outside."""
    assert not is_stray(path)
