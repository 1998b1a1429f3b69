"""How far something is: for the terminal, and for programs."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from click import style

from qmsci.completion import Lacking
from qmsci.finding import Finding
from qmsci.past import then
from qmsci.programme import Independence, OpenItem, Progress, Qualification, Standing, Step, Work, next_step
from qmsci.records.action import Action
from qmsci.records.event import KINDS, Event, Validation
from qmsci.render.words import counted, in_json, visible
from qmsci.status import (
    NOT_BEGUN,
    ActionStatus,
    DocumentStatus,
    EventStatus,
    Linked,
    OpenAction,
    OpenEvent,
    Overview,
    PersonStatus,
    RevisionState,
    RevisionStatus,
    RoleHeld,
    RoleStatus,
    Status,
    Trainee,
    dates_of,
)
from qmsci.timeline import Days, Span

#: The longest progress bar, in characters; a shorter programme has one for each step.
_BAR = 20
#: How wide prose is, and how long what people wrote may be in a table, in characters.
_PROSE, _CELL = 110, 64
_COLOURS = {
    Qualification.QUALIFIED: "green",
    Qualification.EXPIRING: "yellow",
    Qualification.WAIVED: "green",
    Qualification.LAPSED: "red",
    Qualification.SUSPENDED: "red",
    Independence.INDEPENDENT: "green",
    Independence.NO: "red",
}
_ALONE = {
    Independence.INDEPENDENT: "independent",
    Independence.SUPERVISED: "under supervision",
    Independence.NO: "no",
}
_LINKED = {Linked.SOURCE: "arose from", Linked.CAPA: "answered by", Linked.FOLLOW_UP: "led to"}


def bar(done: int, number: int) -> str:
    """
    A progress bar of characters, with its numbers; it is full only when everything is done.

    >>> bar(7, 9), bar(99, 100)
    ('[#######..] 7 of 9', '[###################.] 99 of 100')
    """
    width = min(number, _BAR)
    filled = done * width // number if number else 0
    return f"[{'#' * filled}{'.' * (width - filled)}] {done} of {number}"


# --- text -----------------------------------------------------------------------------------------------------------


def as_text(status: Status) -> str:
    """A status for the terminal."""
    match status:
        case PersonStatus():
            lines = _person(status)
        case RoleStatus():
            lines = _role(status)
        case DocumentStatus():
            lines = _document(status)
        case Overview():
            lines = _overview(status)
        case _:
            lines = _event(status)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _head(name: str, title: str, day: date) -> str:
    return style(visible(f"{name}  {title}"), bold=True) + f"  on {day}"


def _heading(text: str) -> list[str]:
    return ["", style(visible(text), bold=True)]


def _prose(text: str, indent: int = 2) -> list[str]:
    """A paragraph, in lines that are not too wide."""
    first, rest = " " * indent, " " * (indent + 2)
    return textwrap.wrap(visible(text), _PROSE, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)


def _clipped(text: str) -> str:
    return text if len(text) <= _CELL else f"{text[: _CELL - 1]}…"


Cell = str | tuple[str, str | None]


def _table(rows: Iterable[Sequence[Cell]], indent: int = 2) -> Iterator[str]:
    """Rows with their columns in line; a cell may have a colour. A column that is empty in every row is left out."""
    plain = [
        [(visible(cell), None) if isinstance(cell, str) else (visible(cell[0]), cell[1]) for cell in row]
        for row in rows
    ]
    widths = [max(len(cell[0]) for cell in column) for column in zip(*plain, strict=True)]
    for row in plain:
        cells = [
            _coloured(text, colour) + " " * (width - len(text))
            for (text, colour), width in zip(row, widths, strict=True)
            if width
        ]
        yield " " * indent + "  ".join(cells)


def _coloured(text: str, colour: str | None) -> str:
    return style(text, fg=colour) if colour and text else text


def _span(span: Span, day: date) -> str:
    """An interval in words: since when, from when, or from when to when."""
    if span.last < date.max:
        return f"{span.first} to {span.last}"
    return f"{'since' if span.first <= day else 'from'} {span.first}"


def _spans(days: Days, day: date) -> str:
    return ", ".join(_span(span, day) for span in days)


# --- a person, a role -----------------------------------------------------------------------------------------------


def _person(status: PersonStatus) -> Iterator[str]:
    who, day = status.person, status.when.day
    yield _head(who.id, who.name, day)
    employed = _spans([Span(span.from_, span.to or date.max) for span in who.employed], day)
    yield f"  {who.kind} {employed}" + ("" if status.employed else style(f"; not employed on {day}", fg="red"))
    if status.leave:
        yield style(f"  on leave {_span(status.leave, day)}", fg="yellow")
    for role in status.roles:
        yield from _role_held(role, day)
    if not status.roles:
        yield "  holds no role"
    if status.assignments:
        yield from _heading("Open assignments beside these")
        yield from _table(
            (str(one.item.document), _due(one.due, one.late), one.assignment.assignment, _not_passed(one.failed))
            for one in status.assignments
        )
    if status.retraining:
        yield from _heading("Suspended until retrained by")
        yield from _table(map(_retraining, status.retraining))
    if status.events:
        yield from _heading("Open events of theirs")
        yield from _table(
            (one.event.id, _words(one.state), _due(one.deadline, one.late), _clipped(one.event.title))
            for one in status.events
        )
    if status.actions:
        yield from _heading("Open actions of theirs")
        yield from _table(map(_open_action, status.actions))


def _open_action(one: OpenAction) -> Sequence[Cell]:
    action = one.action
    said = action.title or action.summary or ""
    return f"{one.event.id} action {action.id}", action.kind, _due(action.deadline, one.late), _clipped(said)


def _retraining(pair: tuple[Event, Action]) -> Sequence[Cell]:
    event, action = pair
    documents = ", ".join(map(str, action.documents))
    since = f"since {action.opened or event.begun}"
    return (
        f"{event.id} action {action.id}",
        documents,
        since,
        f"due {action.deadline}",
        _clipped(action.title or event.title),
    )


def _role_held(role: RoleHeld, day: date) -> Iterator[str]:
    yield from _heading(f"{role.name}  {role.title or 'there is no such role'}, {_spans(role.days, day)}")
    if not role.steps and not role.work:
        ended = all(span.last < day for span in role.days)
        yield "  ended" if ended else "  nothing is to be learnt for it"
        return
    yield f"  {_progress(role.steps)}"
    yield from _table(_step_row(step, day) for step in role.steps)
    yield from ["", *_table(_work_row(one) for one in role.work)] if role.work else []


def _progress(steps: Sequence[Progress]) -> str:
    """How many of some steps are done, and which is next."""
    following = next_step(steps)
    done = sum(step.standing.verdict.yes for step in steps)
    return f"{bar(done, len(steps))} qualified" + (f"; next: {following.step.revision}" if following else "")


def _step_row(progress: Progress, day: date) -> Sequence[Cell]:
    step, now = progress.step, progress.standing
    coming = f"from {step.entry.effective}" if step.entry.effective > day else ""
    return (
        str(step.revision),
        coming,
        _state(now),
        _missing(progress),
        _due(now.due, now.late),
        _valid(now),
        _clipped(step.document.title),
    )


def _state(standing: Standing) -> Cell:
    return standing.state.replace("-", " "), _COLOURS.get(standing.state)


def _missing(progress: Progress) -> str:
    said = "; ".join(filter(None, [_lacking(progress.standing), _not_passed(progress.standing.failed)]))
    return f"{said}; after {', '.join(progress.blocked_by)}" if progress.blocked_by else said


def _lacking(standing: Standing) -> str:
    """What is missing, in words: a training, a refresher, a retraining."""
    words = {Qualification.LAPSED: "refresher: ", Qualification.SUSPENDED: "retraining: "}
    return f"{words.get(standing.state, '')}{standing.missing}" if standing.missing else ""


def _not_passed(attempts: int) -> str:
    return f"not passed in {counted(attempts, 'attempt')}" if attempts else ""


def _due(due: date | None, late: bool) -> Cell:
    if due is None:
        return ""
    return (f"overdue since {due}", "red") if late else f"due {due}"


def _valid(standing: Standing) -> str:
    return f"valid through {standing.valid_through}" if standing.valid_through else ""


def _work_row(work: Work) -> Sequence[Cell]:
    why = "" if work.verdict else work.verdict.reason
    return work.activity, (_ALONE[work.how], _COLOURS.get(work.how)), why


def _role(status: RoleStatus) -> Iterator[str]:
    role, day = status.role, status.when.day
    yield _head(role.id, role.title, day)
    yield from _prose(role.purpose)
    yield from _heading("Curriculum, in order")
    yield from _table(_curriculum_row(number, step, day) for number, step in enumerate(status.steps, 1))
    if not status.steps:
        yield "  it requires no document"
    yield from _heading("Holders")
    yield from _table(
        (holder.person.id, holder.person.name, _away(holder.since, holder.on_leave, day), _progress(holder.steps))
        for holder in status.holders
    )
    if not status.holders:
        yield "  nobody holds it"


def _curriculum_row(number: int, step: Step, day: date) -> Sequence[Cell]:
    tasks = f"; {counted(step.supervised, 'supervised task')}" if step.supervised else ""
    return (
        f"{number}.",
        str(step.revision),
        f"from {step.entry.effective}" if step.entry.effective > day else "",
        ", ".join(step.method) + tasks,
        ", ".join(step.reasons),
        f"after {', '.join(step.prerequisites)}" if step.prerequisites else "",
        _clipped(step.document.title),
    )


def _away(since: date, on_leave: bool, day: date) -> Cell:
    if since > day:
        return f"from {since}"
    return ("on leave", "yellow") if on_leave else ""


# --- a document -----------------------------------------------------------------------------------------------------


def _document(status: DocumentStatus) -> Iterator[str]:
    document, day = status.document, status.when.day
    yield _head(document.id, document.title, day)
    yield visible(
        f"  owned by {document.owner}; for {document.purpose}; governs {', '.join(document.governs) or 'nothing'}"
    )
    if document.retired:
        yield f"  retired from {document.retired}"
    yield from _heading("Revisions")
    yield from _table(
        (
            one.entry.revision,
            (one.state.replace("-", " "), "green" if one.state is RevisionState.IN_FORCE else None),
            f"effective {one.entry.effective}",
            f"impact {one.entry.impact}",
            _qualified_by(one, day),
            _clipped(one.entry.summary),
        )
        for one in status.revisions
    )
    for lost in filter(None, (one.bereft for one in status.revisions)):
        yield from (style(line, fg="red") for line in _prose(str(lost)))
        if lost.subject:
            yield f"  next: qmsci approve {visible(lost.subject)}"
    yield from _heading("Reaches")
    yield from _table((role.id, ", ".join(why)) for role, why in status.roles)
    if not status.roles:
        yield "  no role"
    for entry, people in status.training:
        done = sum(one.standing.verdict.yes for one in people)
        yield from _heading(f"To be trained on {document.named(entry)}: {bar(done, len(people))} qualified")
        yield from _table(_trainee_row(one, day) for one in people)


def _qualified_by(one: RevisionStatus, day: date) -> str:
    """How many were qualified in time; of a revision that is withdrawn, nobody is asked to be."""
    if one.state is RevisionState.WITHDRAWN:
        return "owed by nobody"
    return f"{one.qualified} of {one.affected} qualified {'so far' if one.entry.effective > day else 'by then'}"


def _trainee_row(trainee: Trainee, day: date) -> Sequence[Cell]:
    now = trainee.standing
    return (
        trainee.person.id,
        trainee.person.name,
        ", ".join(trainee.roles),
        _away(trainee.since, trainee.on_leave, day),
        _state(now),
        _due(now.due, now.late),
        "" if now.verdict else now.verdict.reason,
    )


# --- a quality event ------------------------------------------------------------------------------------------------


def _event(status: EventStatus) -> Iterator[str]:
    event, day = status.event, status.when.day
    yield _head(event.id, event.title, day)
    owner = f"; owner {event.owner}" if event.owner else ""
    stands = f"{event.id} had not begun on {day}" if status.state == NOT_BEGUN else _words(status.state)
    yield visible(f"  {stands}{owner}")
    for key, value in dates_of(event).items():
        yield f"  {key.replace('-', ' ')} {value.isoformat()}"
    for again in event.reopened:
        yield visible(
            f"  closed {again.closed} by {again.closed_by}, reopened {again.on} by {again.by}: {again.summary}"
        )
    if event.actions:
        yield from _heading("Actions")
        for row, action in zip(_table(map(_action_row, status.actions)), status.actions, strict=True):
            yield row
            yield from (line for lack in action.lacks for line in _prose(str(lack), 6))
    if status.plan:
        yield from _plan(status)
    yield from _way(status)
    if status.linked:
        yield from _heading("Linked events")
        yield from _table((_LINKED[how], name, _words(state or "not there")) for name, how, state in status.linked)


def _words(state: str) -> str:
    return state.replace("-", " ")


def _action_row(status: ActionStatus) -> Sequence[Cell]:
    action = status.action
    named = (*action.documents, *filter(None, [action.document]))
    said = action.title or action.summary or ""
    done = (f"done {status.done}", "green") if status.done else _due(action.deadline, status.late)
    return f"{action.id}.", action.kind, done, action.owner or "", ", ".join(map(str, named)), _clipped(said)


def _plan(status: EventStatus) -> Iterator[str]:
    assert status.plan
    plan, day = status.plan.plan, status.when.day
    yield from _heading("Effectiveness")
    yield from _prose(f"{plan.criterion}; assessed by {plan.assessor}")
    ends = status.plan.period_ends
    runs = "counted from the last training" if status.plan.period_begins else "not begun"
    yield f"  period of {plan.period}: " + (f"{'ended' if ends < day else 'ends'} {ends}" if ends else runs)
    for check in plan.checks:
        yield from _prose(f"checked {check.on} by {plan.assessor_of(check)}: {check.outcome}: {check.summary}")
    if status.plan.next_check:
        late = status.plan.next_check < day
        said = f"  a check is {'overdue since' if late else 'due from'} {status.plan.next_check}"
        yield style(said, fg="red") if late else said


def _way(status: EventStatus) -> Iterator[str]:
    """What stands in the way of closing it; of an event that is not open, how it ended."""
    day, key = status.when.day, "released" if isinstance(status.event, Validation) else "closed"
    if status.state == NOT_BEGUN:
        return
    if status.in_the_way is None:
        yield from ["", *_prose(_not_open(status), 0)]
        if status.objections:
            yield from _heading("The law refuses that, as the records are now")
            yield from _findings(status.objections)
        return
    if not status.in_the_way:
        yield from ["", style(f"Nothing would stand in the way, if it were {key} on {day}.", fg="green")]
        return
    yield from _heading(f"In the way, if it were {key} on {day}")
    yield from _findings(status.in_the_way)


def _findings(findings: Iterable[Finding]) -> Iterator[str]:
    for finding in findings:
        yield from _prose(f"{finding.message} ({finding.rule})")


def _not_open(status: EventStatus) -> str:
    event = then(status.event, status.when.day)  # which was reopened since, maybe
    if event.ending:
        return f"It was {event.ending_key} on {event.ending.on} by {event.ending.by}: {event.ending.reason}"
    by = getattr(event, f"{event.settling_key}_by", None)
    said = f"It was {event.settling_key} on {event.settled}{f' by {by}' if by else ''}"
    return f"{said}." if status.objections else f"{said}; nothing is asked of anybody."


# --- all that is open -----------------------------------------------------------------------------------------------


def _overview(status: Overview) -> Iterator[str]:
    day = status.when.day
    if not status.events:
        yield f"no quality event is open on {day}"
        return
    yield style("Open quality events", bold=True) + f"  on {day}"
    yield from _table(
        (
            one.event.id,
            _words(one.state),
            counted((day - one.since).days, "day") if one.since else "",
            one.event.owner or "",
            _due(one.deadline, one.late),
            _clipped(following),
        )
        for one, following in status.events
    )
    if late := status.late_actions:
        yield from _heading("Open actions past their deadline")
        yield from _table((*_open_action(one), one.action.owner or "") for one in late)
    kinds = ", ".join(f"{number} {kind}" for kind, number in _counts(status).items() if number)
    yield from ["", f"{len(status.events)} open: {kinds}"]


def _counts(status: Overview) -> dict[str, int]:
    """How many events of each kind are open."""
    number = Counter(_kind(one.event) for one, _ in status.events)
    return {kind: number[kind] for kind in sorted(KINDS)}


def _kind(event: Event) -> str:
    return event.id.split("-", 1)[0]


# --- JSON -----------------------------------------------------------------------------------------------------------


def as_json(status: Status, on: str, unreadable: Sequence[str] = (), known: str | None = None) -> str:
    """
    A status as one JSON object, format 1. Days are ISO dates, null where there is none; lists are in the order shown.

    - `format`: 1. `kind`: `person`, `role`, `document`, `event` or `overview`. `id`: its id. `on`: the day or moment
      asked about; `known_at`: that of which main was asked, or null. `title`: its title, or the person's name. An
      overview has neither id nor title. `unreadable`: paths that could not be read, and so were left out.
    - person: `employment` (`employee`, `contractor`), `employed`, `leave` (`{"from", "to"}` or null), `roles`,
      `assignments` (`{"assignment", "document", "cause", "due", "overdue"}`: open, and in no programme below),
      `retraining` (`{"event", "action", "documents", "since", "due"}`: what suspends the person until it is done), and
      `events` and `actions`, as an overview has them: open, and owned by the person.
    - `roles` of a person: `{"role", "title", "days": [{"from", "to"}], "held", "qualified", "of", "next", "steps",
      "activities"}`; `qualified` of `of` steps are done, `next` is the revision to learn next. A step is what
      `curriculum` has, and `{"state", "qualified", "reason", "missing", "supervised_done", "due", "overdue",
      "valid_through", "blocked_by"}`; `missing` lists parts of the method. An activity is `{"activity", "work",
      "reason"}`, its `work` `independent`, `supervised` or `no`.
    - role: `purpose`, `curriculum` (`{"document", "title", "effective", "purpose", "why", "prerequisites", "method",
      "supervised"}`, in order) and `holders` (`{"person", "name", "from", "on_leave", "qualified", "of", "next"}`).
    - document: `owner`, `purpose`, `governs`, `retired`, `revision` (the one asked for, or null), `revisions`
      (`{"revision", "state", "effective", "impact", "summary", "qualified_in_time", "affected", "approval_lost"}`, the
      last one the reason or null), `roles` (`{"role", "why"}`) and `training` (`{"revision", "people": [{"person",
      "name", "roles", "from", "on_leave", "state", "qualified", "reason", "due", "overdue"}]}`: who must be trained on
      what is in force or coming).
    - event: `type` (the prefix of its id), `state`, `open`, `owner`, `dates` (by their keys), `actions` (`{"id",
      "kind", "title", "owner", "deadline", "overdue", "done", "lacks": [{"document", "problem", "people"}]}`),
      `effectiveness` (`{"criterion", "period", "assessor", "period_begins", "period_ends", "next_check", "checks":
      [{"on", "by", "outcome", "summary"}]}` or null; the period ends on no day while an action is open), `in_the_way`
      (`{"rule", "severity", "message"}`, null where it is not open), `objections` (the same: to how it has ended),
      `reopened` (`{"on", "by", "summary", "closed", "closed_by"}`) and `linked` (`{"event", "as", "state"}`, `as`
      `source`, `capa` or `follow-up`). A `state` is `not-begun` before the beginning.
    - overview: `events` (`{"event", "title", "state", "since", "age", "owner", "deadline", "overdue", "next"}`: those
      that are open; `age` in days, null like `since` where nobody says when it was opened; `next` in words),
      `actions_overdue` (`{"event", "action", "kind", "title", "owner", "deadline", "overdue"}`) and `counts` (of open
      events, by kind).
      The events of a person have no `next`.
    """
    if isinstance(status, Overview):
        whole: Json = {"format": 1, "kind": "overview", "on": on, "known_at": known, **_overview_json(status)}
        return _written(whole, unreadable)
    match status:
        case PersonStatus():
            kind, name, title, facts = "person", status.person.id, status.person.name, _person_json(status)
        case RoleStatus():
            kind, name, title, facts = "role", status.role.id, status.role.title, _role_json(status)
        case DocumentStatus():
            kind, name, title, facts = "document", status.document.id, status.document.title, _document_json(status)
        case _:
            kind, name, title, facts = "event", status.event.id, status.event.title, _event_json(status)
    head = {"format": 1, "kind": kind, "id": name, "on": on, "known_at": known, "title": title}
    return _written({**head, **facts}, unreadable)


Json = dict[str, object]


def _written(answer: Json, unreadable: Sequence[str]) -> str:
    return in_json({**answer, "unreadable": list(unreadable)}) + "\n"


def _day(day: date | datetime | None) -> str | None:
    return day.isoformat() if day and day != date.max else None


def _interval(span: Span) -> Json:
    return {"from": _day(span.first), "to": _day(span.last)}


def _person_json(status: PersonStatus) -> Json:
    return {
        "employment": status.person.kind,
        "employed": status.employed,
        "leave": _interval(status.leave) if status.leave else None,
        "roles": [_role_held_json(role) for role in status.roles],
        "assignments": [_item_json(one) for one in status.assignments],
        "retraining": [
            {
                "event": event.id,
                "action": action.id,
                "documents": [str(named) for named in action.documents],
                "since": _day(action.opened or event.begun),
                "due": _day(action.deadline),
            }
            for event, action in status.retraining
        ],
        "events": [_open_event_json(one, status.when.day) for one in status.events],
        "actions": [_open_action_json(one) for one in status.actions],
    }


def _item_json(one: OpenItem) -> Json:
    return {
        "assignment": one.assignment.assignment,
        "document": str(one.item.document),
        "cause": one.assignment.cause,
        "due": _day(one.due),
        "overdue": one.late,
    }


def _role_held_json(role: RoleHeld) -> Json:
    return {
        "role": role.name,
        "title": role.title,
        "days": [_interval(span) for span in role.days],
        "held": role.held,
        **_progress_json(role.steps),
        "steps": [_step_json(step) for step in role.steps],
        "activities": [
            {"activity": one.activity, "work": one.how.value, "reason": one.verdict.reason} for one in role.work
        ],
    }


def _progress_json(steps: Sequence[Progress]) -> Json:
    following = next_step(steps)
    return {
        "qualified": sum(step.standing.verdict.yes for step in steps),
        "of": len(steps),
        "next": str(following.step.revision) if following else None,
    }


def _step_json(progress: Progress) -> Json:
    now, missing = progress.standing, progress.standing.missing or Lacking(())
    return {
        **_curriculum_json(progress.step),
        **_standing_json(now),
        "missing": list(missing.parts),
        "supervised_done": missing.tasks_done if missing.tasks_asked else None,
        "valid_through": _day(now.valid_through),
        "blocked_by": list(progress.blocked_by),
    }


def _standing_json(standing: Standing) -> Json:
    return {
        "state": standing.state.value,
        "qualified": standing.verdict.yes,
        "reason": standing.verdict.reason,
        "due": _day(standing.due),
        "overdue": standing.late,
    }


def _role_json(status: RoleStatus) -> Json:
    return {
        "purpose": status.role.purpose,
        "curriculum": [_curriculum_json(step) for step in status.steps],
        "holders": [
            {
                "person": holder.person.id,
                "name": holder.person.name,
                "from": _day(holder.since),
                "on_leave": holder.on_leave,
                **_progress_json(holder.steps),
            }
            for holder in status.holders
        ],
    }


def _curriculum_json(step: Step) -> Json:
    return {
        "document": str(step.revision),
        "title": step.document.title,
        "effective": _day(step.entry.effective),
        "purpose": step.document.purpose,
        "why": list(step.reasons),
        "prerequisites": list(step.prerequisites),
        "method": list(step.method),
        "supervised": step.supervised,
    }


def _document_json(status: DocumentStatus) -> Json:
    document = status.document
    return {
        "owner": document.owner,
        "purpose": document.purpose,
        "governs": list(document.governs),
        "retired": _day(document.retired),
        "revision": status.asked.revision if status.asked else None,
        "revisions": [
            {
                "revision": one.entry.revision,
                "state": one.state.value,
                "effective": _day(one.entry.effective),
                "impact": one.entry.impact,
                "summary": one.entry.summary,
                "qualified_in_time": one.qualified,
                "affected": one.affected,
                "approval_lost": str(one.bereft) if one.bereft else None,
            }
            for one in status.revisions
        ],
        "roles": [{"role": role.id, "why": list(why)} for role, why in status.roles],
        "training": [
            {"revision": entry.revision, "people": [_trainee_json(one) for one in people]}
            for entry, people in status.training
        ],
    }


def _trainee_json(trainee: Trainee) -> Json:
    return {
        "person": trainee.person.id,
        "name": trainee.person.name,
        "roles": list(trainee.roles),
        "from": _day(trainee.since),
        "on_leave": trainee.on_leave,
        **_standing_json(trainee.standing),
    }


def _event_json(status: EventStatus) -> Json:
    event, way = status.event, status.in_the_way
    return {
        "type": _kind(event),
        "state": status.state,
        "open": way is not None,
        "owner": event.owner,
        "dates": {key: _day(value) for key, value in dates_of(event).items()},
        "actions": [_action_json(action) for action in status.actions],
        "effectiveness": _plan_json(status),
        "in_the_way": None if way is None else _findings_json(way),
        "objections": _findings_json(status.objections),
        "reopened": [
            {
                "on": _day(again.on),
                "by": again.by,
                "summary": again.summary,
                "closed": _day(again.closed),
                "closed_by": again.closed_by,
            }
            for again in event.reopened
        ],
        "linked": [{"event": name, "as": how.value, "state": state} for name, how, state in status.linked],
    }


def _findings_json(findings: Iterable[Finding]) -> list[Json]:
    return [{"rule": one.rule, "severity": one.severity.value, "message": one.message} for one in findings]


def _overview_json(status: Overview) -> Json:
    day = status.when.day
    return {
        "events": [{**_open_event_json(one, day), "next": following} for one, following in status.events],
        "actions_overdue": [_open_action_json(one) for one in status.late_actions],
        "counts": _counts(status),
    }


def _open_event_json(one: OpenEvent, day: date) -> Json:
    return {
        "event": one.event.id,
        "title": one.event.title,
        "state": one.state.value,
        "since": _day(one.since),
        "age": (day - one.since).days if one.since else None,
        "owner": one.event.owner,
        "deadline": _day(one.deadline),
        "overdue": one.late,
    }


def _open_action_json(one: OpenAction) -> Json:
    action = one.action
    return {
        "event": one.event.id,
        "action": action.id,
        "kind": action.kind,
        "title": action.title,
        "owner": action.owner,
        "deadline": _day(action.deadline),
        "overdue": one.late,
    }


def _action_json(status: ActionStatus) -> Json:
    action = status.action
    return {
        "id": action.id,
        "kind": action.kind,
        "title": action.title,
        "owner": action.owner,
        "deadline": _day(action.deadline),
        "overdue": status.late,
        "done": _day(status.done),
        "lacks": [
            {"document": str(lack.named) if lack.named else None, "problem": lack.problem, "people": list(lack.people)}
            for lack in status.lacks
        ],
    }


def _plan_json(status: EventStatus) -> Json | None:
    if status.plan is None:
        return None
    plan = status.plan.plan
    return {
        "criterion": plan.criterion,
        "period": str(plan.period),
        "assessor": plan.assessor,
        "period_begins": _day(status.plan.period_begins),
        "period_ends": _day(status.plan.period_ends),
        "next_check": _day(status.plan.next_check),
        "checks": [
            {"on": _day(check.on), "by": plan.assessor_of(check), "outcome": check.outcome, "summary": check.summary}
            for check in plan.checks
        ],
    }
