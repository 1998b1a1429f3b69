"""Public keys come into people's files, and go out of use; nothing else in those files moves."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from qmsci import sshsig
from qmsci.read import plain
from tests import keys
from tests.cli.commands import DAY, FORMAT, TEXT, TEXT_OR_NOTHING, Desk, closed, listed, valid
from tests.laws import POLICY

P_1 = "roles/people/p-1.yaml"
OWNER = """\
# Ingrid, who signs.
id: p-1
name: Ingrid Solberg   # née Lie
kind: employee
employed: {from: 2024-03-01}
roles:
  - {role: operator, from: 2024-03-01}
accounts: {github: isolberg}

# the end
"""
ADD = ("key", "add", "p-1", "--proof", "badge check", "--by", "p-2", "--public")
LISTED = closed(
    format=FORMAT,
    on=DAY,
    keys=listed(
        closed(
            person=TEXT,
            name=TEXT,
            fingerprint={"type": "string", "pattern": "^SHA256:"},
            type=TEXT,
            **{"from": DAY},
            to=TEXT_OR_NOTHING,
            revoked={
                "anyOf": [
                    {"type": "null"},
                    closed(on=DAY, compromised_since=TEXT_OR_NOTHING, reason=TEXT_OR_NOTHING, by=TEXT_OR_NOTHING),
                ]
            },
            proof=TEXT,
            by=TEXT,
            state={"enum": ["coming", "valid", "ended", "revoked"]},
        )
    ),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys, outside of every repository."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("one", "two"):
        keys.made(folder, name=name)
    keys.made(folder, "rsa-2048", name="rsa")
    keys.made(folder, passphrase="secret", name="locked")
    keys.keygen("-q", "-t", "rsa", "-b", "1024", "-N", "", "-f", folder / "weak")
    keys.keygen("-q", "-t", "ecdsa", "-m", "PEM", "-N", "", "-f", folder / "pem")
    return folder


def line(path: Path) -> str:
    """A public key without its comment."""
    return " ".join(keys.public(path).split()[:2])


def fingerprint(path: Path) -> str:
    """The name of a key."""
    return sshsig.key_of(keys.public(path)).fingerprint


def entries(desk: Desk, path: str = P_1) -> Any:
    """The keys in a person's file."""
    values: Any = plain((desk.checkout.folder / path).read_bytes())
    return values.get("keys", [])


def added(desk: Desk, key: Path, *more: str) -> str:
    """Add a key of p-1; what is said."""
    return desk.run(*ADD, f"{key}.pub", *more).stdout


# --- add ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", ["file", "line", "stdin", "rsa"])
def test_a_public_key_is_added_and_nothing_else_changes(desk: Desk, folder: Path, given: str):
    """The comment on the key, which often names a machine, stays out."""
    desk.write({P_1: OWNER})
    key = folder / ("rsa" if given == "rsa" else "one")
    public = {"line": keys.public(key), "stdin": "-"}.get(given, f"{key}.pub")
    said = desk.run(*ADD, public, input=f"# mine\n{keys.public(key)}\n").stdout

    text = (desk.checkout.folder / P_1).read_text()
    before, _, after = text.partition("keys:\n")
    assert before + after.split("\n\n", 1)[1] == OWNER.replace("\n\n", "\n", 1)
    assert entries(desk) == [{"key": line(key), "from": "2026-11-22", "proof": "badge check", "by": "p-2"}]
    assert said == (
        f"wrote {P_1}: {fingerprint(key)} ({line(key).split()[0]}) is a key of p-1 from 2026-11-22\n"
        "next: the quality unit approves the change in its review\n"
        "once it is merged: the key signs from the merge on\n"
    )
    desk.checkout.commit()
    desk.run("check")


def test_who_vouches_is_on_main_before(desk: Desk, folder: Path):
    """Else the gate refuses the key, which is said at once."""
    desk.write({"roles/people/p-9.yaml": OWNER.replace("p-1", "p-9")})
    said = desk.run("key", "add", "p-1", "--proof", "badge", "--by", "p-9", "--public", f"{folder / 'one'}.pub").stderr
    assert said == (
        "p-9 is not on main yet: key-unproven will refuse this until their file (roles/people/p-9.yaml) is merged\n"
    )
    found = desk.answer("check", exits=1)["findings"]
    assert [one["rule"] for one in found if one["rule"] == "key-unproven"] == ["key-unproven"]

    desk.write({P_1: OWNER})
    assert desk.run(*ADD, f"{folder / 'one'}.pub").stderr == ""


def test_under_signed_approvals_the_file_is_approved_next(desk: Desk, folder: Path):
    """Keys are protected: their file changes with the quality unit's approval of all of it."""
    desk.write({"qmsci.yaml": POLICY.replace("approvals: forge", "approvals: signed")})

    assert f"next: the quality unit (quality-assurance) approves the file: qmsci approve {P_1}" in added(
        desk, folder / "one"
    )


def test_a_key_with_its_days(desk: Desk, folder: Path):
    """One that begins later says so."""
    said = added(desk, folder / "one", "--from", "2026-12-01", "--to", "2027-11-30")

    assert [(entry["from"], entry["to"]) for entry in entries(desk)] == [("2026-12-01", "2027-11-30")]
    assert "from the merge on, 2026-12-01 at the earliest" in said


def test_a_second_key_stands_below_the_first(desk: Desk, folder: Path):
    """What was there keeps its lines."""
    desk.write({P_1: OWNER})
    added(desk, folder / "one")
    before = (desk.checkout.folder / P_1).read_text()
    added(desk, folder / "two")

    after = (desk.checkout.folder / P_1).read_text()
    assert [entry["key"] for entry in entries(desk)] == [line(folder / "one"), line(folder / "two")]
    assert set(before.splitlines()) <= set(after.splitlines())


def test_a_key_takes_the_place_of_another(desk: Desk, folder: Path):
    """The old one ends on the day before; and the gate takes it."""
    desk.write({P_1: OWNER})
    added(desk, folder / "one", "--from", "2026-01-01")
    desk.checkout.commit()
    said = added(desk, folder / "two", "--replaces", fingerprint(folder / "one"))

    assert [(entry["from"], entry.get("to")) for entry in entries(desk)] == [
        ("2026-01-01", "2026-11-22"),
        ("2026-11-23", None),
    ]
    assert f"{fingerprint(folder / 'one')} ends on 2026-11-22" in said
    desk.checkout.commit()
    desk.run("check")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("add", "p-9", "--public", "ONE", "--proof", "x", "--by", "p-2"), "no person 'p-9'"),
        (("add", "p-1", "--public", "ONE", "--proof", "x", "--by", "p-9"), "no person 'p-9'"),
        (("add", "p-1", "--public", "ONE", "--proof", "x", "--by", "p-1"), "nobody vouches for themselves"),
        (("add", "p-1", "--public", "ONE", "--proof", "x", "--by", "p-3"), "p-3 is not employed on 2026-11-22"),
        (("add", "p-3", "--public", "ONE", "--proof", "x", "--by", "p-2"), "p-3 is not employed on 2026-11-22 or"),
        (("add", "p-1", "--public", "ONE", "--proof", " ", "--by", "p-2"), "--proof is empty"),
        (("add", "p-1", "--public", "USED", "--proof", "x", "--by", "p-2"), "is a key of p-2 .*one key is one person"),
        (("add", "p-2", "--public", "USED", "--proof", "x", "--by", "p-1"), "is registered to p-2 already"),
        (("add", "p-1", "--public", "WEAK", "--proof", "x", "--by", "p-2"), "RSA key of 1024 bits is too small"),
        (("add", "p-1", "--public", "nothing.pub", "--proof", "x", "--by", "p-2"), "nothing.pub cannot be read"),
        (("add", "p-1", "--public", "nul\0", "--proof", "x", "--by", "p-2"), "it is no path"),
        (("add", "p-1", "--public", "qmsci.yaml", "--proof", "x", "--by", "p-2"), "qmsci.yaml has .* keys"),
        (("add", "p-1", "--public", "empty", "--proof", "x", "--by", "p-2"), "empty has no keys"),
        (("add", "p-1", "--public", "large", "--proof", "x", "--by", "p-2"), "larger than any public key"),
        (("add", "p-1", "--public", "ssh-dss AAAA", "--proof", "x", "--by", "p-2"), "cannot be registered"),
        (("add", "p-1", "--public", "ONE", "--proof", "x", "--by", "p-2", "--from", "soon"), "--from: 'soon'"),
        (
            ("add", "p-1", "--public", "ONE", "--proof", "x", "--by", "p-2", "--to", "2026-11-21"),
            "would end on 2026-11-21, before it begins",
        ),
        (("add", "p-1", "--public", "ONE", "--proof", "x", "--by", "p-2", "--replaces", "SHA256:x"), "they have none"),
        (("add", "p-2", "--public", "ONE", "--proof", "x", "--by", "p-1", "--replaces", "SHA256:x"), "theirs are SHA"),
        (
            ("add", "p-2", "--public", "ONE", "--proof", "x", "--by", "p-1", "--replaces", "F", "--from", "2024-03-01"),
            "before it begins on 2024-03-01",
        ),
        (
            ("add", "p-2", "--public", "ONE", "--proof", "x", "--by", "p-1", "--replaces", "F", "--from", "2026-11-01"),
            "2026-10-31, which is past",
        ),
        (("add", "--public", "ONE", "--proof", "x", "--by", "p-2"), "name the person whose key it is"),
        (("add", "p-1", "--proof", "x", "--by", "p-2"), "name the public key of p-1"),
        (("add", "p-1", "ONE", "--public", "ONE", "--proof", "x", "--by", "p-2"), "is one word too many"),
        (("revoke",), "name the person whose key it is"),
        (("revoke", "p-1"), "p-1 has no key that is not revoked"),
        (("revoke", "p-3"), "p-3 has no key that is not revoked"),
        (("revoke", "p-5"), "which key of p-5. name one of SHA256:.*, SHA256:"),
        (("revoke", "p-2", "ONE"), "is no key of p-2"),
        (("revoke", "p-2", "--by", "p-9"), "no person 'p-9'"),
        (("end", "p-2", "F", "--to", "2026-11-18"), "2026-11-18, which is past"),
        (("end", "p-2", "SHA256:x"), "'SHA256:x' is no key of p-2"),
        (("end", "p-3", "GONE"), "was revoked on 2025-01-31"),
        (("end", "p-4", "LATER", "--to", "2027-02-01"), "ends on 2027-01-31 already"),
        (("revoke", "p-3", "GONE"), "was revoked on 2025-01-31 already"),
        (("revoke", "p-2", "F", "--on", "2024-02-29"), "lies before 2024-03-01"),
        (("revoke", "p-2", "F", "--on", "2026-11-23"), "lies ahead"),
        (("revoke", "p-2", "F", "--compromised-since", "2026-11-23"), "lies after 2026-11-22"),
        (("revoke", "p-2", "F", "--reason", ""), "--reason is empty"),
        (("revoke", "p-2", "F", "--reason", "a \x1b b"), "control character"),
    ],
)
def test_what_is_refused_leaves_everything_as_it_was(
    desk: Desk, folder: Path, tmp_path_factory: pytest.TempPathFactory, arguments: tuple[str, ...], why: str
):
    """Exit 2, with a plain sentence."""
    more = keys.made(tmp_path_factory.mktemp("more"))
    later = keys.made(more.parent, name="later")
    both = [keys.made(more.parent, name=name) for name in ("left", "right")]
    known = "keys:\n  - {{key: {}, from: 2024-03-01, proof: badge, by: p-1{}}}\n"
    start = "id: {}\nname: N\nkind: employee\nemployed: {{from: 2024-03-01{}}}\n"
    desk.write(
        {
            "roles/people/p-2.yaml": start.format("p-2", "") + known.format(line(folder / "two"), ""),
            "roles/people/p-3.yaml": start.format("p-3", ", to: 2026-10-31")
            + known.format(line(more), ", revoked: {on: 2025-01-31}"),
            "roles/people/p-4.yaml": start.format("p-4", "") + known.format(line(later), ", to: 2027-01-31"),
            "roles/people/p-5.yaml": start.format("p-5", "")
            + "keys:\n"
            + "".join(f"  - {{key: {line(one)}, from: 2024-03-01, proof: badge, by: p-1}}\n" for one in both),
            "empty": "# nothing\n",
            "large": "x" * 70_000,
        }
    )
    names = {
        "ONE": f"{folder / 'one'}.pub",
        "USED": f"{folder / 'two'}.pub",
        "WEAK": f"{folder / 'weak'}.pub",
        "F": fingerprint(folder / "two"),
        "GONE": fingerprint(more),
        "LATER": fingerprint(later),
    }
    before = desk.checkout.git("status", "--porcelain"), [entries(desk, f"roles/people/p-{n}.yaml") for n in (1, 2, 3)]
    ran = desk.run("key", *(names.get(word, word) for word in arguments), exits=2)

    assert ran.stdout == ""
    assert re.search(why, ran.stderr), ran.stderr
    assert before == (
        desk.checkout.git("status", "--porcelain"),
        [entries(desk, f"roles/people/p-{n}.yaml") for n in (1, 2, 3)],
    )


@pytest.mark.parametrize("way", ["file", "stdin", "argument"])
@pytest.mark.parametrize("name", ["one", "locked", "pem"])
def test_a_private_key_is_refused_and_never_shown(desk: Desk, folder: Path, name: str, way: str):
    """Loudly; not a line of it is on the screen or in a file."""
    secret = (folder / name).read_text()
    given = {"file": str(folder / name), "stdin": "-", "argument": secret}[way]
    ran = desk.run(*ADD, given, input=secret, exits=2)

    assert "IS A PRIVATE KEY, and nothing was written" in ran.stderr
    assert [part for part in secret.splitlines()[1:-1] if part in ran.output] == []
    assert desk.checkout.git("status", "--porcelain") == ""


def test_where_somebody_s_file_cannot_be_read_nobody_knows_whose_key_it_is(desk: Desk, folder: Path):
    """It may be that person's."""
    desk.write({"roles/people/p-3.yaml": "id: p-3\nname: ["})

    assert "roles/people/p-3.yaml cannot be read" in desk.run(*ADD, f"{folder / 'one'}.pub", exits=2).stderr
    assert "roles/people/p-3.yaml cannot be read" in desk.run("key", "list", exits=2).stderr


def test_a_file_that_cannot_be_edited_safely_is_left_to_a_person(desk: Desk, folder: Path):
    """With what to write by hand."""
    desk.write({P_1: "{id: p-1, name: Ingrid, kind: employee, employed: {from: 2024-03-01}}\n"})

    assert "write it by hand, keys: [" in desk.run(*ADD, f"{folder / 'one'}.pub", exits=2).stderr


@pytest.mark.parametrize(
    "words",
    [("p-1", "ONE"), ("p-1", "--key", "ONE"), ("--person", "p-1", "--public", "ONE"), ("ONE", "--person", "p-1")],
    ids=["argument", "key", "options", "person"],
)
def test_the_public_key_is_named_in_many_ways(desk: Desk, folder: Path, words: tuple[str, ...]):
    """As an argument or an option; `--yes` answers what nobody asks."""
    named = (f"{folder / 'one'}.pub" if word == "ONE" else word for word in words)
    desk.run("key", "add", *named, "--proof", "badge check", "--by", "p-2", "--yes")

    assert [entry["key"] for entry in entries(desk)] == [line(folder / "one")]


# --- end and revoke -------------------------------------------------------------------------------------------------


def test_a_key_ends_in_good_order(desk: Desk, folder: Path):
    """Today, or later; and the gate takes it."""
    added(desk, folder / "one", "--from", "2026-01-01")
    desk.checkout.commit()
    said = desk.run("key", "end", "p-1", fingerprint(folder / "one").removeprefix("SHA256:")).stdout

    assert [entry["to"] for entry in entries(desk)] == ["2026-11-22"]
    assert "what it has signed until then stays good" in said
    desk.checkout.commit()
    desk.run("check")


@pytest.mark.parametrize(
    ("options", "revoked", "counts"),
    [
        ((), {"on": "2026-11-22"}, "2026-11-22"),
        (
            ("--on", "2026-11-20", "--compromised-since", "2026-11-01", "--reason", "Left on a train."),
            {"on": "2026-11-20", "compromised-since": "2026-11-01", "reason": "Left on a train."},
            "2026-11-01",
        ),
        (("--by", "p-2", "--yes"), {"on": "2026-11-22", "by": "p-2"}, "2026-11-22"),
    ],
)
def test_a_key_is_revoked(desk: Desk, folder: Path, options: tuple[str, ...], revoked: dict[str, str], counts: str):
    """It says what that does to what the key has signed; and the gate takes it."""
    added(desk, folder / "one", "--from", "2026-01-01")
    desk.checkout.commit()
    said = desk.run("key", "revoke", "p-1", fingerprint(folder / "one"), *options).stdout

    assert [entry["revoked"] for entry in entries(desk)] == [revoked]
    assert f"counts only where main had it before {counts}" in said
    desk.checkout.commit()
    desk.run("check")


@pytest.mark.parametrize(
    "words",
    [
        ("p-1",),
        ("p-1", "ONE"),
        ("p-1", "--key", "ONE"),
        ("--person", "p-1"),
        ("--person", "p-1", "ONE"),
        ("p-1", "LINE"),
    ],
    ids=["their only one", "file", "option", "person", "person and file", "line"],
)
def test_the_key_that_is_revoked_is_named_in_many_ways(desk: Desk, folder: Path, words: tuple[str, ...]):
    """By its public key, or not at all where they have one only; one that was revoked before is none of those."""
    added(desk, folder / "two", "--from", "2026-01-01")
    desk.run("key", "revoke", "p-1", fingerprint(folder / "two"))
    added(desk, folder / "one", "--from", "2026-01-01")
    names = {"ONE": f"{folder / 'one'}.pub", "LINE": line(folder / "one")}
    desk.run("key", "revoke", *(names.get(word, word) for word in words), "--by", "p-1")

    assert [entry["revoked"] for entry in entries(desk)] == [{"on": "2026-11-22"}, {"on": "2026-11-22", "by": "p-1"}]
    assert "revoked on 2026-11-22, reported by p-1\n" in desk.run("key", "list").stdout


# --- list -----------------------------------------------------------------------------------------------------------


def test_the_list_says_what_each_key_is_on_a_day(desk: Desk, folder: Path):
    """Whose, since when, on what proof."""
    assert desk.run("key", "list").stdout == "no key is registered: qmsci key add\n"
    added(desk, folder / "one", "--from", "2026-01-01")
    added(desk, folder / "two", "--replaces", fingerprint(folder / "one"))
    desk.checkout.commit(at="2026-11-22T13:00:00+01:00")
    desk.run("key", "revoke", "p-1", fingerprint(folder / "two"), exits=2)
    desk.now = desk.now.replace(day=25)
    desk.run(
        "key", "revoke", "p-1", fingerprint(folder / "two"), "--reason", "Lost.", "--compromised-since", "2026-11-24"
    )

    def states(*options: str) -> list[str]:
        return [row["state"] for row in valid(LISTED, desk.answer("key", "list", *options))["keys"]]

    assert states("--on", "2025-12-31") == ["coming", "coming"]
    assert states("--on", "2026-11-22") == ["valid", "coming"]
    assert states("--on", "2026-11-24") == ["ended", "valid"]
    assert states() == ["ended", "revoked"]
    assert states("--known-at", "2026-11-24") == ["ended", "valid"]
    assert desk.run("key", "list", "p-1").stdout == (
        f"ended   p-1 (Ingrid Solberg): {fingerprint(folder / 'one')} (ssh-ed25519), from 2026-01-01 to 2026-11-22\n"
        "        badge check, by p-2\n"
        f"revoked p-1 (Ingrid Solberg): {fingerprint(folder / 'two')} (ssh-ed25519), from 2026-11-23\n"
        "        revoked on 2026-11-25, compromised since 2026-11-24: Lost.\n"
        "        badge check, by p-2\n"
    )
    assert desk.run("key", "list", "p-2").stdout == "no key is registered to p-2: qmsci key add\n"
    assert "no person 'p-9'" in desk.run("key", "list", "p-9", exits=2).stderr


def test_what_is_no_public_key_is_said_beside_the_list(desk: Desk):
    """It signs nothing, and somebody believes that it does."""
    desk.write({P_1: f"{OWNER}keys:\n  - {{key: ssh-ed25519 AAAA, from: 2024-03-01, proof: badge, by: p-2}}\n"})
    ran = desk.run("key", "list")

    assert "no key is registered" in ran.stdout
    assert f"{P_1}: not a public key" in ran.stderr
    assert desk.run("key", "list", "p-2").stderr == ""
