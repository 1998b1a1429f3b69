"""Who counts, and what is said of who does not."""

from __future__ import annotations

import pytest

from qmsci.rule import When
from tests.laws import TODAY, findings_in

DOC = """\
---
id: SOP-014
title: Gowning
owner: operator
governs: [gowning]
revisions:
  - {revision: 1, effective: 2026-01-15, summary: First., impact: retrain, authors: [p-0007]}
---
Gown.
"""


def person(name: str, extra: str = "") -> dict[str, str]:
    text = f"id: {name}\nname: N\nkind: employee\nemployed: {{from: 2024-03-01}}\n"
    return {f"roles/people/{name}.yaml": text + "roles: [{role: operator, from: 2024-03-01}]\n" + extra}


def trained(name: str) -> dict[str, str]:
    entry = "- {document: SOP-014@1, completed: 2026-01-10T09:30:00+01:00, method: [read]}\n"
    return {f"training-records/completions/{name}/SOP-014.yaml": entry}


ROLE = {"roles/operator.yaml": "{id: operator, title: Operator, purpose: Fills., performs: [gowning]}\n"}
DOCUMENT = {"controlled-docs/sop/SOP-014.md": DOC}
TWO = {**DOCUMENT, **ROLE, **person("p-1"), **person("p-2"), **trained("p-1"), **trained("p-2")}
LEAVE = person("p-1", "leave: [{from: 2026-11-22}]\n")


@pytest.mark.parametrize(
    ("activity", "files", "message"),
    [
        pytest.param("{title: Gown, minimum-qualified: 2}", TWO, None, id="exactly enough"),
        pytest.param("{title: Gown}", {}, None, id="no number, not critical"),
        pytest.param("{title: Gown, critical: true}", {**TWO, **LEAVE}, None, id="critical: one is enough"),
        pytest.param(
            "{title: Gown, minimum-qualified: 2}",
            {**TWO, "training-records/completions/p-2/SOP-014.yaml": "- {"},
            None,
            id="a history that cannot be read is reported alone",
        ),
        pytest.param("{title: Gown, minimum-qualified: 2}", {**TWO, "roles/x.yaml": "{"}, None, id="nor a role"),
        pytest.param(
            "{title: Gown, minimum-qualified: 3}",
            {**TWO, **LEAVE, **person("p-3")},
            "1 is authorised for gowning, 3 are required; next would be p-3: not trained on SOP-014@1",
            id="who is at work is next",
        ),
        pytest.param(
            "{title: Gown, minimum-qualified: 2}",
            {**TWO, **LEAVE},
            "1 is authorised for gowning, 2 are required; next would be p-1: on leave on 2026-11-22",
            id="a leave counts",
        ),
        pytest.param(
            "{title: Gown, critical: true}",
            {**ROLE, **person("p-1")},
            "nobody is authorised for gowning, 1 is required; next would be p-1: nothing in force governs gowning",
            id="nothing governs it",
        ),
        pytest.param(
            "{title: Gown, minimum-qualified: 2}",
            DOCUMENT,
            "nobody is authorised for gowning, 2 are required; nobody holds a role that performs it",
            id="nobody holds a role",
        ),
    ],
)
def test_how_many_are_authorised(activity: str, files: dict[str, str], message: str | None):
    found = findings_in({"roles/activities.yaml": f"gowning: {activity}\n", **files}, TODAY, When.CALENDAR)
    messages = [f.message for f in found if f.rule == "too-few-qualified"]

    assert [said.removesuffix(", no training on record") for said in messages] == ([message] if message else [])
