"""`management-review-overdue`."""

from qmsci.finding import At
from qmsci.records import layout
from qmsci.records.event import ManagementReview
from qmsci.rule import Problem, Problems, When, rule
from qmsci.snapshot import Snapshot


@rule(
    clause=("ISO 13485:2016 5.6.1", "21 CFR 211.180(e)"),
    fix="hold the review, and record it: qmsci new MR",
    when=When.CALENDAR,
)
def management_review_overdue(snapshot: Snapshot, _: Snapshot) -> Problems:
    """
    The management review was not held in time.

    It is the one place where those who decide about people and money see the deviations, the overdue training
    and the actions that did not work, all at once. When it is missed, everybody below has reported, and nobody
    has listened.

    The time runs from the day on which the latest review was `held`, for as long as the policy says in
    `management-review`; the last day is still in time. Before the first review it runs from the day on which
    the quality system was founded; a policy that names no such day asks for nothing until a first review is on
    record. A review that cannot be read is reported alone.

    ## Flagged on 2026-11-22

    ```yaml title="quality-events/MR-2025-002.yaml"
    id: MR-2025-002
    title: Management review, autumn 2025
    held: 2025-11-21  # <- the management review was due by 2026-11-21, 12 months after the one of 2025-11-21
    period: {from: 2025-05-01, to: 2025-10-31}
    ```

    ## Accepted on 2026-11-22

    ```yaml title="quality-events/MR-2025-002.yaml"
    id: MR-2025-002
    title: Management review, autumn 2025
    held: 2025-11-22
    period: {from: 2025-05-01, to: 2025-10-31}
    ```
    """
    policy = snapshot.policy
    reviews = [event for event in snapshot.events if isinstance(event, ManagementReview)]
    if policy is None or snapshot.unreadable_below(f"{layout.EVENTS}MR-"):
        return
    held = [review for review in reviews if review.held <= snapshot.as_of]
    latest = max(held, key=lambda review: (review.held, review.id), default=None)
    if latest:
        since, place, what = latest.held, snapshot.at(latest, "held"), f"the one of {latest.held}"
    elif policy.founded:
        since, place = policy.founded, At(layout.POLICY, ("management-review",))
        what = f"the founding on {policy.founded}"
    else:
        return
    last = policy.management_review.after(since)
    if last < snapshot.as_of:
        yield Problem(place, f"the management review was due by {last}, {policy.management_review} after {what}")
