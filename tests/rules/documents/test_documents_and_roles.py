"""The boundaries between documents and the roles that need them."""

from __future__ import annotations

import pytest

from tests.laws import Files, findings_in, findings_of_change

ENTRY = "  - {revision: 1, effective: 2026-01-10, summary: S, impact: retrain, authors: [p-0007]}\n"
DOCUMENT = f"---\nid: SOP-014\ntitle: T\nowner: lead\ngoverns: [gowning]\nrevisions:\n{ENTRY}---\n"
LISTED = "id: lead\ntitle: T\npurpose: P\nrequires: [SOP-014]\n"
DOES = "id: lead\ntitle: T\npurpose: P\nperforms: [gowning]\n"
IDLE = "id: lead\ntitle: T\npurpose: P\n"
PATH, ROLE = "controlled-docs/sop/SOP-014.md", "roles/lead.yaml"


def retired(day: str) -> str:
    """The document, with a date in `retired`."""
    return DOCUMENT.replace("revisions:", f"retired: {day}\nrevisions:")


@pytest.mark.parametrize(
    ("files", "rules"),
    [
        pytest.param({PATH: DOCUMENT, ROLE: DOES}, [], id="performed"),
        pytest.param({PATH: DOCUMENT, ROLE: DOES.replace("performs", "operates")}, [], id="operated"),
        pytest.param({PATH: DOCUMENT, ROLE: LISTED}, [], id="required"),
        pytest.param({PATH: retired("2027-01-01")}, [], id="to be retired"),
        pytest.param({PATH: DOCUMENT.replace("[p-0007]}", "[p-0007], withdrawn: 2026-01-02}")}, [], id="withdrawn"),
        pytest.param({PATH: DOCUMENT, ROLE: "x: ["}, [], id="an unreadable role"),
        pytest.param({PATH: "x", ROLE: DOES}, [], id="an unreadable document"),
        pytest.param({PATH: retired("2026-01-01"), ROLE: DOES}, [], id="a curriculum that time took away"),
        pytest.param({PATH: DOCUMENT}, ["governs-nothing-performed"], id="no roles"),
        pytest.param({ROLE: DOES}, ["role-without-curriculum"], id="no documents"),
        pytest.param(
            {PATH: DOCUMENT, ROLE: IDLE}, ["governs-nothing-performed", "role-without-curriculum"], id="apart"
        ),
    ],
)
def test_documents_and_roles_need_each_other(files: Files, rules: list[str]):
    """A document that nobody needs and a role that needs none are flagged, unless something cannot be read."""
    about = {"governs-nothing-performed", "role-without-curriculum"}

    assert [finding.rule for finding in findings_in(files) if finding.rule in about] == rules


@pytest.mark.parametrize(
    ("before", "after", "paths"),
    [
        pytest.param(
            {PATH: retired("2026-11-22"), ROLE: LISTED}, {ROLE: LISTED + "#\n"}, [], id="it was listed before"
        ),
        pytest.param({PATH: DOCUMENT, ROLE: DOES}, {PATH: retired("2026-11-22")}, [], id="performed, not listed"),
        pytest.param({PATH: DOCUMENT, ROLE: LISTED}, {PATH: retired("2026-11-23")}, [], id="retired tomorrow"),
        pytest.param({PATH: DOCUMENT, ROLE: LISTED}, {PATH: retired("2026-11-22")}, [ROLE], id="retired today"),
        pytest.param({PATH: retired("2026-12-01"), ROLE: LISTED}, {PATH: retired("2026-11-01")}, [ROLE], id="sooner"),
        pytest.param(
            {PATH: DOCUMENT, ROLE: IDLE}, {PATH: retired("2026-11-22"), ROLE: LISTED}, [ROLE], id="both at once"
        ),
        pytest.param({PATH: retired("2027-11-22"), ROLE: IDLE}, {ROLE: LISTED}, [ROLE], id="listed anew"),
    ],
)
def test_a_retired_document_is_let_go(before: Files, after: Files, paths: list[str]):
    """No role lists it anew, and none still does when it is retired at once."""
    found = findings_of_change(before, {**before, **after})

    assert [f.place.path for f in found if f.rule == "retired-document-required"] == paths
