"""`due-moved-without-extension`."""

from datetime import date

from qmsci.alteration import same_actions
from qmsci.change import Edited, corrects
from qmsci.finding import At, KeyPath
from qmsci.records.event import Event
from qmsci.rule import Problem, Problems, When, rule


@rule(
    clause=("ISO 13485:2016 8.5.2", "21 CFR 211.192", "21 CFR 11.10(e)"),
    fix="restore `due`, and add to `extensions` the new day, when it was decided, by whom and why; "
    "a mistyped day is put right with `corrected: [{on, by, reason}]` by the quality unit",
    when=When.CHANGE,
)
def due_moved_without_extension(edit: Edited[Event]) -> Problems:
    """
    A due date was moved, and no extension says who decided on it and why.

    What was due and is not done is the first thing that is asked about a CAPA. If the day itself may be rewritten,
    nothing is ever late.

    Asked about an event that is open in the base. A `due` that was merged, an action's or the event's own, stays as it
    is; `extensions: [{on, to, by, reason}]` move the deadline, in either direction. An event that had no `due` may be
    given one. A day that was mistyped may be put right in a change that says so: the quality unit adds
    `corrected: [{on, by, reason}]` to the event. (Of a closed event `closed-event-altered` says so; and by whom,
    `extended-by-owner`.)

    ## Flagged

    ```yaml title="quality-events/CAPA-2026-003.yaml (before)"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    actions:
      - {id: 1, kind: other, title: Change the needle shield, owner: p-0011, due: 2026-09-01}
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
        owner: p-0011
        due: 2026-12-01  # <- action 1 was due on 2026-09-01
    ```

    ## Accepted

    ```yaml title="quality-events/CAPA-2026-003.yaml (before)"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    actions:
      - {id: 1, kind: other, title: Change the needle shield, owner: p-0011, due: 2026-09-01}
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
        owner: p-0011
        due: 2026-09-01
        extensions:
          - {on: 2026-08-20, to: 2026-12-01, by: p-0003, reason: The shield is delivered late.}
    ```

    ## Accepted on 2026-06-04 when it was mistyped

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
    opened: 2026-06-01
    owner: p-0003
    due: 2062-12-01
    ```

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    due: 2026-12-01
    corrected: [{on: 2026-06-04, by: p-0003, reason: Two digits were swapped in the year.}]
    ```
    """
    before, after = edit.before, edit.after
    if before is None or after is None or edit.change.founding or before.ended or corrects(edit.change, before, after):
        return
    if before.due and before.due != after.due:
        extended = len(after.extensions) > len(before.extensions)
        yield _moved(edit.path, ("due",), before.id, before.due, after.due, extended=extended)
    for keys, was, now in same_actions(before, after):
        if now and now.due != was.due:
            extended = len(now.extensions) > len(was.extensions)
            yield _moved(edit.path, (*keys, "due"), f"action {was.id}", was.due, now.due, extended=extended)


def _moved(path: str, keys: KeyPath, what: str, was: date, now: date | None, *, extended: bool) -> Problem:
    message = f"{what} was due on {was}, " + (f"and on {now} now" if now else "and is due on no day now")
    if extended:
        return Problem(At(path, keys), f"{message}: the extension moves the deadline", fix=f"write `due: {was}` there")
    return Problem(At(path, keys), f"{message}, without an extension")
