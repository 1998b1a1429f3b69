"""`section-missing`."""

import re

from qmsci.change import Edited, document_before
from qmsci.finding import At
from qmsci.records.document import Document
from qmsci.rule import Problem, Problems, When, rule

_NUMBER = re.compile(r"^(?:\d+\.)*\d*[.)]?\s+(?=\S)")


@rule(
    clause=("EU GMP chapter 4", "ISO 9001:2015 7.5.2"),
    fix="write the section, under a heading of that name",
    when=When.CHANGE,
)
def section_missing(edit: Edited[Document]) -> Problems:
    """
    A new text lacks a section that the policy asks of documents of its type.

    Readers look for responsibilities, records and safety in the same place of every procedure. A section that is
    not there was often not thought of; one that has nothing to say says so.

    A heading of any level will do, numbered or not. Only a text that the change brings or alters is judged: a
    policy that asks for more sections does not make a document wrong that is already merged.

    ## Flagged

    ```yaml title="qmsci.yaml"
    revision: 1
    organization: Halden Biologics
    timezone: Europe/Oslo
    quality-unit: [quality-assurance]
    documents:
      SOP: {folder: sop, sections: [Purpose, Procedure], review: 24 months, window: 14 days, method: [read]}
    ```

    ```markdown title="controlled-docs/sop/SOP-014.md (new)"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - revision: 1  # <- has no section 'Purpose'
        effective: 2026-12-15
        summary: First.
        impact: retrain
        authors: [p-0007]
    ---
    # Procedure
    Gown in the order shown.
    ```

    ## Accepted

    ```yaml title="qmsci.yaml"
    revision: 1
    organization: Halden Biologics
    timezone: Europe/Oslo
    quality-unit: [quality-assurance]
    documents:
      SOP: {folder: sop, sections: [Purpose, Procedure], review: 24 months, window: 14 days, method: [read]}
    ```

    ```markdown title="controlled-docs/sop/SOP-014.md (new)"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - {revision: 1, effective: 2026-12-15, summary: First., impact: retrain, authors: [p-0007]}
    ---
    # 1. Purpose
    Clean people.
    ### 2. Procedure
    Gown in the order shown.
    ```
    """
    after, before = edit.after, document_before(edit)
    kind = edit.change.policy.type_of(after.id) if after and edit.change.policy else None
    if not after or not kind:
        return
    if before and (before.newest.revision, before.text) == (after.newest.revision, after.text):
        return
    headings = {_NUMBER.sub("", heading).casefold() for heading in after.headings}
    for section in kind.sections:
        if section.casefold() not in headings and section not in after.headings:
            message = f"the text of {after.named(after.newest)} has no section {section!r}"
            yield Problem(At(after.path, ("revisions", 0)), message)
