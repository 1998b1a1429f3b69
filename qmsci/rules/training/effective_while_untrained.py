"""`effective-while-untrained`."""

from qmsci.completion import history_is_unreadable, what_is_void
from qmsci.obligations import at_work
from qmsci.qualification import is_trained
from qmsci.records.document import Document
from qmsci.rule import Problem, Problems, When, rule
from qmsci.snapshot import Snapshot
from qmsci.timeline import in_force

_FIX = "train them, recorded with qmsci complete {} --by {}, or keep them from the work that the document governs"


@rule(
    clause=("21 CFR 211.25(a)", "ISO 13485:2016 6.2", "EU GMP chapter 2"),
    fix=_FIX.format("DOCUMENT", "PERSON"),
    when=When.CALENDAR,
)
def effective_while_untrained(document: Document, snapshot: Snapshot) -> Problems:
    """
    A revision is in force for people who are not trained on it.

    From the day on which it takes effect, the work is to be done by the new text. Who was never trained on it
    does it by the old one, or by none, and is not authorised for what the document governs.

    Asked about everybody who on the day holds a role that requires the document and is not on leave. A waiver
    counts as training while it is valid, and so does training on the revision before where the newer one's
    impact is `none`.

    `training-overdue` is another question: it is about a promise, an assignment whose due date has passed.
    This rule asks nothing about assignments and due dates: a new colleague whose thirty days are still
    running is untrained while the text is in force, and so is somebody whose old training was rejected
    yesterday.

    ## Flagged on 2026-11-22

    ```markdown title="controlled-docs/sop/SOP-014-aseptic-gowning.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - revision: 2  # <- SOP-014@2 is in force since 2026-11-15, untrained: p-0042
        effective: 2026-11-15
        summary: Second glove change.
        impact: retrain
        authors: [p-0007]
    ---
    Gown in the order shown.
    ```

    ```yaml title="roles/operator.yaml"
    id: operator
    title: Operator
    purpose: Fills vials.
    performs: [gowning]
    ```

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    roles: [{role: operator, from: 2024-03-01}]
    ```

    ## Accepted on 2026-11-22

    ```markdown title="controlled-docs/sop/SOP-014-aseptic-gowning.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 2, effective: 2026-11-15, summary: Second glove change., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```yaml title="roles/operator.yaml"
    id: operator
    title: Operator
    purpose: Fills vials.
    performs: [gowning]
    ```

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    roles: [{role: operator, from: 2024-03-01}]
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml"
    - assignments: [SOP-014@2/operator]
      completed: 2026-11-12T09:30:00+01:00
      document: SOP-014@2
      method: [read]
    ```
    """
    entry = in_force(document, snapshot.as_of)
    if entry is None:
        return
    when = snapshot.end_of(snapshot.as_of)
    untrained = {
        person.id: f"{person.id} ({', '.join(roles)})"
        for person, roles in at_work(snapshot, document, snapshot.as_of)
        if not is_trained(snapshot, person.id, document, entry, when)
        and not history_is_unreadable(snapshot, person.id, document.id)
    }
    if untrained:
        void = what_is_void(snapshot, untrained, document.id, document.named(entry))
        said = f"{document.named(entry)} is in force since {entry.effective}, untrained:"
        yield Problem(
            snapshot.at(document, "revisions", document.revisions.index(entry)),
            f"{said} {', '.join(untrained.values())}{void}",
            fix=_FIX.format(document.id, next(iter(untrained))),
        )
