"""Real repositories, for the few tests that need one."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.laws import POLICY

#: Nobody's own configuration, names or dates; a clock that stands still unless a test moves it.
ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_CONFIG_COUNT": "3",
    "GIT_CONFIG_KEY_0": "init.defaultBranch",
    "GIT_CONFIG_VALUE_0": "main",
    "GIT_CONFIG_KEY_1": "protocol.file.allow",
    "GIT_CONFIG_VALUE_1": "always",
    "GIT_CONFIG_KEY_2": "safe.directory",
    "GIT_CONFIG_VALUE_2": "*",
    "GIT_AUTHOR_NAME": "Ingrid Solberg",
    "GIT_AUTHOR_EMAIL": "ingrid@example.org",
    "GIT_COMMITTER_NAME": "Ingrid Solberg",
    "GIT_COMMITTER_EMAIL": "ingrid@example.org",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C.UTF-8",
}
NOON = "2026-11-22T12:00:00+01:00"


class Checkout:
    """A folder with a repository, and git in it."""

    def __init__(self, folder: Path) -> None:
        """Take a folder in which a repository is or will be."""
        self.folder = folder

    def git(self, *arguments: str | bytes, at: str = NOON) -> str:
        """Run git; what it prints."""
        environment = {**os.environ, **ENVIRONMENT, "GIT_COMMITTER_DATE": at, "GIT_AUTHOR_DATE": at}
        ran = subprocess.run(["git", *arguments], cwd=self.folder, env=environment, capture_output=True, check=False)
        assert ran.returncode == 0, (arguments, ran.stdout, ran.stderr)
        return ran.stdout.decode("utf-8", "surrogateescape").strip()

    def write(self, files: Mapping[str, str | bytes | None]) -> None:
        """Write some files; None removes one."""
        for path, text in files.items():
            place = self.folder / path
            if text is None:
                place.unlink()
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text if isinstance(text, bytes) else text.encode())

    def commit(
        self, files: Mapping[str, str | bytes | None] | None = None, message: str = "Change", at: str = NOON
    ) -> str:
        """Write some files and commit all that differs; the commit's id."""
        self.write(files or {})
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message, at=at)
        return self.git("rev-parse", "HEAD")


def begun(folder: Path, files: Mapping[str, str | bytes | None] | None = None, *options: str) -> Checkout:
    """A repository with one commit: a policy, and some files."""
    folder.mkdir(parents=True, exist_ok=True)
    checkout = Checkout(folder)
    checkout.git("init", "--quiet", *options)
    checkout.commit({"qmsci.yaml": POLICY, **(files or {})}, "First")
    return checkout
