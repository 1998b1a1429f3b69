"""
The circuit: an event asks for training, completed training lets it be closed.

What is linked to an event, what of it is done on which day, who is still missing, and the state that follows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from qmsci.completion import history_is_unreadable
from qmsci.obligations import concerned
from qmsci.qualification import action_items, item_done
from qmsci.records import layout
from qmsci.records.action import Action, EffectivenessCheck
from qmsci.records.base import RevisionId
from qmsci.records.event import (
    AuditFinding,
    Capa,
    Escalating,
    Event,
    ManagementReview,
    Validation,
)
from qmsci.records.person import Person
from qmsci.snapshot import Snapshot, When
from qmsci.timeline import ONE_DAY, Days, Span, include

# --- open or not ----------------------------------------------------------------------------------------------------


def days_open(event: Event) -> Days:
    """The days on which an event is open: from its beginning, or a reopening, to the day before it ends."""
    starts = [event.begun or date.min, *(again.on for again in event.reopened)]
    ends = [*(again.closed for again in event.reopened), event.ended or date.max]
    spans = (Span(start, end if end == date.max else end - ONE_DAY) for start, end in zip(starts, ends, strict=True))
    return [span for span in spans if span.first <= span.last]


def is_open(event: Event, day: date) -> bool:
    """Whether an event is open at the end of a day."""
    return include(days_open(event), day)


def reopened_on(event: Event) -> date | None:
    """The day on which an event was last reopened."""
    return max((again.on for again in event.reopened), default=None)


# --- what of a training action is done ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lack:
    """What a training action lacks: `problem` is a phrase about a document, for some people (none: for everybody)."""

    named: RevisionId | str | None
    problem: str
    people: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.problem} {', '.join(self.people)}" if self.people else self.problem


def document_of(named: RevisionId | str) -> str:
    """The document that an action names, with or without a revision."""
    return named.document if isinstance(named, RevisionId) else named


def lacks(snapshot: Snapshot, event: Event, action: Action, when: When) -> list[Lack]:
    """
    What a training action lacks at a moment; nothing where it is done, or where nobody can say.

    Concerned is everybody whom it names and who is employed on that day, and whoever holds one of its roles then. Each
    needs, for each document, an item in an assignment of the action and a completion that names that assignment.
    """
    if snapshot.unreadable_below(f"{layout.ASSIGNMENTS}{event.id}/"):
        return []
    people = concerned(snapshot, action, max(when.day, action.opened or event.begun or when.day))
    found: list[Lack] = []
    if not action.people and not action.roles:
        found.append(Lack(None, "its training action names nobody"))
    if people and not action.documents:
        found.append(Lack(None, "its training action names no document"))
    for named in action.documents:
        if _exists(snapshot, named):
            found += _lacks_of(snapshot, event, action, named, people, when)
        elif not snapshot.is_unreadable(document_of(named)):
            found.append(Lack(named, f"there is no {named}"))
    return found


def _lacks_of(
    snapshot: Snapshot, event: Event, action: Action, named: RevisionId | str, people: list[Person], when: When
) -> Iterator[Lack]:
    items = action_items(snapshot, event, action)
    asked = [(where, item) for where, item in items if named in (item.document, item.document.document)]
    unasked, undone = [], []
    for person in people:
        mine = [(where, item) for where, item in asked if person.id in item.people]
        if not mine:
            unasked.append(person.id)
        elif any(item_done(snapshot, where, item, person.id, when) for where, item in mine):
            continue
        elif not history_is_unreadable(snapshot, person.id, document_of(named)):
            undone.append(person.id)
    if unasked:
        yield Lack(named, f"{named} was not assigned to", tuple(unasked))
    if undone:
        yield Lack(named, f"{named} was not completed by", tuple(undone))


def _exists(snapshot: Snapshot, named: RevisionId | str) -> bool:
    if not isinstance(named, RevisionId):
        return named in snapshot.documents
    document = snapshot.documents.get(named.document)
    return document is not None and document.entry(named.label) is not None


# --- days on which things were done ---------------------------------------------------------------------------------


def last_completed(snapshot: Snapshot, event: Event, action: Action, when: When) -> date | None:
    """The day of the latest completion, by a moment, that anybody owed to a training action; None before the first."""
    days = [
        snapshot.day_of(done.completed)
        for assignment, item in action_items(snapshot, event, action)
        for person in item.people
        if (done := item_done(snapshot, assignment, item, person, when))
    ]
    return max(days, default=None)


def done_on(snapshot: Snapshot, event: Event, action: Action, when: When) -> date | None:
    """
    The day on which an action was done, by a moment; None as long as it is not.

    A training action is done on the day of its last completion (on its opening where it concerned nobody).
    """
    if action.kind != "training":
        return action.done if action.done and action.done <= when.day else None
    if lacks(snapshot, event, action, when):
        return None
    return last_completed(snapshot, event, action, when) or action.opened or event.begun


def last_training(snapshot: Snapshot, event: Event, when: When) -> date | None:
    """The day of the last completion, by a moment, that an event's training actions asked for; None without any."""
    training = (action for action in event.actions if action.kind == "training")
    days = (last_completed(snapshot, event, action, when) for action in training)
    return max(filter(None, days), default=None)


def implemented(snapshot: Snapshot, event: Event, when: When) -> date | None:
    """The day on which the last of an event's actions was done, by a moment; None while one is not, or none is."""
    days = [done_on(snapshot, event, action, when) for action in event.actions]
    return max(filter(None, days), default=None) if all(days) else None


def period_ends(snapshot: Snapshot, capa: Capa, when: When) -> date | None:
    """
    The day on which the period of a CAPA's effectiveness plan has run: counted from the last training.

    Where there is no training action, from the day on which the last action was done; None where nothing was done yet.
    """
    trained = any(action.kind == "training" for action in capa.actions)
    start = last_training(snapshot, capa, when) if trained else implemented(snapshot, capa, when)
    return capa.effectiveness.period.after(start) if capa.effectiveness and start else None


def latest_check(capa: Capa, day: date) -> tuple[int, EffectivenessCheck] | None:
    """The latest effectiveness check by a day, with its position; the later in the list where two share a day."""
    checks = enumerate(capa.effectiveness.checks if capa.effectiveness else ())
    found = [(n, check) for n, check in checks if check.on <= day]
    return max(found, key=lambda pair: (pair[1].on, pair[0]), default=None)


# --- the state ------------------------------------------------------------------------------------------------------


class State(StrEnum):
    """Where an event stands. Derived from the facts that it records, never written."""

    REPORTED = "reported"
    TRIAGED = "triaged"
    INVESTIGATING = "investigating"
    CONCLUDED = "concluded"
    INITIATED = "initiated"
    PLANNED = "planned"
    IMPLEMENTING = "implementing"
    IMPLEMENTED = "implemented"
    EFFECTIVENESS_CHECK = "effectiveness-check"
    ISSUED = "issued"
    RESPONSE_PROPOSED = "response-proposed"
    RESPONSE_ACCEPTED = "response-accepted"
    IN_PROGRESS = "in-progress"
    READY_FOR_VERIFICATION = "ready-for-verification"
    QUALIFYING = "qualifying"
    QUALIFIED = "qualified"
    RELEASED = "released"
    HELD = "held"
    CLOSED = "closed"
    VOIDED = "voided"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"


def state(snapshot: Snapshot, event: Event, when: When) -> State:
    """
    The state of an event at a moment, by the life cycle of its kind.

    What carries a date counts from that date; what carries none (a cause, an investigation) is taken as it is now.
    """
    if event.ending and event.ending.on <= when.day:
        return State(event.ending_key)
    if event.settled and event.settled <= when.day:
        return State.RELEASED if isinstance(event, Validation) else State.CLOSED
    match event:
        case Capa():
            return _state_of_capa(snapshot, event, when)
        case AuditFinding():
            return _state_of_finding(snapshot, event, when)
        case Validation():
            qualified = event.pq_completed and event.pq_completed <= when.day
            return State.QUALIFIED if qualified else State.QUALIFYING
        case ManagementReview():
            return State.HELD
        case _:
            return _state_of_deviation(event)


def _state_of_deviation(event: Event) -> State:
    """Deviations, nonconformances, complaints and gaps: how far the investigation has come."""
    decided = isinstance(event, Escalating) and (event.capa or event.no_capa or event.actions)
    if event.root_cause and decided:
        return State.CONCLUDED
    if event.investigation or event.root_cause:
        return State.INVESTIGATING
    if isinstance(event, Escalating) and event.classification:
        return State.TRIAGED
    return State.REPORTED


def _state_of_capa(snapshot: Snapshot, capa: Capa, when: When) -> State:
    again = reopened_on(capa)
    begun = [
        day
        for action in capa.actions
        if (day := done_on(snapshot, capa, action, when) or _started(snapshot, capa, action, when))
        and (again is None or day >= again)
    ]
    if not capa.root_cause or not capa.actions:
        return State.INVESTIGATING if capa.investigation or capa.root_cause or again else State.INITIATED
    if not begun:
        return State.INVESTIGATING if again or not capa.effectiveness else State.PLANNED
    if not implemented(snapshot, capa, when):
        return State.IMPLEMENTING
    return State.EFFECTIVENESS_CHECK if capa.effectiveness else State.IMPLEMENTED


def _started(snapshot: Snapshot, event: Event, action: Action, when: When) -> date | None:
    return last_completed(snapshot, event, action, when) if action.kind == "training" else None


def _state_of_finding(snapshot: Snapshot, finding: AuditFinding, when: When) -> State:
    if finding.actions and implemented(snapshot, finding, when):
        return State.READY_FOR_VERIFICATION
    if any(done_on(snapshot, finding, action, when) for action in finding.actions):
        return State.IN_PROGRESS
    if finding.accepted and finding.accepted <= when.day:
        return State.RESPONSE_ACCEPTED
    return State.RESPONSE_PROPOSED if finding.response or finding.actions or finding.capa else State.ISSUED
