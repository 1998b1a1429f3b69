"""What is wrong, where, why it matters and how to mend it."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

KeyPath = tuple[str | int, ...]


class Severity(StrEnum):
    """An error blocks a merge; a warning does so only with `--strict`."""

    ERROR = "error"
    WARNING = "warning"


class At(NamedTuple):
    """A key of a file, as a rule names it; its line and column are looked up only when it is reported."""

    path: str
    keys: KeyPath = ()


class Place(NamedTuple):
    """A point in a file: the path from the root of the repository, line and column counted from 1."""

    path: str
    line: int = 1
    column: int = 1


class Finding(NamedTuple):
    """One fault in somebody's files; sorts by place, then by rule."""

    place: Place
    rule: str
    message: str
    severity: Severity = Severity.ERROR
    also: tuple[Place, ...] = ()
    fix: str | None = None
    regulations: tuple[str, ...] = ()


class CannotRun(Exception):
    """qmsci cannot work at all: no repository, no such revision, history that is needed and absent (exit code 2)."""
