"""A stolen key takes with it what main did not have in time: completions, waivers, rejections; and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsci.assign import assignments
from qmsci.check import check_tree
from qmsci.completion import lost_entries, void_entries
from qmsci.compromised import Lost, lost
from qmsci.library import Library
from qmsci.qualification import qualified, trained
from qmsci.records.base import RevisionId
from qmsci.records.canonical import digest_of
from qmsci.rule import When
from qmsci.scope import Scope, scope_of
from qmsci.snapshot import Snapshot
from qmsci.tree import FilesTree
from tests.keys import security_keys
from tests.laws import POLICY, change_of, snapshot_of

KEY, OTHER = (one.key for one in security_keys().values())
TODAY = date(2026, 11, 22)
SINCE, REVOKED = date(2026, 3, 1), date(2026, 3, 10)
HISTORY, WAIVERS = (f"training-records/{folder}/p-1/SOP-014.yaml" for folder in ("completions", "waivers"))
DOCUMENT = """\
---
id: SOP-014
title: Aseptic gowning
owner: operator
governs: [gowning]
revisions:
  - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-9]}
---
Gown.
"""
THEFT = f"revoked: {{on: {REVOKED}, compromised-since: {SINCE}}}"
LOSS = f"revoked: {{on: {REVOKED}}}"


def person(name: str, *keys: str, role: str = "operator") -> str:
    """A person's file, with keys and what limits each."""
    listed = "".join(f"  - {{key: {key}, from: 2025-01-01, proof: badge, by: p-9}}\n" for key in keys)
    return f"""\
id: {name}
name: Somebody
kind: employee
employed: {{from: 2024-03-01}}
roles:
  - {{role: {role}, from: 2024-03-01}}
{f"keys:{chr(10)}{listed}" if keys else ""}"""


def signature(by: str, key: Any = KEY, text: str = "U1NI") -> dict[str, str]:
    """A signature, as far as it is looked at here."""
    at = "2026-02-20T09:30:00+01:00"
    return {"by": by, "name": "N", "meaning": "approved", "at": at, "key": key.fingerprint, "signature": text}


def completion(*signatures: Mapping[str, str], **more: Any) -> dict[str, Any]:
    """A completion of the first revision, signed."""
    plain = {"document": "SOP-014@1", "completed": "2026-02-20T09:30:00+01:00", "method": ["read"]}
    return {**plain, **more, "signatures": list(signatures)}


ENTRY = completion(signature("p-1"))
FILES = {
    "qmsci.yaml": POLICY,
    "controlled-docs/sop/SOP-014.md": DOCUMENT,
    "roles/activities.yaml": "gowning: {title: Gowning}\n",
    "roles/operator.yaml": "id: operator\ntitle: Operator\npurpose: Fills.\nperforms: [gowning]\n",
    "roles/quality-assurance.yaml": "id: quality-assurance\ntitle: QA\npurpose: Q.\nrequires: [SOP-014]\n",
    "roles/people/p-1.yaml": person("p-1", f"{KEY.line}, {THEFT}"),
    "roles/people/p-2.yaml": person("p-2", f"{OTHER.line}"),
}


def records(*entries: Mapping[str, Any]) -> str:
    """A file of entries, one on a line."""
    return "".join(f"- {json.dumps(entry)}\n" for entry in entries)


def seen(
    files: Mapping[str, str],
    recorded: date | Mapping[str, date] | None = None,
    *,
    hindsight: bool = True,
    day: date = TODAY,
) -> Snapshot:
    """The files as they are seen where main had signatures since some days."""
    days = recorded if isinstance(recorded, Mapping) else {}

    def when(_: str, text: str) -> date | None:
        return days.get(text) if recorded is days else recorded  # type: ignore[return-value]

    return Snapshot(Library(FilesTree({**FILES, **files}), None, {}, when), day, hindsight=hindsight)


def is_trained(snapshot: Snapshot, day: date = TODAY) -> bool:
    """Whether p-1 is trained."""
    document = snapshot.documents.get("SOP-014")
    assert document
    return bool(trained(snapshot, "p-1", document, document.newest, snapshot.end_of(day)))


def reason(snapshot: Snapshot, day: date = TODAY) -> str:
    """Why p-1 is qualified or not."""
    document = snapshot.documents.get("SOP-014")
    assert document
    return qualified(snapshot, "p-1", document, snapshot.end_of(day)).reason


# --- what counts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "recorded"),
    [
        pytest.param({HISTORY: records(ENTRY)}, SINCE - timedelta(1), id="recorded-before"),
        pytest.param(
            {HISTORY: records(ENTRY), "roles/people/p-1.yaml": person("p-1", f"{KEY.line}, {LOSS}")},
            REVOKED - timedelta(1),
            id="recorded-before-the-revocation",
        ),
        pytest.param(
            {HISTORY: records(ENTRY), "roles/people/p-1.yaml": person("p-1", KEY.line)}, TODAY, id="not-revoked"
        ),
        pytest.param({HISTORY: records(completion(signature("p-1", OTHER)))}, TODAY, id="another-key-of-theirs"),
        pytest.param({HISTORY: records(completion())}, TODAY, id="unsigned"),
        pytest.param(
            {HISTORY: records(completion({"by": "p-1", "name": "N", "meaning": "m", "at": "2026-02-20T09:30:00Z"}))},
            TODAY,
            id="in-words",
        ),
        pytest.param(
            {HISTORY: records(completion(signature("p-1", OTHER), signature("p-1")))}, TODAY, id="signed-anew"
        ),
        pytest.param(
            {
                HISTORY: records(completion(signature("p-1", OTHER), signature("p-3"))),
                "roles/people/p-3.yaml": person("p-3", f"{KEY.line}, {THEFT}"),
            },
            TODAY,
            id="a-bystander's-key",
        ),
        pytest.param(
            {HISTORY: records(ENTRY), "roles/people/p-1.yaml": person("p-1", f"{KEY.line}, {THEFT}", KEY.line)},
            TODAY,
            id="registered-anew",
        ),
        pytest.param({HISTORY: records(completion(signature("p-7")))}, TODAY, id="nobody-has-this-id"),
    ],
)
def test_an_entry_counts(files: Mapping[str, str], recorded: date):
    assert is_trained(seen(files, recorded))


@pytest.mark.parametrize(
    ("entry", "people", "by"),
    [
        pytest.param(ENTRY, {}, "p-1", id="the-trainee"),
        pytest.param(
            completion(
                signature("p-1", OTHER), signature("p-3"), practical={"evaluator": "p-3", "outcome": "competent"}
            ),
            {"p-1": person("p-1", OTHER.line), "p-3": person("p-3", f"{KEY.line}, {THEFT}")},
            "p-3",
            id="the-evaluator",
        ),
        pytest.param(
            completion(signature("p-3"), session={"facilitator": "p-3", "reference": "S-1"}),
            {"p-1": person("p-1", OTHER.line), "p-3": person("p-3", f"{KEY.line}, {THEFT}")},
            "p-3",
            id="the-facilitator",
        ),
        pytest.param(
            completion(signature("p-3"), origin={"system": "m", "reference": "1", "verified-by": "p-3"}),
            {"p-1": person("p-1", OTHER.line), "p-3": person("p-3", f"{KEY.line}, {THEFT}")},
            "p-3",
            id="who-verified-a-migrated-one",
        ),
    ],
)
def test_an_entry_is_lost_with_the_key_of_whoever_must_sign_it(
    entry: Mapping[str, Any], people: Mapping[str, str], by: str
):
    files = {HISTORY: records(entry), **{f"roles/people/{name}.yaml": text for name, text in people.items()}}
    snapshot = seen(files, date(2026, 3, 5))

    assert not is_trained(snapshot)
    assert reason(snapshot) == (
        "not trained on SOP-014@1; the training of p-1 on 2026-02-20 counts for nothing: "
        f"signed by {by} with a key that is compromised since 2026-03-01 and recorded on 2026-03-05"
    )


def test_an_entry_that_is_not_on_main_yet_does_not_count():
    snapshot = seen({HISTORY: records(ENTRY), "roles/people/p-1.yaml": person("p-1", f"{KEY.line}, {LOSS}")}, None)

    assert reason(snapshot).endswith("with a key that was revoked on 2026-03-10 and not recorded on main yet")


def test_the_last_loss_is_said_where_other_training_counts():
    """Of what is not complete, not passed, or lapsed."""
    read = completion(method=["read"])
    seen_once = seen({HISTORY: records(read, completion(signature("p-1"), method=["practical"]))}, TODAY)
    assert is_trained(seen_once)  # the document asks for a reading

    wants = DOCUMENT.replace("revisions:", "training: {method: [read, practical]}\nrevisions:")
    files = {
        "controlled-docs/sop/SOP-014.md": wants,
        HISTORY: records(read, completion(signature("p-1"), method=["practical"])),
    }
    assert "practical is missing; the training of p-1" in reason(seen(files, TODAY))
    failed = completion(assessment={"score": 10, "pass-mark": 80, "attempt": 1})
    assert "was not passed (1 attempt); the training" in reason(seen({HISTORY: records(failed, ENTRY)}, TODAY))
    old = completion(completed="2025-01-20T09:30:00+01:00")
    yearly = DOCUMENT.replace("revisions:", "training: {every: 12 months}\nrevisions:")
    files = {"controlled-docs/sop/SOP-014.md": yearly, HISTORY: records(old, ENTRY)}
    assert reason(seen(files, TODAY)).startswith(
        "the refresher of SOP-014 lapsed after 2026-01-20; the training of p-1"
    )


def test_a_waiver_is_lost_with_the_key_of_who_granted_it():
    waiver = {
        "document": "SOP-014@1",
        "reason": "Certificate",
        "evidence": "4711",
        "from": "2026-02-01",
        "until": "2027-02-01",
        "by": "p-2",
        "signatures": [signature("p-2")],
    }
    stolen = {WAIVERS: records(waiver), "roles/people/p-2.yaml": person("p-2", f"{KEY.line}, {THEFT}")}

    assert is_trained(seen(stolen, SINCE - timedelta(1)))
    assert not is_trained(seen(stolen, SINCE))
    assert "; the waiver of p-1 from 2026-02-01 counts for nothing: signed by p-2" in reason(seen(stolen, SINCE))
    assert is_trained(seen({WAIVERS: records({**waiver, "signatures": []})}, SINCE))


def test_a_rejection_is_lost_with_the_key_of_who_decided_it():
    entry = completion()
    rejection = {
        "rejects": digest_of({**entry, "signatures": []}),
        "reason": "It was somebody else.",
        "by": "p-2",
        "at": "2026-03-05T09:00:00+01:00",
        "signatures": [signature("p-2")],
    }
    good = {HISTORY: records(entry, rejection)}
    stolen = {**good, "roles/people/p-2.yaml": person("p-2", f"{KEY.line}, {THEFT}")}

    assert not is_trained(seen(good, TODAY))
    assert is_trained(seen(stolen, date(2026, 3, 5)))
    assert not is_trained(seen(stolen, date(2026, 2, 28)))


# --- when it counts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hindsight", "before"), [(True, False), (False, True)])
def test_a_question_is_answered_with_what_is_known_now_and_the_law_with_what_was_known(
    *, hindsight: bool, before: bool
):
    """What was closed on good evidence was closed rightly; asked today, the evidence was never any."""
    snapshot = seen({HISTORY: records(ENTRY)}, date(2026, 3, 5), hindsight=hindsight)

    assert is_trained(snapshot, REVOKED - timedelta(1)) is before
    assert not is_trained(snapshot, REVOKED)
    assert void_entries(snapshot, "p-1", "SOP-014", None) == {0}


def test_nobody_is_asked_when_something_came_where_no_key_is_revoked():
    """History is expensive, and people's files are not read for nothing."""

    def never(path: str, _: str) -> date | None:
        raise AssertionError(path)

    files = {**FILES, HISTORY: records(ENTRY), "roles/people/p-1.yaml": person("p-1", KEY.line)}
    library = Library(FilesTree(files), None, {}, never)

    assert is_trained(Snapshot(library, TODAY, hindsight=True))
    assert not library.asked_history


def test_files_alone_do_not_know_of_a_main():
    """Then nothing has come there."""
    snapshot = snapshot_of({**FILES, HISTORY: records(ENTRY)})

    assert not is_trained(snapshot)
    assert snapshot.source.asked_history  # type: ignore[attr-defined]


def test_what_is_no_key_signed_nothing():
    assert is_trained(seen({HISTORY: records(ENTRY), "roles/people/p-1.yaml": person("p-1", f"nonsense, {THEFT}")}))


# --- what follows ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("recorded", "owed"), [(SINCE, True), (SINCE - timedelta(1), False)])
def test_the_training_is_owed_again(recorded: date, *, owed: bool):
    """What nobody had asked for is then to be assigned, as where an entry is rejected."""
    snapshot = seen({HISTORY: records(ENTRY)}, recorded)
    wanted = [one for one in assignments(snapshot.source, TODAY, []) if one.role == "operator"]

    assert ("p-1" in {name for one in wanted for item in one.items for name in item.people}) is owed


def test_whoever_is_owed_for_has_it_said_why():
    named = "training-records/assignments/SOP-014@1/operator.yaml"
    item = f'{{document: SOP-014@1, text: "sha256:{"0" * 64}", method: [read], due: 2026-01-31, people: [p-2]}}'
    role = (
        f"assignment: SOP-014@1/operator\ncause: new-document\nrole: operator\nassigned: 2026-01-01\nitems: [{item}]\n"
    )
    snapshot = seen({HISTORY: records(ENTRY), named: role}, date(2026, 3, 5))
    found = check_tree(snapshot.source, snapshot, Scope(everything=True)).findings

    assert [one.message for one in found if one.rule == "person-without-assignment"] == [
        (
            "p-1 owes SOP-014@1 as operator and no assignment names them; the training of p-1 on 2026-02-20 counts for "
            "nothing: signed by p-1 with a key that is compromised since 2026-03-01 and recorded on 2026-03-05"
        )
    ]


def test_the_audit_says_why():
    assigned = f"""\
assignment: SOP-014@1/operator
cause: new-document
role: operator
assigned: 2026-01-01
items:
  - {{document: SOP-014@1, text: "sha256:{"0" * 64}", method: [read], due: 2026-01-31, people: [p-1]}}
"""
    files = {
        "training-records/assignments/SOP-014@1/operator.yaml": assigned,
        HISTORY: records({**ENTRY, "assignments": ["SOP-014@1/operator"]}),
    }
    snapshot = seen(files, date(2026, 3, 5))
    report = check_tree(snapshot.source, snapshot, Scope(everything=True), When.TREE, When.CALENDAR)
    said = {one.rule: one.message for one in report.findings}
    why = "signed by p-1 with a key that is compromised since 2026-03-01 and recorded on 2026-03-05"

    assert why in said["training-overdue"]
    assert why in said["effective-while-untrained"]


def test_a_revocation_is_followed_to_everything():
    """What the key signed may be anywhere."""
    named = {**FILES, "roles/people/p-1.yaml": person("p-1", KEY.line)}

    assert scope_of(change_of(named, FILES)).everything
    assert scope_of(
        change_of(FILES, {**FILES, "roles/people/p-1.yaml": person("p-1", f"{KEY.line}, {LOSS}")})
    ).everything
    assert not scope_of(change_of(named, {**named, "roles/people/p-2.yaml": person("p-2")})).everything


@given(
    st.lists(st.tuples(st.dates(SINCE - timedelta(30), REVOKED + timedelta(30)), st.booleans()), min_size=1, max_size=6)
)
def test_an_entry_is_lost_just_where_none_of_its_signatures_holds(signatures: list[tuple[date, bool]]):
    """A key that is not revoked always holds, the other one when main had its signature before the theft."""
    given_ = [signature("p-1", KEY if stolen else OTHER, f"S{n}") for n, (_, stolen) in enumerate(signatures)]
    days = {f"S{number}": day for number, (day, _) in enumerate(signatures)}
    files = {
        HISTORY: records(completion(*given_)),
        "roles/people/p-1.yaml": person("p-1", f"{KEY.line}, {THEFT}", OTHER.line),
    }
    holds = any(not stolen or day < SINCE for day, stolen in signatures)

    assert bool(lost_entries(seen(files, days), "p-1", "SOP-014", None)) is not holds
    assert is_trained(seen(files, days)) is holds


def test_an_approval_is_its_own_signature():
    """So whoever counts approvals can ask the same of them."""
    path = "controlled-docs/approvals/SOP-014@1/p-2.yaml"
    text = f"""\
document: SOP-014@1
text: "sha256:{"0" * 64}"
effective: 2026-01-10
impact: retrain
by: p-2
name: N
meaning: quality-approval
at: 2026-02-20T09:30:00+01:00
key: "{KEY.fingerprint}"
signature: U1NI
"""
    stolen = {path: text, "roles/people/p-2.yaml": person("p-2", f"{KEY.line}, {THEFT}")}
    for recorded, is_lost in ((SINCE, True), (SINCE - timedelta(1), False)):
        snapshot = seen(stolen, recorded)
        (approval,) = snapshot.approvals(RevisionId("SOP-014", "1"))
        assert bool(lost(snapshot, path, (approval.by,), (approval,), None)) is is_lost


def test_why_it_is_lost_is_a_sentence():
    person_ = snapshot_of(FILES).people.get("p-1")
    assert person_

    assert str(Lost("p-1", person_.keys[0], None)) == (
        "signed by p-1 with a key that is compromised since 2026-03-01 and not recorded on main yet"
    )
