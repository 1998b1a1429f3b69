"""`approval-of-other-text`."""

from collections.abc import Iterator

from qmsci.finding import At
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.training import Approval
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot


@rule(
    clause=("21 CFR 11.70", "21 CFR 211.100(a)", "ISO 13485:2016 4.2.4"),
    fix="read the text as it stands now, and add an approval of it below controlled-docs/approvals/",
)
def approval_of_other_text(document: Document, snapshot: Snapshot) -> Problems:
    """
    What was approved is not what stands in the document.

    An approval is for one exact text, with its effective date, its impact and what it governs. When one of them
    changed after somebody had approved it, nobody has approved what is there now.

    Of an older revision only the effective date and the impact still stand in the document, so only they are
    compared.

    ## Flagged

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 1, effective: 2026-12-15, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```yaml title="controlled-docs/approvals/SOP-014@1/p-0003.yaml"
    document: SOP-014@1
    text: sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403
    effective: 2026-12-01  # <- the approval is for the effective 2026-12-01, SOP-014@1 has 2026-12-15
    impact: retrain
    governs: [gowning]
    by: p-0003
    name: Astrid Lie
    meaning: quality-approval
    at: 2026-11-22T10:00:00+01:00
    ```

    ## Flagged when the text is another

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - {revision: 1, effective: 2026-12-15, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Gown in any order.
    ```

    ```yaml title="controlled-docs/approvals/SOP-014@1/p-0003.yaml"
    document: SOP-014@1
    text: sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403  # <- for the text sha256:d9ec601c
    effective: 2026-12-15
    impact: retrain
    by: p-0003
    name: Astrid Lie
    meaning: quality-approval
    at: 2026-11-22T10:00:00+01:00
    ```

    ## Accepted

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 1, effective: 2026-12-15, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```yaml title="controlled-docs/approvals/SOP-014@1/p-0003.yaml"
    document: SOP-014@1
    text: sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403
    effective: 2026-12-15
    impact: retrain
    governs: [gowning]
    by: p-0003
    name: Astrid Lie
    meaning: quality-approval
    at: 2026-11-22T10:00:00+01:00
    ```

    ## Accepted of an older revision

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning, filling]
    revisions:
      - {revision: 2, effective: 2027-03-01, summary: Any order., impact: retrain, authors: [p-0007]}
      - {revision: 1, effective: 2026-12-15, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Gown in any order.
    ```

    ```yaml title="controlled-docs/approvals/SOP-014@1/p-0003.yaml"
    document: SOP-014@1
    text: sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403
    effective: 2026-12-15
    impact: retrain
    governs: [gowning]
    by: p-0003
    name: Astrid Lie
    meaning: quality-approval
    at: 2026-11-22T10:00:00+01:00
    ```
    """
    for position, entry in enumerate(document.revisions):
        named, place = document.named(entry), snapshot.at(document, "revisions", position)
        for approval in snapshot.approvals(named):
            for key, approved, stands in _compared(document, entry, approval):
                if approved != stands:
                    message = f"the approval is for the {key} {_said(approved)}, {named} has {_said(stands)}"
                    yield Problem(At(approval.path, (key,)), message, also=(place,))


def _compared(document: Document, entry: RevisionEntry, approval: Approval) -> Iterator[tuple[str, object, object]]:
    """What an approval says and what the document does; the order in which activities are named means nothing."""
    yield "effective", approval.effective, entry.effective
    yield "impact", approval.impact, entry.impact
    if entry is not document.newest:
        return
    yield "text", approval.text, document.text
    yield "governs", sorted(approval.governs), sorted(document.governs)
    if approval.purpose:
        yield "purpose", approval.purpose, document.purpose
    if approval.training:
        yield "training", approval.training, document.training


def _said(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "nothing"
    return str(value)[:23] + "…" if str(value).startswith("sha256:") else str(value)
