"""Files whose names git or a shell would read as something else: they are read as files, and told."""

from __future__ import annotations

import os
import sys

import pytest

from tests.cli.commands import FILES, SOP, Desk

#: Options, pathspecs with magic, patterns, and breaks of the line.
NAMES = ["--help", ":(exclude)x", "*", "a\nb", "HEAD"]
ODD = pytest.mark.skipif(sys.platform == "win32", reason="no file can have such a name there")


def said(desk: Desk, *arguments: str) -> set[str]:
    """The paths of which `unsafe-content` says something."""
    answer = desk.answer("check", *arguments, exits=None)
    return {finding["path"] for finding in answer["findings"] if finding["rule"] == "unsafe-content"}


@ODD
@pytest.mark.parametrize("name", NAMES)
def test_a_folder_may_be_named_like_an_option(desk: Desk, name: str):
    """In the working tree and when it is committed, everything is read as it is, and the name told where it harms."""
    path = f"controlled-docs/{name}/SOP-002.md"
    second = SOP.replace("SOP-001", "SOP-002").replace("Gown.", "Glove.")
    harmless = name == "HEAD"
    desk.write({path: second, f"controlled-docs/{name}/{name}.png": b"\x89PNG"})
    assert (path in said(desk)) is not harmless
    desk.checkout.commit()
    assert (path in said(desk, "--all")) is not harmless

    newer = second.replace("Glove.", "Glove twice.").replace(
        "revisions:\n",
        "revisions:\n  - {revision: 2, effective: 2026-12-20, summary: Twice., impact: retrain, authors: [p-1]}\n",
    )
    desk.checkout.commit({path: newer})
    assert (path in said(desk, "--base", "HEAD~1")) is not harmless
    assert desk.run("text", "SOP-002@1").stdout.endswith("\nGlove.\n")
    assert "SOP-002@2" in desk.run("changes", "--document", "SOP-002").stdout
    assert desk.run("trace", "SOP-002@1").stdout
    desk.run("verify", exits=None)


@ODD
def test_the_history_of_one_file_is_not_that_of_others(desk: Desk):
    """A folder with the name of a pattern has none of what the folders have that the pattern is for."""
    first = SOP.replace("SOP-001", "SOP-002")
    desk.checkout.commit({"controlled-docs/sop/SOP-002.md": first.replace("Gown.", "Not this.")})
    desk.checkout.commit({"controlled-docs/sop/SOP-002.md": None, "controlled-docs/*/SOP-002.md": first})
    repository = desk.checkout
    assert repository.git("log", "--format=%s", "--", "controlled-docs/*/SOP-002.md").count("\n") == 1
    assert desk.run("text", "SOP-002@1").stdout.endswith("\nGown.\n")


@pytest.mark.parametrize("revision", ["--help", "-h", "--output=x", "HEAD\nHEAD", ":(exclude)x", "*", "", "@{-1}"])
def test_a_revision_is_never_an_option(desk: Desk, revision: str):
    """What begins with a dash names none."""
    for option in ("--base", "--head"):
        result = desk.run("check", option, revision, exits=2)
        assert "qmsci: there is no revision" in result.stderr
        assert "Traceback" not in result.output
    assert not (desk.checkout.folder / "x").exists()


@ODD
def test_links_and_what_is_no_file_are_told(desk: Desk):
    """A link could lead out of the repository: it is not followed."""
    (desk.checkout.folder / "roles/link.yaml").symlink_to("/etc/passwd")
    (desk.checkout.folder / "controlled-docs/link").symlink_to("/etc")
    os.mkfifo(desk.checkout.folder / "roles/pipe.yaml")
    for arguments in ((), ("--all",)):
        findings = desk.answer("check", *arguments, exits=1)["findings"]
        found = {finding["path"]: finding["message"] for finding in findings if finding["rule"] == "unreadable"}
        assert found["roles/link.yaml"].startswith("it is a symbolic link")
        assert found["controlled-docs/link"].startswith("it is a symbolic link")
        assert "root:" not in str(findings)
    desk.checkout.git("add", "roles/link.yaml", "controlled-docs/link")
    desk.checkout.git("commit", "--quiet", "--message", "Links")
    findings = desk.answer("check", "--head", "HEAD", exits=1)["findings"]
    assert {finding["path"] for finding in findings} >= {"roles/link.yaml", "controlled-docs/link"}


def test_the_check_of_a_tree_is_the_same_when_it_is_remembered(desk: Desk):
    """What is doubtful is remembered with what was read; what was found is found again."""
    unsafe = FILES["roles/operator.yaml"].replace("Operator", "'<script>'")
    desk.checkout.commit({"roles/operator.yaml": unsafe, "roles/people/P-1.yaml": FILES["roles/people/p-1.yaml"]})
    answers = [desk.answer("check", "--all", exits=1) for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert "unsafe-content" in {finding["rule"] for finding in answers[0]["findings"]}
    desk.checkout.commit({"roles/unrelated.yaml": FILES["roles/operator.yaml"].replace("operator", "unrelated")})
    assert "roles/operator.yaml" in said(desk, "--all")
    assert said(desk) == set()
