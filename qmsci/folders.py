"""
Folders that need no second look.

A rule on single files judges one by its bytes, its path, and whether what it refers to is there. So a folder in
which nothing was found stays clean for as long as git gives it the same id and all that its records refer to is there.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from qmsci.library import Memory
from qmsci.records import layout
from qmsci.records.base import RevisionId
from qmsci.references import Named, unresolved
from qmsci.snapshot import Snapshot
from qmsci.tree import Tree


class Clean(NamedTuple):
    """A folder in which nothing was found: its records by kind, and all that they refer to, by kind."""

    checked: Mapping[str, int]
    names: Mapping[str, list[str]]


@dataclass
class Seen:
    """What was looked at: records by kind, and all that they refer to, by kind."""

    checked: Counter[str] = field(default_factory=Counter)
    names: defaultdict[str, set[RevisionId | str]] = field(default_factory=lambda: defaultdict(set))


class CleanFolders:
    """The folders that were found clean before, by their ids in git."""

    def __init__(self, memory: Memory | None, snapshot: Snapshot) -> None:
        """Look them up in a memory, and what they refer to in a snapshot. Without a memory, none is known."""
        self._memory = memory
        self._snapshot = snapshot
        self._learnt: dict[str, bytes] = {}

    def known(self, ids: Mapping[str, str]) -> dict[str, Clean]:
        """Of some folders, by path, those that were found clean and still are."""
        keys = {folder: f"clean:{folder}{name}" for folder, name in ids.items()}
        contents = self._memory.recall(list(keys.values())) if self._memory else {}
        found = {folder: Clean(*json.loads(contents[key])) for folder, key in keys.items() if key in contents}
        return {folder: clean for folder, clean in found.items() if self._is_there(clean)}

    def learn(self, folder: str, name: str, seen: Seen) -> None:
        """Note that nothing was found in a folder of an id."""
        names = {kind: sorted(map(str, named)) for kind, named in sorted(seen.names.items())}
        self._learnt[f"clean:{folder}{name}"] = json.dumps([seen.checked, names]).encode()

    def found_before(self, tree: Tree) -> Counter[str] | None:
        """
        What was looked at when nothing at all was found in a tree like this, on this day or before; None where never.

        Time alone never creates a finding of a tree rule, so a tree that was clean is clean on every later day.
        """
        key = _key_of(tree)
        content = self._memory.recall([key]).get(key) if self._memory and key else None
        if content is None:
            return None
        day, checked = json.loads(content)
        return Counter(checked) if day <= self._snapshot.as_of.isoformat() else None

    def learn_tree(self, tree: Tree, checked: Counter[str]) -> None:
        """Note that nothing at all was found in a tree."""
        key = _key_of(tree)
        if key:
            self._learnt[key] = json.dumps([self._snapshot.as_of.isoformat(), checked]).encode()

    def remember(self) -> None:
        """Put what was learnt into the memory."""
        if self._memory and self._learnt:
            self._memory.remember(self._learnt)
        self._learnt = {}

    def _is_there(self, clean: Clean) -> bool:
        for kind, names in clean.names.items():
            if kind == Named.PLANNED:
                if any(unresolved(self._snapshot, Named.PLANNED, name.split("@")[0]) for name in names):
                    return False
            elif not self._present[kind].issuperset(names):
                return False
        return True

    @cached_property
    def _present(self) -> dict[str, frozenset[str]]:
        """All that a record can refer to, by kind."""
        snapshot = self._snapshot
        paths = snapshot.source.paths(layout.ASSIGNMENTS)
        pairs = zip(paths, snapshot.source.records(paths), strict=True)
        return {
            Named.DOCUMENT: frozenset(snapshot.documents.by_id),
            Named.BESIDE: frozenset(snapshot.document_paths),
            Named.ROLE: frozenset(snapshot.roles.by_id),
            Named.ACTIVITY: frozenset(snapshot.activities),
            Named.EVENT: frozenset(snapshot.events.by_id),
            Named.REVISION: frozenset(
                f"{document.id}@{entry.revision}" for document in snapshot.documents for entry in document.revisions
            ),
            Named.PERSON: frozenset(snapshot.people.by_id),
            Named.ASSIGNMENT: frozenset(layout.assignment_name(path) for path, record in pairs if record),
        }


def _key_of(tree: Tree) -> str | None:
    """A key for all that a quality system has in a tree; None where git has no ids for it."""
    folders = tree.inside("").folders
    ids = [folders.get(root, "none") for root in layout.ROOTS] + [*tree.blobs([layout.POLICY])]
    return f"clean:{':'.join(map(str, ids))}" if all(ids) else None
