"""`dates-out-of-order`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any, NamedTuple

from qmsci.finding import KeyPath
from qmsci.records.action import Extension
from qmsci.records.event import (
    AuditFinding,
    Capa,
    Complaint,
    Deviation,
    Event,
    ManagementReview,
    Nonconformance,
    TrainingGap,
    Validation,
)
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot

#: What is recorded of each kind of event in the order in which it happens; what is not there is passed over.
_ORDERS: list[tuple[type[Event], tuple[str, ...]]] = [
    (Deviation, ("occurred", "discovered", "reported")),
    (Nonconformance, ("reported", "disposition.on", "closed")),
    (Complaint, ("received", "opened")),
    (AuditFinding, ("opened", "accepted", "verified")),
    (AuditFinding, ("opened", "accepted", "closed")),
    (TrainingGap, ("from", "to")),
    (Capa, ("opened", "effectiveness.checks.*.on", "closed")),
    (Validation, ("opened", "pq-completed", "released")),
    (ManagementReview, ("period.from", "period.to", "held")),
]
#: With which an event begins, whatever its kind; and the earliest that anything may be done about it.
_BEGINNINGS = ("reported", "opened", "held")
_EARLIEST = ("occurred", "received", *_BEGINNINGS)
#: With which it ends, and may be reopened before.
_ENDS = ("closed", "verified", "released", "voided.on", "cancelled.on", "withdrawn.on")

#: What each fact says, in a sentence; `{n}` is a position in a list, counted from 1.
_SAYS = {
    "occurred": "it occurred",
    "discovered": "it was discovered",
    "reported": "it was reported",
    "received": "it was received",
    "opened": "it was opened",
    "held": "it was held",
    "period.from": "its period began",
    "period.to": "its period ended",
    "from": "the gap began",
    "to": "the gap ended",
    "accepted": "the response was accepted",
    "disposition.on": "the disposition was decided",
    "pq-completed": "the performance qualification was completed",
    "effectiveness.checks.on": "effectiveness check {n} was made",
    "extensions.on": "extension {n} was decided",
    "actions.opened": "action {action} was opened",
    "actions.done": "action {action} was done",
    "actions.dropped.on": "action {action} was dropped",
    "actions.extensions.on": "extension {n} of action {action} was decided",
    "closed": "it was closed",
    "verified": "it was verified",
    "released": "it was released",
    "voided.on": "it was voided",
    "cancelled.on": "it was cancelled",
    "withdrawn.on": "it was withdrawn",
    "reopened.closed": "it was closed",
    "reopened.on": "it was reopened",
}
#: What may lie ahead of the day on which it is written down.
_MAY_LIE_AHEAD = {"actions.opened", "period.from", "period.to", "to"}


class _Fact(NamedTuple):
    """One dated fact of an event: where it stands, when it was, and what it says."""

    keys: KeyPath
    when: date | datetime
    says: str

    @property
    def name(self) -> str:
        return _name(self.keys)


@rule(
    clause=("21 CFR 11.10(f)", "21 CFR 11.10(a)", "ISO 13485:2016 4.2.5"),
    fix="write the day on which it happened; what has not happened yet is not written down",
)
def dates_out_of_order(event: Event, snapshot: Snapshot) -> Problems:
    """
    What an event says of its own course cannot have happened in that order, or has not happened yet.

    The state of an event is derived from the dates of its facts. An event that was closed before it was reported, an
    action that was done after the event was closed: one of the two days is wrong, and nobody who reads the record
    later can tell which. A closure that is dated ahead closes the event before anybody has seen whether it is right.

    These follow one another, on the same day at the earliest, for as far as they are there:

    - of every event: its beginning (`reported`, `opened`, `held`), each reopening (the `closed` that it took over, then
      `on`), and its end (`closed`, `verified`, `released`, or the `on` of `voided`, `cancelled`, `withdrawn`);
    - of its actions: the beginning, `opened`, `done` (or `dropped`), and the end. What is done about a deviation
      may be done from its occurrence, about a complaint from its receipt. A training action is done by completions,
      which `capa-closed-without-training` asks about;
    - of extensions, the event's own and those of actions: the beginning, then each after the other; each decided by
      the last day of the deadline that it moves, and `to` a later day than that;
    - deviations and nonconformances: `occurred`, `discovered` (both to the second), `reported`;
    - nonconformances: `reported`, the disposition, `closed`;
    - complaints: `received`, `opened`;
    - audit findings: `opened`, `accepted`, and then `verified` or `closed`; actions are done before they are verified.
      `finding-closed-without-verification` asks whether it was verified before it was closed;
    - training gaps: `from`, `to`;
    - CAPAs: `opened`, the effectiveness checks in the order of the list, `closed`;
    - validations: `opened`, `pq-completed`, `released`;
    - management reviews: `period.from`, `period.to`, `held`.

    Moments are held against days in the policy's time zone. Each fault is flagged once, at the fact that comes
    later in that order. And no such fact is dated after the day of the check: only a `due`, the `to` of an extension or
    a gap, and the `opened` of an action may lie ahead.

    ## Flagged on 2026-11-22

    ```yaml title="quality-events/DEV-2026-017.yaml"
    id: DEV-2026-017
    title: Glove tear
    occurred: 2026-09-12T09:40:00+02:00
    reported: 2026-09-11  # <- reported on 2026-09-11, before it occurred on 2026-09-12
    due: 2026-10-11
    extensions:
      - {to: 2026-11-11, on: 2026-10-12, by: p-0003, reason: Plates.}  # <- after the deadline of 2026-10-11 had passed
    actions:
      - {id: 1, kind: other, title: Discard the gloves, due: 2026-10-01, done: 2026-11-09}
    closed: 2026-11-08  # <- closed on 2026-11-08, before action 1 was done on 2026-11-09
    closed-by: p-0003
    ```

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-09-14
    owner: p-0003
    closed: 2027-03-21  # <- closed on 2027-03-21, which lies ahead of 2026-11-22
    closed-by: p-0003
    ```

    ## Accepted on 2026-11-22

    ```yaml title="quality-events/DEV-2026-017.yaml"
    id: DEV-2026-017
    title: Glove tear
    occurred: 2026-09-12T09:40:00+02:00
    reported: 2026-09-12
    due: 2026-10-11
    extensions:
      - {to: 2026-11-11, on: 2026-10-11, by: p-0003, reason: Plates.}
    actions:
      - {id: 1, kind: other, title: Discard the gloves, due: 2026-10-01, done: 2026-09-12}
    closed: 2026-11-08
    closed-by: p-0003
    ```

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-09-14
    owner: p-0003
    actions:
      - {id: 1, kind: other, title: Order other gloves, opened: 2026-12-01, due: 2027-01-15}
    reopened:
      - {on: 2026-11-20, by: p-0003, summary: Another tear., closed: 2026-11-01, closed-by: p-0003}
    ```
    """
    facts: dict[KeyPath, _Fact] = {}
    contradicted: dict[KeyPath, dict[KeyPath, _Fact]] = defaultdict(dict)
    for chain in _chains(event):
        found = [fact for keys in chain if (fact := _fact(event, keys))]
        facts.update((fact.keys, fact) for fact in found)
        for earlier, later in pairwise(found):
            if _is_before(snapshot, later, earlier):
                contradicted[later.keys][earlier.keys] = earlier
    for keys, others in contradicted.items():
        latest, *rest = sorted(others.values(), key=lambda fact: _day(snapshot, fact), reverse=True)
        yield Problem(
            snapshot.at(event, *keys),
            f"{_said(snapshot, facts[keys], latest)}, before {latest.says} {_when(snapshot, latest, facts[keys])}",
            also=tuple(snapshot.at(event, *fact.keys) for fact in (latest, *rest)),
        )
    for fact in facts.values():
        if fact.name not in _MAY_LIE_AHEAD and _day(snapshot, fact) > snapshot.as_of:
            message = f"{_said(snapshot, fact)}, which lies ahead of {snapshot.as_of}"
            yield Problem(snapshot.at(event, *fact.keys), message)
    yield from _extended(event, snapshot, (), event.due, event.extensions)
    for index, action in enumerate(event.actions):
        yield from _extended(event, snapshot, ("actions", index), action.due, action.extensions)


# --- what follows what ----------------------------------------------------------------------------------------------


def _chains(event: Event) -> Iterator[Sequence[KeyPath]]:
    """The facts of an event, chain by chain, each in the order in which they happen."""
    for kind, names in _ORDERS:
        if isinstance(event, kind):
            yield [keys for name in names for keys in _expanded(event, name)]
    again: list[KeyPath] = [("reopened", n, key) for n in range(len(event.reopened)) for key in ("closed", "on")]
    for end in _ENDS:
        yield [*((key,) for key in _BEGINNINGS), *again, _path(end)]
    earliest = next(((key,) for key in _EARLIEST if _value(event, (key,))), ())
    yield [earliest, *_expanded(event, "extensions.*.on")]
    for index, action in enumerate(event.actions):
        opened, done = (("actions", index, key) for key in ("opened", "done"))
        dropped = ("actions", index, "dropped", "on")
        yield [earliest, opened, done, dropped]
        yield [earliest, *(("actions", index, "extensions", n, "on") for n in range(len(action.extensions)))]
        if action.finished and action.kind != "training":
            yield from ([done, dropped, (key,)] for key in dict.fromkeys((event.settling_key, "verified")))


def _expanded(event: Event, name: str) -> Iterable[KeyPath]:
    """The paths of keys that a name stands for: as many as the list has entries where it has a `*`."""
    head, _, tail = name.partition(".*.")
    entries = _value(event, _path(head)) if tail else None
    return [(*_path(head), n, *_path(tail)) for n in range(len(entries or ()))] if tail else [_path(head)]


def _path(name: str) -> KeyPath:
    return tuple(name.split("."))


def _name(keys: KeyPath) -> str:
    return ".".join(key for key in keys if isinstance(key, str))


def _value(event: Event, keys: KeyPath) -> Any:
    """What stands at a path of keys; None where nothing does."""
    found: Any = event
    for key in keys:
        if isinstance(key, int):
            found = found[key]
        else:
            found = getattr(found, "from_" if key == "from" else key.replace("-", "_"), None)
    return found


def _fact(event: Event, keys: KeyPath) -> _Fact | None:
    when = _value(event, keys) if keys else None
    if when is None:
        return None
    positions = [key for key in keys if isinstance(key, int)]
    action = event.actions[positions[0]].id if keys[0] == "actions" else None
    number = positions[-1] + 1 if positions else None
    return _Fact(keys, when, _SAYS[_name(keys)].format(n=number, action=action))


# --- days and words -------------------------------------------------------------------------------------------------


def _day(snapshot: Snapshot, fact: _Fact) -> date:
    return snapshot.day_of(fact.when) if isinstance(fact.when, datetime) else fact.when


def _is_before(snapshot: Snapshot, fact: _Fact, other: _Fact) -> bool:
    if isinstance(fact.when, datetime) and isinstance(other.when, datetime):
        return fact.when < other.when
    return _day(snapshot, fact) < _day(snapshot, other)


def _when(snapshot: Snapshot, fact: _Fact, beside: _Fact | None = None) -> str:
    """When a fact was: the day, except where only the time of day tells it from another."""
    if beside and isinstance(fact.when, datetime) and isinstance(beside.when, datetime):
        return f"at {fact.when.isoformat()}"
    return f"on {_day(snapshot, fact)}"


def _said(snapshot: Snapshot, fact: _Fact, beside: _Fact | None = None) -> str:
    """A fact at the beginning of a message, where the place says which event it is."""
    return f"{fact.says.removeprefix('it was ').removeprefix('it ')} {_when(snapshot, fact, beside)}"


# --- extensions -----------------------------------------------------------------------------------------------------


def _extended(
    event: Event, snapshot: Snapshot, keys: KeyPath, due: date | None, extensions: Iterable[Extension]
) -> Problems:
    """Extensions that were decided too late to be any, or that extend nothing."""
    deadline, where = due, snapshot.at(event, *keys, "due")
    for index, extension in enumerate(extensions):
        decided, to = (snapshot.at(event, *keys, "extensions", index, key) for key in ("on", "to"))
        if deadline and extension.on > deadline:
            message = f"extended on {extension.on}, after the deadline of {deadline} had passed"
            fix = "let it be overdue, and say why: a deadline is extended before it passes"
            yield Problem(decided, message, (where,), fix)
        if deadline and extension.to <= deadline:
            message = f"extended to {extension.to}, which is no later than the deadline of {deadline}"
            yield Problem(to, message, (where,), "write the day to which it was extended")
        deadline, where = extension.to, to
