"""`unsafe-content`."""

from qmsci.finding import At, Place, Severity
from qmsci.records.layout import Kind, filed
from qmsci.rule import Problem, Problems, rule
from qmsci.rules import DoubtedFile
from qmsci.signature import SIGNED_KINDS
from qmsci.snapshot import Snapshot


@rule(clause=("21 CFR 11.10(a)", "EU GMP Annex 11, 12.1", "ISO 13485:2016 4.2.4"), fix="remove it")
def unsafe_content(file: DoubtedFile, snapshot: Snapshot) -> Problems:
    r"""
    A document or a record does something to its reader, or shows another text than it holds.

    Whoever approves a text approves what they see. A script, a link that runs one, or a character that turns the
    direction of the text makes them see something else, on the site, in a pull request or in a terminal.

    It fires on

    - HTML that runs, loads, submits or hides something, and event handlers (`onclick=`), in the Markdown of documents
      and in the texts of all records;
    - links and images that run a program (`javascript:`, `data:text/html`), read the reader's own files (`file:`), or
      lead out of the repository (`../../..`, absolute paths);
    - characters that are invisible or turn the direction of the text, wherever they stand: also in code, in comments,
      and written as an escape or an entity (a warning in completions, waivers, approvals and assignments, which do not
      change once they are merged);
    - lines of more than 500,000 characters, of which a review shows nobody the end;
    - names of files and folders that a program reads as an option, that have such characters in them, or that some
      systems cannot have.

    Code in a Markdown text is shown as it is written, so there only characters count. It must be plainly code: between
    fences that are closed as they were opened, or in backticks on one line. Comments are for those who write, and are
    accepted; tags and links in them are read like any others.

    ## Flagged

    ```markdown title="controlled-docs/sop/SOP-001-documents.md"
    ---
    id: SOP-001
    title: Documents
    owner: quality-assurance
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Write it down. <script>alert(1)</script> <!-- <- the HTML element <script> -->
    ```

    ## Flagged when a link runs a program

    ```markdown title="controlled-docs/sop/SOP-001-documents.md"
    ---
    id: SOP-001
    title: Documents
    owner: quality-assurance
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    [Write it down](&#106;avascript:alert(1)). <!-- <- a link to a javascript: address -->
    ```

    ## Flagged when a character is hidden

    ```yaml title="roles/operator.yaml"
    id: operator
    title: "Operator \u202egnillif"  # <- hidden character U+202E RIGHT-TO-LEFT OVERRIDE
    purpose: Fills vials.
    ```

    ## Accepted

    ```markdown title="controlled-docs/sop/SOP-001-documents.md"
    ---
    id: SOP-001
    title: Documents
    owner: quality-assurance
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Filters of < 5 µm, see <https://example.org/filters> or [the table](../forms.md). Never write `<script>`.
    ```

    ## Accepted when a link stays in the repository

    ```markdown title="controlled-docs/sop/SOP-001-documents.md"
    ---
    id: SOP-001
    title: Documents
    owner: quality-assurance
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    [Write it down](../../README.md).
    ```

    ## Accepted with plain characters

    ```yaml title="roles/operator.yaml"
    id: operator
    title: Operatør på fyllelinje
    purpose: Fills vials.
    ```
    """
    if file.name:
        message, fix = file.name
        yield Problem(Place(file.path), message, fix=fix)
    for fault in file.faults:
        row = fault.line_column
        place = Place(file.path, *row) if row else At(file.path, fault.keys)
        severity = Severity.WARNING if fault.is_hidden and _is_frozen(file.path) else None
        yield Problem(place, fault.message, fix=fault.fix, severity=severity)


def _is_frozen(path: str) -> bool:
    """Whether what is merged there never changes, so that nobody could mend it and go on."""
    found = filed(path)
    return found is not None and found.kind in (*SIGNED_KINDS, Kind.ASSIGNMENT)
