"""
What search looks in: an inverted index in small pieces, which a page from disc or from a server loads as it needs them.

`data/search/terms.js` says how many pages there are, and the first term of each piece of the index;
`data/search/terms-<n>.js` has the terms of a piece, each with the pages that have it as a key, in their title, in their
text; `data/search/pages-<n>.js` has what is shown of some pages. `site/assets/search.js` reads them.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import sub
from typing import NamedTuple

from qmsci.render.site.page import Page
from qmsci.render.site.written import data
from qmsci.render.words import visible

#: How many pages are shown by one piece, and how many letters a piece of the index has at most, if it has two terms.
PAGES, LETTERS = 64, 24_000

#: Letters that have no accent to be stripped, and that readers without such a key write differently.
_WRITTEN = {
    "ß": "ss",
    "ς": "\u03c3",
    "ø": "o",
    "æ": "ae",
    "œ": "oe",
    "đ": "d",
    "ł": "l",
    "\u0131": "i",
    "ð": "d",
    "þ": "th",
}
#: A term: letters and digits; a sign that is a word or a syllable, as in Chinese and Japanese, is a term by itself.
_SIGN = "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
_TERM = re.compile(rf"[{_SIGN}]|[^\W_{_SIGN}]+")
_ASCII_TERM = re.compile("[a-z0-9]+")
#: The digits in which steps from page to page are written: 32 that end a number, and 32 after which it goes on.
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"


class Found(NamedTuple):
    """A page as search finds it: by its keys (ids, names), by its title, by its words; and what is shown of it."""

    path: str
    kind: str
    title: str
    keys: tuple[str, ...]
    words: str


def found_in(page: Page) -> Found:
    """What search needs of a page; of its words each one once."""
    return Found(page.path, page.kind, page.title, page.keys, " ".join(sorted(_distinct(page.words))))


class _Folding(dict[int, str]):
    """What becomes of a character, found out when it is first met: marks go, all others stay."""

    def __missing__(self, code: int) -> str:
        self[code] = "" if unicodedata.category(chr(code)).startswith("M") else chr(code)
        return self[code]


_FOLDING = _Folding({ord(letter): written for letter, written in _WRITTEN.items()})


def terms(text: str) -> list[str]:
    """
    The terms of a text: letters and digits of any script, without capitals and accents; as `fold` of qmsci.js has it.

    >>> terms("SOP-014: Sølberg's Café"), terms("無菌 3")
    (['sop', '014', 'solberg', 's', 'cafe'], ['無', '菌', '3'])
    """
    if text.isascii():
        return _ASCII_TERM.findall(text.lower())
    return _TERM.findall(unicodedata.normalize("NFKD", text).lower().translate(_FOLDING))


@lru_cache(1 << 16)
def _terms_of(word: str) -> tuple[str, ...]:
    """The terms of a word, which comes again in other pages."""
    return tuple(terms(word))


def _distinct(text: str) -> set[str]:
    return set(chain.from_iterable(map(_terms_of, set(text.split()))))


def joined(key: str) -> str:
    """
    A key as one term: so it is found with its dashes and without.

    >>> joined("CAPA-2026-003")
    'capa2026003'
    """
    return "".join(terms(key))


def files(pages: Iterable[Found]) -> dict[str, str]:
    """The files of the index by their paths from the site's root; the order of the pages does not matter."""
    there = sorted(pages)
    index = _index(there)
    pieces = list(_pieces(index))
    firsts = [next(iter(piece)) for piece in pieces]
    made = {_path("terms"): data("search/terms", {"pages": len(there), "piece": PAGES, "firsts": firsts})}
    for number, piece in enumerate(pieces):
        made[_path(f"terms-{number}")] = data(f"search/terms-{number}", piece)
    for number, start in enumerate(range(0, len(there), PAGES)):
        shown = [[one.path, one.kind, visible(one.title)] for one in there[start : start + PAGES]]
        made[_path(f"pages-{number}")] = data(f"search/pages-{number}", shown)
    return made


def _path(name: str) -> str:
    return f"data/search/{name}.js"


def _index(pages: Sequence[Found]) -> dict[str, str]:
    """Every term, in order, with the pages that have it as a key, in their title and in their text."""
    fields = [defaultdict[str, list[int]](list) for _ in range(3)]
    for number, page in enumerate(pages):
        keys = {term for key in page.keys for term in (*terms(key), joined(key)) if term}
        for field, said in zip(fields, (keys, _distinct(page.title), _distinct(page.words)), strict=True):
            for term in said:
                field[term].append(number)
    steps = [_in_digits(step) for step in range(len(pages) + 1)]
    there = sorted({term for field in fields for term in field}, key=_in_browser)
    return {term: " ".join(_listed(field.get(term, []), steps) for field in fields).rstrip() for term in there}


def _in_browser(term: str) -> bytes:
    """How a browser compares texts: by units of UTF-16, not by characters."""
    return term.encode("utf-16-be")


def _listed(numbers: list[int], steps: Sequence[str]) -> str:
    """Page numbers, in order, each as the step from the one before it."""
    return "".join(map(steps.__getitem__, map(sub, numbers, [-1, *numbers])))


def _in_digits(number: int) -> str:
    """
    A number as digits of which only the last one ends it.

    >>> _in_digits(31), _in_digits(32), _in_digits(1025)
    ('v', 'x0', 'xw1')
    """
    digits = _DIGITS[number % 32]
    while number := number // 32:
        digits = _DIGITS[32 + number % 32] + digits
    return digits


def _pieces(index: Mapping[str, str]) -> Iterator[dict[str, str]]:
    piece: dict[str, str] = {}
    letters = 0
    for term, pages in index.items():
        letters += len(term) + len(pages) + 6
        if piece and letters > LETTERS:
            yield piece
            piece, letters = {}, len(term) + len(pages) + 6
        piece[term] = pages
    if piece:
        yield piece
