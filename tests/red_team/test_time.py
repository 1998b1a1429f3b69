"""Times that were not: of training, of signing, of recording."""

from __future__ import annotations

import pytest

from tests.company import INSIDER, OPERATOR, ROTATED, Scene
from tests.red_team.deeds import LATE, add, history, reading, reads, signed
from tests.red_team.raids import Do, Ground, attack, do

LONG_AGO = "2026-08-03T09:30:00+02:00"


def of_first(scene: Scene, completed: str) -> None:
    """Training on the second revision at some time, honestly declared as late."""
    reads(scene, completed=completed, at="2026-11-22T10:00:00+01:00", late=LATE)


@pytest.mark.parametrize(
    ("refused", "does", "twin"),
    [
        attack(
            "trained long ago, signed today",
            "late-entry-undeclared",
            do(reads, completed=LONG_AGO),
            do(reads, completed=LONG_AGO, late=LATE),
        ),
        attack(
            "trained and signed long ago",
            "late-entry-undeclared",
            do(reads, completed=LONG_AGO, at=LONG_AGO),
            do(reads, completed=LONG_AGO, at=LONG_AGO, late=LATE),
        ),
        attack(
            "trained four days ago",
            "late-entry-undeclared",
            do(reads, completed="2026-11-18T23:59:59+01:00"),
            do(reads, completed="2026-11-19T00:00:00+01:00"),
        ),
        attack(
            "long ago, as another offset has it",
            "late-entry-undeclared",
            do(reads, completed="2026-11-18T23:59:59+01:00"),
            do(reads, completed="2026-11-18T23:00:00Z"),
        ),
        attack(
            "signed before it happened",
            "signed-out-of-time",
            do(reads, at="2026-11-21T23:59:59+01:00"),
            do(reads, at="2026-11-22T09:00:00+01:00"),
        ),
        attack(
            "signed ahead",
            "signed-out-of-time",
            do(reads, at="2026-11-23T00:00:00+01:00"),
            do(reads, at="2026-11-22T23:00:00+01:00"),
        ),
        attack(
            "trained tomorrow",
            "completion-in-future",
            do(reads, completed="2026-11-23T09:30:00+01:00", at="2026-11-23T10:00:00+01:00"),
            do(reads),
        ),
        attack(
            "trained before it was approved",
            "completion-before-approval",
            do(of_first, completed="2026-03-01T09:30:00+01:00"),
            do(of_first, completed="2026-03-02T12:30:00+01:00"),
        ),
        attack(
            "with a key that had ended",
            "key-not-valid",
            do(reads, key=OPERATOR),
            do(reads, key=ROTATED),
        ),
        attack(
            "before the key began",
            "key-not-valid",
            do(reads, completed="2026-06-01T09:30:00+02:00", at="2026-06-01T10:00:00+02:00", late=LATE),
            do(reads, completed="2026-06-01T09:30:00+02:00", at="2026-07-02T00:00:00+02:00", late=LATE),
        ),
    ],
)
def test_a_time_that_was_not_is_refused(ground: Ground, refused: str, does: Do, twin: Do):
    """A late entry says that it is one, and why."""
    ground.refuses(refused, does, twin)


def test_what_was_recorded_late_does_not_answer_for_the_past_unseen(ground: Ground, monkeypatch: pytest.MonkeyPatch):
    """Declared as late it is merged; what was known at the time is still what is said of that time."""
    scene = ground.scene(monkeypatch)
    path, first = history("p-6"), reading(completed="2026-08-03T09:30:00+02:00")
    on = ("qualified", "p-6", "SOP-001", "--on", "2026-08-04")
    assert scene.desk.answer(*on, exits=1)["qualified"] is False
    entry = signed(scene, path, first, ("p-6", "read-and-understood"), at="2026-08-03T10:00:00+02:00")
    add(scene, path, {**entry, "late": LATE})
    scene.land()

    known = scene.desk.answer(*on, "--known-at", "2026-08-04", exits=1)
    now = scene.desk.answer(*on)

    assert known["qualified"] is False
    assert now["qualified"] is True
    assert [one["recorded"][:10] for one in now["evidence"] if one["path"] == path] == ["2026-11-22"]
    assert INSIDER not in str(now)
