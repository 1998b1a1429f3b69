"""What is kept, and what may go."""

from __future__ import annotations

import pytest

from tests.laws import findings_of_change

DOCUMENT = """\
---
id: SOP-014
title: T
owner: lead
revisions:
  - {revision: 1, effective: 2026-12-15, summary: S, impact: retrain, authors: [p-0007]}
---
"""


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        pytest.param("roles/operator.yaml", False, id="a role"),
        pytest.param("training-records/README.md", False, id="a readme"),
        pytest.param("training-records/completions/p-0042/SOP-014.yaml", True, id="completions"),
        pytest.param("training-records/waivers/p-0042/SOP-014.yaml", True, id="waivers"),
        pytest.param("training-records/assignments/SOP-014@1/operator.yaml", True, id="an assignment"),
        pytest.param("controlled-docs/approvals/SOP-014@1/p-0003.yaml", True, id="an approval"),
        pytest.param("quality-events/DEV-2026-017.yaml", True, id="an event"),
        pytest.param("roles/people/p-0042.yaml", True, id="a person"),
        pytest.param("controlled-docs/sop/SOP-014.md", True, id="a document"),
    ],
)
def test_records_stay(path: str, kept: bool):
    """A record that is gone is flagged where it was."""
    found = findings_of_change({path: DOCUMENT}, {})

    assert [f.place.path for f in found if f.rule == "record-removed"] == [path] * kept


def test_a_document_that_became_unreadable_under_another_name_is_not_gone():
    """The file is there; that it cannot be read is another finding."""
    before = {"controlled-docs/sop/SOP-014.md": DOCUMENT}
    after = {"controlled-docs/sop/SOP-014-gowning.md": "nothing\n"}

    assert [f for f in findings_of_change(before, after) if f.rule == "record-removed"] == []
