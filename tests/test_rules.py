"""Every rule's page is held to what it says: its examples run, and each flagged one has an accepted twin."""

from __future__ import annotations

from datetime import date

import pytest

from qmsci.finding import Finding
from qmsci.rule import RULES, Example, Rule, When, examples
from qmsci.rules import load_rules
from tests.laws import TODAY, findings_in, findings_of_change

load_rules()
CASES = [
    pytest.param(rule, example, id=f"{rule.name}-{'accepted' if example.accepted else 'flagged'}-{number}")
    for rule in RULES.values()
    for number, example in enumerate(sorted(examples(rule.page), key=lambda example: not example.accepted), 1)
]


def findings(rule: Rule, example: Example) -> list[Finding]:
    """What a rule says of an example."""
    day = date.fromisoformat(example.as_of) if example.as_of else TODAY
    if rule.when is When.CHANGE:
        found = findings_of_change(example.before, example.after, day)
    else:
        found = findings_in(example.after, day, rule.when)
    return [finding for finding in found if finding.rule == rule.name]


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_the_example_is_judged_as_the_page_says(rule: Rule, example: Example):
    """A marked line is flagged in the words of its mark; no other line is, and nothing of an accepted example."""
    found = findings(rule, example)

    if example.accepted:
        assert found == []
        return
    assert example.flagged, "a flagged example marks its line"
    for path, line, words in example.flagged:
        assert any((f.place.path, f.place.line) == (path, line) and words in f.message for f in found), found
    assert len(found) == len(example.flagged), found


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.name) for rule in RULES.values()])
def test_the_page_is_complete(rule: Rule):
    """A page has a sentence, a reason, a regulation, a mending, and an accepted twin for each flagged example."""
    shown = examples(rule.page)
    reason = rule.page.split("\n\n")[1]

    assert rule.summary.endswith(".")
    assert not reason.startswith("#")
    assert rule.regulations
    assert rule.fix
    assert sum(example.accepted for example in shown) >= sum(not example.accepted for example in shown) >= 1
