"""`record-removed`."""

from qmsci.change import AlteredFile
from qmsci.finding import At
from qmsci.records.document import Document
from qmsci.records.layout import Kind, filed
from qmsci.rule import Problem, Problems, When, rule

_KEPT = {
    Kind.ASSIGNMENT: "an assignment",
    Kind.COMPLETIONS: "a training history",
    Kind.WAIVERS: "a list of waivers",
    Kind.APPROVAL: "an approval",
    Kind.FILE_APPROVAL: "an approval",
    Kind.EVENT: "a quality event",
    Kind.PERSON: "a person",
}


@rule(
    clause=("21 CFR 11.10(e)", "21 CFR 211.180", "ISO 13485:2016 4.2.5"),
    fix="restore the file where it was",
    when=When.CHANGE,
)
def record_removed(file: AlteredFile) -> Problems:
    """
    A record that must be kept is gone from its place.

    Records are kept for years after the last batch that they stand behind. A training history is found by its path,
    so a file that was renamed is as lost as one that was deleted.

    What lies under `training-records/`, approvals, quality events and people stay where they are; somebody who
    leaves gets a `to:`. A document is retired, never deleted; its file may take another name as long as its id
    stays.

    ## Flagged

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml"
    - {"document": "SOP-014@1", "completed": "2026-11-20T09:30:00+01:00", "method": ["read"]}  # <- is gone
    ```

    `training-records/completions/p-0042/SOP-014.yaml` is removed.

    ## Flagged when a document is deleted

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---  # <- SOP-014 is gone, a document is retired and never deleted
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - {revision: 1, effective: 2026-12-15, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    `controlled-docs/sop/SOP-014.md` is removed.

    ## Accepted

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml"
    - {"document": "SOP-014@1", "completed": "2026-11-20T09:30:00+01:00", "method": ["read"]}
    ```

    ## Accepted when a document's file takes another name

    ```markdown title="controlled-docs/sop/SOP-014.md (before)"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - {revision: 1, effective: 2026-12-15, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```markdown title="controlled-docs/sop/SOP-014-aseptic-gowning.md (new)"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - {revision: 1, effective: 2026-12-15, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```
    """
    found = filed(file.path)
    if not found or file.after is not None or file.change.founding:
        return
    if found.kind in _KEPT:
        yield Problem(At(file.path), f"{_KEPT[found.kind]} is gone, records are kept")
    elif found.kind is Kind.DOCUMENT:
        head, was = file.change.head, file.change.base.source.records([file.path])[0]
        if isinstance(was, Document) and was.id not in head.documents and not head.is_unreadable(was.id):
            fix = "restore the file and set `retired:`"
            yield Problem(At(file.path), f"{was.id} is gone, a document is retired and never deleted", fix=fix)
