"""What rests on nothing any more: its approvals, its signatures were made with a key that was compromised."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from qmsci.authorisation import may_be_of_quality_unit, required_of
from qmsci.completion import counting, rejected_entries
from qmsci.compromised import Lost, lost_approval, lost_entry, lost_waiver
from qmsci.finding import At, Place
from qmsci.qualification import qualified_on
from qmsci.records import layout
from qmsci.records.base import FileRecord
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.layout import filed
from qmsci.records.training import (
    Approval,
    Completion,
    Completions,
    FileApproval,
    Rejection,
    Waiver,
    Waivers,
)
from qmsci.snapshot import Snapshot
from qmsci.timeline import owed_revisions


@dataclass(frozen=True, slots=True)
class Bereft:
    """
    Something approved that rests on no approval that counts: a revision, a closing, a file as it is.

    `path` is the file that it is in, `subject` what `qmsci approve` is asked for, None where nobody can approve it
    anew; `void` are the approvals that were lost, each with the reason.
    """

    at: At | Place
    path: str
    name: str
    stands: str
    subject: str | None
    void: tuple[tuple[Approval | FileApproval, Lost], ...]

    def __str__(self) -> str:
        lost = "; ".join(f"the {given.meaning} {why}" for given, why in self.void)
        return f"{self.name} {self.stands} and rests on no approval that counts: {lost}"


def bereft(snapshot: Snapshot, when: datetime | None = None) -> Iterator[Bereft]:
    """
    All that rests on no approval that counts by a moment (None: whenever); nothing as long as no key is revoked.

    Of revisions, those in force on the snapshot's day and coming ones.
    """
    policy = snapshot.policy
    if policy is None or policy.approvals != "signed":
        return
    suspects = {f"/{who.id}.yaml" for who in snapshot.people if any(key.revoked for key in who.keys)}
    paths = snapshot.source.paths(layout.APPROVALS) if suspects else ()
    folders = dict.fromkeys(path[: path.rindex("/") + 1] for path in paths if path[path.rindex("/") :] in suspects)
    for folder in folders:
        if not snapshot.unreadable_below(folder):
            found = _of_revision(snapshot, folder, when) or _of_file(snapshot, folder, when)
            if found:
                yield found


def _of_revision(snapshot: Snapshot, folder: str, when: datetime | None) -> Bereft | None:
    name, _, label = folder.removeprefix(layout.APPROVALS).removesuffix("/").rpartition("@")
    document = snapshot.documents.get(name)
    entry = document.entry(label) if document else None
    return bereft_revision(snapshot, document, entry, when) if document and entry else None


def bereft_revision(
    snapshot: Snapshot, document: Document, entry: RevisionEntry, when: datetime | None = None
) -> Bereft | None:
    """
    A revision, in force or coming, that lacks an approval which it had before a key was compromised; None otherwise.

    One dated on the day of the founding is accepted on the approval of the policy, and is not asked about.
    """
    policy, day = snapshot.policy, snapshot.as_of
    if policy is None or policy.approvals != "signed" or entry.effective == policy.founded:
        return None
    given = snapshot.approvals(document.named(entry))
    void = {one.path: why for one in given if (why := lost_approval(snapshot, one, when))}
    if not void or entry not in owed_revisions(document, day):
        return None
    before = required_of(snapshot, document, entry, given)
    now = required_of(snapshot, document, entry, [one for one in given if one.path not in void])
    missing = {one.path: one for had, has in zip(before, now, strict=True) if not has.given for one in had.given}
    if not missing:
        return None
    named = str(document.named(entry))
    return Bereft(
        at=At(document.path, ("revisions", document.revisions.index(entry))),
        path=document.path,
        name=named,
        stands="is in force" if entry.effective <= day else f"is to be in force from {entry.effective}",
        subject=named if entry is document.newest else None,
        void=tuple((one, void[path]) for path, one in missing.items()),
    )


def _of_file(snapshot: Snapshot, folder: str, when: datetime | None) -> Bereft | None:
    given = [one for one in snapshot.file_approvals(folder) if one.meaning == "quality-approval"]
    void = [(one, why) for one in given if (why := lost_approval(snapshot, one, when))]
    if not void or any(_counts(snapshot, one) for one in given if not lost_approval(snapshot, one, when)):
        return None
    name, closed, _ = folder.removeprefix(layout.APPROVALS).rpartition("@closed-")
    event = snapshot.events.get(name) if closed else None
    path = void[0][0].file
    if event:
        if event.ended is None or folder != layout.closing_approvals(event.id, 1 + len(event.reopened)):
            return None
        key = event.ending_key if event.ending else event.settling_key
        return Bereft(At(event.path, (key,)), event.path, event.id, f"is {key}", event.id, tuple(void))
    if closed or snapshot.source.digest(path) != void[0][0].digest:
        return None
    return Bereft(Place(path), path, path, "is on main as it is", shlex.quote(path), tuple(void))


def _counts(snapshot: Snapshot, one: FileApproval) -> bool:
    return may_be_of_quality_unit(snapshot, one.by, snapshot.day_of(one.at))


# --- signatures -----------------------------------------------------------------------------------------------------


def is_missed(snapshot: Snapshot, record: FileRecord, entry: int) -> bool:
    """
    Whether a signature that was made with a compromised key is still missed: nothing else has taken its place.

    `entry` is its entry's position in a file of several (0 in one of its own). What was rejected, recorded anew, signed
    anew, approved by somebody else or is asked of nobody any more counts for nothing: no signature on it is missed.
    """
    match record:
        case Approval():
            return _approval_missed(snapshot, record)
        case FileApproval():
            return _file_approval_missed(snapshot, record)
        case Completions():
            return _entry_missed(snapshot, record, entry)
        case Waivers():
            return _waiver_missed(snapshot, record, record.entries[entry])
        case _:
            return True


def _approval_missed(snapshot: Snapshot, record: Approval) -> bool:
    named = record.document
    document = snapshot.documents.get(named.document)
    entry = document.entry(named.label) if document else None
    if document is None or entry is None or entry not in owed_revisions(document, snapshot.as_of):
        return False
    if _is_replaced(snapshot, record, snapshot.approvals(named)):
        return False
    if snapshot.policy and snapshot.policy.approvals == "signed":
        found = bereft_revision(snapshot, document, entry)
        return bool(found and any(one.path == record.path for one, _ in found.void))
    return record.meaning in ("approved", "quality-approval")


def _file_approval_missed(snapshot: Snapshot, record: FileApproval) -> bool:
    folder = record.path[: record.path.rindex("/") + 1]
    if record.meaning == "reviewed" or _is_replaced(snapshot, record, snapshot.file_approvals(folder)):
        return False
    name, closed, _ = folder.removeprefix(layout.APPROVALS).rpartition("@closed-")
    event = snapshot.events.get(name) if closed else None
    if event:
        return event.ended is not None and folder == layout.closing_approvals(event.id, 1 + len(event.reopened))
    return snapshot.source.digest(record.file) == record.digest


def _is_replaced(
    snapshot: Snapshot, record: Approval | FileApproval, beside: Sequence[Approval | FileApproval]
) -> bool:
    """Whether somebody else has approved the same, with the same meaning and a key that is their own."""
    return any(
        one.meaning == record.meaning and one.signature and not lost_approval(snapshot, one)
        for one in beside
        if isinstance(one, Approval) or (isinstance(record, FileApproval) and one.digest == record.digest)
    )


def _entry_missed(snapshot: Snapshot, record: Completions, position: int) -> bool:
    about = filed(record.path)
    assert about
    person, document = about.names
    entry = record.entries[position]
    if isinstance(entry, Rejection):
        again = (one for one in record.entries if isinstance(one, Rejection) and one.rejects == entry.rejects)
        if any(not lost_entry(snapshot, record.path, person, one, None) for one in again):
            return False
        return any(_is_needed(snapshot, record, person, document, one) for one in entry.entries)
    if lost_entry(snapshot, record.path, person, entry, None) is None:
        return False
    if position in rejected_entries(snapshot, person, document, None) or not entry.passed:
        return False
    return _is_needed(snapshot, record, person, document, position)


def _is_needed(snapshot: Snapshot, record: Completions, person: str, document: str, position: int) -> bool:
    """Whether a completion is not covered by others of the same revision that came later and count."""
    entry = record.entries[position]
    if not isinstance(entry, Completion):
        return True
    others = [
        one
        for index, one in counting(snapshot, person, document, None)
        if index > position and one.document == entry.document
    ]
    return not {*entry.method} <= {part for one in others for part in one.method}


def _waiver_missed(snapshot: Snapshot, record: Waivers, waiver: Waiver) -> bool:
    about = filed(record.path)
    assert about
    day = snapshot.as_of
    document = snapshot.documents.get(about.names[1])
    entry = document.entry(waiver.document.label) if document else None
    if (waiver.until and waiver.until < day) or lost_waiver(snapshot, record.path, waiver, day) is None:
        return False
    if document is None or entry is None or entry not in owed_revisions(document, day):
        return False
    return not qualified_on(snapshot, about.names[0], document, entry, snapshot.end_of(day))
