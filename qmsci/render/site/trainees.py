"""Training on a revision: who must be trained and is, when, before it took effect or not; what was assigned."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from qmsci.completion import counting, evidence_of
from qmsci.metrics.training import assignment_lags
from qmsci.obligations import at_work
from qmsci.programme import Qualification
from qmsci.records import layout
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.training import Assignment, Completion
from qmsci.render.site.links import listed, to_person, to_role
from qmsci.render.site.page import Block, Code, Folded, Mark, Said, Table, Text, Tone
from qmsci.render.site.survey import Survey
from qmsci.render.words import counted
from qmsci.status import Trainee

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
        _in_time(entry, since, one, day, affected),
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


def _in_time(entry: RevisionEntry, since: date | None, one: Trainee, day: date, affected: Collection[str]) -> Said:
    """Whether somebody was trained before a revision took effect; of whoever came later, that they did."""
    if since and since <= entry.effective:
        return Mark("yes", Tone.GOOD)
    if one.standing.state is Qualification.WAIVED and not since:
        return "waived"
    if one.person.id not in affected:
        return "came later"
    return Mark("no", Tone.BAD) if entry.effective <= day else "not yet"


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
