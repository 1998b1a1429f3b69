"""`qmsci status`: what a name names, on which day, and what is said of a name that nothing has."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.commands import SOP, Desk, valid
from tests.render.test_status import SCHEMAS

CAPA = """\
id: CAPA-2026-003
title: Torn gloves
opened: 2026-02-01
owner: p-1
actions:
  - {id: 1, kind: training, documents: [SOP-001], people: [p-2], due: 2026-03-01}
"""


def told(desk: Desk, *arguments: str) -> Any:
    """The answer, held to the schema of its kind."""
    found = desk.answer("status", *arguments)
    return valid(SCHEMAS[found["kind"]], found)


@pytest.mark.parametrize(
    ("name", "kind", "line"),
    [
        pytest.param("p-1", "person", "  [#] 1 of 1 qualified", id="person"),
        pytest.param("operator", "role", "  1.  SOP-001@1  read  performs gowning  Gowning", id="role"),
        pytest.param("SOP-001", "document", "To be trained on SOP-001@1: [#.] 1 of 2 qualified", id="document"),
        pytest.param("SOP-001@1", "document", "To be trained on SOP-001@1: [#.] 1 of 2 qualified", id="revision"),
        pytest.param("CAPA-2026-003", "event", "  1.  training  due 2026-03-01  SOP-001", id="event"),
    ],
)
def test_a_name_is_found_in_its_register(desk: Desk, name: str, kind: str, line: str):
    """A person, a role, a document or a revision of it, an event; exit code 0 however far it is."""
    desk.checkout.commit({"quality-events/CAPA-2026-003.yaml": CAPA})

    assert line in desk.run("status", name, "--on", "2026-02-10").stdout.splitlines()
    answer = told(desk, name, "--on", "2026-02-10")
    assert (answer["kind"], answer["id"], answer["on"]) == (kind, name.split("@", maxsplit=1)[0], "2026-02-10")
    assert answer["unreadable"] == []


def test_without_a_day_it_is_today(desk: Desk):
    """In the policy's time zone."""
    assert told(desk, "p-1")["on"] == "2026-11-22"
    assert desk.run("status", "p-1").stdout.startswith("p-1  Ingrid Solberg  on 2026-11-22\n")


def test_a_moment_is_exact(desk: Desk):
    """Before the training, and from its moment on."""
    before, after = (told(desk, "p-1", "--on", f"2026-01-05T09:{minute}:00+01:00") for minute in ("29", "30"))

    assert [answer["roles"][0]["qualified"] for answer in (before, after)] == [0, 1]
    assert after["on"] == "2026-01-05T09:30:00+01:00"


def test_the_verdicts_are_those_of_the_other_commands(desk: Desk):
    """On each day, for each person: `qualified` and `authorised` say the same."""
    for day in ("2026-01-09", "2026-01-10", "2026-11-22"):
        for who in ("p-1", "p-2"):
            (role,) = told(desk, who, "--on", day)["roles"]
            (step,), (activity,) = role["steps"], role["activities"]
            qualified = desk.answer("qualified", who, step["document"], "--on", day, exits=None)
            authorised = desk.answer("authorised", who, "gowning", "--on", day, exits=None)["people"][0]

            assert (step["qualified"], step["reason"]) == (qualified["qualified"], qualified["reason"])
            assert (activity["work"] == "independent") is authorised["authorised"]
            assert activity["reason"] == authorised["reason"]


def test_roles_and_documents_are_those_of_that_day(desk: Desk):
    """A role that asks for more today did not do so then."""
    more = "id: operator\ntitle: Operator\npurpose: Fills vials.\nperforms: [gowning]\nrequires: [SOP-002]\n"
    second = SOP.replace("SOP-001", "SOP-002").replace("governs: [gowning]\n", "")
    desk.checkout.commit(
        {"roles/operator.yaml": more, "controlled-docs/sop/SOP-002.md": second}, at="2026-06-01T12:00:00+02:00"
    )

    assert [told(desk, "p-1", "--on", day)["roles"][0]["of"] for day in ("2026-05-31", "2026-06-01")] == [1, 2]
    assert [len(told(desk, "operator", "--on", day)["curriculum"]) for day in ("2026-05-31", "2026-06-01")] == [1, 2]


def test_without_a_name_it_is_all_that_is_open(desk: Desk):
    """On that day; nothing before the first event."""
    desk.checkout.commit({"quality-events/CAPA-2026-003.yaml": CAPA})
    shown = desk.run("status", "--on", "2026-03-02").stdout.splitlines()
    answer = told(desk, "--on", "2026-03-02")

    assert shown[0] == "Open quality events  on 2026-03-02"
    assert shown[-1] == "1 open: 1 CAPA"
    assert [one["age"] for one in answer["events"]] == [29]
    assert [(one["event"], one["action"]) for one in answer["actions_overdue"]] == [("CAPA-2026-003", 1)]
    assert desk.run("status", "--on", "2026-01-31").stdout == "no quality event is open on 2026-01-31\n"
    assert "no person, role, document or event ''" in desk.run("status", "", exits=2).stderr


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("p-11", "no person, role, document or event 'p-11'; did you mean 'p-1'?", id="a-person"),
        pytest.param("operators", "did you mean 'operator'?", id="a-role"),
        pytest.param("SOP-0001", "did you mean 'SOP-001'?", id="a-document"),
        pytest.param("SOP-0001@1", "did you mean 'SOP-001'?", id="a-revision-of-no-document"),
        pytest.param("CAPA-2026-03", "did you mean 'CAPA-2026-003'?", id="an-event"),
        pytest.param("SOP-001@9", "no revision 'SOP-001@9' in controlled-docs/sop/SOP-001.md", id="no-such-revision"),
        pytest.param("gowning", "'gowning' is an activity: qmsci authorised gowning", id="an-activity"),
        pytest.param("activities", "no person, role, document or event 'activities'\n", id="no-record-of-a-name"),
        pytest.param("../p-1", "no person, role, document or event '../p-1'", id="a-path"),
        pytest.param("\x1b[31mp", r"\x1b[31mp", id="an-escape"),
    ],
)
def test_a_name_that_nothing_has(desk: Desk, name: str, said: str):
    """Exit code 2, and what may have been meant, of all kinds."""
    desk.write({"quality-events/CAPA-2026-003.yaml": CAPA})
    result = desk.run("status", name, exits=2)

    assert said in result.stderr
    assert "\x1b" not in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("p-1", "roles/people/p-1.yaml"),
        ("operator", "roles/operator.yaml"),
        ("CAPA-2026-003", "quality-events/CAPA-2026-003.yaml"),
    ],
)
def test_what_cannot_be_read_is_not_called_unknown(desk: Desk, name: str, path: str):
    """Exit code 2, and what to do."""
    desk.write({path: "id: [\n"})

    assert f"{path} cannot be read: qmsci check --all" in desk.run("status", name, exits=2).stderr


def test_a_document_that_cannot_be_read_is_not_called_unknown(desk: Desk):
    """Nor one of its revisions."""
    desk.write({"controlled-docs/sop/SOP-001.md": "id: [\n"})

    for name in ("SOP-001", "SOP-001@1"):
        assert "the file of SOP-001 cannot be read" in desk.run("status", name, exits=2).stderr


def test_what_was_left_out_is_said(desk: Desk):
    """An unreadable history is no missing training; the text says so beside the answer, JSON in it."""
    path = "training-records/completions/p-1/SOP-001.yaml"
    desk.write({path: "- {\n"})
    result = desk.run("status", "p-1")

    assert f"qmsci: 1 file cannot be read and is left out: {path}" in result.stderr
    assert "cannot be read" not in result.stdout
    assert told(desk, "p-1")["unreadable"] == [path]
    assert json.loads(desk.run("status", "p-1", "--format", "json").stdout)["format"] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["p-1", "--on", "yesterday"], "is not a date"), (["p-1", "p-2"], "unexpected")],
)
def test_what_is_asked_wrongly(desk: Desk, arguments: list[str], said: str):
    """Exit code 2."""
    assert said in desk.run("status", *arguments, exits=2).stderr
