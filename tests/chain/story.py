"""A small circuit: a deviation, its CAPA, the revision and the training that came of it, a check, a closing, a reopening."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from qmsci.records.canonical import digest_of

TODAY = date(2027, 5, 20)
TEXT = "sha256:" + 64 * "0"


def person(name: str, called: str, role: str, since: str = "2024-01-15") -> dict[str, str]:
    """The file of a person with one role."""
    text = f"id: {name}\nname: {called}\nkind: employee\nemployed: {{from: {since}}}\n"
    return {f"roles/people/{name}.yaml": f"{text}roles:\n  - {{role: {role}, from: {since}}}\n"}


def role(name: str, rest: str = "") -> dict[str, str]:
    """The file of a role."""
    return {f"roles/{name}.yaml": f"id: {name}\ntitle: {name.title()}\npurpose: Works.\n{rest}"}


def assignment(
    name: str, cause: str, revision: str, people: Sequence[str], assigned: str, due: str, role: str | None = "operator"
) -> dict[str, str]:
    """The file of an assignment with one item."""
    item = {"document": revision, "text": TEXT, "method": ["read", "practical"], "due": due, "people": list(people)}
    held = f"role: {role}\n" if role else ""
    text = f"assignment: {name}\ncause: {cause}\n{held}assigned: {assigned}\nitems:\n  - {json.dumps(item)}\n"
    return {f"training-records/assignments/{name}.yaml": text}


def completion(revision: str, day: str, *assignments: str, **more: object) -> str:
    """A line of a history: training in reading and practice, evaluated by the lead."""
    practical = {"practical": {"evaluator": "p-4", "outcome": "competent"}}
    found: dict[str, object] = {
        "assignments": list(assignments),
        "completed": f"{day}T09:30:00+01:00",
        "document": revision,
        "method": ["read", "practical"],
        **practical,
        **more,
    }
    return f"- {json.dumps({key: value for key, value in found.items() if value is not None})}\n"


def history(name: str, *entries: str, document: str = "SOP-014") -> dict[str, str]:
    """The file of a person's history on a document."""
    return {f"training-records/completions/{name}/{document}.yaml": "".join(entries)}


DEVIATION = """\
id: DEV-2026-017
title: Glove tear found during filling
occurred: 2026-09-12T09:40:00+02:00
reported: 2026-09-12
classification: major
activity: gowning
documents: [SOP-014]
people: [p-1]
training-assessment:
  - {person: p-1, document: SOP-014@2, verdict: qualified, contributed: false}
root-cause: {category: procedure, summary: The gloves stay on under the outer gloves.}
capa: CAPA-2026-003
closed: 2026-10-01
closed-by: p-3
"""
AGAIN = """\
id: DEV-2027-008
title: Glove tear found after filling
occurred: 2027-05-07T15:00:00+02:00
reported: 2027-05-08
activity: gowning
documents: [SOP-014]
people: [p-2]
capa: CAPA-2026-003
"""
CAPA = """\
id: CAPA-2026-003
title: Gloves intact and clean under the outer gloves
opened: 2026-09-14
owner: p-3
sources: [DEV-2026-017]
root-cause: {category: procedure, summary: The gloves stay on under the outer gloves.}
actions:
  - id: 1
    kind: training
    summary: Train the operators on SOP-014@3.
    documents: [SOP-014@3]
    roles: [operator]
    owner: p-4
    due: 2026-12-15
  - id: 2
    kind: document
    summary: Revise SOP-014 with a second glove change.
    document: SOP-014@3
    due: 2026-11-15
    extensions:
      - {to: 2026-11-30, on: 2026-11-10, by: p-3, reason: The trial of the new gloves took longer.}
    done: 2026-11-22
    evidence: SOP-014@3
  - id: 3
    kind: other
    opened: 2027-05-12
    title: Try gloves of another make
    due: 2027-05-18
effectiveness:
  criterion: No glove tear in 90 days after the last operator was trained
  period: 90 days
  assessor: p-5
  checks:
    - {on: 2027-03-20, outcome: effective, summary: No tear in 214 gownings.}
reopened:
  - {on: 2027-05-10, by: p-3, summary: The tear of DEV-2027-008 has the same cause., closed: 2027-03-21, closed-by: p-3}
"""
SOP = """\
---
id: SOP-014
title: Gowning
owner: lead
governs: [gowning]
training: {method: [read, practical]}
revisions:
  - revision: 3
    effective: 2026-12-15
    summary: Second glove change at step 6.
    impact: retrain
    authors: [p-4]
    reason: CAPA-2026-003
  - {revision: 2, effective: 2025-01-10, summary: Goggles are sterilised., impact: retrain, authors: [p-4]}
reviewed:
  - {on: 2026-01-04, by: p-3, outcome: confirmed}
---
Gown.
"""
BOTH = ("CAPA-2026-003/1", "SOP-014@3/operator")
FAILED = {"evaluator": "p-4", "outcome": "not-competent"}
FILES = {
    "controlled-docs/sop/SOP-014-gowning.md": SOP,
    "roles/activities.yaml": "gowning: {title: Gowning}\n",
    **role("operator", "performs: [gowning]\n"),
    **role("lead"),
    **role("quality-assurance"),
    **person("p-1", "Ingrid Solberg", "operator"),
    **person("p-2", "Marte Lie", "operator"),
    **person("p-3", "Astrid Halvorsen", "quality-assurance"),
    **person("p-4", "Johan Lindqvist", "lead"),
    **person("p-5", "Elena Marchetti", "quality-assurance"),
    **person("p-6", "Jonas Virtanen", "operator", since="2027-04-01"),
    "quality-events/DEV-2026-017.yaml": DEVIATION,
    "quality-events/DEV-2027-008.yaml": AGAIN,
    "quality-events/CAPA-2026-003.yaml": CAPA,
    **assignment("SOP-014@2/operator", "new-document", "SOP-014@2", ["p-1", "p-2"], "2024-12-13", "2025-01-10"),
    **assignment("SOP-014@3/operator", "revision", "SOP-014@3", ["p-1", "p-2"], "2026-11-22", "2026-12-15"),
    **assignment("CAPA-2026-003/1", "capa", "SOP-014@3", ["p-1", "p-2"], "2026-11-22", "2026-12-15", None),
    **assignment("people/p-6/operator-2027-03-15", "hire", "SOP-014@3", ["p-6"], "2027-03-15", "2027-05-01"),
    **history(
        "p-1",
        completion("SOP-014@2", "2025-01-07", "SOP-014@2/operator"),
        completion("SOP-014@3", "2026-12-01", *BOTH),
    ),
    **history(
        "p-2",
        completion("SOP-014@2", "2025-01-08", "SOP-014@2/operator"),
        completion("SOP-014@3", "2026-12-14", *BOTH, practical=FAILED),
        completion("SOP-014@3", "2026-12-17", *BOTH),
    ),
    **history(
        "p-6",
        completion("SOP-014@3", "2027-04-12", "people/p-6/operator-2027-03-15", method=["read"], practical=None),
    ),
}


def crowd(count: int) -> dict[str, str]:
    """The story with so many operators more, most of whom were trained in time, some late, and the last three not."""
    names = [f"p-{number}" for number in range(1000, 1000 + count)]
    files = {**FILES, **assignment("SOP-014@3/operator", "revision", "SOP-014@3", names, "2026-11-22", "2026-12-15")}
    for number, name in enumerate(names):
        files |= person(name, f"Person {number}", "operator")
        if number < count - 3:
            day = f"2026-12-{1 + number % 15:02}" if number % 5 else f"2026-12-{16 + number % 10}"
            files |= history(name, completion("SOP-014@3", day, "SOP-014@3/operator"))
    return files


def rejection(entry: str, day: str = "2026-12-10") -> str:
    """The line of a history by which the quality unit rejects another one."""
    digest = digest_of(json.loads(entry.removeprefix("- ")))
    found = {"rejects": digest, "reason": "Not observed.", "by": "p-3", "at": f"{day}T10:00:00+01:00"}
    return f"- {json.dumps(found)}\n"
