"""`revision-not-increased`."""

from itertools import pairwise

from qmsci.change import Edited, new_revisions
from qmsci.finding import At
from qmsci.records.base import follows
from qmsci.records.document import Document
from qmsci.records.policy import Policy
from qmsci.rule import Problem, Problems, When, rule


@rule(
    clause=("ISO 13485:2016 4.2.4", "EU GMP chapter 4"),
    fix="put the new revision at the top, with a label that follows the one below it",
    when=When.CHANGE,
)
def revision_not_increased(edit: Edited[Document] | Edited[Policy]) -> Problems:
    """
    A new revision does not follow the one before it, by its label or by its place in the list.

    The uppermost entry is the text in the file, and the order of the entries decides which revision is in force.
    Somebody who holds a print of revision 2 must know, by the label alone, that revision 3 has replaced it.

    The policy counts its own revisions: every change to `qmsci.yaml` raises the number.

    Labels are compared part by part, digits as numbers: 3.10 follows 3.9, and B follows A.

    ## Flagged

    ```markdown title="controlled-docs/sop/SOP-014.md (before)"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - {revision: 3.10, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - revision: 3.9  # <- revision 3.9 does not follow 3.10
        effective: 2026-12-15
        summary: Clearer.
        impact: retrain
        authors: [p-0007]
      - {revision: 3.10, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Gown as shown.
    ```

    ## Flagged below an older one

    ```markdown title="controlled-docs/sop/SOP-014.md (before)"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - {revision: 2, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - {revision: 2, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
      - revision: 3  # <- revision 3 is new and stands below 2
        effective: 2026-12-15
        summary: Clearer.
        impact: retrain
        authors: [p-0007]
    ---
    Gown in the order shown.
    ```

    ## Accepted

    ```markdown title="controlled-docs/sop/SOP-014.md (before)"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - {revision: 3.9, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - {revision: 3.10, effective: 2026-12-15, summary: Clearer., impact: retrain, authors: [p-0007]}
      - {revision: 3.9, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Gown as shown.
    ```

    ## Accepted as a new document with a past

    ```markdown title="controlled-docs/sop/SOP-014.md (new)"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - {revision: B, effective: 2026-12-15, summary: Clearer., impact: retrain, authors: [p-0007]}
      - {revision: A, effective: 2026-12-14, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Gown as shown.
    ```
    """
    if isinstance(edit.after, Policy):
        if isinstance(edit.before, Policy) and edit.after.revision <= edit.before.revision:
            message = (
                f"the policy changes and its revision stays {edit.after.revision}; the base has {edit.before.revision}"
            )
            yield Problem(At(edit.path, ("revision",)), message, fix=f"write revision: {edit.before.revision + 1}")
    elif isinstance(edit.after, Document):
        yield from _of_document(edit, edit.after)


def _of_document(edit: Edited[Document], after: Document) -> Problems:
    new = {position for position, _ in new_revisions(edit)}
    for position, (entry, older) in enumerate(pairwise(after.revisions)):
        place = At(edit.path, ("revisions", position, "revision"))
        if position in new and not follows(entry.revision, older.revision):
            yield Problem(place, f"revision {entry.revision} does not follow {older.revision}")
        elif position not in new and position + 1 in new:
            below = At(edit.path, ("revisions", position + 1, "revision"))
            message = f"revision {older.revision} is new and stands below {entry.revision}, which is older"
            yield Problem(below, message, also=(place,))
