"""What a site is built from: the records of a commit on a day, and what only the history of main knows of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from qmsci.changes import Merged
from qmsci.evidence import Sources
from qmsci.finding import At, Finding
from qmsci.library import Library
from qmsci.records.document import Document
from qmsci.snapshot import Snapshot, When


class Stamp(NamedTuple):
    """The commit that a site is built from, and when it was committed (ISO 8601)."""

    commit: str
    committed: str
    branch: str


class KeptText(NamedTuple):
    """
    The text of a revision, as main has or had it: Markdown without front matter, its digest, and what brought it.

    `commit` and `recorded` (ISO 8601) are None where nobody here knows, as in a shallow clone.
    """

    revision: str
    title: str
    digest: str
    body: str
    path: str
    commit: str | None
    recorded: str | None


class Checked(NamedTuple):
    """What `qmsci verify` and `qmsci check --all` say of the commit: counts by kind, and what is wrong."""

    signatures: Mapping[str, int]
    unsigned: Mapping[str, int]
    checked: Mapping[str, int]
    wrong: Sequence[tuple[str, str]]
    void: Sequence[tuple[str, str]]
    findings: Sequence[Finding]


@dataclass(frozen=True)
class Survey:
    """
    A commit on a day, and the ways to ask what its history knows.

    `snapshot` looks back with what is known at the commit; `matrix` gives the roles, activities and documents that
    main had at a moment, `turns` the days on which these changed. `sources` says which commits brought some evidence
    to main, `texts` which texts main had of a document's revisions, `changes` what was merged; both newest first.
    """

    library: Library
    snapshot: Snapshot
    when: When
    stamp: Stamp
    matrix: Callable[[When], Snapshot]
    turns: Sequence[date]
    sources: Callable[[Iterable[At | None]], Sources]
    texts: Callable[[Document], Sequence[KeptText]]
    changes: Callable[[], Sequence[Merged]]
    checked: Callable[[], Checked]

    @property
    def organisation(self) -> str:
        """The company whose quality system it is."""
        return self.snapshot.policy.organization if self.snapshot.policy else ""
