"""A small quality system that has lived for a year: what metrics and the management review are shown with."""

from __future__ import annotations

import json
from collections.abc import Mapping

ZERO = f"sha256:{64 * '0'}"
#: The half-year that its second review is about.
FIRST, LAST = "2026-01-01", "2026-06-30"


def document(name: str, revisions: str, **more: str) -> dict[str, str]:
    """A document with revisions (in flow style, newest first) and other keys."""
    keys = "".join(f"{key}: {value}\n" for key, value in {"owner": "operator", "governs": "[gowning]", **more}.items())
    path = f"controlled-docs/{name.split('-', maxsplit=1)[0].lower()}/{name}.md"
    return {path: f"---\nid: {name}\ntitle: {name}\n{keys}revisions: [{revisions}]\n---\nDo it.\n"}


def revision(label: str, effective: str, impact: str = "retrain", more: str = "") -> str:
    """One revision of a document."""
    return f"{{revision: {label}, effective: {effective}, summary: S., impact: {impact}, authors: [p-0001]{more}}}"


def person(name: str, role: str, since: str = "2025-01-01", more: str = "") -> dict[str, str]:
    """Somebody in one role."""
    return {
        f"roles/people/{name}.yaml": (
            f"id: {name}\nname: Person {name}\nkind: employee\nemployed: {{from: {since}}}\n"
            f"roles: [{{role: {role}, from: {since}}}]\n{more}"
        )
    }


def assignment(
    name: str, cause: str, assigned: str, items: list[dict[str, object]], role: str | None = None
) -> dict[str, str]:
    """A generated assignment."""
    shown = [json.dumps({"text": ZERO, **item}) for item in items]
    lines = "".join(f"  - {item}\n" for item in shown)
    held = f"role: {role}\n" if role else ""
    text = f"assignment: {name}\ncause: {cause}\n{held}assigned: {assigned}\nitems:\n{lines}"
    return {f"training-records/assignments/{name}.yaml": text}


def item(document: str, due: str, people: list[str], method: list[str], **more: object) -> dict[str, object]:
    """One item of an assignment."""
    return {"document": document, "due": due, "people": people, "method": method, **more}


def history(who: str, name: str, *entries: dict[str, object]) -> dict[str, str]:
    """A person's history on a document; each entry says what it differs in from a reading."""
    lines = [json.dumps({"assignments": [], "method": ["read"], **entry}) for entry in entries]
    return {f"training-records/completions/{who}/{name}.yaml": "".join(f"- {line}\n" for line in lines)}


def done(revision: str, day: str, *assignments: str, **more: object) -> dict[str, object]:
    """An entry of a history."""
    return {"document": revision, "completed": f"{day}T09:30:00+01:00", "assignments": list(assignments), **more}


def quiz(score: int, attempt: int = 1) -> dict[str, object]:
    """What an entry with an assessment has more."""
    return {"method": ["read", "assessment"], "assessment": {"score": score, "pass-mark": 80, "attempt": attempt}}


def shown(outcome: str = "competent", **more: object) -> dict[str, object]:
    """What an entry with a practical demonstration has more."""
    return {"method": ["read", "practical"], "practical": {"evaluator": "p-0001", "outcome": outcome, **more}}


def event(name: str, text: str) -> dict[str, str]:
    """A quality event."""
    return {f"quality-events/{name}.yaml": f"id: {name}\ntitle: Title of {name}\n{text}"}


def deviation(name: str, day: str, more: str = "") -> dict[str, str]:
    """A deviation at gowning that p-0042 was in."""
    return event(
        name,
        f"occurred: {day}T10:00:00+01:00\nreported: {day}\nclassification: major\nactivity: gowning\n"
        f"documents: [SOP-014]\npeople: [p-0042]\n{more}",
    )


def joined(*parts: Mapping[str, str]) -> dict[str, str]:
    """Some files together."""
    return {path: text for part in parts for path, text in part.items()}


ROLES = {
    "roles/activities.yaml": "gowning: {title: Gown, critical: true, minimum-qualified: 2}\nreview: {title: Review}\n",
    "roles/operator.yaml": "id: operator\ntitle: Operator\npurpose: Fills.\nperforms: [gowning]\nrequires: [TRN-001]\n",
    "roles/quality-assurance.yaml": (
        "id: quality-assurance\ntitle: Quality assurance\npurpose: Keeps it.\nperforms: [review]\n"
    ),
}
PEOPLE = joined(
    person("p-0001", "quality-assurance"),
    person("p-0042", "operator"),
    person("p-0043", "operator"),
    person("p-0044", "operator", "2026-05-04"),
)
DOCUMENTS = joined(
    document("SOP-001", revision("1", "2025-01-10"), governs="[review]", owner="quality-assurance"),
    document(
        "SOP-014",
        ", ".join(
            [revision("2", "2026-04-01", more=", reason: CAPA-2025-001"), revision("1", "2025-01-10")],
        ),
        training="{method: [read, practical], every: 12 months}",
    ),
    document("TRN-001", revision("1", "2025-01-10"), governs="[]"),
)
OPERATORS = ["p-0042", "p-0043"]
FULL, TEST = ["read", "practical"], ["read", "assessment"]
ASSIGNMENTS = joined(
    assignment(
        "SOP-001@1/quality-assurance",
        "new-document",
        "2025-01-02",
        [item("SOP-001@1", "2025-01-10", ["p-0001"], ["read"])],
        "quality-assurance",
    ),
    assignment(
        "SOP-014@1/operator",
        "new-document",
        "2025-01-02",
        [item("SOP-014@1", "2025-01-10", OPERATORS, FULL)],
        "operator",
    ),
    assignment(
        "TRN-001@1/operator",
        "new-document",
        "2025-01-02",
        [item("TRN-001@1", "2025-01-10", OPERATORS, TEST)],
        "operator",
    ),
    assignment(
        "SOP-014@2/operator", "revision", "2026-03-16", [item("SOP-014@2", "2026-04-01", OPERATORS, FULL)], "operator"
    ),
    assignment(
        "people/p-0044/operator-2026-05-04",
        "hire",
        "2026-05-04",
        [item("SOP-014@2", "2026-06-03", ["p-0044"], FULL), item("TRN-001@1", "2026-06-03", ["p-0044"], TEST)],
        "operator",
    ),
    assignment("CAPA-2025-001/1", "capa", "2025-11-03", [item("SOP-014@1", "2025-12-15", OPERATORS, FULL)]),
    assignment("CAPA-2025-001/3", "capa", "2026-03-16", [item("SOP-014@2", "2026-04-01", OPERATORS, FULL)]),
)
COMPLETIONS = joined(
    history("p-0001", "SOP-001", done("SOP-001@1", "2025-01-08", "SOP-001@1/quality-assurance")),
    history(
        "p-0042",
        "SOP-014",
        done("SOP-014@1", "2025-01-07", "SOP-014@1/operator", **shown()),
        done("SOP-014@1", "2025-12-01", "CAPA-2025-001/1", **shown()),
        done("SOP-014@2", "2026-03-23", "SOP-014@2/operator", "CAPA-2025-001/3", **shown()),
    ),
    history(
        "p-0043",
        "SOP-014",
        done("SOP-014@1", "2025-01-09", "SOP-014@1/operator", **shown()),
        done("SOP-014@1", "2025-12-10", "CAPA-2025-001/1", **shown()),
        done("SOP-014@2", "2026-03-20", **shown("not-competent")),
        done("SOP-014@2", "2026-04-02", "SOP-014@2/operator", "CAPA-2025-001/3", late="reader offline", **shown()),
    ),
    history(
        "p-0044",
        "SOP-014",
        done(
            "SOP-014@2",
            "2026-05-20",
            "people/p-0044/operator-2026-05-04",
            **shown(supervised=[{"on": "2026-05-12", "by": "p-0042", "task": "Gown"}]),
        ),
    ),
    history("p-0042", "TRN-001", done("TRN-001@1", "2025-01-06", "TRN-001@1/operator", **quiz(92))),
    history("p-0043", "TRN-001", done("TRN-001@1", "2025-01-06", "TRN-001@1/operator", **quiz(84))),
    history("p-0044", "TRN-001", done("TRN-001@1", "2026-05-28", "people/p-0044/operator-2026-05-04", **quiz(60))),
)
JUDGED = "training-assessment: [{person: p-0042, document: SOP-014@1, verdict: qualified, contributed: true}]\n"
CAUSE = "root-cause: {category: training, summary: The glove change was not practised.}\n"
EVENTS = joined(
    deviation(
        "DEV-2025-001", "2025-10-20", f"{JUDGED}{CAUSE}capa: CAPA-2025-001\nclosed: 2025-11-10\nclosed-by: p-0001\n"
    ),
    event(
        "CAPA-2025-001",
        f"""\
opened: 2025-11-03
owner: p-0001
sources: [DEV-2025-001]
{CAUSE}actions:
  - {{id: 1, kind: training, documents: [SOP-014@1], people: [p-0042, p-0043], due: 2025-12-15}}
  - {{id: 2, kind: document, document: SOP-014@2, due: 2026-03-31, done: 2026-03-16}}
  - {{id: 3, kind: training, documents: [SOP-014@2], people: [p-0042, p-0043], opened: 2026-03-16, due: 2026-04-10}}
effectiveness:
  criterion: No gowning deviation in 90 days after training
  period: 90 days
  assessor: p-0044
  checks:
    - {{on: 2026-03-12, outcome: not-effective, summary: It happened again.}}
""",
    ),
    deviation(
        "DEV-2026-001", "2026-02-20", f"{JUDGED}{CAUSE}capa: CAPA-2025-001\nclosed: 2026-03-20\nclosed-by: p-0001\n"
    ),
    deviation("DEV-2026-002", "2026-06-18", "owner: p-0001\n"),
    event(
        "CMP-2026-001",
        "opened: 2026-05-11\nclassification: minor\nactivity: review\nno-capa: A single case\nclosed: 2026-05-29\nclosed-by: p-0001\n",
    ),
    event(
        "AUD-2026-001",
        """\
opened: 2026-04-20
classification: minor
owner: p-0001
actions:
  - {id: 1, kind: other, title: Mount the mirror, due: 2026-06-15, owner: p-0043}
""",
    ),
)
PRESENTED = """\
presented:
  training-currency: "85.7 %"
  overdue: "1"
  events-opened: "3"
  traning-currency: "90 %"
"""
REVIEWS = joined(
    event(
        "MR-2026-001",
        """\
held: 2026-01-20
owner: p-0001
period: {from: 2025-07-01, to: 2025-12-31}
decisions: [Objectives stay as they are.]
actions:
  - {id: 1, kind: other, title: A second trainer, owner: p-0001, due: 2026-03-31, done: 2026-03-02}
  - {id: 2, kind: other, summary: A table for gowning, owner: p-0043, due: 2026-05-31}
""",
    ),
    event("MR-2026-002", f"held: 2026-07-14\nperiod: {{from: {FIRST}, to: {LAST}}}\n{PRESENTED}"),
)
#: All of it, without a policy.
FILES = joined(ROLES, PEOPLE, DOCUMENTS, ASSIGNMENTS, COMPLETIONS, EVENTS, REVIEWS)
