"""The page of a quality event: all that its record says, where it stands, and the chain of facts behind it (D4, D5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from qmsci.chain.graph import Chain, Fact, Kind
from qmsci.chain.trace import chain
from qmsci.completion import late_by
from qmsci.compromised import lost_approval
from qmsci.evidence import Sources
from qmsci.finding import At, Finding
from qmsci.past import then
from qmsci.records import layout
from qmsci.records.action import Ending, Extension, RootCause
from qmsci.records.base import RevisionId, key_of
from qmsci.records.event import Deviation, Disposition, Event, ManagementReview, ReviewedPeriod, Validation
from qmsci.records.training import FileApproval
from qmsci.render.chain import is_lacking, shown
from qmsci.render.site.diagram import KINDS_OF_EVENT, drawn
from qmsci.render.site.event_work import actions, assessments, effectiveness, recorded, somebody, training
from qmsci.render.site.links import (
    listed,
    moment,
    to_activity,
    to_document,
    to_event,
    to_key,
    to_person,
    to_revision,
    to_role,
)
from qmsci.render.site.mentions import mentioned
from qmsci.render.site.page import (
    Block,
    Code,
    Facts,
    Happening,
    Heading,
    Link,
    Mark,
    Notice,
    Page,
    Said,
    Table,
    Text,
    Timeline,
    Tone,
)
from qmsci.render.site.survey import Survey
from qmsci.render.words import counted
from qmsci.status import NOT_BEGUN, EventStatus, Linked, OpenEvent, open_events, status_of_event

#: How many letters of a file's digest are shown; the whole of it is at hand.
_DIGEST = 15
#: The fields that are texts of their own, in the order in which one reads them.
_TEXTS = (
    *("description", "immediate_actions", "investigation", "scope", "conclusion"),
    *("response", "evidence", "no_capa", "no_adverse_effect"),
)
#: The fields that have a place of their own on the page; all others are facts at its head.
_PLACED = {
    *("path", "id", "title", "owner", "due", "root_cause", "actions", "extensions", "reopened", "corrected"),
    *("training_assessment", "effectiveness", "inputs", "decisions", "presented", *_TEXTS),
}
#: The facts that come first, in the order in which they happen.
_FIRST = (
    *("occurred", "discovered", "received", "reported", "opened", "held", "period", "from_", "to"),
    *("accepted", "accepted_by", "pq_completed", "verified", "verified_by", "released", "released_by"),
    *("closed", "closed_by", "voided", "cancelled", "withdrawn", "classification", "risk"),
)
_CALLED = {"capa": "CAPA", "no_capa": "Why there is no CAPA", "pq_completed": "Performance qualification completed"}


def kind_of(event: Event) -> str:
    """What an event of its kind is called."""
    return KINDS_OF_EVENT[event.id.split("-", 1)[0]]


def state_mark(status: str, event: Event) -> Mark:
    """The state of an event, in words."""
    ended = {"closed": Tone.GOOD, "released": Tone.GOOD, event.ending_key: Tone.QUIET, NOT_BEGUN: Tone.QUIET}
    return Mark(status.replace("-", " "), ended.get(status, Tone.PLAIN))


def page(survey: Survey, event: Event) -> Page:
    """The page of one event."""
    return pages(survey, [event])[0]


def pages(survey: Survey, events: Iterable[Event]) -> tuple[Page, ...]:
    """The pages of some events; the history is asked once for all of them."""
    open_ = {one.event.id: one for one in open_events(survey.snapshot, survey.when)}
    found = [_told(survey, event, open_.get(event.id)) for event in events]
    sources = survey.sources(fact.at for one in found for fact in one.chain.facts.values())
    return tuple(_page(survey, one, sources) for one in found)


@dataclass(frozen=True, slots=True)
class _Told:
    """An event as its record reads on the day, where it stands, and the chain behind it."""

    event: Event
    status: EventStatus
    open_: OpenEvent | None
    chain: Chain


def _told(survey: Survey, event: Event, open_: OpenEvent | None) -> _Told:
    return _Told(
        then(event, survey.when.day),
        status_of_event(survey.library, survey.snapshot, event, survey.when),
        open_,
        chain(survey.snapshot, event.id, survey.when),
    )


def _page(survey: Survey, told: _Told, sources: Sources) -> Page:
    event, day = told.event, survey.when.day
    path = f"events/{event.id}.html"
    blocks = (
        [Notice("Not begun", f"{event.id} had not begun on {day}.")]
        if told.status.state == NOT_BEGUN
        else [*_standing(survey, told), *_record(survey, told, sources), *_chain(survey, told, sources, path)]
    )
    return Page(
        path,
        f"{event.id}: {event.title}",
        (_head(survey, told), *blocks),
        kind=kind_of(event),
        keys=(event.id, event.title),
        words=" ".join(text for name in _TEXTS if (text := getattr(event, name, None))),
        description=f"{kind_of(event)} {event.id}, {told.status.state.replace('-', ' ')} on {day}",
    )


# --- the head -------------------------------------------------------------------------------------------------------


def _head(survey: Survey, told: _Told) -> Facts:
    event, state = told.event, told.status.state
    rows: list[tuple[str, Said]] = [
        ("Kind", kind_of(event)),
        ("State", state_mark(state, event)),
        ("Owner", somebody(survey, event.owner) if event.owner else "nobody is named"),
    ]
    if told.open_:
        rows += _lasting(told.open_, survey.when.day)
    if event.due:
        moved = f", extended from {event.due}" if event.extensions else ""
        rows.append(("To be closed by", f"{event.extensions[-1].to if event.extensions else event.due}{moved}"))
    for name in dict.fromkeys((*_FIRST, *type(event).model_fields)):
        value = getattr(event, name, None)
        if name not in _PLACED and value not in (None, ()):
            rows.append((_called(name), _said(survey, name, value)))
    return Facts(tuple(rows))


def _lasting(one: OpenEvent, day: date) -> Iterator[tuple[str, Said]]:
    if one.since:
        yield "Open for", f"{counted((day - one.since).days, 'day')}, since {one.since}"
    if one.deadline:
        yield "Next deadline", Mark(f"overdue since {one.deadline}", Tone.BAD) if one.late else one.deadline.isoformat()


def _called(name: str) -> str:
    return _CALLED.get(name) or key_of(name).replace("-", " ").capitalize()


#: What the ids in a field name.
_LINKS: dict[str, Callable[[Survey, str], Said]] = {
    **dict.fromkeys(("people", "auditor", "person"), somebody),
    **dict.fromkeys(("closed_by", "verified_by", "released_by", "accepted_by"), somebody),
    **dict.fromkeys(("documents", "document"), to_document),
    **dict.fromkeys(("sources", "capa"), to_event),
    **dict.fromkeys(("activity", "activities"), to_activity),
    "role": to_role,
}


def _said(survey: Survey, name: str, value: Any) -> Said:
    """The value of a field, with links."""
    match value:
        case tuple():
            return listed([_said(survey, name, one) for one in value])
        case bool():
            return "yes" if value else "no"
        case datetime():
            return moment(value)
        case date():
            return value.isoformat()
        case ReviewedPeriod():
            return f"{value.from_} to {value.to}"
        case Ending():
            return f"{value.on}, by ", somebody(survey, value.by), ": ", mentioned(survey, value.reason)
        case Disposition():
            decided = f"{value.decision}, decided on {value.on} by "
            return decided, somebody(survey, value.by), ": ", mentioned(survey, value.rationale)
    link = _LINKS.get(name)
    return link(survey, value) if link else mentioned(survey, str(value))


# --- where it stands ------------------------------------------------------------------------------------------------


def _standing(survey: Survey, told: _Told) -> Iterator[Block]:
    """What stands in the way of closing it; of an event that has ended, how it did, and what the law says of that."""
    event, status, day = told.event, told.status, survey.when.day
    settled = "released" if isinstance(event, Validation) else "closed"
    if status.in_the_way is None:
        yield Text(_ended(survey, event))
        if status.objections:
            yield Notice("The rules object to how it ended", "As the records are now, they refuse it.", Tone.BAD)
            yield _findings("objections", "Objections of the rules", status.objections)
        return
    yield Heading("What stands in the way of closing it", "in-the-way")
    if status.in_the_way:
        yield Text(f"What the rules would say if it were {settled} on {day}, as the records are.")
        yield _findings("in-the-way", "In the way", status.in_the_way)
    else:
        yield Text(f"Nothing would stand in the way, if it were {settled} on {day}.", Tone.GOOD)


def _ended(survey: Survey, event: Event) -> Said:
    if event.ending:
        return f"It was {event.ending_key} on ", _said(survey, "", event.ending)
    by = getattr(event, f"{event.settling_key}_by", None)
    who: Said = (" by ", somebody(survey, by)) if by else ""
    return f"It was {event.settling_key} on {event.settled}", who, "."


def _findings(name: str, caption: str, found: Sequence[Finding]) -> Table:
    return Table(
        name,
        caption,
        ("Rule", "What it says", "Weight", "Where"),
        tuple(
            (
                Link(one.rule, f"rules/{one.rule}.html"),
                one.message,
                Mark(one.severity.value, Tone.BAD if one.severity == "error" else Tone.WARN),
                Code(f"{one.place.path}:{one.place.line}"),
            )
            for one in found
        ),
    )


# --- the record -----------------------------------------------------------------------------------------------------


def _record(survey: Survey, told: _Told, sources: Sources) -> Iterator[Block]:
    event = told.event
    for name in _TEXTS:
        if text := getattr(event, name, None):
            yield Heading(_called(name), name.replace("_", "-"))
            yield from (Text(mentioned(survey, part, event.id)) for part in text.split("\n\n"))
    if isinstance(event, ManagementReview):
        yield from _review(survey, event)
    if event.root_cause:
        yield from _cause(survey, event.root_cause)
    if isinstance(event, Deviation):
        yield from assessments(survey, event)
    yield from actions(survey, told.status)
    yield from training(survey, told.status, told.chain, sources)
    if told.status.plan:
        yield from effectiveness(survey, told.status.plan)
    yield from _ends(survey, event)
    yield from _approvals(survey, event)
    yield from _moved(survey, event)
    yield from _linked(survey, told.status)


def _review(survey: Survey, event: ManagementReview) -> Iterator[Block]:
    for name in ("inputs", "decisions"):
        if some := getattr(event, name):
            yield Heading(_called(name), name)
            yield from (Text(mentioned(survey, one, event.id)) for one in some)
    if event.presented:
        heads = "Figure", "What was shown"
        yield Table("presented", "The figures that it was shown", heads, tuple(event.presented.items()), csv=True)


def _cause(survey: Survey, cause: RootCause) -> Iterator[Block]:
    fields = (
        *(("Category", cause.category), ("Cause", cause.summary)),
        *(("Found by", cause.method), ("Evidence", cause.evidence)),
    )
    yield Heading("Root cause", "root-cause")
    yield Facts(tuple((name, mentioned(survey, text)) for name, text in fields if text))


def _ends(survey: Survey, event: Event) -> Iterator[Block]:
    """Closings that were undone, by which reopening; and what was put right in the record."""
    if event.reopened:
        yield Heading("Reopened", "reopened")
        yield Table(
            "reopened",
            "Closings that were undone",
            ("Closed", "Closed by", "Reopened", "Reopened by", "Why"),
            tuple(
                (
                    *(one.closed.isoformat(), somebody(survey, one.closed_by)),
                    *(one.on.isoformat(), somebody(survey, one.by), mentioned(survey, one.summary)),
                )
                for one in event.reopened
            ),
        )
    if event.corrected:
        yield Heading("Corrected", "corrected")
        yield Table(
            "corrected",
            "What was put right in the record",
            ("Day", "By", "What was wrong"),
            tuple(
                (one.on.isoformat(), somebody(survey, one.by), mentioned(survey, one.reason)) for one in event.corrected
            ),
        )


def _approvals(survey: Survey, event: Event) -> Iterator[Block]:
    """Who approved each closing, when, and as what (21 CFR 11.50)."""
    closings = [f"closing of {one.closed}" for one in event.reopened]
    closings.append(f"{event.ending_key if event.ending else 'closing'} of {event.ended}")
    rows = [
        _approval(survey, said, approval)
        for number, said in enumerate(closings, 1)
        for approval in survey.snapshot.file_approvals(layout.closing_approvals(event.id, number))
        if approval.at <= survey.when.instant
    ]
    if rows:
        yield Heading("Approvals of the closing", "approvals")
        yield Table(
            "approvals",
            "Who approved that it was closed",
            ("Approved by", "What", "Date and time", "Meaning", "Signature", "Digest of the file as closed"),
            tuple(rows),
            csv=True,
        )


def _approval(survey: Survey, said: str, approval: FileApproval) -> tuple[Said, ...]:
    void = lost_approval(survey.snapshot, approval, survey.when.instant)
    key: Said = (", key ", to_key(approval.key)) if approval.key else ""
    return (
        (to_person(survey, approval.by), f" {approval.name}"),
        said,
        moment(approval.at),
        approval.meaning,
        (Mark("counts for nothing", Tone.BAD), f": {void}") if void else (approval.evidence, key),
        Code(approval.digest, _DIGEST),
    )


def _moved(survey: Survey, event: Event) -> Iterator[Block]:
    """The due dates that were moved, of the event and of its actions."""
    moved = [("the event", event.due, one) for one in event.extensions]
    moved += [(f"action {action.id}", action.due, one) for action in event.actions for one in action.extensions]
    if moved:
        yield Heading("Extensions", "extensions")
        yield Table(
            "extensions",
            "Due dates that were moved",
            ("Of", "First due", "Moved to", "Decided on", "By", "Why"),
            tuple(_extension(survey, of, due, one) for of, due, one in moved),
        )


def _extension(survey: Survey, of: str, due: date | None, one: Extension) -> tuple[Said, ...]:
    days = str(due or ""), one.to.isoformat(), one.on.isoformat()
    return of, *days, somebody(survey, one.by), mentioned(survey, one.reason)


_HOW = {Linked.SOURCE: "it arose from", Linked.CAPA: "it is answered by", Linked.FOLLOW_UP: "it led to"}


def _linked(survey: Survey, status: EventStatus) -> Iterator[Block]:
    if status.linked:
        yield Heading("Linked events", "linked")
        yield Table(
            "linked",
            "Events that it is linked with",
            ("Event", "How", "Title", "State"),
            tuple(
                (
                    to_event(survey, name),
                    _HOW[how],
                    found.title if (found := survey.snapshot.events.get(name)) else "",
                    (state or "not there").replace("-", " "),
                )
                for name, how, state in status.linked
            ),
        )


# --- the chain ------------------------------------------------------------------------------------------------------


def _chain(survey: Survey, told: _Told, sources: Sources, path: str) -> Iterator[Block]:
    """What led to it and what came of it: drawn, and as a timeline that says the same in words."""
    yield Heading("The chain", "chain")
    yield Text("What led to it and what came of it, up to the day of this site.")
    yield drawn(told.chain, path, lambda fact: _target(survey, fact))
    yield Heading("Timeline", "timeline", 3)
    yield Text(
        "The facts of the chain by their days; what the records give no day stands at the end. After each fact stands"
        " where it is recorded, and the commit that brought it to main. Of many people who did alike, it is said once."
    )
    yield Timeline(tuple(_happenings(survey, told, sources)))


def _target(survey: Survey, fact: Fact) -> str | None:
    """The page of a fact."""
    if fact.person:
        said = to_person(survey, fact.person)
    elif fact.kind is Kind.REVISION:
        said = to_revision(survey, RevisionId(*fact.id.split("@")))
    else:
        said = to_event(survey, fact.id)
    return said.to if isinstance(said, Link) else None


def _happenings(survey: Survey, told: _Told, sources: Sources) -> Iterator[Happening]:
    seen = shown(told.chain, everybody=False)
    into = {link.target: f"{link.source} {link.says}" for link in reversed(seen.links)}
    for fact in sorted(seen.facts.values(), key=lambda fact: fact.day or date.max):
        tone = Tone.BAD if fact.faults else Tone.WARN if is_lacking(fact) else Tone.PLAIN
        said = _sentence(survey, fact, into.get(fact.id, ""), told.event.id)
        place = _place(survey, fact.at, sources) if fact.at else ""
        yield Happening(fact.day.isoformat() if fact.day else "", (said, place), tone)


def _sentence(survey: Survey, fact: Fact, led: str, here: str) -> Said:
    """What a fact says: what led to it, its name and title, how it stands, and what the rules find wrong with it."""
    start = KINDS_OF_EVENT[fact.id.split("-", 1)[0]] if fact.kind is Kind.EVENT else led
    stands = "; ".join(filter(None, [(fact.state or "").replace("-", " "), *fact.notes]))
    text = ": ".join(filter(None, [f"{start} {fact.name}".strip(), fact.title])) + (f" ({stands})" if stands else "")
    faults = tuple((" ", Mark("!", Tone.BAD), f" {fault}.") for fault in fact.faults)
    return mentioned(survey, text, here), *faults


def _place(survey: Survey, at: At, sources: Sources) -> Said:
    source = sources.get(at)
    return (" (", recorded(source), f"{late_by(survey.snapshot, at, source.held_against)})") if source else ""
