"""A chain of facts: as a tree for the terminal, as JSON for programs, as a Mermaid flowchart for a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from click import style

from qmsci.chain.graph import Chain, Fact, Kind
from qmsci.chain.tree import Row, grouped, rows
from qmsci.evidence import Source, Sources
from qmsci.render.words import counted, in_json, visible

#: People are listed one by one up to so many of whom the same is said.
MOST = 12
#: A title is cut to so many characters where it is one of many.
_LONGEST = 80


def shown(chain: Chain, *, everybody: bool) -> Chain:
    """What the text shows of a chain: all of it for `everybody`, else many people who did alike as a group."""
    return chain if everybody else grouped(chain, MOST)


# --- text -----------------------------------------------------------------------------------------------------------

#: How a tree is drawn: the way past something, to the last thing, down, and nowhere.
_LINES = ("├─ ", "└─ ", "│  ", "   ")
_PLAIN = ("|- ", "`- ", "|  ", "   ")


def as_text(chain: Chain, sources: Sources, *, plain: bool = False) -> str:
    """
    A chain as a tree: the day of each fact, what it is, where it is recorded, and the commit that brought it.

    What is not said of a fact's file and commit is as with the fact above it. `plain` draws with ASCII.
    """
    if chain.start not in chain.facts:
        return f"on {chain.on} there was nothing of {visible(chain.start)} yet\n"
    lines: list[str] = []
    for row in rows(chain):
        lines += _lines_of(row, sources, chain.start, _PLAIN if plain else _LINES)
    return "\n".join(lines) + "\n"


def _lines_of(row: Row, sources: Sources, start: str, drawn: Sequence[str]) -> Iterator[str]:
    past, final, down, nowhere = drawn
    fact = row.fact
    way = "".join(nowhere if last else down for last in row.last[:-1])
    branch = (final if row.last[-1] else past) if row.last else ""
    itself = fact.person == start and fact.id != start
    said = row.says.removesuffix(" by") if itself else f"{row.says} {visible(_clipped(fact.name, 60))}".strip()
    if row.again:
        yield f"{'':10}  {way}{branch}{said} (above)"
        return
    title = visible(fact.title if fact.kind is Kind.GROUP else _clipped(fact.title))
    text = f"{said}: {title}" if said and title else said or title
    stands = "; ".join([*filter(None, [_state(fact)]), *map(visible, fact.notes)])
    text += f" ({stands})" if stands else ""
    place = _place(fact, row.above, sources)
    text = style(text, bold=True) if fact.id == start else _coloured(fact, text)
    yield f"{_day(fact):10}  {way}{branch}{text}" + (f"  {style(place, dim=True)}" if place else "")
    inner = way + (nowhere if row.last and row.last[-1] else down if row.last else "")
    for fault in fact.faults:
        yield f"{'':10}  {inner}{style('! ' + visible(fault), fg='red')}"


def _day(fact: Fact) -> str:
    return fact.day.isoformat() if fact.day else ""


#: Of what the state is said in other words already; and of the others, the states that are.
_SILENT = {Kind.COMPLETION, Kind.CHECK, Kind.ASSESSMENT, Kind.EXCUSED, Kind.OPEN, Kind.UNREADABLE, Kind.GROUP}
_PLAIN_TO_SEE = {(Kind.ASSIGNMENT, "open"), (Kind.PLAN, "checked")}


def _state(fact: Fact) -> str | None:
    silent = fact.kind in _SILENT or (fact.kind, fact.state) in _PLAIN_TO_SEE
    return None if silent or fact.state is None else fact.state.replace("-", " ")


def _coloured(fact: Fact, text: str) -> str:
    lacks = fact.state in {"not-done", "not-assigned", "not-assessed", "unknown", "not-qualified"}
    return style(text, fg="yellow") if lacks else text


def _clipped(text: str, longest: int = _LONGEST) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def _place(fact: Fact, above: Fact | None, sources: Sources) -> str:
    """Where a fact is recorded and by which commit, as far as it is not as with the fact above it."""
    here = sources.get(fact.at) if fact.at else None
    if here is None:
        return ""
    there = sources.get(above.at) if above and above.at else None
    same = there is not None and there.path == here.path
    place = f"line {here.line}" if same else f"{visible(here.path)}:{here.line}"
    origin = _origin(here)
    return f"({place})" if same and there and origin == _origin(there) else f"({place}, {origin})"


def _origin(source: Source) -> str:
    return f"recorded {source.day} in {source.commit[:10]}" if source.commit else source.unknown


# --- JSON -----------------------------------------------------------------------------------------------------------


def as_json(chain: Chain, sources: Sources, known: str | None = None) -> str:
    """
    A chain as one JSON object, format 1.

    - `id`: what was asked about. `kind`: what that is, as in `nodes`. `on`: the day as of which it was asked.
      `known_at`: the date or time of which main was asked, or null.
    - `nodes`: a list of `{"id", "kind", "title", "day", "state", "path", "line", "commit", "recorded", "notes",
      "faults"}`, everybody in it. `day` and `state` are null where the records give none; `commit` and `recorded` are
      those of the commit that brought the record to the main branch, null where there is none or nobody here knows;
      `notes` are sentences on what follows from the records on that day, `faults` on what the rules find wrong.
    - `edges`: a list of `{"from", "to", "says"}`: the ids of two nodes, and the words from the first to the second.

    Both lists are empty where nothing of it was there yet; `kind` is null then.
    """
    start = chain.facts.get(chain.start)
    found = {
        "format": 1,
        "id": chain.start,
        "kind": start.kind if start else None,
        "on": chain.on.isoformat(),
        "known_at": known,
        "nodes": [_node(fact, sources) for fact in chain.facts.values()],
        "edges": [{"from": link.source, "to": link.target, "says": link.says} for link in chain.links],
    }
    return in_json(found) + "\n"


def _node(fact: Fact, sources: Sources) -> dict[str, object]:
    source = sources.get(fact.at) if fact.at else None
    return {
        "id": fact.id,
        "kind": fact.kind,
        "title": ": ".join(filter(None, [fact.name if fact.name != fact.id else "", fact.title])),
        "day": fact.day.isoformat() if fact.day else None,
        "state": fact.state,
        "path": source.path if source else None,
        "line": source.line if source else None,
        "commit": source.commit if source else None,
        "recorded": source.recorded if source else None,
        "notes": list(fact.notes),
        "faults": list(fact.faults),
    }


# --- Mermaid --------------------------------------------------------------------------------------------------------

#: A drawing with more boxes than this is looked at by nobody.
_BOXES = 60
_COLOURS = {
    "event": "fill:#fde8e0,stroke:#b5482a,color:#1a1a1a",
    "action": "fill:#fff3d6,stroke:#a87400,color:#1a1a1a",
    "document": "fill:#e2edfb,stroke:#2b62a8,color:#1a1a1a",
    "training": "fill:#e3f4e6,stroke:#2f7d3b,color:#1a1a1a",
    "person": "fill:#efe6f8,stroke:#6b3fa0,color:#1a1a1a",
    "ending": "fill:#e9e9e9,stroke:#555555,color:#1a1a1a",
    "lack": "fill:#ffffff,stroke:#c00000,color:#c00000,stroke-dasharray:4 3",
}
_CLASSES = {
    "event": {Kind.EVENT, Kind.CAUSE, Kind.MILESTONE},
    "action": {Kind.ACTION, Kind.DONE, Kind.EXTENSION, Kind.PLAN, Kind.CHECK},
    "document": {Kind.DOCUMENT, Kind.REVISION, Kind.APPROVAL, Kind.EFFECT, Kind.REVIEW},
    "training": {Kind.ASSIGNMENT, Kind.COMPLETION, Kind.WAIVER, Kind.GROUP, Kind.REJECTION},
    "person": {Kind.PERSON, Kind.ROLE, Kind.ASSESSMENT},
    "ending": {Kind.CLOSURE, Kind.REOPENING, Kind.ENDING},
    "lack": {Kind.OPEN, Kind.EXCUSED, Kind.UNREADABLE},
}
#: How each kind of fact is coloured.
CLASS_OF = {kind: name for name, kinds in _CLASSES.items() for kind in kinds}


def as_mermaid(chain: Chain) -> str:
    """A chain as a Mermaid flowchart, top down; people who did alike as a group, and the outermost facts left out."""
    drawn, left_out = outline(chain)
    ids = {name: f"n{number}" for number, name in enumerate(drawn.facts, 1)}
    lines = ["flowchart TD"]
    lines += [f'    {ids[name]}["{_label(fact)}"]:::{_class_of(fact)}' for name, fact in drawn.facts.items()]
    if left_out:
        lines.append(f'    more["and {counted(left_out, "fact")} more, which the text shows"]:::ending')
    lines += [f'    {ids[link.source]} -->|"{_escaped(link.says)}"| {ids[link.target]}' for link in drawn.links]
    lines += [f"    classDef {name} {colours}" for name, colours in _COLOURS.items()]
    if chain.start in ids:
        lines.append(f"    style {ids[chain.start]} stroke-width:4px")
    return "\n".join(lines) + "\n"


def outline(chain: Chain, boxes: int = _BOXES) -> tuple[Chain, int]:
    """What of a chain is drawn in so many boxes at most, and how many facts are not."""
    found = chain
    for most in (6, 2, 1):
        found = grouped(chain, most)
        if len(found.facts) <= boxes:
            return found, 0
    near = set(islice(_outwards(found), boxes))
    facts = {name: fact for name, fact in found.facts.items() if name in near}
    links = tuple(link for link in found.links if link.source in facts and link.target in facts)
    return Chain(chain.start, chain.on, facts, links), len(found.facts) - len(facts)


def _outwards(chain: Chain) -> Iterator[str]:
    """The facts of a chain by how far they are from its start."""
    near: dict[str, list[str]] = {name: [] for name in chain.facts}
    for link in chain.links:
        near[link.source].append(link.target)
        near[link.target].append(link.source)
    met, front = {chain.start: None}, [chain.start]
    while front:
        new = dict.fromkeys(name for one in front for name in near[one] if name not in met)
        met |= new
        front = list(new)
    return iter(met)


def is_lacking(fact: Fact) -> bool:
    """Whether something is missing there, or wrong."""
    return bool(fact.faults) or fact.state in {"not-done", "not-assigned", "not-assessed"}


def _class_of(fact: Fact) -> str:
    return "lack" if is_lacking(fact) else CLASS_OF[fact.kind]


def _label(fact: Fact) -> str:
    """What stands in a box: what it is, its title, its day and state."""
    last = ", ".join(filter(None, [_day(fact), (fact.state or "").replace("-", " ")]))
    said: Iterable[str] = (_clipped(part, 60) for part in (fact.name or fact.kind, fact.title, last) if part)
    return "<br/>".join(_escaped(part) for part in said)


def _escaped(text: str) -> str:
    """
    A text inside quotes in Mermaid: what is no letter, digit or harmless sign of ASCII is written as a number.

    >>> _escaped('say "<b>"')
    'say #34;#60;b#62;#34;'
    """
    said = " ".join(visible(text).split())
    return re.sub(r"[!-~](?<![\w.,/@+()-])", lambda found: f"#{ord(found[0])};", said)
