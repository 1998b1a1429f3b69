"""`action-removed`."""

from qmsci.alteration import same_actions
from qmsci.change import Edited
from qmsci.circuit import reopens
from qmsci.finding import At
from qmsci.records.event import Event
from qmsci.rule import Problem, Problems, When, rule


@rule(
    clause=("ISO 13485:2016 8.5.2", "21 CFR 211.192", "21 CFR 11.10(e)"),
    fix="keep the action until it is done; where it is not needed any more, the quality unit says so with `dropped:`",
    when=When.CHANGE,
)
def action_removed(edit: Edited[Event]) -> Problems:
    """
    An action that an event had promised is taken away, or made a promise of something else.

    An event is closed when all its actions are done. With one of them gone it can be closed sooner, and nobody
    who reads it later sees that more had been thought necessary.

    Asked about the document actions, and those of kind `other`, of an event that is open in the base. Each is
    known by its number. It stays, of its kind; a document action goes on naming its document, at the same
    revision or, as long as it is not done, at another. What it says of itself may be written better. What is
    not needed any more is `dropped: {on, by, reason}` by the quality unit, and is then done with. What a merged
    `done` said is asked about by `record-altered`, training actions by `training-action-narrowed`.

    ## Flagged

    ```yaml title="quality-events/CAPA-2026-003.yaml (before)"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-09-14
    owner: p-0003
    actions:
      - {id: 1, kind: other, title: Mount a mirror, due: 2026-12-11}
      - {id: 2, kind: document, document: SOP-014@3, due: 2026-12-11}
    ```

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-09-14
    owner: p-0003
    actions:  # <- action 1 of CAPA-2026-003 is gone: Mount a mirror
      - id: 2
        kind: document
        document: SOP-020@2  # <- action 2 was to revise SOP-014, and names SOP-020 now
        due: 2026-12-11
    ```

    ## Accepted

    ```yaml title="quality-events/CAPA-2026-003.yaml (before)"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-09-14
    owner: p-0003
    actions:
      - {id: 1, kind: other, title: Mount a mirror, due: 2026-12-11}
      - {id: 2, kind: document, document: SOP-014@3, due: 2026-12-11}
    ```

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-09-14
    owner: p-0003
    actions:
      - id: 1
        kind: other
        title: Mount a mirror with side light
        due: 2026-12-11
        dropped: {on: 2026-11-20, by: p-0003, reason: "The new bench has one built in."}
      - {id: 2, kind: document, document: SOP-014@4, due: 2026-12-11}
    ```

    ```yaml title="roles/people/p-0003.yaml"
    id: p-0003
    name: Astrid Halvorsen
    kind: employee
    employed: {from: 2024-01-15}
    roles: [{role: quality-assurance, from: 2024-01-15}]
    ```
    """
    before, after = edit.before, edit.after
    if before is None or after is None or edit.change.founding or (before.ended and not reopens(before, after)):
        return
    for keys, was, now in same_actions(before, after):
        if was.kind == "training" or was.done:
            continue
        if now is None:
            said = was.title or was.summary or str(was.document or was.kind)
            yield Problem(At(edit.path, keys), f"action {was.id} of {before.id} is gone: {said}")
        elif now.kind != was.kind:
            message = f"action {was.id} was of the kind '{was.kind}', and is of the kind '{now.kind}' now"
            yield Problem(At(edit.path, (*keys, "kind")), message)
        elif was.document and (now.document is None or now.document.document != was.document.document):
            names = f"names {now.document.document}" if now.document else "names no document"
            message = f"action {was.id} was to revise {was.document.document}, and {names} now"
            yield Problem(At(edit.path, (*keys, "document") if now.document else keys), message)
        elif was.dropped and now.dropped != was.dropped:
            message = f"action {was.id} was dropped on {was.dropped.on} when it was merged"
            yield Problem(At(edit.path, keys), message, fix="restore what the quality unit had decided")
