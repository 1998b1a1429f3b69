"""What rests on lost signatures: found while it counts, and missed no more once something else has taken its place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from qmsci.approval import file_digest
from qmsci.bereft import bereft, is_missed
from qmsci.check import check_tree
from qmsci.library import Library
from qmsci.read import text_digest
from qmsci.records import layout
from qmsci.records.canonical import digest_of
from qmsci.rule import When
from qmsci.scope import Scope
from qmsci.snapshot import Snapshot
from qmsci.tree import FilesTree
from tests.keys import security_keys
from tests.laws import POLICY

KEY, OTHER = (one.key for one in security_keys().values())
TODAY, THEFT, EARLIER, LATER = date(2026, 11, 22), date(2026, 3, 1), date(2026, 2, 1), date(2026, 3, 2)
SIGNED = POLICY.replace("approvals: forge", "approvals: signed")
HISTORY, WAIVERS = (f"training-records/{folder}/p-1/SOP-014.yaml" for folder in ("completions", "waivers"))
SOP = "controlled-docs/sop/SOP-014.md"
REVISION = "  - {{revision: {0}, effective: {1}, summary: S., impact: retrain, authors: [p-9]}}\n"
CLOSED = "id: CMP-1\ntitle: T\nopened: 2026-01-02\nclosed: 2026-03-02\nclosed-by: p-4\n"
REOPENED = "reopened: [{on: 2026-05-02, by: p-4, summary: S, closed: 2026-03-02, closed-by: p-4}]\n"


def document(*revisions: tuple[int, str], more: str = "") -> str:
    """A document with some revisions, newest first."""
    listed = "".join(REVISION.format(*one) for one in revisions)
    return f"---\nid: SOP-014\ntitle: Gowning\nowner: operator\n{more}revisions:\n{listed}---\nGown.\n"


def person(name: str, role: str, *keys: str) -> str:
    """A person's file."""
    listed = "".join(f"  - {{key: {key}, from: 2025-01-01, proof: badge, by: p-9}}\n" for key in keys)
    head = f"id: {name}\nname: N\nkind: employee\nemployed: {{from: 2024-03-01}}\n"
    return f"{head}roles: [{{role: {role}, from: 2024-03-01}}]\n" + (f"keys:\n{listed}" if keys else "")


STOLEN = f"{KEY.line}, revoked: {{on: 2026-03-10, compromised-since: {THEFT}}}"
PEOPLE = {
    "roles/people/p-1.yaml": person("p-1", "operator", STOLEN),
    "roles/people/p-3.yaml": person("p-3", "quality-assurance", STOLEN),
    "roles/people/p-4.yaml": person("p-4", "quality-assurance", OTHER.line),
}
FILES = {
    "qmsci.yaml": SIGNED,
    **PEOPLE,
    "roles/operator.yaml": "id: operator\ntitle: O\npurpose: P.\nrequires: [SOP-014]\n",
    SOP: document((1, "2026-01-10")),
}


def signature(by: str, meaning: str, key: Any = None) -> dict[str, str]:
    """A signature, as far as it is looked at here."""
    own = key or (OTHER if by == "p-4" else KEY)
    at = "2026-02-20T09:30:00+01:00"
    return {"by": by, "name": "N", "meaning": meaning, "at": at, "key": own.fingerprint, "signature": "U1NI"}


def approval(by: str, meaning: str = "quality-approval", revision: str = "1", **more: str) -> dict[str, str]:
    """An approval of a revision."""
    says = {"document": f"SOP-014@{revision}", "text": text_digest(b"Gown.\n"), "effective": "2026-01-10"}
    record = {**says, "impact": "retrain", **signature(by, meaning), **more}
    return {f"controlled-docs/approvals/SOP-014@{revision}/{by}.yaml": json.dumps(record)}


def whole(path: str, text: str, by: str, folder: str = "", meaning: str = "quality-approval") -> dict[str, str]:
    """An approval of a whole file."""
    digest = file_digest(text.encode())
    record = {"file": path, "digest": digest, **signature(by, meaning)}
    return {f"{folder or layout.file_approvals(path, digest)}{by}.yaml": json.dumps(record)}


CLOSING = layout.closing_approvals("CMP-1", 1)
EVENT = {"quality-events/CMP-1.yaml": CLOSED}


def of(files: Mapping[str, str], came: date | None = LATER) -> Snapshot:
    """A tree whose signatures all came to main on one day."""
    tree = FilesTree({path: text.encode() for path, text in {**FILES, **files}.items()})
    return Snapshot(Library(tree, recorded=lambda _path, _text: came), TODAY, hindsight=True)


def policy(more: str) -> dict[str, str]:
    """Another policy."""
    return {"qmsci.yaml": SIGNED + more}


NEXT = document((2, "2026-12-20"), (1, "2026-01-10"))
AFTER = document((2, "2026-06-20"), (1, "2026-01-10"))


@pytest.mark.parametrize(
    ("files", "came"),
    [
        pytest.param({}, LATER, id="no approvals: migrated, or of the founding"),
        pytest.param(approval("p-4"), LATER, id="a key that counts"),
        pytest.param(approval("p-3"), EARLIER, id="on main before the theft"),
        pytest.param({**approval("p-3"), **approval("p-4")}, LATER, id="somebody else approved it too"),
        pytest.param(approval("p-3", "reviewed"), LATER, id="a review, which nothing rests on"),
        pytest.param(approval("p-1", "approved"), LATER, id="an approval that the policy does not ask for"),
        pytest.param({**approval("p-3"), SOP: AFTER}, LATER, id="superseded"),
        pytest.param({**approval("p-3"), **policy("founded: 2026-01-10\n")}, LATER, id="of the founding"),
        pytest.param({**approval("p-3"), "qmsci.yaml": POLICY}, LATER, id="approvals are elsewhere"),
        pytest.param({**approval("p-3"), SOP: "---\n"}, LATER, id="unreadable"),
        pytest.param(whole("qmsci.yaml", "older", "p-3"), LATER, id="of an earlier policy"),
        pytest.param(
            {**whole("qmsci.yaml", SIGNED, "p-3"), **whole("qmsci.yaml", SIGNED, "p-4")}, LATER, id="policy, by two"
        ),
        pytest.param(
            {"quality-events/CMP-1.yaml": CLOSED + REOPENED, **whole("x", CLOSED, "p-3", CLOSING)}, LATER, id="reopened"
        ),
        pytest.param(
            {
                "quality-events/CMP-1.yaml": "id: CMP-1\ntitle: T\nopened: 2026-01-02\n",
                **whole("quality-events/CMP-1.yaml", CLOSED, "p-3", CLOSING),
            },
            LATER,
            id="not closed",
        ),
        pytest.param(whole("x", CLOSED, "p-3", CLOSING), LATER, id="no such event"),
    ],
)
def test_nothing_is_bereft(files: Mapping[str, str], came: date):
    """An approval that counts is enough; and who has none at all has lost none."""
    assert list(bereft(of(files, came))) == []


@pytest.mark.parametrize(
    ("files", "subject", "words"),
    [
        pytest.param(approval("p-3"), "SOP-014@1", "SOP-014@1 is in force and rests on no approval", id="in force"),
        pytest.param(
            {**approval("p-3", revision="2"), SOP: NEXT},
            "SOP-014@2",
            "SOP-014@2 is to be in force from 2026-12-20 and rests on",
            id="coming",
        ),
        pytest.param(
            {**approval("p-3"), SOP: NEXT}, None, "SOP-014@1 is in force", id="its text is not there any more"
        ),
        pytest.param({**approval("p-3"), **approval("p-4", "approved")}, "SOP-014@1", "SOP-014@1", id="other meaning"),
        pytest.param({**approval("p-3"), **approval("p-1")}, "SOP-014@1", "SOP-014@1", id="the other is not entitled"),
        pytest.param(whole("qmsci.yaml", SIGNED, "p-3"), "qmsci.yaml", "qmsci.yaml is on main as it is", id="policy"),
        pytest.param(
            whole(SOP, FILES[SOP], "p-3"), SOP, f"{SOP} is on main as it is and rests", id="a document as a whole"
        ),
        pytest.param(
            {**EVENT, **whole("quality-events/CMP-1.yaml", CLOSED, "p-3", CLOSING)},
            "CMP-1",
            "CMP-1 is closed and rests on",
            id="a closing",
        ),
    ],
)
def test_what_is_bereft_and_the_audit_that_says_so(files: Mapping[str, str], subject: str | None, words: str):
    """With the reason, and what to do; before the revocation an audit says nothing."""
    snapshot = of(files)
    [found] = bereft(snapshot)

    assert found.subject == subject
    assert str(found).startswith(words)
    assert "signed by p-3 with a key that is compromised since 2026-03-01 and recorded on 2026-03-02" in str(found)
    [finding] = [
        one
        for one in check_tree(snapshot.source, snapshot, Scope(everything=True), When.CALENDAR).findings
        if one.rule == "approval-lost"
    ]
    assert finding.fix == (f"qmsci approve {subject}" if subject else finding.fix)
    assert list(bereft(Snapshot(snapshot.source, TODAY), snapshot.end_of(date(2026, 3, 9)).instant)) == []


# --- signatures -----------------------------------------------------------------------------------------------------


def entry(*signatures: Mapping[str, str], **more: Any) -> dict[str, Any]:
    """A completion."""
    plain = {"document": "SOP-014@1", "completed": "2026-02-20T09:30:00+01:00", "method": ["read"]}
    return {**plain, **more, "signatures": list(signatures)}


LOST = entry(signature("p-1", "read-and-understood"))
HELD = entry(signature("p-1", "read-and-understood", OTHER), completed="2026-04-20T09:30:00+02:00")


def rejection(of_: Mapping[str, Any], by: str) -> dict[str, Any]:
    """The rejection of an entry."""
    head = {"rejects": digest_of(of_), "reason": "R", "by": by, "at": "2026-04-20T09:30:00+02:00"}
    return {**head, "signatures": [signature(by, "approved")]}


def waiver(*signatures: Mapping[str, str], until: str | None = "2026-12-31") -> dict[str, Any]:
    """A waiver."""
    plain = {"document": "SOP-014@1", "reason": "R", "evidence": "E", "from": "2026-03-01", "by": "p-3"}
    return {**plain, **({"until": until} if until else {}), "signatures": list(signatures)}


def listed(path: str, *entries: Mapping[str, Any]) -> dict[str, str]:
    """A file of some entries."""
    return {path: "".join(f"- {json.dumps(one)}\n" for one in entries)}


VOUCHED = signature("p-3", "approved")
TWICE = entry(*LOST["signatures"], signature("p-1", "read-and-understood", OTHER))
SOPS = "controlled-docs/approvals/SOP-014@1/p-3.yaml"
POLICYS = next(iter(whole("qmsci.yaml", SIGNED, "p-3")))


@pytest.mark.parametrize(
    ("files", "path", "missed"),
    [
        pytest.param(listed(HISTORY, LOST), HISTORY, True, id="completion"),
        pytest.param(listed(HISTORY, LOST, HELD), HISTORY, False, id="recorded anew"),
        pytest.param(
            listed(HISTORY, LOST, {**HELD, "document": "SOP-014@2"}), HISTORY, True, id="anew, of another revision"
        ),
        pytest.param(
            listed(HISTORY, entry(*LOST["signatures"], method=["read", "practical"]), HELD), HISTORY, True, id="in part"
        ),
        pytest.param(listed(HISTORY, TWICE), HISTORY, False, id="signed anew"),
        pytest.param(
            listed(HISTORY, entry(*LOST["signatures"], assessment={"score": 10, "pass-mark": 80, "attempt": 1})),
            HISTORY,
            False,
            id="it never passed",
        ),
        pytest.param(listed(HISTORY, LOST, rejection(LOST, "p-4")), HISTORY, False, id="rejected"),
        pytest.param(listed(HISTORY, LOST, rejection(LOST, "p-3")), HISTORY, True, id="rejected by the thief"),
        pytest.param(listed(HISTORY, rejection(HELD, "p-3"), HELD), HISTORY, True, id="a rejection"),
        pytest.param(
            listed(HISTORY, rejection(HELD, "p-3"), HELD, TWICE), HISTORY, False, id="and its entry done anew"
        ),
        pytest.param(
            listed(HISTORY, rejection(HELD, "p-3"), HELD, rejection(HELD, "p-4")), HISTORY, False, id="rejected anew"
        ),
        pytest.param(listed(WAIVERS, waiver(VOUCHED)), WAIVERS, True, id="waiver"),
        pytest.param(listed(WAIVERS, waiver(VOUCHED, until=None)), WAIVERS, True, id="waiver without end"),
        pytest.param(listed(WAIVERS, waiver(VOUCHED, until="2026-11-21")), WAIVERS, False, id="waiver, over"),
        pytest.param(
            {**listed(WAIVERS, waiver(VOUCHED)), **listed(HISTORY, HELD)}, WAIVERS, False, id="waiver, trained since"
        ),
        pytest.param({**listed(WAIVERS, waiver(VOUCHED)), SOP: AFTER}, WAIVERS, False, id="waiver of an old revision"),
        pytest.param(
            listed(WAIVERS, waiver(VOUCHED, signature("p-3", "approved", OTHER))), WAIVERS, False, id="waiver, anew"
        ),
        pytest.param(approval("p-3"), SOPS, True, id="approval"),
        pytest.param({**approval("p-3"), **approval("p-4")}, SOPS, False, id="approved by another"),
        pytest.param({**approval("p-3"), SOP: AFTER}, SOPS, False, id="approval of what is superseded"),
        pytest.param(approval("p-3", "authored"), SOPS, False, id="authored"),
        pytest.param({**approval("p-3"), "qmsci.yaml": POLICY}, SOPS, True, id="under forge"),
        pytest.param({**approval("p-3", "reviewed"), "qmsci.yaml": POLICY}, SOPS, False, id="review under forge"),
        pytest.param(whole("qmsci.yaml", SIGNED, "p-3"), POLICYS, True, id="policy"),
        pytest.param(whole("qmsci.yaml", SIGNED, "p-3", meaning="reviewed"), POLICYS, False, id="policy reviewed"),
        pytest.param(
            {**whole("qmsci.yaml", SIGNED, "p-3"), **whole("qmsci.yaml", SIGNED, "p-4")},
            POLICYS,
            False,
            id="policy, by another",
        ),
        pytest.param(
            {**whole("qmsci.yaml", SIGNED, "p-3"), **policy("# more\n")}, POLICYS, False, id="policy, changed since"
        ),
        pytest.param(
            {**EVENT, **whole("quality-events/CMP-1.yaml", CLOSED, "p-3", CLOSING)},
            f"{CLOSING}p-3.yaml",
            True,
            id="end",
        ),
        pytest.param(FILES, SOP, True, id="of nothing that is known here"),
    ],
)
def test_a_lost_signature_is_missed_until_something_takes_its_place(files: dict[str, str], path: str, missed: bool):
    """The first entry of a file is asked about."""
    snapshot = of(files)
    record = snapshot.source.records([path])[0]
    assert record

    assert is_missed(snapshot, record, 0) is missed
