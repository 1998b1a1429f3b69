"""Quality events: deviations, CAPAs, findings, validations and reviews. Their state is derived from dated facts."""

from typing import Literal

from qmsci.records.base import (
    ActivityId,
    Day,
    DocumentId,
    EventId,
    FileRecord,
    Moment,
    Number,
    Period,
    PersonId,
    Record,
    Revision,
    RevisionId,
    RoleId,
    Text,
    Truth,
)

Classification = Literal["minor", "major", "critical"]


class RootCause(Record):
    """The condition whose removal prevents recurrence; 'human error' alone is a symptom."""

    category: Text
    method: Text | None = None
    summary: Text


class Extension(Record):
    """A due date that was moved before it passed, and who agreed."""

    to: Day
    on: Day
    by: PersonId
    reason: Text


class Action(Record):
    """One action of an event. A training action is done by completions; the other kinds carry `done`."""

    id: Number
    kind: Literal["training", "document", "other"]
    title: Text | None = None
    summary: Text | None = None
    owner: PersonId | None = None
    documents: tuple[Revision | DocumentId, ...] = ()
    document: Revision | None = None
    roles: tuple[RoleId, ...] = ()
    people: tuple[PersonId, ...] = ()
    suspend: Truth = False
    opened: Day | None = None
    due: Day
    extensions: tuple[Extension, ...] = ()
    done: Day | None = None
    evidence: Text | None = None

    @property
    def revisions(self) -> tuple[RevisionId, ...]:
        """The revisions that a training action names outright."""
        return tuple(named for named in self.documents if isinstance(named, RevisionId))


class EffectivenessCheck(Record):
    """One look at whether the actions worked."""

    on: Day
    outcome: Literal["effective", "not-effective", "inconclusive"]
    summary: Text
    by: PersonId | None = None


class Effectiveness(Record):
    """The criterion, fixed before the actions are done, and the checks against it."""

    criterion: Text
    period: Period
    assessor: PersonId
    checks: tuple[EffectivenessCheck, ...] = ()


class TrainingAssessment(Record):
    """Whether a person involved was qualified on a governing document at the moment of the event."""

    person: PersonId
    document: Revision
    verdict: Literal["qualified", "not-qualified"]
    contributed: Truth | None = None


class Reopening(Record):
    """A closed event opened again; it takes over the two keys that it undoes."""

    on: Day
    by: PersonId
    summary: Text
    closed: Day
    closed_by: PersonId


class Event(FileRecord):
    """What every quality event has."""

    id: EventId
    title: Text
    owner: PersonId | None = None
    description: Text | None = None
    sources: tuple[EventId, ...] = ()
    classification: Classification | None = None
    documents: tuple[DocumentId, ...] = ()
    people: tuple[PersonId, ...] = ()
    activity: ActivityId | None = None
    batches: tuple[Text, ...] = ()
    immediate_actions: Text | None = None
    investigation: Text | None = None
    conclusion: Text | None = None
    root_cause: RootCause | None = None
    actions: tuple[Action, ...] = ()
    evidence: Text | None = None
    closed: Day | None = None
    closed_by: PersonId | None = None
    reopened: tuple[Reopening, ...] = ()

    @property
    def begun(self) -> Day | None:
        """The day from which the event is open."""
        return None


class OpenedEvent(Event):
    """An event that begins with the day on which somebody opened it."""

    opened: Day

    @property
    def begun(self) -> Day:
        """The day from which the event is open."""
        return self.opened


class Deviation(Event):
    """A departure from an approved procedure or an expected result: DEV and NCR."""

    occurred: Moment
    reported: Day
    training_assessment: tuple[TrainingAssessment, ...] = ()
    capa: EventId | None = None
    no_capa: Text | None = None
    disposition: Text | None = None

    @property
    def begun(self) -> Day:
        """The day from which the event is open."""
        return self.reported


class Complaint(OpenedEvent):
    """A report from outside about a product."""

    received: Day | None = None
    capa: EventId | None = None
    no_capa: Text | None = None


class AuditFinding(OpenedEvent):
    """A gap that an audit found against a criterion."""

    criterion: Text | None = None
    capa: EventId | None = None
    no_capa: Text | None = None
    verified: Day | None = None
    verified_by: PersonId | None = None


class TrainingGap(OpenedEvent):
    """An interval in which somebody held a role or did a task without qualification."""

    person: PersonId
    document: DocumentId
    capa: EventId | None = None
    no_capa: Text | None = None


class Capa(OpenedEvent):
    """Corrective and preventive action (ISO 13485 8.5.2, 8.5.3)."""

    owner: PersonId
    effectiveness: Effectiveness | None = None


class ReviewedPeriod(Record):
    """The days that a management review looked at, both included."""

    from_: Day
    to: Day


class Validation(Event):
    """A process validation: protocol, performance qualification, release."""

    activities: tuple[ActivityId, ...]
    protocol: Text
    pq_completed: Day | None = None
    released: Day | None = None
    released_by: PersonId | None = None


class ManagementReview(Event):
    """Top management's periodic evaluation (ISO 13485 5.6)."""

    held: Day
    period: ReviewedPeriod
    inputs: tuple[Text, ...] = ()
    decisions: tuple[Text, ...] = ()


#: The kind of event that each prefix of an id stands for.
KINDS: dict[str, type[Event]] = {
    "DEV": Deviation,
    "NCR": Deviation,
    "CMP": Complaint,
    "AUD": AuditFinding,
    "GAP": TrainingGap,
    "CAPA": Capa,
    "VAL": Validation,
    "MR": ManagementReview,
}
