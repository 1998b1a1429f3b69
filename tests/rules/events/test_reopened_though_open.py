"""Only what was closed is reopened."""

from __future__ import annotations

import pytest

from tests.laws import findings_of_change

HEAD = "id: CMP-2026-003\ntitle: Gloves\nopened: 2026-06-01\n"
FILE = "quality-events/CMP-2026-003.yaml"
CLOSED = "closed: 2026-11-20\nclosed-by: p-0003\n"
ENTRY = "{on: 2026-11-22, by: p-0003, summary: Again, closed: 2026-11-20, closed-by: p-0003}"
REOPENED = f"reopened: [{ENTRY}]\n"


@pytest.mark.parametrize(
    ("before", "after", "number"),
    [
        pytest.param({FILE: HEAD + CLOSED}, HEAD + REOPENED, 0, id="it was closed"),
        pytest.param({FILE: HEAD + REOPENED}, HEAD + REOPENED + "owner: p-1\n", 0, id="it was reopened before"),
        pytest.param({FILE: HEAD + REOPENED}, HEAD, 0, id="an entry less: said by another rule"),
        pytest.param({FILE: "{"}, HEAD + REOPENED, 0, id="it was unreadable"),
        pytest.param({FILE: HEAD}, "{", 0, id="unreadable"),
        pytest.param({"README.md": ""}, HEAD + REOPENED, 0, id="a new record"),
        pytest.param({}, HEAD + REOPENED, 0, id="the founding import"),
        pytest.param({FILE: HEAD}, HEAD + REOPENED, 1, id="it was open"),
        pytest.param({FILE: HEAD}, HEAD + REOPENED + CLOSED, 1, id="closed, reopened and closed in one change"),
        pytest.param({FILE: HEAD}, f"{HEAD}reopened: [{ENTRY}, {ENTRY}]\n", 2, id="twice"),
    ],
)
def test_only_what_was_closed_is_reopened(before: dict[str, str], after: str, number: int):
    found = findings_of_change(before, {FILE: after})
    messages = [finding.message for finding in found if finding.rule == "reopened-though-open"]

    assert messages == ["reopened on 2026-11-22, and CMP-2026-003 was not closed"] * number
