"""Small things about words: numbers with their nouns, and text that cannot do anything but be read."""

from __future__ import annotations

import re
import unicodedata

#: What is never printed as it is: controls, and marks that are invisible or turn the direction of the text.
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def visible(text: str) -> str:
    r"""
    A text with every control, invisible and direction-turning character spelled out.

    >>> visible("a\x1b[31mb")
    'a\\x1b[31mb'
    """
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
