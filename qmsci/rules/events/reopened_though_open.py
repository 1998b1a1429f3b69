"""`reopened-though-open`."""

from qmsci.change import Edited
from qmsci.finding import At
from qmsci.records.event import Event
from qmsci.rule import Problem, Problems, When, rule


@rule(
    clause=("21 CFR 11.10(e)", "21 CFR 11.10(f)", "ISO 13485:2016 8.5.2"),
    fix="remove the entry: an event that is open needs no reopening",
    when=When.CHANGE,
)
def reopened_though_open(edit: Edited[Event]) -> Problems:
    """
    An event is said to be reopened that was not closed.

    A reopening undoes a closing that somebody answers for. One without it is a record of something that never happened,
    and it would make earlier checks count no more and let the effectiveness plan be changed.

    Asked about every event that is open in the base and gains a `reopened` entry. (What the entry says of an event that
    was closed is looked at by `closed-event-altered`.)

    ## Flagged

    ```yaml title="quality-events/CAPA-2026-003.yaml (before)"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    ```

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    reopened:
      - on: 2026-11-22  # <- reopened on 2026-11-22, and CAPA-2026-003 was not closed
        by: p-0003
        summary: A glove tore again.
        closed: 2026-11-20
        closed-by: p-0003
    ```

    ## Accepted

    ```yaml title="quality-events/CAPA-2026-003.yaml (before)"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    closed: 2026-11-20
    closed-by: p-0003
    ```

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    reopened:
      - {on: 2026-11-22, by: p-0003, summary: A glove tore again., closed: 2026-11-20, closed-by: p-0003}
    ```
    """
    before, after = edit.before, edit.after
    if before is None or after is None or edit.change.founding or before.ended:
        return
    for index in range(len(before.reopened), len(after.reopened)):
        message = f"reopened on {after.reopened[index].on}, and {before.id} was not closed"
        yield Problem(At(edit.path, ("reopened", index, "on")), message)
