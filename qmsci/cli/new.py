"""`qmsci new`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

import click

from qmsci.circuit import done_on, governing_then
from qmsci.cli import asked
from qmsci.cli.gaps import event_of
from qmsci.cli.judged import Judged, judged, main_of
from qmsci.cli.kinds import EVERY, INPUTS, STARTED
from qmsci.disk import write_new
from qmsci.finding import CannotRun
from qmsci.gaps import gap_id, gaps, raising
from qmsci.load import load
from qmsci.records import layout
from qmsci.records.base import as_moment
from qmsci.records.event import Deviation, Event, ManagementReview
from qmsci.render.event import written
from qmsci.render.words import visible
from qmsci.snapshot import Snapshot
from qmsci.timeline import ONE_DAY, is_employed


@click.command("new")
@click.argument("kind")
@click.option("--title", metavar="TEXT", help="What it is about, in a line.")
@click.option("--id", metavar="ID", help="Its id; the next number of this year where left out.")
@click.option("--owner", metavar="PERSON", help="Who sees to it.")
@click.option("--person", metavar="PERSON", multiple=True, help="Somebody involved; again for several.")
@click.option("--activity", metavar="ACTIVITY", multiple=True, help="What was being done; again for those of a VAL.")
@click.option("--document", metavar="ID", multiple=True, help="What governs it; by the activity where left out.")
@click.option("--batch", metavar="TEXT", multiple=True, help="A batch that it touches; again for several.")
@click.option("--source", metavar="EVENT", multiple=True, help="An event that it comes from; again for several.")
@click.option("--occurred", metavar="TIME", help="DEV, NCR: when it happened, with an offset; now where left out.")
@click.option("--classification", metavar="CLASS", help="minor, major or critical; for an AUD also observation.")
@click.option("--audit", metavar="TEXT", help="AUD: the audit that found it.")
@click.option("--criterion", metavar="TEXT", help="AUD: what is not fulfilled.")
@click.option("--auditor", metavar="PERSON", help="AUD: who found it.")
@click.option("--protocol", metavar="TEXT", help="VAL: the protocol.")
@click.option("--period-from", metavar="DATE", help="MR: the first day that it looks at; GAP: its first day.")
@click.option("--period-to", metavar="DATE", help="MR: the last day that it looks at; GAP: its last day.")
@click.option("--due", metavar="DATE", help="The day by which it is to be closed.")
def command(kind: str, **options: Any) -> None:
    """
    Start a quality event of a KIND, with all filled in that the records know.

    KIND is DEV (deviation), NCR (nonconformance), CMP (complaint), AUD (audit finding), GAP (training gap), CAPA, VAL
    (process validation) or MR (management review). What only a person can say is left to be added, as comments with
    the keys for it. A file that is there is never overwritten.
    """
    prefix = kind.upper()
    if prefix not in STARTED:
        raise CannotRun(f"no kind of quality event {kind!r}; there are {', '.join(STARTED)}")
    given = {name.replace("_", "-"): value for name, value in options.items() if value not in (None, ())}
    _refuse(prefix, given)
    start = _Start(judged(None, None, compare=False), prefix, given)
    values = start.values()
    path = f"{layout.EVENTS}{values['id']}.yaml"
    left = [text for text in STARTED[prefix].left if text.split(":", 1)[0] not in values]
    text = written(values, {**start.comments, "left": "\n".join(["To be added, as far as it applies:", *left])})
    for fault in load(path, text.encode()).faults:
        raise CannotRun(f"{path} could not be read: {fault.message}")
    write_new(start.what.repository.root, path, text)
    click.echo(f"wrote {path}")
    for step in start.next_steps(values):
        click.echo(f"next: {visible(step)}")


def _refuse(prefix: str, given: dict[str, Any]) -> None:
    """Refuse options that a kind does not have, several where it has one, and to go without those that it needs."""
    kind = STARTED[prefix]
    single = {"GAP": ("person", "document"), "VAL": ()}.get(prefix, ("activity",))
    for name, value in given.items():
        if name not in (*EVERY, *kind.options):
            raise CannotRun(f"--{name} says nothing about {_a(prefix)}")
        if name in single and len(value) > 1:
            raise CannotRun(f"{_a(prefix)} has one {name}: give --{name} once")
    for name in kind.needs:
        if name not in given:
            raise CannotRun(f"{_a(prefix)} needs --{name}")
    for name, value in given.items():
        if not all(text.strip() for text in ([value] if isinstance(value, str) else value)):
            raise CannotRun(f"--{name} is empty: write what it is to say")


def _a(prefix: str) -> str:
    return f"{'an' if prefix in ('NCR', 'AUD', 'MR') else 'a'} {prefix}"


@dataclass
class _Start:
    """The beginning of an event: what was given, and what the records say to it."""

    what: Judged
    prefix: str
    given: dict[str, Any]
    comments: dict[str, str] = field(default_factory=dict)

    def values(self) -> dict[str, object]:
        """The keys of the event, in their order."""
        today = self.what.day
        activities = [asked.activity(self.snapshot, name) for name in self._each("activity")]
        found: dict[str, object] = {"id": "", "title": ""}
        match self.prefix:
            case "DEV" | "NCR":
                found |= {"occurred": self.given.get("occurred", self.occurred), "reported": today}
            case "GAP":
                found |= self._gap(*self.people, *self._documents(activities))
            case "MR":
                found |= self._review()
            case _:
                found |= {"opened": today}
        if "title" in self.given:
            found["title"] = self.given["title"]
        found |= {
            "owner": self._person("owner"),
            **{key: self.given.get(key) for key in ("classification", "audit", "criterion")},
            "auditor": self._person("auditor"),
            "protocol": self.given.get("protocol"),
            "sources": [event.id for event in self.sources],
        }
        if self.prefix == "VAL":
            found["activities"] = activities
        elif activities:
            found["activity"] = activities[0]
        if self.prefix != "GAP":
            found |= {"documents": self._documents(activities), "people": self.people}
        found |= {"batches": list(self._each("batch")), "due": self._due()}
        if self.prefix == "CAPA":
            self._consider()
        found["id"] = self._id(str(found["id"]))
        return {key: value for key, value in found.items() if value not in (None, [])}

    def next_steps(self, values: dict[str, object]) -> Iterator[str]:
        """What to do after the file is written."""
        name = values["id"]
        if self.prefix in ("DEV", "NCR") and "people" in values:
            if "documents" not in values and "activity" not in values:
                yield "name the documents that govern it, or its activity"
            yield f"qmsci assess {name} writes what the records say of the training of {', '.join(self.people)}"
        if self.prefix == "CAPA":
            for event in self.sources:
                if "capa" in type(event).model_fields and not getattr(event, "capa", None):
                    yield f"write 'capa: {name}' into {event.path}"
            yield "add the actions; qmsci assign then writes the training that they ask for"
        if self.prefix == "MR":
            period: Any = values["period"]
            yield f"qmsci report management-review --from {period['from']} --to {period['to']} has the figures"
        yield f"add what its comments name; qmsci status {name} says what is missing"

    # --- what was given ---------------------------------------------------------------------------------------------

    @property
    def snapshot(self) -> Snapshot:
        """The working tree, today."""
        return self.what.snapshot

    @cached_property
    def people(self) -> list[str]:
        """Those involved; in what happened at a moment, only who was employed then."""
        found = [asked.person(self.snapshot, name) for name in self._each("person")]
        if self.prefix in ("DEV", "NCR"):
            day = self.snapshot.day_of(self.occurred)
            absent = next((person for person in found if not is_employed(person, day)), None)
            if absent:
                raise CannotRun(f"{absent.id} was not employed on {day}")
        return [person.id for person in found]

    @cached_property
    def sources(self) -> list[Event]:
        """The events that it comes from."""
        return [asked.event(self.snapshot, name) for name in self._each("source")]

    @cached_property
    def occurred(self) -> datetime:
        """The moment of the event: as given, or now, to the minute, in the policy's time zone."""
        zone = self.snapshot.policy.zone if self.snapshot.policy else None
        now = self.what.moment.astimezone(zone)
        text = self.given.get("occurred")
        if text is None:
            return now.replace(second=0, microsecond=0)
        try:
            moment = as_moment(text)
        except ValueError as error:
            raise CannotRun(f"--occurred {error}") from None
        assert isinstance(moment, datetime)
        if moment > now:
            raise CannotRun(f"--occurred {text} lies ahead")
        return moment

    def _each(self, name: str) -> Sequence[str]:
        return list(dict.fromkeys(self.given.get(name, ())))

    def _person(self, name: str) -> str | None:
        return asked.person(self.snapshot, self.given[name]).id if name in self.given else None

    def _day(self, name: str) -> date | None:
        return asked.day(self.given.get(name), f"--{name}")

    def _due(self) -> date | None:
        due = self._day("due")
        if due and due < self.what.day:
            raise CannotRun(f"--due {due} has passed already")
        return due

    # --- what the records say ---------------------------------------------------------------------------------------

    def _id(self, derived: str) -> str:
        """The id that was asked for, that was derived from the records, or the next one."""
        main = main_of(self.what)
        here = set(self.what.tree.paths(layout.EVENTS))
        there = set(self.what.repository.tree(main).paths(layout.EVENTS)) if main else set()
        begin = f"{self.prefix}-{self.what.day.year}-"
        numbers = (re.fullmatch(rf"{layout.EVENTS}{begin}(\d+)\.yaml", path) for path in here | there)
        free = f"{begin}{1 + max((int(found[1]) for found in numbers if found), default=0):03}"
        name: str = self.given.get("id") or derived or free
        path = f"{layout.EVENTS}{name}.yaml"
        if not name.startswith(f"{self.prefix}-") or not layout.filed(path):
            raise CannotRun(f"{name!r} is no id of {_a(self.prefix)}; {free} is free")
        if path in here | there:
            where = "" if path in here else " on main"
            raise CannotRun(f"{path} is there already{where}; {free} is free")
        return name

    def _documents(self, activities: Sequence[str]) -> list[str]:
        """The documents that were named; else those of a CAPA's sources, and those that govern what was being done."""
        if "document" in self.given:
            return [self._document(name) for name in self._each("document")]
        found = {name for event in self.sources for name in event.documents} if self.prefix == "CAPA" else set()
        for activity in activities:
            then = Deviation(id="DEV-0", title="-", occurred=self.occurred, reported=self.what.day, activity=activity)
            found |= {document.id for document in governing_then(self.snapshot, then)}
            if self.what.library.faults:
                click.echo(f"some files cannot be read, and may govern {activity}: qmsci check --all", err=True)
        return sorted(found)

    def _consider(self) -> None:
        """Leave the root causes of the sources as a comment."""
        causes = [(event.id, event.root_cause) for event in self.sources if event.root_cause]
        if causes:
            said = [f"  {name}: {cause.category}, {cause.summary}" for name, cause in causes]
            self.comments["root-cause"] = "\n".join(["To consider, the root cause of", *said])

    def _document(self, name: str) -> str:
        found, entry = asked.document(self.snapshot, name)
        if entry:
            raise CannotRun(f"--document {name} names a revision: name the document, {found.id}")
        return found.id

    def _gap(self, person: str, document: str) -> dict[str, object]:
        """What is known of a training gap: the latest that is not raised yet, or the days that were given."""
        first, last = self._day("period-from"), self._day("period-to")
        for option, day in (("period-from", first), ("period-to", last)):
            if day and day > self.what.day:
                raise CannotRun(f"--{option} {day} lies ahead")
        if first and last and last < first:
            raise CannotRun(f"the gap would end on {last}, before it begins on {first}")
        mine = [
            one
            for one in raising(self.snapshot, gaps(self.snapshot))
            if (one.gap.person.id, one.gap.document.id) == (person, document)
        ]
        open_ = [one for one in mine if one.name and first in (None, one.gap.first)]
        if open_:
            name, gap = open_[-1].name, open_[-1].gap
            assert name
            return event_of(name, gap, self.what.day) | ({"to": last} if last else {})
        if first:
            values = {"id": gap_id(person, document, first), "title": f"{person} was not qualified on {document}"}
            days = {"opened": self.what.day, "person": person, "document": document, "from": first}
            return values | days | ({"to": last} if last else {})
        raised = next((one.event for one in reversed(mine) if one.event), None)
        if raised:
            raise CannotRun(f"the training gap of {person} on {document} is raised already, as {raised}")
        raise CannotRun(
            f"the records show no training gap of {person} on {document} (qmsci gaps); name its days: --period-from"
        )

    def _review(self) -> dict[str, object]:
        """The title, the day and the period of a management review; what earlier ones left open as a comment."""
        reviews = [event for event in self.snapshot.events if isinstance(event, ManagementReview)]
        latest = max(reviews, key=lambda review: review.period.to, default=None)
        policy, today = self.snapshot.policy, self.what.day
        founded = policy.founded if policy else None
        first = self._day("period-from") or (latest.period.to + ONE_DAY if latest else founded)
        last = self._day("period-to") or today
        lost = self.snapshot.unreadable_below(f"{layout.EVENTS}MR-")
        if first is None or (lost and "period-from" not in self.given):
            why = "an earlier review cannot be read" if lost else "there is no earlier review, nor a day of founding"
            raise CannotRun(f"{why}: name the first day with --period-from")
        if last < first:
            reach = f"{latest.id} reaches to {latest.period.to}: " if latest and "period-from" not in self.given else ""
            raise CannotRun(f"{reach}the period would end on {last}, before it begins on {first}")
        if last > today:
            raise CannotRun(f"--period-to {last} lies ahead")
        when = self.snapshot.end_of(today)
        still_open = [
            f"  {review.id} action {action.id}, due {action.deadline}: {action.title or action.summary or action.kind}"
            for review in reviews
            for action in review.actions
            if not done_on(self.snapshot, review, action, when)
        ]
        if still_open:
            self.comments["open"] = "\n".join(["Open from earlier reviews:", *still_open])
        inputs = (f"  - {name}" for name in INPUTS)
        self.comments["inputs"] = "\n".join(["What a review looks at; keep what was reviewed.", "inputs:", *inputs])
        self.comments["presented"] = (
            "The figures that it was shown, by the names of their metrics in\n"
            f"qmsci report management-review --from {first} --to {last}\n"
            'presented: {METRIC: "…"}'
        )
        return {"title": f"Management review, {first} to {last}", "held": today, "period": {"from": first, "to": last}}
