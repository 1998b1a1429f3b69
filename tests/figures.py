"""Figures that the tests come by (attacks tried, faults injected, records lost), for the suite's last words."""

from __future__ import annotations

from collections import Counter

#: What was counted in this process so far.
COUNTED: Counter[str] = Counter()


def add(name: str, number: int = 1) -> None:
    """Add to a figure; one that stays 0 is printed too, once 0 was added to it."""
    COUNTED[name] += number


def lines() -> list[str]:
    """The figures, sorted, one a line."""
    return [f"{name}: {number:,}" for name, number in sorted(COUNTED.items())]
