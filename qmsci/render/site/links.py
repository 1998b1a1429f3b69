"""What pages call one another's subjects: links to people, roles, documents, activities and events that are there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime

from qmsci.records.base import RevisionId
from qmsci.render.site.page import Code, Link, Said
from qmsci.render.site.survey import Survey
from qmsci.timeline import owed_revisions

#: Where the keys of everybody are listed.
KEYS = "verification/index.html#keys"
#: How many letters of a fingerprint are shown; the whole of it is at hand.
_KEY = 15
#: The most activities that have a page each.
_MOST_ACTIVITIES = 1_000


def to_person(survey: Survey, name: str, text: str = "") -> Said:
    """A link to somebody's training file; their id alone where they have none."""
    return Link(text or name, f"people/{name}.html") if name in survey.snapshot.people else text or name


def to_role(survey: Survey, name: str, text: str = "") -> Said:
    """A link to a role, by its id or another text."""
    known = name in survey.defined.roles
    return Link(text or name, f"roles/{name}.html") if known else text or name


def to_activity(survey: Survey, name: str, text: str = "") -> Said:
    """A link to an activity, by its id or another text."""
    known = survey.defined.activities
    if name not in known:
        return text or name
    page = f"activities/{name}.html" if have_pages(known) else f"ask.html?activity={name}&on={survey.when.day}"
    return Link(text or name, page)


def have_pages(activities: Collection[str]) -> bool:
    """Whether each of some activities has a page of its own: of very many, the list says what there is to say."""
    return len(activities) <= _MOST_ACTIVITIES


def to_document(survey: Survey, name: str, text: str = "") -> Said:
    """A link to a document, by its id or another text."""
    return Link(text or name, f"documents/{name}.html") if name in survey.snapshot.documents else text or name


def to_revision(survey: Survey, named: RevisionId) -> Said:
    """A link to a revision: to the page of its own as long as it is coming, else to its document's."""
    document, day = survey.snapshot.documents.get(named.document), survey.when.day
    if document is None:
        return str(named)
    entry = document.entry(named.label)
    coming = entry is not None and entry.effective > day and entry in owed_revisions(document, day)
    return Link(str(named), f"documents/{named if coming else named.document}.html")


def to_event(survey: Survey, name: str, text: str = "") -> Said:
    """A link to a quality event, by its id or another text."""
    return Link(text or name, f"events/{name}.html") if name in survey.snapshot.events else text or name


def to_key(fingerprint: str) -> Said:
    """A key by the first letters of its fingerprint, with a link to the register of keys."""
    return Code(fingerprint, _KEY, KEYS)


def listed(said: Iterable[Said], between: str = ", ") -> Said:
    """Several things, one after the other."""
    return tuple(_parted(said, between))


def _parted(said: Iterable[Said], between: str) -> Iterator[Said]:
    for number, one in enumerate(said):
        if number:
            yield between
        yield one


def moment(time: datetime | str) -> str:
    """
    A time (or its ISO 8601 form) with its offset from UTC, in parts between which a line may end.

    >>> moment("2026-12-01T09:30:00+01:00"), moment(datetime(2026, 12, 1, 9, 30))
    ('2026-12-01 09:30:00 +01:00', '2026-12-01 09:30:00')
    """
    exact = datetime.fromisoformat(time) if isinstance(time, str) else time
    clock = exact.replace(tzinfo=None).isoformat(" ")
    return f"{clock} {exact.isoformat()[len(clock) :]}".rstrip()


def span(first: date, last: date | None) -> str:
    """
    Some days in words; `last` is None where there is no end.

    >>> span(date(2024, 3, 1), None), span(date(2024, 3, 1), date(2024, 8, 31))
    ('from 2024-03-01', '2024-03-01 to 2024-08-31')
    """
    return f"from {first}" if last in (None, date.max) else f"{first} to {last}"
