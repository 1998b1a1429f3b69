"""The training history of somebody: every entry, who signed it as what, whether it counts, where it is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from qmsci.completion import late_by, lost_entries, rejected_entries
from qmsci.compromised import lost_entry, lost_waiver
from qmsci.evidence import Source, Sources
from qmsci.finding import At
from qmsci.records import layout
from qmsci.records.person import Person
from qmsci.records.training import Completion, CompletionEntry, Rejection, Waiver
from qmsci.render.site.links import listed, moment, span, to_person, to_revision
from qmsci.render.site.page import Code, Mark, Said, Table, Tone
from qmsci.render.site.signatures import Claims, claims_in, signed
from qmsci.render.site.survey import Survey
from qmsci.render.words import counted

#: How many letters of digests, commits and keys are shown; the whole of them is at hand.
DIGEST, COMMIT, KEY = 15, 10, 15


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry of a history, in the file on a document; `void` says why it counts for nothing, where it does not."""

    at: At
    document: str
    entry: CompletionEntry
    void: str

    @property
    def moment(self) -> datetime:
        """When it happened, or when it was rejected."""
        return self.entry.completed if isinstance(self.entry, Completion) else self.entry.at


@dataclass(frozen=True, slots=True)
class Released:
    """A waiver, in the file on a document; `void` says why it counts for nothing, where a key took it."""

    at: At
    waiver: Waiver
    void: str


@dataclass(frozen=True, slots=True)
class History:
    """
    All that is on record of somebody's training, newest first, with where it stands; and what cannot be read.

    `claims` are the signatures on it, each with whether it verifies.
    """

    person: Person
    entries: tuple[Kept, ...]
    waivers: tuple[Released, ...]
    sources: Sources
    claims: Claims
    unreadable: tuple[str, ...]


def history_of(survey: Survey, person: Person) -> History:
    """All that is on record of somebody's training; its commits and its signatures are asked for once, together."""
    folders = f"{layout.COMPLETIONS}{person.id}/", f"{layout.WAIVERS}{person.id}/"
    documents = [_documents(survey, folder) for folder in folders]
    entries = sorted(
        (one for document in documents[0] for one in _kept(survey, person, document)),
        key=lambda one: (one.moment, one.at.path, one.at.keys),
        reverse=True,
    )
    waivers = sorted(
        (one for document in documents[1] for one in _released(survey, person, document)),
        key=lambda one: (one.waiver.from_, one.at.path, one.at.keys),
        reverse=True,
    )
    places = [*(one.at for one in entries), *(one.at for one in waivers)]
    return History(
        person=person,
        entries=tuple(entries),
        waivers=tuple(waivers),
        sources=survey.sources(places),
        claims=claims_in(survey, dict.fromkeys(at.path for at in places)),
        unreadable=tuple(sorted(path for path in survey.library.faults if path.startswith(folders))),
    )


def _documents(survey: Survey, folder: str) -> list[str]:
    """The documents on which a folder has a file."""
    paths = survey.snapshot.source.paths(folder)
    survey.snapshot.source.records(paths)  # in one go
    return [found.names[1] for found in map(layout.filed, paths) if found]


def _kept(survey: Survey, person: Person, document: str) -> Iterator[Kept]:
    snapshot, now = survey.snapshot, survey.when.instant
    path, history = layout.completions(person.id, document), snapshot.completions(person.id, document)
    rejected = rejected_entries(snapshot, person.id, document, now)
    lost = lost_entries(snapshot, person.id, document, now)
    for index, entry in enumerate(history):
        void = ""
        if isinstance(entry, Rejection):
            taken = lost_entry(snapshot, path, person.id, entry, now)
            void = str(taken) if taken else ""
        elif index in rejected:
            void = "; ".join(
                f"rejected by {one.by} on {moment(one.at)}: {one.reason}"
                for one in history
                if isinstance(one, Rejection) and index in one.entries and one.at <= now
            )
        elif index in lost:
            void = str(lost[index])
        yield Kept(At(path, (index,)), document, entry, void)


def _released(survey: Survey, person: Person, document: str) -> Iterator[Released]:
    path = layout.waivers(person.id, document)
    for index, waiver in enumerate(survey.snapshot.waivers(person.id, document)):
        taken = lost_waiver(survey.snapshot, path, waiver, survey.when.day)
        yield Released(At(path, (index,)), waiver, str(taken) if taken else "")


# --- the tables -----------------------------------------------------------------------------------------------------


def entries_table(survey: Survey, history: History) -> Table:
    """Every entry on training, newest first."""
    return Table(
        name="history",
        caption="Training on record, newest first",
        heads=(
            "Revision",
            "Completed",
            "Method",
            "Result",
            "Outcome",
            "Signed by, as, at (21 CFR 11.50), and whether it verifies",
            "Answers",
            "Text",
            "Where it is recorded",
        ),
        rows=tuple(_row(survey, history, one) for one in history.entries),
        csv=True,
        empty="No training is on record.",
    )


def _row(survey: Survey, history: History, one: Kept) -> tuple[Said, ...]:
    entry, source = one.entry, history.sources.get(one.at)
    late = late_by(survey.snapshot, one.at, source.held_against if source else None).removeprefix(", ")
    recorded = listed([_recorded(one.at, source), *filter(None, [late])], "; ")
    by = signed(survey, entry.signatures, history.claims.get(one.at, ()))
    if isinstance(entry, Rejection):
        about = Mark("rejects an entry", Tone.WARN), f" with the digest {entry.rejects}: {entry.reason}"
        outcome = _void(one.void) if one.void else about
        return one.document, moment(one.moment), "", "", outcome, by, "", "", recorded
    return (
        to_revision(survey, entry.document),
        moment(entry.completed),
        ", ".join(entry.method),
        listed(_result(survey, entry), "; "),
        _outcome(survey, one, entry),
        by,
        ", ".join(entry.assignments) or "nobody had asked for it",
        Code(entry.text, DIGEST) if entry.text else "not recorded",
        recorded,
    )


def _result(survey: Survey, entry: Completion) -> Iterator[Said]:
    if entry.assessment:
        said = entry.assessment
        yield f"score {said.score}, pass mark {said.pass_mark}, attempt {said.attempt}"
    if entry.practical:
        judged = f"{entry.practical.outcome.replace('-', ' ')}, evaluated by "
        yield judged, to_person(survey, entry.practical.evaluator)
        tasks = entry.practical.supervised
        if tasks:
            told = ", ".join(f"{task.task} on {task.on} under {task.by}" for task in tasks)
            yield f"{counted(len(tasks), 'supervised task')}: {told}"
    if entry.session:
        yield f"session led by {entry.session.facilitator}, attendance list {entry.session.reference}"
    if entry.origin:
        verified = f"verified by {entry.origin.verified_by}" if entry.origin.verified_by else "verified by nobody"
        yield f"brought over from {entry.origin.system}, {entry.origin.reference}, {verified}"


def _outcome(survey: Survey, one: Kept, entry: Completion) -> Said:
    """Whether an entry counts on the day of the site, and why not."""
    if one.void:
        return _void(one.void)
    if entry.completed > survey.when.instant:
        return Mark(f"after {survey.when.day}", Tone.QUIET)
    return Mark("passed", Tone.GOOD) if entry.passed else Mark("not passed", Tone.WARN)


def _void(why: str) -> Said:
    """That something counts for nothing, and why."""
    return Mark("counts for nothing", Tone.BAD), f": {why}"


def _recorded(at: At, source: Source | None) -> Said:
    """The file and line, and the commit that brought it to main."""
    if source is None:
        return Code(at.path)
    where = Code(f"{source.path}:{source.line}")
    if source.commit is None or source.recorded is None:
        return where, f", {source.unknown}"
    return where, ", commit ", Code(source.commit, COMMIT), f", {moment(source.recorded)}"


def waivers_table(survey: Survey, history: History) -> Table:
    """Every waiver, the latest first."""
    return Table(
        name="waivers",
        caption="Waivers, the latest first",
        heads=("Revision", "Days", "On this day", "Reason", "Evidence", "Granted by", "Signed by, as, at", "Recorded"),
        rows=tuple(
            (
                to_revision(survey, one.waiver.document),
                span(one.waiver.from_, one.waiver.until),
                _runs(survey, history.person.id, one),
                one.waiver.reason or "none given",
                one.waiver.evidence or "none given",
                to_person(survey, one.waiver.by) if one.waiver.by else "nobody",
                signed(survey, one.waiver.signatures, history.claims.get(one.at, ())),
                _recorded(one.at, history.sources.get(one.at)),
            )
            for one in history.waivers
        ),
        empty="Nobody released them from any training.",
    )


def _runs(survey: Survey, person: str, one: Released) -> Said:
    waiver, day = one.waiver, survey.when.day
    if one.void:
        return _void(one.void)
    if waiver.from_ > day:
        return Mark("to come", Tone.QUIET)
    if waiver.until is None or not (waiver.reason and waiver.evidence and waiver.by) or waiver.by == person:
        return Mark("incomplete: counts for nothing", Tone.BAD)
    return Mark("valid", Tone.GOOD) if day <= waiver.until else Mark("expired", Tone.QUIET)
