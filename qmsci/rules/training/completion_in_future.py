"""`completion-in-future`."""

from qmsci.change import Added
from qmsci.finding import At
from qmsci.records.training import Completion
from qmsci.rule import Problem, Problems, When, rule


@rule(
    clause=("21 CFR 11.10(e)", "EU GMP chapter 4"),
    fix="record the training when it has happened",
    when=When.CHANGE,
)
def completion_in_future(added: Added[Completion]) -> Problems:
    """
    Training is recorded before it has happened.

    A record of what is planned proves nothing, and signing ahead is how training that never took place comes to be
    on record.

    The day counts, in the policy's time zone: training of the same day is accepted, whatever the hour.

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

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml (new)"
    - document: SOP-014@1
      text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
      completed: 2026-11-23T00:00:00+01:00  # <- completed on 2026-11-23, after the day of the change, 2026-11-22
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
      - {revision: 1, effective: 2026-10-01, summary: Glove change., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml (new)"
    - document: SOP-014@1
      text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
      completed: 2026-11-22T23:59:59+01:00
      method: [read]
    ```
    """
    day = added.change.law.day_of(added.entry.completed)
    if day > added.change.day:
        message = f"completed on {day}, after the day of the change, {added.change.day}"
        yield Problem(At(added.path, (added.index, "completed")), message)
