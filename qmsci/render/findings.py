"""Findings in each format: text for people, JSON for programs, workflow commands for GitHub."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from click import style

from qmsci.finding import Finding, Place, Severity
from qmsci.render.words import counted, in_json, visible

_WIDTH = 110


def as_text(findings: Iterable[Finding], source: Mapping[str, Sequence[str]]) -> str:
    """Findings with the source line each is about; `source` has the lines of the files that are named."""
    return "".join(_block(finding, source.get(finding.place.path, ())) for finding in findings)


def _block(finding: Finding, lines: Sequence[str]) -> str:
    place = finding.place
    colour = "red" if finding.severity is Severity.ERROR else "yellow"
    label = style(f"{finding.severity}[{finding.rule}]", fg=colour, bold=True)
    parts = [
        f"{style(f'{visible(place.path)}:{place.line}:{place.column}:', bold=True)} {label} {visible(finding.message)}"
    ]
    if 0 < place.line <= len(lines):
        parts += _quoted(place, lines[place.line - 1], colour)
    parts += [f"  also: {visible(also.path)}:{also.line}:{also.column}" for also in finding.also]
    if finding.fix:
        parts.append(f"  fix: {visible(finding.fix)}")
    parts.append(f"  why: {'; '.join((*finding.regulations, f'qmsci rules {finding.rule}'))}")
    return "\n".join(parts) + "\n\n"


def _quoted(place: Place, line: str, colour: str) -> list[str]:
    start = max(0, place.column - 1 - _WIDTH // 2) if len(line) > _WIDTH else 0
    before, rest = (
        visible(line[start : place.column - 1]),
        visible(line[place.column - 1 : start + _WIDTH].rstrip()),
    )
    marks = style("^" * max(1, len(rest)), fg=colour)
    return [f"{place.line:>8} | {before}{rest}", f"{'':>8} | {' ' * len(before)}{marks}"]


def summary(findings: Sequence[Finding], checked: Counter[str], base: str | None) -> str:
    """The last line of a text report: how many faults, in how much."""
    looked = ", ".join(counted(number, _PLURALS.get(kind, kind)) for kind, number in sorted(checked.items()) if number)
    where = f"{looked or 'no record'} looked at" + (f" since {base[:10]}" if base else "")
    if not findings:
        return f"{style('clean', fg='green', bold=True)}: {where}\n"
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    faults = [
        counted(number, word) for number, word in ((errors, "error"), (len(findings) - errors, "warning")) if number
    ]
    return f"{style(', '.join(faults), fg='red' if errors else 'yellow', bold=True)}: {where}\n"


_PLURALS = {
    "completions": "completion file",
    "waivers": "waiver file",
    "activities": "activity file",
    "policy": "policy",
    "questions": "question file",
}


def as_json(
    findings: Iterable[Finding],
    checked: Counter[str],
    base: str | None,
    head: str | None,
    as_of: date,
    known_at: str | None = None,
) -> str:
    """
    Findings as one JSON object, format 1; `head` is null for the working tree, `base` where nothing was compared.

    `known_at` is there where main was asked about as it was on that date.
    """
    found = {
        "format": 1,
        "base": base,
        "head": head,
        "as_of": as_of.isoformat(),
        **({"known_at": known_at} if known_at else {}),
        "checked": {_KEYS[kind]: number for kind, number in sorted(checked.items())},
        "findings": [plain(finding) for finding in findings],
    }
    return in_json(found) + "\n"


_KEYS = {
    "policy": "policies",
    "document": "documents",
    "questions": "questions",
    "approval": "approvals",
    "file-approval": "file_approvals",
    "role": "roles",
    "activities": "activities",
    "person": "people",
    "event": "events",
    "assignment": "assignments",
    "completions": "completions",
    "waivers": "waivers",
}


def plain(finding: Finding) -> dict[str, object]:
    """A finding as programs read it."""
    return {
        "rule": finding.rule,
        "severity": str(finding.severity),
        **finding.place._asdict(),
        "message": finding.message,
        "also": [also._asdict() for also in finding.also],
        "fix": finding.fix,
        "regulations": list(finding.regulations),
    }


def as_github(findings: Iterable[Finding]) -> str:
    """Findings as workflow commands, which GitHub shows beside the lines of a pull request."""
    lines = []
    for finding in findings:
        place = finding.place
        where = f"file={_property(place.path)},line={place.line},col={place.column},title={_property(finding.rule)}"
        said = f"{visible(finding.message)}\nfix: {visible(finding.fix or '')}\nwhy: {'; '.join(finding.regulations)}"
        lines.append(f"::{finding.severity} {where}::{_data(said)}\n")
    return "".join(lines)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")
