"""`signer-not-entitled`."""

from collections.abc import Iterator
from datetime import date, timedelta

from qmsci.authorisation import in_quality_unit, may_be_of_quality_unit, may_evaluate
from qmsci.change import Added, AddedSignature, Edited, may_correct
from qmsci.finding import At
from qmsci.meanings import Entry, asked_of
from qmsci.records import layout
from qmsci.records.layout import filed
from qmsci.records.person import Person
from qmsci.records.training import Approval, Completion, FileApproval, Rejection, Waiver
from qmsci.rule import Problem, Problems, When, rule
from qmsci.snapshot import When as Moment
from qmsci.timeline import is_employed

_BY_ANOTHER = "have somebody else of the quality unit correct it, and name them"


@rule(
    clause=("21 CFR 11.10(g)", "21 CFR 11.50(a)", "21 CFR 211.22(a)"),
    fix="have somebody do it who may, and name them",
    when=When.CHANGE,
)
def signer_not_entitled(
    added: Added[Completion] | Added[Rejection] | AddedSignature | Edited[Person],
) -> Problems:
    """
    Somebody decides what is not theirs to decide, or signs what is not theirs to sign.

    A record is as good as the person who stands for it. Somebody's training that a colleague signs as read, or a text
    that is approved by whoever was at hand, looks like evidence and is none.

    - A rejection takes away what a record is worth, and the origin of a migrated record takes away the questions that
      are asked of any other: either is for the quality unit, on the day of the change.
    - A completion is signed as `read-and-understood` (`performed` where nothing was read) by whoever was trained, as
      `evaluated` by the evaluator that it names, as `verified` by whoever compared a migrated record with its source;
      and as `facilitated` by the facilitator of its session, where the document's type is `facilitated` and they were
      qualified to teach it, as an evaluator is.
    - Waivers and rejections are signed as `approved` by whom they name; a waiver by somebody of the quality unit.
    - Revisions and files are approved as `quality-approval` by a holder of a quality-unit role, as `authored` by an
      author of the revision.
    - Nobody corrects their own past (`corrected: {on, by, reason}` in a person's file); under `approvals: signed` the
      quality unit does, on the day of the change.
    - Whoever signs is employed on the day on which they do. The printed name is the signer's. Any other meaning is one
      that nothing asks for.

    Who holds which role is for the base to say. Words without a key are judged alike; approvals imported with an
    `origin` are not.

    ## Flagged

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml (new)"
    - document: SOP-014@1
      completed: 2024-03-04T09:30:00+01:00
      method: [read]
      origin: {system: moodle, reference: "4711", verified-by: p-0042}  # <- p-0042 is not of the quality unit
    ```

    ## Flagged when somebody signs for somebody else

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    ```

    ```yaml title="roles/people/p-0007.yaml"
    id: p-0007
    name: Bo Lie
    kind: employee
    employed: {from: 2024-03-01}
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml (new)"
    - document: SOP-014@1
      completed: 2026-11-20T09:30:00+01:00
      method: [read]
      signatures:
        - by: p-0007  # <- p-0007 signs as 'read-and-understood', which is for p-0042
          name: Bo Lie
          meaning: read-and-understood
          at: 2026-11-20T09:35:00+01:00
        - by: p-0007
          name: Bo Lie
          meaning: evaluated  # <- nothing here is signed as 'evaluated'
          at: 2026-11-20T09:35:00+01:00
    ```

    ## Flagged when somebody corrects their own past

    ```yaml title="roles/people/p-0042.yaml (before)"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    ```

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed:
      - from: 2024-02-01
        corrected:
          on: 2026-11-22
          by: p-0042  # <- p-0042 corrects their own past
          reason: The contract says February.
    ```

    ## Accepted

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    ```

    ```yaml title="training-records/completions/p-0042/WI-031.yaml (new)"
    - document: WI-031@1
      completed: 2026-11-20T09:30:00+01:00
      method: [practical]
      practical: {evaluator: p-0007, outcome: competent}
      signatures:
        - {by: p-0042, name: Ingrid Solberg, meaning: performed, at: 2026-11-20T09:35:00+01:00}
        - {by: p-0007, name: Bo Lie, meaning: evaluated, at: 2026-11-20T09:35:00+01:00}
    ```

    ## Accepted when somebody else corrects what a person's file says

    ```yaml title="roles/people/p-0042.yaml (before)"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    ```

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed:
      - {from: 2024-02-01, corrected: {on: 2026-11-22, by: p-0003, reason: The contract says February.}}
    ```

    ## Accepted when the quality unit stands for a migrated record

    ```yaml title="roles/people/p-0003.yaml"
    id: p-0003
    name: Astrid Halvorsen
    kind: employee
    employed: {from: 2024-01-15}
    roles: [{role: quality-assurance, from: 2024-01-15}]
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml (new)"
    - document: SOP-014@1
      completed: 2024-03-04T09:30:00+01:00
      method: [read]
      origin: {system: moodle, reference: "4711", verified-by: p-0003}
    ```
    """
    if isinstance(added, AddedSignature):
        yield from (Problem(added.at(key), said) for key, said in _wrong_signer(added))
        return
    if isinstance(added, Edited):
        yield from _wrong_corrections(added)
        return
    entry, change = added.entry, added.change
    if isinstance(entry, Rejection):
        person, place, does = entry.by, At(added.path, (added.index, "by")), "rejects an entry"
        if not entry.entries:
            yield Problem(
                At(added.path, (added.index, "rejects")), "no entry of this file has the digest that it rejects"
            )
    elif entry.origin:
        place, does = At(added.path, (added.index, "origin", "verified-by")), "verifies a migrated record"
        if entry.origin.verified_by is None:
            yield Problem(place, "nobody verified the migrated record: 'verified-by' is missing")
            return
        person = entry.origin.verified_by
    else:
        return
    if not may_be_of_quality_unit(change.law, person, change.day):
        yield Problem(place, f"{person} is not of the quality unit on {change.day} and {does}")


def _wrong_corrections(edit: Edited[Person]) -> Problems:
    """The corrections that a person's file gains, and that were not for whom they name to make."""
    change, person = edit.change, edit.after
    if person is None or change.founding:
        return
    is_signed = change.policy is not None and change.policy.approvals == "signed"
    for key in ("employed", "roles", "leave", "keys"):
        known = [one.corrected for one in getattr(edit.before, key)] if edit.before else []
        for index, one in enumerate(getattr(person, key)):
            if one.corrected is None or one.corrected in known:
                continue
            by, place = one.corrected.by, At(edit.path, (key, index, "corrected", "by"))
            if by == person.id:
                yield Problem(place, f"{by} corrects their own past", fix=_BY_ANOTHER)
            elif is_signed and not may_correct(change, by):
                said = f"{by} is not of the quality unit on {change.day} and corrects the past of {person.id}"
                yield Problem(place, said, fix=_BY_ANOTHER)


# --- who signs ------------------------------------------------------------------------------------------------------

Fault = tuple[str, str]  # the key of the signature that is wrong, and what to say of it


def _wrong_signer(added: AddedSignature) -> Iterator[Fault]:
    record, change = added.record, added.change
    if change.policy is None:
        return
    yield from _wrong_name(added)
    if isinstance(record, Approval) and record.origin:
        yield from _wrong_import(added, record)
        return
    if isinstance(record, Approval | FileApproval):
        yield from _wrong_approver(added, record)
    else:
        yield from _wrong_meaning(added, record)


def _wrong_import(added: AddedSignature, approval: Approval) -> Iterator[Fault]:
    """An approval from elsewhere of a revision that is not merged yet: who approves by a key would come too late."""
    change, named = added.change, approval.document
    known = change.base.documents.get(named.document)
    if change.founding or (change.policy and change.policy.approvals == "forge"):
        return
    if not (known and known.entry(named.label)):
        yield "by", f"an approval of {named} from elsewhere comes before the one that is signed; import it afterwards"


def _wrong_name(added: AddedSignature) -> Iterator[Fault]:
    """The printed name, held against the one in the signer's file before and after the change."""
    by, name = added.signed.fields["by"], added.signed.fields.get("name")
    sides = (added.change.base, added.change.head)
    names = {who.signing_name for side in sides if (who := side.people.get(by))}
    if name and names and name not in names and not _is_unreadable(added, by):
        yield "name", f"{by} is {' or '.join(sorted(names))}, and signs as {name!r}"


def _wrong_meaning(added: AddedSignature, entry: Entry) -> Iterator[Fault]:
    """A meaning that nothing asks for, or that somebody else has to sign with."""
    by, meaning, path = added.signed.fields["by"], added.signed.fields.get("meaning"), added.signed.path
    about = filed(path)
    assert about
    assert added.change.policy
    person, document = about.names
    kind = added.change.policy.type_of(document)
    whose = {one.meaning: one.by for one in asked_of(entry, person, kind)}
    if meaning and meaning not in whose:
        session = isinstance(entry, Completion) and entry.session and meaning == "facilitated"
        why = f": the type of {document} is not facilitated (qmsci.yaml)" if session else ""
        yield "meaning", f"nothing here is signed as {meaning!r}{why}"
    elif meaning and whose[meaning] not in (None, by):
        yield "by", f"{by} signs as {meaning!r}, which is for {whose[meaning]}"
    elif meaning and not _works_here(added, by):
        yield "by", f"{by} is not employed on {added.day}, and signs as {meaning!r}"
    elif meaning and isinstance(entry, Waiver) and entry.by and (day := _without_power(added, by)):
        yield "by", f"{by} is not of the quality unit on {day} and grants a waiver"
    elif meaning == "facilitated" and isinstance(entry, Completion) and not entry.origin:
        yield from _wrong_facilitator(added, entry, person)


def _without_power(added: AddedSignature, person: str) -> date | None:
    """The day on which who grants a waiver is not of the quality unit: that of the signature, or that of the change."""
    days = dict.fromkeys(filter(None, (added.day, added.change.day)))
    return next((day for day in days if not may_be_of_quality_unit(added.change.law, person, day)), None)


def _works_here(added: AddedSignature, person: str) -> bool:
    """Whether a signer is employed on the day on which they sign; of somebody unknown nobody can say."""
    change = added.change
    who = change.law.people.get(person) or change.head.people.get(person)
    return who is None or added.day is None or is_employed(who, added.day)


def _wrong_facilitator(added: AddedSignature, entry: Completion, person: str) -> Iterator[Fault]:
    """A facilitator who was not qualified to teach, right before the session was over."""
    by, change = added.signed.fields["by"], added.change
    document = change.head.documents.get(entry.document.document)
    if by == person:
        yield "by", f"{by} signs for a session in which they were trained themselves"
    elif document:
        day = change.law.day_of(entry.completed)
        before = Moment(entry.completed - timedelta(microseconds=1), day)
        founders, label = change.founding or day in (change.day, added.day), entry.document.label
        verdict = may_evaluate(change.law, change.head, by, document, label, before, with_founders=founders)
        if not verdict:
            yield "by", f"{by} could not lead a session on {day}: {verdict.reason}"


def _wrong_approver(added: AddedSignature, approval: Approval | FileApproval) -> Iterator[Fault]:
    """Somebody who could not approve, or not with that meaning, on the day on which they signed."""
    by, law, day = approval.by, added.change.law, added.change.law.day_of(approval.at)
    who = law.people.get(by)
    if law.policy is None or _is_unreadable(added, by):
        return
    if who is None or not is_employed(who, day):
        yield "by", f"{by} is not employed on {day}, by what the base says"
    elif approval.meaning == "quality-approval" and not in_quality_unit(law, by, day):
        yield "meaning", f"{by} is not of the quality unit on {day}"
    elif isinstance(approval, Approval) and approval.meaning == "authored":
        document = added.change.head.documents.get(approval.document.document)
        revision = document.entry(approval.document.label) if document else None
        if revision and by not in revision.authors:
            yield "meaning", f"{by} is no author of {approval.document}"


def _is_unreadable(added: AddedSignature, person: str) -> bool:
    """Whether nobody can say who a person is, for their file cannot be read."""
    return added.change.is_unreadable(layout.person(person))
