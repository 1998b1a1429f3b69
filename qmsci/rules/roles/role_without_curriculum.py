"""`role-without-curriculum`."""

from qmsci.matrix import documents_for
from qmsci.records.layout import DOCUMENTS
from qmsci.records.role import Role
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot


@rule(
    clause=("21 CFR 211.25(a)", "21 CFR 211.25(b)", "ISO 13485:2016 6.2"),
    fix="say what the role performs, or list under `requires` what its holders must be trained on",
)
def role_without_curriculum(role: Role, snapshot: Snapshot) -> Problems:
    """
    A role requires no document at all.

    Whoever holds it owes no training and counts as qualified from the first day, without having read a single
    procedure. Supervisors, quality staff and consultants need a curriculum as well.

    ## Flagged

    ```yaml title="roles/operator.yaml"
    id: operator  # <- operator performs filling, which no document governs, and requires nothing
    title: Operator
    purpose: Fills vials.
    performs: [filling]
    ```

    ## Accepted

    ```yaml title="roles/operator.yaml"
    id: operator
    title: Operator
    purpose: Fills vials.
    performs: [filling]
    ```

    ```markdown title="controlled-docs/sop/SOP-015.md"
    ---
    id: SOP-015
    title: Filling
    owner: operator
    governs: [filling]
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Fill them.
    ```
    """
    if documents_for(snapshot, role) or snapshot.unreadable_below(DOCUMENTS):
        return
    activities = " and ".join(role.activities)
    does = f"performs {activities}, which no document governs," if activities else "performs nothing"
    fix = f"add a document that governs {activities} in this change, or list one under `requires`"
    yield Problem(snapshot.at(role, "id"), f"{role.id} {does} and requires nothing", fix=fix if activities else None)
