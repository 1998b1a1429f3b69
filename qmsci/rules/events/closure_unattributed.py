"""`closure-unattributed`."""

from qmsci.records.event import Event
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot


@rule(
    clause=("21 CFR 211.192", "21 CFR 11.10(e)", "ISO 13485:2016 4.2.5"),
    fix="write both keys, the day and the person",
)
def closure_unattributed(event: Event, snapshot: Snapshot) -> Problems:
    """
    An event is closed, or a validation released, and the record does not say by whom, or when.

    Closing says that all was done, and somebody answers for that. A closure that nobody signed with their name is
    attributable to nobody; a name without a day says nothing of what was known when it was given.

    Asked about every event: `closed` and `closed-by` stand together or not at all, and so do the `released` and
    `released-by` of a validation. The `verified` and `verified-by` of an audit finding are asked by
    `finding-closed-without-verification`.

    ## Flagged

    ```yaml title="quality-events/DEV-2026-021.yaml"
    id: DEV-2026-021
    title: Settle plate not exposed
    occurred: 2026-10-27T11:00:00+01:00
    reported: 2026-10-27
    closed: 2026-11-10  # <- closed on 2026-11-10, and 'closed-by' does not say by whom
    ```

    ```yaml title="quality-events/VAL-2026-001.yaml"
    id: VAL-2026-001
    title: Filling line 2
    activities: [aseptic-filling]
    protocol: VP-2026-001
    released-by: p-0003  # <- released by p-0003, and 'released' does not say when
    ```

    ## Accepted

    ```yaml title="quality-events/DEV-2026-021.yaml"
    id: DEV-2026-021
    title: Settle plate not exposed
    occurred: 2026-10-27T11:00:00+01:00
    reported: 2026-10-27
    closed: 2026-11-10
    closed-by: p-0003
    ```

    ```yaml title="quality-events/VAL-2026-001.yaml"
    id: VAL-2026-001
    title: Filling line 2
    activities: [aseptic-filling]
    protocol: VP-2026-001
    ```
    """
    for key in ("closed", "released"):
        day, person = getattr(event, key, None), getattr(event, f"{key}_by", None)
        if day and person is None:
            yield Problem(snapshot.at(event, key), f"{key} on {day}, and '{key}-by' does not say by whom")
        elif person and day is None:
            yield Problem(snapshot.at(event, f"{key}-by"), f"{key} by {person}, and '{key}' does not say when")
