"""Training files: of nobody much, of those whom a page must not trust, and of everybody in the reference system."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given

from qmsci.evidence import Source
from qmsci.gaps import gaps, raised, raised_by
from qmsci.programme import Qualification
from qmsci.render.site import person
from qmsci.render.site.page import Mark, Timeline, Tone
from qmsci.render.site.written import plain
from qmsci.render.status import as_json
from qmsci.status import status_of_person
from tests.laws import TODAY, Files
from tests.render.site.shown import (
    body_of,
    column,
    everybody,
    facts_of,
    links_in,
    notices_of,
    person_page,
    reference,
    reference_people,
    rows_of,
    surveyed,
    table_of,
    text_of,
)
from tests.strategies import System, systems, texts
from tests.test_assign import OPERATOR as ROLE
from tests.test_assign import capa, document
from tests.test_assign import person as employed
from tests.test_compromised import FILES as COMPROMISED
from tests.test_compromised import KEY, THEFT, completion, signature
from tests.test_compromised import person as somebody
from tests.test_qualification import entry, history, rejection, scored, waiver
from tests.test_status import OPERATOR, SYSTEM

#: Somebody else whose key was stolen together with that of p-1.
WITH_STOLEN_KEY = {"roles/people/p-2.yaml": somebody("p-2", f"{KEY.line}, {THEFT}")}
BARE = {"roles/people/p-1.yaml": "id: p-1\nkind: contractor\nemployed: []\n"}
SOLO = {**document("1 2026-01-01"), **ROLE, **employed("p-1", "operator")}
READ = entry("SOP-014@1", "2026-01-20", signatures=[{"by": "p-1", "name": "P", "meaning": "read-and-understood"}])


# --- where little is there ------------------------------------------------------------------------------------------


def test_of_whom_nothing_is_known_every_section_says_so():
    """Nobody must wonder whether a section is empty or was left out."""
    page, summary = person_page(surveyed(BARE), "p-1")

    assert page.title == "p-1"
    assert page.path == "people/p-1.html"
    assert [table_of(page, name).rows for name in ("due", "work", "history", "waivers", "gaps", "keys")] == [()] * 6
    assert [table_of(page, name).rows for name in ("events", "actions")] == [()] * 2
    said = text_of(page)
    for sentence in (
        "No role that they hold, or will hold, requires a document.",
        "No assignment is open.",
        "No training is on record.",
        "Nobody released them from any training.",
        "They own no open event.",
        "No key is registered to them",
    ):
        assert sentence in said
    assert facts_of(page) == {
        "Id": "p-1",
        "Name": "p-1",
        "Kind": "contractor",
        "Employed": "never",
        "Leave": "none on record",
        "Roles": "none on record",
        "Department": "none named by their roles",
        "Accounts": "none on record",
    }
    assert list(notices_of(page)) == [f"Not employed on {TODAY}"]
    assert not summary.employed
    assert (summary.stands, summary.able, summary.owes, summary.gaps, summary.training) == ((), (), (), (), ())


def test_a_role_that_is_not_there_is_named_without_a_link():
    """An unknown role is a finding of its own; the page shows what the file says."""
    page, summary = person_page(surveyed(employed("p-1", "ghost")), "p-1")

    assert facts_of(page)["Roles"] == "ghost (there is no such role), from 2024-01-01"
    assert links_in(page) == set()
    assert summary.roles == ("ghost",)


def test_what_cannot_be_read_is_said():
    """Nobody takes a history that cannot be read for an empty one."""
    path = "training-records/completions/p-1/SOP-014.yaml"
    page, _ = person_page(surveyed({**SOLO, path: "- {"}), "p-1")

    assert notices_of(page)["Records that cannot be read"] == f"Nobody says what these files hold: {path}."


# --- what people write ----------------------------------------------------------------------------------------------

HOSTILE = "<script>alert(1)</script> | \"'`*_[x](y)\u202e\u200b {{ x }} &amp;"


def test_a_name_can_do_nothing_but_be_read():
    """Neither in the page nor in its data; not in a heading, an attribute, a table."""
    key = {"key": HOSTILE, "from": "2024-01-01", "proof": HOSTILE, "by": "p-1", "revoked": {"on": "2026-01-01"}}
    who = {
        "id": "p-1",
        "name": HOSTILE,
        "kind": "employee",
        "employed": {"from": "2024-01-01", "corrected": {"on": "2025-01-01", "by": "p-1", "reason": HOSTILE}},
        "roles": [{"role": "operator", "from": "2024-01-01"}],
        "accounts": {HOSTILE: HOSTILE},
        "keys": [key],
    }
    read = entry("SOP-014@1", "2026-01-20", late=HOSTILE, session={"facilitator": "p-1", "reference": HOSTILE})
    files = {**SOLO, "roles/people/p-1.yaml": json.dumps(who), **history("p-1", "SOP-014", read)}
    body = body_of(person_page(surveyed(files), "p-1")[0])
    heading = next(line for line in body.splitlines() if line.startswith("# "))

    assert "<script" not in body
    assert not {"\u202e", "\u200b"} & set(body)
    assert body.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 7
    assert "[x](y)" not in heading
    assert not re.search(r"<[^>]*\s(style|on\w+)=", body)


# --- the history ----------------------------------------------------------------------------------------------------


def shown_history(*entries: dict[str, Any], day: date = TODAY) -> list[dict[str, str]]:
    """The rows of the history of p-1, on whom SOP-014 was tried."""
    files = {**SOLO, **history("p-1", "SOP-014", *entries)}
    return rows_of(person_page(surveyed(files, day), "p-1")[0], "history")


def test_an_entry_says_who_signed_what_when_and_where_it_is_recorded():
    """21 CFR 11.50: the printed name, the time and the meaning; and the commit that brought it."""
    signed = {"by": "p-1", "name": "Ingrid S.", "meaning": "read-and-understood", "at": "2026-01-20T09:31:00+01:00"}
    (row,) = shown_history(entry("SOP-014@1", "2026-01-20", signatures=[{**signed, "key": "SHA256:abcdefghijklmn"}]))

    assert row["Completed"] == "2026-01-20 09:30:00 +01:00"
    assert row["Signed by, as, at (21 CFR 11.50), and whether it verifies"] == (
        "Ingrid S. (p-1), read-and-understood, 2026-01-20 09:31:00 +01:00, key SHA256:abcdefghijklmn: "
        "does not verify: the signature lacks signature"
    )
    assert row["Outcome"] == "passed"
    assert row["Answers"] == "nobody had asked for it"
    assert row["Where it is recorded"] == (
        f"training-records/completions/p-1/SOP-014.yaml:1, commit {'f' * 40}, {TODAY} 08:00:00 +00:00"
    )


def test_a_signature_that_says_too_little_shows_what_it_lacks():
    """Nothing is made up for a signature without a name, a meaning or a time."""
    (row,) = shown_history(entry("SOP-014@1", "2026-01-20", signatures=[{"by": "p-77"}]))
    (other,) = shown_history(entry("SOP-014@1", "2026-01-20"))

    assert (
        row["Signed by, as, at (21 CFR 11.50), and whether it verifies"]
        == "no name (p-77), no meaning, no time, not signed"
    )
    assert other["Signed by, as, at (21 CFR 11.50), and whether it verifies"] == "not signed"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        pytest.param({"assessment": scored(79)}, "score 79, pass mark 80, attempt 1", id="score"),
        pytest.param(
            {"practical": {"evaluator": "p-1", "outcome": "not-competent"}},
            "not competent, evaluated by p-1",
            id="practical",
        ),
        pytest.param(
            {
                "practical": {
                    "evaluator": "p-1",
                    "outcome": "competent",
                    "supervised": [{"on": "2026-01-12", "by": "p-7", "task": "Gown"}],
                }
            },
            "competent, evaluated by p-1; 1 supervised task: Gown on 2026-01-12 under p-7",
            id="supervised",
        ),
        pytest.param(
            {"session": {"facilitator": "p-7", "reference": "AL-1"}},
            "session led by p-7, attendance list AL-1",
            id="session",
        ),
        pytest.param(
            {"origin": {"system": "moodle", "reference": "7", "verified-by": "p-3"}},
            "brought over from moodle, 7, verified by p-3",
            id="migrated",
        ),
        pytest.param(
            {"origin": {"system": "moodle", "reference": "7"}},
            "brought over from moodle, 7, verified by nobody",
            id="migrated-unverified",
        ),
        pytest.param({}, "", id="a-reading-alone"),
    ],
)
def test_what_came_of_it_is_told(more: dict[str, object], says: str):
    """Score and pass mark, outcome, supervised work, the session, where it was kept before."""
    (row,) = shown_history(entry("SOP-014@1", "2026-01-20", **more))

    assert row["Result"] == says


def test_a_failed_attempt_is_an_entry_like_any_other():
    """It is shown, and it completes nothing."""
    failed = entry("SOP-014@1", "2026-01-20", assessment=scored(79))
    rows = shown_history(failed, entry("SOP-014@1", "2026-01-21", assessment=scored(80)))

    assert [(row["Completed"][:10], row["Outcome"]) for row in rows] == [
        ("2026-01-21", "passed"),
        ("2026-01-20", "not passed"),
    ]


def test_a_rejected_entry_says_by_whom_and_why_and_so_does_the_rejection():
    """What was there stays; an entry of its own takes its effect away."""
    read = entry("SOP-014@1", "2026-01-20")
    rows = shown_history(read, rejection(read, "2026-03-01"))

    assert [row["Revision"] for row in rows] == ["SOP-014", "SOP-014@1"]
    assert rows[0]["Outcome"].startswith("rejects an entry with the digest sha256:")
    assert rows[1]["Outcome"] == "counts for nothing: rejected by p-3 on 2026-03-01 12:00:00 +01:00: x"


def test_what_a_stolen_key_signed_counts_for_nothing_and_says_why():
    """Completions, waivers and rejections alike, where main did not have them in time; the state follows."""
    waived = {**waiver("p-1", "SOP-014@1", "2026-01-01", "2027-01-01", by="p-2"), **WITH_STOLEN_KEY}
    (path,) = (path for path in waived if "/waivers/" in path)
    (one,) = json.loads(waived[path])
    signed = json.dumps([{**one, "signatures": [signature("p-2")]}])
    read = completion(signature("p-1"), signature("p-2"))
    rejects = {**rejection(read, "2026-03-01"), "by": "p-2", "signatures": [signature("p-2")]}
    files = {**COMPROMISED, **waived, path: signed, **history("p-1", "SOP-014", read, rejects)}
    page, summary = person_page(surveyed(files), "p-1")

    why = (
        "counts for nothing: signed by {} with a key that is compromised since 2026-03-01 and not recorded on main yet"
    )
    assert column(page, "history", "Outcome") == [why.format("p-2"), why.format("p-1")]
    assert column(page, "waivers", "On this day") == [why.format("p-2")]
    assert [one.state for one in summary.stands] == ["not-qualified"]


def test_a_rejection_of_a_later_day_is_not_held_against_an_entry():
    """As of a day before it the entry counts."""
    read = entry("SOP-014@1", "2026-01-20")
    rows = shown_history(read, rejection(read, "2026-03-01"), day=date(2026, 2, 1))

    assert rows[1]["Outcome"] == "passed"


def test_what_lies_after_the_day_is_shown_as_such():
    """A site as of a past day still has the whole record."""
    (row,) = shown_history(entry("SOP-014@1", "2026-01-20"), day=date(2026, 1, 19))

    assert row["Outcome"] == "after 2026-01-19"


def test_how_late_it_was_recorded_is_said():
    """With what was declared; where nobody knows the commit, that is said too."""
    files = {**SOLO, **history("p-1", "SOP-014", entry("SOP-014@1", "2026-01-20", late="reader offline"))}
    survey = surveyed(files)

    def sources(wanted: Any) -> Any:
        return {at: Source(at.path, 1, "a" * 40, "2026-02-20T10:00:00+00:00", date(2026, 2, 20)) for at in wanted}

    def uncommitted(wanted: Any) -> Any:
        return {at: Source(at.path, 1) for at in wanted}

    said = [
        rows_of(person_page(replace(survey, sources=ask), "p-1")[0], "history")[0]["Where it is recorded"]
        for ask in (sources, uncommitted, lambda _: {})
    ]
    assert said[0].endswith("; recorded 31 days later, declared as late: reader offline")
    assert said[1] == "training-records/completions/p-1/SOP-014.yaml:1, not committed"
    assert said[2] == "training-records/completions/p-1/SOP-014.yaml"


def test_all_of_somebodys_entries_are_asked_for_at_once():
    """Git is asked one question for a person, not one for each record."""
    survey = surveyed(
        {**SOLO, **history("p-1", "SOP-014", READ), **waiver("p-1", "SOP-014@1", "2026-01-01", "2027-01-01")}
    )
    asked: list[int] = []

    def sources(wanted: Any) -> Any:
        wanted = list(wanted)
        asked.append(len(wanted))
        return survey.sources(wanted)

    person_page(replace(survey, sources=sources), "p-1")

    assert asked == [2]


@pytest.mark.parametrize(
    ("first", "last", "more", "says"),
    [
        pytest.param("2026-01-01", "2027-01-01", {}, "valid", id="valid"),
        pytest.param("2026-01-01", TODAY.isoformat(), {}, "valid", id="on-its-last-day"),
        pytest.param("2026-01-01", "2026-11-21", {}, "expired", id="the-day-after"),
        pytest.param("2026-11-23", "2027-01-01", {}, "to come", id="to-come"),
        pytest.param("2026-01-01", "2027-01-01", {"by": "p-1"}, "incomplete: counts for nothing", id="own"),
        pytest.param("2026-01-01", "2027-01-01", {"reason": None}, "incomplete: counts for nothing", id="no-reason"),
        pytest.param("2026-01-01", "2027-01-01", {"by": None}, "incomplete: counts for nothing", id="of-nobody"),
        pytest.param("2026-01-01", "2027-01-01", {"until": None}, "incomplete: counts for nothing", id="endless"),
    ],
)
def test_a_waiver_says_whether_it_counts(first: str, last: str, more: dict[str, str | None], says: str):
    """On the day of the site; and whether that is so is what the records say of it."""
    (path,) = files = waiver("p-1", "SOP-014@1", first, last)
    (one,) = json.loads(files[path])
    one = {key: value for key, value in {**one, **more}.items() if value is not None}
    page, summary = person_page(surveyed({**SOLO, path: json.dumps([one])}), "p-1")
    (row,) = rows_of(page, "waivers")

    assert row["On this day"] == says
    assert (summary.stands[0].state == "waived") == (says == "valid")


# --- where somebody stands ------------------------------------------------------------------------------------------


def test_a_newcomers_programme_is_shown_in_order_with_what_comes_first():
    """As the status has it; the coming revision stands after the one in force."""
    page, summary = person_page(surveyed(SYSTEM), "p-0042")
    rows = rows_of(page, f"role-{OPERATOR}")

    assert [(row["Revision"], row["State"]) for row in rows] == [
        ("SOP-008@1", "in training"),
        ("TRN-001@1", "qualified"),
        ("SOP-014@2", "in training"),
        ("SOP-014@3, effective 2026-12-15", "in training"),
        ("SOP-015@1", "in training"),
        ("WI-032@1", "in training"),
    ]
    assert rows[0]["Due"] == "overdue since 2026-11-20"
    assert rows[0]["Why"] == "requires SOP-008; to be aware, without it they may work"
    assert rows[1]["Trained on"] == "2026-11-05"
    assert rows[1]["What is missing"] == "nothing"
    assert "missing: practical; 1 of 3 supervised tasks" in rows[2]["What is missing"]
    assert rows[3]["Ask"] == ""
    assert rows[4]["What is missing"].endswith("first: SOP-014")
    assert "ask.html" in links_in(page)
    assert "documents/SOP-014@3.html" in links_in(page)
    assert [one.current for one in summary.stands] == [True, True, False, True, True, True]
    assert summary.training[0].following == "SOP-008@1"


def test_who_is_suspended_sees_by_what_and_may_do_nothing_of_it():
    """The banner names the event, the table of work the reason, the summary both."""
    page, summary = person_page(surveyed(SYSTEM), "p-0031")

    assert notices_of(page)["Suspended until trained again"] == (
        "CAPA-2026-003, action 1, keeps them from what is governed by SOP-014@2 until they are trained on it; "
        "since 2026-11-03, due 2026-11-30."
    )
    gowning = next(row for row in rows_of(page, "work") if row["Activity"].startswith("aseptic-gowning"))
    assert gowning["May do it"] == "no"
    assert gowning["Why"].startswith("suspended: CAPA-2026-003 action 1")
    assert "retraining: " in " ".join(column(page, f"role-{OPERATOR}", "What is missing"))
    assert summary.suspended_by == ("CAPA-2026-003",)
    assert [one.how for one in summary.able if one.activity == "aseptic-gowning"] == ["no"]


def test_who_is_on_leave_owes_nothing_that_day():
    """They hold their role; on leave they are asked for nothing, and a waiver shows its end."""
    page, summary = person_page(surveyed(SYSTEM), "p-0058")

    assert notices_of(page)["On leave on 2026-11-22"].startswith("Leave: 2026-11-01 to 2027-01-31.")
    assert summary.on_leave
    assert not any(one.owed for one in summary.stands)
    waived = next(row for row in rows_of(page, f"role-{OPERATOR}") if row["State"] == "waived")
    assert (waived["Trained on"], waived["Valid through"]) == ("2026-06-01", "2027-05-31")


def test_who_begins_later_has_a_programme_and_does_nothing_yet():
    """A declared start is shown with its day; no role is held, no work is open to them."""
    page, summary = person_page(surveyed(SYSTEM), "p-0060")

    assert facts_of(page)["Roles"] == "Aseptic fill operator, from 2026-12-01, not held on 2026-11-22"
    assert rows_of(page, "work") == []
    assert summary.roles == ()
    assert summary.able == ()
    assert summary.training[0].since == date(2026, 12, 1)
    assert not summary.training[0].held
    assert summary.stands
    assert not any(one.owed for one in summary.stands)


def test_a_refresher_shows_when_they_were_trained_again():
    """The first day of training on the revision stays; the refresher moves the day through which it is valid."""
    yearly = {**document("1 2026-01-01", training="{every: 3 months}"), **ROLE, **employed("p-1", "operator")}
    done = history("p-1", "SOP-014", entry("SOP-014@1", "2026-01-20"), entry("SOP-014@1", "2026-09-10"))
    page, summary = person_page(surveyed({**yearly, **done}), "p-1")
    (row,) = rows_of(page, "role-operator")

    assert (row["Trained on"], row["Valid through"], row["State"]) == (
        "2026-01-20, again 2026-09-10",
        "2026-12-10",
        "expiring",
    )
    assert summary.stands[0].since == date(2026, 1, 20)
    assert summary.stands[0].trained


def test_no_attempt_is_left():
    """Who failed as often as the policy allows is told so: another assignment is needed."""
    asked = {
        "training-records/assignments/SOP-014@1/operator.yaml": json.dumps(
            {
                "assignment": "SOP-014@1/operator",
                "cause": "new-document",
                "role": "operator",
                "assigned": "2026-01-01",
                "items": [
                    {
                        "document": "SOP-014@1",
                        "text": entry("SOP-014@1", "2026-01-01")["text"],
                        "method": ["read", "assessment"],
                        "pass-mark": 80,
                        "due": "2026-02-01",
                        "people": ["p-1"],
                    }
                ],
            }
        )
    }
    tries = [
        entry(
            "SOP-014@1",
            f"2026-01-2{n}",
            "read",
            "assessment",
            assessment=scored(10),
            assignments=["SOP-014@1/operator"],
        )
        for n in (1, 2, 3)
    ]
    page, _ = person_page(surveyed({**SOLO, **asked, **history("p-1", "SOP-014", *tries)}), "p-1")
    (row,) = rows_of(page, "role-operator")

    assert row["What is missing"].endswith("not passed in 3 attempts, and none is left")


def test_a_role_that_ended_is_history():
    """It is named with its days; nothing is asked for it any more."""
    page, summary = person_page(surveyed({**SOLO, **employed("p-1", "operator 2024-01-01 2026-05-31")}), "p-1")

    assert facts_of(page)["Roles"].endswith("2024-01-01 to 2026-05-31, not held on 2026-11-22")
    assert (summary.roles, summary.stands, summary.training) == ((), (), ())
    assert [(row["Days"], row["Number of days"]) for row in rows_of(page, "gaps")] == [
        ("2026-01-01 to 2026-05-31", "151")
    ]


# --- gaps, keys, dates ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "says"),
    [
        pytest.param({}, "not raised as an event", id="not-raised"),
        pytest.param(
            {
                "quality-events/GAP-1.yaml": "id: GAP-1\ntitle: T\nopened: 2026-02-02\nperson: p-1\ndocument: SOP-014\n"
                "from: 2026-01-01\nto: 2027-01-01\n"
            },
            "raised as GAP-1",
            id="raised",
        ),
        pytest.param(
            {
                path: text.replace("owner: lead", "owner: lead\npurpose: awareness")
                for path, text in document("1 2026-01-01").items()
            },
            "not raised as an event; awareness: it withholds no work",
            id="awareness",
        ),
        pytest.param(
            {
                **employed("p-1", "operator 2026-11-20", employed="2026-11-20"),
                "training-records/assignments/people/p-1/operator-2026-11-20.yaml": json.dumps(
                    {
                        "assignment": "people/p-1/operator-2026-11-20",
                        "cause": "hire",
                        "role": "operator",
                        "assigned": "2026-11-20",
                        "items": [
                            {
                                "document": "SOP-014@1",
                                "text": entry("SOP-014@1", "2026-01-01")["text"],
                                "method": ["read"],
                                "due": "2026-12-20",
                                "people": ["p-1"],
                            }
                        ],
                    }
                ),
            },
            "in training until 2026-12-20",
            id="in-training",
        ),
        pytest.param(
            {
                **capa("documents: [SOP-014@1], people: [p-1]"),
                **history("p-1", "SOP-014", entry("SOP-014@1", "2025-12-20")),
            },
            "suspended by CAPA-2026-003",
            id="suspended",
        ),
    ],
)
def test_a_gap_says_what_became_of_it(more: Files, says: str):
    """Raised, in training, suspended; and whether it keeps from work at all."""
    page, summary = person_page(surveyed({**SOLO, **more}), "p-1")
    (row,) = rows_of(page, "gaps")

    assert row["What became of it"] == says
    assert row["Days"].endswith("goes on")
    assert summary.gaps[0].last is None


def test_gaps_that_are_known_are_not_looked_for_again():
    """Whoever makes many pages works them out once."""
    survey = surveyed(SOLO)
    who = survey.snapshot.people.get("p-1")
    assert who

    given_none, given_all = (person.part(survey, who, found) for found in ((), gaps(survey.snapshot)))

    assert table_of(given_none[0].pages[0], "gaps").rows == ()
    assert given_all == person.part(survey, who)


def test_a_key_says_until_when_and_for_what_it_counts():
    """Its fingerprint, its days, its end before its time; and that something is no key at all."""
    real = reference().snapshot.people.get("p-0042")
    assert real
    keys = [
        {"key": real.keys[0].key, "from": "2024-03-01", "to": "2026-08-31", "proof": "passport", "by": "p-1"},
        {
            "key": "ssh-ed25519 no",
            "from": "2026-01-01",
            "proof": "badge",
            "by": "p-77",
            "revoked": {"on": "2026-02-03", "compromised-since": "2026-02-01", "reason": "stolen"},
        },
        {"key": "x", "from": "2026-01-01", "proof": "badge", "by": "p-77", "revoked": {"on": "2026-02-03"}},
    ]
    who = {"id": "p-1", "name": "P", "kind": "employee", "employed": {"from": "2024-03-01"}, "keys": keys}
    rows = rows_of(person_page(surveyed({"roles/people/p-1.yaml": json.dumps(who)}), "p-1")[0], "keys")

    assert rows[0]["Fingerprint"].startswith("SHA256:0BIes9oevj9")
    assert (rows[0]["To"], rows[0]["Revoked"], rows[0]["Registered by"]) == ("2026-08-31", "no", "p-1")
    assert rows[1]["Fingerprint"] == "not a public key ssh-ed25519 no"
    assert rows[1]["To"] == "has no end"
    assert rows[1]["Revoked"] == "on 2026-02-03, proves nothing that was recorded from 2026-02-01 on: stolen"
    assert rows[2]["Revoked"] == "on 2026-02-03"


def test_the_dates_stand_in_their_order_and_the_future_is_marked():
    """Employment, roles, leave, with what was corrected."""
    who = {
        "id": "p-1",
        "name": "P",
        "kind": "contractor",
        "employed": [{"from": "2024-01-01", "to": "2027-01-01"}],
        "roles": [
            {"role": "operator", "from": "2024-02-01", "corrected": {"on": "2024-03-01", "by": "p-3", "reason": "typo"}}
        ],
        "leave": [{"from": "2025-01-01", "to": "2025-02-01"}],
    }
    page, _ = person_page(surveyed({**SOLO, "roles/people/p-1.yaml": json.dumps(who)}), "p-1")
    (line,) = (block for block in page.blocks if isinstance(block, Timeline))

    assert [(one.day, plain(one.said), one.tone) for one in line.happenings] == [
        ("2024-01-01", "Employed as contractor", Tone.PLAIN),
        ("2024-02-01", "Takes on operator (corrected on 2024-03-01: typo)", Tone.PLAIN),
        ("2025-01-01", "Leave begins", Tone.PLAIN),
        ("2025-02-01", "Last day of leave", Tone.PLAIN),
        ("2027-01-01", "Last day of employment", Tone.QUIET),
    ]


def test_open_events_and_actions_are_theirs():
    """What they own, with its day; who owns none is told so."""
    page, _ = person_page(surveyed(SYSTEM), "p-0003")
    other, _ = person_page(surveyed(SYSTEM), "p-0011")

    assert [(row["Event"], row["Due"]) for row in rows_of(page, "events")] == [("CAPA-2026-003", "2027-03-31")]
    assert [(row["Action"], row["Kind"], row["What"]) for row in rows_of(other, "actions")] == [
        ("CAPA-2026-003 action 1", "training", "Retrain who was there")
    ]


# --- laws, and the reference system ---------------------------------------------------------------------------------


def test_every_state_has_a_tone():
    """So that no page is made without one."""
    assert set(person.TONES) == set(Qualification)
    assert person.state(Qualification.IN_TRAINING) == Mark("in training", Tone.WARN)


@given(systems())
def test_whatever_the_records_say_the_page_says_what_the_status_says(system: System):
    """Document by document, activity by activity, item by item; twice the same."""
    survey = surveyed(texts(system))
    pages = everybody(survey)
    for who in survey.snapshot.people:
        page, summary = pages[who.id]
        status = status_of_person(survey.snapshot, who, survey.when)
        steps = {
            (str(step.step.revision), step.standing.state.value): step for role in status.roles for step in role.steps
        }
        stands = {(f"{one.document}@{one.revision}", one.state) for one in summary.stands}
        assert set(steps) <= stands
        assert len({name for name, _ in stands}) == len(summary.stands)
        assert sorted(column(page, "work", "Why")) == sorted(
            one.verdict.reason for role in status.roles if role.held for one in role.work
        )
        assert len(rows_of(page, "due")) == len(summary.owes)
        assert {one.assignment.assignment for one in status.assignments} <= {one.assignment for one in summary.owes}
        assert [(one.revision, one.first, one.last) for one in summary.gaps if not one.raised] == [
            (str(one.revision), one.first, one.last)
            for one in gaps(survey.snapshot)
            if one.person.id == who.id and raised(raised_by(survey.snapshot), one) is None
        ]
        assert text_of(page) == text_of(person_page(survey, who.id)[0])


@pytest.mark.parametrize("name", sorted(who.id for who in reference().snapshot.people))
def test_a_page_of_the_reference_system_says_what_qmsci_status_says(name: str):
    """Every step of every role with its state, its days and what is missing; all work; all that is open."""
    survey = reference()
    page, summary = reference_people()[name]
    who = survey.snapshot.people.get(name)
    assert who
    said = json.loads(as_json(status_of_person(survey.snapshot, who, survey.when), str(survey.when.day)))

    for role in said["roles"]:
        if not role["steps"]:
            continue
        rows = [row for row in rows_of(page, f"role-{role['role']}") if "effective" not in row["Revision"]]
        in_force = [step for step in role["steps"] if step["effective"] <= str(survey.when.day)]
        assert [(row["Revision"], row["State"], row["Valid through"]) for row in rows] == [
            (step["document"], step["state"].replace("-", " "), step["valid_through"] or "") for step in in_force
        ]
        assert [row["Why"].partition(";")[0] for row in rows] == [", ".join(step["why"]) for step in in_force]
        assert table_of(page, f"role-{role['role']}").caption.endswith(
            f"{role['qualified']} of {role['of']} in its curriculum"
        )
        assert (role["qualified"], role["of"], role["next"]) in {
            (one.done, one.steps, one.following) for one in summary.training if one.role == role["role"]
        }
    assert [(row["Activity"].partition(":")[0], row["Why"]) for row in rows_of(page, "work")] == [
        (one["activity"], one["reason"]) for role in said["roles"] if role["held"] for one in role["activities"]
    ]
    assert {one["assignment"] for one in said["assignments"]} <= set(column(page, "due", "Assignment"))
    assert column(page, "events", "Event") == [one["event"] for one in said["events"]]
    assert len(rows_of(page, "actions")) == len(said["actions"])
    assert [one["event"] for one in said["retraining"]] == list(summary.suspended_by)
    assert f"{name} {who.name}" == page.title


def test_every_entry_of_the_reference_system_is_in_a_training_file():
    """No completion, rejection or waiver is left out, and each says where it is recorded."""
    survey = reference()
    for who in survey.snapshot.people:
        page, _ = reference_people()[who.id]
        for table, folder in (("history", "completions"), ("waivers", "waivers")):
            paths = survey.snapshot.source.paths(f"training-records/{folder}/{who.id}/")
            files = survey.snapshot.source.records(paths)
            number = sum(len(getattr(file, "entries", ())) for file in files)
            rows = rows_of(page, table)
            assert len(rows) == number
            places = {row.get("Where it is recorded", row.get("Recorded", "")).partition(",")[0] for row in rows}
            assert len(places) == number
    rejected = rows_of(reference_people()["p-0026"][0], "history")
    assert sum(row["Outcome"].startswith("counts for nothing: rejected by") for row in rejected) == 1
    assert sum(row["Outcome"].startswith("rejects an entry") for row in rejected) == 1
