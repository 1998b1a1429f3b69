"""`training-action-narrowed`."""

from collections.abc import Iterable, Iterator

from qmsci.alteration import same_actions
from qmsci.change import Change, Edited
from qmsci.circuit import document_of, reopens
from qmsci.finding import At, KeyPath
from qmsci.records.action import Action
from qmsci.records.base import RevisionId
from qmsci.records.document import Document
from qmsci.records.event import Event
from qmsci.rule import Problem, Problems, When, rule
from qmsci.timeline import owed_revisions


@rule(
    clause=("ISO 13485:2016 8.5.2", "21 CFR 211.25(a)", "21 CFR 11.10(f)"),
    fix="keep the action as it was merged, and add what is new; or have the quality unit end the event",
    when=When.CHANGE,
)
def training_action_narrowed(edit: Edited[Event]) -> Problems:
    """
    A training action asks for less than it did when it was merged.

    From the day on which it is merged it holds people from their work until they are trained, and the event open until
    all of them are. If a name could be taken out again, nobody would have to be trained for the event to be closed.

    Asked about the training actions of an event that is open in the base, or is reopened by the change. Each stays,
    with its number and its kind. Its `documents`, `roles` and `people` are only added to, `suspend: true` stays, and
    the day from which it suspends (its `opened`, the event's own beginning where absent) is not moved to a later one;
    to write it down, or to move it to an earlier one, is free. A `corrected` entry of the event excuses nothing here.

    Two things are no narrowing: a document that was named without a revision is named at one that is in force or coming
    (or not there yet); and a revision that is superseded, or was withdrawn before it took effect, is replaced by a
    newer one of its document. Who has left is excused by the day on which they left, and need not be taken out.

    ## Flagged

    ```yaml title="quality-events/CAPA-2026-003.yaml (before)"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    actions:
      - {id: 1, kind: training, documents: [SOP-014], people: [p-0042, p-0057], due: 2026-12-01}
      - {id: 2, kind: training, documents: [SOP-014@3], roles: [operator], due: 2026-12-01}
    ```

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    actions:  # <- training action 2 of CAPA-2026-003 is gone
      - id: 1
        kind: training
        documents: [SOP-014]
        people: [p-0042]  # <- training action 1 no longer asks p-0057
        due: 2026-12-01
    ```

    ## Accepted

    ```yaml title="quality-events/CAPA-2026-003.yaml (before)"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    actions:
      - {id: 1, kind: training, documents: [SOP-014], people: [p-0042], due: 2026-12-01}
    ```

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    actions:
      - id: 1
        kind: training
        documents: [SOP-014@3, WI-031]
        people: [p-0042, p-0057]
        roles: [operator]
        suspend: true
        due: 2026-12-01
    ```
    """
    before, after, change = edit.before, edit.after, edit.change
    if before is None or after is None or change.founding or (before.ended and not reopens(before, after)):
        return
    for keys, was, now in same_actions(before, after):
        if was.kind != "training":
            continue
        if now is None:
            yield _gone(edit.path, before, after, was)
        elif now.kind != "training":
            message = f"action {was.id} was a training action, and is of the kind '{now.kind}' now"
            yield Problem(At(edit.path, (*keys, "kind")), message)
        else:
            for key, lost in _lost(change, was, now):
                message = f"training action {was.id} no longer asks {lost}"
                yield Problem(At(edit.path, (*keys, key)), message)
            if now.dropped and not was.dropped:
                message = f"training action {was.id} is dropped, and only training ends it"
                yield Problem(At(edit.path, (*keys, "dropped")), message)
            if was.suspend and not now.suspend:
                message = f"training action {was.id} no longer suspends the holders of its roles"
                yield Problem(At(edit.path, (*keys, "suspend")), message)
            yield from _later(edit.path, keys, (before, was), (after, now))


def _gone(path: str, before: Event, after: Event, was: Action) -> Problem:
    known = {action.id for action in before.actions}
    for index, action in enumerate(after.actions):
        if action.id not in known and action.model_copy(update={"id": was.id}) == was:
            place = At(path, ("actions", index, "id"))
            return Problem(place, f"training action {was.id} of {before.id} has another number now, {action.id}")
    named = ", ".join(map(str, was.documents)) or "no document"
    return Problem(At(path, ("actions",)), f"training action {was.id} of {before.id} is gone: it asked for {named}")


def _lost(change: Change, was: Action, now: Action) -> Iterator[tuple[str, str]]:
    """What an action no longer names, each with the key under which it did."""
    documents = [str(named) for named in was.documents if not _keeps(change, named, now)]
    if documents:
        yield "documents", f"for {', '.join(documents)}"
    roles = _without(was.roles, now.roles)
    if roles:
        yield "roles", f"the holders of {', '.join(roles)}"
    people = _without(was.people, now.people)
    if people:
        yield "people", ", ".join(people)


def _without(was: Iterable[str], now: Iterable[str]) -> list[str]:
    kept = set(now)
    return [name for name in was if name not in kept]


def _keeps(change: Change, named: RevisionId | str, now: Action) -> bool:
    if named in now.documents:
        return True
    instead = [other for other in now.revisions if other.document == document_of(named)]
    document = change.head.documents.get(document_of(named))
    if document is None:  # unreadable, or a plan: a document that is to come, at a revision, is still asked for
        return bool(instead) and (isinstance(named, str) or change.head.is_unreadable(named.document))
    if isinstance(named, str):
        return any(_is_owed(change, document, other) for other in instead)
    return not _is_owed(change, document, named) and any(_is_newer(document, other, named) for other in instead)


def _is_owed(change: Change, document: Document, named: RevisionId) -> bool:
    """Whether a revision is in force on the day of the change, or coming; what is not there yet is coming."""
    entry = document.entry(named.label)
    return entry is None or entry in owed_revisions(document, change.day)


def _is_newer(document: Document, named: RevisionId, old: RevisionId) -> bool:
    """Whether a revision, not withdrawn, was issued after another one."""
    labels = [entry.revision for entry in document.revisions]
    entry = document.entry(named.label)
    return bool(entry and not entry.withdrawn and labels.index(named.label) < labels.index(old.label))


def _later(path: str, keys: KeyPath, was: tuple[Event, Action], now: tuple[Event, Action]) -> Problems:
    """Whether an action suspends only from a later day on, or from none."""
    then, today = was[1].opened or was[0].begun, now[1].opened or now[0].begun
    if then and (today is None or today > then):
        of_event = next((key for key in ("reported", "held") if hasattr(now[0], key)), "opened")
        place = (*keys, "opened") if now[1].opened or was[1].opened else (of_event,)
        message = f"training action {was[1].id} was open from {then} on, and now " + (
            f"only from {today} on" if today else "from no day on"
        )
        yield Problem(At(path, place), message)
