"""`due-after-effective`."""

from qmsci.change import AddedAssignment
from qmsci.finding import At
from qmsci.rule import Problem, Problems, When, rule


@rule(clause=("21 CFR 211.25(a)", "ISO 13485:2016 6.2"), fix="qmsci assign", when=When.CHANGE)
def due_after_effective(added: AddedAssignment) -> Problems:
    """
    Training on a revision is due only after the revision takes effect.

    Between the effective date and the due date people would work by a text that they have not learnt, and no list
    of overdue training would show it.

    The effective date itself is early enough. Later is right only where `qmsci assign` says so: for who starts in
    the role after it, or is on leave until after it. Files for other causes have due dates of their own.

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
      - {role: operator, from: 2024-03-01}
    ```

    ```yaml title="training-records/assignments/SOP-014@1/operator.yaml (new)"
    assignment: SOP-014@1/operator
    cause: new-document
    role: operator
    assigned: 2026-11-22
    items:
      - document: SOP-014@1
        text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
        method: [read]
        due: 2027-01-15  # <- SOP-014@1 is effective on 2026-12-15, its training is due only on 2027-01-15
        people: [p-0042]
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

    ```yaml title="training-records/assignments/SOP-014@1/operator.yaml (new)"
    assignment: SOP-014@1/operator
    cause: new-document
    role: operator
    assigned: 2026-11-22
    items:
      - document: SOP-014@1
        text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
        method: [read]
        due: 2026-12-15
        people: [p-0042]
    ```

    ## Accepted on 2026-11-22

    She is on leave until the end of the year.

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
    leave: [{from: 2026-12-01, to: 2026-12-31}]
    ```

    ```yaml title="training-records/assignments/SOP-014@1/operator.yaml (new)"
    assignment: SOP-014@1/operator
    cause: new-document
    role: operator
    assigned: 2026-11-22
    items:
      - document: SOP-014@1
        text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
        method: [read]
        due: 2027-01-01
        people: [p-0042]
    ```
    """
    if added.assignment.cause not in ("revision", "new-document"):
        return
    for index, item, expected in added.pairs():
        document = added.change.head.documents.get(item.document.document)
        entry = document.entry(item.document.label) if document else None
        if entry and item.due > max(entry.effective, expected.due):
            message = f"{item.document} is effective on {entry.effective}, its training is due only on {item.due}"
            yield Problem(At(added.assignment.path, ("items", index, "due")), message)
