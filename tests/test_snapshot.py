"""A snapshot keeps what follows from its tree, and can be looked at on another day."""

from __future__ import annotations

from datetime import date

from qmsci import snapshot as module
from qmsci.snapshot import Snapshot
from tests.laws import TODAY, snapshot_of
from tests.test_assign import OPERATOR, document, person

FILES = {**document("1 2026-01-01"), **OPERATOR, **person("p-1", "operator")}


def test_what_follows_is_worked_out_once_for_all_days():
    """For each name; and whoever looks at the same tree on another day shares it."""
    asked = []

    def title(snapshot: Snapshot, name: str) -> str:
        asked.append(name)
        found = snapshot.documents.get(name)
        return found.title if found else "none"

    snapshot = snapshot_of(FILES)
    earlier = snapshot.on(date(2020, 1, 1))
    found = [one.once(title, name) for one in (snapshot, earlier, snapshot) for name in ("SOP-014", "SOP-015")]

    assert found == [found[0], "none"] * 3
    assert asked == ["SOP-014", "SOP-015"]
    assert (snapshot.as_of, earlier.as_of) == (TODAY, date(2020, 1, 1))
    assert earlier.documents is snapshot.documents


def test_it_does_not_keep_more_and_more(monkeypatch):
    """What was let go is worked out again."""
    monkeypatch.setattr(module, "_MOST_KEPT", 3)
    snapshot = snapshot_of(FILES)

    assert [snapshot.once(lambda _, number: number + 1, number % 7) for number in range(50)] == [
        number % 7 + 1 for number in range(50)
    ]
    assert len(snapshot._kept) <= 3
