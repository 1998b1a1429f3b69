"""Boundaries of the rules about added completions and altered assignments that their pages do not show."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

import pytest

from qmsci.render.assignment import written
from tests.laws import POLICY, TODAY, findings_in_scope, findings_of_change
from tests.test_assign import NEW, OPERATOR, assigned, document, gap_of, person
from tests.test_qualification import entry, history, rejection, scored

Files = Mapping[str, str]
BASE = {
    **document("1 2026-01-01"),
    **OPERATOR,
    **person("p-1", "operator"),
    **assigned("SOP-014@1/operator", "SOP-014@1", "p-1"),
}


def rules_of(before: Files, added: Files, day: date = TODAY) -> list[str]:
    """The names of the rules that a change breaks, of those on training."""
    found = findings_of_change(before, {**before, **added}, day)
    return sorted({finding.rule for finding in found if finding.rule in TRAINING})


TRAINING = {
    *("unfounded-assignment", "assignment-edited", "due-after-effective", "completion-before-approval"),
    *("completion-in-future", "completion-of-other-text", "late-entry-undeclared", "assessment-failed"),
    *("attempts-exceeded", "method-too-weak", "waiver-incomplete"),
}
OWED = {"revision-without-assignment", "person-without-assignment"}
ORIGIN = {"system": "moodle", "reference": "4711", "verified-by": "p-3"}


def tried(number: int, day: str, score: int = 60) -> dict[str, object]:
    """An attempt at an assessment that nobody had asked for."""
    return entry("TRN-001@1", day, "read", "assessment", assessment=scored(score) | {"attempt": number})


THREE = [tried(number, "2026-11-21") for number in (1, 2, 3)]


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        pytest.param([], [tried(1, "2026-11-22")], [], id="the-first"),
        pytest.param(THREE[:2], [tried(3, "2026-11-22", 90)], [], id="the-last-allowed"),
        pytest.param(
            [*THREE, rejection(THREE[2], "2026-11-22")], [tried(3, "2026-11-22")], [], id="the-third-was-rejected"
        ),
        pytest.param([], [tried(7, "2026-11-22") | {"origin": ORIGIN}], [], id="migrated"),
        pytest.param(THREE, [tried(3, "2026-11-22")], ["attempts-exceeded"], id="the-fourth-called-the-third"),
        pytest.param(THREE[:1], [tried(1, "2026-11-22")], ["attempts-exceeded"], id="again-the-first"),
        pytest.param(THREE[:1], [tried(3, "2026-11-22")], ["attempts-exceeded"], id="one-left-out"),
    ],
)
def test_attempts_follow_each_other(before: list[object], now: list[object], expected: list[str]):
    """The number of an attempt follows those on record, up to the policy's."""
    base = {**document("1 2026-01-01", name="TRN-001"), **OPERATOR}
    base |= history("p-1", "TRN-001", *before) if before else {}

    assert expected == rules_of(base, history("p-1", "TRN-001", *before, *now))


@pytest.mark.parametrize(
    ("added", "expected"),
    [
        pytest.param(entry("SOP-014@1", "2026-11-22"), [], id="today"),
        pytest.param(entry("SOP-014@1", "2026-11-19"), [], id="the-last-day-in-time"),
        pytest.param(entry("SOP-014@1", "2026-01-12", late="x"), [], id="declared"),
        pytest.param(entry("SOP-014@1", "2020-01-12", origin=ORIGIN) | {"text": None}, [], id="migrated"),
        pytest.param(entry("SOP-014@1", "2026-01-10", late="x"), [], id="on-the-day-it-was-assigned"),
        pytest.param(entry("SOP-014@1", "2026-01-09", late="x"), ["completion-before-approval"], id="the-day-before"),
        pytest.param(entry("SOP-014@1", "2026-11-18"), ["late-entry-undeclared"], id="late"),
        pytest.param(
            entry("SOP-014@1", "2026-11-22") | {"completed": "2026-11-22T23:30:00Z"},
            ["completion-in-future"],
            id="tomorrow-here",
        ),
    ],
)
def test_the_times_of_a_completion(added: dict[str, object], expected: list[str]):
    """Days are counted in the policy's time zone; origin and a declared late entry excuse."""
    values = {key: value for key, value in added.items() if value is not None}

    assert expected == rules_of(BASE, history("p-1", "SOP-014", values))


def test_the_founding_import_is_not_late():
    """When the records of the change that brings the policy were recorded is not held against them."""
    found = findings_of_change({}, {**BASE, **history("p-1", "SOP-014", entry("SOP-014@1", "2026-02-01"))})

    assert not [finding for finding in found if finding.rule == "late-entry-undeclared"]


ASKED = {**NEW, **person("p-1", "operator"), **person("p-2", "operator")}
(MADE,) = gap_of(ASKED)
TEXT_OF = written(MADE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(TEXT_OF, [], id="as-written"),
        pytest.param("\n".join([*TEXT_OF.splitlines(), "# merged on Monday", ""]), [], id="with-a-comment"),
        pytest.param(TEXT_OF.replace('["p-1", "p-2"]', '["p-1"]'), [], id="somebody-is-missing-which-the-tree-shows"),
        pytest.param(TEXT_OF.replace("2026-11-22", "2026-10-22"), [], id="assigned-31-days-ago"),
        pytest.param(TEXT_OF.replace("2026-11-22", "2026-10-21"), ["assignment-edited"], id="assigned-32-days-ago"),
        pytest.param(TEXT_OF.replace('["p-1", "p-2"]', '["p-2", "p-1"]'), ["assignment-edited"], id="another-order"),
        pytest.param(
            TEXT_OF.replace('["p-1", "p-2"]', '["p-1", "p-1", "p-2"]'), ["assignment-edited"], id="named-twice"
        ),
        pytest.param(TEXT_OF.replace("new-document", "revision"), ["assignment-edited"], id="another-cause"),
        pytest.param(TEXT_OF.replace("2026-12-15", "2026-12-14"), ["assignment-edited"], id="due-earlier"),
        pytest.param(TEXT_OF.replace("2026-12-15", "2026-12-16"), ["due-after-effective"], id="due-a-day-later"),
        pytest.param(TEXT_OF.replace("2026-11-22", "2026-11-23"), ["assignment-edited"], id="assigned-tomorrow"),
        pytest.param(TEXT_OF.replace("sha256:d9", "sha256:00"), ["assignment-edited"], id="another-text"),
        pytest.param(
            TEXT_OF.replace('["p-1", "p-2"]', '["p-1", "p-2", "p-3"]'), ["unfounded-assignment"], id="one-more"
        ),
    ],
)
def test_an_assignment_is_what_assign_writes(text: str, expected: list[str]):
    """Each difference is said once, by the rule whose it is."""
    assert expected == rules_of(ASKED, {MADE.path: text})


def test_an_unreadable_policy_is_reported_alone():
    """Without a policy nobody can say what would be assigned; the gate says so of the policy only."""
    assert rules_of(ASKED, {MADE.path: TEXT_OF, "qmsci.yaml": POLICY + "unknown: key\n"}) == []


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param("controlled-docs/sop/SOP-014.md", id="document"),
        pytest.param("roles/operator.yaml", id="role"),
        pytest.param("roles/people/p-1.yaml", id="person"),
        pytest.param("roles/activities.yaml", id="activities"),
    ],
)
def test_what_rests_on_an_unreadable_file_is_not_judged(broken: str):
    """The file is reported, once; nobody can say what would be assigned."""
    before = {**ASKED, "roles/activities.yaml": "gowning: {title: Gowning}\n"}
    after = {**before, MADE.path: TEXT_OF.replace("2026-12-15", "2026-12-31"), broken: "x: ["}
    found = [*findings_of_change(before, after), *findings_in_scope(before, after)]

    said = [(finding.rule, finding.place.path) for finding in found if finding.rule in {*TRAINING, *OWED, "unreadable"}]
    assert said == [("unreadable", broken)]


def waived(**changed: str | None) -> dict[str, str]:
    """A waiver with some values changed, or left out."""
    values: dict[str, str | None] = {"document": "SOP-014@1", "reason": "x", "evidence": "x", "from": "2026-11-20"}
    values |= {"until": "2026-11-20", "by": "p-2"} | {
        key.replace("from_", "from"): value for key, value in changed.items()
    }
    kept = {key: value for key, value in values.items() if value}
    return {"training-records/waivers/p-1/SOP-014.yaml": json.dumps([kept])}


@pytest.mark.parametrize(
    ("added", "expected"),
    [
        pytest.param(waived(), [], id="for-one-day"),
        pytest.param(waived(until="2026-11-19"), ["waiver-incomplete"], id="ends-before-it-begins"),
        pytest.param(waived(by="p-1"), ["waiver-incomplete"], id="by-the-beneficiary"),
        *(
            pytest.param(waived(**{key: None}), ["waiver-incomplete"], id=f"no-{key}")
            for key in ("reason", "evidence", "by", "until")
        ),
    ],
)
def test_a_waiver_is_complete(added: Files, expected: list[str]):
    """Reason, evidence, an end that is not before its beginning, and somebody else who grants it."""
    assert expected == rules_of({**BASE, **person("p-2", "operator 2027-01-01")}, added)
