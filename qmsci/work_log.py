"""A log of work done, row by row: whether those who did it were authorised at that time."""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import dropwhile
from typing import NamedTuple
from zoneinfo import ZoneInfo

from qmsci.authorisation import authorised, roles_on
from qmsci.completion import history_is_unreadable
from qmsci.finding import CannotRun
from qmsci.gaps import turns_of, turns_on
from qmsci.near_miss import near_miss
from qmsci.programme import Independence, progress, work
from qmsci.records import layout
from qmsci.records.base import as_day, as_moment
from qmsci.records.document import Document
from qmsci.records.person import Person
from qmsci.snapshot import Snapshot, When

#: The columns of a log, and those of them that every log has.
COLUMNS = ("person", "activity", "time", "batch", "supervisor")
NEEDED = ("person", "activity", "time")
_SEPARATORS = (",", ";", "\t")
#: A log with more wrong names in it than this has another trouble than spelling; and each guess costs a while.
_MOST_GUESSES = 20


class Row(NamedTuple):
    """One row, by its first line in the file; its cells without the spaces around them, None where one is empty."""

    line: int
    person: str
    activity: str
    time: str
    batch: str | None
    supervisor: str | None


class Unjudged(NamedTuple):
    """A row that nobody can judge, and why."""

    line: int
    reason: str
    batch: str | None = None


class JudgedRow(NamedTuple):
    """
    A row with the verdict on whoever did the work; where they were not authorised, the first condition that fails.

    `supervised`: they may do it under supervision, and the row names a supervisor who may do it alone.
    """

    row: Row
    authorised: bool
    supervised: bool
    reason: str


# --- reading --------------------------------------------------------------------------------------------------------


def rows(lines: Iterable[str], names: Mapping[str, str]) -> Iterator[Row | Unjudged]:
    """
    The rows of a log with a header, separated by commas, semicolons or tabs; empty lines are passed over.

    `names` says what the log calls a column, where that is another name. Raises `CannotRun` where there is no header
    with the columns that it takes.
    """
    source = dropwhile(lambda numbered: not numbered[1].strip(), enumerate(lines, 1))
    first, head = next(source, (0, ""))
    if not first:
        raise CannotRun("the log is empty; its first row names the columns")
    separator, header = _header(head, {names.get(column, column) for column in COLUMNS})
    places = _places(header, names)
    reader = csv.reader((line for _, line in source), delimiter=separator, strict=True)
    while True:
        line = first + reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield Unjudged(line, _why_unreadable(str(error)))
            continue
        if cells is None:
            return
        if cells:
            yield _row(line, cells, len(header), places)


def _header(line: str, wanted: set[str]) -> tuple[str, list[str]]:
    """The separator and the names in the header: those by which most of the wanted ones are found, or most at all."""
    found, faults = [], []
    for separator in _SEPARATORS:
        try:
            cells = next(csv.reader([line], delimiter=separator, strict=True))
        except csv.Error as error:  # by this separator; there are others
            faults.append(str(error))
        else:
            found.append((separator, [cell.strip() for cell in cells]))
    if not found:
        raise CannotRun(f"the header of the log is {_why_unreadable(faults[0])}")
    return max(found, key=lambda one: (len(wanted.intersection(one[1])), len(one[1])))


def _why_unreadable(error: str) -> str:
    said = {"unexpected end of data": "a quote is never closed, and nothing after it was read"}.get(error, error)
    return f"not readable as CSV: {said}"


def _places(header: Sequence[str], names: Mapping[str, str]) -> dict[str, int]:
    """In which cell each column is."""
    places = {}
    for column in COLUMNS:
        name = names.get(column, column)
        if header.count(name) > 1:
            raise CannotRun(f"the log has the column {name!r} twice")
        if name in header:
            places[column] = header.index(name)
        elif column in NEEDED or column in names:
            near = near_miss(name, header)
            hint = f" (did you mean {near!r}?)" if near else ""
            known = ", ".join(map(repr, header))
            raise CannotRun(f"the log has no column {name!r}{hint}; it has {known}: --columns {column}=…")
    return places


def _row(line: int, cells: Sequence[str], number: int, places: Mapping[str, int]) -> Row | Unjudged:
    if len(cells) != number:
        return Unjudged(line, f"it has {len(cells)} cell{'s' * (len(cells) > 1)}, the header {number}")
    found = {column: cells[place].strip() for column, place in places.items()}
    batch = found.get("batch") or None
    missing = [column for column in NEEDED if not found[column]]
    if missing:
        return Unjudged(line, f"it names no {' and no '.join(missing)}", batch)
    return Row(line, found["person"], found["activity"], found["time"], batch, found.get("supervisor") or None)


# --- judging --------------------------------------------------------------------------------------------------------


class _CannotJudge(Exception):
    """Why a row is not judged."""


class Judge:
    """Judges rows. What was found once holds for every row that nothing has changed for in between."""

    def __init__(self, snapshot: Snapshot, matrix_of: Callable[[When], Snapshot]) -> None:
        """
        Judge by the people and records of a snapshot, and by what `matrix_of` says of roles and documents then.

        `matrix_of` gives the same snapshot whenever it says the same.
        """
        if snapshot.policy is None:
            raise CannotRun("qmsci.yaml cannot be read: qmsci check --all")
        self._snapshot = snapshot
        self._matrix_of = matrix_of
        self._zone: ZoneInfo = snapshot.policy.zone
        self._turns: dict[tuple[str, str, int], list[date]] = {}
        self._able: set[tuple[str, str, int, object]] = set()
        self._reasons: dict[tuple[str, str, int, object, date], str] = {}
        self._learners: dict[tuple[str, str, int, object], bool] = {}
        self._matrices: dict[int, Snapshot] = {}  # kept, so that no other one has the same id
        self._guesses: dict[str, str | None] = {}

    def judge(self, row: Row) -> JudgedRow | Unjudged:
        """Whether the one who did the work was authorised, or supervised by somebody who was."""
        try:
            when = self._moment(row.time)
            matrix = self._matrix_of(when)
            self._matrices[id(matrix)] = matrix
            return self._judged(row, when, matrix)
        except _CannotJudge as reason:
            return Unjudged(row.line, str(reason), row.batch)

    def _judged(self, row: Row, when: When, matrix: Snapshot) -> JudgedRow:
        person = self._person(row.person)
        if row.activity not in matrix.activities:
            raise _CannotJudge(self._no_activity(matrix, row.activity))
        against = self._why_not(person, row.activity, when, matrix)
        if against is None:
            return JudgedRow(row, authorised=True, supervised=False, reason="")
        if row.supervisor is None or not self._may_learn(person, row.activity, when, matrix):
            return JudgedRow(row, authorised=False, supervised=False, reason=against)
        if row.supervisor == person.id:
            said = f"{against}; nobody is their own supervisor"
            return JudgedRow(row, authorised=False, supervised=False, reason=said)
        above = self._why_not(self._person(row.supervisor), row.activity, when, matrix)
        reason = f"{against}; the supervisor {row.supervisor}: {above}" if above else against
        return JudgedRow(row, authorised=False, supervised=above is None, reason=reason)

    def _why_not(self, person: Person, activity: str, when: When, matrix: Snapshot) -> str | None:
        """The first condition of being authorised that fails; None where none does."""
        key = person.id, activity, id(matrix), self._since(person, activity, when, matrix)
        if key in self._able:
            return None
        of_day = *key, when.day  # which a reason may name
        if of_day not in self._reasons:
            verdict = authorised(self._snapshot, person, activity, when, matrix)
            if verdict and self._snapshot.unreadable_below(layout.EVENTS):
                raise _CannotJudge("a quality event that may keep somebody from the work cannot be read")
            if verdict:
                self._able.add(key)
                return None
            unread = self._unreadable(person, activity, matrix)
            if unread:
                raise _CannotJudge(f"the training of {person.id} on {', '.join(unread)} cannot be read")
            self._reasons[of_day] = verdict.reason
        return self._reasons[of_day]

    def _may_learn(self, person: Person, activity: str, when: When, matrix: Snapshot) -> bool:
        """Whether somebody may do it under supervision, in one of the roles that they hold."""
        key = person.id, activity, id(matrix), self._since(person, activity, when, matrix)
        if key not in self._learners:
            held = roles_on(person, when.day)
            roles = [role for role in matrix.performers.get(activity, ()) if role.id in held]
            self._learners[key] = any(
                one.activity == activity and one.how is Independence.SUPERVISED
                for role in roles
                for one in work(
                    self._snapshot,
                    person,
                    role,
                    when,
                    progress(self._snapshot, person, role, when, matrix=matrix),
                    matrix,
                )
            )
        return self._learners[key]

    # --- what an answer holds for -----------------------------------------------------------------------------------

    def _since(self, person: Person, activity: str, when: When, matrix: Snapshot) -> object:
        """What two moments share between which nothing changes for somebody; the moment itself on a day of change."""
        key = person.id, activity, id(matrix)
        if key not in self._turns:
            found = turns_of(self._snapshot, person)
            for document in self._documents(activity, matrix):
                found |= turns_on(self._snapshot, person.id, document)
            self._turns[key] = sorted(found)
        turns = self._turns[key]
        position = bisect_right(turns, when.day)
        return when.instant if position and turns[position - 1] == when.day else position

    def _documents(self, activity: str, matrix: Snapshot) -> list[Document]:
        """The documents that may be needed for an activity: those that govern it, and those that its roles list."""
        listed = {name for role in matrix.performers.get(activity, ()) for name in role.requires}
        required = filter(None, map(matrix.documents.get, sorted(listed)))
        return [*matrix.governing.get(activity, ()), *required]

    def _unreadable(self, person: Person, activity: str, matrix: Snapshot) -> list[str]:
        needed = {document.id for document in self._documents(activity, matrix)}
        return [name for name in sorted(needed) if history_is_unreadable(self._snapshot, person.id, name)]

    # --- what a row names -------------------------------------------------------------------------------------------

    def _moment(self, text: str) -> When:
        """The moment of a row; without an offset, in the policy's time zone (the first of two with the same name)."""
        try:
            moment = self._exact(text)
            found = When(moment, self._snapshot.day_of(moment))
        except (ValueError, OverflowError):
            raise _CannotJudge(f"{text!r} is no time, as in 2026-11-22T09:30:00+01:00") from None
        if found.day > self._snapshot.as_of:
            raise _CannotJudge(f"{text} lies ahead")
        return found

    def _exact(self, text: str) -> datetime:
        day, _, clock = text.replace(" ", "T", 1).partition("T")
        if not clock and as_day(day):
            raise _CannotJudge(f"{text!r} is a date, and the time of day is needed too")
        zoned = clock.endswith("Z") or "+" in clock or "-" in clock
        moment: datetime = as_moment(f"{day}T{clock}" if zoned else f"{day}T{clock}Z")
        if zoned:
            return moment
        local = moment.replace(tzinfo=self._zone)
        if local.astimezone(UTC).astimezone(self._zone).replace(tzinfo=UTC) != moment:
            raise _CannotJudge(f"no clock in {self._zone.key} ever showed {text!r}")
        return local

    def _person(self, name: str) -> Person:
        found = self._snapshot.people.get(name)
        if found is None and self._snapshot.unreadable_below(layout.person(name)):
            raise _CannotJudge(f"{layout.person(name)} cannot be read")
        if found is None:
            near = self._snapshot.people.nearest(name)
            raise _CannotJudge(f"no person {name!r} in {layout.PEOPLE}" + (f"; did you mean {near!r}?" if near else ""))
        return found

    def _no_activity(self, matrix: Snapshot, name: str) -> str:
        if matrix.unreadable_below(layout.ACTIVITIES):
            return f"{layout.ACTIVITIES} could not be read then"
        if name in self._snapshot.activities:
            return f"there was no activity {name!r} in {layout.ACTIVITIES} then"
        if name not in self._guesses and len(self._guesses) < _MOST_GUESSES:
            self._guesses[name] = near_miss(name, matrix.activities)
        near = self._guesses.get(name)
        return f"no activity {name!r} in {layout.ACTIVITIES}" + (f"; did you mean {near!r}?" if near else "")
