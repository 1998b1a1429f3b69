"""`completion-of-other-text`."""

from qmsci.change import Added
from qmsci.finding import At
from qmsci.records.training import Completion
from qmsci.rule import Problem, Problems, When, rule


@rule(
    clause=("21 CFR 11.10(a)", "21 CFR 211.25(a)"),
    fix="train on the text of the revision, and record that; never correct the digest alone",
    when=When.CHANGE,
)
def completion_of_other_text(added: Added[Completion]) -> Problems:
    """
    A completion is of another text than the revision that it names.

    She has learnt something that the revision does not say: a draft, an earlier revision, or a copy that was
    altered. The record would pass for training that did not happen.

    A completion carries the digest of the text that was learnt. Only a migrated record, with its `origin`, may be
    without one. Where the text of an old revision stands neither in a record nor in the history that is here, there
    is nothing to compare with and nothing is said.

    ## Flagged on 2026-11-22

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 1, effective: 2026-10-01, summary: Glove change., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml (new)"
    - document: SOP-014@1
      text: "sha256:0000000000000000000000000000000000000000000000000000000000000000"  # <- trained on another text
      completed: 2026-11-22T09:30:00+01:00
      method: [read]
    ```

    ## Accepted on 2026-11-22

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 1, effective: 2026-10-01, summary: Glove change., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml (new)"
    - document: SOP-014@1
      text: "sha256:d9ec601c7316df7550f43f0c2ed3315859651e829388510b1c254d6c642e0403"
      completed: 2026-11-22T09:30:00+01:00
      method: [read]
    ```

    ## Flagged on 2026-11-22

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 1, effective: 2026-10-01, summary: Glove change., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml (new)"
    - document: SOP-014@1  # <- the completion of SOP-014@1 does not say which text was learnt
      completed: 2026-11-22T09:30:00+01:00
      method: [read]
    ```

    ## Accepted on 2026-11-22

    ```markdown title="controlled-docs/sop/SOP-014.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 1, effective: 2026-10-01, summary: Glove change., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml (new)"
    - document: SOP-014@1
      completed: 2026-11-22T09:30:00+01:00
      method: [read]
      origin: {system: moodle, reference: "4711", verified-by: p-0003}
    ```
    """
    entry, head = added.entry, added.change.head
    document = head.documents.get(entry.document.document)
    revised = document.entry(entry.document.label) if document else None
    if document is None or revised is None:
        return
    if entry.text is None:
        if entry.origin is None:
            message = f"the completion of {entry.document} does not say which text was learnt"
            yield Problem(At(added.path, (added.index, "document")), message)
        return
    text = head.text_of(document, revised)
    if text and text != entry.text:
        message = f"trained on another text than that of {entry.document}, which is {text[:19]}…"
        yield Problem(At(added.path, (added.index, "text")), message)
