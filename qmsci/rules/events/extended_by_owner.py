"""`extended-by-owner`."""

from collections.abc import Iterator

from qmsci.alteration import same_actions
from qmsci.change import Edited
from qmsci.finding import At, KeyPath
from qmsci.records.action import Extension
from qmsci.records.event import Event
from qmsci.rule import Problem, Problems, When, rule


@rule(
    clause=("ISO 13485:2016 8.5.2", "21 CFR 211.192"),
    fix="have somebody else decide on the extension, and name them under `by`",
    when=When.CHANGE,
)
def extended_by_owner(edit: Edited[Event]) -> Problems:
    """
    The deadline of an action was moved by the one who owes the action.

    A due date is a promise to others. Who may move their own has none, and a late action never shows as late.

    Asked about every extension that a change adds to an action that has an owner, or to an event that has one: `by` is
    somebody else, both than who owned it before the change and than who owns it after. The owner of the event may move
    the deadline of an action that another owns. Who takes the action over later may have extended it before.

    ## Flagged

    ```yaml title="quality-events/CAPA-2026-003.yaml (new)"
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
          - on: 2026-08-20
            to: 2026-12-01
            by: p-0011  # <- p-0011 owns action 1 and moved its deadline to 2026-12-01
            reason: The shield is delivered late.
    ```

    ## Accepted

    ```yaml title="quality-events/CAPA-2026-003.yaml (new)"
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
    """
    before, after = edit.before, edit.after
    if after is None:
        return
    owners = {after.owner, before.owner if before else None}
    for index, extension in _added(before.extensions if before else (), after.extensions):
        if extension.by in owners:
            yield _moved(edit.path, ("extensions", index, "by"), extension, after.id)
    known = {was.id: was for _, was, _ in same_actions(before, after)} if before else {}
    for n, action in enumerate(after.actions):
        was = known.get(action.id)
        owners = {action.owner, was.owner if was else None}
        for index, extension in _added(was.extensions if was else (), action.extensions):
            if extension.by in owners:
                keys = ("actions", n, "extensions", index, "by")
                yield _moved(edit.path, keys, extension, f"action {action.id}")


def _added(before: tuple[Extension, ...], after: tuple[Extension, ...]) -> Iterator[tuple[int, Extension]]:
    return ((index, extension) for index, extension in enumerate(after) if extension not in before)


def _moved(path: str, keys: KeyPath, extension: Extension, what: str) -> Problem:
    return Problem(At(path, keys), f"{extension.by} owns {what} and moved its deadline to {extension.to}")
