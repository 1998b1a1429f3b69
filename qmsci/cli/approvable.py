"""What `qmsci approve` can sign, and how it is shown: the newest revision of a document, or a file as a whole."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from qmsci.approval import WholeFile, about, differing
from qmsci.authorisation import Required, may_approve, required_approvals
from qmsci.circuit import state
from qmsci.cli.judged import Judged
from qmsci.records import layout
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.event import Event
from qmsci.records.layout import Kind
from qmsci.records.training import Approval, FileApproval
from qmsci.render.words import counted
from qmsci.timeline import in_force

#: The lines of a difference that are shown; git shows the rest.
_LINES = 60


class Thing(Protocol):
    """What can be approved: a revision, or a whole file."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def folder(self) -> str:
        """Where its approvals lie."""

    def record(self) -> dict[str, Any]:
        """What an approval of it says, beside who gives it: the keys in the order of the file."""

    def agrees(self, approval: object) -> bool:
        """Whether an approval is of it as it stands now."""

    def refusal(self, person: str, meaning: str, at: datetime) -> str | None:
        """Why a person does not sign it with a meaning."""

    def wants(self, person: str, meaning: str, at: datetime) -> bool:
        """Whether it lacks an approval that a person could give with a meaning."""

    def shown(self) -> Iterator[str]:
        """The lines that say what is approved."""


@dataclass(frozen=True)
class Revision:
    """The newest revision of a document, with its text."""

    what: Judged
    document: Document
    entry: RevisionEntry

    @property
    def name(self) -> str:
        """What it is called."""
        return str(self.document.named(self.entry))

    @property
    def folder(self) -> str:
        """Where its approvals lie."""
        return f"{layout.APPROVALS}{self.name}/"

    def record(self) -> dict[str, Any]:
        """The text, and what else of the document an approval of a revision covers."""
        document, entry = self.document, self.entry
        training = document.training.model_dump(mode="json", by_alias=True, exclude_none=True)
        found = {
            "document": self.name,
            "text": document.text,
            "effective": entry.effective,
            "impact": entry.impact,
            "governs": list(document.governs),
            "purpose": document.purpose,
            "training": training,
            "about": about(document, entry),
        }
        return {**found, "emergency": True} if entry.emergency else found

    def agrees(self, approval: object) -> bool:
        """Whether an approval says what the document says."""
        return isinstance(approval, Approval) and not any(differing(self.document, self.entry, approval))

    def refusal(self, person: str, meaning: str, at: datetime) -> str | None:
        """Why a person cannot sign it so: for the roles that they hold on main, or for having written it."""
        authors, law = self.entry.authors, self.what.change.law
        roles = [role for one in self._required for role in one.roles]
        if meaning == "authored":
            return None if person in authors else f"{person} is no author of {self.name}"
        if meaning == "reviewed":
            return None
        if meaning == "approved":
            if {person} == {*authors}:
                return f"{person} is the only author of {self.name}, and cannot be the one who approves it"
        elif person in authors:
            return f"{person} is an author of {self.name}: somebody else of the quality unit gives its quality-approval"
        else:
            roles = [role for one in self._required if one.is_quality for role in one.roles]
        if may_approve(law, person, roles, at):
            return None
        return f"{person} holds none of the roles on main whose {meaning} {self.name} needs ({', '.join(roles)})"

    def wants(self, person: str, meaning: str, at: datetime) -> bool:
        """Whether an approval is missing that this one could be."""
        open_ = (one for one in self._required if not one.given)
        return any(
            may_approve(self.what.change.law, person, one.roles, at)
            and (meaning == "quality-approval" or not one.is_quality)
            for one in open_
        )

    def shown(self) -> Iterator[str]:
        """What is covered, what is in force now, and what changes in the file."""
        document, entry = self.document, self.entry
        yield f"{self.name}  {document.title}"
        training = [f"{key} {_plainly(value)}" for key, value in self.record()["training"].items()]
        before = self.what.change.base.documents.get(document.id)
        now = in_force(before, self.what.day) if before else None
        facts = {
            "effective": f"{entry.effective}" + (" (an emergency: the window is lifted)" if entry.emergency else ""),
            "impact": entry.impact + (f": {entry.rationale}" if entry.rationale else ""),
            "summary": entry.summary,
            "authors": ", ".join(entry.authors),
            "reason": entry.reason,
            "owner": document.owner,
            "governs": ", ".join(document.governs) or "nothing",
            "purpose": document.purpose,
            "training": ", ".join(training) or "as its type asks",
            "text": document.text,
            "in force": f"{document.id}@{now.revision}, since {now.effective}" if now else "nothing yet",
        }
        yield from _listed(facts)
        yield from _difference(self.what, document.path)

    @property
    def _required(self) -> list[Required]:
        change = self.what.change
        return required_approvals(change.law, change.head, self.document, self.entry, change.day)


@dataclass(frozen=True)
class Whole:
    """A file that the quality unit approves as a whole."""

    what: Judged
    file: WholeFile

    @property
    def name(self) -> str:
        """What it is called: the id of an event that is closed, else the path."""
        found = layout.filed(self.file.path)
        return self.file.subject if found and found.kind is Kind.EVENT else self.file.path

    @property
    def folder(self) -> str:
        """Where the approvals of these bytes, or of this closing, lie."""
        return self.file.folder

    def record(self) -> dict[str, Any]:
        """The file and its digest."""
        return {"file": self.file.path, "digest": self.file.digest}

    def agrees(self, approval: object) -> bool:
        """Whether an approval is of these bytes."""
        return isinstance(approval, FileApproval) and approval.digest == self.file.digest

    def refusal(self, person: str, meaning: str, at: datetime) -> str | None:
        """Why a person cannot sign it so: for the roles that they hold on main, or because it is about them."""
        if meaning == "authored":
            return f"{self.file.path} is a whole file: it is reviewed or approved"
        return None if meaning == "reviewed" else self.file.refusal(person, at)

    def wants(self, person: str, meaning: str, at: datetime) -> bool:
        """Whether its approval is missing, and this person could give it."""
        return bool(self.file.missing) and meaning == "quality-approval" and not self.refusal(person, meaning, at)

    def shown(self) -> Iterator[str]:
        """What the change does to it, and what changes in the file."""
        yield f"{self.name}: {self.file.does}"
        record = self.what.library.records([self.file.path])[0]
        facts: dict[str, str | None] = {"file": self.file.path, "digest": self.file.digest}
        if isinstance(record, Event):
            facts |= self._closing(record)
        yield from _listed(facts)
        yield from _difference(self.what, self.file.path)

    def _closing(self, event: Event) -> dict[str, str | None]:
        key = event.settling_key
        who = event.ending.by if event.ending else getattr(event, f"{key}_by", None)
        key = event.ending_key if event.ending else key
        stands = state(self.what.snapshot, event, self.what.snapshot.end_of(self.what.day))
        return {"title": event.title, "state": stands.value, key: f"{event.ended}" + (f" by {who}" if who else "")}


# --- what is shown --------------------------------------------------------------------------------------------------


def _plainly(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _listed(facts: Mapping[str, str | None]) -> Iterator[str]:
    width = max(map(len, facts))
    yield from (f"  {key:{width}}  {value}" for key, value in facts.items() if value)


def _difference(what: Judged, path: str) -> Iterator[str]:
    """What changes in a file against main, shortened."""
    held = what.change.files.get(path)
    if held is None:
        yield f"  nothing in {path} differs from main"
        return
    before, after = ((data or b"").decode("utf-8", "replace").splitlines() for data in (held.before, held.after))
    base = what.base.id[:10] if what.base else "nothing"
    lines = list(difflib.unified_diff(before, after, f"{path} ({base})", path, lineterm="", n=2))
    yield from (f"  {line}" for line in lines[:_LINES])
    if len(lines) > _LINES:
        more = f"git diff {base} -- {path}" if held.before is not None else path
        yield f"  … {counted(len(lines) - _LINES, 'more line')}: {more}"
