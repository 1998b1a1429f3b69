"""What may be done to records of the past."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsci.change import added_entries
from tests.laws import change_of, findings_of_change

PATH = "training-records/completions/p-0042/SOP-014.yaml"
PERSON = "roles/people/p-0042.yaml"
HEAD = "id: p-0042\nname: Ingrid\nkind: employee\n"
CORRECTED = "corrected: {on: 2026-11-22, by: p-0003, reason: Misread}"


def messages(path: str, before: str, after: str) -> list[str]:
    """What is said of an altered file."""
    found = findings_of_change({path: before}, {path: after})
    return [finding.message for finding in found if finding.rule == "record-altered"]


def entry(label: int, **more: object) -> dict[str, object]:
    """A completion of a revision."""
    return {"document": f"SOP-014@{label}", "completed": "2026-11-01T09:30:00+01:00", "method": ["read"], **more}


def history(*entries: dict[str, object]) -> str:
    """A file of completions, one a line."""
    return "".join(f"- {json.dumps(one)}\n" for one in entries)


@pytest.mark.parametrize(
    ("after", "said"),
    [
        pytest.param(history(entry(1), entry(2, late="offline"), entry(3)), [], id="one more"),
        pytest.param(history(entry(1), entry(2, late="offline"), entry(0)), [], id="one that was older"),
        pytest.param(history(dict(sorted(entry(1).items())), entry(2, late="offline")), [], id="keys in another order"),
        pytest.param("[", [], id="unreadable"),
        pytest.param(history(entry(1), entry(2, late="offline"), entry(1)), [], id="one of them once more"),
        pytest.param(
            history(entry(0), entry(1), entry(2, late="offline")),
            ["a new entry stands before merged ones"],
            id="one before them",
        ),
        pytest.param(
            history(entry(1), entry(3), entry(2, late="offline"), entry(4)),
            ["a new entry stands before merged ones"],
            id="one between them, one after",
        ),
        pytest.param(history(entry(1), entry(2)), ["'late' was offline"], id="no longer late"),
        pytest.param(history(entry(1), entry(2, late="Offline")), ["'late' was offline"], id="late for another reason"),
        pytest.param(
            history(entry(1, completed="2026-11-01T08:30:00Z"), entry(2, late="offline")),
            ["'completed' was 2026-11-01T09:30:00+01:00"],
            id="the same moment in other words",
        ),
        pytest.param(history(entry(1)), ["SOP-014@2 of 2026-11-01T09:30:00+01:00 is gone"], id="removed"),
        pytest.param(history(entry(2, late="offline"), entry(1)), ["SOP-014@2", "another place"], id="moved"),
    ],
)
def test_a_history_only_grows(after: str, said: list[str]):
    """Entries may come after those that were there, and be laid out anew; none changes, goes or moves."""
    found = messages(PATH, history(entry(1), entry(2, late="offline")), after)

    assert len(found) == bool(said), found
    assert all(words in found[0] for words in said)


@given(st.lists(st.integers(1, 4), min_size=1, max_size=6), st.data())
def test_adding_is_free_at_the_end(labels: list[int], data: st.DataObject):
    """Whatever is added at the end, nothing is said; whatever is added before, or taken out, something is."""
    before = [entry(label) for label in labels]
    place = data.draw(st.integers(0, len(before)))
    gone = data.draw(st.integers(0, len(before) - 1))
    said = [] if place == len(before) else ["a new entry stands before merged ones"]

    assert messages(PATH, history(*before), history(*before[:place], entry(9), *before[place:])) == said
    assert len(messages(PATH, history(*before), history(entry(9), *before[:gone], *before[gone + 1 :]))) >= 1


def test_a_rejection_adds_one_entry():
    """That an entry is rejected leaves the entry itself as it was."""
    rejection = {"rejects": "sha256:" + "0" * 64, "reason": "Forged", "by": "p-0003", "at": "2026-11-22T10:00:00Z"}
    change = change_of({PATH: history(entry(1))}, {PATH: history(entry(1), rejection)})

    assert [added.index for added in added_entries(change)] == [1]


@pytest.mark.parametrize(("meaning", "number"), [("approved", 0), ("reviewed", 1)])
def test_an_approval_never_changes(meaning: str, number: int):
    """Another layout is the same approval, another meaning is not."""
    values = {
        "document": "SOP-014@1",
        "text": "sha256:" + "0" * 64,
        "effective": "2026-12-15",
        "impact": "retrain",
        "by": "p-0003",
        "name": "A",
        "at": "2026-11-22T10:00:00Z",
    }
    block = "".join(f"{key}: {value}\n" for key, value in {**values, "meaning": "approved"}.items())
    line = json.dumps({**values, "meaning": meaning})

    assert len(messages("controlled-docs/approvals/SOP-014@1/p-0003.yaml", block, line)) == number


def person(employed: str, *roles: str, more: str = "") -> str:
    """A person's file."""
    return f"{HEAD}employed: {{{employed}}}\nroles: [{', '.join(f'{{role: {role}}}' for role in roles)}]\n{more}"


SINCE = "from: 2024-03-01"


@pytest.mark.parametrize(
    ("before", "after", "number"),
    [
        pytest.param(person(SINCE), person(SINCE, f"a, {SINCE}"), 0, id="a role added, even in the past"),
        pytest.param(person(SINCE), person(f"{SINCE}, to: 2026-12-31"), 0, id="leaves later"),
        pytest.param(person(SINCE), person(f"{SINCE}, to: 2026-11-19"), 0, id="left within the late-entry window"),
        pytest.param(person(SINCE), person(f"{SINCE}, to: 2026-11-18"), 1, id="left before it"),
        pytest.param(person(SINCE), person(f"{SINCE}, to: 2026-11-18, {CORRECTED}"), 0, id="left before it, corrected"),
        pytest.param(person(f"{SINCE}, to: 2026-11-22"), person(SINCE), 0, id="stays after all"),
        pytest.param(person(f"{SINCE}, to: 2026-11-21"), person(SINCE), 1, id="never left"),
        pytest.param(person(f"{SINCE}, to: 2026-11-21"), person(f"{SINCE}, to: 2026-11-21"), 0, id="nothing"),
        pytest.param(person(SINCE), person("from: 2024-04-01"), 1, id="came later"),
        pytest.param(person("from: 2026-11-22"), person("from: 2027-01-01"), 0, id="will come later"),
        pytest.param(person("from: 2026-11-21"), person("from: 2027-01-01"), 1, id="came yesterday"),
        pytest.param(person(SINCE, f"a, {SINCE}"), person(SINCE), 1, id="a role removed"),
        pytest.param(person(SINCE, f"a, {SINCE}"), person(SINCE, f"b, {SINCE}"), 1, id="another role"),
        pytest.param(person(SINCE, f"a, {SINCE}"), person(SINCE, f"b, {SINCE}, {CORRECTED}"), 0, id="role corrected"),
        pytest.param(
            person(SINCE, f"a, {SINCE}", f"b, {SINCE}"),
            person(SINCE, f"c, {SINCE}, {CORRECTED}"),
            1,
            id="one correction, two alterations",
        ),
        pytest.param(
            person(SINCE, f"a, {SINCE}, {CORRECTED}"),
            person(SINCE, f"a, from: 2024-04-01, {CORRECTED}"),
            1,
            id="an old correction does not do",
        ),
        pytest.param(
            person(SINCE, f"a, {SINCE}, {CORRECTED}"), person(SINCE, f"a, {SINCE}"), 1, id="a correction gone"
        ),
        pytest.param(
            person(SINCE, more="leave: [{from: 2026-05-01, to: 2026-08-31}]\n"), person(SINCE), 1, id="leave removed"
        ),
        pytest.param(
            person(SINCE, more="keys: [{key: K, from: 2024-03-01, proof: badge, by: p-0003}]\n"),
            person(
                SINCE,
                more="keys: [{key: K, from: 2024-03-01, proof: badge, by: p-0003, revoked: {on: 2026-11-22}}]\n",
            ),
            0,
            id="a key revoked",
        ),
        pytest.param(
            person(
                SINCE,
                more="keys: [{key: K, from: 2024-03-01, proof: badge, by: p-0003, revoked: {on: 2026-11-01}}]\n",
            ),
            person(SINCE, more="keys: [{key: K, from: 2024-03-01, proof: badge, by: p-0003}]\n"),
            1,
            id="a revocation undone",
        ),
        pytest.param(
            person(SINCE, more="keys: [{key: K, from: 2024-03-01, proof: badge, by: p-0003}]\n"),
            person(SINCE, more="keys: [{key: L, from: 2024-03-01, proof: badge, by: p-0003}]\n"),
            1,
            id="another key",
        ),
        pytest.param(person(SINCE), person(SINCE).replace("Ingrid", "Ingrid Solberg"), 0, id="another name"),
    ],
)
def test_a_past_is_only_corrected(before: str, after: str, number: int):
    """What the base says of days before the change stays, or `corrected:` says why not."""
    assert len(messages(PERSON, before, after)) == number


EVENT = "quality-events/CAPA-2026-003.yaml"
OPENED = "id: CAPA-2026-003\ntitle: Gloves\nopened: 2026-06-01\nowner: p-0003\n"
CHECK = "{on: 2026-11-10, outcome: not-effective, summary: Two tore}"
LATER = CHECK.replace("11-10", "11-20")
EXTENDED = "{on: 2026-08-20, to: 2026-12-01, by: p-0003, reason: Late}"
AGAIN = "{on: 2026-11-11, by: p-0003, summary: Again, closed: 2026-11-01, closed-by: p-0003}"
CLOSING = "closed: 2026-11-20\nclosed-by: p-0003\n"
DONE_ON = "when it was merged"


def checks(*entries: str) -> str:
    """A CAPA with some effectiveness checks."""
    listed = f"checks: [{', '.join(entries)}]"
    return f"{OPENED}effectiveness: {{criterion: None torn, period: 90 days, assessor: p-0005, {listed}}}\n"


def action(more: str = "done: 2026-10-01", number: int = 1, kind: str = "other") -> str:
    """A CAPA with an action."""
    return f"{OPENED}actions: [{{id: {number}, kind: {kind}, title: Lamp, due: 2026-12-01, {more}}}]\n"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        pytest.param(checks(CHECK), checks(CHECK, LATER), [], id="a check more"),
        pytest.param(checks(), checks(CHECK), [], id="a first check"),
        pytest.param(checks(CHECK), checks(CHECK).replace("p-0005", "p-0006"), [], id="another assessor"),
        pytest.param(checks(CHECK), "{", [], id="unreadable"),
        pytest.param("{", checks(CHECK), [], id="it was unreadable"),
        pytest.param(checks(CHECK) + CLOSING, checks() + CLOSING, [], id="closed: said by another rule"),
        pytest.param(action("title: Lamp"), action(), [], id="an action is done"),
        pytest.param(action("evidence: e"), OPENED, [], id="an action is gone that was not done"),
        pytest.param(action(), action("done: 2026-10-01, evidence: e"), [], id="evidence of what was done"),
        pytest.param(
            action(f"extensions: [{EXTENDED}]"),
            action(f"extensions: [{EXTENDED}, {EXTENDED}]"),
            [],
            id="extended again",
        ),
        pytest.param(
            checks(CHECK),
            checks(CHECK.replace("not-", "")),
            ["the check of 2026-11-10, not-effective, is altered, moved or gone"],
            id="the outcome of a check",
        ),
        pytest.param(
            checks(CHECK, LATER), checks(CHECK), ["the check of 2026-11-20, not-effective, is"], id="a check less"
        ),
        pytest.param(checks(CHECK), OPENED, ["the check of 2026-11-10, not-effective, is"], id="no plan, no check"),
        pytest.param(
            checks(CHECK), checks(LATER, CHECK), ["the check of 2026-11-10, not-effective, is"], id="a check before it"
        ),
        pytest.param(
            f"{OPENED}reopened: [{AGAIN}]\n",
            OPENED,
            ["the reopening of 2026-11-11, of what was closed on 2026-11-01, is altered, moved or gone"],
            id="a reopening less",
        ),
        pytest.param(
            f"{OPENED}due: 2026-11-01\nextensions: [{EXTENDED}]\n",
            f"{OPENED}due: 2026-11-01\nextensions: [{EXTENDED.replace('12-01', '12-31')}]\n",
            ["the extension of 2026-08-20 to 2026-12-01, is altered, moved or gone"],
            id="an extension of the event",
        ),
        pytest.param(
            action(f"extensions: [{EXTENDED}]"),
            action("evidence: e"),
            ["the extension of 2026-08-20 to 2026-12-01 of action 1, is altered, moved or gone"],
            id="an extension of an action",
        ),
        pytest.param(
            action(), action("done: 2026-10-02"), [f"action 1 was done on 2026-10-01 {DONE_ON}"], id="done another day"
        ),
        pytest.param(
            action(), action("evidence: e"), [f"action 1 was done on 2026-10-01 {DONE_ON}"], id="no longer done"
        ),
        pytest.param(
            action(), OPENED, [f"action 1 was done on 2026-10-01 {DONE_ON}, and is gone"], id="a done action is gone"
        ),
        pytest.param(
            action(),
            action(number=2),
            [f"action 1 was done on 2026-10-01 {DONE_ON}, and is gone"],
            id="a done action has another number",
        ),
        pytest.param(
            action(),
            OPENED + CLOSING,
            [f"action 1 was done on 2026-10-01 {DONE_ON}, and is gone"],
            id="as it is closed",
        ),
        pytest.param(
            action(f"done: 2026-10-01, extensions: [{EXTENDED}]"),
            OPENED,
            ["the extension of 2026-08-20", "action 1 was done on 2026-10-01"],
            id="each once",
        ),
    ],
)
def test_an_open_event_keeps_what_it_says_of_its_past(before: str, after: str, said: list[str]):
    """Checks, reopenings and extensions are only added; what was done stays done."""
    found = messages(EVENT, before, after)

    assert len(found) == len(said), found
    assert all(any(one.startswith(words) for one in found) for words in said), found


def test_an_action_may_be_done_anew_when_its_event_is_reopened():
    """Of an event that was closed, this rule says nothing."""
    again = AGAIN.replace("2026-11-01", "2026-11-20")

    assert messages(EVENT, action() + CLOSING, action("evidence: e") + f"reopened: [{again}]\n") == []


QUALITY = """\
id: p-0003
name: A
kind: employee
employed: {from: 2024-01-15}
roles: [{role: quality-assurance, from: 2024-01-15}]
"""
PUT_RIGHT = "corrected: [{on: 2026-11-22, by: p-0003, reason: Mistyped}]\n"


@pytest.mark.parametrize(
    ("before", "after", "number"),
    [
        pytest.param(action(), action("done: 2026-10-02") + PUT_RIGHT, 0, id="done another day"),
        pytest.param(action(), action("evidence: e") + PUT_RIGHT, 0, id="not done at all"),
        pytest.param(action(), action("done: 2026-10-02") + PUT_RIGHT.replace("0003", "0042"), 1, id="somebody else"),
        pytest.param(action() + PUT_RIGHT, action("done: 2026-10-02") + PUT_RIGHT, 1, id="an earlier correction"),
        pytest.param(action(), OPENED + PUT_RIGHT, 1, id="an action that is gone"),
        pytest.param(checks(CHECK), checks() + PUT_RIGHT, 1, id="a check that is gone"),
    ],
)
def test_the_quality_unit_puts_a_mistyped_day_right(before: str, after: str, number: int):
    """A correction excuses the day on which an action was done, and nothing else."""
    person = {"roles/people/p-0003.yaml": QUALITY}
    found = findings_of_change({**person, EVENT: before}, {**person, EVENT: after})

    assert [finding.rule for finding in found].count("record-altered") == number
