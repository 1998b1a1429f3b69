"""`validation-released-untrained`."""

from collections.abc import Iterator
from datetime import date, timedelta

from qmsci.authorisation import authorised, roles_on
from qmsci.matrix import asked_since, documents_for, was_asked
from qmsci.records import layout
from qmsci.records.document import Document
from qmsci.records.event import Event, Validation
from qmsci.records.person import Person
from qmsci.records.role import Role
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot
from qmsci.timeline import in_force

#: Of how many people a message says why they do not count.
_REASONS = 3
#: How long after a release the tree still says which roles performed an activity then, and what governed it. Later both
#: may have come to an end: a line was closed down, another document took over.
_STILL_SO = timedelta(days=31)


@rule(
    clause=("ISO 13485:2016 7.5.6", "21 CFR 211.25(a)", "21 CFR 211.25(c)"),
    fix="train them before the release (`qmsci authorised ACTIVITY --on DATE` says what each of them lacks); where it "
    "was released before, reopen the validation in this change (`reopened` takes over `released`), train, and release "
    "it anew",
)
def validation_released_untrained(event: Event, snapshot: Snapshot) -> Problems:
    """
    A validated process is released before there are people qualified to run it.

    A process validation shows that the process works in the hands of people who know it. Released without
    them, it is run by others, and what was validated is not what makes the product.

    Asked about every validation with a `released` day, and answered for that day, whatever the day of the
    question. For each activity that it names:

    - a role performs it, and a document in force on that day governs it; this is asked for 31 days after the release:
      later a line may have been closed down, or another document have taken over;
    - each role that performs it has a generated training programme: for every document in force on that day
      that the role requires and that qualifies, an assignment file of the role, for whichever revision;
    - at the end of that day, at least `minimum-qualified` people (one, where the activity has no number) are
      authorised for it: employed, not on leave, trained, not suspended.

    And the performance qualification (`pq-completed`) is completed.

    A document that was first assigned to the role after that day belonged to no programme then, and is not asked
    for: a curriculum may grow without a look back. A role to which none of what governed the activity was assigned by
    that day, and some of it later, did not perform it then, and neither it nor its holders count; unless no role had
    any of it by then. How many people an activity needs is read as it is now; where a
    minimum is raised above what an earlier release had, the same change reopens the validation, and the process is
    released anew when enough people are qualified. A file that cannot be read is reported alone.

    ## Flagged

    ```yaml title="quality-events/VAL-2026-001.yaml"
    id: VAL-2026-001
    title: Filling line 2
    opened: 2026-01-12
    activities:
      - filling  # <- needs 2 qualified people, on 2026-03-01 there was 1 (p-0042); p-0057: not trained on SOP-015@1
    protocol: VP-2026-001
    pq-completed: 2026-02-20
    released: 2026-03-01
    released-by: p-0003
    ```

    ```yaml title="roles/activities.yaml"
    filling: {title: Fill vials, minimum-qualified: 2}
    ```

    ```markdown title="controlled-docs/sop/SOP-015-filling.md"
    ---
    id: SOP-015
    title: Filling
    owner: operator
    governs: [filling]
    revisions:
      - {revision: 1, effective: 2026-02-15, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Fill as shown.
    ```

    ```yaml title="roles/operator.yaml"
    id: operator
    title: Operator
    purpose: Fills vials.
    performs: [filling]
    ```

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    roles: [{role: operator, from: 2024-03-01}]
    ```

    ```yaml title="roles/people/p-0057.yaml"
    id: p-0057
    name: Jonas Berg
    kind: employee
    employed: {from: 2024-03-01}
    roles: [{role: operator, from: 2024-03-01}]
    ```

    ```yaml title="training-records/assignments/SOP-015@1/operator.yaml"
    assignment: SOP-015@1/operator
    cause: new-document
    role: operator
    assigned: 2026-01-20
    items:
      - document: SOP-015@1
        due: 2026-02-15
        method: [read]
        people: [p-0042, p-0057]
        text: "sha256:0000000000000000000000000000000000000000000000000000000000000000"
    ```

    ```yaml title="training-records/completions/p-0042/SOP-015.yaml"
    - {"completed": "2026-02-10T09:30:00+01:00", "document": "SOP-015@1", "method": ["read"]}
    ```

    ```yaml title="training-records/completions/p-0057/SOP-015.yaml"
    - {"completed": "2026-03-02T09:30:00+01:00", "document": "SOP-015@1", "method": ["read"]}
    ```

    ## Accepted

    ```yaml title="quality-events/VAL-2026-001.yaml"
    id: VAL-2026-001
    title: Filling line 2
    opened: 2026-01-12
    activities: [filling]
    protocol: VP-2026-001
    pq-completed: 2026-02-20
    released: 2026-03-02
    released-by: p-0003
    ```

    ```yaml title="roles/activities.yaml"
    filling: {title: Fill vials, minimum-qualified: 2}
    ```

    ```markdown title="controlled-docs/sop/SOP-015-filling.md"
    ---
    id: SOP-015
    title: Filling
    owner: operator
    governs: [filling]
    revisions:
      - {revision: 1, effective: 2026-02-15, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Fill as shown.
    ```

    ```yaml title="roles/operator.yaml"
    id: operator
    title: Operator
    purpose: Fills vials.
    performs: [filling]
    ```

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    roles: [{role: operator, from: 2024-03-01}]
    ```

    ```yaml title="roles/people/p-0057.yaml"
    id: p-0057
    name: Jonas Berg
    kind: employee
    employed: {from: 2024-03-01}
    roles: [{role: operator, from: 2024-03-01}]
    ```

    ```yaml title="training-records/assignments/SOP-015@1/operator.yaml"
    assignment: SOP-015@1/operator
    cause: new-document
    role: operator
    assigned: 2026-01-20
    items:
      - document: SOP-015@1
        due: 2026-02-15
        method: [read]
        people: [p-0042, p-0057]
        text: "sha256:0000000000000000000000000000000000000000000000000000000000000000"
    ```

    ```yaml title="training-records/completions/p-0042/SOP-015.yaml"
    - {"completed": "2026-02-10T09:30:00+01:00", "document": "SOP-015@1", "method": ["read"]}
    ```

    ```yaml title="training-records/completions/p-0057/SOP-015.yaml"
    - {"completed": "2026-03-02T09:30:00+01:00", "document": "SOP-015@1", "method": ["read"]}
    ```
    """
    if not isinstance(event, Validation) or event.released is None:
        return
    key = snapshot.at(event, "released")
    if event.pq_completed is None:
        fix = "complete the performance qualification and add `pq-completed` before the release"
        yield Problem(key, f"released on {event.released} without a completed PQ", fix=fix)
    for index, activity in enumerate(event.activities):
        if activity not in snapshot.activities:
            continue  # reported as an unknown reference
        faults = "; ".join(_faults(snapshot, activity, event.released))
        if faults and not any(map(snapshot.unreadable_below, (layout.ROLES, layout.DOCUMENTS))):
            yield Problem(snapshot.at(event, "activities", index), faults, also=(key,))


def _faults(snapshot: Snapshot, activity: str, day: date) -> Iterator[str]:
    roles = snapshot.performers.get(activity, [])
    governing = [found for found in snapshot.governing.get(activity, ()) if in_force(found, day)]
    if not roles or not governing:
        if day >= snapshot.as_of - _STILL_SO:
            yield f"nothing in force on {day} governs {activity}" if roles else f"no role performs {activity}"
        return
    first = {role.id: _first_assigned(snapshot, role, governing) for role in roles}
    if not any(begun and begun <= day for begun in first.values()):
        late = [name for name, begun in first.items() if begun]
        if late and not _somebody_was_asked(snapshot, governing, day):
            yield f"{', '.join(sorted(late))} had no generated training on {activity} by {day}"
    performed = [role for role in roles if (first[role.id] or date.min) <= day]
    for role in performed:
        missing = [
            document.id for document in _programme(snapshot, role, day) if not asked_since(snapshot, role, document)
        ]
        if missing:
            yield f"{role.id} has no generated training on {', '.join(missing)}"
    if performed:
        yield from _too_few(snapshot, activity, performed, day)


def _first_assigned(snapshot: Snapshot, role: Role, documents: list[Document]) -> date | None:
    """The day on which training on any of some documents was first assigned to a role."""
    return min(filter(None, (asked_since(snapshot, role, document) for document in documents)), default=None)


def _programme(snapshot: Snapshot, role: Role, day: date) -> list[Document]:
    """The documents in force on a day that a role requires and that qualify."""
    required = documents_for(snapshot, role)
    return [document for document in required if document.purpose == "qualification" and in_force(document, day)]


def _somebody_was_asked(snapshot: Snapshot, documents: list[Document], day: date) -> bool:
    """Whether any role, whatever it performs today, had training on some documents assigned by a day."""
    names = (document.named(entry) for document in documents for entry in document.revisions)
    return any(found.role and found.assigned <= day for name in names for found in snapshot.assignments(str(name)))


def _too_few(snapshot: Snapshot, activity: str, roles: list[Role], day: date) -> Iterator[str]:
    required = snapshot.activities[activity].minimum_qualified or 1
    when = snapshot.end_of(day)
    people = {person.id: person for role in roles for person in snapshot.holders.get(role.id, ())}
    performing = {role.id for role in roles}
    holders = [people[name] for name in sorted(people) if performing.intersection(roles_on(people[name], day))]

    def asked(role: Role, document: Document) -> bool:
        return role.id not in performing or was_asked(snapshot, role, document, day)

    verdicts = [(person, authorised(snapshot, person, activity, when, asked=asked)) for person in holders]
    able = [person.id for person, verdict in verdicts if verdict]
    lacking = [(person, verdict.reason) for person, verdict in verdicts if not verdict]
    unknown = sum(_has_unreadable_records(snapshot, person) for person, _ in lacking)
    if len(able) + unknown >= required:
        return
    verb = "were" if len(able) > 1 else "was"
    there = f"there {verb} {len(able)} ({', '.join(able)})" if able else "there was nobody"
    reasons = [f"{person.id}: {reason}" for person, reason in lacking[:_REASONS]]
    if len(lacking) > _REASONS:
        reasons.append(f"and {len(lacking) - _REASONS} more")
    if not lacking:
        reasons.append(f"nobody {'else ' if able else ''}held a role that performs it")
    noun = "person" if required == 1 else "people"
    yield f"{activity} needs {required} qualified {noun}, on {day} {there}; {'; '.join(reasons)}"


def _has_unreadable_records(snapshot: Snapshot, person: Person) -> bool:
    folders = (f"{layout.COMPLETIONS}{person.id}/", f"{layout.WAIVERS}{person.id}/")
    return any(map(snapshot.unreadable_below, folders))
