"""`completion-of-other-assignment`."""

from qmsci.change import Added
from qmsci.finding import At
from qmsci.records.training import Completion
from qmsci.rule import Problem, Problems, When, rule


@rule(
    clause=("21 CFR 211.25(a)", "21 CFR 11.10(a)"),
    fix="name the assignments that ask this person for this revision, or none",
    when=When.CHANGE,
)
def completion_of_other_assignment(added: Added[Completion]) -> Problems:
    """
    A completion names an assignment that asks this person for something else.

    What an assignment asks for is what its completions are measured by, and only completions that name it close an
    action. One that names a colleague's assignment, or that of another revision, looks like an answer and is none.

    ## Flagged

    ```yaml title="training-records/assignments/SOP-014@1/operator.yaml"
    assignment: SOP-014@1/operator
    cause: new-document
    role: operator
    assigned: 2026-11-01
    items:
      - document: SOP-014@1
        text: "sha256:0000000000000000000000000000000000000000000000000000000000000000"
        method: [read]
        due: 2026-12-01
        people: [p-0042]
    ```

    ```yaml title="training-records/completions/p-0057/SOP-014.yaml (new)"
    - document: SOP-014@1
      text: "sha256:0000000000000000000000000000000000000000000000000000000000000000"
      completed: 2026-11-20T09:30:00+01:00
      method: [read]
      assignments: [SOP-014@1/operator]  # <- SOP-014@1/operator asks p-0057 for no SOP-014@1
    ```

    ## Accepted

    ```yaml title="training-records/assignments/SOP-014@1/operator.yaml"
    assignment: SOP-014@1/operator
    cause: new-document
    role: operator
    assigned: 2026-11-01
    items:
      - document: SOP-014@1
        text: "sha256:0000000000000000000000000000000000000000000000000000000000000000"
        method: [read]
        due: 2026-12-01
        people: [p-0042]
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml (new)"
    - document: SOP-014@1
      text: "sha256:0000000000000000000000000000000000000000000000000000000000000000"
      completed: 2026-11-20T09:30:00+01:00
      method: [read]
      assignments: [SOP-014@1/operator]
    ```
    """
    entry = added.entry
    for position, name in enumerate(entry.assignments):
        assignment = added.change.head.assignment(name)
        items = [item for item in assignment.items if item.document == entry.document] if assignment else []
        if assignment and not any(added.person in item.people for item in items):
            place = At(added.path, (added.index, "assignments", position))
            yield Problem(place, f"{name} asks {added.person} for no {entry.document}")
