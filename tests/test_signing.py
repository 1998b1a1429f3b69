"""Private keys in files and behind ssh-agent; whatever goes wrong is said in a sentence."""

from __future__ import annotations

import base64
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qmsci import sshsig
from qmsci.finding import CannotRun
from qmsci.signing import agent_keys, agent_signer, signer_of
from qmsci.sshsig import string, verified
from tests.keys import KINDS, SecurityKey, inside, keygen, made, public, security_keys

PAYLOAD = b'{"by":"p-0042"}'


def unasked() -> str:
    raise AssertionError("the key has no passphrase")


def reason(does: Callable[[], object]) -> str:
    """Why something cannot be done."""
    with pytest.raises(CannotRun) as caught:
        does()
    return str(caught.value)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a key of every kind that ssh-keygen makes, and one with a passphrase."""
    found = tmp_path_factory.mktemp("keys")
    for kind in KINDS:
        made(found, kind)
    made(found, "ed25519", "correct horse")
    return found


@pytest.fixture(scope="module")
def agent() -> Iterator[str]:
    """The address of an ssh-agent that has no keys yet."""
    place = tempfile.mkdtemp(prefix="agent")
    address = f"{place}/socket"
    said = subprocess.run(["ssh-agent", "-s", "-a", address], capture_output=True, text=True, check=True).stdout
    yield address
    os.kill(int(said.split("SSH_AGENT_PID=")[1].split(";")[0]), signal.SIGTERM)
    shutil.rmtree(place)


@pytest.fixture
def with_agent(agent: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let ssh-agent be there, and have some keys."""
    monkeypatch.setenv("SSH_AUTH_SOCK", agent)
    subprocess.run(["ssh-add", "-q", "-D"], capture_output=True, check=True)

    def add(*paths: Path) -> None:
        subprocess.run(["ssh-add", "-q", *paths], capture_output=True, check=True)

    return add


# --- a file ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_signs(folder: Path, kind: str):
    signer = signer_of(folder / kind, unasked)

    assert verified(PAYLOAD, signer.sign(PAYLOAD)).fingerprint == signer.key.fingerprint
    assert signer.key == sshsig.key_of(public(folder / kind))


def test_the_passphrase_is_asked_for_once_and_only_to_sign(folder: Path):
    asked = []

    def ask() -> str:
        asked.append(1)
        return "correct horse"

    signer = signer_of(folder / "ed25519-locked", ask)
    assert asked == []
    assert all(verified(payload, signer.sign(payload)) for payload in (PAYLOAD, b"another"))
    assert asked == [1]


def test_a_wrong_passphrase_is_said(folder: Path):
    signer = signer_of(folder / "ed25519-locked", lambda: "battery")

    assert "cannot be unlocked: the passphrase is wrong, or it is damaged" in reason(lambda: signer.sign(PAYLOAD))


def test_a_key_with_the_public_half_of_another_signs_nothing(folder: Path, tmp_path: Path):
    """Whoever laid it there would have others believe in a signature by somebody else."""
    signer = signer_of(folder / "ed25519", unasked)
    made(tmp_path, "ed25519")
    signer.key = sshsig.key_of(public(tmp_path / "ed25519"))  # type: ignore[misc]

    assert "gave no good signature" in reason(lambda: signer.sign(PAYLOAD))


ARMOUR = "-----BEGIN OPENSSH PRIVATE KEY-----\n%s\n-----END OPENSSH PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"", "not a public key of the form", id="empty"),
        pytest.param(b"hello", "not a public key of the form", id="no key"),
        pytest.param(b"\xff\xfe", "it is not text", id="binary"),
        pytest.param(b"A" * 100_000, "is no key in the form of OpenSSH", id="large"),
        pytest.param(b"-----BEGIN RSA PRIVATE KEY-----\nAAAA", "ssh-keygen -p -f rewrites an older one", id="PEM"),
        pytest.param((ARMOUR % "!").encode(), "in its armour is not base64", id="no base64"),
        pytest.param((ARMOUR % "AAAA").encode(), "the file ends too early", id="short"),
        pytest.param((ARMOUR % ("A" * 40)).encode(), "no version", id="version"),
    ],
)
def test_a_file_that_is_no_key(tmp_path: Path, content: bytes, words: str):
    (tmp_path / "key").write_bytes(content)

    assert words in reason(lambda: signer_of(tmp_path / "key", unasked))


def private_file(key: sshsig.Key, number: int = 1) -> str:
    """The file of a private key, as far as it can be read without a passphrase."""
    data = b"openssh-key-v1\0" + string(b"none") + string(b"none") + string(b"") + number.to_bytes(4, "big")
    return ARMOUR % base64.b64encode(data + string(key.blob) + string(b"damaged")).decode()


def test_a_file_with_several_keys_is_refused(tmp_path: Path):
    (tmp_path / "key").write_text(private_file(security_keys()["sk-ed25519"].key, 2))

    assert "it holds several keys" in reason(lambda: signer_of(tmp_path / "key", unasked))


def test_a_damaged_file_is_said(folder: Path, tmp_path: Path):
    (tmp_path / "key").write_text(private_file(sshsig.key_of(public(folder / "ed25519"))))

    assert "damaged" in reason(lambda: signer_of(tmp_path / "key", unasked).sign(PAYLOAD))


def test_a_file_that_is_not_there(tmp_path: Path):
    assert "cannot be read: No such file" in reason(lambda: signer_of(tmp_path / "key", unasked))


# --- ssh-agent ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_the_agent_signs_for_a_public_key(folder: Path, with_agent: Callable[..., None], kind: str):
    with_agent(folder / kind)
    signer = signer_of(folder / f"{kind}.pub", unasked)

    assert verified(PAYLOAD, signer.sign(PAYLOAD)).fingerprint == signer.key.fingerprint
    assert agent_keys() == [signer.key]


def test_the_first_key_that_is_registered_signs(folder: Path, with_agent: Callable[..., None]):
    with_agent(folder / "rsa-2048", folder / "ed25519")
    wanted = sshsig.key_of(public(folder / "ed25519"))

    assert agent_signer({wanted.fingerprint}).key == wanted
    assert "ssh-agent has no key that is registered to the signer" in reason(lambda: agent_signer({"SHA256:x"}))


def test_an_agent_without_the_key_is_said(folder: Path, with_agent: Callable[..., None]):
    with_agent(folder / "rsa-2048")

    assert "does not have the key (ssh-add)" in reason(lambda: signer_of(folder / "ed25519.pub", unasked).sign(PAYLOAD))


def test_no_agent_is_said(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    assert "SSH_AUTH_SOCK is not set" in reason(agent_keys)
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "nowhere"))
    assert "ssh-agent cannot be reached at" in reason(agent_keys)


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[bytes], bytes]], None]]:
    """Let an agent of our own answer: a function of the message that it gets."""
    place = tempfile.mkdtemp(prefix="agent")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(f"{place}/socket")
    listener.listen()
    monkeypatch.setenv("SSH_AUTH_SOCK", f"{place}/socket")
    threads = []

    def answer(reply: Callable[[bytes], bytes]) -> None:
        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                size = int.from_bytes(connection.recv(4), "big")
                connection.sendall(reply(connection.recv(size)))

        threads.append(threading.Thread(target=serve))
        threads[-1].start()

    yield answer
    for thread in threads:
        thread.join()
    listener.close()
    shutil.rmtree(place)


Answering = Callable[[Callable[[bytes], bytes]], None]


@pytest.mark.parametrize("kind", security_keys())
def test_a_security_key_signs_through_the_agent(answering: Answering, tmp_path: Path, kind: str):
    """Its file holds a handle only; whoever has it cannot sign without the thing itself."""
    key: SecurityKey = security_keys()[kind]
    (tmp_path / "key").write_text(private_file(key.key))
    answering(lambda _: string(bytes([14]) + string(sshsig.parts_of(key.sign(PAYLOAD, flags=5)).made)))
    signature = signer_of(tmp_path / "key", unasked).sign(PAYLOAD)

    assert verified(PAYLOAD, signature) == (key.key.fingerprint, True)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        pytest.param(b"", "ssh-agent cannot be reached at", id="nothing"),
        pytest.param(string(b"\x05"), "does not list its keys; it may be locked (ssh-add -X)", id="locked"),
        pytest.param(string(b""), "answers with 0 bytes", id="empty"),
        pytest.param(b"\xff\xff\xff\xff", "answers with 4,294,967,295 bytes", id="endless"),
        pytest.param(string(b"\x63"), "answers with the message 99, where 12 was expected", id="another message"),
        pytest.param(string(b"\x0c\0\0\0\1"), "what nobody understands: the list ends too early", id="cut"),
    ],
)
def test_an_agent_that_lists_nonsense(answering: Answering, reply: bytes, words: str):
    answering(lambda _: reply)

    assert words in reason(agent_keys)


def test_a_key_of_another_kind_is_passed_over(answering: Answering):
    answering(lambda _: string(b"\x0c\0\0\0\1" + string(string(b"ssh-dss")) + string(b"old")))

    assert agent_keys() == []


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        pytest.param(b"\x0e\0\0\0\7", "what nobody understands: the answer ends too early", id="cut"),
        pytest.param(b"\x0e" + string(b"") + b"\0", "the answer has 1 bytes too many", id="trailing"),
        pytest.param(
            b"\x0e" + string(string(b"ssh-rsa") + string(bytes(256))),
            "gave no good signature: it was made with",
            id="SHA-1",
        ),
    ],
)
def test_an_agent_that_signs_nonsense(answering: Answering, folder: Path, reply: bytes, words: str):
    answering(lambda _: string(reply))

    assert words in reason(lambda: signer_of(folder / "rsa-2048.pub", unasked).sign(PAYLOAD))


def test_openssh_verifies_what_the_agent_signed(folder: Path, tmp_path: Path, with_agent: Callable[..., None]):
    with_agent(folder / "ecdsa-384")
    signer = agent_signer({key.fingerprint for key in agent_keys()})
    armour = sshsig.armoured(signer.sign(PAYLOAD))
    (tmp_path / "signature").write_text(armour)

    assert inside(armour)
    assert b"Good" in keygen("-Y", "check-novalidate", "-n", "qmsci", "-s", tmp_path / "signature", stdin=PAYLOAD)
