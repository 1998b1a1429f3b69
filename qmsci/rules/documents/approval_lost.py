"""`approval-lost`."""

from qmsci.bereft import bereft
from qmsci.finding import At
from qmsci.rule import Problem, Problems, When, rule
from qmsci.snapshot import Snapshot


@rule(
    clause=("21 CFR 211.22(c)", "21 CFR 11.300(c)", "EU GMP Annex 11 12.1"),
    fix="somebody of the quality unit approves it anew, with a key that counts: qmsci approve",
    when=When.CALENDAR,
)
def approval_lost(snapshot: Snapshot, _: Snapshot) -> Problems:
    """
    Something stands on approvals whose key was in other hands.

    A thief who holds the key of the quality unit can approve any procedure, close any event and weaken the policy. What
    that key signed, and main did not have before the theft, proves nothing: people may be working by a text that nobody
    approved.

    Asked, under `approvals: signed`, about revisions that are in force or coming, closings of events, and files as they
    are now, where an approval was signed with a key that is revoked, and recorded on or after `compromised-since` (the
    day of the revocation where that is absent). Another approval that counts, by somebody entitled, excuses. What
    never had an approval, as what is migrated or founded, is not asked about. A text that is not the newest of its
    document is not there to be approved: a new revision follows it.

    ## Flagged on 2026-11-22

    ```yaml title="qmsci.yaml"
    revision: 1
    organization: Halden Biologics
    timezone: Europe/Oslo
    quality-unit: [quality-assurance]
    approvals: signed
    documents:
      SOP: {folder: sop, review: 24 months, window: 14 days, method: [read]}
    ```

    ```yaml title="roles/people/p-0003.yaml"
    id: p-0003
    name: Astrid Lie
    kind: employee
    employed: {from: 2024-01-01}
    roles: [{role: quality-assurance, from: 2024-01-01}]
    keys:
      - key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f
        from: 2024-01-01
        proof: badge check
        by: p-0004
        revoked: {on: 2026-11-20, compromised-since: 2026-11-01}
    ```

    ```markdown title="controlled-docs/sop/SOP-003-cleaning.md"
    ---
    id: SOP-003
    title: Cleaning
    owner: quality-assurance
    revisions:
      - revision: 4  # <- SOP-003@4 is in force and rests on no approval that counts
        effective: 2026-11-15
        summary: Another agent.
        impact: retrain
        authors: [p-0007]
    ---
    Clean.
    ```

    ```yaml title="controlled-docs/approvals/SOP-003@4/p-0003.yaml"
    document: SOP-003@4
    text: sha256:1350bcdb878830f7471e246e94315b5f63a66837b0d62b1cee45c297acbc0c96
    effective: 2026-11-15
    impact: retrain
    by: p-0003
    name: Astrid Lie
    meaning: quality-approval
    at: 2026-11-05T10:00:00+01:00
    key: "SHA256:ZkAslGjFiUHdGf/WUL8rQvkib4PTvQatUV0OUQSncCA"
    signature: U1NIU0lH
    ```

    ## Accepted on 2026-11-22 where somebody else has approved it

    ```yaml title="qmsci.yaml"
    revision: 1
    organization: Halden Biologics
    timezone: Europe/Oslo
    quality-unit: [quality-assurance]
    approvals: signed
    documents:
      SOP: {folder: sop, review: 24 months, window: 14 days, method: [read]}
    ```

    ```yaml title="roles/people/p-0003.yaml"
    id: p-0003
    name: Astrid Lie
    kind: employee
    employed: {from: 2024-01-01}
    roles: [{role: quality-assurance, from: 2024-01-01}]
    keys:
      - key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f
        from: 2024-01-01
        proof: badge check
        by: p-0004
        revoked: {on: 2026-11-20, compromised-since: 2026-11-01}
    ```

    ```yaml title="roles/people/p-0004.yaml"
    id: p-0004
    name: Tomasz Wilk
    kind: employee
    employed: {from: 2024-01-01}
    roles: [{role: quality-assurance, from: 2024-01-01}]
    ```

    ```markdown title="controlled-docs/sop/SOP-003-cleaning.md"
    ---
    id: SOP-003
    title: Cleaning
    owner: quality-assurance
    revisions:
      - {revision: 4, effective: 2026-11-15, summary: Another agent., impact: retrain, authors: [p-0007]}
    ---
    Clean.
    ```

    ```yaml title="controlled-docs/approvals/SOP-003@4/p-0003.yaml"
    document: SOP-003@4
    text: sha256:1350bcdb878830f7471e246e94315b5f63a66837b0d62b1cee45c297acbc0c96
    effective: 2026-11-15
    impact: retrain
    by: p-0003
    name: Astrid Lie
    meaning: quality-approval
    at: 2026-11-05T10:00:00+01:00
    key: "SHA256:ZkAslGjFiUHdGf/WUL8rQvkib4PTvQatUV0OUQSncCA"
    signature: U1NIU0lH
    ```

    ```yaml title="controlled-docs/approvals/SOP-003@4/p-0004.yaml"
    document: SOP-003@4
    text: sha256:1350bcdb878830f7471e246e94315b5f63a66837b0d62b1cee45c297acbc0c96
    effective: 2026-11-15
    impact: retrain
    by: p-0004
    name: Tomasz Wilk
    meaning: quality-approval
    at: 2026-11-21T10:00:00+01:00
    ```
    """
    for found in bereft(snapshot, snapshot.end_of(snapshot.as_of).instant):
        also = tuple(At(given.path, ("key",)) for given, _ in found.void)
        fix = (
            f"qmsci approve {found.subject}" if found.subject else "a newer revision of it is to come: bring it forward"
        )
        yield Problem(found.at, str(found), also=also, fix=fix)
