"""A page of the site as files: finished Markdown that any builder reads, and the data that it loads when asked for."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from io import StringIO
from posixpath import relpath
from typing import Any

from markupsafe import Markup

from qmsci.render.page import Chart
from qmsci.render.site.page import (
    Block,
    Code,
    Drawing,
    Facts,
    Folded,
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

#: The most rows of a table that stand in its page; of a longer one so many do, and all of them come from data.
MOST_ROWS, FIRST_ROWS = 60, 20
#: Where data lies, from the site's root.
DATA = "data/"
#: What introduces a tone to those who do not see its colour.
_SAID_TONE = {Tone.GOOD: "", Tone.WARN: "Note: ", Tone.BAD: "Attention: ", Tone.QUIET: "", Tone.PLAIN: ""}


def written(page: Page) -> dict[str, str]:
    """The files of a page by their paths from the site's root: its Markdown, and the data of its long tables."""
    files = {page.path.removesuffix(".html") + ".md": "".join(_markdown(page))}
    for table in _tables(page.blocks):
        if table.csv:
            files[csv_path(page, table)] = _csv(table)
        if len(table.rows) > MOST_ROWS:
            rows = [[str(_said(cell, page.path)) for cell in row] for row in table.rows]
            files[_data_path(page, table)] = data(f"{_stem(page)}-{table.name}", rows)
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


def _data_path(page: Page, table: Table) -> str:
    return f"{DATA}{_stem(page)}-{table.name}.js"


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


def _markdown(page: Page) -> Iterator[str]:
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
        yield f"{_block(block, page)}\n\n"


def in_heading(text: str) -> str:
    r"""
    A text in a heading of Markdown, of which no markup comes.

    >>> in_heading("*a* <b> [c](d) {#e} &amp; #")
    '\\*a\\* &lt;b&gt; \\[c\\]\\(d\\) \\{\\#e\\} &amp;amp; \\#'
    """
    said = re.sub(r"([\\`*_{}\[\]()#+\-.!])", r"\\\1", " ".join(visible(text).split()))
    return said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _block(block: Block, page: Page) -> str | Markup:
    if isinstance(block, Heading):
        return f"{'#' * block.level} {in_heading(block.text)} {{ #{block.name} }}"
    return _html(block, page)


def _html(block: Block, page: Page) -> Markup:
    """A block as HTML that a builder leaves as it is."""
    shown: Callable[[Any, Page], Markup] = _SHOWN[type(block)]
    return shown(block, page)


def _tone(tone: Tone) -> str:
    return f"q-{tone}" if tone else ""


def _said(said: Said, at: str) -> Markup:
    """What is said, as HTML, with addresses as seen from the page at a path."""
    match said:
        case str():
            return Markup("{}").format(visible(said))
        case tuple():
            return Markup().join(_said(one, at) for one in said)
        case Link():
            return Markup('<a href="{}">{}</a>').format(address(said.to, at), visible(said.text))
        case Mark():
            before = (
                Markup('<span class="q-unseen">{}</span>').format(unseen) if (unseen := _SAID_TONE[said.tone]) else ""
            )
            return Markup('<span class="q-mark {}">{}{}</span>').format(_tone(said.tone), before, visible(said.text))
        case Code():
            whole = visible(said.text)
            if said.short is None or len(whole) <= said.short:
                return Markup("<code>{}</code>").format(whole)
            return Markup('<code title="{}">{}…</code>').format(whole, whole[: said.short])


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


def _prose(prose: Prose, _: Page) -> Markup:
    return Markup('<div class="q-prose">\n{}</div>').format(Markup(prose.html))  # noqa: S704  (made safe in prose.py)


def _folded(folded: Folded, page: Page) -> Markup:
    inner = Markup("\n").join(_html(one, page) for one in folded.blocks)
    shown = Markup('<details class="q-folded"><summary>{}</summary>\n{}\n</details>')
    return shown.format(visible(folded.summary), inner)


def _facts(facts: Facts, page: Page) -> Markup:
    rows = Markup("\n").join(
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(visible(name), _said(said, page.path))
        for name, said in facts.rows
    )
    return Markup('<dl class="q-facts">\n{}\n</dl>').format(rows)


def _table(table: Table, page: Page) -> Markup:
    if not table.rows:
        return Markup('<p class="q-text q-quiet">{}</p>').format(visible(table.empty))
    is_long = len(table.rows) > MOST_ROWS
    shown = table.rows[:FIRST_ROWS] if is_long else table.rows
    source = Markup("")
    if is_long:
        source = Markup(' data-source="{}" data-total="{}"').format(f"{_stem(page)}-{table.name}", len(table.rows))
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
    first = Markup('<th scope="row">{}</th>').format(cells[0])
    others = Markup("").join(Markup("<td>{}</td>").format(one) for one in cells[1:])
    return Markup("<tr>{}{}</tr>").format(first, others)


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
    drawn = Markup(chart.svg) if chart.svg else Markup("")  # noqa: S704  (drawn by qmsci, texts escaped)
    return Markup('<figure class="q-chart" id="{}">\n{}\n<figcaption>{}</figcaption>\n{}\n</figure>').format(
        chart.name, drawn, visible(f"{chart.title}. {chart.summary}"), table if chart.rows else ""
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


#: How each noun is shown.
_SHOWN: Mapping[type, Callable[..., Markup]] = {
    Heading: _heading,
    Text: _text,
    Notice: _notice,
    Facts: _facts,
    Table: _table,
    Tiles: _tiles,
    Chart: _chart,
    Drawing: _drawing,
    Timeline: _timeline,
    Prose: _prose,
    Folded: _folded,
    Widget: _widget,
}
