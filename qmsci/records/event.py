"""Quality events: deviations, CAPAs, findings, validations and reviews. Their state is derived from dated facts."""

from typing import ClassVar, Literal

from pydantic import Field

from qmsci.records.action import Action, Effectiveness, Ending, Extension, Reopening, RootCause
from qmsci.records.base import (
    ActivityId,
    Correction,
    Day,
    DocumentId,
    EventId,
    FileRecord,
    Moment,
    PersonId,
    Record,
    Revision,
    RoleId,
    Text,
    Truth,
)

Classification = Literal["minor", "major", "critical"]


class TrainingAssessment(Record):
    """
    Whether a person involved was qualified on a governing document at the moment of the event.

    `qmsci assess` writes the revision in force then, the verdict of the records, its reason and the records behind it.
    Whether training `contributed` is for a person to say.
    """

    person: PersonId
    document: Revision
    verdict: Literal["qualified", "not-qualified"]
    contributed: Truth | None = None
    reason: Text | None = None
    evidence: tuple[Text, ...] = ()


class Event(FileRecord):
    """
    What every quality event has.

    `due` is the day by which it is to be closed, moved only by `extensions`. `documents` are the procedures that
    govern what happened, `people` those involved, `batches` what it touched, `scope` what else was looked at.
    `corrected` are mistakes in what was written of the facts, put right by the quality unit.
    """

    id: EventId
    title: Text
    owner: PersonId | None = None
    description: Text | None = None
    sources: tuple[EventId, ...] = ()
    documents: tuple[DocumentId, ...] = ()
    people: tuple[PersonId, ...] = ()
    activity: ActivityId | None = None
    batches: tuple[Text, ...] = ()
    immediate_actions: Text | None = None
    investigation: Text | None = None
    scope: Text | None = None
    conclusion: Text | None = None
    root_cause: RootCause | None = None
    actions: tuple[Action, ...] = ()
    due: Day | None = None
    extensions: tuple[Extension, ...] = ()
    evidence: Text | None = None
    closed: Day | None = None
    closed_by: PersonId | None = None
    reopened: tuple[Reopening, ...] = ()
    corrected: tuple[Correction, ...] = ()

    #: The key of the decision by which an event of this kind ends without being closed.
    ending_key: ClassVar[str] = "voided"

    @property
    def begun(self) -> Day | None:
        """The day from which the event is open."""
        return None

    @property
    def ending(self) -> Ending | None:
        """The decision by which it ended without being closed: voided, cancelled or withdrawn."""
        found = getattr(self, self.ending_key, None)
        assert found is None or isinstance(found, Ending)
        return found

    @property
    def settled(self) -> Day | None:
        """The day on which its question was answered: closed, verified or released."""
        return self.closed

    @property
    def settling_key(self) -> str:
        """The key of the day on which its question was answered."""
        return "closed"

    @property
    def ended(self) -> Day | None:
        """The day from which nothing is asked of anybody any more."""
        return self.ending.on if self.ending else self.settled


class OpenedEvent(Event):
    """An event that begins with the day on which somebody opened it."""

    opened: Day

    @property
    def begun(self) -> Day:
        """The day from which the event is open."""
        return self.opened


class Escalating(Event):
    """An event that may lead to a CAPA: it names the CAPA, or says why there is none (`no-capa`)."""

    classification: Classification | None = None
    capa: EventId | None = None
    no_capa: Text | None = None
    voided: Ending | None = None


class Deviation(Escalating):
    """A departure from an approved procedure or an expected result: DEV (21 CFR 211.100(b), 211.192)."""

    occurred: Moment
    discovered: Moment | None = None
    reported: Day
    training_assessment: tuple[TrainingAssessment, ...] = ()

    @property
    def begun(self) -> Day:
        """The day from which the event is open."""
        return self.reported


class Disposition(Record):
    """What becomes of a nonconforming product, who decided it with which rationale (ISO 13485 8.3)."""

    decision: Literal["use-as-is", "rework", "scrap", "return"]
    on: Day
    by: PersonId
    rationale: Text


class Nonconformance(Deviation):
    """A requirement that a product, process or system does not fulfil: NCR (ISO 13485 8.3)."""

    disposition: Disposition | None = None


class Complaint(OpenedEvent, Escalating):
    """A report from outside about a product (21 CFR 211.198, ISO 13485 8.2.2)."""

    received: Day | None = None
    reporter: Text | None = None
    product: Text | None = None
    reportable: Truth | None = None


class AuditFinding(OpenedEvent):
    """A gap that an audit found against a criterion (ISO 13485 8.2.4). It closes on its verification."""

    classification: Classification | Literal["observation"] | None = None
    audit: Text | None = None
    auditor: PersonId | None = None
    criterion: Text | None = None
    response: Text | None = None
    accepted: Day | None = None
    accepted_by: PersonId | None = None
    capa: EventId | None = None
    no_capa: Text | None = None
    verified: Day | None = None
    verified_by: PersonId | None = None
    withdrawn: Ending | None = None

    ending_key: ClassVar[str] = "withdrawn"

    @property
    def settled(self) -> Day | None:
        """The day on which it was closed, or verified where nobody closed it separately."""
        return self.closed or self.verified

    @property
    def settling_key(self) -> str:
        """The key of the day on which its question was answered."""
        return "closed" if self.closed else "verified"


class TrainingGap(OpenedEvent, Escalating):
    """Days on which somebody held a role, or did a task, without qualification; `to` is absent where it goes on."""

    person: PersonId
    document: DocumentId
    role: RoleId | None = None
    from_: Day | None = None
    to: Day | None = None


class Capa(OpenedEvent):
    """Corrective and preventive action (ISO 13485 8.5.2, 8.5.3; 21 CFR 211.192)."""

    owner: PersonId
    classification: Classification | None = None
    risk: Literal["low", "medium", "high"] | None = None
    effectiveness: Effectiveness | None = None
    no_adverse_effect: Text | None = None
    cancelled: Ending | None = None

    ending_key: ClassVar[str] = "cancelled"


class ReviewedPeriod(Record):
    """The days that a management review looked at, both included."""

    from_: Day
    to: Day


class Validation(Event):
    """A process validation: protocol, performance qualification, release (21 CFR 211.100, ISO 13485 7.5.6)."""

    opened: Day | None = None
    activities: tuple[ActivityId, ...] = Field(min_length=1)
    protocol: Text
    report: Text | None = None
    pq_completed: Day | None = None
    released: Day | None = None
    released_by: PersonId | None = None
    cancelled: Ending | None = None

    @property
    def begun(self) -> Day | None:
        """The day from which the event is open."""
        return self.opened

    ending_key: ClassVar[str] = "cancelled"

    @property
    def settled(self) -> Day | None:
        """The day on which the process was released."""
        return self.released

    @property
    def settling_key(self) -> str:
        """The key of the day on which its question was answered."""
        return "released"


class ManagementReview(Event):
    """
    Top management's periodic evaluation (ISO 13485 5.6); what it decides to do are its actions.

    `presented` has the figures that it was shown, by the names of the metrics in `qmsci report management-review`.
    """

    held: Day
    period: ReviewedPeriod
    inputs: tuple[Text, ...] = ()
    decisions: tuple[Text, ...] = ()
    presented: dict[Text, Text] = Field(default_factory=dict)

    @property
    def begun(self) -> Day:
        """The day on which it was held."""
        return self.held


#: The kind of event that each prefix of an id stands for.
KINDS: dict[str, type[Event]] = {
    "DEV": Deviation,
    "NCR": Nonconformance,
    "CMP": Complaint,
    "AUD": AuditFinding,
    "GAP": TrainingGap,
    "CAPA": Capa,
    "VAL": Validation,
    "MR": ManagementReview,
}
