"""`event-facts-altered`."""

from typing import NamedTuple

from qmsci.alteration import said
from qmsci.change import Change, Edited, added_corrections, corrects, may_correct
from qmsci.circuit import reopens
from qmsci.finding import At
from qmsci.records.base import key_of
from qmsci.records.event import (
    AuditFinding,
    Capa,
    Complaint,
    Deviation,
    Event,
    ManagementReview,
    Nonconformance,
    TrainingGap,
    Validation,
)
from qmsci.rule import Problem, Problems, When, rule


class _Facts(NamedTuple):
    """The fields that say what happened: those whose value stays, and those that lose no entry."""

    kept: tuple[str, ...]
    growing: tuple[str, ...] = ()


_DEVIATION = _Facts(("occurred", "reported", "discovered", "activity", "classification"), ("people", "documents"))
_FACTS: dict[type[Event], _Facts] = {
    Deviation: _DEVIATION,
    Nonconformance: _DEVIATION,
    Complaint: _Facts(("received", "opened", "classification", "product")),
    AuditFinding: _Facts(("opened", "criterion", "classification"), ("people",)),
    TrainingGap: _Facts(("opened", "person", "document", "from_")),
    Capa: _Facts(("opened", "activity")),
    Validation: _Facts(("opened", "protocol"), ("activities",)),
    ManagementReview: _Facts(("held", "period"), ("inputs", "decisions", "presented")),
}
#: What no event of any kind loses.
_GROWING = ("sources", "batches")
_CLASSIFICATIONS = (None, "observation", "minor", "major", "critical")


@rule(
    clause=("21 CFR 11.10(e)", "21 CFR 211.192", "ISO 13485:2016 4.2.5"),
    fix="restore it, or have the quality unit put it right: add `corrected: [{on, by, reason}]` to the event",
    when=When.CHANGE,
)
def event_facts_altered(edit: Edited[Event]) -> Problems:
    """
    What a quality event says of what happened was altered.

    When it happened, where and to whom decides who is asked, who is kept from the work and what has to be looked at.
    If that could be written anew while the event is open, each of these questions could be answered by its omission.

    Asked about an event that is open in the base, or that the change reopens. To fill in what was absent and to add to
    a list is free. These do not change:

    | events | stay as they are | lose no entry |
    | --- | --- | --- |
    | DEV, NCR | `occurred`, `reported`, `discovered`, `activity` | `people`, `documents` |
    | CMP | `received`, `opened`, `product` | |
    | AUD | `opened`, `criterion` | `people` |
    | GAP | `opened`, `person`, `document`, `from` | |
    | CAPA | `opened`, `activity` | |
    | VAL | `opened`, `protocol` | `activities` |
    | MR | `held`, `period`, each figure in `presented` | `inputs`, `decisions` |
    | with a training action | `activity` | |
    | all | | `sources`, `batches` |

    The `classification` of a DEV, NCR, CMP or AUD may be raised (observation, minor, major, critical), and is not
    lowered.

    A mistake is put right in a change that adds `corrected: [{on, by, reason}]` to the event. Who is named in `by`
    holds a role of the quality unit on the day of the change, by what the base says of people, and `on` is no later
    day. Earlier corrections stay as they are. (Of an event that is closed and stays so, `closed-event-altered` says
    so.)

    ## Flagged on 2026-11-22

    ```yaml title="quality-events/DEV-2026-021.yaml (before)"
    id: DEV-2026-021
    title: Settle plate not exposed
    occurred: 2026-10-27T11:00:00+01:00
    reported: 2026-10-27
    classification: major
    people: [p-0042, p-0057]
    ```

    ```yaml title="quality-events/DEV-2026-021.yaml"
    id: DEV-2026-021
    title: Settle plate not exposed
    occurred: 2026-10-29T11:00:00+01:00  # <- 'occurred' was 2026-10-27T11:00:00+01:00 when it was merged
    reported: 2026-10-27
    classification: minor  # <- 'classification' was major when it was merged
    people: [p-0057]  # <- 'people' named p-0042 when it was merged
    ```

    ## Flagged on 2026-11-22 when it is put right by somebody else

    ```yaml title="roles/people/p-0042.yaml"
    {id: p-0042, name: Ingrid Solberg, kind: employee, employed: {from: 2024-03-01}}
    ```

    ```yaml title="quality-events/CAPA-2026-003.yaml (before)"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    ```

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-09-01  # <- 'opened' was 2026-06-01 when it was merged
    owner: p-0003
    corrected:
      - on: 2026-11-22
        by: p-0042  # <- p-0042 is not of the quality unit on 2026-11-22, and corrects CAPA-2026-003
        reason: It was in September.
    ```

    ## Accepted on 2026-11-22

    ```yaml title="roles/people/p-0003.yaml"
    id: p-0003
    name: Astrid Halvorsen
    kind: employee
    employed: {from: 2024-01-15}
    roles: [{role: quality-assurance, from: 2024-01-15}]
    ```

    ```yaml title="quality-events/DEV-2026-021.yaml (before)"
    id: DEV-2026-021
    title: Settle plate not exposed
    occurred: 2026-10-27T11:00:00+01:00
    reported: 2026-10-27
    people: [p-0042, p-0057]
    ```

    ```yaml title="quality-events/DEV-2026-021.yaml"
    id: DEV-2026-021
    title: Settle plate not exposed
    occurred: 2026-10-27T11:00:00+01:00
    reported: 2026-10-27
    people: [p-0043, p-0057]
    corrected: [{on: 2026-11-22, by: p-0003, reason: "The logbook says p-0043, who has the same initials."}]
    ```

    ## Accepted on 2026-11-22 when more is known

    ```yaml title="quality-events/DEV-2026-021.yaml (before)"
    id: DEV-2026-021
    title: Settle plate not exposed
    occurred: 2026-10-27T11:00:00+01:00
    reported: 2026-10-27
    classification: minor
    people: [p-0042]
    ```

    ```yaml title="quality-events/DEV-2026-021.yaml"
    id: DEV-2026-021
    title: Settle plate not exposed
    occurred: 2026-10-27T11:00:00+01:00
    discovered: 2026-10-27T15:00:00+01:00
    reported: 2026-10-27
    classification: major
    activity: environmental-monitoring
    people: [p-0042, p-0057]
    batches: [B-2026-118]
    ```
    """
    change, before, after = edit.change, edit.before, edit.after
    if before is None or after is None or change.founding or (before.ended and not reopens(before, after)):
        return
    yield from _corrections(change, edit.path, before, after)
    if corrects(change, before, after):
        return
    facts = _FACTS[type(before)]
    retrains = any(action.kind == "training" for action in before.actions)
    for field in dict.fromkeys((*facts.kept, *["activity"] * retrains)):
        was, now = getattr(before, field), getattr(after, field)
        if was is not None and now != was and not (field == "classification" and _is_raised(was, now)):
            key = key_of(field)
            yield Problem(At(edit.path, (key,)), f"'{key}' was {said(was)} when it was merged")
    for field in (*facts.growing, *_GROWING):
        if lost := _lost(getattr(before, field), getattr(after, field)):
            yield Problem(At(edit.path, (field,)), f"'{field}' named {', '.join(lost)} when it was merged")


def _is_raised(was: str, now: str | None) -> bool:
    return _CLASSIFICATIONS.index(now) > _CLASSIFICATIONS.index(was)


def _lost(was: tuple[str, ...] | dict[str, str], now: tuple[str, ...] | dict[str, str]) -> list[str]:
    """The entries of a list, or the figures, that are not there any more."""
    if isinstance(was, dict) and isinstance(now, dict):
        return [said(f"{name}: {value}") for name, value in was.items() if now.get(name) != value]
    return [said(entry) for entry in was if entry not in now]


def _corrections(change: Change, path: str, before: Event, after: Event) -> Problems:
    """What is wrong with the corrections themselves: a merged one is altered, or a new one is not entitled."""
    for index, was in enumerate(before.corrected):
        if after.corrected[index : index + 1] != (was,):
            message = f"the correction of {was.on} by {was.by} is altered, moved or gone"
            fix = "restore it, and add what is new after the last one"
            yield Problem(At(path, ("corrected", index)), message, fix=fix)
            return
    for index, one in added_corrections(before, after):
        if not may_correct(change, one.by):
            message = f"{one.by} is not of the quality unit on {change.day}, and corrects {after.id}"
            fix = "have somebody of the quality unit put it right, and name them"
            yield Problem(At(path, ("corrected", index, "by")), message, fix=fix)
        if one.on > change.day:
            message = f"corrected on {one.on}, which lies ahead of the change on {change.day}"
            yield Problem(At(path, ("corrected", index, "on")), message, fix="write the day on which it was put right")
