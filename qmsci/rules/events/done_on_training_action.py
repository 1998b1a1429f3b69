"""`done-on-training-action`."""

from qmsci.records.event import Event
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot


@rule(
    clause=("21 CFR 211.25(a)", "ISO 13485:2016 6.2", "ISO 13485:2016 8.5.2"),
    fix="take 'done' out, and record the training: a completion for each person, naming the assignment of the action",
)
def done_on_training_action(event: Event, snapshot: Snapshot) -> Problems:
    """
    A training action says that it was done.

    It is done by completions: one for each person whom it concerns. A date beside it proves nothing, ends no
    suspension and lets no event be closed; but who reads the record takes it for the proof.

    Asked about every action of kind `training`, whether its event is open or ended: it carries no `done`. The other
    kinds of actions carry one.

    ## Flagged

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    actions:
      - id: 1
        kind: training
        documents: [SOP-014@3]
        roles: [operator]
        due: 2026-10-15
        done: 2026-10-11  # <- training action 1 says that it was done on 2026-10-11
    ```

    ## Accepted

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    actions:
      - {id: 1, kind: training, documents: [SOP-014@3], roles: [operator], due: 2026-10-15}
      - {id: 2, kind: other, title: Change the needle shield, due: 2026-10-15, done: 2026-10-11}
    ```
    """
    for index, action in enumerate(event.actions):
        if action.kind == "training" and action.done:
            message = f"training action {action.id} says that it was done on {action.done}: completions say so"
            yield Problem(snapshot.at(event, "actions", index, "done"), message)
