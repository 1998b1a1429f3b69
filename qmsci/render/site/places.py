"""Which page of the site shows the record that lies at a path."""

from __future__ import annotations

from qmsci.records import layout
from qmsci.records.document import Document
from qmsci.records.layout import Kind, filed
from qmsci.render.site.links import to_document, to_event, to_person, to_role
from qmsci.render.site.page import Link, Said
from qmsci.render.site.survey import Survey

#: Where what is not about one subject is shown.
_WHOLE = {Kind.ACTIVITIES: "activities/index.html"}


def to_place(survey: Survey, place: str) -> Said:
    """A link to the page that shows what lies at a path, or at `path:line`; the place alone where there is none."""
    path, _, line = place.rpartition(":")
    found = _shown(survey, path if path and line.isdecimal() else place)
    return Link(place, found.to) if isinstance(found, Link) else place


def _shown(survey: Survey, path: str) -> Said | None:
    found = filed(path)
    if found is None:
        return None
    if found.kind in _WHOLE:
        return Link(path, _WHOLE[found.kind])
    name = found.names[0] if found.names else ""
    match found.kind:
        case Kind.PERSON | Kind.COMPLETIONS | Kind.WAIVERS:
            return to_person(survey, name)
        case Kind.ROLE:
            return to_role(survey, name)
        case Kind.EVENT:
            return to_event(survey, name)
        case Kind.DOCUMENT | Kind.QUESTIONS:
            return _document(survey, path if found.kind is Kind.DOCUMENT else layout.asking_about(path))
        case Kind.APPROVAL:
            return to_document(survey, name.partition("@")[0])
        case Kind.FILE_APPROVAL:
            return to_event(survey, name.partition("@")[0]) if "@closed-" in name else _shown(survey, _approved(name))
        case Kind.ASSIGNMENT:
            return _assignment(survey, name)
    return None


def _document(survey: Survey, path: str) -> Said | None:
    record = survey.snapshot.source.records([path])[0]
    return to_document(survey, record.id) if isinstance(record, Document) else None


def _approved(name: str) -> str:
    """The path of a file that was approved as a whole."""
    return name.rpartition("@")[0]


def _assignment(survey: Survey, name: str) -> Said:
    """What an assignment is of: a person's programme, the training that an event asks for, else a revision."""
    first, *others = name.split("/")
    if first == "people":
        return to_person(survey, others[0])
    of = others[0] if first == "refresher" else first
    document, at, _ = of.partition("@")
    return to_document(survey, document) if at else to_event(survey, of)
