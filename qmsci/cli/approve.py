"""`qmsci approve`."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

import click

from qmsci.approval import WholeFile, founding_policy, is_protected, revisions_to_approve, whole_files
from qmsci.authorisation import Required, may_approve, required_approvals
from qmsci.circuit import state
from qmsci.cli import asked
from qmsci.cli.judged import Judged, unmerged
from qmsci.cli.signer import Pen, now_of, pen_of, signing_options
from qmsci.disk import replace_unchanged
from qmsci.finding import CannotRun
from qmsci.key_register import KeyRegister
from qmsci.load import content_of
from qmsci.records import layout
from qmsci.records.base import as_moment
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.event import Event
from qmsci.records.layout import Kind
from qmsci.records.policy import EVENT_PREFIXES
from qmsci.records.training import Approval, FileApproval
from qmsci.render.event import written
from qmsci.render.words import counted, visible
from qmsci.signature import payload_of, signatures_in
from qmsci.timeline import in_force, is_employed

MEANINGS = ("authored", "reviewed", "approved", "quality-approval")
#: The lines of a difference that are shown; git shows the rest.
_LINES = 60


@click.command("approve")
@click.argument("subjects", metavar="[SUBJECT]...", nargs=-1)
@click.option(
    "--meaning",
    type=click.Choice(MEANINGS),
    help="What is said by signing (default: quality-approval by the quality unit, approved by others).",
)
@signing_options
@click.pass_context
def command(
    ctx: click.Context, subjects: Sequence[str], meaning: str | None, by: str | None, key: Path | None, yes: bool
) -> None:
    """
    Sign an approval of what a change brings.

    SUBJECT is a document (SOP-014) or one of its revisions (SOP-014@3), a quality event that is closed (CAPA-2026-003),
    or the path of a protected file (qmsci.yaml). Without one: everything in the working tree that still needs an
    approval that the signer can give. Each is shown, with what changes against main, before it is signed.

    Who is entitled to approve is for main to say. What was approved and has changed since is approved anew: an approval
    that is not merged yet is replaced.
    """
    what = unmerged()
    pen = pen_of(what, by, key)
    _known_to_main(what, pen)
    desk = _Desk(what, pen.person.id, as_moment(now_of(what)))
    things = [thing for subject in dict.fromkeys(subjects) for thing in desk.named(subject)] or desk.waiting()
    if not subjects:
        click.echo(f"{counted(len(things), 'approval')} by {pen.person.id}: {', '.join(map(_name, things))}")
    signed = [(thing, desk.meaning(thing, meaning)) for thing in things]
    tasks = [_Task(thing, said, desk.before(thing, said)) for thing, said in signed]
    for task in tasks:
        click.echo("\n".join(map(visible, task.thing.shown())))
        if not yes and not click.confirm(f"Sign this as {task.meaning} by {pen.person.id}?", err=True):
            click.echo("not signed", err=True)
            ctx.exit(1)
        _sign(what, pen, task)


def _known_to_main(what: Judged, pen: Pen) -> None:
    """Refuse who is not employed, by what main says, and a key that main does not know, unless it knows none at all."""
    who = what.change.law.people.get(pen.person.id)
    if who is None or not is_employed(who, what.day):
        raise CannotRun(f"{pen.person.id} is not employed on {what.day}, by what main says ({pen.person.path})")
    register = KeyRegister(what.change.base)
    refusal = register.refusal(pen.signer.key.fingerprint, pen.person.id, what.day, lambda: None)
    if len(register) and refusal:
        raise CannotRun(f"on main, {refusal}: a key signs from when it is merged")


class _Thing(Protocol):
    """What can be approved: a revision, or a whole file."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def folder(self) -> str:
        """Where its approvals lie."""

    def record(self) -> dict[str, Any]:
        """What an approval of it says, beside who gives it: the keys in the order of the file."""

    def agrees(self, approval: object) -> bool:
        """Whether an approval is of it as it stands now."""

    def refusal(self, person: str, meaning: str, at: datetime) -> str | None:
        """Why a person does not sign it with a meaning."""

    def wants(self, person: str, meaning: str, at: datetime) -> bool:
        """Whether it lacks an approval that a person could give with a meaning."""

    def shown(self) -> Iterator[str]:
        """The lines that say what is approved."""


@dataclass(frozen=True)
class _Revision:
    """The newest revision of a document, with its text."""

    what: Judged
    document: Document
    entry: RevisionEntry

    @property
    def name(self) -> str:
        return str(self.document.named(self.entry))

    @property
    def folder(self) -> str:
        return f"{layout.APPROVALS}{self.name}/"

    def record(self) -> dict[str, Any]:
        document, entry = self.document, self.entry
        training = document.training.model_dump(mode="json", by_alias=True, exclude_none=True)
        found = {
            "document": self.name,
            "text": document.text,
            "effective": entry.effective,
            "impact": entry.impact,
            "governs": list(document.governs),
            "purpose": document.purpose,
            "training": training,
        }
        return {**found, "emergency": True} if entry.emergency else found

    def agrees(self, approval: object) -> bool:
        document, entry = self.document, self.entry
        if not isinstance(approval, Approval):
            return False
        says = (approval.text, approval.effective, approval.impact, sorted(approval.governs), bool(approval.emergency))
        if says != (document.text, entry.effective, entry.impact, sorted(document.governs), entry.emergency):
            return False
        return (approval.purpose, approval.training) == (document.purpose, document.training)

    def refusal(self, person: str, meaning: str, at: datetime) -> str | None:
        authors, law = self.entry.authors, self.what.change.law
        roles = [role for one in self._required for role in one.roles]
        if meaning == "authored":
            return None if person in authors else f"{person} is no author of {self.name}"
        if meaning == "reviewed":
            return None
        if meaning == "approved":
            if {person} == {*authors}:
                return f"{person} is the only author of {self.name}, and cannot be the one who approves it"
        elif person in authors:
            return f"{person} is an author of {self.name}: somebody else of the quality unit gives its quality-approval"
        else:
            roles = [role for one in self._required if one.is_quality for role in one.roles]
        if may_approve(law, person, roles, at):
            return None
        return f"{person} holds none of the roles on main whose {meaning} {self.name} needs ({', '.join(roles)})"

    def wants(self, person: str, meaning: str, at: datetime) -> bool:
        open_ = (one for one in self._required if not one.given)
        return any(
            may_approve(self.what.change.law, person, one.roles, at)
            and (meaning == "quality-approval" or not one.is_quality)
            for one in open_
        )

    def shown(self) -> Iterator[str]:
        document, entry = self.document, self.entry
        yield f"{self.name}  {document.title}"
        training = [f"{key} {_plainly(value)}" for key, value in self.record()["training"].items()]
        before = self.what.change.base.documents.get(document.id)
        now = in_force(before, self.what.day) if before else None
        facts = {
            "effective": f"{entry.effective}" + (" (an emergency: the window is lifted)" if entry.emergency else ""),
            "impact": entry.impact + (f": {entry.rationale}" if entry.rationale else ""),
            "summary": entry.summary,
            "authors": ", ".join(entry.authors),
            "reason": entry.reason,
            "owner": document.owner,
            "governs": ", ".join(document.governs) or "nothing",
            "purpose": document.purpose,
            "training": ", ".join(training) or "as its type asks",
            "text": document.text,
            "in force": f"{document.id}@{now.revision}, since {now.effective}" if now else "nothing yet",
        }
        yield from _listed(facts)
        yield from _difference(self.what, document.path)

    @property
    def _required(self) -> list[Required]:
        change = self.what.change
        return required_approvals(change.law, change.head, self.document, self.entry, change.day)


@dataclass(frozen=True)
class _Whole:
    """A file that the quality unit approves as a whole."""

    what: Judged
    file: WholeFile

    @property
    def name(self) -> str:
        found = layout.filed(self.file.path)
        return self.file.subject if found and found.kind is Kind.EVENT else self.file.path

    @property
    def folder(self) -> str:
        return self.file.folder

    def record(self) -> dict[str, Any]:
        return {"file": self.file.path, "digest": self.file.digest}

    def agrees(self, approval: object) -> bool:
        return isinstance(approval, FileApproval) and approval.digest == self.file.digest

    def refusal(self, person: str, meaning: str, at: datetime) -> str | None:
        if meaning == "authored":
            return f"{self.file.path} is a whole file: it is reviewed or approved"
        return None if meaning == "reviewed" else self.file.refusal(person, at)

    def wants(self, person: str, meaning: str, at: datetime) -> bool:
        return bool(self.file.missing) and meaning == "quality-approval" and not self.refusal(person, meaning, at)

    def shown(self) -> Iterator[str]:
        yield f"{self.name}: {self.file.does}"
        record = self.what.library.records([self.file.path])[0]
        facts: dict[str, str | None] = {"file": self.file.path, "digest": self.file.digest}
        if isinstance(record, Event):
            facts |= self._closing(record)
        yield from _listed(facts)
        yield from _difference(self.what, self.file.path)

    def _closing(self, event: Event) -> dict[str, str | None]:
        key = event.settling_key
        who = event.ending.by if event.ending else getattr(event, f"{key}_by", None)
        key = event.ending_key if event.ending else key
        stands = state(self.what.snapshot, event, self.what.snapshot.end_of(self.what.day))
        return {"title": event.title, "state": stands.value, key: f"{event.ended}" + (f" by {who}" if who else "")}


@dataclass(frozen=True)
class _Task:
    """Something to be signed, with which meaning, and the approval that it replaces: its bytes, None where none."""

    thing: _Thing
    meaning: str
    before: bytes | None


class _Desk:
    """What lies before somebody who approves at a moment."""

    def __init__(self, what: Judged, person: str, at: datetime) -> None:
        self.what = what
        self.person = person
        self.at = at

    def waiting(self) -> list[_Thing]:
        """Everything in the change that lacks an approval that this person can give. Raises `CannotRun` where none."""
        edits = self.what.change.edits(Kind.DOCUMENT, Document)
        newest = (edit.after for edit in edits if edit.after and revisions_to_approve(edit)[:1])
        things: list[_Thing] = [_Revision(self.what, document, document.newest) for document in newest]
        things += [_Whole(self.what, file) for file in self._files]
        found = [thing for thing in things if self._waits(thing)]
        if not found:
            raise CannotRun(f"nothing here waits for an approval by {self.person}{self._elsewhere}")
        return found

    def named(self, subject: str) -> list[_Thing]:
        """What a subject on the command line stands for. Raises `CannotRun` where there is nothing to approve."""
        subject = subject.removeprefix("./")
        files = {file.path: _Whole(self.what, file) for file in self._files}
        if is_protected(subject) or layout.filed(subject):
            return [self._whole(files, subject, f"nothing in {subject} needs an approval of the whole file")]
        if subject.split("-", 1)[0] in EVENT_PREFIXES:
            event = asked.event(self.what.snapshot, subject)
            return [self._whole(files, event.path, f"{event.id} is not closed by this change")]
        document, entry = asked.document(self.what.snapshot, subject)
        if entry and entry is not document.newest:
            newest = document.named(document.newest)
            raise CannotRun(f"the text of {subject} is not in {document.path} any more; {newest} can be approved")
        edits = [one for one in self.what.change.edits(Kind.DOCUMENT, Document) if one.after is document]
        is_new = any(position == 0 for edit in edits for position, _ in revisions_to_approve(edit))
        found: list[_Thing] = [_Revision(self.what, document, document.newest)] if entry or is_new else []
        found += [files[document.path]] if document.path in files and not entry else []
        if not found:
            named = document.named(document.newest)
            raise CannotRun(
                f"nothing of {document.id} waits for an approval{self._elsewhere or f'; {named} is merged'}"
            )
        return found

    @property
    def _files(self) -> Iterator[WholeFile]:
        return chain(whole_files(self.what.change), founding_policy(self.what.change))

    def meaning(self, thing: _Thing, wanted: str | None) -> str:
        """With which meaning this person signs. Raises `CannotRun` where they are not entitled to it."""
        refused = thing.refusal(self.person, wanted or "quality-approval", self.at)
        if refused is None:
            return wanted or "quality-approval"
        if wanted is None and isinstance(thing, _Revision) and not thing.refusal(self.person, "approved", self.at):
            return "approved"
        raise CannotRun(refused)

    def before(self, thing: _Thing, meaning: str) -> bytes | None:
        """The approval that is there and was not merged, to be replaced. Raises `CannotRun` for one that stands."""
        path = f"{thing.folder}{self.person}.yaml"
        held = self.what.change.files.get(path)
        there = self.what.tree.read([path])[0]
        if there is None:
            return None
        if held is None or held.before is not None:
            again = "; somebody else of the quality unit can approve it again" if isinstance(thing, _Whole) else ""
            raise CannotRun(f"{path} is merged already, and approvals do not change{again}")
        own = self.what.library.records([path])[0]
        if isinstance(own, Approval | FileApproval) and own.meaning == meaning and thing.agrees(own):
            raise CannotRun(f"{path} is the {meaning} of {thing.name} as it stands already")
        return there.data

    def _waits(self, thing: _Thing) -> bool:
        own = self.what.library.records([f"{thing.folder}{self.person}.yaml"])[0]
        meanings = [one for one in ("quality-approval", "approved") if not thing.refusal(self.person, one, self.at)]
        stale = own is not None and not thing.agrees(own)
        return bool(meanings) and (stale or thing.wants(self.person, meanings[0], self.at))

    def _whole(self, files: Mapping[str, _Whole], path: str, otherwise: str) -> _Whole:
        if path in self.what.library.faults:
            raise CannotRun(f"{path} cannot be read: qmsci check")
        if path not in files:
            raise CannotRun(otherwise + self._elsewhere)
        return files[path]

    @property
    def _elsewhere(self) -> str:
        """What keeps approvals out of the files, if anything does."""
        policy = self.what.change.policy
        if policy and policy.approvals == "forge":
            return ": the policy says `approvals: forge`, and they are given in the review of the pull request"
        return ""


def _sign(what: Judged, pen: Pen, task: _Task) -> None:
    path = f"{task.thing.folder}{pen.person.id}.yaml"
    record = task.thing.record()
    texts = _texts(record)
    signature = pen.sign(path, texts, task.meaning, now_of(what))
    text = written({**record, **signature})
    if next(signatures_in(path, content_of(path, text.encode()))).payload != payload_of(path, texts, signature):
        raise CannotRun(f"{path} would not say what was signed; nothing was written")
    replace_unchanged(what.repository.root, path, task.before, text)
    again = " anew" if task.before is not None else ""
    click.echo(visible(f"{task.meaning} of {task.thing.name} signed{again} by {pen.person.id}: {path}"))


def _texts(value: Any) -> Any:
    """The scalars as the texts that a file has, which are what is signed."""
    if isinstance(value, Mapping):
        return {key: _texts(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_texts(inner) for inner in value]
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)


# --- what is shown --------------------------------------------------------------------------------------------------


def _name(thing: _Thing) -> str:
    return visible(thing.name)


def _plainly(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _listed(facts: Mapping[str, str | None]) -> Iterator[str]:
    width = max(map(len, facts))
    yield from (f"  {key:{width}}  {value}" for key, value in facts.items() if value)


def _difference(what: Judged, path: str) -> Iterator[str]:
    """What changes in a file against main, shortened."""
    held = what.change.files.get(path)
    if held is None:
        yield f"  nothing in {path} differs from main"
        return
    before, after = ((data or b"").decode("utf-8", "replace").splitlines() for data in (held.before, held.after))
    base = what.base.id[:10] if what.base else "nothing"
    lines = list(difflib.unified_diff(before, after, f"{path} ({base})", path, lineterm="", n=2))
    yield from (f"  {line}" for line in lines[:_LINES])
    if len(lines) > _LINES:
        more = f"git diff {base} -- {path}" if held.before is not None else path
        yield f"  … {counted(len(lines) - _LINES, 'more line')}: {more}"
