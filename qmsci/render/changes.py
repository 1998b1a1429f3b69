"""What was merged to main: as text, as JSON for programs, as CSV for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain, groupby
from typing import NamedTuple

from click import style

from qmsci.changes import Author, Given, Merged, Revised, Told
from qmsci.commits import Made
from qmsci.records.layout import Kind
from qmsci.records.training import Assignment
from qmsci.render.words import counted, in_csv, in_json, visible

#: Of each kind of thing, so many are named in the text.
MOST = 12
#: Of the people whose training a change touched, so many.
_PEOPLE = 6
#: A title is cut to so many characters in the text.
_LONGEST = 100


class Listing(NamedTuple):
    """
    What was merged, newest first; where a shallow clone begins, and on which day; and what was asked for.

    `left_out` is how many changes are not listed because they touch nothing of the quality system.
    """

    changes: tuple[Merged, ...]
    begins: tuple[Made, date] | None
    first: str | None = None
    last: str | None = None
    document: str | None = None
    event: str | None = None
    known_at: str | None = None
    left_out: int = 0


# --- text -----------------------------------------------------------------------------------------------------------


def as_text(listing: Listing) -> str:
    """Each change with its date and commit, and below it what it brought."""
    lines = [line for change in listing.changes for line in _lines(change)]
    if not listing.changes:
        lines.append("nothing of that kind was merged")
    if listing.left_out:
        many = counted(listing.left_out, "change")
        lines.append(f"{many} left out that touched nothing of the quality system: --all lists them too")
    if listing.begins:
        commit, day = listing.begins
        lines.append(
            f"the history here begins on {day} with {commit.id[:10]}; what it brought, what was before, and some"
            " authors are not in this clone: git fetch --unshallow"
        )
    return "\n".join(lines) + "\n"


def _lines(change: Merged) -> Iterator[str]:
    number = f"{change.request} " if change.request else ""
    title = _clipped(visible(change.title)) or "(no title)"
    yield f"{change.day}  {change.last.id[:10]}  {style(number + title, bold=True)}"
    authors = [_author(one) for one in change.authors]
    yield from _indented(f"by {_some(authors, 'author')}")
    for given in change.approvals[:MOST]:
        yield from _indented(_approval(given))
    yield from _more(change.approvals, "approval")
    for revised in change.revisions[:MOST]:
        yield from _indented(_revision(revised))
    yield from _more(change.revisions, "revision")
    altered = [list(told) for _, told in groupby(change.told, key=lambda told: (told.path, told.name))]
    for some in altered[:MOST]:
        yield from _indented(_fact(some))
    yield from _more(altered, "altered record")
    if change.assignments:
        yield from _indented(f"assigned: {_some([_assigned(one) for one in change.assignments], 'assignment')}")
    if change.histories:
        people = _some(change.trained, "person", _PEOPLE)
        yield from _indented(f"{counted(change.histories, 'history')} of training changed: {people}")
    for path in change.unreadable[:MOST]:
        yield from _indented(style(f"left unreadable: {visible(path)}", fg="yellow"))
    yield from _more(change.unreadable, "unreadable file")


def _indented(said: str) -> Iterator[str]:
    yield f"{'':12}{said}"


def _more(things: Sequence[object], noun: str) -> Iterator[str]:
    if len(things) > MOST:
        yield from _indented(f"and {counted(len(things) - MOST, f'more {noun}')}")


def _some(said: Sequence[str], noun: str, most: int = MOST) -> str:
    left = len(said) - most
    more = [f"and {left} more {counted(left, noun).split()[1]}"] if left > 0 else []
    return ", ".join([*said[:most], *more])


def _author(author: Author) -> str:
    known = f" ({author.person})" if author.person else ""
    return f"{visible(_clipped(author.identity.name or author.identity.email, 60)) or 'nobody'}{known}"


def _approval(given: Given) -> str:
    stands = [given.meaning, given.at.isoformat(), given.evidence]
    stands += [visible(given.reference)] if given.reference else []
    stands += ["recorded by another change"] if given.later else []
    return f"{visible(given.of)} approved by {given.by} {visible(given.name)} ({', '.join(stands)})"


def _revision(one: Revised) -> str:
    entry = one.entry
    early = (
        f"{counted(one.days_to_effective, 'day')} after the merge"
        if one.days_to_effective >= 0
        else f"{counted(-one.days_to_effective, 'day')} before the merge"
    )
    said = f"{one.named}: {entry.impact}, effective {entry.effective}, {early}"
    said += f", because of {entry.reason}" if entry.reason else ""
    said += ", emergency" if entry.emergency else ""
    if one.lag is not None:
        late = f", assigned {counted(one.lag, 'day')} after the approval"
        said += style(late, fg="yellow") if one.lag else late
    return f"{said}: {visible(_clipped(entry.summary))}"


def _fact(some: Sequence[Told]) -> str:
    told, said = some[0], "; ".join(_clipped(one.says) for one in some)
    title = f" ({visible(_clipped(told.title, 60))})" if told.title else ""
    noun = _NOUNS.get(told.kind, "") if told.kind else "protected file "
    return f"{noun}{visible(told.name)}{title}: {visible(said)}"


_NOUNS = {Kind.POLICY: "policy ", Kind.ROLE: "role ", Kind.ACTIVITIES: "", Kind.QUESTIONS: "questions of "}


def _assigned(one: Assignment) -> str:
    people = {person for item in one.items for person in item.people}
    return f"{one.assignment} ({counted(len(people), 'person')})"


def _clipped(text: str, longest: int = _LONGEST) -> str:
    line = " ".join(text.split("\n"))
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


# --- JSON -----------------------------------------------------------------------------------------------------------


def as_json(listing: Listing) -> str:
    """
    What was merged as one JSON object, format 1.

    - `from`, `to`, `document`, `event`, `known_at`: what was asked for, null where nothing was.
    - `begins`: `{"commit", "recorded"}` of the commit at which a shallow clone begins; null where all is here.
    - `changes`: newest first, `{"day", "recorded", "commit", "pull_request", "title", "commits", "authors",
      "approvals", "revisions", "documents", "people", "roles", "policy", "events", "assignments", "other",
      "training_histories", "trained", "unreadable"}`. `day` is in the policy's time zone. `pull_request` is a number
      or null.
      `commits` are those of main, newest first. In `authors`, `person` is null where the name and address are nobody's.
      In `approvals`, `evidence` is `signed`, `unsigned` or `imported`; `later` says that another change recorded it.
      In `revisions`, `assignment_lag` is in days, null where nothing is assigned. `training_histories` is how many
      histories of training changed, `trained` has the people whose they are.
    - `left_out`: how many changes are not listed because they touched nothing of the quality system.
    """
    found = {
        "format": 1,
        "from": listing.first,
        "to": listing.last,
        "document": listing.document,
        "event": listing.event,
        "known_at": listing.known_at,
        "begins": _commit(listing.begins[0]) if listing.begins else None,
        "changes": [_change(change) for change in listing.changes],
        "left_out": listing.left_out,
    }
    return in_json(found) + "\n"


def _commit(commit: Made) -> dict[str, object]:
    return {"commit": commit.id, "recorded": commit.committed.isoformat()}


_GROUPS = {
    "documents": {Kind.DOCUMENT},
    "people": {Kind.PERSON},
    "roles": {Kind.ROLE, Kind.ACTIVITIES},
    "policy": {Kind.POLICY},
    "events": {Kind.EVENT},
}


def _change(change: Merged) -> dict[str, object]:
    grouped = {name: [_told(one) for one in change.told if one.kind in kinds] for name, kinds in _GROUPS.items()}
    known = set().union(*_GROUPS.values())
    return {
        "day": change.day.isoformat(),
        "recorded": change.last.committed.isoformat(),
        "commit": change.last.id,
        "pull_request": change.request.number if change.request else None,
        "title": change.title,
        "commits": [{**_commit(one), "title": one.message.partition("\n")[0]} for one in change.step.commits],
        "authors": [{"person": one.person, **one.identity._asdict()} for one in change.authors],
        "approvals": [_given(one) for one in change.approvals],
        "revisions": [_revised(one) for one in change.revisions],
        **grouped,
        "assignments": [
            {
                "assignment": one.assignment,
                "cause": one.cause,
                "role": one.role,
                "documents": [str(item.document) for item in one.items],
                "people": sorted({person for item in one.items for person in item.people}),
            }
            for one in change.assignments
        ],
        "other": [_told(one) for one in change.told if one.kind not in known],
        "training_histories": change.histories,
        "trained": list(change.trained),
        "unreadable": list(change.unreadable),
    }


def _told(told: Told) -> dict[str, object]:
    return {"name": told.name, "path": told.path, "says": told.says}


def _given(given: Given) -> dict[str, object]:
    return {
        "of": given.of,
        "person": given.by,
        "name": given.name,
        "meaning": given.meaning,
        "at": given.at.isoformat(),
        "evidence": given.evidence,
        "reference": given.reference,
        "path": given.path,
        "later": given.later,
    }


def _revised(one: Revised) -> dict[str, object]:
    entry = one.entry
    return {
        "revision": str(one.named),
        "title": one.document.title,
        "summary": entry.summary,
        "impact": entry.impact,
        "rationale": entry.rationale,
        "effective": entry.effective.isoformat(),
        "emergency": entry.emergency,
        "reason": entry.reason,
        "authors": list(entry.authors),
        "days_to_effective": one.days_to_effective,
        "assignment_lag": one.lag,
    }


# --- CSV ------------------------------------------------------------------------------------------------------------

_COLUMNS = (
    "day",
    "recorded",
    "commit",
    "pull request",
    "title",
    "authors",
    "approvals",
    "revisions",
    "impact",
    "effective",
    "reason",
    "days to effective",
    "assignment lag",
    "assignments",
    "people assigned",
    "alterations",
)


def as_csv(listing: Listing) -> str:
    """A row for each change, below a header; of several things in a cell, one on each line. RFC 4180, UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    writer.writerows([in_csv(cell) for cell in _cells(change)] for change in listing.changes)
    return text.getvalue()


def _cells(change: Merged) -> Iterator[str]:
    yield change.day.isoformat()
    yield change.last.committed.isoformat()
    yield change.last.id
    yield str(change.request.number) if change.request else ""
    yield change.title
    yield _joined(one.person or str(one.identity) for one in change.authors)
    yield _joined(f"{one.of}: {one.meaning} by {one.by}, {one.evidence}" for one in change.approvals)
    yield _joined(str(one.named) for one in change.revisions)
    yield _joined(one.entry.impact for one in change.revisions)
    yield _joined(one.entry.effective.isoformat() for one in change.revisions)
    yield _joined(one.entry.reason or "" for one in change.revisions)
    yield _joined(str(one.days_to_effective) for one in change.revisions)
    yield _joined("" if one.lag is None else str(one.lag) for one in change.revisions)
    yield _joined(one.assignment for one in change.assignments)
    yield str(len({person for one in change.assignments for item in one.items for person in item.people}))
    yield _joined(chain((f"{one.name}: {one.says}" for one in change.told), _histories(change)))


def _histories(change: Merged) -> Iterator[str]:
    if change.histories:
        yield f"{counted(change.histories, 'history')} of training: {', '.join(change.trained)}"


def _joined(said: Iterator[str]) -> str:
    return "; ".join(" ".join(one.split()) for one in said)
