"""A graph of facts: what each is, on which day, where it is recorded; and how one leads to the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from qmsci.finding import At
from qmsci.snapshot import Snapshot, When


class Kind(StrEnum):
    """What a fact is."""

    EVENT = "event"
    PERSON = "person"
    ROLE = "role"
    ASSESSMENT = "training-assessment"
    CAUSE = "root-cause"
    ACTION = "action"
    EXTENSION = "extension"
    DONE = "done"
    PLAN = "effectiveness-plan"
    MILESTONE = "milestone"
    CHECK = "check"
    CLOSURE = "closure"
    REOPENING = "reopening"
    ENDING = "ending"
    DOCUMENT = "document"
    REVISION = "revision"
    APPROVAL = "approval"
    EFFECT = "effect"
    REVIEW = "review"
    ASSIGNMENT = "assignment"
    COMPLETION = "completion"
    REJECTION = "rejection"
    WAIVER = "waiver"
    OPEN = "open"
    EXCUSED = "excused"
    UNREADABLE = "unreadable"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Fact:
    """
    One thing that the records say. `id` is its own in a chain; `name` is what a reader calls it.

    `at` is where it is recorded (of something that lacks: where it is asked for), None for a group of facts. `day` is
    None where the records give it none. `notes` are what follows from the records on the day that is asked about,
    `faults` what the law finds wrong with it, `person` is whom it is about.
    """

    id: str
    kind: Kind
    at: At | None
    name: str
    title: str = ""
    day: date | None = None
    state: str | None = None
    notes: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    person: str | None = None


class Link(NamedTuple):
    """That one fact leads to another: `says` is read from the first to the second, `back` the other way round."""

    source: str
    target: str
    says: str
    back: str


@dataclass(frozen=True, slots=True)
class Chain:
    """The facts that answer for one of them, `start`, as of a day; all of them hang together."""

    start: str
    on: date
    facts: Mapping[str, Fact]
    links: tuple[Link, ...]


class Web:
    """A chain while it is put together. What is dated after its moment is not taken, nor is anything twice."""

    def __init__(self, snapshot: Snapshot, when: When) -> None:
        """Begin with nothing, for a moment."""
        self.snapshot = snapshot
        self.when = when
        self.facts: dict[str, Fact] = {}
        self._links: dict[tuple[str, str], Link] = {}
        self._done: set[str] = set()

    @property
    def links(self) -> tuple[Link, ...]:
        """The links so far."""
        return tuple(self._links.values())

    def once(self, what: str) -> bool:
        """Whether something is done for the first time."""
        first = what not in self._done
        self._done.add(what)
        return first

    def has_come(self, day: date | None) -> bool:
        """Whether a day is not after the moment; what has no day counts as of now."""
        return day is None or day <= self.when.day

    def add(self, fact: Fact, source: str | None = None, says: str = "", back: str = "belongs to") -> bool:
        """Take a fact, unless it is there or is dated later; and link it to what leads to it. Whether it is there."""
        if fact.id not in self.facts:
            if not self.has_come(fact.day):
                return False
            self.facts[fact.id] = fact
        if source is not None:
            self.link(source, fact.id, says, back)
        return True

    def link(self, source: str, target: str, says: str, back: str = "belongs to") -> None:
        """Link two facts, if both are there; what was said first of the two stands."""
        if source != target and source in self.facts and target in self.facts:
            self._links.setdefault((source, target), Link(source, target, says, back))

    def note(self, name: str, *notes: str, state: str | None = None) -> None:
        """Add to what is said of a fact."""
        fact = self.facts[name]
        self.facts[name] = replace(fact, notes=(*fact.notes, *notes), state=state or fact.state)

    def fault(self, name: str, fault: str) -> None:
        """Say what the law finds wrong with a fact."""
        fact = self.facts[name]
        if fault not in fact.faults:
            self.facts[name] = replace(fact, faults=(*fact.faults, fault))

    def finished(self, start: str) -> Chain:
        """The chain of what hangs together with its start."""
        return connected(start, self.when.day, self.facts, self.links)


def connected(start: str, on: date, facts: Mapping[str, Fact], links: Iterable[Link]) -> Chain:
    """The chain of those of some facts that hang together with a start; empty where the start is none of them."""
    near: dict[str, list[str]] = {name: [] for name in facts}
    links = tuple(links)
    for link in links:
        near[link.source].append(link.target)
        near[link.target].append(link.source)
    reached, front = ({start}, [start]) if start in facts else (set(), [])
    while front:
        new = [name for name in near[front.pop()] if name not in reached]
        reached.update(new)
        front += new
    kept = {name: fact for name, fact in facts.items() if name in reached}
    return Chain(start, on, kept, tuple(link for link in links if link.source in reached))
