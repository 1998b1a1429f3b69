"""Who signs an entry, and with which meaning; the rules' tests do the rest."""

from __future__ import annotations

import pytest

from qmsci.meanings import Asked, asked_of, given_on, lacking_on, may_sign, needed_on
from qmsci.records.policy import DocumentType
from qmsci.records.training import Completion

WORK = {"evaluator": "p-7", "outcome": "competent"}
SESSION = {"facilitator": "p-7", "reference": "list 4711"}
ORIGIN = {"system": "moodle", "reference": "4711", "verified-by": "p-3"}
READ, DONE = Asked("p-1", "read-and-understood"), Asked("p-1", "performed")
TAUGHT, JUDGED, VERIFIED = Asked("p-7", "facilitated"), Asked("p-7", "evaluated"), Asked("p-3", "verified")


@pytest.mark.parametrize(
    ("more", "facilitated", "asked", "needed"),
    [
        pytest.param({"method": ["read"]}, False, [READ], [(READ,)], id="read"),
        pytest.param({"method": ["assessment"]}, False, [DONE], [(DONE,)], id="assessed"),
        pytest.param({"practical": WORK}, False, [DONE, JUDGED], [(DONE,), (JUDGED,)], id="practical"),
        pytest.param({"session": SESSION}, False, [DONE], [(DONE,)], id="a session like any other"),
        pytest.param({"session": SESSION}, True, [DONE, TAUGHT], [(DONE, TAUGHT)], id="facilitated"),
        pytest.param(
            {"session": SESSION, "practical": WORK},
            True,
            [DONE, TAUGHT, JUDGED],
            [(DONE, TAUGHT), (JUDGED, TAUGHT)],
            id="facilitated and evaluated by one",
        ),
        pytest.param(
            {"session": {**SESSION, "facilitator": "p-3"}, "practical": WORK},
            True,
            [DONE, Asked("p-3", "facilitated"), JUDGED],
            [(DONE, Asked("p-3", "facilitated")), (JUDGED,)],
            id="and by another",
        ),
        pytest.param(
            {"practical": WORK, "origin": ORIGIN}, True, [DONE, JUDGED, VERIFIED], [(VERIFIED,)], id="migrated"
        ),
    ],
)
def test_who_signs_a_completion(
    more: dict[str, object], facilitated: bool, asked: list[Asked], needed: list[tuple[Asked, ...]]
):
    values = {"document": "WI-031@1", "completed": "2026-11-22T09:30:00+01:00", "method": ["practical"], **more}
    entry = Completion.model_validate(values)
    kind = DocumentType.model_validate(
        {
            "folder": "wi",
            "review": "24 months",
            "window": "7 days",
            "method": ["read"],
            "facilitated": str(facilitated).lower(),
        }
    )

    assert asked_of(entry, "p-1", kind) == asked
    assert needed_on(entry, "p-1", kind) == needed
    assert needed_on(entry, "p-1", None)[0][0] == needed[0][0]


@pytest.mark.parametrize(
    ("fields", "given", "lacking", "may"),
    [
        pytest.param([], set(), [(DONE,), (JUDGED,)], [JUDGED], id="nobody has signed"),
        pytest.param([{"by": "p-7"}], set(), [(DONE,), (JUDGED,)], [JUDGED], id="in words"),
        pytest.param([{"by": "p-7", "signature": "AA"}], {JUDGED}, [(DONE,)], [], id="the evaluator"),
        pytest.param(
            [{"by": "p-1", "meaning": "performed", "key": "SHA256:a", "signature": "AA"}],
            {DONE},
            [(JUDGED,)],
            [JUDGED],
            id="the trainee",
        ),
        pytest.param(
            [{"by": "p-7", "meaning": "performed", "signature": "AA"}],
            {Asked("p-7", "performed")},
            [(DONE,), (JUDGED,)],
            [JUDGED],
            id="as what is not theirs",
        ),
    ],
)
def test_what_is_signed_and_what_is_not_yet(
    fields: list[dict[str, str]], given: set[Asked], lacking: list[tuple[Asked, ...]], may: list[Asked]
):
    """A signature is one by a key; what is written down of one is none."""
    signatures = [{"meaning": "evaluated", **one} for one in fields]
    values = {"document": "WI-031@1", "completed": "2026-11-22T09:30:00+01:00", "method": ["practical"]}
    entry = Completion.model_validate({**values, "practical": WORK, "signatures": signatures})

    assert given_on(entry) == given
    assert lacking_on(entry, "p-1", None) == lacking
    assert may_sign(entry, "p-1", None, "p-7") == may
