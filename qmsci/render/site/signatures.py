"""What is to be said of signatures: who gave each, when, as what, with which key; and whether it verifies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from qmsci.finding import At
from qmsci.key_register import KeyRegister
from qmsci.records.base import Signature, as_moment
from qmsci.render.site.links import listed, moment, to_key, to_person
from qmsci.render.site.page import Mark, Said, Tone
from qmsci.render.site.survey import Survey
from qmsci.snapshot import Snapshot
from qmsci.verdicts import Claim, signed_files
from qmsci.verification import lacks, wrong_words

#: The signatures on records, by where each record stands in its file.
Claims = Mapping[At, Sequence[Claim]]


def claims_in(survey: Survey, paths: Iterable[str]) -> Claims:
    """The signatures in some files, each with whether it verifies; all of them are verified together."""
    found: dict[At, list[Claim]] = defaultdict(list)
    for file in signed_files(survey.library, paths).values():
        for claim in file.claims:
            found[At(file.path, claim.signed.keys[:1])].append(claim)
    return found


def verdict(snapshot: Snapshot, claim: Claim | None) -> Said:
    """Whether a signature verifies, and whether its key was the signer's and valid at the time of signing."""
    if claim is None or not claim.signed.is_given:
        return "not signed"
    wrong = lacks(claim.signed) or wrong_words(claim)
    if wrong:
        return Mark(f"does not verify: {wrong}", Tone.BAD)
    fields = claim.signed.fields
    register, day = snapshot.once(KeyRegister, fields["by"]), snapshot.day_of(as_moment(fields["at"]))
    recorded = partial(snapshot.source.recorded, claim.signed.path, fields["signature"])
    refused = register.refusal(fields["key"], fields["by"], day, recorded)
    return Mark(f"does not count: {refused}", Tone.BAD) if refused else Mark("verifies, key valid then", Tone.GOOD)


def signed(survey: Survey, signatures: Sequence[Signature], claims: Sequence[Claim]) -> Said:
    """What each signature on a record says (21 CFR 11.50), and what is to be said of it."""
    pairs = zip(signatures, claims, strict=True)
    return listed((_signature(survey, *pair) for pair in pairs), "; ") if signatures else "not signed"


def _signature(survey: Survey, one: Signature, claim: Claim) -> Said:
    """The printed name, the meaning, the time; the key, and the verdict."""
    who = one.name or "no name", " (", to_person(survey, one.by), ")"
    said = f", {one.meaning or 'no meaning'}, {moment(one.at) if one.at else 'no time'}, "
    key: Said = ("key ", to_key(one.key), ": ") if one.key else ""
    return *who, said, key, verdict(survey.snapshot, claim)
