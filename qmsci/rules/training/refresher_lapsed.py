"""`refresher-lapsed`."""

from qmsci.completion import history_is_unreadable, lapses, last_full
from qmsci.finding import At
from qmsci.obligations import at_work
from qmsci.qualification import waived_on
from qmsci.records import layout
from qmsci.records.document import Document
from qmsci.rule import Problem, Problems, When, rule
from qmsci.snapshot import Snapshot
from qmsci.timeline import in_force


@rule(
    clause=("21 CFR 211.25(a)", "EU GMP chapter 2"),
    fix="train them by the full method, recorded with `qmsci complete DOCUMENT --by PERSON`; "
    "`qmsci assign --as-of DATE` asks for refreshers before they lapse",
    when=When.CALENDAR,
)
def refresher_lapsed(document: Document, snapshot: Snapshot) -> Problems:
    """
    Somebody's training has to be refreshed and was not.

    A skill that is not practised and looked at fades. Where the document says `every:`, its own authors have
    decided how long training can be relied on; after that the person is no longer qualified, however good the
    first training was.

    The time runs from the latest completion of the full method, on any revision; the same day `every` later
    is still in time. Asked about those who hold a role that requires the document and are not on leave on the
    day. A valid waiver of the revision in force excuses. Who was never trained is the concern of
    `effective-while-untrained`.

    ## Flagged on 2026-11-22

    ```markdown title="controlled-docs/sop/SOP-014-aseptic-gowning.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    training: {every: 12 months}  # <- lapsed for p-0042 (after 2026-11-21)
    revisions:
      - {revision: 2, effective: 2024-11-15, summary: Second glove change., impact: retrain, authors: [p-0007]}
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
    - {"completed": "2024-11-10T09:30:00+01:00", "document": "SOP-014@2", "method": ["read"]}
    - {"completed": "2025-11-21T09:30:00+01:00", "document": "SOP-014@2", "method": ["read"]}
    ```

    ## Accepted on 2026-11-22

    ```markdown title="controlled-docs/sop/SOP-014-aseptic-gowning.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    training: {every: 12 months}
    revisions:
      - {revision: 2, effective: 2024-11-15, summary: Second glove change., impact: retrain, authors: [p-0007]}
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
    - {"completed": "2024-11-10T09:30:00+01:00", "document": "SOP-014@2", "method": ["read"]}
    - {"completed": "2025-11-22T09:30:00+01:00", "document": "SOP-014@2", "method": ["read"]}
    ```
    """
    entry = in_force(document, snapshot.as_of)
    if entry is None or document.training.every is None:
        return
    when = snapshot.end_of(snapshot.as_of)
    lapsed: list[str] = []
    also: list[At] = []
    for person, _ in at_work(snapshot, document, snapshot.as_of):
        last = lapses(snapshot, person.id, document, when)
        if last is None or last >= snapshot.as_of or history_is_unreadable(snapshot, person.id, document.id):
            continue
        if waived_on(snapshot, person.id, document.named(entry), when.day):
            continue
        lapsed.append(f"{person.id} (after {last})")
        done = last_full(snapshot, person.id, document, when)
        also += [At(layout.completions(person.id, document.id), (i,)) for i in (done.entries[-1:] if done else ())]
    if lapsed:
        yield Problem(
            snapshot.at(document, "training"),
            f"the refresher of {document.id}, every {document.training.every}, has lapsed for {', '.join(lapsed)}",
            also=tuple(also),
        )
