"""Where somebody stands on the day of the site: what their own page shows, and what the lists keep of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from qmsci.authorisation import roles_on
from qmsci.completion import evidence_of, history_is_unreadable
from qmsci.gaps import Gap, Raising, raising
from qmsci.matrix import documents_for
from qmsci.obligations import days_owed, deadline, still_owes
from qmsci.programme import OpenItem, Qualification, Standing, next_step, standing
from qmsci.qualification import counting_waivers, item_done
from qmsci.records import layout
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.person import Person
from qmsci.records.training import Assignment, AssignmentItem, Completion
from qmsci.render.site.summary import Able, GapRow, LateRow, Open, PersonSummary, Stand, Training
from qmsci.render.site.survey import Survey
from qmsci.snapshot import Snapshot
from qmsci.status import PersonStatus, RoleHeld, status_of_person
from qmsci.timeline import ONE_DAY, Span, back_from_leave, days_held, in_force, is_on_leave, owed_revisions, reach


@dataclass(frozen=True, slots=True)
class Known:
    """
    A revision that a role of somebody's requires, in force or coming, and how far they are with it.

    `blocked_by` names the prerequisites that they are not trained on. They were first trained on it on `since`, and
    trained again on `again` where a refresher came after that.
    """

    document: Document
    entry: RevisionEntry
    standing: Standing
    blocked_by: tuple[str, ...]
    since: date | None
    again: date | None

    @property
    def revision(self) -> str:
        """The revision."""
        return str(self.document.named(self.entry))


@dataclass(frozen=True, slots=True)
class Position:
    """All that is to be said of somebody on a day; `known` is by role, in the order of its curriculum."""

    person: Person
    status: PersonStatus
    matrix: Snapshot
    known: Mapping[str, Sequence[Known]]
    owed: Sequence[OpenItem]
    gaps: Sequence[Raising]


def position(survey: Survey, person: Person, gaps: Sequence[Gap]) -> Position:
    """Where somebody stands; `gaps` are their training gaps, and nobody else's."""
    matrix = survey.defined
    status = status_of_person(survey.snapshot, person, survey.when, matrix)
    owed = sorted(_owed(status), key=lambda one: (one.due, str(one.item.document), one.assignment.assignment))
    known = {role.name: tuple(_known(survey, person, role, owed)) for role in status.roles}
    return Position(person, status, matrix, known, owed, raising(survey.snapshot, gaps))


def _owed(status: PersonStatus) -> Sequence[OpenItem]:
    """What is open for somebody: what the programmes of their roles show of it, and what is open beside them."""
    shown = {id(item): item for role in status.roles for step in role.steps for item in step.standing.asked}
    return [*shown.values(), *status.assignments]


def _known(survey: Survey, person: Person, role: RoleHeld, owed: Sequence[OpenItem]) -> Iterator[Known]:
    """Each step of a role, and after it the revisions of the same document that come later."""
    day = survey.when.day
    for one in role.steps:
        document = one.step.document
        days = _days_trained(survey, person.id, document, one.step.entry, one.standing)
        yield Known(document, one.step.entry, one.standing, one.blocked_by, *days)
        for entry in reversed(owed_revisions(document, day)):
            if entry is not one.step.entry and reach(days_owed(person, role.name, document, entry), day):
                now = standing(survey.snapshot, person.id, document, entry, owed, survey.when)
                yield Known(document, entry, now, (), *_days_trained(survey, person.id, document, entry, now))


def _days_trained(
    survey: Survey, person: str, document: Document, entry: RevisionEntry, now: Standing
) -> tuple[date | None, date | None]:
    """The day from which somebody is trained on a revision, and that of the last refresher since; None for no day."""
    if now.state is Qualification.WAIVED:
        named = document.named(entry)
        waivers = counting_waivers(survey.snapshot, person, named, survey.when.day)
        return min((waiver.from_ for _, waiver in waivers), default=None), None
    proof = evidence_of(survey.snapshot, person, document, entry, survey.when)
    history, path = survey.snapshot.completions(person, document.id), layout.completions(person, document.id)

    def last_of(places: Iterator[int]) -> date | None:
        entries = (history[index] for index in places)
        return max(
            (survey.snapshot.day_of(one.completed) for one in entries if isinstance(one, Completion)), default=None
        )

    since = last_of(int(one.at.keys[0]) for one in proof if one.at.path == path)
    latest = last_of(int(one.at.keys[0]) for one in now.verdict.evidence if one.at.path == path)
    return since, latest if since and latest and latest > since else None


# --- what the lists keep --------------------------------------------------------------------------------------------


def summary_of(survey: Survey, found: Position) -> PersonSummary:
    """What the lists of the site need to know of somebody."""
    person, day = found.person, survey.when.day
    held = tuple(roles_on(person, day))
    roles = [found.matrix.roles.get(name) for name in held]
    stands, required = tuple(_stands(survey, found, held)), tuple(_required(survey, found, held))
    return PersonSummary(
        person=person.id,
        name=person.name,
        kind=person.kind,
        employed=found.status.employed,
        on_leave=is_on_leave(person, day),
        roles=held,
        departments=tuple(sorted({role.department for role in roles if role and role.department})),
        stands=stands,
        able=tuple(
            Able(one.activity, role.name, one.how.value, one.verdict.reason)
            for role in found.status.roles
            if role.held
            for one in role.work
        ),
        owes=tuple(
            Open(str(one.item.document), one.assignment.assignment, one.assignment.cause, one.due, one.late)
            for one in found.owed
        ),
        gaps=tuple(map(_gap, found.gaps)),
        training=tuple(_training(found, day)),
        suspended_by=tuple(dict.fromkeys(event.id for event, _ in found.status.retraining)),
        required=None if required == stands else required,
        late=tuple(_late(survey, found)),
    )


def _stands(survey: Survey, found: Position, held: Sequence[str]) -> Iterator[Stand]:
    """By document and effective date; what several roles require once."""
    roles: dict[str, list[str]] = {}
    known: dict[str, Known] = {}
    for role, requires in found.known.items():
        for one in requires:
            roles.setdefault(one.revision, []).append(role)
            known.setdefault(one.revision, one)
    yield from _stood(survey, found, held, known, roles)


def _required(survey: Survey, found: Position, held: Sequence[str]) -> Iterator[Stand]:
    """The same by the roles and documents of the commit: what `qmsci status` says of each document."""
    person, day = found.person, survey.when.day
    there = {one.revision: one for requires in found.known.values() for one in requires}
    roles: dict[str, list[str]] = {}
    known: dict[str, Known] = {}
    for role in sorted({holding.role for holding in person.roles}):
        for document, entry in survey.snapshot.once(_owed_in, role, day):
            name = str(document.named(entry))
            if reach(days_owed(person, role, document, entry), day):
                roles.setdefault(name, []).append(role)
                if name not in known:
                    same = there.get(name)
                    known[name] = same if same and same.document == document else _new(survey, found, document, entry)
    yield from _stood(survey, found, held, known, roles)


def _owed_in(snapshot: Snapshot, name: str, day: date) -> Sequence[tuple[Document, RevisionEntry]]:
    """The revisions that the role of a name requires on a day or later; none where there is no such role."""
    role = snapshot.roles.get(name)
    documents = documents_for(snapshot, role) if role else ()
    return [(document, entry) for document in documents for entry in owed_revisions(document, day)]


def _new(survey: Survey, found: Position, document: Document, entry: RevisionEntry) -> Known:
    """A revision that no role required on the day."""
    person = found.person.id
    now = standing(survey.snapshot, person, document, entry, found.owed, survey.when)
    return Known(document, entry, now, (), *_days_trained(survey, person, document, entry, now))


def _stood(
    survey: Survey,
    found: Position,
    held: Sequence[str],
    known: Mapping[str, Known],
    roles: Mapping[str, Sequence[str]],
) -> Iterator[Stand]:
    """Where they stand with some revisions, which some roles require, by document and effective date."""
    here = found.status.employed and not is_on_leave(found.person, survey.when.day)
    for name in sorted(known, key=lambda name: (known[name].document.id, known[name].entry.effective)):
        one, now = known[name], known[name].standing
        yield Stand(
            document=one.document.id,
            revision=one.entry.revision,
            state=now.state.value,
            current=one.entry is in_force(one.document, survey.when.day),
            owed=here and not set(held).isdisjoint(roles[name]),
            roles=tuple(sorted(roles[name])),
            reason=now.verdict.reason,
            purpose=one.document.purpose,
            due=now.due,
            late=now.late,
            since=one.since,
            valid_through=now.valid_through,
        )


def _late(survey: Survey, found: Position) -> Iterator[LateRow]:
    """What was overdue on some day, what was due first on top; what cannot be read is said to lack nowhere."""
    snapshot, person = survey.snapshot, found.person
    asked = snapshot.once(_asked).get(person.id, ())
    rows = (_late_row(survey, found, assignment, item) for assignment, item in asked)
    yield from sorted(filter(None, rows), key=lambda one: (one.due, one.revision, one.assignment))


def _asked(snapshot: Snapshot) -> Mapping[str, Sequence[tuple[Assignment, AssignmentItem]]]:
    """The items of all assignments, by each person whom they name."""
    found: dict[str, list[tuple[Assignment, AssignmentItem]]] = {}
    for assignment in snapshot.source.records(snapshot.source.paths(layout.ASSIGNMENTS)):
        if isinstance(assignment, Assignment):
            for item in assignment.items:
                for name in dict.fromkeys(item.people):
                    found.setdefault(name, []).append((assignment, item))
    return found


def _late_row(survey: Survey, found: Position, assignment: Assignment, item: AssignmentItem) -> LateRow | None:
    """
    An item, where it was overdue: owed after the day on which it was due, or of the return from a leave on that day.

    What was done by then, with a completion that names it, was not. That is most of all items, and asked first.
    """
    snapshot, person, when = survey.snapshot, found.person, survey.when
    due = deadline(snapshot, assignment, item)
    first = max(back_from_leave(person, due) + ONE_DAY, assignment.assigned)
    if first > when.day or history_is_unreadable(snapshot, person.id, item.document.document):
        return None
    completed = item_done(snapshot, assignment, item, person.id, when)
    done = snapshot.day_of(completed.completed) if completed else None
    if done and done < first:
        return None
    late_on = first - ONE_DAY if done == first else first  # at its end, nothing that is done on a day is owed
    if not still_owes(snapshot, assignment, item, person, snapshot.end_of(late_on)):
        return None
    is_open = not done and still_owes(snapshot, assignment, item, person, when)
    gap = _left(found.gaps, item, Span(first, done or when.day))
    return LateRow(
        revision=str(item.document),
        assignment=assignment.assignment,
        cause=assignment.cause,
        due=due,
        done=done,
        open=is_open,
        days=((done or when.day) - due).days if done or is_open else None,
        gap=gap.gap.first if gap else None,
        raised=gap.event if gap else None,
    )


def _left(gaps: Iterable[Raising], item: AssignmentItem, days: Span) -> Raising | None:
    """The training gap on a document with days among those on which it was overdue; one that is raised goes first."""
    found = [
        one
        for one in gaps
        if one.gap.document.id == item.document.document
        and one.gap.first <= days.last
        and days.first <= (one.gap.last or date.max)
    ]
    return min(found, key=lambda one: (one.event is None, one.gap.first), default=None)


def _gap(one: Raising) -> GapRow:
    gap = one.gap
    return GapRow(
        document=gap.document.id,
        revision=str(gap.revision),
        roles=gap.roles,
        first=gap.first,
        last=gap.last,
        reason=gap.reason,
        withholds=gap.withholds,
        in_training_until=gap.in_training_until,
        suspended_by=gap.suspended_by,
        raised=one.event,
    )


def _training(found: Position, day: date) -> Iterator[Training]:
    """How far somebody is with each role that they hold, or will hold."""
    for role in found.status.roles:
        since = next((span.first for span in sorted(days_held(found.person, role.name)) if span.last >= day), None)
        if since is None:
            continue
        following = next_step(role.steps)
        done = sum(bool(step.standing.verdict) for step in role.steps)
        named = str(following.step.revision) if following else None
        yield Training(role.name, since, role.held, done, len(role.steps), named)
