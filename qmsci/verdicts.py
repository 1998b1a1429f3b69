"""Many signatures at once: those that verified before are remembered, the others go to all processors."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from qmsci.library import Library, Memory
from qmsci.load import content_of
from qmsci.signature import Signed, is_signed, signatures_in
from qmsci.sshsig import BadSignature, Verified, verified

#: Signatures that a thread takes at a time. The work is done outside of the interpreter's lock, so threads are enough.
_AT_ONCE = 200

#: What is signed, and the signature.
Pair = tuple[bytes, str]


class Claim(NamedTuple):
    """A signature, and whether it verifies; None where there is none to verify, but words or a part of one."""

    signed: Signed
    verdict: Verified | str | None


class SignedFile(NamedTuple):
    """The signatures in a file, in their order."""

    path: str
    claims: tuple[Claim, ...]


def signed_files(library: Library, paths: Iterable[str]) -> dict[str, SignedFile]:
    """Of some files those that can be read and are signed. All signatures in them are verified together."""
    pairs = zip(paths := list(paths), library.records(paths), strict=True)
    ours = [path for path, record in pairs if record and is_signed(record)]
    files = zip(ours, library.tree.read(ours), strict=True)
    every = [one for path, file in files if file for one in signatures_in(path, content_of(path, file.data))]
    found: dict[str, list[Claim]] = {path: [] for path in ours}
    for claim in claims_of(every, library.memory):
        found[claim.signed.path].append(claim)
    return {path: SignedFile(path, tuple(claims)) for path, claims in found.items()}


def claims_of(every: Sequence[Signed], memory: Memory | None) -> list[Claim]:
    """Some signatures, and of each whether it verifies."""
    whole = [one for one in every if one.is_whole]
    pairs = [(one.payload, str(one.fields["signature"])) for one in whole]
    found = iter(verdicts(pairs, memory) if pairs else ())
    return [Claim(one, next(found) if one.is_whole else None) for one in every]


def verdicts(pairs: Sequence[Pair], memory: Memory | None, threads: int | None = None) -> list[Verified | str]:
    """Of each signature by which key it is, or why it is no signature of what it is said to sign."""
    keys = [_key(*pair) for pair in pairs]
    known = {key: _remembered(said) for key, said in memory.recall(keys).items()} if memory else {}
    new = [number for number, key in enumerate(keys) if key not in known]
    fresh = dict(zip(new, _verdicts([pairs[number] for number in new], threads), strict=True))
    good = {keys[number]: _encoded(verdict) for number, verdict in fresh.items() if isinstance(verdict, Verified)}
    if memory and good:
        memory.remember(good)
    return [fresh[number] if number in fresh else known[key] for number, key in enumerate(keys)]


def _verdicts(pairs: Sequence[Pair], threads: int | None) -> list[Verified | str]:
    if len(pairs) <= _AT_ONCE:
        return [_verdict(pair) for pair in pairs]
    chunks = [pairs[start : start + _AT_ONCE] for start in range(0, len(pairs), _AT_ONCE)]
    with ThreadPoolExecutor(threads) as pool:
        return [verdict for chunk in pool.map(lambda chunk: list(map(_verdict, chunk)), chunks) for verdict in chunk]


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
