"""One file of each kind, as the manual shows them; the digests in them are those of the texts beside them."""

from __future__ import annotations

from hashlib import sha256

from qmsci.approval import about
from qmsci.load import load
from qmsci.read import plain, text_digest
from qmsci.records.canonical import digest_of
from qmsci.records.document import Document
from qmsci.records.questions import Questions

_POLICY = """\
revision: 4
organization: Halden Biologics
timezone: Europe/Oslo
main: main
founded: 2024-01-15
quality-unit: [quality-assurance]
approvals: signed
signatures: required
documents:
  SOP: {folder: sop, sections: [Purpose, Scope, Procedure], review: 24 months, window: 14 days, method: [read]}
  WI: {folder: wi, review: 24 months, window: 7 days, method: [read, practical], approvers: [owner]}
  TRN: {folder: trn, review: 36 months, window: 0 days, method: [read, assessment], facilitated: true}
training: {onboarding: 30 days, refresher-window: 30 days, late-entry: 3 days, attempts: 3, pass-mark: 80}
management-review: 12 months
"""
_TEXT = """\
# Aseptic gowning

## Purpose
## Scope
## Procedure
"""
_DOCUMENT_AT = "controlled-docs/sop/SOP-014-aseptic-gowning.md"
_DOCUMENT = f"""\
---
id: SOP-014
title: Aseptic gowning
owner: fill-finish-lead
governs: [aseptic-gowning]
purpose: qualification
training: {{method: [read, practical], every: 12 months, supervised: 2}}
references: [SOP-002, WI-031]
revisions:
  - revision: 3
    effective: 2026-12-15
    summary: Second glove change at step 6.
    impact: retrain
    authors: [p-0007]
    reason: CAPA-2026-003
  - revision: 2
    effective: 2025-01-10
    summary: Clearer pictures.
    impact: read
    rationale: No step changed.
    authors: [p-0007]
reviewed:
  - {{on: 2026-01-04, by: p-0003, outcome: confirmed}}
---
{_TEXT}"""


def _about() -> str:
    document = load(_DOCUMENT_AT, _DOCUMENT.encode()).record
    assert isinstance(document, Document)
    return about(document, document.newest)


_APPROVAL = f"""\
document: SOP-014@3
text: "{text_digest(_TEXT.encode())}"
effective: 2026-12-15
impact: retrain
governs: [aseptic-gowning]
purpose: qualification
training: {{method: [read, practical], every: 12 months, supervised: 2}}
about: "{_about()}"
by: p-0003
name: Astrid Halvorsen
meaning: quality-approval
at: 2026-11-22T10:00:00+01:00
key: "SHA256:…"
signature: U1NIU0lH…
"""
_POLICY_DIGEST = sha256(_POLICY.encode()).hexdigest()
_FILE_APPROVAL = f"""\
file: qmsci.yaml
digest: "sha256:{_POLICY_DIGEST}"
by: p-0003
name: Astrid Halvorsen
meaning: quality-approval
at: 2026-11-22T10:00:00+01:00
key: "SHA256:…"
signature: U1NIU0lH…
"""
_ROLE = """\
id: aseptic-operator
title: Aseptic fill operator
purpose: Fills vials under Grade A.
performs: [aseptic-gowning, aseptic-filling]
operates: [filling-line-2]
requires: [SOP-002]
prerequisites:
  SOP-014: [SOP-002]
"""
_ACTIVITIES = """\
aseptic-gowning: {title: Gowning for Grade A, critical: true, minimum-qualified: 4}
aseptic-filling: {title: Filling under Grade A, critical: true}
filling-line-2: {title: Filling line 2, kind: equipment}
"""
_PERSON = """\
id: p-0042
name: Ingrid Solberg
kind: employee
employed: {from: 2024-03-01}
roles:
  - {role: aseptic-operator, from: 2024-03-01}
leave:
  - {from: 2026-05-01, to: 2026-08-31}
accounts: {github: isolberg}
keys:
  - key: ssh-ed25519 AAAA…
    from: 2024-03-01
    to: 2026-11-30
    proof: passport, seen in person
    by: p-0003
    revoked: {on: 2026-09-01, compromised-since: 2026-08-28, reason: The laptop was stolen.}
  - {key: ssh-ed25519 AAAA…, from: 2026-09-01, proof: "staff card, seen in person", by: p-0003}
"""
_ASSIGNMENT = f"""\
assignment: SOP-014@3/aseptic-operator
cause: revision
role: aseptic-operator
assigned: 2026-11-22
items:
  - document: SOP-014@3
    text: "{text_digest(_TEXT.encode())}"
    method: [read, practical]
    supervised: 2
    due: 2026-12-15
    people: [p-0042, p-0047]
"""
_COMPLETION = f"""\
- document: SOP-014@3
  text: "{text_digest(_TEXT.encode())}"
  completed: 2026-12-01T09:30:00+01:00
  method: [read, practical]
  assignments: [SOP-014@3/aseptic-operator]
  practical:
    evaluator: p-0011
    outcome: competent
    supervised:
      - {{on: 2026-11-26, by: p-0011, task: gowned for batch 4711}}
      - {{on: 2026-11-27, by: p-0011, task: gowned for batch 4712}}
  late: reader offline
  signatures:
    - by: p-0042
      name: Ingrid Solberg
      meaning: read-and-understood
      at: 2026-12-01T09:30:00+01:00
      key: "SHA256:…"
      signature: U1NIU0lH…
    - by: p-0011
      name: Jonas Berg
      meaning: evaluated
      at: 2026-12-01T09:40:00+01:00
      key: "SHA256:…"
      signature: U1NIU0lH…
"""
_COMPLETIONS = f"""\
{_COMPLETION}- rejects: "{digest_of(plain(_COMPLETION.encode())[0])}"
  reason: The evaluator was not qualified.
  by: p-0003
  at: 2026-12-04T08:00:00+01:00
"""
_WAIVERS = """\
- document: SOP-014@3
  reason: Holds the supplier's certificate
  evidence: certificate 4711, checked 2026-11-20
  from: 2026-11-20
  until: 2027-11-20
  by: p-0003
  signatures:
    - by: p-0003
      name: Astrid Halvorsen
      meaning: approved
      at: 2026-11-20T14:00:00+01:00
      key: "SHA256:…"
      signature: U1NIU0lH…
"""
_QUESTIONS_AT = "controlled-docs/sop/SOP-014-aseptic-gowning.questions.yaml"
_QUESTIONS = """\
document: SOP-014
questions:
  - id: glove-change
    text: When are gloves changed a second time?
    options: {a: at step 4, b: at step 6, c: only when torn}
  - id: before-entry
    text: What is checked before entry?
    multiple: true
    options: {a: the mirror, b: the pressure, c: the calendar}
"""


def _sealed() -> str:
    asked = load(_QUESTIONS_AT, _QUESTIONS.encode()).record
    assert isinstance(asked, Questions)
    return f"""\
{_QUESTIONS}answers:
  cipher: scrypt-aes-256-gcm
  questions: "{asked.digest}"
  salt: dGhpcyBpcyBzYWx0IQ==
  nonce: bm90IG1vcmU=
  sealed: bm9ib2R5IHJlYWRzIHRoaXM=
"""


#: The text of each example by its path, in the order of the manual.
EXAMPLES = {
    "qmsci.yaml": _POLICY,
    _DOCUMENT_AT: _DOCUMENT,
    _QUESTIONS_AT: _sealed(),
    "controlled-docs/approvals/SOP-014@3/p-0003.yaml": _APPROVAL,
    f"controlled-docs/approvals/qmsci.yaml@{_POLICY_DIGEST[:16]}/p-0003.yaml": _FILE_APPROVAL,
    "roles/aseptic-operator.yaml": _ROLE,
    "roles/activities.yaml": _ACTIVITIES,
    "roles/people/p-0042.yaml": _PERSON,
    "training-records/assignments/SOP-014@3/aseptic-operator.yaml": _ASSIGNMENT,
    "training-records/completions/p-0042/SOP-014.yaml": _COMPLETIONS,
    "training-records/waivers/p-0042/SOP-014.yaml": _WAIVERS,
}
