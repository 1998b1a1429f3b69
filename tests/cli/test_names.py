"""`qmsci --names`: names from outside the repository are shown, and written nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import keys
from tests.cli.commands import FILES, Desk

P_1 = "roles/people/p-1.yaml"
START = "id: {}\nkind: employee\nemployed: {{from: 2024-03-01}}\nroles:\n  - {{role: {}, from: 2024-03-01}}\n"


@pytest.fixture
def register(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register beside a repository in which p-1 and p-3 have no names, and p-3 has a key."""
    folder = tmp_path_factory.mktemp("private")
    path = folder / "names.csv"
    path.write_text("id,name\np-1,Inga Berg\np-2,Somebody Else\np-3,Astrid Halvorsen\np-77,Nobody Here\n")
    key = keys.public(keys.made(folder, name="p-3"))
    held = f"keys:\n  - {{key: {key}, from: 2024-03-01, proof: badge check, by: p-2}}\n"
    desk.write(
        {P_1: START.format("p-1", "operator"), "roles/people/p-3.yaml": START.format("p-3", "quality-assurance") + held}
    )
    desk.run("assign")
    desk.checkout.commit()
    return path


def test_without_a_register_the_id_is_shown(desk: Desk, register: Path):
    """And nothing else changes: the gate takes it."""
    assert desk.run("qualified", "p-1", "SOP-001").stdout.startswith("yes: p-1 (p-1), SOP-001@1")
    desk.run("check", "--all")


@pytest.mark.parametrize("way", ["option", "environment"])
def test_a_register_names_who_has_no_name(desk: Desk, register: Path, monkeypatch: pytest.MonkeyPatch, way: str):
    """In every answer; who has a name keeps it."""
    options = ("--names", str(register)) if way == "option" else ()
    if way == "environment":
        monkeypatch.setenv("QMSCI_NAMES", str(register))

    assert "p-1 (Inga Berg)" in desk.run(*options, "qualified", "p-1", "SOP-001").stdout
    assert "p-1 (Inga Berg)" in desk.run(*options, "qualified", "p-1", "SOP-001", "--known-at", "2026-11-22").stdout
    assert "p-2 (Marte Lie)" in desk.run(*options, "qualified", "p-2", "SOP-001", exits=1).stdout
    people = desk.answer(*options, "authorised", "gowning")["people"]
    assert {one["person"]: one["name"] for one in people}["p-1"] == "Inga Berg"
    desk.run(*options, "check", "--all")


def test_an_empty_variable_is_none(desk: Desk, register: Path, monkeypatch: pytest.MonkeyPatch):
    """As a workflow without the secret has it."""
    monkeypatch.setenv("QMSCI_NAMES", "")

    assert "p-1 (p-1)" in desk.run("qualified", "p-1", "SOP-001").stdout


def test_what_cannot_be_a_register_stops_the_command(desk: Desk, register: Path):
    """It names the file and the line."""
    register.write_text("id,name\np-1\n")
    assert desk.run("--names", str(register), "check", exits=2).stderr.endswith(
        "names.csv: line 2 of the register of names has 1 cells, and not an id and a name\n"
    )
    assert "nothing.csv cannot be read" in desk.run("--names", "nothing.csv", "check", exits=2).stderr


def test_no_name_of_the_register_is_written_anywhere(desk: Desk, register: Path):
    """Not into a record, a signature, an export, nor what is remembered of the files."""
    key = register.with_name("p-3")
    options = ("--names", str(register))
    newer = "  - {revision: 2, effective: 2026-12-20, summary: S, impact: retrain, authors: [p-1]}\n"
    text = (
        FILES["controlled-docs/sop/SOP-001.md"]
        .replace("revisions:\n", f"revisions:\n{newer}")
        .replace("Gown.", "Gown!")
    )
    desk.write({"controlled-docs/sop/SOP-001.md": text})
    accounts = (desk.checkout.folder / "roles/people/p-3.yaml").read_text() + "accounts: {github: qa}\n"
    desk.write({"roles/people/p-3.yaml": accounts})
    desk.run(*options, "assign")
    until = ("--until", "2027-11-22", "--key", str(key), "--yes")
    desk.run(*options, "waive", "p-1", "SOP-001@2", "--reason", "R", "--evidence", "E", *until)
    desk.run(*options, "new", "DEV", "--person", "p-1", "--document", "SOP-001", "--title", "Torn glove")
    desk.run(*options, "assess", "DEV-2026-001")
    desk.run(*options, "export", "codeowners", "--output", "CODEOWNERS")
    desk.run(*options, "key", "end", "p-3", keys_of(desk), "--to", "2026-12-31")
    desk.checkout.commit()

    written = [path.read_bytes() for path in desk.checkout.folder.rglob("*") if path.is_file()]
    held = desk.checkout.git("log", "--patch", "--format=%B", "--all")
    names = ("Inga Berg", "Somebody Else", "Astrid Halvorsen", "Nobody Here")
    assert len(written) > 10
    assert [name for name in names if any(name.encode() in data for data in written) or name in held] == []
    assert '"name": "p-3"' in (desk.checkout.folder / "training-records/waivers/p-1/SOP-001.yaml").read_text()


def keys_of(desk: Desk) -> str:
    """The fingerprint of the only key."""
    fingerprint: str = desk.answer("key", "list")["keys"][0]["fingerprint"]
    return fingerprint
