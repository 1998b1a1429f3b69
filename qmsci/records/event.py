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

    #: Who was involved.
    person: PersonId
    #: The revision that was in force at that moment.
    document: Revision
    #: What the records say of them.
    verdict: Literal["qualified", "not-qualified"]
    #: Whether a lack of training contributed to what happened.
    contributed: Truth | None = None
    #: Why the records say so.
    reason: Text | None = None
    #: The records that say so.
    evidence: tuple[Text, ...] = ()


class Event(FileRecord):
    """
    What every quality event has.

    `due` is the day by which it is to be closed, moved only by `extensions`. `documents` are the procedures that
    govern what happened, `people` those involved, `batches` what it touched, `scope` what else was looked at.
    `corrected` are mistakes in what was written of the facts, put right by the quality unit.
    """

    #: The file's name; its prefix is the kind.
    id: EventId
    #: What people call it.
    title: Text
    #: Who sees that it is closed.
    owner: PersonId | None = None
    #: What happened, or is to be done.
    description: Text | None = None
    #: The events that it comes from.
    sources: tuple[EventId, ...] = ()
    #: The procedures that govern what happened.
    documents: tuple[DocumentId, ...] = ()
    #: Who was involved.
    people: tuple[PersonId, ...] = ()
    #: What was being done.
    activity: ActivityId | None = None
    #: What it touched.
    batches: tuple[Text, ...] = ()
    #: What was done at once.
    immediate_actions: Text | None = None
    #: How it was looked into.
    investigation: Text | None = None
    #: What else was looked at.
    scope: Text | None = None
    #: What was found.
    conclusion: Text | None = None
    #: The condition whose removal prevents recurrence.
    root_cause: RootCause | None = None
    #: What it leads to.
    actions: tuple[Action, ...] = ()
    #: The day by which it is to be closed.
    due: Day | None = None
    #: Where that day was moved.
    extensions: tuple[Extension, ...] = ()
    #: What shows that it can be closed.
    evidence: Text | None = None
    #: When it was closed.
    closed: Day | None = None
    #: Who closed it.
    closed_by: PersonId | None = None
    #: Where it was closed before, and opened again.
    reopened: tuple[Reopening, ...] = ()
    #: Mistakes in what was written of the facts, put right by the quality unit.
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

    #: When it was opened.
    opened: Day

    @property
    def begun(self) -> Day:
        """The day from which the event is open."""
        return self.opened


class Escalating(Event):
    """An event that may lead to a CAPA: it names the CAPA, or says why there is none (`no-capa`)."""

    #: How grave it is.
    classification: Classification | None = None
    #: The CAPA that it leads to.
    capa: EventId | None = None
    #: Why it leads to none.
    no_capa: Text | None = None
    #: Why it ended without being closed.
    voided: Ending | None = None


class Deviation(Escalating):
    """A departure from an approved procedure or an expected result: DEV (21 CFR 211.100(b), 211.192)."""

    #: When it happened.
    occurred: Moment
    #: When somebody saw it.
    discovered: Moment | None = None
    #: When it was reported.
    reported: Day
    #: By person and document, whether they were qualified then; `qmsci assess` writes it.
    training_assessment: tuple[TrainingAssessment, ...] = ()

    @property
    def begun(self) -> Day:
        """The day from which the event is open."""
        return self.reported


class Disposition(Record):
    """What becomes of a nonconforming product, who decided it with which rationale (ISO 13485 8.3)."""

    #: What becomes of it.
    decision: Literal["use-as-is", "rework", "scrap", "return"]
    #: When it was decided.
    on: Day
    #: Who decided it.
    by: PersonId
    #: Why.
    rationale: Text


class Nonconformance(Deviation):
    """A requirement that a product, process or system does not fulfil: NCR (ISO 13485 8.3)."""

    #: What becomes of the product.
    disposition: Disposition | None = None


class Complaint(OpenedEvent, Escalating):
    """A report from outside about a product (21 CFR 211.198, ISO 13485 8.2.2)."""

    #: When it came in.
    received: Day | None = None
    #: Who complains.
    reporter: Text | None = None
    #: What about.
    product: Text | None = None
    #: Whether an authority must be told.
    reportable: Truth | None = None


class AuditFinding(OpenedEvent):
    """A gap that an audit found against a criterion (ISO 13485 8.2.4). It closes on its verification."""

    #: How grave it is.
    classification: Classification | Literal["observation"] | None = None
    #: The audit that found it.
    audit: Text | None = None
    #: Who found it.
    auditor: PersonId | None = None
    #: What it was held against.
    criterion: Text | None = None
    #: What is said and done about it.
    response: Text | None = None
    #: When the response was accepted.
    accepted: Day | None = None
    #: Who accepted it.
    accepted_by: PersonId | None = None
    #: The CAPA that it leads to.
    capa: EventId | None = None
    #: Why it leads to none.
    no_capa: Text | None = None
    #: When it was seen to be mended, which closes it.
    verified: Day | None = None
    #: Who saw it.
    verified_by: PersonId | None = None
    #: Why it ended without being verified.
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

    #: Who was not qualified.
    person: PersonId
    #: On what.
    document: DocumentId
    #: In which role.
    role: RoleId | None = None
    #: The first day.
    from_: Day | None = None
    #: The last day, included; absent while it goes on.
    to: Day | None = None


class Capa(OpenedEvent):
    """Corrective and preventive action (ISO 13485 8.5.2, 8.5.3; 21 CFR 211.192)."""

    #: Who sees that it is closed.
    owner: PersonId
    #: How grave it is.
    classification: Classification | None = None
    #: How great the risk is.
    risk: Literal["low", "medium", "high"] | None = None
    #: How one will see whether it worked, and what was seen.
    effectiveness: Effectiveness | None = None
    #: What shows that the actions do no harm.
    no_adverse_effect: Text | None = None
    #: Why it ended without being closed.
    cancelled: Ending | None = None

    ending_key: ClassVar[str] = "cancelled"


class ReviewedPeriod(Record):
    """The days that a management review looked at, both included."""

    #: The first day.
    from_: Day
    #: The last day, included.
    to: Day


class Validation(Event):
    """A process validation: protocol, performance qualification, release (21 CFR 211.100, ISO 13485 7.5.6)."""

    #: When it was opened.
    opened: Day | None = None
    #: What is validated.
    activities: tuple[ActivityId, ...] = Field(min_length=1)
    #: The protocol that it follows.
    protocol: Text
    #: The report on it.
    report: Text | None = None
    #: When performance qualification was completed.
    pq_completed: Day | None = None
    #: When the process was released.
    released: Day | None = None
    #: Who released it.
    released_by: PersonId | None = None
    #: Why it ended without a release.
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

    #: When it was held.
    held: Day
    #: What it looked back on.
    period: ReviewedPeriod
    #: What it was shown.
    inputs: tuple[Text, ...] = ()
    #: What it decided.
    decisions: tuple[Text, ...] = ()
    #: The figures that it was shown, by the names of the metrics.
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
