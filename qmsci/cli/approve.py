"""`qmsci approve`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import click

from qmsci.approval import (
    WholeFile,
    founding_policy,
    is_protected,
    revisions_to_approve,
    standing_file,
    whole_files,
)
from qmsci.authorisation import required_approvals
from qmsci.bereft import bereft, bereft_revision
from qmsci.cli import asked
from qmsci.cli.approvable import Revision, Thing, Whole
from qmsci.cli.judged import Judged, unmerged
from qmsci.cli.signer import Pen, now_of, pen_of, refuse_unless_agreed, signing_options, tell
from qmsci.compromised import lost_approval
from qmsci.disk import replace_unchanged
from qmsci.finding import At, CannotRun
from qmsci.key_register import KeyRegister
from qmsci.load import content_of
from qmsci.read import plain
from qmsci.records import layout
from qmsci.records.base import FileRecord, as_moment
from qmsci.records.document import Document
from qmsci.records.layout import Kind
from qmsci.records.policy import EVENT_PREFIXES
from qmsci.records.training import Approval, FileApproval
from qmsci.render.event import written
from qmsci.render.words import counted, visible
from qmsci.signature import payload_of, signatures_in
from qmsci.timeline import is_employed

MEANINGS = ("authored", "reviewed", "approved", "quality-approval")


@click.command("approve")
@click.argument("subjects", metavar="[SUBJECT]...", nargs=-1)
@click.option(
    "--meaning",
    type=click.Choice(MEANINGS),
    help="What is said by signing (default: quality-approval by the quality unit, approved by others).",
)
@signing_options
def command(subjects: Sequence[str], *, meaning: str | None, by: str | None, key: Path | None, yes: bool) -> None:
    """
    Sign an approval of what a change brings.

    SUBJECT is a document (SOP-014) or one of its revisions (SOP-014@3), a quality event that is closed (CAPA-2026-003),
    or the path of a protected file (qmsci.yaml). Without one: everything in the working tree that still needs an
    approval that the signer can give, also what is merged and lost its approval with a stolen key. Each is shown, with
    what changes against main, before it is signed. A protected file that is merged without an approval that counts, as
    the policy of the founding may be, is approved when it is named.

    Who is entitled to approve is for main to say. What was approved and has changed since is approved anew: an approval
    that is not merged yet is replaced.
    """
    what = unmerged()
    pen = pen_of(what, by, key)
    _known_to_main(what, pen)
    desk = _Desk(what, pen.person.id, as_moment(now_of(what)))
    things = [thing for subject in dict.fromkeys(subjects) for thing in desk.named(subject)] or desk.waiting(meaning)
    say = tell if yes else click.echo  # who is asked has to see what
    if not subjects:
        say(f"{counted(len(things), 'approval')} by {pen.person.id}: {_names(things)}")
        if meaning != "authored" and (written := [thing for thing in desk.written() if thing not in things]):
            say(_as_author(written))
    signed = [(thing, desk.meaning(thing, meaning)) for thing in things]
    tasks = [desk.task(thing, said) for thing, said in signed]
    for task in tasks:
        say("\n".join(map(visible, task.thing.shown())))
        refuse_unless_agreed(pen.person.id, task.meaning, yes=yes)
        _sign(what, pen, task)


def _names(things: Sequence[Thing]) -> str:
    return ", ".join(visible(thing.name) for thing in things)


def _as_author(written: Sequence[Thing]) -> str:
    return f"to be signed as the author, with --meaning authored: {_names(written)}"


def _known_to_main(what: Judged, pen: Pen) -> None:
    """Refuse who is not employed, by what main says, and a key that main does not know, unless it knows none at all."""
    who = what.change.law.people.get(pen.person.id)
    if who is None or not is_employed(who, what.day):
        raise CannotRun(f"{pen.person.id} is not employed on {what.day}, by what main says ({pen.person.path})")
    register = KeyRegister(what.change.base, pen.person.id)
    refusal = register.refusal(pen.signer.key.fingerprint, pen.person.id, what.day, lambda: None)
    if refusal and what.change.has_keys:
        raise CannotRun(f"on main, {refusal}: a key signs from when it is merged")


#: More approvals of the same bytes than one person ever gives.
_MOST = 100


@dataclass(frozen=True)
class _Task:
    """Something to be signed, with which meaning, where, and the bytes of the approval that is replaced there."""

    thing: Thing
    meaning: str
    path: str
    before: bytes | None


class _Desk:
    """What lies before somebody who approves at a moment."""

    def __init__(self, what: Judged, person: str, at: datetime) -> None:
        self.what = what
        self.person = person
        self.at = at

    def waiting(self, wanted: str | None = None) -> list[Thing]:
        """Everything in the change that lacks an approval that this person can give. Raises `CannotRun` where none."""
        things: list[Thing] = [*self._revisions, *(Whole(self.what, file) for file in self._files)]
        names = {one.name for one in things}
        things += [thing for thing in self._bereft() if thing.name not in names]
        written: list[Thing] = [*self.written()]
        found = written if wanted == "authored" else [thing for thing in things if self._waits(thing)]
        if not found:
            also = f"; {_as_author(written)}" if written else ""
            raise CannotRun(f"nothing here waits for an approval by {self.person}{self._elsewhere}{also}")
        return found

    def written(self) -> list[Revision]:
        """The new revisions that this person has written, and has not signed."""
        mine = [one for one in self._revisions if one.refusal(self.person, "authored", self.at) is None]
        return [one for one in mine if not one.agrees(self._own(one))]

    @property
    def _revisions(self) -> list[Revision]:
        edits = self.what.change.edits(Kind.DOCUMENT, Document)
        newest = (edit.after for edit in edits if edit.after and revisions_to_approve(edit)[:1])
        return [Revision(self.what, document, document.newest) for document in newest]

    def _own(self, thing: Thing) -> FileRecord | None:
        """The latest approval by this person that is there; None where there is none."""
        there = [path for path in self._paths(thing) if self.what.tree.read([path])[0] is not None]
        return self.what.library.records(there[-1:])[0] if there else None

    def _paths(self, thing: Thing) -> Iterator[str]:
        """Where this person's approvals lie, up to the first place that is free."""
        for number in range(1, _MOST):
            path = f"{thing.folder}{self.person}{f'-{number}' if number > 1 else ''}.yaml"
            yield path
            if self.what.tree.read([path])[0] is None:
                return
        raise CannotRun(f"{thing.folder} has {_MOST - 1} approvals by {self.person} already")

    def _is_final(self, thing: Thing, own: object) -> bool:
        """Whether an approval is merged and leaves no place for another one: of a revision, as long as it counts."""
        if not isinstance(own, Approval | FileApproval) or own.path in self.what.change.files:
            return False
        return isinstance(thing, Revision) and not lost_approval(self.what.snapshot, own)

    def named(self, subject: str) -> list[Thing]:
        """What a subject on the command line stands for. Raises `CannotRun` where there is nothing to approve."""
        subject = subject.removeprefix("./")
        files = {file.path: Whole(self.what, file) for file in self._files}
        if is_protected(subject) or layout.filed(subject):
            return [self._whole(files, subject, f"nothing in {subject} needs an approval of the whole file")]
        if subject.split("-", 1)[0] in EVENT_PREFIXES:
            event = asked.event(self.what.snapshot, subject)
            otherwise = "is closed, and approved" if event.ended else "is not closed by this change"
            return [self._whole(files, event.path, f"{event.id} {otherwise}")]
        document, entry = asked.document(self.what.snapshot, subject)
        if entry and entry is not document.newest:
            now = document.named(document.newest)
            raise CannotRun(f"the text of {subject} is not in {document.path} any more; {now} can be approved")
        edits = [one for one in self.what.change.edits(Kind.DOCUMENT, Document) if one.after is document]
        is_new = any(position == 0 for edit in edits for position, _ in revisions_to_approve(edit))
        is_new = is_new or bereft_revision(self.what.snapshot, document, document.newest) is not None
        newest = Revision(self.what, document, document.newest)
        whole = files.get(document.path)
        is_meant = entry is not None and (whole is None or is_new)
        found: list[Thing] = [newest] if is_meant or is_new or self._lacks(newest) else []
        found += [whole] if whole and not (entry and is_new) else []
        if not found:
            named = document.named(document.newest)
            raise CannotRun(
                f"nothing of {document.id} waits for an approval{self._elsewhere or f'; {named} is merged'}"
            )
        return found

    @property
    def _files(self) -> Iterator[WholeFile]:
        return chain(whole_files(self.what.change), founding_policy(self.what.change))

    def meaning(self, thing: Thing, wanted: str | None) -> str:
        """With which meaning this person signs. Raises `CannotRun` where they are not entitled to it."""
        refused = thing.refusal(self.person, wanted or "quality-approval", self.at)
        if refused is None:
            return wanted or "quality-approval"
        if wanted is None and isinstance(thing, Revision) and not thing.refusal(self.person, "approved", self.at):
            return "approved"
        as_author = wanted is None and thing in self.written()
        raise CannotRun(f"{refused}; or sign as the author: --meaning authored" if as_author else refused)

    def task(self, thing: Thing, meaning: str) -> _Task:
        """What is to be signed, and where: beside an approval that is merged, in place of one that is not."""
        path = ""
        for path in self._paths(thing):
            own = self.what.library.records([path])[0]
            if self._is_final(thing, own):
                raise CannotRun(f"{path} is merged already, and approvals do not change")
            held, there = self.what.change.files.get(path), self.what.tree.read([path])[0]
            if there and held and held.before is None:
                stands = isinstance(own, Approval | FileApproval) and own.signature and own.meaning == meaning
                if stands and thing.agrees(own):
                    raise CannotRun(f"{path} is the {meaning} of {thing.name} as it stands already")
                return _Task(thing, meaning, path, there.data)
        return _Task(thing, meaning, path, None)

    def _lacks(self, newest: Revision) -> bool:
        """Whether a merged revision lacks an approval that counts, and this person has not approved it as it stands."""
        change = self.what.change
        if newest.agrees(self._own(newest)) or change.policy is None or change.policy.approvals != "signed":
            return False
        required = required_approvals(change.law, change.head, newest.document, newest.entry)
        return not all(one.given for one in required)

    def _waits(self, thing: Thing) -> bool:
        own = self._own(thing)
        if self._is_final(thing, own):
            return False
        meanings = [one for one in ("quality-approval", "approved") if not thing.refusal(self.person, one, self.at)]
        stale = own is not None and own.path in self.what.change.files and not thing.agrees(own)
        return bool(meanings) and (stale or thing.wants(self.person, meanings[0], self.at))

    def _whole(self, files: Mapping[str, Whole], path: str, otherwise: str) -> Whole:
        if path in self.what.library.faults:
            raise CannotRun(f"{path} cannot be read: qmsci check")
        if path in files:
            return files[path]
        standing = standing_file(self.what.change, path)
        if standing is None:
            raise CannotRun(otherwise + self._elsewhere)
        return Whole(self.what, standing)

    def _bereft(self) -> Iterator[Thing]:
        """What is merged, and rests on approvals whose keys were compromised."""
        for one in bereft(self.what.snapshot):
            record = self.what.library.records([one.path])[0]
            if isinstance(record, Document) and one.subject == str(record.named(record.newest)):
                yield Revision(self.what, record, record.newest)
            elif not isinstance(one.at, At) or not isinstance(record, Document):
                standing = standing_file(self.what.change, one.path)
                yield from [Whole(self.what, standing)] if standing else []

    @property
    def _elsewhere(self) -> str:
        """What keeps approvals out of the files, if anything does."""
        policy = self.what.change.policy
        if policy and policy.approvals == "forge":
            return ": the policy says `approvals: forge`, and they are given in the review of the pull request"
        return ""


def _sign(what: Judged, pen: Pen, task: _Task) -> None:
    path = task.path
    record = task.thing.record()
    texts: Any = plain(written(record).encode())  # the scalars as the texts that the file has, which are what is signed
    signature = pen.sign(path, texts, task.meaning, now_of(what))
    text = written({**record, **signature})
    if next(signatures_in(path, content_of(path, text.encode()))).payload != payload_of(path, texts, signature):
        raise CannotRun(f"{path} would not say what was signed; nothing was written")
    replace_unchanged(what.repository.root, path, task.before, text)
    again = " anew" if task.before is not None else ""
    tell(visible(f"{task.meaning} of {task.thing.name} signed{again} by {pen.person.id}: {path}"))
