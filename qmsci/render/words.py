"""Small things about words: numbers with their nouns, and text that cannot do anything but be read."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

#: What is never printed as it is: controls, and marks that are invisible or turn the direction of the text.
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


#: What a continuous-integration service takes for a command, at the beginning of a line of its log or anywhere in it.
_COMMAND = re.compile(r"(?<!\S)::|##(?=\w*\[)")
_COMMAND_AMID = re.compile(r"##(?=\w*\[)")
_DELETE = {0x7F: r"\u007f"}


def visible(text: str) -> str:
    r"""
    A text with every control, invisible and direction-turning character spelled out, and no command to a log in it.

    >>> visible("a\x1b[31mb"), visible("::error::x"), visible("a::b")
    ('a\\x1b[31mb', '\\x3a:error::x', 'a::b')
    """
    if "::" in text or "##" in text:
        text = _COMMAND.sub(lambda found: f"\\x{ord(found[0][0]):02x}{found[0][1]}", text)
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        _spelled(character) if unicodedata.category(character) in _HIDDEN else character for character in text
    )


def _spelled(character: str) -> str:
    if character == "\t":
        return " "
    return (
        character.encode("ascii", "backslashreplace").decode() if ord(character) > 127 else f"\\x{ord(character):02x}"
    )


def in_json(answer: Any) -> str:
    r"""
    An answer as JSON for people and programs: what `visible` spells out stands as an escape, and says the same.

    >>> print(in_json({"name": "Sølberg\u202e"}))
    {
      "name": "Sølberg\u202e"
    }
    """
    text = json.dumps(answer, indent=2, ensure_ascii=False, allow_nan=False)
    if "##" in text:
        text = _COMMAND_AMID.sub(r"\\u0023#", text)
    hidden = {character for character in set(text) - {"\n"} if unicodedata.category(character) in _HIDDEN}
    if not hidden:
        return text  # nothing is to be translated, which takes longer than all the rest
    return text.translate({ord(character): json.dumps(character)[1:-1] for character in hidden - {"\x7f"}} | _DELETE)


def counted(number: int, noun: str) -> str:
    """
    A number with its noun.

    >>> counted(1, "person"), counted(2, "policy"), counted(0, "role"), counted(2, "day")
    ('1 person', '2 policies', '0 roles', '2 days')
    """
    if number == 1:
        return f"1 {noun}"
    if noun == "person":
        return f"{number} people"
    return f"{number} {noun[:-1]}ies" if re.search("[^aeiou]y$", noun) else f"{number} {noun}s"


def in_markdown(text: str) -> str:
    r"""
    A text inside Markdown, also in a table: no markup, no HTML, no mention, no link comes of it.

    >>> in_markdown("a|b <i> *c* @everyone")
    'a\\|b &lt;i&gt; \\*c\\* @<!-- -->everyone'
    """
    said = visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    said = re.sub(r"([\\`*_{}\[\]#|~!$])", r"\\\1", said)
    said = re.sub(r"(?<!\w)@(?=\w)|#(?=\d)", r"\g<0><!-- -->", said)
    return re.sub(r"(?i):(?=//)|www(?=\.)", r"\g<0><!-- -->", said)


def in_csv(text: str) -> str:
    r"""
    A text in a cell of a CSV file, which no spreadsheet takes for a formula; a plain number stays one.

    >>> in_csv("=1+1"), in_csv("-14"), in_csv("-14+1"), in_csv("a=b")
    ("'=1+1", '-14', "'-14+1", 'a=b')
    """
    is_number = re.fullmatch(r"-?\d+(\.\d+)?", text, re.ASCII)
    begins = text.startswith(("\t", "\r")) or text.lstrip().startswith(("=", "+", "-", "@"))
    return f"'{visible(text)}" if begins and not is_number else visible(text)
