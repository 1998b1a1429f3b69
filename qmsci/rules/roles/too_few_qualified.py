"""`too-few-qualified`."""

from collections.abc import Sequence

from qmsci.authorisation import authorised
from qmsci.finding import At
from qmsci.records import layout
from qmsci.records.person import Person
from qmsci.rule import Problem, Problems, When, rule
from qmsci.snapshot import Snapshot
from qmsci.timeline import days_held, include, is_on_leave


@rule(
    clause=("21 CFR 211.25(c)", "EU GMP chapter 2"),
    fix="train or assign people; `qmsci authorised ACTIVITY --on DATE` says what each of them lacks",
    when=When.CALENDAR,
)
def too_few_qualified(snapshot: Snapshot, _: Snapshot) -> Problems:
    """
    Fewer people are authorised for an activity than it needs.

    With too few people, a shift without cover, an illness or a resignation leaves a choice between stopping
    the work and letting somebody do it who may not. Both are better known before than found in a batch
    record.

    Asked of the activities in `roles/activities.yaml` that have `minimum-qualified`, and of those that are
    `critical` without a number, which need one person. Counted are the people who are authorised at the end
    of the day: employed, not on leave, in a role that performs the activity, trained and not suspended.

    ## Flagged on 2026-11-22

    ```yaml title="roles/activities.yaml"
    gowning:
      title: Gown for Grade A
      critical: true  # <- nobody is authorised for gowning, 1 is required; next would be p-0042: not trained
    cleaning:
      title: Clean the rooms
    ```

    ```markdown title="controlled-docs/sop/SOP-014-aseptic-gowning.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 1, effective: 2026-01-15, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```yaml title="roles/operator.yaml"
    id: operator
    title: Operator
    purpose: Fills vials.
    performs: [gowning]
    ```

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    roles: [{role: operator, from: 2024-03-01}]
    ```

    ## Accepted on 2026-11-22

    ```yaml title="roles/activities.yaml"
    gowning:
      title: Gown for Grade A
      critical: true
    ```

    ```markdown title="controlled-docs/sop/SOP-014-aseptic-gowning.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 1, effective: 2026-01-15, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```yaml title="roles/operator.yaml"
    id: operator
    title: Operator
    purpose: Fills vials.
    performs: [gowning]
    ```

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    roles: [{role: operator, from: 2024-03-01}]
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml"
    - {"completed": "2026-01-12T09:30:00+01:00", "document": "SOP-014@1", "method": ["read"]}
    ```
    """
    if any(map(snapshot.unreadable_below, (layout.ROLES, layout.DOCUMENTS))):
        return  # reported alone: who performs what, and by which documents, is not known
    when = snapshot.end_of(snapshot.as_of)
    for name, activity in snapshot.activities.items():
        required = activity.minimum_qualified or int(activity.critical)
        if not required:
            continue
        verdicts = [(person, authorised(snapshot, person, name, when)) for person in _holders(snapshot, name)]
        lacking = [(person, verdict.reason) for person, verdict in verdicts if not verdict]
        number = len(verdicts) - len(lacking)
        unknown = sum(_has_unreadable_records(snapshot, person) for person, _ in lacking)
        if number + unknown >= required:
            continue
        key = "minimum-qualified" if activity.minimum_qualified else "critical"
        yield Problem(
            At(layout.ACTIVITIES, (name, key)),
            f"{number or 'nobody'} {'are' if number > 1 else 'is'} authorised for {name}, "
            f"{required} {'are' if required > 1 else 'is'} required; {_next(lacking, number)}",
        )


def _holders(snapshot: Snapshot, activity: str) -> list[Person]:
    """Those who hold a role that performs an activity on the day, those at work first."""
    held = {
        person.id: person
        for role in snapshot.performers.get(activity, ())
        for person in snapshot.holders.get(role.id, ())
        if include(days_held(person, role.id), snapshot.as_of)
    }
    return sorted(held.values(), key=lambda person: (is_on_leave(person, snapshot.as_of), person.id))


def _has_unreadable_records(snapshot: Snapshot, person: Person) -> bool:
    folders = (f"{layout.COMPLETIONS}{person.id}/", f"{layout.WAIVERS}{person.id}/")
    return any(map(snapshot.unreadable_below, folders))


def _next(lacking: Sequence[tuple[Person, str]], number: int) -> str:
    if not lacking:
        return f"nobody {'else ' if number else ''}holds a role that performs it"
    person, reason = lacking[0]
    return f"next would be {person.id}: {reason}"
