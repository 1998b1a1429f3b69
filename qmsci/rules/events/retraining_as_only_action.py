"""`retraining-as-only-action`."""

from qmsci.finding import Severity
from qmsci.records.event import Capa, Event
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot


@rule(
    clause=("ISO 13485:2016 8.5.2", "21 CFR 211.192"),
    fix="add an action that changes what let the fault happen: the procedure, the equipment or the place of work",
    severity=Severity.WARNING,
)
def retraining_as_only_action(event: Event, snapshot: Snapshot) -> Problems:
    """
    A CAPA has no other actions than training.

    Training tells people again what they were told before. Where the procedure, the equipment or the place of work lets
    the fault happen, it happens to the next person, and to the same ones once they have forgotten.

    A warning about every CAPA that has actions, all of the kind `training`. Sometimes nothing else is to be done; then
    it stays, and an inspector's question is to be expected. A CAPA without any action, and a cancelled one, are not
    asked.

    ## Flagged

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    actions:  # <- training is the only action of CAPA-2026-003
      - {id: 1, kind: training, documents: [SOP-014@3], roles: [operator], due: 2026-12-01}
    ```

    ## Accepted

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    actions:
      - {id: 1, kind: training, documents: [SOP-014@3], roles: [operator], due: 2026-12-01}
      - {id: 2, kind: document, document: SOP-014@3, due: 2026-11-30}
    ```
    """
    if not isinstance(event, Capa) or event.ending or not event.actions:
        return
    if all(action.kind == "training" or action.dropped for action in event.actions):
        number = len(event.actions)
        what = f"all {number} actions of {event.id} are training" if number > 1 else ""
        yield Problem(snapshot.at(event, "actions"), what or f"training is the only action of {event.id}")
