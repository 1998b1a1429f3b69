"""`closed-with-open-actions`."""

from qmsci.records.action import Action
from qmsci.records.event import Event
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot


@rule(
    clause=("ISO 13485:2016 8.5.2", "ISO 13485:2016 8.2.4", "21 CFR 211.192"),
    fix="do the action and write when it was 'done', before the event is closed; where it was closed before, reopen it "
    "in this change with a `reopened` entry",
)
def closed_with_open_actions(event: Event, snapshot: Snapshot) -> Problems:
    """
    An event is closed although one of its actions was not done.

    With the event its actions go out of sight: no deadline is watched any more, and nobody is asked. What was promised
    to keep the fault from coming back stays a promise.

    Asked about every event that is closed, a finding that is verified, a validation that is released. Every document
    action and every action of kind `other` then says when it was `done` (or `dropped`, by the quality unit); and where
    a document action that was done names a revision, that revision is there. A document that cannot be read is reported
    alone. Training actions are done by completions: `capa-closed-without-training` asks about them. An event that was
    voided, cancelled or withdrawn leaves its actions as they are.

    ## Flagged

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Glove change is not practised
    opened: 2026-09-14
    owner: p-0003
    actions:
      - {id: 1, kind: document, document: SOP-014@3, due: 2026-11-30, done: 2026-11-10}  # <- SOP-014@3 is not there
      - {id: 2, kind: other, title: Mount a mirror, due: 2026-12-11}  # <- and action 2 is not done
    closed: 2026-11-20
    closed-by: p-0003
    ```

    ```markdown title="controlled-docs/sop/SOP-014-aseptic-gowning.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - {revision: 2, effective: 2025-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ## Accepted

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Glove change is not practised
    opened: 2026-09-14
    owner: p-0003
    actions:
      - {id: 1, kind: document, document: SOP-014@3, due: 2026-11-30, done: 2026-11-10}
      - {id: 2, kind: other, title: Mount a mirror, due: 2026-12-11, done: 2026-11-19}
    closed: 2026-11-20
    closed-by: p-0003
    ```

    ```markdown title="controlled-docs/sop/SOP-014-aseptic-gowning.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - {revision: 3, effective: 2026-11-25, summary: Second glove change., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```
    """
    if event.settled is None:
        return
    for index, action in enumerate(event.actions):
        if lacking := _lacking(snapshot, action):
            yield Problem(
                snapshot.at(event, "actions", index),
                f"{event.settling_key} on {event.settled}, and {lacking}",
                also=(snapshot.at(event, event.settling_key),),
            )


def _lacking(snapshot: Snapshot, action: Action) -> str | None:
    """What keeps an action that is no training from being done; None where nothing does, or nobody can say."""
    if action.kind == "training":
        return None
    if action.finished is None:
        return f"action {action.id} is not done"
    named = action.document if action.kind == "document" and action.done else None
    if named is None or snapshot.is_unreadable(named.document):
        return None
    document = snapshot.documents.get(named.document)
    there = document is not None and document.entry(named.label) is not None
    return None if there else f"action {action.id} counts as done although {named} is not there"
