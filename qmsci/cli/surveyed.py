"""What a site is built from, asked of a repository: a commit, on a day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import TypeVar

from qmsci.check import check_tree
from qmsci.cli.changes import merged_to
from qmsci.cli.judged import Judged, sources
from qmsci.cli.logged import Matrices
from qmsci.cli.progress import watched
from qmsci.cli.texts import Texts
from qmsci.cli.verified import Verification
from qmsci.finding import CannotRun, Finding
from qmsci.render.site.survey import Beyond, Checked, Stamp, Survey
from qmsci.rule import When
from qmsci.scope import Scope
from qmsci.snapshot import Snapshot

T = TypeVar("T")


def survey(what: Judged) -> Survey:
    """
    A commit on the day that is asked for, and the ways to ask what its history knows; each is asked once.

    Raises `CannotRun` where the head is no commit, or holds no quality system.
    """
    head = what.head
    if head is None:
        raise CannotRun("a site is built from a commit: nothing is committed here yet")
    snapshot = what.snapshot
    what.repository.history(head)  # from now on, who asks of a file does not ask git
    matrices = Matrices(what)
    merged = _once(lambda: merged_to(what, head))
    return Survey(
        library=what.library,
        snapshot=snapshot,
        when=snapshot.end_of(snapshot.as_of),
        stamp=Stamp(head.id, head.committed.isoformat(), snapshot.policy.main if snapshot.policy else ""),
        matrix=matrices,
        turns=matrices.turns(),
        sources=partial(sources, what),
        texts=Texts(what),
        changes=lambda: merged().changes,
        beyond=lambda: Beyond(merged().left_out, merged().begins),
        checked=_once(partial(_checked, what)),
    )


def _once(ask: Callable[[], T]) -> Callable[[], T]:
    return cache(ask)


def _checked(what: Judged) -> Checked:
    verification = Verification(what)
    verification.run()
    head = what.head
    return Checked(
        signatures=dict(verification.signatures),
        unsigned=dict(verification.unsigned),
        checked=dict(verification.checked),
        wrong=[(f"{fault.place.path}:{fault.place.line}", fault.message) for fault in verification.placed()],
        void=[(f"{fault.place.path}:{fault.place.line}", fault.message) for fault in verification.void()],
        findings=_findings(what),
        refused=verification.refused,
        stands_for={"commit": head.id, "tree": head.tree} if head else {},
    )


def _findings(what: Judged) -> Sequence[Finding]:
    """What is wrong in the tree, and what time has made of it by the day: what `qmsci audit` says."""
    whole, known = Scope(everything=True), what.snapshot
    since = Snapshot(what.library, max(known.as_of, what.day))  # what a tree is, it is since it came, not before
    calendar = check_tree(what.library, known, whole, When.CALENDAR, watch=watched)
    tree = check_tree(what.library, since, whole, watch=watched)
    return sorted({*calendar.findings, *tree.findings})
