"""Which signatures a new record needs."""

from __future__ import annotations

from typing import Any

import pytest

from qmsci.records.canonical import digest_of
from tests.laws import POLICY, findings_of_change
from tests.signatories import (
    APPROVAL,
    CLOSING,
    COMPLETIONS,
    DOCUMENT,
    EVALUATOR,
    REQUIRED,
    SIGNED,
    TRAINEE,
    WAIVERS,
    approval,
    history,
    of_file,
    of_revision,
    on,
    people,
    practical,
    waiver,
    words,
)
from tests.signed import spread

BASE = {**people(), **DOCUMENT}
FACILITATED = REQUIRED.replace("method: [read, practical]", "method: [read, practical], facilitated: true")
READ = practical(method=["read"], practical=None)
READ = {key: value for key, value in READ.items() if value}
ORIGIN = {"system": "moodle", "reference": "4711", "verified-by": "p-3"}
SESSION = {"facilitator": "p-7", "reference": "list 4711"}
OTHERS = {"facilitator": "p-3", "reference": "list 4711"}


def missing(policy: str, added: dict[str, str], base: dict[str, str] = BASE) -> list[str]:
    """What the rule says of a change that adds some files."""
    before = {"qmsci.yaml": policy, **base} if base else {}
    found = findings_of_change(before, {"qmsci.yaml": policy, **BASE, **added})
    return [one.message for one in found if one.rule == "signature-missing"]


def completed(record: dict[str, Any], *signatures: tuple[str, str]) -> dict[str, str]:
    """A completion with signatures."""
    return history(on(COMPLETIONS, record, *signatures))


WORDS = history({**READ, "signatures": [words("p-1", "read-and-understood")]})
REJECTION = {"rejects": digest_of(READ), "reason": "x", "by": "p-3", "at": "2026-11-22T10:00:00+01:00"}


@pytest.mark.parametrize(
    ("policy", "added"),
    [
        pytest.param(POLICY, history(READ), id="optional"),
        pytest.param(POLICY, WORDS, id="optional, in words"),
        pytest.param(REQUIRED, completed(READ, ("p-1", "read-and-understood")), id="read"),
        pytest.param(REQUIRED, completed(practical(), TRAINEE, EVALUATOR), id="practical"),
        pytest.param(
            REQUIRED,
            completed(practical(method=["read", "practical"]), ("p-1", "read-and-understood"), EVALUATOR),
            id="read and practical",
        ),
        pytest.param(REQUIRED, completed(practical(origin=ORIGIN), ("p-3", "verified")), id="migrated"),
        pytest.param(
            REQUIRED,
            completed({**READ, "session": SESSION}, ("p-1", "read-and-understood")),
            id="a session, each alone",
        ),
        pytest.param(FACILITATED, completed({**READ, "session": SESSION}, ("p-7", "facilitated")), id="facilitated"),
        pytest.param(
            FACILITATED,
            completed({**READ, "session": SESSION}, ("p-1", "read-and-understood")),
            id="by the trainee still",
        ),
        pytest.param(
            FACILITATED, completed(practical(session=SESSION), ("p-7", "facilitated")), id="the facilitator evaluated"
        ),
        pytest.param(
            FACILITATED,
            completed(practical(session=OTHERS), ("p-3", "facilitated"), EVALUATOR),
            id="somebody else evaluated",
        ),
        pytest.param(REQUIRED, history(on(WAIVERS, waiver(), ("p-3", "approved")), path=WAIVERS), id="waiver"),
        pytest.param(
            REQUIRED,
            history({key: value for key, value in waiver().items() if key != "by"}, path=WAIVERS),
            id="a waiver by nobody is waiver-incomplete",
        ),
        pytest.param(
            REQUIRED,
            history(
                on(COMPLETIONS, READ, ("p-1", "read-and-understood")), on(COMPLETIONS, REJECTION, ("p-3", "approved"))
            ),
            id="rejection",
        ),
        pytest.param(SIGNED, approval(APPROVAL, of_revision(), "p-3", "quality-approval"), id="approval"),
        pytest.param(SIGNED, approval(CLOSING, of_file(), "p-3", "quality-approval"), id="approval of a file"),
        pytest.param(
            SIGNED,
            {
                APPROVAL: spread(
                    {**of_revision(origin={"system": "forge", "reference": "#4"}), **words("p-3", "approved")}
                )
            },
            id="imported approval",
        ),
        pytest.param(
            REQUIRED, {APPROVAL: spread({**of_revision(), **words("p-3", "quality-approval")})}, id="approved elsewhere"
        ),
        pytest.param(SIGNED, {COMPLETIONS: "x: ["}, id="unreadable"),
    ],
)
def test_all_that_must_sign_have_signed(policy: str, added: dict[str, str]):
    assert missing(policy, added) == []


@pytest.mark.parametrize(
    ("policy", "added", "said"),
    [
        pytest.param(REQUIRED, history(READ), ["p-1 has not signed it as 'read-and-understood'"], id="nobody"),
        pytest.param(REQUIRED, WORDS, ["p-1 has not signed it as 'read-and-understood'"], id="in words"),
        pytest.param(
            REQUIRED,
            completed(READ, ("p-2", "read-and-understood")),
            ["p-1 has not signed it as 'read-and-understood'"],
            id="somebody else",
        ),
        pytest.param(
            REQUIRED,
            completed(READ, ("p-1", "performed")),
            ["p-1 has not signed it as 'read-and-understood'"],
            id="another meaning",
        ),
        pytest.param(
            REQUIRED, completed(practical(), TRAINEE), ["p-7 has not signed it as 'evaluated'"], id="evaluator"
        ),
        pytest.param(
            REQUIRED, completed(practical(), EVALUATOR), ["p-1 has not signed it as 'performed'"], id="trainee"
        ),
        pytest.param(
            REQUIRED,
            history(practical()),
            ["p-1 has not signed it as 'performed'", "p-7 has not signed it as 'evaluated'"],
            id="neither",
        ),
        pytest.param(
            REQUIRED,
            completed({**READ, "session": SESSION}, ("p-7", "facilitated")),
            ["p-1 has not signed it as 'read-and-understood'"],
            id="the type is not facilitated",
        ),
        pytest.param(
            FACILITATED,
            history({**READ, "session": SESSION}),
            ["p-1 has not signed it as 'read-and-understood', nor p-7 as 'facilitated'"],
            id="facilitated by nobody",
        ),
        pytest.param(
            FACILITATED,
            completed(READ, ("p-7", "facilitated")),
            ["p-1 has not signed it as 'read-and-understood'"],
            id="no session",
        ),
        pytest.param(
            FACILITATED,
            completed(practical(session=OTHERS), ("p-3", "facilitated")),
            ["p-7 has not signed it as 'evaluated'"],
            id="the facilitator is not the evaluator",
        ),
        pytest.param(
            REQUIRED,
            completed(practical(origin=ORIGIN), TRAINEE, EVALUATOR),
            ["p-3 has not signed it as 'verified'"],
            id="migrated",
        ),
        pytest.param(REQUIRED, history(waiver(), path=WAIVERS), ["p-3 has not signed it as 'approved'"], id="waiver"),
        pytest.param(
            REQUIRED,
            history(on(COMPLETIONS, READ, ("p-1", "read-and-understood")), REJECTION),
            ["p-3 has not signed it as 'approved'"],
            id="rejection",
        ),
        pytest.param(
            SIGNED,
            {APPROVAL: spread({**of_revision(), **words("p-3", "quality-approval")})},
            ["p-3 has not signed it with a key"],
            id="approval",
        ),
        pytest.param(
            SIGNED,
            {CLOSING: spread({**of_file(), **words("p-3", "approved")})},
            ["p-3 has not signed it with a key"],
            id="approval of a file",
        ),
    ],
)
def test_whose_signature_is_missing(policy: str, added: dict[str, str], said: list[str]):
    assert missing(policy, added) == said


def test_the_founding_import_is_exempt():
    added = {**history(READ), APPROVAL: spread({**of_revision(), **words("p-3", "quality-approval")})}

    assert missing(SIGNED, added, {}) == []


def test_the_policy_of_the_base_decides():
    """A change cannot lift what it is asked for, nor is it asked for what it brings."""
    strict, lenient = {"qmsci.yaml": REQUIRED, **BASE}, {"qmsci.yaml": POLICY, **BASE}
    lifted = findings_of_change(strict, {**lenient, **history(READ)})
    brought = findings_of_change(lenient, {**strict, **history(READ)})

    assert [[one.rule for one in found].count("signature-missing") for found in (lifted, brought)] == [1, 0]


def test_what_is_merged_is_not_asked_for():
    """A stricter policy does not turn history red; a signature added to it is welcome."""
    before = {"qmsci.yaml": SIGNED, **BASE, **history(READ, practical())}
    after = {**before, **history(READ, on(COMPLETIONS, practical(), TRAINEE), on(COMPLETIONS, READ))}
    found = [one for one in findings_of_change(before, after) if one.rule == "signature-missing"]

    assert [one.message for one in found] == ["p-1 has not signed it as 'read-and-understood'"]
    assert found[0].place.line == 3


@pytest.mark.parametrize(
    ("policy", "added", "fixes"),
    [
        pytest.param(REQUIRED, history(READ), ["qmsci complete {} --entry 1 --by p-1"], id="reading"),
        pytest.param(
            REQUIRED,
            completed(practical(), TRAINEE),
            ["qmsci complete {} --person p-1 --entry 1 --by p-7"],
            id="evaluator",
        ),
        pytest.param(
            SIGNED,
            {APPROVAL: spread({**of_revision(), **words("p-3", "reviewed")})},
            ["qmsci approve WI-031@1 --by p-3 --meaning reviewed"],
            id="approval",
        ),
        pytest.param(
            SIGNED,
            {CLOSING: spread({**of_file(), **words("p-3", "quality-approval")})},
            ["qmsci approve CAPA-1 --by p-3"],
            id="closing",
        ),
    ],
)
def test_the_fix_is_the_command_that_signs(policy: str, added: dict[str, str], fixes: list[str]):
    """With all that it has to be given."""
    before = {"qmsci.yaml": policy, **BASE}
    found = findings_of_change(before, {**before, **added})
    named = READ["document"]

    assert [one.fix for one in found if one.rule == "signature-missing"] == [
        f"have it signed with their key: {fix.format(named)}" for fix in fixes
    ]
