"""The activities: who may do each now and who not, what governs it, and whether there are enough (21 CFR 211.25(c))."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from qmsci.records.document import Document
from qmsci.records.role import Activity
from qmsci.render.site.links import have_pages, listed, to_activity, to_document, to_person, to_revision, to_role
from qmsci.render.site.page import Block, Facts, Heading, Link, Mark, Notice, Page, Part, Said, Table, Text, Tone
from qmsci.render.site.summary import Able, PersonSummary, Summaries
from qmsci.render.site.survey import Survey
from qmsci.render.words import counted
from qmsci.timeline import in_force, owed_revisions


class Doer(NamedTuple):
    """A holder of roles that perform an activity: these roles, and how they may do it at best."""

    one: PersonSummary
    roles: tuple[str, ...]
    able: Able


class Found(NamedTuple):
    """An activity, and everybody who holds a role that performs or operates it."""

    name: str
    activity: Activity
    doers: Sequence[Doer]

    @property
    def may(self) -> Sequence[Doer]:
        """Those who are authorised for it."""
        return [doer for doer in self.doers if doer.able.how == "independent"]

    @property
    def minimum(self) -> int | None:
        """How many must be authorised at any time: one where it is critical and says no number; None: no minimum."""
        return self.activity.minimum_qualified or (1 if self.activity.critical else None)

    @property
    def coverage(self) -> Mark:
        """Whether there are enough."""
        if self.minimum is None:
            return Mark("no minimum", Tone.QUIET)
        enough = len(self.may) >= self.minimum
        return Mark("enough", Tone.GOOD) if enough else Mark("below the minimum", Tone.BAD)


#: How people may do an activity, the best first.
_BEST = ("independent", "supervised", "no")


def part(survey: Survey, summaries: Summaries) -> Part:
    """The page `activities/index.html`, and one for each activity."""
    doers: dict[str, list[Doer]] = {}
    for one in summaries.people.values():
        for name in dict.fromkeys(able.activity for able in one.able):
            mine = [able for able in one.able if able.activity == name]
            best = min(mine, key=lambda able: _BEST.index(able.how))
            doers.setdefault(name, []).append(Doer(one, tuple(able.role for able in mine), best))
    activities = survey.matrix(survey.when).activities
    found = [Found(name, activities[name], doers.get(name, ())) for name in sorted(activities)]
    pages = (_page(survey, one) for one in found) if have_pages(activities) else ()
    return Part(pages=(_index(survey, found), *pages))


# --- the list -------------------------------------------------------------------------------------------------------


def _index(survey: Survey, found: Sequence[Found]) -> Page:
    performers, day = survey.matrix(survey.when).performers, survey.when.day
    return Page(
        path="activities/index.html",
        title="Activities",
        blocks=(
            Text(
                f"Authorised: who may do it alone at the end of {day}. A critical activity that says no number needs "
                "one person at any time."
            ),
            Table(
                name="activities",
                caption=f"Activities on {day}",
                heads=("Activity", "Title", "Kind", "Critical", "Minimum", "Authorised", "Coverage", "Roles"),
                rows=tuple(
                    (
                        to_activity(survey, one.name),
                        one.activity.title,
                        one.activity.kind,
                        "critical" if one.activity.critical else "not critical",
                        str(one.minimum or "none"),
                        str(len(one.may)),
                        one.coverage,
                        listed(to_role(survey, role.id) for role in performers.get(one.name, ())),
                    )
                    for one in found
                ),
                filters=(2, 3, 6),
                csv=True,
                empty="No activity is defined.",
            ),
        ),
        kind="List",
        keys=("Activities",),
    )


# --- an activity ----------------------------------------------------------------------------------------------------


def _page(survey: Survey, found: Found) -> Page:
    return Page(
        path=f"activities/{found.name}.html",
        title=found.activity.title,
        blocks=tuple(_blocks(survey, found)),
        kind="Equipment" if found.activity.kind == "equipment" else "Activity",
        keys=(found.name, found.activity.title),
        description=f"Who may do {found.name} on {survey.when.day}, and who may not and why.",
    )


def _blocks(survey: Survey, found: Found) -> Iterator[Block]:
    day, minimum = survey.when.day, found.minimum
    least = f"{counted(minimum, 'person')} at any time" if minimum else "none"
    yield Facts(
        (
            ("Activity", found.name),
            ("Kind", found.activity.kind),
            ("Critical", "yes" if found.activity.critical else "no"),
            ("Minimum", least),
            ("Authorised", f"{counted(len(found.may), 'person')} of {len(found.doers)} who hold a role for it"),
            ("Coverage", found.coverage),
            ("Ask", Link(f"Ask who may do {found.name}", f"ask.html?activity={found.name}&on={day}")),
        )
    )
    if minimum and len(found.may) < minimum:
        said = f"{counted(len(found.may), 'person')} authorised on {day}, and {least} asked for."
        yield Notice("Too few are authorised", said, Tone.BAD)
    yield Heading("Who may do it", "may")
    yield Text(f"Authorised at the end of {day}: at work, in a role for it, and qualified on all that it asks for.")
    yield _may(survey, found)
    yield Heading("Who may not, and why", "may-not")
    yield Text("Those who hold a role for it. The reason is the first condition that fails.")
    yield _may_not(survey, found)
    yield Heading("What governs it", "documents")
    yield _documents(survey, found.name)
    yield Heading("Roles", "roles")
    yield _roles(survey, found.name)


def _may(survey: Survey, found: Found) -> Table:
    return Table(
        name="may",
        caption="Authorised",
        heads=("Person", "Name", "Roles", "Why"),
        rows=tuple((*_who(survey, doer), doer.able.reason) for doer in found.may),
        csv=True,
        empty=f"Nobody is authorised for it on {survey.when.day}.",
    )


def _may_not(survey: Survey, found: Found) -> Table:
    return Table(
        name="may-not",
        caption="Not authorised",
        heads=("Person", "Name", "Roles", "Under supervision", "The first condition that fails"),
        rows=tuple(
            (*_who(survey, doer), _supervised(doer.able), doer.able.reason)
            for doer in found.doers
            if doer not in found.may
        ),
        csv=True,
        empty="Everybody who holds a role for it is authorised." if found.doers else "Nobody holds a role for it.",
    )


def _who(survey: Survey, doer: Doer) -> tuple[Said, ...]:
    roles = listed(to_role(survey, role) for role in doer.roles)
    return to_person(survey, doer.one.person), doer.one.name, roles


def _supervised(able: Able) -> Mark:
    return Mark("may learn it", Tone.WARN) if able.how == "supervised" else Mark("no", Tone.BAD)


def _documents(survey: Survey, name: str) -> Table:
    return Table(
        name="documents",
        caption="Governing documents",
        heads=("Document", "Title", "In force", "Coming", "Purpose"),
        rows=tuple(_document(survey, one) for one in survey.matrix(survey.when).governing.get(name, ())),
        empty="No document governs it: nobody can be authorised for it.",
    )


def _document(survey: Survey, document: Document) -> tuple[Said, ...]:
    now, day = in_force(document, survey.when.day), survey.when.day
    coming = [entry for entry in reversed(owed_revisions(document, day)) if entry is not now]
    return (
        to_document(survey, document.id),
        document.title,
        to_revision(survey, document.named(now)) if now else Mark(_not_in_force(document, day), Tone.QUIET),
        listed((to_revision(survey, document.named(one)), f" on {one.effective}") for one in coming),
        document.purpose if document.purpose == "qualification" else "awareness: it withholds no work",
    )


def _not_in_force(document: Document, day: date) -> str:
    return f"retired on {document.retired}" if document.retired and document.retired <= day else "nothing"


def _roles(survey: Survey, name: str) -> Table:
    return Table(
        name="roles",
        caption="Roles whose holders do it",
        heads=("Role", "Title", "How", "Required of them besides"),
        rows=tuple(
            (
                to_role(survey, role.id),
                role.title,
                "operates" if name in role.operates else "performs",
                listed(to_document(survey, document) for document in role.requires),
            )
            for role in survey.matrix(survey.when).performers.get(name, ())
        ),
        empty="No role performs or operates it.",
    )
