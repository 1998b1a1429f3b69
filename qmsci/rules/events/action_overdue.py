"""`action-overdue`."""

from qmsci.circuit import done_on, is_open, lacks
from qmsci.records.action import Action
from qmsci.records.event import Event
from qmsci.rule import Problem, Problems, When, rule
from qmsci.snapshot import Snapshot


@rule(
    clause=("ISO 13485:2016 8.5.2", "21 CFR 211.192"),
    fix="do it, and add `done` (of a training action: the completions); or decide on an extension, with a reason",
    when=When.CALENDAR,
)
def action_overdue(event: Event, snapshot: Snapshot) -> Problems:
    """
    An action of an open event is past its due date.

    The event found a fault, and the action is what was promised against it. While the promise is not kept, the
    fault is known and goes on: the worst of both for whoever has to explain it.

    Asked about the actions of every kind of event that is open on the day; the due day is still in time, and
    where the action was extended, the day to which it was extended last. An action is done on its `done` day; a
    training action is done when everybody whom it concerns has completed what it asks for. A leave does not
    move the date of the action: decide on an extension, with its reason.

    `training-overdue` is about the people: each assignment, with who still owes it. This rule is about the
    action, for whoever answers for it: it also speaks where nobody was assigned anything.

    ## Flagged on 2026-11-22

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Glove change is not practised
    opened: 2026-09-14
    owner: p-0003
    actions:
      - id: 1
        kind: training
        documents: [SOP-014@3]
        people: [p-0042]
        due: 2026-11-15  # <- action 1 was due by 2026-11-15, and 1 person has not completed its training: p-0042
      - id: 2
        kind: document
        document: SOP-014@3
        due: 2026-10-01
        extensions:
          - {to: 2026-11-21, on: 2026-09-28, by: p-0003, reason: Illness.}  # <- action 2 was due by 2026-11-21
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

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    ```

    ```yaml title="training-records/assignments/CAPA-2026-003/1.yaml"
    assignment: CAPA-2026-003/1
    cause: capa
    assigned: 2026-09-20
    items:
      - document: SOP-014@3
        due: 2026-11-15
        method: [read]
        people: [p-0042]
        text: "sha256:0000000000000000000000000000000000000000000000000000000000000000"
    ```

    ## Accepted on 2026-11-22

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Glove change is not practised
    opened: 2026-09-14
    owner: p-0003
    actions:
      - id: 1
        kind: training
        documents: [SOP-014@3]
        people: [p-0042]
        due: 2026-11-15
      - id: 2
        kind: document
        document: SOP-014@3
        due: 2026-10-01
        extensions: [{to: 2026-11-22, on: 2026-09-28, by: p-0003, reason: Illness.}]
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

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    ```

    ```yaml title="training-records/assignments/CAPA-2026-003/1.yaml"
    assignment: CAPA-2026-003/1
    cause: capa
    assigned: 2026-09-20
    items:
      - document: SOP-014@3
        due: 2026-11-15
        method: [read]
        people: [p-0042]
        text: "sha256:0000000000000000000000000000000000000000000000000000000000000000"
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml"
    - assignments: [CAPA-2026-003/1]
      completed: 2026-11-12T09:30:00+01:00
      document: SOP-014@3
      method: [read]
    ```
    """
    if not is_open(event, snapshot.as_of):
        return
    for index, action in enumerate(event.actions):
        if action.deadline >= snapshot.as_of:
            continue
        missing = _missing(snapshot, event, action)
        if missing:
            keys: tuple[str | int, ...] = ("due",)
            if action.extensions:
                keys = ("extensions", len(action.extensions) - 1, "to")
            message = f"action {action.id} was due by {action.deadline}, and {missing}"
            yield Problem(snapshot.at(event, "actions", index, *keys), message)


def _missing(snapshot: Snapshot, event: Event, action: Action) -> str | None:
    """What an action lacks at the end of the day; None where it is done, or where nobody can say."""
    when = snapshot.end_of(snapshot.as_of)
    if action.kind != "training":
        return None if done_on(snapshot, event, action, when) else "it is not done"
    found = lacks(snapshot, event, action, when)
    people = sorted({person for lack in found for person in lack.people})
    if people:
        number = "1 person has" if len(people) == 1 else f"{len(people)} people have"
        return f"{number} not completed its training: {', '.join(people)}"
    return "; ".join(map(str, found)) or None
