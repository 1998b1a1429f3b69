"""`capa-closed-though-ineffective`."""

from datetime import date

from qmsci.circuit import deciding_check, last_done, training_is_unreadable
from qmsci.records.action import EffectivenessCheck
from qmsci.records.event import Capa, Event
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot


@rule(
    clause=("ISO 13485:2016 8.5.2", "21 CFR 211.192"),
    fix="reopen the CAPA, add actions that reach the cause, and check their effect once they are done",
)
def capa_closed_though_ineffective(event: Event, snapshot: Snapshot) -> Problems:
    """
    A CAPA is closed although a check said that its actions did not work.

    A failed check is the most valuable thing that a CAPA can produce: it says that the cause is another one, or that
    the actions do not reach it. Closed over it, the CAPA hides what is known, and the fault goes on.

    Asked about every closed CAPA, in three ways:

    - The latest check by the closing day says `not-effective`.
    - A check says `not-effective`, the latest that says `effective` came after it, and nothing was done in between: no
      action was done after the failed check, and nobody completed training that the CAPA asked for after it. A second
      look at the same work does not undo the first; nor does a reopening, or an action that was only opened or dropped.
    - A check after the closing day says `not-effective`, and the CAPA was not reopened.

    Each failed check is named once. Where the training of the CAPA cannot be read, nobody says that nothing was done.

    ## Flagged

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    root-cause: {category: equipment, summary: The needle shield has a burr.}
    actions:
      - {id: 1, kind: other, title: Change the needle shield, owner: p-0011, due: 2026-07-01, done: 2026-07-01}
    effectiveness:
      criterion: No torn glove in 90 days
      period: 90 days
      assessor: p-0005
      checks:
        - {on: 2026-10-01, outcome: effective, summary: No torn glove in the logs.}
        - on: 2026-11-14
          outcome: not-effective  # <- the latest effectiveness check, of 2026-11-14, says not-effective
          summary: Two gloves tore.
    closed: 2026-11-20
    closed-by: p-0003
    ```

    ## Flagged when nothing was done between two checks

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    root-cause: {category: equipment, summary: The needle shield has a burr.}
    actions:
      - {id: 1, kind: other, title: Change the needle shield, owner: p-0011, due: 2026-07-01, done: 2026-07-01}
    effectiveness:
      criterion: No torn glove in 90 days
      period: 90 days
      assessor: p-0005
      checks:
        - on: 2026-10-01
          outcome: not-effective  # <- nothing was done before that of 2026-11-14, which says effective
          summary: Two gloves tore.
        - {on: 2026-11-14, outcome: effective, summary: No torn glove since.}
    closed: 2026-11-20
    closed-by: p-0003
    ```

    ## Accepted when more was done

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-01-10
    owner: p-0003
    root-cause: {category: equipment, summary: The needle shield has a burr.}
    actions:
      - {id: 1, kind: other, title: Change the needle shield, owner: p-0011, due: 2026-02-01, done: 2026-02-01}
      - {id: 2, kind: other, title: Inspect each shield, owner: p-0011, opened: 2026-05-10, due: 2026-08-01,
         done: 2026-08-01}
    effectiveness:
      criterion: No torn glove in 90 days
      period: 90 days
      assessor: p-0005
      checks:
        - {on: 2026-05-10, outcome: not-effective, summary: Two gloves tore.}
        - {on: 2026-11-14, outcome: effective, summary: No torn glove since.}
    closed: 2026-11-20
    closed-by: p-0003
    ```

    ## Accepted as long as it is open

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    root-cause: {category: equipment, summary: The needle shield has a burr.}
    actions:
      - {id: 1, kind: other, title: Change the needle shield, owner: p-0011, due: 2026-07-01, done: 2026-07-01}
    effectiveness:
      criterion: No torn glove in 90 days
      period: 90 days
      assessor: p-0005
      checks: [{on: 2026-10-01, outcome: not-effective, summary: Two gloves tore.}]
    ```
    """
    if not isinstance(event, Capa) or event.closed is None or event.effectiveness is None:
        return
    closed = event.closed
    latest = deciding_check(event, closed)
    checks = event.effectiveness.checks
    for index, check in enumerate(checks):
        if check.outcome != "not-effective":
            continue
        place = snapshot.at(event, "effectiveness", "checks", index, "outcome")
        if latest and index == latest[0]:
            message = f"the latest effectiveness check, of {check.on}, says not-effective"
            yield Problem(place, f"closed on {closed}, and {message}", (snapshot.at(event, "closed"),))
        elif check.on > closed:
            message = f"the check of {check.on} says not-effective, and it was not reopened"
            yield Problem(place, f"closed on {closed}; {message}", (snapshot.at(event, "closed"),))
        else:
            later = _last_effective(event, index, closed)
            if later is not None and not _was_answered(event, check.on, checks[later].on, snapshot):
                nothing = f"nothing was done before that of {checks[later].on}, which says effective"
                message = f"closed on {closed}; the check of {check.on} says not-effective, and {nothing}"
                yield Problem(place, message, (snapshot.at(event, "effectiveness", "checks", later),))


def _last_effective(capa: Capa, index: int, closed: date) -> int | None:
    """The last check after another, by the closing day, that says that it worked; by its position."""
    checks = capa.effectiveness.checks if capa.effectiveness else ()

    def order(n: int) -> tuple[date, int]:
        return checks[n].on, n

    later = (n for n, check in enumerate(checks) if _works(check) and check.on <= closed and order(n) > order(index))
    return max(later, key=order, default=None)


def _works(check: EffectivenessCheck) -> bool:
    return check.outcome == "effective"


def _was_answered(capa: Capa, failed: date, passed: date, snapshot: Snapshot) -> bool:
    """Whether anything was done between a failed check and one that passed; or nobody can know."""
    when = snapshot.end_of(passed)
    days = (last_done(snapshot, capa, action, when) for action in capa.actions)
    return any(day and day > failed for day in days) or training_is_unreadable(snapshot, capa)
