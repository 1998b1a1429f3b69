"""Revisions and the training that they ask for: what was assigned to whom, and what each of them did about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from qmsci.authorisation import approved
from qmsci.chain.graph import Fact, Kind, Web
from qmsci.circuit import asked_until, document_of, lacks
from qmsci.completion import history_is_unreadable, last_full, lost_entries, rejected_entries
from qmsci.evidence import Evidence
from qmsci.finding import At
from qmsci.obligations import deadline, still_owes
from qmsci.past import then
from qmsci.qualification import action_behind, action_items, item_done, trained, waived_on
from qmsci.records import layout
from qmsci.records.base import RevisionId
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.training import Approval, Assignment, Completion, FileApproval, Rejection
from qmsci.snapshot import Snapshot
from qmsci.status import revision_state, revision_status
from qmsci.timeline import ONE_DAY, back_from_leave, days_held, days_in_force, in_force, include, previous, reach


def called(snapshot: Snapshot, person: str) -> str:
    """What a reader calls a person: the id, and the name where somebody has the id."""
    known = snapshot.people.get(person)
    return f"{person} {known.name}" if known else person


def days_ago(day: date, on: date) -> str:
    """
    How long ago a day was.

    >>> days_ago(date(2026, 11, 21), date(2026, 11, 22))
    '1 day'
    """
    count = (on - day).days
    return f"{count} day" if count == 1 else f"{count} days"


def absent(snapshot: Snapshot, event: str) -> str:
    """What to say of an event that is named and not there."""
    unread = snapshot.unreadable_below(f"{layout.EVENTS}{event}.yaml")
    return f"{event} cannot be read" if unread else f"there is no {event}"


# --- a revision -----------------------------------------------------------------------------------------------------


def mention_revision(
    web: Web, document: Document, entry: RevisionEntry, source: str | None, says: str, back: str = "belongs to"
) -> bool:
    """Take a revision itself, linked to what leads to it; whether its day has come."""
    named = document.named(entry)
    place = At(document.path, ("revisions", document.revisions.index(entry)))
    notes = [f"effective {entry.effective}", f"impact {entry.impact}", f"written by {', '.join(entry.authors)}"]
    if entry.emergency:
        notes.append("emergency")
    if entry.reason and entry.reason not in web.snapshot.events:
        notes.append(absent(web.snapshot, entry.reason))
    title = f"{document.title}: {entry.summary}"
    state = revision_state(document, entry, web.when.day)
    day = _begun(web, document, entry)
    return web.add(
        Fact(str(named), Kind.REVISION, place, str(named), title, day, state, tuple(notes)), source, says, back
    )


def _begun(web: Web, document: Document, entry: RevisionEntry) -> date | None:
    """The day from which a revision was there: its approval, or its effective date where that is not known or later."""
    agreed = approved(web.snapshot, web.snapshot, document, entry)
    day = web.snapshot.day_of(agreed) if agreed else None
    if entry.effective <= web.when.day and (day is None or day > web.when.day):
        return entry.effective
    return day


def tell_revision(web: Web, document: Document, entry: RevisionEntry) -> None:
    """Take what became of a revision that is there: approvals, assignments with their answers, and its effect."""
    named = str(document.named(entry))
    if not web.once(f"tell {named}"):
        return
    for approval in web.snapshot.approvals(document.named(entry)):
        mention_approval(web, approval, named)
    agreed = approved(web.snapshot, web.snapshot, document, entry)
    for assignment in rollout(web.snapshot, document, entry):
        tell_assignment(web, assignment, named, "is assigned in", only=document.named(entry))
        if agreed:
            _note_lag(web, assignment, web.snapshot.day_of(agreed))
    if web.snapshot.unreadable_below(f"{layout.ASSIGNMENTS}{named}/"):
        web.note(named, "an assignment file of it cannot be read")
    _tell_effect(web, document, entry)
    _count_qualified(web, document, entry)


def _note_lag(web: Web, assignment: Assignment, approval: date) -> None:
    """How long after the approval of a revision its training was assigned, where it was not at once."""
    at_once = assignment.cause in ("revision", "new-document")
    if at_once and assignment.assigned > approval and assignment.assignment in web.facts:
        web.note(assignment.assignment, f"assigned {days_ago(approval, assignment.assigned)} after the approval")


def tell_later(web: Web, document: Document, entry: RevisionEntry) -> None:
    """Take the training on a revision that came later, of newcomers and as refreshers."""
    named = document.named(entry)
    for assignment in web.snapshot.assignments("people"):
        if any(item.document == named for item in assignment.items):
            tell_assignment(web, assignment, str(named), "is assigned to a newcomer in", only=named)
    for assignment in web.snapshot.assignments(f"refresher/{named}"):
        mention_assignment(web, assignment, str(named), "is refreshed in")


def mention_approval(web: Web, approval: Approval | FileApproval, source: str, says: str = "was approved by") -> None:
    """Take an approval of a revision or of a whole file; its state is what it rests on."""
    of = str(approval.document) if isinstance(approval, Approval) else _approved_file(approval)
    who, day = called(web.snapshot, approval.by), web.snapshot.day_of(approval.at)
    name, title = f"{of} approved by {approval.by}", f"{approval.meaning} of {of}"
    origin = approval.origin if isinstance(approval, Approval) else None
    notes = (f"{origin.system} {origin.reference}",) if origin else ()
    fact = Fact(name, Kind.APPROVAL, At(approval.path), who, title, day, approval.evidence, notes, person=approval.by)
    web.add(fact, source, says)


def _approved_file(approval: FileApproval) -> str:
    """What an approval of a whole file is of: an event as it was closed then, or a file with some content."""
    found = layout.filed(approval.path)
    return found.names[0] if found else approval.file


def rollout(snapshot: Snapshot, document: Document, entry: RevisionEntry) -> list[Assignment]:
    """The assignments of a revision to the roles that it reached, and those by which events asked for it; by name."""
    named = document.named(entry)
    found = [*snapshot.assignments(str(named))]
    for event, index in snapshot.retraining:
        if document.id in map(document_of, event.actions[index].documents):
            items = action_items(snapshot, event, event.actions[index])
            found += [assignment for assignment, item in items if item.document == named]
    return [one for _, one in sorted({one.assignment: one for one in found}.items())]


def _tell_effect(web: Web, document: Document, entry: RevisionEntry) -> None:
    """When a revision took effect, was superseded or withdrawn."""
    named, position = str(document.named(entry)), document.revisions.index(entry)
    if entry.withdrawn:
        place = At(document.path, ("revisions", position, "withdrawn"))
        web.add(Fact(f"{named} withdrawn", Kind.ENDING, place, "", day=entry.withdrawn), named, "was withdrawn")
    for first, _ in days_in_force(document, entry):
        place = At(document.path, ("revisions", position, "effective"))
        web.add(Fact(f"{named} in force", Kind.EFFECT, place, "", day=first), named, "took effect")


def mention_neighbours(web: Web, document: Document, entry: RevisionEntry) -> None:
    """The revision that superseded one, as soon as it has, and the one that it supersedes."""
    named = str(document.named(entry))
    for _, last in days_in_force(document, entry):
        newer = in_force(document, last + ONE_DAY) if last < date.max else None
        if newer and web.has_come(last + ONE_DAY):
            mention_revision(web, document, newer, named, "was superseded by", "supersedes")
    older = previous(document, entry)
    if older:
        mention_revision(web, document, older, named, "supersedes", "was superseded by")


def _count_qualified(web: Web, document: Document, entry: RevisionEntry) -> None:
    """How many of those at work when a revision took effect were qualified on it by then."""
    found = revision_status(web.snapshot, document, entry, web.when)
    if found.affected:
        by = "when it took effect" if web.has_come(entry.effective) else "so far"
        web.note(str(document.named(entry)), f"{found.qualified} of {found.affected} qualified {by}")


# --- an assignment --------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Answers:
    """Who has not answered an assignment, as pairs of document and person; and who nobody can say it of."""

    open: set[tuple[str, str]] = field(default_factory=set)
    unknown: set[tuple[str, str]] = field(default_factory=set)
    asked: set[tuple[str, str]] = field(default_factory=set)

    def take(self, other: Answers) -> None:
        """Add what is known of another assignment."""
        self.open |= other.open
        self.unknown |= other.unknown
        self.asked |= other.asked


def tell_assignment(
    web: Web,
    assignment: Assignment,
    source: str | None,
    says: str = "assigns",
    *,
    only: RevisionId | None = None,
    person: str | None = None,
) -> Answers:
    """Take an assignment, linked to what leads to it, and its answers: all, or on one revision, or of one person."""
    answers = Answers()
    name = assignment.assignment
    known = name in web.facts
    if not mention_assignment(web, assignment, source, says):
        return answers
    asked = [
        (index, position, one)
        for index, item in enumerate(assignment.items)
        if only is None or item.document == only
        for position, one in enumerate(item.people)
        if person in (None, one)
    ]
    paths = [layout.completions(one, assignment.items[index].document.document) for index, _, one in asked]
    web.snapshot.source.records(paths)  # in one go, before each is asked for
    lacking = _lacking(web, assignment)
    for index, position, one in asked:
        _Answer(web, assignment, index, position, one, lacking).tell(answers)
    if not known:
        _sum_up(web, name, answers)
    return answers


def mention_assignment(web: Web, assignment: Assignment, source: str | None, says: str) -> bool:
    """Take an assignment itself, linked to what leads to it; whether it was there by then."""
    name = assignment.assignment
    fact = Fact(name, Kind.ASSIGNMENT, At(assignment.path), name, _about(assignment), assignment.assigned)
    return web.add(fact, source, says, "is asked for by")


def _about(assignment: Assignment) -> str:
    """The cause of an assignment, and what it is on."""
    documents = list(dict.fromkeys(str(item.document) for item in assignment.items))
    return f"{assignment.cause}, {documents[0] if len(documents) == 1 else f'{len(documents)} documents'}"


def _sum_up(web: Web, name: str, answers: Answers) -> None:
    if answers.unknown:
        web.note(name, state="unknown")
    elif answers.asked:
        notes = (f"{len(answers.open)} of {len(answers.asked)} open",) if answers.open else ()
        web.note(name, *notes, state="open" if answers.open else "done")


def _lacking(web: Web, assignment: Assignment) -> set[tuple[str, str]]:
    """Who lacks what a training action asks for, by document; of the action behind an assignment, if there is one."""
    event, action = action_behind(web.snapshot, assignment)
    if event is None or action is None:
        return set()
    event = then(event, web.when.day)
    if event.ending:
        return set()
    when = asked_until(web.snapshot, event, web.when)
    found = lacks(web.snapshot, event, action, when)
    return {(document_of(lack.named), person) for lack in found if lack.named for person in lack.people}


class _Answer:
    """What one person did about one item of an assignment, as of the moment of a web."""

    def __init__(
        self,
        web: Web,
        assignment: Assignment,
        index: int,
        position: int,
        person: str,
        lacking: set[tuple[str, str]],
    ) -> None:
        self._web, self._snapshot, self._when = web, web.snapshot, web.when
        self._assignment, self._item, self._person = assignment, assignment.items[index], person
        self._place = At(assignment.path, ("items", index, "people", position))
        self._lacking = lacking
        self._who = web.snapshot.people.get(person)

    @property
    def _key(self) -> tuple[str, str]:
        return self._item.document.document, self._person

    def tell(self, answers: Answers) -> None:
        """Take the facts, and say whether they are an answer."""
        document, person = self._key
        answers.asked.add(self._key)
        if history_is_unreadable(self._snapshot, person, document):
            answers.unknown.add(self._key)
            self._absent(Kind.UNREADABLE, "cannot be told of", f"the training records of {document} cannot be read")
            return
        done = item_done(self._snapshot, self._assignment, self._item, person, self._when)
        self._tell_named(done.entries if done else ())
        if done:
            return
        if self._is_open:
            answers.open.add(self._key)
            self._absent(Kind.OPEN, "was not completed by", "", *self._open_notes())
        elif proof := self._other_proof():
            for one in proof:
                self._tell_proof(one)
        else:
            self._absent(Kind.EXCUSED, "is asked no more of", self._why_excused())

    @property
    def _is_open(self) -> bool:
        if self._key in self._lacking:
            return True
        return self._who is not None and still_owes(self._snapshot, self._assignment, self._item, self._who, self._when)

    # --- what they did ----------------------------------------------------------------------------------------------

    def _tell_named(self, done: Sequence[int]) -> None:
        """The entries that name the assignment."""
        document, person = self._key
        history = self._snapshot.completions(person, document)
        rejected = rejected_entries(self._snapshot, person, document, self._when.instant)
        lost = lost_entries(self._snapshot, person, document, self._when.instant)
        for index, entry in enumerate(history):
            if not isinstance(entry, Completion) or self._assignment.assignment not in entry.assignments:
                continue
            if entry.document != self._item.document:
                continue
            if index in rejected:
                says = "was answered, and that rejected, by"
            elif index in lost:
                says = "was answered with a compromised key by"
            elif not entry.passed:
                says = "was tried and not passed by"
            elif not done or index in done[:-1]:
                says = "was begun by"
            else:
                says = "was completed late by" if self._is_late(entry) else "was completed by"
            mention_completion(self._web, person, document, index, self._assignment.assignment, says)

    def _is_late(self, entry: Completion) -> bool:
        return self._snapshot.day_of(entry.completed) > self._due

    @property
    def _due(self) -> date:
        due = deadline(self._snapshot, self._assignment, self._item)
        return back_from_leave(self._who, due) if self._who else due

    def _other_proof(self) -> tuple[Evidence, ...]:
        """What answers the item and does not name it: earlier training, carry-over, a waiver, later training."""
        document = self._snapshot.documents.get(self._item.document.document)
        entry = document.entry(self._item.document.label) if document else None
        if document is None or entry is None or self._assignment.role is None:
            return ()
        if self._assignment.cause != "refresher":
            return trained(self._snapshot, self._person, document, entry, self._when).evidence
        waived = waived_on(self._snapshot, self._person, self._item.document, self._when.day)
        done = last_full(self._snapshot, self._person, document, self._when)
        if not done or self._snapshot.day_of(done.completed) < self._assignment.assigned:
            return (waived,) if waived else ()
        path = layout.completions(self._person, document.id)
        return tuple(Evidence(At(path, (index,)), "") for index in done.entries)

    def _tell_proof(self, proof: Evidence) -> None:
        document, person = self._key
        name, index = self._assignment.assignment, proof.at.keys[0]
        if proof.at.path == layout.waivers(person, document):
            assert isinstance(index, int)
            mention_waiver(self._web, person, document, index, name, "is waived for")
        elif isinstance(index, int):
            mention_completion(self._web, person, document, index, name, "is answered by other training of")

    # --- what they did not ------------------------------------------------------------------------------------------

    def _absent(self, kind: Kind, says: str, title: str, *notes: str) -> None:
        name = f"{self._assignment.assignment}, {self._item.document}, {self._person}: {kind}"
        who = called(self._snapshot, self._person)
        state = {Kind.OPEN: "not-done", Kind.EXCUSED: "not-asked", Kind.UNREADABLE: "unknown"}[kind]
        place = At(layout.completions(self._person, self._key[0])) if kind is Kind.UNREADABLE else self._place
        fact = Fact(name, kind, place, who, title, state=state, notes=notes, person=self._person)
        self._web.add(fact, self._assignment.assignment, says)

    def _open_notes(self) -> Iterator[str]:
        day, due = self._when.day, self._due
        if len({item.document for item in self._assignment.items}) > 1:
            yield str(self._item.document)
        yield f"due {due}"
        if day > self._assignment.assigned:
            yield f"open for {days_ago(self._assignment.assigned, day)}"
        if day > due:
            yield f"overdue for {days_ago(due, day)}"

    def _why_excused(self) -> str:
        document = self._snapshot.documents.get(self._item.document.document)
        entry = document.entry(self._item.document.label) if document else None
        if document is None or entry is None:
            return f"there is no {self._item.document}"
        if self._who is None:
            return "nobody has this id"
        if not reach(days_in_force(document, entry), self._when.day):
            return f"{self._item.document} is {revision_state(document, entry, self._when.day)}"
        if self._assignment.role and not include(days_held(self._who, self._assignment.role), self._when.day):
            return f"does not hold {self._assignment.role}"
        event, _ = action_behind(self._snapshot, self._assignment)
        return f"{event.id} asks nothing of them" if event else "nothing asks for it"


# --- a completion, a waiver -----------------------------------------------------------------------------------------


def mention_completion(web: Web, person: str, document: str, index: int, source: str, says: str) -> None:
    """Take an entry of a person's history on a document, linked to what it answers; and its rejection."""
    path = layout.completions(person, document)
    history = web.snapshot.completions(person, document)
    entry = history[index]
    if not isinstance(entry, Completion) or entry.completed > web.when.instant:
        return
    rejected = index in rejected_entries(web.snapshot, person, document, web.when.instant)
    lost = lost_entries(web.snapshot, person, document, web.when.instant).get(index)
    state = "rejected" if rejected else "void" if lost else ("passed" if entry.passed else "not-passed")
    name, day = f"{person}/{document}#{index + 1}", web.snapshot.day_of(entry.completed)
    who = called(web.snapshot, person)
    notes = (*_beside(entry), *([f"counts for nothing: {lost}"] if lost else []))
    fact = Fact(name, Kind.COMPLETION, At(path, (index,)), who, _done(entry), day, state, notes, person=person)
    web.add(fact, source, says)
    for position, other in enumerate(history if rejected else ()):
        if isinstance(other, Rejection) and index in other.entries and other.at <= web.when.instant:
            no = f"{person}/{document}#{position + 1}"
            on = web.snapshot.day_of(other.at)
            by = called(web.snapshot, other.by)
            web.add(Fact(no, Kind.REJECTION, At(path, (position,)), by, other.reason, on), name, "was rejected by")


def _done(entry: Completion) -> str:
    """What a completion says was done, in a line."""
    said = f"{entry.document} by {', '.join(entry.method)}"
    if entry.assessment:
        one = entry.assessment
        said += f", score {one.score}, pass mark {one.pass_mark}"
        said += f", attempt {one.attempt}" if one.attempt > 1 else ""
    if entry.practical:
        judged = "" if entry.practical.outcome == "competent" else f" as {entry.practical.outcome}"
        said += f", evaluated{judged} by {entry.practical.evaluator}"
        tasks = len(entry.practical.supervised)
        said += f" after {tasks} supervised task{'s' * (tasks > 1)}" if tasks else ""
    return said


def _beside(entry: Completion) -> Iterator[str]:
    if entry.late:
        yield f"late entry: {entry.late}"
    if entry.origin:
        yield f"from {entry.origin.system}, {entry.origin.reference}"


def mention_waiver(web: Web, person: str, document: str, index: int, source: str, says: str) -> None:
    """Take a waiver of a person on a document, linked to what it releases from."""
    waiver = web.snapshot.waivers(person, document)[index]
    title = f"{waiver.document}, granted by {waiver.by or 'nobody'}: {waiver.reason or 'no reason given'}"
    until = waiver.until
    ended = until is not None and until < web.when.day
    notes = (f"until {until}" if until else "without an end",)
    place = At(layout.waivers(person, document), (index,))
    who = called(web.snapshot, person)
    name = f"{person}/{document} waiver {index + 1}"
    state = "ended" if ended else "valid"
    web.add(Fact(name, Kind.WAIVER, place, who, title, waiver.from_, state, notes, person=person), source, says)
