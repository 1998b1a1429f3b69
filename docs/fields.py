"""The pages of the manual that list the keys of every kind of file, from the records themselves."""

from __future__ import annotations

import inspect
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from examples import EXAMPLES

from qmsci.load import kind_of, model_of
from qmsci.records import base, policy, questions, training
from qmsci.records.base import Duration, FileRecord, Record, key_of
from qmsci.records.event import KINDS, Event
from qmsci.records.layout import Kind

_EVENTS = """\
# Quality events, key by key

Written by `make docs` from the records themselves. An event is a file `quality-events/<ID>.yaml`; the prefix of its id
says which kind it is. A key that is not listed is refused. State is never written: `qmsci status ID` derives it."""
_RECORDS = """\
# Records, key by key

Written by `make docs` from the records themselves: every kind of file but the [quality events](event-fields.md). A file
at any other path below these folders is a finding, and so is a key that is not listed (`qmsci rules unreadable`). An
example is a file that can be read; where it has `…`, a real one has more characters.

| form | is written |
|---|---|
| text | anything that says something, at most 20,000 characters |
| date | `2026-12-15` |
| time with offset | `2026-12-01T09:30:00+01:00` |
| duration | `14 days`, `2 weeks`, `12 months`, `1 year` |
| number | a whole number, `3` |
| percent | a whole number from 0 to 100 |
| true or false | `true`, `false`; nothing else means them |
| id | letters and digits, joined by `-`, `_` or `.`: `p-0042`; of documents and events `SOP-014`, `CAPA-2026-003` |
| label | letters and digits, joined by `.`: `3`, `3.10`, `B` |
| revision | `SOP-014@3` |
| prefix | capital letters and digits: `SOP` |
| assignment | `SOP-014@3/aseptic-operator`, the path of its file |
| digest | `sha256:` and 64 hexadecimal digits; of a text: of all that stands below the front matter |

A key that is not required may be left out; what then holds stands behind "else"."""
#: Where the files of a kind live.
_PATHS = {
    Kind.POLICY: "`qmsci.yaml`",
    Kind.DOCUMENT: "`controlled-docs/<folder>/<id>-<some words>.md`: the keys between two lines `---`, then the text",
    Kind.QUESTIONS: "`controlled-docs/<folder>/<name of the document's file>.questions.yaml`",
    Kind.APPROVAL: "`controlled-docs/approvals/<revision>/<person>.yaml`",
    Kind.FILE_APPROVAL: "`controlled-docs/approvals/<path>@<first 16 digits of the digest>/<person>.yaml`; of an "
    "event's closing `controlled-docs/approvals/<event>@closed-<number>/<person>.yaml`, counted from 1",
    Kind.ROLE: "`roles/<id>.yaml`",
    Kind.ACTIVITIES: "`roles/activities.yaml`",
    Kind.PERSON: "`roles/people/<id>.yaml`",
    Kind.ASSIGNMENT: "`training-records/assignments/<assignment>.yaml`; only `qmsci assign` writes it",
    Kind.COMPLETIONS: "`training-records/completions/<person>/<document>.yaml`",
    Kind.WAIVERS: "`training-records/waivers/<person>/<document>.yaml`",
}
_WORDS: list[tuple[Any, str]] = [
    (base.Text, "text"),
    (base.Day, "date"),
    (base.Moment, "time with offset"),
    (policy.Percent, "percent"),
    (base.Number, "number"),
    (base.Truth, "true or false"),
    (base.Period, "duration"),
    (base.PersonId, "id"),
    (base.DocumentId, "id"),
    (base.Revision, "revision"),
    (base.Label, "label"),
    (base.TextDigest, "digest"),
    (policy.Prefix, "prefix"),
    (questions.QuestionId, "id"),
    (questions.Option, "letter or digit"),
    (training.AssignmentName, "assignment"),
    (int, "number"),
    (str, "text"),
]


def events() -> str:
    """The page on quality events: what all of them share, each kind, and the records inside them."""
    parts = [_EVENTS, "## Every event", _described(Event), _table(Event, set())]
    shared = set(Event.model_fields)
    for prefix, kind in KINDS.items():
        parts += [f"## {prefix}", _described(kind), _table(kind, shared)]
    for record in _inside(Event, *KINDS.values()):
        parts += [f"## {_titled(record)}", _described(record), _table(record, set())]
    return "\n\n".join(parts) + "\n"


def records() -> str:
    """The page on all other files: each kind with its path, an example and its keys, and the records inside it."""
    parts = [_RECORDS]
    shown: set[type[Record]] = set()
    for path, text in EXAMPLES.items():
        kind = model_of(path)
        assert kind
        language = "markdown" if path.endswith(".md") else "yaml"
        example = f'```{language} title="{path}"\n{text}```'
        keys = _table(kind, set()) if "entries" not in kind.model_fields else _whole(kind)
        parts += [f"## {_titled(kind)}", _described(kind), f"Path: {_PATHS[kind_of(path)]}.", example, keys]
        for record in _inside(kind):
            if record not in shown:
                parts += [f"### {_titled(record)}", _described(record), _table(record, set())]
                shown.add(record)
    return "\n\n".join(parts) + "\n"


def _whole(kind: type[FileRecord]) -> str:
    """What a file is that is one list or mapping."""
    return f"The whole file: {_said(_hints(kind)['entries'])}. {words_on(kind)['entries']}"


def _inside(*kinds: type[Record]) -> list[type[Record]]:
    """The records that stand inside others, each once, in the order in which they are met."""
    found: dict[type[Record], None] = {}
    waiting = list(kinds)
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


def words_on(kind: type[Record]) -> dict[str, str]:
    """What the comments `#:` above its fields say of them, by the names of the fields; inherited ones too."""
    said: dict[str, str] = {}
    for model in reversed(kind.__mro__):
        above: list[str] = []
        for line in inspect.getsource(model).splitlines() if issubclass(model, Record) else ():
            words = line.strip()
            if words.startswith("#:"):
                above.append(words.removeprefix("#:").strip())
                continue
            if above:
                said[words.partition(":")[0]] = " ".join(above)
            above = []
    return {name: words for name, words in said.items() if name in kind.model_fields}


def _table(kind: type[Record], left_out: set[str]) -> str:
    """The keys of a record but some that other tables have; one without words is refused."""
    words, rows = words_on(kind), []
    for name, hint in _hints(kind).items():
        field = kind.model_fields[name]
        required = field.is_required()
        if name not in left_out or required != Event.model_fields[name].is_required():
            needed = "yes" if required else _else(field.default)
            rows.append(f"| `{field.alias or key_of(name)}` | {words[name]} | {_said(hint)} | {needed} |")
    return "\n".join(["| key | what it is | value | required |", "|---|---|---|---|", *rows])


def _else(default: Any) -> str:
    """What holds where a key is left out, if that is anything but nothing."""
    return f"else `{default}`" if isinstance(default, str | int | Duration) and default is not False else ""


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
