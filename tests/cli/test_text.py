"""`qmsci text`: the text in force on a date, from the history of real repositories, and what proves it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from qmsci import signing
from qmsci.cli.judged import judged
from qmsci.cli.signer import Pen
from qmsci.load import load
from qmsci.read import text_digest
from qmsci.records.document import Document
from qmsci.render.text import Shown, as_text
from tests.cli.commands import (
    COMMIT_OR_NOTHING,
    DAY,
    FILES,
    FORMAT,
    SOP,
    TEXT,
    TEXT_OR_NOTHING,
    Desk,
    closed,
    listed,
    valid,
)
from tests.cli.test_changes import APPROVAL, APPROVAL_PATH, PATH, REVISED
from tests.keys import made, public
from tests.signed import spread

DAY_OR_NOTHING = {"type": ["string", "null"], "pattern": DAY["pattern"]}
TRUTH_OR_NOTHING = {"type": ["boolean", "null"]}
NOTHING = {"type": "null"}
SHOWN = closed(
    **{"from": DAY_OR_NOTHING},
    format=FORMAT,
    document=TEXT,
    on=TEXT,
    known_at=TEXT_OR_NOTHING,
    reason=TEXT_OR_NOTHING,
    revision=TEXT_OR_NOTHING,
    title=TEXT_OR_NOTHING,
    state=TEXT_OR_NOTHING,
    effective=DAY_OR_NOTHING,
    to=DAY_OR_NOTHING,
    withdrawn=DAY_OR_NOTHING,
    retired=DAY_OR_NOTHING,
    digest=TEXT_OR_NOTHING,
    recorded={"anyOf": [NOTHING, closed(commit=COMMIT_OR_NOTHING, recorded=TEXT_OR_NOTHING, day=DAY)]},
    approvals={
        "anyOf": [
            NOTHING,
            listed(
                closed(
                    person=TEXT,
                    name=TEXT,
                    meaning=TEXT,
                    at=TEXT,
                    evidence={"enum": ["signed", "unsigned", "imported"]},
                    reference=TEXT_OR_NOTHING,
                    key=TEXT_OR_NOTHING,
                    verifies=TRUTH_OR_NOTHING,
                    key_valid=TRUTH_OR_NOTHING,
                    wrong=TEXT_OR_NOTHING,
                    path=TEXT,
                    commit=COMMIT_OR_NOTHING,
                    recorded=TEXT_OR_NOTHING,
                )
            ),
        ]
    },
    notes={"anyOf": [NOTHING, listed(TEXT)]},
    text={"type": ["string", "null"]},
)
NOON_DAY = date(2026, 11, 22)
LATER = "2026-11-23T12:00:00+01:00"


def shown(desk: Desk, *arguments: str, exits: int = 0) -> dict[str, Any]:
    """What is shown."""
    found: dict[str, Any] = valid(SHOWN, desk.answer("text", *arguments, exits=exits))
    return found


def test_the_text_in_force(desk: Desk):
    """With the commit that brought it, however often the file changed since."""
    first = desk.checkout.git("rev-parse", "HEAD")
    desk.checkout.commit({PATH: SOP.replace("[gowning]", "[gowning, filling]")}, "Govern more")
    found = shown(desk, "SOP-001")

    assert (found["revision"], found["state"], found["text"]) == ("SOP-001@1", "in force", "Gown.\n")
    assert (found["from"], found["to"], found["digest"]) == ("2026-01-10", None, text_digest(b"Gown.\n"))
    assert found["recorded"]["commit"] == first
    assert found["approvals"] == found["notes"] == []
    assert desk.run("text", "SOP-001").stdout.splitlines() == [
        "SOP-001@1 Gowning",
        "state:     in force on 2026-11-22",
        "effective: 2026-01-10, in force from 2026-01-10",
        f"text:      {text_digest(b'Gown.' + bytes([10]))}",
        f"recorded:  2026-01-06 in {first[:10]}",
        "approval:  none is recorded here",
        "",
        "Gown.",
    ]


def test_what_is_coming_is_not_the_text_at_the_head_of_the_file(desk: Desk):
    """Readers are shown what is in force, and the other as what it is."""
    desk.checkout.commit({PATH: REVISED.replace("title: Gowning", "title: Gown twice")}, "Revise", at=LATER)
    desk.now = desk.now.replace(day=24)

    found = shown(desk, "SOP-001")
    assert (found["revision"], found["title"], found["text"]) == ("SOP-001@1", "Gowning", "Gown.\n")
    assert found["to"] == "2026-12-14"
    coming = shown(desk, "SOP-001@2")
    assert (coming["state"], coming["text"]) == ("approved and not yet effective", "Gown twice.\n")
    assert (
        "*** NOT IN FORCE on 2026-11-24: approved and not yet effective; in force on 2026-11-24 is SOP-001@1 ***"
        in (desk.run("text", "SOP-001@2").stdout)
    )
    assert shown(desk, "SOP-001@2", "--on", "2026-11-22")["state"] == "not on main yet"
    assert shown(desk, "SOP-001", "--on", "2026-12-15")["text"] == "Gown twice.\n"
    assert shown(desk, "SOP-001@1", "--on", "2026-12-15")["state"] == "superseded"


def test_a_draft_is_on_nobodys_main(desk: Desk):
    """Neither what is not committed nor what is not merged is shown."""
    desk.write({PATH: REVISED})
    assert "no revision 'SOP-001@2'" in desk.run("text", "SOP-001@2", exits=2).stderr
    desk.checkout.git("switch", "--quiet", "--create", "mine")
    desk.checkout.commit()
    assert "no revision 'SOP-001@2'" in desk.run("text", "SOP-001@2", exits=2).stderr
    assert shown(desk, "SOP-001", "--on", "2027-01-01")["revision"] == "SOP-001@1"


def test_what_was_known_then(desk: Desk):
    desk.checkout.commit({PATH: REVISED.replace("2026-12-15", "2026-11-01")}, "Late", at=LATER)
    desk.now = desk.now.replace(day=24)

    assert shown(desk, "SOP-001", "--on", "2026-11-10")["revision"] == "SOP-001@2"
    known = shown(desk, "SOP-001", "--on", "2026-11-10", "--known-at", "2026-11-22")
    assert (known["revision"], known["known_at"]) == ("SOP-001@1", "2026-11-22")


@pytest.mark.parametrize(
    ("text", "on", "reason"),
    [
        pytest.param(SOP, "2026-01-09", "SOP-001@1 is from 2026-01-10", id="not-yet"),
        pytest.param(
            SOP.replace("\n---\nGown", "\nretired: 2026-06-01\n---\nGown"),
            "2026-11-22",
            "it was retired on 2026-06-01",
            id="retired",
        ),
        pytest.param(
            SOP.replace("[p-1]}", "[p-1], withdrawn: 2026-01-08}"),
            "2026-11-22",
            "all of them were withdrawn",
            id="gone",
        ),
    ],
)
def test_where_nothing_is_in_force(desk: Desk, text: str, on: str, reason: str):
    desk.checkout.commit({PATH: text})
    found = shown(desk, "SOP-001", "--on", on, exits=1)

    assert (found["revision"], found["text"]) == (None, None)
    assert found["reason"] == f"no revision of SOP-001 is in force on {on}: {reason}"
    assert desk.run("text", "SOP-001", "--on", on, exits=1).stdout == f"{found['reason']}\n"


def test_a_withdrawn_and_a_retired_revision_are_still_shown(desk: Desk):
    text = REVISED.replace("reason: DEV-2026-017", "withdrawn: 2026-11-20")
    desk.checkout.commit({PATH: text.replace("\n---\nGown", "\nretired: 2026-11-21\n---\nGown")})
    found = shown(desk, "SOP-001@2")

    assert (found["state"], found["withdrawn"], found["retired"]) == ("withdrawn", "2026-11-20", "2026-11-21")
    assert found["notes"] == ["SOP-001@2 was withdrawn on 2026-11-20", "SOP-001 is retired from 2026-11-21"]
    said = desk.run("text", "SOP-001@2").stdout
    assert "withdrawn; nothing is on 2026-11-22 ***" in said
    assert "in force on no day" in said
    assert shown(desk, "SOP-001@1")["state"] == "retired"


def test_of_an_unreadable_time_there_is_still_the_text(desk: Desk):
    """Where the front matter of then is no document by today's schema, the title is the one of today."""
    old = SOP.replace("owner: operator", "owner: operator\nclass: A")
    moved = SOP.replace("Gown.\n", "Gown once.\n").replace("revision: 1,", "revision: 0,")
    desk.checkout.commit({PATH: old.replace("revision: 1,", "revision: 0,")}, "Of old")
    desk.checkout.commit({PATH: moved.replace("  - {revision: 0", SOP.splitlines()[6] + "\n  - {revision: 0")}, "New")
    found = shown(desk, "SOP-001@0")

    assert (found["title"], found["text"]) == ("Gowning", "Gown.\n")


def test_a_document_that_was_moved(desk: Desk):
    """Its text is found under its earlier name; that of a document whose id begins alike is not taken for it."""
    desk.checkout.git("mv", PATH, "controlled-docs/sop/SOP-001-gowning.md")
    desk.checkout.commit({"controlled-docs/sop/SOP-001-X.md": SOP.replace("SOP-001", "SOP-001-X")}, "Move")
    moved = REVISED.replace("2026-12-15", "2026-11-30")
    desk.checkout.commit({"controlled-docs/sop/SOP-001-gowning.md": moved}, "Revise")

    assert shown(desk, "SOP-001")["text"] == "Gown.\n"


def test_a_text_that_is_nowhere(desk: Desk):
    """Two revisions that came at once have one text."""
    both = REVISED.replace("2026-12-15", "2026-11-30").replace("revision: 2", "revision: 3")
    second = "  - {revision: 2, effective: 2026-11-01, summary: Lost., impact: retrain, authors: [p-1]}\n"
    desk.checkout.commit({PATH: both.replace("  - {revision: 1,", f"{second}  - {{revision: 1,")}, "Two")
    found = shown(desk, "SOP-001", exits=1)

    assert (found["revision"], found["text"], found["digest"]) == ("SOP-001@2", None, None)
    assert (
        found["reason"]
        == "the text of SOP-001@2 is not in the history: it never was the newest revision of its file on main"
    )
    assert "note:      the text of SOP-001@2 is not in the history" in desk.run("text", "SOP-001", exits=1).stdout


def test_a_text_that_was_altered_in_place(desk: Desk):
    """What was approved is the text, whatever stands in the file."""
    desk.checkout.commit({PATH: REVISED, APPROVAL_PATH: APPROVAL}, "Revise")
    desk.checkout.commit({PATH: REVISED.replace("Gown twice.", "Gown at will.")}, "Alter")
    found = shown(desk, "SOP-001@2")

    assert found["text"] == "Gown twice.\n"
    assert found["notes"][0].startswith("main had 2 texts of SOP-001@2, without a new revision: sha256:")


def test_in_a_bare_clone(desk: Desk, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch):
    """No working tree is needed to say what was in force, nor what was merged."""
    bare = tmp_path_factory.mktemp("clones") / "bare.git"
    desk.checkout.git("clone", "--quiet", "--bare", str(desk.checkout.folder), str(bare))
    monkeypatch.chdir(bare)

    assert shown(desk, "SOP-001")["text"] == "Gown.\n"
    assert len(desk.answer("changes")["changes"]) == 1


def test_in_a_shallow_clone(desk: Desk, tmp_path_factory: pytest.TempPathFactory):
    """What is not here is said to be, and which fetch helps."""
    desk.checkout.commit({PATH: REVISED, APPROVAL_PATH: APPROVAL}, "Revise")
    desk.clone_shallowly(tmp_path_factory.mktemp("clones") / "shallow")
    found = shown(desk, "SOP-001", exits=1)

    assert "whose history begins on 2026-11-22: git fetch --unshallow" in found["reason"]
    assert shown(desk, "SOP-001@2")["recorded"]["commit"] is None
    said = desk.run("text", "SOP-001@2").stdout
    assert "recorded:  by 2026-11-22: recorded before this clone begins: git fetch --unshallow" in said
    desk.checkout.git("fetch", "--quiet", "--unshallow")
    assert shown(desk, "SOP-001")["text"] == "Gown.\n"


def test_what_is_printed_is_only_read(desk: Desk):
    """Line breaks stay, and every character that cannot be seen is spelled out."""
    text = SOP.replace("Gown.\n", "One\r\n\u202eTwo\n\n\u2028Three\tfour\n").replace("title: G", "title: \u202eG")
    desk.checkout.commit({PATH: text.replace("revision: 1,", "revision: 2,")}, "Revise")
    found = desk.run("text", "SOP-001").stdout

    assert found.endswith("\n\nOne\n\\u202eTwo\n\n\\u2028Three four\n")
    assert found.startswith("SOP-001@2 \\u202eGowning\n")


def test_what_no_reader_would_take_is_spelled_out_as_well():
    document = load(PATH, SOP.encode()).record
    assert isinstance(document, Document)
    entry = document.newest
    hostile = Shown(
        document, entry, "T", NOON_DAY, "in force", None, None, None, (), (), "a\x1b[31m\x07\x9b\n\nb", None
    )

    assert as_text(hostile).endswith("\n\na\\x1b[31m\\x07\\x9b\n\nb\n")


# --- approvals ------------------------------------------------------------------------------------------------------


def signed(desk: Desk, folder: Path, key: str = "") -> str:
    """An approval that p-2 has signed, whose key is on main, with something added to its entry."""
    path = made(folder)
    entry = f"keys:\n  - {{key: {' '.join(public(path).split()[:2])}, from: 2026-01-01, proof: badge, by: p-1{key}}}\n"
    person = "roles/people/p-2.yaml"
    desk.checkout.commit({person: FILES[person] + entry}, "Key", at="2026-11-20T12:00:00+01:00")
    record = {
        "document": "SOP-001@2",
        "text": text_digest(b"Gown twice.\n"),
        "effective": "2026-12-15",
        "impact": "retrain",
        "governs": ["gowning"],
    }
    who = judged(None, None, compare=False).snapshot.people.get("p-2")
    assert who
    pen = Pen(who, signing.signer_of(path, lambda: ""))
    return spread({**record, **pen.sign(APPROVAL_PATH, record, "approved", "2026-11-22T10:00:00+01:00")})


@pytest.mark.parametrize(
    ("key", "valid_", "wrong"),
    [
        pytest.param("", True, None, id="good"),
        pytest.param(", to: 2026-11-01", False, "was valid to 2026-11-01", id="over"),
        pytest.param(", revoked: {on: 2026-11-30}", True, None, id="revoked-later"),
        pytest.param(", revoked: {on: 2026-11-30, compromised-since: 2026-11-01}", False, "compromised", id="stolen"),
    ],
)
def test_a_signed_approval(desk: Desk, tmp_path_factory: pytest.TempPathFactory, key: str, valid_: bool, wrong: str):
    text = signed(desk, tmp_path_factory.mktemp("keys"), key)
    commit = desk.checkout.commit({PATH: REVISED, APPROVAL_PATH: text}, "Revise")
    (found,) = shown(desk, "SOP-001@2")["approvals"]

    assert (found["person"], found["name"], found["meaning"]) == ("p-2", "Marte Lie", "approved")
    assert (found["evidence"], found["verifies"], found["key_valid"]) == ("signed", True, valid_)
    assert found["commit"] == commit
    assert wrong in (found["wrong"] or "") if wrong else found["wrong"] is None
    said = desk.run("text", "SOP-001@2").stdout
    assert ("which was valid then" if valid_ else "which does not count; wrong: ") in said


def test_a_signature_that_does_not_verify(desk: Desk, tmp_path_factory: pytest.TempPathFactory):
    text = signed(desk, tmp_path_factory.mktemp("keys")).replace('"retrain"', '"read"')
    desk.checkout.commit({PATH: REVISED, APPROVAL_PATH: text}, "Revise")
    (found,) = shown(desk, "SOP-001@2")["approvals"]

    assert (found["verifies"], found["key_valid"]) == (False, None)
    assert "does not verify" in found["wrong"]
    assert "; its signature does not verify; wrong: " in desk.run("text", "SOP-001@2").stdout


def test_unsigned_and_imported_approvals(desk: Desk):
    """And one of another text."""
    imported = APPROVAL.replace("p-2", "p-1") + "origin: {system: github, reference: 'https://x.org/1'}\n"
    other = imported.replace(text_digest(b"Gown twice.\n"), f"sha256:{64 * '0'}")
    path = APPROVAL_PATH.replace("p-2", "p-1")
    desk.checkout.commit({PATH: REVISED, APPROVAL_PATH: APPROVAL, path: other}, "Revise")
    first, second = shown(desk, "SOP-001@2")["approvals"]

    assert (first["evidence"], first["reference"], first["verifies"]) == ("imported", "https://x.org/1", None)
    assert first["wrong"] == f"it approves another text, sha256:{64 * '0'}"
    assert (second["evidence"], second["wrong"]) == ("unsigned", None)
    assert "; imported (github, https://x.org/1)" in desk.run("text", "SOP-001@2").stdout
