"""`closing-backdated`."""

from qmsci.change import Edited
from qmsci.circuit import lacks
from qmsci.finding import At
from qmsci.records.event import Event
from qmsci.rule import Problem, Problems, When, rule


@rule(
    clause=("21 CFR 11.10(e)", "ISO 13485:2016 8.5.2", "21 CFR 211.25(a)"),
    fix="have them complete it, and close the event on the day on which everybody is done",
    when=When.CHANGE,
)
def closing_backdated(edit: Edited[Event]) -> Problems:
    """
    An event is closed as of a day in the past, while somebody whom its training concerns today is not done.

    Whoever joins the role before an event is closed is trained like the others. Dated back to before they came, the
    closing leaves them out, and the record says that nobody was missing.

    Asked of a change that closes (verifies, releases) an event which was open before it. For each training action that
    the base has, everybody whom it concerns on the day of the change is done by then, and not only by the day that the
    record says. What is missing on that day already is asked about by `capa-closed-without-training`.

    ## Flagged on 2026-11-22

    ```yaml title="quality-events/CAPA-2026-003.yaml (before)"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-09-14
    owner: p-0003
    actions:
      - {id: 1, kind: training, documents: [SOP-014@3], people: [p-0042], due: 2026-10-15}
    ```

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-09-14
    owner: p-0003
    actions:
      - {id: 1, kind: training, documents: [SOP-014@3], people: [p-0042], due: 2026-10-15}
    closed: 2026-10-20  # <- closed as of 2026-10-20, and on 2026-11-22 SOP-014@3 was not completed by p-0042
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
    employed: {from: 2026-11-01}
    roles: [{role: operator, from: 2026-11-01}]
    ```

    ## Accepted on 2026-11-22

    ```yaml title="quality-events/CAPA-2026-003.yaml (before)"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-09-14
    owner: p-0003
    actions:
      - {id: 1, kind: training, documents: [SOP-014@3], people: [p-0042], due: 2026-10-15}
    ```

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-09-14
    owner: p-0003
    actions:
      - {id: 1, kind: training, documents: [SOP-014@3], people: [p-0042], due: 2026-10-15}
    closed: 2026-11-22
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

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml"
    - document: SOP-014@3
      completed: 2026-10-05T09:30:00+02:00
      method: [read]
      assignments: [CAPA-2026-003/1]
    ```
    """
    before, after, change = edit.before, edit.after, edit.change
    if before is None or after is None or before.ended or after.settled is None or change.founding:
        return
    then, today = change.head.end_of(after.settled), change.head.end_of(change.day)
    for action in before.actions:
        if action.kind != "training":
            continue
        known = set(map(str, lacks(change.head, after, action, then)))
        missing = [str(lack) for lack in lacks(change.head, after, action, today) if str(lack) not in known]
        if missing and not known:
            message = f"{after.settling_key} as of {after.settled}, and on {change.day} {'; '.join(missing)}"
            yield Problem(At(edit.path, (after.settling_key,)), message)
