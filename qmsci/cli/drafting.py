"""What `qmsci complete` is to record: who was trained on which revision, in which way, and how it is written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, get_args

import click

from qmsci.assessment import Marked, next_attempt, pass_mark
from qmsci.cli import asked, prompts
from qmsci.cli.examined import examined, questions_of
from qmsci.cli.judged import Judged
from qmsci.cli.signer import now_of
from qmsci.completion import full_method
from qmsci.finding import CannotRun
from qmsci.read import text_digest
from qmsci.recording import assignments_of, open_for, open_parts, revision_meant, text_shown
from qmsci.records import layout
from qmsci.records.base import Method, RevisionId, as_day, as_moment
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.person import Person
from qmsci.records.policy import DocumentType
from qmsci.records.training import CompletionEntry
from qmsci.snapshot import Snapshot, When


@dataclass(frozen=True)
class Order:
    """What the command was given beside the document and the signer."""

    people: tuple[str, ...] = ()
    method: tuple[str, ...] = ()
    meaning: str | None = None
    completed: str | None = None
    late: str | None = None
    score: int | None = None
    answers: str | None = None
    passphrase: Path | None = None
    evaluator: str | None = None
    outcome: str | None = None
    supervised: tuple[str, ...] = ()
    session: str | None = None
    facilitator: str | None = None
    entry: int | None = None
    again: bool = False
    yes: bool = False


@dataclass
class Job:
    """What is to be written for one person: new entries, or signatures on entries that wait for them."""

    person: Person
    path: str
    before: bytes | None = None
    waiting: tuple[int, ...] = ()
    new: list[dict[str, Any]] = field(default_factory=list)
    after: str = ""
    touched: tuple[int, ...] = ()


class Draft:
    """What was done, as far as it is known: what is left open is asked for, or taken from what is open to be done."""

    def __init__(
        self, what: Judged, document: Document, named: RevisionEntry | None, order: Order, signer: str
    ) -> None:
        """Look at what is there; nothing is asked yet."""
        self.what = what
        self.snapshot = what.snapshot
        self.document = document
        self.order = order
        self.signer = signer
        self.people = [asked.person(self.snapshot, name) for name in dict.fromkeys(order.people or (signer,))]
        if order.session is not None and not order.session.strip():
            raise CannotRun("--session is empty: name the attendance list, and where it is kept")
        if len(self.people) > 1 and order.session is None:
            raise CannotRun("only a session records several people at once: --session REFERENCE")
        self.now = When(what.moment, what.day)
        self.entry = named or revision_meant(self.snapshot, self.people[0], document, self.now)
        self.revision: RevisionId = document.named(self.entry)
        self.marked: Marked | None = None
        if self.entry.withdrawn:
            raise CannotRun(f"{self.revision} was withdrawn on {self.entry.withdrawn}: nobody is trained on it")

    @property
    def names(self) -> list[str]:
        """Who was trained, by their ids."""
        return [person.id for person in self.people]

    def history(self, person: Person) -> Sequence[CompletionEntry]:
        """What is recorded of a person on the document."""
        return self.snapshot.completions(person.id, self.document.id)

    @cached_property
    def open(self) -> dict[str, set[str]]:
        """The parts of the method that each person has to do still."""
        return {
            person.id: set(open_parts(self.snapshot, person, self.document, self.entry, self.now))
            for person in self.people
        }

    @cached_property
    def kind(self) -> DocumentType | None:
        """The type of the document, as main has it."""
        policy = self.what.change.policy
        return policy.type_of(self.document.id) if policy else None

    def refuse_what_is_done(self, people: Sequence[Person]) -> None:
        """Refuse what nobody asks for, unless it is recorded again on purpose."""
        for person in () if self.order.again else people:
            if not self.open[person.id].intersection(self.method):
                if not self.open[person.id]:
                    raise CannotRun(self._all_done(person.id))
                still = ", ".join(sorted(self.open[person.id]))
                raise CannotRun(
                    f"{person.id} has nothing to do for {self.revision} by {', '.join(self.method)}; open: {still} "
                    "(--again records it all the same)"
                )

    def _all_done(self, names: str) -> str:
        return f"{names} has done all of {self.revision} already (--again records it once more)"

    def examine(self) -> None:
        """Have the assessment taken and marked, where it is a part of what was done and has no score yet."""
        if "assessment" in self.method and self.order.score is None:
            questions = questions_of(self.snapshot, self.document)
            assert questions
            answers = self.order.answers.split(",") if self.order.answers else None
            self.marked = examined(questions, answers, self.order.passphrase)

    # --- as it is written -------------------------------------------------------------------------------------------

    @cached_property
    def text(self) -> bytes:
        """The text of the revision."""
        return text_shown(self.what.tree, self.snapshot, self.document, self.entry)

    @cached_property
    def completed(self) -> str:
        """When it was, as it is written."""
        text = self.order.completed
        if text is None:
            return now_of(self.what)
        try:
            moment: datetime = as_moment(text)
        except ValueError as error:
            raise CannotRun(f"--completed {error}") from None
        if moment > self.what.moment:
            raise CannotRun(f"--completed {text} lies ahead: what is to come is not recorded")
        return text

    @cached_property
    def method(self) -> tuple[str, ...]:
        """The parts that were done: those that were named, or those that are open and can be recorded in this run."""
        if self.order.method:
            return tuple(part for part in get_args(Method) if part in self.order.method)
        if self.judges or self.order.meaning == "evaluated":
            return ("practical",)
        still = {part for parts in self.open.values() for part in parts}
        if not still and not self.order.again:
            raise CannotRun(self._all_done(", ".join(self.names)))
        still = still or set(full_method(self.snapshot, self.document))
        possible = [part for part in get_args(Method) if part in still and self._can_do(part)]
        if not possible:
            raise CannotRun(f"open for {self.revision}: {', '.join(sorted(still))}; name what was done with --method")
        if len(possible) > 1 and not self.order.yes:
            otherwise = "nobody can be asked here which part was done: --method"
            said = prompts.answer(f"which part? {', '.join(possible)}", otherwise, default=",".join(possible))
            chosen = [part for part in possible if part in re.split(r"[\s,]+", said)]
            if not chosen:
                raise CannotRun(f"{said!r} is none of {', '.join(possible)}")
            return tuple(chosen)
        return tuple(possible)

    @property
    def judges(self) -> bool:
        """Whether the run is that of an evaluator, for somebody else."""
        return self.order.session is None and self.signer not in self.names

    def _can_do(self, part: str) -> bool:
        match part:
            case "practical":
                return bool(self.order.outcome and (self.order.evaluator or self.signer not in self.names))
            case "assessment":
                handed_in = self.order.score is not None or self.order.answers is not None
                asked_now = not self.order.yes and questions_of(self.snapshot, self.document) is not None
                return handed_in or (asked_now and len(self.people) == 1)
        return True

    def values(self, person: Person, *, provisional: bool = False) -> dict[str, Any]:
        """All that was done by one person, as it is written; before the assessment, as if it were passed."""
        items = open_for(self.snapshot, person, self.document, self.entry, self.now)
        names = assignments_of(items, self.snapshot.day_of(as_moment(self.completed)))
        values: dict[str, Any] = {
            "document": str(self.revision),
            "text": text_digest(self.text),
            "completed": self.completed,
            "method": list(self.method),
            "assignments": names,
        }
        if "assessment" in self.method:
            values["assessment"] = {
                "score": self._score(provisional=provisional),
                "pass-mark": pass_mark(self.snapshot, [one.item for one in items]),
                "attempt": next_attempt(self.snapshot, person.id, self.revision, names),
            }
        if "practical" in self.method:
            values["practical"] = self._practical(person)
        if self.order.session:
            values["session"] = {"facilitator": self.facilitator, "reference": self.order.session}
        if self.order.late:
            values["late"] = self.order.late
        return values

    def _score(self, *, provisional: bool) -> int:
        if self.order.score is not None:
            return self.order.score
        if len(self.people) > 1:
            raise CannotRun("an assessment is recorded for one person at a time")
        if questions_of(self.snapshot, self.document) is None:
            path = layout.questions(self.document.path)
            raise CannotRun(f"no questions lie beside {self.document.id} ({path}); of one on paper: --score")
        if self.order.answers is None and self.order.yes:
            raise CannotRun("the assessment is not answered: --answers A,B,… or, of one on paper, --score")
        return 100 if provisional or self.marked is None else self.marked.score

    def _practical(self, person: Person) -> dict[str, Any]:
        evaluator = self.order.evaluator or (self.signer if self.signer not in self.names else self.order.facilitator)
        if evaluator is None:
            raise CannotRun("who has judged the demonstration, and how? --evaluator PERSON --outcome competent")
        if self.outcome is None:
            raise CannotRun(f"how has {evaluator} judged the demonstration? --outcome competent or not-competent")
        if evaluator == person.id:
            raise CannotRun(f"{person.id} does not evaluate their own work: name another --evaluator")
        tasks = [_task(self.snapshot, text) for text in self.order.supervised]
        values: dict[str, Any] = {"evaluator": evaluator, "outcome": self.outcome}
        return values | ({"supervised": tasks} if tasks else {})

    @cached_property
    def outcome(self) -> str | None:
        """How the demonstration was judged; an evaluator is asked; one who signs as such with --yes has passed it."""
        if self.order.outcome is None and self.order.yes and self.order.meaning == "evaluated":
            return "competent"
        if self.order.outcome is None and self.judges and not self.order.yes:
            otherwise = "nobody can be asked here how it was: --outcome competent or not-competent"
            return prompts.answer("how was it?", otherwise, type=click.Choice(["competent", "not-competent"]))
        return self.order.outcome

    @property
    def facilitator(self) -> str:
        """Who led the session. Raises `CannotRun` where nobody says."""
        name = self.order.facilitator or (self.signer if self.signer not in self.names else None)
        if name is None:
            raise CannotRun("who has led the session? --facilitator PERSON")
        return name


def _task(snapshot: Snapshot, text: str) -> dict[str, str]:
    """A task under supervision, as `--supervised` takes it."""
    parts = text.split(maxsplit=2)
    if len(parts) < 3:
        raise CannotRun(f'--supervised {text!r} is not of the form "2026-11-20 p-0011 Filled ten vials"')
    try:
        as_day(parts[0])
    except ValueError as error:
        raise CannotRun(f"--supervised {error}") from None
    return {"on": parts[0], "by": asked.person(snapshot, parts[1]).id, "task": parts[2]}
