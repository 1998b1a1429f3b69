"""What other repositories take from here: hooks that run, and a ruleset that asks for the check that there is."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest
import yaml

from tests.cli.commands import FILES, Desk, desk
from tests.console import ROOT

__all__ = ["desk"]
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
HIRED = {"roles/people/p-3.yaml": FILES["roles/people/p-2.yaml"].replace("p-2", "p-3")}


@pytest.mark.parametrize("hook", HOOKS, ids=[hook["id"] for hook in HOOKS])
def test_a_hook_is_what_pre_commit_reads(hook: dict[str, Any]):
    """Its required keys; it judges the whole change, so it is given no files and runs for every commit."""
    assert {"id", "name", "description", "entry", "language"} <= hook.keys()
    assert (hook["language"], hook["pass_filenames"], hook["always_run"]) == ("python", False, True)


@pytest.mark.parametrize("hook", HOOKS, ids=[hook["id"] for hook in HOOKS])
def test_the_entry_of_a_hook_lets_pass_what_is_clean_and_nothing_else(hook: dict[str, Any], desk: Desk):
    """It is a command line that runs, as it stands."""
    program, *arguments = shlex.split(hook["entry"])
    assert program == "qmsci"
    desk.checkout.git("switch", "--quiet", "--create", "change")
    desk.run(*arguments)
    desk.write(HIRED)
    desk.run(*arguments, exits=1)


def test_the_ruleset_asks_for_what_the_workflow_gives():
    """The required check is the job of the workflow that `qmsci init` writes, and nobody may bypass it."""
    ruleset = json.loads((ROOT / "docs" / "manual" / "ruleset.json").read_text())
    rules = {rule["type"]: rule.get("parameters", {}) for rule in ruleset["rules"]}
    name = "workflows/quality-gate.yml"
    workflow = yaml.safe_load((ROOT / ".github" / name).read_text())

    names = {job.get("name", key) for key, job in workflow["jobs"].items()}
    assert {check["context"] for check in rules["required_status_checks"]["required_status_checks"]} <= names
    assert {"deletion", "non_fast_forward", "pull_request", "merge_queue"} <= rules.keys()
    assert "\n    name: qmsci check\n" in (ROOT / "qmsci/templates/dot-github" / name).read_text()
    assert "merge_group" in workflow[True]  # YAML 1.1 reads `on` so
    assert (ruleset["bypass_actors"], ruleset["enforcement"]) == ([], "active")
