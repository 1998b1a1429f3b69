"""Nothing is lost: whoever writes may die at any step, be killed at any moment, or find the disc full."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import figures, keys
from tests.cli.commands import FILES, SOP, Desk
from tests.crashes import Fault, faults
from tests.laws import POLICY

START = "id: {}\nname: N\nkind: employee\nemployed: {{from: 2024-03-01}}\nroles:\n  - {{role: {}, from: 2024-03-01}}\n"
KEYS = "keys:\n  - {{key: {}, from: 2024-03-01, proof: badge check, by: p-2}}\n"
REVISED = SOP.replace(
    "revisions:\n",
    "revisions:\n  - {revision: 2, effective: 2026-12-24, summary: New., impact: retrain, authors: [p-1]}\n",
).replace("Gown.", "Gown twice.")


@dataclass
class Writer:
    """A command that writes, and the repository in which it does."""

    desk: Desk
    command: Sequence[str]
    files: int  # that it writes
    step: int = 1  # where there are many places to be struck at, how many to go on by
    again: int = 0  # how it ends when it is run once more after it has written all

    @property
    def template(self) -> Path:
        """The repository before it ran."""
        return self.desk.checkout.folder


def assigning(desk: Desk, _key: Callable[[str], Path]) -> Writer:
    """Two roles owe a new revision, and somebody new owes what there is: three files."""
    desk.write(
        {
            "controlled-docs/sop/SOP-001.md": REVISED,
            "roles/packer.yaml": "id: packer\ntitle: Packer\npurpose: Packs.\nrequires: [SOP-001]\n",
            "roles/people/p-3.yaml": FILES["roles/people/p-2.yaml"].replace("p-2", "p-3"),
        }
    )
    return Writer(desk, ["assign"], 5, step=4)


def starting(desk: Desk, _key: Callable[[str], Path]) -> Writer:
    """A deviation."""
    return Writer(desk, ["new", "DEV", "--title", "T", "--id", "DEV-2026-001", "--activity", "gowning"], 1, again=2)


def founding(desk: Desk, _key: Callable[[str], Path]) -> Writer:
    """A quality system."""
    folder = desk.checkout.folder / "fresh"
    folder.mkdir()
    desk.checkout.folder = folder
    return Writer(
        desk,
        ["init", "--founder", "p-1", "--name", "Ada Lind", "--timezone", "UTC", "--organization", "O"],
        19,
        step=13,
        again=2,
    )


def signed(desk: Desk, key: Callable[[str], Path]) -> None:
    """Everybody has a key, and signatures are asked for."""
    files = {"qmsci.yaml": POLICY.replace("signatures: optional", "signatures: required")}
    for name, role in {"p-1": "operator", "p-2": "operator", "p-3": "quality-assurance", "p-4": "operator"}.items():
        files[f"roles/people/{name}.yaml"] = START.format(name, role) + KEYS.format(keys.public(key(name)))
    desk.checkout.commit(files)
    desk.run("assign")
    desk.checkout.commit()


def completing(desk: Desk, key: Callable[[str], Path]) -> Writer:
    """A reading, beside what is there."""
    signed(desk, key)
    return Writer(desk, ["complete", "SOP-001", "--by", "p-2", "--key", str(key("p-2")), "--yes"], 1, again=2)


def facilitating(desk: Desk, key: Callable[[str], Path]) -> Writer:
    """A session of several people: a file for each of them."""
    signed(desk, key)
    policy = (desk.checkout.folder / "qmsci.yaml").read_text()
    desk.checkout.commit({"qmsci.yaml": policy.replace("window: 14 days,", "window: 14 days, facilitated: true,")})
    people = ["--person", "p-2", "--person", "p-4"]
    session = ["--session", "attendance list 7", "--by", "p-1", "--key", str(key("p-1")), "--yes"]
    return Writer(desk, ["complete", "SOP-001", *people, *session], 2, again=2)


def waiving(desk: Desk, key: Callable[[str], Path]) -> Writer:
    """A waiver."""
    signed(desk, key)
    given = ["waive", "p-2", "SOP-001@1", "--reason", "R", "--evidence", "E", "--until", "2027-11-22"]
    return Writer(desk, [*given, "--by", "p-3", "--key", str(key("p-3")), "--yes"], 1, again=2)


def approving(desk: Desk, key: Callable[[str], Path]) -> Writer:
    """An approval of a revision."""
    signed(desk, key)
    desk.write({"controlled-docs/sop/SOP-001.md": REVISED})
    return Writer(desk, ["approve", "SOP-001", "--by", "p-3", "--key", str(key("p-3")), "--yes"], 1, again=2)


WRITERS = [
    pytest.param(make, id=make.__name__)
    for make in (assigning, starting, founding, completing, facilitating, waiving, approving)
]
NOW = "2026-11-22T12:00:00+01:00"


@pytest.fixture
def writer(request: pytest.FixtureRequest, desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Writer:
    """A writer that has not written yet."""
    folder = tmp_path_factory.mktemp("keys")

    def key(person: str) -> Path:
        path = folder / person
        return path if path.exists() else keys.made(folder, name=person)

    made: Writer = request.param(desk, key)
    return made


def records(folder: Path) -> dict[str, bytes]:
    """The files of a repository, drafts and the git directory left out."""
    found = {path.relative_to(folder): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {
        str(name): path.read_bytes()
        for name, path in found.items()
        if name.parts[0] != ".git" and not path.name.startswith(".qmsci-")
    }


def drafts(folder: Path) -> list[Path]:
    """What a writer who was killed has left behind."""
    return sorted(folder.rglob(".qmsci-*"))


def lost(one: Fault, before: dict[str, bytes], after: dict[str, bytes]) -> list[str]:
    """The files that are neither as they were nor as they are to be: missing, half written, or too many."""
    found = records(one.folder)
    return [name for name in {*before, *found} if found.get(name, b"") not in (before.get(name), after.get(name))]


def run_again(writer: Writer, one: Fault, after: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """Once more, where the writer was struck down: all is there in the end, and nothing minds what was left behind."""
    complete = records(one.folder) == after
    monkeypatch.chdir(one.folder)
    monkeypatch.setattr("qmsci.cli.init.datetime", writer.desk._clock())
    writer.desk.run(*writer.command, exits=writer.again if complete else 0)
    assert records(one.folder) == after
    if drafts(one.folder):
        told = (
            writer.desk.run("check", exits=None) if writer.command[0] != "init" else writer.desk.run("check", "--all")
        )
        assert ".qmsci-" not in told.output


@pytest.mark.slow
@pytest.mark.parametrize("writer", WRITERS, indirect=True)
@pytest.mark.parametrize("way", ["die", "full", "kill"])
def test_nothing_is_lost(
    writer: Writer, way: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
):
    """At each step in turn, and at random moments: every file is whole, old or new, and running again completes it."""
    before = records(writer.template)
    folder = tmp_path_factory.mktemp("faults")
    struck = faults(writer.template, folder, writer.command, NOW, way, writer.step)
    if way == "kill":
        last = faults(writer.template, tmp_path_factory.mktemp("whole"), writer.command, NOW, "die", 500)[-1]
    else:
        *struck, last = struck
    after = records(last.folder)

    assert last.code == 0, last.said
    assert len([name for name in after if after[name] != before.get(name)]) == writer.files
    assert drafts(last.folder) == []
    figures.add("faults injected into writers (died, killed, disc full)", len(struck))
    figures.add(
        "faults injected into writers: files lost or half written", sum(len(lost(one, before, after)) for one in struck)
    )
    for one in struck:
        assert lost(one, before, after) == [], one
        assert "Traceback" not in one.said, one.said
        if way == "full":
            assert "No space left on device" in one.said
            assert drafts(one.folder) == []
        run_again(writer, one, after, monkeypatch)
    if way != "kill":
        assert len(struck) >= 5 * writer.files // writer.step


# --- two at once, in two clones -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(("complete", "p-2", "SOP-001"), ("complete", "p-4", "SOP-001"), id="two people of one role"),
        pytest.param(("complete", "p-2", "SOP-001"), ("complete", "p-3", "SOP-001"), id="two people of two roles"),
        pytest.param(("complete", "p-2", "SOP-001"), ("complete", "p-2", "SOP-002"), id="one person, two documents"),
        pytest.param(("complete", "p-2", "SOP-001"), ("waive", "p-3", "SOP-001@1"), id="a completion and a waiver"),
        pytest.param(("waive", "p-3", "SOP-001@1"), ("waive", "p-3", "SOP-002@1"), id="two waivers"),
    ],
)
def test_what_two_record_at_once_merges_without_a_conflict(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory, one: tuple[str, str, str], other: tuple[str, str, str]
):
    """Neither touches the other's file; what comes of it is clean."""
    folder = tmp_path_factory.mktemp("keys")

    def key(person: str) -> Path:
        path = folder / person
        return path if path.exists() else keys.made(folder, name=person)

    desk.checkout.commit({"controlled-docs/sop/SOP-002.md": SOP.replace("SOP-001", "SOP-002")})
    signed(desk, key)
    for branch, (command, who, document) in (("one", one), ("other", other)):
        desk.checkout.git("switch", "--quiet", "--create", branch, "main")
        by = [] if command == "complete" else ["p-2" if who == "p-3" else "p-3"]
        reasons = ["--reason", "R", "--evidence", "E", "--until", "2027-11-22"] if by else []
        given = [command, *by, document, *reasons]
        desk.run(*given, "--by", who, "--key", str(key(who)), "--yes")
        desk.checkout.commit(message=branch)
    desk.checkout.git("switch", "--quiet", "main")
    for branch in ("one", "other"):
        desk.checkout.git("merge", "--quiet", "--no-ff", branch)

    assert desk.run("check", "--all").stdout.startswith("clean")
    desk.run("check", "--base", "main~2", "--head", "main")
    assert len(desk.checkout.git("diff", "--name-only", "main~2", "main").splitlines()) == 2
