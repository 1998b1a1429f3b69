"""The life of a quality event as facts: who was involved, its cause, its actions, checks, closings and reopenings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from qmsci.chain.graph import Fact, Kind, Web
from qmsci.chain.training import (
    Answers,
    called,
    days_ago,
    mention_approval,
    mention_revision,
    tell_assignment,
    tell_revision,
)
from qmsci.circuit import (
    Lack,
    adequacy,
    asked_until,
    document_of,
    done_on,
    governing_then,
    is_open,
    lacks,
    period_ends,
    state,
)
from qmsci.finding import At, KeyPath
from qmsci.past import action_then, then
from qmsci.qualification import action_items
from qmsci.records import layout
from qmsci.records.action import Action, Extension
from qmsci.records.base import RevisionId
from qmsci.records.event import AuditFinding, Capa, Deviation, Event, Nonconformance, TrainingGap, Validation
from qmsci.rule import RULES, Problem
from qmsci.rule import When as Asked
from qmsci.rules import load_rules

#: Whether the training on a revision belongs to the question; all of it does where nothing says so.
About = Callable[[RevisionId], bool]


def mention_event(web: Web, event: Event, source: str | None = None, says: str = "", back: str = "belongs to") -> bool:
    """Take an event itself, linked to what leads to it; whether it was there by then."""
    now, day = then(event, web.when.day), web.when.day
    notes = []
    if isinstance(event, Deviation):
        notes.append(f"occurred {web.snapshot.day_of(event.occurred)}")
    if event.begun and event.begun < day and is_open(now, day):
        notes.append(f"open for {days_ago(event.begun, day)}")
        due = now.extensions[-1].to if now.extensions else now.due
        notes += _due(due, day) if due else []
    stands = str(state(web.snapshot, now, web.when))
    place = web.snapshot.at(event, "id")
    return web.add(
        Fact(event.id, Kind.EVENT, place, event.id, event.title, event.begun, stands, tuple(notes)), source, says, back
    )


def _due(due: date, day: date) -> list[str]:
    return [f"due {due}", *([f"overdue for {days_ago(due, day)}"] if due < day else [])]


def tell_briefly(web: Web, event: Event) -> None:
    """Take an event with its cause, and how and when it ended."""
    if mention_event(web, event):
        now = then(event, web.when.day)
        _tell_cause(web, now)
        _tell_ends(web, event)


def tell_event(web: Web, event: Event, about: About | None = None) -> None:
    """Take all facts of an event; of the training that its actions ask for what belongs to the question."""
    if not mention_event(web, event):
        return
    now = then(event, web.when.day)
    _tell_people(web, now)
    if isinstance(now, Deviation):
        _tell_assessments(web, now)
    _tell_cause(web, now)
    for index in range(len(event.actions)):
        tell_action(web, event, index, about)
    _tell_plan(web, now)
    _tell_steps(web, now)
    _tell_extensions(web, event.id, now.extensions, At(event.path))
    _tell_ends(web, event)
    _ask_the_law(web, now)


# --- people and causes ----------------------------------------------------------------------------------------------


def mention_person(web: Web, person: str, source: str, says: str, where: At) -> None:
    """Take a person, linked to what they are part of; where nobody has the id, by the place that names it."""
    known = web.snapshot.people.get(person)
    place = web.snapshot.at(known, "id") if known else where
    title = "" if known else "nobody has this id in roles/people/"
    name = called(web.snapshot, person)
    web.add(Fact(person, Kind.PERSON, place, name, title, person=person), source, says, "is involved in")


def _tell_people(web: Web, event: Event) -> None:
    for index, person in enumerate(event.people):
        mention_person(web, person, event.id, "involves", web.snapshot.at(event, "people", index))
    if isinstance(event, TrainingGap):
        mention_person(web, event.person, event.id, "is a gap of", web.snapshot.at(event, "person"))


def _tell_assessments(web: Web, event: Deviation) -> None:
    """What the event says of the training of those involved; and what the records say where it says nothing."""
    said = set()
    for index, one in enumerate(event.training_assessment):
        said.add((one.person, one.document.document))
        part = {True: "contributed", False: "did not contribute", None: "contribution not judged"}[one.contributed]
        title = f"{one.verdict} on {one.document} then, training {part}"
        place = web.snapshot.at(event, "training-assessment", index)
        name = f"{event.id} assessment {index + 1}"
        who = called(web.snapshot, one.person)
        web.add(
            Fact(name, Kind.ASSESSMENT, place, who, title, state=one.verdict, person=one.person), event.id, "assessed"
        )
    for index, person in enumerate(event.people):
        for document in governing_then(web.snapshot, event):
            found = adequacy(web.snapshot, event, person, document)
            if found is None or (person, document.id) in said:
                continue
            title = f"the records say {found.verdict} on {found.revision} then: {found.reason}"
            place = web.snapshot.at(event, "people", index)
            name = f"{event.id} assessment of {person} on {document.id}"
            who = called(web.snapshot, person)
            fact = Fact(name, Kind.ASSESSMENT, place, who, title, state="not-assessed", person=person)
            web.add(fact, event.id, "did not assess")


def _tell_cause(web: Web, event: Event) -> None:
    cause = event.root_cause
    if cause:
        place = web.snapshot.at(event, "root-cause")
        name = f"{event.id} root cause"
        web.add(Fact(name, Kind.CAUSE, place, cause.category, cause.summary), event.id, "has the root cause")


# --- actions --------------------------------------------------------------------------------------------------------


def mention_action(web: Web, event: Event, index: int, source: str, says: str, *, whole: bool = False) -> str | None:
    """
    Take an action itself, linked to what leads to it; its id in the chain, None where it was not there by then.

    It is called by its number, with that of its event where it is seen without it (`whole`).
    """
    action = action_then(event.actions[index], web.when.day)
    if action is None:
        return None
    again = any(one.id == action.id for one in event.actions[:index])
    short = f"action {action.id}" + (f" (entry {index + 1})" if again else "")
    now, day = then(event, web.when.day), web.when.day
    done = done_on(web.snapshot, now, action, asked_until(web.snapshot, now, web.when))
    notes = [f"due {action.deadline}"]
    if done and action.kind == "training":
        notes.append(f"done {done}")
    elif not done and not now.ended and action.deadline < day:
        notes.append(f"overdue for {days_ago(action.deadline, day)}")
    if action.owner:
        notes.append(f"owner {action.owner}")
    said = action.title or action.summary or ", ".join(map(str, (*action.documents, *filter(None, [action.document]))))
    name, place = f"{event.id} {short}", web.snapshot.at(event, "actions", index)
    kind = "" if action.kind == "other" else f"{action.kind} "
    called_ = f"{event.id} {kind}{short}" if whole else f"{kind}{short}"
    fact = Fact(
        name,
        Kind.ACTION,
        place,
        called_,
        said,
        action.opened or event.begun,
        "done" if done else "not-done",
        tuple(notes),
    )
    return name if web.add(fact, source, says, "asks for") else None


def tell_action(web: Web, event: Event, index: int, about: About | None = None) -> None:
    """Take an action of an event that is there, what was done, and the training that belongs to the question."""
    action = action_then(event.actions[index], web.when.day)
    name = mention_action(web, event, index, event.id, "asks for")
    if action is None or name is None:
        return
    place = web.snapshot.at(event, "actions", index)
    _tell_extensions(web, name, action.extensions, place)
    if action.done:
        at = At(place.path, (*place.keys, "done"))
        web.add(Fact(f"{name} done", Kind.DONE, at, "", action.evidence or "", action.done), name, "was done")
    if action.document:
        _tell_outcome(web, name, action.document, about)
    if action.kind == "training":
        _tell_training(web, event, action, name, about)


def _tell_outcome(web: Web, name: str, revision: RevisionId, about: About | None) -> None:
    """The revision that a document action led to; with what became of it where that belongs to what is asked."""
    document = web.snapshot.documents.get(revision.document)
    entry = document.entry(revision.label) if document else None
    if document is None or entry is None:
        web.note(name, f"there is no {revision} yet")
    elif mention_revision(web, document, entry, name, "led to", "is caused by") and (about is None or about(revision)):
        tell_revision(web, document, entry)


def _tell_training(web: Web, event: Event, action: Action, name: str, about: About | None) -> None:
    now = then(event, web.when.day)
    if web.snapshot.unreadable_below(f"{layout.ASSIGNMENTS}{event.id}/"):
        web.note(name, "an assignment file of it cannot be read", state="unknown")
    missing = lacks(web.snapshot, now, action, asked_until(web.snapshot, now, web.when))
    answers = Answers()
    wanted = [one for one, item in action_items(web.snapshot, event, action) if about is None or about(item.document)]
    for assignment in {one.assignment: one for one in wanted}.values():
        answers.take(tell_assignment(web, assignment, name, "assigns"))
    if wanted and not any(one.assignment in web.facts for one in wanted):
        web.note(name, "not assigned yet")
        return
    if answers.unknown:
        web.note(name, state="unknown")
    for lack in missing:
        if about is None or not isinstance(lack.named, RevisionId) or about(lack.named):
            _tell_lack(web, name, lack, answers)


def _tell_lack(web: Web, name: str, lack: Lack, answers: Answers) -> None:
    """What a training action lacks and no assignment shows: whom nobody assigned it to, or what is missing in it."""
    if not lack.people:
        web.note(name, str(lack))
    place = web.facts[name].at
    for person in lack.people:
        if lack.named and (document_of(lack.named), person) not in answers.asked:
            who = called(web.snapshot, person)
            fact = Fact(f"{name}, {lack.named}, {person}", Kind.OPEN, place, who, state="not-assigned", person=person)
            web.add(fact, name, f"lacks: {lack.problem}")


def _tell_extensions(web: Web, name: str, extensions: Sequence[Extension], place: At) -> None:
    for index, moved in enumerate(extensions):
        at = At(place.path, (*place.keys, "extensions", index))
        who, title = called(web.snapshot, moved.by), f"to {moved.to}: {moved.reason}"
        fact = Fact(f"{name} extension {index + 1}", Kind.EXTENSION, at, who, title, moved.on)
        web.add(fact, name, "was extended by")


# --- whether it worked, and how it ended ----------------------------------------------------------------------------


def _tell_plan(web: Web, event: Event) -> None:
    plan = event.effectiveness if isinstance(event, Capa) else None
    if not isinstance(event, Capa) or plan is None:
        return
    ends = period_ends(web.snapshot, event, asked_until(web.snapshot, event, web.when))
    notes = [f"period {plan.period}", f"assessor {plan.assessor}"]
    notes.append(f"the period ends on {ends}" if ends else "the period has not begun")
    place = web.snapshot.at(event, "effectiveness")
    state_ = "checked" if plan.checks else "not-checked"
    fact = Fact(f"{event.id} plan", Kind.PLAN, place, "", plan.criterion, state=state_, notes=tuple(notes))
    web.add(fact, event.id, "is to show")
    for index, check in enumerate(plan.checks):
        place = web.snapshot.at(event, "effectiveness", "checks", index)
        who, title = called(web.snapshot, plan.assessor_of(check)), f"{check.outcome}: {check.summary}"
        name = f"{event.id} check {index + 1}"
        web.add(Fact(name, Kind.CHECK, place, who, title, check.on, check.outcome), event.id, "was checked by")


def _tell_steps(web: Web, event: Event) -> None:
    """The dated steps that only some kinds of event have."""
    match event:
        case Nonconformance(disposition=made) if made:
            says, title = "was disposed of", f"{made.decision}: {made.rationale}"
            _decided(web, event, Kind.MILESTONE, says, made.on, ("disposition",), by=made.by, title=title)
        case AuditFinding(accepted=day, accepted_by=by) if day:
            _decided(web, event, Kind.MILESTONE, "had its response accepted", day, ("accepted",), by=by)
        case Validation(pq_completed=day) if day:
            says = "completed its performance qualification"
            _decided(web, event, Kind.MILESTONE, says, day, ("pq-completed",))


def _tell_ends(web: Web, event: Event) -> None:
    """Each closing, reopening and other end of an event."""
    settled = "released" if isinstance(event, Validation) else "closed"
    for index, again in enumerate(event.reopened):
        keys = ("reopened", index, "closed")
        _decided(web, event, Kind.CLOSURE, f"was {settled}", again.closed, keys, by=again.closed_by)
        _decided(web, event, Kind.REOPENING, "was reopened", again.on, keys[:2], by=again.by, title=again.summary)
    for key in ("verified", "closed", "released"):
        day = getattr(event, key, None)
        if day:
            _decided(web, event, Kind.CLOSURE, f"was {key}", day, (key,), by=getattr(event, f"{key}_by"))
    if event.ending:
        one, key = event.ending, event.ending_key
        _decided(web, event, Kind.ENDING, f"was {key}", one.on, (key,), by=one.by, title=one.reason)
    _tell_approvals(web, event)


def _tell_approvals(web: Web, event: Event) -> None:
    """The approvals of each closing, below the closing that they are of; below the event where that is not there."""
    keys = [f"reopened {index + 1} closed" for index in range(len(event.reopened))]
    keys.append(event.ending_key if event.ending else event.settling_key)
    for number, key in enumerate(keys, 1):
        name = f"{event.id} {key}"
        for approval in web.snapshot.file_approvals(layout.closing_approvals(event.id, number)):
            mention_approval(web, approval, name if name in web.facts else event.id)


def _decided(
    web: Web, event: Event, kind: Kind, says: str, day: date, keys: KeyPath, *, by: str | None = None, title: str = ""
) -> None:
    """Take what somebody decided about an event on a day."""
    numbered = (str(key + 1) if isinstance(key, int) else key for key in keys)
    name, place = " ".join([event.id, *numbered]), web.snapshot.at(event, *keys)
    who = called(web.snapshot, by) if by else ""
    web.add(Fact(name, kind, place, who, title, day), event.id, f"{says} by" if by else says)


# --- what the law says of it ----------------------------------------------------------------------------------------


def _ask_the_law(web: Web, event: Event) -> None:
    """What the tree rules find wrong with an event as it was on the day, at the facts that they name."""
    if web.snapshot.policy is None:
        return
    load_rules()
    shown: dict[At, str] = {}
    for name, fact in web.facts.items():
        if fact.at:
            shown.setdefault(fact.at, name)
    for name in sorted(RULES):
        rule = RULES[name]
        if rule.when is Asked.TREE and Event in rule.subjects:
            for problem in rule.judge(event, web.snapshot):
                web.fault(_nearest(problem, shown, event.id), f"{problem.message} [{name}]")


def _nearest(problem: Problem, shown: dict[At, str], otherwise: str) -> str:
    """The fact at the place of a problem, or at the nearest key above it; the event itself where there is none."""
    if isinstance(problem.at, At):
        keys = problem.at.keys
        for length in range(len(keys), 0, -1):
            found = shown.get(At(problem.at.path, keys[:length]))
            if found:
                return found
    return otherwise
