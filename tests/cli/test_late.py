"""What was added later does not answer for the past without saying that it was late; nor what was not known then."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.commands import AUTHORISED, QUALIFIED, TRAINED, Desk, valid
from tests.cli.test_verify import person
from tests.keys import security_keys
from tests.signed import Pen, lines

COMPLETIONS = "training-records/completions/p-2/SOP-001.yaml"
WAIVERS = "training-records/waivers/p-2/SOP-001.yaml"
ONE = Pen("p-2", "Marte Lie", security_keys()["sk-ed25519"])
ENTRY: dict[str, Any] = json.loads(TRAINED[2:])
WAIVER = {
    "document": "SOP-001@1",
    "reason": "Certificate",
    "evidence": "4711",
    "from": "2026-01-05",
    "until": "2027-01-05",
    "by": "p-1",
}
LATE = "2026-02-14T12:00:00+01:00"
QUESTION = ("qualified", "p-2", "SOP-001", "--on", "2026-02-01")


def evidence(desk: Desk, *question: str) -> list[str]:
    """What the evidence of an answer says."""
    answer = valid(QUALIFIED, desk.answer(*(question or QUESTION), exits=None))
    return [proof["says"] for proof in answer["evidence"]]


# --- late -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "at", "says"),
    [
        pytest.param({COMPLETIONS: lines([ENTRY])}, "2026-01-08T23:00:00+01:00", "by read", id="on-the-last-day"),
        pytest.param(
            {COMPLETIONS: lines([{**ENTRY, "origin": {"system": "m", "reference": "1", "verified-by": "p-1"}}])},
            LATE,
            "by read",
            id="migrated",
        ),
        pytest.param(
            {COMPLETIONS: lines([ENTRY])}, "2026-01-09T12:00:00+01:00", "by read, recorded 4 days later", id="late"
        ),
        pytest.param(
            {COMPLETIONS: lines([{**ENTRY, "late": "reader offline"}])},
            LATE,
            "by read, recorded 40 days later, declared as late: reader offline",
            id="declared",
        ),
        pytest.param(
            {WAIVERS: lines([WAIVER])}, LATE, "2027-01-05: Certificate, recorded 40 days later", id="a-waiver"
        ),
    ],
)
def test_evidence_says_how_late_it_is(desk: Desk, files: dict[str, str | bytes | None], at: str, says: str):
    """For programs, too; and where somebody is authorised by it."""
    desk.checkout.commit(files, at=at)
    (said,) = evidence(desk)

    assert said.endswith(says)
    assert f"{said} (recorded {at[:10]}" in desk.run(*QUESTION).stdout
    lateness = says.partition(", ")[2]
    for question in (("p-2", "gowning"), ("gowning", "--on", "2026-02-01")):
        people = valid(AUTHORISED, desk.answer("authorised", *question))["people"]
        reason = next(one["reason"] for one in people if one["person"] == "p-2")
        assert reason.endswith(f"; {next(iter(files))}, {lateness}" if lateness else "SOP-001")
    noted = [note for node in desk.answer("trace", "SOP-001@1")["nodes"] for note in node["notes"]]
    assert bool(lateness) == any(lateness and lateness.split(", declared")[0] in note for note in noted)
    assert not lateness or lateness.split(", declared")[0] in desk.run("trace", "p-2").stdout


def test_what_the_founding_brought_is_not_late(desk: Desk):
    """It was recorded elsewhere before; the next entry has no such excuse."""
    desk.checkout.git("checkout", "--quiet", "--orphan", "anew")
    desk.checkout.git("commit", "--quiet", "--message", "The founding import", at=LATE)
    desk.checkout.git("branch", "--quiet", "--move", "--force", "main")
    desk.write({COMPLETIONS: lines([ENTRY])})
    desk.checkout.commit(at="2026-03-01T12:00:00+01:00")

    assert evidence(desk, "qualified", "p-1", "SOP-001", "--on", "2026-02-01")[0].endswith("by read")
    assert evidence(desk)[0].endswith("by read, recorded 55 days later")


def test_what_is_not_recorded_yet_is_not_late(desk: Desk):
    desk.write({COMPLETIONS: lines([ENTRY])})

    assert evidence(desk)[0].endswith("by read")


def test_an_entry_is_as_old_as_it_is_though_it_gains_a_signature(desk: Desk):
    """And a word on why it is late, as long as it says what it said."""
    desk.checkout.commit(
        {COMPLETIONS: lines([{**ENTRY, "completed": "2026-01-04T09:00:00+01:00"}, ENTRY])},
        at="2026-01-07T12:00:00+01:00",
    )
    signed = {
        **ENTRY,
        "late": "L.",
        "signatures": [ONE.on(COMPLETIONS, ENTRY, "read-and-understood", ENTRY["completed"])],
    }
    desk.checkout.commit({COMPLETIONS: lines([{**ENTRY, "completed": "2026-01-04T09:00:00+01:00"}, signed])}, at=LATE)
    answer = desk.answer("qualified", "p-2", "SOP-001")

    assert [proof["recorded"][:10] for proof in answer["evidence"]] == ["2026-01-07"]


# --- what was known -------------------------------------------------------------------------------------------------

QUERIES = [
    pytest.param(["qualified", "p-2", "SOP-001"], id="qualified"),
    pytest.param(["authorised", "p-2", "gowning"], id="authorised"),
    pytest.param(["authorised", "gowning"], id="authorised-anybody"),
    pytest.param(["status", "p-2"], id="status"),
    pytest.param(["status"], id="overview"),
    pytest.param(["trace", "SOP-001@1"], id="trace"),
    pytest.param(["gaps"], id="gaps"),
    pytest.param(["audit", "--as-of", "2026-02-10"], id="audit"),
    pytest.param(["verify"], id="verify"),
    pytest.param(["report", "management-review", "--from", "2026-01-01", "--to", "2026-01-31"], id="report"),
]


@pytest.mark.parametrize("question", QUERIES)
def test_what_came_later_was_not_known(desk: Desk, question: list[str]):
    """The answer is that of the commit that main had then, whatever came since, and says what it rests on."""
    desk.run(*question, "--format", "json", exits=None)
    before = desk.checkout.git("rev-parse", "HEAD")
    desk.checkout.commit({COMPLETIONS: lines([ENTRY])}, at=LATE)
    desk.checkout.commit({"roles/people/p-2.yaml": None, COMPLETIONS: None}, at="2026-02-15T12:00:00+01:00")
    known = desk.answer(*question, "--known-at", "2026-02-10", exits=None)
    desk.checkout.git("reset", "--quiet", "--hard", before)
    then = desk.answer(*question, "--known-at", "2026-02-10", exits=None)

    assert known == then
    assert known["known_at"] == "2026-02-10"


@pytest.mark.parametrize("question", QUERIES)
def test_nothing_was_known_before_main_began_and_nothing_is_known_of_the_future(desk: Desk, question: list[str]):
    said = desk.run(*question, "--known-at", "2025-12-31", exits=2).stderr
    assert "main had no commit by 2025-12-31: nothing was known then" in said
    said = desk.run(*question, "--known-at", "2026-11-23", exits=2).stderr
    assert "--known-at 2026-11-23 lies ahead" in said
    desk.run(*question, "--known-at", "2026-11-22", exits=None)


def test_the_log_of_work_is_judged_by_what_was_known(desk: Desk):
    desk.checkout.commit({COMPLETIONS: lines([ENTRY])}, at=LATE)
    desk.write({"log.csv": "person,activity,time\np-2,gowning,2026-02-01T10:00:00+01:00\n"})

    assert desk.answer("authorised", "--log", "log.csv")["counts"]["authorised"] == 1
    assert (
        desk.answer("authorised", "--log", "log.csv", "--known-at", "2026-02-13", exits=1)["known_at"] == "2026-02-13"
    )


def test_a_gap_is_not_raised_by_what_was_known(desk: Desk):
    assert "leave --known-at out" in desk.run("gaps", "--raise", "--known-at", "2026-02-01", exits=2).stderr
    assert "--head or --known-at" in desk.run("verify", "--head", "main", "--known-at", "2026-02-01", exits=2).stderr


# --- a key that is stolen -------------------------------------------------------------------------------------------


def test_a_stolen_key_takes_back_what_it_proved(desk: Desk):
    """From the theft to the training that is owed again, on real commits; the past as it was known stays what it was."""
    entry = {**ENTRY, "assignments": []}
    signed = {**entry, "signatures": [ONE.on(COMPLETIONS, entry, "read-and-understood", entry["completed"])]}
    theirs = person("p-2", "Marte Lie", f"{ONE.signer.key.line}, from: 2025-01-01")
    desk.checkout.commit({"roles/people/p-2.yaml": theirs}, at="2026-01-07T12:00:00+01:00")
    desk.checkout.commit({COMPLETIONS: lines([signed])}, at="2026-03-05T12:00:00+01:00")
    assert desk.answer("qualified", "p-2", "SOP-001")["qualified"]

    revoked = theirs.replace(
        "from: 2025-01-01,", "from: 2025-01-01, revoked: {on: 2026-03-10, compromised-since: 2026-03-01},"
    )
    desk.checkout.commit({"roles/people/p-2.yaml": revoked}, at="2026-03-10T12:00:00+01:00")
    why = "signed by p-2 with a key that is compromised since 2026-03-01 and recorded on 2026-03-05"
    for day in ("2026-03-06", "2026-11-22"):
        assert why in desk.answer("qualified", "p-2", "SOP-001", "--on", day, exits=1)["reason"]
    assert why in desk.answer("authorised", "p-2", "gowning", exits=1)["people"][0]["reason"]
    assert why in json.dumps(desk.answer("status", "p-2"))
    assert why in json.dumps(desk.answer("audit", "--as-of", "today", exits=None))
    assert why in json.dumps(desk.answer("trace", "p-2"))
    known = desk.answer("qualified", "p-2", "SOP-001", "--on", "2026-03-06", "--known-at", "2026-03-09")
    assert known["qualified"]

    earlier = revoked.replace("2026-03-01", "2026-03-06")
    desk.checkout.commit({"roles/people/p-2.yaml": earlier}, at="2026-03-11T12:00:00+01:00")
    assert desk.answer("qualified", "p-2", "SOP-001")["qualified"]


def test_what_a_pull_request_brings_is_not_on_main_yet(desk: Desk):
    """Also where the thief dates it before the theft; and once it is merged it came too late."""
    entry = {**ENTRY, "assignments": []}
    signed = {**entry, "signatures": [ONE.on(COMPLETIONS, entry, "read-and-understood", entry["completed"])]}
    theirs = person("p-2", "Marte Lie", f"{ONE.signer.key.line}, from: 2025-01-01, revoked: {{on: 2026-03-10}}")
    desk.checkout.commit({"roles/people/p-2.yaml": theirs}, at="2026-03-10T12:00:00+01:00")
    desk.checkout.git("switch", "--quiet", "--create", "branch")
    desk.checkout.commit({COMPLETIONS: lines([signed])}, at="2026-01-06T12:00:00+01:00")
    said = desk.answer("qualified", "p-2", "SOP-001", exits=1)["reason"]
    assert said.endswith("signed by p-2 with a key that was revoked on 2026-03-10 and not recorded on main yet")

    desk.checkout.git("switch", "--quiet", "main")
    desk.checkout.git("merge", "--quiet", "--no-ff", "--message", "M", "branch", at="2026-03-12T12:00:00+01:00")
    said = desk.answer("qualified", "p-2", "SOP-001", exits=1)["reason"]
    assert said.endswith("revoked on 2026-03-10 and recorded on 2026-03-12")


def test_a_tree_whose_verdict_rests_on_its_history_is_looked_at_again(desk: Desk):
    """The same files, where main had them in time, are another matter."""
    entry = {**ENTRY, "assignments": []}
    signed = {**entry, "signatures": [ONE.on(COMPLETIONS, entry, "read-and-understood", entry["completed"])]}
    theirs = person("p-2", "Marte Lie", f"{ONE.signer.key.line}, from: 2025-01-01, revoked: {{on: 2026-03-10}}")
    item = "training-records/assignments/SOP-001@1/operator.yaml"
    named = (desk.checkout.folder / item).read_text().replace('"p-1", "p-2"', '"p-1"')
    files: dict[str, str | bytes | None] = {"roles/people/p-2.yaml": theirs, COMPLETIONS: lines([signed]), item: named}
    desk.checkout.commit(files, at="2026-03-05T12:00:00+01:00")
    rules = {found["rule"] for found in desk.answer("check", "--all", exits=None)["findings"]}
    assert "person-without-assignment" not in rules

    desk.checkout.git("commit", "--quiet", "--amend", "--message", "M", at="2026-03-12T12:00:00+01:00")
    rules = {found["rule"] for found in desk.answer("check", "--all", exits=1)["findings"]}
    assert "person-without-assignment" in rules
