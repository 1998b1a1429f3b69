"""`qmsci verify`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import click

from qmsci import sshsig
from qmsci.cli.judged import Judged, asking
from qmsci.cli.lines import Line
from qmsci.cli.replay import Replay
from qmsci.cli.verified import Placed, Verification, read
from qmsci.finding import CannotRun
from qmsci.gittree import WorkTree
from qmsci.key_register import KeyRegister, allowed_signers
from qmsci.records.layout import filed
from qmsci.render.findings import plain
from qmsci.render.words import counted, in_json, visible
from qmsci.signature import SIGNED_KINDS, Signed, chosen, reference

#: Signatures that count for nothing and that are named; the rest is counted.
_FEW = 5


@click.command("verify")
@click.option("--payload", metavar="PATH[#ENTRY[.SIGNATURE]]", help="Print the bytes that a signature signs.")
@click.option("--signature", metavar="PATH[#ENTRY[.SIGNATURE]]", help="Print a signature as ssh-keygen reads it.")
@click.option("--allowed-signers", "signers", is_flag=True, help="Print the key register as ssh-keygen reads it.")
@click.option("--head", metavar="REV", help="Look at this commit instead of the working tree.")
@click.option("--known-at", "known", metavar="DATE", help="Look at main as it was at that date or time.")
@click.option("--history", is_flag=True, help="Judge every change that main ever took, as the gate does.")
@click.option("--from", "start", metavar="REV|DATE", help="With --history: only what came after REV, or from DATE on.")
@click.option("--includes", metavar="COMMIT", multiple=True, help="With --history: COMMIT must still be on main.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def command(
    ctx: click.Context,
    *,
    payload: str | None,
    signature: str | None,
    signers: bool,
    head: str | None,
    known: str | None,
    history: bool,
    start: str | None,
    includes: tuple[str, ...],
    form: str,
) -> None:
    """
    Verify every signature, text digest and link of the working tree, offline; or the whole history of main.

    A signature must be one of what its record says now, by a key that is registered to the signer and was valid at
    the time of signing; a revoked key proves only what main had before it was compromised. A text digest must be
    that of the revision, in the document or in its history; an approval of a whole file must be of what the file holds
    or held. An assignment that a completion names must exist. Exits with 0 when all is well, with 1 when anything is
    not. What a compromised key signed, and what was since rejected, recorded or approved anew, counts for nothing: it
    is named, and is no fault.

    With --history, each commit on main's line of first parents is judged against the one before it: by the policy,
    roles and keys there, on its own date, as qmsci check judged it. Commits that a forge rebased from one pull request,
    at most ten seconds apart, are one change, as for qmsci changes. Dates on the line must not go back. Commits that
    were on main before must be there still: the one that was verified last in this clone, and those that --includes
    names. Write down the commit that is printed at the end: it stands for all that was verified.

    Nobody has to believe qmsci. What --payload, --signature and --allowed-signers print, OpenSSH verifies:
    ssh-keygen -Y verify -n qmsci -I PERSON -f SIGNERS -s SIGNATURE -O verify-time=YYYYMMDDHHMMSSZ < PAYLOAD; the time
    is that of the signature, in UTC, and needed once its key has ended. Entries and signatures are counted from 1; the
    last one is meant where none is named.
    """
    if sum(map(bool, (payload, signature, signers, history))) > 1:
        raise click.UsageError("print one thing at a time: --payload, --signature, --allowed-signers or --history")
    if (start or includes) and not history:
        raise click.UsageError("--from and --includes are about the --history")
    what = asking(head, known)
    if payload:
        click.echo(_named(what, payload).payload, nl=False)
    elif signature:
        click.echo(_armoured(_named(what, signature)), nl=False)
    elif signers:
        click.echo(allowed_signers(what.snapshot, KeyRegister(what.snapshot)), nl=False)
    elif history:
        replay = Replay(what, start, includes)
        replay.run()
        Line(what).warn()
        _say_history_json(replay) if form == "json" else _say_history(replay)
        ctx.exit(int(replay.faults > 0))
    else:
        verification = Verification(what)
        verification.run()
        faults = verification.placed()
        Line(what).warn()
        _say_json(verification, faults) if form == "json" else _say(verification, faults)
        ctx.exit(int(bool(faults)))


# --- one signature --------------------------------------------------------------------------------------------------


def _named(what: Judged, text: str) -> Signed:
    """The signature that somebody asks for by its path, and the numbers of the entry and of the signature."""
    path, entry, number = reference(text)
    about = filed(path)
    if about is None or about.kind not in SIGNED_KINDS:
        raise CannotRun(f"{path!r} is not the path of a record that is signed: an approval, completions or waivers")
    found = what.library.tree.read([path])[0]
    if found is None:
        raise CannotRun(f"there is no file {path}")
    content, record, faults = read(path, found)
    if content is None or record is None:
        raise CannotRun(f"{path} cannot be read: {faults[0].message}")
    return chosen(path, content, entry, number)


def _armoured(signed: Signed) -> str:
    text = signed.fields.get("signature")
    if not text:
        raise CannotRun(f"{signed.name} is signed in words only; it has no signature")
    try:
        sshsig.bytes_of(text, "the signature")
    except sshsig.BadSignature as error:
        raise CannotRun(f"{signed.name}: {error}") from None
    return sshsig.armoured(text)


# --- what is said ---------------------------------------------------------------------------------------------------


def _say(verification: Verification, faults: Sequence[Placed]) -> None:
    for fault in faults:
        click.echo(f"{_where(fault)}: {click.style('wrong', fg='red', bold=True)}: {visible(fault.message)}")
        if fault.fix:
            click.echo(f"  fix: {visible(fault.fix)}")
    for line in _summary(verification):
        click.echo(line)
    for said in (_void(verification), Line(verification.what).said, _stands_for(verification.what)):
        if said:
            click.echo(said)
    _say_number(len(faults), "fault")


def _where(fault: Placed) -> str:
    place = fault.place
    return visible(f"{place.path}:{place.line}:{place.column}")


def _void(verification: Verification) -> str | None:
    """The signatures that count for nothing, and that nothing needs."""
    void = verification.void()
    if not void:
        return None
    places = [_where(fault) for fault in void]
    more = [f"… and {len(places) - _FEW} more (--format json)"] if len(places) > _FEW else []
    verb = "counts" if len(void) == 1 else "count"
    return f"{_many(len(void), 'signature')} that {verb} for nothing: {', '.join([*places[:_FEW], *more])}"


def _say_number(number: int, noun: str) -> None:
    said = click.style(counted(number, noun), fg="red", bold=True) if number else None
    click.echo(said or click.style("nothing is wrong", fg="green", bold=True))


def _stands_for(what: Judged) -> str:
    """What an auditor writes down: the ids of all that was looked at."""
    ids, differing = _ids(what)
    if differing:
        number = counted(differing, "file")
        return f"this is the working tree, in which {number} differ{'s' * (differing == 1)} from what is committed"
    return f"this is commit {ids['commit']}, tree {ids['tree']}"


def _ids(what: Judged) -> tuple[dict[str, str | None], int]:
    """The commit and the tree that were looked at, none where it is no commit; and how many files differ from one."""
    commit = what.head or what.repository.commit("HEAD")
    differing = len(what.tree.dirty) if isinstance(what.tree, WorkTree) else 0
    known = commit if not differing else None
    return {"commit": known.id if known else None, "tree": known.tree if known else None}, differing


def _summary(verification: Verification) -> Iterable[str]:
    checked, signatures, unsigned = verification.checked, verification.signatures, verification.unsigned
    on = ", ".join(f"{number:,} on {noun}s" for noun, number in signatures.items() if number)
    yield f"{_many(signatures.total(), 'signature')}{f' ({on})' if on else ''}, {_many(checked['keys'], 'key')}"
    if unsigned.total():
        yield f"without a signature: {', '.join(_many(n, noun) for noun, n in unsigned.items() if n)}"
    unknown = checked["digests_unknown"]
    known = f"; {unknown:,} more of texts that are not in this clone" if unknown else ""
    yield f"{_many(checked['digests'], 'text digest')}{known}, {_many(checked['links'], 'link')} to assignments"
    if checked["files"] or checked["files_unknown"]:
        unknown = checked["files_unknown"]
        known = f"; {unknown:,} more of what is not in this clone" if unknown else ""
        number = checked["files"]
        yield f"{_many(number, 'approval')} of {'a whole file' if number == 1 else 'whole files'}{known}"


def _many(number: int, noun: str) -> str:
    return counted(number, noun).replace(str(number), f"{number:,}", 1)


def _say_json(verification: Verification, faults: Sequence[Placed]) -> None:
    checked = verification.checked
    said = {
        "format": 1,
        "known_at": verification.what.known,
        **_ids(verification.what)[0],
        "checked": {
            "signatures": {f"{noun}s": number for noun, number in verification.signatures.items()},
            "unsigned": {f"{noun}s": number for noun, number in verification.unsigned.items()},
            **{key: checked[key] for key in ("keys", "digests", "digests_unknown", "links", "files", "files_unknown")},
        },
        "main": Line(verification.what).name,
        "faults": [{**one.place._asdict(), "message": one.message, "fix": one.fix} for one in faults],
        "void": [{**one.place._asdict(), "message": one.message} for one in verification.void()],
    }
    click.echo(in_json(said))


def _say_history(replay: Replay) -> None:
    for change in replay.changes:
        click.echo(click.style(f"commit {change.commit.id}, {change.commit.committed:%Y-%m-%d %H:%M} UTC", bold=True))
        for fault in change.faults:
            click.echo(f"{click.style('wrong', fg='red', bold=True)}: {visible(fault)}")
        click.echo(change.text, nl=not change.text)
    for fault in replay.rewritten:
        click.echo(f"{click.style('history was rewritten', fg='red', bold=True)}: {visible(fault)}")
    skipped = f"; {_many(replay.before, 'commit')} before there was a policy" if replay.before else ""
    click.echo(f"{_many(replay.judged, 'change')} on main, from {replay.first} to {replay.last}{skipped}")
    line = Line(replay.what).said
    if line:
        click.echo(line)
    click.echo(f"this is commit {replay.tip.id}, tree {replay.tip.tree}")
    click.echo(f"the next time: qmsci verify --history --includes {replay.tip.id}")
    if replay.warnings:
        click.echo(click.style(counted(replay.warnings, "warning"), fg="yellow", bold=True))
    _say_number(replay.faults, "fault")


def _say_history_json(replay: Replay) -> None:
    said = {
        "format": 1,
        "known_at": replay.what.known,
        "commit": replay.tip.id,
        "tree": replay.tip.tree,
        "main": Line(replay.what).name,
        "judged": replay.judged,
        "before_policy": replay.before,
        "from": replay.first,
        "to": replay.last,
        "rewritten": replay.rewritten,
        "changes": [
            {
                "commit": change.commit.id,
                "committed": change.commit.committed.isoformat(),
                "faults": change.faults,
                "findings": [plain(finding) for finding in change.findings],
            }
            for change in replay.changes
        ],
    }
    click.echo(in_json(said))
