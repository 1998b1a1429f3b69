"""`qmsci authorised`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import click

from qmsci.authorisation import authorised, role_for, roles_on
from qmsci.cli import asked
from qmsci.cli.judged import asking, matrix_of, moment
from qmsci.cli.late import lateness
from qmsci.cli.logged import Matrices, columns_of, lines_of
from qmsci.evidence import Verdict
from qmsci.finding import At, CannotRun
from qmsci.records.person import Person
from qmsci.render.words import counted, in_json, visible
from qmsci.snapshot import Snapshot, When
from qmsci.work_log import Judge, JudgedRow, Unjudged, rows

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("authorised")
@click.argument("names", nargs=-1, metavar="[PERSON] ACTIVITY")
@click.option("--on", metavar="DATE", help="A date (its end) or a time with an offset; today where left out.")
@click.option("--known-at", "known", metavar="DATE", help="Answer by what main said at that date or time, not by now.")
@click.option("--log", metavar="FILE.csv", type=_FILE, help="Judge a log of work: person, activity, time, batch.")
@click.option("--columns", metavar="COLUMN=NAME,…", multiple=True, help="What the log calls its columns.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def command(
    ctx: click.Context,
    names: tuple[str, ...],
    on: str | None,
    known: str | None,
    log: Path | None,
    columns: tuple[str, ...],
    form: str,
) -> None:
    """
    Who may perform ACTIVITY, and who may not and why; or whether PERSON may; or whether all in a log might.

    Roles, activities and documents are those of main on that date, people and training those of now; with --known-at,
    those that were on main then. Exits with 0 for yes (for anybody, where no person is named), 1 for no, 2 where the
    person or activity is unknown.

    A log is a CSV file in UTF-8 with a header, separated by commas, semicolons or tabs. It has the columns person,
    activity and time, and may have batch and supervisor; --columns person=Operator,time=When names those that are
    called otherwise. A time without an offset is one of the policy's time zone. Rows of work by somebody who was not
    authorised then are listed; who was in training is supervised where the row names an authorised supervisor.
    Exits with 1 where somebody was not authorised, with 2 where a row could not be judged or there is none.
    """
    if log is not None:
        if names or on:
            raise click.UsageError("a log names its people, activities and times; leave them out")
        ctx.exit(_judge_log(log, columns_of(columns), known, form))
    if columns:
        raise click.UsageError("--columns names the columns of a --log")
    if not names:
        raise click.UsageError("Missing argument '[PERSON] ACTIVITY', or a --log.")
    if len(names) > 2:
        raise click.UsageError("name an activity, or a person and an activity")
    what = asking(known=known)
    snapshot = what.snapshot
    when = moment(snapshot, on or known or snapshot.as_of.isoformat())
    matrix = matrix_of(what, when)
    activity = asked.activity(matrix, names[-1])
    people = [asked.person(snapshot, names[0])] if len(names) == 2 else _holders(snapshot, matrix, activity, when)
    verdicts = [authorised(snapshot, person, activity, when, matrix) for person in people]
    asked.known(what.library)
    late = lateness(what, [verdict.evidence for verdict in verdicts] if on or len(names) == 2 else [])
    answers = [
        _answer(person, role_for(snapshot, person, activity, when.day, matrix), verdict, late)
        for person, verdict in zip(people, verdicts, strict=True)
    ]
    if form == "json":
        day = on or known or snapshot.as_of.isoformat()
        said = {"format": 1, "activity": activity, "on": day, "known_at": known, "people": answers}
        click.echo(in_json(said))
    else:
        _show(activity, when, answers)
    ctx.exit(int(not any(answer["authorised"] for answer in answers)))


def _holders(snapshot: Snapshot, matrix: Snapshot, activity: str, when: When) -> list[Person]:
    performing = {role.id for role in matrix.performers.get(activity, ())}
    return [person for person in snapshot.people if performing.intersection(roles_on(person, when.day))]


def _answer(person: Person, role: str | None, verdict: Verdict, late: Mapping[At, str]) -> dict[str, object]:
    """An answer; where evidence of it came late, that is a part of the reason."""
    behind = dict.fromkeys(f"{proof.at.path}, {late[proof.at]}" for proof in verdict.evidence if proof.at in late)
    return {
        "person": person.id,
        "name": person.name,
        "role": role,
        "authorised": verdict.yes,
        "reason": "; ".join([verdict.reason, *behind]),
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


# --- a log of work --------------------------------------------------------------------------------------------------


def _judge_log(log: Path, names: dict[str, str], known: str | None, form: str) -> int:
    """Judge a log of work and say what is to be said of it; the exit code."""
    what = asking(known=known)
    judge = Judge(what.snapshot, Matrices(what))
    counts = Counter({"rows": 0, "authorised": 0, "supervised": 0, "not_authorised": 0, "unjudged": 0})
    listed: list[JudgedRow] = []
    unjudged: list[Unjudged] = []
    for row in rows(lines_of(log), names):
        found = row if isinstance(row, Unjudged) else judge.judge(row)
        kind = _kind(found)
        counts.update(["rows", kind])
        if form == "text" and kind != "authorised":
            click.echo(_line(found))
        elif isinstance(found, Unjudged):
            unjudged.append(found)
        elif kind != "authorised":
            listed.append(found)
    if not counts["rows"]:
        raise CannotRun("the log has no rows")
    if form == "json":
        said = {
            "format": 1,
            "log": str(log),
            "known_at": known,
            "rows": [{**found.row._asdict(), **_verdict(found)} for found in listed],
            "unjudged": [found._asdict() for found in unjudged],
            "counts": dict(counts),
        }
        click.echo(in_json(said))
    else:
        click.echo(_summary(counts))
    return 2 if counts["unjudged"] else int(counts["not_authorised"] > 0)


def _kind(found: JudgedRow | Unjudged) -> str:
    if isinstance(found, Unjudged):
        return "unjudged"
    if found.authorised:
        return "authorised"
    return "supervised" if found.supervised else "not_authorised"


def _verdict(found: JudgedRow) -> dict[str, object]:
    return {"authorised": found.authorised, "supervised": found.supervised, "reason": found.reason}


def _line(found: JudgedRow | Unjudged) -> str:
    """A row that is supervised, not authorised, or not judged, in one line."""
    if isinstance(found, Unjudged):
        batch = f", batch {found.batch}" if found.batch else ""
        return f"{click.style('?', fg='yellow', bold=True)}   {visible(f'line {found.line}{batch}: {found.reason}')}"
    row = found.row
    batch = f", batch {row.batch}" if row.batch else ""
    said = visible(f"line {row.line}{batch}: {row.person}, {row.activity}, {row.time}: {found.reason}")
    if found.supervised:
        return f"{click.style('sup', fg='yellow', bold=True)} {said}; supervised by {visible(row.supervisor or '')}"
    return f"{click.style('no', fg='red', bold=True)}  {said}"


def _summary(counts: Counter[str]) -> str:
    said = f"{counted(counts['rows'], 'row')}: {counts['authorised']} authorised"
    for kind, words in (("supervised", "supervised"), ("not_authorised", "not"), ("unjudged", "not judged")):
        said += f", {counts[kind]} {words}" if counts[kind] or kind == "not_authorised" else ""
    return said
