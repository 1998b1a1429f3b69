"""`evaluator-not-qualified`."""

from datetime import timedelta

from qmsci.authorisation import may_evaluate
from qmsci.change import Added, is_of_founding_day
from qmsci.finding import At
from qmsci.records.training import Completion
from qmsci.rule import Problem, Problems, When, rule
from qmsci.snapshot import When as Moment


@rule(
    clause=("21 CFR 211.25(a)", "EU GMP chapter 2", "ICH Q7 3.1"),
    fix="have the work evaluated by somebody who is qualified on the document",
    when=When.CHANGE,
)
def evaluator_not_qualified(added: Added[Completion]) -> Problems:
    """
    A practical demonstration was judged by somebody who is not qualified on the document.

    A mistake that the evaluator makes too is not seen, and is handed on with a signature.

    The evaluator works here on that day and is, at the moment of the demonstration, qualified on the revision in force
    or on a coming one (trained, no refresher lapsed, not suspended), or an author of it, or the training is waived for
    them by the quality unit. On the day on which the quality system was founded its founders may evaluate one another,
    where the completion comes with the founding change, is merged on that day, or was signed on it by all who sign.
    Migrated records, with their `origin`, are not judged. Who evaluates themselves is `evaluated-by-self`.

    ## Flagged on 2026-11-22

    ```markdown title="controlled-docs/wi/WI-031.md"
    ---
    id: WI-031
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

    ```yaml title="roles/people/p-0011.yaml"
    id: p-0011
    name: Ola Berg
    kind: employee
    employed: {from: 2024-03-01}
    roles:
      - {role: operator, from: 2024-03-01}
    ```

    ```yaml title="training-records/assignments/WI-031@1/operator.yaml"
    assignment: WI-031@1/operator
    cause: new-document
    role: operator
    assigned: 2026-09-01
    items:
      - document: WI-031@1
        text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
        method: [read, practical]
        due: 2026-10-01
        people: [p-0042]
    ```

    ```yaml title="training-records/completions/p-0042/WI-031.yaml (new)"
    - document: WI-031@1
      text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
      completed: 2026-11-22T09:30:00+01:00
      method: [read, practical]
      assignments: [WI-031@1/operator]
      practical: {evaluator: p-0011, outcome: competent}  # <- not trained on WI-031@1, no training
    ```

    ## Accepted on 2026-11-22

    ```markdown title="controlled-docs/wi/WI-031.md"
    ---
    id: WI-031
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

    ```yaml title="roles/people/p-0011.yaml"
    id: p-0011
    name: Ola Berg
    kind: employee
    employed: {from: 2024-03-01}
    roles:
      - {role: operator, from: 2024-03-01}
    ```

    ```yaml title="training-records/assignments/WI-031@1/operator.yaml"
    assignment: WI-031@1/operator
    cause: new-document
    role: operator
    assigned: 2026-09-01
    items:
      - document: WI-031@1
        text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
        method: [read, practical]
        due: 2026-10-01
        people: [p-0042]
    ```

    ```yaml title="training-records/completions/p-0011/WI-031.yaml"
    - document: WI-031@1
      text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
      completed: 2026-10-05T09:30:00+02:00
      method: [read, practical]
      practical: {evaluator: p-0007, outcome: competent}
    ```

    ```yaml title="training-records/completions/p-0042/WI-031.yaml (new)"
    - document: WI-031@1
      text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
      completed: 2026-11-22T09:30:00+01:00
      method: [read, practical]
      assignments: [WI-031@1/operator]
      practical: {evaluator: p-0011, outcome: competent}
    ```

    ## Accepted on 2026-11-22

    The author of the revision.

    ```markdown title="controlled-docs/wi/WI-031.md"
    ---
    id: WI-031
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

    ```yaml title="training-records/assignments/WI-031@1/operator.yaml"
    assignment: WI-031@1/operator
    cause: new-document
    role: operator
    assigned: 2026-09-01
    items:
      - document: WI-031@1
        text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
        method: [read, practical]
        due: 2026-10-01
        people: [p-0042]
    ```

    ```yaml title="training-records/completions/p-0042/WI-031.yaml (new)"
    - document: WI-031@1
      text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
      completed: 2026-11-22T09:30:00+01:00
      method: [read, practical]
      assignments: [WI-031@1/operator]
      practical: {evaluator: p-0007, outcome: competent}
    ```
    """
    entry, change = added.entry, added.change
    document = change.head.documents.get(entry.document.document)
    if entry.practical is None or entry.origin or document is None or entry.practical.evaluator == added.person:
        return
    evaluator, day = entry.practical.evaluator, change.law.day_of(entry.completed)
    before = Moment(entry.completed - timedelta(microseconds=1), day)  # two do not qualify one another in one moment
    founders, label = is_of_founding_day(added), entry.document.label
    verdict = may_evaluate(change.law, change.head, evaluator, document, label, before, with_founders=founders)
    if not verdict:
        message = f"{evaluator} could not evaluate on {day}: {verdict.reason}"
        yield Problem(At(added.path, (added.index, "practical", "evaluator")), message)
