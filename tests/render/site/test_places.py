"""Which page shows the record at a path, for every kind of path."""

from __future__ import annotations

import pytest

from qmsci.render.site.page import Link
from qmsci.render.site.places import to_place
from tests.halden import FILES
from tests.render.site.shown import surveyed

SURVEY = surveyed(FILES)


@pytest.mark.parametrize(
    ("place", "to"),
    [
        pytest.param("qmsci.yaml:3", None, id="policy"),
        pytest.param("README.md:1", None, id="no-record"),
        pytest.param("controlled-docs/sop/SOP-999.md:1", None, id="no-document"),
        pytest.param("roles/people/p-9999.yaml:1", None, id="nobody"),
        pytest.param("controlled-docs/sop/SOP-014.md:12", "documents/SOP-014.html", id="document"),
        pytest.param("controlled-docs/sop/SOP-014.md", "documents/SOP-014.html", id="without-a-line"),
        pytest.param("controlled-docs/sop/SOP-014.questions.yaml:2", "documents/SOP-014.html", id="questions"),
        pytest.param("controlled-docs/approvals/SOP-014@2/p-0001.yaml:1", "documents/SOP-014.html", id="approval"),
        pytest.param(
            "controlled-docs/approvals/CAPA-2025-001@closed-1/p-0001.yaml:1", "events/CAPA-2025-001.html", id="closing"
        ),
        pytest.param(
            f"controlled-docs/approvals/roles/people/p-0042.yaml@{16 * '0'}/p-0001.yaml:1",
            "people/p-0042.html",
            id="approval-of-a-file",
        ),
        pytest.param(
            f"controlled-docs/approvals/CODEOWNERS@{16 * '0'}/p-0001.yaml:1", None, id="approval-of-no-record"
        ),
        pytest.param("roles/activities.yaml:4", "activities/index.html", id="activities"),
        pytest.param("roles/operator.yaml:1", "roles/operator.html", id="role"),
        pytest.param("roles/people/p-0042.yaml:1", "people/p-0042.html", id="person"),
        pytest.param("quality-events/DEV-2026-002.yaml:1", "events/DEV-2026-002.html", id="event"),
        pytest.param("training-records/completions/p-0042/SOP-014.yaml:3", "people/p-0042.html", id="completions"),
        pytest.param("training-records/waivers/p-0042/SOP-014.yaml:1", "people/p-0042.html", id="waivers"),
        pytest.param("training-records/assignments/SOP-014@2/operator.yaml:1", "documents/SOP-014.html", id="assigned"),
        pytest.param(
            "training-records/assignments/people/p-0044/operator-2026-05-04.yaml:1", "people/p-0044.html", id="newcomer"
        ),
        pytest.param(
            "training-records/assignments/refresher/SOP-014@2/2026-10-21/operator.yaml:1",
            "documents/SOP-014.html",
            id="refresher",
        ),
        pytest.param(
            "training-records/assignments/CAPA-2025-001/3.yaml:1", "events/CAPA-2025-001.html", id="asked-by-an-event"
        ),
    ],
)
def test_a_place_leads_to_the_page_that_shows_it(place: str, to: str | None):
    assert to_place(SURVEY, place) == (Link(place, to) if to else place)
