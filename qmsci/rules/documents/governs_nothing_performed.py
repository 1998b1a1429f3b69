"""`governs-nothing-performed`."""

from qmsci.matrix import roles_for
from qmsci.records.document import Document
from qmsci.records.layout import ROLES
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot


@rule(
    clause=("21 CFR 211.25(a)", "ISO 13485:2016 6.2"),
    fix="name the activities in `governs`, or list the document under `requires` of a role",
)
def governs_nothing_performed(document: Document, snapshot: Snapshot) -> Problems:
    """
    No role performs what a document governs, and no role requires it.

    Such a document trains nobody. Either somebody does the work and no role says so, or the document is of no use
    and should be retired; the training matrix cannot tell.

    A document that has a date in `retired`, or whose revisions were all withdrawn, is left in peace.

    ## Flagged

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]  # <- no role performs or operates gowning, and none requires SOP-014
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```yaml title="roles/operator.yaml"
    id: operator
    title: Operator
    purpose: Fills vials.
    performs: [filling]
    ```

    ## Accepted

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```yaml title="roles/operator.yaml"
    id: operator
    title: Operator
    purpose: Fills vials.
    performs: [gowning]
    ```
    """
    if document.retired or all(entry.withdrawn for entry in document.revisions):
        return
    if roles_for(snapshot, document) or snapshot.unreadable_below(ROLES):
        return
    activities = " or ".join(document.governs)
    nobody = f"no role performs or operates {activities}, and none" if activities else "it governs nothing, and no role"
    yield Problem(snapshot.at(document, *(["governs"] if activities else [])), f"{nobody} requires {document.id}")
