"""`duplicate-id`."""

from qmsci.records.document import Document
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot


@rule(
    clause=("21 CFR 211.100(a)", "ISO 13485:2016 4.2.4", "ISO 9001:2015 7.5.2"),
    fix="give one of the two an id of its own",
)
def duplicate_id(document: Document, snapshot: Snapshot) -> Problems:
    """
    Two documents have the same id, or two revisions of a document the same label.

    Training, approvals and deviations name a text by its id and its label. Where two texts answer to one name,
    nobody can say which of them somebody was trained on. The first file by its path, and the upper entry, are taken
    as meant.

    ## Flagged

    ```markdown title="controlled-docs/sop/SOP-001-documents.md"
    ---
    id: SOP-001
    title: Documents
    owner: quality-assurance
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Write it down.
    ```

    ```markdown title="controlled-docs/sop/SOP-001-training.md"
    ---
    id: SOP-001  # <- SOP-001 is also the id of controlled-docs/sop/SOP-001-documents.md
    title: Training
    owner: quality-assurance
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Learn it.
    ```

    ## Flagged when a label is used again

    ```markdown title="controlled-docs/sop/SOP-001-documents.md"
    ---
    id: SOP-001
    title: Documents
    owner: quality-assurance
    revisions:
      - {revision: 1, effective: 2026-06-01, summary: Clearer., impact: retrain, authors: [p-0007]}
      - revision: 1  # <- SOP-001 has two revisions 1
        effective: 2026-01-10
        summary: First.
        impact: retrain
        authors: [p-0007]
    ---
    Write it down.
    ```

    ## Accepted

    ```markdown title="controlled-docs/sop/SOP-001-documents.md"
    ---
    id: SOP-001
    title: Documents
    owner: quality-assurance
    revisions:
      - {revision: 1.1, effective: 2026-06-01, summary: Clearer., impact: retrain, authors: [p-0007]}
      - {revision: 1, effective: 2026-01-10, summary: First., impact: retrain, authors: [p-0007]}
    ---
    Write it down.
    ```

    ## Accepted with an id of its own

    ```markdown title="controlled-docs/sop/SOP-001-documents.md"
    ---
    id: SOP-001
    title: Documents
    owner: quality-assurance
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Write it down.
    ```

    ```markdown title="controlled-docs/sop/SOP-002-training.md"
    ---
    id: SOP-002
    title: Training
    owner: quality-assurance
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Learn it.
    ```
    """
    first, *others = snapshot.documents_named(document.id)
    for other in others:
        message = f"{document.id} is also the id of {first.path}"
        yield Problem(snapshot.at(other, "id"), message, also=(snapshot.at(first, "id"),))
    for claimant in (first, *others):
        seen: dict[str, int] = {}
        for index, entry in enumerate(claimant.revisions):
            upper = seen.setdefault(entry.revision, index)
            if upper != index:
                yield Problem(
                    snapshot.at(claimant, "revisions", index, "revision"),
                    f"{claimant.id} has two revisions {entry.revision}",
                    also=(snapshot.at(claimant, "revisions", upper, "revision"),),
                    fix="give the newer one the next label",
                )
