"""Each key of the policy that changes is named; and under `signed`, no protected file changes unapproved."""

from __future__ import annotations

import pytest

from qmsci.approval import file_digest
from qmsci.finding import Finding, Severity
from tests.laws import POLICY, Files, findings_of_change

SECOND = POLICY.replace("revision: 1", "revision: 2")


@pytest.mark.parametrize(
    ("before", "after", "keys"),
    [
        pytest.param(POLICY, SECOND, [], id="its revision alone"),
        pytest.param(POLICY, SECOND + "# a note\n", [], id="a comment"),
        pytest.param(POLICY, "x: [", [], id="unreadable"),
        pytest.param(POLICY, SECOND + "training: {pass-mark: 10}\n", ["training"], id="a pass mark"),
        pytest.param(POLICY, SECOND.replace("14 days", "0 days"), ["documents"], id="a window"),
        pytest.param(POLICY, SECOND + "founded: 2026-11-22\n", ["founded"], id="the founding"),
        pytest.param(POLICY, SECOND + "main: mine\n", ["main"], id="the branch"),
        pytest.param(POLICY, SECOND.replace("[quality-assurance]", "[me]"), ["quality-unit"], id="the quality unit"),
        pytest.param(POLICY, SECOND.replace("forge", "signed"), ["approvals"], id="signed from now on"),
        pytest.param(
            POLICY, SECOND.replace("Oslo", "Berlin") + "founded: 2026-11-22\n", ["founded", "timezone"], id="two"
        ),
    ],
)
def test_each_key_that_changes_is_a_warning(before: str, after: str, keys: list[str]):
    """Under `forge`, where nothing else among the files would show that somebody agreed."""
    found = findings_of_change({"qmsci.yaml": before}, {"qmsci.yaml": after})
    weakened = [finding for finding in found if finding.rule == "policy-weakened"]

    assert sorted(finding.message.split()[0].strip("'") for finding in weakened) == keys
    assert {finding.severity for finding in weakened} <= {Severity.WARNING}


def test_the_first_policy_weakens_none():
    """There was nothing to hold a change to."""
    assert [f for f in findings_of_change({}, {"qmsci.yaml": POLICY}) if f.rule == "policy-weakened"] == []


# --- protected files ------------------------------------------------------------------------------------------------

SIGNED = POLICY.replace("forge", "signed")
LOWER = SIGNED.replace("revision: 1", "revision: 2") + "training: {pass-mark: 10}\n"
KEY = "keys: [{key: ssh-ed25519 AAAA, from: 2026-11-22, proof: badge, by: p-0003}]\n"
WORKFLOW = ".github/workflows/gate.yml"


def person(name: str, role: str = "operator", more: str = "", to: str = "") -> str:
    """Somebody's file."""
    head = f"id: {name}\nname: N\nkind: employee\nemployed: {{from: 2024-01-01{to}}}\n"
    return f"{head}roles: [{{role: {role}, from: 2024-01-01}}]\n{more}"


def at(name: str) -> str:
    """The path of somebody's file."""
    return f"roles/people/{name}.yaml"


BASE = {
    "qmsci.yaml": SIGNED,
    at("p-0003"): person("p-0003", "quality-assurance"),
    at("p-0004"): person("p-0004", "quality-assurance"),
    at("p-0042"): person("p-0042"),
    at("p-0043"): person("p-0043", more=KEY),
    at("p-0044"): person("p-0044", "quality-assurance", to=", to: 2025-12-31"),
    WORKFLOW: "on: pull_request\n",
    "README.md": "Read me.\n",
}


def approval(path: str, text: str | None, name: str = "p-0003", meaning: str = "quality-approval") -> dict[str, str]:
    """An approval of a whole file with some text, or of its removal."""
    digest = file_digest(text.encode() if text is not None else None)
    return {
        f"controlled-docs/approvals/{path}@{digest[7:23]}/{name}.yaml": f"file: {path}\ndigest: {digest}\n"
        f"by: {name}\nname: N\nmeaning: {meaning}\nat: 2026-11-22T10:00:00Z\n"
    }


def weakened(new: dict[str, str | None], before: Files = BASE) -> list[Finding]:
    """What the rule says of some files that are changed or (None) removed."""
    after = {path: text for path, text in {**before, **new}.items() if text is not None}
    return [one for one in findings_of_change(before, after) if one.rule == "policy-weakened"]


@pytest.mark.parametrize(
    "new",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"README.md": "Anew.\n"}, id="a file that is not protected"),
        pytest.param(
            {"src/CODEOWNERS": "* @me\n", ".github/workflows-old/x.yml": "on: push\n"}, id="no protected places"
        ),
        pytest.param({at("p-0042"): person("p-0042", "lead")}, id="a role of others"),
        pytest.param({at("p-0042"): person("p-0042", more="leave: [{from: 2026-12-01}]\n")}, id="a leave"),
        pytest.param({at("p-0043"): "# a note\n" + person("p-0043", more=KEY)}, id="a comment beside a key"),
        pytest.param({at("p-0050"): person("p-0050")}, id="somebody new"),
        pytest.param({at("p-0042"): "x: ["}, id="unreadable"),
    ],
)
def test_what_is_not_protected_changes_freely(new: dict[str, str | None]):
    """Its reviewers are enough."""
    assert weakened(new) == []


CHANGES = [
    pytest.param("qmsci.yaml", LOWER, "a protected file changes", id="the policy"),
    pytest.param("qmsci.yaml", SIGNED + "# a note\n", "a protected file changes", id="a comment in the policy"),
    pytest.param(WORKFLOW, "on: push\n", "a protected file changes", id="a workflow"),
    pytest.param(WORKFLOW, None, "a protected file is removed", id="a workflow goes"),
    pytest.param(".github/workflows/more/new one.yml", "on: push\n", "a protected file changes", id="a new workflow"),
    pytest.param("CODEOWNERS", "* @me\n", "a protected file changes", id="CODEOWNERS"),
    pytest.param(".github/CODEOWNERS", "* @me\n", "a protected file changes", id="CODEOWNERS in .github"),
    pytest.param("docs/CODEOWNERS", "* @me\n", "a protected file changes", id="CODEOWNERS in docs"),
    pytest.param(at("p-0042"), person("p-0042", more=KEY), "the keys of p-0042 change", id="a first key"),
    pytest.param(
        at("p-0043"),
        person("p-0043", more=KEY.replace("p-0003}", "p-0003, revoked: {on: 2026-11-22}}")),
        "the keys of p-0043 change",
        id="a key revoked",
    ),
    pytest.param(at("p-0043"), person("p-0043"), "the keys of p-0043 change", id="a key goes"),
    pytest.param(at("p-0043"), None, "the keys of p-0043 change", id="somebody with a key goes"),
    pytest.param(at("p-0050"), person("p-0050", more=KEY), "the keys of p-0050 change", id="somebody new with a key"),
    pytest.param(
        at("p-0042"),
        person("p-0042", "quality-assurance"),
        "when p-0042 holds quality-assurance changes",
        id="appointed",
    ),
    pytest.param(
        at("p-0050"),
        person("p-0050", "quality-assurance"),
        "when p-0050 holds quality-assurance changes",
        id="new there",
    ),
    pytest.param(at("p-0004"), person("p-0004"), "when p-0004 holds quality-assurance changes", id="removed"),
    pytest.param(
        at("p-0044"),
        person("p-0044", "quality-assurance"),
        "when p-0044 holds quality-assurance changes",
        id="back again",
    ),
]


@pytest.mark.parametrize(("path", "text", "said"), CHANGES)
def test_a_protected_file_changes_with_an_approval_of_its_bytes(path: str, text: str | None, said: str):
    """By somebody of the quality unit."""
    [finding] = weakened({path: text})
    assert (finding.place.path, finding.severity) == (path, Severity.ERROR)
    assert finding.message.startswith(said)
    assert "weak" not in finding.message
    assert finding.fix is not None
    assert finding.fix.startswith("qmsci approve ")
    assert weakened({path: text, **approval(path, text)}) == []
    [stale] = weakened({path: text, **approval(path, f"{text}#")})
    assert "what p-0003 approved is not what it holds now" in stale.message


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(approval("qmsci.yaml", LOWER, "p-0042"), id="by an operator"),
        pytest.param(approval("qmsci.yaml", LOWER, "p-0044"), id="by somebody who has left"),
        pytest.param(approval("qmsci.yaml", LOWER, meaning="approved"), id="with another meaning"),
        pytest.param(
            {**approval("qmsci.yaml", LOWER, "p-0050"), at("p-0050"): person("p-0050", "quality-assurance")},
            id="by somebody whom the change appoints",
        ),
    ],
)
def test_who_is_not_entitled_cannot_approve_it(given: Files):
    """The base says who is."""
    found = weakened({"qmsci.yaml": LOWER, **given})

    assert any(finding.place.path == "qmsci.yaml" and "does not count" in finding.message for finding in found)


def test_nobody_approves_their_own_key_or_role():
    """A second person does, who has seen them."""
    text = person("p-0003", "quality-assurance", KEY)
    [finding] = weakened({at("p-0003"): text, **approval(at("p-0003"), text)})
    assert "no holder of quality-assurance but p-0003 has approved" in finding.message
    assert weakened({at("p-0003"): text, **approval(at("p-0003"), text, "p-0004")}) == []


def test_the_first_key_of_who_is_the_whole_quality_unit():
    """There is no second person yet; from the first key on there has to be one."""
    alone = {"qmsci.yaml": SIGNED, at("p-0003"): person("p-0003", "quality-assurance"), at("p-0042"): person("p-0042")}
    text = person("p-0003", "quality-assurance", KEY)
    own = {at("p-0003"): text, **approval(at("p-0003"), text)}

    assert weakened(own, alone) == []
    assert len(weakened(own, {**alone, at("p-0042"): person("p-0042", more=KEY)})) == 1


def test_a_new_quality_unit_and_who_comes_into_it_are_two_approvals():
    """Whoever approves the policy does not see that somebody gained the role that becomes the quality unit's."""
    policy = SIGNED.replace("revision: 1", "revision: 2").replace("[quality-assurance]", "[quality-assurance, lead]")
    lead = person("p-0042", "lead")

    [finding] = weakened({"qmsci.yaml": policy, at("p-0042"): lead, **approval("qmsci.yaml", policy)})

    assert "when p-0042 holds lead changes" in finding.message


def test_what_was_approved_once_does_not_come_back_by_that():
    """The approval was of another change: a workflow that was left since stays left."""
    old = approval(WORKFLOW, "on: push\n")

    assert len(weakened({WORKFLOW: "on: push\n"}, {**BASE, **old})) == 1


def test_a_renamed_workflow_is_a_file_that_goes_and_one_that_comes():
    """Both are looked at."""
    other = ".github/workflows/other.yml"
    moved: dict[str, str | None] = {WORKFLOW: None, other: BASE[WORKFLOW]}

    assert [finding.place.path for finding in weakened(moved)] == [WORKFLOW, other]
    assert weakened({**moved, **approval(WORKFLOW, None), **approval(other, BASE[WORKFLOW])}) == []


@pytest.mark.parametrize("path", [WORKFLOW, "CODEOWNERS", at("p-0042")])
def test_under_forge_they_are_for_the_review(path: str):
    """Where approvals live, nothing here can be asked for."""
    before = {**BASE, "qmsci.yaml": POLICY}

    assert weakened({path: person("p-0042", "quality-assurance", KEY)}, before) == []


def test_what_founds_the_quality_system_is_accepted():
    """There was nobody before to approve it."""
    assert [one for one in findings_of_change({}, BASE) if one.rule == "policy-weakened"] == []


CORRECTED = "{on: 2026-11-22, by: p-0003, reason: The contract says so.}"


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        pytest.param(at("p-0042"), person("p-0042", more="accounts: {gitlab: me}\n"), None, id="an account"),
        pytest.param(at("p-0042"), person("p-0042").replace("name: N", "name: M"), None, id="a name without a key"),
        pytest.param(
            at("p-0042"),
            person("p-0042").replace(
                "employed: {from: 2024-01-01", f"employed: {{from: 2024-02-01, corrected: {CORRECTED}"
            ),
            "what is recorded of p-0042 is corrected",
            id="a past",
        ),
        pytest.param(
            at("p-0043"),
            person("p-0043", more=KEY).replace("name: N", "name: M"),
            "the name by which p-0043 signs changes",
            id="a name that signatures print",
        ),
    ],
)
def test_what_the_quality_unit_is_said_to_have_agreed_to(path: str, text: str, said: str | None):
    """A correction names who corrected it; that they did is for them to sign."""
    found = weakened({path: text})

    assert [one.message.split(",")[0] for one in found] == ([said] if said else [])
    assert weakened({path: text, **approval(path, text)}) == []
