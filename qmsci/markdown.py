"""Markdown as far as qmsci has to understand it: what is a heading, and what is code, shown as it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_HEADING: Final = re.compile(rb"^#{1,6}[ \t]+([^\s].*)$", re.MULTILINE)
_FENCE: Final = re.compile(rb"^(`{3,}|~{3,})([^\n]*)$", re.MULTILINE)


def headings_of(body: bytes) -> tuple[str, ...]:
    """The headings of a text, without those that stand in a block of code. The text must be UTF-8."""
    kept, at = [], 0
    for first, last in _fenced(body) if b"```" in body or b"~~~" in body else ():
        kept.append(body[at:first])
        at = last
    said = (heading[1].decode().rstrip() for heading in _HEADING.finditer(b"".join([*kept, body[at:]])))
    return tuple(heading.rstrip("#").rstrip() or heading for heading in said)


def _fenced(body: bytes) -> Iterator[tuple[int, int]]:
    """Where blocks of code begin and end. One that never ends is none, nor is there any after it."""
    opening: re.Match[bytes] | None = None
    for fence in _FENCE.finditer(body):
        if opening is None:
            opening = fence if fence[1][:1] == b"~" or b"`" not in fence[2] else None
        elif fence[1].startswith(opening[1]) and not fence[2].strip():
            yield opening.start(), fence.end()
            opening = None


# --- code -----------------------------------------------------------------------------------------------------------
#
# Readers of Markdown differ (CommonMark, Python-Markdown), and somebody may hide a script where one of them sees code
# and another sees none. So only what all of them take for code is code here; after a doubtful block, nothing is.

_OPENING: Final = re.compile(r"([ \t>]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t][ \t>]*+)*+)(`{3,}|~{3,})(.*)")
_INFO: Final = re.compile(r" *(?:\{[^{}`]*\}|[\w.+#-]*)(?: +[\w-]+=\"[^\"`]*\")* *\r?")
_HTML: Final = re.compile(
    r"[ \t>]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t][ \t>]*+)*+<(?:(!--)|(\?)|(!)|/?([A-Za-z][\w-]*)(?=[\s/>]|$))"
)
_ENDS: Final = {"pre": "</pre", "script": "</script", "style": "</style", "textarea": "</textarea"}
#: Elements at the beginning of a line after which everybody reads on in Markdown.
_INLINE: Final = frozenset(
    ["a", "abbr", "b", "br", "code", "del", "em", "hr", "i", "img", "kbd", "mark", "span", "strong", "sub", "sup"]
)
_RUN: Final = re.compile("`+")
#: Longer texts are not searched for code.
_LONGEST: Final = 1_000_000
#: What may be a tag that is still open where code seems to begin.
_SHADY: Final = re.compile(r"<[!?]|<[A-Za-z/][^<>]*+(?:[<]|\Z)|<[A-Za-z/][^<>`\"']*+[`\"']")


def without_code(text: str) -> str:
    """A Markdown text with blanks in place of its code; all else keeps its place. In doubt, it is no code."""
    if len(text) > _LONGEST or ("`" not in text and "~~~" not in text):
        return text
    reading = _Reading(text.split("\n"))
    reading.run()
    return "\n".join(reading.lines)


class _Reading:
    """One pass over the lines of a text, in which code is replaced by blanks."""

    def __init__(self, lines: list[str]) -> None:
        """Begin at the first line."""
        self.lines = lines
        self.start = 0  # of the paragraph
        self.ends: str | None = None  # what ends the HTML that we are in; "" stands for an empty line
        self.html = False  # whether there is such HTML in the paragraph
        self.raw = False  # whether an element was begun in which some readers see no Markdown

    def run(self) -> None:
        """Go over all lines, up to a doubtful one."""
        at = 0
        while at < len(self.lines):
            line = self.lines[at]
            opening = _OPENING.match(line) if "```" in line or "~~~" in line else None
            if opening and not (opening[2].startswith("`") and "`" in opening[3]):
                last = self._last(at, opening) if self.ends is None else None
                if last is None:
                    return
                self._end_paragraph(at)
                self.lines[at + 1 : last] = [" " * len(inner) for inner in self.lines[at + 1 : last]]
                at, self.start = last, last + 1
            else:
                self._follow_html(line)
                if not line.strip():
                    self._end_paragraph(at)
            at += 1
        self._end_paragraph(at)

    def _last(self, first: int, opening: re.Match[str]) -> int | None:
        """The line that closes a block of code; None where readers may disagree about it."""
        prefix, marks, info = opening.groups()
        if ">" in prefix or "\t" in prefix or not _INFO.fullmatch(info):
            return None
        for at in range(first + 1, len(self.lines)):
            line = self.lines[at]
            said = line.strip()
            if said and len(line) - len(line.lstrip(" ")) < len(prefix):
                return None
            if said.startswith(marks) and not said.strip(marks[0]):
                return at if line.rstrip() == " " * len(prefix) + marks else None
        return None

    def _follow_html(self, line: str) -> None:
        begun = _HTML.match(line) if self.ends is None and "<" in line else None
        if begun:
            comment, instruction, declaration, name = begun.groups()
            self.raw = self.raw or bool(name and name.lower() not in _INLINE)
            last = "?>" if instruction else ">" if declaration else _ENDS.get((name or "").lower(), "")
            self.ends = "-->" if comment else last
        self.html = self.html or self.ends is not None
        if self.ends and self.ends in line[begun.end() if begun else 0 :].lower():
            self.ends = None

    def _end_paragraph(self, end: int) -> None:
        """Blank the code in the lines of a paragraph, if each piece ends on its line and no tag is open around it."""
        block = self.lines[self.start : end]
        if not self.raw and not self.html and any("`" in line for line in block):
            blanked = [_without_spans(line) for line in block]
            whole = [line for line in blanked if line is not None]
            if len(whole) == len(block) and not _SHADY.search("\n".join(whole)):
                self.lines[self.start : end] = whole
        self.ends = self.ends or None
        self.html = self.ends is not None
        self.start = end


def _without_spans(line: str) -> str | None:
    """A line without the code in it; None in doubt: code that goes on elsewhere, or that a table may cut in two."""
    if "\\`" in line:
        return None
    runs = list(_RUN.finditer(line))
    parts, at, index = [], 0, 0
    while index < len(runs):
        marks = runs[index][0]
        closing = next((n for n in range(index + 1, len(runs)) if runs[n][0] == marks), None)
        if closing is None:
            return None
        inner = line[runs[index].end() : runs[closing].start()]
        if "|" in inner.replace("\\|", ""):
            return None
        parts += [line[at : runs[index].end()].replace("`", " "), " " * len(inner)]
        at, index = runs[closing].start(), closing + 1
    return "".join(parts) + line[at:].replace("`", " ")
