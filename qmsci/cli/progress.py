"""How far long work is: a bar on a terminal, plain lines elsewhere, nothing for what is over at once."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import click

T = TypeVar("T")

#: Seconds before anything is shown, and between two plain lines.
_PATIENCE = 1.0
_EVERY = 5.0


def watched(steps: Sequence[T], label: str) -> Iterator[T]:
    """The steps of some work, with a sign on the error stream of how far it is."""
    begun, done = time.monotonic(), 0
    remaining = iter(steps)
    for step in remaining:
        yield step
        done += 1
        if time.monotonic() - begun > _PATIENCE:
            break
    yield from (_bar if sys.stderr.isatty() else _lines)(remaining, done, len(steps), label)


def _bar(remaining: Iterator[T], done: int, number: int, label: str) -> Iterator[T]:
    if done == number:
        return
    with click.progressbar(length=number, label=label, file=sys.stderr, width=30) as bar:
        bar.update(done)
        for step in remaining:
            yield step
            bar.update(1)


def _lines(remaining: Iterator[T], done: int, number: int, label: str) -> Iterator[T]:
    said = time.monotonic()
    for position, step in enumerate(remaining, done):
        if time.monotonic() - said > _EVERY:
            said = time.monotonic()
            click.echo(f"{label}: {100 * position // number} %", err=True)
        yield step


@contextmanager
def meter(label: str) -> Iterator[Callable[[int, int], None]]:
    """A way to say how far some work is, of how much, where the steps are taken elsewhere."""
    begun = said = time.monotonic()

    def tell(done: int, number: int) -> None:
        nonlocal said
        now = time.monotonic()
        if sys.stderr.isatty() and now - begun > _PATIENCE:
            click.echo(f"\r{label}  {done} of {number}\x1b[K", err=True, nl=False)
        elif now - said > _EVERY:
            said = now
            click.echo(f"{label}: {100 * done // max(number, 1)} %", err=True)

    try:
        yield tell
    finally:
        if sys.stderr.isatty() and time.monotonic() - begun > _PATIENCE:
            click.echo("", err=True)
