"""`attempts-exceeded`."""

from collections.abc import Iterator

from qmsci.change import Added
from qmsci.completion import void_entries
from qmsci.finding import At
from qmsci.records.training import Completion
from qmsci.rule import Problem, Problems, When, rule


@rule(
    clause=("ISO 13485:2016 6.2", "21 CFR 211.25(a)", "21 CFR 11.10(e)"),
    fix="record the attempts that are missing; after the last, a training action of an event assigns the training anew "
    "(`qmsci new CAPA`), or the quality unit waives it (`qmsci waive`)",
    when=When.CHANGE,
)
def attempts_exceeded(added: Added[Completion]) -> Problems:
    """
    An assessment was tried more often than the policy allows, or an attempt before it is not on record.

    Who may try until the questions are known by heart has not shown that they know the procedure; and failed
    attempts that are left out make a third attempt look like a first.

    Attempts are counted for each assignment, and for each revision where nobody had asked: every entry with an
    assessment counts, and the number that it gives follows those before it. The number of the policy's
    `training.attempts` is the last that is allowed; after it, a training action assigns the training anew. An entry
    that was rejected leaves its number free. Of migrated records, with their `origin`, only those that came over
    are known, and they are not judged.

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
      assessment: {score: 92, pass-mark: 80, attempt: 2}  # <- the one before it is not on record
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

    ```yaml title="training-records/completions/p-0042/TRN-001.yaml (before)"
    - document: TRN-001@1
      text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
      completed: 2026-11-20T09:30:00+01:00
      method: [read, assessment]
      assignments: [TRN-001@1/operator]
      assessment: {score: 60, pass-mark: 80, attempt: 1}
    ```

    ```yaml title="training-records/completions/p-0042/TRN-001.yaml"
    - document: TRN-001@1
      text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
      completed: 2026-11-20T09:30:00+01:00
      method: [read, assessment]
      assignments: [TRN-001@1/operator]
      assessment: {score: 60, pass-mark: 80, attempt: 1}
    - document: TRN-001@1
      text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
      completed: 2026-11-22T09:30:00+01:00
      method: [read, assessment]
      assignments: [TRN-001@1/operator]
      assessment: {score: 92, pass-mark: 80, attempt: 2}
    ```

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
      assessment: {score: 92, pass-mark: 80, attempt: 4}  # <- attempt 4 at TRN-001@1/operator, the policy allows 3
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
      assessment: {score: 92, pass-mark: 80, attempt: 1}
    ```
    """
    entry, policy = added.entry, added.change.policy
    if policy is None or entry.assessment is None or entry.origin:
        return
    number, allowed = entry.assessment.attempt, policy.training.attempts
    name = ", ".join(entry.assignments) or str(entry.document)
    place = At(added.path, (added.index, "assessment", "attempt"))
    before = [list(_attempts(added, purpose)) for purpose in entry.assignments or (None,)]
    tried = max(sum(given is not None for given in earlier) for earlier in before) + 1
    if max(number, tried) > allowed:
        yield Problem(place, f"attempt {max(number, tried)} at {name}, the policy allows {allowed}")
    elif number > max(map(len, before)) + 1:
        yield Problem(place, f"attempt {number} at {name}, the one before it is not on record")
    elif any(number == given for earlier in before for given in earlier):
        yield Problem(place, f"attempt {number} at {name} is on record already")


def _attempts(added: Added[Completion], assignment: str | None) -> Iterator[int | None]:
    """The numbers of the earlier attempts for an assignment (or for none), None for one that counts for nothing."""
    head = added.change.head
    history = head.completions(added.person, added.document)
    void = void_entries(head, added.person, added.document, None)
    for index, entry in enumerate(history[: added.index]):
        if not isinstance(entry, Completion) or entry.assessment is None or entry.document != added.entry.document:
            continue
        if assignment in entry.assignments or (assignment is None and not entry.assignments):
            yield None if index in void else entry.assessment.attempt
