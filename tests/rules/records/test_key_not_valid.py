"""Whether the key on an added signature is its signer's, on the day on which they signed."""

from __future__ import annotations

import pytest

from qmsci.check import check_change
from tests.laws import change_of, findings_of_change
from tests.signatories import (
    COMPLETIONS,
    DOCUMENT,
    EVALUATOR,
    PENS,
    TRAINEE,
    approval,
    history,
    keys_of,
    of_revision,
    on,
    people,
    person,
    practical,
    words,
)

Files = dict[str, str]
SIGNED = history(on(COMPLETIONS, practical(), TRAINEE, EVALUATOR))
KEYLESS = {**DOCUMENT, **people(p_1="", p_2="", p_3="", p_7="")}
BASE = {**DOCUMENT, **people()}
KEY = PENS["p-1"].signer.key.fingerprint
HERS = "roles/people/p-1.yaml"


def said(before: Files, after: Files) -> list[str]:
    """What the rule says of a change."""
    found = findings_of_change(before, after)
    assert not [one for one in found if one.rule == "unreadable"]
    return [one.message for one in found if one.rule == "key-not-valid"]


def with_key(more: str) -> Files:
    """Everybody, where the operator's key has something more to it."""
    return {**BASE, **person("p-1", keys_of(PENS["p-1"], more))}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(BASE, SIGNED, id="keys of the base"),
        pytest.param(with_key(", to: 2026-11-22"), SIGNED, id="on its last day"),
        pytest.param(with_key(", revoked: {on: 2026-11-23}"), SIGNED, id="revoked tomorrow"),
        pytest.param(
            BASE,
            approval("controlled-docs/approvals/WI-031@1/p-3.yaml", of_revision(), "p-3", "approved"),
            id="approval",
        ),
        pytest.param({}, {**BASE, **SIGNED}, id="the founding brings the keys"),
        pytest.param(KEYLESS, {**people(), **SIGNED}, id="the first keys of all"),
        pytest.param(BASE, history({**practical(), "signatures": [words(*TRAINEE)]}), id="words need no key"),
        pytest.param(
            BASE,
            history({**practical(), "signatures": [{"by": "p-1", "key": "SHA256:x"}]}),
            id="what lacks a part is signature-incomplete",
        ),
        pytest.param({**BASE, HERS: "x: ["}, SIGNED, id="unreadable in the base"),
        pytest.param({**BASE, **SIGNED, HERS: with_key(", to: 2026-11-01")[HERS]}, SIGNED, id="what is merged stays"),
        pytest.param(BASE, with_key(", to: 2026-11-22") | SIGNED, id="the change ends it after it signed"),
        pytest.param(BASE, {**SIGNED, HERS: "x: ["}, id="unreadable in the head"),
    ],
)
def test_keys_that_sign(before: Files, after: Files):
    found = findings_of_change(before, {**before, **after})

    assert [one.message for one in found if one.rule == "key-not-valid"] == []


NOT_HERS = f"the key {KEY} is not registered to p-1 (roles/people/p-1.yaml)"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        pytest.param({**BASE, **person("p-1", "")}, SIGNED, NOT_HERS, id="not registered"),
        pytest.param({**BASE, **person("p-1", keys_of(PENS["p-2"]))}, SIGNED, NOT_HERS, id="another is registered"),
        pytest.param(KEYLESS, SIGNED, NOT_HERS, id="nobody has one, and none comes"),
        pytest.param(
            {**BASE, **person("p-1", "")},
            {**person("p-1"), **SIGNED},
            f"the key {KEY} is registered to p-1 by this very change",
            id="registered by the change itself",
        ),
        pytest.param(
            with_key(", to: 2026-11-21"),
            SIGNED,
            f"signed on 2026-11-22, and the key {KEY} was valid to 2026-11-21",
            id="ended",
        ),
        pytest.param(
            {**BASE, **person("p-1", keys_of(PENS["p-1"]).replace("from: 2024-03-01", "from: 2026-11-23"))},
            SIGNED,
            f"signed on 2026-11-22, and the key {KEY} is valid from 2026-11-23",
            id="not yet",
        ),
        pytest.param(
            with_key(", revoked: {on: 2026-11-22}"),
            SIGNED,
            f"recorded on 2026-11-22, and the key {KEY} is revoked on 2026-11-22",
            id="revoked",
        ),
        pytest.param(
            with_key(", revoked: {on: 2026-11-20, compromised-since: 2026-06-01}"),
            history(
                on(
                    COMPLETIONS,
                    practical(completed="2026-05-01T09:30:00+02:00"),
                    TRAINEE,
                    EVALUATOR,
                    at="2026-05-01T10:00:00+02:00",
                )
            ),
            f"recorded on 2026-11-22, and the key {KEY} is compromised since 2026-06-01",
            id="backdated with a stolen key",
        ),
        pytest.param(
            BASE,
            with_key(", revoked: {on: 2026-11-22}") | SIGNED,
            f"recorded on 2026-11-22, and the key {KEY} is revoked on 2026-11-22",
            id="revoked by the change itself",
        ),
        pytest.param({}, {**KEYLESS, **SIGNED}, NOT_HERS, id="a founding without keys"),
    ],
)
def test_keys_that_do_not(before: Files, after: Files, words: str):
    found = said(before, {**before, **after})

    assert any(one.startswith(words) for one in found), found


def test_it_stands_at_the_key_and_names_each_signer():
    found = findings_of_change(KEYLESS, {**KEYLESS, **SIGNED})

    assert [(one.place.path, one.place.line) for one in found if one.rule == "key-not-valid"] == [(COMPLETIONS, 1)] * 2


def test_a_signature_that_is_added_is_judged_alone():
    """The trainee's key has ended since: what it signed is merged. The evaluator signs now."""
    before = {**with_key(", to: 2026-11-01"), **history(on(COMPLETIONS, practical(), TRAINEE))}

    assert said(before, {**before, **SIGNED}) == []


def test_nobody_else_is_looked_at():
    """What a check costs grows with the change, not with the number of people."""
    change = change_of(BASE, {**BASE, **SIGNED})
    check_change(change.head.source, change)

    assert not any("by_id" in vars(side.people) for side in (change.base, change.head))


@pytest.mark.parametrize(
    ("more", "end"),
    [
        pytest.param(", to: 2026-11-22", None, id="it ends that day"),
        pytest.param(", to: 2026-11-19", None, id="within what may come late"),
        pytest.param(", to: 2026-11-18", "2026-11-18", id="an old key out of a drawer"),
    ],
)
def test_what_an_ended_key_signed_comes_in_time(more: str, end: str | None):
    """Else whoever finds it signs for any day on which it was valid."""
    early = "2026-11-18T10:00:00+01:00"
    entry = {**practical(), "completed": "2026-11-18T09:30:00+01:00", "late": "found again"}
    signed = history(on(COMPLETIONS, entry, TRAINEE, EVALUATOR, at=early))

    messages = said(with_key(more), {**with_key(more), **signed})

    assert messages == (
        [f"recorded on 2026-11-22, and the key {KEY} ended on {end}; the policy allows 3 days"] if end else []
    )
