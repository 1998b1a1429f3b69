"""Who approved a revision, when, as what, with which key; and what a revision of the founding stands on."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from qmsci.authorisation import may_be_of_quality_unit
from qmsci.compromised import lost_approval
from qmsci.records import layout
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.training import Approval, FileApproval
from qmsci.render.site.links import KEYS, moment, to_person
from qmsci.render.site.page import Block, Code, Mark, Said, Table, Text, Tone
from qmsci.render.site.signatures import verdict
from qmsci.render.site.survey import Survey
from qmsci.snapshot import Snapshot
from qmsci.verdicts import SignedFile, signed_files


def approvals_of(
    survey: Survey,
    document: Document,
    entry: RevisionEntry,
    given: Sequence[Approval],
    digest: str | None,
    name: str = "approvals",
) -> Iterator[Block]:
    """
    The approvals of a revision: printed name, date and time with offset, meaning, key (21 CFR 11.50).

    `digest` is that of the text which is shown, None where there is none; `name` is that of the table.
    """
    founding = founding_note(survey, entry)
    if founding:
        yield Text(founding)
    policy = survey.snapshot.policy
    elsewhere = policy is not None and policy.approvals == "forge"
    files = signed_files(survey.library, [one.path for one in given])
    yield Table(
        name=name,
        caption=f"Approvals of {document.named(entry)}",
        heads=("Name", "Person", "Meaning", "Date and time", "Signature", "Key", "Record"),
        rows=tuple(_approval(survey, one, files, digest) for one in given),
        empty="They are kept in the reviews of the forge." if elsewhere else "No approval is recorded here.",
    )


def _approval(survey: Survey, one: Approval, files: Mapping[str, SignedFile], digest: str | None) -> tuple[Said, ...]:
    signed = _signature(survey.snapshot, one, files.get(one.path))
    if digest and one.text != digest:
        signed = (signed, " ", Mark(f"it approves another text, {one.text}", Tone.BAD))
    key = Code(one.key, to=KEYS) if one.key else ""
    return one.name, to_person(survey, one.by), one.meaning, moment(one.at), signed, key, Code(one.path)


def _signature(snapshot: Snapshot, one: Approval, file: SignedFile | None) -> Said:
    """What is to be said of the signature on an approval, and of its key at the time of signing."""
    if one.origin:
        return f"imported from {one.origin.system}: {one.origin.reference}"
    return verdict(snapshot, file.claims[0] if file and file.claims else None)


def founding_note(survey: Survey, entry: RevisionEntry) -> Said | None:
    """What a revision dated on the day of the founding stands on; None for any other."""
    snapshot = survey.snapshot
    if not is_founding(snapshot, entry):
        return None
    stands = f"It is of the founding on {entry.effective}, and stands on the approval of {layout.POLICY}"
    first = founding_approval(snapshot)
    if first is None:
        return f"{stands}, of which none is recorded."
    said = f": {first.meaning} by {first.name} (", to_person(survey, first.by), f"), {moment(first.at)}, "
    return stands, said, Code(first.path), "."


def is_founding(snapshot: Snapshot, entry: RevisionEntry) -> bool:
    """Whether a revision needs no approvals of its own: approvals are signed, and it dates from the founding."""
    policy = snapshot.policy
    return policy is not None and policy.approvals == "signed" and entry.effective == policy.founded


def founding_approval(snapshot: Snapshot) -> FileApproval | None:
    """The quality unit's first approval of the policy that counts, whichever version of it it is of."""
    start, paths = f"{layout.APPROVALS}{layout.POLICY}@", snapshot.source.paths(layout.APPROVALS)
    named = paths[bisect_left(paths, start) : bisect_left(paths, f"{start}~")]
    given = [
        one
        for one in snapshot.source.records(named)
        if isinstance(one, FileApproval) and one.meaning == "quality-approval"
        if may_be_of_quality_unit(snapshot, one.by, snapshot.day_of(one.at))
        if not lost_approval(snapshot, one)
    ]
    return min(given, key=lambda one: one.at, default=None)
