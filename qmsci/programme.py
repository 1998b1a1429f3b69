"""Initial qualification: what a role asks of whoever takes it on, in which order, and how far somebody is with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from qmsci.authorisation import Judged, authorised, roles_on
from qmsci.completion import (
    Lacking,
    attempts,
    full_method,
    history_is_unreadable,
    in_order,
    lacking,
    lapses,
    on_record,
)
from qmsci.evidence import Verdict
from qmsci.matrix import documents_for, reasons
from qmsci.obligations import deadline, still_owes
from qmsci.qualification import counting_waivers, is_trained, qualified, suspended, trained
from qmsci.records.base import Duration, RevisionId
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.person import Person
from qmsci.records.role import Role
from qmsci.records.training import Assignment, AssignmentItem
from qmsci.snapshot import Snapshot, When
from qmsci.timeline import (
    back_from_leave,
    days_held,
    days_in_force,
    in_force,
    include,
    is_employed,
    is_on_leave,
    owed_revisions,
    reach,
)

# --- the curriculum -------------------------------------------------------------------------------------------------

#: What each of some names needs before it.
Needs = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Step:
    """
    One document of a role's curriculum, at the revision that is in force, or at the first that is coming.

    `reasons` say why the role requires it, `prerequisites` what comes before it, `method` and `supervised` (a number of
    tasks) what it takes of somebody who is new to it.
    """

    document: Document
    entry: RevisionEntry
    reasons: tuple[str, ...]
    prerequisites: tuple[str, ...]
    method: tuple[str, ...]
    supervised: int

    @property
    def revision(self) -> RevisionId:
        """The revision that is to be learnt."""
        return self.document.named(self.entry)


def curriculum(snapshot: Snapshot, role: Role, day: date) -> Sequence[Step]:
    """
    What a role asks of whoever takes it on, in order: every document that is in force on a day or coming.

    A prerequisite comes before what needs it. Apart from that, what makes aware comes before what qualifies, what the
    role requires outright before what governs its activities, and then the ids decide. Documents that need one another
    are no reason to stop: they are taken in that order too.
    """
    if snapshot.roles.get(role.id) is role:  # as it is for all of its holders
        return snapshot.once(_curriculum_of, role.id, day)
    return _curriculum(snapshot, role, day)


def _curriculum_of(snapshot: Snapshot, name: str, day: date) -> Sequence[Step]:
    role = snapshot.roles.get(name)
    return _curriculum(snapshot, role, day) if role else ()


def _curriculum(snapshot: Snapshot, role: Role, day: date) -> Sequence[Step]:
    owed = {document.id: document for document in documents_for(snapshot, role) if owed_revisions(document, day)}

    def rank(name: str) -> tuple[bool, bool, str]:
        return owed[name].purpose != "awareness", name not in role.requires, name

    needs = {name: [needed for needed in role.prerequisites.get(name, ()) if needed in owed] for name in owed}
    return tuple(_step(snapshot, role, owed[name], day) for name in sorted_by_need(needs, rank))


def _step(snapshot: Snapshot, role: Role, document: Document, day: date) -> Step:
    method = in_order(full_method(snapshot, document))
    return Step(
        document=document,
        entry=owed_revisions(document, day)[-1],
        reasons=tuple(reasons(role, document)),
        prerequisites=tuple(dict.fromkeys(role.prerequisites.get(document.id, ()))),
        method=method,
        supervised=(document.training.supervised or 0) if "practical" in method else 0,
    )


def sorted_by_need(needs: Needs, rank: Callable[[str], tuple[bool | str, ...]]) -> Iterator[str]:
    """Names, each after those that it needs; where that leaves a choice, and among names in a circle, by rank."""
    left = dict(needs)
    while left:
        ready = [name for name in left if left.keys().isdisjoint(left[name])]
        first = min(ready or _in_first_circles(left), key=rank)
        yield first
        del left[first]


def _in_first_circles(needs: Needs) -> list[str]:
    """The names that need nothing but one another."""
    behind = _all_needed(needs)
    return [name for circle in circles(needs) for name in circle if behind[name] <= set(circle)]


def circles(needs: Needs) -> list[list[str]]:
    """
    The groups of names in which each needs itself, by way of all the others.

    >>> circles({"a": ["b"], "b": ["a"], "c": ["a"], "d": ["d"]})
    [['a', 'b'], ['d']]
    """
    behind = _all_needed(needs)
    groups = {tuple(sorted(n for n in behind[name] if name in behind[n])) for name in needs}
    return sorted(list(group) for group in groups if group)


def _all_needed(needs: Needs) -> dict[str, set[str]]:
    """What each name needs, directly or by way of others, as far as that is among the names."""
    found: dict[str, set[str]] = {}
    for name in needs:
        behind, more = set[str](), [name]
        while more:
            new = {needed for needed in needs[more.pop()] if needed in needs} - behind
            behind |= new
            more += new
        found[name] = behind
    return found


# --- what is open for somebody --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenItem:
    """
    An item of an assignment that a person still owes, and the day by which it is due.

    `failed` is in how many attempts its assessment was not passed, once no attempt is left; else it is 0.
    """

    assignment: Assignment
    item: AssignmentItem
    due: date
    late: bool
    failed: int = 0


def open_items(
    snapshot: Snapshot, person: Person, when: When, documents: Iterable[Document] | None = None
) -> list[OpenItem]:
    """
    What was assigned to a person by a moment and is open: for roles held then or later, and by quality events.

    Looked for on some documents; where none are named, on all that their roles require.
    """
    if documents is None:
        held = {holding.role for holding in person.roles if reach(days_held(person, holding.role), when.day)}
        owed = {named for role in held for named in snapshot.once(_owed_in, role, when.day)}
    else:
        owed = set(_owed_of(documents, when.day))
    asking = {event.id for event, _ in snapshot.retraining}
    folders = [*sorted(owed), f"people/{person.id}", *(f"refresher/{named}" for named in sorted(owed)), *sorted(asking)]
    return [
        _opened(snapshot, assignment, item, person, when)
        for folder in folders
        for assignment, item in snapshot.once(_asked_in, folder).get(person.id, ())
        if assignment.assigned <= when.day
        if _is_open(snapshot, assignment, item, person, when)
    ]


def _owed_in(snapshot: Snapshot, name: str, day: date) -> Sequence[str]:
    """The revisions that the role of a name requires from a day on; none where there is no such role."""
    role = snapshot.roles.get(name)
    return _owed_of(documents_for(snapshot, role), day) if role else ()


def _owed_of(documents: Iterable[Document], day: date) -> Sequence[str]:
    """The revisions of some documents that are in force on a day or coming."""
    return [str(document.named(entry)) for document in documents for entry in owed_revisions(document, day)]


def _asked_in(snapshot: Snapshot, folder: str) -> Mapping[str, Sequence[tuple[Assignment, AssignmentItem]]]:
    """The items of the assignments in a folder, in their order, by each person whom they name."""
    found: dict[str, list[tuple[Assignment, AssignmentItem]]] = {}
    for assignment in snapshot.assignments(folder):
        for item in assignment.items:
            for person in dict.fromkeys(item.people):
                found.setdefault(person, []).append((assignment, item))
    return found


def _opened(snapshot: Snapshot, assignment: Assignment, item: AssignmentItem, person: Person, when: When) -> OpenItem:
    due = deadline(snapshot, assignment, item)
    late = back_from_leave(person, due) < when.day and not is_on_leave(person, when.day)
    return OpenItem(assignment, item, due, late, _failed(snapshot, assignment, item, person, when))


def _failed(snapshot: Snapshot, assignment: Assignment, item: AssignmentItem, person: Person, when: When) -> int:
    """How many attempts at the assessment of an item failed, where the policy allows no other and none was passed."""
    if "assessment" not in item.method or snapshot.policy is None:
        return 0
    tried = [
        entry
        for entry in attempts(snapshot, person.id, item.document, when)
        if entry.assessment and not entry.origin and assignment.assignment in entry.assignments
    ]
    exhausted = len(tried) >= snapshot.policy.training.attempts and not any(entry.passed for entry in tried)
    return len(tried) if exhausted else 0


def _is_open(snapshot: Snapshot, assignment: Assignment, item: AssignmentItem, person: Person, when: When) -> bool:
    """Whether somebody still owes an item; of a role that they will only hold later, what they are not trained on."""
    document = snapshot.documents.get(item.document.document)
    entry = document.entry(item.document.label) if document else None
    if not document or not entry:
        return False
    if assignment.role and assignment.cause != "refresher" and is_trained(snapshot, person.id, document, entry, when):
        return False  # as is nearly everything, which is asked first
    if assignment.role is None or include(days_held(person, assignment.role), when.day):
        return still_owes(snapshot, assignment, item, person, when)
    if not reach(days_held(person, assignment.role), when.day):
        return False
    if not reach(days_in_force(document, entry), when.day):
        return False
    return not is_trained(snapshot, person.id, document, entry, when)


# --- how far somebody is --------------------------------------------------------------------------------------------


class Qualification(StrEnum):
    """Where somebody stands with a document. Derived from the records, never written."""

    NOT_QUALIFIED = "not-qualified"
    IN_TRAINING = "in-training"
    QUALIFIED = "qualified"
    EXPIRING = "expiring"
    LAPSED = "lapsed"
    SUSPENDED = "suspended"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class Standing:
    """
    How far somebody is with a revision: the verdict and the state behind it, what is missing, and what asks for it.

    It is valid through the last day before the refresher lapses, or of the waiver; None where it has no end.
    """

    state: Qualification
    verdict: Verdict
    missing: Lacking | None
    asked: tuple[OpenItem, ...]
    valid_through: date | None

    @property
    def due(self) -> date | None:
        """The earliest day by which something that is asked for is due; None where nothing is assigned."""
        return min((one.due for one in self.asked), default=None)

    @property
    def failed(self) -> int:
        """In how many attempts the assessment was not passed, where no assignment that asks for it has one left."""
        return min((one.failed for one in self.asked), default=0)

    @property
    def late(self) -> bool:
        """Whether something that is asked for is overdue."""
        return any(one.late for one in self.asked)


def standing(
    snapshot: Snapshot,
    person: str,
    document: Document,
    entry: RevisionEntry,
    open_: Sequence[OpenItem],
    when: When,
) -> Standing:
    """
    How far somebody is with a revision at a moment; `open_` is all that is open for them.

    Of somebody qualified only the refresher is asked: what a quality event asks of its people beside that is no part
    of their qualification, unless it suspends them.
    """
    verdict = qualified(snapshot, person, document, when, entry)
    asked = tuple(
        one
        for one in open_
        if one.item.document == document.named(entry) and (not verdict or one.assignment.cause == "refresher")
    )
    state = _state(snapshot, person, document, entry, verdict, bool(asked), when)
    return Standing(
        state=state,
        verdict=verdict,
        missing=_missing(snapshot, person, document, entry, verdict, asked, when),
        asked=asked,
        valid_through=_valid_through(snapshot, person, document, entry, state, when),
    )


def _state(
    snapshot: Snapshot,
    person: str,
    document: Document,
    entry: RevisionEntry,
    verdict: Verdict,
    asked: bool,
    when: When,
) -> Qualification:
    """A suspension comes before all else that is in the way: it also keeps from work under supervision."""
    last = lapses(snapshot, person, document, when)
    if verdict:
        if (last and last < when.day) or not on_record(snapshot, person, document, entry, when):
            return Qualification.WAIVED
        return Qualification.EXPIRING if last and last <= _window(snapshot).after(when.day) else Qualification.QUALIFIED
    if suspended(snapshot, person, document.governs, document.id, when) is not None:
        return Qualification.SUSPENDED
    if is_trained(snapshot, person, document, entry, when):
        return Qualification.LAPSED
    begun = asked or attempts(snapshot, person, document.named(entry), when)
    return Qualification.IN_TRAINING if begun else Qualification.NOT_QUALIFIED


def _window(snapshot: Snapshot) -> Duration:
    """How long before it lapses a refresher is asked for."""
    return snapshot.policy.training.refresher_window if snapshot.policy else Duration(0, 0)


def _missing(
    snapshot: Snapshot,
    person: str,
    document: Document,
    entry: RevisionEntry,
    verdict: Verdict,
    asked: Iterable[OpenItem],
    when: When,
) -> Lacking | None:
    """What training is missing; of what was learnt once, and lapsed or is to be learnt again, the whole method."""
    if verdict:
        return None
    if is_trained(snapshot, person, document, entry, when):
        method = {part for one in asked for part in one.item.method} or full_method(snapshot, document)
        return Lacking(in_order(method))
    of_roles = (one.item for one in asked if one.assignment.role)
    return lacking(snapshot, person, document, entry, when, of_roles)


def _valid_through(
    snapshot: Snapshot, person: str, document: Document, entry: RevisionEntry, state: Qualification, when: When
) -> date | None:
    if state is Qualification.WAIVED:
        waivers = (waiver for _, waiver in counting_waivers(snapshot, person, document.named(entry), when.day))
        return max((waiver.until for waiver in waivers if waiver.until), default=None)
    if is_trained(snapshot, person, document, entry, when):
        return lapses(snapshot, person, document, when)
    return None


# --- the programme --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Progress:
    """How far somebody is with one step; `blocked_by` names the prerequisites that they are not trained on."""

    step: Step
    standing: Standing
    blocked_by: tuple[str, ...]


def progress(
    snapshot: Snapshot,
    person: Person,
    role: Role,
    when: When,
    open_: Sequence[OpenItem] | None = None,
    matrix: Snapshot | None = None,
) -> list[Progress]:
    """
    How far a person is at a moment with each step of a role's programme, in order.

    `open_` is what is open for them, where that is known already. `matrix` has the roles and documents of that time
    where they differ from those of the snapshot.
    """
    known = open_items(snapshot, person, when) if open_ is None else open_
    found = []
    for step in curriculum(matrix or snapshot, role, when.day):
        now = standing(snapshot, person.id, step.document, step.entry, known, when)
        before = () if now.verdict else unmet(snapshot, role, step.document.id, person.id, when, matrix)
        found.append(Progress(step, now, tuple(document.id for document, _ in before)))
    return found


def next_step(steps: Iterable[Progress]) -> Progress | None:
    """
    What is to be done next: the first open step that nothing comes before, or else the first open one.

    Where none is open it is the refresher that lapses first, if one is due to; None where nothing is to be done.
    """
    steps = list(steps)
    still = [one for one in steps if not one.standing.verdict]
    expiring = [one for one in steps if one.standing.state is Qualification.EXPIRING]
    expiring.sort(key=lambda one: one.standing.valid_through or date.max)
    return next((one for one in still if not one.blocked_by), next(iter([*still, *expiring]), None))


def unmet(
    snapshot: Snapshot,
    role: Role,
    document: str,
    person: str,
    when: When,
    matrix: Snapshot | None = None,
) -> list[tuple[Document, Verdict]]:
    """
    The prerequisites of a document in a role that a person is not trained on at a moment, each with why not.

    Training on a revision that is coming is as good as on the one in force, and so is a waiver. A document that is not
    in force (not yet, or no more) holds nobody up, nor does one whose training cannot be read.
    """
    found = []
    for name in dict.fromkeys(role.prerequisites.get(document, ())):
        needed = (matrix or snapshot).documents.get(name) if name != document else None
        if not needed or not in_force(needed, when.day):
            continue
        verdicts = [trained(snapshot, person, needed, entry, when) for entry in owed_revisions(needed, when.day)]
        if not any(verdicts) and not history_is_unreadable(snapshot, person, name):
            found.append((needed, verdicts[-1]))  # of the revision in force
    return found


# --- what somebody may do -------------------------------------------------------------------------------------------


class Independence(StrEnum):
    """How somebody may perform an activity."""

    INDEPENDENT = "independent"
    SUPERVISED = "supervised"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Work:
    """How somebody may perform an activity at a moment, and why not alone, where they may not."""

    activity: str
    how: Independence
    verdict: Verdict


def work(
    snapshot: Snapshot,
    person: Person,
    role: Role,
    when: When,
    steps: Iterable[Progress],
    matrix: Snapshot | None = None,
) -> list[Work]:
    """
    How a person may perform each activity of a role, given how far they are with its programme.

    Alone, when authorised. Under supervision, when they hold the role and are at work, something in force says how it
    is done, and only training is open. Whom a quality event suspends does not do it at all before being retrained.
    """
    steps = list(steps)
    judged = _remembering(steps, when)
    found = []
    for activity in dict.fromkeys(role.activities):
        verdict = authorised(snapshot, person, activity, when, matrix, judged=judged)
        if verdict:
            how = Independence.INDEPENDENT
        elif _may_learn(snapshot, person, role, activity, when, steps):
            how = Independence.SUPERVISED
        else:
            how = Independence.NO
        found.append(Work(activity, how, verdict))
    return found


def _remembering(steps: Iterable[Progress], when: When) -> Judged:
    """`qualified` of one person at one moment, of which the steps say most: many activities rest on one document."""
    known = {
        one.step.document.id: one.standing.verdict
        for one in steps
        if one.step.entry is in_force(one.step.document, when.day)
    }

    def judged(snapshot: Snapshot, person: str, document: Document, when: When) -> Verdict:
        if document.id not in known:
            known[document.id] = qualified(snapshot, person, document, when)
        return known[document.id]

    return judged


def _may_learn(
    snapshot: Snapshot, person: Person, role: Role, activity: str, when: When, steps: Iterable[Progress]
) -> bool:
    here = is_employed(person, when.day) and not is_on_leave(person, when.day)
    if not here or role.id not in roles_on(person, when.day):
        return False
    if suspended(snapshot, person.id, [activity], None, when) is not None:
        return False
    governing = [one for one in steps if activity in one.step.document.governs]
    needed = [one for one in steps if one.step.document.id in role.requires or one in governing]
    held_up = (one for one in needed if one.standing.state is Qualification.SUSPENDED)
    governed = any(in_force(one.step.document, when.day) for one in governing)
    return governed and not any(one.step.document.purpose == "qualification" for one in held_up)
