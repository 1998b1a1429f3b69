"""The list of everybody: who is at work, in which roles, how far they are, and what is wrong."""

from __future__ import annotations

from collections.abc import Sequence

from qmsci.render.site.links import listed, to_event, to_role
from qmsci.render.site.page import Link, Mark, Page, Part, Said, Table, Text, Tone
from qmsci.render.site.summary import GapRow, PersonSummary, Stand, Summaries
from qmsci.render.site.survey import Survey
from qmsci.render.words import counted


def part(survey: Survey, summaries: Summaries) -> Part:
    """The page `people/index.html`."""
    people, day = summaries.people.values(), survey.when.day
    here = sum(one.employed and not one.on_leave for one in people)
    page = Page(
        path="people/index.html",
        title="People",
        blocks=(
            Text(
                f"{counted(len(people), 'person')} on record, {here} of them at work on {day}. Qualified: how many of "
                "the documents in force that somebody's roles require on that day they are qualified on; each counts "
                "once, and for nobody who is not at work. Overdue: open items of assignments whose day has passed. "
                "Open gaps: training gaps that go on, but for those within the time of an initial programme. "
                "Suspended by: events that ask for training first; the status says so only where it keeps somebody "
                "from work of their roles."
            ),
            Table(
                name="people",
                caption=f"People on {day}",
                heads=(
                    "Id",
                    "Name",
                    "Kind",
                    "Roles",
                    "Department",
                    "At work",
                    "Status",
                    "Qualified",
                    "Overdue",
                    "Open gaps",
                    "Suspended by",
                ),
                rows=tuple(_row(survey, one) for one in people),
                filters=(2, 4, 5, 6),
                csv=True,
                empty="Nobody is on record.",
            ),
        ),
        kind="List",
        keys=("People",),
    )
    return Part(pages=(page,))


def _row(survey: Survey, one: PersonSummary) -> tuple[Said, ...]:
    late, gaps = sum(item.late for item in one.owes), len(open_gaps(one.gaps))
    return (
        Link(one.person, f"people/{one.person}.html"),
        one.name,
        one.kind,
        listed(to_role(survey, role) for role in one.roles),
        ", ".join(one.departments) or "none named",
        at_work(one),
        status(one),
        qualified(owed(one)),
        Mark(str(late), Tone.BAD) if late else "0",
        Mark(str(gaps), Tone.BAD) if gaps else "0",
        listed(to_event(survey, event) for event in one.suspended_by),
    )


def at_work(one: PersonSummary) -> Said:
    """Whether somebody is at work on the day of the site."""
    if not one.employed:
        return Mark("not employed", Tone.QUIET)
    return Mark("on leave", Tone.QUIET) if one.on_leave else "at work"


def owed(one: PersonSummary) -> Sequence[Stand]:
    """Where somebody stands with each document in force that their roles require of them, being at work."""
    return [stand for stand in one.stands if stand.owed and stand.current]


def qualified(stands: Sequence[Stand]) -> str:
    """
    How many of some requirements are met.

    >>> qualified([])
    'nothing required'
    """
    return f"{sum(stand.trained for stand in stands)} of {len(stands)}" if stands else "nothing required"


def open_gaps(gaps: Sequence[GapRow]) -> Sequence[GapRow]:
    """The gaps that go on, but for those of newcomers who are given time."""
    return [gap for gap in gaps if gap.last is None and gap.in_training_until is None]


def status(one: PersonSummary) -> Mark:
    """Somebody's state in a word: the gravest of what is to be said of them."""
    if not one.employed or one.on_leave:
        return Mark("not at work", Tone.QUIET)
    stands = owed(one)
    states = {stand.state for stand in stands}
    if "suspended" in states or any(able.reason.startswith("suspended: ") for able in one.able):
        return Mark("suspended", Tone.BAD)
    if any(item.late for item in one.owes):
        return Mark("overdue", Tone.BAD)
    for state in ("lapsed", "not-qualified"):
        if state in states:
            return Mark(state.replace("-", " "), Tone.BAD)
    if "in-training" in states:
        return Mark("in training", Tone.WARN)
    return Mark("all qualified", Tone.GOOD) if stands else Mark("nothing required", Tone.QUIET)
