"""
Bytes to plain values, with the place of every key.

YAML 1.2, strict, and every scalar is the text that was written: `revision: 3.10` is "3.10", `site: NO`
is "NO". What two readers could take differently (anchors, tags, merge keys, duplicate keys, tabs, exotic
line breaks) is refused. Time and memory grow with the size of the file and with nothing else: a file has
at most `MAX_BYTES`, holds at most `MAX_NODES` keys and values, and nests them at most `MAX_DEPTH` deep.
"""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, TypeAlias

from yaml import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    Mark,
    Node,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    YAMLError,
    compose,
)

from qmsci.unreadable import TAB_INDENTATION, Unreadable, line_column, lines_above, translated, unreadable_at

try:
    from yaml.cyaml import CParser as _Parser  # type: ignore[attr-defined]
except ImportError:  # PyYAML without libyaml: same events, some thirty times slower
    from yaml import SafeLoader as _Parser  # type: ignore[assignment]
try:
    from yaml import CSafeLoader as _Loader
except ImportError:
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

Plain: TypeAlias = str | list["Plain"] | dict[str, "Plain"] | None
KeyPath: TypeAlias = tuple[str | int, ...]
Places: TypeAlias = dict[KeyPath, tuple[int, int]]

MAX_BYTES: Final = 4 * 1024 * 1024
MAX_NODES: Final = 500_000
MAX_DEPTH: Final = 32


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """A document file in two parts; `line` and `body_line` are the lines of the file on which they begin."""

    yaml: bytes
    line: int
    body: bytes
    body_line: int


def plain(data: bytes) -> Plain:
    """Return what a whole YAML file says. Raises `Unreadable`."""
    if data.startswith(b"- {"):
        entries = _one_line_entries(data)
        if entries is not None:
            return entries
    return _value(_text(data), None)


def places(data: bytes) -> Places:
    """
    Return where each key and each list item begins: line and column, in characters from 1. () is the start.

    Never raises: of an unreadable file it gives what was read before the fault.
    """
    found: Places = {(): (1, 1)}
    with contextlib.suppress(Unreadable):
        _value(_text(data), found)
    return found


_OPENING: Final = re.compile(rb"(?:\xef\xbb\xbf)?--- *\r?(?:\n|\Z)")
_CLOSING: Final = re.compile(rb"^--- *\r?(?:\n|\Z)", re.MULTILINE)


def front_matter(data: bytes) -> FrontMatter:
    """Split a document file at the lines `---` that open and close its front matter. Raises `Unreadable`."""
    _refuse(_UNFIT_FOR_PROSE, _decoded(data))
    opening = _OPENING.match(data)
    if opening is None:
        fix = "begin the file with a line '---', its keys, and another line '---'"
        raise Unreadable("no front matter, line 1 is not '---'", fix=fix)
    closing = _CLOSING.search(data, opening.end())
    if closing is None:
        fix = "add a line '---' below the last key"
        raise Unreadable("the front matter that this line opens never ends", fix=fix)
    yaml = data[opening.end() : closing.start()]
    body_line = 3 + yaml.count(b"\n")
    return FrontMatter(yaml=yaml, line=2, body=data[closing.end() :], body_line=body_line)


def text_digest(body: bytes) -> str:
    """Return the digest that names a text: CRLF read as LF, nothing stripped."""
    return "sha256:" + sha256(body.replace(b"\r\n", b"\n")).hexdigest()


# --- what qmsci writes itself: one entry a line, as JSON ----------------------------------------------------
#
# The law: a file accepted here has the value that `_value` gives it. Whatever libyaml might take differently
# (an escape, a literal, a long key, deep nesting) is in doubt, and what is in doubt is not judged here.

_DOUBTFUL_WORDS: Final = ("true", "false", "null", "  ")
_DOUBTFUL_ESCAPE: Final = re.compile(r'\\[^"\\n]')
_LONGEST_KEYS: Final = 400  # characters in all keys of an object; YAML ends a key at 1,024, escapes included


class _InDoubtError(ValueError):
    """The slow path decides."""


def _object(pairs: list[tuple[str, Plain]]) -> dict[str, Plain]:
    entry = dict(pairs)
    if len(entry) != len(pairs) or len("".join(entry)) > _LONGEST_KEYS:
        raise _InDoubtError
    return entry


def _no_constant(_: str) -> Plain:
    raise _InDoubtError


_scan = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=str, parse_float=str, parse_constant=_no_constant
).scan_once  # type: ignore[attr-defined]


def _one_line_entries(data: bytes) -> list[Plain] | None:
    """Return the entries of a file whose every line is `- {…}`; None when in doubt."""
    if len(data) > MAX_BYTES or 2 * data.count(b":") + data.count(b",") + data.count(b"[") > MAX_NODES // 2:
        return None
    try:
        text = data.decode()
        if any(word in text for word in _DOUBTFUL_WORDS) or ("\\" in text and _DOUBTFUL_ESCAPE.search(text)):
            return None
        return [_entry(line) for line in text.removesuffix("\n").split("\n")]
    except (ValueError, StopIteration, RecursionError):
        return None


def _entry(line: str) -> Plain:
    if not line.startswith("- {") or not line.isprintable() or line.count("{") + line.count("[") >= MAX_DEPTH:
        raise _InDoubtError
    value: Plain
    value, end = _scan(line, 2)
    if end != len(line):
        raise _InDoubtError
    return value


# --- what people write: YAML --------------------------------------------------------------------------------

_UNFIT_FOR_PROSE: Final = re.compile("[\0-\x08\x0b\x0c\r\x0e-\x1f\x7f-\x9f]")
_UNFIT: Final = re.compile("[\0-\x08\x0b\x0c\r\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_UNFIT_ESCAPED: Final = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_UTF_16_OR_32: Final = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")


def _text(data: bytes) -> str:
    """Return the characters of a YAML file, without a byte order mark."""
    text = _decoded(data)
    _refuse(_UNFIT, text)
    if text.startswith("%") or "\n%" in text:  # also: libyaml compares every %TAG with every other
        at = 0 if text.startswith("%") else text.index("\n%") + 1
        raise Unreadable(
            "a line begins with '%', a YAML directive",
            *line_column(text, at),
            "remove the line, or indent it",
        )
    return text


def _decoded(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise Unreadable(f"{len(data):,} bytes, more than the {MAX_BYTES:,} that one file may have")
    if data.startswith(_UTF_16_OR_32):
        raise Unreadable("saved as UTF-16 or UTF-32", fix="save the file as UTF-8")
    try:
        return data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line, column = line_column(data[: error.start].decode().removeprefix("\ufeff"), None)
        message = f"byte 0x{data[error.start]:02X} is not UTF-8"
        raise Unreadable(message, line, column, "save the file as UTF-8") from None


def _refuse(unfit: re.Pattern[str], text: str) -> None:
    text = text.replace("\r\n", "\n")  # which moves nothing but the ends of lines
    bad = unfit.search(text)
    if bad is None:
        return
    place = line_column(text, bad.start())
    match bad.group():
        case "\r":
            raise Unreadable("a carriage return without a line feed", *place, "end lines with LF or CRLF")
        case "\x85" | "\u2028" | "\u2029" as char:
            message = f"U+{ord(char):04X} is a line break to some programs and none to others"
            raise Unreadable(message, *place, "put a line break or a space in its place")
        case "\ufeff":
            raise Unreadable("a byte order mark (U+FEFF) amid the text", *place, "remove it")
        case char:
            raise Unreadable(f"control character U+{ord(char):04X}", *place, "remove it")


_Collection: TypeAlias = list[Plain] | dict[str, Plain]


def _value(text: str, found: Places | None) -> Plain:
    """Return what the text says; adds to `found`, if any, where keys and items begin."""
    reading = _Reading(text, found)
    act = {
        ScalarEvent: reading.scalar,
        MappingStartEvent: reading.begin,
        SequenceStartEvent: reading.begin,
        MappingEndEvent: reading.end,
        SequenceEndEvent: reading.end,
        AliasEvent: reading.alias,
        DocumentStartEvent: reading.document,
    }
    try:
        for event in iter(_Parser(text).get_event, None):
            if (does := act.get(type(event))) is not None:
                does(event)
    except YAMLError as error:
        raise translated(error, text) from None
    except (ValueError, OverflowError):  # octets in a tag, a number in an escape
        raise Unreadable("a tag or an escape that stands for no text", fix=_WRITE_OUT) from None
    if reading.root in ([], [None]):
        said = "nothing but comments is written here" if text.strip() else "empty, nothing is written here"
        raise Unreadable(said)
    return reading.root[0]


class _Reading:
    """
    One pass over a file's events: values go `into` a collection, those around it wait in `outer`.

    Events are libyaml's, and typed `Any`: PyYAML's stubs know neither their marks nor their values.
    """

    def __init__(self, text: str, found: Places | None):
        self.text = text
        self.found = found
        self.careful = len(text) > MAX_NODES or "\t" in text or "\\" in text
        self.nodes = 0
        self.root: list[Plain] = []
        self.into: _Collection = self.root
        self.path: KeyPath = ()  # of `into`
        self.key: str | None = None  # the key that waits for its value
        self.outer: list[tuple[_Collection, KeyPath]] = []

    def scalar(self, event: Any) -> None:
        """Take a text: a key, the value of a key, or an item."""
        if self.careful or event.anchor is not None or event.tag is not None:
            self.examine(event)
        value: str | None = event.value or ("" if event.style else None)
        into = self.into
        if type(into) is list:
            if self.found is not None:
                self.note(len(into), event.start_mark)
            into.append(value)
        elif self.key is not None:
            into[self.key] = value  # type: ignore[call-overload]
            self.key = None
        else:
            if value is None or value == "<<" or value in into:
                self.examine_key(event)
            self.key = value
            if self.found is not None:
                self.note(event.value, event.start_mark)

    def begin(self, event: Any) -> None:
        """Go on inside a list or a mapping."""
        self.examine(event)
        if len(self.outer) >= MAX_DEPTH:
            raise unreadable_at(event.start_mark, f"nested more than {MAX_DEPTH} deep")
        value: _Collection = [] if type(event) is SequenceStartEvent else {}
        step: str | int
        if isinstance(self.into, list):
            step = len(self.into)
            self.note(step, event.start_mark)
            self.into.append(value)
        elif self.key is None:
            fix = "put text that begins with '[' or '{' in quotes"
            raise unreadable_at(event.start_mark, "a key that is a list or a mapping", fix)
        else:
            step = self.key
            self.into[step] = value
            self.key = None
        inner = (*self.path, step) if self.outer else ()
        self.outer.append((self.into, self.path))
        self.into, self.path = value, inner

    def end(self, _: Any) -> None:
        """Go on outside of the collection that ends."""
        self.into, self.path = self.outer.pop()

    def alias(self, event: Any) -> None:
        """Refuse an alias."""
        raise unreadable_at(event.start_mark, f"an alias '*{event.anchor}'", _WRITE_OUT)

    def document(self, event: Any) -> None:
        """Refuse a second document."""
        if self.root:
            fix = "keep one document in a file"
            raise unreadable_at(event.start_mark, "a second document begins here", fix)

    def note(self, step: str | int, mark: Mark) -> None:
        """Remember where a key or an item begins, when asked to."""
        if self.found is not None:
            path = (*self.path, step) if self.outer else ()
            self.found[path] = (mark.line + 1, mark.column + 1)

    def examine(self, event: Any) -> None:
        """Refuse a scalar or collection that says more than its text, or says it ambiguously."""
        self.nodes += 1
        mark = event.start_mark
        if event.anchor is not None:
            raise unreadable_at(mark, f"an anchor '&{event.anchor}'", _WRITE_OUT)
        if event.tag is not None:
            raise unreadable_at(mark, f"a tag {event.tag!r}", _WRITE_OUT)
        if self.nodes > MAX_NODES:
            raise unreadable_at(mark, f"more than {MAX_NODES:,} keys and values in one file")
        if TAB_INDENTATION.match(self.text, mark.index - mark.column, mark.index):
            raise unreadable_at(mark, "a tab is used as indentation", "use spaces")
        if type(event) is ScalarEvent and event.style == '"' and _UNFIT_ESCAPED.search(event.value):
            raise unreadable_at(mark, "an escape here stands for a control character", "remove it")

    def examine_key(self, event: Any) -> None:
        """Refuse a key that is empty, a merge key, or written a second time."""
        key, mark = event.value, event.start_mark
        if not key and not event.style:
            raise unreadable_at(mark, "no key before the ':'", "write the key, or put the text in quotes")
        if key == "<<" and not event.style:
            raise unreadable_at(mark, "a merge key '<<'", "write out the keys that it stands for")
        if key in self.into:
            found = places(self.text.encode()) if self.found is None else self.found
            above = lines_above(mark.line + 1 - found[*self.path, key][0])
            raise unreadable_at(mark, f"key {key!r} is written twice, first {above}", "remove one of the two")


_WRITE_OUT: Final = "write the value out; put text that begins with '&', '*' or '!' in quotes"


# --- what libyaml says, in words for those who wrote the file -----------------------------------------------


def nodes(text: str) -> Node | None:
    """What a text is made of, each part between the marks at which it stands: for editing it. Raises `YAMLError`."""
    return compose(text, Loader=_Loader)
