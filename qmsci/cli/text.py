"""`qmsci text`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from typing import NoReturn

import click

from qmsci.cli import asked
from qmsci.cli.judged import Judged, judged, moment, of_main, sources
from qmsci.cli.texts import texts_of
from qmsci.commits import Made
from qmsci.finding import At
from qmsci.gitlog import MainLine, commits
from qmsci.gitrepo import Unrecorded
from qmsci.key_register import KeyRegister
from qmsci.records import layout
from qmsci.records.base import RevisionId
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.training import Approval
from qmsci.render.site.approvals import founding_approval, is_founding
from qmsci.render.site.survey import meant_text
from qmsci.render.text import Agreed, Came, Shown, as_json, as_text
from qmsci.snapshot import When
from qmsci.status import RevisionState, revision_state
from qmsci.timeline import days_in_force, in_force
from qmsci.verdicts import signed_files
from qmsci.verification import lacks, wrong_words


@click.command("text")
@click.argument("document", metavar="DOC[@REV]")
@click.option("--on", metavar="DATE", help="A date (its end) or a time with an offset; today where left out.")
@click.option("--known-at", "known", metavar="DATE", help="Answer by what main said at that date or time, not by now.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def command(ctx: click.Context, document: str, on: str | None, known: str | None, form: str) -> None:
    """
    The text of DOC that is (or was) in force on a date, from the history of main, with what proves it.

    First come the revision and its state, the days on which it is in force, the digest of the text, its approvals with
    what is to be said of their signatures, and the commits that brought all this to main; then an empty line and the
    text itself, in which only control characters are spelled out. SOP-014@3 asks for that revision, in force or not.
    Exits with 1 where no revision was in force, or the text is not in the history.
    """
    here = judged(None, None, compare=False)
    what = of_main(here, known)
    found, entry = asked.document(what.snapshot, document)
    said_on = on or known or what.snapshot.day_of(here.moment).isoformat()
    when = moment(what.snapshot, said_on)
    meant = entry or in_force(found, when.day)
    if meant is None:
        _say_nothing(ctx, found, when, said_on, known, form)
    shown = _shown(what, found, meant, when)
    text = as_json(shown, said_on, known) if form == "json" else as_text(shown)
    click.echo(text, nl=False)
    ctx.exit(int(shown.text is None))


def _say_nothing(ctx: click.Context, document: Document, when: When, on: str, known: str | None, form: str) -> NoReturn:
    coming = [entry for entry in reversed(document.revisions) if not entry.withdrawn and entry.effective > when.day]
    if document.retired and document.retired <= when.day:
        reason = f"no revision of {document.id} is in force on {when.day}: it was retired on {document.retired}"
    elif coming:
        first = coming[0]
        reason = (
            f"no revision of {document.id} is in force on {when.day}: {document.named(first)} is from {first.effective}"
        )
    else:
        reason = f"no revision of {document.id} is in force on {when.day}: all of them were withdrawn"
    click.echo(as_json(None, on, known, document.id, reason) if form == "json" else f"{reason}\n", nl=False)
    ctx.exit(1)


def _shown(what: Judged, document: Document, entry: RevisionEntry, when: When) -> Shown:
    """All there is to show of a revision."""
    assert what.head
    begins = MainLine(what.repository, what.head).begins
    named, every = document.named(entry), texts_of(what.repository, what.head.id, document.id)
    texts = [one for one in every if one.revision == named]
    approvals = what.snapshot.approvals(named)
    chosen = meant_text(what.snapshot, document, entry, texts)
    came = _came(what, chosen.commit, begins) if chosen else None
    days, current = days_in_force(document, entry), in_force(document, when.day)
    notes = list(_notes(document, entry, [one.digest for one in texts]))
    if chosen is None:
        notes.append(_absent(what, named, begins))
    return Shown(
        document=document,
        entry=entry,
        title=(chosen.title if chosen else None) or document.title,
        day=when.day,
        state=_state(document, entry, when.day, came),
        days=days[0] if days else None,
        digest=chosen.digest if chosen else None,
        came=came,
        approvals=tuple(_agreed(what, approvals, chosen.digest if chosen else None)),
        notes=tuple(notes),
        text=chosen.body if chosen else None,
        instead=document.named(current) if current and current is not entry else None,
        founding=_founding(what, entry),
    )


def _state(document: Document, entry: RevisionEntry, day: date, came: Came | None) -> str:
    state = revision_state(document, entry, day)
    if state is RevisionState.APPROVED:
        return "not on main yet" if came and came.day > day else "approved and not yet effective"
    return state.value.replace("-", " ")


def _came(what: Judged, commit: str, begins: Made | None) -> Came:
    made = commits(what.repository, [commit])[0]
    day = what.snapshot.day_of(made.committed)
    unknown = Unrecorded.TOO_EARLY.value if begins and begins.id == commit else None
    return Came(None if unknown else commit, None if unknown else made.committed.isoformat(), day, unknown)


def _absent(what: Judged, named: RevisionId, begins: Made | None) -> str:
    if begins is None:
        return f"the text of {named} is not in the history: it never was the newest revision of its file on main"
    day = what.snapshot.day_of(begins.committed)
    return f"the text of {named} is not in this clone, whose history begins on {day}: git fetch --unshallow"


def _notes(document: Document, entry: RevisionEntry, digests: Sequence[str]) -> Iterator[str]:
    named = document.named(entry)
    if len(digests) > 1:
        yield f"main had {len(digests)} texts of {named}, without a new revision: {', '.join(digests)}"
    if entry.withdrawn:
        yield f"{named} was withdrawn on {entry.withdrawn}"
    if document.retired:
        yield f"{document.id} is retired from {document.retired}"


def _founding(what: Judged, entry: RevisionEntry) -> str | None:
    """What a revision dated on the day of the founding stands on: the approval of the policy, if there is one."""
    if not is_founding(what.snapshot, entry):
        return None
    first = founding_approval(what.snapshot)
    stands = f"it is of the founding, and stands on the approval of {layout.POLICY}"
    if first is None:
        return f"{stands}, and none is recorded here: qmsci approve {layout.POLICY}"
    return f"{stands}: {first.meaning} by {first.by} {first.name}, {first.at.isoformat()} ({first.path})"


def _agreed(what: Judged, approvals: Sequence[Approval], digest: str | None) -> Iterator[Agreed]:
    """Each approval with what is to be said of its signature, its key and its text."""
    register = KeyRegister(what.snapshot)
    files = signed_files(what.library, [approval.path for approval in approvals])
    where = sources(what, [At(approval.path, ("by",)) for approval in approvals])
    for approval in approvals:
        source = where[At(approval.path, ("by",))]
        claims = files[approval.path].claims if approval.path in files else ()
        verifies: bool | None = None
        valid: bool | None = None
        says = None
        if claims and claims[0].signed.is_given:
            says = lacks(claims[0].signed) or wrong_words(claims[0])
            verifies = says is None
        if verifies:
            says = register.refusal(
                str(approval.key), approval.by, what.snapshot.day_of(approval.at), partial(_same, source.day)
            )
            valid = says is None
        if digest and approval.text != digest:
            says = f"it approves another text, {approval.text}"
        yield Agreed(approval, approval.evidence, source, verifies, valid, says)


def _same(day: date | None) -> date | None:
    return day
