"""The charts of a management review: SVG that needs no network, no script and no style of its own, with its table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from io import StringIO
from typing import NamedTuple
from xml.etree import ElementTree as ET  # what is parsed is what matplotlib has just drawn

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qmsci.metrics.review import Review
from qmsci.render.page import PRINT, Chart
from qmsci.render.words import counted

BLUE, ORANGE, RULE = PRINT.values()
#: The colours as they are drawn, and the properties of the page that take their places.
COLOURS = {colour: f"var({name})" for name, colour in PRINT.items()}
_INK = {"#000000": "currentColor"}
_SVG = "http://www.w3.org/2000/svg"
_HREF = "{http://www.w3.org/1999/xlink}href"
#: The most bars that a chart has; the table has them all.
_MOST = 25
_WIDTH = 7.2  # inches, of 72 points


def charts(review: Review) -> tuple[Chart, ...]:
    """All charts of a review; the same review gives the same bytes."""
    return tuple(chart(review) for chart in (_currency, _events, _lateness, _capas, _frequency))


class Bar(NamedTuple):
    """A bar from left to right: what it is of, how long it is, and what stands at its end."""

    label: str
    length: float
    said: str


def bars(name: str, title: str, summary: str, found: Sequence[Bar], unit: str, full: float = 0) -> Chart:
    """
    A bar for each of some things, of the first 25 where there are more; nothing is drawn where there are none.

    Its table is the page's own: the chart has none. `full` is the length that no bar exceeds, where there is one.
    """

    def draw(figure: Figure) -> None:
        _lying(_axes(figure.subplots()), found, unit, full)

    return _chart(name, title, summary, (), (), draw if found else None, _height(len(found)))


# --- the charts -----------------------------------------------------------------------------------------------------


def _currency(review: Review) -> Chart:
    measured = review.metric("training-currency")
    now, earlier = ({part.label: part.figure for part in reading.parts} for reading in (measured.now, measured.before))
    names = sorted(now, key=lambda name: (now[name].value or 0.0, name))
    values = [now[name].value or 0.0 for name in names]
    low = f"; the lowest is {names[0]} with {now[names[0]]}" if len({*values}) > 1 else ""
    summary = f"Training currency of {counted(len(names), 'role')} on {review.period.days.last}{low}."

    def draw(figure: Figure) -> None:
        axes = _axes(figure.subplots())
        shown = names[:_MOST]
        axes.barh(range(len(shown)), values[:_MOST], height=0.62, color=BLUE)
        for y, name in enumerate(shown):
            before = earlier[name].value if name in earlier else None
            if before is not None:
                axes.plot([before, before], [y - 0.42, y + 0.42], color=ORANGE, linewidth=2)
            axes.text(101.5, y, f"{values[y]:.1f}", va="center", fontsize=8)
        axes.set_yticks(range(len(shown)), shown)
        axes.set_ylim(max(len(shown), 3) - 0.5, -0.5)
        axes.set_xlim(0, 110)
        axes.set_xticks(range(0, 101, 20))
        axes.set_xlabel("percent of requirements met (line: the period before)")
        axes.grid(axis="x", color=RULE, linewidth=0.6)

    rows = tuple((name, str(now[name]), str(earlier[name]) if name in earlier else "–") for name in names)
    return _chart(
        "currency",
        "Training currency by role",
        summary,
        ("Role", f"On {review.period.days.last}", f"On {review.earlier.days.last}"),
        rows,
        draw if names else None,
        _height(len(names)),
    )


def _events(review: Review) -> Chart:
    kinds = sorted({kind for month in review.months for kind in month.events})
    names = [month.name for month in review.months]
    totals = {kind: sum(month.events.get(kind, 0) for month in review.months) for kind in kinds}
    said = ", ".join(f"{totals[kind]} {kind}" for kind in kinds)
    summary = f"Quality events begun in each month, a row for each kind: {said}." if kinds else "No event was begun."

    def draw(figure: Figure) -> None:
        rows = figure.subplots(len(kinds), 1, sharex=True, sharey=True, squeeze=False)
        most = max(month.events.get(kind, 0) for month in review.months for kind in kinds)
        for axes, kind in zip(rows[:, 0], kinds, strict=True):
            heights = [month.events.get(kind, 0) for month in review.months]
            _bars(_axes(axes), names, heights, BLUE)
            axes.set_ylim(0, most * 1.35)
            axes.set_yticks([])
            axes.set_ylabel(kind, rotation=0, ha="right", va="center")

    rows = tuple((month.name, *(str(month.events.get(kind, 0)) for kind in kinds)) for month in review.months)
    return _chart(
        "events",
        "Events by kind and month",
        summary,
        ("Month", *kinds),
        rows,
        draw if kinds else None,
        0.7 + 0.62 * len(kinds),
    )


def _lateness(review: Review) -> Chart:
    names = [month.name for month in review.months]
    panels = (
        ("overdue at\nmonth end", [month.overdue for month in review.months], BLUE),
        ("days in\ntraining gaps", [month.gap_days for month in review.months], ORANGE),
    )
    late, days = (sum(heights) for _, heights, _ in panels)
    last = review.months[-1]
    summary = (
        f"Overdue training at the end of each month, {last.overdue} at the end of the last; "
        f"and days in training gaps in each month, {days} in all."
    )

    def draw(figure: Figure) -> None:
        for axes, (label, heights, colour) in zip(figure.subplots(2, 1, sharex=True), panels, strict=True):
            _bars(_axes(axes), names, heights, colour)
            axes.set_ylim(0, max(1, *heights) * 1.35)
            axes.set_yticks([])
            axes.set_ylabel(label, rotation=0, ha="right", va="center")

    rows = tuple((month.name, str(month.overdue), str(month.gap_days)) for month in review.months)
    heads = ("Month", "Overdue at its end", "Days in training gaps")
    return _chart(
        "lateness",
        "Overdue training and training gaps by month",
        summary,
        heads,
        rows,
        draw if late or days else None,
        2.3,
    )


def _capas(review: Review) -> Chart:
    found = sorted(review.open_capas, key=lambda pair: (-pair[1], pair[0].id))
    oldest = f"; the oldest is {found[0][0].id} with {found[0][1]} days" if found else ""
    summary = f"Ages of {counted(len(found), 'CAPA')} open on {review.period.days.last}{oldest}."

    def draw(figure: Figure) -> None:
        drawn = [Bar(capa.id, age, str(age)) for capa, age in found]
        _lying(_axes(figure.subplots()), drawn, "days since opened or last reopened")

    rows = tuple((capa.id, str(age), capa.title) for capa, age in found)
    return _chart(
        "capas",
        "Ages of open CAPAs",
        summary,
        ("CAPA", "Days", "Title"),
        rows,
        draw if found else None,
        _height(len(found)),
    )


def _frequency(review: Review) -> Chart:
    found = [quarter for quarter in review.quarters if quarter.interval]
    rows, rates = [], []
    for quarter in review.quarters:
        interval = quarter.interval
        rate = "–" if quarter.rate is None or interval is None else f"{quarter.rate:.2f}"
        spread = f"{interval[0]:.2f} to {interval[1]:.2f}" if interval else "–"
        currency = "–" if quarter.currency is None else f"{quarter.currency:.1f} %"
        rows.append((quarter.name, currency, str(len(quarter.events)), str(quarter.person_days), rate, spread))
        rates.append(f"{quarter.name} {rate} ({spread})")
    summary = (
        "Training currency at the end of each quarter, and deviations and nonconformances per 1,000 person-days with "
        f"exact 95 % intervals: {'; '.join(rates)}."
    )

    def draw(figure: Figure) -> None:
        top, bottom = map(_axes, figure.subplots(2, 1, sharex=True, height_ratios=(2, 3)))
        places = range(len(found))
        currency = [quarter.currency or 0.0 for quarter in found]
        top.plot(places, currency, color=BLUE, marker="o", linewidth=1.5)
        top.set_ylabel("currency, %")
        top.set_ylim(*_around(currency))
        values = [quarter.rate or 0.0 for quarter in found]
        spans = [quarter.interval or (0.0, 0.0) for quarter in found]
        errors = [
            [v - low for v, (low, _) in zip(values, spans, strict=True)],
            [high - v for v, (_, high) in zip(values, spans, strict=True)],
        ]
        bottom.errorbar(places, values, yerr=errors, fmt="s", color=ORANGE, capsize=4, linewidth=1.5)
        bottom.set_ylim(0, max(high for _, high in spans) * 1.08)
        bottom.set_xlim(-0.5, len(found) - 0.5)
        bottom.set_ylabel("events per 1,000\nperson-days")
        bottom.set_xticks(places, [quarter.name for quarter in found])
        for axes in (top, bottom):
            axes.grid(axis="y", color=RULE, linewidth=0.6)

    heads = ("Quarter", "Currency", "Events", "Person-days", "Per 1,000 person-days", "95 % interval")
    return _chart(
        "frequency",
        "Training currency and frequency of events by quarter",
        summary,
        heads,
        tuple(rows),
        draw if found else None,
        3.4,
    )


def _around(values: Sequence[float]) -> tuple[float, float]:
    low = min(values, default=0.0)
    return max(0.0, low - max(2.0, (100 - low) * 0.3)), 101.0


# --- drawing --------------------------------------------------------------------------------------------------------


def _axes(axes: Axes) -> Axes:
    """Axes without a frame that says nothing."""
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.patch.set_visible(False)
    axes.set_axisbelow(True)
    return axes


def _height(number: int) -> float:
    """How high a drawing of so many lying bars is, in inches."""
    return 0.9 + 0.27 * max(3, min(number, _MOST))


def _lying(axes: Axes, found: Sequence[Bar], unit: str, full: float = 0) -> None:
    """Bars from left to right, the first one on top, each with what is said of it behind its end."""
    shown = found[:_MOST]
    axes.barh(range(len(shown)), [bar.length for bar in shown], height=0.62, color=BLUE)
    longest = full or max(1, *(bar.length for bar in shown), 1)
    for y, bar in enumerate(shown):
        axes.text(bar.length + longest * 0.012, y, bar.said, va="center", fontsize=8)
    axes.set_yticks(range(len(shown)), [bar.label for bar in shown])
    axes.set_ylim(max(len(shown), 3) - 0.5, -0.5)
    axes.set_xlim(0, longest * 1.1)
    axes.set_xlabel(unit)
    axes.grid(axis="x", color=RULE, linewidth=0.6)


def _bars(axes: Axes, names: Sequence[str], heights: Sequence[int], colour: str) -> None:
    """A bar for each month, with its number above it."""
    axes.bar(range(len(names)), heights, width=0.7, color=colour)
    step = -(-len(names) // 13)
    for x, height in enumerate(heights):
        if height and len(names) <= 3 * _MOST:
            axes.text(x, height, str(height), ha="center", va="bottom", fontsize=8)
    axes.set_xticks(range(0, len(names), step), names[::step], fontsize=7.5)
    axes.set_xlim(-0.6, len(names) - 0.4)


def _chart(
    name: str,
    title: str,
    summary: str,
    heads: tuple[str, ...],
    rows: tuple[tuple[str, ...], ...],
    draw: Callable[[Figure], None] | None,
    height: float,
) -> Chart:
    svg = _accessible(_drawn(draw, height), name, title, summary) if draw else None
    return Chart(name, title, summary, heads, rows, svg)


def _drawn(draw: Callable[[Figure], None], height: float) -> str:
    """What matplotlib draws, by its own defaults: whatever a user has set, the same chart."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "qmsci", "font.size": 9, "axes.linewidth": 0.7})
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        figure.patch.set_visible(False)
        draw(figure)
        buffer = StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def _accessible(drawn: str, name: str, title: str, summary: str) -> str:
    """
    A drawing as an element of a page: named and described, its colours those of the page, no style attribute in it.

    The ids that it refers to begin with its name, so that two charts of a page share none.
    """
    root = ET.fromstring(drawn)  # noqa: S314  (drawn here, a moment ago)
    used = {
        found for element in root.iter() for value in element.attrib.values() for found in _REFERENCE.findall(value)
    }
    for element in root.iter():
        _restyle(element, name, used)
        for child in list(element):
            if child.tag in (f"{{{_SVG}}}metadata", f"{{{_SVG}}}style") or _is_empty(child):
                element.remove(child)
    for key in ("width", "height", "version"):
        root.attrib.pop(key, None)
    about = {"title": title, "desc": summary}
    for position, (tag, text) in enumerate(about.items()):
        element = ET.Element(f"{{{_SVG}}}{tag}", {"id": f"{name}-{tag}"})
        element.text = text
        root.insert(position, element)
    root.attrib |= {
        "role": "img",
        "aria-labelledby": f"{name}-title",
        "aria-describedby": f"{name}-desc",
        "fill": "currentColor",
        "stroke-linejoin": "round",
        "font-family": "DejaVu Sans, Verdana, sans-serif",  # matplotlib measures with the first of them
    }
    ET.register_namespace("", _SVG)
    return ET.tostring(root, encoding="unicode")


_REFERENCE = re.compile(r"#([\w.-]+)(?=\)|$)")
#: A number with more digits than anybody sees: a hundredth of a point is enough.
_FINE = re.compile(r"-?\d+\.\d{3,}")


def _rounded(found: re.Match[str]) -> str:
    return f"{float(found[0]):.2f}".rstrip("0").rstrip(".")


def _restyle(element: ET.Element, name: str, used: set[str]) -> None:
    for key, value in _declarations(element.attrib.pop("style", "")):
        if key != "font-family":  # the drawing has one for all of it
            element.attrib[key] = {**_INK, **COLOURS}.get(value, value)
    if element.get("transform", "").startswith("rotate(-0 "):
        del element.attrib["transform"]
    for key in ("d", "points", "x", "y", "width", "height", "x1", "y1", "x2", "y2"):
        if key in element.attrib:
            element.attrib[key] = " ".join(_FINE.sub(_rounded, element.attrib[key]).split())
    identity = element.attrib.pop("id", None)
    if identity in used:
        element.attrib["id"] = f"{name}-{identity}"
    if _HREF in element.attrib:
        element.attrib["href"] = f"#{name}-{element.attrib.pop(_HREF).removeprefix('#')}"
    if "clip-path" in element.attrib:
        element.attrib["clip-path"] = element.attrib["clip-path"].replace("url(#", f"url(#{name}-")


def _declarations(style: str) -> Iterator[tuple[str, str]]:
    for one in filter(None, (part.strip() for part in style.split(";"))):
        key, _, value = one.partition(":")
        yield key.strip(), value.strip()


def _is_empty(element: ET.Element) -> bool:
    return element.tag == f"{{{_SVG}}}defs" and all(child.tag == f"{{{_SVG}}}style" for child in element)
