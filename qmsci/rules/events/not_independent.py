"""`not-independent`."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from qmsci.change import Change, Edited
from qmsci.circuit import deciding_check
from qmsci.finding import At, KeyPath
from qmsci.records.event import Capa, Event
from qmsci.rule import Problem, Problems, When, rule
from qmsci.timeline import is_employed


class _Act(NamedTuple):
    """What somebody signs, on which day; `keys` is where they are named, `parts` is their part in what is judged."""

    keys: KeyPath
    what: str
    on: date
    by: str
    parts: tuple[str, ...]


@rule(
    clause=("ISO 13485:2016 8.5.2", "ISO 13485:2016 8.2.4", "21 CFR 211.22(a)"),
    fix="have it done by somebody who is employed on that day and has no part in what is judged",
    when=When.CHANGE,
)
def not_independent(edit: Edited[Event]) -> Problems:
    """
    Somebody judges their own work, or signs on a day on which they do not work here.

    Who did the work is the last to see what it lacks, and handing it over in the moment of the judgement makes nobody
    independent of it. A name of somebody who had left says that another person wrote it.

    Asked about what a change adds:

    - An effectiveness check, and the check by which the change closes a CAPA: its assessor owns none of the actions,
      neither in the base nor after the change. An action that names no owner is the CAPA owner's.
    - The verification of an audit finding: `verified-by` neither owns it nor one of its actions, and is not among its
      `people`, in the base as well.
    - Who makes a check, verifies, closes or releases is employed on that day, by what the base says and by what the
      change says. Nothing is said of somebody who has no file, or whose file cannot be read.

    What the tree shows after the change is said by `capa-closed-without-effectiveness` and
    `finding-closed-without-verification`, and not here again. The founding import is not asked.

    ## Flagged on 2026-11-22

    ```yaml title="quality-events/CAPA-2026-003.yaml (before)"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    actions:
      - {id: 1, kind: other, title: Change the needle shield, owner: p-0005, due: 2026-09-01, done: 2026-08-20}
    effectiveness: {criterion: No torn glove in 90 days, period: 90 days, assessor: p-0005}
    ```

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    actions:
      - {id: 1, kind: other, title: Change the needle shield, owner: p-0011, due: 2026-09-01, done: 2026-08-20}
    effectiveness:
      criterion: No torn glove in 90 days
      period: 90 days
      assessor: p-0005  # <- the check of 2026-11-20 was made by p-0005, who owned action 1 before the change
      checks: [{on: 2026-11-20, outcome: effective, summary: None seen.}]
    ```

    ## Flagged on 2026-11-22: verified by somebody who had left

    ```yaml title="roles/people/p-0005.yaml"
    {id: p-0005, name: Kari Nes, kind: employee, employed: {from: 2024-01-15, to: 2026-10-31}}
    ```

    ```yaml title="quality-events/AUD-2026-002.yaml (before)"
    id: AUD-2026-002
    title: Logbook without page numbers
    opened: 2026-06-01
    owner: p-0007
    ```

    ```yaml title="quality-events/AUD-2026-002.yaml"
    id: AUD-2026-002
    title: Logbook without page numbers
    opened: 2026-06-01
    owner: p-0007
    verified: 2026-11-18
    verified-by: p-0005  # <- verified by p-0005, who is not employed on 2026-11-18
    ```

    ## Accepted on 2026-11-22

    ```yaml title="quality-events/CAPA-2026-003.yaml (before)"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    actions:
      - {id: 1, kind: other, title: Change the needle shield, due: 2026-09-01, done: 2026-08-20}
    effectiveness: {criterion: No torn glove in 90 days, period: 90 days, assessor: p-0005}
    ```

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    actions:
      - {id: 1, kind: other, title: Change the needle shield, owner: p-0011, due: 2026-09-01, done: 2026-08-20}
    effectiveness:
      criterion: No torn glove in 90 days
      period: 90 days
      assessor: p-0005
      checks: [{on: 2026-11-20, outcome: effective, summary: None seen.}]
    ```

    ## Accepted on 2026-11-22: verified by somebody who works here

    ```yaml title="roles/people/p-0005.yaml"
    {id: p-0005, name: Kari Nes, kind: employee, employed: {from: 2024-01-15}}
    ```

    ```yaml title="quality-events/AUD-2026-002.yaml (before)"
    id: AUD-2026-002
    title: Logbook without page numbers
    opened: 2026-06-01
    owner: p-0007
    ```

    ```yaml title="quality-events/AUD-2026-002.yaml"
    id: AUD-2026-002
    title: Logbook without page numbers
    opened: 2026-06-01
    owner: p-0007
    verified: 2026-11-18
    verified-by: p-0005
    ```
    """
    before, after = edit.before, edit.after
    if after is None or edit.change.founding:
        return
    for act in (*_signed(before, after), *_assessed(before, after)):
        said = [*act.parts, *_not_employed(edit.change, act)]
        if said:
            yield Problem(At(edit.path, act.keys), f"{act.what} by {act.by}, who {' and '.join(said)}")


def _signed(before: Event | None, after: Event) -> Iterator[_Act]:
    """Who closes, verifies or releases an event by a change."""
    for key in ("closed", "verified", "released"):
        by_key = f"{key}_by"
        day, by = getattr(after, key, None), getattr(after, by_key, None)
        if day and by and (day, by) != (getattr(before, key, None), getattr(before, by_key, None)):
            parts = _parts_in_finding(before, after, by) if key == "verified" else ()
            yield _Act((f"{key}-by",), key, day, by, parts)


def _assessed(before: Event | None, after: Event) -> Iterator[_Act]:
    """Who made the effectiveness checks that a change adds, and the one by which it closes a CAPA."""
    if not isinstance(after, Capa) or after.effectiveness is None:
        return
    plan = before.effectiveness if isinstance(before, Capa) else None
    known = plan.checks if plan else ()
    closes = after.closed if before is None or before.closed is None else None
    deciding = deciding_check(after, closes) if closes else None
    for index, check in enumerate(after.effectiveness.checks):
        decides = deciding == (index, check)
        if decides or check not in known:
            by = after.effectiveness.assessor_of(check)
            keys = ("effectiveness", "checks", index, "by") if check.by else ("effectiveness", "assessor")
            seen = decides and check.outcome == "effective"  # by capa-closed-without-effectiveness
            parts = _parts_in_actions(before, after, by, seen=seen)
            yield _Act(keys, f"the check of {check.on} was made", check.on, by, parts)


def _parts_in_actions(before: Event | None, after: Event, by: str, *, seen: bool) -> tuple[str, ...]:
    named, left = _owned(after, by), _owned_without_owner(after, by)
    then = [*_owned(before, by), *_owned_without_owner(before, by)] if before else []
    earlier = [number for number in then if number not in (*named, *left)]
    return (
        *([f"owns {_actions(named)}"] if named and not seen else []),
        *([f"owns {after.id}, and so {_actions(left)}, without an owner"] if left else []),
        *([f"owned {_actions(earlier)} before the change"] if earlier else []),
    )


def _parts_in_finding(before: Event | None, after: Event, by: str) -> tuple[str, ...]:
    """The parts that somebody had in a finding, and has no more."""
    if before is None:
        return ()
    earlier = [number for number in _owned(before, by) if number not in _owned(after, by)]
    return (
        *(["owned the finding before the change"] if before.owner == by != after.owner else []),
        *([f"owned {_actions(earlier)} before the change"] if earlier else []),
        *(["was among its people before the change"] if by in before.people and by not in after.people else []),
    )


def _owned(event: Event, person: str) -> list[int]:
    return [action.id for action in event.actions if action.owner == person]


def _owned_without_owner(event: Event, person: str) -> list[int]:
    return [action.id for action in event.actions if action.owner is None and event.owner == person]


def _actions(numbers: list[int]) -> str:
    return f"action{'s' * (len(numbers) > 1)} {' and '.join(map(str, numbers))}"


def _not_employed(change: Change, act: _Act) -> list[str]:
    known = filter(None, (side.people.get(act.by) for side in (change.base, change.head)))
    return [] if all(is_employed(person, act.on) for person in known) else [f"is not employed on {act.on}"]
