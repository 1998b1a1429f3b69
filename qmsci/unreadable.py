"""Why a file cannot be read, in the words of somebody who wrote it."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from yaml import (
    Mark,
    YAMLError,
)


class Unreadable(Exception):
    """What is wrong with a file's syntax and where, line and column counted from 1, and how to mend it."""

    def __init__(self, message: str, line: int = 1, column: int = 1, fix: str | None = None):
        super().__init__(message)
        self.message, self.line, self.column, self.fix = message, line, column, fix


def line_column(text: str, index: int | None) -> tuple[int, int]:
    """Return line and column, from 1, of a character of the text (None: of its end)."""
    end = len(text) if index is None else index
    return text.count("\n", 0, end) + 1, end - text.rfind("\n", 0, end)


def unreadable_at(mark: Mark, message: str, fix: str | None = None) -> Unreadable:
    """Return a fault at a mark of the parser."""
    return Unreadable(message, mark.line + 1, mark.column + 1, fix)


TAB_INDENTATION: Final = re.compile(r"[ ?:-]*\t[ \t?:-]*\Z")


class _Trouble(NamedTuple):
    """How to say a syntax error: `signs` in libyaml's words; `opening`: report where the construct began."""

    signs: str
    says: str
    fix: str
    opening: bool = False


_TROUBLES: Final = tuple(
    _Trouble(*row)
    for row in (
        (
            "quoted scalar.*(stream|document)",
            "a quote that is never closed",
            "close it; inside '…' write an apostrophe as ''",
            True,
        ),
        (
            "escape|hexa?decimal",
            "no such escape in double quotes",
            r"write a backslash as \\, or use single quotes; write a character as itself",
        ),
        ("simple key", "no ':' after this key", "write 'key: value', with a space after the colon", True),
        (
            "mapping values",
            "a ':' where no key can end",
            "put a value that holds ': ' in quotes; begin the keys of one mapping in one column",
        ),
        ("mapping keys", "a key cannot begin here", "begin it on a line of its own"),
        (
            "sequence entries",
            "a list item '-' cannot begin here",
            "begin the list on a line of its own, below its key",
        ),
        ("tab character", "a tab is used as indentation", "use spaces"),
        (
            "anchor|alias",
            "a value that begins with '{char}', an anchor or alias",
            "put the value in quotes",
            True,
        ),
        ("directive", "a YAML directive", "remove it"),
        (r"\btag\b", "a tag, which begins with '!'", "write the value out, or put it in quotes", True),
        ("document start", "more text after the end of the document", "keep one document in a file"),
        ("node content", "'{char}' where a value is expected", "put a value that begins with it in quotes"),
        ("unexpected ':'", "no space after this ':'", "write ': ', or put the text in quotes"),
        (
            "block scalar",
            "text cannot begin like this after '|' or '>'",
            "begin it on the next line, every line indented by the same spaces",
        ),
        (
            "flow sequence",
            "no ',' or ']' where the list, begun {above}, needs one",
            "close the list, or put commas between items",
        ),
        (
            "flow mapping",
            "no ',' or '}' where the mapping, begun {above}, needs one",
            "close the mapping, or put commas between keys",
        ),
        (
            "block mapping",
            "not a further key of the mapping begun {above}",
            "check the indentation, and the quotes on this line",
        ),
        (
            "block (collection|sequence)",
            "not a further item of the list begun {above}",
            "check the indentation, and the quotes on this line",
        ),
    )
)


def translated(error: YAMLError, text: str) -> Unreadable:
    """Say a syntax error so that somebody who knows procedures, not parsers, can mend it."""
    problem = f"{getattr(error, 'context', '') or ''}, {getattr(error, 'problem', '') or error}"
    mark: Mark | None = getattr(error, "problem_mark", None)
    if mark is None:
        return Unreadable(f"not readable as YAML: {problem}")
    if "start any token" in problem:
        return _stray(text, mark)
    opening: Mark = getattr(error, "context_mark", None) or mark
    for trouble in _TROUBLES:
        if re.search(trouble.signs, problem):
            at = opening if trouble.opening else mark
            says = trouble.says.replace("{char}", text[at.index : at.index + 1])
            return unreadable_at(at, says.replace("{above}", lines_above(mark.line - opening.line)), trouble.fix)
    return unreadable_at(mark, f"not readable as YAML: {problem}")


def _stray(text: str, mark: Mark) -> Unreadable:
    char = text[mark.index : mark.index + 1]
    if char == "\t":
        return unreadable_at(mark, "a tab is used as indentation", "use spaces")
    return unreadable_at(mark, f"a value cannot begin with {char!r}", "put the value in quotes")


def lines_above(lines: int) -> str:
    """Name a distance in words that stay true when the text is a part of a longer file."""
    return {0: "on this line", 1: "on the line above"}.get(lines, f"{lines} lines above")
