"""The private register: the names of people whose files have none, from a file outside the repository."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from qmsci.finding import CannotRun
from qmsci.records.base import NAME

_HEADER = ["id", "name"]
_ID = re.compile(NAME)
_LONGEST_NAME = 200


def names_in(data: bytes) -> dict[str, str]:
    """
    The names by staff id that a CSV file in UTF-8 has, below the heading `id,name`. Raises `CannotRun`.

    It may name people whom the repository does not have.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CannotRun("the register of names is not UTF-8") from None
    found: dict[str, str] = {}
    lines = _lines(text)
    header = next(lines, (1, []))[1]
    if header != _HEADER:
        raise CannotRun("the register of names does not begin with the line id,name")
    for line, cells in lines:
        problem = _problem(cells, found)
        if problem:
            raise CannotRun(f"line {line} of the register of names {problem}")
        found[cells[0]] = cells[1]
    return found


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that say something, each with its number and its cells."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            if cells:
                yield reader.line_num, cells
    except csv.Error as error:
        raise CannotRun(f"line {reader.line_num} of the register of names is no CSV: {error}") from None


def _problem(cells: list[str], known: dict[str, str]) -> str | None:
    """What is wrong with a line; it does not quote the name, which is nobody else's business."""
    if len(cells) != 2:
        return f"has {len(cells)} cells, and not an id and a name"
    name, said = cells
    if len(name) > 64 or not _ID.fullmatch(name):
        return f"has {name[:64]!r}, which is no staff id, as in p-0042"
    if name in known:
        return f"names {name} a second time"
    if not said.strip() or said != said.strip():
        return f"has no name for {name}, or one with spaces around it"
    if not said.isprintable() or len(said) > _LONGEST_NAME:
        return f"has a name for {name} that is longer than {_LONGEST_NAME} characters, or has some that cannot be seen"
    return None
