"""Who has to be able to run a process on the day of its release, and what is said of who is not."""

from __future__ import annotations

from datetime import date

import pytest

from tests.laws import TODAY, findings_in, findings_in_scope

RULE = "validation-released-untrained"
FILE = "quality-events/VAL-2026-001.yaml"
ACTIVITIES = "roles/activities.yaml"
ROLE = "roles/operator.yaml"
EVENT = """\
id: VAL-2026-001
title: Filling line 2
activities: [filling]
protocol: VP-1
pq-completed: 2026-02-20
released: 2026-03-01
released-by: p-9
"""
TEXT = 'text: "sha256:%s"' % (64 * "0")


def document(
    name: str, *, effective: str = "2026-02-15", governs: str = "filling", extra: str = "", older: bool = False
) -> dict[str, str]:
    rest = "summary: S., impact: retrain, authors: [p-9]"
    entries = f"  - {{revision: 1, effective: {effective}, {rest}}}\n"
    entries += f"  - {{revision: 0, effective: 2025-01-01, {rest}}}\n" if older else ""
    head = f"id: {name}\ntitle: T\nowner: operator\ngoverns: [{governs}]\n{extra}"
    folder = name.split("-", maxsplit=1)[0].lower()
    return {f"controlled-docs/{folder}/{name}.md": f"---\n{head}revisions:\n{entries}---\nFill.\n"}


def role(name: str, more: str = "performs: [filling]") -> dict[str, str]:
    return {f"roles/{name}.yaml": f"{{id: {name}, title: R, purpose: Works., {more}}}\n"}


def person(name: str, *, to: str = "", leave: str = "", held: str = "operator") -> dict[str, str]:
    end = f", to: {to}" if to else ""
    text = f"id: {name}\nname: N\nkind: employee\nemployed: {{from: 2024-03-01}}\n"
    text += f"roles: [{{role: {held}, from: 2024-03-01{end}}}]\n" + (f"leave: [{leave}]\n" if leave else "")
    return {f"roles/people/{name}.yaml": text}


def assigned(name: str, held: str = "operator", label: str = "1") -> dict[str, str]:
    item = f"{{document: {name}@{label}, due: 2026-02-15, method: [read], people: [], {TEXT}}}"
    text = f"assignment: {name}@{label}/{held}\ncause: new-document\nrole: {held}\nassigned: 2026-01-20\nitems:\n  - {item}\n"
    return {f"training-records/assignments/{name}@{label}/{held}.yaml": text}


def done(who: str, name: str, at: str = "2026-02-10T09:30:00+01:00") -> dict[str, str]:
    entry = f"- {{document: {name}@1, completed: {at}, method: [read]}}\n"
    return {f"training-records/completions/{who}/{name}.yaml": entry}


BASE = {
    ACTIVITIES: "filling: {title: Fill, minimum-qualified: 2}\n",
    **document("SOP-015"),
    **role("operator"),
    **assigned("SOP-015"),
    FILE: EVENT,
}
ONE = {**BASE, **person("p-1"), **done("p-1", "SOP-015")}
TWO = {**ONE, **person("p-2"), **done("p-2", "SOP-015")}
CAPA = """\
id: CAPA-2026-001
title: Gloves
opened: 2026-02-25
owner: p-9
actions: [{id: 1, kind: training, documents: [SOP-015], people: [p-2], due: 2026-04-01}]
"""

UNTRAINED = "not trained on SOP-015@1, no training on record"
ONLY_ONE = "filling needs 2 qualified people, on 2026-03-01 there was 1 (p-1)"


def said(files: dict[str, str], day: date = TODAY) -> list[str]:
    return [f.message for f in findings_in(files, day) if f.rule == RULE]


SILENT = [
    pytest.param(TWO, id="enough"),
    pytest.param({**BASE, FILE: EVENT[: EVENT.index("released")]}, id="not released"),
    pytest.param({**ONE, ACTIVITIES: "filling: {title: Fill}\n"}, id="no number: one is enough"),
    pytest.param({**TWO, **done("p-2", "SOP-015", "2026-03-01T23:59:59+01:00")}, id="trained in the day's last second"),
    pytest.param({**TWO, **person("p-2", to="2026-03-01")}, id="in the role for the last time"),
    pytest.param({**TWO, **person("p-2", leave="{from: 2026-03-02}")}, id="on leave from the next day"),
    pytest.param({**TWO, **document("SOP-016", effective="2026-03-02")}, id="a document that is not yet in force"),
    pytest.param({**TWO, **document("SOP-016", extra="retired: 2026-03-01\n")}, id="a document that was retired"),
    pytest.param({**TWO, **document("TRN-001", extra="purpose: awareness\n")}, id="awareness withholds nothing"),
    pytest.param(
        {
            **TWO,
            **document("SOP-016", governs="cleaning", older=True),
            **role("operator", "performs: [filling], requires: [SOP-016]"),
            **assigned("SOP-016", label="0"),
            **done("p-1", "SOP-016"),
            **done("p-2", "SOP-016"),
        },
        id="assigned for an older revision",
    ),
    pytest.param({**ONE, "roles/people/p-2.yaml": "id: ["}, id="a person who cannot be read"),
    pytest.param({**BASE, "roles/x.yaml": "id: ["}, id="nor a role"),
    pytest.param({**BASE, "controlled-docs/sop/SOP-099.md": "---\n{"}, id="nor a document"),
    pytest.param({**BASE, ACTIVITIES: "{"}, id="nor the activities"),
    pytest.param({**TWO, "training-records/completions/p-2/SOP-015.yaml": "- {"}, id="nor a history"),
    pytest.param({**TWO, "training-records/assignments/SOP-015@1/operator.yaml": "{"}, id="nor what was assigned"),
    pytest.param({**BASE, FILE: EVENT.replace("[filling]", "[flling]")}, id="an activity that is not there"),
]


@pytest.mark.parametrize("files", SILENT)
@pytest.mark.parametrize("day", [pytest.param(TODAY, id="today"), pytest.param(date(2041, 1, 1), id="years later")])
def test_nothing_is_said(files: dict[str, str], day: date):
    assert said(files, day) == []


@pytest.mark.parametrize(
    ("files", "messages"),
    [
        pytest.param(
            ONE,
            [f"{ONLY_ONE}; nobody else held a role that performs it"],
            id="nobody else",
        ),
        pytest.param(
            BASE,
            ["filling needs 2 qualified people, on 2026-03-01 there was nobody; nobody held a role that performs it"],
            id="nobody at all",
        ),
        pytest.param(
            {**BASE, **person("p-1"), ACTIVITIES: "filling: {title: Fill}\n"},
            [f"filling needs 1 qualified person, on 2026-03-01 there was nobody; p-1: {UNTRAINED}"],
            id="one is needed",
        ),
        pytest.param(
            {
                **TWO,
                ACTIVITIES: "filling: {title: Fill, minimum-qualified: 3}\n",
                **person("p-3", leave="{from: 2026-03-01}"),
            },
            ["filling needs 3 qualified people, on 2026-03-01 there were 2 (p-1, p-2); p-3: on leave on 2026-03-01"],
            id="on leave",
        ),
        pytest.param(
            {**TWO, **done("p-2", "SOP-015", "2026-03-02T00:00:00+01:00")},
            [f"{ONLY_ONE}; p-2: {UNTRAINED}"],
            id="trained on the next day",
        ),
        pytest.param(
            {**TWO, "quality-events/CAPA-2026-001.yaml": CAPA},
            [f"{ONLY_ONE}; p-2: suspended: CAPA-2026-001 action 1 asks for retraining since 2026-02-25"],
            id="suspended",
        ),
        pytest.param(
            {**BASE, **person("p-1"), **person("p-2"), **person("p-3"), **person("p-4"), **person("p-5")},
            [
                "filling needs 2 qualified people, on 2026-03-01 there was nobody; "
                + "; ".join(f"p-{n}: {UNTRAINED}" for n in (1, 2, 3))
                + "; and 2 more"
            ],
            id="not all of many reasons",
        ),
        pytest.param(
            {path: text for path, text in TWO.items() if "assignments/" not in path},
            ["operator has no generated training on SOP-015"],
            id="no programme",
        ),
        pytest.param(
            {**TWO, **role("lead", "operates: [filling]")},
            ["lead has no generated training on SOP-015"],
            id="a second role, without holders, has none",
        ),
        pytest.param(
            {**TWO, FILE: EVENT.replace("pq-completed: 2026-02-20\n", "")},
            ["released on 2026-03-01 without a completed PQ"],
            id="no PQ",
        ),
        pytest.param(
            {**ONE, FILE: EVENT.replace("pq-completed: 2026-02-20\n", ""), **role("lead")},
            [
                f"lead has no generated training on SOP-015; {ONLY_ONE}; nobody else held a role that performs it",
                "released on 2026-03-01 without a completed PQ",
            ],
            id="several faults, each once",
        ),
    ],
)
@pytest.mark.parametrize("day", [pytest.param(TODAY, id="today"), pytest.param(date(2041, 1, 1), id="years later")])
def test_what_is_missing_on_the_day_of_release(files: dict[str, str], messages: list[str], day: date):
    assert said(files, day) == messages


def test_it_stands_at_the_activity():
    """Each activity by itself, with the release beside it."""
    files = {**BASE, FILE: EVENT.replace("[filling]", "\n  - cleaning\n  - filling")}
    files[ACTIVITIES] += "cleaning: {title: Clean}\n"
    found = [f for f in findings_in(files, date(2026, 3, 2)) if f.rule == RULE]

    assert [(f.place.line, [also.line for also in f.also]) for f in found] == [(4, [8]), (5, [8])]


def test_reopened_it_asks_nothing():
    """The reopening takes over the day of release."""
    again = "reopened: [{on: 2026-06-01, by: p-9, summary: More people., closed: 2026-03-01, closed-by: p-9}]\n"

    assert said({**ONE, FILE: EVENT[: EVENT.index("released")] + again}) == []


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(ONE | person("p-2"), id="taking the completion away"),
        pytest.param({**TWO, **person("p-2", to="2026-02-28")}, id="a shorter role"),
        pytest.param({**TWO, ACTIVITIES: "filling: {title: Fill, minimum-qualified: 3}\n"}, id="a higher minimum"),
        pytest.param({**TWO, **document("SOP-016")}, id="one more document"),
        pytest.param(
            {**TWO, **document("SOP-016", governs="x"), **role("operator", "performs: [filling], requires: [SOP-016]")},
            id="a longer curriculum",
        ),
        pytest.param({**TWO, **role("lead")}, id="one more role"),
        pytest.param({**TWO, "quality-events/CAPA-2026-001.yaml": CAPA}, id="a suspension that reaches back"),
    ],
)
def test_a_change_that_undoes_it_is_seen_in_its_scope(after: dict[str, str]):
    assert said(TWO) == []
    assert [f.message for f in findings_in_scope(TWO, after) if f.rule == RULE] == said(after) != []


def test_an_earlier_release_is_judged_for_its_own_day():
    before = {**TWO, **done("p-2", "SOP-015", "2026-02-20T09:30:00+01:00")}
    after = {**before, FILE: EVENT.replace("released: 2026-03-01", "released: 2026-02-19")}

    assert said(before) == []
    assert [f.message for f in findings_in_scope(before, after) if f.rule == RULE] == said(after) != []


def later(name: str, held: str = "operator") -> dict[str, str]:
    """The programme's file for a document, assigned after the release."""
    return {path: text.replace("2026-01-20", "2026-03-02") for path, text in assigned(name, held).items()}


@pytest.mark.parametrize(
    ("files", "message"),
    [
        pytest.param({**TWO, **role("operator", "performs: []")}, "no role performs filling", id="no role"),
        pytest.param(
            {**TWO, **document("SOP-015", governs="x")}, "nothing in force on 2026-03-01 governs filling", id="nothing"
        ),
        pytest.param(
            {**TWO, **document("SOP-015", effective="2026-03-02")},
            "nothing in force on 2026-03-01 governs filling",
            id="nothing yet",
        ),
        pytest.param(
            {**TWO, **document("SOP-015", extra="retired: 2026-03-01\n")},
            "nothing in force on 2026-03-01 governs filling",
            id="nothing any more",
        ),
    ],
)
def test_what_performs_and_governs_is_asked_for_a_month(files: dict[str, str], message: str):
    """Later a line may be closed down, or another document have taken over; the release stays as it was."""
    assert said(files, date(2026, 3, 1)) == said(files, date(2026, 4, 1)) == [message]
    assert said(files, date(2026, 4, 2)) == []


LEAD = {**role("lead"), **person("p-3", held="lead")}


def test_a_role_that_came_later_did_not_perform_it_then():
    """Neither is it asked for a programme, nor do its holders count."""
    both = "roles: [{role: operator, from: 2024-03-01}, {role: lead, from: 2024-03-01}]\n"
    two_roles = {f"roles/people/{name}.yaml": person(name)[f"roles/people/{name}.yaml"] for name in ("p-2",)}
    two_roles = {path: f"{text[: text.index('roles:')]}{both}" for path, text in two_roles.items()}

    assert said({**TWO, **LEAD, **later("SOP-015", "lead")}) == []
    assert said({**ONE, **LEAD, **later("SOP-015", "lead"), **done("p-3", "SOP-015")}) == [
        f"{ONLY_ONE}; nobody else held a role that performs it"
    ]
    assert said({**ONE, **role("lead"), **later("SOP-015", "lead"), **two_roles}) == [f"{ONLY_ONE}; p-2: {UNTRAINED}"]


def test_one_that_came_later_beside_one_that_never_came():
    """As long as no role had its training by then, each is named."""
    files = {path: text for path, text in TWO.items() if "assignments/" not in path}

    assert said({**files, **LEAD, **later("SOP-015", "lead")}) == [
        "lead had no generated training on filling by 2026-03-01; operator has no generated training on SOP-015"
    ]


def test_a_curriculum_grows_without_a_look_back():
    """What was first assigned to the role after the release was not asked of anybody then."""
    assert said({**TWO, **document("SOP-016"), **later("SOP-016")}) == []
    assert said({**TWO, **document("SOP-016"), **assigned("SOP-016")}) != []


def test_a_programme_that_came_after_the_release_is_none():
    """A release is not dated before the training that it rests on was generated."""
    assert said({**TWO, **later("SOP-015")}) == ["operator had no generated training on filling by 2026-03-01"]


def test_roles_may_be_reorganised_after_the_release():
    """The role that performed it then had its training; that another one performs it now changes nothing about it."""
    moved = {**TWO, **role("operator", "performs: []"), **role("lead"), **later("SOP-015", "lead")}

    assert said(moved) == []
