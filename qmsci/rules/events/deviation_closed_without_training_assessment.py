"""`deviation-closed-without-training-assessment`."""

from qmsci.circuit import adequacy, governing_then
from qmsci.records.event import Deviation, Event
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot

_REOPEN = "where it was closed before, reopen it in this change with a `reopened` entry"


@rule(
    clause=("21 CFR 211.192", "21 CFR 211.25(a)", "ISO 13485:2016 6.2"),
    fix=f"run 'qmsci assess' on the event, and answer 'contributed' in each entry before it is closed; {_REOPEN}",
)
def deviation_closed_without_training_assessment(event: Event, snapshot: Snapshot) -> Problems:
    """
    A deviation is closed, and nobody looked whether those involved were trained for what they did.

    Whether training was missing is the first question that an inspector asks of a deviation with people in it. Not
    asked, a gap in training stays open behind every deviation that it causes; and "retrain the operator" is written
    as the action although the operator was trained, and the procedure is at fault.

    Asked about closed deviations and nonconformances. For each of their `people` and each governing document there
    is to be an entry in `training-assessment`, and in every entry a person has answered whether training
    `contributed`. Governing are the `documents` that the event names; where it names none, the documents in force
    on the day of the event that govern its `activity`. A document of which no revision was in force on that day is
    not asked about, nor anybody whose training on it cannot be read. What an entry says is held against the records
    by `assessment-contradicts-records`.

    ## Flagged

    ```yaml title="quality-events/DEV-2026-017.yaml"
    id: DEV-2026-017
    title: Glove tear
    occurred: 2026-09-12T09:40:00+02:00
    reported: 2026-09-12
    documents: [SOP-014]
    people: [p-0042, p-0043, p-0044]
    training-assessment:
      - {person: p-0042, document: SOP-014@2, verdict: qualified}  # <- does not say whether training contributed
    closed: 2026-10-01  # <- no training assessment of p-0043, p-0044 on SOP-014
    closed-by: p-0003
    ```

    ```markdown title="controlled-docs/sop/SOP-014-aseptic-gowning.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - {revision: 2, effective: 2025-01-10, summary: First glove change., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```yaml title="roles/people/p-0042.yaml"
    {id: p-0042, name: Ingrid Solberg, kind: employee, employed: {from: 2024-03-01}}
    ```

    ```yaml title="roles/people/p-0043.yaml"
    {id: p-0043, name: Jonas Lie, kind: employee, employed: {from: 2024-03-01}}
    ```

    ```yaml title="roles/people/p-0044.yaml"
    {id: p-0044, name: Kari Moe, kind: contractor, employed: {from: 2024-03-01}}
    ```

    ## Accepted

    ```yaml title="quality-events/DEV-2026-017.yaml"
    id: DEV-2026-017
    title: Glove tear
    occurred: 2026-09-12T09:40:00+02:00
    reported: 2026-09-12
    documents: [SOP-014]
    people: [p-0042, p-0043]
    training-assessment:
      - {person: p-0042, document: SOP-014@2, verdict: qualified, contributed: false}
      - {person: p-0043, document: SOP-014@2, verdict: not-qualified, contributed: true}
    closed: 2026-10-01
    closed-by: p-0003
    ```

    ```markdown title="controlled-docs/sop/SOP-014-aseptic-gowning.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - {revision: 2, effective: 2025-01-10, summary: First glove change., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```yaml title="roles/people/p-0042.yaml"
    {id: p-0042, name: Ingrid Solberg, kind: employee, employed: {from: 2024-03-01}}
    ```

    ```yaml title="roles/people/p-0043.yaml"
    {id: p-0043, name: Jonas Lie, kind: employee, employed: {from: 2024-03-01}}
    ```

    ## Accepted: nobody is among its people

    ```yaml title="quality-events/DEV-2026-018.yaml"
    id: DEV-2026-018
    title: Freezer alarm at night
    occurred: 2026-09-12T02:10:00+02:00
    reported: 2026-09-12
    activity: storage
    closed: 2026-10-01
    closed-by: p-0003
    ```
    """
    if not isinstance(event, Deviation) or event.settled is None:
        return
    closing = snapshot.at(event, event.settling_key)
    assessed = {(entry.person, entry.document.document) for entry in event.training_assessment}
    for document in governing_then(snapshot, event):
        missing = [
            person
            for person in sorted(set(event.people))
            if (person, document.id) not in assessed and adequacy(snapshot, event, person, document)
        ]
        if missing:
            named = f"{', '.join(missing)} on {document.id}"
            message = f"closed on {event.settled}, and there is no training assessment of {named}"
            yield Problem(closing, message, also=(snapshot.at(event, "people"),))
    for index, entry in enumerate(event.training_assessment):
        if entry.contributed is None:
            yield Problem(
                snapshot.at(event, "training-assessment", index),
                f"closed on {event.settled}, and the assessment of {entry.person} on {entry.document} "
                "does not say whether training contributed",
                also=(closing,),
                fix=f"let a person judge it, and write 'contributed: true' or 'contributed: false'; {_REOPEN}",
            )
