"""
What 10,000 signatures cost `qmsci verify` and `qmsci check --all`: none remembered, all remembered, and 1 % altered.

    python benchmarks/signatures.py [--signatures 10000] [--runs 3]
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from measure import machine

from qmsci import sshsig
from qmsci.read import text_digest
from qmsci.signature import payload_of

BUDGET = 5.0
PEOPLE, DOCUMENTS = 500, 10
POLICY = """\
revision: 1
organization: Halden Biologics
timezone: Europe/Oslo
quality-unit: [quality-assurance]
approvals: forge
signatures: optional
documents: {SOP: {folder: sop, review: 24 months, window: 14 days, method: [read]}}
"""
DOCUMENT = """\
---
id: SOP-{number:03}
title: Gowning
owner: operator
revisions:
  - {{revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0001]}}
---
Gown.
"""


class Pen:
    """A person with an ed25519 key."""

    def __init__(self, number: int) -> None:
        """The person of a number; the same number, the same key."""
        self.name = f"p-{number:04}"
        self._private = Ed25519PrivateKey.from_private_bytes(number.to_bytes(32, "big"))
        raw = self._private.public_key().public_bytes_raw()
        self.key = sshsig.key_from_wire(sshsig.string(b"ssh-ed25519") + sshsig.string(raw))

    def on(self, path: str, record: dict[str, object], at: str) -> dict[str, str]:
        """Their signature on a record in the file of a path."""
        fields = {"by": self.name, "name": "N", "meaning": "read-and-understood", "at": at}
        core = self._private.sign(sshsig.to_be_signed(payload_of(path, record, fields)))
        made = sshsig.string(b"ssh-ed25519") + sshsig.string(core)
        return {**fields, "key": self.key.fingerprint, "signature": sshsig.put_together(self.key, made)}


def write(folder: Path, path: str, text: str) -> None:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(text)


def build(folder: Path, signatures: int) -> None:
    """A repository with so many signatures, on completions of ten documents by five hundred people."""
    pens = [Pen(number) for number in range(1, PEOPLE + 1)]
    write(folder, "qmsci.yaml", POLICY)
    for pen in pens:
        person = f"id: {pen.name}\nname: N\nkind: employee\nemployed: {{from: 2024-01-01}}\nkeys:\n"
        key = f"  - {{key: {pen.key.line}, from: 2024-01-01, proof: badge, by: p-0001}}\n"
        write(folder, f"roles/people/{pen.name}.yaml", person + key)
    for number in range(DOCUMENTS):
        write(folder, f"controlled-docs/sop/SOP-{number:03}.md", DOCUMENT.format(number=number))
    for number in range(signatures):
        pen, document = pens[number % PEOPLE], f"SOP-{number // PEOPLE % DOCUMENTS:03}"
        path = f"training-records/completions/{pen.name}/{document}.yaml"
        at = f"2026-{number % 12 + 1:02}-05T09:{number // 60 % 60:02}:{number % 60:02}+01:00"
        record: dict[str, object] = {"document": f"{document}@1", "completed": at, "method": ["read"]}
        record["text"] = text_digest(b"Gown.\n")
        entry = {**record, "signatures": [pen.on(path, record, at)]}
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        with (folder / path).open("a") as file:
            file.write(f"- {json.dumps(entry, sort_keys=True)}\n")
    git = ["git", "-c", "user.name=N", "-c", "user.email=e@example.org", "-c", "init.defaultBranch=main"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "All"]):
        subprocess.run([*git, *command], cwd=folder, check=True)


def timed(folder: Path, *arguments: str, cold: bool) -> tuple[float, dict[str, object]]:
    if cold:
        shutil.rmtree(folder / ".git/qmsci", ignore_errors=True)
    begun = time.perf_counter()
    command = [sys.executable, "-m", "qmsci", *arguments, "--format", "json"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    took = time.perf_counter() - begun
    assert ran.returncode in (0, 1), ran.stderr
    return took, json.loads(ran.stdout)


def alter(folder: Path) -> int:
    """Alter the completions of every hundredth person; how many signatures that breaks."""
    broken = 0
    for path in sorted((folder / "training-records/completions").glob("p-??00/*.yaml")):
        text = path.read_text()
        broken += text.count('"meaning"')
        path.write_text(text.replace("read-and-understood", "evaluated"))
    return broken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--signatures", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    print(f"{machine()}; {options.signatures:,} ed25519 signatures; budget {BUDGET} s\n")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        build(folder, options.signatures)
        for name, cold in (("cold", True), ("warm", False)):
            runs = [timed(folder, "verify", cold=cold) for _ in range(options.runs)]
            assert all(not said["faults"] for _, said in runs)
            print(f"verify, {name}: {statistics.median(took for took, _ in runs):.2f} s")
            checks = [timed(folder, "check", "--all", cold=cold)[0] for _ in range(options.runs)]
            print(f"check --all, {name}: {statistics.median(checks):.2f} s")
        broken = alter(folder)
        took, said = timed(folder, "verify", cold=False)
        assert isinstance(said["faults"], list)
        assert len(said["faults"]) == broken, (len(said["faults"]), broken)
        print(f"verify, warm, {broken} of them altered, all found: {took:.2f} s")


if __name__ == "__main__":
    main()
