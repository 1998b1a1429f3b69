"""Ask: whether a person was qualified on a document, or might perform an activity, on any day; and the evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby
from typing import Any

from qmsci.completion import late_by
from qmsci.course import NOBODY, Courses, Step
from qmsci.evidence import Evidence, Sources
from qmsci.finding import At
from qmsci.records import layout
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.layout import Kind
from qmsci.records.person import Person
from qmsci.records.training import Completion
from qmsci.render.site.page import Code, Heading, Link, Page, Part, Text, Widget
from qmsci.render.site.summary import Summaries
from qmsci.render.site.survey import Survey
from qmsci.render.site.written import DATA, data
from qmsci.render.words import visible
from qmsci.snapshot import Snapshot

#: How many documents, or activities, stand in one piece of data: what is loaded to answer one question.
PIECE = 200
#: A step as the page reads it: its first day, the number of its verdict, the revision or role.
Told = tuple[str, int, str | None]
#: A signature as the page reads it: whose it is, the printed name, the meaning, the time (ISO 8601).
SignedBy = tuple[str, str, str, str]


class _Book:
    """Verdicts and their evidence, each of them once; whoever needs one names it by its number."""

    def __init__(self) -> None:
        self._verdicts: dict[tuple[bool, str, bool, tuple[int, ...]], int] = {}
        self._proofs: dict[Evidence, int] = {}
        self._known: dict[int, tuple[Evidence, int]] = {}  # by identity; the proof is kept, and so is its id

    def told(self, steps: Iterable[Step]) -> list[Told]:
        """A course as the page reads it."""
        return [(step.first.isoformat(), self._verdict(step), step.of) for step in steps]

    def _verdict(self, step: Step) -> int:
        proofs = tuple([(self._known.get(id(proof)) or self._met(proof))[1] for proof in step.evidence])
        key = step.yes, visible(step.reason), step.names_day, proofs
        return self._verdicts.setdefault(key, len(self._verdicts))

    def _met(self, proof: Evidence) -> tuple[Evidence, int]:
        known = self._known[id(proof)] = proof, self._proofs.setdefault(proof, len(self._proofs))
        return known

    def verdicts(self) -> list[tuple[int, str, int, Sequence[int]]]:
        """Each verdict: yes or no, the reason, whether it ends with the day asked about, the numbers of its proofs."""
        return [(int(yes), reason, int(names), proofs) for yes, reason, names, proofs in self._verdicts]

    def evidence(self, survey: Survey, known: Sources) -> dict[str, list[Any]]:
        """
        The proofs, and the commits that brought them, each once; `known` says it of some of them.

        A proof has its path and line, the number of its commit, what it says, how late it came, and who signed it;
        where there is no commit, why there is none.
        """
        commits: dict[tuple[str, str | None], int] = {}
        new = [proof.at for proof in self._proofs if proof.at not in known]
        where = {**known, **survey.sources(new)} if new else known
        proofs = []
        for proof in self._proofs:
            source = where[proof.at]
            brought: int | str = source.unknown
            if source.commit:
                brought = commits.setdefault((source.commit, source.recorded), len(commits))
            late = late_by(survey.snapshot, proof.at, source.held_against)
            signed = _signed(survey.snapshot, proof.at)
            proofs.append((visible(source.path), source.line, brought, visible(proof.says), visible(late), signed))
        return {"proofs": proofs, "commits": list(commits)}


def _signed(snapshot: Snapshot, at: At) -> list[SignedBy] | None:
    """Who signed an entry of training or a waiver, as it says (21 CFR 11.50); None for what nobody signs there."""
    entries = {Kind.COMPLETIONS: snapshot.completions, Kind.WAIVERS: snapshot.waivers}
    filed = layout.filed(at.path)
    if filed is None or filed.kind not in entries:
        return None
    ((index, *_), (person, document)) = at.keys, filed.names
    return [
        (one.by, visible(one.name or ""), visible(one.meaning or ""), one.at.isoformat() if one.at else "")
        for one in entries[filed.kind](person, document)[int(index)].signatures
    ]


# --- a person -------------------------------------------------------------------------------------------------------


def person_data(
    survey: Survey, person: Person, courses: Courses | None = None, known: Sources | None = None
) -> dict[str, str]:
    """
    What is to be known of a person for answering any question about them: the file that the page loads for it.

    It has the course of each document that they have a record on; on all others they are what a stranger is. And of
    each activity that a role of theirs ever performed; of others, what matters is whether they are at work.

    `courses` are their own, where somebody asked for some of them already; `known` says which commits brought records
    of theirs, where somebody knows it.
    """
    courses, book = courses or Courses(survey.snapshot, person), _Book()
    documents = _on_record(survey, person)
    activities = survey.eras.performed_by(held.role for held in person.roles)
    said: dict[str, Any] = {
        "presence": book.told(courses.presence),
        "documents": {document.id: book.told(courses.on(document)) for document in documents},
        "activities": {name: book.told(courses.of(name, survey.eras.of(name))) for name in activities},
    }
    unread = _unread(survey, person, documents)
    name = f"ask/{person.id}"
    proved = {"verdicts": book.verdicts(), **book.evidence(survey, known or {})}
    return {f"{DATA}{name}.js": data(name, {**said, "unread": unread, **proved})}


def _on_record(survey: Survey, person: Person) -> list[Document]:
    """The documents that a person has a history of training or waivers on, whether or not it can be read."""
    paths = survey.snapshot.source.paths
    folders = f"{layout.COMPLETIONS}{person.id}/", f"{layout.WAIVERS}{person.id}/"
    names = {path.removeprefix(folder).removesuffix(".yaml") for folder in folders for path in paths(folder)}
    survey.snapshot.read_histories((person.id, name) for name in sorted(names))
    return [found for name in sorted(names) if (found := survey.snapshot.documents.get(name))]


def _unread(survey: Survey, person: Person, documents: Iterable[Document]) -> dict[str, list[str]]:
    """
    The files that cannot be read and may decide an answer, by document; those that may decide any of them by "".

    There are none on a main line that a gate keeps.
    """
    faults = survey.library.faults
    if not faults:
        return {}
    always = sorted(path for path in faults if path == layout.POLICY or path.startswith(layout.EVENTS))
    found = {document.id: sorted(faults.keys() & _deciding(survey, person, document)) for document in documents}
    return {name: paths for name, paths in {"": always, **found}.items() if paths}


def _deciding(survey: Survey, person: Person, document: Document) -> set[str]:
    """The training files that say whether a person is trained on a document."""
    history = survey.snapshot.completions(person.id, document.id)
    named = {name for entry in history if isinstance(entry, Completion) for name in entry.assignments}
    own = layout.completions(person.id, document.id), layout.waivers(person.id, document.id)
    return {*own, *map(layout.assignment_path, named)}


# --- everybody and everything ---------------------------------------------------------------------------------------


def part(survey: Survey, summaries: Summaries) -> Part:
    """The page, the lists that one chooses from, and what holds of a stranger: of whoever has no record or no role."""
    titles = survey.snapshot.activities
    lists = {
        "people": [(name, visible(one.name)) for name, one in summaries.people.items()],
        "documents": [(name, visible(one.title)) for name, one in summaries.documents.items()],
        "activities": [
            (name, visible(titles[name].title) if name in titles else "") for name in survey.eras.activities
        ],
    }
    found: dict[str, Any] = {f"ask-{kind}": content for kind, content in lists.items()}
    found["ask-holders"] = _holders(survey, list(summaries.people))
    found |= _in_pieces("documents", _documents(survey, summaries.documents))
    found |= _in_pieces("activities", _activities(survey))
    return Part((_page(survey),), {f"{DATA}{name}.js": data(name, content) for name, content in found.items()})


def _holders(survey: Survey, people: Sequence[str]) -> dict[str, list[int]]:
    """Who holds, held or will hold each role that ever performed anything, by their places in the list of people."""
    places = {name: place for place, name in enumerate(people)}
    performing = {role for name in survey.eras.activities for role in _performing(survey, name)}
    holders = survey.snapshot.holders
    return {role: [places[who.id] for who in holders.get(role, ())] for role in sorted(performing)}


def _performing(survey: Survey, activity: str) -> list[str]:
    """The roles that ever performed or operated an activity, sorted."""
    return sorted({role.id for era in survey.eras.of(activity) for role in era.performers.get(activity, ())})


def _in_pieces(kind: str, courses: Iterable[tuple[str, Sequence[Step], tuple[Any, ...]]]) -> dict[str, Any]:
    """The courses of a stranger, so many in a piece; what else is known of each stands beside them."""
    found: dict[str, Any] = {}
    every = list(courses)
    for number, start in enumerate(range(0, len(every), PIECE)):
        book = _Book()
        said = {name: (book.told(steps), *known) for name, steps, known in every[start : start + PIECE]}
        found[f"ask-{kind}-{number}"] = {"about": said, "verdicts": book.verdicts()}
    return found


def _documents(survey: Survey, names: Iterable[str]) -> Iterator[tuple[str, Sequence[Step], tuple[Any, ...]]]:
    """The course of a stranger on each document, and its revisions with their digests."""
    snapshot, stranger = survey.snapshot, Courses(survey.snapshot, NOBODY)
    for name in names:
        document = snapshot.documents.by_id[name]
        digests = {str(document.named(one)): _digest(snapshot, document, one) for one in document.revisions}
        yield name, stranger.on(document), (digests,)


def _digest(snapshot: Snapshot, document: Document, entry: RevisionEntry) -> str | None:
    """
    The digest of the text of a revision, as the file or the records say it; None where they do not.

    The history is not asked (`text_of` does): for thousands of documents that takes minutes.
    """
    if entry is document.newest:
        return document.text
    named = document.named(entry)
    approved = (one.text for one in snapshot.approvals(named))
    asked = (item.text for one in snapshot.assignments(str(named)) for item in one.items if item.document == named)
    return next(chain(approved, asked), None)


def _activities(survey: Survey) -> Iterator[tuple[str, Sequence[Step], tuple[Any, ...]]]:
    """The course of a stranger on each activity; since when it was defined, and was not; which roles performed it."""
    stranger = Courses(survey.snapshot, NOBODY)
    for name in survey.eras.activities:
        eras = survey.eras.of(name)
        spans = groupby(eras, key=lambda era: era.known)
        known = [(next(few).first.isoformat(), int(known)) for known, few in spans]
        yield name, stranger.of(name, eras), (known, _performing(survey, name))


def _page(survey: Survey) -> Page:
    zone = survey.snapshot.policy.timezone if survey.snapshot.policy else "UTC"
    day = survey.when.day.isoformat()
    commands = "qmsci qualified PERSON DOCUMENT --on DATE", "qmsci authorised PERSON ACTIVITY --on DATE"
    return Page(
        path="ask.html",
        title="Ask",
        description="Whether a person was qualified on a document, or authorised for an activity, on any day.",
        words="qualified authorised trained on a date yes no evidence",
        scripts=("ask",),
        blocks=(
            Text(
                "Was somebody trained on the text in force that day? Might they do that work? Yes or no, why, and the "
                "records that prove it. An activity and a day alone ask who might do that work then, and why not the "
                "others."
            ),
            Widget(
                "ask",
                (("on", day), ("piece", str(PIECE))),
                (
                    "Answering here needs a browser that runs the site's own scripts. In a clone of the repository, ",
                    *(Code(commands[0]), " and ", Code(commands[1]), " answer the same; the "),
                    *(Link("training files", "people/index.html"), " say it of today."),
                ),
            ),
            Heading("How it is answered", "how"),
            Text(
                f"A day is judged at its end, in the time zone {zone}, by all that the commit of this site knows: what "
                f"was recorded later counts as well, and its evidence says when it was recorded. Days after {day} are "
                "answered by what is known now."
            ),
            Text(
                "Qualified on a document is who is trained on the revision in force that day, or released from it by a "
                "waiver, whose refresher has not lapsed, and whom no quality event keeps from the work until they are "
                "trained again."
            ),
            Text(
                "Authorised for an activity is who is employed and not on leave, holds a role that performs it, and is "
                "qualified on every document in force that governs it or that the role requires. Roles, activities and "
                "documents are those that main had on that day; people and training are those known now."
            ),
            Text(
                "Who might do some work is answered of everybody who holds, held or will hold a role that ever "
                "performed it; nobody else might."
            ),
            Text(
                "The digest of a revision is that of its text without front matter: for the newest revision that of "
                "the file, for an earlier one that which an approval or an assignment of it names."
            ),
            Text(("The answers are those of ", Code(commands[0]), " and ", Code(commands[1]), ".")),
        ),
    )
