"""Who is trained on what, qualified, and authorised to do it; each answer with its reason and its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from qmsci.finding import At
from qmsci.matrix import documents_for
from qmsci.records import layout
from qmsci.records.base import RevisionId
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.event import Action, Event
from qmsci.records.person import Person
from qmsci.records.role import Role
from qmsci.records.training import Assignment, AssignmentItem, Completion, CompletionEntry, Rejection, Waiver
from qmsci.snapshot import Snapshot, When
from qmsci.timeline import days_held, in_force, include, is_employed, is_on_leave, owed_revisions, previous


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place in the records, and what it says."""

    at: At
    says: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Yes or no, the reason in one sentence (for a no: the first condition that fails), and the records that prove it."""

    yes: bool
    reason: str
    evidence: tuple[Evidence, ...] = ()

    def __bool__(self) -> bool:
        return self.yes


def full_method(snapshot: Snapshot, document: Document) -> frozenset[str]:
    """What full training on a document consists of: its own method, or its type's."""
    if document.training.method:
        return frozenset(document.training.method)
    kind = snapshot.policy.type_of(document.id) if snapshot.policy else None
    return frozenset(kind.method if kind else ("read",))


# --- completions ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Done:
    """A method that was completed: when its last part was, and the entries that add up to it."""

    completed: datetime
    entries: tuple[int, ...]


def rejected_entries(entries: Iterable[CompletionEntry], when: datetime | None) -> set[int]:
    """The positions of the entries that are rejected by a moment (None: whenever)."""
    rejections = (entry for entry in entries if isinstance(entry, Rejection) and (when is None or entry.at <= when))
    return {index for rejection in rejections for index in rejection.entries}


def counting(entries: Sequence[CompletionEntry], when: datetime | None) -> Iterator[tuple[int, Completion]]:
    """The entries that passed, are not rejected, and lie no later than a moment (None: whenever), by their time."""
    rejected = rejected_entries(entries, when)
    found = [
        (index, entry)
        for index, entry in enumerate(entries)
        if isinstance(entry, Completion)
        and entry.passed
        and (when is None or entry.completed <= when)
        and index not in rejected
    ]
    return iter(sorted(found, key=lambda pair: pair[1].completed))


def times_done(entries: Iterable[tuple[int, Completion]], method: frozenset[str]) -> Iterator[Done]:
    """Each time that some entries of one revision have added up to a method, oldest first."""
    parts: set[str] = set()
    indexes: list[int] = []
    for index, entry in entries:
        parts.update(entry.method)
        indexes.append(index)
        if method <= parts:
            yield Done(entry.completed, tuple(indexes))
            parts, indexes = set(), []


def items_named(snapshot: Snapshot, person: str, entry: Completion) -> Iterator[AssignmentItem]:
    """The items that an entry was meant for; what they ask for is frozen in them."""
    for name in entry.assignments:
        assignment = snapshot.assignment(name)
        for item in assignment.items if assignment else ():
            if item.document == entry.document and person in item.people:
                yield item


def completed(
    snapshot: Snapshot, person: str, document: Document, entry: RevisionEntry, when: When | None
) -> Done | None:
    """Whether a person has completed training on a revision by a moment (None: whenever), by what it asked of them."""
    named = document.named(entry)
    history = snapshot.completions(person, document.id)
    mine = [pair for pair in counting(history, when.instant if when else None) if pair[1].document == named]
    if not mine:
        return None
    items: set[tuple[frozenset[str], int]] = {
        (frozenset(item.method), item.pass_mark or 0)
        for _, done in mine
        for item in items_named(snapshot, person, done)
    }
    asked = items or {(method_asked(snapshot, person, document, entry, when), 0)}
    for method, mark in sorted(asked, key=lambda pair: (len(pair[0]), sorted(pair[0]), pair[1])):
        enough = [(i, done) for i, done in mine if not done.assessment or done.assessment.score >= mark]
        found = next(times_done(enough, method), None)
        if found:
            return found
    return None


def method_asked(
    snapshot: Snapshot, person: str, document: Document, entry: RevisionEntry, when: When | None
) -> frozenset[str]:
    """What a revision asks of a person: a reading of those trained on the one before when its impact is `read`."""
    full = full_method(snapshot, document)
    if entry.impact == "read" and "read" in full:
        older = previous(document, entry)
        if older and on_record(snapshot, person, document, older, when):
            return frozenset({"read"})
    return full


def on_record(snapshot: Snapshot, person: str, document: Document, entry: RevisionEntry, when: When | None) -> bool:
    """Whether a completion, of this revision or carried over from the one before, shows training. Waivers do not count."""
    return bool(_shown(snapshot, person, document, entry, when))


def _shown(
    snapshot: Snapshot, person: str, document: Document, entry: RevisionEntry, when: When | None
) -> tuple[Evidence, ...]:
    done = completed(snapshot, person, document, entry, when)
    if done:
        path = layout.completions(person, document.id)
        history = snapshot.completions(person, document.id)
        return tuple(Evidence(At(path, (i,)), _says(history[i])) for i in done.entries)
    older = previous(document, entry) if entry.impact == "none" else None
    carried = _shown(snapshot, person, document, older, when) if older else ()
    if carried:
        position = document.revisions.index(entry)
        says = f"{document.named(entry)} has the impact none: training on the revision before carries over"
        return (*carried, Evidence(At(document.path, ("revisions", position)), says))
    return ()


def _says(entry: CompletionEntry) -> str:
    assert isinstance(entry, Completion)
    score = f", score {entry.assessment.score} of {entry.assessment.pass_mark}" if entry.assessment else ""
    judged = f", evaluated by {entry.practical.evaluator}" if entry.practical else ""
    return f"{entry.document} completed {entry.completed.isoformat()} by {', '.join(entry.method)}{score}{judged}"


# --- qualified ------------------------------------------------------------------------------------------------------


def trained(snapshot: Snapshot, person: str, document: Document, entry: RevisionEntry, when: When) -> Verdict:
    """Whether a person is trained on a revision: by completion, by carry-over, or for the time of a waiver."""
    named = document.named(entry)
    shown = _shown(snapshot, person, document, entry, when)
    if shown:
        return Verdict(True, f"trained on {named}", shown)
    waived = waived_on(snapshot, person, named, when.day)
    if waived:
        return Verdict(True, f"training on {named} is waived", (waived,))
    return Verdict(False, _why_untrained(snapshot, person, document, entry, when))


def waived_on(snapshot: Snapshot, person: str, named: RevisionId, day: date) -> Evidence | None:
    """The waiver that releases a person from training on a revision on a day, if any."""
    for index, waiver in _waivers(snapshot, person, named, day):
        says = f"waived by {waiver.by} until {waiver.until}: {waiver.reason}"
        return Evidence(At(layout.waivers(person, named.document), (index,)), says)
    return None


def _waivers(snapshot: Snapshot, person: str, named: RevisionId, day: date) -> Iterator[tuple[int, Waiver]]:
    for index, waiver in enumerate(snapshot.waivers(person, named.document)):
        if waiver.document == named and waiver.until and waiver.from_ <= day <= waiver.until:
            yield index, waiver


def _why_untrained(snapshot: Snapshot, person: str, document: Document, entry: RevisionEntry, when: When) -> str:
    named = document.named(entry)
    history = snapshot.completions(person, document.id)
    mine = [done for _, done in counting(history, when.instant) if done.document == named]
    if mine:
        missing = method_asked(snapshot, person, document, entry, when) - {
            part for done in mine for part in done.method
        }
        return f"training on {named} is not complete: {', '.join(sorted(missing)) or 'a passed assessment'} is missing"
    rejected = rejected_entries(history, when.instant)
    tried = sum(
        isinstance(done, Completion) and done.document == named and done.completed <= when.instant
        for index, done in enumerate(history)
        if index not in rejected
    )
    if tried:
        return f"training on {named} was not passed ({tried} attempt{'s' * (tried > 1)})"
    older = [done.document.label for _, done in counting(history, when.instant)]
    return f"not trained on {named}" + (
        f", the last training was on revision {older[-1]}" if older else ", no training on record"
    )


def history_is_unreadable(snapshot: Snapshot, person: str, document: str) -> bool:
    """Whether a person's completions or waivers on a document cannot be read: nobody says then that training lacks."""
    paths = layout.completions(person, document), layout.waivers(person, document)
    return any(map(snapshot.unreadable_below, paths))


def last_full(snapshot: Snapshot, person: str, document: Document, when: When) -> Done | None:
    """The latest completion of the full method on any revision; readings of a `read` revision are not full training."""
    full = full_method(snapshot, document)
    history = list(counting(snapshot.completions(person, document.id), when.instant))
    found: list[Done] = []
    for entry in document.revisions:
        mine = [pair for pair in history if pair[1].document == document.named(entry)]
        asked = {full}
        if mine and entry.impact == "retrain":
            asked |= {frozenset(item.method) for _, done in mine for item in items_named(snapshot, person, done)}
        found += [done for method in asked for done in times_done(mine, method)]
    return max(found, key=lambda done: done.completed, default=None)


def lapses(snapshot: Snapshot, person: str, document: Document, when: When) -> date | None:
    """The last day on which a refresher is not yet lapsed; None without a refresher, or before any full training."""
    every = document.training.every
    done = last_full(snapshot, person, document, when) if every else None
    return every.after(snapshot.day_of(done.completed)) if every and done else None


def qualified(
    snapshot: Snapshot, person: str, document: Document, when: When, entry: RevisionEntry | None = None
) -> Verdict:
    """Whether a person is qualified: trained on the revision in force (or the one named), not lapsed, not suspended."""
    entry = entry or in_force(document, when.day)
    if entry is None:
        return Verdict(False, f"no revision of {document.id} is in force on {when.day}")
    return qualified_on(snapshot, person, document, entry, when)


def qualified_on(snapshot: Snapshot, person: str, document: Document, entry: RevisionEntry, when: When) -> Verdict:
    """Whether a person is qualified on a revision, in force or not: trained on it, not lapsed, not suspended."""
    known = trained(snapshot, person, document, entry, when)
    if not known:
        return known
    valid_through = lapses(snapshot, person, document, when)
    if valid_through and not waived_on(snapshot, person, document.named(entry), when.day):
        known = _with_refresher(snapshot, person, document, known, when)
        if valid_through < when.day:
            return Verdict(False, f"the refresher of {document.id} lapsed after {valid_through}", known.evidence)
    held = suspended(snapshot, person, document.governs, document.id, when)
    return known if held is None else held


def _with_refresher(snapshot: Snapshot, person: str, document: Document, known: Verdict, when: When) -> Verdict:
    """A verdict with the entries from which the refresher runs among its evidence."""
    done = last_full(snapshot, person, document, when)
    path, history = layout.completions(person, document.id), snapshot.completions(person, document.id)
    shown = {proof.at for proof in known.evidence}
    proofs = (Evidence(At(path, (index,)), _says(history[index])) for index in (done.entries if done else ()))
    return Verdict(known.yes, known.reason, (*known.evidence, *(proof for proof in proofs if proof.at not in shown)))


# --- approved, and who may evaluate ----------------------------------------------------------------------------------


def in_quality_unit(snapshot: Snapshot, person: str | None, day: date) -> bool:
    """Whether a person holds a role of the quality unit on a day."""
    who = snapshot.people.get(person) if person else None
    roles = snapshot.policy.quality_unit if snapshot.policy else ()
    return bool(who and any(include(days_held(who, role), day) for role in roles))


def approved(law: Snapshot, snapshot: Snapshot, document: Document, entry: RevisionEntry) -> datetime | None:
    """
    From when a revision was approved: the latest of its required approvals; None as long as one is missing.

    Under `forge`, where approvals are not in the tree, it is the day on which its training was first assigned.
    """
    if law.policy is None:
        return None
    named = document.named(entry)
    if law.policy.approvals == "forge":
        assigned = min((found.assigned for found in snapshot.assignments(str(named))), default=None)
        return datetime.combine(assigned, time(), law.policy.zone) if assigned else None
    kind = law.policy.type_of(document.id)
    roles = [document.owner if role == "owner" else role for role in (kind.approvers if kind else ())]
    given = [
        found for found in snapshot.approvals(named) if found.by not in entry.authors and found.meaning != "authored"
    ]
    ways = [[found.at for found in given if _holds(law, found.by, role, found.at)] for role in roles]
    ways.append(
        [
            found.at
            for found in given
            if found.meaning == "quality-approval" and in_quality_unit(law, found.by, law.day_of(found.at))
        ]
    )
    return max(map(min, ways)) if all(ways) else None


def _holds(snapshot: Snapshot, person: str, role: str, at: datetime) -> bool:
    who = snapshot.people.get(person)
    return bool(who and include(days_held(who, role), snapshot.day_of(at)))


def may_evaluate(law: Snapshot, snapshot: Snapshot, person: str, document: Document, when: When) -> Verdict:
    """
    Whether a person may judge others' practical work by a document: qualified on the revision in force or a coming one.

    An author of such a revision may as well, and on the day of the founding its founders. A waiver helps only where
    the quality unit granted it.
    """
    reason = f"no revision of {document.id} is in force or coming on {when.day}"
    for entry in owed_revisions(document, when.day):
        named = document.named(entry)
        if person in entry.authors:
            return Verdict(True, f"an author of {named}")
        verdict = qualified_on(snapshot, person, document, entry, when)
        waived = (waiver for _, waiver in _waivers(snapshot, person, named, when.day))
        if verdict and (
            on_record(snapshot, person, document, entry, when)
            or any(in_quality_unit(law, waiver.by, waiver.from_) for waiver in waived)
        ):
            return verdict
        reason = f"the waiver of {named} is not the quality unit's" if verdict else verdict.reason
    if law.policy and law.policy.founded == when.day and is_founder(snapshot.people.get(person), when.day):
        return Verdict(True, f"a founder of the quality system on {when.day}")
    return Verdict(False, reason)


def is_founder(person: Person | None, founded: date) -> bool:
    """Whether a person is dated on the day on which the quality system was founded."""
    return bool(person and any(dated.from_ == founded for dated in (*person.employed, *person.roles)))


# --- suspended ------------------------------------------------------------------------------------------------------


def suspended(
    snapshot: Snapshot, person: str, activities: Iterable[str], document: str | None, when: When
) -> Verdict | None:
    """The training action that keeps a person from some activities (or a document) until it is completed, if any."""
    concerned = set(activities)
    for event in snapshot.events:
        for index, action in enumerate(event.actions):
            if action.kind != "training" or not _suspends(snapshot, action, person, when.day):
                continue
            since = action.opened or event.begun
            if since is None or since > when.day or not _touches(snapshot, event, action, concerned, document):
                continue
            if not action_completed(snapshot, event, action, person, when):
                says = f"{event.id} action {action.id} asks for retraining since {since}"
                place = snapshot.at(event, "actions", index)
                return Verdict(False, f"suspended: {says}", (Evidence(place, says),))
    return None


def _suspends(snapshot: Snapshot, action: Action, person: str, day: date) -> bool:
    if person in action.people:
        return True
    who = snapshot.people.get(person) if action.suspend else None
    return bool(who and any(include(days_held(who, role), day) for role in action.roles))


def _touches(snapshot: Snapshot, event: Event, action: Action, activities: set[str], document: str | None) -> bool:
    names = {str(getattr(named, "document", named)) for named in action.documents}
    if document in names or (event.activity and event.activity in activities):
        return True
    return any(found and activities.intersection(found.governs) for found in map(snapshot.documents.get, names))


def action_items(snapshot: Snapshot, event: Event, action: Action) -> list[tuple[Assignment, AssignmentItem]]:
    """The items of the assignments that were generated for a training action."""
    wanted = f"{event.id}/{action.id}"
    return [
        (assignment, item)
        for assignment in snapshot.assignments(event.id)
        if assignment.assignment == wanted or assignment.assignment.startswith(f"{wanted}-")
        for item in assignment.items
    ]


def item_done(snapshot: Snapshot, assignment: Assignment, item: AssignmentItem, person: str, when: When) -> Done | None:
    """Whether a person has completed an item by completions that name its assignment."""
    history = snapshot.completions(person, item.document.document)
    mine = [
        (index, entry)
        for index, entry in counting(history, when.instant)
        if entry.document == item.document
        and assignment.assignment in entry.assignments
        and (not entry.assessment or entry.assessment.score >= (item.pass_mark or 0))
    ]
    return next(times_done(mine, frozenset(item.method)), None)


def action_completed(snapshot: Snapshot, event: Event, action: Action, person: str, when: When) -> bool:
    """Whether a person has completed a training action: an item for each of its documents, and each one done."""
    mine = [(where, item) for where, item in action_items(snapshot, event, action) if person in item.people]
    documents = {getattr(named, "document", named) for named in action.documents}
    if not documents <= {item.document.document for _, item in mine}:
        return False
    return all(item_done(snapshot, where, item, person, when) for where, item in mine)


# --- authorised -----------------------------------------------------------------------------------------------------


def roles_on(snapshot: Snapshot, person: Person, day: date) -> list[str]:
    """The roles that a person holds on a day."""
    return sorted({held.role for held in person.roles if include(days_held(person, held.role), day)})


def authorised(
    snapshot: Snapshot, person: Person, activity: str, when: When, matrix: Snapshot | None = None
) -> Verdict:
    """
    Whether a person may perform (or operate) an activity, by a role that does and is fully qualified.

    `matrix` has the roles, activities and documents of that time where they differ from those of the snapshot.
    """
    matrix = matrix or snapshot
    if not is_employed(person, when.day):
        return Verdict(False, f"not employed on {when.day}")
    if is_on_leave(person, when.day):
        return Verdict(False, f"on leave on {when.day}")
    governing = [found for found in matrix.governing.get(activity, ()) if in_force(found, when.day)]
    if not governing:
        return Verdict(False, f"nothing in force governs {activity}")
    roles = [role for role in matrix.performers.get(activity, ()) if role.id in roles_on(snapshot, person, when.day)]
    if not roles:
        return Verdict(False, f"holds no role that performs {activity}")
    verdicts = [_by_role(snapshot, person, role, governing, activity, when, matrix) for role in roles]
    return next((verdict for verdict in verdicts if verdict), verdicts[0])


def _by_role(
    snapshot: Snapshot,
    person: Person,
    role: Role,
    governing: Sequence[Document],
    activity: str,
    when: When,
    matrix: Snapshot,
) -> Verdict:
    required = [found for found in map(matrix.documents.get, role.requires) if found and in_force(found, when.day)]
    needed = {document.id: document for document in (*governing, *required) if document.purpose == "qualification"}
    proof: tuple[Evidence, ...] = ()
    for name in sorted(needed):
        verdict = qualified(snapshot, person.id, needed[name], when)
        if not verdict:
            return verdict
        proof += verdict.evidence
    held = suspended(snapshot, person.id, [activity], None, when)
    if held is not None:
        return held
    return Verdict(True, f"holds {role.id} and is qualified on {', '.join(sorted(needed)) or 'all it needs'}", proof)


def role_for(
    snapshot: Snapshot, person: Person, activity: str, day: date, matrix: Snapshot | None = None
) -> str | None:
    """The role by which a person would perform an activity on a day: what answers are shown with."""
    held = roles_on(snapshot, person, day)
    return next((role.id for role in (matrix or snapshot).performers.get(activity, ()) if role.id in held), None)


def curriculum(snapshot: Snapshot, role: Role, day: date) -> list[Document]:
    """The documents that a role requires on a day: those of its matrix row with a revision in force."""
    return [document for document in documents_for(snapshot, role) if in_force(document, day)]
