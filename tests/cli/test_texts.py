"""The texts that main has, or had, of each revision: from the history of real repositories, by one walk through it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from qmsci.cli.judged import judged, of_main
from qmsci.cli.texts import Texts
from qmsci.gitrepo import Repository
from qmsci.read import text_digest
from qmsci.render.site.survey import KeptText, meant_text
from tests.cli.commands import SOP, Desk
from tests.cli.test_changes import APPROVAL, APPROVAL_PATH, PATH, REVISED

LATER = "2026-11-23T12:00:00+01:00"


def texts_of(name: str = "SOP-001") -> list[KeptText]:
    """The texts of a document in the repository around the current folder."""
    what = of_main(judged(None, None, compare=False))
    document = what.snapshot.documents.get(name)
    assert document
    return list(Texts(what)(document))


def labels(texts: Sequence[KeptText]) -> list[tuple[str, str]]:
    """What some texts are of, and what they say."""
    return [(one.revision, one.body) for one in texts]


def test_a_document_with_one_text(desk: Desk):
    """With the commit that brought it, however often the front matter changed since."""
    first = desk.checkout.git("rev-parse", "HEAD")
    desk.checkout.commit({PATH: SOP.replace("[gowning]", "[gowning, filling]")}, "Govern more")

    (text,) = texts_of()
    recorded = "2026-01-06T11:00:00+00:00"
    assert text == KeptText("1", "Gowning", text_digest(b"Gown.\n"), "Gown.\n", PATH, first, recorded)


def test_the_newest_first_each_with_its_title(desk: Desk):
    commit = desk.checkout.commit({PATH: REVISED.replace("title: Gowning", "title: Gown twice")}, "Revise", at=LATER)
    newest, oldest = texts_of()

    assert (newest.revision, newest.title, newest.body, newest.commit) == ("2", "Gown twice", "Gown twice.\n", commit)
    assert (oldest.revision, oldest.title, oldest.body) == ("1", "Gowning", "Gown.\n")


def test_a_text_that_was_altered_in_place(desk: Desk):
    """All of them are kept, and the one that was approved is the one that counts, as for `qmsci text`."""
    desk.checkout.commit({PATH: REVISED, APPROVAL_PATH: APPROVAL}, "Revise")
    desk.checkout.commit({PATH: REVISED.replace("Gown twice.", "Gown at will.")}, "Alter")
    texts = texts_of()

    assert labels(texts) == [("2", "Gown at will.\n"), ("2", "Gown twice.\n"), ("1", "Gown.\n")]
    snapshot = of_main(judged(None, None, compare=False)).snapshot
    document = snapshot.documents.get("SOP-001")
    assert document
    meant = meant_text(snapshot, document, document.newest, texts[:2])
    assert meant
    assert meant.body == "Gown twice.\n" == desk.answer("text", "SOP-001@2")["text"]
    assert meant_text(snapshot, document, document.newest, []) is None


def test_the_title_above_a_text_is_the_one_that_came_with_it(desk: Desk):
    """Also where the file of today says the same under another title."""
    desk.checkout.commit({PATH: SOP.replace("title: Gowning", "title: New")}, "Call it otherwise")

    assert [(one.revision, one.title) for one in texts_of()] == [("1", "Gowning")]


def test_a_text_that_was_altered_and_put_back(desk: Desk):
    """It was there first, and is there again."""
    first = desk.checkout.git("rev-parse", "HEAD")
    desk.checkout.commit({PATH: SOP.replace("Gown.\n", "Gown!\n")}, "Alter")
    desk.checkout.commit({PATH: SOP}, "Put it back")

    texts = texts_of()
    assert labels(texts) == [("1", "Gown.\n"), ("1", "Gown!\n")]
    assert texts[0].commit == first


def test_a_document_that_was_moved(desk: Desk):
    """What its file was called does not matter; a document whose id begins alike has texts of its own."""
    moved = "controlled-docs/sop/SOP-001-gowning.md"
    desk.checkout.git("mv", PATH, moved)
    desk.checkout.commit({"controlled-docs/sop/SOP-001-X.md": SOP.replace("SOP-001", "SOP-001-X")}, "Move")
    desk.checkout.commit({moved: REVISED}, "Revise")

    assert [(one.revision, one.path) for one in texts_of()] == [("2", moved), ("1", PATH)]
    assert labels(texts_of("SOP-001-X")) == [("1", "Gown.\n")]


def test_what_was_no_document_at_some_time(desk: Desk):
    """A link, a file without front matter, one too large: they had no text, and are no trouble."""
    desk.checkout.commit({PATH: "No front matter.\n"}, "Break")
    (desk.checkout.folder / PATH).unlink()
    (desk.checkout.folder / PATH).symlink_to("elsewhere.md")
    desk.checkout.commit({}, "Link")
    (desk.checkout.folder / PATH).unlink()
    desk.checkout.commit({PATH: REVISED + "x" * (4 * 2**20)}, "Grow")
    desk.checkout.commit({PATH: REVISED, "controlled-docs/sop/README.md": "Read.\n"}, "Mend")

    assert labels(texts_of()) == [("2", "Gown twice.\n"), ("1", "Gown.\n")]


def test_of_an_earlier_schema_the_title_is_todays(desk: Desk):
    desk.checkout.commit(
        {PATH: SOP.replace("owner: operator", "owner: operator\nclass: A").replace("revision: 1", "revision: 2")},
        "Of old",
    )
    desk.checkout.commit(
        {PATH: REVISED.replace("revision: 2", "revision: 3").replace("title: Gowning", "title: New")}, "Now"
    )

    assert [(one.revision, one.title) for one in texts_of()] == [("3", "New"), ("2", "New"), ("1", "Gowning")]


def test_in_a_shallow_clone(desk: Desk, tmp_path_factory: pytest.TempPathFactory):
    """What stands at its beginning came from nobody knows where; older texts are not here."""
    desk.checkout.commit({PATH: REVISED}, "Revise")
    desk.clone_shallowly(tmp_path_factory.mktemp("clones") / "shallow")
    assert [(one.revision, one.commit, one.recorded) for one in texts_of()] == [("2", None, None)]

    desk.checkout.git("fetch", "--quiet", "--unshallow")
    assert [bool(one.commit and one.recorded) for one in texts_of()] == [True, True]


def test_in_a_bare_clone(desk: Desk, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch):
    bare = tmp_path_factory.mktemp("clones") / "bare.git"
    desk.checkout.git("clone", "--quiet", "--bare", str(desk.checkout.folder), str(bare))
    monkeypatch.chdir(bare)

    assert labels(texts_of()) == [("1", "Gown.\n")]


@pytest.fixture
def walks(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[Any, ...]]]:
    """The walks through the history that are made."""
    found: list[tuple[Any, ...]] = []
    output = Repository.output

    def counted(self: Repository, *command: str) -> bytes:
        found.append(command[:1])
        return output(self, *command)

    monkeypatch.setattr(Repository, "output", counted)
    return found


def test_git_is_asked_once_for_all_documents(desk: Desk, walks: list[tuple[Any, ...]]):
    """However many there are: a process for each would take minutes."""
    some = {f"controlled-docs/sop/SOP-{n}.md": SOP.replace("SOP-001", f"SOP-{n}") for n in range(100, 130)}
    desk.checkout.commit(some, "More")
    what = of_main(judged(None, None, compare=False))
    documents = list(what.snapshot.documents)
    texts = Texts(what)
    walks.clear()

    assert [labels(texts(one)) for one in documents] == [[("1", "Gown.\n")]] * 31
    assert sorted(walks) == [("log",), ("rev-list",)]
