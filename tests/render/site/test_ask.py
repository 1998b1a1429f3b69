"""What Ask knows: nothing, what people write, everybody's answers of every day; and those of the reference system."""

from __future__ import annotations

import json
import random
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsci.authorisation import authorised
from qmsci.course import Courses
from qmsci.evidence import Source, Sources
from qmsci.finding import At
from qmsci.gaps import gaps_of, time_given
from qmsci.qualification import qualified
from qmsci.render.site.ask import PIECE, part, person_data
from qmsci.render.site.history import history_of
from qmsci.render.site.page import Widget
from qmsci.render.site.summary import DocumentSummary, PersonSummary, Summaries
from qmsci.render.site.survey import Survey
from qmsci.render.site.written import written
from qmsci.render.words import visible
from qmsci.timeline import in_force
from tests.laws import POLICY, TODAY
from tests.render.site.surveys import COMMIT, survey_of
from tests.test_assign import TEXT, assigned, completed, document, person
from tests.test_course import ACTIVITIES, EVER, GOWNING, said
from tests.test_gaps import AGAIN, ANSWER, NEAR, ONE, READ, RETRAIN, lives
from tests.test_qualification import entry, history, waiver

Files = Mapping[str, str]
ROOT = Path(__file__).parents[3]
UNTRAINED = "not trained on SOP-014@1, no training on record"


def surveyed(files: Files, day: date = TODAY) -> Survey:
    """A survey of some files, with the usual policy where they bring none."""
    return survey_of({"qmsci.yaml": POLICY, **files}, day)


def summaries(survey: Survey) -> Summaries:
    """As much of them as Ask looks at."""
    people, documents = survey.snapshot.people, survey.snapshot.documents
    return Summaries(
        {who.id: PersonSummary(who.id, who.name, who.kind, True, False, (), ()) for who in people},
        {one.id: DocumentSummary(one.id, one.title, "SOP", "lead", one.purpose, None, None, None) for one in documents},
    )


def content(script: str) -> Any:
    """What a data script hands over."""
    assert script.startswith("qmsciData(")
    assert script.endswith(");\n")
    assert "<" not in script
    return json.loads(f"[{script[len('qmsciData(') : -3]}]")[1]


def known(survey: Survey, name: str = "p-1") -> dict[str, Any]:
    """What is known of a person."""
    who = survey.snapshot.people.get(name)
    assert who
    ((path, script),) = person_data(survey, who).items()
    assert path == f"data/ask/{name}.js"
    assert script.startswith(f'qmsciData("ask/{name}", ')
    found: dict[str, Any] = content(script)
    return found


def shared(survey: Survey) -> dict[str, Any]:
    """What is known of everything, by the names of the data."""
    return {path[len("data/") : -3]: content(text) for path, text in part(survey, summaries(survey)).data.items()}


def told(found: Mapping[str, Any], steps: Sequence[Any]) -> list[str]:
    """A course in a line for each step."""
    verdicts = [(("no", "yes")[yes], reason) for yes, reason, *_ in found["verdicts"]]
    return [f"{first} {verdicts[number][0]} {of or '-'}: {verdicts[number][1]}" for first, number, of in steps]


# --- nothing, nobody ------------------------------------------------------------------------------------------------


def test_where_nothing_is_there_is_nothing_to_choose_from():
    """The page is there all the same."""
    survey = surveyed({})

    assert shared(survey) == {"ask-people": [], "ask-documents": [], "ask-activities": [], "ask-holders": {}}
    (page,) = part(survey, summaries(survey)).pages
    assert (page.path, page.scripts) == ("ask.html", ("ask",))
    (text,) = written(page).values()
    assert len(text) < 10_000
    assert "qmsci qualified PERSON DOCUMENT --on DATE" in text
    assert 'data-on="2026-11-22"' in text
    assert "Europe/Oslo" in text


def test_a_system_without_a_readable_policy_has_its_page():
    """Days are those of UTC then."""
    survey = survey_of({"qmsci.yaml": "revision: 1\n"}, TODAY)

    assert "time zone UTC" in "".join(written(part(survey, summaries(survey)).pages[0]).values())


def test_without_a_readable_policy_nothing_is_answered_for_sure():
    """The command refuses to answer as well: it may decide any answer."""
    survey = surveyed({**person("p-1"), "qmsci.yaml": "revision: [\n"})
    assert survey.snapshot.policy is None

    assert known(survey)["unread"] == {"": ["qmsci.yaml"]}


def test_somebody_of_whom_nothing_is_known_is_at_work_or_not():
    """By their employment alone."""
    found = known(surveyed(person("p-1", employed="2026-03-01")))

    assert told(found, found["presence"]) == [f"{EVER} no -: not employed on ", "2026-03-01 yes -: "]
    assert {key: found[key] for key in ("documents", "activities", "unread", "proofs", "commits")} == {
        "documents": {},
        "activities": {},
        "unread": {},
        "proofs": [],
        "commits": [],
    }


# --- courses --------------------------------------------------------------------------------------------------------

WORK = {**ONE, **GOWNING, **completed("p-1", "SOP-014@1", "2026-01-20")}


def test_what_somebody_did_is_in_their_own_file_and_what_is_true_of_a_stranger_is_shared():
    """A document without a record of theirs is not in it; an activity is, where a role of theirs ever performed it."""
    survey = surveyed({**WORK, **document("1 2026-02-01", name="SOP-015"), **person("p-2", "cleaner")})
    mine, theirs, common = known(survey), known(survey, "p-2"), shared(survey)

    assert told(mine, mine["documents"]["SOP-014"]) == [
        f"{EVER} no -: no revision of SOP-014 is in force on ",
        f"2026-01-01 no SOP-014@1: {UNTRAINED}",
        "2026-01-20 yes SOP-014@1: trained on SOP-014@1",
    ]
    assert told(mine, mine["activities"]["gowning"])[-3:] == [
        f"2026-01-01 no operator: {UNTRAINED}",
        "2026-01-20 yes operator: holds operator and is qualified on SOP-014",
        "2026-02-01 no operator: not trained on SOP-015@1, no training on record",
    ]
    assert list(mine["documents"]) == ["SOP-014"]
    assert (theirs["documents"], theirs["activities"]) == ({}, {})
    piece = common["ask-documents-0"]
    assert told(piece, piece["about"]["SOP-014"][0]) == [
        f"{EVER} no -: no revision of SOP-014 is in force on ",
        f"2026-01-01 no SOP-014@1: {UNTRAINED}",
    ]
    piece = common["ask-activities-0"]
    assert told(piece, piece["about"]["gowning"][0]) == [
        f"{EVER} no -: nothing in force governs gowning",
        "2026-01-01 no -: holds no role that performs gowning",
    ]
    assert piece["about"]["gowning"][1] == [[EVER, 1]]
    assert piece["about"]["gowning"][2] == ["operator"]
    assert common["ask-activities"] == [["gowning", "Gown"]]


def test_each_proof_and_each_verdict_is_there_once():
    """Whoever rests on it names its number; the commits likewise."""
    found = known(surveyed({**WORK, **waiver("p-1", "SOP-014@1", "2026-01-10", "2026-01-12", by="p-3")}))
    numbers = [tuple(proofs) for *_, proofs in found["verdicts"]]

    assert [(path.split("/")[1], line, brought) for path, line, brought, *_ in found["proofs"]] == [
        ("waivers", 1, 0),
        ("completions", 1, 0),
    ]
    assert found["commits"] == [[COMMIT, "2026-11-22T08:00:00+00:00"]]
    assert sorted({number for proofs in numbers for number in proofs}) == [0, 1]
    assert len({json.dumps(verdict) for verdict in found["verdicts"]}) == len(found["verdicts"])


@given(lives())
def test_it_is_the_same_file_to_whom_courses_and_commits_were_known(files: Files):
    """What was judged before is not judged again, nor is git asked again."""
    survey, asked = surveyed(files), list[At | None]()

    def noting(wanted: Iterable[At | None]) -> Sources:
        asked.extend(wanted)
        return survey.sources(asked)

    for who in survey.snapshot.people:
        alone = person_data(survey, who)
        courses, history = Courses(survey.snapshot, who), history_of(survey, who)
        gaps_of(survey.snapshot, who, time_given(survey.snapshot), judged=courses.judged)
        assert person_data(replace(survey, sources=noting), who, courses, history.sources) == alone
        assert history.sources.keys().isdisjoint(asked)


def test_an_activity_that_main_no_longer_defines_is_answered_for_the_days_on_which_it_did():
    """It is among those to choose from, without a title."""
    matrix, turns = said([(date(2026, 1, 1), WORK), (date(2026, 6, 1), {**WORK, ACTIVITIES: "cleaning: {title: C}\n"})])
    survey = replace(surveyed({**WORK, ACTIVITIES: "cleaning: {title: C}\n"}), matrix=matrix, turns=turns)
    common = shared(survey)

    assert common["ask-activities"] == [["cleaning", "C"], ["gowning", ""]]
    assert common["ask-activities-0"]["about"]["gowning"][1] == [[EVER, 1], ["2026-06-01", 0]]
    assert common["ask-activities-0"]["about"]["cleaning"][1] == [[EVER, 0], ["2026-06-01", 1]]


def test_who_ever_had_a_role_for_some_work_is_known_by_the_role():
    """Each of them once for a role that ever performed something, by their place in the list of people."""
    lead = {"roles/lead.yaml": "id: lead\ntitle: Lead\npurpose: Leads.\nperforms: [cleaning]\n"}
    idle = {"roles/idle.yaml": "id: idle\ntitle: Idle\npurpose: Rests.\n"}
    matrix, turns = said(
        [(date(2026, 1, 1), {**WORK, **lead, ACTIVITIES: "cleaning: {title: C}\n"}), (date(2026, 6, 1), WORK)]
    )
    files = {
        **WORK,
        **idle,
        **person("p-2", "operator 2020-01-01 2020-02-01", "lead"),
        **person("p-3", "idle"),
        **person("p-4", "operator 2028-01-01", "operator 2024-01-01 2024-02-01"),
    }
    common = shared(replace(surveyed(files), matrix=matrix, turns=turns))

    assert [name for name, _ in common["ask-people"]] == ["p-1", "p-2", "p-3", "p-4"]
    assert common["ask-holders"] == {"lead": [1], "operator": [0, 1, 3]}
    about = common["ask-activities-0"]["about"]
    assert {name: roles for name, (_, _, roles) in about.items()} == {"cleaning": ["lead"], "gowning": ["operator"]}


def test_a_role_for_some_work_that_nobody_ever_had_is_known():
    """So that it is no question whether it is there."""
    without = {path: text for path, text in WORK.items() if not path.startswith("roles/people/")}

    assert shared(surveyed(without))["ask-holders"] == {"operator": []}


@given(lives())
def test_whoever_has_an_answer_of_their_own_on_some_work_is_among_those_of_whom_it_is_asked(files: Files):
    """Of all others a stranger's answer is true: that they have no role for it."""
    survey = surveyed({**files, **GOWNING, **person("p-2", "operator"), **person("p-3", "lead")})
    common = shared(survey)
    people = [name for name, _ in common["ask-people"]]

    for activity, _ in common["ask-activities"]:
        _, _, roles = common["ask-activities-0"]["about"][activity]
        asked = {people[place] for role in roles for place in common["ask-holders"][role]}
        assert asked == {name for name in people if activity in known(survey, name)["activities"]}


def test_thousands_come_in_pieces():
    """Where one is found follows from its place in the list."""
    files = {
        path: text for n in range(PIECE + 1) for path, text in document("1 2026-01-01", name=f"SOP-{n:03}").items()
    }
    common = shared(surveyed(files))
    names = [name for name, _ in common["ask-documents"]]

    assert len(names) == PIECE + 1
    assert list(common["ask-documents-1"]["about"]) == names[PIECE:]
    assert all(name in common[f"ask-documents-{place // PIECE}"]["about"] for place, name in enumerate(names))
    (page,) = part(surveyed(files), summaries(surveyed(files))).pages
    (widget,) = (block for block in page.blocks if isinstance(block, Widget))
    assert dict(widget.settings) == {"on": "2026-11-22", "piece": str(PIECE)}


# --- evidence -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "brought", "late", "commits"),
    [
        pytest.param({}, "not committed", "", [], id="not-committed"),
        pytest.param({"unknown": "before this clone begins"}, "before this clone begins", "", [], id="shallow"),
        pytest.param(
            {"commit": COMMIT, "recorded": "2026-01-21T08:00:00+00:00", "day": date(2026, 1, 21)},
            0,
            "",
            [[COMMIT, "2026-01-21T08:00:00+00:00"]],
            id="in-time",
        ),
        pytest.param(
            {"commit": COMMIT, "recorded": "2026-02-09T08:00:00+00:00", "day": date(2026, 2, 9)},
            0,
            ", recorded 20 days later",
            [[COMMIT, "2026-02-09T08:00:00+00:00"]],
            id="late",
        ),
        pytest.param(
            {"commit": COMMIT, "recorded": "2026-02-09T08:00:00+00:00", "day": date(2026, 2, 9), "founding": True},
            0,
            "",
            [[COMMIT, "2026-02-09T08:00:00+00:00"]],
            id="founding",
        ),
    ],
)
def test_evidence_says_which_commit_brought_it_and_how_late(
    source: dict[str, Any], brought: int | str, late: str, commits: list[Any]
):
    """Or why nobody knows."""
    policy = f"{POLICY}training: {{late-entry: 3 days}}\n"
    survey = replace(
        surveyed({**WORK, "qmsci.yaml": policy}),
        sources=lambda wanted: {at: Source(at.path, 1, **source) for at in wanted if at},
    )
    found = known(survey)
    says = "SOP-014@1 completed 2026-01-20T09:30:00+01:00 by read"

    assert found["proofs"] == [["training-records/completions/p-1/SOP-014.yaml", 1, brought, says, late, []]]
    assert found["commits"] == commits


def test_a_proof_says_who_signed_it_as_what_and_when():
    """By the printed name, as the record has it; a waiver likewise. What has no signatures of its own says nothing."""
    signatures = [
        {"by": "p-1", "name": "<b>\u202eP", "meaning": "performed", "at": "2026-01-20T09:30:00+01:00"},
        {"by": "p-3"},
    ]
    given = {"document": "SOP-014@1", "reason": "x", "evidence": "x", "from": "2026-01-02", "until": "2026-01-09"}
    signed = {"by": "p-3", "name": "Q", "meaning": "approved", "at": "2026-01-02T08:00:00+00:00"}
    survey = surveyed(
        {
            **WORK,
            **document("2 2026-06-01 none", "1 2026-01-01"),
            **history("p-1", "SOP-014", entry("SOP-014@1", "2026-01-20", signatures=signatures)),
            "training-records/waivers/p-1/SOP-014.yaml": json.dumps([{**given, "by": "p-3", "signatures": [signed]}]),
        }
    )

    assert {(path, line): who for path, line, _, _, _, who in known(survey)["proofs"]} == {
        ("training-records/completions/p-1/SOP-014.yaml", 1): [
            ["p-1", "<b>\\u202eP", "performed", "2026-01-20T09:30:00+01:00"],
            ["p-3", "", "", ""],
        ],
        ("training-records/waivers/p-1/SOP-014.yaml", 1): [["p-3", "Q", "approved", "2026-01-02T08:00:00+00:00"]],
        ("controlled-docs/sop/SOP-014.md", 8): None,
    }


def test_of_each_revision_the_digest_is_said_as_the_file_or_the_records_name_it():
    """The newest by its file; an earlier one by an approval, else by what was assigned; else nobody says it here."""
    other = f"sha256:{'a' * 64}"
    approval = (
        f'{{document: SOP-014@3, text: "{other}", effective: 2026-03-01, impact: retrain, by: p-3, name: Q, '
        "meaning: approved, at: 2026-02-20T09:00:00+01:00}\n"
    )
    files = {
        **WORK,
        **document("4 2026-04-01", "3 2026-03-01", "2 2026-02-01", "1 2026-01-01"),
        **assigned("SOP-014@3/operator", "SOP-014@3", "p-1"),
        **assigned("SOP-014@2/operator", "SOP-014@2", "p-1"),
        "controlled-docs/approvals/SOP-014@3/p-3.yaml": approval,
    }
    _, digests = shared(surveyed(files))["ask-documents-0"]["about"]["SOP-014"]

    assert digests == {"SOP-014@4": TEXT, "SOP-014@3": other, "SOP-014@2": TEXT, "SOP-014@1": None}


def test_a_suspension_shows_the_event():
    """With the line of its action."""
    found = known(surveyed({**WORK, **RETRAIN, **AGAIN, **history("p-1", "SOP-014", READ, ANSWER)}))
    suspended = [proofs for yes, reason, _, proofs in found["verdicts"] if reason.startswith("suspended")]

    assert [[found["proofs"][number][0] for number in proofs] for proofs in suspended] == [
        ["quality-events/CAPA-2026-003.yaml"]
    ]


# --- what cannot be read --------------------------------------------------------------------------------------------

BROKEN = "- {"


@pytest.mark.parametrize(
    ("files", "unread"),
    [
        pytest.param({}, {}, id="all-is-read"),
        pytest.param({"roles/lead.yaml": BROKEN}, {}, id="what-decides-nothing"),
        pytest.param(
            {"training-records/completions/p-1/SOP-014.yaml": BROKEN},
            {"SOP-014": ["training-records/completions/p-1/SOP-014.yaml"]},
            id="a-history",
        ),
        pytest.param(
            {"training-records/waivers/p-1/SOP-014.yaml": BROKEN},
            {"SOP-014": ["training-records/waivers/p-1/SOP-014.yaml"]},
            id="waivers",
        ),
        pytest.param(
            {
                **history("p-1", "SOP-014", entry("SOP-014@1", "2026-01-20", assignments=["SOP-014@1/operator"])),
                "training-records/assignments/SOP-014@1/operator.yaml": BROKEN,
            },
            {"SOP-014": ["training-records/assignments/SOP-014@1/operator.yaml"]},
            id="what-was-asked",
        ),
        pytest.param(
            {"quality-events/CAPA-2026-003.yaml": BROKEN}, {"": ["quality-events/CAPA-2026-003.yaml"]}, id="an-event"
        ),
    ],
)
def test_what_cannot_be_read_is_named(files: Files, unread: Mapping[str, Sequence[str]]):
    """And nobody says yes or no."""
    assert known(surveyed({**WORK, **files}))["unread"] == unread


def test_a_record_on_a_document_that_is_not_there_is_passed_over():
    """It is no question: there is no such document."""
    assert known(surveyed({**WORK, **completed("p-1", "SOP-099@1", "2026-01-20")}))["documents"].keys() == {"SOP-014"}


# --- what people write ----------------------------------------------------------------------------------------------


def test_what_people_write_is_text():
    """Markup, and what turns or hides letters, is spelled out; no script ends before its end."""
    name = "</script><b>\\u202eO|'\\\"x"
    files = {
        **WORK,
        "roles/people/p-1.yaml": WORK["roles/people/p-1.yaml"].replace("name: p-1", f'name: "{name}"'),
        ACTIVITIES: 'gowning: {title: "<i>\\u2066G"}\n',
        **{
            path: text.replace("title: Gowning", 'title: "<u>\\u200bT"')
            for path, text in document("1 2026-01-01").items()
        },
        "training-records/waivers/p-1/SOP-014.yaml": json.dumps(
            [
                {
                    "document": "SOP-014@1",
                    "reason": "<!--\u202e</script>\u2028",
                    "evidence": "x",
                    "from": "2026-01-02",
                    "until": "2026-01-09",
                    "by": "p-3",
                }
            ]
        ),
    }
    survey = surveyed(files)
    common = shared(survey)

    assert common["ask-people"] == [["p-1", "</script><b>\\u202eO|'\"x"]]
    assert common["ask-activities"] == [["gowning", "<i>\\u2066G"]]
    assert common["ask-documents"] == [["SOP-014", "<u>\\u200bT"]]
    assert next(proof[3] for proof in known(survey)["proofs"]) == (
        "waived by p-3 until 2026-01-09: <!--\\u202e</script>\\u2028"
    )


def test_names_that_programs_know_are_names():
    """An activity may be called as what every object has."""
    files = {**WORK, ACTIVITIES: "constructor: {title: C}\n"}
    files |= {path: text.replace("gowning", "constructor") for path, text in files.items() if path != ACTIVITIES}
    found = known(surveyed(files))

    assert told(found, found["activities"]["constructor"])[-1].startswith("2026-01-20 yes operator: holds operator")


# --- the same answers -----------------------------------------------------------------------------------------------


def looked(book: Mapping[str, Any], steps: Sequence[Any], day: date) -> tuple[bool, str, list[Any], str | None]:
    """What a course says of a day: yes or no, why, the places and words of its evidence, the revision."""
    _, verdict, of = steps[bisect_right(steps, day.isoformat(), key=lambda step: step[0]) - 1]
    yes, reason, names_day, numbers = book["verdicts"][verdict]
    proofs = [(book["proofs"][number][0], book["proofs"][number][3]) for number in numbers]
    return bool(yes), f"{reason}{day}" if names_day else reason, proofs, of


def compare(survey: Survey, days: Sequence[date]) -> int:
    """That Ask answers what is answered directly, about everybody, everything and some days; how many were compared."""
    snapshot, common, compared = survey.snapshot, shared(survey), 0
    places = {
        kind: {name: n for n, (name, _) in enumerate(common[f"ask-{kind}"])} for kind in ("documents", "activities")
    }
    for who in snapshot.people:
        mine = known(survey, who.id)
        for about in snapshot.documents:
            piece = common[f"ask-documents-{places['documents'][about.id] // PIECE}"]
            own = about.id in mine["documents"]
            for day in days:
                entry_then = in_force(about, day)
                found = (mine, mine["documents"][about.id]) if own else (piece, piece["about"][about.id][0])
                verdict = qualified(snapshot, who.id, about, snapshot.end_of(day))
                proofs = [(proof.at.path, visible(proof.says)) for proof in verdict.evidence]
                of = str(about.named(entry_then)) if entry_then else None
                assert looked(*found, day) == (verdict.yes, verdict.reason, proofs, of)
                compared += 1
        for activity in survey.eras.activities:
            piece = common[f"ask-activities-{places['activities'][activity] // PIECE}"]
            for day in days:
                found = (piece, piece["about"][activity][0])
                if activity in mine["activities"]:
                    found = mine, mine["activities"][activity]
                elif not looked(mine, mine["presence"], day)[0]:
                    found = mine, mine["presence"]
                when = snapshot.end_of(day)
                verdict = authorised(snapshot, who, activity, when, survey.matrix(when))
                proofs = [(proof.at.path, visible(proof.says)) for proof in verdict.evidence]
                assert looked(*found, day)[:3] == (verdict.yes, verdict.reason, proofs)
                compared += 1
    return compared


@given(lives(), st.lists(NEAR, min_size=1, max_size=20))
def test_of_a_life_the_page_knows_every_answer(files: Files, days: list[date]):
    """What is asked there is what the commands answer."""
    assert compare(surveyed({**files, **GOWNING, **person("p-2", "operator")}), [date(2000, 1, 1), *days])


def test_of_the_reference_system_the_page_knows_every_answer():
    """Everybody on everything, strangers too, from before its founding into the years to come."""
    folders = ("controlled-docs", "quality-events", "roles", "training-records")
    paths = [ROOT / "qmsci.yaml", *(path for name in folders for path in (ROOT / name).rglob("*") if path.is_file())]
    survey = survey_of({path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in sorted(paths)}, TODAY)
    chance = random.Random(4)
    days = [date(2023, 1, 1) + timedelta(days=chance.randrange(2190)) for _ in range(12)]

    assert compare(survey, days) > 10_000
