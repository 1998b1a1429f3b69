"""All quality events: how they stand, how old they are, what they are linked with; and a page of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from qmsci.past import then
from qmsci.records.event import Capa, Event
from qmsci.render.site.event import kind_of, pages, state_mark
from qmsci.render.site.event_work import somebody
from qmsci.render.site.links import listed, to_event
from qmsci.render.site.page import Block, Link, Mark, Page, Part, Said, Table, Text, Tone
from qmsci.render.site.summary import Summaries
from qmsci.render.site.survey import Survey
from qmsci.render.words import counted
from qmsci.status import NOT_BEGUN, OpenEvent, open_events, stands

#: The ages by which open CAPAs are told apart: the most days of each, and its name.
_AGES = ((30, "up to 30 days"), (90, "31 to 90 days"), (180, "91 to 180 days"), (365, "181 to 365 days"))


def part(survey: Survey, summaries: Summaries) -> Part:  # noqa: ARG001  (every kind of page is asked alike)
    """The list of all quality events, and the page of each."""
    events = sorted(survey.snapshot.events, key=lambda event: (event.begun or date.min, event.id), reverse=True)
    open_ = {one.event.id: one for one in open_events(survey.snapshot, survey.when)}
    return Part((_list(survey, events, open_), *pages(survey, events)))


def _list(survey: Survey, events: list[Event], open_: Mapping[str, OpenEvent]) -> Page:
    day = survey.when.day
    table = Table(
        "events",
        f"Quality events on {day}, the latest first",
        (
            *("Event", "Kind", "Title", "State", "Begun", "Closed", "Owner"),
            *("Next deadline", "Overdue", "Age in days", "Linked with"),
        ),
        tuple(_row(survey, event, open_.get(event.id)) for event in events),
        filters=(1, 3, 8),
        csv=True,
        empty="No quality event is on record.",
    )
    return Page(
        "events/index.html",
        "Quality events",
        (*_sentences(events, open_, day), table),
        kind="List",
        keys=("Quality events", "Deviations", "CAPAs", "Audit findings"),
        description=f"All quality events on {day}: deviations, CAPAs, findings, validations and reviews",
    )


def _sentences(events: list[Event], open_: Mapping[str, OpenEvent], day: date) -> Iterator[Block]:
    late = sum(one.late for one in open_.values())
    number = counted(len(events), "quality event")
    yield Text(f"{number} on record; on {day}, {len(open_)} {'is' if len(open_) == 1 else 'are'} open, {late} overdue.")
    yield Text(_capas_by_age(open_, day))
    yield Text(
        "A state is derived from the dated facts of the record, nobody writes it. An open event is as old as the days"
        " since it was opened, or reopened last; one that has ended, as the days from its beginning to its end. The"
        " next deadline is that of the event itself or, where it has none, the earliest of its open actions.",
        Tone.QUIET,
    )


def _capas_by_age(open_: Mapping[str, OpenEvent], day: date) -> str:
    ages = sorted((day - (one.since or day)).days for one in open_.values() if isinstance(one.event, Capa))
    if not ages:
        return "No CAPA is open."
    found = []
    low = -1
    for most, name in (*_AGES, (10**9, "more than 365 days")):
        number = sum(low < age <= most for age in ages)
        found += [f"{number} for {name}"] if number else []
        low = most
    return f"{counted(len(ages), 'CAPA')} {'is' if len(ages) == 1 else 'are'} open: {', '.join(found)}."


def _row(survey: Survey, event: Event, one: OpenEvent | None) -> tuple[Said, ...]:
    now, day = then(event, survey.when.day), survey.when.day
    state = stands(survey.snapshot, event, survey.when)
    return (
        Link(event.id, f"events/{event.id}.html"),
        kind_of(event),
        event.title,
        state_mark(state, event),
        str(event.begun or ""),
        str(now.ended or ""),
        somebody(survey, event.owner) if event.owner else "",
        str(one.deadline or "") if one else "",
        Mark("overdue", Tone.BAD) if one and one.late else "no" if state != NOT_BEGUN else "",
        _age(now, one, day),
        listed(to_event(survey, name) for name in _linked(event)),
    )


def _age(event: Event, one: OpenEvent | None, day: date) -> str:
    if one:
        return str((day - one.since).days) if one.since else ""
    return str((event.ended - event.begun).days) if event.begun and event.ended else ""


def _linked(event: Event) -> list[str]:
    """The events that an event names: those that it comes from, and the CAPA that answers it."""
    return list(dict.fromkeys((*event.sources, *filter(None, [getattr(event, "capa", None)]))))
