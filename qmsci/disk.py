"""Writing files: whole or not at all, never outside the repository, never over what somebody else wrote."""

from __future__ import annotations

import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from qmsci.finding import CannotRun

#: How the name of a draft begins and ends.
_DRAFT = (".qmsci-", ".draft")
#: Seconds after which a draft has no writer any more.
_ABANDONED = 3600


def write_new(root: Path, path: str, text: str, *, executable: bool = False) -> None:
    """Write a file that is not there yet. Raises `CannotRun` where it is, or where its folder leaves the repository."""
    _write(root, path, text, replace=False, executable=executable)


def rewrite(root: Path, path: str, text: str) -> None:
    """Write a file, in place of what it holds."""
    _write(root, path, text, replace=True)


def content(root: Path, path: str) -> bytes | None:
    """What a file on disc holds now; None where there is none. A symbolic link is not followed. Raises `CannotRun`."""
    try:
        with open(root / path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NOFOLLOW)) as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CannotRun(f"{path} cannot be read: {error.strerror}") from None


def replace_unchanged(root: Path, path: str, before: bytes | None, after: str) -> None:
    """
    Write a file in place of what it was when it was read (`content`); None where there was none.

    Raises `CannotRun` where somebody has changed it meanwhile. Of two that write at once, one is refused.
    """
    if before is None:
        _write(root, path, after, replace=False)
        return
    with _alone_in((root / path).parent):
        if content(root, path) != before:
            raise CannotRun(f"{path} was changed by somebody else meanwhile, and nothing was written: try again")
        _write(root, path, after, replace=True)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """
    Wait until no other run of qmsci replaces a file of a folder. The lock ends with the process, however that ends.

    Where a file system has no locks, what was read is still compared right before it is replaced.
    """
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise CannotRun(f"{folder.name} cannot be written to: {error.strerror}") from None
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write(root: Path, path: str, text: str, *, replace: bool, executable: bool = False) -> None:
    target = root / path
    if not _is_inside(root, target.parent):
        raise CannotRun(f"{path} lies outside the repository, through a symbolic link")
    try:
        _make_folders(target.parent)
        _sweep(target.parent)
        draft = _draft(target.parent, text.encode(), 0o755 if executable else 0o644)
    except OSError as error:
        raise CannotRun(f"{path} cannot be written: {error.strerror}") from None
    except UnicodeEncodeError:
        raise CannotRun(f"{path} cannot be written: its text is no valid Unicode") from None
    try:
        if replace:
            draft.replace(target)
        else:
            os.link(draft, target)
    except FileExistsError:
        raise CannotRun(f"{path} is there already, and qmsci does not overwrite it") from None
    except OSError as error:
        raise CannotRun(f"{path} cannot be written: {error.strerror}") from None
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
    try:
        _settle(target.parent)
    except OSError as error:
        raise CannotRun(f"{path} is written, but may not outlast a power failure: {error.strerror}") from None


def _is_inside(root: Path, folder: Path) -> bool:
    """Whether a folder leads into the repository; one that leads in circles leads nowhere."""
    try:
        return folder.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):
        return False


def _make_folders(folder: Path) -> None:
    """Make a folder and those above it that are not there, each safely on disc."""
    missing = [folder, *folder.parents]
    missing = missing[: next((at for at, above in enumerate(missing) if above.exists()), 0)]
    folder.mkdir(parents=True, exist_ok=True)
    for made in missing:
        _settle(made.parent)


def _draft(folder: Path, data: bytes, mode: int) -> Path:
    """A file beside the target with all its bytes safely on disc; hidden, so that nobody takes it for a record."""
    handle, name = tempfile.mkstemp(prefix=_DRAFT[0], suffix=_DRAFT[1], dir=folder)
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
    except BaseException:  # also when somebody interrupts it
        with suppress(OSError):
            draft.unlink()
        raise
    return draft


def _sweep(folder: Path) -> None:
    """Take away what others left behind who were killed: drafts that nobody has written to for an hour."""
    for draft in folder.glob("*".join(_DRAFT)):
        with suppress(OSError):
            if time.time() - draft.lstat().st_mtime > _ABANDONED:
                draft.unlink()


def _settle(folder: Path) -> None:
    """Have the folder's entries on disc too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
