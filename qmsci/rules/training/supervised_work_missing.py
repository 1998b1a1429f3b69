"""`supervised-work-missing`."""

from collections.abc import Iterator

from qmsci.authorisation import may_evaluate
from qmsci.change import Added
from qmsci.completion import completed, items_named, tasks_asked
from qmsci.finding import At
from qmsci.records.document import Document
from qmsci.records.training import Completion, SupervisedTask
from qmsci.rule import Problem, Problems, When, rule
from qmsci.snapshot import When as Moment


@rule(
    clause=("21 CFR 211.25(a)", "EU GMP chapter 2", "ISO 13485:2016 6.2"),
    fix="let the trainee do the work under supervision as often as is asked, then judge it, and record each time",
    when=When.CHANGE,
)
def supervised_work_missing(added: Added[Completion]) -> Problems:
    """
    A practical demonstration was passed without the supervised work that comes before it.

    One good day may be luck. Work under the eyes of somebody who may do it alone shows that it is not, and keeps the
    product safe while the trainee is learning.

    Asked of a practical entry that passed. It names, under `supervised`, as many tasks as the items ask for that it
    answers; where it answers none, as the document asks of somebody who was not trained on an earlier revision. A
    task counts when its supervisor could have judged the work on that day: qualified on the revision in force or on a
    coming one, or an author of it, or waived by the quality unit, or on the day of the founding a founder. A task later
    than the day of the demonstration, or supervised by the trainee, counts for nothing and is flagged by itself,
    however many others there are. The supervised work behind migrated records, with their `origin`, is in the system
    that they come from, and is not judged.

    ## Flagged on 2026-11-22

    ```markdown title="controlled-docs/wi/WI-031.md"
    ---
    id: WI-031
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    training: {supervised: 2}
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    In the order shown.
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

    ```yaml title="training-records/assignments/WI-031@1/operator.yaml"
    assignment: WI-031@1/operator
    cause: new-document
    role: operator
    assigned: 2026-01-02
    items:
      - document: WI-031@1
        text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
        method: [read, practical]
        supervised: 2
        due: 2026-12-01
        people: [p-0042]
    ```

    ```yaml title="training-records/completions/p-0042/WI-031.yaml (new)"
    - document: WI-031@1
      completed: 2026-11-22T09:30:00+01:00
      method: [read, practical]
      assignments: [WI-031@1/operator]
      practical:
        evaluator: p-0007
        outcome: competent
        supervised:  # <- 1 of 2 supervised tasks that WI-031@1/operator asks for
          - {on: 2026-11-18, by: p-0007, task: Gowned for Grade A}
    ```

    ## Accepted on 2026-11-22

    Both under the eyes of the author of the revision.

    ```markdown title="controlled-docs/wi/WI-031.md"
    ---
    id: WI-031
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    training: {supervised: 2}
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    In the order shown.
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

    ```yaml title="training-records/assignments/WI-031@1/operator.yaml"
    assignment: WI-031@1/operator
    cause: new-document
    role: operator
    assigned: 2026-01-02
    items:
      - document: WI-031@1
        text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
        method: [read, practical]
        supervised: 2
        due: 2026-12-01
        people: [p-0042]
    ```

    ```yaml title="training-records/completions/p-0042/WI-031.yaml (new)"
    - document: WI-031@1
      completed: 2026-11-22T09:30:00+01:00
      method: [read, practical]
      assignments: [WI-031@1/operator]
      practical:
        evaluator: p-0007
        outcome: competent
        supervised:
          - {on: 2026-11-18, by: p-0007, task: Gowned for Grade A}
          - {on: 2026-11-20, by: p-0007, task: Gowned for Grade A}
    ```

    ## Flagged on 2026-11-22

    Who supervised the second time could not do it alone.

    ```markdown title="controlled-docs/wi/WI-031.md"
    ---
    id: WI-031
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    training: {supervised: 2}
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    In the order shown.
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

    ```yaml title="roles/people/p-0011.yaml"
    id: p-0011
    name: Ola Berg
    kind: employee
    employed: {from: 2024-03-01}
    roles:
      - {role: operator, from: 2024-03-01}
    ```

    ```yaml title="training-records/assignments/WI-031@1/operator.yaml"
    assignment: WI-031@1/operator
    cause: new-document
    role: operator
    assigned: 2026-01-02
    items:
      - document: WI-031@1
        text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
        method: [read, practical]
        supervised: 2
        due: 2026-12-01
        people: [p-0042]
    ```

    ```yaml title="training-records/completions/p-0042/WI-031.yaml (new)"
    - document: WI-031@1
      completed: 2026-11-22T09:30:00+01:00
      method: [read, practical]
      assignments: [WI-031@1/operator]
      practical:
        evaluator: p-0007
        outcome: competent
        supervised:  # <- p-0011 could not supervise on 2026-11-20: not trained on WI-031@1
          - {on: 2026-11-18, by: p-0007, task: Gowned for Grade A}
          - {on: 2026-11-20, by: p-0011, task: Gowned for Grade A}
    ```

    ## Accepted on 2026-11-22

    ```markdown title="controlled-docs/wi/WI-031.md"
    ---
    id: WI-031
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    training: {supervised: 2}
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    In the order shown.
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

    ```yaml title="roles/people/p-0011.yaml"
    id: p-0011
    name: Ola Berg
    kind: employee
    employed: {from: 2024-03-01}
    roles:
      - {role: operator, from: 2024-03-01}
    ```

    ```yaml title="training-records/assignments/WI-031@1/operator.yaml"
    assignment: WI-031@1/operator
    cause: new-document
    role: operator
    assigned: 2026-01-02
    items:
      - document: WI-031@1
        text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
        method: [read, practical]
        supervised: 2
        due: 2026-12-01
        people: [p-0042]
    ```

    ```yaml title="training-records/completions/p-0011/WI-031.yaml"
    - document: WI-031@1
      completed: 2026-01-12T09:30:00+01:00
      method: [read, practical]
      practical:
        evaluator: p-0007
        outcome: competent
        supervised:
          - {on: 2026-01-10, by: p-0007, task: Gowned for Grade A}
          - {on: 2026-01-11, by: p-0007, task: Gowned for Grade A}
    ```

    ```yaml title="training-records/completions/p-0042/WI-031.yaml (new)"
    - document: WI-031@1
      completed: 2026-11-22T09:30:00+01:00
      method: [read, practical]
      assignments: [WI-031@1/operator]
      practical:
        evaluator: p-0007
        outcome: competent
        supervised:
          - {on: 2026-11-18, by: p-0007, task: Gowned for Grade A}
          - {on: 2026-11-20, by: p-0011, task: Gowned for Grade A}
    ```

    ## Flagged on 2026-11-22

    ```markdown title="controlled-docs/wi/WI-031.md"
    ---
    id: WI-031
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    training: {supervised: 2}
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    In the order shown.
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

    ```yaml title="training-records/assignments/WI-031@1/operator.yaml"
    assignment: WI-031@1/operator
    cause: new-document
    role: operator
    assigned: 2026-01-02
    items:
      - document: WI-031@1
        text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
        method: [read, practical]
        supervised: 2
        due: 2026-12-01
        people: [p-0042]
    ```

    ```yaml title="training-records/completions/p-0042/WI-031.yaml (new)"
    - document: WI-031@1
      completed: 2026-11-22T09:30:00+01:00
      method: [read, practical]
      assignments: [WI-031@1/operator]
      practical:
        evaluator: p-0007
        outcome: competent
        supervised:
          - {on: 2026-11-18, by: p-0007, task: Gowned for Grade A}
          - {on: 2026-11-20, by: p-0007, task: Gowned for Grade A}
          - {on: 2026-11-23, by: p-0007, task: Gowned}  # <- a supervised task of 2026-11-23, after the
          - {on: 2026-11-19, by: p-0042, task: Gowned}  # <- p-0042 has supervised their own work
    ```

    ## Accepted on 2026-11-22

    A failed demonstration is an honest record, whatever was practised before it.

    ```markdown title="controlled-docs/wi/WI-031.md"
    ---
    id: WI-031
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    training: {supervised: 2}
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    In the order shown.
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

    ```yaml title="training-records/assignments/WI-031@1/operator.yaml"
    assignment: WI-031@1/operator
    cause: new-document
    role: operator
    assigned: 2026-01-02
    items:
      - document: WI-031@1
        text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
        method: [read, practical]
        supervised: 2
        due: 2026-12-01
        people: [p-0042]
    ```

    ```yaml title="training-records/completions/p-0042/WI-031.yaml (new)"
    - document: WI-031@1
      completed: 2026-11-22T09:30:00+01:00
      method: [read, practical]
      assignments: [WI-031@1/operator]
      practical:
        evaluator: p-0007
        outcome: not-competent
        supervised:
          - {on: 2026-11-18, by: p-0007, task: Gowned for Grade A}
    ```
    """
    entry, change = added.entry, added.change
    document = change.head.documents.get(entry.document.document)
    if entry.practical is None or "practical" not in entry.method or not entry.passed or entry.origin or not document:
        return
    place = (added.index, "practical", "supervised")
    impossible = dict(_impossible(added))
    for index, message in impossible.items():
        key = "by" if entry.practical.supervised[index].by == added.person else "on"
        yield Problem(At(added.path, (*place, index, key)), message)
    possible = [task for index, task in enumerate(entry.practical.supervised) if index not in impossible]
    doubts = [doubt for task in possible if (doubt := _doubt(added, document, task))]
    (asked, who), number = _asked(added, document), len(possible) - len(doubts)
    if number < asked:
        because = f": {doubts[0]}" if doubts else ""
        message = f"{number} of {asked} supervised task{'s' * (asked > 1)} that {who} asks for{because}"
        yield Problem(At(added.path, place if entry.practical.supervised else place[:2]), message)


def _impossible(added: Added[Completion]) -> Iterator[tuple[int, str]]:
    """The tasks, by their positions, that cannot have been supervised work before the demonstration."""
    day = added.change.law.day_of(added.entry.completed)
    for index, task in enumerate(added.entry.practical.supervised if added.entry.practical else ()):
        if task.by == added.person:
            yield index, f"{added.person} has supervised their own work"
        elif task.on > day:
            yield index, f"a supervised task of {task.on}, after the demonstration on {day}"


def _doubt(added: Added[Completion], document: Document, task: SupervisedTask) -> str | None:
    """Why a task does not count: its supervisor could not have judged it on that day."""
    law, head = added.change.law, added.change.head
    label, when = added.entry.document.label, law.end_of(task.on)
    # What was supervised on the day of the founding is written down with the demonstration, long after.
    verdict = may_evaluate(law, head, task.by, document, label, when, with_founders=True)
    return None if verdict else f"{task.by} could not supervise on {task.on}: {verdict.reason}"


def _asked(added: Added[Completion], document: Document) -> tuple[int, str]:
    """How many supervised tasks are asked for, and by what."""
    change, entry = added.change, added.entry
    items = list(items_named(change.head, added.person, entry))
    if items:
        return max(item.supervised or 0 for item in items), ", ".join(entry.assignments)
    law = change.law.documents.get(document.id)
    judged = document.model_copy(update={"training": law.training}) if law else document
    revision = judged.entry(entry.document.label)
    when = Moment(entry.completed, change.law.day_of(entry.completed))
    if revision is None or completed(change.head, added.person, judged, revision, when):
        return 0, document.id  # done before, by another entry: once more is welcome
    return tasks_asked(change.head, added.person, judged, revision, when), document.id
