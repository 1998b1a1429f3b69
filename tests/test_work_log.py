"""How a log is read, and how its rows are judged: by the same answers as everywhere, whatever is remembered."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsci.authorisation import authorised, roles_on
from qmsci.finding import CannotRun
from qmsci.programme import Independence, progress, work
from qmsci.snapshot import Snapshot, When
from qmsci.work_log import COLUMNS, Judge, JudgedRow, Row, Unjudged, rows
from tests.laws import TODAY, snapshot_of
from tests.test_assign import LEAD, OPERATOR, capa, completed, document, person
from tests.test_gaps import lives

Files = Mapping[str, str]


def read(text: str, **names: str) -> list[Row | Unjudged]:
    return list(rows(io.StringIO(text, newline=""), names))


def cells(text: str, **names: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in read(text, **names)]


ROW = ("p-1", "gowning", "2026-02-01T10:00Z")
PLAIN = "person,activity,time\np-1,gowning,2026-02-01T10:00Z\n"


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        pytest.param("person,activity,time\n", {}, [], id="a header only"),
        pytest.param("person,activity,time", {}, [], id="without a line end"),
        pytest.param(PLAIN, {}, [(2, *ROW, None, None)], id="commas"),
        pytest.param(PLAIN.replace(",", ";"), {}, [(2, *ROW, None, None)], id="semicolons"),
        pytest.param(PLAIN.replace(",", "\t"), {}, [(2, *ROW, None, None)], id="tabs"),
        pytest.param(PLAIN.replace("\n", "\r\n"), {}, [(2, *ROW, None, None)], id="line ends of another system"),
        pytest.param(PLAIN.replace(",", " , "), {}, [(2, *ROW, None, None)], id="spaces around"),
        pytest.param("\n \n" + PLAIN.replace("\n", "\n\n"), {}, [(5, *ROW, None, None)], id="empty lines"),
        pytest.param(
            "batch,time,supervisor,person,step,activity\nB-1,2026-02-01T10:00Z,p-7,p-1,4,gowning\n",
            {},
            [(2, *ROW, "B-1", "p-7")],
            id="any order, and more columns",
        ),
        pytest.param(
            "batch,supervisor," + PLAIN.replace("\np", "\n,,p"), {}, [(2, *ROW, None, None)], id="empty where it may be"
        ),
        pytest.param(
            "Who;When, local;What\np-1;2026-02-01T10:00Z;gowning\n",
            {"person": "Who", "time": "When, local", "activity": "What"},
            [(2, *ROW, None, None)],
            id="other names, with another separator in one",
        ),
        pytest.param(
            'person,activity,time,batch\n"p-1",gowning,2026-02-01T10:00Z,"B\n""1"""\np-1,gowning,2026-02-01T10:00Z,\n',
            {},
            [(2, *ROW, 'B\n"1"', None), (4, *ROW, None, None)],
            id="quotes, and a line break in them",
        ),
        pytest.param(f"{PLAIN}p-1,gowning\n", {}, [(2, *ROW, None, None), (3, "it has 2 cells, the header 3", None)], id="a cell too few"),
        pytest.param(f"{PLAIN}x\n", {}, [(2, *ROW, None, None), (3, "it has 1 cell, the header 3", None)], id="one cell"),
        pytest.param(f"{PLAIN},,\n", {}, [(2, *ROW, None, None), (3, "it names no person and no activity and no time", None)], id="empty cells"),
        pytest.param("batch," + PLAIN.replace("\np-1", "\nB-1, "), {}, [(2, "it names no person", "B-1")], id="nobody"),
        pytest.param(
            f'{PLAIN}"p-1"x,gowning,now\np-1,gowning,2026-02-01T10:00Z\n',
            {},
            [(2, *ROW, None, None), (3, "not readable as CSV: ',' expected after '\"'", None), (4, *ROW, None, None)],
            id="a stray quote is the fault of its row alone",
        ),
        pytest.param(
            f'{PLAIN}p-1,"gowning,2026-02-01T10:00Z\np-1,gowning,2026-02-01T10:00Z\n',
            {},
            [(2, *ROW, None, None), (3, "not readable as CSV: a quote is never closed, and nothing after it was read", None)],
            id="a quote that is never closed is said where it opens",
        ),
    ],
)  # fmt: skip
def test_rows_of_a_log(text: str, names: Mapping[str, str], expected: list[tuple[object, ...]]):
    """By the names of the columns; each row with its line."""
    assert cells(text, **names) == expected


@pytest.mark.parametrize(
    ("text", "names", "said"),
    [
        ("", {}, "the log is empty; its first row names the columns"),
        ("\n\n", {}, "the log is empty; its first row names the columns"),
        ("a,b\n", {}, "the log has no column 'person'; it has 'a', 'b': --columns person=…"),
        (
            "Person,activity,time\n",
            {},
            "the log has no column 'person' (did you mean 'Person'?); it has 'Person', 'activity', 'time': --columns person=…",
        ),
        (
            PLAIN,
            {"batch": "Lot"},
            "the log has no column 'Lot'; it has 'person', 'activity', 'time': --columns batch=…",
        ),
        ("person,activity,time,time\n", {}, "the log has the column 'time' twice"),
        (
            '"person,activity\n',
            {},
            "the header of the log is not readable as CSV: a quote is never closed, and nothing after it was read",
        ),
    ],
)
def test_a_log_without_the_columns_is_no_log(text: str, names: Mapping[str, str], said: str):
    """What it has is named, and the option that helps."""
    with pytest.raises(CannotRun) as reason:
        read(text, **names)

    assert str(reason.value) == said


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1).map(str.strip).filter(bool)


@given(st.lists(st.tuples(*[CELL] * len(COLUMNS)), max_size=4), st.sampled_from(",;\t"), st.permutations(COLUMNS))
def test_whatever_a_cell_holds_it_is_read_back(written: list[tuple[str, ...]], separator: str, order: list[str]):
    """Quotes, separators and line breaks included."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, order, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(dict(zip(COLUMNS, values, strict=True)) for values in written)

    assert [row[1:] for row in read(file.getvalue())] == written


# --- judging --------------------------------------------------------------------------------------------------------

ACTIVITIES = {"roles/activities.yaml": "gowning: {title: Gown}\n"}
BASE = {
    **ACTIVITIES,
    **OPERATOR,
    **LEAD,
    **document("1 2026-01-01"),
    **person("p-1", "operator"),
    **completed("p-1", "SOP-014@1", "2026-01-20"),
    **person("p-2", "operator 2026-02-01"),
    **person("p-3", "lead"),
}
LATER = "2026-02-01T10:00:00+01:00"


def judged(files: Files, *row: str, **more: str) -> tuple[object, ...] | str:
    """What is said of a row: who, what, when, supervised by whom."""
    values = dict(zip(("person", "activity", "time"), (*row, *("p-1", "gowning", LATER)[len(row) :]), strict=True))
    snapshot = snapshot_of(files)
    found = Judge(snapshot, lambda when: snapshot).judge(
        Row(7, **values, batch=more.get("batch"), supervisor=more.get("by"))
    )
    if isinstance(found, Unjudged):
        assert found.line == 7
        return found.reason
    return found.authorised, found.supervised, found.reason


UNTRAINED = "not trained on SOP-014@1, no training on record"


@pytest.mark.parametrize(
    ("row", "by", "expected"),
    [
        pytest.param(["p-1"], None, (True, False, ""), id="authorised"),
        pytest.param(["p-1"], "p-99", (True, False, ""), id="who may do it alone needs no supervisor"),
        pytest.param(["p-1", "gowning", "2026-01-20T09:30:00+01:00"], None, (True, False, ""), id="from that moment"),
        pytest.param(
            ["p-1", "gowning", "2026-01-20T09:29:59+01:00"], None, (False, False, UNTRAINED), id="a second before"
        ),
        pytest.param(["p-1", "gowning", "2026-01-20T08:30:00Z"], None, (True, False, ""), id="another offset"),
        pytest.param(["p-1", "gowning", "2026-01-20 09:30"], None, (True, False, ""), id="the policy's time zone"),
        pytest.param(["p-1", "gowning", "2026-01-20T09:29"], None, (False, False, UNTRAINED), id="a minute before"),
        pytest.param(["p-2"], None, (False, False, UNTRAINED), id="untrained"),
        pytest.param(["p-2"], "p-1", (False, True, UNTRAINED), id="supervised"),
        pytest.param(
            ["p-2"], "p-2", (False, False, f"{UNTRAINED}; nobody is their own supervisor"), id="by nobody else"
        ),
        pytest.param(
            ["p-2"],
            "p-3",
            (False, False, f"{UNTRAINED}; the supervisor p-3: holds no role that performs gowning"),
            id="by somebody who may not",
        ),
        pytest.param(["p-2"], "p-99", "no person 'p-99' in roles/people/", id="by somebody unknown"),
        pytest.param(
            ["p-3"], "p-1", (False, False, "holds no role that performs gowning"), id="who is no trainee of it"
        ),
        pytest.param(["p1"], None, "no person 'p1' in roles/people/; did you mean 'p-1'?", id="unknown person"),
        pytest.param(["../p-1"], None, "no person '../p-1' in roles/people/", id="a path"),
        pytest.param(
            ["p-1", "gownin"],
            None,
            "no activity 'gownin' in roles/activities.yaml; did you mean 'gowning'?",
            id="activity",
        ),
        pytest.param(["p-1", "x"], None, "no activity 'x' in roles/activities.yaml", id="no such activity"),
        pytest.param(
            ["p-1", "gowning", "2026-02-01"],
            None,
            "'2026-02-01' is a date, and the time of day is needed too",
            id="a date",
        ),
        pytest.param(
            ["p-1", "gowning", "01.02.2026 10:00"],
            None,
            "'01.02.2026 10:00' is no time, as in 2026-11-22T09:30:00+01:00",
            id="no time",
        ),
        pytest.param(
            ["p-1", "gowning", "2026-02-30T10:00"],
            None,
            "'2026-02-30T10:00' is no time, as in 2026-11-22T09:30:00+01:00",
            id="no day",
        ),
        pytest.param(
            ["p-1", "gowning", "0001-01-01T00:00"],
            None,
            "'0001-01-01T00:00' is no time, as in 2026-11-22T09:30:00+01:00",
            id="before time began",
        ),
        pytest.param(
            ["p-1", "gowning", "2026-03-29T02:30"],
            None,
            "no clock in Europe/Oslo ever showed '2026-03-29T02:30'",
            id="an hour that was left out",
        ),
        pytest.param(["p-1", "gowning", "2026-10-25T02:30"], None, (True, False, ""), id="an hour that came twice"),
        pytest.param(["p-1", "gowning", "2026-11-22T23:59"], None, (True, False, ""), id="today"),
        pytest.param(["p-1", "gowning", "2026-11-23T00:00"], None, "2026-11-23T00:00 lies ahead", id="tomorrow"),
    ],
)
def test_a_row_is_judged_at_its_moment(row: list[str], by: str | None, expected: tuple[object, ...] | str):
    """Authorised, supervised, not authorised with the first failing condition; or why nobody can say."""
    assert judged(BASE, *row, **({"by": by} if by else {})) == expected


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        pytest.param(
            {"training-records/completions/p-2/SOP-014.yaml": "- {"},
            "the training of p-2 on SOP-014 cannot be read",
            id="a history",
        ),
        pytest.param({"roles/people/p-2.yaml": "id: ["}, "roles/people/p-2.yaml cannot be read", id="a person"),
        pytest.param(
            {"roles/activities.yaml": "{"}, "roles/activities.yaml could not be read then", id="the activities"
        ),
    ],
)
def test_what_cannot_be_read_judges_nobody(files: Files, reason: str):
    """It is neither yes nor no."""
    assert judged({**BASE, **files}, "p-2") == reason


def test_who_is_suspended_is_not_supervised():
    """They come back after the retraining, not under somebody's eyes."""
    suspended = {**BASE, **capa("documents: [SOP-014@1], people: [p-1]")}
    row = ("p-1", "gowning", "2026-11-10T10:00Z")

    assert judged(suspended, *row, by="p-4") == (
        False,
        False,
        "suspended: CAPA-2026-003 action 1 asks for retraining since 2026-11-02",
    )


def test_roles_and_documents_are_those_of_the_time():
    """What `matrix_of` says; an activity that is new was not there before."""
    now = snapshot_of({**BASE, "roles/activities.yaml": "gowning: {title: Gown}\nfilling: {title: Fill}\n"})
    then = snapshot_of({**BASE, "roles/operator.yaml": OPERATOR["roles/operator.yaml"].replace("gowning", "cleaning")})
    judge = Judge(now, lambda when: then if when.day.month == 2 else now)
    said = [
        judge.judge(Row(1, "p-1", what, when, None, None))
        for what, when in [("gowning", LATER), ("gowning", "2026-03-01T10:00Z"), ("filling", LATER)]
    ]

    assert isinstance(said[0], JudgedRow)
    assert said[0].reason == "holds no role that performs gowning"
    assert isinstance(said[1], JudgedRow)
    assert said[1].authorised
    assert said[2] == Unjudged(1, "there was no activity 'filling' in roles/activities.yaml then", None)


def test_a_policy_that_cannot_be_read_gives_no_times():
    with pytest.raises(CannotRun, match=r"qmsci.yaml cannot be read"):
        Judge(snapshot_of({**BASE, "qmsci.yaml": "{"}), lambda when: snapshot_of(BASE))


def test_so_many_wrong_names_are_not_guessed_at():
    """The log has another trouble than spelling."""
    snapshot = snapshot_of(BASE)
    judge = Judge(snapshot, lambda when: snapshot)
    said = [judge.judge(Row(n, "p-1", f"gownin{'x' * n}", LATER, None, None)) for n in range(40)]

    assert sum("did you mean" in one.reason for one in said) < 20


MOMENTS = st.tuples(st.integers(-110, 0), st.sampled_from(["00:00", "09:29:59", "09:30", "23:59:59.999999"]))


@given(lives(), st.lists(MOMENTS, min_size=1, max_size=25))
def test_what_is_remembered_is_what_would_be_found(life: Files, moments: list[tuple[int, str]]):
    """A verdict is taken over from another row only where asking again gives the same."""
    snapshot = snapshot_of({**life, **ACTIVITIES})
    judge, who = Judge(snapshot, lambda when: snapshot), snapshot.people.get("p-1")
    assert who
    for back, clock in moments:
        time = f"{TODAY + timedelta(days=back)}T{clock}"
        found = judge.judge(Row(1, "p-1", "gowning", time, None, None))
        moment = datetime.fromisoformat(time).replace(tzinfo=snapshot.policy.zone if snapshot.policy else None)
        when = When(moment, moment.date())
        verdict = authorised(snapshot, who, "gowning", when)

        assert isinstance(found, JudgedRow)
        assert found.authorised is verdict.yes
        assert found.reason == ("" if verdict else verdict.reason)
        assert judge._may_learn(who, "gowning", when, snapshot) is _learns(snapshot, when)


def _learns(snapshot: Snapshot, when: When) -> bool:
    who = snapshot.people.get("p-1")
    assert who
    roles = [role for role in snapshot.roles if role.id in roles_on(who, when.day)]
    found = [one for role in roles for one in work(snapshot, who, role, when, progress(snapshot, who, role, when))]
    return any(one.activity == "gowning" and one.how is Independence.SUPERVISED for one in found)
