"""What a quality event asks of people: whether they were trained when it happened (D5), its actions, their training."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from qmsci.authorisation import authorised
from qmsci.chain.graph import Chain, Fact, Kind
from qmsci.chain.training import called
from qmsci.circuit import adequacy, governing_then, is_todays_need
from qmsci.evidence import Source, Sources
from qmsci.finding import At
from qmsci.past import action_then
from qmsci.records import layout
from qmsci.records.action import Action
from qmsci.records.base import RevisionId
from qmsci.records.document import Document
from qmsci.records.event import Deviation, TrainingAssessment
from qmsci.render.site.links import listed, moment, to_activity, to_document, to_person, to_revision, to_role
from qmsci.render.site.mentions import mentioned
from qmsci.render.site.page import Block, Code, Facts, Heading, Mark, Said, Table, Text, Tone
from qmsci.render.site.signatures import Claims, claims_in, signed
from qmsci.render.site.survey import Survey
from qmsci.render.words import counted
from qmsci.snapshot import When
from qmsci.status import ActionStatus, EventStatus, PlanStatus

#: How many letters of a commit are shown; the whole of it is at hand.
COMMIT = 10


def somebody(survey: Survey, person: str) -> Said:
    """A person by id and name, with a link."""
    return to_person(survey, person, called(survey.snapshot, person))


def recorded(source: Source | None) -> Said:
    """Where something is recorded: its file and line, and the commit that brought it to main."""
    if source is None:
        return ""
    where = Code(f"{source.path}:{source.line}")
    if source.commit is None:
        return where, f", {source.unknown}"
    return where, ", commit ", Code(source.commit, COMMIT), f" of {source.day}"


# --- whether they were trained when it happened ---------------------------------------------------------------------


def assessments(survey: Survey, event: Deviation) -> Iterator[Block]:
    """What the record says of the training of those involved, beside what the records say of that moment (D5)."""
    when = When(event.occurred, survey.snapshot.day_of(event.occurred))
    rows = [*_assessed(survey, event, when), *_not_assessed(survey, event)]
    doubtful = sum(isinstance(row[-1], tuple) for row in rows)
    yield Heading("Training of those involved", "assessment")
    yield Text(
        f"Whether everybody involved was qualified on the governing documents at {moment(event.occurred)}: what the"
        " assessment in the record says, and what follows from the training records as they are now."
        + (f" {counted(doubtful, 'row')} {'is' if doubtful == 1 else 'are'} not in agreement." if doubtful else "")
    )
    yield Table(
        "assessment",
        "Assessments, beside what the records say",
        (
            *("Person", "Document", "Assessed as", "Training contributed"),
            *("Reason given", "By the records", "Reason", "In agreement"),
        ),
        tuple(rows),
        csv=True,
        empty="Nobody is assessed, and no governing document was in force for anybody involved.",
    )
    people = [who for name in event.people if (who := survey.snapshot.people.get(name))]
    if event.activity and people:
        matrix = survey.matrix(when)
        verdicts = [(who, authorised(survey.snapshot, who, event.activity, when, matrix)) for who in people]
        yield Table(
            "authorised",
            f"Whether they were authorised for {event.activity} at that moment",
            ("Person", "Activity", "Authorised", "Reason"),
            tuple(
                (somebody(survey, who.id), to_activity(survey, event.activity), _yes(verdict.yes), verdict.reason)
                for who, verdict in verdicts
            ),
        )


def _yes(yes: bool) -> Said:
    return Mark("yes", Tone.GOOD) if yes else Mark("no", Tone.BAD)


def _assessed(survey: Survey, event: Deviation, when: When) -> Iterator[tuple[Said, ...]]:
    for one in event.training_assessment:
        document = survey.snapshot.documents.get(one.document.document)
        yield (
            somebody(survey, one.person),
            to_revision(survey, one.document),
            one.verdict,
            {True: "yes", False: "no", None: "not said"}[one.contributed],
            mentioned(survey, "; ".join([*filter(None, [one.reason]), *one.evidence])),
            *_compared(survey, event, one, document, when),
        )


def _compared(
    survey: Survey, event: Deviation, one: TrainingAssessment, document: Document | None, when: When
) -> tuple[Said, Said, Said]:
    """The verdict of the records, its reason, and whether an assessment agrees with it."""
    found = adequacy(survey.snapshot, event, one.person, document) if document else None
    if document is None or found is None:
        return "not known", "nothing was in force, nobody has the id, or a file cannot be read", (Mark("not known"),)
    reason = mentioned(survey, found.reason)
    if found.revision != one.document:
        return f"{found.verdict} on {found.revision}", reason, (Mark("no", Tone.BAD),)
    if found.verdict == one.verdict:
        return found.verdict, reason, Mark("yes", Tone.GOOD)
    if one.verdict == "qualified" and is_todays_need(survey.snapshot, one.person, document, when):
        more = ": the document may ask for more now than it did then"
        return found.verdict, reason, (Mark("no", Tone.WARN), more)
    return found.verdict, reason, (Mark("no", Tone.BAD),)


def _not_assessed(survey: Survey, event: Deviation) -> Iterator[tuple[Said, ...]]:
    """Those involved whom the record does not assess on a document that governed."""
    done = {(one.person, one.document.document) for one in event.training_assessment}
    for person in event.people:
        for document in governing_then(survey.snapshot, event):
            found = adequacy(survey.snapshot, event, person, document)
            if found and (person, document.id) not in done:
                yield (
                    *(somebody(survey, person), to_revision(survey, found.revision)),
                    *(Mark("not assessed", Tone.WARN), "not said", ""),
                    *(found.verdict, mentioned(survey, found.reason), (Mark("not assessed", Tone.WARN),)),
                )


# --- actions --------------------------------------------------------------------------------------------------------


def actions(survey: Survey, status: EventStatus) -> Iterator[Block]:
    """The actions, what is done of them and what they lack; and what shows that they are done."""
    shown = [(one, action) for one in status.actions if (action := action_then(one.action, survey.when.day))]
    if not shown:
        return
    yield Heading("Actions", "actions")
    yield Table(
        "actions",
        f"Actions of {status.event.id} on {survey.when.day}",
        ("Action", "Kind", "What is to be done", "On what, by whom", "Owner", "Due", "Done", "What it lacks"),
        tuple(_action(survey, one, action) for one, action in shown),
        csv=True,
    )
    more = [action for _, action in shown if _has_more(action)]
    if more:
        yield Table(
            "action-details",
            "What shows that they are done, and when they hold",
            ("Action", "Holds from", "Done when", "Evidence", "Dropped"),
            tuple(_details(survey, action) for action in more),
        )


def _action(survey: Survey, status: ActionStatus, action: Action) -> tuple[Said, ...]:
    done: Said = Mark(f"done {status.done}", Tone.GOOD) if status.done else "not done"
    if action.dropped:
        done = Mark(f"dropped {action.dropped.on}", Tone.QUIET)
    return (
        str(action.id),
        ", ".join(filter(None, [action.kind, action.nature])),
        mentioned(survey, ": ".join(filter(None, [action.title, action.summary]))),
        _concerned(survey, action),
        somebody(survey, action.owner) if action.owner else "",
        _due(action, late=status.late),
        done,
        mentioned(survey, "; ".join(map(str, status.lacks))),
    )


def _due(action: Action, *, late: bool) -> Said:
    moved = f", extended from {action.due}" if action.extensions else ""
    return (Mark(f"overdue since {action.deadline}", Tone.BAD), moved) if late else f"{action.deadline}{moved}"


def _concerned(survey: Survey, action: Action) -> Said:
    """The documents, roles and people that an action names."""
    named = (*action.documents, *filter(None, [action.document]))
    parts: list[Said] = [
        to_revision(survey, one) if isinstance(one, RevisionId) else to_document(survey, one) for one in named
    ]
    parts += [to_role(survey, role) for role in action.roles]
    parts += [somebody(survey, person) for person in action.people]
    parts += ["they are suspended until then"] * action.suspend
    return listed(parts)


def _has_more(action: Action) -> bool:
    return bool(action.opened or action.acceptance or action.evidence or action.dropped)


def _details(survey: Survey, action: Action) -> tuple[Said, ...]:
    gone = action.dropped
    why: Said = ("by ", somebody(survey, gone.by), ": ", mentioned(survey, gone.reason)) if gone else ""
    return (
        str(action.id),
        str(action.opened or ""),
        mentioned(survey, action.acceptance or ""),
        mentioned(survey, action.evidence or ""),
        why,
    )


# --- the training that they asked for -------------------------------------------------------------------------------

#: How what became of an assignment is said, by the words of the chain; the others are said as they are.
_BECAME = {
    "was completed by": Mark("completed", Tone.GOOD),
    "was completed late by": Mark("completed late", Tone.WARN),
    "was begun by": Mark("begun"),
    "was tried and not passed by": Mark("not passed", Tone.WARN),
    "is asked no more of": Mark("not asked any more", Tone.QUIET),
}
_ANSWERS = {Kind.COMPLETION, Kind.WAIVER, Kind.OPEN, Kind.EXCUSED, Kind.UNREADABLE}


def training(survey: Survey, status: EventStatus, chain: Chain, sources: Sources) -> Iterator[Block]:
    """Who completed the training that an event asked for, when, and who signed it (D4)."""
    if not any(action.kind == "training" for action in status.event.actions):
        return
    of = {one.assignment for one in survey.snapshot.assignments(status.event.id)}
    answers = [(link, chain.facts[link.target]) for link in chain.links if link.source in of]
    answers.sort(key=lambda pair: (pair[0].source, pair[1].person or "", pair[1].day or date.max))
    done = (fact.at for _, fact in answers if fact.kind is Kind.COMPLETION)
    claims = claims_in(survey, {at.path for at in done if at})
    rows = [
        (
            mentioned(survey, link.source),
            somebody(survey, fact.person or ""),
            _became(link.says, fact),
            fact.day.isoformat() if fact.day else "",
            mentioned(survey, "; ".join(filter(None, [fact.title, *fact.notes]))),
            _signed(survey, fact, claims),
            recorded(sources.get(fact.at) if fact.at else None),
        )
        for link, fact in answers
        if fact.kind in _ANSWERS
    ]
    yield Heading("Training that the actions asked for", "training")
    yield Table(
        "training",
        f"Everybody to whom {status.event.id} assigned training, and what became of it",
        ("Assignment", "Person", "What became of it", "Day", "What was done", "Signed", "Recorded in"),
        tuple(rows),
        csv=True,
        empty="Nothing is assigned yet.",
    )


def _became(says: str, fact: Fact) -> Said:
    if fact.kind is Kind.OPEN:
        late = any(note.startswith("overdue") for note in fact.notes)
        return Mark("overdue", Tone.BAD) if late else Mark("open", Tone.WARN)
    return _BECAME.get(says, says.rsplit(" ", 1)[0])


def _signed(survey: Survey, fact: Fact, claims: Claims) -> Said:
    """Who signed a completion; nothing is said of what nobody signs."""
    if fact.kind is not Kind.COMPLETION or fact.at is None:
        return ""
    filed, index = layout.filed(fact.at.path), fact.at.keys[0]
    assert filed
    assert isinstance(index, int)
    entry = survey.snapshot.completions(*filed.names)[index]
    return signed(survey, entry.signatures, claims.get(At(fact.at.path, (index,)), ()))


# --- whether it worked ----------------------------------------------------------------------------------------------


def effectiveness(survey: Survey, status: PlanStatus) -> Iterator[Block]:
    """The plan by which one sees whether the actions worked, and what was seen."""
    plan, day = status.plan, survey.when.day
    runs = "it has not begun"
    if status.period_begins:
        runs = f"from {status.period_begins}" + (f" to {status.period_ends}" if status.period_ends else "")
    rows: list[tuple[str, Said]] = [
        ("Criterion", mentioned(survey, plan.criterion)),
        ("Period", f"{plan.period}; {runs}"),
        ("Assessor", somebody(survey, plan.assessor)),
    ]
    if status.next_check:
        late = status.next_check < day
        said = f"overdue since {status.next_check}" if late else f"due from {status.next_check}"
        rows.append(("Next check", Mark(said, Tone.BAD) if late else said))
    yield Heading("Effectiveness", "effectiveness")
    yield Facts(tuple(rows))
    tones = {"effective": Tone.GOOD, "not-effective": Tone.BAD, "inconclusive": Tone.WARN}
    yield Table(
        "checks",
        "Effectiveness checks",
        ("Day", "Outcome", "By", "What was found"),
        tuple(
            (
                check.on.isoformat(),
                Mark(check.outcome.replace("-", " "), tones[check.outcome]),
                somebody(survey, plan.assessor_of(check)),
                mentioned(survey, check.summary),
            )
            for check in plan.checks
            if check.on <= day
        ),
        empty="No check was made yet.",
    )
