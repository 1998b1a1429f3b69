"""How tests judge files: as a tree, as a change between two trees, or as of a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from qmsci.change import Change
from qmsci.check import check_change, check_tree
from qmsci.finding import Finding
from qmsci.library import library_of
from qmsci.rule import When
from qmsci.scope import Scope, scope_of
from qmsci.snapshot import Snapshot

#: The policy of an example that brings none of its own.
POLICY = """\
revision: 1
organization: Halden Biologics
timezone: Europe/Oslo
quality-unit: [quality-assurance]
approvals: forge
signatures: optional
documents:
  SOP: {folder: sop, review: 24 months, window: 14 days, method: [read]}
  WI: {folder: wi, review: 24 months, window: 7 days, method: [read, practical]}
  TRN: {folder: trn, review: 36 months, window: 0 days, method: [read, assessment]}
"""
TODAY = date(2026, 11, 22)

#: What an event of each kind must have, beside its id and its title.
HEADS = {
    "DEV": "occurred: 2026-09-12T09:40:00+02:00\nreported: 2026-09-12\n",
    "NCR": "occurred: 2026-09-12T09:40:00+02:00\nreported: 2026-09-12\n",
    "CMP": "opened: 2026-09-12\n",
    "GAP": "opened: 2026-09-12\nperson: p-0042\ndocument: SOP-014\n",
    "AUD": "opened: 2026-09-12\n",
    "CAPA": "opened: 2026-09-12\nowner: p-0003\n",
    "VAL": "opened: 2026-09-12\nactivities: [filling]\nprotocol: VP-1\n",
    "MR": "held: 2026-09-12\nperiod: {from: 2025-09-01, to: 2026-08-31}\n",
}

Files = Mapping[str, str]


class Bytes(NamedTuple):
    """What one path holds before and after a change."""

    before: bytes | None
    after: bytes | None


def snapshot_of(files: Files, day: date = TODAY) -> Snapshot:
    """The snapshot of some files on a day, with the usual policy where they bring none."""
    return Snapshot(library_of({"qmsci.yaml": POLICY, **files}), day)


def findings_in(files: Files, day: date = TODAY, *whens: When) -> list[Finding]:
    """What the tree rules (or others) say of some files."""
    library = library_of({"qmsci.yaml": POLICY, **files})
    return check_tree(library, Snapshot(library, day), Scope(everything=True), *whens).findings


def change_of(before: Files, after: Files, day: date = TODAY) -> Change:
    """The change from some files to others; the base is empty, without a policy, where there were none."""
    old = {"qmsci.yaml": POLICY, **before} if before else {}
    new = {"qmsci.yaml": POLICY, **after}
    files = {
        path: Bytes(*(text.encode() if text is not None else None for text in (old.get(path), new.get(path))))
        for path in {**old, **new}
        if old.get(path) != new.get(path)
    }
    return Change(Snapshot(library_of(old), day), Snapshot(library_of(new), day), files)


def findings_on(kind: str, more: str, day: date = TODAY) -> list[Finding]:
    """What the tree rules say of an event of a kind, which has what it must have and some more keys."""
    event = f"id: {kind}-2026-017\ntitle: T\n{HEADS[kind]}{more}"
    found = findings_in({f"quality-events/{kind}-2026-017.yaml": event}, day)
    assert not [finding for finding in found if finding.rule == "unreadable"], found
    return found


def findings_of_change(before: Files, after: Files, day: date = TODAY) -> list[Finding]:
    """What the change rules say of a change."""
    change = change_of(before, after, day)
    return check_change(change.head.source, change).findings


def findings_in_scope(before: Files, after: Files, day: date = TODAY) -> list[Finding]:
    """What the tree rules say of what a change can touch."""
    change = change_of(before, after, day)
    return check_tree(change.head.source, change.head, scope_of(change)).findings
