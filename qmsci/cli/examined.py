"""An assessment taken at the terminal, or handed in with the command; marked with the passphrase of a trainer."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import click

from qmsci.assessment import Answers, Marked, answers_in, marked, unsealed
from qmsci.cli import prompts
from qmsci.finding import CannotRun
from qmsci.records.document import Document
from qmsci.records.layout import questions as path_of
from qmsci.records.questions import Question, Questions
from qmsci.render.words import visible
from qmsci.snapshot import Snapshot


def questions_of(snapshot: Snapshot, document: Document) -> Questions | None:
    """The questions beside a document. Raises `CannotRun` where they cannot be read."""
    path = path_of(document.path)
    found = snapshot.source.records([path])[0]
    if found is None and snapshot.unreadable_below(path):
        raise CannotRun(f"{path} cannot be read: qmsci check --all")
    return found if isinstance(found, Questions) else None


def examined(questions: Questions, answers: Sequence[str] | None, passphrase: Path | None) -> Marked:
    """
    What somebody scores: by the answers that they hand in, or asked at the terminal in an order of chance.

    The trainer is asked for the passphrase after that. Raises `CannotRun` where the answers do not open.
    """
    if questions.answers is None:
        raise CannotRun(f"{questions.path} has no answers yet: a trainer seals them with qmsci questions seal")
    given = _asked(questions) if answers is None else answers_in(questions, answers)
    return marked(questions, given, unsealed(questions, passphrase_in(passphrase, "passphrase of the trainer")))


def passphrase_in(path: Path | None, ask: str, *, confirm: bool = False) -> str:
    """A passphrase: the first line of a file, or asked for at the terminal."""
    if path is None:
        otherwise = f"nobody can be asked here for the {ask}: --passphrase-file"
        return prompts.answer(ask, otherwise, hide_input=True, confirmation_prompt=confirm, err=True)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CannotRun(f"the passphrase in {path} cannot be read: {error}") from None
    if not lines or not lines[0]:
        raise CannotRun(f"the first line of {path} is empty, and would be the passphrase")
    return lines[0]


def _asked(questions: Questions) -> Answers:
    found: dict[str, frozenset[str]] = {}
    number = len(questions.questions)
    for position, question in enumerate(questions.questions, 1):
        click.echo(f"\n{position} of {number}: {visible(question.text)}")
        found[question.id] = _answer(question)
    return found


def _answer(question: Question) -> frozenset[str]:
    options = list(question.options)
    random.SystemRandom().shuffle(options)
    for position, option in enumerate(options, 1):
        click.echo(f"  {position}  {visible(question.options[option])}")
    several = " (several may be right: 1,3)" if question.multiple else ""
    while True:
        said = prompts.answer(f"your answer{several}", "nobody can be asked the questions here: --answers A,B,…")
        numbers = said.replace(",", " ").split()
        picked = [options[int(one) - 1] for one in numbers if one.isdecimal() and 0 < int(one) <= len(options)]
        if picked and len(picked) == len(numbers) and (question.multiple or len(picked) == 1):
            return frozenset(picked)
        click.echo(f"answer with {'numbers' if question.multiple else 'a number'} from 1 to {len(options)}")
