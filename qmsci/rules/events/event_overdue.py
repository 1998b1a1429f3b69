"""`event-overdue`."""

from qmsci.circuit import is_open
from qmsci.records.event import Event
from qmsci.rule import Problem, Problems, When, rule
from qmsci.snapshot import Snapshot


@rule(
    clause=("ISO 13485:2016 8.5.2", "21 CFR 211.192", "21 CFR 211.198"),
    fix="close it (`qmsci status EVENT` says what stands in the way), or decide on an extension, with a reason",
    when=When.CALENDAR,
)
def event_overdue(event: Event, snapshot: Snapshot) -> Problems:
    """
    A quality event is open past its due date.

    An investigation that has no end protects nobody: batches wait or are released without its answer, people
    forget what they saw, and the same thing happens again meanwhile.

    Asked about every event that is open on the day and has a `due` day, which is still in time; where it was
    extended, the day to which it was extended last. Closing it, releasing, verifying or dropping it ends the
    question, and a reopened event is open again: extend it when you reopen it.

    ## Flagged on 2026-11-22

    ```yaml title="quality-events/DEV-2026-017.yaml"
    id: DEV-2026-017
    title: Glove torn during filling
    occurred: 2026-09-12T09:40:00+02:00
    reported: 2026-09-12
    due: 2026-10-12
    extensions:
      - to: 2026-11-21  # <- DEV-2026-017 was due by 2026-11-21 and is open
        on: 2026-10-10
        by: p-0003
        reason: The glove supplier has not answered.
    ```

    ## Accepted on 2026-11-22

    ```yaml title="quality-events/DEV-2026-017.yaml"
    id: DEV-2026-017
    title: Glove torn during filling
    occurred: 2026-09-12T09:40:00+02:00
    reported: 2026-09-12
    due: 2026-10-12
    extensions: [{to: 2026-11-22, on: 2026-10-10, by: p-0003, reason: The glove supplier has not answered.}]
    ```

    ```yaml title="quality-events/DEV-2026-018.yaml"
    id: DEV-2026-018
    title: Door of the airlock held open
    occurred: 2026-09-12T09:40:00+02:00
    reported: 2026-09-12
    due: 2026-10-12
    closed: 2026-10-30
    closed-by: p-0003
    ```
    """
    if event.due is None or not is_open(event, snapshot.as_of):
        return
    due, place = event.due, snapshot.at(event, "due")
    if event.extensions:
        due, place = event.extensions[-1].to, snapshot.at(event, "extensions", len(event.extensions) - 1, "to")
    if due < snapshot.as_of:
        yield Problem(place, f"{event.id} was due by {due} and is open")
