"""`qmsci hook`: what may land on main, and what the pusher reads where it may not."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result

from tests.cli.commands import FILES, TRAINED, Desk
from tests.keys import security_keys
from tests.laws import POLICY
from tests.repositories import NOON, Checkout
from tests.servers import Server
from tests.signed import Pen, lines

NOBODY = "0" * 40
HERS = "roles/people/p-1.yaml"
HIRED = {"roles/people/p-3.yaml": FILES["roles/people/p-2.yaml"].replace("p-2", "p-3").replace("Marte Lie", "Ola Moe")}
REWORDED = {"controlled-docs/sop/SOP-001.md": FILES["controlled-docs/sop/SOP-001.md"].replace("Gown.", "Gown well.")}
ROLE = {"roles/packer.yaml": "id: packer\ntitle: Packer\npurpose: Packs.\nrequires: [SOP-001]\n"}


class Gate:
    """A server that has what is on main, somebody's clone, and the hook judging in this process."""

    def __init__(self, desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Begin with what the desk has committed."""
        self.desk, self.clone = desk, desk.checkout
        self.server = Server(folder)
        self.clone.git("push", "--quiet", "--no-verify", str(self.server.folder), "main:objects/main")
        self.server.git("update-ref", "refs/heads/main", "refs/heads/objects/main")
        self.server.git("update-ref", "-d", "refs/heads/objects/main")
        self.old = self.clone.git("rev-parse", "main")
        monkeypatch.chdir(self.server.folder)

    def judge(self, *updates: tuple[str, str, str], exits: int) -> str:
        """What a push of some updates is told; the objects are brought along."""
        for name in {name for old, new, _ in updates for name in (old, new)} - {NOBODY}:
            self.server.git("fetch", "--quiet", "--no-tags", str(self.clone.folder), f"{name}:refs/got/{name}")
        lines = "".join(f"{old} {new} {ref}\n" for old, new, ref in updates)
        result: Result = self.desk.run(
            "hook", "pre-receive", exits=exits, input=lines.encode("utf-8", "surrogateescape")
        )
        assert result.stdout == ""
        return result.stderr

    def lands(self, new: str, ref: str = "refs/heads/main", old: str | None = None) -> str:
        """A push that may land: what it is told."""
        return self.judge((old or self.old, new, ref), exits=0)

    def refused(self, new: str, ref: str = "refs/heads/main", old: str | None = None) -> str:
        """A push that may not: what it is told."""
        return self.judge((old or self.old, new, ref), exits=1)


@pytest.fixture
def gate(desk: Desk, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Gate:
    """A clean quality system on a server."""
    return Gate(desk, tmp_path_factory.mktemp("served") / "quality.git", monkeypatch)


def assigned(gate: Gate, files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    """A commit that brings some files, and what they owe."""
    with monkeypatch.context() as there:
        there.chdir(gate.clone.folder)
        gate.clone.write(files)
        gate.desk.run("assign")
    return gate.clone.commit()


# --- what may land --------------------------------------------------------------------------------------------------


def test_a_clean_change_lands_without_a_word(gate: Gate, monkeypatch: pytest.MonkeyPatch):
    """The pusher sees what git says, and nothing else."""
    assert gate.lands(assigned(gate, HIRED, monkeypatch)) == ""


def test_nothing_pushed(gate: Gate):
    """Nothing to judge."""
    assert gate.judge(exits=0) == ""


@pytest.mark.parametrize(
    "ref",
    [
        "refs/heads/draft",
        "refs/heads/maintenance",
        "refs/heads/feature/main",
        "refs/tags/v1",
        "refs/notes/x",
        "refs/heads/--upload-pack=sh",
        "refs/heads/$(touch${IFS}here);`id`'\"",
        "refs/heads/\udcff\u202e",
    ],
)
def test_other_branches_and_tags_pass(gate: Gate, ref: str):
    """Whatever is on them and whatever they are called: nothing is approved that is not on main."""
    assert gate.lands(gate.clone.commit(HIRED), ref, NOBODY) == ""
    assert gate.judge((gate.old, NOBODY, ref), exits=0) == ""


@pytest.mark.parametrize("ref", ["refs/heads/\x1b[31m", "refs/heads/main^{tree}", "refs/heads/a b", "refs/heads/main/"])
def test_a_name_that_git_does_not_allow_is_refused(gate: Gate, ref: str):
    """Git would refuse it after the gate; nothing of it reaches a terminal as it is."""
    told = gate.refused(gate.old, ref, NOBODY)

    assert "\x1b" not in told
    assert told.count("\n") <= 3


def test_a_warning_is_shown_and_let_through(gate: Gate):
    """The policy is weakened, and approvals live on the forge."""
    told = gate.lands(
        gate.clone.commit(
            {
                "qmsci.yaml": POLICY.replace("revision: 1", "revision: 2")
                + "main: main\ntraining: {late-entry: 9 days}\n"
            }
        )
    )

    assert "warning[policy-weakened]" in told
    assert "not updated" not in told


def test_what_was_committed_long_ago_lands_with_a_merge_of_now(gate: Gate, monkeypatch: pytest.MonkeyPatch):
    """Only main's own line says when something was recorded."""
    gate.clone.git("switch", "--quiet", "--create", "draft")
    gate.clone.commit(message="Long ago", at="2026-02-01T12:00:00+01:00")
    gate.clone.git("switch", "--quiet", "main")
    gate.clone.git("merge", "--quiet", "--no-ff", "draft")

    assert gate.lands(gate.clone.git("rev-parse", "HEAD")) == ""


@pytest.mark.parametrize(
    "at",
    [
        pytest.param("2026-11-22T12:05:00+01:00", id="five minutes ahead"),
        pytest.param("2026-11-21T12:00:00+01:00", id="a day old"),
        pytest.param("2026-11-22T01:00:00-10:00", id="another offset"),
    ],
)
def test_a_clock_that_is_right_enough(gate: Gate, at: str):
    """Clocks differ a little, and people push in the morning what they committed in the evening."""
    assert gate.lands(gate.clone.commit(at=at)) == ""


# --- what is wrong with the tree ------------------------------------------------------------------------------------


def test_a_change_that_check_refuses_is_refused_with_its_words(gate: Gate, monkeypatch: pytest.MonkeyPatch):
    """The same findings, and what to do."""
    new = gate.clone.commit(HIRED)
    told = gate.refused(new)
    monkeypatch.chdir(gate.clone.folder)
    said = gate.desk.run("check", "--base", gate.old, "--head", new, exits=1).stdout

    assert told.startswith(said)
    assert "error[person-without-assignment]" in told
    assert "fix: qmsci assign" in told
    assert told.endswith(
        "qmsci: main is not updated.\nWhat would land is wrong, as said above.\n"
        "  fix: put it right, amend, push again; in your clone: git pull --rebase origin main && qmsci check\n"
    )


def test_a_change_rule_refuses_too(gate: Gate):
    """What it alters is judged, not only what it leaves behind."""
    assert "error[text-changed-without-revision]" in gate.refused(gate.clone.commit(REWORDED))


def test_what_comes_to_main_on_the_way_is_judged_too(gate: Gate, monkeypatch: pytest.MonkeyPatch):
    """Each commit of the line that main is was main for a moment; as one merge it never was."""
    bad = gate.clone.commit(HIRED)
    good = assigned(gate, {}, monkeypatch)

    told = gate.refused(good)
    assert "error[person-without-assignment]" in told
    assert f"{bad[:10]} is wrong by itself, as said above, and comes to main on the way." in told
    gate.clone.git("switch", "--quiet", "--create", "again", gate.old)
    gate.clone.git("merge", "--quiet", "--no-ff", good)
    assert gate.lands(gate.clone.git("rev-parse", "HEAD")) == ""


def test_main_does_not_lose_its_policy_on_the_way(gate: Gate):
    """Not for a moment."""
    bad = gate.clone.commit({"qmsci.yaml": None})
    good = gate.clone.commit({"qmsci.yaml": POLICY})

    assert f"{bad[:10]} has no qmsci.yaml, and comes to main on the way." in gate.refused(good)


def test_a_push_of_several_is_refused_as_a_whole(gate: Gate):
    """The branch beside it does not land either."""
    new = gate.clone.commit(HIRED)

    assert "main is not updated" in gate.judge(
        (NOBODY, new, "refs/heads/x"), (gate.old, new, "refs/heads/main"), exits=1
    )


def test_of_many_findings_the_first_are_shown(gate: Gate):
    """A terminal holds so much; the rest is counted."""
    many = {
        f"roles/people/p-{n}.yaml": HIRED["roles/people/p-3.yaml"].replace("p-3", f"p-{n}") for n in range(100, 150)
    }
    told = gate.refused(gate.clone.commit(many))

    assert len(re.findall(r"error\[", told)) == 40
    assert "… and 10 more findings\n50 errors: " in told


def test_a_hostile_text_cannot_do_anything_in_the_pushers_terminal(gate: Gate):
    """Escapes are spelled out."""
    told = gate.refused(gate.clone.commit({"roles/people/p-3.yaml": 'id: "p-\\e[31m"\n'}))

    assert "\x1b" not in told


# --- which branch is main -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ref",
    [
        "refs/heads/Main",
        "refs/heads/MAIN",
        "refs/heads/main/x",
        "refs/heads/Main/x",
        "refs/tags/main",
        "refs/tags/origin/main",
        "refs/remotes/origin/main",
        "refs/main",
        "refs/replace/" + "a" * 40,
    ],
)
def test_what_could_be_taken_for_main_is_refused(gate: Gate, ref: str):
    """Or what would have git show something else. Taking it away is welcome."""
    new = gate.clone.commit()

    assert "is not updated.\nIt " in gate.refused(new, ref, NOBODY)
    assert gate.judge((new, NOBODY, ref), exits=0) == ""


def test_an_alias_of_main_is_main(gate: Gate):
    """Git follows a symbolic ref; so does the gate."""
    gate.server.git("symbolic-ref", "refs/heads/master", "refs/heads/main")

    assert "master is not updated" in gate.refused(gate.clone.commit(HIRED), "refs/heads/master")


def test_a_push_that_renames_main_is_judged_as_main_was(gate: Gate):
    """Neither the new name nor the old one goes round the gate."""
    renamed = {"qmsci.yaml": POLICY.replace("revision: 1", "revision: 2") + "main: trunk\n"}
    bad = gate.clone.commit({**renamed, **HIRED})

    assert "person-without-assignment" in gate.refused(bad)


def test_the_new_main_cannot_be_something_else(gate: Gate):
    """A branch that was never judged does not become main by a change of the policy; the same commit may."""
    renamed = {"qmsci.yaml": POLICY.replace("revision: 1", "revision: 2") + "main: trunk\n"}
    good = gate.clone.commit(renamed)
    bad = gate.clone.commit(HIRED)
    both = [(gate.old, good, "refs/heads/main"), (NOBODY, bad, "refs/heads/trunk")]

    told = gate.judge(*both, exits=1)
    assert "holds something else" in told
    assert "fix: git push origin --delete trunk" in told
    gate.server.git("update-ref", "refs/heads/trunk", bad)
    assert "holds something else" in gate.refused(good)
    gate.judge(both[0], (NOBODY, good, "refs/heads/trunk"), exits=0)
    gate.server.git("update-ref", "refs/heads/trunk", gate.old)
    gate.lands(good)
    gate.judge(both[0], (bad, NOBODY, "refs/heads/trunk"), exits=0)


def test_once_renamed_both_are_main_and_the_new_one_goes_on_from_the_old(gate: Gate):
    """Until the administrator points HEAD to the new one."""
    renamed = gate.clone.commit({"qmsci.yaml": POLICY.replace("revision: 1", "revision: 2") + "main: trunk\n"})
    gate.lands(renamed)
    gate.server.git("update-ref", "refs/heads/main", renamed)
    gate.clone.git("switch", "--quiet", "--orphan", "other")
    other = gate.clone.commit({"qmsci.yaml": POLICY})

    assert "rewrite the history" in gate.refused(other, "refs/heads/trunk", NOBODY)
    gate.clone.git("switch", "--quiet", "main")
    new = gate.clone.commit()
    assert gate.lands(new, "refs/heads/trunk", NOBODY) == ""
    assert "person-without-assignment" in gate.refused(gate.clone.commit(HIRED), "refs/heads/trunk", NOBODY)


@pytest.mark.parametrize("policy", [POLICY, POLICY + "unknown: key\n"], ids=["readable", "unreadable"])
def test_where_head_names_another_branch_main_is_what_its_own_policy_calls_so(gate: Gate, policy: str):
    """A server that was made with another default branch is not left open."""
    gate.server.git("symbolic-ref", "HEAD", "refs/heads/master")
    gate.server.git("update-ref", "-d", "refs/heads/main")
    new = gate.clone.commit({**HIRED, "qmsci.yaml": policy})

    assert "main is not updated" in gate.refused(new, old=NOBODY)
    assert "main is not updated" in gate.judge((gate.old, NOBODY, "refs/heads/main"), exits=1)
    assert gate.lands(new, "refs/heads/draft", NOBODY) == ""


def test_a_head_that_names_no_branch(gate: Gate):
    """Main is main all the same."""
    gate.server.git("update-ref", "--no-deref", "HEAD", gate.old)

    assert "main is not updated" in gate.refused(gate.clone.commit(HIRED))


# --- what main cannot lose ------------------------------------------------------------------------------------------


def test_main_is_not_deleted(gate: Gate):
    """It is the quality system."""
    assert gate.judge((gate.old, NOBODY, "refs/heads/main"), exits=1) == (
        "qmsci: main is not updated.\nIt is the quality system, and is not deleted.\n"
    )


def test_main_does_not_lose_its_policy(gate: Gate):
    """Without it nothing would be judged any more."""
    assert f"fix: git restore --source {gate.old[:10]} qmsci.yaml" in gate.refused(
        gate.clone.commit({"qmsci.yaml": None})
    )


def test_history_is_not_rewritten(gate: Gate):
    """Neither amended nor taken back."""
    new = gate.clone.commit()
    gate.clone.git("commit", "--quiet", "--amend", "--allow-empty", "--message", "Otherwise")

    told = gate.judge((new, gate.clone.git("rev-parse", "HEAD"), "refs/heads/main"), exits=1)
    assert "It would rewrite the history of main" in told
    assert "  fix: git fetch, git rebase origin/main, and push without force\n" in told
    assert "It would rewrite the history of main" in gate.judge((new, gate.old, "refs/heads/main"), exits=1)


def test_mains_own_line_is_not_exchanged_for_a_branch(gate: Gate):
    """Git calls it a fast-forward; but what was recorded when would be told by other commits."""
    gate.clone.git("switch", "--quiet", "--create", "draft", "main")
    gate.clone.commit(message="Mine")
    gate.clone.git("switch", "--quiet", "main")
    theirs = gate.clone.commit(message="Theirs")
    gate.clone.git("switch", "--quiet", "draft")
    gate.clone.git("merge", "--quiet", "main")

    told = gate.judge((theirs, gate.clone.git("rev-parse", "HEAD"), "refs/heads/main"), exits=1)
    assert "main was merged into your branch" in told
    assert "git merge --no-ff YOUR-BRANCH\n" in told


@pytest.mark.parametrize(
    ("at", "why"),
    [
        pytest.param("2026-11-22T12:05:01+01:00", "but it is 2026-11-22 11:00:00 UTC here", id="ahead of the server"),
        pytest.param("2038-01-19T00:00:00+00:00", "but it is 2026-11-22 11:00:00 UTC here", id="years ahead"),
        pytest.param("2026-11-21T11:59:59+01:00", "more than 24 hours ago", id="more than a day old"),
        pytest.param("2026-02-01T00:00:00+00:00", "more than 24 hours ago", id="months old"),
        pytest.param(
            "2026-01-01T00:00:00+00:00", "(2026-01-06 11:00:00 UTC), which it follows", id="before what it follows"
        ),
    ],
)
def test_a_false_time_of_recording_is_refused(gate: Gate, at: str, why: str):
    """The time of a commit on main is when its records were recorded."""
    told = gate.refused(gate.clone.commit(at=at))

    assert why in told.replace("\n", " ")
    assert "git rebase --force-rebase origin/main" in told


def test_a_false_time_among_several_commits(gate: Gate):
    """Each commit on main's own line is looked at, not only the last one."""
    gate.clone.commit(at="2026-11-22T11:00:00+01:00")
    gate.clone.commit(at="2026-11-22T10:00:00+01:00")
    last = gate.clone.commit(at=NOON)

    assert "which it follows" in gate.refused(last).replace("\n", " ")
    for _ in range(5):
        last = gate.clone.commit(at="2026-11-22T13:00:00+01:00")
    assert "And so with 2 more commits." in gate.refused(last)


# --- beginnings -----------------------------------------------------------------------------------------------------


def test_a_repository_without_a_quality_system_takes_anything(gate: Gate):
    """Until it has one, main is a branch."""
    gate.clone.git("switch", "--quiet", "--orphan", "plain")
    first = gate.clone.commit({"README.md": "Hello\n"}, at="2020-01-01T00:00:00+00:00")
    gate.server.git("update-ref", "-d", "refs/heads/main")
    assert gate.lands(first, old=NOBODY) == ""
    gate.server.git("update-ref", "refs/heads/main", first)
    gate.clone.git("commit", "--quiet", "--amend", "--message", "Rewritten")
    second = gate.clone.git("rev-parse", "HEAD")
    assert gate.lands(second, old=first) == ""
    assert gate.judge((first, NOBODY, "refs/heads/main"), exits=0) == ""


def test_the_first_push_founds_the_system(gate: Gate):
    """With the history that it has; all of it is looked at."""
    gate.server.git("update-ref", "-d", "refs/heads/main")

    assert gate.lands(gate.old, old=NOBODY) == ""
    told = gate.refused(gate.clone.commit(HIRED), old=NOBODY)
    assert "person-without-assignment" in told
    assert told.endswith("in your clone: qmsci check --all\n")


def test_a_system_that_ever_revoked_a_key_is_founded_anew(gate: Gate, monkeypatch: pytest.MonkeyPatch):
    """On another server, or from a backup: what is pushed says itself when its records came."""
    key = security_keys()["sk-ed25519"].key.line
    pen = Pen("p-1", "Ingrid Solberg", security_keys()["sk-ed25519"])
    path = "training-records/completions/p-1/SOP-001.yaml"
    trained = json.loads(TRAINED.removeprefix("- ")) | {"completed": "2026-02-02T11:00:00+01:00"}
    registered = f"keys:\n  - {{key: {key}, from: 2025-01-01, proof: b, by: p-2}}\n"
    gate.clone.commit({HERS: FILES[HERS] + registered}, at="2026-02-01T12:00:00+01:00")
    given = pen.on(path, trained, "read-and-understood", "2026-02-02T11:00:00+01:00")
    gate.clone.commit({path: TRAINED + lines([{**trained, "signatures": [given]}])}, at="2026-02-02T12:00:00+01:00")
    late = lines(
        [{**trained, "signatures": [pen.on(path, trained, "read-and-understood", "2026-02-03T11:00:00+01:00")]}]
    )
    revoked = registered.replace("by: p-2", "by: p-2, revoked: {on: 2026-03-01}")
    tip = gate.clone.commit({HERS: FILES[HERS] + revoked}, at="2026-03-01T12:00:00+01:00")
    gate.server.git("update-ref", "-d", "refs/heads/main")

    assert gate.lands(tip, old=NOBODY) == ""
    told = gate.refused(gate.clone.commit({path: TRAINED + late}, at="2026-03-02T12:00:00+01:00"), old=NOBODY)
    assert "error[key-not-valid] recorded on 2026-03-02" in told


def test_the_times_of_a_first_push_do_not_decrease_nor_come_from_the_future(gate: Gate):
    """From the commit on that brings the policy; what was there before is nobody's record."""
    gate.server.git("update-ref", "-d", "refs/heads/main")
    gate.clone.git("switch", "--quiet", "--orphan", "new")
    gate.clone.commit({"README.md": "x\n"}, at="2026-01-03T00:00:00+00:00")
    gate.clone.commit({"README.md": "y\n"}, at="2026-01-02T00:00:00+00:00")
    good = gate.clone.commit(FILES, at="2026-01-01T00:00:00+00:00")
    with_training = gate.clone.git("show", "-s", "--format=%T", gate.old)
    good = gate.clone.git("commit-tree", "-m", "All", "-p", good, with_training, at="2026-01-06T00:00:00+00:00")

    assert gate.lands(good, old=NOBODY) == ""
    for at in ("2026-01-01T00:00:00+00:00", "2026-12-01T00:00:00+00:00"):
        bad = gate.clone.git("commit-tree", "-m", "Odd", "-p", good, with_training, at=at)
        assert "git commit --amend --no-edit" in gate.refused(bad, old=NOBODY)


# --- what cannot be judged ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "why"),
    [
        pytest.param(b"hello\n", "'OLD NEW REF' a line", id="words"),
        pytest.param(b"\xff\n", "'OLD NEW REF' a line", id="bytes"),
        pytest.param(f"{'a' * 40} {'b' * 40}\n".encode(), "'OLD NEW REF' a line", id="no ref"),
        pytest.param(f"{'a' * 40} {'--all':40} refs/heads/main\n".encode(), "'OLD NEW REF' a line", id="an option"),
        pytest.param(
            f"{NOBODY} {'b' * 40} refs/heads/main\n".encode(), "no commit that this server has", id="no such commit"
        ),
    ],
)
def test_what_cannot_be_judged_is_refused_with_a_sentence(gate: Gate, given: bytes, why: str):
    """Never with a traceback, and never let through."""
    told = gate.desk.run("hook", "pre-receive", exits=1, input=given).stderr

    assert told.startswith("qmsci: the gate could not judge this push, so it is refused: ")
    assert why in told
    assert told.count("\n") == 1


def test_a_fault_of_the_gate_itself_refuses(gate: Gate, monkeypatch: pytest.MonkeyPatch):
    """Whatever it is."""
    monkeypatch.setattr("qmsci.cli.pushed.scope_of", lambda _: 1 / 0)

    told = gate.refused(gate.clone.commit())
    assert "so it is refused: ZeroDivisionError: division by zero" in told


@pytest.mark.parametrize(
    "heading",
    [
        pytest.param(b"author A <a> 1 +0000\ncommitter A <a> noon +0000\n", id="no number"),
        pytest.param(b"author A <a> 1 +0000\ncommitter A <a> 99999999999999 +0000\n", id="the end of time"),
        pytest.param(b"author A <a> 1 +0000\n", id="no committer"),
        pytest.param(b"author A <a> 1 +0000\nx y\ncommitter A <a> 1 +0000\n", id="out of order"),
    ],
)
def test_a_commit_that_git_would_not_write_is_refused(gate: Gate, heading: bytes):
    """Its time could be read in two ways, or in none."""
    tree = gate.clone.git("rev-parse", "HEAD^{tree}")
    content = f"tree {tree}\nparent {gate.old}\n".encode() + heading + b"\nOdd\n"
    (gate.clone.folder / ".git" / "odd").write_bytes(content)
    new = gate.server.git("hash-object", "-w", "-t", "commit", "--literally", str(gate.clone.folder / ".git" / "odd"))
    told = gate.desk.run("hook", "pre-receive", exits=1, input=f"{gate.old} {new} refs/heads/main\n").stderr

    assert "is none that git would write" in told


@pytest.mark.parametrize("way", ["refs/replace", "grafts"])
def test_what_replaces_objects_on_the_server_is_not_believed(gate: Gate, way: str):
    """The tree that would land is judged, not one that somebody put in its place."""
    clean = gate.clone.commit()
    bad = gate.clone.git("commit-tree", "-m", "Bad", "-p", gate.old, _tree_of(gate, HIRED))
    rewritten = gate.clone.git("commit-tree", "-m", "Else", gate.clone.git("rev-parse", f"{gate.old}^{{tree}}"))
    for name in (clean, bad, rewritten):
        gate.server.git("fetch", "--quiet", str(gate.clone.folder), f"{name}:refs/got/{name}")
    if way == "grafts":
        (gate.server.folder / "info").mkdir(exist_ok=True)
        (gate.server.folder / "info/grafts").write_text(f"{rewritten} {gate.old}\n")
        assert "It would rewrite the history" in gate.refused(rewritten)
    else:
        gate.server.git("replace", bad, clean)
        assert "person-without-assignment" in gate.refused(bad)


def _tree_of(gate: Gate, files: dict[str, str]) -> str:
    gate.clone.git("switch", "--quiet", "--detach")
    gate.clone.commit(files)
    tree = gate.clone.git("rev-parse", "HEAD^{tree}")
    gate.clone.git("switch", "--quiet", "main")
    return tree


# --- the real thing -------------------------------------------------------------------------------------------------


@pytest.fixture
def served(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A server onto which the desk has pushed, through the hook."""
    server = Server(tmp_path_factory.mktemp("served") / "quality.git")
    assert server.push(desk.checkout, "main") == (0, "")
    return server


def _amend(desk: Desk) -> None:
    """Put right what was refused: each commit of main's own line is judged, and so it is the commit that changes."""
    desk.checkout.git("add", "--all")
    desk.checkout.git("commit", "--quiet", "--amend", "--no-edit")


def test_a_real_push_lands_or_is_refused_with_the_reason_in_the_terminal(desk: Desk, served: Server):
    """What is refused leaves nothing behind: neither objects nor a memory among them."""
    before = served.tip()
    desk.checkout.commit(HIRED)
    code, told = served.push(desk.checkout, "main")

    assert code == 1
    assert "remote: roles/people/p-3.yaml:6:5: error[person-without-assignment]" in re.sub(" +\n", "\n", told)
    assert "remote: qmsci: main is not updated." in told
    assert "pre-receive hook declined" in told
    assert served.tip() == before
    assert not [path for path in (served.folder / "objects").iterdir() if path.name.startswith("tmp_objdir")]
    refused = desk.checkout.git("rev-parse", "HEAD")
    assert refused not in served.git("cat-file", "--batch-check", "--batch-all-objects")
    assert (served.folder / "qmsci").is_dir()
    desk.run("assign")
    _amend(desk)
    assert served.push(desk.checkout, "main") == (0, "")
    assert served.tip() == desk.checkout.git("rev-parse", "HEAD")


@pytest.mark.parametrize(
    "surroundings",
    [
        pytest.param("unset HOME USER LOGNAME", id="no home"),
        pytest.param("HOME=/nonexistent", id="a home that is not there"),
        pytest.param("unset GIT_CONFIG_COUNT; export GIT_TEST_ASSUME_DIFFERENT_OWNER=1", id="another user"),
        pytest.param("chmod -R a-w qmsci 2>/dev/null", id="nowhere to remember"),
        pytest.param("export LC_ALL=C PYTHONIOENCODING=ascii", id="no Unicode"),
    ],
)
def test_the_hook_runs_wherever_a_git_server_runs_it(desk: Desk, served: Server, surroundings: str):
    """As another user, without a home, with no more than git's own environment."""
    hook = served.folder / "hooks/pre-receive"
    served.guard(hook.read_text().replace("exec", f"{surroundings}\nexec"))
    name = HIRED["roles/people/p-3.yaml"].replace("Ola Moe", "Øystein Ås")
    desk.checkout.commit({"roles/people/p-3.yaml": name})
    code, told = served.push(desk.checkout, "main")

    assert code == 1
    assert "person-without-assignment" in told, told
    desk.run("assign")
    _amend(desk)
    assert served.push(desk.checkout, "main") == (0, "")


def test_a_server_that_is_not_bare(desk: Desk, tmp_path_factory: pytest.TempPathFactory):
    """A repository with a working tree, onto which somebody pushes."""
    folder = tmp_path_factory.mktemp("served")
    server = Server(folder / "quality.git")
    assert server.push(desk.checkout, "main") == (0, "")
    other = Checkout(folder / "other")
    server.git("clone", "--quiet", str(server.folder), str(other.folder))
    other.git("config", "receive.denyCurrentBranch", "updateInstead")
    (other.folder / ".git/hooks/pre-receive").symlink_to(server.folder / "hooks/pre-receive")
    desk.checkout.commit(HIRED)

    ran = [str(other.folder), "main"]
    with pytest.raises(AssertionError, match="person-without-assignment"):
        desk.checkout.git("push", "--quiet", *ran)
    desk.run("assign")
    _amend(desk)
    desk.checkout.git("push", "--quiet", *ran)
    assert (other.folder / "roles/people/p-3.yaml").exists()


# --- install --------------------------------------------------------------------------------------------------------


def test_install_writes_a_hook_that_git_runs(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
):
    """Executable, by the interpreter that has qmsci; a second time it overwrites nothing."""
    server = Checkout(tmp_path_factory.mktemp("served"))
    server.git("init", "--quiet", "--bare")
    monkeypatch.chdir(server.folder)
    said = desk.run("hook", "install").stdout

    assert said.startswith(
        f"wrote {server.folder}/hooks/pre-receive\nHEAD names refs/heads/main, which is empty still: the"
    )
    hook = server.folder / "hooks/pre-receive"
    assert hook.stat().st_mode & 0o777 == 0o755
    assert f"exec {sys.executable} -P -m qmsci hook pre-receive" in hook.read_text()
    ran = subprocess.run([hook], input="odd\n", capture_output=True, text=True, cwd=server.folder, check=False)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("qmsci: the gate could not judge this push")
    assert "pre-receive is there already" in desk.run("hook", "install", exits=2).stderr


def test_install_says_how_a_wrong_head_is_put_right(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    server = Checkout(tmp_path / "served.git")
    server.folder.mkdir()
    server.git("init", "--quiet", "--bare")
    server.git("symbolic-ref", "HEAD", "refs/heads/master")
    monkeypatch.chdir(server.folder)
    said = desk.run("hook", "install").stdout

    assert "HEAD names refs/heads/master, which has no commit" in said
    assert said.endswith("git symbolic-ref HEAD refs/heads/main\n")


def test_install_goes_where_git_looks(desk: Desk, tmp_path: Path):
    """In a repository with a working tree, and with `core.hooksPath`."""
    assert desk.run("hook", "install").stdout == f"wrote {desk.checkout.folder}/.git/hooks/pre-receive\n"
    desk.checkout.git("config", "core.hooksPath", "elsewhere/hooks")
    assert desk.run("hook", "install").stdout == f"wrote {desk.checkout.folder}/elsewhere/hooks/pre-receive\n"
    assert os.access(desk.checkout.folder / "elsewhere/hooks/pre-receive", os.X_OK)
    said = desk.run("hook", "install", exits=2).stderr
    assert "elsewhere/hooks, which core.hooksPath names: pre-receive is there already" in said


def test_install_where_core_hooks_path_names_no_folder(desk: Desk):
    """As where hooks are switched off by it."""
    desk.checkout.git("config", "core.hooksPath", "/dev/null")

    assert desk.run("hook", "install", exits=2).stderr == "qmsci: /dev/null, which core.hooksPath names, is no folder\n"
