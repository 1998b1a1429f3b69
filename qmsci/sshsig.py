"""
SSH signatures (SSHSIG, namespace `qmsci`): read, verified, and put together. No process, no file, no clock.

The formats are those of OpenSSH's PROTOCOL.sshsig and PROTOCOL.u2f and of RFCs 4253, 5656, 8332 and 8709. Every byte
has its one place: what could be written in two ways, or has something left over, is refused.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    PublicKey = Ed25519PublicKey | EllipticCurvePublicKey | RSAPublicKey

NAMESPACE = b"qmsci"
#: RSA keys are accepted from this length on, in bits (NIST SP 800-131A), and up to what OpenSSH itself accepts.
SMALLEST_RSA = 2048
LARGEST_RSA = 16384
#: The most that is looked at of one key or signature, in characters; the largest RSA key needs half of it.
_LONGEST = 16_384
_MAGIC = b"SSHSIG"
_HASHES = {b"sha256": hashlib.sha256, b"sha512": hashlib.sha512}
_RSA_HASHES = {b"rsa-sha2-256": "SHA256", b"rsa-sha2-512": "SHA512"}
#: The curves, with the bytes of a point and the hash that goes with each.
_CURVES = {b"nistp256": (65, "SECP256R1", "SHA256"), b"nistp384": (97, "SECP384R1", "SHA384")}
_CURVES[b"nistp521"] = (133, "SECP521R1", "SHA512")
_TOUCHED = 0x01
_VERIFIED = 0x04


class BadSignature(Exception):
    """Why a text is no key, no signature, or not the signature of what it is said to sign: a plain sentence."""


@dataclass(frozen=True, slots=True)
class Key:
    """
    A public key: its kind (`ssh-ed25519`), its wire form, and the numbers in it.

    Of an elliptic curve these are the curve and the point, of an RSA key the exponent and the modulus. A security key
    has an `application`, too. Whether the numbers are a key is known when it is first verified with (`public_key`).
    """

    kind: str
    blob: bytes
    numbers: tuple[bytes, bytes] | tuple[int, int]
    application: bytes | None = None

    @property
    def fingerprint(self) -> str:
        """The key's name: `SHA256:` and the digest of the wire form in base64, as ssh-keygen -l prints it."""
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")

    @property
    def line(self) -> str:
        """The key as public key files and allowed_signers files have it, without a comment."""
        return f"{self.kind} {base64.b64encode(self.blob).decode()}"


class Verified(NamedTuple):
    """A good signature: the key that made it and, of a security key, whether a PIN or a finger was asked for."""

    fingerprint: str
    pin: bool


# --- the wire -------------------------------------------------------------------------------------------------------


def string(content: bytes) -> bytes:
    """Some bytes behind their length, as the wire format has them."""
    return len(content).to_bytes(4, "big") + content


class Wire:
    """Reads a wire format from its beginning to its end. Raises `BadSignature` where there is less than it says."""

    def __init__(self, data: bytes, what: str) -> None:
        """Begin to read something; `what` names it in sentences."""
        self._data = data
        self._at = 0
        self._what = what

    def take(self, number: int) -> bytes:
        """The next bytes."""
        end = self._at + number
        if end > len(self._data):
            raise BadSignature(f"{self._what} ends too early")
        found = self._data[self._at : end]
        self._at = end
        return found

    def number(self) -> int:
        """The next number of 32 bits."""
        return int.from_bytes(self.take(4), "big")

    def string(self) -> bytes:
        """The next string."""
        return self.take(self.number())

    def mpint(self) -> int:
        """The next number of any length: not negative, and written in its shortest form."""
        found = self.string()
        if found[:1] >= b"\x80" or (found[:1] == b"\0" and found[1:2] < b"\x80"):
            raise BadSignature(f"{self._what} has a number that is not in its shortest form")
        return int.from_bytes(found, "big")

    def end(self) -> None:
        """Refuse what is left."""
        if self._at != len(self._data):
            raise BadSignature(f"{self._what} has {len(self._data) - self._at} bytes too many")


def bytes_of(text: str, what: str) -> bytes:
    """What some base64 stands for, in its one form; `what` names it in sentences. Raises `BadSignature`."""
    if len(text) > _LONGEST:
        raise BadSignature(f"{what} is longer than {_LONGEST:,} characters")
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadSignature(f"{what} is not base64") from None
    if base64.b64encode(found).decode() != text:
        raise BadSignature(f"{what} is not base64 in its one form")
    return found


# --- keys -----------------------------------------------------------------------------------------------------------


def key_of(text: str) -> Key:
    """The key of a line `ssh-ed25519 AAAA… comment`. Raises `BadSignature`."""
    parts = text.split(" ", 2)
    if len(parts) < 2:
        raise BadSignature("it is not a public key of the form 'ssh-ed25519 AAAA…'")
    key = key_from_wire(bytes_of(parts[1], "the key"))
    if key.kind != parts[0]:
        raise BadSignature(f"it says {parts[0]!r}, and the key in it is a {key.kind}")
    return key


def key_from_wire(blob: bytes) -> Key:
    """The key of a wire form. Raises `BadSignature`."""
    wire = Wire(blob, "the key")
    kind = wire.string()
    read = _KEYS.get(kind)
    if read is None:
        known = ", ".join(sorted(name.decode() for name in _KEYS))
        raise BadSignature(f"{_shown(kind)} is no kind of key that signs here ({known})")
    numbers = read(wire, kind)
    application = wire.string() if kind.startswith(b"sk-") else None
    wire.end()
    return Key(kind.decode(), blob, numbers, application)


def _shown(word: bytes) -> str:
    return ascii(word[:40].decode("ascii", "replace"))


def _ed25519(wire: Wire, _: bytes) -> tuple[bytes, bytes]:
    point = wire.string()
    if len(point) != 32:
        raise BadSignature(f"the key has {len(point)} bytes, and an ed25519 key has 32")
    return b"ed25519", point


def _ecdsa(wire: Wire, kind: bytes) -> tuple[bytes, bytes]:
    curve, point = wire.string(), wire.string()
    if curve not in _CURVES or not kind.removesuffix(b"@openssh.com").endswith(b"-" + curve):
        raise BadSignature(f"the key is on the curve {_shown(curve)}, and says it is a {_shown(kind)}")
    if point[:1] != b"\x04" or len(point) != _CURVES[curve][0]:
        raise BadSignature("the key's point is not written out in full")
    return curve, point


def _rsa(wire: Wire, _: bytes) -> tuple[int, int]:
    exponent, modulus = wire.mpint(), wire.mpint()
    size = modulus.bit_length()
    if size < SMALLEST_RSA:
        raise BadSignature(f"an RSA key of {size} bits is too small; {SMALLEST_RSA} is the least")
    if size > LARGEST_RSA or exponent.bit_length() > 64:
        raise BadSignature("the RSA key is larger than OpenSSH accepts")
    return exponent, modulus


@lru_cache(maxsize=4096)
def public_key(key: Key) -> PublicKey:
    """The key to verify with. Raises `BadSignature` where its numbers are no key."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    one, other = key.numbers
    try:
        if isinstance(one, int) and isinstance(other, int):
            return rsa.RSAPublicNumbers(one, other).public_key()
        assert isinstance(one, bytes)
        assert isinstance(other, bytes)
        if one == b"ed25519":
            return ed25519.Ed25519PublicKey.from_public_bytes(other)
        curve: type[ec.EllipticCurve] = getattr(ec, _CURVES[one][1])
        return ec.EllipticCurvePublicKey.from_encoded_point(curve(), other)
    except ValueError:
        raise BadSignature("the numbers in the key are none that such a key can have") from None


_KEYS: dict[bytes, Callable[[Wire, bytes], tuple[bytes, bytes] | tuple[int, int]]] = {
    b"ssh-ed25519": _ed25519,
    b"sk-ssh-ed25519@openssh.com": _ed25519,
    b"ecdsa-sha2-nistp256": _ecdsa,
    b"ecdsa-sha2-nistp384": _ecdsa,
    b"ecdsa-sha2-nistp521": _ecdsa,
    b"sk-ecdsa-sha2-nistp256@openssh.com": _ecdsa,
    b"ssh-rsa": _rsa,
}


# --- signatures -----------------------------------------------------------------------------------------------------


class Parts(NamedTuple):
    """A signature taken apart: the key in it, what was mixed in, the hash of the payload, and what the key made."""

    key: Key
    reserved: bytes
    hash: bytes
    made: bytes


def parts_of(signature: str) -> Parts:
    """Take a signature (base64 without armour) apart. Raises `BadSignature`."""
    wire = Wire(bytes_of(signature, "the signature"), "the signature")
    if wire.take(len(_MAGIC)) != _MAGIC:
        raise BadSignature("it is not an SSH signature; the first bytes are not SSHSIG")
    version = wire.number()
    if version != 1:
        raise BadSignature(f"it is an SSH signature of version {version}; version 1 is known")
    key = key_from_wire(wire.string())
    namespace = wire.string()
    if namespace != NAMESPACE:
        raise BadSignature(f"it was given in the namespace {_shown(namespace)}, not in {NAMESPACE.decode()!r}")
    reserved, algorithm, made = wire.string(), wire.string(), wire.string()
    if algorithm not in _HASHES:
        raise BadSignature(f"it hashes with {_shown(algorithm)}; sha256 and sha512 are accepted")
    wire.end()
    return Parts(key, reserved, algorithm, made)


def to_be_signed(payload: bytes, algorithm: str = "sha512") -> bytes:
    """What a key signs for a payload."""
    return _to_be_signed(payload, b"", algorithm.encode())


def _to_be_signed(payload: bytes, reserved: bytes, algorithm: bytes) -> bytes:
    digest = _HASHES[algorithm](payload).digest()
    return _MAGIC + b"".join(map(string, (NAMESPACE, reserved, algorithm, digest)))


def put_together(key: Key, made: bytes, algorithm: str = "sha512") -> str:
    """The signature (base64 without armour) around what a key made of `to_be_signed`."""
    inner = (key.blob, NAMESPACE, b"", algorithm.encode(), made)
    return base64.b64encode(_MAGIC + (1).to_bytes(4, "big") + b"".join(map(string, inner))).decode()


def armoured(signature: str) -> str:
    """A signature as ssh-keygen reads it, with a line break at the end."""
    lines = [signature[start : start + 70] for start in range(0, len(signature), 70)]
    return "\n".join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""])


def verified(payload: bytes, signature: str) -> Verified:
    """The key that made a signature of a payload. Raises `BadSignature` where none did, with the reason."""
    key, reserved, algorithm, made = parts_of(signature)
    wire = Wire(made, "the signature")
    kind, core = wire.string(), wire.string()
    message = _to_be_signed(payload, reserved, algorithm)
    pin = False
    if key.application is not None:
        flags, counter = wire.take(1), wire.take(4)
        if not flags[0] & _TOUCHED:
            raise BadSignature("the security key that made it was not touched")
        pin = bool(flags[0] & _VERIFIED)
        application, message = (hashlib.sha256(each).digest() for each in (key.application, message))
        message = application + flags + counter + message
    wire.end()
    if not _is_by(key, kind, core, message):
        raise BadSignature("it is not the signature of what the record says now, or not by the key that is in it")
    return Verified(key.fingerprint, pin)


def _is_by(key: Key, kind: bytes, core: bytes, message: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature

    verify = _verify_rsa if key.kind == "ssh-rsa" else _verify_other
    try:
        verify(key, kind, core, message)
    except InvalidSignature:
        return False
    return True


def _verify_rsa(key: Key, kind: bytes, core: bytes, message: bytes) -> None:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

    if kind not in _RSA_HASHES:
        weak = ", which rests on SHA-1" if kind == b"ssh-rsa" else ""
        raise BadSignature(f"it was made with {_shown(kind)}{weak}; rsa-sha2-256 and rsa-sha2-512 are accepted")
    public: RSAPublicKey = public_key(key)  # type: ignore[assignment]
    if len(core) != (public.key_size + 7) // 8:
        raise BadSignature("the signature has another length than its key gives")
    public.verify(core, message, PKCS1v15(), _hash(_RSA_HASHES[kind]))


def _verify_other(key: Key, kind: bytes, core: bytes, message: bytes) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec, utils

    if kind != key.kind.encode():
        raise BadSignature(f"it was made with {_shown(kind)}, and its key is one of {key.kind}")
    public = public_key(key)
    if not isinstance(public, ec.EllipticCurvePublicKey):
        public.verify(core, message)  # type: ignore[call-arg]
        return
    wire = Wire(core, "the signature")
    r, s = wire.mpint(), wire.mpint()
    wire.end()
    curve = key.numbers[0]
    assert isinstance(curve, bytes)
    public.verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(_hash(_CURVES[curve][2])))


def _hash(name: str) -> hashes.HashAlgorithm:
    from cryptography.hazmat.primitives import hashes as known

    found: hashes.HashAlgorithm = getattr(known, name)()
    return found
