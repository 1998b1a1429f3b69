"""What each change to main brought: revisions and approvals, people, roles and policy, events, assignments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, TypeVar

from qmsci.approval import is_protected
from qmsci.commits import Accounts, Identity, Made, Move, Request, Step, authors_of, titled
from qmsci.metrics.training import assignment_lags
from qmsci.records.base import FileRecord, Interval, Record, RevisionId, key_of
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.event import Event
from qmsci.records.layout import APPROVALS, EVENTS, ROOTS, Kind, filed
from qmsci.records.person import Holding, Key, Person
from qmsci.records.policy import Policy
from qmsci.records.role import Activities, Activity, Role
from qmsci.records.training import Approval, Assignment, FileApproval
from qmsci.snapshot import Snapshot

R = TypeVar("R", bound=FileRecord)

#: The value of a setting is cut to so many characters.
_LONGEST_SETTING = 40

#: The kinds of file that are read; of the histories of training it is only said how many changed.
READ = frozenset(Kind) - {Kind.COMPLETIONS, Kind.WAIVERS}
#: The records of some contents, by path and blob; None where a content is no record.
Versions = Mapping[tuple[str, str], FileRecord | None]


class Author(NamedTuple):
    """Somebody who wrote a part of a change, as git has them; and the person whose account or name that is."""

    identity: Identity
    person: str | None


class Given(NamedTuple):
    """
    An approval of something that a change brought; `later`: it came to main by another change.

    `of` is a revision, an event's closing or the path of a file. It is `signed` where there is a signature, whether it
    verifies or not; `imported` from a forge; or `unsigned`.
    """

    of: str
    by: str
    name: str
    meaning: str
    at: datetime
    evidence: str
    reference: str | None
    path: str
    later: bool = False


class Revised(NamedTuple):
    """
    A revision that a change brought.

    `days_to_effective` is counted from the day on which main had it. `lag` is the most days from its approval to the
    assignment of its training to a role, as the metric assignment-lag has it; None where nothing is assigned.
    """

    document: Document
    entry: RevisionEntry
    days_to_effective: int
    lag: int | None

    @property
    def named(self) -> RevisionId:
        """Its identity."""
        return self.document.named(self.entry)


class Told(NamedTuple):
    """
    What else a change did to the record of a path: to a document, a person, a role, an event, the policy.

    A protected file that is no record (a workflow, CODEOWNERS) has no kind.
    """

    kind: Kind | None
    name: str
    title: str
    says: str
    path: str


@dataclass(frozen=True, slots=True)
class Merged:
    """
    A change that main took. `day` is that of its last commit in the policy's time zone.

    `histories` is how many histories of training it touched, `trained` whose they are; `unreadable` are the files that
    it left unreadable.
    """

    step: Step
    day: date
    title: str
    request: Request | None
    authors: tuple[Author, ...]
    approvals: tuple[Given, ...]
    revisions: tuple[Revised, ...]
    told: tuple[Told, ...]
    assignments: tuple[Assignment, ...]
    histories: int
    trained: tuple[str, ...]
    unreadable: tuple[str, ...]

    @property
    def last(self) -> Made:
        """The commit that completed it."""
        return self.step.last


def wanted(step: Step) -> Iterator[tuple[str, str]]:
    """The contents that must be read to say what a change brought, by path and blob."""
    for move in step.moves:
        if _kind(move.path) in READ:
            yield from ((move.path, blob) for blob in (move.before, move.after) if blob)


def merged(step: Step, versions: Versions, snapshot: Snapshot, accounts: Accounts) -> Merged:
    """
    What came to main at once.

    The snapshot is of the tip of main: it knows what came later, approvals and assignments.
    """
    title, request = _called(step)
    training = (found for move in step.moves if (found := filed(move.path)))
    histories = [found.names for found in training if found.kind in (Kind.COMPLETIONS, Kind.WAIVERS)]
    day = snapshot.day_of(step.last.committed)
    pairs = [_Pair.of(move, versions) for move in step.moves if _kind(move.path) in READ]
    revisions = tuple(_revisions(pairs, snapshot, day))
    approvals = [*_approvals(pairs)]
    known = {given.path for given in approvals}
    for one in revisions:
        approvals += [
            _given(later)._replace(later=True) for later in snapshot.approvals(one.named) if later.path not in known
        ]
    return Merged(
        step,
        day,
        title,
        request,
        tuple(Author(identity, accounts.person(identity)) for identity in authors_of(step)),
        tuple(approvals),
        revisions,
        (*_told(pairs), *_protected(step)),
        tuple(pair.after for pair in pairs if isinstance(pair.after, Assignment) and pair.is_new),
        len(histories),
        tuple(sorted({person for person, *_ in histories})),
        tuple(pair.path for pair in pairs if pair.is_there and pair.after is None),
    )


def is_of_the_system(step: Step) -> bool:
    """Whether a change touches the quality system: what lies in its folders, or decides how all is judged."""
    return any(move.path.startswith(ROOTS) or is_protected(move.path) for move in step.moves)


def _protected(step: Step) -> Iterator[Told]:
    """The protected files that are no records."""
    for move in step.moves:
        if is_protected(move.path) and filed(move.path) is None:
            says = "changed" if move.before and move.after else "new" if move.after else "removed"
            yield Told(None, move.path, "", says, move.path)


def _called(step: Step) -> tuple[str, Request | None]:
    """The title of a change and its pull request; of several commits, the first that was made names it."""
    title, request = titled(step.commits[-1].message)
    more = len(step.commits) - 1
    return (f"{title} (and {more} more commit{'s' * (more > 1)})" if more else title), request


def _kind(path: str) -> Kind | None:
    found = filed(path)
    return found.kind if found else None


class _Pair(NamedTuple):
    """A record before and after a change; None where there was none that could be read."""

    path: str
    before: FileRecord | None
    after: FileRecord | None
    was_there: bool
    is_there: bool

    @classmethod
    def of(cls, move: Move, versions: Versions) -> _Pair:
        before = versions.get((move.path, move.before)) if move.before else None
        after = versions.get((move.path, move.after)) if move.after else None
        return cls(move.path, before, after, bool(move.before), bool(move.after))

    @property
    def is_new(self) -> bool:
        return not self.was_there

    @property
    def is_hidden(self) -> bool:
        """Whether nobody can say what changed, for what was there could not be read."""
        return self.was_there and self.before is None


# --- approvals ------------------------------------------------------------------------------------------------------


def _approvals(pairs: Sequence[_Pair]) -> Iterator[Given]:
    """The approvals that came, or came to be signed."""
    for pair in pairs:
        if isinstance(pair.after, Approval | FileApproval) and pair.after != pair.before:
            yield _given(pair.after)


def _given(approval: Approval | FileApproval) -> Given:
    origin = approval.origin if isinstance(approval, Approval) else None
    of = str(approval.document) if isinstance(approval, Approval) else approval.file
    if approval.path.find("@closed-") > 0:
        of = f"the closing of {of.removeprefix(EVENTS).removesuffix('.yaml')}"
    return Given(
        of,
        approval.by,
        approval.name,
        approval.meaning,
        approval.at,
        approval.evidence,
        origin.reference if origin else None,
        approval.path,
    )


# --- documents ------------------------------------------------------------------------------------------------------


def _documents(pairs: Sequence[_Pair]) -> Iterator[tuple[Document | None, Document | None, bool]]:
    """Each document before and after, wherever its file lay; and whether what was there could not be read."""
    before = {pair.before.id: pair.before for pair in pairs if isinstance(pair.before, Document)}
    after = {pair.after.id: pair.after for pair in pairs if isinstance(pair.after, Document)}
    hidden = {pair.path for pair in pairs if pair.is_hidden}
    unread = {pair.path for pair in pairs if pair.is_there and pair.after is None}
    for name in sorted({**before, **after}):
        was, now = before.get(name), after.get(name)
        if now or (was and was.path not in unread):
            yield was, now, now is not None and was is None and now.path in hidden


def _revisions(pairs: Sequence[_Pair], snapshot: Snapshot, day: date) -> Iterator[Revised]:
    for before, after, hidden in _documents(pairs):
        if after is None or hidden:
            continue
        known = {entry.revision for entry in before.revisions} if before else set()
        for entry in reversed(after.revisions):
            if entry.revision not in known:
                yield Revised(after, entry, (entry.effective - day).days, _lag(snapshot, after.named(entry)))


def _lag(snapshot: Snapshot, named: RevisionId) -> int | None:
    document = snapshot.documents.get(named.document)
    entry = document.entry(named.label) if document else None
    found = assignment_lags(snapshot, document, entry) if document and entry else ()
    return max((one.days for one in found), default=None)


#: What is said of a document in words of its own.
_SAID_OF_DOCUMENTS = {"revisions", "reviewed", "retired"}


def _about_document(before: Document | None, after: Document | None) -> Iterator[str]:
    if after is None:
        yield "removed"
        return
    if before is None:
        if after.retired:
            yield f"retired from {after.retired}"
        return
    yield from _about_entries(before, after)
    if after.retired != before.retired:
        yield f"retired from {after.retired}" if after.retired else f"no longer retired from {before.retired}"
    for review in after.reviewed[len(before.reviewed) :]:
        yield f"reviewed on {review.on} by {review.by}: {review.outcome}"
    keys = _differing(before, after, _SAID_OF_DOCUMENTS)
    if keys:
        yield f"{', '.join(keys)} changed"
    if after.path != before.path:
        yield f"moved from {before.path}"


def _about_entries(before: Document, after: Document) -> Iterator[str]:
    known = {entry.revision: entry for entry in before.revisions}
    for entry in after.revisions:
        was = known.pop(entry.revision, None)
        if was and was != entry:
            yield f"{after.named(entry)} {_about_entry(was, entry)}"
    for label in known:
        yield f"{RevisionId(before.id, label)} removed"
    if after.newest.revision == before.newest.revision and after.text != before.text:
        yield f"text altered without a new revision of {after.named(after.newest)}"


def _about_entry(before: RevisionEntry, after: RevisionEntry) -> str:
    said = []
    if after.withdrawn != before.withdrawn:
        said.append(f"withdrawn on {after.withdrawn}" if after.withdrawn else "no longer withdrawn")
    if after.effective != before.effective:
        said.append(f"effective on {after.effective} instead of {before.effective}")
    keys = _differing(before, after, {"withdrawn", "effective"})
    return ", ".join([*said, *([f"{' and '.join(keys)} changed"] if keys else [])])


# --- everything else ------------------------------------------------------------------------------------------------


def _told(pairs: Sequence[_Pair]) -> Iterator[Told]:
    for before, after, hidden in _documents(pairs):
        record = after or before
        assert record
        says = [_HIDDEN] if hidden else _about_document(before, after)
        yield from (Told(Kind.DOCUMENT, record.id, record.title, said, record.path) for said in says)
    for pair in pairs:
        known = pair.after or pair.before
        found = filed(pair.path)
        if isinstance(known, Document) or known is None or found is None or (pair.is_there and pair.after is None):
            continue
        name = found.names[0] if found.names else pair.path
        for said in [_HIDDEN] if pair.is_hidden else _about(pair.before, pair.after):
            yield Told(found.kind, name, _title(known), said, pair.path)


_HIDDEN = "can be read again; what changed in it is not known"


def _title(record: FileRecord) -> str:
    match record:
        case Event(title=title) | Role(title=title) | Person(name=title):
            return title
    return ""


def _about(before: FileRecord | None, after: FileRecord | None) -> Iterator[str]:
    """What a change did to a record that is no document, in words; a new approval or assignment speaks for itself."""
    match after:
        case None:
            yield "removed"
        case Policy():
            yield from _about_policy(before if isinstance(before, Policy) else None, after)
        case Person():
            yield from _about_person(before if isinstance(before, Person) else None, after)
        case Event():
            yield from _about_event(before if isinstance(before, Event) else None, after)
        case Activities():
            yield from _about_activities(before.entries if isinstance(before, Activities) else {}, after.entries)
        case Approval() | FileApproval() | Assignment():
            if before is not None and before != after and not _came_to_be_signed(before, after):
                yield "altered"
        case _:
            keys = _differing(before, after) if before else []
            yield f"{', '.join(keys) or 'its layout'} changed" if before else "new"


def _about_activities(before: Mapping[str, Activity], after: Mapping[str, Activity]) -> Iterator[str]:
    for name in sorted({**before, **after}):
        was, now = before.get(name), after.get(name)
        if was != now:
            yield f"{name} {'new' if was is None else 'changed' if now else 'removed'}"


def _came_to_be_signed(before: FileRecord, after: FileRecord) -> bool:
    gained = [key for key in _differing(before, after) if getattr(before, key, None) is None]
    return bool(gained) and set(_differing(before, after)) == set(gained) <= {"key", "signature"}


def _about_policy(before: Policy | None, after: Policy) -> Iterator[str]:
    if before is None:
        yield f"new, revision {after.revision}"
        return
    if after.revision != before.revision:
        yield f"revision {after.revision} after {before.revision}"
    was, now = (
        _settings(one.model_dump(mode="json", by_alias=True, exclude={"path", "revision"})) for one in (before, after)
    )
    for name in sorted({**was, **now}):
        if was.get(name) != now.get(name):
            yield f"{name} {_setting(was.get(name))} → {_setting(now.get(name))}"


def _settings(values: Mapping[str, object], folder: str = "") -> dict[str, object]:
    """Every setting by its full name, as `training.pass-mark`."""
    found: dict[str, object] = {}
    for key, value in values.items():
        found |= _settings(value, f"{folder}{key}.") if isinstance(value, Mapping) else {f"{folder}{key}": value}
    return found


def _setting(value: object) -> str:
    """The value of a setting in a few characters."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    said = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return said if len(said) <= _LONGEST_SETTING else f"{said[: _LONGEST_SETTING - 1]}…"


def _about_person(before: Person | None, after: Person) -> Iterator[str]:
    if before is None:
        yield "new"
    yield from _about_roles(before.roles if before else (), after.roles)
    yield from _about_keys(before.keys if before else (), after.keys)
    others = _differing(before, after, {"roles", "keys"}) if before else []
    if others:
        yield f"{', '.join(others)} changed"


def _about_roles(before: Sequence[Holding], after: Sequence[Holding]) -> Iterator[str]:
    held = {(one.role, one.from_): one for one in before}
    for one in after:
        was = held.pop((one.role, one.from_), None)
        if was is None:
            yield f"{one.role} {_span(one)}"
        elif was.to != one.to:
            yield f"{one.role} {_span(one)}, instead of {_span(was)}"
    for gone in held.values():
        yield f"no longer {gone.role} {_span(gone)}"


def _about_keys(before: Sequence[Key], after: Sequence[Key]) -> Iterator[str]:
    known = {one.key: one for one in before}
    for key in after:
        was = known.pop(key.key, None)
        if was is None:
            yield f"a key from {key.from_}"
        if key.to and (was is None or was.to != key.to):
            yield f"a key ends on {key.to}"
        if key.revoked and (was is None or was.revoked != key.revoked):
            yield f"a key revoked on {key.revoked.on}"
    if known:
        yield f"{len(known)} of the keys removed"


def _span(one: Interval) -> str:
    return f"from {one.from_} to {one.to}" if one.to else f"from {one.from_}"


#: The keys by which an event comes to an end.
_ENDS = ("verified", "closed", "released")


def _about_event(before: Event | None, after: Event) -> Iterator[str]:
    if before is None:
        yield f"opened on {after.begun}" if after.begun else "new"
    for again in after.reopened[len(before.reopened) if before else 0 :]:
        yield f"reopened on {again.on} by {again.by}: {again.summary}"
    for key in _ENDS:
        on = getattr(after, key, None)
        if on and on != getattr(before, key, None):
            by = getattr(after, f"{key}_by", None)
            yield f"{key} on {on}" + (f" by {by}" if by else "")
    if after.ending and after.ending != (before.ending if before else None):
        yield f"{after.ending_key} on {after.ending.on} by {after.ending.by}: {after.ending.reason}"
    ends = {*_ENDS, *(f"{key}-by" for key in _ENDS), "reopened", after.ending_key}
    keys = _differing(before, after, ends) if before else []
    if keys:
        yield f"{', '.join(keys)} changed"


def _differing(before: Record, after: Record, apart: set[str] | frozenset[str] = frozenset()) -> list[str]:
    """The keys whose values differ, as files have them; what the reader notes beside them is none."""
    fields = {**type(before).model_fields, **type(after).model_fields}
    keys = {name: field.alias or key_of(name) for name, field in fields.items()}
    found = ((key, getattr(before, name, None), getattr(after, name, None)) for name, key in keys.items())
    return [key for key, was, now in found if was != now and key not in apart and not key.startswith("\0")]


# --- what somebody asks for -----------------------------------------------------------------------------------------


def may_touch(step: Step, document: str | None, event: str | None) -> bool:
    """Whether a change may be about a document or an event, by its paths alone."""
    return any(_may_touch(move.path, document, event) for move in step.moves)


def _may_touch(path: str, document: str | None, event: str | None) -> bool:
    found = filed(path)
    if found is None:
        return False
    if document and found.kind in (Kind.DOCUMENT, Kind.APPROVAL, Kind.FILE_APPROVAL, Kind.ASSIGNMENT):
        return document in path or found.kind is Kind.ASSIGNMENT
    if event and found.kind in (Kind.EVENT, Kind.FILE_APPROVAL, Kind.ASSIGNMENT):
        return event in path
    return bool(event) and found.kind is Kind.DOCUMENT


def about_document(change: Merged, document: str, label: str | None = None) -> bool:
    """Whether a change is about a document, or about one revision of it."""

    def meant(named: RevisionId) -> bool:
        return named.document == document and label in (None, named.label)

    if any(meant(one.named) for one in change.revisions):
        return True
    if any(meant(item.document) for one in change.assignments for item in one.items):
        return True
    if any(given.of == f"{document}@{label}" if label else _of(given, document) for given in change.approvals):
        return True
    mark = f"{document}@{label} " if label else ""
    return any(one.kind is Kind.DOCUMENT and one.name == document and mark in f"{one.says} " for one in change.told)


def _of(given: Given, document: str) -> bool:
    return given.of.startswith(f"{document}@") or f"/{document}." in given.of or f"/{document}-" in given.of


def about_event(change: Merged, event: str) -> bool:
    """Whether a change is about an event: its file, the approval of its closing, training for it, what it caused."""
    return (
        any(one.kind is Kind.EVENT and one.name == event for one in change.told)
        or any(given.path.startswith(f"{APPROVALS}{event}@closed-") for given in change.approvals)
        or any(one.assignment.startswith(f"{event}/") for one in change.assignments)
        or any(one.entry.reason == event for one in change.revisions)
    )
