"""`finding-closed-without-verification`."""

from qmsci.records.event import AuditFinding, Event
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot


@rule(
    clause=("ISO 13485:2016 8.2.4", "ISO 13485:2016 8.5.2", "ISO 9001:2015 9.2.2"),
    fix="have somebody verify it who owns none of it and was not involved, and write 'verified' and 'verified-by'",
)
def finding_closed_without_verification(event: Event, snapshot: Snapshot) -> Problems:
    """
    An audit finding is closed, and nobody independent saw that it is mended.

    Whoever did the work is the last to see what it lacks. A finding that its owner closes on his own word comes back in
    the next audit, then as a repeat finding; and a major one without corrective action comes back with its cause.

    Asked about audit findings. One that is closed was `verified` by that day, and `verified-by` says by whom: neither
    stands without the other, in an open finding either. Independent is who does not own the finding, owns none of its
    actions and is not among its `people`. A finding that is verified and not closed separately closes with its
    verification. When it is major or critical it then names its `capa`, or says in `no-capa` why there is none.

    ## Flagged

    ```yaml title="quality-events/AUD-2026-001.yaml"
    id: AUD-2026-001
    title: Logbook pages without a second signature
    opened: 2026-03-02
    owner: p-0007
    classification: minor
    closed: 2026-05-04  # <- closed on 2026-05-04, and nobody has verified it
    closed-by: p-0003
    ```

    ## Flagged: by its own owner, with nothing done about the cause

    ```yaml title="quality-events/AUD-2026-002.yaml"
    id: AUD-2026-002
    title: Cleaning validation out of date
    opened: 2026-03-02
    owner: p-0007
    classification: major  # <- verified on 2026-05-04 and major, and it names no CAPA
    actions:
      - {id: 1, kind: other, title: Repeat the validation, owner: p-0007, due: 2026-05-01, done: 2026-04-30}
    verified: 2026-05-04
    verified-by: p-0007  # <- verified by p-0007, who owns the finding and action 1
    ```

    ## Accepted

    ```yaml title="quality-events/AUD-2026-001.yaml"
    id: AUD-2026-001
    title: Logbook pages without a second signature
    opened: 2026-03-02
    owner: p-0007
    classification: minor
    verified: 2026-05-04
    verified-by: p-0005
    closed: 2026-05-04
    closed-by: p-0003
    ```

    ## Accepted: verified, and with its CAPA

    ```yaml title="quality-events/AUD-2026-002.yaml"
    id: AUD-2026-002
    title: Cleaning validation out of date
    opened: 2026-03-02
    owner: p-0007
    classification: major
    capa: CAPA-2026-004
    verified: 2026-05-04
    verified-by: p-0005
    ```
    """
    if not isinstance(event, AuditFinding):
        return
    verified, verifier, closing = (snapshot.at(event, key) for key in ("verified", "verified-by", "closed"))
    if event.verified and event.verified_by is None:
        yield Problem(verified, f"verified on {event.verified}, and 'verified-by' does not say by whom")
    elif event.verified_by and event.verified is None:
        yield Problem(verifier, f"verified by {event.verified_by}, and 'verified' does not say when")
    elif event.closed and event.verified is None:
        yield Problem(closing, f"closed on {event.closed}, and nobody has verified it")
    if event.closed and event.verified and event.verified > event.closed:
        yield Problem(verified, f"verified on {event.verified}, after it was closed on {event.closed}", also=(closing,))
    if event.verified_by and (involved := _involved(event, event.verified_by)):
        message = f"verified by {event.verified_by}, who {' and '.join(involved)}"
        yield Problem(verifier, message, fix="have it verified by somebody who is independent of it")
    if event.settled and event.classification in ("major", "critical") and not event.capa and not event.no_capa:
        yield Problem(
            snapshot.at(event, "classification"),
            f"{event.settling_key} on {event.settled} and {event.classification}, and it names no CAPA",
            also=(snapshot.at(event, event.settling_key),),
            fix="name its 'capa', or say in 'no-capa' why it needs none",
        )


def _involved(finding: AuditFinding, person: str) -> list[str]:
    """What a person has to do with a finding, so that they cannot judge it."""
    owned = ["the finding"] if finding.owner == person else []
    owned += [f"action {action.id}" for action in finding.actions if action.owner == person]
    found = [f"owns {' and '.join(owned)}"] if owned else []
    return found + (["is among its people"] if person in finding.people else [])
