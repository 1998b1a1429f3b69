"""Whatever an insider edits: what the gate lets through makes nobody more than they were."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsci.authorisation import authorised
from qmsci.cli.judged import judged
from qmsci.qualification import qualified
from qmsci.records import layout
from tests import figures
from tests.company import Scene
from tests.red_team.raids import Ground

DAYS = [date(2026, 2, 1), date(2026, 5, 1), date(2026, 11, 22), date(2027, 6, 1)]
TRIED, CLEAN, BETTER = (
    "random edits: changes tried",
    "random edits: let through",
    "random edits: anybody the better for it",
)
#: What stands for something in a record: days and times, digests, keys, ids, numbers, words.
_TOKEN = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:T[\d:+]+)?|sha256:[0-9a-f]{64}|SHA256:[\w+/]+|[A-Z]+-[\d-]+(?:@\d+)?|p-\d+|\d+|[a-z-]{4,}"
)


class Standing(NamedTuple):
    """Who is qualified and authorised on some days, which events are over, and which approvals there are."""

    qualified: frozenset[tuple[str, str, date]]
    authorised: frozenset[tuple[str, str, date]]
    over: frozenset[str]
    approvals: frozenset[str]


def standing() -> Standing:
    """What the working tree says of everybody."""
    snapshot = judged(None, None, compare=False).snapshot
    when = [snapshot.end_of(day) for day in DAYS]
    return Standing(
        frozenset(
            (person.id, document.id, one.day)
            for person in snapshot.people
            for document in snapshot.documents
            for one in when
            if qualified(snapshot, person.id, document, one)
        ),
        frozenset(
            (person.id, activity, one.day)
            for person in snapshot.people
            for activity in snapshot.performers
            for one in when
            if authorised(snapshot, person, activity, one)
        ),
        frozenset(event.id for event in snapshot.events if event.ended),
        frozenset(path for path in snapshot.source.paths(layout.APPROVALS) if layout.filed(path)),
    )


class Edited:
    """The company's files, edited and put back again and again."""

    def __init__(self, scene: Scene) -> None:
        """Remember what they held."""
        self.scene = scene
        root = scene.checkout.folder
        names = scene.checkout.git("ls-files").splitlines()
        self.files = {name: (root / name).read_bytes() for name in names}
        self.before = standing()
        tokens = {token for data in self.files.values() for token in _TOKEN.findall(data.decode())}
        self.tokens: Mapping[str, list[str]] = {
            token: sorted(other for other in tokens if _kind(other) == _kind(token) and other != token)
            for token in tokens
        }

    def put(self, files: Mapping[str, bytes]) -> None:
        """Let the working tree hold these files and no others."""
        root = self.scene.checkout.folder
        here = {str(path.relative_to(root)) for path in _files(root)}
        for name in here - set(files):
            (root / name).unlink()
        for name, data in files.items():
            place = root / name
            if name not in here or place.read_bytes() != data:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(data)


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        if ".git" in folders:
            folders.remove(".git")
        yield from (Path(folder) / name for name in names)


def _kind(token: str) -> str:
    """What a token is one of: another one of the same kind could stand in its place."""
    return token[:6] if token.lower().startswith("sha256") else re.sub(r"[a-z-]{4,}|\d+", "0", token)


@st.composite
def edits(draw: st.DrawFn, edited: Edited) -> dict[str, bytes]:
    """One to three edits to the company's files: bytes, lines, values, whole files."""
    files = dict(edited.files)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(sorted(files)))
        text = files[path].decode("utf-8", "surrogateescape")
        lines = text.splitlines(keepends=True)
        way = draw(st.sampled_from(["value", "value", "value", "line", "byte", "copy", "move", "remove", "graft"]))
        if way == "value" and (found := list(_TOKEN.finditer(text))):
            one = draw(st.sampled_from(found))
            others = edited.tokens.get(one[0])
            text = text[: one.start()] + draw(st.sampled_from(others or [one[0]])) + text[one.end() :]
        elif way == "line" and lines:
            at = draw(st.integers(0, len(lines) - 1))
            kept = draw(st.sampled_from([[], [lines[at]] * 2, ["# a note\n", lines[at]], [f"  {lines[at]}"]]))
            text = "".join([*lines[:at], *kept, *lines[at + 1 :]])
        elif way == "byte" and text:
            at = draw(st.integers(0, len(text) - 1))
            text = text[:at] + draw(st.sampled_from(["", "0", "a", " ", "\n", "é"])) + text[at + 1 :]
        elif way == "graft":
            other = files[draw(st.sampled_from(sorted(files)))].decode("utf-8", "surrogateescape").splitlines(True)
            at = draw(st.integers(0, len(lines)))
            text = "".join([*lines[:at], *([draw(st.sampled_from(other))] if other else []), *lines[at:]])
        elif way in ("copy", "move"):
            mark = draw(st.sampled_from(_TOKEN.findall(path) or ["-"]))
            to = path.replace(mark, draw(st.sampled_from(edited.tokens.get(mark) or ["p-4", "SOP-001@2", "3"])))
            if way == "move":
                del files[path]
            path = to
        elif way == "remove":
            del files[path]
            continue
        files[path] = text.encode("utf-8", "surrogateescape")
    return files


@pytest.fixture(scope="module")
def edited(ground: Ground) -> Iterator[Edited]:
    """The company, in a folder that is edited."""
    with pytest.MonkeyPatch.context() as patch:
        yield Edited(ground.scene(patch))


@given(draw=st.data())
def test_nobody_is_the_better_for_an_edit_that_the_gate_lets_through(edited: Edited, draw: st.DataObject):
    """Nobody more qualified or authorised, on any day; no event over, and nothing approved, that was not."""
    for figure in (TRIED, CLEAN, BETTER):
        figures.add(figure, 0)
    files = draw.draw(edits(edited))
    if "qmsci.yaml" not in files:  # nothing is judged without one, and that is said
        return
    edited.put(files)
    figures.add(TRIED)
    found = edited.scene.desk.answer("check", "--base", "main", exits=None)["findings"]
    if any(one["severity"] == "error" for one in found):
        return
    figures.add(CLEAN)
    now = standing()
    matrix = {path for path in files if path.startswith(layout.ROLES) and not path.startswith(layout.PEOPLE)}
    same = all(files[path] == edited.files.get(path) for path in matrix)
    gained = [
        now.qualified - edited.before.qualified,
        now.authorised - edited.before.authorised if same else set(),  # what a role asks for is anybody's to propose
        now.over - edited.before.over,
        now.approvals - edited.before.approvals,
    ]
    figures.add(BETTER, 1 if any(gained) else 0)

    assert not any(gained), gained
