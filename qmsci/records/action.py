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

    category: Text
    method: Text | None = None
    summary: Text
    evidence: Text | None = None

    @property
    def is_training(self) -> bool:
        """Whether the category is `training`, begins with it as `training-content` does, or ends with it."""
        return bool(_TRAINING.match(self.category))


class Extension(Record):
    """A due date that was moved before it passed: to which day, decided on which, by whom and why."""

    to: Day
    on: Day
    by: PersonId
    reason: Text


class Ending(Record):
    """The quality unit's decision that an event ends without being closed, or an action without being done; and why."""

    on: Day
    by: PersonId
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

    id: Number
    kind: Literal["training", "document", "other"]
    nature: Literal["correction", "corrective", "preventive"] | None = None
    title: Text | None = None
    summary: Text | None = None
    acceptance: Text | None = None
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
    dropped: Ending | None = None
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

    on: Day
    outcome: Literal["effective", "not-effective", "inconclusive"]
    summary: Text
    by: PersonId | None = None


class Effectiveness(Record):
    """The plan: criterion, period and assessor, fixed before the actions are done; and the checks against it."""

    criterion: Text
    period: Period
    assessor: PersonId
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

    on: Day
    by: PersonId
    summary: Text
    closed: Day
    closed_by: PersonId
