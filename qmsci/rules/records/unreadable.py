"""`unreadable`."""

from qmsci.rule import Problem, Problems, rule
from qmsci.rules import UnreadFile
from qmsci.snapshot import Snapshot


@rule(
    clause=("21 CFR 11.10(b)", "EU GMP Annex 11, 7.1"),
    fix="write what the message asks for; docs/manual/record-fields.md shows every kind of file",
)
def unreadable(file: UnreadFile, snapshot: Snapshot) -> Problems:
    """
    A file of the quality system cannot be read.

    A record that cannot be read proves nothing, and whatever depends on it can no longer be judged. Nothing else is
    said about such a file, nor about what follows from its absence, until it can be read.

    Files are strict YAML 1.2: no unknown or doubled keys, no tags, anchors or aliases, UTF-8 only, and each value of
    the type that its key asks for. A date is `2026-12-15`, a time `2026-12-01T09:30:00+01:00` with its offset, a
    duration `14 days` or `12 months`, a revision `SOP-014@3`; a list stands in `[…]` or on lines that begin with `- `.

    Every kind of file is shown, key by key, in `docs/manual/record-fields.md` and `docs/manual/event-fields.md`.

    ## Flagged

    ```yaml title="roles/quality-assurance.yaml"
    id: quality-assurance
    titel: Quality assurance  # <- unknown key 'titel', did you mean 'title'?
    purpose: Keeps the quality system.
    ```

    ## Flagged when a value has another form

    ```yaml title="training-records/waivers/p-0042/SOP-014.yaml"
    - document: SOP-014@3
      reason: Holds the supplier's certificate
      evidence: certificate 4711
      from: 20.11.2026  # <- 'from': '20.11.2026' is not a date of the form 2026-11-22
      until: 2027-11-20
      by: p-0003
    ```

    ## Accepted

    ```yaml title="roles/quality-assurance.yaml"
    id: quality-assurance
    title: Quality assurance
    purpose: Keeps the quality system.
    ```

    ## Accepted: a date as it is written here

    ```yaml title="training-records/waivers/p-0042/SOP-014.yaml"
    - document: SOP-014@3
      reason: Holds the supplier's certificate
      evidence: certificate 4711
      from: 2026-11-20
      until: 2027-11-20
      by: p-0003
    ```
    """
    for fault in file.faults:
        yield Problem(fault.at, fault.message, fix=fault.fix)
