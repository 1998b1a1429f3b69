"""The line of main: which commits came together wherever one begins to look, and what every content was."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from qmsci.commits import Move
from qmsci.finding import CannotRun
from qmsci.gitlog import MainLine, commits, moves_of, records
from qmsci.gitrepo import Repository
from qmsci.memory import BlobMemory
from qmsci.records.role import Role
from tests.repositories import ENVIRONMENT, Checkout, begun

ROLE = "id: operator\ntitle: Operator\npurpose: Fills vials.\n"
PATH = "roles/operator.yaml"


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No configuration but the tests' own."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A repository with one commit."""
    return begun(tmp_path / "it")


def line(checkout: Checkout) -> MainLine:
    """Its main line."""
    repository = Repository(checkout.folder)
    return MainLine(repository, repository.named("main"))


def titles(checkout: Checkout, first: str = "2000-01-01", last: str = "2100-01-01") -> list[list[str]]:
    """The commits of what came on some days, by their messages."""
    steps = line(checkout).steps(lambda at: first <= at.date().isoformat() <= last)
    return [[one.message.strip() for one in step.commits] for step in steps]


def test_a_line_of_one_commit(checkout: Checkout):
    """It is the first, and shallow is only what has parents that are not here."""
    assert titles(checkout) == [["First"]]
    assert line(checkout).begins is None
    assert titles(checkout, "2030-01-01") == []


def test_a_group_is_whole_wherever_one_begins_to_look(checkout: Checkout):
    """A rebase over midnight belongs to the day on which it was completed, with all its commits."""
    for name, at in (("a", "2026-11-23T23:59:58Z"), ("b", "2026-11-24T00:00:02Z"), ("c", "2026-11-24T00:01:02Z")):
        checkout.write({name: "x\n"})
        checkout.git("add", ".")
        checkout.git("commit", "--quiet", "--message", name, "--date", "2026-11-20T12:00:00Z", at=at)

    assert titles(checkout) == [["c"], ["b", "a"], ["First"]]
    assert titles(checkout, "2026-11-24", "2026-11-24") == [["c"], ["b", "a"]]
    assert titles(checkout, "2026-11-23", "2026-11-23") == []


def test_what_each_commit_did(checkout: Checkout):
    """Whatever the paths are called."""
    odd = "a\tb\nc :100644 æ\x7f"
    checkout.commit({odd: "1\n", PATH: ROLE})
    checkout.commit({odd: None})
    checkout.commit()  # which does nothing
    repository = Repository(checkout.folder)
    found = [moves for _, moves in moves_of(repository, "main")]

    blob = checkout.git("rev-parse", f"main:{PATH}")
    one = checkout.git("rev-parse", f"main~2:{odd}")
    assert found[0] == (Move(odd, one, None),)
    assert set(found[1]) == {Move(odd, None, one), Move(PATH, None, blob)}
    assert [moves for _, moves in moves_of(repository, "main", PATH)] == [(Move(PATH, None, blob),)]
    assert list(moves_of(repository, "main", "nothing")) == []


def test_records_of_then(checkout: Checkout, tmp_path: Path):
    """Read once, and remembered; a link, what is too large, and what is broken are none."""
    checkout.commit({PATH: ROLE, "roles/broken.yaml": "id: [\n", "roles/large.yaml": "#" * 5 * 2**20})
    (checkout.folder / "roles/link.yaml").symlink_to("operator.yaml")
    checkout.commit()
    repository = Repository(checkout.folder)
    pairs = [(move.path, move.after or "") for _, moves in moves_of(repository, "main", "roles/") for move in moves]
    for _ in range(2):
        found = records(repository, BlobMemory(tmp_path / "memory"), pairs)
        assert {path for (path, _), record in found.items() if record is None} == {
            "roles/broken.yaml",
            "roles/large.yaml",
            "roles/link.yaml",
        }
        assert isinstance(next(record for (path, _), record in found.items() if path == PATH), Role)


def test_what_is_not_here_is_said(checkout: Checkout, tmp_path: Path):
    repository = Repository(checkout.folder)

    with pytest.raises(CannotRun, match=r"the object 1+ is not in this clone"):
        commits(repository, ["1" * 40])
    with pytest.raises(CannotRun, match=r"the object 1+ is not in this clone"):
        records(repository, BlobMemory(tmp_path), [(PATH, "1" * 40)])


def test_a_time_that_no_calendar_has(checkout: Checkout):
    """A commit with it is still a commit."""
    tree = checkout.git("rev-parse", "main^{tree}")
    parent = checkout.git("rev-parse", "main")
    body = f"tree {tree}\nparent {parent}\nauthor A <a> 1 +0000\ncommitter A <a> 999999999999 +0000\n\nFar\n"
    checkout.write({"../object": body})
    name = checkout.git("hash-object", "-t", "commit", "-w", "--literally", "../object")
    near = checkout.git("commit-tree", "-p", name, "-m", "Near", tree)
    checkout.git("update-ref", "refs/heads/main", near)
    found = line(checkout).steps(lambda _: True)

    assert [step.last.message.strip() for step in found] == ["Near", "Far", "First"]
    assert found[1].last.committed.year == 1970


def test_merges_that_cross(checkout: Checkout):
    """Each commit of a branch belongs to the first merge that brought it."""
    at = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
    for name, base in (("one", "main"), ("two", "one")):
        checkout.git("switch", "--quiet", "--create", name, base)
        checkout.commit({name: "x\n"}, name)
    checkout.git("switch", "--quiet", "main")
    for number, name in enumerate(("one", "two")):
        moment = (at + timedelta(hours=number)).isoformat()
        checkout.git("merge", "--quiet", "--no-ff", "--message", f"Merge {name}", name, at=moment)
    steps = line(checkout).steps(lambda _: True)

    assert [[one.message.strip() for one in step.branch] for step in steps] == [["two"], ["one"], []]
