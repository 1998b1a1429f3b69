"""
Run commands that write, and have them die, run out of disc or be killed at a place of one's choice.

Started as a process of its own (`python -m tests.crashes`): it loads everything once and forks for each fault. A fault
is met at the n-th thing that a command does to the files of its repository, the git directory left out: opening one
for writing, making a folder, linking, renaming, taking away, and bringing to disc.
"""

from __future__ import annotations

import errno
import importlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import datetime, tzinfo
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple, Self

ROOT = Path(__file__).parent.parent
_DIED = 77
_EVENTS = {"open", "os.mkdir", "os.link", "os.rename", "os.remove", "os.truncate"}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Fault(NamedTuple):
    """A copy of the repository after a fault: where, how the command ended, and what it said."""

    folder: Path
    code: int
    said: str


class _Faulty:
    """Counts what is done to the files of the folder, and strikes at the n-th."""

    def __init__(self, way: str, number: int) -> None:
        self.way, self.left, self.full = way, number, False
        self.here = str(Path.cwd())
        self.fsync, self.fdopen = os.fsync, os.fdopen

    def arm(self) -> None:
        sys.addaudithook(self._hear)
        os.fsync = self._fsync
        os.fdopen = self._fdopen

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _EVENTS or not isinstance(arguments[0], str | bytes | os.PathLike):
            return
        place = str(Path(self.here) / os.fsdecode(arguments[0]))
        if not place.startswith(f"{self.here}/") or place.startswith(
            (f"{self.here}/.git/", f"{self.here}/fresh/.git/")
        ):
            return
        if event != "open" or (isinstance(arguments[2], int) and arguments[2] & _WRITING):
            self._strike(takes=event not in ("os.remove", "os.rename"))

    def _strike(self, *, takes: bool = True) -> None:
        self.left -= 1
        if self.way == "die" and self.left == 0:
            os._exit(_DIED)
        if self.way == "full" and self.left <= 0 and takes:
            self.full = True
            raise OSError(errno.ENOSPC, "No space left on device")

    def _fsync(self, handle: int) -> None:
        self._strike()
        self.fsync(handle)

    def _fdopen(self, handle: int, mode: str = "r", *more: Any, **options: Any) -> Any:
        """A file of which half is written when it strikes."""
        file = self.fdopen(handle, mode, *more, **options)
        if "w" not in mode:
            return file
        faulty, write = self, file.write

        class Half:
            def __enter__(self) -> Self:
                return self

            def __exit__(self, *_: object) -> None:
                file.close()

            def __getattr__(self, name: str) -> Any:
                return getattr(file, name)

            def write(self, data: bytes) -> int:
                if faulty.left == 1:
                    write(data[: len(data) // 2])
                    file.flush()
                faulty._strike()
                return int(write(data))

        return Half()


def _run(place: Path, command: Sequence[str], now: str, faulty: tuple[str, int] | None) -> None:
    """In a fork: run a command with a fault ahead of it; never comes back."""
    code = 99
    try:
        said = os.open(place.with_suffix(".said"), os.O_WRONLY | os.O_CREAT)
        os.dup2(said, 1)
        os.dup2(said, 2)
        os.chdir(place)

        class Then(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:
                return datetime.fromisoformat(now).astimezone(tz)

        for name in ("qmsci.cli.judged", "qmsci.cli.init"):
            importlib.import_module(name).datetime = Then
        from qmsci.cli import main

        if faulty:
            _Faulty(*faulty).arm()
        try:
            main(list(command), prog_name="qmsci")
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:  # noqa: BLE001 - the fork must not go on as its parent
        import traceback

        traceback.print_exc()
        sys.stderr.flush()
    os._exit(code)


def _drive(
    template: Path, folder: Path, command: Sequence[str], now: str, way: str, step: int
) -> list[tuple[str, int]]:
    for name in ("judged", "init", *command[:1]):
        importlib.import_module(f"qmsci.cli.{name}")
    found = []
    for number in count(step, step) if way != "kill" else count(1):
        place = folder / f"{way}-{number}"
        shutil.copytree(template, place, symlinks=True)
        pid = os.fork()
        if pid == 0:
            _run(place, command, now, (way, number) if way in ("die", "full") else None)
        if way == "kill":
            time.sleep(random.random() * _WITHIN)
            os.kill(pid, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        found.append((str(place), code))
        assert number < _ENDLESS, place.with_suffix(".said").read_text()
        if code != _DIED if way == "die" else code != 2 if way == "full" else number == _KILLS:
            return found
    raise AssertionError


#: How many of a command's runs are killed at a random moment, and within how many seconds.
_KILLS = int(os.environ.get("QMSCI_KILLS", "10"))
_WITHIN = 0.15
#: A command that takes more steps than this does not end well without any fault.
_ENDLESS = 1000


def faults(template: Path, folder: Path, command: Sequence[str], now: str, way: str, step: int = 1) -> list[Fault]:
    """
    Run a command over and over in copies of a repository, with a fault each time; the last run may have none.

    `die`: the process ends, at each place in turn (or each third, with a step of 3). `full`: the disc is full from that
    place on. `kill`: SIGKILL at a random moment.
    """
    given = json.dumps([str(template), str(folder), [*command], now, way, step])
    ran = subprocess.run([sys.executable, "-m", "tests.crashes", given], cwd=ROOT, capture_output=True, check=False)
    assert ran.returncode == 0, (ran.stdout, ran.stderr)
    found = [(Path(place), code) for place, code in json.loads(ran.stdout)]
    return [Fault(place, code, _said(place)) for place, code in found]


def _said(place: Path) -> str:
    file = place.with_suffix(".said")
    return file.read_text() if file.exists() else ""  # it was killed before it could say anything


if __name__ == "__main__":
    _template, _folder, *_rest = json.loads(sys.argv[1])
    sys.stdout.write(json.dumps(_drive(Path(_template), Path(_folder), *_rest)))
