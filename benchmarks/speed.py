"""
The budgets: what `qmsci check` costs on a large quality system and on one of the reference system's size.

    python benchmarks/speed.py [--runs 5] [--write]
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from generate import Size, generate
from measure import Command, Run, Runs, Task, machine, measure, processes, run, table, written

HERE = Path(__file__).resolve().parent
QMSCI: list[str] = [sys.executable, "-m", "qmsci"]
LARGE = Size(documents=5_000, completions=50_000, roles=300, people=2_000)
REFERENCE = Size(documents=32, completions=300, roles=10, people=30)
ALL = ("check", "--all")
CHANGE = ("check", "--base", "main", "--head", "revise")
ASSIGNED = ("check", "--base", "main", "--head", "revise-assigned")


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that is measured, and how many seconds of CPU it may take."""

    name: str
    folder: Path
    arguments: tuple[str, ...]
    cold: bool = False
    budget: float | None = None


def rows(large: Path, reference: Path) -> list[Row]:
    return [
        Row("check --all, cold", large, ALL, cold=True, budget=5),
        Row("check --all, warm", large, ALL, budget=1),
        Row("check --base, cold", large, CHANGE, cold=True, budget=1),
        Row("check --base, warm", large, CHANGE, budget=1),
        Row("check --base, assigned, warm", large, ASSIGNED, budget=1),
        Row("check --all, cold, reference size", reference, ALL, cold=True),
        Row("check --base, cold, reference size", reference, CHANGE, cold=True),
        Row("check --base, warm, reference size", reference, CHANGE),
    ]


def runs_here(qmsci: Command) -> bool:
    """Whether there is a qmsci to measure."""
    there = run([*qmsci, "check", "--help"], HERE.parent).code == 0
    if not there:
        print(f"not measured, for it does not run: {' '.join(map(str, qmsci))}", file=sys.stderr)
    return there


def forget(repository: Path) -> None:
    """Take away what qmsci keeps between two runs."""
    shutil.rmtree(repository / ".git/qmsci", ignore_errors=True)


def prove(qmsci: Command, repository: Path) -> None:
    """The generated system is clean, and its revised SOP is found, before anything is timed."""
    expect(run([*qmsci, *ALL], repository), 0)
    expect(run([*qmsci, *ASSIGNED], repository), 0)
    expect(run([*qmsci, *CHANGE], repository), 1, "revision-without-assignment")


def expect(done: Run, code: int, word: str = "") -> None:
    if done.code != code or word not in done.output:
        raise SystemExit(f"expected exit {code} {word}, got {done.code}:\n{done.output[:3000]}")


def task(qmsci: Command, row: Row) -> Task:
    return Task([*qmsci, *row.arguments], row.folder, (lambda: forget(row.folder)) if row.cold else lambda: None)


def started(qmsci: Command, row: Row) -> str:
    if row.cold:
        forget(row.folder)
    count = processes([*qmsci, *row.arguments], row.folder)
    return "–" if count is None else str(count)


def report(measured: list[Row], results: dict[str, Runs], counts: list[str]) -> str:
    lines = [
        [
            row.name,
            f"{runs.cpu:.2f}",
            f"{min(each.cpu for each in runs.runs):.2f}",
            f"{max(each.cpu for each in runs.runs):.2f}",
            f"≤ {row.budget:g}" if row.budget else "",
            f"{runs.wall:.2f}",
            f"{runs.memory:.0f}",
            count,
        ]
        for row, count in zip(measured, counts, strict=True)
        for runs in [results[row.name]]
    ]
    head = ["", "CPU s, median", "min", "max", "budget", "wall s", "peak MiB", "programs run"]
    return table(head, lines) + "\n" + ratios(results)


def ratios(results: dict[str, Runs]) -> str:
    """What a change costs in the large system, measured by what the same change costs in the small one."""
    lines = []
    for start in ("cold", "warm"):
        large = results[f"check --base, {start}"]
        reference = results[f"check --base, {start}, reference size"]
        lines.append(f"- The change in the large system ÷ at reference size, {start}: {large.cpu / reference.cpu:.2f}")
    return "\n".join(lines) + " (budget ≤ 1.5)\n"


def speed(qmsci: Command, times: int, folder: Path) -> str:
    large, reference = folder / "large", folder / "reference"
    for repository, size in ((large, LARGE), (reference, REFERENCE)):
        generate(repository, size)
        prove(qmsci, repository)
    measured = rows(large, reference)
    results = measure({row.name: task(qmsci, row) for row in measured}, times)
    return report(measured, results, [started(qmsci, row) for row in measured])


def main() -> None:
    parser = argparse.ArgumentParser(description="What qmsci check costs, beside its budgets.")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--qmsci", nargs="+", default=QMSCI, help="the command, where it is not this Python's")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    given = parser.parse_args()
    if not runs_here(given.qmsci):
        raise SystemExit(2)
    with tempfile.TemporaryDirectory(prefix="qmsci-speed-") as folder:
        text = speed(given.qmsci, given.runs, Path(folder))
    print(text)
    if given.write:
        written(HERE / "README.md", "speed", f"{machine()}, {given.runs} runs.\n\n{text}")


if __name__ == "__main__":
    main()
