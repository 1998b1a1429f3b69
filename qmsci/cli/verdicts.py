"""Many signatures at once: those that verified before are remembered, the others go to all processors."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from qmsci.library import Memory
from qmsci.sshsig import BadSignature, Verified, verified

#: Signatures that a thread takes at a time. The work is done outside of the interpreter's lock, so threads are enough.
_AT_ONCE = 200

#: What is signed, and the signature.
Pair = tuple[bytes, str]


def verdicts(pairs: Sequence[Pair], memory: Memory, threads: int | None = None) -> list[Verified | str]:
    """Of each signature by which key it is, or why it is no signature of what it is said to sign."""
    keys = [_key(*pair) for pair in pairs]
    known = {key: _remembered(said) for key, said in memory.recall(keys).items()}
    new = [number for number, key in enumerate(keys) if key not in known]
    chunks = [new[start : start + _AT_ONCE] for start in range(0, len(new), _AT_ONCE)]
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        found = pool.map(lambda chunk: [(number, _verdict(pairs[number])) for number in chunk], chunks)
        fresh = dict(pair for chunk in found for pair in chunk)
    good = {keys[number]: _encoded(verdict) for number, verdict in fresh.items() if isinstance(verdict, Verified)}
    if good:
        memory.remember(good)
    return [fresh[number] if number in fresh else known[key] for number, key in enumerate(keys)]


def _verdict(pair: Pair) -> Verified | str:
    try:
        return verified(*pair)
    except BadSignature as error:
        return str(error)


def _key(payload: bytes, signature: str) -> str:
    """What is remembered stands for one payload and one signature, and for the key, which is a part of that."""
    parts = hashlib.sha256(payload).digest() + hashlib.sha256(signature.encode()).digest()
    return f"signature:{hashlib.sha256(parts).hexdigest()}"


def _encoded(verdict: Verified) -> bytes:
    return f"{int(verdict.pin)}{verdict.fingerprint}".encode()


def _remembered(said: bytes) -> Verified:
    text = said.decode()
    return Verified(text[1:], text[0] == "1")
