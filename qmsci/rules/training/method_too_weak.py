"""`method-too-weak`."""

from qmsci.change import Added
from qmsci.completion import full_method, items_named
from qmsci.finding import At
from qmsci.records.training import Completion
from qmsci.rule import Problem, Problems, When, rule


@rule(
    clause=("ISO 13485:2016 6.2", "21 CFR 211.25(a)", "EU GMP chapter 2"),
    fix="record what was done, with its evidence; train by the method that is asked",
    when=When.CHANGE,
)
def method_too_weak(added: Added[Completion]) -> Problems:
    """
    A completion is by a method that does not do what was asked.

    Reading how to gown is not gowning. Where a demonstration or an assessment is asked, the record must show that
    there was one, and who judged it or what was scored.

    Training may come in parts: an entry may have less than the whole method, such as the reading on Monday with the
    practical on Friday, and completes nothing before the last part. What is flagged is a part that is claimed
    without its evidence (`assessment` without an `assessment:`, `practical` without a `practical:`), and an entry
    with no part at all of what was asked: by the items of the assignments that it names, or by the document's own
    method where nobody had asked.

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
      method: [read, practical]  # <- the method has practical, and there is no 'practical' entry
      assignments: [WI-031@1/operator]
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

    ## Flagged on 2026-11-22

    ```markdown title="controlled-docs/wi/WI-031.md"
    ---
    id: WI-031
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    training: {method: [practical]}
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
        method: [practical]
        due: 2026-10-01
        people: [p-0042]
    ```

    ```yaml title="training-records/completions/p-0042/WI-031.yaml (new)"
    - document: WI-031@1
      text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
      completed: 2026-11-22T09:30:00+01:00
      method: [read]  # <- trained by read, WI-031@1/operator asks for practical
      assignments: [WI-031@1/operator]
    ```

    ## Accepted on 2026-11-22

    The reading is one part of two.

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
      method: [read]
      assignments: [WI-031@1/operator]
    ```
    """
    entry, change = added.entry, added.change
    place = At(added.path, (added.index, "method"))
    for part, evidence in (("assessment", entry.assessment), ("practical", entry.practical)):
        if part in entry.method and evidence is None:
            yield Problem(place, f"the method has {part}, and there is no '{part}' entry")
    items = list(items_named(change.head, added.person, entry))
    document = change.law.documents.get(entry.document.document) or change.head.documents.get(entry.document.document)
    if items:
        asked, who = {str(part) for item in items for part in item.method}, ", ".join(entry.assignments)
    elif document:
        asked, who = set(full_method(change.law, document)), document.id
    else:
        return
    if asked.isdisjoint(entry.method):
        yield Problem(place, f"trained by {', '.join(entry.method)}, {who} asks for {', '.join(sorted(asked))}")
