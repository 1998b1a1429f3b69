"""Who may reject an entry, and who may stand for a migrated record."""

from __future__ import annotations

import pytest

from tests.laws import POLICY, Files, findings_of_change
from tests.rules.documents.test_approval_missing import person
from tests.test_qualification import entry, history, rejection

QA = person("p-3", "quality-assurance")
OPERATOR = person("p-7", "operator")
READ = entry("SOP-014@1", "2026-01-20")
PATH = next(iter(history("p-1", "SOP-014", READ)))


def by(who: str, of: object = READ) -> dict[str, object]:
    """A rejection by somebody."""
    return rejection(of, "2026-11-22") | {"by": who}


def migrated(who: str | None) -> dict[str, object]:
    """A migrated completion that somebody verified."""
    verified = {"verified-by": who} if who else {}
    return entry("SOP-014@1", "2025-01-20", origin={"system": "moodle", "reference": "4711", **verified})


@pytest.mark.parametrize(
    ("people", "added", "said"),
    [
        pytest.param(QA, READ, [], id="a completion like any other"),
        pytest.param(QA, by("p-3"), [], id="rejected by the quality unit"),
        pytest.param(QA, migrated("p-3"), [], id="verified by the quality unit"),
        pytest.param(person("p-3", "quality-assurance", "2026-11-22"), by("p-3"), [], id="on their last day"),
        pytest.param({"roles/people/p-3.yaml": "x: ["}, by("p-3"), [], id="rejected by an unreadable person"),
        pytest.param({"roles/people/p-3.yaml": "x: ["}, migrated("p-3"), [], id="verified by an unreadable person"),
        pytest.param(
            OPERATOR, by("p-7"), ["p-7 is not of the quality unit on 2026-11-22 and rejects"], id="rejected by another"
        ),
        pytest.param(
            person("p-3", "quality-assurance", "2026-11-21"), by("p-3"), ["p-3 is not of the quality"], id="no longer"
        ),
        pytest.param({}, by("p-8"), ["p-8 is not of the quality unit"], id="rejected by nobody known"),
        pytest.param(QA, by("p-3", "other"), ["no entry of this file has the digest"], id="rejects no entry"),
        pytest.param(
            OPERATOR, by("p-7", "other"), ["p-7 is not of the quality", "no entry of this"], id="neither is right"
        ),
        pytest.param(OPERATOR, migrated("p-7"), ["p-7 is not of the quality unit"], id="verified by another"),
        pytest.param({}, migrated("p-8"), ["p-8 is not of the quality unit"], id="verified by nobody known"),
        pytest.param(QA, migrated(None), ["'verified-by' is missing"], id="verified by nobody"),
    ],
)
def test_what_only_the_quality_unit_may_decide(people: Files, added: object, said: list[str]):
    """A holder of one of its roles, on the day of the change."""
    base = {**people, **history("p-1", "SOP-014", READ)}

    found = findings_of_change(base, {**base, **history("p-1", "SOP-014", READ, added)})
    messages = sorted(finding.message for finding in found if finding.rule == "signer-not-entitled")

    assert len(messages) == len(said), messages
    assert all(any(words in message for message in messages) for words in said)


def test_nobody_appoints_themselves():
    """Who is of the quality unit is for the base to say."""
    base = {"qmsci.yaml": POLICY, **OPERATOR, **history("p-1", "SOP-014", READ)}
    head = {**base, **person("p-7", "quality-assurance"), **history("p-1", "SOP-014", READ, by("p-7"))}

    assert [f.place.path for f in findings_of_change(base, head) if f.rule == "signer-not-entitled"] == [PATH]


def test_an_import_with_the_first_policy_is_verified_as_well():
    """By somebody of the quality unit that comes with it."""
    for who, number in (("p-3", 0), ("p-7", 1), (None, 1)):
        found = findings_of_change({}, {**QA, **OPERATOR, **history("p-1", "SOP-014", migrated(who))})

        assert len([f for f in found if f.rule == "signer-not-entitled"]) == number
