"""The first weeks of quality systems whose approvals and training are signed: everything with real keys."""

from __future__ import annotations

import re
import shlex
from datetime import datetime
from pathlib import Path

import pytest

from tests import keys
from tests.cli.commands import Desk
from tests.repositories import ENVIRONMENT, Checkout

FOUNDER, SECOND, OPERATOR = "p-0001", "p-0002", "p-0003"
PROCEDURE = "controlled-docs/sop/SOP-002-training.md"
REVISED = """revisions:
  - revision: 2
    effective: 2026-12-12
    summary: Read aloud.
    impact: retrain
    authors: [p-0001]
"""


class Week(Desk):
    """A quality system from the day of its founding on, in which each change is a branch until it is merged."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, *options: str) -> None:
        """Found it on a Monday; keys for three people lie beside it."""
        for name, value in ENVIRONMENT.items():
            monkeypatch.setenv(name, value)
        super().__init__(Checkout(folder), monkeypatch)
        self.keys = folder / "keys"
        self.keys.mkdir()
        for person in (FOUNDER, SECOND, OPERATOR):
            keys.made(self.keys, name=person)
        self.morning("2026-11-23")
        monkeypatch.setattr("qmsci.cli.init.datetime", self._clock())
        monkeypatch.setenv("GIT_COMMITTER_DATE", self.now.isoformat())
        facts = ("--name", "Ada Lind", "--organization", "Nordlys Pharma", "--timezone", "Europe/Oslo")
        self.run("init", "qms", *facts, *(option.format(keys=self.keys) for option in options))
        self.checkout = Checkout(folder / "qms")
        monkeypatch.chdir(self.checkout.folder)

    def morning(self, day: str) -> None:
        """Begin a day."""
        self.now = datetime.fromisoformat(f"{day}T09:00:00+01:00")

    def readme(self, beginning: str, key: str, public: str) -> None:
        """Run a command that the README shows for somebody's key."""
        text = (self.checkout.folder / "README.md").read_text()
        found = re.findall(rf"(?:^ +|`)qmsci ({re.escape(beginning)}[^`#\n]*)", text, re.MULTILINE)
        assert found, beginning
        words = [self._path(word, key, public) for word in shlex.split(found[0])]
        self.run(
            *words, *([] if words[0] == "key" else ["--yes"]), *([] if "--key" in words else self._key(words, key))
        )

    def _key(self, words: list[str], person: str) -> list[str]:
        return ["--key", str(self.keys / person)] if words[0] in ("approve", "complete") else []

    def _path(self, word: str, person: str, public: str) -> str:
        return {"PRIVATE-KEY": str(self.keys / person), "FILE.pub": f"{self.keys / public}.pub"}.get(word, word)

    def hire(self, person: str, name: str, role: str) -> None:
        """Write the file of somebody who begins today."""
        today = self.now.date()
        self.write(
            {
                f"roles/people/{person}.yaml": f"id: {person}\nname: {name}\nkind: employee\n"
                f"employed: {{from: {today}}}\nroles:\n  - {{role: {role}, from: {today}}}\n"
            }
        )

    def edit(self, path: str, *changes: tuple[str, str]) -> None:
        """Write other words in a file."""
        text = (self.checkout.folder / path).read_text()
        for before, after in changes:
            assert before in text
            text = text.replace(before, after, 1)
        self.write({path: text})

    def merge(self, warnings: int = 0) -> None:
        """Merge what differs from main; the gate is clean before and after."""
        at, git = self.now.isoformat(), self.checkout.git
        git("switch", "--quiet", "--create", "change")
        self.checkout.commit(at=at)
        said = [self.answer("check")]
        git("switch", "--quiet", "main")
        git("merge", "--quiet", "--no-ff", "--message", "Merge", "change", at=at)
        git("branch", "--quiet", "--delete", "change")
        said += [self.answer("check"), self.answer("check", "--all")]
        assert [len(one["findings"]) for one in said] == [warnings, warnings, 0]


def test_the_first_week(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """One person founds it, a second one joins the quality unit, an operator comes, a procedure is revised."""
    week = Week(tmp_path, monkeypatch, "--key", "{keys}/p-0001.pub", "--commit")
    for command in (["check"], ["check", "--all"], ["verify"], ["verify", "--history"]):
        assert week.run(*command)
    late = week.run("approve", "qmsci.yaml", "--key", str(week.keys / FOUNDER), "--yes")
    assert "quality-approval of qmsci.yaml signed by p-0001" in late.stdout  # what all of the founding stands on
    for sop in ("SOP-001", "SOP-002"):
        week.readme(f"complete {sop}", FOUNDER, "")
    week.merge()
    assert week.run("audit", "--as-of", "today")

    week.morning("2026-11-24")
    week.hire(SECOND, "Bo Lie", "quality-assurance")
    week.readme("key add p-0002", FOUNDER, SECOND)
    alone = week.run("approve", "--key", str(week.keys / SECOND), "--yes", exits=2)
    assert "p-0002 is not employed on 2026-11-24, by what main says" in alone.stderr
    week.run("assign")
    week.readme("approve roles/people/p-0002", FOUNDER, "")
    week.merge()
    for sop in ("SOP-001", "SOP-002"):
        week.readme(f"complete {sop}", SECOND, "")
    week.merge()

    vouched = "by: p-0002\n    corrected: {on: 2026-11-24, by: p-0002, reason: Seen their passport.}"
    mine = "roles/people/p-0001.yaml"
    week.edit(mine, ("by: p-0001", vouched), ('"the founder\'s own word at the founding"', "seen their passport"))
    own = week.run("approve", mine, "--key", str(week.keys / FOUNDER), "--yes", exits=2)
    assert "p-0001 cannot approve their own keys and roles: a second person does" in own.stderr
    week.readme(f"approve {mine}", SECOND, "")
    week.merge()

    week.morning("2026-11-25")
    week.hire(OPERATOR, "Ingrid Solberg", "reader")
    public = f"{week.keys / OPERATOR}.pub"
    week.run("key", "add", OPERATOR, "--public", public, "--proof", "badge check", "--by", SECOND)
    week.run("assign")
    week.readme("approve --key", FOUNDER, "")
    week.merge()
    week.readme("complete SOP-002", OPERATOR, "")
    week.merge()
    assert week.run("authorised", OPERATOR, "gxp-work", "--on", "2026-11-25")

    week.morning("2026-11-27")
    week.edit(PROCEDURE, ("revisions:\n", REVISED), ("to the end.", "to the end, aloud."))
    week.run("assign")
    author = week.run("approve", "SOP-002", "--key", str(week.keys / FOUNDER), "--yes", exits=2)
    assert "p-0001 is an author of SOP-002@2" in author.stderr
    week.readme("approve --key", SECOND, "")
    week.merge()
    for person in (FOUNDER, SECOND, OPERATOR):
        week.run("complete", "SOP-002@2", "--key", str(week.keys / person), "--yes")
    week.merge()

    assert week.answer("verify")["faults"] == []
    assert "nothing is wrong" in week.run("verify", "--history").stdout
    assert week.run("audit", "--as-of", "2026-12-12")
    assert week.run("authorised", OPERATOR, "gxp-work", "--on", "2026-12-12")


def test_the_policy_is_signed_before_the_first_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The founding stands on it; nothing demands it, and it verifies."""
    week = Week(tmp_path, monkeypatch, "--key", "{keys}/p-0001.pub")
    said = week.run("approve", "--key", str(week.keys / FOUNDER), "--yes").stdout
    assert "1 approval by p-0001: qmsci.yaml\n" in said
    for sop in ("SOP-001", "SOP-002"):
        week.readme(f"complete {sop}", FOUNDER, "")
    week.checkout.commit(at=week.now.isoformat())

    assert week.answer("check")["findings"] == week.answer("check", "--all")["findings"] == []
    assert "3 signatures (1 on approvals, 2 on completions), 1 key" in week.run("verify").stdout
    assert week.run("verify", "--history")
    assert week.run("audit", "--as-of", "today")


def test_from_reviews_to_signatures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Keys come first, then the policy in a change of its own; what was there before stays as good as it was."""
    week = Week(tmp_path, monkeypatch, "--commit")
    week.run("complete", "SOP-001", "--by", FOUNDER, "--yes")
    week.merge()
    week.morning("2026-11-24")
    week.hire(SECOND, "Bo Lie", "quality-assurance")
    week.run("assign")
    week.merge()
    week.readme("key add p-0002", FOUNDER, SECOND)
    public = f"{week.keys / FOUNDER}.pub"
    week.run("key", "add", FOUNDER, "--public", public, "--proof", "badge check", "--by", SECOND)
    week.merge()
    ways = ("approvals: forge", "approvals: signed"), ("signatures: optional", "signatures: required")
    week.edit("qmsci.yaml", ("revision: 1", "revision: 2"), *ways)
    week.merge(warnings=2)

    for person in (FOUNDER, SECOND):
        week.readme("complete SOP-002", person, "")
    week.merge()
    week.edit(PROCEDURE, ("revisions:\n", REVISED), ("to the end.", "to the end, aloud."))
    week.run("assign")
    assert [one["rule"] for one in week.answer("check", exits=1)["findings"]] == ["approval-missing"]
    week.readme("approve --key", SECOND, "")
    week.merge()
    assert week.answer("verify")["faults"] == []
    assert week.run("verify", "--history")  # both warnings, and no error
    assert week.run("audit", "--as-of", "2026-12-06")
