"""What `qmsci complete` says: the statement that is signed and, when all is written, what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qmsci.cli.drafting import Draft, Job
from qmsci.meanings import given_on, lacking_on
from qmsci.recording import open_parts, standing_of
from qmsci.records.training import Completion
from qmsci.render.words import visible
from qmsci.snapshot import Snapshot


def heading(draft: Draft) -> str:
    """The revision, and what there is to say of it."""
    base = draft.what.change.base
    there = base.documents.get(draft.document.id)
    merged = base.policy is None or (there and there.entry(draft.entry.revision))
    unmerged = "" if merged else "; a draft, not on main yet"
    standing = standing_of(draft.document, draft.entry, draft.now)
    return f"{draft.revision} {visible(draft.document.title)}, {standing}{unmerged}"


def page(draft: Draft) -> str:
    """The text of the revision below its heading, as it is shown to whoever reads it now."""
    lines = draft.text.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    return "\n".join([heading(draft), "", *map(visible, lines)])


def is_read_now(draft: Draft, jobs: Sequence[Job]) -> bool:
    """Whether whoever signs is about to say that they have read the text."""
    mine = [job for job in jobs if job.person.id == draft.signer]
    return any("read" in method for job in mine for method in _methods(draft, job))


def statements(draft: Draft, jobs: Sequence[Job]) -> Iterator[str]:
    """What whoever signs is asked to state."""
    mine = next((job for job in jobs if job.person.id == draft.signer), None)
    if mine:
        for method in _methods(draft, mine):
            said = "read and understood" if "read" in method else f"done the {' and '.join(method)} of"
            yield f"I have {said} {draft.revision}."
    others = ", ".join(job.person.id for job in jobs if job is not mine)
    if others and draft.order.session:
        yield f"In the session “{visible(draft.order.session)}” were trained on {draft.revision}: {others}."
    elif others:
        yield f"I have judged the demonstration of {others} on {draft.revision}: {_outcome(draft, jobs)}."


def _methods(draft: Draft, job: Job) -> list[Sequence[str]]:
    return [entry.method for entry in _waiting(draft, job)] if job.waiting else [draft.method]


def _outcome(draft: Draft, jobs: Sequence[Job]) -> str:
    said = [entry.practical.outcome for job in jobs for entry in _waiting(draft, job) if entry.practical]
    return ", ".join(said) or draft.outcome or "as the entry says"


def _waiting(draft: Draft, job: Job) -> list[Completion]:
    history = draft.history(job.person)
    return [entry for index in job.waiting if isinstance(entry := history[index], Completion)]


def written(draft: Draft, job: Job, entry: Completion) -> str:
    """What was recorded of a person, or signed."""
    parts = [f"{', '.join(entry.method)} of {entry.document} by {job.person.id} ({visible(job.person.name)})"]
    if entry.assessment and not job.waiting:
        mine, policy = entry.assessment, draft.what.change.policy
        most = policy.training.attempts if policy else 0
        said = "passed" if entry.passed else f"not passed, attempt {mine.attempt} of {most}"
        wrong = f"; wrong: {', '.join(draft.marked.wrong)}" if draft.marked and draft.marked.wrong else ""
        parts.append(f"score {mine.score}, pass mark {mine.pass_mark}: {said}{wrong}")
    if entry.practical:
        parts.append(f"{entry.practical.outcome}, says {entry.practical.evaluator}")
    signed = sorted({str(one.by) for one in given_on(entry)})
    parts += [f"signed by {', '.join(signed)}"] if signed else []
    if not job.waiting:
        names = ", ".join(entry.assignments)
        counts = ", and it counts" if entry.passed else ""
        parts.append(f"for {names}" if names else f"nobody had asked for it{counts}")
    return f"{'signed' if job.waiting else 'wrote'} {visible(job.path)}: {'; '.join(parts)}"


def following(draft: Draft, job: Job, after: Snapshot, *, signed: bool) -> Iterator[str]:
    """Which parts are open for a person and, where what was written is signed, who has to sign still."""
    history = after.completions(job.person.id, draft.document.id)
    waiting = [
        group[-1]
        for index in (job.touched if signed else ())
        if isinstance(entry := history[index], Completion)
        for group in lacking_on(entry, job.person.id, draft.kind)
    ]
    for one in waiting:
        to = "" if one.by == job.person.id else f" --person {job.person.id}"
        yield f"{one.by} signs as well: qmsci complete {draft.revision} --by {one.by}{to}"
    parts = open_parts(after, job.person, draft.document, draft.entry, draft.now)
    if parts:
        yield f"open for {job.person.id} on {draft.revision}: {', '.join(parts)}"
    elif not waiting:
        yield f"{job.person.id} has done all that {draft.revision} asks for"
