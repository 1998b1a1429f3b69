"""A page of the site as files: finished Markdown that any builder reads, and the data that it loads when asked for."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from io import StringIO
from posixpath import relpath
from typing import Any

from markupsafe import Markup, escape

from qmsci.render.page import Chart
from qmsci.render.site.page import (
    Block,
    Code,
    CodeBlock,
    Drawing,
    Facts,
    Folded,
    Grid,
    GridCell,
    GridHead,
    Heading,
    Link,
    Mark,
    Notice,
    Page,
    Prose,
    Said,
    Table,
    Text,
    Tiles,
    Timeline,
    Tone,
    Widget,
)
from qmsci.render.words import in_csv, visible

#: The most rows of a table that stand in its page; of a longer one the first few do, and all of them come from data.
MOST_ROWS = 60
#: Where data lies, from the site's root.
DATA = "data/"
#: What introduces a tone to those who do not see its colour.
_SAID_TONE = {Tone.GOOD: "", Tone.WARN: "Note: ", Tone.BAD: "Attention: ", Tone.QUIET: "", Tone.PLAIN: ""}


def written(page: Page, most: int = MOST_ROWS) -> dict[str, str]:
    """
    The files of a page by their paths from the site's root: its Markdown, and the data of its long tables.

    A table stands in the page as long as it has no more than `most` rows; of a longer one a third as many do.
    """
    files = {page.path.removesuffix(".html") + ".md": "".join(_markdown(page, most))}
    long: dict[str, list[list[str]]] = {}
    for table in _tables(page.blocks):
        if table.csv and table.rows:
            files[csv_path(page, table)] = _csv(table)
        if len(table.rows) > most:
            long[table.name] = [[_said(cell, page.path) for cell in row] for row in table.rows]
    if long:
        name = _rows_of(page)
        files[f"{DATA}{name}.js"] = data(name, long)
    return files


def data(name: str, content: object) -> str:
    r"""
    Data as a script that hands it over by its name: what a page from disc can read as well as one from a server.

    >>> data("people/p-0001", {"name": "</script>"})
    'qmsciData("people/p-0001", {"name":"\\u003c/script>"});\n'
    """
    said = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<\u2028\u2029":
        said = said.replace(sign, f"\\u{ord(sign):04x}")
    return f"qmsciData({json.dumps(name)}, {said});\n"


def csv_path(page: Page, table: Table) -> str:
    """Where the file of a table lies."""
    return f"{DATA}{_stem(page)}-{table.name}.csv"


def _rows_of(page: Page) -> str:
    """The name of the data with the rows of a page's long tables, by the tables' names."""
    return f"rows/{_stem(page)}"


def _stem(page: Page) -> str:
    return page.path.removesuffix(".html")


def _tables(blocks: Iterable[Block]) -> Iterator[Table]:
    for block in blocks:
        if isinstance(block, Table):
            yield block
        elif isinstance(block, Folded):
            yield from _tables(block.blocks)


def _csv(table: Table) -> str:
    out = StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(map(in_csv, table.heads))
    rows.writerows([in_csv(plain(cell)) for cell in row] for row in table.rows)
    return out.getvalue()


def plain(said: Said) -> str:
    """What is said, as text alone."""
    match said:
        case str():
            return said
        case tuple():
            return "".join(map(plain, said))
        case _:
            return said.text


# --- Markdown -------------------------------------------------------------------------------------------------------


def _markdown(page: Page, most: int) -> Iterator[str]:
    """The front matter, in JSON, which is YAML to every reader; the title; the blocks, most of them as HTML."""
    front = {
        "title": visible(page.title),
        "description": visible(page.description or page.title),
        "kind": page.kind,
        "root": "../" * page.path.count("/"),
        "scripts": list(page.scripts),
        "controlled": visible(page.controlled),
    }
    yield "---\n"
    yield "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in front.items())
    yield f"---\n\n# {in_heading(page.title)}\n\n"
    for block in page.blocks:
        yield f"{_block(block, page, most)}\n\n"


def in_heading(text: str) -> str:
    r"""
    A text in a heading of Markdown, of which no markup comes.

    >>> in_heading("*a* <b> [c](d) {#e} &amp; #")
    '\\*a\\* &lt;b&gt; \\[c\\]\\(d\\) \\{\\#e\\} &amp;amp; \\#'
    """
    said = re.sub(r"([\\`*_{}\[\]()#+\-.!])", r"\\\1", " ".join(visible(text).split()))
    return said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _block(block: Block, page: Page, most: int) -> str | Markup:
    if isinstance(block, Heading):
        return f"{'#' * block.level} {in_heading(block.text)} {{ #{block.name} }}"
    return _html(block, page, most)


def _html(block: Block, page: Page, most: int) -> Markup:
    """A block as HTML that a builder leaves as it is."""
    if isinstance(block, Table):
        return _table(block, page, most)
    if isinstance(block, Folded):
        return _folded(block, page, most)
    shown: Callable[[Any, Page], Markup] = _SHOWN[type(block)]
    return shown(block, page)


def _tone(tone: Tone) -> str:
    return f"q-{tone}" if tone else ""


def _made(html: str) -> Markup:
    """HTML that was put together of parts that are escaped: `Markup.format`, where there are very many of them."""
    return Markup(html)  # noqa: S704


def _seen(text: str) -> Markup:
    return escape(visible(text))


def _said(said: Said, at: str) -> Markup:
    """What is said, as HTML, with addresses as seen from the page at a path."""
    match said:
        case str():
            return _seen(said)
        case tuple():
            return _made("".join(_said(one, at) for one in said))
        case Link():
            return _made(f'<a href="{escape(address(said.to, at))}">{_seen(said.text)}</a>')
        case Mark():
            unseen = _SAID_TONE[said.tone]
            before = f'<span class="q-unseen">{unseen}</span>' if unseen else ""
            return _made(f'<span class="q-mark {_tone(said.tone)}">{before}{_seen(said.text)}</span>')
        case Code():
            return _made(f'<a href="{escape(address(said.to, at))}">{_code(said)}</a>') if said.to else _code(said)


def _code(said: Code) -> Markup:
    whole = visible(said.text)
    if said.short is None or len(whole) <= said.short:
        return _made(f"<code>{escape(whole)}</code>")
    return _made(f'<code title="{escape(whole)}">{escape(whole[: said.short])}…</code>')


@lru_cache(maxsize=65_536)
def address(to: str, at: str) -> str:
    """
    The address of a page or file of the site (or of a place on the page itself, `#…`), as seen from a page.

    >>> address("people/p-0042.html#due", "documents/SOP-014.html"), address("#due", "index.html")
    ('../people/p-0042.html#due', '#due')
    """
    path, sharp, place = to.partition("#")
    if not path:
        return to
    path, question, asked = path.partition("?")
    folder = at.rpartition("/")[0]
    return f"{relpath(path, folder or '.')}{question}{asked}{sharp}{place}"


# --- blocks ---------------------------------------------------------------------------------------------------------


def _heading(heading: Heading, _: Page) -> Markup:
    """A heading inside a folded block, where no Markdown is read."""
    shown = Markup('<h2 id="{}">{}</h2>') if heading.level == 2 else Markup('<h3 id="{}">{}</h3>')
    return shown.format(heading.name, visible(heading.text))


def _text(text: Text, page: Page) -> Markup:
    return Markup('<p class="q-text {}">{}</p>').format(_tone(text.tone), _said(text.said, page.path))


def _notice(notice: Notice, page: Page) -> Markup:
    shown = Markup('<div class="q-notice {}" role="note"><p class="q-notice-title">{}</p><p>{}</p></div>')
    return shown.format(_tone(notice.tone), visible(notice.title), _said(notice.said, page.path))


#: Signs in a line of code that a builder could take for Markdown, as could an empty line around which HTML ends.
_IN_CODE = {ord("`"): "&#96;", ord("~"): "&#126;"}


def _code_block(block: CodeBlock, _: Page) -> Markup:
    text = "\n".join(visible(line.expandtabs(4)) for line in block.text.rstrip("\n").split("\n"))
    shown = re.sub(r"\n(?=[^\S\n]*\n)", "&#10;", str(Markup("{}").format(text)).translate(_IN_CODE))
    return Markup(
        '<figure class="q-code-block"><figcaption>{}</figcaption><pre class="q-code" tabindex="0"><code>{}</code></pre>'
        "</figure>"
    ).format(visible(block.title), Markup(shown))  # noqa: S704  (escaped above)


def _prose(prose: Prose, _: Page) -> Markup:
    return Markup('<div class="q-prose">\n{}</div>').format(Markup(prose.html))  # noqa: S704  (made safe in prose.py)


def _folded(folded: Folded, page: Page, most: int) -> Markup:
    inner = Markup("\n").join(_html(one, page, most) for one in folded.blocks)
    shown = Markup('<details class="q-folded"><summary>{}</summary>\n{}\n</details>')
    return shown.format(visible(folded.summary), inner)


def _facts(facts: Facts, page: Page) -> Markup:
    rows = _made(
        "\n".join(f"<div><dt>{_seen(name)}</dt><dd>{_said(said, page.path)}</dd></div>" for name, said in facts.rows)
    )
    return Markup('<dl class="q-facts">\n{}\n</dl>').format(rows)


def _table(table: Table, page: Page, most: int) -> Markup:
    if not table.rows:
        return Markup('<p class="q-text q-quiet">{}</p>').format(visible(table.empty))
    is_long = len(table.rows) > most
    shown = table.rows[: most // 3] if is_long else table.rows
    source = Markup(' data-source="{}" data-total="{}"').format(_rows_of(page), len(table.rows)) if is_long else ""
    heads = Markup("").join(Markup('<th scope="col">{}</th>').format(visible(head)) for head in table.heads)
    rows = Markup("\n").join(_row([_said(cell, page.path) for cell in row]) for row in shown)
    return Markup(
        '<div class="q-table" data-table="{}" data-filters="{}"{}>\n'
        '<div class="q-scroll" tabindex="0" role="region" aria-label="{}"><table>\n<caption>{}</caption>\n'
        "<thead><tr>{}</tr></thead>\n<tbody>\n{}\n</tbody>\n</table></div>\n{}</div>"
    ).format(
        table.name,
        ",".join(map(str, table.filters)),
        source,
        visible(table.caption),
        visible(table.caption),
        heads,
        rows,
        _below(table, page, len(shown)),
    )


def _row(cells: Sequence[Markup]) -> Markup:
    """A row of a table; its first cell is what the row is about."""
    others = "".join(f"<td>{one}</td>" for one in cells[1:])
    return _made(f'<tr><th scope="row">{cells[0]}</th>{others}</tr>')


def _below(table: Table, page: Page, shown: int) -> Markup:
    """What stands under a table: how much of it is shown, and where the whole of it is."""
    parts = []
    if shown < len(table.rows):
        parts.append(Markup("<span data-shown>{} of {} rows.</span>").format(f"{shown:,}", f"{len(table.rows):,}"))
    if table.csv:
        there = address(csv_path(page, table), page.path)
        parts.append(Markup('<a href="{}" download>The whole table as CSV</a>').format(there))
    return Markup('<p class="q-below">{}</p>\n').format(Markup(" ").join(parts)) if parts else Markup("")


def _tiles(tiles: Tiles, page: Page) -> Markup:
    shown = Markup("\n").join(
        Markup(
            '<li class="q-tile {}"><a href="{}"><span class="q-figure">{}</span> <span class="q-label">{}</span></a>'
            '<p class="q-how">{}</p></li>'
        ).format(_tone(one.tone), address(one.to, page.path), visible(one.figure), visible(one.label), visible(one.how))
        for one in tiles.tiles
    )
    return Markup('<ul class="q-tiles">\n{}\n</ul>').format(shown)


def _chart(chart: Chart, _: Page) -> Markup:
    heads = Markup("").join(Markup('<th scope="col">{}</th>').format(visible(head)) for head in chart.heads)
    rows = Markup("\n").join(_row([_said(cell, "") for cell in row]) for row in chart.rows)
    table = Markup(
        '<details class="q-folded"><summary>The figures that it draws</summary>\n'
        '<div class="q-scroll" tabindex="0" role="region" aria-label="{}"><table>\n<thead><tr>{}</tr></thead>\n'
        "<tbody>\n{}\n</tbody>\n</table></div>\n</details>"
    ).format(visible(chart.title), heads, rows)
    drawn = Markup("")
    if chart.svg:
        drawn = Markup('<div class="q-scroll" tabindex="0" role="region" aria-label="{}, chart">{}</div>').format(
            visible(chart.title),
            Markup(re.sub(r">\s+<", "><", chart.svg)),  # noqa: S704  (drawn by qmsci, texts escaped)
        )
    return Markup('<figure class="q-chart" id="{}">\n<figcaption>{}</figcaption>\n{}\n{}\n</figure>').format(
        chart.name, visible(f"{chart.title}. {chart.summary}"), drawn, table if chart.rows else ""
    )


def _drawing(drawing: Drawing, _: Page) -> Markup:
    return Markup(
        '<figure class="q-drawing" id="{}">\n<div class="q-scroll" tabindex="0" role="region" aria-label="{}">{}'
        "</div>\n<figcaption>{}</figcaption>\n</figure>"
    ).format(drawing.name, visible(drawing.title), Markup(drawing.svg), visible(drawing.words))  # noqa: S704


def _timeline(timeline: Timeline, page: Page) -> Markup:
    shown = Markup("\n").join(
        Markup('<li class="{}"><span class="q-day">{}</span> <span>{}</span></li>').format(
            _tone(one.tone),
            Markup('<time datetime="{}">{}</time>').format(one.day, one.day) if one.day else "no date",
            _said(one.said, page.path),
        )
        for one in timeline.happenings
    )
    return Markup('<ol class="q-timeline">\n{}\n</ol>').format(shown)


def _widget(widget: Widget, page: Page) -> Markup:
    settings = Markup("").join(Markup(' data-{}="{}"').format(name, visible(value)) for name, value in widget.settings)
    return Markup('<div class="q-widget" data-widget="{}"{}><p class="q-text q-quiet">{}</p></div>').format(
        widget.name, settings, _said(widget.otherwise, page.path)
    )


def _grid(grid: Grid, page: Page) -> Markup:
    """A grid whose script begins with the legend and the table that stand here already."""
    at = page.path
    table = _grid_table(grid, at) if grid.rows else Markup("")
    said = Markup("") if grid.rows else Markup('<p class="q-text q-quiet">{}</p>\n').format(_said(grid.otherwise, at))
    return Markup(
        '<div class="q-widget q-matrix" data-widget="matrix" data-kind="{}" data-rows="{}" data-columns="{}"'
        ' data-caption="{}" data-corner="{}">\n{}\n{}\n{}'
        '<div class="q-matrix-scroll" tabindex="0" role="region" aria-label="{}">{}</div>\n</div>'
    ).format(
        grid.kind,
        *grid.window,
        visible(grid.caption),
        visible(grid.corner),
        _key(grid.legend),
        _legend(grid.legend, at),
        said,
        visible(grid.caption),
        table,
    )


def _key(legend: Table) -> Markup:
    """The signs of a legend in a line, each with its word; the legend itself is folded, for the grid comes first."""
    signs = Markup(" ").join(
        Markup("<span>{} {}</span>").format(_sign(row[0]), visible(plain(row[1]).partition(":")[0]))
        for row in legend.rows
        if isinstance(row[0], Mark)
    )
    return Markup('<p class="q-key">{}</p>').format(signs)


def _legend(legend: Table, at: str) -> Markup:
    heads = Markup("").join(Markup('<th scope="col">{}</th>').format(visible(head)) for head in legend.heads)
    cells = [[_sign(one) if isinstance(one, Mark) else _said(one, at) for one in row] for row in legend.rows]
    return Markup(
        '<details class="q-folded q-legend"><summary>{}</summary>\n'
        '<div class="q-scroll" tabindex="0" role="region" aria-label="{}"><table>\n<thead><tr>{}</tr></thead>\n'
        "<tbody>\n{}\n</tbody>\n</table></div>\n</details>"
    ).format(visible(legend.caption), visible(legend.caption), heads, Markup("\n").join(map(_row, cells)))


def _grid_table(grid: Grid, at: str) -> Markup:
    columns = Markup("").join(
        Markup('<th scope="col"{}><a href="{}" title="{}">{}</a></th>').format(
            _class(_WIDTHS[min(head.signs, 3)]), address(head.to, at), visible(head.more), visible(head.text)
        )
        for head in grid.columns
    )
    rows = Markup("\n").join(_grid_row(head, cells, at) for head, cells in grid.rows)
    return Markup(
        '<table class="q-grid q-grid-{}">\n<caption>{}</caption>\n'
        '<thead><tr><th scope="col">{}</th>{}</tr></thead>\n<tbody>\n{}\n</tbody>\n</table>'
    ).format(grid.kind, visible(grid.caption), visible(grid.corner), columns, rows)


#: How wide a column is that shows so many signs.
_WIDTHS = ("", "", "q-two", "q-more-than-two")


def _class(name: str) -> Markup:
    return Markup(' class="{}"').format(name) if name else Markup("")


def _grid_row(head: GridHead, cells: Iterable[GridCell | None], at: str) -> Markup:
    first = Markup('<th scope="row"><a href="{}">{}</a> <span class="q-more">{}</span></th>').format(
        address(head.to, at), visible(head.text), visible(head.more)
    )
    return Markup("<tr>{}{}</tr>").format(first, Markup("").join(_grid_cell(cell, at) for cell in cells))


def _grid_cell(cell: GridCell | None, at: str) -> Markup:
    """A cell has the tone of its sign; where it has several, each has its own."""
    if cell is None:
        return Markup("<td></td>")
    only = cell.signs[0] if len(cell.signs) == 1 else None
    shown = Markup("{}").format(visible(only.text)) if only else Markup(" ").join(map(_sign, cell.signs))
    label = visible(f"{' '.join(sign.text for sign in cell.signs)}: {cell.said}")
    return Markup('<td{}><a href="{}" aria-label="{}">{}</a></td>').format(
        _class(_tone(only.tone)) if only else "", address(cell.to, at), label, shown
    )


def _sign(sign: Mark) -> Markup:
    return Markup('<span class="{}">{}</span>').format(
        " ".join(("q-sign", _tone(sign.tone))).strip(), visible(sign.text)
    )


#: How each noun is shown.
_SHOWN: Mapping[type, Callable[..., Markup]] = {
    Heading: _heading,
    Text: _text,
    Notice: _notice,
    Facts: _facts,
    Tiles: _tiles,
    Chart: _chart,
    Drawing: _drawing,
    Timeline: _timeline,
    Prose: _prose,
    CodeBlock: _code_block,
    Widget: _widget,
    Grid: _grid,
}
