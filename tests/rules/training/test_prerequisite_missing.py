"""`prerequisite-missing`: what comes first comes first, at the moment of the training and by the role of the base."""

from __future__ import annotations

import pytest

from tests.laws import Files, findings_of_change
from tests.test_assign import assigned, document, person
from tests.test_programme import SCORED, WORK, asked, doc, role
from tests.test_qualification import entry, history, rejection, waiver

ORIGIN = {"system": "moodle", "reference": "4711", "verified-by": "p-3"}
OPERATOR = role("performs: [gowning]", "requires: [TRN-002]", "prerequisites: {SOP-014: [TRN-002]}")
FREE = role("performs: [gowning]", "requires: [TRN-002]")
BASE = {
    **document("1 2026-01-01", training="{method: [read, practical]}"),
    **doc("TRN-002"),
    **OPERATOR,
    **person("p-1", "operator"),
    **asked("SOP-014@1", "p-1", method="read, practical"),
}
NAMES = ["SOP-014@1/operator"]
SHOWN = entry("SOP-014@1", "2026-11-22", "practical", practical=WORK, assignments=NAMES)
COURSE = entry("TRN-002@1", "2026-11-22", "read", "assessment", assessment=SCORED)
READING = {**BASE, **document("1 2026-01-01"), **asked("SOP-014@1", "p-1")}
BY_EVENT = {
    path: text.replace("role: operator\n", "").replace("cause: revision", "cause: capa")
    for path, text in assigned("CAPA-2026-003/1", "SOP-014@1", "p-1").items()
}


def at(done: dict[str, object], time: str) -> dict[str, object]:
    """A completion at another time of its day."""
    return done | {"completed": str(done["completed"]).replace("09:30", time)}


def messages(before: Files, added: Files) -> list[str]:
    """What the rule says of a change that adds (or alters) some files."""
    found = findings_of_change(before, {**before, **added})
    return [finding.message for finding in found if finding.rule == "prerequisite-missing"]


@pytest.mark.parametrize(
    ("before", "added"),
    [
        pytest.param(BASE, history("p-1", "TRN-002", COURSE), id="the-prerequisite-itself"),
        pytest.param(
            BASE,
            history("p-1", "SOP-014", SHOWN) | history("p-1", "TRN-002", at(COURSE, "09:29")),
            id="a-minute-before",
        ),
        pytest.param(
            BASE, history("p-1", "SOP-014", SHOWN) | history("p-1", "TRN-002", COURSE), id="at-the-same-moment"
        ),
        pytest.param(
            BASE,
            history("p-1", "SOP-014", SHOWN) | waiver("p-1", "TRN-002@1", "2026-11-22", "2026-11-22"),
            id="waived-on-that-day",
        ),
        pytest.param(
            BASE, history("p-1", "SOP-014", entry("SOP-014@1", "2026-11-22", assignments=NAMES)), id="reading-ahead"
        ),
        pytest.param(
            BASE,
            history("p-1", "SOP-014", SHOWN | {"practical": WORK | {"outcome": "not-competent"}}),
            id="it-was-not-passed",
        ),
        pytest.param(BASE, history("p-1", "SOP-014", SHOWN | {"assignments": []}), id="nobody-had-asked"),
        pytest.param(BASE, history("p-1", "SOP-014", SHOWN | {"origin": ORIGIN}), id="migrated"),
        pytest.param(
            {**BASE, **BY_EVENT},
            history("p-1", "SOP-014", SHOWN | {"assignments": ["CAPA-2026-003/1"]}),
            id="a-quality-event-had-asked",
        ),
        pytest.param(
            BASE, history("p-1", "SOP-014", SHOWN | {"assignments": ["SOP-014@1/nobody"]}), id="no-such-assignment"
        ),
        pytest.param(
            {**BASE, **FREE}, {**OPERATOR, **history("p-1", "SOP-014", SHOWN)}, id="not-a-law-before-it-is-merged"
        ),
        pytest.param(
            {**BASE, **doc("TRN-002", effective="2026-11-23")}, history("p-1", "SOP-014", SHOWN), id="not-in-force-yet"
        ),
        pytest.param(
            {**BASE, "controlled-docs/trn/TRN-002.md": "---\nid: [\n"},
            history("p-1", "SOP-014", SHOWN),
            id="an-unreadable-prerequisite",
        ),
        pytest.param(
            {**BASE, "training-records/completions/p-1/TRN-002.yaml": "- {\n"},
            history("p-1", "SOP-014", SHOWN),
            id="an-unreadable-history",
        ),
        pytest.param(
            BASE,
            history("p-1", "SOP-014", SHOWN | {"document": "SOP-404@1"}),
            id="a-document-that-is-not-there",
        ),
    ],
)
def test_nothing_is_said(before: Files, added: Files):
    """In time, waived, not bound, excused, or not known."""
    assert messages(before, added) == []


@pytest.mark.parametrize(
    ("before", "added", "expected"),
    [
        pytest.param(
            BASE,
            history("p-1", "SOP-014", SHOWN) | history("p-1", "TRN-002", at(COURSE, "09:31")),
            ["had not completed on 2026-11-22: not trained on TRN-002@1, no training on record"],
            id="a-minute-later",
        ),
        pytest.param(
            BASE,
            history("p-1", "SOP-014", SHOWN) | waiver("p-1", "TRN-002@1", "2026-11-23", "2026-12-22"),
            ["not trained on TRN-002@1"],
            id="waived-from-the-day-after",
        ),
        pytest.param(
            BASE,
            history("p-1", "SOP-014", SHOWN)
            | history("p-1", "TRN-002", early := at(COURSE, "08:00"), rejection(early, "2026-11-21")),
            ["not trained on TRN-002@1, no training on record"],
            id="rejected",
        ),
        pytest.param(
            BASE,
            {**FREE, **history("p-1", "SOP-014", SHOWN)},
            ["not trained on TRN-002@1"],
            id="a-change-cannot-free-itself",
        ),
        pytest.param(
            BASE,
            history("p-1", "SOP-014", SHOWN | {"method": ["read", "practical"]}),
            ["SOP-014 comes after TRN-002 in operator, which p-1 had not completed"],
            id="all-in-one",
        ),
        pytest.param(
            READING,
            history("p-1", "SOP-014", entry("SOP-014@1", "2026-11-22", assignments=NAMES)),
            ["not trained on TRN-002@1"],
            id="a-document-that-is-only-read",
        ),
        pytest.param(
            {**BASE, **document("2 2026-11-22", "1 2026-01-01", name="TRN-002")},
            history("p-1", "SOP-014", SHOWN)
            | history("p-1", "TRN-002", entry("TRN-002@1", "2026-02-01", "read", "assessment", assessment=SCORED)),
            ["not trained on TRN-002@2, the last training was on revision 1"],
            id="trained-on-the-revision-before",
        ),
        pytest.param(
            {**BASE, **doc("SOP-020"), **role("performs: [gowning]", "prerequisites: {SOP-014: [TRN-002, SOP-020]}")},
            history("p-1", "SOP-014", SHOWN),
            ["SOP-014 comes after SOP-020", "SOP-014 comes after TRN-002"],
            id="two",
        ),
        pytest.param(
            {**BASE, **role("requires: [SOP-014]", "prerequisites: {SOP-014: [TRN-002]}", name="lead")}
            | {
                path.replace("operator", "lead"): text.replace("operator", "lead")
                for path, text in asked("SOP-014@1", "p-1").items()
            },
            history("p-1", "SOP-014", SHOWN | {"assignments": [*NAMES, "SOP-014@1/lead"]}),
            ["SOP-014 comes after TRN-002 in"],
            id="by-two-roles-once",
        ),
    ],
)
def test_what_was_to_come_first(before: Files, added: Files, expected: list[str]):
    """Each prerequisite that was missing is named once, with the role and the reason."""
    found = messages(before, added)

    assert len(found) == len(expected), found
    assert all(any(words in message for message in found) for words in expected), found


def test_the_founding_brings_its_own_law():
    """The roles of the first commit judge its records, but for what is migrated."""
    files = {**BASE, **history("p-1", "SOP-014", SHOWN)}
    migrated = {**BASE, **history("p-1", "SOP-014", SHOWN | {"origin": ORIGIN})}

    def said(after: Files) -> int:
        return sum(finding.rule == "prerequisite-missing" for finding in findings_of_change({}, after))

    assert (said(files), said(migrated)) == (1, 0)
