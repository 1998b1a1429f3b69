"""`author-approves-own-work`."""

from qmsci.finding import At
from qmsci.records.document import Document
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot


@rule(
    clause=("21 CFR 211.22(c)", "21 CFR 211.186", "ISO 13485:2016 4.2.4"),
    fix="let somebody else of the quality unit approve it: qmsci approve",
)
def author_approves_own_work(document: Document, snapshot: Snapshot) -> Problems:
    """
    An author of a revision has given its quality-approval.

    We overlook our own mistakes. The quality unit's approval is worth something because a second person has read
    the text who did not write it. An author may sign as `authored`; and as `approved` for a role that the policy names,
    which counts where somebody else is an author as well: nobody stands alone for a text of their own.

    A revision dated on the day on which the quality system was founded is accepted: the first procedure is written
    by those who approve it.

    ## Flagged

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - {revision: 1, effective: 2026-12-15, summary: First issue., impact: retrain, authors: [p-0003, p-0007]}
    ---
    Gown in the order shown.
    ```

    ```yaml title="controlled-docs/approvals/SOP-014@1/p-0003.yaml"
    document: SOP-014@1
    text: sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403
    effective: 2026-12-15
    impact: retrain
    by: p-0003
    name: Astrid Lie
    meaning: quality-approval  # <- p-0003 is an author of SOP-014@1
    at: 2026-11-22T10:00:00+01:00
    ```

    ## Accepted

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
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
    by: p-0003
    name: Astrid Lie
    meaning: quality-approval
    at: 2026-11-22T10:00:00+01:00
    ```
    """
    founded = snapshot.policy.founded if snapshot.policy else None
    for position, entry in enumerate(document.revisions):
        if entry.effective == founded:
            continue
        for approval in snapshot.approvals(document.named(entry)):
            if approval.meaning == "quality-approval" and approval.by in entry.authors:
                yield Problem(
                    At(approval.path, ("meaning",)),
                    f"{approval.by} is an author of {approval.document}",
                    also=(snapshot.at(document, "revisions", position, "authors"),),
                )
