"""What a change brought, in words: of every kind of record what is new, what differs and what is gone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from qmsci.changes import Merged, about_document, about_event, may_touch, merged, wanted
from qmsci.commits import Accounts, Move, Step
from qmsci.load import load
from tests.laws import POLICY, snapshot_of
from tests.test_commits import made

Files = Mapping[str, str | None]
SOP_PATH = "controlled-docs/sop/SOP-014.md"
SOP = """\
---
id: SOP-014
title: Gowning
owner: lead
governs: [gowning]
revisions:
  - {revision: 2, effective: 2026-12-15, summary: Twice., impact: retrain, authors: [p-1], reason: CAPA-2026-003}
  - {revision: 1, effective: 2025-01-10, summary: First., impact: retrain, authors: [p-1]}
---
Gown.
"""
PERSON_PATH = "roles/people/p-1.yaml"
PERSON = """\
id: p-1
name: Ingrid Solberg
kind: employee
employed: {from: 2024-03-01}
roles:
  - {role: operator, from: 2024-03-01}
keys:
  - {key: ssh-ed25519 AAAA, from: 2024-03-01, proof: badge, by: p-2}
"""
CAPA_PATH = "quality-events/CAPA-2026-003.yaml"
CAPA = "id: CAPA-2026-003\ntitle: Gown better\nopened: 2026-09-14\nowner: p-1\n"
AUD_PATH = "quality-events/AUD-2026-001.yaml"
AUD = "id: AUD-2026-001\ntitle: Nobody asks\nopened: 2026-09-14\n"
ROLE = "id: operator\ntitle: Operator\npurpose: Fills vials.\n"
APPROVAL_PATH = "controlled-docs/approvals/SOP-014@2/p-2.yaml"
APPROVAL = f"""\
document: SOP-014@2
text: sha256:{64 * "0"}
effective: 2026-12-15
impact: retrain
by: p-2
name: Marte Lie
meaning: quality-approval
at: 2026-11-22T10:00:00+01:00
"""
CLOSING_PATH = "controlled-docs/approvals/CAPA-2026-003@closed-1/p-2.yaml"
CLOSING = f"""\
file: quality-events/CAPA-2026-003.yaml
digest: sha256:{64 * "0"}
by: p-2
name: Marte Lie
meaning: quality-approval
at: 2026-11-22T10:00:00+01:00
"""
WHOLE_PATH = f"controlled-docs/approvals/{SOP_PATH}@{16 * '0'}/p-2.yaml"
WHOLE = CLOSING.replace("quality-events/CAPA-2026-003.yaml", SOP_PATH)
ASSIGNMENT_PATH = "training-records/assignments/CAPA-2026-003/1.yaml"
ASSIGNMENT = f"""\
assignment: CAPA-2026-003/1
cause: capa
assigned: 2026-11-22
items:
  - {{document: SOP-014@1, text: "sha256:{64 * "0"}", method: [read], due: 2026-12-15, people: [p-1]}}
"""


def brought(before: Files, after: Files, tip: Mapping[str, str] = {}) -> Merged:
    """What a commit brought that changed some files; the tip of main has others."""
    files = {path: (before.get(path), after.get(path)) for path in {**before, **after}}
    moves = tuple(Move(path, was and f"was {was}", now and f"now {now}") for path, (was, now) in sorted(files.items()))
    step = Step((made("c", "Change (#7)"),), moves)
    versions = {(path, blob): load(path, blob[4:].encode()).record for path, blob in wanted(step)}
    snapshot = snapshot_of(tip)
    return merged(step, versions, snapshot, Accounts(snapshot.people))


def says(before: Files, after: Files) -> list[str]:
    """What is told of a change."""
    return [told.says for told in brought(before, after).told]


REVISION = "  - {revision: 2, effective: 2026-12-15, summary: Twice., impact: retrain"
HOLDS = "  - {role: operator, from: 2024-03-01}\n"
KEY = "  - {key: ssh-ed25519 AAAA, from: 2024-03-01, proof: badge, by: p-2}\n"


@pytest.mark.parametrize(
    ("path", "before", "after", "expected"),
    [
        pytest.param("README.md", "a\n", "b\n", [], id="no-record"),
        pytest.param(SOP_PATH, SOP, SOP.replace("title: G", "title:  G"), [], id="document-laid-out-anew"),
        pytest.param(SOP_PATH, None, SOP, [], id="document-new"),
        pytest.param(SOP_PATH, SOP, None, ["removed"], id="document-removed"),
        pytest.param(SOP_PATH, SOP, "---\nid: [\n---\n", [], id="document-left-unreadable"),
        pytest.param(
            SOP_PATH,
            SOP,
            SOP.replace("[p-1], reason", "[p-1], withdrawn: 2026-12-01, reason"),
            ["SOP-014@2 withdrawn on 2026-12-01"],
            id="withdrawn",
        ),
        pytest.param(
            SOP_PATH,
            SOP.replace("[p-1], reason", "[p-1], withdrawn: 2026-12-01, reason"),
            SOP.replace("2026-12-15, summary: Twice", "2027-01-15, summary: Thrice"),
            ["SOP-014@2 no longer withdrawn, effective on 2027-01-15 instead of 2026-12-15, summary changed"],
            id="entry-altered",
        ),
        pytest.param(
            SOP_PATH,
            SOP,
            "".join(line for line in SOP.splitlines(keepends=True) if "revision: 1" not in line),
            ["SOP-014@1 removed"],
            id="entry-removed",
        ),
        pytest.param(
            SOP_PATH,
            SOP,
            SOP.replace("Gown.\n", "Gown, perhaps.\n"),
            ["text altered without a new revision of SOP-014@2"],
            id="text-altered",
        ),
        pytest.param(
            SOP_PATH,
            SOP,
            SOP.replace("\n---\nGown", "\nretired: 2027-05-01\n---\nGown"),
            ["retired from 2027-05-01"],
            id="retired",
        ),
        pytest.param(
            SOP_PATH,
            SOP.replace("\n---\nGown", "\nretired: 2027-05-01\n---\nGown"),
            SOP,
            ["no longer retired from 2027-05-01"],
            id="retired-no-more",
        ),
        pytest.param(
            SOP_PATH,
            None,
            SOP.replace("\n---\nGown", "\nretired: 2027-05-01\n---\nGown"),
            ["retired from 2027-05-01"],
            id="new-and-retired",
        ),
        pytest.param(
            SOP_PATH,
            SOP,
            SOP.replace(
                "\n---\nGown", "\nreviewed: [{on: 2026-11-01, by: p-1, outcome: confirmed}]\n---\nGown"
            ).replace("[gowning]", "[gowning, filling]"),
            ["reviewed on 2026-11-01 by p-1: confirmed", "governs changed"],
            id="reviewed",
        ),
        pytest.param("qmsci.yaml", None, POLICY, ["new, revision 1"], id="policy-new"),
        pytest.param("qmsci.yaml", POLICY, None, ["removed"], id="policy-removed"),
        pytest.param("qmsci.yaml", POLICY, f"# said\n{POLICY}", [], id="policy-laid-out-anew"),
        pytest.param(
            "qmsci.yaml",
            POLICY,
            POLICY.replace("revision: 1", "revision: 2").replace("forge", "signed"),
            ["revision 2 after 1", "approvals forge → signed"],
            id="policy",
        ),
        pytest.param(
            "qmsci.yaml",
            POLICY,
            POLICY.replace("quality-unit: [", "founded: 2024-01-01\nquality-unit: [" + "quality-control, " * 3),
            [
                "founded nothing → 2024-01-01",
                "quality-unit quality-assurance → quality-control, quality-control, quali…",
            ],
            id="policy-settings",
        ),
        pytest.param(".github/workflows/gate.yml", "on: push\n", "on: {}\n", ["changed"], id="workflow"),
        pytest.param("CODEOWNERS", None, "* @qa\n", ["new"], id="codeowners-new"),
        pytest.param("CODEOWNERS", "* @qa\n", None, ["removed"], id="codeowners-removed"),
        pytest.param(
            PERSON_PATH, None, PERSON, ["new", "operator from 2024-03-01", "a key from 2024-03-01"], id="person-new"
        ),
        pytest.param(
            PERSON_PATH,
            PERSON,
            PERSON.replace(HOLDS, HOLDS.replace("01}", "01, to: 2026-12-01}") + HOLDS.replace("operator", "lead")),
            ["operator from 2024-03-01 to 2026-12-01, instead of from 2024-03-01", "lead from 2024-03-01"],
            id="roles",
        ),
        pytest.param(
            PERSON_PATH,
            PERSON,
            PERSON.replace(f"roles:\n{HOLDS}", "").replace("employee", "contractor").replace("Ingrid ", "I. "),
            ["no longer operator from 2024-03-01", "name, kind changed"],
            id="role-gone",
        ),
        pytest.param(
            PERSON_PATH,
            PERSON,
            PERSON.replace("2024-03-01, proof", "2024-03-01, to: 2026-01-01, revoked: {on: 2026-01-02}, proof")
            + KEY.replace("AAAA", "BBBB"),
            ["a key ends on 2026-01-01", "a key revoked on 2026-01-02", "a key from 2024-03-01"],
            id="keys",
        ),
        pytest.param(
            PERSON_PATH, PERSON, PERSON.replace(f"keys:\n{KEY}", ""), ["1 of the keys removed"], id="key-gone"
        ),
        pytest.param("roles/operator.yaml", None, ROLE, ["new"], id="role-new"),
        pytest.param(
            "roles/operator.yaml", ROLE, f"{ROLE}performs: [gowning]\n", ["performs changed"], id="role-altered"
        ),
        pytest.param(
            "roles/activities.yaml",
            "a: {title: A}\nb: {title: B}\nc: {title: C}\n",
            "b: {title: B2}\nc: {title: C}\nd: {title: D}\n",
            ["a removed", "b changed", "d new"],
            id="activities",
        ),
        pytest.param("roles/activities.yaml", None, "a: {title: A}\n", ["a new"], id="activities-new"),
        pytest.param(CAPA_PATH, None, CAPA, ["opened on 2026-09-14"], id="event-opened"),
        pytest.param(
            CAPA_PATH,
            CAPA,
            f"{CAPA}closed: 2027-03-21\nclosed-by: p-2\n",
            ["closed on 2027-03-21 by p-2"],
            id="event-closed",
        ),
        pytest.param(
            CAPA_PATH,
            f"{CAPA}closed: 2027-03-21\nclosed-by: p-2\n",
            f"{CAPA}reopened: [{{on: 2027-04-01, by: p-2, summary: Again, closed: 2027-03-21, closed-by: p-2}}]\n"
            "description: More\n",
            ["reopened on 2027-04-01 by p-2: Again", "description changed"],
            id="event-reopened",
        ),
        pytest.param(
            AUD_PATH,
            AUD,
            f"{AUD}verified: 2026-11-01\nverified-by: p-2\nclosed: 2026-11-02\n",
            ["verified on 2026-11-01 by p-2", "closed on 2026-11-02"],
            id="event-verified",
        ),
        pytest.param(
            CAPA_PATH,
            CAPA,
            f"{CAPA}cancelled: {{on: 2026-10-01, by: p-2, reason: A mistake}}\n",
            ["cancelled on 2026-10-01 by p-2: A mistake"],
            id="event-ended",
        ),
        pytest.param(APPROVAL_PATH, None, APPROVAL, [], id="approval-new"),
        pytest.param(APPROVAL_PATH, APPROVAL, None, ["removed"], id="approval-removed"),
        pytest.param(APPROVAL_PATH, APPROVAL, f"{APPROVAL}key: k\nsignature: eA==\n", [], id="approval-signed"),
        pytest.param(APPROVAL_PATH, APPROVAL, APPROVAL.replace("10:00", "11:00"), ["altered"], id="approval-altered"),
        pytest.param(ASSIGNMENT_PATH, ASSIGNMENT, ASSIGNMENT.replace("12-15", "12-16"), ["altered"], id="edited"),
    ],
)
def test_what_is_told(path: str, before: str | None, after: str | None, expected: list[str]):
    assert says({path: before}, {path: after}) == expected


def test_nothing_is_told_of_nothing():
    found = brought({}, {})

    assert (found.title, str(found.request), found.day) == ("Change", "#7", date(2026, 11, 22))
    assert not any((found.revisions, found.told, found.approvals, found.assignments, found.unreadable))


def test_a_document_that_moves_is_the_same():
    """Whether something else changes in it or not."""
    moved = "controlled-docs/sop/SOP-014-gowning.md"

    assert says({SOP_PATH: SOP}, {moved: SOP}) == [f"moved from {SOP_PATH}"]
    assert brought({SOP_PATH: SOP}, {moved: SOP}).revisions == ()


def test_new_revisions_oldest_first():
    found = brought({}, {SOP_PATH: SOP}).revisions

    assert [(str(one.named), one.days_to_effective, one.lag) for one in found] == [
        ("SOP-014@1", -681, None),
        ("SOP-014@2", 23, None),
    ]


def test_approvals_say_what_they_are_of_and_rest_on():
    imported = f"{APPROVAL}origin: {{system: github, reference: 'https://x.org/1'}}\n"
    files = {APPROVAL_PATH: imported, CLOSING_PATH: f"{CLOSING}key: k\nsignature: eA==\n", WHOLE_PATH: WHOLE}
    found = brought({}, files).approvals

    assert sorted((one.of, one.evidence, one.reference) for one in found) == [
        ("SOP-014@2", "imported", "https://x.org/1"),
        (SOP_PATH, "unsigned", None),
        ("the closing of CAPA-2026-003", "signed", None),
    ]


def test_an_approval_of_a_revision_that_main_got_later():
    found = brought({}, {SOP_PATH: SOP}, {APPROVAL_PATH: APPROVAL}).approvals

    assert [(one.path, one.later) for one in found] == [(APPROVAL_PATH, True)]


def test_histories_of_training_are_only_counted():
    path = "training-records/completions/p-1/SOP-014.yaml"
    found = brought({}, {path: "anything", "training-records/waivers/p-1/SOP-014.yaml": "anything"})

    assert (found.histories, found.trained, found.unreadable, found.told) == (2, ("p-1",), (), ())


@pytest.mark.parametrize(
    ("files", "document", "label", "expected"),
    [
        pytest.param({PERSON_PATH: PERSON}, "SOP-014", None, False, id="somebody"),
        pytest.param({SOP_PATH: SOP}, "SOP-01", None, False, id="another"),
        pytest.param({SOP_PATH: SOP}, "SOP-014", "9", False, id="another-revision"),
        pytest.param({SOP_PATH: SOP}, "SOP-014", "2", True, id="revision"),
        pytest.param({ASSIGNMENT_PATH: ASSIGNMENT}, "SOP-014", None, True, id="assigned"),
        pytest.param({ASSIGNMENT_PATH: ASSIGNMENT}, "SOP-014", "2", False, id="another-assigned"),
        pytest.param({APPROVAL_PATH: APPROVAL}, "SOP-014", None, True, id="approved"),
        pytest.param({APPROVAL_PATH: APPROVAL}, "SOP-014", "2", True, id="revision-approved"),
        pytest.param({APPROVAL_PATH: APPROVAL}, "SOP-014", "1", False, id="another-approved"),
        pytest.param({WHOLE_PATH: WHOLE}, "SOP-014", None, True, id="file-approved"),
        pytest.param({CLOSING_PATH: CLOSING}, "SOP-014", None, False, id="event"),
    ],
)
def test_what_is_about_a_document(files: Files, document: str, label: str | None, expected: bool):
    change = brought({}, files)

    assert about_document(change, document, label) is expected
    assert may_touch(change.step, document, None) or not expected


def test_what_became_of_a_revision_is_about_it():
    withdrawn = SOP.replace("[p-1], reason", "[p-1], withdrawn: 2026-12-01, reason")
    change = brought({SOP_PATH: SOP}, {SOP_PATH: withdrawn})

    assert about_document(change, "SOP-014", "2")
    assert not about_document(change, "SOP-014", "1")


@pytest.mark.parametrize(
    ("files", "event", "expected"),
    [
        pytest.param({PERSON_PATH: PERSON}, "CAPA-2026-003", False, id="somebody"),
        pytest.param({"README.md": "x"}, "CAPA-2026-003", False, id="no-record"),
        pytest.param({CAPA_PATH: CAPA}, "AUD-2026-001", False, id="another"),
        pytest.param({CAPA_PATH: CAPA}, "CAPA-2026-003", True, id="event"),
        pytest.param({CLOSING_PATH: CLOSING}, "CAPA-2026-003", True, id="closing"),
        pytest.param({ASSIGNMENT_PATH: ASSIGNMENT}, "CAPA-2026-003", True, id="assigned"),
        pytest.param({SOP_PATH: SOP}, "CAPA-2026-003", True, id="caused"),
    ],
)
def test_what_is_about_an_event(files: Files, event: str, expected: bool):
    change = brought({}, files)

    assert about_event(change, event) is expected
    assert may_touch(change.step, None, event) or not expected
