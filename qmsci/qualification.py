"""Who is trained on what, qualified or suspended; each answer with its reason and its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from qmsci.completion import (
    Done,
    attempts,
    counting,
    counts_for_good,
    evidence_of,
    is_enough,
    lacking,
    lapses,
    last_full,
    on_record,
    says_of,
    times_done,
    why_void,
)
from qmsci.compromised import lost_waiver
from qmsci.evidence import Evidence, Verdict
from qmsci.finding import At
from qmsci.records import layout
from qmsci.records.action import Action
from qmsci.records.base import RevisionId
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.event import Deviation, Event
from qmsci.records.training import Assignment, AssignmentItem, Waiver
from qmsci.snapshot import Snapshot, When
from qmsci.timeline import days_held, in_force, include


def trained(snapshot: Snapshot, person: str, document: Document, entry: RevisionEntry, when: When) -> Verdict:
    """Whether a person is trained on a revision: by completion, by carry-over, or for the time of a waiver."""
    named = document.named(entry)
    proof = evidence_of(snapshot, person, document, entry, when)
    if proof:
        return Verdict(True, f"trained on {named}", proof)
    waived = waived_on(snapshot, person, named, when.day)
    if waived:
        return Verdict(True, f"training on {named} is waived", (waived,))
    return Verdict(False, _why_untrained(snapshot, person, document, entry, when))


def is_trained(snapshot: Snapshot, person: str, document: Document, entry: RevisionEntry, when: When) -> bool:
    """What `trained` says, without its reason and its evidence: for questions about many."""
    if on_record(snapshot, person, document, entry, when):
        return True
    return next(counting_waivers(snapshot, person, document.named(entry), when.day), None) is not None


def waived_on(snapshot: Snapshot, person: str, named: RevisionId, day: date) -> Evidence | None:
    """The waiver that releases a person from training on a revision on a day, if any."""
    for index, waiver in counting_waivers(snapshot, person, named, day):
        says = f"waived by {waiver.by} until {waiver.until}: {waiver.reason}"
        return Evidence(At(layout.waivers(person, named.document), (index,)), says)
    return None


def counting_waivers(snapshot: Snapshot, person: str, named: RevisionId, day: date) -> Iterator[tuple[int, Waiver]]:
    """The waivers of a person, by position, that count for a revision on a day: whole, by another, by a good key."""
    for index, waiver in enumerate(snapshot.waivers(person, named.document)):
        complete = waiver.reason and waiver.evidence and waiver.by and waiver.by != person
        valid = complete and waiver.document == named and waiver.until and waiver.from_ <= day <= waiver.until
        if valid and not lost_waiver(snapshot, layout.waivers(person, named.document), waiver, day):
            yield index, waiver


def _why_untrained(snapshot: Snapshot, person: str, document: Document, entry: RevisionEntry, when: When) -> str:
    named = document.named(entry)
    history = [done for _, done in counting(snapshot, person, document.id, when.instant)]
    void = why_void(snapshot, person, document.id, when, named)
    if any(done.document == named for done in history):
        missing = lacking(snapshot, person, document, entry, when)
        tasks = f" ({missing.tasks_done} of {missing.tasks_asked} supervised tasks)" if missing.tasks_asked else ""
        return f"training on {named} is not complete: {', '.join(missing.parts)} is missing{tasks}{void}"
    tried = len(attempts(snapshot, person, named, when))
    if tried:
        return f"training on {named} was not passed ({tried} attempt{'s' * (tried > 1)}){void}"
    if void:
        return f"not trained on {named}{void}"
    older = [done.document.label for done in history]
    return f"not trained on {named}" + (
        f", the last training was on revision {older[-1]}" if older else ", no training on record"
    )


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
            void = why_void(snapshot, person, document.id, when)
            return Verdict(False, f"the refresher of {document.id} lapsed after {valid_through}{void}", known.evidence)
    held = suspended(snapshot, person, document.governs, document.id, when)
    return known if held is None else held


def is_qualified(snapshot: Snapshot, person: str, document: Document, entry: RevisionEntry, when: When) -> bool:
    """What `qualified_on` says, without its reason and its evidence: for questions about many."""
    return (
        is_trained(snapshot, person, document, entry, when)
        and not _has_lapsed(snapshot, person, document, entry, when)
        and suspended(snapshot, person, document.governs, document.id, when) is None
    )


def _has_lapsed(snapshot: Snapshot, person: str, document: Document, entry: RevisionEntry, when: When) -> bool:
    valid_through = lapses(snapshot, person, document, when)
    lapsed = valid_through is not None and valid_through < when.day
    return lapsed and waived_on(snapshot, person, document.named(entry), when.day) is None


def _with_refresher(snapshot: Snapshot, person: str, document: Document, known: Verdict, when: When) -> Verdict:
    """A verdict with the entries from which the refresher runs among its evidence."""
    done = last_full(snapshot, person, document, when)
    path, history = layout.completions(person, document.id), snapshot.completions(person, document.id)
    shown = {proof.at for proof in known.evidence}
    proofs = (Evidence(At(path, (index,)), says_of(history[index])) for index in (done.entries if done else ()))
    return Verdict(known.yes, known.reason, (*known.evidence, *(proof for proof in proofs if proof.at not in shown)))


# --- suspended ------------------------------------------------------------------------------------------------------


def suspended(
    snapshot: Snapshot, person: str, activities: Iterable[str], document: str | None, when: When
) -> Verdict | None:
    """The training action that keeps a person from some activities (or a document) until it is completed, if any."""
    if not snapshot.retraining:
        return None
    concerned = set(activities)
    for event, index in _retraining_of(snapshot, person, when):
        action = event.actions[index]
        if not _touches(snapshot, event, action, concerned, document):
            continue
        if not action_completed(snapshot, event, action, person, when):
            says = f"{event.id} action {action.id} asks for retraining since {action.opened or event.begun}"
            place = snapshot.at(event, "actions", index)
            return Verdict(False, f"suspended: {says}", (Evidence(place, says),))
    return None


def suspending(snapshot: Snapshot, person: str, when: When) -> list[tuple[Event, Action]]:
    """The training actions that keep a person from what they touch, whatever that is, until they are completed."""
    found = ((event, event.actions[index]) for event, index in _retraining_of(snapshot, person, when))
    return [pair for pair in found if not action_completed(snapshot, *pair, person, when)]


def _retraining_of(snapshot: Snapshot, person: str, when: When) -> Iterator[tuple[Event, int]]:
    """The training actions that suspend a person, completed or not."""
    for event, index in snapshot.retraining:
        action = event.actions[index]
        if _suspends(snapshot, action, person, when.day) and _has_begun(snapshot, event, action, when):
            yield event, index


def _has_begun(snapshot: Snapshot, event: Event, action: Action, when: When) -> bool:
    """
    Whether a training action holds at a moment: opened by that day, not ended by a decision to drop the event.

    Nor does it hold before what it answers has happened: at the moment of the deviation nobody is suspended for it.
    """
    since = action.opened or event.begun
    if since is None or since > when.day or (event.ending and event.ending.on <= when.day):
        return False
    behind = [event, *filter(None, map(snapshot.events.get, event.sources))]
    happened = [found.occurred for found in behind if isinstance(found, Deviation)]
    return not happened or min(happened) < when.instant


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


def action_behind(snapshot: Snapshot, assignment: Assignment) -> tuple[Event | None, Action | None]:
    """The event, and the training action of it, that an assignment was generated for; None for one of a role."""
    if assignment.role is not None:
        return None, None
    folder, _, rest = assignment.assignment.partition("/")
    event = snapshot.events.get(folder)
    number = rest.split("-")[0]
    return event, next((one for one in (event.actions if event else ()) if str(one.id) == number), None)


def item_done(snapshot: Snapshot, assignment: Assignment, item: AssignmentItem, person: str, when: When) -> Done | None:
    """
    Whether a person has completed an item by completions that name its assignment.

    What an event asks for is not done by training from before it asked: that was there, and did not help.
    """
    event, action = action_behind(snapshot, assignment)
    since = (action.opened or event.begun) if event and action else None
    mine = [
        (index, entry)
        for index, entry in counting(snapshot, person, item.document.document, when.instant)
        if entry.document == item.document
        and assignment.assignment in entry.assignments
        and is_enough(entry, item.pass_mark or 0, item.supervised or 0)
        and (since is None or snapshot.day_of(entry.completed) >= since)
    ]
    return next(times_done(mine, frozenset(item.method)), None)


def done_for_good(snapshot: Snapshot, assignment: Assignment, item: AssignmentItem, person: str) -> date | None:
    """The day from the end of which an item is done, and stays so; None where it is not, or need not stay so."""
    if snapshot.policy is None or not counts_for_good(snapshot, person, item.document.document):
        return None
    done = item_done(snapshot, assignment, item, person, snapshot.end_of(date.max))
    return snapshot.day_of(done.completed) if done else None


def action_completed(snapshot: Snapshot, event: Event, action: Action, person: str, when: When) -> bool:
    """Whether a person has completed a training action: for each document that it names now, an item that is done."""
    mine = [(where, item) for where, item in action_items(snapshot, event, action) if person in item.people]
    return bool(action.documents) and all(
        any(
            item_done(snapshot, where, item, person, when)
            for where, item in mine
            if named in (item.document, item.document.document)
        )
        for named in action.documents
    )


# --- authorised -----------------------------------------------------------------------------------------------------
