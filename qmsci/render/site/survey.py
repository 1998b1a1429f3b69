"""What a site is built from: the records of a commit on a day, and what only the history of main knows of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple, Protocol, TypeVar

from qmsci.changes import Merged
from qmsci.commits import Made
from qmsci.course import Eras
from qmsci.evidence import Sources
from qmsci.finding import At, Finding
from qmsci.library import Library
from qmsci.records import layout
from qmsci.records.document import Document, RevisionEntry
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


class Told(Protocol):
    """A text, as far as it is chosen by what it says."""

    @property
    def digest(self) -> str:
        """The digest of the text."""


T = TypeVar("T", bound=Told)


def meant_text(snapshot: Snapshot, document: Document, entry: RevisionEntry, texts: Sequence[T]) -> T | None:
    """
    Of the texts that main had of a revision (newest first) the one that was approved, else the one that records name.

    Where they name none of them it is the newest; None where there is none.
    """
    if len(texts) < 2:
        return next(iter(texts), None)
    named = [one.text for one in snapshot.approvals(document.named(entry))]
    known = [*named, snapshot.text_of(document, entry)]
    return next((one for digest in known for one in texts if one.digest == digest), texts[0])


class Checked(NamedTuple):
    """
    What `qmsci verify` and `qmsci audit` say of the commit on the day: counts by kind, and what is wrong.

    `signatures` counts all that were checked, `refused` those of them that are wrong; what is void is apart.
    `stands_for` has the ids that stand for all that was looked at, by what they are of (`commit`, `tree`).
    """

    signatures: Mapping[str, int]
    unsigned: Mapping[str, int]
    checked: Mapping[str, int]
    wrong: Sequence[tuple[str, str]]
    void: Sequence[tuple[str, str]]
    findings: Sequence[Finding]
    refused: int = 0
    stands_for: Mapping[str, str] = MappingProxyType({})


class Beyond(NamedTuple):
    """
    What of the history of main is not among its changes.

    `left_out` is how many touch nothing of the quality system; `begins` the commit at which a shallow clone begins, and
    its day: what it brought, and what was before it, is not known here.
    """

    left_out: int = 0
    begins: tuple[Made, date] | None = None


@dataclass(frozen=True)
class Survey:
    """
    A commit on a day, and the ways to ask what its history knows.

    `snapshot` looks back with what is known at the commit; `matrix` gives the roles, activities and documents that
    main had at a moment, `turns` the days on which these changed. `sources` says which commits brought some evidence
    to main, `texts` which texts main had of a document's revisions, `changes` what was merged; both newest first.
    `beyond` says what of the history is not among the changes.
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
    beyond: Callable[[], Beyond] = Beyond

    @property
    def organisation(self) -> str:
        """The company whose quality system it is."""
        return self.snapshot.policy.organization if self.snapshot.policy else ""

    @cached_property
    def defined(self) -> Snapshot:
        """The roles, activities and documents that main had on the day of the site."""
        return self.matrix(self.when)

    @cached_property
    def eras(self) -> Eras:
        """What main said of each activity over time: made of all that it ever said, when it is first asked for."""
        return Eras(self.snapshot, self.matrix, self.turns)

    @cached_property
    def histories(self) -> Mapping[str, Sequence[str]]:
        """Who has a history of training on a document, whatever it says, sorted; by document."""
        found: dict[str, list[str]] = defaultdict(list)
        for path in self.snapshot.source.paths(layout.COMPLETIONS):
            person, _, document = path.removeprefix(layout.COMPLETIONS).removesuffix(".yaml").partition("/")
            found[document].append(person)
        return found
