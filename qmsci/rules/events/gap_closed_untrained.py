"""`gap-closed-untrained`."""

from datetime import date

from qmsci.authorisation import roles_on
from qmsci.circuit import is_known, is_open, is_todays_need
from qmsci.matrix import asked_since, documents_for
from qmsci.qualification import qualified, suspended
from qmsci.records import layout
from qmsci.records.document import Document
from qmsci.records.event import Capa, Event, TrainingGap
from qmsci.records.person import Person
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot
from qmsci.timeline import in_force, is_on_leave


@rule(
    clause=("21 CFR 211.25(a)", "ISO 13485:2016 6.2", "ISO 13485:2016 8.3"),
    fix="train the person before the gap is closed, or name in 'capa' the CAPA that does, or say in 'to' when it "
    "ended; where it was closed before, reopen it in this change with a `reopened` entry",
)
def gap_closed_untrained(event: Event, snapshot: Snapshot) -> Problems:
    """
    A training gap is closed, and it goes on.

    The person still does what they are not trained for; but nobody is asked any more, and the gap counts as answered.

    Asked about every closed gap that has no `to`: it speaks of all days until it was closed. On the closing day the
    person is at work (employed, not on leave) in a role that requires the document, a revision of it is in force, and
    they are not qualified on it. Whoever is suspended on that day is kept from the work, and is not asked about.

    The gap may be handed over instead: to a CAPA, named in `capa`, that is open on the closing day, or has a training
    action for the person or for a role that they hold on that day. Only what was so on that day counts, so the answer
    is the same whenever it is asked. What a role requires is read as it is now; a refresher or a method that a later
    revision may have brought is not asked for. A record that cannot be read is reported alone.

    ## Flagged

    ```yaml title="quality-events/GAP-P-0042-SOP-014-20261015.yaml"
    id: GAP-P-0042-SOP-014-20261015
    title: p-0042 was not qualified on SOP-014@3
    opened: 2026-10-20
    person: p-0042
    document: SOP-014
    from: 2026-10-15
    root-cause: {category: planning, summary: The session was cancelled.}
    no-capa: A single case.
    closed: 2026-11-02  # <- p-0042 was still not qualified: not trained on SOP-014@3
    closed-by: p-0003
    ```

    ```markdown title="controlled-docs/sop/SOP-014-aseptic-gowning.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 3, effective: 2026-10-15, summary: Second glove change., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```yaml title="roles/operator.yaml"
    {id: operator, title: Operator, purpose: Fills vials., performs: [gowning]}
    ```

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    roles: [{role: operator, from: 2024-03-01}]
    ```

    ## Accepted once the person is trained

    ```yaml title="quality-events/GAP-P-0042-SOP-014-20261015.yaml"
    id: GAP-P-0042-SOP-014-20261015
    title: p-0042 was not qualified on SOP-014@3
    opened: 2026-10-20
    person: p-0042
    document: SOP-014
    from: 2026-10-15
    root-cause: {category: planning, summary: The session was cancelled.}
    no-capa: A single case.
    closed: 2026-11-02
    closed-by: p-0003
    ```

    ```markdown title="controlled-docs/sop/SOP-014-aseptic-gowning.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 3, effective: 2026-10-15, summary: Second glove change., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```yaml title="roles/operator.yaml"
    {id: operator, title: Operator, purpose: Fills vials., performs: [gowning]}
    ```

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    roles: [{role: operator, from: 2024-03-01}]
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml"
    - {document: SOP-014@3, completed: 2026-11-02T09:30:00+01:00, method: [read]}
    ```

    ## Accepted where it had an end

    ```yaml title="quality-events/GAP-P-0042-SOP-014-20261015.yaml"
    id: GAP-P-0042-SOP-014-20261015
    title: p-0042 was not qualified on SOP-014@3
    opened: 2026-10-20
    person: p-0042
    document: SOP-014
    from: 2026-10-15
    to: 2026-10-19
    root-cause: {category: planning, summary: The session was cancelled.}
    no-capa: The role ended, and nobody else missed the session.
    closed: 2026-11-02
    closed-by: p-0003
    ```
    """
    if not isinstance(event, TrainingGap) or event.closed is None or event.to:
        return
    document, person = snapshot.documents.get(event.document), snapshot.people.get(event.person)
    if document is None or person is None or _is_handed_over(event, person, event.closed, snapshot):
        return
    if not _is_needed(document, person, event.closed, snapshot):
        return
    when = snapshot.end_of(event.closed)
    verdict = qualified(snapshot, person.id, document, when)
    if verdict or is_todays_need(snapshot, person.id, document, when):
        return
    if suspended(snapshot, person.id, document.governs, document.id, when) is not None:
        return
    if is_known(snapshot, person.id, document.id, verdict):
        message = f"closed on {event.closed}, and {person.id} was still not qualified: {verdict.reason}"
        yield Problem(snapshot.at(event, "closed"), message, tuple(proof.at for proof in verdict.evidence))


def _is_needed(document: Document, person: Person, day: date, snapshot: Snapshot) -> bool:
    """Whether somebody is at work on a day in a role that requires, and not only since later, what is in force."""
    if in_force(document, day) is None or is_on_leave(person, day):
        return False
    held = filter(None, map(snapshot.roles.get, roles_on(person, day)))
    return any(
        document in documents_for(snapshot, role) and (asked_since(snapshot, role, document) or day) <= day
        for role in held
    )


def _is_handed_over(gap: TrainingGap, person: Person, day: date, snapshot: Snapshot) -> bool:
    """Whether a gap names a CAPA that is open on a day, or that has the person trained; or nobody can know."""
    if gap.capa is None:
        return False
    capa = snapshot.events.get(gap.capa)
    if not isinstance(capa, Capa):
        return snapshot.unreadable_below(f"{layout.EVENTS}{gap.capa}.yaml")
    training = [action for action in capa.actions if action.kind == "training"]
    held = set(roles_on(person, day))
    return is_open(capa, day) or any(person.id in one.people or held & set(one.roles) for one in training)
