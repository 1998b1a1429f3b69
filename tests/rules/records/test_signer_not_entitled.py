"""Who may reject an entry, who may stand for a migrated record, and who may sign what."""

from __future__ import annotations

import pytest

from tests import signatories
from tests.laws import POLICY, Files, findings_of_change
from tests.rules.documents.test_approval_missing import person
from tests.signatories import APPROVAL, CLOSING, COMPLETIONS, WAIVERS, of_file, of_revision, practical, waiver, words
from tests.signed import spread
from tests.test_qualification import entry, history, rejection

QA = person("p-3", "quality-assurance")
OPERATOR = person("p-7", "operator")
READ = entry("SOP-014@1", "2026-01-20")
PATH = next(iter(history("p-1", "SOP-014", READ)))


def by(who: str, of: object = READ) -> dict[str, object]:
    """A rejection by somebody."""
    return rejection(of, "2026-11-22") | {"by": who}


def migrated(who: str | None) -> dict[str, object]:
    """A migrated completion that somebody verified."""
    verified = {"verified-by": who} if who else {}
    return entry("SOP-014@1", "2025-01-20", origin={"system": "moodle", "reference": "4711", **verified})


@pytest.mark.parametrize(
    ("people", "added", "said"),
    [
        pytest.param(QA, READ, [], id="a completion like any other"),
        pytest.param(QA, by("p-3"), [], id="rejected by the quality unit"),
        pytest.param(QA, migrated("p-3"), [], id="verified by the quality unit"),
        pytest.param(person("p-3", "quality-assurance", "2026-11-22"), by("p-3"), [], id="on their last day"),
        pytest.param({"roles/people/p-3.yaml": "x: ["}, by("p-3"), [], id="rejected by an unreadable person"),
        pytest.param({"roles/people/p-3.yaml": "x: ["}, migrated("p-3"), [], id="verified by an unreadable person"),
        pytest.param(
            OPERATOR, by("p-7"), ["p-7 is not of the quality unit on 2026-11-22 and rejects"], id="rejected by another"
        ),
        pytest.param(
            person("p-3", "quality-assurance", "2026-11-21"), by("p-3"), ["p-3 is not of the quality"], id="no longer"
        ),
        pytest.param({}, by("p-8"), ["p-8 is not of the quality unit"], id="rejected by nobody known"),
        pytest.param(QA, by("p-3", "other"), ["no entry of this file has the digest"], id="rejects no entry"),
        pytest.param(
            OPERATOR, by("p-7", "other"), ["p-7 is not of the quality", "no entry of this"], id="neither is right"
        ),
        pytest.param(OPERATOR, migrated("p-7"), ["p-7 is not of the quality unit"], id="verified by another"),
        pytest.param({}, migrated("p-8"), ["p-8 is not of the quality unit"], id="verified by nobody known"),
        pytest.param(QA, migrated(None), ["'verified-by' is missing"], id="verified by nobody"),
    ],
)
def test_what_only_the_quality_unit_may_decide(people: Files, added: object, said: list[str]):
    """A holder of one of its roles, on the day of the change."""
    base = {**people, **history("p-1", "SOP-014", READ)}

    found = findings_of_change(base, {**base, **history("p-1", "SOP-014", READ, added)})
    messages = sorted(finding.message for finding in found if finding.rule == "signer-not-entitled")

    assert len(messages) == len(said), messages
    assert all(any(words in message for message in messages) for words in said)


def test_nobody_appoints_themselves():
    """Who is of the quality unit is for the base to say."""
    base = {"qmsci.yaml": POLICY, **OPERATOR, **history("p-1", "SOP-014", READ)}
    head = {**base, **person("p-7", "quality-assurance"), **history("p-1", "SOP-014", READ, by("p-7"))}

    assert [f.place.path for f in findings_of_change(base, head) if f.rule == "signer-not-entitled"] == [PATH]


def test_an_import_with_the_first_policy_is_verified_as_well():
    """By somebody of the quality unit that comes with it."""
    for who, number in (("p-3", 0), ("p-7", 1), (None, 1)):
        found = findings_of_change({}, {**QA, **OPERATOR, **history("p-1", "SOP-014", migrated(who))})

        assert len([f for f in found if f.rule == "signer-not-entitled"]) == number


# --- who signs ------------------------------------------------------------------------------------------------------

PEOPLE = {**signatories.people(), **signatories.DOCUMENT}
SESSION = {"facilitator": "p-7", "reference": "list 4711"}
FACILITATED = POLICY.replace("method: [read, practical]", "method: [read, practical], facilitated: true")
BOTH = ["read", "practical"]


def signed(record: dict[str, object], *signatures: dict[str, str], path: str = COMPLETIONS) -> dict[str, str]:
    """A record with words of signatures."""
    return signatories.history({**record, "signatures": list(signatures)}, path=path)


def approved(meaning: str, who: str = "p-3", path: str = APPROVAL, **more: object) -> dict[str, str]:
    """An approval of the revision, in words."""
    path = path.replace("p-3", who)
    record = of_revision() if path.startswith("controlled-docs/approvals/WI") else of_file()
    return {path: spread({**record, **words(who, meaning), **more})}


def messages(added: Files, base: Files = PEOPLE, head: Files | None = None) -> list[str]:
    """What the rule says of a change that adds some files."""
    found = findings_of_change(base, {**(head or base), **added})
    return [one.message for one in found if one.rule == "signer-not-entitled"]


NAMELESS = "id: p-1\nkind: employee\nemployed: {from: 2024-03-01}\n"
RENAMED = {
    **PEOPLE,
    "roles/people/p-1.yaml": signatories.person("p-1")["roles/people/p-1.yaml"].replace("Person p-1", "New"),
}
SPOILT = {**PEOPLE, "roles/people/p-3.yaml": "x: ["}
GONE = {**PEOPLE, **signatories.person("p-3", employed="from: 2024-03-01, to: 2026-11-21")}


@pytest.mark.parametrize(
    ("base", "added"),
    [
        pytest.param(PEOPLE, signed(practical(), words("p-1", "performed"), words("p-7", "evaluated")), id="practical"),
        pytest.param(PEOPLE, signed(practical(method=BOTH), words("p-1", "read-and-understood")), id="read"),
        pytest.param(
            PEOPLE,
            signed(
                practical(origin={"system": "m", "reference": "4", "verified-by": "p-3"}),
                words("p-3", "verified"),
                words("p-1", "performed"),
            ),
            id="migrated",
        ),
        pytest.param(
            {**PEOPLE, "qmsci.yaml": FACILITATED},
            signed(practical(session=SESSION), words("p-7", "facilitated")),
            id="facilitated",
        ),
        pytest.param(PEOPLE, signed(waiver(), words("p-3", "approved"), path=WAIVERS), id="waiver"),
        pytest.param(
            PEOPLE,
            signed(
                {key: value for key, value in waiver().items() if key != "by"}, words("p-7", "approved"), path=WAIVERS
            ),
            id="a waiver by nobody is waiver-incomplete",
        ),
        pytest.param(PEOPLE, signed(practical(), {"by": "p-2"}), id="what means nothing is signature-incomplete"),
        pytest.param(PEOPLE, approved("quality-approval"), id="quality"),
        pytest.param(PEOPLE, approved("authored", "p-7"), id="author"),
        pytest.param(PEOPLE, approved("reviewed", "p-2"), id="anybody reviews"),
        pytest.param(PEOPLE, approved("quality-approval", path=CLOSING), id="a closing"),
        pytest.param(
            PEOPLE,
            approved("quality-approval", "p-2", name="Person p-2", origin={"system": "f", "reference": "4"}),
            id="imported",
        ),
        pytest.param(SPOILT, approved("quality-approval"), id="unreadable approver"),
        pytest.param(SPOILT, signed(waiver(), words("p-3", "approved"), path=WAIVERS), id="unreadable, and grants"),
        pytest.param(
            GONE,
            signed(practical(), words("p-1", "performed"), words("p-7", "evaluated")),
            id="those who sign are here",
        ),
        pytest.param(
            SPOILT, signed(waiver(), words("p-3", "approved", name="N"), path=WAIVERS), id="unreadable signer"
        ),
        pytest.param({**PEOPLE, "qmsci.yaml": "x: ["}, approved("quality-approval"), id="unreadable policy"),
        pytest.param(
            {**PEOPLE, "controlled-docs/wi/WI-031.md": "x"}, approved("authored", "p-2"), id="unreadable document"
        ),
        pytest.param(
            {**PEOPLE, "roles/people/p-1.yaml": NAMELESS},
            signed(practical(), words("p-1", "performed", name="p-1")),
            id="id for a name",
        ),
        pytest.param(
            PEOPLE,
            signed(
                practical(practical={"evaluator": "p-9", "outcome": "competent"}), words("p-9", "evaluated", name="N")
            ),
            id="nobody knows the name",
        ),
    ],
)
def test_who_may_sign(base: Files, added: Files):
    assert messages(added, base) == []


@pytest.mark.parametrize(
    ("base", "added", "said"),
    [
        pytest.param(
            PEOPLE,
            signed(practical(), words("p-2", "performed")),
            "p-2 signs as 'performed', which is for p-1",
            id="for a colleague",
        ),
        pytest.param(
            PEOPLE,
            signed(practical(), words("p-1", "evaluated")),
            "p-1 signs as 'evaluated', which is for p-7",
            id="evaluates",
        ),
        pytest.param(
            PEOPLE,
            signed(practical(), words("p-1", "read-and-understood")),
            "nothing here is signed as 'read-and-understood'",
            id="nothing was read",
        ),
        pytest.param(
            PEOPLE,
            signed(practical(method=BOTH), words("p-1", "performed")),
            "nothing here is signed as 'performed'",
            id="it was read",
        ),
        pytest.param(
            PEOPLE,
            signed(practical(), words("p-3", "verified")),
            "nothing here is signed as 'verified'",
            id="not migrated",
        ),
        pytest.param(
            PEOPLE,
            signed(practical(origin={"system": "m", "reference": "4", "verified-by": "p-3"}), words("p-7", "verified")),
            "p-7 signs as 'verified', which is for p-3",
            id="migrated",
        ),
        pytest.param(
            PEOPLE,
            signed(practical(session=SESSION), words("p-7", "facilitated")),
            "nothing here is signed as 'facilitated': the type of WI-031 is not facilitated (qmsci.yaml)",
            id="the type is not facilitated",
        ),
        pytest.param(
            {**PEOPLE, "qmsci.yaml": FACILITATED},
            signed(practical(), words("p-7", "facilitated")),
            "nothing here is signed as 'facilitated'",
            id="no session",
        ),
        pytest.param(
            {**PEOPLE, "qmsci.yaml": FACILITATED},
            signed(practical(session=SESSION), words("p-2", "facilitated")),
            "p-2 signs as 'facilitated', which is for p-7",
            id="another facilitator",
        ),
        pytest.param(
            {**PEOPLE, "qmsci.yaml": FACILITATED},
            signed(practical(session={**SESSION, "facilitator": "p-2"}), words("p-2", "facilitated")),
            "p-2 could not lead a session on 2026-11-22: ",
            id="an untrained facilitator",
        ),
        pytest.param(
            {**PEOPLE, "qmsci.yaml": FACILITATED},
            signed(practical(session={**SESSION, "facilitator": "p-1"}), words("p-1", "facilitated")),
            "p-1 signs for a session in which they were trained themselves",
            id="their own facilitator",
        ),
        pytest.param(
            PEOPLE,
            signed(waiver(), words("p-7", "approved"), path=WAIVERS),
            "p-7 signs as 'approved', which is for p-3",
            id="waiver",
        ),
        pytest.param(
            PEOPLE,
            signed(waiver(by="p-7"), words("p-7", "approved"), path=WAIVERS),
            "p-7 is not of the quality unit on 2026-11-22 and grants a waiver",
            id="a waiver by a friend",
        ),
        pytest.param(
            GONE,
            signed(waiver(), words("p-3", "approved"), path=WAIVERS),
            "p-3 is not employed on 2026-11-22, and signs as 'approved'",
            id="a waiver by who has left",
        ),
        pytest.param(
            {**PEOPLE, **signatories.person("p-1", employed="from: 2024-03-01, to: 2026-11-21")},
            signed(practical(), words("p-1", "performed")),
            "p-1 is not employed on 2026-11-22, and signs as 'performed'",
            id="a trainee who has left",
        ),
        pytest.param(
            PEOPLE, approved("quality-approval", "p-7"), "p-7 is not of the quality unit on 2026-11-22", id="quality"
        ),
        pytest.param(
            PEOPLE,
            approved("quality-approval", "p-7", CLOSING),
            "p-7 is not of the quality unit on 2026-11-22",
            id="closing",
        ),
        pytest.param(PEOPLE, approved("authored"), "p-3 is no author of WI-031@1", id="author"),
        pytest.param(GONE, approved("reviewed"), "p-3 is not employed on 2026-11-22, by what the base says", id="left"),
        pytest.param(
            PEOPLE, approved("reviewed", "p-9"), "p-9 is not employed on 2026-11-22, by what the base says", id="nobody"
        ),
        pytest.param(
            PEOPLE, approved("reviewed", name="Somebody"), "p-3 is Person p-3, and signs as 'Somebody'", id="name"
        ),
        pytest.param(
            PEOPLE,
            signed(practical(), words("p-1", "performed", name="Bo")),
            "p-1 is Person p-1, and signs as 'Bo'",
            id="name of a trainee",
        ),
        pytest.param(
            PEOPLE,
            signed(
                {"rejects": "sha256:" + "0" * 64, "reason": "x", "by": "p-3", "at": "2026-11-22T10:00:00+01:00"},
                words("p-7", "approved"),
            ),
            "p-7 signs as 'approved', which is for p-3",
            id="rejection",
        ),
    ],
)
def test_who_may_not_sign(base: Files, added: Files, said: str):
    found = messages(added, base)

    assert [one for one in found if "no entry of this file" not in one and one.startswith(said)], found


def test_a_name_may_change_with_the_change():
    """Whoever marries has signed under the old name, or signs under the new one."""
    for name, number in (("Person p-1", 0), ("New", 0), ("Other", 1)):
        assert len(messages(signed(practical(), words("p-1", "performed", name=name)), PEOPLE, RENAMED)) == number


def test_nobody_appoints_themselves_to_approve():
    """Who is employed, and of the quality unit, is for the base to say."""
    before = {**PEOPLE, **signatories.person("p-3", employed="from: 2026-11-23")}

    assert messages(approved("quality-approval"), before, PEOPLE) == [
        "p-3 is not employed on 2026-11-22, by what the base says"
    ]


def test_a_signature_that_is_added_is_judged_too():
    before = {**PEOPLE, **signed(practical(), words("p-1", "performed"))}
    after = signed(practical(), words("p-1", "performed"), words("p-2", "evaluated"))

    assert messages(after, before) == ["p-2 signs as 'evaluated', which is for p-7"]


# --- who corrects somebody's past -----------------------------------------------------------------------------------

FORGE, SIGNED = POLICY, POLICY.replace("approvals: forge", "approvals: signed")
PAST = "id: p-1\nname: Ingrid\nkind: employee\n"


def past(key: str, since: str, who: str | None = None) -> str:
    """The file of p-1, in which something may be corrected."""
    corrected = f", corrected: {{on: 2026-11-22, by: {who}, reason: Misread}}" if who else ""
    entries = {
        "employed": "",
        "roles": ", role: operator",
        "leave": "",
        "keys": ", key: ssh-ed25519 AAAA, proof: Passport, by: p-3",
    }
    lines = [
        f"{name}: [{{from: 2024-01-15{more}}}]\n" for name, more in entries.items() if name in {"employed"} - {key}
    ]
    return PAST + "".join(lines) + f"{key}: [{{from: {since}{entries[key]}{corrected}}}]\n"


def of_past(policy: str, before: str | None, after: str, **more: str) -> list[str]:
    """What is said of corrections in the file of p-1."""
    files = {"qmsci.yaml": policy, **QA, **OPERATOR, **more}
    old = files | ({"roles/people/p-1.yaml": before} if before else {})
    found = findings_of_change(old, files | {"roles/people/p-1.yaml": after})
    return [finding.message for finding in found if finding.rule == "signer-not-entitled"]


@pytest.mark.parametrize("key", ["employed", "roles", "leave", "keys"])
@pytest.mark.parametrize(
    ("policy", "who", "said"),
    [
        pytest.param(SIGNED, "p-3", [], id="the quality unit"),
        pytest.param(FORGE, "p-7", [], id="somebody else, as the forge approves"),
        pytest.param(FORGE, "p-1", ["p-1 corrects their own past"], id="themselves, as the forge approves"),
        pytest.param(SIGNED, "p-1", ["p-1 corrects their own past"], id="themselves"),
        pytest.param(
            SIGNED,
            "p-7",
            ["p-7 is not of the quality unit on 2026-11-22 and corrects the past of p-1"],
            id="somebody else",
        ),
    ],
)
def test_nobody_corrects_their_own_past(key: str, policy: str, who: str, said: list[str]):
    """In every list of the file; and where approvals are signed, the quality unit does."""
    assert of_past(policy, past(key, "2024-02-01"), past(key, "2024-03-01", who)) == said


def test_a_correction_is_judged_when_it_comes():
    """Not one that was there, nor one that nobody can judge; one in a new file as well."""
    self_corrected = past("employed", "2024-03-01", "p-1")
    assert of_past(SIGNED, self_corrected, self_corrected.replace("Ingrid", "Inger")) == []
    unreadable = {"roles/people/p-9.yaml": "x: ["}
    assert of_past(SIGNED, past("leave", "2024-02-01"), past("leave", "2024-03-01", "p-9"), **unreadable) == []
    assert of_past(SIGNED, None, self_corrected) == ["p-1 corrects their own past"]
    founded = findings_of_change({}, {"qmsci.yaml": SIGNED, **QA, "roles/people/p-1.yaml": self_corrected})
    assert not [found for found in founded if found.rule == "signer-not-entitled"]
