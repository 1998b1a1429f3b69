"""`training-overdue`."""

from qmsci.completion import history_is_unreadable, what_is_void
from qmsci.obligations import deadline, still_owes
from qmsci.records.person import Person
from qmsci.records.training import Assignment, AssignmentItem
from qmsci.rule import Problem, Problems, When, rule
from qmsci.snapshot import Snapshot
from qmsci.timeline import back_from_leave, is_on_leave

_FIX = "train them, and have each of them record it: qmsci complete {} --by {}"


@rule(
    clause=("21 CFR 211.25(a)", "ISO 13485:2016 6.2", "EU GMP chapter 2"),
    fix=_FIX.format("DOCUMENT", "PERSON"),
    when=When.CALENDAR,
)
def training_overdue(assignment: Assignment, snapshot: Snapshot) -> Problems:
    """
    Assigned training is past its due date.

    The assignment is a promise with a date: the organisation has decided that these people need this training
    by then. A promise that nobody keeps, and nobody is reminded of, shows an inspector that the system plans
    training and does not carry it out.

    The due day is still in time. Nobody is asked who no longer holds the role (or works here, or is concerned
    by the action), nor for a revision that is superseded, withdrawn or retired, and what fell due during a
    leave is due on the first day back; where the action behind it was extended, so is it. A waiver excuses,
    except from what a CAPA or a deviation asks for: that is done only by a completion that names its
    assignment, and ends when the event is closed.

    `effective-while-untrained` is another question. This rule is about an unkept promise: a new colleague
    whose thirty days are running is not overdue. That one is about the text that is in force: it names
    everybody who works under it untrained, whether their date has passed, is still to come, or nobody ever
    gave them one.

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

    ```yaml title="training-records/assignments/SOP-014@2/operator.yaml"
    assignment: SOP-014@2/operator
    cause: new-document
    role: operator
    assigned: 2026-11-01
    items:
      - document: SOP-014@2  # <- SOP-014@2 was due by 2026-11-15 and is open for p-0042
        text: "sha256:0000000000000000000000000000000000000000000000000000000000000000"
        method: [read]
        due: 2026-11-15
        people: [p-0042]
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

    ```yaml title="training-records/assignments/SOP-014@2/operator.yaml"
    assignment: SOP-014@2/operator
    cause: new-document
    role: operator
    assigned: 2026-11-01
    items:
      - document: SOP-014@2
        text: "sha256:0000000000000000000000000000000000000000000000000000000000000000"
        method: [read]
        due: 2026-11-15
        people: [p-0042]
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml"
    - assignments: [SOP-014@2/operator]
      completed: 2026-11-12T09:30:00+01:00
      document: SOP-014@2
      method: [read]
    ```
    """
    if assignment.assigned > snapshot.as_of:
        return
    for index, item in enumerate(assignment.items):
        people = [person for person in map(snapshot.people.get, item.people) if person]
        late = [person.id for person in people if _is_late(snapshot, assignment, item, person)]
        if late:
            said = f"{item.document} was due by {deadline(snapshot, assignment, item)} and is open for"
            void = what_is_void(snapshot, late, item.document.document, item.document)
            place, fix = snapshot.at(assignment, "items", index), _FIX.format(item.document, late[0])
            yield Problem(place, f"{said} {', '.join(late)}{void}", fix=fix)


def _is_late(snapshot: Snapshot, assignment: Assignment, item: AssignmentItem, person: Person) -> bool:
    day = snapshot.as_of
    if back_from_leave(person, deadline(snapshot, assignment, item)) >= day or is_on_leave(person, day):
        return False
    open_ = still_owes(snapshot, assignment, item, person, snapshot.end_of(day))
    return open_ and not history_is_unreadable(snapshot, person.id, item.document.document)
