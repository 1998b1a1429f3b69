"""Each name in a record, found and not found."""

from __future__ import annotations

import pytest

from qmsci.library import library_of
from qmsci.near_miss import near_miss
from qmsci.references import Named, references
from tests.laws import findings_in

DOCUMENT = """\
---
id: SOP-014
title: T
owner: lead
governs: [gowning]
references: [SOP-014]
revisions:
  - {revision: 1, effective: 2026-01-10, summary: S, impact: retrain, authors: [p-0003], reason: CAPA-2026-003}
reviewed: [{on: 2026-06-01, by: p-0003, outcome: confirmed}]
---
"""
ROLE = "id: {0}\ntitle: T\npurpose: P\nperforms: [gowning]\noperates: [filler]\nrequires: [SOP-014]\n"
CAPA = """\
id: CAPA-2026-003
title: T
opened: 2026-11-20
owner: p-0003
sources: [DEV-2026-017]
actions:
  - {id: 1, kind: training, documents: [SOP-014@7, WI-099@1], roles: [lead], people: [p-0003], due: 2026-12-01}
  - {id: 2, kind: document, document: SOP-014@7, due: 2026-12-01}
  - {id: 3, kind: document, document: SOP-014@1, due: 2026-12-01, done: 2026-11-21}
effectiveness: {criterion: C, period: 90 days, assessor: p-0003}
"""
DEVIATION = """\
id: DEV-2026-017
title: T
occurred: 2026-09-12T09:40:00+02:00
reported: 2026-09-12
activity: gowning
documents: [SOP-014]
people: [p-0003]
training-assessment: [{person: p-0003, document: SOP-014@1, verdict: qualified}]
capa: CAPA-2026-003
"""
DIGEST = "sha256:" + "0" * 64
TREE = {
    "controlled-docs/sop/SOP-014.md": DOCUMENT,
    "controlled-docs/approvals/SOP-014@1/p-0003.yaml": f"{{document: SOP-014@1, text: '{DIGEST}', "
    "effective: 2026-01-10, impact: retrain, governs: [gone], "
    "by: p-0003, name: N, meaning: approved, at: 2026-01-09T10:00:00Z}\n",
    "roles/lead.yaml": ROLE.format("lead"),
    "roles/quality-assurance.yaml": ROLE.format("quality-assurance"),
    "roles/activities.yaml": "gowning: {title: Gown}\nfiller: {title: Filler, kind: equipment}\n",
    "roles/people/p-0003.yaml": "id: p-0003\nname: N\nkind: employee\nemployed: {from: 2024-01-01, to: 2025-01-01}\n"
    "roles: [{role: lead, from: 2024-01-01}]\nkeys: [{key: K, from: 2024-01-01, proof: badge, by: p-0003}]\n",
    "quality-events/CAPA-2026-003.yaml": CAPA,
    "quality-events/DEV-2026-017.yaml": DEVIATION,
    "training-records/assignments/SOP-014@1/lead.yaml": "{assignment: SOP-014@1/lead, cause: revision, role: lead, "
    f"assigned: 2026-01-02, items: [{{document: SOP-014@1, text: '{DIGEST}', method: read, due: 2026-01-10, "
    "people: [p-0003]}]}\n",
    "training-records/completions/p-0003/SOP-014.yaml": "- {document: SOP-014@1, completed: '2026-01-09T10:00:00Z', "
    "method: read, assignments: [SOP-014@1/lead], practical: {evaluator: p-0003, outcome: competent}, "
    "signatures: [{by: p-0003}]}\n",
    "training-records/waivers/p-0003/SOP-014.yaml": "- {document: SOP-014@1, from: 2026-01-09, by: p-0003}\n",
}


def said(files: dict[str, str]) -> list[str]:
    """What is said of a tree."""
    return [f"{f.place.path}: {f.message}" for f in findings_in(files) if f.rule == "unknown-reference"]


def test_a_tree_in_which_every_name_is_found():
    """What is planned, quoted, retired or departed is nothing to speak of."""
    assert said(TREE) == []


@pytest.mark.parametrize(
    ("path", "old", "new", "message"),
    [
        (
            "controlled-docs/sop/SOP-014.md",
            "owner: lead",
            "owner: leed",
            "no role 'leed' in roles/, did you mean 'lead'?",
        ),
        ("controlled-docs/sop/SOP-014.md", "governs: [gow", "governs: [go", "no activity 'goning' in roles/activities"),
        ("controlled-docs/sop/SOP-014.md", "references: [SOP-014", "references: [SOP-14", "did you mean 'SOP-014'?"),
        ("controlled-docs/sop/SOP-014.md", "[p-0003]", "[p-0004]", "no person 'p-0004' in roles/people/"),
        ("controlled-docs/sop/SOP-014.md", "CAPA-2026-003", "CAPA-2026-004", "no event 'CAPA-2026-004' in quality-ev"),
        ("controlled-docs/sop/SOP-014.md", "by: p-0003", "by: p-0009", "no person 'p-0009'"),
        ("roles/lead.yaml", "SOP-014", "SOP-015", "no document 'SOP-015' in controlled-docs/"),
        (
            "roles/lead.yaml",
            "[filler]",
            "[filer]",
            "no activity 'filer' in roles/activities.yaml, did you mean 'filler'?",
        ),
        ("roles/people/p-0003.yaml", "role: lead", "role: chief", "no role 'chief'"),
        ("roles/people/p-0003.yaml", "by: p-0003", "by: p-0009", "no person 'p-0009'"),
        ("quality-events/CAPA-2026-003.yaml", "WI-099", "XY-099", "XY is no document type of qmsci.yaml"),
        ("quality-events/CAPA-2026-003.yaml", "[DEV-2026-017]", "[DEV-2026-018]", "no event 'DEV-2026-018'"),
        ("quality-events/CAPA-2026-003.yaml", "SOP-014@1", "SOP-014@7", "SOP-014 has no revision 7 (1)"),
        ("quality-events/CAPA-2026-003.yaml", "owner: p-0003", "owner: lead", "no person 'lead'"),
        ("quality-events/DEV-2026-017.yaml", "[SOP-014]", "[SOP-015]", "no document 'SOP-015'"),
        ("quality-events/DEV-2026-017.yaml", "SOP-014@1", "SOP-014@2", "SOP-014 has no revision 2 (1)"),
        ("quality-events/DEV-2026-017.yaml", "capa: CAPA-2026-003", "capa: CAPA-2026-009", "no event 'CAPA-2026-009'"),
        ("training-records/assignments/SOP-014@1/lead.yaml", "[p-0003]", "[p-0009]", "no person 'p-0009'"),
        ("training-records/assignments/SOP-014@1/lead.yaml", "t: SOP-014@1,", "t: SOP-014@2,", "has no revision 2"),
        (
            "training-records/completions/p-0003/SOP-014.yaml",
            "[SOP-014@1/lead]",
            "[SOP-014@1/leed]",
            "mean 'SOP-014@1/lead'",
        ),
        ("training-records/completions/p-0003/SOP-014.yaml", "evaluator: p-0003", "evaluator: p-9", "no person 'p-9'"),
        ("training-records/completions/p-0003/SOP-014.yaml", "{by: p-0003", "{by: p-0009", "no person 'p-0009'"),
        ("training-records/waivers/p-0003/SOP-014.yaml", "by: p-0003", "by: p-0009", "no person 'p-0009'"),
    ],
)
def test_a_name_that_nobody_has(path: str, old: str, new: str, message: str):
    """Every wrong name is reported where it stands, alone."""
    assert old in TREE[path]
    head, _, tail = TREE[path].rpartition(old)

    found = said({**TREE, path: head + new + tail})

    assert len(found) == 1, found
    assert found[0].startswith(f"{path}: ")
    assert message in found[0]


@pytest.mark.parametrize("path", sorted(TREE))
def test_a_file_that_cannot_be_read_is_not_missing(path: str):
    """What depends on an unreadable file is not reported."""
    assert said({**TREE, path: "x: ["}) == []


def test_the_person_of_a_history_is_the_one_of_its_path():
    """A file for somebody whom nobody knows is flagged as a whole."""
    path = "training-records/completions/p-0004/SOP-014.yaml"

    assert said({**TREE, path: TREE[path.replace("p-0004", "p-0003")]}) == [
        f"{path}: no person 'p-0004' in roles/people/"
    ]


@pytest.mark.parametrize("path", sorted(TREE))
def test_every_record_names_something(path: str):
    """All kinds of record are gone through; the list of activities alone names nothing."""
    record = library_of(TREE).records([path])[0]
    assert record

    found = list(references(record))

    assert bool(found) == (path != "roles/activities.yaml")
    assert {reference.kind for reference in found} <= set(Named)


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [
        ("p-0099", ["p-0090", "p-0009"], None),
        ("p-99", ["p-0099"], "p-0099"),
        ("quality-asurance", ["qualified-person", "quality-assurance"], "quality-assurance"),
        ("director", ["operator"], None),
    ],
)
def test_a_guess_is_made_only_where_it_is_likely(name: str, known: list[str], meant: str | None):
    """Another number is another thing."""
    assert near_miss(name, known) == meant
