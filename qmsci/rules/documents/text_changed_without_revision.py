"""`text-changed-without-revision`."""

from qmsci.change import Edited, document_before
from qmsci.finding import At
from qmsci.records.document import Document
from qmsci.rule import Problem, Problems, When, rule


@rule(
    clause=("21 CFR 211.100(a)", "ISO 13485:2016 4.2.4"),
    fix="add a revision above the newest one; an editorial change has the impact none",
    when=When.CHANGE,
)
def text_changed_without_revision(edit: Edited[Document]) -> Problems:
    """
    The text of a document changes and its newest revision is still the old one.

    What people were trained on and what the quality unit approved under that label is then no longer what they
    read. A spelling mistake is corrected by a revision too: its impact is `none`, so nobody is asked to train
    again.

    The text is all that follows the front matter; line endings alone make no difference.

    ## Flagged

    ```markdown title="controlled-docs/sop/SOP-014.md (before)"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Disinfect your hands daily.
    ```

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - revision: 1  # <- the text changed, the newest revision is still 1
        effective: 2026-01-10
        summary: First.
        impact: retrain
        authors: [p-0007]
    ---
    Disinfect your hands hourly.
    ```

    ## Accepted

    ```markdown title="controlled-docs/sop/SOP-014.md (before)"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Disinfect your hands daily.
    ```

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - {revision: 2, effective: 2026-12-15, summary: Every hour., impact: retrain, authors: [p-0007]}
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Disinfect your hands hourly.
    ```
    """
    before, after = document_before(edit), edit.after
    if before and after and before.text != after.text and before.newest.revision == after.newest.revision:
        message = f"the text changed, the newest revision is still {after.newest.revision}"
        yield Problem(At(after.path, ("revisions", 0, "revision")), message)
