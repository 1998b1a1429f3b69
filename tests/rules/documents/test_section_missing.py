"""Which headings count, and which texts are judged."""

from __future__ import annotations

import pytest

from tests.laws import POLICY, findings_of_change

SECTIONS = POLICY.replace("{folder: sop,", "{folder: sop, sections: [Scope],")
FRONT = "---\nid: SOP-014\ntitle: T\nowner: lead\nrevisions:\n{}---\n"
ONE = "  - {revision: 1, effective: 2026-12-15, summary: S, impact: retrain, authors: [p-0007]}\n"
PATH = "controlled-docs/sop/SOP-014.md"


@pytest.mark.parametrize(
    ("heading", "missing"),
    [
        pytest.param("## Scope", False, id="as named"),
        pytest.param("###### SCOPE ##", False, id="any level and case"),
        pytest.param("## 2. Scope", False, id="numbered"),
        pytest.param("## 2.1 Scope", False, id="numbered in parts"),
        pytest.param("## 2) Scope", False, id="numbered with a bracket"),
        pytest.param("Scope", True, id="no heading"),
        pytest.param("```\n# Scope\n```", True, id="in a block of code"),
        pytest.param("## Out of Scope", True, id="another heading"),
    ],
)
def test_a_heading_names_the_section(heading: str, missing: bool):
    """A new text has a heading for each section of its type."""
    base = {"qmsci.yaml": SECTIONS}

    found = findings_of_change(base, {**base, PATH: FRONT.format(ONE) + heading + "\n"})

    assert [f.rule for f in found if f.rule == "section-missing"] == ["section-missing"] * missing


def test_a_text_that_is_merged_is_not_judged_again():
    """Only the front matter changes, under a policy that came to ask for more."""
    base = {"qmsci.yaml": SECTIONS, PATH: FRONT.format(ONE) + "Text.\n"}

    found = findings_of_change(base, {**base, PATH: base[PATH].replace("title: T", "title: Title")})

    assert [f for f in found if f.rule == "section-missing"] == []
