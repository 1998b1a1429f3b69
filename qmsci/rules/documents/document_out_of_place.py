"""`document-out-of-place`."""

from qmsci.near_miss import near_miss
from qmsci.records.document import Document
from qmsci.records.layout import DOCUMENTS
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot


@rule(
    clause=("ISO 13485:2016 4.2.4", "ISO 9001:2015 7.5.3"),
    fix="move the file, or give it an id of the type that it is",
)
def document_out_of_place(document: Document, snapshot: Snapshot) -> Problems:
    """
    A document is of no type that the policy knows, or lies in the folder of another type.

    The type says how much training a document asks for, how long before its effective date it must be approved and
    how often it is reviewed. A document without a type escapes all of this, and one in a foreign folder is not
    found.

    ## Flagged

    ```markdown title="controlled-docs/sop/SPO-001-documents.md"
    ---
    id: SPO-001  # <- SPO is no document type of qmsci.yaml, did you mean SOP?
    title: Documents
    owner: quality-assurance
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Write it down.
    ```

    ```markdown title="controlled-docs/sop/WI-031-gloves.md"
    ---
    id: WI-031  # <- WI-031 lies in controlled-docs/sop/, its type belongs in controlled-docs/wi/
    title: Gloves
    owner: quality-assurance
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Change them often.
    ```

    ## Accepted

    ```markdown title="controlled-docs/wi/WI-031-gloves.md"
    ---
    id: WI-031
    title: Gloves
    owner: quality-assurance
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Change them often.
    ```
    """
    if not snapshot.policy:
        return
    types = snapshot.policy.documents
    kind = snapshot.policy.type_of(document.id)
    folder = document.path.removeprefix(DOCUMENTS).split("/", 1)[0]
    if not kind:
        prefix = document.id.split("-", 1)[0]
        here = next((name for name, other in types.items() if other.folder == folder), None)
        meant = near_miss(prefix, types) or here
        guess = f", did you mean {meant}?" if meant else f" ({', '.join(sorted(types))})"
        yield Problem(snapshot.at(document, "id"), f"{prefix} is no document type of qmsci.yaml{guess}")
    elif folder != kind.folder:
        message = f"{document.id} lies in {DOCUMENTS}{folder}/, its type belongs in {DOCUMENTS}{kind.folder}/"
        yield Problem(snapshot.at(document, "id"), message)
