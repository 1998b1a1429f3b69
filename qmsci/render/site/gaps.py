"""Training gaps: the days on which somebody held a role without qualification; and what was overdue on the day (D9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from qmsci.records.base import RevisionId
from qmsci.render.site.figures import to_raised
from qmsci.render.site.links import listed, to_event, to_person, to_revision, to_role
from qmsci.render.site.mentions import mentioned
from qmsci.render.site.page import Block, Heading, Link, Mark, Page, Part, Said, Table, Text, Tone
from qmsci.render.site.summary import GapRow, LateRow, Open, PersonSummary, Summaries
from qmsci.render.site.survey import Survey
from qmsci.render.words import counted

#: How the kinds of gap are marked, in the order in which they are counted.
_TONES = {
    "open": Tone.BAD,
    "past": Tone.PLAIN,
    "suspended": Tone.WARN,
    "in training": Tone.QUIET,
    "awareness": Tone.QUIET,
}


def part(survey: Survey, summaries: Summaries) -> Part:
    """The page of training gaps and of overdue training."""
    people = list(summaries.people.values())
    page = Page(
        "gaps/index.html",
        "Training gaps and overdue training",
        (*_gaps(survey, people), *_overdue(survey, people), *_late(survey, people)),
        kind="List",
        keys=("Training gaps", "Overdue training", "What was overdue"),
        description=f"Who was not qualified in a role and when, and what training was overdue on {survey.when.day}",
    )
    return Part((page,))


def revision_of(text: str) -> RevisionId:
    """The revision that a text names."""
    document, _, label = text.rpartition("@")
    return RevisionId(document, label)


# --- gaps -----------------------------------------------------------------------------------------------------------


def kind_of(gap: GapRow) -> str:
    """
    What a gap is: `open` or `past`, or why it is none to be raised.

    `suspended`: a quality event keeps the person from the work; `in training`: the initial programme still gives time;
    `awareness`: the document is owed, and does not keep from work.
    """
    if gap.suspended_by:
        return "suspended"
    if gap.in_training_until:
        return "in training"
    if not gap.withholds:
        return "awareness"
    return "past" if gap.last else "open"


def _gaps(survey: Survey, people: list[PersonSummary]) -> Iterator[Block]:
    day = survey.when.day
    found = [(who, gap) for who in people for gap in who.gaps]
    found.sort(key=lambda pair: (pair[0].person, pair[1].document))
    found.sort(key=lambda pair: (pair[1].last is None, pair[1].first), reverse=True)
    number = Counter(kind_of(gap) for _, gap in found)
    said = ", ".join(f"{number[kind]} {kind}" for kind in _TONES)
    raised = sum(gap.raised is not None for _, gap in found)
    yield Heading("Training gaps", "gaps")
    yield Text(f"{counted(len(found), 'training gap')} up to {day}: {said}. {raised} raised as a quality event.")
    yield Text(
        "A training gap is a row of days on which somebody at work held a role without being qualified on a document"
        " that it requires. An open one goes on: until it ends the person is not authorised for what the document"
        " governs, and work done in it without supervision is a deviation. No gap to be raised are the days that the"
        " programme of a newcomer gives (in training), those on which a quality event keeps somebody from the work"
        " (suspended), and those on a document that is read for awareness only. Roles and documents are those of the"
        " records as they are; days are counted with the first and the last.",
        Tone.QUIET,
    )
    yield Table(
        "gaps",
        f"Training gaps up to {day}, those that go on first",
        ("Person", "Name", "Roles", "Document", "Kind", "From", "To", "Days", "Reason", "Raised as"),
        tuple(_gap(survey, who, gap, day) for who, gap in found),
        filters=(2, 4),
        csv=True,
        empty="Nobody has or had a training gap.",
    )


def _gap(survey: Survey, who: PersonSummary, gap: GapRow, day: date) -> tuple[Said, ...]:
    kind = kind_of(gap)
    until = f"; in training until {gap.in_training_until}" if gap.in_training_until else ""
    return (
        to_person(survey, who.person),
        who.name,
        listed(to_role(survey, role) for role in gap.roles),
        to_revision(survey, revision_of(gap.revision)),
        Mark(kind, _TONES[kind]),
        gap.first.isoformat(),
        gap.last.isoformat() if gap.last else "goes on",
        str(((gap.last or day) - gap.first).days + 1),
        (mentioned(survey, gap.reason), until),
        to_event(survey, gap.raised) if gap.raised else "not raised",
    )


# --- what was overdue -----------------------------------------------------------------------------------------------


def _overdue(survey: Survey, people: list[PersonSummary]) -> Iterator[Block]:
    day = survey.when.day
    owed = [(who, one) for who in people for one in who.owes]
    owed.sort(key=lambda pair: (not pair[1].late, pair[1].due, pair[0].person, pair[1].revision, pair[1].assignment))
    late = sum(one.late for _, one in owed)
    yield Heading("Open and overdue training", "overdue")
    yield Text(
        f"{counted(len(owed), 'assigned training')} {'is' if len(owed) == 1 else 'are'} open on {day}; {late} overdue."
        " What is overdue stands first. It is overdue from the day after its due date; for somebody who was on leave"
        " then, from the day after the return."
    )
    yield Table(
        "overdue",
        f"Assigned training that is open on {day}",
        ("Person", "Name", "Roles held", "Document", "Due", "Overdue", "Days overdue", "Cause", "Assignment"),
        tuple(_owed(survey, who, one, day) for who, one in owed),
        filters=(5, 7),
        csv=True,
        empty="No training is open.",
    )


def _owed(survey: Survey, who: PersonSummary, one: Open, day: date) -> tuple[Said, ...]:
    return (
        to_person(survey, who.person),
        who.name,
        listed(to_role(survey, role) for role in who.roles),
        to_revision(survey, revision_of(one.revision)),
        one.due.isoformat(),
        Mark("overdue", Tone.BAD) if one.late else "no",
        str((day - one.due).days) if one.late else "",
        one.cause,
        _assignment(survey, one),
    )


def _assignment(survey: Survey, one: Open | LateRow) -> Said:
    """The name of an assignment, with a link to the event that asked for it."""
    event = to_event(survey, one.assignment.partition("/")[0])
    return Link(one.assignment, event.to) if isinstance(event, Link) else one.assignment


# --- what was ever overdue ------------------------------------------------------------------------------------------

_OUTCOMES = {
    "open": Mark("open", Tone.BAD),
    "done late": Mark("done late", Tone.WARN),
    "no longer owed": Mark("no longer owed", Tone.QUIET),
}


def outcome_of(row: LateRow) -> str:
    """What became of overdue training: it is `open`, or was `done late`, or is `no longer owed`."""
    return "done late" if row.done else "open" if row.open else "no longer owed"


def _late(survey: Survey, people: list[PersonSummary]) -> Iterator[Block]:
    day = survey.when.day
    found = [(who, row) for who in people for row in who.late]
    found.sort(key=lambda pair: (pair[1].due, pair[0].person), reverse=True)
    number = Counter(outcome_of(row) for _, row in found)
    said = ", ".join(f"{number[outcome]} {outcome}" for outcome in _OUTCOMES)
    yield Heading("What was ever overdue", "late")
    was = "was" if len(found) == 1 else "were"
    yield Text(f"{counted(len(found), 'assigned training')} {was} overdue on some day up to {day}: {said}.")
    yield Text(
        "An item of an assignment was overdue on a day when it was due before it, and done only on that day or later,"
        " or not at all. Days late are counted from the due day to the day of the completion that names the assignment,"
        f" or to {day} where it is open. No longer owed is what was never done by such a completion: the revision was"
        " superseded, the role was left, or training that names no assignment came instead. Raised as names the"
        " quality event for the training gap on the same document and of the same days, or the gap where none was"
        " raised. Roles, due dates and records are those of the commit.",
        Tone.QUIET,
    )
    yield Table(
        "late",
        f"Assigned training that was overdue on some day up to {day}, what was due last on top",
        (
            *("Person", "Name", "Document", "Assignment", "Cause", "Month due", "Due", "Done", "Outcome"),
            *("Days late", "Raised as"),
        ),
        tuple(_late_row(survey, who, row) for who, row in found),
        filters=(4, 5, 8),
        csv=True,
        empty="No assigned training was ever overdue.",
    )


def _late_row(survey: Survey, who: PersonSummary, row: LateRow) -> tuple[Said, ...]:
    outcome = outcome_of(row)
    return (
        to_person(survey, who.person),
        who.name,
        to_revision(survey, revision_of(row.revision)),
        _assignment(survey, row),
        row.cause,
        f"{row.due:%Y-%m}",
        row.due.isoformat(),
        row.done.isoformat() if row.done else "open" if row.open else "",
        _OUTCOMES[outcome],
        "" if row.days is None else str(row.days),
        to_raised(survey, who, row),
    )
