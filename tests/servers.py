"""A git server of one's own: a bare repository whose pre-receive hook is the real one, before a clock that stands still."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from tests.repositories import ENVIRONMENT, NOON, Checkout

ROOT = Path(__file__).parent.parent
_HOOK = """\
#!{python} -P
import os, sys, time
from datetime import datetime

sys.path.insert(0, {root!r})
import qmsci.cli.judged
from qmsci.cli import main


class Then(datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime.fromisoformat({now!r}).astimezone(tz)


qmsci.cli.judged.datetime = Then
time.sleep(float(os.environ.get("PAUSE_BEFORE", "0")))
try:
    main(["hook", "pre-receive"], prog_name="qmsci")
finally:
    time.sleep(float(os.environ.get("PAUSE_AFTER", "0")))
"""


class Server(Checkout):
    """A bare repository with the hook."""

    def __init__(self, folder: Path, *options: str) -> None:
        """Make an empty one."""
        super().__init__(folder)
        folder.mkdir(parents=True)
        self.git("init", "--quiet", "--bare", *options)
        self.guard(f'#!/bin/sh\nexec "{self._hook()}"\n')

    def _hook(self) -> Path:
        path = self.folder.parent / f"{self.folder.name}.hook"
        path.write_text(
            _HOOK.format(python=sys.executable, root=str(ROOT), now=datetime.fromisoformat(NOON).isoformat())
        )
        path.chmod(0o755)
        return path

    def guard(self, script: str) -> None:
        """Set the hook."""
        hook = self.folder / "hooks" / "pre-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(script)
        hook.chmod(0o755)

    def tip(self, ref: str = "refs/heads/main") -> str | None:
        """What a ref stands for."""
        return self.git("for-each-ref", "--format=%(objectname)", ref) or None

    def push(self, clone: Checkout, *what: str, env: Mapping[str, str] | None = None) -> tuple[int, str]:
        """Push to it, as people do: the exit code, and what they see."""
        process = self.pushing(clone, *what, env=env)
        return process.wait(), (process.communicate()[0])

    def pushing(self, clone: Checkout, *what: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Begin to push to it."""
        return subprocess.Popen(
            ["git", "push", "--quiet", str(self.folder), *what],
            cwd=clone.folder,
            env={**os.environ, **ENVIRONMENT, **(env or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
