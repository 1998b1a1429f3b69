"""`qmsci qualified`."""

from __future__ import annotations

import click

from qmsci.cli import asked
from qmsci.cli.judged import asking, moment, sources
from qmsci.completion import late_by
from qmsci.evidence import Evidence, Source
from qmsci.qualification import qualified
from qmsci.render.words import in_json, visible
from qmsci.timeline import in_force


@click.command("qualified")
@click.argument("person")
@click.argument("document")
@click.option("--on", metavar="DATE", help="A date (its end) or a time with an offset; today where left out.")
@click.option("--known-at", "known", metavar="DATE", help="Answer by what main said at that date or time, not by now.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def command(ctx: click.Context, person: str, document: str, on: str | None, known: str | None, form: str) -> None:
    """
    Whether PERSON is (or was) qualified on DOCUMENT: yes or no, why, and the evidence.

    DOCUMENT may name a revision, SOP-014@2. The past is seen with what is known now; with --known-at, with what was on
    main then. Exits with 0 for yes, 1 for no, 2 where the person or document is unknown.
    """
    what = asking(known=known)
    snapshot = what.snapshot
    who = asked.person(snapshot, person)
    found, entry = asked.document(snapshot, document)
    when = moment(snapshot, on or known or snapshot.as_of.isoformat())
    verdict = qualified(snapshot, who.id, found, when, entry)
    asked.known(what.library)
    meant = entry or in_force(found, when.day)
    revision = str(found.named(meant)) if meant else None
    where = sources(what, (proof.at for proof in verdict.evidence))
    late = {proof.at: late_by(snapshot, proof.at, where[proof.at].held_against) for proof in verdict.evidence}
    evidence = [_shown(where[proof.at], proof, late[proof.at]) for proof in verdict.evidence]
    if form == "json":
        answer = {
            "format": 1,
            "person": who.id,
            "document": found.id,
            "on": on or known or snapshot.as_of.isoformat(),
            "known_at": known,
            "revision": revision,
            "qualified": verdict.yes,
            "reason": verdict.reason,
            "evidence": evidence,
        }
        click.echo(in_json(answer))
    else:
        said = click.style("yes", fg="green", bold=True) if verdict else click.style("no", fg="red", bold=True)
        click.echo(
            f"{said}: {who.id} ({visible(who.name)}), {revision or found.id}, {when.day}: {visible(verdict.reason)}"
        )
        for proof in verdict.evidence:
            source = where[proof.at]
            known = f"recorded {source.recorded} in {source.commit[:10]}" if source.commit else source.unknown
            says = visible(f"{proof.says}{late[proof.at]}")
            click.echo(f"  {visible(source.path)}:{source.line}: {says} ({known})")
    ctx.exit(int(not verdict))


def _shown(source: Source, proof: Evidence, late: str) -> dict[str, object]:
    """Evidence with its line, the commit that brought it to the main line, and how late that was."""
    return {
        "path": source.path,
        "line": source.line,
        "commit": source.commit,
        "recorded": source.recorded,
        "says": f"{proof.says}{late}",
    }
