"""Ids in what people wrote become links; everything else stays the text that it is."""

from __future__ import annotations

import pytest

from qmsci.render.site.mentions import mentioned
from qmsci.render.site.page import Link
from qmsci.render.site.written import plain
from tests.chain.story import FILES, TODAY
from tests.laws import POLICY
from tests.render.site.surveys import survey_of

SURVEY = survey_of({"qmsci.yaml": POLICY, **FILES}, TODAY)


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("", []),
        ("No glove tear in 90 days.", []),
        ("quality-assurance and second-hand", []),
        ("DEV-1999-001 and SOP-999@1 and p-99", []),
        ("quality-events/DEV-2026-017.yaml", []),
        ("SOP-0140 xSOP-014 SOP-014x", []),
        ("As in DEV-2026-017.", [("DEV-2026-017", "events/DEV-2026-017.html")]),
        ("(SOP-014@3), by p-1:", [("SOP-014@3", "documents/SOP-014.html"), ("p-1", "people/p-1.html")]),
        ("SOP-014", [("SOP-014", "documents/SOP-014.html")]),
        ("SOP-014@3/operator", [("SOP-014@3", "documents/SOP-014.html")]),
        ("DEV-2026-017@closed-1", [("DEV-2026-017", "events/DEV-2026-017.html")]),
        ("CAPA-2026-003, of this page, after DEV-2027-008", [("DEV-2027-008", "events/DEV-2027-008.html")]),
        ('<b>p-1</b> "p-2"', [("p-1", "people/p-1.html"), ("p-2", "people/p-2.html")]),
    ],
)
def test_ids_that_are_there_are_links(text: str, links: list[tuple[str, str]]):
    said = mentioned(SURVEY, text, "CAPA-2026-003")

    assert isinstance(said, tuple)
    assert plain(said) == text
    assert [(one.text, one.to) for one in said if isinstance(one, Link)] == links
