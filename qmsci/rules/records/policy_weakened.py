"""`policy-weakened`."""

from qmsci.approval import ProtectedFile
from qmsci.change import Edited
from qmsci.finding import At, Severity
from qmsci.records.policy import Policy
from qmsci.rule import Problem, Problems, When, rule

_REVIEW = "have the quality unit look at each setting that changes, and say so in the review"


@rule(
    clause=("21 CFR 211.22(c)", "21 CFR 11.300(a)", "EU GMP Annex 11, 10"),
    fix="have somebody of the quality unit look at it and approve the whole file: qmsci approve PATH",
    when=When.CHANGE,
)
def policy_weakened(edit: Edited[Policy] | ProtectedFile) -> Problems:
    """
    A file changes that decides what everybody's changes are held to, and the quality unit has not approved it.

    Whoever lowers a pass mark, a window or the founding date weakens every check that comes after; and so does who
    switches off the gate, appoints an approver, or registers a key in somebody's name. The policy, the people and the
    keys of the base judge this change; the new ones judge the next.

    Protected are the policy `qmsci.yaml`, the workflows below `.github/workflows/`, `CODEOWNERS` (at the root, in
    `.github/` or `docs/`) and, of people's files, `keys` and the days on which they hold a role of the quality unit.
    Whatever adds, alters or removes one of them needs a `quality-approval` of the whole file, to the byte, by somebody
    who is of the quality unit in the base on the day of the approval and of the change. It comes with the change: one
    that was merged before does not bring back what has been left since. Nobody approves their own keys and roles, but
    for the first key of somebody who is the whole quality unit. What founds the quality system is accepted.

    The name is that of the worst case. It stands for every change of a protected file that the quality unit has not
    approved, also one that weakens nothing: which of the two it is, the quality unit says by approving it.

    Under `approvals: forge`, where the approval is not among the files, each setting of the policy that changes is a
    warning that a reviewer has to see.

    ## Flagged

    ```yaml title="qmsci.yaml (before)"
    revision: 1
    organization: Halden Biologics
    timezone: Europe/Oslo
    quality-unit: [quality-assurance]
    approvals: signed
    documents:
      SOP: {folder: sop, review: 24 months, window: 14 days, method: [read]}
    training: {pass-mark: 80}
    ```

    ```yaml title="qmsci.yaml"
    revision: 2  # <- no holder of quality-assurance has approved the file as it is
    organization: Halden Biologics
    timezone: Europe/Oslo
    quality-unit: [quality-assurance]
    approvals: signed
    documents:
      SOP: {folder: sop, review: 24 months, window: 14 days, method: [read]}
    training: {pass-mark: 10}
    ```

    ## Flagged when somebody registers a key of their own

    ```yaml title="qmsci.yaml"
    revision: 1
    organization: Halden Biologics
    timezone: Europe/Oslo
    quality-unit: [quality-assurance]
    approvals: signed
    documents:
      SOP: {folder: sop, review: 24 months, window: 14 days, method: [read]}
    training: {pass-mark: 80}
    ```

    ```yaml title="roles/people/p-0003.yaml"
    id: p-0003
    name: Astrid Lie
    kind: employee
    employed: {from: 2024-01-01}
    roles: [{role: quality-assurance, from: 2024-01-01}]
    ```

    ```yaml title="roles/people/p-0042.yaml (before)"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    ```

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    keys:  # <- the keys of p-0042 change, and no holder of quality-assurance but p-0042 has approved the file
      - {key: ssh-ed25519 AAAA, from: 2026-11-22, proof: badge check, by: p-0003}
    ```

    ## Flagged under forge

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

    ```yaml title="qmsci.yaml (before)"
    revision: 1
    organization: Halden Biologics
    timezone: Europe/Oslo
    quality-unit: [quality-assurance]
    approvals: signed
    documents:
      SOP: {folder: sop, review: 24 months, window: 14 days, method: [read]}
    training: {pass-mark: 80}
    ```

    ```yaml title="qmsci.yaml"
    revision: 2
    organization: Halden Biologics
    timezone: Europe/Oslo
    quality-unit: [quality-assurance]
    approvals: signed
    documents:
      SOP: {folder: sop, review: 24 months, window: 14 days, method: [read]}
    training: {pass-mark: 90}
    ```

    ```yaml title="roles/people/p-0003.yaml"
    id: p-0003
    name: Astrid Lie
    kind: employee
    employed: {from: 2024-01-01}
    roles: [{role: quality-assurance, from: 2024-01-01}]
    ```

    ```yaml title="controlled-docs/approvals/qmsci.yaml@56467c5af1bd3d66/p-0003.yaml (new)"
    file: qmsci.yaml
    digest: sha256:56467c5af1bd3d666c11eb6423c736ad04eaf3a8c1aadd45c46db6f4ae56358b
    by: p-0003
    name: Astrid Lie
    meaning: quality-approval
    at: 2026-11-22T10:00:00+01:00
    ```

    ## Accepted when somebody gets another role

    ```yaml title="qmsci.yaml"
    revision: 1
    organization: Halden Biologics
    timezone: Europe/Oslo
    quality-unit: [quality-assurance]
    approvals: signed
    documents:
      SOP: {folder: sop, review: 24 months, window: 14 days, method: [read]}
    training: {pass-mark: 80}
    ```

    ```yaml title="roles/people/p-0042.yaml (before)"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    ```

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    roles: [{role: operator, from: 2026-11-22}]
    ```

    ## Accepted under forge

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
    if isinstance(edit, ProtectedFile):
        if edit.missing:
            yield Problem(edit.at, edit.missing, fix=f"qmsci approve {edit.subject}")
        return
    before, after = edit.before, edit.after
    if before is None or after is None or before.approvals != "forge":
        return
    for name, field in Policy.model_fields.items():
        if name not in {"path", "revision"} and getattr(before, name) != getattr(after, name):
            key = field.alias or name
            message = f"'{key}' changes, which every later change is held to"
            yield Problem(At(edit.path, (key,)), message, fix=_REVIEW, severity=Severity.WARNING)
