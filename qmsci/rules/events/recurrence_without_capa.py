"""`recurrence-without-capa`."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from qmsci.circuit import lacks, last_completed, reopened_on
from qmsci.effectiveness import alike
from qmsci.finding import Severity
from qmsci.records.action import Action
from qmsci.records.base import Duration
from qmsci.records.event import Capa, Complaint, Deviation, Event
from qmsci.rule import Problem, Problems, When, rule
from qmsci.snapshot import Snapshot
from qmsci.snapshot import When as Moment
from qmsci.timeline import ONE_DAY

#: How long after an event another one of its kind is a repetition.
_PERIOD = Duration(0, 12)
_Repeatable = Deviation | Complaint  # a nonconformance is a deviation too


class _Answer(NamedTuple):
    """The retraining that answered an event: the action, and the day of its last completion."""

    event: Event
    action: Action
    done: date


@rule(
    clause=("ISO 13485:2016 8.5.2", "21 CFR 211.192"),
    fix="open a CAPA for it (`qmsci new CAPA`) and name it in `capa`, or say in `no-capa` why none is needed",
    when=When.CALENDAR,
    severity=Severity.WARNING,
)
def recurrence_without_capa(event: Event, snapshot: Snapshot) -> Problems:
    """
    What retraining was to prevent has happened again, and no CAPA asks why.

    Whoever was trained again and does it again was not lacking training. The cause lies elsewhere, in the text,
    the equipment or the way the work is planned, and a second retraining will leave it there.

    Asked about deviations, nonconformances and complaints. One repeats an earlier one that happened at most 12
    months before, when they

    - name the same activity or, where one of them names none, share a governing document;
    - have the same category of root cause, where both have a root cause;

    and when the earlier one was answered with retraining (a training action of its own, or of its CAPA) that was
    completed before it happened again. A `capa` or a `no-capa` rationale answers it, and so does a CAPA that
    names it among its `sources` and was opened, or reopened, since. A voided event repeats nothing and is not
    repeated.

    ## Flagged on 2026-11-22

    ```yaml title="quality-events/DEV-2026-017.yaml"
    id: DEV-2026-017
    title: Glove torn during filling
    occurred: 2026-03-12T09:40:00+01:00
    reported: 2026-03-12
    activity: filling
    actions:
      - {id: 1, kind: training, documents: [SOP-014@1], people: [p-0042], due: 2026-05-01}
    no-capa: One person, one time.
    ```

    ```yaml title="quality-events/DEV-2026-031.yaml"
    id: DEV-2026-031
    title: Glove torn again
    occurred: 2026-11-02T14:10:00+01:00
    reported: 2026-11-02
    activity: filling  # <- repeats DEV-2026-017 of 2026-03-12, which was answered with retraining by 2026-04-02
    ```

    ```markdown title="controlled-docs/sop/SOP-014-aseptic-gowning.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 1, effective: 2026-01-15, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    ```

    ```yaml title="training-records/assignments/DEV-2026-017/1.yaml"
    assignment: DEV-2026-017/1
    cause: deviation
    assigned: 2026-03-20
    items:
      - document: SOP-014@1
        due: 2026-05-01
        method: [read]
        people: [p-0042]
        text: "sha256:0000000000000000000000000000000000000000000000000000000000000000"
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml"
    - assignments: [DEV-2026-017/1]
      completed: 2026-04-02T09:30:00+02:00
      document: SOP-014@1
      method: [read]
    ```

    ## Accepted on 2026-11-22

    ```yaml title="quality-events/DEV-2026-017.yaml"
    id: DEV-2026-017
    title: Glove torn during filling
    occurred: 2026-03-12T09:40:00+01:00
    reported: 2026-03-12
    activity: filling
    actions:
      - {id: 1, kind: training, documents: [SOP-014@1], people: [p-0042], due: 2026-05-01}
    no-capa: One person, one time.
    ```

    ```yaml title="quality-events/DEV-2026-031.yaml"
    id: DEV-2026-031
    title: Glove torn again
    occurred: 2026-11-02T14:10:00+01:00
    reported: 2026-11-02
    activity: filling
    capa: CAPA-2026-009
    ```

    ```yaml title="quality-events/CAPA-2026-009.yaml"
    id: CAPA-2026-009
    title: Gloves tear at the stopper bowl
    opened: 2026-11-04
    owner: p-0003
    sources: [DEV-2026-017, DEV-2026-031]
    ```

    ```markdown title="controlled-docs/sop/SOP-014-aseptic-gowning.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 1, effective: 2026-01-15, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    ```

    ```yaml title="training-records/assignments/DEV-2026-017/1.yaml"
    assignment: DEV-2026-017/1
    cause: deviation
    assigned: 2026-03-20
    items:
      - document: SOP-014@1
        due: 2026-05-01
        method: [read]
        people: [p-0042]
        text: "sha256:0000000000000000000000000000000000000000000000000000000000000000"
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml"
    - assignments: [DEV-2026-017/1]
      completed: 2026-04-02T09:30:00+02:00
      document: SOP-014@1
      method: [read]
    ```
    """
    if not isinstance(event, _Repeatable) or event.capa or event.no_capa or event.voided:
        return
    happened = _happened(snapshot, event)
    if max(happened.day, event.begun) > snapshot.as_of or _is_taken_up(snapshot, event, happened.day):
        return
    for earlier, before in _repeated(snapshot, event, happened):
        answer = _answer(snapshot, earlier, before.day, _just_before(snapshot, event, happened))
        if answer:
            message = (
                f"{event.id} repeats {earlier.id} of {before.day}, which was answered with retraining by {answer.done} "
                f"({answer.event.id} action {answer.action.id})"
            )
            key = "activity" if event.activity else "documents"
            yield Problem(snapshot.at(event, key), message, also=(snapshot.at(earlier),))
            return


def _happened(snapshot: Snapshot, event: _Repeatable) -> Moment:
    """When it happened: a complaint on the day on which it was received."""
    if isinstance(event, Complaint):
        return snapshot.end_of(event.received or event.opened)
    return Moment(event.occurred, snapshot.day_of(event.occurred))


def _just_before(snapshot: Snapshot, event: _Repeatable, happened: Moment) -> Moment:
    """The moment by which training has to be completed in order to have come before an event."""
    return snapshot.end_of(happened.day - ONE_DAY) if isinstance(event, Complaint) else happened


def _is_taken_up(snapshot: Snapshot, event: Event, since: date) -> bool:
    """Whether a CAPA that was opened, or reopened, since a day has an event among its sources."""
    capas = (found for found in snapshot.events if isinstance(found, Capa) and event.id in found.sources)
    return any(max(capa.opened, reopened_on(capa) or capa.opened) >= since for capa in capas)


def _repeated(snapshot: Snapshot, event: _Repeatable, happened: Moment) -> list[tuple[_Repeatable, Moment]]:
    """The earlier events that one repeats, the latest first."""
    others = (found for found in snapshot.events if isinstance(found, _Repeatable) and found.id != event.id)
    same = [found for found in others if not found.voided and alike(found, event, found.root_cause)]
    earlier = [
        (found, before)
        for found, before in zip(same, (_happened(snapshot, found) for found in same), strict=True)
        if before.instant < happened.instant and _PERIOD.after(before.day) >= happened.day
    ]
    return sorted(earlier, key=lambda pair: (pair[1].instant, pair[0].id), reverse=True)


def _answer(snapshot: Snapshot, event: _Repeatable, since: date, by: Moment) -> _Answer | None:
    """The retraining that an event led to, completed since it happened and by a moment; the latest, if any."""
    found = [
        _Answer(source, action, done)
        for source in [event, *_capas(snapshot, event)]
        for action in source.actions
        if action.kind == "training"
        and not lacks(snapshot, source, action, by)
        and (done := last_completed(snapshot, source, action, by))
        and done >= since
    ]
    return max(found, key=lambda answer: (answer.done, answer.event.id), default=None)


def _capas(snapshot: Snapshot, event: _Repeatable) -> Iterator[Event]:
    """The CAPA that an event names, and those that name it among their sources."""
    for found in snapshot.events:
        if isinstance(found, Capa) and (found.id == event.capa or event.id in found.sources):
            yield found
