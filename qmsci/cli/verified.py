"""Everything in a tree that can be verified: signatures, digests and links, each held against what it stands for."""

from __future__ import annotations

import json
import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property, partial
from typing import NamedTuple

from qmsci.approval import file_digest
from qmsci.bereft import is_missed
from qmsci.cli.judged import Judged
from qmsci.cli.progress import watched
from qmsci.finding import At, Place
from qmsci.gitrepo import Commit
from qmsci.key_register import KeyRegister
from qmsci.load import Content, content_of, kind_of, placed, record_of
from qmsci.records import layout
from qmsci.records.base import FileRecord, RevisionId
from qmsci.records.layout import Kind, filed
from qmsci.records.training import FileApproval
from qmsci.schema_words import Fault
from qmsci.signature import SIGNED_KINDS, Signed, signatures_in
from qmsci.tree import File
from qmsci.unreadable import Unreadable
from qmsci.verdicts import Claim, claims_of
from qmsci.verification import (
    Texts,
    Version,
    lacks,
    links_in,
    lost_rejections,
    quoted_in,
    revision_in,
    version_of,
    wrong_file,
    wrong_link,
    wrong_signature,
    wrong_text,
)

#: Files that are looked at together.
_AT_ONCE = 1_000
_FOLDERS = (layout.APPROVALS, layout.ASSIGNMENTS, layout.COMPLETIONS, layout.WAIVERS)
#: What is signed, as it is called.
NOUNS = {
    Kind.APPROVAL: "approval",
    Kind.FILE_APPROVAL: "approval",
    Kind.COMPLETIONS: "completion",
    Kind.WAIVERS: "waiver",
}


class Placed(NamedTuple):
    """Something wrong at a place, and what can be done about it where that is known."""

    place: Place
    message: str
    fix: str | None


class Verification:
    """One pass over everything that can be verified. `checked` has how much of each there was."""

    def __init__(self, what: Judged) -> None:
        """Look at a tree; nothing is read yet."""
        self.what = what
        self.snapshot = what.snapshot
        self.register = KeyRegister(what.snapshot)
        self.checked: Counter[str] = Counter()
        self.signatures: Counter[str] = Counter(dict.fromkeys(NOUNS.values(), 0))
        self.unsigned: Counter[str] = Counter(dict.fromkeys(NOUNS.values(), 0))
        self._faults: list[Fault] = list(self.register.faults)
        self._void: list[Fault] = []
        self.refused = 0  # how many of the signatures are wrong
        self._texts = Texts(self.snapshot, lambda: self._earlier)
        self._whole: list[FileApproval] = []  # approvals of whole files: they rest on what the files held before

    def run(self) -> None:
        """Verify."""
        self.checked["keys"] = len(self.register)
        paths = [path for folder in _FOLDERS for path in self.what.tree.paths(folder)]
        steps = [paths[start : start + _AT_ONCE] for start in range(0, len(paths), _AT_ONCE)]
        for some in watched(steps, "verifying"):
            self._look_at(some)
        self._judge_whole()
        unread = self.what.library.faults.items()
        self._faults += [fault for path, faults in unread if filed(path) for fault in faults[:1]]

    def placed(self) -> list[Placed]:
        """All that is wrong, by place."""
        return self._placed(self._faults)

    def void(self) -> list[Placed]:
        """The signatures of compromised keys that count for nothing, and that nothing needs any more, by place."""
        return self._placed(self._void)

    def _placed(self, faults: Sequence[Fault]) -> list[Placed]:
        paths = sorted({fault.at.path for fault in faults})
        data = {path: file.data if file else b"" for path, file in zip(paths, self.what.tree.read(paths), strict=True)}
        found = {(placed(fault.at, data[fault.at.path]), fault.message): fault.fix for fault in faults}
        return [Placed(*key, found[key]) for key in sorted(found)]

    def _look_at(self, paths: Sequence[str]) -> None:
        signed: list[Signed] = []
        plain = [path for path in paths if (about := filed(path)) and about.kind not in SIGNED_KINDS]
        for record in self.what.library.records(plain):
            if record:
                self._check(record)
        self.what.library.forget(plain)
        ours = [path for path in paths if (about := filed(path)) and about.kind in SIGNED_KINDS]
        for path, file in zip(ours, self.what.tree.read(ours), strict=True):
            content, record, faults = read(path, file) if file else (None, None, ())
            self._faults += faults[:1]
            if content and record:
                self._check(record)
                signed += self._signatures(path, content)
        for claim in claims_of(signed, self.what.memory):
            self._judge(claim)

    def _signatures(self, path: str, content: Content) -> Iterable[Signed]:
        noun = NOUNS[kind_of(path)]
        found = list(signatures_in(path, content))
        entries = content.values.get("entries", [None]) if isinstance(content.values, dict) else []
        signed = {one.entry for one in found if one.is_given}
        self.unsigned[noun] += len(entries or ()) - len(signed)
        for one in found:
            if not one.is_given:
                continue
            self.signatures[noun] += 1
            missing = lacks(one)
            if missing:
                self.refused += 1
                self._faults.append(Fault(At(path, one.keys), missing))
            else:
                yield one

    def _check(self, record: FileRecord) -> None:
        for quoted in quoted_in(record):
            known = self._texts.of(quoted.revision)
            self.checked["digests" if known else "digests_unknown"] += 1
            self._note(quoted.at, wrong_text(quoted, known) if known else None)
        for at in lost_rejections(record):
            self._note(at, "no entry of this file has the digest that it rejects")
        if isinstance(record, FileApproval):
            self._whole.append(record)
        for link in links_in(record):
            self.checked["links"] += 1
            self._note(link.at, wrong_link(link, self._assignments.__contains__))

    def _judge(self, claim: Claim) -> None:
        signed = claim.signed
        recorded = partial(self.what.library.recorded, signed.path, str(signed.fields["signature"]))
        said = wrong_signature(claim, self.register, self.snapshot, recorded)
        if said and self._is_void(claim):
            self._void.append(Fault(_where(signed), said))
        elif said:
            self.refused += 1
            self._faults.append(Fault(_where(signed), said, self._fix(signed)))

    def _is_void(self, claim: Claim) -> bool:
        """Whether nothing is wrong with a signature but that its key was compromised, and it is missed by nobody."""
        signed = claim.signed
        if wrong_signature(claim, self.register, self.snapshot, lambda: date.min):
            return False
        record = self.what.library.records([signed.path])[0]
        return record is not None and not is_missed(self.snapshot, record, signed.entry - 1)

    def _fix(self, signed: Signed) -> str:
        """What can be done about a signature that does not count."""
        about = filed(signed.path)
        assert about
        one, other = about.names
        if about.kind is Kind.APPROVAL:
            return f"qmsci approve {one}"
        if about.kind is Kind.FILE_APPROVAL:
            event = one.rpartition("@closed-")[0]
            return f"qmsci approve {event or shlex.quote(str(signed.record.get('file')))}"
        again = f"qmsci complete {other} --person {one}"
        if about.kind is Kind.WAIVERS:
            return f"{again}, or qmsci waive {one} {signed.record.get('document')}"
        if "rejects" in signed.record:
            return f"qmsci reject {one} {other}, or {again}"
        return f"{again}, or qmsci reject {one} {other} --entry {signed.entry}"

    def _judge_whole(self) -> None:
        """Hold the approvals of whole files against the files; their history is asked for where that is not enough."""
        paths = sorted({approval.file for approval in self._whole})
        files = dict(zip(paths, self.what.tree.read(paths), strict=True))
        for approval in self._whole:
            file = files[approval.file]
            data = file.data if file else None
            now = version_of(approval.file, data, file_digest(data))
            said = wrong_file(approval, now, partial(self._versions, approval.file))
            unknown = said and approval.digest != now.digest and self.what.repository.is_shallow
            self.checked["files_unknown" if unknown else "files"] += 1
            self._note(At(approval.path, ("digest",)), None if unknown else said)

    def _versions(self, path: str) -> Sequence[Version]:
        """What a file held along the first parents of the head."""
        return [version_of(path, data, file_digest(data)) for data in self._contents.get(path, ())]

    @cached_property
    def _contents(self) -> Mapping[str, Sequence[bytes | None]]:
        """What each file that is approved as a whole ever held."""
        paths = sorted({approval.file for approval in self._whole})
        head, objects = self._head, self.what.repository.objects
        found = self.what.repository.versions_below(head, *paths) if head else {}
        blobs = {step.blob for steps in found.values() for step in steps if step.blob}
        contents = {one[0]: one[2] for one in objects.read(sorted(blobs)) if one}
        return {
            path: [contents.get(step.blob) if step.blob else None for step in steps] for path, steps in found.items()
        }

    @property
    def _head(self) -> Commit | None:
        return self.what.head or self.what.repository.commit("HEAD")

    def _note(self, at: At, said: str | None) -> None:
        if said:
            self._faults.append(Fault(at, said))

    @cached_property
    def _assignments(self) -> frozenset[str]:
        return frozenset(self.what.tree.paths(layout.ASSIGNMENTS))

    @cached_property
    def _earlier(self) -> Mapping[RevisionId, str]:
        """The text digest of each revision that was ever the newest one of its document, from the history."""
        head = self._head
        below = self.what.repository.blobs_below(head, layout.DOCUMENTS) if head else {}
        versions = [(path, blob) for path, blobs in below.items() if _is_document(path) for blob in blobs]
        keys = {f"text:{path}:{blob}": (path, blob) for path, blob in versions}
        known = self.what.memory.recall(list(keys))
        new = [key for key in keys if key not in known]
        objects = self.what.repository.objects.contents([keys[key][1] for key in new])
        learnt = {}
        for key, data in zip(new, objects, strict=True):
            revision = revision_in(keys[key][0], data)
            learnt[key] = json.dumps([*revision[0], revision[1]] if revision else None).encode()
        self.what.memory.remember(learnt)
        texts: dict[RevisionId, str] = {}
        all_known = {**known, **learnt}
        for said in (json.loads(all_known[key]) for key in keys):
            if said:
                texts.setdefault(RevisionId(said[0], said[1]), said[2])
        return texts


def _where(signed: Signed) -> At:
    return At(signed.path, (*signed.keys, "signature"))


def _is_document(path: str) -> bool:
    about = filed(path)
    return about is not None and about.kind is Kind.DOCUMENT


def read(path: str, file: File) -> tuple[Content | None, FileRecord | None, tuple[Fault, ...]]:
    """A file as it is written and as a record, or what keeps it from being one."""
    if file.odd:
        return None, None, (Fault(Place(path), file.odd),)
    try:
        content = content_of(path, file.data)
    except Unreadable as fault:
        return None, None, (Fault(Place(path, fault.line, fault.column), fault.message),)
    loaded = record_of(path, content)
    return content, loaded.record, loaded.faults
