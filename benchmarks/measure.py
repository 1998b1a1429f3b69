"""What a command costs: CPU, wall and memory of a process and all that it starts, over several runs."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

Command = Sequence[str | Path]


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a command, with the processes that it started and waited for."""

    cpu: float  # seconds, user and system
    wall: float  # seconds
    memory: float  # MiB, the largest process among them
    code: int
    output: str  # both streams


@dataclass(frozen=True, slots=True)
class Runs:
    """The same command, run several times."""

    runs: tuple[Run, ...]

    @property
    def cpu(self) -> float:
        """The median of the CPU seconds."""
        return median(run.cpu for run in self.runs)

    @property
    def wall(self) -> float:
        """The median of the seconds on the clock."""
        return median(run.wall for run in self.runs)

    @property
    def memory(self) -> float:
        """The median of the peaks."""
        return median(run.memory for run in self.runs)

    @property
    def cpu_range(self) -> str:
        """The median and what it lies between."""
        seconds = [run.cpu for run in self.runs]
        return f"{self.cpu:.2f} ({min(seconds):.2f}–{max(seconds):.2f})"


@dataclass(frozen=True, slots=True)
class Task:
    """A command to measure in a folder, and what puts the folder in its starting state before each run."""

    command: Command
    folder: Path
    before: Callable[[], object] = lambda: None


def run(command: Command, folder: Path, environment: Mapping[str, str] | None = None) -> Run:
    """Run once; `wait4` counts the process and all the children that it waited for."""
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            env=os.environ | dict(environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode(errors="replace")
    return Run(usage.ru_utime + usage.ru_stime, wall, mebibytes(usage.ru_maxrss), process.returncode, text)


def mebibytes(maxrss: int) -> float:
    """Linux counts in KiB, macOS in bytes."""
    return maxrss / (2**20 if platform.system() == "Darwin" else 2**10)


def measure(tasks: Mapping[str, Task], times: int) -> dict[str, Runs]:
    """Take the tasks in turn, so that whatever slows the machine for a while slows all of them."""
    runs: dict[str, list[Run]] = {name: [] for name in tasks}
    for _ in range(times):
        for name, task in tasks.items():
            task.before()
            runs[name].append(run(task.command, task.folder))
    return {name: Runs(tuple(several)) for name, several in runs.items()}


def processes(command: Command, folder: Path) -> int | None:
    """How many programs a command executes, itself included; nothing where strace is absent."""
    strace = shutil.which("strace")
    if not strace:
        return None
    with tempfile.NamedTemporaryFile("r", suffix=".strace") as log:
        tracer = [strace, "-f", "-qq", "-e", "trace=execve", "-e", "status=successful", "-o", log.name]
        run([*tracer, *command], folder)
        return sum("execve(" in entry or "execve resumed" in entry for entry in log)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; all columns but the first are numbers."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows)) + "\n"


def machine() -> str:
    """Where the numbers come from, in a line."""
    system = f"{platform.system()} {platform.machine()}"
    return f"Python {platform.python_version()}, {system}, {os.cpu_count()} CPUs"


def written(readme: Path, mark: str, text: str) -> None:
    """Replace what stands between a pair of marks, `<!-- mark -->` and `<!-- /mark -->`."""
    before, opening, rest = readme.read_text("utf-8").partition(f"<!-- {mark} -->\n")
    _, closing, after = rest.partition(f"<!-- /{mark} -->")
    if not (opening and closing):
        raise SystemExit(f"{readme} has no place marked {mark!r}")
    readme.write_text(before + opening + text + closing + after, "utf-8")
