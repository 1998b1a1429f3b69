"""
The circuit: an event asks for training, completed training lets it be closed.

What is linked to an event, what of it is done on which day, who is still missing, and the state that follows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from qmsci.completion import counting, history_is_unreadable
from qmsci.evidence import Evidence, Verdict
from qmsci.obligations import concerned
from qmsci.past import then
from qmsci.qualification import action_items, item_done, qualified, suspended, trained
from qmsci.records import layout
from qmsci.records.action import Action, EffectivenessCheck
from qmsci.records.base import RevisionId
from qmsci.records.document import Document
from qmsci.records.event import (
    AuditFinding,
    Capa,
    Deviation,
    Escalating,
    Event,
    ManagementReview,
    Validation,
)
from qmsci.records.person import Person
from qmsci.records.training import Completion
from qmsci.snapshot import Snapshot, When
from qmsci.timeline import ONE_DAY, Days, Span, in_force, include

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


def asked_until(snapshot: Snapshot, event: Event, when: When) -> When:
    """The moment at which to judge what an event asked for: when it ended, or now where it asks still."""
    return snapshot.end_of(event.ended) if event.ended and event.ended <= when.day else when


def reopened_on(event: Event) -> date | None:
    """The day on which an event was last reopened."""
    return max((again.on for again in event.reopened), default=None)


def reopens(before: Event, after: Event) -> bool:
    """Whether an event that was answered is open again in a later version of its record, which says so."""
    return before.settled is not None and after.ended is None and len(after.reopened) > len(before.reopened)


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
    snapshot.assignments(event.id)  # what was not asked for is not known to be unreadable
    if snapshot.unreadable_below(f"{layout.ASSIGNMENTS}{event.id}/"):
        return []
    people = concerned(snapshot, event, action, max(when.day, action.opened or event.begun or when.day))
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
        return action.finished if action.finished and action.finished <= when.day else None
    if lacks(snapshot, event, action, when):
        return None
    return last_completed(snapshot, event, action, when) or action.opened or event.begun


def last_training(snapshot: Snapshot, event: Event, when: When) -> date | None:
    """The day of the last completion, by a moment, that an event's training actions asked for; None without any."""
    training = (action for action in event.actions if action.kind == "training")
    days = (last_completed(snapshot, event, action, when) for action in training)
    return max(filter(None, days), default=None)


def last_done(snapshot: Snapshot, event: Event, action: Action, when: When) -> date | None:
    """The day, by a moment, on which an action was done, or somebody completed what it trains; dropped is not done."""
    if action.kind == "training":
        return last_completed(snapshot, event, action, when)
    return action.done if action.done and action.done <= when.day else None


def implemented(snapshot: Snapshot, event: Event, when: When) -> date | None:
    """The day on which the last of an event's actions was done, by a moment; None while one is not, or none is."""
    days = [done_on(snapshot, event, action, when) for action in event.actions]
    return max(filter(None, days), default=None) if all(days) else None


def period_begins(snapshot: Snapshot, capa: Capa, when: When) -> date | None:
    """
    The day from which the period of a CAPA's effectiveness plan runs: that of the last training.

    Where there is no training action, or none was completed since the CAPA was last reopened, the day on which the last
    action was done. None where nothing was done yet, or not everything since that reopening. As long as somebody's
    training is missing, the day will be a later one.
    """
    if not any(action.kind == "training" for action in capa.actions):
        return implemented(snapshot, capa, when)
    last, again = last_training(snapshot, capa, when), reopened_on(capa)
    if last and again and last < again:
        return implemented(snapshot, capa, when)
    return last


def period_ends(snapshot: Snapshot, capa: Capa, when: When) -> date | None:
    """The day on which the period of a CAPA's effectiveness plan has run; None as long as somebody is not trained."""
    if any(action.kind == "training" and lacks(snapshot, capa, action, when) for action in capa.actions):
        return None
    start = period_begins(snapshot, capa, when)
    return capa.effectiveness.period.after(start) if capa.effectiveness and start else None


def training_is_unreadable(snapshot: Snapshot, event: Event) -> bool:
    """Whether an assignment of an event, or a history that it asks for, cannot be read: nobody knows what is done."""
    items = [item for action in event.actions for _, item in action_items(snapshot, event, action)]
    return snapshot.unreadable_below(f"{layout.ASSIGNMENTS}{event.id}/") or any(
        history_is_unreadable(snapshot, person, item.document.document) for item in items for person in item.people
    )


def latest_check(capa: Capa, day: date) -> tuple[int, EffectivenessCheck] | None:
    """The latest effectiveness check by a day, with its position; the later in the list where two share a day."""
    checks = enumerate(capa.effectiveness.checks if capa.effectiveness else ())
    found = [(n, check) for n, check in checks if check.on <= day]
    return max(found, key=lambda pair: (pair[1].on, pair[0]), default=None)


def deciding_check(capa: Capa, day: date) -> tuple[int, EffectivenessCheck] | None:
    """The check that says by a day whether a CAPA worked: the latest, where it was made since the last reopening."""
    found, again = latest_check(capa, day), reopened_on(capa)
    return found if found and (again is None or found[1].on >= again) else None


#: What people write where something has to stand: no answer, in letters and digits only.
_EMPTY_WORDS = {"", "na", "notapplicable", "none", "nil", "unknown", "notknown", "tbd", "tba", "tbc", "tobedetermined"}


def says_nothing(text: str) -> bool:
    """
    Whether a text only fills its place: no letter or digit, or one of a few words for that there is no answer.

    >>> says_nothing("N/A"), says_nothing("-"), says_nothing("None seen")
    (True, True, False)
    """
    return "".join(filter(str.isalnum, text.casefold())) in _EMPTY_WORDS


# --- the CAPA that takes an event over ------------------------------------------------------------------------------


def names_capa(event: Escalating | AuditFinding) -> bool:
    """Whether an event names a CAPA that takes it over; an event of another kind takes over nothing."""
    return bool(event.capa and event.capa.startswith("CAPA-"))


# --- training adequacy ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Adequacy:
    """Whether somebody was qualified on a document at the moment of a deviation, by the records as they are now."""

    revision: RevisionId  # in force on the day of the event
    verdict: Literal["qualified", "not-qualified"]
    reason: str
    evidence: tuple[Evidence, ...]


def governing_then(snapshot: Snapshot, deviation: Deviation) -> list[Document]:
    """
    The documents that governed what a deviation departed from, sorted by id.

    Those that it names; where it names none, those in force on its day that govern its activity (and governed it then,
    where the approvals of that revision say so). What cannot be read, or is not there, is left out.
    """
    if deviation.documents:
        return [found for name in sorted(set(deviation.documents)) if (found := snapshot.documents.get(name))]
    day = snapshot.day_of(deviation.occurred)
    governing = snapshot.governing.get(deviation.activity, ()) if deviation.activity else ()
    then = (document for document in governing if _governed(snapshot, document, deviation.activity, day))
    return sorted(then, key=lambda document: document.id)


def _governed(snapshot: Snapshot, document: Document, activity: str | None, day: date) -> bool:
    """Whether a document that governs an activity now did so on a day: it was in force, and was approved as such."""
    entry = in_force(document, day)
    approvals = snapshot.approvals(document.named(entry)) if entry else ()
    return entry is not None and (not approvals or any(activity in approval.governs for approval in approvals))


def adequacy(snapshot: Snapshot, deviation: Deviation, person_id: str, document: Document) -> Adequacy | None:
    """
    Whether a person was qualified on a document at the moment of a deviation, on the revision in force on that day.

    None where none was in force, where there is no such person, or where a file that may decide it cannot be read.
    """
    when = When(deviation.occurred, snapshot.day_of(deviation.occurred))
    entry = in_force(document, when.day)
    if entry is None or person_id not in snapshot.people:
        return None
    verdict = qualified(snapshot, person_id, document, when)
    if not is_known(snapshot, person_id, document.id, verdict):
        return None
    return Adequacy(
        document.named(entry), "qualified" if verdict else "not-qualified", verdict.reason, verdict.evidence
    )


def is_known(snapshot: Snapshot, person: str, document: str, verdict: Verdict) -> bool:
    """Whether every file that may decide a verdict can be read: the history, what it names, and what suspends."""
    if history_is_unreadable(snapshot, person, document):
        return False
    history = snapshot.completions(person, document)
    starts = [
        layout.assignment_path(name) for done in history if isinstance(done, Completion) for name in done.assignments
    ]
    for event, index in snapshot.retraining:
        action = event.actions[index]
        if action.suspend or person in action.people:
            starts.append(f"{layout.ASSIGNMENTS}{event.id}/")
            if any(snapshot.is_unreadable(document_of(named)) for named in action.documents):
                return False
    if verdict:
        starts.append(layout.EVENTS)  # one that cannot be read may keep them from the work
    return not any(map(snapshot.unreadable_below, starts))


def is_todays_need(snapshot: Snapshot, person: str, document: Document, when: When) -> bool:
    """
    Whether it may be only what a document asks for now that says that somebody was not qualified at a moment.

    What training consists of, and how often it is refreshed, is on record as the newest revision has it. Where another
    one was in force, who had trained on that, and was not suspended, may have done all that was asked for then.
    """
    entry = in_force(document, when.day)
    if entry is None or entry is document.newest:
        return False
    if suspended(snapshot, person, document.governs, document.id, when) is not None:
        return False
    named = document.named(entry)
    return bool(trained(snapshot, person, document, entry, when)) or any(
        done.document == named for _, done in counting(snapshot, person, document.id, when.instant)
    )


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
    event = then(event, when.day)
    if event.ending:
        return State(event.ending_key)
    if event.settled:
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
