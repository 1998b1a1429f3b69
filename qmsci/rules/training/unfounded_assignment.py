"""`unfounded-assignment`."""

from qmsci.change import AddedAssignment
from qmsci.finding import At
from qmsci.rule import Problem, Problems, When, rule


@rule(clause=("21 CFR 211.25(a)", "21 CFR 11.10(a)"), fix="qmsci assign", when=When.CHANGE)
def unfounded_assignment(added: AddedAssignment) -> Problems:
    """
    An assignment asks for training that nobody owes.

    People would be asked for training that no role, revision or quality event demands of them, and the file would
    pass for proof that one did. Assignments are derived: whoever should be trained gets the role, or is named in an
    action.

    A file that a change adds is compared with what `qmsci assign` would have written on the day that the file
    names. Whatever it has beyond that, a revision or a person, is flagged; what it lacks is
    `person-without-assignment`.

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

    ```yaml title="roles/people/p-0057.yaml"
    id: p-0057
    name: Marte Lie
    kind: employee
    employed: {from: 2024-03-01}
    roles:
      - {role: cleaner, from: 2024-03-01}
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
        people: [p-0042, p-0057]  # <- p-0057 does not owe SOP-014@1
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

    ```yaml title="roles/people/p-0057.yaml"
    id: p-0057
    name: Marte Lie
    kind: employee
    employed: {from: 2024-03-01}
    roles:
      - {role: cleaner, from: 2024-03-01}
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

    ## Flagged on 2026-11-22

    The role performs nothing that the document governs.

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [filling]
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
    assignment: SOP-014@1/operator  # <- nobody owes what SOP-014@1/operator asks for
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

    Somebody came after the role's file was merged.

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
    employed: {from: 2026-11-01}
    roles:
      - {role: operator, from: 2026-11-01}
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

    ```yaml title="training-records/assignments/people/p-0042/operator-2026-11-22.yaml (new)"
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
    """
    path, name = added.assignment.path, added.assignment.assignment
    if added.expected is None:
        yield Problem(At(path, ("assignment",)), f"nobody owes what {name} asks for")
        return
    for index, item in enumerate(added.assignment.items):
        if added.expected_item(item) is None:
            yield Problem(At(path, ("items", index)), f"nobody owes {item.document} for the cause of {name}")
            continue
        for position, person in enumerate(item.people):
            if added.expected_item(item, person) is None:
                place = At(path, ("items", index, "people", position))
                yield Problem(place, f"{person} does not owe {item.document} for the cause of {name}")
