"""`revision-without-assignment`."""

from qmsci.obligations import RoleGap
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot


@rule(clause=("21 CFR 211.25(a)", "ISO 13485:2016 6.2", "EU GMP chapter 2"), fix="qmsci assign")
def revision_without_assignment(gap: RoleGap, snapshot: Snapshot) -> Problems:
    """
    A revision reaches a role and no training is assigned to it.

    The people who hold the role would go on working by the text that they were trained on, and nobody would have
    asked them to learn the new one. The assignment is part of the change: it is merged with the revision, so that the
    time between approval and assignment is nothing. A role without holders needs its file too, so that the next one
    who is hired is caught.

    ## Flagged on 2026-11-22

    ```markdown title="controlled-docs/sop/SOP-014-aseptic-gowning.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - revision: 1  # <- SOP-014@1 reaches operator (nobody today) and no training is assigned
        effective: 2026-12-15
        summary: First issue.
        impact: retrain
        authors: [p-0007]
    ---
    Gown in the order shown.
    ```

    ```yaml title="roles/operator.yaml"
    id: operator
    title: Operator
    purpose: Fills vials.
    performs: [gowning]
    ```

    ## Accepted on 2026-11-22

    ```markdown title="controlled-docs/sop/SOP-014-aseptic-gowning.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - revision: 1
        effective: 2026-12-15
        summary: First issue.
        impact: retrain
        authors: [p-0007]
    ---
    Gown in the order shown.
    ```

    ```yaml title="roles/operator.yaml"
    id: operator
    title: Operator
    purpose: Fills vials.
    performs: [gowning]
    ```

    ```yaml title="training-records/assignments/SOP-014@1/operator.yaml"
    assignment: SOP-014@1/operator
    cause: new-document
    role: operator
    assigned: 2026-11-22
    items:
      - document: SOP-014@1
        text: "sha256:0000000000000000000000000000000000000000000000000000000000000000"
        method: [read]
        due: 2026-12-15
        people: []
    ```
    """
    if gap.assigned:
        return
    number = len(gap.people)
    who = "nobody today" if number == 0 else "1 person" if number == 1 else f"{number} people"
    position = gap.document.revisions.index(gap.entry)
    yield Problem(
        snapshot.at(gap.document, "revisions", position),
        f"{gap.revision} reaches {gap.role.id} ({who}) and no training is assigned",
        also=(snapshot.at(gap.role),),
    )
