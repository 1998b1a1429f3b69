"""What a change adds: entries, and signatures on entries that are new or were there."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsci.change import added_entries, added_signatures
from qmsci.records.canonical import digest_of
from qmsci.signature import has_grown, kept
from tests.laws import change_of, findings_of_change
from tests.signatories import (
    APPROVAL,
    COMPLETIONS,
    DOCUMENT,
    EVALUATOR,
    PENS,
    TRAINEE,
    WAIVERS,
    history,
    of_revision,
    on,
    people,
    practical,
    waiver,
    words,
)
from tests.signed import spread

Files = dict[str, str]
BASE = {**DOCUMENT, **people()}
ONE, OTHER = practical(), practical(completed="2026-11-22T10:30:00+01:00")
SPOKEN = {**ONE, "signatures": [words(*TRAINEE)]}
SIGNED = on(COMPLETIONS, ONE, TRAINEE)
BOTH = on(COMPLETIONS, ONE, TRAINEE, EVALUATOR)
REJECTION = {"rejects": digest_of(ONE), "reason": "x", "by": "p-3", "at": "2026-11-22T10:00:00+01:00"}


def brought(before: Files, after: Files) -> tuple[list[int], list[tuple[str, bool]], list[str]]:
    """The entries that a change adds, its signatures with whether the record is new, and what is altered."""
    change = change_of({**BASE, **before}, {**BASE, **after})
    signatures = [(str(one.signed.fields["by"]), one.is_new) for one in added_signatures(change)]
    found = findings_of_change({**BASE, **before}, {**BASE, **after})
    altered = [one.message.split(" was ")[0] for one in found if one.rule == "record-altered"]
    return [one.index for one in added_entries(change)], signatures, altered


@pytest.mark.parametrize(
    ("before", "after", "entries", "signatures"),
    [
        pytest.param([], [ONE], [0], [], id="a new entry"),
        pytest.param([], [SPOKEN], [0], [("p-1", True)], id="in words"),
        pytest.param([], [BOTH], [0], [("p-1", True), ("p-7", True)], id="signed by two"),
        pytest.param([ONE], [ONE], [], [], id="nothing"),
        pytest.param([ONE], [SIGNED], [], [("p-1", False)], id="signed later"),
        pytest.param([SIGNED], [BOTH], [], [("p-7", False)], id="signed by a second"),
        pytest.param([SPOKEN], [SIGNED], [], [("p-1", False)], id="words become a signature"),
        pytest.param([SPOKEN], [BOTH], [], [("p-1", False), ("p-7", False)], id="and a second signs"),
        pytest.param([ONE], [{**SIGNED, "late": "on leave"}], [], [("p-1", False)], id="and says why it is late"),
        pytest.param([ONE, OTHER], [SIGNED, OTHER], [], [("p-1", False)], id="the first of two"),
        pytest.param(
            [ONE], [SIGNED, BOTH], [1], [("p-1", False), ("p-1", True), ("p-7", True)], id="and another entry"
        ),
        pytest.param([ONE, ONE], [ONE, SIGNED], [], [("p-1", False)], id="one of two that are equal"),
        pytest.param(
            [OTHER, REJECTION],
            [OTHER, on(COMPLETIONS, REJECTION, ("p-3", "approved"))],
            [],
            [("p-3", False)],
            id="a rejection",
        ),
    ],
)
def test_what_a_change_brings(
    before: list[Any], after: list[Any], entries: list[int], signatures: list[tuple[str, bool]]
):
    """A record that gains a signature is neither new nor altered."""
    files = history(*before) if before else {}

    assert brought(files, history(*after)) == (entries, signatures, [])


@pytest.mark.parametrize(
    ("before", "after", "altered"),
    [
        pytest.param([SIGNED], [ONE], "'signatures'", id="taken away"),
        pytest.param([BOTH], [SIGNED], "'signatures'", id="one taken away"),
        pytest.param([SIGNED], [on(COMPLETIONS, ONE, EVALUATOR)], "'signatures'", id="another one"),
        pytest.param([SIGNED], [on(COMPLETIONS, ONE, EVALUATOR, TRAINEE)], "'signatures'", id="put before"),
        pytest.param([SIGNED], [SPOKEN], "'signatures'", id="to words"),
        pytest.param(
            [SPOKEN], [on(COMPLETIONS, ONE, TRAINEE, at="2026-11-22T11:00:00+01:00")], "'signatures'", id="other words"
        ),
        pytest.param([ONE], [{**SIGNED, "text": "sha256:" + "0" * 64}], "'text'", id="and another text"),
        pytest.param([ONE], [{**ONE, "late": "on leave"}], "'late'", id="late, and nothing signed"),
        pytest.param([{**ONE, "late": "x"}], [{**SIGNED, "late": "y"}], "'late'", id="another reason"),
        pytest.param([{**ONE, "late": "x"}], [SIGNED], "'late'", id="no reason any more"),
        pytest.param(
            [ONE, REJECTION], [SIGNED, REJECTION], "'signatures'", id="it was rejected, and would count again"
        ),
    ],
)
def test_what_is_an_alteration(before: list[Any], after: list[Any], altered: str):
    entries, _, said = brought(history(*before), history(*after))

    assert said == [altered]
    assert entries == [0]


def test_approvals_and_waivers_are_signed_later_as_well():
    spoken = {**of_revision(), **words("p-3", "quality-approval")}
    signed = of_revision() | PENS["p-3"].on(APPROVAL, of_revision(), "quality-approval", spoken["at"])
    other = {**signed, **words("p-3", "approved")}

    assert brought({APPROVAL: spread(spoken)}, {APPROVAL: spread(signed)}) == ([], [("p-3", False)], [])
    assert brought({APPROVAL: spread(signed)}, {APPROVAL: spread(signed) + "\n"}) == ([], [], [])
    assert brought({APPROVAL: spread(signed)}, {APPROVAL: spread(spoken)}) == ([], [("p-3", True)], ["'key'"])
    assert brought({APPROVAL: spread(spoken)}, {APPROVAL: spread(other)}) == ([], [("p-3", True)], ["'meaning'"])
    granted = history(on(WAIVERS, waiver(), ("p-3", "approved")), path=WAIVERS)
    assert brought(history(waiver(), path=WAIVERS), granted) == ([], [("p-3", False)], [])


def test_what_cannot_be_read_is_unreadable():
    """What could not be read before is looked at as if it were new."""
    assert brought({COMPLETIONS: "x: ["}, history(SIGNED)) == ([0], [("p-1", True)], [])
    assert brought(history(SIGNED), {COMPLETIONS: "x: ["}) == ([], [], [])
    assert brought(history(SIGNED), {}) == ([], [], [])


entries = st.sampled_from([ONE, SPOKEN, SIGNED, BOTH, OTHER, on(COMPLETIONS, OTHER, TRAINEE), REJECTION])


@given(st.lists(entries, max_size=5), st.lists(entries, max_size=5))
def test_each_entry_is_kept_once(before: list[Any], after: list[Any]):
    """Each position on either side has one other, and what it says is the same or more; equal ones find each other."""
    found = kept(before, after)

    assert len({*found.values()}) == len(found)
    assert all(before[then] == after[now] or has_grown(before[then], after[now]) for now, then in found.items())
    assert len(kept(before, list(reversed(before)))) == len(before)


@pytest.mark.parametrize(
    ("at", "more", "said"),
    [
        pytest.param("2026-11-19T10:00:00+01:00", {}, [], id="on the last day"),
        pytest.param(
            "2026-11-18T10:00:00+01:00",
            {},
            ["signed on 2026-11-18 and recorded 4 days later, the policy allows 3 days"],
            id="late",
        ),
        pytest.param("2026-11-18T10:00:00+01:00", {"late": "on leave"}, [], id="declared"),
    ],
)
def test_a_signature_that_comes_late(at: str, more: dict[str, str], said: list[str]):
    """It is declared as late as training is; the first keys of all may sign what happened before them."""
    entry = practical(completed="2026-11-02T09:30:00+01:00")
    signed = {**on(COMPLETIONS, entry, TRAINEE, at=at), **more}
    keyless = {**BASE, **people(p_1="", p_2="", p_3="", p_7="")}

    for base, expected in ((BASE, said), (keyless, [])):
        before = {**base, **history(entry)}
        found = findings_of_change(before, {**before, **people(), **history(signed)})
        assert [one.message for one in found if one.rule == "late-entry-undeclared"] == expected
