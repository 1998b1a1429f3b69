"""A site that is made again: what is kept is what would be made."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmsci.cli.judged import judged
from qmsci.cli.making import Making
from qmsci.finding import CannotRun
from tests.cli.commands import FILES
from tests.repositories import Checkout, begun
from tests.strategies import System, edited, systems, texts

DAY = date(2026, 6, 1)


class Folder:
    """A built site, as far as its making needs it: which sources it holds, by path, with their digests."""

    def __init__(self) -> None:
        self.there: dict[str, str] = {}
        self.kept = 0

    def intact(self, sources: Mapping[str, str]) -> Mapping[str, str]:
        return {path: digest for path, digest in sources.items() if self.there.get(path) == digest}

    def build(self) -> None:
        what = judged(None, "HEAD", compare=False)
        files, kept = Making(replace(what, hindsight=True, as_of=DAY)).files(self.intact)
        assert not files.keys() & kept.keys()
        self.kept = len(kept)
        self.there = {path: hashlib.sha256(text.encode()).hexdigest() for path, text in files.items()} | kept


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    found = begun(tmp_path, FILES)
    monkeypatch.chdir(tmp_path)
    return found


def forget(repository: Checkout) -> None:
    shutil.rmtree(repository.folder / ".git/qmsci", ignore_errors=True)


def from_nothing(repository: Checkout) -> dict[str, str]:
    """What comes of a build that remembers nothing."""
    memory = repository.folder / ".git/qmsci"
    memory.rename(memory.with_name("put-away"))
    found = Folder()
    found.build()
    forget(repository)
    memory.with_name("put-away").rename(memory)
    return found.there


def test_what_rests_on_nothing_new_is_kept(repository: Checkout):
    """People and documents: all of them, when nothing changed; all but those concerned, after one completion."""
    site = Folder()
    site.build()
    assert site.kept == 0
    before = site.there
    site.build()
    assert site.there == before
    assert site.kept >= 2 * 2 + 2  # a page and an Ask file for each person, a page and texts for the document
    everything = site.kept
    repository.commit({"training-records/completions/p-1/SOP-001.yaml": READ}, "Trained")
    site.build()

    assert 0 < site.kept < everything
    assert {path for path in before if before[path] != site.there[path]} >= {"people/p-1.md", "data/ask/p-1.js"}
    assert before["people/p-2.md"] == site.there["people/p-2.md"]
    assert site.there == from_nothing(repository)


READ = '- {"assignments": [], "completed": "2026-01-09T09:30:00+01:00", "document": "SOP-001@1", "method": ["read"]}\n'


def test_what_was_altered_and_put_back_is_made_anew(repository: Checkout):
    """The bytes are those of before; the commits that brought them are not."""
    site, path = Folder(), "training-records/completions/p-1/SOP-001.yaml"
    repository.commit({path: READ}, "Trained")
    site.build()
    repository.commit({path: READ + READ.replace("09T09", "10T09")}, "Again")
    site.build()
    repository.commit({path: READ}, "Not again")
    site.build()

    assert site.there == from_nothing(repository)


def test_a_history_that_was_rewritten_is_told_anew(repository: Checkout):
    """The same files with other commits: the evidence names commits that are there."""
    site, path = Folder(), "training-records/completions/p-1/SOP-001.yaml"
    repository.commit({path: READ}, "Trained")
    site.build()
    repository.git("commit", "--quiet", "--amend", "--message", "Trained, said better", at="2026-11-23T12:00:00+01:00")
    site.build()

    assert site.kept == 0
    assert site.there == from_nothing(repository)


def test_a_branch_that_is_rewritten_is_told_anew(repository: Checkout):
    """Before it is merged, a commit may become another one with the same files."""
    site, path = Folder(), "training-records/completions/p-1/SOP-001.yaml"
    site.build()
    repository.git("switch", "--quiet", "--create", "topic")
    repository.commit({path: READ}, "Trained")
    site.build()
    repository.git("commit", "--quiet", "--amend", "--message", "Trained, said better", at="2026-11-23T12:00:00+01:00")
    site.build()
    assert site.there == from_nothing(repository)
    repository.git("switch", "--quiet", "main")
    repository.git("merge", "--quiet", "--ff-only", "topic")
    site.build()

    assert site.there == from_nothing(repository)


def test_what_is_linked_is_there(repository: Checkout):
    """A document that names another one rests on whether that is there."""
    site = Folder()
    linking = FILES[SOP_PATH].replace("governs: [gowning]\n", "governs: [gowning]\nreferences: [SOP-002]\n")
    second = FILES[SOP_PATH].replace("SOP-001", "SOP-002")
    repository.commit({SOP_PATH: linking + "\n[two](SOP-002.md)\n"}, "Links")
    site.build()
    for content in (second, None, second):
        repository.commit({"controlled-docs/sop/SOP-002.md": content}, "There or not")
        site.build()
        assert site.there == from_nothing(repository)


SOP_PATH = "controlled-docs/sop/SOP-001.md"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("roles/people/index.yaml", FILES["roles/people/p-1.yaml"].replace("p-1", "index"), id="person"),
        pytest.param(
            "roles/README.yaml", FILES["roles/operator.yaml"].replace("id: operator", "id: README"), id="role"
        ),
        pytest.param("roles/activities.yaml", "gowning: {title: Gowning}\nindex: {title: Index}\n", id="activity"),
    ],
)
def test_a_name_that_a_page_has_already_is_refused(repository: Checkout, path: str, text: str):
    """One of the two would not be shown, and nobody would see which."""
    repository.commit({path: text}, "Named so")

    with pytest.raises(CannotRun, match="its lists are called so"):
        Folder().build()


def test_a_part_that_the_folder_has_lost_is_made_anew(repository: Checkout):
    """What is remembered is worth nothing where it is not there."""
    site = Folder()
    site.build()
    before = dict(site.there)
    del site.there["people/p-1.md"]
    site.there["data/ask/p-2.js"] = "0" * 64
    site.build()

    assert site.there == before


@pytest.mark.slow
@settings(max_examples=12)
@given(st.data())
def test_a_site_that_is_built_again_is_as_one_built_from_nothing(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
):
    """Whatever is edited, from one commit to the next."""
    folder = tmp_path_factory.mktemp("system")
    system: System = data.draw(systems())
    repository = begun(folder, texts(system))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        site = Folder()
        site.build()
        for _ in range(3):
            before = system
            system = data.draw(edited(deepcopy(system), most=1))
            gone: dict[str, str | None] = dict.fromkeys(set(texts(before)) - set(texts(system)))
            repository.commit({**texts(system), **gone}, "Edited")
            site.build()

            assert site.there == from_nothing(repository)
