"""Attacks as a table: what somebody does, which rule refuses it, and the honest thing that is nearly the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests import figures
from tests.company import Scene, cloned

TRIED, THROUGH = "red team: attacks tried", "red team: attacks that went through"
HONEST = "red team: honest twins of them, let through"


class Do(NamedTuple):
    """Something done in a scene, with some arguments; two of the same are equal."""

    what: Callable[..., None]
    how: tuple[tuple[str, Any], ...] = ()

    def __call__(self, scene: Scene) -> None:
        """Do it."""
        self.what(scene, **dict(self.how))


def do(what: Callable[..., None], **how: Any) -> Do:
    """Something done with some arguments."""
    return Do(what, tuple(sorted(how.items())))


def attack(name: str, refused: str, does: Do, twin: Do) -> Any:
    """A row of the table."""
    return pytest.param(refused, does, twin, id=name)


class Ground:
    """Where attacks are tried: as many copies of the company as they need."""

    def __init__(self, root: Path, folder: Path) -> None:
        """Take the folder of the company, and one for the copies."""
        self.root = root
        self._folder = folder
        self._copies = 0
        self._twins: dict[Do, dict[str, list[str]]] = {}

    def scene(self, patch: pytest.MonkeyPatch) -> Scene:
        """A copy of the company."""
        self._copies += 1
        return cloned(self.root, self._folder / str(self._copies), patch)

    def judged(self, does: Do) -> dict[str, list[str]]:
        """What the gate says of a change in a copy of the company."""
        with pytest.MonkeyPatch.context() as patch:
            scene = self.scene(patch)
            does(scene)
            scene.commit()
            return scene.verdict()

    def refuses(self, rule: str, does: Do, twin: Do) -> None:
        """Try an attack, which a rule refuses; and its twin, which nothing does."""
        if twin not in self._twins:
            self._twins[twin] = self.judged(twin)
            figures.add(HONEST)
        honest = self._twins[twin]
        assert not honest, honest
        found = self.judged(does)
        figures.add(TRIED)
        figures.add(THROUGH, 0 if found else 1)
        assert rule in found, found
