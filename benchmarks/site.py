"""
What the site costs at size: built from nothing, built again with nothing new, and after one record changed.

    python benchmarks/site.py [--documents 5000] [--people 2000] [--completions 100000] [--runs 1] [--write]

Seconds are on the clock, for a builder uses both cores; memory is the sum of all its processes at its highest, looked
at ten times a second. Before each build from nothing, what qmsci and the folder remember is removed.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from measure import machine, table

HERE = Path(__file__).parent
README = HERE / "README.md"
BUDGET, BUDGET_MEMORY, BUDGET_RATIO = 60.0, 2048.0, 5.0
DAY = "2026-11-20"


def memory_of(process: int) -> float:
    """The resident memory of a process and all below it, in MiB; what they share counts once for each of them."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,rss="], capture_output=True, text=True, check=True).stdout
    rows = [tuple(map(int, line.split())) for line in listed.splitlines()]
    family = {process}
    while more := {pid for pid, parent, _ in rows if parent in family} - family:
        family |= more
    return sum(rss for pid, _, rss in rows if pid in family) / 1024


def build(folder: Path, output: Path) -> tuple[float, float, str]:
    """The seconds and MiB that a build takes, and what it says."""
    started, peak = time.perf_counter(), 0.0
    command = [sys.executable, "-m", "qmsci", "site", "build", "--as-of", DAY, "--output", str(output)]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    said: list[str] = []
    reader = threading.Thread(target=lambda: said.append(process.stdout.read() if process.stdout else ""))
    reader.start()
    while process.poll() is None:
        peak = max(peak, memory_of(process.pid))
        time.sleep(0.1)
    reader.join()
    if process.returncode:
        raise SystemExit(f"the build failed: {said}")
    return time.perf_counter() - started, peak, said[0].splitlines()[0]


def committed(folder: Path, path: str, text: str) -> None:
    """Commit one file."""
    (folder / path).write_text(text)
    git = ["git", "-c", "user.name=N", "-c", "user.email=n@example.org"]
    for command in (["add", path], ["commit", "-qm", "One record"]):
        subprocess.run([*git, *command], cwd=folder, check=True)


def one_completion(folder: Path) -> None:
    """Somebody reads a document once more."""
    path = next((folder / "training-records/completions").glob("p-0001/SOP-*.yaml"))
    last = path.read_text().splitlines()[-1]
    entry = json.loads(last.removeprefix("- "))
    entry["completed"] = "2026-11-19T10:00:00+01:00"
    committed(folder, str(path.relative_to(folder)), f"{path.read_text()}- {json.dumps(entry)}\n")


def one_title(folder: Path) -> None:
    """A document gets another title."""
    path = next((folder / "controlled-docs/sop").glob("SOP-0001*.md"))
    text = path.read_text()
    line = next(line for line in text.splitlines() if line.startswith("title: "))
    committed(folder, str(path.relative_to(folder)), text.replace(line, f"{line} again"))


def main() -> None:
    """Print the table; with --write, into the README of the benchmarks as well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("documents", 5000), ("people", 2000), ("completions", 100_000), ("roles", 300), ("runs", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    found: dict[str, list[tuple[float, float, str]]] = {}
    with tempfile.TemporaryDirectory() as made:
        folder, output = Path(made) / "system", Path(made) / "site"
        sizes = [f"--{name}={getattr(given, name)}" for name in ("documents", "people", "completions", "roles")]
        subprocess.run([sys.executable, HERE / "generate.py", folder, *sizes], check=True, stdout=subprocess.DEVNULL)
        steps: dict[str, Callable[[], object]] = {
            "from nothing": lambda: [shutil.rmtree(one, ignore_errors=True) for one in (output, folder / ".git/qmsci")],
            "again, nothing new": lambda: None,
            "after one completion": lambda: one_completion(folder),
            "after the title of one document": lambda: one_title(folder),
        }
        for _ in range(given.runs):
            for name, before in steps.items():
                before()
                found.setdefault(name, []).append(build(folder, output))
    scratch = statistics.median(run[0] for run in found["from nothing"])
    rows = []
    for name, runs in found.items():
        seconds, memory = (statistics.median(run[position] for run in runs) for position in (0, 1))
        rows.append(
            [name, f"{seconds:.1f}", f"{memory:.0f}", f"{scratch / seconds:.1f}", runs[-1][2].split(": ", 1)[1]]
        )
    said = table(["", "seconds", "peak MiB", "times faster", "what was done"], rows)
    text = f"{machine()}\n\n{said}"
    print(text)
    if given.write:
        readme = README.read_text()
        begin, end = "<!-- site -->\n", "<!-- /site -->"
        start = readme.index(begin) + len(begin)
        README.write_text(f"{readme[:start]}{text}{readme[readme.index(end) :]}")


if __name__ == "__main__":
    main()
