"""`effective-too-soon`."""

from qmsci.change import Change, Edited, document_before, new_revisions
from qmsci.finding import At
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.layout import EVENTS
from qmsci.rule import Problem, Problems, When, rule
from qmsci.timeline import previous


@rule(
    clause=("21 CFR 211.25(a)", "21 CFR 211.100(b)", "ISO 13485:2016 6.2"),
    fix="choose a later effective date, or declare an emergency with the event that is its reason",
    when=When.CHANGE,
)
def effective_too_soon(edit: Edited[Document]) -> Problems:
    """
    A revision takes effect before people can be trained on it.

    From its effective date on, whoever is not trained on the new text may not do the work. The window of the
    document's type is the time that the organisation gives itself for training; without it, work stops or goes on
    untrained.

    The window counts from the day of the change, and its last day is enough. A revision with the impact `none`
    needs no window. `emergency: true` lifts it where `reason:` names an event that is open. Nothing lifts this: a
    text takes no effect before the day on which it is approved. The day on which the quality system was founded is
    accepted.

    ## Flagged on 2026-11-22

    ```yaml title="roles/operator.yaml"
    id: operator
    title: Operator
    purpose: Fills vials.
    ```

    ```markdown title="controlled-docs/sop/SOP-014.md (new)"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - revision: 1
        effective: 2026-12-05  # <- SOP-014@1 takes effect on 2026-12-05, the window of 14 days ends on 2026-12-06
        summary: First issue.
        impact: retrain
        authors: [p-0007]
    ---
    Gown in the order shown.
    ```

    ## Flagged on 2026-11-22 without an open event

    ```yaml title="roles/operator.yaml"
    id: operator
    title: Operator
    purpose: Fills vials.
    ```

    ```markdown title="controlled-docs/sop/SOP-014.md (new)"
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
        emergency: true  # <- an emergency lifts the window of 14 days only with a reason: that names an open event
    ---
    Gown in the order shown.
    ```

    ## Accepted on 2026-11-22

    ```yaml title="roles/operator.yaml"
    id: operator
    title: Operator
    purpose: Fills vials.
    ```

    ```markdown title="controlled-docs/sop/SOP-014.md (new)"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - {revision: 1, effective: 2026-12-06, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ## Accepted on 2026-11-22 as an emergency

    ```yaml title="roles/operator.yaml"
    id: operator
    title: Operator
    purpose: Fills vials.
    ```

    ```markdown title="controlled-docs/sop/SOP-014.md (new)"
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
        emergency: true
        reason: CAPA-2026-003
    ---
    Gown in the order shown.
    ```

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-11-20
    owner: p-0003
    ```
    """
    change, after = edit.change, edit.after
    if not after or not change.policy or change.founding:
        return
    before, kind = document_before(edit), change.policy.type_of(after.id)
    if after.retired and after.retired < change.day and not (before and before.retired == after.retired):
        message = f"{after.id} retires on {after.retired}, before the day of the change, {change.day}"
        yield Problem(At(edit.path, ("retired",)), message, fix="retire it today, or later")
    for position, entry in new_revisions(edit):
        if entry.withdrawn or entry.effective == change.policy.founded == change.day:
            continue
        named, place = after.named(entry), At(edit.path, ("revisions", position, "effective"))
        if entry.effective < change.day:
            message = f"{named} takes effect on {entry.effective}, before the day of the change, {change.day}"
            yield Problem(place, message, fix="choose a later effective date")
        elif kind and _asks(after, entry) and entry.effective < kind.window.after(change.day):
            if not entry.emergency:
                ends = kind.window.after(change.day)
                message = f"{named} takes effect on {entry.effective}, the window of {kind.window} ends on {ends}"
                yield Problem(place, message)
            elif not _reason_is_open(change, entry):
                place = At(edit.path, ("revisions", position, "reason" if entry.reason else "emergency"))
                given = f"; {entry.reason} is none" if entry.reason else ""
                message = f"an emergency lifts the window of {kind.window} only with a reason: that names an open event"
                yield Problem(place, message + given)


def _asks(document: Document, entry: RevisionEntry) -> bool:
    """Whether a revision needs training: all but those with the impact none; of a first one nothing carries over."""
    return entry.impact != "none" or previous(document, entry) is None


def _reason_is_open(change: Change, entry: RevisionEntry) -> bool:
    event = change.head.events.get(entry.reason) if entry.reason else None
    if event:
        return not event.closed
    return bool(entry.reason) and change.head.unreadable_below(f"{EVENTS}{entry.reason}.yaml")
