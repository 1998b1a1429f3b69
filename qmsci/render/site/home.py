"""The first page: where the system stands on the day, in figures that each say how they came about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from qmsci.changes import Merged
from qmsci.circuit import state as state_of
from qmsci.finding import Severity
from qmsci.metrics.measured import Figure, share
from qmsci.programme import Qualification
from qmsci.records.base import RevisionId
from qmsci.render.page import Chart
from qmsci.render.site.changes import came_later
from qmsci.render.site.figures import Figures, Required, to_owner, to_somebody
from qmsci.render.site.links import listed, moment, to_event, to_person, to_revision, to_role
from qmsci.render.site.page import (
    Block,
    Code,
    Heading,
    Link,
    Mark,
    Notice,
    Page,
    Part,
    Said,
    Table,
    Text,
    Tile,
    Tiles,
    Tone,
)
from qmsci.render.site.person import state
from qmsci.render.site.summary import DocumentSummary, Rolled, Summaries
from qmsci.render.site.survey import Survey
from qmsci.render.site.verification import good_signatures
from qmsci.render.words import counted

#: The most people, or revisions, that a cell names.
_NAMED = 8


def part(survey: Survey, summaries: Summaries) -> Part:
    """The page `index.html`."""
    found = Figures(survey, summaries)
    whose = f" of {survey.organisation}" if survey.organisation else ""
    page = Page(
        path="index.html",
        title=f"Quality system{whose}",
        blocks=tuple(_blocks(found)),
        kind="Home",
        keys=("home",),
        words="figures overview overdue effective dates CAPA",
        description=f"Where the quality system{whose} stands on {survey.when.day}.",
    )
    return Part((page,))


# --- the page -------------------------------------------------------------------------------------------------------


def _blocks(found: Figures) -> Iterator[Block]:
    survey = found.survey
    yield Text(
        (
            f"As of {found.day}, computed from commit ",
            Code(survey.stamp.commit, 10),
            f" of the branch {survey.stamp.branch or 'main'}, committed {moment(survey.stamp.committed)}.",
        )
    )
    yield from _nothing(found)
    yield Notice(
        "Ask the records",
        (
            "Was somebody trained on the text in force on that day? Who may do this work, and who may not? ",
            Link("Ask a question", "ask.html"),
            ", and get the answer with the records and commits that prove it.",
        ),
        Tone.GOOD,
    )
    yield Tiles(tuple(_tiles(found)))
    yield from _findings(survey)
    yield from _roles(found)
    yield from _capas(found)
    yield from _coming(found)
    yield from _untrained(found)
    yield from _changed(found)
    yield from _overdue(found)


def _nothing(found: Figures) -> Iterator[Block]:
    """What is missing in a system that has just begun, or whose policy nobody can read."""
    if found.survey.snapshot.policy is None:
        said = "qmsci.yaml cannot be read, so nobody can say what this system asks for: qmsci check --all."
        yield Notice("No policy", said, Tone.BAD)
    missing = [
        *(["nobody works here"] if not found.summaries.people else []),
        *(["no document is controlled"] if not found.summaries.documents else []),
    ]
    if missing:
        yield Notice(
            "Nothing is on record yet",
            f"As far as the records say, {' and '.join(missing)}. The figures below count what there is.",
        )


def _tiles(found: Figures) -> Iterator[Tile]:
    yield _qualified(found)
    late = sum(one.late for person in found.summaries.people.values() for one in person.owes)
    yield _count(late, "overdue assignment", "#overdue", "Items of assignments still owed after their due date.")
    yield _effective_untrained(found)
    oldest = f", the oldest {found.capas[0][0].id} for {counted(found.capas[0][1], 'day')}" if found.capas else ""
    yield _count(
        len(found.capas), "open CAPA", "#capas", "CAPAs opened or reopened, and not ended.", oldest, Tone.PLAIN
    )
    yield _count(
        found.gaps,
        "open training gap",
        "gaps/index.html",
        "Gaps that go on, without the time that a programme gives and what a quality event suspends.",
    )
    yield _verified(found.survey)
    yield _count(
        len(found.below_minimum),
        "activity",
        "activities/index.html",
        "Fewer people may perform it alone than minimum-qualified asks for: one, where it is critical without a "
        "number.",
        " below the minimum",
    )
    yield _count(
        len(found.reviews_overdue),
        "document",
        "documents/index.html?documents=overdue",
        "In force, and the day of the periodic review has passed.",
        " with an overdue review",
    )


def _effective_untrained(found: Figures) -> Tile:
    """It alarms where somebody has no time left, or never was given any."""
    number, newcomers = len({one.stand.document for one in found.untrained}), len(found.newcomers)
    label = f"{counted(number, 'document').partition(' ')[2]} effective while untrained"
    return Tile(
        f"{number:,}",
        f"{label}, {newcomers:,} of them by newcomers alone" if newcomers else label,
        "#untrained",
        "In force, and somebody at work whose role requires it is not qualified on it. Newcomers are within the time "
        "that their programme gives.",
        Tone.BAD if number > newcomers else Tone.WARN if number else Tone.GOOD,
    )


def _qualified(found: Figures) -> Tile:
    number, lacking = len(found.required), len(found.untrained)
    how = "Requirements met ÷ requirements: a person at work, and a document in force that a role of theirs requires."
    if not number:
        return Tile("–", "qualified: nothing is required of anybody at work", "matrix/index.html", how)
    said = f"qualified: {number - lacking:,} of {number:,} requirements are met"
    tone = Tone.BAD if lacking else Tone.GOOD
    return Tile(percent(share(number - lacking, number)), said, "matrix/index.html", how, tone)


def percent(figure: Figure) -> str:
    """
    A share in percent that never says that all is met where something is not.

    >>> percent(share(3, 4)), percent(share(2999, 3000)), percent(share(1, 1))
    ('75.0 %', '99.9 %', '100.0 %')
    """
    value = figure.value or 0.0
    return f"{value if figure.numerator == figure.denominator else min(value, 99.9):.1f} %"


def _count(number: int, noun: str, to: str, how: str, more: str = "", bad: Tone = Tone.BAD) -> Tile:
    label = counted(number, noun).partition(" ")[2]
    return Tile(f"{number:,}", f"{label}{more}", to, how, bad if number else Tone.GOOD)


def _verified(survey: Survey) -> Tile:
    checked = survey.checked()
    number, void = sum(checked.signatures.values()), len(checked.void)
    for_nothing = f", {void:,} for nothing" if void else ""
    return Tile(
        f"{number:,}",
        f"signatures checked: {good_signatures(checked):,} good, {checked.refused:,} wrong{for_nothing}",
        "verification/index.html",
        "Each is verified against its record as it is, and its key against the register.",
        Tone.BAD if checked.refused else Tone.GOOD if number else Tone.PLAIN,
    )


def _findings(survey: Survey) -> Iterator[Block]:
    """What else was checked, so that no page of good figures hides a bad record."""
    checked = survey.checked()
    errors = sum(finding.severity is Severity.ERROR for finding in checked.findings)
    said = (
        f"{counted(errors, 'error')} and {counted(len(checked.findings) - errors, 'warning')} by the rules on this day"
    )
    faults = f"{counted(len(checked.wrong), 'fault')} in signatures, digests and links"
    yield Text((f"Beside these figures: {said}; {faults}. ", Link("Verification", "verification/index.html#findings")))


def _section(title: str, name: str, how: str, *links: Link) -> Iterator[Block]:
    """The beginning of a section: how its figures come about, and where everything of the kind is listed."""
    yield Heading(title, name)
    yield Text((how, " ", listed(links)))


# --- training -------------------------------------------------------------------------------------------------------


def _roles(found: Figures) -> Iterator[Block]:
    yield from _section(
        "Qualified share by role",
        "roles",
        "Of the requirements that a role has of its holders at work, how many are met; one that two roles have "
        "counts with both. Roles that require nothing of anybody are left out.",
        Link("All roles", "roles/index.html"),
    )
    shares = found.by_role
    if shares:
        lowest = next(iter(shares))
        summary = f"{counted(len(shares), 'role')}; the lowest share is that of {lowest}, {percent(shares[lowest])}."
        bars = [(role, one.value or 0.0, percent(one).removesuffix(" %")) for role, one in shares.items()]
        yield _chart("roles-chart", "Qualified share by role", summary, bars, "percent of requirements met", 100)
    lacking: dict[str, set[str]] = defaultdict(set)
    for one in found.untrained:
        for role in one.roles:
            lacking[role].add(one.person.person)
    yield Table(
        name="roles-table",
        caption="Qualified share by role, the lowest first",
        heads=("Role", "Share", "Requirements met", "Requirements", "People who lack something"),
        rows=tuple(
            (
                to_role(found.survey, role),
                percent(figure),
                str(figure.numerator),
                str(figure.denominator),
                str(len(lacking[role])),
            )
            for role, figure in shares.items()
        ),
        csv=True,
        empty="No role requires anything of anybody at work.",
    )


def _chart(
    name: str, title: str, summary: str, found: Sequence[tuple[str, float, str]], unit: str, full: float = 0
) -> Chart:
    from qmsci.render.charts import Bar, bars  # noqa: PLC0415  (matplotlib, which takes a second to load)

    shown = f"{summary} The table below has them all."
    return bars(name, title, shown, [Bar(*one) for one in found], unit, full)


def _coming(found: Figures) -> Iterator[Block]:
    yield from _section(
        "Coming effective dates",
        "coming",
        "Revisions that are approved and not yet effective, as qmsci status tells of them. Counted is everybody who "
        "holds a role that requires the revision, or will, while it is in force, on leave or not; and of them who is "
        "qualified on it today. Beside it, who of those at work on the effective date is.",
        Link("All documents", "documents/index.html"),
    )
    yield Table(
        name="coming-table",
        caption="Coming effective dates, the next one first",
        heads=(
            "Revision",
            "Title",
            "Effective",
            "Days left",
            "Trained so far",
            "Of those at work then",
            "Who lacks it",
        ),
        rows=tuple(_coming_row(found, document, one) for document, one in found.coming),
        csv=True,
        empty="No approved revision waits for its effective date.",
    )


def _coming_row(found: Figures, document: DocumentSummary, one: Rolled) -> tuple[Said, ...]:
    named = RevisionId(document.document, one.revision)
    trainees = found.trainees.get(named, ())
    lacking = [person for person, trained in trainees if not trained]
    done = f"{len(trainees) - len(lacking)} of {len(trainees)}"
    return (
        to_revision(found.survey, named),
        document.title,
        str(one.effective),
        str((one.effective - found.day).days),
        Mark(done, Tone.WARN if lacking else Tone.GOOD) if trainees else "nobody needs it",
        f"{one.qualified} of {one.affected}",
        _few([to_person(found.survey, name) for name in lacking], f"documents/{named}.html") or "nobody",
    )


def _few(said: Sequence[Said], rest: str) -> Said:
    """The first of several things, and how many more a page has; empty where there are none."""
    more = len(said) - _NAMED
    return listed([*said[:_NAMED], *([("and ", Link(f"{more} more", rest))] if more > 0 else [])])


def _untrained(found: Figures) -> Iterator[Block]:
    yield from _section(
        "Effective while untrained",
        "untrained",
        "Documents in force on which somebody at work is not qualified, although a role of theirs requires it: "
        "not trained on the revision in force, the refresher lapsed, or suspended. Newcomers in training are "
        "among them.",
        Link("Who may do what", "activities/index.html"),
        Link("people and documents", "matrix/people.html"),
    )
    yield Table(
        name="untrained-table",
        caption=f"Documents in force on {found.day} on which somebody at work is not qualified",
        heads=("Person", "Revision", "State", "Reason", "Evidence"),
        rows=tuple(_untrained_row(found, one) for one in found.untrained),
        filters=(2,),
        csv=True,
        empty="Everybody at work is qualified on every document in force that a role of theirs requires.",
    )


def _untrained_row(found: Figures, one: Required) -> tuple[Said, ...]:
    person, stand = one.person, one.stand
    asked = f"ask.html?person={person.person}&document={stand.document}&on={found.day}"
    return (
        to_somebody(found.survey, person),
        to_revision(found.survey, RevisionId(stand.document, stand.revision)),
        state(Qualification(stand.state)),
        stand.reason,
        Link(f"Ask about {stand.document}", asked),
    )


# --- events, changes, what is late ----------------------------------------------------------------------------------


def _capas(found: Figures) -> Iterator[Block]:
    survey = found.survey
    yield from _section(
        "Open CAPAs by age",
        "capas",
        "The days since each was opened, or reopened last.",
        Link("All quality events", "events/index.html"),
    )
    if found.capas:
        oldest, age = found.capas[0]
        summary = f"{counted(len(found.capas), 'open CAPA')}; the oldest is {oldest.id}, {counted(age, 'day')}."
        bars = [(capa.id, float(days), str(days)) for capa, days in found.capas]
        yield _chart("capas-chart", "Open CAPAs by age", summary, bars, "days since opened or last reopened")
    yield Table(
        name="capas-table",
        caption=f"CAPAs open on {found.day}, the oldest first",
        heads=("CAPA", "Title", "Days", "State", "Owner"),
        rows=tuple(
            (
                to_event(survey, capa.id),
                capa.title,
                str(days),
                state_of(survey.snapshot, capa, survey.when).replace("-", " "),
                to_owner(survey, capa.owner),
            )
            for capa, days in found.capas
        ),
        csv=True,
        empty="No CAPA is open.",
    )


def _changed(found: Figures) -> Iterator[Block]:
    first = found.day.replace(day=1)
    yield from _section(
        "Changed this month",
        "changed",
        f"What came to main from {first} to {found.day}, by the date of its commit, the newest first."
        + (f" {came_later(found.changed_later)}" if found.changed_later else ""),
        Link("All changes", "changes/index.html"),
    )
    yield Table(
        name="changed-table",
        caption=f"Changes merged from {first} to {found.day}",
        heads=("Date", "Change", "Revisions", "Who wrote it", "Commit"),
        rows=tuple(_changed_row(found.survey, one) for one in found.changed),
        empty="Nothing came to main in this month.",
    )


def _changed_row(survey: Survey, one: Merged) -> tuple[Said, ...]:
    authors = [
        to_person(survey, author.person) if author.person else author.identity.name or author.identity.email
        for author in one.authors
    ]
    return (
        str(one.day),
        f"{one.title} ({one.request})" if one.request else one.title,
        _few([to_revision(survey, revised.named) for revised in one.revisions], "changes/index.html"),
        listed(authors),
        Code(one.last.id, 10),
    )


def _overdue(found: Figures) -> Iterator[Block]:
    yield from _section(
        "Overdue",
        "overdue",
        "What was due before this day and is open: training that was assigned, periodic reviews of documents, "
        "quality events and their actions. Somebody on leave owes nothing until they are back. Training is raised by "
        "the event of the training gap that it left, where there is one; an action by the event that it is of.",
        Link("Overdue on any day", "gaps/index.html#late"),
        Link("People", "people/index.html"),
        Link("documents", "documents/index.html"),
        Link("quality events", "events/index.html"),
    )
    yield Table(
        name="overdue-table",
        caption=f"Overdue on {found.day}, what was due first on top",
        heads=("What", "Kind", "Whose it is", "Due", "Days overdue", "Raised as"),
        rows=tuple(
            (one.what, one.kind, one.who, str(one.due), str((found.day - one.due).days), one.raised)
            for one in found.late
        ),
        filters=(1,),
        csv=True,
        empty="Nothing is overdue.",
    )
