"""`event-closed-without-cause`."""

from qmsci.circuit import says_nothing
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
    its summary, which says something (`n/a`, `none`, `tbd` and `-` say nothing). Where the cause could not be found,
    the category says that (`not-determined`), and the summary what was ruled out. A CAPA is asked by
    `capa-without-root-cause`. An event that was voided is not asked.

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

    ## Flagged where the summary says nothing

    ```yaml title="quality-events/DEV-2026-021.yaml"
    id: DEV-2026-021
    title: Settle plate not exposed
    occurred: 2026-10-27T11:00:00+01:00
    reported: 2026-10-27
    root-cause:
      category: planning
      summary: N/A  # <- the summary of its root cause, 'N/A', says nothing
    no-capa: A single oversight.
    closed: 2026-11-10
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

    ## Accepted where it could not be found

    ```yaml title="quality-events/DEV-2026-022.yaml"
    id: DEV-2026-022
    title: Particle count above the alert level
    occurred: 2026-10-28T11:00:00+01:00
    reported: 2026-10-28
    root-cause: {category: not-determined, summary: "Filter, air flow, gowning and the counter itself are ruled out."}
    no-capa: Once in three years, for one minute, with no product exposed.
    closed: 2026-11-10
    closed-by: p-0003
    ```
    """
    if not isinstance(event, Deviation | TrainingGap) or event.settled is None:
        return
    key, since = snapshot.at(event, event.settling_key), f"{event.settling_key} on {event.settled}"
    if event.root_cause is None:
        yield Problem(key, f"{since} without a root cause")
    elif says_nothing(event.root_cause.summary):
        message = f"{since}, and the summary of its root cause, {event.root_cause.summary!r}, says nothing"
        yield Problem(snapshot.at(event, "root-cause", "summary"), message, (key,))
