"""
The private keys of the people of Halden Biologics, who are fictional: made from their ids, so anybody can make them.

They sign the reference quality system, and let the demo, the manual and the tests go on signing in it. They prove that
the machinery works and nothing else; people's keys are made by themselves and shown to nobody.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

#: Who has changed keys, and the number of the key that they have now; everybody else has their first.
CHANGED = {"p-0003": 2, "p-0011": 2, "p-0020": 2, "p-0042": 2, "p-0047": 2}


def private_key(person: str, number: int = 1) -> Ed25519PrivateKey:
    """A person's key; each one who changed keys has several, by number."""
    return Ed25519PrivateKey.from_private_bytes(
        hashlib.sha256(f"Halden Biologics is fictional: {person}, key {number}".encode()).digest()
    )


def public_line(person: str, number: int = 1) -> str:
    """The public half, as OpenSSH writes it."""
    return private_key(person, number).public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def write(folder: Path, person: str, number: int | None = None) -> Path:
    """The file of a person's private key (the one that they have now) in a folder, as ssh-keygen would write it."""
    number = number or CHANGED.get(person, 1)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / person
    path.write_bytes(private_key(person, number).private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    path.chmod(0o600)
    return path
