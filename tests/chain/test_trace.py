"""What is followed from which start, and what is said of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qmsci.chain.graph import Chain, Fact, Kind
from qmsci.chain.trace import chain
from qmsci.chain.tree import grouped, rows
from qmsci.finding import CannotRun
from qmsci.records.layout import assignment_name, assignment_path
from qmsci.snapshot import Snapshot
from tests.chain.story import (
    BOTH,
    DEVIATION,
    FILES,
    SOP,
    TODAY,
    assignment,
    completion,
    crowd,
    history,
    person,
    rejection,
)
from tests.laws import POLICY, Files, snapshot_of
from tests.strategies import edited, systems, texts
from tests.test_laws import assigned

CAPA_FILE = "quality-events/CAPA-2026-003.yaml"
DEV_FILE = "quality-events/DEV-2026-017.yaml"
SOP_FILE = "controlled-docs/sop/SOP-014-gowning.md"


def told(name: str, files: Files = FILES, day: date = TODAY) -> Chain:
    """The chain of a name at the end of a day."""
    snapshot = snapshot_of(files, day)
    return chain(snapshot, name, snapshot.end_of(day))


def said(found: Chain, *kinds: Kind) -> dict[str, str]:
    """The facts of some kinds, with the words that lead to them from what they hang on first."""
    words: dict[str, str] = {}
    for link in found.links:
        words.setdefault(link.target, link.says)
    return {name: words.get(name, "") for name, fact in found.facts.items() if fact.kind in kinds}


def fact(found: Chain, name: str) -> Fact:
    """The fact of an id."""
    return found.facts[name]


def with_(path: str, old: str, new: str, files: Files = FILES) -> Files:
    """Some files, in one of which a text stands in place of another."""
    assert old in files[path]
    return {**files, path: files[path].replace(old, new)}


# --- what is not followed -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("nobody-at-all", FILES),
        ("", FILES),
        ("SOP-014@9", FILES),
        ("SOP-077@1", FILES),
        ("../p-1", FILES),
        ("roles/operator.yaml", FILES),
        ("controlled-docs/sop/SOP-014.md", FILES),
    ],
)
def test_a_name_that_nothing_has(name: str, files: Files):
    """No answer, and no guess where nothing is near."""
    with pytest.raises(CannotRun, match=r"no event, document, revision, assignment or person .* here$"):
        told(name, files)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("CAPA-2026-03", "CAPA-2026-003"),
        ("SOP-14", "SOP-014"),
        ("SOP-14@3", "SOP-014@3"),
        ("SOP-014@3/operater", "SOP-014@3/operator"),
        ("p-01", "p-1"),
        ("DEV-2026-17", "DEV-2026-017"),
    ],
)
def test_a_name_that_is_nearly_one(name: str, meant: str):
    """Of whatever kind."""
    with pytest.raises(CannotRun, match=f"did you mean '{meant}'"):
        told(name)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("CAPA-2026-003", CAPA_FILE),
        ("p-1", "roles/people/p-1.yaml"),
        ("SOP-014@3/operator", "training-records/assignments/SOP-014@3/operator.yaml"),
        ("SOP-014@3", SOP_FILE),
        ("SOP-014", SOP_FILE),
    ],
)
def test_what_cannot_be_read_is_not_called_unknown(name: str, path: str):
    with pytest.raises(CannotRun, match="cannot be read: qmsci check --all"):
        told(name, {**FILES, path: "id: [\n"})


def test_an_event_is_not_told_with_what_belongs_to_others():
    """Newcomers and refreshers of its revision, another deviation's people, older revisions: none are its subject."""
    found = told("CAPA-2026-003")

    assert "people/p-6/operator-2027-03-15" not in found.facts
    assert "SOP-014@2" not in found.facts
    assert set(said(found, Kind.EVENT)) == {"DEV-2026-017", "CAPA-2026-003", "DEV-2027-008"}
    assert "p-1" not in found.facts  # involved in the deviation that it takes up
    assert "p-1" in told("DEV-2026-017").facts


def test_a_revision_is_told_with_its_own_training_only():
    """Of the actions of its CAPA that ask for something else, only that they do."""
    files = with_(
        CAPA_FILE,
        "  - id: 3\n",
        "  - {id: 4, kind: training, documents: [WI-031@1], people: [p-1], due: 2026-12-15}\n  - id: 3\n",
    )
    wi = SOP.replace("SOP-014", "WI-031").replace("revision: 3", "revision: 1").replace("CAPA-2026-003", "")
    wi = wi.replace("    reason: \n", "").replace("{revision: 2", "{revision: 0").replace("governs: [gowning]\n", "")
    files |= {"controlled-docs/wi/WI-031.md": wi}
    files |= assignment("CAPA-2026-003/4", "capa", "WI-031@1", ["p-1"], "2026-11-22", "2026-12-15", None)

    assert "CAPA-2026-003/4" in told("CAPA-2026-003", files).facts
    found = told("SOP-014@3", files)
    assert "CAPA-2026-003/4" not in found.facts
    assert "CAPA-2026-003 action 4" in found.facts
    assert not any(one.id.startswith("CAPA-2026-003 action 4,") for one in found.facts.values())


def test_links_both_ways_come_to_an_end():
    """A deviation and a CAPA that name one another, and two CAPAs that do."""
    both = with_(DEV_FILE, "people: [p-1]", "people: [p-1]\nsources: [CAPA-2026-003, DEV-2026-017]")

    assert {"DEV-2026-017", "CAPA-2026-003"} <= set(told("CAPA-2026-003", both).facts)
    assert len(list(rows(told("DEV-2026-017", both)))) >= len(told("DEV-2026-017", both).facts)


def test_a_long_row_of_events_is_told_to_its_end():
    """Each from the one before it."""
    text = "id: CAPA-{n}\ntitle: Again\nopened: 2026-01-01\nowner: p-3\nsources: [CAPA-{before}]\n"
    many = {f"quality-events/CAPA-{n}.yaml": text.format(n=n, before=n - 1) for n in range(2000, 3500)}
    found = told("CAPA-2000", {**FILES, **many})

    assert len([row for row in rows(found) if row.fact.kind is Kind.EVENT]) == 1500


# --- events ---------------------------------------------------------------------------------------------------------


def test_a_capa_in_the_order_in_which_it_came():
    """Deviation, cause, actions, revision, assignments, completions, check, closing, reopening."""
    found = told("CAPA-2026-003")
    order = [row.fact.id for row in rows(found) if not row.again]

    wanted = [
        "DEV-2026-017",
        "DEV-2026-017 root cause",
        "DEV-2026-017 closed",
        "CAPA-2026-003",
        "CAPA-2026-003 root cause",
        "CAPA-2026-003 action 1",
        "CAPA-2026-003/1",
        "p-1/SOP-014#2",
        "CAPA-2026-003 action 2",
        "CAPA-2026-003 action 2 extension 1",
        "CAPA-2026-003 action 2 done",
        "SOP-014@3",
        "SOP-014@3/operator",
        "SOP-014@3 in force",
        "CAPA-2026-003 action 3",
        "CAPA-2026-003 plan",
        "CAPA-2026-003 check 1",
        "CAPA-2026-003 reopened 1 closed",
        "CAPA-2026-003 reopened 1",
    ]
    assert [name for name in order if name in wanted] == wanted


def test_what_is_not_done_says_so():
    """For how long, and since when it is overdue."""
    found = told("CAPA-2026-003")

    assert fact(found, "CAPA-2026-003").state == "investigating"
    assert "open for 248 days" in fact(found, "CAPA-2026-003").notes
    assert fact(found, "CAPA-2026-003 action 3").state == "not-done"
    assert fact(found, "CAPA-2026-003 action 3").notes == ("due 2027-05-18", "overdue for 2 days")
    assert fact(found, "CAPA-2026-003 action 2").notes == ("due 2026-11-30",)  # extended
    assert fact(found, "CAPA-2026-003 action 1, SOP-014@3, p-6").state == "not-assigned"


def test_what_an_event_lacks_besides_people():
    """As circuit says it."""
    files = with_(CAPA_FILE, "documents: [SOP-014@3]", "documents: [SOP-014@3, SOP-014@7]")

    assert "there is no SOP-014@7" in fact(told("CAPA-2026-003", files), "CAPA-2026-003 action 1").notes
    files = with_(CAPA_FILE, "document: SOP-014@3\n", "document: SOP-014@8\n")
    assert "there is no SOP-014@8 yet" in fact(told("CAPA-2026-003", files), "CAPA-2026-003 action 2").notes


def test_the_law_is_asked_about_each_event():
    """What it finds stands at the fact that it is about."""
    early = with_(
        CAPA_FILE, "    due: 2026-12-15\n", "    due: 2026-12-15\n  - {id: 1, kind: other, due: 2026-12-15}\n"
    )
    found = told("CAPA-2026-003", early)

    assert any("[duplicate-action]" in fault for fault in fact(found, "CAPA-2026-003 action 1 (entry 2)").faults)
    closed = with_(CAPA_FILE, "reopened:", "closed: 2027-05-19\nclosed-by: p-3\nreopened:")
    faults = fact(told("CAPA-2026-003", closed), "CAPA-2026-003 action 1").faults
    assert [one for one in faults if "capa-closed-without-training" in one] == [
        "closed on 2027-05-19, and SOP-014@3 was not assigned to p-6 [capa-closed-without-training]"
    ]


def test_without_a_policy_nothing_is_judged():
    assert told("CAPA-2026-003", {**FILES, "qmsci.yaml": "["}).facts["CAPA-2026-003"].faults == ()


def test_who_was_involved_and_how_they_were_trained():
    """By what the event says, and by what the records say where it says nothing."""
    found = told("DEV-2026-017")
    assert said(found, Kind.ASSESSMENT) == {"DEV-2026-017 assessment 1": "assessed"}
    assert fact(found, "DEV-2026-017 assessment 1").title == "qualified on SOP-014@2 then, training did not contribute"

    found = told("DEV-2027-008")
    assert said(found, Kind.ASSESSMENT) == {"DEV-2027-008 assessment of p-2 on SOP-014": "did not assess"}
    assert (
        "the records say qualified on SOP-014@3 then" in fact(found, "DEV-2027-008 assessment of p-2 on SOP-014").title
    )


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        pytest.param(
            "id: NCR-1\ntitle: T\noccurred: 2027-01-01T09:00:00+01:00\nreported: 2027-01-01\n"
            "disposition: {decision: scrap, on: 2027-01-05, by: p-3, rationale: Torn.}\n"
            "due: 2027-02-01\nextensions:\n  - {to: 2027-03-01, on: 2027-01-20, by: p-3, reason: The trial.}\n",
            {"NCR-1 disposition": "was disposed of by", "NCR-1 extension 1": "was extended by"},
            id="nonconformance",
        ),
        pytest.param(
            "id: AUD-1\ntitle: T\nopened: 2027-01-01\naccepted: 2027-01-05\naccepted-by: p-5\n"
            "verified: 2027-02-01\nverified-by: p-5\n",
            {"AUD-1 accepted": "had its response accepted by", "AUD-1 verified": "was verified by"},
            id="audit finding",
        ),
        pytest.param(
            "id: VAL-1\ntitle: T\nactivities: [gowning]\nprotocol: VP-1\npq-completed: 2027-01-05\n"
            "released: 2027-01-06\nreleased-by: p-3\n"
            "reopened:\n  - {on: 2026-06-01, by: p-3, summary: Moved., closed: 2026-01-01, closed-by: p-3}\n",
            {
                "VAL-1 pq-completed": "completed its performance qualification",
                "VAL-1 reopened 1 closed": "was released by",
                "VAL-1 reopened 1": "was reopened by",
                "VAL-1 released": "was released by",
            },
            id="validation",
        ),
        pytest.param(
            "id: CMP-1\ntitle: T\nopened: 2027-01-01\nvoided: {on: 2027-01-02, by: p-3, reason: Another product.}\n",
            {"CMP-1 voided": "was voided by"},
            id="complaint",
        ),
        pytest.param(
            "id: GAP-1\ntitle: T\nopened: 2027-01-01\nperson: p-1\ndocument: SOP-014\nfrom: 2026-12-15\n",
            {"p-1": "is a gap of"},
            id="gap",
        ),
        pytest.param(
            "id: MR-1\ntitle: T\nheld: 2027-01-01\nperiod: {from: 2026-01-01, to: 2026-12-31}\n"
            "actions:\n  - {id: 1, kind: other, due: 2027-06-01}\n",
            {"MR-1 action 1": "asks for"},
            id="review",
        ),
    ],
)
def test_each_kind_of_event_has_its_steps(text: str, facts: dict[str, str]):
    name = text[4:].split("\n", maxsplit=1)[0]
    found = told(name, {**FILES, f"quality-events/{name}.yaml": text})

    assert {one: says for one, says in said(found, *Kind).items() if one in facts} == facts
    assert found.start == name


def test_events_that_are_named_and_not_there():
    files = with_(CAPA_FILE, "sources: [DEV-2026-017]", "sources: [DEV-2026-017, DEV-2026-099, DEV-2026-098]")
    files |= {"quality-events/DEV-2026-098.yaml": "["}
    notes = fact(told("CAPA-2026-003", files), "CAPA-2026-003").notes

    assert "there is no DEV-2026-099" in notes
    assert "DEV-2026-098 cannot be read" in notes
    files = with_(SOP_FILE, "reason: CAPA-2026-003", "reason: CAPA-2026-099")
    assert "there is no CAPA-2026-099" in fact(told("SOP-014@3", files), "SOP-014@3").notes


def test_a_revision_with_a_reason_and_no_action():
    """It came of the event all the same."""
    files = with_(CAPA_FILE, "    document: SOP-014@3\n", "")
    found = told("CAPA-2026-003", files)

    assert said(found, Kind.REVISION) == {"SOP-014@3": "led to"}
    assert "SOP-014@3/operator" in found.facts
    assert "led to" in {link.says for link in told("SOP-014@3", files).links if link.source == "CAPA-2026-003"}


def test_retraining_on_what_was_there_already():
    """The revision is only mentioned; who else was ever trained on it is another question."""
    text = DEVIATION.replace("capa: CAPA-2026-003\n", "") + (
        "actions:\n  - {id: 1, kind: training, documents: [SOP-014@2], people: [p-1], due: 2026-10-01}\n"
    )
    files = {**FILES, DEV_FILE: text.replace("DEV-2026-017", "DEV-2026-018")}
    files = {**FILES, "quality-events/DEV-2026-018.yaml": files[DEV_FILE]}
    files |= assignment("DEV-2026-018/1", "deviation", "SOP-014@2", ["p-1"], "2026-09-20", "2026-10-01", None)
    found = told("DEV-2026-018", files)

    assert said(found, Kind.REVISION) == {"SOP-014@2": "is on"}
    assert "SOP-014@2/operator" not in found.facts
    assert "DEV-2026-018/1" in told("SOP-014@2", files).facts
    assert "DEV-2026-018 action 1" in told("SOP-014@2", files).facts


# --- as of a day ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "state", "absent", "present"),
    [
        (date(2026, 10, 5), "planned", "SOP-014@3", "CAPA-2026-003 action 2"),
        (date(2026, 11, 22), "implementing", "p-1/SOP-014#2", "SOP-014@3"),
        (date(2026, 12, 17), "effectiveness-check", "CAPA-2026-003 check 1", "p-2/SOP-014#3"),
        (date(2027, 3, 20), "effectiveness-check", "CAPA-2026-003 reopened 1 closed", "CAPA-2026-003 check 1"),
        (date(2027, 4, 1), "closed", "CAPA-2026-003 reopened 1", "CAPA-2026-003 reopened 1 closed"),
        (date(2027, 5, 11), "investigating", "CAPA-2026-003 action 3", "CAPA-2026-003 reopened 1"),
    ],
)
def test_what_came_later_is_not_told(day: date, state: str, absent: str, present: str):
    """The state is that of the day, a closing that was undone later included."""
    snapshot = snapshot_of(FILES, TODAY)
    found = chain(snapshot, "CAPA-2026-003", snapshot.end_of(day))

    assert fact(found, "CAPA-2026-003").state == state
    assert absent not in found.facts
    assert present in found.facts
    assert all(one.day is None or one.day <= day for one in found.facts.values())


def test_a_decision_that_came_later_is_not_told():
    """The event is open until then."""
    ended = with_(CAPA_FILE, "reopened:", "cancelled: {on: 2027-05-15, by: p-3, reason: Taken over.}\nreopened:")

    assert fact(told("CAPA-2026-003", ended), "CAPA-2026-003").state == "cancelled"
    found = told("CAPA-2026-003", ended, date(2027, 5, 14))
    assert fact(found, "CAPA-2026-003").state == "investigating"
    assert said(found, Kind.ENDING) == {}


def test_before_the_first_day_there_is_nothing():
    found = told("CAPA-2026-003", day=date(2026, 9, 13))

    assert found == Chain("CAPA-2026-003", date(2026, 9, 13), {}, ())
    assert list(rows(found)) == []
    for name in ("p-6", "people/p-6/operator-2027-03-15", "DEV-2027-008", "SOP-014@3"):
        assert told(name, day=date(2026, 1, 1)).facts == {}, name


def test_training_that_was_not_assigned_by_then():
    """Nobody had failed to do it."""
    found = told("CAPA-2026-003", day=date(2026, 11, 1))

    assert "not assigned yet" in fact(found, "CAPA-2026-003 action 1").notes
    assert said(found, Kind.OPEN) == {}


# --- revisions and documents ----------------------------------------------------------------------------------------


def test_who_was_trained_before_it_took_effect():
    """By the day itself; so far, where it is still to come."""
    assert "1 of 2 qualified when it took effect" in fact(told("SOP-014@3"), "SOP-014@3").notes
    assert "1 of 2 qualified so far" in fact(told("SOP-014@3", day=date(2026, 12, 2)), "SOP-014@3").notes


@pytest.mark.parametrize(
    ("day", "state"),
    [(date(2026, 12, 14), "approved"), (date(2026, 12, 15), "in-force")],
)
def test_where_a_revision_stands(day: date, state: str):
    assert fact(told("SOP-014@3", day=day), "SOP-014@3").state == state
    assert (
        fact(told("SOP-014@2", day=day), "SOP-014@2").state == {"approved": "in-force", "in-force": "superseded"}[state]
    )


@pytest.mark.parametrize(
    ("old", "new", "name", "state"),
    [
        ("reviewed:", "retired: 2027-05-01\nreviewed:", "SOP-014@3", "retired"),
        ("reviewed:", "retired: 2027-05-01\nreviewed:", "SOP-014@2", "superseded"),
        ("    impact: retrain\n", "    impact: retrain\n    withdrawn: 2026-12-01\n", "SOP-014@3", "withdrawn"),
        ("    impact: retrain\n", "    impact: retrain\n    withdrawn: 2027-12-01\n", "SOP-014@3", "approved"),
        ("2025-01-10", "2026-12-20", "SOP-014@2", "superseded"),
        ("2025-01-10", "2027-12-20", "SOP-014@2", "superseded"),
    ],
)
def test_where_a_revision_stands_that_was_retired_or_withdrawn(old: str, new: str, name: str, state: str):
    """Or superseded before it took effect."""
    assert fact(told(name, with_(SOP_FILE, old, new)), name).state == state


def test_the_ends_of_a_document_and_of_a_revision():
    retired = with_(SOP_FILE, "reviewed:", "retired: 2027-05-01\nreviewed:")
    found = told("SOP-014", retired)

    assert said(found, Kind.ENDING) == {"SOP-014 retired": "was retired"}
    assert fact(found, "SOP-014").state == "not-in-force"
    assert said(found, Kind.REVIEW) == {"SOP-014 review 1": "was reviewed by"}
    withdrawn = with_(
        SOP_FILE, "    impact: retrain\n", "    impact: retrain\n    emergency: true\n    withdrawn: 2026-12-01\n"
    )
    found = told("SOP-014@3", withdrawn)
    assert said(found, Kind.ENDING) == {"SOP-014@3 withdrawn": "was withdrawn"}
    assert "emergency" in fact(found, "SOP-014@3").notes


SIGNED = POLICY.replace("approvals: forge", "approvals: signed")
APPROVAL = """\
document: SOP-014@3
text: "sha256:0000000000000000000000000000000000000000000000000000000000000000"
effective: 2026-12-15
impact: retrain
governs: [gowning]
by: p-3
name: Astrid Halvorsen
meaning: quality-approval
at: 2026-11-20T10:00:00+01:00
"""


def test_approvals_and_the_days_until_training_was_assigned():
    """A revision is there from its approval."""
    approved = {**FILES, "qmsci.yaml": SIGNED, "controlled-docs/approvals/SOP-014@3/p-3.yaml": APPROVAL}
    found = told("SOP-014@3", approved)

    assert fact(found, "SOP-014@3").day == date(2026, 11, 20)
    assert said(found, Kind.APPROVAL) == {"SOP-014@3 approved by p-3": "was approved by"}
    assert "assigned 2 days after the approval" in fact(found, "SOP-014@3/operator").notes
    assert said(told("p-3", approved), Kind.APPROVAL) == {"SOP-014@3 approved by p-3": "approved"}
    late = {**approved, "controlled-docs/approvals/SOP-014@3/p-3.yaml": APPROVAL.replace("2026-11-20T", "2027-01-20T")}
    assert fact(told("SOP-014@3", late, date(2027, 1, 1)), "SOP-014@3").day == date(2026, 12, 15)


def test_what_an_approval_rests_on():
    """A signature (verified elsewhere), another system with its address, or nothing."""
    path = "controlled-docs/approvals/SOP-014@3/p-3.yaml"
    for more, state, notes in (
        ("", "unsigned", ()),
        ("key: k\nsignature: eA==\n", "signed", ()),
        ("origin: {system: github, reference: 'https://x.org/1'}\n", "imported", ("github https://x.org/1",)),
    ):
        found = fact(told("SOP-014@3", {**FILES, path: APPROVAL + more}), "SOP-014@3 approved by p-3")
        assert (found.state, found.notes) == (state, notes)


WHOLE = f"""\
file: FILE
digest: sha256:{64 * "0"}
by: p-3
name: Astrid Halvorsen
meaning: quality-approval
at: 2027-05-19T10:00:00+02:00
"""


def test_approvals_of_whole_files():
    """Of a document's, where something changed without a new revision; and what a person approved is theirs."""
    file = "controlled-docs/sop/SOP-014-gowning.md"
    assert file in FILES
    path = f"controlled-docs/approvals/{file}@{16 * '0'}/p-3.yaml"
    files = {
        **FILES,
        path: WHOLE.replace("FILE", file),
        path.replace("SOP-014", "SOP-015"): WHOLE.replace("FILE", file),
    }
    name = f"{file}@{16 * '0'} approved by p-3"

    assert said(told("SOP-014", files), Kind.APPROVAL) == {name: "had a change approved by"}
    assert said(told("p-3", files), Kind.APPROVAL) == {name: "approved"}
    assert said(told("SOP-014", files, date(2027, 5, 18)), Kind.APPROVAL) == {}


def test_approvals_of_closings():
    """Each below the closing that it is of; below the event where that is not there."""
    file = "quality-events/CAPA-2026-003.yaml"
    assert "reopened:" in FILES[file]
    files = dict(FILES)
    for number in (1, 2):
        path = f"controlled-docs/approvals/CAPA-2026-003@closed-{number}/p-3.yaml"
        files[path] = WHOLE.replace("FILE", file)
    found = told("CAPA-2026-003", files)
    links = {link.target: link.source for link in found.links if found.facts[link.target].kind is Kind.APPROVAL}

    assert links == {
        "CAPA-2026-003@closed-1 approved by p-3": "CAPA-2026-003 reopened 1 closed",
        "CAPA-2026-003@closed-2 approved by p-3": "CAPA-2026-003",
    }


# --- assignments ----------------------------------------------------------------------------------------------------


def answers(found: Chain, name: str = "SOP-014@3/operator") -> dict[str, str]:
    """What an assignment led to, with the words for it."""
    return {link.target: link.says for link in found.links if link.source == name}


def test_in_time_late_tried_and_begun():
    assert answers(told("SOP-014@3/operator")) == {
        "p-1/SOP-014#2": "was completed by",
        "p-2/SOP-014#2": "was tried and not passed by",
        "p-2/SOP-014#3": "was completed late by",
        "SOP-014@3": "is on",
        "role operator": "is for the role",
    }
    newcomer = answers(told("people/p-6/operator-2027-03-15"), "people/p-6/operator-2027-03-15")
    assert newcomer["p-6/SOP-014#1"] == "was begun by"
    assert newcomer["people/p-6/operator-2027-03-15, SOP-014@3, p-6: open"] == "was not completed by"
    assert newcomer["p-6"] == "is for"


def test_who_does_not_owe_it_any_more():
    """And why."""
    left = with_("roles/people/p-1.yaml", "from: 2024-01-15}\nroles", "from: 2024-01-15, to: 2026-12-10}\nroles")
    left = {path: text for path, text in left.items() if "completions/p-1/" not in path}
    key = "SOP-014@3/operator, SOP-014@3, p-1: excused"
    found = told("SOP-014@3/operator", left)

    assert answers(found)[key] == "is asked no more of"
    assert fact(found, key).title == "does not hold operator"
    superseded = {path: text for path, text in FILES.items() if "completions/p-1/" not in path}
    found = told("SOP-014@2/operator", superseded)
    assert fact(found, "SOP-014@2/operator, SOP-014@2, p-1: excused").title == "SOP-014@2 is superseded"
    gone = {path: text for path, text in FILES.items() if path != SOP_FILE and "completions" not in path}
    found = told("SOP-014@3/operator", gone)
    assert fact(found, key).title == "there is no SOP-014@3"
    nobody = {path: text for path, text in FILES.items() if "p-1" not in path}
    assert fact(told("SOP-014@3/operator", nobody), key).title == "nobody has this id"


def test_what_a_voided_event_asked_for_is_asked_of_nobody():
    ended = with_(CAPA_FILE, "reopened:", "cancelled: {on: 2027-05-11, by: p-3, reason: Taken over.}\nreopened:")
    ended = {path: text for path, text in ended.items() if "completions" not in path}
    found = told("CAPA-2026-003/1", ended)

    assert fact(found, "CAPA-2026-003/1, SOP-014@3, p-1: excused").title == "CAPA-2026-003 asks nothing of them"
    orphan = assignment("CAPA-2026-003/9", "capa", "SOP-014@3", ["p-1"], "2026-11-22", "2026-12-15", None)
    found = told("CAPA-2026-003/9", {**FILES, **orphan})
    assert fact(found, "CAPA-2026-003/9, SOP-014@3, p-1: excused").title == "CAPA-2026-003 asks nothing of them"


def test_what_a_closed_event_left_undone_stays_undone():
    """Closing it asks nobody any more, and does not train anybody."""
    closed = with_(CAPA_FILE, "reopened:", "closed: 2027-05-19\nclosed-by: p-3\nreopened:")
    closed = {path: text for path, text in closed.items() if "completions/p-1" not in path}
    found = told("CAPA-2026-003/1", closed)

    assert answers(found, "CAPA-2026-003/1")["CAPA-2026-003/1, SOP-014@3, p-1: open"] == "was not completed by"


WAIVER = "- {document: SOP-014@3, reason: Certified, evidence: 4711, from: 2026-11-25, until: 2027-11-25, by: p-3}\n"


def test_what_else_answers_an_assignment():
    """A waiver, training that nobody had asked for, a refresher by later training; not what an action asks for."""
    waived = {path: text for path, text in FILES.items() if "completions" not in path}
    waived |= {"training-records/waivers/p-1/SOP-014.yaml": WAIVER}
    found = told("SOP-014@3/operator", waived)

    assert answers(found)["p-1/SOP-014 waiver 1"] == "is waived for"
    assert fact(found, "p-1/SOP-014 waiver 1").state == "valid"
    assert answers(told("CAPA-2026-003/1", waived), "CAPA-2026-003/1")["CAPA-2026-003/1, SOP-014@3, p-1: open"]
    other = {**waived, **history("p-1", completion("SOP-014@3", "2026-12-01"))}
    assert answers(told("SOP-014@3/operator", other))["p-1/SOP-014#1"] == "is answered by other training of"
    ended = {**waived, "training-records/waivers/p-1/SOP-014.yaml": WAIVER.replace("2027-11-25", "2026-12-25")}
    assert fact(told("p-1", ended), "p-1/SOP-014 waiver 1").state == "ended"


def test_a_refresher_is_answered_by_any_later_training():
    name = "refresher/SOP-014@3/2027-02-01/operator"
    asked = {**FILES, **assignment(name, "refresher", "SOP-014@3", ["p-1"], "2027-02-01", "2027-03-01")}
    assert answers(told(name, asked), name)[f"{name}, SOP-014@3, p-1: open"] == "was not completed by"
    again = {
        **asked,
        **history("p-1", completion("SOP-014@3", "2026-12-01", *BOTH), completion("SOP-014@3", "2027-02-10")),
    }
    assert answers(told(name, again), name)["p-1/SOP-014#2"] == "is answered by other training of"
    waived = {**asked, "training-records/waivers/p-1/SOP-014.yaml": WAIVER}
    assert answers(told(name, waived), name)["p-1/SOP-014 waiver 1"] == "is waived for"
    assert said(told("SOP-014@3", asked), Kind.ASSIGNMENT)[name] == "is refreshed in"


def test_carried_over_training_answers():
    """With the completions of the revision before."""
    none = with_(SOP_FILE, "    impact: retrain\n", "    impact: none\n    rationale: A word.\n")
    none = {path: text for path, text in none.items() if "completions" not in path}
    none |= history("p-1", completion("SOP-014@2", "2025-01-07"))

    assert answers(told("SOP-014@3/operator", none))["p-1/SOP-014#1"] == "is answered by other training of"


def test_a_rejected_answer_is_none():
    """It stays in the chain, with who rejected it and why."""
    first = completion("SOP-014@3", "2026-12-01", *BOTH)
    rejected = {**FILES, **history("p-1", first, rejection(first))}
    found = told("SOP-014@3/operator", rejected)

    assert answers(found)["p-1/SOP-014#1"] == "was answered, and that rejected, by"
    assert fact(found, "p-1/SOP-014#1").state == "rejected"
    assert answers(found, "p-1/SOP-014#1") == {"p-1/SOP-014#2": "was rejected by"}
    assert answers(found)["SOP-014@3/operator, SOP-014@3, p-1: open"] == "was not completed by"
    before = told("SOP-014@3/operator", rejected, date(2026, 12, 5))
    assert answers(before)["p-1/SOP-014#1"] == "was completed by"


def test_training_records_that_cannot_be_read_are_not_held_against_anybody():
    """Nobody says of them that they did not."""
    path = "training-records/completions/p-1/SOP-014.yaml"
    found = told("SOP-014@3/operator", {**FILES, path: "- [\n"})
    key = "SOP-014@3/operator, SOP-014@3, p-1: unreadable"

    assert answers(found)[key] == "cannot be told of"
    assert fact(found, key).at == (path, ())
    assert fact(found, "SOP-014@3/operator").state == "unknown"
    found = told("CAPA-2026-003", {**FILES, path: "- [\n"})
    assert fact(found, "CAPA-2026-003 action 1").state == "unknown"
    assert fact(told("p-1", {**FILES, path: "- [\n"}), "SOP-014").state == "unknown"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("training-records/assignments/CAPA-2026-003/1.yaml", "CAPA-2026-003 action 1"),
        ("training-records/assignments/SOP-014@3/operator.yaml", "SOP-014@3"),
    ],
)
def test_assignments_that_cannot_be_read(path: str, name: str):
    notes = fact(told("CAPA-2026-003", {**FILES, path: "["}), name).notes

    assert "an assignment file of it cannot be read" in notes


def test_a_due_date_after_a_leave_and_what_migrated_records_say():
    away = with_("roles/people/p-2.yaml", "roles:", "leave: [{from: 2026-12-10, to: 2026-12-20}]\nroles:")
    assert answers(told("SOP-014@3/operator", away))["p-2/SOP-014#3"] == "was completed by"
    origin = {"system": "TrainTrack", "reference": "TT-1", "verified-by": "p-3"}
    moved = completion("SOP-014@2", "2025-01-07", late="reader offline", origin=origin)
    found = told("p-1", {**FILES, **history("p-1", moved)})
    assert fact(found, "p-1/SOP-014#1").notes == ("late entry: reader offline", "from TrainTrack, TT-1")


def test_what_a_completion_says_of_how_it_was_done():
    tasks = [{"on": "2026-11-25", "by": "p-4", "task": "Gown"}] * 2
    practical = {"evaluator": "p-4", "outcome": "competent", "supervised": tasks}
    score = {"score": 92, "pass-mark": 80, "attempt": 2}
    entry = completion("SOP-014@3", "2026-12-01", *BOTH, practical=practical, assessment=score)

    assert fact(told("p-1", {**FILES, **history("p-1", entry)}), "p-1/SOP-014#1").title == (
        "SOP-014@3 by read, practical, score 92, pass mark 80, attempt 2, evaluated by p-4 after 2 supervised tasks"
    )


# --- people ---------------------------------------------------------------------------------------------------------


def test_a_person_with_all_that_the_records_say():
    found = told("p-4")

    assert said(found, Kind.ROLE) == {"p-4 lead 1": "holds"}
    assert said(found, Kind.ACTION) == {"CAPA-2026-003 action 1": "owns"}
    assert fact(found, "CAPA-2026-003 action 1").name == "CAPA-2026-003 training action 1"
    assert set(said(found, Kind.REVISION).values()) == {"wrote"}
    assert set(said(found, Kind.COMPLETION).values()) == {"evaluated"}
    assert said(told("p-3"), Kind.EVENT) == {"CAPA-2026-003": "owns"}
    assert fact(told("p-1"), "SOP-014").state == "qualified"
    assert fact(told("p-6"), "SOP-014").state == "not-qualified"
    assert fact(told("p-6"), "SOP-014").notes == ("training on SOP-014@3 is not complete: practical is missing",)


def test_a_person_who_left_and_one_who_was_assessed():
    left = with_("roles/people/p-1.yaml", "from: 2024-01-15}\n", "from: 2024-01-15, to: 2027-01-10}\n")
    found = told("p-1", left)

    assert said(found, Kind.ROLE) == {"p-1 operator 1": "held"}
    assert fact(found, "p-1 operator 1").state == "ended"
    assert "SOP-014" not in found.facts
    assert said(found, Kind.EVENT) == {"DEV-2026-017": "was involved in"}
    assert fact(found, "DEV-2026-017 assessment 1").title == "qualified on SOP-014@2 then"
    only = with_(DEV_FILE, "people: [p-1]\n", "")
    assert said(told("p-1", only), Kind.EVENT) == {"DEV-2026-017": "was involved in"}
    gap = "id: GAP-1\ntitle: T\nopened: 2027-01-01\nperson: p-1\ndocument: SOP-014\nfrom: 2026-12-15\n"
    assert said(told("p-1", {**FILES, "quality-events/GAP-1.yaml": gap}), Kind.EVENT)["GAP-1"] == "had the gap"
    odd = {**FILES, **person("p-9", "Nils Aas", "astronaut")}
    assert fact(told("p-9", odd), "p-9 astronaut 1").title == "there is no such role, from 2024-01-15"


def test_training_that_nobody_had_asked_for():
    entry = completion("SOP-014@1", "2024-01-20")

    assert said(told("p-1", {**FILES, **history("p-1", entry)}), Kind.COMPLETION) == {"p-1/SOP-014#1": "also completed"}


def test_what_is_grouped_and_what_is_told_one_by_one():
    """Answers to one assignment together; what somebody did themselves never; what they did for others by kind."""
    found = told("p-4", crowd(20))
    assert {one.name for one in grouped(found, 12).facts.values() if one.kind is Kind.GROUP} == {"22 times, 19 people"}
    mine = told("p-1000", crowd(20))
    assert grouped(mine, 0).facts.keys() >= {one.id for one in mine.facts.values() if one.person == "p-1000"}
    newcomers = {**FILES}
    for number in range(2000, 2020):
        newcomers |= person(f"p-{number}", "New", "operator", since="2027-03-01")
        name = f"people/p-{number}/operator-2027-03-01"
        newcomers |= assignment(name, "hire", "SOP-014@3", [f"p-{number}"], "2027-03-01", "2027-04-01")
        if number > 2002:
            newcomers |= history(f"p-{number}", completion("SOP-014@3", "2027-03-10", name))
    groups = {one.name: one.title for one in grouped(told("SOP-014@3", newcomers), 12).facts.values()}
    assert groups["21 assignments"] == "2027-03-01 to 2027-03-15; open for p-2000, p-2001, p-2002, p-6"


def test_a_path_names_its_record():
    """Of an event, a document, a person, an assignment."""
    names = {CAPA_FILE: "CAPA-2026-003", SOP_FILE: "SOP-014", "roles/people/p-1.yaml": "p-1"}
    names |= {path: assignment_name(path) for path in FILES if "assignments/" in path}

    assert {path: told(path).start for path in names} == names
    assert told(f"./{CAPA_FILE}").start == "CAPA-2026-003"


# --- laws -----------------------------------------------------------------------------------------------------------


def every_name(snapshot: Snapshot) -> list[str]:
    """All that can be asked about."""
    revisions = [str(document.named(entry)) for document in snapshot.documents for entry in document.revisions]
    names = [*snapshot.events.by_id, *snapshot.documents.by_id, *snapshot.people.by_id, *revisions]
    return [*names, *map(assignment_name, snapshot.source.paths("training-records/assignments/"))]


def readable(snapshot: Snapshot, name: str) -> bool:
    """Whether a name is not that of an assignment whose file is broken."""
    return snapshot.assignment(name) is not None or not snapshot.unreadable_below(assignment_path(name))


def lawful(snapshot: Snapshot, found: Chain) -> None:
    """All hangs together, every place is there, nothing is later than the day, and the tree has each fact once."""
    if found.facts:
        assert found.start in found.facts
    near: dict[str, set[str]] = {name: set() for name in found.facts}
    for link in found.links:
        assert link.source != link.target
        assert link.says
        near[link.source].add(link.target)
        near[link.target].add(link.source)
    reached, front = {found.start}, [found.start]
    while front and found.facts:
        new = near[front.pop()] - reached
        reached |= new
        front += new
    assert reached == {found.start, *found.facts}
    for name, one in found.facts.items():
        assert name == one.id
        assert one.at
        file = snapshot.source.tree.read([one.at.path])[0]
        assert file, one.at
        assert 1 <= snapshot.source.placed(one.at).line <= file.data.count(b"\n") + 1
        assert one.day is None or one.day <= found.on
    for most in (0, 2, 12):
        told = grouped(found, most)
        order = [row.fact.id for row in rows(told) if not row.again]
        assert sorted(order) == sorted(told.facts)
        assert all(one.at or one.kind is Kind.GROUP for one in told.facts.values())


@pytest.mark.parametrize("day", [TODAY, date(2027, 4, 1), date(2026, 12, 1), date(2026, 9, 20), date(2024, 6, 1)])
def test_every_chain_of_the_story_is_lawful(day: date):
    snapshot = snapshot_of(crowd(20), TODAY)
    for name in every_name(snapshot):
        lawful(snapshot, chain(snapshot, name, snapshot.end_of(day)))


@given(st.data())
def test_every_chain_is_lawful_and_the_same_again(data: st.DataObject):
    """In whatever quality system, on whatever day."""
    system = data.draw(systems())
    files = texts(system)
    files |= assigned(files)
    files = texts(data.draw(edited({**system, **{path: text for path, text in files.items() if path not in system}})))
    day = date(2026, 11, 22) + timedelta(days=data.draw(st.sampled_from([0, -400, -30, 30, 400])))
    snapshot = snapshot_of(files)
    names = [name for name in every_name(snapshot) if readable(snapshot, name)]
    assume(names)
    name = data.draw(st.sampled_from(names))
    found = chain(snapshot, name, snapshot.end_of(day))

    lawful(snapshot, found)
    again = snapshot_of(dict(reversed(files.items())))
    assert chain(again, name, again.end_of(day)) == found
