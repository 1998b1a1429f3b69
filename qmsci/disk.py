"""Writing files: whole or not at all, never outside the repository, never over what somebody else wrote."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from qmsci.finding import CannotRun


def write_new(root: Path, path: str, text: str) -> None:
    """Write a file that is not there yet. Raises `CannotRun` where it is, or where its folder leaves the repository."""
    _write(root, path, text, replace=False)


def rewrite(root: Path, path: str, text: str) -> None:
    """Write a file, in place of what it holds."""
    _write(root, path, text, replace=True)


def _write(root: Path, path: str, text: str, *, replace: bool) -> None:
    target = root / path
    if not target.parent.resolve().is_relative_to(root.resolve()):
        raise CannotRun(f"{path} lies outside the repository, through a symbolic link")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = _draft(target.parent, text)
    except OSError as error:
        raise CannotRun(f"{path} cannot be written: {error.strerror}") from None
    try:
        if replace:
            draft.replace(target)
        else:
            os.link(draft, target)
        _settle(target.parent)
    except FileExistsError:
        raise CannotRun(f"{path} is there already, and qmsci does not overwrite it") from None
    except OSError as error:
        raise CannotRun(f"{path} cannot be written: {error.strerror}") from None
    finally:
        draft.unlink(missing_ok=True)


def _draft(folder: Path, text: str) -> Path:
    """A file beside the target with the whole text safely on disc; hidden, so that nobody takes it for a record."""
    handle, name = tempfile.mkstemp(prefix=".qmsci-", suffix=".draft", dir=folder)
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(0o644)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    return draft


def _settle(folder: Path) -> None:
    """Have the folder's entry on disc too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
