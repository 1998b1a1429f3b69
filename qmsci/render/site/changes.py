"""Change control, from the history of main: what changed, when, who wrote and who approved it, and why (D8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from qmsci.changes import Author, Given, Merged, Revised, Told
from qmsci.records.layout import Kind
from qmsci.records.training import Assignment
from qmsci.render.changes import Listing, as_csv
from qmsci.render.site.links import listed, moment, to_document, to_event, to_person, to_revision, to_role
from qmsci.render.site.mentions import mentioned
from qmsci.render.site.page import Block, Code, Link, Mark, Page, Part, Said, Table, Text, Tone
from qmsci.render.site.summary import Summaries
from qmsci.render.site.survey import Survey
from qmsci.render.words import counted
from qmsci.timeline import previous

#: Of each kind of thing in a change so many are named in the table; the file has them all.
_MOST = 6
#: How many letters of a commit are shown; the whole of it is at hand.
_COMMIT = 10
_CSV = "data/changes.csv"

#: What a change is about, by the kinds of record that it alters.
_ABOUT = {
    Kind.DOCUMENT: "document",
    Kind.QUESTIONS: "document",
    Kind.PERSON: "person",
    Kind.ROLE: "role",
    Kind.ACTIVITIES: "role",
    Kind.EVENT: "quality event",
    Kind.POLICY: "policy",
    Kind.APPROVAL: "approval",
    Kind.FILE_APPROVAL: "approval",
    Kind.ASSIGNMENT: "assignment",
    None: "protected file",
}
#: How the list came about, before and after the command that shows old and new values.
_HOW = (
    "A merge to main is one change; days are those of the commit that completed it. Nothing on main is overwritten:"
    " what a change altered or removed is in the commit before it. Old and new values of a change, line by line: "
)
_HOW_NOT = (
    " in a clone of the repository. Who wrote it is as the commits have it, which proves nothing by itself; who"
    " approved it is as the approvals have it. The lag is the most days from the approval of a revision to the"
    " assignment of its training; it should be 0."
)


def part(survey: Survey, summaries: Summaries) -> Part:  # noqa: ARG001  (every kind of page is asked alike)
    """The page of all changes, and the whole of them as a file."""
    day = survey.when.day
    changes = [one for one in survey.changes() if one.day <= day]
    table = Table(
        "changes",
        f"Changes to the quality system up to {day}, the latest first",
        (
            *("Day", "Change", "About", "Month", "Written by", "Approved by"),
            *("What changed", "Training", "Lag in days", "Commit"),
        ),
        tuple(_row(survey, change) for change in changes),
        filters=(2, 3),
        empty="No change of the quality system is on the history of main here.",
    )
    page = Page(
        "changes/index.html",
        "Changes",
        (*_sentences(survey, changes), *_later(survey), table, Text(Link("All changes in full, as CSV", _CSV))),
        kind="List",
        keys=("Changes", "Change control", "Audit trail"),
        description="Change control: what was merged to main, when, who wrote it, who approved it, and why",
    )
    return Part((page,), {_CSV: as_csv(Listing(tuple(changes), None))})


def _sentences(survey: Survey, changes: Sequence[Merged]) -> Iterator[Block]:
    beyond = survey.beyond()
    days = f", from {changes[-1].day} to {changes[0].day}" if changes else ""
    are = "is" if len(changes) == 1 else "are"
    said = f"{counted(len(changes), 'change')} of the quality system {are} listed{days}."
    if beyond.left_out:
        said += f" {counted(beyond.left_out, 'change')} left out that touched nothing of the quality system."
    yield Text(said)
    yield Text((_HOW, Code("git diff COMMIT^1 COMMIT"), _HOW_NOT), Tone.QUIET)
    founding = changes[-1] if changes and any(_founds(one) for one in changes[-1].told) else None
    if beyond.begins:
        commit, day = beyond.begins
        yield Text(
            (
                f"The history here begins on {day} with the commit ",
                Code(commit.id, _COMMIT),
                ": what that commit brought, and what was changed before it, is not known to this site.",
            ),
            Tone.WARN,
        )
    elif founding:
        yield Text(
            (
                f"The quality system came to main on {founding.day} with the commit ",
                Code(founding.last.id, _COMMIT),
                ". How the records that it brought came about before that is not in this history.",
            )
        )


def _later(survey: Survey) -> Iterator[Text]:
    """What the commit has of changes that the day of the site does not know."""
    number = sum(one.day > survey.when.day for one in survey.changes())
    if number:
        yield Text(came_later(number), Tone.WARN)


def came_later(number: int) -> str:
    """
    That changes are not listed because they came after the day of the site.

    >>> came_later(2)
    '2 changes came to main after this day and are not listed.'
    """
    return f"{counted(number, 'change')} came to main after this day and {'is' if number == 1 else 'are'} not listed."


def _founds(told: Told) -> bool:
    return told.kind is Kind.POLICY and told.says.startswith("new")


# --- a change -------------------------------------------------------------------------------------------------------


def _row(survey: Survey, change: Merged) -> tuple[Said, ...]:
    lags = [one.lag for one in change.revisions if one.lag is not None]
    return (
        change.day.isoformat(),
        _called(survey, change),
        listed(map(Mark, _about(change))),
        f"{change.day:%Y-%m}",
        _some(change.authors, "author", lambda one: _author(survey, one)),
        _some(change.approvals, "approval", lambda one: _approval(survey, one)),
        _changed(survey, change),
        _training(survey, change),
        Mark(str(max(lags)), Tone.WARN) if any(lags) else "0" if lags else "",
        _commit(change),
    )


def _called(survey: Survey, change: Merged) -> Said:
    number = f"{change.request} " if change.request else ""
    return mentioned(survey, f"{number}{change.title or 'no title'}")


def _about(change: Merged) -> list[str]:
    """What a change is about, each once."""
    found = ["revision"] if change.revisions else []
    found += ["approval"] if any(not given.later for given in change.approvals) else []
    found += [_ABOUT[told.kind] for told in change.told]
    found += ["assignment"] if change.assignments else []
    found += ["training record"] if change.histories else []
    found += ["unreadable file"] if change.unreadable else []
    return list(dict.fromkeys(found)) or ["layout only"]


def _some(things: Sequence[object], noun: str, say: Callable[..., Said]) -> Said:
    """Some things, one after the other; of very many the first, and how many more there are."""
    said = [say(one) for one in things[:_MOST]]
    left = len(things) - _MOST
    more = f"and {left} more {counted(left, noun).split(maxsplit=1)[1]}"
    return listed([*said, more] if left > 0 else said, "; ")


def _author(survey: Survey, author: Author) -> Said:
    called = author.identity.name or author.identity.email or "nobody"
    return to_person(survey, author.person, f"{author.person} {called}") if author.person else called


def _approval(survey: Survey, given: Given) -> Said:
    stands = [given.meaning, moment(given.at), given.evidence, *filter(None, [given.reference])]
    stands += ["recorded by another change"] if given.later else []
    who = to_person(survey, given.by, f"{given.by} {given.name}")
    return mentioned(survey, given.of), " by ", who, f" ({', '.join(stands)})"


def _revision(survey: Survey, one: Revised) -> Said:
    entry, days = one.entry, one.days_to_effective
    notice = f"{counted(abs(days), 'day')} {'after' if days >= 0 else 'before'} the merge"
    said = [f"impact {entry.impact}" + (f" ({entry.rationale})" if entry.rationale else "")]
    said += [f"effective {entry.effective}, {notice}"]
    said += [f"because of {entry.reason}"] if entry.reason else []
    said += ["emergency"] if entry.emergency else []
    before = previous(one.document, entry)
    parts: list[Said] = [to_revision(survey, one.named), mentioned(survey, f": {entry.summary} ({'; '.join(said)})")]
    if before and one.document.id in survey.snapshot.documents:
        asked = f"document={one.document.id}&from={before.revision}&to={entry.revision}"
        parts += [", ", Link(f"compare with {before.revision}", f"documents/compare.html?{asked}")]
    return tuple(parts)


def _changed(survey: Survey, change: Merged) -> Said:
    """The revisions that it brought, what it did to other records, and what it left unreadable."""
    altered = [list(told) for _, told in groupby(change.told, key=lambda told: (told.path, told.name))]
    said: list[Said] = []
    if change.revisions:
        said.append(_some(change.revisions, "revision", lambda one: _revision(survey, one)))
    if altered:
        said.append(_some(altered, "record", lambda some: _altered(survey, some)))
    said += [(Mark("unreadable", Tone.BAD), " ", Code(path)) for path in change.unreadable[:_MOST]]
    return listed(said, "; ")


def _altered(survey: Survey, some: Sequence[Told]) -> Said:
    told = some[0]
    title = f" ({told.title})" if told.title else ""
    return _named(survey, told), title, ": ", mentioned(survey, "; ".join(one.says for one in some))


def _named(survey: Survey, told: Told) -> Said:
    match told.kind:
        case Kind.DOCUMENT:
            return to_document(survey, told.name)
        case Kind.PERSON:
            return to_person(survey, told.name)
        case Kind.ROLE:
            return to_role(survey, told.name)
        case Kind.EVENT:
            return to_event(survey, told.name)
    return Code(told.path)


def _training(survey: Survey, change: Merged) -> Said:
    said: list[Said] = []
    if change.assignments:
        said.append(("assigned: ", _some(change.assignments, "assignment", lambda one: _assigned(survey, one))))
    if change.histories:
        people = _some(change.trained, "person", lambda person: to_person(survey, person))
        said.append((f"{counted(change.histories, 'history')} changed, of ", people))
    return listed(said, ". ")


def _assigned(survey: Survey, one: Assignment) -> Said:
    people = {person for item in one.items for person in item.people}
    return mentioned(survey, one.assignment), f" to {counted(len(people), 'person')}"


def _commit(change: Merged) -> Said:
    """The commit that completed the change and its time; where several did it, the first of them too."""
    first = change.step.commits[-1]
    since: Said = (", from ", Code(first.id, _COMMIT)) if len(change.step.commits) > 1 else ""
    return Code(change.last.id, _COMMIT), f" {moment(change.last.committed)}", since
