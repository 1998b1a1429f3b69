"""`qmsci questions`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from qmsci.assessment import NONCE_BYTES, SALT_BYTES, Answers, chosen, sealed, unsealed
from qmsci.cli import asked
from qmsci.cli.examined import passphrase_in
from qmsci.cli.judged import Judged, judged
from qmsci.disk import replace_unchanged
from qmsci.finding import CannotRun
from qmsci.load import Content, content_of, record_of
from qmsci.read import Plain, plain
from qmsci.records import layout
from qmsci.records.questions import Questions
from qmsci.render.words import counted, visible
from qmsci.unreadable import Unreadable

_PASSPHRASE = click.option(
    "--passphrase-file",
    "passphrase",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="The file whose first line is the passphrase (default: it is asked for).",
)


@click.group("questions")
def command() -> None:
    """
    The answers to the questions beside a document, sealed by a passphrase that trainers have.

    The questions lie readable beside their document, as SOP-014-….questions.yaml; the answers lie there sealed.
    """


@command.command("seal")
@click.argument("document")
@click.option(
    "--answers",
    metavar="PATH",
    required=True,
    type=click.Path(path_type=Path),
    help="A file outside the repository with the correct options, as in `q1: a` and `q2: [a, c]`.",
)
@_PASSPHRASE
def seal(document: str, answers: Path, passphrase: Path | None) -> None:
    """
    Seal the correct answers to the questions on DOCUMENT, in place of those that were sealed there before.

    They are enciphered and bound to the questions: once a question is changed, they are sealed anew. Who has the
    passphrase can read them.
    """
    what = judged(None, None, compare=False)
    questions, before = _found(what, document, answered=False)
    if (root := what.repository.root.resolve()) in answers.resolve().parents:
        raise CannotRun(f"{answers} lies in the repository {root}: correct answers never lie readable there")
    correct = _correct(questions, answers)
    secret = passphrase_in(passphrase, "passphrase that seals the answers", confirm=True)
    seals = sealed(questions, correct, secret, os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES))
    replace_unchanged(what.repository.root, questions.path, before, _with_answers(questions.path, before, seals))
    click.echo(f"sealed the answers to {counted(len(correct), 'question')} in {visible(questions.path)}")


@command.command("unseal")
@click.argument("document")
@_PASSPHRASE
def unseal(document: str, passphrase: Path | None) -> None:
    """Print the correct answers to the questions on DOCUMENT, as `seal` takes them, to whoever has the passphrase."""
    questions, _ = _found(judged(None, None, compare=False), document, answered=True)
    for name, options in unsealed(questions, passphrase_in(passphrase, "passphrase")).items():
        click.echo(f"{name}: [{', '.join(sorted(options))}]")


def _found(what: Judged, name: str, *, answered: bool) -> tuple[Questions, bytes]:
    """The questions on a document, with their answers or without, and the bytes of their file."""
    document, _ = asked.document(what.snapshot, name.partition("@")[0])
    path = layout.questions(document.path)
    file = what.tree.read([path])[0]
    if file is None:
        raise CannotRun(f"no questions lie beside {document.path}: write {path}")
    try:
        content = content_of(path, file.data)
    except Unreadable as fault:
        raise CannotRun(f"{path} cannot be read: line {fault.line}: {fault.message}") from None
    if not answered and isinstance(content.values, dict):
        content = Content({key: value for key, value in content.values.items() if key != "answers"})
    loaded = record_of(path, content)
    if not isinstance(loaded.record, Questions):
        raise CannotRun(f"{path} cannot be read: {loaded.faults[0].message}")
    return loaded.record, file.data


def _correct(questions: Questions, path: Path) -> Answers:
    """The correct answers in a file, one for each question."""
    try:
        said: Plain = plain(path.read_bytes())
    except OSError as error:
        raise CannotRun(f"the answers in {path} cannot be read: {error.strerror}") from None
    except Unreadable as fault:
        raise CannotRun(f"the answers in {path} cannot be read: line {fault.line}: {fault.message}") from None
    known = {one.id: one for one in questions.questions}
    if not isinstance(said, dict) or said.keys() != known.keys():
        given = set(said) if isinstance(said, dict) else set()
        differing = ", ".join(sorted(given ^ known.keys()))
        raise CannotRun(f"the answers in {path} are not those to the questions of {questions.path}: {differing}")
    return {name: chosen(known[name], _letters(value)) for name, value in said.items()}


def _letters(value: Plain) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _with_answers(path: str, before: bytes, seals: dict[str, str]) -> str:
    """The text of a file of questions with sealed answers on one line at its end; all else stays as it was."""
    kept, skipping = [], False
    for line in before.decode().splitlines(keepends=True):
        skipping = line.startswith("answers:") or (skipping and line[:1] in (" ", "\t", "\r", "\n"))
        if not skipping:
            kept.append(line)
    text = "".join(kept)
    after = f"{text}{'' if text.endswith(chr(10)) else chr(10)}answers: {json.dumps(seals, sort_keys=True)}\n"
    was: Any = plain(before)
    try:
        if plain(after.encode()) == {**was, "answers": seals}:
            return after
    except Unreadable:
        pass
    raise CannotRun(f"{path} cannot be edited safely as it is laid out: give each key a line of its own")
