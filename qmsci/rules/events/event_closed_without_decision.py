"""`event-closed-without-decision`."""

from qmsci.circuit import names_capa, says_nothing
from qmsci.records.event import Escalating, Event, Nonconformance
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot


@rule(
    clause=("21 CFR 211.192", "ISO 13485:2016 8.3", "ISO 13485:2016 8.5.2"),
    fix="name the 'capa', or add the action that was taken, or say in 'no-capa' why nothing is needed",
)
def event_closed_without_decision(event: Event, snapshot: Snapshot) -> Problems:
    """
    An event is closed, and nobody decided what follows from it.

    That nothing needs to be done can be right; but it is a decision, and somebody stands for it. Where it was not
    taken, the event was put away.

    Asked about closed deviations, nonconformances, complaints and training gaps. Each has an action of its own, or
    names its `capa`, or says in `no-capa` why there is none. A `capa` that is an event of another kind, and a `no-capa`
    that says nothing (`n/a`, `none`, `tbd`, `-`), decide nothing. A nonconformance has its `disposition` besides: what
    becomes of what did not conform, decided by whom and why. An event that was voided is not asked.

    ## Flagged

    ```yaml title="quality-events/NCR-2026-002.yaml"
    id: NCR-2026-002
    title: Stoppers with flash
    occurred: 2026-06-02T10:00:00+02:00
    reported: 2026-06-02
    root-cause: {category: supplier, summary: A worn mould.}
    closed: 2026-06-20  # <- without a decision: no action, no 'capa', no 'no-capa', no 'disposition'
    closed-by: p-0003
    ```

    ## Flagged where what is there decides nothing

    ```yaml title="quality-events/DEV-2026-021.yaml"
    id: DEV-2026-021
    title: Settle plate not exposed
    occurred: 2026-10-27T11:00:00+01:00
    reported: 2026-10-27
    root-cause: {category: planning, summary: The relief of the analyst was not planned.}
    capa: DEV-2026-018
    no-capa: n/a
    closed: 2026-11-20  # <- no action, DEV-2026-018 is no CAPA, the 'no-capa' 'n/a' says nothing
    closed-by: p-0003
    ```

    ## Accepted

    ```yaml title="quality-events/NCR-2026-002.yaml"
    id: NCR-2026-002
    title: Stoppers with flash
    occurred: 2026-06-02T10:00:00+02:00
    reported: 2026-06-02
    root-cause: {category: supplier, summary: A worn mould.}
    disposition: {decision: return, on: 2026-06-05, by: p-0003, rationale: The whole lot may be affected.}
    no-capa: The supplier has replaced the mould and sent the proof.
    closed: 2026-06-20
    closed-by: p-0003
    ```

    ## Accepted where a CAPA takes it over

    ```yaml title="quality-events/DEV-2026-021.yaml"
    id: DEV-2026-021
    title: Settle plate not exposed
    occurred: 2026-10-27T11:00:00+01:00
    reported: 2026-10-27
    root-cause: {category: planning, summary: The relief of the analyst was not planned.}
    capa: CAPA-2026-003
    closed: 2026-11-20
    closed-by: p-0003
    ```
    """
    if not isinstance(event, Escalating) or event.settled is None:
        return
    answered = event.actions or names_capa(event) or (event.no_capa and not says_nothing(event.no_capa))
    missing = [] if answered else ["no action", _capa(event), _no_capa(event)]
    if isinstance(event, Nonconformance) and event.disposition is None:
        missing.append("no 'disposition'")
    if missing:
        yield Problem(
            snapshot.at(event, event.settling_key),
            f"{event.settling_key} on {event.settled} without a decision: {', '.join(missing)}",
            fix="write the 'disposition': what becomes of it, who decided that, when and why" if answered else None,
        )


def _capa(event: Escalating) -> str:
    return f"{event.capa} is no CAPA" if event.capa else "no 'capa'"


def _no_capa(event: Escalating) -> str:
    return f"the 'no-capa' {event.no_capa!r} says nothing" if event.no_capa else "no 'no-capa'"
