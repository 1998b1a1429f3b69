"""`qmsci verify`, in real repositories: what is whole verifies, and whatever is done to it is found."""

from __future__ import annotations

import base64
import copy
import json
from pathlib import Path
from typing import Any

import pytest

from qmsci.read import text_digest
from qmsci.records.canonical import digest_of
from tests.cli.commands import COMMIT_OR_NOTHING, COUNT, FORMAT, TEXT, TEXT_OR_NOTHING, Desk, closed, listed, valid
from tests.keys import keygen, security_keys
from tests.signed import Pen, lines, spread

COMPLETIONS = "training-records/completions/p-1/SOP-001.yaml"
APPROVAL = "controlled-docs/approvals/SOP-001@1/p-2.yaml"
WAIVERS = "training-records/waivers/p-2/SOP-001.yaml"
SOP = "controlled-docs/sop/SOP-001.md"
DIGEST = text_digest(b"Gown.\n")
OTHER = text_digest(b"Gown twice.\n")
ONE = Pen("p-1", "Ingrid Solberg", security_keys()["sk-ed25519"])
TWO = Pen("p-2", "Marte Lie", security_keys()["sk-ecdsa"])

COMPLETION: dict[str, Any] = {
    "document": "SOP-001@1",
    "text": DIGEST,
    "completed": "2026-01-05T09:30:00+01:00",
    "method": ["read", "practical"],
    "assignments": ["SOP-001@1/operator"],
    "assessment": {"score": 92, "pass-mark": 80, "attempt": 1},
    "practical": {"evaluator": "p-2", "outcome": "competent"},
}
WAIVER = {
    "document": "SOP-001@1",
    "reason": "Holds the certificate",
    "evidence": "4711",
    "from": "2026-01-05",
    "until": "2026-12-31",
    "by": "p-1",
}
APPROVED = {
    "document": "SOP-001@1",
    "text": DIGEST,
    "effective": "2026-01-10",
    "impact": "retrain",
    "governs": ["gowning"],
}

NUMBERS = closed(approvals={"type": "integer"}, completions={"type": "integer"}, waivers={"type": "integer"})
WHOLE = {"type": "integer", "minimum": 0}
VERIFIED = closed(
    format=FORMAT,
    known_at=TEXT_OR_NOTHING,
    commit=COMMIT_OR_NOTHING,
    tree=COMMIT_OR_NOTHING,
    checked=closed(
        signatures=NUMBERS,
        unsigned=NUMBERS,
        keys=WHOLE,
        digests=WHOLE,
        digests_unknown=WHOLE,
        links=WHOLE,
        files=WHOLE,
        files_unknown=WHOLE,
    ),
    main=TEXT_OR_NOTHING,
    faults=listed(closed(path=TEXT, line=COUNT, column=COUNT, message=TEXT, fix=TEXT_OR_NOTHING)),
    void=listed(closed(path=TEXT, line=COUNT, column=COUNT, message=TEXT)),
)


def person(name: str, title: str, key: str) -> str:
    """A person's file with a key, and what limits it."""
    return f"""\
id: {name}
name: {title}
kind: employee
employed: {{from: 2024-03-01}}
roles:
  - {{role: operator, from: 2024-03-01}}
keys:
  - {{key: {key}, proof: badge, by: p-3}}
"""


def completion(**more: Any) -> dict[str, Any]:
    """A completion, signed by the trainee and by the evaluator."""
    record = copy.deepcopy(COMPLETION) | more
    trainee = ONE.on(COMPLETIONS, record, "read-and-understood", "2026-01-05T09:30:00+01:00")
    evaluator = TWO.on(COMPLETIONS, record, "evaluated", "2026-01-05T10:00:00+01:00")
    return {**record, "signatures": [trainee, evaluator]}


FILES = {
    "roles/people/p-1.yaml": person("p-1", ONE.name, f"{ONE.signer.key.line} desk, from: 2025-01-01"),
    "roles/people/p-2.yaml": person("p-2", TWO.name, f"{TWO.signer.key.line}, from: 2025-01-01"),
    COMPLETIONS: lines([completion()]),
    WAIVERS: lines([{**WAIVER, "signatures": [ONE.on(WAIVERS, WAIVER, "approved", "2026-01-05T09:30:00+01:00")]}]),
    APPROVAL: spread({**APPROVED, **TWO.on(APPROVAL, APPROVED, "quality-approval", "2026-01-04T09:30:00+01:00")}),
}


@pytest.fixture
def signed(desk: Desk) -> Desk:
    """A quality system whose records are signed."""
    desk.checkout.commit(FILES, at="2026-01-07T12:00:00+01:00")
    return desk


def faults(desk: Desk) -> list[tuple[str, int, str]]:
    """What is wrong, and where."""
    answer = valid(VERIFIED, desk.answer("verify", exits=None))
    return [(fault["path"], fault["line"], fault["message"]) for fault in answer["faults"]]


# --- what is whole --------------------------------------------------------------------------------------------------


def test_nothing_is_wrong(signed: Desk):
    ids = signed.checkout.git("log", "-1", "--format=commit %H, tree %T")
    assert signed.run("verify").stdout == (
        "4 signatures (1 on approvals, 2 on completions, 1 on waivers), 2 keys\n"
        "4 text digests, 1 link to assignments\n"
        f"this is {ids}\n"
        "nothing is wrong\n"
    )
    _, commit, _, tree = ids.replace(",", "").split()
    assert valid(VERIFIED, signed.answer("verify")) == {
        "format": 1,
        "known_at": None,
        "commit": commit,
        "tree": tree,
        "checked": {
            "signatures": {"approvals": 1, "completions": 2, "waivers": 1},
            "unsigned": {"approvals": 0, "completions": 0, "waivers": 0},
            "keys": 2,
            "digests": 4,
            "digests_unknown": 0,
            "links": 1,
            "files": 0,
            "files_unknown": 0,
        },
        "main": "main",
        "faults": [],
        "void": [],
    }


def test_records_without_signatures_are_counted(desk: Desk):
    desk.write(
        {APPROVAL: spread({**APPROVED, "by": "p-2", "name": "M", "meaning": "approved", "at": "2026-01-04T09:30:00Z"})}
    )

    assert desk.run("verify").stdout == (
        "0 signatures, 0 keys\n"
        "without a signature: 1 approval, 1 completion\n"
        "4 text digests, 1 link to assignments\n"
        "this is the working tree, in which 1 file differs from what is committed\n"
        "nothing is wrong\n"
    )


def test_the_layout_of_a_file_means_nothing(signed: Desk):
    entry = completion()
    block = "".join(f"  {key}: {json.dumps(value)}\n" for key, value in reversed(entry.items()))
    signed.write({COMPLETIONS: f"# by hand\n- {block.removeprefix('  ')}".replace("\n", "\r\n")})

    assert faults(signed) == []


def test_late_is_added_while_a_change_waits(signed: Desk):
    signed.write({COMPLETIONS: lines([{**completion(), "late": "reader offline"}])})

    assert faults(signed) == []


def test_the_verdict_is_the_same_when_it_is_remembered(signed: Desk):
    """And a signature that is remembered is not believed for anything but what it signed."""
    assert faults(signed) == faults(signed) == []
    entry = completion()
    entry["assessment"]["score"] = 93
    signed.write({COMPLETIONS: lines([entry])})
    first = faults(signed)

    assert len(first) == 2
    assert faults(signed) == first


# --- what is altered ------------------------------------------------------------------------------------------------


def leaves(value: Any, keys: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The keys of every scalar in a record."""
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in leaves(inner, (*keys, key))]
    if isinstance(value, list):
        return [leaf for index, inner in enumerate(value) for leaf in leaves(inner, (*keys, index))]
    return [keys]


#: Another value for each key that a record may have, as the schema allows it.
OTHERS: dict[str, Any] = {
    "document": "SOP-001@2",
    "text": OTHER,
    "completed": "2026-01-05T09:30:01+01:00",
    "method": "assessment",
    "assignments": "SOP-001@1/quality-assurance",
    "score": 93,
    "pass-mark": 79,
    "attempt": 2,
    "evaluator": "p-3",
    "outcome": "not-competent",
    "reason": "Another",
    "evidence": "4712",
    "from": "2026-01-04",
    "until": "2027-12-31",
    "by": "p-3",
    "name": "Another",
    "meaning": "authored",
    "at": "2026-01-05T09:30:00.1+01:00",
    "key": "SHA256:another",
    "effective": "2026-01-11",
    "impact": "none",
    "governs": "filling",
}


def altered(record: dict[str, Any], keys: tuple[Any, ...]) -> dict[str, Any]:
    """A record with another value at some keys."""
    record = copy.deepcopy(record)
    inner: Any = record
    for key in keys[:-1]:
        inner = inner[key]
    named = next(key for key in reversed(keys) if isinstance(key, str))
    inner[keys[-1]] = OTHERS[named] if named != "signature" else inner[keys[-1]][:40] + "B" + inner[keys[-1]][41:]
    return record


def of(path: str) -> dict[str, Any]:
    """The one record in a file."""
    text = FILES[path]
    if path == APPROVAL:
        return {key: json.loads(value) for key, value in (line.split(": ", 1) for line in text.splitlines())}
    found: dict[str, Any] = json.loads(text.removeprefix("- "))
    return found


@pytest.mark.parametrize("path", [COMPLETIONS, WAIVERS, APPROVAL])
def test_every_field_of_every_record_is_guarded(signed: Desk, path: str):
    """Whatever is altered, added or taken away, in the record or in its signatures: it is found."""
    record = of(path)
    write = spread if path == APPROVAL else lambda record: lines([record])
    for keys in leaves(record):
        signed.write({path: write(altered(record, keys))})
        found = faults(signed)
        assert [fault for fault in found if fault[0] == path], keys
    for key in set(record) - {"signatures"}:
        signed.write({path: write({name: value for name, value in record.items() if name != key})})
        # Where the record does not say who grants it, its signature still does.
        assert faults(signed) or (path, key) == (WAIVERS, "by"), key


def test_a_signature_moved_to_another_person_does_not_verify(signed: Desk):
    signed.write({COMPLETIONS.replace("p-1", "p-2"): FILES[COMPLETIONS]})
    where, line, said = faults(signed)[0]

    assert (where, line) == (COMPLETIONS.replace("p-1", "p-2"), 1)
    assert said == (
        "the signature of p-1 does not verify: it is not the signature of what the record says now, or not by the key "
        "that is in it"
    )


def test_a_signature_by_the_key_of_somebody_else(signed: Desk):
    """Whoever signs for another is found, though the signature is good."""
    record = copy.deepcopy(COMPLETION)
    forged = Pen("p-1", ONE.name, TWO.signer).on(
        COMPLETIONS, record, "read-and-understood", "2026-01-05T09:30:00+01:00"
    )
    signed.write({COMPLETIONS: lines([{**record, "signatures": [forged]}])})

    assert [said for *_, said in faults(signed)] == [
        f"the key {TWO.signer.key.fingerprint} is not registered to p-1; it is a key of p-2 (roles/people/p-1.yaml)"
    ]


def test_a_signature_that_names_another_key(signed: Desk):
    record = completion()
    record["signatures"][0]["key"] = TWO.signer.key.fingerprint
    signed.write({COMPLETIONS: lines([record])})

    assert [said for *_, said in faults(signed)] == [
        f"it names the key {TWO.signer.key.fingerprint}, and was made with {ONE.signer.key.fingerprint}"
    ]


def test_a_signature_that_is_not_whole(signed: Desk):
    record = completion()
    del record["signatures"][0]["signature"]
    del record["signatures"][1]["name"]
    signed.write({COMPLETIONS: lines([record])})

    assert [said for *_, said in faults(signed)] == ["the signature lacks signature", "the signature lacks name"]


def test_a_record_and_its_signature_that_disagree(signed: Desk):
    """Only what the signature says would be signed."""
    fields = TWO.on(WAIVERS, WAIVER, "approved", "2026-01-05T09:30:00+01:00")
    signed.write({WAIVERS: lines([{**WAIVER, "signatures": [fields]}])})

    assert [said for *_, said in faults(signed)] == ["the record says by: p-1, and its signature by: p-2"]


def test_nothing_that_is_printed_moves_the_terminal(signed: Desk):
    record = completion()
    record["signatures"][0]["key"] = "SHA256:\u202e evil"
    signed.write({COMPLETIONS: lines([record])})
    said = signed.run("verify", exits=1).stdout

    assert "\\u202e evil" in said
    assert said.endswith("\n1 fault\n")
    assert f"{COMPLETIONS}:1:" in said


# --- keys -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dates", "words"),
    [
        ("from: 2026-01-05", None),
        ("from: 2025-01-01, to: 2026-01-05", None),
        ("from: 2026-01-06", "signed on 2026-01-05, and the key {} is valid from 2026-01-06"),
        ("from: 2025-01-01, to: 2026-01-04", "signed on 2026-01-05, and the key {} was valid to 2026-01-04"),
        ("from: 2025-01-01, revoked: {{on: 2026-03-01, compromised-since: 2026-01-08}}", None),
        (
            "from: 2025-01-01, revoked: {{on: 2026-03-01, compromised-since: 2026-01-07}}",
            "recorded on 2026-01-07, and the key {} is compromised since 2026-01-07",
        ),
    ],
)
def test_a_key_signs_in_its_time(signed: Desk, dates: str, words: str | None):
    """What a revoked key signed counts if main had it before, whatever time it gives itself."""
    line = f"{ONE.signer.key.line}, {dates.replace('{{', '{').replace('}}', '}')}"
    signed.write({"roles/people/p-1.yaml": person("p-1", ONE.name, line)})
    expected = words.format(ONE.signer.key.fingerprint) if words else None

    assert [said for *_, said in faults(signed)] == ([expected] * 2 if expected else [])


def test_a_record_that_is_backdated_with_a_revoked_key(signed: Desk):
    """The thief dates it long before the theft; main did not have it then."""
    line = f"{ONE.signer.key.line}, from: 2025-01-01, revoked: {{on: 2026-03-01, compromised-since: 2026-02-01}}"
    signed.write({"roles/people/p-1.yaml": person("p-1", ONE.name, line)})
    assert faults(signed) == []

    backdated = completion(completed="2025-06-01T09:30:00+01:00")
    signed.write({COMPLETIONS: FILES[COMPLETIONS] + lines([backdated])})
    assert faults(signed) == [
        (
            COMPLETIONS,
            2,
            f"the key {ONE.signer.key.fingerprint} was revoked on 2026-03-01, and this is not recorded on main yet",
        )
    ]
    signed.checkout.commit(at="2026-04-01T12:00:00+02:00")
    assert [said for *_, said in faults(signed)] == [
        f"recorded on 2026-04-01, and the key {ONE.signer.key.fingerprint} is compromised since 2026-02-01"
    ]


def test_what_is_rejected_is_no_fault_any_more(signed: Desk):
    """It is told what to do; once that is done, the lost signature counts for nothing, and verify is clean."""
    line = f"{ONE.signer.key.line}, from: 2025-01-01, revoked: {{on: 2026-03-01, compromised-since: 2026-02-01}}"
    forged = completion(completed="2026-02-05T09:30:00+01:00")
    history = lines([completion(), forged])
    signed.checkout.commit({COMPLETIONS: history}, at="2026-02-07T12:00:00+01:00")
    signed.write({"roles/people/p-1.yaml": person("p-1", ONE.name, line)})
    answer = valid(VERIFIED, signed.answer("verify", exits=1))
    assert [(one["line"], one["fix"]) for one in answer["faults"]] == [
        (2, "qmsci complete SOP-001 --person p-1, or qmsci reject p-1 SOP-001 --entry 2")
    ]
    assert answer["void"] == []
    assert "\n  fix: qmsci complete SOP-001" in signed.run("verify", exits=1).stdout

    rejection = {"rejects": digest_of(forged), "reason": "Stolen", "by": "p-2", "at": "2026-03-02T09:30:00+01:00"}
    given = TWO.on(COMPLETIONS, rejection, "approved", "2026-03-02T09:30:00+01:00")
    signed.write({COMPLETIONS: history + lines([{**rejection, "signatures": [given]}])})

    answer = valid(VERIFIED, signed.answer("verify"))
    assert [(one["path"], one["line"]) for one in answer["void"]] == [(COMPLETIONS, 2)]
    assert f"1 signature that counts for nothing: {COMPLETIONS}:2:" in signed.run("verify").stdout


def test_which_line_is_main_is_said(signed: Desk, tmp_path_factory: pytest.TempPathFactory):
    """That of origin comes first; where the branch here has commits that it does not, a note says so."""
    origin = tmp_path_factory.mktemp("origin")
    signed.checkout.git("clone", "--quiet", "--bare", ".", str(origin / "qms.git"))
    assert "main here is" not in signed.run("verify").stdout
    signed.checkout.git("remote", "add", "origin", str(origin / "qms.git"))
    signed.checkout.git("fetch", "--quiet", "origin")
    ran = signed.run("verify")
    assert "main here is origin/main\n" in ran.stdout
    assert ran.stderr == ""
    assert "main here is origin/main\n" in signed.run("verify", "--history", exits=None).stdout
    assert signed.answer("verify", "--history", exits=None)["main"] == "origin/main"

    signed.checkout.commit({"README.md": "More\n"})
    ran = signed.run("verify")
    assert "note: the branch main of this clone" in ran.stderr
    assert "is not on origin/main" in ran.stderr


def test_a_bare_repository_is_verified(signed: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """By the commit that is named; its main is the one that is there."""
    line = f"{ONE.signer.key.line}, from: 2025-01-01, revoked: {{on: 2026-03-01}}"
    signed.checkout.commit({"roles/people/p-1.yaml": person("p-1", ONE.name, line)}, at="2026-03-01T12:00:00+01:00")
    signed.checkout.git("clone", "--quiet", "--bare", ".", str(tmp_path / "qms.git"))
    monkeypatch.chdir(tmp_path / "qms.git")

    assert "nothing is wrong" in signed.run("verify", "--head", "main").stdout
    assert signed.run("check", "--all", "--head", "main", exits=None).exit_code < 2


def test_a_shallow_clone_cannot_tell_when(signed: Desk, tmp_path_factory: pytest.TempPathFactory):
    line = f"{ONE.signer.key.line}, from: 2025-01-01, revoked: {{on: 2026-03-01}}"
    signed.checkout.commit({"roles/people/p-1.yaml": person("p-1", ONE.name, line)}, at="2026-03-01T12:00:00+01:00")
    assert faults(signed) == []
    signed.clone_shallowly(tmp_path_factory.mktemp("shallow") / "clone")

    assert "was signed with a revoked key, and recorded before this clone begins: git fetch --unshallow" in (
        signed.run("verify", exits=2).stderr
    )


def test_without_a_main_branch_nobody_can_tell_when(signed: Desk):
    """A branch of one's own bears whatever dates one gives it."""
    line = f"{ONE.signer.key.line}, from: 2025-01-01, revoked: {{on: 2026-03-01}}"
    signed.checkout.commit({"roles/people/p-1.yaml": person("p-1", ONE.name, line)}, at="2026-03-01T12:00:00+01:00")
    signed.checkout.git("branch", "--move", "main", "mine")

    assert "and there is no main branch here" in signed.run("verify", exits=2).stderr


def test_a_key_that_is_none(signed: Desk):
    signed.write({"roles/people/p-2.yaml": person("p-2", TWO.name, "ssh-ed25519 AAAA, from: 2025-01-01")})
    found = faults(signed)

    assert ("roles/people/p-2.yaml", 8, "not a public key: the key ends too early") in found
    assert len(found) == 3


# --- digests, links, files that cannot be read ----------------------------------------------------------------------


def test_older_texts_are_known_from_the_history(signed: Desk):
    """Their document may have moved since."""
    second = (signed.checkout.folder / SOP).read_text().replace("Gown.", "Gown twice.")
    second = second.replace(
        "revisions:\n",
        "revisions:\n  - {revision: 2, effective: 2026-06-10, summary: S., impact: retrain, authors: [p-1]}\n",
    )
    signed.checkout.commit({SOP: None, SOP.replace(".md", "-gowning.md"): second}, at="2026-05-07T12:00:00+02:00")
    signed.checkout.commit({"controlled-docs/sop/SOP-002.md": "---\nbroken"}, at="2026-05-08T12:00:00+02:00")
    signed.checkout.commit({"controlled-docs/sop/SOP-002.md": None}, at="2026-05-09T12:00:00+02:00")

    assert faults(signed) == faults(signed) == []
    entry = {**COMPLETION, "text": OTHER}
    signed.write({COMPLETIONS: lines([entry, {**entry, "document": "SOP-001@2"}])})
    assert faults(signed) == [(COMPLETIONS, 1, f"this is not the text of SOP-001@1, which is {DIGEST}")]


def test_texts_that_nobody_knows_are_counted(signed: Desk, tmp_path_factory: pytest.TempPathFactory):
    second = (
        (signed.checkout.folder / SOP)
        .read_text()
        .replace(
            "revisions:\n",
            "revisions:\n  - {revision: 2, effective: 2026-06-10, summary: S., impact: retrain, authors: [p-1]}\n",
        )
    )
    signed.checkout.commit({SOP: second}, at="2026-05-07T12:00:00+02:00")
    signed.clone_shallowly(tmp_path_factory.mktemp("shallow") / "clone")

    assert (
        "0 text digests; 4 more of texts that are not in this clone, 1 link to assignments"
        in signed.run("verify").stdout
    )


def test_a_history_with_a_hole_in_it_is_said(signed: Desk):
    """As in a clone that left the contents out, with nobody to fetch them from."""
    older = signed.checkout.git("rev-parse", f"HEAD:{SOP}")
    second = (
        (signed.checkout.folder / SOP)
        .read_text()
        .replace(
            "revisions:\n",
            "revisions:\n  - {revision: 2, effective: 2026-06-10, summary: S., impact: retrain, authors: [p-1]}\n",
        )
    )
    signed.checkout.commit({SOP: second}, at="2026-05-07T12:00:00+02:00")
    (signed.checkout.folder / ".git/objects" / older[:2] / older[2:]).unlink()

    assert f"the object {older} is not in this clone: git fetch --refetch" in signed.run("verify", exits=2).stderr


def test_a_digest_of_another_text(signed: Desk):
    """In an assignment and in an approval, too."""
    assignment = "training-records/assignments/SOP-001@1/operator.yaml"
    text = (signed.checkout.folder / assignment).read_text().replace(DIGEST, OTHER)
    signed.write({assignment: text, APPROVAL: FILES[APPROVAL].replace(DIGEST, OTHER)})
    said = f"this is not the text of SOP-001@1, which is {DIGEST}"

    assert [(path, message) for path, _, message in faults(signed) if "text of" in message] == [
        (APPROVAL, said),
        (assignment, said),
    ]


def test_a_rejection_names_what_it_rejects(signed: Desk):
    """Whoever alters the entry that was rejected does not bring it back unseen."""
    at = "2026-02-05T09:30:00+01:00"
    rejection: dict[str, Any] = {"rejects": digest_of(completion()), "reason": "R", "by": "p-2", "at": at}
    rejection["signatures"] = [TWO.on(COMPLETIONS, rejection, "approved", at)]
    signed.write({COMPLETIONS: lines([completion(), rejection])})
    assert faults(signed) == []

    signed.write({COMPLETIONS: lines([{**completion(), "late": "added"}, rejection])})
    assert faults(signed) == [(COMPLETIONS, 2, "no entry of this file has the digest that it rejects")]


def test_a_link_to_nothing(signed: Desk):
    signed.write({COMPLETIONS: lines([{**COMPLETION, "assignments": ["SOP-001@1/nobody"]}])})

    assert faults(signed) == [
        (
            COMPLETIONS,
            1,
            "there is no assignment SOP-001@1/nobody (training-records/assignments/SOP-001@1/nobody.yaml)",
        )
    ]


def test_a_document_that_two_files_claim_is_not_judged(signed: Desk):
    text = (signed.checkout.folder / SOP).read_text()
    signed.write({SOP.replace(".md", "-again.md"): text.replace("Gown.", "Gown twice.")})

    assert faults(signed) == []


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        pytest.param(COMPLETIONS, "- {document: 1", "", id="syntax"),
        pytest.param(COMPLETIONS, '- {"document": "SOP-001@1"}\n', "", id="schema"),
        pytest.param(SOP, "nothing", "", id="document"),
        pytest.param("roles/people/p-3.yaml", "id: p-4\n", "", id="person"),
        pytest.param("training-records/assignments/SOP-001@1/operator.yaml", "x", "", id="assignment"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_alone(signed: Desk, path: str, text: str, said: str):
    signed.write({path: text})
    found = faults(signed)

    assert [where for where, *_ in found] == [path]


def test_a_link_in_the_place_of_a_file(signed: Desk):
    place = signed.checkout.folder / COMPLETIONS
    place.unlink()
    place.symlink_to("/etc/passwd")

    assert [said for *_, said in faults(signed)] == ["it is a symbolic link; a record is a file of its own"]


def test_what_lies_astray_is_not_looked_at(signed: Desk):
    signed.write({"training-records/completions/readme.txt": "x"})

    assert faults(signed) == []


def test_a_repository_without_commits(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
):
    """Older texts are then known to nobody."""
    desk.checkout.git("checkout", "--quiet", "--orphan", "empty")
    second = (
        (desk.checkout.folder / SOP)
        .read_text()
        .replace(
            "revisions:\n",
            "revisions:\n  - {revision: 2, effective: 2026-06-10, summary: S., impact: retrain, authors: [p-1]}\n",
        )
    )
    desk.write({SOP: second})

    assert faults(desk) == []


# --- without qmsci --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "who", "at"),
    [
        (COMPLETIONS, "p-2", "20260105090000Z"),
        (f"{COMPLETIONS}#1", "p-2", "20260105090000Z"),
        (f"{COMPLETIONS}#1.1", "p-1", "20260105083000Z"),
        (WAIVERS, "p-1", "20260105083000Z"),
        (APPROVAL, "p-2", "20260104083000Z"),
    ],
)
def test_openssh_verifies_what_is_printed(signed: Desk, tmp_path: Path, name: str, who: str, at: str):
    """With the three options and nothing else of qmsci."""
    payload = signed.run("verify", "--payload", name).stdout_bytes
    signature, allowed = tmp_path / "given", tmp_path / "allowed"
    signature.write_bytes(signed.run("verify", "--signature", name).stdout_bytes)
    allowed.write_bytes(signed.run("verify", "--allowed-signers").stdout_bytes)
    verify = ["-Y", "verify", "-n", "qmsci", "-f", allowed, "-s", signature, "-O", f"verify-time={at}", "-I"]

    keygen(*verify, who, stdin=payload)
    keygen("-Y", "verify", "-n", "qmsci", "-I", who, "-f", allowed, "-s", signature, stdin=payload)
    keygen(*verify, {"p-1": "p-2", "p-2": "p-1"}[who], stdin=payload, exits=255)
    keygen(*verify, who, stdin=payload + b"\n", exits=255)


def test_a_payload_is_printed_to_the_byte(signed: Desk):
    expected = {
        **APPROVED,
        "by": "p-2",
        "name": TWO.name,
        "meaning": "quality-approval",
        "at": "2026-01-04T09:30:00+01:00",
    }

    assert signed.run("verify", "--payload", APPROVAL).stdout == json.dumps(
        expected, sort_keys=True, separators=(",", ":")
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--payload", "qmsci.yaml"), "'qmsci.yaml' is not the path of a record that is signed"),
        (("--payload", "../x"), "'../x' is not the path of a record that is signed"),
        (("--payload", COMPLETIONS.replace("p-1", "p-9")), "there is no file training-records/completions/p-9"),
        (("--payload", f"{COMPLETIONS}#2"), "has 1 entry, and no entry 2"),
        (
            ("--payload", f"{COMPLETIONS}#1.3"),
            "entry 1 of training-records/completions/p-1/SOP-001.yaml has 2 signatures",
        ),
        (("--signature", f"{COMPLETIONS}#x"), "does not name a signature"),
    ],
)
def test_a_signature_that_is_not_there(signed: Desk, arguments: tuple[str, ...], words: str):
    assert words in signed.run("verify", *arguments, exits=2).stderr


def test_a_signature_in_words_only(signed: Desk):
    fields = {"by": "p-2", "name": "M", "meaning": "approved", "at": "2026-01-04T09:30:00Z"}
    signed.write({APPROVAL: spread({**APPROVED, **fields})})

    assert f"{APPROVAL} is signed in words only; it has no signature" in (
        signed.run("verify", "--signature", APPROVAL, exits=2).stderr
    )
    signed.write({APPROVAL: spread({**APPROVED, **fields, "signature": "\u202eno base64"})})
    assert "the signature is not base64" in signed.run("verify", "--signature", APPROVAL, exits=2).stderr
    signed.write({APPROVAL: "x"})
    assert f"{APPROVAL} cannot be read:" in signed.run("verify", "--signature", APPROVAL, exits=2).stderr


def test_a_signature_in_another_namespace_is_printed_too(signed: Desk):
    """OpenSSH says of it what is wrong."""
    text = base64.b64encode(b"SSHSIG").decode()
    fields = {"by": "p-2", "name": "M", "meaning": "approved", "at": "2026-01-04T09:30:00Z"}
    signed.write({APPROVAL: spread({**APPROVED, **fields, "signature": text})})

    assert signed.run("verify", "--signature", APPROVAL).stdout == (
        f"-----BEGIN SSH SIGNATURE-----\n{text}\n-----END SSH SIGNATURE-----\n"
    )


def test_one_thing_is_printed_at_a_time(signed: Desk):
    assert "print one thing at a time" in signed.run("verify", "--allowed-signers", "--payload", "x", exits=2).stderr
