"""Two versions of a record: what was altered first, and what an event no longer says of its past."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from qmsci.finding import KeyPath
from qmsci.records.action import Action, EffectivenessCheck, Extension, Reopening
from qmsci.records.base import Record, key_of
from qmsci.records.event import Capa, Event


class Alteration(NamedTuple):
    """A key whose value a change alters, adds (`was` is None) or removes, and the value that it had."""

    keys: KeyPath
    was: Any

    def __str__(self) -> str:
        """The key and its value before, as in `'due' was 2026-11-30`."""
        named = next(key for key in reversed(self.keys) if isinstance(key, str))
        last = self.keys[-1]
        if isinstance(last, str):
            return f"{named!r} was {said(self.was)}"
        if self.was is not None:
            return f"{named!r} had the entry {said(self.was)}"
        return f"{named!r} had {last or 'no'} entr{'y' if last < 2 else 'ies'}"


def said(value: Any) -> str:
    """A value of a record in a few words, as a file has it."""
    match value:
        case None:
            return "not there"
        case bool():
            return str(value).lower()
        case Record():
            held = value.model_dump(mode="json", by_alias=True, exclude_defaults=True)
            text = json.dumps(held, ensure_ascii=False)
        case datetime():
            text = value.isoformat()
        case tuple() if type(value) is tuple:
            text = f"[{', '.join(map(str, value))}]"
        case _:
            text = str(value)
    return text if len(text) <= 80 else f"{text[:77]}…"


def first_alteration(before: Any, after: Any, keys: KeyPath = ()) -> Alteration | None:
    """The first key, in the order of the records' fields, whose value differs; entries of lists by their positions."""
    if before == after:
        return None
    if isinstance(before, Record) and type(before) is type(after):
        pairs = (
            first_alteration(getattr(before, field), getattr(after, field), (*keys, key_of(field)))
            for field in type(before).model_fields
        )
        return next(filter(None, pairs), None)
    if _lists_records(before) or _lists_records(after):
        for index, (was, now) in enumerate(zip(before, after, strict=False)):
            if was != now:
                return first_alteration(was, now, (*keys, index))
        index = min(len(before), len(after))
        return Alteration((*keys, index), before[index] if index < len(before) else None)
    return Alteration(keys, before)


def _lists_records(value: Any) -> bool:
    return isinstance(value, tuple) and any(isinstance(entry, Record) for entry in value)


def lost_entries(before: Event, after: Event) -> Iterator[tuple[KeyPath, str]]:
    """
    What an event no longer says as it did of its checks, its reopenings and its extensions: entries are only added.

    The key of the first entry of each list that is altered, moved or gone, and what the entry was.
    """
    yield from _lost(("effectiveness", "checks"), _checks_of(before), _checks_of(after))
    yield from _lost(("reopened",), before.reopened, after.reopened)
    yield from _lost(("extensions",), before.extensions, after.extensions)
    for keys, was, now in same_actions(before, after):
        of = f" of action {was.id}"
        yield from _lost((*keys, "extensions"), was.extensions, now.extensions if now else (), of)


def _checks_of(event: Event) -> Sequence[EffectivenessCheck]:
    return event.effectiveness.checks if isinstance(event, Capa) and event.effectiveness else ()


def _lost(
    keys: KeyPath, before: Sequence[Record], after: Sequence[Record], of: str = ""
) -> Iterator[tuple[KeyPath, str]]:
    for index, was in enumerate(before):
        if index >= len(after) or was != after[index]:
            yield (*keys, index), f"{_named(was)}{of}"
            return


def _named(entry: Record) -> str:
    match entry:
        case EffectivenessCheck():
            return f"the check of {entry.on}, {entry.outcome}"
        case Reopening():
            return f"the reopening of {entry.on}, of what was closed on {entry.closed}"
        case _:
            assert isinstance(entry, Extension)
            return f"the extension of {entry.on} to {entry.to}"


def same_actions(before: Event, after: Event) -> Iterator[tuple[KeyPath, Action, Action | None]]:
    """Each action of an event, its key and it in a later version of the record: the one with its number, or None."""
    places = {action.id: index for index, action in reversed(list(enumerate(after.actions)))}
    seen: set[int] = set()
    for was in before.actions:
        if was.id not in seen:
            seen.add(was.id)
            index = places.get(was.id)
            yield (("actions",), was, None) if index is None else (("actions", index), was, after.actions[index])
