"""`policy-weakened`."""

from qmsci.change import Edited
from qmsci.finding import At, Severity
from qmsci.records.policy import Policy
from qmsci.rule import Problem, Problems, When, rule


@rule(
    clause=("21 CFR 211.22(c)", "EU GMP Annex 11, 10"),
    fix="have the quality unit look at each key that changes, and say so in the review",
    when=When.CHANGE,
    severity=Severity.WARNING,
)
def policy_weakened(edit: Edited[Policy]) -> Problems:
    """
    The policy changes, and with it what everybody else's changes are held to.

    Whoever lowers a pass mark, a window or the founding date weakens every check that comes after. The policy of the
    base judges this change; the new one judges the next. Under `approvals: forge`, where the quality unit's approval is
    not among the files, each changed key is a warning that a reviewer has to see.

    ## Flagged

    ```yaml title="qmsci.yaml (before)"
    revision: 1
    organization: Halden Biologics
    timezone: Europe/Oslo
    quality-unit: [quality-assurance]
    approvals: forge
    documents:
      SOP: {folder: sop, review: 24 months, window: 14 days, method: [read]}
    training: {pass-mark: 80}
    ```

    ```yaml title="qmsci.yaml"
    revision: 2
    organization: Halden Biologics
    timezone: Europe/Oslo
    quality-unit: [quality-assurance]
    approvals: forge
    documents:
      SOP: {folder: sop, review: 24 months, window: 14 days, method: [read]}
    training: {pass-mark: 10}  # <- 'training' changes
    ```

    ## Accepted

    ```yaml title="qmsci.yaml"
    revision: 1
    organization: Halden Biologics
    timezone: Europe/Oslo
    quality-unit: [quality-assurance]
    approvals: forge
    documents:
      SOP: {folder: sop, review: 24 months, window: 14 days, method: [read]}
    training: {pass-mark: 80}
    ```
    """
    before, after = edit.before, edit.after
    if before is None or after is None or before.approvals != "forge":
        return
    for name, field in Policy.model_fields.items():
        if name not in {"path", "revision"} and getattr(before, name) != getattr(after, name):
            key = field.alias or name
            yield Problem(At(edit.path, (key,)), f"'{key}' changes, which every later change is held to")
