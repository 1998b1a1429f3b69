"""`revision-history-rewritten`."""

from collections.abc import Iterator

from qmsci.change import Change, Edited, document_before
from qmsci.finding import At
from qmsci.records.base import key_of
from qmsci.records.document import Document, RevisionEntry
from qmsci.rule import Problem, Problems, When, rule


@rule(
    clause=("21 CFR 11.10(e)", "EU GMP chapter 4", "ISO 13485:2016 4.2.5"),
    fix="restore the entry as it was, and say what is new in a revision of its own",
    when=When.CHANGE,
)
def revision_history_rewritten(edit: Edited[Document]) -> Problems:
    """
    A revision that is already merged was altered, removed or moved in the list.

    The list says which text was in force on which day, and on what grounds. Altered afterwards, it makes people
    trained or untrained for a past in which they were not.

    One thing may be added to an entry, before its effective date: `withdrawn:` and the day on which that was
    decided, not after the effective date and no longer ago than the policy's `late-entry` allows.

    ## Flagged on 2026-11-22

    ```markdown title="controlled-docs/sop/SOP-014.md (before)"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - {revision: 2, effective: 2026-10-10, summary: Clearer., impact: retrain, authors: [p-0007]}
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:  # <- revision 1 is gone
      - revision: 2
        effective: 2026-11-10  # <- 'effective' of revision 2 was 2026-10-10
        summary: Clearer.
        impact: retrain
        authors: [p-0007]
    ---
    Gown in the order shown.
    ```

    ## Flagged on 2026-11-22 when it is withdrawn too late

    ```markdown title="controlled-docs/sop/SOP-014.md (before)"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - {revision: 1, effective: 2026-11-22, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - revision: 1
        effective: 2026-11-22
        summary: First issue.
        impact: retrain
        authors: [p-0007]
        withdrawn: 2026-11-21  # <- revision 1 took effect on 2026-11-22, it can no longer be withdrawn
    ---
    Gown in the order shown.
    ```

    ## Accepted on 2026-11-22

    ```markdown title="controlled-docs/sop/SOP-014.md (before)"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - {revision: 1, effective: 2026-10-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - {revision: 2, effective: 2026-12-15, summary: Clearer., impact: retrain, authors: [p-0007]}
      - {revision: 1, effective: 2026-10-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Gown as shown.
    ```

    ## Accepted on 2026-11-22 as long as it has not taken effect

    ```markdown title="controlled-docs/sop/SOP-014.md (before)"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - {revision: 1, effective: 2026-11-23, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - revision: 1
        effective: 2026-11-23
        summary: First issue.
        impact: retrain
        authors: [p-0007]
        withdrawn: 2026-11-22
    ---
    Gown in the order shown.
    ```
    """
    before, after = document_before(edit), edit.after
    if not before or not after:
        return
    positions = {entry.revision: index for index, entry in reversed(list(enumerate(after.revisions)))}
    last = -1
    for entry in before.revisions:
        position = positions.get(entry.revision)
        if position is None:
            yield Problem(At(after.path, ("revisions",)), f"revision {entry.revision} is gone")
            continue
        if position < last:
            place = At(after.path, ("revisions", position, "revision"))
            yield Problem(place, f"revision {entry.revision} stood below {after.revisions[last].revision}")
        last = max(last, position)
        for key, message in _differences(edit.change, entry, after.revisions[position]):
            yield Problem(At(after.path, ("revisions", position, key)), message)


def _differences(change: Change, was: RevisionEntry, now: RevisionEntry) -> Iterator[tuple[str, str]]:
    for field in RevisionEntry.model_fields:
        old, new = getattr(was, field), getattr(now, field)
        if old == new:
            continue
        if field == "withdrawn" and old is None:
            message = _withdrawn(change, now)
            if message:
                yield field, message
            continue
        said = ", ".join(old) if isinstance(old, tuple) else "absent" if old is None else str(old)
        yield key_of(field), f"'{key_of(field)}' of revision {was.revision} was {said}"


def _withdrawn(change: Change, entry: RevisionEntry) -> str | None:
    """What is wrong with the withdrawal of an entry, if anything is."""
    assert entry.withdrawn
    assert change.policy
    if entry.effective <= change.day:
        return f"revision {entry.revision} took effect on {entry.effective}, it can no longer be withdrawn"
    if entry.withdrawn > entry.effective:
        return f"withdrawn on {entry.withdrawn}, after the effective date {entry.effective}"
    if change.policy.training.late_entry.after(entry.withdrawn) < change.day:
        late = change.policy.training.late_entry
        return f"withdrawn on {entry.withdrawn}, more than {late} before the day of the change, {change.day}"
    return None
