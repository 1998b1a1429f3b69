"""`qmsci key`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click

from qmsci import sshsig
from qmsci.cli import asked
from qmsci.cli.judged import Judged, judged, known_at, moment, unmerged
from qmsci.cli.public_key import public_key
from qmsci.disk import content, replace_unchanged
from qmsci.edit import with_entries
from qmsci.finding import CannotRun
from qmsci.key_register import KeyRegister, Registered
from qmsci.load import load
from qmsci.read import plain
from qmsci.records import layout
from qmsci.records.person import Key, Person
from qmsci.render.words import in_json, visible
from qmsci.timeline import ONE_DAY, days_of, is_employed, reach

#: Below which of a person's keys the list of their public keys comes where there is none yet.
_AFTER = ("id", "name", "kind", "employed", "roles", "leave", "accounts")
_Entries = list[dict[str, Any]]
_YES = click.option("--yes", is_flag=True, expose_value=False, help="No question is asked anyway.")


@click.group("key")
def command() -> None:
    """
    The register of public keys: list it, add to it, end and revoke keys.

    A key is written into its owner's file, roles/people/PERSON.yaml, with the proof of identity and a second person
    (21 CFR 11.100). It signs from the merge on: a change is judged by the keys of its base.
    """


# --- to list --------------------------------------------------------------------------------------------------------


@command.command("list")
@click.argument("person", required=False)
@click.option("--on", metavar="DATE", help="The day that the state is of; today where left out.")
@click.option("--known-at", "known", metavar="DATE", help="Answer by what main said at that date or time, not by now.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_(person: str | None, on: str | None, known: str | None, form: str) -> None:
    """
    The public keys of everybody, or of PERSON, and whether each is valid on a day.

    A key is coming, valid, ended or revoked; what a revoked one has signed counts where main had it in time.
    """
    what = judged(None, None, compare=False)
    if known:
        what = known_at(what, known)
    snapshot = what.snapshot
    day = moment(snapshot, on or known or snapshot.as_of.isoformat()).day
    who = asked.person(snapshot, person) if person else None
    register = _register(what)
    shown = [one for one in register if who is None or one.person.id == who.id]
    if form == "json":
        answer = {"format": 1, "on": day.isoformat(), "keys": [_row(one, day) for one in shown]}
        click.echo(in_json(answer))
    else:
        for one in shown:
            _show(one, day)
        if not shown:
            click.echo(f"no key is registered{f' to {who.id}' if who else ''}: qmsci key add")
    for fault in register.faults:
        if who is None or fault.at.path == who.path:
            click.echo(f"{fault.at.path}: {visible(fault.message)}", err=True)


def _register(what: Judged) -> KeyRegister:
    """The register of the tree. Raises `CannotRun` where somebody's file cannot be read."""
    register = KeyRegister(what.snapshot)
    lost = sorted(path for path in what.library.faults if path.startswith(layout.PEOPLE))
    if lost:
        raise CannotRun(f"{', '.join(lost)} cannot be read, and may have the key: qmsci check --all")
    return register


def state(entry: Key, day: date) -> str:
    """What a key is on a day: `coming`, `valid`, `ended` or `revoked`."""
    if entry.revoked and entry.revoked.on <= day:
        return "revoked"
    if day < entry.from_:
        return "coming"
    return "ended" if entry.to and entry.to < day else "valid"


def _row(one: Registered, day: date) -> dict[str, object]:
    entry, revoked = one.entry, one.entry.revoked
    ending = revoked and {
        "on": revoked.on.isoformat(),
        "compromised_since": _iso(revoked.compromised_since),
        "reason": revoked.reason,
        "by": revoked.by,
    }
    return {
        "person": one.person.id,
        "name": one.person.name,
        "fingerprint": one.public.fingerprint,
        "type": one.public.kind,
        "from": entry.from_.isoformat(),
        "to": _iso(entry.to),
        "revoked": ending,
        "proof": entry.proof,
        "by": entry.by,
        "state": state(entry, day),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


_COLOURS = {"valid": "green", "revoked": "red"}


def _show(one: Registered, day: date) -> None:
    entry, found = one.entry, state(one.entry, day)
    who = one.person.id if one.person.name == one.person.id else f"{one.person.id} ({one.person.name})"
    head = click.style(f"{found:<8}", fg=_COLOURS.get(found, "yellow"), bold=True)
    ends = f" to {entry.to}" if entry.to else ""
    click.echo(f"{head}{visible(who)}: {one.public.fingerprint} ({one.public.kind}), from {entry.from_}{ends}")
    if entry.revoked:
        since = entry.revoked.compromised_since
        compromised = f", compromised since {since}" if since else ""
        reason = f": {visible(entry.revoked.reason)}" if entry.revoked.reason else ""
        reported = f", reported by {entry.revoked.by}" if entry.revoked.by else ""
        click.echo(f"        revoked on {entry.revoked.on}{compromised}{reported}{reason}")
    click.echo(f"        {visible(entry.proof)}, by {entry.by}")


# --- to add ---------------------------------------------------------------------------------------------------------


@command.command("add")
@click.argument("person", required=False)
@click.argument("given", metavar="[FILE.pub]", required=False)
@click.option(
    "--public", "--key", "public", metavar="FILE.pub", help="The public key: its file, its line, or - for stdin."
)
@click.option("--person", "named", metavar="PERSON", help="Whose key it is, in place of the argument.")
@click.option("--proof", required=True, metavar="TEXT", help="How it was made sure whose key it is.")
@click.option("--by", required=True, metavar="PERSON", help="The second person, who made sure of it.")
@click.option("--from", "first", metavar="DATE", help="Its first day (default: today; with --replaces, tomorrow).")
@click.option("--to", "last", metavar="DATE", help="Its last day.")
@click.option("--replaces", metavar="FINGERPRINT", help="End this key of theirs on the day before.")
@_YES
def add(
    person: str | None,
    given: str | None,
    *,
    public: str | None,
    named: str | None,
    proof: str,
    by: str,
    first: str | None,
    last: str | None,
    replaces: str | None,
) -> None:
    """
    Register a public key to PERSON, whose identity a second person has made sure of.

    It is written into their file. The public key is all that qmsci wants: a private key is refused, and belongs to
    nobody but its owner.
    """
    person, public = _person_and_key(person, given, named, public)
    if public is None:
        raise CannotRun(f"name the public key of {person}: its file, as in --public FILE.pub")
    key = public_key(public, "--public")
    what = judged(None, None, compare=False)
    who, second = asked.person(what.snapshot, person), asked.person(what.snapshot, by)
    begins = asked.day(first, "--from") or (what.day + ONE_DAY if replaces else what.day)
    ends = asked.day(last, "--to")
    register = _register(what)
    _refuse_people(who, second, begins, what.day)
    _refuse_known(register, key, who)
    if not proof.strip():
        raise CannotRun("--proof is empty: write how it was made sure whose key it is")
    if ends and ends < begins:
        raise CannotRun(f"the key would end on {ends}, before it begins on {begins}")
    old = _to_replace(what, register, who, replaces, begins - ONE_DAY) if replaces else None

    def edited(entries: _Entries) -> _Entries:
        kept = [
            {**entry, "to": begins - ONE_DAY} if old and index == old.position else entry
            for index, entry in enumerate(entries)
        ]
        days = {"from": begins} | ({"to": ends} if ends else {})
        return [*kept, {"key": key.line, **days, "proof": proof.strip(), "by": second.id}]

    _write(what, who, edited)
    click.echo(f"wrote {who.path}: {key.fingerprint} ({key.kind}) is a key of {who.id} from {begins}")
    if old:
        click.echo(
            f"{old.public.fingerprint} ends on {begins - ONE_DAY}: nothing that is signed later verifies with it"
        )
    _warn_of_a_newcomer(second)
    _say_next(what, who, f"the key signs from the merge on{f', {begins} at the earliest' if begins > what.day else ''}")


def _warn_of_a_newcomer(second: Person) -> None:
    """Say that who vouches is not known to main yet, which judges the change; not where there is no base at all."""
    change = unmerged().change
    if change.policy and not change.founding and change.base.people.get(second.id) is None:
        click.echo(
            f"{second.id} is not on main yet: key-unproven will refuse this until their file ({second.path}) is merged",
            err=True,
        )


def _person_and_key(
    person: str | None, given: str | None, named: str | None, key: str | None
) -> tuple[str, str | None]:
    """Whose key, and which, from two arguments and the options that stand in their place. Raises `CannotRun`."""
    words = [word for word in (person, given) if word is not None]
    who = named if named is not None else words.pop(0) if words else None
    which = key if key is not None else words.pop(0) if words else None
    if who is None:
        raise CannotRun("name the person whose key it is: PERSON, or --person PERSON")
    if words:
        raise CannotRun(f"{words[0]!r} is one word too many: the person and the key are named already")
    return who, which


def _refuse_people(who: Person, second: Person, begins: date, today: date) -> None:
    if second.id == who.id:
        raise CannotRun(f"nobody vouches for themselves: --by names somebody else than {who.id}")
    if not is_employed(second, today):
        raise CannotRun(f"{second.id} is not employed on {today} ({second.path}), and cannot vouch for {who.id}")
    if not reach(days_of(who.employed), begins):
        raise CannotRun(f"{who.id} is not employed on {begins} or later ({who.path})")


def _refuse_known(register: KeyRegister, key: sshsig.Key, who: Person) -> None:
    for one in register:
        if one.public.blob == key.blob:
            if one.person.id == who.id:
                raise CannotRun(f"{key.fingerprint} is registered to {who.id} already, from {one.entry.from_}")
            raise CannotRun(
                f"{key.fingerprint} is a key of {one.person.id} ({one.person.path}): "
                "one key is one person's; make another with ssh-keygen -t ed25519"
            )


def _to_replace(what: Judged, register: KeyRegister, who: Person, name: str, last: date) -> Registered:
    """The key that ends on a day, for another takes its place. Raises `CannotRun` where it cannot."""
    old = _named(register, who, name)
    _refuse_end(what, old, last)
    return old


# --- to end and to revoke -------------------------------------------------------------------------------------------


@command.command("end")
@click.argument("person")
@click.argument("fingerprint")
@click.option("--to", "last", metavar="DATE", help="Its last day (default: today).")
def end(person: str, fingerprint: str, last: str | None) -> None:
    """
    End a key of PERSON in good order, as when they leave; what it has signed stays good.

    A key that was lost, or that somebody else may have used, is revoked: qmsci key revoke.
    """
    what = judged(None, None, compare=False)
    who = asked.person(what.snapshot, person)
    old = _named(_register(what), who, fingerprint)
    ends = asked.day(last, "--to") or what.day
    _refuse_end(what, old, ends)
    _write(what, who, lambda entries: _with(entries, old.position, {"to": ends}))
    click.echo(f"wrote {who.path}: {old.public.fingerprint} of {who.id} ends on {ends}")
    _say_next(what, who, "what it has signed until then stays good")


@command.command("revoke")
@click.argument("person", required=False)
@click.argument("fingerprint", metavar="[KEY]", required=False)
@click.option("--key", "file", metavar="FILE.pub", help="The public key, in place of the argument.")
@click.option("--person", "named", metavar="PERSON", help="Whose key it is, in place of the argument.")
@click.option("--by", metavar="PERSON", help="Who reports it.")
@click.option("--on", metavar="DATE", help="The day on which it was revoked (default: today).")
@click.option("--compromised-since", "since", metavar="DATE", help="From when on somebody else may have had it.")
@click.option("--reason", metavar="TEXT", help="What happened.")
@_YES
def revoke(
    person: str | None,
    fingerprint: str | None,
    *,
    file: str | None,
    named: str | None,
    by: str | None,
    on: str | None,
    since: str | None,
    reason: str | None,
) -> None:
    """
    Revoke a key of PERSON that was lost, or that somebody else may have used.

    KEY is its fingerprint, or the file of the public key; left out where they have only one that is not revoked.

    What it signed counts only where main had it before it was compromised (before it was revoked, where nobody says
    since when), whatever date a signature gives itself. Training that rests on another signature is owed again.
    """
    what = judged(None, None, compare=False)
    person, wanted = _person_and_key(person, fingerprint, named, file)
    who = asked.person(what.snapshot, person)
    reporter = asked.person(what.snapshot, by) if by is not None else None
    old = _to_revoke(_register(what), who, wanted)
    day, first = asked.day(on, "--on") or what.day, asked.day(since, "--compromised-since")
    if old.entry.revoked:
        raise CannotRun(f"{old.public.fingerprint} was revoked on {old.entry.revoked.on} already ({who.path})")
    if day < old.entry.from_:
        raise CannotRun(f"--on {day} lies before {old.entry.from_}, from when the key is registered ({who.path})")
    if day > what.day:
        raise CannotRun(f"--on {day} lies ahead: a key is revoked at once; qmsci key end ends one on a later day")
    if first and first > day:
        raise CannotRun(f"--compromised-since {first} lies after {day}, when it was revoked")
    if reason is not None and not reason.strip():
        raise CannotRun("--reason is empty: write what happened, or leave it out")
    said: dict[str, object] = {"on": day}
    said |= {"compromised-since": first} if first else {}
    said |= {"reason": reason} if reason else {}
    said |= {"by": reporter.id} if reporter else {}
    _write(what, who, lambda entries: _with(entries, old.position, {"revoked": said}))
    click.echo(f"wrote {who.path}: {old.public.fingerprint} of {who.id} is revoked on {day}")
    click.echo(f"what it signed counts only where main had it before {first or day}: qmsci verify says which does not")
    _say_next(what, who, "the revocation holds from the merge on")


def _to_revoke(register: KeyRegister, who: Person, wanted: str | None) -> Registered:
    """The key of a person that a fingerprint or a file names, or their only one that is not revoked."""
    if wanted is not None:
        is_file = wanted == "-" or " " in wanted or Path(wanted).is_file()
        return _named(register, who, public_key(wanted, "--key").fingerprint if is_file else wanted)
    mine = [one for one in register if one.person.id == who.id and one.entry.revoked is None]
    if not mine:
        raise CannotRun(f"{who.id} has no key that is not revoked ({who.path})")
    if len(mine) > 1:
        known = ", ".join(one.public.fingerprint for one in mine)
        raise CannotRun(f"which key of {who.id}? name one of {known}")
    return mine[0]


def _refuse_end(what: Judged, old: Registered, last: date) -> None:
    """Refuse to end a key that has ended, before it begins, or so long ago that the past would be another."""
    entry, name = old.entry, old.public.fingerprint
    if entry.revoked:
        raise CannotRun(f"{name} was revoked on {entry.revoked.on} ({old.person.path})")
    if entry.to and entry.to < last:
        raise CannotRun(f"{name} ends on {entry.to} already ({old.person.path})")
    if last < entry.from_:
        raise CannotRun(f"{name} would end on {last}, before it begins on {entry.from_}")
    policy = what.snapshot.policy
    if last < what.day and (policy is None or policy.training.late_entry.after(last) < what.day):
        raise CannotRun(
            f"{name} would end on {last}, which is past: what it signed since then would be good no more; "
            "end it on a later day, or revoke it (qmsci key revoke)"
        )


def _named(register: KeyRegister, who: Person, name: str) -> Registered:
    """The key of a person with a fingerprint; the last one, should it be registered twice."""
    mine = [one for one in register if one.person.id == who.id]
    found = [one for one in mine if name.removeprefix("SHA256:") == one.public.fingerprint.removeprefix("SHA256:")]
    if not found:
        known = ", ".join(one.public.fingerprint for one in mine)
        raise CannotRun(
            f"{name!r} is no key of {who.id} ({who.path}); {f'theirs are {known}' if known else 'they have none'}"
        )
    return found[-1]


# --- a person's file ------------------------------------------------------------------------------------------------


def _with(entries: _Entries, position: int, more: dict[str, object]) -> _Entries:
    return [{**entry, **more} if index == position else entry for index, entry in enumerate(entries)]


def _write(what: Judged, who: Person, edited: Callable[[_Entries], _Entries]) -> None:
    """Write other keys into a person's file, in which everything else stays as it is."""
    root = what.repository.root
    data = content(root, who.path)
    if data is None:
        raise CannotRun(f"{who.path} is gone")
    values: Any = plain(data)
    text = with_entries(data.decode(), "keys", edited(values.get("keys") or []), _AFTER)
    for fault in load(who.path, text.encode()).faults:
        raise CannotRun(f"{who.path} could not be read: {fault.message}")
    replace_unchanged(root, who.path, data, text)


def _say_next(what: Judged, who: Person, then: str) -> None:
    policy = what.snapshot.policy
    if policy and policy.approvals == "signed":
        unit = ", ".join(policy.quality_unit)
        click.echo(f"next: the quality unit ({visible(unit)}) approves the file: qmsci approve {who.path}")
    else:
        click.echo("next: the quality unit approves the change in its review")
    click.echo(f"once it is merged: {then}")
