"""The texts that main has, or had, of the revisions of documents: one walk through its history finds them all."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple

from qmsci.cli.judged import Judged
from qmsci.gitlog import MainLine, commits, moves_of
from qmsci.gitrepo import Repository
from qmsci.load import load
from qmsci.read import MAX_BYTES, front_matter
from qmsci.records import layout
from qmsci.records.base import RevisionId
from qmsci.records.document import Document
from qmsci.records.layout import filed
from qmsci.render.site.survey import KeptText
from qmsci.verification import revision_in


class Brought(NamedTuple):
    """A file that a commit brought to main, or altered there; `order` counts from the newest."""

    path: str
    order: int
    commit: str
    blob: str


class Kept(NamedTuple):
    """A text of a revision, the commit that first brought it to main, and the file as it was then."""

    revision: RevisionId
    digest: str
    commit: str
    path: str
    blob: str
    data: bytes

    @property
    def title(self) -> str | None:
        """The title that stood above it; None where its front matter is of another time, and no document now."""
        record = load(self.path, self.data).record
        return record.title if isinstance(record, Document) else None

    @property
    def body(self) -> str:
        """The text itself, without front matter."""
        return front_matter(self.data).body.decode()


def texts_of(repository: Repository, tip: str, document: str) -> list[Kept]:
    """The texts that main had of each revision of a document, newest first, by a walk through its history."""
    specs = (f":(glob){layout.DOCUMENTS}*/{document}{rest}.md" for rest in ("", "-*"))
    return _kept(repository, document, _brought(repository, tip, *specs))


def _brought(repository: Repository, tip: str, *specs: str) -> Iterator[Brought]:
    """The documents' files that the commits on main's line brought to it, newest first."""
    for order, (commit, moves) in enumerate(moves_of(repository, tip, *specs)):
        for move in moves:
            if move.after and filed(move.path):
                yield Brought(move.path, order, commit, move.after)


def _kept(repository: Repository, document: str, brought: Iterable[Brought]) -> list[Kept]:
    """
    The texts of a document among some files, newest first: one of each revision, unless somebody altered it in place.

    The commit of each is the one that brought it first, however often the rest of the file changed since.
    """
    files = list(brought)
    found: dict[tuple[RevisionId, str], Kept] = {}
    for file, known in zip(files, repository.objects.read([one.blob for one in files]), strict=True):
        revision = revision_in(file.path, known[2]) if known and len(known[2]) <= MAX_BYTES else None
        if known and revision and revision[0].document == document:
            found[revision] = Kept(*revision, file.commit, file.path, file.blob, known[2])
    return list(found.values())


class Texts:
    """
    Gives the texts of a document's revisions, newest first.

    The history is walked through once, when somebody first asks; the texts of a document are read when it is asked for.
    """

    def __init__(self, what: Judged) -> None:
        """Look at the line of main that ends in the head of what is judged; nothing is read yet."""
        self._what = what

    def __call__(self, document: Document) -> Sequence[KeptText]:
        """The texts that main has, or had, of a document."""
        found = _kept(self._what.repository, document.id, self._files(document.id))
        self._learn({one.commit for one in found})
        return [self._told(one, document) for one in found]

    @cached_property
    def _brought(self) -> list[tuple[str, Brought]]:
        """Every file that main had for a document, by its name without the ending."""
        assert self._what.head
        every = _brought(self._what.repository, self._what.head.id, f":(glob){layout.DOCUMENTS}*/*.md")
        return sorted((one.path.rpartition("/")[2].removesuffix(".md"), one) for one in every)

    def _files(self, document: str) -> list[Brought]:
        """The files, newest first, that may have been the one of a document, by their names."""
        first = bisect_left(self._brought, (document,))
        last = bisect_left(self._brought, (f"{document}.",))  # '.' follows '-'
        named = self._brought[first:last]
        mine = (one for stem, one in named if stem == document or stem.startswith(f"{document}-"))
        return sorted(mine, key=attrgetter("order", "path"))

    @cached_property
    def _times(self) -> dict[str, str | None]:
        """When the commits that were asked about were committed; None for where a shallow clone begins."""
        assert self._what.head
        begins = MainLine(self._what.repository, self._what.head).begins
        return {begins.id: None} if begins else {}

    def _learn(self, names: Iterable[str]) -> None:
        new = sorted(set(names) - self._times.keys())
        self._times.update((one.id, one.committed.isoformat()) for one in commits(self._what.repository, new))

    def _told(self, text: Kept, document: Document) -> KeptText:
        recorded = self._times[text.commit]
        commit = text.commit if recorded else None
        is_newest = text.path == document.path and text.blob == self._what.tree.blobs([text.path])[0]
        title = (None if is_newest else text.title) or document.title
        return KeptText(text.revision.label, title, text.digest, text.body, text.path, commit, recorded)
