"""`capa-closed-without-effectiveness`."""

from datetime import date

from qmsci.circuit import (
    deciding_check,
    done_on,
    last_done,
    last_training,
    period_begins,
    reopened_on,
    says_nothing,
    training_is_unreadable,
)
from qmsci.records.action import EffectivenessCheck
from qmsci.records.base import Duration
from qmsci.records.event import Capa, Event
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot

_REOPEN = "where it was closed before, reopen it in this change with a `reopened` entry"
_LOOK_AGAIN = f"leave the CAPA open, and look again once the period has run; {_REOPEN}"


@rule(
    clause=("ISO 13485:2016 8.5.2", "ISO 13485:2016 6.2", "21 CFR 211.192"),
    fix=f"close the CAPA after a check that says `effective`, made once the period of its plan has run; {_REOPEN}",
)
def capa_closed_without_effectiveness(event: Event, snapshot: Snapshot) -> Problems:
    """
    A CAPA is closed, and nobody has shown that its actions worked.

    That something was done is no proof that the fault stays away. Where nobody looks, or looks too soon, or judges
    their own work, the same deviation comes back, and with it the question why the CAPA was closed.

    Asked about every closed CAPA. Each of these is a fault of its own:

    - Nothing was done by the closing day (and since the last reopening, from that day on): no document action or other
      action is `done`, and nobody completed training that the CAPA asked for. An action that was dropped, and training
      that concerned nobody, have no effect that one could look at. (Where an action is still to be done,
      `closed-with-open-actions` and `capa-closed-without-training` say so.)
    - There is no effectiveness plan, or its criterion says nothing (`n/a`, `none`, `tbd`, `-`).
    - No check was made by the closing day, or the latest one is `inconclusive`, or its summary says nothing. After a
      reopening only the checks of that day and later count. (Where the latest says `not-effective`,
      `capa-closed-though-ineffective` says so.)
    - The check was made before the period had run. The period runs from the day of the last training that the CAPA
      asked for; where there is no training action, or all training lies before the last reopening, from the day on
      which the last action was done. A check on the day on which the period ends is not too early. (Where training is
      missing altogether, `capa-closed-without-training` says so.)
    - An action was done only after the check.
    - The check was made by somebody who owns one of the actions. Who owns the CAPA, and none of its actions, may
      judge it.

    Only what was known by the end of the closing day counts, so the answer is the same whenever it is asked.

    ## Flagged when the check came too early, and from the wrong person

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    root-cause: {category: equipment, summary: The needle shield has a burr.}
    actions:
      - {id: 1, kind: other, title: Change the needle shield, owner: p-0011, due: 2026-09-01, done: 2026-08-20}
    effectiveness:
      criterion: No torn glove in 90 days
      period: 90 days
      assessor: p-0005
      checks:
        - on: 2026-11-14  # <- the last action was done on 2026-08-20, 90 days later is 2026-11-18
          outcome: effective
          summary: No torn glove in the logs.
          by: p-0011  # <- the check of 2026-11-14 was made by p-0011, who owns action 1
    closed: 2026-11-20
    closed-by: p-0003
    ```

    ## Flagged without a check

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    root-cause: {category: equipment, summary: The needle shield has a burr.}
    actions:
      - {id: 1, kind: other, title: Change the needle shield, owner: p-0011, due: 2026-09-01, done: 2026-08-20}
    effectiveness:
      criterion: n/a  # <- the criterion 'n/a' says nothing
      period: 90 days
      assessor: p-0005
    closed: 2026-11-20  # <- closed on 2026-11-20, and no effectiveness check was made by then
    closed-by: p-0003
    ```

    ## Flagged when nothing was done

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    root-cause: {category: equipment, summary: The needle shield has a burr.}
    actions:
      - id: 1
        kind: other
        title: Change the needle shield
        due: 2026-09-01
        dropped: {on: 2026-07-01, by: p-0003, reason: The line is scrapped next year.}
    effectiveness:
      criterion: No torn glove in 90 days
      period: 90 days
      assessor: p-0005
      checks: [{on: 2026-11-18, outcome: effective, summary: No torn glove in the logs.}]
    closed: 2026-11-20  # <- closed on 2026-11-20, and nothing was done by then
    closed-by: p-0003
    ```

    ## Accepted as long as it is open

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    actions: []
    ```

    ## Accepted

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    root-cause: {category: equipment, summary: The needle shield has a burr.}
    actions:
      - {id: 1, kind: other, title: Change the needle shield, owner: p-0011, due: 2026-09-01, done: 2026-08-20}
    effectiveness:
      criterion: No torn glove in 90 days
      period: 90 days
      assessor: p-0005
      checks: [{on: 2026-11-18, outcome: effective, summary: No torn glove in the logs.}]
    closed: 2026-11-20
    closed-by: p-0003
    ```

    ## Accepted when it was reopened, and looked at again

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-01-10
    owner: p-0003
    root-cause: {category: equipment, summary: The needle shield has a burr.}
    actions:
      - {id: 1, kind: other, title: Change the needle shield, owner: p-0011, due: 2026-02-01, done: 2026-02-01}
      - {id: 2, kind: other, title: Inspect each shield, owner: p-0011, due: 2026-08-01, done: 2026-08-01}
    effectiveness:
      criterion: No torn glove in 90 days
      period: 90 days
      assessor: p-0005
      checks:
        - {on: 2026-05-20, outcome: effective, summary: No torn glove in the logs.}
        - {on: 2026-06-30, outcome: not-effective, summary: A glove tore on 2026-06-24.}
        - {on: 2026-10-30, outcome: effective, summary: No torn glove in the logs.}
    reopened:
      - {on: 2026-06-30, by: p-0003, summary: A glove tore again., closed: 2026-05-25, closed-by: p-0003}
    closed: 2026-11-20
    closed-by: p-0003
    ```
    """
    if not isinstance(event, Capa) or event.closed is None:
        return
    if _nothing_was_done(event, event.closed, snapshot):
        message = f"closed on {event.closed}, and nothing was done {_since(reopened_on(event))} that could have worked"
        yield Problem(snapshot.at(event, "closed"), message, fix=f"do the actions before the CAPA is closed; {_REOPEN}")
    if event.effectiveness is None:
        yield Problem(snapshot.at(event, "closed"), f"closed on {event.closed} without an effectiveness plan")
        return
    criterion = event.effectiveness.criterion
    if says_nothing(criterion):
        place = snapshot.at(event, "effectiveness", "criterion")
        yield Problem(place, f"closed on {event.closed}, and the criterion {criterion!r} says nothing")
    found = deciding_check(event, event.closed)
    if found is None:
        yield _unchecked(event, event.closed, snapshot)
    elif found[1].outcome == "inconclusive":
        message = f"closed on {event.closed}, and the latest effectiveness check, of {found[1].on}, is inconclusive"
        yield Problem(snapshot.at(event, "effectiveness", "checks", found[0], "outcome"), message, fix=_LOOK_AGAIN)
    elif found[1].outcome == "effective":
        yield from _unfounded(event, event.closed, *found, snapshot)


def _nothing_was_done(capa: Capa, closed: date, snapshot: Snapshot) -> bool:
    """Whether a CAPA that asks for nothing more on its closing day had nothing done since it was last reopened."""
    when, again = snapshot.end_of(closed), reopened_on(capa) or date.min
    if not all(done_on(snapshot, capa, action, when) for action in capa.actions):
        return False
    days = (last_done(snapshot, capa, action, when) for action in capa.actions)
    return not any(day and day >= again for day in days) and not training_is_unreadable(snapshot, capa)


def _since(again: date | None) -> str:
    return f"since it was reopened on {again}" if again else "by then"


def _unchecked(capa: Capa, closed: date, snapshot: Snapshot) -> Problem:
    since = _since(reopened_on(capa))
    later = [
        (snapshot.at(capa, "effectiveness", "checks", index), check.on)
        for index, check in enumerate(capa.effectiveness.checks if capa.effectiveness else ())
        if check.on > closed
    ]
    after = f"; the check of {later[0][1]} came after" if later else ""
    message = f"closed on {closed}, and no effectiveness check was made {since}{after}"
    return Problem(snapshot.at(capa, "closed"), message, also=tuple(place for place, _ in later[:1]))


def _unfounded(capa: Capa, closed: date, index: int, check: EffectivenessCheck, snapshot: Snapshot) -> Problems:
    """What keeps a check that says `effective` from showing it."""
    assert capa.effectiveness
    where = ("effectiveness", "checks", index)
    if says_nothing(check.summary):
        message = f"closed on {closed}, and the summary {check.summary!r} of the check of {check.on} says nothing"
        yield Problem(snapshot.at(capa, *where, "summary"), message)
    yield from _too_early(capa, closed, index, check, capa.effectiveness.period, snapshot)
    who = capa.effectiveness.assessor_of(check)
    owned = [n for n, action in enumerate(capa.actions) if action.owner == who]
    if owned:
        by = (*where, "by") if check.by else ("effectiveness", "assessor")
        actions = f"action{'s' * (len(owned) > 1)} {' and '.join(str(capa.actions[n].id) for n in owned)}"
        yield Problem(
            snapshot.at(capa, *by),
            f"closed on {closed}; the check of {check.on} was made by {who}, who owns {actions}",
            also=tuple(snapshot.at(capa, "actions", n, "owner") for n in owned),
            fix=f"have somebody who owns none of the actions judge their effect, then close the CAPA; {_REOPEN}",
        )


def _too_early(
    capa: Capa, closed: date, index: int, check: EffectivenessCheck, period: Duration, snapshot: Snapshot
) -> Problems:
    when, where = snapshot.end_of(closed), ("effectiveness", "checks", index, "on")
    done = [(n, done_on(snapshot, capa, action, when)) for n, action in enumerate(capa.actions)]
    begins = period_begins(snapshot, capa, when)
    if begins and check.on < period.after(begins):
        last = "training was" if begins == last_training(snapshot, capa, when) else "action was done"
        counted = f"{period} later is {period.after(begins)}, and the check was on {check.on}"
        message = f"the last {last} on {begins}, {counted}"
        then = tuple(snapshot.at(capa, "actions", n) for n, day in done if day == begins)
        yield Problem(snapshot.at(capa, *where), f"closed on {closed}; {message}", then, _LOOK_AGAIN)
    for n, day in done:
        if day and day > check.on and day != begins:  # what the period runs from is said already
            message = (
                f"closed on {closed}; action {capa.actions[n].id} was done on {day}, after the check of {check.on}"
            )
            yield Problem(snapshot.at(capa, "actions", n), message, (snapshot.at(capa, *where),), _LOOK_AGAIN)
