"""`qmsci approve`, in real repositories with real keys: what is shown is signed, and the gate opens."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from qmsci.read import text_digest
from tests.cli.commands import AT_NOON, SOP, Desk
from tests.keys import made, public
from tests.laws import POLICY

SIGNED = POLICY.replace("approvals: forge", "approvals: signed")
OWNED = SIGNED.replace("method: [read]}", "method: [read], approvers: [owner]}", 1)
PATH = "controlled-docs/sop/SOP-001.md"
NEXT = "  - {revision: 2, effective: 2027-01-10, summary: Masks., impact: retrain, authors: [p-1]}\n"
REVISED = SOP.replace("revisions:\n", "revisions:\n" + NEXT).replace("Gown.", "Gown, with a mask.")
APPROVAL = "controlled-docs/approvals/SOP-001@2"
COMPLAINT = "id: CMP-2026-004\ntitle: Cracked vial\nopened: 2026-11-02\n"
CLOSED = COMPLAINT + "closed: 2026-11-22\nclosed-by: p-4\n"
TEXT = text_digest(b"Gown, with a mask.\n")
WORKFLOW = ".github/workflows/gate.yml"


def person(name: str, role: str, key: Path | None) -> str:
    """Somebody in a role, with a key."""
    keys = f"keys:\n  - {{key: {public(key)}, from: 2024-03-01, proof: badge, by: p-3}}\n" if key else ""
    head = f"id: {name}\nname: Name of {name}\nkind: employee\nemployed: {{from: 2024-03-01}}\n"
    return f"{head}roles: [{{role: {role}, from: 2024-03-01}}]\n{keys}"


class Office:
    """A quality system on main that asks for signed approvals, and people with keys."""

    def __init__(self, desk: Desk, folder: Path, policy: str = SIGNED) -> None:
        self.desk = desk
        self.keys = {name: made(folder, name=name) for name in ("p-1", "p-3", "p-4")}
        people = {"p-1": "operator", "p-3": "quality-assurance", "p-4": "quality-assurance"}
        files = {f"roles/people/{name}.yaml": person(name, role, self.keys[name]) for name, role in people.items()}
        desk.checkout.write({"qmsci.yaml": policy, **files, WORKFLOW: "on: pull_request\n"})
        desk.checkout.write({"quality-events/CMP-2026-004.yaml": COMPLAINT})
        desk.run("assign")
        desk.checkout.commit()
        desk.checkout.git("checkout", "--quiet", "-b", "change")

    def approve(self, *arguments: str, by: str = "p-3", exits: int = 0, **options: str) -> str:
        """Run the command for somebody; what it says."""
        yes = () if "input" in options else ("--yes",)
        ran = self.desk.run(
            "approve", *arguments, "--by", by, "--key", str(self.keys[by]), *yes, exits=exits, **options
        )
        return ran.stdout + ran.stderr

    def findings(self) -> set[str]:
        """The rules that the working tree breaks, but for what approving has nothing to do with."""
        answer = self.desk.answer("check", exits=None)
        return {finding["rule"] for finding in answer["findings"] if finding["severity"] == "error"}

    def read(self, path: str) -> str:
        """A file of the working tree."""
        return (self.desk.checkout.folder / path).read_text()


@pytest.fixture
def office(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The office of the quality unit."""
    return Office(desk, tmp_path_factory.mktemp("keys"))


def test_a_revision_is_approved_and_the_gate_opens(office: Office):
    """It is shown, signed, and verifies; its approval reads as the design has it."""
    office.desk.write({PATH: REVISED})
    office.desk.run("assign")
    assert office.findings() == {"approval-missing"}

    said = office.approve("SOP-001")

    assert "SOP-001@2  Gowning" in said
    for words in (
        "effective  2027-01-10",
        "impact     retrain",
        "in force   SOP-001@1, since 2026-01-10",
        "+Gown, with",
    ):
        assert words in said
    assert f"quality-approval of SOP-001@2 signed by p-3: {APPROVAL}/p-3.yaml" in said
    lines = office.read(f"{APPROVAL}/p-3.yaml").splitlines()
    about = next(line for line in lines if line.startswith("about: "))
    assert re.fullmatch(r"about: sha256:[0-9a-f]{64}", about)
    lines.remove(about)
    assert lines[:-2] == [
        "document: SOP-001@2",
        f"text: {TEXT}",
        "effective: 2027-01-10",
        "impact: retrain",
        "governs: [gowning]",
        "purpose: qualification",
        "training: {}",
        "by: p-3",
        "name: Name of p-3",
        "meaning: quality-approval",
        "at: 2026-11-22T12:00:00+01:00",
    ]
    assert [line.split(":")[0] for line in lines[-2:]] == ["key", "signature"]
    assert office.findings() == set()
    office.desk.run("verify")


def test_everything_that_waits_is_listed(office: Office):
    """A revision, a closing and a protected file at once; and then nothing."""
    office.desk.write({PATH: REVISED, "quality-events/CMP-2026-004.yaml": CLOSED, WORKFLOW: "on: push\n"})
    office.desk.run("assign")

    said = office.approve()

    assert said.startswith("3 approvals by p-3: SOP-001@2, .github/workflows/gate.yml, CMP-2026-004\n")
    assert "state   closed" in said
    assert "closed  2026-11-22 by p-4" in said
    assert not office.findings() & {"approval-missing", "policy-weakened"}
    office.desk.run("verify")
    assert "nothing here waits for an approval by p-3" in office.approve(exits=2)
    assert "nothing here waits for an approval by p-1" in office.approve(by="p-1", exits=2)


def test_what_an_author_may_sign_is_listed(office: Office):
    """Beside what waits for an approval, until it is signed; and --meaning authored takes all of it."""
    office.desk.write({PATH: REVISED.replace("authors: [p-1]", "authors: [p-3]", 1), WORKFLOW: "on: push\n"})
    office.desk.run("assign")
    listed = "to be signed as the author, with --meaning authored: SOP-001@2\n"

    assert office.approve().startswith(f"1 approval by p-3: {WORKFLOW}\n{listed}")
    assert office.approve("--meaning", "authored").startswith("1 approval by p-3: SOP-001@2\n")
    assert "meaning: authored\n" in office.read(f"{APPROVAL}/p-3.yaml")
    assert listed.strip() not in office.approve(exits=2)
    assert "as it stands already" in office.approve("SOP-001", "--meaning", "authored", exits=2)


def test_an_approval_without_a_signature_is_signed(office: Office):
    """The gate says by which command."""
    office.desk.write({PATH: REVISED})
    office.approve("SOP-001")
    words = office.read(f"{APPROVAL}/p-3.yaml").split("key:")[0]
    office.desk.write({f"{APPROVAL}/p-3.yaml": words})
    found = office.desk.answer("check", exits=1)["findings"]
    [unsigned] = [finding for finding in found if finding["rule"] == "signature-missing"]
    assert unsigned["fix"] == "have it signed with their key: qmsci approve SOP-001@2 --by p-3"

    assert "signed anew by p-3" in office.approve("SOP-001@2")


def test_what_changed_since_is_approved_anew(office: Office):
    """As long as the approval is not merged; the gate says so, and how."""
    office.desk.write({PATH: REVISED})
    office.approve("SOP-001@2")
    assert "is the quality-approval of SOP-001@2 as it stands already" in office.approve("SOP-001", exits=2)
    office.desk.write({PATH: REVISED.replace("mask", "hood")})
    found = office.desk.answer("check", exits=1)["findings"]
    [stale] = [finding for finding in found if finding["rule"] == "approval-of-other-text"]
    assert stale["fix"] == (
        "a merged text stays as it is: give the new text a revision; "
        "one that is not merged is approved anew: qmsci approve SOP-001@2"
    )

    assert "signed anew by p-3" in office.approve()

    assert "approval-of-other-text" not in office.findings()
    office.desk.run("verify")
    office.desk.checkout.commit()
    office.desk.checkout.git("checkout", "--quiet", "main")
    office.desk.checkout.git("merge", "--quiet", "--ff-only", "change")
    assert "nothing of SOP-001 waits for an approval; SOP-001@2 is merged" in office.approve("SOP-001", exits=2)
    assert "is merged already, and approvals do not change" in office.approve("SOP-001@2", exits=2)
    assert "is not in controlled-docs/sop/SOP-001.md any more" in office.approve("SOP-001@1", exits=2)
    assert "reviewed of SOP-001@2 signed by p-1" in office.approve("SOP-001@2", "--meaning", "reviewed", by="p-1")


def test_who_has_reviewed_it_may_approve_it_yet(office: Office):
    """One approval a person: as long as it is not merged, another meaning takes the place of the first."""
    office.desk.write({PATH: REVISED})
    office.desk.run("assign")
    office.approve("SOP-001", "--meaning", "reviewed")
    assert office.findings() == {"approval-missing"}

    assert "quality-approval of SOP-001@2 signed anew by p-3" in office.approve()

    assert office.findings() == set()


def test_a_closing_that_changed_is_approved_anew(office: Office):
    """Its approval lies in the same place."""
    office.desk.write({"quality-events/CMP-2026-004.yaml": CLOSED})
    office.approve("CMP-2026-004")
    assert "approval-missing" not in office.findings()
    office.desk.write({"quality-events/CMP-2026-004.yaml": CLOSED + "conclusion: A crack.\n"})
    assert "approval-missing" in office.findings()

    assert "signed anew" in office.approve()

    assert "approval-missing" not in office.findings()


@pytest.mark.parametrize(
    ("files", "arguments", "by", "said"),
    [
        pytest.param({}, ["CMP-2026-004"], "p-3", "CMP-2026-004 is not closed by this change", id="open"),
        pytest.param({}, ["CODEOWNERS"], "p-3", "nothing in CODEOWNERS needs an approval", id="not-there"),
        pytest.param(
            {}, ["roles/people/p-1.yaml"], "p-3", "nothing in roles/people/p-1.yaml needs", id="nothing-protected"
        ),
        pytest.param({}, ["SOP-002"], "p-3", "no document 'SOP-002'", id="unknown"),
        pytest.param({}, ["CMP-2026-009"], "p-3", "no event 'CMP-2026-009'", id="unknown-event"),
        pytest.param({PATH: REVISED}, ["SOP-001"], "p-1", "; or sign as the author: --meaning authored", id="author"),
        pytest.param(
            {PATH: REVISED},
            [],
            "p-1",
            "nothing here waits for an approval by p-1; to be signed as the author, with --meaning authored: SOP-001@2",
            id="only-as-author",
        ),
        pytest.param(
            {PATH: REVISED},
            ["SOP-001", "--meaning", "approved"],
            "p-1",
            "p-1 is the only author of SOP-001@2, and cannot be the one who approves it",
            id="only-author",
        ),
        pytest.param(
            {PATH: REVISED},
            ["SOP-001", "--meaning", "quality-approval"],
            "p-1",
            "p-1 is an author of SOP-001@2",
            id="own",
        ),
        pytest.param(
            {PATH: REVISED},
            ["SOP-001", "--meaning", "authored"],
            "p-3",
            "p-3 is no author of SOP-001@2",
            id="no-author",
        ),
        pytest.param(
            {PATH: REVISED.replace("Masks., impact: retrain, authors: [p-1]", "M., impact: retrain, authors: [p-2]")},
            ["SOP-001"],
            "p-1",
            "p-1 holds none of the roles on main whose quality-approval SOP-001@2 needs (quality-assurance)",
            id="not-entitled",
        ),
        pytest.param(
            {WORKFLOW: "on: push\n"}, [WORKFLOW], "p-1", "p-1 holds no role of the quality unit", id="operator"
        ),
        pytest.param(
            {WORKFLOW: None}, [f"./{WORKFLOW}", "--meaning", "authored"], "p-3", "is a whole file", id="authored"
        ),
        pytest.param({"qmsci.yaml": "x: ["}, ["qmsci.yaml"], "p-3", "qmsci.yaml cannot be read", id="unreadable"),
    ],
)
def test_what_cannot_be_approved_is_said(
    office: Office, files: dict[str, str | None], arguments: list[str], by: str, said: str
):
    """In a sentence; and nothing is written."""
    office.desk.write(files)

    assert said in office.approve(*arguments, by=by, exits=2)
    assert not (office.desk.checkout.folder / "controlled-docs/approvals").exists()


def test_what_is_merged_without_an_approval_is_approved_by_its_id(office: Office):
    """A revision and a closing, once; then nothing waits."""
    merged = {PATH: REVISED, "quality-events/CMP-2026-004.yaml": CLOSED}
    office.desk.checkout.git("checkout", "--quiet", "main")
    office.desk.checkout.commit(merged)

    assert "quality-approval of SOP-001@2 signed by p-3" in office.approve("SOP-001")
    assert "quality-approval of CMP-2026-004 signed by p-3" in office.approve("CMP-2026-004")
    office.desk.run("verify")
    office.desk.checkout.commit()
    for by in ("p-3", "p-4"):
        said = office.approve("SOP-001", by=by, exits=2)
        assert "nothing of SOP-001 waits for an approval; SOP-001@2 is merged" in said
        assert "CMP-2026-004 is closed, and approved" in office.approve("CMP-2026-004", by=by, exits=2)


def test_nobody_has_to_read_what_is_said(office: Office):
    """As behind `| head`: all is signed, and that is no failure."""
    office.desk.write({PATH: REVISED, WORKFLOW: "on: push\n"})
    unread, theirs = os.pipe()
    os.close(unread)
    arguments = ["approve", "--by", "p-3", "--key", str(office.keys["p-3"]), "--yes"]
    command = [sys.executable, "-c", AT_NOON, *arguments]
    ran = subprocess.run(command, stdout=theirs, stderr=subprocess.PIPE, cwd=office.desk.checkout.folder, check=False)
    os.close(theirs)

    assert (ran.returncode, ran.stderr) == (0, b"")
    assert "nothing here waits" in office.approve(exits=2)


def test_nobody_approves_their_own_key(office: Office, tmp_path_factory: pytest.TempPathFactory):
    """The second person does."""
    other = made(tmp_path_factory.mktemp("other"))
    path = "roles/people/p-3.yaml"
    line = f"  - {{key: {public(other)}, from: 2026-11-22, proof: badge, by: p-4}}\n"
    office.desk.write({path: office.read(path) + line})
    assert "policy-weakened" in office.findings()
    assert "p-3 cannot approve their own keys and roles: a second person does" in office.approve(path, exits=2)
    assert "nothing here waits for an approval by p-3" in office.approve(exits=2)

    assert "the keys of p-3 change" in office.approve(by="p-4")

    assert "policy-weakened" not in office.findings()
    office.keys["p-3"] = other
    assert "a key signs from when it is merged" in office.approve(exits=2)


def test_somebody_whom_main_does_not_know(office: Office, tmp_path_factory: pytest.TempPathFactory):
    """Their approval would not count."""
    office.keys["p-9"] = made(tmp_path_factory.mktemp("other"))
    newcomer = person("p-9", "quality-assurance", office.keys["p-9"])
    office.desk.write({PATH: REVISED, "roles/people/p-9.yaml": newcomer})

    assert "p-9 is not employed on 2026-11-22, by what main says" in office.approve("SOP-001", by="p-9", exits=2)


def test_a_question_that_is_answered_with_no(office: Office):
    """Nothing is written."""
    office.desk.write({PATH: REVISED})

    assert "not signed" in office.approve("SOP-001", exits=1, input="n\n")
    assert not (office.desk.checkout.folder / APPROVAL).exists()
    assert "signed by p-3" in office.approve("SOP-001", input="y\n")


def test_roles_that_the_type_asks_for(desk: Desk, tmp_path_factory: pytest.TempPathFactory):
    """One of two authors approves for the owner, and the quality unit once for everybody."""
    office = Office(desk, tmp_path_factory.mktemp("keys"), OWNED)
    revised = REVISED.replace("authors: [p-1]}", "authors: [p-1, p-2]}", 1)
    desk.write({PATH: revised})
    desk.run("assign")

    assert "approved of SOP-001@2 signed by p-1" in office.approve(by="p-1")
    assert office.findings() == {"approval-missing"}
    office.approve()
    assert office.findings() == set()
    assert "nothing here waits" in office.approve(by="p-1", exits=2)


def test_an_emergency_and_training_of_its_own_are_signed_too(office: Office):
    """Whoever approves has seen them."""
    text = REVISED.replace(
        "authors: [p-1]}\n", "authors: [p-1], emergency: true, rationale: R, reason: CMP-2026-004}\n", 1
    )
    training = "training: {method: [read, practical], every: 12 months}\n"
    office.desk.write({PATH: text.replace("governs:", training + "governs:")})

    said = office.approve("SOP-001")

    assert "(an emergency: the window is lifted)" in said
    assert "training   method read, practical, every 12 months" in said
    written = office.read(f"{APPROVAL}/p-3.yaml")
    assert "emergency: true\n" in written
    assert "training: {method: [read, practical], every: 12 months}\n" in written
    office.desk.run("verify")
    office.desk.write({PATH: text})
    assert "approval-of-other-text" in office.findings()


def test_a_long_difference_is_shortened(office: Office):
    """git shows the rest; and what turns the direction of text is spelled out."""
    office.desk.write({PATH: REVISED + "Line \u202e.\n" * 100})

    said = office.approve("SOP-001")

    assert "\u202e" not in said
    assert "more lines: git diff " in said


def test_a_file_that_was_merged_is_approved_again(office: Office):
    """What was approved once is not approved by that for ever: who approves the same bytes again signs again."""
    office.desk.write({WORKFLOW: None})
    office.approve(WORKFLOW)
    office.desk.checkout.commit()
    office.desk.checkout.git("checkout", "--quiet", "main")
    office.desk.checkout.git("merge", "--quiet", "--ff-only", "change")
    office.desk.checkout.commit({WORKFLOW: "on: push\n"})
    office.desk.write({WORKFLOW: None})

    assert "policy-weakened" in office.findings()
    assert "/p-3-2.yaml" in office.approve()
    assert "policy-weakened" not in office.findings()
    assert "as it stands already" in office.approve(WORKFLOW, exits=2)
    assert "/p-4.yaml" in office.approve(WORKFLOW, by="p-4")


def test_under_forge_approvals_are_given_in_the_review(desk: Desk, tmp_path_factory: pytest.TempPathFactory):
    """Only a revision can be signed beside that."""
    office = Office(desk, tmp_path_factory.mktemp("keys"), POLICY)
    desk.write({WORKFLOW: "on: push\n"})

    for arguments in ([], [WORKFLOW], ["SOP-001"]):
        assert "they are given in the review of the pull request" in office.approve(*arguments, exits=2)


# --- withdrawing and postponing -------------------------------------------------------------------------------------


def test_a_revision_is_postponed(office: Office):
    """The one that was to come is withdrawn, another with the same text comes later; both are approved."""
    office.desk.write({PATH: REVISED})
    office.desk.run("assign")
    office.approve()
    office.desk.checkout.commit()
    office.desk.checkout.git("branch", "--force", "main", "change")
    withdrawn = NEXT.replace("[p-1]}", "[p-1], withdrawn: 2026-11-22}")
    later = NEXT.replace("revision: 2", "revision: 3").replace("2027-01-10", "2027-03-10")
    office.desk.write({PATH: REVISED.replace(NEXT, later + withdrawn)})
    office.desk.run("assign")
    assert office.findings() == {"approval-missing"}

    said = office.approve("SOP-001")

    assert "SOP-001@3  Gowning" in said
    assert "SOP-001@2 is withdrawn" in said
    assert office.findings() == set()
    office.desk.run("verify")
    office.desk.checkout.commit()
    office.desk.checkout.git("branch", "--force", "main", "change")
    office.desk.run("check", "--all")
    status = office.desk.run("status", "SOP-001", exits=None).stdout
    assert "2027-03-10" in status


def test_a_revision_is_withdrawn(office: Office):
    """Before its date, with an approval of the file in which it says so."""
    office.desk.write({PATH: REVISED})
    office.desk.run("assign")
    office.approve()
    office.desk.checkout.commit()
    office.desk.checkout.git("branch", "--force", "main", "change")
    office.desk.write({PATH: REVISED.replace("authors: [p-1]}\n", "authors: [p-1], withdrawn: 2026-11-22}\n", 1)})
    assert office.findings() == {"approval-missing"}

    office.approve("SOP-001")

    assert office.findings() == set()


# --- a stolen key ---------------------------------------------------------------------------------------------------


def merged(office: Office) -> None:
    """What was approved is on main, and the next change begins."""
    office.desk.checkout.commit()
    office.desk.checkout.git("checkout", "--quiet", "main")
    office.desk.checkout.git("merge", "--quiet", "--ff-only", "change")
    office.desk.checkout.git("checkout", "--quiet", "change")


def stolen(office: Office, since: str = "2026-11-22") -> None:
    """The key of the quality unit's member turns out to be in other hands; another one approves that it is revoked."""
    path = "roles/people/p-3.yaml"
    revoked = f", revoked: {{on: 2026-11-22, compromised-since: {since}}}}}"
    office.desk.write({path: office.read(path).replace("proof: badge, by: p-3}", f"proof: badge, by: p-3{revoked}")})
    office.approve(path, by="p-4")
    merged(office)


def test_what_a_thief_approved_is_named_and_approved_anew(office: Office):
    """A revision, a closing and a workflow: audit, verify and status name them; somebody else approves, and all is well."""
    office.desk.write({PATH: REVISED, "quality-events/CMP-2026-004.yaml": CLOSED, WORKFLOW: "on: push\n"})
    office.desk.run("assign")
    office.approve()
    merged(office)
    audit = ("audit", "--as-of", "2026-11-22")
    assert "approval-lost" not in office.desk.run(*audit, exits=None).stdout
    office.desk.run("verify")

    stolen(office)

    answer = office.desk.answer(*audit, exits=1)
    lost = [finding for finding in answer["findings"] if finding["rule"] == "approval-lost"]
    assert {finding["fix"] for finding in lost} == {
        "qmsci approve SOP-001@2",
        "qmsci approve CMP-2026-004",
        f"qmsci approve {WORKFLOW}",
    }
    faults = office.desk.answer("verify", exits=1)["faults"]
    assert {fault["fix"] for fault in faults} == {finding["fix"] for finding in lost}
    said = office.desk.run("status", "SOP-001").stdout
    assert "SOP-001@2 is to be in force from 2027-01-10 and rests on no approval that counts" in said.replace(
        "\n   ", ""
    )
    assert "next: qmsci approve SOP-001@2" in said
    assert office.desk.answer("status", "SOP-001")["revisions"][0]["approval_lost"].startswith("SOP-001@2")

    assert "was revoked on 2026-11-22" in office.approve("SOP-001", exits=2)
    said = office.approve(by="p-4")

    assert f"3 approvals by p-4: {WORKFLOW}, CMP-2026-004, SOP-001@2" in said or "3 approvals by p-4" in said
    assert office.findings() == set()
    merged(office)
    assert "approval-lost" not in office.desk.run(*audit, exits=None).stdout
    assert "3 signatures that count for nothing: " in office.desk.run("verify").stdout
    assert "nothing here waits" in office.approve(by="p-4", exits=2)


def test_ones_own_void_approval_is_given_anew(office: Office, tmp_path: Path):
    """With a new key, beside the one that counts for nothing, which stays."""
    office.desk.write({PATH: REVISED})
    office.desk.run("assign")
    office.approve()
    merged(office)
    new = made(tmp_path, name="new")
    path = "roles/people/p-3.yaml"
    office.desk.write({path: office.read(path) + f"  - {{key: {public(new)}, from: 2026-11-22, proof: b, by: p-4}}\n"})
    stolen(office)
    office.keys["p-3"] = new

    assert "/SOP-001@2/p-3-2.yaml" in office.approve()
    assert "signed by p-4" in office.approve("SOP-001@2", by="p-4")


def test_a_protected_file_that_nobody_approved_is_approved_when_it_is_named(office: Office):
    """The policy of the founding is one: nobody is asked for it, and somebody may."""
    assert "nothing here waits" in office.approve(exits=2)
    assert "qmsci.yaml: it is on main as it is" in office.approve("qmsci.yaml")
    assert office.findings() == set()
    merged(office)
    assert "nothing in qmsci.yaml needs an approval" in office.approve("qmsci.yaml", by="p-4", exits=2)


def test_a_revision_of_the_founding_stands_on_the_policy(office: Office):
    """`text` says so, and which approval that is."""
    founded = SIGNED + "founded: 2026-01-10\n"
    office.desk.write({"qmsci.yaml": founded})
    office.desk.checkout.commit()
    office.desk.checkout.git("branch", "--force", "main", "change")
    none = "approval:  it is of the founding, and stands on the approval of qmsci.yaml, and none is recorded here"
    assert none in office.desk.run("text", "SOP-001").stdout
    office.approve("qmsci.yaml")
    merged(office)

    said = "stands on the approval of qmsci.yaml: quality-approval by p-3 Name of p-3, 2026-11-22T12:00:00+01:00"
    assert said in office.desk.run("text", "SOP-001").stdout
    assert said in office.desk.answer("text", "SOP-001")["notes"][-1]
