"""`supervised-work-missing`: which tasks count, how many are asked for, and by whom."""

from __future__ import annotations

from datetime import date

import pytest

from qmsci.qualification import trained
from tests.laws import POLICY, Files, findings_of_change, snapshot_of
from tests.test_assign import document, person
from tests.test_programme import WORK, asked, role, tasks
from tests.test_qualification import entry, history, waiver

ORIGIN = {"system": "moodle", "reference": "4711", "verified-by": "p-3"}
TRAINING = "{method: [read, practical], supervised: 2}"
BASE = {
    **document("1 2026-01-01", training=TRAINING),
    **role("performs: [gowning]"),
    **person("p-1", "operator"),
    **person("p-2", "operator"),
    **asked("SOP-014@1", "p-1", method="read, practical", more="supervised: 2, "),
}
UNASKED = {path: text for path, text in BASE.items() if "assignments" not in path}
TWO = {**UNASKED, **document("2 2026-06-01", "1 2026-01-01", training=TRAINING)}
FULL = tasks("2026-11-20", "2026-11-22")


def shown(*supervised: object, revision: str = "SOP-014@1", names: bool = True, **more: object) -> dict[str, object]:
    """A practical demonstration with some supervised work behind it."""
    done = entry(revision, "2026-11-22", "read", "practical", practical={**WORK, "supervised": list(supervised)})
    return done | ({"assignments": ["SOP-014@1/operator"]} if names else {}) | more


ABLE = history(
    "p-2",
    "SOP-014",
    shown(*tasks("2026-02-01", "2026-02-02"), names=False) | {"completed": "2026-02-03T09:30:00+01:00"},
)


def messages(before: Files, added: Files) -> list[str]:
    """What the rule says of a change that adds (or alters) some files."""
    found = findings_of_change(before, {**before, **added})
    return [finding.message for finding in found if finding.rule == "supervised-work-missing"]


@pytest.mark.parametrize(
    ("before", "added"),
    [
        pytest.param(BASE, history("p-1", "SOP-014", shown(*FULL)), id="as-many-as-asked-up-to-the-day-itself"),
        pytest.param(BASE, history("p-1", "SOP-014", shown(*FULL, *FULL)), id="more-than-asked"),
        pytest.param(
            {**BASE, **ABLE},
            history("p-1", "SOP-014", shown(*tasks("2026-02-03", "2026-03-01", by="p-2"))),
            id="from-the-day-on-which-the-supervisor-is-qualified",
        ),
        pytest.param(
            {**BASE, **person("p-3", "quality-assurance"), **waiver("p-2", "SOP-014@1", "2026-11-20", "2026-11-22")},
            history("p-1", "SOP-014", shown(*tasks("2026-11-20", "2026-11-22", by="p-2"))),
            id="waived-by-the-quality-unit",
        ),
        pytest.param(
            {
                **BASE,
                "qmsci.yaml": POLICY + "founded: 2026-11-20\n",
                **person("p-2", "operator", employed="2026-11-20"),
            },
            history("p-1", "SOP-014", shown(*tasks("2026-11-20", "2026-11-20", by="p-2"))),
            id="a-founder-on-the-founding-day",
        ),
        pytest.param(
            BASE, history("p-1", "SOP-014", shown(*FULL, *tasks("2026-11-21", by="p-2"))), id="a-doubtful-one-too-many"
        ),
        pytest.param(
            BASE,
            history("p-1", "SOP-014", shown() | {"practical": WORK | {"outcome": "not-competent"}}),
            id="it-was-not-passed",
        ),
        pytest.param(BASE, history("p-1", "SOP-014", entry("SOP-014@1", "2026-11-22")), id="a-reading"),
        pytest.param(
            BASE,
            history(
                "p-1", "SOP-014", entry("SOP-014@1", "2026-11-22", "practical", assignments=["SOP-014@1/operator"])
            ),
            id="method-too-weak-says-it",
        ),
        pytest.param(BASE, history("p-1", "SOP-014", shown(origin=ORIGIN)), id="migrated"),
        pytest.param(BASE, history("p-1", "SOP-014", shown() | {"document": "SOP-404@1"}), id="no-such-document"),
        pytest.param(
            {**BASE, **asked("SOP-014@1", "p-1", method="read, practical")},
            history("p-1", "SOP-014", shown()),
            id="what-is-asked-is-frozen-in-the-item",
        ),
        pytest.param(
            UNASKED,
            {**document("1 2026-01-01", training=TRAINING.replace("2", "3"))}
            | history("p-1", "SOP-014", shown(*FULL, names=False)),
            id="unasked-as-the-base-has-the-document",
        ),
        pytest.param(
            TWO
            | history("p-1", "SOP-014", old := shown(*FULL, names=False) | {"completed": "2026-02-03T09:30:00+01:00"}),
            history("p-1", "SOP-014", old, shown(revision="SOP-014@2", names=False)),
            id="unasked-and-not-new-to-the-document",
        ),
        pytest.param(
            UNASKED | history("p-1", "SOP-014", old),
            history("p-1", "SOP-014", old, shown(names=False)),
            id="unasked-and-once-more",
        ),
        pytest.param(
            UNASKED, history("p-1", "SOP-014", shown(revision="SOP-014@9", names=False)), id="no-such-revision"
        ),
    ],
)
def test_nothing_is_said(before: Files, added: Files):
    """Enough, not asked for, excused, or said by another rule."""
    assert messages(before, added) == []


@pytest.mark.parametrize(
    ("before", "added", "expected"),
    [
        pytest.param(
            BASE,
            history("p-1", "SOP-014", shown()),
            ["0 of 2 supervised tasks that SOP-014@1/operator asks for"],
            id="none",
        ),
        pytest.param(
            BASE,
            history("p-1", "SOP-014", shown(*tasks("2026-11-20"))),
            ["1 of 2 supervised tasks that SOP-014@1/operator asks for"],
            id="one",
        ),
        pytest.param(
            {**BASE, **asked("SOP-014@1", "p-1", method="read, practical", more="supervised: 1, ")},
            history("p-1", "SOP-014", shown()),
            ["0 of 1 supervised task that"],
            id="the-only-one",
        ),
        pytest.param(
            UNASKED,
            history("p-1", "SOP-014", shown(names=False)),
            ["0 of 2 supervised tasks that SOP-014 asks for"],
            id="unasked",
        ),
        pytest.param(
            UNASKED,
            {**document("1 2026-01-01", training="{method: [read, practical]}")}
            | history("p-1", "SOP-014", shown(names=False)),
            ["0 of 2 supervised tasks that SOP-014 asks for"],
            id="a-change-cannot-free-itself",
        ),
        pytest.param(
            BASE,
            history("p-1", "SOP-014", shown(*FULL, *tasks("2026-11-23"))),
            ["a supervised task of 2026-11-23, after the demonstration on 2026-11-22"],
            id="later-than-the-demonstration",
        ),
        pytest.param(
            BASE,
            history("p-1", "SOP-014", shown(*FULL, *tasks("2026-11-20", by="p-1"))),
            ["p-1 has supervised their own work"],
            id="supervised-by-the-trainee",
        ),
        pytest.param(
            BASE,
            history("p-1", "SOP-014", shown(*tasks("2026-11-20"), *tasks("2026-11-23", by="p-1"))),
            ["1 of 2 supervised tasks", "p-1 has supervised their own work"],
            id="impossible-ones-do-not-count",
        ),
        pytest.param(
            BASE,
            history("p-1", "SOP-014", shown(*tasks("2026-11-20"), *tasks("2026-11-21", by="p-2"))),
            [
                "1 of 2 supervised tasks that SOP-014@1/operator asks for: p-2 could not supervise on 2026-11-21: not trained"
            ],
            id="by-somebody-who-is-not-qualified",
        ),
        pytest.param(
            {**BASE, **ABLE},
            history("p-1", "SOP-014", shown(*tasks("2026-02-02", "2026-03-01", by="p-2"))),
            ["p-2 could not supervise on 2026-02-02: not trained on SOP-014@1"],
            id="by-somebody-not-qualified-yet",
        ),
    ],
)
def test_too_little_or_impossible(before: Files, added: Files, expected: list[str]):
    """One sentence about the number, and one for each task that cannot be."""
    found = messages(before, added)

    assert len(found) == len(expected), found
    assert all(any(words in message for message in found) for words in expected), found


def test_what_the_gate_accepts_counts():
    """A migrated demonstration is trained on, without the supervised work that its own system knows of."""
    snapshot = snapshot_of({**UNASKED, **history("p-1", "SOP-014", shown(names=False, origin=ORIGIN))})
    found = snapshot.documents.get("SOP-014")
    assert found

    assert trained(snapshot, "p-1", found, found.newest, snapshot.end_of(date(2026, 11, 22)))
