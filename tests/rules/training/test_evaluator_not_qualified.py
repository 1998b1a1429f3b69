"""An evaluator is qualified before the moment in which they evaluate."""

from __future__ import annotations

import pytest

from tests.laws import findings_of_change

DOC = """\
---
id: WI-031
title: T
owner: operator
governs: [gowning]
revisions:
  - {revision: 1, effective: 2026-01-10, summary: S., impact: retrain, authors: [p-0003]}
---
Gown.
"""


def trained(who: str, by: str, at: str) -> dict[str, str]:
    """A practical demonstration, evaluated by somebody."""
    entry = f"completed: 2026-11-22T{at}:00+01:00, method: [read, practical], practical: {{evaluator: {by}, outcome: competent}}"
    return {f"training-records/completions/{who}/WI-031.yaml": f"- {{document: WI-031@1, {entry}}}\n"}


def person(name: str) -> dict[str, str]:
    """An operator."""
    text = f"id: {name}\nname: N\nkind: employee\nemployed: {{from: 2024-01-01}}\n"
    return {f"roles/people/{name}.yaml": f"{text}roles: [{{role: operator, from: 2024-01-01}}]\n"}


BASE = {
    "controlled-docs/wi/WI-031.md": DOC,
    "roles/operator.yaml": "{id: operator, title: R, purpose: Works., performs: [gowning]}\n",
    **person("p-1"),
    **person("p-2"),
}


@pytest.mark.parametrize(
    ("first", "second", "flagged"),
    [
        pytest.param("09:00", "10:00", ["p-2"], id="one after the other"),
        pytest.param("09:00", "09:00", ["p-2", "p-1"], id="in one moment"),
    ],
)
def test_two_do_not_qualify_one_another(first: str, second: str, flagged: list[str]):
    after = {**BASE, **trained("p-1", "p-2", first), **trained("p-2", "p-1", second)}
    found = [f.message for f in findings_of_change(BASE, after) if f.rule == "evaluator-not-qualified"]

    assert [message.split()[0] for message in found] == flagged
