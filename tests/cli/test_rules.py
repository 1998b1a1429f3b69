"""`qmsci rules`: the law, as a list and page by page; no repository is needed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from qmsci.cli import main
from qmsci.rule import RULES
from qmsci.rules import load_rules
from tests.cli.commands import FORMAT, TEXT, closed, listed, valid

RULE = closed(
    name=TEXT,
    area=TEXT,
    when={"enum": ["tree", "change", "calendar"]},
    severity={"enum": ["error", "warning"]},
    regulations={**listed(TEXT), "minItems": 1},
    fix=TEXT,
    summary=TEXT,
    page=TEXT,
)


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_every_rule_is_listed():
    """With its first sentence."""
    load_rules()
    said = CliRunner().invoke(main, ["rules"]).stdout

    for rule in RULES.values():
        assert f"  {rule.name} " in said
        assert rule.summary in said


def test_as_json():
    """All of them, or one."""
    load_rules()
    schema = closed(format=FORMAT, rules=listed(RULE))
    every = valid(schema, json.loads(CliRunner().invoke(main, ["rules", "--format", "json"]).stdout))
    one = valid(schema, json.loads(CliRunner().invoke(main, ["rules", "unreadable", "--format", "json"]).stdout))

    assert {rule["name"] for rule in every["rules"]} == set(RULES)
    assert [rule["name"] for rule in one["rules"]] == ["unreadable"]


def test_a_page():
    """What is wrong, why, the regulation, how to mend it, the examples."""
    said = CliRunner().invoke(main, ["rules", "unreadable"]).stdout

    assert said.startswith("# unreadable\n\nA file of the quality system cannot be read.")
    assert "21 CFR 11.10(b)" in said
    assert "## Flagged" in said
    assert "## Accepted" in said


def test_an_unknown_rule():
    """Exit code 2, and the one that was meant."""
    result = CliRunner().invoke(main, ["rules", "unreadible"])

    assert result.exit_code == 2
    assert "did you mean 'unreadable'?" in result.stderr
    assert CliRunner().invoke(main, ["rules", "xyzzy"]).exit_code == 2
