"""`qmsci authorised --log`: a log of work, judged in a real repository."""

from __future__ import annotations

import codecs
import json
from pathlib import Path

import pytest

from tests.cli.commands import COUNT, FORMAT, TEXT, TEXT_OR_NOTHING, TRUTH, Desk, closed, listed, valid
from tests.cli.test_check import PATH

NUMBER = {"type": "integer", "minimum": 0}
LOG = closed(
    format=FORMAT,
    log=TEXT,
    known_at=TEXT_OR_NOTHING,
    rows=listed(
        closed(
            line=COUNT,
            person=TEXT,
            activity=TEXT,
            time=TEXT,
            batch=TEXT_OR_NOTHING,
            supervisor=TEXT_OR_NOTHING,
            authorised=TRUTH,
            supervised=TRUTH,
            reason=TEXT,
        )
    ),
    unjudged=listed(closed(line=COUNT, reason=TEXT, batch=TEXT_OR_NOTHING)),
    counts=closed(rows=NUMBER, authorised=NUMBER, supervised=NUMBER, not_authorised=NUMBER, unjudged=NUMBER),
)
WORK = """\
person,activity,time,batch,supervisor
p-1,gowning,2026-02-01T10:00:00+01:00,B-1,
p-2,gowning,2026-02-01T11:00:00+01:00,B-1,p-1
"""
UNTRAINED = "not trained on SOP-001@1, no training on record"
SUPERVISED = f"sup line 3, batch B-1: p-2, gowning, 2026-02-01T11:00:00+01:00: {UNTRAINED}; supervised by p-1\n"
NOT = "p-2,gowning,2026-02-01 12:00,B-2,\n"


def log(desk: Desk, text: str | bytes) -> Path:
    """A log beside the repository's records."""
    desk.write({"log.csv": text})
    return Path("log.csv")


def test_a_log_of_work_by_people_who_were_authorised(desk: Desk):
    """Exit code 0, and supervised work is accepted, listed and counted."""
    path = log(desk, WORK)

    said = desk.run("authorised", "--log", str(path)).stdout
    assert said == f"{SUPERVISED}2 rows: 1 authorised, 1 supervised, 0 not\n"
    answer = valid(LOG, desk.answer("authorised", "--log", str(path)))
    assert [(row["line"], row["supervised"], row["supervisor"]) for row in answer["rows"]] == [(3, True, "p-1")]
    assert answer["counts"] == {"rows": 2, "authorised": 1, "supervised": 1, "not_authorised": 0, "unjudged": 0}


def test_work_by_somebody_who_was_not_authorised(desk: Desk):
    """Exit code 1, with line, batch, person, activity, time and the first condition that fails."""
    path = log(desk, WORK + NOT)

    assert desk.run("authorised", "--log", str(path), exits=1).stdout == (
        f"{SUPERVISED}no  line 4, batch B-2: p-2, gowning, 2026-02-01 12:00: {UNTRAINED}\n"
        "3 rows: 1 authorised, 1 supervised, 1 not\n"
    )
    answer = valid(LOG, desk.answer("authorised", "--log", str(path), exits=1))
    assert answer["rows"][1] == {
        "line": 4,
        "person": "p-2",
        "activity": "gowning",
        "time": "2026-02-01 12:00",
        "batch": "B-2",
        "supervisor": None,
        "authorised": False,
        "supervised": False,
        "reason": UNTRAINED,
    }


def test_what_cannot_be_judged_is_said_and_the_rest_is_judged(desk: Desk):
    """Exit code 2, after all rows."""
    path = log(desk, f"{WORK}p-9,gowning,now,B-3,\np-1\n{NOT}")

    assert desk.run("authorised", "--log", str(path), exits=2).stdout.splitlines() == [
        SUPERVISED.rstrip(),
        "?   line 4, batch B-3: 'now' is no time, as in 2026-11-22T09:30:00+01:00",
        "?   line 5: it has 1 cell, the header 5",
        f"no  line 6, batch B-2: p-2, gowning, 2026-02-01 12:00: {UNTRAINED}",
        "5 rows: 1 authorised, 1 supervised, 1 not, 2 not judged",
    ]
    answer = valid(LOG, desk.answer("authorised", "--log", str(path), exits=2))
    assert [(row["line"], row["batch"]) for row in answer["unjudged"]] == [(4, "B-3"), (5, None)]


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_log_without_rows_answers_nothing(desk: Desk, form: str):
    """Exit code 2: nobody was found to be authorised."""
    path = log(desk, f"{WORK.splitlines()[0]}\n\n")
    refused = desk.run("authorised", "--log", str(path), "--format", form, exits=2)

    assert (refused.stdout, refused.stderr) == ("", "qmsci: the log has no rows\n")


@pytest.mark.parametrize(
    ("text", "options"),
    [
        pytest.param(codecs.BOM_UTF8 + WORK.encode(), [], id="a byte order mark"),
        pytest.param(
            WORK.replace("person,activity", "Who;What").replace(",", ";"), ["--columns", "person=Who,activity=What"], id="other names"
        ),
        pytest.param(
            WORK.replace("person,activity", '"Who, where"\tWhat').replace(",", "\t").replace("Who\t", "Who,"),
            ["--columns", '"person=Who, where"', "--columns", "activity = What"],
            id="a comma in a name",
        ),
    ],
)  # fmt: skip
def test_logs_as_other_programs_write_them(desk: Desk, text: str | bytes, options: list[str]):
    """Separators are found out; names are mapped."""
    path = log(desk, text)

    assert desk.run("authorised", "--log", str(path), *options).stdout.startswith(f"{SUPERVISED}2 rows: 1 authorised")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            WORK.encode() + b"p-1,gowning,caf\xe9,,\n", "line 4, byte 16, 0xe9; save it as CSV in UTF-8", id="Latin-1"
        ),
        pytest.param(WORK.encode("utf-16"), "is not in UTF-8: line 1, byte 1, 0xff", id="UTF-16"),
        pytest.param("", "the log is empty", id="empty"),
        pytest.param("a,b\n", "the log has no column 'person'", id="no such column"),
        pytest.param(WORK.replace("\n", "\r"), "not readable as CSV", id="line ends of long ago"),
    ],
)
def test_what_is_no_log_cannot_be_judged(desk: Desk, text: str | bytes, said: str):
    """Exit code 2, with the place."""
    assert said in desk.run("authorised", "--log", str(log(desk, text)), exits=2).stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--log", "log.csv", "gowning"], "a log names its people, activities and times"),
        (["--log", "log.csv", "--on", "2026-02-01"], "a log names its people, activities and times"),
        (["--log", "other.csv"], "'other.csv' does not exist"),
        (["--log", "log.csv", "--columns", "persn=Who"], "'persn=Who' is not of the form person=NAME"),
        (["--log", "log.csv", "--columns", "person"], "'person' is not of the form person=NAME"),
        (["--log", "log.csv", "--columns", "person="], "'person=' is not of the form person=NAME"),
        (["gowning", "--columns", "person=Who"], "--columns names the columns of a --log"),
    ],
)
def test_options_that_do_not_fit(desk: Desk, options: list[str], said: str):
    log(desk, WORK)

    assert said in desk.run("authorised", *options, exits=2).stderr


def test_what_a_cell_holds_does_nothing_to_the_terminal(desk: Desk):
    """Neither in rows that are judged, nor in those that are not."""
    path = log(desk, f"{WORK}p-2,gowning,2026-02-01 12:00,\x1b[31mB,\n\x1b[2J,gowning,2026-02-01 12:00,\u202eB,\n")
    said = desk.run("authorised", "--log", str(path), exits=2).stdout

    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "batch \\x1b[31mB: p-2" in said


def test_roles_and_documents_are_those_of_main_at_the_time(desk: Desk):
    """Each row by what main said then; before its first commit, by what that one says."""
    without = (desk.checkout.folder / PATH).read_text().replace("[gowning]", "[]")
    desk.checkout.commit({PATH: without}, at="2026-03-01T12:00:00+01:00")
    desk.checkout.commit({"README.md": "x\n"}, at="2026-03-05T12:00:00+01:00")
    row = "p-1,gowning,{},,\n"
    times = ["2026-01-05T10:00Z", "2026-01-15T10:00Z", "2026-03-01T10:59Z", "2026-03-01T11:00Z", "2026-03-10T11:00Z"]
    path = log(desk, WORK.splitlines(keepends=True)[0] + "".join(row.format(time) for time in times))
    said = desk.run("authorised", "--log", str(path), exits=1).stdout.splitlines()

    assert [line.split(",")[0] for line in said[:-1]] == ["no  line 2: p-1", "no  line 5: p-1", "no  line 6: p-1"]
    assert said[1].endswith("nothing in force governs gowning")
    for time, code in zip(times, [1, 0, 0, 1, 1], strict=True):
        desk.run("authorised", "p-1", "gowning", "--on", time, exits=code)


def test_a_repository_without_a_main_branch_is_taken_as_it_is(desk: Desk):
    """There is nothing else to judge by."""
    desk.checkout.git("checkout", "--quiet", "-b", "other")
    desk.checkout.git("branch", "--quiet", "-D", "main")

    assert desk.run("authorised", "--log", str(log(desk, WORK))).stdout.startswith(f"{SUPERVISED}2 rows: 1 authorised")


def test_before_the_policy_there_is_no_law(desk: Desk, tmp_path_factory: pytest.TempPathFactory):
    """A first commit without a quality system says nothing; what is known now is taken."""
    desk.checkout.git("checkout", "--quiet", "--orphan", "fresh")
    files = {path: (desk.checkout.folder / path).read_bytes() for path in desk.checkout.git("ls-files").splitlines()}
    desk.checkout.git("rm", "--quiet", "-rf", ".")
    desk.checkout.commit({"README.md": "x\n"}, at="2026-01-01T12:00:00+01:00")
    desk.checkout.commit(files, at="2026-03-01T12:00:00+01:00")
    desk.checkout.git("branch", "--quiet", "-M", "main")

    assert desk.run("authorised", "--log", str(log(desk, WORK))).stdout.startswith(f"{SUPERVISED}2 rows: 1 authorised")


def test_a_clone_that_does_not_reach_back(desk: Desk, tmp_path_factory: pytest.TempPathFactory):
    """What main said before the first commit that is here, nobody knows: the fetch that brings it is named."""
    desk.checkout.commit({"README.md": "x\n"})
    desk.clone_shallowly(tmp_path_factory.mktemp("clones") / "shallow")

    result = desk.run("authorised", "--log", str(log(desk, WORK)), exits=2)
    assert result.stderr == "qmsci: this clone does not reach back to 2026-02-01: git fetch --unshallow\n"


def test_a_log_is_judged_as_it_is_read(desk: Desk):
    """Each answer is found once, however many rows ask for it."""
    rows = "".join(f"p-1,gowning,2026-02-{1 + n % 28:02d}T{n % 24:02d}:{n % 60:02d}Z,B-{n},\n" for n in range(5_000))
    answer = valid(
        LOG, json.loads(desk.run("authorised", "--log", str(log(desk, WORK + rows)), "--format", "json").stdout)
    )

    assert answer["counts"]["authorised"] == 5_001
    assert len(answer["rows"]) == 1
