"""Private keys at work: in a file, or behind ssh-agent. They are read to sign with, and never written or shown."""

from __future__ import annotations

import base64
import binascii
import os
import re
import socket
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from qmsci import sshsig
from qmsci.finding import CannotRun

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.serialization import SSHPrivateKeyTypes

_PRIVATE = re.compile(rb"-----BEGIN OPENSSH PRIVATE KEY-----\s(.+?)-----END OPENSSH PRIVATE KEY-----", re.DOTALL)
_LARGEST_FILE = 64 * 1024
#: The messages of the agent's protocol (draft-ietf-sshm-ssh-agent).
_FAILED, _LIST, _LISTED, _SIGN, _SIGNED = 5, 11, 12, 13, 14
_RSA_SHA2_512 = 4
_LARGEST_ANSWER = 256 * 1024

#: Asks a person for the passphrase of a key file.
Ask = Callable[[], str]


class Signer(Protocol):
    """Somebody's private key, wherever it is kept."""

    @property
    def key(self) -> sshsig.Key:
        """Its public half."""

    def sign(self, payload: bytes) -> str:
        """A signature (base64 without armour) of some bytes. Raises `CannotRun`."""


def signer_of(path: Path, ask: Ask) -> Signer:
    """
    The key in a file. Raises `CannotRun` where it holds none that signs.

    The file of a public key, or of a security key, names a key that ssh-agent has. `ask` is called for the passphrase
    of a private key that has one.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise CannotRun(f"the key {path} cannot be read: {error.strerror}") from None
    private = _PRIVATE.search(data) if len(data) <= _LARGEST_FILE else None
    try:
        public = _public_half(private[1]) if private else sshsig.key_of(_line(data))
    except sshsig.BadSignature as error:
        convert = "; ssh-keygen -p -f rewrites an older one" if b"PRIVATE KEY-----" in data and not private else ""
        raise CannotRun(f"{path} is no key in the form of OpenSSH: {error}{convert}") from None
    if private is None or public.application is not None:
        return AgentSigner(public)
    return FileSigner(public, path, data, ask)


def agent_signer(fingerprints: Collection[str]) -> Signer:
    """The first key of ssh-agent that is one of some. Raises `CannotRun` where it has none of them."""
    for key in agent_keys():
        if key.fingerprint in fingerprints:
            return AgentSigner(key)
    raise CannotRun("ssh-agent has no key that is registered to the signer: ssh-add it, or name a file with --key PATH")


def _line(data: bytes) -> str:
    try:
        lines = data[:_LARGEST_FILE].decode().splitlines()
    except UnicodeDecodeError:
        raise sshsig.BadSignature("it is not text") from None
    return next((line for line in lines if line.strip() and not line.startswith("#")), "")


def _public_half(text: bytes) -> sshsig.Key:
    """The public key that stands, readable without a passphrase, before the private one."""
    try:
        data = base64.b64decode(b"".join(text.split()), validate=True)
    except binascii.Error:
        raise sshsig.BadSignature("what stands in its armour is not base64") from None
    wire = sshsig.Wire(data, "the file")
    if wire.take(15) != b"openssh-key-v1\0":
        raise sshsig.BadSignature("it is of no version that is known")
    for _ in ("cipher", "derivation", "its options"):
        wire.string()
    if wire.number() != 1:
        raise sshsig.BadSignature("it holds several keys")
    return sshsig.key_from_wire(wire.string())


def _checked(signer: Signer, payload: bytes, signature: str) -> str:
    """A signature that was just made, once it has been verified as anybody would."""
    try:
        by = sshsig.verified(payload, signature).fingerprint
    except sshsig.BadSignature as error:
        raise CannotRun(f"the key {signer.key.fingerprint} gave no good signature: {error}") from None
    assert by == signer.key.fingerprint
    return signature


class FileSigner:
    """A private key in a file of OpenSSH's; the passphrase is asked for once, when it first signs."""

    def __init__(self, key: sshsig.Key, path: Path, data: bytes, ask: Ask) -> None:
        """Take the content of a key file."""
        self.key = key
        self._path = path
        self._data = data
        self._ask = ask
        self._private: SSHPrivateKeyTypes | None = None

    def sign(self, payload: bytes) -> str:
        """A signature of some bytes."""
        self._private = self._private or self._unlocked()
        made = _made(self._private, self.key, sshsig.to_be_signed(payload))
        return _checked(self, payload, sshsig.put_together(self.key, made))

    def _unlocked(self) -> SSHPrivateKeyTypes:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.serialization import load_ssh_private_key

        try:
            try:
                return load_ssh_private_key(self._data, None)
            except TypeError:  # it has a passphrase
                return load_ssh_private_key(self._data, self._ask().encode())
        except (ValueError, UnsupportedAlgorithm):
            raise CannotRun(
                f"the key {self._path} cannot be unlocked: the passphrase is wrong, or it is damaged"
            ) from None


def _made(private: SSHPrivateKeyTypes, key: sshsig.Key, message: bytes) -> bytes:
    """What a private key makes of a message, with the name of how it was made, as the wire has it."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

    if isinstance(private, rsa.RSAPrivateKey):
        core = private.sign(message, padding.PKCS1v15(), hashes.SHA512())
        return sshsig.string(b"rsa-sha2-512") + sshsig.string(core)
    if isinstance(private, ec.EllipticCurvePrivateKey):
        digest = {256: hashes.SHA256(), 384: hashes.SHA384(), 521: hashes.SHA512()}[private.curve.key_size]
        numbers = utils.decode_dss_signature(private.sign(message, ec.ECDSA(digest)))
        core = b"".join(sshsig.string(number.to_bytes(number.bit_length() // 8 + 1, "big")) for number in numbers)
    else:
        assert isinstance(private, ed25519.Ed25519PrivateKey)
        core = private.sign(message)
    return sshsig.string(key.kind.encode()) + sshsig.string(core)


# --- ssh-agent ------------------------------------------------------------------------------------------------------


class AgentSigner:
    """A private key that ssh-agent has, or can reach: that of a security key, for one."""

    def __init__(self, key: sshsig.Key) -> None:
        """Take the public half; the agent is asked when something is to be signed."""
        self.key = key

    def sign(self, payload: bytes) -> str:
        """A signature of some bytes."""
        flags = _RSA_SHA2_512 if self.key.kind == "ssh-rsa" else 0
        asked = sshsig.string(self.key.blob) + sshsig.string(sshsig.to_be_signed(payload)) + flags.to_bytes(4, "big")
        answer = _answer(_SIGN, asked, _SIGNED)
        if answer is None:
            raise CannotRun(
                f"ssh-agent did not sign with {self.key.fingerprint}: "
                "it does not have the key (ssh-add), or was not allowed to use it"
            )
        made = _whole(answer)
        return _checked(self, payload, sshsig.put_together(self.key, made))


def agent_keys() -> list[sshsig.Key]:
    """The keys that ssh-agent has and that can sign here, in its order. Raises `CannotRun`."""
    answer = _answer(_LIST, b"", _LISTED)
    if answer is None:
        raise CannotRun("ssh-agent does not list its keys; it may be locked (ssh-add -X)")
    found = []
    try:
        wire = sshsig.Wire(answer, "the list")
        for _ in range(wire.number()):
            blob, _comment = wire.string(), wire.string()
            found.append(blob)
    except sshsig.BadSignature as error:
        raise CannotRun(f"ssh-agent answers what nobody understands: {error}") from None
    return [key for blob in found if (key := _known(blob))]


def _known(blob: bytes) -> sshsig.Key | None:
    try:
        return sshsig.key_from_wire(blob)
    except sshsig.BadSignature:
        return None


def _whole(answer: bytes) -> bytes:
    try:
        wire = sshsig.Wire(answer, "the answer")
        found = wire.string()
        wire.end()
    except sshsig.BadSignature as error:
        raise CannotRun(f"ssh-agent answers what nobody understands: {error}") from None
    return found


def _answer(number: int, content: bytes, expected: int) -> bytes | None:
    """What ssh-agent answers to a message; None where it refuses. Waits as long as somebody may need to touch a key."""
    address = os.environ.get("SSH_AUTH_SOCK")
    if not address:
        raise CannotRun("no ssh-agent is running here (SSH_AUTH_SOCK is not set); name a key with --key PATH")
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as agent:
            agent.connect(address)
            agent.sendall(sshsig.string(bytes([number]) + content))
            size = int.from_bytes(_received(agent, 4), "big")
            if not 0 < size <= _LARGEST_ANSWER:
                raise CannotRun(f"ssh-agent answers with {size:,} bytes, which no answer of it has")
            answer = _received(agent, size)
    except OSError as error:
        raise CannotRun(f"ssh-agent cannot be reached at {address}: {error.strerror or error}") from None
    if answer[0] == expected:
        return answer[1:]
    if answer[0] == _FAILED:
        return None
    raise CannotRun(f"ssh-agent answers with the message {answer[0]}, where {expected} was expected")


def _received(agent: socket.socket, number: int) -> bytes:
    found = b""
    while len(found) < number:
        part = agent.recv(number - len(found))
        if not part:
            raise OSError("it hung up")
        found += part
    return found
