"""What search finds, and in which order; by a reader that works as `site/assets/search.js` does."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsci.render.site.page import Page, Text
from qmsci.render.site.search import LETTERS, PAGES, Found, files, found_in, joined, terms

# --- a reader of the index ------------------------------------------------------------------------------------------

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"
_WEIGHTS, _JOINED, _MOST = (8, 4, 1), 16, 3


class Index:
    """The files of an index, read piece by piece."""

    def __init__(self, made: dict[str, str]) -> None:
        self.made = made
        self.read: set[str] = set()
        self.head = self.content("terms")
        self.firsts = [first.encode("utf-16-be") for first in self.head["firsts"]]

    def content(self, name: str) -> Any:
        """What a file hands over."""
        self.read.add(name)
        text = self.made[f"data/search/{name}.js"]
        return json.loads(text.removeprefix(f'qmsciData("search/{name}", ').removesuffix(");\n"))

    def look(self, query: str) -> list[str]:
        """The paths of the pages that have every word of a query, the best first."""
        words = [word for word in query.split() if terms(word)]
        found = [self._with_word(word, is_last=word is words[-1]) for word in words]
        pages = {page for page in found[0] if all(page in one for one in found)} if found else set()
        ordered = sorted(pages, key=lambda page: (-sum(one[page] for one in found), page))
        return [self.content(f"pages-{page // PAGES}")[page % PAGES][0] for page in ordered]

    def _with_word(self, word: str, *, is_last: bool) -> dict[int, float]:
        parts = terms(word)
        found = [
            self._scored(part, _WEIGHTS, begins=is_last and place == len(parts) - 1) for place, part in enumerate(parts)
        ]
        both = {page: sum(one[page] for one in found) for page in found[0] if all(page in one for one in found)}
        if len(parts) > 1:
            for page, score in self._scored("".join(parts), (_JOINED, 0, 0), begins=is_last).items():
                both[page] = both.get(page, 0) + score
        return both

    def _scored(self, term: str, weights: tuple[int, ...], *, begins: bool) -> dict[int, float]:
        first = last = self._piece_of(term)
        if begins and self._piece_of(f"{term}\uffff") - first < _MOST:
            last = self._piece_of(f"{term}\uffff")
        elif begins:
            begins = False
        scores: dict[int, float] = {}
        for number in range(first, last + 1) if self.firsts else ():
            for one, lists in self.content(f"terms-{number}").items():
                if one == term or (begins and one.startswith(term)):
                    for weight, pages in zip(weights, lists.split(" "), strict=False):
                        worth = weight * (1 if one == term else 0.5)
                        scores |= {page: max(worth, scores.get(page, 0)) for page in _pages(pages) if worth}
        return scores

    def _piece_of(self, term: str) -> int:
        return max(0, bisect_right(self.firsts, term.encode("utf-16-be")) - 1)


def _pages(pages: str) -> Iterator[int]:
    page, step = -1, 0
    for sign in pages:
        digit = _DIGITS.index(sign)
        step = step * 32 + digit % 32
        if digit < 32:
            page, step = page + step, 0
            yield page


def page(path: str, title: str = "", keys: tuple[str, ...] = (), words: str = "", kind: str = "Page") -> Found:
    return Found(path, kind, title, keys, words)


# --- nothing there ---------------------------------------------------------------------------------------------------


def test_a_site_without_pages_has_an_index_in_which_nothing_is_found():
    made = files([])

    assert [*made] == ["data/search/terms.js"]
    assert Index(made).look("anything") == []


@pytest.mark.parametrize("query", ["", "  ", "–", "?!"])
def test_a_query_without_a_word_finds_nothing(query: str):
    assert Index(files([page("index.html", "Home")])).look(query) == []


def test_a_page_without_words_is_counted_and_never_found():
    made = files([page("a.html"), page("b.html", "Gowning")])

    assert Index(made).head["pages"] == 2
    assert Index(made).look("gowning") == ["b.html"]


# --- hostile content ---------------------------------------------------------------------------------------------------


def test_what_people_wrote_stays_text_and_is_seen():
    """A title ends no script, turns no text around, and hides nothing; words named as JavaScript names things are words."""
    title = '</script><b>"evil"\u202e \x07 \u2028'
    made = files([page("a.html", title, ("__proto__", "constructor"), "toString hasOwnProperty")])

    assert not any("<" in text or "\u2028" in text or "\u202e" in text for text in made.values())
    assert Index(made).content("pages-0") == [["a.html", "Page", '</script><b>"evil"\\u202e \\x07 \\u2028']]
    for word in ("evil", "constructor", "tostring", "hasownproperty", "proto"):
        assert Index(made).look(word) == ["a.html"]


# --- the order ---------------------------------------------------------------------------------------------------------


LIBRARY = [
    page("documents/SOP-014.html", "SOP-014 Aseptic gowning", ("SOP-014",), "gloves mask WI-031", "Document"),
    page("documents/SOP-014@3.html", "SOP-014 revision 3: Aseptic gowning", ("SOP-014@3",), "gloves", "Document"),
    page("documents/WI-031.html", "WI-031 Gloves", ("WI-031",), "as in SOP-014, aseptic gowning", "Document"),
    page("events/CAPA-2026-003.html", "CAPA-2026-003 Gowning", ("CAPA-2026-003",), "SOP-014 p-0042", "Event"),
    page("people/p-0042.html", "Ingrid Sølberg", ("p-0042", "Ingrid Sølberg"), "SOP-014 SOP-014@3 WI-031", "Person"),
]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("SOP-014", ["SOP-014", "SOP-014@3", "WI-031", "CAPA-2026-003", "p-0042"], id="an id first"),
        pytest.param("sop014", ["SOP-014", "SOP-014@3"], id="an id without its dash"),
        pytest.param("SOP-014@3", ["SOP-014@3", "p-0042"], id="a revision"),
        pytest.param("capa-2026-003", ["CAPA-2026-003"], id="a long id in small letters"),
        pytest.param("CAPA2026003", ["CAPA-2026-003"], id="a long id without dashes"),
        pytest.param("p0042", ["p-0042"], id="a person's id"),
        pytest.param("p-0042", ["p-0042", "CAPA-2026-003"], id="a person before what names them"),
        pytest.param("solberg", ["p-0042"], id="a name without its accent"),
        pytest.param("SØLBERG ingrid", ["p-0042"], id="a name in another order"),
        pytest.param("gloves", ["WI-031", "SOP-014", "SOP-014@3"], id="a title before texts"),
        pytest.param("gowning", ["SOP-014", "SOP-014@3", "CAPA-2026-003", "WI-031"], id="titles in the order of paths"),
        pytest.param("aseptic gow", ["SOP-014", "SOP-014@3", "WI-031"], id="the beginning of the last word"),
        pytest.param("asep gowning", [], id="every other word as a whole"),
        pytest.param("gowning mask", ["SOP-014"], id="every word"),
        pytest.param("gowning absent", [], id="a word that is nowhere"),
        pytest.param("SOP-01", ["SOP-014", "SOP-014@3", "WI-031", "CAPA-2026-003", "p-0042"], id="a part of an id"),
        pytest.param("sop01", ["SOP-014", "SOP-014@3"], id="a part of an id without its dash"),
    ],
)
def test_ids_and_titles_come_before_texts(query: str, found: list[str]):
    """Pages that have every word, ids first, then titles, then texts; the last word may be a beginning."""
    paths = Index(files(reversed(LIBRARY))).look(query)

    assert [path.partition("/")[2].removesuffix(".html") for path in paths] == found


def test_a_text_in_another_script_is_found():
    made = files(
        [page("a.html", "無菌更衣程序", words="Процедура переодевания στολή ΟΔΟΣ"), page("b.html", "무균 복장")]
    )

    for word in ("更衣", "無菌", "процедура", "переод", "ΣΤΟΛΗ", "οδος"):
        assert Index(made).look(word) == ["a.html"]
    assert Index(made).look("복장") == ["b.html"]


# --- pieces ------------------------------------------------------------------------------------------------------------


def test_a_query_reads_a_few_small_pieces_of_a_large_index():
    """Of thousands of pages with many words, what a query loads stays below 300 kB."""
    words = " ".join(f"word{number:x}" for number in range(1_500))
    large = [
        page(f"documents/SOP-{number}.html", f"SOP-{number} Title", (f"SOP-{number}",), f"{words[number:]} all")
        for number in range(500)
    ]
    made = files(large)
    index = Index(made)
    assert len(index.firsts) > 10

    assert index.look("SOP-499 word5a0 all")[0] == "documents/SOP-499.html"
    assert sum(len(made[f"data/search/{name}.js"]) for name in index.read) < 300_000
    assert len(index.read) < len(made) / 2


def test_pages_far_apart_are_found():
    """Steps from page to page are numbers of one, two and three digits."""
    rare = {0, 1, 31, 63, 64, 1_086, 1_087, 2_112, 2_113}
    index = Index(files([page(f"{number:04}.html", words="rare" * (number in rare)) for number in range(2_200)]))

    assert index.look("rare") == [f"{number:04}.html" for number in sorted(rare)]


def test_a_beginning_of_very_many_words_is_looked_for_as_a_word():
    """So that one letter does not load the whole index; the word itself is found all the same."""
    many = [
        page(f"p{number}.html", words=" ".join(f"w{number}x{other}" for other in range(60))) for number in range(300)
    ]
    index = Index(files([*many, page("w.html", "W")]))
    assert len(index.firsts) > _MOST + 1

    assert index.look("w") == ["w.html"]
    assert index.look("w7x") == ["p7.html"]


# --- laws --------------------------------------------------------------------------------------------------------------

_TEXTS = st.text(max_size=20) | st.lists(
    st.sampled_from(["SOP-014", "p-0042", "CAPA-2026-003", "Été", "straße", "glove", "gloves", "無菌"]), max_size=5
).map(" ".join)
_FOUND = st.builds(Found, st.just(""), st.just("Page"), _TEXTS, st.lists(_TEXTS, max_size=2).map(tuple), _TEXTS)


@st.composite
def sites(draw: st.DrawFn) -> list[Found]:
    pages = draw(st.lists(_FOUND, max_size=5))
    return [one._replace(path=f"documents/{number}.html") for number, one in enumerate(pages)]


@given(sites())
def test_every_word_of_every_page_finds_it(pages: list[Found]):
    """Wherever it stands, also by its beginning; and every key, with what divides it and without."""
    index = Index(files(pages))
    for one in pages:
        for text in (one.title, one.words, *one.keys):
            for word in terms(text):
                assert one.path in index.look(word)
                assert one.path in index.look(word[: len(word) // 2 + 1])
        for key in one.keys:
            if joined(key):
                assert one.path in index.look(key)
                assert one.path in index.look(joined(key))


@given(sites(), _TEXTS)
def test_what_is_found_has_every_word(pages: list[Found], query: str):
    """Nothing else is found: each word is there, the last one at least by its beginning."""
    there = {one.path: one for one in pages}
    *whole, last = [word for word in query.split() if terms(word)] or [""]
    for path in Index(files(pages)).look(query):
        one = there[path]
        words = {word for text in (one.title, one.words, *one.keys) for word in terms(text)} | set(
            map(joined, one.keys)
        )
        for word in whole:
            assert set(terms(word)) <= words or joined(word) in words
        assert any(word.startswith((terms(last)[-1], joined(last))) for word in words)


@given(sites(), st.randoms())
def test_the_order_in_which_pages_come_does_not_matter(pages: list[Found], chance: Any):
    mixed = pages.copy()
    chance.shuffle(mixed)

    assert files(pages) == files(mixed)


@given(st.text())
def test_the_terms_of_terms_are_these(text: str):
    """So the words of a page can be kept as its terms."""
    assert terms(" ".join(terms(text))) == terms(text)


@given(sites())
def test_a_page_is_found_by_its_distinct_words_as_by_all_of_them(pages: list[Found]):
    kept = [
        found_in(Page(one.path, one.title, (Text("shown"),), one.kind, one.keys, f"{one.words} {one.words}"))
        for one in pages
    ]

    assert files(kept) == files(pages)


@given(st.lists(st.text("abcxyz", min_size=1, max_size=40), max_size=30), st.integers(1, 200))
def test_pieces_are_in_order_and_none_is_large(words: list[str], number: int):
    """Each begins where `terms.js` says; none is larger than it may be, unless by one term alone."""
    pages = [page(f"{place:05}.html", words=f"{' '.join(words)} {place * 'n'}") for place in range(number)]
    index = Index(files(pages))
    pieces = [index.content(f"terms-{place}") for place in range(len(index.firsts))]
    there = [term.encode("utf-16-be") for piece in pieces for term in piece]

    assert all(before < after for before, after in pairwise(there))
    assert [next(iter(piece)) for piece in pieces] == index.head["firsts"]
    for place, piece in enumerate(pieces):
        assert len(piece) == 1 or len(index.made[f"data/search/terms-{place}.js"]) < LETTERS + 100
