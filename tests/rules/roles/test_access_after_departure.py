"""When somebody has left, and what is open then."""

from __future__ import annotations

from datetime import date

import pytest

from qmsci.rule import When
from tests.laws import findings_in

KEY = "{key: ssh-ed25519 AAAA, from: 2024-03-01, proof: badge, by: p-0003"
LEFT = "{from: 2024-03-01, to: 2026-10-31}"


def found(employed: str, roles: str = "[]", keys: str = "[]", day: str = "2026-11-22") -> list[tuple[int, str]]:
    text = f"id: p-0042\nname: Ingrid\nkind: employee\nemployed: {employed}\nroles: {roles}\nkeys: {keys}\n"
    findings = findings_in({"roles/people/p-0042.yaml": text}, date.fromisoformat(day), When.CALENDAR)
    return [(f.place.line, f.message) for f in findings if f.rule == "access-after-departure"]


@pytest.mark.parametrize(
    ("employed", "roles", "keys", "day"),
    [
        pytest.param(LEFT, "[{role: a, from: 2024-03-01}]", "[]", "2026-10-31", id="the last day"),
        pytest.param(f"[{LEFT}, {{from: 2027-01-01}}]", "[{role: a, from: 2024-03-01}]", "[]", "2026-11-22", id="back"),
        pytest.param(LEFT, "[{role: a, from: 2024-03-01, to: 2026-10-31}]", "[]", "2026-11-22", id="ended that day"),
        pytest.param(LEFT, "[]", f"[{KEY}, to: 2026-11-21}}]", "2026-11-22", id="a key that ended later, by now"),
        pytest.param(LEFT, "[]", f"[{KEY}, revoked: {{on: 2026-11-22}}}}]", "2026-11-22", id="revoked on the day"),
    ],
)
def test_nothing_is_said(employed: str, roles: str, keys: str, day: str):
    assert found(employed, roles, keys, day) == []


@pytest.mark.parametrize(
    ("roles", "keys", "words"),
    [
        pytest.param(
            "[{role: a, from: 2024-03-01, to: 2026-11-01}]", "[]", "holds a until 2026-11-01", id="a day more"
        ),
        pytest.param("[]", f"[{KEY}, to: 2026-11-22}}]", "can sign until 2026-11-22", id="a key that ends today"),
        pytest.param("[]", f"[{KEY}, revoked: {{on: 2026-11-23}}}}]", "can sign", id="revoked tomorrow"),
    ],
)
def test_what_is_open_is_said(roles: str, keys: str, words: str):
    ((_, message),) = found(LEFT, roles, keys)

    assert words in message


def test_it_begins_on_the_day_after():
    assert found(LEFT, "[{role: a, from: 2024-03-01}]", day="2026-11-01") != []
