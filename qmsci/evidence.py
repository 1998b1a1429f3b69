"""Answers with their proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

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


@dataclass(frozen=True, slots=True)
class Source:
    """Where something is recorded, and the commit that brought it to the main line; `unknown`: why there is none."""

    path: str
    line: int
    commit: str | None = None
    recorded: str | None = None  # the commit's time, ISO 8601
    day: date | None = None  # of the commit, in the policy's time zone
    founding: bool = False  # whether that commit brought the policy: nothing in it came late
    unknown: str = "not committed"

    @property
    def held_against(self) -> date | None:
        """The day that says how late it came."""
        return None if self.founding else self.day


Sources = Mapping[At, Source]
