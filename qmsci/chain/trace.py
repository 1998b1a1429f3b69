"""What is followed from which start, so that the answer stays on its subject."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from qmsci.chain.event import mention_action, mention_event, mention_person, tell_briefly, tell_event
from qmsci.chain.graph import Chain, Fact, Kind, Web
from qmsci.chain.person import tell_person
from qmsci.chain.training import (
    absent,
    called,
    mention_approval,
    mention_neighbours,
    mention_revision,
    rollout,
    tell_assignment,
    tell_later,
    tell_revision,
)
from qmsci.finding import At, CannotRun
from qmsci.near_miss import near_miss
from qmsci.qualification import action_behind
from qmsci.records import layout
from qmsci.records.base import FileRecord, RevisionId
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.event import Deviation, Event
from qmsci.records.person import Person
from qmsci.records.training import Assignment, FileApproval
from qmsci.snapshot import Snapshot, When
from qmsci.timeline import in_force

Start = Event | Person | Document | tuple[Document, RevisionEntry] | Assignment


def chain(snapshot: Snapshot, name: str, when: When) -> Chain:
    """
    The chain of what a name (or the path of its record) stands for, as of a moment: what led to it, what came of it.

    - An event: the events that it takes up, with their causes and ends; its own life; the events that take it up, with
      theirs; the revisions that came of these, their assignments, and who completed them.
    - A revision: the events that it is caused by, with theirs; its approvals, its assignments and who completed them.
    - A document: its revisions, each with its cause, approvals and training; its reviews; the events that name it.
    - An assignment: what it was made for, and who completed it.
    - A person: roles, assignments, training, events, actions, and what they wrote, approved and evaluated.

    Empty where nothing of it was there yet. Raises `CannotRun` for a name that nothing has.
    """
    web = Web(snapshot, when)
    found = _meant(snapshot, name)
    match found:
        case Event():
            _follow_event(web, found)
        case Person():
            tell_person(web, found)
        case Document():
            _follow_document(web, found)
        case Assignment():
            _follow_assignment(web, found)
            return web.finished(found.assignment)
        case document, entry:
            _follow_revision(web, document, entry)
            return web.finished(str(document.named(entry)))
    return web.finished(found.id)


# --- what a name stands for -----------------------------------------------------------------------------------------


def _meant(snapshot: Snapshot, asked: str) -> Start:
    name = _named_by_path(snapshot, asked)
    registers = (snapshot.events.get, snapshot.documents.get, snapshot.assignment, snapshot.people.get)
    found: FileRecord | None = next(filter(None, (get(name) for get in registers)), None)
    if isinstance(found, Event | Document | Assignment | Person):
        return found
    plain, _, label = name.partition("@")
    document = snapshot.documents.get(plain)
    entry = document.entry(label) if document else None
    if document and entry:
        return document, entry
    paths = (f"{layout.EVENTS}{name}.yaml", layout.person(name), layout.assignment_path(name))
    unread = next((path for path in paths if snapshot.unreadable_below(path)), None)
    if unread:
        raise CannotRun(f"{unread} cannot be read: qmsci check --all")
    if document is None and snapshot.is_unreadable(plain):
        raise CannotRun(f"the file of {plain} cannot be read: qmsci check --all")
    near = near_miss(name, _names(snapshot, name))
    hint = f"; did you mean {near!r}?" if near else ""
    raise CannotRun(f"no event, document, revision, assignment or person {name!r} here{hint}")


def _named_by_path(snapshot: Snapshot, asked: str) -> str:
    """The name of the record at a path; what is no such path is a name already."""
    path = asked.removeprefix("./")
    filed = layout.filed(path)
    if filed and filed.kind in (layout.Kind.EVENT, layout.Kind.PERSON, layout.Kind.ASSIGNMENT):
        return filed.names[0]
    record = snapshot.source.records([path])[0] if filed and filed.kind is layout.Kind.DOCUMENT else None
    return record.id if isinstance(record, Document) else asked


def _names(snapshot: Snapshot, name: str) -> Iterable[str]:
    """The names that may have been meant by one that nothing has."""
    if "/" in name:
        return map(layout.assignment_name, snapshot.source.paths(layout.ASSIGNMENTS))
    documents = snapshot.documents
    if "@" in name:
        return (str(document.named(entry)) for document in documents for entry in document.revisions)
    return (*snapshot.events.by_id, *documents.by_id, *snapshot.people.by_id)


# --- events ---------------------------------------------------------------------------------------------------------

Ties = Mapping[str, set[str]]


def _ties(snapshot: Snapshot) -> tuple[Ties, Ties]:
    """Which events each event takes up, and which events take it up, whichever of the two files says so."""
    takes, taken = defaultdict(set), defaultdict(set)
    for event in snapshot.events:
        capa = getattr(event, "capa", None)
        pairs = [*((source, event.id) for source in event.sources), *([(event.id, capa)] if capa else [])]
        for source, target in pairs:
            if source in snapshot.events and target in snapshot.events:
                takes[target].add(source)
                taken[source].add(target)
    return takes, taken


def _reached(start: str, ties: Ties) -> set[str]:
    """The events that are reached from one along some ties, without itself."""
    found: set[str] = set()
    front = [start]
    while front:
        front = [name for one in front for name in sorted(ties.get(one, ())) if name not in found]
        found.update(front)
    return found - {start}


def _known(snapshot: Snapshot, names: Iterable[str]) -> list[Event]:
    """Some events, by the day on which they began."""
    found = [event for name in names if (event := snapshot.events.get(name))]
    return sorted(found, key=lambda event: (event.begun or date.min, event.id))


def _follow_event(web: Web, event: Event) -> None:
    takes, taken = _ties(web.snapshot)
    above = _reached(event.id, takes)
    for one in _known(web.snapshot, above):
        tell_briefly(web, one)
    below = _known(web.snapshot, _reached(event.id, taken) - above)
    for one in (event, *below):
        tell_event(web, one)
    for one in below:
        for other in _known(web.snapshot, takes[one.id]):
            mention_event(web, other)
    for one in (event, *below):
        _note_absent(web, one)
    _link_events(web, taken)
    _tell_caused(web, {event.id, *(one.id for one in below)})
    for one in (event, *below):
        _tell_retrained(web, one)


def _note_absent(web: Web, event: Event) -> None:
    """Say which events an event names that are not there."""
    for name in dict.fromkeys((*event.sources, *filter(None, [getattr(event, "capa", None)]))):
        if name not in web.snapshot.events and event.id in web.facts:
            web.note(event.id, absent(web.snapshot, name))


def _link_events(web: Web, taken: Ties) -> None:
    for source in list(web.facts):
        for target in sorted(taken.get(source, ())):
            web.link(source, target, "is taken up in", "takes up")


def _tell_caused(web: Web, events: set[str]) -> None:
    """The revisions that name an event as their reason, where no action of it led to them."""
    for document in web.snapshot.documents:
        for entry in document.revisions:
            named = str(document.named(entry))
            caused = entry.reason in events and entry.reason in web.facts and named not in web.facts
            if caused and mention_revision(web, document, entry, entry.reason, "led to", "is caused by"):
                tell_revision(web, document, entry)


def _tell_retrained(web: Web, event: Event) -> None:
    """The revisions on which an event asks for training and that it did not lead to."""
    for assignment in web.snapshot.assignments(event.id):
        for named in {item.document: None for item in assignment.items}:
            if assignment.assignment in web.facts and str(named) not in web.facts:
                _mention_named(web, named, assignment.assignment, "is on", "is retrained in")


def _mention_named(web: Web, named: RevisionId, source: str | None, says: str, back: str) -> None:
    document = web.snapshot.documents.get(named.document)
    entry = document.entry(named.label) if document else None
    if document and entry:
        mention_revision(web, document, entry, source, says, back)


# --- revisions and documents ----------------------------------------------------------------------------------------


def _follow_revision(web: Web, document: Document, entry: RevisionEntry) -> None:
    named = document.named(entry)
    takes, taken = _ties(web.snapshot)
    causes = {event.id for event in web.snapshot.events if any(action.document == named for action in event.actions)}
    causes |= {entry.reason} if entry.reason and entry.reason in web.snapshot.events else set()
    above = {one for cause in causes for one in _reached(cause, takes)} - causes
    for event in _known(web.snapshot, above):
        tell_briefly(web, event)
    for event in _known(web.snapshot, causes):
        tell_event(web, event, lambda revision: revision == named)
    _link_events(web, taken)
    if mention_revision(web, document, entry, None, ""):
        if entry.reason and not any(link.target == str(named) for link in web.links):
            web.link(entry.reason, str(named), "led to", "is caused by")
        tell_revision(web, document, entry)
        tell_later(web, document, entry)
        mention_neighbours(web, document, entry)
        for assignment in rollout(web.snapshot, document, entry):
            _mention_action_behind(web, assignment)


def _mention_action_behind(web: Web, assignment: Assignment) -> None:
    """The event and the action that an assignment was made for, linked to it."""
    event, action = action_behind(web.snapshot, assignment)
    if event is None or action is None or assignment.assignment not in web.facts or not mention_event(web, event):
        return
    name = mention_action(web, event, event.actions.index(action), event.id, "asks for")
    if name:
        web.link(name, assignment.assignment, "assigns", "is asked for by")


def _follow_document(web: Web, document: Document) -> None:
    current = in_force(document, web.when.day)
    stands = "in-force" if current else "not-in-force"
    notes = [f"revision {current.revision}"] if current else []
    notes += [f"owner {document.owner}", *([f"governs {', '.join(document.governs)}"] if document.governs else [])]
    place = web.snapshot.at(document, "id")
    web.add(Fact(document.id, Kind.DOCUMENT, place, document.id, document.title, state=stands, notes=tuple(notes)))
    for entry in reversed(document.revisions):
        if mention_revision(web, document, entry, document.id, "has the revision"):
            tell_revision(web, document, entry)
            tell_later(web, document, entry)
            _mention_cause(web, document, entry)
    for index, review in enumerate(document.reviewed):
        at, who = web.snapshot.at(document, "reviewed", index), called(web.snapshot, review.by)
        fact = Fact(f"{document.id} review {index + 1}", Kind.REVIEW, at, who, "", review.on, review.outcome)
        web.add(fact, document.id, "was reviewed by")
    if document.retired:
        at = web.snapshot.at(document, "retired")
        web.add(Fact(f"{document.id} retired", Kind.ENDING, at, "", "", document.retired), document.id, "was retired")
    for path in web.snapshot.source.paths(f"{layout.APPROVALS}{layout.DOCUMENTS}"):
        filed = layout.filed(path)
        if filed and filed.names[0].rpartition("@")[0] == document.path:
            _mention_whole(web, path, document.id)
    for event in _known(web.snapshot, web.snapshot.events.by_id):
        if document.id in event.documents:
            says = "was departed from in" if isinstance(event, Deviation) else "is named in"
            mention_event(web, event, document.id, says, "names")


def _mention_whole(web: Web, path: str, document: str) -> None:
    """An approval of a document's whole file, as it was when something in it changed without a new revision."""
    approval = web.snapshot.source.records([path])[0]
    if isinstance(approval, FileApproval):
        mention_approval(web, approval, document, "had a change approved by")


def _mention_cause(web: Web, document: Document, entry: RevisionEntry) -> None:
    """The event that a revision is caused by."""
    event = web.snapshot.events.get(entry.reason) if entry.reason else None
    if event and mention_event(web, event):
        web.link(event.id, str(document.named(entry)), "led to", "is caused by")


# --- assignments ----------------------------------------------------------------------------------------------------


def _follow_assignment(web: Web, assignment: Assignment) -> None:
    name = assignment.assignment
    tell_assignment(web, assignment, None)
    if name not in web.facts:
        return
    revisions = list(dict.fromkeys(item.document for item in assignment.items))
    event, _ = action_behind(web.snapshot, assignment)
    if event:
        takes, taken = _ties(web.snapshot)
        for one in _known(web.snapshot, {event.id, *_reached(event.id, takes)}):
            tell_briefly(web, one)
        _mention_action_behind(web, assignment)
        _link_events(web, taken)
    for named in revisions:
        _mention_named(web, named, name, "is on", "is assigned in")
        document = web.snapshot.documents.get(named.document)
        entry = document.entry(named.label) if document else None
        if document and entry and str(named) in web.facts:
            _mention_cause(web, document, entry)
    role = web.snapshot.roles.get(assignment.role) if assignment.role else None
    if role:
        place = web.snapshot.at(role, "id")
        fact = Fact(f"role {role.id}", Kind.ROLE, place, role.id, role.title)
        web.add(fact, name, "is for the role", "is assigned")
    if name.startswith("people/"):
        person = name.split("/")[1]
        mention_person(web, person, name, "is for", At(assignment.path))
