"""`waiver-expired`."""

from qmsci.completion import history_is_unreadable, on_record
from qmsci.finding import At
from qmsci.obligations import at_work
from qmsci.qualification import waived_on
from qmsci.records import layout
from qmsci.records.document import Document
from qmsci.rule import Problem, Problems, When, rule
from qmsci.snapshot import Snapshot
from qmsci.timeline import in_force


@rule(
    clause=("21 CFR 211.25(a)", "ISO 13485:2016 6.2"),
    fix="train the person, recorded with `qmsci complete`, or grant a new waiver with its own evidence: `qmsci waive`",
    when=When.CALENDAR,
)
def waiver_expired(document: Document, snapshot: Snapshot) -> Problems:
    """
    A waiver has ended and no training has taken its place.

    A waiver bridges time: it says until when something else stands in for training. When it ends quietly, the
    person goes on working as if it had not, and a deliberate exception has become an ordinary gap.

    `until` is the last day on which it holds. Asked about waivers of the revision in force, for people who on
    the day hold a role that requires the document and are not on leave; a later waiver or a completion of the
    revision (or of the one before, where the newer one's impact is `none`) takes its place.

    ## Flagged on 2026-11-22

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

    ```yaml title="training-records/waivers/p-0042/SOP-014.yaml"
    - document: SOP-014@2
      reason: Holds the supplier's certificate
      evidence: certificate 4711
      from: 2026-11-15
      until: 2026-11-21  # <- p-0042's waiver of SOP-014@2 ended on 2026-11-21
      by: p-0003
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

    ```yaml title="training-records/waivers/p-0042/SOP-014.yaml"
    - document: SOP-014@2
      reason: Holds the supplier's certificate
      evidence: certificate 4711
      from: 2026-11-15
      until: 2026-11-22
      by: p-0003
    ```
    """
    entry = in_force(document, snapshot.as_of)
    if entry is None:
        return
    named, when = document.named(entry), snapshot.end_of(snapshot.as_of)
    for person, _ in at_work(snapshot, document, snapshot.as_of):
        ended = [
            (waiver.until, index)
            for index, waiver in enumerate(snapshot.waivers(person.id, document.id))
            if waiver.document == named and waiver.until and waiver.until < snapshot.as_of
        ]
        if not ended or waived_on(snapshot, person.id, named, when.day):
            continue
        if on_record(snapshot, person.id, document, entry, when):
            continue
        until, index = max(ended)
        if not history_is_unreadable(snapshot, person.id, document.id):
            yield Problem(
                At(layout.waivers(person.id, document.id), (index, "until")),
                f"{person.id}'s waiver of {named} ended on {until}, and no completion takes its place",
            )
