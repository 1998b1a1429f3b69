"""`approval-of-other-text`."""

from qmsci.approval import REPLACEABLE, approved_since, differing
from qmsci.finding import At
from qmsci.records.document import Document, TrainingNeed
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot

#: A tree does not say what is merged: the way out is another for a text that is, and for one that is not.
_FIX = (
    "a merged text stays as it is: give the new text a revision; one that is not merged is approved anew: "
    "qmsci approve {}"
)


@rule(
    clause=("21 CFR 11.70", "21 CFR 211.100(a)", "ISO 13485:2016 4.2.4"),
    fix=_FIX.format("DOCUMENT@REVISION"),
)
def approval_of_other_text(document: Document, snapshot: Snapshot) -> Problems:
    """
    What was approved is not what stands in the document.

    An approval is for one exact text, with its effective date, its impact and what it governs, and with the emergency
    that lifts its window; where it says so (`about`), with what readers are told: title, owner, summary, rationale,
    authors and reason. When one of them changed after somebody had approved it, nobody has approved what is there
    now.

    Of an older revision only the effective date, the impact and the emergency still stand in the document, so only they
    are compared. What a document governs, its purpose and its training may change without a new revision, where the
    quality unit approves the whole file (`approval-missing` asks for that): once such an approval is there, these three
    are no longer held against what was approved before it.

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

    ## Accepted when the quality unit approved another list of activities

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning, filling]
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

    ```yaml title="controlled-docs/approvals/controlled-docs/sop/SOP-014.md@26a5bae69784d843/p-0003.yaml"
    file: controlled-docs/sop/SOP-014.md
    digest: sha256:26a5bae69784d843daa6ff85d2b034a0bfe3808376f8b1a43c41bbbcea0addc3
    by: p-0003
    name: Astrid Lie
    meaning: quality-approval
    at: 2026-11-24T10:00:00+01:00
    ```
    """
    for position, entry in enumerate(document.revisions):
        named, place = document.named(entry), snapshot.at(document, "revisions", position)
        for approval in snapshot.approvals(named):
            for key, approved, stands in differing(document, entry, approval):
                if not (key in REPLACEABLE and approved_since(snapshot, document, approval)):
                    message = f"the approval is for the {key} {_said(approved)}, {named} has {_said(stands)}"
                    yield Problem(At(approval.path, (key,)), message, also=(place,), fix=_FIX.format(named))


def _said(value: object) -> str:
    if isinstance(value, TrainingNeed):
        found = value.model_dump(mode="json", by_alias=True, exclude_none=True)
        return ", ".join(f"{key} {_said(one)}" for key, one in found.items()) or "of the type"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(value) or "nothing"
    return str(value)[:23] + "…" if str(value).startswith("sha256:") else str(value)
