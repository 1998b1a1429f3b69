"""History rewritten, dated otherwise, or hidden: at a real server with the real hook, and where there was no hook."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests import figures
from tests.company import INSIDER, SECOND, SOP, Scene
from tests.red_team.deeds import add, history, reading, reads
from tests.red_team.raids import HONEST, THROUGH, TRIED, Ground
from tests.repositories import NOON, Checkout
from tests.servers import Server

Raid = Callable[[Scene], tuple[str, ...]]
MORNING = "2026-11-22T10:30:00+01:00"


class Field:
    """A server of the company, and an insider's clone."""

    def __init__(self, scene: Scene, folder: Path) -> None:
        """Begin with what is on main."""
        self.scene = scene
        self.server = Server(folder / "quality.git")
        self.server.git("fetch", "--quiet", str(scene.checkout.folder), "main:main")
        self.scene.checkout.git("switch", "--quiet", "main")

    def push(self, *what: str) -> tuple[int, str]:
        """Push to it, whatever it takes."""
        return self.server.push(self.scene.checkout, *what)


@pytest.fixture
def field(ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Field:
    """A server that is attacked."""
    return Field(ground.scene(monkeypatch), tmp_path)


def unsigned(scene: Scene) -> None:
    """A training that nobody signed."""
    add(scene, history(INSIDER), reading())


# --- what is pushed -------------------------------------------------------------------------------------------------


def honest(scene: Scene) -> tuple[str, ...]:
    """Somebody's training, signed."""
    reads(scene)
    scene.commit(at=MORNING)
    return ("main",)


def unsigned_training(scene: Scene) -> tuple[str, ...]:
    """A training that nobody signed."""
    unsigned(scene)
    scene.commit(at=MORNING)
    return ("main",)


def backdated(scene: Scene) -> tuple[str, ...]:
    """A training of the summer, with a commit of the summer."""
    scene.desk.now = scene.desk.now.replace(month=8, day=4)
    reads(scene, completed="2026-08-03T09:30:00+02:00", at="2026-08-03T10:00:00+02:00")
    scene.commit(at="2026-08-04T12:00:00+02:00")
    return ("main",)


def long_ago(scene: Scene) -> tuple[str, ...]:
    """A training of last week, with a commit of last week, after all that is on main."""
    reads(scene, completed="2026-11-16T09:30:00+01:00", at="2026-11-16T10:00:00+01:00")
    scene.commit(at="2026-11-16T12:00:00+01:00")
    return ("main",)


def ahead(scene: Scene) -> tuple[str, ...]:
    """A training of tomorrow, with a commit of tomorrow."""
    reads(scene, completed="2026-11-23T09:30:00+01:00", at="2026-11-23T10:00:00+01:00")
    scene.commit(at="2026-11-23T12:00:00+01:00")
    return ("main",)


def between(scene: Scene) -> tuple[str, ...]:
    """A commit with a date of the summer, under one of today."""
    reads(scene, completed="2026-08-03T09:30:00+02:00", at="2026-08-03T10:00:00+02:00")
    scene.commit(at="2026-08-04T12:00:00+02:00")
    scene.write({"README.md": "Hello\n"})
    scene.commit(at=MORNING)
    return ("main",)


def amended(scene: Scene) -> tuple[str, ...]:
    """What was merged last, made another."""
    reads(scene)
    scene.checkout.git("add", "--all")
    scene.checkout.git("commit", "--quiet", "--amend", "--no-edit", at=MORNING)
    return ("--force", "main")


def taken_back(scene: Scene) -> tuple[str, ...]:
    """What was merged last is no more."""
    return ("--force", "main~1:main")


def deleted(scene: Scene) -> tuple[str, ...]:
    """Main is no more."""
    return (":main",)


def replanted(scene: Scene) -> tuple[str, ...]:
    """The same files, and no history."""
    tree = scene.tip("main^{tree}")
    return ("--force", f"{scene.checkout.git('commit-tree', '-m', 'All', tree, at=MORNING)}:main")


def foxtrot(scene: Scene) -> tuple[str, ...]:
    """A branch of old, into which main was merged, takes its place: a fast-forward, as git sees it."""
    scene.checkout.git("switch", "--quiet", "--create", "mine", "main~1")
    reads(scene)
    scene.commit(at=MORNING)
    scene.checkout.git("merge", "--quiet", "--no-ff", "main", at=MORNING)
    return ("mine:main",)


def for_a_moment(scene: Scene) -> tuple[str, ...]:
    """A training that nobody signed comes with one commit, and goes with the next."""
    was = scene.read(history(INSIDER))
    unsigned(scene)
    scene.commit(at=MORNING)
    scene.write({history(INSIDER): was})
    scene.commit(at=NOON)
    return ("main",)


def lowered_for_a_moment(scene: Scene) -> tuple[str, ...]:
    """The policy is weak for as long as it takes to profit from it."""
    was = scene.read("qmsci.yaml")
    scene.edit("qmsci.yaml", "signatures: required", "signatures: optional")
    scene.commit(at="2026-11-22T10:00:00+01:00")
    unsigned(scene)
    scene.commit(at=MORNING)
    scene.write({"qmsci.yaml": was})
    scene.commit(at=NOON)
    return ("main",)


def no_policy(scene: Scene) -> tuple[str, ...]:
    """Without a policy nothing is judged."""
    scene.write({"qmsci.yaml": None})
    scene.commit(at=MORNING)
    return ("main",)


def unreadable_policy(scene: Scene) -> tuple[str, ...]:
    """Nor with one that nobody can read."""
    scene.write({"qmsci.yaml": "revision: ["})
    unsigned(scene)
    scene.commit(at=MORNING)
    return ("main",)


def replaced(scene: Scene) -> tuple[str, ...]:
    """The server is given another commit to show in the place of the one that is pushed beside it."""
    tip = scene.tip("main")
    unsigned(scene)
    bad = scene.commit(at=MORNING)
    good = scene.checkout.git("commit-tree", "-m", "Good", "-p", tip, f"{tip}^{{tree}}", at=MORNING)
    return (f"{bad}:main", f"{good}:refs/replace/{bad}")


def look_alike(scene: Scene) -> tuple[str, ...]:
    """A branch that a clone on another file system takes for main."""
    unsigned(scene)
    scene.commit(at=MORNING)
    return ("main:MAIN",)


def through_a_link(scene: Scene) -> tuple[str, ...]:
    """A history is a symbolic link to a file that nobody judges."""
    place = scene.checkout.folder / history(INSIDER)
    scene.write({"elsewhere.yaml": scene.read(history(INSIDER))})
    place.unlink()
    place.symlink_to("../../../elsewhere.yaml")
    scene.commit(at=MORNING)
    return ("main",)


def through_a_submodule(scene: Scene) -> tuple[str, ...]:
    """Somebody's histories are another repository."""
    scene.checkout.git("rm", "-r", "--quiet", f"training-records/completions/{INSIDER}")
    tip = scene.tip("main")
    cache = f"160000,{tip},training-records/completions/{INSIDER}"
    scene.checkout.git("update-index", "--add", "--cacheinfo", cache)
    scene.checkout.git("commit", "--quiet", "--message", "Move", at=MORNING)
    return ("main",)


RAIDS = [
    pytest.param(unsigned_training, "signature-missing", "signature-missing", id="unsigned"),
    pytest.param(backdated, "which it follows", "which it follows", id="a commit of the summer"),
    pytest.param(long_ago, "more than 24 hours ago", None, id="a commit of last week"),
    pytest.param(ahead, "UTC here", None, id="a commit of tomorrow"),
    pytest.param(between, "which it follows", "which it follows", id="a commit of the summer under one of today"),
    pytest.param(amended, "rewrite the history", "is not on main", id="amended"),
    pytest.param(taken_back, "rewrite the history", "is not on main", id="taken back"),
    pytest.param(replanted, "rewrite the history", "is not on main", id="planted anew"),
    pytest.param(foxtrot, "merged into your branch", "is not on main", id="merged the wrong way round"),
    pytest.param(for_a_moment, "signature-missing", "signature-missing", id="for a moment"),
    pytest.param(lowered_for_a_moment, "signature-missing", "policy-weakened", id="lowered for a moment"),
    pytest.param(no_policy, "qmsci.yaml would be gone", None, id="no policy"),
    pytest.param(unreadable_policy, "unreadable", "unreadable", id="an unreadable policy"),
    pytest.param(deleted, "is not deleted", None, id="deleted"),
    pytest.param(replaced, "It would have git show other objects", None, id="replaced"),
    pytest.param(look_alike, "It could be taken for main", None, id="a look-alike"),
    pytest.param(through_a_link, "unreadable", "it is a symbolic link", id="a link"),
    pytest.param(through_a_submodule, "record-removed", "record-removed", id="a submodule"),
]


def test_an_honest_push_lands(field: Field):
    """So that what follows is refused for what it is."""
    figures.add(HONEST)

    assert field.push(*honest(field.scene)) == (0, "")
    assert field.server.tip() == field.scene.tip("main")


@pytest.mark.parametrize(("raid", "told", "noticed"), RAIDS)
def test_the_server_refuses(field: Field, raid: Raid, told: str, noticed: str | None):
    """In the pusher's terminal; and main is what it was."""
    was = field.server.tip()
    code, said = field.push(*raid(field.scene))
    figures.add(TRIED)
    figures.add(THROUGH, 0 if field.server.tip() == was else 1)

    assert field.server.tip() == was
    assert told in " ".join(said.replace("remote:", "").split())
    assert code != 0


@pytest.mark.parametrize(("raid", "told", "noticed"), [raid for raid in RAIDS if raid.values[2]])
def test_where_there_was_no_hook_it_is_noticed(
    ground: Ground, raid: Raid, told: str, noticed: str, monkeypatch: pytest.MonkeyPatch
):
    """By whoever verified it before, or wrote down what there was."""
    scene = ground.scene(monkeypatch)
    scene.checkout.git("switch", "--quiet", "main")
    was = scene.tip("main")
    *_, pushed = raid(scene)
    scene.checkout.git("switch", "--quiet", "--detach", pushed.split(":")[0])
    scene.checkout.git("branch", "--force", "main", "HEAD")
    scene.checkout.git("switch", "--quiet", "main")
    figures.add(TRIED)
    answer = scene.desk.answer("verify", "--history", "--from", "2026-11-01", "--includes", was, exits=None)
    said = [*answer["rewritten"], *(str(change) for change in answer["changes"])]
    figures.add(THROUGH, 0 if said else 1)

    assert any(noticed in one for one in said), said


def test_a_clone_that_hides_history_says_that_it_cannot_tell(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A shallow one; never that all is well."""
    scene = ground.scene(monkeypatch)
    folder = tmp_path / "shallow"
    scene.checkout.git(
        "clone", "--quiet", "--depth", "1", "--branch", "main", f"file://{scene.checkout.folder}", str(folder)
    )
    monkeypatch.chdir(folder)

    for command in (["verify"], ["verify", "--history"]):
        figures.add(TRIED)
        assert "git fetch --unshallow" in scene.desk.run(*command, exits=2).stderr


@pytest.mark.parametrize("way", ["refs/replace", "grafts", "alternates"])
def test_what_stands_in_place_of_history_is_not_believed(
    ground: Ground, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Objects that git would show in place of others, or that are borrowed from a place that has lost them."""
    scene = ground.scene(monkeypatch)
    checkout = scene.checkout
    checkout.git("switch", "--quiet", "main")
    tip = scene.tip("main")
    unsigned(scene)
    bad = scene.commit(at=MORNING)
    good = checkout.git("commit-tree", "-m", "Good", "-p", tip, f"{tip}^{{tree}}", at=MORNING)
    figures.add(TRIED)
    if way == "refs/replace":
        checkout.git("replace", bad, good)
    elif way == "grafts":
        (checkout.folder / ".git/info").mkdir(exist_ok=True)
        (checkout.folder / ".git/info/grafts").write_text(f"{bad}\n")
    else:
        lender = Checkout(tmp_path / "lender")
        lender.folder.mkdir()
        lender.git("init", "--quiet")
        (checkout.folder / ".git/objects/info/alternates").write_text(f"{lender.folder}/.git/objects\n")
        lender.write({"x": "y"})
    found = scene.verdict(tip, bad)
    replayed = scene.desk.answer("verify", "--history", "--from", "2026-11-01", exits=1)
    figures.add(THROUGH, 0 if found else 1)

    assert "signature-missing" in found
    assert "signature-missing" in str(replayed["changes"])
    assert SECOND in scene.read(SOP)
