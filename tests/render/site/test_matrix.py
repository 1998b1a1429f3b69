"""The training matrix: roles and people by documents, with nothing in it, with anything in it, and as it is here."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from html import unescape
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmsci.render.site import matrix
from qmsci.render.site.page import Grid, GridCell, Notice, Page, Part, Text
from qmsci.render.site.standing import position, summary_of
from qmsci.render.site.summary import PersonSummary, Summaries
from qmsci.render.site.written import plain, written
from tests.render.site.matrices import (
    ACTIVITIES,
    COMING,
    DAY,
    IN_FORCE,
    LATER,
    OLD,
    document,
    made,
    person,
    role,
    stand,
)
from tests.render.site.surveys import survey_of

ROOT = Path(__file__).parent.parent.parent.parent


def loaded(part: Part, kind: str) -> dict[str, Any]:
    """What the script loads."""
    said = re.fullmatch(r'qmsciData\("matrix/\w+", (.*)\);\n', part.data[f"data/matrix/{kind}.js"], re.DOTALL)
    assert said
    found = json.loads(said[1])
    assert isinstance(found, dict)
    return found


def lines(part: Part, name: str) -> list[dict[str, str]]:
    """The lines of a file for a spreadsheet, by its heads."""
    return list(csv.DictReader(StringIO(part.data[f"data/matrix/{name}.csv"])))


def grid(page: Page) -> Grid:
    """The grid of a page."""
    return next(block for block in page.blocks if isinstance(block, Grid))


def cells(page: Page) -> dict[tuple[str, str], GridCell]:
    """The cells of a page that say something, by the ids of their rows and columns."""
    found = grid(page)
    return {
        (head.more, column.text): cell
        for head, row in found.rows
        for column, cell in zip(found.columns, row, strict=True)
        if cell
    }


def said(page: Page) -> str:
    """Its sentences."""
    notices = (f"{block.title}. {plain(block.said)}" for block in page.blocks if isinstance(block, Notice))
    return " ".join([*(plain(block.said) for block in page.blocks if isinstance(block, Text)), *notices])


# --- nothing is there -----------------------------------------------------------------------------------------------


def test_a_system_in_which_nothing_is_there():
    """Both pages say so; the files are there, with their heads alone."""
    part = made({})
    roles, people = part.pages

    assert [page.path for page in part.pages] == ["matrix/index.html", "matrix/people.html"]
    assert "nothing to show: 0 roles, 0 documents" in said(roles)
    assert "nothing to show: 0 people, 0 documents" in said(people)
    assert "orphan" not in said(roles)
    assert lines(part, "roles") == lines(part, "people") == []
    assert part.data["data/matrix/people.csv"].startswith("person,name,roles,departments,document,")
    assert loaded(part, "people")["cells"] == []


def test_people_and_roles_without_any_document():
    """Nobody is hidden: they are counted, and the roles are named."""
    part = made(role("operator"), person("p-1"))

    assert "nothing to show: 1 person, 0 documents" in said(part.pages[1])
    assert "1 role without a document" in said(part.pages[0])
    assert [row[0] for row in loaded(part, "people")["rows"]] == ["p-1"]


def test_who_has_left_and_owes_nothing_is_not_shown():
    """Who works here is, also when nothing is required of them."""
    part = made(document("SOP-001"), person("p-1", employed=False), person("p-2"))

    assert [row[0] for row in loaded(part, "people")["rows"]] == ["p-2"]


# --- roles ----------------------------------------------------------------------------------------------------------


def test_why_a_role_requires_a_document():
    """It performs or operates what the document governs, or lists it, or all of these."""
    part = made(
        ACTIVITIES
        | document("SOP-001", more="governs: [gowning]\n")
        | document("SOP-002", more="governs: [gowning, filler]\n")
        | document("SOP-003")
        | role("operator", "performs: [gowning]\noperates: [filler]\nrequires: [SOP-002, SOP-003]\n")
    )
    found = {column: (cell.signs[-1].text, cell.said) for (_, column), cell in cells(part.pages[0]).items()}

    assert found["SOP-001"] == ("P", "revision 1: no holder at work; performs gowning")
    assert found["SOP-002"][0] == "P O L"
    assert found["SOP-002"][1].endswith("performs gowning; operates filler; lists it")
    assert found["SOP-003"][0] == "L"
    assert [line["why"] for line in lines(part, "roles")] == [
        "performs gowning",
        "performs gowning, operates filler, lists it",
        "lists it",
    ]


def test_orphans_are_named_either_way():
    """A document without a role, a role without a document."""
    part = made(document("SOP-001") | document("WI-002") | role("operator", "requires: [SOP-001]\n") | role("idle"))
    notices = [block for block in part.pages[0].blocks if isinstance(block, Notice)]

    assert [plain(one.said) for one in notices] == ["No role requires WI-002.", "idle asks for no training."]
    assert [one.title for one in notices] == ["1 document without a role", "1 role without a document"]
    assert "No orphans" not in said(part.pages[0])


def test_no_orphans_is_said():
    """An inspector looks for the sentence."""
    page = made(document("SOP-001") | role("operator", "requires: [SOP-001]\n")).pages[0]

    assert "No orphans: every document that is in force or coming is required by a role" in said(page)


def test_retired_documents_are_no_orphans():
    """They govern and require nothing."""
    part = made(document("SOP-001", more="retired: 2026-05-01\n") | role("idle"))

    assert loaded(part, "roles")["documents"] == []


@pytest.mark.parametrize(
    ("people", "shown", "letter"),
    [
        pytest.param([], "nobody", "H", id="nobody holds it"),
        pytest.param([person("p-1", stand(owed=False))], "nobody", "H", id="all are on leave"),
        pytest.param([person("p-1", stand(), roles=("lead",))], "nobody", "H", id="they hold another role now"),
        pytest.param([person("p-1", stand())], "1 of 1", "A", id="qualified"),
        pytest.param([person("p-1", stand(state="waived"))], "1 of 1", "A", id="waived"),
        pytest.param([person("p-1", stand(state="expiring"))], "1 of 1", "A", id="expiring"),
        pytest.param([person("p-1", stand(state="suspended"))], "0 of 1", "N", id="suspended"),
        pytest.param([person("p-1", stand()), person("p-2", stand(state="lapsed"))], "1 of 2", "P", id="some"),
        pytest.param(
            [person("p-1", stand()), person("p-2", stand(state="lapsed", owed=False))], "1 of 1", "A", id="one on leave"
        ),
    ],
)
def test_how_many_of_the_holders_at_work_are_qualified(people: list[PersonSummary], shown: str, letter: str):
    """Who is on leave, or holds the role no longer, is not counted."""
    part = made(document("SOP-001") | role("operator", "requires: [SOP-001]\n"), *people)
    cell = cells(part.pages[0])["operator", "SOP-001"]

    assert cell.signs[0].text == shown
    assert cell.to == "roles/operator.html"
    assert loaded(part, "roles")["cells"][0][1] == letter
    assert {sign[0]: sign[3] for sign in loaded(part, "roles")["signs"]}[letter] == cell.signs[0].tone


def test_coming_revisions_of_a_role():
    """Each is counted beside what is in force, and distinguishable from it; one may be all that there is."""
    part = made(
        document("SOP-001", LATER, COMING, IN_FORCE, OLD)
        | document("SOP-002", COMING)
        | role("operator", "requires: [SOP-001, SOP-002]\n"),
        person("p-1", stand(), stand(revision="2", state="in-training"), stand("SOP-002", "2")),
    )
    found = cells(part.pages[0])

    assert [sign.text for sign in found["operator", "SOP-001"].signs] == ["1 of 1", "→0 of 1", "→nobody", "L"]
    assert found["operator", "SOP-001"].said == (
        "revision 1: 1 of 1 at work are qualified; coming revision 2: 0 of 1 at work are qualified; "
        "coming revision 3: no holder at work; lists it"
    )
    assert [sign.text for sign in found["operator", "SOP-002"].signs] == ["→1 of 1", "L"]
    assert [one[3] for one in loaded(part, "roles")["documents"]] == [["1", "2", "3"], ["", "2"]]
    assert [(line["revision"], line["in force"], line["qualified"]) for line in lines(part, "roles")] == [
        ("1", "yes", "1"),
        ("2", "no", "0"),
        ("3", "no", "0"),
        ("2", "no", "1"),
    ]
    assert lines(part, "roles-wide")[0]["SOP-001"] == "1 of 1; coming revision 2: 0 of 1; coming revision 3: nobody"


# --- people ---------------------------------------------------------------------------------------------------------

STATES = {
    "qualified": "Q",
    "expiring": "E",
    "waived": "W",
    "in-training": "T",
    "lapsed": "L",
    "suspended": "S",
    "not-qualified": "N",
}


@pytest.mark.parametrize(("state", "letter"), STATES.items())
def test_every_state_has_its_letter(state: str, letter: str):
    """And what is overdue has one of its own, unless the state says more."""
    late = "O" if state == "in-training" else letter

    assert matrix.letter_of(stand(state=state)) == letter
    assert matrix.letter_of(stand(state=state, late=True)) == late


def test_what_is_said_of_a_person():
    """The state, the revision and the days; in brackets what nobody requires today, after an arrow what is coming."""
    first, due, last = date(2026, 2, 1), date(2026, 11, 20), date(2027, 2, 1)
    part = made(
        document("SOP-001", COMING, IN_FORCE) | document("SOP-002"),
        person(
            "p-1",
            stand(since=first, valid_through=last),
            stand(revision="2", state="in-training", due=due, late=True),
            stand("SOP-002", owed=False, since=first),
        ),
    )
    found = cells(part.pages[1])

    assert [sign.text for sign in found["p-1", "SOP-001"].signs] == ["Q", "→O"]
    assert found["p-1", "SOP-001"].said == (
        "revision 1: qualified, trained on 2026-02-01, valid through 2027-02-01; "
        "coming revision 2: overdue, due 2026-11-20"
    )
    assert found["p-1", "SOP-001"].to == "ask.html?person=p-1&document=SOP-001&on=2026-11-22"
    assert [(sign.text, sign.tone) for sign in found["p-1", "SOP-002"].signs] == [("(Q)", "quiet")]
    assert found["p-1", "SOP-002"].said == "revision 1: qualified, not required today, trained on 2026-02-01"
    assert lines(part, "people")[1] == {
        "person": "p-1",
        "name": "Name of p-1",
        "roles": "operator",
        "departments": "",
        "document": "SOP-001",
        "title": "Gowning",
        "revision": "2",
        "in force": "no",
        "required today": "yes",
        "state": "overdue",
        "overdue": "yes",
        "due": "2026-11-20",
        "trained on": "",
        "valid through": "",
    }
    assert lines(part, "people-wide")[0]["SOP-001"] == "qualified; coming revision 2: overdue"


# --- hostile --------------------------------------------------------------------------------------------------------

HOSTILE = "<script>alert(1)</script>|\"'`*_=1+1\u202e\x07</table> {#x} [a](b)"


def test_names_are_shown_and_do_nothing():
    """In the page, in the data and in the files, whatever people wrote stays text."""
    part = made(
        document("SOP-001", title=HOSTILE.replace("\x07", ""))
        | role("operator", "requires: [SOP-001]\n", title=HOSTILE.replace("\x07", "")),
        person("p-1", stand(), name=HOSTILE, departments=(HOSTILE,)),
        person("p-2", stand(), name="=HYPERLINK(1)"),
    )
    pages = "".join(text for page in part.pages for text in written(page).values())

    for text in [pages, *part.data.values()]:
        assert "\u202e" not in text
        assert "\x07" not in text
    assert "<script" not in pages
    assert "</table> {" not in pages
    assert unescape(pages).count("<script>alert(1)</script>|\"'`*_=1+1\\u202e") >= 4
    assert "<" not in part.data["data/matrix/people.js"] + part.data["data/matrix/roles.js"]
    assert loaded(part, "people")["departments"] == [HOSTILE.replace("\u202e", "\\u202e").replace("\x07", "\\x07")]
    assert [line["name"] for line in lines(part, "people")][1] == "'=HYPERLINK(1)"
    assert 'style="' not in pages
    assert not re.search(r" on\w+=", pages)


# --- the page, and what it loads ------------------------------------------------------------------------------------


def test_a_small_matrix_stands_in_its_page_as_a_table():
    """With headers, without a script; an empty cell for what is not required."""
    part = made(
        document("SOP-001") | document("SOP-002", COMING, IN_FORCE) | role("operator", "requires: [SOP-001]\n"),
        person("p-1", stand()),
        person("p-2", stand("SOP-002"), stand("SOP-002", "2", "in-training")),
    )
    html = written(part.pages[1])["matrix/people.md"]

    assert '<th scope="row"><a href="../people/p-1.html">Name of p-1</a> <span class="q-more">p-1</span></th>' in html
    assert '<th scope="col"><a href="../documents/SOP-001.html" title="Gowning">SOP-001</a></th>' in html
    assert '<th scope="col" class="q-two"><a href="../documents/SOP-002.html"' in html
    assert (
        '<td class="q-good"><a href="../ask.html?person=p-1&amp;document=SOP-001&amp;on=2026-11-22" '
        'aria-label="Q: revision 1: qualified">Q</a></td><td></td></tr>' in html
    )
    assert '<span class="q-sign q-good">Q</span> <span class="q-sign q-warn">→T</span>' in html
    assert "<caption>People and documents on 2026-11-22</caption>" in html
    assert html.count("q-grid-people") == 1
    assert 'href="../data/matrix/people.csv"' in html


@pytest.mark.parametrize(("people", "documents"), [(matrix.ROWS + 1, 1), (1, matrix.PEOPLE_COLUMNS + 1)])
def test_a_large_matrix_is_loaded(people: int, documents: int):
    """The page says where the whole of it is, and holds no row."""
    names = [f"SOP-{number:03}" for number in range(documents)]
    files = {path: text for name in names for path, text in document(name).items()}
    part = made(files, *(person(f"p-{number}", *map(stand, names)) for number in range(people)))
    html = written(part.pages[1])["matrix/people.md"]

    assert "q-grid" not in html
    assert "The files below have all of it." in html
    assert html.count('href="../data/matrix/people') == 2
    assert len(loaded(part, "people")["rows"]) == people


def test_what_no_spreadsheet_is_wide_enough_for_is_left_out(monkeypatch: pytest.MonkeyPatch):
    """One line for each person and document is always there."""
    monkeypatch.setattr(matrix, "MOST_WIDE", 1)
    part = made(document("SOP-001"), person("p-1", stand()), person("p-2", stand()))

    assert "data/matrix/people-wide.csv" not in part.data
    assert "data/matrix/roles-wide.csv" in part.data
    assert "people-wide" not in "".join(written(part.pages[1]).values())
    assert len(lines(part, "people")) == 2


def test_departments_are_those_of_roles():
    """Of a role its own, of a person those of their roles."""
    part = made(
        document("SOP-001") | role("lead") | role("operator", "department: Filling\nrequires: [SOP-001]\n"),
        person("p-1", stand(), departments=("Cleaning", "Filling")),
    )

    assert loaded(part, "roles")["departments"] == ["Filling"]
    assert [name for name, _ in loaded(part, "roles")["roles"]] == ["lead", "operator"]
    assert [row[3] for row in loaded(part, "roles")["rows"]] == [[], [0]]
    assert loaded(part, "people")["departments"] == ["Cleaning", "Filling"]
    assert loaded(part, "people")["rows"][0][2:] == [[0], [0, 1]]
    assert loaded(part, "people")["roles"] == [["operator", "Operator"]]


def test_a_role_that_is_not_defined_is_named_by_its_id():
    """Main may have lost it; people still hold it."""
    part = made(document("SOP-001"), person("p-1", stand(), roles=("gone",)))

    assert loaded(part, "people")["roles"] == [["gone", ""]]


# --- laws -----------------------------------------------------------------------------------------------------------

NAMES = ("SOP-001", "SOP-002", "SOP-010", "WI-001")
FILES = {
    path: text
    for name, revisions in zip(
        NAMES, ((LATER, COMING, IN_FORCE), (IN_FORCE,), (COMING,), (COMING, IN_FORCE)), strict=True
    )
    for path, text in document(name, *revisions).items()
} | role("operator", f"requires: [{', '.join(NAMES)}]\n")
KNOWN = {"SOP-001": ("1", "2", "3"), "SOP-002": ("1",), "SOP-010": ("2",), "WI-001": ("1", "2")}
near = st.none() | st.integers(-4000, 4000).map(lambda days: DAY + timedelta(days=days))


@st.composite
def standings(draw: st.DrawFn) -> list[PersonSummary]:
    """Some people, and where they stand with some of the documents."""
    people = []
    for number in range(draw(st.integers(0, 4))):
        owed = draw(st.booleans())
        found = [
            stand(
                name,
                revision,
                draw(st.sampled_from(list(STATES))),
                owed=owed,
                late=draw(st.booleans()),
                since=draw(near),
                due=draw(near),
                valid_through=draw(near),
            )
            for name, revisions in KNOWN.items()
            for revision in revisions
            if draw(st.booleans())
        ]
        people.append(person(f"p-{number}", *found, on_leave=not owed))
    return people


def decoded(data: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str, bool, tuple[date | None, ...]]]:
    """What a script finds in the data: person, document, revision, letter, whether it is required today, and the days."""
    for row, line in zip(data["rows"], data["cells"], strict=True):
        column = 0
        for token in line.split():
            match = re.fullmatch(r"([0-9a-z]+)([A-Z])(\(|>*)(?:\.(.*))?", token)
            assert match
            column += int(match[1], 36)
            name, _, _, revisions = data["documents"][column]
            numbers = [int(one, 36) if one else None for one in (match[4] or "").split(".")]
            days = [None if one is None else DAY + timedelta(days=one) for one in (*numbers, None, None, None)[:3]]
            yield row[0], name, revisions[match[3].count(">")], match[2], match[3] != "(", tuple(days)


@settings(deadline=None)
@given(standings())
def test_every_form_of_the_matrix_says_the_same(people: list[PersonSummary]):
    """The data, the file and the legend have each standing once, and none that is not there."""
    part = made(FILES, *people)
    stood = [(one, found) for one in people for found in one.stands]

    assert list(decoded(loaded(part, "people"))) == [
        (
            one.person,
            found.document,
            found.revision,
            matrix.letter_of(found),
            found.owed or not found.current,
            (found.since, found.due, found.valid_through),
        )
        for one, found in stood
    ]
    assert [
        (line["person"], line["document"], line["revision"], line["trained on"]) for line in lines(part, "people")
    ] == [(one.person, found.document, found.revision, str(found.since or "")) for one, found in stood]
    if people:
        legend = grid(part.pages[1]).legend
        assert sum(int(plain(cell)) for row in legend.rows[:-1] for cell in row[2:]) == len(stood)
        assert legend.rows[-1][2:] == (
            str(sum(found.current and found.owed for _, found in stood)),
            str(sum(found.current and not found.owed for _, found in stood)),
            str(sum(not found.current for _, found in stood)),
        )


@settings(deadline=None)
@given(standings())
def test_roles_count_who_stands(people: list[PersonSummary]):
    """Of those at work, by document and revision."""
    counts = Counter(
        (found.document, found.revision, found.trained) for one in people for found in one.stands if found.owed
    )

    for line in lines(made(FILES, *people), "roles"):
        trained, untrained = (counts[line["document"], line["revision"], yes] for yes in (True, False))
        assert (int(line["qualified"]), int(line["at work"])) == (trained, trained + untrained)


def test_what_is_loaded_is_small():
    """100,000 cells fit into 1.5 MB."""
    names = [f"SOP-{number:03}" for number in range(100)]
    files = {path: text for name in names for path, text in document(name).items()}
    days = [DAY - timedelta(days=days) for days in range(3, 1003, 10)]
    stands = [
        stand(name, since=day, valid_through=day + timedelta(days=1400)) for name, day in zip(names, days, strict=True)
    ]
    part = made(files, *(person(f"p-{number:04}", *stands) for number in range(100)))

    assert len(part.data["data/matrix/people.js"]) <= 0.15 * 1_000_000


# --- as it is here --------------------------------------------------------------------------------------------------


def test_the_reference_system_has_no_orphans():
    """And its matrix says of everybody what their training file says."""
    folders = ("controlled-docs", "roles", "training-records", "quality-events")
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*.*") if path.suffix in {".md", ".yaml"}]
    files = {path.relative_to(ROOT).as_posix(): path.read_text() for path in [*paths, ROOT / "qmsci.yaml"]}
    survey = survey_of(files, DAY)
    people = {one.id: summary_of(survey, position(survey, one, [])) for one in survey.snapshot.people}
    part = matrix.part(survey, Summaries(people, {}))
    stood = [(one.person, found) for one in people.values() for found in one.stands]
    shown = cells(part.pages[1])

    assert "No orphans" in said(part.pages[0])
    assert len(grid(part.pages[0]).rows) == 13
    assert {(name, found.document) for name, found in stood} == shown.keys()
    assert Counter(line["state"] for line in lines(part, "people")) == Counter(
        next(sign.word for sign in matrix.STATES if sign.letter == matrix.letter_of(found)) for _, found in stood
    )
    assert len(stood) > 200
