"""Run the law: over a tree, over what a change adds or alters, or as of a day."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from qmsci.approval import whole_files
from qmsci.change import (
    Added,
    AddedAssignment,
    AddedSignature,
    AlteredFile,
    Change,
    Edited,
    added_entries,
    added_signatures,
)
from qmsci.finding import At, Finding, Severity
from qmsci.folders import CleanFolders, Seen
from qmsci.key_register import KeyRegister, SharedKey
from qmsci.library import Library
from qmsci.look_alike import LookAlike, look_alikes
from qmsci.obligations import ActionGap, RoleGap, action_gaps, at_work, reached_by, required_by, role_gaps
from qmsci.records import layout
from qmsci.records.base import FileRecord
from qmsci.records.document import Document
from qmsci.records.event import Event, Validation
from qmsci.records.layout import Kind
from qmsci.records.person import Person
from qmsci.records.policy import Policy
from qmsci.records.role import Role
from qmsci.records.training import Assignment, Completion, Rejection, Waiver
from qmsci.references import Dangling, references, unresolved
from qmsci.rule import RULES, Problem, Rule, When
from qmsci.rules import DoubtedFile, UnreadFile, load_rules
from qmsci.schema_words import Fault
from qmsci.scope import Scope
from qmsci.snapshot import Snapshot
from qmsci.timeline import days_held, in_force, reach
from qmsci.unsafe import fault_of_name, unsafe_in
from qmsci.verdicts import SignedFile, signed_files

T = TypeVar("T")


@dataclass
class Report:
    """The findings, sorted, and how many subjects of each kind were looked at."""

    findings: list[Finding] = field(default_factory=list)
    checked: Counter[str] = field(default_factory=Counter)


class Court:
    """Asks every rule of some kinds about the subjects that it is shown."""

    def __init__(self, library: Library, *whens: When) -> None:
        """Ask the rules of some kinds; places are looked up in a library."""
        load_rules()
        self._library = library
        self._rules: dict[Any, list[Rule]] = defaultdict(list)
        for rule in RULES.values():
            if rule.when in whens:
                for subject in rule.subjects:
                    self._rules[subject].append(rule)
        self._found: set[Finding] = set()

    def hear(self, kind: Any, subject: Any, *context: Any) -> None:
        """Ask all rules about one subject."""
        for rule in self._rules.get(kind, ()):
            for problem in rule.judge(subject, *context):
                self._found.add(self._finding(rule, problem))

    @property
    def number(self) -> int:
        """How many faults were found so far."""
        return len(self._found)

    def findings(self) -> list[Finding]:
        """All that was found, each once, by place and rule."""
        return sorted(self._found)

    def _finding(self, rule: Rule, problem: Problem) -> Finding:
        return Finding(
            place=self._library.placed(problem.at),
            rule=rule.name,
            message=problem.message,
            severity=problem.severity or rule.severity,
            also=tuple(self._library.placed(at) for at in problem.also),
            fix=problem.fix or rule.fix,
            regulations=rule.regulations,
        )


Watch = Callable[[Sequence[T], str], Iterable[T]]


def _unwatched(steps: Sequence[T], _label: str) -> Iterable[T]:
    return steps


def check_tree(
    library: Library, snapshot: Snapshot, scope: Scope, *whens: When, watch: Watch[Any] = _unwatched
) -> Report:
    """
    Ask the tree rules (and the calendar rules, if they are named) about everything in scope.

    `watch` is handed long work step by step, with a few words about it, and may show how far it is.
    """
    whens = whens or (When.TREE,)
    clean = CleanFolders(library.memory, snapshot)
    proof = scope.everything and whens == (When.TREE,)
    if proof and (checked := clean.found_before(library.tree)):
        return Report([], checked)
    court, report = Court(library, *whens), Report()
    if When.TREE in whens:
        if scope.everything:
            _hear_everything(court, report, library, snapshot, clean, watch)
        _hear_in_scope(court, report, library, snapshot, scope)
    if snapshot.policy:
        if When.CALENDAR in whens and scope.everything:
            _read_ahead(snapshot)
        for kind, subject in _subjects(snapshot, scope):
            court.hear(kind, subject, snapshot)
        if When.CALENDAR in whens:
            court.hear(Snapshot, snapshot, snapshot)
            for assignment in filter(None, snapshot.source.records(snapshot.source.paths(layout.ASSIGNMENTS))):
                court.hear(Assignment, assignment, snapshot)
    report.findings = court.findings()
    if proof and not report.findings and not library.asked_history:
        clean.learn_tree(library.tree, report.checked)
    clean.remember()
    return report


def _read_ahead(snapshot: Snapshot) -> None:
    """
    Read in one go what the calendar rules ask of everybody: every assignment, and the histories of those at work.

    Read one by one, as each rule comes to it, they would take several times as long.
    """
    source, day = snapshot.source, snapshot.as_of
    source.records(source.paths(layout.ASSIGNMENTS))
    for folder in (layout.COMPLETIONS, layout.WAIVERS):
        source.paths(folder)  # that lists all folders at once
    required = (document for document in snapshot.documents if in_force(document, day))
    pairs = ((person.id, document.id) for document in required for person, _ in at_work(snapshot, document, day))
    snapshot.read_histories(pairs)


def in_the_way(library: Library, snapshot: Snapshot, event: Event) -> list[Finding]:
    """
    What the law would say if an event were closed (a validation released) on the snapshot's day, warnings left out.

    The event is judged as if it were closed already, by the same rules that judge it once it is.
    """
    key = "released" if isinstance(event, Validation) else "closed"
    settled = event.model_copy(update={key: snapshot.as_of, f"{key}_by": event.owner or ""}).noting(path=event.path)
    return objections(library, snapshot, settled)


def objections(library: Library, snapshot: Snapshot, event: Event) -> list[Finding]:
    """What the law says against an event as it stands: the errors of the rules that look at an event."""
    court = Court(library, When.TREE)
    court.hear(Event, event, snapshot)
    return [finding for finding in court.findings() if finding.severity is Severity.ERROR]


_EDITED: list[tuple[Kind, type[FileRecord], Any]] = [
    (Kind.DOCUMENT, Document, Edited[Document]),
    (Kind.ROLE, Role, Edited[Role]),
    (Kind.PERSON, Person, Edited[Person]),
    (Kind.POLICY, Policy, Edited[Policy]),
    (Kind.EVENT, Event, Edited[Event]),
]
_ADDED: dict[type, Any] = {Completion: Added[Completion], Rejection: Added[Rejection], Waiver: Added[Waiver]}


def check_change(library: Library, change: Change) -> Report:
    """Ask the change rules about what a change adds or alters."""
    court, report = Court(library, When.CHANGE), Report()
    for kind, model, subject in _EDITED:
        for edit in change.edits(kind, model):
            court.hear(subject, edit)
    for path, held in change.files.items():
        if held.before is not None and held.before != held.after:
            court.hear(AlteredFile, AlteredFile(change, path, held.before, held.after))
    for whole in whole_files(change):
        court.hear(type(whole), whole)
    for added in added_entries(change):
        court.hear(_ADDED[type(added.entry)], added)
    for signature in added_signatures(change):
        court.hear(AddedSignature, signature)
    for assignment in change.added_assignments if change.head.policy and not change.founding else ():
        if _rests_on_unreadable(change.head, assignment):
            continue
        expected = change.expected_assignments.get(assignment.path)
        court.hear(AddedAssignment, AddedAssignment(change, assignment, expected))
    report.findings = court.findings()
    return report


def _rests_on_unreadable(snapshot: Snapshot, assignment: Assignment) -> bool:
    """Whether nobody can say what an assignment should be, because a file behind it cannot be read."""
    people = {person for item in assignment.items for person in item.people}
    event = assignment.assignment.split("/")[0]
    paths = [layout.ACTIVITIES, *(layout.person(person) for person in people)]
    paths.append(f"{layout.ROLES}{assignment.role}.yaml" if assignment.role else f"{layout.EVENTS}{event}.yaml")
    snapshot.source.records(paths)  # what was not asked for is not known to be unreadable
    return any(map(snapshot.unreadable_below, paths)) or any(
        snapshot.is_unreadable(item.document.document) for item in assignment.items
    )


def _hear_in_scope(court: Court, report: Report, library: Library, snapshot: Snapshot, scope: Scope) -> None:
    """The files in scope, the names that look alike and, where somebody has gained a key, those of two people."""
    paths, seen = sorted(scope.paths), Seen()
    for path in paths:
        _hear_file(court, library, snapshot, path, seen)
    for signed in signed_files(library, paths).values():
        court.hear(SignedFile, signed, snapshot)
    report.checked.update(seen.checked)
    if scope.everything or any(map(_is_named, paths)):
        for name in look_alikes(snapshot, None if scope.everything else scope.paths):
            court.hear(LookAlike, name, snapshot)
    if scope.everything or scope.keys:
        for shared in KeyRegister(snapshot).shared():
            court.hear(SharedKey, shared, snapshot)


def _hear_everything(
    court: Court, report: Report, library: Library, snapshot: Snapshot, clean: CleanFolders, watch: Watch[Any]
) -> None:
    """Every file, folder by folder, but for the folders that need no second look."""
    tree = library.tree
    areas = [tree.inside(root) for root in ("", layout.DOCUMENTS, layout.TRAINING)]
    people = [tree.inside(root) for root in (layout.COMPLETIONS, layout.WAIVERS)]
    folders = {folder: name for inside in (*areas, *people) for folder, name in inside.folders.items()}
    whole = [folder for folder in folders if folder.startswith(layout.ROOTS) and folder not in _OPENED]
    known = clean.known({folder: name for folder in whole if (name := folders[folder])})
    alone = Seen()
    for folder in filter(_is_twin, areas[0].folders):
        _hear_stray(court, snapshot, folder.removesuffix("/"))
    for path in (path for inside in (*areas, *people) for path in inside.files):
        _hear_file(court, library, snapshot, path, alone)
    report.checked.update(alone.checked)
    for folder in known:
        report.checked.update(known[folder].checked)
    unknown = [folder for folder in whole if folder not in known]
    for start in watch(range(0, len(unknown), _AT_ONCE), "reading"):
        paths = {folder: library.paths(folder) for folder in unknown[start : start + _AT_ONCE]}
        signed = signed_files(library, (path for below in paths.values() for path in below))
        for folder, below in paths.items():
            seen, found, name = Seen(), court.number, folders[folder]
            for path in below:
                _hear_file(court, library, snapshot, path, seen)
                if path in signed:
                    court.hear(SignedFile, signed[path], snapshot)
            report.checked.update(seen.checked)
            if name and court.number == found:
                clean.learn(folder, name, seen)
            if folder.startswith((layout.COMPLETIONS, layout.WAIVERS)):
                library.forget(below)


#: Folders that are read at a time.
_AT_ONCE = 100
#: Folders that are looked at one folder further down.
_OPENED = (layout.DOCUMENTS, layout.TRAINING, layout.COMPLETIONS, layout.WAIVERS)


def _hear_file(court: Court, library: Library, snapshot: Snapshot, path: str, seen: Seen) -> None:
    """One file by itself: whether it can be read, and whether all is there that it refers to."""
    found = layout.filed(path)
    record = library.records([path])[0] if found else None
    if found and record:
        seen.checked[found.kind] += 1
        for reference in references(record):
            seen.names[reference.kind].add(reference.id)
            missing = unresolved(snapshot, reference.kind, reference.id)
            if missing:
                court.hear(Dangling, Dangling(path, reference.keys, missing), snapshot)
        if path in library.doubted or (not path.startswith(layout.TRAINING) and fault_of_name(path)):
            _hear_doubted(court, library, snapshot, path)
    elif path in library.faults:
        court.hear(UnreadFile, UnreadFile(path, library.faults[path]), snapshot)
    elif not found and (path.startswith(layout.ROOTS) or layout.is_stray(path)):
        _hear_other(court, library, snapshot, path)


def _hear_other(court: Court, library: Library, snapshot: Snapshot, path: str) -> None:
    """A file that is no record: whether it lies where only records lie, is none at all, or has an unsafe name."""
    file = library.tree.read([path])[0]
    if file is None:
        return
    if layout.is_stray(path):
        _hear_stray(court, snapshot, path)
    elif file.odd and not file.data:
        court.hear(UnreadFile, UnreadFile(path, (Fault(At(path), file.odd),)), snapshot)
    elif fault_of_name(path):
        _hear_doubted(court, library, snapshot, path)


def _is_twin(folder: str) -> bool:
    """Whether a folder at the root is one of ours on a file system that does not tell capitals apart."""
    return not folder.startswith(layout.ROOTS) and layout.is_stray(folder.removesuffix("/"))


def _hear_stray(court: Court, snapshot: Snapshot, path: str) -> None:
    fault = Fault(At(path), "no record of qmsci has a path like this")
    court.hear(UnreadFile, UnreadFile(path, (fault,)), snapshot)


def _hear_doubted(court: Court, library: Library, snapshot: Snapshot, path: str) -> None:
    """A closer look at a file in which, or in whose name, something may be unsafe."""
    file = library.tree.read([path])[0] if path in library.doubted else None
    faults, name = unsafe_in(path, file.data) if file else (), fault_of_name(path)
    if name or faults:
        court.hear(DoubtedFile, DoubtedFile(path, name, faults), snapshot)


def _is_named(path: str) -> bool:
    return path.startswith((layout.DOCUMENTS, layout.ROLES, layout.EVENTS)) and not path.startswith(layout.APPROVALS)


def _subjects(snapshot: Snapshot, scope: Scope) -> Iterator[tuple[type, object]]:
    if scope.everything:
        yield from ((Document, document) for document in snapshot.documents)
        yield from ((Role, role) for role in snapshot.roles)
        yield from ((Person, person) for person in snapshot.people)
        yield from ((Event, event) for event in snapshot.events)
        yield from ((RoleGap, gap) for gap in role_gaps(snapshot, reached_by(snapshot, snapshot.documents)))
        yield from ((ActionGap, gap) for gap in action_gaps(snapshot, snapshot.events))
        return
    events = _known(snapshot.events, scope.events)
    yield from ((Document, document) for document in _known(snapshot.documents, scope.documents))
    yield from ((Role, role) for role in _known(snapshot.roles, scope.roles))
    yield from ((Person, person) for person in _known(snapshot.people, scope.owed_people))
    yield from ((Event, event) for event in events)
    yield from ((RoleGap, gap) for gap in _gaps_in(snapshot, scope))
    yield from ((ActionGap, gap) for gap in action_gaps(snapshot, events))


def _known(register: Any, names: Iterable[str]) -> list[Any]:
    return [record for name in sorted(names) if (record := register.get(name))]


def _gaps_in(snapshot: Snapshot, scope: Scope) -> Iterator[RoleGap]:
    people = _known(snapshot.people, scope.owed_people)
    held = {
        holding.role
        for person in people
        for holding in person.roles
        if reach(days_held(person, holding.role), snapshot.as_of)
    }
    pairs = [
        *reached_by(snapshot, _known(snapshot.documents, scope.owed_documents)),
        *required_by(snapshot, _known(snapshot.roles, scope.owed_roles | held)),
    ]
    return role_gaps(snapshot, {(document.id, role.id): (document, role) for document, role in pairs}.values())
