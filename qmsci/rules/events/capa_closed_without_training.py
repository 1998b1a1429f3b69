"""`capa-closed-without-training`."""

from collections import defaultdict
from collections.abc import Iterator

from qmsci.completion import history_is_unreadable
from qmsci.obligations import concerned
from qmsci.qualification import action_items, item_done
from qmsci.records import layout
from qmsci.records.base import RevisionId
from qmsci.records.event import Action, Event
from qmsci.records.person import Person
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot, When

_RESTORE = "restore the training action; what was assigned for it is to be completed before the event is closed"


@rule(
    clause=("ISO 13485:2016 8.5.2", "ISO 13485:2016 6.2", "21 CFR 211.25(a)"),
    fix="add the missing completions, naming the assignment of the action, before the event is closed",
)
def capa_closed_without_training(event: Event, snapshot: Snapshot) -> Problems:
    """
    An event is closed although a training action of it was not done.

    The training is what keeps the fault from coming back. Closing says that it happened; without a completion
    for each person whom the action concerns, there is no proof that it did, and the loop is closed on paper
    only.

    Asked about every closed event with a training action: CAPAs, and deviations, findings and gaps too. The
    action concerns the people whom it names who were still employed on the day of closure, and whoever held
    one of its roles on that day. Who has left, or has left the role, is excused by that date; a leave excuses
    nobody, and no waiver does. Each of them needs an item in an assignment of the action for each document,
    and by the end of the closing day a completion that names that assignment. An action that names a revision
    that does not exist is not done. The answer is the same on every day on which it is asked.

    ## Flagged on 2026-11-22

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Glove change is not practised
    opened: 2026-09-14
    owner: p-0003
    root-cause: {category: procedure, summary: The change was not described.}
    actions:
      - id: 1  # <- closed on 2026-11-20, and SOP-014@3 was not completed by p-0042
        kind: training
        documents: [SOP-014@3]
        roles: [operator]
        due: 2026-10-15
    effectiveness:
      criterion: No gowning deviation in 30 days
      period: 30 days
      assessor: p-0005
      checks: [{on: 2026-11-14, outcome: effective, summary: None seen.}]
    closed: 2026-11-20
    closed-by: p-0003
    ```

    ```markdown title="controlled-docs/sop/SOP-014-aseptic-gowning.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 3, effective: 2026-10-15, summary: Second glove change., impact: retrain, authors: [p-0007]}
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

    ```yaml title="training-records/assignments/CAPA-2026-003/1.yaml"
    assignment: CAPA-2026-003/1
    cause: capa
    assigned: 2026-09-20
    items:
      - document: SOP-014@3
        due: 2026-10-15
        method: [read]
        people: [p-0042]
        text: "sha256:0000000000000000000000000000000000000000000000000000000000000000"
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml"
    - assignments: [CAPA-2026-003/1]
      completed: 2026-11-21T09:30:00+01:00
      document: SOP-014@3
      method: [read]
    ```

    ## Accepted on 2026-11-22

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Glove change is not practised
    opened: 2026-09-14
    owner: p-0003
    root-cause: {category: procedure, summary: The change was not described.}
    actions:
      - id: 1
        kind: training
        documents: [SOP-014@3]
        roles: [operator]
        due: 2026-10-15
    effectiveness:
      criterion: No gowning deviation in 30 days
      period: 30 days
      assessor: p-0005
      checks: [{on: 2026-11-14, outcome: effective, summary: None seen.}]
    closed: 2026-11-20
    closed-by: p-0003
    ```

    ```markdown title="controlled-docs/sop/SOP-014-aseptic-gowning.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 3, effective: 2026-10-15, summary: Second glove change., impact: retrain, authors: [p-0007]}
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

    ```yaml title="training-records/assignments/CAPA-2026-003/1.yaml"
    assignment: CAPA-2026-003/1
    cause: capa
    assigned: 2026-09-20
    items:
      - document: SOP-014@3
        due: 2026-10-15
        method: [read]
        people: [p-0042]
        text: "sha256:0000000000000000000000000000000000000000000000000000000000000000"
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml"
    - assignments: [CAPA-2026-003/1]
      completed: 2026-11-20T09:30:00+01:00
      document: SOP-014@3
      method: [read]
    ```
    """
    if event.closed is None:
        return
    when = snapshot.end_of(event.closed)
    actions = {str(action.id) for action in event.actions if action.kind == "training"}
    for assignment in snapshot.assignments(event.id):
        if assignment.assignment.removeprefix(f"{event.id}/").split("-")[0] not in actions:
            message = f"closed on {event.closed}, and the training action behind {assignment.assignment} is gone"
            yield Problem(snapshot.at(event, "closed"), message, also=(snapshot.at(assignment),), fix=_RESTORE)
    for index, action in enumerate(event.actions):
        if action.kind != "training":
            continue
        missing = list(_missing(snapshot, event, action, when))
        if missing:
            yield Problem(
                snapshot.at(event, "actions", index),
                f"closed on {event.closed}, and {'; '.join(missing)}",
                also=(snapshot.at(event, "closed"),),
            )


def _missing(snapshot: Snapshot, event: Event, action: Action, when: When) -> Iterator[str]:
    """What is missing of a training action at a moment: one phrase for each thing and the people it is missing for."""
    if snapshot.unreadable_below(f"{layout.ASSIGNMENTS}{event.id}/"):
        return
    people = concerned(snapshot, action, max(when.day, action.opened or event.begun or when.day))
    if not action.people and not action.roles:
        yield "its training action names nobody"
    if people and not action.documents:
        yield "its training action names no document"
    for named in action.documents:
        if _exists(snapshot, named):
            yield from _lacking(snapshot, event, action, named, people, when)
        elif not snapshot.is_unreadable(_document_of(named)):
            yield f"there is no {named}"


def _lacking(
    snapshot: Snapshot, event: Event, action: Action, named: RevisionId | str, people: list[Person], when: When
) -> Iterator[str]:
    """Who lacks training on one document of an action: who was not asked, and who has not completed it."""
    items = action_items(snapshot, event, action)
    asked = [(where, item) for where, item in items if named in (item.document, item.document.document)]
    lacking: dict[str, list[str]] = defaultdict(list)
    for person in people:
        mine = [(where, item) for where, item in asked if person.id in item.people]
        if not mine:
            lacking[f"{named} was not assigned to"].append(person.id)
        elif any(item_done(snapshot, where, item, person.id, when) for where, item in mine):
            continue
        elif not history_is_unreadable(snapshot, person.id, _document_of(named)):
            lacking[f"{named} was not completed by"].append(person.id)
    yield from (f"{what} {', '.join(who)}" for what, who in sorted(lacking.items()))


def _document_of(named: RevisionId | str) -> str:
    return named.document if isinstance(named, RevisionId) else named


def _exists(snapshot: Snapshot, named: RevisionId | str) -> bool:
    if not isinstance(named, RevisionId):
        return named in snapshot.documents
    document = snapshot.documents.get(named.document)
    return document is not None and document.entry(named.label) is not None
