"""Where somebody stands on the day of the site: what their own page shows, and what the lists keep of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from qmsci.authorisation import roles_on
from qmsci.completion import evidence_of
from qmsci.gaps import Gap, Raising, raising
from qmsci.obligations import days_owed
from qmsci.programme import OpenItem, Qualification, Standing, next_step, standing
from qmsci.qualification import counting_waivers
from qmsci.records import layout
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.person import Person
from qmsci.records.training import Completion
from qmsci.render.site.summary import Able, GapRow, Open, PersonSummary, Stand, Training
from qmsci.render.site.survey import Survey
from qmsci.snapshot import Snapshot
from qmsci.status import PersonStatus, RoleHeld, status_of_person
from qmsci.timeline import days_held, in_force, is_on_leave, owed_revisions, reach


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
    return PersonSummary(
        person=person.id,
        name=person.name,
        kind=person.kind,
        employed=found.status.employed,
        on_leave=is_on_leave(person, day),
        roles=held,
        departments=tuple(sorted({role.department for role in roles if role and role.department})),
        stands=tuple(_stands(survey, found, held)),
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
    )


def _stands(survey: Survey, found: Position, held: Sequence[str]) -> Iterator[Stand]:
    """By document and effective date; what several roles require once."""
    roles: dict[str, list[str]] = {}
    known: dict[str, Known] = {}
    for role, requires in found.known.items():
        for one in requires:
            roles.setdefault(one.revision, []).append(role)
            known.setdefault(one.revision, one)
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
