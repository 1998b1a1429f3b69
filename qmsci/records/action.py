"""What an event leads to: causes, actions with their due dates, and whether they worked."""

import re
from typing import Literal

from pydantic import field_validator

from qmsci.records.base import (
    Day,
    DocumentId,
    Duration,
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

_TRAINING = re.compile(r"training(?!\w)|.*training\Z", re.IGNORECASE | re.DOTALL)


class RootCause(Record):
    """
    The condition whose removal prevents recurrence; 'human error' is a symptom.

    `category` groups causes over events (`training`, `procedure`, `equipment`, …); `method` is how it was found
    (`5 whys`, `fishbone`, …); `evidence` what shows it.
    """

    #: The group that it belongs to: `training`, `procedure`, `equipment`, …
    category: Text
    #: How it was found: `5 whys`, `fishbone`, …
    method: Text | None = None
    #: The cause.
    summary: Text
    #: What shows it.
    evidence: Text | None = None

    @property
    def is_training(self) -> bool:
        """Whether the category is `training`, begins with it as `training-content` does, or ends with it."""
        return bool(_TRAINING.match(self.category))


class Extension(Record):
    """A due date that was moved before it passed: to which day, decided on which, by whom and why."""

    #: The day to which it was moved.
    to: Day
    #: When that was decided, before the day that passed.
    on: Day
    #: Who decided it.
    by: PersonId
    #: Why it was moved.
    reason: Text


class Ending(Record):
    """The quality unit's decision that an event ends without being closed, or an action without being done; and why."""

    #: When it was decided.
    on: Day
    #: Who decided it: somebody of the quality unit.
    by: PersonId
    #: Why.
    reason: Text


class Action(Record):
    """
    One action of an event. A training action is done by completions; the other kinds carry `done`.

    `nature` is the field's distinction: a correction mends this instance, a corrective action removes the cause, a
    preventive one a potential cause. `acceptance` says how one will see that it is done, `evidence` where one sees it.
    A training action names `documents` (at a revision, or as they are then) and `people`, `roles` or both; who is
    named is suspended from `opened` (the event's own beginning where absent) until the training is completed, and the
    holders of its roles are so only with `suspend: true`. An action that is not needed any more is `dropped` by the
    quality unit; a training action never is.
    """

    #: Its number within the event.
    id: Number
    #: What it is done by: completions, a new revision, anything else.
    kind: Literal["training", "document", "other"]
    #: Whether it mends this instance, removes the cause, or a potential cause.
    nature: Literal["correction", "corrective", "preventive"] | None = None
    #: What people call it.
    title: Text | None = None
    #: What is to be done.
    summary: Text | None = None
    #: How one will see that it is done.
    acceptance: Text | None = None
    #: Who sees to it.
    owner: PersonId | None = None
    #: Of a training action: what is trained, at a revision, or as the documents are then.
    documents: tuple[Revision | DocumentId, ...] = ()
    #: Of a document action: the revision that it brings, which need not exist yet.
    document: Revision | None = None
    #: Of a training action: the roles whose holders are trained.
    roles: tuple[RoleId, ...] = ()
    #: Of a training action: who is trained; they are suspended until then.
    people: tuple[PersonId, ...] = ()
    #: Whether the holders of `roles` are suspended until then, too.
    suspend: Truth = False
    #: The day from which it holds; the event's own beginning, where absent.
    opened: Day | None = None
    #: The day by which it is to be done.
    due: Day
    #: Where that day was moved.
    extensions: tuple[Extension, ...] = ()
    #: When it was done; a training action has none.
    done: Day | None = None
    #: Why it is not needed any more; a training action has none.
    dropped: Ending | None = None
    #: Where one sees that it is done.
    evidence: Text | None = None

    @property
    def finished(self) -> Day | None:
        """The day from which an action that is no training asks for nothing more: it was done, or dropped."""
        return self.done or (self.dropped.on if self.dropped else None)

    @property
    def revisions(self) -> tuple[RevisionId, ...]:
        """The revisions that a training action names outright."""
        return tuple(named for named in self.documents if isinstance(named, RevisionId))

    @property
    def deadline(self) -> Day:
        """The day by which it is to be done: where it was extended, the day to which it was extended last."""
        return self.extensions[-1].to if self.extensions else self.due


class EffectivenessCheck(Record):
    """One look at whether the actions worked; `by` is who looked, the plan's assessor where absent."""

    #: When it was looked at.
    on: Day
    #: What was found.
    outcome: Literal["effective", "not-effective", "inconclusive"]
    #: What it was found by.
    summary: Text
    #: Who looked; the plan's assessor, where absent.
    by: PersonId | None = None


class Effectiveness(Record):
    """The plan: criterion, period and assessor, fixed before the actions are done; and the checks against it."""

    #: What is to be seen if the actions worked.
    criterion: Text
    #: For how long, once they are done.
    period: Period
    #: Who judges it.
    assessor: PersonId
    #: What was found, as time went by.
    checks: tuple[EffectivenessCheck, ...] = ()

    @field_validator("period")
    @classmethod
    def _has_a_length(cls, period: Duration) -> Duration:
        if not any(period):
            raise ValueError(f"an effectiveness period of {period} is none")
        return period

    def assessor_of(self, check: EffectivenessCheck) -> PersonId:
        """Who made a check."""
        return check.by or self.assessor


class Reopening(Record):
    """A closed event opened again; it takes over the two keys that it undoes."""

    #: When it was reopened.
    on: Day
    #: Who reopened it.
    by: PersonId
    #: Why.
    summary: Text
    #: The `closed` that it undoes.
    closed: Day
    #: The `closed-by` that it undoes.
    closed_by: PersonId
