"""`assessment-failed`."""

from qmsci.change import Added
from qmsci.completion import items_named
from qmsci.finding import At
from qmsci.records.training import Completion
from qmsci.rule import Problem, Problems, When, rule


@rule(
    clause=("21 CFR 211.25(a)", "ISO 13485:2016 6.2"),
    fix="give the pass mark that was asked; a failed attempt is recorded as one, and the next attempt after it",
    when=When.CHANGE,
)
def assessment_failed(added: Added[Completion]) -> Problems:
    """
    An assessment is recorded as passed by a pass mark that is lower than the one asked.

    The score is below what was asked, and the record's own pass mark makes it look sufficient.

    An entry whose score is below its pass mark is a failed attempt: an honest record that completes nothing, and
    not flagged. The pass mark asked is the one frozen in the items of the assignments that the entry names; where
    nobody had asked, the policy's. A migrated record, with its `origin`, that names no assignment keeps the pass
    mark of its time.

    ## Flagged on 2026-11-22

    ```markdown title="controlled-docs/trn/TRN-001.md"
    ---
    id: TRN-001
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 1, effective: 2026-10-01, summary: Glove change., impact: retrain, authors: [p-0007]}
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

    ```yaml title="training-records/assignments/TRN-001@1/operator.yaml"
    assignment: TRN-001@1/operator
    cause: new-document
    role: operator
    assigned: 2026-09-01
    items:
      - document: TRN-001@1
        text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
        method: [read, assessment]
        pass-mark: 80
        due: 2026-10-01
        people: [p-0042]
    ```

    ```yaml title="training-records/completions/p-0042/TRN-001.yaml (new)"
    - document: TRN-001@1
      text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
      completed: 2026-11-22T09:30:00+01:00
      method: [read, assessment]
      assignments: [TRN-001@1/operator]
      assessment: {score: 75, pass-mark: 70, attempt: 1}  # <- passed by a pass mark of 70, the pass mark asked is 80
    ```

    ## Accepted on 2026-11-22

    ```markdown title="controlled-docs/trn/TRN-001.md"
    ---
    id: TRN-001
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 1, effective: 2026-10-01, summary: Glove change., impact: retrain, authors: [p-0007]}
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

    ```yaml title="training-records/assignments/TRN-001@1/operator.yaml"
    assignment: TRN-001@1/operator
    cause: new-document
    role: operator
    assigned: 2026-09-01
    items:
      - document: TRN-001@1
        text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
        method: [read, assessment]
        pass-mark: 80
        due: 2026-10-01
        people: [p-0042]
    ```

    ```yaml title="training-records/completions/p-0042/TRN-001.yaml (new)"
    - document: TRN-001@1
      text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
      completed: 2026-11-22T09:30:00+01:00
      method: [read, assessment]
      assignments: [TRN-001@1/operator]
      assessment: {score: 75, pass-mark: 80, attempt: 1}
    ```

    ## Accepted on 2026-11-22

    ```markdown title="controlled-docs/trn/TRN-001.md"
    ---
    id: TRN-001
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 1, effective: 2026-10-01, summary: Glove change., impact: retrain, authors: [p-0007]}
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

    ```yaml title="training-records/assignments/TRN-001@1/operator.yaml"
    assignment: TRN-001@1/operator
    cause: new-document
    role: operator
    assigned: 2026-09-01
    items:
      - document: TRN-001@1
        text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
        method: [read, assessment]
        pass-mark: 80
        due: 2026-10-01
        people: [p-0042]
    ```

    ```yaml title="training-records/completions/p-0042/TRN-001.yaml (new)"
    - document: TRN-001@1
      text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
      completed: 2026-11-22T09:30:00+01:00
      method: [read, assessment]
      assignments: [TRN-001@1/operator]
      assessment: {score: 80, pass-mark: 80, attempt: 1}
    ```
    """
    entry, policy = added.entry, added.change.policy
    mine = entry.assessment
    if mine is None or mine.score < mine.pass_mark:
        return
    items = list(items_named(added.change.head, added.person, entry))
    if items:
        asked = max(item.pass_mark or 0 for item in items)
    else:
        asked = policy.training.pass_mark if policy and not entry.origin else 0
    if mine.score < asked:
        message = f"scored {mine.score} and passed by a pass mark of {mine.pass_mark}, the pass mark asked is {asked}"
        yield Problem(At(added.path, (added.index, "assessment", "score")), message)
