"""An evaluator is qualified before the moment in which they evaluate."""

from __future__ import annotations

from datetime import date

import pytest

from tests.laws import POLICY, findings_of_change

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


@pytest.mark.parametrize(
    ("employed", "flagged"),
    [
        pytest.param("{from: 2024-01-01}", [], id="here"),
        pytest.param("{from: 2024-01-01, to: 2026-11-22}", [], id="on their last day"),
        pytest.param("{from: 2024-01-01, to: 2026-11-21}", ["not employed on 2026-11-22"], id="gone"),
        pytest.param("{from: 2026-11-23}", ["not employed on 2026-11-22"], id="not here yet"),
    ],
)
def test_an_author_who_has_left_evaluates_nobody(employed: str, flagged: list[str]):
    """Whoever knows the work best, and does not work here."""
    author = f"id: p-0003\nname: N\nkind: employee\nemployed: {employed}\n"
    before = {**BASE, "roles/people/p-0003.yaml": author}
    found = findings_of_change(before, {**before, **trained("p-1", "p-0003", "09:00")})
    said = [f.message.split(": ", 1)[1] for f in found if f.rule == "evaluator-not-qualified"]

    assert said == flagged


FOUNDED = POLICY + "founded: 2026-11-22\n"
EVENING = "2026-11-22T10:00:00+01:00"


def founders(*signed: str) -> tuple[dict[str, str], dict[str, str]]:
    """A quality system whose founders evaluate on the day of the founding, and their completion with it."""
    system = {**BASE, "qmsci.yaml": FOUNDED}
    for name in ("p-1", "p-2"):
        system |= {path: text.replace("2024-01-01", "2026-11-22") for path, text in person(name).items()}
    ((path, text),) = trained("p-1", "p-2", "09:00").items()
    given = ", ".join(f"{{by: p-1, name: N, meaning: performed, at: '{at}', signature: AAAA}}" for at in signed)
    return system, {path: text.replace("}}\n", f"}}, signatures: [{given}]}}\n") if signed else text}


@pytest.mark.parametrize(
    ("on", "signed", "number"),
    [
        pytest.param("2026-11-22", (), 0, id="merged on the day"),
        pytest.param("2026-11-25", (EVENING,), 0, id="signed on the day"),
        pytest.param("2026-11-25", (EVENING, "2026-11-24T10:00:00+01:00"), 1, id="signed later by one of them"),
        pytest.param("2026-11-25", (), 1, id="merged later"),
        pytest.param("2028-05-02", (), 1, id="claimed years later"),
    ],
)
def test_founders_evaluate_on_the_day_of_the_founding_only(on: str, signed: tuple[str, ...], number: int):
    """What is written of that day later is not excused by it."""
    system, completion = founders(*signed)
    found = findings_of_change(system, {**system, **completion}, date.fromisoformat(on))

    assert [f.rule for f in found].count("evaluator-not-qualified") == number


def test_founders_evaluate_in_the_change_that_founds():
    """Whenever it is merged."""
    system, completion = founders()
    found = findings_of_change({}, {**system, **completion}, date(2026, 12, 1))

    assert "evaluator-not-qualified" not in [f.rule for f in found]
