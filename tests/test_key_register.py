"""Whose a key is, and when; and the register as OpenSSH reads it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from qmsci import sshsig
from qmsci.finding import At
from qmsci.key_register import KeyRegister, allowed_signers
from qmsci.schema_words import Fault
from qmsci.snapshot import Snapshot
from tests.keys import keygen, security_keys
from tests.laws import snapshot_of

KEY = security_keys()["sk-ed25519"]
OTHER = security_keys()["sk-ecdsa"]
LINE = KEY.key.line
MAY = date(2026, 5, 1)


def snapshot(*keys: str, **more: str) -> Snapshot:
    """A tree with p-1, who has some keys, and p-2, who may have another."""
    people = {"p-1": keys, **{name.replace("_", "-"): (key,) for name, key in more.items()}}
    files = {}
    for name, theirs in people.items():
        head = f"id: {name}\nname: N\nkind: employee\nemployed: {{from: 2024-01-01}}\nkeys:\n"
        files[f"roles/people/{name}.yaml"] = head + "".join(
            f"  - {{key: {key}, proof: badge, by: p-3}}\n" for key in theirs
        )
    return snapshot_of(files)


def refusal(tree: Snapshot, day: date, recorded: date | None = None, by: str = "p-1") -> str | None:
    """Why the key does not sign for somebody on a day."""
    return KeyRegister(tree).refusal(KEY.key.fingerprint, by, day, lambda: recorded)


@pytest.mark.parametrize(
    ("dates", "day", "recorded"),
    [
        pytest.param("from: 2026-05-01", "2026-05-01", None, id="first day"),
        pytest.param("from: 2026-05-01", "2036-05-01", None, id="years later"),
        pytest.param("from: 2026-01-01, to: 2026-05-01", "2026-05-01", None, id="last day"),
        pytest.param("from: 2026-01-01, to: 2026-05-01", "2026-05-01", "2027-05-01", id="recorded later"),
        pytest.param(
            "from: 2026-01-01, revoked: {on: 2026-06-01}", "2026-05-01", "2026-05-31", id="before it was revoked"
        ),
        pytest.param(
            "from: 2026-01-01, revoked: {on: 2026-06-01, compromised-since: 2026-05-15}",
            "2026-05-01",
            "2026-05-14",
            id="before it was compromised",
        ),
    ],
)
def test_a_key_that_signs(dates: str, day: str, recorded: str | None):
    came = date.fromisoformat(recorded) if recorded else None

    assert refusal(snapshot(f"{LINE}, {dates}"), date.fromisoformat(day), came) is None


@pytest.mark.parametrize(
    ("dates", "day", "recorded", "words"),
    [
        pytest.param("from: 2026-05-02", "2026-05-01", None, "signed on 2026-05-01, and the key {} is valid from 2026-05-02", id="early"),
        pytest.param(
            "from: 2026-01-01, to: 2026-04-30", "2026-05-01", None, "signed on 2026-05-01, and the key {} was valid to 2026-04-30", id="late"
        ),
        pytest.param(
            "from: 2026-01-01, revoked: {on: 2026-06-01}",
            "2026-05-01",
            "2026-06-01",
            "recorded on 2026-06-01, and the key {} is revoked on 2026-06-01",
            id="recorded when it was revoked, whatever date it bears",
        ),
        pytest.param(
            "from: 2026-01-01, revoked: {on: 2026-06-01, compromised-since: 2026-05-15}",
            "2026-05-01",
            "2026-05-15",
            "recorded on 2026-05-15, and the key {} is compromised since 2026-05-15",
            id="recorded when it was compromised",
        ),
        pytest.param(
            "from: 2026-01-01, revoked: {on: 2026-06-01}",
            "2026-05-01",
            None,
            "the key {} was revoked on 2026-06-01, and this is not recorded on main yet",
            id="not recorded",
        ),
    ],
)  # fmt: skip
def test_a_key_that_does_not_sign(dates: str, day: str, recorded: str | None, words: str):
    came = date.fromisoformat(recorded) if recorded else None

    assert refusal(snapshot(f"{LINE}, {dates}"), date.fromisoformat(day), came) == words.format(KEY.key.fingerprint)


def test_a_key_of_somebody_else_is_named():
    tree = snapshot(p_2=f"{LINE}, from: 2026-01-01")

    assert refusal(tree, MAY) == (
        f"the key {KEY.key.fingerprint} is not registered to p-1; it is a key of p-2 (roles/people/p-1.yaml)"
    )
    assert refusal(tree, MAY, by="p-2") is None
    assert "is not registered to nobody" in str(refusal(snapshot(), MAY, by="nobody"))


def test_one_of_two_registrations_is_enough():
    """As after a year abroad, when the same key is registered anew."""
    tree = snapshot(f"{LINE}, from: 2025-01-01, to: 2025-12-31", f"{LINE}, from: 2026-04-01")

    assert refusal(tree, MAY) is None
    assert refusal(tree, date(2025, 5, 1)) is None
    assert "valid from 2026-04-01" in str(refusal(tree, date(2026, 3, 1)))


def test_what_is_no_key_is_a_fault_and_no_key():
    register = KeyRegister(snapshot("ssh-ed25519 AAAA, from: 2026-01-01", f"{LINE}, from: 2026-01-01"))

    assert register.faults == [
        Fault(At("roles/people/p-1.yaml", ("keys", 0, "key")), "not a public key: the key ends too early")
    ]
    assert [one.public for one in register] == [KEY.key]
    assert len(register) == 1


# --- allowed_signers ------------------------------------------------------------------------------------------------


def allowed(tree: Snapshot) -> list[str]:
    """The lines of the allowed_signers file, without its heading."""
    said = allowed_signers(tree, KeyRegister(tree))
    assert said.startswith("# The key register of this quality system.")
    assert said.endswith("\n")
    return said.splitlines()[2:]


def test_the_register_as_openssh_reads_it():
    """The days are those of the policy's time zone: Oslo is two hours ahead in summer, one in winter."""
    tree = snapshot(
        f"{LINE}, from: 2026-05-01",
        f"{OTHER.key.line}, from: 2026-01-01, to: 2026-06-30",
        "ssh-ed25519 AAAA, from: 2026-01-01",
    )

    assert allowed(tree) == [
        f'p-1 namespaces="qmsci",valid-after="20260430220000Z" {LINE}',
        f'p-1 namespaces="qmsci",valid-after="20251231230000Z",valid-before="20260630215959Z" {OTHER.key.line}',
        "# roles/people/p-1.yaml: a key is left out, for it is no public key",
    ]


def test_a_revoked_key_ends_before_it_was_compromised():
    tree = snapshot(f"{LINE}, from: 2026-01-01, revoked: {{on: 2026-06-01, compromised-since: 2026-05-15}}")

    assert allowed(tree) == [
        "# p-1: the next key was revoked on 2026-06-01. What it signed counts only where main had it",
        "# before 2026-05-15, whatever time a signature names; this format cannot say so, and qmsci verify can.",
        f'p-1 namespaces="qmsci",valid-after="20251231230000Z",valid-before="20260514215959Z" {LINE}',
    ]


def test_a_key_that_was_never_valid_is_a_comment():
    tree = snapshot(f"{LINE}, from: 2026-05-01, revoked: {{on: 2026-05-01}}")

    assert allowed(tree)[2:] == [f"# p-1: never valid: {LINE}"]


@pytest.mark.parametrize("day", ["0001-01-01", "0001-01-02", "1969-12-31", "1970-01-01"])
def test_days_before_time_began(day: str):
    assert allowed(snapshot(f"{LINE}, from: {day}")) == [f'p-1 namespaces="qmsci",valid-after="19700102000000Z" {LINE}']
    assert allowed(snapshot(f"{LINE}, from: {day}, to: 9999-12-31"))
    assert allowed(snapshot(f"{LINE}, from: {day}, revoked: {{on: {day}}}"))


@pytest.mark.parametrize(
    ("moment", "exits"),
    [("20260430220000Z", 0), ("20260430215959Z", 255), ("20260630215959Z", 0), ("20260630220000Z", 255)],
)
def test_openssh_keeps_to_the_dates(tmp_path: Path, moment: str, exits: int):
    """To the second, of the policy's time zone."""
    tree = snapshot(f"{LINE}, from: 2026-05-01, to: 2026-06-30")
    (tmp_path / "allowed").write_text(allowed_signers(tree, KeyRegister(tree)))
    (tmp_path / "signature").write_text(sshsig.armoured(KEY.sign(b"payload")))
    verify = ["-Y", "verify", "-n", "qmsci", "-I", "p-1", "-f", tmp_path / "allowed", "-s", tmp_path / "signature"]

    keygen(*verify, "-O", f"verify-time={moment}", stdin=b"payload", exits=exits)


def test_one_person_alone():
    """Nobody else's file is looked at."""
    tree = snapshot(f"{LINE}, from: 2026-01-01", p_2=f"{OTHER.key.line}, from: 2026-01-01")
    register = KeyRegister(tree, "p-2")

    assert [one.public.fingerprint for one in register] == [OTHER.key.fingerprint]
    assert (OTHER.key.fingerprint in register, KEY.key.fingerprint in register) == (True, False)
    assert register.refusal(OTHER.key.fingerprint, "p-2", MAY, lambda: None) is None
    assert "by_id" not in vars(tree.people)
    assert len(KeyRegister(tree, "p-9")) == 0


def test_keys_that_two_people_have():
    tree = snapshot(
        f"{LINE}, from: 2026-01-01", p_2=f"{LINE}, from: 2026-01-01", p_3=f"{OTHER.key.line}, from: 2026-01-01"
    )

    assert [(one.person.id, first.person.id) for one, first in KeyRegister(tree).shared()] == [("p-2", "p-1")]
