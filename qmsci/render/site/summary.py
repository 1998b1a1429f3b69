"""What the lists of the site need to know of each person and document; kept from one build to the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

# --- a person -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stand:
    """
    Where a person stands, on the day of the site, with a revision that a role of theirs requires.

    `state` is a `Qualification` of `qmsci.programme`. `current` says that the revision is in force, else it is coming.
    `owed` says that they hold one of the roles on that day and are at work; `since` is the day of the training.
    """

    document: str
    revision: str
    state: str
    current: bool
    owed: bool
    roles: tuple[str, ...]
    reason: str
    purpose: str
    due: date | None = None
    late: bool = False
    since: date | None = None
    valid_through: date | None = None

    @property
    def trained(self) -> bool:
        """Whether they may do what the document asks for: qualified, soon to be refreshed, or released by a waiver."""
        return self.state in {"qualified", "expiring", "waived"}


@dataclass(frozen=True, slots=True)
class Able:
    """How a person may perform an activity: `how` is an `Independence` of `qmsci.programme`; and why."""

    activity: str
    role: str
    how: str
    reason: str


@dataclass(frozen=True, slots=True)
class Open:
    """An item of an assignment that a person still owes."""

    revision: str
    assignment: str
    cause: str
    due: date
    late: bool


@dataclass(frozen=True, slots=True)
class GapRow:
    """A training gap, as `qmsci gaps` shows it; `last` is None where it goes on."""

    document: str
    revision: str
    roles: tuple[str, ...]
    first: date
    last: date | None
    reason: str
    withholds: bool
    in_training_until: date | None
    suspended_by: str | None
    raised: str | None


@dataclass(frozen=True, slots=True)
class LateRow:
    """
    An item of an assignment that was overdue, on some day up to that of the site: `due` had passed, and it was owed.

    `done` is the day of the completion, if any; without one it is `open`, or else no longer owed: the revision was
    superseded, the role was left, or training that names no assignment came instead. `days` is how late it was done,
    or is by now; None where it is no longer owed. `gap` is the first day of the training gap that it left, `raised`
    the event by which that is raised.
    """

    revision: str
    assignment: str
    cause: str
    due: date
    done: date | None
    open: bool
    days: int | None
    gap: date | None
    raised: str | None


@dataclass(frozen=True, slots=True)
class Training:
    """
    How far a person is with the programme of a role that they hold `since` a day, or (not `held`) will from it.

    They are qualified on `done` of its `steps`; `following` is the revision that is next, None where nothing is.
    """

    role: str
    since: date
    held: bool
    done: int
    steps: int
    following: str | None


@dataclass(frozen=True, slots=True)
class PersonSummary:
    """
    A person, on the day of the site: what they are, hold, are qualified on, may do, owe, and lacked.

    `stands` is by the roles and documents that main had on that day. `required` is the same by those of the commit, as
    the pages of documents have it; None where nothing differs. `suspended_by` are the events that keep them from work
    until they are trained again.
    """

    person: str
    name: str
    kind: str
    employed: bool
    on_leave: bool
    roles: tuple[str, ...]
    departments: tuple[str, ...]
    stands: tuple[Stand, ...] = ()
    able: tuple[Able, ...] = ()
    owes: tuple[Open, ...] = ()
    gaps: tuple[GapRow, ...] = ()
    training: tuple[Training, ...] = ()
    suspended_by: tuple[str, ...] = ()
    required: tuple[Stand, ...] | None = None
    late: tuple[LateRow, ...] = ()

    @property
    def by_commit(self) -> tuple[Stand, ...]:
        """Where they stand with what their roles require, by the roles and documents of the commit."""
        return self.stands if self.required is None else self.required


# --- a document -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rolled:
    """A revision of a document: its state (`RevisionState`), and how many of those concerned were trained in time."""

    revision: str
    state: str
    effective: date
    impact: str
    qualified: int
    affected: int
    approvals: int


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """
    A document, on the day of the site; `digest` is of the text in force, None where there is none.

    Of those at work on that day whose roles require it, `qualified` of `owed` are qualified on the revision in force.
    """

    document: str
    title: str
    type: str
    owner: str
    purpose: str
    next_review: date | None
    retired: date | None
    digest: str | None
    roles: tuple[str, ...] = ()
    revisions: tuple[Rolled, ...] = ()
    governs: tuple[str, ...] = ()
    qualified: int = 0
    owed: int = 0

    @property
    def current(self) -> Rolled | None:
        """The revision in force."""
        return next((one for one in self.revisions if one.state == "in-force"), None)

    @property
    def coming(self) -> tuple[Rolled, ...]:
        """The revisions that are approved and not yet effective, the next one last."""
        return tuple(one for one in self.revisions if one.state == "approved")


@dataclass(frozen=True, slots=True)
class Summaries:
    """Of everybody and everything, by id, sorted."""

    people: dict[str, PersonSummary]
    documents: dict[str, DocumentSummary]
