"""What was remembered, damaged or of elsewhere: it is never believed."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests import figures
from tests.company import INSIDER, UNIT, Scene
from tests.red_team.deeds import add, history, reading, signed
from tests.red_team.raids import THROUGH, TRIED, Ground

Damage = Callable[[Path], None]
COMMANDS = [["check", "--all"], ["check", "--base", "main"], ["verify"], ["verify", "--history", "--head", "HEAD"]]


def forged(scene: Scene) -> None:
    """A training of an insider that somebody else has signed, in their name."""
    path, record = history(INSIDER), reading()
    add(scene, path, signed(scene, path, record, (INSIDER, "read-and-understood"), keys={INSIDER: UNIT}))
    entries = scene.entries(path)
    entries[-1]["signatures"][0]["key"] = scene.pen(INSIDER).signer.key.fingerprint
    scene.keep(path, entries)


def verdicts(scene: Scene) -> list[tuple[int, str]]:
    """What every command says that remembers anything."""
    found = []
    for command in COMMANDS:
        ran = scene.desk.run(*command, "--format", "json", exits=None)
        found.append((ran.exit_code, ran.stdout))
    return found


def _in(statement: str) -> Damage:
    def damage(folder: Path) -> None:
        for path in folder.glob("*.sqlite"):
            with closing(sqlite3.connect(path)) as database, database:
                database.execute(statement)

    return damage


def _half(folder: Path) -> None:
    for path in folder.glob("*.sqlite"):
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _elsewhere(folder: Path) -> None:
    for path in folder.glob("*.sqlite"):
        path.rename(f"{path}.old")


def _words(folder: Path) -> None:
    for path in folder.glob("*.sqlite"):
        path.write_bytes(b"clean\n" * 999)


_ANOTHER = "SELECT content FROM content WHERE key LIKE 'verdict%' LIMIT 1"
DAMAGES: dict[str, Damage] = {
    "every verdict is another one's": _in(f"UPDATE content SET content = ({_ANOTHER})"),
    "everything is empty": _in("UPDATE content SET content = x''"),
    "everything is clean": _in("UPDATE content SET content = CAST('clean' AS BLOB)"),
    "the first byte is another": _in("UPDATE content SET content = x'00' || substr(content, 2)"),
    "keys are another's": _in("UPDATE content SET key = key || 'x'"),
    "seals are gone": _in("UPDATE content SET seal = ''"),
    "half of it is there": _half,
    "it is of another version": _elsewhere,
    "it is something else": _words,
}


@pytest.fixture(scope="module")
def spoilt(ground: Ground) -> tuple[Path, list[tuple[int, str]], Path]:
    """A company with a forged record, what is said of it when nothing is remembered, and what the honest one remembers."""
    with pytest.MonkeyPatch.context() as patch:
        honest = ground.scene(patch)
        verdicts(honest)
        kept = honest.checkout.folder / ".git/qmsci"
    with pytest.MonkeyPatch.context() as patch:
        scene = ground.scene(patch)
        forged(scene)
        scene.commit()
        told = verdicts(scene)
        shutil.rmtree(scene.checkout.folder / ".git/qmsci")
        return scene.checkout.folder, told, kept


def test_it_is_told(spoilt: tuple[Path, list[tuple[int, str]], Path]):
    """When nothing is remembered."""
    assert [code for code, _ in spoilt[1]] == [1, 1, 1, 1]


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
@pytest.mark.parametrize("of", ["the honest company", "its own"])
def test_a_damaged_memory_excuses_nothing(
    ground: Ground,
    spoilt: tuple[Path, list[tuple[int, str]], Path],
    of: str,
    damage: Damage,
    monkeypatch: pytest.MonkeyPatch,
):
    """Whosever it is, and whatever became of it."""
    folder, told, kept = spoilt
    scene = Scene(ground.scene(monkeypatch).desk, {})
    memory = folder / ".git/qmsci"
    monkeypatch.chdir(folder)
    shutil.rmtree(memory, ignore_errors=True)
    if of == "its own":
        verdicts(scene)
    else:
        shutil.copytree(kept, memory)
    damage(memory)
    figures.add(TRIED)
    found = verdicts(scene)
    figures.add(THROUGH, 0 if found == told else 1)

    assert found == told
