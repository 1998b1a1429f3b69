"""The training matrix: which role requires which document, and where everybody stands with what they must know."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from io import StringIO
from typing import NamedTuple

from qmsci.matrix import documents_for, reasons
from qmsci.records.document import Document
from qmsci.records.role import Role
from qmsci.render.site.page import (
    Block,
    Grid,
    GridCell,
    GridHead,
    Link,
    Mark,
    Notice,
    Page,
    Part,
    Said,
    Table,
    Text,
    Tone,
)
from qmsci.render.site.summary import PersonSummary, Stand, Summaries
from qmsci.render.site.survey import Survey
from qmsci.render.site.written import DATA, data
from qmsci.render.words import counted, in_csv, visible
from qmsci.snapshot import Snapshot
from qmsci.timeline import in_force, owed_revisions

#: The rows and columns that are shown at a time: as many as a sheet of A3 has room for, and a browser draws at once.
ROWS, PEOPLE_COLUMNS, ROLES_COLUMNS = 50, 60, 36
#: The most cells of a file with a column for each document; a longer one is more than people read.
MOST_WIDE = 200_000


class Sign(NamedTuple):
    """A state that a cell can be in: its letter in the data, its word, how it looks and is meant, and when it is so."""

    letter: str
    word: str
    shown: str
    tone: Tone
    meaning: str


#: Where a person stands with a revision.
STATES = (
    Sign("Q", "qualified", "Q", Tone.GOOD, "trained on the revision, nothing has lapsed, nothing suspends"),
    Sign("E", "expiring", "E", Tone.WARN, "qualified, and the refresher is due soon"),
    Sign("W", "waived", "W", Tone.GOOD, "released from the training by a waiver that is valid today"),
    Sign("T", "in training", "T", Tone.WARN, "training is assigned or begun, and is not overdue"),
    Sign("O", "overdue", "O", Tone.BAD, "training is assigned, was not completed, and its due day has passed"),
    Sign("L", "lapsed", "L", Tone.BAD, "was trained, and the refresher was not completed in time"),
    Sign("S", "suspended", "S", Tone.BAD, "a quality event asks for retraining, which is not completed"),
    Sign("N", "not qualified", "N", Tone.BAD, "not trained, and no training is assigned or begun"),
)
_NOBODY = Sign("H", "no holder at work", "nobody", Tone.QUIET, "nobody holds the role and is at work")
#: How many of a role's holders at work are trained on a revision.
SHARES = (
    Sign("A", "all are qualified", "n of n", Tone.GOOD, "every holder at work is qualified"),
    Sign("P", "some are qualified", "k of n", Tone.WARN, "some holders at work are qualified, others are not"),
    Sign("N", "none is qualified", "0 of n", Tone.BAD, "no holder at work is qualified"),
    _NOBODY,
)
_LETTERS = {sign.word.replace(" ", "-"): sign.letter for sign in STATES}
#: The letters of why a role requires a document, by the first word of the reason.
_WHY = {"performs": "P", "operates": "O", "lists": "L"}


class Item(NamedTuple):
    """
    What a cell says of one revision of its document; `place` is 0 for the one in force, 1 for the next, and so on.

    `asked` says whether it is required today of somebody at work. The numbers of a person are the days of training, due
    and valid through, counted from the day of the site; those of a role how many are qualified, of how many, and the
    positions of the reasons for which it requires the document.
    """

    place: int
    letter: str
    asked: bool
    numbers: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A document that is in force or coming; its revisions from that in force (empty where there is none) onwards."""

    document: Document
    revisions: tuple[str, ...]

    @property
    def type(self) -> str:
        """The prefix of its id."""
        return self.document.id.split("-", 1)[0]

    @property
    def signs(self) -> int:
        """How many of its revisions a cell may speak of."""
        return sum(map(bool, self.revisions))


@dataclass(frozen=True, slots=True)
class Row:
    """A person or a role, and what the cells of its documents say."""

    name: str
    title: str
    roles: tuple[str, ...]
    departments: tuple[str, ...]
    cells: Mapping[str, Sequence[Item]]


@dataclass(frozen=True, slots=True)
class Kind:
    """
    What is different between the matrix of people and that of roles.

    `counted` names the columns of the legend, each with what it counts (as `_counted_as` has it). `shown`, `said` and
    `word` are what a cell shows of an item, says of it in full, and what a spreadsheet has of it.
    """

    name: str
    corner: str
    caption: str
    line: str
    columns: int
    signs: tuple[Sign, ...]
    counted: tuple[tuple[str, int], ...]
    shown: Callable[[Item, Sign], Mark]
    said: Callable[[Item, Sign, date], str]
    word: Callable[[Item, Sign], str]
    target: Callable[[str, str, date], str]


@dataclass(frozen=True, slots=True)
class Matrix:
    """A matrix as of a day; `reasons` are those that its items name by position."""

    kind: Kind
    day: date
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    reasons: tuple[str, ...] = ()

    def sign(self, item: Item) -> Sign:
        """What an item's letter stands for."""
        return next(sign for sign in self.kind.signs if sign.letter == item.letter)


def part(survey: Survey, summaries: Summaries) -> Part:
    """The two pages of the matrix, what they load, and both as files for a spreadsheet."""
    definitions, day = survey.matrix(survey.when), survey.when.day
    columns = tuple(_columns(definitions, day))
    roles = _of_roles(definitions, summaries, columns, day)
    people = _of_people(summaries, columns, day)
    files = {
        _path(roles, ".js"): data("matrix/roles", _compact(roles, definitions)),
        _path(people, ".js"): data("matrix/people", _compact(people, definitions)),
        _path(roles, ".csv"): _csv(_ROLES_HEADS, _role_lines(roles)),
        _path(people, ".csv"): _csv(_PEOPLE_HEADS, _person_lines(people, summaries)),
    }
    files |= {_path(one, "-wide.csv"): _wide(one) for one in (roles, people) if _is_wide(one)}
    return Part((_roles_page(roles), _people_page(people)), files)


# --- the matrix of roles, and of people -----------------------------------------------------------------------------


def _columns(definitions: Snapshot, day: date) -> Iterator[Column]:
    for document in definitions.documents:
        current = in_force(document, day)
        coming = [entry.revision for entry in reversed(owed_revisions(document, day)) if entry is not current]
        if current or coming:
            yield Column(document, (current.revision if current else "", *coming))


def _of_roles(definitions: Snapshot, summaries: Summaries, columns: Sequence[Column], day: date) -> Matrix:
    """Every role with the documents that it requires; its holders at work are counted from where they stand."""
    known = {column.document.id: column for column in columns}
    counts = _counts(summaries.people.values())
    because: dict[str, int] = {}
    rows = []
    for role in definitions.roles:
        asked = [known[document.id] for document in documents_for(definitions, role) if document.id in known]
        cells = {column.document.id: tuple(_shares(role, column, counts, because)) for column in asked}
        rows.append(Row(role.id, role.title, (role.id,), (role.department,) if role.department else (), cells))
    return Matrix(ROLES, day, tuple(columns), tuple(rows), tuple(because))


def _counts(people: Iterable[PersonSummary]) -> Counter[tuple[str, str, str, bool]]:
    """How many of the holders at work of a role are trained on a revision, and how many are not."""
    return Counter(
        (role, stand.document, stand.revision, stand.trained)
        for person in people
        for stand in person.stands
        if stand.owed
        for role in stand.roles
        if role in person.roles
    )


def _shares(
    role: Role, column: Column, counts: Counter[tuple[str, str, str, bool]], because: dict[str, int]
) -> Iterator[Item]:
    why = (because.setdefault(one, len(because)) for one in _because(role, column.document))
    positions = tuple(why)
    for place, revision in enumerate(column.revisions):
        if revision:
            trained, untrained = (counts[role.id, column.document.id, revision, yes] for yes in (True, False))
            letter = ("A" if not untrained else "P" if trained else "N") if trained or untrained else "H"
            yield Item(place, letter, True, (trained, trained + untrained, *positions))


def _because(role: Role, document: Document) -> Iterator[str]:
    """Why a role requires a document, in the words of the role's file; what it lists is named by the column already."""
    for reason in reasons(role, document):
        yield "lists it" if reason.startswith("requires ") else reason


def _of_people(summaries: Summaries, columns: Sequence[Column], day: date) -> Matrix:
    """Everybody who works here, or is required to know something, with what that is."""
    places = {
        (column.document.id, revision): place
        for column in columns
        for place, revision in enumerate(column.revisions)
        if revision
    }
    rows = []
    for person in summaries.people.values():
        if person.employed or person.stands:
            cells: dict[str, list[Item]] = {}
            for stand in person.stands:
                item = _item(stand, places[stand.document, stand.revision], day)
                cells.setdefault(stand.document, []).append(item)
            rows.append(Row(person.person, person.name, person.roles, person.departments, cells))
    return Matrix(PEOPLE, day, tuple(columns), tuple(rows))


def _item(stand: Stand, place: int, day: date) -> Item:
    dates = (stand.since, stand.due, stand.valid_through)
    return Item(place, letter_of(stand), stand.owed, tuple((one - day).days if one else None for one in dates))


def letter_of(stand: Stand) -> str:
    """The letter of the state in which somebody stands; training that is overdue has one of its own."""
    return "O" if stand.late and stand.state == "in-training" else _LETTERS[stand.state]


# --- what is said of a cell -----------------------------------------------------------------------------------------


def _person_shown(item: Item, sign: Sign) -> Mark:
    """The letter; of a coming revision after an arrow, in brackets where nobody requires it of them today."""
    if item.place:
        return Mark(f"→{sign.shown}", sign.tone)
    return Mark(sign.shown, sign.tone) if item.asked else Mark(f"({sign.shown})", Tone.QUIET)


def _person_said(item: Item, sign: Sign, day: date) -> str:
    dates = zip(("trained on", "due", "valid through"), item.numbers, strict=True)
    said = [f"{name} {day + timedelta(days=days)}" for name, days in dates if days is not None]
    later = [] if item.asked or item.place else ["not required today"]
    return ", ".join((sign.word, *later, *said))


def _share(item: Item, sign: Sign) -> str:
    return sign.shown if sign is _NOBODY else f"{item.numbers[0]} of {item.numbers[1]}"


PEOPLE = Kind(
    name="people",
    corner="Person",
    caption="People and documents",
    line="one line for each person and document",
    columns=PEOPLE_COLUMNS,
    signs=STATES,
    counted=(("Required today", 0), ("On leave, or role to come", 1), ("Coming revision", 2)),
    shown=_person_shown,
    said=_person_said,
    word=lambda _, sign: sign.word,
    target=lambda name, document, day: f"ask.html?person={name}&document={document}&on={day}",
)
ROLES = Kind(
    name="roles",
    corner="Role",
    caption="Roles and documents",
    line="one line for each role and document",
    columns=ROLES_COLUMNS,
    signs=SHARES,
    counted=(("In force", 0), ("Coming revision", 2)),
    shown=lambda item, sign: Mark(f"→{_share(item, sign)}" if item.place else _share(item, sign), sign.tone),
    said=lambda item, sign, _: sign.word if sign is _NOBODY else f"{_share(item, sign)} at work are qualified",
    word=_share,
    target=lambda name, _, __: f"roles/{name}.html",
)


def _cell(matrix: Matrix, row: Row, column: Column) -> GridCell | None:
    """The cell of a row; the script says the same of the same data."""
    items = row.cells.get(column.document.id, ())
    if not items:
        return None
    signs = [matrix.kind.shown(item, matrix.sign(item)) for item in items]
    said = [f"{_revision(column, item)}: {matrix.kind.said(item, matrix.sign(item), matrix.day)}" for item in items]
    why = _why(matrix, items[0])
    if why:
        signs.append(Mark(" ".join(dict.fromkeys(_WHY[one.split(" ", 1)[0]] for one in why))))
    return GridCell(
        tuple(signs), "; ".join([*said, *why]), matrix.kind.target(row.name, column.document.id, matrix.day)
    )


def _revision(column: Column, item: Item) -> str:
    return f"{'coming ' if item.place else ''}revision {column.revisions[item.place]}"


def _why(matrix: Matrix, item: Item) -> Sequence[str]:
    """Why a role requires a document; nothing in the matrix of people."""
    return [matrix.reasons[position] for position in item.numbers[2:] if position is not None] if matrix.reasons else []


# --- the pages ------------------------------------------------------------------------------------------------------


def _roles_page(matrix: Matrix) -> Page:
    said = Text(
        f"Which role requires which document on {matrix.day}, and why. A role requires every document that governs an "
        "activity it performs (P) or equipment it operates (O), and every document that it lists (L). Nobody writes "
        "this table: it follows from the files of roles, activities and documents."
    )
    how = Text(
        "How it is computed: “12 of 14” says how many hold the role on this day and are at work, and how many of them "
        "are qualified on the revision in force: trained on it, not lapsed and not suspended, or released by a waiver. "
        "After an arrow stands the same of a revision that is approved and not yet effective. Retired documents are "
        "left out.",
        Tone.QUIET,
    )
    other = Text(("Where each person stands: ", Link("people and documents", "matrix/people.html"), "."))
    blocks = (said, *_orphans(matrix), other, *_shown(matrix), *_downloads(matrix), how)
    return Page(
        "matrix/index.html",
        "Training matrix: roles and documents",
        blocks,
        kind="Matrix",
        keys=("training matrix", "curriculum"),
        description="Which role requires which document, and how many of its holders are qualified.",
        scripts=("matrix",),
    )


def _people_page(matrix: Matrix) -> Page:
    said = Text(
        f"Where everybody who works here stands on {matrix.day} with each document that they are required to know. An "
        "empty cell: the document is not required of the person. A cell leads to the answer, with its evidence."
    )
    how = Text(
        "How it is computed: a document is required of a person by each role that they hold, or will hold. After an "
        "arrow stands a revision that is approved and not yet effective. A sign in brackets is not required today, "
        "because the person is on leave or the role begins later. What is neither qualified nor waived is open.",
        Tone.QUIET,
    )
    other = Text(("Which role requires what: ", Link("roles and documents", "matrix/index.html"), "."))
    return Page(
        "matrix/people.html",
        "Training matrix: people and documents",
        (said, other, *_shown(matrix), *_downloads(matrix), how),
        kind="Matrix",
        keys=("training matrix", "qualification"),
        description="Where each person stands with each document that they are required to know.",
        scripts=("matrix",),
    )


def _orphans(matrix: Matrix) -> Iterator[Block]:
    """A document without a role, a role without a document: either is one too many."""
    required = {name for row in matrix.rows for name in row.cells}
    alone = [column.document.id for column in matrix.columns if column.document.id not in required]
    idle = [row.name for row in matrix.rows if not row.cells]
    if matrix.rows and matrix.columns and not alone and not idle:
        yield Text(
            "No orphans: every document that is in force or coming is required by a role, and every role requires a "
            "document.",
            Tone.GOOD,
        )
    if alone:
        links = (Link(name, f"documents/{name}.html") for name in alone)
        yield Notice(f"{counted(len(alone), 'document')} without a role", ("No role requires ", *_listed(links), "."))
    if idle:
        links = (Link(name, f"roles/{name}.html") for name in idle)
        yield Notice(f"{counted(len(idle), 'role')} without a document", (*_listed(links), " asks for no training."))


def _listed(links: Iterable[Link]) -> Iterator[Said]:
    for position, link in enumerate(links):
        yield from (", ", link) if position else (link,)


def _shown(matrix: Matrix) -> Iterator[Block]:
    kind = matrix.kind
    if not matrix.rows or not matrix.columns:
        rows, columns = counted(len(matrix.rows), kind.corner.lower()), counted(len(matrix.columns), "document")
        yield Text(f"There is nothing to show: {rows}, {columns}.")
        return
    is_small = len(matrix.rows) <= ROWS and len(matrix.columns) <= kind.columns
    yield Grid(
        kind=kind.name,
        caption=f"{kind.caption} on {matrix.day}",
        corner=kind.corner,
        columns=tuple(
            GridHead(one.document.id, one.document.title, f"documents/{one.document.id}.html", one.signs)
            for one in matrix.columns
        ),
        rows=tuple(_grid_row(matrix, row) for row in matrix.rows) if is_small else (),
        legend=_legend(matrix),
        window=(ROWS, kind.columns),
        otherwise="The table is shown by the site's own script. The files below have all of it.",
    )


def _grid_row(matrix: Matrix, row: Row) -> tuple[GridHead, tuple[GridCell | None, ...]]:
    head = GridHead(row.title, row.name, f"{matrix.kind.name}/{row.name}.html")
    return head, tuple(_cell(matrix, row, column) for column in matrix.columns)


def _legend(matrix: Matrix) -> Table:
    """What the signs mean, and how many there are of each; the script counts in the same places what is shown."""
    kind = matrix.kind
    found = Counter(
        (item.letter, _counted_as(item)) for row in matrix.rows for items in row.cells.values() for item in items
    )
    heads, places = zip(*kind.counted, strict=True)
    rows: list[tuple[Said, ...]] = [
        (
            Mark(sign.shown, sign.tone),
            f"{sign.word}: {sign.meaning}",
            *(str(found[sign.letter, place]) for place in places),
        )
        for sign in kind.signs
    ]
    totals = (str(sum(found[sign.letter, place] for sign in kind.signs)) for place in places)
    rows.append(("All", "", *totals))
    return Table("legend", "What the signs mean, and how many are shown", ("Sign", "Meaning", *heads), tuple(rows))


def _counted_as(item: Item) -> int:
    """Where the legend counts an item: among the coming ones, those not required today, or the others."""
    return 2 if item.place else 0 if item.asked else 1


def _downloads(matrix: Matrix) -> Iterator[Block]:
    said: list[Said] = ["The whole matrix as CSV: ", Link(matrix.kind.line, _path(matrix, ".csv"))]
    if _is_wide(matrix):
        said += ["; ", Link("one column for each document", _path(matrix, "-wide.csv"))]
    yield Text((*said, "."))


def _path(matrix: Matrix, ending: str) -> str:
    return f"{DATA}matrix/{matrix.kind.name}{ending}"


# --- for the script -------------------------------------------------------------------------------------------------


def _compact(matrix: Matrix, definitions: Snapshot) -> dict[str, object]:
    """
    A matrix as the script reads it: each text once, and named by its position; of each row a line of cells.

    A cell is how many columns it stands behind the one before, a letter, `(` where it is not required today or a `>`
    for each place of a coming revision, and numbers with a point before each, all in base 36. One more of the same
    column stands 0 behind.
    """
    roles = {
        name: position for position, name in enumerate(sorted({name for row in matrix.rows for name in row.roles}))
    }
    departments = {
        name: position
        for position, name in enumerate(sorted({name for row in matrix.rows for name in row.departments}))
    }
    place = {column.document.id: position for position, column in enumerate(matrix.columns)}
    known = {name: definitions.roles.get(name) for name in roles}
    return {
        "day": matrix.day.isoformat(),
        "signs": [[sign.letter, sign.word, sign.shown, sign.tone] for sign in matrix.kind.signs],
        "roles": [[visible(name), visible(role.title) if role else ""] for name, role in known.items()],
        "departments": [visible(name) for name in departments],
        "reasons": [visible(reason) for reason in matrix.reasons],
        "documents": [
            [column.document.id, visible(column.document.title), column.type, column.revisions]
            for column in matrix.columns
        ],
        "rows": [
            [
                row.name,
                visible(row.title),
                [roles[name] for name in row.roles],
                [departments[name] for name in row.departments],
            ]
            for row in matrix.rows
        ],
        "cells": [" ".join(_tokens(row, place)) for row in matrix.rows],
    }


def _tokens(row: Row, place: Mapping[str, int]) -> Iterator[str]:
    at = 0
    for position, items in sorted((place[name], items) for name, items in row.cells.items()):
        for item in items:
            flag = ">" * item.place or ("" if item.asked else "(")
            numbers = ".".join("" if one is None else _base36(one) for one in item.numbers).rstrip(".")
            yield f"{_base36(position - at)}{item.letter}{flag}{'.' if numbers else ''}{numbers}"
            at = position


def _base36(number: int) -> str:
    """
    A number as `Number.toString(36)` writes it.

    >>> _base36(0), _base36(35), _base36(-400)
    ('0', 'z', '-b4')
    """
    if number < 0:
        return f"-{_base36(-number)}"
    rest, digit = divmod(number, 36)
    return (_base36(rest) if rest else "") + "0123456789abcdefghijklmnopqrstuvwxyz"[digit]


# --- for a spreadsheet ----------------------------------------------------------------------------------------------

_PEOPLE_HEADS = (
    *("person", "name", "roles", "departments", "document", "title", "revision", "in force", "required today"),
    *("state", "overdue", "due", "trained on", "valid through"),
)
_ROLES_HEADS = (
    *("role", "title", "departments", "document", "document title", "revision", "in force", "why"),
    *("qualified", "at work"),
)


def _person_lines(matrix: Matrix, summaries: Summaries) -> Iterator[tuple[str, ...]]:
    titles = {column.document.id: column.document.title for column in matrix.columns}
    words = {sign.letter: sign.word for sign in matrix.kind.signs}
    for row in matrix.rows:
        about = (row.name, row.title, ", ".join(row.roles), ", ".join(row.departments))
        for stand in summaries.people[row.name].stands:
            yield (
                *about,
                stand.document,
                titles[stand.document],
                stand.revision,
                _yes(stand.current),
                _yes(stand.owed),
                words[letter_of(stand)],
                _yes(stand.late),
                *(one.isoformat() if one else "" for one in (stand.due, stand.since, stand.valid_through)),
            )


def _role_lines(matrix: Matrix) -> Iterator[tuple[str, ...]]:
    columns = {column.document.id: column for column in matrix.columns}
    for row in matrix.rows:
        for name, items in row.cells.items():
            column = columns[name]
            for item in items:
                yield (
                    *(row.name, row.title, ", ".join(row.departments), name, column.document.title),
                    *(column.revisions[item.place], _yes(not item.place), ", ".join(_why(matrix, item))),
                    *(str(item.numbers[0]), str(item.numbers[1])),
                )


def _yes(said: bool) -> str:
    return "yes" if said else "no"


def _is_wide(matrix: Matrix) -> bool:
    return len(matrix.rows) * len(matrix.columns) <= MOST_WIDE


def _wide(matrix: Matrix) -> str:
    """A line for each row and a column for each document, as people like to have it on paper."""
    lines = (
        (row.name, row.title, *(_in_words(matrix, column, row) for column in matrix.columns)) for row in matrix.rows
    )
    heads = (matrix.kind.corner.lower(), "title" if matrix.kind is ROLES else "name")
    return _csv((*heads, *(column.document.id for column in matrix.columns)), lines)


def _in_words(matrix: Matrix, column: Column, row: Row) -> str:
    items = row.cells.get(column.document.id, ())
    words = [(item, matrix.kind.word(item, matrix.sign(item))) for item in items]
    return "; ".join(f"{_revision(column, item)}: {word}" if item.place else word for item, word in words)


def _csv(heads: Iterable[str], lines: Iterable[Iterable[str]]) -> str:
    out = StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(heads)
    safe = cache(in_csv)  # most texts are there many times
    rows.writerows(map(safe, line) for line in lines)
    return out.getvalue()
