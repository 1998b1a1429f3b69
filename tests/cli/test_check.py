"""`qmsci check`: what it says, in which format, and with which exit code."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.commands import FINDINGS, SOP, Desk, valid
from tests.laws import POLICY
from tests.repositories import NOON, Checkout

ROOT = Path(__file__).parent.parent.parent
REVISED = SOP.replace(
    "revisions:\n",
    "revisions:\n  - {revision: 2, effective: 2027-01-10, summary: Gloves., impact: retrain, authors: [p-1]}\n",
).replace("Gown.", "Gown, and change gloves.")
PATH = "controlled-docs/sop/SOP-001.md"


def rules(answer: dict) -> list[str]:
    """The rules of the findings of an answer."""
    return [finding["rule"] for finding in answer["findings"]]


# --- exit codes -----------------------------------------------------------------------------------------------------


def test_a_clean_main_is_clean(desk: Desk):
    """Exit code 0, one line."""
    result = desk.run("check")

    assert result.stdout.startswith("clean: ")
    assert result.stderr == ""


def test_a_revision_without_training_is_refused(desk: Desk):
    """Exit code 1: the rule, the place, the line, what to do and why."""
    desk.write({PATH: REVISED})
    said = desk.run("check", exits=1).stdout

    assert f"{PATH}:7:5: error[revision-without-assignment] SOP-001@2 reaches operator (2 people)" in said
    assert "       7 |   - {revision: 2," in said
    assert "  fix: qmsci assign\n" in said
    assert "why: 21 CFR 211.25(a)" in said
    assert "qmsci rules revision-without-assignment" in said


def test_assign_mends_it(desk: Desk):
    """The change is complete."""
    desk.write({PATH: REVISED})
    desk.run("assign")

    assert desk.run("check").stdout.startswith("clean")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--base", "nowhere"], "there is no revision 'nowhere' here"),
        (["--base", ""], "there is no revision '' here\n"),
        (["--head", ""], "there is no revision '' here\n"),
        (["--base", "--upload-pack=x"], "there is no revision '--upload-pack=x' here"),
        (["--head", "nowhere"], "git fetch origin nowhere"),
        (["--head", "a\x1b[31mb"], "a\\x1b[31mb"),
        (["--format", "xml"], "'xml' is not one of"),
        (["--colour"], "No such option"),
        (["extra"], "unexpected extra argument"),
    ],
)
def test_what_cannot_be_asked_is_exit_code_2(desk: Desk, arguments: list[str], said: str):
    """One sentence on the error stream, and nothing else."""
    result = desk.run("check", *arguments, exits=2)

    assert said in result.stderr
    assert "\x1b" not in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def test_outside_of_any_repository(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
):
    """Exit code 2."""
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))

    assert "in no git repository" in desk.run("check", exits=2).stderr


def test_in_a_tree_without_a_quality_system(desk: Desk):
    """Exit code 2, and how to begin one."""
    desk.checkout.commit({"qmsci.yaml": None})

    assert "qmsci init" in desk.run("check", exits=2).stderr


def test_from_a_folder_below(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    """As git does."""
    monkeypatch.chdir(desk.checkout.folder / "roles/people")

    assert desk.run("check", "--all").stdout.startswith("clean")


WEAKER = POLICY.replace("revision: 1", "revision: 2") + "training: {pass-mark: 10}\n"


def test_warnings_alone_exit_0_unless_strict(desk: Desk):
    """A policy that changes under `forge` is one: it names the key."""
    desk.write({"qmsci.yaml": WEAKER})
    (finding,) = desk.answer("check")["findings"]

    assert (finding["rule"], finding["severity"]) == ("policy-weakened", "warning")
    assert finding["message"].startswith("'training' changes")
    assert (finding["path"], finding["line"]) == ("qmsci.yaml", WEAKER.count("\n"))
    assert "warning[policy-weakened]" in desk.run("check").stdout
    desk.run("check", "--strict", exits=1)


def test_a_policy_that_changes_counts_its_revision(desk: Desk):
    """Where it does not, that is an error beside the warning."""
    desk.write({"qmsci.yaml": WEAKER.replace("revision: 2", "revision: 1")})
    answer = desk.answer("check", exits=1)

    assert {(found["rule"], found["severity"]) for found in answer["findings"]} == {
        ("policy-weakened", "warning"),
        ("revision-not-increased", "error"),
    }


def test_strict_alone_changes_nothing_of_a_clean_tree(desk: Desk):
    """No finding, no fault."""
    desk.run("check", "--strict")
    desk.run("check", "--all", "--strict")


# --- what is judged -------------------------------------------------------------------------------------------------


def test_a_change_is_not_blamed_for_what_was_there(desk: Desk):
    """Without `--all` only what the change touches; with it, everything."""
    desk.checkout.commit({"roles/broken.yaml": "id: [\n"})
    desk.checkout.git("switch", "--quiet", "--create", "mine")
    desk.checkout.commit({"README.md": "Hello.\n"})

    assert rules(desk.answer("check")) == []
    assert rules(desk.answer("check", "--all", exits=1)) == ["unreadable"]


def test_a_policy_names_main(desk: Desk):
    """The branch that it names is the base, though there is one that is called main."""
    desk.checkout.commit({"qmsci.yaml": POLICY + "main: trunk\n"})
    desk.checkout.git("branch", "trunk")
    desk.checkout.git("switch", "--quiet", "--create", "mine")
    desk.checkout.commit({"README.md": "Hello.\n"})
    desk.checkout.git("branch", "--force", "main")

    assert desk.answer("check")["base"] == desk.checkout.git("rev-parse", "trunk")


def test_main_may_get_another_name(desk: Desk):
    """Once the old branch is gone, nobody asks for it."""
    desk.checkout.git("branch", "--move", "trunk")
    desk.checkout.commit({"qmsci.yaml": POLICY.replace("revision: 1", "revision: 2") + "main: trunk\n"})
    before = desk.checkout.commit({"README.md": "Hello.\n"})
    desk.checkout.commit({"README.md": "Hello again.\n"})

    assert desk.answer("check")["base"] == before


@pytest.mark.parametrize("first", [True, False], ids=["the policy first", "the policy last"])
def test_a_change_does_not_choose_its_own_base(desk: Desk, first: bool):
    """A branch whose policy names the branch itself is judged against main, which the policy of main names."""
    commits = [{"qmsci.yaml": POLICY.replace("revision: 1", "revision: 2") + "main: mine\n"}, {PATH: REVISED}]
    desk.checkout.git("switch", "--quiet", "--create", "mine")
    for files in commits if first else reversed(commits):
        desk.checkout.commit(files)
    answer = desk.answer("check", exits=1)

    assert answer["base"] == desk.checkout.git("rev-parse", "main")
    assert {"revision-without-assignment", "policy-weakened"} <= set(rules(answer))
    assert desk.answer("check", "--head", "mine", exits=1)["base"] == answer["base"]
    desk.run("assign")
    assert rules(desk.answer("check")) == ["policy-weakened"]
    desk.checkout.git("switch", "--quiet", "--create", "yours")
    assert desk.answer("check")["base"] == answer["base"]


def test_an_assignment_that_rests_on_an_unreadable_document(desk: Desk):
    """Only that the document cannot be read is said."""
    desk.checkout.git("switch", "--quiet", "--create", "mine")
    desk.write({PATH: REVISED})
    desk.run("assign")
    desk.write({PATH: REVISED.replace("title: Gowning", "titel: Gowning")})

    assert set(rules(desk.answer("check", exits=1))) == {"unreadable"}
    assert set(rules(desk.answer("check", "--all", "--base", "main", exits=1))) == {"unreadable"}


STRAY = "no record of qmsci has a path like this"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("SOP-001-figure-1.svg", None, id="a figure"),
        pytest.param("README.md", None, id="a readme"),
        pytest.param("SOP-002.MD", STRAY, id="capitals"),
        pytest.param("SOP-002-cleaning.markdown", STRAY, id="another ending"),
        pytest.param("SOP-002-cleaning", STRAY, id="no ending"),
    ],
)
@pytest.mark.parametrize("linked", [False, True], ids=["file", "link"])
@pytest.mark.parametrize("committed", [False, True], ids=["working tree", "commit"])
def test_what_would_be_taken_for_a_document(desk: Desk, name: str, said: str | None, linked: bool, committed: bool):
    """It is read by nobody, so that no training follows from it; nor from what a symbolic link leads to."""
    place = desk.checkout.folder / "controlled-docs/sop" / name
    if linked:
        place.symlink_to("SOP-001.md")
    else:
        place.write_text("x\n")
    if committed:
        desk.checkout.git("switch", "--quiet", "--create", "mine")
        desk.checkout.commit()
    said = said or ("symbolic link" if linked else None)

    for arguments in (["check"], ["check", "--all"]):
        found = desk.answer(*arguments, exits=int(bool(said)))["findings"]
        assert [(finding["rule"], finding["path"]) for finding in found] == (
            [("unreadable", f"controlled-docs/sop/{name}")] if said else []
        )
        assert all(said and said in finding["message"] for finding in found)


@pytest.mark.parametrize("path", ["Roles/operator.yaml", "Training-Records/x/y.yaml", "QMSCI.yaml"])
def test_what_only_capitals_tell_from_ours(desk: Desk, path: str):
    """On a disc that does not tell them apart it would stand in the place of what was judged."""
    desk.checkout.git("switch", "--quiet", "--create", "mine")
    desk.checkout.commit({path: "x: 1\n", "Rolls/x.yaml": "x: [\n"})

    for arguments, name in ((["check"], path), (["check", "--all"], path.split("/", maxsplit=1)[0])):
        found = desk.answer(*arguments, exits=1)["findings"]
        assert [(one["path"], one["message"]) for one in found] == [(name, STRAY)]


def test_all_alone_asks_no_change_rule(desk: Desk):
    """With a base it does."""
    path = "training-records/assignments/SOP-001@1/operator.yaml"
    text = (desk.checkout.folder / path).read_text()
    desk.checkout.git("switch", "--quiet", "--create", "mine")
    desk.checkout.commit({path: text + "# a note\n"})

    assert rules(desk.answer("check", "--all")) == []
    assert "assignment-edited" in rules(desk.answer("check", "--all", "--base", "main", exits=1))
    assert "assignment-edited" in rules(desk.answer("check", exits=1))


def test_a_head_is_judged_on_its_own_day(desk: Desk):
    """The committer's date in the policy's time zone, so that a replay says the same."""
    head = desk.checkout.commit({"README.md": "x\n"}, at="2026-03-01T23:30:00+00:00")
    answer = desk.answer("check", "--head", head)

    assert (answer["as_of"], answer["head"]) == ("2026-03-02", head)
    assert answer == desk.answer("check", "--head", head)


def test_check_writes_nothing(desk: Desk):
    """Not even what it could mend; what it remembers lies in the git directory."""
    desk.write({PATH: REVISED})
    before = desk.checkout.git("status", "--porcelain", "--ignored")
    desk.run("check", exits=1)
    desk.run("check", "--all", exits=1)

    assert desk.checkout.git("status", "--porcelain", "--ignored") == before


# --- formats --------------------------------------------------------------------------------------------------------


def test_json_keeps_to_its_schema(desk: Desk):
    """Clean, with findings of many kinds, with and without base and head."""
    valid(FINDINGS, desk.answer("check"))
    valid(FINDINGS, desk.answer("check", "--all"))
    desk.write(
        {PATH: REVISED, "roles/broken.yaml": "id: [\n", "roles/stray.txt": "", "roles/people/p-3.yaml": "id: p-4\n"}
    )
    answer = valid(FINDINGS, desk.answer("check", exits=1))
    head = desk.checkout.commit(at=NOON)
    valid(FINDINGS, desk.answer("check", "--head", head, exits=1))

    assert answer["head"] is None
    assert len(answer["base"]) == 40
    assert rules(answer).count("unreadable") >= 3
    assert "revision-without-assignment" in rules(answer)
    assert answer["checked"]["documents"] == 1
    places = [(finding["path"], finding["line"], finding["column"]) for finding in answer["findings"]]
    assert places == sorted(places)


def test_github_escapes_what_would_end_a_command(desk: Desk):
    """One line for each finding, whatever is written in the files."""
    desk.write({PATH: REVISED, "roles/a,b:c.yaml": "x", "roles/100%.yaml": "x", "roles/new\nline.yaml": "x"})
    lines = desk.run("check", "--format", "github", exits=1).stdout.splitlines()

    assert all(line.startswith("::error file=") for line in lines)
    assert any("file=roles/a%2Cb%3Ac.yaml,line=1,col=1,title=unreadable::" in line for line in lines)
    assert any("file=roles/100%25.yaml,line" in line for line in lines)
    assert any(r"file=roles/new\x0aline.yaml," in line for line in lines)
    assert any("SOP-001@2 reaches operator (2 people)" in line and "%0Afix: qmsci assign%0A" in line for line in lines)


def test_terminal_escapes_are_shown_and_do_nothing(desk: Desk):
    """In names, in values and in the lines that are quoted."""
    desk.write(
        {
            "roles/\x1b[2Jlead.yaml": "x",
            "roles/people/p-9.yaml": "id: p-9\nname: \u202eevil\nkind: \u200bemployee\nemployed: {from: 2024-03-01}\n",
        }
    )
    for form in ("text", "github"):
        said = desk.run("check", "--format", form, exits=1).stdout
        assert not {"\x1b", "\u202e", "\u200b", "\r"} & set(said)
        assert r"\x1b[2Jlead.yaml" in said
        assert r"\u200b" in said


def test_a_carriage_return_does_not_hide_a_line(desk: Desk):
    """CRLF is an end of line and is not shown."""
    desk.write({"roles/lead.yaml": b"id: lead\r\ntitel: Lead\r\npurpose: Leads.\r\n"})
    said = desk.run("check", exits=1).stdout

    assert "       2 | titel: Lead\n" in said


def test_colour_is_for_terminals(desk: Desk):
    """A pipe gets plain text, a terminal gets colour."""
    desk.write({PATH: REVISED})

    assert b"\x1b[" not in through_a_pipe(desk.checkout)
    assert b"\x1b[31m" in through_a_terminal(desk.checkout, {})


def test_whoever_wants_no_colour_gets_none(desk: Desk):
    """`NO_COLOR` says so, to every program (no-color.org)."""
    desk.write({PATH: REVISED})

    assert b"\x1b[" not in through_a_terminal(desk.checkout, {"NO_COLOR": "1"})


def _environment(more: dict[str, str]) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", **more}


def through_a_pipe(checkout: Checkout) -> bytes:
    """What check says into a pipe."""
    command = [sys.executable, "-m", "qmsci", "check"]
    return subprocess.run(command, cwd=checkout.folder, env=_environment({}), capture_output=True, check=False).stdout


def through_a_terminal(checkout: Checkout, more: dict[str, str]) -> bytes:
    """What check says on a terminal."""
    mine, theirs = pty.openpty()
    command = [sys.executable, "-m", "qmsci", "check"]
    with subprocess.Popen(
        command, cwd=checkout.folder, env=_environment(more), stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        found = b""
        while True:
            try:
                part = os.read(mine, 4096)
            except OSError:  # the terminal is gone with the process
                break
            if not part:
                break
            found += part
        process.wait()
    os.close(mine)
    return found


def test_a_reader_that_leaves_early_is_no_fault(desk: Desk):
    """`qmsci check | head -1` says no more than one line."""
    desk.write({f"roles/r{n}.txt": "x" for n in range(2000)})
    command = f"{sys.executable} -m qmsci check | head -1"
    ran = subprocess.run(
        command, shell=True, cwd=desk.checkout.folder, env=_environment({}), capture_output=True, text=True, check=False
    )

    assert ran.stderr == ""
    assert ran.stdout.count("\n") == 1
