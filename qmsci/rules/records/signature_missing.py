"""`signature-missing`."""

import shlex

from qmsci.change import Added, AddedSignature
from qmsci.finding import At
from qmsci.meanings import lacking_on
from qmsci.records import layout
from qmsci.records.training import Approval, Completion, FileApproval, Rejection, Waiver
from qmsci.rule import Problem, Problems, When, rule

_WITH_A_KEY = "have it signed with their key"


@rule(
    clause=("21 CFR 11.50(a)", "21 CFR 11.10(j)", "EU GMP Annex 11, 14"),
    fix="have it signed with their key: `qmsci complete`, `qmsci approve` and `qmsci waive` do",
    when=When.CHANGE,
)
def signature_missing(added: Added[Completion] | Added[Rejection] | Added[Waiver] | AddedSignature) -> Problems:
    """
    A new record lacks a signature that the policy asks for.

    A record that nobody has signed is what somebody wrote down about somebody else. Whether she was there, and whether
    he found her competent, is known from the two of them.

    With `signatures: required` a new completion is signed by the trainee as `read-and-understood` (`performed` where
    nothing was read), and a practical demonstration by the evaluator as `evaluated`. In a session whose document's type
    says `facilitated: true` the facilitator may sign in the trainees' place, as `facilitated`. Migrated records, with
    their `origin`, are signed as `verified` by whoever compared them with their source; waivers and rejections as
    `approved` by whoever grants them. With `approvals: signed` every new approval is signed, but those that were
    imported with an `origin`, which count for nothing there.

    The policy of the base decides; the import that brings the first policy is exempt. A signature may be added to a
    record that is merged already; whether it is a good one is for the other rules to say.

    ## Flagged

    ```yaml title="qmsci.yaml"
    revision: 1
    organization: Halden Biologics
    timezone: Europe/Oslo
    quality-unit: [quality-assurance]
    approvals: forge
    signatures: required
    documents:
      WI: {folder: wi, review: 24 months, window: 7 days, method: [read, practical]}
    ```

    ```yaml title="training-records/completions/p-0042/WI-031.yaml (new)"
    - document: WI-031@1  # <- p-0007 has not signed it as 'evaluated'
      completed: 2026-11-20T09:30:00+01:00
      method: [practical]
      practical: {evaluator: p-0007, outcome: competent}
      signatures:
        - by: p-0042
          name: Ingrid Solberg
          meaning: performed
          at: 2026-11-20T09:35:00+01:00
          key: "SHA256:OfcJuFzRA9ZbDYhma3FiMlz51BDU7NsMVvaDBYyyBLU"
          signature: U1NIU0lHAAAA
    ```

    ## Accepted

    ```yaml title="qmsci.yaml"
    revision: 1
    organization: Halden Biologics
    timezone: Europe/Oslo
    quality-unit: [quality-assurance]
    approvals: forge
    signatures: required
    documents:
      WI: {folder: wi, review: 24 months, window: 7 days, method: [read, practical], facilitated: true}
    ```

    ```yaml title="training-records/completions/p-0042/WI-031.yaml (new)"
    - document: WI-031@1
      completed: 2026-11-20T09:30:00+01:00
      method: [read, practical]
      session: {facilitator: p-0007, reference: attendance list 4711}
      practical: {evaluator: p-0007, outcome: competent}
      signatures:
        - by: p-0007
          name: Bo Lie
          meaning: facilitated
          at: 2026-11-20T09:35:00+01:00
          key: "SHA256:OfcJuFzRA9ZbDYhma3FiMlz51BDU7NsMVvaDBYyyBLU"
          signature: U1NIU0lHAAAA
    ```

    ## Accepted where the policy leaves it to people

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml (new)"
    - document: SOP-014@1
      completed: 2026-11-20T09:30:00+01:00
      method: [read]
    ```
    """
    policy = added.change.policy
    if policy is None or added.change.founding:
        return
    if isinstance(added, AddedSignature):
        record = added.record
        if policy.approvals == "signed" and added.is_new and not added.signed.is_given and _wants_key(record):
            by = added.signed.fields["by"]
            yield Problem(At(added.signed.path), f"{by} has not signed it with a key", fix=_approve(record, str(by)))
    elif policy.signatures == "required":
        for ways in lacking_on(added.entry, added.person, policy.type_of(added.document)):
            if all(one.by for one in ways):
                who = f", nor {ways[1].by} as {ways[1].meaning!r}" if len(ways) > 1 else ""
                message = f"{ways[0].by} has not signed it as {ways[0].meaning!r}{who}"
                yield Problem(At(added.path, (added.index,)), message, fix=_sign(added, str(ways[0].by)))


def _approve(record: object, by: str) -> str:
    """The command that signs an approval again, by whoever gave it."""
    assert isinstance(record, Approval | FileApproval)
    of = str(record.document) if isinstance(record, Approval) else _subject(record)
    meaning = "" if record.meaning == "quality-approval" else f" --meaning {record.meaning}"
    return f"{_WITH_A_KEY}: qmsci approve {of} --by {by}{meaning}"


def _subject(record: FileApproval) -> str:
    found = layout.filed(record.file)
    return found.names[0] if found and found.kind is layout.Kind.EVENT else shlex.quote(record.file)


def _sign(added: Added[Completion] | Added[Rejection] | Added[Waiver], by: str) -> str | None:
    """The command by which somebody signs a completion; waivers and rejections are signed as they are written."""
    if not isinstance(added.entry, Completion) or added.entry.origin:
        return None
    to = "" if by == added.person else f" --person {added.person}"
    return f"{_WITH_A_KEY}: qmsci complete {added.entry.document}{to} --entry {added.index + 1} --by {by}"


def _wants_key(record: object) -> bool:
    return isinstance(record, FileApproval) or (isinstance(record, Approval) and record.origin is None)
