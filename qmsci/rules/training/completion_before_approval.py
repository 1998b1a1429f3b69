"""`completion-before-approval`."""

from qmsci.authorisation import approved
from qmsci.change import Added, is_of_founding_day
from qmsci.finding import At
from qmsci.records.training import Completion
from qmsci.rule import Problem, Problems, When, rule


@rule(
    clause=("21 CFR 11.10(f)", "21 CFR 211.100(a)"),
    fix="correct the time, or train again on what was approved",
    when=When.CHANGE,
)
def completion_before_approval(added: Added[Completion]) -> Problems:
    """
    Training was completed before the revision was approved, or before the person was employed.

    Nobody can be trained on a procedure that does not exist yet: what was read was a draft, or the date is wrong.

    A revision is approved with the last of its required approvals; where approvals are kept outside the repository
    (`approvals: forge`) on the day on which its training was first assigned, and that day is enough. Training
    before the effective date is what the time until then is for. A migrated record, with its `origin`, is not
    judged, nor are documents that were founded with the quality system, which are accepted on the approval of the
    policy alone; training on those, of before the founding, comes with it, or on its day.

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
        people: [p-0042]
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml (new)"
    - document: SOP-014@1
      text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
      completed: 2026-11-21T09:30:00+01:00  # <- completed on 2026-11-21, SOP-014@1 was approved on 2026-11-22
      method: [read]
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
        people: [p-0042]
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml (new)"
    - document: SOP-014@1
      text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
      completed: 2026-11-22T09:30:00+01:00
      method: [read]
    ```

    ## Flagged on 2026-11-22

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
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
    employed: {from: 2026-11-01}
    roles:
      - {role: operator, from: 2026-11-01}
    ```

    ```yaml title="training-records/assignments/SOP-014@1/operator.yaml"
    assignment: SOP-014@1/operator
    cause: new-document
    role: operator
    assigned: 2026-09-01
    items:
      - document: SOP-014@1
        text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
        method: [read]
        due: 2026-10-01
        people: [p-0042]
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml (new)"
    - document: SOP-014@1
      text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
      completed: 2026-10-20T09:30:00+02:00  # <- completed on 2026-10-20, p-0042 is employed from 2026-11-01
      method: [read]
      late: found in a drawer
    ```

    ## Accepted on 2026-11-22

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
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
    employed: {from: 2026-11-01}
    roles:
      - {role: operator, from: 2026-11-01}
    ```

    ```yaml title="training-records/assignments/SOP-014@1/operator.yaml"
    assignment: SOP-014@1/operator
    cause: new-document
    role: operator
    assigned: 2026-09-01
    items:
      - document: SOP-014@1
        text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
        method: [read]
        due: 2026-10-01
        people: [p-0042]
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml (new)"
    - document: SOP-014@1
      text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
      completed: 2026-11-01T09:30:00+01:00
      method: [read]
      late: found in a drawer
    ```
    """
    entry, change = added.entry, added.change
    if entry.origin:
        return
    place, day = At(added.path, (added.index, "completed")), change.law.day_of(entry.completed)
    person = change.head.people.get(added.person)
    hired = min((employed.from_ for employed in person.employed), default=None) if person else None
    if hired and day < hired:
        yield Problem(place, f"completed on {day}, {added.person} is employed from {hired}")
    document = change.head.documents.get(entry.document.document)
    revised = document.entry(entry.document.label) if document else None
    founded = change.policy.founded if change.policy else None
    if founded and revised and revised.effective == founded:
        if day < founded and not is_of_founding_day(added):
            yield Problem(place, f"completed on {day}, {entry.document} was founded on {founded}")
    elif document and revised:
        since = approved(change.law, change.head, document, revised)
        if since and entry.completed < since:
            message = f"completed on {day}, {entry.document} was approved on {change.law.day_of(since)}"
            yield Problem(place, message)
