"""The pages of a document: the text in force, each one that is coming, who was trained on it and who must be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from posixpath import dirname, join, normpath

from qmsci.completion import full_method, in_order
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.layout import Kind, filed
from qmsci.records.training import Approval
from qmsci.render.site.approvals import approvals_of
from qmsci.render.site.links import listed, moment, span, to_activity, to_document, to_event, to_person, to_role
from qmsci.render.site.page import (
    Block,
    Code,
    Facts,
    Folded,
    Heading,
    Link,
    Mark,
    Notice,
    Page,
    Part,
    Prose,
    Said,
    Table,
    Text,
    Tone,
)
from qmsci.render.site.prose import prose, words
from qmsci.render.site.summary import DocumentSummary, Rolled
from qmsci.render.site.survey import KeptText, Survey, meant_text
from qmsci.render.site.trainees import assigned, others_trained, trained_then, training_of
from qmsci.render.site.written import data
from qmsci.render.words import counted
from qmsci.snapshot import Snapshot
from qmsci.status import DocumentStatus, RevisionState, RevisionStatus, Trainee, status_of_document
from qmsci.timeline import days_in_force, in_force

#: Where two texts of a document are compared.
COMPARE = "documents/compare.html"
_IN_TIME = (
    "In time: how many of those at work on the effective date, whose roles require the document, were qualified on the "
    "revision at the end of that day."
)
_MISSING = (
    "not in the history that this site was built from: the clone does not reach back to it, or it never was the newest "
    "revision of its file on main."
)
_STATES = {
    RevisionState.IN_FORCE: Mark("in force", Tone.GOOD),
    RevisionState.APPROVED: Mark("approved", Tone.WARN),
    RevisionState.SUPERSEDED: Mark("superseded", Tone.QUIET),
    RevisionState.WITHDRAWN: Mark("withdrawn", Tone.QUIET),
    RevisionState.RETIRED: Mark("retired", Tone.QUIET),
}
_PURPOSES = {
    "qualification": "qualification: nobody does the work without being trained on it",
    "awareness": "awareness: training is owed, and the work may be done before it",
}


def part(survey: Survey, document: Document) -> tuple[Part, DocumentSummary]:
    """The pages of a document, the data of its texts, and what the lists of the site need to know of it."""
    survey.snapshot.read_histories((person, document.id) for person in survey.histories.get(document.id, ()))
    about = _About(survey, document)
    pages = [_in_force(about), *(_coming(about, one) for one in about.coming)]
    return Part(tuple(pages), {f"data/texts/{document.id}.js": _texts(about)}), _summary(about)


def next_review(snapshot: Snapshot, document: Document, day: date) -> date | None:
    """The last day for the periodic review of a document; None where nothing is in force that could be reviewed."""
    entry = in_force(document, day)
    kind = snapshot.policy.type_of(document.id) if snapshot.policy else None
    if entry is None or kind is None:
        return None
    reviews = (review.on for review in document.reviewed if entry.effective <= review.on <= day)
    return kind.review.after(max([entry.effective, *reviews]))


@dataclass(frozen=True)
class _About:
    """A document on the day of the site, with all that its pages say."""

    survey: Survey
    document: Document

    @property
    def day(self) -> date:
        return self.survey.when.day

    @cached_property
    def status(self) -> DocumentStatus:
        return status_of_document(self.survey.snapshot, self.document, self.survey.when)

    @cached_property
    def kept(self) -> Sequence[KeptText]:
        return self.survey.texts(self.document)

    @cached_property
    def current(self) -> RevisionStatus | None:
        return next((one for one in self.status.revisions if one.state is RevisionState.IN_FORCE), None)

    @cached_property
    def coming(self) -> list[RevisionStatus]:
        """The revisions that are approved and not yet effective, the next one first."""
        found = [one for one in self.status.revisions if one.state is RevisionState.APPROVED]
        return sorted(found, key=lambda one: one.entry.effective)

    @cached_property
    def approvals(self) -> dict[str, tuple[Approval, ...]]:
        """The approvals of each revision, by its label."""
        snapshot, document = self.survey.snapshot, self.document
        return {entry.revision: snapshot.approvals(document.named(entry)) for entry in document.revisions}

    def texts(self, entry: RevisionEntry) -> list[KeptText]:
        return [one for one in self.kept if one.revision == entry.revision]

    def text(self, entry: RevisionEntry) -> KeptText | None:
        return meant_text(self.survey.snapshot, self.document, entry, self.texts(entry))

    def trainees(self, entry: RevisionEntry) -> Sequence[Trainee]:
        return next((people for one, people in self.status.training if one is entry), ())


# --- the pages ------------------------------------------------------------------------------------------------------


def _in_force(about: _About) -> Page:
    survey, document, current = about.survey, about.document, about.current
    entry = current.entry if current else None
    text = about.text(entry) if entry else None
    html = _html(about, text, f"documents/{document.id}.html") if text else ""
    title = text.title if text else document.title
    blocks: list[Block] = [*_notices(about), _facts(about, current, text)]
    if entry:
        blocks += [*_approvals(about, entry, text), *_wording(about, entry, text, html)]
    blocks += [
        Heading("Revision history", "revisions"),
        _history(about),
        Text(_IN_TIME, Tone.QUIET),
        Heading("Training", "training"),
        _reach(about),
    ]
    blocks += _training(about, entry) if entry else others_trained(survey, document)
    blocks += _earlier(about)
    return Page(
        path=f"documents/{document.id}.html",
        title=f"{document.id} {title}",
        blocks=tuple(blocks),
        kind="Document",
        keys=(document.id, title, *(str(document.named(one)) for one in document.revisions)),
        words=words(html),
        description=f"{document.named(entry)}, in force since {entry.effective}" if entry else "No revision in force",
        controlled=_controlled(about, entry, text),
    )


def _coming(about: _About, status: RevisionStatus) -> Page:
    entry = status.entry
    named, text = about.document.named(entry), about.text(entry)
    html = _html(about, text, f"documents/{named}.html") if text else ""
    blocks = [
        _not_yet(about, entry),
        *_faults(about, status, text),
        _facts(about, status, text),
        *_approvals(about, entry, text),
        *_wording(about, entry, text, html),
        Heading("Training", "training"),
        *_training(about, entry),
    ]
    title = text.title if text else about.document.title
    return Page(
        path=f"documents/{named}.html",
        title=f"{named} {title}, not yet effective",
        blocks=tuple(blocks),
        kind="Coming revision",
        keys=(str(named), title),
        words=words(html),
        description=f"{named}, which takes effect on {entry.effective}",
        controlled=_controlled(about, entry, text),
    )


def _controlled(about: _About, entry: RevisionEntry | None, text: KeptText | None) -> str:
    """What stands on every printed sheet."""
    if entry is None:
        return f"{about.document.id}: no revision in force on {about.day}"
    digest = text.digest[: len("sha256:") + 16] if text else "text not in this history"
    comes = (
        f"NOT YET EFFECTIVE, from {entry.effective}" if entry.effective > about.day else f"effective {entry.effective}"
    )
    return f"{about.document.id} revision {entry.revision}, {comes}, {digest}"


def _html(about: _About, text: KeptText, at: str) -> str:
    return prose(text.body, at, partial(_page_of, about.survey, dirname(text.path)))


def _page_of(survey: Survey, folder: str, path: str) -> str | None:
    """The page of the document that a path from a folder, or an id, names."""
    place = path.removeprefix("/") if path.startswith("/") else normpath(join(folder, path))
    found = filed(place)
    name = found.names[1] if found and found.kind is Kind.DOCUMENT else path.partition("@")[0]
    parts = name.split("-")
    names = ("-".join(parts[:length]) for length in range(len(parts), 1, -1))
    known = next((one for one in names if one in survey.snapshot.documents), None)
    return f"documents/{known}.html" if known else None


# --- notices --------------------------------------------------------------------------------------------------------


def _notices(about: _About) -> Iterator[Notice]:
    document, current, day = about.document, about.current, about.day
    if document.retired and document.retired <= day:
        said = f"{document.id} was retired on {document.retired}. It governs and requires nothing from that day."
        yield Notice("Retired", said)
    elif current is None:
        yield Notice("No revision is in force", _why_none(about))
    elif document.retired:
        yield Notice("To be retired", f"{document.id} governs and requires nothing from {document.retired}.")
    for one in about.coming:
        named = document.named(one.entry)
        coming = Link(str(named), f"documents/{named}.html")
        yield Notice("A revision is coming", (coming, f" takes effect on {one.entry.effective}."))
    if current:
        yield from _faults(about, current, about.text(current.entry))


def _why_none(about: _About) -> str:
    if about.coming:
        first = about.coming[0].entry
        return f"{about.document.named(first)} is the first, from {first.effective}."
    return f"All revisions of {about.document.id} were withdrawn."


def _not_yet(about: _About, entry: RevisionEntry) -> Notice:
    document, current = about.document, about.current
    instead: Said = f"no revision of {document.id} is in force."
    if current:
        instead = (
            "the revision in force is ",
            Link(str(document.named(current.entry)), f"documents/{document.id}.html"),
            ".",
        )
    return Notice("Not yet effective", (f"It takes effect on {entry.effective}. On {about.day} ", instead), Tone.BAD)


def _faults(about: _About, status: RevisionStatus, text: KeptText | None) -> Iterator[Notice]:
    """What is wrong with a revision, its text and its approvals."""
    named, texts = about.document.named(status.entry), about.texts(status.entry)
    if status.bereft:
        yield Notice("An approval was lost", f"{status.bereft}.", Tone.BAD)
    if len(texts) > 1 and text:
        digests = ", ".join(one.digest for one in texts)
        said = f"Main had {len(texts)} texts of {named} without a new revision: {digests}. Shown is {text.digest}."
        yield Notice("Altered in place", said, Tone.BAD)
    given = about.approvals[status.entry.revision]
    if text and given and all(one.text != text.digest for one in given):
        yield Notice("Another text was approved", f"No approval of {named} is of the text that is shown.", Tone.BAD)


# --- what it is -----------------------------------------------------------------------------------------------------


def _facts(about: _About, status: RevisionStatus | None, text: KeptText | None) -> Facts:
    survey, document = about.survey, about.document
    rows: list[tuple[str, Said]] = [("Document", document.id), ("Type", document.id.split("-", 1)[0])]
    if status:
        rows += _facts_of(about, status.entry, text)
    rows += [
        ("Owner", to_role(survey, document.owner)),
        ("Purpose", _PURPOSES[document.purpose]),
        ("Governs", listed(to_activity(survey, name) for name in document.governs) or "nothing"),
        ("Training", _method(survey.snapshot, document)),
    ]
    if document.references:
        rows.append(("References", listed(to_document(survey, name) for name in document.references)))
    rows.append(("File", Code(document.path)))
    return Facts(tuple(rows))


def _facts_of(about: _About, entry: RevisionEntry, text: KeptText | None) -> Iterator[tuple[str, Said]]:
    yield "Revision", entry.revision
    yield "Effective", str(entry.effective)
    yield from (("In force", _span(first, last, about.day)) for first, last in days_in_force(about.document, entry))
    if text:
        yield "Text", Code(text.digest)
        came = (
            (Code(text.commit, 10), f", {moment(text.recorded)}")
            if text.commit and text.recorded
            else "before the history that is here begins"
        )
        yield "Came to main", came
    due = next_review(about.survey.snapshot, about.document, about.day)
    if due and in_force(about.document, about.day) is entry:
        yield "Next review", Mark(f"overdue since {due}", Tone.BAD) if due < about.day else f"by {due}"


def _span(first: date, last: date, day: date) -> str:
    return span(first, last) + (f", {counted((day - first).days, 'day')} so far" if first <= day else "")


def _method(snapshot: Snapshot, document: Document) -> str:
    every = f"; again every {document.training.every}" if document.training.every else ""
    tasks = document.training.supervised
    supervised = f"; {counted(tasks, 'supervised task')} first" if tasks else ""
    return ", ".join(in_order(full_method(snapshot, document))) + supervised + every


# --- what it says ---------------------------------------------------------------------------------------------------


def _approvals(about: _About, entry: RevisionEntry, text: KeptText | None) -> Iterator[Block]:
    yield Heading("Approvals", "approvals")
    digest = text.digest if text else None
    yield from approvals_of(about.survey, about.document, entry, about.approvals[entry.revision], digest)


def _wording(about: _About, entry: RevisionEntry, text: KeptText | None, html: str) -> Iterator[Block]:
    named = about.document.named(entry)
    yield Heading(f"The text of {named}", "the-text")
    if text:
        yield Prose(html)
        return
    yield Notice("The text is not here", f"The text of {named} is {_MISSING}", Tone.BAD)


def _history(about: _About) -> Table:
    return Table(
        name="revisions",
        caption=f"Revisions of {about.document.id}, the newest first",
        heads=(
            *("Revision", "State", "Effective", "In time", "Compare", "Summary", "Impact", "Reason", "Authors"),
            "Approvals",
        ),
        rows=tuple(_revision(about, one) for one in about.status.revisions),
        csv=True,
    )


def _revision(about: _About, status: RevisionStatus) -> tuple[Said, ...]:
    survey, document, entry = about.survey, about.document, status.entry
    impact = "; ".join(filter(None, (entry.impact, "emergency" if entry.emergency else "", entry.rationale)))
    return (
        entry.revision,
        _STATES[status.state],
        str(entry.effective),
        _qualified(status, about.day),
        _comparison(document, entry),
        entry.summary,
        impact,
        to_event(survey, entry.reason) if entry.reason else "",
        listed(to_person(survey, name) for name in entry.authors),
        str(len(about.approvals[entry.revision])),
    )


def _qualified(status: RevisionStatus, day: date) -> str:
    """How many were qualified in time; of a revision that is withdrawn, nobody is asked to be."""
    if status.state is RevisionState.WITHDRAWN:
        return "owed by nobody"
    return f"{status.qualified} of {status.affected}" + (" so far" if status.entry.effective > day else "")


def _comparison(document: Document, entry: RevisionEntry) -> Said:
    place = document.revisions.index(entry) + 1
    if place == len(document.revisions):
        return Link("read", f"{COMPARE}?document={document.id}&from={entry.revision}&to={entry.revision}")
    before = document.revisions[place].revision
    return Link(f"with {before}", f"{COMPARE}?document={document.id}&from={before}&to={entry.revision}")


# --- training -------------------------------------------------------------------------------------------------------


def _reach(about: _About) -> Table:
    return Table(
        name="roles",
        caption=f"Roles that require {about.document.id}, and why",
        heads=("Role", "Title", "Why"),
        rows=tuple((to_role(about.survey, role.id), role.title, ", ".join(why)) for role, why in about.status.roles),
        empty=f"No role requires {about.document.id}.",
    )


def _training(about: _About, entry: RevisionEntry) -> Iterator[Block]:
    survey, document, people = about.survey, about.document, about.trainees(entry)
    yield from training_of(survey, document, entry, people)
    yield from assigned(survey, document, entry)
    if entry.effective <= about.day:
        yield from others_trained(survey, document, {one.person.id for one in people})


# --- earlier revisions ----------------------------------------------------------------------------------------------


def _earlier(about: _About) -> Iterator[Block]:
    """Of each revision that is in force no more: who approved it, who had to be trained on it, and who was in time."""
    past = [one for one in about.status.revisions if one.state not in (RevisionState.APPROVED, RevisionState.IN_FORCE)]
    if past:
        yield Heading("Earlier revisions", "earlier")
    for one in past:
        named = about.document.named(one.entry)
        said = f"{named}, {_STATES[one.state].text}: approvals, and who was trained"
        yield Folded(said, tuple(_of_earlier(about, one)))


def _of_earlier(about: _About, status: RevisionStatus) -> Iterator[Block]:
    entry, text = status.entry, about.text(status.entry)
    given = about.approvals[entry.revision]
    yield from _faults(about, status, text)
    yield Text(_old_text(about, entry, text))
    name = f"approvals-{entry.revision.replace('.', '-')}"
    yield from approvals_of(about.survey, about.document, entry, given, text.digest if text else None, name)
    yield from trained_then(about.survey, about.document, status)


def _old_text(about: _About, entry: RevisionEntry, text: KeptText | None) -> Said:
    """Where the text of an earlier revision is read; or why neither it nor, mostly, its approvals are here."""
    document = about.document
    named = document.named(entry)
    begun = f"Effective {entry.effective}. "
    if text:
        read = Link("read", f"{COMPARE}?document={document.id}&from={entry.revision}&to={entry.revision}")
        return f"{begun}Its text is {text.digest}: ", read
    first = about.kept[-1] if about.kept else None
    if first and first.recorded and _is_older(document, entry, first.revision):
        came = f"{document.id} came to main with revision {first.revision} on {moment(first.recorded)}"
        return (
            f"{begun}Main never had its text: {came}, and {named} was brought along in the list of its revisions. The "
            "text, and approvals that are not here, are where the document was kept before."
        )
    return f"{begun}Its text is {_MISSING}"


def _is_older(document: Document, entry: RevisionEntry, label: str) -> bool:
    """Whether a revision comes before the one of a label."""
    labels = [one.revision for one in document.revisions]
    return label in labels and labels.index(entry.revision) > labels.index(label)


# --- data -----------------------------------------------------------------------------------------------------------


def _texts(about: _About) -> str:
    """
    The texts that main has, or had, as data; and all revisions, of which some may have no text here.

    `meant` is the text that counts, where main had several of a revision.
    """
    document = about.document
    meant = [about.text(entry) for entry in document.revisions]
    content = {
        "document": document.id,
        "title": document.title,
        "revisions": [
            {"revision": one.entry.revision, "state": one.state.value, "effective": one.entry.effective.isoformat()}
            for one in about.status.revisions
        ],
        "texts": [
            {
                "revision": one.revision,
                "digest": one.digest,
                "title": one.title,
                "commit": one.commit,
                "recorded": one.recorded,
                "meant": one in meant,
                "body": one.body.replace("\r\n", "\n"),
            }
            for one in about.kept
        ],
    }
    return data(f"texts/{document.id}", content)


def _summary(about: _About) -> DocumentSummary:
    document, current = about.document, about.current
    text = about.text(current.entry) if current else None
    here = (
        [one for one in about.trainees(current.entry) if one.since <= about.day and not one.on_leave] if current else []
    )
    return DocumentSummary(
        document=document.id,
        title=text.title if text else document.title,
        type=document.id.split("-", 1)[0],
        owner=document.owner,
        purpose=document.purpose,
        next_review=next_review(about.survey.snapshot, document, about.day),
        retired=document.retired,
        digest=text.digest if text else None,
        roles=tuple(role.id for role, _ in about.status.roles),
        revisions=tuple(
            Rolled(
                one.entry.revision,
                one.state.value,
                one.entry.effective,
                one.entry.impact,
                one.qualified,
                one.affected,
                len(about.approvals[one.entry.revision]),
            )
            for one in about.status.revisions
        ),
        governs=document.governs,
        qualified=sum(bool(one.standing.verdict) for one in here),
        owed=len(here),
    )
