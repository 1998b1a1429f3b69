"""What a page of the site is made of. A page says what, never how: Markdown and HTML come of it in one place."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from qmsci.render.page import Chart


class Tone(StrEnum):
    """How something is meant; it is never said by colour alone."""

    PLAIN = ""
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    QUIET = "quiet"


# --- inside a paragraph or a cell -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Link:
    """A link to another page of the site, named from the site's root: `people/p-0042.html#due`, `data/gaps.csv`."""

    text: str
    to: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A word or two that say a state: qualified, overdue."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Code:
    """
    A digest, a path, a commit: what is compared letter by letter.

    `short` is how many of its letters are shown, `to` what it leads to, as of a `Link`.
    """

    text: str
    short: int | None = None
    to: str = ""


#: What stands in a paragraph or a cell; texts are shown as they are, whatever people wrote into them.
Said = str | Link | Mark | Code | tuple["Said", ...]


# --- blocks ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 2 or 3, and the name by which links find it."""

    text: str
    name: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    said: Said
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Notice:
    """A banner that nobody overlooks, on the screen or in print."""

    title: str
    said: Said
    tone: Tone = Tone.WARN


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with what is to be said of each."""

    rows: tuple[tuple[str, Said], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """
    A table, with its caption; `name` is its own on the page.

    Readers sort it by any column, and filter it by text and by the columns in `filters` (their positions). What is too
    long for a page is read from data when the page is opened. With `csv`, the whole table is offered as a file, at
    `data/<page>-<name>.csv`. `empty` is said where there are no rows.
    """

    name: str
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Said, ...], ...]
    filters: tuple[int, ...] = ()
    csv: bool = False
    empty: str = "There are none."


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure: its number, what it counts, the list behind it, and how it was computed."""

    figure: str
    label: str
    to: str
    how: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Tiles:
    """Figures beside one another."""

    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A diagram (SVG, drawn by qmsci), its title, and in words what it shows."""

    name: str
    title: str
    words: str
    svg: str


@dataclass(frozen=True, slots=True)
class Happening:
    """Something on a timeline; `day` is an ISO date, or empty where the records give none."""

    day: str
    said: Said
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happened, in its order."""

    happenings: tuple[Happening, ...]


@dataclass(frozen=True, slots=True)
class Prose:
    """A text that an author wrote, as HTML that `qmsci.render.site.prose` made of it, in which nothing can run."""

    html: str


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Lines that are read letter by letter: commands, a record. The `title` says what they are, or where they lie."""

    text: str
    title: str


@dataclass(frozen=True, slots=True)
class Folded:
    """Blocks that are shown when somebody asks for them; in print they are open."""

    summary: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Widget:
    """
    What a script of the page fills in: `name` says which one (`ask`), `settings` become its `data-` attributes.

    `otherwise` is said where no script runs.
    """

    name: str
    settings: tuple[tuple[str, str], ...] = ()
    otherwise: Said = "This part of the page needs a browser that runs the site's own scripts."


@dataclass(frozen=True, slots=True)
class GridHead:
    """What a row or a column of a grid is about: what is shown, more that is said of it, its page, how wide it is."""

    text: str
    more: str
    to: str
    signs: int = 1


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell of a grid: its signs, a letter or a few words each; all that they say, in words; and what it leads to."""

    signs: tuple[Mark, ...]
    said: str
    to: str


@dataclass(frozen=True, slots=True)
class Grid:
    """
    A heat map: a table of rows and columns in which many cells say little each, by signs and not by colour alone.

    `kind` says which script data (`data/matrix/<kind>.js`) readers filter, and walk through by keys, at most `window`
    rows and columns at a time. Where no script runs, `rows` are what there is to see; there are none where they would
    be too many for a page, and `otherwise` is said. The `legend` says what the signs mean, and counts them.
    """

    kind: str
    caption: str
    corner: str
    columns: tuple[GridHead, ...]
    rows: tuple[tuple[GridHead, tuple[GridCell | None, ...]], ...]
    legend: Table
    window: tuple[int, int]
    otherwise: Said


Block = (
    Heading
    | Text
    | Notice
    | Facts
    | Table
    | Tiles
    | Chart
    | Drawing
    | Timeline
    | Prose
    | CodeBlock
    | Folded
    | Widget
    | Grid
)


@dataclass(frozen=True, slots=True)
class Page:
    """
    A page of the site. `path` ends in `.html`, and is named from the site's root.

    `kind` and `title` are what search shows of it, `keys` the ids and names by which it is found first, `words` all
    else that it is found by. `scripts` are those of `site/assets/` that its widgets need, without their ending.
    `controlled` is what stands on every printed sheet of it: the id, revision and digest of a controlled document.
    """

    path: str
    title: str
    blocks: tuple[Block, ...]
    kind: str = "Page"
    keys: tuple[str, ...] = ()
    words: str = ""
    description: str = ""
    scripts: tuple[str, ...] = ()
    controlled: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Pages and files of the site that are made at once; `data` has texts by their paths from the site's root."""

    pages: tuple[Page, ...] = ()
    data: dict[str, str] = field(default_factory=dict)
