"""`approval-missing`."""

from collections.abc import Sequence

from qmsci.approval import (
    REPLACEABLE,
    AlteredDocument,
    ClosedEvent,
    OverruledEvent,
    approved_since,
    differing,
    file_digest,
    revisions_to_approve,
)
from qmsci.authorisation import required_approvals
from qmsci.change import Edited
from qmsci.finding import At
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.layout import APPROVALS
from qmsci.records.training import Approval
from qmsci.rule import Problem, Problems, When, rule


@rule(
    clause=("21 CFR 211.22(c)", "21 CFR 211.100(a)", "ISO 13485:2016 4.2.4", "EU GMP chapter 4"),
    fix="ask them to approve it: qmsci approve",
    when=When.CHANGE,
)
def approval_missing(edit: Edited[Document] | AlteredDocument | ClosedEvent | OverruledEvent) -> Problems:
    """
    A new revision, another change of a document or the closing of an event lacks an approval that the policy asks for.

    A procedure that the quality unit has not approved must not be followed, and what is merged is approved. So the
    approvals come with the change.

    - A new revision needs a `quality-approval` by somebody of the quality unit who is not an author and, for each role
      in the type's `approvers`, an approval by one of its holders. One who is the only author cannot give it. A
      document that changes its `owner` needs that of the old one and of the new one.
    - What changes in a document without a new revision, and matters (`title`, `owner`, `governs`, `purpose`,
      `training`), needs a `quality-approval` of the whole file by somebody of the quality unit; and so do a revision
      that is `withdrawn`, a document that is `retired` and a review in `reviewed`, also beside a new revision.
    - An event that is closed (verified, released, voided, cancelled, withdrawn) needs one of its whole file as it is
      closed; one that was reopened needs it anew. An open one needs it where something is `corrected`, or an action
      `dropped`: there the quality unit's word stands against what was recorded.

    It is the base that says who holds which role, on the day of the approval and on that of the change: a change cannot
    appoint its own approver. Only an approval of the whole file that comes with the change counts for it, and an
    imported one (`origin`) counts for nothing here. Under `approvals: forge` they live in the pull request, and this
    rule is silent. A revision dated on the day of the founding is accepted on the approval of the policy alone; of what
    the founding import brings, only the newest revision of each document needs its approvals here.

    ## Flagged

    ```yaml title="qmsci.yaml"
    revision: 1
    organization: Halden Biologics
    timezone: Europe/Oslo
    quality-unit: [quality-assurance]
    approvals: signed
    documents:
      SOP: {folder: sop, review: 24 months, window: 14 days, method: [read]}
    ```

    ```yaml title="roles/people/p-0003.yaml"
    id: p-0003
    name: Astrid Lie
    kind: employee
    employed: {from: 2024-01-01}
    roles: [{role: quality-assurance, from: 2024-01-01}]
    ```

    ```markdown title="controlled-docs/sop/SOP-014.md (new)"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - revision: 1  # <- SOP-014@1 has no quality-approval by a holder of quality-assurance who is no author of it
        effective: 2026-12-15
        summary: First issue.
        impact: retrain
        authors: [p-0007]
    ---
    Gown in the order shown.
    ```

    ## Flagged when an event is closed

    ```yaml title="qmsci.yaml"
    revision: 1
    organization: Halden Biologics
    timezone: Europe/Oslo
    quality-unit: [quality-assurance]
    approvals: signed
    documents:
      SOP: {folder: sop, review: 24 months, window: 14 days, method: [read]}
    ```

    ```yaml title="quality-events/CMP-2026-004.yaml (before)"
    id: CMP-2026-004
    title: Cracked vial
    opened: 2026-11-02
    ```

    ```yaml title="quality-events/CMP-2026-004.yaml"
    id: CMP-2026-004
    title: Cracked vial
    opened: 2026-11-02
    closed: 2026-11-22  # <- CMP-2026-004 is closed, and no holder of quality-assurance has approved the file as it is
    closed-by: p-0003
    ```

    ## Accepted

    ```yaml title="qmsci.yaml"
    revision: 1
    organization: Halden Biologics
    timezone: Europe/Oslo
    quality-unit: [quality-assurance]
    approvals: signed
    documents:
      SOP: {folder: sop, review: 24 months, window: 14 days, method: [read]}
    ```

    ```yaml title="roles/people/p-0003.yaml"
    id: p-0003
    name: Astrid Lie
    kind: employee
    employed: {from: 2024-01-01}
    roles: [{role: quality-assurance, from: 2024-01-01}]
    ```

    ```markdown title="controlled-docs/sop/SOP-014.md (new)"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - revision: 1
        effective: 2026-12-15
        summary: First issue.
        impact: retrain
        authors: [p-0007]
    ---
    Gown in the order shown.
    ```

    ```yaml title="controlled-docs/approvals/SOP-014@1/p-0003.yaml (new)"
    document: SOP-014@1
    text: sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403
    effective: 2026-12-15
    impact: retrain
    by: p-0003
    name: Astrid Lie
    meaning: quality-approval
    at: 2026-11-22T10:00:00+01:00
    ```

    ## Accepted when the closing is approved

    ```yaml title="qmsci.yaml"
    revision: 1
    organization: Halden Biologics
    timezone: Europe/Oslo
    quality-unit: [quality-assurance]
    approvals: signed
    documents:
      SOP: {folder: sop, review: 24 months, window: 14 days, method: [read]}
    ```

    ```yaml title="roles/people/p-0003.yaml"
    id: p-0003
    name: Astrid Lie
    kind: employee
    employed: {from: 2024-01-01}
    roles: [{role: quality-assurance, from: 2024-01-01}]
    ```

    ```yaml title="quality-events/CMP-2026-004.yaml (before)"
    id: CMP-2026-004
    title: Cracked vial
    opened: 2026-11-02
    ```

    ```yaml title="quality-events/CMP-2026-004.yaml"
    id: CMP-2026-004
    title: Cracked vial
    opened: 2026-11-02
    closed: 2026-11-22
    closed-by: p-0003
    ```

    ```yaml title="controlled-docs/approvals/CMP-2026-004@closed-1/p-0003.yaml (new)"
    file: quality-events/CMP-2026-004.yaml
    digest: sha256:59b1a984df08d378865ff1b171a6876e8f8ebcf7c5b685a0000077cc0be3cb35
    by: p-0003
    name: Astrid Lie
    meaning: quality-approval
    at: 2026-11-22T10:00:00+01:00
    ```
    """
    if not isinstance(edit, Edited):
        if edit.missing:
            yield Problem(edit.at, edit.missing, fix=f"qmsci approve {edit.subject}")
        return
    change, after = edit.change, edit.after
    if after is None or change.policy is None or change.policy.approvals != "signed":
        return
    for position, entry in revisions_to_approve(edit):
        named = after.named(entry)
        required = required_approvals(change.law, change.head, after, entry, change.day)
        if change.head.unreadable_below(f"{APPROVALS}{named}/"):
            continue
        for one in required:
            if not one.given:
                who = " or ".join(one.roles)
                lacks = f"quality-approval by a holder of {who} who is no author of it"
                message = f"{named} has no {lacks if one.is_quality else f'approval by a holder of {who}'}"
                yield Problem(At(edit.path, ("revisions", position)), message, fix=f"qmsci approve {named}")
            elif stale := _stale(edit, after, entry, one.given):
                message = f"what {stale[0].by} approved of {named} says another {stale[1]} than the document"
                yield Problem(At(edit.path, ("revisions", position)), message, fix=f"qmsci approve {named}")


def _stale(
    edit: Edited[Document], document: Document, entry: RevisionEntry, given: Sequence[Approval]
) -> tuple[Approval, str] | None:
    """An approval that a file approved in some former state seems to replace, where nobody approved the present one."""
    digest = file_digest(edit.change.files[edit.path].after)
    if any(whole.digest == digest for whole in edit.change.added_file_approvals.get(edit.path, ())):
        return None
    found = [
        (one, key)
        for one in given
        for key, _, _ in differing(document, entry, one)
        if key in REPLACEABLE and approved_since(edit.change.head, document, one)
    ]
    return found[0] if len({one.path for one, _ in found}) == len(given) else None
