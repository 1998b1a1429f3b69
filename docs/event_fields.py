"""The page of the manual that lists the keys of every quality event, from the records themselves."""

from __future__ import annotations

import inspect
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from qmsci.records import base
from qmsci.records.base import Record, key_of
from qmsci.records.event import KINDS, Event

_HEADING = """\
# Quality events, key by key

Written by `make docs` from the records themselves. An event is a file `quality-events/<ID>.yaml`; the prefix of its id
says which kind it is. A key that is not listed is refused. State is never written: `qmsci status ID` derives it."""
_WORDS: list[tuple[Any, str]] = [
    (base.Text, "text"),
    (base.Day, "date"),
    (base.Moment, "time with offset"),
    (base.Number, "number"),
    (base.Truth, "true or false"),
    (base.Period, "duration"),
    (base.PersonId, "id"),
    (base.DocumentId, "id"),
    (base.Revision, "revision"),
]


def page() -> str:
    """The whole page: what all events share, each kind, and the records inside them."""
    parts = [_HEADING, "## Every event", _described(Event), _table(Event, set())]
    shared = set(Event.model_fields)
    for prefix, kind in KINDS.items():
        parts += [f"## {prefix}", _described(kind), _table(kind, shared)]
    for record in _inner():
        parts += [f"## {_titled(record)}", _described(record), _table(record, set())]
    return "\n\n".join(parts) + "\n"


def _inner() -> list[type[Record]]:
    """The records that stand inside events, each once, in the order in which they are met."""
    found: dict[type[Record], None] = {}
    waiting: list[type[Record]] = [Event, *KINDS.values()]
    while waiting:
        for hint in _hints(waiting.pop(0)).values():
            for record in _records_in(hint):
                if record not in found:
                    found[record] = None
                    waiting.append(record)
    return list(found)


def _records_in(hint: Any) -> list[type[Record]]:
    if isinstance(hint, type) and issubclass(hint, Record):
        return [hint]
    return [record for part in get_args(hint) for record in _records_in(part)]


def _hints(kind: type[Record]) -> dict[str, Any]:
    hints = get_type_hints(kind, include_extras=True)
    return {name: hints[name] for name, field in kind.model_fields.items() if not field.exclude}


def _described(kind: type[Record]) -> str:
    return "\n\n".join(" ".join(part.split()) for part in inspect.cleandoc(kind.__doc__ or "").split("\n\n"))


def _table(kind: type[Record], left_out: set[str]) -> str:
    rows = []
    for name, hint in _hints(kind).items():
        required = kind.model_fields[name].is_required()
        if name not in left_out or required != Event.model_fields[name].is_required():
            rows.append(f"| `{key_of(name)}` | {_said(hint)} | {'yes' if required else ''} |")
    return "\n".join(["| key | value | required |", "|---|---|---|", *rows]) if rows else "No keys of its own."


def _said(hint: Any) -> str:
    for known, words in _WORDS:
        if hint == known:
            return words
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Literal:
        return " \\| ".join(f"`{part}`" for part in parts)
    if origin in (Union, UnionType):
        return " \\| ".join(_said(part) for part in parts if part is not NoneType)
    if origin is tuple:
        return f"list of {_said(parts[0])}"
    if origin is dict:
        return f"{_said(parts[0])}: {_said(parts[1])}, …"
    if isinstance(hint, type) and issubclass(hint, Record):
        return f"[{_titled(hint).lower()}](#{_titled(hint).lower().replace(' ', '-')})"
    return _said(parts[0]) if parts else str(hint)


def _titled(kind: type[Record]) -> str:
    name = kind.__name__
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).split()
    return " ".join(words).capitalize()
