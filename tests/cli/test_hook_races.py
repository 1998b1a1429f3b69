"""
Changes that are clean apart and dirty together, pushed at once: main is clean after each.

`QMSCI_RACES=10` runs ten times as many of them.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations, pairwise
from pathlib import Path
from time import sleep

import pytest

from tests import figures
from tests.cli.commands import FILES, Desk
from tests.repositories import Checkout
from tests.servers import Server

SCALE = float(os.environ.get("QMSCI_RACES", "1"))
SOP = FILES["controlled-docs/sop/SOP-001.md"]
OPERATOR = FILES["roles/people/p-2.yaml"]
#: Changes that touch no file of one another. `revise` goes with neither `hire` nor `staff`, all else with all.
CHANGES = {
    "revise": {
        "controlled-docs/sop/SOP-001.md": SOP.replace(
            "revisions:\n",
            "revisions:\n  - {revision: 2, effective: 2026-12-24, summary: New., impact: retrain, authors: [p-1]}\n",
        ).replace("Gown.", "Gown twice.")
    },
    "hire": {"roles/people/p-3.yaml": OPERATOR.replace("p-2", "p-3")},
    "staff": {
        "roles/packer.yaml": "id: packer\ntitle: Packer\npurpose: Packs.\nrequires: [SOP-001]\n",
        "roles/people/p-4.yaml": OPERATOR.replace("p-2", "p-4").replace("operator", "packer"),
    },
    "note": {"controlled-docs/README.md": "What is here.\n"},
}
Together = frozenset[str]


def goes(together: Together) -> bool:
    """Whether some of the changes are clean together."""
    return not ("revise" in together and together & {"hire", "staff"})


class Field:
    """A server, and a commit for each change and for all that any of them come to together."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        """Make each change apart from the others, with the training that it creates."""
        self.desk, self.clone = desk, desk.checkout
        self.server = Server(folder / "quality.git")
        self.server.git("config", "core.logAllRefUpdates", "true")
        assert self.server.push(self.clone, "main") == (0, "")
        self.base = self.clone.git("rev-parse", "main")
        self.commits = {name: self._changed(name) for name in CHANGES}
        self.trees = {Together(): self._tree(self.base)}
        for number in range(1, len(CHANGES) + 1):
            for names in combinations(CHANGES, number):
                self.clone.git("switch", "--quiet", "--detach", self.base)
                for name in names:
                    self.clone.git("merge", "--quiet", "--no-ff", self.commits[name])
                self.trees[Together(names)] = self._tree("HEAD")
        self.together = {tree: names for names, tree in self.trees.items()}
        self._verdicts: dict[tuple[str, str], bool] = {}

    def _changed(self, name: str) -> str:
        self.clone.git("switch", "--quiet", "--detach", self.base)
        self.clone.write(CHANGES[name])
        self.desk.run("assign")
        return self.clone.commit(message=name)

    def _tree(self, commit: str) -> str:
        return self.clone.git("rev-parse", f"{commit}^{{tree}}")

    def reset(self) -> None:
        """Put main back, behind the gate's back."""
        self.server.git("update-ref", "-d", "refs/heads/main")
        self.server.git("update-ref", "refs/heads/main", self.base)

    def landed(self) -> list[tuple[str, str]]:
        """The updates that main took since it was put back, each as it was and as it became."""
        log = self.server.git("reflog", "show", "--format=%H", "refs/heads/main").split()[::-1]
        assert log[0] == self.base
        return list(pairwise(log))

    def is_clean(self, old: str, new: str) -> bool:
        """Whether check says nothing of a tree, nor of what it changes; trees that were judged before are not again."""
        key = (self.server.git("rev-parse", f"{old}^{{tree}}"), self.server.git("rev-parse", f"{new}^{{tree}}"))
        if key not in self._verdicts:
            back = Path.cwd()
            os.chdir(self.server.folder)
            codes = [
                self.desk.run("check", "--all", "--head", new, exits=None).exit_code,
                self.desk.run("check", "--base", old, "--head", new, exits=None).exit_code,
            ]
            os.chdir(back)
            self._verdicts[key] = codes == [0, 0]
        return self._verdicts[key]

    def dirty(self) -> int:
        """How many of the states that main has had were dirty; each went on from the one before."""
        for old, new in self.landed():
            self.server.git("merge-base", "--is-ancestor", old, new)
        return sum(not self.is_clean(old, new) for old, new in self.landed())


@pytest.fixture
def field(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Field:
    """A server before it is raced for."""
    return Field(desk, tmp_path_factory.mktemp("raced"))


def test_the_changes_are_clean_apart_and_dirty_together(field: Field):
    """Which of them go together is known before they race."""
    for names, tree in field.trees.items():
        both = field.clone.git("commit-tree", "-m", "Both", "-p", field.base, tree)
        field.server.git("fetch", "--quiet", str(field.clone.folder), both)
        assert field.is_clean(field.base, both) is goes(names), names


# --- real processes -------------------------------------------------------------------------------------------------


class Pusher:
    """Somebody with a change and a clone, who pushes, and tries again on top of what has landed meanwhile."""

    def __init__(self, field: Field, name: str, folder: Path) -> None:
        """Clone what is there."""
        self.field, self.name = field, name
        self.clone = Checkout(folder / name)
        field.clone.git("clone", "--quiet", str(field.clone.folder), str(self.clone.folder))
        self.clone.git("fetch", "--quiet", "origin", field.commits[name])

    def push(self, chance: random.Random) -> Iterator[bool]:
        """Whether each attempt was let in; none after the one that was."""
        mine = self.field.commits[self.name]
        self.clone.git("switch", "--quiet", "--detach", mine)
        for _ in range(3):
            sleep(chance.random() * 0.2)
            pauses = {"PAUSE_BEFORE": str(chance.random() * 0.1), "PAUSE_AFTER": str(chance.random() * 0.3)}
            force = ["--force"] if chance.random() < 0.1 else []
            code, _told = self.field.server.push(self.clone, *force, "HEAD:main", env=pauses)
            yield code == 0
            if code == 0:
                return
            self.clone.git("fetch", "--quiet", str(self.field.server.folder), "main")
            way = chance.choice(["merge", "merge", "rebase", "the wrong way round"])
            self.clone.git("switch", "--quiet", "--detach", mine if way != "merge" else "FETCH_HEAD")
            if way == "rebase":
                self.clone.git("rebase", "--quiet", "FETCH_HEAD")
            else:
                self.clone.git("merge", "--quiet", "--no-ff", mine if way == "merge" else "FETCH_HEAD")


@pytest.mark.slow
def test_main_is_clean_after_every_race(field: Field, tmp_path_factory: pytest.TempPathFactory):
    """Two and three at once, with real pushes and the real hook, which takes its time at random places."""
    folder = tmp_path_factory.mktemp("pushers")
    pushers = [Pusher(field, name, folder) for name in CHANGES]
    dirty = attempts = landed = 0
    for number in range(round(8 * SCALE)):
        chance = random.Random(number)
        field.reset()
        at_once = chance.sample(pushers, chance.choice([2, 2, 3]))
        with ThreadPoolExecutor(3) as pool:
            tries = [
                pool.submit(lambda one, seed: [*one.push(random.Random(seed))], one, chance.random()) for one in at_once
            ]
            results = [result for one in tries for result in one.result()]
        attempts, landed = attempts + len(results), landed + sum(results)
        assert sum(results) == len(field.landed())
        dirty += field.dirty()

    figures.add("pushes raced at a real hook", attempts)
    figures.add("pushes raced at a real hook: landed", landed)
    figures.add("pushes raced at a real hook: refused", attempts - landed)
    figures.add("pushes raced at a real hook: main dirty afterwards", dirty)
    assert dirty == 0
    assert landed >= round(8 * SCALE)


# --- every step by itself -------------------------------------------------------------------------------------------


def pushing(field: Field, name: str, desk: Desk, counts: dict[str, int]) -> Iterator[None]:
    """A push step by step, as git takes them: what is there, judging it, moving main if it is still where it was."""
    for _ in range(3):
        old = field.server.tip()
        assert old
        yield
        there = field.together[field.server.git("rev-parse", f"{old}^{{tree}}")]
        tree = field.trees[there | {name}]
        parents = ["-p", old, *(["-p", field.commits[name]] if there else [])]
        new = field.clone.git("commit-tree", "-m", "Landing", *parents, tree)
        field.server.git("fetch", "--quiet", str(field.clone.folder), f"+{new}:refs/in/{name}")
        yield
        told = desk.run("hook", "pre-receive", input=f"{old} {new} refs/heads/main\n", exits=None)
        counts["judged"] += 1
        yield
        if told.exit_code == 0:
            try:
                field.server.git("update-ref", "refs/heads/main", new, old)
            except AssertionError:
                counts["overtaken"] += 1
                continue
            counts["landed"] += 1
        else:
            assert not goes(there | {name}), told.stderr
            counts["refused"] += 1
        return


def test_main_is_clean_after_every_interleaving(field: Field, monkeypatch: pytest.MonkeyPatch):
    """The steps of two and three pushes in random order, judged in this process, at a real repository."""
    monkeypatch.chdir(field.server.folder)
    field.server.git("fetch", "--quiet", str(field.clone.folder), *field.commits.values())
    counts = dict.fromkeys(("judged", "landed", "refused", "overtaken", "dirty"), 0)
    rounds = round(40 * SCALE)
    for number in range(rounds):
        chance = random.Random(number)
        field.reset()
        running = [
            pushing(field, name, field.desk, counts) for name in chance.sample(list(CHANGES), chance.choice([2, 3]))
        ]
        while running:
            one = chance.choice(running)
            if next(one, running) is running:
                running.remove(one)
        counts["dirty"] += field.dirty()

    figures.add("pushes interleaved step by step, rounds", rounds)
    figures.add("pushes interleaved step by step: landed", counts["landed"])
    figures.add("pushes interleaved step by step: refused", counts["refused"])
    figures.add("pushes interleaved step by step: overtaken by another and refused by git", counts["overtaken"])
    figures.add("pushes interleaved step by step: main dirty afterwards", counts["dirty"])
    assert counts["dirty"] == 0
    assert min(counts["landed"], counts["refused"], counts["overtaken"]) > 0
