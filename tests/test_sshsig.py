"""SSH signatures: OpenSSH makes what we verify and verifies what we make; nothing that was altered passes."""

from __future__ import annotations

import base64
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import load_ssh_private_key
from hypothesis import given, settings
from hypothesis import strategies as st

from qmsci import sshsig
from qmsci.signing import signer_of
from qmsci.sshsig import BadSignature, Verified, string, verified
from tests.keys import KINDS, SecurityKey, inside, keygen, made, public, security_keys

PAYLOAD = '{"by":"p-0042","document":"SOP-014@3","name":"Åse Ø"}'.encode()


def unasked() -> str:
    raise AssertionError("the key has no passphrase")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a key of every kind that ssh-keygen makes."""
    found = tmp_path_factory.mktemp("keys")
    for kind in KINDS:
        made(found, kind)
    return found


@pytest.fixture(scope="module")
def signatures(folder: Path) -> dict[str, str]:
    """A signature of PAYLOAD by a key of each kind."""
    ours = {kind: signer_of(folder / kind, unasked).sign(PAYLOAD) for kind in KINDS}
    return {**ours, **{kind: key.sign(PAYLOAD) for kind, key in security_keys().items()}}


def said(payload: bytes, signature: str) -> str:
    """Why a signature is none."""
    with pytest.raises(BadSignature) as caught:
        verified(payload, signature)
    return str(caught.value)


# --- both ways with OpenSSH -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
def test_what_openssh_signs_verifies(folder: Path, kind: str, algorithm: str):
    armour = keygen("-q", "-Y", "sign", "-n", "qmsci", "-O", f"hashalg={algorithm}", "-f", folder / kind, stdin=PAYLOAD)
    key = sshsig.key_of(public(folder / kind))

    assert verified(PAYLOAD, inside(armour.decode())) == Verified(key.fingerprint, pin=False)
    assert sshsig.armoured(inside(armour.decode())) == armour.decode()


@pytest.mark.parametrize("kind", [*KINDS, *security_keys()])
def test_openssh_verifies_what_is_signed_here(folder: Path, tmp_path: Path, signatures: dict[str, str], kind: str):
    key = security_keys()[kind].key if kind in security_keys() else sshsig.key_of(public(folder / kind))
    (tmp_path / "allowed").write_text(f'p-1 namespaces="qmsci" {key.line}\n')
    (tmp_path / "signature").write_text(sshsig.armoured(signatures[kind]))
    verify = ["-Y", "verify", "-n", "qmsci", "-I", "p-1", "-f", tmp_path / "allowed", "-s", tmp_path / "signature"]

    keygen(*verify, stdin=PAYLOAD)
    keygen(*verify, stdin=PAYLOAD + b" ", exits=255)


@pytest.mark.parametrize("kind", KINDS)
def test_a_fingerprint_is_the_one_that_openssh_prints(folder: Path, kind: str):
    key = sshsig.key_of(public(folder / kind))

    assert keygen("-l", "-f", folder / f"{kind}.pub").decode().split()[1] == key.fingerprint
    assert public(folder / kind).startswith(key.line + " ")


def test_a_key_without_a_comment_is_a_key(folder: Path):
    key = sshsig.key_of(public(folder / "ed25519"))

    assert sshsig.key_of(key.line) == key


@pytest.mark.parametrize("kind", security_keys())
@pytest.mark.parametrize(("flags", "pin"), [(1, False), (5, True)])
def test_a_security_key_says_whether_it_asked_for_a_pin(kind: str, flags: int, pin: bool):
    key = security_keys()[kind]

    assert verified(PAYLOAD, key.sign(PAYLOAD, flags=flags)) == Verified(key.key.fingerprint, pin)


# --- nothing that was altered passes --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [*KINDS, *security_keys()])
def test_every_flipped_bit_of_a_signature_is_caught(signatures: dict[str, str], kind: str):
    """Wherever it is: then it is no signature, or one by another key than the one that is registered."""
    data = base64.b64decode(signatures[kind])
    good = verified(PAYLOAD, signatures[kind])
    every = range(len(data)) if len(data) < 400 else [*range(120), *range(120, len(data), 7)]
    for at in every:
        for bit in (0x01, 0x80):
            altered = bytearray(data)
            altered[at] ^= bit
            with suppress(BadSignature):
                assert verified(PAYLOAD, base64.b64encode(altered).decode()) != good, (at, bit)


@pytest.mark.parametrize("kind", [*KINDS, *security_keys()])
def test_every_flipped_byte_of_the_payload_is_caught(signatures: dict[str, str], kind: str):
    for at in range(len(PAYLOAD)):
        altered = bytearray(PAYLOAD)
        altered[at] ^= 0x20
        assert said(bytes(altered), signatures[kind]).startswith("it is not the signature of what the record says now")


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_a_character_of_the_base64_that_is_another_is_caught(data: st.DataObject):
    key = security_keys()["sk-ed25519"]
    signature = key.sign(PAYLOAD)
    at = data.draw(st.integers(0, len(signature) - 1))
    other = data.draw(st.sampled_from("ABCDEFabcdef0123456789+/=\n ").filter(lambda one: one != signature[at]))

    said(PAYLOAD, signature[:at] + other + signature[at + 1 :])


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_noise_is_refused_in_a_sentence(noise: bytes):
    wrapped = b"SSHSIG" + (1).to_bytes(4, "big") + noise
    keyed = b"".join(map(string, (b"ssh-ed25519", noise)))
    for data in (noise, wrapped, noise.join([b"SSHSIG\0\0\0\1", keyed])):
        assert said(PAYLOAD, base64.b64encode(data).decode())


@given(st.sampled_from([*security_keys()]), st.data())
@settings(max_examples=300, deadline=None)
def test_a_signature_with_a_hole_or_a_swelling_is_refused(kind: str, data: st.DataObject):
    whole = base64.b64decode(security_keys()[kind].sign(PAYLOAD))
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    into = data.draw(st.binary(max_size=12).filter(lambda into: into != whole[start:end]))

    said(PAYLOAD, base64.b64encode(whole[:start] + into + whole[end:]).decode())


@given(st.text(max_size=80))
def test_a_text_that_is_no_key_is_refused_in_a_sentence(text: str):
    for line in (text, f"ssh-ed25519 {text}"):
        with pytest.raises(BadSignature):
            sshsig.key_of(line)


@given(st.sampled_from([*sshsig._KEYS]), st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_a_key_of_noise_is_refused_in_a_sentence(kind: bytes, noise: bytes):
    for blob in (string(kind) + noise, string(kind) + string(noise), string(kind) + string(noise[:8]) + string(noise)):
        with suppress(BadSignature):
            assert sshsig.public_key(sshsig.key_from_wire(blob))


# --- each refusal has its sentence ----------------------------------------------------------------------------------

ED25519 = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))
RAW = ED25519.public_key().public_bytes_raw()
BLOB = string(b"ssh-ed25519") + string(RAW)


def put(
    *,
    magic: bytes = b"SSHSIG",
    version: int = 1,
    key: bytes = BLOB,
    namespace: bytes = b"qmsci",
    reserved: bytes = b"",
    algorithm: bytes = b"sha512",
    made: bytes | None = None,
    rest: bytes = b"",
) -> str:
    """A signature with something about it; the key signs all that is said."""
    digest = sshsig._HASHES.get(algorithm, sshsig._HASHES[b"sha512"])(PAYLOAD).digest()
    message = b"SSHSIG" + b"".join(map(string, (namespace, reserved, algorithm, digest)))
    made = string(b"ssh-ed25519") + string(ED25519.sign(message)) if made is None else made
    inner = b"".join(map(string, (key, namespace, reserved, algorithm, made)))
    return base64.b64encode(magic + version.to_bytes(4, "big") + inner + rest).decode()


def mpint(number: int) -> bytes:
    return string(number.to_bytes(number.bit_length() // 8 + 1, "big"))


def rsa_blob(bits: int, exponent: int = 65537) -> bytes:
    return string(b"ssh-rsa") + mpint(exponent) + mpint((1 << (bits - 1)) + 1)


def ecdsa_blob(kind: bytes, curve: bytes, point: bytes) -> bytes:
    return string(kind) + string(curve) + string(point)


POINT = b"\x04" + bytes(64)


def test_what_the_cases_below_are_made_from_is_good():
    """Also with something in the field that is reserved: it is mixed in, and means nothing yet."""
    assert verified(PAYLOAD, put()).fingerprint == sshsig.key_from_wire(BLOB).fingerprint
    assert verified(PAYLOAD, put(reserved=b"later", algorithm=b"sha256"))


@pytest.mark.parametrize(
    ("signature", "words"),
    [
        pytest.param("", "the first bytes are not SSHSIG|ends too early", id="nothing"),
        pytest.param("é", "the signature is not base64", id="not ASCII"),
        pytest.param("U1NI U0lH", "the signature is not base64", id="white space"),
        pytest.param(put()[:-1], "the signature is not base64", id="cut"),
        pytest.param("U1NIU0lHAB==", "the signature is not base64 in its one form", id="loose bits"),
        pytest.param("A" * 20_000, "longer than 16,384 characters", id="long"),
        pytest.param(put(magic=b"SSHGIS"), "the first bytes are not SSHSIG", id="magic"),
        pytest.param(put(version=2), "of version 2; version 1 is known", id="version"),
        pytest.param(put(namespace=b"git"), "in the namespace 'git', not in 'qmsci'", id="namespace"),
        pytest.param(put(algorithm=b"sha1"), "it hashes with 'sha1'; sha256 and sha512 are accepted", id="hash"),
        pytest.param(put(rest=b"\0"), "the signature has 1 bytes too many", id="trailing"),
        pytest.param(put(made=b""), "the signature ends too early", id="nothing made"),
        pytest.param(
            put(made=string(b"ssh-ed25519") + string(bytes(64)) + b"\0"),
            "the signature has 1 bytes too many",
            id="trailing inside",
        ),
        pytest.param(
            put(made=string(b"ssh-rsa") + string(bytes(64))),
            "made with 'ssh-rsa', and its key is one of",
            id="other kind",
        ),
        pytest.param(put(made=string(b"ssh-ed25519") + string(b"")), "it is not the signature of", id="empty"),
        pytest.param(put(key=string(b"ssh-dss") + bytes(8)), "'ssh-dss' is no kind of key that signs", id="DSA"),
        pytest.param(
            put(key=string(b"ssh-ed25519-cert-v01@openssh.com")), "is no kind of key that signs here", id="certificate"
        ),
        pytest.param(put(key=BLOB + b"\0"), "the key has 1 bytes too many", id="key with a tail"),
        pytest.param(put(key=string(b"ssh-ed25519") + string(b"short")), "the key has 5 bytes", id="short key"),
        pytest.param(
            put(key=rsa_blob(1024)), "an RSA key of 1024 bits is too small; 2048 is the least", id="small RSA"
        ),
        pytest.param(put(key=rsa_blob(20_000)), "the RSA key is larger than OpenSSH accepts", id="large RSA"),
        pytest.param(put(key=rsa_blob(2048, 1 << 70)), "the RSA key is larger than OpenSSH accepts", id="exponent"),
        pytest.param(
            put(key=rsa_blob(2048, 2), made=string(b"rsa-sha2-512") + string(bytes(256))),
            "the numbers in the key are none that such a key can have",
            id="even exponent",
        ),
        pytest.param(
            put(key=rsa_blob(2048), made=string(b"ssh-rsa") + string(bytes(256))),
            "it was made with 'ssh-rsa', which rests on SHA-1; rsa-sha2-256 and rsa-sha2-512 are accepted",
            id="SHA-1",
        ),
        pytest.param(
            put(key=rsa_blob(2048), made=string(b"md5") + string(bytes(256))), "it was made with 'md5'; rsa", id="MD5"
        ),
        pytest.param(
            put(key=rsa_blob(2048), made=string(b"rsa-sha2-256") + string(bytes(255))),
            "another length than its key gives",
            id="short RSA signature",
        ),
        pytest.param(
            put(key=string(b"ssh-rsa") + string(b"\0\1") + mpint(1 << 2047)), "not in its shortest form", id="padded"
        ),
        pytest.param(
            put(key=string(b"ssh-rsa") + string(b"\x81") + mpint(1 << 2047)), "not in its shortest form", id="negative"
        ),
        pytest.param(
            put(key=ecdsa_blob(b"ecdsa-sha2-nistp256", b"nistp384", POINT)), "on the curve 'nistp384', and", id="curve"
        ),
        pytest.param(
            put(key=ecdsa_blob(b"ecdsa-sha2-nistp256", b"nistp256", b"\x02" + bytes(32))), "not written out", id="point"
        ),
        pytest.param(
            put(
                key=ecdsa_blob(b"ecdsa-sha2-nistp256", b"nistp256", POINT),
                made=string(b"ecdsa-sha2-nistp256") + string(mpint(1) + mpint(1)),
            ),
            "the numbers in the key are none that such a key can have",
            id="off the curve",
        ),
    ],
)
def test_a_signature_that_is_refused(signature: str, words: str):
    assert any(word in said(PAYLOAD, signature) for word in words.split("|"))


def test_sha_1_is_refused_though_it_is_right(folder: Path):
    """The signature is one that an old OpenSSH makes."""
    private = load_ssh_private_key((folder / "rsa-2048").read_bytes(), None)
    assert isinstance(private, rsa.RSAPrivateKey)
    key = sshsig.key_of(public(folder / "rsa-2048"))
    core = private.sign(sshsig.to_be_signed(PAYLOAD), padding.PKCS1v15(), hashes.SHA1())

    assert "rests on SHA-1" in said(PAYLOAD, sshsig.put_together(key, string(b"ssh-rsa") + string(core)))


def test_an_rsa_signature_with_sha_256_is_good(folder: Path):
    private = load_ssh_private_key((folder / "rsa-2048").read_bytes(), None)
    assert isinstance(private, rsa.RSAPrivateKey)
    key = sshsig.key_of(public(folder / "rsa-2048"))
    core = private.sign(sshsig.to_be_signed(PAYLOAD), padding.PKCS1v15(), hashes.SHA256())

    assert verified(PAYLOAD, sshsig.put_together(key, string(b"rsa-sha2-256") + string(core)))


@pytest.mark.parametrize("kind", security_keys())
def test_a_security_key_that_nobody_touched_is_refused(kind: str):
    assert (
        said(PAYLOAD, security_keys()[kind].sign(PAYLOAD, flags=4)) == "the security key that made it was not touched"
    )


@pytest.mark.parametrize("change", [lambda made: made[:-5] + b"\5" + made[-4:], lambda made: made[:-1] + b"\0"])
def test_the_flags_and_the_counter_of_a_security_key_are_signed(change: Callable[[bytes], bytes]):
    key = security_keys()["sk-ed25519"]
    parts = sshsig.parts_of(key.sign(PAYLOAD))

    assert "it is not the signature" in said(PAYLOAD, sshsig.put_together(key.key, change(parts.made)))


def test_a_security_key_signs_for_one_application():
    key = security_keys()["sk-ed25519"]
    other = SecurityKey(key.private, b"ssh:other")
    made_there = sshsig.parts_of(other.sign(PAYLOAD)).made

    assert other.key.fingerprint != key.key.fingerprint
    assert "it is not the signature" in said(PAYLOAD, sshsig.put_together(key.key, made_there))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        pytest.param("", "not a public key of the form", id="empty"),
        pytest.param("ssh-ed25519", "not a public key of the form", id="one word"),
        pytest.param("ssh-ed25519 AAAA!", "the key is not base64", id="no base64"),
        pytest.param(
            f"ssh-rsa {base64.b64encode(BLOB).decode()}",
            "says 'ssh-rsa', and the key in it is a ssh-ed25519",
            id="other",
        ),
    ],
)
def test_a_line_that_is_no_key(line: str, words: str):
    with pytest.raises(BadSignature, match=words):
        sshsig.key_of(line)
