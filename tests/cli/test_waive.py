"""A waiver is added, signed, and good for the gate; whatever is missing or nobody's to grant is refused."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from qmsci import sshsig
from qmsci.read import plain
from tests import keys
from tests.cli.commands import FILES, Desk
from tests.laws import POLICY

PATH = "training-records/waivers/p-2/SOP-001.yaml"
START = "id: {}\n{}kind: employee\nemployed: {{from: 2024-03-01}}\nroles:\n  - {{role: {}, from: 2024-03-01}}\n"
KEYS = "keys:\n  - {{key: {}, from: 2024-03-01, proof: badge check, by: p-2}}\n"
GIVEN = ("waive", "p-2", "SOP-001@1", "--reason", "Wrote it at the last site", "--evidence", "certificate 4711")
WAIVE = (*GIVEN, "--until", "2027-11-22", "--yes")


@pytest.fixture
def unit(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The key of p-3, of the quality unit, which is registered on main; as p-2's and p-4's is, who hold it too."""
    folder = tmp_path_factory.mktemp("keys")
    key = keys.made(folder, name="p-3")
    files = {
        "qmsci.yaml": POLICY.replace("signatures: optional", "signatures: required"),
        "roles/people/p-3.yaml": START.format("p-3", "", "quality-assurance") + KEYS.format(keys.public(key)),
    }
    for name, role in (("p-2", "quality-assurance"), ("p-4", "operator")):
        made = keys.made(folder, name=name)
        files[f"roles/people/{name}.yaml"] = START.format(name, "name: N\n", role) + KEYS.format(keys.public(made))
    desk.checkout.write(files)
    desk.checkout.commit()
    desk.run("assign")
    desk.checkout.commit()
    return key


def entries(desk: Desk) -> Any:
    """What the waivers of p-2 say."""
    return plain((desk.checkout.folder / PATH).read_bytes())


def test_a_waiver_is_added_and_signed(desk: Desk, unit: Path):
    """One line of JSON; it counts, the gate takes it, and its signature verifies."""
    said = desk.run(*WAIVE, "--by", "p-3", "--key", str(unit)).stdout

    (entry,) = entries(desk)
    (signature,) = entry.pop("signatures")
    assert entry == {
        "by": "p-3",
        "document": "SOP-001@1",
        "evidence": "certificate 4711",
        "from": "2026-11-22",
        "reason": "Wrote it at the last site",
        "until": "2027-11-22",
    }
    fingerprint = sshsig.key_of(keys.public(unit)).fingerprint
    assert {key: signature[key] for key in ("by", "name", "meaning", "at", "key")} == {
        "by": "p-3",
        "name": "p-3",  # whose file has no name
        "meaning": "approved",
        "at": "2026-11-22T12:00:00+01:00",
        "key": fingerprint,
    }
    assert len((desk.checkout.folder / PATH).read_text().splitlines()) == 1
    assert said == (
        "p-2 (N) is released from training on SOP-001@1, Gowning\n"
        "  reason:   Wrote it at the last site\n"
        "  evidence: certificate 4711\n"
        "  from:     2026-11-22\n"
        "  until:    2027-11-22\n"
        "  by:       p-3\n"
        f"wrote {PATH}: p-2 is released from SOP-001@1, 2026-11-22 to 2027-11-22, by p-3\n"
    )
    desk.checkout.commit()
    desk.run("check")
    desk.run("verify")
    assert "waiv" in desk.run("qualified", "p-2", "SOP-001@1", "--on", "2026-11-23").stdout


def test_a_waiver_comes_after_those_that_are_there(desk: Desk, unit: Path):
    """Which stay as somebody wrote them."""
    before = "# by hand\n- document: SOP-001@1\n  reason: R\n  evidence: E\n  from: 2025-01-01\n  until: 2025-12-31\n  by: p-3\n"
    desk.write({PATH: before})
    desk.run(*WAIVE, "--key", str(unit), "--from", "2026-12-01")

    assert (desk.checkout.folder / PATH).read_text().startswith(f"{before}- {{")
    assert [entry["from"] for entry in entries(desk)] == ["2025-01-01", "2026-12-01"]


@pytest.mark.parametrize(
    "words",
    [("p-2", "SOP-001@1"), ("SOP-001@1", "p-2"), ("--person", "p-2", "SOP-001@1"), ("SOP-001", "--person", "p-2")],
    ids=" ".join,
)
def test_the_person_and_the_document_in_any_order(desk: Desk, unit: Path, words: tuple[str, ...]):
    """A document is told by its form; the meaning may be said."""
    said = desk.run("waive", *words, *WAIVE[3:], "--meaning", "approved", "--key", str(unit)).stdout

    assert entries(desk)[0]["document"] == "SOP-001@1"
    assert ("SOP-001@1 is meant, which is in force" in said) is ("SOP-001" in words)


def test_without_a_revision_the_coming_one_that_is_owed(desk: Desk, unit: Path):
    """Once its training is assigned; until then the one in force."""
    newer = "  - {revision: 2, effective: 2027-01-10, summary: S, impact: retrain, authors: [p-1]}\n"
    text = FILES["controlled-docs/sop/SOP-001.md"].replace("revisions:\n", f"revisions:\n{newer}")
    coming = FILES["controlled-docs/sop/SOP-001.md"].replace("SOP-001", "SOP-002").replace("2026-01-10", "2027-01-10")
    desk.write({"controlled-docs/sop/SOP-001.md": text, "controlled-docs/sop/SOP-002.md": coming})
    waive = ("waive", "p-2", "SOP-001", *WAIVE[3:], "--key", str(unit))

    assert "SOP-001@1 is meant, which is in force" in desk.run(*waive).stdout
    desk.run("assign")
    assert "SOP-001@2 is meant, which is coming" in desk.run(*waive).stdout
    assert "SOP-002@1 is meant, which is coming" in desk.run(*waive[:2], "SOP-002", *waive[3:]).stdout
    assert [entry["document"] for entry in entries(desk)] == ["SOP-001@1", "SOP-001@2"]


@pytest.mark.parametrize(("answer", "exits"), [("y\n", 0), ("n\n", 1), ("", 2)])
def test_somebody_is_asked(desk: Desk, unit: Path, answer: str, exits: int):
    """Who says no has signed nothing."""
    ran = desk.run(*GIVEN, "--until", "2027-11-22", "--key", str(unit), exits=exits, input=answer)

    assert "Sign this as approved by p-3?" in ran.stderr
    assert (desk.checkout.folder / PATH).exists() is (exits == 0)


def test_what_may_surprise_is_said(desk: Desk, unit: Path):
    """A beginning that has passed, a revision that nobody is asked for."""
    newer = "  - {revision: 2, effective: 2026-11-01, summary: S, impact: retrain, authors: [p-1]}\n"
    text = FILES["controlled-docs/sop/SOP-001.md"].replace("revisions:\n", f"revisions:\n{newer}")
    desk.write({"controlled-docs/sop/SOP-001.md": text})
    said = desk.run(*WAIVE, "--key", str(unit), "--from", "2026-11-20").stdout

    assert "note: it begins before today, 2026-11-22" in said
    assert "note: SOP-001@1 is neither in force nor coming" in said


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("p-9", "SOP-001@1"), "no person 'p-9'"),
        (("p-2", "SOP-009@1"), "no document 'SOP-009'"),
        (("p-2", "SOP-001@7"), "no revision 'SOP-001@7'"),
        (("p-2", "SOP-003"), "name the revision that is waived: its newest is SOP-003@1"),
        (("p-2",), "name a person and a document: as in p-0042 SOP-014@3"),
        (("p-2", "SOP-001", "p-3"), "too many words: as in p-0042"),
        (("SOP-001", "SOP-001"), "no person 'SOP-001'"),
        (("--person", "p-2"), "too many words: as in SOP-014@3"),
        (("--meaning", "reviewed"), "'reviewed' is not 'approved'"),
        (("--reason", " "), "--reason is empty"),
        (("--evidence", ""), "--evidence is empty"),
        (("--reason", "a \x1b[31m b"), "control character"),
        (("--until", "soon"), "--until: 'soon' is not a date"),
        (("--until", "2026-11-21"), "would end on 2026-11-21, before it begins on 2026-11-22"),
        (("--until", "2026-11-21", "--from", "2026-11-01"), "--until 2026-11-21 has passed"),
        (("--by", "p-2"), "p-2 does not decide on their own training"),
        (("--by", "p-2", "--key", "p-2"), "p-2 does not decide on their own training"),
        (("--key", "p-2"), "p-2 does not decide on their own training"),
        (("--key", "p-4"), "p-4 is not of the quality unit on 2026-11-22"),
        (("--by", "p-3", "--key", "p-4"), "is not registered to p-3"),
        (("--key", "none"), "none cannot be read"),
    ],
)
def test_what_is_incomplete_or_not_theirs_to_grant_is_refused(
    desk: Desk, unit: Path, arguments: tuple[str, ...], why: str
):
    """With exit 2 and a plain sentence; nothing is written."""
    future = FILES["controlled-docs/sop/SOP-001.md"].replace("SOP-001", "SOP-002").replace("2026-01-10", "2027-01-10")
    retired = (
        future.replace("SOP-002", "SOP-003").replace("title:", "retired: 2026-03-01\ntitle:").replace("2027", "2026")
    )
    desk.write({"controlled-docs/sop/SOP-002.md": future, "controlled-docs/sop/SOP-003.md": retired})
    options = arguments if arguments[0].startswith("--") else ()
    about = arguments if not options else ("p-2", "SOP-001@1")
    places = {
        options[at + 1]: str(unit.with_name(options[at + 1])) for at in range(len(options)) if options[at] == "--key"
    }
    key = ("--key", str(unit)) if not places else ()
    usual = [
        *WAIVE[3:],
        *key,
        *(places.get(word, word) if at and options[at - 1] == "--key" else word for at, word in enumerate(options)),
    ]
    ran = desk.run("waive", *about, *usual, exits=2)

    assert re.search(why, ran.stderr), ran.stderr
    assert not (desk.checkout.folder / PATH).exists()


def test_who_is_of_the_quality_unit_is_for_main_to_say(desk: Desk, unit: Path):
    """A change does not promote who signs in it."""
    desk.write(
        {
            "roles/people/p-4.yaml": (desk.checkout.folder / "roles/people/p-4.yaml")
            .read_text()
            .replace("role: operator", "role: quality-assurance")
        }
    )

    assert "is not of the quality unit" in desk.run(*WAIVE, "--key", str(unit.with_name("p-4")), exits=2).stderr


def test_the_same_days_are_waived_once(desk: Desk, unit: Path):
    """A longer release, or one of another revision, is another."""
    desk.run(*WAIVE, "--key", str(unit))

    assert (
        "is released from SOP-001@1 from 2026-11-22 to 2027-11-22 already"
        in desk.run(*WAIVE, "--key", str(unit), exits=2).stderr
    )
    desk.run(*GIVEN, "--until", "2028-11-22", "--key", str(unit), "--yes")
    assert len(entries(desk)) == 2


def test_what_cannot_be_read_is_not_added_to(desk: Desk, unit: Path):
    """Nor is anything signed for it."""
    desk.write({PATH: "- {document: [\n"})

    assert f"{PATH} cannot be read" in desk.run(*WAIVE, "--key", str(unit), exits=2).stderr
    assert (desk.checkout.folder / PATH).read_text() == "- {document: [\n"


def test_the_line_is_json(desk: Desk, unit: Path):
    """As every entry that qmsci writes."""
    desk.run(*WAIVE, "--key", str(unit))
    line = (desk.checkout.folder / PATH).read_text()

    assert list(json.loads(line.removeprefix("- "))) == sorted(entries(desk)[0])
