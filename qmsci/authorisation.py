"""Who may do it: perform an activity, approve a revision, evaluate a colleague."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from itertools import chain
from typing import NamedTuple, Protocol

from qmsci.completion import on_record
from qmsci.compromised import lost_approval
from qmsci.evidence import Evidence, Verdict
from qmsci.qualification import counting_waivers, qualified, qualified_on, suspended
from qmsci.records import layout
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.person import Person
from qmsci.records.role import Role
from qmsci.records.training import Approval
from qmsci.snapshot import Snapshot, When
from qmsci.timeline import days_held, in_force, include, is_employed, is_on_leave, owed_revisions


def in_quality_unit(snapshot: Snapshot, person: str | None, day: date) -> bool:
    """Whether a person holds a role of the quality unit on a day."""
    who = snapshot.people.get(person) if person else None
    roles = snapshot.policy.quality_unit if snapshot.policy else ()
    return bool(who and any(include(days_held(who, role), day) for role in roles))


class Required(NamedTuple):
    """An approval that a revision needs, of a holder of one of some roles, and those given that are one."""

    roles: tuple[str, ...]
    is_quality: bool
    given: tuple[Approval, ...]


def required_approvals(
    law: Snapshot, snapshot: Snapshot, document: Document, entry: RevisionEntry, day: date | None = None
) -> list[Required]:
    """
    The approvals that a revision needs, the quality unit's first, each with those that were given by somebody entitled.

    Nobody gives the quality-approval of a text of their own, nor is its only author the one who approves it for a role.
    One that is imported from elsewhere, unsigned, counts for neither, nor does one whose key was compromised before it
    was recorded. Who approves holds the role, by the law, on the
    day on which they do, and on `day` where one is named.
    """
    given = (one for one in snapshot.approvals(document.named(entry)) if not lost_approval(snapshot, one))
    return required_of(law, document, entry, given, day)


def required_of(
    law: Snapshot, document: Document, entry: RevisionEntry, given: Iterable[Approval], day: date | None = None
) -> list[Required]:
    """The approvals that a revision needs, as `required_approvals` has them, each with those of some given ones."""
    if law.policy is None:
        return []
    kind = law.policy.type_of(document.id)
    known = law.documents.get(document.id)
    owner = dict.fromkeys([known.owner if known else document.owner, document.owner])
    named = kind.approvers if kind else ()
    owners = dict.fromkeys(chain.from_iterable(owner if role == "owner" else (role,) for role in named))
    counting = [
        one
        for one in given
        if one.origin is None and one.meaning in ("approved", "quality-approval") and {one.by} != {*entry.authors}
    ]
    by_quality = [one for one in counting if one.meaning == "quality-approval" and one.by not in entry.authors]
    needed = [(tuple(law.policy.quality_unit), True, by_quality), *(((role,), False, counting) for role in owners)]
    return [
        Required(roles, quality, tuple(one for one in ways if may_approve(law, one.by, roles, one.at, day)))
        for roles, quality, ways in needed
    ]


def may_approve(law: Snapshot, person: str, roles: Sequence[str], at: datetime, day: date | None = None) -> bool:
    """
    Whether a person holds one of some roles when they approve, and still on a later day where one is named.

    Somebody whose file cannot be read may.
    """
    days = [law.day_of(at), *([day] if day else [])]
    return days == sorted(days) and all(holds_one(law, person, roles, one) for one in days)


def holds_one(law: Snapshot, person: str, roles: Sequence[str], day: date) -> bool:
    """Whether a person holds one of some roles on a day; or nobody can say, for their file cannot be read."""
    who = law.people.get(person)
    if who is None:
        return law.unreadable_below(layout.person(person))
    return any(include(days_held(who, role), day) for role in roles)


def may_be_of_quality_unit(law: Snapshot, person: str, day: date) -> bool:
    """Whether a person is of the quality unit on a day; or nobody can say, for their file cannot be read."""
    return holds_one(law, person, law.policy.quality_unit if law.policy else (), day)


def approved(law: Snapshot, snapshot: Snapshot, document: Document, entry: RevisionEntry) -> datetime | None:
    """
    From when a revision was approved: the latest of its required approvals; None as long as one is missing.

    Under `forge`, where approvals are not in the tree, it is the day on which its training was first assigned.
    """
    if law.policy is None:
        return None
    if law.policy.approvals == "forge":
        named = document.named(entry)
        assigned = min((found.assigned for found in snapshot.assignments(str(named))), default=None)
        return datetime.combine(assigned, time(), law.policy.zone) if assigned else None
    ways = [[given.at for given in one.given] for one in required_approvals(law, snapshot, document, entry)]
    return max(map(min, ways)) if all(ways) else None


def may_evaluate(
    law: Snapshot,
    snapshot: Snapshot,
    person: str,
    document: Document,
    label: str,
    when: When,
    *,
    with_founders: bool = False,
) -> Verdict:
    """
    Whether a person may judge others' practical work on a revision: qualified on the one in force or a coming one.

    They work here then. An author of the revision may as well; and on the day of the founding its founders, where that
    is asked `with_founders`: of what was recorded in time, so that nobody claims it years later. A waiver
    helps only where the quality unit granted it.
    """
    who = law.people.get(person) or snapshot.people.get(person)
    if who and not is_employed(who, when.day):
        return Verdict(False, f"not employed on {when.day}")
    reason = f"no revision of {document.id} is in force or coming on {when.day}"
    for entry in owed_revisions(document, when.day):
        named = document.named(entry)
        if entry.revision == label and person in entry.authors:
            return Verdict(True, f"an author of {named}")
        verdict = qualified_on(snapshot, person, document, entry, when)
        waived = (waiver for _, waiver in counting_waivers(snapshot, person, named, when.day))
        if verdict and (
            on_record(snapshot, person, document, entry, when)
            or any(in_quality_unit(law, waiver.by, waiver.from_) for waiver in waived)
        ):
            return verdict
        reason = f"the waiver of {named} is not the quality unit's" if verdict else verdict.reason
    if (
        with_founders
        and law.policy
        and law.policy.founded == when.day
        and is_founder(snapshot.people.get(person), when.day)
    ):
        return Verdict(True, f"a founder of the quality system on {when.day}")
    return Verdict(False, reason)


def is_founder(person: Person | None, founded: date) -> bool:
    """Whether a person is dated on the day on which the quality system was founded."""
    return bool(person and any(dated.from_ == founded for dated in (*person.employed, *person.roles)))


def roles_on(person: Person, day: date) -> list[str]:
    """The roles that a person holds on a day."""
    if not is_employed(person, day):
        return []
    return sorted({held.role for held in person.roles if held.from_ <= day <= (held.to or date.max)})


#: Whether a role asked for a document at the time that a question is about.
Asked = Callable[[Role, Document], bool]
#: How it is answered whether a person is qualified on a document that is in force: `qualified`, or who asked it before.
Judged = Callable[[Snapshot, str, Document, When], Verdict]


class Named(Protocol):
    """Documents by their ids."""

    def get(self, name: str, /) -> Document | None:
        """The document with an id, or None."""


class Matrix(Protocol):
    """Which roles perform an activity, and which documents govern it: a snapshot, or as much of one as is asked for."""

    @property
    def governing(self) -> Mapping[str, Sequence[Document]]:
        """The documents that govern each activity."""

    @property
    def performers(self) -> Mapping[str, Sequence[Role]]:
        """The roles that perform or operate each activity."""

    @property
    def documents(self) -> Named:
        """The documents that roles list."""


def authorised(
    snapshot: Snapshot,
    person: Person,
    activity: str,
    when: When,
    matrix: Matrix | None = None,
    asked: Asked = lambda _role, _document: True,
    judged: Judged = qualified,
) -> Verdict:
    """
    Whether a person may perform (or operate) an activity, by a role that does and is fully qualified.

    `matrix` has the roles, activities and documents of that time where they differ from those of the snapshot;
    where there is no such tree, `asked` says which of their documents count. `judged` says who is qualified.
    """
    matrix = matrix or snapshot
    if not is_employed(person, when.day):
        return Verdict(False, f"not employed on {when.day}")
    if is_on_leave(person, when.day):
        return Verdict(False, f"on leave on {when.day}")
    governing = [found for found in matrix.governing.get(activity, ()) if in_force(found, when.day)]
    if not governing:
        return Verdict(False, f"nothing in force governs {activity}")
    held = roles_on(person, when.day)
    roles = [role for role in matrix.performers.get(activity, ()) if role.id in held]
    if not roles:
        return Verdict(False, f"holds no role that performs {activity}")
    verdicts = [
        _by_role(snapshot, person, role, governing, activity, when, matrix, asked=asked, judged=judged)
        for role in roles
    ]
    return next((verdict for verdict in verdicts if verdict), verdicts[0])


def _by_role(
    snapshot: Snapshot,
    person: Person,
    role: Role,
    governing: Sequence[Document],
    activity: str,
    when: When,
    matrix: Matrix,
    *,
    asked: Asked,
    judged: Judged,
) -> Verdict:
    required = [found for found in map(matrix.documents.get, role.requires) if found and in_force(found, when.day)]
    needed = {
        document.id: document
        for document in (*governing, *required)
        if document.purpose == "qualification" and asked(role, document)
    }
    proof: tuple[Evidence, ...] = ()
    for name in sorted(needed):
        verdict = judged(snapshot, person.id, needed[name], when)
        if not verdict:
            return verdict
        proof += verdict.evidence
    held = suspended(snapshot, person.id, [activity], None, when)
    if held is not None:
        return held
    return Verdict(True, f"holds {role.id} and is qualified on {', '.join(sorted(needed)) or 'all it needs'}", proof)


def role_for(snapshot: Snapshot, person: Person, activity: str, day: date, matrix: Matrix | None = None) -> str | None:
    """The role by which a person would perform an activity on a day: what answers are shown with."""
    held = roles_on(person, day)
    return next((role.id for role in (matrix or snapshot).performers.get(activity, ()) if role.id in held), None)
