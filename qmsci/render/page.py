"""Pages for people: headings, sentences, tables and charts, as Markdown or as HTML that stands alone."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from typing import Any

from qmsci.render.words import in_markdown, visible


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: what it shows in words, the table that it draws, and the drawing (SVG), where there is any."""

    name: str
    title: str
    summary: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    svg: str | None


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says; `tone` (good, bad, quiet) is how it looks, `arrow` a sign before it that the text repeats."""

    text: str
    tone: str = ""
    arrow: str = ""
    target: str = ""  # the section of the page that it leads to
    code: str = ""  # a name, shown after the text as such


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, and the name by which it is found."""

    level: int
    title: str
    name: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A paragraph."""

    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table; with `folded`, behind this line until somebody asks for it, unless it is `unfolded` from the start."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Cell | str, ...], ...]
    label: str
    folded: str | None = None
    unfolded: bool = False


Block = Section | Sentence | Table | Chart


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its title, facts about it, and what stands on it."""

    title: str
    facts: tuple[tuple[str, str], ...]
    blocks: tuple[Block, ...]


def cell(value: Cell | str) -> Cell:
    """A cell, where a text is enough to say it."""
    return value if isinstance(value, Cell) else Cell(value)


# --- Markdown -------------------------------------------------------------------------------------------------------


def as_markdown(page: Page) -> str:
    """A page in GitHub's Markdown; what people wrote stays text, and charts are part of it."""
    lines = [f"# {in_markdown(page.title)}", "", *_rows(("", ""), page.facts), ""]
    for block in page.blocks:
        lines += [*_lines(block), ""]
    return "\n".join(lines)


def _lines(block: Block) -> Iterable[str]:
    match block:
        case Section():
            code = f" {_code(block.code)}" if block.code else ""
            return [f"{'#' * block.level} {in_markdown(block.title)}{code}"]
        case Sentence():
            text = in_markdown(block.text)
            return [f"**{text}**" if block.tone == "bad" else text]
        case Chart():
            return _drawing(block)
        case Table():
            rows = list(_rows(block.heads, block.rows))
            return _folded(block.folded, rows, unfolded=block.unfolded) if block.folded else rows


def _drawing(chart: Chart) -> Iterator[str]:
    yield f"### {in_markdown(chart.title)}"
    yield ""
    if chart.svg is None:
        yield in_markdown(chart.summary)
        return
    source = b64encode(standing_alone(chart.svg).encode()).decode()
    yield f'<img src="data:image/svg+xml;base64,{source}" alt="{escape(visible(chart.summary))}" width="720">'
    yield ""
    yield from _folded("The figures that it draws", _rows(chart.heads, chart.rows))


def _folded(said: str, lines: Iterable[str], *, unfolded: bool = False) -> list[str]:
    return [f"<details{' open' * unfolded}><summary>{in_markdown(said)}</summary>", "", *lines, "", "</details>"]


def _rows(heads: Sequence[str], rows: Iterable[Sequence[Cell | str]]) -> Iterator[str]:
    yield f"| {' | '.join(map(in_markdown, heads))} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(_cell(cell(one)) for one in row)} |"


def _cell(one: Cell) -> str:
    text = in_markdown(one.text)
    said = f"**{text}**" if one.tone == "bad" else text
    return " ".join(filter(None, (one.arrow, said, _code(one.code) if one.code else "")))


def _code(name: str) -> str:
    """A name as code, in which nothing has a meaning but what would end it, or the cell around it."""
    said = visible(name).replace("`", "'").replace("|", r"\|")
    return f"`{said}`"


# --- a drawing without a page around it -----------------------------------------------------------------------------

#: The properties that drawings use for their colours, and what they are in print.
PRINT = {"--chart-1": "#0072b2", "--chart-2": "#d55e00", "--chart-rule": "#b4b4b4"}


def standing_alone(svg: str) -> str:
    """A drawing as a file of its own: in print colours, on white."""
    for name, colour in {f"var({name})": colour for name, colour in PRINT.items()}.items():
        svg = svg.replace(name, colour)
    start = svg.index(">") + 1
    whole = f'{svg[:start]}<rect width="100%" height="100%" fill="#ffffff"/>{svg[start:]}'
    return whole.replace("currentColor", "#000000")


# --- HTML -----------------------------------------------------------------------------------------------------------


def as_html(page: Page) -> str:
    """
    A page as one HTML file: no script, nothing fetched, all that people wrote escaped; needs Jinja2.

    Its Content-Security-Policy allows its own style, by digest, and nothing else.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415  (an extra)
    from markupsafe import Markup  # noqa: PLC0415  (comes with Jinja2)

    def seen(value: Any) -> Any:
        return value if isinstance(value, Markup) else visible(str(value))

    environment = Environment(
        loader=PackageLoader("qmsci.render"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=seen,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    style = environment.get_template("page.css").render()
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return environment.get_template("page.html").render(
        page=page,
        style=Markup(style),  # noqa: S704  (qmsci's own)
        digest=digest,
        drawing=Markup,  # what qmsci.render.charts has drawn
        cell=cell,
        kind=lambda block: type(block).__name__.lower(),
    )
