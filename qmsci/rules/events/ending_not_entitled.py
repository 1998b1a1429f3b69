"""`ending-not-entitled`."""

from datetime import date

from qmsci.authorisation import may_be_of_quality_unit
from qmsci.change import Change, Edited
from qmsci.circuit import implemented, training_is_unreadable
from qmsci.finding import At
from qmsci.records.action import Ending
from qmsci.records.event import Capa, Event
from qmsci.rule import Problem, Problems, When, rule


@rule(
    clause=("21 CFR 211.22(a)", "21 CFR 211.192", "21 CFR 11.10(g)"),
    fix="have somebody of the quality unit decide it and give the reason, and name them",
    when=When.CHANGE,
)
def ending_not_entitled(edit: Edited[Event]) -> Problems:
    """
    An event is voided, cancelled or withdrawn, or an action dropped, by somebody who may not do so, or too late.

    An event that ends this way asks nothing of anybody any more: no cause, no action, no training. That makes it
    the shortest way out of every other rule, and so it is the quality unit's decision, with its reason. A CAPA
    whose actions were all done already is not cancelled: whether they worked is then still to be seen, and
    cancelling it would keep anybody from looking.

    Asked of a change that adds or alters the `voided` of a deviation, a nonconformance, a complaint or a training
    gap, the `cancelled` of a CAPA or a validation, the `withdrawn` of an audit finding, the `dropped` of an action. Who
    is named in `by` holds
    a role of the quality unit on the day of the change, by what the base says of people; in the founding import, on
    the day of the decision. A CAPA's actions were done when they were done in the base, or are by the day of the
    cancellation in what the change leaves.

    ## Flagged

    ```yaml title="roles/people/p-0042.yaml"
    {id: p-0042, name: Ingrid Solberg, kind: employee, employed: {from: 2024-03-01}}
    ```

    ```yaml title="quality-events/DEV-2026-021.yaml (before)"
    id: DEV-2026-021
    title: Settle plate not exposed
    occurred: 2026-10-27T11:00:00+01:00
    reported: 2026-10-27
    ```

    ```yaml title="quality-events/DEV-2026-021.yaml"
    id: DEV-2026-021
    title: Settle plate not exposed
    occurred: 2026-10-27T11:00:00+01:00
    reported: 2026-10-27
    voided:
      on: 2026-11-22
      by: p-0042  # <- p-0042 is not of the quality unit on 2026-11-22, and voids DEV-2026-021
      reason: It was no deviation.
    ```

    ## Flagged: all was done, only the look at it is missing

    ```yaml title="roles/people/p-0003.yaml"
    id: p-0003
    name: Astrid Halvorsen
    kind: employee
    employed: {from: 2024-01-15}
    roles: [{role: quality-assurance, from: 2024-01-15}]
    ```

    ```yaml title="quality-events/CAPA-2026-003.yaml (before)"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-09-14
    owner: p-0003
    actions:
      - {id: 1, kind: other, title: Mount a mirror, due: 2026-12-11, done: 2026-11-10}
    ```

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-09-14
    owner: p-0003
    actions:
      - {id: 1, kind: other, title: Mount a mirror, due: 2026-12-11, done: 2026-11-10}
    cancelled:  # <- cancelled on 2026-11-22, and the last of its actions was done on 2026-11-10
      on: 2026-11-22
      by: p-0003
      reason: The gloves are of another make now.
    ```

    ## Accepted

    ```yaml title="roles/people/p-0003.yaml"
    id: p-0003
    name: Astrid Halvorsen
    kind: employee
    employed: {from: 2024-01-15}
    roles: [{role: quality-assurance, from: 2024-01-15}]
    ```

    ```yaml title="quality-events/DEV-2026-021.yaml (before)"
    id: DEV-2026-021
    title: Settle plate not exposed
    occurred: 2026-10-27T11:00:00+01:00
    reported: 2026-10-27
    ```

    ```yaml title="quality-events/DEV-2026-021.yaml"
    id: DEV-2026-021
    title: Settle plate not exposed
    occurred: 2026-10-27T11:00:00+01:00
    reported: 2026-10-27
    voided: {on: 2026-11-22, by: p-0003, reason: "The plate was exposed, and was counted with another session."}
    ```

    ## Accepted: while an action is still open

    ```yaml title="roles/people/p-0003.yaml"
    id: p-0003
    name: Astrid Halvorsen
    kind: employee
    employed: {from: 2024-01-15}
    roles: [{role: quality-assurance, from: 2024-01-15}]
    ```

    ```yaml title="quality-events/CAPA-2026-003.yaml (before)"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-09-14
    owner: p-0003
    actions:
      - {id: 1, kind: other, title: Mount a mirror, due: 2026-12-11}
    ```

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-09-14
    owner: p-0003
    actions:
      - {id: 1, kind: other, title: Mount a mirror, due: 2026-12-11}
    cancelled: {on: 2026-11-22, by: p-0003, reason: The gloves are of another make now.}
    ```
    """
    change, before, after = edit.change, edit.before, edit.after
    if after is None:
        return
    dropped = {action.id: action.dropped for action in before.actions} if before else {}
    for index, action in enumerate(after.actions):
        if action.dropped and action.dropped != dropped.get(action.id):
            what = f"drops action {action.id} of {after.id}"
            yield from _unentitled(change, At(edit.path, ("actions", index, "dropped", "by")), action.dropped, what)
    if after.ending is None or (before and before.ending == after.ending):
        return
    ending, key = after.ending, after.ending_key
    yield from _unentitled(change, At(edit.path, (key, "by")), ending, f"{_DOES[key]} {after.id}")
    if done := _done_already(change, before, after, ending.on):
        yield Problem(
            At(edit.path, (key,)),
            f"cancelled on {ending.on}, and the last of its actions was done on {done}",
            fix="leave it open, and see by its effectiveness checks whether the actions worked",
        )


def _unentitled(change: Change, place: At, ending: Ending, does: str) -> Problems:
    day = ending.on if change.founding else change.day
    if not may_be_of_quality_unit(change.law, ending.by, day):
        yield Problem(place, f"{ending.by} is not of the quality unit on {day}, and {does}")


_DOES = {"voided": "voids", "cancelled": "cancels", "withdrawn": "withdraws"}


def _done_already(change: Change, before: Event | None, after: Event, day: date) -> date | None:
    """The day on which the last action of a CAPA was done, in the base or by a day in the head."""
    for snapshot, event, by in ((change.base, before, change.day), (change.head, after, day)):
        if isinstance(event, Capa):
            done = implemented(snapshot, event, snapshot.end_of(by))
            if done and not training_is_unreadable(snapshot, event):
                return done
    return None
