"""A small company, honest and fully signed, and those who attack it: what the tests of the red team begin with."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from qmsci.approval import file_digest
from qmsci.signing import Signer, signer_of
from tests.cli.commands import Desk
from tests.keys import made, public
from tests.repositories import ENVIRONMENT, NOON, Checkout
from tests.signed import Pen, spread

POLICY = """\
revision: 1
organization: Halden Biologics
timezone: Europe/Oslo
main: main
founded: 2026-01-05
quality-unit: [quality-assurance]
approvals: signed
signatures: required
documents:
  SOP: {folder: sop, review: 24 months, window: 14 days, method: [read]}
  WI: {folder: wi, review: 24 months, window: 7 days, method: [read, practical], approvers: [owner]}
  TRN: {folder: trn, review: 36 months, window: 0 days, method: [read, assessment]}
training: {late-entry: 3 days, attempts: 3, pass-mark: 80}
"""
SOP, WI, TRN = "controlled-docs/sop/SOP-001.md", "controlled-docs/wi/WI-031.md", "controlled-docs/trn/TRN-001.md"
SECOND = "Gown. Change both gloves.\n"
#: Who is who: two operators, the quality unit of two, a lead who evaluates, one of the quality unit who left in September
#: (and whose role and key were left open), a lead who writes; and an operator who was never trained.
ROLES = {
    "p-1": "operator",
    "p-2": "operator",
    "p-3": "quality-assurance",
    "p-4": "quality-assurance",
    "p-5": "lead",
    "p-6": "quality-assurance",
    "p-7": "lead",
    "p-8": "operator",
}
OPERATOR, UNIT, OTHER, EVALUATOR, GONE, AUTHOR, UNTRAINED = "p-1", "p-3", "p-4", "p-5", "p-6", "p-7", "p-8"
#: An insider: another operator, who has a key of their own and can push what they like.
INSIDER = "p-2"
#: Keys beside the first one of each: the one that p-1 took in July; the one that p-5 took in September, when their
#: first was stolen; and one that nobody ever registered.
ROTATED, REPLACED, UNKNOWN = "p-1-july", "p-5-september", "unknown"
WORKFLOW = ".github/workflows/gate.yml"
DONE, OPEN, TORN = "CMP-2026-001", "CMP-2026-002", "DEV-2026-001"


def document(name: str, title: str, owner: str, governs: str, revisions: str, text: str) -> str:
    """A document; its revisions in flow style, newest first, one a line."""
    head = f"id: {name}\ntitle: {title}\nowner: {owner}\ngoverns: [{governs}]\n"
    return f"---\n{head}revisions:\n{revisions}---\n{text}"


def revision(label: str, effective: str, author: str = AUTHOR, more: str = "") -> str:
    """One revision in a document."""
    facts = f"summary: Revision {label}., impact: retrain, authors: [{author}]{more}"
    return f"  - {{revision: {label}, effective: {effective}, {facts}}}\n"


FOUNDED = revision("1", "2026-01-05")
SOP_FOUNDED = document("SOP-001", "Gowning", "lead", "gowning", FOUNDED, "Gown.\n")
SOP_NOW = document("SOP-001", "Gowning", "lead", "gowning", revision("2", "2026-04-01") + FOUNDED, SECOND)


def person(name: str, key: str) -> str:
    """Somebody's file at the founding."""
    role, second = ROLES[name], UNIT if name != UNIT else OTHER
    return (
        f"id: {name}\nname: Name of {name}\nkind: employee\nemployed:\n  - {{from: 2026-01-05}}\n"
        f"roles:\n  - {{role: {role}, from: 2026-01-05}}\n"
        f"keys:\n  - {{key: {key}, from: 2026-01-05, proof: badge check, by: {second}}}\n"
    )


FILES = {
    "qmsci.yaml": POLICY,
    SOP: SOP_FOUNDED,
    WI: document("WI-031", "Filling", "lead", "filling", revision("1", "2026-01-05", EVALUATOR), "Fill.\n"),
    TRN: document("TRN-001", "Good practice", "lead", "", FOUNDED, "Write it down.\n"),
    "roles/activities.yaml": "filling: {title: Fill vials}\ngowning: {title: Gown}\n",
    "roles/operator.yaml": "id: operator\ntitle: Operator\npurpose: Fills vials.\n"
    "performs: [gowning, filling]\nrequires: [TRN-001]\n",
    "roles/lead.yaml": "id: lead\ntitle: Lead\npurpose: Leads.\nrequires: [SOP-001]\n",
    "roles/quality-assurance.yaml": "id: quality-assurance\ntitle: QA\npurpose: Keeps it.\nrequires: [SOP-001]\n",
    f"quality-events/{DONE}.yaml": f"id: {DONE}\ntitle: Cracked vial\nopened: 2026-01-05\n",
    WORKFLOW: "on: pull_request\n",
    "CODEOWNERS": "* @halden/quality\n",
}


class Scene:
    """A repository of the company, in which people do what their keys let them, and others what no key is needed for."""

    def __init__(self, desk: Desk, keys: Mapping[str, Path]) -> None:
        """Sit down in it, with everybody's keys at hand."""
        self.desk = desk
        self.keys = keys

    @property
    def checkout(self) -> Checkout:
        """The repository."""
        return self.desk.checkout

    # --- what is there ----------------------------------------------------------------------------------------------

    def read(self, path: str) -> str:
        """A file of the working tree."""
        return (self.checkout.folder / path).read_text()

    def entries(self, path: str) -> list[dict[str, Any]]:
        """The records in a file that qmsci wrote, one on a line."""
        lines = self.read(path).splitlines() if (self.checkout.folder / path).exists() else []
        return [json.loads(line.removeprefix("- ")) for line in lines]

    def tip(self, name: str = "HEAD") -> str:
        """The id of a commit."""
        return self.checkout.git("rev-parse", name)

    # --- what people do ---------------------------------------------------------------------------------------------

    def write(self, files: Mapping[str, str | bytes | None]) -> None:
        """Write some files; None removes one."""
        self.checkout.write(files)

    def edit(self, path: str, old: str, new: str) -> None:
        """Put one text in the place of another, everywhere in a file."""
        text = self.read(path)
        assert old in text, (path, old, text)
        self.write({path: text.replace(old, new)})

    def keep(self, path: str, entries: list[dict[str, Any]]) -> None:
        """Write a file of records, one on a line."""
        self.write({path: "".join(f"- {json.dumps(entry, sort_keys=True)}\n" for entry in entries)})

    def sign(self, *arguments: str, by: str, key: str = "", exits: int = 0) -> str:
        """Run a command that signs, for somebody with their key; what it says."""
        who = ("--by", by, "--key", str(self.keys[key or by]), "--yes")
        ran = self.desk.run(*arguments, *who, exits=exits)
        return ran.stdout + ran.stderr

    def pen(self, who: str, key: str = "") -> Pen:
        """Somebody's hand, with their key or with another one: it signs whatever it likes."""
        return Pen(who, f"Name of {who}", signer(self.keys[key or who]))

    def signs(
        self,
        path: str,
        record: Mapping[str, Any],
        who: str,
        meaning: str,
        *,
        at: str = "2026-11-22T10:00:00+01:00",
        key: str = "",
    ) -> dict[str, Any]:
        """Somebody's signature on a record of a file."""
        return self.pen(who, key).on(path, record, meaning, at)

    def approves(
        self,
        path: str,
        by: str = UNIT,
        meaning: str = "quality-approval",
        *,
        data: bytes | None = None,
        at: str = "2026-11-22T10:00:00+01:00",
        key: str = "",
        folder: str = "",
    ) -> str:
        """Sign the approval of a whole file, as it is or with other bytes, without asking the command; its path."""
        place = self.checkout.folder / path
        held = data if data is not None else place.read_bytes() if place.exists() else b""
        digest = file_digest(held)
        where = folder or f"controlled-docs/approvals/{path}@{digest[7:23]}"
        record = {"file": path, "digest": digest}
        found = f"{where}/{by}.yaml"
        self.write({found: spread({**record, **self.signs(found, record, by, meaning, at=at, key=key)})})
        return found

    def commit(self, message: str = "Change", at: str = NOON) -> str:
        """Commit all that differs; the commit's id."""
        return self.checkout.commit(message=message, at=at)

    def merge(self, at: str) -> None:
        """Commit to main what is clean, at a time; what follows starts from there."""
        self.commit("Merged change", at)
        found = self.verdict("main~1", "main")
        assert found == {}, found

    def land(self, at: str = "2026-11-22T11:00:00+01:00") -> None:
        """Bring to main what is clean, as an earlier change; what follows is another one."""
        self.commit("Merged before", at)
        found = self.verdict()
        assert found == {}, found
        self.checkout.git("branch", "--force", "main", "HEAD")

    # --- what is said of it -----------------------------------------------------------------------------------------

    def verdict(self, base: str = "main", head: str = "HEAD") -> dict[str, list[str]]:
        """The errors that the gate finds, by their rule: the messages."""
        answer = self.desk.answer("check", "--base", base, "--head", head, exits=None)
        found: dict[str, list[str]] = {}
        for one in answer["findings"]:
            if one["severity"] == "error":
                found.setdefault(one["rule"], []).append(f"{one['path']}: {one['message']}")
        return found


def signer(path: Path) -> Signer:
    """The key in a file."""
    return signer_of(path, lambda: "")


def moved(desk: Desk, at: str) -> None:
    """Set the clock."""
    desk.now = datetime.fromisoformat(at)


def founded(folder: Path) -> Path:
    """Found the company, and let it live until November; the folder of its repository, beside that of the keys."""
    names = [*ROLES, ROTATED, REPLACED, UNKNOWN]
    (folder / "keys").mkdir(parents=True)
    keys = {name: made(folder / "keys", name=name) for name in names}
    root = folder / "company"
    root.mkdir()
    patch = pytest.MonkeyPatch()
    try:
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        checkout = Checkout(root)
        checkout.git("init", "--quiet")
        _live(Scene(Desk(checkout, patch), keys))
        checkout.git("gc", "--quiet")
    finally:
        patch.undo()
    return root


def _live(scene: Scene) -> None:
    """What happened from January to November, with the commands that people use."""
    desk = scene.desk
    moved(desk, "2026-01-05T09:00:00+01:00")
    scene.write({**FILES, **{f"roles/people/{name}.yaml": person(name, public(scene.keys[name])) for name in ROLES}})
    desk.run("assign")
    scene.sign("approve", "qmsci.yaml", by=UNIT)
    scene.commit("Found the quality system", "2026-01-05T12:00:00+01:00")
    _train(scene)
    _revise(scene)
    _change_keys(scene)
    moved(desk, "2026-10-05T09:00:00+02:00")
    text = scene.read(f"quality-events/{DONE}.yaml")
    scene.write({f"quality-events/{DONE}.yaml": f"{text}no-capa: It fell.\nclosed: 2026-10-05\nclosed-by: {OTHER}\n"})
    scene.sign("approve", DONE, by=UNIT)
    scene.write({f"quality-events/{OPEN}.yaml": f"id: {OPEN}\ntitle: Scratch\nopened: 2026-10-04\nno-capa: Once.\n"})
    scene.merge("2026-10-05T12:00:00+02:00")
    moved(desk, NOON)


def _train(scene: Scene) -> None:
    moved(scene.desk, "2026-01-07T09:00:00+01:00")
    for who in ROLES:
        if who != UNTRAINED:
            scene.sign("complete", "SOP-001", by=who)
    for who in (OPERATOR, INSIDER):
        scene.sign("complete", "TRN-001", "--score", "92", by=who)
        evaluator = ("--outcome", "competent", "--evaluator-key", str(scene.keys[EVALUATOR]))
        scene.sign("complete", "WI-031", "--evaluator", EVALUATOR, *evaluator, by=who)
    scene.merge("2026-01-07T12:00:00+01:00")


def _revise(scene: Scene) -> None:
    moved(scene.desk, "2026-03-02T09:00:00+01:00")
    scene.write({SOP: SOP_NOW})
    scene.desk.run("assign")
    scene.sign("approve", "SOP-001", by=UNIT)
    scene.merge("2026-03-02T12:00:00+01:00")
    moved(scene.desk, "2026-03-20T09:00:00+01:00")
    for who in (OPERATOR, INSIDER, UNIT, EVALUATOR, AUTHOR):
        scene.sign("complete", "SOP-001@2", by=who)
    until = ("--until", "2027-03-20", "--reason", "Wrote the first draft", "--evidence", "the draft")
    scene.sign("waive", OTHER, "SOP-001@2", *until, by=UNIT)
    scene.merge("2026-03-20T12:00:00+01:00")
    moved(scene.desk, "2026-03-23T09:00:00+01:00")
    scene.sign("reject", INSIDER, "SOP-001", "--entry", "2", "--reason", "Was not there", by=OTHER)
    scene.merge("2026-03-23T12:00:00+01:00")
    moved(scene.desk, "2026-03-24T09:00:00+01:00")
    scene.sign("complete", "SOP-001@2", by=INSIDER)
    scene.merge("2026-03-24T12:00:00+01:00")


def _change_keys(scene: Scene) -> None:
    """One key is rotated, another one was stolen; and somebody leaves, whose key and role nobody ends."""
    moved(scene.desk, "2026-07-01T09:00:00+02:00")
    first, stolen = (signer(scene.keys[who]).key.fingerprint for who in (OPERATOR, EVALUATOR))
    fresh = f"{scene.keys[ROTATED]}.pub"
    scene.desk.run(
        "key", "add", OPERATOR, "--public", fresh, "--proof", "badge check", "--by", UNIT, "--replaces", first
    )
    scene.sign("approve", f"roles/people/{OPERATOR}.yaml", by=OTHER)
    scene.merge("2026-07-01T12:00:00+02:00")
    moved(scene.desk, "2026-09-15T09:00:00+02:00")
    fresh = f"{scene.keys[REPLACED]}.pub"
    scene.desk.run("key", "revoke", EVALUATOR, stolen, "--compromised-since", "2026-09-01", "--reason", "Stolen")
    scene.desk.run("key", "add", EVALUATOR, "--public", fresh, "--proof", "badge check", "--by", UNIT)
    scene.sign("approve", f"roles/people/{EVALUATOR}.yaml", by=UNIT)
    scene.merge("2026-09-15T12:00:00+02:00")
    moved(scene.desk, "2026-09-16T09:00:00+02:00")
    start = "employed:\n  - {from: 2026-01-05"
    scene.edit(f"roles/people/{GONE}.yaml", f"{start}}}", f"{start}, to: 2026-09-16}}")
    scene.sign("approve", f"roles/people/{GONE}.yaml", by=UNIT)
    scene.merge("2026-09-16T12:00:00+02:00")


def cloned(root: Path, folder: Path, patch: pytest.MonkeyPatch) -> Scene:
    """A copy of the company's repository, on a branch that leaves main, at noon of the day of the attacks."""
    for name, value in ENVIRONMENT.items():
        patch.setenv(name, value)
    shutil.copytree(root, folder, symlinks=True)
    checkout = Checkout(folder)
    checkout.git("switch", "--quiet", "--create", "change")
    keys = {path.stem: path for path in (root.parent / "keys").glob("*.pub")}
    return Scene(Desk(checkout, patch), {name: path.with_suffix("") for name, path in keys.items()})
