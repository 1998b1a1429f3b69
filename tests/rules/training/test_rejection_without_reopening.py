"""A rejection reaches the event that was closed on what it rejects."""

from __future__ import annotations

import json
from typing import Any

import pytest

from qmsci.records.canonical import digest_of
from tests.laws import findings_of_change

PATH = "quality-events/CAPA-1.yaml"
HISTORY = "training-records/completions/p-1/SOP-014.yaml"
OPEN = """\
id: CAPA-1
title: T
opened: 2026-09-14
owner: p-0003
actions:
  - {id: 1, kind: training, documents: [SOP-014@1], people: [p-1], due: 2026-10-15}
"""
CLOSED = OPEN + "closed: 2026-10-20\nclosed-by: p-0003\n"
AGAIN = OPEN + "reopened: [{on: 2026-11-22, by: p-0003, summary: S., closed: 2026-10-20, closed-by: p-0003}]\n"
ITEM = f'{{document: SOP-014@1, due: 2026-10-15, method: [read], people: [p-1], text: "sha256:{64 * "0"}"}}'
SOP = """\
---
id: SOP-014
title: T
owner: operator
revisions:
  - {revision: 1, effective: 2026-01-10, summary: S., impact: retrain, authors: [p-0003]}
---
Gown.
"""
FILES = {
    "controlled-docs/sop/SOP-014.md": SOP,
    "roles/people/p-1.yaml": "id: p-1\nname: N\nkind: employee\nemployed: {from: 2024-01-01}\n",
    "training-records/assignments/CAPA-1/1.yaml": (
        f"assignment: CAPA-1/1\ncause: capa\nassigned: 2026-09-14\nitems:\n  - {ITEM}\n"
    ),
    "training-records/assignments/SOP-014@1/operator.yaml": (
        f"assignment: SOP-014@1/operator\ncause: revision\nrole: operator\nassigned: 2026-01-01\nitems:\n  - {ITEM}\n"
    ),
}


def entry(*named: str) -> dict[str, Any]:
    """A completion for some assignments."""
    day = "2026-10-05T09:30:00+02:00"
    return {"document": "SOP-014@1", "completed": day, "method": ["read"], "assignments": list(named)}


@pytest.mark.parametrize(
    ("named", "before", "after", "messages"),
    [
        pytest.param(["SOP-014@1/operator"], CLOSED, CLOSED, [], id="for a revision"),
        pytest.param(["CAPA-1/1"], OPEN, OPEN, [], id="of an open event"),
        pytest.param(["CAPA-1/1"], CLOSED, AGAIN, [], id="which is reopened"),
        pytest.param(["CAPA-1/1"], "{", "{", [], id="of one that cannot be read"),
        pytest.param(["CAPA-1/9"], CLOSED, CLOSED, [], id="of an assignment that is not there"),
        pytest.param(
            ["CAPA-1/1"], CLOSED, CLOSED, ["CAPA-1 was closed on 2026-10-20 on this training"], id="of a closed event"
        ),
        pytest.param(
            ["CAPA-1/1"], OPEN, CLOSED, ["CAPA-1 was closed on 2026-10-20 on this training"], id="closed with it"
        ),
    ],
)
def test_a_rejection_reopens_what_rests_on_it(named: list[str], before: str, after: str, messages: list[str]):
    done = entry(*named)
    rejection = {"rejects": digest_of(done), "reason": "Hers.", "by": "p-0003", "at": "2026-11-22T09:30:00+01:00"}
    first, both = f"- {json.dumps(done)}\n", f"- {json.dumps(done)}\n- {json.dumps(rejection)}\n"
    found = findings_of_change({**FILES, PATH: before, HISTORY: first}, {**FILES, PATH: after, HISTORY: both})

    assert [f.message for f in found if f.rule == "rejection-without-reopening"] == messages


def test_another_entry_that_counts_keeps_it_closed():
    """A duplicate, or the right entry beside the wrong one, leaves the closing its ground."""
    done, again = entry("CAPA-1/1"), entry("CAPA-1/1") | {"completed": "2026-10-06T09:30:00+02:00"}
    rejection = {"rejects": digest_of(done), "reason": "Twice.", "by": "p-0003", "at": "2026-11-22T09:30:00+01:00"}
    first = "".join(f"- {json.dumps(one)}\n" for one in (done, again))
    files = {**FILES, PATH: CLOSED}
    found = findings_of_change({**files, HISTORY: first}, {**files, HISTORY: f"{first}- {json.dumps(rejection)}\n"})

    assert [f.message for f in found if f.rule == "rejection-without-reopening"] == []
