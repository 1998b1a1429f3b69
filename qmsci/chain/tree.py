"""A chain as a reader follows it: what many people did alike said once, and each fact in its place below another."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from qmsci.chain.graph import Chain, Fact, Kind, Link, connected

#: What is said once of many people where nothing follows from it; and of many records.
_LIKE = {Kind.COMPLETION, Kind.WAIVER, Kind.OPEN, Kind.EXCUSED, Kind.UNREADABLE, Kind.ASSESSMENT, Kind.PERSON}
_RECORDS = {Kind.ASSIGNMENT, Kind.REVISION, Kind.APPROVAL}
#: The people of these are named.
_NAMED = {Kind.OPEN, Kind.EXCUSED, Kind.UNREADABLE}
#: How many names a group gives.
_NAMES = 20

#: The order of what hangs below one fact; what has the same number is in the order of its days.
_ORDER = {
    Kind.PERSON: 0,
    Kind.ROLE: 0,
    Kind.ASSESSMENT: 1,
    Kind.CAUSE: 2,
    Kind.ACTION: 3,
    Kind.PLAN: 4,
    Kind.REVISION: 6,
    Kind.DOCUMENT: 6,
    Kind.EXCUSED: 7,
    Kind.OPEN: 8,
    Kind.UNREADABLE: 8,
    Kind.EVENT: 9,
}
#: And what somebody did for others, after what they did themselves.
_LATER = {"was involved in": 20, "had the gap": 20, "owns": 21, "wrote": 22, "approved": 23, "evaluated": 24}


# --- groups ---------------------------------------------------------------------------------------------------------


def grouped(chain: Chain, most: int) -> Chain:
    """
    A chain in which more than so many facts alike, that lead no further, are said once.

    All that people did about one assignment counts together.
    """
    leads: dict[str, list[Fact]] = defaultdict(list)
    for link in chain.links:
        leads[link.source].append(chain.facts[link.target])
    alike: dict[tuple[str, str, Kind], list[Fact]] = defaultdict(list)
    for link in chain.links:
        fact = chain.facts[link.target]
        if _is_one_of_many(chain, link, leads):
            alike[link.source, link.says, fact.kind].append(fact)
    answers = Counter(source for (source, _, _), facts in alike.items() for _ in facts)
    assigned = {name for name, fact in chain.facts.items() if fact.kind is Kind.ASSIGNMENT}
    groups = {
        key: facts
        for key, facts in alike.items()
        if len(facts) > 1 and (answers[key[0]] if key[0] in assigned else len(facts)) > most
    }
    gone = {(source, fact.id) for (source, _, _), facts in groups.items() for fact in facts}
    links = [link for link in chain.links if (link.source, link.target) not in gone]
    facts = dict(chain.facts)
    for (source, says, kind), many in groups.items():
        group = _group(source, says, kind, many, [inner for fact in many for inner in leads[fact.id]])
        facts[group.id] = group
        links.append(Link(source, group.id, says, "belongs to"))
    return connected(chain.start, chain.on, facts, links)


def _is_one_of_many(chain: Chain, link: Link, leads: Mapping[str, Sequence[Fact]]) -> bool:
    """Whether what a link leads to can be said of many at once; what the start did itself is told one by one."""
    fact = chain.facts[link.target]
    if fact.id == chain.start or (fact.person == chain.start and fact.kind in _LIKE):
        return False
    if fact.kind is Kind.ASSIGNMENT:
        told = chain.facts[chain.start].kind is Kind.PERSON
        return not told and all(inner.kind in _LIKE and not leads.get(inner.id) for inner in leads.get(fact.id, ()))
    return fact.kind in _LIKE | _RECORDS and not leads.get(fact.id)


def _group(source: str, says: str, kind: Kind, facts: Sequence[Fact], inner: Sequence[Fact]) -> Fact:
    people = sorted({fact.person for fact in facts if fact.person})
    if kind in _RECORDS:
        name = f"{len(facts)} {kind}s"
    elif len(people) == len(facts):
        name = f"{len(people)} people"
    else:
        name = f"{len(facts)} times" + (f", {len(people)} people" if len(people) > 1 else "")
    days = sorted({fact.day for fact in facts if fact.day})
    said = [] if not days else [f"{days[0]} to {days[-1]}" if len(days) > 1 else f"all on {days[0]}"]
    lacking = people if kind in _NAMED else sorted({one.person or "" for one in inner if one.kind is Kind.OPEN})
    if lacking:
        more = f" and {len(lacking) - _NAMES} more" if len(lacking) > _NAMES else ""
        said.append(("" if kind in _NAMED else "open for ") + ", ".join(lacking[:_NAMES]) + more)
    notes = tuple(note for note in facts[0].notes if all(note in fact.notes for fact in facts))
    states = {fact.state for fact in facts}
    state = states.pop() if len(states) == 1 else None
    name_ = f"{source}: {says} {kind}"
    return Fact(name_, Kind.GROUP, None, name, "; ".join(said), days[0] if days else None, state, notes)


# --- the tree -------------------------------------------------------------------------------------------------------


class Row(NamedTuple):
    """A fact in the tree: what links it to the one above, whether it stands there already, and how it hangs."""

    fact: Fact
    says: str
    above: Fact | None
    again: bool
    last: tuple[bool, ...]  # from the root down to it, whether each on the way is the last below the one above


def rows(chain: Chain) -> Iterator[Row]:
    """The facts of a chain as a tree, from what began it; one that is met again is only mentioned."""
    if chain.start not in chain.facts:
        return
    root = _root(chain)
    below = _below(chain, root)
    placed: set[str] = set()
    stack: list[Row] = [Row(chain.facts[root], "", None, False, ())]
    while stack:
        row = stack.pop()
        name = row.fact.id
        yield row._replace(again=name in placed)
        if name in placed:
            continue
        placed.add(name)
        parent = row.above.id if row.above else None
        inner = [pair for pair in below.get(name, ()) if pair[0] != parent]
        inner.sort(key=lambda pair: _order(chain.facts[pair[0]], pair[1]))
        children = [
            Row(chain.facts[target], says, row.fact, False, (*row.last, target == inner[-1][0]))
            for target, says in inner
        ]
        stack += reversed(children)


def _order(fact: Fact, says: str) -> tuple[int, date, str]:
    number = _LATER.get(says, _ORDER.get(fact.kind, 5))
    if fact.kind is Kind.GROUP and fact.day is None:
        number = 8  # those who did not
    return number, fact.day or date.max, fact.id


def _root(chain: Chain) -> str:
    """What the chain begins with: the first that leads to its start, by way of others."""
    leading = defaultdict(list)
    for link in chain.links:
        leading[link.target].append(link.source)
    name, met = chain.start, {chain.start}
    while True:
        before = [source for source in leading[name] if source not in met]
        if not before:
            return name
        name = min(before, key=lambda source: (chain.facts[source].day or date.max, source))
        met.add(name)


def _below(chain: Chain, root: str) -> Mapping[str, Sequence[tuple[str, str]]]:
    """What hangs below each fact, and the words for it; what nothing leads to hangs below what it leads to."""
    below: dict[str, list[tuple[str, str]]] = defaultdict(list)
    back: dict[str, list[Link]] = defaultdict(list)
    for link in chain.links:
        below[link.source].append((link.target, link.says))
        back[link.target].append(link)
    reached: set[str] = set()
    front = [root]
    while front:
        reached |= _reached(front, below)
        found = next(
            (link for name in chain.facts if name in reached for link in back[name] if link.source not in reached), None
        )
        front = [found.source] if found else []
        if found:
            below[found.target].append((found.source, found.back))
    return {name: [pair for pair in pairs if pair[0] != name] for name, pairs in below.items()}


def _reached(names: Iterable[str], below: Mapping[str, Sequence[tuple[str, str]]]) -> set[str]:
    found, front = set(names), list(names)
    while front:
        new = [target for target, _ in below.get(front.pop(), ()) if target not in found]
        found.update(new)
        front += new
    return found
