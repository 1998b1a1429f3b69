"""A status as people and programs see it; what people wrote is only ever read."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from click import unstyle

from qmsci.records.event import KINDS
from qmsci.render.status import as_json, as_text
from tests.cli.commands import FORMAT, TEXT, TEXT_OR_NOTHING, TRUTH, closed, listed, valid
from tests.laws import TODAY, Files
from tests.test_qualification import entry, history
from tests.test_status import SYSTEM, checked, practised, status_of, undone, written_document

Golden = Callable[[str, str], None]

# --- the shape that programs rely on --------------------------------------------------------------------------------

DAY = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
DAY_OR_NOTHING = {"type": ["string", "null"], "pattern": r"^\d{4}-\d{2}-\d{2}$"}
WHEN = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}(T.+)?$"}
NUMBER = {"type": "integer", "minimum": 0}
NUMBER_OR_NOTHING = {"type": ["integer", "null"], "minimum": 0}
REVISION = {"type": "string", "pattern": "^[A-Z][A-Z0-9-]*@[A-Za-z0-9.]+$"}
REVISION_OR_NOTHING = {"type": ["string", "null"], "pattern": REVISION["pattern"]}
TEXTS = listed(TEXT)
METHODS = listed({"enum": ["read", "assessment", "practical"]})
STATES = {"enum": ["not-qualified", "in-training", "qualified", "expiring", "lapsed", "suspended", "waived"]}
INTERVAL = closed(**{"from": DAY, "to": DAY_OR_NOTHING})
HOW_FAR = {"qualified": NUMBER, "of": NUMBER, "next": REVISION_OR_NOTHING}
STANDING = {"state": STATES, "qualified": TRUTH, "reason": TEXT, "due": DAY_OR_NOTHING, "overdue": TRUTH}
STEP = {
    "document": REVISION,
    "title": TEXT,
    "effective": DAY,
    "purpose": {"enum": ["qualification", "awareness"]},
    "why": TEXTS,
    "prerequisites": TEXTS,
    "method": METHODS,
    "supervised": NUMBER,
}
PROGRESS = {
    **STEP,
    **STANDING,
    "missing": METHODS,
    "supervised_done": NUMBER_OR_NOTHING,
    "valid_through": DAY_OR_NOTHING,
    "blocked_by": TEXTS,
}


def answer(kind: str, **facts: Any) -> dict[str, Any]:
    """The schema of a status of a kind."""
    return closed(
        format=FORMAT,
        kind={"const": kind},
        id=TEXT,
        on=WHEN,
        known_at=TEXT_OR_NOTHING,
        title=TEXT,
        unreadable=TEXTS,
        **facts,
    )


OPEN_EVENT = {
    "event": TEXT,
    "title": TEXT,
    "state": TEXT,
    "since": DAY_OR_NOTHING,
    "age": NUMBER_OR_NOTHING,
    "owner": TEXT_OR_NOTHING,
    "deadline": DAY_OR_NOTHING,
    "overdue": TRUTH,
}
OPEN_ACTION = closed(
    event=TEXT,
    action=NUMBER,
    kind={"enum": ["training", "document", "other"]},
    title=TEXT_OR_NOTHING,
    owner=TEXT_OR_NOTHING,
    deadline=DAY,
    overdue=TRUTH,
)
FINDINGS = listed(closed(rule=TEXT, severity={"enum": ["error", "warning"]}, message=TEXT))
SCHEMAS = {
    "overview": closed(
        format=FORMAT,
        kind={"const": "overview"},
        on=WHEN,
        known_at=TEXT_OR_NOTHING,
        events=listed(closed(**OPEN_EVENT, next=TEXT)),
        actions_overdue=listed(OPEN_ACTION),
        counts=closed(**dict.fromkeys(KINDS, NUMBER)),
        unreadable=TEXTS,
    ),
    "person": answer(
        "person",
        employment={"enum": ["employee", "contractor"]},
        employed=TRUTH,
        leave={"anyOf": [INTERVAL, {"type": "null"}]},
        roles=listed(
            closed(
                role=TEXT,
                title=TEXT_OR_NOTHING,
                days=listed(INTERVAL),
                held=TRUTH,
                **HOW_FAR,
                steps=listed(closed(**PROGRESS)),
                activities=listed(
                    closed(activity=TEXT, work={"enum": ["independent", "supervised", "no"]}, reason=TEXT)
                ),
            )
        ),
        assignments=listed(closed(assignment=TEXT, document=REVISION, cause=TEXT, due=DAY, overdue=TRUTH)),
        retraining=listed(closed(event=TEXT, action=NUMBER, documents=TEXTS, since=DAY, due=DAY)),
        events=listed(closed(**OPEN_EVENT)),
        actions=listed(OPEN_ACTION),
    ),
    "role": answer(
        "role",
        purpose=TEXT,
        curriculum=listed(closed(**STEP)),
        holders=listed(closed(person=TEXT, name=TEXT, **{"from": DAY}, on_leave=TRUTH, **HOW_FAR)),
    ),
    "document": answer(
        "document",
        owner=TEXT,
        purpose=STEP["purpose"],
        governs=TEXTS,
        retired=DAY_OR_NOTHING,
        revision=TEXT_OR_NOTHING,
        revisions=listed(
            closed(
                revision=TEXT,
                state={"enum": ["approved", "in-force", "superseded", "withdrawn", "retired"]},
                effective=DAY,
                impact={"enum": ["retrain", "read", "none"]},
                summary=TEXT,
                qualified_in_time=NUMBER,
                affected=NUMBER,
                approval_lost=TEXT_OR_NOTHING,
            )
        ),
        roles=listed(closed(role=TEXT, why=TEXTS)),
        training=listed(
            closed(
                revision=TEXT,
                people=listed(closed(person=TEXT, name=TEXT, roles=TEXTS, **{"from": DAY}, on_leave=TRUTH, **STANDING)),
            )
        ),
    ),
    "event": answer(
        "event",
        type={"enum": list(KINDS)},
        state=TEXT,
        open=TRUTH,
        owner=TEXT_OR_NOTHING,
        dates={"type": "object", "additionalProperties": WHEN},
        actions=listed(
            closed(
                id=NUMBER,
                kind={"enum": ["training", "document", "other"]},
                title=TEXT_OR_NOTHING,
                owner=TEXT_OR_NOTHING,
                deadline=DAY,
                overdue=TRUTH,
                done=DAY_OR_NOTHING,
                lacks=listed(closed(document=TEXT_OR_NOTHING, problem=TEXT, people=TEXTS)),
            )
        ),
        effectiveness={
            "anyOf": [
                closed(
                    criterion=TEXT,
                    period=TEXT,
                    assessor=TEXT,
                    period_begins=DAY_OR_NOTHING,
                    period_ends=DAY_OR_NOTHING,
                    next_check=DAY_OR_NOTHING,
                    checks=listed(
                        closed(
                            on=DAY,
                            by=TEXT,
                            outcome={"enum": ["effective", "not-effective", "inconclusive"]},
                            summary=TEXT,
                        )
                    ),
                ),
                {"type": "null"},
            ]
        },
        in_the_way={"anyOf": [FINDINGS, {"type": "null"}]},
        objections=FINDINGS,
        reopened=listed(closed(on=DAY, by=TEXT, summary=TEXT, closed=DAY, closed_by=TEXT)),
        linked=listed(closed(event=TEXT, **{"as": {"enum": ["source", "capa", "follow-up"]}}, state=TEXT_OR_NOTHING)),
    ),
}


def shown(name: str, files: Files = SYSTEM, day: date = TODAY) -> str:
    """The status of what has a name, as a terminal without colours has it."""
    return unstyle(as_text(status_of(name, files, day)))


def told(name: str, files: Files = SYSTEM, day: date = TODAY) -> Any:
    """The status of what has a name, as a program reads it; held to its schema."""
    found = json.loads(as_json(status_of(name, files, day), day.isoformat()))
    assert list(found)[:5] == ["format", "kind", "id", "on", "known_at"] or found["kind"] == "overview"
    return valid(SCHEMAS[found["kind"]], found)


# --- golden files ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "name"),
    [
        pytest.param("newcomer", "p-0042", id="newcomer"),
        pytest.param("suspended", "p-0031", id="suspended"),
        pytest.param("on-leave", "p-0058", id="on-leave"),
        pytest.param("role", "aseptic-operator", id="role"),
        pytest.param("document", "SOP-014", id="document"),
        pytest.param("revision", "SOP-014@3", id="revision"),
        pytest.param("capa", "CAPA-2026-003", id="capa"),
        pytest.param("closed", "DEV-2026-017", id="closed"),
        pytest.param("withdrawn", "AUD-2026-002", id="withdrawn"),
        pytest.param("overview", "", id="overview"),
    ],
)
def test_the_text_is_for_a_terminal(golden: Golden, file: str, name: str):
    golden(f"status/{file}.txt", shown(name))


@pytest.mark.parametrize(
    ("file", "name"),
    [
        pytest.param("person", "p-0042", id="person"),
        pytest.param("role", "aseptic-operator", id="role"),
        pytest.param("document", "SOP-014", id="document"),
        pytest.param("event", "CAPA-2026-003", id="event"),
        pytest.param("overview", "", id="overview"),
    ],
)
def test_the_json_is_for_programs(golden: Golden, file: str, name: str):
    found = as_json(status_of(name), TODAY.isoformat())

    valid(SCHEMAS[file], json.loads(found))
    golden(f"status/{file}.json", found)


@pytest.mark.parametrize("day", [date(2024, 1, 1), date(2025, 1, 10), TODAY, date(2027, 6, 1)], ids=str)
@pytest.mark.parametrize(
    "name",
    [path.rsplit("/", 1)[-1].rsplit(".", 1)[0] for path in SYSTEM if path.startswith(("roles/p", "cont", "qual"))],
)
def test_everything_has_a_status_on_every_day(name: str, day: date):
    """A text that says something, without a trailing blank, and an answer that keeps to its schema."""
    text = shown(name, day=day)

    assert text.startswith(f"{name}  ")
    assert text.endswith("\n")
    assert all(line == line.rstrip() for line in text.splitlines())
    assert told(name, day=day)["id"] == name


# --- what is said when ----------------------------------------------------------------------------------------------


def person(text: str) -> dict[str, str]:
    """The system in which p-0042's file ends otherwise than with her roles."""
    path = "roles/people/p-0042.yaml"
    return {**SYSTEM, path: SYSTEM[path].partition("roles:")[0] + text}


GONE = {path: text for path, text in SYSTEM.items() if path != "roles/aseptic-operator.yaml"}
EMPTY = {**SYSTEM, "roles/aseptic-operator.yaml": "id: aseptic-operator\ntitle: Operator\npurpose: Fills vials.\n"}
CAPA = "quality-events/CAPA-2026-003.yaml"
EARLIER = {**checked(), CAPA: checked()[CAPA].replace("done: 2026-11-20", "done: 2026-11-18")}
REOPENED = "reopened: [{on: 2026-11-21, by: p-0003, summary: It tore again, closed: 2026-11-20, closed-by: p-0003}]\n"


@pytest.mark.parametrize(
    ("name", "files", "day", "line"),
    [
        pytest.param("p-0042", person(""), TODAY, "  holds no role", id="no-role"),
        pytest.param(
            "p-0042", SYSTEM, date(2026, 11, 1), "  employee from 2026-11-02; not employed on 2026-11-01", id="to-come"
        ),
        pytest.param(
            "p-0042", SYSTEM, date(2026, 11, 20), "  [#....] 1 of 5 qualified; next: SOP-008@1", id="progress"
        ),
        pytest.param(
            "p-0042",
            person("roles: [{role: aseptic-operator, from: 2026-11-02, to: 2026-11-10}]\n"),
            TODAY,
            "  ended",
            id="an-ended-role",
        ),
        pytest.param(
            "p-0042", GONE, TODAY, "aseptic-operator  there is no such role, since 2026-11-02", id="no-such-role"
        ),
        pytest.param("p-0042", EMPTY, TODAY, "  nothing is to be learnt for it", id="nothing-to-learn"),
        pytest.param("aseptic-operator", EMPTY, TODAY, "  it requires no document", id="no-curriculum"),
        pytest.param(
            "quality-assurance",
            {**SYSTEM, **dict.fromkeys(["roles/people/p-0003.yaml"], "x")},
            TODAY,
            "  nobody holds it",
            id="no-holder",
        ),
        pytest.param(
            "SOP-008",
            {path: text for path, text in SYSTEM.items() if not path.startswith("roles/")},
            TODAY,
            "  no role",
            id="reaches-nobody",
        ),
        pytest.param(
            "SOP-008",
            {
                **SYSTEM,
                **written_document("SOP-008", "Data integrity", "retired: 2026-01-01", "1 2025-01-10 none First."),
            },
            TODAY,
            "  retired from 2026-01-01",
            id="retired",
        ),
        pytest.param(
            "CAPA-2026-003", checked(), TODAY, "  period of 10 days: ended 2026-11-20", id="the-period-has-run"
        ),
        pytest.param(
            "CAPA-2026-003", checked(), TODAY, "  a check is overdue since 2026-11-20", id="a-check-is-overdue"
        ),
        pytest.param(
            "CAPA-2026-003", EARLIER, date(2026, 11, 19), "  a check is due from 2026-11-20", id="a-check-is-to-come"
        ),
        pytest.param(
            "CAPA-2026-003",
            checked("2026-11-20 effective"),
            TODAY,
            "  checked 2026-11-20 by p-0003: effective: S",
            id="a-check",
        ),
        pytest.param(
            "CAPA-2026-003",
            checked("2026-11-20 effective", more=REOPENED),
            TODAY,
            "  closed 2026-11-20 by p-0003, reopened 2026-11-21 by p-0003: It tore again",
            id="reopened",
        ),
        pytest.param(
            "CAPA-2026-003",
            SYSTEM,
            date(2026, 9, 1),
            "  CAPA-2026-003 had not begun on 2026-09-01; owner p-0003",
            id="not-open-yet",
        ),
        pytest.param(
            "AUD-2026-002",
            {
                **SYSTEM,
                "quality-events/AUD-2026-002.yaml": "id: AUD-2026-002\ntitle: T\nopened: 2026-11-10\nverified: 2026-11-12\n",
            },
            TODAY,
            "It was verified on 2026-11-12.",
            id="verified-by-nobody",
        ),
        pytest.param(
            "AUD-2026-002",
            SYSTEM,
            date(2026, 11, 14),
            "In the way, if it were closed on 2026-11-14",
            id="an-open-finding-is-closed",
        ),
        pytest.param(
            "DEV-2026-017",
            SYSTEM,
            TODAY,
            "The law refuses that, as the records are now",
            id="refused",
        ),
        pytest.param(
            "CAPA-2026-003",
            checked("2026-11-10 effective", more=REOPENED),
            date(2026, 11, 20),
            "It was closed on 2026-11-20 by p-0003; nothing is asked of anybody.",
            id="closed-and-reopened-later",
        ),
        pytest.param(
            "CAPA-2026-003",
            undone(),
            TODAY,
            "  period of 10 days: counted from the last training",
            id="an-action-is-open",
        ),
        pytest.param("", SYSTEM, date(2026, 9, 1), "no quality event is open on 2026-09-01", id="nothing-is-open"),
        pytest.param("", SYSTEM, date(2026, 11, 14), "2 open: 1 AUD, 1 CAPA", id="counts"),
        pytest.param(
            "p-0003",
            SYSTEM,
            TODAY,
            "  CAPA-2026-003  implementing  due 2027-03-31  Gloves intact and clean under the outer gloves",
            id="their-events",
        ),
        pytest.param(
            "p-0011",
            SYSTEM,
            TODAY,
            "  CAPA-2026-003 action 1  training  due 2026-11-30  Retrain who was there",
            id="their-actions",
        ),
        pytest.param(
            "MR-2026-001",
            {
                **SYSTEM,
                "quality-events/MR-2026-001.yaml": "id: MR-2026-001\ntitle: T\nheld: 2026-11-10\nperiod: {from: 2026-01-01, to: 2026-10-31}\n",
            },
            TODAY,
            "Nothing would stand in the way, if it were closed on 2026-11-22.",
            id="nothing-in-the-way",
        ),
    ],
)
def test_a_line_is_said(name: str, files: Files, day: date, line: str):
    """One line of the text in each state; and the answer keeps to its schema."""
    assert line in shown(name, files, day).splitlines()
    told(name, files, day)


def test_a_coming_document_says_from_when():
    """In a programme and in a curriculum."""
    coming = written_document("SOP-015", "Aseptic filling", "governs: [aseptic-filling]", "1 2027-01-10 retrain First.")

    assert "SOP-015@1  from 2027-01-10" in shown("p-0042", {**SYSTEM, **coming})
    assert "SOP-015@1  from 2027-01-10" in shown("aseptic-operator", {**SYSTEM, **coming})


def test_a_lapsed_refresher_is_what_is_missing():
    """Not training as such: it was learnt once."""
    files = {
        **SYSTEM,
        **history("p-0031", "SOP-014", practised("SOP-014@2", "2025-10-01", "2025-09-28", "2025-09-29", "2025-09-30")),
    }
    files = {path: text for path, text in files.items() if not path.startswith("quality-events/")}

    assert "refresher: read, practical" in shown("p-0031", files)


HOSTILE = '"x\\u202e | y\\n- z"'


@pytest.mark.parametrize(
    ("name", "path", "was", "becomes"),
    [
        pytest.param("p-0042", "roles/people/p-0042.yaml", "Ingrid Solberg", HOSTILE, id="a-name"),
        pytest.param("p-0042", "roles/aseptic-operator.yaml", "Aseptic fill operator", HOSTILE, id="a-role's-title"),
        pytest.param("aseptic-operator", "roles/people/p-0042.yaml", "Ingrid Solberg", HOSTILE, id="a-holder"),
        pytest.param(
            "aseptic-operator",
            "roles/aseptic-operator.yaml",
            "Sets up filling line 2, and fills and stoppers vials under Grade A without compromising their sterility.",
            HOSTILE,
            id="a-purpose",
        ),
        pytest.param("SOP-014", "controlled-docs/sop/SOP-014.md", "Aseptic gowning", HOSTILE, id="a-title"),
        pytest.param("SOP-014", "controlled-docs/sop/SOP-014.md", "First issue.", HOSTILE, id="a-summary"),
        pytest.param(
            "CAPA-2026-003", "quality-events/CAPA-2026-003.yaml", "Retrain who was there", HOSTILE, id="an-action"
        ),
        pytest.param(
            "CAPA-2026-003",
            "quality-events/CAPA-2026-003.yaml",
            "No glove tear and no other gowning deviation in 90 days after training",
            HOSTILE,
            id="a-criterion",
        ),
        pytest.param(
            "AUD-2026-002",
            "quality-events/AUD-2026-002.yaml",
            "They show the revision in force.",
            HOSTILE,
            id="a-reason",
        ),
        pytest.param(
            "p-0031", "quality-events/CAPA-2026-003.yaml", "Retrain who was there", HOSTILE, id="a-retraining"
        ),
        pytest.param(
            "p-0011", "quality-events/CAPA-2026-003.yaml", "Retrain who was there", HOSTILE, id="an-action-of-theirs"
        ),
        pytest.param(
            "p-0003",
            "quality-events/CAPA-2026-003.yaml",
            "Gloves intact and clean under the outer gloves",
            HOSTILE,
            id="an-event-of-theirs",
        ),
        pytest.param("", "quality-events/CAPA-2026-003.yaml", "Retrain who was there", HOSTILE, id="what-is-next"),
    ],
)
def test_what_people_wrote_is_only_ever_read(name: str, path: str, was: str, becomes: str):
    """No escape of the terminal, no turned direction, no line of its own."""
    files = {**SYSTEM, path: SYSTEM[path].replace(was, becomes)}
    text = as_text(status_of(name, files))

    assert becomes not in SYSTEM[path]
    assert "x\\u202e | y" in text
    assert "\u202e" not in text
    assert "\n- z" not in text
    told(name, files)


def test_what_could_not_be_read_is_listed():
    """So that nobody takes silence for an answer."""
    found = json.loads(as_json(status_of("p-0042"), "2026-11-22", ["roles/x.yaml"]))

    assert found["unreadable"] == ["roles/x.yaml"]


def test_a_first_training_is_missing_in_parts():
    """A program reads the parts and the tasks without taking words apart."""
    step = next(one for one in told("p-0042")["roles"][0]["steps"] if one["document"] == "SOP-014@2")

    assert (step["missing"], step["supervised_done"], step["supervised"]) == (["practical"], 1, 3)
    more = history("p-0042", "SOP-008", entry("SOP-008@1", "2026-11-10"))
    done = next(
        one for one in told("p-0042", {**SYSTEM, **more})["roles"][0]["steps"] if one["document"] == "SOP-008@1"
    )
    assert (done["qualified"], done["missing"], done["due"], done["supervised_done"]) == (True, [], None, None)


def test_a_withdrawn_revision_is_owed_by_nobody():
    """So nobody is counted who would be qualified on it."""
    path = next(path for path in SYSTEM if "/SOP-014" in path and path.endswith(".md"))
    (first, *_) = (line for line in SYSTEM[path].splitlines() if "effective: " in line)
    coming = "  - {revision: 9, effective: 2027-03-01, summary: Later., impact: retrain, authors: [p-0007]"
    text = SYSTEM[path].replace(first, f"{coming}, withdrawn: 2026-11-20}}\n{first}", 1)
    said = unstyle(as_text(status_of("SOP-014", {**SYSTEM, path: text})))
    (line,) = (line for line in said.splitlines() if line.startswith("  9 "))

    assert "withdrawn" in line
    assert "owed by nobody" in line
    assert "so far" not in line
