"""What the records say of one person: roles, training, events, actions, and what they wrote, approved and judged."""

from __future__ import annotations

from collections.abc import Iterator

from qmsci.chain.event import mention_action, mention_event
from qmsci.chain.graph import Fact, Kind, Web
from qmsci.chain.training import (
    called,
    mention_approval,
    mention_completion,
    mention_revision,
    mention_waiver,
    tell_assignment,
)
from qmsci.completion import history_is_unreadable
from qmsci.matrix import documents_for
from qmsci.qualification import qualified
from qmsci.records import layout
from qmsci.records.event import Deviation, Event, TrainingGap
from qmsci.records.person import Person
from qmsci.records.training import Approval, Assignment, Completion, Completions, FileApproval
from qmsci.timeline import days_held, in_force, include


def tell_person(web: Web, person: Person) -> None:
    """Take everything that the records say of a person."""
    employed = ", ".join(f"{one.from_} to {one.to}" if one.to else f"since {one.from_}" for one in person.employed)
    place = web.snapshot.at(person, "id")
    since = min((one.from_ for one in person.employed), default=None)
    who = called(web.snapshot, person.id)
    web.add(Fact(person.id, Kind.PERSON, place, who, f"{person.kind}, {employed}", since, person=person.id))
    if person.id in web.facts:
        _tell_roles(web, person)
        _tell_training(web, person)
        _tell_events(web, person)
        _tell_work(web, person)


def _tell_roles(web: Web, person: Person) -> None:
    """The roles that they held, and of those that they hold, where they stand on each document."""
    for index, held in enumerate(person.roles):
        name, role = f"{person.id} {held.role} {index + 1}", web.snapshot.roles.get(held.role)
        title = f"{role.title if role else 'there is no such role'}, from {held.from_}" + (
            f" to {held.to}" if held.to else ""
        )
        holds = include(days_held(person, held.role), web.when.day)
        place = web.snapshot.at(person, "roles", index)
        state = "held" if holds else "ended"
        fact = Fact(name, Kind.ROLE, place, held.role, title, held.from_, state)
        web.add(fact, person.id, "holds" if holds else "held")
        for document in documents_for(web.snapshot, role) if role and holds else ():
            if in_force(document, web.when.day) is None:
                continue
            verdict = qualified(web.snapshot, person.id, document, web.when)
            stands = "qualified" if verdict else "not-qualified"
            if history_is_unreadable(web.snapshot, person.id, document.id):
                stands = "unknown"
            notes = () if verdict else (verdict.reason,)
            at = web.snapshot.at(document, "id")
            stand = Fact(document.id, Kind.DOCUMENT, at, document.id, document.title, state=stands, notes=notes)
            web.add(stand, name, "requires", "is required by")


def _tell_training(web: Web, person: Person) -> None:
    """What they were assigned, with the answers; then what nobody assigned, and what they were released from."""
    for assignment in _assigned(web, person):
        tell_assignment(web, assignment, person.id, "was assigned", person=person.id)
    for kind, folder in ((Kind.COMPLETION, layout.COMPLETIONS), (Kind.WAIVER, layout.WAIVERS)):
        for path in web.snapshot.source.paths(f"{folder}{person.id}/"):
            found = layout.filed(path)
            document = found.names[1] if found else ""
            if kind is Kind.WAIVER:
                for index in range(len(web.snapshot.waivers(person.id, document))):
                    mention_waiver(web, person.id, document, index, person.id, "was released by")
                continue
            for index in range(len(web.snapshot.completions(person.id, document))):
                if f"{person.id}/{document}#{index + 1}" not in web.facts:
                    mention_completion(web, person.id, document, index, person.id, "also completed")


def _assigned(web: Web, person: Person) -> list[Assignment]:
    """Every assignment that names a person."""
    paths = web.snapshot.source.paths(layout.ASSIGNMENTS)
    found = (one for one in web.snapshot.source.records(paths) if isinstance(one, Assignment))
    return [one for one in found if any(person.id in item.people for item in one.items)]


def _tell_events(web: Web, person: Person) -> None:
    for event in web.snapshot.events:
        for says in _parts(event, person.id):
            mention_event(web, event, person.id, says)
        if isinstance(event, Deviation) and event.id in web.facts:
            for index, one in enumerate(event.training_assessment):
                if one.person == person.id:
                    place = web.snapshot.at(event, "training-assessment", index)
                    name, title = f"{event.id} assessment {index + 1}", f"{one.verdict} on {one.document} then"
                    fact = Fact(name, Kind.ASSESSMENT, place, "", title, state=one.verdict, person=person.id)
                    web.add(fact, event.id, "assessed them")
        for index, action in enumerate(event.actions):
            if action.owner == person.id:
                mention_action(web, event, index, person.id, "owns", whole=True)


def _parts(event: Event, person: str) -> Iterator[str]:
    """In what a person was part of an event."""
    assessed = event.training_assessment if isinstance(event, Deviation) else ()
    if person in (*event.people, *(one.person for one in assessed)):
        yield "was involved in"
    if isinstance(event, TrainingGap) and event.person == person:
        yield "had the gap"
    if event.owner == person:
        yield "owns"


def _tell_work(web: Web, person: Person) -> None:
    """The revisions that they wrote, the approvals that they gave, the practical work that they evaluated."""
    for document in web.snapshot.documents:
        for entry in document.revisions:
            if person.id in entry.authors:
                mention_revision(web, document, entry, person.id, "wrote")
    for path in web.snapshot.source.paths(layout.APPROVALS):
        if path.endswith(f"/{person.id}.yaml"):
            approval = web.snapshot.source.records([path])[0]
            if isinstance(approval, Approval | FileApproval):
                mention_approval(web, approval, person.id, "approved")
    for history in web.snapshot.source.records(web.snapshot.source.paths(layout.COMPLETIONS)):
        if isinstance(history, Completions):
            _tell_judged(web, person, history)


def _tell_judged(web: Web, person: Person, history: Completions) -> None:
    found = layout.filed(history.path)
    assert found
    trainee, document = found.names
    for index, entry in enumerate(history.entries):
        if isinstance(entry, Completion) and entry.practical and entry.practical.evaluator == person.id:
            mention_completion(web, trainee, document, index, person.id, "evaluated")
