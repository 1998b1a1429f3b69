"""`prerequisite-outside-curriculum`: what is not required, and what waits for itself."""

from __future__ import annotations

import pytest

from tests.laws import Files, findings_in, findings_in_scope
from tests.test_assign import document
from tests.test_programme import doc, role

DOCUMENTS = {**document("1 2026-01-01"), **doc("TRN-002"), **doc("SOP-020")}
ALL = ("performs: [gowning]", "requires: [TRN-002, SOP-020]")


def messages(files: Files) -> list[str]:
    """What the rule says of some files."""
    return [finding.message for finding in findings_in(files) if finding.rule == "prerequisite-outside-curriculum"]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({**DOCUMENTS, **role(*ALL)}, id="none"),
        pytest.param(
            {**DOCUMENTS, **role(*ALL, "prerequisites: {SOP-014: [TRN-002, SOP-020]}")}, id="all-are-required"
        ),
        pytest.param(
            {**DOCUMENTS, **role(*ALL, "prerequisites: {SOP-014: [TRN-002, SOP-020], SOP-020: [TRN-002]}")},
            id="two-ways",
        ),
        pytest.param({**DOCUMENTS, **role(*ALL, "prerequisites: {SOP-404: [SOP-405]}")}, id="what-is-not-there"),
        pytest.param(
            {**DOCUMENTS, **role("performs: [gowning]", "prerequisites: {SOP-014: [TRN-002]}")}
            | {"controlled-docs/trn/TRN-002.md": "---\nid: [\n"},
            id="what-cannot-be-read",
        ),
        pytest.param(
            {**DOCUMENTS, **role(*ALL, "prerequisites: {SOP-014: [TRN-002]}")}
            | {
                path: text.replace("revisions:", "retired: 2026-02-01\nrevisions:")
                for path, text in doc("TRN-002").items()
            },
            id="what-time-took-away",
        ),
    ],
)
def test_nothing_is_said(files: Files):
    """Required, not there, or not known."""
    assert messages(files) == []


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(
            ["performs: [gowning]", "prerequisites: {SOP-014: [TRN-002, SOP-020]}"],
            [
                "operator does not require TRN-002, which is to come before SOP-014",
                "operator does not require SOP-020, which is to come before SOP-014",
            ],
            id="in-a-list",
        ),
        pytest.param(
            ["requires: [TRN-002]", "prerequisites: {SOP-014: [TRN-002]}"],
            ["operator does not require SOP-014, for which it names prerequisites"],
            id="as-a-key",
        ),
        pytest.param(
            [*ALL, "prerequisites: {SOP-020: [SOP-020]}"],
            ["SOP-020 comes before itself: SOP-020, SOP-020"],
            id="itself",
        ),
        pytest.param(
            [*ALL, "prerequisites: {SOP-014: [SOP-020, TRN-002], SOP-020: [TRN-002], TRN-002: [SOP-014]}"],
            ["SOP-014 comes before itself: SOP-014, TRN-002, SOP-014"],
            id="a-circle-by-its-shortest-way",
        ),
        pytest.param(
            [*ALL, "prerequisites: {SOP-014: [SOP-014], SOP-020: [TRN-002], TRN-002: [SOP-020, SOP-014]}"],
            ["SOP-014 comes before itself: SOP-014, SOP-014", "SOP-020 comes before itself: SOP-020, TRN-002, SOP-020"],
            id="two-circles",
        ),
    ],
)
def test_what_holds_everybody_up(lines: list[str], expected: list[str]):
    """Each name that is not required, and each circle once."""
    assert sorted(expected) == sorted(messages({**DOCUMENTS, **role(*lines)}))


def test_a_great_web_is_looked_at_once():
    """Prerequisites without end are no reason to look for ever."""
    names = [f"SOP-{number}" for number in range(100, 140)]
    needs = ", ".join(f"{name}: [{', '.join(names)}]" for name in names[1:])
    files = {path: text for name in names for path, text in doc(name).items()}
    lines = [f"requires: [{', '.join(names)}]", f"prerequisites: {{{names[0]}: [{names[1]}], {needs}}}"]

    assert messages({**files, **role(*lines)}) == ["SOP-100 comes before itself: SOP-100, SOP-101, SOP-100"]


def test_a_document_that_no_longer_governs_takes_its_place_away():
    """A change that never touches the role is judged by what it does to it."""
    before = {**DOCUMENTS, **role(*ALL, "prerequisites: {SOP-014: [TRN-002]}")}
    after = {**before, **doc("SOP-014")}
    found = findings_in_scope(before, after)

    assert "prerequisite-outside-curriculum" in {finding.rule for finding in found}


def test_a_document_that_comes_is_held_against_the_curriculum():
    """A role named it before it was there; with it comes the fault."""
    before = {**document("1 2026-01-01"), **role("performs: [gowning]", "prerequisites: {SOP-014: [TRN-002]}")}
    found = findings_in_scope(before, {**before, **doc("TRN-002")})

    assert messages(before) == []
    assert "prerequisite-outside-curriculum" in {finding.rule for finding in found}
