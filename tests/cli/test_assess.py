"""`qmsci assess`: what the records say of the people in a deviation, written where it is missing or wrong."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsci.cli.assess import assessed
from qmsci.edit import with_entries
from qmsci.finding import CannotRun
from qmsci.library import Library
from qmsci.qualification import qualified
from qmsci.records.event import Deviation
from qmsci.snapshot import Snapshot, When
from qmsci.timeline import in_force
from tests.cli.commands import COUNT, FORMAT, SOP, TEXT, TEXT_OR_NOTHING, Desk, closed, listed, valid
from tests.laws import findings_in, snapshot_of
from tests.strategies import BODY, DAYS, System, systems, texts, train

PATH = "quality-events/DEV-2026-001.yaml"
EVENT = """\
# Found on the night shift.
id: DEV-2026-001
title: "Glove tear"
occurred: 2026-02-12T09:40:00+01:00   # when the alarm went
reported: 2026-02-12
documents: [SOP-001]
people: [p-2, p-1]

investigation: The gloves were old.
"""
WRITTEN = EVENT.replace(
    "people: [p-2, p-1]\n",
    """\
people: [p-2, p-1]
training-assessment:
  - person: p-2
    document: SOP-001@1
    verdict: not-qualified
    reason: "not trained on SOP-001@1, no training on record"
  - person: p-1
    document: SOP-001@1
    verdict: qualified
    reason: trained on SOP-001@1
    evidence:
      - training-records/completions/p-1/SOP-001.yaml:1 SOP-001@1 completed 2026-01-05T09:30:00+01:00 by read
""",
)
ASSESSED = closed(
    format=FORMAT,
    event=TEXT,
    occurred=TEXT,
    assessment=listed(
        closed(
            person=TEXT,
            document=TEXT,
            revision=TEXT_OR_NOTHING,
            verdict={"enum": ["qualified", "not-qualified", None]},
            reason=TEXT_OR_NOTHING,
            evidence=listed(closed(path=TEXT, line=COUNT, says=TEXT)),
            standing={"enum": ["agrees", "missing", "contradicts", "said-twice", "nothing-in-force"]},
            contributed={"type": ["boolean", "null"]},
        )
    ),
    wrote=TEXT_OR_NOTHING,
)


def written(desk: Desk, path: str = PATH) -> str:
    """The event's file."""
    return (desk.checkout.folder / path).read_bytes().decode()


# --- nothing to do --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "said"),
    [
        pytest.param(EVENT.replace("people: [p-2, p-1]\n", ""), "DEV-2026-001 names nobody under people", id="nobody"),
        pytest.param(
            EVENT.replace("documents: [SOP-001]\n", ""),
            "DEV-2026-001 names neither documents nor an activity",
            id="no document",
        ),
        pytest.param(
            EVENT.replace("documents: [SOP-001]", "activity: gowning").replace("2026-02-12T", "2025-12-01T"),
            "nothing that was in force on 2025-12-01 governs gowning",
            id="nothing in force",
        ),
        pytest.param(
            f"{EVENT}voided: {{on: 2026-02-13, by: p-1, reason: A drill.}}\n",
            "DEV-2026-001 was voided on 2026-02-13",
            id="voided",
        ),
    ],
)
def test_where_there_is_nothing_to_assess_it_says_why(desk: Desk, event: str, said: str):
    """And writes nothing."""
    desk.write({PATH: event})

    for arguments in (), ("--check",):
        assert desk.run("assess", "DEV-2026-001", *arguments).stdout == f"nothing to assess: {said}\n"
    assert written(desk) == event
    answer = valid(ASSESSED, desk.answer("assess", "DEV-2026-001"))
    assert answer["assessment"] == []
    assert answer["wrote"] is None


def test_a_document_without_a_revision_in_force_is_not_assessed(desk: Desk):
    """It says so; nothing could be asked of anybody then."""
    event = EVENT.replace("2026-02-12T", "2025-12-01T")
    desk.write({PATH: event})
    said = desk.run("assess", "DEV-2026-001").stdout

    assert said.splitlines()[0].startswith("-    p-2 (Marte Lie) ")
    assert "SOP-001        no revision of SOP-001 was in force on 2025-12-01: there is nothing to assess" in said
    assert said.endswith("nothing to write: DEV-2026-001 says what the records say\n")
    assert written(desk) == event
    (row, _) = valid(ASSESSED, desk.answer("assess", "DEV-2026-001"))["assessment"]
    assert (row["standing"], row["verdict"]) == ("nothing-in-force", None)


def test_what_a_person_wrote_and_the_records_bear_out_stays(desk: Desk):
    """Also where it gives neither reason nor evidence; to the byte."""
    event = EVENT + (
        "training-assessment: [{person: p-1, document: SOP-001@1, verdict: qualified, contributed: false},\n"
        "  {person: p-2, document: SOP-001@1, verdict: not-qualified}]\n"
    )
    desk.write({PATH: event})
    said = desk.run("assess", "DEV-2026-001").stdout

    assert "yes  p-1 (Ingrid Solberg)             SOP-001@1      trained on SOP-001@1; contributed: no\n" in said
    assert "no   p-2 (Marte Lie) " in said
    assert "contributed: not answered yet\nnothing to write: DEV-2026-001 says what the records say\n" in said
    assert written(desk) == event
    desk.run("assess", "DEV-2026-001", "--check")


# --- written --------------------------------------------------------------------------------------------------------


def test_the_records_are_written_into_the_event(desk: Desk):
    """Below its people, all else as it was; the second time nothing is written; the gate takes it."""
    desk.write({PATH: EVENT})
    assert "2 entries missing or wrong: qmsci assess" in desk.run("assess", "DEV-2026-001", "--check", exits=1).stdout
    assert written(desk) == EVENT
    said = desk.run("assess", "DEV-2026-001").stdout

    assert written(desk) == WRITTEN
    assert "not trained on SOP-001@1, no training on record; contributed: not answered yet\n" in said
    assert "trained on SOP-001@1; contributed: not answered yet\n" in said
    assert f"wrote 2 entries to {PATH}; whether training contributed is for a person to answer there\n" in said
    again = desk.run("assess", "DEV-2026-001").stdout
    assert "nothing to write: DEV-2026-001 says what the records say" in again
    assert written(desk) == WRITTEN
    desk.run("assess", "DEV-2026-001", "--check")
    desk.run("check")


def test_the_answer_as_json(desk: Desk):
    """With the place of each proof, and the file that was written."""
    desk.write({PATH: EVENT})
    answer = valid(ASSESSED, desk.answer("assess", "DEV-2026-001", "--check", exits=1))
    assert answer["wrote"] is None
    assert [row["standing"] for row in answer["assessment"]] == ["missing", "missing"]
    answer = valid(ASSESSED, desk.answer("assess", "DEV-2026-001"))

    assert (answer["event"], answer["occurred"]) == ("DEV-2026-001", "2026-02-12T09:40:00+01:00")
    assert answer["wrote"] == PATH
    assert written(desk) == WRITTEN
    proof = answer["assessment"][1]["evidence"][0]
    assert (proof["path"], proof["line"]) == ("training-records/completions/p-1/SOP-001.yaml", 1)
    assert answer["assessment"][1]["contributed"] is None


def test_the_documents_that_govern_the_activity_are_assessed(desk: Desk):
    """Where the event names none."""
    desk.write({PATH: EVENT.replace("documents: [SOP-001]", "activity: gowning")})
    answer = desk.answer("assess", "DEV-2026-001")

    assert [(row["person"], row["revision"]) for row in answer["assessment"]] == [
        ("p-2", "SOP-001@1"),
        ("p-1", "SOP-001@1"),
    ]


def test_what_the_records_contradict_is_corrected_and_to_be_answered_anew(desk: Desk):
    """`contributed` went with a verdict that was wrong; what is right beside it keeps its words."""
    right = "  - {person: p-1, document: SOP-001@1, verdict: qualified, contributed: false}  # discussed\n"
    wrong = "  - {person: p-2, document: SOP-001@1, verdict: qualified, contributed: false, reason: Was there.}\n"
    more = "  - {person: p-1, document: SOP-001@1, verdict: not-qualified}\n"
    desk.write({PATH: f"{EVENT}training-assessment:\n{wrong}{right}{more}"})
    answer = desk.answer("assess", "DEV-2026-001", "--check", exits=1)
    assert [row["standing"] for row in answer["assessment"]] == ["contradicts", "agrees", "said-twice"]
    said = desk.run("assess", "DEV-2026-001").stdout

    assert "; the event says qualified on SOP-001@1; contributed: to be answered anew\n" in said
    assert "and another of its entries agrees with the records: this one goes\n" in said
    assert f"put 2 entries of {PATH} right; " in said
    new = "".join(WRITTEN.splitlines(keepends=True)[8:12])
    assert written(desk) == f"{EVENT}training-assessment:\n{new}{right}"
    desk.run("assess", "DEV-2026-001", "--check")


def test_a_later_record_changes_the_answer(desk: Desk):
    """As when a completion turns up that nobody had recorded."""
    desk.write({PATH: WRITTEN})
    history = written(desk, "training-records/completions/p-1/SOP-001.yaml")
    desk.write({"training-records/completions/p-2/SOP-001.yaml": history})
    assert "assessment-contradicts-records" in desk.run("check", "--all", exits=1).stdout
    desk.run("assess", "DEV-2026-001")

    assert written(desk).count("verdict: qualified") == 2
    assert "assessment-contradicts-records" not in desk.run("check", "--all", exits=None).stdout


def test_an_entry_about_what_was_not_in_force_goes(desk: Desk):
    """And one about what nothing has stays, for another rule to speak of."""
    desk.write(
        {
            PATH: EVENT.replace("2026-02-12T", "2025-12-01T")
            + "training-assessment:\n- {person: p-1, document: SOP-001@1, verdict: qualified}\n"
            "- {person: p-1, document: SOP-009@1, verdict: qualified}\n"
        }
    )
    said = desk.run("assess", "DEV-2026-001").stdout

    assert "in force on 2025-12-01: the event says qualified on SOP-001@1, and this entry goes" in said
    assert "the event says qualified on SOP-009@1, and the records know nothing of it" in said
    assert written(desk).endswith("training-assessment:\n- {person: p-1, document: SOP-009@1, verdict: qualified}\n")


# --- closed ---------------------------------------------------------------------------------------------------------

CLOSURE = "root-cause: {category: equipment, summary: Old gloves.}\nno-capa: Gloves are new.\n"
CLOSURE += "closed: 2026-03-01\nclosed-by: p-1\n"


def test_a_closed_event_is_reopened_first(desk: Desk):
    """Exit code 2 where something would change; 0 where nothing would."""
    desk.write({PATH: EVENT + CLOSURE})
    desk.checkout.commit()
    refused = desk.run("assess", "DEV-2026-001", exits=2)
    assert refused.stderr == (
        "qmsci: DEV-2026-001 was closed on 2026-03-01 and merged; "
        "reopen it (`reopened:` takes over `closed` and `closed-by`), then assess\n"
    )
    assert written(desk) == EVENT + CLOSURE
    assert "reopen it, then qmsci assess" in desk.run("assess", "DEV-2026-001", "--check", exits=1).stdout

    desk.write({PATH: WRITTEN + CLOSURE})
    assert "nothing to write" in desk.run("assess", "DEV-2026-001").stdout


@pytest.mark.parametrize("before", [pytest.param(None, id="not there"), pytest.param(EVENT, id="open there")])
def test_an_event_whose_closing_is_not_merged_is_assessed(desk: Desk, before: str | None):
    """Also where it is committed on a branch already: what is merged has it open, or not at all."""
    if before:
        desk.write({PATH: before})
        desk.checkout.commit()
    desk.checkout.git("switch", "--quiet", "--create", "closing")
    desk.write({PATH: EVENT + CLOSURE})
    desk.checkout.commit()
    assert "wrong: qmsci assess DEV" in desk.run("assess", "DEV-2026-001", "--check", exits=1).stdout
    assert "wrote 2 entries" in desk.run("assess", "DEV-2026-001").stdout

    assert written(desk) == WRITTEN + CLOSURE


def test_who_was_not_employed_then_is_said_and_not_written(desk: Desk):
    """The verdict and the reason in the event stay those of the records."""
    person = written(desk, "roles/people/p-2.yaml").replace("2024-03-01", "2026-02-13")
    desk.write({PATH: EVENT, "roles/people/p-2.yaml": person})
    said = desk.run("assess", "DEV-2026-001").stdout

    assert (
        "SOP-001@1      was not employed on 2026-02-12; not trained on SOP-001@1, no training on record; cont" in said
    )
    assert written(desk) == WRITTEN


def test_who_is_not_under_people_is_pointed_out(desk: Desk):
    """Their entry stays: it is for a person to say whether they were involved."""
    event = WRITTEN.replace("people: [p-2, p-1]", "people: [p-1]")
    desk.write({PATH: event})
    said = desk.run("assess", "DEV-2026-001").stdout

    assert "contributed: not answered yet; DEV-2026-001 does not name them under people\n" in said
    assert said.count("under people") == 1
    assert written(desk) == event


# --- what cannot be answered ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "said"),
    [
        pytest.param({PATH: None}, "no event 'DEV-2026-001' in quality-events/", id="no such event"),
        pytest.param({PATH: "id: ["}, f"{PATH} cannot be read: qmsci check --all", id="an unreadable event"),
        pytest.param(
            {PATH: EVENT.replace("p-2,", "p-11,")}, "no person 'p-11' in roles/people/; did you", id="no such person"
        ),
        pytest.param(
            {PATH: EVENT.replace("[SOP-001]", "[SOP-0001]")}, "no document 'SOP-0001' in", id="no such document"
        ),
        pytest.param(
            {"training-records/completions/p-2/SOP-001.yaml": "- ["},
            "training-records/completions/p-2/SOP-001.yaml cannot be read, and may say how p-2 was trained on SOP-001",
            id="an unreadable history",
        ),
        pytest.param(
            {"quality-events/CAPA-1.yaml": "- ["},
            "quality-events/CAPA-1.yaml cannot be read, and may say how p-1 was trained on SOP-001",
            id="an event that may suspend",
        ),
        pytest.param(
            {PATH: EVENT.replace("documents: [SOP-001]", "activity: gowning"), "controlled-docs/sop/SOP-002.md": "x"},
            "controlled-docs/sop/SOP-002.md cannot be read, and may govern gowning",
            id="a document that may govern",
        ),
        pytest.param(
            {
                PATH: '{"id": "DEV-2026-001", "title": "x", "occurred": "2026-02-12T09:40:00+01:00", '
                '"reported": "2026-02-12", "documents": ["SOP-001"], "people": ["p-2"]}\n'
            },
            'write it by hand, training-assessment: [{"person": "p-2", "document": "SOP-001@1", "verdict": "not-qu',
            id="a file in braces",
        ),
    ],
)
def test_what_cannot_be_answered_is_exit_code_2(desk: Desk, files: dict[str, str | None], said: str):
    """Never half an answer: nothing is written, and it says which file to mend."""
    desk.write({PATH: EVENT})
    desk.write(files)
    before = {path: written(desk, path) for path, text in files.items() if text is not None}
    refused = desk.run("assess", "DEV-2026-001", exits=2)

    assert said in refused.stderr
    assert refused.stdout == ""
    assert before == {path: written(desk, path) for path in before}


def test_other_kinds_are_not_assessed(desk: Desk):
    """A CAPA has no moment at which anybody did anything."""
    desk.write({"quality-events/CAPA-1.yaml": "id: CAPA-1\ntitle: x\nopened: 2026-02-12\nowner: p-1\n"})

    assert "CAPA-1 is neither a deviation nor" in desk.run("assess", "CAPA-1", exits=2).stderr


def test_what_people_wrote_cannot_move_the_cursor(desk: Desk):
    """Names are shown spelled out."""
    person = written(desk, "roles/people/p-2.yaml").replace("Marte Lie", '"Marte \\u202e Lie"')
    desk.write({PATH: EVENT, "roles/people/p-2.yaml": person, "controlled-docs/sop/SOP-001.md": SOP})

    assert r"p-2 (Marte \u202e Lie)" in desk.run("assess", "DEV-2026-001").stdout


# --- one computation ------------------------------------------------------------------------------------------------


@st.composite
def deviations(draw: Any) -> System:
    """A system with training done, and a deviation in which people of it were involved, assessed by somebody or not."""
    system = draw(systems())
    train(draw, system)
    names = sorted(value["id"] for value in system.values() if isinstance(value, dict) and BODY in value)
    people = sorted(path[len("roles/people/") : -5] for path in system if path.startswith("roles/people/"))
    event: dict[str, Any] = {
        "id": "DEV-9",
        "title": "Glove tear",
        "occurred": f"{draw(st.sampled_from(DAYS))}T09:30:00+01:00",
        "reported": "2026-11-22",
        "people": draw(st.lists(st.sampled_from(people), max_size=3)),
    }
    if draw(st.booleans()):
        event["documents"] = draw(st.lists(st.sampled_from(names), max_size=2))
    else:
        event["activity"] = draw(st.sampled_from(sorted(system["roles/activities.yaml"])))
    event["training-assessment"] = [
        {
            "person": draw(st.sampled_from(people)),
            "document": f"{draw(st.sampled_from(names))}@{draw(st.integers(1, 3))}",
            "verdict": draw(st.sampled_from(["qualified", "not-qualified"])),
            "contributed": "false",
        }
        for _ in range(draw(st.integers(0, 4)))
    ]
    return {**system, "quality-events/DEV-9.yaml": event}


def _deviation(snapshot: Snapshot) -> Deviation:
    found = snapshot.events.get("DEV-9")
    assert isinstance(found, Deviation)
    return found


@given(deviations())
def test_assess_qualified_and_the_rule_say_the_same(system: System):
    """The verdict of the records is one computation, whoever asks."""
    files = texts(system)
    snapshot = snapshot_of(files)
    event, library = _deviation(snapshot), snapshot.source
    assert isinstance(library, Library)
    try:
        rows = assessed(library, snapshot, event)
    except CannotRun:
        assert library.faults
        return
    when = When(event.occurred, snapshot.day_of(event.occurred))
    for row in rows:
        document = snapshot.documents.get(row.document)
        entry = in_force(document, when.day) if document else None
        assert (row.known is None) == (document is None or entry is None)
        if document and row.known:
            verdict = qualified(snapshot, row.person, document, when)
            assert (row.known.verdict == "qualified") == verdict.yes
            assert (row.known.reason, row.known.evidence) == (verdict.reason, verdict.evidence)

    flagged = {
        int(finding.place.line)
        for finding in findings_in(files)
        if finding.rule == "assessment-contradicts-records" and finding.place.path.endswith("DEV-9.yaml")
    }
    assert bool(flagged) == any(row.said and row.changes for row in rows)


@given(deviations())
def test_what_assess_writes_the_rules_accept(system: System):
    """Then nothing contradicts the records, and nobody is missing; a second time nothing changes."""
    path = "quality-events/DEV-9.yaml"
    files = texts(system)
    snapshot = snapshot_of(files)
    assert isinstance(snapshot.source, Library)
    try:
        rows = assessed(snapshot.source, snapshot, _deviation(snapshot))
    except CannotRun:
        return
    entries = [
        {"person": row.person, "document": row.known.revision, "verdict": row.known.verdict, "contributed": True}
        for row in rows
        if row.stays and row.known
    ]
    closed = {**files, path: with_entries(files[path], "training-assessment", entries) + "closed: 2026-11-22\n"}

    rules = {"assessment-contradicts-records", "deviation-closed-without-training-assessment"}
    found = [one for one in findings_in(closed) if one.rule in rules and one.place.path == path]
    assert found == []
    again = snapshot_of(closed)
    assert isinstance(again.source, Library)
    assert not any(row.changes for row in assessed(again.source, again, _deviation(again)))
