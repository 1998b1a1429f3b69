"""`duplicate-action`."""

from qmsci.records.event import Event
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot


@rule(
    clause=("ISO 13485:2016 8.5.2", "21 CFR 11.10(a)"),
    fix="give the action the next free number",
)
def duplicate_action(event: Event, snapshot: Snapshot) -> Problems:
    """
    Two actions of an event have the same number.

    Assignments are named by the event and the number of the action. With two actions of one number, training for
    the one would seem to be training for the other, and the event could be closed with one of them undone.

    ## Flagged

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-11-20
    owner: p-0003
    actions:
      - {id: 1, kind: other, title: Order gloves, due: 2026-12-01}
      - {id: 1, kind: other, title: Count gloves, due: 2026-12-01}  # <- CAPA-2026-003 has two actions 1
    ```

    ## Accepted

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-11-20
    owner: p-0003
    actions:
      - {id: 1, kind: other, title: Order gloves, due: 2026-12-01}
      - {id: 2, kind: other, title: Count gloves, due: 2026-12-01}
    ```
    """
    seen: dict[int, int] = {}
    for index, action in enumerate(event.actions):
        first = seen.setdefault(action.id, index)
        if first != index:
            place = snapshot.at(event, "actions", first)
            message = f"{event.id} has two actions {action.id}"
            yield Problem(snapshot.at(event, "actions", index), message, also=(place,))
