"""The metrics of documents and records: what took effect, what is due for review, what came late or was rejected."""

from __future__ import annotations

from qmsci.finding import At
from qmsci.metrics.measured import Better, Item, Part, Period, Reading, by_group, count, metric, share
from qmsci.records import layout
from qmsci.records.training import Completions
from qmsci.rules.documents.review_overdue import review_overdue
from qmsci.timeline import days_in_force, in_force


@metric(None)
def revisions_effective(period: Period) -> Reading:
    """
    Revisions that took effect.

    Revisions of documents that took effect in the period, by impact, and how many of them as an emergency.
    """
    items, groups, hasty = [], [], 0
    for document in period.snapshot.documents:
        for index, entry in reversed([*enumerate(document.revisions)]):
            if period.has(entry.effective) and days_in_force(document, entry):
                place = period.snapshot.at(document, "revisions", index)
                says = f"effective {entry.effective}, impact {entry.impact}{', emergency' if entry.emergency else ''}"
                items.append(Item(str(document.named(entry)), place, says))
                groups.append((f"impact {entry.impact}", True))
                hasty += entry.emergency
    parts = (*by_group(groups, lambda number, _: count(number)), Part("emergency", count(hasty)))
    return Reading(count(len(items)), parts, tuple(items))


@metric(Better.LESS)
def reviews_overdue(period: Period) -> Reading:
    """
    Periodic reviews overdue.

    Documents in force on the last day whose periodic review was due before it ÷ documents in force.
    """
    snapshot, items = period.snapshot, []
    for document in snapshot.documents:
        if not in_force(document, period.days.last):
            continue
        late = next(review_overdue(document, snapshot), None)
        if late is None:
            items.append(Item(document.id, At(document.path), "reviewed in time", counted=False))
        elif isinstance(late.at, At):
            items.append(Item(document.id, late.at, late.message, rule="review-overdue"))
    return Reading(count(sum(item.counted for item in items), len(items)), (), tuple(items))


@metric(Better.LESS)
def late_entries(period: Period) -> Reading:
    """
    Late entries.

    Completions of the period that are declared late ÷ completions of the period; failed attempts are among them, and
    what was migrated from another system is not.
    """
    items = tuple(
        Item(
            f"{found.person} on {found.entry.document}",
            At(found.path, (found.index,)),
            f"completed {period.snapshot.day_of(found.entry.completed)}"
            + (f", late: {found.entry.late}" if found.entry.late else ", in time"),
            bool(found.entry.late),
        )
        for found in period.recorded
        if not found.entry.origin
    )
    return Reading(share(sum(item.counted for item in items), len(items)), (), items)


@metric(Better.LESS)
def rejected_entries(period: Period) -> Reading:
    """
    Rejected entries.

    Rejections of completions, decided by the quality unit in the period.
    """
    snapshot, items = period.snapshot, []
    paths = snapshot.source.paths(layout.COMPLETIONS)
    for path, history in zip(paths, snapshot.source.records(paths), strict=True):
        for rejection in history.rejections if isinstance(history, Completions) else ():
            if period.has(day := snapshot.day_of(rejection.at)):
                name = path.removeprefix(layout.COMPLETIONS).removesuffix(".yaml").replace("/", " on ")
                items.append(Item(name, At(path), f"rejected {day} by {rejection.by}: {rejection.reason}"))
    return Reading(count(len(items)), (), tuple(items))
