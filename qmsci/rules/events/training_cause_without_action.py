"""`training-cause-without-action`."""

from qmsci.circuit import names_capa, says_nothing
from qmsci.records.action import Ending
from qmsci.records.event import AuditFinding, Capa, Escalating, Event
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot


@rule(
    clause=("ISO 13485:2016 8.5.2", "ISO 13485:2016 6.2", "21 CFR 211.25(a)"),
    fix="add a training action, or name the CAPA that has one, or say in 'no-capa' why neither is needed",
)
def training_cause_without_action(event: Event, snapshot: Snapshot) -> Problems:
    """
    The root cause is training, and nobody is to be trained.

    A cause that nobody removes brings the event back. That training was wanting is known from the day on which the
    cause is written down; the people concerned go on working as they were trained until somebody assigns them more.

    Asked about every event with a `root-cause` whose category is `training`, begins with it as `training-content`
    does, or ends with it as `insufficient training` does; from the change that names the cause, whether the event
    is open or closed, unless it was voided, cancelled or withdrawn. An answer is an action of kind `training`.
    Deviations, nonconformances, complaints, training gaps and audit findings may name a `capa` instead, or say in
    `no-capa` why there is none. A `capa` that is an event of another kind is no answer, nor one that was cancelled
    before the event was closed or on that day (or, where it is open, at all); nor a `no-capa` that says nothing (`n/a`,
    `none`, `tbd`, `-`). A CAPA is the answer of others, and needs a training action of its own.

    ## Flagged

    ```yaml title="quality-events/DEV-2026-004.yaml"
    id: DEV-2026-004
    title: Disinfectant out of its rotation
    occurred: 2026-02-10T14:15:00+01:00
    reported: 2026-02-10
    root-cause:
      category: training  # <- the cause is training, and there is no training action, no 'capa' and no 'no-capa'
      summary: The change-over of the agent was not practised.
    actions:
      - {id: 1, kind: other, title: Clean the room again, due: 2026-02-11, done: 2026-02-10}
    ```

    ## Flagged: a CAPA that trains nobody

    ```yaml title="quality-events/CAPA-2026-002.yaml"
    id: CAPA-2026-002
    title: The agent of the week is certain
    opened: 2026-02-16
    owner: p-0007
    root-cause:
      category: Training  # <- the cause is training, and no action of CAPA-2026-002 is training
      summary: The change-over of the agent was not practised.
    actions:
      - {id: 1, kind: document, document: WI-036@2, due: 2026-03-31}
    ```

    ## Accepted

    ```yaml title="quality-events/DEV-2026-004.yaml"
    id: DEV-2026-004
    title: Disinfectant out of its rotation
    occurred: 2026-02-10T14:15:00+01:00
    reported: 2026-02-10
    root-cause:
      category: training
      summary: The change-over of the agent was not practised.
    capa: CAPA-2026-002
    ```

    ```yaml title="quality-events/CAPA-2026-002.yaml"
    id: CAPA-2026-002
    title: The agent of the week is certain
    opened: 2026-02-16
    owner: p-0007
    sources: [DEV-2026-004]
    root-cause:
      category: training
      summary: The change-over of the agent was not practised.
    actions:
      - {id: 1, kind: training, documents: [WI-036@2], roles: [cleaning-technician], due: 2026-04-30}
    ```

    ## Accepted: a reason why there is nothing to do

    ```yaml title="quality-events/DEV-2026-005.yaml"
    id: DEV-2026-005
    title: Label printed twice
    occurred: 2026-02-10T14:15:00+01:00
    reported: 2026-02-10
    root-cause: {category: training, summary: The trainee was at the printer alone.}
    no-capa: The trainee has completed the programme since, and nobody else is in training for the printer.
    ```
    """
    if event.root_cause is None or event.ending or not event.root_cause.is_training:
        return
    if any(action.kind == "training" for action in event.actions):
        return
    place = snapshot.at(event, "root-cause", "category")
    if isinstance(event, Escalating | AuditFinding):
        if event.no_capa and not says_nothing(event.no_capa):
            return
        nothing = "the cause is training, there is no training action, and"
        if cancelled := _cancelled(event, snapshot):
            message = f"{nothing} {event.capa} was cancelled on {cancelled.on}"
            yield Problem(place, message, (snapshot.at(event, "capa"),))
        elif event.capa and not names_capa(event):
            yield Problem(place, f"{nothing} {event.capa} is no CAPA", (snapshot.at(event, "capa"),))
        elif event.no_capa and not event.capa:
            message = f"{nothing} the 'no-capa' {event.no_capa!r} says nothing"
            yield Problem(place, message, (snapshot.at(event, "no-capa"),))
        elif not event.capa:
            yield Problem(place, "the cause is training, and there is no training action, no 'capa' and no 'no-capa'")
    else:
        yield Problem(
            place,
            f"the cause is training, and no action of {event.id} is training",
            fix="add a training action to it: an event of this kind names no CAPA that would take it over",
        )


def _cancelled(event: Escalating | AuditFinding, snapshot: Snapshot) -> Ending | None:
    """The decision by which the CAPA that an event names was cancelled, as long as the event was not settled."""
    capa = snapshot.events.get(event.capa) if event.capa else None
    found = capa.cancelled if isinstance(capa, Capa) else None
    return found if found and (event.settled is None or found.on <= event.settled) else None
