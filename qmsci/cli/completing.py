"""One run of `qmsci complete`: what is asked, signed and written, and what is said of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, get_args

import click

from qmsci.assessment import Marked, next_attempt, pass_mark
from qmsci.cli import asked
from qmsci.cli.examined import examined, questions_of
from qmsci.cli.judged import Judged
from qmsci.cli.progress import watched
from qmsci.cli.signer import Pen, now_of
from qmsci.completion import full_method
from qmsci.disk import content, replace_unchanged
from qmsci.entries import with_entry
from qmsci.finding import CannotRun, Finding, Severity
from qmsci.load import content_of, load
from qmsci.meanings import Asked
from qmsci.read import text_digest
from qmsci.recording import (
    Foreseen,
    assignments_of,
    given_signatures,
    may_sign,
    open_for,
    open_parts,
    revision_meant,
    split,
    standing_of,
    text_shown,
    wanted_signatures,
    with_signature,
)
from qmsci.records import layout
from qmsci.records.base import Method, RevisionId, as_day, as_moment
from qmsci.records.document import Document, RevisionEntry
from qmsci.records.person import Person
from qmsci.records.policy import DocumentType
from qmsci.records.training import Completion, Completions, Rejection
from qmsci.render.words import counted, visible
from qmsci.snapshot import Snapshot, When

#: What the law says of signatures; it is heard once there are some.
_OF_SIGNATURES = {"signature-missing", "signature-incomplete", "signature-invalid", "key-not-valid"}
#: The option that puts right what a rule has against an entry.
_OPTIONS = {
    "late-entry-undeclared": "say why with --late REASON",
    "supervised-work-missing": '--supervised "DAY PERSON TASK" lists each time that they did it under supervision',
    "attempts-exceeded": "a trainer trains them anew, and the quality unit decides what comes next",
}


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


class Recording:
    """One run: who was trained on which revision, in which way, and what becomes of it."""

    def __init__(
        self,
        what: Judged,
        document: Document,
        named: RevisionEntry | None,
        order: Order,
        pen: Pen | None,
        signer: str,
    ) -> None:
        """Look at what is there; nothing is asked or written yet."""
        self.what = what
        self.snapshot = what.snapshot
        self.document = document
        self.order = order
        self.pens = [pen] if pen else []
        self.signer = pen.person.id if pen else signer
        self.people = [asked.person(self.snapshot, name) for name in dict.fromkeys(order.people or (self.signer,))]
        if order.session is not None and not order.session.strip():
            raise CannotRun("--session is empty: name the attendance list, and where it is kept")
        if len(self.people) > 1 and order.session is None:
            raise CannotRun("only a session records several people at once: --session REFERENCE")
        self.now = When(what.moment, what.day)
        self.entry = named or revision_meant(self.snapshot, self.people[0], document, self.now)
        self.revision: RevisionId = document.named(self.entry)
        self.marked: Marked | None = None

    def run(self, unsigned: str) -> int:
        """Ask, sign, and write. The exit code."""
        if self.entry.withdrawn:
            raise CannotRun(f"{self.revision} was withdrawn on {self.entry.withdrawn}: nobody is trained on it")
        jobs = [self._job(person) for person in self.people]
        jobs = [job for job in jobs if job.waiting or not self._has_session(job)]
        if not jobs:
            raise CannotRun(f"everybody has an entry of this session already: {', '.join(self._names())}")
        new = [job.person for job in jobs if not job.waiting]
        if new:
            self._refuse_what_is_done(new)
            self._foresee_new(jobs)
        click.echo(self._heading())
        if not self.order.yes and self._is_read_now(jobs):
            click.echo_via_pager(f"{self._heading()}\n\n{_page(self.text)}")
        if new and "assessment" in self.method and self.order.score is None:
            questions = questions_of(self.snapshot, self.document)
            assert questions
            answers = self.order.answers.split(",") if self.order.answers else None
            self.marked = examined(questions, answers, self.order.passphrase)
        if not self.order.yes and not self._stated(jobs):
            click.echo("nothing was recorded")
            return 1
        for job in watched(jobs, "signing"):
            if not job.waiting:
                job.new = split(self._values(job.person))
            self._sign(job)
        foreseen = self._foreseen(jobs)
        self._refuse(foreseen, jobs, {"signature-missing"})
        self._write(jobs)
        return self._tell(jobs, foreseen.snapshot, unsigned)

    # --- what is there ----------------------------------------------------------------------------------------------

    def _job(self, person: Person) -> Job:
        job = Job(person, layout.completions(person.id, self.document.id))
        job.before, job.waiting = self._content(job), tuple(self._waiting(person))
        return job

    def _content(self, job: Job) -> bytes | None:
        """The bytes of a file on disc, which must say what was judged."""
        before = content(self.what.repository.root, job.path)
        known = self.snapshot.completions(job.person.id, self.document.id)
        if self.snapshot.unreadable_below(job.path):
            raise CannotRun(f"{job.path} cannot be read, so nothing can be added to it: qmsci check --all")
        if before is None and known:
            raise CannotRun(f"{job.path} is not checked out here: git sparse-checkout add {layout.COMPLETIONS}")
        if before is not None and _history(job.path, before).entries != known:
            raise CannotRun(f"{job.path} was changed by somebody else meanwhile, and nothing was written: try again")
        return before

    def _waiting(self, person: Person) -> Iterator[int]:
        """The entries, by position, that wait for whoever signs: those of this change, or the one that was named."""
        history = self.snapshot.completions(person.id, self.document.id)
        if self.order.entry is not None:
            index = self.order.entry - 1
            if index >= len(history):
                raise CannotRun(f"{person.id} has {counted(len(history), 'entry')} on {self.document.id}")
            entry = history[index]
            if isinstance(entry, Rejection) or not self._signs(person, entry):
                raise CannotRun(
                    f"entry {self.order.entry} of {person.id} on {self.document.id} is not for {self._who()}"
                )
            yield index
            return
        merged = [vars(entry) for entry in self.what.change.base.completions(person.id, self.document.id)]
        rejected = {at for entry in history if isinstance(entry, Rejection) for at in entry.entries}
        for index, entry in enumerate(history):
            if vars(entry) in merged:
                merged.remove(vars(entry))
            elif isinstance(entry, Completion) and index not in rejected and entry.document == self.revision:
                same = not self.order.method or set(self.order.method) == set(entry.method)
                if same and self._signs(person, entry) and self._agrees(entry):
                    yield index

    def _signs(self, person: Person, entry: Completion) -> bool:
        """Whether somebody who signs in this run has to sign an entry, and has not."""
        wanted = {one for group in wanted_signatures(person.id, entry, self._kind) for one in group}
        return any(wanted.intersection(self._may_sign(person, entry, pen)) for pen in self.pens)

    def _may_sign(self, person: Person, entry: Completion, pen: Pen) -> list[Asked]:
        return may_sign(person.id, entry, pen.person.id, self._kind)

    def _agrees(self, entry: Completion) -> bool:
        """Whether what was given agrees with an entry that waits. Raises `CannotRun` for another outcome."""
        said = entry.practical.outcome if entry.practical else None
        if said and self.order.outcome and said != self.order.outcome:
            raise CannotRun(
                f"an entry waits that says {said}, and you say {self.order.outcome}: "
                f"it is not merged; correct it in {layout.COMPLETIONS}, or sign it as it is"
            )
        return True

    def _has_session(self, job: Job) -> bool:
        """Whether a person has an entry of this session already, from a run that was cut short."""
        if self.order.session is None:
            return False
        history = self.snapshot.completions(job.person.id, self.document.id)
        return any(
            entry.session.reference == self.order.session and entry.document == self.revision
            for entry in history
            if isinstance(entry, Completion) and entry.session
        )

    def _refuse_what_is_done(self, people: Sequence[Person]) -> None:
        for person in () if self.order.again else people:
            if not self._open[person.id].intersection(self.method):
                if not self._open[person.id]:
                    raise CannotRun(self._all_done(person.id))
                still = ", ".join(sorted(self._open[person.id]))
                raise CannotRun(
                    f"{person.id} has nothing to do for {self.revision} by {', '.join(self.method)}; open: {still} "
                    "(--again records it all the same)"
                )

    def _all_done(self, names: str) -> str:
        return f"{names} has done all of {self.revision} already (--again records it once more)"

    @cached_property
    def _open(self) -> dict[str, set[str]]:
        """The parts of the method that each person has to do still."""
        return {
            person.id: set(open_parts(self.snapshot, person, self.document, self.entry, self.now))
            for person in self.people
        }

    @cached_property
    def _kind(self) -> DocumentType | None:
        """The type of the document, as main has it."""
        policy = self.what.change.policy
        return policy.type_of(self.document.id) if policy else None

    # --- what is to be recorded -------------------------------------------------------------------------------------

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
        if self._judges:
            return ("practical",)
        still = {part for parts in self._open.values() for part in parts}
        if not still and not self.order.again:
            raise CannotRun(self._all_done(", ".join(self._names())))
        still = still or set(full_method(self.snapshot, self.document))
        possible = [part for part in get_args(Method) if part in still and self._can_do(part)]
        if not possible:
            raise CannotRun(f"open for {self.revision}: {', '.join(sorted(still))}; name what was done with --method")
        if len(possible) > 1 and not self.order.yes:
            said: str = click.prompt(f"which part? {', '.join(possible)}", default=",".join(possible))
            chosen = [part for part in possible if part in re.split(r"[\s,]+", said)]
            if not chosen:
                raise CannotRun(f"{said!r} is none of {', '.join(possible)}")
            return tuple(chosen)
        return tuple(possible)

    @property
    def _judges(self) -> bool:
        """Whether the run is that of an evaluator, for somebody else."""
        return self.order.session is None and self.signer not in self._names()

    def _can_do(self, part: str) -> bool:
        match part:
            case "practical":
                return bool(self.order.evaluator and self.order.outcome)
            case "assessment":
                handed_in = self.order.score is not None or self.order.answers is not None
                asked_now = not self.order.yes and questions_of(self.snapshot, self.document) is not None
                return handed_in or (asked_now and len(self.people) == 1)
        return True

    def _values(self, person: Person, *, provisional: bool = False) -> dict[str, Any]:
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
            values["session"] = {"facilitator": self._facilitator, "reference": self.order.session}
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
        evaluator = self.order.evaluator or (self.signer if self._judges else self.order.facilitator)
        if evaluator is None or self._outcome_given is None:
            raise CannotRun("who has judged the demonstration, and how? --evaluator PERSON --outcome competent")
        if evaluator == person.id:
            raise CannotRun(f"{person.id} does not evaluate their own work: name another --evaluator")
        tasks = [_task(self.snapshot, text) for text in self.order.supervised]
        values: dict[str, Any] = {"evaluator": evaluator, "outcome": self._outcome_given}
        return values | ({"supervised": tasks} if tasks else {})

    @cached_property
    def _outcome_given(self) -> str | None:
        """How the demonstration was judged; an evaluator at a terminal is asked."""
        if self.order.outcome is None and self._judges and not self.order.yes:
            said: str = click.prompt("how was it?", type=click.Choice(["competent", "not-competent"]))
            return said
        return self.order.outcome

    @property
    def _facilitator(self) -> str:
        name = self.order.facilitator or (self.signer if self.signer not in self._names() else None)
        if name is None:
            raise CannotRun("who has led the session? --facilitator PERSON")
        return name

    # --- what is said and asked -------------------------------------------------------------------------------------

    def _heading(self) -> str:
        standing = standing_of(self.document, self.entry, self.now)
        base = self.what.change.base
        there = base.documents.get(self.document.id)
        merged = base.policy is None or (there and there.entry(self.entry.revision))
        draft = "" if merged else "; a draft, not on main yet"
        return f"{self.revision} {visible(self.document.title)}, {standing}{draft}"

    def _is_read_now(self, jobs: Sequence[Job]) -> bool:
        """Whether whoever signs is about to say that they have read the text."""
        mine = [job for job in jobs if job.person.id == self.signer]
        return any("read" in method for job in mine for method in self._methods(job))

    def _methods(self, job: Job) -> list[Sequence[str]]:
        if not job.waiting:
            return [self.method]
        history = self.snapshot.completions(job.person.id, self.document.id)
        return [entry.method for index in job.waiting if isinstance(entry := history[index], Completion)]

    def _stated(self, jobs: Sequence[Job]) -> bool:
        """Whether whoever signs makes the statement that is signed; anything but yes is no."""
        for statement in self._statements(jobs):
            click.echo(statement)
        said: str = click.prompt("do you state this, and sign? (yes/no)", default="no")
        return said.strip().lower() == "yes"

    def _statements(self, jobs: Sequence[Job]) -> Iterator[str]:
        mine = next((job for job in jobs if job.person.id == self.signer), None)
        if mine:
            for method in self._methods(mine):
                said = "read and understood" if "read" in method else f"done the {' and '.join(method)} of"
                yield f"I have {said} {self.revision}."
        others = [job.person.id for job in jobs if job is not mine]
        if others and self.order.session:
            where = visible(self.order.session)
            yield f"In the session “{where}” were trained on {self.revision}: {', '.join(others)}."
        elif others:
            yield f"I have judged the demonstration of {', '.join(others)} on {self.revision}: {self._outcome(jobs)}."

    def _outcome(self, jobs: Sequence[Job]) -> str:
        history = [entry for job in jobs for entry in self._entries(job.person, job.waiting)]
        waiting = [entry.practical.outcome for entry in history if entry.practical]
        return ", ".join(waiting) or self._outcome_given or "as the entry says"

    def _entries(self, person: Person, indexes: Sequence[int]) -> list[Completion]:
        history = self.snapshot.completions(person.id, self.document.id)
        return [entry for index in indexes if isinstance(entry := history[index], Completion)]

    def _names(self) -> list[str]:
        return [person.id for person in self.people]

    def _who(self) -> str:
        return self.signer + (" to sign" if self.pens else ", who has no key here, to sign")

    # --- signed, foreseen, written ----------------------------------------------------------------------------------

    def _sign(self, job: Job) -> None:
        """What the file of one person says when all is signed that can be."""
        data = job.before
        if job.waiting:
            job.touched = job.waiting
        else:
            for values in job.new:
                data = with_entry(job.path, data, values).encode()
            assert data
            number = len(_history(job.path, data).entries)
            job.touched = tuple(range(number - len(job.new), number))
        assert data
        for index in job.touched:
            data = self._signed(job, data, index)
        job.after = data.decode()

    def _signed(self, job: Job, data: bytes, index: int) -> bytes:
        made = 0
        for pen in self.pens:
            entry = _history(job.path, data).entries[index]
            assert isinstance(entry, Completion)
            for one in self._may_sign(job.person, entry, pen):
                if self.order.meaning in (None, one.meaning) or pen is not self.pens[0]:
                    record = entries_as_written(job.path, data)[index]
                    signature = pen.sign(job.path, record, one.meaning, now_of(self.what))
                    data = with_signature(job.path, data, index, signature).encode()
                    made += 1
        if self.pens and not made and not self._leads(job):
            as_what = f" as {self.order.meaning}" if self.order.meaning else ""
            raise CannotRun(
                f"{self.signer} has nothing to sign{as_what} on the training of {job.person.id}: "
                "who signs is trained, evaluates, or leads the session"
            )
        return data

    def _leads(self, job: Job) -> bool:
        """Whether whoever signs only puts down who was there, and each of them signs afterwards."""
        return self.order.session is not None and self.signer == self._facilitator and not job.waiting

    def _foresee_new(self, jobs: Sequence[Job]) -> None:
        """Refuse, before anybody reads or answers, what the law would refuse."""
        drafts = []
        for job in jobs:
            if not job.waiting:
                draft = Job(job.person, job.path, job.before, new=[self._values(job.person, provisional=True)])
                text = with_entry(job.path, job.before, draft.new[0])
                draft.after, draft.touched = text, (len(_history(job.path, text.encode()).entries) - 1,)
                drafts.append(draft)
        self._refuse(self._foreseen(drafts), drafts, _OF_SIGNATURES)

    def _foreseen(self, jobs: Sequence[Job]) -> Foreseen:
        files = {job.path: job.after for job in jobs}
        return Foreseen(self.what.change.base, self.what.library, self.snapshot, files)

    def _refuse(self, foreseen: Foreseen, jobs: Sequence[Job], but: set[str]) -> None:
        found = [finding for job in jobs for finding in foreseen.findings(job.path, job.touched)]
        wrong = [one for one in found if one.severity is Severity.ERROR and one.rule not in but]
        if wrong:
            raise CannotRun("; ".join(dict.fromkeys(map(_in_words, wrong))))

    def _write(self, jobs: Sequence[Job]) -> None:
        """Write all files, once none of them is found to have changed since it was read."""
        root = self.what.repository.root
        changed = [job.path for job in jobs if content(root, job.path) != job.before]
        if changed:
            raise CannotRun(f"{', '.join(changed)} was changed meanwhile, and nothing was written: try again")
        for job in watched(jobs, "writing"):
            replace_unchanged(root, job.path, job.before, job.after)

    def _tell(self, jobs: Sequence[Job], after: Snapshot, unsigned: str) -> int:
        """Say what was written and what is next. The exit code."""
        passed = True
        for job in jobs:
            entries = _history(job.path, job.after.encode()).entries
            for index in job.touched:
                entry = entries[index]
                assert isinstance(entry, Completion)
                click.echo(f"{'signed' if job.waiting else 'wrote'} {visible(job.path)}: {self._said(job, entry)}")
                passed = passed and (entry.passed or bool(job.waiting))
        if unsigned:
            click.echo(f"not signed, and the policy asks for no signature: {visible(unsigned)}")
        for line in dict.fromkeys(line for job in jobs for line in self._next(job, after)):
            click.echo(line)
        click.echo("next: qmsci check")
        return int(not passed)

    def _said(self, job: Job, entry: Completion) -> str:
        parts = [f"{', '.join(entry.method)} of {entry.document} by {job.person.id} ({visible(job.person.name)})"]
        if entry.assessment and not job.waiting:
            mine = entry.assessment
            said = "passed" if entry.passed else f"not passed, attempt {mine.attempt} of {self._attempts}"
            wrong = f"; wrong: {', '.join(self.marked.wrong)}" if self.marked and self.marked.wrong else ""
            parts.append(f"score {mine.score}, pass mark {mine.pass_mark}: {said}{wrong}")
        if entry.practical:
            parts.append(f"{entry.practical.outcome}, says {entry.practical.evaluator}")
        signed = sorted({str(one.by) for one in given_signatures(entry)})
        parts += [f"signed by {', '.join(signed)}"] if signed else []
        if not job.waiting:
            names = ", ".join(entry.assignments)
            counts = ", and it counts" if entry.passed else ""
            parts.append(f"for {names}" if names else f"nobody had asked for it{counts}")
        return "; ".join(parts)

    @property
    def _attempts(self) -> int:
        policy = self.what.change.policy
        return policy.training.attempts if policy else 0

    def _next(self, job: Job, after: Snapshot) -> Iterator[str]:
        """Who has to sign still, and which parts are open."""
        history = after.completions(job.person.id, self.document.id)
        waiting = [
            group[-1]
            for index in (job.touched if self.pens else ())
            if isinstance(entry := history[index], Completion)
            for group in wanted_signatures(job.person.id, entry, self._kind)
        ]
        for one in waiting:
            to = "" if one.by == job.person.id else f" --person {job.person.id}"
            yield f"{one.by} signs as well: qmsci complete {self.revision} --by {one.by}{to}"
        parts = open_parts(after, job.person, self.document, self.entry, self.now)
        if parts:
            yield f"open for {job.person.id} on {self.revision}: {', '.join(parts)}"
        elif not waiting:
            yield f"{job.person.id} has done all that {self.revision} asks for"


def _in_words(finding: Finding) -> str:
    more = _OPTIONS.get(finding.rule)
    return f"{finding.message} ({more})" if more else finding.message


def _history(path: str, data: bytes) -> Completions:
    loaded = load(path, data)
    if not isinstance(loaded.record, Completions):
        raise CannotRun(f"{path} cannot be read: {loaded.faults[0].message}")
    return loaded.record


def entries_as_written(path: str, data: bytes) -> Any:
    """The entries of a file as they are written, which is what is signed."""
    values: Any = content_of(path, data).values
    return values["entries"]


def _page(text: bytes) -> str:
    lines = text.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    return "\n".join(map(visible, lines))


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
