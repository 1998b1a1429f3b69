"""`look-alike-id`."""

from qmsci.look_alike import LookAlike
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot


@rule(
    clause=("21 CFR 11.10(d)", "ISO 13485:2016 4.2.4", "EU GMP Annex 11, 12.4"),
    fix="give the newer of the two a name that nobody mistakes",
)
def look_alike_id(name: LookAlike, snapshot: Snapshot) -> Problems:
    """
    Two ids, or the paths of two files, differ only in what a reader does not see.

    Who approves SOP-0I4 believes to have read SOP-014, and a record of p-OO42 passes for one of p-0042. Where two
    paths differ in letter case or in the way in which an accent is written, some computers have room for one of the
    files only, and show it in the place of the other.

    Ids of documents, roles, people, events and activities are compared, each with those of its own kind: without
    regard to case, O taken for 0, I and l for 1. The paths of all files below `controlled-docs/` are compared as a
    file system does that heeds neither case nor the form of an accent.

    ## Flagged

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042  # <- p-0042 looks like p-OO42
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    ```

    ```yaml title="roles/people/p-OO42.yaml"
    id: p-OO42  # <- p-OO42 looks like p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    ```

    ## Flagged when activities are so named

    ```yaml title="roles/activities.yaml"
    filling-1: {title: Fill vials}  # <- filling-1 looks like filling-l
    filling-l: {title: Fill large vials}  # <- filling-l looks like filling-1
    ```

    ## Accepted

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    ```

    ```yaml title="roles/people/p-0043.yaml"
    id: p-0043
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    ```

    ## Accepted when a role and an activity have one name

    ```yaml title="roles/filling.yaml"
    id: filling
    title: Filler
    purpose: Fills vials.
    ```

    ```yaml title="roles/activities.yaml"
    filling: {title: Fill vials}
    ```
    """
    others = ", ".join(other for other, _ in name.others)
    yield Problem(name.at, f"{name.name} looks like {others}", also=tuple(at for _, at in name.others))
