"""
A scratch clone of this checkout's HEAD for the demo and the manual's examples; nobody's settings reach it.

Beside it lies `keys/`, with the private key of each of the fictional people in it.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import halden_keys

ROOT = Path(__file__).resolve().parent.parent

_CONFIG = """\
[user]
    name = A reader of the manual
    email = reader@example.org
[commit]
    gpgsign = false
[advice]
    detachedHead = false
[safe]
    directory = *
[core]
    pager = cat
    hooksPath = /dev/null
    autocrlf = false
"""


def environment(folder: Path) -> dict[str, str]:
    """The environment in a scratch clone: `qmsci` is the one of this checkout, git has no settings but these."""
    settings, commands = folder / "gitconfig", folder / "bin"
    settings.write_text(_CONFIG)
    commands.mkdir(exist_ok=True)
    command = commands / "qmsci"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -P -m qmsci "$@"\n')
    command.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "QMSCI_"))}
    return kept | {
        "GIT_CONFIG_GLOBAL": str(settings),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_EDITOR": "true",
        "LC_ALL": "C.UTF-8",
        "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
    }


def clone(folder: Path, env: dict[str, str]) -> Path:
    """HEAD of this checkout as the main branch of a repository of its own. A shallow clone will do."""
    target = folder / "halden"

    def git(*words: str, at: Path = target) -> str:
        done = subprocess.run(["git", *words], cwd=at, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"git {words[0]} failed in {at}: {done.stderr.strip()}")
        return done.stdout.strip()

    head = git("rev-parse", "HEAD", at=ROOT)
    git("clone", "--quiet", "--no-tags", "--no-checkout", str(ROOT), str(target), at=folder)
    git("checkout", "--quiet", "-B", "main", head)
    git("remote", "remove", "origin")
    for person in sorted((target / "roles" / "people").glob("*.yaml")):
        halden_keys.write(folder / "keys", person.stem)
    return target


def uncommitted() -> bool:
    """Whether the checkout holds changes that HEAD does not."""
    done = subprocess.run(["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True, check=False)
    return bool(done.stdout.strip())
