"""Training on a revision: who must be trained and is, when, before it took effect or not; what was assigned."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from qmsci.completion import counting, evidence_of, history_is_unreadable
from qmsci.matrix import roles_for
from qmsci.metrics.training import assignment_lags
from qmsci.obligations import at_work, days_owed, deadline
from qmsci.programme import Qualification
from qmsci.qualification import waived_on
from qmsci.records import layout
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.person import Person
from qmsci.records.training import Assignment, AssignmentItem, Completion
from qmsci.render.site.links import listed, to_person, to_role
from qmsci.render.site.page import Block, Code, Folded, Mark, Said, Table, Text, Tone
from qmsci.render.site.survey import Survey
from qmsci.render.words import counted
from qmsci.status import RevisionState, RevisionStatus, Trainee

#: How a state looks.
TONES = {
    Qualification.QUALIFIED: Tone.GOOD,
    Qualification.WAIVED: Tone.GOOD,
    Qualification.EXPIRING: Tone.WARN,
    Qualification.IN_TRAINING: Tone.WARN,
    Qualification.NOT_QUALIFIED: Tone.BAD,
    Qualification.LAPSED: Tone.BAD,
    Qualification.SUSPENDED: Tone.BAD,
}


# --- who must be trained --------------------------------------------------------------------------------------------


def training_of(survey: Survey, document: Document, entry: RevisionEntry, people: Sequence[Trainee]) -> Iterator[Block]:
    """Who must be trained on a revision: each with where they stand, and whether they were trained in time."""
    named, day = document.named(entry), survey.when.day
    done = sum(bool(one.standing.verdict) for one in people)
    if people:
        yield Text(
            f"{done} of {counted(len(people), 'person')} who must be trained on {named} were qualified on {day}: "
            "trained on it (or released by a waiver), no refresher lapsed, not suspended. Counted are those who hold "
            "one of these roles, or will, while it is in force."
        )
    affected = {person.id for person, _ in at_work(survey.snapshot, document, entry.effective)}
    yield Table(
        name="people",
        caption=f"Who must be trained on {named}",
        heads=("Person", "Name", "Roles", "State", "Trained on", "Before it took effect", "Due", "Valid through"),
        rows=tuple(_trainee(survey, document, entry, one, affected) for one in people),
        filters=(2, 3, 5),
        csv=True,
        empty=f"Nobody holds a role that requires {document.id}, or will.",
    )
    lacking = [one for one in people if not one.standing.verdict]
    if lacking:
        yield Table(
            name="lacking",
            caption=f"Who is not qualified on {named}, and why",
            heads=("Person", "Name", "State", "Why"),
            rows=tuple(
                (to_person(survey, one.person.id), one.person.name, _state(one), one.standing.verdict.reason)
                for one in lacking
            ),
        )


def _state(one: Trainee) -> Mark:
    return Mark(one.standing.state.replace("-", " "), TONES[one.standing.state])


def _trainee(
    survey: Survey, document: Document, entry: RevisionEntry, one: Trainee, affected: Collection[str]
) -> tuple[Said, ...]:
    now, day = one.standing, survey.when.day
    since = trained_since(survey, one.person.id, document, entry)
    due: Said = str(now.due) if now.due else ""
    away = f", from {one.since}" if one.since > day else ", on leave" if one.on_leave else ""
    return (
        to_person(survey, one.person.id),
        one.person.name,
        listed(to_role(survey, role) for role in one.roles),
        (_state(one), away) if away else _state(one),
        str(since) if since else "",
        _in_time(
            entry,
            since,
            day,
            waived=one.standing.state is Qualification.WAIVED,
            affected=one.person.id in affected,
        ),
        Mark(f"overdue since {now.due}", Tone.BAD) if now.late else due,
        str(now.valid_through) if now.valid_through else "",
    )


def trained_since(survey: Survey, person: str, document: Document, entry: RevisionEntry) -> date | None:
    """The day from which completions show somebody's training on a revision, or on one that it carries over from."""
    snapshot = survey.snapshot
    path, history = layout.completions(person, document.id), snapshot.completions(person, document.id)
    proof = evidence_of(snapshot, person, document, entry, survey.when)
    entries = [history[one.at.keys[0]] for one in proof if one.at.path == path and isinstance(one.at.keys[0], int)]
    return max((snapshot.day_of(one.completed) for one in entries if isinstance(one, Completion)), default=None)


def _in_time(entry: RevisionEntry, since: date | None, day: date, *, waived: bool, affected: bool) -> Said:
    """Whether somebody was trained before a revision took effect; of whoever came later, that they did (or will)."""
    if since and since <= entry.effective:
        return Mark("yes", Tone.GOOD)
    if waived and not since:
        return "waived"
    begun = entry.effective <= day
    if not affected:
        return "came later" if begun else "comes later"
    return Mark("no", Tone.BAD) if begun else "not yet"


# --- what was assigned ----------------------------------------------------------------------------------------------


def assigned(survey: Survey, document: Document, entry: RevisionEntry) -> Iterator[Block]:
    """The assignments of a revision to roles, with how long each waited; and its refreshers."""
    named = document.named(entry)
    lags = {lag.assignment.path: lag.days for lag in assignment_lags(survey.snapshot, document, entry)}
    folders = str(named), f"refresher/{named}"
    found = [one for folder in folders for one in survey.snapshot.assignments(folder)]
    yield Table(
        name="assignments",
        caption=f"Assignments of {named} to roles",
        heads=("Assignment", "Cause", "Role", "Assigned", "Lag", "People", "Due"),
        rows=tuple(_assignment(survey, one, lags.get(one.path)) for one in found if one.assigned <= survey.when.day),
        empty=f"No training on {named} is assigned to a role.",
    )
    if lags:
        yield Text(
            "Lag: the days from the approval of the revision to the assignment of its training to a role; it must be "
            "0 days. What a role came to require later, and a refresher, has none.",
            Tone.QUIET,
        )


def _assignment(survey: Survey, one: Assignment, lag: int | None) -> tuple[Said, ...]:
    people = {name for item in one.items for name in item.people}
    due = sorted({item.due for item in one.items})
    waited = "" if lag is None else Mark(counted(lag, "day"), Tone.BAD if lag else Tone.GOOD)
    role = to_role(survey, one.role) if one.role else ""
    return (
        Code(one.path.removeprefix(layout.ASSIGNMENTS)),
        one.cause,
        role,
        str(one.assigned),
        waited,
        str(len(people)),
        ", ".join(map(str, due)),
    )


# --- who had to be trained on an earlier revision -------------------------------------------------------------------


def trained_then(survey: Survey, document: Document, status: RevisionStatus) -> Iterator[Block]:
    """Who had to be trained on a revision while it was in force, when they were asked to be, and when they were."""
    entry, named = status.entry, document.named(status.entry)
    if status.state is RevisionState.WITHDRAWN:
        yield Text(f"{named} was withdrawn on {entry.withdrawn}: nobody owes training on it.")
        return
    people = _required_then(survey, document, entry)
    if not people:
        yield Text(f"Nobody held a role that requires {document.id} while {named} was in force.")
        return
    affected = {person.id for person, _ in at_work(survey.snapshot, document, entry.effective)}
    yield Text(
        f"{status.qualified} of {counted(status.affected, 'person')} at work on {entry.effective}, whose roles require "
        "the document, were qualified on it at the end of that day. Below are all who held one of these roles while it "
        "was in force; what roles require is that of the day of this site."
    )
    yield Table(
        name=f"people-{entry.revision.replace('.', '-')}",
        caption=f"Who had to be trained on {named}",
        heads=("Person", "Name", "Roles", "Assigned", "Due", "Trained on", "Before it took effect"),
        rows=tuple(_then(survey, document, entry, *one, affected) for one in people),
    )


def _required_then(survey: Survey, document: Document, entry: RevisionEntry) -> Sequence[tuple[Person, list[str]]]:
    """Those who held a role that requires a document while a revision was in force, by id; each with these roles."""
    found: dict[str, tuple[Person, list[str]]] = {}
    for role in roles_for(survey.snapshot, document):
        for person in survey.snapshot.holders.get(role.id, ()):
            if days_owed(person, role.id, document, entry):
                found.setdefault(person.id, (person, []))[1].append(role.id)
    return [found[name] for name in sorted(found)]


def _then(
    survey: Survey,
    document: Document,
    entry: RevisionEntry,
    person: Person,
    roles: Sequence[str],
    affected: Collection[str],
) -> tuple[Said, ...]:
    snapshot, named = survey.snapshot, document.named(entry)
    since = trained_since(survey, person.id, document, entry)
    asked = min(_asked(survey, person.id, document, entry), key=lambda pair: pair[0].assigned, default=None)
    waived = waived_on(snapshot, person.id, named, entry.effective) is not None
    in_time = _in_time(entry, since, survey.when.day, waived=waived, affected=person.id in affected)
    unread = since is None and history_is_unreadable(snapshot, person.id, document.id)
    return (
        to_person(survey, person.id),
        person.name,
        listed(to_role(survey, role) for role in roles),
        str(asked[0].assigned) if asked else "",
        str(deadline(snapshot, *asked)) if asked else "",
        "cannot be read" if unread else str(since or ""),
        "" if unread else in_time,
    )


def _asked(
    survey: Survey, person: str, document: Document, entry: RevisionEntry
) -> Iterator[tuple[Assignment, AssignmentItem]]:
    """The items that asked somebody for a revision, for a role of theirs."""
    named = document.named(entry)
    for folder in (str(named), f"people/{person}"):
        for assignment in survey.snapshot.assignments(folder):
            for item in assignment.items:
                if item.document == named and person in item.people:
                    yield assignment, item


# --- who was trained on it in the past ------------------------------------------------------------------------------


def others_trained(survey: Survey, document: Document, owed: Collection[str] = ()) -> Iterator[Block]:
    """Who was trained on a document at any time, beside those who must be."""
    rows = [
        row
        for name in survey.histories.get(document.id, ())
        if name not in owed and (row := _other(survey, document, name))
    ]
    if rows:
        yield Folded(
            f"{counted(len(rows), 'person')} who need not be trained on it now, and were trained on it before",
            (
                Table(
                    name="others",
                    caption=f"Others who were trained on {document.id}",
                    heads=("Person", "Name", "Revisions", "Last trained on"),
                    rows=tuple(rows),
                ),
            ),
        )


def _other(survey: Survey, document: Document, name: str) -> tuple[Said, ...] | None:
    snapshot = survey.snapshot
    found = [entry for _, entry in counting(snapshot, name, document.id, survey.when.instant)]
    if not found:
        return None
    who = snapshot.people.get(name)
    labels = dict.fromkeys(entry.document.label for entry in found)
    last = snapshot.day_of(found[-1].completed)
    return to_person(survey, name), who.name if who else "", ", ".join(labels), str(last)
