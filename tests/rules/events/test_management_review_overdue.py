"""By when the next management review is due, and what is said where there was none."""

from __future__ import annotations

from datetime import date

import pytest

from qmsci.rule import When
from tests.laws import POLICY, findings_in

FIRST = "roles/quality-assurance.yaml"


def review(name: str, held: str) -> dict[str, str]:
    text = f"id: {name}\ntitle: Review\nheld: {held}\nperiod: {{from: 2024-01-01, to: 2024-06-30}}\n"
    return {f"quality-events/{name}.yaml": text}


def policy(more: str) -> dict[str, str]:
    return {"qmsci.yaml": POLICY + more}


def said(files: dict[str, str], day: str = "2026-11-22") -> list[str]:
    found = findings_in(files, date.fromisoformat(day), When.CALENDAR)
    return [f"{f.place.path}:{f.place.line}: {f.message}" for f in found if f.rule == "management-review-overdue"]


LATE = "the management review was due by"


@pytest.mark.parametrize(
    ("files", "day", "message"),
    [
        pytest.param({}, "2040-01-01", None, id="no review, and nothing founded"),
        pytest.param(review("MR-1", "2025-11-22"), "2026-11-22", None, id="the last day is in time"),
        pytest.param({**review("MR-1", "2024-01-01"), **review("MR-2", "2026-01-01")}, "2026-11-22", None, id="the latest counts"),
        pytest.param({**review("MR-1", "2025-01-01"), "quality-events/MR-2.yaml": "{"}, "2026-11-22", None, id="unreadable"),
        pytest.param(policy("founded: 2025-11-22\n"), "2026-11-22", None, id="founded a year ago"),
        pytest.param({"qmsci.yaml": "{", **review("MR-1", "2020-01-01")}, "2026-11-22", None, id="no policy"),
        pytest.param(
            {**review("MR-1", "2024-11-22"), **policy("management-review: 24 months\n")}, "2026-11-22", None, id="as the policy says"
        ),
        pytest.param(
            review("MR-1", "2025-11-21"),
            "2026-11-22",
            f"quality-events/MR-1.yaml:3: {LATE} 2026-11-21, 12 months after the one of 2025-11-21",
            id="a year and a day",
        ),
        pytest.param(
            {**review("MR-1", "2025-01-01"), **review("MR-2", "2026-11-23")},
            "2026-11-22",
            f"quality-events/MR-1.yaml:3: {LATE} 2026-01-01, 12 months after the one of 2025-01-01",
            id="one that is to be held does not help",
        ),
        pytest.param(
            {**review("MR-1", "2025-01-01"), "quality-events/DEV-1.yaml": "{"},
            "2026-11-22",
            f"quality-events/MR-1.yaml:3: {LATE} 2026-01-01, 12 months after the one of 2025-01-01",
            id="another event that cannot be read",
        ),
        pytest.param(
            policy("founded: 2025-11-21\n"),
            "2026-11-22",
            f"qmsci.yaml:1: {LATE} 2026-11-21, 12 months after the founding on 2025-11-21",
            id="none since the founding",
        ),
        pytest.param(
            policy("management-review: 6 months\nfounded: 2025-11-21\n"),
            "2026-11-22",
            f"qmsci.yaml:{POLICY.count(chr(10)) + 1}: {LATE} 2026-05-21, 6 months after the founding on 2025-11-21",
            id="where the policy says how long",
        ),
    ],
)  # fmt: skip
def test_the_next_review(files: dict[str, str], day: str, message: str | None):
    assert said(files, day) == ([message] if message else [])
