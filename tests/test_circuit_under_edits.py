"""
The circuit under any sequence of edits: whatever is proposed, what the gate lets through is a sound circuit.

A machine keeps a quality system, proposes change after change (honest ones, shortcuts, and both in one change), and
merges those in which the gate finds no error. What soundness is, it counts for itself, from the plain values that were
merged, without the package's own understanding of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from datetime import date, timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from qmsci.assign import assignments
from qmsci.finding import CannotRun, Severity
from qmsci.read import plain, text_digest
from qmsci.records.canonical import digest_of
from qmsci.render.assignment import written
from tests.laws import TODAY, findings_in, findings_in_scope, findings_of_change, snapshot_of
from tests.strategies import BODY, System, policy, texts

CAPA, DEV = "quality-events/CAPA-1.yaml", "quality-events/DEV-1.yaml"
SOP = "controlled-docs/sop/SOP-001.md"
OPERATORS = ("p-1", "p-2", "p-3")
PERIOD = 30
ONE = timedelta(days=1)


def founded() -> System:
    """A procedure, its operators, somebody of the quality unit, and nothing assigned yet."""

    def person(name: str, *roles: str) -> Any:
        held = [{"role": role, "from": "2026-01-01"} for role in roles]
        return {"id": name, "name": name, "kind": "employee", "employed": {"from": "2026-01-01"}, "roles": held}

    return {
        "qmsci.yaml": policy(),
        "roles/activities.yaml": {"gown": {"title": "Gown"}},
        "roles/operator.yaml": {"id": "operator", "title": "Operator", "purpose": "Works.", "performs": ["gown"]},
        "roles/quality-assurance.yaml": {
            "id": "quality-assurance",
            "title": "QA",
            "purpose": "Looks.",
            "requires": ["SOP-001"],
        },
        SOP: {
            "id": "SOP-001",
            "title": "Gowning",
            "owner": "operator",
            "governs": ["gown"],
            "revisions": [
                {
                    "revision": "1",
                    "effective": "2026-01-10",
                    "summary": "First.",
                    "impact": "retrain",
                    "authors": ["p-1"],
                }
            ],
            BODY: "Text 1.\n",
        },
        **{f"roles/people/{name}.yaml": person(name, "operator") for name in OPERATORS},
        "roles/people/p-8.yaml": person("p-8"),
        "roles/people/p-9.yaml": person("p-9", "quality-assurance"),
    }


def with_assignments(system: System, day: date) -> System:
    """A system with the files that `qmsci assign` adds on a day."""
    records = snapshot_of(texts(system), day).source
    return {**system, **{found.path: written(found) for found in assignments(records, day, [])}}


# --- edits: each takes a system, a day and a source of choices, and alters the system in place ----------------------

Choose = Callable[[list[Any]], Any]
Edit = Callable[[System, date, Choose], None]


def open_deviation(system: System, day: date, choose: Choose) -> None:
    """Somebody was involved in a departure from the procedure."""
    system.setdefault(
        DEV,
        {
            "id": "DEV-1",
            "title": "Torn glove",
            "occurred": f"{day}T09:40:00+01:00",
            "reported": str(day),
            "classification": "major",
            "activity": "gown",
            "documents": ["SOP-001"],
            "people": choose([["p-1"], ["p-1", "p-2"]]),
        },
    )


def assess_deviation(system: System, day: date, choose: Choose) -> None:
    """Say of each person whether training was there; now and then against the records."""
    if DEV in system:
        verdicts = choose([["qualified"], ["not-qualified"], ["qualified", "not-qualified"]])
        system[DEV]["training-assessment"] = [
            {"person": name, "document": "SOP-001@1", "verdict": verdicts[n % len(verdicts)], "contributed": "false"}
            for n, name in enumerate(system[DEV]["people"])
        ]


def decide_deviation(system: System, day: date, choose: Choose) -> None:
    """Name the cause, and what follows from it."""
    if DEV in system:
        system[DEV]["root-cause"] = {"category": choose(["training", "procedure"]), "summary": "It was not seen."}
        decision = choose([{"capa": "CAPA-1"}, {"no-capa": "Once, and mended at once."}, {}])
        system[DEV] |= decision if "capa" not in decision or CAPA in system else {}


def close_deviation(system: System, day: date, choose: Choose) -> None:
    """Close it, on some day."""
    if DEV in system:
        system[DEV] |= {"closed": str(day + choose([0, 0, 0, -40, 20]) * ONE), "closed-by": "p-9"}


def open_capa(system: System, day: date, choose: Choose) -> None:
    """Ask for retraining of people, of a role, or of both; and for something that is not training."""
    whom = choose([{"people": ["p-1"]}, {"people": ["p-1", "p-2"]}, {"roles": ["operator"]}, {"people": ["p-8"]}])
    training = {"id": "1", "kind": "training", "documents": [choose(["SOP-001@1", "SOP-001"])], **whom}
    system.setdefault(
        CAPA,
        {
            "id": "CAPA-1",
            "title": "Gloves tear",
            "opened": str(day),
            "owner": "p-9",
            "root-cause": {"category": "training", "summary": "The change of gloves was not practised."},
            "actions": [
                {**training, "due": str(day + 30 * ONE), "owner": "p-9"},
                {"id": "2", "kind": "other", "title": "A mirror", "due": str(day + 30 * ONE), "owner": "p-9"},
            ],
            "effectiveness": {"criterion": "No torn glove", "period": f"{PERIOD} days", "assessor": "p-8"},
        },
    )


def do_action(system: System, day: date, choose: Choose) -> None:
    """Do what is not training."""
    if CAPA in system:
        for action in system[CAPA]["actions"]:
            if action["kind"] == "other":
                action.setdefault("done", str(day + choose([0, 0, -3]) * ONE))


def items(system: System) -> list[tuple[str, str, str]]:
    """What the CAPA's assignments ask: assignment, revision and person."""
    found = []
    for path in sorted(path for path in system if "/assignments/CAPA-1/" in path):
        assignment: Any = plain(system[path].encode())
        for item in assignment["items"]:
            found += [(assignment["assignment"], item["document"], person) for person in item["people"]]
    return found


def complete_all(system: System, day: date, choose: Choose) -> None:
    """Train everybody whom the CAPA's assignments name."""
    for assignment, revision, person in items(system):
        _complete(system, day, person, revision, [assignment])


def complete_one(system: System, day: date, choose: Choose) -> None:
    """Train somebody, for the CAPA or not, passed or not, today or on another day."""
    wanted = items(system) or [("", "SOP-001@1", "p-1")]
    assignment, revision, person = choose(wanted)
    named = choose([[assignment], [assignment], []]) if assignment else []
    _complete(system, day, person, revision, named, failed=choose([False, False, True]), ago=choose([0, 0, 1, 50]))


def _complete(
    system: System,
    day: date,
    person: str,
    revision: str,
    named: list[str],
    *,
    failed: bool = False,
    ago: int = 0,
) -> None:
    path = f"training-records/completions/{person}/SOP-001.yaml"
    entry: dict[str, Any] = {
        "document": revision,
        "text": text_digest(system[SOP][BODY].encode()),
        "completed": f"{day - ago * ONE}T0{1 + len(system.get(path, [])) % 9}:30:00+01:00",
        "method": ["read", "assessment"] if failed else ["read"],
    }
    if named:
        entry["assignments"] = named
    if failed:
        entry["assessment"] = {"score": 40, "pass-mark": 80, "attempt": 1}
    system[path] = [*system.get(path, []), entry]


def reject_one(system: System, day: date, choose: Choose) -> None:
    """Take back that an entry counts."""
    paths = sorted(path for path in system if "/completions/" in path)
    if paths:
        history = system[choose(paths)]
        entry = choose([entry for entry in history if "document" in entry])
        at = f"{day}T11:00:00+01:00"
        history.append({"rejects": digest_of(entry), "reason": "Another person's.", "by": "p-9", "at": at})


def check_effect(system: System, day: date, choose: Choose) -> None:
    """Look whether it worked; the day and the outcome may be wishful."""
    if CAPA in system and "effectiveness" in system[CAPA]:
        plan = system[CAPA]["effectiveness"]
        outcome = choose(["effective", "effective", "effective", "not-effective", "inconclusive"])
        on = day + choose([0, 0, 0, -25, PERIOD]) * ONE
        plan["checks"] = [*plan.get("checks", []), {"on": str(on), "outcome": outcome, "summary": "Logs were read."}]


def close_capa(system: System, day: date, choose: Choose) -> None:
    """Close it, today or on another day."""
    if CAPA in system:
        system[CAPA] |= {"closed": str(day + choose([0, 0, 0, -20, PERIOD]) * ONE), "closed-by": "p-9"}


def reopen_capa(system: System, day: date, choose: Choose) -> None:
    """Open it again, with or without saying so."""
    capa = system.get(CAPA, {})
    if "closed" in capa:
        taken = {"closed": capa.pop("closed"), "closed-by": capa.pop("closed-by")}
        if choose([True, True, True, False]):
            entry = {"on": str(day), "by": "p-9", "summary": "It came back.", **taken}
            capa["reopened"] = [*capa.get("reopened", []), entry]


def add_retraining(system: System, day: date, choose: Choose) -> None:
    """Ask for more training."""
    if CAPA in system:
        number = str(len(system[CAPA]["actions"]) + 1)
        action = {"id": number, "kind": "training", "documents": ["SOP-001"], "people": [choose(list(OPERATORS))]}
        system[CAPA]["actions"].append({**action, "opened": str(day), "due": str(day + 20 * ONE)})


# --- edits that would be shortcuts ----------------------------------------------------------------------------------


def drop_action(system: System, day: date, choose: Choose) -> None:
    """Take the training action away."""
    if CAPA in system:
        system[CAPA]["actions"] = [one for one in system[CAPA]["actions"] if one["kind"] != "training"]


def disguise_action(system: System, day: date, choose: Choose) -> None:
    """Have the training action be something else, that is done."""
    if CAPA in system:
        system[CAPA]["actions"][0] |= {"kind": "other", "done": str(day)}


def spare_somebody(system: System, day: date, choose: Choose) -> None:
    """Name fewer people, or none."""
    action = system[CAPA]["actions"][0] if CAPA in system else {}
    if action.get("people"):
        action["people"] = action["people"][:-1]
    else:
        action.pop("roles", None)


def drop_document(system: System, day: date, choose: Choose) -> None:
    """Ask for training on nothing."""
    if CAPA in system:
        system[CAPA]["actions"][0].pop("documents", None)


def drop_assignment(system: System, day: date, choose: Choose) -> None:
    """Remove the assignment, or take somebody out of it."""
    paths = sorted(path for path in system if "/assignments/CAPA-1/" in path)
    if paths and choose([True, False]):
        del system[choose(paths)]
    elif paths:
        path = choose(paths)
        system[path] = system[path].replace('"p-1", ', "").replace('"p-1"', "")


def soften_plan(system: System, day: date, choose: Choose) -> None:
    """Want less of the effect, look sooner, or not at all."""
    if CAPA in system and "effectiveness" in system[CAPA]:
        plan = system[CAPA]["effectiveness"]
        match choose([0, 1, 2, 3]):
            case 0:
                plan["criterion"] = "Fewer torn gloves"
            case 1:
                plan["period"] = "1 day"
            case 2:
                plan.pop("checks", None)
            case 3:
                del system[CAPA]["effectiveness"]


def forget_history(system: System, day: date, choose: Choose) -> None:
    """Alter what happened: the day of a check, a reopening, the outcome of a check."""
    capa = system.get(CAPA, {})
    match choose([0, 1, 2]):
        case 0 if capa.get("reopened"):
            capa["reopened"] = capa["reopened"][1:]
        case 1 if capa.get("effectiveness", {}).get("checks"):
            capa["effectiveness"]["checks"][-1]["outcome"] = "effective"
        case 2:
            capa.pop("root-cause", None)


def send_away(system: System, day: date, choose: Choose) -> None:
    """Somebody leaves, or leaves the role; honestly, or as if long ago."""
    name = choose(list(OPERATORS))
    person = system[f"roles/people/{name}.yaml"]
    last = str(day - choose([1, 1, 200]) * ONE)
    if choose([True, False]):
        person["employed"] = {**person["employed"], "to": last}
    elif person["roles"]:
        person["roles"] = [{**person["roles"][0], "to": last}, *person["roles"][1:]]


def take_on(system: System, day: date, choose: Choose) -> None:
    """Somebody joins the role."""
    person = system["roles/people/p-8.yaml"]
    if not person["roles"]:
        person["roles"] = [{"role": "operator", "from": str(day + choose([0, 5]) * ONE)}]


def remove_event(system: System, day: date, choose: Choose) -> None:
    """Make an event disappear."""
    system.pop(choose([CAPA, DEV]), None)


HONEST: list[Edit] = [
    open_deviation,
    assess_deviation,
    decide_deviation,
    close_deviation,
    open_capa,
    do_action,
    complete_all,
    complete_one,
    reject_one,
    check_effect,
    close_capa,
    reopen_capa,
    add_retraining,
    take_on,
    send_away,
]
SHORTCUTS: list[Edit] = [
    drop_action,
    disguise_action,
    spare_somebody,
    drop_document,
    drop_assignment,
    soften_plan,
    forget_history,
    remove_event,
]
#: What leads to a closed CAPA, in order, with the days between; so that a machine gets there more often than by chance.
THE_WAY: list[tuple[Edit, int]] = [
    (open_capa, 0),
    (complete_all, 3),
    (do_action, 0),
    (check_effect, PERIOD),
    (close_capa, 0),
    (reopen_capa, 10),
]


def first(choices: list[Any]) -> Any:
    """Choose what an honest person would."""
    return choices[0]


# --- the gate, and what soundness is --------------------------------------------------------------------------------


def refused(main: System, proposed: System, day: date) -> list[str]:
    """The rules by which the gate refuses a change; none where it may be merged."""
    before, after = texts(main), texts(proposed)
    found = findings_of_change(before, after, day) + findings_in_scope(before, after, day)
    return sorted({finding.rule for finding in found if finding.severity is Severity.ERROR})


class Ledger:
    """What was ever merged that somebody could want to be forgotten; soundness is counted from it."""

    def __init__(self) -> None:
        self.named: dict[str, set[str]] = {}  # by training action, all whom it ever named
        self.roles: dict[str, set[str]] = {}
        self.history: dict[str, list[Any]] = {}  # by path, the longest history of training
        self.closings: list[tuple[str, str]] = []
        self.failed: set[str] = set()  # days of checks that said that it did not work

    def note(self, system: System) -> None:
        """Take down what a merged system adds."""
        capa = system.get(CAPA)
        for action in capa["actions"] if capa else ():
            if action["kind"] == "training":
                self.named.setdefault(action["id"], set()).update(action.get("people", []))
                self.roles.setdefault(action["id"], set()).update(action.get("roles", []))
        for path, value in system.items():
            if "/completions/" in path:
                assert value[: len(self.history.get(path, []))] == self.history.get(path, []), "a record was lost"
                self.history[path] = list(value)
        assert CAPA in system or not self.named, "a CAPA was lost"

    def untrained(self, system: System) -> list[str]:
        """Whom a closed CAPA had to have trained by its closing day, and has not."""
        capa = system.get(CAPA, {})
        if "closed" not in capa:
            return []
        closed = capa["closed"]
        missing = []
        for number in self.named:
            targets = {name for name in self.named[number] if _within(_person(system, name)["employed"], closed)}
            for name in [*OPERATORS, "p-8", "p-9"]:
                person = _person(system, name)
                held = [one for one in person["roles"] if one["role"] in self.roles[number]]
                if _within(person["employed"], closed) and any(_within(one, closed) for one in held):
                    targets.add(name)
            since = next((one.get("opened") for one in capa["actions"] if one["id"] == number), None) or capa["opened"]
            missing += [
                f"{name} for {number}" for name in sorted(targets) if not self._trained(name, number, since, closed)
            ]
        return missing

    def _trained(self, name: str, number: str, since: str, by: str) -> bool:
        history = self.history.get(f"training-records/completions/{name}/SOP-001.yaml", [])
        rejected = {entry["rejects"] for entry in history if "rejects" in entry}
        return any(
            f"CAPA-1/{number}" in {assignment.partition("-2")[0] for assignment in _named_in(entry)}
            and since <= entry["completed"][:10] <= by
            and "assessment" not in entry
            and digest_of(entry) not in rejected
            for entry in history
        )


def _named_in(entry: Any) -> list[str]:
    return [name if name.count("-") < 2 else name.rsplit("-", 1)[0] for name in entry.get("assignments", [])]


def _person(system: System, name: str) -> Any:
    return system[f"roles/people/{name}.yaml"]


def _within(interval: Any, day: str) -> bool:
    return bool(interval["from"] <= day <= interval.get("to", "9999"))


def looked_too_early(system: System, ledger: Ledger) -> str | None:
    """Why the effect of a closed CAPA was not shown, in its own counting; None where it was, or it is open."""
    capa = system.get(CAPA, {})
    if "closed" not in capa:
        return None
    checks = [check for check in capa.get("effectiveness", {}).get("checks", []) if check["on"] <= capa["closed"]]
    if not checks or checks[-1]["outcome"] != "effective":
        return "no check says that it worked"
    first_done: dict[tuple[str, str], str] = {}
    for path, history in ledger.history.items():
        for entry in history:
            for name in entry.get("assignments", []) if "assessment" not in entry else ():
                day = entry["completed"][:10]
                first_done[path, name] = min(day, first_done.get((path, name), day))
    days = int(capa["effectiveness"]["period"].split()[0])
    rejected = any("rejects" in entry for history in ledger.history.values() for entry in history)
    done = [day for (_, name), day in first_done.items() if name.startswith("CAPA-1/")]
    last = max((day for day in done if day <= capa["closed"]), default=None)
    if last and not rejected and date.fromisoformat(checks[-1]["on"]) < date.fromisoformat(last) + days * ONE:
        return f"looked on {checks[-1]['on']}, and the last training was on {last}"
    return None


class Circuit(RuleBasedStateMachine):
    """A quality system on which people work, well and badly."""

    merged: ClassVar[Counter[str]] = Counter()
    turned_down: ClassVar[Counter[str]] = Counter()

    @initialize()
    def found(self) -> None:
        """Begin with a clean system."""
        self.day = TODAY
        self.main = with_assignments(founded(), self.day)
        self.ledger = Ledger()
        self.step = 0

    @rule(days=st.sampled_from([0, 1, 3, 10, PERIOD, 60]))
    def wait(self, days: int) -> None:
        """Time passes."""
        self.day += days * ONE

    @rule(data=st.data(), edits=st.lists(st.sampled_from(HONEST), min_size=1, max_size=2), assign=st.booleans())
    def work(self, data: st.DataObject, edits: list[Edit], assign: bool) -> None:
        """Somebody works; perhaps with a slip."""
        self.propose(edits, lambda choices: data.draw(st.sampled_from(choices)), assign=assign)

    @rule(
        data=st.data(),
        shortcut=st.sampled_from(SHORTCUTS),
        cover=st.sampled_from([None, close_capa, reopen_capa, check_effect, do_action]),
        assign=st.booleans(),
    )
    def cut(self, data: st.DataObject, shortcut: Edit, cover: Edit | None, assign: bool) -> None:
        """Somebody tries to get there sooner."""
        edits = [shortcut, cover] if cover else [shortcut]
        self.propose(edits, lambda choices: data.draw(st.sampled_from(choices)), assign=assign)

    @rule()
    def go_on(self) -> None:
        """The next step of the way, done well."""
        edit, days = THE_WAY[self.step % len(THE_WAY)]
        self.day += days * ONE
        self.step += self.propose([edit], first, assign=True)

    @rule(shortcut=st.sampled_from(SHORTCUTS), whom=st.sampled_from([0, 1]))
    def hurry(self, shortcut: Edit, whom: int) -> None:
        """Train one of two, take a shortcut past the other, do the rest, and close."""

        def choose(choices: list[Any]) -> Any:
            return _both(choices) if {"people": ["p-1", "p-2"]} in choices else choices[0]

        self.propose([open_capa], choose, assign=True)
        self.propose([complete_one], lambda choices: choices[min(whom, len(choices) - 1)], assign=True)
        self.propose([shortcut], choose, assign=True)
        self.propose([do_action], first, assign=True)
        self.day += PERIOD * ONE
        self.propose([check_effect], first, assign=True)
        self.propose([close_capa], first, assign=True)

    @rule(days=st.sampled_from([0, 1, PERIOD - 1]), look=st.booleans())
    def be_impatient(self, days: int, look: bool) -> None:
        """Train everybody and do the rest, then close without waiting for the period, or without looking."""
        for edit in (open_capa, complete_all, do_action):
            self.propose([edit], first, assign=True)
        self.day += days * ONE
        self.propose([check_effect, close_capa] if look else [close_capa], first, assign=True)

    @rule(days=st.sampled_from([1, 40]), reopen=st.booleans())
    def repent(self, days: int, reopen: bool) -> None:
        """Take back a completion later, with or without reopening what was closed on it."""
        self.day += days * ONE
        self.propose([reject_one, reopen_capa] if reopen else [reject_one], first, assign=True)

    def propose(self, edits: list[Edit], choose: Choose, *, assign: bool) -> bool:
        """Propose a change, and merge it where the gate lets it through."""
        proposed = deepcopy(self.main)
        for edit in edits:
            edit(proposed, self.day, choose)
        if proposed == self.main:
            return True
        if assign:
            try:
                proposed = with_assignments(proposed, self.day)
            except CannotRun:
                return False
        rules = refused(self.main, proposed, self.day)
        if rules:
            type(self).turned_down.update(rules)
            return False
        type(self).merged.update(edit.__name__ for edit in edits)
        if "closed" in proposed.get(CAPA, {}) and "closed" not in self.main.get(CAPA, {}):
            type(self).merged["closed"] += 1
        self.main = proposed
        self.ledger.note(self.main)
        return True

    @invariant()
    def nobody_is_left_out(self) -> None:
        """A closed CAPA has trained everybody whom it ever named and who was there."""
        if hasattr(self, "main"):
            assert self.ledger.untrained(self.main) == []

    @invariant()
    def the_effect_was_awaited(self) -> None:
        """A closed CAPA was looked at once its period had run."""
        if hasattr(self, "main"):
            assert looked_too_early(self.main, self.ledger) is None

    @invariant()
    def main_is_clean(self) -> None:
        """What was merged change by change is clean as a whole, today and on a later day."""
        if hasattr(self, "main"):
            files = texts(self.main)
            for day in (self.day, self.day + 500 * ONE):
                errors = [found for found in findings_in(files, day) if found.severity is Severity.ERROR]
                assert errors == []


@pytest.mark.slow
def test_no_sequence_of_edits_closes_a_capa_with_somebody_untrained():
    """Honest work gets there; slips and shortcuts, alone or under cover of honest work, do not."""
    Circuit.merged.clear()
    Circuit.turned_down.clear()
    how = settings(max_examples=settings().max_examples // 2, stateful_step_count=25)

    run_state_machine_as_test(Circuit, settings=how)

    assert Circuit.merged["closed"] >= 10, "it got there often enough to mean something"
    assert Circuit.merged["reopen_capa"] >= 3
    expected = {
        "capa-closed-without-training",
        "capa-closed-without-effectiveness",
        "criterion-changed-late",
        "training-action-narrowed",
        "closed-event-altered",
        "record-removed",
        "assessment-contradicts-records",
    }
    assert expected <= set(Circuit.turned_down)


def test_the_way_is_open():
    """Each step of the way is let through, to a closed CAPA and its reopening."""
    machine = Circuit()
    machine.found()

    for edit, days in THE_WAY:
        machine.day += days * ONE
        assert machine.propose([edit], first, assign=True), edit.__name__


@pytest.mark.parametrize("shortcut", SHORTCUTS, ids=lambda edit: edit.__name__)
@pytest.mark.parametrize("steps", [2, 3, 4], ids=["once-trained", "once-done", "once-checked"])
def test_a_shortcut_to_closing_is_refused(shortcut: Edit, steps: int):
    """Whatever is left to do, and whatever is altered to hide it, closing is refused."""
    machine = Circuit()
    machine.found()
    for edit, days in [(open_capa, 0), (complete_one, 3), (do_action, 0), (check_effect, PERIOD)][:steps]:
        machine.day += days * ONE
        assert machine.propose([edit], first if edit is not open_capa else _both, assign=True), edit.__name__

    assert not machine.propose([shortcut, close_capa], first, assign=True)
    machine.propose([shortcut], first, assign=True)
    assert not machine.propose([close_capa], first, assign=True)


def _both(choices: list[Any]) -> Any:
    """Two people are to be trained, and only one will be."""
    return next((choice for choice in choices if choice == {"people": ["p-1", "p-2"]}), choices[0])
