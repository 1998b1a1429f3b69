"""`closed-event-altered`."""

from datetime import date

from qmsci.alteration import first_alteration, lost_entries
from qmsci.change import Edited
from qmsci.finding import At
from qmsci.records.base import key_of
from qmsci.records.event import AuditFinding, Event
from qmsci.rule import Problem, Problems, When, rule

#: Who answered an event, by the key of the day on which that was done.
_BY = {"closed": "closed_by", "verified": "verified_by", "released": "released_by"}

_ALONE = "reopen the event by a change of its own"


@rule(
    clause=("21 CFR 11.10(e)", "ISO 13485:2016 4.2.5", "21 CFR 211.192"),
    fix="restore the record, or reopen the event: add a `reopened` entry that takes over `closed` and `closed-by`",
    when=When.CHANGE,
)
def closed_event_altered(edit: Edited[Event]) -> Problems:
    """
    A closed event was altered.

    What was closed was judged as it stood, and somebody answers for it. Altered afterwards, it says of that judgement
    what nobody judged, and an inspector reads a text that its signature never saw.

    Asked about every event that was closed in the base (an audit finding that was verified, a validation that was
    released). Its values are compared: another layout or another comment is no alteration. Two changes are accepted:

    - It is reopened: one `reopened` entry is added at the end, and takes over the two keys that it undoes. Its `closed`
      and `closed-by` say what the base says (of an audit finding that was only verified, its `verified` and
      `verified-by`; of a validation, its `released` and `released-by`), and these keys are gone: the event is open
      after the change, and not closed again by it. Other keys may be altered in the same change, but no check, no
      extension and no earlier reopening.
    - An audit finding that was verified is closed as well: it gains `closed` and `closed-by`.

    An event that was voided, cancelled or withdrawn is not altered at all, nor reopened.

    ## Flagged

    ```yaml title="quality-events/CAPA-2026-003.yaml (before)"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    conclusion: The shields are changed.
    closed: 2026-11-20
    closed-by: p-0003
    ```

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    conclusion: The shields are changed and inspected.  # <- 'conclusion' was The shields are changed.
    closed: 2026-11-20
    closed-by: p-0003
    ```

    ## Flagged when it is reopened and closed at once

    ```yaml title="quality-events/CAPA-2026-003.yaml (before)"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    closed: 2026-11-20
    closed-by: p-0003
    ```

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    reopened:
      - on: 2026-11-22
        by: p-0003
        summary: A glove tore again.
        closed: 2026-11-19  # <- closed on 2026-11-20 in the base, and the reopening says 2026-11-19
        closed-by: p-0003
    closed: 2026-11-22  # <- reopened and closed again in one change
    closed-by: p-0003
    ```

    ## Accepted

    ```yaml title="quality-events/CAPA-2026-003.yaml (before)"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    closed: 2026-11-20
    closed-by: p-0003
    ```

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    actions:
      - {id: 1, kind: other, title: Inspect each shield, due: 2026-12-15}
    reopened:
      - {on: 2026-11-22, by: p-0003, summary: A glove tore again., closed: 2026-11-20, closed-by: p-0003}
    ```

    ## Accepted when a verified finding is closed

    ```yaml title="quality-events/AUD-2026-002.yaml (before)"
    id: AUD-2026-002
    title: Logbook without page numbers
    opened: 2026-06-01
    verified: 2026-11-18
    verified-by: p-0005
    ```

    ```yaml title="quality-events/AUD-2026-002.yaml"
    id: AUD-2026-002
    title: Logbook without page numbers
    opened: 2026-06-01
    verified: 2026-11-18
    verified-by: p-0005
    closed: 2026-11-20
    closed-by: p-0003
    ```
    """
    before, after = edit.before, edit.after
    if before is None or after is None or edit.change.founding or before.ended is None:
        return
    key = before.ending_key if before.ending else before.settling_key
    altered = first_alteration(before, after)
    if altered is None or _is_only_closed(before, after):
        return
    if before.ending:
        fix = f"restore the record: an event that was {key} is not altered"
        yield Problem(At(edit.path, altered.keys), f"{key} on {before.ended}, and {altered} then", fix=fix)
    elif len(after.reopened) > len(before.reopened):
        yield from _reopened_wrongly(edit.path, before, after, before.ended)
    elif after.settled is None:
        message = f"{key} on {before.ended}, and open again without a new `reopened` entry"
        yield Problem(At(edit.path), message)
    else:
        yield Problem(At(edit.path, altered.keys), f"{key} on {before.ended}, and {altered} then")


def _is_only_closed(before: Event, after: Event) -> bool:
    """Whether an audit finding that was verified is closed, and nothing else."""
    if not isinstance(before, AuditFinding) or before.ending or before.closed or not after.closed:
        return False
    unclosed = after.model_copy(update={"closed": None, "closed_by": before.closed_by})
    return first_alteration(before, unclosed) is None


def _reopened_wrongly(path: str, before: Event, after: Event, settled: date) -> Problems:
    """What is wrong with the reopening of an event that was closed, if anything is."""
    key, first = before.settling_key, len(before.reopened)
    entry, by = after.reopened[first], getattr(before, _BY[before.settling_key])
    if len(after.reopened) > first + 1:
        number = len(after.reopened) - first
        place = At(path, ("reopened", first + 1))
        yield Problem(place, f"reopened {number} times in one change, and it was {key} once, on {settled}")
    if entry.closed != settled:
        message = f"{key} on {settled} in the base, and the reopening says {entry.closed}"
        yield Problem(At(path, ("reopened", first, "closed")), message, fix=f"write `closed: {settled}` there")
    if by and entry.closed_by != by:
        message = f"{key} by {by} in the base, and the reopening says {entry.closed_by}"
        yield Problem(At(path, ("reopened", first, "closed-by")), message, fix=f"write `closed-by: {by}` there")
    if after.ending:
        message = f"reopened and {after.ending_key} in one change"
        yield Problem(At(path, (after.ending_key,)), message, fix=_ALONE)
    for day, signed in _BY.items():
        was, now = getattr(before, day, None), getattr(after, day, None)
        if now and now != was:
            yield Problem(At(path, (day,)), f"reopened and {day} again in one change", fix=_ALONE)
        elif left := now or getattr(after, signed, None):
            name = day if now else key_of(signed)
            message = f"reopened, and `{name}: {left}` is still there"
            yield Problem(At(path, (name,)), message, fix=f"remove `{name}`: the reopening says what it was")
    for keys, entry_was in lost_entries(before, after):
        yield Problem(At(path, keys), f"{entry_was}, is altered, moved or gone as the event is reopened")
