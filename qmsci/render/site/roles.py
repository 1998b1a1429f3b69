"""The roles: what each asks for and why, in which order, who holds it, and how far they are."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from qmsci.metrics.measured import share
from qmsci.programme import Step, curriculum
from qmsci.records.role import Role
from qmsci.render.site.home import percent
from qmsci.render.site.links import listed, to_activity, to_document, to_person, to_revision
from qmsci.render.site.page import Block, Facts, Heading, Link, Page, Part, Said, Table, Text
from qmsci.render.site.people import at_work
from qmsci.render.site.summary import PersonSummary, Stand, Summaries, Training
from qmsci.render.site.survey import Survey
from qmsci.timeline import in_force

#: What the share of a role is, wherever it is shown.
_SHARE = (
    "A requirement is one document in force for one holder who is at work; it is met where the holder is qualified on "
    "it, or released by a waiver."
)


def part(survey: Survey, summaries: Summaries) -> Part:
    """The page `roles/index.html`, and one for each role."""
    roles = list(survey.matrix(survey.when).roles)
    held = {role.id: [one for one in summaries.people.values() if _training(one, role.id)] for role in roles}
    return Part(pages=(_index(survey, roles, held), *(_page(survey, role, held[role.id]) for role in roles)))


Held = dict[str, list[PersonSummary]]


def _training(one: PersonSummary, role: str) -> Training | None:
    return next((training for training in one.training if training.role == role), None)


def _owed(one: PersonSummary, role: str) -> Sequence[Stand]:
    """Where a holder stands with each document in force that the role requires of them, being at work."""
    if role not in one.roles:
        return []
    return [stand for stand in one.stands if stand.owed and stand.current and role in stand.roles]


def _share(people: Sequence[PersonSummary], role: str) -> str:
    stands = [stand for one in people for stand in _owed(one, role)]
    met = sum(stand.trained for stand in stands)
    return f"{met} of {len(stands)} ({percent(share(met, len(stands)))})" if stands else "nothing required"


# --- the list -------------------------------------------------------------------------------------------------------


def _index(survey: Survey, roles: Sequence[Role], held: Held) -> Page:
    matrix, day = survey.matrix(survey.when), survey.when.day
    rows = tuple(
        (
            Link(role.id, f"roles/{role.id}.html"),
            role.title,
            role.department or "none named",
            str(sum(role.id in one.roles for one in held[role.id])),
            str(len(curriculum(matrix, role, day))),
            _share(held[role.id], role.id),
        )
        for role in roles
    )
    return Page(
        path="roles/index.html",
        title="Roles",
        blocks=(
            Text(
                f"Holders: who holds the role on {day}, those on leave too. Documents: those of its curriculum, in "
                f"force or coming. Qualified: requirements that are met, of all requirements. {_SHARE}"
            ),
            Table(
                name="roles",
                caption=f"Roles on {day}",
                heads=("Role", "Title", "Department", "Holders", "Documents", "Qualified"),
                rows=rows,
                filters=(2,),
                csv=True,
                empty="No role is defined.",
            ),
        ),
        kind="List",
        keys=("Roles",),
    )


# --- a role ---------------------------------------------------------------------------------------------------------


def _page(survey: Survey, role: Role, people: Sequence[PersonSummary]) -> Page:
    steps = curriculum(survey.matrix(survey.when), role, survey.when.day)
    return Page(
        path=f"roles/{role.id}.html",
        title=role.title,
        blocks=tuple(_blocks(survey, role, steps, people)),
        kind="Role",
        keys=(role.id, role.title),
        words=" ".join((role.purpose, role.department or "", *(step.document.id for step in steps), *role.activities)),
        description=f"The role {role.title}: its curriculum, its holders and how far they are on {survey.when.day}.",
    )


def _blocks(survey: Survey, role: Role, steps: Sequence[Step], people: Sequence[PersonSummary]) -> Iterator[Block]:
    day, now = survey.when.day, [one for one in people if role.id in one.roles]
    yield Facts(
        (
            ("Role", role.id),
            ("Purpose", role.purpose),
            ("Department", role.department or "none named"),
            ("Holders", f"{len(now)} on {day}"),
            ("Qualified", _share(people, role.id)),
        )
    )
    yield Heading("Curriculum", "curriculum")
    yield Text(
        "What whoever takes the role on is trained on, in this order. It follows from what the role performs and "
        "operates, and from what documents govern; what it lists beyond that is required outright. Qualified holders: "
        f"of those at work on {day}, for a revision that is in force."
    )
    yield _curriculum(survey, role, steps, now)
    yield Heading("Holders", "holders")
    yield Text(
        "Qualified on: how many documents of the curriculum the holder is qualified on, each in its revision in force "
        "or, where it has none yet, in its first. Coming: on how many of the revisions that follow these they are. "
        "What is next is the first open one that nothing comes before, or the refresher that lapses first; then the "
        "coming revision that takes effect first."
    )
    yield _holders(survey, role, steps, people)
    yield Heading("Activities", "activities")
    yield _activities(survey, role, now)


def _curriculum(survey: Survey, role: Role, steps: Sequence[Step], people: Sequence[PersonSummary]) -> Table:
    return Table(
        name="curriculum",
        caption="Curriculum, in order",
        heads=("Number", "Revision", "Title", "Why", "After", "Method", "Supervised tasks", "Qualified holders"),
        rows=tuple(
            (
                str(number),
                _revision(survey, step),
                step.document.title,
                ", ".join(step.reasons),
                listed(to_document(survey, name) for name in step.prerequisites),
                ", ".join(step.method),
                str(step.supervised or ""),
                _trained(survey, role, step, people),
            )
            for number, step in enumerate(steps, 1)
        ),
        empty="It requires no document that is in force or coming.",
    )


def _revision(survey: Survey, step: Step) -> Said:
    coming = step.entry.effective > survey.when.day
    return to_revision(survey, step.revision), f", effective {step.entry.effective}" if coming else ""


def _trained(survey: Survey, role: Role, step: Step, people: Sequence[PersonSummary]) -> str:
    if in_force(step.document, survey.when.day) is not step.entry:
        return "not in force yet"
    stands = [stand for one in people for stand in _owed(one, role.id) if stand.document == step.document.id]
    return f"{sum(stand.trained for stand in stands)} of {len(stands)}"


def _holders(survey: Survey, role: Role, steps: Sequence[Step], people: Sequence[PersonSummary]) -> Table:
    counted = {str(step.revision) for step in steps}
    return Table(
        name="holders",
        caption="Who holds it, or will",
        heads=("Person", "Name", "Since", "At work", "Qualified on", "Coming", "Next"),
        rows=tuple(
            _holder(survey, one, training, _coming(survey, one, role, counted))
            for one in people
            if (training := _training(one, role.id)) is not None
        ),
        filters=(3,),
        empty="Nobody holds it.",
    )


def _coming(survey: Survey, one: PersonSummary, role: Role, counted: Collection[str]) -> Sequence[Stand]:
    """Where a holder stands with the revisions that follow those of the curriculum, the next one first."""
    found = [
        stand for stand in one.stands if role.id in stand.roles and f"{stand.document}@{stand.revision}" not in counted
    ]
    return sorted(found, key=lambda stand: _effective(survey, stand))


def _effective(survey: Survey, stand: Stand) -> date:
    document = survey.snapshot.documents.get(stand.document)
    entry = document.entry(stand.revision) if document else None
    return entry.effective if entry else date.max


def _holder(survey: Survey, one: PersonSummary, training: Training, coming: Sequence[Stand]) -> tuple[Said, ...]:
    following = next((f"{stand.document}@{stand.revision}" for stand in coming if not stand.trained), "nothing")
    begun = at_work(one) if training.held else f"from {training.since}"
    return (
        to_person(survey, one.person),
        one.name,
        str(training.since),
        begun,
        f"{training.done} of {training.steps}",
        f"{sum(stand.trained for stand in coming)} of {len(coming)}" if coming else "none",
        training.following or following,
    )


def _activities(survey: Survey, role: Role, people: Sequence[PersonSummary]) -> Table:
    known = survey.matrix(survey.when).activities
    rows = []
    for name in dict.fromkeys(role.activities):
        may = sum(any(able.activity == name and able.how == "independent" for able in one.able) for one in people)
        how = "operates" if name in role.operates else "performs"
        title = known[name].title if name in known else "there is no such activity"
        rows.append((to_activity(survey, name), title, how, f"{may} of {len(people)}"))
    return Table(
        name="activities",
        caption="What its holders do",
        heads=("Activity", "Title", "How", "Holders who may do it alone"),
        rows=tuple(rows),
        empty="It performs and operates nothing.",
    )
