"""Times at which a signature cannot have been given."""

from __future__ import annotations

from typing import Any

import pytest

from tests.laws import findings_of_change
from tests.signatories import (
    APPROVAL,
    DOCUMENT,
    TRAINEE,
    WAIVERS,
    history,
    of_revision,
    people,
    practical,
    waiver,
    words,
)
from tests.signed import spread

Files = dict[str, str]
BASE = {**DOCUMENT, **people()}


def signed(at: str, **more: Any) -> Files:
    """A completion with a signature of some time."""
    return history({**practical(**more), "signatures": [words(*TRAINEE, at=at)]})


def said(before: Files, after: Files) -> list[str]:
    """What the rule says of a change on 2026-11-22."""
    found = findings_of_change({**BASE, **before}, {**BASE, **after})
    assert not [one for one in found if one.rule == "unreadable"]
    return [one.message for one in found if one.rule == "signed-out-of-time"]


AHEAD = "signed on 2026-11-23, after the day of the change, 2026-11-22"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param({}, signed("2026-11-22T09:30:00+01:00"), [], id="at once"),
        pytest.param({}, signed("2026-11-22T00:00:00+01:00"), [], id="earlier on the same day"),
        pytest.param({}, signed("2026-11-22T23:59:59+01:00"), [], id="last second of the change's day"),
        pytest.param({}, signed("2026-11-21T23:00:00Z"), [], id="the day is the policy's"),
        pytest.param({}, history({**practical(), "signatures": [{"by": "p-1"}]}), [], id="no time"),
        pytest.param(
            history(practical()), signed("2026-11-20T10:00:00+01:00"), [], id="added to an entry on record, from before"
        ),
        pytest.param(
            {},
            history(
                {**waiver(), "signatures": [words("p-3", "approved", at="2026-11-01T10:00:00+01:00")]}, path=WAIVERS
            ),
            [],
            id="a waiver is granted when it is",
        ),
        pytest.param({}, signed("2026-11-22T23:00:00Z"), [AHEAD], id="after midnight"),
        pytest.param(history(practical()), signed("2026-11-23T10:00:00+01:00"), [AHEAD], id="added, ahead"),
        pytest.param(
            {},
            signed("2026-11-21T22:59:59Z"),
            ["signed on 2026-11-21, before the training of 2026-11-22"],
            id="before the training",
        ),
        pytest.param(
            {},
            {APPROVAL: spread({**of_revision(), **words("p-3", "approved", at="2026-11-23T10:00:00+01:00")})},
            [AHEAD],
            id="an approval ahead",
        ),
    ],
)
def test_times_of_signing(before: Files, after: Files, expected: list[str]):
    assert said(before, after) == expected


def test_the_founding_import_has_its_times_as_well():
    """That it comes late is not held against it; that it was signed tomorrow is."""
    for at, number in (("2026-11-22T10:00:00+01:00", 0), ("2026-11-23T10:00:00+01:00", 1)):
        found = findings_of_change({}, {**BASE, **signed(at)})

        assert [one.rule for one in found].count("signed-out-of-time") == number
