"""What a part of a site rests on, as one digest: as long as it is the same, so is the part."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from qmsci.cli.judged import Judged
from qmsci.matrix import documents_for, roles_for
from qmsci.records import layout
from qmsci.records.base import DOCUMENT_ID, NAME
from qmsci.records.document import Document
from qmsci.records.layout import Kind, filed
from qmsci.records.person import Person
from qmsci.records.training import Assignment
from qmsci.render.site.survey import Survey

#: Whatever may be the id of somebody or something.
_NAME = re.compile(NAME)
_RECORD = re.compile(DOCUMENT_ID)
_TRAINING = {Kind.COMPLETIONS, Kind.WAIVERS}


class Grounds:
    """
    The digests of what the parts of one site rest on.

    A file counts by its blob and by how often main altered it: so one that is altered and put back is not taken for one
    that was left alone. `line` stands for the history itself; whoever builds changes it when history was rewritten.
    """

    def __init__(self, survey: Survey, what: Judged, line: str) -> None:
        """Look at what a survey looks at; nothing is read yet."""
        self._survey = survey
        self._snapshot = survey.snapshot
        self._what = what
        self._line = line

    def person(self, person: Person) -> str:
        """What the pages and data of a person rest on."""
        own = self._training_of_person.get(person.id, [])
        roles = filter(None, (self._snapshot.roles.get(held.role) for held in person.roles))
        documents = {document.id for role in roles for document in documents_for(self._snapshot, role)}
        documents |= {about.names[1] for path in own if (about := filed(path))}
        for activity in self._survey.eras.performed_by(held.role for held in person.roles):
            documents |= {found.id for era in self._survey.eras.of(activity) for found in era.needed}
        assigned = self._assignments_of_person.get(person.id, ())
        documents |= {name for path in assigned for name in self._documents_in.get(path, ())}
        return self._digest(
            [
                *own,
                person.path,
                *(found.path for name in documents if (found := self._snapshot.documents.get(name))),
                *assigned,
                *self._events_naming.get(person.id, ()),
            ]
        )

    def document(self, document: Document) -> str:
        """What the pages and data of a document rest on."""
        roles = roles_for(self._snapshot, document)
        holders = (who for role in roles for who in self._snapshot.holders.get(role.id, ()))
        return self._digest(
            [
                document.path,
                *self._training_on_document.get(document.id, ()),
                *(path for name in self._retrained for path in self._training_on_document.get(name, ())),
                *self._approvals.get(document.id, ()),
                *self._assignments_of_document.get(document.id, ()),
                *(who.path for who in holders),
                *self._events_naming.get(document.id, ()),
            ]
        )

    # --- digests ----------------------------------------------------------------------------------------------------

    def _digest(self, paths: Iterable[str]) -> str:
        seal = hashlib.sha256(self._common)
        for path in sorted(set(paths)):
            seal.update(self._item(path))
            for name in self._named_in.get(path, ()):
                seal.update(f"{name}\0{name in self._linked}\0".encode())
        return seal.hexdigest()

    @cached_property
    def _linked(self) -> set[str]:
        """Documents and events that are there: what names one links to it."""
        return {*self._snapshot.documents.by_id, *self._snapshot.events.by_id}

    @cached_property
    def _named_in(self) -> Mapping[str, set[str]]:
        """What may be the id of a document or event, by the files that pages are made of."""
        documents = [document.path for document in self._snapshot.documents]
        files = zip(documents, self._what.tree.read(documents), strict=True)
        found = {path: set(_RECORD.findall(file.data.decode("utf-8", "replace"))) for path, file in files if file}
        return found | {one.path: {one.cause} for one in self._assigned}

    def _item(self, path: str) -> bytes:
        return f"{path}\0{self._blobs.get(path)}\0{self._alterations.get(path, 0)}\0".encode("utf-8", "surrogateescape")

    @cached_property
    def _common(self) -> bytes:
        """What every part rests on: the day, the policy, roles, activities, names, keys, and retraining."""
        snapshot = self._snapshot
        seal = hashlib.sha256(f"{self._line}\0{snapshot.as_of}\0{self._what.known}\0".encode())
        roles = [path for path in self._paths if path.startswith(layout.ROLES) and not path.startswith(layout.PEOPLE)]
        retraining = {event.path for event, _ in snapshot.retraining}
        policy = [path for path in self._paths if path.startswith(f"{layout.APPROVALS}{layout.POLICY}@")]
        for path in (layout.POLICY, *roles, *policy, *sorted(retraining), *self._unread):
            seal.update(self._item(path))
        for person in snapshot.people:
            keys = [key.model_dump_json() for key in person.keys]
            seal.update(f"{person.id}\0{person.name}\0{keys}\0".encode())
        return seal.digest()

    # --- files, by what they are about ------------------------------------------------------------------------------

    @cached_property
    def _paths(self) -> list[str]:
        return [path for root in layout.ROOTS for path in self._what.tree.paths(root)]

    @cached_property
    def _blobs(self) -> Mapping[str, str | None]:
        paths = [*self._paths, layout.POLICY]
        return dict(zip(paths, self._what.tree.blobs(paths), strict=True))

    @cached_property
    def _alterations(self) -> Mapping[str, int]:
        """How often main altered each file."""
        assert self._what.head
        return {path: len(steps) for path, steps in self._what.repository.history(self._what.head).items()}

    @cached_property
    def _training(self) -> list[tuple[str, str, str]]:
        """The files of completions and waivers: each path with its person and document."""
        found = ((path, filed(path)) for path in self._paths if path.startswith(layout.TRAINING))
        return [(path, about.names[0], about.names[1]) for path, about in found if about and about.kind in _TRAINING]

    @cached_property
    def _training_of_person(self) -> Mapping[str, list[str]]:
        return _listed((person, path) for path, person, _ in self._training)

    @cached_property
    def _training_on_document(self) -> Mapping[str, list[str]]:
        return _listed((document, path) for path, _, document in self._training)

    @cached_property
    def _approvals(self) -> Mapping[str, list[str]]:
        paths = (path for path in self._paths if path.startswith(layout.APPROVALS))
        return _listed((path.removeprefix(layout.APPROVALS).split("@")[0], path) for path in paths)

    @cached_property
    def _assigned(self) -> list[Assignment]:
        source = self._snapshot.source
        return [one for one in source.records(source.paths(layout.ASSIGNMENTS)) if isinstance(one, Assignment)]

    @cached_property
    def _assignments_of_person(self) -> Mapping[str, list[str]]:
        return _listed((name, one.path) for one in self._assigned for item in one.items for name in item.people)

    @cached_property
    def _assignments_of_document(self) -> Mapping[str, list[str]]:
        return _listed((item.document.document, one.path) for one in self._assigned for item in one.items)

    @cached_property
    def _documents_in(self) -> Mapping[str, set[str]]:
        """The documents that each assignment is about."""
        return {one.path: {item.document.document for item in one.items} for one in self._assigned}

    @cached_property
    def _retrained(self) -> set[str]:
        """The documents on which some event has people retrained, and suspends them until then."""
        actions = (event.actions[index] for event, index in self._snapshot.retraining)
        return {str(named).partition("@")[0] for action in actions for named in action.documents}

    @cached_property
    def _events_naming(self) -> Mapping[str, list[str]]:
        """The events that name something, anywhere; and the training that decides how far their actions are."""
        found: dict[str, list[str]] = defaultdict(list)
        for event in self._snapshot.events:
            named = {str(one).partition("@")[0] for action in event.actions for one in action.documents}
            rests = [event.path, *(path for name in named for path in self._training_on_document.get(name, ()))]
            for name in set(_NAME.findall(event.model_dump_json())):
                found[name] += rests
        return found

    @cached_property
    def _unread(self) -> list[str]:
        """The events that cannot be read: nobody knows whom they name."""
        read = {event.path for event in self._snapshot.events}
        return [path for path in self._paths if path.startswith(layout.EVENTS) and path not in read]


def _listed(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found
