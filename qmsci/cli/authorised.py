"""`qmsci authorised`."""

from __future__ import annotations

import json

import click

from qmsci.authorisation import authorised, role_for, roles_on
from qmsci.cli import asked
from qmsci.cli.judged import Judged, judged, main_of, moment
from qmsci.library import Library
from qmsci.records.person import Person
from qmsci.render.words import visible
from qmsci.snapshot import Snapshot, When


@click.command("authorised")
@click.argument("names", nargs=-1, required=True, metavar="[PERSON] ACTIVITY")
@click.option("--on", metavar="DATE", help="A date (its end) or a time with an offset; today where left out.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def command(ctx: click.Context, names: tuple[str, ...], on: str | None, form: str) -> None:
    """
    Who may perform ACTIVITY, and who may not and why; or whether PERSON may.

    Roles, activities and documents are those of main on that date, people and training those of now. Exits with 0
    for yes (for anybody, where no person is named), 1 for no, 2 where the person or activity is unknown.
    """
    if len(names) > 2:
        raise click.UsageError("name an activity, or a person and an activity")
    what = judged(None, None, compare=False)
    snapshot = what.snapshot
    when = moment(snapshot, on or snapshot.as_of.isoformat())
    matrix = _matrix(what, when)
    activity = asked.activity(matrix, names[-1])
    people = [asked.person(snapshot, names[0])] if len(names) == 2 else _holders(snapshot, matrix, activity, when)
    answers = [_answer(snapshot, matrix, person, activity, when) for person in people]
    if form == "json":
        said = {"format": 1, "activity": activity, "on": on or snapshot.as_of.isoformat(), "people": answers}
        click.echo(json.dumps(said, indent=2, ensure_ascii=False))
    else:
        _show(activity, when, answers)
    ctx.exit(int(not any(answer["authorised"] for answer in answers)))


def _matrix(what: Judged, when: When) -> Snapshot:
    """What main said of roles, activities and documents then; before its first commit, what that commit says."""
    main = main_of(what)
    if main is None:
        return what.snapshot
    then = what.repository.on_line(main, when.instant)
    found = Snapshot(Library(what.repository.tree(then), what.memory), when.day)
    return found if found.policy else what.snapshot


def _holders(snapshot: Snapshot, matrix: Snapshot, activity: str, when: When) -> list[Person]:
    performing = {role.id for role in matrix.performers.get(activity, ())}
    return [person for person in snapshot.people if performing.intersection(roles_on(person, when.day))]


def _answer(snapshot: Snapshot, matrix: Snapshot, person: Person, activity: str, when: When) -> dict[str, object]:
    verdict = authorised(snapshot, person, activity, when, matrix)
    role = role_for(snapshot, person, activity, when.day, matrix)
    return {
        "person": person.id,
        "name": person.name,
        "role": role,
        "authorised": verdict.yes,
        "reason": verdict.reason,
    }


def _show(activity: str, when: When, answers: list[dict[str, object]]) -> None:
    if not answers:
        click.echo(f"nobody holds a role that performs {activity} on {when.day}")
    for answer in sorted(answers, key=lambda answer: not answer["authorised"]):
        said = (
            click.style("yes", fg="green", bold=True)
            if answer["authorised"]
            else click.style("no ", fg="red", bold=True)
        )
        who = f"{answer['person']} ({visible(str(answer['name']))})"
        click.echo(f"{said}  {who:<32} {answer['role'] or '-':<24} {visible(str(answer['reason']))}")
