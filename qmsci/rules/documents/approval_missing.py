"""`approval-missing`."""

from collections.abc import Sequence

from qmsci.change import Change, Edited, new_revisions
from qmsci.finding import At
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.layout import APPROVALS, PEOPLE
from qmsci.records.training import Approval
from qmsci.rule import Problem, Problems, When, rule
from qmsci.timeline import days_held, include


@rule(
    clause=("21 CFR 211.22(c)", "21 CFR 211.100(a)", "ISO 13485:2016 4.2.4", "EU GMP chapter 4"),
    fix="ask them to approve it: each approval is a file below controlled-docs/approvals/",
    when=When.CHANGE,
)
def approval_missing(edit: Edited[Document]) -> Problems:
    """
    A new revision is not approved by those whose approval the policy asks for.

    A procedure that the quality unit has not approved must not be followed, and what is merged is approved. So the
    approvals come with the revision: a `quality-approval` by somebody of the quality unit who is not an author and,
    for each role in the type's `approvers`, an approval by one of its holders.

    It is the base that says who holds which role, on the day of the change: a change cannot appoint its own
    approver. Under `approvals: forge` they live in the pull request, and this rule is silent. A revision dated on
    the day of the founding is accepted on the approval of the policy alone; of the documents that the founding
    import brings, only the newest revision needs its approvals here.

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
    """
    change, after = edit.change, edit.after
    policy = change.policy
    if not after or not policy or policy.approvals != "signed":
        return
    kind = policy.type_of(after.id)
    approvers = [after.owner if role == "owner" else role for role in (kind.approvers if kind else ())]
    for position, entry in _to_approve(edit):
        named, given = after.named(entry), change.head.approvals(after.named(entry))
        if change.head.unreadable_below(f"{APPROVALS}{named}/"):
            continue
        place = At(edit.path, ("revisions", position))
        by_quality = [one for one in given if one.meaning == "quality-approval" and one.by not in entry.authors]
        if not _one_holds(change, by_quality, policy.quality_unit):
            who = " or ".join(policy.quality_unit)
            message = f"{named} has no quality-approval by a holder of {who} who is no author of it"
            yield Problem(place, message)
        approving = [one for one in given if one.meaning in ("approved", "quality-approval")]
        for role in dict.fromkeys(approvers):
            if not _one_holds(change, approving, (role,)):
                yield Problem(place, f"{named} has no approval by a holder of {role}")


def _to_approve(edit: Edited[Document]) -> list[tuple[int, RevisionEntry]]:
    change, policy = edit.change, edit.change.policy
    founded = policy.founded if policy and (change.founding or change.day == policy.founded) else None
    new = [(position, entry) for position, entry in new_revisions(edit) if entry.effective != founded]
    return [(position, entry) for position, entry in new if position == 0 or not change.founding]


def _one_holds(change: Change, approvals: Sequence[Approval], roles: Sequence[str]) -> bool:
    """Whether one of those who approved holds one of some roles; somebody whose file is unreadable may."""
    for approval in approvals:
        person = change.law.people.get(approval.by)
        if person is None and change.law.unreadable_below(f"{PEOPLE}{approval.by}.yaml"):
            return True
        if person and any(include(days_held(person, role), change.day) for role in roles):
            return True
    return False
