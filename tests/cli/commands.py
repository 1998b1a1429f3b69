"""Running the command in a real repository, as its users do."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from qmsci.cli import main
from qmsci.read import text_digest
from tests.laws import POLICY
from tests.repositories import ENVIRONMENT, NOON, Checkout

SOP = """\
---
id: SOP-001
title: Gowning
owner: operator
governs: [gowning]
revisions:
  - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-1]}
---
Gown.
"""
FILES = {
    "qmsci.yaml": POLICY,
    "controlled-docs/sop/SOP-001.md": SOP,
    "roles/activities.yaml": "gowning: {title: Gowning}\n",
    "roles/operator.yaml": "id: operator\ntitle: Operator\npurpose: Fills vials.\nperforms: [gowning]\n",
    "roles/quality-assurance.yaml": "id: quality-assurance\ntitle: QA\npurpose: Keeps it.\nrequires: [SOP-001]\n",
    "roles/people/p-1.yaml": """\
id: p-1
name: Ingrid Solberg
kind: employee
employed: {from: 2024-03-01}
roles:
  - {role: operator, from: 2024-03-01}
""",
    "roles/people/p-2.yaml": """\
id: p-2
name: Marte Lie
kind: employee
employed: {from: 2024-03-01}
roles:
  - {role: operator, from: 2024-03-01}
""",
}
TRAINED = (
    '- {"assignments": ["SOP-001@1/operator"], "completed": "2026-01-05T09:30:00+01:00", "document": "SOP-001@1",'
    ' "method": ["read"], "text": "TEXT"}\n'
).replace("TEXT", text_digest(b"Gown.\n"))


#: The command as a program, whose clock stands where that of a `Desk` does.
AT_NOON = """\
from datetime import datetime
import qmsci.cli.judged
class Then(datetime):
    @classmethod
    def now(cls, tz=None): return datetime.fromisoformat("2026-11-22T12:00:00+01:00").astimezone(tz)
qmsci.cli.judged.datetime = Then
qmsci.cli.main(prog_name="qmsci")
"""


class Desk:
    """A repository, and the command in it."""

    def __init__(self, checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
        """Sit down in a repository, before a clock that stands still."""
        self.checkout = checkout
        self.now = datetime.fromisoformat(NOON)
        self._patch = monkeypatch
        monkeypatch.chdir(checkout.folder)
        monkeypatch.setattr("qmsci.cli.judged.datetime", self._clock())

    def _clock(self) -> type[datetime]:
        desk = self

        class Clock(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:
                return desk.now.astimezone(tz)

        return Clock

    def run(self, *arguments: str, exits: int | None = 0, **options: Any) -> Result:
        """Run the command and expect an exit code (or, with None, a verdict of either kind)."""
        result = CliRunner().invoke(main, list(arguments), **options)
        assert result.exit_code in ((0, 1) if exits is None else (exits,)), (
            result.stdout,
            result.stderr,
            result.exception,
        )
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    def answer(self, *arguments: str, exits: int | None = 0) -> Any:
        """Run the command for its JSON."""
        return json.loads(self.run(*arguments, "--format", "json", exits=exits).stdout)

    def write(self, files: Mapping[str, str | bytes | None]) -> None:
        """Write some files."""
        self.checkout.write(files)

    def clone_shallowly(self, folder: Path) -> None:
        """Sit down in a clone that knows the last commit only."""
        self.checkout.git("clone", "--quiet", "--depth", "1", f"file://{self.checkout.folder}", str(folder))
        self.checkout = Checkout(folder)
        self._patch.chdir(folder)

    def assign(self) -> None:
        """Assign all that is owed, and commit it."""
        self.run("assign")
        self.checkout.commit()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A clean quality system with two operators, one of them trained, all of it on main since January."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    checkout = Checkout(tmp_path)
    checkout.git("init", "--quiet")
    checkout.write(FILES)
    found = Desk(checkout, monkeypatch)
    found.now -= timedelta(days=322)
    found.run("assign")
    found.now += timedelta(days=322)
    checkout.write({"training-records/completions/p-1/SOP-001.yaml": TRAINED})
    checkout.commit(at="2026-01-06T12:00:00+01:00")
    yield found
    gc.enable()  # which the command, over in a moment, has switched off


def valid(schema: Mapping[str, Any], answer: Any) -> Any:
    """An answer that keeps to a schema."""
    Draft202012Validator.check_schema(schema)
    errors = [
        f"{'/'.join(map(str, error.path))}: {error.message}"
        for error in Draft202012Validator(schema).iter_errors(answer)
    ]
    assert errors == []
    return answer


def closed(**properties: Any) -> dict[str, Any]:
    """The schema of an object that has exactly some keys."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def listed(items: Any) -> dict[str, Any]:
    """The schema of a list."""
    return {"type": "array", "items": items}


TEXT = {"type": "string", "minLength": 1}
TEXT_OR_NOTHING = {"type": ["string", "null"], "minLength": 1}
COMMIT_OR_NOTHING = {"type": ["string", "null"], "pattern": "^[0-9a-f]{40}([0-9a-f]{24})?$"}
TRUTH = {"type": "boolean"}
COUNT = {"type": "integer", "minimum": 1}
DAY = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
FORMAT = {"const": 1}
PLACE = {"path": TEXT, "line": COUNT, "column": COUNT}
KINDS = ["documents", "approvals", "roles", "activities", "people", "events", "assignments", "completions", "waivers"]
KINDS += ["policies", "questions", "file_approvals"]

FINDINGS = closed(
    format=FORMAT,
    base=COMMIT_OR_NOTHING,
    head=COMMIT_OR_NOTHING,
    as_of=DAY,
    checked={
        "type": "object",
        "properties": {key: {"type": "integer"} for key in KINDS},
        "additionalProperties": False,
    },
    findings=listed(
        closed(
            rule={"type": "string", "pattern": "^[a-z]+(-[a-z]+)*$"},
            severity={"enum": ["error", "warning"]},
            **PLACE,
            message=TEXT,
            also=listed(closed(**PLACE)),
            fix=TEXT_OR_NOTHING,
            regulations=listed(TEXT),
        )
    ),
)
QUALIFIED = closed(
    format=FORMAT,
    person=TEXT,
    document=TEXT,
    on=TEXT,
    known_at=TEXT_OR_NOTHING,
    revision=TEXT_OR_NOTHING,
    qualified=TRUTH,
    reason=TEXT,
    evidence=listed(closed(path=TEXT, line=COUNT, commit=COMMIT_OR_NOTHING, recorded=TEXT_OR_NOTHING, says=TEXT)),
)
AUTHORISED = closed(
    format=FORMAT,
    activity=TEXT,
    on=TEXT,
    known_at=TEXT_OR_NOTHING,
    people=listed(closed(person=TEXT, name=TEXT, role=TEXT_OR_NOTHING, authorised=TRUTH, reason=TEXT)),
)
