"""Whose approval counts, and of which revisions it is asked."""

from __future__ import annotations

import pytest

from qmsci.approval import file_digest
from qmsci.finding import Finding
from tests.laws import HEADS, POLICY, Files, findings_of_change

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


ORIGIN = "origin: {system: github, reference: https://example.org/pull/7}\n"


def approval(
    name: str, meaning: str = "quality-approval", at: str = "2026-11-22T10:00:00Z", more: str = ""
) -> dict[str, str]:
    """An approval of SOP-014@1."""
    text = "sha256:" + "0" * 64
    return {
        f"controlled-docs/approvals/SOP-014@1/{name}.yaml": f"document: SOP-014@1\ntext: {text}\n"
        f"effective: 2026-12-15\nimpact: retrain\nby: {name}\nname: N\nmeaning: {meaning}\nat: {at}\n{more}"
    }


QA = person("p-0003", "quality-assurance")
LEAD = person("p-0007", "lead")


@pytest.mark.parametrize(
    ("policy", "base", "new", "said"),
    [
        pytest.param(SIGNED, QA, approval("p-0003"), [], id="approved"),
        pytest.param(POLICY, QA, {}, [], id="approvals live in the forge"),
        pytest.param(
            OWNED,
            {**QA, **person("p-0008", "lead")},
            {**approval("p-0003"), **approval("p-0008", "approved")},
            [],
            id="with the owner",
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
        pytest.param(
            OWNED,
            {**QA, **LEAD},
            {**approval("p-0003"), **approval("p-0007", "approved")},
            [OWNER],
            id="the only author owns it",
        ),
        pytest.param(SIGNED, QA, approval("p-0003", more=ORIGIN), [QUALITY], id="imported from a forge"),
        pytest.param(
            SIGNED,
            QA,
            approval("p-0003", at="2023-12-31T10:00:00Z"),
            [QUALITY],
            id="before they were of the quality unit",
        ),
        pytest.param(SIGNED, QA, approval("p-0003", at="2026-11-24T10:00:00Z"), [QUALITY], id="dated ahead"),
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


def test_one_of_two_authors_may_approve_it_for_a_role():
    """Nobody stands alone for a text of their own."""
    before = {"qmsci.yaml": OWNED, **QA, **LEAD}
    document = DOCUMENT.replace("[p-0007]", "[p-0007, p-0008]")

    found = missing(before, {**approval("p-0003"), **approval("p-0007", "approved"), PATH: document})

    assert found == []


@pytest.mark.parametrize(
    ("owner", "by", "lacking"),
    [
        pytest.param("lead", "p-0008", [], id="it stays with them"),
        pytest.param("operator", "p-0008", ["operator"], id="who gives it away"),
        pytest.param("operator", "p-0042", ["lead"], id="who takes it"),
    ],
)
def test_a_document_that_changes_hands_is_approved_by_both(owner: str, by: str, lacking: list[str]):
    """A change does not choose the owner who approves it."""
    before = {**BASE, "qmsci.yaml": OWNED, **person("p-0008", "lead")}
    given = {path.replace("@1", "@2"): text.replace("@1", "@2") for path, text in approval(by, "approved").items()}
    found = missing(before, {**SECOND, **given, PATH: REVISED.replace("owner: lead", f"owner: {owner}")})

    assert [one.message.split()[-1] for one in found] == lacking


# --- whole files ----------------------------------------------------------------------------------------------------


def missing(before: Files, new: Files) -> list[Finding]:
    """What the rule says of some more files."""
    return [one for one in findings_of_change(before, {**before, **new}) if one.rule == "approval-missing"]


def whole(folder: str, path: str, text: str, name: str = "p-0003", meaning: str = "quality-approval") -> dict[str, str]:
    """An approval of a whole file with some text."""
    return {
        f"controlled-docs/approvals/{folder}/{name}.yaml": f"file: {path}\ndigest: {file_digest(text.encode())}\n"
        f"by: {name}\nname: N\nmeaning: {meaning}\nat: 2026-11-22T10:00:00Z\n"
    }


def of_document(text: str, **more: str) -> dict[str, str]:
    """An approval of the whole file of the document."""
    return whole(f"{PATH}@{file_digest(text.encode())[7:23]}", PATH, text, **more)


BASE = {"qmsci.yaml": SIGNED, **QA, **person("p-0042", "operator"), PATH: DOCUMENT}
NEXT = ENTRY.replace("revision: 1", "revision: 2").replace("2026-12-15", "2027-01-15")
REVISED = DOCUMENT.replace(ENTRY, NEXT + ENTRY)
SECOND = {path.replace("@1", "@2"): text.replace("@1", "@2") for path, text in approval("p-0003").items()}


def altered(key: str, line: str) -> str:
    """The document with another line of front matter in place of the one of a key."""
    return "\n".join(line if one.startswith(f"{key}:") else one for one in DOCUMENT.split("\n"))


RETIRED = DOCUMENT.replace("owner:", "retired: 2027-05-01\nowner:")
WITHDRAWN = DOCUMENT.replace("[p-0007]}", "[p-0007], withdrawn: 2026-11-22}")
REVIEWED = DOCUMENT.replace("owner:", "reviewed: [{on: 2026-11-20, by: p-0003, outcome: confirmed}]\nowner:")
GOVERNS = DOCUMENT.replace("owner:", "governs: [gowning]\nowner:")
CHANGES = [
    pytest.param(RETIRED, "SOP-014 is retired", id="retired"),
    pytest.param(WITHDRAWN, "SOP-014@1 is withdrawn", id="withdrawn"),
    pytest.param(REVIEWED, "the periodic reviews of SOP-014 change", id="reviewed"),
    pytest.param(GOVERNS, "'governs' changes without a new revision", id="governs"),
    pytest.param(altered("owner", "owner: other"), "'owner' changes", id="owner"),
    pytest.param(altered("title", "title: Other"), "'title' changes", id="title"),
    pytest.param(altered("owner", "owner: lead\npurpose: awareness"), "'purpose' changes", id="purpose"),
    pytest.param(altered("owner", "owner: lead\ntraining: {every: 12 months}"), "'training' changes", id="training"),
]


@pytest.mark.parametrize("text", [pytest.param(DOCUMENT + "\n", id="nothing-that-matters")])
def test_what_does_not_matter_needs_none(text: str):
    """Nobody decides anything by a reference or a comment."""
    assert missing(BASE, {PATH: text}) == []
    assert missing(BASE, {PATH: altered("owner", "owner: lead\nreferences: [SOP-002]")}) == []
    two = altered("owner", "owner: lead\ngoverns: [a, b]")
    assert missing({**BASE, PATH: two}, {PATH: two.replace("[a, b]", "[b, a]")}) == []


@pytest.mark.parametrize(("text", "said"), CHANGES)
def test_another_change_of_a_document_needs_an_approval_of_its_file(text: str, said: str):
    """As it is merged: an approval of another state of it does not do."""
    [finding] = missing(BASE, {PATH: text})
    assert said in finding.message
    assert finding.fix == "qmsci approve SOP-014"
    assert missing(BASE, {PATH: text, **of_document(text)}) == []
    [stale] = missing(BASE, {PATH: text, **of_document(text + "\n")})
    assert "what p-0003 approved is not what it holds now" in stale.message
    forge = {**BASE, "qmsci.yaml": POLICY}
    assert missing(forge, {PATH: text}) == []


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(of_document(GOVERNS, meaning="approved"), id="another meaning"),
        pytest.param(of_document(GOVERNS, name="p-0042"), id="somebody else"),
        pytest.param({**of_document(GOVERNS, name="p-0050"), **person("p-0050", "quality-assurance")}, id="appointed"),
    ],
)
def test_not_every_approval_of_the_file_counts(given: Files):
    """It is for the quality unit of the base to give it."""
    [finding] = missing(BASE, {PATH: GOVERNS, **given})

    assert "does not count" in finding.message


def test_an_approval_of_earlier_does_not_bring_back_what_was_left_since():
    """It was for another change."""
    before = {**BASE, **of_document(GOVERNS)}

    assert len(missing(before, {PATH: GOVERNS})) == 1


def test_an_unreadable_approval_is_reported_alone():
    """By another rule."""
    [path] = of_document(GOVERNS)

    assert missing(BASE, {PATH: GOVERNS, path: "x: ["}) == []


def test_a_new_revision_covers_what_it_changes_beside():
    """Its approval says what it governs; but not that something is retired, withdrawn or reviewed."""
    owner = REVISED.replace("owner: lead", "owner: other\ngoverns: [gowning]")
    assert missing(BASE, {PATH: owner, **SECOND}) == []
    for more in ("retired: 2027-05-01", "reviewed: [{on: 2026-11-20, by: p-0003, outcome: revise}]"):
        text = REVISED.replace("owner:", f"{more}\nowner:")
        assert len(missing(BASE, {PATH: text, **SECOND})) == 1
        assert missing(BASE, {PATH: text, **SECOND, **of_document(text)}) == []


def test_a_new_document_is_covered_by_the_approval_of_its_revision():
    """And one that is gone is for another rule."""
    before = {path: text for path, text in BASE.items() if path != PATH}
    assert missing(before, {PATH: GOVERNS, **approval("p-0003")}) == []
    gone = findings_of_change(BASE, before)
    assert [finding.rule for finding in gone] == ["record-removed"]


# --- closings -------------------------------------------------------------------------------------------------------

CLOSED = "closed: 2026-11-22\nclosed-by: p-0042\n"
ENDINGS = [
    pytest.param("CAPA", CLOSED, "closed", id="CAPA"),
    pytest.param("MR", CLOSED, "closed", id="MR"),
    pytest.param("AUD", "verified: 2026-11-22\nverified-by: p-0042\n", "verified", id="AUD"),
    pytest.param("VAL", "pq-completed: 2026-11-01\nreleased: 2026-11-22\nreleased-by: p-0042\n", "released", id="VAL"),
    pytest.param("DEV", "voided: {on: 2026-11-22, by: p-0003, reason: Twice.}\n", "voided", id="voided"),
]


def event(kind: str) -> tuple[str, str, str]:
    """The id, the path and the text of an open event."""
    name = f"{kind}-2026-017"
    return name, f"quality-events/{name}.yaml", f"id: {name}\ntitle: T\n{HEADS[kind]}"


@pytest.mark.parametrize(("kind", "more", "said"), ENDINGS)
def test_a_closing_is_approved_by_the_quality_unit(kind: str, more: str, said: str):
    """Over the file as it is closed."""
    name, path, text = event(kind)
    before = {**BASE, path: text}

    [finding] = missing(before, {path: text + more})
    assert f"{name} is {said}, and no holder of quality-assurance has approved the file as it is" in finding.message
    assert finding.fix == f"qmsci approve {name}"
    assert missing(before, {path: text + more, **whole(f"{name}@closed-1", path, text + more)}) == []
    assert len(missing(before, {path: text + more, **whole(f"{name}@closed-1", path, text)})) == 1
    assert len(missing(before, {path: text + more, **whole(f"{name}@closed-2", path, text + more)})) == 1
    assert missing(before, {path: text + "description: D\n"}) == []
    assert missing({**before, path: text + more}, {path: text + more + "description: D\n"}) == []


def test_it_is_closed_again_with_another_approval():
    """Reopening needs none; what was approved before does not close it twice."""
    name, path, text = event("CAPA")
    again = "reopened: [{on: 2026-11-20, by: p-0003, summary: S, closed: 2026-11-10, closed-by: p-0042}]\n"
    first = whole(f"{name}@closed-1", path, text + CLOSED)
    before = {**BASE, path: text + CLOSED.replace("11-22", "11-10"), **first}
    assert missing(before, {path: text + again}) == []

    before = {**BASE, path: text + again, **first}
    closed = text + again + CLOSED
    assert len(missing(before, {path: closed})) == 1
    assert len(missing(before, {path: closed, **whole(f"{name}@closed-1", path, closed, "p-0003")})) == 1
    assert missing(before, {path: closed, **whole(f"{name}@closed-2", path, closed)}) == []


def test_a_new_event_that_is_closed_needs_it_too():
    """But for the founding import."""
    _, path, text = event("CMP")
    assert len(missing(BASE, {path: text + CLOSED})) == 1
    assert findings_of_change({}, {**BASE, **approval("p-0003"), path: text + CLOSED}) == []


OPEN = """\
id: CAPA-1
title: Torn gloves
opened: 2026-06-01
owner: p-0003
actions:
  - {id: 1, kind: other, summary: Change the shield, owner: p-0007, due: 2026-09-01}
"""
EVENT = "quality-events/CAPA-1.yaml"
CORRECTED = OPEN + "corrected: [{on: 2026-11-22, by: p-0003, reason: The log says June.}]\n"
DROPPED = OPEN.replace("09-01}", "09-01, dropped: {on: 2026-11-22, by: p-0003, reason: Not needed.}}")


@pytest.mark.parametrize(
    ("after", "said"),
    [
        pytest.param(OPEN.replace("Torn", "Cut"), None, id="another title"),
        pytest.param(OPEN.replace("09-01}", "09-01, done: 2026-11-20}"), None, id="done"),
        pytest.param(CORRECTED, "CAPA-1 is corrected", id="corrected"),
        pytest.param(DROPPED, "CAPA-1 lets an action go", id="an action dropped"),
    ],
)
def test_what_the_quality_unit_is_said_to_have_decided_is_signed(after: str, said: str | None):
    """Whoever edits the file can write its name there."""
    before = {"qmsci.yaml": SIGNED, **QA, EVENT: OPEN}
    digest = file_digest(after.encode())
    signed = (
        f"file: {EVENT}\ndigest: {digest}\nby: p-0003\nname: N\nmeaning: quality-approval\nat: 2026-11-22T10:00:00Z\n"
    )
    path = f"controlled-docs/approvals/{EVENT}@{digest[7:23]}/p-0003.yaml"

    assert [one.message.split(",")[0] for one in missing(before, {EVENT: after})] == ([said] if said else [])
    assert missing(before, {EVENT: after, path: signed}) == []
    assert missing({**before, "qmsci.yaml": POLICY}, {EVENT: after}) == []
    assert missing({**before, EVENT: after}, {EVENT: after.replace("Torn", "Cut")}) == []


def test_an_approval_of_the_file_as_it_was_excuses_nothing_that_came_later():
    """A review that was merged in between does not let an author change what was approved before it."""
    first = DOCUMENT.replace("authors: [p-0007]}\n", "authors: [p-0007]}\ngoverns: [gowning]\n")
    second = first.replace(ENTRY, ENTRY.replace("revision: 1", "revision: 2") + ENTRY)
    given = approval("p-0003")["controlled-docs/approvals/SOP-014@1/p-0003.yaml"]
    old = given.replace("SOP-014@1", "SOP-014@2") + "governs: [filling]\n"
    review = f"file: {PATH}\ndigest: {file_digest(b'as it was')}\nby: p-0003\nname: N\nmeaning: quality-approval\n"
    before = {
        "qmsci.yaml": SIGNED,
        **QA,
        PATH: first,
        f"controlled-docs/approvals/{PATH}@{file_digest(b'as it was')[7:23]}/p-0003.yaml": (
            f"{review}at: 2026-11-22T11:00:00Z\n"
        ),
    }
    now = f"controlled-docs/approvals/{PATH}@{file_digest(second.encode())[7:23]}/p-0003.yaml"
    present = review.replace(file_digest(b"as it was"), file_digest(second.encode())) + "at: 2026-11-22T12:00:00Z\n"
    change = {PATH: second, "controlled-docs/approvals/SOP-014@2/p-0003.yaml": old}

    assert [one.message for one in missing(before, change)] == [
        "what p-0003 approved of SOP-014@2 says another governs than the document"
    ]
    assert missing(before, {**change, now: present}) == []
