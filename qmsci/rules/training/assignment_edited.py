"""`assignment-edited`."""

from qmsci.assign import WAITING
from qmsci.change import AddedAssignment, AlteredFile
from qmsci.finding import At
from qmsci.records.layout import Kind, filed
from qmsci.records.training import Assignment, AssignmentItem
from qmsci.rule import Problem, Problems, When, rule


@rule(clause=("21 CFR 11.10(a)", "21 CFR 11.10(e)"), fix="qmsci assign", when=When.CHANGE)
def assignment_edited(edit: AddedAssignment | AlteredFile) -> Problems:
    """
    An assignment says something else than `qmsci assign` writes.

    An assignment is frozen when it is merged: it is what completions are measured by for as long as records are
    kept. One that was edited by hand could ask for less than the revision does, or for another text.

    A file that a change adds must agree with what `qmsci assign` writes on the day that it names, in its cause,
    texts, methods, pass marks, due dates and order; that day is not after the change's own. A due date that is too
    late for the revision is `due-after-effective`, people who owe nothing are `unfounded-assignment`. A file that
    is already merged never changes; whoever is missing gets a file of their own.

    ## Flagged on 2026-11-22

    ```markdown title="controlled-docs/wi/WI-031.md"
    ---
    id: WI-031
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 1, effective: 2026-12-15, summary: Glove change., impact: retrain, authors: [p-0007]}
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
    roles:
      - {role: operator, from: 2024-03-01}
    ```

    ```yaml title="training-records/assignments/WI-031@1/operator.yaml (new)"
    assignment: WI-031@1/operator
    cause: new-document
    role: operator
    assigned: 2026-11-22
    items:
      - document: WI-031@1
        text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
        method: [read]  # <- the method is read, qmsci assign writes read, practical
        due: 2026-12-15
        people: [p-0042]
    ```

    ## Accepted on 2026-11-22

    ```markdown title="controlled-docs/wi/WI-031.md"
    ---
    id: WI-031
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 1, effective: 2026-12-15, summary: Glove change., impact: retrain, authors: [p-0007]}
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
    roles:
      - {role: operator, from: 2024-03-01}
    ```

    ```yaml title="training-records/assignments/WI-031@1/operator.yaml (new)"
    assignment: WI-031@1/operator
    cause: new-document
    role: operator
    assigned: 2026-11-22
    items:
      - document: WI-031@1
        text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
        method: [read, practical]
        due: 2026-12-15
        people: [p-0042]
    ```

    ## Flagged on 2026-11-22

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 1, effective: 2026-12-15, summary: Glove change., impact: retrain, authors: [p-0007]}
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
    roles:
      - {role: operator, from: 2024-03-01}
    ```

    ```yaml title="training-records/assignments/SOP-014@1/operator.yaml (before)"
    assignment: SOP-014@1/operator
    cause: new-document
    role: operator
    assigned: 2026-11-22
    items:
      - document: SOP-014@1
        text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
        method: [read]
        due: 2026-12-15
        people: []
    ```

    ```yaml title="training-records/assignments/SOP-014@1/operator.yaml"
    assignment: SOP-014@1/operator  # <- a merged assignment never changes
    cause: new-document
    role: operator
    assigned: 2026-11-22
    items:
      - document: SOP-014@1
        text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
        method: [read]
        due: 2026-12-15
        people: [p-0042]
    ```

    ## Accepted on 2026-11-22

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 1, effective: 2026-12-15, summary: Glove change., impact: retrain, authors: [p-0007]}
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
    employed: {from: 2026-11-22}
    roles:
      - {role: operator, from: 2026-11-22}
    ```

    ```yaml title="training-records/assignments/SOP-014@1/operator.yaml"
    assignment: SOP-014@1/operator
    cause: new-document
    role: operator
    assigned: 2026-11-22
    items:
      - document: SOP-014@1
        text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
        method: [read]
        due: 2026-12-15
        people: []
    ```

    ```yaml title="training-records/assignments/people/p-0042/operator-2026-11-22.yaml (new)"
    assignment: people/p-0042/operator-2026-11-22
    cause: hire
    role: operator
    assigned: 2026-11-22
    items:
      - document: SOP-014@1
        text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
        method: [read]
        due: 2026-12-22
        people: [p-0042]
    ```
    """
    if isinstance(edit, AlteredFile):
        found = filed(edit.path)
        if found and found.kind is Kind.ASSIGNMENT and edit.after is not None:
            fix = "restore the file; qmsci assign writes what is missing to a new one"
            yield Problem(At(edit.path), "a merged assignment never changes", fix=fix)
        return
    mine = edit.assignment
    if mine.assigned > edit.change.day:
        message = f"assigned on {mine.assigned}, after the day of the change, {edit.change.day}"
        yield Problem(At(mine.path, ("assigned",)), message)
    elif mine.assigned < edit.change.day - WAITING:
        message = f"assigned on {mine.assigned}, more than {WAITING.days} days before the change of {edit.change.day}"
        yield Problem(At(mine.path, ("assigned",)), message)
    if edit.expected:
        for key in ("cause", "role"):
            yours, written = getattr(mine, key), getattr(edit.expected, key)
            if yours != written:
                yield Problem(At(mine.path, (key,)), f"the {key} is {yours}, qmsci assign writes {written}")
    for index, item, expected in edit.pairs():
        for key, yours, written in _differences(mine, item, expected):
            message = f"the {key} is {yours}, qmsci assign writes {written}"
            yield Problem(At(mine.path, ("items", index, key.replace(" ", "-"))), message)
    yield from _left_out(edit)
    yield from _out_of_order(mine)


def _differences(
    assignment: Assignment, item: AssignmentItem, expected: AssignmentItem
) -> list[tuple[str, object, object]]:
    too_late = item.due > expected.due and assignment.cause in ("revision", "new-document")
    pairs = [
        ("text", item.text, expected.text),
        ("method", ", ".join(item.method), ", ".join(expected.method)),
        ("pass mark", item.pass_mark or "absent", expected.pass_mark or "absent"),
        ("supervised", item.supervised or "absent", expected.supervised or "absent"),
        ("due", expected.due if too_late else item.due, expected.due),
    ]
    return [(key, yours, written) for key, yours, written in pairs if yours != written]


def _left_out(edit: AddedAssignment) -> Problems:
    """Items that name nobody and are not there; where people are left out, `person-without-assignment` says so."""
    asked = {item.document for item in edit.assignment.items}
    for expected in edit.expected.items if edit.expected else ():
        if not expected.people and expected.document not in asked:
            message = f"no item says what {expected.document} will ask of who comes next"
            yield Problem(At(edit.assignment.path, ("items",)), message)


def _out_of_order(assignment: Assignment) -> Problems:
    keys = [(str(item.document), item.text, item.method, item.supervised or 0, item.due) for item in assignment.items]
    if keys != sorted(set(keys)):
        yield Problem(At(assignment.path, ("items",)), "the items are not in the order that qmsci assign writes")
    for index, item in enumerate(assignment.items):
        if list(item.people) != sorted(set(item.people)):
            place = At(assignment.path, ("items", index, "people"))
            yield Problem(place, "the people are not in the order that qmsci assign writes")
