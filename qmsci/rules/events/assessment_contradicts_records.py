"""`assessment-contradicts-records`."""

from datetime import datetime

from qmsci.circuit import Adequacy, adequacy, is_todays_need
from qmsci.records.document import Document
from qmsci.records.event import Deviation, Event, TrainingAssessment
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot, When
from qmsci.timeline import in_force

_OPENED = (
    "give a training action that is added to an older event its own 'opened', from which on it suspends; where the "
    "suspension is right, run 'qmsci assess' on the event"
)


@rule(
    clause=("21 CFR 211.192", "21 CFR 211.25(a)", "21 CFR 11.10(a)"),
    fix="run 'qmsci assess' on the event, which writes what the records say; a closed event is reopened for it first",
)
def assessment_contradicts_records(event: Event, snapshot: Snapshot) -> Problems:
    """
    A training assessment says something else than the training records.

    An investigation concludes from it where the cause lies. With a verdict that the records do not bear out, a gap in
    training is investigated as a fault of the procedure, or somebody is retrained for what they could do; and whoever
    compares the two finds a quality record that is wrong.

    Asked about every entry of `training-assessment`, in open and in closed events alike. The revision is to be the
    one in force on the day of the event, in the policy's time zone; the verdict what `qmsci qualified` answers for
    the exact moment of it: trained on that revision, no refresher lapsed, not suspended. What was recorded later
    about the time before counts: an entry becomes wrong when a completion is rejected from a day before the event,
    or when one turns up that nobody had recorded. The change that brings such a record corrects the assessment too.
    A rejection from a day after the event alters nothing.

    What training on a document consists of, and how often it is refreshed, is read as its newest revision has it. Where
    an older one was in force, and somebody had trained on that, `qualified` is not held against a refresher that has
    lapsed, nor against a method that is not complete: both may have been asked for only later. Nothing is said of a
    person or a document that is not there, nor where a record that may decide it cannot be read.

    ## Flagged

    ```yaml title="quality-events/DEV-2026-017.yaml"
    id: DEV-2026-017
    title: Glove tear
    occurred: 2026-09-12T09:40:00+02:00
    reported: 2026-09-12
    documents: [SOP-014]
    people: [p-0042, p-0043]
    training-assessment:
      - {person: p-0042, document: SOP-014@2, verdict: qualified}  # <- p-0042 was not qualified
      - {person: p-0043, document: SOP-014@1, verdict: qualified}  # <- and SOP-014@2 was in force
    ```

    ```markdown title="controlled-docs/sop/SOP-014-aseptic-gowning.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - {revision: 2, effective: 2026-09-01, summary: First glove change., impact: retrain, authors: [p-0007]}
      - {revision: 1, effective: 2025-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```yaml title="roles/people/p-0042.yaml"
    {id: p-0042, name: Ingrid Solberg, kind: employee, employed: {from: 2024-03-01}}
    ```

    ```yaml title="roles/people/p-0043.yaml"
    {id: p-0043, name: Jonas Lie, kind: employee, employed: {from: 2024-03-01}}
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml"
    - {document: SOP-014@1, completed: 2025-01-08T09:30:00+01:00, method: [read]}
    - {document: SOP-014@2, completed: 2026-09-12T14:00:00+02:00, method: [read]}
    ```

    ## Accepted

    ```yaml title="quality-events/DEV-2026-017.yaml"
    id: DEV-2026-017
    title: Glove tear
    occurred: 2026-09-12T09:40:00+02:00
    reported: 2026-09-12
    documents: [SOP-014]
    people: [p-0042, p-0043]
    training-assessment:
      - {person: p-0042, document: SOP-014@2, verdict: qualified}
      - {person: p-0043, document: SOP-014@2, verdict: not-qualified}
    ```

    ```markdown title="controlled-docs/sop/SOP-014-aseptic-gowning.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    revisions:
      - {revision: 2, effective: 2026-09-01, summary: First glove change., impact: retrain, authors: [p-0007]}
      - {revision: 1, effective: 2025-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    Gown in the order shown.
    ```

    ```yaml title="roles/people/p-0042.yaml"
    {id: p-0042, name: Ingrid Solberg, kind: employee, employed: {from: 2024-03-01}}
    ```

    ```yaml title="roles/people/p-0043.yaml"
    {id: p-0043, name: Jonas Lie, kind: employee, employed: {from: 2024-03-01}}
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml"
    - {document: SOP-014@2, completed: 2026-08-28T14:00:00+02:00, method: [read]}
    ```

    ```yaml title="training-records/completions/p-0043/SOP-014.yaml"
    - {document: SOP-014@1, completed: 2025-01-08T09:30:00+01:00, method: [read]}
    ```
    """
    if not isinstance(event, Deviation) or event.ending:
        return
    day = snapshot.day_of(event.occurred)
    occurred = snapshot.at(event, "occurred")
    for index, entry in enumerate(event.training_assessment):
        document = snapshot.documents.get(entry.document.document)
        if document is None:
            continue
        known = adequacy(snapshot, event, entry.person, document)
        if known and (contradiction := _contradiction(entry, known, event.occurred)):
            if _may_have_been_enough(snapshot, event, entry, known, document):
                continue
            key, message = contradiction
            also = (occurred, *(proof.at for proof in known.evidence))
            fix = _OPENED if known.reason.startswith("suspended") else None
            yield Problem(snapshot.at(event, "training-assessment", index, key), message, also, fix)
        elif not in_force(document, day):
            message = f"says {entry.document}, and no revision of {document.id} was in force on {day}"
            place = snapshot.at(event, "training-assessment", index, "document")
            yield Problem(place, message, (occurred,), fix="take the entry out: nothing could be asked of anybody then")


def _contradiction(entry: TrainingAssessment, known: Adequacy, occurred: datetime) -> tuple[str, str] | None:
    """The key that is wrong in an entry, and what the records say instead."""
    was = f"{entry.person} was {'' if known.verdict == 'qualified' else 'not '}qualified on {known.revision}"
    at = occurred.isoformat(timespec="auto" if occurred.second or occurred.microsecond else "minutes")
    if entry.document != known.revision:
        said = f"says {entry.document}, and {known.revision} was in force on that day"
        return "document", f"{said}: {was} at {at}, {known.reason}"
    if entry.verdict != known.verdict:
        return "verdict", f"says {entry.verdict}, and {was} at {at}: {known.reason}"
    return None


def _may_have_been_enough(
    snapshot: Snapshot, event: Deviation, entry: TrainingAssessment, known: Adequacy, document: Document
) -> bool:
    """Whether an entry says `qualified`, and only what the document asks for by now speaks against it."""
    when = When(event.occurred, snapshot.day_of(event.occurred))
    right = entry.document == known.revision and entry.verdict == "qualified"
    return right and is_todays_need(snapshot, entry.person, document, when)
