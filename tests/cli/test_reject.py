"""`qmsci reject`: an entry that is false is rejected by one that is added, and counts for nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from qmsci.records.canonical import digest_of
from tests.cli.commands import SOP, TRAINED, Desk
from tests.cli.test_complete import Keys, completes, entries, keys, optional, sentence, signed

__all__ = ["keys", "optional", "signed"]  # fixtures

TWO = "training-records/completions/p-2/SOP-001.yaml"
ONE = "training-records/completions/p-1/SOP-001.yaml"
WHY = ("--entry", "1", "--reason", "signed for a colleague")


def rejects(
    desk: Desk,
    keys: Keys,
    *more: str,
    by: str = "p-3",
    person: str = "p-2",
    document: str = "SOP-001",
    exits: int = 0,
) -> str:
    """Somebody rejects an entry with their own key; what the command says."""
    key = ("--by", by, "--key", keys.of(by), "--yes")
    result = desk.run("reject", person, document, *(more or WHY), *key, exits=exits)
    return sentence(result) if exits == 2 else result.stdout


@pytest.fixture
def trained(signed: Desk, keys: Keys) -> Desk:
    """p-2 has completed SOP-001, and it is on main."""
    completes(signed, keys, "SOP-001", "p-2")
    signed.checkout.commit()
    return signed


def test_an_entry_is_rejected(trained: Desk, keys: Keys):
    """It stays where it is; what it had completed is owed again; the gate passes and the signature verifies."""
    said = rejects(trained, keys)

    first, second = entries(trained, TWO)
    signature = second.pop("signatures")[0]
    assert second == {
        "rejects": digest_of(first),
        "reason": "signed for a colleague",
        "by": "p-3",
        "at": "2026-11-22T12:00:00+01:00",
    }
    assert (signature["by"], signature["meaning"]) == ("p-3", "approved")
    assert f"wrote {TWO}: entry 1 counts for nothing from 2026-11-22T12:00:00+01:00\n" in said
    trained.run("check")
    trained.checkout.commit()
    trained.run("verify")
    assert trained.run("qualified", "p-2", "SOP-001", exits=1).stdout.startswith("no")
    trained.now = trained.now.replace(hour=15)
    completes(trained, keys, "SOP-001", "p-2")
    assert trained.run("qualified", "p-2", "SOP-001").stdout.startswith("yes")


@pytest.mark.parametrize(
    ("more", "options", "why"),
    [
        pytest.param(
            WHY, {"by": "p-1"}, "p-1 is not of the quality unit on 2026-11-22 (quality-assurance), as main has it",
            id="not the quality unit"
        ),
        pytest.param(WHY, {"by": "p-2"}, "p-2 does not decide on their own training", id="their own"),
        pytest.param(WHY, {"person": "p-9"}, "no person 'p-9' in roles/people/", id="nobody"),
        pytest.param(("--entry", "2", "--reason", "false"), {}, f"{TWO} has 1 entry, and no entry 2", id="no entry"),
        pytest.param(("--entry", "1", "--reason", " "), {}, "--reason is empty", id="no reason"),
        pytest.param(
            WHY, {"document": "SOP-001@2"}, f"entry 1 is of SOP-001@1 ({TWO}), and not of SOP-001@2", id="revision"
        ),
        pytest.param((*WHY, "--person", "p-2"), {}, "too many words", id="twice"),
        pytest.param(WHY, {"person": "p-4"}, "training-records/completions/p-4/SOP-001.yaml has 0 entries", id="none"),
    ],
)  # fmt: skip
def test_what_is_refused(trained: Desk, keys: Keys, more: tuple[str, ...], options: dict[str, str], why: str):
    """In a sentence, with nothing written."""
    newer = "revisions:\n  - {revision: 2, effective: 2027-01-10, summary: S, impact: retrain, authors: [p-1]}\n"
    trained.checkout.commit({"controlled-docs/sop/SOP-001.md": SOP.replace("revisions:\n", newer)})

    assert rejects(trained, keys, *more, **options, exits=2).startswith(why)
    assert trained.checkout.git("status", "--porcelain") == ""


@pytest.mark.parametrize("words", [("SOP-001@1", "p-2"), ("SOP-001", "--person", "p-2")], ids=" ".join)
def test_the_person_and_the_document_in_any_order(trained: Desk, keys: Keys, words: tuple[str, ...]):
    """A document is told by its form; the meaning may be said, and is always the same."""
    key = ("--by", "p-3", "--key", keys.of("p-3"), "--yes")
    trained.run("reject", *words, *WHY, "--meaning", "approved", *key)

    assert len(entries(trained, TWO)) == 2
    assert "is not 'approved'" in trained.run("reject", *words, *WHY, "--meaning", "evaluated", *key, exits=2).stderr


def test_nothing_is_rejected_twice(trained: Desk, keys: Keys):
    """Nor is a rejection."""
    rejects(trained, keys)

    assert rejects(trained, keys, exits=2) == f"entry 1 of {TWO} is rejected already"
    refused = rejects(trained, keys, "--entry", "2", "--reason", "false", exits=2)
    assert refused == f"entry 2 of {TWO} is itself a rejection, and stands"


def test_a_history_that_cannot_be_read(trained: Desk, keys: Keys):
    trained.checkout.write({TWO: "- {document: SOP-001@1\n"})
    assert "cannot be read" in rejects(trained, keys, exits=2)


def test_somebody_has_to_say_so(trained: Desk, keys: Keys):
    """Without --yes it is asked; no is no."""
    command = ("reject", "p-2", "SOP-001", *WHY, "--by", "p-3", "--key", keys.of("p-3"))
    said = trained.run(*command, input="n\n", exits=1)

    assert "read" in said.stdout
    assert len(entries(trained, TWO)) == 1
    trained.run(*command, input="y\n")
    assert len(entries(trained, TWO)) == 2


def test_without_a_key_where_nothing_asks_for_one(optional: Desk, monkeypatch: pytest.MonkeyPatch):
    """And not where the policy does."""
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    optional.checkout.commit({TWO: TRAINED.replace("2026-01-05", "2026-11-20")})
    said = optional.run("reject", "p-2", "SOP-001", *WHY, "--by", "p-3", "--yes").stdout

    assert "not signed, and the policy asks for no signature" in said
    assert "signatures" not in entries(optional, TWO)[1]
    optional.run("check")


def test_a_key_is_needed_where_the_policy_asks_for_signatures(trained: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    refused = trained.run("reject", "p-2", "SOP-001", *WHY, "--by", "p-3", "--yes", exits=2)

    assert "no ssh-agent is running here" in refused.stderr
    assert Path(trained.checkout.folder / TWO).read_text().count("\n") == 1
