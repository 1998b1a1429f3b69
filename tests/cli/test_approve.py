"""`qmsci approve`, in real repositories with real keys: what is shown is signed, and the gate opens."""

from __future__ import annotations

from pathlib import Path

import pytest

from qmsci.read import text_digest
from tests.cli.commands import SOP, Desk
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


def test_what_changed_since_is_approved_anew(office: Office):
    """As long as the approval is not merged; the gate says so, and how."""
    office.desk.write({PATH: REVISED})
    office.approve("SOP-001@2")
    assert "is the quality-approval of SOP-001@2 as it stands already" in office.approve("SOP-001", exits=2)
    office.desk.write({PATH: REVISED.replace("mask", "hood")})
    found = office.desk.answer("check", exits=1)["findings"]
    [stale] = [finding for finding in found if finding["rule"] == "approval-of-other-text"]
    assert "qmsci approve" in stale["fix"]

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
        pytest.param(
            {}, ["SOP-001"], "p-3", "nothing of SOP-001 waits for an approval; SOP-001@1 is merged", id="merged"
        ),
        pytest.param({}, ["CMP-2026-004"], "p-3", "CMP-2026-004 is not closed by this change", id="open"),
        pytest.param({}, ["qmsci.yaml"], "p-3", "nothing in qmsci.yaml needs an approval", id="unchanged"),
        pytest.param(
            {}, ["roles/people/p-1.yaml"], "p-3", "nothing in roles/people/p-1.yaml needs", id="nothing-protected"
        ),
        pytest.param({}, ["SOP-002"], "p-3", "no document 'SOP-002'", id="unknown"),
        pytest.param({}, ["CMP-2026-009"], "p-3", "no event 'CMP-2026-009'", id="unknown-event"),
        pytest.param({PATH: REVISED}, ["SOP-001"], "p-1", "p-1 is an author of SOP-001@2", id="author"),
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


def test_a_file_that_was_merged_is_reviewed_again_by_somebody_else(office: Office):
    """What was approved once is not approved by that for ever; the same approval cannot be given twice."""
    office.desk.write({WORKFLOW: None})
    office.approve(WORKFLOW)
    office.desk.checkout.commit()
    office.desk.checkout.git("checkout", "--quiet", "main")
    office.desk.checkout.git("merge", "--quiet", "--ff-only", "change")
    office.desk.checkout.commit({WORKFLOW: "on: push\n"})
    office.desk.write({WORKFLOW: None})

    assert "somebody else of the quality unit can approve it again" in office.approve(WORKFLOW, exits=2)
    office.approve(WORKFLOW, by="p-4")
    assert "policy-weakened" not in office.findings()


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
