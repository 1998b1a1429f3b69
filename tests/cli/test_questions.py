"""`qmsci questions`: answers that only the passphrase opens, and only for the questions that they are to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.commands import SOP, Desk
from tests.cli.test_complete import QUESTIONS, sentence

PATH = "controlled-docs/trn/TRN-001.questions.yaml"
PASSPHRASE = "the trainers know it"
ANSWERS = "when: b\nwhich: [a, c]\n"


@pytest.fixture
def drawer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder outside the repository, with the answers and the passphrase."""
    folder = tmp_path_factory.mktemp("drawer")
    (folder / "answers.yaml").write_text(ANSWERS)
    (folder / "passphrase").write_text(f"{PASSPHRASE}\n")
    return folder


@pytest.fixture
def asking(desk: Desk) -> Desk:
    """A document with questions beside it."""
    files = {"controlled-docs/trn/TRN-001.md": SOP.replace("SOP-001", "TRN-001"), PATH: QUESTIONS}
    desk.checkout.commit(files)
    desk.assign()
    return desk


def seals(desk: Desk, drawer: Path, *, exits: int = 0) -> str:
    """A trainer seals the answers; what the command says."""
    files = ("--answers", str(drawer / "answers.yaml"), "--passphrase-file", str(drawer / "passphrase"))
    result = desk.run("questions", "seal", "TRN-001", *files, exits=exits)
    return sentence(result) if exits else result.stdout


def text_of(desk: Desk) -> str:
    """The file of the questions."""
    return (desk.checkout.folder / PATH).read_text()


def test_answers_are_sealed_below_the_questions(asking: Desk, drawer: Path):
    """Everything above stays as it was; the gate passes; who has the passphrase reads them."""
    assert seals(asking, drawer) == f"sealed the answers to 2 questions in {PATH}\n"

    assert text_of(asking).startswith(f'{QUESTIONS}answers: {{"cipher": "scrypt-aes-256-gcm"')
    asking.run("check")
    opened = asking.run("questions", "unseal", "TRN-001", "--passphrase-file", str(drawer / "passphrase")).stdout
    assert opened == "when: [b]\nwhich: [a, c]\n"


def test_sealed_anew(asking: Desk, drawer: Path):
    """In place of the earlier seal, which looks different each time."""
    seals(asking, drawer)
    first = text_of(asking)
    seals(asking, drawer)

    assert text_of(asking) != first
    assert text_of(asking).count("answers:") == 1


def test_questions_that_changed_are_sealed_anew(asking: Desk, drawer: Path):
    """Until then the gate says so, and the old answers do not open."""
    seals(asking, drawer)
    asking.checkout.write({PATH: text_of(asking).replace("Never", "Every hour")})
    found = asking.answer("check", exits=1)["findings"]
    assert [(one["rule"], one["message"]) for one in found] == [
        ("unreadable", "the questions were changed after their answers were sealed")
    ]
    refused = asking.run("questions", "unseal", "TRN-001", "--passphrase-file", str(drawer / "passphrase"), exits=2)
    assert "the questions were changed" in refused.stderr
    seals(asking, drawer)
    asking.run("check")


def test_the_passphrase_can_be_typed(asking: Desk, drawer: Path):
    """Twice, for nobody can read it."""
    seal = ("questions", "seal", "TRN-001", "--answers", str(drawer / "answers.yaml"))
    asking.run(*seal, input=f"{PASSPHRASE}\n{PASSPHRASE}\n")
    asking.run("questions", "unseal", "TRN-001", input=f"{PASSPHRASE}\n")
    refused = asking.run("questions", "unseal", "TRN-001", input="another one than that\n", exits=2)
    assert "the passphrase is another" in refused.stderr


@pytest.mark.parametrize(
    ("files", "why"),
    [
        pytest.param({"answers.yaml": "when: b\n"}, "are not those to the questions of", id="one is missing"),
        pytest.param({"answers.yaml": ANSWERS + "why: a\n"}, "are not those to the questions of", id="one too many"),
        pytest.param({"answers.yaml": "- a\n- b\n"}, "are not those to the questions of", id="a list"),
        pytest.param({"answers.yaml": ANSWERS.replace("b", "x")}, "question when is answered by x", id="no option"),
        pytest.param({"answers.yaml": "when: [a, b]\nwhich: a\n"}, "question when takes one answer", id="two options"),
        pytest.param({"answers.yaml": "a: [\n"}, "cannot be read: line", id="no YAML"),
        pytest.param({"passphrase": "short\n"}, "a passphrase of 5 characters is guessed; 12 or more", id="too short"),
        pytest.param({"passphrase": "\n"}, "is empty, and would be the passphrase", id="no passphrase"),
        pytest.param({"passphrase": b"\xff\n"}, "cannot be read", id="bytes"),
    ],
)
def test_what_is_refused(asking: Desk, drawer: Path, files: dict[str, str | bytes], why: str):
    """In a sentence, with nothing written."""
    for name, text in files.items():
        (drawer / name).write_bytes(text if isinstance(text, bytes) else text.encode())

    assert why in seals(asking, drawer, exits=2)
    assert text_of(asking) == QUESTIONS


def test_answers_do_not_lie_in_the_repository(asking: Desk, drawer: Path):
    """Not even for the time of sealing them."""
    asking.checkout.write({"answers.yaml": ANSWERS})
    here = asking.checkout.folder
    assert "correct answers never lie readable there" in seals(asking, here, exits=2)
    refused = asking.run("questions", "seal", "SOP-001", "--answers", str(drawer / "answers.yaml"), exits=2)
    assert sentence(refused) == (
        "no questions lie beside controlled-docs/sop/SOP-001.md: write controlled-docs/sop/SOP-001.questions.yaml"
    )
    (drawer / "answers.yaml").unlink()
    assert "No such file" in seals(asking, drawer, exits=2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            QUESTIONS.replace("id: when", "id: when\n    answer: b"),
            "'questions': correct answers never lie readable in the repository: "
            "write them elsewhere, and qmsci questions seal",
            id="an answer",
        ),
        pytest.param(
            QUESTIONS + "answers: {when: b}\n",
            "'answers': correct answers never lie readable in the repository: "
            "write them elsewhere, and qmsci questions seal",
            id="the answers",
        ),
        pytest.param(
            QUESTIONS.replace("id: which", "id: when"), "the file: two questions have the id 'when'", id="twice"
        ),
        pytest.param(QUESTIONS.replace("options", "option"), "unknown key 'option', did you mean 'options'?", id="key"),
        pytest.param(
            QUESTIONS.replace("TRN-001", "TRN-002"),
            "these are questions on TRN-002, the file is named TRN-001",
            id="another document",
        ),
    ],
)
def test_questions_that_are_none(asking: Desk, drawer: Path, text: str, message: str):
    """The gate says why, and nothing is sealed."""
    asking.checkout.write({PATH: text})
    assert message in [one["message"] for one in asking.answer("check", exits=1)["findings"]]
    if "answers:" not in text:
        assert "cannot be read" in seals(asking, drawer, exits=2)


def test_questions_without_a_document(asking: Desk):
    """They lie beside the document, under its name."""
    asking.checkout.commit({PATH: None, "controlled-docs/sop/TRN-001.questions.yaml": QUESTIONS})

    found = asking.answer("check", "--all", exits=1)["findings"]
    assert [(one["rule"], one["message"]) for one in found] == [
        ("unknown-reference", "no document lies beside these questions, at controlled-docs/sop/TRN-001.md")
    ]


def test_a_file_that_cannot_be_edited(asking: Desk, drawer: Path):
    """And one that cannot be read at all."""
    asking.checkout.write({PATH: '{"document": "TRN-001", "questions": [{"id": "when", "text": "?", "options": '
                                 '{"a": "A", "b": "B"}}]}\n'})  # fmt: skip
    (drawer / "answers.yaml").write_text("when: b\n")
    assert "cannot be edited safely" in seals(asking, drawer, exits=2)
    asking.checkout.write({PATH: "document: [\n"})
    assert "cannot be read: line" in seals(asking, drawer, exits=2)
