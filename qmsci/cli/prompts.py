"""Questions to somebody at a terminal; where nobody can answer, the command cannot run (2)."""

from __future__ import annotations

import getpass
import warnings
from typing import Any

import click

from qmsci.finding import CannotRun


def answer(text: str, otherwise: str, **options: Any) -> str:
    """What somebody answers. Raises `CannotRun` with `otherwise` where nobody can be asked; options as of click."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", getpass.GetPassWarning)  # a passphrase would be shown as it is typed
            said: str = click.prompt(text, **options)
    except getpass.GetPassWarning:
        click.echo(err=True)
        raise CannotRun(otherwise) from None
    except click.Abort as stop:
        raise _ended(stop, otherwise) from None
    return said


def agreed(text: str, otherwise: str) -> bool:
    """Whether somebody says yes. Raises `CannotRun` with `otherwise` where nobody can be asked."""
    try:
        return click.confirm(text, err=True)
    except click.Abort as stop:
        click.echo(err=True)
        raise _ended(stop, otherwise) from None


def _ended(stop: click.Abort, otherwise: str) -> Exception:
    """Why nothing was answered: there is nobody; or somebody has stopped the command, which is theirs to do."""
    return stop if isinstance(stop.__context__, KeyboardInterrupt) else CannotRun(otherwise)
