"""`qmsci qualified`."""

from __future__ import annotations

import json

import click

from qmsci.cli import asked
from qmsci.cli.judged import Judged, judged, moment
from qmsci.evidence import Evidence
from qmsci.qualification import qualified
from qmsci.render.words import visible
from qmsci.timeline import in_force


@click.command("qualified")
@click.argument("person")
@click.argument("document")
@click.option("--on", metavar="DATE", help="A date (its end) or a time with an offset; today where left out.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def command(ctx: click.Context, person: str, document: str, on: str | None, form: str) -> None:
    """
    Whether PERSON is (or was) qualified on DOCUMENT: yes or no, why, and the evidence.

    DOCUMENT may name a revision, SOP-014@2. Exits with 0 for yes, 1 for no, 2 where the person or document is unknown.
    """
    what = judged(None, None, compare=False)
    snapshot = what.snapshot
    who = asked.person(snapshot, person)
    found, entry = asked.document(snapshot, document)
    when = moment(snapshot, on or snapshot.as_of.isoformat())
    verdict = qualified(snapshot, who.id, found, when, entry)
    meant = entry or in_force(found, when.day)
    revision = str(found.named(meant)) if meant else None
    evidence = [_shown(what, proof) for proof in verdict.evidence]
    if form == "json":
        answer = {
            "format": 1,
            "person": who.id,
            "document": found.id,
            "on": on or snapshot.as_of.isoformat(),
            "known_at": None,
            "revision": revision,
            "qualified": verdict.yes,
            "reason": verdict.reason,
            "evidence": evidence,
        }
        click.echo(json.dumps(answer, indent=2, ensure_ascii=False))
    else:
        said = click.style("yes", fg="green", bold=True) if verdict else click.style("no", fg="red", bold=True)
        click.echo(
            f"{said}: {who.id} ({visible(who.name)}), {revision or found.id}, {when.day}: {visible(verdict.reason)}"
        )
        shallow = what.repository.is_shallow
        unknown = "recorded before this clone begins: git fetch --unshallow" if shallow else "not committed"
        for proof in evidence:
            known = f"recorded {proof['recorded']} in {str(proof['commit'])[:10]}" if proof["commit"] else unknown
            click.echo(f"  {visible(str(proof['path']))}:{proof['line']}: {visible(str(proof['says']))} ({known})")
    ctx.exit(int(not verdict))


def _shown(what: Judged, proof: Evidence) -> dict[str, object]:
    """Evidence with its line, and the commit that brought it to the main line."""
    place = what.library.placed(proof.at)
    commit = what.repository.introduced(place.path, place.line)
    return {
        "path": place.path,
        "line": place.line,
        "commit": commit.id if commit else None,
        "recorded": commit.committed.isoformat() if commit else None,
        "says": proof.says,
    }
