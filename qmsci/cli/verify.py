"""`qmsci verify`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property, partial
from typing import NamedTuple

import click

from qmsci import sshsig
from qmsci.cli.judged import Judged, judged, main_of, sources
from qmsci.cli.progress import watched
from qmsci.cli.verdicts import verdicts
from qmsci.finding import At, CannotRun, Place
from qmsci.gitrepo import Unrecorded
from qmsci.key_register import KeyRegister, allowed_signers
from qmsci.load import Content, content_of, kind_of, placed, record_of
from qmsci.records import layout
from qmsci.records.base import FileRecord, RevisionId
from qmsci.records.layout import Kind, filed
from qmsci.render.words import counted, visible
from qmsci.schema_words import Fault
from qmsci.signature import SIGNED_KINDS, Signed, chosen, reference, signatures_in
from qmsci.sshsig import Verified
from qmsci.tree import File
from qmsci.unreadable import Unreadable
from qmsci.verification import (
    Texts,
    lacks,
    links_in,
    lost_rejections,
    quoted_in,
    revision_in,
    wrong_link,
    wrong_signature,
    wrong_text,
)

#: Files that are looked at together.
_AT_ONCE = 1_000
_FOLDERS = (layout.APPROVALS, layout.ASSIGNMENTS, layout.COMPLETIONS, layout.WAIVERS)


@click.command("verify")
@click.option("--payload", metavar="PATH[#ENTRY[.SIGNATURE]]", help="Print the bytes that a signature signs.")
@click.option("--signature", metavar="PATH[#ENTRY[.SIGNATURE]]", help="Print a signature as ssh-keygen reads it.")
@click.option("--allowed-signers", "signers", is_flag=True, help="Print the key register as ssh-keygen reads it.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def command(ctx: click.Context, payload: str | None, signature: str | None, signers: bool, form: str) -> None:
    """
    Verify every signature, text digest and link of the working tree, offline.

    A signature must be one of what its record says now, by a key that is registered to the signer and was valid at
    the time of signing; a revoked key proves only what main had before it was compromised. A text digest must be
    that of the revision, in the document or in its history. An assignment that a completion names must exist. Exits
    with 0 when all is well, with 1 when anything is not.

    Nobody has to believe qmsci. What --payload, --signature and --allowed-signers print, OpenSSH verifies:
    ssh-keygen -Y verify -n qmsci -I PERSON -f SIGNERS -s SIGNATURE < PAYLOAD. Entries and signatures are counted
    from 1; the last one is meant where none is named.
    """
    if sum(map(bool, (payload, signature, signers))) > 1:
        raise click.UsageError("print one thing at a time: --payload, --signature or --allowed-signers")
    what = judged(None, None, compare=False)
    if payload:
        click.echo(_named(what, payload).payload, nl=False)
    elif signature:
        click.echo(_armoured(_named(what, signature)), nl=False)
    elif signers:
        click.echo(allowed_signers(what.snapshot, KeyRegister(what.snapshot)), nl=False)
    else:
        verification = Verification(what)
        verification.run()
        faults = verification.placed()
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
    content, record, faults = _read(path, found)
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


# --- all of them ----------------------------------------------------------------------------------------------------


class Claim(NamedTuple):
    """A whole signature, and whether it verifies."""

    signed: Signed
    verdict: Verified | str


class Verification:
    """One pass over everything that can be verified. `checked` has how much of each there was."""

    def __init__(self, what: Judged) -> None:
        """Look at a tree; nothing is read yet."""
        self.what = what
        self.snapshot = what.snapshot
        self.register = KeyRegister(what.snapshot)
        self.checked: Counter[str] = Counter()
        self.signatures: Counter[str] = Counter(dict.fromkeys(_NOUNS.values(), 0))
        self.unsigned: Counter[str] = Counter(dict.fromkeys(_NOUNS.values(), 0))
        self._faults: list[Fault] = list(self.register.faults)
        self._texts = Texts(self.snapshot, lambda: self._earlier)
        self._waiting: list[Claim] = []  # signatures with a revoked key: they rest on when they were recorded

    def run(self) -> None:
        """Verify."""
        self.checked["keys"] = len(self.register)
        paths = [path for folder in _FOLDERS for path in self.what.tree.paths(folder)]
        steps = [paths[start : start + _AT_ONCE] for start in range(0, len(paths), _AT_ONCE)]
        for some in watched(steps, "verifying"):
            self._look_at(some)
        self._judge_waiting()
        unread = self.what.library.faults.items()
        self._faults += [fault for path, faults in unread if filed(path) for fault in faults[:1]]

    def placed(self) -> list[tuple[Place, str]]:
        """All that is wrong, by place."""
        paths = sorted({fault.at.path for fault in self._faults})
        data = {path: file.data if file else b"" for path, file in zip(paths, self.what.tree.read(paths), strict=True)}
        return sorted({(_place(fault, data), fault.message) for fault in self._faults})

    def _look_at(self, paths: Sequence[str]) -> None:
        signed: list[Signed] = []
        plain = [path for path in paths if (about := filed(path)) and about.kind not in SIGNED_KINDS]
        for record in self.what.library.records(plain):
            if record:
                self._check(record)
        self.what.library.forget(plain)
        ours = [path for path in paths if (about := filed(path)) and about.kind in SIGNED_KINDS]
        for path, file in zip(ours, self.what.tree.read(ours), strict=True):
            content, record, faults = _read(path, file) if file else (None, None, ())
            self._faults += faults[:1]
            if content and record:
                self._check(record)
                signed += self._signatures(path, content)
        pairs = [(one.payload, str(one.fields["signature"])) for one in signed]
        for one, verdict in zip(signed, verdicts(pairs, self.what.memory), strict=True):
            self._judge(Claim(one, verdict))

    def _signatures(self, path: str, content: Content) -> Iterable[Signed]:
        noun = _NOUNS[kind_of(path)]
        found = list(signatures_in(path, content))
        entries = content.values.get("entries", [None]) if isinstance(content.values, dict) else []
        signed = {one.entry for one in found if one.is_given}
        self.unsigned[noun] += len(entries or ()) - len(signed)
        for one in found:
            if not one.is_given:
                continue
            self.signatures[noun] += 1
            missing = lacks(one)
            if missing:
                self._faults.append(Fault(At(path, one.keys), missing))
            else:
                yield one

    def _check(self, record: FileRecord) -> None:
        for quoted in quoted_in(record):
            known = self._texts.of(quoted.revision)
            self.checked["digests" if known else "digests_unknown"] += 1
            self._note(quoted.at, wrong_text(quoted, known) if known else None)
        for at in lost_rejections(record):
            self._note(at, "no entry of this file has the digest that it rejects")
        for link in links_in(record):
            self.checked["links"] += 1
            self._note(link.at, wrong_link(link, self._assignments.__contains__))

    def _judge(self, claim: Claim) -> None:
        asked: list[Claim] = []

        def unknown() -> date | None:
            asked.append(claim)
            return None

        said = wrong_signature(*claim, self.register, self.snapshot, unknown)
        if asked and said:
            self._waiting.append(claim)
        else:
            self._note(_where(claim.signed), said)

    def _judge_waiting(self) -> None:
        """Judge what rests on when it was recorded, with one pass over the history for all of it."""
        if not self._waiting:
            return
        if main_of(self.what) is None:
            raise CannotRun("what a revoked key signed counts if main had it in time, and there is no main branch here")
        ats = [_where(one.signed) for one in self._waiting]
        found = sources(self.what, ats)
        for claim, at in zip(self._waiting, ats, strict=True):
            source = found[at]
            if source.unknown == Unrecorded.TOO_EARLY.value:
                raise CannotRun(f"{source.path}:{source.line} was signed with a revoked key, and {source.unknown}")
            self._note(at, wrong_signature(*claim, self.register, self.snapshot, partial(_same, source.day)))

    def _note(self, at: At, said: str | None) -> None:
        if said:
            self._faults.append(Fault(at, said))

    @cached_property
    def _assignments(self) -> frozenset[str]:
        return frozenset(self.what.tree.paths(layout.ASSIGNMENTS))

    @cached_property
    def _earlier(self) -> Mapping[RevisionId, str]:
        """The text digest of each revision that was ever the newest one of its document, from the history of HEAD."""
        head = self.what.repository.commit("HEAD")
        below = self.what.repository.blobs_below(head, layout.DOCUMENTS) if head else {}
        versions = [(path, blob) for path, blobs in below.items() if _is_document(path) for blob in blobs]
        keys = {f"text:{path}:{blob}": (path, blob) for path, blob in versions}
        known = self.what.memory.recall(list(keys))
        new = [key for key in keys if key not in known]
        objects = self.what.repository.objects.read([keys[key][1] for key in new])
        learnt = {}
        for key, found in zip(new, objects, strict=True):
            if found is None:
                raise CannotRun(f"the object {keys[key][1]} is not in this clone: git fetch --refetch")
            revision = revision_in(keys[key][0], found[2])
            learnt[key] = json.dumps([*revision[0], revision[1]] if revision else None).encode()
        self.what.memory.remember(learnt)
        texts: dict[RevisionId, str] = {}
        all_known = {**known, **learnt}
        for said in (json.loads(all_known[key]) for key in keys):
            if said:
                texts.setdefault(RevisionId(said[0], said[1]), said[2])
        return texts


def _where(signed: Signed) -> At:
    return At(signed.path, (*signed.keys, "signature"))


def _same(day: date | None) -> date | None:
    return day


def _is_document(path: str) -> bool:
    about = filed(path)
    return about is not None and about.kind is Kind.DOCUMENT


def _read(path: str, file: File) -> tuple[Content | None, FileRecord | None, tuple[Fault, ...]]:
    """A file as it is written and as a record, or what keeps it from being one."""
    if file.odd:
        return None, None, (Fault(Place(path), file.odd),)
    try:
        content = content_of(path, file.data)
    except Unreadable as fault:
        return None, None, (Fault(Place(path, fault.line, fault.column), fault.message),)
    loaded = record_of(path, content)
    return content, loaded.record, loaded.faults


def _place(fault: Fault, data: Mapping[str, bytes]) -> Place:
    return placed(fault.at, data[fault.at.path])


# --- what is said ---------------------------------------------------------------------------------------------------


def _say(verification: Verification, faults: Sequence[tuple[Place, str]]) -> None:
    for place, message in faults:
        where = visible(f"{place.path}:{place.line}:{place.column}")
        click.echo(f"{where}: {click.style('wrong', fg='red', bold=True)}: {visible(message)}")
    for line in _summary(verification):
        click.echo(line)
    if faults:
        click.echo(click.style(f"{counted(len(faults), 'fault')}", fg="red", bold=True))
    else:
        click.echo(click.style("nothing is wrong", fg="green", bold=True))


def _summary(verification: Verification) -> Iterable[str]:
    checked, signatures, unsigned = verification.checked, verification.signatures, verification.unsigned
    on = ", ".join(f"{number:,} on {noun}s" for noun, number in signatures.items() if number)
    yield f"{_many(signatures.total(), 'signature')}{f' ({on})' if on else ''}, {_many(checked['keys'], 'key')}"
    if unsigned.total():
        yield f"without a signature: {', '.join(_many(n, noun) for noun, n in unsigned.items() if n)}"
    unknown = checked["digests_unknown"]
    known = f"; {unknown:,} more of texts that are not in this clone" if unknown else ""
    yield f"{_many(checked['digests'], 'text digest')}{known}, {_many(checked['links'], 'link')} to assignments"


_NOUNS = {
    Kind.APPROVAL: "approval",
    Kind.FILE_APPROVAL: "approval",
    Kind.COMPLETIONS: "completion",
    Kind.WAIVERS: "waiver",
}


def _many(number: int, noun: str) -> str:
    return counted(number, noun).replace(str(number), f"{number:,}", 1)


def _say_json(verification: Verification, faults: Sequence[tuple[Place, str]]) -> None:
    checked = verification.checked
    said = {
        "format": 1,
        "checked": {
            "signatures": {f"{noun}s": number for noun, number in verification.signatures.items()},
            "unsigned": {f"{noun}s": number for noun, number in verification.unsigned.items()},
            **{key: checked[key] for key in ("keys", "digests", "digests_unknown", "links")},
        },
        "faults": [{**place._asdict(), "message": message} for place, message in faults],
    }
    click.echo(json.dumps(said, indent=2, ensure_ascii=False))
