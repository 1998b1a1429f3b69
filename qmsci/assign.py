"""The gap as assignment files, named by their cause. The same inputs give the same files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import chain, count
from typing import NamedTuple

from qmsci.completion import full_method, method_asked, tasks_asked
from qmsci.finding import CannotRun
from qmsci.obligations import (
    ActionGap,
    RefresherGap,
    RoleGap,
    action_gaps,
    reached_by,
    refresher_gaps,
    required_by,
    role_gaps,
)
from qmsci.records import layout
from qmsci.records.base import FileRecord
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.event import Event
from qmsci.records.person import Person
from qmsci.records.policy import Policy
from qmsci.records.role import Role
from qmsci.records.training import Assignment, AssignmentItem, Cause, Completion, CompletionEntry, Completions
from qmsci.snapshot import R, Records, Register, Snapshot
from qmsci.timeline import back_from_leave, days_held, first_day

#: How long a change may wait with the assignments that it brings. Later they are assigned anew: under `forge`, that
#: day is the one on which the revision counts as approved.
WAITING = timedelta(days=31)


class Gap(NamedTuple):
    """All that is owed and not assigned."""

    roles: Sequence[RoleGap] = ()
    actions: Sequence[ActionGap] = ()
    refreshers: Sequence[RefresherGap] = ()


def whole_gap(snapshot: Snapshot, horizon: date | None = None) -> Gap:
    """The gap of a whole tree; with the refreshers that lapse by a horizon, where there is one."""
    return Gap(
        tuple(role_gaps(snapshot, reached_by(snapshot, snapshot.documents))),
        tuple(action_gaps(snapshot, snapshot.events)),
        tuple(refresher_gaps(snapshot, snapshot.documents, horizon)) if horizon else (),
    )


class Without:
    """
    The records of a tree without some of its assignment files: what was there before they were written.

    `instead` has what is to be written in their place, by path, once that is known.
    Training that names one of them is left out too: it does not make what it answers unasked for.
    """

    def __init__(self, records: Records, paths: Iterable[str], instead: Mapping[str, Assignment] | None = None) -> None:
        """Leave some paths out, or have something else in their place."""
        self._records = records
        self._instead = dict(instead or {})
        self._left_out = frozenset(paths)
        self._names = {layout.assignment_name(path) for path in self._left_out}

    def paths(self, folder: str) -> Sequence[str]:
        """All other files below a folder, sorted."""
        here = [path for path in self._records.paths(folder) if path not in self._left_out]
        return sorted([*here, *(path for path in self._instead if path.startswith(folder))])

    def records(self, paths: Iterable[str]) -> Sequence[FileRecord | None]:
        """The records at some paths; None for those left out."""
        paths = list(paths)
        found = iter(self._records.records([path for path in paths if path not in self._left_out]))
        return [self._instead.get(path) if path in self._left_out else self._before(next(found)) for path in paths]

    def _before(self, record: FileRecord | None) -> FileRecord | None:
        if not isinstance(record, Completions) or all(map(self._names.isdisjoint, map(_answers, record.entries))):
            return record
        # Emptied rather than dropped: rejections know entries by their positions.
        entries = (
            entry if self._names.isdisjoint(_answers(entry)) else entry.model_copy(update={"method": ()})
            for entry in record.entries
        )
        return record.model_copy(update={"entries": tuple(entries)})

    def earlier_text(self, path: str, label: str) -> str | None:
        """The digest of an earlier text, from the files that were left out, or from the history."""
        document = self._records.records([path])[0]
        named = f"{document.id}@{label}" if isinstance(document, Document) else ""
        for assignment in self._records.records(sorted(self._left_out)):
            for item in assignment.items if isinstance(assignment, Assignment) else ():
                if str(item.document) == named:
                    return item.text
        return self._records.earlier_text(path, label)

    def digest(self, path: str) -> str | None:
        """The digest of a file's bytes; None where there is no file."""
        return self._records.digest(path)

    def recorded(self, path: str, text: str) -> date | None:
        """The day on which main first had a text in a file; None: it has not yet."""
        return self._records.recorded(path, text)

    def unreadable_below(self, start: str) -> bool:
        """Whether any file that was asked for, and whose path begins so, could not be read."""
        return self._records.unreadable_below(start)


def _answers(entry: CompletionEntry) -> tuple[str, ...]:
    return entry.assignments if isinstance(entry, Completion) else ()


@dataclass(frozen=True)
class _File:
    """An assignment file that is being made."""

    path: str
    cause: Cause
    role: str | None
    assigned: date
    items: dict[tuple[str, str, tuple[str, ...], int, date], set[str]] = field(default_factory=lambda: defaultdict(set))


class Plan:
    """
    The files that close a gap.

    `unmerged` are assignment files that the change already brings, left out of the snapshot: where one of them is for
    the same people and cause, it keeps its name and the day on which it was assigned.
    """

    def __init__(self, snapshot: Snapshot, unmerged: Iterable[Assignment] = (), merged: Snapshot | None = None) -> None:
        """Plan for a snapshot, on whose day the training is assigned; `merged` has only what was assigned before."""
        if snapshot.policy is None:
            raise CannotRun("there is no readable qmsci.yaml here, so nobody knows what training is due when")
        self._snapshot = snapshot
        self._merged = merged or snapshot
        self._policy: Policy = snapshot.policy
        self._files: dict[str, _File] = {}
        self._unmerged: dict[str, list[Assignment]] = defaultdict(list)
        for assignment in sorted(unmerged, key=lambda found: found.assignment):
            self._unmerged[_stem(assignment)].append(assignment)

    def close(self, gap: Gap) -> list[Assignment]:
        """The assignments that close a gap, sorted by their names."""
        for role_gap in gap.roles:
            self._close_role(role_gap)
        for action_gap in gap.actions:
            self._close_action(action_gap)
        for refresher_gap in gap.refreshers:
            self._close_refresher(refresher_gap)
        return [self._finished(self._files[path]) for path in sorted(self._files)]

    # --- one gap ----------------------------------------------------------------------------------------------------

    def _close_role(self, gap: RoleGap) -> None:
        if gap.assigned:
            for person in gap.people:
                stem = f"people/{person.id}/{gap.role.id}"
                cause = self._cause_for(person, gap.role.id, self._assigned(stem))
                file = self._file(stem, cause, gap.role.id, dated=True)
                self._add(file, gap.document, gap.entry, person, self._due(gap, cause, person, file.assigned))
            return
        cause = self._cause_of(gap)
        file = self._file(f"{gap.revision}/{gap.role.id}", cause, gap.role.id)
        for person in gap.people:
            self._add(file, gap.document, gap.entry, person, self._due(gap, cause, person, file.assigned))
        if not gap.people:
            self._add(file, gap.document, gap.entry, None, self._due(gap, cause, None, file.assigned))

    def _close_action(self, gap: ActionGap) -> None:
        cause: Cause = "capa" if gap.event.id.startswith("CAPA-") else "deviation"
        file = self._file(f"{gap.event.id}/{gap.action.id}", cause, None)
        for person in gap.people:
            due = back_from_leave(person, gap.action.deadline)
            self._add(file, gap.document, gap.entry, person, due, full=True)

    def _close_refresher(self, gap: RefresherGap) -> None:
        stem = f"refresher/{gap.document.named(gap.entry)}/{{date}}/{gap.role.id}"
        file = self._file(stem, "refresher", gap.role.id)
        for person, due in gap.people:
            self._add(file, gap.document, gap.entry, person, back_from_leave(person, due), full=True)

    # --- cause, due date, name --------------------------------------------------------------------------------------

    def _cause_of(self, gap: RoleGap) -> Cause:
        if any(other.role != gap.role.id for other in self._merged.assignments(str(gap.revision))):
            return "matrix-change"
        return "new-document" if gap.entry is gap.document.revisions[-1] else "revision"

    @staticmethod
    def _cause_for(person: Person, role: str, assigned: date) -> Cause:
        start = min((span.first for span in days_held(person, role) if span.last >= assigned), default=None)
        return "hire" if any(employed.from_ == start for employed in person.employed) else "role-change"

    def _due(self, gap: RoleGap, cause: Cause, person: Person | None, assigned: date) -> date:
        effective = gap.entry.effective
        start = (first_day(days_held(person, gap.role.id), assigned) if person else None) or assigned
        if cause in ("revision", "new-document") and start <= max(effective, assigned):
            due = effective
        else:
            due = max(self._policy.training.onboarding.after(start), effective)
        return back_from_leave(person, due) if person else due

    def _assigned(self, stem: str) -> date:
        unmerged = self._unmerged.get(stem)
        return _day_of(unmerged[0], self._snapshot.as_of) if unmerged else self._snapshot.as_of

    def _file(self, stem: str, cause: Cause, role: str | None, *, dated: bool = False) -> _File:
        unmerged, assigned = self._unmerged.get(stem), self._assigned(stem)
        if unmerged:
            path = unmerged[0].path
        else:
            name = stem.format(date=assigned)
            path = self._free(f"{name}-{assigned}" if dated else name)
        return self._files.setdefault(path, _File(path, cause, role, assigned))

    def _free(self, name: str) -> str:
        names = chain([name], (f"{name}-{number}" for number in count(2)))
        return next(path for path in map(layout.assignment_path, names) if not self._taken(path))

    def _taken(self, path: str) -> bool:
        return self._snapshot.source.records([path])[0] is not None or self._snapshot.unreadable_below(path)

    # --- items ------------------------------------------------------------------------------------------------------

    def _add(
        self,
        file: _File,
        document: Document,
        entry: RevisionEntry,
        person: Person | None,
        due: date,
        *,
        full: bool = False,
    ) -> None:
        whole = full_method(self._snapshot, document)
        asked = whole if full or person is None else method_asked(self._snapshot, person.id, document, entry, None)
        order = document.training.method or self._type_method(document)
        method = tuple(part for part in order if part in asked)
        tasks = self._tasks(document, entry, person) if "practical" in method and not full else 0
        people = file.items[(str(document.named(entry)), self._text(document, entry), method, tasks, due)]
        if person:
            people.add(person.id)

    def _tasks(self, document: Document, entry: RevisionEntry, person: Person | None) -> int:
        if person is None:
            return document.training.supervised or 0
        return tasks_asked(self._snapshot, person.id, document, entry, None)

    def _type_method(self, document: Document) -> tuple[str, ...]:
        kind = self._policy.type_of(document.id)
        return kind.method if kind else ("read",)

    def _text(self, document: Document, entry: RevisionEntry) -> str:
        text = self._snapshot.text_of(document, entry)
        if text is None:
            raise CannotRun(
                f"the text of {document.named(entry)} is needed, and is neither in a record nor in the history here; "
                "if the clone is shallow: git fetch --unshallow"
            )
        return text

    def _finished(self, file: _File) -> Assignment:
        items = [
            AssignmentItem.model_validate(
                {
                    "document": document,
                    "text": text,
                    "method": method,
                    "supervised": tasks or None,
                    "pass-mark": self._policy.training.pass_mark if "assessment" in method else None,
                    "due": due,
                    "people": sorted(people),
                }
            )
            for (document, text, method, tasks, due), people in sorted(file.items.items())
        ]
        return Assignment(
            assignment=layout.assignment_name(file.path),
            cause=file.cause,
            role=file.role,
            assigned=file.assigned,
            items=tuple(items),
        ).noting(path=file.path)


def _stem(assignment: Assignment) -> str:
    """What an unmerged assignment is for, whatever its date and number: the name that the plan would start from."""
    name, parts = assignment.assignment, assignment.assignment.split("/")
    if parts[0] == "people" and assignment.role:
        return f"people/{parts[1]}/{assignment.role}"
    if parts[0] == "refresher" and assignment.role and len(parts) == 4:
        return f"refresher/{parts[1]}/{{date}}/{assignment.role}"
    if assignment.role is None and len(parts) == 2:
        return f"{parts[0]}/{parts[1].split('-', 1)[0]}"
    return name


def assignments(
    records: Records, day: date, unmerged: Sequence[Assignment], horizon: date | None = None
) -> list[Assignment]:
    """
    What `assign` writes on a day, sorted by name; with the refreshers that lapse by a horizon, where there is one.

    The files that the change brings already, as they are to be written on the day on which each was assigned; and what
    is still owed beside them.
    """
    kept = regenerated(records, day, unmerged)
    paths = [assignment.path for assignment in unmerged]
    now = Snapshot(Without(records, paths, kept), day)
    plan = Plan(now, merged=Snapshot(Without(records, paths), day))
    return sorted([*kept.values(), *plan.close(whole_gap(now, horizon))], key=lambda found: found.assignment)


def _day_of(assignment: Assignment, day: date) -> date:
    """The day as of which an unmerged assignment is planned anew: its own, unless no change has waited so long."""
    return assignment.assigned if day - WAITING <= assignment.assigned <= day else day


def regenerated(records: Records, as_of: date, added: Sequence[Assignment]) -> Mapping[str, Assignment]:
    """What `assign` would write in place of some assignment files that a change brings, by path."""
    rest = Without(records, [assignment.path for assignment in added])
    expected: dict[str, Assignment] = {}
    for assigned in sorted({_day_of(assignment, as_of) for assignment in added}):
        then = Snapshot(rest, assigned)
        mine = [assignment for assignment in added if _day_of(assignment, as_of) == assigned]
        found = {assignment.path: assignment for assignment in Plan(then, mine).close(_gap_behind(then, mine))}
        expected |= {assignment.path: found[assignment.path] for assignment in mine if assignment.path in found}
    return expected


def _gap_behind(snapshot: Snapshot, added: Iterable[Assignment]) -> Gap:
    """The gap of all that some assignments could be for."""
    documents: dict[str, Document] = {}
    roles: dict[str, Role] = {}
    events: dict[str, Event] = {}
    for assignment in added:
        folder = assignment.assignment.split("/")[0]
        if folder == "people":
            roles |= _one(snapshot.roles, assignment.role or "")
        elif folder == "refresher" or "@" in folder:
            for item in assignment.items:
                documents |= _one(snapshot.documents, item.document.document)
        else:
            events |= _one(snapshot.events, folder)
    pairs = [*reached_by(snapshot, documents.values()), *required_by(snapshot, roles.values())]
    return Gap(
        tuple(role_gaps(snapshot, {(document.id, role.id): (document, role) for document, role in pairs}.values())),
        tuple(action_gaps(snapshot, events.values(), closed=True)),
        tuple(refresher_gaps(snapshot, documents.values(), date.max)),
    )


def _one(register: Register[R], name: str) -> dict[str, R]:
    found = register.get(name)
    return {name: found} if found else {}
