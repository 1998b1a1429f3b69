"""Whose word is good for a key."""

from __future__ import annotations

import pytest

from tests.laws import POLICY, findings_of_change

PEOPLE = "roles/people/"
HEAD = "id: {}\nkind: employee\nemployed: {{from: 2024-03-01{}}}\n"
OWNER = f"{PEOPLE}p-0042.yaml"
SECOND = f"{PEOPLE}p-0003.yaml"
HERE = {OWNER: HEAD.format("p-0042", ""), SECOND: HEAD.format("p-0003", "")}


def key(by: str = "p-0003", text: str = "ssh-ed25519 AAAA", more: str = "", first: str = "2026-11-22") -> str:
    """An entry of the list of keys."""
    return f"  - {{key: {text}, from: {first}{more}, proof: badge check, by: {by}}}\n"


def owner(*entries: str) -> str:
    """The owner's file with some keys."""
    return HERE[OWNER] + (f"keys:\n{''.join(entries)}" if entries else "")


def said(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """What the rule says of a change."""
    return [one.message for one in findings_of_change(before, after) if one.rule == "key-unproven"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(HERE, {**HERE, OWNER: owner(key())}, id="a colleague vouches"),
        pytest.param(
            HERE,
            {**HERE, OWNER: owner(key(first="2025-01-01")), SECOND: HEAD.format("p-0003", ", to: 2026-10-31")},
            id="a colleague who leaves in the same change",
        ),
        pytest.param(
            {**HERE, SECOND: HEAD.format("p-0003", ", to: 2025-12-31")},
            {**HERE, OWNER: owner(key(first="2025-01-01")), SECOND: HEAD.format("p-0003", ", to: 2025-12-31")},
            id="a colleague who worked here when it became valid",
        ),
        pytest.param(
            {**HERE, OWNER: owner(key("p-0042"))},
            {**HERE, OWNER: owner(key("p-0042", "ssh-ed25519 AAAA ingrid@lab", ", to: 2026-12-31"), key())},
            id="what was merged is merged",
        ),
        pytest.param({}, {**HERE, OWNER: owner(key("p-0042"))}, id="the founding import"),
        pytest.param({**HERE, SECOND: "id: ["}, {**HERE, OWNER: owner(key())}, id="unreadable in the base"),
        pytest.param({**HERE, OWNER: owner(key("p-0042"))}, {**HERE, OWNER: owner()}, id="a key that is gone"),
        pytest.param({**HERE, OWNER: owner(key("p-0042"))}, {SECOND: HERE[SECOND]}, id="a person who is gone"),
        pytest.param(
            {"qmsci.yaml": f"{POLICY}founded: 2024-03-01\n"},
            {"qmsci.yaml": f"{POLICY}founded: 2024-03-01\n", **HERE, OWNER: owner(key())},
            id="founders, of one another",
        ),
    ],
)
def test_nothing_is_said(before: dict[str, str], after: dict[str, str]):
    """A colleague's word is good, and what is merged is not judged again."""
    assert said(before, after) == []


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        pytest.param(HERE, owner(key("p-0042")), "p-0042 vouches for their own key", id="the owner"),
        pytest.param(HERE, owner(key("p-9999")), "the base knows no p-9999", id="nobody"),
        pytest.param({OWNER: HERE[OWNER]}, owner(key()), "the base knows no p-0003", id="somebody who comes with it"),
        pytest.param(
            {**HERE, SECOND: HEAD.format("p-0003", ", to: 2026-10-31")},
            owner(key()),
            "p-0003, who vouches for the key, is not employed on 2026-11-22",
            id="somebody who has left",
        ),
        pytest.param(
            {**HERE, OWNER: owner(key())},
            owner(key("p-0042")),
            "p-0042 vouches for their own key",
            id="another witness",
        ),
        pytest.param(
            {**HERE, OWNER: owner(key())},
            owner(key(), key("p-0042", "ssh-ed25519 AAAB")),
            "p-0042 vouches for their own key",
            id="a second key",
        ),
    ],
)
def test_a_key_without_a_second_person(before: dict[str, str], after: str, message: str):
    """The owner's word, nobody's, or that of somebody who is not here."""
    found = said(before, {**before, SECOND: before.get(SECOND, HERE[SECOND]), OWNER: after})

    assert len(found) == 1
    assert message in found[0]
