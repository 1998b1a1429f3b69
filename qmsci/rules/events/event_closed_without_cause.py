"""`event-closed-without-cause`."""

from qmsci.records.event import Deviation, Event, TrainingGap
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot


@rule(
    clause=("21 CFR 211.192", "ISO 13485:2016 8.3", "ISO 13485:2016 8.5.2"),
    fix="write the 'root-cause' that the investigation found, before the event is closed",
)
def event_closed_without_cause(event: Event, snapshot: Snapshot) -> Problems:
    """
    A deviation, a nonconformance or a training gap is closed, and nobody says what caused it.

    Without a cause there is nothing to remove, and nothing by which the next event of the same kind would be known
    as a repetition. The investigation was not finished, whatever the record says.

    Asked about closed deviations, nonconformances and training gaps: each has a `root-cause` with its category and
    its summary. Where the cause could not be found, the category says that (`not-determined`), and the summary what
    was ruled out. A CAPA is asked by `capa-without-root-cause`. An event that was voided is not asked.

    ## Flagged

    ```yaml title="quality-events/DEV-2026-021.yaml"
    id: DEV-2026-021
    title: Settle plate not exposed
    occurred: 2026-10-27T11:00:00+01:00
    reported: 2026-10-27
    no-capa: A single oversight.
    closed: 2026-11-10  # <- closed on 2026-11-10 without a root cause
    closed-by: p-0003
    ```

    ## Accepted

    ```yaml title="quality-events/DEV-2026-021.yaml"
    id: DEV-2026-021
    title: Settle plate not exposed
    occurred: 2026-10-27T11:00:00+01:00
    reported: 2026-10-27
    root-cause: {category: planning, summary: The relief of the analyst was not planned.}
    no-capa: A single oversight.
    closed: 2026-11-10
    closed-by: p-0003
    ```
    """
    if isinstance(event, Deviation | TrainingGap) and event.settled and event.root_cause is None:
        yield Problem(
            snapshot.at(event, event.settling_key), f"{event.settling_key} on {event.settled} without a root cause"
        )
