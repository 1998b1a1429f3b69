"""One run of `qmsci complete`: what waits is found, what was done is asked, signed and written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from qmsci.cli import prompts
from qmsci.cli.drafting import Draft, Job
from qmsci.cli.progress import watched
from qmsci.cli.signer import Pen, now_of, tell
from qmsci.cli.wording import following, heading, is_read_now, page, statements, written
from qmsci.disk import content, replace_unchanged
from qmsci.entries import with_entry, with_signature
from qmsci.finding import CannotRun, Finding, Severity
from qmsci.foreseen import Foreseen
from qmsci.load import content_of, load
from qmsci.meanings import Asked, lacking_on, may_sign
from qmsci.recording import split
from qmsci.records import layout
from qmsci.records.person import Person
from qmsci.records.training import Completion, Completions, Rejection
from qmsci.render.words import counted, visible
from qmsci.signature import entries_in
from qmsci.snapshot import Snapshot

#: What the law says of signatures; it is heard once there are some.
_OF_SIGNATURES = {"signature-missing", "signature-incomplete", "signature-invalid", "key-not-valid"}
#: The option that puts right what a rule has against an entry.
_OPTIONS = {
    "late-entry-undeclared": "say why with --late REASON",
    "supervised-work-missing": '--supervised "DAY PERSON TASK" lists each time that they did it under supervision',
    "attempts-exceeded": (
        "a training action of an event assigns it anew: qmsci new CAPA …; or the quality unit waives it: qmsci waive …"
    ),
}


class Recording:
    """One run: who signs what was done, and what becomes of it."""

    def __init__(self, draft: Draft, pens: Sequence[Pen]) -> None:
        """Take what was done, and those who sign it in this run, the one who gave the command first."""
        self.draft = draft
        self.what = draft.what
        self.order = draft.order
        self.pens = pens

    def run(self, unsigned: str) -> int:
        """Ask, sign, and write. The exit code; `unsigned` is why nobody signs."""
        draft = self.draft
        jobs = [self._job(person) for person in draft.people]
        jobs = [job for job in jobs if job.waiting or not self._has_session(job)]
        if not jobs:
            raise CannotRun(f"everybody has an entry of this session already: {', '.join(draft.names)}")
        new = [job.person for job in jobs if not job.waiting]
        if new:
            draft.refuse_what_is_done(new)
            self._foresee_new(jobs)
        click.echo(heading(draft))
        if not self.order.yes and is_read_now(draft, jobs):
            click.echo_via_pager(page(draft))
        if new:
            draft.examine()
        if not self.order.yes and not self._stated(jobs):
            click.echo("nothing was recorded")
            return 1
        for job in watched(jobs, "signing"):
            if not job.waiting:
                job.new = split(draft.values(job.person))
            self._sign(job)
        foreseen = self._foreseen(jobs)
        self._refuse(foreseen, jobs, {"signature-missing"})
        self._write(jobs)
        return self._tell(jobs, foreseen.snapshot, unsigned)

    def _stated(self, jobs: Sequence[Job]) -> bool:
        """Whether whoever signs makes the statement that is signed; anything but yes is no."""
        for statement in statements(self.draft, jobs):
            click.echo(statement)
        otherwise = "nobody can be asked here to state this: --yes says so"
        said = prompts.answer("do you state this, and sign? (yes/no)", otherwise, default="no")
        return said.strip().lower() == "yes"

    # --- what is there ----------------------------------------------------------------------------------------------

    def _job(self, person: Person) -> Job:
        job = Job(person, layout.completions(person.id, self.draft.document.id))
        job.before, job.waiting = self._content(job), tuple(self._waiting(person))
        return job

    def _content(self, job: Job) -> bytes | None:
        """The bytes of a file on disc, which must say what was judged."""
        before = content(self.what.repository.root, job.path)
        known = self.draft.history(job.person)
        if self.draft.snapshot.unreadable_below(job.path):
            raise CannotRun(f"{job.path} cannot be read, so nothing can be added to it: qmsci check --all")
        if before is None and known:
            raise CannotRun(f"{job.path} is not checked out here: git sparse-checkout add {layout.COMPLETIONS}")
        if before is not None and _history(job.path, before).entries != known:
            raise CannotRun(f"{job.path} was changed by somebody else meanwhile, and nothing was written: try again")
        return before

    def _waiting(self, person: Person) -> Iterator[int]:
        """The entries, by position, that wait for whoever signs: those of this change, or the one that was named."""
        history = self.draft.history(person)
        if self.order.entry is not None:
            index = self.order.entry - 1
            if index >= len(history):
                raise CannotRun(f"{person.id} has {counted(len(history), 'entry')} on {self.draft.document.id}")
            entry = history[index]
            if isinstance(entry, Rejection) or not self._signs(person, entry):
                who = self.draft.signer + (" to sign" if self.pens else ", who has no key here, to sign")
                raise CannotRun(f"entry {index + 1} of {person.id} on {self.draft.document.id} is not for {who}")
            yield index
            return
        merged = [vars(entry) for entry in self.what.change.base.completions(person.id, self.draft.document.id)]
        rejected = {at for entry in history if isinstance(entry, Rejection) for at in entry.entries}
        for index, entry in enumerate(history):
            if vars(entry) in merged:
                merged.remove(vars(entry))
            elif isinstance(entry, Completion) and index not in rejected and entry.document == self.draft.revision:
                same = not self.order.method or set(self.order.method) == set(entry.method)
                if same and self._signs(person, entry) and self._agrees(entry):
                    yield index

    def _signs(self, person: Person, entry: Completion) -> bool:
        """Whether somebody who signs in this run has to sign an entry, and has not."""
        wanted = {one for group in lacking_on(entry, person.id, self.draft.kind) for one in group}
        return any(wanted.intersection(self._may_sign(person, entry, pen)) for pen in self.pens)

    def _may_sign(self, person: Person, entry: Completion, pen: Pen) -> list[Asked]:
        return may_sign(entry, person.id, self.draft.kind, pen.person.id)

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
        history = self.draft.history(job.person)
        return any(
            entry.session.reference == self.order.session and entry.document == self.draft.revision
            for entry in history
            if isinstance(entry, Completion) and entry.session
        )

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
                    record = entries_in(content_of(job.path, data))[index]
                    signature = pen.sign(job.path, record, one.meaning, now_of(self.what))
                    data = with_signature(job.path, data, index, signature).encode()
                    made += 1
        if self.pens and not made and not self._leads(job):
            as_what = f" as {self.order.meaning}" if self.order.meaning else ""
            raise CannotRun(
                f"{self.draft.signer} has nothing to sign{as_what} on the training of {job.person.id}: "
                "who signs is trained, evaluates, or leads the session"
            )
        return data

    def _leads(self, job: Job) -> bool:
        """Whether whoever signs only puts down who was there, and each of them signs afterwards."""
        return self.order.session is not None and self.draft.signer == self.draft.facilitator and not job.waiting

    def _foresee_new(self, jobs: Sequence[Job]) -> None:
        """Refuse, before anybody reads or answers, what the law would refuse."""
        drafts = []
        for job in jobs:
            if not job.waiting:
                draft = Job(job.person, job.path, job.before, new=[self.draft.values(job.person, provisional=True)])
                text = with_entry(job.path, job.before, draft.new[0])
                draft.after, draft.touched = text, (len(_history(job.path, text.encode()).entries) - 1,)
                drafts.append(draft)
        self._refuse(self._foreseen(drafts), drafts, _OF_SIGNATURES)

    def _foreseen(self, jobs: Sequence[Job]) -> Foreseen:
        files = {job.path: job.after for job in jobs}
        return Foreseen(self.what.change, self.what.library, files)

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
                tell(written(self.draft, job, entry))
                passed = passed and (entry.passed or bool(job.waiting))
        if unsigned:
            tell(f"not signed, and the policy asks for no signature: {visible(unsigned)}")
        for line in dict.fromkeys(
            line for job in jobs for line in following(self.draft, job, after, signed=bool(self.pens))
        ):
            tell(line)
        tell("next: qmsci check")
        return int(not passed)


def _in_words(finding: Finding) -> str:
    more = _OPTIONS.get(finding.rule)
    return f"{finding.message} ({more})" if more else finding.message


def _history(path: str, data: bytes) -> Completions:
    loaded = load(path, data)
    if not isinstance(loaded.record, Completions):
        raise CannotRun(f"{path} cannot be read: {loaded.faults[0].message}")
    return loaded.record
