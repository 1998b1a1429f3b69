"""`criterion-changed-late`."""

from datetime import date

from qmsci.alteration import said
from qmsci.change import Edited
from qmsci.circuit import last_completed, reopened_on
from qmsci.finding import At
from qmsci.records.event import Capa, Event
from qmsci.rule import Problem, Problems, When, rule
from qmsci.snapshot import Snapshot

_KEYS = ("criterion", "period", "assessor")
_TOO_LATE = "cancel the CAPA, and open one whose plan is there before anything is done"
_FIRST = "merge the plan by a change of its own, before the one that records what was done"


@rule(
    clause=("ISO 13485:2016 8.5.2", "21 CFR 211.192", "21 CFR 11.10(f)"),
    fix="restore the plan; where it is not met, a check says so, and the CAPA is reopened or gets more actions",
    when=When.CHANGE,
)
def criterion_changed_late(edit: Edited[Event]) -> Problems:
    """
    By what a CAPA will be judged was changed after its implementation had begun.

    A criterion that is chosen when the result is in sight is always met. Fixed before anything is done, it says what
    the actions were to achieve, whatever came of them.

    Implementation has begun, in the base, when an action that is no training is done, or anybody has completed training
    that an action asked for, naming its assignment; after a reopening only what was done on that day or later counts.
    From then on the plan's `criterion`, `period` and `assessor` stay as they are, and it is too late to add a plan or
    to take it away. The same holds in the change that records the first of this: a plan that comes together with its
    result was fixed before nothing. An event that is new is not asked. Checks are added freely. The change that reopens
    a closed CAPA may bring another plan. (Of a CAPA that is closed and stays so, `closed-event-altered` says so.)

    ## Flagged on 2026-11-22

    ```yaml title="quality-events/CAPA-2026-003.yaml (before)"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    actions:
      - {id: 1, kind: other, title: Change the needle shield, due: 2026-09-01, done: 2026-08-20}
    effectiveness: {criterion: No torn glove, period: 90 days, assessor: p-0005}
    ```

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    actions:
      - {id: 1, kind: other, title: Change the needle shield, due: 2026-09-01, done: 2026-08-20}
    effectiveness:
      criterion: Fewer torn gloves  # <- 'criterion' was No torn glove when action 1 was done on 2026-08-20
      period: 30 days  # <- 'period' was 90 days
      assessor: p-0005
    ```

    ## Flagged on 2026-11-22 when the plan comes late

    ```yaml title="quality-events/CAPA-2026-003.yaml (before)"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    actions:
      - {id: 1, kind: other, title: Change the needle shield, due: 2026-09-01, done: 2026-08-20}
    ```

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    actions:
      - {id: 1, kind: other, title: Change the needle shield, due: 2026-09-01, done: 2026-08-20}
    effectiveness:  # <- there was no effectiveness plan when action 1 was done on 2026-08-20
      criterion: No torn glove
      period: 90 days
      assessor: p-0005
    ```

    ## Accepted on 2026-11-22 before anything is done

    ```yaml title="quality-events/CAPA-2026-003.yaml (before)"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    actions:
      - {id: 1, kind: other, title: Change the needle shield, due: 2026-12-01}
    effectiveness: {criterion: No torn glove, period: 90 days, assessor: p-0005}
    ```

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    actions:
      - {id: 1, kind: other, title: Change the needle shield, due: 2026-12-01}
    effectiveness: {criterion: No torn glove on line 2, period: 30 days, assessor: p-0005}
    ```

    ## Accepted on 2026-11-22 when a check is added

    ```yaml title="quality-events/CAPA-2026-003.yaml (before)"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    actions:
      - {id: 1, kind: other, title: Change the needle shield, due: 2026-09-01, done: 2026-08-20}
    effectiveness: {criterion: No torn glove, period: 90 days, assessor: p-0005}
    ```

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    actions:
      - {id: 1, kind: other, title: Change the needle shield, due: 2026-09-01, done: 2026-08-20}
    effectiveness:
      criterion: No torn glove
      period: 90 days
      assessor: p-0005
      checks: [{on: 2026-11-18, outcome: effective, summary: None seen.}]
    ```
    """
    before, after = edit.before, edit.after
    if not isinstance(before, Capa) or not isinstance(after, Capa) or edit.change.founding or before.ended:
        return
    was, now = before.effectiveness, after.effectiveness
    altered = [key for key in _KEYS if getattr(was, key, None) != getattr(now, key, None)]
    if not altered:
        return
    known = _begun(edit.change.base, before, edit.change.day)
    begun, fix = known or _begun(edit.change.head, after, edit.change.day), None if known else _FIRST
    if begun is None:
        return
    if was is None:
        place = At(edit.path, ("effectiveness",))
        yield Problem(place, f"there was no effectiveness plan when {begun}", fix=fix or _TOO_LATE)
    elif now is None:
        message = f"the effectiveness plan is gone, and it was there when {begun}: {said(was.criterion)}"
        yield Problem(At(edit.path), message, fix=fix)
    else:
        for key in altered:
            message = f"'{key}' was {said(getattr(was, key))} when {begun}"
            yield Problem(At(edit.path, ("effectiveness", key)), message, fix=fix)


def _begun(snapshot: Snapshot, capa: Capa, today: date) -> str | None:
    """What was done first for a CAPA since it was last reopened, by a day; None where nothing was."""
    again, when = reopened_on(capa) or date.min, snapshot.end_of(today)
    found: list[tuple[date, str]] = []
    for action in capa.actions:
        if action.kind == "training":
            day, done = (
                last_completed(snapshot, capa, action, when),
                f"training for action {action.id} was completed on",
            )
        else:
            day, done = action.done, f"action {action.id} was done on"
        if day and again <= day <= today:
            found.append((day, f"{done} {day}"))
    return min(found)[1] if found else None
