"""
The console examples of the manual, run as a reader would: one shell for each page, in a scratch clone of HEAD.

A block ```console holds commands (`$ `, continued by `> `) and what they print; a line `…` stands for any lines. A comment
`<!-- run: COMMAND -->` is run and not shown. A page names the day on which it was written, `<!-- written on 2026-11-22 -->`:
dates are as written, or as far from today as the page's are from that day; dates in commands move with today, except after
`--on` and `--as-of`. Commit ids and the times of commits are not compared. With QMSCI_GOLDEN=write a page gets the real
output instead.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parent.parent
_PART = re.compile(r"^```console\n(?P<block>.*?)^```$|^<!-- run: (?P<hidden>.*?) -->$", re.MULTILINE | re.DOTALL)
_DAY = re.compile(r"<!-- written on (\d{4}-\d\d-\d\d) -->")
_DATE = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_MOVED = re.compile(r"(?<!--on )(?<!--as-of )\b\d{4}-\d\d-\d\d\b")


@dataclass
class Step:
    """A command of a page and the lines that it prints there; None where it is hidden."""

    command: str
    shown: list[str] | None


def scratch() -> ModuleType:
    """The module that makes scratch clones; it lies beside the demo, which is no package."""
    spec = importlib.util.spec_from_file_location("scratch", ROOT / "demo" / "scratch.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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
            elif step and line.startswith("> ") and not step.shown:
                step.command += f"\n{line[2:]}"
            else:
                assert step and step.shown is not None, f"output without a command: {line}"
                step.shown.append(line)
        if step:
            yield step


def written_on(page: str) -> date:
    """The day on which a page was written."""
    found = _DAY.search(page)
    assert found, "the page does not say when it was written: <!-- written on 2026-11-22 -->"
    return date.fromisoformat(found[1])


def today() -> date:
    """Today in the time zone of the reference quality system; near midnight a test may be a day off, and is run again."""
    from zoneinfo import ZoneInfo

    return datetime.now(UTC).astimezone(ZoneInfo("Europe/Oslo")).date()


def outputs(page: str, folder: Path) -> list[tuple[Step, list[str]]]:
    """Each command of a page with the lines that it prints."""
    maker, found = scratch(), list(steps(page))
    env = maker.environment(folder) | {"COLUMNS": "110"}
    root = maker.clone(folder, env)
    shift = today() - written_on(page)
    script = ["exec 2>&1 </dev/null"]
    for step in found:
        moved = _MOVED.sub(lambda day: (date.fromisoformat(day[0]) + shift).isoformat(), step.command)
        script.append(f"{moved}\n__status=$?; printf '\\n@@@\\n'; (exit $__status)")
    done = subprocess.run(["bash", "-c", "\n".join(script)], cwd=root, env=env, capture_output=True, text=True, check=False)
    parts = done.stdout.split("\n@@@\n")
    assert len(parts) == len(found) + 1, done.stdout[-2000:] + done.stderr
    return [(step, said.removesuffix("\n").splitlines()) for step, said in zip(found, parts, strict=False)]


def agree(shown: list[str], said: list[str], shift_from: date) -> bool:
    """Whether the lines of a page are those that were printed."""
    if not shown:
        return not said
    if shown[0] == "…":
        return any(agree(shown[1:], said[start:], shift_from) for start in range(len(said) + 1))
    return bool(said) and _same(shown[0], said[0], shift_from) and agree(shown[1:], said[1:], shift_from)


def _same(shown: str, said: str, page_day: date) -> bool:
    shown, said = _plain(shown), _plain(said)
    if _DATE.sub("DATE", shown) != _DATE.sub("DATE", said):
        return False
    shift = today() - page_day
    days = zip(_DATE.findall(shown), _DATE.findall(said), strict=True)
    return all(a == b or date.fromisoformat(a) + shift == date.fromisoformat(b) for a, b in days)


def _plain(line: str) -> str:
    line = re.sub(r"recorded \S+ in [0-9a-f]{7,40}", "recorded TIME in COMMIT", line)
    line = re.sub(r"\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{7,40}\b|\b[0-9a-f]{10,40}\b", "COMMIT", line)
    return line.rstrip()


def differences(path: Path, folder: Path) -> list[str]:
    """What a page shows otherwise than it is; with QMSCI_GOLDEN=write the page is put right instead."""
    page = path.read_text(encoding="utf-8")
    day, found = written_on(page), outputs(page, folder)
    wrong = [(step, said) for step, said in found if step.shown is not None and not agree(step.shown, said, day)]
    if wrong and os.environ.get("QMSCI_GOLDEN") == "write":
        path.write_text(_put_right(page, found), encoding="utf-8")
        return []
    return [
        "\n".join([f"{path.name}: $ {step.command}", *(f"- {line}" for line in step.shown or ()), *(f"+ {line}" for line in said)])
        for step, said in wrong
    ]


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
            kept = step.shown if agree(step.shown, said, written_on(page)) else said
            lines += [f"$ {first}", *(f"> {line}" for line in more), *kept]
        return "\n".join(["```console", *(line.rstrip() for line in lines), "```"])

    return _PART.sub(block, page)
