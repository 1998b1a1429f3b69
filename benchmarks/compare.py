"""
qmsci beside doorstop, compliance-trestle and sphinx-needs: the same documents, the same two faults.

    python benchmarks/compare.py [--documents 1000 5000] [--runs 5] [--write]

Each tool gets the documents in its own format. First it has to find a document whose owner is no role, and a
revision without a label, in the smallest size asked for. Then it is timed on sound trees, for two of the tools
stop at the first fault that they meet. README.md says what had to be configured.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path

from formats import (
    Case,
    Reports,
    doorstop_files,
    doorstop_reports,
    qmsci_files,
    qmsci_reports,
    sphinx_files,
    sphinx_reports,
    trestle_files,
    trestle_reports,
)
from generate import Files, Size, System, git, system
from measure import Command, Run, Runs, Task, machine, measure, run, table, written
from speed import QMSCI, forget, runs_here

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
REQUIREMENTS = HERE / "requirements.txt"


def nothing(_: Path) -> None:
    """What needs to be done in most folders before a run."""


@dataclass(frozen=True)
class Tool:
    """How one tool is given the documents and asked about them."""

    name: str
    files: Callable[[Case], Files]
    command: Command
    reports: Callable[[Case], Reports]
    prepare: Callable[[Path], object] = nothing
    starts: Mapping[str, Callable[[Path], object]] = field(default_factory=lambda: {"": nothing})


def others(bin_: Path) -> list[Tool]:
    """Each with every switch that spares it work which these two faults do not need."""
    unneeded = ("reformat", "level-check", "ref-check", "child-check", "suspect-check", "review-check")
    return [
        Tool(
            "doorstop",
            doorstop_files,
            [bin_ / "doorstop", *(f"--no-{work}" for work in unneeded)],
            doorstop_reports,
            prepare=commit,
        ),
        Tool(
            "compliance-trestle",
            trestle_files,
            [bin_ / "trestle", "validate", "--quiet", "--type", "catalog"],
            trestle_reports,
        ),
        Tool(
            "sphinx-needs",
            sphinx_files,
            [bin_ / "sphinx-build", "-q", "-W", "--keep-going", "-b", "schema", ".", "_build"],
            sphinx_reports,
            starts={"cold": without_build, "warm": nothing},
        ),
    ]


def ours(qmsci: Command) -> Tool:
    """With all that it checks: it has no switch to check less."""
    command = [*qmsci, "check", "--all"]
    return Tool("qmsci", qmsci_files, command, qmsci_reports, commit, {"cold": forget, "warm": nothing})


def commit(folder: Path) -> None:
    """As the tool's users would have it: all of it in git."""
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    who = ["-c", "user.name=Quality Unit", "-c", "user.email=quality@halden.example"]
    git(folder, *who, "commit", "--quiet", "--message=Found the quality system")


def without_build(folder: Path) -> None:
    """Take away what Sphinx keeps between two runs."""
    shutil.rmtree(folder / "_build", ignore_errors=True)


# Every tool finds both faults


def laid_out(tool: Tool, case: Case, folder: Path) -> Path:
    """A case as the tool's files, in a folder of its own."""
    for name, text in tool.files(case).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    tool.prepare(folder)
    return folder


def prove(tool: Tool, case: Case, folder: Path) -> None:
    """In a tree with a fault the tool reports it, and fails."""
    done = run(tool.command, laid_out(tool, case, folder))
    lines = done.output.splitlines()
    for fault, words in zip((case.dangling, case.incomplete), tool.reports(case), strict=True):
        if fault and not any(all(word in line for word in words) for line in lines):
            raise SystemExit(f"{tool.name} does not say {' … '.join(words)}:\n{done.output[:3000]}")
    if not done.code:
        raise SystemExit(f"{tool.name} finds a fault and exits 0")


def prove_all(tools: Sequence[Tool], documents: int, folder: Path) -> None:
    """Each fault by itself, in a tree of its own."""
    whole = sized(documents)
    dangling = Case(whole, dangling=whole.documents[documents // 3].id)
    incomplete = Case(whole, incomplete=whole.documents[2 * documents // 3].id)
    for tool in tools:
        prove(tool, dangling, folder / tool.name / "dangling")
        prove(tool, incomplete, folder / tool.name / "incomplete")


def sized(documents: int) -> System:
    """So many documents, with a role and its one holder for each sixteen."""
    few = max(2, documents // 16)
    return system(Size(documents, 0, few, few))


# The comparison


def compare(tools: Sequence[Tool], documents: int, times: int, folder: Path) -> dict[str, Runs]:
    """All tools on so many sound documents, taken in turn."""
    case = Case(sized(documents))
    tasks: dict[str, Task] = {}
    for tool in tools:
        tree = laid_out(tool, case, folder / tool.name)
        for start, before in tool.starts.items():
            tasks[f"{tool.name} {start}".strip()] = Task(tool.command, tree, partial(before, tree))
    results = measure(tasks, times)
    for name, runs in results.items():
        for each in runs.runs:
            succeed(each, name)
    return results


def report(documents: int, results: Mapping[str, Runs]) -> str:
    """One table; the last column holds ratios within this run."""
    one = results.get("qmsci cold")
    rows = [
        [
            name,
            runs.cpu_range,
            f"{runs.wall:.2f}",
            f"{runs.memory:.0f}",
            f"{runs.cpu / one.cpu:.1f}" if one else "–",
        ]
        for name, runs in results.items()
    ]
    return table([f"{documents:,} documents", "CPU s (range)", "wall s", "peak MiB", "CPU ÷ qmsci cold"], rows)


def environment() -> Path:
    """Where the other tools' commands are: an environment of their own, made anew when their pins change."""
    mark = VENV / "requirements.sha256"
    pins = sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if not mark.exists() or mark.read_text() != pins:
        install = ["-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--require-hashes", "-r"]
        succeed(run([sys.executable, "-m", "venv", "--clear", VENV], HERE), "venv")
        succeed(run([VENV / "bin/python", *install, REQUIREMENTS], HERE), "pip")
        mark.write_text(pins)
    return VENV / "bin"


def succeed(done: Run, name: str) -> None:
    if done.code:
        raise SystemExit(f"{name}, exit {done.code}:\n{done.output[:3000]}")


def main() -> None:
    parser = argparse.ArgumentParser(description="qmsci beside other tools, on the same documents and faults.")
    parser.add_argument("--documents", type=int, nargs="+", default=[1_000, 5_000])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--qmsci", nargs="+", default=QMSCI, help="the command, where it is not this Python's")
    parser.add_argument("--write", action="store_true", help="put the tables into benchmarks/README.md")
    given = parser.parse_args()
    tools = [*others(environment()), *([ours(given.qmsci)] if runs_here(given.qmsci) else [])]
    tables = []
    with tempfile.TemporaryDirectory(prefix="qmsci-compare-") as name:
        folder = Path(name)
        prove_all(tools, min(given.documents), folder / "faults")
        for documents in given.documents:
            tables.append(report(documents, compare(tools, documents, given.runs, folder / str(documents))))
            print(tables[-1], flush=True)
    if given.write:
        written(HERE / "README.md", "compare", f"{machine()}, {given.runs} runs.\n\n" + "\n".join(tables))


if __name__ == "__main__":
    main()
