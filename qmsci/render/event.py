"""A quality event as a new file, or as lines of one: YAML as a person would write it, read back exactly."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from textwrap import wrap

from qmsci.finding import CannotRun
from qmsci.records.base import Duration, RevisionId

#: The widest line that is written on purpose; a longer word stays whole.
WIDTH = 118
#: Words that other readers of YAML take for something else than text.
_GUESSED = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}
#: What no YAML file may hold, not even escaped.
_UNFIT = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_BREAK = re.compile(r"(?<=\S) (?=\S)")


def written(values: Mapping[str, object], comments: Mapping[str, str] = {}, ahead: str | None = None) -> str:
    """
    The text of a file with some keys, in their order; texts, days, moments, numbers, lists and mappings as values.

    A comment stands before the key that it is for, at the end where the file does not have that key; `ahead` stands
    first. Raises `CannotRun` for a control character, which no file can hold.
    """
    lines = commented(ahead) if ahead else []
    for key, value in values.items():
        lines += commented(comments[key]) if key in comments else []
        lines += entry(key, value)
    for key in comments:
        lines += commented(comments[key]) if key not in values else []
    return "\n".join(lines) + "\n"


def entry(key: str, value: object, indent: int = 0) -> list[str]:
    """The lines of a key and its value in block style, indented by so many spaces."""
    return _below(f"{' ' * indent}{_key(key)}:", value, indent)


def item(value: object, indent: int = 0) -> list[str]:
    """The lines of one item of a list in block style."""
    head = f"{' ' * indent}-"
    if isinstance(value, Mapping) and value and not _fits(head, _flow(value)):
        first, *others = (line for key, inner in value.items() for line in entry(key, inner, indent + 2))
        return [f"{head} {first.lstrip()}", *others]
    return _below(head, value, indent)


def commented(said: str) -> list[str]:
    """The lines of a comment; what cannot be seen is spelled out."""
    lines = ("".join(map(_spelled, line)).rstrip() for line in said.splitlines())
    return [f"# {part}".rstrip() for line in lines for part in _wrapped(line)]


def _wrapped(line: str) -> list[str]:
    if len(line) <= WIDTH - 2:
        return [line]
    margin = " " * (len(line) - len(line.lstrip()) + 2)
    return wrap(line, WIDTH - 2, subsequent_indent=margin, break_long_words=False, break_on_hyphens=False)


def _below(head: str, value: object, indent: int) -> list[str]:
    if value is None:
        return [head]
    inline = _flow(value)
    if inline is not None and _fits(head, inline):
        return [f"{head} {inline}"]
    match value:
        case str():
            return _block_text(head, value, indent + 2) or [f"{head} {inline}"]
        case Mapping():
            return [head, *(line for key, inner in value.items() for line in entry(str(key), inner, indent + 2))]
        case Sequence():
            return [head, *(line for inner in value for line in item(inner, indent + 2))]
    return [f"{head} {inline}"]


def _fits(head: str, inline: str | None) -> bool:
    return inline is not None and len(head) + 1 + len(inline) <= WIDTH


def _flow(value: object) -> str | None:
    """A value on one line; None where it is better spread out: lines of text, a list of records or of sentences."""
    match value:
        case None:
            return None
        case bool():
            return str(value).lower()
        case datetime() | date():
            return value.isoformat()
        case int() | RevisionId() | Duration():
            return str(value)
        case str():
            return None if _literal(value) else _text(value)
        case Mapping():
            pairs = [(key, _flow(inner)) for key, inner in value.items()]
            inside = [f"{_key(str(key))}: {inner}" for key, inner in pairs if inner is not None]
            return f"{{{', '.join(inside)}}}" if len(inside) == len(pairs) else None
        case Sequence():
            if any(isinstance(inner, Mapping | list) or (isinstance(inner, str) and " " in inner) for inner in value):
                return None
            items = [inner for inner in map(_flow, value) if inner is not None]
            return f"[{', '.join(items)}]" if len(items) == len(value) else None
    raise TypeError(f"{type(value).__name__} has no place in a file")


# --- texts ----------------------------------------------------------------------------------------------------------


def _text(text: str) -> str:
    """A text on one line, without quotes where nobody can take it for anything else."""
    _refuse(text)
    return text if _is_plain(text) and text.lower() not in _GUESSED else _quoted(text)


def _key(text: str) -> str:
    _refuse(text)
    return text if _is_plain(text) else _quoted(text)


def _quoted(text: str) -> str:
    if text.isprintable() and ('"' in text or "\\" in text):
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(f"\\{character}" if character in '"\\' else _spelled(character) for character in text) + '"'


def _is_plain(text: str) -> bool:
    if not text or not text.isprintable() or text[-1] in " :":
        return False
    return (text[0].isalnum() or text[0] in "(_/+$") and not re.search(r"[,\[\]{}]|: | #", text)


def _spelled(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    short = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character)
    return short or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")


def _literal(text: str) -> bool:
    """Whether a text of several lines can be written as it is, line by line."""
    lines = text.removesuffix("\n").split("\n")
    if "\n" not in text or not lines[0] or not lines[-1] or lines[0].startswith(" "):
        return False
    return all((not line or line.isprintable()) and not line.endswith(" ") for line in lines)


def _block_text(head: str, text: str, indent: int) -> list[str]:
    """The lines of a text below its key: as it is where it has several lines, else folded; none where it cannot be."""
    margin = " " * indent
    if _literal(text):
        style = "|" if text.endswith("\n") else "|-"
        lines = text.removesuffix("\n").split("\n")
        return [f"{head} {style}", *(f"{margin}{line}".rstrip() for line in lines)]
    if not text.isprintable() or text != text.strip(" ") or not _BREAK.search(text):
        return []
    return [f"{head} >-", *(f"{margin}{line}" for line in _folded(text, WIDTH - indent))]


def _folded(text: str, width: int) -> list[str]:
    """A text broken where one space stands between two words: the line break is read as that space."""
    words = _BREAK.split(text)
    lines = [words[0]]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _refuse(text: str) -> None:
    unfit = _UNFIT.search(text)
    if unfit:
        raise CannotRun(f"control character U+{ord(unfit.group()):04X} in {text!r}: no file can hold it")
