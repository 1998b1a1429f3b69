"""Where nobody can be asked, a command says so, and which option answers (2); who stops it, stops it."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from qmsci.cli import prompts
from qmsci.finding import CannotRun
from tests.cli.commands import AT_NOON, Desk
from tests.cli.test_complete import Keys, keys, signed
from tests.keys import made, public

__all__ = ["keys", "signed"]  # fixtures


def alone(desk: Desk, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as a process without a terminal, and with nothing to read."""
    return subprocess.run(
        [sys.executable, "-c", AT_NOON, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=desk.checkout.folder,
        start_new_session=True,
        check=False,
    )


WAIVE = ("waive", "p-2", "SOP-001@1", "--reason", "R", "--evidence", "E", "--until", "2027-11-22", "--by", "p-3")


def test_a_key_with_a_passphrase(signed: Desk, keys: Keys):
    """No warning of Python's, and nothing is written."""
    locked = made(keys.folder, passphrase="secret", name="locked")
    path = "roles/people/p-3.yaml"
    before = (signed.checkout.folder / path).read_text()
    line = f"  - {{key: {public(locked)}, from: 2024-03-01, proof: badge, by: p-1}}\n"
    signed.checkout.commit({path: before + line})
    ran = alone(signed, *WAIVE, "--key", str(locked), "--yes")

    assert ran.returncode == 2
    assert ran.stderr.splitlines()[-1] == (
        f"qmsci: the key {locked} has a passphrase and nobody can be asked here: load it into ssh-agent (ssh-add)"
    )
    assert "Warning" not in ran.stderr
    assert "Aborted" not in ran.stderr
    assert signed.checkout.git("status", "--porcelain") == ""


def test_whether_something_is_signed(signed: Desk, keys: Keys):
    """Silence is neither yes nor no."""
    ran = alone(signed, *WAIVE, "--key", keys.of("p-3"))

    assert ran.returncode == 2
    assert ran.stderr.endswith("qmsci: nobody can be asked here whether this is signed: --yes says so\n")
    assert signed.checkout.git("status", "--porcelain") == ""


def test_the_passphrase_of_the_trainers(signed: Desk):
    """It can lie in a file."""
    (signed.checkout.folder.parent / "answers.yaml").write_text("q1: a\nq2: [a, c]\n")
    ran = alone(signed, "questions", "unseal", "TRN-001")

    assert ran.returncode == 2
    assert ran.stderr.splitlines()[-1] == "qmsci: nobody can be asked here for the passphrase: --passphrase-file"


@pytest.mark.parametrize(
    ("stopped", "raised"), [(EOFError, CannotRun), (KeyboardInterrupt, click.Abort)], ids=["nobody", "somebody"]
)
def test_who_stops_a_command_has_been_asked(
    monkeypatch: pytest.MonkeyPatch, stopped: type[BaseException], raised: type[Exception]
):
    """Which is no reason to explain to them how to answer."""

    def stop(_: str) -> str:
        raise stopped

    monkeypatch.setattr("click.termui.visible_prompt_func", stop)
    with pytest.raises(raised):
        prompts.answer("why?", "nobody can be asked here")
    with pytest.raises(raised):
        prompts.agreed("so?", "nobody can be asked here")
