"""`record-altered`."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from qmsci.alteration import lost_entries, same_actions
from qmsci.change import AlteredFile, Change, Edited, corrects
from qmsci.finding import At
from qmsci.load import content_of
from qmsci.records.base import Interval
from qmsci.records.event import Event
from qmsci.records.layout import Kind, filed
from qmsci.records.person import Holding, Key, Person
from qmsci.rule import Problem, Problems, When, rule
from qmsci.signature import SIGNED_KINDS, entries_in

Values = Any  # what a file says, before its keys are given a meaning: texts in mappings and lists
Past = Interval | Key

_ADD = "restore the entry as it was, and add what is new after the last one"
_LAST = "move it to the end of the file, after the entries that were there"
_KEEP = "restore the action as it was; what is still to be done is another action"
_PUT_RIGHT = f"{_KEEP}; a mistyped day is put right with `corrected: [{{on, by, reason}}]` by the quality unit"


@rule(
    clause=("21 CFR 11.10(e)", "EU GMP Annex 11, 9", "ISO 13485:2016 4.2.5"),
    fix="restore the record; what was wrong in it is said in a new entry, or under `corrected:`",
    when=When.CHANGE,
)
def record_altered(edit: AlteredFile | Edited[Person] | Edited[Event]) -> Problems:
    """
    A record of the past was altered.

    Who was trained when, and who held which role, is evidence. If it could be changed afterwards, it would prove
    nothing, neither for the one who was wrong nor for the one who was right.

    - Entries of completions and waivers are only ever added, each after all that were there: one in between would give
      those behind it another number. They are compared value by value, as they are signed: another layout is no
      alteration. Approvals do not change. (Of assignments, `assignment-edited` says so.)
    - Of all these a record may gain signatures, for nothing that was signed changes by that: after those that it has,
      or where one was given in words only. A completion may say at the same time why they are `late`. An entry that
      was rejected gains none: a rejection is of one exact entry.
    - What a person's file says of days before the change (`employed`, `roles`, `leave`, `keys`) changes only with
      `corrected: {on, by, reason}` beside it. To add is free; and so is to end what is open, on a day that lies no
      longer ago than the policy's `late-entry`.
    - Of a quality event that is open, effectiveness checks, `reopened` entries and `extensions` are only added, each at
      the end of its list; and the day on which an action was `done` stays, unless the quality unit adds to the event
      `corrected: [{on, by, reason}]`. (Of a closed event, `closed-event-altered` says so, and when it is reopened an
      action may be done anew.)

    ## Flagged

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml (before)"
    - {"document": "SOP-014@1", "completed": "2026-11-10T09:30:00+01:00", "method": ["read"]}
    - {"document": "SOP-014@2", "completed": "2026-11-20T09:30:00+01:00", "method": ["read"]}
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml"
    - document: SOP-014@1
      completed: 2026-11-10T09:30:00+01:00
      method: [read]
    - document: SOP-014@2
      completed: 2026-11-12T09:30:00+01:00  # <- 'completed' was 2026-11-20T09:30:00+01:00 when it was merged
      method: [read]
    ```

    ## Flagged on 2026-11-22 when somebody's past is altered

    ```yaml title="roles/people/p-0042.yaml (before)"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    roles:
      - {role: operator, from: 2024-03-01}
    ```

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    roles:
      - {role: operator, from: 2023-03-01}  # <- was operator from 2024-03-01, that is past
    ```

    ## Flagged when an effectiveness check is made another

    ```yaml title="quality-events/CAPA-2026-003.yaml (before)"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    actions:
      - {id: 1, kind: other, title: Change the needle shield, due: 2026-09-01, done: 2026-08-20}
    effectiveness:
      criterion: No torn glove in 90 days
      period: 90 days
      assessor: p-0005
      checks: [{on: 2026-11-18, outcome: not-effective, summary: Two gloves tore.}]
    ```

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    actions:
      - id: 1
        kind: other
        title: Change the needle shield
        due: 2026-09-01
        done: 2026-08-01  # <- action 1 was done on 2026-08-20 when it was merged
    effectiveness:
      criterion: No torn glove in 90 days
      period: 90 days
      assessor: p-0005
      checks:
        - {on: 2026-11-18, outcome: effective, summary: One glove tore.}  # <- the check of 2026-11-18, not-effective
    ```

    ## Accepted

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml (before)"
    - {"document": "SOP-014@1", "completed": "2026-11-10T09:30:00+01:00", "method": ["read"]}
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml"
    - document: SOP-014@1
      completed: 2026-11-10T09:30:00+01:00
      method: [read]
    - document: SOP-014@2
      completed: 2026-11-20T09:30:00+01:00
      method: [read]
    ```

    ## Accepted when the evaluator signs later than the trainee

    ```yaml title="training-records/completions/p-0042/WI-031.yaml (before)"
    - document: WI-031@1
      completed: 2026-11-20T09:30:00+01:00
      method: [practical]
      practical: {evaluator: p-0007, outcome: competent}
      signatures:
        - {by: p-0042, name: Ingrid Solberg, meaning: performed, at: 2026-11-20T09:30:00+01:00}
    ```

    ```yaml title="training-records/completions/p-0042/WI-031.yaml"
    - document: WI-031@1
      completed: 2026-11-20T09:30:00+01:00
      method: [practical]
      practical: {evaluator: p-0007, outcome: competent}
      signatures:
        - {by: p-0042, name: Ingrid Solberg, meaning: performed, at: 2026-11-20T09:30:00+01:00}
        - {by: p-0007, name: Bo Lie, meaning: evaluated, at: 2026-11-22T10:00:00+01:00}
    ```

    ## Accepted on 2026-11-22 with a correction, an end and a new role

    ```yaml title="roles/people/p-0042.yaml (before)"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    roles:
      - {role: operator, from: 2024-03-01}
    ```

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed:
      - {from: 2024-02-01, corrected: {on: 2026-11-22, by: p-0003, reason: The contract says February.}}
    roles:
      - {role: operator, from: 2024-03-01, to: 2026-11-22}
      - {role: inspector, from: 2026-11-23}
    ```

    ## Accepted when a check is added

    ```yaml title="quality-events/CAPA-2026-003.yaml (before)"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    effectiveness:
      criterion: No torn glove in 90 days
      period: 90 days
      assessor: p-0005
      checks: [{on: 2026-08-18, outcome: not-effective, summary: Two gloves tore.}]
    ```

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    actions:
      - {id: 1, kind: other, title: Change the needle shield, due: 2026-09-01, done: 2026-08-20}
    effectiveness:
      criterion: No torn glove in 90 days
      period: 90 days
      assessor: p-0005
      checks:
        - {on: 2026-08-18, outcome: not-effective, summary: Two gloves tore.}
        - {on: 2026-11-18, outcome: effective, summary: None seen.}
    ```
    """
    if edit.change.founding:
        return
    if isinstance(edit, Edited):
        was, now = edit.before, edit.after
        if isinstance(was, Person) and isinstance(now, Person):
            yield from _rewritten_past(edit.change, edit.path, was, now)
        elif isinstance(was, Event) and isinstance(now, Event) and not was.ended:
            yield from _altered_event(edit.change, edit.path, was, now)
        return
    found = filed(edit.path)
    if found and edit.after is not None and found.kind in SIGNED_KINDS:
        sides = (edit.change.base, edit.change.head)
        if any(side.source.records([edit.path])[0] is None for side in sides):
            return
        before, after = (entries_in(content_of(edit.path, data)) for data in (edit.before, edit.after))
        known = edit.change.kept(edit.path)
        after = [before[known[index]] if index in known else entry for index, entry in enumerate(after)]
        if found.kind in (Kind.COMPLETIONS, Kind.WAIVERS):
            altered = [*_altered_entries(edit.path, before, after)]
            yield from altered or _inserted_entries(edit.path, known)
        elif keys := _changed_keys(before[0], after[0]):
            yield Problem(At(edit.path, (keys[0],)), _was(before[0], keys[0]))


# --- entries --------------------------------------------------------------------------------------------------------


def _altered_entries(path: str, before: Sequence[Values], after: Sequence[Values]) -> Problems:
    old, new = ([json.dumps(entry, sort_keys=True) for entry in entries] for entries in (before, after))
    gone, added = Counter(old) - Counter(new), Counter(new) - Counter(old)
    rest = iter(new)
    for index, entry in enumerate(old):
        if not gone[entry]:
            if entry not in rest:  # looks on from where the one before was found
                where = (new.index(entry),)
                yield Problem(At(path, where), f"{_named(before[index])} stood in another place of the list")
                return
            continue
        gone[entry] -= 1
        if index < len(new) and added[new[index]]:
            key = _changed_keys(before[index], after[index])[0]
            yield Problem(At(path, (index, key)), _was(before[index], key))
        else:
            yield Problem(At(path), f"{_named(before[index])} is gone")


def _inserted_entries(path: str, known: Mapping[int, int]) -> Problems:
    """The first entry that is new and stands before one that was there."""
    new = next((index for index in range(max(known, default=-1)) if index not in known), None)
    if new is not None:
        yield Problem(At(path, (new,)), "a new entry stands before merged ones", fix=_LAST)


def _named(entry: Values) -> str:
    said = [f"{entry[key]}" for key in ("document", "completed", "rejects", "from") if key in entry]
    return f"the entry {' of '.join(said[:2])}"


def _changed_keys(before: Values, after: Values) -> list[str]:
    if not isinstance(before, dict) or not isinstance(after, dict):
        return []
    return [key for key in {**before, **after} if before.get(key) != after.get(key)]


def _was(before: Values, key: str) -> str:
    value = before.get(key)
    said = "not there" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{key}' was {said if len(said) <= 80 else said[:77] + '…'} when it was merged"


# --- a person's past ------------------------------------------------------------------------------------------------


def _rewritten_past(change: Change, path: str, person: Person, then: Person) -> Problems:
    for key in ("employed", "roles", "leave", "keys"):
        before, after = getattr(person, key), getattr(then, key)
        known = [one.corrected for one in before]
        corrections = sum(one.corrected is not None and one.corrected not in known for one in after)
        for was in before:
            if was in after or was.from_ >= change.day or any(_keeps(change, was, now) for now in after):
                continue
            if corrections:
                corrections -= 1
                continue
            altered = [index for index, now in enumerate(after) if now not in before]
            message = f"was {_said(key, was)}, that is past and changes only with 'corrected' beside it"
            yield Problem(At(path, (key, *altered[:1])), message)


def _keeps(change: Change, was: Past, now: Past) -> bool:
    """Whether an interval says of the days before the change what another said; it may end what was open."""
    if _unended(was) != _unended(now) or (isinstance(was, Key) and was.revoked not in (None, vars(now)["revoked"])):
        return False
    if was.to and was.to < change.day:
        return now.to == was.to
    return now.to is None or _may_end(change, now.to)


def _unended(one: Past) -> Past:
    return one.model_copy(update={"to": None, "revoked": None} if isinstance(one, Key) else {"to": None})


def _may_end(change: Change, day: date) -> bool:
    return change.policy is not None and change.policy.training.late_entry.after(day) >= change.day


def _said(key: str, was: Past) -> str:
    what = was.role if isinstance(was, Holding) else {"leave": "on leave", "keys": "a key"}.get(key, key)
    return f"{what} from {was.from_}" + (f" to {was.to}" if was.to else "")


# --- what an open event says of its past ----------------------------------------------------------------------------


def _altered_event(change: Change, path: str, before: Event, after: Event) -> Problems:
    for keys, was in lost_entries(before, after):
        yield Problem(At(path, keys), f"{was}, is altered, moved or gone", fix=_ADD)
    for keys, action, now in same_actions(before, after):
        if action.done and (now is None or now.done != action.done):
            message = f"action {action.id} was done on {action.done} when it was merged"
            if now is None:
                yield Problem(At(path, keys), f"{message}, and is gone", fix=_KEEP)
            elif not corrects(change, before, after):
                yield Problem(At(path, (*keys, "done")), message, fix=_PUT_RIGHT)
