"""Names that a reader, or a file system, takes for one another."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Container, Iterator
from typing import NamedTuple

from qmsci.finding import At
from qmsci.records import layout
from qmsci.records.base import DOCUMENT_ID
from qmsci.snapshot import Snapshot


class LookAlike(NamedTuple):
    """A name, where it is given, and the other names that look like it."""

    at: At
    name: str
    others: tuple[tuple[str, At], ...]


def look_alikes(snapshot: Snapshot, paths: Container[str] | None = None) -> Iterator[LookAlike]:
    """The names that look like other names of their kind: all of them, or those that are given in some files."""
    groups: dict[tuple[str, str], dict[str, At]] = defaultdict(dict)
    for kind, name, at in _names(snapshot):
        fold = _folded_path(name) if kind == "path" else _folded(name)
        groups[kind, fold].setdefault(name, at)
    for names in (_readable(snapshot, names) for names in groups.values() if len(names) > 1):
        for name, at in names.items() if len(names) > 1 else ():
            if paths is None or at.path in paths:
                yield LookAlike(at, name, tuple((other, names[other]) for other in names if other != name))


def _readable(snapshot: Snapshot, names: dict[str, At]) -> dict[str, At]:
    return {name: at for name, at in names.items() if not snapshot.unreadable_below(at.path)}


_CLOSE = str.maketrans("oil", "011")
_ID = re.compile(rf"{DOCUMENT_ID}(?=-|$)")


def _folded(name: str) -> str:
    """What is left of an id for somebody who reads it quickly: no case, O is 0, I and l are 1."""
    return name.casefold().translate(_CLOSE)


def _folded_path(path: str) -> str:
    """What is left of a path for a file system that heeds neither case nor the way in which an accent is written."""
    return unicodedata.normalize("NFKC", path).casefold()


def _names(snapshot: Snapshot) -> Iterator[tuple[str, str, At]]:
    for path in snapshot.source.paths(layout.DOCUMENTS):
        if path.startswith(layout.APPROVALS):
            continue
        yield "path", path, At(path)
        folders = path.split("/")[:-1]
        yield from (("path", "/".join(folders[:depth]), At(path)) for depth in range(2, len(folders) + 1))
        found = layout.filed(path)
        if found and found.kind is layout.Kind.DOCUMENT and (name := _ID.match(found.names[1])):
            yield "document", name[0], At(path, ("id",))
    for folder in (layout.ROLES, layout.PEOPLE, layout.EVENTS):
        for path in snapshot.source.paths(folder):
            stem = path.removeprefix(folder).removesuffix(".yaml")
            if "/" not in stem and path != layout.ACTIVITIES:
                yield folder, stem, At(path, ("id",))
    yield from (("activity", name, At(layout.ACTIVITIES, (name,))) for name in snapshot.activities)
