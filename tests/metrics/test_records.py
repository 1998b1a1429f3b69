"""The metrics of documents and records."""

from __future__ import annotations

from datetime import date

from qmsci.metrics import records
from qmsci.metrics.measured import Metric, Period, Reading
from qmsci.read import plain
from qmsci.records.canonical import digest_of
from qmsci.timeline import Span
from tests.halden import FILES, document, done, history, joined, revision
from tests.laws import snapshot_of

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)


def read(metric: Metric, files: dict[str, str], first: date = FIRST, last: date = LAST) -> Reading:
    return metric.read(Period(snapshot_of(files, last), Span(first, last)))


def parts(reading: Reading) -> dict[str, str]:
    return {part.label: str(part.figure) for part in reading.parts}


def test_revisions_take_effect_in_the_period():
    hasty = document(
        "SOP-020",
        ", ".join(
            [
                revision("3", "2026-08-01"),
                revision("2", "2026-06-30", "none", ", rationale: Words., emergency: true"),
                revision("1", "2025-12-31"),
            ]
        ),
    )
    found = read(records.revisions_effective, joined(FILES, hasty))

    assert [one.name for one in found.items] == ["SOP-014@2", "SOP-020@2"]
    assert found.items[1].says == "effective 2026-06-30, impact none, emergency"
    assert parts(found) == {"impact none": "1", "impact retrain": "1", "emergency": "1"}


def test_a_revision_that_never_was_in_force_took_no_effect():
    """It was withdrawn, or a newer one took effect on the same day."""
    superseded = document("SOP-020", f"{revision('2', '2026-05-01')}, {revision('1', '2026-05-01')}")

    assert [one.name for one in read(records.revisions_effective, joined(FILES, superseded)).items] == [
        "SOP-014@2",
        "SOP-020@2",
    ]


def test_a_review_is_overdue_by_the_rule():
    """SOP-001 took effect on 2025-01-10, its type is reviewed after 24 months; so is the training course after 36."""
    found = read(records.reviews_overdue, FILES, LAST, date(2027, 1, 11))

    assert str(found.figure) == "1 of 3"
    assert [(one.name, one.rule) for one in found.items if one.counted] == [("SOP-001", "review-overdue")]
    assert str(read(records.reviews_overdue, FILES, LAST, date(2027, 1, 10)).figure) == "0 of 3"


def test_what_is_not_in_force_is_not_to_be_reviewed():
    retired = document("SOP-020", revision("1", "2020-01-10"), retired="2026-06-30")

    assert str(read(records.reviews_overdue, joined(FILES, retired)).figure) == "0 of 3"
    assert str(read(records.reviews_overdue, joined(FILES, retired), FIRST, date(2026, 6, 29)).figure) == "1 of 4"


def test_late_entries_are_the_declared_ones_and_migrated_ones_are_none():
    origin = {"origin": {"system": "moodle", "reference": "R-1", "verified-by": "p-0001"}}
    migrated = history("p-0001", "SOP-001", done("SOP-001@1", "2026-02-08", late="moved", **origin))
    found = read(records.late_entries, joined(FILES, migrated))

    assert str(found.figure) == "20.0 % (1 of 5)"
    assert [one.says for one in found.items if one.counted] == ["completed 2026-04-02, late: reader offline"]
    assert {one.says for one in found.items if not one.counted and "p-0042" in one.name} == {
        "completed 2026-03-23, in time"
    }


def test_rejections_are_those_of_the_period():
    ((path, text),) = history("p-0044", "TRN-001", done("TRN-001@1", "2026-05-28")).items()
    digest = digest_of(plain(text.encode())[0])  # type: ignore[index]
    rejection = f'- {{rejects: "{digest}", reason: Not hers, by: p-0001, at: 2026-06-10T00:30:00+02:00}}\n'
    files = joined(FILES, {path: text + rejection})

    assert [one.says for one in read(records.rejected_entries, files).items] == [
        "rejected 2026-06-10 by p-0001: Not hers"
    ]
    assert str(read(records.rejected_entries, files, FIRST, date(2026, 6, 9)).figure) == "0"
