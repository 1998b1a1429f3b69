"""
What a text may not contain, because it does something to who reads it, or says another thing than it shows.

Scripts and what loads or submits, links that run a program or leave the repository, characters that are invisible or
turn the direction of the text. Code in a Markdown text is shown as it is written, and is searched for characters only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from html import unescape
from itertools import islice
from typing import Final, NamedTuple
from urllib.parse import unquote

from qmsci.markdown import without_code
from qmsci.read import KeyPath, Plain, front_matter, plain
from qmsci.unreadable import line_column

#: What is said of one file; who finds so much has no need of more.
_MOST: Final = 25


class Unsafe(NamedTuple):
    """A fault in a file: what it is, its mending; where it is, by line and column from 1, or else by a key."""

    message: str
    fix: str
    line_column: tuple[int, int] | None = None
    keys: KeyPath = ()

    @property
    def is_hidden(self) -> bool:
        """Whether it is but a character that nobody sees."""
        return self.message.startswith(_HIDDEN_ONE)


#: How the fault of a hidden character begins.
_HIDDEN_ONE: Final = "hidden character "


# --- at first sight -------------------------------------------------------------------------------------------------

_ASCII: Final = bytes(range(128))
_SIGNS_OF_MARKDOWN: Final = (b"](", b"]:", b"&", b"=")
_SIGNS_OF_ADDRESSES: Final = (b"script:", b"data:", b"file:", b"../")


#: The characters of a line beyond which nobody reads it, nor sees what a review of it leaves out.
_LONGEST_LINE: Final = 500_000


def _long_line(data: bytes) -> int | None:
    """The first line, counted from 1, that is longer than any that people write."""
    lines = data.split(b"\n") if len(data) > _LONGEST_LINE else []
    return next((number for number, line in enumerate(lines, 1) if len(line) > _LONGEST_LINE), None)


def is_doubtful(data: bytes, *, markdown: bool) -> bool:
    """Whether a file (a record, or a document in Markdown) needs a closer look; of most files, the answer is no."""
    if len(data) > _LONGEST_LINE and _long_line(data):
        return True
    if b"<" in data or b"\\" in data or b"\t" in data or (b"(" in data and b"](" in data):
        return True
    if markdown and any(sign in data for sign in _SIGNS_OF_MARKDOWN):
        return True
    if not data.isascii():
        rest = data.translate(None, _ASCII).decode("utf-8", "replace")
        if not rest.isprintable() or _UNSEEN.search(rest):
            return True
    lower = data.lower()
    return any(sign in lower for sign in _SIGNS_OF_ADDRESSES)


#: What is hidden though it counts as printable.
_UNSEEN: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0000-\U000e0fff]"
)


# --- a file ---------------------------------------------------------------------------------------------------------


def unsafe_in(path: str, data: bytes) -> tuple[Unsafe, ...]:
    """
    What is unsafe in a file that can be read: its characters, the texts of its values, the Markdown of a document.

    Of each, the first faults only.
    """
    text = data.decode().removeprefix("\ufeff")
    folder = path.rpartition("/")[0]
    raw = set(text) if not text.isascii() else set()
    parts = front_matter(data) if path.endswith(".md") else None
    found = [_endless(data), _all_hidden(text, raw), _in_values(plain(parts.yaml if parts else data), raw, folder)]
    if parts:
        found.append(_in_markdown(parts.body_line, parts.body.decode(), folder))
    return tuple(fault for faults in found for fault in islice(faults, _MOST))


def _endless(data: bytes) -> Iterator[Unsafe]:
    line = _long_line(data)
    if line:
        yield Unsafe(
            f"a line of more than {_LONGEST_LINE:,} characters", "break the line; keep pictures in files", (line, 1)
        )


def _all_hidden(text: str, characters: set[str]) -> Iterator[Unsafe]:
    for index, character in hidden_in(text, characters):
        yield Unsafe(*_said_of(character), line_column(text, index))


def _in_values(values: Plain, raw: set[str], folder: str) -> Iterator[Unsafe]:
    for keys, text in _texts(values, ()):
        for _, character in hidden_in(text, set(text) - raw):
            yield Unsafe(*_said_of(character), keys=keys)
        for _, message, fix in (*markup_in(text), *links_in(text, folder)):
            yield Unsafe(message, fix, keys=keys)
        yield from (Unsafe(*fault, keys=keys) for fault in _target(text.strip(), folder, alone=True))


def _in_markdown(line: int, text: str, folder: str) -> Iterator[Unsafe]:
    shown = without_code(text.replace("\r\n", "\n"))
    for index, message, fix in sorted((*markup_in(shown), *links_in(shown, folder), *_spelled_out(shown))):
        row, column = line_column(text, index)
        yield Unsafe(message, fix, (line + row - 1, column))


def _texts(values: Plain, keys: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    """All texts in some values, with the key that each stands at."""
    waiting: list[tuple[KeyPath, Plain]] = [(keys, values)]
    while waiting:
        at, value = waiting.pop()
        if isinstance(value, str):
            yield at, value
        elif isinstance(value, dict):
            yield from ((at, key) for key in value if not key.isascii())
            waiting += reversed([((*at, key), inner) for key, inner in value.items()])
        elif value is not None:
            waiting += reversed([((*at, index), inner) for index, inner in enumerate(value)])


# --- characters -----------------------------------------------------------------------------------------------------

_HIDDEN: Final = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
#: Signs of Arabic and its neighbours that Unicode counts among the invisible ones, and that are seen.
_SEEN: Final = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
#: Letters and marks that show nothing.
_BLANK: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2065\u2800\u3164\uffa0")
_JOINERS: Final = "\u200c\u200d"
#: Scripts in whose words a joiner, or a non-joiner, belongs to the spelling.
_JOINING: Final = re.compile(
    "ARABIC|SYRIAC|MONGOLIAN|DEVANAGARI|BENGALI|GURMUKHI|GUJARATI|ORIYA|TAMIL|TELUGU|KANNADA|MALAYALAM|SINHALA|"
    "KHMER|MYANMAR|TIBETAN"
)
#: The flags that are written with tag characters: of England, Scotland and Wales.
_FLAG: Final = re.compile(
    "\U0001f3f4(?:{})\U000e007f".format(
        "|".join("".join(chr(0xE0000 + ord(letter)) for letter in name) for name in ("gbeng", "gbsct", "gbwls"))
    )
)


def hidden_in(text: str, characters: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Where a text has one of some characters that is hidden from its reader, and which it is."""
    hidden = {character for character in characters if _is_hidden(character)}
    if not hidden:
        return
    flags = {index for flag in _FLAG.finditer(text) for index in range(*flag.span())}
    for found in re.finditer(f"[{re.escape(''.join(sorted(hidden)))}]", text):
        if found.start() not in flags and not _belongs(text, found.start()):
            yield found.start(), found.group()


def _is_hidden(character: str) -> bool:
    if character in "\n\r\t" or (character.isascii() and character.isprintable()):
        return False
    code = ord(character)
    return (
        (unicodedata.category(character) in _HIDDEN and character not in _SEEN)
        or character in _BLANK
        or _is_selector(character)
        or 0xE0000 <= code <= 0xE0FFF
        or 0xFDD0 <= code <= 0xFDEF
        or code & 0xFFFE == 0xFFFE
    )


def _is_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _belongs(text: str, index: int) -> bool:
    """Whether what is hidden elsewhere has a use where it stands: in an emoji, in the spelling of some scripts."""
    before, after = text[index - 1 : index], text[index + 1 : index + 2]
    if text[index] in _JOINERS:
        if text[index] == "\u200d" and _is_picture(after) and (_is_picture(before) or before == "\ufe0f"):
            return True
        return bool(before) and _JOINING.match(unicodedata.name(before, "?")) is not None
    if _is_selector(text[index]):
        if text[index] >= "\U000e0100":
            return bool(before) and unicodedata.name(before, "?").startswith("CJK")
        plain = before.isspace() or (before.isalpha() and before != "\u2139") or _is_selector(before)
        return bool(before) and not plain
    return False


def _is_picture(character: str) -> bool:
    return "\U0001f000" <= character <= "\U0001faff" or (
        character != "" and not character.isascii() and unicodedata.category(character) == "So"
    )


def _said_of(character: str) -> tuple[str, str]:
    return f"hidden character {named(character)}", "remove it, or write what it stands for in plain characters"


def named(character: str) -> str:
    r"""
    A character by its number and its name in Unicode.

    >>> named("\u202e")
    'U+202E RIGHT-TO-LEFT OVERRIDE'
    """
    kind = {"Cc": "a control character", "Co": "a character for private use"}.get(unicodedata.category(character), "")
    return f"U+{ord(character):04X} {unicodedata.name(character, kind) or 'which has no name'}"


# --- HTML -----------------------------------------------------------------------------------------------------------

_Fault = tuple[int, str, str]
#: Elements that run, load, submit or hide something, or change what the page around them is.
_ELEMENTS: Final = (
    "script|iframe|frame|frameset|fencedframe|portal|object|embed|applet|form|input|button|textarea|meta|base|link|"
    "style|svg|math|template|noscript|noembed|noframes|plaintext|xmp|title|html|head|body|bdo|dialog"
)
_ELEMENT: Final = re.compile(rf"<({_ELEMENTS})(?![\w.:-])", re.IGNORECASE)
_STARTS: Final = re.compile(r"<[A-Za-z][^\s/><]*")
#: To the end of a tag as a browser sees it: a '>' in quotes does not end it.
_REST: Final = re.compile(r"(?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+")
_HANDLER: Final = re.compile(r"(?<![\w.-])(on[a-z]{3,}+)\s*+=", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(
    r"(?<![\w-])(href|src|srcset|action|formaction|data|poster|background|cite|longdesc|ping|xlink:href|manifest|"
    r"srcdoc|style|http-equiv)\s*+=\s*+(\"[^\"]*+\"?|'[^']*+'?|[^\s\"'>]*+)",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(r"\"[^\"]*+\"|'[^']*+'")
_UNSHOWN: Final = re.compile(r"(?<![\w=-])hidden(?![\w-])", re.IGNORECASE)
_STYLE: Final = re.compile(
    r"url\s*\(|expression\s*\(|@import|binding|behaviou?r\s*:|position\s*:\s*(?:fixed|absolute)|display\s*:\s*none|"
    r"visibility\s*:\s*hidden|opacity\s*:\s*0(?![.\d]*[1-9])|font-size\s*:\s*0(?![.\d]*[1-9])",
    re.IGNORECASE,
)
#: Attributes that some readers of Markdown take from braces behind a link or a heading.
_BRACES: Final = re.compile(r"\{[^{}\n]*+\}")
#: Characters that may be looked at again, because tags seem to stand inside of tags.
_PATIENCE: Final = 200_000
_REMOVE: Final = "remove it; to show it as text, put it in `code`"


def markup_in(text: str) -> Iterator[_Fault]:
    """Where a text has HTML that does something, what it is, and how to mend it."""
    if "<" in text:
        for element in _ELEMENT.finditer(text):
            yield element.start(), f"the HTML element <{element[1].lower()}>", _REMOVE
        yield from _in_tags(text)
    if "{" in text and "}" in text:
        for braces in _BRACES.finditer(text):
            if "=" in braces[0]:
                yield from _in_attributes(braces[0], braces.start())


def _in_tags(text: str) -> Iterator[_Fault]:
    seen: set[_Fault] = set()
    left, empty = len(text) + _PATIENCE, -1
    for start in _STARTS.finditer(text):
        if left < 0:
            yield start.start(), "more tags inside of tags than can be looked at", "close each tag before the next"
            return
        if empty < start.end():
            empty = text.find("\n\n", start.end())
            empty = empty if empty >= 0 else len(text)
        rest = _REST.match(text, start.end(), len(text) if _begins_line(text, start.start()) else empty)
        end = rest.end() if rest else start.end()
        left -= end - start.end()
        for fault in _in_attributes(text[start.end() : end], start.end()):
            if fault not in seen:
                seen.add(fault)
                yield fault
        if _UNSHOWN.search(_QUOTED.sub("", text[start.end() : end])):
            yield start.start(), "the HTML attribute hidden", "remove it"


def _begins_line(text: str, at: int) -> bool:
    """Whether a tag begins a line: then it may go on over empty lines, else not."""
    return not text[max(text.rfind("\n", max(at - 80, 0), at) + 1, at - 80, 0) : at].strip(" \t>")


def _in_attributes(said: str, shift: int) -> Iterator[_Fault]:
    for handler in _HANDLER.finditer(said):
        yield shift + handler.start(1), f"the event handler {handler[1].lower()}=", _REMOVE
    for attribute in _ATTRIBUTE.finditer(said):
        name, value = attribute[1].lower(), unescape(attribute[2].strip("\"'"))
        at = shift + attribute.start()
        if name in {"srcdoc", "http-equiv", "formaction"}:
            yield at, f"the HTML attribute {name}=", _REMOVE
        elif name == "style" and _STYLE.search(value):
            yield at, "the HTML attribute style= hides, moves or loads something", "remove it"
        elif name != "style":
            for scheme in (_scheme(one) for one in ([value] if name != "srcset" else value.split(","))):
                if scheme:
                    yield at, f"{name}= leads to a {scheme}: address", "link to https:, or to a file of the repository"


# --- links ----------------------------------------------------------------------------------------------------------

_INLINE: Final = re.compile(r"(?<!\\)(?:\\\\)*+\]\(\s*+")
_DEFINED: Final = re.compile(
    r"^[ \t>]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t]++)?\[(?!\^)[^\]]{1,999}+\]:\s*+(<[^<>\n]*+>|\S++)", re.MULTILINE
)
_BETWEEN: Final = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]*+:[^<>]*+)>")
#: Links in one text, and characters in an address, that are looked at; nobody writes more.
_MOST_LINKS: Final = 5_000
_LONGEST: Final = 1_000
_ENTITY: Final = re.compile(r"&(?:#[0-9]{1,8}|#[xX][0-9A-Fa-f]{1,7}|[A-Za-z]{2,32});?")
_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
_REMOTE: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_PROGRAM: Final = re.compile(r"\w*script|data|file|view-source|ms-msdt|search-ms")
_PICTURE: Final = re.compile(r"data:image/(?:png|jpe?g|gif|webp)[;,]", re.IGNORECASE)
_NO_SPACE: Final = re.compile(r"[\s\x00-\x20\x7f-\x9f]+")
_PARENTHESIS: Final = re.compile(r"[()]")
_TITLE: Final = re.compile(r"\s[\"'(]|\n\s*\n")
_LINK_FIX: Final = "link to a file of the repository by its relative path, or to an https: address"


def links_in(text: str, folder: str) -> Iterator[_Fault]:
    """Where a Markdown link or image runs something or leaves the repository, what it is, and how to mend it."""
    for number, (at, target) in enumerate(_targets(text)):
        if number == _MOST_LINKS:
            yield at, f"more than {_MOST_LINKS:,} links", "part the text into several"
            return
        for fault in _target(target, folder):
            yield at, *fault


def _targets(text: str) -> Iterator[tuple[int, str]]:
    """What the links of a text lead to, and where that stands."""
    for link in _INLINE.finditer(text) if "](" in text else ():
        yield link.end(), _destination(text[link.end() : link.end() + _LONGEST])
    for link in _DEFINED.finditer(text) if "]:" in text else ():
        yield link.start(1), link[1].strip("<>")
    for link in _BETWEEN.finditer(text) if "<" in text else ():
        yield link.start(1), link[1]


def _destination(said: str) -> str:
    """What a link leads to, of what stands behind its '('; a title behind it is left out."""
    if said.startswith("<"):
        return said[1:].split(">", 1)[0]
    depth = 0
    for mark in _PARENTHESIS.finditer(said):
        depth += 1 if mark[0] == "(" else -1
        if depth < 0:
            said = said[: mark.start()]
            break
    return _TITLE.split(said, maxsplit=1)[0].strip()


def _scheme(said: str) -> str | None:
    """The scheme of an address, if it is one that runs a program or reads the reader's own files."""
    address = _NO_SPACE.sub("", unescape(_ESCAPED.sub(r"\1", said[:_LONGEST])))
    if not address.isascii():
        address = "".join(character for character in address if not _is_hidden(character))
    found = _REMOTE.match(address)
    if not found or not _PROGRAM.fullmatch(found[1].lower()) or _PICTURE.match(address):
        return None
    return found[1].lower()


def _target(said: str, folder: str, *, alone: bool = False) -> Iterator[tuple[str, str]]:
    """What is wrong with what a link leads to; `alone`: with a whole text, that mostly is no address at all."""
    if alone and (len(said) >= _LONGEST or " " in said or not (":" in said or "../" in said)):
        return
    scheme = _scheme(said)
    if scheme:
        yield f"a link to a {scheme}: address", _LINK_FIX
        return
    if len(said) == _LONGEST and not _PICTURE.match(said):
        yield f"a link to an address of {_LONGEST:,} characters or more", _LINK_FIX
        return
    path = unquote(unescape(_ESCAPED.sub(r"\1", said[:_LONGEST]))).strip().replace("\\", "/")
    drive = re.match("[A-Za-z]:/", path)
    if not path or (_REMOTE.match(path) and not drive) or (alone and not path.startswith("../")):
        return
    if path.startswith("//"):
        yield f"a link to {said[:80]!r}, which names a server and no scheme", "begin it with https:"
    elif path.startswith("/") or drive:
        yield f"a link to the absolute path {said[:80]!r}", _LINK_FIX
    elif not path.startswith(("#", "?")):
        yield from _outside(said, f"{folder}/{re.split('[?#]', path)[0]}")


def _outside(said: str, path: str) -> Iterator[tuple[str, str]]:
    steps: list[str] = []
    for step in path.split("/"):
        if step == ".." and not steps:
            yield f"a link to {said[:80]!r}, which leaves the repository", _LINK_FIX
            return
        if step == "..":
            steps.pop()
        elif step not in {"", "."}:
            steps.append(step)
    if steps and steps[0].lower() == ".git":
        yield f"a link to {said[:80]!r}, inside git's own folder", _LINK_FIX


def _spelled_out(text: str) -> Iterator[_Fault]:
    """Hidden characters that are written as entities of HTML."""
    if "&" not in text:
        return
    for entity in _ENTITY.finditer(text):
        for character in unescape(entity[0]):
            if _is_hidden(character) and character not in "\xad\u200c\u200d":
                yield entity.start(), f"{entity[0]} stands for the {_said_of(character)[0]}", "remove it"


# --- names ----------------------------------------------------------------------------------------------------------

_ORDINARY: Final = re.compile(
    r"(?:(?!(?:con|prn|aux|nul|com\d|lpt\d)(?:[./]|\Z)|-)[a-z0-9_.@-]++(?<!\.)(?:/|\Z))+", re.IGNORECASE | re.ASCII
)
_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(?:\..*)?", re.IGNORECASE)
_SPECIAL: Final = frozenset('<>:"|?*\\`')


def fault_of_name(path: str) -> tuple[str, str] | None:
    """What a name in a path does to programs that are handed it, and how to mend it; None where nothing."""
    if _ORDINARY.fullmatch(path):
        return None
    for step in path.split("/"):
        if fault := _odd_name(step):
            return fault
        if step.endswith((".", " ")):
            return (
                f"the name {step!r} ends with a {'space' if step[-1] == ' ' else 'dot'}, which some systems drop",
                _RENAME,
            )
        if _RESERVED.fullmatch(step):
            return f"the name {step!r} stands for a device on Windows", _RENAME
    return None


_RENAME: Final = "give it another name: letters, digits, '-', '_' and '.'"


def _odd_name(step: str) -> tuple[str, str] | None:
    hidden = next((named(character) for _, character in hidden_in(step, set(step))), None)
    bare = next((named(character) for character in step if character in "\n\r\t"), hidden)
    if bare:
        return f"the name {step!r} has the hidden character {bare}", _RENAME
    if step.startswith(("-", "~", " ")):
        said = "programs read as an option" if step[0] == "-" else "a shell reads as something else"
        return f"the name {step!r} begins with {step[0]!r}, which {said}", _RENAME
    special = next((character for character in step if character in _SPECIAL), None)
    if special:
        return f"the name {step!r} has {special!r}, which is no part of a name to git, a shell or Windows", _RENAME
    return None
