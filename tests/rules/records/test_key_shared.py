"""One key, one person."""

from __future__ import annotations

import pytest

from tests.laws import findings_in, findings_in_scope
from tests.signatories import COMPLETIONS, DOCUMENT, PENS, history, keys_of, people, person, practical

Files = dict[str, str]
BASE = {**DOCUMENT, **people()}
KEY = PENS["p-1"].signer.key.fingerprint
TWICE = keys_of(PENS["p-1"], ", to: 2024-12-31") + keys_of(PENS["p-1"]).removeprefix("keys:\n").replace("2024", "2026")
LEFT = keys_of(PENS["p-1"], ", to: 2024-03-31")


def shared(files: Files) -> list[tuple[str, int, str]]:
    """Where the rule finds something in a tree, and what."""
    found = [one for one in findings_in(files) if one.rule == "key-shared"]
    return [(one.place.path, one.place.line, one.message) for one in found]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(people(), id="to each their own"),
        pytest.param(people(p_1="", p_2="", p_3="", p_7=""), id="no keys"),
        pytest.param(person("p-1", TWICE), id="twice with one person"),
        pytest.param(
            people(p_1="keys: [{key: ssh-ed25519 AAAA, from: 2024-03-01, proof: x, by: p-3}]\n")
            | person("p-2", "keys: [{key: ssh-ed25519 AAAA, from: 2024-03-01, proof: x, by: p-3}]\n"),
            id="what is no key at all",
        ),
    ],
)
def test_one_key_one_person(files: Files):
    assert shared(files) == []


@pytest.mark.parametrize(
    "theirs",
    [
        pytest.param(keys_of(PENS["p-1"]), id="at the same time"),
        pytest.param(LEFT, id="one after the other"),
        pytest.param(keys_of(PENS["p-1"], ", revoked: {on: 2025-01-01}"), id="revoked"),
        pytest.param(keys_of(PENS["p-1"]).replace(", from", " a comment, from"), id="with another comment"),
    ],
)
def test_one_key_two_people(theirs: str):
    message = f"the key {KEY} is registered to p-2, and is a key of p-1"

    assert shared(people(p_2=theirs)) == [("roles/people/p-2.yaml", 7, message)]


def test_each_entry_is_named_but_the_first():
    found = shared(people(p_1=TWICE, p_2=TWICE))

    assert [(path, line) for path, line, _ in found] == [("roles/people/p-2.yaml", 7), ("roles/people/p-2.yaml", 8)]


def test_it_is_asked_when_somebody_gains_a_key():
    """Whoever it is of the two; anything else is no reason to look at everybody's keys."""
    for who in ("p-1", "p-2"):
        before, after = {**BASE, **person(who, "")}, {**BASE, **people(**{who.replace("-", "_"): keys_of(PENS["p-3"])})}
        found = findings_in_scope(before, after)
        assert [one.place.path for one in found if one.rule == "key-shared"] == ["roles/people/p-3.yaml"]
    both = {**BASE, **people(p_2=keys_of(PENS["p-1"]))}

    moved = {path: text.replace("kind: employee", "kind: contractor") for path, text in both.items()}
    for then in (moved, {**both, **history(practical(), path=COMPLETIONS)}):
        assert then != both
        assert not [one for one in findings_in_scope(both, then) if one.rule == "key-shared"]
