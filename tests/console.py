"""
The console examples of the manual, run as a reader would: one shell for each page, in a scratch clone of HEAD.

A block ```console holds commands (`$ `, continued by `> `) and what they print; a line `…` stands for any lines.
`<!-- run: COMMAND -->` is run and not shown. A page names the day on which it is always run,
`<!-- written on DAY -->`: the clock of `qmsci` and git stands still there. Commit ids and the times of recording are
not compared. With QMSCI_GOLDEN=write a page gets the real output instead.
"""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parent.parent
_PART = re.compile(r"^```console\n(?P<block>.*?)^```$|^<!-- run: (?P<hidden>.*?) -->$", re.MULTILINE | re.DOTALL)
_CLOCK = """\
#!{python} -P
from datetime import UTC, datetime

import qmsci.cli
import qmsci.cli.judged


class Then(datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime(*{day}, 12, tzinfo=UTC).astimezone(tz)


qmsci.cli.judged.datetime = Then
qmsci.cli.main(prog_name="qmsci")
"""
_DAY = re.compile(r"<!-- written on (\d{4}-\d\d-\d\d) -->")


@dataclass
class Step:
    """A command of a page and the lines that it prints there; None where it is hidden."""

    command: str
    shown: list[str] | None


def scratch() -> ModuleType:
    """The module that makes scratch clones; it lies beside the demo, which is no package."""
    sys.path.insert(0, str(ROOT / "demo"))
    return importlib.import_module("scratch")


def steps(page: str) -> Iterator[Step]:
    """The commands of a page, in their order."""
    for part in _PART.finditer(page):
        if part["hidden"]:
            yield Step(part["hidden"], None)
            continue
        step: Step | None = None
        for line in part["block"].splitlines():
            if line.startswith("$ "):
                if step:
                    yield step
                step = Step(line[2:], [])
            elif step and (line == ">" or line.startswith("> ")) and not step.shown:
                step.command += f"\n{line[2:]}"
            else:
                assert step, f"output without a command: {line}"
                assert step.shown is not None
                step.shown.append(line)
        if step:
            yield step


def written_on(page: str) -> date:
    """The day on which a page was written."""
    found = _DAY.search(page)
    assert found, "the page does not say when it was written: <!-- written on 2026-11-22 -->"
    return date.fromisoformat(found[1])


def outputs(page: str, folder: Path) -> list[tuple[Step, list[str]]]:
    """Each command of a page with the lines that it prints."""
    maker, found, day = scratch(), list(steps(page)), written_on(page)
    noon = f"{day}T12:00:00+00:00"
    env = maker.environment(folder) | {"COLUMNS": "110", "GIT_AUTHOR_DATE": noon, "GIT_COMMITTER_DATE": noon}
    command = folder / "bin" / "qmsci"
    command.write_text(_CLOCK.format(python=sys.executable, day=(day.year, day.month, day.day)))
    root = maker.clone(folder, env)
    told = [f"{step.command}\n__status=$?; printf '\\n@@@\\n'; (exit $__status)" for step in found]
    done = subprocess.run(
        ["bash", "-c", "\n".join(["exec 2>&1 </dev/null", *told])],
        cwd=root,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    parts = done.stdout.split("\n@@@\n")
    assert len(parts) == len(found) + 1, done.stdout[-2000:] + done.stderr
    return [(step, said.removesuffix("\n").splitlines()) for step, said in zip(found, parts, strict=False)]


def agree(shown: list[str], said: list[str]) -> bool:
    """Whether the lines of a page are those that were printed."""
    if not shown:
        return not said
    if shown[0] == "…":
        return any(agree(shown[1:], said[start:]) for start in range(len(said) + 1))
    return bool(said) and _plain(shown[0]) == _plain(said[0]) and agree(shown[1:], said[1:])


def _plain(line: str) -> str:
    line = re.sub(r"recorded \S+ in [0-9a-f]{7,40}", "recorded TIME in COMMIT", line)
    line = re.sub(r"\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{7,40}\b|\b[0-9a-f]{10,40}\b", "COMMIT", line)
    return line.rstrip()


def differences(path: Path, folder: Path) -> list[str]:
    """What a page shows otherwise than it is; with QMSCI_GOLDEN=write the page is put right instead."""
    page = path.read_text(encoding="utf-8")
    found = outputs(page, folder)
    wrong = [(step, said) for step, said in found if step.shown is not None and not agree(step.shown, said)]
    if wrong and os.environ.get("QMSCI_GOLDEN") == "write":
        path.write_text(_put_right(page, found), encoding="utf-8")
        return []
    return [_difference(path, step, said) for step, said in wrong]


def _difference(path: Path, step: Step, said: list[str]) -> str:
    shown = [f"- {line}" for line in step.shown or ()]
    return "\n".join([f"{path.name}: $ {step.command}", *shown, *(f"+ {line}" for line in said)])


def _put_right(page: str, found: list[tuple[Step, list[str]]]) -> str:
    rest = iter(found)

    def block(part: re.Match[str]) -> str:
        count = len(list(steps(part[0])))
        taken = [next(rest) for _ in range(count)]
        if part["hidden"]:
            return part[0]
        lines = []
        for step, said in taken:
            first, *more = step.command.splitlines()
            assert step.shown is not None
            kept = step.shown if agree(step.shown, said) else said
            lines += [f"$ {first}", *(f"> {line}".rstrip() for line in more), *kept]
        return "\n".join(["```console", *(line.rstrip() for line in lines), "```"])

    return _PART.sub(block, page)
