"""`evaluated-by-self`."""

from qmsci.change import Added
from qmsci.finding import At
from qmsci.records.training import Completion
from qmsci.rule import Problem, Problems, When, rule


@rule(
    clause=("21 CFR 211.25(a)", "EU GMP chapter 2"),
    fix="have the work evaluated by somebody else",
    when=When.CHANGE,
)
def evaluated_by_self(added: Added[Completion]) -> Problems:
    """
    A practical demonstration was judged by the trainee.

    A demonstration is a second person's judgement. Without one the record says no more than that somebody thinks
    well of their own work.

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

    ```yaml title="training-records/completions/p-0042/WI-031.yaml (new)"
    - document: WI-031@1
      text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
      completed: 2026-11-22T09:30:00+01:00
      method: [read, practical]
      assignments: [WI-031@1/operator]
      practical: {evaluator: p-0042, outcome: competent}  # <- p-0042 has evaluated their own work
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

    ```yaml title="training-records/completions/p-0042/WI-031.yaml (new)"
    - document: WI-031@1
      text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
      completed: 2026-11-22T09:30:00+01:00
      method: [read, practical]
      assignments: [WI-031@1/operator]
      practical: {evaluator: p-0007, outcome: competent}
    ```
    """
    practical = added.entry.practical
    if practical and practical.evaluator == added.person:
        place = At(added.path, (added.index, "practical", "evaluator"))
        yield Problem(place, f"{added.person} has evaluated their own work")
