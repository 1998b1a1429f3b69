"""A site, put together: a part for each person and each document, and the pages that are about all of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from qmsci.course import Courses
from qmsci.gaps import TimeGiven, gaps_of
from qmsci.records.document import Document
from qmsci.records.person import Person
from qmsci.render.site import (
    activities,
    ask,
    changes,
    compare,
    copy,
    document,
    documents,
    events,
    gaps,
    home,
    matrix,
    people,
    person,
    review,
    roles,
    rules,
    search,
    verification,
)
from qmsci.render.site.history import history_of
from qmsci.render.site.page import Link, Notice, Page, Part, Tone
from qmsci.render.site.search import Found
from qmsci.render.site.summary import DocumentSummary, PersonSummary, Summaries
from qmsci.render.site.survey import Survey
from qmsci.render.site.written import MOST_ROWS, data, written
from qmsci.render.words import counted

S = TypeVar("S", PersonSummary, DocumentSummary)

#: Of these, the pages that count or list what the records have.
_LISTING = (home, documents, matrix, people, roles, activities, events, gaps)
#: How many files that cannot be read are named.
_FEW = 5
#: So many people and documents are a large system.
_LARGE = 1_000
#: A page of which there are very many, or with very many tables, has short ones, and reads the others from data.
_SHORT = 12
#: The kinds of pages that are about everybody and everything, in the order of the navigation.
_WHOLE = (
    *(home, ask, documents, compare, matrix, people, roles, activities),
    *(events, changes, gaps, review, rules, verification, copy),
)


@dataclass(frozen=True, slots=True)
class Made(Generic[S]):
    """The files of a person or a document by their paths, what search finds, and what the lists need to know."""

    files: dict[str, str]
    found: tuple[Found, ...]
    summary: S


def of_person(survey: Survey, who: Person, given: TimeGiven) -> Made[PersonSummary]:
    """The training file of a person, and what Ask needs to know of them; `given` is the time given to newcomers."""
    courses, history = Courses(survey.snapshot, who), history_of(survey, who)
    part, summary = person.part(survey, who, gaps_of(survey.snapshot, who, given, judged=courses.judged), history)
    files, found = _files(part, _most(survey))
    return Made({**files, **ask.person_data(survey, who, courses, history.sources)}, found, summary)


def of_document(survey: Survey, about: Document) -> Made[DocumentSummary]:
    """The pages of a document."""
    part, summary = document.part(survey, about)
    return Made(*_files(part, _most(survey)), summary)


def _most(survey: Survey) -> int:
    """The most rows of a table in a page of which there are many."""
    return _SHORT if is_large(survey) else MOST_ROWS


def is_large(survey: Survey) -> bool:
    """Whether there are so many people and documents that nobody wants to wait for what one process does."""
    return len(survey.snapshot.people) + len(survey.snapshot.documents) >= _LARGE


def whole(survey: Survey, summaries: Summaries, found: Iterable[Found], reviewed: Part | None = None) -> dict[str, str]:
    """
    The files of all pages that are about everything; `found` is what search finds of people and documents.

    `reviewed` is the management review, where it was worked out already.
    """
    files: dict[str, str] = {}
    known = list(found)
    for kind in _WHOLE:
        part = reviewed if reviewed and kind is review else kind.part(survey, summaries)
        pages = tuple(_warned(survey, page) for page in part.pages) if kind in _LISTING else part.pages
        more, pages_found = _files(Part(pages, part.data), _SHORT if kind is review else MOST_ROWS)
        files |= more
        known += pages_found
    files["data/stamp.js"] = data("stamp", stamp_of(survey))
    return {**files, **search.files(known)}


def _warned(survey: Survey, page: Page) -> Page:
    """A page that counts or lists what can be read; first it says what cannot."""
    faults = sorted(survey.library.faults)
    if not faults:
        return page
    more = f" and {counted(len(faults) - _FEW, 'file')} more" if len(faults) > _FEW else ""
    said = (", ".join(faults[:_FEW]), more, ". What they say is in no figure and no list here: ")
    notice = Notice(
        f"{counted(len(faults), 'file')} cannot be read",
        (*said, Link("what is wrong with them", "verification/index.html")),
        Tone.BAD,
    )
    return replace(page, blocks=(notice, *page.blocks))


def stamp_of(survey: Survey) -> dict[str, str]:
    """What every page says of the site: whose it is, as of which day, and from which commit."""
    return {
        "organisation": survey.organisation,
        "as_of": survey.when.day.isoformat(),
        "commit": survey.stamp.commit,
        "committed": survey.stamp.committed,
    }


def _files(part: Part, most: int = MOST_ROWS) -> tuple[dict[str, str], tuple[Found, ...]]:
    files = dict(part.data)
    for page in part.pages:
        files |= written(page, most)
    return files, tuple(map(search.found_in, part.pages))


def digests(files: dict[str, str]) -> dict[str, str]:
    """The digests (SHA-256) of some files."""
    return {path: hashlib.sha256(text.encode()).hexdigest() for path, text in files.items()}
