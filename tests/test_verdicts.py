"""Many signatures at once: the same verdicts, in the same order, with any number of threads and any memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from qmsci.library import library_of
from qmsci.memory import BlobMemory
from qmsci.sshsig import Verified
from qmsci.verdicts import signed_files, verdicts
from tests.keys import security_keys
from tests.signatories import APPROVAL, COMPLETIONS, TRAINEE, approval, history, of_revision, on, practical, words

KEY = security_keys()["sk-ed25519"]
GOOD = [(f"payload {number}".encode(), KEY.sign(f"payload {number}".encode(), flags=5)) for number in range(450)]
BAD = "it is not the signature of what the record says now, or not by the key that is in it"
#: Every seventh signature is that of its neighbour, every hundredth is none.
PAIRS = [
    (payload, "no base64" if number % 100 == 0 else GOOD[number - 1][1] if number % 7 == 0 else signature)
    for number, (payload, signature) in enumerate(GOOD)
]
EXPECTED = [
    "the signature is not base64"
    if number % 100 == 0
    else BAD
    if number % 7 == 0
    else Verified(KEY.key.fingerprint, True)
    for number in range(450)
]


@pytest.mark.parametrize("threads", [1, 2, 8, None])
def test_the_verdicts_come_in_their_order(tmp_path: Path, threads: int | None):
    memory = BlobMemory(tmp_path)

    assert verdicts(PAIRS, memory, threads) == EXPECTED
    assert verdicts(PAIRS, memory, threads) == EXPECTED
    assert verdicts([], memory, threads) == []


def test_a_memory_of_others_says_nothing_of_these(tmp_path: Path):
    """What is remembered is one payload with one signature, never one of the two."""
    memory = BlobMemory(tmp_path)
    verdicts(GOOD, memory)
    swapped = [(payload, GOOD[number - 1][1]) for number, (payload, _) in enumerate(GOOD)]
    joined = [(payload + signature[:1].encode(), signature[1:]) for payload, signature in GOOD]

    assert verdicts(swapped, memory) == [BAD] * len(GOOD)
    assert not any(isinstance(found, Verified) for found in verdicts(joined, memory))


def test_the_second_time_nothing_is_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    memory = BlobMemory(tmp_path)
    first = verdicts(GOOD, memory)
    monkeypatch.delattr("qmsci.verdicts.verified")

    assert verdicts(GOOD, memory) == first


def test_without_a_memory_it_takes_longer(tmp_path: Path):
    (tmp_path / "file").write_text("")

    assert verdicts(PAIRS, BlobMemory(tmp_path / "file" / "none")) == EXPECTED
    assert verdicts(PAIRS, None) == EXPECTED


def test_the_signed_files_among_some():
    """With a verdict for each whole signature; words, and parts of a signature, have none."""
    entries = (practical(), on(COMPLETIONS, practical(), TRAINEE), {**practical(), "signatures": [words(*TRAINEE)]})
    files = {
        **history(*entries),
        **approval(APPROVAL, of_revision(), "p-3", "approved"),
        "training-records/completions/p-2/WI-031.yaml": history(practical())[COMPLETIONS],
        "training-records/completions/p-2/WI-032.yaml": "x: [",
        "README.md": "Nothing.",
    }
    found = signed_files(library_of(files), [*files, "training-records/completions/p-9/WI-031.yaml"])

    assert {path: [isinstance(claim.verdict, Verified) for claim in file.claims] for path, file in found.items()} == {
        COMPLETIONS: [True, False],
        APPROVAL: [True],
    }
    assert found[COMPLETIONS].claims[1].verdict is None
