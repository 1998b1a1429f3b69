"""`qmsci import`."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import click

from qmsci.changes import merged, wanted
from qmsci.cli.judged import Judged, judged, library_in, of_main
from qmsci.commits import Accounts, Step
from qmsci.disk import write_new
from qmsci.finding import CannotRun
from qmsci.gitlog import MainLine, records
from qmsci.records.base import RevisionId
from qmsci.render.event import written as as_yaml
from qmsci.render.words import counted, visible
from qmsci.reviews import Brought, PullRequest, imported, pull_requests_in, written
from qmsci.snapshot import Snapshot

#: A file that is larger is not what `gh` printed.
_LARGEST = 64 * 2**20


@click.group("import")
def command() -> None:
    """Bring in what other systems know, as records that say where they come from."""


@command.command("reviews")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def reviews(file: Path) -> None:
    """
    Write the approvals that were given in reviews of pull requests, unsigned and each with its address.

    FILE is what `gh pr list --state merged --limit 1000 --json number,url,title,author,mergeCommit,mergedAt,reviews`
    printed. A review becomes an approval of each revision that its pull request brought to main: where it is the last
    decision of its reviewer, was given before the merge and on the text that was merged, and by an account that a
    person's file has (accounts: {github: …}), who wrote neither the revision nor the pull request. What is not taken
    is said, and why. Such an approval is evidence of what the forge says; where the policy asks for signed approvals,
    it counts as none.
    """
    try:
        requests = pull_requests_in(_text_of(file))
    except CannotRun as why:
        raise CannotRun(f"{file}: {why}") from None
    what = judged(None, None, compare=False)
    main = of_main(what)
    assert main.head
    steps = MainLine(what.repository, main.head).steps(lambda _: True, {one.commit for one in requests})
    by_commit = {commit.id: step for step in steps for commit in step.commits}
    new = known = 0
    for request in sorted(requests, key=lambda one: one.number):
        step = by_commit.get(request.commit)
        if step is None:
            click.echo(f"skipped #{request.number}: {request.commit[:10]} is not on main, as far as it is here")
            continue
        wrote, there = _import(what, main, request, step)
        new, known = new + wrote, known + there
    already = f", {counted(known, 'approval')} already here" if known else ""
    click.echo(f"{counted(len(requests), 'pull request')}: {counted(new, 'approval')} written{already}")


def _import(what: Judged, main: Judged, request: PullRequest, step: Step) -> tuple[int, int]:
    """Write what a pull request comes to: how many approvals, and how many were there already."""
    accounts = Accounts(what.snapshot.people)
    change = merged(step, records(what.repository, what.memory, wanted(step)), main.snapshot, accounts)

    @cache
    def snapshot_at(commit: str) -> Snapshot | None:
        found = what.repository.commit(commit)
        return Snapshot(library_in(what.repository.tree(found), what.memory), date.min) if found else None

    def text_at(commit: str, named: RevisionId) -> str | None:
        then = snapshot_at(commit)
        document = then.documents.get(named.document) if then else None
        if then is None:
            return None
        return document.text if document and document.newest.revision == named.label else ""

    is_sure = len(step.commits) == 1 or (change.request is not None and change.request.number == request.number)
    brought = [Brought(one.document, one.entry) for one in change.revisions]
    found = imported(request, brought, what.snapshot, accounts, text_at, is_sure=is_sure)
    for approval in found.approvals:
        write_new(what.repository.root, approval.path, as_yaml(written(approval)))
        click.echo(f"wrote {visible(approval.path)}: {approval.meaning} by {approval.by}")
    for said in found.skipped:
        click.echo(f"skipped {visible(said)}")
    return len(found.approvals), len(found.known)


def _text_of(file: Path) -> str:
    with file.open("rb") as stream:
        data = stream.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise CannotRun(f"it is larger than {_LARGEST // 2**20} MiB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CannotRun("it is not UTF-8") from None
