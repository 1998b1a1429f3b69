"""
What an author wrote in Markdown as HTML in which nothing can run: CommonMark with tables and struck-out words.

Every tag is shown as text, every hidden or direction-turning character is spelled out, nothing is fetched from
elsewhere. What can be no link, or no image, stands there as words with its address.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from html import escape, unescape
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from qmsci.render.site.written import address
from qmsci.render.words import visible

#: The page or file of the site (named from its root) that an address in a text stands for; None where it is none.
Where = Callable[[str], str | None]

#: How deep lists and quotations may be in one another; a text with deeper ones is shown as it is written.
_DEEPEST = 60
#: The longest text, in characters, that is read as Markdown; a longer one is shown as it is written.
_LONGEST = 1_000_000
#: What a text may link to outside of the site.
_OUTSIDE = re.compile(r"https?://|mailto:", re.IGNORECASE)
#: Signs that a builder which reads Markdown around this HTML could take for its own.
_FENCES = {ord("`"): "&#96;", ord("~"): "&#126;"}
#: More of these between two empty lines than anybody writes keep a reader of Markdown busy for hours.
_MOST_BRACKETS = 5_000
#: What always is written in the same way; of other elements, the attributes are chosen.
_FIXED = {
    f"{name}_{part}": f"<{'/' * (part == 'close')}{element}>" + "\n" * (part == "close" and is_block)
    for is_block, elements in (
        (True, {"paragraph": "p", "bullet_list": "ul", "list_item": "li", "blockquote": "blockquote"}),
        (True, {"thead": "thead", "tbody": "tbody", "tr": "tr"}),
        (False, {"em": "em", "strong": "strong", "s": "s"}),
    )
    for name, element in elements.items()
    for part in ("open", "close")
} | {
    "ordered_list_close": "</ol>\n",
    "table_close": "</table></div>\n",
    "th_close": "</th>",
    "td_close": "</td>",
    "hr": "<hr />\n",
    "hardbreak": "<br />\n",
    "softbreak": "\n",
}
_ALIGNED = {"text-align:left": "q-left", "text-align:center": "q-center", "text-align:right": "q-right"}


def prose(text: str, at: str, links: Where, images: Where | None = None) -> str:
    r"""
    A Markdown text as HTML for the page at a path of the site; its headings begin at the third level.

    `links` and `images` say what of the site an address in the text, relative to its file, stands for.

    >>> print(prose("# Why\n[a](SOP-2.md) <b>", "documents/SOP-1.html", lambda _: "documents/SOP-2.html"), end="")
    <h3 id="text-why">Why</h3>
    <p><a href="SOP-2.html">a</a> &lt;b&gt;</p>
    """
    tokens = None if _is_bomb(text) else _reader().parse(text)
    if tokens is None or any(token.level >= _DEEPEST for token in tokens):
        return _code(text)
    return "".join(_Writing(tokens, at, links, images or _nowhere).blocks(tokens))


def words(html: str) -> str:
    """
    The words of such HTML, without markup, for searching.

    >>> words("<h3>Why</h3><p>Gown &amp; <em>g</em>o.</p>")
    'Why Gown & go.'
    """
    together = re.sub(r"</?(?:em|strong|s|a|code|span)(?: [^>]*)?>", "", html)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", together)).split())


def anchor(title: str) -> str:
    """
    The name by which a heading of a text is found on its page, unless another heading has it already.

    >>> anchor("1. Å gå, or not")
    'text-1-a-ga-or-not'
    """
    letters = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return "-".join(["text", *(re.findall(r"[a-z0-9]+", letters) or ["heading"])])


@cache
def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "maxNesting": 2 * _DEEPEST})
    return reader.enable(["table", "strikethrough"])


def _is_bomb(text: str) -> bool:
    return len(text) > _LONGEST or any(part.count("[") > _MOST_BRACKETS for part in text.split("\n\n"))


def _nowhere(_: str) -> None:
    return None


def _shown(text: str) -> str:
    """A text as HTML, with what nobody would see in it spelled out."""
    if not text.isprintable():
        text = "".join(sign if sign == "\n" else visible(sign) for sign in text)
    return escape(text).translate(_FENCES)


def _code(text: str) -> str:
    """A block that is shown as it is written, but that tabs are blanks, and a line of blanks is empty."""
    lines = (line.expandtabs(4) for line in text.removesuffix("\n").split("\n"))
    said = _shown("\n".join(line if line.strip(" ") else "" for line in lines))
    return f'<pre class="q-code" tabindex="0"><code>{said}\n</code></pre>\n'


def _said(tokens: Iterable[Token]) -> str:
    """What some parts of a line say, without markup."""
    return "".join(_said(one.children) if one.children else one.content or _BREAKS.get(one.type, "") for one in tokens)


_BREAKS = {"softbreak": " ", "hardbreak": " "}


def _named(tokens: Sequence[Token]) -> dict[int, str]:
    """A name of its own for each heading, by its position."""
    found: dict[int, str] = {}
    taken: set[str] = set()
    numbers: dict[str, int] = {}
    for position, token in enumerate(tokens):
        if token.type == "heading_open":
            first = name = anchor(_said(tokens[position + 1].children or ()))
            while name in taken:
                numbers[first] = numbers.get(first, 1) + 1
                name = f"{first}-{numbers[first]}"
            taken.add(name)
            found[position] = name
    return found


class _Writing:
    """One text being written: every element and attribute is chosen here, and none by the author."""

    def __init__(self, tokens: Sequence[Token], at: str, links: Where, images: Where) -> None:
        """Give the headings their names."""
        self._at, self._links, self._images = at, links, images
        self._names = _named(tokens)
        self._places = frozenset(self._names.values())
        self._ends: list[str] = []  # how the links end that are open
        self._tables = 0

    def blocks(self, tokens: Sequence[Token]) -> Iterator[str]:
        """The blocks of the text."""
        for position, token in enumerate(tokens):
            if token.type == "heading_open":
                yield f'<h{_level(token)} id="{self._names[position]}">'
            elif not token.hidden:  # as a paragraph is that is all of a list's item
                yield _FIXED.get(token.type) or self._block(token)

    def _block(self, token: Token) -> str:
        match token.type:
            case "inline":
                return "".join(_FIXED.get(one.type) or self._part(one) for one in token.children or ())
            case "heading_close":
                return f"</h{_level(token)}>\n"
            case "ordered_list_open":
                start = token.attrGet("start")
                return "<ol>" if start is None else f'<ol start="{int(start)}">'
            case "table_open":
                self._tables += 1
                label = f"Table {self._tables} of the text"
                return f'<div class="q-scroll" tabindex="0" role="region" aria-label="{label}"><table>\n'
            case "th_open" | "td_open":
                scope = ' scope="col"' if token.type == "th_open" else ""
                aligned = _ALIGNED.get(str(token.attrGet("style")))
                return f"<{token.type[:2]}{scope}" + (f' class="{aligned}">' if aligned else ">")
        return _code(token.content)

    def _part(self, token: Token) -> str:
        match token.type:
            case "code_inline":
                return f"<code>{_shown(token.content)}</code>"
            case "link_open":
                start, end = self._link(str(token.attrGet("href")), _title(token))
                self._ends.append(end)
                return start
            case "link_close":
                return self._ends.pop()
            case "image":
                return self._image(str(token.attrGet("src")), _said(token.children or ()), _title(token))
        return _shown(token.content)

    def _link(self, to: str, title: str) -> tuple[str, str]:
        """What stands before and after the words of a link; where it leads nowhere, its address stands behind them."""
        there = self._address(to)
        if there is None:
            return f"<span{title}>", f" (<code>{_shown(unquote(to))}</code>)</span>"
        outside = ' rel="noreferrer noopener"' if _OUTSIDE.match(there) else ""
        return f'<a href="{escape(there)}"{outside}{title}>', "</a>"

    def _address(self, to: str) -> str | None:
        """What a link leads to: a place outside, a heading of this text, a page of the site; None where it is none."""
        if _OUTSIDE.match(to):
            return to
        path, sharp, place = to.partition("#")
        name = anchor(unquote(place))
        if not path:
            return f"#{name}" if name in self._places else None
        there = self._links(unquote(path))
        return None if there is None else address(f"{there}#{name}" if sharp else there, self._at)

    def _image(self, source: str, said: str, title: str) -> str:
        there = self._images(unquote(source))
        if there is None:
            return f'<span class="q-image"{title}>{_shown(said)} [<code>{_shown(unquote(source))}</code>]</span>'
        return f'<img src="{escape(address(there, self._at))}" alt="{_shown(said)}"{title} />'


def _level(token: Token) -> int:
    """The level of a heading on the page, whose own ones are of the first and the second."""
    return min(6, int(token.tag[1:]) + 2)


def _title(token: Token) -> str:
    """The words that an author gave a link, or an image, beside those that are seen."""
    said = token.attrGet("title")
    return f' title="{_shown(str(said))}"' if said else ""
