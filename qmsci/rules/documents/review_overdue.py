"""`review-overdue`."""

from qmsci.records.document import Document
from qmsci.rule import Problem, Problems, When, rule
from qmsci.snapshot import Snapshot
from qmsci.timeline import in_force


@rule(
    clause=("ISO 13485:2016 4.2.4", "EU GMP chapter 4"),
    fix="review the document and add a `reviewed` entry, or bring a new revision",
    when=When.CALENDAR,
)
def review_overdue(document: Document, snapshot: Snapshot) -> Problems:
    """
    A document in force was not reviewed in time.

    Equipment, products and regulations move on while a text stands still. The periodic review is the one
    moment at which somebody has to say that it still describes the work; when it is missed, people go on
    following a text that nobody vouches for.

    The time runs from the day on which the revision in force took effect, or from the latest `reviewed`
    entry, for as long as the document's type says in `review`; the last day is still in time. A document of
    which nothing is in force, not yet or not any more, has nothing to review.

    ## Flagged on 2026-11-22

    ```markdown title="controlled-docs/sop/SOP-014-aseptic-gowning.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - revision: 1
        effective: 2022-11-21
        summary: First issue.
        impact: retrain
        authors: [p-0007]
    reviewed:
      - on: 2024-11-21  # <- the review was due by 2026-11-21, 24 months after the one of 2024-11-21
        by: p-0003
        outcome: confirmed
    ---
    Gown in the order shown.
    ```

    ## Accepted on 2026-11-22

    ```markdown title="controlled-docs/sop/SOP-014-aseptic-gowning.md"
    ---
    id: SOP-014
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - revision: 1
        effective: 2022-11-21
        summary: First issue.
        impact: retrain
        authors: [p-0007]
    reviewed:
      - {on: 2026-10-30, by: p-0003, outcome: confirmed}
      - {on: 2024-11-21, by: p-0003, outcome: confirmed}
    ---
    Gown in the order shown.
    ```
    """
    entry = in_force(document, snapshot.as_of)
    kind = snapshot.policy.type_of(document.id) if snapshot.policy else None
    if not entry or not kind:
        return
    since, at = entry.effective, snapshot.at(document, "revisions", document.revisions.index(entry), "effective")
    what = f"{document.named(entry)} took effect on {since}"
    for index, review in enumerate(document.reviewed):
        if since <= review.on <= snapshot.as_of:
            since, at = review.on, snapshot.at(document, "reviewed", index, "on")
            what = f"the one of {since}"
    last = kind.review.after(since)
    if last < snapshot.as_of:
        yield Problem(at, f"the review was due by {last}, {kind.review} after {what}")
