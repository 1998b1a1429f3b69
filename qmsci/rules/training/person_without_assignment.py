"""`person-without-assignment`."""

from qmsci.completion import what_is_void
from qmsci.finding import At
from qmsci.obligations import ActionGap, RoleGap, days_owed
from qmsci.records.person import Person
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot
from qmsci.timeline import days_of, in_both, reach


@rule(clause=("21 CFR 211.25(a)", "ISO 13485:2016 6.2", "EU GMP chapter 2"), fix="qmsci assign")
def person_without_assignment(gap: RoleGap | ActionGap, snapshot: Snapshot) -> Problems:
    """
    Somebody owes training and no assignment asks them for it.

    They hold a role that needs a revision, or a training action names them, and nobody has told them. On the day
    the revision takes effect they either work untrained or cannot work.

    Who was hired or changed roles after the role's assignment was merged gets a file of their own, below
    `training-records/assignments/people/`. Training that is on record, or carries over from the revision before,
    needs no assignment; for a training action it does not help. Where the role has no assignment at all,
    `revision-without-assignment` says so instead, and an assignment or history that cannot be read is reported
    alone.

    ## Flagged on 2026-11-22

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 1, effective: 2026-12-15, summary: Glove change., impact: retrain, authors: [p-0007]}
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
    roles:
      - {role: operator, from: 2024-03-01}  # <- p-0042 owes SOP-014@1 as operator and no assignment names them
    ```

    ```yaml title="training-records/assignments/SOP-014@1/operator.yaml"
    assignment: SOP-014@1/operator
    cause: new-document
    role: operator
    assigned: 2026-11-22
    items:
      - document: SOP-014@1
        text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
        method: [read]
        due: 2026-12-15
        people: []
    ```

    ## Accepted on 2026-11-22

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 1, effective: 2026-12-15, summary: Glove change., impact: retrain, authors: [p-0007]}
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
    roles:
      - {role: operator, from: 2024-03-01}
    ```

    ```yaml title="training-records/assignments/SOP-014@1/operator.yaml"
    assignment: SOP-014@1/operator
    cause: new-document
    role: operator
    assigned: 2026-11-22
    items:
      - document: SOP-014@1
        text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
        method: [read]
        due: 2026-12-15
        people: []
    ```

    ```yaml title="training-records/assignments/people/p-0042/operator-2026-11-22.yaml"
    assignment: people/p-0042/operator-2026-11-22
    cause: hire
    role: operator
    assigned: 2026-11-22
    items:
      - document: SOP-014@1
        text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
        method: [read]
        due: 2026-12-22
        people: [p-0042]
    ```

    ## Flagged on 2026-11-22

    A training action is written down and nobody is asked.

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: []
    revisions:
      - {revision: 1, effective: 2026-10-01, summary: Glove change., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    roles:
      - {role: operator, from: 2024-03-01}
    ```

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Gowning was learnt from a colleague
    opened: 2026-11-02
    owner: p-0003
    actions:
      - {id: 1, kind: training, documents: [SOP-014@1], people: [p-0042], due: 2026-12-15}  # <- for SOP-014@1
    ```

    ## Accepted on 2026-11-22

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: []
    revisions:
      - {revision: 1, effective: 2026-10-01, summary: Glove change., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    roles:
      - {role: operator, from: 2024-03-01}
    ```

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Gowning was learnt from a colleague
    opened: 2026-11-02
    owner: p-0003
    actions:
      - {id: 1, kind: training, documents: [SOP-014@1], people: [p-0042], due: 2026-12-15}
    ```

    ```yaml title="training-records/assignments/CAPA-2026-003/1.yaml"
    assignment: CAPA-2026-003/1
    cause: capa
    assigned: 2026-11-22
    items:
      - document: SOP-014@1
        text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
        method: [read]
        due: 2026-12-15
        people: [p-0042]
    ```
    """
    if isinstance(gap, ActionGap):
        position = gap.event.actions.index(gap.action)
        revision = gap.document.named(gap.entry)
        yield Problem(
            snapshot.at(gap.event, "actions", position),
            f"no assignment of {gap.event.id} action {gap.action.id} asks {_names(gap.people)} for {revision}",
        )
        return
    if not gap.assigned:
        return
    revised = snapshot.at(gap.document, "revisions", gap.document.revisions.index(gap.entry))
    for person in gap.people:
        yield Problem(
            _holding(gap, person, snapshot),
            f"{person.id} owes {gap.revision} as {gap.role.id} and no assignment names them"
            f"{what_is_void(snapshot, [person.id], gap.document.id, gap.revision)}",
            also=(revised,),
        )


def _holding(gap: RoleGap, person: Person, snapshot: Snapshot) -> At:
    owed = days_owed(person, gap.role.id, gap.document, gap.entry)
    for position, held in enumerate(person.roles):
        if held.role == gap.role.id and reach(in_both(days_of([held]), owed), snapshot.as_of):
            return snapshot.at(person, "roles", position)
    return snapshot.at(person)


def _names(people: tuple[Person, ...]) -> str:
    shown = ", ".join(person.id for person in people[:3])
    return f"{shown} and {len(people) - 3} more" if len(people) > 3 else shown
