"""`minimum-lowered-for-release`."""

from qmsci.change import Edited
from qmsci.finding import At
from qmsci.records import layout
from qmsci.records.event import Event, Validation
from qmsci.rule import Problem, Problems, When, rule


@rule(
    clause=("21 CFR 211.25(c)", "ISO 13485:2016 7.5.6", "ISO 13485:2016 6.2"),
    fix="restore `minimum-qualified`, and qualify who is missing; or change it first, by a change of its own",
    when=When.CHANGE,
)
def minimum_lowered_for_release(edit: Edited[Event]) -> Problems:
    """
    The change that releases a validation also lowers how many qualified people its activity needs.

    How many are needed follows from the work. Lowered in the moment in which they are missing, it follows from who is
    there, and the release shows only that the number was written to fit it.

    Asked of a change that adds the `released` of a validation, about each of its `activities`: its `minimum-qualified`
    in `roles/activities.yaml` (1 where absent) is no lower than in the base. An activity that is new is not asked.

    ## Flagged

    ```yaml title="roles/activities.yaml (before)"
    filling: {title: Filling, minimum-qualified: 3}
    ```

    ```yaml title="roles/activities.yaml"
    filling:
      title: Filling
      minimum-qualified: 2  # <- filling needed 3 qualified people until VAL-2026-001 is released, and 2 by this
    ```

    ```yaml title="quality-events/VAL-2026-001.yaml (before)"
    id: VAL-2026-001
    title: Filling line 2
    activities: [filling]
    protocol: VP-2026-001
    ```

    ```yaml title="quality-events/VAL-2026-001.yaml"
    id: VAL-2026-001
    title: Filling line 2
    activities: [filling]
    protocol: VP-2026-001
    released: 2026-11-20
    released-by: p-0003
    ```

    ## Accepted

    ```yaml title="roles/activities.yaml (before)"
    filling: {title: Filling, minimum-qualified: 3}
    packing: {title: Packing, minimum-qualified: 3}
    ```

    ```yaml title="roles/activities.yaml"
    filling: {title: Filling, minimum-qualified: 4}
    packing: {title: Packing, minimum-qualified: 2}
    ```

    ```yaml title="quality-events/VAL-2026-001.yaml (before)"
    id: VAL-2026-001
    title: Filling line 2
    activities: [filling]
    protocol: VP-2026-001
    ```

    ```yaml title="quality-events/VAL-2026-001.yaml"
    id: VAL-2026-001
    title: Filling line 2
    activities: [filling]
    protocol: VP-2026-001
    released: 2026-11-20
    released-by: p-0003
    ```
    """
    change, before, after = edit.change, edit.before, edit.after
    if not isinstance(after, Validation) or after.released is None or (before and before.settled) or change.founding:
        return
    for name in dict.fromkeys(after.activities):
        was, now = change.base.activities.get(name), change.head.activities.get(name)
        if was is None or now is None:
            continue
        needed, needs = was.minimum_qualified or 1, now.minimum_qualified or 1
        if needs < needed:
            message = (
                f"{name} needed {needed} qualified people until {after.id} is released, and {needs} by this change"
            )
            place = At(layout.ACTIVITIES, (name, "minimum-qualified"))
            yield Problem(place, message, also=(At(edit.path, ("released",)),))
