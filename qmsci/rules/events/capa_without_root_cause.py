"""`capa-without-root-cause`."""

from qmsci.circuit import says_nothing
from qmsci.records.event import Capa, Event
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot

#: Summaries that name what was seen, and not what made it possible; in letters only.
_SYMPTOMS = {"humanerror", "operatorerror"}


@rule(
    clause=("ISO 13485:2016 8.5.2", "21 CFR 211.192"),
    fix="say under `root-cause` what made the fault possible, in `summary`, with its `category`",
)
def capa_without_root_cause(event: Event, snapshot: Snapshot) -> Problems:
    """
    A CAPA is closed, or its effect was checked, and it names no root cause.

    An action removes a cause. Where nobody says which, no one can tell whether the actions reach it, and no one can
    count how often the same cause returns.

    Asked about every CAPA that is closed or has an effectiveness check; until then the cause may still be sought. There
    is none where `root-cause` is absent, or where its `summary` or its `category` says nothing: `n/a`, `not
    applicable`, `none`, `nil`, `unknown`, `not known`, `tbd`, `tba`, `tbc`, `to be determined`, or only signs such as
    `-`. Nor is there one where the whole summary is `human error` or `operator error`: that is a symptom. As a category
    it is accepted, when the summary says what made the error possible. A cancelled CAPA needs no cause.

    ## Flagged

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    root-cause:
      category: tbd  # <- closed on 2026-11-20, and the category of its root cause, 'tbd', says nothing
      summary: Human error.  # <- its root cause is 'Human error.', which is a symptom
    closed: 2026-11-20
    closed-by: p-0003
    ```

    ## Flagged when its effect was checked

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    effectiveness:
      criterion: No torn glove in 90 days
      period: 90 days
      assessor: p-0005
      checks:
        - {on: 2026-11-14, outcome: effective, summary: None seen.}  # <- 2026-11-14, and it has no root cause
    ```

    ## Accepted

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    root-cause:
      category: human error
      summary: Both sizes of glove lie in one dispenser, and the label is read only from above.
    closed: 2026-11-20
    closed-by: p-0003
    ```

    ## Accepted while the cause is sought

    ```yaml title="quality-events/CAPA-2026-003.yaml"
    id: CAPA-2026-003
    title: Torn gloves
    opened: 2026-06-01
    owner: p-0003
    root-cause: {category: unknown, summary: tbd}
    ```
    """
    if not isinstance(event, Capa):
        return
    checks = event.effectiveness.checks if event.effectiveness and not event.ending else ()
    if event.closed:
        key, since = snapshot.at(event, "closed"), f"closed on {event.closed}"
    elif checks:
        key, since = snapshot.at(event, "effectiveness", "checks", 0), f"its effect was checked on {checks[0].on}"
    else:
        return
    cause = event.root_cause
    if cause is None:
        yield Problem(key, f"{since}, and it has no root cause")
        return
    for field, text in (("category", cause.category), ("summary", cause.summary)):
        place = snapshot.at(event, "root-cause", field)
        if says_nothing(text):
            yield Problem(place, f"{since}, and the {field} of its root cause, {text!r}, says nothing", (key,))
        elif field == "summary" and "".join(filter(str.isalnum, text.casefold())) in _SYMPTOMS:
            message = f"{since}, and its root cause is {text!r}, which is a symptom: what made the error possible?"
            yield Problem(place, message, (key,))
