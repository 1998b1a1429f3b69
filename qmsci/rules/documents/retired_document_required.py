"""`retired-document-required`."""

from collections.abc import Iterator

from qmsci.change import Edited, document_before
from qmsci.finding import At
from qmsci.records.document import Document
from qmsci.records.role import Role
from qmsci.rule import Problem, Problems, When, rule


@rule(
    clause=("21 CFR 211.25(a)", "ISO 13485:2016 4.2.4"),
    fix="take the document out of the role's `requires`, or require the one that replaces it",
    when=When.CHANGE,
)
def retired_document_required(edit: Edited[Document] | Edited[Role]) -> Problems:
    """
    A role requires a document that is retired.

    A retired document has no text in force, so nobody can be trained on it: whoever takes the role would never
    become qualified, and the role would seem to be covered by a procedure that no longer holds.

    No role may list a document anew that has a date in `retired`, even one to come. A role that listed it before
    may go on doing so until that day, but not beyond: a change that retires a document at once takes it out of the
    roles as well.

    ## Flagged on 2026-11-22

    ```markdown title="controlled-docs/trn/TRN-001.md"
    ---
    id: TRN-001
    title: Foundations
    owner: operator
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    retired: 2027-05-01
    ---
    Know the rules.
    ```

    ```yaml title="roles/operator.yaml (new)"
    id: operator
    title: Operator
    purpose: Fills vials.
    requires:
      - TRN-001  # <- TRN-001 is retired on 2027-05-01, no role may list it anew
    ```

    ## Flagged on 2026-11-22 when it is retired at once

    ```markdown title="controlled-docs/trn/TRN-001.md (before)"
    ---
    id: TRN-001
    title: Foundations
    owner: operator
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Know the rules.
    ```

    ```markdown title="controlled-docs/trn/TRN-001.md"
    ---
    id: TRN-001
    title: Foundations
    owner: operator
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    retired: 2026-11-22
    ---
    Know the rules.
    ```

    ```yaml title="roles/operator.yaml"
    id: operator
    title: Operator
    purpose: Fills vials.
    requires:
      - TRN-001  # <- TRN-001 is retired on 2026-11-22 and operator still lists it
    ```

    ## Accepted on 2026-11-22

    ```markdown title="controlled-docs/trn/TRN-001.md (before)"
    ---
    id: TRN-001
    title: Foundations
    owner: operator
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Know the rules.
    ```

    ```markdown title="controlled-docs/trn/TRN-001.md"
    ---
    id: TRN-001
    title: Foundations
    owner: operator
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    retired: 2026-11-22
    ---
    Know the rules.
    ```

    ```yaml title="roles/operator.yaml (before)"
    id: operator
    title: Operator
    purpose: Fills vials.
    requires: [TRN-001]
    ```

    ```yaml title="roles/operator.yaml"
    id: operator
    title: Operator
    purpose: Fills vials.
    performs: [filling]
    ```

    ## Accepted on 2026-11-22 until the day comes

    ```markdown title="controlled-docs/trn/TRN-001.md (before)"
    ---
    id: TRN-001
    title: Foundations
    owner: operator
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Know the rules.
    ```

    ```markdown title="controlled-docs/trn/TRN-001.md"
    ---
    id: TRN-001
    title: Foundations
    owner: operator
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    retired: 2026-11-23
    ---
    Know the rules.
    ```

    ```yaml title="roles/operator.yaml"
    id: operator
    title: Operator
    purpose: Fills vials.
    requires: [TRN-001]
    ```
    """
    match edit.after:
        case Role():
            for index, document in _listed_anew(edit.before, edit.after):
                found = edit.change.head.documents.get(document)
                if found and found.retired:
                    message = f"{document} is retired on {found.retired}, no role may list it anew"
                    place = At(found.path, ("retired",))
                    yield Problem(At(edit.path, ("requires", index)), message, also=(place,))
        case Document(id=name, retired=day) if day and day <= edit.change.day:
            was = document_before(edit)
            if was and was.retired == day:
                return
            for role in edit.change.head.listed_by.get(name, ()):
                before = edit.change.base.roles.get(role.id)
                if before and name in before.requires:
                    message = f"{name} is retired on {day} and {role.id} still lists it"
                    place = At(role.path, ("requires", role.requires.index(name)))
                    yield Problem(place, message, also=(At(edit.path, ("retired",)),))


def _listed_anew(before: object, after: Role) -> Iterator[tuple[int, str]]:
    listed = before.requires if isinstance(before, Role) else ()
    return ((index, name) for index, name in enumerate(after.requires) if name not in listed)
