"""The register of names is read strictly, and its faults never show a name."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsci.finding import CannotRun
from qmsci.library import Library
from qmsci.names import names_in
from qmsci.records.person import Person
from qmsci.tree import FilesTree


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("id,name\n", {}),
        ("id,name\np-1,Ingrid Solberg\n", {"p-1": "Ingrid Solberg"}),
        ("\ufeffid,name\r\np-1,Ingrid Solberg\r\np-2,Åse Lie", {"p-1": "Ingrid Solberg", "p-2": "Åse Lie"}),
        ('id,name\n\np-1,"Solberg, Ingrid ""Inga"""\n', {"p-1": 'Solberg, Ingrid "Inga"'}),
    ],
)
def test_a_register(text: str, names: dict[str, str]):
    """As spreadsheets write it, too."""
    assert names_in(text.encode()) == names


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "does not begin with the line id,name"),
        (b"p-1,Secret\n", "does not begin with the line id,name"),
        (b"id;name\np-1;Secret\n", "does not begin with the line id,name"),
        (b"name,id\nSecret,p-1\n", "does not begin with the line id,name"),
        ("id,name\np-1,Sécret\n".encode("latin-1"), "is not UTF-8"),
        ("id,name\np-1,Secret\n".encode("utf-16"), "is not UTF-8"),
        (b"id,name\np-1,Secret,Solberg\n", "line 2 of the register of names has 3 cells"),
        (b"id,name\np-1\n", "line 2 of the register of names has 1 cells"),
        (b"id,name\n../p-1,Secret\n", "line 2 .* no staff id"),
        (b"id,name\n p-1,Secret\n", "no staff id"),
        (f"id,name\n{'p' * 65},Secret\n".encode(), "no staff id"),
        (b"id,name\np-1,Secret\np-1,Secret\n", "line 3 of the register of names names p-1 a second time"),
        (b"id,name\np-1,\n", "has no name for p-1"),
        (b"id,name\np-1, Secret\n", "or one with spaces around it"),
        (b"id,name\np-1,Secret\x1b[31m\n", "cannot be seen"),
        ("id,name\np-1,Secret\u202e\n".encode(), "cannot be seen"),
        (b'id,name\np-1,"Secret\nSolberg"\n', "line 3 .* cannot be seen"),
        (b"id,name\np-1," + b"Secret" * 40 + b"\n", "longer than 200 characters"),
        (b'id,name\np-1,"Secret\n', "line 2 of the register of names is no CSV"),
        (b'id,name\np-1,"Secret"x\n', "is no CSV"),
        (b"id,name\np-1,Secret" + b"x" * 200_000 + b"\n", "is no CSV"),
    ],
)
def test_what_is_no_register(data: bytes, why: str):
    """It says where, and shows nothing of a name."""
    with pytest.raises(CannotRun, match=why) as raised:
        names_in(data)
    assert "secret" not in str(raised.value).lower()


@given(
    st.dictionaries(
        st.from_regex(r"[A-Za-z0-9]{1,8}(-[0-9]{1,4})?", fullmatch=True),
        st.text(min_size=1, max_size=30).filter(lambda text: text.isprintable() and text == text.strip()),
        max_size=6,
    )
)
def test_what_a_spreadsheet_writes_is_read(names: dict[str, str]):
    """Whatever people are called."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows([("id", "name"), *names.items()])

    assert names_in(file.getvalue().encode()) == names


def person(text: str, names: dict[str, str]) -> Person:
    """A person of a tree that is read beside a register."""
    found = Library(FilesTree({"roles/people/p-1.yaml": text}), names=names).records(["roles/people/p-1.yaml"])[0]
    assert isinstance(found, Person)
    return found


WRITTEN = "id: p-1\n{}kind: employee\nemployed: {{from: 2024-03-01}}\n"


@pytest.mark.parametrize(
    ("line", "names", "shown", "signs"),
    [
        ("name: Ingrid\n", {}, "Ingrid", "Ingrid"),
        ("name: Ingrid\n", {"p-1": "Marte"}, "Ingrid", "Ingrid"),
        ("", {"p-1": "Marte"}, "Marte", "p-1"),
        ("", {"p-2": "Marte"}, "p-1", "p-1"),
        ("", {}, "p-1", "p-1"),
    ],
)
def test_the_name_that_is_shown_and_the_name_that_signs(line: str, names: dict[str, str], shown: str, signs: str):
    """A file's own name goes first; the register's is only ever shown."""
    found = person(WRITTEN.format(line), names)

    assert (found.name, found.signing_name) == (shown, signs)
