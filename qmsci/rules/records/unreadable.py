"""`unreadable`."""

from qmsci.rule import Problem, Problems, rule
from qmsci.rules import UnreadFile
from qmsci.snapshot import Snapshot


@rule(clause=("21 CFR 11.10(b)", "EU GMP Annex 11, 7.1"), fix="correct the file as the message says")
def unreadable(file: UnreadFile, snapshot: Snapshot) -> Problems:
    """
    A file of the quality system cannot be read.

    A record that cannot be read proves nothing, and whatever depends on it can no longer be judged. Nothing else is
    said about such a file, nor about what follows from its absence, until it can be read.

    Files are strict YAML 1.2: no unknown or doubled keys, no tags, anchors or aliases, UTF-8 only, and each value of
    the type that its key asks for.

    ## Flagged

    ```yaml title="roles/quality-assurance.yaml"
    id: quality-assurance
    titel: Quality assurance  # <- unknown key 'titel', did you mean 'title'?
    purpose: Keeps the quality system.
    ```

    ## Accepted

    ```yaml title="roles/quality-assurance.yaml"
    id: quality-assurance
    title: Quality assurance
    purpose: Keeps the quality system.
    ```
    """
    for fault in file.faults:
        yield Problem(fault.at, fault.message, fix=fault.fix)
