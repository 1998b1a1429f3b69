"""What was altered in a record, and how it is said."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsci.alteration import first_alteration, same_actions
from qmsci.load import load
from qmsci.records.event import Capa

LONG = "A text that is so long that nobody wants to read it twice, and surely not in the midst of a message."


def capa(**more: Any) -> Capa:
    """A CAPA as it is read from a file."""
    values = {"id": "CAPA-1", "title": "T", "opened": "2026-06-01", "owner": "p-1", **more}
    found = load("quality-events/CAPA-1.yaml", json.dumps(values).encode()).record
    assert isinstance(found, Capa)
    return found


def action(number: int, **more: Any) -> dict[str, Any]:
    """An action of a CAPA."""
    return {"id": str(number), "kind": "training", "due": "2026-12-01", **more}


@pytest.mark.parametrize(
    ("before", "after", "keys", "words"),
    [
        pytest.param({}, {"title": "U"}, ("title",), "'title' was T", id="a text"),
        pytest.param({}, {"description": "D"}, ("description",), "'description' was not there", id="a key more"),
        pytest.param({"due": "2026-12-01"}, {}, ("due",), "'due' was 2026-12-01", id="a key less"),
        pytest.param({"title": LONG}, {}, ("title",), f"'title' was {LONG[:77]}…", id="a long text"),
        pytest.param({"sources": ["A-1", "B-2"]}, {}, ("sources",), "'sources' was [A-1, B-2]", id="a list of names"),
        pytest.param({}, {"sources": ["A-1"]}, ("sources",), "'sources' was []", id="an empty list"),
        pytest.param({}, {"actions": [action(1)]}, ("actions", 0), "'actions' had no entry", id="a first entry"),
        pytest.param(
            {"actions": [action(1), action(2)]},
            {"actions": [action(1), action(2), action(3)]},
            ("actions", 2),
            "'actions' had 2 entries",
            id="an entry more",
        ),
        pytest.param(
            {"actions": [action(1)]},
            {},
            ("actions", 0),
            '\'actions\' had the entry {"id": 1, "kind": "training", "due": "2026-12-01"}',
            id="an entry less",
        ),
        pytest.param(
            {"actions": [action(1, suspend="true")]},
            {"actions": [action(1)]},
            ("actions", 0, "suspend"),
            "'suspend' was true",
            id="a truth in an entry",
        ),
        pytest.param(
            {"actions": [action(1, documents=["SOP-1@3"])]},
            {"actions": [action(1, documents=["SOP-1@4"])]},
            ("actions", 0, "documents"),
            "'documents' was [SOP-1@3]",
            id="a revision",
        ),
    ],
)
def test_the_first_alteration_is_named(before: Any, after: Any, keys: tuple[str | int, ...], words: str):
    found = first_alteration(capa(**before), capa(**after))

    assert found
    assert (found.keys, str(found)) == (keys, words)


VALUES = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["T", "U"]),
        "due": st.sampled_from(["2026-12-01", "2026-12-02"]),
        "sources": st.lists(st.sampled_from(["A-1", "B-2"]), max_size=2),
        "actions": st.lists(st.builds(action, st.integers(1, 2)), max_size=2),
    },
)


@given(VALUES, VALUES)
def test_there_is_an_alteration_exactly_where_two_records_differ(some: Any, others: Any):
    """Whatever the values; and a record is never another than itself."""
    before, after = capa(**some), capa(**others)

    assert (first_alteration(before, after) is None) is (before == after)
    assert first_alteration(before, before.model_copy()) is None


def test_actions_are_known_by_their_numbers():
    """Wherever they stand; of a number that is there twice, the first is meant."""
    before = capa(actions=[action(1), action(2), action(2, title="T"), action(3)])
    after = capa(actions=[action(3), action(2), action(2, title="U")])
    found = [(keys, was.id, now.id if now else None) for keys, was, now in same_actions(before, after)]

    assert found == [(("actions",), 1, None), (("actions", 1), 2, 2), (("actions", 0), 3, 3)]
