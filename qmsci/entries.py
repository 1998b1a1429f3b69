"""Adding an entry to a file that is a list of them, or a signature to an entry; all else stays, to the byte."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from yaml import SequenceNode

from qmsci.finding import CannotRun
from qmsci.load import load
from qmsci.read import Plain, nodes, plain

#: The values that an entry is made of: texts, whole numbers, and lists and mappings of them.
Entry = Mapping[str, Any]


def line_of(entry: Entry) -> str:
    """An entry on one line as JSON, which is YAML too: `{"assignments": […], …}`, its keys sorted."""
    return json.dumps(entry, sort_keys=True, ensure_ascii=False)


def with_entry(path: str, before: bytes | None, entry: Entry) -> str:
    """
    The text of a file of completions or waivers with one more entry at its end; of a new file where there was none.

    What stands there stays as it is, whether qmsci wrote it or a person did. Raises `CannotRun` where the file cannot
    be read, or could not be read with the entry, and says why.
    """
    if before is None:
        text = f"- {line_of(entry)}\n"
    else:
        there, column = _read(path, before)
        end = "\r\n" if "\r\n" in there else "\n"
        text = f"{there if there.endswith(chr(10)) else there + end}{' ' * column}- {line_of(entry)}{end}"
    added = _written(entry)
    try:
        data = text.encode()
    except UnicodeEncodeError:
        raise CannotRun(f"{path} could not be read with this entry: it has characters that are none") from None
    for fault in load(path, data).faults:
        raise CannotRun(f"{path} could not be read with this entry: {fault.message}")
    known = plain(before) if before is not None else []
    if not isinstance(known, list) or plain(data) != [*known, added]:
        raise CannotRun(_by_hand(path, entry))
    return text


def with_signature(path: str, before: bytes, index: int, signature: Mapping[str, Any]) -> str:
    """
    The text of a file of completions in which one entry, by its position, has one more signature.

    The entry comes on one line; every other byte stays. Raises `CannotRun` where the file cannot be read or edited.
    """
    for fault in load(path, before).faults:
        raise CannotRun(f"{path} cannot be read ({fault.message}): qmsci check --all")
    text = before.decode()
    mark, body = ("\ufeff", text[1:]) if text.startswith("\ufeff") else ("", text)
    known = plain(before)
    assert isinstance(known, list)
    signed = _numbered(known[index])
    signed["signatures"] = [*(signed.get("signatures") or ()), dict(signature)]
    root = nodes(body)
    if not isinstance(root, SequenceNode) or root.flow_style:
        raise CannotRun(f"{path} is one list in brackets, in which nothing is signed: write each entry after a dash")
    lines = body.splitlines(keepends=True)
    node = root.value[index]
    first, last = node.start_mark.line, _last_line(node)
    end = "\r\n" if lines[first].endswith("\r\n") else "\n"
    ended = lines[last].endswith("\n")
    lines[first : last + 1] = [f"{' ' * root.start_mark.column}- {line_of(signed)}{end if ended else ''}"]
    after = mark + "".join(lines)
    if plain(after.encode()) != [*known[:index], _written(signed), *known[index + 1 :]]:
        raise CannotRun(f"entry {index + 1} of {path} cannot be signed safely as it is laid out; put it on one line")
    return after


def _last_line(node: Any) -> int:
    """The line on which the text of a node ends; of a block the parser says only where the next thing begins."""
    if isinstance(node.value, list) and not node.flow_style and node.value:
        last = node.value[-1]
        return max(map(_last_line, last)) if isinstance(last, tuple) else _last_line(last)
    line: int = node.end_mark.line
    return line - 1 if node.end_mark.column == 0 and line > node.start_mark.line else line


_NUMBERS = {"score", "pass-mark", "attempt"}


def _numbered(value: Any, key: str | None = None) -> Any:
    """An entry as it was read, with its numbers as numbers, and without the keys that have no value."""
    if isinstance(value, dict):
        return {name: _numbered(inner, name) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_numbered(inner) for inner in value]
    return int(value) if key in _NUMBERS else value


def _read(path: str, before: bytes) -> tuple[str, int]:
    """What a list in block style says, and the column of its dashes, from 0."""
    for fault in load(path, before).faults:
        raise CannotRun(f"{path} cannot be read ({fault.message}), so nothing can be added to it: qmsci check --all")
    text = before.decode()
    if text.startswith("- {"):
        return text, 0
    root = nodes(text.removeprefix("\ufeff"))
    assert isinstance(root, SequenceNode)
    if root.flow_style:
        raise CannotRun(f"{path} is one list in brackets, to which nothing can be added: write each entry after a dash")
    return text, root.start_mark.column


def _written(value: Any) -> Plain:
    """A value as a file has it, whose scalars are all texts."""
    if isinstance(value, Mapping):
        return {key: _written(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_written(inner) for inner in value]
    return str(value)


def _by_hand(path: str, entry: Entry) -> str:
    return f"nothing can be added to {path} safely; write it by hand, after a dash: {line_of(entry)}"
