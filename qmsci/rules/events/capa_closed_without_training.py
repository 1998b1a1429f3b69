"""`capa-closed-without-training`."""

from qmsci.circuit import lacks
from qmsci.records.event import Event
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot

_REOPEN = "where it was closed before, reopen it in this change with a `reopened` entry"
_RESTORE = f"restore the training action, and complete what was assigned for it before the event is closed; {_REOPEN}"


@rule(
    clause=("ISO 13485:2016 8.5.2", "ISO 13485:2016 6.2", "21 CFR 211.25(a)"),
    fix=f"record the training (`qmsci complete` names the action's assignment) before the event is closed; {_REOPEN}",
)
def capa_closed_without_training(event: Event, snapshot: Snapshot) -> Problems:
    """
    An event is closed although a training action of it was not done.

    The training is what keeps the fault from coming back. Closing says that it happened; without a completion
    for each person whom the action concerns, there is no proof that it did, and the loop is closed on paper
    only.

    Asked about every closed event with a training action: CAPAs, and deviations, findings and gaps too. The
    action concerns the people whom it names who were still employed on the day of closure, and whoever held
    one of its roles on that day. Who has left, or has left the role, is excused by that date; a leave excuses
    nobody, and no waiver does. Each of them needs an item in an assignment of the action for each document,
    and by the end of the closing day a completion that names that assignment. An action that names a revision
    that does not exist is not done. The answer is the same on every day on which it is asked.

    ## Flagged on 2026-11-22

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Glove change is not practised
    opened: 2026-09-14
    owner: p-0003
    root-cause: {category: procedure, summary: The change was not described.}
    actions:
      - id: 1  # <- closed on 2026-11-20, and SOP-014@3 was not completed by p-0042
        kind: training
        documents: [SOP-014@3]
        roles: [operator]
        due: 2026-10-15
    effectiveness:
      criterion: No gowning deviation in 30 days
      period: 30 days
      assessor: p-0005
      checks: [{on: 2026-11-14, outcome: effective, summary: None seen.}]
    closed: 2026-11-20
    closed-by: p-0003
    ```

    ```markdown title="controlled-docs/sop/SOP-014-aseptic-gowning.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 3, effective: 2026-10-15, summary: Second glove change., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```yaml title="roles/operator.yaml"
    id: operator
    title: Operator
    purpose: Fills vials.
    performs: [gowning]
    ```

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    roles: [{role: operator, from: 2024-03-01}]
    ```

    ```yaml title="training-records/assignments/CAPA-2026-003/1.yaml"
    assignment: CAPA-2026-003/1
    cause: capa
    assigned: 2026-09-20
    items:
      - document: SOP-014@3
        due: 2026-10-15
        method: [read]
        people: [p-0042]
        text: "sha256:0000000000000000000000000000000000000000000000000000000000000000"
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml"
    - assignments: [CAPA-2026-003/1]
      completed: 2026-11-21T09:30:00+01:00
      document: SOP-014@3
      method: [read]
    ```

    ## Accepted on 2026-11-22

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Glove change is not practised
    opened: 2026-09-14
    owner: p-0003
    root-cause: {category: procedure, summary: The change was not described.}
    actions:
      - id: 1
        kind: training
        documents: [SOP-014@3]
        roles: [operator]
        due: 2026-10-15
    effectiveness:
      criterion: No gowning deviation in 30 days
      period: 30 days
      assessor: p-0005
      checks: [{on: 2026-11-14, outcome: effective, summary: None seen.}]
    closed: 2026-11-20
    closed-by: p-0003
    ```

    ```markdown title="controlled-docs/sop/SOP-014-aseptic-gowning.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 3, effective: 2026-10-15, summary: Second glove change., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```yaml title="roles/operator.yaml"
    id: operator
    title: Operator
    purpose: Fills vials.
    performs: [gowning]
    ```

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    roles: [{role: operator, from: 2024-03-01}]
    ```

    ```yaml title="training-records/assignments/CAPA-2026-003/1.yaml"
    assignment: CAPA-2026-003/1
    cause: capa
    assigned: 2026-09-20
    items:
      - document: SOP-014@3
        due: 2026-10-15
        method: [read]
        people: [p-0042]
        text: "sha256:0000000000000000000000000000000000000000000000000000000000000000"
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml"
    - assignments: [CAPA-2026-003/1]
      completed: 2026-11-20T09:30:00+01:00
      document: SOP-014@3
      method: [read]
    ```
    """
    if event.settled is None:
        return
    when = snapshot.end_of(event.settled)
    key = snapshot.at(event, event.settling_key)
    actions = {str(action.id) for action in event.actions if action.kind == "training"}
    for assignment in snapshot.assignments(event.id):
        if assignment.assignment.removeprefix(f"{event.id}/").split("-")[0] not in actions:
            message = f"closed on {event.settled}, and the training action behind {assignment.assignment} is gone"
            yield Problem(key, message, also=(snapshot.at(assignment),), fix=_RESTORE)
    for index, action in enumerate(event.actions):
        missing = lacks(snapshot, event, action, when) if action.kind == "training" else []
        if missing:
            yield Problem(
                snapshot.at(event, "actions", index),
                f"closed on {event.settled}, and {'; '.join(sorted(map(str, missing)))}",
                also=(key,),
            )
