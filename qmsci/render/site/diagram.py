"""
A chain of facts as a drawing: a box for each, in columns from what came first to what came of it.

The columns are layers: a fact stands right of all that lead to it. What passes a column has a place of its own in it,
so that no connector runs behind a box; verticals run in the channel between two columns, each source in its own lane.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, islice, pairwise

from markupsafe import Markup

from qmsci.chain.graph import Chain, Fact, Kind, Link
from qmsci.render.chain import CLASS_OF, is_lacking, outline
from qmsci.render.site.page import Drawing
from qmsci.render.site.written import address
from qmsci.render.words import counted, visible

#: A drawing with more boxes than this is looked at by nobody.
MOST_BOXES = 40

#: In pixels: boxes and what is between them, type, what lies between two columns.
_WIDTH, _PADDING, _BETWEEN, _MARGIN = 176, 9, 16, 8
_SIZE, _LINE, _SMALL, _BOLD = 12.5, 16, 10.5, 1.14
_LANE, _LABEL, _HEAD, _CORNER = 7, 88, 7, 7
#: The least height of what passes a column, and the distance of two connectors that end at one box.
_PASSING, _PORTS = 12, 28
#: A drawing wider than this is too small to read on an upright sheet.
_SHEET = 900
#: How many lines a name, a title and the words on a connector may have.
_NAME_LINES, _TITLE_LINES, _LABEL_LINES = 2, 3, 2
#: How often columns are sorted, and how often they are moved towards what they are linked with.
_SORTINGS, _MOVES = 8, 12

#: What each kind of fact is called in its box; an event by its own kind.
_WORDS = {
    Kind.PERSON: "Person",
    Kind.ROLE: "Role",
    Kind.ASSESSMENT: "Training assessment",
    Kind.CAUSE: "Root cause",
    Kind.ACTION: "Action",
    Kind.EXTENSION: "Extension",
    Kind.DONE: "Done",
    Kind.PLAN: "Effectiveness plan",
    Kind.MILESTONE: "Milestone",
    Kind.CHECK: "Effectiveness check",
    Kind.CLOSURE: "Closure",
    Kind.REOPENING: "Reopening",
    Kind.ENDING: "End",
    Kind.DOCUMENT: "Document",
    Kind.REVISION: "Revision",
    Kind.APPROVAL: "Approval",
    Kind.EFFECT: "Effective",
    Kind.REVIEW: "Periodic review",
    Kind.ASSIGNMENT: "Assignment",
    Kind.COMPLETION: "Completion",
    Kind.REJECTION: "Rejection",
    Kind.WAIVER: "Waiver",
    Kind.OPEN: "Not completed",
    Kind.EXCUSED: "Not asked",
    Kind.UNREADABLE: "Not readable",
    Kind.GROUP: "Group",
}
#: What the events are called, by the prefixes of their ids.
KINDS_OF_EVENT = {
    "DEV": "Deviation",
    "NCR": "Nonconformance",
    "CMP": "Complaint",
    "AUD": "Audit finding",
    "GAP": "Training gap",
    "CAPA": "CAPA",
    "VAL": "Process validation",
    "MR": "Management review",
}
#: The order of what stands in one column and is linked alike.
_ORDER = (
    *(Kind.PERSON, Kind.ROLE, Kind.ASSESSMENT, Kind.CAUSE, Kind.EVENT, Kind.ACTION, Kind.EXTENSION, Kind.DONE),
    *(Kind.DOCUMENT, Kind.REVISION, Kind.APPROVAL, Kind.EFFECT, Kind.REVIEW, Kind.ASSIGNMENT),
    *(Kind.COMPLETION, Kind.GROUP, Kind.WAIVER, Kind.REJECTION, Kind.EXCUSED, Kind.OPEN, Kind.UNREADABLE),
    *(Kind.PLAN, Kind.CHECK, Kind.MILESTONE, Kind.CLOSURE, Kind.ENDING, Kind.REOPENING),
)
#: Where the page of a fact is; None where it has none.
Target = Callable[[Fact], str | None]


def drawn(chain: Chain, at: str, target: Target) -> Drawing:
    """The drawing of a chain, for the page at a path; boxes link to the pages that `target` says."""
    seen, left_out = outline(chain, MOST_BOXES)
    layout = laid_out(seen)
    words = (
        f"Each box is a fact of the records, and stands right of what led to it; a dashed box with the sign ! says that"
        f" something is missing or wrong. {counted(len(seen.facts), 'fact')} and {counted(len(seen.links), 'link')}"
        " are drawn; the timeline below says the same in words."
    )
    if left_out:
        words += f" {counted(left_out, 'fact')} farther away {'is' if left_out == 1 else 'are'} left to the timeline."
    title = f"The chain of {chain.start} on {chain.on}"
    return Drawing("chain-drawn", title, words, _svg(layout, seen, title, words, at, target))


# --- what is laid out -----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Box:
    """A fact at its place; without a fact, the place at which a connector passes a column."""

    name: str
    column: int
    height: float
    fact: Fact | None = None
    lines: tuple[tuple[str, str], ...] = ()  # the class and the text of each
    x: float = 0
    y: float = 0

    @property
    def middle(self) -> float:
        """How far down its middle is."""
        return self.y + self.height / 2

    @property
    def right(self) -> float:
        """How far right it ends."""
        return self.x + _WIDTH


@dataclass(frozen=True, slots=True)
class Wire:
    """A connector: its path, where its head points to, and where each line of its words ends."""

    link: Link
    path: str
    head: str
    words: tuple[tuple[float, float, str], ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Boxes and connectors in their places, and how large all of it is, in pixels."""

    boxes: Mapping[str, Box]
    wires: tuple[Wire, ...]
    width: float
    height: float


#: A link with the names of the boxes that it passes, from left to right, and whether it is read from right to left.
Way = tuple[Link, tuple[str, ...], bool]


def laid_out(chain: Chain) -> Layout:
    """Where everything of a chain stands."""
    names = sorted(chain.facts, key=lambda name: _rank(chain.facts[name]))
    forwards = _without_circles(names, chain.links)
    column = _columns(names, [pair for pair, _ in forwards.values()])
    boxes = {name: _box(chain.facts[name], column[name]) for name in names}
    ways = [(link, _way(*pair, column, boxes), back) for link, (pair, back) in forwards.items()]
    _make_room(boxes, ways)
    columns = _sorted_columns(boxes, ways)
    _place(columns, boxes, ways)
    wires = tuple(_wires(columns, boxes, ways))
    width = max((box.right for box in boxes.values()), default=0) + _MARGIN
    height = max((box.y + box.height for box in boxes.values()), default=0) + _MARGIN
    return Layout({name: box for name, box in boxes.items() if box.fact}, wires, width, height)


def _rank(fact: Fact) -> tuple[int, date, str]:
    return _ORDER.index(fact.kind), fact.day or date.max, fact.id


# --- columns --------------------------------------------------------------------------------------------------------


def _without_circles(names: Sequence[str], links: Iterable[Link]) -> dict[Link, tuple[tuple[str, str], bool]]:
    """Each link as a pair from left to right; one that would close a circle is turned round, and says so."""
    links = list(links)
    after: dict[str, list[str]] = defaultdict(list)
    for link in links:
        after[link.source].append(link.target)
    targets = {link.target for link in links}
    number: dict[str, int] = {}  # the later a fact is left, the farther left it stands
    for start in sorted(names, key=lambda name: name in targets):
        stack = [(start, iter(after[start]))] if start not in number else []
        met = {start}
        while stack:
            name, following = stack[-1]
            step = next((one for one in following if one not in number and one not in met), None)
            if step is None:
                number[name] = len(number)
                stack.pop()
            else:
                met.add(step)
                stack.append((step, iter(after[step])))
    return {
        link: ((link.source, link.target), False)
        if number[link.source] > number[link.target]
        else ((link.target, link.source), True)
        for link in links
    }


def _columns(names: Sequence[str], pairs: Sequence[tuple[str, str]]) -> dict[str, int]:
    """The column of each name: right of all that lead to it; what begins a way stands right before what follows."""
    before: dict[str, list[str]] = defaultdict(list)
    after: dict[str, list[str]] = defaultdict(list)
    for left, right in pairs:
        before[right].append(left)
        after[left].append(right)
    column = dict.fromkeys(names, 0)
    waiting = {name: len(before[name]) for name in names}
    free = [name for name in names if not waiting[name]]
    while free:
        name = free.pop()
        for one in after[name]:
            column[one] = max(column[one], column[name] + 1)
            waiting[one] -= 1
            if not waiting[one]:
                free.append(one)
    for name in names:
        if after[name] and not before[name]:
            column[name] = min(column[one] for one in after[name]) - 1
    return column


def _way(left: str, right: str, column: Mapping[str, int], boxes: dict[str, Box]) -> tuple[str, ...]:
    """The names of the boxes from one to another, a new one in each column between them."""
    passed = [f"{left} → {right} / {number}" for number in range(column[left] + 1, column[right])]
    boxes.update((name, Box(name, number, _PASSING)) for number, name in enumerate(passed, column[left] + 1))
    return left, *passed, right


def _sorted_columns(boxes: Mapping[str, Box], ways: Sequence[Way]) -> list[list[str]]:
    """The names in each column from top to bottom, so that few connectors cross."""
    columns: list[list[str]] = [[] for _ in range(max((box.column for box in boxes.values()), default=-1) + 1)]
    for name, box in boxes.items():
        columns[box.column].append(name)
    left, right = _neighbours(ways)
    best, fewest = [list(names) for names in columns], _crossings(columns, right)
    for turn in range(_SORTINGS):
        forwards = turn % 2 == 0
        for number in range(len(columns)) if forwards else reversed(range(len(columns))):
            near, other = (left, number - 1) if forwards else (right, number + 1)
            if 0 <= other < len(columns):
                _sort(columns[number], columns[other], near)
        crossings = _crossings(columns, right)
        if crossings < fewest:
            best, fewest = [list(names) for names in columns], crossings
    return best


def _neighbours(ways: Iterable[Way]) -> tuple[Mapping[str, list[str]], Mapping[str, list[str]]]:
    left: dict[str, list[str]] = defaultdict(list)
    right: dict[str, list[str]] = defaultdict(list)
    for _, names, _ in ways:
        for one, other in pairwise(names):
            right[one].append(other)
            left[other].append(one)
    return left, right


def _sort(names: list[str], others: Sequence[str], near: Mapping[str, list[str]]) -> None:
    """Sort a column by where on average its neighbours stand; what has none stays where it is."""
    place = {name: number for number, name in enumerate(others)}
    wanted = {}
    for number, name in enumerate(names):
        found = [place[one] for one in near.get(name, ())]
        wanted[name] = sum(found) / len(found) if found else number * len(others) / len(names)
    names.sort(key=lambda name: wanted[name])


def _crossings(columns: Sequence[Sequence[str]], right: Mapping[str, list[str]]) -> int:
    found = 0
    for names, others in pairwise(columns):
        place = {name: number for number, name in enumerate(others)}
        ends = [place[one] for name in names for one in sorted(right.get(name, ()), key=place.__getitem__)]
        found += sum(one > other for number, one in enumerate(ends) for other in ends[number + 1 :])
    return found


# --- places ---------------------------------------------------------------------------------------------------------


def _make_room(boxes: Mapping[str, Box], ways: Iterable[Way]) -> None:
    """Let boxes be high enough for the connectors that end at them."""
    ends: dict[str, int] = defaultdict(int)
    for _, names, _ in ways:
        ends[names[-1]] += 1
    for name, number in ends.items():
        boxes[name].height = max(boxes[name].height, number * _PORTS)


def _place(columns: Sequence[Sequence[str]], boxes: Mapping[str, Box], ways: Sequence[Way]) -> None:
    """Give each box its place: columns beside one another, a box as near as can be to those it is linked with."""
    left, right = _neighbours(ways)
    for names in columns:
        _settle([boxes[name] for name in names], [0.0] * len(names))
    for turn in range(_MOVES):
        near = left if turn % 2 == 0 else right
        for names in columns if turn % 2 == 0 else reversed(columns):
            wanted = []
            for name in names:
                found = [boxes[one].middle for one in near.get(name, ())]
                box = boxes[name]
                wanted.append((sum(found) / len(found) if found else box.middle) - box.height / 2)
            _settle([boxes[name] for name in names], wanted)
    top = min((box.y for box in boxes.values()), default=0)
    for box in boxes.values():
        box.y += _MARGIN - top
    x = float(_MARGIN)
    for names in columns:
        for name in names:
            boxes[name].x = x
        x += _WIDTH + _channel(max(_lanes(names, boxes, right).values(), default=-1) + 1)


def _channel(lanes: int) -> float:
    """How wide what lies between two columns is: the lanes, the words, the head."""
    return _LANE * (lanes + 1) + _LABEL + _HEAD


def _settle(boxes: Sequence[Box], wanted: Sequence[float]) -> None:
    """
    Move the boxes of a column as near as can be to where they want to be, in their order and without touching.

    What would overlap moves together, to where that is least far for all of them.
    """
    offsets, offset = [], 0.0
    for box in boxes:
        offsets.append(offset)
        offset += box.height + _BETWEEN
    blocks: list[tuple[float, int]] = []  # the sum of where the boxes want the first one to be, and their number
    for place, apart in zip(wanted, offsets, strict=True):
        block = (place - apart, 1)
        while blocks and blocks[-1][0] / blocks[-1][1] > block[0] / block[1]:
            total, number = blocks.pop()
            block = (block[0] + total, block[1] + number)
        blocks.append(block)
    firsts = [total / number for total, number in blocks for _ in range(number)]
    for box, first, apart in zip(boxes, firsts, offsets, strict=True):
        box.y = first + apart


def _lanes(names: Sequence[str], boxes: Mapping[str, Box], right: Mapping[str, list[str]]) -> dict[str, int]:
    """The lane of each box of a column in the channel right of it: no two that share a height are in the same one."""
    reach = {}
    for name in (name for name in names if right.get(name)):
        heights = [y for one in right[name] for y in (boxes[one].y, boxes[one].y + boxes[one].height)]
        reach[name] = min(boxes[name].middle, *heights), max(boxes[name].middle, *heights)
    ends: list[float] = []
    found = {}
    for name in sorted(reach, key=reach.__getitem__):
        top, bottom = reach[name]
        lane = next((number for number, end in enumerate(ends) if end < top), len(ends))
        ends[lane : lane + 1] = [bottom]
        found[name] = lane
    return found


# --- connectors -----------------------------------------------------------------------------------------------------


def _wires(columns: Sequence[Sequence[str]], boxes: Mapping[str, Box], ways: Sequence[Way]) -> Iterator[Wire]:
    _, right = _neighbours(ways)
    lanes = {name: lane for names in columns for name, lane in _lanes(names, boxes, right).items()}
    ports = _ports(boxes, ways)
    for link, names, back in ways:
        start, end = boxes[names[0]], boxes[names[-1]]
        y, path = start.middle, [f"M{start.right:.1f} {start.middle:.1f}"]
        for one, other in pairwise(names):
            to = ports[link] if other == names[-1] else boxes[other].middle
            lane = boxes[one].right + _LANE * (lanes[one] + 1)
            path += [_step(lane, y, to), f"H{boxes[other].x if other == names[-1] else boxes[other].right:.1f}"]
            y = to
        head = _head(start.right, start.middle, 1) if back else _head(end.x, y, -1)
        yield Wire(link, " ".join(filter(None, path)), head, tuple(_words_at(link, end.x - _HEAD - 3, y)))


def _ports(boxes: Mapping[str, Box], ways: Sequence[Way]) -> dict[Link, float]:
    """How far down each connector ends at its box: in the order in which they come."""
    ends: dict[str, list[tuple[float, int, Link]]] = defaultdict(list)
    for number, (link, names, _) in enumerate(ways):
        ends[names[-1]].append((boxes[names[-2]].middle, number, link))
    found = {}
    for name, some in ends.items():
        first = boxes[name].middle - _PORTS * (len(some) - 1) / 2
        for position, (_, _, link) in enumerate(sorted(some)):
            found[link] = first + position * _PORTS
    return found


def _step(x: float, y: float, to: float) -> str:
    """From one height to another in a lane, round the corners; nothing where they are the same."""
    corner = min(_CORNER, abs(to - y) / 2)
    if corner < 0.5:
        return ""
    down = corner if to > y else -corner
    return (
        f"H{x - corner:.1f} Q{x:.1f} {y:.1f} {x:.1f} {y + down:.1f} V{to - down:.1f} "
        f"Q{x:.1f} {to:.1f} {x + corner:.1f} {to:.1f}"
    )


def _head(x: float, y: float, way: int) -> str:
    return f"M{x + way * _HEAD:.1f} {y - 4:.1f} L{x:.1f} {y:.1f} L{x + way * _HEAD:.1f} {y + 4:.1f} Z"


def _words_at(link: Link, x: float, y: float) -> Iterator[tuple[float, float, str]]:
    """The words on a connector: above it, and what does not fit there below it."""
    says = link.says.removesuffix(" by")  # by whom, the box says
    lines = wrapped(says, _LABEL - 4, _SMALL, _LABEL_LINES)
    yield from ((x, y + shift, line) for line, shift in zip(lines, (-4.0, 11.5), strict=False))


# --- words in boxes -------------------------------------------------------------------------------------------------


def _box(fact: Fact, column: int) -> Box:
    room = _WIDTH - 2 * _PADDING
    lacks = is_lacking(fact)
    kicker = " · ".join(filter(None, [_word(fact), fact.day.isoformat() if fact.day else ""]))
    lines = [("kind", line) for line in wrapped(f"! {kicker}" if lacks else kicker, room, _SMALL, 2)]
    lines += [("name", line) for line in wrapped(fact.name, room, _SIZE * _BOLD, _NAME_LINES)]
    lines += [("said", line) for line in wrapped(fact.title, room, _SIZE, _TITLE_LINES)]
    lines += [("state", line) for line in wrapped(_stands(fact), room, _SIZE, _NAME_LINES)]
    return Box(fact.id, column, len(lines) * _LINE + 2 * _PADDING - 2, fact, tuple(lines))


def _word(fact: Fact) -> str:
    return KINDS_OF_EVENT.get(fact.id.split("-", 1)[0], "Event") if fact.kind is Kind.EVENT else _WORDS[fact.kind]


def _stands(fact: Fact) -> str:
    faults = counted(len(fact.faults), "objection") if fact.faults else ""
    return ", ".join(filter(None, [(fact.state or "").replace("-", " "), faults]))


def wrapped(text: str, room: float, size: float, most: int) -> list[str]:
    """
    The lines of a text that fit into so many pixels, by an estimate that is rather too wide; a word too long is cut.

    What does not fit into so many lines ends with an ellipsis.
    """
    lines = list(islice(_lines(visible(text), room / size), most + 1))
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while _wide(f"{last}…") * size > room:
        last = last[:-1]
    return [*lines[: most - 1], f"{last.rstrip(' ,;:')}…"]


def _lines(text: str, room: float) -> Iterator[str]:
    line = ""
    for word in text.split():
        for part in _parts(word, room):
            longer = f"{line} {part}".strip()
            if line and _wide(longer) > room:
                yield line
                longer = part
            line = longer
    if line:
        yield line


def _parts(word: str, room: float) -> Iterator[str]:
    """A word, or its parts that fit; an id is parted after one of its signs, where that is not too early."""
    while word:
        fits = max(1, sum(wide <= room for wide in accumulate(map(_wide, word[:_LONGEST_PART]))))
        if fits < len(word):
            sign = max(word.rfind(sign, 0, fits) for sign in "/-_.@") + 1
            fits = sign if sign > fits / 2 else fits
        yield word[:fits]
        word = word[fits:]


#: More signs than this fit into no line.
_LONGEST_PART = 100
_NARROW, _BROAD = frozenset("iljtfr.,:;'|!()[] -"), frozenset("mwMWOQGDHNU@%—…")


def _wide(text: str) -> float:
    """How wide a text is about, in its size."""
    return sum(
        0.36 if sign in _NARROW else 0.84 if sign in _BROAD else 1.05 if ord(sign) > 0x2E7F else 0.6 for sign in text
    )


# --- SVG ------------------------------------------------------------------------------------------------------------


def _svg(layout: Layout, chain: Chain, title: str, words: str, at: str, target: Target) -> str:
    inside = [_wire(wire) for wire in layout.wires]
    inside += [_drawn_box(box, chain.start, at, target) for box in layout.boxes.values()]
    return Markup(
        '<svg class="{looks}" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}" '
        'role="group" aria-labelledby="chain-title" aria-describedby="chain-words" fill="none" stroke="currentColor">\n'
        '<title id="chain-title">{title}</title>\n<desc id="chain-words">{words}</desc>\n{inside}\n</svg>'
    ).format(
        looks="q-chain q-chain-wide" if layout.width > _SHEET else "q-chain",
        w=f"{layout.width:.0f}",
        h=f"{layout.height:.0f}",
        title=visible(title),
        words=visible(words),
        inside=Markup("\n").join(inside),
    )


def _wire(wire: Wire) -> Markup:
    says = Markup("").join(
        Markup('<text class="q-chain-says" x="{:.1f}" y="{:.1f}" text-anchor="end">{}</text>').format(*word)
        for word in wire.words
    )
    return Markup('<g class="q-chain-link"><path d="{}"/><path class="q-chain-head" d="{}"/>{}</g>').format(
        wire.path, wire.head, says
    )


def _drawn_box(box: Box, start: str, at: str, target: Target) -> Markup:
    fact = box.fact
    assert fact
    looks = ["q-chain-box", f"q-chain-{CLASS_OF[fact.kind]}"]
    looks += ["q-chain-lacks"] * is_lacking(fact) + ["q-chain-start"] * (fact.id == start)
    lines = Markup("").join(
        Markup('<text class="q-chain-{}" x="{:.1f}" y="{:.1f}">{}</text>').format(
            kind, box.x + _PADDING, box.y + _PADDING + _LINE * number + 11, line
        )
        for number, (kind, line) in enumerate(box.lines)
    )
    drawn = Markup(
        '<g class="{}"><title>{}</title><rect x="{:.1f}" y="{:.1f}" width="{}" height="{:.1f}" rx="7"/>{}</g>'
    ).format(" ".join(looks), _whole(fact), box.x, box.y, _WIDTH, box.height, lines)
    to = target(fact)
    return Markup('<a href="{}">{}</a>').format(address(to, at), drawn) if to else drawn


def _whole(fact: Fact) -> str:
    """All that is said of a fact, for whoever points at its box."""
    said = (_word(fact), fact.name, fact.title, _stands(fact), *fact.notes, *fact.faults)
    return visible("; ".join(filter(None, said)))
