"""Who joined before the change, and was not trained, is not left out by an earlier day of closing."""

from __future__ import annotations

import pytest

from tests.laws import findings_of_change

PATH = "quality-events/CAPA-1.yaml"
OPEN = """\
id: CAPA-1
title: T
opened: 2026-09-14
owner: p-0003
actions:
  - {id: 1, kind: training, documents: [SOP-014@1], roles: [operator], due: 2026-10-15}
"""
SOP = """\
---
id: SOP-014
title: T
owner: operator
governs: [gowning]
revisions:
  - {revision: 1, effective: 2026-01-10, summary: S., impact: retrain, authors: [p-0003]}
---
Gown.
"""


def person(name: str, since: str, to: str = "") -> dict[str, str]:
    """An operator since a day."""
    end = f", to: {to}" if to else ""
    text = f"id: {name}\nname: N\nkind: employee\nemployed: {{from: 2024-01-01}}\n"
    return {f"roles/people/{name}.yaml": f"{text}roles: [{{role: operator, from: {since}{end}}}]\n"}


def done(name: str, day: str) -> dict[str, str]:
    """Their training for the CAPA."""
    text = f"- {{document: SOP-014@1, completed: {day}T09:30:00+02:00, method: [read], assignments: [CAPA-1/1]}}\n"
    return {f"training-records/completions/{name}/SOP-014.yaml": text}


ITEM = f'{{document: SOP-014@1, due: 2026-10-15, method: [read], people: [p-1, p-2], text: "sha256:{64 * "0"}"}}'
BASE = {
    "controlled-docs/sop/SOP-014.md": SOP,
    "roles/operator.yaml": "{id: operator, title: R, purpose: Works., performs: [gowning]}\n",
    "training-records/assignments/CAPA-1/1.yaml": (
        f"assignment: CAPA-1/1\ncause: capa\nassigned: 2026-09-14\nitems:\n  - {ITEM}\n"
    ),
    **person("p-1", "2024-01-01"),
    **done("p-1", "2026-10-01"),
}
NEW = person("p-2", "2026-11-01")
LEFT = "closed as of 2026-10-20, and on 2026-11-22 SOP-014@1 was not completed by p-2"


@pytest.mark.parametrize(
    ("before", "files", "closed", "messages"),
    [
        pytest.param(OPEN, {}, "2026-10-20", [], id="nobody joined"),
        pytest.param(OPEN, {**NEW, **done("p-2", "2026-11-20")}, "2026-10-20", [], id="who joined is trained"),
        pytest.param(OPEN, person("p-2", "2026-12-01"), "2026-11-22", [], id="somebody will join"),
        pytest.param(OPEN, person("p-2", "2026-11-01", "2026-11-10"), "2026-10-20", [], id="joined, and left again"),
        pytest.param(OPEN + "closed: 2026-10-20\nclosed-by: p-0003\n", NEW, "2026-10-20", [], id="closed before"),
        pytest.param("{", NEW, "2026-10-20", [], id="it could not be read before"),
        pytest.param(OPEN, person("p-2", "2026-10-01"), "2026-10-20", [], id="missing then: another rule says so"),
        pytest.param(OPEN, NEW, "2026-10-20", [LEFT], id="joined since"),
    ],
)
def test_a_closing_is_not_dated_back_past_a_newcomer(
    before: str, files: dict[str, str], closed: str, messages: list[str]
):
    there = {**BASE, **files}
    found = findings_of_change({**there, PATH: before}, {**there, PATH: f"{OPEN}closed: {closed}\nclosed-by: p-0003\n"})

    assert [f.message for f in found if f.rule == "closing-backdated"] == messages
