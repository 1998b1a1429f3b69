"""`training-action-incomplete`."""

from qmsci.records.event import Event
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot


@rule(
    clause=("ISO 13485:2016 8.5.2", "ISO 13485:2016 6.2", "21 CFR 211.25(a)"),
    fix="name `documents`, and `people`, `roles` or both",
)
def training_action_incomplete(event: Event, snapshot: Snapshot) -> Problems:
    """
    A training action does not say who is to be trained, or on what.

    Nobody is asked for anything by it, and nobody is kept from the work: the event looks as if training followed from
    it, and none does. When it is merged it cannot be narrowed any more, so it is worth saying now.

    Asked about every training action of an event that was not voided, cancelled or withdrawn. It names at least one
    document, at a revision or as it is then, and at least one person or role.

    ## Flagged

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-09-14
    owner: p-0003
    actions:
      - {id: 1, kind: training, documents: [SOP-014], due: 2026-10-15}  # <- training action 1 names neither people nor
      - {id: 2, kind: training, people: [p-0042], due: 2026-10-15}  # <- training action 2 names no document
    ```

    ## Accepted

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-09-14
    owner: p-0003
    actions:
      - {id: 1, kind: training, documents: [SOP-014], roles: [operator], due: 2026-10-15}
      - {id: 2, kind: training, documents: [SOP-014@4], people: [p-0042], due: 2026-10-15}
    ```
    """
    for index, action in enumerate(event.actions):
        if action.kind != "training" or event.ending:
            continue
        place = snapshot.at(event, "actions", index)
        if not action.people and not action.roles:
            yield Problem(place, f"training action {action.id} names neither people nor roles")
        if not action.documents:
            yield Problem(place, f"training action {action.id} names no document")
