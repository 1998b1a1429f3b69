"""The training file of somebody: what they are qualified on, may do, owe and lacked, and all their training."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from qmsci import sshsig
from qmsci.circuit import document_of
from qmsci.gaps import Gap, Raising, gaps
from qmsci.matrix import reasons
from qmsci.programme import Independence, OpenItem, Qualification
from qmsci.records.base import Correction
from qmsci.records.person import Key, Person
from qmsci.render.site.history import KEY, History, entries_table, history_of, waivers_table
from qmsci.render.site.links import listed, span, to_activity, to_document, to_event, to_person, to_revision, to_role
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
    Part,
    Said,
    Table,
    Text,
    Timeline,
    Tone,
)
from qmsci.render.site.standing import Known, Position, position, summary_of
from qmsci.render.site.summary import PersonSummary
from qmsci.render.site.survey import Survey
from qmsci.render.words import counted
from qmsci.status import OpenAction, RoleHeld

#: How each state, and each way to work, is meant.
TONES = {
    Qualification.QUALIFIED: Tone.GOOD,
    Qualification.WAIVED: Tone.GOOD,
    Qualification.EXPIRING: Tone.WARN,
    Qualification.IN_TRAINING: Tone.WARN,
    Qualification.NOT_QUALIFIED: Tone.BAD,
    Qualification.LAPSED: Tone.BAD,
    Qualification.SUSPENDED: Tone.BAD,
}
HOW = {
    Independence.INDEPENDENT: Mark("independently", Tone.GOOD),
    Independence.SUPERVISED: Mark("under supervision", Tone.WARN),
    Independence.NO: Mark("no", Tone.BAD),
}


def part(
    survey: Survey, person: Person, gaps: Sequence[Gap] | None = None, history: History | None = None
) -> tuple[Part, PersonSummary]:
    """
    The page `people/<id>.html` of somebody, and what the lists need to know of them.

    `gaps` are their training gaps, and `history` all that is on record of their training; where these are left out,
    they are looked for: gaps among everybody's.
    """
    found = position(survey, person, _gaps(survey, person) if gaps is None else gaps)
    history = history or history_of(survey, person)
    summary = summary_of(survey, found)
    page = Page(
        path=f"people/{person.id}.html",
        title=called(person.id, person.name),
        blocks=tuple(_blocks(survey, found, history, summary)),
        kind="Person",
        keys=(person.id, person.name),
        words=" ".join(_words(found, summary)),
        description=f"The training file of {called(person.id, person.name)} on {survey.when.day}.",
    )
    return Part(pages=(page,)), summary


def _gaps(survey: Survey, person: Person) -> list[Gap]:
    return [gap for gap in gaps(survey.snapshot) if gap.person.id == person.id]


def called(name: str, known_as: str) -> str:
    """
    Somebody's id and name; the id once where they have no other name.

    >>> called("p-0042", "Ingrid Solberg"), called("p-0042", "p-0042")
    ('p-0042 Ingrid Solberg', 'p-0042')
    """
    return name if name == known_as else f"{name} {known_as}"


def _words(found: Position, summary: PersonSummary) -> Iterator[str]:
    """What a person is found by beside their id and name: their roles, departments and accounts."""
    yield found.person.kind
    for role in found.status.roles:
        yield from (role.name, role.title or "")
    yield from summary.departments
    yield from found.person.accounts.values()


def _blocks(survey: Survey, found: Position, history: History, summary: PersonSummary) -> Iterator[Block]:
    person, day = found.person, survey.when.day
    yield _facts(survey, found, summary)
    yield from _notices(survey, found, history)
    yield from _qualifications(survey, found, summary)
    yield Heading("What is due", "due")
    yield Text("The items of assignments that are open on this day, by the day on which they are due.")
    yield _due(survey, found.owed)
    yield Heading("What they may do", "work")
    yield Text(
        "Independently: authorised for it on this day, by a role that performs it and everything which that asks for. "
        "Under supervision: only training is open. The reason for a no is the first condition that fails."
    )
    yield _work(survey, found)
    yield Heading("Training history", "history")
    yield Text(f"{counted(len(history.entries), 'entry')} on record; times carry their offset from UTC.")
    yield entries_table(survey, history)
    yield waivers_table(survey, history)
    yield Heading("Training gaps", "gaps")
    yield Text(
        "Days on which they were at work in a role and not qualified on the revision in force, up to "
        f"{survey.snapshot.as_of}. Roles and documents are those of the tree as it is."
    )
    yield _gap_table(survey, found.gaps)
    yield Heading("Open events and actions of theirs", "actions")
    yield from _actions(survey, found)
    yield Heading("Keys", "keys")
    yield _keys(survey, person.keys)
    yield Heading("Employment, roles and leave", "dates")
    yield Timeline(tuple(_happenings(survey, person, day)))


# --- who they are ---------------------------------------------------------------------------------------------------


def _facts(survey: Survey, found: Position, summary: PersonSummary) -> Facts:
    person = found.person
    roles = (_role(survey, role) for role in found.status.roles)
    accounts = ", ".join(f"{system}: {name}" for system, name in sorted(person.accounts.items()))
    leave = ", ".join(span(one.from_, one.to) for one in person.leave)
    return Facts(
        (
            ("Id", Code(person.id)),
            ("Name", person.name),
            ("Kind", person.kind),
            ("Employed", ", ".join(span(one.from_, one.to) for one in person.employed) or "never"),
            ("Leave", leave or "none on record"),
            ("Roles", listed(roles, "; ") if found.status.roles else "none on record"),
            ("Department", ", ".join(summary.departments) or "none named by their roles"),
            ("Accounts", accounts or "none on record"),
        )
    )


def _role(survey: Survey, role: RoleHeld) -> Said:
    days = ", ".join(span(one.first, one.last) for one in role.days)
    title = role.title or f"{role.name} (there is no such role)"
    return to_role(survey, role.name, title), f", {days}" + ("" if role.held else f", not held on {survey.when.day}")


def _notices(survey: Survey, found: Position, history: History) -> Iterator[Notice]:
    day, status = survey.when.day, found.status
    if not status.employed:
        yield Notice(f"Not employed on {day}", "They may perform nothing on this day, and owe nothing.")
    if status.leave:
        days = span(status.leave.first, status.leave.last)
        yield Notice(f"On leave on {day}", f"Leave: {days}. What falls due meanwhile is due on the day after it.")
    for event, action in status.retraining:
        documents = listed(to_document(survey, document_of(named), str(named)) for named in action.documents)
        days = f" until they are trained on it; since {action.opened or event.begun}, due {action.deadline}."
        said = (
            to_event(survey, event.id),
            f", action {action.id}, keeps them from what is governed by ",
            documents,
            days,
        )
        yield Notice("Suspended until trained again", said, Tone.BAD)
    if history.unreadable:
        paths = ", ".join(history.unreadable)
        yield Notice("Records that cannot be read", f"Nobody says what these files hold: {paths}.", Tone.BAD)


# --- what they are qualified on -------------------------------------------------------------------------------------


def _qualifications(survey: Survey, found: Position, summary: PersonSummary) -> Iterator[Block]:
    yield Heading("Qualifications", "qualifications")
    if not any(found.known.values()):
        yield Text("No role that they hold, or will hold, requires a document.")
        return
    owed = [one for one in summary.stands if one.owed and one.current]
    met = sum(one.trained for one in owed)
    yield Text(
        f"Qualified on {met} of {counted(len(owed), 'document')} in force that their roles require on "
        f"{survey.when.day}; one that several roles require counts once, and nothing counts on a day on which they are "
        "not at work. Below, role by role, in the order of each curriculum, with the revisions that are coming."
    )
    for role in found.status.roles:
        if found.known[role.name]:
            yield _qualified_table(survey, found, role)


def _qualified_table(survey: Survey, found: Position, role: RoleHeld) -> Table:
    done, number = sum(bool(one.standing.verdict) for one in role.steps), len(role.steps)
    return Table(
        name=f"role-{role.name}",
        caption=f"{role.title or role.name}: qualified on {done} of {number} in its curriculum",
        heads=("Revision", "Title", "Why", "State", "Trained on", "Valid through", "Due", "What is missing", "Ask"),
        rows=tuple(_qualified_row(survey, found, role, one) for one in found.known[role.name]),
    )


def _qualified_row(survey: Survey, found: Position, role: RoleHeld, one: Known) -> tuple[Said, ...]:
    now, document, day = one.standing, one.document, survey.when.day
    asked = f"ask.html?person={found.person.id}&document={document.id}&on={day}"
    held = found.matrix.roles.get(role.name)
    why = ", ".join(reasons(held, document) if held else ())
    coming = f", effective {one.entry.effective}" if one.entry.effective > day else ""
    return (
        (to_revision(survey, document.named(one.entry)), coming),
        document.title,
        why + ("; to be aware, without it they may work" if document.purpose == "awareness" else ""),
        state(now.state),
        (str(one.since) if one.since else "") + (f", again {one.again}" if one.again else ""),
        str(now.valid_through or ""),
        _by(now.due, late=now.late),
        "; ".join(_missing(one)) or "nothing",
        "" if coming else Link("Ask", asked),
    )


def state(found: Qualification) -> Mark:
    """A state in words, with its tone."""
    return Mark(found.replace("-", " "), TONES[found])


def _by(due: date | None, *, late: bool) -> Said:
    if due is None:
        return ""
    return Mark(f"overdue since {due}", Tone.BAD) if late else str(due)


def _missing(one: Known) -> Iterator[str]:
    """What keeps from being qualified, what is missing for it, and what comes first."""
    now = one.standing
    if now.missing is None:  # they are qualified
        return
    kind = {Qualification.LAPSED: "refresher", Qualification.SUSPENDED: "retraining"}.get(now.state, "missing")
    yield from (now.verdict.reason, f"{kind}: {now.missing}")
    if now.failed:
        yield f"not passed in {counted(now.failed, 'attempt')}, and none is left"
    if one.blocked_by:
        yield f"first: {', '.join(one.blocked_by)}"


# --- what they owe, may do, lacked ----------------------------------------------------------------------------------


def _due(survey: Survey, owed: Iterable[OpenItem]) -> Table:
    return Table(
        name="due",
        caption="Open assignments",
        heads=("Revision", "Cause", "Asked by", "Assignment", "Assigned", "Method", "Due"),
        rows=tuple(
            (
                to_revision(survey, one.item.document),
                one.assignment.cause.replace("-", " "),
                _asked_by(survey, one),
                Code(one.assignment.assignment),
                str(one.assignment.assigned),
                ", ".join(one.item.method),
                _by(one.due, late=one.late),
            )
            for one in owed
        ),
        empty="No assignment is open.",
    )


def _asked_by(survey: Survey, one: OpenItem) -> Said:
    """The role, or the event, for which something was assigned."""
    name, role = one.assignment.assignment, one.assignment.role
    return to_role(survey, role) if role else to_event(survey, name.partition("/")[0])


def _work(survey: Survey, found: Position) -> Table:
    return Table(
        name="work",
        caption="Activities of the roles that they hold on this day",
        heads=("Activity", "Role", "May do it", "Why"),
        rows=tuple(
            (_activity(survey, one.activity), to_role(survey, role.name), HOW[one.how], one.verdict.reason)
            for role in found.status.roles
            if role.held
            for one in role.work
        ),
        empty="They hold no role on this day that performs or operates anything.",
    )


def _activity(survey: Survey, name: str) -> Said:
    known = survey.defined.activities.get(name)
    return to_activity(survey, name, f"{name}: {known.title}" if known else name)


def _gap_table(survey: Survey, found: Iterable[Raising]) -> Table:
    return Table(
        name="gaps",
        caption="Training gaps, by document and first day",
        heads=("Document", "Days", "Number of days", "Roles", "Reason on the first day", "What became of it"),
        rows=tuple(_gap_row(survey, one) for one in found),
        empty=f"There are none up to {survey.snapshot.as_of}.",
    )


def _gap_row(survey: Survey, one: Raising) -> tuple[Said, ...]:
    gap, last = one.gap, one.gap.last or survey.snapshot.as_of
    return (
        to_document(survey, gap.document.id, str(gap.revision)),
        f"{gap.first} to {gap.last}" if gap.last else f"from {gap.first}, goes on",
        str((last - gap.first).days + 1),
        listed(to_role(survey, role) for role in gap.roles),
        gap.reason,
        listed(_became(survey, one), "; "),
    )


def _became(survey: Survey, one: Raising) -> Iterator[Said]:
    gap = one.gap
    if gap.in_training_until:
        yield Mark(f"in training until {gap.in_training_until}", Tone.QUIET)
    elif gap.suspended_by:
        yield Mark("suspended by", Tone.WARN), " ", to_event(survey, gap.suspended_by)
    elif one.event is None:
        yield Mark("not raised as an event", Tone.BAD)
    if one.event:
        yield "raised as ", to_event(survey, one.event)
    if not gap.withholds:
        yield "awareness: it withholds no work"


# --- events, keys, dates --------------------------------------------------------------------------------------------


def _actions(survey: Survey, found: Position) -> Iterator[Table]:
    yield Table(
        name="events",
        caption="Open events that they own",
        heads=("Event", "Title", "State", "Due"),
        rows=tuple(
            (
                to_event(survey, one.event.id),
                one.event.title,
                one.state.replace("-", " "),
                _by(one.deadline, late=one.late),
            )
            for one in found.status.events
        ),
        empty="They own no open event.",
    )
    yield Table(
        name="actions",
        caption="Open actions that they own",
        heads=("Action", "Kind", "What", "Due"),
        rows=tuple(_action(survey, one) for one in found.status.actions),
        empty="They own no open action.",
    )


def _action(survey: Survey, one: OpenAction) -> tuple[Said, ...]:
    action = one.action
    said = action.title or action.summary or one.event.title
    name = to_event(survey, one.event.id, f"{one.event.id} action {action.id}")
    return name, action.kind, said, _by(action.deadline, late=one.late)


def _keys(survey: Survey, keys: Iterable[Key]) -> Table:
    return Table(
        name="keys",
        caption="Keys that sign for them (21 CFR 11.100)",
        heads=("Fingerprint", "From", "To", "Revoked", "How it was known whose it is", "Registered by"),
        rows=tuple(
            (
                _fingerprint(key),
                str(key.from_),
                str(key.to or "has no end"),
                _revoked(key),
                key.proof,
                to_person(survey, key.by),
            )
            for key in keys
        ),
        empty="No key is registered to them: nothing that they sign counts.",
    )


def _fingerprint(key: Key) -> Said:
    try:
        return Code(sshsig.key_of(key.key).fingerprint)
    except sshsig.BadSignature:
        return Mark("not a public key", Tone.BAD), " ", Code(key.key, KEY)


def _revoked(key: Key) -> Said:
    if key.revoked is None:
        return "no"
    since = key.revoked.compromised_since
    why = f": {key.revoked.reason}" if key.revoked.reason else ""
    proved = f", proves nothing that was recorded from {since} on" if since else ""
    return Mark(f"on {key.revoked.on}", Tone.BAD), f"{proved}{why}"


class _Dated(NamedTuple):
    """Days of somebody: what begins and what ends on them."""

    first: date
    last: date | None
    begins: Said
    ends: Said
    corrected: Correction | None


def _happenings(survey: Survey, person: Person, day: date) -> Iterator[Happening]:
    """When their employment, each role and each leave began and ended; what lies ahead of the day is marked quiet."""
    found: list[tuple[date, Said]] = []
    for one in _dated(survey, person):
        note = f" (corrected on {one.corrected.on}: {one.corrected.reason})" if one.corrected else ""
        found.append((one.first, (one.begins, note) if note else one.begins))
        if one.last:
            found.append((one.last, one.ends))
    for on, said in sorted(found, key=lambda pair: pair[0]):
        yield Happening(str(on), said, Tone.QUIET if on > day else Tone.PLAIN)


def _dated(survey: Survey, person: Person) -> Iterator[_Dated]:
    for one in person.employed:
        yield _Dated(one.from_, one.to, f"Employed as {person.kind}", "Last day of employment", one.corrected)
    for held in person.roles:
        role = to_role(survey, held.role)
        yield _Dated(held.from_, held.to, ("Takes on ", role), ("Last day as ", role), held.corrected)
    for one in person.leave:
        yield _Dated(one.from_, one.to, "Leave begins", "Last day of leave", one.corrected)
