"""`impact-without-rationale`."""

from qmsci.records.document import Document
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot


@rule(
    clause=("21 CFR 211.100(a)", "EU GMP Annex 11, 9"),
    fix="say in `rationale:` why the full training is not needed",
)
def impact_without_rationale(document: Document, snapshot: Snapshot) -> Problems:
    """
    A revision asks for less than the full training and does not say why.

    To train everybody again is the rule; to ask for a reading, or for nothing, is a decision that an inspector will
    want to understand years later, and that the quality unit approves together with the text.

    ## Flagged

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - revision: 2
        effective: 2026-12-15
        summary: Clearer pictures.
        impact: read  # <- SOP-014@2 has the impact read and no rationale
        authors: [p-0007]
    ---
    Gown in the order shown.
    ```

    ## Accepted

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - revision: 2
        effective: 2026-12-15
        summary: Clearer pictures.
        impact: read
        rationale: The steps are the same.
        authors: [p-0007]
    ---
    Gown in the order shown.
    ```
    """
    for index, entry in enumerate(document.revisions):
        if entry.impact != "retrain" and not entry.rationale:
            message = f"{document.named(entry)} has the impact {entry.impact} and no rationale"
            yield Problem(snapshot.at(document, "revisions", index, "impact"), message)
