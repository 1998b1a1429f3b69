"""The page of a quality event: whatever its record has is on it, with links; and what follows from the records."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from functools import cache
from html import unescape
from typing import Any

import pytest
from pydantic import BaseModel

from qmsci.evidence import Source, Sources
from qmsci.finding import At
from qmsci.past import then
from qmsci.records.base import Duration, RevisionId
from qmsci.records.event import Event
from qmsci.render.site.event import page, pages
from qmsci.render.site.links import moment
from qmsci.render.site.page import Drawing, Happening, Heading, Mark, Notice, Page, Table, Timeline, Tone
from qmsci.render.site.survey import Survey
from qmsci.render.site.written import plain, written
from tests.chain.story import CAPA, DEVIATION, FILES, TODAY, completion, history, person, rejection, role
from tests.keys import security_keys
from tests.laws import HEADS, POLICY
from tests.render.site.shown import ROOT, body_of, facts_of, links_in, reference, surveyed
from tests.render.site.surveys import COMMIT

HOSTILE = "<script>alert(1)</script> <img onerror=b> | \"quoted\" 'x' *b* [a](b) {#e} {{ 7 }} \u202e\u200b end"


def survey(files: Mapping[str, str] = FILES, day: date = TODAY) -> Survey:
    return surveyed(files, day)


def page_of(name: str, files: Mapping[str, str] = FILES, day: date = TODAY) -> Page:
    found = survey(files, day)
    event = found.snapshot.events.get(name)
    assert event
    return page(found, event)


def record(name: str, keys: str) -> dict[str, str]:
    """The file of an event that has the keys of its kind, and some more."""
    known = {line.split(":")[0] for line in keys.splitlines()}
    head = HEADS[name.split("-", maxsplit=1)[0]].splitlines()
    needed = "".join(f"{line}\n" for line in head if line.split(":")[0] not in known)
    return {f"quality-events/{name}.yaml": f"id: {name}\ntitle: Something\n{needed}{keys}"}


def alone(name: str, keys: str, files: Mapping[str, str] = FILES, day: date = TODAY) -> Page:
    """The page of such an event."""
    return page_of(name, {**files, **record(name, keys)}, day)


def parts(thing: object) -> Iterator[Any]:
    """Everything that a page is made of, however deep."""
    yield thing
    if is_dataclass(thing):
        for field in fields(thing):
            yield from parts(getattr(thing, field.name))
    elif isinstance(thing, tuple):
        for one in thing:
            yield from parts(one)


def words(found: Page) -> str:
    """All that a page says, without what its drawing says."""
    said = re.sub(r"<svg.*?</svg>|<[^>]*>", "", body_of(found), flags=re.DOTALL)
    return " ".join(f"{found.title} {unescape(said)}".split())


def table(found: Page, name: str) -> Table | None:
    return next((one for one in found.blocks if isinstance(one, Table) and one.name == name), None)


def rows(found: Page, name: str) -> list[list[str]]:
    """The rows of a table as text; none where there is no such table."""
    one = table(found, name)
    return [[plain(cell) for cell in row] for row in one.rows] if one else []


def timeline(found: Page) -> list[str]:
    return [plain(one.said) for block in found.blocks if isinstance(block, Timeline) for one in block.happenings]


def marks(found: Page, name: str) -> list[tuple[str, Tone]]:
    return [(part.text, part.tone) for part in parts(table(found, name)) if isinstance(part, Mark)]


# --- little ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", HEADS)
def test_an_event_of_which_little_is_known(kind: str):
    """Where nobody and nothing else is there, the page stands, and files are made of it."""
    found = alone(f"{kind}-2026-099", "", {})

    assert found.path == f"events/{kind}-2026-099.html"
    assert found.title == f"{kind}-2026-099: Something"
    assert {"Kind", "State"} <= facts_of(found).keys()
    assert [block for block in found.blocks if isinstance(block, Drawing)]
    text = written(found)[f"events/{kind}-2026-099.md"]
    assert "# " in text
    assert "style=" not in text


def test_no_event_has_no_page():
    assert pages(survey(), []) == ()


def test_an_event_that_had_not_begun():
    """On a day before it there is nothing of it to be shown."""
    found = page_of("CAPA-2026-003", day=date(2026, 9, 1))

    assert facts_of(found)["State"] == "not begun"
    assert [block.said for block in found.blocks if isinstance(block, Notice)] == [
        "CAPA-2026-003 had not begun on 2026-09-01."
    ]
    assert not rows(found, "actions")


# --- everything that a record says ----------------------------------------------------------------------------------


def leaves(value: object) -> Iterator[object]:
    match value:
        case BaseModel():
            for name in type(value).model_fields:
                if name != "path":
                    yield from leaves(getattr(value, name))
        case RevisionId() | Duration() | None | bool():
            yield value
        case dict():
            for key, inner in value.items():
                yield key
                yield from leaves(inner)
        case tuple():
            for one in value:
                yield from leaves(one)
        case _:
            yield value


def missing(event: Event, found: Page) -> list[str]:
    """What a record says, and its page does not."""
    said = words(found)
    wanted = (
        moment(leaf) if isinstance(leaf, datetime) else str(leaf)
        for leaf in leaves(event)
        if not isinstance(leaf, bool | None)
    )
    return [one for one in wanted if " ".join(one.split()) not in said]


FULL = {
    "CAPA-2026-050": """\
classification: major
risk: high
description: "It tore.\\n\\nAgain, as in DEV-2026-017."
people: [p-1]
documents: [SOP-014]
activity: gowning
batches: [B-1, B-2]
immediate-actions: All was stopped.
investigation: 214 gownings were looked at.
scope: Both lines.
conclusion: The gloves are thin.
evidence: sheet 4
no-adverse-effect: None was seen on sheet 5.
root-cause: {category: equipment, method: 5 whys, summary: Thin gloves., evidence: Tests of gloves.}
due: 2027-06-01
extensions: [{to: 2027-07-01, on: 2027-05-01, by: p-3, reason: The maker is slow.}]
corrected: [{on: 2027-05-02, by: p-5, reason: The batch was B-2.}]
sources: [DEV-2026-017, DEV-1999-001]
actions:
  - {id: 1, kind: other, nature: preventive, title: Thick gloves, summary: Buy some., acceptance: None tears., owner: p-4, opened: 2026-10-01, due: 2026-11-01, done: 2026-10-20, evidence: Invoice 7}
  - {id: 2, kind: other, title: Ask the maker, due: 2026-11-01, dropped: {on: 2026-10-22, by: p-5, reason: It was closed.}}
  - {id: 3, kind: training, documents: [SOP-014], people: [p-2], roles: [operator], suspend: true, due: 2027-05-01}
effectiveness: {criterion: No tear at all, period: 3 months, assessor: p-5, checks: [{on: 2027-05-03, outcome: inconclusive, summary: Too early., by: p-3}]}
""",
    "CAPA-2026-051": "cancelled: {on: 2026-12-01, by: p-3, reason: Opened twice.}\n",
    "NCR-2026-001": """\
discovered: 2026-09-12T11:00:00+02:00
people: [p-1, p-2]
documents: [SOP-014]
disposition: {decision: scrap, on: 2026-09-20, by: p-3, rationale: Nobody can tell.}
no-capa: It never happened before.
""",
    "CMP-2026-001": "received: 2026-09-11\nreporter: A pharmacy in Bergen\nproduct: Vials\nreportable: false\ncapa: CAPA-2026-003\n",
    "AUD-2026-001": """\
classification: observation
audit: Inspection of May
auditor: p-5
criterion: 21 CFR 211.25
response: We train.
accepted: 2026-10-01
accepted-by: p-3
verified: 2026-11-01
verified-by: p-5
""",
    "GAP-2026-001": "person: p-1\ndocument: SOP-014\nrole: operator\nfrom: 2026-09-01\nto: 2026-09-11\n",
    "VAL-2026-001": "activities: [gowning]\nprotocol: VP-7\nreport: VR-7\nopened: 2026-09-01\npq-completed: 2026-10-01\nreleased: 2026-10-05\nreleased-by: p-3\n",
    "MR-2026-001": "inputs: [audits, complaints]\ndecisions: [Buy a freezer., Hire somebody.]\npresented: {overdue: '4', currency: 97 percent}\n",
}


@pytest.mark.parametrize("name", FULL)
def test_everything_that_a_record_says_is_on_its_page(name: str):
    """Every field that carries information: facts, texts, actions, checks, extensions, corrections, endings."""
    event = survey(record(name, FULL[name])).snapshot.events.get(name)
    assert event
    found = alone(name, FULL[name])

    assert missing(event, found) == []
    assert "people/p-3.html" in links_in(found) or "p-3" not in FULL[name]


def test_the_facts_of_a_capa_are_said_with_links():
    found = alone("CAPA-2026-050", FULL["CAPA-2026-050"])
    said = facts_of(found)

    assert said["State"] == "implementing"
    assert said["Owner"] == "p-0003"
    assert said["To be closed by"] == "2027-07-01, extended from 2027-06-01"
    assert said["Open for"] == "250 days, since 2026-09-12"
    assert said["Next deadline"] == "2027-07-01"
    assert said["Batches"] == "B-1, B-2"
    assert said["Period"].startswith("3 months; ")
    assert {
        "events/DEV-2026-017.html",
        "documents/SOP-014.html",
        "activities/gowning.html",
        "people/p-1.html",
        "roles/operator.html",
    } <= links_in(found)
    assert "events/DEV-1999-001.html" not in links_in(found)
    assert rows(found, "extensions") == [
        ["the event", "2027-06-01", "2027-07-01", "2027-05-01", "p-3 Astrid Halvorsen", "The maker is slow."]
    ]
    assert rows(found, "corrected") == [["2027-05-02", "p-5 Elena Marchetti", "The batch was B-2."]]
    assert [row[6] for row in rows(found, "actions")] == ["done 2026-10-20", "dropped 2026-10-22", "not done"]
    assert marks(found, "actions")[-1] == ("overdue since 2027-05-01", Tone.BAD)
    assert rows(found, "action-details")[0] == ["1", "2026-10-01", "None tears.", "Invoice 7", ""]
    assert rows(found, "checks") == [["2027-05-03", "inconclusive", "p-3 Astrid Halvorsen", "Too early."]]


def test_what_is_dated_later_is_not_told():
    """As of a day in the past: closed then, before it was reopened; and no action that was opened later."""
    found = page_of("CAPA-2026-003", day=date(2027, 4, 1))

    assert facts_of(found)["State"] == "closed"
    assert len(rows(found, "actions")) == 2
    assert not rows(found, "reopened")
    assert "2027-05-10" not in words(found)


# --- where it stands ------------------------------------------------------------------------------------------------


def test_what_stands_in_the_way_is_said_with_the_rule():
    found = page_of("CAPA-2026-003")

    assert rows(found, "in-the-way")
    assert {f"rules/{row[0]}.html" for row in rows(found, "in-the-way")} <= links_in(found)
    assert all(row[3].startswith("quality-events/CAPA-2026-003.yaml:") for row in rows(found, "in-the-way"))


def test_nothing_stands_in_the_way():
    found = alone("VAL-2026-002", "opened: 2026-09-01\npq-completed: 2026-10-01\n", day=date(2026, 12, 20))

    assert "Nothing would stand in the way, if it were released on 2026-12-20." in words(found)
    assert not rows(found, "in-the-way")


def test_how_it_ended():
    assert "It was closed on 2026-10-01 by p-3 Astrid Halvorsen." in words(page_of("DEV-2026-017"))
    cancelled = alone("CAPA-2026-051", FULL["CAPA-2026-051"])
    assert facts_of(cancelled)["Cancelled"] == "2026-12-01, by p-3 Astrid Halvorsen: Opened twice."
    assert "It was cancelled on 2026-12-01, by" in words(cancelled)


def test_what_the_rules_say_against_how_it_ended():
    closed = CAPA.replace("reopened:", "closed: 2027-05-19\nclosed-by: p-3\nreopened:")
    found = page_of("CAPA-2026-003", {**FILES, "quality-events/CAPA-2026-003.yaml": closed})

    assert "capa-closed-without-training" in [row[0] for row in rows(found, "objections")]
    assert [block.tone for block in found.blocks if isinstance(block, Notice)] == [Tone.BAD]


def test_reopening_takes_the_closing_with_it():
    assert rows(page_of("CAPA-2026-003"), "reopened") == [
        [
            *("2027-03-21", "p-3 Astrid Halvorsen", "2027-05-10", "p-3 Astrid Halvorsen"),
            "The tear of DEV-2027-008 has the same cause.",
        ]
    ]


def test_approvals_of_a_closing_say_name_time_and_meaning():
    """21 CFR 11.50; of each closing, and not what was signed after the day."""
    approval = (
        "file: quality-events/CAPA-2026-003.yaml\ndigest: sha256:" + 64 * "a" + "\nby: p-3\nname: Astrid Halvorsen\n"
        "meaning: quality-approval\nat: 2027-03-21T10:00:00+01:00\n"
    )
    folder = "controlled-docs/approvals/CAPA-2026-003@closed-"
    files = {
        **FILES,
        f"{folder}1/p-3.yaml": approval + "key: SHA256:abcdefghijklmnopqrstuvwxyz\nsignature: U1NI\n",
        f"{folder}2/p-3.yaml": approval.replace("2027-03-21", "2027-05-22"),
    }
    found = rows(page_of("CAPA-2026-003", files), "approvals")

    assert found == [
        [
            *("p-3 Astrid Halvorsen", "closing of 2027-03-21", "2027-03-21 10:00:00 +01:00", "quality-approval"),
            *("signed, key SHA256:abcdefghijklmnopqrstuvwxyz", "sha256:" + 64 * "a"),
        ]
    ]
    closed = CAPA.replace("reopened:", "closed: 2027-05-19\nclosed-by: p-3\nreopened:")
    both = {
        **files,
        "quality-events/CAPA-2026-003.yaml": closed,
        f"{folder}2/p-3.yaml": approval.replace("2027-03-21", "2027-05-19"),
    }
    assert [row[1:5:3] for row in rows(page_of("CAPA-2026-003", both), "approvals")][1] == [
        "closing of 2027-05-19",
        "unsigned",
    ]


def test_an_approval_with_a_lost_key_counts_for_nothing():
    """It was recorded after the key was stolen: nobody knows who signed it."""
    key = next(iter(security_keys().values())).key
    approval = (
        "file: quality-events/CAPA-2026-003.yaml\ndigest: sha256:" + 64 * "a" + "\nby: p-3\nname: Astrid Halvorsen\n"
        f"meaning: quality-approval\nat: 2027-03-21T10:00:00+01:00\nkey: {key.fingerprint}\nsignature: U1NI\n"
    )
    stolen = "revoked: {on: 2027-05-01, compromised-since: 2027-01-01}"
    keys = f"keys:\n  - {{key: {key.line}, from: 2024-01-15, proof: badge, by: p-5, {stolen}}}\n"
    files = {
        **FILES,
        "roles/people/p-3.yaml": FILES["roles/people/p-3.yaml"] + keys,
        "controlled-docs/approvals/CAPA-2026-003@closed-1/p-3.yaml": approval,
    }
    found = rows(page_of("CAPA-2026-003", files), "approvals")

    assert found[0][4].startswith("counts for nothing: signed by p-3 with a key that is compromised since 2027-01-01")


# --- trained when it happened (D5) ----------------------------------------------------------------------------------


def assessed(text: str, files: Mapping[str, str] = FILES) -> Page:
    return page_of("DEV-2026-017", {**files, "quality-events/DEV-2026-017.yaml": text})


def test_an_assessment_that_agrees():
    """With the verdict of the records at the moment of the event, and whether they were authorised then."""
    found = assessed(DEVIATION)

    assert rows(found, "assessment") == [
        ["p-1 Ingrid Solberg", "SOP-014@2", "qualified", "no", "", "qualified", "trained on SOP-014@2", "yes"]
    ]
    assert marks(found, "assessment") == [("yes", Tone.GOOD)]
    assert rows(found, "authorised") == [
        ["p-1 Ingrid Solberg", "gowning", "yes", "holds operator and is qualified on SOP-014"]
    ]
    assert "not in agreement" not in words(found)


def test_an_assessment_that_the_records_contradict():
    """The verdict, or the revision that was in force: either is wrong."""
    wrong = assessed(DEVIATION.replace("verdict: qualified", "verdict: not-qualified"))
    assert marks(wrong, "assessment") == [("no", Tone.BAD)]
    assert "1 row is not in agreement." in words(wrong)

    other = assessed(DEVIATION.replace("SOP-014@2, verdict", "SOP-014@3, verdict"))
    assert rows(other, "assessment")[0][5] == "qualified on SOP-014@2"
    assert marks(other, "assessment") == [("no", Tone.BAD)]

    rejected = completion("SOP-014@2", "2025-01-07", "SOP-014@2/operator")
    untrained = assessed(DEVIATION, {**FILES, **history("p-1", rejected, rejection(rejected, "2025-02-01"))})
    assert rows(untrained, "assessment")[0][5:] == [
        "not-qualified",
        "not trained on SOP-014@2, no training on record",
        "no",
    ]
    assert marks(untrained, "authorised") == [("no", Tone.BAD)]


def test_what_a_document_asks_for_only_now():
    """Who had read it when reading was enough is told apart from who had done nothing."""
    read = completion("SOP-014@2", "2025-01-07", "SOP-014@2/operator", method=["read"], practical=None)
    found = assessed(DEVIATION, {**FILES, **history("p-1", read)})

    assert marks(found, "assessment") == [("no", Tone.WARN)]
    assert "may ask for more now" in rows(found, "assessment")[0][-1]


def test_an_assessment_that_nobody_can_check():
    """A person or a document that is not there."""
    nobody = assessed(DEVIATION.replace("person: p-1,", "person: p-99,"))
    assert [row[5] for row in rows(nobody, "assessment")] == ["not known", "qualified"]
    nothing = assessed(DEVIATION.replace("SOP-014@2, verdict", "SOP-999@1, verdict"))
    assert rows(nothing, "assessment")[0][5:7] == [
        "not known",
        "nothing was in force, nobody has the id, or a file cannot be read",
    ]


def test_whom_the_record_does_not_assess():
    """Everybody involved, on every document that governed, stands in the table."""
    found = assessed(
        DEVIATION.replace("people: [p-1]", "people: [p-1, p-2, p-99]").replace(
            "contributed: false", "contributed: true, reason: He knew., evidence: [sheet 3]"
        )
    )

    assert [row[:6] for row in rows(found, "assessment")] == [
        ["p-1 Ingrid Solberg", "SOP-014@2", "qualified", "yes", "He knew.; sheet 3", "qualified"],
        ["p-2 Marte Lie", "SOP-014@2", "not assessed", "not said", "", "qualified"],
    ]
    assert "1 row is not in agreement." in words(found)
    silent = assessed(DEVIATION.replace(", contributed: false", ""))
    assert rows(silent, "assessment")[0][3] == "not said"


# --- what was asked for and done (D4) -------------------------------------------------------------------------------


def test_completions_are_linked_to_the_actions_that_asked_for_them():
    """Each with what was done, who signed it when as what, and where it is recorded."""
    signed = [
        {"by": "p-1", "name": "Ingrid Solberg", "meaning": "read-and-understood", "at": "2026-12-01T09:30:00+01:00"},
        {"by": "p-4"},
    ]
    both = completion("SOP-014@3", "2026-12-01", "CAPA-2026-003/1", signatures=signed)
    found = page_of("CAPA-2026-003", {**FILES, **history("p-1", both)})

    assert [row[:4] for row in rows(found, "training")] == [
        ["CAPA-2026-003/1", "p-1 Ingrid Solberg", "completed", "2026-12-01"],
        ["CAPA-2026-003/1", "p-2 Marte Lie", "not passed", "2026-12-14"],
        ["CAPA-2026-003/1", "p-2 Marte Lie", "completed late", "2026-12-17"],
    ]
    assert rows(found, "training")[0][5] == (
        "Ingrid Solberg (p-1), read-and-understood, 2026-12-01 09:30:00 +01:00, not signed; "
        "no name (p-4), no meaning, no time, not signed"
    )
    assert rows(found, "training")[0][6] == (
        f"training-records/completions/p-1/SOP-014.yaml:1, commit {COMMIT} of 2027-05-20"
    )


def test_training_that_lacks():
    """Open before it is due, overdue after it; and not assigned yet."""
    none = {path: text for path, text in FILES.items() if "/completions/p-1/" not in path}
    assert rows(page_of("CAPA-2026-003", none, date(2026, 12, 1)), "training")[0][2] == "open"
    assert marks(page_of("CAPA-2026-003", none, date(2026, 12, 20)), "training")[0] == ("overdue", Tone.BAD)
    empty = page_of("CAPA-2026-003", day=date(2026, 10, 1))
    assert rows(empty, "training") == []
    assert table(empty, "training")


def test_training_of_whom_nothing_is_asked_any_more():
    left = FILES["roles/people/p-2.yaml"].replace("{from: 2024-01-15}", "{from: 2024-01-15, to: 2026-12-01}")
    gone = {path: text for path, text in FILES.items() if "/completions/p-2/" not in path}
    found = page_of("CAPA-2026-003", {**gone, "roles/people/p-2.yaml": left})

    assert rows(found, "training")[-1][2] == "not asked any more"


def test_a_check_that_is_overdue():
    ended = CAPA[: CAPA.index("reopened:")].replace("outcome: effective", "outcome: inconclusive")
    ended = ended[: ended.index("  - id: 3")] + ended[ended.index("effectiveness:") :]
    before = {path: text for path, text in FILES.items() if "p-6" not in path}  # who came later, and is not trained
    files = {**before, "quality-events/CAPA-2026-003.yaml": ended}

    assert facts_of(page_of("CAPA-2026-003", files))["Next check"] == "overdue since 2027-03-17"
    assert facts_of(page_of("CAPA-2026-003", files, date(2027, 3, 1)))["Next check"] == "due from 2027-03-17"


# --- linked events, and the chain -----------------------------------------------------------------------------------


def test_linked_events():
    assert rows(page_of("CAPA-2026-003"), "linked") == [
        ["DEV-2026-017", "it arose from", "Glove tear found during filling", "closed"],
        ["DEV-2027-008", "it arose from", "Glove tear found after filling", "reported"],
    ]
    assert rows(alone("DEV-2026-050", "capa: CAPA-1999-001\n"), "linked") == [
        ["CAPA-1999-001", "it is answered by", "", "not there"]
    ]


def test_the_timeline_is_in_order_and_has_its_sources():
    """Dated facts by day, undated ones at the end; each with its file and commit; faults in bad tone."""
    closed = CAPA.replace("reopened:", "closed: 2027-05-19\nclosed-by: p-3\nreopened:")
    found = page_of("CAPA-2026-003", {**FILES, "quality-events/CAPA-2026-003.yaml": closed})
    told: list[Happening] = [one for block in found.blocks if isinstance(block, Timeline) for one in block.happenings]
    days = [one.day for one in told if one.day]

    assert days == sorted(days)
    assert [one.day for one in told][-1] == ""
    assert all(re.search(r"\(\S+:\d+, commit f{40} of 2027-05-20", plain(one.said)) for one in told)
    assert {one.tone for one in told} >= {Tone.PLAIN, Tone.BAD}
    assert any("! closed on 2027-05-19" in plain(one.said) for one in told if one.tone is Tone.BAD)
    said = " ".join(plain(one.said) for one in told)
    for sentence in (
        "Deviation DEV-2026-017: Glove tear found during filling (closed; occurred 2026-09-12)",
        "CAPA-2026-003 has the root cause procedure: The gloves stay on",
        "CAPA-2026-003/1 was completed late by p-2 Marte Lie",
        "CAPA-2026-003 was reopened by p-3 Astrid Halvorsen",
    ):
        assert sentence in said


def test_the_drawing_links_to_the_pages_of_its_facts_of():
    files = {**FILES, **role("lead")}
    (drawing,) = (block for block in page_of("CAPA-2026-003", files).blocks if isinstance(block, Drawing))

    for target in (
        "../people/p-1.html",
        "DEV-2026-017.html",
        "../documents/SOP-014.html",
    ):
        assert f'href="{target}"' in drawing.svg
    assert "timeline below" in drawing.words


def sourced(day: date | None) -> Page:
    """The page of the CAPA where its files came to main on a day, by a commit that is not the first; or not yet."""
    known = survey({**FILES, "qmsci.yaml": f"{POLICY}training: {{late-entry: 3 days}}\n"})

    def sources(wanted: Iterable[At | None]) -> Sources:
        places = {at: known.library.placed(at) for at in wanted if at}
        commit = (COMMIT, f"{day}T08:00:00+00:00", day) if day else (None, None, None)
        return {at: Source(place.path, place.line, *commit) for at, place in places.items()}

    found = replace(known, sources=sources)
    event = found.snapshot.events.get("CAPA-2026-003")
    assert event
    return page(found, event)


def test_what_came_late_says_so():
    """A completion that main had months after it happened; what the founding import brought is not held against it."""
    late = timeline(sourced(date(2027, 5, 20)))

    assert any("p-1 Ingrid Solberg" in said and "170 days later" in said for said in late)
    assert not any("days later" in said for said in timeline(page_of("CAPA-2026-003")))


def test_what_is_not_committed_says_so():
    found = sourced(None)

    assert all(said.endswith(", not committed)") or "not committed) !" in said for said in timeline(found))
    assert rows(found, "training")[0][6] == "training-records/completions/p-1/SOP-014.yaml:2, not committed"


def test_where_nobody_knows_the_source_nothing_is_said_of_it():
    known = survey()
    event = known.snapshot.events.get("CAPA-2026-003")
    assert event
    found = page(replace(known, sources=lambda _: {}), event)

    assert rows(found, "training")[0][6] == ""
    assert not any(".yaml:" in said for said in timeline(found))


# --- hostile --------------------------------------------------------------------------------------------------------


def test_what_people_wrote_does_nothing():
    """Markup, quotes, control and direction characters are only ever shown."""
    said = json.dumps(HOSTILE)
    files = dict(FILES)
    for path in FILES:
        for old in ("Gloves intact and clean under the outer gloves", "The gloves stay on under the outer gloves."):
            files[path] = files[path].replace(old, said)
        for old in ("Ingrid Solberg", "Train the operators on SOP-014@3.", "No tear in 214 gownings."):
            files[path] = files[path].replace(old, said)
    files["quality-events/CAPA-2026-003.yaml"] += f"description: {said}\nbatches: [{said}]\nconclusion: {said}\n"
    text = body_of(page_of("CAPA-2026-003", files))

    assert text.count("alert(1)") > 8
    assert "<script" not in text
    assert "onerror=b>" not in text
    assert not {"\u202e", "\u200b"} & set(text)


# --- the reference system -------------------------------------------------------------------------------------------


@cache
def reference_pages() -> Mapping[str, tuple[Event, Page]]:
    found = reference()
    events = list(found.snapshot.events)
    return {event.id: (event, page) for event, page in zip(events, pages(found, events), strict=True)}


def ids(value: object, snapshot: Any) -> set[str]:
    """The pages of all that a record names by its id."""
    found = set()
    for leaf in leaves(value):
        name = leaf.document if isinstance(leaf, RevisionId) else leaf
        if isinstance(name, str):
            for register, folder in (
                (snapshot.people, "people"),
                (snapshot.documents, "documents"),
                (snapshot.events, "events"),
            ):
                if name in register.by_id:
                    found.add(f"{folder}/{name}")
    return found


def test_every_event_of_the_reference_system_has_all_of_its_record():
    """Each has a page, on which all that the record says stands, and every id that it names is a link."""
    assert len(reference_pages()) == len(list((ROOT / "quality-events").glob("*.yaml")))
    for event, found in reference_pages().values():
        now = then(event, reference().when.day)
        assert missing(now, found) == [], event.id
        there = {re.sub(r"(@[\w.]+)?\.html.*", "", link) for link in links_in(found)}
        assert ids(now, reference().snapshot) - {f"events/{event.id}"} <= there, event.id


def test_the_assessments_of_the_reference_system_agree_with_its_records():
    """D5: nobody was assessed as what they were not."""
    for _, found in reference_pages().values():
        assert not [mark for mark in marks(found, "assessment") if mark[1] is Tone.BAD]


def test_headings_of_a_page_have_names_of_their_own():
    for _, found in reference_pages().values():
        names = [part.name for part in found.blocks if isinstance(part, Heading | Table)]
        tables = [part.name for part in found.blocks if isinstance(part, Table)]
        assert len(tables) == len(set(tables))
        assert len([part for part in found.blocks if isinstance(part, Heading)]) == len(
            {part.name for part in found.blocks if isinstance(part, Heading)}
        )
        assert names


def test_a_person_without_a_file_is_said_by_id():
    found = alone("GAP-2026-009", "owner: p-99\n", {**person("p-1", "Ingrid", "operator")})

    assert facts_of(found)["Owner"] == "p-99"
