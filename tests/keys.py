"""Keys for tests: made by ssh-keygen, as people's are, and security keys made after the book."""

from __future__ import annotations

import hashlib
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from qmsci import sshsig
from qmsci.sshsig import string

#: What ssh-keygen here can make: the name of the kind, and its options.
KINDS = {
    "ed25519": ("-t", "ed25519"),
    "ecdsa-256": ("-t", "ecdsa", "-b", "256"),
    "ecdsa-384": ("-t", "ecdsa", "-b", "384"),
    "ecdsa-521": ("-t", "ecdsa", "-b", "521"),
    "rsa-2048": ("-t", "rsa", "-b", "2048"),
    "rsa-3072": ("-t", "rsa", "-b", "3072"),
}


def keygen(*arguments: str | Path, stdin: bytes = b"", exits: int = 0) -> bytes:
    """Run ssh-keygen; what it prints."""
    ran = subprocess.run(["ssh-keygen", *map(str, arguments)], input=stdin, capture_output=True, check=False)
    assert ran.returncode == exits, (ran.stdout, ran.stderr)
    return ran.stdout


def made(folder: Path, kind: str = "ed25519", passphrase: str = "", name: str = "") -> Path:
    """The file of a new private key; its public half is beside it."""
    path = folder / (name or f"{kind}{'-locked' if passphrase else ''}")
    keygen("-q", *KINDS[kind], "-N", passphrase, "-C", "a comment", "-f", path)
    return path


def public(path: Path) -> str:
    """The public half of a private key in a file."""
    return path.with_name(f"{path.name}.pub").read_text().strip()


@dataclass(frozen=True)
class SecurityKey:
    """What a security key does: it signs an application's name, flags and a counter along with the message."""

    private: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey
    application: bytes = b"ssh:"

    @property
    def kind(self) -> bytes:
        """The name of its kind."""
        curve = isinstance(self.private, ec.EllipticCurvePrivateKey)
        return b"sk-ecdsa-sha2-nistp256@openssh.com" if curve else b"sk-ssh-ed25519@openssh.com"

    @property
    def key(self) -> sshsig.Key:
        """Its public half."""
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
            numbers = string(b"nistp256") + string(point)
        else:
            numbers = string(self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
        return sshsig.key_from_wire(string(self.kind) + numbers + string(self.application))

    def sign(self, payload: bytes, flags: int = 1, counter: int = 7) -> str:
        """A signature, as PROTOCOL.u2f describes it."""
        asserted = bytes([flags]) + counter.to_bytes(4, "big")
        message = sshsig.to_be_signed(payload)
        message = hashlib.sha256(self.application).digest() + asserted + hashlib.sha256(message).digest()
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            numbers = utils.decode_dss_signature(
                self.private.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
            )
            core = b"".join(string(n.to_bytes(n.bit_length() // 8 + 1, "big")) for n in numbers)
        else:
            core = self.private.sign(message)
        return sshsig.put_together(self.key, string(self.kind) + string(core) + asserted)


@cache
def security_keys() -> dict[str, SecurityKey]:
    """A security key of each kind."""
    return {
        "sk-ed25519": SecurityKey(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))),
        "sk-ecdsa": SecurityKey(ec.derive_private_key(4711, ec.SECP256R1())),
    }


def inside(armour: str) -> str:
    """The base64 of an armoured signature."""
    return "".join(line for line in armour.splitlines() if not line.startswith("-----"))
