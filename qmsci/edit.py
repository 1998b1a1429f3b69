"""Putting a list into a file that a person wrote, and leaving everything else in it as it was, to the byte."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import chain, zip_longest

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from qmsci.finding import CannotRun
from qmsci.read import Plain, nodes, plain
from qmsci.render.event import entry, item, written
from qmsci.unreadable import Unreadable


def with_entries(text: str, key: str, entries: Sequence[Mapping[str, object]], after: Sequence[str] = ()) -> str:
    """
    The text of a YAML mapping with some entries as the list under one of its keys.

    Every other line stays as it is. So do entries that say what they said before, and comments. A key that is not there
    comes below the last of those in `after` that are, else at the end. Raises `CannotRun` for a text that cannot be
    edited safely, with what to write by hand.
    """
    wanted = _plain(written({key: list(entries)}), key)[key]
    assert isinstance(wanted, list)
    before = _plain(text, key)
    if (before.get(key) or []) == wanted:
        return text
    mark, body = ("\ufeff", text[1:]) if text.startswith("\ufeff") else ("", text)
    try:
        edited = mark + _Draft(body, key).with_list(list(entries), wanted, before.get(key) or [], after)
    except _UnsafeError as why:
        raise _by_hand(key, wanted, str(why)) from None
    read_back = _plain(edited, key)
    others = [known for known in read_back if known != key]
    if read_back != {**before, key: wanted} or others != [known for known in before if known != key]:
        raise _by_hand(key, wanted, "what comes after it would be read otherwise")
    return edited


def _plain(text: str, key: str) -> dict[str, Plain]:
    try:
        found = plain(text.encode())
    except Unreadable as fault:
        raise CannotRun(f"{key} cannot be written into this file: {fault.message}, line {fault.line}") from None
    if not isinstance(found, dict):
        raise CannotRun(f"{key} cannot be written into this file: it holds no keys")
    return found


def _by_hand(key: str, wanted: list[Plain], why: str) -> CannotRun:
    said = json.dumps(wanted, ensure_ascii=False)
    return CannotRun(f"{key} cannot be written into this file ({why}); write it by hand, {key}: {said}")


class _UnsafeError(Exception):
    """Why a text cannot be edited."""


class _Draft:
    """A text in lines, each with its end, and the keys in it."""

    def __init__(self, text: str, key: str) -> None:
        self.key = key
        self.lines = re.findall(r"[^\n]*\n|[^\n]+", text)
        self.end = "\r\n" if self.lines[0].endswith("\r\n") else "\n"
        self.is_ended = text.endswith("\n")
        if not self.is_ended:
            self.lines[-1] += self.end
        root = nodes(text)
        if not isinstance(root, MappingNode) or root.flow_style:
            raise _UnsafeError("all of it stands in one pair of braces")
        self.pairs: list[tuple[Node, Node]] = root.value
        self.indent = root.start_mark.column

    def with_list(
        self, entries: list[Mapping[str, object]], wanted: list[Plain], old: Plain, after: Sequence[str]
    ) -> str:
        """The text with another list under the key."""
        found = next(((name, value) for name, value in self.pairs if name.value == self.key), None)
        if found is None:
            return self._inserted(entries, after)
        name, value = found
        if not re.match(r"\s*:", self.lines[name.start_mark.line][name.end_mark.column :]):
            raise _UnsafeError("its key is written in an odd way")
        if isinstance(value, SequenceNode) and isinstance(old, list):
            if value.flow_style and value.start_mark.line == name.start_mark.line:
                return self._spread(name, value, entries, _steps(old, wanted))
            if not value.flow_style:
                return self._replaced(name, value, entries, _steps(old, wanted))
        if isinstance(value, ScalarNode) and not value.value and not value.style:
            line = name.start_mark.line
            return self._put(line + 1, line + 1, chain.from_iterable(item(new, self.indent + 2) for new in entries))
        raise _UnsafeError("what stands there is no list that qmsci knows how to edit")

    def _inserted(self, entries: list[Mapping[str, object]], after: Sequence[str]) -> str:
        above = [pair for pair in self.pairs if pair[0].value in after]
        at = self._end(above[-1]) if above else self._without_blanks(0, len(self.lines))
        return self._put(at, at, entry(self.key, entries, self.indent))

    def _replaced(
        self, name: Node, value: SequenceNode, entries: list[Mapping[str, object]], steps: Iterator[_Step]
    ) -> str:
        """A list in block style: each entry that stays keeps its lines."""
        column, above = value.start_mark.column, name.start_mark.line
        starts = [self._dash(known, column, above) for known in value.value]
        ends = [self._end((known,)) for known in value.value]
        begin = [starts[0], *ends]  # where the lines that lead to each entry begin: comments, mostly
        lines: list[str] = []
        for was, now in steps:
            if was is not None:
                lines += self.lines[begin[was] : starts[was]]
            if was is not None and now is not None and now[1]:
                lines += self.lines[starts[was] : ends[was]]
                continue
            if was is not None:
                lines += [f"{' ' * column}{said}" for said in self._comments(value.value[was], starts[was])]
            if now is not None:
                lines += item(entries[now[0]], column)
        if not entries:
            head = [_emptied(name, self.lines[above]), *self.lines[above + 1 : starts[0]]]
            return self._put(above, ends[-1], [*head, *lines])
        return self._put(starts[0], ends[-1], lines)

    def _spread(
        self, name: Node, value: SequenceNode, entries: list[Mapping[str, object]], steps: Iterator[_Step]
    ) -> str:
        """A list in brackets comes into block style; an entry in braces on one line keeps them."""
        first, last = value.start_mark, value.end_mark
        margin = " " * (self.indent + 2)
        tail = self.lines[last.line][last.column :].strip()
        lines = [self.lines[first.line][: first.column].rstrip() + (f"  {tail}" if tail else "")]
        lines += [f"{margin}{said}" for said in self._comments(value, first.line)]
        for was, now in steps:
            if now is None:
                continue
            kept = self._braces(value.value[was]) if was is not None and now[1] else None
            lines += [f"{margin}- {kept}"] if kept else item(entries[now[0]], self.indent + 2)
        if not entries:
            lines[0] = _emptied(name, lines[0])
        return self._put(name.start_mark.line, last.line + 1, lines)

    # --- places -----------------------------------------------------------------------------------------------------

    def _put(self, first: int, last: int, lines: Iterator[str] | Sequence[str]) -> str:
        """The text with other lines from one to before another."""
        new = (line if line.endswith("\n") else line + self.end for line in lines)
        text = "".join([*self.lines[:first], *new, *self.lines[last:]])
        return text if self.is_ended else text.removesuffix(self.end)

    def _dash(self, known: Node, column: int, above: int) -> int:
        """The line on which the dash of an entry stands: its own, or one above where it stands alone."""
        lines = range(known.start_mark.line, above, -1)
        return next(n for n in lines if self.lines[n].startswith("-", column) and not self.lines[n][:column].strip())

    def _end(self, nodes: Sequence[Node]) -> int:
        """The line after the last one that belongs to some nodes."""
        line, column = max(map(_last_mark, nodes))
        return self._without_blanks(nodes[0].start_mark.line, line if not column and line else line + 1)

    def _without_blanks(self, first: int, last: int) -> int:
        while last - 1 > first and not self.lines[last - 1].strip():
            last -= 1
        return last

    def _comments(self, node: Node, first: int) -> list[str]:
        """The comments from a line to the end of a node, found where no text stands."""
        last = self._end((node,))
        lines = self.lines[first:last]
        for scalar in _scalars(node):
            begin, end = scalar.start_mark, scalar.end_mark
            for n in range(begin.line, min(end.line, last - 1) + 1):
                line = lines[n - first]
                start = begin.column if n == begin.line else 0
                stop = end.column if n == end.line else len(line)
                lines[n - first] = line[:start] + "x" * (stop - start) + line[stop:]
        if isinstance(node, SequenceNode) and node.flow_style:
            lines[-1] = lines[-1][: node.end_mark.column]
        return [found[1].rstrip() for line in lines if (found := re.search(r"(?:^|\s)(#.*)", line))]

    def _braces(self, known: Node) -> str | None:
        begin, end = known.start_mark, known.end_mark
        if begin.line != end.line or not isinstance(known, MappingNode):
            return None
        found = self.lines[begin.line][begin.column : end.column]
        return found if found.startswith("{") else None


#: An entry that was there and what becomes of it: the one that stands there now, and whether it is the same.
_Step = tuple[int | None, tuple[int, bool] | None]


def _steps(old: list[Plain], new: list[Plain]) -> Iterator[_Step]:
    """How one list becomes another: what stays, what comes in place of what, what is added and what goes."""
    one, other = ([json.dumps(value, sort_keys=True) for value in values] for values in (old, new))
    for _, i, i_end, j, j_end in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        same = one[i:i_end] == other[j:j_end]
        for was, now in zip_longest(range(i, i_end), range(j, j_end)):
            yield was, None if now is None else (now, same)


def _scalars(node: Node) -> Iterator[ScalarNode]:
    if isinstance(node, ScalarNode):
        yield node
    inner = chain.from_iterable(node.value) if isinstance(node, MappingNode) else node.value
    for child in inner if isinstance(node, MappingNode | SequenceNode) else ():
        yield from _scalars(child)


def _last_mark(node: Node) -> tuple[int, int]:
    """Where the text of a node ends; of a block the parser says only where the next thing begins."""
    if isinstance(node, MappingNode | SequenceNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return max(map(_last_mark, last)) if isinstance(node, MappingNode) else _last_mark(last)
    return node.end_mark.line, node.end_mark.column


def _emptied(name: Node, line: str) -> str:
    """The line of a key with an empty list behind its colon."""
    colon = line.index(":", name.end_mark.column) + 1
    return f"{line[:colon]} []{line[colon:]}"
