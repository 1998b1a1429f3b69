"""Adding one entry to a file that is a list of them; what stands in it stays as it was, to the byte."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from yaml import SequenceNode, compose

from qmsci.finding import CannotRun
from qmsci.load import load
from qmsci.read import Plain, plain

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML without libyaml: the same nodes, slower
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

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


def _read(path: str, before: bytes) -> tuple[str, int]:
    """What a list in block style says, and the column of its dashes, from 0."""
    for fault in load(path, before).faults:
        raise CannotRun(f"{path} cannot be read ({fault.message}), so nothing can be added to it: qmsci check --all")
    text = before.decode()
    if text.startswith("- {"):
        return text, 0
    root = compose(text.removeprefix("\ufeff"), Loader=_Loader)
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
