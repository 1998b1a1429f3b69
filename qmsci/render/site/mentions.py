"""What somebody wrote, with links to the documents, events and people that it mentions by their ids."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qmsci.records.base import LABEL, RevisionId
from qmsci.render.site.links import to_document, to_event, to_person, to_revision
from qmsci.render.site.page import Link, Said
from qmsci.render.site.survey import Survey

#: What may be an id, and the revision after it; a date is none, nor is a word without a hyphen, point or underscore.
_ID = re.compile(rf"(?<![\w@/.-])(?!\d{{4}}-\d\d-\d\d)([A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)+)(?:@({LABEL}))?(?!\w)")


def mentioned(survey: Survey, text: str, but: str = "") -> Said:
    """A text with links at the ids in it that are there, `but` for one: that of the page on which it stands."""
    return tuple(_parts(survey, text, but))


def _parts(survey: Survey, text: str, but: str) -> Iterator[Said]:
    done = 0
    for found in _ID.finditer(text):
        link = _link(survey, found[1], found[2]) if found[1] != but else None
        if link:
            yield from filter(None, [text[done : found.start()]])
            yield link
            done = found.start() + len(link.text)
    yield from filter(None, [text[done:]])


def _link(survey: Survey, name: str, label: str | None) -> Link | None:
    """The link of an id, with its revision where it is a document's."""
    if label and isinstance(said := to_revision(survey, RevisionId(name, label)), Link):
        return said
    found = (to(survey, name) for to in (to_event, to_document, to_person))
    return next((one for one in found if isinstance(one, Link)), None)
