"""`qmsci import reviews`: approvals given on a forge, as unsigned evidence, in real repositories."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from qmsci.load import load
from qmsci.records.training import Approval
from tests.cli.commands import FILES, SOP, Desk
from tests.cli.test_changes import LATER, PATH, REVISED
from tests.test_reviews import REQUEST, REVIEW

MINE = REVISED.replace(", reason: DEV-2026-017", "")
WRITTEN = "controlled-docs/approvals/SOP-001@2/p-3.yaml"
QUALITY = """\
id: p-3
name: Astrid Lie
kind: employee
employed: {from: 2024-03-01}
roles:
  - {role: quality-assurance, from: 2024-03-01}
accounts: {github: alie}
"""
P1, P2 = "roles/people/p-1.yaml", "roles/people/p-2.yaml"
ACCOUNTS = {
    P1: FILES[P1] + "accounts: {github: isolberg}\n",
    P2: FILES[P2] + "accounts: {github: MLie}\n",
    "roles/people/p-3.yaml": QUALITY,
}


@pytest.fixture
def merged(desk: Desk) -> tuple[Desk, str, str]:
    """A pull request that revises the SOP and was merged; its last commit, and the merge."""
    desk.write(ACCOUNTS)
    desk.assign()
    checkout = desk.checkout
    checkout.git("switch", "--quiet", "--create", "gowning")
    desk.write({PATH: MINE})
    desk.run("assign")
    last = checkout.commit(message="Revise", at="2026-11-22T12:00:00+01:00")
    checkout.git("switch", "--quiet", "main")
    message = "Merge pull request #12 from isolberg/gowning\n\nGown twice"
    checkout.git("merge", "--quiet", "--no-ff", "--message", message, "gowning", at=LATER)
    desk.now = desk.now.replace(day=24)
    return desk, last, checkout.git("rev-parse", "HEAD")


def review(login: str | None, commit: str | None, **other: Any) -> dict[str, Any]:
    """A review as gh prints it."""
    author = {"login": login} if login else None
    at = {"submittedAt": "2026-11-23T10:00:00Z"}
    return {**REVIEW, "author": author, "commit": {"oid": commit} if commit else None, **at, **other}


def request(merge: str, *reviews: Mapping[str, Any], **other: Any) -> dict[str, Any]:
    """A pull request as gh prints it."""
    merged_at = {"mergedAt": "2026-11-23T11:00:00Z"}
    return {**REQUEST, "mergeCommit": {"oid": merge}, **merged_at, "reviews": list(reviews), **other}


def ran(desk: Desk, tmp: Path, *requests: Mapping[str, Any], exits: int = 0) -> list[str]:
    """What the command says."""
    file = tmp / "reviews.json"
    file.write_text(json.dumps(list(requests)))
    found = desk.run("import", "reviews", str(file), exits=exits)
    return (found.stdout if exits == 0 else found.stderr).splitlines()


@pytest.fixture
def tmp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder outside the repository."""
    return tmp_path_factory.mktemp("forge")


def test_an_approval(merged: tuple[Desk, str, str], tmp: Path):
    """It says where it was given, is accepted by the gate, and is written once."""
    desk, last, merge = merged
    said = ran(desk, tmp, request(merge, review("alie", last)))

    assert said == [f"wrote {WRITTEN}: quality-approval by p-3", "1 pull request: 1 approval written"]
    text = (desk.checkout.folder / WRITTEN).read_text()
    found = load(WRITTEN, text.encode()).record
    assert isinstance(found, Approval)
    assert (found.meaning, found.name, found.evidence, found.key) == (
        "quality-approval",
        "Astrid Lie",
        "imported",
        None,
    )
    assert found.at.isoformat() == "2026-11-23T11:00:00+01:00"
    assert found.origin
    assert (found.origin.system, found.origin.reference) == ("github", "https://github.com/halden/quality/pull/12")

    assert ran(desk, tmp, request(merge, review("alie", last))) == [
        "1 pull request: 0 approvals written, 1 approval already here"
    ]
    assert (desk.checkout.folder / WRITTEN).read_text() == text
    assert desk.answer("check", "--all")["findings"] == []
    desk.checkout.commit()
    assert desk.answer("check")["findings"] == []
    assert desk.answer("check", "--all")["findings"] == []
    assert ran(desk, tmp, request(merge, review("alie", last)))[-1].endswith(
        "0 approvals written, 1 approval already here"
    )
    (given,) = desk.answer("text", "SOP-001@2")["approvals"]
    assert (given["evidence"], given["wrong"]) == ("imported", None)
    node = next(node for node in desk.answer("trace", "SOP-001@2")["nodes"] if node["kind"] == "approval")
    assert (node["state"], node["notes"]) == ("imported", ["github https://github.com/halden/quality/pull/12"])


def test_who_is_not_of_the_quality_unit_approves(merged: tuple[Desk, str, str], tmp: Path):
    """The account is found whatever its case, and the address of the review is kept where there is one."""
    desk, last, merge = merged
    said = ran(desk, tmp, request(merge, review("mlie", last, url="https://github.com/halden/quality/pull/12#r1")))

    assert said[0] == "wrote controlled-docs/approvals/SOP-001@2/p-2.yaml: approved by p-2"
    assert "pull/12#r1" in (desk.checkout.folder / "controlled-docs/approvals/SOP-001@2/p-2.yaml").read_text()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param([("alie", {"state": "COMMENTED"})], [], id="comment"),
        pytest.param([("alie", {"state": "CHANGES_REQUESTED"})], [], id="never-approved"),
        pytest.param([(None, {})], ["#12: the review by a deleted account cannot be anybody's"], id="deleted"),
        pytest.param([(None, {"state": "DISMISSED"})], [], id="deleted-and-dismissed"),
        pytest.param(
            [("nobody", {})],
            ["comes from an account that no person, or more than one, has in roles/people/"],
            id="unknown",
        ),
        pytest.param([("isolberg", {})], ["is of a pull request of their own"], id="own"),
        pytest.param(
            [("alie", {}), ("alie", {"state": "CHANGES_REQUESTED", "submittedAt": "2026-11-23T10:01:00Z"})],
            ["was followed by another one of theirs, changes requested"],
            id="taken-back",
        ),
        pytest.param(
            [("alie", {"state": "DISMISSED", "submittedAt": "2026-11-23T10:01:00Z"}), ("Alie", {})],
            ["was followed by another one of theirs, dismissed"],
            id="dismissed",
        ),
        pytest.param([("alie", {"submittedAt": "2026-11-23T11:00:01Z"})], ["was given after the merge"], id="after"),
    ],
)
def test_what_is_not_taken(
    merged: tuple[Desk, str, str], tmp: Path, given: list[tuple[str | None, dict[str, Any]]], says: list[str]
):
    desk, last, merge = merged
    said = ran(desk, tmp, request(merge, *(review(login, last, **other) for login, other in given)))

    assert len(said) == len(says) + 1
    assert all(words in line for words, line in zip(says, said, strict=False))
    assert said[-1] == "1 pull request: 0 approvals written"
    assert not (desk.checkout.folder / "controlled-docs/approvals").exists()


def test_what_was_approved_again_counts(merged: tuple[Desk, str, str], tmp: Path):
    """The last decision does, and a comment after it is none."""
    desk, last, merge = merged
    reviews = (
        review("alie", last, state="CHANGES_REQUESTED", submittedAt="2026-11-23T09:00:00Z"),
        review("alie", last),
        review("alie", last, state="COMMENTED", submittedAt="2026-11-23T10:30:00Z"),
    )

    assert ran(desk, tmp, request(merge, *reviews))[0].startswith(f"wrote {WRITTEN}")


def test_an_author_approves_nothing(merged: tuple[Desk, str, str], tmp: Path):
    """Neither of the revision, whoever opened the pull request, nor of the pull request."""
    desk, last, merge = merged
    said = ran(desk, tmp, request(merge, review("isolberg", last), author={"login": "alie"}))
    assert "is not taken for SOP-001@2: p-1 is an author of it" in said[0]

    said = ran(desk, tmp, request(merge, review("alie", last), author={"login": "ALIE"}))
    assert "is of a pull request of their own" in said[0]


def test_another_text_was_reviewed(merged: tuple[Desk, str, str], tmp: Path):
    """The one before, one that has no such revision, or one that nobody here knows."""
    desk, _, merge = merged
    before = desk.checkout.git("rev-parse", "main^1")
    assert f"another text was reviewed, of {before[:10]}" in ran(desk, tmp, request(merge, review("alie", before)))[0]
    desk.checkout.git("switch", "--quiet", "--detach", before)
    earlier = desk.checkout.commit({PATH: MINE.replace("Gown twice.", "Gown.")}, "Draft")
    desk.checkout.git("switch", "--quiet", "main")
    assert f"another text was reviewed, of {earlier[:10]}" in ran(desk, tmp, request(merge, review("alie", earlier)))[0]
    unknown = ran(desk, tmp, request(merge, review("alie", "f" * 40)))[0]
    assert "the commit that was reviewed, ffffffffff, is not in this clone: git fetch origin" in unknown
    assert ran(desk, tmp, request(merge, review("alie", None)))[0].startswith("wrote")


def test_what_changed_since_is_not_approved_by_it(merged: tuple[Desk, str, str], tmp: Path):
    desk, last, merge = merged
    desk.checkout.commit({PATH: MINE.replace("2026-12-15", "2026-12-20")}, "Postpone")
    assert "what the document says of it has changed since" in ran(desk, tmp, request(merge, review("alie", last)))[0]
    desk.checkout.commit({PATH: MINE.replace("[gowning]", "[]")}, "Govern less")
    assert "what the document says of it has changed since" in ran(desk, tmp, request(merge, review("alie", last)))[0]
    desk.checkout.commit({PATH: SOP}, "Rewrite history")
    assert "what the document says of it has changed since" in ran(desk, tmp, request(merge, review("alie", last)))[0]


def test_two_revisions_at_once(desk: Desk, tmp: Path):
    """Only the one whose text was there was reviewed."""
    desk.checkout.commit(ACCOUNTS, "Accounts", at="2026-11-20T12:00:00+01:00")
    second = "  - {revision: 3, effective: 2026-12-20, summary: Thrice., impact: retrain, authors: [p-1]}\n"
    merge = desk.checkout.commit({PATH: MINE.replace("revisions:\n", f"revisions:\n{second}")}, "Revise (#12)")
    said = ran(desk, tmp, request(merge, review("alie", None)))

    assert "is not taken for SOP-001@2: its text was overtaken in the same change" in said[0] + said[1]
    assert (desk.checkout.folder / WRITTEN.replace("@2", "@3")).exists()
    assert not (desk.checkout.folder / WRITTEN).exists()


def test_pull_requests_that_were_rebased(desk: Desk, tmp: Path):
    """Two that came within a second: each has its own commits, and a review that names none is not guessed at."""
    checkout = desk.checkout
    checkout.commit(ACCOUNTS, "Accounts", at="2026-11-20T12:00:00+01:00")
    other = {"controlled-docs/sop/SOP-002.md": SOP.replace("SOP-001", "SOP-002")}
    ids = []
    for files, message in (({"README.md": "x\n"}, "a"), ({PATH: MINE}, "b"), ({"x.md": "x\n"}, "c"), (other, "d")):
        checkout.write(files)
        checkout.git("add", ".")
        checkout.git("commit", "--quiet", "--message", message, "--date", "2026-11-20T12:00:00Z", at=LATER)
        ids.append(checkout.git("rev-parse", "HEAD"))
    first, second = request(ids[1], review("alie", ids[1])), request(ids[3], review("alie", None), number=13)
    said = ran(desk, tmp, first, second)

    assert said[0] == f"wrote {WRITTEN}: quality-approval by p-3"
    assert "#13: the review by alie is not taken for SOP-002@1: it was rebased, and the review does not name" in said[1]
    assert len(said) == 3


def test_a_merge_that_is_not_on_main(merged: tuple[Desk, str, str], tmp: Path):
    """As the last commit of the branch is not, which main has only by the merge."""
    desk, last, _ = merged
    said = ran(desk, tmp, request(last, review("alie", last)), request("f" * 40, number=13))

    assert said[0] == f"skipped #12: {last[:10]} is not on main, as far as it is here"
    assert said[1] == "skipped #13: ffffffffff is not on main, as far as it is here"


def test_a_file_that_is_none(merged: tuple[Desk, str, str], tmp: Path):
    """Nothing is written, and the file is named."""
    desk, _, _ = merged
    file = tmp / "reviews.json"
    for data, says in ((b"\xff\xfe[", "it is not UTF-8"), (b"{", "it is no JSON"), (b"[3]", "[0] is no object")):
        file.write_bytes(data)
        assert f"qmsci: {file}: {says}" in desk.run("import", "reviews", str(file), exits=2).stderr
    file.write_bytes(b"[" + b" " * (64 * 2**20))
    assert "larger than 64 MiB" in desk.run("import", "reviews", str(file), exits=2).stderr
    assert "does not exist" in desk.run("import", "reviews", str(tmp / "none"), exits=2).stderr


def test_where_an_approval_cannot_be_read_it_is_left_alone(merged: tuple[Desk, str, str], tmp: Path):
    desk, last, merge = merged
    desk.write({WRITTEN: "by: [\n"})

    assert ran(desk, tmp, request(merge, review("alie", last)))[-1].endswith(
        "0 approvals written, 1 approval already here"
    )
    assert (desk.checkout.folder / WRITTEN).read_text() == "by: [\n"
