"""
What holds of somebody over time: the answers about every day, told as the days on which they change.

A day is judged at its end, with what is known now, as `qmsci qualified --on DATE` does. What holds on a day of change
holds until the day before the next one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from itertools import chain, zip_longest
from typing import NamedTuple

from qmsci.authorisation import authorised, role_for
from qmsci.evidence import Evidence, Verdict
from qmsci.finding import CannotRun
from qmsci.gaps import turns_of, turns_on
from qmsci.qualification import qualified
from qmsci.records.base import Interval
from qmsci.records.document import Document
from qmsci.records.person import Person
from qmsci.records.role import Role
from qmsci.snapshot import Snapshot, When
from qmsci.timeline import in_force, is_employed, is_on_leave

#: Somebody who works here from ever, holds no role and has no record: what is true of them is true of many.
NOBODY = Person.model_construct(id="", kind="employee", employed=(Interval.model_construct(from_=date.min),))


@dataclass(frozen=True, slots=True)
class Step:
    """
    What holds from a day until the day before the next step; the first step of a course holds from ever.

    `of` is the revision that is judged (`SOP-014@3`), or for an activity the role by which somebody would perform it.
    With `names_day`, the reason ends with the day that is asked about, and is without it here.
    """

    first: date
    yes: bool
    reason: str
    names_day: bool
    evidence: tuple[Evidence, ...]
    of: str | None

    def verdict(self, day: date) -> Verdict:
        """The answer about a day on which the step holds."""
        return Verdict(self.yes, f"{self.reason}{day}" if self.names_day else self.reason, self.evidence)

    def says_as(self, other: Step) -> bool:
        """Whether another step says the same, of other days."""
        return (
            self.yes == other.yes
            and self.reason == other.reason
            and self.names_day == other.names_day
            and self.of == other.of
            and self.evidence == other.evidence
        )


# --- what main said -------------------------------------------------------------------------------------------------


class Era(NamedTuple):
    """
    What main said of one activity from a day on: who performs it, what governs it, what those roles require besides.

    It has as much of a matrix as `authorised` asks for. `known` says whether the activity was defined.
    """

    first: date
    known: bool
    governing: Mapping[str, Sequence[Document]]
    performers: Mapping[str, Sequence[Role]]
    documents: Mapping[str, Document]

    @property
    def needed(self) -> Iterator[Document]:
        """The documents on which anything may turn."""
        return chain(chain.from_iterable(self.governing.values()), self.documents.values())


#: What main said of an activity before it spoke of it.
_UNSPOKEN: tuple[bool, Mapping[str, Sequence[Document]], Mapping[str, Sequence[Role]], Mapping[str, Document]]
_UNSPOKEN = (False, {}, {}, {})


class Eras:
    """
    What main said of roles, activities and documents over time, by activity.

    Days that a shallow clone does not reach back to are in no era.
    """

    def __init__(self, snapshot: Snapshot, matrix: Callable[[When], Snapshot], turns: Iterable[date]) -> None:
        """Take what main said at each moment (`matrix`), and the days on which that changed (`turns`)."""
        self._snapshot = snapshot
        self._eras: dict[str, list[Era]] = {}
        self._performed: dict[str, set[str]] = defaultdict(set)
        self._documents: dict[str, Document] = {}
        self._roles: dict[str, Role] = {}
        self._first = date.min
        before = None
        for day in sorted({date.min, *turns, snapshot.as_of}):
            try:
                found = matrix(snapshot.end_of(day))
            except CannotRun:  # the clone does not reach back to that day
                continue
            if before is None:
                self._first = day
            if found is not before:
                self._take(day, found)
            before = found

    def of(self, activity: str) -> Sequence[Era]:
        """The eras of an activity, oldest first; none where main never spoke of it."""
        return self._eras.get(activity, ())

    @property
    def activities(self) -> list[str]:
        """The activities that were ever defined, sorted."""
        return sorted(activity for activity, eras in self._eras.items() if any(era.known for era in eras))

    def performed_by(self, roles: Iterable[str]) -> list[str]:
        """The activities that some roles ever performed or operated, sorted."""
        return sorted({activity for role in roles for activity in self._performed.get(role, ())})

    def _take(self, day: date, matrix: Snapshot) -> None:
        """Begin an era wherever something differs; what does not differ is the same object, also from the snapshot."""
        for document in matrix.documents:
            if self._documents.get(document.id) != document:
                now = self._snapshot.documents.get(document.id)
                self._documents[document.id] = now if now == document else document
        for role in matrix.roles:
            if self._roles.get(role.path) != role:
                self._roles[role.path] = role
            for activity in role.activities:
                self._performed[role.id].add(activity)
        for activity in {*self._eras, *matrix.activities, *matrix.performers, *matrix.governing}:
            era = self._era(day, matrix, activity)
            eras = self._eras.setdefault(activity, [] if day == self._first else [Era(self._first, *_UNSPOKEN)])
            if not eras or eras[-1][1:] != era[1:]:
                eras.append(era)

    def _era(self, day: date, matrix: Snapshot, activity: str) -> Era:
        governing = tuple(self._documents[document.id] for document in matrix.governing.get(activity, ()))
        performers = tuple(self._roles[role.path] for role in matrix.performers.get(activity, ()))
        required = {
            name: self._documents[name] for role in performers for name in role.requires if name in matrix.documents
        }
        return Era(day, activity in matrix.activities, {activity: governing}, {activity: performers}, required)


# --- courses --------------------------------------------------------------------------------------------------------


class Courses:
    """The courses of one person. Each document is judged once from one day of change to the next."""

    def __init__(self, snapshot: Snapshot, person: Person) -> None:
        """Look at a person, with what a snapshot knows."""
        self._snapshot = snapshot
        self._person = person
        self._own = frozenset(turns_of(snapshot, person))
        self._suspending = self._own if _may_be_suspended(snapshot, person) else frozenset[date]()
        self._turns: dict[int, tuple[Document, list[date]]] = {}  # by identity; the document is kept, and so is its id
        self._verdicts: dict[tuple[int, date], Verdict] = {}

    def on(self, document: Document) -> tuple[Step, ...]:
        """Whether they are qualified on what is in force of a document."""
        return _told(self._qualified(document, turn) for turn in self._turns_on(document))

    def of(self, activity: str, eras: Sequence[Era]) -> tuple[Step, ...]:
        """Whether they may perform an activity; the course begins with the first of its eras."""
        ends = zip_longest(eras, (later.first for later in eras[1:]))
        return _told(step for era, end in ends for step in self._in_era(activity, era, end))

    @property
    def presence(self) -> tuple[Step, ...]:
        """Whether they work here and are not on leave: what comes before anything else that is asked of an activity."""
        return _told(self._present(turn) for turn in sorted({date.min, *self._own}))

    def _qualified(self, document: Document, day: date) -> Step:
        entry = in_force(document, day)
        reason = f"no revision of {document.id} is in force on "
        return _step(day, self._verdict(document, day), str(document.named(entry)) if entry else None, {reason})

    def _in_era(self, activity: str, era: Era, end: date | None) -> Iterator[Step]:
        """What holds on the first day of an era, and on those before its end on which that may change."""
        role, is_here = None, False
        for day in self._days(era, end):
            if day == era.first or day in self._own:
                role = role_for(self._snapshot, self._person, activity, day, era)
                is_here = self._is_here(day)
            elif not is_here:
                continue  # that is all there is to say
            when = self._snapshot.end_of(day)
            verdict = authorised(self._snapshot, self._person, activity, when, era, judged=self.judged)
            yield _step(day, verdict, role, _AWAY)

    def _days(self, era: Era, end: date | None) -> list[date]:
        found = self._own.union(*map(self._turns_on, era.needed))
        return [era.first, *sorted(day for day in found if era.first < day and (end is None or day < end))]

    def _is_here(self, day: date) -> bool:
        return is_employed(self._person, day) and not is_on_leave(self._person, day)

    def _present(self, day: date) -> Step:
        """The reason of an absence is the one that `authorised` gives."""
        if self._is_here(day):
            return Step(day, yes=True, reason="", names_day=False, evidence=(), of=None)
        return _step(day, authorised(self._snapshot, self._person, "", self._snapshot.end_of(day)), None, _AWAY)

    def _turns_on(self, document: Document) -> Sequence[date]:
        """The days on which it may change whether they are qualified on a document, and the first day of all."""
        known = self._turns.get(id(document))
        if known is None:
            found = turns_on(self._snapshot, self._person.id, document)
            known = self._turns[id(document)] = document, sorted({date.min, *self._suspending, *found})
        return known[1]

    def judged(self, _snapshot: Snapshot, _person: str, document: Document, when: When) -> Verdict:
        """What `qualified` says of a document that is in force; each asks it of the person of these courses."""
        turns = self._turns_on(document)
        return self._verdict(document, turns[bisect_right(turns, when.day) - 1])

    def _verdict(self, document: Document, turn: date) -> Verdict:
        key = id(document), turn
        if key not in self._verdicts:
            when = self._snapshot.end_of(turn)
            self._verdicts[key] = qualified(self._snapshot, self._person.id, document, when)
        return self._verdicts[key]


#: What reasons begin with that end with the day that is asked about.
_AWAY = frozenset({"not employed on ", "on leave on "})


def _step(day: date, verdict: Verdict, of: str | None, naming: AbstractSet[str]) -> Step:
    stem = verdict.reason[: -len("2026-11-20")]
    names_day = stem in naming and verdict.reason.endswith(day.isoformat())
    return Step(day, verdict.yes, stem if names_day else verdict.reason, names_day, verdict.evidence, of)


def _told(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Some steps, without those that say what the one before said."""
    found: list[Step] = []
    for step in steps:
        if not found or not step.says_as(found[-1]):
            found.append(step)
    return tuple(found)


def _may_be_suspended(snapshot: Snapshot, person: Person) -> bool:
    """Whether any event could ever keep somebody from work until they are trained again."""
    actions = (event.actions[index] for event, index in snapshot.retraining)
    return any(action.suspend or person.id in action.people for action in actions)
