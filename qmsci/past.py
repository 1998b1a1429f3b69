"""What was so on a day in the past, as far as the facts of a record are dated."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from qmsci.records.action import Action
from qmsci.records.event import Event, Validation

E = TypeVar("E", bound=Event)


def then(event: E, day: date) -> E:
    """An event as its file read at the end of a day, as far as its facts are dated."""
    past: dict[str, Any] = {
        "reopened": tuple(again for again in event.reopened if again.on <= day),
        "extensions": tuple(moved for moved in event.extensions if moved.on <= day),
        "actions": tuple(filter(None, (action_then(one, day) for one in event.actions))),
    }
    again = next((again for again in event.reopened if again.on > day), None)
    key = "released" if isinstance(event, Validation) else "closed"
    if again:
        past |= {key: again.closed, f"{key}_by": again.closed_by}
    for one in ("closed", "verified", "released", "accepted", "pq_completed"):
        on = past.get(one) or getattr(event, one, None)
        if on and on > day:
            past |= {key: None for key in (one, f"{one}_by") if hasattr(event, key)}
    for one in (event.ending_key, "disposition"):
        decided = getattr(event, one, None)
        if decided and decided.on > day:
            past[one] = None
    plan = getattr(event, "effectiveness", None)
    if plan:
        checks = tuple(check for check in plan.checks if check.on <= day)
        past["effectiveness"] = plan.model_copy(update={"checks": checks})
    return event.model_copy(update=past)


def action_then(action: Action, day: date) -> Action | None:
    """An action as it read at the end of a day; None where it was opened after it."""
    if action.opened and action.opened > day:
        return None
    done = action.done if action.done and action.done <= day else None
    dropped = action.dropped if action.dropped and action.dropped.on <= day else None
    extensions = tuple(moved for moved in action.extensions if moved.on <= day)
    return action.model_copy(update={"done": done, "dropped": dropped, "extensions": extensions})
