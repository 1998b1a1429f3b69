"""How late evidence came to main: what was added later does not answer for the past without saying so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from qmsci.chain.graph import Chain, Fact
from qmsci.cli.judged import Judged, sources
from qmsci.completion import late_by
from qmsci.evidence import Evidence, Sources
from qmsci.finding import At
from qmsci.snapshot import Snapshot


def lateness(what: Judged, evidence: Iterable[Sequence[Evidence]]) -> Mapping[At, str]:
    """By how much some evidence came late, where it did; git is asked once for all of it."""
    wanted = list(dict.fromkeys(proof.at for proofs in evidence for proof in proofs))
    where = sources(what, wanted) if wanted else {}
    said = {at: late_by(what.snapshot, at, source.held_against) for at, source in where.items()}
    return {at: text.removeprefix(", ") for at, text in said.items() if text}


def dated(snapshot: Snapshot, chain: Chain, where: Sources) -> Chain:
    """A chain in which the completions and waivers that came late say so."""
    return replace(chain, facts={name: _dated(snapshot, fact, where) for name, fact in chain.facts.items()})


def _dated(snapshot: Snapshot, fact: Fact, where: Sources) -> Fact:
    source = where.get(fact.at) if fact.at else None
    said = late_by(snapshot, fact.at, source.held_against) if fact.at and source else ""
    return replace(fact, notes=(*fact.notes, said.removeprefix(", "))) if said else fact
