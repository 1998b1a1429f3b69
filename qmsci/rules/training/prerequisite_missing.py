"""`prerequisite-missing`."""

from qmsci.change import Added
from qmsci.completion import full_method
from qmsci.finding import At
from qmsci.programme import unmet
from qmsci.records.role import Role
from qmsci.records.training import Completion
from qmsci.rule import Problem, Problems, When, rule
from qmsci.snapshot import When as Moment


@rule(
    clause=("21 CFR 211.25(a)", "EU GMP chapter 2", "ISO 13485:2016 6.2"),
    fix="complete what comes first, then this training; or have the quality unit waive it",
    when=When.CHANGE,
)
def prerequisite_missing(added: Added[Completion]) -> Problems:
    """
    Training was completed before what has to come first.

    Who gowns before knowing what a clean room is for learns the movements without their reason, and is judged on
    them by somebody who takes the reason for granted. The order of a qualification programme is a part of it.

    Asked of an entry that passed and that names an assignment of a role: the `prerequisites` of that role, as the base
    of the change has it, must be known by the time at which the training was completed. Known means trained on the
    revision in force then, or on one that was coming; a waiver that is valid then is good enough. A prerequisite of
    which nothing was in force holds nobody up.

    Bound are the demonstration and the assessment. Reading may be done before, for it harms nobody and leaves room in
    a busy week; only where a document's whole method is to read it, the reading is bound. Migrated records, with their
    `origin`, are not judged, and neither is training that names no assignment of a role: nobody had asked for it in
    the course of a programme, or a quality event did.

    ## Flagged on 2026-11-22

    ```markdown title="controlled-docs/wi/WI-031.md"
    ---
    id: WI-031
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    In the order shown.
    ```

    ```markdown title="controlled-docs/trn/TRN-002.md"
    ---
    id: TRN-002
    title: Aseptic technique
    owner: operator
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    In the order shown.
    ```

    ```yaml title="roles/operator.yaml"
    id: operator
    title: Operator
    purpose: Fills vials.
    performs: [gowning]
    requires: [TRN-002]
    prerequisites: {WI-031: [TRN-002]}
    ```

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    roles:
      - {role: operator, from: 2024-03-01}
    ```

    ```yaml title="training-records/assignments/WI-031@1/operator.yaml"
    assignment: WI-031@1/operator
    cause: new-document
    role: operator
    assigned: 2026-01-02
    items:
      - document: WI-031@1
        text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
        method: [read, practical]
        due: 2026-12-01
        people: [p-0042]
    ```

    ```yaml title="training-records/completions/p-0042/WI-031.yaml (new)"
    - document: WI-031@1
      completed: 2026-11-22T09:30:00+01:00
      method: [practical]  # <- WI-031 comes after TRN-002 in operator, which p-0042 had not completed on
      assignments: [WI-031@1/operator]
      practical: {evaluator: p-0007, outcome: competent}
    ```

    ## Accepted on 2026-11-22

    The course was done two days before.

    ```markdown title="controlled-docs/wi/WI-031.md"
    ---
    id: WI-031
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    In the order shown.
    ```

    ```markdown title="controlled-docs/trn/TRN-002.md"
    ---
    id: TRN-002
    title: Aseptic technique
    owner: operator
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    In the order shown.
    ```

    ```yaml title="roles/operator.yaml"
    id: operator
    title: Operator
    purpose: Fills vials.
    performs: [gowning]
    requires: [TRN-002]
    prerequisites: {WI-031: [TRN-002]}
    ```

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    roles:
      - {role: operator, from: 2024-03-01}
    ```

    ```yaml title="training-records/assignments/WI-031@1/operator.yaml"
    assignment: WI-031@1/operator
    cause: new-document
    role: operator
    assigned: 2026-01-02
    items:
      - document: WI-031@1
        text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
        method: [read, practical]
        due: 2026-12-01
        people: [p-0042]
    ```

    ```yaml title="training-records/completions/p-0042/TRN-002.yaml"
    - document: TRN-002@1
      completed: 2026-11-20T09:30:00+01:00
      method: [read, assessment]
      assessment: {score: 92, pass-mark: 80, attempt: 1}
    ```

    ```yaml title="training-records/completions/p-0042/WI-031.yaml (new)"
    - document: WI-031@1
      completed: 2026-11-22T09:30:00+01:00
      method: [practical]
      assignments: [WI-031@1/operator]
      practical: {evaluator: p-0007, outcome: competent}
    ```

    ## Accepted on 2026-11-22

    Reading ahead is free: the demonstration waits for the course.

    ```markdown title="controlled-docs/wi/WI-031.md"
    ---
    id: WI-031
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    In the order shown.
    ```

    ```markdown title="controlled-docs/trn/TRN-002.md"
    ---
    id: TRN-002
    title: Aseptic technique
    owner: operator
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    In the order shown.
    ```

    ```yaml title="roles/operator.yaml"
    id: operator
    title: Operator
    purpose: Fills vials.
    performs: [gowning]
    requires: [TRN-002]
    prerequisites: {WI-031: [TRN-002]}
    ```

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    roles:
      - {role: operator, from: 2024-03-01}
    ```

    ```yaml title="training-records/assignments/WI-031@1/operator.yaml"
    assignment: WI-031@1/operator
    cause: new-document
    role: operator
    assigned: 2026-01-02
    items:
      - document: WI-031@1
        text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
        method: [read, practical]
        due: 2026-12-01
        people: [p-0042]
    ```

    ```yaml title="training-records/completions/p-0042/WI-031.yaml (new)"
    - document: WI-031@1
      completed: 2026-11-22T09:30:00+01:00
      method: [read]
      assignments: [WI-031@1/operator]
    ```
    """
    entry, change = added.entry, added.change
    document = change.head.documents.get(entry.document.document)
    if document is None or entry.origin or not entry.passed:
        return
    if set(entry.method) == {"read"} and full_method(change.law, document) != {"read"}:
        return
    day = change.law.day_of(entry.completed)
    missing = {
        needed.id: (role, verdict)
        for role in _roles(added)
        for needed, verdict in unmet(change.head, role, document.id, added.person, Moment(entry.completed, day))
    }
    for name, (role, verdict) in missing.items():
        order = f"{document.id} comes after {name} in {role.id}"
        message = f"{order}, which {added.person} had not completed on {day}: {verdict.reason}"
        yield Problem(At(added.path, (added.index, "method")), message)


def _roles(added: Added[Completion]) -> list[Role]:
    """The roles, as the base has them, whose assignments an entry names."""
    assignments = map(added.change.head.assignment, added.entry.assignments)
    names = sorted({found.role for found in assignments if found and found.role})
    return [role for name in names if (role := added.change.law.roles.get(name))]
