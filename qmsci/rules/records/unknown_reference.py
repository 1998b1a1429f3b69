"""`unknown-reference`."""

from qmsci.finding import At
from qmsci.references import Dangling
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot


@rule(
    clause=("21 CFR 11.10(a)", "ISO 13485:2016 4.2.5", "ISO 9001:2015 7.5.3"),
    fix="write the name as the other file has it, or add that file",
)
def unknown_reference(reference: Dangling, snapshot: Snapshot) -> Problems:
    """
    A record names something that is not there.

    A procedure that an unknown role owns is reviewed by nobody; a completion of a revision that does not exist
    proves nothing. Whoever follows the chain from a deviation to its training must not come to its end in the air.

    People who have left and documents that are retired are still there. The training actions of an event may name a
    document or a revision that is yet to come, and so may a document action until it is `done`; then only the type
    of the document must be known. A file that is there and cannot be read is `unreadable`, not missing. What an
    approval quotes under `governs` is no reference.

    ## Flagged

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: quality-asurance  # <- no role 'quality-asurance' in roles/, did you mean 'quality-assurance'?
    revisions:
      - revision: 1
        effective: 2026-01-10
        summary: First issue.
        impact: retrain
        authors: [p-0007]  # <- no person 'p-0007' in roles/people/
    ---
    Gown in the order shown.
    ```

    ```yaml title="roles/quality-assurance.yaml"
    id: quality-assurance
    title: Quality assurance
    purpose: Keeps the quality system.
    requires: [SOP-014]
    ```

    ## Flagged where a revision is missing

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-11-20
    owner: p-0003
    actions:
      - id: 1
        kind: document
        document: SOP-014@2  # <- SOP-014 has no revision 2 (1)
        due: 2026-12-01
        done: 2026-11-22
    ```

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: quality-assurance
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0003]}
    ---
    Gown in the order shown.
    ```

    ```yaml title="roles/people/p-0003.yaml"
    id: p-0003
    name: Astrid Lie
    kind: employee
    employed: {from: 2024-01-01}
    ```

    ```yaml title="roles/quality-assurance.yaml"
    id: quality-assurance
    title: Quality assurance
    purpose: Keeps the quality system.
    ```

    ## Accepted

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: quality-assurance
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```yaml title="roles/people/p-0007.yaml"
    id: p-0007
    name: Kari Moen
    kind: employee
    employed: {from: 2024-01-01, to: 2026-03-31}
    ```

    ```yaml title="roles/quality-assurance.yaml"
    id: quality-assurance
    title: Quality assurance
    purpose: Keeps the quality system.
    ```

    ## Accepted as long as the action is not done

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-11-20
    owner: p-0003
    actions:
      - {id: 1, kind: document, document: SOP-014@2, due: 2026-12-01}
    ```

    ```yaml title="roles/people/p-0003.yaml"
    id: p-0003
    name: Astrid Lie
    kind: employee
    employed: {from: 2024-01-01}
    ```

    ```yaml title="roles/quality-assurance.yaml"
    id: quality-assurance
    title: Quality assurance
    purpose: Keeps the quality system.
    ```
    """
    yield Problem(At(reference.path, reference.keys), reference.missing)
