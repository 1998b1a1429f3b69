"""The questions of an assessment, which lie beside their document; their answers are sealed."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from qmsci.records.base import NAME, DocumentId, FileRecord, Record, Text, TextDigest, Truth, exactly
from qmsci.records.canonical import digest_of

#: The letter or digit by which an option is chosen.
Option = Annotated[str, exactly(r"^[a-z0-9]$", "a", 1)]
QuestionId = Annotated[str, exactly(f"^(?:{NAME})$", "q1 or glove-change", 32)]
Base64 = Annotated[str, exactly(r"^[A-Za-z0-9+/]+={0,2}$", "base64", 200_000)]

#: Keys under which people would write what nobody must be able to read.
_TELLING = {"answer", "answers", "correct", "solution", "solutions"}
_READABLE = "correct answers never lie readable in the repository: write them elsewhere, and qmsci questions seal"


class Question(Record):
    """A question with its options; where `multiple`, several of them together are the answer."""

    #: How answers refer to it.
    id: QuestionId
    #: What is asked.
    text: Text
    #: What may be answered, by a letter or a digit; two or more.
    options: dict[Option, Text] = Field(min_length=2)
    #: Whether several options together are the answer.
    multiple: Truth = False

    @model_validator(mode="before")
    @classmethod
    def _tells_no_answer(cls, values: Any) -> Any:
        if isinstance(values, dict) and _TELLING.intersection(values):
            raise ValueError(_READABLE)
        return values


class Sealed(Record):
    """The correct answers, enciphered by a passphrase that trainers have; `questions` is what they were sealed for."""

    #: How they are enciphered.
    cipher: Literal["scrypt-aes-256-gcm"]
    #: The digest of the questions that they were sealed for.
    questions: TextDigest
    #: In base64.
    salt: Base64
    #: In base64.
    nonce: Base64
    #: The answers, enciphered, in base64.
    sealed: Base64

    @model_validator(mode="before")
    @classmethod
    def _is_sealed(cls, values: Any) -> Any:
        if not isinstance(values, dict) or "sealed" not in values:
            raise ValueError(_READABLE)
        return values


class Questions(FileRecord):
    """The assessment of a document. Without `answers` nobody can take it yet."""

    #: The document that is asked about.
    document: DocumentId
    #: In the order in which they are asked.
    questions: tuple[Question, ...] = Field(min_length=1)
    #: What `qmsci questions seal` writes; the correct answers never lie readable here.
    answers: Sealed | None = None

    @model_validator(mode="after")
    def _are_told_apart(self) -> Self:
        known = [question.id for question in self.questions]
        twice = next((name for name in known if known.count(name) > 1), None)
        if twice:
            raise ValueError(f"two questions have the id {twice!r}")
        return self

    @property
    def digest(self) -> str:
        """The digest of what is asked: the document, and the questions in their order."""
        asked = [
            {"id": one.id, "text": one.text, "options": dict(one.options), "multiple": str(one.multiple).lower()}
            for one in self.questions
        ]
        return digest_of({"document": self.document, "questions": asked})
