"""What `unsafe-content` says of whole trees, and of what a change touches."""

from __future__ import annotations

import pytest

from qmsci.finding import Place, Severity
from tests.laws import findings_in, findings_in_scope

SOP = """\
---
id: SOP-001
title: Gowning
owner: quality-assurance
revisions:
  - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
---
Gown.
"""
FILES = {
    "controlled-docs/sop/SOP-001.md": SOP,
    "roles/quality-assurance.yaml": "id: quality-assurance\ntitle: QA\npurpose: Keeps it.\nrequires: [SOP-001]\n",
}
UNSAFE = {**FILES, "controlled-docs/sop/SOP-001.md": SOP.replace("Gown.", "Gown. <script>x</script>")}


def said(found: list) -> list[tuple[Place, str]]:
    """What the rule says, and where."""
    return [(finding.place, finding.message) for finding in found if finding.rule == "unsafe-content"]


SCRIPT = [(Place("controlled-docs/sop/SOP-001.md", 8, 7), "the HTML element <script>")]


def test_what_is_unsafe_is_told_with_its_place():
    """In the whole tree, and in what a change touches; what it does not touch was judged before."""
    assert said(findings_in(FILES)) == []
    assert said(findings_in(UNSAFE)) == SCRIPT
    assert said(findings_in_scope(FILES, UNSAFE)) == SCRIPT
    assert said(findings_in_scope(UNSAFE, {**UNSAFE, "roles/operator.yaml": "id: operator\n"})) == []
    assert said(findings_in_scope(UNSAFE, FILES)) == []


RECORDS = {
    "an approval": (
        "controlled-docs/approvals/SOP-001@1/p-0003.yaml",
        (
            "document: SOP-001@1\ntext: sha256:{0}\neffective: 2026-01-10\nimpact: retrain\ngoverns: []\nby: p-0003\n"
            "name: '<b onclick=x>'\nmeaning: approved\nat: 2026-01-02T10:00:00+01:00\n"
        ),
        7,
    ),
    "activities": ("roles/activities.yaml", "gowning:\n  title: <b onclick=x>\n", 2),
    "a person": (
        "roles/people/p-1.yaml",
        "id: p-1\nname: <b onclick=x>\nkind: employee\nemployed: {{from: 2024-03-01}}\n",
        2,
    ),
    "an event": (
        "quality-events/DEV-2026-017.yaml",
        "id: DEV-2026-017\noccurred: 2026-09-12T09:40:00+02:00\nreported: 2026-09-12\ntitle: <b onclick=x>\n",
        4,
    ),
    "a completion": (
        "training-records/completions/p-1/SOP-001.yaml",
        (
            '- {{"completed": "2026-01-05T09:30:00+01:00", "document": "SOP-001@1", "late": "<b onclick=x>", '
            '"method": ["read"], "text": "sha256:{0}"}}\n'
        ),
        1,
    ),
    "a waiver": (
        "training-records/waivers/p-1/SOP-001.yaml",
        (
            "- document: SOP-001@1\n  reason: <b onclick=x>\n  evidence: E\n  from: 2026-01-20\n  until: 2027-01-20\n"
            "  by: p-0003\n"
        ),
        2,
    ),
    "the policy": (
        "qmsci.yaml",
        (
            "revision: 1\norganization: <b onclick=x>\ntimezone: Europe/Oslo\nquality-unit: [quality-assurance]\n"
            "approvals: forge\nsignatures: optional\n"
            "documents:\n  SOP: {{folder: sop, review: 24 months, window: 14 days, method: [read]}}\n"
        ),
        2,
    ),
}


@pytest.mark.parametrize(("path", "text", "line"), RECORDS.values(), ids=RECORDS.keys())
def test_every_kind_of_record_is_looked_at(path: str, text: str, line: int):
    """In whichever of its texts it is."""
    found = findings_in({**FILES, path: text.format("0" * 64)})
    assert [(place.path, place.line, message) for place, message in said(found)] == [
        (path, line, "the event handler onclick=")
    ], found


def test_an_unreadable_file_is_reported_alone():
    """Nothing is said of what is in it."""
    found = findings_in({**FILES, "roles/operator.yaml": "id: operator\ntitel: <script>\n"})
    assert {finding.rule for finding in found if finding.place.path == "roles/operator.yaml"} == {"unreadable"}


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("controlled-docs/-rf/README.md", "the name '-rf' begins with '-', which programs read as an option"),
        ("controlled-docs/sop/a\u202egnp.exe", "the name 'a\\u202egnp.exe' has the hidden character U+202E"),
        ("controlled-docs/sop/:(exclude)x", "the name ':(exclude)x' has ':'"),
    ],
)
def test_the_names_of_files_are_looked_at(path: str, says: str):
    """Also of those that are no records; in a file that is gone, nothing is."""
    files = {**FILES, path: "x"}
    ((place, message),) = said(findings_in(files))
    assert (place, message[: len(says)]) == (Place(path), says)
    assert said(findings_in_scope(FILES, files)) == [(place, message)]
    assert said(findings_in_scope(files, FILES)) == []


def test_a_stray_file_that_is_taken_away_is_not_missed():
    """Its place is as it should be again."""
    stray = {**FILES, "roles/notes.txt": "x"}
    assert [finding.rule for finding in findings_in_scope(FILES, stray)] == ["unreadable"]
    assert findings_in_scope(stray, FILES) == []


def test_records_that_have_the_name_of_a_device():
    """A role or a person; what only refers to it is not asked again."""
    role = "id: con\ntitle: C\npurpose: P.\nrequires: [SOP-001]\n"
    ((place, message),) = said(findings_in({**FILES, "roles/con.yaml": role}))
    assert (place, message) == (Place("roles/con.yaml"), "the name 'con.yaml' stands for a device on Windows")


def test_a_line_that_nobody_reads_to_its_end():
    """A review shows the beginning of it."""
    endless = {**FILES, "controlled-docs/sop/SOP-001.md": SOP + "a " * 260_000 + "\n"}
    long = {**FILES, "controlled-docs/sop/SOP-001.md": SOP + "a " * 240_000 + "\n"}

    assert said(findings_in(long)) == []
    assert said(findings_in(endless)) == [
        (Place("controlled-docs/sop/SOP-001.md", 9, 1), "a line of more than 500,000 characters")
    ]


def test_what_nobody_sees_in_what_never_changes_is_a_warning():
    """A character that came along with a pasted word would else stand in the way for ever."""
    path = "training-records/completions/p-1/SOP-001.yaml"
    entry = '- {"completed": "2026-01-05T09:30:00+01:00", "document": "SOP-001@1", "late": "off\u200bline", "method": ["read"]}\n'

    (found,) = [one for one in findings_in({**FILES, path: entry}) if one.rule == "unsafe-content"]

    assert found.severity is Severity.WARNING
    assert "U+200B" in found.message
