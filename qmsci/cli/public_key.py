"""A public key, as somebody gives it on the command line; a private one is refused, loudly."""

from __future__ import annotations

import sys
from pathlib import Path

from qmsci import sshsig
from qmsci.finding import CannotRun

#: What only a private key has in it.
_SECRET = ("PRIVATE KEY", "PuTTY-User-Key-File", "b3BlbnNzaC1rZXktdjEA")
_LARGEST_FILE = 64 * 1024


def public_key(text: str, option: str) -> sshsig.Key:
    """The public key that a file, standard input or a line has. Raises `CannotRun`, and shows nothing of a secret."""
    said, where = _said(text, option)
    if any(mark in said for mark in _SECRET):
        raise CannotRun(
            f"{where} IS A PRIVATE KEY, and nothing was written. A private key is shown to nobody, qmsci included: "
            "register the public one (the file beside it that ends in .pub); and if anybody may have seen this one, "
            "make another (ssh-keygen -t ed25519)"
        )
    lines = [line.strip() for line in said.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if len(lines) != 1:
        raise CannotRun(f"{where} has {len(lines) or 'no'} keys{', where one is expected' if lines else ''}")
    try:
        key = sshsig.key_of(lines[0])
        sshsig.public_key(key)
    except sshsig.BadSignature as error:
        raise CannotRun(f"{where} cannot be registered: {error}") from None
    return key


def _said(text: str, option: str) -> tuple[str, str]:
    """What was given, and how to speak of it."""
    if (text.startswith(("ssh-", "ecdsa-", "sk-")) and " " in text) or any(mark in text for mark in (*_SECRET, "\n")):
        return text, f"what {option} gives"
    if text == "-":
        data = sys.stdin.buffer.read(_LARGEST_FILE + 1)
        where = "what standard input gives"
    else:
        where = text
        try:
            with Path(text).open("rb") as file:
                data = file.read(_LARGEST_FILE + 1)
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is no path"
            raise CannotRun(f"{text} cannot be read: {why}") from None
    if len(data) > _LARGEST_FILE:
        raise CannotRun(f"{where} is larger than any public key")
    return data.decode("utf-8", "replace"), where
