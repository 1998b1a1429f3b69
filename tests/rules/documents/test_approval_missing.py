"""Whose approval counts, and of which revisions it is asked."""

from __future__ import annotations

import pytest

from tests.laws import POLICY, Files, findings_of_change

SIGNED = POLICY.replace("approvals: forge", "approvals: signed")
OWNED = SIGNED.replace("method: [read]}", "method: [read], approvers: [owner]}", 1)
ENTRY = "  - {revision: 1, effective: 2026-12-15, summary: S, impact: retrain, authors: [p-0007]}\n"
DOCUMENT = f"---\nid: SOP-014\ntitle: Gowning\nowner: lead\nrevisions:\n{ENTRY}---\nGown.\n"
PATH = "controlled-docs/sop/SOP-014.md"
QUALITY, OWNER = "no quality-approval by a holder of quality-assurance", "no approval by a holder of lead"


def person(name: str, role: str, to: str = "") -> dict[str, str]:
    """Somebody who holds a role."""
    end = f", to: {to}" if to else ""
    head = f"id: {name}\nname: N\nkind: employee\nemployed: {{from: 2024-01-01}}\n"
    return {f"roles/people/{name}.yaml": head + f"roles: [{{role: {role}, from: 2024-01-01{end}}}]\n"}


def approval(name: str, meaning: str = "quality-approval") -> dict[str, str]:
    """An approval of SOP-014@1."""
    text = "sha256:" + "0" * 64
    return {
        f"controlled-docs/approvals/SOP-014@1/{name}.yaml": f"document: SOP-014@1\ntext: {text}\n"
        f"effective: 2026-12-15\nimpact: retrain\nby: {name}\nname: N\nmeaning: {meaning}\nat: 2026-11-22T10:00:00Z\n"
    }


QA = person("p-0003", "quality-assurance")
LEAD = person("p-0007", "lead")


@pytest.mark.parametrize(
    ("policy", "base", "new", "said"),
    [
        pytest.param(SIGNED, QA, approval("p-0003"), [], id="approved"),
        pytest.param(POLICY, QA, {}, [], id="approvals live in the forge"),
        pytest.param(
            OWNED, {**QA, **LEAD}, {**approval("p-0003"), **approval("p-0007", "approved")}, [], id="an author owns it"
        ),
        pytest.param(SIGNED, {"roles/people/p-0003.yaml": "x: ["}, approval("p-0003"), [], id="unreadable approver"),
        pytest.param(
            SIGNED, QA, {"controlled-docs/approvals/SOP-014@1/p-0003.yaml": "x: ["}, [], id="unreadable approval"
        ),
        pytest.param(
            SIGNED, person("p-0003", "quality-assurance", "2026-11-22"), approval("p-0003"), [], id="on the last day"
        ),
        pytest.param(
            SIGNED, person("p-0003", "quality-assurance", "2026-11-21"), approval("p-0003"), [QUALITY], id="no longer"
        ),
        pytest.param(SIGNED + "founded: 2026-12-15\n", QA, {}, [QUALITY], id="dated on a founding that is over"),
        pytest.param(SIGNED, QA, approval("p-0003", "reviewed"), [QUALITY], id="a review is no approval"),
        pytest.param(SIGNED, {}, {**QA, **approval("p-0003")}, [QUALITY], id="appointed by the change itself"),
        pytest.param(
            SIGNED, person("p-0007", "quality-assurance"), approval("p-0007"), [QUALITY], id="the author of the text"
        ),
        pytest.param(OWNED, {**QA, **LEAD}, approval("p-0003"), [OWNER], id="without the owner"),
    ],
)
def test_a_revision_is_approved_by_those_entitled(policy: str, base: Files, new: Files, said: list[str]):
    """The base says who holds which role; the change brings the approvals."""
    before = {"qmsci.yaml": policy, **base}

    found = findings_of_change(before, {**before, **new, PATH: DOCUMENT})
    messages = [finding.message for finding in found if finding.rule == "approval-missing"]

    assert len(messages) == len(said), messages
    assert all(words in message for words, message in zip(said, messages, strict=True))


def test_of_an_imported_document_only_the_newest_revision_needs_its_approval():
    """The texts of older revisions are not in the import, so nobody can sign them."""
    older = "  - {revision: 0, effective: 2020-01-01, summary: S, impact: retrain, authors: [p-0007]}\n"
    document = DOCUMENT.replace(ENTRY, ENTRY + older)

    found = findings_of_change({}, {"qmsci.yaml": SIGNED, PATH: document, **QA})

    assert [f.message.split()[0] for f in found if f.rule == "approval-missing"] == ["SOP-014@1"]
