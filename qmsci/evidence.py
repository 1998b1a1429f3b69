"""Answers with their proof."""

from __future__ import annotations

from dataclasses import dataclass

from qmsci.finding import At


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place in the records, and what it says."""

    at: At
    says: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Yes or no, the reason (of a no: the first condition that fails), and the records that prove it."""

    yes: bool
    reason: str
    evidence: tuple[Evidence, ...] = ()

    def __bool__(self) -> bool:
        return self.yes
