"""The records of a tree are read once, remembered by blob, and the same with and without a memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

import pytest

from qmsci.finding import At, Place
from qmsci.library import Library, library_of
from qmsci.load import placed
from qmsci.records.document import Document
from qmsci.records.role import Role
from qmsci.tree import File, FilesTree, Inside

ROLE = "id: operator\ntitle: Operator\npurpose: Fills vials.\n"
DOCUMENT = """\
---
id: SOP-001
title: Gowning
owner: operator
revisions:
  - {{revision: {label}, effective: 2026-12-15, summary: "{label}", impact: retrain, authors: [p-1]}}
---
# Text {label}

```
# no heading
```
"""
HISTORY = '- {"document": "SOP-001@1", "completed": "2026-01-04T09:30:00+01:00", "method": ["read"]}\n'
REJECTION = '- {"rejects": "%s", "reason": "Not hers.", "by": "p-1", "at": "2026-01-05T09:30:00+01:00"}\n'
FILES = {
    "controlled-docs/sop/SOP-001.md": DOCUMENT.format(label=3),
    "roles/operator.yaml": ROLE,
    "roles/broken.yaml": "id: [\n",
    "roles/lead.yaml": "id: lead\ntitel: Lead\npurpose: Leads.\n",
    "roles/people/p-1.yaml": "id: p-2\nname: N\nkind: employee\nemployed: {from: 2024-01-01}\n",
    "training-records/completions/p-1/SOP-001.yaml": HISTORY + REJECTION % ("sha256:" + 64 * "0"),
    "quality-events/XYZ-1.yaml": "id: XYZ-1\n",
    "README.md": "nothing\n",
}


class BlobTree(FilesTree):
    """Files whose blobs are known by their contents, and which count how often they are read."""

    def __init__(self, files: Mapping[str, str | bytes], versions: Sequence[bytes] = ()) -> None:
        super().__init__(files)
        self.asked: list[str] = []
        self.versions = versions

    def blobs(self, paths: Iterable[str]) -> Sequence[str | None]:
        return [sha256(file.data).hexdigest() if file else None for file in super().read(paths)]

    def inside(self, folder: str) -> Inside:
        files, folders = super().inside(folder)
        below = {path: [(name, *self.blobs([name])) for name in self.paths(path)] for path in folders}
        return Inside(files, {path: sha256(repr(held).encode()).hexdigest() for path, held in below.items()})

    def read(self, paths: Iterable[str]) -> Sequence[File | None]:
        paths = list(paths)
        self.asked += paths
        return super().read(paths)

    def earlier_versions(self, path: str) -> Iterable[bytes]:
        return self.versions


class Kept:
    """A memory that forgets nothing."""

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}

    def recall(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        return {key: self.contents[key] for key in keys if key in self.contents}

    def remember(self, contents: Mapping[str, bytes]) -> None:
        self.contents.update(contents)


def test_a_file_is_read_once():
    """However often it is asked for."""
    tree = BlobTree(FILES)
    library = Library(tree)
    paths = list(FILES)

    assert library.records(paths) == library.records([*paths, *paths])[: len(paths)]
    assert sorted(tree.asked) == sorted(set(paths) - {"README.md"})


def test_what_is_remembered_is_not_read_again_and_is_the_same():
    """Records, faults, texts, headings and digests."""
    memory = Kept()
    paths = list(FILES)
    plain, first = Library(FilesTree(FILES)), Library(BlobTree(FILES), memory)
    expected = plain.records(paths)
    assert first.records(paths) == expected
    tree = BlobTree(FILES)
    second = Library(tree, memory)
    found = second.records(paths)

    assert found == expected
    assert [record and record.path for record in found] == [record and record.path for record in expected]
    assert second.faults == first.faults == plain.faults
    # Syntax that cannot be read is not remembered, nor what is read as fast as it is recalled.
    assert set(tree.asked) <= {"roles/broken.yaml", "training-records/completions/p-1/SOP-001.yaml"}
    documents = [record for record in (*expected, *found) if isinstance(record, Document)]
    assert {(document.text, document.headings) for document in documents} == {(documents[0].text, ("Text 3",))}


def test_one_blob_in_two_places_is_two_records():
    """Each knows its own path, and is held to it."""
    library = Library(BlobTree({"roles/operator.yaml": ROLE, "roles/lead.yaml": ROLE}), Kept())
    library.records(["roles/operator.yaml"])
    found = library.records(["roles/operator.yaml", "roles/lead.yaml"])

    assert isinstance(found[0], Role)
    assert found[0].path == "roles/operator.yaml"
    assert found[1] is None
    assert "the id is operator" in library.faults["roles/lead.yaml"][0].message


def test_one_blob_of_two_kinds_is_read_as_each():
    """The memory is asked by kind and blob."""
    text = "- {}\n"
    files = {"training-records/waivers/p-1/SOP-001.yaml": text, "roles/operator.yaml": text}
    memory = Kept()
    for _ in range(2):
        library = Library(BlobTree(files), memory)
        library.records(list(files))
        assert set(library.faults) == set(files)
        assert "'document' is missing" in library.faults["training-records/waivers/p-1/SOP-001.yaml"][0].message


@pytest.mark.parametrize("content", [b"", b"\n", b"[]\n[]", b'["", []]\n{"id": "someone-else"}', b"\xff"], ids=repr)
def test_a_memory_is_trusted_to_give_back_what_it_was_given(content: bytes):
    """`BlobMemory` seals what it keeps; here is what would be believed of another, for the record: nothing silent."""
    memory = Kept()
    tree = BlobTree({"roles/operator.yaml": ROLE})
    Library(tree, memory).records(["roles/operator.yaml"])
    memory.contents = dict.fromkeys(memory.contents, content)
    library = Library(tree, memory)

    try:
        found = library.records(["roles/operator.yaml"])[0]
    except ValueError:
        return
    assert found is None
    assert library.faults


def test_what_has_no_record_is_no_fault():
    """A path that no record has, a file that is not there, a folder."""
    library = library_of(FILES)

    assert library.records(["README.md", "roles/nobody.yaml", "roles"]) == [None, None, None]
    assert library.faults == {}


def test_what_cannot_be_read_is_known_by_its_folder():
    """Once it was asked for: what it may hold is not missed."""
    library = library_of(FILES)
    assert not library.unreadable_below("roles/")
    library.records(list(FILES))

    assert library.unreadable_below("roles/")
    assert library.unreadable_below("roles/broken.yaml")
    assert not library.unreadable_below("controlled-docs/")


def test_a_file_that_is_none_is_a_fault():
    """A link, a submodule: said in its place, whatever it holds."""

    class Odd(FilesTree):
        def read(self, paths: Iterable[str]) -> Sequence[File | None]:
            return [File(b"", odd="it is a symbolic link") for _ in paths]

    library = Library(Odd({"roles/operator.yaml": ROLE}), Kept())

    assert library.records(["roles/operator.yaml"]) == [None]
    assert [fault.message for fault in library.faults["roles/operator.yaml"]] == ["it is a symbolic link"]


def test_the_text_of_an_earlier_revision_is_found_in_the_history():
    """The newest version in which the revision was the newest; what cannot be read is passed over."""
    path = "controlled-docs/sop/SOP-001.md"
    versions = [DOCUMENT.format(label=label).encode() for label in (3, 2)]
    other = DOCUMENT.format(label=2).replace("# Text", "# Older text").encode()
    library = Library(BlobTree(FILES, [versions[0], b"nothing", versions[1], other]))
    expected = library_of({path: versions[1]}).records([path])[0]

    assert isinstance(expected, Document)
    assert library.earlier_text(path, "2") == expected.text
    assert library.earlier_text(path, "1") is None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(HISTORY, id="one"),
        pytest.param(HISTORY * 3, id="three"),
        pytest.param((HISTORY * 2).removesuffix("\n"), id="no last line break"),
        pytest.param((HISTORY * 2).replace("\n", "\r\n"), id="CRLF"),
        pytest.param(HISTORY + "\n" + HISTORY, id="an empty line"),
        pytest.param(HISTORY + "# word\n" + HISTORY, id="a comment"),
        pytest.param(HISTORY.replace('["read"]}', '\n  ["read"]}') + HISTORY, id="two lines"),
        pytest.param(HISTORY.replace("- {", "-   {") + HISTORY, id="wide"),
        pytest.param(HISTORY.replace("}", ', "late": "a\n- {b"}') + HISTORY, id="a line amid a text"),
        pytest.param(f"[{HISTORY[2:-1]}, {HISTORY[2:-1]}]", id="one list"),
        pytest.param("- document: SOP-001@1\n  completed: 2026-01-04T09:30:00+01:00\n  method: [read]\n", id="block"),
        pytest.param(HISTORY + "- {\n", id="broken"),
    ],
)
def test_entries_are_found_where_they_are(text: str):
    """Whether they are on lines of their own, which are counted, or not."""
    path = "training-records/completions/p-1/SOP-001.yaml"
    library = library_of({path: text})
    expected = [placed(At(path, keys), text.encode()) for keys in ((), (0,), (1,), (2,), (3,), (1, "method"), ("x",))]

    for _ in range(2):  # before it was read, and after
        found = [library.placed(At(path, keys)) for keys in ((), (0,), (1,), (2,), (3,), (1, "method"), ("x",))]
        assert found == expected
        library.records([path])


def test_places_are_looked_up_where_they_are():
    """The nearest key that is there, or the start of the file."""
    library = library_of(FILES)
    path = "controlled-docs/sop/SOP-001.md"

    assert library.placed(At(path, ("revisions", 0, "revision"))) == Place(path, 6, 6)
    assert library.placed(At(path, ("revisions", 0, "rationale"))) == Place(path, 6, 5)
    assert library.placed(At("roles/operator.yaml", ("title",))) == Place("roles/operator.yaml", 2, 1)
    assert library.placed(At("nowhere.yaml", ("title",))) == Place("nowhere.yaml")
    assert library.placed(Place("x", 4, 2)) == Place("x", 4, 2)


def test_what_two_trees_have_alike_is_read_once():
    """Only the files in which they differ are read again; what could not be read, and what is doubted, goes along."""
    path = "controlled-docs/sop/SOP-001.md"
    library = library_of({**FILES, "roles/broken.yaml": "id: [\n"})
    roles = library.records([path, "roles/operator.yaml", "roles/broken.yaml"])
    changed = {
        **FILES,
        "roles/operator.yaml": ROLE.replace("title: ", "title: Another "),
        "roles/broken.yaml": "id: [\n",
    }
    following = library.following(FilesTree(changed), ["roles/operator.yaml"])
    now = following.records([path, "roles/operator.yaml", "roles/broken.yaml"])

    assert now[0] is roles[0]
    assert now[1] != roles[1]
    assert now == library_of(changed).records([path, "roles/operator.yaml", "roles/broken.yaml"])
    assert list(following.faults) == ["roles/broken.yaml"]
    mended = library.following(FilesTree({**FILES, "roles/broken.yaml": ROLE}), ["roles/broken.yaml"])
    assert mended.faults == {}
