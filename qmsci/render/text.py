"""The text of a revision with what proves it: for the terminal, and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from click import style

from qmsci.evidence import Source
from qmsci.records.base import RevisionId
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.training import Approval
from qmsci.render.words import in_json, visible
from qmsci.timeline import Span


class Came(NamedTuple):
    """The commit that brought a text to main, its time, and its day; without the commit, why none can be named."""

    commit: str | None
    recorded: str | None  # ISO 8601
    day: date
    unknown: str | None = None


class Agreed(NamedTuple):
    """
    An approval: what it rests on, where it is recorded, and what is wrong with it (None: nothing).

    `verifies` and `valid`, of the signature and of the key at the time of signing, are None where there is none.
    """

    approval: Approval
    evidence: str
    source: Source
    verifies: bool | None
    valid: bool | None
    says: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """
    A revision as of a day, with the title that it had.

    `days` are those on which it is in force, None where there are none; `instead` is the one that is in force on the
    day, where that is another; `text` is None where the history does not have it. `founding` says what a revision of
    the founding, which needs no approvals of its own, stands on.
    """

    document: Document
    entry: RevisionEntry
    title: str
    day: date
    state: str
    days: Span | None
    digest: str | None
    came: Came | None
    approvals: tuple[Agreed, ...]
    notes: tuple[str, ...]
    text: str | None
    instead: RevisionId | None
    founding: str | None = None

    @property
    def named(self) -> RevisionId:
        """Its identity."""
        return self.document.named(self.entry)


# --- text -----------------------------------------------------------------------------------------------------------


def as_text(shown: Shown) -> str:
    """What is known of the revision, an empty line, and its text, in which control characters are spelled out."""
    lines = list(_head(shown))
    if shown.text is not None:
        lines += ["", *map(visible, shown.text.replace("\r\n", "\n").removesuffix("\n").split("\n"))]
    return "\n".join(lines) + "\n"


def _head(shown: Shown) -> Iterator[str]:
    yield style(f"{shown.named} {visible(shown.title)}", bold=True)
    if shown.state != "in force":
        instead = f"in force on {shown.day} is {shown.instead}" if shown.instead else f"nothing is on {shown.day}"
        yield style(f"*** NOT IN FORCE on {shown.day}: {shown.state}; {instead} ***", fg="yellow", bold=True)
    yield f"state:     {shown.state} on {shown.day}"
    yield f"effective: {shown.entry.effective}, {_span(shown.days)}"
    if shown.digest:
        yield f"text:      {shown.digest}"
    if shown.came:
        yield f"recorded:  {_recorded(shown.came)}"
    for agreed in shown.approvals:
        yield f"approval:  {_approval(agreed)}"
    if not shown.approvals:
        yield f"approval:  {visible(shown.founding or 'none is recorded here')}"
    for note in shown.notes:
        yield f"note:      {visible(note)}"


def _span(days: Span | None) -> str:
    if days is None:
        return "in force on no day"
    return f"in force from {days.first}" + (f" to {days.last}" if days.last < date.max else "")


def _recorded(came: Came) -> str:
    return f"{came.day} in {came.commit[:10]}" if came.commit else f"by {came.day}: {came.unknown}"


def _approval(agreed: Agreed) -> str:
    given, source = agreed.approval, agreed.source
    said = f"{given.meaning} by {given.by} {visible(given.name)}, {given.at.isoformat()}; {_stands(agreed)}"
    said += f" ({visible(given.origin.system)}, {visible(given.origin.reference)})" if given.origin else ""
    wrong = style(f"; wrong: {visible(agreed.says)}", fg="red") if agreed.says else ""
    came = f"recorded {source.day} in {source.commit[:10]}" if source.commit else source.unknown
    return f"{said}{wrong} ({visible(source.path)}, {came})"


def _stands(agreed: Agreed) -> str:
    if agreed.verifies is None:
        return agreed.evidence
    if not agreed.verifies:
        return "its signature does not verify"
    valid = "which was valid then" if agreed.valid else "which does not count"
    return f"its signature verifies, by the key {visible(str(agreed.approval.key))}, {valid}"


# --- JSON -----------------------------------------------------------------------------------------------------------


def as_json(shown: Shown | None, on: str, known_at: str | None, document: str = "", reason: str | None = None) -> str:
    """
    A revision as one JSON object, format 1; where none was in force, all but what was asked for and `reason` is null.

    - `document`, `on`, `known_at`: what was asked for. `reason`: why there is no text; null where there is one.
    - `revision`, `title`, `state`, `effective`, `from`, `to` (the days in force, inclusive; null where there are none,
      or no end), `withdrawn`, `retired`, `digest`, `text`.
    - `recorded`: `{"commit", "recorded", "day"}` of the commit that brought the text to main.
    - `approvals`: `{"person", "name", "meaning", "at", "evidence", "reference", "key", "verifies", "key_valid",
      "wrong", "path", "commit", "recorded"}`; `evidence` is `signed`, `unsigned` or `imported`; `wrong` is null where
      nothing is.
    - `notes`: sentences.
    """
    found = {"format": 1, "document": document, "on": on, "known_at": known_at, "reason": reason}
    found |= dict.fromkeys(_KEYS) if shown is None else dict(zip(_KEYS, _values(shown), strict=True))
    if shown:
        found |= {"document": shown.document.id, "reason": shown.notes[-1] if shown.text is None else None}
    return in_json(found) + "\n"


_KEYS = (
    "revision",
    "title",
    "state",
    "effective",
    "from",
    "to",
    "withdrawn",
    "retired",
    "digest",
    "recorded",
    "approvals",
    "notes",
    "text",
)


def _values(shown: Shown) -> Iterator[object]:
    entry, days = shown.entry, shown.days
    yield str(shown.named)
    yield shown.title
    yield shown.state
    yield entry.effective.isoformat()
    yield days.first.isoformat() if days else None
    yield days.last.isoformat() if days and days.last < date.max else None
    yield entry.withdrawn.isoformat() if entry.withdrawn else None
    yield shown.document.retired.isoformat() if shown.document.retired else None
    yield shown.digest
    came = shown.came
    yield {"commit": came.commit, "recorded": came.recorded, "day": came.day.isoformat()} if came else None
    yield [_agreed(one) for one in shown.approvals]
    yield [*shown.notes, *([shown.founding] if shown.founding and not shown.approvals else [])]
    yield shown.text


def _agreed(agreed: Agreed) -> dict[str, object]:
    given, source = agreed.approval, agreed.source
    return {
        "person": given.by,
        "name": given.name,
        "meaning": given.meaning,
        "at": given.at.isoformat(),
        "evidence": agreed.evidence,
        "reference": given.origin.reference if given.origin else None,
        "key": given.key,
        "verifies": agreed.verifies,
        "key_valid": agreed.valid,
        "wrong": agreed.says,
        "path": given.path,
        "commit": source.commit,
        "recorded": source.recorded,
    }
