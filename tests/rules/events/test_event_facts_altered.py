"""What an event says of what happened stays, or the quality unit says why not."""

from __future__ import annotations

import pytest

from tests.laws import HEADS, findings_of_change

RULE = "event-facts-altered"
WHO = "roles/people/p-0003.yaml"
QUALITY = """\
id: p-0003
name: A
kind: employee
employed: {from: 2024-01-15}
roles: [{role: quality-assurance, from: 2024-01-15}]
"""
PRODUCTION = "id: p-0042\nname: B\nkind: employee\nemployed: {from: 2024-01-15}\n"
PEOPLE = {WHO: QUALITY, "roles/people/p-0042.yaml": PRODUCTION}
CLOSED = "closed: 2026-11-20\nclosed-by: p-0003\n"
REOPENED = "reopened: [{on: 2026-11-22, by: p-0003, summary: S, closed: 2026-11-20, closed-by: p-0003}]\n"
TRAINING = "actions: [{id: 1, kind: training, documents: [SOP-014], people: [p-0042], due: 2026-12-11}]\n"
TOOK = "occurred: 2026-09-12T09:40:00+02:00"


def event(kind: str, more: str = "", was: str = "", now: str = "") -> str:
    """An event of a kind with some more keys, and with another text in place of one."""
    return f"id: {kind}-2026-017\ntitle: T\n{HEADS[kind]}{more}".replace(was, now)


def said(kind: str, before: str, after: str, people: dict[str, str] = PEOPLE) -> list[str]:
    """What the rule says of an event that is altered."""
    path = f"quality-events/{kind}-2026-017.yaml"
    found = findings_of_change({**people, path: before}, {**people, path: after})
    assert not [finding for finding in found if finding.rule == "unreadable" and "p-0003" not in finding.place.path]
    return [finding.message for finding in found if finding.rule == RULE]


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        pytest.param(
            "DEV", "", "discovered: 2026-09-12T10:00:00+02:00\nactivity: a\nclassification: minor\n", id="fill"
        ),
        pytest.param("DEV", "people: [p-1]\n", "people: [p-2, p-1]\ndocuments: [SOP-1]\n", id="lists grow"),
        pytest.param("DEV", "people: [p-1, p-2]\n", "people: [p-2, p-1]\n", id="another order"),
        pytest.param("DEV", "classification: minor\n", "classification: critical\n", id="raised"),
        pytest.param("AUD", "classification: observation\n", "classification: minor\n", id="an observation raised"),
        pytest.param("DEV", "conclusion: A\nowner: p-1\n", "conclusion: B\nowner: p-2\n", id="what is no fact of it"),
        pytest.param("CAPA", "people: [p-1]\nclassification: major\n", "classification: minor\n", id="not asked of it"),
        pytest.param("CMP", "activity: a\n", "", id="the activity where nobody is retrained"),
        pytest.param("MR", "presented: {a: '1'}\n", "presented: {a: '1', b: '2'}\n", id="one more figure"),
        pytest.param("DEV", f"people: [p-1]\n{CLOSED}", CLOSED, id="closed: said by another rule"),
        pytest.param(
            "DEV",
            "people: [p-1]\n",
            "voided: {on: 2026-11-22, by: p-0003, reason: R}\npeople: [p-1]\n",
            id="as it is voided",
        ),
    ],
)
def test_nothing_is_said(kind: str, before: str, after: str):
    assert said(kind, event(kind, before), event(kind, after)) == []


def test_the_same_moment_in_another_zone_is_the_same():
    assert said("DEV", event("DEV"), event("DEV", "", TOOK, "occurred: 2026-09-12T07:40:00Z")) == []


@pytest.mark.parametrize(("before", "after"), [("{", event("DEV")), (event("DEV"), "{")])
def test_nothing_is_said_of_what_cannot_be_read(before: str, after: str):
    files = [{"quality-events/DEV-2026-017.yaml": text} for text in (before, after)]

    assert RULE not in {finding.rule for finding in findings_of_change(*files)}


def test_the_founding_import_is_not_asked():
    found = findings_of_change({}, {"quality-events/DEV-2026-017.yaml": event("DEV")})

    assert RULE not in {finding.rule for finding in found}


MERGED = "when it was merged"


@pytest.mark.parametrize(
    ("kind", "before", "after", "message"),
    [
        pytest.param("DEV", "activity: a\n", "", "'activity' was a", id="the activity removed"),
        pytest.param("NCR", "activity: a\n", "activity: b\n", "'activity' was a", id="another activity"),
        pytest.param(
            "DEV",
            "discovered: 2026-09-12T10:00:00+02:00\n",
            "",
            "'discovered' was 2026-09-12T10:00:00+02:00",
            id="discovered",
        ),
        pytest.param(
            "NCR", "documents: [SOP-1, SOP-2]\n", "documents: [SOP-2]\n", "'documents' named SOP-1", id="docs"
        ),
        pytest.param("DEV", "people: [p-1, p-2]\n", "", "'people' named p-1, p-2", id="nobody is left"),
        pytest.param("DEV", "classification: major\n", "", "'classification' was major", id="not classified"),
        pytest.param(
            "CMP", "classification: major\n", "classification: minor\n", "'classification' was major", id="low"
        ),
        pytest.param("CMP", "received: 2026-09-10\n", "", "'received' was 2026-09-10", id="received"),
        pytest.param("CMP", "product: X\n", "product: Y\n", "'product' was X", id="product"),
        pytest.param("CMP", "batches: [B-1]\n", "batches: [B-2]\n", "'batches' named B-1", id="batches"),
        pytest.param("AUD", "criterion: 8.2.4\n", "criterion: 8.5\n", "'criterion' was 8.2.4", id="criterion"),
        pytest.param(
            "AUD",
            "classification: minor\n",
            "classification: observation\n",
            "'classification' was minor",
            id="AUD low",
        ),
        pytest.param("AUD", "people: [p-1]\n", "", "'people' named p-1", id="people of a finding"),
        pytest.param(
            "GAP", "from: 2026-09-01\n", "from: 2026-09-10\n", "'from' was 2026-09-01", id="a gap's first day"
        ),
        pytest.param("CAPA", "sources: [DEV-1]\n", "", "'sources' named DEV-1", id="sources"),
        pytest.param("CAPA", "activity: a\n", "", "'activity' was a", id="activity of a CAPA"),
        pytest.param("MR", "inputs: [I]\n", "", "'inputs' named I", id="inputs"),
        pytest.param("MR", "decisions: [D]\n", "decisions: [E]\n", "'decisions' named D", id="decisions"),
        pytest.param("MR", "presented: {a: '1'}\n", "presented: {a: '2'}\n", "'presented' named a: 1", id="a figure"),
        pytest.param("MR", "presented: {a: '1'}\n", "", "'presented' named a: 1", id="a figure removed"),
        pytest.param("GAP", f"activity: a\n{TRAINING}", TRAINING, "'activity' was a", id="who is retrained for what"),
        pytest.param("VAL", "batches: [B-1]\n", "", "'batches' named B-1", id="batches of any kind"),
    ],
)
def test_a_fact_stays(kind: str, before: str, after: str, message: str):
    assert said(kind, event(kind, before), event(kind, after)) == [f"{message} {MERGED}"]


@pytest.mark.parametrize(
    ("kind", "was", "now", "message"),
    [
        pytest.param("DEV", TOOK, TOOK.replace("09:40", "09:50"), "'occurred' was 2026-09-12T09:40:00+02:00", id="DEV"),
        pytest.param("NCR", "reported: 2026-09-12", "reported: 2026-09-13", "'reported' was 2026-09-12", id="NCR"),
        pytest.param("GAP", "p-0042", "p-0043", "'person' was p-0042", id="GAP"),
        pytest.param("GAP", "SOP-014", "SOP-015", "'document' was SOP-014", id="GAP, document"),
        pytest.param("CMP", "09-12", "09-13", "'opened' was 2026-09-12", id="CMP"),
        pytest.param("AUD", "09-12", "09-13", "'opened' was 2026-09-12", id="AUD"),
        pytest.param("CAPA", "09-12", "09-13", "'opened' was 2026-09-12", id="CAPA"),
        pytest.param("VAL", "VP-1", "VP-2", "'protocol' was VP-1", id="VAL"),
        pytest.param("VAL", "[filling]", "[packing]", "'activities' named filling", id="VAL, activities"),
        pytest.param("MR", "held: 2026-09-12", "held: 2026-09-13", "'held' was 2026-09-12", id="MR"),
        pytest.param(
            "MR", "2026-08-31", "2026-07-31", """'period' was {"from": "2025-09-01", "to": "2026-08-31"}""", id="period"
        ),
    ],
)
def test_what_an_event_must_have_stays(kind: str, was: str, now: str, message: str):
    assert said(kind, event(kind), event(kind, "", was, now)) == [f"{message} {MERGED}"]


def test_a_reopening_is_no_way_around():
    before, after = event("DEV", f"people: [p-1]\n{CLOSED}"), event("DEV", REOPENED)

    assert said("DEV", before, after) == [f"'people' named p-1 {MERGED}"]


# --- corrections ----------------------------------------------------------------------------------------------------

ONE = "{on: 2026-11-22, by: p-0003, reason: R}"
TWO = "{on: 2026-11-21, by: p-0003, reason: S}"
NAMED = f"'people' named p-1 {MERGED}"


@pytest.mark.parametrize(
    ("before", "after", "messages"),
    [
        pytest.param("[]", f"[{ONE}]", [], id="by the quality unit"),
        pytest.param(f"[{TWO}]", f"[{TWO}, {ONE}]", [], id="one more"),
        pytest.param("[]", f"[{ONE}, {TWO}]", [], id="two at once"),
        pytest.param(f"[{ONE}]", f"[{ONE}]", [NAMED], id="an earlier one does not do"),
        pytest.param(
            f"[{TWO}]",
            f"[{ONE}]",
            ["the correction of 2026-11-21 by p-0003 is altered, moved or gone", NAMED],
            id="in the place of an earlier one",
        ),
        pytest.param(
            f"[{TWO}]",
            f"[{ONE}, {TWO}]",
            ["the correction of 2026-11-21 by p-0003 is altered, moved or gone", NAMED],
            id="before an earlier one",
        ),
        pytest.param(
            "[]",
            f"[{ONE.replace('0003', '0042')}]",
            ["p-0042 is not of the quality unit on 2026-11-22, and corrects DEV-2026-017", NAMED],
            id="by production",
        ),
        pytest.param(
            "[]",
            f"[{ONE.replace('0003', '0099')}]",
            ["p-0099 is not of the quality unit on 2026-11-22, and corrects DEV-2026-017", NAMED],
            id="by nobody",
        ),
        pytest.param(
            "[]",
            f"[{ONE.replace('11-22', '11-23')}]",
            ["corrected on 2026-11-23, which lies ahead of the change on 2026-11-22", NAMED],
            id="tomorrow",
        ),
    ],
)
def test_the_quality_unit_puts_it_right(before: str, after: str, messages: list[str]):
    was, now = event("DEV", f"people: [p-1]\ncorrected: {before}\n"), event("DEV", f"corrected: {after}\n")

    assert sorted(said("DEV", was, now)) == sorted(messages)


def test_a_correction_that_is_taken_away_is_said_without_another_alteration():
    before, after = event("DEV", f"corrected: [{ONE}]\n"), event("DEV")

    assert said("DEV", before, after) == ["the correction of 2026-11-22 by p-0003 is altered, moved or gone"]


def test_nothing_is_said_of_a_correction_by_somebody_whose_file_cannot_be_read():
    before, after = event("DEV", "people: [p-1]\n"), event("DEV", f"corrected: [{ONE}]\n")

    assert said("DEV", before, after, {WHO: "{"}) == []
