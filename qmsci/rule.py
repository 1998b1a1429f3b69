"""What a rule is: a law in one file, with its reason, its regulation and its examples."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from types import UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

from qmsci.finding import At, Place, Severity


class When(StrEnum):
    """When a rule is asked: of every tree, of what a change adds or alters, or as days go by."""

    TREE = "tree"
    CHANGE = "change"
    CALENDAR = "calendar"

    @property
    def asked(self) -> str:
        """When it is asked, in words."""
        words = {"tree": "of every tree", "change": "of what a change adds or alters", "calendar": "as days go by"}
        return words[self]


#: The areas of the law, by the names of their folders, and as they are called.
AREAS = {
    "documents": "Documents",
    "roles": "Roles",
    "training": "Training",
    "events": "Quality events",
    "records": "Records and signatures",
}


class Problem(NamedTuple):
    """
    A place and a sentence; other places that belong to it.

    A mending that is better than the rule's own, and a severity where this one is not of the rule's.
    """

    at: At | Place
    message: str
    also: tuple[At, ...] = ()
    fix: str | None = None
    severity: Severity | None = None


Problems = Iterator[Problem]


@dataclass(frozen=True)
class Rule:
    """A law. `subjects` are what it is asked about: the types (mostly one) of the first parameter of its function."""

    name: str
    area: str
    when: When
    severity: Severity
    regulations: tuple[str, ...]
    fix: str
    page: str
    subjects: tuple[Any, ...]
    judge: Callable[..., Problems]

    @property
    def summary(self) -> str:
        """What is wrong, in one sentence."""
        return " ".join(self.page.split("\n\n", 1)[0].split())


RULES: dict[str, Rule] = {}


def rule(
    *, clause: str | Iterable[str], fix: str, when: When = When.TREE, severity: Severity = Severity.ERROR
) -> Callable[[Callable[..., Problems]], Callable[..., Problems]]:
    """
    Make a function a rule: its name is the rule's, its docstring the rule's page, its first parameter the subject.

    A tree or calendar rule takes a subject and the snapshot; a change rule takes what was changed.
    """

    def registered(judge: Callable[..., Problems]) -> Callable[..., Problems]:
        parameters = list(inspect.signature(judge).parameters)
        name = judge.__name__.replace("_", "-")
        RULES[name] = Rule(
            name=name,
            area=judge.__module__.split(".")[-2],
            when=when,
            severity=severity,
            regulations=(clause,) if isinstance(clause, str) else tuple(clause),
            fix=fix,
            page=inspect.cleandoc(judge.__doc__ or ""),
            subjects=_alternatives(get_type_hints(judge)[parameters[0]]),
            judge=judge,
        )
        return judge

    return registered


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)


# --- the examples on a rule's page ----------------------------------------------------------------------------------


class Example(NamedTuple):
    """
    Files of a quality system as a rule's page shows them, before and after a change.

    `flagged` has, for each marked line, its path, its number and some words of the message.
    """

    accepted: bool
    before: dict[str, str]
    after: dict[str, str]
    as_of: str | None
    flagged: tuple[tuple[str, int, str], ...]


_MARK = re.compile(r"[ \t]*(?:#|<!--) <- (.*?)(?: -->)?$", re.MULTILINE)
_BLOCK = re.compile(r'```\w+ title="([^"]+)"\n(.*?)```', re.DOTALL)


def examples(page: str) -> list[Example]:
    """
    The examples of a page: a section `## Flagged…` or `## Accepted…` each, of blocks titled with their paths.

    A title may end in ` (before)`: the file as the base has it; a file without is the same before, unless its
    title ends in ` (new)`. A section may name its day: `## Flagged on 2026-11-22`.
    """
    found = []
    for heading, body in re.findall(
        r"^## ((?:Flagged|Accepted)[^\n]*)\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL
    ):
        before: dict[str, str] = {}
        after: dict[str, str] = {}
        flagged: list[tuple[str, int, str]] = []
        for title, text in _BLOCK.findall(body):
            path, _, state = title.partition(" ")
            flagged += [(path, text[: mark.start()].count("\n") + 1, mark[1]) for mark in _MARK.finditer(text)]
            clean = _MARK.sub("", text)
            if state == "(before)":
                before[path] = clean
                continue
            after[path] = clean
            if state != "(new)":
                before.setdefault(path, clean)
        day = re.search(r"\d{4}-\d{2}-\d{2}", heading)
        gone = re.findall(r"^`([^`]+)` is removed\.?$", body, re.MULTILINE)
        found.append(
            Example(
                heading.startswith("Accepted"),
                before,
                {p: t for p, t in after.items() if p not in gone},
                day[0] if day else None,
                tuple(flagged),
            )
        )
    return found
