"""`rejection-without-reopening`."""

from datetime import date

from qmsci.change import Added
from qmsci.circuit import is_open
from qmsci.completion import counting, is_enough, times_done
from qmsci.finding import At
from qmsci.qualification import action_behind
from qmsci.records.training import Assignment, Completion, Rejection
from qmsci.rule import Problem, Problems, When, rule
from qmsci.snapshot import Snapshot


@rule(
    clause=("21 CFR 211.192", "ISO 13485:2016 8.5.2", "21 CFR 11.10(e)"),
    fix="reopen the event in the same change: an entry under `reopened` takes over `closed` and `closed-by`",
    when=When.CHANGE,
)
def rejection_without_reopening(added: Added[Rejection]) -> Problems:
    """
    Training on which the closing of an event rests is rejected, and the event stays closed.

    The event was closed because everybody was trained. When it turns out that somebody was not, the closing has lost
    its ground; left as it is, nobody asks for that training any more.

    Asked about every added rejection of an entry that names an assignment of a quality event, where the person
    has no other entry for it from before the closing. The event is open after the change, or was voided,
    cancelled or withdrawn. The entry counts for nothing from the day of the rejection on, so the training is then
    asked for again.

    ## Flagged on 2026-11-22

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-09-14
    owner: p-0003
    actions:
      - {id: 1, kind: training, documents: [SOP-014@3], people: [p-0042], due: 2026-10-15}
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
      - {revision: 3, effective: 2026-10-01, summary: Second glove change., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```yaml title="training-records/assignments/CAPA-2026-003/1.yaml"
    assignment: CAPA-2026-003/1
    cause: capa
    assigned: 2026-09-14
    items:
      - document: SOP-014@3
        due: 2026-10-15
        method: [read]
        people: [p-0042]
        text: "sha256:0000000000000000000000000000000000000000000000000000000000000000"
    ```

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    roles: [{role: operator, from: 2024-03-01}]
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml (before)"
    - document: SOP-014@3
      completed: 2026-10-05T09:30:00+02:00
      method: [read]
      assignments: [CAPA-2026-003/1]
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml"
    - document: SOP-014@3
      completed: 2026-10-05T09:30:00+02:00
      method: [read]
      assignments: [CAPA-2026-003/1]
    - rejects: "sha256:3680515469391e261dcf24d9bb9e218a39c1cd1813287c5b19e16c9bce87425d"  # <- CAPA-2026-003 was closed
      reason: It was another person.
      by: p-0003
      at: 2026-11-22T09:30:00+01:00
    ```

    ## Accepted on 2026-11-22

    ```yaml title="quality-events/CAPA-2026-003.yaml (before)"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-09-14
    owner: p-0003
    actions:
      - {id: 1, kind: training, documents: [SOP-014@3], people: [p-0042], due: 2026-10-15}
    closed: 2026-11-20
    closed-by: p-0003
    ```

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-09-14
    owner: p-0003
    actions:
      - {id: 1, kind: training, documents: [SOP-014@3], people: [p-0042], due: 2026-10-15}
    reopened: [{on: 2026-11-22, by: p-0003, summary: Not trained., closed: 2026-11-20, closed-by: p-0003}]
    ```

    ```markdown title="controlled-docs/sop/SOP-014-aseptic-gowning.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 3, effective: 2026-10-01, summary: Second glove change., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```yaml title="training-records/assignments/CAPA-2026-003/1.yaml"
    assignment: CAPA-2026-003/1
    cause: capa
    assigned: 2026-09-14
    items:
      - document: SOP-014@3
        due: 2026-10-15
        method: [read]
        people: [p-0042]
        text: "sha256:0000000000000000000000000000000000000000000000000000000000000000"
    ```

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    roles: [{role: operator, from: 2024-03-01}]
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml (before)"
    - document: SOP-014@3
      completed: 2026-10-05T09:30:00+02:00
      method: [read]
      assignments: [CAPA-2026-003/1]
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml"
    - document: SOP-014@3
      completed: 2026-10-05T09:30:00+02:00
      method: [read]
      assignments: [CAPA-2026-003/1]
    - rejects: "sha256:3680515469391e261dcf24d9bb9e218a39c1cd1813287c5b19e16c9bce87425d"
      reason: It was another person.
      by: p-0003
      at: 2026-11-22T09:30:00+01:00
    ```
    """
    head = added.change.head
    history = head.completions(added.person, added.document)
    for entry in (history[index] for index in sorted(added.entry.entries)):
        for name in entry.assignments if isinstance(entry, Completion) else ():
            assignment = head.assignment(name)
            event, action = action_behind(head, assignment) if assignment else (None, None)
            if not assignment or not event or not action or event.settled is None or is_open(event, added.change.day):
                continue
            since = action.opened or event.begun or event.settled
            if not _stands(head, assignment, added.person, since, event.settled):
                message = f"{event.id} was {event.settling_key} on {event.settled} on this training"
                yield Problem(
                    At(added.path, (added.index, "rejects")), message, also=(head.at(event, event.settling_key),)
                )


def _stands(head: Snapshot, assignment: Assignment, person: str, since: date, closed: date) -> bool:
    """Whether entries that nobody rejects show that a person had completed an assignment when its event was closed."""
    for item in assignment.items:
        if person not in item.people:
            continue
        mine = [
            (index, entry)
            for index, entry in counting(head, person, item.document.document, None)
            if entry.document == item.document
            and assignment.assignment in entry.assignments
            and is_enough(entry, item.pass_mark or 0, item.supervised or 0)
            and since <= head.day_of(entry.completed) <= closed
        ]
        if not any(times_done(mine, frozenset(item.method))):
            return False
    return True
