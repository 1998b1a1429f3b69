"""`qmsci changes`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import click

from qmsci.changes import Merged, about_document, about_event, is_of_the_system, may_touch, merged, wanted
from qmsci.cli import asked
from qmsci.cli.judged import Judged, judged, of_main
from qmsci.cli.progress import watched
from qmsci.commits import Accounts, Step
from qmsci.gitlog import MainLine, records
from qmsci.gitrepo import Commit
from qmsci.render.changes import Listing, as_csv, as_json, as_text

#: Changes whose records are read at a time.
_AT_ONCE = 200


@click.command("changes")
@click.option("--from", "first", metavar="DATE", help="Only what was merged on that day or later.")
@click.option("--to", "last", metavar="DATE", help="Only what was merged on that day or earlier.")
@click.option("--document", metavar="DOC", help="Only what is about a document, or a revision of it (SOP-014@3).")
@click.option("--event", metavar="ID", help="Only what is about a quality event, or was caused by it.")
@click.option("--all", "everything", is_flag=True, help="Also what touches nothing of the quality system.")
@click.option("--known-at", "known", metavar="DATE", help="What main had at that date (its end) or time, not now.")
@click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
def command(
    *,
    first: str | None,
    last: str | None,
    document: str | None,
    event: str | None,
    everything: bool,
    known: str | None,
    form: str,
) -> None:
    """
    Change control, from history: what was merged to main, newest first.

    Of each change the date, the pull request, who wrote and who approved it, the revisions with their impact and how
    long before their effective date they came, what else it altered, the training that it assigned, and how many days
    after the approval. A merge is one change. So are commits that follow one another and name the same pull request;
    and those that name none, where each was committed later than it was written, all by the same committer, at most
    ten seconds apart, as a forge does when it rebases.

    Changes that touch nothing of the quality system are left out, and counted.

    Names are as git has them, and of people where an account, an address or a name in roles/people/ is theirs: a
    commit proves neither. An approval is called signed where it has a signature; qmsci verify says whether it is good.
    """
    what = of_main(judged(None, None, compare=False), known)
    of, entry = asked.document(what.snapshot, document) if document else (None, None)
    about = asked.event(what.snapshot, event) if event else None
    assert what.head
    line = MainLine(what.repository, what.head)
    days = asked.day(first, "--from") or date.min, asked.day(last, "--to") or date.max
    steps = line.steps(lambda at: days[0] <= _day_of(what, at) <= days[1])
    number = len(steps)
    steps = [step for step in steps if everything or is_of_the_system(step)]
    left_out = number - len(steps)
    if of or about:
        left_out = 0  # nobody asked for them
        steps = [step for step in steps if may_touch(step, of.id if of else None, about.id if about else None)]
    found = _merged(what, steps)
    if of:
        found = [one for one in found if about_document(one, of.id, entry.revision if entry else None)]
    if about:
        found = [one for one in found if about_event(one, about.id)]
    begins = (line.begins, _day_of(what, line.begins.committed)) if line.begins else None
    listing = Listing(tuple(found), begins, first, last, document, event, known, left_out)
    click.echo({"text": as_text, "json": as_json, "csv": as_csv}[form](listing), nl=False)


def merged_to(what: Judged, tip: Commit) -> Listing:
    """All changes of the quality system on the line of first parents that ends in a commit, newest first."""
    line = MainLine(what.repository, tip)
    every = line.steps(lambda _: True)
    steps = [step for step in every if is_of_the_system(step)]
    begins = (line.begins, _day_of(what, line.begins.committed)) if line.begins else None
    return Listing(tuple(_merged(what, steps)), begins, left_out=len(every) - len(steps))


def _merged(what: Judged, steps: Sequence[Step]) -> list[Merged]:
    parts = [steps[start : start + _AT_ONCE] for start in range(0, len(steps), _AT_ONCE)]
    accounts = Accounts(what.snapshot.people)
    found: list[Merged] = []
    for part in watched(parts, "reading the history"):
        versions = records(what.repository, what.memory, (pair for step in part for pair in wanted(step)))
        found += [merged(step, versions, what.snapshot, accounts) for step in part]
    return found


def _day_of(what: Judged, at: datetime) -> date:
    return what.snapshot.day_of(at)
