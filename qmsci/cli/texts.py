"""The texts that main has, or had, of the revisions of documents: read from its history, all at once."""

from __future__ import annotations

from collections.abc import Sequence

from qmsci.cli.judged import Judged
from qmsci.read import front_matter
from qmsci.records.document import Document
from qmsci.render.site.survey import KeptText


class Texts:
    """Gives the texts of a document's revisions, newest first."""

    def __init__(self, what: Judged) -> None:
        """Look at the history of a commit; nothing is read yet."""
        self._what = what

    def __call__(self, document: Document) -> Sequence[KeptText]:
        """The texts of a document."""
        file = self._what.tree.read([document.path])[0]
        if file is None:
            return ()
        body = front_matter(file.data).body.decode()
        newest = document.newest.revision
        return [KeptText(newest, document.title, document.text, body, document.path, None, None)]
