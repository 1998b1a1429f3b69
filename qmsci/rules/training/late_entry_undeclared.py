"""`late-entry-undeclared`."""

from qmsci.change import Added, AddedSignature
from qmsci.finding import At
from qmsci.records.training import Completion
from qmsci.rule import Problem, Problems, When, rule


@rule(
    clause=("21 CFR 11.10(e)", "EU GMP chapter 4", "21 CFR 211.100(b)"),
    fix="add `late:` with the reason",
    when=When.CHANGE,
)
def late_entry_undeclared(added: Added[Completion] | AddedSignature) -> Problems:
    """
    Training was recorded long after it happened, and nobody says why.

    A record is worth what it was worth when it was made: one that is written weeks later rests on memory. That
    happens; a reason makes it a late entry, silence makes it look like a backdated one.

    The policy's `training.late-entry` is how many calendar days may lie between the training and the change that
    records it; the last of them is in time. As many may lie between a signature that is added to a completion on
    record and the change that adds it, once anybody's key is registered. Migrated records, with their `origin`, and the
    import that brings the first policy are not late.

    ## Flagged on 2026-11-22

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 1, effective: 2026-10-01, summary: Glove change., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml (new)"
    - document: SOP-014@1
      text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
      completed: 2026-11-18T09:30:00+01:00  # <- recorded 4 days later, the policy allows 3 days
      method: [read]
    ```

    ## Accepted on 2026-11-22

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 1, effective: 2026-10-01, summary: Glove change., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml (new)"
    - document: SOP-014@1
      text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
      completed: 2026-11-18T09:30:00+01:00
      method: [read]
      late: reader offline
    ```

    ## Accepted on 2026-11-22

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 1, effective: 2026-10-01, summary: Glove change., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml (new)"
    - document: SOP-014@1
      text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
      completed: 2026-11-19T09:30:00+01:00
      method: [read]
    ```
    """
    if isinstance(added, AddedSignature):
        yield from _signed_late(added)
        return
    entry, change = added.entry, added.change
    if change.policy is None or change.founding or entry.late or entry.origin:
        return
    day, allowed = change.law.day_of(entry.completed), change.policy.training.late_entry
    if change.day > allowed.after(day):
        passed = (change.day - day).days
        message = f"completed on {day} and recorded {passed} days later, the policy allows {allowed}"
        yield Problem(At(added.path, (added.index, "completed")), message)


def _signed_late(added: AddedSignature) -> Problems:
    """What a signature on an entry says of when it was given, where the entry was there before."""
    entry, change, day = added.record, added.change, added.day
    if added.is_new or not isinstance(entry, Completion) or entry.late or entry.origin or change.policy is None:
        return
    allowed = change.policy.training.late_entry
    if day is not None and change.day > allowed.after(day) and change.has_keys:
        passed = (change.day - day).days
        yield Problem(added.at("at"), f"signed on {day} and recorded {passed} days later, the policy allows {allowed}")
