"""The law as properties: assign writes enough and no more, and a look at what changed sees what a whole look sees."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from datetime import date

from hypothesis import assume, given
from hypothesis import strategies as st

from qmsci.assign import Plan, assignments, whole_gap
from qmsci.check import check_change, check_tree
from qmsci.finding import CannotRun, Finding
from qmsci.library import Library
from qmsci.records.base import Duration
from qmsci.render.assignment import written
from qmsci.scope import Scope
from qmsci.snapshot import Snapshot
from tests.laws import TODAY, change_of, findings_in, findings_in_scope, snapshot_of
from tests.strategies import (
    System,
    add_revision,
    edited,
    later_days,
    put_person,
    put_role,
    systems,
    texts,
    train,
)
from tests.test_library import BlobTree, Kept

Files = dict[str, str]
#: What `qmsci assign` answers for.
OWED = {"revision-without-assignment", "person-without-assignment"}
ASSIGNED = OWED | {"assignment-edited", "unfounded-assignment", "due-after-effective"}
#: The usual window of refreshers.
HORIZON = Duration(30, 0)


def assigned(files: Mapping[str, str], day: date = TODAY, *, refreshers: bool = False) -> Files:
    """The files that `assign` writes."""
    snapshot = snapshot_of(files, day)
    return {
        found.path: written(found)
        for found in Plan(snapshot).close(whole_gap(snapshot, HORIZON.after(day) if refreshers else None))
    }


def assigned_again(before: Files, after: Files, day: date) -> Files:
    """The files that `qmsci assign` writes where a change has brought some already: it brings them up to date."""
    mine = change_of(before, after, day).added_assignments
    found = assignments(snapshot_of(after, day).source, day, mine)
    return {assignment.path: written(assignment) for assignment in found}


def owed(findings: list[Finding]) -> list[Finding]:
    """Findings that say that training is owed."""
    return [finding for finding in findings if finding.rule in OWED]


def said(findings: list[Finding]) -> set[tuple[str, str, str]]:
    """Findings without their lines, which move."""
    return {(finding.rule, finding.place.path, finding.message) for finding in findings}


def judged(before: Files, after: Files, day: date = TODAY) -> list[Finding]:
    """What `qmsci check --all --base` says, of training that is owed and of the files that assign it."""
    change = change_of(before, after, day)
    found = check_tree(change.head.source, change.head, Scope(everything=True)).findings
    found += check_change(change.head.source, change).findings
    return [finding for finding in found if finding.rule in ASSIGNED]


@st.composite
def closed_systems(draw) -> System:
    """A system whose gap is closed, with some of the training done."""
    system = draw(systems())
    system |= assigned(texts(system))
    if draw(st.booleans()):
        train(draw, system)
    return system


# --- assign ---------------------------------------------------------------------------------------------------------


@given(systems())
def test_nothing_is_owed_after_assign(system: System):
    """`obligations − coverage = gap`; assign writes the gap, check demands that it is empty."""
    files = texts(system)

    assert owed(findings_in(files | assigned(files))) == []


@given(systems(), st.data())
def test_what_assign_writes_is_missed_when_it_is_gone(system: System, data):
    """Each file, each item and each person in it is there because something owes it."""
    files = texts(system)
    new = assigned(files)
    assume(new)
    path = data.draw(st.sampled_from(sorted(new)))
    lines = new[path].splitlines(keepends=True)
    items = [number for number, line in enumerate(lines) if line.startswith("  - ")]
    at = data.draw(st.sampled_from(items))
    named = sorted(set(re.findall(r'"(p-\d)"', lines[at])))

    ways = [{**new, path: None}]
    if named:
        ways.append({**new, path: "".join(lines[:at] + lines[at + 1 :]).replace("items:\n", _items(items))})
        person = data.draw(st.sampled_from(named))
        kept = re.sub(r'"people": \[(.*?)\]', lambda m: f'"people": {_without(m[1], person)}', lines[at])
        ways.append({**new, path: "".join([*lines[:at], kept, *lines[at + 1 :]])})
    for way in ways:
        rest = {path: text for path, text in way.items() if text is not None}
        assert judged(files, files | rest), way[path]


@given(systems())
def test_an_item_that_asks_nobody_is_missed_too(system: System):
    """The file of a role without holders says by what text and method the next one will be trained."""
    files = texts(system)
    new = assigned(files)
    empty = {
        path: re.sub(r"items:\n  - .*\n", "items: []\n", text) for path, text in new.items() if '"people": []' in text
    }
    assume(empty)

    assert judged(files, files | new | empty)


def _items(items: list[int]) -> str:
    return "items:\n" if len(items) > 1 else "items: []\n"


def _without(people: str, person: str) -> str:
    rest = [name for name in people.split(", ") if name != f'"{person}"']
    return f"[{', '.join(rest)}]"


@given(systems(), later_days)
def test_a_second_assign_writes_nothing(system: System, day: date):
    """On the same day and on any later one: what is merged is enough, and it is not written anew."""
    files = texts(system)
    after = files | assigned(files)

    assert assigned(after) == {}
    assert assigned(after, day) == {}


@given(systems())
def test_a_second_assign_before_the_merge_has_the_same_bytes(system: System):
    """As long as the change is not merged, its files are written anew, and are the same."""
    files = texts(system)
    new = assigned(files)

    assert assigned_again(files, files | new, TODAY) == new


@given(systems(), later_days)
def test_check_accepts_what_assign_writes_on_a_later_day(system: System, day: date):
    """A change may wait for days; assign brings its files up to date, and check has nothing against them."""
    files = texts(system)
    new = assigned(files)
    again = assigned_again(files, files | new, day)

    assert judged(files, files | again, day) == []


GOWNING = {
    "controlled-docs/sop/SOP-001.md": """\
---
id: SOP-001
title: Gowning
owner: operator
governs: [gowning]
revisions:
  - {revision: 1, effective: 2026-01-01, summary: First issue., impact: retrain, authors: [p-2]}
---
Gown.
""",
    "roles/operator.yaml": "id: operator\ntitle: Operator\npurpose: Fills vials.\nperforms: [gowning]\n",
}
RETURNING = """\
id: p-1
name: Ingrid Solberg
kind: employee
employed: {from: 2026-11-20}
roles:
  - {role: operator, from: 2026-11-20, to: 2026-11-23}
  - {role: operator, from: 2026-12-10}
"""


def test_a_cause_stays_what_it_was_while_the_change_waits():
    """She was hired when it was assigned; that her first days in the role have passed makes it no role change."""
    before = {**GOWNING, **assigned(GOWNING)}
    after = {**before, "roles/people/p-1.yaml": RETURNING}
    waiting = {**after, **assigned(after)}
    day = date(2026, 12, 1)

    assert judged(before, {**waiting, **assigned_again(before, waiting, day)}, day) == []


@given(systems(), st.data())
def test_a_change_that_grows_is_brought_up_to_date(system: System, data: st.DataObject):
    """Assign, edit more, assign again: check accepts it, and a third time there is nothing to write."""
    before = texts(system)
    before |= assigned(before)
    grown, written_before = deepcopy(system), Files()
    for _ in range(2):
        data.draw(st.sampled_from([add_revision, put_person, put_role]))(data.draw, grown)
        after = {**before, **texts(grown), **written_before}
        try:
            written_before = assigned_again(before, after, TODAY)
        except CannotRun:  # two revisions of a document in one change: the text of the first is nowhere
            assume(False)
    after = {**before, **texts(grown), **written_before}

    assert judged(before, after, TODAY) == []
    assert assigned_again(before, after, TODAY) == written_before


def test_a_squashed_change_keeps_the_text_that_its_assignments_name():
    """Two revisions came in two commits; squashed, the text of the first is only in what it was assigned by."""
    before = {**GOWNING, **assigned(GOWNING)}
    entry = "  - {{revision: {0}, effective: 2027-0{0}-01, summary: More., impact: retrain, authors: [p-2]}}\n"
    path = "controlled-docs/sop/SOP-001.md"
    second = {**before, path: GOWNING[path].replace("revisions:\n", "revisions:\n" + entry.format(2)) + "Twice.\n"}
    first_assigned = assigned_again(before, second, TODAY)
    third = second[path].replace("revisions:\n", "revisions:\n" + entry.format(3)) + "Thrice.\n"
    squashed = {**second, path: third, **first_assigned}

    again = assigned_again(before, squashed, TODAY)

    assert judged(before, {**squashed, **again}, TODAY) == []
    assert set(first_assigned) < set(again)


@given(systems())
def test_refreshers_are_written_once(system: System):
    """What falls due within the window is asked for, and not asked for again."""
    files = texts(system)
    after = files | assigned(files, refreshers=True)

    assert assigned(after, refreshers=True) == {}


@given(systems(), st.randoms(use_true_random=False))
def test_the_order_of_files_does_not_matter(system: System, random):
    """The same files give the same assignments and the same findings, whatever order they come in."""
    files = texts(system)
    order = list(files)
    random.shuffle(order)
    shuffled = {path: files[path] for path in order}

    assert assigned(shuffled) == assigned(files)
    assert findings_in(shuffled) == findings_in(files)


# --- check ----------------------------------------------------------------------------------------------------------


@given(closed_systems(), st.data(), later_days)
def test_check_in_scope_finds_what_the_whole_tree_does(system: System, data, day: date):
    """Induction: where the base was clean, a look at what the change touches is a look at everything."""
    before, after = texts(system), texts(data.draw(edited(system)))
    if data.draw(st.booleans()):
        some = sorted(assigned(after, day).items())
        after |= dict(data.draw(st.lists(st.sampled_from(some), unique=True)) if some else [])
    known = said(findings_in(before, day))
    whole, scoped = findings_in(after, day), findings_in_scope(before, after, day)

    assert set(scoped) <= set(whole)
    assert said(whole) - known <= said(scoped)


@given(closed_systems(), later_days)
def test_time_alone_makes_no_finding(system: System, day: date):
    """A tree that is clean today is clean on every later date."""
    files = texts(system)
    now = {(rule, path) for rule, path, _ in said(findings_in(files))}

    assert {(rule, path) for rule, path, _ in said(findings_in(files, day))} <= now


@given(closed_systems(), st.data())
def test_two_clean_changes_whose_merge_owes_something_are_refused_together(system: System, data):
    """One revises a document, the other hires somebody who needs it; the gate runs on the result of the merge."""
    mine, yours = deepcopy(system), deepcopy(system)
    add_revision(data.draw, mine)
    put_person(data.draw, yours)
    base = texts(system)
    mine, yours = (files | assigned(files) for files in (texts(mine), texts(yours)))
    assume(not owed(findings_in(base)) and not owed(findings_in(mine)) and not owed(findings_in(yours)))
    merged = {**mine, **{path: text for path, text in yours.items() if text != base.get(path)}}
    missing = said(owed(findings_in(merged)))

    assert missing <= said(findings_in_scope(mine, merged))
    assert missing <= said(findings_in_scope(yours, merged))
    assert owed(findings_in(merged | assigned(merged))) == []


@given(closed_systems(), st.data())
def test_what_was_remembered_changes_no_verdict(system: System, data):
    """A whole look that skips what was clean before finds what a look at every file finds, on any later tree."""
    memory = Kept()
    before, after = texts(system), texts(data.draw(edited(system)))
    for files in (before, before, after, before):
        library = Library(BlobTree(files), memory)
        found = check_tree(library, Snapshot(library, TODAY), Scope(everything=True))

        assert found.findings == findings_in(files)
