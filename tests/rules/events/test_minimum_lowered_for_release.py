"""A release and the number of people that it is measured by are not written in one change."""

from __future__ import annotations

import pytest

from tests.laws import HEADS, findings_of_change

RULE = "minimum-lowered-for-release"
FILE, ACTIVITIES = "quality-events/VAL-2026-017.yaml", "roles/activities.yaml"
VAL = f"id: VAL-2026-017\ntitle: T\n{HEADS['VAL']}"
RELEASED = f"{VAL}released: 2026-11-20\nreleased-by: p-0003\n"
THREE = "filling: {title: F, minimum-qualified: 3}\npacking: {title: P, minimum-qualified: 3}\n"
TWO = THREE.replace("3}", "2}", 1)
NONE = THREE.replace(", minimum-qualified: 3}", "}", 1)
FROM_THREE = "filling needed 3 qualified people until VAL-2026-017 is released, and"


@pytest.mark.parametrize(
    ("before", "after", "messages"),
    [
        pytest.param((THREE, VAL), (THREE, RELEASED), [], id="released"),
        pytest.param((THREE, VAL), (TWO, VAL), [], id="lowered, not released"),
        pytest.param((TWO, VAL), (THREE, RELEASED), [], id="raised"),
        pytest.param((NONE, VAL), (NONE.replace("F}", "F, minimum-qualified: 1}"), RELEASED), [], id="one was needed"),
        pytest.param((THREE, VAL), ("packing: {title: P}\n", RELEASED), [], id="another activity; this one is gone"),
        pytest.param(("packing: {title: P}\n", VAL), (TWO, RELEASED), [], id="a new activity"),
        pytest.param((THREE, RELEASED), (TWO, f"{RELEASED}report: R\n"), [], id="released before"),
        pytest.param((THREE, VAL), ("{", RELEASED), [], id="the activities cannot be read"),
        pytest.param((THREE, VAL), (TWO, "{"), [], id="the event cannot be read"),
        pytest.param((THREE, VAL), (TWO, RELEASED), [f"{FROM_THREE} 2 by this change"], id="lowered"),
        pytest.param((THREE, VAL), (NONE, RELEASED), [f"{FROM_THREE} 1 by this change"], id="removed"),
        pytest.param((THREE, None), (TWO, RELEASED), [f"{FROM_THREE} 2 by this change"], id="a new validation"),
    ],
)
def test_a_release_leaves_the_number_alone(before: tuple[str, str | None], after: tuple[str, str], messages: list[str]):
    sides = [dict(zip((ACTIVITIES, FILE), side, strict=True)) for side in (before, after)]
    old, new = ({path: text for path, text in side.items() if text} for side in sides)
    found = [finding for finding in findings_of_change(old, new) if finding.rule == RULE]

    assert [finding.message for finding in found] == messages
    assert all(finding.place.path == ACTIVITIES for finding in found)


def test_the_founding_import_is_not_asked():
    assert RULE not in {finding.rule for finding in findings_of_change({}, {ACTIVITIES: TWO, FILE: RELEASED})}
