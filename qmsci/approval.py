"""What a change needs an approval for: each new revision, and the files that the quality unit approves as a whole."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import chain

from qmsci.authorisation import holds_one, may_approve
from qmsci.change import Change, Edited, document_before, new_revisions
from qmsci.compromised import lost_approval
from qmsci.finding import At, Place
from qmsci.records import layout
from qmsci.records.base import Correction
from qmsci.records.canonical import digest_of
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.event import Event
from qmsci.records.layout import Kind
from qmsci.records.person import Person
from qmsci.records.training import Approval, FileApproval
from qmsci.snapshot import Snapshot
from qmsci.timeline import Span, days_held

#: Files that say how everything else is judged. (Keys and roles of the quality unit are protected in people's files.)
_PROTECTED = re.compile(r"qmsci\.yaml|(?:\.github/|docs/)?CODEOWNERS|\.github/workflows/.+", re.DOTALL)
#: What an approval of a document's revision covers beside its text, and what only a revision or a whole file changes.
_COVERED = ("title", "owner", "governs", "purpose", "training")


def is_protected(path: str) -> bool:
    """Whether a path is that of a protected file: the policy, a workflow, CODEOWNERS."""
    return _PROTECTED.fullmatch(path) is not None


def file_digest(data: bytes | None) -> str:
    """The digest of a file's bytes as an approval quotes it; of no bytes where the file is removed."""
    return f"sha256:{sha256(data or b'').hexdigest()}"


@dataclass(frozen=True)
class WholeFile:
    """
    A file that may be merged only as the quality unit has approved it, to the byte.

    `does` says what the change does to it, `at` where; its approvals lie in `folder`. The approval of the person whose
    own file it is does not count.
    """

    change: Change
    path: str
    folder: str
    at: At | Place
    does: str
    own: str | None = None

    @property
    def digest(self) -> str:
        """The digest of the file as the change brings it."""
        return file_digest(self.change.files[self.path].after)

    @property
    def subject(self) -> str:
        """What `qmsci approve` is asked for, quoted for a shell."""
        found = layout.filed(self.path)
        if found and found.kind is Kind.EVENT:
            return found.names[0]
        document = self.change.head.source.records([self.path])[0]
        return document.id if isinstance(document, Document) else shlex.quote(self.path)

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles whose holders can approve it."""
        return self.change.policy.quality_unit if self.change.policy else ()

    @property
    def given(self) -> list[FileApproval]:
        """
        The approvals that count: of these bytes, by somebody entitled, and brought by this change.

        One that was merged before was for another change; it does not bring back what has been left since.
        """
        return [one for one in self._here if self._counts(one)]

    @property
    def missing(self) -> str | None:
        """What is to be said where it lacks its approval; None where nothing is, or where one cannot be read."""
        if self.given or self.change.head.unreadable_below(self.folder):
            return None
        but = f" but {self.own}" if self.own else ""
        said = f"{self.does}, and no holder of {' or '.join(self.roles)}{but} has approved the file as it is"
        stale = [one.by for one in self.change.added_file_approvals.get(self.path, ()) if one.digest != self.digest]
        if stale:
            return f"{said}: what {', '.join(stale)} approved is not what it holds now"
        others = [one.by for one in self._here]
        return f"{said}: the approval of {', '.join(others)} does not count" if others else said

    def refusal(self, person: str, at: datetime) -> str | None:
        """Why a person cannot give the approval that it needs; None where they can."""
        if not may_approve(self.change.law, person, self.roles, at):
            return f"{person} holds no role of the quality unit on main ({', '.join(self.roles)})"
        if person == self.own:
            return f"{person} cannot approve their own keys and roles: a second person does"
        return None

    @property
    def _here(self) -> list[FileApproval]:
        """The approvals of these bytes that the change brings."""
        added = self.change.added_file_approvals.get(self.path, ())
        return [one for one in added if one.path.startswith(self.folder) and one.digest == self.digest]

    def _counts(self, one: FileApproval) -> bool:
        entitled = may_approve(self.change.law, one.by, self.roles, one.at, self.change.day)
        return one.meaning == "quality-approval" and one.by != self.own and entitled


class ProtectedFile(WholeFile):
    """A file that decides what everybody's changes are held to: policy, workflows, CODEOWNERS, keys, quality unit."""


class StandingFile(WholeFile):
    """
    A file, or the closing of an event, that is merged as it is, and that the quality unit may approve after all.

    It may have been approved with a key that was compromised, or by nobody: the policy of the founding.
    """

    @property
    def digest(self) -> str:
        """The digest of the file as it is."""
        return self.change.head.source.digest(self.path) or file_digest(None)

    @property
    def given(self) -> list[FileApproval]:
        """The approvals that count, whenever they came: by somebody entitled, with a key that was not compromised."""
        return [one for one in self._here if self._counts(one) and not lost_approval(self.change.head, one)]

    @property
    def _here(self) -> list[FileApproval]:
        found = self.change.head.file_approvals(self.folder)
        return [one for one in found if one.digest == self.digest or "@closed-" in self.folder]

    def _counts(self, one: FileApproval) -> bool:
        return one.meaning == "quality-approval" and may_approve(self.change.law, one.by, self.roles, one.at)


class AlteredDocument(WholeFile):
    """A document in which something changes that matters, and that no new revision's approval covers."""


class ClosedEvent(WholeFile):
    """An event that is closed (verified, released, voided …), for the first time or again."""


class OverruledEvent(WholeFile):
    """An open event in which the quality unit corrects what was recorded, or lets an action go."""


def differing(document: Document, entry: RevisionEntry, approval: Approval) -> Iterator[tuple[str, object, object]]:
    """
    Where an approval of a revision says another thing than its document: the key, and what each of them says.

    The order in which activities are named means nothing.
    """
    yield from (one for one in _compared(document, entry, approval) if one[1] != one[2])


def _compared(document: Document, entry: RevisionEntry, approval: Approval) -> Iterator[tuple[str, object, object]]:
    """All that is held against one another; of a revision that is not the newest, only what still stands there."""
    yield "effective", approval.effective, entry.effective
    yield "impact", approval.impact, entry.impact
    if approval.emergency is not None or entry.emergency:
        yield "emergency", bool(approval.emergency), entry.emergency
    if entry is not document.newest:
        return
    yield "text", approval.text, document.text
    yield "governs", sorted(approval.governs), sorted(document.governs)
    if approval.purpose:
        yield "purpose", approval.purpose, document.purpose
    if approval.training:
        yield "training", approval.training, document.training
    if approval.about:
        yield "about", approval.about, about(document, entry)


def about(document: Document, entry: RevisionEntry) -> str:
    """The digest of what else a reader is told of a revision: title, owner, summary, rationale, authors and reason."""
    told = {"title": document.title, "owner": document.owner, "authors": list(entry.authors)}
    told |= {key: value for key in ("summary", "rationale", "reason") if (value := getattr(entry, key))}
    return digest_of(told)


#: What an approval of the whole file replaces in an approval of the revision.
REPLACEABLE = ("governs", "purpose", "training", "about")


def approved_since(snapshot: Snapshot, document: Document, approval: Approval) -> bool:
    """Whether the quality unit approved the whole file of a document, under whatever name, after an approval of it."""
    starts = (f"{document.id}.md@", f"{document.id}-")
    folder = f"{layout.APPROVALS}{layout.DOCUMENTS}"
    paths = [path for path in snapshot.source.paths(folder) if path.split("/")[-2].startswith(starts)]
    return any(
        isinstance(whole, FileApproval) and whole.meaning == "quality-approval" and whole.at > approval.at
        for whole in snapshot.source.records(paths)
    )


def revisions_to_approve(edit: Edited[Document]) -> list[tuple[int, RevisionEntry]]:
    """
    The new revisions of a document that need their approvals, each with its position.

    One dated on the day of the founding needs none then; of what a founding import brings, only the newest does.
    """
    change, policy = edit.change, edit.change.policy
    founded = policy.founded if policy and (change.founding or change.day == policy.founded) else None
    new = [(position, entry) for position, entry in new_revisions(edit) if entry.effective != founded]
    return [(position, entry) for position, entry in new if position == 0 or not change.founding]


def whole_files(change: Change) -> Iterator[WholeFile]:
    """All files of a change that need an approval as a whole; none under `forge`, where approvals are elsewhere."""
    if change.policy is None or change.policy.approvals != "signed" or change.founding:
        return
    yield from _protected_files(change)
    yield from chain.from_iterable(map(_altered_document, change.edits(Kind.DOCUMENT, Document)))
    for edit in change.edits(Kind.EVENT, Event):
        yield from chain(_closed_event(edit), _overruled_event(edit))


def founding_policy(change: Change) -> Iterator[WholeFile]:
    """
    The policy that founds a quality system whose approvals are signed: nothing else of the founding is approved.

    Nothing demands it, for there is nobody yet to demand it; whoever founds may sign what all of it stands on.
    """
    if change.founding and change.policy and change.policy.approvals == "signed":
        path = layout.POLICY
        folder = layout.file_approvals(path, file_digest(change.files[path].after))
        yield ProtectedFile(change, path, folder, Place(path), "it founds the quality system")


def standing_file(change: Change, path: str) -> StandingFile | None:
    """
    A file, merged as it is, that lacks an approval that counts; None where it has one, or is not approved as a whole.

    Documents and people's files, which not every change has approved as a whole, only if they have one that counts no
    more.
    """
    if change.policy is None or change.policy.approvals != "signed" or path in change.files:
        return None
    record, digest = change.head.source.records([path])[0], change.head.source.digest(path)
    at: At | Place = Place(path)
    if isinstance(record, Event):
        if record.ended is None:
            return None
        key = record.ending_key if record.ending else record.settling_key
        at, folder = At(path, (key,)), layout.closing_approvals(record.id, 1 + len(record.reopened))
        does = f"{record.id} is {key}"
    elif digest and (is_protected(path) or isinstance(record, Person | Document)):
        folder, does = layout.file_approvals(path, digest), "it is on main as it is"
    else:
        return None
    own = record.id if isinstance(record, Person) else None
    found = StandingFile(change, path, folder, at, does, own)
    if found.given or (isinstance(record, Person | Document) and not change.head.file_approvals(folder)):
        return None
    return found


def _altered_document(edit: Edited[Document]) -> Iterator[WholeFile]:
    after, change = edit.after, edit.change
    altered = list(_alterations(edit, after)) if after else []
    if altered:
        folder = layout.file_approvals(edit.path, file_digest(change.files[edit.path].after))
        does = " and ".join(words for _, words in altered)
        yield AlteredDocument(change, edit.path, folder, At(edit.path, altered[0][0]), does)


def _alterations(edit: Edited[Document], after: Document) -> Iterator[tuple[tuple[str | int, ...], str]]:
    before = document_before(edit)
    known = {entry.revision: entry for entry in before.revisions} if before else {}
    if before and after.newest.revision in known:
        for key in _COVERED:
            was, now = getattr(before, key), getattr(after, key)
            if (sorted(was) != sorted(now)) if key == "governs" else was != now:
                yield (key,), f"'{key}' changes without a new revision"
    for position, entry in enumerate(after.revisions):
        if entry.revision in known and entry.withdrawn != known[entry.revision].withdrawn:
            yield ("revisions", position, "withdrawn"), f"{after.named(entry)} is withdrawn"
    if after.retired != (before.retired if before else None):
        yield ("retired",), f"{after.id} is {'retired' if after.retired else 'retired no more'}"
    if after.reviewed != (before.reviewed if before else ()):
        yield ("reviewed",), f"the periodic reviews of {after.id} change"


def _closed_event(edit: Edited[Event]) -> Iterator[WholeFile]:
    before, after, change = edit.before, edit.after, edit.change
    if after is None or after.ended is None:
        return
    if before and before.ended and len(after.reopened) <= len(before.reopened):
        return
    key = after.ending_key if after.ending else after.settling_key
    folder = layout.closing_approvals(after.id, 1 + len(after.reopened))
    yield ClosedEvent(change, edit.path, folder, At(edit.path, (key,)), f"{after.id} is {key}")


def _overruled_event(edit: Edited[Event]) -> Iterator[WholeFile]:
    """An event that stays open, and in which the quality unit's word stands for a correction or a dropped action."""
    before, after, change = edit.before, edit.after, edit.change
    if before is None or after is None or after.ended is not None:
        return
    keys: list[tuple[str | int, ...]] = []
    if any(one not in before.corrected for one in after.corrected):
        keys.append(("corrected",))
    known = [action.dropped for action in before.actions]
    dropped = (n for n, action in enumerate(after.actions) if action.dropped and action.dropped not in known)
    keys += [("actions", position, "dropped") for position in dropped]
    if keys:
        folder = layout.file_approvals(edit.path, file_digest(change.files[edit.path].after))
        does = "is corrected" if keys[0] == ("corrected",) else "lets an action go"
        yield OverruledEvent(change, edit.path, folder, At(edit.path, keys[0]), f"{after.id} {does}")


# --- protected files ------------------------------------------------------------------------------------------------


def _protected_files(change: Change) -> Iterator[WholeFile]:
    for path, held in change.files.items():
        if is_protected(path) and held.before != held.after:
            does = "a protected file changes" if held.after is not None else "a protected file is removed"
            folder = layout.file_approvals(path, file_digest(held.after))
            yield ProtectedFile(change, path, folder, Place(path), does)
    for edit in change.edits(Kind.PERSON, Person):
        altered = _alters_entitlement(edit)
        if altered:
            who = edit.path.removeprefix(layout.PEOPLE).removesuffix(".yaml")
            key, does = altered
            folder = layout.file_approvals(edit.path, file_digest(change.files[edit.path].after))
            own = None if _is_alone(change, who) else who
            yield ProtectedFile(change, edit.path, folder, At(edit.path, (key,)), does.format(who), own)


def _alters_entitlement(edit: Edited[Person]) -> tuple[str, str] | None:
    """The key of a person's file whose change protects it, and what changes; None where nothing of that kind does."""
    keys = [one.keys if one else () for one in (edit.before, edit.after)]
    if keys[0] != keys[1]:
        return "keys", "the keys of {} change"
    for key in ("employed", "roles", "leave"):
        was, now = (_corrections(one, key) for one in (edit.before, edit.after))
        if any(one not in was for one in now):
            return key, "what is recorded of {} is corrected"
    if edit.before and edit.after and edit.before.keys and edit.before.name != edit.after.name:
        return "name", "the name by which {} signs changes"
    policies = (edit.change.base.policy, edit.change.head.policy)
    for role in dict.fromkeys(role for policy in policies if policy for role in policy.quality_unit):
        if _days(edit.before, role) != _days(edit.after, role):
            return "roles", f"when {{}} holds {role} changes"
    return None


def _corrections(person: Person | None, key: str) -> list[Correction]:
    return [one.corrected for one in getattr(person, key) if one.corrected] if person else []


def _days(person: Person | None, role: str) -> Sequence[Span]:
    return sorted(days_held(person, role)) if person else []


def _is_alone(change: Change, person: str) -> bool:
    """Whether nobody has a key yet, and nobody but a person is of the quality unit: then there is no second person."""
    law, roles = change.law, change.policy.quality_unit if change.policy else ()
    if change.has_keys:
        return False
    return not any(one.id != person and holds_one(law, one.id, roles, change.day) for one in law.people)
