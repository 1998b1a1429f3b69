"""One signature, one entry: what was signed once is not there twice."""

from __future__ import annotations

from typing import Any

import pytest

from tests.laws import findings_of_change
from tests.signatories import COMPLETIONS, DOCUMENT, REQUIRED, TRAINEE, WAIVERS, history, on, people, practical, waiver

BASE = {"qmsci.yaml": REQUIRED, **people(), **DOCUMENT}
FIRST = on(COMPLETIONS, practical(), TRAINEE, ("p-7", "evaluated"))
LATER = on(
    COMPLETIONS,
    practical(completed="2026-11-22T09:45:00+01:00"),
    TRAINEE,
    ("p-7", "evaluated"),
)
WORDS = {
    **FIRST,
    "signatures": [{key: one[key] for key in ("by", "name", "meaning", "at")} for one in FIRST["signatures"]],
}
WAIVED = on(WAIVERS, waiver(), ("p-3", "approved"))


def reused(before: list[Any], after: list[Any], path: str = COMPLETIONS) -> list[str]:
    """What the rule says of a file that changes."""
    old = {**BASE, **(history(*before, path=path) if before else {})}
    found = findings_of_change(old, {**BASE, **history(*after, path=path)})
    return [f"{one.place.line}: {one.message}" for one in found if one.rule == "signature-reused"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param([], [FIRST], id="one"),
        pytest.param([], [FIRST, LATER], id="two of one morning"),
        pytest.param([FIRST], [FIRST, LATER], id="one more"),
        pytest.param([FIRST, FIRST], [FIRST, FIRST, LATER], id="twice already"),
        pytest.param([WORDS], [FIRST], id="a signature where there were words"),
        pytest.param([FIRST], [FIRST, WORDS], id="words only"),
    ],
)
def test_each_is_signed_for_itself(before: list[Any], after: list[Any]):
    """What was merged is for whoever merged it."""
    assert reused(before, after) == []


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        pytest.param([FIRST], [FIRST, FIRST], [2, 2], id="once more"),
        pytest.param([FIRST], [FIRST, {**FIRST, "late": "found in a drawer"}], [2, 2], id="and late"),
        pytest.param([FIRST], [{**FIRST, "late": "found in a drawer"}, FIRST], [1, 1], id="in front of it"),
        pytest.param([], [FIRST, FIRST], [1, 1, 2, 2], id="twice at once"),
        pytest.param([FIRST], [FIRST, {**FIRST, "signatures": FIRST["signatures"][:1]}], [2], id="one of two"),
        pytest.param([FIRST, WORDS], [FIRST, FIRST], [2, 2], id="where there were words"),
    ],
)
def test_one_signature_is_for_one_entry(before: list[Any], after: list[Any], lines: list[int]):
    """Whatever stands beside it that no signature covers."""
    found = reused(before, after)

    assert [int(one.split(":")[0]) for one in found] == lines
    assert all("of the file, and not once more" in one for one in found)


def test_a_waiver_is_not_granted_twice_by_one_signature():
    """Its file is a list as well."""
    assert reused([], [WAIVED], WAIVERS) == []
    assert len(reused([WAIVED], [WAIVED, WAIVED], WAIVERS)) == 1
