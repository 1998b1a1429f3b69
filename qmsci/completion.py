"""What a history of training adds up to: which entries count, what they complete, when it lapses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, get_args

from qmsci.compromised import Lost, lost_entry, lost_waiver
from qmsci.evidence import Evidence
from qmsci.finding import At
from qmsci.records import layout
from qmsci.records.base import Method, RevisionId
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.layout import Kind
from qmsci.records.training import AssignmentItem, Completion, CompletionEntry, Rejection, Waiver
from qmsci.snapshot import Snapshot, When
from qmsci.timeline import previous


def full_method(snapshot: Snapshot, document: Document) -> frozenset[str]:
    """What full training on a document consists of: its own method, or its type's."""
    if document.training.method:
        return frozenset(document.training.method)
    kind = snapshot.policy.type_of(document.id) if snapshot.policy else None
    return frozenset(kind.method if kind else ("read",))


@dataclass(frozen=True, slots=True)
class Done:
    """A method that was completed: when its last part was, and the entries that add up to it."""

    completed: datetime
    entries: tuple[int, ...]


def rejected_entries(snapshot: Snapshot, person: str, document: str, when: datetime | None) -> set[int]:
    """The positions of the entries that are rejected by a moment (None: whenever), by rejections that count."""
    path = layout.completions(person, document)
    return {
        position
        for entry in snapshot.completions(person, document)
        if isinstance(entry, Rejection) and (when is None or entry.at <= when)
        if not lost_entry(snapshot, path, person, entry, when)
        for position in entry.entries
    }


def lost_entries(snapshot: Snapshot, person: str, document: str, when: datetime | None) -> dict[int, Lost]:
    """The completions, by position, that a compromised key takes with it by a moment (None: whenever)."""
    path = layout.completions(person, document)
    found = (
        (index, lost_entry(snapshot, path, person, entry, when))
        for index, entry in enumerate(snapshot.completions(person, document))
        if isinstance(entry, Completion) and (when is None or entry.completed <= when)
    )
    return {index: one for index, one in found if one}


def void_entries(snapshot: Snapshot, person: str, document: str, when: datetime | None) -> set[int]:
    """The positions of the entries that count for nothing by a moment: rejected, or signed with a compromised key."""
    if not _may_be_void(snapshot.completions(person, document)):
        return set()
    rejected = rejected_entries(snapshot, person, document, when)
    return rejected.union(lost_entries(snapshot, person, document, when))


def _may_be_void(history: Iterable[CompletionEntry]) -> bool:
    """Whether anything in a history could count for nothing; what was never signed or rejected could not."""
    return any(entry.signatures or isinstance(entry, Rejection) for entry in history)


def why_void(snapshot: Snapshot, person: str, document: str, when: When, named: RevisionId | None = None) -> str:
    """
    What a compromised key took from somebody's training on a document (or one revision), as the end of a sentence.

    Empty where it took nothing by that moment.
    """
    history = snapshot.completions(person, document)
    lost = lost_entries(snapshot, person, document, when.instant) if _may_be_void(history) else {}
    said = [
        (f"the training of {person} on {snapshot.day_of(entry.completed)}", one)
        for index, one in lost.items()
        if isinstance(entry := history[index], Completion) and named in (None, entry.document)
    ]
    path = layout.waivers(person, document)
    for waiver in snapshot.waivers(person, document) if named else ():
        reaches = waiver.until and waiver.from_ <= when.day <= waiver.until
        taken = lost_waiver(snapshot, path, waiver, when.day) if reaches and waiver.document == named else None
        said += [(f"the waiver of {person} from {waiver.from_}", taken)] if taken else []
    return "".join(f"; {what} counts for nothing: {one}" for what, one in said[-1:])


def what_is_void(snapshot: Snapshot, people: Iterable[str], document: str, named: RevisionId) -> str:
    """What compromised keys took from some people's training on a revision by now; empty where it is nothing."""
    when = snapshot.end_of(snapshot.as_of)
    return "".join(why_void(snapshot, person, document, when, named) for person in people)


def counting(snapshot: Snapshot, person: str, document: str, when: datetime | None) -> Iterator[tuple[int, Completion]]:
    """The entries that passed, are not void, and lie no later than a moment (None: whenever), by their time."""
    void = void_entries(snapshot, person, document, when)
    found = [
        (index, entry)
        for index, entry in enumerate(snapshot.completions(person, document))
        if isinstance(entry, Completion)
        and entry.passed
        and (when is None or entry.completed <= when)
        and index not in void
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


class Asked(NamedTuple):
    """What training on a revision consists of: its method, the pass mark in percent, how many supervised tasks."""

    method: frozenset[str]
    pass_mark: int
    tasks: int


def completed(
    snapshot: Snapshot, person: str, document: Document, entry: RevisionEntry, when: When | None
) -> Done | None:
    """Whether a person has completed training on a revision by a moment (None: whenever), by what it asked of them."""
    settled = snapshot.once(_settled, person, document.named(entry))
    for done in settled or ():
        if when is None or done.completed <= when.instant:
            return done
    if settled is not None:
        return None
    mine = _entries_of(snapshot, person, document.named(entry), when)
    for asked in _asked(snapshot, person, document, entry, when, mine) if mine else ():
        found = _first_done(mine, asked)
        if found:
            return found
    return None


def _settled(snapshot: Snapshot, person: str, revision: RevisionId) -> tuple[Done, ...] | None:
    """
    How a person completed a revision, by each way in which items asked for it, the least first.

    None where that may be another answer for another moment: where entries may come to count for nothing, where their
    first one names no item, or later ones name items that ask for something else.
    """
    history = snapshot.completions(person, revision.document)
    if not any(isinstance(entry, Completion) and entry.document == revision for entry in history):
        return ()
    if not counts_for_good(snapshot, person, revision.document):
        return None
    mine = _entries_of(snapshot, person, revision, None)
    asked = [{asked_by(item) for item in items_named(snapshot, person, done)} for _, done in mine]
    if asked and (not asked[0] or any(not later <= asked[0] for later in asked)):
        return None
    found = (_first_done(mine, way) for way in (_least_first(asked[0]) if asked else ()))
    return tuple(filter(None, found))


def counts_for_good(snapshot: Snapshot, person: str, document: str) -> bool:
    """Whether nothing of a history counts at one moment and not at a later one: no rejection, no key ever revoked."""
    history = snapshot.completions(person, document)
    if any(isinstance(entry, Rejection) for entry in history):
        return False
    given = (one for entry in history for one in entry.signatures if one.key and one.signature)
    signers = filter(None, (snapshot.people.get(one.by) for one in given))
    return not any(key.revoked for signer in signers for key in signer.keys)


def _first_done(entries: Iterable[tuple[int, Completion]], asked: Asked) -> Done | None:
    """The first time that some entries have added up to what was asked."""
    return next(times_done([pair for pair in entries if is_enough(pair[1], *asked[1:])], asked.method), None)


def _entries_of(
    snapshot: Snapshot, person: str, revision: RevisionId, when: When | None
) -> list[tuple[int, Completion]]:
    history = counting(snapshot, person, revision.document, when.instant if when else None)
    return [pair for pair in history if pair[1].document == revision]


def _asked(
    snapshot: Snapshot,
    person: str,
    document: Document,
    entry: RevisionEntry,
    when: When | None,
    mine: Iterable[tuple[int, Completion]],
) -> list[Asked]:
    """What was asked of a person: by the items that their entries name, else by the document; the least first."""
    asked = {asked_by(item) for _, done in mine for item in items_named(snapshot, person, done)}
    if not asked:
        method = method_asked(snapshot, person, document, entry, when)
        asked = {Asked(method, 0, tasks_asked(snapshot, person, document, entry, when))}
    return _least_first(asked)


def _least_first(asked: Iterable[Asked]) -> list[Asked]:
    return sorted(asked, key=lambda one: (len(one.method), sorted(one.method), one.pass_mark, one.tasks))


def asked_by(item: AssignmentItem) -> Asked:
    """What an item asks for."""
    return Asked(frozenset(item.method), item.pass_mark or 0, item.supervised or 0)


def is_enough(entry: Completion, pass_mark: int, tasks: int) -> bool:
    """
    Whether an entry reaches a pass mark, and a practical one has as much supervised work behind it as is asked.

    The supervised work behind a migrated entry is in the system that it comes from.
    """
    if entry.assessment and entry.assessment.score < pass_mark:
        return False
    if "practical" not in entry.method or entry.origin:
        return True
    return len(entry.practical.supervised if entry.practical else ()) >= tasks


def tasks_asked(snapshot: Snapshot, person: str, document: Document, entry: RevisionEntry, when: When | None) -> int:
    """How much supervised work a revision asks of a person: none of those who were trained on an earlier one."""
    asked = document.training.supervised
    if not asked:
        return 0
    older = document.revisions[document.revisions.index(entry) + 1 :]
    return 0 if any(completed(snapshot, person, document, earlier, when) for earlier in older) else asked


@dataclass(frozen=True, slots=True)
class Lacking:
    """What training still lacks: parts of its method, and supervised tasks where there are fewer than it takes."""

    parts: tuple[str, ...]
    tasks_done: int = 0
    tasks_asked: int = 0

    def __str__(self) -> str:
        tasks = f"; {self.tasks_done} of {self.tasks_asked} supervised tasks" if self.tasks_asked else ""
        return f"{', '.join(self.parts)}{tasks}"


def lacking(
    snapshot: Snapshot,
    person: str,
    document: Document,
    entry: RevisionEntry,
    when: When,
    items: Iterable[AssignmentItem] = (),
) -> Lacking:
    """
    What a person who is not trained on a revision lacks: of all that was asked, what lacks the least.

    It was asked by the items that their completions name; as long as there is none, by the items given, else by the
    document. Supervised tasks are counted in whichever entry has most of them, also where its outcome was no success.
    """
    mine = _entries_of(snapshot, person, document.named(entry), when)
    asked = [] if mine else [asked_by(item) for item in items]
    tasks = max((_tasks_in(done) for done in attempts(snapshot, person, document.named(entry), when)), default=0)
    found = []
    for one in asked or _asked(snapshot, person, document, entry, when, mine):
        done = {part for _, each in mine if is_enough(each, *one[1:]) for part in each.method}
        parts = in_order(one.method - done)
        number = one.tasks if "practical" in parts and tasks < one.tasks else 0
        found.append(Lacking(parts, tasks if number else 0, number))
    return min(found, key=lambda one: (len(one.parts), one.tasks_asked - one.tasks_done, one.parts))


def in_order(method: Iterable[str]) -> tuple[str, ...]:
    """The parts of a method in the order in which one goes through them."""
    return tuple(sorted(method, key=get_args(Method).index))


def attempts(snapshot: Snapshot, person: str, revision: RevisionId, when: When) -> list[Completion]:
    """All that a person has done for a revision by a moment, whether or not it was passed, but for void entries."""
    void = void_entries(snapshot, person, revision.document, when.instant)
    return [
        entry
        for index, entry in enumerate(snapshot.completions(person, revision.document))
        if isinstance(entry, Completion)
        and index not in void
        and entry.document == revision
        and entry.completed <= when.instant
    ]


def _tasks_in(entry: Completion) -> int:
    return len(entry.practical.supervised) if entry.practical else 0


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
    """Whether a completion, of this revision or carried over from the one before, shows training; no waiver does."""
    if completed(snapshot, person, document, entry, when):
        return True
    older = previous(document, entry) if entry.impact == "none" else None
    return older is not None and on_record(snapshot, person, document, older, when)


def evidence_of(
    snapshot: Snapshot, person: str, document: Document, entry: RevisionEntry, when: When | None
) -> tuple[Evidence, ...]:
    """The completions that show training on a revision, or on the one before where that carries over."""
    done = completed(snapshot, person, document, entry, when)
    if done:
        path = layout.completions(person, document.id)
        history = snapshot.completions(person, document.id)
        return tuple(Evidence(At(path, (i,)), says_of(history[i])) for i in done.entries)
    older = previous(document, entry) if entry.impact == "none" else None
    carried = evidence_of(snapshot, person, document, older, when) if older else ()
    if carried:
        position = document.revisions.index(entry)
        says = f"{document.named(entry)} has the impact none: training on the revision before carries over"
        return (*carried, Evidence(At(document.path, ("revisions", position)), says))
    return ()


def says_of(entry: CompletionEntry) -> str:
    """What a completion says, in one line."""
    assert isinstance(entry, Completion)
    score = f", score {entry.assessment.score}, pass mark {entry.assessment.pass_mark}" if entry.assessment else ""
    judged = f", evaluated by {entry.practical.evaluator}" if entry.practical else ""
    return f"{entry.document} completed {entry.completed.isoformat()} by {', '.join(entry.method)}{score}{judged}"


def late_by(snapshot: Snapshot, at: At, recorded: date | None) -> str:
    """
    How much later than it happened some evidence was recorded, as the end of a sentence; empty where it was in time.

    In time is what the policy allows. A migrated record is as late as its migration, which says nothing of it.
    """
    about, allowed = layout.filed(at.path), snapshot.policy.training.late_entry if snapshot.policy else None
    if not about or not recorded or not allowed or about.kind not in (Kind.COMPLETIONS, Kind.WAIVERS):
        return ""
    person, document = about.names
    index = at.keys[0] if at.keys else None
    history = snapshot.waivers if about.kind is Kind.WAIVERS else snapshot.completions
    entry = history(person, document)[index] if isinstance(index, int) else None
    declared = ""
    match entry:
        case Completion() if not entry.origin:
            begun = snapshot.day_of(entry.completed)
            declared = f", declared as late: {entry.late}" if entry.late else ""
        case Waiver():
            begun = entry.from_
        case _:
            return ""
    if recorded <= allowed.after(begun):
        return ""
    return f", recorded {(recorded - begun).days} days later{declared}"


def history_is_unreadable(snapshot: Snapshot, person: str, document: str) -> bool:
    """Whether a person's completions or waivers on a document cannot be read: nobody says then that training lacks."""
    paths = layout.completions(person, document), layout.waivers(person, document)
    return any(map(snapshot.unreadable_below, paths))


def last_full(snapshot: Snapshot, person: str, document: Document, when: When) -> Done | None:
    """The latest completion of the full method on any revision; readings of a `read` revision are not full training."""
    full = full_method(snapshot, document)
    history = list(counting(snapshot, person, document.id, when.instant))
    found: list[Done] = []
    for entry in document.revisions:
        mine = [pair for pair in history if pair[1].document == document.named(entry)]
        if not mine:
            continue
        asked = {full}
        if entry.impact == "retrain":
            asked |= {frozenset(item.method) for _, done in mine for item in items_named(snapshot, person, done)}
        found += [done for method in asked for done in times_done(mine, method)]
    return max(found, key=lambda done: done.completed, default=None)


def lapses(snapshot: Snapshot, person: str, document: Document, when: When) -> date | None:
    """The last day on which a refresher is not yet lapsed; None without a refresher, or before any full training."""
    every = document.training.every
    done = last_full(snapshot, person, document, when) if every else None
    return every.after(snapshot.day_of(done.completed)) if every and done else None
