"""`qmsci complete`, in real repositories and with real keys: what is recorded, who signs, and what is refused."""

from __future__ import annotations

import json
import os
import pty
import random
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from qmsci.read import text_digest
from tests.cli.commands import AT_NOON, SOP, TRAINED, Desk
from tests.keys import made, public
from tests.laws import POLICY

TWO = "training-records/completions/p-2/SOP-001.yaml"
PRACTICE = "training-records/completions/p-2/WI-001.yaml"
EXAM = "training-records/completions/p-2/TRN-001.yaml"
SIGNED = POLICY.replace("signatures: optional", "signatures: required")
WI = SOP.replace("SOP-001", "WI-001").replace("Gown.", "Gown, and be watched.")
TRN = SOP.replace("SOP-001", "TRN-001").replace("Gown.", "Know why.")
QUESTIONS = """\
document: TRN-001
questions:
  - id: when
    text: When are gloves changed?
    options: {a: Never, b: At step 6, c: At the end}
  - id: which
    text: Which of these are worn?
    options: {a: A gown, b: A ring, c: Gloves}
    multiple: true
"""
DIGEST = text_digest(b"Gown.\n")
PASSPHRASE = "the trainers know it"
PEOPLE = {"p-1": "Ingrid Solberg", "p-2": "Marte Lie", "p-3": "Astrid Foss", "p-4": "Nils Berg"}


@dataclass
class Keys:
    """A private key for each person, outside the repository."""

    folder: Path

    def of(self, person: str) -> str:
        """The file of somebody's private key."""
        path = self.folder / person
        return str(path if path.exists() else made(self.folder, name=person))

    def registered(self, person: str) -> str:
        """The keys of somebody, as their file has them."""
        line = public(Path(self.of(person)))
        return f"keys:\n  - {{key: {line}, from: 2024-03-01, proof: badge, by: p-3}}\n"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """Keys that are made when they are asked for."""
    return Keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def signed(desk: Desk, keys: Keys) -> Desk:
    """A quality system that asks for signatures; two operators, one in quality assurance, one who is new."""
    roles = {"p-1": "operator", "p-2": "operator", "p-3": "quality-assurance", "p-4": "operator"}
    files: dict[str, str | bytes | None] = {
        f"roles/people/{name}.yaml": (
            f"id: {name}\nname: {PEOPLE[name]}\nkind: employee\nemployed: {{from: 2024-03-01}}\n"
            f"roles:\n  - {{role: {role}, from: 2024-03-01}}\n{keys.registered(name)}"
        )
        for name, role in roles.items()
    }
    files |= {
        "qmsci.yaml": SIGNED,
        "controlled-docs/wi/WI-001.md": WI,
        "controlled-docs/trn/TRN-001.md": TRN,
        "controlled-docs/trn/TRN-001.questions.yaml": QUESTIONS,
    }
    desk.checkout.commit(files, at="2026-01-08T12:00:00+01:00")
    desk.run("assign")
    desk.checkout.commit(at="2026-01-09T12:00:00+01:00")
    return desk


def completes(desk: Desk, keys: Keys, document: str, by: str, *more: str, exits: int = 0) -> Result:
    """Somebody completes a document with their own key, and no question asked."""
    return desk.run("complete", document, "--by", by, "--key", keys.of(by), "--yes", *more, exits=exits)


def entries(desk: Desk, path: str) -> list[dict[str, Any]]:
    """What qmsci wrote in a file, each entry on a line."""
    text = (desk.checkout.folder / path).read_text()
    return [json.loads(line.removeprefix("- ")) for line in text.splitlines()]


def sentence(result: Result) -> str:
    """What the command cannot do, and why."""
    return result.stderr.removeprefix("qmsci: ").strip()


# --- a reading ------------------------------------------------------------------------------------------------------


def test_a_reading_is_recorded_and_signed(signed: Desk, keys: Keys):
    """One line of JSON, for all that asked for it; the gate passes and the signature verifies."""
    completes(signed, keys, "SOP-001", "p-2")

    (entry,) = entries(signed, TWO)
    signature = entry.pop("signatures")[0]
    assert entry == {
        "assignments": ["SOP-001@1/operator"],
        "completed": "2026-11-22T12:00:00+01:00",
        "document": "SOP-001@1",
        "method": ["read"],
        "text": text_digest(b"Gown.\n"),
    }
    assert (signature["by"], signature["name"], signature["meaning"]) == ("p-2", "Marte Lie", "read-and-understood")
    signed.run("check")
    signed.checkout.commit()
    signed.run("verify")
    assert signed.run("qualified", "p-2", "SOP-001").stdout.startswith("yes")


def test_the_words_are_those_of_somebody_who_records(signed: Desk, keys: Keys):
    """What was shown, what was written, and what is next."""
    assert completes(signed, keys, "SOP-001", "p-2").stdout == (
        "SOP-001@1 Gowning, in force since 2026-01-10\n"
        f"wrote {TWO}: read of SOP-001@1 by p-2 (Marte Lie); signed by p-2; for SOP-001@1/operator\n"
        "p-2 has done all that SOP-001@1 asks for\n"
        "next: qmsci check\n"
    )


def test_where_approvals_are_signed_too(signed: Desk, keys: Keys):
    """The default of both: what is honest passes the gate."""
    strict = POLICY.replace("signatures: optional\n", "").replace("approvals: forge\n", "")
    signed.checkout.commit({"qmsci.yaml": strict})
    completes(signed, keys, "SOP-001", "p-2")
    signed.run("check")


def test_what_is_there_stays_to_the_byte(signed: Desk, keys: Keys):
    """An entry that a person wrote keeps its style; the new one comes below."""
    by_hand = f"""\
# as the paper has it
- document: SOP-001@1
  text: "{DIGEST}"
  completed: 2026-11-20T10:00:00+01:00
  method: [read]
"""
    signed.checkout.commit({TWO: by_hand})
    completes(signed, keys, "SOP-001", "p-2", "--again")

    text = (signed.checkout.folder / TWO).read_text()
    assert text.startswith(by_hand)
    assert text.removeprefix(by_hand).startswith('- {"assignments": [')


def test_a_training_that_nobody_had_asked_for(signed: Desk, keys: Keys):
    """It names no assignment, and counts."""
    said = completes(signed, keys, "WI-001", "p-3").stdout

    assert "nobody had asked for it, and it counts" in said
    assert entries(signed, "training-records/completions/p-3/WI-001.yaml")[0]["assignments"] == []
    signed.run("check")


# --- which text -----------------------------------------------------------------------------------------------------


@pytest.fixture
def revised(signed: Desk) -> Desk:
    """A system in which the second revision of SOP-001 is on main, and not in force yet."""
    new = "revisions:\n  - {revision: 2, effective: 2026-12-15, summary: Two gowns., impact: retrain, authors: [p-1]}\n"
    text = SOP.replace("revisions:\n", new).replace("Gown.\n", "Gown twice.\n")
    signed.checkout.write({"controlled-docs/sop/SOP-001.md": text})
    signed.assign()
    return signed


def test_the_text_in_force_is_the_one_of_the_history(revised: Desk, keys: Keys):
    """The file has the coming text already; it is not what she is trained on."""
    completes(revised, keys, "SOP-001", "p-2")

    (entry,) = entries(revised, TWO)
    assert (entry["document"], entry["text"]) == ("SOP-001@1", text_digest(b"Gown.\n"))
    revised.run("check")


@pytest.mark.parametrize(
    ("document", "by"),
    [
        pytest.param("SOP-001@2", "p-2", id="it is named"),
        pytest.param("SOP-001", "p-1", id="only it is owed"),
    ],
)
def test_the_coming_text(revised: Desk, keys: Keys, document: str, by: str):
    """It is said plainly that it is not in force yet."""
    said = completes(revised, keys, document, by).stdout

    assert said.startswith("SOP-001@2 Gowning, effective 2026-12-15: not in force yet\n")
    last = entries(revised, f"training-records/completions/{by}/SOP-001.yaml")[-1]
    assert (last["document"], last["text"]) == ("SOP-001@2", text_digest(b"Gown twice.\n"))
    revised.run("check")


def test_a_draft_is_said_to_be_one(signed: Desk, keys: Keys):
    """Who brings training along with the revision knows that nobody has approved it yet."""
    new = "revisions:\n  - {revision: 2, effective: 2026-12-15, summary: Two., impact: retrain, authors: [p-1]}\n"
    signed.checkout.write({"controlled-docs/sop/SOP-001.md": SOP.replace("revisions:\n", new).replace("Gown.", "Two.")})
    signed.run("assign")

    said = completes(signed, keys, "SOP-001@2", "p-2").stdout
    assert said.startswith("SOP-001@2 Gowning, effective 2026-12-15: not in force yet; a draft, not on main yet\n")


def test_a_text_that_the_clone_does_not_have(revised: Desk, keys: Keys, tmp_path: Path):
    """Nobody signs that they have read what they were not shown."""
    revised.clone_shallowly(tmp_path / "shallow")

    refused = completes(revised, keys, "SOP-001", "p-2", exits=2)
    assert sentence(refused) == "the text of SOP-001@1 is not in the history that is here: git fetch --unshallow"


# --- a practical demonstration --------------------------------------------------------------------------------------

JUDGED = ("--person", "p-2", "--method", "practical", "--outcome", "competent")


def meanings(entry: dict[str, Any]) -> list[tuple[str, str]]:
    """Who has signed an entry, and as what."""
    return [(one["by"], one["meaning"]) for one in entry["signatures"]]


def test_the_evaluator_signs_first(signed: Desk, keys: Keys):
    """The trainee adds her signature to the same entry, in a run of her own."""
    first = completes(signed, keys, "WI-001", "p-1", *JUDGED).stdout
    assert "p-2 signs as well: qmsci complete WI-001@1 --by p-2\n" in first
    assert "open for p-2 on WI-001@1: read\n" in first
    completes(signed, keys, "WI-001", "p-2")

    (entry,) = entries(signed, PRACTICE)
    assert entry["practical"] == {"evaluator": "p-1", "outcome": "competent"}
    assert meanings(entry) == [("p-1", "evaluated"), ("p-2", "performed")]
    completes(signed, keys, "WI-001", "p-2")
    assert [entry["method"] for entry in entries(signed, PRACTICE)] == [["practical"], ["read"]]
    signed.run("check")
    signed.checkout.commit()
    signed.run("verify")
    assert signed.run("qualified", "p-2", "WI-001").stdout.startswith("yes")


def test_the_trainee_signs_first(signed: Desk, keys: Keys):
    """Both parts in one entry, which the evaluator signs afterwards."""
    said = completes(signed, keys, "WI-001", "p-2", "--evaluator", "p-1", "--outcome", "competent").stdout
    assert "p-1 signs as well: qmsci complete WI-001@1 --by p-1 --person p-2\n" in said
    signed.run("complete", "WI-001", "--by", "p-1", "--person", "p-2", "--key", keys.of("p-1"), "--yes")

    (entry,) = entries(signed, PRACTICE)
    assert entry["method"] == ["read", "practical"]
    assert meanings(entry) == [("p-2", "read-and-understood"), ("p-1", "evaluated")]
    signed.run("check")
    signed.checkout.commit()
    signed.run("verify")


def test_both_sign_at_once(signed: Desk, keys: Keys):
    """With two keys on one desk."""
    more = ("--evaluator-key", keys.of("p-1"), "--outcome", "competent")
    completes(signed, keys, "WI-001", "p-2", *more)

    (entry,) = entries(signed, PRACTICE)
    assert meanings(entry) == [("p-2", "read-and-understood"), ("p-1", "evaluated")]
    signed.run("check")


def test_an_entry_that_is_signed_says_what_it_said(signed: Desk, keys: Keys):
    """Another outcome than the one that waits is no signature, and no second entry."""
    completes(signed, keys, "WI-001", "p-2", "--evaluator", "p-1", "--outcome", "competent")
    before = (signed.checkout.folder / PRACTICE).read_bytes()
    more = ("--person", "p-2", "--outcome", "not-competent")

    refused = completes(signed, keys, "WI-001", "p-1", *more, exits=2)
    assert sentence(refused).startswith("an entry waits that says competent, and you say not-competent")
    assert (signed.checkout.folder / PRACTICE).read_bytes() == before


def test_the_meaning_makes_the_evaluator(signed: Desk, keys: Keys):
    """Who signs as evaluated has judged it: as competent, where no outcome is named."""
    completes(signed, keys, "WI-001", "p-1", "--person", "p-2", "--meaning", "evaluated")

    (entry,) = entries(signed, PRACTICE)
    assert entry["method"] == ["practical"]
    assert entry["practical"] == {"evaluator": "p-1", "outcome": "competent"}
    assert meanings(entry) == [("p-1", "evaluated")]
    completes(signed, keys, "WI-001", "p-2", "--meaning", "performed")
    signed.run("check")


def test_the_evaluator_signs_all_that_waits(signed: Desk, keys: Keys):
    """Also where a reading was recorded in the same entry; methods are named one by one, or with commas."""
    more = ("--method", "read, practical", "--evaluator", "p-1", "--outcome", "competent")
    completes(signed, keys, "WI-001", "p-2", *more, "--meaning", "read-and-understood")
    completes(signed, keys, "WI-001", "p-1", "--person", "p-2", "--meaning", "evaluated")

    (entry,) = entries(signed, PRACTICE)
    assert entry["method"] == ["read", "practical"]
    assert meanings(entry) == [("p-2", "read-and-understood"), ("p-1", "evaluated")]
    signed.run("check")


def test_a_demonstration_that_failed_is_kept(signed: Desk, keys: Keys):
    """And does not take the reading with it."""
    more = ("--evaluator", "p-1", "--evaluator-key", keys.of("p-1"), "--outcome", "not-competent")
    said = completes(signed, keys, "WI-001", "p-2", *more, exits=1).stdout

    assert [entry["method"] for entry in entries(signed, PRACTICE)] == [["read"], ["practical"]]
    assert "not-competent, says p-1" in said
    assert "open for p-2 on WI-001@1: practical\n" in said
    signed.run("check")


def test_work_under_supervision_is_listed(signed: Desk, keys: Keys):
    """Each time with the day, and with who watched."""
    text = WI.replace("governs:", "training: {supervised: 1}\ngoverns:")
    signed.checkout.commit({"controlled-docs/wi/WI-001.md": text})
    judged = ("--person", "p-3", *JUDGED[2:])
    refused = completes(signed, keys, "WI-001", "p-1", *judged, exits=2)
    assert "--supervised" in sentence(refused)
    completes(signed, keys, "WI-001", "p-1", *judged, "--supervised", "2026-11-20 p-1 Gowned for ten vials")

    (entry,) = entries(signed, "training-records/completions/p-3/WI-001.yaml")
    tasks = [{"on": "2026-11-20", "by": "p-1", "task": "Gowned for ten vials"}]
    assert entry["practical"] == {"evaluator": "p-1", "outcome": "competent", "supervised": tasks}


# --- an assessment --------------------------------------------------------------------------------------------------


@pytest.fixture
def asking(signed: Desk, keys: Keys) -> Desk:
    """Answers sealed by trainers, whose passphrase lies in a file outside the repository."""
    (keys.folder / "answers.yaml").write_text("when: b\nwhich: [a, c]\n")
    (keys.folder / "passphrase").write_text(f"{PASSPHRASE}\n")
    seal = ("questions", "seal", "TRN-001", "--answers", str(keys.folder / "answers.yaml"))
    signed.run(*seal, "--passphrase-file", str(keys.folder / "passphrase"))
    signed.checkout.commit()
    return signed


def answers(desk: Desk, keys: Keys, said: str, *more: str, exits: int = 0) -> Result:
    """The trainee hands in her answers, and a trainer the passphrase."""
    trainer = ("--passphrase-file", str(keys.folder / "passphrase"))
    return completes(desk, keys, "TRN-001", "p-2", "--answers", said, *trainer, *more, exits=exits)


def test_an_assessment_is_passed(asking: Desk, keys: Keys):
    """It is recorded with the reading before it."""
    said = answers(asking, keys, "b,ca").stdout

    (entry,) = entries(asking, EXAM)
    assert entry["method"] == ["read", "assessment"]
    assert entry["assessment"] == {"score": 100, "pass-mark": 80, "attempt": 1}
    assert "score 100, pass mark 80: passed" in said
    asking.run("check")
    asking.checkout.commit()
    asking.run("verify")
    assert asking.run("qualified", "p-2", "TRN-001").stdout.startswith("yes")


def test_failed_attempts_are_kept_and_counted(asking: Desk, keys: Keys):
    """The reading stands; what was wrong is said by the question, never by the answer; after three it is over."""
    said = answers(asking, keys, "b,b", exits=1).stdout
    assert "score 50, pass mark 80: not passed, attempt 1 of 3; wrong: which" in said
    assert "open for p-2 on TRN-001@1: assessment\n" in said
    answers(asking, keys, "a,a", exits=1)
    answers(asking, keys, "a,ac", exits=1)
    found = entries(asking, EXAM)
    assert [entry["method"] for entry in found] == [["read"], ["assessment"], ["assessment"], ["assessment"]]
    assert [entry["assessment"]["attempt"] for entry in found[1:]] == [1, 2, 3]
    assert [meanings(entry)[0][1] for entry in found] == ["read-and-understood", *["performed"] * 3]
    asking.run("check")

    refused = sentence(answers(asking, keys, "b,ac", exits=2))
    assert refused == (
        "attempt 4 at TRN-001@1/operator, the policy allows 3 "
        "(a training action of an event assigns it anew: qmsci new CAPA …; or the quality unit waives it: qmsci waive …)"
    )
    assert len(entries(asking, EXAM)) == 4
    assert "not passed in 3 attempts" in asking.run("status", "p-2").stdout
    assert "not passed" not in asking.run("status", "p-2", "--on", "2026-11-20").stdout


def test_an_assessment_on_paper(signed: Desk, keys: Keys):
    """Its score is typed in; it needs no questions."""
    completes(signed, keys, "TRN-001", "p-2", "--score", "92")

    assert entries(signed, EXAM)[0]["assessment"] == {"score": 92, "pass-mark": 80, "attempt": 1}
    signed.run("check")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        pytest.param(("--answers", "b"), "1 answer to 2 questions", id="too few"),
        pytest.param(("--answers", "b,x"), "question which is answered by x; its options: a, b, c", id="no option"),
        pytest.param(("--answers", "bc,a"), "question when takes one answer, not b, c", id="too many options"),
        pytest.param(("--answers", "b,"), "question which is answered by nothing; its options: a, b, c", id="none"),
        pytest.param(
            ("--method", "assessment"),
            "the assessment is not answered: --answers A,B,… or, of one on paper, --score",
            id="not answered",
        ),
    ],
)
def test_answers_that_are_none(asking: Desk, keys: Keys, more: tuple[str, ...], why: str):
    """Nothing is written."""
    trainer = ("--passphrase-file", str(keys.folder / "passphrase"))

    assert sentence(completes(asking, keys, "TRN-001", "p-2", *more, *trainer, exits=2)) == why
    assert not (asking.checkout.folder / EXAM).exists()


def test_the_wrong_passphrase_opens_nothing(asking: Desk, keys: Keys):
    """And is no attempt."""
    (keys.folder / "passphrase").write_text("anything else at all\n")

    assert "do not open: the passphrase is another" in sentence(answers(asking, keys, "b,ac", exits=2))
    assert not (asking.checkout.folder / EXAM).exists()


def test_without_questions_there_is_no_assessment(signed: Desk, keys: Keys):
    """Nor with questions whose answers nobody has sealed."""
    more = ("--answers", "b,ac")
    assert "has no answers yet" in sentence(completes(signed, keys, "TRN-001", "p-2", *more, exits=2))
    signed.checkout.commit({"controlled-docs/trn/TRN-001.questions.yaml": None})
    assert "no questions lie beside TRN-001" in sentence(completes(signed, keys, "TRN-001", "p-2", *more, exits=2))


# --- a session ------------------------------------------------------------------------------------------------------

SESSION = ("--session", "attendance list 2026-11-20", "--completed", "2026-11-20T10:00:00+01:00")
BOTH = ("--person", "p-2", "--person", "p-4")


def test_a_session_that_the_facilitator_signs(signed: Desk, keys: Keys):
    """Where the type says so, one signature for each entry stands for those of the trainees."""
    signed.checkout.commit({"qmsci.yaml": SIGNED.replace("folder: sop,", "folder: sop, facilitated: true,")})
    completes(signed, keys, "SOP-001", "p-1", *SESSION, *BOTH)

    for person in ("p-2", "p-4"):
        (entry,) = entries(signed, f"training-records/completions/{person}/SOP-001.yaml")
        assert entry["session"] == {"facilitator": "p-1", "reference": "attendance list 2026-11-20"}
        assert meanings(entry) == [("p-1", "facilitated")]
    signed.run("check")
    signed.checkout.commit()
    signed.run("verify")
    again = completes(signed, keys, "SOP-001", "p-1", *SESSION, *BOTH, exits=2)
    assert sentence(again) == "everybody has an entry of this session already: p-2, p-4"


def test_who_evaluates_in_a_session_signs_it(signed: Desk, keys: Keys):
    """Whoever signs and was not trained is the evaluator, as without a session."""
    options = ("--person", "p-2", "--facilitator", "p-4", "--method", "practical", "--outcome", "competent", "--again")
    completes(signed, keys, "WI-001", "p-1", "--session", "list 4711", *options)

    (entry,) = entries(signed, PRACTICE)
    assert entry["practical"] == {"evaluator": "p-1", "outcome": "competent"}
    assert entry["session"]["facilitator"] == "p-4"
    assert meanings(entry) == [("p-1", "evaluated")]


def test_a_session_that_each_signs(signed: Desk, keys: Keys):
    """One entry for each; everybody adds their own signature."""
    said = completes(signed, keys, "SOP-001", "p-1", *SESSION, *BOTH).stdout
    assert "p-4 signs as well: qmsci complete SOP-001@1 --by p-4\n" in said
    for person in ("p-2", "p-4"):
        completes(signed, keys, "SOP-001", person)
        (entry,) = entries(signed, f"training-records/completions/{person}/SOP-001.yaml")
        assert entry["session"] == {"facilitator": "p-1", "reference": "attendance list 2026-11-20"}
        assert meanings(entry) == [(person, "read-and-understood")]
    signed.run("check")
    signed.checkout.commit()
    signed.run("verify")


def test_a_session_is_recorded_for_all_or_none(signed: Desk, keys: Keys):
    """One who has done it already stops it for the others, before anything is written."""
    refused = completes(signed, keys, "SOP-001", "p-3", *SESSION, "--person", "p-2", "--person", "p-1", exits=2)

    assert sentence(refused).startswith("p-1 has done all of SOP-001@1 already")
    assert not (signed.checkout.folder / TWO).exists()


def test_a_session_that_was_cut_short_is_taken_up(signed: Desk, keys: Keys):
    """Whoever has an entry of it is left out the second time."""
    completes(signed, keys, "SOP-001", "p-1", *SESSION, "--person", "p-2")
    signed.checkout.commit()
    completes(signed, keys, "SOP-001", "p-1", *SESSION, *BOTH)

    assert len(entries(signed, TWO)) == 1
    assert len(entries(signed, "training-records/completions/p-4/SOP-001.yaml")) == 1


# --- without signatures ---------------------------------------------------------------------------------------------


@pytest.fixture
def optional(signed: Desk) -> Desk:
    """The same system, whose policy asks for no signatures."""
    signed.checkout.commit({"qmsci.yaml": POLICY})
    return signed


def test_a_key_signs_where_it_need_not(optional: Desk, keys: Keys):
    completes(optional, keys, "SOP-001", "p-2")
    assert meanings(entries(optional, TWO)[0]) == [("p-2", "read-and-understood")]
    optional.run("check")


def test_nobody_has_to_sign_where_nothing_asks_for_it(optional: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    said = optional.run("complete", "SOP-001", "--person", "p-2", "--yes").stdout

    assert "not signed, and the policy asks for no signature: no ssh-agent is running here" in said
    assert "signatures" not in entries(optional, TWO)[0]
    optional.run("check")


# --- what is refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "by", "more", "why"),
    [
        pytest.param("SOP-002", "p-2", (), "no document 'SOP-002' in controlled-docs/", id="no such document"),
        pytest.param("SOP-001@9", "p-2", (), "no revision 'SOP-001@9' in controlled-docs/sop/", id="no such revision"),
        pytest.param("SOP-001", "p-2", ("--person", "p-9"), "no person 'p-9' in roles/people/", id="no such person"),
        pytest.param("SOP-001", "p-1", (), "p-1 has done all of SOP-001@1 already", id="done"),
        pytest.param(
            "SOP-001",
            "p-2",
            ("--completed", "2026-11-22T12:00:01+01:00"),
            "--completed 2026-11-22T12:00:01+01:00 lies ahead",
            id="to come",
        ),
        pytest.param("SOP-001", "p-2", ("--completed", "now"), "--completed 'now' is not a time", id="no time"),
        pytest.param(
            "SOP-001",
            "p-2",
            ("--completed", "2026-11-10T10:00:00+01:00"),
            "completed on 2026-11-10 and recorded 12 days later, the policy allows 3 days (say why with --late",
            id="late",
        ),
        pytest.param("WI-001", "p-2", ("--method", "practical"), "who has judged the demonstration", id="no judge"),
        pytest.param(
            "WI-001",
            "p-2",
            ("--method", "practical", "--outcome", "competent", "--evaluator", "p-2"),
            "p-2 does not evaluate their own work",
            id="evaluated by self",
        ),
        pytest.param(
            "WI-001",
            "p-4",
            ("--person", "p-2", "--outcome", "competent"),
            "p-4 could not evaluate on 2026-11-22: not trained on WI-001@1",
            id="evaluator not qualified",
        ),
        pytest.param(
            "SOP-001", "p-3", ("--person", "p-2", "--method", "read"), "p-3 has nothing to sign on", id="no capacity"
        ),
        pytest.param("SOP-001", "p-2", ("--meaning", "evaluated"), "whose demonstration was judged?", id="nobody judged"),
        pytest.param("SOP-001", "p-2", ("--meaning", "performed"), "p-2 has nothing to sign as performed", id="meaning"),
        pytest.param(
            "SOP-001",
            "p-2",
            ("--method", "read,sung"),
            "Usage",
            id="no method",
        ),
        pytest.param(
            "WI-001",
            "p-1",
            ("--person", "p-2", "--meaning", "evaluated", "--evaluator", "p-3"),
            "--meaning evaluated is signed by the evaluator: p-1 signs",
            id="two evaluators",
        ),
        pytest.param(
            "WI-001", "p-1", ("--person", "p-2"), "how has p-1 judged the demonstration? --outcome", id="no outcome"
        ),
        pytest.param("SOP-001", "p-3", (*BOTH, "--session", " "), "--session is empty", id="no session"),
        pytest.param("SOP-001", "p-3", BOTH, "only a session records several people at once", id="several people"),
        pytest.param("SOP-001", "p-2", ("--entry", "3"), "p-2 has 0 entries on SOP-001", id="no such entry"),
        pytest.param(
            "SOP-001", "p-2", ("--method", "read", "--method", "practical", "--outcome", "competent",
            "--evaluator", "p-1", "--supervised", "yesterday"), "--supervised 'yesterday' is not of the form", id="task"
        ),
    ],
)  # fmt: skip
def test_what_is_refused(signed: Desk, keys: Keys, document: str, by: str, more: tuple[str, ...], why: str):
    """In a sentence, with nothing written."""
    assert sentence(completes(signed, keys, document, by, *more, exits=2)).startswith(why)
    assert signed.checkout.git("status", "--porcelain") == ""


def test_a_late_entry_says_why(signed: Desk, keys: Keys):
    more = ("--completed", "2026-11-10T10:00:00+01:00", "--late", "reader offline")
    completes(signed, keys, "SOP-001", "p-2", *more)

    assert entries(signed, TWO)[0]["late"] == "reader offline"
    signed.run("check")


def test_somebody_elses_key(signed: Desk, keys: Keys):
    """A key signs only for whom it is registered to."""
    refused = signed.run("complete", "SOP-001", "--by", "p-2", "--key", keys.of("p-1"), "--yes", exits=2)
    assert "is not registered to p-2; it is a key of p-1" in refused.stderr


def test_what_comes_before(signed: Desk, keys: Keys):
    """A prerequisite that is not completed stops it before anybody answers."""
    role = "id: operator\ntitle: O\npurpose: P.\nperforms: [gowning]\nprerequisites: {TRN-001: [SOP-001]}\n"
    signed.checkout.commit({"roles/operator.yaml": role})

    refused = completes(signed, keys, "TRN-001", "p-2", "--score", "90", exits=2)
    assert sentence(refused).startswith("TRN-001 comes after SOP-001 in operator, which p-2 had not completed")


def test_nobody_is_there_to_answer(signed: Desk, keys: Keys):
    """Without a terminal everything is said with options."""
    refused = signed.run("complete", "SOP-001", "--by", "p-2", "--key", keys.of("p-2"), exits=2)
    assert sentence(refused).startswith("nobody is at a terminal to answer")


def test_a_withdrawn_revision(revised: Desk, keys: Keys):
    path = "controlled-docs/sop/SOP-001.md"
    text = (revised.checkout.folder / path).read_text().replace("summary: Two", "withdrawn: 2026-11-22, summary: Two")
    revised.checkout.commit({path: text})

    refused = completes(revised, keys, "SOP-001@2", "p-2", exits=2)
    assert sentence(refused) == "SOP-001@2 was withdrawn on 2026-11-22: nobody is trained on it"


def test_what_is_written_is_what_is_read_back(signed: Desk, keys: Keys):
    """A reason that no file can hold is refused before anything is signed."""
    refused = completes(signed, keys, "SOP-001", "p-2", "--late", "the \x1b[31m reader", exits=2)

    assert "could not be read with this entry" in sentence(refused)
    assert not (signed.checkout.folder / TWO).exists()


def test_a_history_that_cannot_be_read(signed: Desk, keys: Keys):
    """Nothing is added to it."""
    signed.checkout.write({TWO: "- {document: SOP-001@1\n"})

    refused = completes(signed, keys, "SOP-001", "p-2", exits=2)
    assert sentence(refused) == f"{TWO} cannot be read, so nothing can be added to it: qmsci check --all"


def test_an_entry_of_main_gains_a_signature_when_it_is_named(optional: Desk, keys: Keys):
    """Only then: what is merged waits for nobody."""
    unsigned = TRAINED.replace("2026-01-05", "2026-11-20")
    optional.checkout.commit({TWO: unsigned})
    refused = completes(optional, keys, "SOP-001", "p-2", exits=2)
    assert sentence(refused).startswith("p-2 has done all of SOP-001@1 already")
    said = completes(optional, keys, "SOP-001", "p-2", "--entry", "1").stdout

    assert f"signed {TWO}: read of SOP-001@1 by p-2 (Marte Lie); signed by p-2\n" in said
    (entry,) = entries(optional, TWO)
    assert meanings(entry) == [("p-2", "read-and-understood")]
    assert unsigned.startswith('- {"assignments"')
    optional.run("check")
    again = completes(optional, keys, "SOP-001", "p-2", "--entry", "1", exits=2)
    assert sentence(again) == "entry 1 of p-2 on SOP-001 is not for p-2 to sign"


def test_a_refresher_that_is_due_soon_needs_no_assignment(signed: Desk, keys: Keys):
    """Whoever is trained, and not for much longer, may train again before anybody asks."""
    text = SOP.replace("governs:", "training: {every: 11 months}\ngoverns:")
    signed.checkout.commit({"controlled-docs/sop/SOP-001.md": text})
    completes(signed, keys, "SOP-001", "p-1")

    path = "training-records/completions/p-1/SOP-001.yaml"
    assert entries(signed, path)[-1]["assignments"] == []
    assert "has done all of SOP-001@1" in sentence(completes(signed, keys, "SOP-001", "p-1", exits=2))


# --- at a terminal --------------------------------------------------------------------------------------------------


@pytest.fixture
def seated(signed: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Somebody sits at a terminal."""
    monkeypatch.setattr("qmsci.cli.complete.at_terminal", lambda: True)
    return signed


def types(desk: Desk, keys: Keys, document: str, by: str, *more: str, says: str, exits: int = 0) -> Result:
    """Somebody completes a document and answers what is asked."""
    return desk.run("complete", document, "--by", by, "--key", keys.of(by), *more, input=says, exits=exits)


def test_the_text_is_shown_before_the_statement(seated: Desk, keys: Keys):
    """All of it; then whoever has read it says so."""
    said = types(seated, keys, "SOP-001", "p-2", says="yes\n").stdout

    assert said.index("Gown.\n") < said.index("I have read and understood SOP-001@1.") < said.index("wrote ")
    assert meanings(entries(seated, TWO)[0]) == [("p-2", "read-and-understood")]


@pytest.mark.parametrize("says", ["no\n", "\n", "y\n", "yes, but\n"])
def test_anything_but_yes_records_nothing(seated: Desk, keys: Keys, says: str):
    assert types(seated, keys, "SOP-001", "p-2", says=says, exits=1).stdout.endswith("nothing was recorded\n")
    assert seated.checkout.git("status", "--porcelain") == ""


def test_an_assessment_at_the_terminal(asking: Desk, seated: Desk, keys: Keys):
    """The options come in an order of chance; which part is recorded can be chosen."""
    trainer = ("--passphrase-file", str(keys.folder / "passphrase"))
    dialogue = types(asking, keys, "TRN-001", "p-2", *trainer, says="assessment\n0\nx\n1\n1\nyes\n", exits=1)

    assert "which part? read, assessment" in dialogue.stdout
    assert dialogue.stdout.count("answer with a number from 1 to 3") == 2
    assert "1 of 2: When are gloves changed?" in dialogue.stdout
    assert "A gown" in dialogue.stdout
    assert [entry["method"] for entry in entries(asking, EXAM)] == [["assessment"]]


def test_the_evaluator_states_what_they_saw(seated: Desk, keys: Keys):
    said = types(seated, keys, "WI-001", "p-1", "--person", "p-2", says="competent\nyes\n").stdout
    assert "I have judged the demonstration of p-2 on WI-001@1: competent.\n" in said
    said = types(seated, keys, "WI-001", "p-2", says="yes\n").stdout
    assert "I have done the practical of WI-001@1.\n" in said
    said = types(seated, keys, "SOP-001", "p-3", *SESSION, *BOTH, says="yes\n").stdout
    assert "In the session “attendance list 2026-11-20” were trained on SOP-001@1: p-2, p-4.\n" in said


def test_a_part_that_there_is_not(seated: Desk, keys: Keys, asking: Desk):
    refused = types(asking, keys, "TRN-001", "p-2", says="practical\n", exits=2)
    assert sentence(refused) == "'practical' is none of read, assessment"


# --- as processes ---------------------------------------------------------------------------------------------------


def command(keys: Keys, *more: str) -> list[str]:
    """The command as a process of its own, whose clock stands at noon."""
    return [sys.executable, "-c", AT_NOON, "complete", "SOP-001", "--by", "p-2", "--key", keys.of("p-2"), *more]


def test_at_a_real_terminal(signed: Desk, keys: Keys):
    """The pager shows the text, and the answer comes from the keyboard."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PAGER": "cat", "TERM": "dumb"}
    here = signed.checkout.folder
    with subprocess.Popen(command(keys), cwd=here, env=environment, stdin=theirs, stdout=theirs, stderr=theirs) as run:
        os.close(theirs)
        os.write(ours, b"yes\n")
        said = b""
        with suppress(OSError):  # the terminal is gone when the process is
            while part := os.read(ours, 4096):
                said += part
        assert run.wait() == 0, said
    os.close(ours)
    assert said.index(b"Gown.") < said.index(b"I have read and understood SOP-001@1.") < said.index(b"wrote ")


def test_of_those_who_record_at_once_each_is_kept_or_refused(signed: Desk, keys: Keys):
    """No entry is lost: as many are on file as were said to be written."""
    begun = [
        subprocess.Popen(command(keys, "--yes", "--again"), cwd=signed.checkout.folder, stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    codes = []
    for run in begun:
        _, said = run.communicate()
        codes.append(run.returncode)
        assert run.returncode == 0 or b"meanwhile" in said or b"is there already" in said, said
    assert 1 <= codes.count(0) == len(entries(signed, TWO))
    signed.run("check")


def test_what_is_killed_leaves_whole_entries(signed: Desk, keys: Keys):
    """At whatever moment: the file has every entry that was said to be written, and nothing that is half."""
    wrote, chance = 0, random.Random(4)
    for _ in range(8):
        run = subprocess.Popen(
            command(keys, "--yes", "--again"),
            cwd=signed.checkout.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        with suppress(subprocess.TimeoutExpired):
            run.wait(timeout=chance.uniform(0.2, 1.5))
        run.kill()
        said, _ = run.communicate()
        wrote += b"wrote " in said
        there = entries(signed, TWO) if (signed.checkout.folder / TWO).exists() else []
        assert len(there) >= wrote
        assert all(len(entry["signatures"]) == 1 for entry in there)
    signed.run("check")
